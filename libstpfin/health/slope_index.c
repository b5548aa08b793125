#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "libstpfin/health/arrays.h"
#include "libstpfin/table/random.h"
#include "stpfin/health.h"

enum { LEAST_REPETITIONS = 100, MOST_REPETITIONS = 1000000 };

static double to_scale(stpfin_transform transform, double x)
{
	return transform == STPFIN_TRANSFORM_LOG     ? log(x)
		   : transform == STPFIN_TRANSFORM_LOGIT ? log(x / (1 - x))
												 : x;
}

static double from_scale(stpfin_transform transform, double y)
{
	return transform == STPFIN_TRANSFORM_LOG     ? exp(y)
		   : transform == STPFIN_TRANSFORM_LOGIT ? 1 / (1 + exp(-y))
												 : y;
}

/* How fast the scale moves with the value: what a small error is multiplied by. */
static double stretch(stpfin_transform transform, double x)
{
	return transform == STPFIN_TRANSFORM_LOG     ? 1 / x
		   : transform == STPFIN_TRANSFORM_LOGIT ? 1 / (x * (1 - x))
												 : 1;
}

struct line {
	double start;
	double slope;
	double relative;
};

/* The line through y, at its two ends on the scale of the values. */
static struct line fit(stpfin_transform transform, const double *rank, const double *population,
	const double *y, size_t n)
{
	double start, slope, unused, end;
	struct line line;

	gsl_fit_wlinear(
		rank, 1, population, 1, y, 1, n, &start, &slope, &unused, &unused, &unused, &unused);
	end = from_scale(transform, start + slope);
	line.start = from_scale(transform, start);
	line.slope = transform == STPFIN_TRANSFORM_NONE ? slope : end - line.start;
	line.relative = end / line.start;
	return line;
}

static double finite_or_missing(double x)
{
	return isfinite(x) ? x : NAN;
}

/* A standard normal number of the repetition and quantile. */
static double draw(uint64_t seed, size_t repetition, size_t quantile)
{
	/* "slope" in ASCII: a stream of this use's own. */
	static const uint64_t stream = 0x736C6F7065;

	return gsl_cdf_ugaussian_Pinv(stpfin_random__uniform(seed, stream, repetition, quantile));
}

static void find_limits(
	double *values, size_t n, double confidence, double *out_lower, double *out_upper)
{
	bool missing = false;

	for (size_t i = 0; i < n; i++) {
		missing |= !isfinite(values[i]);
	}
	if (missing) {
		*out_lower = *out_upper = NAN;
		return;
	}
	gsl_sort(values, 1, n);
	*out_lower = gsl_stats_quantile_from_sorted_data(values, 1, n, (1 - confidence) / 2);
	*out_upper = gsl_stats_quantile_from_sorted_data(values, 1, n, (1 + confidence) / 2);
}

static stpfin_status check(const double *population, size_t n, const double *value, size_t n_value,
	const double *standard_error, size_t n_standard_error, stpfin_transform transform)
{
	stpfin_status status = stpfin_arrays__check_given("population", population, n);

	if (status == STPFIN_OK && n < 2) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"population has a length of %zu: there must be 2 quantiles at least", n);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_length("value", value, n_value, n, "as population has");
	}
	if (status == STPFIN_OK && (standard_error != NULL || n_standard_error > 0)) {
		status = stpfin_arrays__check_length("standard_error", standard_error, n_standard_error, n,
			"as population has, or be left out with NULL and 0");
	}
	if (status == STPFIN_OK &&
		((int)transform < STPFIN_TRANSFORM_NONE || (int)transform > STPFIN_TRANSFORM_LOGIT)) {
		status = stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"transform is %d: it must be 0 (none), 1 (log) or 2 (logit)", (int)transform);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_values("population", population, n, 0, STPFIN_ABOVE_0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_values("value", value, n, 0,
			transform == STPFIN_TRANSFORM_NONE ? STPFIN_ANY_NUMBER : STPFIN_ABOVE_0);
	}
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		if (transform == STPFIN_TRANSFORM_LOGIT && value[i] >= 1) {
			status = stpfin_arrays__refuse("value", value, i, 0, "below 1 to have a logit");
		}
	}
	if (status == STPFIN_OK && standard_error != NULL) {
		status =
			stpfin_arrays__check_values("standard_error", standard_error, n, 0, STPFIN_NOT_BELOW_0);
	}
	return status;
}

