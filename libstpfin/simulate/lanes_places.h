#ifndef STPFIN_SIMULATE_LANES_PLACES_H
#define STPFIN_SIMULATE_LANES_PLACES_H

#include "libstpfin/simulate/lanes_rows.h"

/* The rows of places as sums over rows: where each organisation of a place has the same row of its
 * own, so that its care need not be added up twice. */

struct stpfin_lanes_member {
	size_t row;
	double share;
};

struct stpfin_lanes_places {
	size_t n_years;
	size_t n_rows;
	size_t *first; /* by row, and one more: of its members; none where its care is added up */
	size_t n_members;
	size_t capacity;
	struct stpfin_lanes_member *members;
};

/* Finds the members of n rows. home is by row and year: where its sum is, SIZE_MAX where none is
 * wanted. */
stpfin_status stpfin_lanes_places__new(struct stpfin_lanes_places *self,
	const struct stpfin_model *model, const struct stpfin_lanes_row *rows, size_t n,
	const size_t *home);
void stpfin_lanes_places__free(struct stpfin_lanes_places *self);

static inline bool stpfin_lanes_places__has(const struct stpfin_lanes_places *self, size_t row)
{
	return self->first[row] < self->first[row + 1];
}

/* Adds the sums of members, by home and lane, to those of their places. */
void stpfin_lanes_places__add(
	const struct stpfin_lanes_places *self, const size_t *home, double *sums);

#endif
