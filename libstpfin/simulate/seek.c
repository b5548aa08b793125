#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_min.h>
#include <gsl/gsl_roots.h>

#include "libstpfin/model/stamp.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/plan/schema.h"
#include "libstpfin/plan/schema_table.h"
#include "libstpfin/simulate/figure_table.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/poll.h"
#include "stpfin/sensitivity.h"

/* The range is looked at in so many equal parts before it is narrowed. */
enum { PARTS = 32 };

/* How near the target is reached, as a share of how far the measure moves, and how near the value
 * is narrowed down, as a share of the range or, where that is less, of the value. */
static const double near_enough = 1e-9;
static const double narrow_enough = 1e-12;

/* Numbers of a plan go so far. */
static const double largest_number = 1e15;

struct work {
	const stpfin_seek_options *options;
	size_t number; /* of the parameter in the table uncertainty */
	double from;
	double to;
	struct stpfin_trial *trial;
	struct stpfin_trial_work *trial_work;
	size_t figure;
	struct stpfin_poll poll;
	size_t evaluations;
	double *quantities;
	double *cells;
	double *figures;
	stpfin_status status; /* of what the solvers call */
};

static double value_at(const struct work *work, size_t part)
{
	return part == PARTS ? work->to : work->from + (work->to - work->from) * ((double)part / PARTS);
}

/* Fills what the measure misses the target by at each of n values; it may be a NaN. */
static stpfin_status evaluate(struct work *work, const double *values, size_t n, double *misses)
{
	const struct stpfin_uncertain *uncertain = work->trial->uncertain;
	uint64_t clipped = 0;
	/* Nobody knows how many steps a solver takes; its first part is the longest. */
	stpfin_status status = stpfin_poll__ask(&work->poll, work->evaluations, 4 * PARTS);

	work->evaluations += n;
	if (status != STPFIN_OK) {
		return status;
	}
	for (size_t i = uncertain->first_dimension[work->number];
		 i < uncertain->first_dimension[work->number + 1]; i++) {
		for (size_t lane = 0; lane < STPFIN_LANES; lane++) {
			work->quantities[i * STPFIN_LANES + lane] = values[lane < n ? lane : 0];
		}
	}
	stpfin_uncertain__cells(uncertain, work->quantities, work->number, n, work->cells, &clipped);
	status = stpfin_trial__project(
		work->trial, work->trial_work, work->cells, n, work->figures, STPFIN_LANES, &clipped);
	for (size_t lane = 0; lane < n && status == STPFIN_OK; lane++) {
		misses[lane] = work->figures[work->figure * STPFIN_LANES + lane] - work->options->target;
	}
	return status;
}

/* The miss at one value, for a solver: it is told 0, which ends it, where there is none. */
static double miss(double value, void *user_data)
{
	struct work *work = user_data;
	double found = 0;

	if (work->status == STPFIN_OK) {
		work->status = evaluate(work, &value, 1, &found);
	}
	return work->status == STPFIN_OK && isfinite(found) ? found : 0;
}

static double distance(double value, void *user_data)
{
	return fabs(miss(value, user_data));
}

/* Narrows a crossing between two values down to one. */
static stpfin_status narrow(struct work *work, double low, double high, double *out_value)
{
	gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
	gsl_function function = {miss, work};

	if (solver == NULL) {
		return stpfin_error__memory();
	}
	work->status = STPFIN_OK;
	gsl_root_fsolver_set(solver, &function, low, high);
	for (int i = 0; i < 200 && work->status == STPFIN_OK; i++) {
		double size;

		gsl_root_fsolver_iterate(solver);
		low = gsl_root_fsolver_x_lower(solver);
		high = gsl_root_fsolver_x_upper(solver);
		size = fmin(work->to - work->from, fmax(1, fmax(fabs(low), fabs(high))));
		if (high - low <= narrow_enough * size) {
			break;
		}
	}
	*out_value = gsl_root_fsolver_root(solver);
	gsl_root_fsolver_free(solver);
	return work->status;
}

