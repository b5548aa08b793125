#include "stpfin/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/stamp.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/simulate/figure_table.h"
#include "libstpfin/simulate/simulation.h"
#include "libstpfin/simulate/spread_table.h"
#include "libstpfin/simulate/sweep.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/text.h"

enum { MOST_DRAWS = 1000000000 };

static const char spread_table[] = "simulation";
static const char draws_table[] = "draws";

void stpfin_simulation_free(stpfin_simulation *self)
{
	if (self == NULL) {
		return;
	}
	stpfin_trial__free(self->shown);
	for (size_t i = 0; self->scenarios != NULL && i < self->n_scenarios; i++) {
		free(self->scenarios[i]);
	}
	for (size_t i = 0; self->measures != NULL && i < self->n_measures; i++) {
		free(self->measures[i]);
	}
	free(self->scenarios);
	free(self->measures);
	free(self->values);
	free(self);
}

static stpfin_status check_options(const stpfin_simulate_options *options)
{
	size_t end = options->end > 0 ? options->end : options->draws;

	if (options->version != 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the options have no known version: begin with STPFIN_SIMULATE_OPTIONS_INIT");
	}
	if (options->draws < 1 || options->draws > MOST_DRAWS) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%zu draws cannot be made: give 1 to %d",
			options->draws, (int)MOST_DRAWS);
	}
	if (options->first >= end || end > options->draws) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"draws %zu to before %zu are not within the %zu of the whole: give the first and the "
			"one after the last, from 0 to %zu",
			options->first, end, options->draws, options->draws);
	}
	return STPFIN_OK;
}

static stpfin_status copy_texts(const char *const *texts, size_t n, char ***out_copies)
{
	*out_copies = stpfin_model__array(n, sizeof **out_copies);
	for (size_t i = 0; *out_copies != NULL && i < n; i++) {
		(*out_copies)[i] = stpfin_text__copy(texts[i]);
		if ((*out_copies)[i] == NULL) {
			return stpfin_error__memory();
		}
	}
	return *out_copies != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;
}

