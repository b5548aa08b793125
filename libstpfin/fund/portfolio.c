#include "stpfin/portfolio.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/fund/portfolio_alternatives.h"
#include "libstpfin/fund/portfolio_benefit.h"
#include "libstpfin/fund/portfolio_tables.h"
#include "libstpfin/model/stamp.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/table/error.h"

static const char *const names[] = {
	"portfolio", "portfolio_price", "portfolio_missed", "scenario", "award"};

static stpfin_make_choice *const makers[] = {stpfin_choice__portfolio, stpfin_choice__price,
	stpfin_choice__missed, stpfin_choice__scenario, stpfin_choice__awards};

enum { N_TABLES = sizeof names / sizeof *names };

struct stpfin_portfolio {
	stpfin_table *tables[N_TABLES];
	stpfin_portfolio_summary summary;
	stpfin_stamp stamp;
};

void stpfin_portfolio_free(stpfin_portfolio *self)
{
	if (self != NULL) {
		for (size_t i = 0; i < N_TABLES; i++) {
			stpfin_table_free(self->tables[i]);
		}
		free(self);
	}
}

stpfin_status stpfin_portfolio_get_table(
	const stpfin_portfolio *self, const char *name, stpfin_table **out_table)
{
	const char *nearest;

	if (out_table != NULL) {
		*out_table = NULL;
	}
	if (self == NULL || name == NULL || out_table == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	for (size_t i = 0; i < N_TABLES; i++) {
		if (strcmp(names[i], name) == 0) {
			*out_table = stpfin_table_share(self->tables[i]);
			return STPFIN_OK;
		}
	}
	nearest = stpfin_nearest__among(name, names, N_TABLES);
	return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "a portfolio has no table '%s': %s %s", name,
		nearest != NULL ? "did you mean" : "it has",
		nearest != NULL ? nearest
						: "portfolio, portfolio_price, portfolio_missed, scenario, award");
}

stpfin_status stpfin_portfolio_get_summary(
	const stpfin_portfolio *self, stpfin_portfolio_summary *out_summary)
{
	if (self == NULL || out_summary == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	if (out_summary->version != 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the summary has no known version: begin with STPFIN_PORTFOLIO_SUMMARY_INIT");
	}
	*out_summary = self->summary;
	return STPFIN_OK;
}

stpfin_status stpfin_portfolio_get_stamp(const stpfin_portfolio *self, stpfin_stamp *out_stamp)
{
	return stpfin_stamp__give(self != NULL ? &self->stamp : NULL, out_stamp, __func__);
}

/* The most sets that are looked for. */
enum { MOST_ALTERNATIVES = 100 };

static stpfin_status check_options(const stpfin_portfolio_options *options)
{
	if (options->version != 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the options have no known version: begin with STPFIN_PORTFOLIO_OPTIONS_INIT");
	}
	if (options->scenario == NULL || *options->scenario == '\0' ||
		strcmp(options->scenario, "do_nothing") == 0) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the chosen set needs a name for its scenario other than do_nothing");
	}
	if (!(options->gap >= 0)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"a gap of %g is none: give a share of the benefit, 0 or more", options->gap);
	}
	if (!(options->time_limit >= 0)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"a time limit of %g is none: give seconds, 0 for no limit", options->time_limit);
	}
	if (!(options->tolerance >= 0 && options->tolerance <= 1)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"a tolerance of %g is none: give a share of the benefit, 0 to 1", options->tolerance);
	}
	if (options->alternatives > MOST_ALTERNATIVES) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%zu alternatives are too many: ask for %d at most", options->alternatives,
			(int)MOST_ALTERNATIVES);
	}
	if (!isfinite(options->finance_weight) || !isfinite(options->health_weight) ||
		!isfinite(options->quality_weight)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "the %s weight is no number: give one",
			!isfinite(options->finance_weight)  ? "finance"
			: !isfinite(options->health_weight) ? "health"
												: "quality");
	}
	return STPFIN_OK;
}

/* The work of one choice. */
struct work {
	const stpfin_portfolio_options *options;
	struct stpfin_patience patience;
	struct stpfin_model *model;
	struct stpfin_instance instance;
	struct stpfin_search search;
	struct stpfin_conflict conflict;
	struct stpfin_choice choice;
	bool *sets;
	size_t n_sets;
};

/* Looks for the best set. */
static stpfin_status search(struct work *work, stpfin_table **out_conflict)
{
	const struct stpfin_effort effort = {work->options->gap, 500, 20, 600};
	bool feasible = false;
	stpfin_status status = stpfin_search__begin(&work->search, &feasible);

	if (status == STPFIN_OK && feasible) {
		status = stpfin_search__run(&work->search, &effort);
	}
	if (status != STPFIN_OK || (feasible && work->search.shortfall <= 0)) {
		return status;
	}
	if (work->patience.ended && work->patience.why == STPFIN_PORTFOLIO_STOPPED) {
		return stpfin_error__set(STPFIN_ERROR_CANCELLED, "stopped when asked to");
	}
	work->choice.conflict = &work->conflict;
	status = stpfin_conflict__new(&work->conflict, &work->instance);
	if (status == STPFIN_OK) {
		status = stpfin_conflict__find(&work->conflict, &work->search, feasible);
	}
	if (status == STPFIN_OK && out_conflict != NULL) {
		status = stpfin_choice__conflict(&work->choice, out_conflict);
	}
	return status == STPFIN_OK ? stpfin_choice__say_conflict(&work->choice) : status;
}

