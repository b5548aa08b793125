#ifndef STPFIN_MODEL_RANK_H
#define STPFIN_MODEL_RANK_H

#include <stddef.h>

/* Places from the best to the worst. */

/* A place and its value, the better the lower. */
struct stpfin_rank {
	double value;
	size_t place;
};

/* Sorts places, best first, and returns how many are the best fifth, rounded up. Of equal ones the
 * one with the lower number is better. */
size_t stpfin_rank__best_fifth(struct stpfin_rank *ranks, size_t n);

#endif
