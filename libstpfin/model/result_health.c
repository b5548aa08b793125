#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/health/arrays.h"
#include "libstpfin/health/years_lost.h"
#include "libstpfin/model/inequality.h"
#include "libstpfin/model/mortality.h"
#include "libstpfin/model/places.h"
#include "libstpfin/model/rank.h"
#include "libstpfin/model/result.h"
#include "libstpfin/table/error.h"
#include "stpfin/health.h"

static const double confidence = 0.95;
static const double per = 100000;

/* Footprints without children, by place: those within it. */
struct members {
	size_t *first;
	size_t *at;
};

/* The work of a result. */
struct work {
	const struct stpfin_projection *projection;
	const struct stpfin_model *model;
	struct stpfin_mortality mortality;
	struct members members;
	double *deaths; /* of one scenario, by band and year */
	struct stpfin_counts counts;
	struct stpfin_counts of_england;
	double *by_band[4]; /* what a measure gives by band, and the standard population */
	struct stpfin_estimate *inequality; /* by footprint and sex: slope and relative index */
	struct stpfin_estimate *estimates;  /* by place, sex, year and measure */
	double *comparators;                /* by sex, year and measure; NaN where there is none */
	struct stpfin_rank *ranks;
	size_t *best; /* footprints without children */
	stpfin_table *table;
};

static struct stpfin_estimate *estimates_of(
	const struct work *work, size_t place, size_t sex, size_t t)
{
	return work->estimates +
		   ((place * STPFIN_N_SEXES + sex) * work->model->n_years + t) * STPFIN_N_HEALTH_MEASURES;
}

static double *comparators_of(const struct work *work, size_t sex, size_t t)
{
	return work->comparators + (sex * work->model->n_years + t) * STPFIN_N_HEALTH_MEASURES;
}

/* Lists the footprints without children within each place. */
static stpfin_status find_members(struct members *self, const struct stpfin_model *model)
{
	size_t n_places = stpfin_counted_places__number(model);

	/* Counted two places on, so that filling the runs leaves each beginning in its place. */
	self->first = stpfin_model__array(n_places + 2, sizeof *self->first);
	if (self->first == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < model->n_footprints; i++) {
		for (size_t place = i; place != SIZE_MAX && !model->has_children[i];
			 place = stpfin_counted_places__above(model, place)) {
			self->first[place + 2]++;
		}
	}
	for (size_t place = 1; place <= n_places; place++) {
		self->first[place + 1] += self->first[place];
	}
	self->at = stpfin_model__array(self->first[n_places + 1], sizeof *self->at);
	if (self->at == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < model->n_footprints; i++) {
		for (size_t place = i; place != SIZE_MAX && !model->has_children[i];
			 place = stpfin_counted_places__above(model, place)) {
			self->at[self->first[place + 1]++] = i;
		}
	}
	return STPFIN_OK;
}

static void set_none(struct stpfin_estimate *estimates, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		estimates[i] = (struct stpfin_estimate){(double)NAN, (double)NAN, (double)NAN};
	}
}

/* Whether counts can be told of: there are people in every band. STPFIN_ERROR_OVERFLOW where more
 * die than live, or numbers are beyond what the statistics take. */
static stpfin_status check_counts(const struct work *work, const struct stpfin_counts *counts,
	size_t place, size_t t, bool *out_can_be_told)
{
	*out_can_be_told = counts->n > 0;
	for (size_t band = 0; band < counts->n; band++) {
		double population = counts->population[band];
		double deaths = counts->deaths[band];
		bool is_taken = stpfin_arrays__can_take(population) && stpfin_arrays__can_take(deaths);

		if (!(population > 0)) {
			*out_can_be_told = false;
		} else if (deaths > population || !is_taken) {
			return stpfin_error__set(STPFIN_ERROR_OVERFLOW,
				"in '%s' %g of %g die in %d at the age of %.0f, %s: look for a mortality_trend or "
				"prevention that is out of proportion",
				stpfin_dictionary__text(
					work->model->place_names, stpfin_counted_places__code(work->model, place)),
				deaths, population, (int)(work->model->plan->settings.base_year + (int32_t)t),
				counts->age[band],
				deaths > population ? "more than live" : "beyond 1e15 or closer to 0 than 1e-15");
		}
	}
	return STPFIN_OK;
}

