#include "libstpfin/plan/schema_table.h"

#include <string.h>

#include "libstpfin/table/error.h"

stpfin_type stpfin_schema__type(const struct stpfin_column_schema *column)
{
	switch (column->cell) {
	case STPFIN_CELL_YEAR:
	case STPFIN_CELL_AGE:
	case STPFIN_CELL_WHOLE:
		return STPFIN_INT32;
	case STPFIN_CELL_NUMBER:
		return STPFIN_DOUBLE;
	default:
		return STPFIN_TEXT;
	}
}

static stpfin_status add_column(
	stpfin_table *table, const struct stpfin_column_schema *column, const stpfin_dictionary *names)
{
	stpfin_dictionary *choices = NULL;
	stpfin_status status;

	if (column->cell == STPFIN_CELL_CHOICE) {
		choices = stpfin_dictionary__new();
		if (choices == NULL) {
			return stpfin_error__memory();
		}
		for (size_t i = 0; column->choices[i] != NULL; i++) {
			const char *choice = column->choices[i];

			if (stpfin_dictionary__intern(choices, choice, strlen(choice)) < 0) {
				status = stpfin_error__memory();
				goto out;
			}
		}
	}
	status = stpfin_table__add_column(
		table, column->name, stpfin_schema__type(column), choices != NULL ? choices : names);

out:
	stpfin_dictionary__free(choices);
	return status;
}

stpfin_status stpfin_schema__new_table(const struct stpfin_table_schema *schema,
	const stpfin_dictionary *const *names, stpfin_table **out_table)
{
	stpfin_table *table = NULL;
	stpfin_status status;

	*out_table = NULL;
	status = stpfin_table__new(schema->name, &table);
	for (size_t i = 0; i < schema->n_columns && status == STPFIN_OK; i++) {
		status = add_column(table, &schema->columns[i], names != NULL ? names[i] : NULL);
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}
