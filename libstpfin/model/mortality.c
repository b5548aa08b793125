#include "libstpfin/model/mortality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/people.h"
#include "libstpfin/model/risks.h"
#include "libstpfin/plan/ages.h"

void stpfin_mortality__free(struct stpfin_mortality *self)
{
	free(self->first);
	free(self->age);
	free(self->population);
	free(self->deaths);
	free(self->good_health);
	free(self->sample);
	free(self->prevalence);
	free(self->harm);
	*self = (struct stpfin_mortality){.n = 0};
}

/* The rows of the latest year, and where each stands among the bands. */
struct entry {
	size_t series; /* footprint and sex */
	int32_t age;
	size_t row;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;

	if (x->series != y->series) {
		return x->series < y->series ? -1 : 1;
	}
	return x->age < y->age ? -1 : x->age > y->age;
}

/* Fills the entries with the rows of the latest year, in the order of bands; returns that year. */
static int32_t sort_rows(
	struct stpfin_mortality *self, const struct stpfin_model *model, struct entry *entries)
{
	const int32_t *footprint = stpfin_plan__whole(model->plan, "mortality", "footprint");
	const int32_t *year = stpfin_plan__whole(model->plan, "mortality", "year");
	const int32_t *sex = stpfin_plan__whole(model->plan, "mortality", "sex");
	const int32_t *age = stpfin_plan__whole(model->plan, "mortality", "age");
	size_t n_rows = stpfin_plan__rows(model->plan, "mortality");
	int32_t latest = INT32_MIN;

	for (size_t row = 0; row < n_rows; row++) {
		latest = year[row] > latest ? year[row] : latest;
	}
	for (size_t row = 0; row < n_rows; row++) {
		if (year[row] == latest) {
			size_t series = (size_t)footprint[row] * STPFIN_N_SEXES +
							(sex[row] >= 0 ? (size_t)sex[row] : STPFIN_PERSONS);

			entries[self->n++] = (struct entry){series, age[row], row};
			self->first[series + 1]++;
		}
	}
	qsort(entries, self->n, sizeof *entries, compare_entries);
	for (size_t i = 0; i < model->n_footprints * STPFIN_N_SEXES; i++) {
		self->first[i + 1] += self->first[i];
	}
	return latest;
}

/* By band of the people: the first age beyond it, that of the next of its footprint and sex. */
static int32_t *find_ends(const struct stpfin_people *people)
{
	int32_t *end = stpfin_model__array(people->n_bands, sizeof *end);

	for (size_t i = 0; end != NULL && i < people->n_bands; i++) {
		size_t footprint = (size_t)people->footprint[i];
		size_t kind = people->kind[i];

		end[i] = INT32_MAX;
		for (size_t j = people->first[footprint]; j < people->first[footprint + 1]; j++) {
			size_t other = people->kind[j];

			if (people->sex[other] == people->sex[kind] && people->age[other] > people->age[kind] &&
				people->age[other] < end[i]) {
				end[i] = people->age[other];
			}
		}
	}
	return end;
}

/* Fills, by year, how many times the people of the first year there are in the footprint's bands
 * that overlap an age band of a sex (-1: all), which ends before the next age. ends is by band. */
static void find_growth(const struct stpfin_model *model, const int32_t *ends, size_t footprint,
	int32_t sex, int32_t age, int32_t next, size_t first_year, double *growth)
{
	const struct stpfin_people *people = model->people;
	double before;

	memset(growth, 0, model->n_years * sizeof *growth);
	for (size_t i = people->first[footprint]; i < people->first[footprint + 1]; i++) {
		int32_t own_sex = people->sex[people->kind[i]];
		int32_t own_age = people->age[people->kind[i]];
		bool overlaps = own_age == STPFIN_MISSING_INT32 || (own_age < next && ends[i] > age);

		for (size_t t = 0;
			 t < model->n_years && overlaps && (sex < 0 || own_sex < 0 || own_sex == sex); t++) {
			growth[t] += people->persons[i * model->n_years + t];
		}
	}
	before = growth[first_year];
	for (size_t t = 0; t < model->n_years; t++) {
		growth[t] = before > 0 ? growth[t] / before : 1;
	}
}