stpfin_status stpfin_slope_index(const double *population, size_t n_population, const double *value,
	size_t n_value, const double *standard_error, size_t n_standard_error,
	stpfin_transform transform, double confidence, size_t repetitions, uint64_t seed,
	double *out_slope, double *out_slope_lower, double *out_slope_upper, double *out_relative,
	double *out_relative_lower, double *out_relative_upper, double *out_intercept)
{
	const size_t n = n_population;
	double *work = NULL, *slopes = NULL;
	double *rank, *y, *error, *drawn, *relatives;
	double total = 0, before = 0;
	bool missing = false, simulated = standard_error != NULL;
	struct line line;
	double slope_lower = NAN, slope_upper = NAN, relative_lower = NAN, relative_upper = NAN;
	stpfin_status status =
		check(population, n, value, n_value, standard_error, n_standard_error, transform);

	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_confidence(confidence);
	}
	if (status == STPFIN_OK && simulated &&
		(repetitions < LEAST_REPETITIONS || repetitions > MOST_REPETITIONS)) {
		status =
			stpfin_error__set(STPFIN_ERROR_ARGUMENT, "repetitions is %zu: it must be from %d to %d",
				repetitions, LEAST_REPETITIONS, MOST_REPETITIONS);
	}
	if (status == STPFIN_OK &&
		(out_slope == NULL || out_slope_lower == NULL || out_slope_upper == NULL ||
			out_relative == NULL || out_relative_lower == NULL || out_relative_upper == NULL ||
			out_intercept == NULL)) {
		status = stpfin_error__set(
			STPFIN_ERROR_ARGUMENT, "an output of the slope index is NULL: all seven are needed");
	}
	if (status != STPFIN_OK) {
		return status;
	}

	work = calloc(n, 4 * sizeof *work);
	if (work == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	rank = work;
	y = rank + n;
	error = y + n;
	drawn = error + n;
	for (size_t i = 0; i < n; i++) {
		total += population[i];
	}
	for (size_t i = 0; i < n; i++) {
		rank[i] = (before + population[i] / 2) / total;
		before += population[i];
		y[i] = to_scale(transform, value[i]);
		missing |= isnan(population[i]) || isnan(value[i]);
		if (simulated) {
			error[i] = standard_error[i] * stretch(transform, value[i]);
		}
	}
	line = fit(transform, rank, population, y, n);

	if (simulated && !missing) {
		slopes = calloc(repetitions, 2 * sizeof *slopes);
		if (slopes == NULL) {
			status = stpfin_error__memory();
			goto out;
		}
		relatives = slopes + repetitions;
		for (size_t i = 0; i < repetitions; i++) {
			struct line one;

			for (size_t j = 0; j < n; j++) {
				drawn[j] = y[j] + error[j] * draw(seed, i, j);
			}
			one = fit(transform, rank, population, drawn, n);
			slopes[i] = one.slope;
			relatives[i] = one.relative;
		}
		find_limits(slopes, repetitions, confidence, &slope_lower, &slope_upper);
		find_limits(relatives, repetitions, confidence, &relative_lower, &relative_upper);
	}
	*out_slope = missing ? NAN : finite_or_missing(line.slope);
	*out_relative = missing ? NAN : finite_or_missing(line.relative);
	*out_intercept = missing ? NAN : finite_or_missing(line.start);
	*out_slope_lower = slope_lower;
	*out_slope_upper = slope_upper;
	*out_relative_lower = relative_lower;
	*out_relative_upper = relative_upper;

out:
	free(work);
	free(slopes);
	return status;
}
