#include "libstpfin/explain/steps.h"

#include <math.h>
#include <stdlib.h>

#include "libstpfin/model/result.h"

const char stpfin_steps__start[] = "start";
const char stpfin_steps__end[] = "end";

stpfin_status stpfin_steps__begin(const struct stpfin_model *model, stpfin_table **out_table)
{
	return stpfin_result__new("bridge", model, 0, out_table);
}

stpfin_status stpfin_steps__add(stpfin_table *table, const char *place, int32_t year, size_t step,
	const char *group, double amount, double error)
{
	size_t row = stpfin_table_rows(table);
	size_t place_column = 0;
	size_t group_column = 0;
	stpfin_status status = stpfin_table__add_row(table);

	stpfin_table_find(table, "place", &place_column);
	stpfin_table_find(table, "group", &group_column);
	if (status == STPFIN_OK) {
		status = stpfin_table__set_text(table, place_column, row, place);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table__set_text(table, group_column, row, group);
	}
	if (status == STPFIN_OK) {
		stpfin_table__named(table, "year")->whole[row] = year;
		stpfin_table__named(table, "step")->whole[row] = (int32_t)step;
		stpfin_table__named(table, "amount")->real[row] = amount;
		stpfin_table__named(table, "standard_error")->real[row] = error;
	}
	return status;
}

stpfin_status stpfin_division__new(
	struct stpfin_division *self, size_t n, size_t n_values, bool with_errors)
{
	self->first = stpfin_model__array(n_values, sizeof *self->first);
	self->parts = stpfin_model__array(n * n_values, sizeof *self->parts);
	self->last = stpfin_model__array(n_values, sizeof *self->last);
	self->errors = with_errors ? stpfin_model__array(n * n_values, sizeof *self->errors) : NULL;
	return self->first != NULL && self->parts != NULL && self->last != NULL &&
				   (!with_errors || self->errors != NULL)
			   ? STPFIN_OK
			   : STPFIN_ERROR_MEMORY;
}

void stpfin_division__free(struct stpfin_division *self)
{
	free(self->first);
	free(self->parts);
	free(self->last);
	free(self->errors);
}
