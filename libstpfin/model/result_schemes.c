#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/prices.h"
#include "libstpfin/model/result.h"

/* The columns that the measures of a run fill, in their order. */
static const char *const measures[STPFIN_N_MEASURES] = {
	[STPFIN_MEASURE_REMOVED] = "activity_removed",
	[STPFIN_MEASURE_ADDED] = "activity_added",
	[STPFIN_MEASURE_AT_AVERAGE] = "cost_at_average",
	[STPFIN_MEASURE_RELEASED] = "cost_released",
	[STPFIN_MEASURE_STRANDED] = "cost_stranded",
	[STPFIN_MEASURE_REPROVIDED] = "cost_reprovided",
	[STPFIN_MEASURE_SAVING] = "efficiency_saving",
	[STPFIN_MEASURE_RECURRENT] = "recurrent",
	[STPFIN_MEASURE_TRANSITION] = "transition",
	[STPFIN_MEASURE_CAPITAL_CHARGE] = "capital_charge",
};

static double net_saving(const double *impact)
{
	return impact[STPFIN_MEASURE_RELEASED] + impact[STPFIN_MEASURE_SAVING] -
		   impact[STPFIN_MEASURE_REPROVIDED] - impact[STPFIN_MEASURE_RECURRENT] -
		   impact[STPFIN_MEASURE_TRANSITION] - impact[STPFIN_MEASURE_CAPITAL_CHARGE];
}

/* Projects a scenario again, with only some of its schemes (NULL: all), keeping what each does. */
static stpfin_status find_impact(const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const bool *schemes, struct stpfin_run *run)
{
	const struct stpfin_case which = {STPFIN_EVERY_DRIVER, scenario, schemes, true};

	stpfin_run__project(run, model, &which);
	return stpfin_run__check(run, model);
}

/* The work still to do, a part a scheme. */
struct work {
	struct stpfin_poll *poll;
	size_t done;
	size_t of;
};

static stpfin_status ask(struct work *work)
{
	return stpfin_poll__ask(work->poll, work->done++, work->of);
}

/* Writes the rows of one scenario from *row on; sums is workspace by place, year and measure. */
static stpfin_status write_impact(struct work *work, stpfin_table *table,
	const struct stpfin_model *model, const struct stpfin_scenario *scenario,
	const struct stpfin_run *run, double *sums, size_t *row)
{
	size_t n_years = model->n_years;
	size_t first = *row;
	stpfin_status status = STPFIN_OK;

	for (size_t scheme = 0; scheme < scenario->n_schemes; scheme++) {
		status = ask(work);
		if (status != STPFIN_OK) {
			break;
		}
		memset(sums, 0, model->n_places * n_years * STPFIN_N_MEASURES * sizeof *sums);
		for (size_t i = 0; i < model->n_organisations; i++) {
			const double *impact = stpfin_run__impact(run, model, scheme, i, 0);

			for (size_t j = model->first_share[i]; j < model->first_share[i + 1]; j++) {
				double *sum = sums + (size_t)model->share_place[j] * n_years * STPFIN_N_MEASURES;

				for (size_t at = 0; at < n_years * STPFIN_N_MEASURES; at++) {
					sum[at] += model->share[j] * impact[at];
				}
			}
		}
		for (size_t at = 0; at < model->n_places * n_years; at++) {
			const double *sum = sums + at * STPFIN_N_MEASURES;

			if (!stpfin_result__shows(model, at / n_years)) {
				continue;
			}
			stpfin_table__named(table, "scheme")->whole[*row] = scenario->scheme[scheme];
			stpfin_table__named(table, "footprint")->whole[*row] = (int32_t)(at / n_years);
			stpfin_table__named(table, "year")->whole[*row] =
				model->plan->settings.base_year + (int32_t)(at % n_years);
			for (size_t i = 0; i < STPFIN_N_MEASURES; i++) {
				stpfin_table__named(table, measures[i])->real[*row] = sum[i];
			}
			stpfin_table__named(table, "net_saving")->real[*row] = net_saving(sum);
			++*row;
		}
	}
	stpfin_result__set_scenario(table, first, *row, scenario);
	return status;
}

