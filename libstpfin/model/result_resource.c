#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/result.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/table/error.h"

static const char bed[] = "bed";

enum { DAYS_OF_A_YEAR = 365, THOUSAND = 1000 };

/* The number of the resource bed, and the column of the result that names one. */
enum { BED = 0, RESOURCE_COLUMN = 2 };

/* Beds and groups of staff by number, and what each service takes of them. */
struct resources {
	stpfin_dictionary *names;
	size_t n;
	double *per_unit; /* by service and resource: for one unit of activity; NaN for none */
};

static void free_resources(struct resources *self)
{
	stpfin_dictionary__free(self->names);
	free(self->per_unit);
}

/* Numbers the texts of a column among the resources, in the order of the rows that have one. */
static bool add_names(struct resources *self, const stpfin_table *table, const char *name)
{
	const struct stpfin_column *column = stpfin_table__named(table, name);

	for (size_t row = 0; row < stpfin_table_rows(table); row++) {
		const char *text = stpfin_column__text(column, row);

		if (stpfin_dictionary__intern(self->names, text, strlen(text)) < 0) {
			return false;
		}
	}
	return true;
}

static int32_t find_resource(
	const struct resources *self, const struct stpfin_column *column, size_t row)
{
	const char *text = stpfin_column__text(column, row);

	return stpfin_dictionary__find(self->names, text, strlen(text));
}

static stpfin_status compile_resources(struct resources *self, const struct stpfin_model *model)
{
	const stpfin_plan *plan = model->plan;
	const stpfin_table *staffing = stpfin_plan__table(plan, "staffing");
	const struct stpfin_column *group = stpfin_table__named(staffing, "staff_group");
	const int32_t *staffed = stpfin_plan__whole(plan, "staffing", "service");
	const double *wte = stpfin_plan__real(plan, "staffing", "wte_per_1000");
	const double *stay = stpfin_plan__real(plan, "service", "length_of_stay");
	const double *occupancy = stpfin_plan__real(plan, "service", "target_occupancy");
	const double usual = stpfin_schema__default("service", "target_occupancy");

	self->names = stpfin_dictionary__new();
	if (self->names == NULL || stpfin_dictionary__intern(self->names, bed, strlen(bed)) < 0 ||
		!add_names(self, staffing, "staff_group") ||
		!add_names(self, stpfin_plan__table(plan, "supply"), "resource")) {
		return stpfin_error__memory();
	}
	self->n = stpfin_dictionary__size(self->names);
	self->per_unit = stpfin_model__array(
		stpfin_model__times(model->n_services, self->n), sizeof *self->per_unit);
	if (self->per_unit == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < model->n_services * self->n; i++) {
		self->per_unit[i] = (double)NAN;
	}
	for (size_t service = 0; service < model->n_services; service++) {
		self->per_unit[service * self->n] =
			stay[service] /
			(DAYS_OF_A_YEAR * (isnan(occupancy[service]) ? usual : occupancy[service]));
	}
	for (size_t row = 0; row < stpfin_table_rows(staffing); row++) {
		self->per_unit[(size_t)staffed[row] * self->n + (size_t)find_resource(self, group, row)] =
			wte[row] / THOUSAND;
	}
	return STPFIN_OK;
}

/* The needs of every organisation for every resource. */
struct needs {
	double *needed;  /* by organisation, resource and year */
	bool *concerned; /* by organisation and resource: who needs or has what */
};

/* The share of a length of stay that the stay reductions acting on care leave in a year. */
static double find_stay(const struct stpfin_scenario *scenario,
	const struct stpfin_effect_lists *lists, size_t care, size_t t, size_t n_years)
{
	double left = 1;

	for (size_t i = lists->first[care]; i < lists->first[care + 1]; i++) {
		left *= 1 - scenario->stay[lists->at[i] * n_years + t];
	}
	return left;
}

/* Adds what care of a service takes: activity is by year, stay what is left of its length. */
static void add_needs(const struct needs *self, const struct resources *resources, size_t holder,
	size_t service, const double *activity, const double *stay, size_t n_years)
{
	const double *per_unit = resources->per_unit + service * resources->n;

	for (size_t i = 0; i < resources->n; i++) {
		size_t at = holder * resources->n + i;

		if (isnan(per_unit[i])) {
			continue;
		}
		self->concerned[at] = true;
		for (size_t t = 0; t < n_years; t++) {
			self->needed[at * n_years + t] += activity[t] * per_unit[i] * (i == BED ? stay[t] : 1);
		}
	}
}

