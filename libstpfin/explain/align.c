#include "stpfin/align.h"

#include <stdlib.h>

#include "libstpfin/model/result.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/table/error.h"

/* The lines of an organisation's plan, as the schema lists them. */
enum line { INCOME, COST, CONTROL_TOTAL, ACTIVITY, STAFF };

/* What an organisation has to do with a service in a year. */
struct entry {
	double income;
	double cost;
	double given; /* units, as the next */
	double bought;
	double staff;
};

/* The books of all organisations in one outcome. Services of an organisation are found by an index
 * of pairs; the whole of an organisation is the pair without a service. */
struct books {
	const struct stpfin_model *model;
	const double *staff_per_unit; /* by service */
	int32_t *organisation;        /* by pair */
	int32_t *service;             /* by pair; -1 for all */
	size_t n;
	struct stpfin_index index;
	struct entry *entries; /* by pair and year */
};

static void free_books(struct books *self)
{
	stpfin_index__free(&self->index);
	free(self->organisation);
	free(self->service);
	free(self->entries);
}

static stpfin_status new_books(struct books *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const double *staff_per_unit)
{
	size_t n_care = model->n_flows + (scenario != NULL ? scenario->n_destinations : 0);
	/* Both ends of each piece of care, each organisation as a whole, and room to try one more. */
	size_t most = 2 * n_care + model->n_organisations + 1;
	const int32_t *keys[2];

	*self = (struct books){.model = model,
		.staff_per_unit = staff_per_unit,
		.organisation = stpfin_model__array(most, sizeof *self->organisation),
		.service = stpfin_model__array(most, sizeof *self->service),
		.entries = stpfin_model__array(most * model->n_years, sizeof *self->entries)};
	if (self->organisation == NULL || self->service == NULL || self->entries == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	keys[0] = self->organisation;
	keys[1] = self->service;
	return stpfin_index__new(&self->index, keys, 2, most);
}

/* The entry of a pair in a year, which may be new. */
static struct entry *open_entry(struct books *self, int32_t organisation, int32_t service, size_t t)
{
	size_t pair;

	self->organisation[self->n] = organisation;
	self->service[self->n] = service;
	pair = stpfin_index__add(&self->index, self->n);
	if (pair == self->n) {
		self->n++;
	}
	return &self->entries[pair * self->model->n_years + t];
}

/* One piece of care in a year. */
struct care {
	int32_t buyer;
	int32_t seller;
	int32_t service;
	bool outside;
	double units; /* 0 for what is cost only */
	double payment;
	double cost;
};

static void add_care(struct books *self, const struct care *care, size_t t)
{
	const int32_t services[] = {care->service, -1};
	int32_t holder = care->outside ? care->buyer : care->seller;

	for (size_t i = 0; i < 2; i++) {
		struct entry *buyer = open_entry(self, care->buyer, services[i], t);

		buyer->cost += care->payment;
		buyer->bought += care->units;
	}
	for (size_t i = 0; i < 2; i++) {
		struct entry *seller = open_entry(self, care->seller, services[i], t);

		seller->income += care->payment;
		seller->cost += care->cost;
		seller->given += care->units;
	}
	for (size_t i = 0; i < 2; i++) {
		open_entry(self, holder, services[i], t)->staff +=
			care->units * self->staff_per_unit[care->service];
	}
}

static void fill_books(struct books *self, const struct stpfin_outcome *outcome)
{
	const struct stpfin_model *model = self->model;
	const struct stpfin_scenario *scenario = outcome->scenario;
	const struct stpfin_run *run = &outcome->run;
	size_t n_years = model->n_years;

	for (size_t at = 0; at < model->n_flows * n_years; at++) {
		size_t flow = at / n_years;
		const struct care care = {model->commissioner[flow], model->provider[flow],
			model->service[flow], model->outside[flow],
			model->cost_only[flow] ? 0 : run->activity[at], run->income[at], run->cost[at]};

		add_care(self, &care, at % n_years);
	}
	for (size_t at = 0; scenario != NULL && at < scenario->n_destinations * n_years; at++) {
		const struct stpfin_destination *to = &scenario->destinations[at / n_years];
		const struct care care = {to->commissioner, to->provider, to->service, to->outside,
			run->added[at], run->added_payment[at], run->added_care[at]};

		add_care(self, &care, at % n_years);
	}
}

/* What is projected for a line. */
static double project_line(const struct books *self, const struct stpfin_run *run,
	int32_t organisation, int32_t service, enum line line, size_t t)
{
	size_t at = (size_t)organisation * self->model->n_years + t;
	const int32_t key[] = {organisation, service};
	size_t pair = stpfin_index__find(&self->index, key);
	struct entry entry = {0};

	if (pair != STPFIN_NO_ROW) {
		entry = self->entries[pair * self->model->n_years + t];
	}
	if (service < 0) {
		entry.income = run->position_income[at];
		entry.cost = run->position_cost[at];
	}
	switch (line) {
	case INCOME:
		return entry.income;
	case COST:
		return entry.cost;
	case CONTROL_TOTAL:
		return entry.income - entry.cost;
	case ACTIVITY:
		return self->model->kind[organisation] == STPFIN_KIND_PROVIDER ? entry.given : entry.bought;
	case STAFF:
		break;
	}
	return entry.staff;
}

static stpfin_status write_outcome(stpfin_table *table, const struct stpfin_model *model,
	const struct stpfin_outcome *outcome, const double *staff_per_unit, size_t first)
{
	const stpfin_table *plans = stpfin_plan__table(model->plan, "organisation_plan");
	const int32_t *organisation = stpfin_table__named(plans, "organisation")->whole;
	const struct stpfin_column *service = stpfin_table__named(plans, "service");
	const int32_t *line = stpfin_table__named(plans, "line")->whole;
	const int32_t *version = stpfin_table__named(plans, "version")->whole;
	const int32_t *year = stpfin_table__named(plans, "year")->whole;
	const double *amount = stpfin_table__named(plans, "amount")->real;
	size_t n_rows = stpfin_table_rows(plans);
	size_t service_column = 0;
	struct books books;
	stpfin_status status = new_books(&books, model, outcome->scenario, staff_per_unit);

	stpfin_table_find(table, "service", &service_column);
	if (status == STPFIN_OK) {
		fill_books(&books, outcome);
	}
	for (size_t i = 0; i < n_rows && status == STPFIN_OK; i++) {
		const char *name = stpfin_column__text(service, i);
		double projection = project_line(&books, &outcome->run, organisation[i], service->whole[i],
			(enum line)line[i], (size_t)(year[i] - model->plan->settings.base_year));
		size_t row = first + i;

		stpfin_table__named(table, "organisation")->whole[row] = organisation[i];
		stpfin_table__named(table, "year")->whole[row] = year[i];
		stpfin_table__named(table, "line")->whole[row] = line[i];
		stpfin_table__named(table, "version")->whole[row] = version[i];
		stpfin_table__named(table, "plan")->real[row] = amount[i];
		stpfin_table__named(table, "projection")->real[row] = projection;
		stpfin_table__named(table, "difference")->real[row] = amount[i] - projection;
		status = stpfin_table__set_text(table, service_column, row, name != NULL ? name : "total");
	}
	stpfin_result__set_scenario(table, first, first + n_rows, outcome->scenario);
	free_books(&books);
	return status;
}

static stpfin_status align_plans(
	const struct stpfin_projection *projection, stpfin_table **out_table)
{
	const struct stpfin_model *model = projection->model;
	const int32_t *staffed = stpfin_plan__whole(model->plan, "staffing", "service");
	const double *wte = stpfin_plan__real(model->plan, "staffing", "wte_per_1000");
	size_t n_staffed = stpfin_plan__rows(model->plan, "staffing");
	size_t n_rows = stpfin_plan__rows(model->plan, "organisation_plan");
	double *staff_per_unit = stpfin_model__array(model->n_services, sizeof *staff_per_unit);
	stpfin_table *table = NULL;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (staff_per_unit != NULL) {
		status = stpfin_result__new("alignment", model, projection->n_outcomes * n_rows, &table);
	}
	for (size_t row = 0; row < n_staffed && status == STPFIN_OK; row++) {
		staff_per_unit[staffed[row]] += wte[row] / 1000;
	}
	for (size_t i = 0; i < projection->n_outcomes && status == STPFIN_OK; i++) {
		status = write_outcome(table, model, &projection->outcomes[i], staff_per_unit, i * n_rows);
	}
	if (status == STPFIN_OK) {
		status = stpfin_result__check(table);
	}
	free(staff_per_unit);
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}

static stpfin_status align_contracts(const struct stpfin_model *model, stpfin_table **out_table)
{
	const stpfin_plan *plan = model->plan;
	const double *ours = stpfin_plan__real(plan, "contract_view", "commissioner_value");
	const double *theirs = stpfin_plan__real(plan, "contract_view", "provider_value");
	static const char *const copied[] = {"commissioner", "provider", "year"};
	size_t n_rows = stpfin_plan__rows(plan, "contract_view");
	stpfin_status status = stpfin_result__new("contract_mismatch", model, n_rows, out_table);

	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
			stpfin_table__named(*out_table, copied[i])->whole[row] =
				stpfin_plan__whole(plan, "contract_view", copied[i])[row];
		}
		stpfin_table__named(*out_table, "difference")->real[row] = ours[row] - theirs[row];
	}
	return status;
}

stpfin_status stpfin_align(
	const stpfin_projection *projection, stpfin_table **out_alignment, stpfin_table **out_mismatch)
{
	stpfin_table *alignment = NULL;
	stpfin_status status;

	if (out_alignment != NULL) {
		*out_alignment = NULL;
	}
	if (out_mismatch != NULL) {
		*out_mismatch = NULL;
	}
	if (projection == NULL || out_alignment == NULL || out_mismatch == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	if (projection->stamp.prices != STPFIN_PRICES_CASH) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"organisations plan in cash: project in cash prices to align with them");
	}
	status = align_plans(projection, &alignment);
	if (status == STPFIN_OK) {
		status = align_contracts(projection->model, out_mismatch);
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(alignment);
		return status;
	}
	*out_alignment = alignment;
	return STPFIN_OK;
}
