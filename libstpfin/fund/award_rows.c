#include "libstpfin/fund/award_rows.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/schema_table.h"
#include "libstpfin/table/error.h"

stpfin_status stpfin_award_rows__new_table(const stpfin_plan *plan,
	const struct stpfin_table_schema *schema, const stpfin_dictionary *scenarios,
	stpfin_table **out_table)
{
	const stpfin_dictionary **names = calloc(schema->n_columns, sizeof *names);
	stpfin_status status;

	*out_table = NULL;
	if (names == NULL) {
		return stpfin_error__memory();
	}
	for (size_t i = 0; i < schema->n_columns; i++) {
		const struct stpfin_column_schema *column = &schema->columns[i];

		/* A column that may also hold words of its own has its own codes. */
		if (scenarios != NULL && strcmp(column->name, "scenario") == 0) {
			names[i] = scenarios;
		} else if (column->cell == STPFIN_CELL_CODE && column->choices == NULL) {
			names[i] =
				stpfin_table__column(stpfin_plan__table(plan, column->refers_to), 0)->dictionary;
		} else if (column->cell == STPFIN_CELL_TEXT) {
			names[i] = stpfin_table__named(stpfin_plan__table(plan, schema->name), column->name)
						   ->dictionary;
		}
	}
	status = stpfin_schema__new_table(schema, names, out_table);
	free(names);
	return status;
}

/* Appends a row of the plan as it is. */
static stpfin_status copy_row(stpfin_table *table, const stpfin_table *rows, size_t row)
{
	size_t last = stpfin_table_rows(table);
	stpfin_status status = stpfin_table__add_row(table);

	for (size_t i = 0; i < stpfin_table_columns(rows) && status == STPFIN_OK; i++) {
		const struct stpfin_column *from = stpfin_table__column(rows, i);
		struct stpfin_column *to = stpfin_table__column(table, i);

		if (from->type == STPFIN_DOUBLE) {
			to->real[last] = from->real[row];
		} else {
			to->whole[last] = from->whole[row];
		}
	}
	return status;
}

/* Appends a row for every scenario as one for each but one. */
static stpfin_status spread_row(
	stpfin_table *table, const stpfin_table *rows, size_t row, int32_t but)
{
	size_t n = stpfin_dictionary__size(stpfin_table__named(table, "scenario")->dictionary);
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		if ((int32_t)i != but) {
			status = copy_row(table, rows, row);
		}
		if ((int32_t)i != but && status == STPFIN_OK) {
			stpfin_table__named(table, "scenario")->whole[stpfin_table_rows(table) - 1] =
				(int32_t)i;
		}
	}
	return status;
}

stpfin_status stpfin_award_rows__keep(
	stpfin_table *table, const stpfin_plan *plan, const bool *replaced, int32_t scenario)
{
	const stpfin_table *rows = stpfin_plan__table(plan, "award");
	const int32_t *fund = stpfin_plan__whole(plan, "award", "fund");
	const int32_t *year = stpfin_plan__whole(plan, "award", "year");
	const int32_t *of = stpfin_plan__whole(plan, "award", "scenario");
	size_t n_years = stpfin_plan__years(plan);
	stpfin_status status = STPFIN_OK;

	for (size_t row = 0; row < stpfin_table_rows(rows) && status == STPFIN_OK; row++) {
		size_t t = (size_t)(year[row] - plan->settings.base_year);

		if (!replaced[(size_t)fund[row] * n_years + t]) {
			status = copy_row(table, rows, row);
		} else if (scenario >= 0 && of[row] < 0) {
			status = spread_row(table, rows, row, scenario);
		} else if (scenario >= 0 && of[row] != scenario) {
			status = copy_row(table, rows, row);
		}
	}
	return status;
}

stpfin_status stpfin_award_rows__add(stpfin_table *table, int32_t fund, int32_t organisation,
	int32_t year, double amount, int32_t scenario)
{
	size_t row = stpfin_table_rows(table);
	stpfin_status status = stpfin_table__add_row(table);

	if (status == STPFIN_OK) {
		stpfin_table__named(table, "fund")->whole[row] = fund;
		stpfin_table__named(table, "organisation")->whole[row] = organisation;
		stpfin_table__named(table, "year")->whole[row] = year;
		stpfin_table__named(table, "amount")->real[row] = amount;
		stpfin_table__named(table, "scenario")->whole[row] = scenario;
	}
	return status;
}
