#include "libstpfin/model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/demand.h"
#include "libstpfin/model/people.h"
#include "libstpfin/model/places.h"
#include "libstpfin/model/prices.h"
#include "libstpfin/model/quality.h"
#include "libstpfin/model/risks.h"
#include "libstpfin/table/error.h"

void *stpfin_model__array(size_t n, size_t size)
{
	void *array = calloc(n > 0 ? n : 1, size);

	if (array == NULL) {
		stpfin_error__memory();
	}
	return array;
}

const char *stpfin_model__name(const struct stpfin_model *self, const char *table, int32_t row)
{
	return stpfin_column__text(
		stpfin_table__column(stpfin_plan__table(self->plan, table), 0), (size_t)row);
}

void stpfin_model__free(struct stpfin_model *self)
{
	if (self == NULL) {
		return;
	}
	stpfin_plan_free(self->plan);
	stpfin_dictionary__free(self->place_names);
	stpfin_dictionary__free(self->scenario_names);
	free(self->first_share);
	free(self->share_place);
	free(self->share);
	free(self->persons);
	free(self->has_children);
	stpfin_people__free(self->people);
	free(self->use);
	free(self->population);
	free(self->growth);
	free(self->growth_of_base_people);
	free(self->flow_of_demand);
	stpfin_risks__free(self->risks);
	stpfin_quality__free(self->quality);
	free(self->inflation);
	free(self->price);
	free(self->unchanged);
	free(self->demand);
	free(self->activity);
	free(self->cost_only);
	free(self->cost);
	free(self->marginal_above);
	free(self->marginal_below);
	free(self->outside);
	free(self->funding);
	free(self->transfers);
	free(self->pressures);
	free(self->deflator);
	free(self);
}

static stpfin_status compile_flows(struct stpfin_model *self)
{
	const double *activity = stpfin_plan__real(self->plan, "flow", "activity");
	const double *cost = stpfin_plan__real(self->plan, "flow", "cost");
	const double *above = stpfin_plan__real(self->plan, "flow", "marginal_rate");
	const double *below = stpfin_plan__real(self->plan, "flow", "marginal_rate_below");
	const double usual = stpfin_schema__default("flow", "marginal_rate");
	size_t n = self->n_flows;

	self->commissioner = stpfin_plan__whole(self->plan, "flow", "commissioner");
	self->provider = stpfin_plan__whole(self->plan, "flow", "provider");
	self->service = stpfin_plan__whole(self->plan, "flow", "service");
	self->income = stpfin_plan__real(self->plan, "flow", "income");
	self->activity = stpfin_model__array(n, sizeof *self->activity);
	self->cost_only = stpfin_model__array(n, sizeof *self->cost_only);
	self->cost = stpfin_model__array(n, sizeof *self->cost);
	self->marginal_above = stpfin_model__array(n, sizeof *self->marginal_above);
	self->marginal_below = stpfin_model__array(n, sizeof *self->marginal_below);
	self->outside = stpfin_model__array(n, sizeof *self->outside);
	if (self->activity == NULL || self->cost_only == NULL || self->cost == NULL ||
		self->marginal_above == NULL || self->marginal_below == NULL || self->outside == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t flow = 0; flow < n; flow++) {
		self->cost_only[flow] = isnan(activity[flow]);
		self->activity[flow] = isnan(activity[flow]) ? 1 : activity[flow];
		self->cost[flow] = isnan(cost[flow]) ? self->income[flow] : cost[flow];
		self->marginal_above[flow] = isnan(above[flow]) ? usual : above[flow];
		self->marginal_below[flow] = isnan(below[flow]) ? self->marginal_above[flow] : below[flow];
		self->outside[flow] = self->kind[self->provider[flow]] == STPFIN_KIND_OUTSIDE;
	}
	return STPFIN_OK;
}

