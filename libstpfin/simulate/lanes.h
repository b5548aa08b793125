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
 * The model, the scenarios and what is uncertain must outlive it. Given are costs, incomes and gaps
 * of funding_gap and position, spending, and, in cash, bridges by scheme and workstream that are
 * exact; where something is drawn that moves the money of an outcome in another way than
 * lanes_facts.c says, none of its figures. */
stpfin_status stpfin_lanes__new(const struct stpfin_model *model,
	struct stpfin_scenario *const *scenarios, size_t n_outcomes,
	const struct stpfin_uncertain *uncertain, const struct stpfin_request *request,
	const struct stpfin_figure *figures, size_t n_figures, bool *handled,
	struct stpfin_lanes **out);
void stpfin_lanes__free(struct stpfin_lanes *self);

/* Sets, by cell, whether projecting reads it. */
void stpfin_lanes__need(const struct stpfin_lanes *self, bool *needed);

/* What one thread works in. */
struct stpfin_lanes_work;
stpfin_status stpfin_lanes_work__new(
	const struct stpfin_lanes *self, struct stpfin_lanes_work **out);
void stpfin_lanes_work__free(struct stpfin_lanes_work *self);

/* As stpfin_trial__project(), for the figures it handles; the others stay as they are. Adds to
 * *clipped (unless that is NULL) what scales bring out of range in every outcome, given or not.
 * What is beyond a double is an infinity. A figure's bits depend on its lane's cells, and on no
 * other lane; and on what else is asked for only as far as sums are in another order: a place's is
 * the sum of its organisations' where those are asked for too, and a bridge keeps apart what its
 * groups of schemes do. */
void stpfin_lanes__project(const struct stpfin_lanes *self, struct stpfin_lanes_work *work,
	const double *cells, size_t n, double *figures, uint64_t *clipped);

#endif
