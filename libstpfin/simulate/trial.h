#ifndef STPFIN_SIMULATE_TRIAL_H
#define STPFIN_SIMULATE_TRIAL_H

#include "libstpfin/model/model.h"
#include "libstpfin/simulate/uncertain.h"
#include "stpfin/simulate.h"

/* From values of drawn cells to figures. Everything that tries a plan with other values
 * (simulation, sensitivity, seeking) goes through a trial, which takes blocks of values side by
 * side. */

/* One figure: a measure in a place, year and scenario. */
struct stpfin_figure {
	size_t measure;   /* among the names of the measures */
	size_t result;    /* among stpfin_projection_results(), or as many as those for a bridge */
	size_t column;    /* of the result's schema */
	size_t outcome;   /* 0 do nothing, then the scenarios asked for; of a difference, the first */
	size_t row;       /* among the rows of the outcome in the result's table */
	int32_t scenario; /* among the names of scenarios */
	int32_t place;    /* among the names of places */
	int32_t year;
};

/* What is asked for. */
struct stpfin_request {
	const char *const *scenarios;
	size_t n_scenarios;
	const char *const *measures;
	size_t n_measures;
	stpfin_prices prices;
	stpfin_bridge_by by;
	stpfin_bridge_method method;
};

struct stpfin_trial {
	stpfin_plan *plan;
	struct stpfin_uncertain *uncertain;
	int64_t *weights; /* of its cells, of which only some are needed; NULL: all are */
	size_t n_figures;
	struct stpfin_figure *figures;
	double *central; /* by figure: as the plan stands */
	stpfin_dictionary *measures;
	stpfin_dictionary *scenarios;
	stpfin_dictionary *places;
	struct stpfin_trial_parts *parts; /* of parts.h */
};

/* Checks a request and compiles it: finds its figures and projects them as the plan stands. */
stpfin_status stpfin_trial__new(
	const stpfin_plan *plan, const struct stpfin_request *request, struct stpfin_trial **out);
void stpfin_trial__free(struct stpfin_trial *self);

/* Refuses a plan in which nothing is uncertain. */
stpfin_status stpfin_trial__check_uncertain(const struct stpfin_trial *self);

/* What one thread works in. */
struct stpfin_trial_work;
stpfin_status stpfin_trial_work__new(
	const struct stpfin_trial *trial, struct stpfin_trial_work **out);
void stpfin_trial_work__free(struct stpfin_trial_work *self);

/* Asked by the thread that projects, some tens of times a second, whether to go on; what it is told
 * of the share done means nothing. */
void stpfin_trial_work__watch(
	struct stpfin_trial_work *self, stpfin_progress progress, void *user_data);

/* Whether any figure that was projected in it was infinite: more than a number holds. */
bool stpfin_trial_work__is_beyond(const struct stpfin_trial_work *self);

/* Projects n (at most STPFIN_LANES) sets of values of the cells: cells[cell * STPFIN_LANES + lane]
 * (the rest of the lanes is ignored) into figures[figure * apart + lane], n of each figure. A
 * figure is a NaN where the result has no value. Adds to *clipped the effects that scale brought
 * out of range. */
stpfin_status stpfin_trial__project(const struct stpfin_trial *self, struct stpfin_trial_work *work,
	const double *cells, size_t n, double *figures, size_t apart, uint64_t *clipped);

#endif