static void sum_needs(const struct needs *self, const struct stpfin_model *model,
	const struct stpfin_outcome *outcome, const struct resources *resources, double *stay)
{
	const struct stpfin_scenario *scenario = outcome->scenario;
	const struct stpfin_column *resource =
		stpfin_table__named(stpfin_plan__table(model->plan, "supply"), "resource");
	const int32_t *supplied = stpfin_plan__whole(model->plan, "supply", "organisation");
	size_t n_years = model->n_years;

	for (size_t flow = 0; flow < model->n_flows; flow++) {
		for (size_t t = 0; t < n_years; t++) {
			stay[t] =
				scenario != NULL ? find_stay(scenario, &scenario->of_flow, flow, t, n_years) : 1;
		}
		if (!model->cost_only[flow]) {
			add_needs(self, resources,
				(size_t)(model->outside[flow] ? model->commissioner[flow] : model->provider[flow]),
				(size_t)model->service[flow], outcome->run.activity + flow * n_years, stay,
				n_years);
		}
	}
	for (size_t i = 0; scenario != NULL && i < scenario->n_destinations; i++) {
		const struct stpfin_destination *to = &scenario->destinations[i];

		for (size_t t = 0; t < n_years; t++) {
			stay[t] = find_stay(scenario, &scenario->of_destination, i, t, n_years);
		}
		add_needs(self, resources, (size_t)(to->outside ? to->commissioner : to->provider),
			(size_t)to->service, outcome->run.added + i * n_years, stay, n_years);
	}
	for (size_t row = 0, rows = stpfin_plan__rows(model->plan, "supply"); row < rows; row++) {
		self->concerned[(size_t)supplied[row] * resources->n +
						(size_t)find_resource(resources, resource, row)] = true;
	}
}

/* Writes the rows of one outcome. */
static stpfin_status write_needs(stpfin_table *table, const struct stpfin_model *model,
	const struct needs *needs, const struct resources *resources, const struct stpfin_rates *supply)
{
	const stpfin_table *supplies = stpfin_plan__table(model->plan, "supply");
	const struct stpfin_column *supplied = stpfin_table__named(supplies, "resource");
	const struct stpfin_rate_column amount = stpfin_plan__rates(model->plan, "supply", "amount");
	size_t n_years = model->n_years;
	stpfin_status status = STPFIN_OK;

	for (size_t at = 0; at < model->n_organisations * resources->n * n_years; at++) {
		size_t pair = at / n_years;
		size_t row = stpfin_table_rows(table);
		const char *name =
			stpfin_dictionary__text(resources->names, (int32_t)(pair % resources->n));
		const int32_t key[] = {(int32_t)(pair / resources->n),
			stpfin_dictionary__find(supplied->dictionary, name, strlen(name)),
			model->plan->settings.base_year + (int32_t)(at % n_years)};
		size_t fit;
		double has;

		if (!needs->concerned[pair]) {
			continue;
		}
		status = stpfin_table__add_row(table);
		if (status == STPFIN_OK) {
			status = stpfin_table__set_text(table, RESOURCE_COLUMN, row, name);
		}
		if (status != STPFIN_OK) {
			break;
		}
		fit = key[1] >= 0 ? stpfin_rates__find(supply, key) : STPFIN_NO_ROW;
		has =
			fit != STPFIN_NO_ROW ? stpfin_rate_column__in(&amount, fit, at % n_years) : (double)NAN;
		stpfin_table__named(table, "organisation")->whole[row] = key[0];
		stpfin_table__named(table, "year")->whole[row] = key[2];
		stpfin_table__named(table, "needed")->real[row] = needs->needed[at];
		stpfin_table__named(table, "supply")->real[row] = has;
		stpfin_table__named(table, "shortage")->real[row] = needs->needed[at] - has;
	}
	return status;
}

stpfin_status stpfin_result__resource(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
{
	const struct stpfin_model *model = self->model;
	struct resources resources = {.n = 0};
	struct stpfin_rates supply = {.n_shapes = 0};
	struct needs needs = {NULL, NULL};
	double *stay = stpfin_model__array(model->n_years, sizeof *stay);
	stpfin_table *table = NULL;
	size_t n_pairs = 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	if (stay != NULL) {
		status = compile_resources(&resources, model);
	}
	if (status == STPFIN_OK) {
		status = stpfin_rates__new(
			&supply, stpfin_plan__table(model->plan, "supply"), stpfin_schema__table("supply"), 0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_result__new("resource", model, 0, &table);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	n_pairs = stpfin_model__times(model->n_organisations, resources.n);
	needs.needed =
		stpfin_model__array(stpfin_model__times(n_pairs, model->n_years), sizeof *needs.needed);
	needs.concerned = stpfin_model__array(n_pairs, sizeof *needs.concerned);
	if (needs.needed == NULL || needs.concerned == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		size_t first = stpfin_table_rows(table);

		status = stpfin_poll__ask(poll, i, self->n_outcomes);
		if (status != STPFIN_OK) {
			break;
		}
		memset(needs.needed, 0, n_pairs * model->n_years * sizeof *needs.needed);
		memset(needs.concerned, 0, n_pairs * sizeof *needs.concerned);
		sum_needs(&needs, model, &self->outcomes[i], &resources, stay);
		status = write_needs(table, model, &needs, &resources, &supply);
		stpfin_result__set_scenario(
			table, first, stpfin_table_rows(table), self->outcomes[i].scenario);
	}
	if (status == STPFIN_OK) {
		*out_table = table;
		table = NULL;
	}

out:
	stpfin_rates__free(&supply);
	free_resources(&resources);
	free(needs.needed);
	free(needs.concerned);
	free(stay);
	stpfin_table_free(table);
	return status;
}
