#include "libstpfin/simulate/parts.h"

#include <string.h>

#include "libstpfin/explain/bridge.h"

void stpfin_projected__free(struct stpfin_projected *self)
{
	stpfin_outcomes__free(self->outcomes, self->n_outcomes);
	stpfin_model__free(self->model);
	*self = (struct stpfin_projected){.model = NULL};
}

stpfin_status stpfin_parts__project(const struct stpfin_trial_parts *self, const stpfin_plan *plan,
	unsigned keep, bool is_checked, struct stpfin_projected *out)
{
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out = (struct stpfin_projected){
		.outcomes = stpfin_model__array(self->n_outcomes, sizeof *out->outcomes)};
	if (out->outcomes != NULL) {
		status = stpfin_model__new(plan, &out->model);
	}
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		struct stpfin_outcome *outcome = &out->outcomes[out->n_outcomes++];

		status = stpfin_outcome__project(outcome, out->model, self->outcomes[i], keep);
		if (status == STPFIN_OK && is_checked) {
			status = stpfin_run__check(&outcome->run, out->model);
		}
	}
	return status;
}

stpfin_status stpfin_parts__make(const struct stpfin_trial_parts *self,
	const struct stpfin_projected *projected, const struct stpfin_source *source,
	struct stpfin_poll *poll, stpfin_table **out_table)
{
	struct stpfin_projection projection = {.model = projected->model,
		.outcomes = projected->outcomes + source->outcome,
		.n_outcomes = 1,
		.comparator = STPFIN_COMPARATOR_ENGLAND,
		.without_intervals = !source->reads_intervals,
		.stamp = {.prices = self->prices}};
	stpfin_bridge_options bridge = STPFIN_BRIDGE_OPTIONS_INIT;
	bool sampled;
	size_t n_results;
	stpfin_table *table = NULL;
	stpfin_status status;

	*out_table = NULL;
	stpfin_projection_results(&n_results);
	if (source->result < n_results) {
		status = stpfin_result__make(&projection, source->result, poll, &table);
	} else {
		bridge.by = self->by;
		bridge.method = source->is_outline ? STPFIN_BRIDGE_SEQUENTIAL : self->method;
		status = stpfin_bridge__make(
			projected->model, projection.outcomes->scenario, &bridge, poll, &sampled, &table);
		if (status == STPFIN_OK && self->prices == STPFIN_PRICES_REAL) {
			stpfin_result__deflate(table, projected->model);
		}
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}

unsigned stpfin_parts__keep(const char *result)
{
	static const char *const those[] = {"ledger", "spending", "activity", "resource"};
	bool reads_flows = false;

	for (size_t i = 0; i < sizeof those / sizeof *those; i++) {
		reads_flows = reads_flows || strcmp(result, those[i]) == 0;
	}
	return reads_flows ? STPFIN_KEEP_FLOWS : 0;
}