stpfin_status stpfin_result__scheme_impact(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
{
	const struct stpfin_model *model = self->model;
	double *sums =
		stpfin_model__array(model->n_places * model->n_years * STPFIN_N_MEASURES, sizeof *sums);
	struct work work = {.poll = poll};
	stpfin_table *table = NULL;
	size_t row = 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_table = NULL;
	for (size_t i = 0; i < self->n_outcomes; i++) {
		work.of += self->outcomes[i].scenario != NULL ? self->outcomes[i].scenario->n_schemes : 0;
	}
	if (sums != NULL) {
		status = stpfin_result__new("scheme_impact", model,
			work.of * stpfin_result__count_places(model) * model->n_years, &table);
	}
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		const struct stpfin_scenario *scenario = self->outcomes[i].scenario;
		struct stpfin_run run = {.index = NULL};

		if (scenario == NULL) {
			continue;
		}
		status = stpfin_run__new(&run, model, scenario, STPFIN_KEEP_IMPACT);
		if (status == STPFIN_OK) {
			status = find_impact(model, scenario, NULL, &run);
		}
		if (status == STPFIN_OK) {
			status = write_impact(&work, table, model, scenario, &run, sums, &row);
		}
		stpfin_run__free(&run);
	}
	free(sums);
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}

/* What schemes bring the whole system and cost it, by year, in base-year prices. */
struct flows_of_money {
	double *benefits;
	double *costs;
	double closing_value;
};

/* Adds what the effects of a scenario do more than those of a run without a scheme (NULL: than
 * nothing). Taking each from its like leaves nothing where the scheme changed nothing. */
static void add_effects(const struct flows_of_money *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const struct stpfin_run *run,
	const struct stpfin_run *without)
{
	size_t n = scenario->n_schemes * model->n_organisations * model->n_years;

	for (size_t i = 0; i < n; i++) {
		size_t t = i % model->n_years;
		double change[STPFIN_N_MEASURES];

		for (size_t measure = 0; measure < STPFIN_N_MEASURES; measure++) {
			size_t at = i * STPFIN_N_MEASURES + measure;

			change[measure] = run->impact[at] - (without != NULL ? without->impact[at] : 0);
		}
		self->benefits[t] += change[STPFIN_MEASURE_RELEASED] + change[STPFIN_MEASURE_SAVING];
		self->costs[t] += change[STPFIN_MEASURE_REPROVIDED];
	}
}

/* Adds what a scheme itself costs (SIZE_MAX: what all do). */
static void add_costs(struct flows_of_money *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, size_t scheme)
{
	for (size_t i = 0; i < scenario->n_costs; i++) {
		const struct stpfin_scheme_cost *cost = &scenario->costs[i];

		if (scheme != SIZE_MAX && cost->scheme != scheme) {
			continue;
		}
		self->closing_value += cost->closing_value;
		for (size_t t = 0; t < model->n_years; t++) {
			self->benefits[t] += cost->gain[t];
			self->costs[t] += cost->outlay[t] + cost->spend[t] - cost->disposal[t];
		}
	}
}

/* What the money of all years is worth in the base year, in its prices. */
static void add_up(const struct stpfin_model *model, const struct flows_of_money *money,
	double *out_benefits, double *out_costs)
{
	*out_benefits = 0;
	*out_costs = 0;
	for (size_t t = 0; t < model->n_years; t++) {
		double factor = stpfin_model__present_value(model, t);

		*out_benefits += money->benefits[t] * factor;
		*out_costs += money->costs[t] * factor;
		if (t == model->n_years - 1) {
			*out_benefits += money->closing_value * factor;
		}
	}
}