/* Adds a table's amounts to an array by organisation and year. */
static void add_amounts(const struct stpfin_model *self, const char *table, const char *column,
	double sign, double *sums)
{
	const int32_t *organisation = stpfin_plan__whole(self->plan, table, column);
	const int32_t *year = stpfin_plan__whole(self->plan, table, "year");
	const double *amount = stpfin_plan__real(self->plan, table, "amount");

	for (size_t row = 0, rows = stpfin_plan__rows(self->plan, table); row < rows; row++) {
		size_t t = (size_t)(year[row] - self->plan->settings.base_year);

		sums[(size_t)organisation[row] * self->n_years + t] += sign * amount[row];
	}
}

static stpfin_status compile_amounts(struct stpfin_model *self)
{
	size_t n = self->n_organisations * self->n_years;

	self->funding = stpfin_model__array(n, sizeof *self->funding);
	self->transfers = stpfin_model__array(n, sizeof *self->transfers);
	self->pressures = stpfin_model__array(n, sizeof *self->pressures);
	if (self->funding == NULL || self->transfers == NULL || self->pressures == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	add_amounts(self, "funding", "organisation", 1, self->funding);
	add_amounts(self, "transfer", "to_organisation", 1, self->transfers);
	add_amounts(self, "transfer", "from_organisation", -1, self->transfers);
	add_amounts(self, "pressure", "organisation", 1, self->pressures);
	return STPFIN_OK;
}

static stpfin_status compile_unchanged(struct stpfin_model *self)
{
	size_t n = self->n_demands > self->n_services ? self->n_demands : self->n_services;

	self->unchanged = stpfin_model__array(n * self->n_years, sizeof *self->unchanged);
	if (self->unchanged == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < n * self->n_years; i++) {
		self->unchanged[i] = 1;
	}
	return STPFIN_OK;
}

static stpfin_status name_scenarios(struct stpfin_model *self)
{
	static const char do_nothing[] = "do_nothing";
	const stpfin_dictionary *names =
		stpfin_table__named(stpfin_plan__table(self->plan, "scenario"), "scenario")->dictionary;

	self->scenario_names = stpfin_dictionary__new();
	if (self->scenario_names == NULL ||
		stpfin_dictionary__intern(self->scenario_names, do_nothing, strlen(do_nothing)) < 0) {
		return stpfin_error__memory();
	}
	for (size_t i = 0; i < stpfin_dictionary__size(names); i++) {
		const char *name = stpfin_dictionary__text(names, (int32_t)i);

		if (stpfin_dictionary__intern(self->scenario_names, name, strlen(name)) < 0) {
			return stpfin_error__memory();
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_model__new(const stpfin_plan *plan, struct stpfin_model **out_model)
{
	struct stpfin_model *model = stpfin_model__array(1, sizeof *model);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_model = NULL;
	if (model == NULL) {
		return status;
	}
	model->plan = stpfin_plan__share(plan);
	if (model->plan == NULL) {
		goto out;
	}
	model->n_years = stpfin_plan__years(plan);
	model->n_organisations = stpfin_plan__rows(plan, "organisation");
	model->n_footprints = stpfin_plan__rows(plan, "footprint");
	model->n_services = stpfin_plan__rows(plan, "service");
	model->n_flows = stpfin_plan__rows(plan, "flow");
	model->kind = stpfin_plan__whole(plan, "organisation", "kind");
	status = name_scenarios(model);
	if (status == STPFIN_OK) {
		status = stpfin_model__places(model);
	}
	if (status == STPFIN_OK) {
		status = stpfin_model__people(model);
	}
	if (status == STPFIN_OK) {
		status = compile_flows(model);
	}
	if (status == STPFIN_OK) {
		status = stpfin_model__demand(model);
	}
	if (status == STPFIN_OK) {
		status = stpfin_model__risks(model);
	}
	if (status == STPFIN_OK) {
		status = stpfin_model__prices(model);
	}
	if (status == STPFIN_OK) {
		status = compile_amounts(model);
	}
	if (status == STPFIN_OK) {
		status = compile_unchanged(model);
	}
	if (status == STPFIN_OK) {
		status = stpfin_model__quality(model);
	}
	if (status == STPFIN_OK) {
		*out_model = model;
		model = NULL;
	}

out:
	stpfin_model__free(model);
	return status;
}
