#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/result.h"

/* The money of organisations of one kind in one place and year. */
struct sum {
	double cost;
	double income;
	double own_income;
};

/* The components of the funding gap, as the schema lists them. */
enum { KINDS = STPFIN_KIND_COUNCIL + 1, NHS = KINDS, TOTAL, COMPONENTS };

/* Sums positions by place, kind and year. */
static void sum_positions(
	const struct stpfin_model *model, const struct stpfin_run *run, struct sum *sums)
{
	size_t n_years = model->n_years;

	for (size_t i = 0; i < model->n_organisations; i++) {
		for (size_t j = model->first_share[i]; j < model->first_share[i + 1]; j++) {
			struct sum *at =
				sums + ((size_t)model->share_place[j] * KINDS + (size_t)model->kind[i]) * n_years;

			for (size_t t = 0; t < n_years; t++) {
				at[t].cost += model->share[j] * run->position_cost[i * n_years + t];
				at[t].income += model->share[j] * run->position_income[i * n_years + t];
				at[t].own_income += model->share[j] * run->own_income[i * n_years + t];
			}
		}
	}
}

/* The cost and income of a component from the sums of the kinds, n_years apart. */
static void combine(
	const struct sum *kinds, size_t n_years, size_t component, double *out_cost, double *out_income)
{
	size_t n_kinds = component == NHS ? STPFIN_KIND_PROVIDER + 1 : KINDS;
	double gap = 0;

	if (component < KINDS) {
		*out_cost = kinds[component * n_years].cost;
		*out_income = kinds[component * n_years].income;
		return;
	}
	/* Payments for care are left out on both sides: income is what comes from beyond the plan. */
	*out_income = 0;
	for (size_t kind = 0; kind < n_kinds; kind++) {
		gap += kinds[kind * n_years].cost - kinds[kind * n_years].income;
		*out_income += kinds[kind * n_years].own_income;
	}
	*out_cost = *out_income + gap;
}

/* Writes the rows of one outcome from *row on. */
static void write_gaps(stpfin_table *table, const struct stpfin_model *model,
	const struct stpfin_outcome *outcome, struct sum *sums, size_t *row)
{
	int32_t *footprints = stpfin_table__named(table, "footprint")->whole;
	int32_t *components = stpfin_table__named(table, "component")->whole;
	int32_t *years = stpfin_table__named(table, "year")->whole;
	double *costs = stpfin_table__named(table, "cost")->real;
	double *incomes = stpfin_table__named(table, "income")->real;
	double *gaps = stpfin_table__named(table, "gap")->real;
	double *gaps_per_head = stpfin_table__named(table, "gap_per_head")->real;
	size_t n_years = model->n_years;
	size_t first = *row;

	memset(sums, 0, model->n_places * KINDS * n_years * sizeof *sums);
	sum_positions(model, &outcome->run, sums);
	for (size_t place = 0; place < model->n_places; place++) {
		for (size_t component = 0; component < COMPONENTS && stpfin_result__shows(model, place);
			 component++) {
			for (size_t t = 0; t < n_years; t++, ++*row) {
				double persons = model->persons[place * n_years + t];
				double cost;
				double income;

				combine(sums + place * KINDS * n_years + t, n_years, component, &cost, &income);
				footprints[*row] = (int32_t)place;
				components[*row] = (int32_t)component;
				years[*row] = model->plan->settings.base_year + (int32_t)t;
				costs[*row] = cost;
				incomes[*row] = income;
				gaps[*row] = cost - income;
				gaps_per_head[*row] = persons > 0 ? (cost - income) / persons : (double)NAN;
			}
		}
	}
	stpfin_result__set_scenario(table, first, *row, outcome->scenario);
}

