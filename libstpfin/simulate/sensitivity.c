#include "stpfin/sensitivity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

#include "libstpfin/model/result.h"
#include "libstpfin/model/stamp.h"
#include "libstpfin/simulate/figure_table.h"
#include "libstpfin/simulate/indices.h"
#include "libstpfin/simulate/normal.h"
#include "libstpfin/simulate/sweep.h"
#include "libstpfin/table/error.h"

/* The columns of sensitivity that are found, in their order. */
enum column {
	LOW,
	HIGH,
	RANK_CORRELATION,
	FIRST_ORDER, /* and its interval, total and its interval, as stpfin_sobol_indices() has them */
	N_COLUMNS = FIRST_ORDER + 6
};

struct work {
	const stpfin_sensitivity_options *options;
	struct stpfin_trial *trial;
	struct stpfin_poll poll;
	size_t parameter; /* of Sobol's indices: the one that is of the second sample */
	size_t n_sobol;   /* draws of a sample, in whole blocks */
	uint64_t clipped; /* counted, and not reported: a tornado's values are no draws */
	double *found;    /* by parameter, figure and column */
};

static double *found(const struct work *work, size_t parameter, size_t figure)
{
	return work->found + (parameter * work->trial->n_figures + figure) * N_COLUMNS;
}

static size_t count_blocks(size_t n)
{
	return n / STPFIN_LANES + (n % STPFIN_LANES > 0);
}

static stpfin_status sweep(
	struct work *work, stpfin_fill_cells *fill, size_t n, size_t n_scratch, double *values)
{
	struct stpfin_sweep sweep = {
		work->trial, n, work->options->threads, fill, work, n_scratch, &work->poll};

	struct stpfin_found on_the_way;
	stpfin_status status = stpfin_sweep__run(&sweep, values, &on_the_way);

	work->clipped += on_the_way.clipped;
	return status;
}

/* Room for the values of n trials of each figure. */
static double *new_values(const struct work *work, size_t n)
{
	return stpfin_model__array(stpfin_model__times(work->trial->n_figures, n), sizeof(double));
}

/* Writes a parameter's cells into one lane, its draws at a quantile of the normal. */
static void set_percentile(const struct work *work, size_t parameter, double normal, size_t lane,
	double *scratch, double *cells, uint64_t *clipped)
{
	const struct stpfin_uncertain *uncertain = work->trial->uncertain;
	double *normals = scratch;
	double *quantities = normals + uncertain->n_dimensions * STPFIN_LANES;
	double *all = quantities + uncertain->n_dimensions * STPFIN_LANES;

	for (size_t i = 0; i < uncertain->n_dimensions * STPFIN_LANES; i++) {
		normals[i] = normal;
	}
	stpfin_uncertain__quantities(uncertain, normals, quantities);
	stpfin_uncertain__cells(uncertain, quantities, parameter, 1, all, clipped);
	for (size_t cell = 0; cell < uncertain->n_cells; cell++) {
		cells[cell * STPFIN_LANES + lane] = all[cell * STPFIN_LANES];
	}
}

/* A tornado's trials: of each parameter, low and high. */
static void fill_tornado(const void *user_data, size_t first, size_t n, double *scratch,
	double *cells, uint64_t *clipped)
{
	const struct work *work = user_data;

	for (size_t lane = 0; lane < n; lane++) {
		size_t trial = first + lane;

		set_percentile(work, trial / 2, trial % 2 == 0 ? -STPFIN_NORMAL_P90 : STPFIN_NORMAL_P90,
			lane, scratch, cells, clipped);
	}
}

static stpfin_status find_tornado(struct work *work)
{
	const struct stpfin_uncertain *uncertain = work->trial->uncertain;
	size_t n = 2 * uncertain->n_parameters;
	/* What set_percentile() lays out. */
	size_t n_scratch = (2 * uncertain->n_dimensions + uncertain->n_cells) * STPFIN_LANES;
	double *values = new_values(work, n);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (values != NULL) {
		status = sweep(work, fill_tornado, n, n_scratch, values);
	}
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		for (size_t figure = 0; figure < work->trial->n_figures; figure++) {
			found(work, i / 2, figure)[i % 2 == 0 ? LOW : HIGH] = values[figure * n + i];
		}
	}
	free(values);
	return status;
}