/* Narrows the value that comes nearest, known to lie between two others, down. */
static stpfin_status come_nearer(
	struct work *work, const double values[3], const double misses[3], double *out_value)
{
	gsl_min_fminimizer *solver = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
	gsl_function function = {distance, work};
	double width = 1e-6 * (work->to - work->from);

	if (solver == NULL) {
		return stpfin_error__memory();
	}
	work->status = STPFIN_OK;
	gsl_min_fminimizer_set_with_values(solver, &function, values[1], fabs(misses[1]), values[0],
		fabs(misses[0]), values[2], fabs(misses[2]));
	for (int i = 0; i < 100 && work->status == STPFIN_OK; i++) {
		gsl_min_fminimizer_iterate(solver);
		if (gsl_min_fminimizer_x_upper(solver) - gsl_min_fminimizer_x_lower(solver) <= width) {
			break;
		}
	}
	*out_value = gsl_min_fminimizer_x_minimum(solver);
	gsl_min_fminimizer_free(solver);
	return work->status;
}

/* How large a measure is that comes near the target without passing it; what it moves, at most. */
static double size_of_measure(const struct work *work, double most)
{
	double size = fmax(fabs(work->options->target), fabs(work->trial->central[work->figure]));

	return size > 0 ? fmin(size, most) : most;
}

/* Finds the value that reaches the target, or comes nearest, and the miss there. */
static stpfin_status find_value(
	struct work *work, double *out_value, double *out_miss, bool *out_reached)
{
	double values[PARTS + 1];
	double misses[PARTS + 1];
	double most = 0;
	size_t crossing = SIZE_MAX;
	size_t nearest = SIZE_MAX;
	double value;
	stpfin_status status;