static stpfin_status estimate_expectancies(
	const struct work *work, struct stpfin_estimate *estimates)
{
	const struct stpfin_counts *counts = &work->counts;
	size_t n = counts->n;
	double *value = work->by_band[0];
	double *lower = work->by_band[1];
	double *upper = work->by_band[2];
	bool is_known = true;
	bool is_sampled = true;
	stpfin_status status = stpfin_life_expectancy(counts->age, n, counts->population, n,
		counts->deaths, n, confidence, n, value, n, lower, n, upper);

	estimates[STPFIN_LIFE_EXPECTANCY] = (struct stpfin_estimate){value[0], lower[0], upper[0]};
	for (size_t band = 0; band < n; band++) {
		is_known = is_known && !isnan(counts->good_health[band]);
		is_sampled = is_sampled && !isnan(counts->sample[band]);
	}
	if (status == STPFIN_OK && is_known) {
		status = stpfin_healthy_life_expectancy(counts->age, n, counts->population, n,
			counts->deaths, n, counts->good_health, n, is_sampled ? counts->sample : NULL,
			is_sampled ? n : 0, confidence, n, value, n, lower, n, upper);
		estimates[STPFIN_HEALTHY_LIFE_EXPECTANCY] =
			(struct stpfin_estimate){value[0], lower[0], upper[0]};
	}
	return status;
}

/* The deaths of a place in the bands of England, which all places have the ages of, over those
 * expected at its rates. */
static stpfin_status estimate_ratio(const struct work *work, struct stpfin_estimate *estimate)
{
	const struct stpfin_counts *counts = &work->counts;
	const struct stpfin_counts *england = &work->of_england;
	double *population = work->by_band[0];
	double deaths = 0;

	memset(population, 0, england->n * sizeof *population);
	for (size_t band = 0, at = 0; band < counts->n; band++) {
		while (at + 1 < england->n && england->age[at + 1] <= counts->age[band]) {
			at++;
		}
		population[at] += counts->population[band];
		deaths += counts->deaths[band];
	}
	return stpfin_indirectly_standardised_ratio(&deaths, 1, population, england->n, england->deaths,
		england->n, england->population, england->n, confidence, 1, &estimate->value, 1,
		&estimate->lower, 1, &estimate->upper);
}

static bool has_age(const struct stpfin_counts *counts, double age)
{
	size_t band = 0;

	while (band < counts->n && counts->age[band] != age) {
		band++;
	}
	return band < counts->n;
}

/* Estimates what can be told of the counts of a place; England's are known. */
static stpfin_status estimate(
	const struct work *work, size_t place, size_t t, struct stpfin_estimate *estimates)
{
	const struct stpfin_counts *counts = &work->counts;
	size_t n = counts->n;
	bool can_be_told;
	stpfin_status status = check_counts(work, counts, place, t, &can_be_told);

	set_none(estimates, STPFIN_N_HEALTH_MEASURES);
	if (status != STPFIN_OK || !can_be_told) {
		return status;
	}
	status = estimate_expectancies(work, estimates);
	if (status == STPFIN_OK) {
		status = estimate_ratio(work, &estimates[STPFIN_STANDARDISED_RATIO]);
	}
	/* Bands that cut those of the standard population are refused. */
	if (status == STPFIN_OK &&
		stpfin_european_standard_population(counts->age, n, n, work->by_band[3]) == STPFIN_OK) {
		struct stpfin_estimate *rate = &estimates[STPFIN_STANDARDISED_RATE];

		status = stpfin_directly_standardised_rate(counts->deaths, n, counts->population, n,
			work->by_band[3], n, per, confidence, 1, &rate->value, 1, &rate->lower, 1,
			&rate->upper);
	}
	if (status == STPFIN_OK && has_age(counts, STPFIN_EARLY)) {
		struct stpfin_estimate *lost = &estimates[STPFIN_YEARS_OF_LIFE_LOST];

		status = stpfin_years_of_life_lost(counts->age, n, counts->population, n, counts->deaths, n,
			per, confidence, 1, &lost->value, 1, &lost->lower, 1, &lost->upper);
	}
	return status;
}

static bool higher_is_better(size_t measure)
{
	return measure == STPFIN_LIFE_EXPECTANCY || measure == STPFIN_HEALTHY_LIFE_EXPECTANCY;
}

/* Puts into `best` the best fifth of the footprints that have a measure, and returns how many. Of
 * equal ones the earlier is better. */
static size_t find_best(const struct work *work, size_t sex, size_t t, size_t measure)
{
	size_t n_best;
	size_t n = 0;

	for (size_t i = 0; i < work->model->n_footprints; i++) {
		double value = estimates_of(work, i, sex, t)[measure].value;

		if (!work->model->has_children[i] && !isnan(value)) {
			work->ranks[n++] = (struct stpfin_rank){higher_is_better(measure) ? -value : value, i};
		}
	}
	n_best = stpfin_rank__best_fifth(work->ranks, n);
	for (size_t i = 0; i < n_best; i++) {
		work->best[i] = work->ranks[i].place;
	}
	return n_best;
}

