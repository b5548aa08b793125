#ifndef STPFIN_EXPLAIN_STEPS_H
#define STPFIN_EXPLAIN_STEPS_H

#include "libstpfin/explain/places.h"

/* The steps between two gaps, for each place and year. */
struct stpfin_steps {
	const char *const *names;
	size_t n;
	size_t n_values;
	double *first;
	double *parts; /* by step, then place and year */
	double *last;
};

/* Allocates the values of steps whose names and number are set. */
stpfin_status stpfin_steps__new(struct stpfin_steps *self, size_t n_values);
void stpfin_steps__free(struct stpfin_steps *self);

/* The bridge of a place (SIZE_MAX: of all) over the years from first to last, counted from the base
 * year. */
stpfin_status stpfin_steps__table(const struct stpfin_steps *self, const struct stpfin_model *model,
	size_t place, size_t first_year, size_t last_year, stpfin_table **out_table);

#endif
