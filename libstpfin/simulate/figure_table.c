#include "libstpfin/simulate/figure_table.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/schema.h"
#include "libstpfin/plan/schema_table.h"

stpfin_status stpfin_figure_table__new(
	const char *name, const struct stpfin_trial *trial, size_t n_rows, stpfin_table **out_table)
{
	const struct stpfin_table_schema *schema = stpfin_schema__result(name);
	const stpfin_dictionary **names = stpfin_model__array(schema->n_columns, sizeof *names);
	stpfin_table *table = NULL;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	for (size_t i = 0; i < schema->n_columns && names != NULL; i++) {
		const char *column = schema->columns[i].name;

		names[i] = strcmp(column, "scenario") == 0  ? trial->scenarios
				   : strcmp(column, "measure") == 0 ? trial->measures
				   : strcmp(column, "place") == 0   ? trial->places
				   : schema->columns[i].cell == STPFIN_CELL_CODE
					   ? stpfin_table__column(
							 stpfin_plan__table(trial->plan, schema->columns[i].refers_to), 0)
							 ->dictionary
					   : NULL;
	}
	if (names != NULL) {
		status = stpfin_schema__new_table(schema, names, &table);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table__add_rows(table, n_rows);
	}
	if (status == STPFIN_OK) {
		*out_table = table;
		table = NULL;
	}
	free(names);
	stpfin_table_free(table);
	return status;
}

void stpfin_figure_table__set(stpfin_table *table, size_t row, const struct stpfin_figure *figure)
{
	stpfin_table__named(table, "scenario")->whole[row] = figure->scenario;
	stpfin_table__named(table, "measure")->whole[row] = (int32_t)figure->measure;
	stpfin_table__named(table, "place")->whole[row] = figure->place;
	stpfin_table__named(table, "year")->whole[row] = figure->year;
}
