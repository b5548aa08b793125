#ifndef STPFIN_SIMULATE_LANES_H
#define STPFIN_SIMULATE_LANES_H

#include "libstpfin/model/scenario.h"
#include "libstpfin/simulate/trial.h"

/* The projection over blocks of draws, lanes innermost, for the figures and the uncertain tables
 * that plans are mostly about. What it does not know goes the long way: a projection a draw. The
 * formulas are those of the model. */

struct stpfin_lanes;

/* Compiles the outcomes of a plan (scenarios[0] is NULL: do nothing) for figures none of which is a
 * difference. handled[i] is set where this gives the i-th figure; *out is NULL where it gives none.
 */
stpfin_status stpfin_lanes__new(const struct stpfin_model *model,
	struct stpfin_scenario *const *scenarios, size_t n_outcomes,
	const struct stpfin_uncertain *uncertain, const struct stpfin_request *request,
	const struct stpfin_figure *figures, size_t n_figures, bool *handled,
	struct stpfin_lanes **out);
void stpfin_lanes__free(struct stpfin_lanes *self);

/* What one thread works in. */
struct stpfin_lanes_work;
stpfin_status stpfin_lanes_work__new(
	const struct stpfin_lanes *self, struct stpfin_lanes_work **out);
void stpfin_lanes_work__free(struct stpfin_lanes_work *self);

/* As stpfin_trial__project(), for the figures it handles; the others stay as they are. */
void stpfin_lanes__project(const struct stpfin_lanes *self, struct stpfin_lanes_work *work,
	const double *cells, size_t n, double *figures, uint64_t *clipped);

#endif