	for (size_t i = 0; i <= PARTS; i++) {
		values[i] = value_at(work, i);
	}
	status = evaluate(work, values, PARTS, misses);
	if (status == STPFIN_OK) {
		status = evaluate(work, values + PARTS, 1, misses + PARTS);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	for (size_t i = 0; i <= PARTS; i++) {
		if (!isfinite(misses[i])) {
			continue;
		}
		most = fmax(most, fabs(misses[i]));
		if (nearest == SIZE_MAX || fabs(misses[i]) < fabs(misses[nearest])) {
			nearest = i;
		}
		if (crossing == SIZE_MAX && i > 0 && isfinite(misses[i - 1]) &&
			(misses[i - 1] < 0) != (misses[i] < 0)) {
			crossing = i;
		}
	}
	if (nearest == SIZE_MAX) {
		return stpfin_error__set(STPFIN_ERROR_INFEASIBLE,
			"the measure has no value anywhere between %.15g and %.15g", work->from, work->to);
	}
	value = values[nearest];
	if (fabs(misses[nearest]) > 0 && crossing != SIZE_MAX) {
		status = narrow(work, values[crossing - 1], values[crossing], &value);
	} else if (fabs(misses[nearest]) > 0 && nearest > 0 && nearest < PARTS &&
			   fabs(misses[nearest - 1]) > fabs(misses[nearest]) &&
			   fabs(misses[nearest + 1]) > fabs(misses[nearest])) {
		status = come_nearer(work, values + nearest - 1, misses + nearest - 1, &value);
	}
	if (status == STPFIN_OK) {
		status = evaluate(work, &value, 1, out_miss);
	}
	/* A solver may end beside what it has seen, where the measure jumps. */
	if (status == STPFIN_OK && !(fabs(*out_miss) <= fabs(misses[nearest]))) {
		value = values[nearest];
		*out_miss = misses[nearest];
	}
	if (crossing == SIZE_MAX) {
		most = size_of_measure(work, most);
	}
	*out_value = value;
	*out_reached = status == STPFIN_OK && fabs(*out_miss) <= near_enough * most;
	return status;
}

/* Whether the parameter is cells of the plan, as TABLE.COLUMN[…], and not a row of uncertainty. */
static bool names_cells(const stpfin_plan *plan, const char *parameter)
{
	const stpfin_dictionary *names =
		stpfin_table__column(stpfin_plan__table(plan, "uncertainty"), 0)->dictionary;

	return strchr(parameter, '.') != NULL &&
		   stpfin_dictionary__find(names, parameter, strlen(parameter)) < 0;
}

static stpfin_status add_text(
	stpfin_table_builder *builder, const char *column, const char *text, size_t length)
{
	char *copy = malloc(length + 1);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (copy == NULL) {
		return stpfin_error__memory();
	}
	memcpy(copy, text, length);
	copy[length] = '\0';
	status = stpfin_table_builder_add_text(builder, column, (const char *const[]){copy}, 1);
	free(copy);
	return status;
}

/* The table uncertainty with one row: cells that take a value. */
static stpfin_status make_parameter(const char *name, stpfin_table **out_table)
{
	size_t length = strlen(name);
	size_t table = strcspn(name, ".");
	size_t column = table + 1 + strcspn(name + table + 1, "[");
	bool has_keys = column < length;
	stpfin_table_builder *builder = NULL;
	stpfin_status status = STPFIN_OK;

	*out_table = NULL;
	if (has_keys && name[length - 1] != ']') {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the parameter '%s' lacks a ']' at its end: cells are named as "
			"scenario.scale[scenario=NAME]",
			name);
	}
	status = stpfin_table_builder_new("uncertainty", &builder);
	if (status == STPFIN_OK) {
		status = add_text(builder, "parameter", name, length);
	}
	if (status == STPFIN_OK) {
		status = add_text(builder, "table", name, table);
	}
	if (status == STPFIN_OK) {
		status = add_text(builder, "column", name + table + 1, column - table - 1);
	}
	if (status == STPFIN_OK && has_keys) {
		status = add_text(builder, "select", name + column + 1, length - column - 2);
	}
	if (status == STPFIN_OK) {
		status = add_text(builder, "mode", "value", strlen("value"));
	}
	if (status == STPFIN_OK) {
		/* No draw is made of it. */
		status = add_text(builder, "distribution", "uniform", strlen("uniform"));
	}
	if (status == STPFIN_OK) {
		status = stpfin_table_builder_add_double(builder, "p1", (const double[]){0}, 1);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table_builder_add_double(builder, "p2", (const double[]){1}, 1);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table_builder_finish(builder, out_table);
	}
	stpfin_table_builder_free(builder);
	return status;
}

/* Says what the first error among the problems of a parameter is. */
static stpfin_status refuse_parameter(const char *name, const stpfin_table *problems)
{
	const struct stpfin_column *severity = stpfin_table__named(problems, "severity");
	const struct stpfin_column *message = stpfin_table__named(problems, "message");

	for (size_t row = 0; row < stpfin_table_rows(problems); row++) {
		if (strcmp(stpfin_column__text(severity, row), "error") == 0) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "the parameter '%s': %s", name,
				stpfin_column__text(message, row));
		}
	}
	return STPFIN_ERROR_PLAN;
}

/* The plan in which the cells that a parameter names are all that is uncertain. */
static stpfin_status make_plan(
	const stpfin_plan *plan, const char *parameter, stpfin_plan **out_plan)
{
	stpfin_table *correlation = NULL;
	stpfin_table *uncertainty = NULL;
	stpfin_table *problems = NULL;
	stpfin_plan *alone = NULL;
	stpfin_status status =
		stpfin_schema__new_table(stpfin_schema__table("correlation"), NULL, &correlation);

	if (status == STPFIN_OK) {
		status = make_parameter(parameter, &uncertainty);
	}
	if (status == STPFIN_OK) {
		status = stpfin_plan_replace(plan, correlation, NULL, &alone);
	}
	if (status == STPFIN_OK) {
		status = stpfin_plan_replace(alone, uncertainty, &problems, out_plan);
		if (status == STPFIN_ERROR_PLAN) {
			status = refuse_parameter(parameter, problems);
		}
	}
	stpfin_table_free(correlation);
	stpfin_table_free(uncertainty);
	stpfin_table_free(problems);
	stpfin_plan_free(alone);
	return status;
}

