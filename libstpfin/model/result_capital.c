#include <stdlib.h>

#include "libstpfin/model/result.h"

/* Writes the rows of one scenario: those of the organisations that have any capital in it. */
static stpfin_status write_capital(stpfin_table *table, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, bool *concerned)
{
	size_t n_years = model->n_years;
	size_t first = stpfin_table_rows(table);
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < model->n_organisations; i++) {
		concerned[i] = false;
		for (size_t t = 0; t < n_years; t++) {
			concerned[i] = concerned[i] || scenario->capital_awards[i * n_years + t] != 0;
		}
	}
	for (size_t i = 0; i < scenario->n_costs; i++) {
		concerned[scenario->costs[i].organisation] =
			concerned[scenario->costs[i].organisation] || scenario->costs[i].has_capital;
	}
	for (size_t at = 0; at < model->n_organisations * n_years && status == STPFIN_OK; at++) {
		size_t row = stpfin_table_rows(table);
		double award = scenario->capital_awards[at];
		double spend = 0;
		double disposal = 0;

		if (!concerned[at / n_years]) {
			continue;
		}
		for (size_t i = 0; i < scenario->n_costs; i++) {
			if ((size_t)scenario->costs[i].organisation == at / n_years) {
				spend += scenario->costs[i].spend[at % n_years];
				disposal += scenario->costs[i].disposal[at % n_years];
			}
		}
		status = stpfin_table__add_row(table);
		if (status == STPFIN_OK) {
			stpfin_table__named(table, "organisation")->whole[row] = (int32_t)(at / n_years);
			stpfin_table__named(table, "year")->whole[row] =
				model->plan->settings.base_year + (int32_t)(at % n_years);
			stpfin_table__named(table, "spend")->real[row] = spend;
			stpfin_table__named(table, "award")->real[row] = award;
			stpfin_table__named(table, "disposal")->real[row] = disposal;
			stpfin_table__named(table, "shortfall")->real[row] = spend - award - disposal;
		}
	}
	stpfin_result__set_scenario(table, first, stpfin_table_rows(table), scenario);
	return status;
}

stpfin_status stpfin_result__capital(const struct stpfin_projection *self, stpfin_table **out_table)
{
	bool *concerned = stpfin_model__array(self->model->n_organisations, sizeof *concerned);
	stpfin_table *table = NULL;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	if (concerned != NULL) {
		status = stpfin_result__new("capital", self->model, 0, &table);
	}
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		if (self->outcomes[i].scenario != NULL) {
			status = write_capital(table, self->model, self->outcomes[i].scenario, concerned);
		}
	}
	free(concerned);
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}
