#include <math.h>

#include "libstpfin/health/arrays.h"
#include "libstpfin/health/interval.h"
#include "stpfin/health.h"

/* What goes into the tables, by area and band. */
struct inputs {
	const double *ages;
	size_t n_ages;
	const double *population;
	const double *deaths;
	const double *good_health; /* NULL where every year counts in full */
	const double *sample;      /* NULL where no interval can be told */
};

static stpfin_status check_deaths(const struct inputs *in, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (in->deaths[i] > in->population[i]) {
			return stpfin_arrays__refuse(
				"deaths", in->deaths, i, in->n_ages, "at most the population");
		}
		if (in->deaths[i] == 0 && i % in->n_ages == in->n_ages - 1) {
			return stpfin_arrays__refuse("deaths", in->deaths, i, in->n_ages,
				"above 0 in the open band, whose years are those until its people die");
		}
	}
	return STPFIN_OK;
}

/* The share of a band that those who die in it live. */
static double lived_by_the_dead(double from, double to)
{
	return from == 0 && to == 1 ? 0.1 : 0.5;
}

/* Each band's expectancy and its variance from those of the next: a table of those who reach the
 * band, so that it stands whether or not anybody does. */
static void fill_row(
	const struct inputs *in, size_t row, double z, const struct stpfin_outputs *out)
{
	double next = 0, next_variance = 0;

	for (size_t band = in->n_ages; band-- > 0;) {
		size_t i = row * in->n_ages + band;
		double deaths = in->deaths[i];
		double rate = deaths / in->population[i];
		double good = in->good_health != NULL ? in->good_health[i] : 1;
		double dying = 1, years, lost, variance;

		if (band == in->n_ages - 1) {
			years = 1 / rate;
			lost = years * good;
			variance = lost * lost / deaths;
		} else {
			double width = in->ages[band + 1] - in->ages[band];
			double dead = 1 - lived_by_the_dead(in->ages[band], in->ages[band + 1]);

			dying = width * rate / (1 + width * rate * dead);
			dying = dying > 1 ? 1 : dying;
			years = width * (1 - dead * dying);
			lost = dead * width * good + next;
			variance = (deaths == 0 ? 0 : lost * lost * dying * dying * (1 - dying) / deaths) +
					   (1 - dying) * (1 - dying) * next_variance;
		}
		if (in->good_health != NULL) {
			variance +=
				in->sample != NULL ? years * years * good * (1 - good) / in->sample[i] : NAN;
		}
		next = years * good + (1 - dying) * next;
		next_variance = variance;
		out->value[i] = next;
		out->lower[i] = next - z * sqrt(variance);
		out->upper[i] = next + z * sqrt(variance);
		if (out->lower[i] < 0) {
			out->lower[i] = 0;
		}
	}
}

static stpfin_status fill(const struct inputs *in, size_t n_population, size_t n_deaths,
	size_t n_good_health, size_t n_sample, double confidence, const struct stpfin_outputs *out)
{
	const struct {
		const char *name;
		const double *x;
		size_t n;
		enum stpfin_bound bound;
	} arrays[] = {
		{"population", in->population, n_population, STPFIN_ABOVE_0},
		{"deaths", in->deaths, n_deaths, STPFIN_NOT_BELOW_0},
		{"good_health", in->good_health, n_good_health, STPFIN_SHARE},
		{"good_health_sample", in->sample, n_sample, STPFIN_ABOVE_0},
	};
	size_t n_arrays = in->good_health == NULL ? 2 : in->sample == NULL ? 3 : 4;
	size_t n_areas = 0;
	stpfin_status status = stpfin_arrays__check_ages(in->ages, in->n_ages);

	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_rows(
			"population", in->population, n_population, in->n_ages, "ages", &n_areas);
	}
	for (size_t i = 0; i < n_arrays && status == STPFIN_OK; i++) {
		status = stpfin_arrays__check_length(
			arrays[i].name, arrays[i].x, arrays[i].n, n_population, "as population has");
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_outputs(out, n_population, "as population has");
	}
	if (status == STPFIN_OK) {
		status = stpfin_arrays__check_confidence(confidence);
	}
	for (size_t i = 0; i < n_arrays && status == STPFIN_OK; i++) {
		status = stpfin_arrays__check_values(
			arrays[i].name, arrays[i].x, arrays[i].n, in->n_ages, arrays[i].bound);
	}
	if (status == STPFIN_OK) {
		status = check_deaths(in, n_population);
	}
	for (size_t row = 0; row < n_areas && status == STPFIN_OK; row++) {
		fill_row(in, row, stpfin_interval__z(confidence), out);
	}
	return status;
}

stpfin_status stpfin_life_expectancy(const double *ages, size_t n_ages, const double *population,
	size_t n_population, const double *deaths, size_t n_deaths, double confidence,
	size_t n_out_value, double *out_value, size_t n_out_lower, double *out_lower,
	size_t n_out_upper, double *out_upper)
{
	const struct inputs in = {ages, n_ages, population, deaths, NULL, NULL};
	const struct stpfin_outputs out = {
		n_out_value, out_value, n_out_lower, out_lower, n_out_upper, out_upper};

	return fill(&in, n_population, n_deaths, 0, 0, confidence, &out);
}

stpfin_status stpfin_healthy_life_expectancy(const double *ages, size_t n_ages,
	const double *population, size_t n_population, const double *deaths, size_t n_deaths,
	const double *good_health, size_t n_good_health, const double *good_health_sample,
	size_t n_good_health_sample, double confidence, size_t n_out_value, double *out_value,
	size_t n_out_lower, double *out_lower, size_t n_out_upper, double *out_upper)
{
	const struct inputs in = {ages, n_ages, population, deaths, good_health, good_health_sample};
	const struct stpfin_outputs out = {
		n_out_value, out_value, n_out_lower, out_lower, n_out_upper, out_upper};

	if (good_health == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"good_health is NULL: it must have the share in good health in each band");
	}
	if (good_health_sample == NULL && n_good_health_sample > 0) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"good_health_sample is NULL: its length must then be 0, not %zu", n_good_health_sample);
	}
	return fill(&in, n_population, n_deaths, n_good_health, n_good_health_sample, confidence, &out);
}
