#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/result.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/table/error.h"

static const char bed[] = "bed";

enum { DAYS_OF_A_YEAR = 365, THOUSAND = 1000 };

stpfin_status stpfin_result__position(
	const struct stpfin_projection *self, stpfin_table **out_table)
{
	const struct stpfin_model *model = self->model;
	size_t n_years = model->n_years;
	stpfin_table *table = NULL;
	size_t n = 0;
	size_t row = 0;
	stpfin_status status;

	*out_table = NULL;
	for (size_t i = 0; i < model->n_organisations; i++) {
		n += stpfin_kind__has_position(model->kind[i]);
	}
	status = stpfin_result__new("position", model, n * n_years, &table);
	for (size_t i = 0; i < model->n_organisations && status == STPFIN_OK; i++) {
		for (size_t t = 0; t < n_years && stpfin_kind__has_position(model->kind[i]); t++, row++) {
			double cost = self->run.position_cost[i * n_years + t];
			double income = self->run.position_income[i * n_years + t];

			stpfin_table__named(table, "organisation")->whole[row] = (int32_t)i;
			stpfin_table__named(table, "year")->whole[row] =
				model->plan->settings.base_year + (int32_t)t;
			stpfin_table__named(table, "cost")->real[row] = cost;
			stpfin_table__named(table, "income")->real[row] = income;
			stpfin_table__named(table, "gap")->real[row] = cost - income;
		}
	}
	*out_table = table;
	return status;
}

