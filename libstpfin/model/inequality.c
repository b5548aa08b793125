#include "libstpfin/model/inequality.h"

#include <math.h>
#include <stdlib.h>

#include "libstpfin/model/mortality.h"
#include "libstpfin/plan/sex_words.h"
#include "stpfin/health.h"

static const double confidence = 0.95;

/* Of the simulation that the intervals come from. */
enum { REPETITIONS = 2000, SEED = 1 };

/* A row of the table, and where it stands. */
struct entry {
	int32_t footprint;
	int32_t measure;
	int32_t quantile;
	size_t row;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;

	if (x->footprint != y->footprint) {
		return x->footprint < y->footprint ? -1 : 1;
	}
	if (x->measure != y->measure) {
		return x->measure < y->measure ? -1 : 1;
	}
	return x->quantile < y->quantile ? -1 : x->quantile > y->quantile;
}

/* The quantiles of one footprint and measure, the most deprived first. */
struct quantiles {
	size_t n;
	double *population;
	double *value;
	double *error;
	bool has_errors;
};

static stpfin_status estimate(const struct quantiles *quantiles, struct stpfin_estimate *slope,
	struct stpfin_estimate *relative)
{
	size_t n = quantiles->n;
	double intercept;

	if (n < 2) {
		return STPFIN_OK;
	}
	return stpfin_slope_index(quantiles->population, n, quantiles->value, n,
		quantiles->has_errors ? quantiles->error : NULL, quantiles->has_errors ? n : 0,
		STPFIN_TRANSFORM_NONE, confidence, REPETITIONS, SEED, &slope->value, &slope->lower,
		&slope->upper, &relative->value, &relative->lower, &relative->upper, &intercept);
}

stpfin_status stpfin_inequality__find(
	const struct stpfin_model *model, bool with_intervals, struct stpfin_estimate *out_estimates)
{
	static const char table[] = "deprivation";
	const stpfin_plan *plan = model->plan;
	const struct stpfin_column *measure =
		stpfin_table__named(stpfin_plan__table(plan, table), "measure");
	size_t n_rows = stpfin_plan__rows(plan, table);
	struct entry *entries = stpfin_model__array(n_rows, sizeof *entries);
	struct quantiles quantiles = {
		.population = stpfin_model__array(n_rows, sizeof(double)),
		.value = stpfin_model__array(n_rows, sizeof(double)),
		.error = stpfin_model__array(n_rows, sizeof(double)),
	};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (entries == NULL || quantiles.population == NULL || quantiles.value == NULL ||
		quantiles.error == NULL) {
		goto out;
	}
	for (size_t row = 0; row < n_rows; row++) {
		entries[row] = (struct entry){stpfin_plan__whole(plan, table, "footprint")[row],
			measure->whole[row], stpfin_plan__whole(plan, table, "quantile")[row], row};
	}
	qsort(entries, n_rows, sizeof *entries, compare_entries);
	for (size_t i = 0; i < model->n_footprints * STPFIN_N_SEXES * 2; i++) {
		out_estimates[i] = (struct stpfin_estimate){(double)NAN, (double)NAN, (double)NAN};
	}
	status = STPFIN_OK;
	for (size_t i = 0; i < n_rows && status == STPFIN_OK;) {
		const struct entry *first = &entries[i];
		int32_t sex = stpfin_sex__of(stpfin_column__text(measure, first->row));
		struct stpfin_estimate *found =
			out_estimates + ((size_t)first->footprint * STPFIN_N_SEXES +
								(sex >= 0 ? (size_t)sex : STPFIN_PERSONS)) *
								2;

		quantiles.has_errors = with_intervals;
		for (quantiles.n = 0; i < n_rows && entries[i].footprint == first->footprint &&
							  entries[i].measure == first->measure;
			 i++) {
			size_t row = entries[i].row;
			size_t at = quantiles.n++;

			quantiles.population[at] = stpfin_plan__real(plan, table, "population")[row];
			quantiles.value[at] = stpfin_plan__real(plan, table, "value")[row];
			quantiles.error[at] = stpfin_plan__real(plan, table, "standard_error")[row];
			quantiles.has_errors = quantiles.has_errors && !isnan(quantiles.error[at]);
		}
		status = estimate(&quantiles, &found[0], &found[1]);
	}

out:
	free(entries);
	free(quantiles.population);
	free(quantiles.value);
	free(quantiles.error);
	return status;
}
