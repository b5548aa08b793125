#ifndef STPFIN_PLAN_UNIT_COST_H
#define STPFIN_PLAN_UNIT_COST_H

#include "libstpfin/plan/index.h"

/* What a unit of a service costs in the base year, from the flows that have activity. */

struct stpfin_unit_costs {
	struct stpfin_index trades;  /* by commissioner, provider and service */
	struct stpfin_index demands; /* by commissioner and service */
	/* Sums by the flow that stands for a trade, then by that which stands for a demand. */
	double *cost;
	double *activity;
	double *demand_cost;
	double *demand_activity;
};

/* From a typed table of flows, which it borrows. */
stpfin_status stpfin_unit_costs__new(struct stpfin_unit_costs *self, const stpfin_table *flow);

/* The mean over the commissioner's flows of the service at the provider, or, if there are none,
 * anywhere; NaN if there are none at all. */
double stpfin_unit_costs__find(
	const struct stpfin_unit_costs *self, int32_t commissioner, int32_t provider, int32_t service);

void stpfin_unit_costs__free(struct stpfin_unit_costs *self);

#endif