stpfin_status stpfin_result__activity(
	const struct stpfin_projection *self, stpfin_table **out_table)
{
	const struct stpfin_model *model = self->model;
	size_t n_years = model->n_years;
	struct stpfin_trades trades = {.n = 0};
	size_t *first_row = NULL; /* by trade: of its result, + 1; 0 where it has none */
	stpfin_table *table = NULL;
	double *activity;
	size_t n_rows = 0;
	stpfin_status status;

	*out_table = NULL;
	status = stpfin_trades__new(&trades, model);
	if (status != STPFIN_OK) {
		goto out;
	}
	first_row = stpfin_model__array(trades.n, sizeof *first_row);
	if (first_row == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	for (size_t flow = 0; flow < model->n_flows; flow++) {
		if (!model->cost_only[flow] && first_row[trades.of_flow[flow]] == 0) {
			first_row[trades.of_flow[flow]] = n_rows + 1;
			n_rows += n_years;
		}
	}
	status = stpfin_result__new("activity", model, n_rows, &table);
	if (status != STPFIN_OK) {
		goto out;
	}
	activity = stpfin_table__named(table, "activity")->real;
	for (size_t i = 0; i < trades.n; i++) {
		for (size_t t = 0; t < n_years && first_row[i] > 0; t++) {
			size_t row = first_row[i] - 1 + t;

			stpfin_table__named(table, "commissioner")->whole[row] =
				model->commissioner[trades.flow[i]];
			stpfin_table__named(table, "provider")->whole[row] = model->provider[trades.flow[i]];
			stpfin_table__named(table, "service")->whole[row] = model->service[trades.flow[i]];
			stpfin_table__named(table, "year")->whole[row] =
				model->plan->settings.base_year + (int32_t)t;
			activity[row] = 0;
		}
	}
	for (size_t flow = 0; flow < model->n_flows; flow++) {
		for (size_t t = 0; t < n_years && !model->cost_only[flow]; t++) {
			activity[first_row[trades.of_flow[flow]] - 1 + t] +=
				self->run.activity[flow * n_years + t];
		}
	}
	*out_table = table;

out:
	stpfin_trades__free(&trades);
	free(first_row);
	return status;
}

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
	self->per_unit = stpfin_model__array(model->n_services * self->n, sizeof *self->per_unit);
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

/* Sums what is needed by organisation, resource and year, and marks who needs or has what. */
static void sum_needs(const struct stpfin_projection *self, const struct resources *resources,
	double *needed, bool *concerned)
{
	const struct stpfin_model *model = self->model;
	const struct stpfin_column *resource =
		stpfin_table__named(stpfin_plan__table(model->plan, "supply"), "resource");
	const int32_t *supplied = stpfin_plan__whole(model->plan, "supply", "organisation");
	size_t n_years = model->n_years;

	for (size_t flow = 0; flow < model->n_flows; flow++) {
		size_t holder =
			(size_t)(model->outside[flow] ? model->commissioner[flow] : model->provider[flow]);
		const double *per_unit = resources->per_unit + (size_t)model->service[flow] * resources->n;

		for (size_t i = 0; i < resources->n && !model->cost_only[flow]; i++) {
			size_t at = holder * resources->n + i;

			if (isnan(per_unit[i])) {
				continue;
			}
			concerned[at] = true;
			for (size_t t = 0; t < n_years; t++) {
				needed[at * n_years + t] += self->run.activity[flow * n_years + t] * per_unit[i];
			}
		}
	}
	for (size_t row = 0; row < stpfin_plan__rows(model->plan, "supply"); row++) {
		concerned[(size_t)supplied[row] * resources->n +
				  (size_t)find_resource(resources, resource, row)] = true;
	}
}

stpfin_status stpfin_result__resource(
	const struct stpfin_projection *self, stpfin_table **out_table)
{
	const struct stpfin_model *model = self->model;
	const stpfin_table *supply = stpfin_plan__table(model->plan, "supply");
	const struct stpfin_column *supplied = stpfin_table__named(supply, "resource");
	const double *amount = stpfin_plan__real(model->plan, "supply", "amount");
	size_t n_years = model->n_years;
	struct resources resources = {.n = 0};
	struct stpfin_rates rates = {.n_shapes = 0};
	double *needed = NULL;
	bool *concerned = NULL;
	stpfin_table *table = NULL;
	size_t n_pairs;
	size_t n_concerned = 0;
	size_t row = 0;
	stpfin_status status;

	*out_table = NULL;
	status = compile_resources(&resources, model);
	if (status == STPFIN_OK) {
		status = stpfin_rates__new(&rates, supply, stpfin_schema__table("supply"), 0);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	n_pairs = model->n_organisations * resources.n;
	needed = stpfin_model__array(n_pairs * n_years, sizeof *needed);
	concerned = stpfin_model__array(n_pairs, sizeof *concerned);
	if (needed == NULL || concerned == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	sum_needs(self, &resources, needed, concerned);
	for (size_t i = 0; i < n_pairs; i++) {
		n_concerned += concerned[i];
	}
	status = stpfin_result__new("resource", model, n_concerned * n_years, &table);
	for (size_t i = 0; i < n_pairs && status == STPFIN_OK; i++) {
		const char *name = stpfin_dictionary__text(resources.names, (int32_t)(i % resources.n));
		int32_t organisation = (int32_t)(i / resources.n);

		for (size_t t = 0; t < n_years && concerned[i] && status == STPFIN_OK; t++, row++) {
			const int32_t key[] = {organisation,
				stpfin_dictionary__find(supplied->dictionary, name, strlen(name)),
				model->plan->settings.base_year + (int32_t)t};
			size_t fit = key[1] >= 0 ? stpfin_rates__find(&rates, key) : STPFIN_NO_ROW;
			double has = fit != STPFIN_NO_ROW ? amount[fit] : (double)NAN;

			stpfin_table__named(table, "organisation")->whole[row] = organisation;
			status = stpfin_table__set_text(table, 2, row, name);
			stpfin_table__named(table, "year")->whole[row] = key[2];
			stpfin_table__named(table, "needed")->real[row] = needed[i * n_years + t];
			stpfin_table__named(table, "supply")->real[row] = has;
			stpfin_table__named(table, "shortage")->real[row] = needed[i * n_years + t] - has;
		}
	}
	if (status == STPFIN_OK) {
		*out_table = table;
		table = NULL;
	}

out:
	stpfin_rates__free(&rates);
	free_resources(&resources);
	free(needed);
	free(concerned);
	stpfin_table_free(table);
	return status;
}
