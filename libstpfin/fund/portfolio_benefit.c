#include "libstpfin/fund/portfolio_benefit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/gains.h"
#include "libstpfin/model/scenario.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/number.h"

/* The benefit of some schemes together. */
static stpfin_status find_benefit(const struct stpfin_do_nothing *do_nothing,
	const stpfin_portfolio_options *options, const int32_t *schemes, size_t n, double *out_benefit)
{
	struct stpfin_scenario *scenario = NULL;
	struct stpfin_gains gains;
	stpfin_status status = stpfin_scenario__of_schemes(do_nothing->model, schemes, n, &scenario);

	if (status == STPFIN_OK) {
		status = stpfin_gains__find(do_nothing, scenario, &gains);
		*out_benefit = options->finance_weight * gains.gap_closed +
					   options->health_weight * gains.years_of_life +
					   options->quality_weight * gains.people;
	}
	stpfin_scenario__free(scenario);
	return status;
}

static stpfin_status project_do_nothing(struct stpfin_do_nothing *self,
	const struct stpfin_model *model, const stpfin_portfolio_options *options)
{
	return stpfin_do_nothing__new(
		self, model, options->health_weight != 0, options->quality_weight != 0);
}

/* Projects each scheme that is bid for, once. */
static stpfin_status compute(struct stpfin_instance *instance, const struct stpfin_model *model,
	const stpfin_portfolio_options *options, struct stpfin_patience *patience)
{
	const int32_t *scheme = stpfin_plan__whole(model->plan, "bid", "scheme");
	size_t n_schemes = stpfin_plan__rows(model->plan, "scheme");
	double *benefit = stpfin_model__array(n_schemes, sizeof *benefit);
	bool *known = stpfin_model__array(n_schemes, sizeof *known);
	struct stpfin_do_nothing do_nothing = {.model = NULL};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (benefit != NULL && known != NULL) {
		status = project_do_nothing(&do_nothing, model, options);
	}
	for (size_t bid = 0; bid < instance->n_bids && status == STPFIN_OK; bid++) {
		int32_t at = scheme[bid];

		if (at >= 0 && !known[at]) {
			status = stpfin_poll__ask(&patience->poll, bid, 2 * instance->n_bids);
			if (status == STPFIN_OK) {
				status = find_benefit(&do_nothing, options, &at, 1, &benefit[at]);
			}
			known[at] = true;
		}
		if (status == STPFIN_OK) {
			instance->benefit[bid] = at >= 0 ? benefit[at] : 0;
		}
	}
	stpfin_do_nothing__free(&do_nothing);
	free(benefit);
	free(known);
	return status;
}

/* The number in a cell of the table of benefits; a NaN where there is none. */
static double read_number(const stpfin_table *table, size_t column, size_t row)
{
	const struct stpfin_column *of = stpfin_table__column(table, column);
	const char *text;
	double x;

	switch (of->type) {
	case STPFIN_DOUBLE:
		return isfinite(of->real[row]) ? of->real[row] : (double)NAN;
	case STPFIN_INT32:
		return of->whole[row] != STPFIN_MISSING_INT32 ? of->whole[row] : (double)NAN;
	case STPFIN_TEXT:
		text = stpfin_column__text(of, row);
		return text != NULL && stpfin_number__read(text, strlen(text), &x) ? x : (double)NAN;
	}
	return (double)NAN;
}

/* Reads benefits that were given. */
static stpfin_status take(
	struct stpfin_instance *instance, const stpfin_plan *plan, const stpfin_table *table)
{
	const stpfin_dictionary *bids =
		stpfin_table__named(stpfin_plan__table(plan, "bid"), "bid")->dictionary;
	size_t name_column;
	size_t benefit_column;
	stpfin_status status = stpfin_table_find(table, "bid", &name_column);

	if (status == STPFIN_OK) {
		status = stpfin_table_find(table, "benefit", &benefit_column);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	if (stpfin_table__column(table, name_column)->type != STPFIN_TEXT) {
		return stpfin_error__set(
			STPFIN_ERROR_ARGUMENT, "the column bid of the benefits is no text: give codes of bids");
	}
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		instance->benefit[bid] = (double)NAN;
	}
	for (size_t row = 0; row < stpfin_table_rows(table); row++) {
		const char *name = stpfin_column__text(stpfin_table__column(table, name_column), row);
		int32_t bid = name != NULL ? stpfin_dictionary__find(bids, name, strlen(name)) : -1;
		double benefit = read_number(table, benefit_column, row);

		if (bid < 0) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"row %zu of the benefits names no bid of the plan: '%s'", row + 2,
				name != NULL ? name : "");
		}
		if (isnan(benefit) || fabs(benefit) > 1e15) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"row %zu of the benefits has no number for '%s': give one up to 1e15 either way",
				row + 2, name);
		}
		if (!isnan(instance->benefit[bid])) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"row %zu of the benefits names '%s' again: name each bid once", row + 2, name);
		}
		instance->benefit[bid] = benefit;
	}
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		if (isnan(instance->benefit[bid])) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"the benefits do not name the bid '%s': name each bid, with 0 for one of no "
				"benefit",
				stpfin_dictionary__text(bids, (int32_t)bid));
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_benefit__fill(struct stpfin_instance *instance,
	const struct stpfin_model *model, const stpfin_portfolio_options *options,
	struct stpfin_patience *patience)
{
	stpfin_status status = options->benefits != NULL
							   ? take(instance, model->plan, options->benefits)
							   : compute(instance, model, options, patience);

	for (size_t bid = 0; bid < instance->n_bids && status == STPFIN_OK; bid++) {
		if (!isfinite(instance->benefit[bid])) {
			status = stpfin_error__set(STPFIN_ERROR_OVERFLOW,
				"the benefit of the bid '%s' is beyond what a number can hold",
				stpfin_model__name(model, "bid", (int32_t)bid));
		}
	}
	return status;
}

stpfin_status stpfin_benefit__join(const struct stpfin_model *model,
	const stpfin_portfolio_options *options, const bool *chosen, double *out_benefit)
{
	const int32_t *scheme = stpfin_plan__whole(model->plan, "bid", "scheme");
	size_t n_bids = stpfin_plan__rows(model->plan, "bid");
	size_t n_schemes = stpfin_plan__rows(model->plan, "scheme");
	struct stpfin_do_nothing do_nothing = {.model = NULL};
	int32_t *schemes;
	bool *taken;
	size_t n = 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_benefit = (double)NAN;
	if (options->benefits != NULL) {
		return STPFIN_OK;
	}
	schemes = stpfin_model__array(n_schemes, sizeof *schemes);
	taken = stpfin_model__array(n_schemes, sizeof *taken);
	if (schemes != NULL && taken != NULL) {
		for (size_t bid = 0; bid < n_bids; bid++) {
			if (chosen[bid] && scheme[bid] >= 0 && !taken[scheme[bid]]) {
				taken[scheme[bid]] = true;
				schemes[n++] = scheme[bid];
			}
		}
		status = project_do_nothing(&do_nothing, model, options);
	}
	if (status == STPFIN_OK) {
		status = find_benefit(&do_nothing, options, schemes, n, out_benefit);
	}
	stpfin_do_nothing__free(&do_nothing);
	free(schemes);
	free(taken);
	return status;
}
