#include "libstpfin/model/demand.h"

#include <stdlib.h>

#include "libstpfin/plan/index.h"
#include "libstpfin/plan/weights.h"
#include "libstpfin/table/error.h"

/* Numbers the distinct pairs of commissioner and service among the flows; *out_flow holds a flow of
 * each. */
static stpfin_status number_demands(struct stpfin_model *self, size_t **out_flow)
{
	const int32_t *const keys[] = {self->commissioner, self->service};
	struct stpfin_index index = {0};
	size_t *flow_of = stpfin_model__array(self->n_flows, sizeof *flow_of);
	stpfin_status status;

	self->demand = stpfin_model__array(self->n_flows, sizeof *self->demand);
	*out_flow = flow_of;
	if (flow_of == NULL || self->demand == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	status = stpfin_index__new(&index, keys, 2, self->n_flows);
	for (size_t flow = 0; flow < self->n_flows && status == STPFIN_OK; flow++) {
		size_t first = stpfin_index__add(&index, flow);

		if (first == flow) {
			flow_of[self->n_demands] = flow;
			self->demand[flow] = self->n_demands++;
		} else {
			self->demand[flow] = self->demand[first];
		}
	}
	stpfin_index__free(&index);
	return status;
}

/* The use of services by each footprint's people: by set of weights, footprint and year. 0 where
 * there is no population. */
static stpfin_status weigh_population(
	const struct stpfin_model *self, const struct stpfin_weights *weights, double *use)
{
	const stpfin_plan *plan = self->plan;
	const int32_t *footprint = stpfin_plan__whole(plan, "population", "footprint");
	const int32_t *year = stpfin_plan__whole(plan, "population", "year");
	const int32_t *sex = stpfin_plan__whole(plan, "population", "sex");
	const int32_t *age = stpfin_plan__whole(plan, "population", "age");
	const double *persons = stpfin_plan__real(plan, "population", "persons");
	const int32_t *const keys[] = {sex, age};
	size_t n_rows = stpfin_plan__rows(plan, "population");
	size_t n_sets = weights->n_sets;
	struct stpfin_index bands = {0};
	size_t *band_of = stpfin_model__array(n_rows, sizeof *band_of);
	double *weight = NULL; /* by band and set */
	size_t n_bands = 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (band_of == NULL) {
		goto out;
	}
	status = stpfin_index__new(&bands, keys, 2, n_rows);
	if (status != STPFIN_OK) {
		goto out;
	}
	for (size_t row = 0; row < n_rows; row++) {
		size_t first = stpfin_index__add(&bands, row);

		band_of[row] = first == row ? n_bands++ : band_of[first];
	}
	weight = stpfin_model__array(n_bands * n_sets, sizeof *weight);
	if (weight == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	for (size_t row = 0; row < n_rows; row++) {
		double *of_band = weight + band_of[row] * n_sets;

		for (size_t set = 0; set < n_sets && stpfin_index__add(&bands, row) == row; set++) {
			of_band[set] =
				stpfin_weights__weight(weights, weights->service[set], sex[row], age[row]);
		}
	}
	for (size_t row = 0; row < n_rows; row++) {
		size_t t = (size_t)(year[row] - plan->settings.base_year);

		for (size_t set = 0; set < n_sets; set++) {
			use[(set * self->n_footprints + (size_t)footprint[row]) * self->n_years + t] +=
				weight[band_of[row] * n_sets + set] * persons[row];
		}
	}

out:
	stpfin_index__free(&bands);
	free(band_of);
	free(weight);
	return status;
}

/* Whether a share's place is a footprint of its own, one without children. */
static bool is_leaf(const struct stpfin_model *self, const bool *has_children, size_t entry)
{
	return (size_t)self->share_place[entry] < self->n_footprints &&
		   !has_children[self->share_place[entry]];
}

/* Fills the population and growth of one demand. */
static void compile_demand(struct stpfin_model *self, size_t demand, size_t flow,
	const bool *has_children, const struct stpfin_weights *weights, const double *use,
	const struct stpfin_rates *rates, const double *rate)
{
	size_t n_years = self->n_years;
	size_t buyer = (size_t)self->commissioner[flow];
	int32_t service = self->service[flow];
	size_t set = weights->number[service];
	double *population = self->population + demand * n_years;
	double *growth = self->growth + demand * n_years;
	double shares = 0;

	for (size_t i = self->first_share[buyer]; i < self->first_share[buyer + 1]; i++) {
		shares += is_leaf(self, has_children, i) ? self->share[i] : 0;
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

			if (!is_leaf(self, has_children, i)) {
				continue;
			}
			used = use + (set * self->n_footprints + (size_t)place) * n_years;
			factor += share * (used[0] > 0 ? used[t] / used[0] : 1);
			row = stpfin_rates__find(rates, key);
			grown += share * (row != STPFIN_NO_ROW ? rate[row] : 0);
		}
		population[t] = factor;
		if (t > 0) {
			growth[t] = growth[t - 1] * (1 + grown);
		}
	}
	population[0] = 1;
}

stpfin_status stpfin_model__demand(struct stpfin_model *self)
{
	const int32_t *parent = stpfin_plan__whole(self->plan, "footprint", "parent");
	const double *rate = stpfin_plan__real(self->plan, "activity_growth", "rate");
	struct stpfin_weights weights = {.has_blank = false};
	struct stpfin_rates rates = {.n_shapes = 0};
	bool *has_children = stpfin_model__array(self->n_footprints, sizeof *has_children);
	double *use = NULL;
	size_t *flow_of = NULL;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (has_children == NULL) {
		goto out;
	}
	for (size_t i = 0; i < self->n_footprints; i++) {
		if (parent[i] >= 0) {
			has_children[parent[i]] = true;
		}
	}
	status = number_demands(self, &flow_of);
	if (status == STPFIN_OK) {
		status = stpfin_weights__new(
			&weights, stpfin_plan__table(self->plan, "age_weight"), self->n_services);
	}
	if (status == STPFIN_OK) {
		use = stpfin_model__array(
			stpfin_model__times(
				stpfin_model__times(weights.n_sets, self->n_footprints), self->n_years),
			sizeof *use);
		status = use != NULL ? weigh_population(self, &weights, use) : STPFIN_ERROR_MEMORY;
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
		compile_demand(self, demand, flow_of[demand], has_children, &weights, use, &rates, rate);
	}

out:
	stpfin_weights__free(&weights);
	stpfin_rates__free(&rates);
	free(has_children);
	free(use);
	free(flow_of);
	return status;
}
