#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_statistics_double.h>

#include "libstpfin/model/places.h"
#include "libstpfin/model/quality_places.h"
#include "libstpfin/model/rank.h"
#include "libstpfin/model/result.h"
#include "stpfin/health.h"

static const double confidence = 0.95;

/* What a sum may miss, as a part of the largest of what it sums. */
static const double rounding = 1e-12;

/* The columns of quality_gap. */
struct columns {
	int32_t *footprint;
	int32_t *indicator;
	int32_t *year;
	double *value;
	double *lower;
	double *upper;
	double *target;
	double *gap;
	double *gap_to_best;
	double *people_affected;
	int32_t *funnel;
	double *cost_to_close;
};

/* The work of a result. */
struct work {
	const struct stpfin_model *model;
	const struct stpfin_quality *quality;
	struct stpfin_quality_places places;
	stpfin_table *table;
	size_t row;
	/* Of quality_gap. */
	struct columns columns;
	int32_t *funnel; /* by cell and year; -1 where it is not observed */
	double *best;    /* by indicator and year: the value of the best fifth */
	double *cost;    /* by cell and year: to close the gap */
	double *lower;   /* of a cell, by year, as the next two */
	double *upper;
	double *unused;
	struct stpfin_rank *ranks;
	/* Of quality_summary, by indicator. */
	double *tau_squared;
	double *deviation; /* NaN where there is none */
};

static void free_work(struct work *work)
{
	stpfin_table_free(work->table);
	stpfin_quality_places__free(&work->places);
	free(work->funnel);
	free(work->best);
	free(work->cost);
	free(work->lower);
	free(work->upper);
	free(work->unused);
	free(work->ranks);
	free(work->tau_squared);
	free(work->deviation);
}

static const struct stpfin_indicator *indicator_of(const struct work *work, size_t cell)
{
	return &work->quality->indicators[work->places.indicator[cell]];
}

static size_t count_series(const struct stpfin_quality *quality, size_t indicator)
{
	return quality->first[indicator + 1] - quality->first[indicator];
}

/* Finds the centre of each funnel in a year, and the variation it allows for, from the footprints
 * observed then. The arrays are room for the series of an indicator. */
static stpfin_status find_centres(const struct work *work, size_t t, bool overdispersed,
	double *numerators, double *denominators, double *centres, double *variations)
{
	const struct stpfin_quality *quality = work->quality;
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < quality->n_indicators && status == STPFIN_OK; i++) {
		size_t n = count_series(quality, i);
		double phi;

		for (size_t j = 0; j < n; j++) {
			size_t at = (quality->first[i] + j) * work->model->n_years + t;

			numerators[j] = quality->numerator[at];
			denominators[j] = quality->denominator[at];
		}
		centres[i] = variations[i] = (double)NAN;
		if (n > 0) {
			status = stpfin_funnel_variation(quality->indicators[i].kind, numerators, n,
				denominators, n, &centres[i], &phi, &variations[i]);
		}
		variations[i] = overdispersed ? variations[i] : 0;
	}
	return status;
}

/* Finds where what was observed stands in the funnels. */
static stpfin_status find_funnels(struct work *work, bool overdispersed)
{
	const struct stpfin_quality *quality = work->quality;
	const struct stpfin_quality_places *places = &work->places;
	double *numerators = stpfin_model__array(quality->n, sizeof *numerators);
	double *denominators = stpfin_model__array(quality->n, sizeof *denominators);
	double *centres = stpfin_model__array(quality->n_indicators, sizeof *centres);
	double *variations = stpfin_model__array(quality->n_indicators, sizeof *variations);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (numerators == NULL || denominators == NULL || centres == NULL || variations == NULL) {
		goto out;
	}
	status = STPFIN_OK;
	for (size_t t = 0; t < work->model->n_years && status == STPFIN_OK; t++) {
		status =
			find_centres(work, t, overdispersed, numerators, denominators, centres, variations);
		for (size_t cell = 0; cell < places->n && status == STPFIN_OK; cell++) {
			size_t at = cell * work->model->n_years + t;
			int32_t i = places->indicator[cell];
			double position = (double)NAN;

			status = stpfin_funnel_position(quality->indicators[i].kind,
				&places->observed_numerator[at], 1, &places->observed_denominator[at], 1,
				centres[i], variations[i], 1, &position);
			work->funnel[at] = isnan(position) ? -1 : (int32_t)position - STPFIN_MUCH_LOWER;
		}
	}

out:
	free(numerators);
	free(denominators);
	free(centres);
	free(variations);
	return status;
}

