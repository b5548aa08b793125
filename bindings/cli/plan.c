#include <string.h>
#include <unistd.h>

#include "bindings/cli/command.h"

static const char *text_at(const stpfin_table *table, const char *name, size_t row)
{
	const int32_t *codes;
	const char *const *categories;
	size_t column, n_categories;

	if (stpfin_table_find(table, name, &column) != STPFIN_OK ||
		stpfin_table_get_text(table, column, &codes, &categories, &n_categories) != STPFIN_OK ||
		codes[row] < 0) {
		return "";
	}
	return categories[codes[row]];
}

static int32_t whole_at(const stpfin_table *table, const char *name, size_t row)
{
	const int32_t *values;
	size_t column;

	if (stpfin_table_find(table, name, &column) != STPFIN_OK ||
		stpfin_table_get_int32(table, column, &values) != STPFIN_OK) {
		return STPFIN_MISSING_INT32;
	}
	return values[row];
}

void print_problem(FILE *stream, const stpfin_table *problems, size_t row)
{
	const char *file = text_at(problems, "file", row);
	const char *column = text_at(problems, "column", row);
	int32_t line = whole_at(problems, "row", row);

	if (*file != '\0') {
		fprintf(stream, "%s:", file);
		if (line != STPFIN_MISSING_INT32) {
			fprintf(stream, "%d:", (int)line);
		}
		if (*column != '\0') {
			fprintf(stream, "%s:", column);
		}
		fprintf(stream, " ");
	}
	fprintf(
		stream, "%s: %s\n", text_at(problems, "severity", row), text_at(problems, "message", row));
}

size_t count_problems(const stpfin_table *problems, const char *severity)
{
	size_t n = 0;

	for (size_t row = 0; row < stpfin_table_rows(problems); row++) {
		n += strcmp(text_at(problems, "severity", row), severity) == 0;
	}
	return n;
}

static enum exit_status refuse(
	const char *folder, stpfin_status status, const stpfin_table *problems)
{
	size_t n_errors = problems != NULL ? count_problems(problems, "error") : 0;

	if (status != STPFIN_ERROR_PLAN || n_errors == 0) {
		return failed(status);
	}
	for (size_t row = 0; row < stpfin_table_rows(problems); row++) {
		if (strcmp(text_at(problems, "severity", row), "error") == 0) {
			print_problem(stderr, problems, row);
		}
	}
	fprintf(stderr, "stpfin: the plan in %s has %zu error%s\n", folder, n_errors,
		n_errors == 1 ? "" : "s");
	return EXIT_WRONG_PLAN;
}

enum exit_status read_plan(const char *folder, stpfin_plan **out_plan)
{
	stpfin_table *problems = NULL;
	stpfin_status status = stpfin_plan_read(folder, &problems, out_plan);
	enum exit_status end = EXIT_DONE;

	if (status != STPFIN_OK) {
		end = refuse(folder, status, problems);
	} else if (stpfin_table_rows(problems) > 0 && isatty(STDERR_FILENO)) {
		fprintf(stderr, "stpfin: 'stpfin check %s' lists %zu warnings and %zu notes\n", folder,
			count_problems(problems, "warning"), count_problems(problems, "note"));
	}
	stpfin_table_free(problems);
	return end;
}
