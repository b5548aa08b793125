#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/command.h"
#include "libstpfin/explain/bridge.h"
#include "libstpfin/plan/intake.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/table/number.h"

/* What getopt_long() returns for an option is above any character. */
enum { FIRST_OPTION = 256 };

enum exit_status wrong_usage(const struct command *command, const char *format, ...)
{
	const char *space = command != NULL ? " " : "";
	const char *name = command != NULL ? command->name : "";
	va_list arguments;

	fprintf(stderr, "stpfin%s%s: ", space, name);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\nTry 'stpfin%s%s --help'.\n", space, name);
	return EXIT_WRONG_USAGE;
}

int32_t read_year(const char *text)
{
	int32_t year = 0;

	return stpfin_intake__year(text, strlen(text), &year) ? year : 0;
}

static bool is_word_of(const char *choices, const char *value)
{
	size_t length = strlen(value);

	for (const char *at = choices; at != NULL; at = strchr(at, '|')) {
		at += *at == '|';
		if (strcspn(at, "|") == length && strncmp(at, value, length) == 0) {
			return true;
		}
	}
	return false;
}

/* Whether a text is a whole number that fits. */
static bool is_number(const char *text)
{
	size_t n = strspn(text, "0123456789");

	errno = 0;
	strtoull(text, NULL, 10);
	return n > 0 && text[n] == '\0' && errno == 0;
}

uint64_t number_of(const struct arguments *arguments, enum option_name name, uint64_t usual)
{
	const char *value = arguments->values[name];

	return value != NULL ? strtoull(value, NULL, 10) : usual;
}

static bool is_share(const char *text)
{
	double x;

	return stpfin_number__read(text, strlen(text), &x) && x >= 0;
}

static bool is_real(const char *text)
{
	double x;

	return stpfin_number__read(text, strlen(text), &x);
}

double real_of(const struct arguments *arguments, enum option_name name, double usual)
{
	const char *value = arguments->values[name];
	double x = usual;

	if (value != NULL) {
		stpfin_number__read(value, strlen(value), &x);
	}
	return x;
}

static bool is_given(const struct arguments *arguments, enum option_name name, const char *word)
{
	return arguments->values[name] != NULL && strcmp(arguments->values[name], word) == 0;
}

stpfin_prices prices_of(const struct arguments *arguments)
{
	return is_given(arguments, OPTION_PRICES, "real") ? STPFIN_PRICES_REAL : STPFIN_PRICES_CASH;
}

stpfin_bridge_method method_of(const struct arguments *arguments)
{
	return is_given(arguments, OPTION_METHOD, stpfin_bridge__methods[STPFIN_BRIDGE_SHAPLEY])
			   ? STPFIN_BRIDGE_SHAPLEY
			   : STPFIN_BRIDGE_SEQUENTIAL;
}

stpfin_bridge_by steps_of(const struct arguments *arguments)
{
	const struct words *scenarios = &arguments->words[OPTION_SCENARIO];
	bool has_schemes = false;

	for (int by = STPFIN_BRIDGE_BY_DRIVER; by <= STPFIN_BRIDGE_BY_AGREEMENT; by++) {
		if (is_given(arguments, OPTION_BY, stpfin_bridge__ways[by])) {
			return (stpfin_bridge_by)by;
		}
	}
	for (size_t i = 0; i < scenarios->n; i++) {
		has_schemes = has_schemes || strcmp(scenarios->at[i], "do_nothing") != 0;
	}
	return has_schemes ? STPFIN_BRIDGE_BY_SCHEME : STPFIN_BRIDGE_BY_DRIVER;
}

