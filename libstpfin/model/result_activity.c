#include <stdlib.h>

#include "libstpfin/model/result.h"

/* Gives a trade that has activity its rows, and adds activity to them. first_row is by trade: its
 * first row + 1, 0 where it has none yet. */
static stpfin_status add_activity(stpfin_table *table, const struct stpfin_model *model,
	const struct stpfin_trades *trades, size_t trade, size_t *first_row, const double *activity)
{
	size_t n_years = model->n_years;
	stpfin_status status;

	if (first_row[trade] == 0) {
		size_t first = stpfin_table_rows(table);

		status = stpfin_table__add_rows(table, n_years);
		if (status != STPFIN_OK) {
			return status;
		}
		first_row[trade] = first + 1;
		for (size_t t = 0; t < n_years; t++) {
			stpfin_table__named(table, "commissioner")->whole[first + t] =
				trades->commissioner[trade];
			stpfin_table__named(table, "provider")->whole[first + t] = trades->provider[trade];
			stpfin_table__named(table, "service")->whole[first + t] = trades->service[trade];
			stpfin_table__named(table, "year")->whole[first + t] =
				model->plan->settings.base_year + (int32_t)t;
			stpfin_table__named(table, "activity")->real[first + t] = 0;
		}
	}
	for (size_t t = 0; t < n_years; t++) {
		stpfin_table__named(table, "activity")->real[first_row[trade] - 1 + t] += activity[t];
	}
	return STPFIN_OK;
}

/* Writes the rows of one outcome. */
static stpfin_status write_activity(
	stpfin_table *table, const struct stpfin_model *model, const struct stpfin_outcome *outcome)
{
	const struct stpfin_scenario *scenario = outcome->scenario;
	size_t n_years = model->n_years;
	size_t first = stpfin_table_rows(table);
	struct stpfin_trades trades = {.n = 0};
	size_t *first_row = NULL;
	stpfin_status status = stpfin_trades__new(&trades, model, scenario);

	if (status != STPFIN_OK) {
		goto out;
	}
	first_row = stpfin_model__array(trades.n, sizeof *first_row);
	if (first_row == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	for (size_t flow = 0; flow < model->n_flows && status == STPFIN_OK; flow++) {
		if (!model->cost_only[flow]) {
			status = add_activity(table, model, &trades, trades.of_flow[flow], first_row,
				outcome->run.activity + flow * n_years);
		}
	}
	for (size_t i = 0; scenario != NULL && i < scenario->n_destinations && status == STPFIN_OK;
		 i++) {
		status = add_activity(table, model, &trades, trades.of_destination[i], first_row,
			outcome->run.added + i * n_years);
	}
	stpfin_result__set_scenario(table, first, stpfin_table_rows(table), scenario);

out:
	stpfin_trades__free(&trades);
	free(first_row);
	return status;
}

stpfin_status stpfin_result__activity(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
{
	stpfin_table *table = NULL;
	stpfin_status status = stpfin_result__new("activity", self->model, 0, &table);

	*out_table = NULL;
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		status = stpfin_poll__ask(poll, i, self->n_outcomes);
		if (status != STPFIN_OK) {
			break;
		}
		status = write_activity(table, self->model, &self->outcomes[i]);
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}