static void fill_draws(const void *user_data, size_t first, size_t n, double *scratch,
	double *cells, uint64_t *clipped)
{
	const struct work *work = user_data;

	stpfin_uncertain__draw(
		work->trial->uncertain, work->options->seed, first, n, NULL, scratch, cells, clipped);
}

/* Fills what each parameter was in each of n draws, by parameter: the mean over its years. */
static void find_draws(const struct work *work, size_t n, double *scratch, double *draws)
{
	const struct stpfin_uncertain *uncertain = work->trial->uncertain;
	double *quantities = scratch + uncertain->n_dimensions * STPFIN_LANES;

	for (size_t draw = 0; draw < n; draw++) {
		size_t lane = draw % STPFIN_LANES;

		if (lane == 0) {
			stpfin_uncertain__normals(uncertain, work->options->seed, draw, scratch);
			stpfin_uncertain__quantities(uncertain, scratch, quantities);
		}
		for (size_t i = 0; i < uncertain->n_parameters; i++) {
			size_t begin = uncertain->first_dimension[i];
			size_t end = uncertain->first_dimension[i + 1];
			double sum = 0;

			for (size_t dimension = begin; dimension < end; dimension++) {
				sum += quantities[dimension * STPFIN_LANES + lane];
			}
			draws[i * n + draw] = sum / (double)(end - begin);
		}
	}
}

/* A NaN among values means that some trial has none: no statistic of them is one. */
static bool is_finite(const double *values, size_t n)
{
	bool finite = true;

	for (size_t i = 0; i < n; i++) {
		finite = finite && isfinite(values[i]);
	}
	return finite;
}

