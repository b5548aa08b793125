#include "libstpfin/health/interval.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "libstpfin/health/arrays.h"
#include "stpfin/health.h"

double stpfin_interval__z(double confidence)
{
	return gsl_cdf_ugaussian_Qinv((1 - confidence) / 2);
}

/* Byar's approximation of where a count would be z standard errors from x. */
static double byar_limit(double x, double z)
{
	double root = 1 - 1 / (9 * x) + z / (3 * sqrt(x));

	return x * root * root * root;
}

struct stpfin_interval stpfin_interval__byar(double count, double z)
{
	double lower = count > 0 ? byar_limit(count, -z) : count;

	return (struct stpfin_interval){lower < 0 ? 0 : lower, byar_limit(count + 1, z)};
}

struct stpfin_interval stpfin_interval__dobson(
	double value, double variance, double count, double z)
{
	struct stpfin_interval byar = stpfin_interval__byar(count, z);
	double scale = count > 0 ? sqrt(variance / count) : NAN;

	return (struct stpfin_interval){
		value + scale * (byar.lower - count), value + scale * (byar.upper - count)};
}

static struct stpfin_interval wilson(double numerator, double denominator, double z)
{
	double centre = 2 * numerator + z * z;
	double half = z * sqrt(z * z + 4 * numerator * (1 - numerator / denominator));
	double scale = 2 * (denominator + z * z);

	return (struct stpfin_interval){
		numerator > 0 ? (centre - half) / scale : numerator,
		numerator < denominator ? (centre + half) / scale : numerator / denominator,
	};
}

stpfin_status stpfin_wilson_interval(const double *numerator, size_t n_numerator,
	const double *denominator, size_t n_denominator, double confidence, size_t n_out_value,
	double *out_value, size_t n_out_lower, double *out_lower, size_t n_out_upper, double *out_upper)
{
	const struct stpfin_outputs out = {
		n_out_value, out_value, n_out_lower, out_lower, n_out_upper, out_upper};
	stpfin_status status =
		stpfin_arrays__check_fractions(numerator, n_numerator, denominator, n_denominator, true);
	double z;

	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_confidence(confidence);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_outputs(&out, n_numerator, "as numerator has");
	}
	if (status != STPFIN_OK) {
		return status;
	}
	z = stpfin_interval__z(confidence);
	for (size_t i = 0; i < n_numerator; i++) {
		bool missing = isnan(numerator[i]) || !(denominator[i] > 0);
		struct stpfin_interval interval = wilson(numerator[i], denominator[i], z);

		out_value[i] = missing ? NAN : numerator[i] / denominator[i];
		out_lower[i] = missing ? NAN : interval.lower;
		out_upper[i] = missing ? NAN : interval.upper;
	}
	return STPFIN_OK;
}

stpfin_status stpfin_byar_interval(const double *numerator, size_t n_numerator,
	const double *denominator, size_t n_denominator, double confidence, size_t n_out_value,
	double *out_value, size_t n_out_lower, double *out_lower, size_t n_out_upper, double *out_upper)
{
	const struct stpfin_outputs out = {
		n_out_value, out_value, n_out_lower, out_lower, n_out_upper, out_upper};
	bool counts = denominator == NULL && n_denominator == 0;
	stpfin_status status;
	double z;

	if (counts) {
		status = stpfin_arrays__check_given("numerator", numerator, n_numerator);
		if (status == STPFIN_OK) {
			status = stpfin_arrays__check_values(
				"numerator", numerator, n_numerator, 0, STPFIN_NOT_BELOW_0);
		}
	} else {
		status = stpfin_arrays__check_fractions(
			numerator, n_numerator, denominator, n_denominator, false);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_confidence(confidence);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_outputs(&out, n_numerator, "as numerator has");
	}
	if (status != STPFIN_OK) {
		return status;
	}
	z = stpfin_interval__z(confidence);
	for (size_t i = 0; i < n_numerator; i++) {
		double of = counts ? 1 : denominator[i];
		bool missing = isnan(numerator[i]) || !(of > 0);
		struct stpfin_interval interval = stpfin_interval__byar(numerator[i], z);

		out_value[i] = missing ? NAN : numerator[i] / of;
		out_lower[i] = missing ? NAN : interval.lower / of;
		out_upper[i] = missing ? NAN : interval.upper / of;
	}
	return STPFIN_OK;
}