/* The figure sought: the only one of the scenario, place and year. */
static stpfin_status find_figure(struct work *work)
{
	const struct stpfin_trial *trial = work->trial;
	const stpfin_seek_options *options = work->options;
	const char *scenario = options->scenario != NULL ? options->scenario : "do_nothing";
	const char *place = options->place != NULL ? options->place : "England";
	const stpfin_plan_settings *settings = &trial->plan->settings;
	int32_t year = options->year != 0 ? options->year : settings->end_year;
	size_t n = 0;

	if (stpfin_dictionary__find(trial->places, place, strlen(place)) < 0) {
		const char *nearest = stpfin_nearest__among(
			place, stpfin_dictionary__texts(trial->places), stpfin_dictionary__size(trial->places));

		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s has no place '%s': %s%s%s",
			options->measure, place, nearest != NULL ? "did you mean " : "name one it has, as ",
			nearest != NULL ? nearest : stpfin_dictionary__text(trial->places, 0),
			nearest != NULL ? "?" : "");
	}
	if (year < settings->base_year || year > settings->end_year) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the year %d is not one of the plan's: it has %d to %d", (int)year,
			(int)settings->base_year, (int)settings->end_year);
	}
	for (size_t i = 0; i < trial->n_figures; i++) {
		const struct stpfin_figure *figure = &trial->figures[i];

		if (strcmp(stpfin_dictionary__text(trial->scenarios, figure->scenario), scenario) == 0 &&
			strcmp(stpfin_dictionary__text(trial->places, figure->place), place) == 0 &&
			figure->year == year) {
			work->figure = i;
			n++;
		}
	}
	return n == 1 ? STPFIN_OK
				  : stpfin_error__set(STPFIN_ERROR_ARGUMENT,
						"%s is %zu figures in %s, %d and the scenario '%s', and one is sought: %s",
						options->measure, n, place, (int)year, scenario,
						n > 1 ? "narrow it by its keys, as RESULT.COLUMN[key=value]"
							  : "no row is so; ask for place and year by themselves, not as keys");
}

