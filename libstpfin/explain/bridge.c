#include "libstpfin/explain/bridge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/explain/grouping.h"
#include "libstpfin/explain/steps.h"
#include "libstpfin/model/kernel.h"
#include "libstpfin/model/result.h"
#include "libstpfin/model/stamp.h"
#include "libstpfin/table/error.h"

const char *const stpfin_bridge__ways[] = {
	[STPFIN_BRIDGE_BY_DRIVER] = "driver",
	[STPFIN_BRIDGE_BY_SCHEME] = "scheme",
	[STPFIN_BRIDGE_BY_WORKSTREAM] = "workstream",
	[STPFIN_BRIDGE_BY_AGREEMENT] = "agreement",
};

const char *const stpfin_bridge__methods[] = {
	[STPFIN_BRIDGE_SEQUENTIAL] = "sequential",
	[STPFIN_BRIDGE_SHAPLEY] = "shapley",
};

/* The steps by driver, in the kernel's order. */
static const char *const drivers[STPFIN_N_DRIVERS] = {
	[STPFIN_DRIVER_POPULATION] = "population",
	[STPFIN_DRIVER_GROWTH] = "growth",
	[STPFIN_DRIVER_INFLATION] = "inflation",
	[STPFIN_DRIVER_PRICE] = "price",
	[STPFIN_DRIVER_PRESSURES] = "pressures",
	[STPFIN_DRIVER_FUNDING] = "funding",
};

static const char awards[] = "awards";

/* The work of one bridge. */
struct work {
	const stpfin_bridge_options *options;
	const struct stpfin_model *model;
	const struct stpfin_scenario *scenario; /* NULL by driver */
	struct stpfin_run run;
	struct stpfin_grouping own_grouping;    /* that of a bridge which has one for all places */
	const struct stpfin_grouping *grouping; /* of the scenario's schemes, for now */
	bool *schemes;                          /* which take part */
	double *do_nothing;                     /* gaps by place and year */
	size_t n_values;
	size_t place;      /* SIZE_MAX: all */
	size_t first_year; /* counted from the base year */
	size_t last_year;
	bool sampled; /* whether the steps depend on chance */
	struct stpfin_poll *poll;
	stpfin_table *table;
};

static stpfin_status project(struct work *work, const struct stpfin_case *which, double *gaps)
{
	stpfin_run__project(&work->run, work->model, which);
	stpfin_places__gaps(work->model, &work->run, gaps);
	return stpfin_run__check(&work->run, work->model);
}

/* The gaps with some drivers on. */
static stpfin_status value_of_drivers(void *user_data, const bool *members, double *gaps)
{
	struct stpfin_case which = {.drivers = 0};

	for (unsigned i = 0; i < STPFIN_N_DRIVERS; i++) {
		which.drivers |= members[i] ? 1u << i : 0;
	}
	return project(user_data, &which, gaps);
}

/* The gaps with awards and the schemes of some groups. */
static stpfin_status value_of_groups(void *user_data, const bool *members, double *gaps)
{
	struct work *work = user_data;
	const struct stpfin_case which = {STPFIN_EVERY_DRIVER, work->scenario, work->schemes, true};

	for (size_t i = 0; i < work->scenario->n_schemes; i++) {
		work->schemes[i] = members[work->grouping->of_scheme[i]];
	}
	return project(work, &which, gaps);
}

static stpfin_status divide(
	const struct work *work, const struct stpfin_game *game, const struct stpfin_division *out)
{
	if (work->options->method == STPFIN_BRIDGE_SEQUENTIAL) {
		return stpfin_shares__sequential(game, out);
	}
	if (game->n_groups <= STPFIN_MOST_GROUPS) {
		return stpfin_shares__shapley(game, out);
	}
	return stpfin_shares__sample(game, work->options->samples, work->options->seed, out);
}

/* Writes the steps of one place: from `before` (NULL: the division's own start) over awards, if
 * `before` is given, and the groups. */
static stpfin_status write_place(struct work *work, size_t place, const char *const *names,
	const struct stpfin_game *game, const struct stpfin_division *division, const double *before)
{
	const char *name = stpfin_places__name(work->model, place);
	stpfin_status status = STPFIN_OK;

	for (size_t t = work->first_year; t <= work->last_year && status == STPFIN_OK; t++) {
		size_t at = place * work->model->n_years + t;
		int32_t year = work->model->plan->settings.base_year + (int32_t)t;
		size_t step = 0;

		status = stpfin_steps__add(work->table, name, year, step++, stpfin_steps__start,
			before != NULL ? before[at] : division->first[at], (double)NAN);
		if (status == STPFIN_OK && before != NULL) {
			status = stpfin_steps__add(work->table, name, year, step++, awards,
				division->first[at] - before[at], (double)NAN);
		}
		for (size_t i = 0; i < game->n_groups && status == STPFIN_OK; i++) {
			status = stpfin_steps__add(work->table, name, year, step++, names[i],
				division->parts[i * work->n_values + at],
				division->errors != NULL ? division->errors[i * work->n_values + at] : (double)NAN);
		}
		if (status == STPFIN_OK) {
			status = stpfin_steps__add(
				work->table, name, year, step, stpfin_steps__end, division->last[at], (double)NAN);
		}
	}
	return status;
}

