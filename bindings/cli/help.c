#include <string.h>

#include "bindings/cli/command.h"

enum { WIDTH = 80 };

static const char summary[] = "Models whether a local health and care plan adds up.";

static const struct {
	const char *status;
	const char *meaning;
} statuses[] = {
	{"0", "done"},
	{"1", "the plan is wrong"},
	{"2", "the command was called in a wrong way"},
	{"3", "there is no answer: a request cannot be met"},
	{"4", "the system failed: no memory, a file cannot be read or written"},
};

static const size_t n_statuses = sizeof statuses / sizeof *statuses;

/* The columns that UTF-8 text takes on a terminal. */
static size_t width_of(const char *text, size_t length)
{
	size_t width = 0;

	for (size_t i = 0; i < length; i++) {
		width += ((unsigned char)text[i] & 0xC0) != 0x80;
	}
	return width;
}

/* Prints words from column `at` on, with every further line indented. */
static void print_wrapped(const char *text, size_t at, size_t indent)
{
	const char *gap = "";

	while (*text != '\0') {
		size_t length = strcspn(text, " ");
		size_t width = width_of(text, length);

		if (*gap != '\0' && at + 1 + width > WIDTH) {
			printf("\n%*s", (int)indent, "");
			at = indent;
			gap = "";
		}
		printf("%s%.*s", gap, (int)length, text);
		at += width + strlen(gap);
		gap = " ";
		text += length;
		text += *text == ' ';
	}
	printf("\n");
}

static void print_item(const char *name, const char *argument, const char *meaning)
{
	const size_t indent = 4;
	const char *space = argument != NULL ? " " : "";

	printf("  %s%s%s\n%*s", name, space, argument != NULL ? argument : "", (int)indent, "");
	print_wrapped(meaning, indent, indent);
}

static void print_option(const struct option_words *option)
{
	char name[32];

	snprintf(name, sizeof name, "--%s", option->name);
	print_item(name, option->argument, option->meaning);
}

void print_help(void)
{
	printf("Usage: stpfin COMMAND [OPTION]…\n\n%s\n\nCommands:\n", summary);
	for (size_t i = 0; i < n_commands; i++) {
		print_item(commands[i].name, commands[i].operands, commands[i].meaning);
	}
	printf("\nOptions:\n");
	print_item("--help", NULL, "say this; after a command, what that command does");
	print_item("--version", NULL, "say the version");
	print_item("--man", NULL, "print the manual page, in roff");
	printf("\nExit status:\n");
	for (size_t i = 0; i < n_statuses; i++) {
		printf("  %s  %s\n", statuses[i].status, statuses[i].meaning);
	}
}

void print_command_help(const struct command *command)
{
	printf("Usage: stpfin %s %s [OPTION]…\n\n", command->name, command->operands);
	printf("%c%s.\n\n", command->meaning[0] - 'a' + 'A', command->meaning + 1);
	print_wrapped(command->details, 0, 0);
	printf("\nOptions:\n");
	for (const enum option_name *name = command->options;; name++) {
		print_option(&options[*name]);
		if (*name == OPTION_HELP) {
			break;
		}
	}
}

/* Text for roff, which gives backslashes, hyphens and a line's first point or quote a meaning. */
static void print_roff(const char *text)
{
	if (*text == '.' || *text == '\'') {
		printf("\\&");
	}
	for (; *text != '\0'; text++) {
		if (*text == '-') {
			printf("\\-");
		} else if (*text == '\\') {
			printf("\\e");
		} else {
			putchar(*text);
		}
	}
}

/* A tagged paragraph: a name in bold, its argument in italics, and what it is. */
static void print_tagged(
	const char *prefix, const char *name, const char *argument, const char *meaning)
{
	printf(".TP\n\\fB");
	print_roff(prefix);
	print_roff(name);
	printf("\\fR");
	if (argument != NULL) {
		printf(" \\fI");
		print_roff(argument);
		printf("\\fR");
	}
	printf("\n");
	print_roff(meaning);
	printf("\n");
}

static void print_synopsis(const struct command *command)
{
	printf(".br\n\\fBstpfin %s\\fR \\fI%s\\fR", command->name, command->operands);
	for (const enum option_name *name = command->options; *name != OPTION_HELP; name++) {
		printf(" [\\fB\\-\\-");
		print_roff(options[*name].name);
		printf("\\fR");
		if (options[*name].argument != NULL) {
			printf(" \\fI%s\\fR", options[*name].argument);
		}
		printf("]%s", options[*name].repeats ? "…" : "");
	}
	printf("\n");
}

void print_man_page(void)
{
	printf(".TH STPFIN 1 \"\" \"stpfin %s\" \"User Commands\"\n", stpfin_version());
	printf(".SH NAME\nstpfin \\- model whether a local health and care plan adds up\n");
	printf(".SH SYNOPSIS\n");
	for (size_t i = 0; i < n_commands; i++) {
		print_synopsis(&commands[i]);
	}
	printf(".br\n\\fBstpfin\\fR \\fB\\-\\-help\\fR | \\fB\\-\\-version\\fR | \\fB\\-\\-man\\fR\n");
	printf(".SH DESCRIPTION\n%s\nA plan is a folder of CSV files with a datapackage.json;\n"
		   ".B stpfin new\nwrites an empty one, and\n.B stpfin describe\nlists what its tables "
		   "hold.\n.SH COMMANDS\n",
		summary);
	for (size_t i = 0; i < n_commands; i++) {
		printf(".SS stpfin %s \\fI%s\\fR\n", commands[i].name, commands[i].operands);
		printf("%c", commands[i].meaning[0] - 'a' + 'A');
		print_roff(commands[i].meaning + 1);
		printf(".\n");
		print_roff(commands[i].details);
		printf("\n");
		for (const enum option_name *name = commands[i].options; *name != OPTION_HELP; name++) {
			print_tagged(
				"--", options[*name].name, options[*name].argument, options[*name].meaning);
		}
	}
	printf(".SH OPTIONS\n");
	print_tagged("--", "help", NULL, "say what there is; after a command, what that command does");
	print_tagged("--", "version", NULL, "say the version");
	print_tagged("--", "man", NULL, "print this page");
	printf(".SH EXIT STATUS\n");
	for (size_t i = 0; i < n_statuses; i++) {
		print_tagged("", statuses[i].status, NULL, statuses[i].meaning);
	}
}
