#ifndef STPFIN_SIMULATE_LANES_HEADS_H
#define STPFIN_SIMULATE_LANES_HEADS_H

#include "libstpfin/model/model.h"
#include "libstpfin/simulate/lanes_inputs.h"

/* The people of places, over lanes. */

struct stpfin_lanes_heads {
	size_t n_years;
	size_t n;      /* places times years */
	double *rest;  /* by place and year: those not drawn; NaN where there are none at all */
	size_t *first; /* by place and year, and one more */
	size_t *cells;
};

stpfin_status stpfin_lanes_heads__new(struct stpfin_lanes_heads *self,
	const struct stpfin_model *model, const struct stpfin_uncertain *uncertain);
void stpfin_lanes_heads__free(struct stpfin_lanes_heads *self);

/* Divides amounts by the people of a place in a year; a NaN where there are none. */
void stpfin_lanes_heads__divide(const struct stpfin_lanes_heads *self, const double *cells,
	size_t place, size_t t, double *amounts);

#endif
