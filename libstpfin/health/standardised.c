#include <math.h>
#include <stdio.h>

#include "libstpfin/health/arrays.h"
#include "libstpfin/health/interval.h"
#include "libstpfin/health/years_lost.h"
#include "stpfin/health.h"

/* Rates of fewer events are withheld. */
static const double least_events = 10;

static const struct {
	double age; /* first year of the band */
	double persons;
} european[] = {{0, 1000}, {1, 4000}, {5, 5500}, {10, 5500}, {15, 5500}, {20, 6000}, {25, 6000},
	{30, 6500}, {35, 7000}, {40, 7000}, {45, 7000}, {50, 7000}, {55, 6500}, {60, 6000}, {65, 5500},
	{70, 5000}, {75, 4000}, {80, 2500}, {85, 1500}, {90, 800}, {95, 200}};

enum { N_EUROPEAN = sizeof european / sizeof *european };

static bool begins_european(double age)
{
	for (size_t i = 0; i < N_EUROPEAN; i++) {
		if (european[i].age == age) {
			return true;
		}
	}
	return false;
}

stpfin_status stpfin_european_standard_population(const double *ages, size_t n_ages,
	size_t n_out_standard_population, double *out_standard_population)
{
	stpfin_status status = stpfin_arrays__check_ages(ages, n_ages);

	for (size_t i = 0; i < n_ages && status == STPFIN_OK; i++) {
		if (!begins_european(ages[i])) {
			status = stpfin_arrays__refuse("ages", ages, i, 0,
				"the first year of a band of the standard population: 0, 1, 5, 10 … 95");
		}
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_length("out_standard_population", out_standard_population,
			n_out_standard_population, n_ages, "as ages has");
	}
	if (status != STPFIN_OK) {
		return status;
	}
	for (size_t i = 0, band = 0; i < n_ages; i++) {
		double persons = 0;

		for (; band < N_EUROPEAN && (i + 1 == n_ages || european[band].age < ages[i + 1]); band++) {
			persons += european[band].persons;
		}
		out_standard_population[i] = persons;
	}
	return STPFIN_OK;
}

/* Checks what standardised rates and years lost have in common: events and people by area and
 * band, the multiplier, the confidence and the outputs. */
