#ifndef STPFIN_SIMULATE_LANES_ROWS_H
#define STPFIN_SIMULATE_LANES_ROWS_H

#include "libstpfin/simulate/lanes.h"

/* Which sums of positions figures are. */

/* What a row sums. */
enum stpfin_lanes_sum {
	STPFIN_LANES_MONEY,    /* cost, payments received and other income */
	STPFIN_LANES_SPENDING, /* what is paid for care of a setting, by other than providers */
	STPFIN_LANES_AWARDS,   /* of a scenario */
	STPFIN_LANES_STEP      /* what a group of schemes does to the gap */
};

/* A sum over the organisations of some kinds in a place: numbers of each year. */
struct stpfin_lanes_row {
	size_t outcome;
	enum stpfin_lanes_sum sum;
	double cost; /* what each counts with */
	double received;
	double own;
	size_t place;   /* as in explain/places.h */
	unsigned kinds; /* a bit for each kind that counts */
	size_t which;   /* of spending the setting, of a step the group of schemes */
};

/* Where a figure comes from. */
struct stpfin_lanes_source {
	struct stpfin_lanes_row row;
	size_t t;
	bool per_head;
};

/* What the rows of figures are told by. */
struct stpfin_lanes_question {
	const struct stpfin_model *model;
	const struct stpfin_request *request;
	const size_t *n_steps; /* by outcome: the groups of its bridge; SIZE_MAX: it is not known */
	const size_t *shown;   /* the places that bridges show, in their order */
};

/* Those places: the ones that are no organisations come first. To be freed. */
size_t *stpfin_lanes_rows__places(const struct stpfin_model *model);

/* Finds where a figure comes from; false where it is of no known kind. */
bool stpfin_lanes_rows__find(const struct stpfin_lanes_question *question,
	const struct stpfin_figure *figure, struct stpfin_lanes_source *out);

#endif