/* Finds the parameter and makes room to move it. */
static stpfin_status prepare(struct work *work, const stpfin_plan *plan)
{
	const struct stpfin_uncertain *uncertain = work->trial->uncertain;
	const stpfin_dictionary *names =
		stpfin_table__column(stpfin_plan__table(plan, "uncertainty"), 0)->dictionary;
	const char *name = work->options->parameter;
	int32_t code = stpfin_dictionary__find(names, name, strlen(name));

	if (code < 0) {
		const char *nearest = stpfin_nearest__among(
			name, stpfin_dictionary__texts(names), stpfin_dictionary__size(names));

		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "nothing uncertain is called '%s': %s%s%s",
			name,
			nearest != NULL ? "did you mean "
							: "give a parameter of the table uncertainty, or "
							  "cells as scenario.scale[scenario=NAME]",
			nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
	}
	work->number = (size_t)code;
	work->quantities = stpfin_model__array(
		stpfin_model__times(uncertain->n_dimensions, STPFIN_LANES), sizeof *work->quantities);
	work->cells = stpfin_model__array(
		stpfin_model__times(uncertain->n_cells, STPFIN_LANES), sizeof *work->cells);
	work->figures = stpfin_model__array(
		stpfin_model__times(work->trial->n_figures, STPFIN_LANES), sizeof *work->figures);
	if (work->quantities == NULL || work->cells == NULL || work->figures == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	return stpfin_trial_work__new(work->trial, &work->trial_work);
}

/* The range of a parameter of the plan: its 0.1th and 99.9th percentile. */
static stpfin_status find_percentiles(struct work *work, double *out_low, double *out_high)
{
	static const double extreme = 3.090232306167813;
	const struct stpfin_uncertain *uncertain = work->trial->uncertain;
	double *normals = stpfin_model__array(
		stpfin_model__times(uncertain->n_dimensions, STPFIN_LANES), sizeof *normals);
	size_t at = uncertain->first_dimension[work->number] * STPFIN_LANES;

	if (normals == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < uncertain->n_dimensions * STPFIN_LANES; i++) {
		normals[i] = i % 2 == 0 ? -extreme : extreme;
	}
	stpfin_uncertain__quantities(uncertain, normals, work->quantities);
	*out_low = work->quantities[at];
	*out_high = work->quantities[at + 1];
	free(normals);
	return STPFIN_OK;
}

/* The range of cells: that of their column, as far as it has ends. */
static void find_ends(const struct work *work, double *out_low, double *out_high)
{
	const struct stpfin_uncertain *uncertain = work->trial->uncertain;
	const stpfin_plan_settings *settings = &work->trial->plan->settings;
	size_t n_tables = 0;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	const struct stpfin_drawn_cell *cells = uncertain->cells;
	const struct stpfin_column_schema *column = &tables[cells->table].columns[cells->column];
	double largest = 0.5;
	bool negative = false;

	if (column->cell == STPFIN_CELL_YEAR) {
		*out_low = settings->base_year;
		*out_high = settings->end_year;
		return;
	}
	for (size_t i = 0; i < uncertain->n_cells; i++) {
		largest = fmax(largest, fabs(cells[i].central));
		negative = negative || cells[i].central < 0;
	}
	if (stpfin_schema__in_range(column->range, -2)) {
		*out_low = negative ? -2 * largest : 0;
	} else {
		*out_low = stpfin_schema__in_range(column->range, -0.5)  ? -1
				   : stpfin_schema__in_range(column->range, 0.5) ? 0
																 : 1;
	}
	*out_high = stpfin_schema__in_range(column->range, 2) ? 2 * largest : 1;
}

static stpfin_status find_range(struct work *work, bool of_cells)
{
	double low = 0;
	double high = 0;
	stpfin_status status = STPFIN_OK;

	if (of_cells) {
		find_ends(work, &low, &high);
	} else {
		status = find_percentiles(work, &low, &high);
	}
	work->from = isnan(work->options->from) ? low : work->options->from;
	work->to = isnan(work->options->to) ? high : work->options->to;
	if (status == STPFIN_OK &&
		!(work->from < work->to && isfinite(work->from) && isfinite(work->to))) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"there is nothing between %.15g and %.15g to seek in: give a lower and a higher end",
			work->from, work->to);
	}
	return status;
}

static stpfin_status write_table(
	const struct work *work, double value, double reached, stpfin_table **out_table)
{
	size_t parameter = 0;
	stpfin_status status = stpfin_figure_table__new("seek", work->trial, 1, out_table);

	if (status == STPFIN_OK) {
		status = stpfin_table_find(*out_table, "parameter", &parameter);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table__set_text(*out_table, parameter, 0, work->options->parameter);
	}
	if (status == STPFIN_OK) {
		stpfin_figure_table__set(*out_table, 0, &work->trial->figures[work->figure]);
		stpfin_table__named(*out_table, "target")->real[0] = work->options->target;
		stpfin_table__named(*out_table, "value")->real[0] = value;
		stpfin_table__named(*out_table, "reached")->real[0] = reached;
	}
	return status;
}

