#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "libstpfin/health/arrays.h"
#include "stpfin/quality.h"

/* The limits of a funnel, from the lowest to the highest, and the probability beyond each. */
enum { LOWER_998, LOWER_95, UPPER_95, UPPER_998, N_LIMITS };

static const double tails[N_LIMITS] = {0.001, 0.025, 0.025, 0.001};

/* From where on a gamma quantile is told by its expansion. */
static const double large = 1e4;

/* Below this shape no quantile is above 0 by any number that may be expected. */
static const double least_shape = 0.01;

static stpfin_status check_kind(stpfin_indicator_kind kind)
{
	if ((int)kind < STPFIN_PROPORTION || (int)kind > STPFIN_RATIO) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"kind is %d: it must be 0 (proportion), 1 (rate) or 2 (ratio)", (int)kind);
	}
	return STPFIN_OK;
}

/* The scale on which all values have nearly the same standard error, 1 / (2 √denominator). */
static double to_scale(stpfin_indicator_kind kind, double value)
{
	return kind == STPFIN_PROPORTION ? asin(sqrt(value)) : sqrt(value);
}

static double from_scale(stpfin_indicator_kind kind, double y)
{
	double root = fmax(y, 0);

	if (kind == STPFIN_PROPORTION) {
		root = y < to_scale(kind, 1) ? sin(root) : 1;
	}
	return root * root;
}

/* Draws the 10% at either end in to the percentiles there; `sorted` is room for n values. */
static void winsorise(double *z, size_t n, double *sorted)
{
	double low, high;

	for (size_t i = 0; i < n; i++) {
		sorted[i] = z[i];
	}
	gsl_sort(sorted, 1, n);
	low = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.1);
	high = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.9);
	for (size_t i = 0; i < n; i++) {
		z[i] = fmin(fmax(z[i], low), high);
	}
}

static bool is_known(double numerator, double denominator)
{
	return !isnan(numerator) && denominator > 0;
}

stpfin_status stpfin_funnel_variation(stpfin_indicator_kind kind, const double *numerator,
	size_t n_numerator, const double *denominator, size_t n_denominator, double *out_centre,
	double *out_phi, double *out_tau_squared)
{
	double events = 0, persons = 0, squares = 0, spread = 0, centre, excess;
	double *z = NULL;
	size_t n = 0;
	stpfin_status status = check_kind(kind);

	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_fractions(
			numerator, n_numerator, denominator, n_denominator, kind == STPFIN_PROPORTION);
	}
	if (status == STPFIN_OK && (out_centre == NULL || out_phi == NULL || out_tau_squared == NULL)) {
		status = stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"an output is NULL: out_centre, out_phi and out_tau_squared are needed");
	}
	if (status != STPFIN_OK) {
		return status;
	}
	for (size_t i = 0; i < n_numerator; i++) {
		if (is_known(numerator[i], denominator[i])) {
			events += numerator[i];
			persons += denominator[i];
			n++;
		}
	}
	if (n == 0) {
		*out_centre = *out_phi = *out_tau_squared = NAN;
		return STPFIN_OK;
	}
	z = calloc(n, 2 * sizeof *z);
	if (z == NULL) {
		return stpfin_error__memory();
	}
	centre = to_scale(kind, events / persons);
	for (size_t i = 0, at = 0; i < n_numerator; i++) {
		if (is_known(numerator[i], denominator[i])) {
			z[at++] =
				(to_scale(kind, numerator[i] / denominator[i]) - centre) * 2 * sqrt(denominator[i]);
			/* With weights w = 1 / s² = 4 denominator, Σ w − Σ w² / Σ w. */
			spread += 4 * denominator[i] * ((persons - denominator[i]) / persons);
		}
	}
	winsorise(z, n, z + n);
	for (size_t i = 0; i < n; i++) {
		squares += z[i] * z[i];
	}
	excess = squares - (double)(n - 1);
	*out_centre = events / persons;
	*out_phi = squares / (double)n;
	*out_tau_squared = excess > 0 && spread > 0 ? excess / spread : 0;
	free(z);
	return STPFIN_OK;
}

