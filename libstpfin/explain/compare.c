#include "stpfin/compare.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/explain/changes.h"
#include "libstpfin/explain/places.h"
#include "libstpfin/model/result.h"
#include "libstpfin/model/stamp.h"
#include "libstpfin/plan/schema_table.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/text.h"

/* The way from one plan to the other: after each step, the gap of each place and year. Places are
 * numbered as they appear; one that a plan does not have has no gap. */
struct way {
	const char *scenario; /* NULL: do nothing */
	size_t n_years;
	size_t n_steps; /* the plan before is none */
	char **names;   /* by step */
	stpfin_dictionary *places;
	size_t most_places;
	double *gaps; /* by step (the plan before is the first), place and year */
	struct stpfin_poll poll;
};

static void free_way(struct way *self, size_t most_steps)
{
	for (size_t i = 0; self->names != NULL && i < most_steps; i++) {
		free(self->names[i]);
	}
	free(self->names);
	stpfin_dictionary__free(self->places);
	free(self->gaps);
}

/* Projects a plan and keeps its gaps as those after a step. */
static stpfin_status add_gaps(struct way *self, const stpfin_plan *plan, size_t step)
{
	struct stpfin_model *model = NULL;
	struct stpfin_scenario *scenario = NULL;
	struct stpfin_case which = {.drivers = STPFIN_EVERY_DRIVER, .awards = true};
	struct stpfin_run run = {.index = NULL};
	double *gaps = NULL;
	stpfin_status status = stpfin_model__new(plan, &model);

	if (status == STPFIN_OK && self->scenario != NULL) {
		status = stpfin_scenario__new(model, self->scenario, &scenario);
	}
	if (status == STPFIN_OK) {
		which.scenario = scenario;
		status = stpfin_run__new(&run, model, scenario, 0);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	gaps = stpfin_model__array(stpfin_places__count(model) * self->n_years, sizeof *gaps);
	if (gaps == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	stpfin_run__project(&run, model, &which);
	status = stpfin_run__check(&run, model);
	stpfin_places__gaps(model, &run, gaps);
	for (size_t i = 0; i < stpfin_places__count(model) && status == STPFIN_OK; i++) {
		const char *name = stpfin_places__name(model, i);
		int32_t place;

		if (!stpfin_places__is_shown(model, i)) {
			continue;
		}
		place = stpfin_dictionary__intern(self->places, name, strlen(name));
		if (place < 0) {
			status = stpfin_error__memory();
			break;
		}
		memcpy(self->gaps + (step * self->most_places + (size_t)place) * self->n_years,
			gaps + i * self->n_years, self->n_years * sizeof *gaps);
	}

out:
	free(gaps);
	stpfin_run__free(&run);
	stpfin_scenario__free(scenario);
	stpfin_model__free(model);
	return status;
}

/* "organisation+flow" */
static char *join_names(const stpfin_table *const *tables, size_t n)
{
	size_t size = 1;
	char *name;

	for (size_t i = 0; i < n; i++) {
		size += strlen(stpfin_table_name(tables[i])) + 1;
	}
	name = malloc(size);
	if (name == NULL) {
		stpfin_error__memory();
		return NULL;
	}
	name[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		strcat(strcat(name, i > 0 ? "+" : ""), stpfin_table_name(tables[i]));
	}
	return name;
}

/* The parts of the work: each table is gone through on the way, and then for its changes. */
static stpfin_status ask(struct way *self, size_t done, size_t n_tables)
{
	return stpfin_poll__ask(&self->poll, done, 2 * n_tables);
}

/* Goes from a to b a table at a time, several where only together they make a plan. */
static stpfin_status walk(
	struct way *self, const stpfin_plan *a, const stpfin_plan *b, size_t n_tables)
{
	const stpfin_table **pending = stpfin_model__array(n_tables, sizeof *pending);
	stpfin_plan *at = NULL;
	size_t n_pending = 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (pending == NULL) {
		goto out;
	}
	at = stpfin_plan__share(a);
	if (at == NULL) {
		goto out;
	}
	status = add_gaps(self, at, 0);
	for (size_t i = 0; i < n_tables && status == STPFIN_OK; i++) {
		stpfin_plan *next = NULL;

		status = ask(self, i, n_tables);
		if (status != STPFIN_OK || stpfin_table_equal(a->tables[i], b->tables[i])) {
			continue;
		}
		pending[n_pending++] = b->tables[i];
		status = stpfin_plan__make(&a->settings, at, pending, n_pending, NULL, &next);
		if (status == STPFIN_ERROR_PLAN) {
			status = STPFIN_OK;
			continue;
		}
		if (status == STPFIN_OK) {
			self->names[self->n_steps] = join_names(pending, n_pending);
			status = self->names[self->n_steps] != NULL ? add_gaps(self, next, self->n_steps + 1)
														: STPFIN_ERROR_MEMORY;
			self->n_steps++;
			n_pending = 0;
			stpfin_plan_free(at);
			at = next;
		}
	}

	/* The rates of b come last; the years are common by now. */
	if (status == STPFIN_OK &&
		(a->settings.discount_rate != b->settings.discount_rate ||
			a->settings.long_discount_rate != b->settings.long_discount_rate ||
			a->settings.capital_charge_rate != b->settings.capital_charge_rate)) {
		at->settings = b->settings;
		self->names[self->n_steps] = stpfin_text__copy("datapackage");
		status = self->names[self->n_steps] != NULL ? add_gaps(self, at, self->n_steps + 1)
													: stpfin_error__memory();
		self->n_steps++;
	}

out:
	free(pending);
	stpfin_plan_free(at);
	return status;
}

static stpfin_status write_bridge(
	const struct way *self, const struct stpfin_plan *a, stpfin_table **out_table)
{
	size_t n_places = stpfin_dictionary__size(self->places);
	stpfin_table *table = NULL;
	size_t row = 0;
	stpfin_status status = stpfin_schema__new_table(stpfin_schema__result("bridge"), NULL, &table);

	if (status == STPFIN_OK) {
		status = stpfin_table__add_rows(table, n_places * self->n_years * (self->n_steps + 2));
	}
	for (size_t place = 0; place < n_places && status == STPFIN_OK; place++) {
		for (size_t t = 0; t < self->n_years; t++) {
			double before = 0;

			for (size_t step = 0; step < self->n_steps + 2 && status == STPFIN_OK; step++, row++) {
				size_t plan = step <= self->n_steps ? step : self->n_steps;
				double gap = self->gaps[(plan * self->most_places + place) * self->n_years + t];
				bool is_end = step == 0 || step > self->n_steps;
				const char *const texts[][2] = {
					{"scenario", self->scenario != NULL ? self->scenario : "do_nothing"},
					{"place", stpfin_dictionary__text(self->places, (int32_t)place)},
					{"group", step == 0               ? "start"
							  : step <= self->n_steps ? self->names[step - 1]
													  : "end"}};

				for (size_t i = 0; i < 3 && status == STPFIN_OK; i++) {
					size_t column = 0;

					stpfin_table_find(table, texts[i][0], &column);
					status = stpfin_table__set_text(table, column, row, texts[i][1]);
				}
				stpfin_table__named(table, "year")->whole[row] = a->settings.base_year + (int32_t)t;
				stpfin_table__named(table, "step")->whole[row] = (int32_t)step;
				stpfin_table__named(table, "amount")->real[row] = is_end ? gap : gap - before;
				before = gap;
			}
		}
	}
	if (status == STPFIN_OK) {
		status = stpfin_result__check(table);
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}

static stpfin_status list_changes(struct way *self, const stpfin_plan *a, const stpfin_plan *b,
	size_t n_tables, stpfin_table **out_table)
{
	stpfin_table *table = NULL;
	stpfin_status status = stpfin_schema__new_table(stpfin_schema__result("change"), NULL, &table);

	if (status == STPFIN_OK) {
		status = stpfin_changes__add_settings(table, &a->settings, &b->settings);
	}
	for (size_t i = 0; i < n_tables && status == STPFIN_OK; i++) {
		status = ask(self, n_tables + i, n_tables);
		if (status == STPFIN_OK) {
			status = stpfin_changes__add(table, a->tables[i], b->tables[i]);
		}
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}

/* A plan cut to an earlier end year. */
static stpfin_status cut(
	const stpfin_plan *plan, size_t n_tables, int32_t end_year, stpfin_plan **out_plan)
{
	stpfin_plan_settings settings = plan->settings;

	if (settings.end_year == end_year) {
		*out_plan = stpfin_plan__share(plan);
		return *out_plan != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;
	}
	settings.end_year = end_year;
	return stpfin_plan__make(
		&settings, NULL, (const stpfin_table *const *)plan->tables, n_tables, NULL, out_plan);
}

static size_t count_places(const stpfin_plan *plan)
{
	return stpfin_plan__rows(plan, "footprint") + stpfin_plan__rows(plan, "organisation");
}

stpfin_status stpfin_compare(const stpfin_plan *a, const stpfin_plan *b,
	const stpfin_compare_options *options, stpfin_table **out_changes, stpfin_table **out_bridge,
	stpfin_stamp *out_stamp)
{
	const stpfin_compare_options defaults = STPFIN_COMPARE_OPTIONS_INIT;
	size_t n_tables;
	struct way way = {.n_steps = 0};
	stpfin_plan *cut_a = NULL;
	stpfin_plan *cut_b = NULL;
	stpfin_table *changes = NULL;
	int32_t end_year;
	stpfin_status status;

	stpfin_schema__tables(&n_tables);
	if (out_changes != NULL) {
		*out_changes = NULL;
	}
	if (out_bridge != NULL) {
		*out_bridge = NULL;
	}
	if (a == NULL || b == NULL || out_changes == NULL || out_bridge == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	if (options == NULL) {
		options = &defaults;
	}
	if (options->version != 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the options have no known version: begin with STPFIN_COMPARE_OPTIONS_INIT");
	}
	status = stpfin_stamp__check(out_stamp);
	if (status != STPFIN_OK) {
		return status;
	}
	if (a->settings.base_year != b->settings.base_year) {
		return stpfin_error__set(STPFIN_ERROR_COMPARE,
			"the plans begin in %d and %d: only plans of one base year can be compared",
			(int)a->settings.base_year, (int)b->settings.base_year);
	}
	if (options->scenario != NULL && strcmp(options->scenario, "do_nothing") != 0) {
		way.scenario = options->scenario;
	}
	way.poll.progress = options->progress;
	way.poll.user_data = options->user_data;
	end_year =
		a->settings.end_year < b->settings.end_year ? a->settings.end_year : b->settings.end_year;
	status = cut(a, n_tables, end_year, &cut_a);
	if (status == STPFIN_OK) {
		status = cut(b, n_tables, end_year, &cut_b);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	way.n_years = stpfin_plan__years(cut_a);
	/* Every plan on the way has places of one of the two, and two more that need no name. */
	way.most_places = count_places(a) + count_places(b) + 2;
	way.names = stpfin_model__array(n_tables + 1, sizeof *way.names);
	way.gaps =
		stpfin_model__array((n_tables + 2) * way.most_places * way.n_years, sizeof *way.gaps);
	way.places = stpfin_dictionary__new();
	if (way.names == NULL || way.gaps == NULL || way.places == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	status = walk(&way, cut_a, cut_b, n_tables);
	if (status == STPFIN_OK) {
		status = list_changes(&way, a, b, n_tables, &changes);
	}
	if (status == STPFIN_OK && out_stamp != NULL) {
		status = stpfin_stamp__new(b, STPFIN_PRICES_CASH, out_stamp);
		if (status == STPFIN_OK) {
			status = stpfin_plan_hash(a, out_stamp->compared_with);
		}
	}
	if (status == STPFIN_OK) {
		status = write_bridge(&way, cut_a, out_bridge);
	}
	if (status == STPFIN_OK) {
		*out_changes = changes;
		changes = NULL;
	}

out:
	free_way(&way, n_tables + 1);
	stpfin_table_free(changes);
	stpfin_plan_free(cut_a);
	stpfin_plan_free(cut_b);
	return status;
}
