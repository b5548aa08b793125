#include "libstpfin/model/result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/index.h"
#include "libstpfin/plan/schema.h"
#include "libstpfin/plan/schema_table.h"
#include "libstpfin/table/error.h"

static const char do_nothing[] = "do_nothing";

/* What a code column of a result counts in; NULL for one with its own texts. */
static const stpfin_dictionary *find_names(
	const struct stpfin_column_schema *column, const struct stpfin_model *model)
{
	const stpfin_table *table;

	if (column->cell != STPFIN_CELL_CODE || strcmp(column->refers_to, "scenario") == 0) {
		return NULL;
	}
	if (strcmp(column->refers_to, "footprint") == 0) {
		return model->place_names;
	}
	table = stpfin_plan__table(model->plan, column->refers_to);
	return stpfin_table__column(table, 0)->dictionary;
}

stpfin_status stpfin_result__new(
	const char *name, const struct stpfin_model *model, size_t n_rows, stpfin_table **out_table)
{
	const struct stpfin_table_schema *schema = stpfin_schema__result(name);
	const stpfin_dictionary **names = stpfin_model__array(schema->n_columns, sizeof *names);
	stpfin_table *table = NULL;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	if (names == NULL) {
		return status;
	}
	for (size_t i = 0; i < schema->n_columns; i++) {
		names[i] = find_names(&schema->columns[i], model);
	}
	status = stpfin_schema__new_table(schema, names, &table);
	if (status == STPFIN_OK) {
		status = stpfin_table__add_rows(table, n_rows);
	}
	if (status == STPFIN_OK && n_rows > 0) {
		status = stpfin_table__set_text(table, 0, 0, do_nothing);
	}
	if (status == STPFIN_OK) {
		int32_t *scenario = stpfin_table__column(table, 0)->whole;

		for (size_t row = 1; row < n_rows; row++) {
			scenario[row] = scenario[0];
		}
		*out_table = table;
		table = NULL;
	}
	free(names);
	stpfin_table_free(table);
	return status;
}

stpfin_status stpfin_result__check(const stpfin_table *table)
{
	const struct stpfin_table_schema *schema = stpfin_schema__result(stpfin_table_name(table));
	const struct stpfin_column *year = stpfin_table__named(table, "year");

	for (size_t i = 0; i < schema->n_columns; i++) {
		const struct stpfin_column *column = stpfin_table__column(table, i);

		for (size_t row = 0; column->type == STPFIN_DOUBLE && row < stpfin_table_rows(table);
			 row++) {
			if (isinf(column->real[row]) ||
				(isnan(column->real[row]) && !schema->columns[i].blank)) {
				return stpfin_error__set(STPFIN_ERROR_OVERFLOW,
					"column %s of %s in %d is beyond what a number can hold: look for figures "
					"that are out of proportion",
					column->name, schema->name, (int)year->whole[row]);
			}
		}
	}
	return STPFIN_OK;
}

void stpfin_result__deflate(stpfin_table *table, const struct stpfin_model *model)
{
	const struct stpfin_table_schema *schema = stpfin_schema__result(stpfin_table_name(table));
	const struct stpfin_column *year = stpfin_table__named(table, "year");

	for (size_t i = 0; i < schema->n_columns; i++) {
		double *amount = stpfin_table__column(table, i)->real;

		if (schema->columns[i].unit == NULL || strncmp(schema->columns[i].unit, "£", 2) != 0) {
			continue;
		}
		for (size_t row = 0; row < stpfin_table_rows(table); row++) {
			amount[row] /= model->deflator[year->whole[row] - model->plan->settings.base_year];
		}
	}
}

stpfin_status stpfin_trades__new(struct stpfin_trades *self, const struct stpfin_model *model)
{
	const int32_t *const keys[] = {model->commissioner, model->provider, model->service};
	struct stpfin_index index = {0};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*self = (struct stpfin_trades){.n = 0};
	self->of_flow = stpfin_model__array(model->n_flows, sizeof *self->of_flow);
	self->flow = stpfin_model__array(model->n_flows, sizeof *self->flow);
	if (self->of_flow != NULL && self->flow != NULL) {
		status = stpfin_index__new(&index, keys, 3, model->n_flows);
	}
	for (size_t flow = 0; flow < model->n_flows && status == STPFIN_OK; flow++) {
		size_t first = stpfin_index__add(&index, flow);

		if (first == flow) {
			self->flow[self->n] = flow;
			self->of_flow[flow] = self->n++;
		} else {
			self->of_flow[flow] = self->of_flow[first];
		}
	}
	stpfin_index__free(&index);
	return status;
}

void stpfin_trades__free(struct stpfin_trades *self)
{
	free(self->of_flow);
	free(self->flow);
	*self = (struct stpfin_trades){.n = 0};
}