/* Fills what a measure of a sex is compared with in a year. */
static stpfin_status compare(struct work *work, size_t sex, size_t t, size_t measure)
{
	const struct stpfin_projection *projection = work->projection;
	double *comparator = &comparators_of(work, sex, t)[measure];
	struct stpfin_estimate estimates[STPFIN_N_HEALTH_MEASURES];
	size_t england = work->model->n_footprints;
	size_t n_best;
	stpfin_status status;

	if (projection->comparator == STPFIN_COMPARATOR_TARGET) {
		*comparator = projection->targets[measure * STPFIN_N_SEXES + sex];
		return STPFIN_OK;
	}
	if (projection->comparator == STPFIN_COMPARATOR_ENGLAND) {
		*comparator = estimates_of(work, england, sex, t)[measure].value;
		return STPFIN_OK;
	}
	n_best = find_best(work, sex, t, measure);
	stpfin_counts__find(&work->counts, &work->mortality, work->model, work->deaths, work->best,
		n_best, (enum stpfin_sex)sex, t);
	status = estimate(work, england, t, estimates);
	*comparator = estimates[measure].value;
	return status;
}

/* Counts a place; of what it cannot take, check_counts() says so. */
static stpfin_status count(
	const struct work *work, struct stpfin_counts *counts, size_t place, size_t sex, size_t t)
{
	const size_t *first = work->members.first + place;
	bool unused;

	stpfin_counts__find(counts, &work->mortality, work->model, work->deaths,
		work->members.at + first[0], first[1] - first[0], (enum stpfin_sex)sex, t);
	return check_counts(work, counts, place, t, &unused);
}

/* Estimates every place of a sex in a year, and what it is compared with. */
static stpfin_status estimate_places(struct work *work, size_t sex, size_t t)
{
	size_t england = work->model->n_footprints;
	stpfin_status status = STPFIN_OK;

	/* England, which others are set against, last: what is wrong is named where it is. */
	for (size_t place = 0; place <= england && status == STPFIN_OK; place++) {
		status = count(work, &work->of_england, place, sex, t);
	}
	for (size_t place = 0; place <= england && status == STPFIN_OK; place++) {
		status = count(work, &work->counts, place, sex, t);
		if (status == STPFIN_OK) {
			status = estimate(work, place, t, estimates_of(work, place, sex, t));
		}
	}
	for (size_t measure = 0; measure < STPFIN_N_HEALTH_MEASURES && status == STPFIN_OK; measure++) {
		if (measure != STPFIN_SLOPE_INDEX && measure != STPFIN_RELATIVE_INDEX) {
			status = compare(work, sex, t, measure);
		}
	}
	return status;
}

static stpfin_status write_row(
	struct work *work, size_t place, size_t measure, size_t sex, size_t t)
{
	const struct stpfin_estimate *found = &estimates_of(work, place, sex, t)[measure];
	double comparator = comparators_of(work, sex, t)[measure];
	size_t row = stpfin_table_rows(work->table);
	stpfin_status status;

	if (isnan(found->value)) {
		return STPFIN_OK;
	}
	status = stpfin_table__add_row(work->table);
	if (status == STPFIN_OK) {
		stpfin_table__named(work->table, "footprint")->whole[row] =
			stpfin_counted_places__code(work->model, place);
		stpfin_table__named(work->table, "measure")->whole[row] = (int32_t)measure;
		stpfin_table__named(work->table, "sex")->whole[row] = (int32_t)sex;
		stpfin_table__named(work->table, "year")->whole[row] =
			work->model->plan->settings.base_year + (int32_t)t;
		stpfin_table__named(work->table, "value")->real[row] = found->value;
		stpfin_table__named(work->table, "lower")->real[row] = found->lower;
		stpfin_table__named(work->table, "upper")->real[row] = found->upper;
		stpfin_table__named(work->table, "comparator")->real[row] = comparator;
		stpfin_table__named(work->table, "gap")->real[row] =
			higher_is_better(measure) ? comparator - found->value : found->value - comparator;
	}
	return status;
}