/* Keeps of a trial what tables show. */
static stpfin_status keep_shown(const struct stpfin_trial *trial, struct stpfin_trial **out_shown)
{
	struct stpfin_trial *shown = stpfin_model__array(1, sizeof *shown);

	*out_shown = shown;
	if (shown == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	shown->measures = stpfin_dictionary__share(trial->measures);
	shown->scenarios = stpfin_dictionary__share(trial->scenarios);
	shown->places = stpfin_dictionary__share(trial->places);
	shown->figures = stpfin_model__array(trial->n_figures, sizeof *shown->figures);
	shown->central = stpfin_model__array(trial->n_figures, sizeof *shown->central);
	if (shown->figures == NULL || shown->central == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	shown->n_figures = trial->n_figures;
	memcpy(shown->figures, trial->figures, trial->n_figures * sizeof *shown->figures);
	memcpy(shown->central, trial->central, trial->n_figures * sizeof *shown->central);
	return STPFIN_OK;
}

/* Room for the draws of the figures; it is left to be filled once. */
static double *new_values(size_t n_figures, size_t n_draws)
{
	size_t n = stpfin_model__times(n_figures, n_draws);
	double *values = n < SIZE_MAX / sizeof *values ? malloc((n + 1) * sizeof *values) : NULL;

	if (values == NULL) {
		stpfin_error__memory();
	}
	return values;
}

/* Begins a simulation, and the trial it is made with, with room for its draws. */
static stpfin_status begin(const stpfin_plan *plan, const stpfin_simulate_options *options,
	struct stpfin_trial **out_trial, stpfin_simulation **out)
{
	const struct stpfin_request request = {options->scenarios, options->n_scenarios,
		options->measures, options->n_measures, options->prices, options->by, options->method};
	stpfin_simulation *self = stpfin_model__array(1, sizeof *self);
	stpfin_status status;

	*out = self;
	if (self == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	status = stpfin_trial__new(plan, &request, out_trial);
	if (status == STPFIN_OK) {
		status = stpfin_trial__check_uncertain(*out_trial);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	self->n_scenarios = options->n_scenarios;
	self->n_measures = options->n_measures;
	self->by = options->by;
	self->method = options->method;
	self->threads = options->threads;
	self->summary = (stpfin_simulation_summary){.version = 1,
		.draws = options->draws,
		.first = options->first,
		.end = options->end > 0 ? options->end : options->draws,
		.seed = options->seed,
		.parameters = (*out_trial)->uncertain->n_parameters,
		.cells = (*out_trial)->uncertain->n_cells};
	status = copy_texts(options->scenarios, options->n_scenarios, &self->scenarios);
	if (status == STPFIN_OK) {
		status = copy_texts(options->measures, options->n_measures, &self->measures);
	}
	if (status == STPFIN_OK) {
		status = keep_shown(*out_trial, &self->shown);
	}
	if (status == STPFIN_OK) {
		status = stpfin_stamp__new(plan, options->prices, &self->stamp);
		self->stamp.seed = options->seed;
		self->stamp.samples = options->draws;
	}
	if (status == STPFIN_OK) {
		self->values = new_values(self->shown->n_figures, stpfin_simulation__made(self));
		status = self->values != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;
	}
	return status;
}

/* What draws are filled from. */
struct drawing {
	const struct stpfin_trial *trial;
	uint64_t seed;
	uint64_t first;
};

/* A stpfin_fill_cells. */
static void draw(const void *user_data, size_t first, size_t n, double *scratch, double *cells,
	uint64_t *clipped)
{
	const struct drawing *self = user_data;

	stpfin_uncertain__draw(self->trial->uncertain, self->seed, self->first + first, n,
		self->trial->weights, scratch, cells, clipped);
}

/* Refuses draws that are beyond a number, naming the first. */
static stpfin_status check_values(const stpfin_simulation *self)
{
	size_t n = stpfin_simulation__made(self);
	size_t first = n;
	size_t at = 0;

	for (size_t figure = 0; figure < self->shown->n_figures; figure++) {
		const double *values = self->values + figure * n;

		for (size_t i = 0; i < first; i++) {
			if (isinf(values[i])) {
				first = i;
				at = figure;
			}
		}
	}
	if (first < n) {
		const struct stpfin_figure *figure = &self->shown->figures[at];

		return stpfin_error__set(STPFIN_ERROR_OVERFLOW,
			"draw %zu makes %s of '%s' in %d, in scenario %s, more than a number can hold: look "
			"for a distribution of the table uncertainty that is out of proportion",
			self->summary.first + first,
			stpfin_dictionary__text(self->shown->measures, (int32_t)figure->measure),
			stpfin_dictionary__text(self->shown->places, figure->place), (int)figure->year,
			stpfin_dictionary__text(self->shown->scenarios, figure->scenario));
	}
	return STPFIN_OK;
}

stpfin_status stpfin_simulate(const stpfin_plan *plan, const stpfin_simulate_options *options,
	stpfin_simulation **out_simulation)
{
	const stpfin_simulate_options defaults = STPFIN_SIMULATE_OPTIONS_INIT;
	struct stpfin_poll poll = {.progress = NULL};
	struct stpfin_trial *trial = NULL;
	struct stpfin_found found = {.clipped = 0};
	stpfin_simulation *self = NULL;
	stpfin_status status;

	if (out_simulation != NULL) {
		*out_simulation = NULL;
	}
	if (plan == NULL || out_simulation == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	options = options != NULL ? options : &defaults;
	status = check_options(options);
	if (status == STPFIN_OK) {
		status = begin(plan, options, &trial, &self);
	}
	if (status == STPFIN_OK) {
		const struct drawing drawing = {trial, options->seed, options->first};
		const struct stpfin_sweep sweep = {trial, stpfin_simulation__made(self), options->threads,
			draw, &drawing, stpfin_model__times(2 * trial->uncertain->n_dimensions, STPFIN_LANES),
			&poll};

		poll.progress = options->progress;
		poll.user_data = options->user_data;
		status = stpfin_sweep__run(&sweep, self->values, &found);
		self->summary.clipped = found.clipped;
	}
	if (status == STPFIN_OK && found.any_beyond) {
		status = check_values(self);
	}
	stpfin_trial__free(trial);
	if (status != STPFIN_OK) {
		stpfin_simulation_free(self);
		return status;
	}
	*out_simulation = self;
	return STPFIN_OK;
}

stpfin_status stpfin_simulation__begin(const stpfin_plan *plan,
	const stpfin_simulate_options *options, stpfin_simulation **out_simulation)
{
	struct stpfin_trial *trial = NULL;
	stpfin_simulation *self = NULL;
	stpfin_status status = check_options(options);

	*out_simulation = NULL;
	if (status == STPFIN_OK) {
		status = begin(plan, options, &trial, &self);
	}
	stpfin_trial__free(trial);
	if (status != STPFIN_OK) {
		stpfin_simulation_free(self);
		return status;
	}
	*out_simulation = self;
	return STPFIN_OK;
}

stpfin_status stpfin_simulation_restore(const stpfin_plan *plan,
	const stpfin_simulate_options *options, const double *draws, size_t n_draws, uint64_t clipped,
	stpfin_simulation **out_simulation)
{
	const stpfin_simulate_options defaults = STPFIN_SIMULATE_OPTIONS_INIT;
	stpfin_simulation *self = NULL;
	size_t n_wanted;
	stpfin_status status;

	if (out_simulation != NULL) {
		*out_simulation = NULL;
	}
	if (plan == NULL || draws == NULL || out_simulation == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	status = stpfin_simulation__begin(plan, options != NULL ? options : &defaults, &self);
	if (status == STPFIN_OK) {
		n_wanted = self->shown->n_figures * stpfin_simulation__made(self);
		if (n_draws != n_wanted) {
			status = stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"%zu draws are given of %zu: give %zu of each of the %zu figures", n_draws,
				n_wanted, stpfin_simulation__made(self), self->shown->n_figures);
		} else {
			memcpy(self->values, draws, n_draws * sizeof *draws);
			self->summary.clipped = clipped;
			status = check_values(self);
		}
	}
	if (status != STPFIN_OK) {
		stpfin_simulation_free(self);
		return status;
	}
	*out_simulation = self;
	return STPFIN_OK;
}

static bool are_same_texts(char *const *a, size_t n_a, char *const *b, size_t n_b)
{
	for (size_t i = 0; n_a == n_b && i < n_a; i++) {
		if (strcmp(a[i], b[i]) != 0) {
			return false;
		}
	}
	return n_a == n_b;
}

static bool are_same_settings(const stpfin_plan_settings *a, const stpfin_plan_settings *b)
{
	return a->base_year == b->base_year && a->end_year == b->end_year &&
		   a->discount_rate == b->discount_rate && a->long_discount_rate == b->long_discount_rate &&
		   a->capital_charge_rate == b->capital_charge_rate;
}

/* What two pieces are not alike in; NULL if they are of one simulation. */
static const char *find_unlike(const stpfin_simulation *a, const stpfin_simulation *b)
{
	return strcmp(a->stamp.plan_hash, b->stamp.plan_hash) != 0          ? "the plan"
		   : !are_same_settings(&a->stamp.settings, &b->stamp.settings) ? "the settings"
		   : a->summary.seed != b->summary.seed                         ? "the seed"
		   : a->summary.draws != b->summary.draws                       ? "the draws of the whole"
		   : !are_same_texts(a->scenarios, a->n_scenarios, b->scenarios, b->n_scenarios)
			   ? "the scenarios"
		   : !are_same_texts(a->measures, a->n_measures, b->measures, b->n_measures)
			   ? "the measures"
		   : a->stamp.prices != b->stamp.prices       ? "the prices"
		   : a->by != b->by || a->method != b->method ? "the steps of a bridge"
													  : NULL;
}

static int compare_firsts(const void *a, const void *b)
{
	const stpfin_simulation *x = *(const stpfin_simulation *const *)a;
	const stpfin_simulation *y = *(const stpfin_simulation *const *)b;

	return x->summary.first < y->summary.first ? -1 : x->summary.first > y->summary.first;
}

/* Refuses pieces, in order, that are not of one simulation, overlap or leave draws out. */
static stpfin_status check_pieces(const stpfin_simulation *const *pieces, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const char *unlike = find_unlike(pieces[0], pieces[i]);
		const stpfin_simulation_summary *before = &pieces[i - 1]->summary;
		const stpfin_simulation_summary *next = &pieces[i]->summary;

		if (unlike != NULL) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"draws %zu to before %zu and %zu to before %zu are not of one simulation: %s "
				"differ%s",
				pieces[0]->summary.first, pieces[0]->summary.end, next->first, next->end, unlike,
				unlike[strlen(unlike) - 1] == 's' ? "" : "s");
		}
		if (before->end != next->first) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				before->end > next->first
					? "draws %zu to before %zu and %zu to before %zu overlap: give each draw once"
					: "there is a gap between draws %zu to before %zu and %zu to before %zu: give "
					  "those between too",
				before->first, before->end, next->first, next->end);
		}
	}
	return STPFIN_OK;
}