/* Writes an appraisal into a row. */
static void write_appraisal(stpfin_table *table, size_t row, const struct stpfin_model *model,
	const struct flows_of_money *money)
{
	double benefits;
	double costs;
	double cumulative = 0;
	size_t payback = SIZE_MAX;

	add_up(model, money, &benefits, &costs);
	for (size_t t = 0; t < model->n_years; t++) {
		double deflator = model->deflator != NULL ? model->deflator[t] : 1;

		cumulative += (money->benefits[t] - money->costs[t]) / deflator;
		if (cumulative < 0) {
			payback = SIZE_MAX;
		} else if (payback == SIZE_MAX) {
			payback = t;
		}
	}
	stpfin_table__named(table, "net_present_value")->real[row] = benefits - costs;
	if (costs > 0) {
		stpfin_table__named(table, "benefit_cost_ratio")->real[row] = benefits / costs;
	}
	if (payback != SIZE_MAX) {
		stpfin_table__named(table, "payback_year")->whole[row] =
			model->plan->settings.base_year + (int32_t)payback;
	}
}

/* Appraises the schemes of a scenario one by one, each as what the scenario loses without it, and
 * then the whole. */
static stpfin_status appraise(struct work *work, stpfin_table *table,
	const struct stpfin_model *model, const struct stpfin_scenario *scenario)
{
	size_t n_years = model->n_years;
	struct stpfin_run whole = {.index = NULL};
	struct stpfin_run without = {.index = NULL};
	struct flows_of_money money = {stpfin_model__array(n_years, sizeof(double)),
		stpfin_model__array(n_years, sizeof(double)), 0};
	bool *schemes = stpfin_model__array(scenario->n_schemes, sizeof *schemes);
	size_t first = stpfin_table_rows(table);
	size_t scheme_column = 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	stpfin_table_find(table, "scheme", &scheme_column);
	if (money.benefits == NULL || money.costs == NULL || schemes == NULL) {
		goto out;
	}
	status = stpfin_run__new(&whole, model, scenario, STPFIN_KEEP_IMPACT);
	if (status == STPFIN_OK) {
		status = stpfin_run__new(&without, model, scenario, STPFIN_KEEP_IMPACT);
	}
	if (status == STPFIN_OK) {
		status = find_impact(model, scenario, NULL, &whole);
	}
	for (size_t i = 0; i <= scenario->n_schemes && status == STPFIN_OK; i++) {
		bool is_total = i == scenario->n_schemes;

		status = ask(work);
		if (status != STPFIN_OK) {
			break;
		}
		memset(money.benefits, 0, n_years * sizeof *money.benefits);
		memset(money.costs, 0, n_years * sizeof *money.costs);
		money.closing_value = 0;
		if (!is_total) {
			for (size_t j = 0; j < scenario->n_schemes; j++) {
				schemes[j] = j != i;
			}
			status = find_impact(model, scenario, schemes, &without);
		}
		add_effects(&money, model, scenario, &whole, is_total ? NULL : &without);
		add_costs(&money, model, scenario, is_total ? SIZE_MAX : i);
		if (status == STPFIN_OK) {
			status = stpfin_table__add_row(table);
		}
		if (status == STPFIN_OK) {
			status = stpfin_table__set_text(table, scheme_column, first + i,
				is_total ? "total" : stpfin_model__name(model, "scheme", scenario->scheme[i]));
		}
		if (status == STPFIN_OK) {
			write_appraisal(table, first + i, model, &money);
		}
	}
	stpfin_result__set_scenario(table, first, stpfin_table_rows(table), scenario);

out:
	stpfin_run__free(&whole);
	stpfin_run__free(&without);
	free(money.benefits);
	free(money.costs);
	free(schemes);
	return status;
}

stpfin_status stpfin_result__appraisal(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
{
	struct work work = {.poll = poll};
	stpfin_table *table = NULL;
	stpfin_status status = stpfin_result__new("appraisal", self->model, 0, &table);

	*out_table = NULL;
	for (size_t i = 0; i < self->n_outcomes; i++) {
		const struct stpfin_scenario *scenario = self->outcomes[i].scenario;

		work.of += scenario != NULL ? scenario->n_schemes + 1 : 0;
	}
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		if (self->outcomes[i].scenario != NULL) {
			status = appraise(&work, table, self->model, self->outcomes[i].scenario);
		}
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}
