#include "stpfin/projection.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/inequality.h"
#include "libstpfin/model/mortality.h"
#include "libstpfin/model/prices.h"
#include "libstpfin/model/result.h"
#include "libstpfin/model/stamp.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/plan/schema.h"
#include "libstpfin/table/error.h"

static const char *const names[] = {"funding_gap", "position", "ledger", "spending", "activity",
	"resource", "capital", "scheme_impact", "appraisal", "health_gap", "quality_gap",
	"quality_summary", "fund_earned"};

static stpfin_make_result *const makers[] = {
	stpfin_result__funding_gap,
	stpfin_result__position,
	stpfin_result__ledger,
	stpfin_result__spending,
	stpfin_result__activity,
	stpfin_result__resource,
	stpfin_result__capital,
	stpfin_result__scheme_impact,
	stpfin_result__appraisal,
	stpfin_result__health_gap,
	stpfin_result__quality_gap,
	stpfin_result__quality_summary,
	stpfin_result__fund_earned,
};

enum { N_RESULTS = sizeof names / sizeof *names };

const char *const *stpfin_projection_results(size_t *out_n)
{
	*out_n = N_RESULTS;
	return names;
}

static stpfin_status check_options(const stpfin_project_options *options)
{
	if (options->version != 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the options have no known version: begin with STPFIN_PROJECT_OPTIONS_INIT");
	}
	if (options->prices != STPFIN_PRICES_CASH && options->prices != STPFIN_PRICES_REAL) {
		return stpfin_error__set(
			STPFIN_ERROR_ARGUMENT, "%d are no prices: give cash or real", (int)options->prices);
	}
	if (options->comparator != STPFIN_COMPARATOR_ENGLAND &&
		options->comparator != STPFIN_COMPARATOR_BEST_FIFTH &&
		options->comparator != STPFIN_COMPARATOR_TARGET) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%d is no comparator: give England, the best fifth or targets",
			(int)options->comparator);
	}
	if ((options->comparator == STPFIN_COMPARATOR_TARGET) != (options->n_targets > 0) ||
		(options->targets == NULL && options->n_targets > 0)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"targets are given where they are the comparator, and only there: give both or "
			"neither");
	}
	if (options->scenarios == NULL && options->n_scenarios > 0) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "the scenarios are NULL: give their names");
	}
	for (size_t i = 0; i < options->n_scenarios; i++) {
		if (options->scenarios[i] == NULL) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "scenario %zu is NULL: give a name", i);
		}
	}
	return STPFIN_OK;
}

/* The place of a word among the choices of a column of health_gap; -1, with the error set, if it is
 * none of them. */