/* Fills the people and deaths of the bands in every year. */
static stpfin_status project_bands(struct stpfin_mortality *self, const struct stpfin_model *model,
	const struct entry *entries, int32_t latest)
{
	const stpfin_plan *plan = model->plan;
	const double *population = stpfin_plan__real(plan, "mortality", "population");
	const double *deaths = stpfin_plan__real(plan, "mortality", "deaths");
	const double *good_health = stpfin_plan__real(plan, "mortality", "good_health");
	const double *sample = stpfin_plan__real(plan, "mortality", "good_health_sample");
	const double *rate = stpfin_plan__real(plan, "mortality_trend", "rate");
	size_t n_years = model->n_years;
	struct stpfin_ages trends = {NULL, 0};
	double *growth = stpfin_model__array(n_years, sizeof *growth);
	int32_t *ends = find_ends(model->people);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (growth != NULL && ends != NULL) {
		status = stpfin_ages__new(&trends, NULL, NULL,
			stpfin_plan__whole(plan, "mortality_trend", "sex"),
			stpfin_plan__whole(plan, "mortality_trend", "age"),
			stpfin_plan__rows(plan, "mortality_trend"));
	}
	for (size_t i = 0; i < self->n && status == STPFIN_OK; i++) {
		size_t row = entries[i].row;
		size_t series = entries[i].series;
		size_t sex = series % STPFIN_N_SEXES;
		int32_t code = sex == STPFIN_PERSONS ? -1 : (int32_t)sex;
		bool is_open = i + 1 == self->n || entries[i + 1].series != series;
		size_t trend = stpfin_ages__find(&trends, 0, 0, code, entries[i].age);
		double step = 1 + (trend != SIZE_MAX ? rate[trend] : 0);
		double trended = deaths[row];

		self->age[i] = entries[i].age;
		self->good_health[i] = good_health[row];
		self->sample[i] = sample[row];
		find_growth(model, ends, series / STPFIN_N_SEXES, code, entries[i].age,
			is_open ? INT32_MAX : entries[i + 1].age, self->first_year, growth);
		for (int32_t year = latest; year < plan->settings.base_year; year++) {
			trended *= step;
		}
		for (size_t t = self->first_year; t < n_years; t++) {
			self->population[i * n_years + t] = population[row] * growth[t];
			self->deaths[i * n_years + t] = trended * growth[t];
			trended *= step;
		}
	}
	stpfin_ages__free(&trends);
	free(growth);
	free(ends);
	return status;
}

/* How exposed the bands are to risks, and what those do to their deaths. */
static stpfin_status expose_bands(
	struct stpfin_mortality *self, const struct stpfin_model *model, const struct entry *entries)
{
	int32_t *footprint = stpfin_model__array(self->n, sizeof *footprint);
	int32_t *sex = stpfin_model__array(self->n, sizeof *sex);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (footprint != NULL && sex != NULL) {
		for (size_t i = 0; i < self->n; i++) {
			size_t of_series = entries[i].series % STPFIN_N_SEXES;

			footprint[i] = (int32_t)(entries[i].series / STPFIN_N_SEXES);
			sex[i] = of_series == STPFIN_PERSONS ? -1 : (int32_t)of_series;
		}
		status =
			stpfin_risks__prevalences(model, footprint, sex, self->age, self->n, &self->prevalence);
	}
	if (status == STPFIN_OK) {
		status = stpfin_risks__harms(model, "mortality", sex, self->age, self->n, &self->harm);
	}
	free(footprint);
	free(sex);
	return status;
}

stpfin_status stpfin_mortality__new(struct stpfin_mortality *self, const struct stpfin_model *model)
{
	size_t n_rows = stpfin_plan__rows(model->plan, "mortality");
	size_t n_values = stpfin_model__times(n_rows, model->n_years);
	struct entry *entries = stpfin_model__array(n_rows, sizeof *entries);
	int32_t latest;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*self = (struct stpfin_mortality){.n = 0};
	self->first =
		stpfin_model__array(model->n_footprints * STPFIN_N_SEXES + 1, sizeof *self->first);
	self->age = stpfin_model__array(n_rows, sizeof *self->age);
	self->population = stpfin_model__array(n_values, sizeof *self->population);
	self->deaths = stpfin_model__array(n_values, sizeof *self->deaths);
	self->good_health = stpfin_model__array(n_rows, sizeof *self->good_health);
	self->sample = stpfin_model__array(n_rows, sizeof *self->sample);
	if (entries == NULL || self->first == NULL || self->age == NULL || self->population == NULL ||
		self->deaths == NULL || self->good_health == NULL || self->sample == NULL) {
		goto out;
	}
	latest = sort_rows(self, model, entries);
	self->first_year = latest > model->plan->settings.base_year
						   ? (size_t)(latest - model->plan->settings.base_year)
						   : 0;
	status = project_bands(self, model, entries, latest);
	if (status == STPFIN_OK && model->risks != NULL) {
		status = expose_bands(self, model, entries);
	}

out:
	free(entries);
	return status;
}