/* Finds the value of the best fifth of footprints together, by indicator and year. */
static void find_best(struct work *work)
{
	const struct stpfin_quality *quality = work->quality;
	const struct stpfin_quality_places *places = &work->places;
	size_t n_years = work->model->n_years;

	for (size_t at = 0; at < quality->n_indicators * n_years; at++) {
		const struct stpfin_indicator *indicator = &quality->indicators[at / n_years];
		size_t t = at % n_years;
		double numerator = 0;
		double denominator = 0;
		size_t n = 0;
		size_t n_best;

		for (size_t series = quality->first[at / n_years];
			 series < quality->first[at / n_years + 1]; series++) {
			double value = places->value[places->of_series[series] * n_years + t];

			if (!isnan(value)) {
				work->ranks[n++] =
					(struct stpfin_rank){indicator->higher_is_better ? -value : value, series};
			}
		}
		n_best = stpfin_rank__best_fifth(work->ranks, n);
		for (size_t i = 0; i < n_best; i++) {
			size_t cell = places->of_series[work->ranks[i].place];

			numerator += places->numerator[cell * n_years + t];
			denominator += places->denominator[cell * n_years + t];
		}
		work->best[at] = denominator > 0
							 ? stpfin_indicator__value(indicator, numerator, denominator)
							 : (double)NAN;
	}
}

/* The people short of the target in a cell. */
static double people_short(const struct work *work, size_t cell, size_t t)
{
	const struct stpfin_indicator *indicator = indicator_of(work, cell);
	size_t at = cell * work->model->n_years + t;

	return stpfin_indicator__people_short(
		indicator, work->places.value[at], work->places.denominator[at]);
}

/* Finds what closing the gaps costs, footprint by footprint: a surplus in one pays for no other. */
static void find_costs(struct work *work)
{
	const struct stpfin_model *model = work->model;
	const struct stpfin_quality *quality = work->quality;
	const struct stpfin_quality_places *places = &work->places;

	for (size_t at = 0; at < places->n * model->n_years; at++) {
		work->cost[at] = 0;
	}
	for (size_t at = 0; at < quality->n * model->n_years; at++) {
		size_t series = at / model->n_years;
		size_t t = at % model->n_years;
		size_t first = quality->first_price[series];
		size_t end = quality->first_price[series + 1];
		double people = people_short(work, places->of_series[series], t);
		double cost = first < end ? 0 : (double)NAN;

		if (isnan(quality->path[at])) {
			continue;
		}
		for (size_t i = first; i < end; i++) {
			size_t service = (size_t)quality->remedies[quality->prices[i].remedy].service;

			cost += quality->prices[i].price * model->inflation[service * model->n_years + t];
		}
		cost *= people < 0 ? 0 : people;
		for (size_t cell = places->of_series[series]; cell != SIZE_MAX;
			 cell = places->above[cell]) {
			work->cost[cell * model->n_years + t] += cost;
		}
	}
}

/* Finds the interval of a cell in every year. */
static stpfin_status find_interval(struct work *work, size_t cell)
{
	const struct stpfin_indicator *indicator = indicator_of(work, cell);
	size_t n = work->model->n_years;
	const double *numerator = work->places.numerator + cell * n;
	const double *denominator = work->places.denominator + cell * n;
	stpfin_status status = indicator->kind == STPFIN_PROPORTION
							   ? stpfin_wilson_interval(numerator, n, denominator, n, confidence, n,
									 work->unused, n, work->lower, n, work->upper)
							   : stpfin_byar_interval(numerator, n, denominator, n, confidence, n,
									 work->unused, n, work->lower, n, work->upper);

	for (size_t t = 0; t < n; t++) {
		work->lower[t] *= indicator->multiplier;
		work->upper[t] *= indicator->multiplier;
	}
	return status;
}

static void write_row(struct work *work, size_t cell, size_t t)
{
	const struct stpfin_model *model = work->model;
	const struct stpfin_quality_places *places = &work->places;
	const struct stpfin_indicator *indicator = indicator_of(work, cell);
	const struct columns *to = &work->columns;
	size_t at = cell * model->n_years + t;
	double value = places->value[at];
	double best = work->best[(size_t)places->indicator[cell] * model->n_years + t];
	size_t row = work->row++;

	to->footprint[row] = stpfin_counted_places__code(model, places->place[cell]);
	to->indicator[row] = places->indicator[cell];
	to->year[row] = model->plan->settings.base_year + (int32_t)t;
	to->value[row] = value;
	to->lower[row] = work->lower[t];
	to->upper[row] = work->upper[t];
	to->target[row] = indicator->target;
	to->gap[row] = stpfin_indicator__gap(indicator, indicator->target, value);
	to->gap_to_best[row] = stpfin_indicator__gap(indicator, best, value);
	to->people_affected[row] = people_short(work, cell, t);
	to->funnel[row] = work->funnel[at];
	to->cost_to_close[row] = work->cost[at];
}

