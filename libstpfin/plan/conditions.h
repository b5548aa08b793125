#ifndef STPFIN_PLAN_CONDITIONS_H
#define STPFIN_PLAN_CONDITIONS_H

#include "libstpfin/plan/index.h"

/* The conditions of each fund and year, in the order of their rows. */
struct stpfin_conditions {
	struct stpfin_index index; /* one row of each fund and year */
	size_t *first;             /* by that row: the first */
	size_t *next;              /* by row: the next of its fund and year, or STPFIN_NO_ROW */
	const int32_t *from;
};

/* From a typed fund_condition table, which is borrowed. */
stpfin_status stpfin_conditions__new(struct stpfin_conditions *self, const stpfin_table *table);

/* The row of the first condition of a fund and year; STPFIN_NO_ROW if there is none. */
size_t stpfin_conditions__first(const struct stpfin_conditions *self, int32_t fund, int32_t year);

/* Whether a condition is tested in a quarter: before its first one it counts as met. */
bool stpfin_conditions__is_tested(
	const struct stpfin_conditions *self, size_t row, int32_t quarter);

void stpfin_conditions__free(struct stpfin_conditions *self);

#endif
