#include "libstpfin/model/result.h"

stpfin_status stpfin_result__position(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
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
	status = stpfin_result__new("position", model, self->n_outcomes * n * n_years, &table);
	for (size_t k = 0; k < self->n_outcomes && status == STPFIN_OK; k++) {
		const struct stpfin_run *run = &self->outcomes[k].run;
		size_t first = row;

		status = stpfin_poll__ask(poll, k, self->n_outcomes);
		if (status != STPFIN_OK) {
			break;
		}
		for (size_t at = 0; at < model->n_organisations * n_years; at++) {
			size_t i = at / n_years;

			if (!stpfin_kind__has_position(model->kind[i])) {
				continue;
			}
			stpfin_table__named(table, "organisation")->whole[row] = (int32_t)i;
			stpfin_table__named(table, "year")->whole[row] =
				model->plan->settings.base_year + (int32_t)(at % n_years);
			stpfin_table__named(table, "cost")->real[row] = run->position_cost[at];
			stpfin_table__named(table, "income")->real[row] = run->position_income[at];
			stpfin_table__named(table, "gap")->real[row] =
				run->position_cost[at] - run->position_income[at];
			row++;
		}
		stpfin_result__set_scenario(table, first, row, self->outcomes[k].scenario);
	}
	*out_table = table;
	return status;
}