static stpfin_status check_options(const stpfin_seek_options *options)
{
	if (options == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the options are NULL: a parameter is required, begin with STPFIN_SEEK_OPTIONS_INIT");
	}
	if (options->version != 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the options have no known version: begin with STPFIN_SEEK_OPTIONS_INIT");
	}
	if (options->parameter == NULL || options->measure == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "the %s is NULL: give its name",
			options->parameter == NULL ? "parameter" : "measure");
	}
	if (!(fabs(options->target) <= largest_number)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the target %g is not a number up to 1e15 either way", options->target);
	}
	if (fabs(options->from) > largest_number || fabs(options->to) > largest_number) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the values from %g to %g are out of range: give ends up to 1e15 either way",
			options->from, options->to);
	}
	return STPFIN_OK;
}

static void free_work(struct work *work)
{
	free(work->quantities);
	free(work->cells);
	free(work->figures);
	stpfin_trial_work__free(work->trial_work);
	stpfin_trial__free(work->trial);
}

/* Seeks within a plan of which the parameter is in the table uncertainty. */
static stpfin_status seek(
	struct work *work, const stpfin_plan *plan, bool of_cells, stpfin_table **out_table)
{
	const stpfin_seek_options *options = work->options;
	const struct stpfin_request request = {&options->scenario, options->scenario != NULL ? 1 : 0,
		&options->measure, 1, options->prices, STPFIN_BRIDGE_BY_SCHEME, STPFIN_BRIDGE_SEQUENTIAL};
	double value = 0;
	double missed = 0;
	bool reached = false;
	stpfin_status status = stpfin_trial__new(plan, &request, &work->trial);

	if (status == STPFIN_OK) {
		status = find_figure(work);
	}
	if (status == STPFIN_OK) {
		status = prepare(work, plan);
	}
	if (status == STPFIN_OK) {
		status = find_range(work, of_cells);
	}
	if (status == STPFIN_OK) {
		status = find_value(work, &value, &missed, &reached);
	}
	if (status == STPFIN_OK) {
		status = write_table(work, value, options->target + missed, out_table);
	}
	if (status == STPFIN_OK && !reached) {
		bool is_low = !(value > work->from);
		bool is_high = !(value < work->to);

		status = stpfin_error__set(STPFIN_ERROR_INFEASIBLE,
			"no value of '%s' between %.6g and %.6g brings %s to %.15g: at %.6g%s it comes to "
			"%.15g, which is nearest",
			options->parameter, work->from, work->to, options->measure, options->target, value,
			is_low    ? ", the lower end,"
			: is_high ? ", the upper end,"
					  : "",
			options->target + missed);
	}
	return status;
}

stpfin_status stpfin_seek(const stpfin_plan *plan, const stpfin_seek_options *options,
	stpfin_table **out_table, stpfin_stamp *out_stamp)
{
	struct work work = {.options = options};
	stpfin_plan *alone = NULL;
	stpfin_table *table = NULL;
	bool of_cells;
	stpfin_status status;

	if (out_table != NULL) {
		*out_table = NULL;
	}
	if (plan == NULL || out_table == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	status = check_options(options);
	if (status == STPFIN_OK) {
		status = stpfin_stamp__check(out_stamp);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	work.poll.progress = options->progress;
	work.poll.user_data = options->user_data;
	of_cells = names_cells(plan, options->parameter);
	if (of_cells) {
		status = make_plan(plan, options->parameter, &alone);
	}
	if (status == STPFIN_OK && out_stamp != NULL) {
		status = stpfin_stamp__new(plan, options->prices, out_stamp);
	}
	if (status == STPFIN_OK) {
		status = seek(&work, of_cells ? alone : plan, of_cells, &table);
	}
	if (status == STPFIN_OK || status == STPFIN_ERROR_INFEASIBLE) {
		*out_table = table;
		table = NULL;
	}
	free_work(&work);
	stpfin_table_free(table);
	stpfin_plan_free(alone);
	return status;
}