static int find_choice(const char *column, const char *word)
{
	const char *const *choices =
		stpfin_schema__column(stpfin_schema__result("health_gap"), column)->choices;
	const char *nearest;
	int n = 0;

	for (; choices[n] != NULL; n++) {
		if (word != NULL && strcmp(choices[n], word) == 0) {
			return n;
		}
	}
	nearest = word != NULL ? stpfin_nearest__among(word, choices, (size_t)n) : NULL;
	stpfin_error__set(STPFIN_ERROR_ARGUMENT, "'%s' is no %s of health%s%s%s",
		word != NULL ? word : "", column, nearest != NULL ? ": did you mean " : "",
		nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
	return -1;
}

/* Keeps the targets; one of a sex goes before one of each. */
static stpfin_status keep_targets(
	struct stpfin_projection *self, const stpfin_project_options *options)
{
	size_t n = STPFIN_N_HEALTH_MEASURES * STPFIN_N_SEXES;

	self->comparator = options->comparator;
	self->targets = stpfin_model__array(n, sizeof *self->targets);
	if (self->targets == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < n; i++) {
		self->targets[i] = (double)NAN;
	}
	for (size_t i = 0; i < 2 * options->n_targets; i++) {
		const stpfin_health_target *target = &options->targets[i % options->n_targets];
		int measure = find_choice("measure", target->measure);
		int sex = target->sex != NULL && measure >= 0 ? find_choice("sex", target->sex) : 0;

		if (measure < 0 || sex < 0) {
			return STPFIN_ERROR_ARGUMENT;
		}
		if (measure == STPFIN_SLOPE_INDEX || measure == STPFIN_RELATIVE_INDEX ||
			!isfinite(target->value)) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				!isfinite(target->value) ? "the target of %s is not a number"
										 : "%s has no target: nothing projects it",
				target->measure);
		}
		for (int at = 0; at < STPFIN_N_SEXES; at++) {
			bool is_second_pass = i >= options->n_targets;

			if (target->sex != NULL ? is_second_pass && at == sex : !is_second_pass) {
				self->targets[measure * STPFIN_N_SEXES + at] = target->value;
			}
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_outcome__project(
	struct stpfin_outcome *self, const struct stpfin_model *model, const char *name, unsigned keep)
{
	struct stpfin_case which = {.drivers = STPFIN_EVERY_DRIVER, .awards = true};
	stpfin_status status = STPFIN_OK;

	if (name != NULL) {
		status = stpfin_scenario__new(model, name, &self->scenario);
	}
	if (status == STPFIN_OK) {
		status = stpfin_run__new(&self->run, model, self->scenario, keep);
	}
	if (status == STPFIN_OK) {
		which.scenario = self->scenario;
		stpfin_run__project(&self->run, model, &which);
	}
	return status;
}

void stpfin_outcomes__free(struct stpfin_outcome *self, size_t n)
{
	for (size_t i = 0; i < n && self != NULL; i++) {
		stpfin_run__free(&self[i].run);
		stpfin_scenario__free(self[i].scenario);
	}
	free(self);
}

/* Projects a scenario (NULL: do nothing) as the next outcome. */
static stpfin_status add_outcome(struct stpfin_projection *self, const char *name)
{
	struct stpfin_outcome *outcome = &self->outcomes[self->n_outcomes++];
	stpfin_status status = stpfin_outcome__project(outcome, self->model, name, STPFIN_KEEP_FLOWS);

	return status == STPFIN_OK ? stpfin_run__check(&outcome->run, self->model) : status;
}

/* Whether a scenario is among those before the i-th, or do nothing, which always is. */
static bool is_there(const stpfin_project_options *options, size_t i)
{
	const char *name = options->scenarios[i];

	for (size_t j = 0; j < i; j++) {
		if (strcmp(options->scenarios[j], name) == 0) {
			return true;
		}
	}
	return strcmp(name, "do_nothing") == 0;
}

stpfin_status stpfin_project(const stpfin_plan *plan, const stpfin_project_options *options,
	stpfin_projection **out_projection)
{
	const stpfin_project_options defaults = STPFIN_PROJECT_OPTIONS_INIT;
	struct stpfin_projection *self = NULL;
	struct stpfin_poll poll = {.progress = NULL};
	stpfin_status status;

	if (out_projection != NULL) {
		*out_projection = NULL;
	}
	if (plan == NULL || out_projection == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	if (options == NULL) {
		options = &defaults;
	}
	status = check_options(options);
	if (status != STPFIN_OK) {
		return status;
	}
	poll.progress = options->progress;
	poll.user_data = options->user_data;
	self = stpfin_model__array(1, sizeof *self);
	if (self == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->outcomes = stpfin_model__array(options->n_scenarios + 1, sizeof *self->outcomes);
	status = self->outcomes != NULL ? keep_targets(self, options) : STPFIN_ERROR_MEMORY;
	if (status == STPFIN_OK) {
		status = stpfin_model__new(plan, &self->model);
	}
	if (status == STPFIN_OK) {
		status = stpfin_model__check_deflator(self->model, options->prices);
	}
	if (status == STPFIN_OK) {
		status = add_outcome(self, NULL);
	}
	for (size_t i = 0; i < options->n_scenarios && status == STPFIN_OK; i++) {
		status = stpfin_poll__ask(&poll, i + 1, options->n_scenarios + 1);
		if (status == STPFIN_OK && !is_there(options, i)) {
			status = add_outcome(self, options->scenarios[i]);
		}
	}
	if (status == STPFIN_OK) {
		status = stpfin_stamp__new(plan, options->prices, &self->stamp);
		self->stamp.comparator = options->comparator;
		self->stamp.overdispersed = options->overdispersed;
	}
	if (status == STPFIN_OK) {
		*out_projection = self;
		self = NULL;
	}
	stpfin_projection_free(self);
	return status;
}

void stpfin_projection_free(stpfin_projection *self)
{
	if (self == NULL) {
		return;
	}
	stpfin_outcomes__free(self->outcomes, self->n_outcomes);
	free(self->targets);
	stpfin_model__free(self->model);
	free(self);
}

static stpfin_status unknown_result(const char *result)
{
	const char *nearest = stpfin_nearest__among(result, names, N_RESULTS);
	char all[256] = "";
	size_t used = 0;

	if (nearest != NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"a projection has no result '%s': did you mean %s?", result, nearest);
	}
	for (size_t i = 0; i < N_RESULTS && used < sizeof all; i++) {
		int written = snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? ", " : "", names[i]);

		used += written > 0 ? (size_t)written : 0;
	}
	return stpfin_error__set(
		STPFIN_ERROR_ARGUMENT, "a projection has no result '%s': it has %s", result, all);
}

stpfin_status stpfin_result__make(const struct stpfin_projection *self, size_t result,
	struct stpfin_poll *poll, stpfin_table **out_table)
{
	stpfin_status status = makers[result](self, poll, out_table);

	if (status == STPFIN_OK && self->stamp.prices == STPFIN_PRICES_REAL) {
		stpfin_result__deflate(*out_table, self->model);
	}
	return status;
}

stpfin_status stpfin_projection_get_table(const stpfin_projection *self, const char *result,
	stpfin_progress progress, void *user_data, stpfin_table **out_table)
{
	struct stpfin_poll poll = {.progress = progress, .user_data = user_data};
	size_t i = 0;
	stpfin_table *table = NULL;
	stpfin_status status;

	if (out_table != NULL) {
		*out_table = NULL;
	}
	if (self == NULL || result == NULL || out_table == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	while (i < N_RESULTS && strcmp(names[i], result) != 0) {
		i++;
	}
	if (i == N_RESULTS) {
		return unknown_result(result);
	}
	status = stpfin_result__make(self, i, &poll, &table);
	if (status == STPFIN_OK) {
		status = stpfin_result__check(table);
	}
	if (status == STPFIN_OK) {
		*out_table = table;
		table = NULL;
	}
	stpfin_table_free(table);
	return status;
}

stpfin_status stpfin_projection_get_stamp(const stpfin_projection *self, stpfin_stamp *out_stamp)
{
	return stpfin_stamp__give(self != NULL ? &self->stamp : NULL, out_stamp, __func__);
}
