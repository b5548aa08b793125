#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/plan/weights.h"
#include "libstpfin/table/error.h"

/* The columns of the population table. */
struct population {
	size_t n_rows;
	const int32_t *footprint;
	const int32_t *year;
	const int32_t *sex;
	const int32_t *age;
	const double *persons;
};

/* How people of a sex and age are called in a message. */
static void describe_band(int32_t sex, int32_t age, char *buffer, size_t size)
{
	static const char *const sexes[] = {"female", "male"};
	const char *people = sex >= 0 && sex < 2 ? sexes[sex] : "persons";

	if (age == STPFIN_MISSING_INT32) {
		snprintf(buffer, size, "%s of all ages", people);
	} else {
		snprintf(buffer, size, "%s aged %d and on", people, (int)age);
	}
}

/* Every year of every footprint, sex and age that has any. */
static stpfin_status check_years(struct stpfin_check *check, const struct population *people)
{
	const int32_t *const band_keys[] = {people->footprint, people->sex, people->age};
	const int32_t *const keys[] = {people->footprint, people->sex, people->age, people->year};
	const int32_t *const year_keys[] = {people->footprint, people->year};
	struct stpfin_index bands = {0};
	struct stpfin_index rows = {0};
	struct stpfin_index years = {0};
	struct stpfin_index footprints = {0};
	stpfin_status status;

	status = stpfin_index__new(&bands, band_keys, 3, people->n_rows);
	if (status == STPFIN_OK) {
		status = stpfin_index__new(&rows, keys, 4, people->n_rows);
	}
	if (status == STPFIN_OK) {
		status = stpfin_index__new(&years, year_keys, 2, people->n_rows);
	}
	if (status == STPFIN_OK) {
		status = stpfin_index__new(&footprints, year_keys, 1, people->n_rows);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	for (size_t row = 0; row < people->n_rows; row++) {
		stpfin_index__add(&rows, row);
		stpfin_index__add(&years, row);
	}
	for (size_t row = 0; row < people->n_rows; row++) {
		bool first_of_band = stpfin_index__add(&bands, row) == row;
		bool first_of_place = stpfin_index__add(&footprints, row) == row;
		int32_t place = people->footprint[row];

		for (int32_t year = check->settings.base_year;
			 first_of_band && year <= check->settings.end_year; year++) {
			const int32_t key[] = {place, people->sex[row], people->age[row], year};
			const int32_t year_key[] = {place, year};
			char band[64];

			if (stpfin_index__find(&rows, key) != STPFIN_NO_ROW) {
				continue;
			}
			if (stpfin_index__find(&years, year_key) != STPFIN_NO_ROW) {
				describe_band(people->sex[row], people->age[row], band, sizeof band);
				STPFIN_CHECK_ERROR(check, "population", row, "year",
					"'%s' has no persons in %d for %s: give every year from %d to %d",
					STPFIN_CHECK_NAME(check, "footprint", place), (int)year, band,
					(int)check->settings.base_year, (int)check->settings.end_year);
			} else if (first_of_place) {
				STPFIN_CHECK_ERROR(check, "population", row, "year",
					"'%s' has no population in %d: give every year from %d to %d",
					STPFIN_CHECK_NAME(check, "footprint", place), (int)year,
					(int)check->settings.base_year, (int)check->settings.end_year);
			}
		}
	}

out:
	stpfin_index__free(&bands);
	stpfin_index__free(&rows);
	stpfin_index__free(&years);
	stpfin_index__free(&footprints);
	return status;
}

/* The row that counts the people of another among more; STPFIN_NO_ROW if none does. */
static size_t find_whole(
	const struct stpfin_index *rows, const struct population *people, size_t row)
{
	const int32_t sexes[] = {people->sex[row], -1};
	const int32_t ages[] = {people->age[row], STPFIN_MISSING_INT32};

	for (size_t i = 1; i < 4; i++) {
		const int32_t key[] = {
			people->footprint[row], people->year[row], sexes[i & 1], ages[i >> 1]};
		size_t found = stpfin_index__find(rows, key);

		if (found != STPFIN_NO_ROW && found != row) {
			return found;
		}
	}
	return STPFIN_NO_ROW;
}

/* Blank is all sexes or ages: who is counted so is not counted by sex or age as well. */
static stpfin_status check_overlaps(struct stpfin_check *check, const struct population *people)
{
	const int32_t *const keys[] = {people->footprint, people->year, people->sex, people->age};
	struct stpfin_index rows = {0};
	bool *told = calloc(people->n_rows + 1, sizeof *told);
	stpfin_status status = stpfin_index__new(&rows, keys, 4, people->n_rows);

	if (told == NULL) {
		status = stpfin_error__memory();
	}
	for (size_t row = 0; row < people->n_rows && status == STPFIN_OK; row++) {
		stpfin_index__add(&rows, row);
	}
	for (size_t row = 0; row < people->n_rows && status == STPFIN_OK; row++) {
		size_t whole = find_whole(&rows, people, row);

		if (whole != STPFIN_NO_ROW && !told[whole]) {
			told[whole] = true;
			STPFIN_CHECK_ERROR(check, "population", whole,
				people->sex[whole] != people->sex[row] ? "sex" : "age",
				"counts the people of row %zu again: leave out one of the two, a blank is all",
				stpfin_intake__where(stpfin_check__table(check, "population"), row, NULL).row);
		}
	}
	free(told);
	stpfin_index__free(&rows);
	return status;
}

/* The first row of a set of weights. */
static size_t first_row(const struct stpfin_check *check, int32_t set)
{
	const int32_t *service = stpfin_check__whole(check, "age_weight", "service");
	size_t row = 0;

	while (service[row] != set) {
		row++;
	}
	return row;
}

/* A set of weights has one for every sex and age of the population, and leaves every footprint
 * somebody in the base year, or there is nothing to grow from. */
static stpfin_status check_set(struct stpfin_check *check, const struct population *people,
	const size_t *bands, size_t n_bands, const struct stpfin_weights *weights, int32_t set)
{
	size_t n_footprints = stpfin_check__codes(check, "footprint");
	const char *name = set >= 0 ? stpfin_check__name(check, "service", set) : "";
	double *users = calloc(n_footprints + 1, sizeof *users);
	double *persons = calloc(n_footprints + 1, sizeof *persons);
	size_t *row_of = calloc(n_footprints + 1, sizeof *row_of);
	stpfin_status status = STPFIN_OK;

	if (users == NULL || persons == NULL || row_of == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t i = 0; i < n_bands && (set >= 0 || weights->has_blank); i++) {
		int32_t sex = people->sex[bands[i]];
		int32_t age = people->age[bands[i]];

		if (stpfin_weights__row(weights, set, sex, age) == STPFIN_NO_ROW) {
			char text[64];

			describe_band(sex, age, text, sizeof text);
			STPFIN_CHECK_ERROR(check, "age_weight", first_row(check, set), "age",
				"%s has no weight for %s, whom the population has: give every sex and age one",
				set >= 0 ? STPFIN_EXCERPT(name) : "the set of all services", text);
		}
	}
	for (size_t row = 0; row < people->n_rows; row++) {
		int32_t place = people->footprint[row];

		if (people->year[row] == check->settings.base_year && !isnan(people->persons[row])) {
			double weight =
				stpfin_weights__weight(weights, set, people->sex[row], people->age[row]);

			users[place] += people->persons[row] * (isnan(weight) ? 1 : weight);
			persons[place] += people->persons[row];
			row_of[place] = row + 1;
		}
	}
	for (size_t place = 0; place < n_footprints; place++) {
		const char *footprint = stpfin_check__name(check, "footprint", (int32_t)place);

		if (row_of[place] == 0 || users[place] > 0) {
			continue;
		}
		if (persons[place] > 0) {
			STPFIN_CHECK_ERROR(check, "population", row_of[place] - 1, "persons",
				"'%s' has nobody in %d who uses %s, by age_weight: its growth cannot be told",
				STPFIN_EXCERPT(footprint), (int)check->settings.base_year,
				set >= 0 ? STPFIN_EXCERPT(name) : "services without weights of their own");
		} else if (set < 0) { /* once, not for every service */
			STPFIN_CHECK_ERROR(check, "population", row_of[place] - 1, "persons",
				"'%s' has nobody in %d: its growth cannot be told", STPFIN_EXCERPT(footprint),
				(int)check->settings.base_year);
		}
	}

out:
	free(users);
	free(persons);
	free(row_of);
	return status;
}

static stpfin_status check_weights(struct stpfin_check *check, const struct population *people)
{
	const int32_t *const band_keys[] = {people->sex, people->age};
	size_t n_services = stpfin_check__codes(check, "service");
	struct stpfin_index index = {0};
	struct stpfin_weights weights = {.has_blank = false};
	size_t *bands = malloc((people->n_rows + 1) * sizeof *bands);
	size_t n_bands = 0;
	stpfin_status status = STPFIN_OK;

	if (bands == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	status =
		stpfin_weights__new(&weights, stpfin_check__table(check, "age_weight")->table, n_services);
	if (status == STPFIN_OK) {
		status = stpfin_index__new(&index, band_keys, 2, people->n_rows);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	for (size_t row = 0; row < people->n_rows; row++) {
		if (stpfin_index__add(&index, row) == row) {
			bands[n_bands++] = row;
		}
	}
	for (size_t set = 0; set < weights.n_sets && status == STPFIN_OK; set++) {
		status = check_set(check, people, bands, n_bands, &weights, weights.service[set]);
	}

out:
	free(bands);
	stpfin_index__free(&index);
	stpfin_weights__free(&weights);
	return status;
}

stpfin_status stpfin_check__population(struct stpfin_check *check)
{
	const struct population people = {
		stpfin_check__rows(check, "population"),
		stpfin_check__whole(check, "population", "footprint"),
		stpfin_check__whole(check, "population", "year"),
		stpfin_check__whole(check, "population", "sex"),
		stpfin_check__whole(check, "population", "age"),
		stpfin_check__real(check, "population", "persons"),
	};
	stpfin_status status;

	if (!stpfin_check__is_sure(check, "population")) {
		return STPFIN_OK;
	}
	status = check_years(check, &people);
	if (status == STPFIN_OK) {
		status = check_overlaps(check, &people);
	}
	if (status == STPFIN_OK && stpfin_check__is_sure(check, "age_weight")) {
		status = check_weights(check, &people);
	}
	return status;
}
