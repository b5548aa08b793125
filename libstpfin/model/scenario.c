#include "libstpfin/model/scenario.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/effect_size.h"
#include "libstpfin/model/formulas.h"
#include "libstpfin/model/prevention.h"
#include "libstpfin/model/quality.h"
#include "libstpfin/model/scheme_money.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/plan/reach.h"
#include "libstpfin/plan/unit_cost.h"
#include "libstpfin/table/error.h"

static void free_lists(struct stpfin_effect_lists *self)
{
	free(self->first);
	free(self->at);
}

void stpfin_scenario__free(struct stpfin_scenario *self)
{
	if (self == NULL) {
		return;
	}
	free(self->scheme);
	free(self->scale);
	free(self->delay);
	free(self->preventions);
	free(self->prevention);
	free(self->prevented);
	free_lists(&self->of_demand);
	free(self->effects);
	free(self->size);
	free(self->stay);
	free_lists(&self->of_flow);
	free(self->destinations);
	free_lists(&self->of_destination);
	free(self->destination);
	free(self->unit_cost);
	free(self->variable_share);
	free(self->semi_fixed_share);
	free(self->semi_fixed_lag);
	free(self->improvements);
	free(self->improvement);
	free(self->costs);
	free(self->cost_values);
	free(self->awards);
	free(self->capital_awards);
	free(self);
}

static stpfin_status compile_schemes(struct stpfin_scenario *self, const struct stpfin_model *model)
{
	const int32_t *scenario = stpfin_plan__whole(model->plan, "scenario", "scenario");
	const int32_t *scheme = stpfin_plan__whole(model->plan, "scenario", "scheme");
	const double *scale = stpfin_plan__real(model->plan, "scenario", "scale");
	const int32_t *delay = stpfin_plan__whole(model->plan, "scenario", "delay");
	size_t n_rows = stpfin_plan__rows(model->plan, "scenario");

	self->scheme = stpfin_model__array(n_rows, sizeof *self->scheme);
	self->scale = stpfin_model__array(n_rows, sizeof *self->scale);
	self->delay = stpfin_model__array(n_rows, sizeof *self->delay);
	if (self->scheme == NULL || self->scale == NULL || self->delay == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t row = 0; row < n_rows; row++) {
		if (scenario[row] == self->name) {
			size_t i = self->n_schemes++;

			self->scheme[i] = scheme[row];
			self->scale[i] = isnan(scale[row]) ? 1 : scale[row];
			self->delay[i] = delay[row] != STPFIN_MISSING_INT32 ? delay[row] : 0;
		}
	}
	return STPFIN_OK;
}

/* The timing of a row of an effect table, in a scenario that delays it. */
static struct stpfin_timing timing_of(
	const stpfin_plan *plan, const char *table, size_t row, int32_t delay)
{
	return (struct stpfin_timing){
		stpfin_plan__whole(plan, table, "start_year")[row],
		stpfin_plan__whole(plan, table, "full_year")[row],
		stpfin_plan__whole(plan, table, "last_year")[row],
		stpfin_plan__whole(plan, table, "ramp")[row],
		delay,
	};
}

void stpfin_scenario__size(struct stpfin_scenario *self, const struct stpfin_model *model,
	const char *table, const char *column, size_t row, size_t scheme, double least,
	double *out_sizes)
{
	struct stpfin_timing timing = timing_of(model->plan, table, row, self->delay[scheme]);
	double full = stpfin_plan__real(model->plan, table, column)[row];
	double scaled = full * self->scale[scheme];
	double size = stpfin_formula__scaled(full, self->scale[scheme], least);

	if (isnan(full)) {
		return;
	}
	self->n_clipped += size != scaled;
	for (size_t t = 0; t < model->n_years; t++) {
		out_sizes[t] =
			stpfin_timing__effect(&timing, size, model->plan->settings.base_year + (int32_t)t);
	}
}

