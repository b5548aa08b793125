#include <string.h>

#include "bindings/cli/command.h"

enum exit_status say_written(
	stpfin_status status, const char *folder, const stpfin_table *const *tables, size_t n)
{
	if (status != STPFIN_OK) {
		return failed(status);
	}
	fprintf(stderr, "stpfin: wrote");
	for (size_t i = 0; i < n; i++) {
		fprintf(stderr, " %s.csv", stpfin_table_name(tables[i]));
	}
	fprintf(stderr, " and datapackage.json in %s\n", folder);
	return EXIT_DONE;
}

/* Prints a text the library made, and frees it. */
static enum exit_status print_text(stpfin_status status, char *text)
{
	if (status != STPFIN_OK) {
		return failed(status);
	}
	fputs(text, stdout);
	stpfin_text_free(text);
	return EXIT_DONE;
}

enum exit_status show(const struct arguments *arguments, const stpfin_table *const *tables,
	size_t n, const stpfin_stamp *stamp, const stpfin_plan *names)
{
	const char *format = arguments->values[OPTION_FORMAT];
	enum exit_status end = EXIT_DONE;
	stpfin_status status;
	char *text = NULL;

	if (is_interrupted()) {
		return failed(STPFIN_ERROR_CANCELLED);
	}
	if (arguments->values[OPTION_OUT] != NULL) {
		const char *folder = arguments->values[OPTION_OUT];

		return say_written(stpfin_results_write(folder, tables, n, stamp), folder, tables, n);
	}
	if (format != NULL && strcmp(format, "json") == 0) {
		status = stpfin_results_json(tables, n, stamp, &text);
		return print_text(status, text);
	}
	if (format != NULL && strcmp(format, "csv") == 0) {
		status = stpfin_result_csv(tables[0], &text);
		return print_text(status, text);
	}
	for (size_t i = 0; i < n && end == EXIT_DONE; i++) {
		if (i > 0) {
			printf("\n");
		}
		status = stpfin_result_text(tables[i], stamp, names, &text);
		end = print_text(status, text);
	}
	return end;
}