/* Makes one simulation of pieces in order. */
static stpfin_status join(const stpfin_simulation *const *pieces, size_t n, stpfin_simulation *self)
{
	const stpfin_simulation *first = pieces[0];
	size_t n_figures = first->shown->n_figures;
	stpfin_status status;

	self->n_scenarios = first->n_scenarios;
	self->n_measures = first->n_measures;
	self->by = first->by;
	self->method = first->method;
	self->threads = first->threads;
	self->stamp = first->stamp;
	self->summary = first->summary;
	self->summary.end = pieces[n - 1]->summary.end;
	self->summary.clipped = 0;
	status =
		copy_texts((const char *const *)first->scenarios, first->n_scenarios, &self->scenarios);
	if (status == STPFIN_OK) {
		status =
			copy_texts((const char *const *)first->measures, first->n_measures, &self->measures);
	}
	if (status == STPFIN_OK) {
		status = keep_shown(first->shown, &self->shown);
	}
	if (status == STPFIN_OK) {
		self->values = new_values(n_figures, stpfin_simulation__made(self));
		status = self->values != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		size_t made = stpfin_simulation__made(pieces[i]);
		double *to = self->values + (pieces[i]->summary.first - self->summary.first);

		self->summary.clipped += pieces[i]->summary.clipped;
		for (size_t figure = 0; figure < n_figures; figure++) {
			memcpy(to + figure * stpfin_simulation__made(self), pieces[i]->values + figure * made,
				made * sizeof *to);
		}
	}
	return status;
}

