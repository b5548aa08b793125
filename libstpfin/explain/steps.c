#include "libstpfin/explain/steps.h"

#include <stdlib.h>

#include "libstpfin/model/result.h"
#include "libstpfin/table/error.h"

/* The names of the gaps a bridge stands between. */
static const char start[] = "start";
static const char end[] = "end";

stpfin_status stpfin_steps__new(struct stpfin_steps *self, size_t n_values)
{
	self->n_values = n_values;
	self->first = stpfin_model__array(n_values, sizeof *self->first);
	self->parts = stpfin_model__array(self->n * n_values, sizeof *self->parts);
	self->last = stpfin_model__array(n_values, sizeof *self->last);
	return self->first != NULL && self->parts != NULL && self->last != NULL ? STPFIN_OK
																			: STPFIN_ERROR_MEMORY;
}

void stpfin_steps__free(struct stpfin_steps *self)
{
	free(self->first);
	free(self->parts);
	free(self->last);
}

/* What the step adds; step 0 is the start and step n + 1 the end. */
static double amount_of(const struct stpfin_steps *self, size_t step, size_t value)
{
	if (step == 0) {
		return self->first[value];
	}
	return step <= self->n ? self->parts[(step - 1) * self->n_values + value] : self->last[value];
}

stpfin_status stpfin_steps__table(const struct stpfin_steps *self, const struct stpfin_model *model,
	size_t place, size_t first_year, size_t last_year, stpfin_table **out_table)
{
	stpfin_table *table = NULL;
	size_t n_shown = 0;
	size_t row = 0;
	size_t n_places = stpfin_places__count(model);
	size_t n_years = first_year <= last_year ? last_year - first_year + 1 : 0;
	size_t place_column;
	size_t group_column;
	stpfin_status status;

	*out_table = NULL;
	for (size_t i = 0; i < n_places; i++) {
		n_shown += (place == SIZE_MAX || place == i) && stpfin_places__is_shown(model, i);
	}
	status = stpfin_result__new("bridge", model, n_shown * n_years * (self->n + 2), &table);
	if (status != STPFIN_OK) {
		return status;
	}
	stpfin_table_find(table, "place", &place_column);
	stpfin_table_find(table, "group", &group_column);
	for (size_t i = 0; i < n_places && status == STPFIN_OK; i++) {
		if ((place != SIZE_MAX && place != i) || !stpfin_places__is_shown(model, i)) {
			continue;
		}
		for (size_t t = first_year; t < first_year + n_years; t++) {
			for (size_t step = 0; step < self->n + 2 && status == STPFIN_OK; step++, row++) {
				const char *name = step == 0         ? start
								   : step <= self->n ? self->names[step - 1]
													 : end;

				status =
					stpfin_table__set_text(table, place_column, row, stpfin_places__name(model, i));
				if (status == STPFIN_OK) {
					status = stpfin_table__set_text(table, group_column, row, name);
				}
				stpfin_table__named(table, "year")->whole[row] =
					model->plan->settings.base_year + (int32_t)t;
				stpfin_table__named(table, "step")->whole[row] = (int32_t)step;
				stpfin_table__named(table, "amount")->real[row] =
					amount_of(self, step, i * model->n_years + t);
			}
		}
	}
	if (status == STPFIN_OK) {
		status = stpfin_result__check(table);
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}
