#include "libstpfin/model/demand.h"

#include <stdlib.h>

#include "libstpfin/model/formulas.h"
#include "libstpfin/model/people.h"
#include "libstpfin/plan/index.h"

/* Numbers the distinct pairs of commissioner and service among the flows. */
static stpfin_status number_demands(struct stpfin_model *self)
{
	const int32_t *const keys[] = {self->commissioner, self->service};
	struct stpfin_index index = {0};
	stpfin_status status;

	self->demand = stpfin_model__array(self->n_flows, sizeof *self->demand);
	self->flow_of_demand = stpfin_model__array(self->n_flows, sizeof *self->flow_of_demand);
	if (self->demand == NULL || self->flow_of_demand == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	status = stpfin_index__new(&index, keys, 2, self->n_flows);
	for (size_t flow = 0; flow < self->n_flows && status == STPFIN_OK; flow++) {
		size_t first = stpfin_index__add(&index, flow);

		if (first == flow) {
			self->flow_of_demand[self->n_demands] = flow;
			self->demand[flow] = self->n_demands++;
		} else {
			self->demand[flow] = self->demand[first];
		}
	}
	stpfin_index__free(&index);
	return status;
}

/* The use of services by each footprint's people: by set of weights, footprint and year. */
static double *weigh_population(const struct stpfin_model *self)
{
	const struct stpfin_people *people = self->people;
	size_t n_years = self->n_years;
	double *use = stpfin_model__array(
		stpfin_model__times(stpfin_model__times(people->n_sets, self->n_footprints), n_years),
		sizeof *use);

	for (size_t band = 0; band < people->n_bands && use != NULL; band++) {
		for (size_t set = 0; set < people->n_sets; set++) {
			double weight = people->weight[set * people->n_kinds + people->kind[band]];
			double *sum =
				use + (set * self->n_footprints + (size_t)people->footprint[band]) * n_years;

			for (size_t t = 0; t < n_years; t++) {
				sum[t] += weight * people->persons[band * n_years + t];
			}
		}
	}
	return use;
}

/* Fills the population and growth of one demand. */
static void compile_demand(struct stpfin_model *self, size_t demand,
	const struct stpfin_rates *rates, const struct stpfin_rate_column *rate)
{
	size_t n_years = self->n_years;
	size_t flow = self->flow_of_demand[demand];
	size_t buyer = (size_t)self->commissioner[flow];
	int32_t service = self->service[flow];
	size_t set = self->people->set[service];
	double *population = self->population + demand * n_years;
	double *growth = self->growth + demand * n_years;
	double shares = 0;

	for (size_t i = self->first_share[buyer]; i < self->first_share[buyer + 1]; i++) {
		shares += stpfin_model__is_leaf(self, i) ? self->share[i] : 0;
	}
	growth[0] = 1;
	for (size_t t = 0; t < n_years; t++) {
		double factor = 0;
		double grown = 0;

		for (size_t i = self->first_share[buyer]; i < self->first_share[buyer + 1]; i++) {
			int32_t place = self->share_place[i];
			const int32_t key[] = {service, place, self->plan->settings.base_year + (int32_t)t};
			double share = self->share[i] / shares;
			const double *used;
			size_t row;

			if (!stpfin_model__is_leaf(self, i)) {
				continue;
			}
			used = self->use + (set * self->n_footprints + (size_t)place) * n_years;
			factor += share * stpfin_formula__demographic(used[t], used[0]);
			row = stpfin_rates__find(rates, key);
			grown += share * (row != STPFIN_NO_ROW ? stpfin_rate_column__in(rate, row, t) : 0);
		}
		population[t] = factor;
		if (t > 0) {
			growth[t] = stpfin_formula__risen(growth[t - 1], grown);
		}
	}
	population[0] = 1;
}

stpfin_status stpfin_model__demand(struct stpfin_model *self)
{
	const struct stpfin_rate_column rate =
		stpfin_plan__rates(self->plan, "activity_growth", "rate");
	struct stpfin_rates rates = {.n_shapes = 0};
	stpfin_status status = number_demands(self);

	if (status == STPFIN_OK) {
		self->use = weigh_population(self);
		status = self->use != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;
	}
	if (status == STPFIN_OK) {
		status = stpfin_rates__new(&rates, stpfin_plan__table(self->plan, "activity_growth"),
			stpfin_schema__table("activity_growth"), 0);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	self->population =
		stpfin_model__array(self->n_demands * self->n_years, sizeof *self->population);
	self->growth = stpfin_model__array(self->n_demands * self->n_years, sizeof *self->growth);
	if (self->population == NULL || self->growth == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	for (size_t demand = 0; demand < self->n_demands; demand++) {
		compile_demand(self, demand, &rates, &rate);
	}

out:
	stpfin_rates__free(&rates);
	return status;
}
