#include "libstpfin/plan/conditions.h"

#include <stdlib.h>

#include "libstpfin/table/error.h"

stpfin_status stpfin_conditions__new(struct stpfin_conditions *self, const stpfin_table *table)
{
	const int32_t *const keys[] = {
		stpfin_table__named(table, "fund")->whole, stpfin_table__named(table, "year")->whole};
	size_t n_rows = stpfin_table_rows(table);
	stpfin_status status;

	*self = (struct stpfin_conditions){.from = stpfin_table__named(table, "first_quarter")->whole,
		.first = calloc(n_rows + 1, sizeof *self->first),
		.next = calloc(n_rows + 1, sizeof *self->next)};
	if (self->first == NULL || self->next == NULL) {
		return stpfin_error__memory();
	}
	status = stpfin_index__new(&self->index, keys, 2, n_rows);
	for (size_t row = n_rows; row-- > 0 && status == STPFIN_OK;) {
		size_t one = stpfin_index__add(&self->index, row);

		self->next[row] = one == row ? STPFIN_NO_ROW : self->first[one];
		self->first[one] = row;
	}
	return status;
}

size_t stpfin_conditions__first(const struct stpfin_conditions *self, int32_t fund, int32_t year)
{
	const int32_t key[] = {fund, year};
	size_t one = stpfin_index__find(&self->index, key);

	return one != STPFIN_NO_ROW ? self->first[one] : STPFIN_NO_ROW;
}

bool stpfin_conditions__is_tested(const struct stpfin_conditions *self, size_t row, int32_t quarter)
{
	return self->from[row] == STPFIN_MISSING_INT32 || quarter >= self->from[row];
}

void stpfin_conditions__free(struct stpfin_conditions *self)
{
	stpfin_index__free(&self->index);
	free(self->first);
	free(self->next);
	*self = (struct stpfin_conditions){.first = NULL};
}