static stpfin_status find_alternatives(struct work *work)
{
	size_t n_bids = work->instance.n_bids;
	double floor = work->search.benefit - work->options->tolerance * fabs(work->search.benefit);
	bool found = true;
	stpfin_status status = STPFIN_OK;

	work->sets = stpfin_model__array(
		stpfin_model__times(work->options->alternatives + 1, n_bids), sizeof *work->sets);
	if (work->sets == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t bid = 0; bid < n_bids; bid++) {
		work->sets[bid] = work->search.best[bid];
	}
	work->n_sets = 1;
	while (work->n_sets <= work->options->alternatives && found && status == STPFIN_OK) {
		status = stpfin_alternatives__find(
			&work->instance, floor, work->sets, work->n_sets, &work->patience, &found);
		work->n_sets += status == STPFIN_OK && found;
	}
	return status;
}

/* Hands over what was found. */
static stpfin_status deliver(struct work *work, stpfin_portfolio *self)
{
	stpfin_portfolio_summary *summary = &self->summary;
	stpfin_status status =
		stpfin_benefit__join(work->model, work->options, work->sets, &summary->joint_benefit);

	summary->version = 1;
	summary->benefit = work->search.benefit;
	summary->bound = stpfin_search__bound(&work->search);
	summary->gap = stpfin_search__gap(&work->search);
	summary->end = STPFIN_PORTFOLIO_NEAR_ENOUGH;
	if (work->patience.ended) {
		summary->end = work->patience.why;
	} else if (summary->gap > work->options->gap) {
		summary->end = STPFIN_PORTFOLIO_SEARCHED;
	}
	summary->bids = work->instance.n_bids;
	summary->alternatives = work->n_sets - 1;
	for (size_t bid = 0; bid < work->instance.n_bids; bid++) {
		summary->spent += work->sets[bid] ? work->instance.cost[bid] : 0;
		summary->chosen += work->sets[bid];
	}
	work->choice.sets = work->sets;
	work->choice.n_sets = work->n_sets;
	for (size_t i = 0; i < N_TABLES && status == STPFIN_OK; i++) {
		status = makers[i](&work->choice, &self->tables[i]);
	}
	if (status == STPFIN_OK) {
		status = stpfin_stamp__new(work->model->plan, STPFIN_PRICES_CASH, &self->stamp);
	}
	return status;
}

/* What GLPK takes part in. */
static stpfin_status choose(struct work *work, stpfin_table **out_conflict)
{
	struct stpfin_session session;
	stpfin_status status = stpfin_session__begin(&session);

	if (status != STPFIN_OK) {
		return status;
	}
	status = stpfin_search__new(&work->search, &work->instance, &work->patience);
	if (status == STPFIN_OK) {
		status = search(work, out_conflict);
	}
	if (status == STPFIN_OK) {
		status = find_alternatives(work);
	}
	stpfin_session__end(&session);
	return status;
}

stpfin_status stpfin_portfolio_choose(const stpfin_plan *plan,
	const stpfin_portfolio_options *options, stpfin_table **out_conflict,
	stpfin_portfolio **out_portfolio)
{
	const stpfin_portfolio_options defaults = STPFIN_PORTFOLIO_OPTIONS_INIT;
	struct work work = {.options = options != NULL ? options : &defaults};
	stpfin_portfolio *self = NULL;
	stpfin_status status;

	if (out_conflict != NULL) {
		*out_conflict = NULL;
	}
	if (out_portfolio != NULL) {
		*out_portfolio = NULL;
	}
	if (plan == NULL || out_portfolio == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	status = check_options(work.options);
	if (status != STPFIN_OK) {
		return status;
	}
	stpfin_patience__begin(&work.patience, work.options);
	work.choice = (struct stpfin_choice){.instance = &work.instance, .search = &work.search};
	self = stpfin_model__array(1, sizeof *self);
	status = self != NULL ? stpfin_model__new(plan, &work.model) : STPFIN_ERROR_MEMORY;
	if (status == STPFIN_OK) {
		work.choice.plan = work.model->plan;
		status = stpfin_choice__name(&work.choice, work.options->scenario);
	}
	if (status == STPFIN_OK) {
		status = stpfin_instance__new(&work.instance, work.model);
	}
	if (status == STPFIN_OK) {
		status = stpfin_benefit__fill(&work.instance, work.model, work.options, &work.patience);
	}
	if (status == STPFIN_OK) {
		status = choose(&work, out_conflict);
	}
	if (status == STPFIN_OK) {
		status = deliver(&work, self);
	}
	if (status == STPFIN_OK) {
		*out_portfolio = self;
		self = NULL;
	} else if (status != STPFIN_ERROR_INFEASIBLE && out_conflict != NULL) {
		stpfin_table_free(*out_conflict);
		*out_conflict = NULL;
	}
	stpfin_portfolio_free(self);
	free(work.sets);
	stpfin_conflict__free(&work.conflict);
	stpfin_search__free(&work.search);
	stpfin_instance__free(&work.instance);
	stpfin_dictionary__free(work.choice.scenarios);
	stpfin_model__free(work.model);
	return status;
}
