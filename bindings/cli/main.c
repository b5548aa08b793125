#define _XOPEN_SOURCE 700 /* sigaction, SA_RESTART */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "bindings/cli/command.h"
#include "libstpfin/plan/nearest.h"

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* The first Ctrl-C asks long work to stop, without breaking a read off; the second kills. */
static void catch_interrupt(void)
{
	struct sigaction action = {
		.sa_handler = on_interrupt, .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};
	struct sigaction before;

	sigemptyset(&action.sa_mask);
	if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
		sigaction(SIGINT, &action, NULL);
	}
}

/* A file above the limit of the system's is an error like a full disk, and not the end. */
static void ignore_file_limit(void)
{
	struct sigaction action = {.sa_handler = SIG_IGN};

	sigemptyset(&action.sa_mask);
	sigaction(SIGXFSZ, &action, NULL);
}

bool is_interrupted(void)
{
	return interrupted != 0;
}

void forget_interrupt(void)
{
	interrupted = 0;
}

enum exit_status failed(stpfin_status status)
{
	if (status == STPFIN_ERROR_CANCELLED) {
		return EXIT_SYSTEM;
	}
	fprintf(stderr, "stpfin: %s\n", stpfin_last_error());
	switch (status) {
	case STPFIN_ERROR_ARGUMENT:
		return EXIT_WRONG_USAGE;
	case STPFIN_ERROR_CSV:
	case STPFIN_ERROR_PLAN:
	case STPFIN_ERROR_DEFLATOR:
	case STPFIN_ERROR_OVERFLOW:
	case STPFIN_ERROR_COMPARE:
		return EXIT_WRONG_PLAN;
	case STPFIN_ERROR_INFEASIBLE:
		return EXIT_NO_ANSWER;
	default:
		return EXIT_SYSTEM;
	}
}

static enum exit_status run_command(int argc, char **argv)
{
	const struct command *command = find_command(argv[0]);
	struct arguments arguments;

	if (command == NULL || !read_arguments(command, argc, argv, &arguments)) {
		return EXIT_WRONG_USAGE;
	}
	if (arguments.values[OPTION_HELP] != NULL) {
		print_command_help(command);
		return EXIT_DONE;
	}
	return command->run(&arguments);
}

static enum exit_status help_with(const char *name)
{
	const struct command *command = find_command(name);

	if (command == NULL) {
		return EXIT_WRONG_USAGE;
	}
	print_command_help(command);
	return EXIT_DONE;
}

static enum exit_status run(int argc, char **argv)
{
	static const char *const globals[] = {"help", "version", "man"};
	const char *first = argc > 1 ? argv[1] : NULL;
	const char *nearest;

	if (first == NULL) {
		return wrong_usage(NULL, "a command is missing");
	}
	if (strcmp(first, "help") == 0 && argc > 2) {
		return help_with(argv[2]);
	}
	if (strcmp(first, "--help") == 0 || strcmp(first, "help") == 0) {
		print_help();
		return EXIT_DONE;
	}
	if (strcmp(first, "--version") == 0) {
		printf("stpfin %s\n", stpfin_version());
		return EXIT_DONE;
	}
	if (strcmp(first, "--man") == 0) {
		print_man_page();
		return EXIT_DONE;
	}
	if (*first != '-') {
		return run_command(argc - 1, argv + 1);
	}
	nearest = stpfin_nearest__among(
		first + strspn(first, "-"), globals, sizeof globals / sizeof *globals);
	if (nearest != NULL) {
		return wrong_usage(NULL, "unknown option '%s': did you mean '--%s'?", first, nearest);
	}
	return wrong_usage(NULL, "unknown option '%s'", first);
}

int main(int argc, char **argv)
{
	enum exit_status status;

	catch_interrupt();
	ignore_file_limit();
	status = run(argc, argv);
	if (is_interrupted()) {
		signal(SIGINT, SIG_DFL);
		raise(SIGINT);
	}
	errno = 0;
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "stpfin: cannot write the standard output%s%s\n", errno != 0 ? ": " : "",
			errno != 0 ? strerror(errno) : "");
		return EXIT_SYSTEM;
	}
	return (int)status;
}
