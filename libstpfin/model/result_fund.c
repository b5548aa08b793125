#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/result.h"
#include "libstpfin/model/scenario.h"
#include "libstpfin/plan/conditions.h"

/* The choices of fund_condition and fund_result, as the schema lists them. */
enum { GATE };
enum { STANDARD, TRAJECTORY, NOT_MET };

enum { QUARTERS = 4 };

/* What awards are earned by: the conditions of each fund and year, and how they were met. */
struct terms {
	const stpfin_plan *plan;
	struct stpfin_conditions conditions;
	int32_t *name; /* by condition: its name as fund_result has it; -1 if not */
	struct stpfin_index results;
};

static void free_terms(struct terms *self)
{
	stpfin_conditions__free(&self->conditions);
	stpfin_index__free(&self->results);
	free(self->name);
}

static stpfin_status new_terms(struct terms *self, const stpfin_plan *plan)
{
	const stpfin_table *conditions = stpfin_plan__table(plan, "fund_condition");
	const struct stpfin_column *name = stpfin_table__named(conditions, "condition");
	const struct stpfin_column *tested =
		stpfin_table__named(stpfin_plan__table(plan, "fund_result"), "condition");
	const int32_t *const keys[] = {stpfin_plan__whole(plan, "fund_result", "fund"),
		stpfin_plan__whole(plan, "fund_result", "organisation"),
		stpfin_plan__whole(plan, "fund_result", "year"),
		stpfin_plan__whole(plan, "fund_result", "quarter"), tested->whole};
	size_t n_results = stpfin_plan__rows(plan, "fund_result");
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*self = (struct terms){.plan = plan};
	self->name = stpfin_model__array(stpfin_table_rows(conditions), sizeof *self->name);
	if (self->name != NULL) {
		status = stpfin_conditions__new(&self->conditions, conditions);
	}
	for (size_t row = 0; row < stpfin_table_rows(conditions) && status == STPFIN_OK; row++) {
		const char *text = stpfin_column__text(name, row);

		self->name[row] = stpfin_dictionary__find(tested->dictionary, text, strlen(text));
	}
	if (status == STPFIN_OK) {
		status = stpfin_index__new(&self->results, keys, 5, n_results);
	}
	for (size_t row = 0; row < n_results && status == STPFIN_OK; row++) {
		stpfin_index__add(&self->results, row);
	}
	return status;
}

/* The part of a quarter's award that is earned by the conditions from the first on; NaN where the
 * result of one is not known. */
static double share_earned(
	const struct terms *self, size_t first, int32_t organisation, int32_t quarter)
{
	const int32_t *fund = stpfin_plan__whole(self->plan, "fund_condition", "fund");
	const int32_t *year = stpfin_plan__whole(self->plan, "fund_condition", "year");
	const int32_t *gate = stpfin_plan__whole(self->plan, "fund_condition", "gate");
	const double *share = stpfin_plan__real(self->plan, "fund_condition", "share");
	const int32_t *met = stpfin_plan__whole(self->plan, "fund_result", "met");
	bool open = true;
	double earned = 0;

	for (size_t row = first; row != STPFIN_NO_ROW; row = self->conditions.next[row]) {
		bool is_met = true;

		if (stpfin_conditions__is_tested(&self->conditions, row, quarter)) {
			const int32_t key[] = {fund[row], organisation, year[row], quarter, self->name[row]};
			size_t result = stpfin_index__find(&self->results, key);

			if (result == STPFIN_NO_ROW) {
				return (double)NAN;
			}
			is_met = met[result] != NOT_MET;
		}
		open = open && (is_met || gate[row] != GATE);
		earned += is_met && !isnan(share[row]) ? share[row] : 0;
	}
	return open ? earned : 0;
}

/* Writes the quarters of an award, known by one of its rows, whose results are all in: of one
 * without conditions, none. */
static stpfin_status write_quarters(
	stpfin_table *table, const struct terms *terms, size_t award, double amount)
{
	const stpfin_plan *plan = terms->plan;
	int32_t fund = stpfin_plan__whole(plan, "award", "fund")[award];
	int32_t organisation = stpfin_plan__whole(plan, "award", "organisation")[award];
	int32_t year = stpfin_plan__whole(plan, "award", "year")[award];
	size_t first = stpfin_conditions__first(&terms->conditions, fund, year);
	stpfin_status status = STPFIN_OK;

	for (int32_t quarter = 1; first != STPFIN_NO_ROW && quarter <= QUARTERS; quarter++) {
		double share = share_earned(terms, first, organisation, quarter);
		size_t row = stpfin_table_rows(table);

		if (isnan(share)) {
			continue;
		}
		status = stpfin_table__add_row(table);
		if (status != STPFIN_OK) {
			break;
		}
		stpfin_table__named(table, "fund")->whole[row] = fund;
		stpfin_table__named(table, "organisation")->whole[row] = organisation;
		stpfin_table__named(table, "year")->whole[row] = year;
		stpfin_table__named(table, "quarter")->whole[row] = quarter;
		stpfin_table__named(table, "award")->real[row] = amount;
		stpfin_table__named(table, "earned")->real[row] = amount / QUARTERS * share;
	}
	return status;
}

/* Writes the rows of one scenario, its awards in the order of their first rows. */
static stpfin_status write_earned(stpfin_table *table, const struct terms *terms,
	const struct stpfin_scenario *scenario, double *amounts)
{
	const stpfin_plan *plan = terms->plan;
	const int32_t *of = stpfin_plan__whole(plan, "award", "scenario");
	const double *amount = stpfin_plan__real(plan, "award", "amount");
	const int32_t *const keys[] = {stpfin_plan__whole(plan, "award", "fund"),
		stpfin_plan__whole(plan, "award", "organisation"),
		stpfin_plan__whole(plan, "award", "year")};
	size_t n_awards = stpfin_plan__rows(plan, "award");
	size_t first = stpfin_table_rows(table);
	struct stpfin_index awards = {0};
	stpfin_status status = stpfin_index__new(&awards, keys, 3, n_awards);

	memset(amounts, 0, n_awards * sizeof *amounts);
	for (size_t row = 0; row < n_awards && status == STPFIN_OK; row++) {
		if (of[row] < 0 || of[row] == scenario->name) {
			amounts[stpfin_index__add(&awards, row)] += amount[row];
		}
	}
	for (size_t row = 0; row < n_awards && status == STPFIN_OK; row++) {
		bool is_received = of[row] < 0 || of[row] == scenario->name;

		if (is_received && stpfin_index__add(&awards, row) == row) {
			status = write_quarters(table, terms, row, amounts[row]);
		}
	}
	stpfin_result__set_scenario(table, first, stpfin_table_rows(table), scenario);
	stpfin_index__free(&awards);
	return status;
}

stpfin_status stpfin_result__fund_earned(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
{
	const struct stpfin_model *model = self->model;
	double *amounts = stpfin_model__array(stpfin_plan__rows(model->plan, "award"), sizeof *amounts);
	struct terms terms = {.plan = NULL};
	stpfin_table *table = NULL;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	if (amounts != NULL) {
		status = new_terms(&terms, model->plan);
	}
	if (status == STPFIN_OK) {
		status = stpfin_result__new("fund_earned", model, 0, &table);
	}
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		status = stpfin_poll__ask(poll, i, self->n_outcomes);
		if (status == STPFIN_OK && self->outcomes[i].scenario != NULL) {
			status = write_earned(table, &terms, self->outcomes[i].scenario, amounts);
		}
	}
	free_terms(&terms);
	free(amounts);
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}