void stpfin_mortality__project(const struct stpfin_mortality *self,
	const struct stpfin_model *model, const double *left, double *out_deaths)
{
	size_t n_years = model->n_years;

	memcpy(out_deaths, self->deaths, self->n * n_years * sizeof *out_deaths);
	if (left == NULL) {
		return;
	}
	for (size_t series = 0; series < model->n_footprints * STPFIN_N_SEXES; series++) {
		size_t n_risks = model->risks->n;
		const double *of_footprint = left + series / STPFIN_N_SEXES * n_risks * n_years;

		for (size_t i = self->first[series]; i < self->first[series + 1]; i++) {
			for (size_t t = 0; t < n_years; t++) {
				out_deaths[i * n_years + t] *= stpfin_risks__factor(model->risks, n_years,
					self->prevalence + i * n_risks, self->harm + i * n_risks, of_footprint, t);
			}
		}
	}
}

stpfin_status stpfin_counts__new(
	struct stpfin_counts *self, const struct stpfin_mortality *mortality)
{
	*self = (struct stpfin_counts){.n = 0};
	self->age = stpfin_model__array(mortality->n, sizeof *self->age);
	self->population = stpfin_model__array(mortality->n, sizeof *self->population);
	self->deaths = stpfin_model__array(mortality->n, sizeof *self->deaths);
	self->good_health = stpfin_model__array(mortality->n, sizeof *self->good_health);
	self->sample = stpfin_model__array(mortality->n, sizeof *self->sample);
	return self->age != NULL && self->population != NULL && self->deaths != NULL &&
				   self->good_health != NULL && self->sample != NULL
			   ? STPFIN_OK
			   : STPFIN_ERROR_MEMORY;
}

void stpfin_counts__free(struct stpfin_counts *self)
{
	free(self->age);
	free(self->population);
	free(self->deaths);
	free(self->good_health);
	free(self->sample);
	*self = (struct stpfin_counts){.n = 0};
}

/* The runs of bands that count a footprint's people of a sex, one or two; returns how many. */
static size_t find_runs(const struct stpfin_mortality *mortality, size_t footprint,
	enum stpfin_sex sex, size_t begin[2], size_t end[2])
{
	const size_t *first = mortality->first + footprint * STPFIN_N_SEXES;
	bool has_both =
		first[STPFIN_MALE] > first[STPFIN_FEMALE] && first[STPFIN_PERSONS] > first[STPFIN_MALE];
	size_t n = 0;

	if (first[sex + 1] > first[sex]) {
		begin[n] = first[sex];
		end[n++] = first[sex + 1];
	} else if (sex == STPFIN_PERSONS && has_both) {
		for (; n < 2; n++) {
			begin[n] = first[n];
			end[n] = first[n + 1];
		}
	}
	return n;
}

/* Keeps of the ages those that a run has too; the first run gives its own. */
static void keep_common(
	struct stpfin_counts *self, const struct stpfin_mortality *mortality, size_t begin, size_t end)
{
	size_t n = 0;

	for (size_t i = begin; self->n == 0 && i < end; i++) {
		self->age[n++] = mortality->age[i];
	}
	for (size_t i = 0, at = begin; i < self->n; i++) {
		while (at < end && mortality->age[at] < self->age[i]) {
			at++;
		}
		if (at < end && mortality->age[at] == self->age[i]) {
			self->age[n++] = self->age[i];
		}
	}
	self->n = n;
}

/* Adds a run of bands in a year, each to the band that holds it. Ages begin at 0. */
static void add_run(struct stpfin_counts *self, const struct stpfin_mortality *mortality,
	const double *deaths, size_t begin, size_t end, size_t n_years, size_t t)
{
	for (size_t i = begin, at = 0; i < end; i++) {
		double population = mortality->population[i * n_years + t];

		while (at + 1 < self->n && self->age[at + 1] <= mortality->age[i]) {
			at++;
		}
		self->population[at] += population;
		self->deaths[at] += deaths[i * n_years + t];
		self->good_health[at] += population * mortality->good_health[i];
		self->sample[at] += mortality->sample[i];
	}
}

void stpfin_counts__find(struct stpfin_counts *self, const struct stpfin_mortality *mortality,
	const struct stpfin_model *model, const double *deaths, const size_t *footprints,
	size_t n_footprints, enum stpfin_sex sex, size_t t)
{
	size_t begin[2];
	size_t end[2];

	self->n = 0;
	for (size_t i = 0; i < n_footprints; i++) {
		size_t n = find_runs(mortality, footprints[i], sex, begin, end);

		for (size_t run = 0; run < n; run++) {
			keep_common(self, mortality, begin[run], end[run]);
		}
	}
	for (size_t band = 0; band < self->n; band++) {
		self->population[band] = 0;
		self->deaths[band] = 0;
		self->good_health[band] = 0;
		self->sample[band] = 0;
	}
	for (size_t i = 0; i < n_footprints && self->n > 0; i++) {
		size_t n = find_runs(mortality, footprints[i], sex, begin, end);

		for (size_t run = 0; run < n; run++) {
			add_run(self, mortality, deaths, begin[run], end[run], model->n_years, t);
		}
	}
	for (size_t band = 0; band < self->n; band++) {
		self->good_health[band] /= self->population[band];
	}
}