/* Whether the quantile of a gamma distribution (of scale 1), where `p` lies below and z is that of
 * the standard normal, is below x. */
static bool is_quantile_below(double shape, double p, double z, double x)
{
	if (x < large) {
		gsl_sf_result below;

		gsl_sf_gamma_inc_P_e(shape, x, &below);
		return below.val > p;
	}
	/* Cornish and Fisher's expansion (Goldberg and Levine, 1946). */
	double root = sqrt(shape), z2 = z * z;

	return shape + z * root + (z2 - 1) / 3 + z * (z2 - 7) / (36 * root) -
			   (3 * z2 * z2 + 7 * z2 - 16) / (810 * shape) +
			   z * (9 * z2 * z2 + 256 * z2 - 433) / (38880 * shape * root) <
		   x;
}

/* A shape whose quantiles that matter here are all above x. */
static double highest_shape(double x)
{
	return x + 10 * sqrt(x) + 20;
}

/* The shape of the gamma distribution whose quantile x is, at least `from`. */
static double find_shape(double p, double x, double from)
{
	double z = gsl_cdf_ugaussian_Pinv(p);
	double low = from, high = highest_shape(x);
	double middle = low + (high - low) / 2;

	while (middle > low && middle < high) {
		if (is_quantile_below(middle, p, z, x)) {
			low = middle;
		} else {
			high = middle;
		}
		middle = low + (high - low) / 2;
	}
	return low;
}

/* The count whose exact interval just reaches the expected one: a count has P(Γ(count) ≤ expected)
 * for as many or more, and P(Γ(count + 1) > expected) for as many or fewer. */
static double poisson_limit(double expected, double tail, bool upper)
{
	return expected == 0 ? 0
		   : upper       ? find_shape(tail, expected, least_shape)
						 : find_shape(1 - tail, expected, 1) - 1;
}

static void find_limits(stpfin_indicator_kind kind, double denominator, double centre,
	double tau_squared, double limits[N_LIMITS])
{
	for (size_t i = 0; i < N_LIMITS; i++) {
		bool upper = i >= UPPER_95;
		double z = upper ? gsl_cdf_ugaussian_Qinv(tails[i]) : gsl_cdf_ugaussian_Pinv(tails[i]);

		if (!(denominator > 0) || isnan(centre) || isnan(tau_squared)) {
			limits[i] = NAN;
		} else if (tau_squared > 0) {
			limits[i] = from_scale(
				kind, to_scale(kind, centre) + z * sqrt(1 / (4 * denominator) + tau_squared));
		} else if (kind == STPFIN_PROPORTION) {
			limits[i] = fmin(fmax(centre + z * sqrt(centre * (1 - centre) / denominator), 0), 1);
		} else {
			limits[i] = poisson_limit(centre * denominator, tails[i], upper) / denominator;
		}
	}
}

static stpfin_status check_funnel(stpfin_indicator_kind kind, double centre, double tau_squared)
{
	stpfin_status status = check_kind(kind);

	if (status == STPFIN_OK && !isnan(centre)) {
		status = stpfin_arrays__check_number(
			"centre", centre, kind == STPFIN_PROPORTION ? STPFIN_SHARE : STPFIN_NOT_BELOW_0);
	}
	if (status == STPFIN_OK && !isnan(tau_squared)) {
		status = stpfin_arrays__check_number("tau_squared", tau_squared, STPFIN_NOT_BELOW_0);
	}
	return status;
}

