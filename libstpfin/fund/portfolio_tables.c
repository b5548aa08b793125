#include "libstpfin/fund/portfolio_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/fund/award_rows.h"
#include "libstpfin/plan/schema.h"
#include "libstpfin/table/error.h"

enum { YES, NO };

stpfin_status stpfin_choice__name(struct stpfin_choice *self, const char *scenario)
{
	const stpfin_dictionary *names =
		stpfin_table__column(stpfin_plan__table(self->plan, "scenario"), 0)->dictionary;

	self->scenarios = stpfin_dictionary__new();
	if (self->scenarios == NULL) {
		return stpfin_error__memory();
	}
	for (size_t i = 0; i < stpfin_dictionary__size(names); i++) {
		const char *name = stpfin_dictionary__text(names, (int32_t)i);

		if (stpfin_dictionary__intern(self->scenarios, name, strlen(name)) < 0) {
			return stpfin_error__memory();
		}
	}
	self->scenario = stpfin_dictionary__intern(self->scenarios, scenario, strlen(scenario));
	return self->scenario >= 0 ? STPFIN_OK : stpfin_error__memory();
}

/* A table of so many rows, all of the chosen scenario. */
static stpfin_status new_table(const struct stpfin_choice *choice,
	const struct stpfin_table_schema *schema, size_t n, stpfin_table **out_table)
{
	stpfin_status status =
		stpfin_award_rows__new_table(choice->plan, schema, choice->scenarios, out_table);

	if (status == STPFIN_OK) {
		status = stpfin_table__add_rows(*out_table, n);
	}
	for (size_t row = 0; row < n && status == STPFIN_OK; row++) {
		stpfin_table__named(*out_table, "scenario")->whole[row] = choice->scenario;
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(*out_table);
		*out_table = NULL;
	}
	return status;
}

stpfin_status stpfin_choice__portfolio(const struct stpfin_choice *choice, stpfin_table **out_table)
{
	size_t n_bids = choice->instance->n_bids;
	stpfin_status status =
		new_table(choice, stpfin_schema__result("portfolio"), choice->n_sets * n_bids, out_table);

	for (size_t row = 0; row < choice->n_sets * n_bids && status == STPFIN_OK; row++) {
		stpfin_table__named(*out_table, "alternative")->whole[row] = (int32_t)(row / n_bids);
		stpfin_table__named(*out_table, "bid")->whole[row] = (int32_t)(row % n_bids);
		stpfin_table__named(*out_table, "chosen")->whole[row] = choice->sets[row] ? YES : NO;
		stpfin_table__named(*out_table, "benefit")->real[row] =
			choice->instance->benefit[row % n_bids];
	}
	return status;
}

stpfin_status stpfin_choice__price(const struct stpfin_choice *choice, stpfin_table **out_table)
{
	size_t n = choice->instance->n_pots;
	stpfin_status status =
		new_table(choice, stpfin_schema__result("portfolio_price"), n, out_table);

	if (status != STPFIN_OK) {
		return status;
	}
	stpfin_instance__use(choice->instance, choice->sets, choice->search->use);
	for (size_t row = 0; row < n; row++) {
		stpfin_table__named(*out_table, "fund")->whole[row] =
			stpfin_plan__whole(choice->plan, "fund", "fund")[row];
		stpfin_table__named(*out_table, "year")->whole[row] =
			stpfin_plan__whole(choice->plan, "fund", "year")[row];
		stpfin_table__named(*out_table, "spent")->real[row] = choice->search->use[row];
		stpfin_table__named(*out_table, "price")->real[row] =
			fmax(0, choice->search->relaxation.price[row]);
	}
	return status;
}

struct missed {
	double loss;
	size_t bid;
};

static int compare_missed(const void *a, const void *b)
{
	const struct missed *first = a;
	const struct missed *second = b;

	if (first->loss != second->loss) {
		return first->loss < second->loss ? -1 : 1;
	}
	return first->bid < second->bid ? -1 : 1;
}

stpfin_status stpfin_choice__missed(const struct stpfin_choice *choice, stpfin_table **out_table)
{
	enum { MOST = 20 };
	const struct stpfin_bound *bound = &choice->search->bound;
	struct missed *missed = stpfin_model__array(choice->instance->n_bids, sizeof *missed);
	size_t n = 0;
	stpfin_status status;

	*out_table = NULL;
	if (missed == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t bid = 0; bid < choice->instance->n_bids; bid++) {
		double loss = bound->proposal[bid] ? 0 : bound->loss[bid];

		if (!choice->sets[bid] && loss < (double)INFINITY) {
			missed[n++] = (struct missed){loss, bid};
		}
	}
	qsort(missed, n, sizeof *missed, compare_missed);
	n = n < MOST ? n : MOST;
	status = new_table(choice, stpfin_schema__result("portfolio_missed"), n, out_table);
	for (size_t row = 0; row < n && status == STPFIN_OK; row++) {
		stpfin_table__named(*out_table, "bid")->whole[row] = (int32_t)missed[row].bid;
		stpfin_table__named(*out_table, "benefit")->real[row] =
			choice->instance->benefit[missed[row].bid];
		stpfin_table__named(*out_table, "loss")->real[row] = missed[row].loss;
	}
	free(missed);
	return status;
}

