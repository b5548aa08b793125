#include "libstpfin/model/scheme_money.h"

#include <stdlib.h>

#include "libstpfin/model/formulas.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/table/error.h"

/* The kinds of scheme cost and of funds, as the schema lists them. */
enum { RECURRENT, TRANSITION, CAPITAL };
enum { REVENUE_FUND, CAPITAL_FUND };

/* Adds what an amount of capital costs in each year of its life. */
static void add_charges(
	const struct stpfin_model *model, int32_t spent, double amount, int32_t life, double *charges)
{
	const stpfin_plan_settings *settings = &model->plan->settings;

	for (int32_t i = 1; i <= life && spent + i <= settings->end_year; i++) {
		if (spent + i >= settings->base_year) {
			charges[spent + i - settings->base_year] +=
				stpfin_formula__capital_charge(amount, life, i, settings->capital_charge_rate);
		}
	}
}

static void add_capital(const struct stpfin_model *model, int32_t year, double amount, int32_t life,
	struct stpfin_scheme_cost *cost)
{
	const stpfin_plan_settings *settings = &model->plan->settings;
	int32_t age = settings->end_year - year;

	add_charges(model, year, amount, life, cost->capital_charge);
	if (year < settings->base_year) {
		return; /* sunk */
	}
	cost->has_capital = true;
	cost->spend[year - settings->base_year] += amount > 0 ? amount : 0;
	cost->disposal[year - settings->base_year] -= amount < 0 ? amount : 0;
	cost->closing_value += age < life ? amount * (1 - (double)age / life) : 0;
}

static void add_cost(
	const struct stpfin_model *model, size_t row, double scale, struct stpfin_scheme_cost *cost)
{
	const stpfin_plan *plan = model->plan;
	int32_t year = stpfin_plan__whole(plan, "scheme_cost", "year")[row];
	int32_t kind = stpfin_plan__whole(plan, "scheme_cost", "kind")[row];
	double amount = scale * stpfin_plan__real(plan, "scheme_cost", "amount")[row];
	int32_t t = year - plan->settings.base_year;

	if (kind == CAPITAL) {
		add_capital(
			model, year, amount, stpfin_plan__whole(plan, "scheme_cost", "asset_life")[row], cost);
	} else if (t >= 0) {
		(kind == RECURRENT ? cost->recurrent : cost->transition)[t] += amount;
		cost->outlay[t] += amount > 0 ? amount : 0;
		cost->gain[t] -= amount < 0 ? amount : 0;
	}
}

/* Scheme costs by scheme and organisation, in the order of the scenario's schemes, then of rows. */
static stpfin_status compile_costs(struct stpfin_scenario *self, const struct stpfin_model *model)
{
	enum { VALUES = 7 };
	const stpfin_plan *plan = model->plan;
	const int32_t *scheme = stpfin_plan__whole(plan, "scheme_cost", "scheme");
	const int32_t *organisation = stpfin_plan__whole(plan, "scheme_cost", "organisation");
	const int32_t *const keys[] = {scheme, organisation};
	size_t n_rows = stpfin_plan__rows(plan, "scheme_cost");
	size_t n_years = model->n_years;
	struct stpfin_index index = {0};
	size_t *cost_of = stpfin_model__array(n_rows, sizeof *cost_of);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	self->costs = stpfin_model__array(n_rows, sizeof *self->costs);
	self->cost_values = stpfin_model__array(n_rows * VALUES * n_years, sizeof *self->cost_values);
	if (cost_of == NULL || self->costs == NULL || self->cost_values == NULL) {
		goto out;
	}
	status = stpfin_index__new(&index, keys, 2, n_rows);
	for (size_t i = 0; i < self->n_schemes && status == STPFIN_OK; i++) {
		for (size_t row = 0; row < n_rows; row++) {
			size_t first;

			if (scheme[row] != self->scheme[i]) {
				continue;
			}
			first = stpfin_index__add(&index, row);
			if (first == row) {
				double *values = self->cost_values + self->n_costs * VALUES * n_years;

				self->costs[self->n_costs] = (struct stpfin_scheme_cost){
					.scheme = i,
					.organisation = organisation[row],
					.recurrent = values,
					.transition = values + n_years,
					.capital_charge = values + 2 * n_years,
					.spend = values + 3 * n_years,
					.disposal = values + 4 * n_years,
					.outlay = values + 5 * n_years,
					.gain = values + 6 * n_years,
				};
				cost_of[row] = self->n_costs++;
			}
			add_cost(model, row, self->scale[i], &self->costs[cost_of[first]]);
		}
	}

out:
	stpfin_index__free(&index);
	free(cost_of);
	return status;
}

static stpfin_status compile_awards(struct stpfin_scenario *self, const struct stpfin_model *model)
{
	const stpfin_plan *plan = model->plan;
	const int32_t *fund = stpfin_plan__whole(plan, "award", "fund");
	const int32_t *year = stpfin_plan__whole(plan, "award", "year");
	const int32_t *organisation = stpfin_plan__whole(plan, "award", "organisation");
	const int32_t *scenario = stpfin_plan__whole(plan, "award", "scenario");
	const double *amount = stpfin_plan__real(plan, "award", "amount");
	const int32_t *kind = stpfin_plan__whole(plan, "fund", "kind");
	const int32_t *const keys[] = {
		stpfin_plan__whole(plan, "fund", "fund"), stpfin_plan__whole(plan, "fund", "year")};
	size_t n = model->n_organisations * model->n_years;
	struct stpfin_index funds = {0};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	self->awards = stpfin_model__array(n, sizeof *self->awards);
	self->capital_awards = stpfin_model__array(n, sizeof *self->capital_awards);
	if (self->awards == NULL || self->capital_awards == NULL) {
		goto out;
	}
	status = stpfin_index__new(&funds, keys, 2, stpfin_plan__rows(plan, "fund"));
	for (size_t row = 0, rows = stpfin_plan__rows(plan, "fund"); row < rows && status == STPFIN_OK;
		 row++) {
		stpfin_index__add(&funds, row);
	}
	for (size_t row = 0, rows = stpfin_plan__rows(plan, "award"); row < rows && status == STPFIN_OK;
		 row++) {
		const int32_t key[] = {fund[row], year[row]};
		size_t at = (size_t)organisation[row] * model->n_years +
					(size_t)(year[row] - plan->settings.base_year);

		if (scenario[row] >= 0 && scenario[row] != self->name) {
			continue;
		}
		(kind[stpfin_index__find(&funds, key)] == CAPITAL_FUND ? self->capital_awards
															   : self->awards)[at] += amount[row];
	}

out:
	stpfin_index__free(&funds);
	return status;
}

stpfin_status stpfin_scenario__money(struct stpfin_scenario *self, const struct stpfin_model *model)
{
	stpfin_status status = compile_costs(self, model);

	return status == STPFIN_OK ? compile_awards(self, model) : status;
}