/* Writes the rows of one outcome. */
static stpfin_status write_health(struct work *work, const struct stpfin_outcome *outcome)
{
	const struct stpfin_model *model = work->model;
	size_t first = stpfin_table_rows(work->table);
	stpfin_status status = STPFIN_OK;

	stpfin_mortality__project(&work->mortality, model, outcome->run.prevented.left, work->deaths);
	for (size_t t = work->mortality.first_year; t < model->n_years; t++) {
		for (size_t sex = 0; sex < STPFIN_N_SEXES && status == STPFIN_OK; sex++) {
			status = estimate_places(work, sex, t);
		}
	}
	/* Nothing projects inequality: the base year's is shown. */
	for (size_t at = 0; at < model->n_footprints * STPFIN_N_SEXES; at++) {
		struct stpfin_estimate *estimates =
			estimates_of(work, at / STPFIN_N_SEXES, at % STPFIN_N_SEXES, 0);

		estimates[STPFIN_SLOPE_INDEX] = work->inequality[2 * at];
		estimates[STPFIN_RELATIVE_INDEX] = work->inequality[2 * at + 1];
	}
	for (size_t place = 0; place < stpfin_counted_places__number(model); place++) {
		for (size_t measure = 0; measure < STPFIN_N_HEALTH_MEASURES; measure++) {
			for (size_t at = 0; at < STPFIN_N_SEXES * model->n_years && status == STPFIN_OK; at++) {
				status = write_row(work, place, measure, at / model->n_years, at % model->n_years);
			}
		}
	}
	stpfin_result__set_scenario(
		work->table, first, stpfin_table_rows(work->table), outcome->scenario);
	return status;
}

static stpfin_status begin(struct work *work)
{
	const struct stpfin_model *model = work->model;
	size_t n_of_place = STPFIN_N_SEXES * model->n_years * STPFIN_N_HEALTH_MEASURES;
	size_t n = stpfin_model__times(stpfin_counted_places__number(model), n_of_place);
	size_t n_bands;
	stpfin_status status = stpfin_mortality__new(&work->mortality, model);

	if (status == STPFIN_OK) {
		status = find_members(&work->members, model);
	}
	if (status == STPFIN_OK) {
		status = stpfin_counts__new(&work->counts, &work->mortality);
	}
	if (status == STPFIN_OK) {
		status = stpfin_counts__new(&work->of_england, &work->mortality);
	}
	if (status == STPFIN_OK) {
		status = stpfin_result__new("health_gap", model, 0, &work->table);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	n_bands = work->mortality.n;
	for (size_t i = 0; i < sizeof work->by_band / sizeof *work->by_band; i++) {
		work->by_band[i] = stpfin_model__array(n_bands, sizeof(double));
		if (work->by_band[i] == NULL) {
			return STPFIN_ERROR_MEMORY;
		}
	}
	work->deaths =
		stpfin_model__array(stpfin_model__times(n_bands, model->n_years), sizeof *work->deaths);
	work->estimates = stpfin_model__array(n, sizeof *work->estimates);
	work->comparators = stpfin_model__array(n_of_place, sizeof *work->comparators);
	work->inequality =
		stpfin_model__array(model->n_footprints * STPFIN_N_SEXES * 2, sizeof *work->inequality);
	work->ranks = stpfin_model__array(model->n_footprints, sizeof *work->ranks);
	work->best = stpfin_model__array(model->n_footprints, sizeof *work->best);
	if (work->deaths == NULL || work->estimates == NULL || work->comparators == NULL ||
		work->inequality == NULL || work->ranks == NULL || work->best == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	set_none(work->estimates, n);
	for (size_t i = 0; i < n_of_place; i++) {
		work->comparators[i] = (double)NAN;
	}
	return stpfin_inequality__find(model, !work->projection->without_intervals, work->inequality);
}

stpfin_status stpfin_result__health_gap(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
{
	struct work work = {.projection = self, .model = self->model};
	stpfin_status status = begin(&work);

	*out_table = NULL;
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		status = stpfin_poll__ask(poll, i, self->n_outcomes);
		if (status == STPFIN_OK) {
			status = write_health(&work, &self->outcomes[i]);
		}
	}
	if (status == STPFIN_OK) {
		*out_table = work.table;
		work.table = NULL;
	}
	stpfin_table_free(work.table);
	stpfin_mortality__free(&work.mortality);
	free(work.members.first);
	free(work.members.at);
	free(work.deaths);
	stpfin_counts__free(&work.counts);
	stpfin_counts__free(&work.of_england);
	for (size_t i = 0; i < sizeof work.by_band / sizeof *work.by_band; i++) {
		free(work.by_band[i]);
	}
	free(work.estimates);
	free(work.comparators);
	free(work.inequality);
	free(work.ranks);
	free(work.best);
	return status;
}