static bool keep_value(struct arguments *arguments, enum option_name name, const char *value)
{
	const struct option_words *option = &options[name];
	bool is_choice = option->argument != NULL && *option->argument >= 'a';

	if (is_choice && !is_word_of(option->argument, value)) {
		wrong_usage(
			arguments->command, "--%s is %s, not '%s'", option->name, option->argument, value);
		return false;
	}
	if (option->argument != NULL && strcmp(option->argument, "YEAR") == 0 &&
		read_year(value) == 0) {
		wrong_usage(arguments->command, "--%s is a year, as 2020 or 2020/21, not '%s'",
			option->name, value);
		return false;
	}
	if (option->argument != NULL && strcmp(option->argument, "N") == 0 && !is_number(value)) {
		wrong_usage(
			arguments->command, "--%s is a whole number, as 200, not '%s'", option->name, value);
		return false;
	}
	if (option->argument != NULL && strcmp(option->argument, "SHARE") == 0 && !is_share(value)) {
		wrong_usage(arguments->command, "--%s is a share from 0 up, as 0.1 for 10%%, not '%s'",
			option->name, value);
		return false;
	}
	if (option->argument != NULL && strcmp(option->argument, "NUMBER") == 0 && !is_real(value)) {
		wrong_usage(arguments->command, "--%s is a number, as -2.5e9 or 0.1, not '%s'",
			option->name, value);
		return false;
	}
	if (option->argument != NULL && strcmp(option->argument, "SECONDS") == 0 && !is_share(value)) {
		wrong_usage(arguments->command, "--%s is a number of seconds, as 10 or 0.5, not '%s'",
			option->name, value);
		return false;
	}
	if (option->argument != NULL && strcmp(option->argument, "POUNDS") == 0 && !is_share(value)) {
		wrong_usage(arguments->command, "--%s is an amount in £ from 0 up, as 60000, not '%s'",
			option->name, value);
		return false;
	}
	if (option->repeats) {
		struct words *words = &arguments->words[name];

		for (size_t i = 0; i < words->n; i++) {
			if (strcmp(words->at[i], value) == 0) {
				return true;
			}
		}
		if (words->n == MOST_WORDS) {
			wrong_usage(
				arguments->command, "--%s is given more than %d times", option->name, MOST_WORDS);
			return false;
		}
		words->at[words->n++] = value;
	}
	arguments->values[name] = value != NULL ? value : "";
	return true;
}

static bool unknown_option(const struct command *command, char *given)
{
	const char *names[N_OPTIONS];
	const char *nearest;
	size_t n = 0;

	given[strcspn(given, "=")] = '\0';
	do {
		names[n] = options[command->options[n]].name;
	} while (command->options[n++] != OPTION_HELP);
	nearest = stpfin_nearest__among(given + strspn(given, "-"), names, n);
	if (nearest != NULL) {
		wrong_usage(command, "unknown option '%s': did you mean '--%s'?", given, nearest);
	} else {
		wrong_usage(command, "unknown option '%s'", given);
	}
	return false;
}

static bool read_operands(struct arguments *arguments, char **given, size_t n)
{
	const char *word = arguments->command->operands;

	for (size_t i = 0;; i++) {
		if (i < n) {
			arguments->operands[i] = given[i];
		} else if (*word != '[') {
			wrong_usage(arguments->command, "%.*s is missing", (int)strcspn(word, " "), word);
			return false;
		}
		word += strcspn(word, " ");
		if (*word == '\0') {
			if (n > i + 1) {
				wrong_usage(arguments->command, "'%s' is one argument too many", given[i + 1]);
				return false;
			}
			return true;
		}
		word++;
	}
}

bool read_arguments(
	const struct command *command, int argc, char **argv, struct arguments *out_arguments)
{
	struct option accepted[N_OPTIONS + 1] = {{0}};
	size_t n = 0;
	int found;

	*out_arguments = (struct arguments){.command = command};
	do {
		enum option_name name = command->options[n];

		accepted[n].name = options[name].name;
		accepted[n].has_arg = options[name].argument != NULL ? required_argument : no_argument;
		accepted[n].val = FIRST_OPTION + (int)name;
	} while (command->options[n++] != OPTION_HELP);

	opterr = 0;
	while ((found = getopt_long(argc, argv, ":", accepted, NULL)) != -1) {
		if (found == ':') {
			const struct option_words *option = &options[optopt - FIRST_OPTION];

			wrong_usage(command, "--%s needs its %s", option->name, option->argument);
			return false;
		}
		if (found == '?' && optopt >= FIRST_OPTION) {
			wrong_usage(command, "--%s takes no argument", options[optopt - FIRST_OPTION].name);
			return false;
		}
		if (found == '?') {
			char letter[] = {'-', (char)optopt, '\0'};

			return unknown_option(command, optopt != 0 ? letter : argv[optind - 1]);
		}
		if (!keep_value(out_arguments, (enum option_name)(found - FIRST_OPTION), optarg)) {
			return false;
		}
	}
	return out_arguments->values[OPTION_HELP] != NULL ||
		   read_operands(out_arguments, argv + optind, (size_t)(argc - optind));
}
