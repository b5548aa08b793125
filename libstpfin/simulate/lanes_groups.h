#ifndef STPFIN_SIMULATE_LANES_GROUPS_H
#define STPFIN_SIMULATE_LANES_GROUPS_H

#include "libstpfin/simulate/lanes_effects.h"
#include "libstpfin/simulate/lanes_indices.h"

/* The flows of a plan in an outcome, grouped: those that share all that is drawn, and all that is
 * not linear, are of one group. What a group's flows cost and are paid follows curves, that are
 * theirs at 1 unit, £1 of income and £1 of cost in the base year. */

/* An efficiency in its turn. */
struct stpfin_lanes_saving {
	size_t size; /* of the effects */
	size_t scheme;
};

/* An effect on activity in its turn. */
struct stpfin_lanes_step {
	size_t size; /* of the effects */
	size_t scheme;
	bool shifts; /* if it does, the rest holds */
	size_t to_service;
	size_t substitution; /* an input */
	size_t unit_cost;    /* an input; SIZE_MAX where it is in the amounts */
	size_t first_saving; /* of the care that is added */
	size_t n_savings;
	size_t before; /* curves: the cost of that care before and after efficiency */
	size_t after;
};

struct stpfin_lanes_group {
	size_t class;
	size_t service;
	size_t above; /* inputs: the marginal rates */
	size_t below;
	bool outside;
	size_t demand;     /* one of those whose flows it has: prevention does the same to all */
	size_t prevention; /* by year, among the ratios; SIZE_MAX: none */
	size_t first_step;
	size_t n_steps;
	size_t
		first_saving; /* its own come after those of its steps, which begin at `first_of_steps` */
	size_t n_savings;
	size_t first_of_steps;
	size_t payment;  /* curves */
	size_t cost;     /* none outside */
	size_t n_curves; /* from `payment` on */
	bool moves;      /* whether any of its curves do */
};

/* A number that is multiplied by a drawn cell, unless that is STPFIN_NO_ROW. */
struct stpfin_lanes_amount {
	double factor;
	size_t cell;
};

/* What is paid and what it costs in a flow, or in what a shift makes of it. */
struct stpfin_lanes_trade {
	int32_t buyer;
	int32_t seller;
	int32_t service;
	bool outside;
	size_t payment; /* curves */
	size_t cost;
	struct stpfin_lanes_amount paid;
	struct stpfin_lanes_amount costs;
};

struct stpfin_lanes_groups {
	size_t n_years;
	size_t n; /* in the order of their classes */
	struct stpfin_lanes_group *groups;
	struct stpfin_lanes_step *steps;
	size_t n_steps;
	struct stpfin_lanes_saving *savings;
	size_t n_savings;
	double *ratios;
	size_t n_ratios;
	size_t *semi_fixed; /* by service: inputs */
	size_t *variable;   /* SIZE_MAX: all that is not semi-fixed */
	size_t *lag;
	size_t n_curves;
	size_t most_sizes; /* that the steps and savings of a group have */
	bool *curve_moves;
	size_t n_trades;
	struct stpfin_lanes_trade *trades; /* by flow, then shifts */
	size_t capacities[6];              /* of the arrays that grow while they are made */
};

/* What groups are made of. The scenario and the effects are NULL where nothing is done. */
struct stpfin_lanes_sources {
	const struct stpfin_model *model;
	const struct stpfin_scenario *scenario;
	const struct stpfin_uncertain *uncertain;
	const struct stpfin_lanes_indices *indices;
	const struct stpfin_lanes_effects *effects;
	struct stpfin_inputs *inputs;
	const size_t *of_scheme; /* whose part an effect is in a bridge; NULL where none is asked for */
};

stpfin_status stpfin_lanes_groups__new(
	struct stpfin_lanes_groups *self, const struct stpfin_lanes_sources *from);
void stpfin_lanes_groups__free(struct stpfin_lanes_groups *self);

/* Frees the trades, which nothing needs once sums are made of them. */
void stpfin_lanes_groups__forget_trades(struct stpfin_lanes_groups *self);

/* How many sizes its steps and savings have: those of the steps first. */
static inline size_t stpfin_lanes_group__sizes(const struct stpfin_lanes_group *self)
{
	return self->n_steps + self->first_saving + self->n_savings - self->first_of_steps;
}

#endif
