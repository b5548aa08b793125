#include "libstpfin/plan/unit_cost.h"

#include <math.h>
#include <stdlib.h>

#include "libstpfin/table/error.h"

stpfin_status stpfin_unit_costs__new(struct stpfin_unit_costs *self, const stpfin_table *flow)
{
	const int32_t *commissioner = stpfin_table__named(flow, "commissioner")->whole;
	const int32_t *provider = stpfin_table__named(flow, "provider")->whole;
	const int32_t *service = stpfin_table__named(flow, "service")->whole;
	const double *activity = stpfin_table__named(flow, "activity")->real;
	const double *income = stpfin_table__named(flow, "income")->real;
	const double *cost = stpfin_table__named(flow, "cost")->real;
	const int32_t *const keys[] = {commissioner, provider, service};
	const int32_t *const demand_keys[] = {commissioner, service};
	size_t n = stpfin_table_rows(flow);
	stpfin_status status;

	*self = (struct stpfin_unit_costs){.cost = calloc(n + 1, sizeof(double)),
		.activity = calloc(n + 1, sizeof(double)),
		.demand_cost = calloc(n + 1, sizeof(double)),
		.demand_activity = calloc(n + 1, sizeof(double))};
	if (self->cost == NULL || self->activity == NULL || self->demand_cost == NULL ||
		self->demand_activity == NULL) {
		return stpfin_error__memory();
	}
	status = stpfin_index__new(&self->trades, keys, 3, n);
	if (status == STPFIN_OK) {
		status = stpfin_index__new(&self->demands, demand_keys, 2, n);
	}
	for (size_t row = 0; row < n && status == STPFIN_OK; row++) {
		double paid = isnan(cost[row]) ? income[row] : cost[row];
		size_t trade;
		size_t demand;

		if (isnan(activity[row])) {
			continue;
		}
		trade = stpfin_index__add(&self->trades, row);
		demand = stpfin_index__add(&self->demands, row);
		self->cost[trade] += paid;
		self->activity[trade] += activity[row];
		self->demand_cost[demand] += paid;
		self->demand_activity[demand] += activity[row];
	}
	return status;
}

double stpfin_unit_costs__find(
	const struct stpfin_unit_costs *self, int32_t commissioner, int32_t provider, int32_t service)
{
	const int32_t key[] = {commissioner, provider, service};
	const int32_t demand_key[] = {commissioner, service};
	size_t row = stpfin_index__find(&self->trades, key);

	if (row != STPFIN_NO_ROW) {
		return self->cost[row] / self->activity[row];
	}
	row = stpfin_index__find(&self->demands, demand_key);
	return row != STPFIN_NO_ROW ? self->demand_cost[row] / self->demand_activity[row] : (double)NAN;
}

void stpfin_unit_costs__free(struct stpfin_unit_costs *self)
{
	stpfin_index__free(&self->trades);
	stpfin_index__free(&self->demands);
	free(self->cost);
	free(self->activity);
	free(self->demand_cost);
	free(self->demand_activity);
	*self = (struct stpfin_unit_costs){.cost = NULL};
}
