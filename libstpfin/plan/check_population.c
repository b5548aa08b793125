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
			 place >= 0 && first_of_band && year <= check->settings.end_year; year++) {
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
					stpfin_check__name(check, "footprint", place), (int)year, band,
					(int)check->settings.base_year, (int)check->settings.end_year);
			} else if (first_of_place) {
				STPFIN_CHECK_ERROR(check, "population", row, "year",
					"'%s' has no population in %d: give every year from %d to %d",
					stpfin_check__name(check, "footprint", place), (int)year,
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
	double *sum = calloc(n_footprints + 1, sizeof *sum);
	size_t *row_of = calloc(n_footprints + 1, sizeof *row_of);
	stpfin_status status = STPFIN_OK;

	if (sum == NULL || row_of == NULL) {
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
				set >= 0 ? stpfin_check__name(check, "service", set) : "the set of all services",
				text);
		}
	}
	for (size_t row = 0; row < people->n_rows; row++) {
		int32_t place = people->footprint[row];

		if (place >= 0 && people->year[row] == check->settings.base_year &&
			!isnan(people->persons[row])) {
			double weight =
				stpfin_weights__weight(weights, set, people->sex[row], people->age[row]);

			sum[place] += people->persons[row] * (isnan(weight) ? 1 : weight);
			row_of[place] = row + 1;
		}
	}
	for (size_t place = 0; place < n_footprints; place++) {
		if (row_of[place] > 0 && !(sum[place] > 0)) {
			STPFIN_CHECK_ERROR(check, "population", row_of[place] - 1, "persons",
				"'%s' has nobody%s%s in %d: its growth cannot be told",
				stpfin_check__name(check, "footprint", (int32_t)place),
				set >= 0 ? " who uses " : "",
				set >= 0 ? stpfin_check__name(check, "service", set) : "",
				(int)check->settings.base_year);
		}
	}

out:
	free(sum);
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
	status = check_set(check, people, bands, n_bands, &weights, -1);
	for (size_t service = 0; service < n_services && status == STPFIN_OK; service++) {
		if (weights.has_own[service]) {
			status = check_set(check, people, bands, n_bands, &weights, (int32_t)service);
		}
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
	stpfin_status status = check_years(check, &people);

	return status == STPFIN_OK ? check_weights(check, &people) : status;
}
