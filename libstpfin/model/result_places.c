#include <math.h>
#include <stdlib.h>

#include "libstpfin/model/result.h"

/* Where results of places begin and end: unassigned is left out when there is none. */
static bool is_shown(const struct stpfin_model *model, size_t place)
{
	return place != stpfin_model__unassigned(model) || model->has_unassigned;
}

static size_t count_shown(const struct stpfin_model *model)
{
	return model->has_unassigned ? model->n_places : model->n_places - 1;
}

/* The money of organisations of one kind in one place and year. */
struct sum {
	double cost;
	double income;
	double own_income;
};

/* The components of the funding gap, as the schema lists them. */
enum { KINDS = STPFIN_KIND_COUNCIL + 1, NHS = KINDS, TOTAL, COMPONENTS };

/* Sums positions by place, kind and year. */
static void sum_positions(const struct stpfin_projection *self, struct sum *sums)
{
	const struct stpfin_model *model = self->model;
	size_t n_years = model->n_years;

	for (size_t i = 0; i < model->n_organisations; i++) {
		for (size_t j = model->first_share[i]; j < model->first_share[i + 1]; j++) {
			struct sum *at =
				sums + ((size_t)model->share_place[j] * KINDS + (size_t)model->kind[i]) * n_years;

			for (size_t t = 0; t < n_years; t++) {
				at[t].cost += model->share[j] * self->run.position_cost[i * n_years + t];
				at[t].income += model->share[j] * self->run.position_income[i * n_years + t];
				at[t].own_income += model->share[j] * self->run.own_income[i * n_years + t];
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
	/* Payments for care stay within the component: what is left is the income from beyond it. */
	*out_income = 0;
	for (size_t kind = 0; kind < n_kinds; kind++) {
		gap += kinds[kind * n_years].cost - kinds[kind * n_years].income;
		*out_income += kinds[kind * n_years].own_income;
	}
	*out_cost = *out_income + gap;
}

stpfin_status stpfin_result__funding_gap(
	const struct stpfin_projection *self, stpfin_table **out_table)
{
	const struct stpfin_model *model = self->model;
	size_t n_years = model->n_years;
	struct sum *sums = stpfin_model__array(model->n_places * KINDS * n_years, sizeof *sums);
	stpfin_table *table = NULL;
	size_t row = 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	if (sums == NULL) {
		return status;
	}
	status =
		stpfin_result__new("funding_gap", model, count_shown(model) * COMPONENTS * n_years, &table);
	if (status != STPFIN_OK) {
		goto out;
	}
	sum_positions(self, sums);
	for (size_t place = 0; place < model->n_places; place++) {
		for (size_t component = 0; component < COMPONENTS && is_shown(model, place); component++) {
			for (size_t t = 0; t < n_years; t++, row++) {
				double cost;
				double income;

				combine(sums + place * KINDS * n_years + t, n_years, component, &cost, &income);
				stpfin_table__named(table, "footprint")->whole[row] = (int32_t)place;
				stpfin_table__named(table, "component")->whole[row] = (int32_t)component;
				stpfin_table__named(table, "year")->whole[row] =
					model->plan->settings.base_year + (int32_t)t;
				stpfin_table__named(table, "cost")->real[row] = cost;
				stpfin_table__named(table, "income")->real[row] = income;
				stpfin_table__named(table, "gap")->real[row] = cost - income;
				stpfin_table__named(table, "gap_per_head")->real[row] =
					model->persons[place * n_years + t] > 0
						? (cost - income) / model->persons[place * n_years + t]
						: (double)NAN;
			}
		}
	}
	*out_table = table;

out:
	free(sums);
	return status;
}

/* Sums what commissioners and councils pay by place, setting and year. */
static void sum_spending(const struct stpfin_projection *self, size_t n_settings, double *sums)
{
	const struct stpfin_model *model = self->model;
	const int32_t *setting = stpfin_plan__whole(model->plan, "service", "setting");
	size_t n_years = model->n_years;

	for (size_t flow = 0; flow < model->n_flows; flow++) {
		size_t buyer = (size_t)model->commissioner[flow];

		if (model->kind[buyer] == STPFIN_KIND_PROVIDER) {
			continue;
		}
		for (size_t j = model->first_share[buyer]; j < model->first_share[buyer + 1]; j++) {
			double *at = sums + ((size_t)model->share_place[j] * n_settings +
									(size_t)setting[model->service[flow]]) *
									n_years;

			for (size_t t = 0; t < n_years; t++) {
				at[t] += model->share[j] * self->run.income[flow * n_years + t];
			}
		}
	}
}

stpfin_status stpfin_result__spending(
	const struct stpfin_projection *self, stpfin_table **out_table)
{
	const struct stpfin_model *model = self->model;
	const struct stpfin_column_schema *settings =
		stpfin_schema__column(stpfin_schema__result("spending"), "setting");
	size_t n_years = model->n_years;
	size_t n_settings = 0;
	double *sums = NULL;
	stpfin_table *table = NULL;
	size_t row = 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	while (settings->choices[n_settings] != NULL) {
		n_settings++;
	}
	sums = stpfin_model__array(model->n_places * n_settings * n_years, sizeof *sums);
	if (sums == NULL) {
		return status;
	}
	status =
		stpfin_result__new("spending", model, count_shown(model) * n_settings * n_years, &table);
	if (status != STPFIN_OK) {
		goto out;
	}
	sum_spending(self, n_settings, sums);
	for (size_t place = 0; place < model->n_places; place++) {
		for (size_t setting = 0; setting < n_settings && is_shown(model, place); setting++) {
			for (size_t t = 0; t < n_years; t++, row++) {
				stpfin_table__named(table, "footprint")->whole[row] = (int32_t)place;
				stpfin_table__named(table, "setting")->whole[row] = (int32_t)setting;
				stpfin_table__named(table, "year")->whole[row] =
					model->plan->settings.base_year + (int32_t)t;
				stpfin_table__named(table, "amount")->real[row] =
					sums[(place * n_settings + setting) * n_years + t];
			}
		}
	}
	*out_table = table;

out:
	free(sums);
	return status;
}