static bool is_wanted(const struct work *work, size_t place)
{
	return (work->place == SIZE_MAX || work->place == place) &&
		   stpfin_places__is_shown(work->model, place);
}

/* Divides a game and writes its steps for every place wanted. */
static stpfin_status bridge_alike(
	struct work *work, struct stpfin_game *game, const char *const *names, const double *before)
{
	struct stpfin_division division = {NULL, NULL, NULL, NULL};
	bool sampled =
		work->options->method == STPFIN_BRIDGE_SHAPLEY && game->n_groups > STPFIN_MOST_GROUPS;
	stpfin_status status = stpfin_division__new(&division, game->n_groups, game->n_values, sampled);

	work->sampled = sampled;
	if (status == STPFIN_OK) {
		status = divide(work, game, &division);
	}
	for (size_t place = 0; place < stpfin_places__count(work->model) && status == STPFIN_OK;
		 place++) {
		if (is_wanted(work, place)) {
			status = write_place(work, place, names, game, &division, before);
		}
	}
	stpfin_division__free(&division);
	return status;
}

static struct stpfin_game new_game(struct work *work, size_t n_groups,
	stpfin_status (*value)(void *user_data, const bool *members, double *values))
{
	return (struct stpfin_game){n_groups, work->n_values, value, work, work->poll};
}

static stpfin_status bridge_by_group(struct work *work)
{
	stpfin_status status =
		stpfin_grouping__new(&work->own_grouping, work->model, work->scenario, work->options->by);

	if (status == STPFIN_OK) {
		struct stpfin_game game = new_game(work, work->own_grouping.n, value_of_groups);

		work->grouping = &work->own_grouping;
		status = bridge_alike(work, &game, work->own_grouping.names, work->do_nothing);
	}
	stpfin_grouping__free(&work->own_grouping);
	return status;
}

/* Places differ in who has agreed, so each is divided by its own grouping; those that share one
 * share the division. Divisions are kept in the order in which they were first needed. */
static stpfin_status bridge_by_agreement(struct work *work)
{
	size_t n_places = stpfin_places__count(work->model);
	size_t n_schemes = work->scenario->n_schemes;
	struct stpfin_grouping *groupings = stpfin_model__array(n_places, sizeof *groupings);
	struct stpfin_division *divisions = stpfin_model__array(n_places, sizeof *divisions);
	size_t n = 0;
	stpfin_status status = STPFIN_OK;

	if (groupings == NULL || divisions == NULL) {
		status = STPFIN_ERROR_MEMORY;
	}
	for (size_t place = 0; place < n_places && status == STPFIN_OK; place++) {
		struct stpfin_game game;
		size_t found = 0;

		if (!is_wanted(work, place)) {
			continue;
		}
		status = stpfin_grouping__by_agreement(&groupings[n], work->model, work->scenario, place);
		if (status != STPFIN_OK) {
			stpfin_grouping__free(&groupings[n]);
			break;
		}
		while (!stpfin_grouping__equal(&groupings[found], &groupings[n], n_schemes)) {
			found++;
		}
		game = new_game(work, groupings[found].n, value_of_groups);
		if (found == n) {
			n++;
			work->grouping = &groupings[found];
			status = stpfin_division__new(&divisions[found], game.n_groups, game.n_values, false);
			if (status == STPFIN_OK) {
				status = divide(work, &game, &divisions[found]);
			}
		} else {
			stpfin_grouping__free(&groupings[n]);
		}
		if (status == STPFIN_OK) {
			status = write_place(
				work, place, groupings[found].names, &game, &divisions[found], work->do_nothing);
		}
	}
	for (size_t i = 0; i < n; i++) {
		stpfin_grouping__free(&groupings[i]);
		stpfin_division__free(&divisions[i]);
	}
	free(groupings);
	free(divisions);
	return status;
}

/* The years asked for. By driver there is nothing to explain in the base year; a scenario's may
 * differ from do nothing's by the charges of capital spent before. */
static stpfin_status choose_years(struct work *work)
{
	const stpfin_plan_settings *settings = &work->model->plan->settings;
	int32_t first = settings->base_year + (work->scenario == NULL ? 1 : 0);
	int32_t year = work->options->year;

	if (year != 0 && (year < first || year > settings->end_year)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%d is not a year of the bridge: give one from %d to %d", (int)year, (int)first,
			(int)settings->end_year);
	}
	work->first_year = (size_t)((year != 0 ? year : first) - settings->base_year);
	work->last_year = (size_t)((year != 0 ? year : settings->end_year) - settings->base_year);
	return STPFIN_OK;
}