stpfin_status stpfin_simulation_join(
	const stpfin_simulation *const *pieces, size_t n, stpfin_simulation **out_simulation)
{
	const stpfin_simulation **sorted = NULL;
	stpfin_simulation *self = NULL;
	stpfin_status status = STPFIN_OK;

	if (out_simulation != NULL) {
		*out_simulation = NULL;
	}
	if (pieces == NULL || n == 0 || out_simulation == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given no pieces", __func__);
	}
	for (size_t i = 0; i < n; i++) {
		if (pieces[i] == NULL) {
			return stpfin_error__set(
				STPFIN_ERROR_ARGUMENT, "piece %zu is NULL: give a simulation", i);
		}
	}
	sorted = stpfin_model__array(n, sizeof *sorted);
	self = stpfin_model__array(1, sizeof *self);
	if (sorted == NULL || self == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	memcpy(sorted, pieces, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, compare_firsts);
	status = check_pieces(sorted, n);
	if (status == STPFIN_OK) {
		status = join(sorted, n, self);
	}
	if (status == STPFIN_OK) {
		*out_simulation = self;
		self = NULL;
	}

out:
	free(sorted);
	stpfin_simulation_free(self);
	return status;
}

static stpfin_status make_draws(const stpfin_simulation *self, stpfin_table **out_table)
{
	size_t n = stpfin_simulation__made(self);
	stpfin_table *table = NULL;
	stpfin_status status = stpfin_figure_table__new(
		draws_table, self->shown, stpfin_model__times(self->shown->n_figures, n), &table);

	if (status == STPFIN_OK) {
		struct stpfin_column *scenario = stpfin_table__named(table, "scenario");
		struct stpfin_column *measure = stpfin_table__named(table, "measure");
		struct stpfin_column *place = stpfin_table__named(table, "place");
		struct stpfin_column *year = stpfin_table__named(table, "year");
		struct stpfin_column *draw = stpfin_table__named(table, "draw");
		struct stpfin_column *value = stpfin_table__named(table, "value");

		for (size_t row = 0; row < self->shown->n_figures * n; row++) {
			const struct stpfin_figure *figure = &self->shown->figures[row / n];

			scenario->whole[row] = figure->scenario;
			measure->whole[row] = (int32_t)figure->measure;
			place->whole[row] = figure->place;
			year->whole[row] = figure->year;
			draw->whole[row] = (int32_t)(self->summary.first + row % n);
			value->real[row] = self->values[row];
		}
	}
	*out_table = table;
	return status;
}

stpfin_status stpfin_simulation_get_table(
	const stpfin_simulation *self, const char *name, stpfin_table **out_table)
{
	static const char *const names[] = {spread_table, draws_table};
	const char *nearest;
	stpfin_table *table = NULL;
	stpfin_status status;

	if (out_table != NULL) {
		*out_table = NULL;
	}
	if (self == NULL || name == NULL || out_table == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	if (strcmp(name, spread_table) == 0) {
		status = stpfin_spread_table__make(self, &table);
	} else if (strcmp(name, draws_table) == 0) {
		status = make_draws(self, &table);
	} else {
		nearest = stpfin_nearest__among(name, names, sizeof names / sizeof *names);
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "a simulation has no result '%s': %s%s%s",
			name, nearest != NULL ? "did you mean " : "it has simulation and draws",
			nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(table);
		return status;
	}
	*out_table = table;
	return STPFIN_OK;
}

stpfin_status stpfin_simulation_get_draws(const stpfin_simulation *self, const double **out_draws,
	size_t *out_n_figures, size_t *out_n_draws)
{
	if (self == NULL || out_draws == NULL || out_n_figures == NULL || out_n_draws == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	*out_draws = self->values;
	*out_n_figures = self->shown->n_figures;
	*out_n_draws = stpfin_simulation__made(self);
	return STPFIN_OK;
}

stpfin_status stpfin_simulation_get_summary(
	const stpfin_simulation *self, stpfin_simulation_summary *out_summary)
{
	if (self == NULL || out_summary == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	if (out_summary->version != 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the summary has no known version: begin with STPFIN_SIMULATION_SUMMARY_INIT");
	}
	*out_summary = self->summary;
	return STPFIN_OK;
}

stpfin_status stpfin_simulation_get_stamp(const stpfin_simulation *self, stpfin_stamp *out_stamp)
{
	return stpfin_stamp__give(self != NULL ? &self->stamp : NULL, out_stamp, __func__);
}