static stpfin_status find_rank_correlations(struct work *work)
{
	const struct stpfin_uncertain *uncertain = work->trial->uncertain;
	size_t n = work->options->draws;
	size_t n_scratch = 2 * uncertain->n_dimensions * STPFIN_LANES;
	double *values = new_values(work, n);
	double *draws =
		stpfin_model__array(stpfin_model__times(uncertain->n_parameters, n), sizeof *draws);
	double *scratch = stpfin_model__array(n_scratch, sizeof *scratch);
	double *ranks = stpfin_model__array(n, sizeof *ranks);
	size_t *order = stpfin_model__array(n, sizeof *order);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (values != NULL && draws != NULL && scratch != NULL && ranks != NULL && order != NULL) {
		status = sweep(work, fill_draws, n, n_scratch, values);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	find_draws(work, n, scratch, draws);
	for (size_t i = 0; i < uncertain->n_parameters; i++) {
		double *own = draws + i * n;

		stpfin_indices__rank(own, n, order, ranks);
		for (size_t j = 0; j < n; j++) {
			own[j] = ranks[j];
		}
	}
	for (size_t figure = 0; figure < work->trial->n_figures; figure++) {
		if (!is_finite(values + figure * n, n)) {
			continue;
		}
		stpfin_indices__rank(values + figure * n, n, order, ranks);
		for (size_t i = 0; i < uncertain->n_parameters; i++) {
			found(work, i, figure)[RANK_CORRELATION] =
				gsl_stats_correlation(draws + i * n, 1, ranks, 1, n);
		}
	}

out:
	free(values);
	free(draws);
	free(scratch);
	free(ranks);
	free(order);
	return status;
}

/* The first sample, but the parameter's draws are those of the second. */
static void fill_mixed(const void *user_data, size_t first, size_t n, double *scratch,
	double *cells, uint64_t *clipped)
{
	const struct work *work = user_data;
	const struct stpfin_uncertain *uncertain = work->trial->uncertain;
	double *quantities = scratch + uncertain->n_dimensions * STPFIN_LANES;
	size_t begin = uncertain->first_dimension[work->parameter] * STPFIN_LANES;
	size_t end = uncertain->first_dimension[work->parameter + 1] * STPFIN_LANES;

	stpfin_uncertain__normals(uncertain, work->options->seed, first, scratch);
	stpfin_uncertain__normals(uncertain, work->options->seed, work->n_sobol + first, quantities);
	for (size_t i = begin; i < end; i++) {
		scratch[i] = quantities[i];
	}
	stpfin_uncertain__quantities(uncertain, scratch, quantities);
	stpfin_uncertain__cells(uncertain, quantities, STPFIN_EVERY_PARAMETER, n, cells, clipped);
}

static stpfin_status find_sobol(struct work *work)
{
	const struct stpfin_trial *trial = work->trial;
	size_t n_scratch = 2 * trial->uncertain->n_dimensions * STPFIN_LANES;
	size_t n = work->options->sobol;
	double *samples;
	double *mixed;
	struct stpfin_resample resample = {.n = 0};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	/* A block is of one sample. */
	work->n_sobol = count_blocks(n) * STPFIN_LANES;
	samples = new_values(work, stpfin_model__times(2, work->n_sobol));
	mixed = new_values(work, n);
	if (samples != NULL && mixed != NULL) {
		status =
			stpfin_resample__new(&resample, n, work->options->repetitions, work->options->seed);
	}
	if (status == STPFIN_OK) {
		/* The second sample is of the draws that come after the first. */
		status = sweep(work, fill_draws, 2 * work->n_sobol, n_scratch, samples);
	}
	for (size_t i = 0; i < trial->uncertain->n_parameters && status == STPFIN_OK; i++) {
		work->parameter = i;
		status = sweep(work, fill_mixed, n, n_scratch, mixed);
		for (size_t figure = 0; figure < trial->n_figures && status == STPFIN_OK; figure++) {
			const double *a = samples + figure * 2 * work->n_sobol;
			const double *b = a + work->n_sobol;

			status = stpfin_poll__ask(&work->poll, i, trial->uncertain->n_parameters);
			if (status == STPFIN_OK && is_finite(a, n) && is_finite(b, n) &&
				is_finite(mixed + figure * n, n)) {
				stpfin_resample__indices(
					&resample, a, b, mixed + figure * n, found(work, i, figure) + FIRST_ORDER);
			}
		}
	}
	free(samples);
	free(mixed);
	stpfin_resample__free(&resample);
	return status;
}

/* Gives the table the names of the parameters, in their order. */
static stpfin_status name_parameters(const struct stpfin_trial *trial, stpfin_table *table)
{
	const struct stpfin_column *parameters =
		stpfin_table__named(stpfin_plan__table(trial->plan, "uncertainty"), "parameter");

	for (size_t i = 0; i < trial->uncertain->n_parameters; i++) {
		const char *name = stpfin_dictionary__text(parameters->dictionary, parameters->whole[i]);

		if (stpfin_dictionary__intern(
				stpfin_table__named(table, "parameter")->dictionary, name, strlen(name)) < 0) {
			return stpfin_error__memory();
		}
	}
	return STPFIN_OK;
}

/* Writes what was found: by scenario and, of each, by parameter. */
static stpfin_status write_table(const struct work *work, stpfin_table **out_table)
{
	static const char *const names[N_COLUMNS] = {"low", "high", "rank_correlation", "first_order",
		"first_lower", "first_upper", "total", "total_lower", "total_upper"};
	const struct stpfin_trial *trial = work->trial;
	size_t n_parameters = trial->uncertain->n_parameters;
	stpfin_table *table = NULL;
	size_t row = 0;
	stpfin_status status = stpfin_figure_table__new(
		"sensitivity", trial, stpfin_model__times(trial->n_figures, n_parameters), &table);

	*out_table = table;
	if (status != STPFIN_OK) {
		return status;
	}
	status = name_parameters(trial, table);
	if (status != STPFIN_OK) {
		return status;
	}
	for (size_t first = 0, end = 0; first < trial->n_figures; first = end) {
		while (end < trial->n_figures &&
			   trial->figures[end].scenario == trial->figures[first].scenario) {
			end++;
		}
		for (size_t i = 0; i < n_parameters; i++) {
			for (size_t figure = first; figure < end; figure++, row++) {
				stpfin_figure_table__set(table, row, &trial->figures[figure]);
				stpfin_table__named(table, "parameter")->whole[row] = (int32_t)i;
				for (size_t column = 0; column < N_COLUMNS; column++) {
					stpfin_table__named(table, names[column])->real[row] =
						found(work, i, figure)[column];
				}
			}
		}
	}
	return STPFIN_OK;
}

static stpfin_status check_options(const stpfin_sensitivity_options *options)
{
	if (options->version != 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the options have no known version: begin with STPFIN_SENSITIVITY_OPTIONS_INIT");
	}
	if (options->draws == 1 || options->sobol == 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"one draw has no variation: ask for 2 or more of %s, or 0 to leave it out",
			options->draws == 1 ? "the rank correlation" : "Sobol's indices");
	}
	if (options->draws > INT32_MAX || options->sobol > INT32_MAX / 2) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%zu draws are more than can be counted: ask for at most %d",
			options->draws > INT32_MAX ? options->draws : options->sobol,
			options->draws > INT32_MAX ? INT32_MAX : INT32_MAX / 2);
	}
	return STPFIN_OK;
}

