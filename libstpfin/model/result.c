#include "libstpfin/model/result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/schema.h"
#include "libstpfin/plan/schema_table.h"
#include "libstpfin/table/error.h"

/* What a code column of a result counts in; NULL for one with its own texts. */
static const stpfin_dictionary *find_names(
	const struct stpfin_column_schema *column, const struct stpfin_model *model)
{
	const stpfin_table *table;

	if (column->cell != STPFIN_CELL_CODE) {
		return NULL;
	}
	if (strcmp(column->refers_to, "scenario") == 0) {
		return model->scenario_names;
	}
	if (strcmp(column->refers_to, "footprint") == 0) {
		return model->place_names;
	}
	if (column->choices != NULL) {
		return NULL; /* it holds words beside the table's */
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
	if (status == STPFIN_OK) {
		stpfin_result__set_scenario(table, 0, n_rows, NULL);
		*out_table = table;
		table = NULL;
	}
	free(names);
	stpfin_table_free(table);
	return status;
}

void stpfin_result__set_scenario(
	stpfin_table *table, size_t first, size_t end, const struct stpfin_scenario *scenario)
{
	int32_t *code = stpfin_table__named(table, "scenario")->whole;

	for (size_t row = first; row < end; row++) {
		code[row] = scenario != NULL ? scenario->name + 1 : 0;
	}
}

bool stpfin_result__shows(const struct stpfin_model *model, size_t place)
{
	return place != stpfin_model__unassigned(model) || model->has_unassigned;
}

size_t stpfin_result__count_places(const struct stpfin_model *model)
{
	return model->has_unassigned ? model->n_places : model->n_places - 1;
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
				char when[16] = "";

				if (year != NULL) {
					snprintf(when, sizeof when, " in %d", (int)year->whole[row]);
				}
				return stpfin_error__set(STPFIN_ERROR_OVERFLOW,
					"column %s of %s%s is beyond what a number can hold: look for figures that are "
					"out of proportion",
					column->name, schema->name, when);
			}
		}
	}
	return STPFIN_OK;
}

void stpfin_result__deflate(stpfin_table *table, const struct stpfin_model *model)
{
	const struct stpfin_table_schema *schema = stpfin_schema__result(stpfin_table_name(table));
	const struct stpfin_column *year = stpfin_table__named(table, "year");

	if (year == NULL) {
		return; /* what is of no year is in base-year prices already */
	}
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

stpfin_status stpfin_trades__new(struct stpfin_trades *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario)
{
	size_t n_destinations = scenario != NULL ? scenario->n_destinations : 0;
	size_t n = model->n_flows + n_destinations;
	const int32_t *keys[3];
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*self = (struct stpfin_trades){.n = 0};
	self->of_flow = stpfin_model__array(model->n_flows, sizeof *self->of_flow);
	self->of_destination = stpfin_model__array(n_destinations, sizeof *self->of_destination);
	self->commissioner = stpfin_model__array(n, sizeof *self->commissioner);
	self->provider = stpfin_model__array(n, sizeof *self->provider);
	self->service = stpfin_model__array(n, sizeof *self->service);
	if (self->of_flow == NULL || self->of_destination == NULL || self->commissioner == NULL ||
		self->provider == NULL || self->service == NULL) {
		return status;
	}
	keys[0] = self->commissioner;
	keys[1] = self->provider;
	keys[2] = self->service;
	status = stpfin_index__new(&self->index, keys, 3, n);
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		bool is_flow = i < model->n_flows;
		const struct stpfin_destination *to =
			is_flow ? NULL : &scenario->destinations[i - model->n_flows];
		size_t trade;

		self->commissioner[self->n] = is_flow ? model->commissioner[i] : to->commissioner;
		self->provider[self->n] = is_flow ? model->provider[i] : to->provider;
		self->service[self->n] = is_flow ? model->service[i] : to->service;
		trade = stpfin_index__add(&self->index, self->n);
		if (trade == self->n) {
			self->n++;
		}
		if (is_flow) {
			self->of_flow[i] = trade;
		} else {
			self->of_destination[i - model->n_flows] = trade;
		}
	}
	return status;
}

void stpfin_trades__free(struct stpfin_trades *self)
{
	free(self->of_flow);
	free(self->of_destination);
	free(self->commissioner);
	free(self->provider);
	free(self->service);
	stpfin_index__free(&self->index);
	*self = (struct stpfin_trades){.n = 0};
}