void stpfin_scenario__change(const struct stpfin_scenario *self, const struct stpfin_model *model,
	const char *table, const char *column, size_t row, size_t scheme, double *out_changes)
{
	struct stpfin_timing timing = timing_of(model->plan, table, row, self->delay[scheme]);
	double change = stpfin_plan__real(model->plan, table, column)[row];

	for (size_t t = 0; t < model->n_years; t++) {
		out_changes[t] = stpfin_timing__change(
			&timing, change * self->scale[scheme], model->plan->settings.base_year + (int32_t)t);
	}
}

/* Adds the effects of a table's rows that are of a kind, scheme by scheme, row by row. */
static void add_effects(struct stpfin_scenario *self, const struct stpfin_model *model,
	const char *table, enum stpfin_effect_kind kind)
{
	const stpfin_plan *plan = model->plan;
	const int32_t *scheme = stpfin_plan__whole(plan, table, "scheme");
	bool moves = kind != STPFIN_EFFECT_EFFICIENCY;
	const int32_t *to_service = moves ? stpfin_plan__whole(plan, table, "to_service") : NULL;
	const int32_t *to_provider = moves ? stpfin_plan__whole(plan, table, "to_provider") : NULL;
	const double *substitution = moves ? stpfin_plan__real(plan, table, "substitution") : NULL;

	for (size_t i = 0; i < self->n_schemes; i++) {
		for (size_t row = 0, rows = stpfin_plan__rows(plan, table); row < rows; row++) {
			size_t at = self->n_effects;

			if (scheme[row] != self->scheme[i] ||
				(moves && (to_service[row] >= 0) != (kind == STPFIN_EFFECT_SHIFT))) {
				continue;
			}
			self->effects[at] = (struct stpfin_effect){
				.kind = kind,
				.scheme = i,
				.row = row,
				.commissioner = stpfin_plan__whole(plan, table, "commissioner")[row],
				.provider = stpfin_plan__whole(plan, table, "provider")[row],
				.service = stpfin_plan__whole(plan, table, "service")[row],
				.to_provider = moves ? to_provider[row] : -1,
				.to_service = moves ? to_service[row] : -1,
				.substitution = moves && !isnan(substitution[row]) ? substitution[row] : 1,
			};
			self->n_effects++;
			if (moves) {
				stpfin_scenario__size(self, model, table, "reduction", row, i,
					kind == STPFIN_EFFECT_SHIFT ? 0 : -1, self->size + at * model->n_years);
			} else {
				stpfin_scenario__size(
					self, model, table, "saving", row, i, -1, self->size + at * model->n_years);
				stpfin_scenario__size(self, model, table, "stay_reduction", row, i, 0,
					self->stay + at * model->n_years);
			}
		}
	}
}

