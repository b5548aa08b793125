#include "libstpfin/simulate/indices.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "libstpfin/health/arrays.h"
#include "libstpfin/model/model.h"
#include "libstpfin/table/random.h"

void stpfin_indices__rank(const double *x, size_t n, size_t *order, double *ranks)
{
	gsl_sort_index(order, x, 1, n);
	for (size_t first = 0, end = 0; first < n; first = end) {
		while (end < n && !(x[order[end]] > x[order[first]])) {
			end++;
		}
		for (size_t i = first; i < end; i++) {
			ranks[order[i]] = (double)(first + 1 + end) / 2;
		}
	}
}

static stpfin_status check_values(const char *name, const double *x, size_t n, size_t expected)
{
	stpfin_status status =
		stpfin_arrays__check_length(name, x, n, expected, "as the first array has");

	if (status == STPFIN_OK && n < 2) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%s has a length of %zu: it must have 2 values at least", name, n);
	}
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		if (!isfinite(x[i])) {
			status = stpfin_arrays__refuse(name, x, i, 0, "a finite number");
		}
	}
	return status;
}

stpfin_status stpfin_rank_correlation(
	const double *x, size_t n_x, const double *y, size_t n_y, double *out_correlation)
{
	size_t *order = NULL;
	double *ranks = NULL;
	stpfin_status status;

	if (out_correlation == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	status = check_values("x", x, n_x, n_x);
	if (status == STPFIN_OK) {
		status = check_values("y", y, n_y, n_x);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	order = stpfin_model__array(n_x, sizeof *order);
	ranks = stpfin_model__array(stpfin_model__times(n_x, 2), sizeof *ranks);
	if (order == NULL || ranks == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	stpfin_indices__rank(x, n_x, order, ranks);
	stpfin_indices__rank(y, n_x, order, ranks + n_x);
	*out_correlation = gsl_stats_correlation(ranks, 1, ranks + n_x, 1, n_x);

out:
	free(order);
	free(ranks);
	return status;
}

/* Fills the rows of one repetition, drawn with replacement. */
static void draw_rows(uint32_t *rows, size_t n, uint64_t seed, size_t repetition)
{
	/* "sobol" in ASCII: a stream of this use's own. */
	struct stpfin_random_state state = {seed, 0x736F626F6C, repetition, 0};
	const gsl_rng generator = stpfin_random__generator(&state);

	for (size_t i = 0; i < n; i++) {
		rows[i] = (uint32_t)gsl_rng_uniform_int(&generator, n);
	}
}

stpfin_status stpfin_resample__new(
	struct stpfin_resample *self, size_t n, size_t repetitions, uint64_t seed)
{
	*self = (struct stpfin_resample){.n = n, .repetitions = repetitions};
	self->rows = stpfin_model__array(stpfin_model__times(n, repetitions), sizeof *self->rows);
	self->first = stpfin_model__array(repetitions, sizeof *self->first);
	self->total = stpfin_model__array(repetitions, sizeof *self->total);
	if (self->rows == NULL || self->first == NULL || self->total == NULL) {
		stpfin_resample__free(self);
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < repetitions; i++) {
		draw_rows(self->rows + i * n, n, seed, i);
	}
	return STPFIN_OK;
}

void stpfin_resample__free(struct stpfin_resample *self)
{
	free(self->rows);
	free(self->first);
	free(self->total);
	*self = (struct stpfin_resample){.n = 0};
}

/* The indices of the rows given (NULL: all, in order). The values are taken from `centre`, which
 * changes nothing but keeps squares from losing what they differ by. */
static void find_indices(const double *a, const double *b, const double *mixed, size_t n,
	const uint32_t *rows, double centre, double *out_first, double *out_total)
{
	double sum = 0;
	double squares = 0;
	double steps = 0;
	double products = 0;
	double step_squares = 0;
	double mean;
	double variance;

	for (size_t i = 0; i < n; i++) {
		size_t row = rows != NULL ? rows[i] : i;
		double of_a = a[row] - centre;
		double of_b = b[row] - centre;
		double step = mixed[row] - a[row];

		sum += of_a + of_b;
		squares += of_a * of_a + of_b * of_b;
		steps += step;
		products += of_b * step;
		step_squares += step * step;
	}
	mean = sum / (double)(2 * n);
	variance = (squares - sum * mean) / (double)(2 * n - 1);
	*out_first = (products - mean * steps) / (double)n / variance;
	*out_total = step_squares / (double)(2 * n) / variance;
}

/* The 95% interval of values that it sorts; NaNs where there are none, or not all are numbers. */
static void find_interval(double *values, size_t n, double *out_lower, double *out_upper)
{
	bool finite = n > 0;

	for (size_t i = 0; i < n; i++) {
		finite = finite && isfinite(values[i]);
	}
	*out_lower = (double)NAN;
	*out_upper = (double)NAN;
	if (finite) {
		gsl_sort(values, 1, n);
		*out_lower = gsl_stats_quantile_from_sorted_data(values, 1, n, 0.025);
		*out_upper = gsl_stats_quantile_from_sorted_data(values, 1, n, 0.975);
	}
}

void stpfin_resample__indices(const struct stpfin_resample *self, const double *a, const double *b,
	const double *mixed, double indices[6])
{
	double centre = a[0];
	bool varies = false;

	for (size_t i = 0; i < self->n; i++) {
		varies = varies || a[i] < centre || a[i] > centre || b[i] < centre || b[i] > centre;
	}
	if (!varies) {
		for (size_t i = 0; i < 6; i++) {
			indices[i] = (double)NAN;
		}
		return;
	}
	find_indices(a, b, mixed, self->n, NULL, centre, &indices[0], &indices[3]);
	for (size_t i = 0; i < self->repetitions; i++) {
		find_indices(a, b, mixed, self->n, self->rows + i * self->n, centre, &self->first[i],
			&self->total[i]);
	}
	find_interval(self->first, self->repetitions, &indices[1], &indices[2]);
	find_interval(self->total, self->repetitions, &indices[4], &indices[5]);
}

stpfin_status stpfin_sobol_indices(const double *a, size_t n_a, const double *b, size_t n_b,
	const double *mixed, size_t n_mixed, size_t repetitions, uint64_t seed, size_t n_indices,
	double *indices)
{
	struct stpfin_resample resample;
	stpfin_status status = check_values("a", a, n_a, n_a);

	if (status == STPFIN_OK) {
		status = check_values("b", b, n_b, n_a);
	}
	if (status == STPFIN_OK) {
		status = check_values("mixed", mixed, n_mixed, n_a);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_length(
			"indices", indices, n_indices, 6, "three of each of the two indices");
	}
	if (status == STPFIN_OK && n_a > UINT32_MAX) {
		status = stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"a has a length of %zu: it can have %u at most", n_a, UINT32_MAX);
	}
	if (status == STPFIN_OK) {
		status = stpfin_resample__new(&resample, n_a, repetitions, seed);
	}
	if (status == STPFIN_OK) {
		stpfin_resample__indices(&resample, a, b, mixed, indices);
		stpfin_resample__free(&resample);
	}
	return status;
}