static stpfin_status check_rates(const char *count_name, const double *count, size_t n_count,
	const double *population, size_t n_population, const char *bands, size_t n_bands,
	double multiplier, double confidence, const struct stpfin_outputs *out, size_t *out_n_areas)
{
	char as_counts[64], by_area[64];
	stpfin_status status =
		stpfin_arrays__check_rows(count_name, count, n_count, n_bands, bands, out_n_areas);

	snprintf(as_counts, sizeof as_counts, "as %s has", count_name);
	snprintf(by_area, sizeof by_area, "one for each row of %s", count_name);
	if (status == STPFIN_OK) {
		status =
			stpfin_arrays__check_length("population", population, n_population, n_count, as_counts);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_outputs(out, *out_n_areas, by_area);
	}
	if (status == STPFIN_OK) {
		status =
			stpfin_arrays__check_values(count_name, count, n_count, n_bands, STPFIN_NOT_BELOW_0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_values(
			"population", population, n_population, n_bands, STPFIN_ABOVE_0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_number("multiplier", multiplier, STPFIN_ABOVE_0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_confidence(confidence);
	}
	return status;
}

/* Σ weight × events and what its interval needs. */
struct weighted_sum {
	double count;
	double value;
	double variance;
};

static void add(struct weighted_sum *sum, double count, double weight)
{
	sum->count += count;
	sum->value += weight * count;
	sum->variance += weight * weight * count;
}

static void put(const struct weighted_sum *sum, double scale, double z, size_t area,
	const struct stpfin_outputs *out)
{
	struct stpfin_interval interval =
		stpfin_interval__dobson(sum->value, sum->variance, sum->count, z);

	out->value[area] = sum->value * scale;
	out->lower[area] = interval.lower * scale;
	out->upper[area] = interval.upper * scale;
}

stpfin_status stpfin_directly_standardised_rate(const double *count, size_t n_count,
	const double *population, size_t n_population, const double *standard_population,
	size_t n_standard_population, double multiplier, double confidence, size_t n_out_value,
	double *out_value, size_t n_out_lower, double *out_lower, size_t n_out_upper, double *out_upper)
{
	const struct stpfin_outputs out = {
		n_out_value, out_value, n_out_lower, out_lower, n_out_upper, out_upper};
	const size_t n_bands = n_standard_population;
	size_t n_areas;
	double standard = 0, z;
	stpfin_status status = check_rates("count", count, n_count, population, n_population,
		"standard_population", n_bands, multiplier, confidence, &out, &n_areas);

	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_given("standard_population", standard_population, n_bands);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_values(
			"standard_population", standard_population, n_bands, 0, STPFIN_NOT_BELOW_0);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	for (size_t band = 0; band < n_bands; band++) {
		standard += standard_population[band];
	}
	if (standard == 0) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"standard_population sums to 0: at least one band must be above 0");
	}
	z = stpfin_interval__z(confidence);
	for (size_t area = 0; area < n_areas; area++) {
		struct weighted_sum sum = {0, 0, 0};

		for (size_t band = 0; band < n_bands; band++) {
			size_t i = area * n_bands + band;

			add(&sum, count[i], standard_population[band] / population[i]);
		}
		if (sum.count < least_events) {
			sum.value = sum.variance = NAN;
		}
		put(&sum, multiplier / standard, z, area, &out);
	}
	return STPFIN_OK;
}

stpfin_status stpfin_years_of_life_lost(const double *ages, size_t n_ages, const double *population,
	size_t n_population, const double *deaths, size_t n_deaths, double multiplier,
	double confidence, size_t n_out_value, double *out_value, size_t n_out_lower, double *out_lower,
	size_t n_out_upper, double *out_upper)
{
	const struct stpfin_outputs out = {
		n_out_value, out_value, n_out_lower, out_lower, n_out_upper, out_upper};
	size_t n_areas, n_early = 0;
	double z;
	stpfin_status status = stpfin_arrays__check_ages(ages, n_ages);

	if (status == STPFIN_OK) {
		while (n_early < n_ages && ages[n_early] < STPFIN_EARLY) {
			n_early++;
		}
		if (n_early == n_ages || ages[n_early] > STPFIN_EARLY) {
			status = stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"ages has no band that begins at 75: years are lost before that age");
		}
	}
	if (status == STPFIN_OK) {
		status = check_rates("deaths", deaths, n_deaths, population, n_population, "ages", n_ages,
			multiplier, confidence, &out, &n_areas);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	z = stpfin_interval__z(confidence);
	for (size_t area = 0; area < n_areas; area++) {
		struct weighted_sum sum = {0, 0, 0};
		double persons = 0;

		for (size_t band = 0; band < n_early; band++) {
			size_t i = area * n_ages + band;

			persons += population[i];
			add(&sum, deaths[i], stpfin_years_lost__each(ages, band));
		}
		put(&sum, multiplier / persons, z, area, &out);
	}
	return STPFIN_OK;
}

stpfin_status stpfin_indirectly_standardised_ratio(const double *count, size_t n_count,
	const double *population, size_t n_population, const double *reference_count,
	size_t n_reference_count, const double *reference_population, size_t n_reference_population,
	double confidence, size_t n_out_value, double *out_value, size_t n_out_lower, double *out_lower,
	size_t n_out_upper, double *out_upper)
{
	const struct stpfin_outputs out = {
		n_out_value, out_value, n_out_lower, out_lower, n_out_upper, out_upper};
	const size_t n_bands = n_reference_count;
	size_t n_areas;
	double z;
	stpfin_status status = stpfin_arrays__check_rows(
		"population", population, n_population, n_bands, "reference_count", &n_areas);

	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_length(
			"count", count, n_count, n_areas, "one for each row of population");
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_given("reference_count", reference_count, n_bands);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_length("reference_population", reference_population,
			n_reference_population, n_bands, "as reference_count has");
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_outputs(&out, n_areas, "one for each row of population");
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_values("count", count, n_count, 0, STPFIN_NOT_BELOW_0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_values(
			"population", population, n_population, n_bands, STPFIN_NOT_BELOW_0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_values(
			"reference_count", reference_count, n_bands, 0, STPFIN_NOT_BELOW_0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_values(
			"reference_population", reference_population, n_bands, 0, STPFIN_ABOVE_0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_confidence(confidence);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	z = stpfin_interval__z(confidence);
	for (size_t area = 0; area < n_areas; area++) {
		struct stpfin_interval interval = stpfin_interval__byar(count[area], z);
		double expected = 0;

		for (size_t band = 0; band < n_bands; band++) {
			expected += population[area * n_bands + band] * reference_count[band] /
						reference_population[band];
		}
		expected = expected > 0 && !isnan(count[area]) ? expected : NAN;
		out_value[area] = count[area] / expected;
		out_lower[area] = interval.lower / expected;
		out_upper[area] = interval.upper / expected;
	}
	return STPFIN_OK;
}
