#ifndef STPFIN_SIMULATE_INDICES_H
#define STPFIN_SIMULATE_INDICES_H

#include "stpfin/sensitivity.h"

/* What inputs of a model do to its value, from arrays. */

/* Writes the rank of each of n values, from 1, those that are equal having the mean of theirs.
 * `order` is workspace of n. */
void stpfin_indices__rank(const double *x, size_t n, size_t *order, double *ranks);

/* The rows that are drawn again for an interval. */
struct stpfin_resample {
	size_t n;
	size_t repetitions;
	uint32_t *rows; /* by repetition, n each */
	double *first;  /* workspace, by repetition */
	double *total;
};

stpfin_status stpfin_resample__new(
	struct stpfin_resample *self, size_t n, size_t repetitions, uint64_t seed);
void stpfin_resample__free(struct stpfin_resample *self);

/* As stpfin_sobol_indices(), of finite values. */
void stpfin_resample__indices(const struct stpfin_resample *self, const double *a, const double *b,
	const double *mixed, double indices[6]);

#endif
