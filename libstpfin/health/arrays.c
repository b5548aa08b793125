#include "libstpfin/health/arrays.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "libstpfin/table/number.h"

/* Products and powers of some such numbers fit a double. */
static const double most = 1e15, least = 1e-15;

static void write_number(double x, char out[STPFIN_NUMBER_SIZE])
{
	if (isfinite(x)) {
		stpfin_number__write(x, out);
	} else {
		snprintf(out, STPFIN_NUMBER_SIZE, "%s", isnan(x) ? "missing" : "infinite");
	}
}

stpfin_status stpfin_arrays__check_given(const char *name, const double *x, size_t n)
{
	return x == NULL && n > 0 ? stpfin_error__set(STPFIN_ERROR_ARGUMENT,
									"%s is NULL: it must have %zu values", name, n)
							  : STPFIN_OK;
}

stpfin_status stpfin_arrays__check_length(
	const char *name, const double *x, size_t n, size_t expected, const char *why)
{
	if (n != expected) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%s has a length of %zu: it must have %zu, %s", name, n, expected, why);
	}
	return stpfin_arrays__check_given(name, x, n);
}

stpfin_status stpfin_arrays__check_rows(const char *name, const double *x, size_t n, size_t n_bands,
	const char *bands, size_t *out_n_areas)
{
	if (n_bands == 0) {
		return stpfin_error__set(
			STPFIN_ERROR_ARGUMENT, "%s is empty: it must have a value for each band", bands);
	}
	if (n % n_bands != 0) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%s has a length of %zu: it must have %zu for each area, as %s has", name, n, n_bands,
			bands);
	}
	*out_n_areas = n / n_bands;
	return stpfin_arrays__check_given(name, x, n);
}

stpfin_status stpfin_arrays__check_outputs(
	const struct stpfin_outputs *out, size_t expected, const char *why)
{
	stpfin_status status =
		stpfin_arrays__check_length("out_value", out->value, out->n_value, expected, why);

	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_length("out_lower", out->lower, out->n_lower, expected, why);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_length("out_upper", out->upper, out->n_upper, expected, why);
	}
	return status;
}

stpfin_status stpfin_arrays__refuse(
	const char *name, const double *x, size_t i, size_t n_bands, const char *right, ...)
{
	char place[64] = "", number[STPFIN_NUMBER_SIZE], must[128];
	va_list arguments;

	va_start(arguments, right);
	vsnprintf(must, sizeof must, right, arguments);
	va_end(arguments);
	if (n_bands > 0) {
		snprintf(place, sizeof place, " (area %zu, band %zu)", i / n_bands + 1, i % n_bands + 1);
	}
	write_number(x[i], number);
	return stpfin_error__set(
		STPFIN_ERROR_ARGUMENT, "%s %zu%s is %s: it must be %s", name, i + 1, place, number, must);
}

bool stpfin_arrays__can_take(double x)
{
	return !(fabs(x) > most || (x != 0 && fabs(x) < least));
}

static const char *find_fault(double x, enum stpfin_bound bound)
{
	if (!stpfin_arrays__can_take(x)) {
		return "at most 1e15 and, unless 0, at least 1e-15";
	}
	if (bound == STPFIN_ABOVE_0 && x <= 0) {
		return "above 0";
	}
	if (bound == STPFIN_NOT_BELOW_0 && x < 0) {
		return "0 or more";
	}
	if (bound == STPFIN_SHARE && (x < 0 || x > 1)) {
		return "a share from 0 to 1";
	}
	return NULL;
}

stpfin_status stpfin_arrays__check_values(
	const char *name, const double *x, size_t n, size_t n_bands, enum stpfin_bound bound)
{
	for (size_t i = 0; i < n; i++) {
		const char *fault = find_fault(x[i], bound);

		if (fault != NULL) {
			return stpfin_arrays__refuse(name, x, i, n_bands, "%s", fault);
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_arrays__check_number(const char *name, double x, enum stpfin_bound bound)
{
	const char *fault = isnan(x) ? "a number" : find_fault(x, bound);
	char number[STPFIN_NUMBER_SIZE];

	if (fault == NULL) {
		return STPFIN_OK;
	}
	write_number(x, number);
	return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s is %s: it must be %s", name, number, fault);
}

stpfin_status stpfin_arrays__check_ages(const double *ages, size_t n_ages)
{
	if (n_ages == 0 || ages == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"ages is empty: it must have the first year of each band, from 0");
	}
	for (size_t i = 0; i < n_ages; i++) {
		if (i == 0 ? ages[i] != 0 : !(ages[i] > ages[i - 1] && ages[i] <= most)) {
			return stpfin_arrays__refuse("ages", ages, i, 0, "%s",
				i == 0 ? "0, the first year of the first band" : "above the one before it");
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_arrays__check_confidence(double confidence)
{
	char number[STPFIN_NUMBER_SIZE];

	if (confidence > 0 && confidence < 1) {
		return STPFIN_OK;
	}
	write_number(confidence, number);
	return stpfin_error__set(
		STPFIN_ERROR_ARGUMENT, "confidence is %s: it must be above 0 and below 1, as 0.95", number);
}

stpfin_status stpfin_arrays__check_fractions(const double *numerator, size_t n_numerator,
	const double *denominator, size_t n_denominator, bool proportion)
{
	stpfin_status status = stpfin_arrays__check_given("numerator", numerator, n_numerator);

	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_length(
			"denominator", denominator, n_denominator, n_numerator, "as numerator has");
	}
	if (status == STPFIN_OK) {
		status =
			stpfin_arrays__check_values("numerator", numerator, n_numerator, 0, STPFIN_NOT_BELOW_0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_values(
			"denominator", denominator, n_denominator, 0, STPFIN_NOT_BELOW_0);
	}
	for (size_t i = 0; i < n_numerator && status == STPFIN_OK; i++) {
		if (proportion && numerator[i] > denominator[i]) {
			status = stpfin_arrays__refuse("numerator", numerator, i, 0, "at most its denominator");
		} else if (numerator[i] > 0 && denominator[i] == 0) {
			status =
				stpfin_arrays__refuse("numerator", numerator, i, 0, "0 where its denominator is");
		}
	}
	return status;
}
