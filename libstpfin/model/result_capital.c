#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/result.h"

/* The capital of every organisation and year, and who has any. */
struct capital {
	double *spend;
	double *disposal;
	bool *concerned; /* by organisation */
};

static void sum_capital(const struct capital *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario)
{
	size_t n_years = model->n_years;
	size_t n = model->n_organisations * n_years;

	memset(self->spend, 0, n * sizeof *self->spend);
	memset(self->disposal, 0, n * sizeof *self->disposal);
	memset(self->concerned, 0, model->n_organisations * sizeof *self->concerned);
	for (size_t at = 0; at < n; at++) {
		if (scenario->capital_awards[at] != 0) {
			self->concerned[at / n_years] = true;
		}
	}
	for (size_t i = 0; i < scenario->n_costs; i++) {
		const struct stpfin_scheme_cost *cost = &scenario->costs[i];
		size_t organisation = (size_t)cost->organisation;

		self->concerned[organisation] = self->concerned[organisation] || cost->has_capital;
		for (size_t t = 0; t < n_years; t++) {
			self->spend[organisation * n_years + t] += cost->spend[t];
			self->disposal[organisation * n_years + t] += cost->disposal[t];
		}
	}
}

/* Writes the rows of one scenario: those of the organisations that have any capital in it. */
static stpfin_status write_capital(stpfin_table *table, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const struct capital *capital)
{
	size_t n_years = model->n_years;
	size_t first = stpfin_table_rows(table);
	stpfin_status status = STPFIN_OK;

	sum_capital(capital, model, scenario);
	for (size_t at = 0; at < model->n_organisations * n_years && status == STPFIN_OK; at++) {
		size_t row = stpfin_table_rows(table);
		double award = scenario->capital_awards[at];

		if (!capital->concerned[at / n_years]) {
			continue;
		}
		status = stpfin_table__add_row(table);
		if (status == STPFIN_OK) {
			stpfin_table__named(table, "organisation")->whole[row] = (int32_t)(at / n_years);
			stpfin_table__named(table, "year")->whole[row] =
				model->plan->settings.base_year + (int32_t)(at % n_years);
			stpfin_table__named(table, "spend")->real[row] = capital->spend[at];
			stpfin_table__named(table, "award")->real[row] = award;
			stpfin_table__named(table, "disposal")->real[row] = capital->disposal[at];
			stpfin_table__named(table, "shortfall")->real[row] =
				capital->spend[at] - award - capital->disposal[at];
		}
	}
	stpfin_result__set_scenario(table, first, stpfin_table_rows(table), scenario);
	return status;
}

stpfin_status stpfin_result__capital(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
{
	size_t n = self->model->n_organisations * self->model->n_years;
	struct capital capital = {stpfin_model__array(n, sizeof(double)),
		stpfin_model__array(n, sizeof(double)),
		stpfin_model__array(self->model->n_organisations, sizeof(bool))};
	stpfin_table *table = NULL;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	if (capital.spend != NULL && capital.disposal != NULL && capital.concerned != NULL) {
		status = stpfin_result__new("capital", self->model, 0, &table);
	}
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		status = stpfin_poll__ask(poll, i, self->n_outcomes);
		if (status != STPFIN_OK) {
			break;
		}
		if (self->outcomes[i].scenario != NULL) {
			status = write_capital(table, self->model, self->outcomes[i].scenario, &capital);
		}
	}
	free(capital.spend);
	free(capital.disposal);
	free(capital.concerned);
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}
