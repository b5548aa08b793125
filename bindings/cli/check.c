#include <string.h>

#include "bindings/cli/command.h"

static void print_count(const char *before, size_t n, const char *thing)
{
	fprintf(stderr, "%s%zu %s%s", before, n, thing, n == 1 ? "" : "s");
}

static void print_problems(const stpfin_table *problems)
{
	for (size_t row = 0; row < stpfin_table_rows(problems); row++) {
		print_problem(stdout, problems, row);
	}
	fflush(stdout);
	print_count("stpfin: ", count_problems(problems, "error"), "error");
	print_count(", ", count_problems(problems, "warning"), "warning");
	print_count(", ", count_problems(problems, "note"), "note");
	fprintf(stderr, "\n");
}

enum exit_status check_command(const struct arguments *arguments)
{
	const char *format = arguments->values[OPTION_FORMAT];
	stpfin_table *problems = NULL;
	stpfin_status status = stpfin_plan_read(arguments->operands[0], &problems, NULL);
	enum exit_status end = EXIT_DONE;

	if (problems == NULL || (status != STPFIN_OK && status != STPFIN_ERROR_PLAN)) {
		end = failed(status);
	} else if (format == NULL || strcmp(format, "text") == 0) {
		print_problems(problems);
	} else {
		end = show(arguments, (const stpfin_table *const[]){problems}, 1, NULL, NULL);
	}
	stpfin_table_free(problems);
	return end == EXIT_DONE && status != STPFIN_OK ? EXIT_WRONG_PLAN : end;
}
