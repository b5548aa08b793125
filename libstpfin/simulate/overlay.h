#ifndef STPFIN_SIMULATE_OVERLAY_H
#define STPFIN_SIMULATE_OVERLAY_H

#include "libstpfin/simulate/uncertain.h"

/* A plan whose drawn columns are its own and may be written; the rest is shared. It belongs to one
 * thread. A plan with drawn values need not be one that check would accept. */

struct stpfin_overlay {
	stpfin_plan *plan;
	size_t n_cells;
	struct stpfin_overlay_cell *cells; /* where each is */
	struct stpfin_by_year *by_year;
	size_t n_by_year;
};

stpfin_status stpfin_overlay__new(
	struct stpfin_overlay *self, const stpfin_plan *plan, const struct stpfin_uncertain *uncertain);
void stpfin_overlay__free(struct stpfin_overlay *self);

/* Writes a value for each cell: that at [cell * STPFIN_LANES]. */
void stpfin_overlay__write(struct stpfin_overlay *self, const double *values);

#endif