static stpfin_status write_gaps(struct work *work)
{
	stpfin_status status = STPFIN_OK;

	find_best(work);
	find_costs(work);
	for (size_t cell = 0; cell < work->places.n && status == STPFIN_OK; cell++) {
		status = find_interval(work, cell);
		for (size_t t = 0; t < work->model->n_years && status == STPFIN_OK; t++) {
			if (!isnan(work->places.value[cell * work->model->n_years + t])) {
				write_row(work, cell, t);
			}
		}
	}
	return status;
}

static stpfin_status begin_gaps(struct work *work, bool overdispersed)
{
	size_t n_years = work->model->n_years;
	size_t n = stpfin_model__times(work->places.n, n_years);

	work->funnel = stpfin_model__array(n, sizeof *work->funnel);
	work->cost = stpfin_model__array(n, sizeof *work->cost);
	work->best = stpfin_model__array(
		stpfin_model__times(work->quality->n_indicators, n_years), sizeof *work->best);
	work->lower = stpfin_model__array(n_years, sizeof *work->lower);
	work->upper = stpfin_model__array(n_years, sizeof *work->upper);
	work->unused = stpfin_model__array(n_years, sizeof *work->unused);
	work->ranks = stpfin_model__array(work->quality->n, sizeof *work->ranks);
	if (work->funnel == NULL || work->cost == NULL || work->best == NULL || work->lower == NULL ||
		work->upper == NULL || work->unused == NULL || work->ranks == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	work->columns = (struct columns){
		.footprint = stpfin_table__named(work->table, "footprint")->whole,
		.indicator = stpfin_table__named(work->table, "indicator")->whole,
		.year = stpfin_table__named(work->table, "year")->whole,
		.value = stpfin_table__named(work->table, "value")->real,
		.lower = stpfin_table__named(work->table, "lower")->real,
		.upper = stpfin_table__named(work->table, "upper")->real,
		.target = stpfin_table__named(work->table, "target")->real,
		.gap = stpfin_table__named(work->table, "gap")->real,
		.gap_to_best = stpfin_table__named(work->table, "gap_to_best")->real,
		.people_affected = stpfin_table__named(work->table, "people_affected")->real,
		.funnel = stpfin_table__named(work->table, "funnel")->whole,
		.cost_to_close = stpfin_table__named(work->table, "cost_to_close")->real,
	};
	return find_funnels(work, overdispersed);
}

/* Finds, of what was last observed of each indicator, the variation between footprints and the
 * standard deviation of their values; both need two of them. */
static stpfin_status begin_summary(struct work *work)
{
	const struct stpfin_quality *quality = work->quality;
	double *values = stpfin_model__array(quality->n, sizeof *values);
	stpfin_status status = STPFIN_OK;

	work->tau_squared = stpfin_model__array(quality->n_indicators, sizeof *work->tau_squared);
	work->deviation = stpfin_model__array(quality->n_indicators, sizeof *work->deviation);
	if (values == NULL || work->tau_squared == NULL || work->deviation == NULL) {
		status = STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < quality->n_indicators && status == STPFIN_OK; i++) {
		const struct stpfin_indicator *indicator = &quality->indicators[i];
		const double *numerator = quality->last_numerator + quality->first[i];
		const double *denominator = quality->last_denominator + quality->first[i];
		size_t n = count_series(quality, i);
		double centre;
		double phi;

		work->tau_squared[i] = work->deviation[i] = (double)NAN;
		if (n < 2) {
			continue;
		}
		for (size_t j = 0; j < n; j++) {
			values[j] = stpfin_indicator__value(indicator, numerator[j], denominator[j]);
		}
		work->deviation[i] = gsl_stats_sd(values, 1, n);
		status = stpfin_funnel_variation(
			indicator->kind, numerator, n, denominator, n, &centre, &phi, &work->tau_squared[i]);
	}
	free(values);
	return status;
}

static stpfin_status write_summary_row(struct work *work, size_t place, const char *indicator,
	int32_t year_met, double tau_squared, double composite)
{
	size_t row = work->row++;
	size_t column = 0;

	stpfin_table_find(work->table, "indicator", &column);
	stpfin_table__named(work->table, "footprint")->whole[row] =
		stpfin_counted_places__code(work->model, place);
	stpfin_table__named(work->table, "year_met")->whole[row] = year_met;
	stpfin_table__named(work->table, "tau_squared")->real[row] = tau_squared;
	stpfin_table__named(work->table, "composite")->real[row] = composite;
	return stpfin_table__set_text(work->table, column, row, indicator);
}

/* The gap of a cell in a year; NaN without one. */
static double gap_of(const struct work *work, size_t cell, size_t t)
{
	const struct stpfin_indicator *indicator = indicator_of(work, cell);

	return stpfin_indicator__gap(
		indicator, indicator->target, work->places.value[cell * work->model->n_years + t]);
}

/* The first year in which a cell has no gap, but for what rounding makes of the values so far. */
static int32_t find_year_met(const struct work *work, size_t cell)
{
	double largest = fabs(indicator_of(work, cell)->target);

	for (size_t t = 0; t < work->model->n_years; t++) {
		/* fmax() passes over a NaN. */
		largest = fmax(largest, work->places.value[cell * work->model->n_years + t]);
		if (gap_of(work, cell, t) <= rounding * largest) {
			return work->model->plan->settings.base_year + (int32_t)t;
		}
	}
	return STPFIN_MISSING_INT32;
}

static stpfin_status write_place(struct work *work, size_t place)
{
	const struct stpfin_model *model = work->model;
	bool is_england = place + 1 == stpfin_counted_places__number(model);
	double composite = 0;
	bool has_composite = false;
	stpfin_status status = STPFIN_OK;

	for (size_t cell = work->places.first[place];
		 cell < work->places.first[place + 1] && status == STPFIN_OK; cell++) {
		int32_t i = work->places.indicator[cell];
		double gap = gap_of(work, cell, model->n_years - 1);

		status = write_summary_row(work, place, stpfin_model__name(model, "indicator", i),
			find_year_met(work, cell), is_england ? work->tau_squared[i] : (double)NAN,
			(double)NAN);
		if (!isnan(gap) && work->deviation[i] > 0) {
			composite += work->quality->indicators[i].weight * gap / work->deviation[i];
			has_composite = true;
		}
	}
	return has_composite && status == STPFIN_OK ? write_summary_row(work, place, "composite",
													  STPFIN_MISSING_INT32, (double)NAN, composite)
												: status;
}

static stpfin_status write_summary(struct work *work)
{
	stpfin_status status = STPFIN_OK;

	for (size_t place = 0;
		 place < stpfin_counted_places__number(work->model) && status == STPFIN_OK; place++) {
		status = write_place(work, place);
	}
	return status;
}

/* Makes either result, with room for some rows an outcome. */
static stpfin_status make(const struct stpfin_projection *self, struct stpfin_poll *poll,
	bool summary, stpfin_table **out_table)
{
	struct work work = {.model = self->model, .quality = self->model->quality};
	const char *name = summary ? "quality_summary" : "quality_gap";
	size_t most = 0;
	stpfin_status status = STPFIN_OK;

	*out_table = NULL;
	if (work.quality != NULL) {
		status = stpfin_quality_places__new(&work.places, work.model);
		most = summary ? work.places.n + stpfin_counted_places__number(work.model)
					   : stpfin_model__times(work.places.n, work.model->n_years);
	}
	if (status == STPFIN_OK) {
		status = stpfin_result__new(
			name, work.model, stpfin_model__times(self->n_outcomes, most), &work.table);
	}
	if (status == STPFIN_OK && work.quality != NULL) {
		/* That do nothing's counts can be summed says so of those observed. */
		status = stpfin_quality_places__sum(
			&work.places, work.model, self->outcomes[0].run.improved.value);
	}
	if (status == STPFIN_OK && work.quality != NULL) {
		status = summary ? begin_summary(&work) : begin_gaps(&work, self->stamp.overdispersed);
	}
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		size_t first = work.row;

		status = stpfin_poll__ask(poll, i, self->n_outcomes);
		if (status == STPFIN_OK && work.quality != NULL) {
			status = stpfin_quality_places__sum(
				&work.places, work.model, self->outcomes[i].run.improved.value);
		}
		if (status == STPFIN_OK && work.quality != NULL) {
			status = summary ? write_summary(&work) : write_gaps(&work);
		}
		stpfin_result__set_scenario(work.table, first, work.row, self->outcomes[i].scenario);
	}
	if (status == STPFIN_OK) {
		stpfin_table__keep_rows(work.table, work.row);
		*out_table = work.table;
		work.table = NULL;
	}
	free_work(&work);
	return status;
}

stpfin_status stpfin_result__quality_gap(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
{
	return make(self, poll, false, out_table);
}

stpfin_status stpfin_result__quality_summary(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
{
	return make(self, poll, true, out_table);
}