static stpfin_status check_options(const stpfin_bridge_options *options)
{
	bool by_driver = options->by == STPFIN_BRIDGE_BY_DRIVER;

	if (options->version != 1 ||
		(options->method != STPFIN_BRIDGE_SEQUENTIAL && options->method != STPFIN_BRIDGE_SHAPLEY) ||
		(!by_driver && options->by != STPFIN_BRIDGE_BY_SCHEME &&
			options->by != STPFIN_BRIDGE_BY_WORKSTREAM &&
			options->by != STPFIN_BRIDGE_BY_AGREEMENT)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the options have no known version, steps or method: begin with "
			"STPFIN_BRIDGE_OPTIONS_INIT");
	}
	if (!by_driver && (options->scenario == NULL || strcmp(options->scenario, "do_nothing") == 0)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"a bridge by scheme, workstream or agreement leads to a scenario: name one");
	}
	if (options->method == STPFIN_BRIDGE_SHAPLEY && options->samples < 2) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%zu samples say nothing of their error: give 2 or more", options->samples);
	}
	return STPFIN_OK;
}

/* Makes what the work needs before it can begin. */
static stpfin_status begin(struct work *work)
{
	const struct stpfin_case do_nothing = {.drivers = STPFIN_EVERY_DRIVER};
	stpfin_status status = stpfin_places__find(work->model, work->options->place, &work->place);

	if (status == STPFIN_OK) {
		status = choose_years(work);
	}
	if (status == STPFIN_OK) {
		status = stpfin_run__new(&work->run, work->model, work->scenario, 0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_steps__begin(work->model, &work->table);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	work->n_values = stpfin_places__count(work->model) * work->model->n_years;
	work->do_nothing = stpfin_model__array(work->n_values, sizeof *work->do_nothing);
	work->schemes = stpfin_model__array(
		work->scenario != NULL ? work->scenario->n_schemes : 0, sizeof *work->schemes);
	if (work->do_nothing == NULL || work->schemes == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	return project(work, &do_nothing, work->do_nothing);
}

stpfin_status stpfin_bridge__make(const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const stpfin_bridge_options *options,
	struct stpfin_poll *poll, bool *out_sampled, stpfin_table **out_bridge)
{
	struct work work = {.options = options, .model = model, .scenario = scenario, .poll = poll};
	stpfin_status status = begin(&work);

	*out_bridge = NULL;
	if (status == STPFIN_OK && scenario == NULL) {
		struct stpfin_game game = new_game(&work, STPFIN_N_DRIVERS, value_of_drivers);

		status = bridge_alike(&work, &game, drivers, NULL);
	} else if (status == STPFIN_OK && options->by == STPFIN_BRIDGE_BY_AGREEMENT) {
		status = bridge_by_agreement(&work);
	} else if (status == STPFIN_OK) {
		status = bridge_by_group(&work);
	}
	*out_sampled = work.sampled;
	if (status == STPFIN_OK) {
		stpfin_result__set_scenario(work.table, 0, stpfin_table_rows(work.table), scenario);
		*out_bridge = work.table;
		work.table = NULL;
	}
	stpfin_table_free(work.table);
	free(work.do_nothing);
	free(work.schemes);
	stpfin_run__free(&work.run);
	return status;
}

stpfin_status stpfin_bridge(const stpfin_plan *plan, const stpfin_bridge_options *options,
	stpfin_table **out_bridge, stpfin_stamp *out_stamp)
{
	const stpfin_bridge_options defaults = STPFIN_BRIDGE_OPTIONS_INIT;
	struct stpfin_poll poll = {.progress = NULL};
	struct stpfin_model *model = NULL;
	struct stpfin_scenario *scenario = NULL;
	stpfin_table *table = NULL;
	bool sampled = false;
	stpfin_status status;

	if (out_bridge != NULL) {
		*out_bridge = NULL;
	}
	if (plan == NULL || out_bridge == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	options = options != NULL ? options : &defaults;
	poll.progress = options->progress;
	poll.user_data = options->user_data;
	status = check_options(options);
	if (status == STPFIN_OK) {
		status = stpfin_stamp__check(out_stamp);
	}
	if (status == STPFIN_OK) {
		status = stpfin_model__new(plan, &model);
	}
	if (status == STPFIN_OK && options->scenario != NULL &&
		strcmp(options->scenario, "do_nothing") != 0) {
		status = stpfin_scenario__new(model, options->scenario, &scenario);
	}
	if (status == STPFIN_OK) {
		/* By driver, a scenario is no more than a name that has to be right. */
		status =
			stpfin_bridge__make(model, options->by != STPFIN_BRIDGE_BY_DRIVER ? scenario : NULL,
				options, &poll, &sampled, &table);
	}
	if (status == STPFIN_OK) {
		status = stpfin_result__check(table);
	}
	if (status == STPFIN_OK && out_stamp != NULL) {
		status = stpfin_stamp__new(plan, STPFIN_PRICES_CASH, out_stamp);
		out_stamp->seed = sampled ? options->seed : 0;
		out_stamp->samples = sampled ? options->samples : 0;
	}
	if (status == STPFIN_OK) {
		*out_bridge = table;
		table = NULL;
	}
	stpfin_table_free(table);
	stpfin_scenario__free(scenario);
	stpfin_model__free(model);
	return status;
}