/* Copies the plan's rows of other scenarios. */
static stpfin_status copy_scenarios(const struct stpfin_choice *choice, stpfin_table *table)
{
	const stpfin_table *rows = stpfin_plan__table(choice->plan, "scenario");
	stpfin_status status = STPFIN_OK;

	for (size_t row = 0; row < stpfin_table_rows(rows) && status == STPFIN_OK; row++) {
		size_t at = stpfin_table_rows(table);

		if (stpfin_table__column(rows, 0)->whole[row] == choice->scenario) {
			continue;
		}
		status = stpfin_table__add_row(table);
		for (size_t i = 0; i < stpfin_table_columns(rows) && status == STPFIN_OK; i++) {
			const struct stpfin_column *from = stpfin_table__column(rows, i);
			struct stpfin_column *to = stpfin_table__column(table, i);

			if (from->type == STPFIN_DOUBLE) {
				to->real[at] = from->real[row];
			} else {
				to->whole[at] = from->whole[row];
			}
		}
	}
	return status;
}

stpfin_status stpfin_choice__scenario(const struct stpfin_choice *choice, stpfin_table **out_table)
{
	const int32_t *scheme = stpfin_plan__whole(choice->plan, "bid", "scheme");
	bool *taken = stpfin_model__array(stpfin_plan__rows(choice->plan, "scheme"), sizeof *taken);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	if (taken != NULL) {
		status = new_table(choice, stpfin_schema__table("scenario"), 0, out_table);
	}
	if (status == STPFIN_OK) {
		status = copy_scenarios(choice, *out_table);
	}
	for (size_t bid = 0; bid < choice->instance->n_bids && status == STPFIN_OK; bid++) {
		size_t row = stpfin_table_rows(*out_table);

		if (!choice->sets[bid] || scheme[bid] < 0 || taken[scheme[bid]]) {
			continue;
		}
		taken[scheme[bid]] = true;
		status = stpfin_table__add_row(*out_table);
		if (status == STPFIN_OK) {
			stpfin_table__named(*out_table, "scenario")->whole[row] = choice->scenario;
			stpfin_table__named(*out_table, "scheme")->whole[row] = scheme[bid];
		}
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(*out_table);
		*out_table = NULL;
	}
	free(taken);
	return status;
}

stpfin_status stpfin_choice__awards(const struct stpfin_choice *choice, stpfin_table **out_table)
{
	const stpfin_plan *plan = choice->plan;
	const int32_t *bid = stpfin_plan__whole(plan, "bid_amount", "bid");
	const int32_t *fund = stpfin_plan__whole(plan, "bid_amount", "fund");
	const int32_t *year = stpfin_plan__whole(plan, "bid_amount", "year");
	const double *amount = stpfin_plan__real(plan, "bid_amount", "amount");
	const int32_t *organisation = stpfin_plan__whole(plan, "bid", "organisation");
	size_t n_funds = stpfin_dictionary__size(
		stpfin_table__column(stpfin_plan__table(plan, "fund"), 0)->dictionary);
	size_t n_years = stpfin_plan__years(plan);
	size_t n_rows = stpfin_plan__rows(plan, "bid_amount");
	bool *replaced = stpfin_model__array(stpfin_model__times(n_funds, n_years), sizeof *replaced);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	if (replaced != NULL) {
		status = new_table(choice, stpfin_schema__table("award"), 0, out_table);
	}
	for (size_t row = 0; row < stpfin_plan__rows(plan, "fund") && status == STPFIN_OK; row++) {
		size_t t =
			(size_t)(stpfin_plan__whole(plan, "fund", "year")[row] - plan->settings.base_year);

		replaced[(size_t)stpfin_plan__whole(plan, "fund", "fund")[row] * n_years + t] = true;
	}
	if (status == STPFIN_OK) {
		status = stpfin_award_rows__keep(*out_table, plan, replaced, choice->scenario);
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		if (choice->sets[bid[row]] && amount[row] > 0) {
			status = stpfin_award_rows__add(*out_table, fund[row], organisation[bid[row]],
				year[row], amount[row], choice->scenario);
		}
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(*out_table);
		*out_table = NULL;
	}
	free(replaced);
	return status;
}
