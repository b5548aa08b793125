#ifndef STPFIN_MODEL_MODEL_H
#define STPFIN_MODEL_MODEL_H

#include "libstpfin/plan/plan.h"

/* A plan compiled: rows instead of names, rates multiplied out to indices, flat arrays. Arrays by
 * something and year hold a run of years for each: at [i * n_years + t], t years from the base. */

struct stpfin_model {
	stpfin_plan *plan;
	size_t n_years;
	size_t n_organisations;
	size_t n_footprints;
	size_t n_services;
	size_t n_flows;

	/* Places are the footprints by row, then what memberships leave out, then all of England. */
	size_t n_places;
	stpfin_dictionary *place_names;
	/* do_nothing, then those of the scenario table: what the first column of results counts in. */
	stpfin_dictionary *scenario_names;
	bool has_unassigned;
	const int32_t *kind; /* by organisation */
	/* The shares of an organisation that has a position in places: entries first[i] to first[i + 1]
	 * for organisation i. Parents have the sums of their children. */
	size_t *first_share;
	int32_t *share_place;
	double *share;
	double *persons;    /* by place and year; NaN without population */
	bool *has_children; /* by footprint */
	struct stpfin_people *people;
	double *use; /* by set of weights, footprint and year: persons, each with its weight */

	/* A demand is what one commissioner asks of one service; each flow has one. */
	size_t n_demands;
	size_t *flow_of_demand;        /* one of its flows */
	double *population;            /* by demand and year: use for its people's sake, base year 1 */
	double *growth;                /* by demand and year: use for other reasons, base year 1 */
	double *growth_of_base_people; /* the same, did the people of the base year stay; NULL where it
									* does not depend on them */
	struct stpfin_risks *risks;    /* NULL where none is known to change the use of care */

	double *inflation; /* by service and year, base year 1 */
	double *price;     /* by service and year, base year 1 */
	double *unchanged; /* 1, as many as the longest of the four above */

	/* By flow. */
	const int32_t *commissioner;
	const int32_t *provider;
	const int32_t *service;
	size_t *demand;
	double *activity; /* of the base year; 1 for a flow that is cost only */
	bool *cost_only;
	const double *income;
	double *cost;
	double *marginal_above;
	double *marginal_below;
	bool *outside; /* whether the provider is */

	/* By organisation and year. */
	double *funding;
	double *transfers; /* in less out */
	double *pressures;

	struct stpfin_quality *quality; /* NULL where no indicator is observed */

	double *deflator; /* by year, base year 1; NULL if the plan has none */
};

stpfin_status stpfin_model__new(const stpfin_plan *plan, struct stpfin_model **out_model);
void stpfin_model__free(struct stpfin_model *self);

/* The places beside the footprints. */
static inline size_t stpfin_model__unassigned(const struct stpfin_model *self)
{
	return self->n_footprints;
}

static inline size_t stpfin_model__england(const struct stpfin_model *self)
{
	return self->n_footprints + 1;
}

/* Whether an entry of the shares is in a footprint of its own, one without children. */
static inline bool stpfin_model__is_leaf(const struct stpfin_model *self, size_t entry)
{
	return (size_t)self->share_place[entry] < self->n_footprints &&
		   !self->has_children[self->share_place[entry]];
}

/* The text of a row's first column. */
const char *stpfin_model__name(const struct stpfin_model *self, const char *table, int32_t row);

/* a x b, or SIZE_MAX, which no array can have, where that is beyond a size_t. */
static inline size_t stpfin_model__times(size_t a, size_t b)
{
	return b > 0 && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}

/* n zeroed elements of a size; NULL, with the error set, where there is no memory. */
void *stpfin_model__array(size_t n, size_t size);

#endif
