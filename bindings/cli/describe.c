#include <stdlib.h>
#include <string.h>

#include "bindings/cli/command.h"

/* The description of each table that the list names, after the list itself. */
static stpfin_status describe_all(stpfin_table **tables, size_t n)
{
	const char *const *names;
	const int32_t *codes;
	size_t n_names;
	stpfin_status status = stpfin_table_get_text(tables[0], 0, &codes, &names, &n_names);

	for (size_t i = 1; i < n && status == STPFIN_OK; i++) {
		status = stpfin_describe(names[codes[i - 1]], &tables[i]);
	}
	return status;
}

enum exit_status describe_command(const struct arguments *arguments)
{
	bool all = arguments->values[OPTION_ALL] != NULL;
	stpfin_table *first = NULL;
	stpfin_table **tables = NULL;
	size_t n = 1;
	enum exit_status end;
	stpfin_status status;

	if (all && arguments->operands[0] != NULL) {
		return wrong_usage(arguments->command, "--all is every table: name none");
	}
	if (all && arguments->values[OPTION_FORMAT] != NULL &&
		strcmp(arguments->values[OPTION_FORMAT], "csv") == 0) {
		return wrong_usage(arguments->command, "CSV is printed of one table: name it");
	}
	status = stpfin_describe(arguments->operands[0], &first);
	if (status != STPFIN_OK) {
		return failed(status);
	}
	n += all ? stpfin_table_rows(first) : 0;
	tables = calloc(n, sizeof *tables);
	if (tables == NULL) {
		stpfin_table_free(first);
		fprintf(stderr, "stpfin: there is not enough memory\n");
		return EXIT_SYSTEM;
	}
	tables[0] = first;
	status = describe_all(tables, n);
	end = status == STPFIN_OK ? show(arguments, (const stpfin_table *const *)tables, n, NULL, NULL)
							  : failed(status);
	for (size_t i = 0; i < n; i++) {
		stpfin_table_free(tables[i]);
	}
	free(tables);
	return end;
}