stpfin_status stpfin_sensitivity(const stpfin_plan *plan, const stpfin_sensitivity_options *options,
	stpfin_table **out_table, stpfin_stamp *out_stamp)
{
	const stpfin_sensitivity_options defaults = STPFIN_SENSITIVITY_OPTIONS_INIT;
	struct work work = {.trial = NULL};
	stpfin_table *table = NULL;
	size_t n;
	stpfin_status status;

	if (out_table != NULL) {
		*out_table = NULL;
	}
	if (plan == NULL || out_table == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	work.options = options != NULL ? options : &defaults;
	status = check_options(work.options);
	if (status == STPFIN_OK) {
		status = stpfin_stamp__check(out_stamp);
	}
	if (status == STPFIN_OK) {
		const struct stpfin_request request = {work.options->scenarios, work.options->n_scenarios,
			work.options->measures, work.options->n_measures, work.options->prices,
			work.options->by, work.options->method};

		work.poll.progress = work.options->progress;
		work.poll.user_data = work.options->user_data;
		status = stpfin_trial__new(plan, &request, &work.trial);
	}
	if (status == STPFIN_OK) {
		status = stpfin_trial__check_uncertain(work.trial);
	}
	if (status == STPFIN_OK && work.options->sobol > 0 && work.trial->uncertain->is_correlated) {
		status = stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"Sobol's indices are of independent parameters, and the plan has rows in correlation: "
			"leave the indices out, or the correlations");
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	n = stpfin_model__times(
		stpfin_model__times(work.trial->n_figures, N_COLUMNS), work.trial->uncertain->n_parameters);
	work.found = stpfin_model__array(n, sizeof *work.found);
	if (work.found == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		work.found[i] = (double)NAN;
	}
	status = find_tornado(&work);
	if (status == STPFIN_OK && work.options->draws > 0) {
		status = find_rank_correlations(&work);
	}
	if (status == STPFIN_OK && work.options->sobol > 0) {
		status = find_sobol(&work);
	}
	if (status == STPFIN_OK) {
		status = write_table(&work, &table);
	}
	if (status == STPFIN_OK) {
		status = stpfin_result__check(table);
	}
	if (status == STPFIN_OK && out_stamp != NULL) {
		status = stpfin_stamp__new(plan, work.options->prices, out_stamp);
		out_stamp->seed = work.options->seed;
		out_stamp->samples = work.options->draws > 0 ? work.options->draws : work.options->sobol;
	}
	if (status == STPFIN_OK) {
		*out_table = table;
		table = NULL;
	}

out:
	stpfin_table_free(table);
	free(work.found);
	stpfin_trial__free(work.trial);
	return status;
}