stpfin_status stpfin_funnel_limits(stpfin_indicator_kind kind, const double *denominator,
	size_t n_denominator, double centre, double tau_squared, size_t n_out_lower_998,
	double *out_lower_998, size_t n_out_lower_95, double *out_lower_95, size_t n_out_upper_95,
	double *out_upper_95, size_t n_out_upper_998, double *out_upper_998)
{
	const struct {
		const char *name;
		size_t n;
		double *x;
	} out[N_LIMITS] = {
		{"out_lower_998", n_out_lower_998, out_lower_998},
		{"out_lower_95", n_out_lower_95, out_lower_95},
		{"out_upper_95", n_out_upper_95, out_upper_95},
		{"out_upper_998", n_out_upper_998, out_upper_998},
	};
	stpfin_status status = check_funnel(kind, centre, tau_squared);

	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_given("denominator", denominator, n_denominator);
	}
	for (size_t i = 0; i < N_LIMITS && status == STPFIN_OK; i++) {
		status = stpfin_arrays__check_length(
			out[i].name, out[i].x, out[i].n, n_denominator, "as denominator has");
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_values(
			"denominator", denominator, n_denominator, 0, STPFIN_NOT_BELOW_0);
	}
	for (size_t i = 0; i < n_denominator && status == STPFIN_OK; i++) {
		double limits[N_LIMITS];

		find_limits(kind, denominator[i], centre, tau_squared, limits);
		for (size_t j = 0; j < N_LIMITS; j++) {
			out[j].x[i] = limits[j];
		}
	}
	return status;
}

/* Which limits a value is beyond. */
static void compare(double value, const double limits[N_LIMITS], bool beyond[N_LIMITS])
{
	for (size_t i = 0; i < N_LIMITS; i++) {
		beyond[i] = i < UPPER_95 ? value < limits[i] : value > limits[i];
	}
}

/* The same of a count and its exact limits, which need not be searched for: the count's own
 * quantile tells on which side of one it is. */
static void compare_count(double count, double expected, bool beyond[N_LIMITS])
{
	for (size_t i = 0; i < N_LIMITS; i++) {
		bool upper = i >= UPPER_95;
		double below = upper ? tails[i] : 1 - tails[i];
		double shape = upper ? count : count + 1;

		if (expected == 0) {
			beyond[i] = upper && count > 0;
		} else if (shape < least_shape || shape > highest_shape(expected)) {
			beyond[i] = upper && shape > least_shape;
		} else {
			beyond[i] =
				is_quantile_below(shape, below, gsl_cdf_ugaussian_Pinv(below), expected) != upper;
		}
	}
}

static double find_position(const bool beyond[N_LIMITS])
{
	return beyond[LOWER_998]   ? STPFIN_MUCH_LOWER
		   : beyond[LOWER_95]  ? STPFIN_LOWER
		   : beyond[UPPER_998] ? STPFIN_MUCH_HIGHER
		   : beyond[UPPER_95]  ? STPFIN_HIGHER
							   : STPFIN_AS_EXPECTED;
}

stpfin_status stpfin_funnel_position(stpfin_indicator_kind kind, const double *numerator,
	size_t n_numerator, const double *denominator, size_t n_denominator, double centre,
	double tau_squared, size_t n_out_position, double *out_position)
{
	stpfin_status status = check_funnel(kind, centre, tau_squared);

	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_fractions(
			numerator, n_numerator, denominator, n_denominator, kind == STPFIN_PROPORTION);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_length(
			"out_position", out_position, n_out_position, n_numerator, "as numerator has");
	}
	for (size_t i = 0; i < n_numerator && status == STPFIN_OK; i++) {
		double limits[N_LIMITS];
		bool beyond[N_LIMITS];

		out_position[i] = NAN;
		if (!is_known(numerator[i], denominator[i]) || isnan(centre) || isnan(tau_squared)) {
			continue;
		}
		if (kind != STPFIN_PROPORTION && tau_squared == 0) {
			compare_count(numerator[i], centre * denominator[i], beyond);
		} else {
			find_limits(kind, denominator[i], centre, tau_squared, limits);
			compare(numerator[i] / denominator[i], limits, beyond);
		}
		out_position[i] = find_position(beyond);
	}
	return status;
}