static stpfin_status compile_effects(struct stpfin_scenario *self, const struct stpfin_model *model)
{
	size_t most = stpfin_plan__rows(model->plan, "activity_effect") +
				  stpfin_plan__rows(model->plan, "efficiency_effect");

	self->effects = stpfin_model__array(most, sizeof *self->effects);
	self->size = stpfin_model__array(most * model->n_years, sizeof *self->size);
	self->stay = stpfin_model__array(most * model->n_years, sizeof *self->stay);
	if (self->effects == NULL || self->size == NULL || self->stay == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	add_effects(self, model, "activity_effect", STPFIN_EFFECT_REDUCTION);
	add_effects(self, model, "activity_effect", STPFIN_EFFECT_SHIFT);
	add_effects(self, model, "efficiency_effect", STPFIN_EFFECT_EFFICIENCY);
	return STPFIN_OK;
}

/* Lists for each of n pieces of care (by commissioner, provider and service) the effects from the
 * first-th on that act on it. */
static stpfin_status list_effects(const struct stpfin_scenario *self,
	const struct stpfin_model *model, size_t first_effect, const int32_t *commissioner,
	const int32_t *provider, const int32_t *service, size_t n, struct stpfin_effect_lists *out)
{
	struct stpfin_reach reach = {.n = 0};
	size_t *next = stpfin_model__array(n, sizeof *next);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	out->first = stpfin_model__array(n + 1, sizeof *out->first);
	if (next == NULL || out->first == NULL) {
		goto out;
	}
	status = stpfin_reach__new(
		&reach, commissioner, provider, service, n, model->n_organisations, model->n_services);
	for (int filling = 0; filling < 2 && status == STPFIN_OK; filling++) {
		for (size_t e = first_effect; e < self->n_effects; e++) {
			const struct stpfin_effect *effect = &self->effects[e];
			const int32_t key[] = {effect->commissioner, effect->provider, effect->service};
			size_t at = 0;

			for (size_t i; (i = stpfin_reach__next(&reach, key, &at)) != SIZE_MAX;) {
				if (filling) {
					out->at[next[i]++] = e;
				} else {
					out->first[i + 1]++;
				}
			}
		}
		if (!filling) {
			for (size_t i = 0; i < n; i++) {
				out->first[i + 1] += out->first[i];
				next[i] = out->first[i];
			}
			out->at = stpfin_model__array(out->first[n], sizeof *out->at);
			status = out->at != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;
		}
	}

out:
	stpfin_reach__free(&reach);
	free(next);
	return status;
}

/* The entries of the lists of flows that are shifts, numbered by what they add to. */
static stpfin_status compile_destinations(
	struct stpfin_scenario *self, const struct stpfin_model *model)
{
	size_t n_entries = self->of_flow.first[model->n_flows];
	int32_t *commissioner = stpfin_model__array(n_entries, sizeof *commissioner);
	int32_t *provider = stpfin_model__array(n_entries, sizeof *provider);
	int32_t *service = stpfin_model__array(n_entries, sizeof *service);
	const int32_t *const keys[] = {commissioner, provider, service};
	const double *given = stpfin_plan__real(model->plan, "activity_effect", "unit_cost");
	size_t first_efficiency = 0;
	struct stpfin_index index = {0};
	struct stpfin_unit_costs unit_costs = {.cost = NULL};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	self->destination = stpfin_model__array(n_entries, sizeof *self->destination);
	self->unit_cost = stpfin_model__array(n_entries, sizeof *self->unit_cost);
	self->destinations = stpfin_model__array(n_entries, sizeof *self->destinations);
	if (commissioner == NULL || provider == NULL || service == NULL || self->destination == NULL ||
		self->unit_cost == NULL || self->destinations == NULL) {
		goto out;
	}
	status = stpfin_index__new(&index, keys, 3, n_entries);
	if (status == STPFIN_OK) {
		status = stpfin_unit_costs__new(&unit_costs, stpfin_plan__table(model->plan, "flow"));
	}
	for (size_t flow = 0; flow < model->n_flows && status == STPFIN_OK; flow++) {
		for (size_t i = self->of_flow.first[flow]; i < self->of_flow.first[flow + 1]; i++) {
			const struct stpfin_effect *effect = &self->effects[self->of_flow.at[i]];
			size_t at = self->n_destinations;

			if (effect->kind != STPFIN_EFFECT_SHIFT) {
				continue;
			}
			commissioner[at] = model->commissioner[flow];
			provider[at] = effect->to_provider;
			service[at] = effect->to_service;
			self->destination[i] = stpfin_index__add(&index, at);
			self->unit_cost[i] = !isnan(given[effect->row])
									 ? given[effect->row]
									 : stpfin_unit_costs__find(&unit_costs, commissioner[at],
										   provider[at], service[at]);
			if (self->destination[i] == at) {
				self->destinations[at] = (struct stpfin_destination){commissioner[at], provider[at],
					service[at], model->kind[provider[at]] == STPFIN_KIND_OUTSIDE};
				self->n_destinations++;
			}
		}
	}
	while (first_efficiency < self->n_effects &&
		   self->effects[first_efficiency].kind != STPFIN_EFFECT_EFFICIENCY) {
		first_efficiency++;
	}
	if (status == STPFIN_OK) {
		status = list_effects(self, model, first_efficiency, commissioner, provider, service,
			self->n_destinations, &self->of_destination);
	}

out:
	stpfin_index__free(&index);
	stpfin_unit_costs__free(&unit_costs);
	free(commissioner);
	free(provider);
	free(service);
	return status;
}

/* How each service's cost follows its activity. */
static stpfin_status compile_cost_behaviour(
	struct stpfin_scenario *self, const struct stpfin_model *model)
{
	const double *variable = stpfin_plan__real(model->plan, "service", "variable_share");
	const double *semi_fixed = stpfin_plan__real(model->plan, "service", "semi_fixed_share");
	const int32_t *lag = stpfin_plan__whole(model->plan, "service", "semi_fixed_lag");
	size_t n = model->n_services;

	self->variable_share = stpfin_model__array(n, sizeof *self->variable_share);
	self->semi_fixed_share = stpfin_model__array(n, sizeof *self->semi_fixed_share);
	self->semi_fixed_lag = stpfin_model__array(n, sizeof *self->semi_fixed_lag);
	if (self->variable_share == NULL || self->semi_fixed_share == NULL ||
		self->semi_fixed_lag == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < n; i++) {
		self->semi_fixed_share[i] = isnan(semi_fixed[i]) ? 0 : semi_fixed[i];
		self->variable_share[i] = isnan(variable[i]) ? 1 - self->semi_fixed_share[i] : variable[i];
		self->semi_fixed_lag[i] = lag[i] != STPFIN_MISSING_INT32 ? (size_t)lag[i] : 1;
	}
	return STPFIN_OK;
}

/* Compiles what the schemes do and cost. */
static stpfin_status compile(struct stpfin_scenario *self, const struct stpfin_model *model)
{
	stpfin_status status = stpfin_scenario__prevention(self, model);

	if (status == STPFIN_OK) {
		status = compile_effects(self, model);
	}
	if (status == STPFIN_OK) {
		status = list_effects(self, model, 0, model->commissioner, model->provider, model->service,
			model->n_flows, &self->of_flow);
	}
	if (status == STPFIN_OK) {
		status = compile_destinations(self, model);
	}
	if (status == STPFIN_OK) {
		status = compile_cost_behaviour(self, model);
	}
	if (status == STPFIN_OK) {
		status = stpfin_scenario__improvement(self, model);
	}
	return status == STPFIN_OK ? stpfin_scenario__money(self, model) : status;
}

stpfin_status stpfin_scenario__new(
	const struct stpfin_model *model, const char *name, struct stpfin_scenario **out_scenario)
{
	struct stpfin_scenario *self = stpfin_model__array(1, sizeof *self);
	stpfin_status status;

	*out_scenario = NULL;
	if (self == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	status = stpfin_plan__find(model->plan, "scenario", name, &self->name);
	if (status == STPFIN_OK) {
		status = compile_schemes(self, model);
	}
	if (status == STPFIN_OK) {
		status = compile(self, model);
	}
	if (status != STPFIN_OK) {
		stpfin_scenario__free(self);
		return status;
	}
	*out_scenario = self;
	return STPFIN_OK;
}

stpfin_status stpfin_scenario__of_schemes(const struct stpfin_model *model, const int32_t *schemes,
	size_t n, struct stpfin_scenario **out_scenario)
{
	struct stpfin_scenario *self = stpfin_model__array(1, sizeof *self);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_scenario = NULL;
	if (self == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->name = -1;
	self->scheme = stpfin_model__array(n, sizeof *self->scheme);
	self->scale = stpfin_model__array(n, sizeof *self->scale);
	self->delay = stpfin_model__array(n, sizeof *self->delay);
	if (self->scheme != NULL && self->scale != NULL && self->delay != NULL) {
		for (self->n_schemes = 0; self->n_schemes < n; self->n_schemes++) {
			self->scheme[self->n_schemes] = schemes[self->n_schemes];
			self->scale[self->n_schemes] = 1;
		}
		status = compile(self, model);
	}
	if (status != STPFIN_OK) {
		stpfin_scenario__free(self);
		return status;
	}
	*out_scenario = self;
	return STPFIN_OK;
}
