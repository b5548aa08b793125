#ifndef STPFIN_EXPLAIN_STEPS_H
#define STPFIN_EXPLAIN_STEPS_H

#include "libstpfin/explain/places.h"
#include "libstpfin/explain/shares.h"

/* A bridge while it is written: rows of start, steps and end. */

/* The names of the gaps a bridge stands between. */
extern const char stpfin_steps__start[];
extern const char stpfin_steps__end[];

/* Begins a bridge of a scenario (NULL: do nothing) without rows. */
stpfin_status stpfin_steps__begin(const struct stpfin_model *model, stpfin_table **out_table);

/* Appends one step of a place and year; error is NaN where the amount is exact. */
stpfin_status stpfin_steps__add(stpfin_table *table, const char *place, int32_t year, size_t step,
	const char *group, double amount, double error);

/* Allocates the values of a division into n parts; with_errors for those of samples too. */
stpfin_status stpfin_division__new(
	struct stpfin_division *self, size_t n, size_t n_values, bool with_errors);
void stpfin_division__free(struct stpfin_division *self);

#endif