stpfin_status stpfin_result__funding_gap(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
{
	const struct stpfin_model *model = self->model;
	size_t n_years = model->n_years;
	struct sum *sums = stpfin_model__array(model->n_places * KINDS * n_years, sizeof *sums);
	stpfin_table *table = NULL;
	size_t row = 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	if (sums != NULL) {
		status = stpfin_result__new("funding_gap", model,
			self->n_outcomes * stpfin_result__count_places(model) * COMPONENTS * n_years, &table);
	}
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		status = stpfin_poll__ask(poll, i, self->n_outcomes);
		if (status != STPFIN_OK) {
			break;
		}
		write_gaps(table, model, &self->outcomes[i], sums, &row);
	}
	*out_table = table;
	free(sums);
	return status;
}

/* Adds what a buyer pays for a service to every place it has a share in, if it is a commissioner
 * or council. sums is by place, setting and year. */
static void add_spending(const struct stpfin_model *model, int32_t buyer, int32_t service,
	const double *payment, size_t n_settings, double *sums)
{
	const int32_t *setting = stpfin_plan__whole(model->plan, "service", "setting");
	size_t n_years = model->n_years;

	if (model->kind[buyer] == STPFIN_KIND_PROVIDER) {
		return;
	}
	for (size_t j = model->first_share[buyer]; j < model->first_share[buyer + 1]; j++) {
		double *at =
			sums +
			((size_t)model->share_place[j] * n_settings + (size_t)setting[service]) * n_years;

		for (size_t t = 0; t < n_years; t++) {
			at[t] += model->share[j] * payment[t];
		}
	}
}

static void sum_spending(const struct stpfin_model *model, const struct stpfin_outcome *outcome,
	size_t n_settings, double *sums)
{
	const struct stpfin_scenario *scenario = outcome->scenario;
	size_t n_years = model->n_years;

	for (size_t flow = 0; flow < model->n_flows; flow++) {
		add_spending(model, model->commissioner[flow], model->service[flow],
			outcome->run.income + flow * n_years, n_settings, sums);
	}
	for (size_t i = 0; scenario != NULL && i < scenario->n_destinations; i++) {
		add_spending(model, scenario->destinations[i].commissioner,
			scenario->destinations[i].service, outcome->run.added_payment + i * n_years, n_settings,
			sums);
	}
}

stpfin_status stpfin_result__spending(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
{
	const struct stpfin_model *model = self->model;
	const struct stpfin_column_schema *settings =
		stpfin_schema__column(stpfin_schema__result("spending"), "setting");
	size_t n_years = model->n_years;
	size_t n_settings = 0;
	size_t n_sums;
	double *sums = NULL;
	stpfin_table *table = NULL;
	size_t row = 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	while (settings->choices[n_settings] != NULL) {
		n_settings++;
	}
	n_sums = model->n_places * n_settings * n_years;
	sums = stpfin_model__array(n_sums, sizeof *sums);
	if (sums != NULL) {
		status = stpfin_result__new("spending", model,
			self->n_outcomes * stpfin_result__count_places(model) * n_settings * n_years, &table);
	}
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		size_t first = row;

		status = stpfin_poll__ask(poll, i, self->n_outcomes);
		if (status != STPFIN_OK) {
			break;
		}
		memset(sums, 0, n_sums * sizeof *sums);
		sum_spending(model, &self->outcomes[i], n_settings, sums);
		for (size_t at = 0; at < n_sums; at++) {
			size_t place = at / (n_settings * n_years);

			if (stpfin_result__shows(model, place)) {
				stpfin_table__named(table, "footprint")->whole[row] = (int32_t)place;
				stpfin_table__named(table, "setting")->whole[row] =
					(int32_t)(at / n_years % n_settings);
				stpfin_table__named(table, "year")->whole[row] =
					model->plan->settings.base_year + (int32_t)(at % n_years);
				stpfin_table__named(table, "amount")->real[row] = sums[at];
				row++;
			}
		}
		stpfin_result__set_scenario(table, first, row, self->outcomes[i].scenario);
	}
	*out_table = table;
	free(sums);
	return status;
}
