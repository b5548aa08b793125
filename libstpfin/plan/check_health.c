#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/ages.h"
#include "libstpfin/plan/check.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/plan/sex_words.h"
#include "libstpfin/table/error.h"

/* The latest year of the table of mortality; no year of its own counts for more. */
static int32_t latest_year(const struct stpfin_check *check)
{
	const int32_t *year = stpfin_check__whole(check, "mortality", "year");
	int32_t latest = INT32_MIN;

	for (size_t row = 0, rows = stpfin_check__rows(check, "mortality"); row < rows; row++) {
		latest = year[row] > latest ? year[row] : latest;
	}
	return latest;
}

static void check_deaths(struct stpfin_check *check)
{
	const double *population = stpfin_check__real(check, "mortality", "population");
	const double *deaths = stpfin_check__real(check, "mortality", "deaths");

	for (size_t row = 0, rows = stpfin_check__rows(check, "mortality"); row < rows; row++) {
		if (deaths[row] > population[row]) {
			STPFIN_CHECK_ERROR(check, "mortality", row, "deaths",
				"%.12g deaths are more than the %.12g people: give both of the same people and "
				"year",
				deaths[row], population[row]);
		}
	}
}

/* In the latest year the ages of a footprint and sex begin at 0, and somebody dies in the open band
 * at their end: else there is no life table. */
static stpfin_status check_ages(struct stpfin_check *check)
{
	const int32_t *footprint = stpfin_check__whole(check, "mortality", "footprint");
	const int32_t *year = stpfin_check__whole(check, "mortality", "year");
	const int32_t *sex = stpfin_check__whole(check, "mortality", "sex");
	const int32_t *age = stpfin_check__whole(check, "mortality", "age");
	const double *deaths = stpfin_check__real(check, "mortality", "deaths");
	const int32_t *const keys[] = {footprint, sex, year};
	size_t n_rows = stpfin_check__rows(check, "mortality");
	int32_t latest = latest_year(check);
	struct stpfin_index series = {0};
	size_t *youngest = calloc(n_rows + 1, sizeof *youngest);
	size_t *oldest = calloc(n_rows + 1, sizeof *oldest);
	stpfin_status status = stpfin_index__new(&series, keys, 3, n_rows);

	if (youngest == NULL || oldest == NULL) {
		status = stpfin_error__memory();
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		size_t first = stpfin_index__add(&series, row);

		if (first == row || age[row] < age[youngest[first]]) {
			youngest[first] = row;
		}
		if (first == row || age[row] > age[oldest[first]]) {
			oldest[first] = row;
		}
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		if (year[row] != latest || stpfin_index__add(&series, row) != row) {
			continue;
		}
		if (age[youngest[row]] != 0) {
			STPFIN_CHECK_ERROR(check, "mortality", youngest[row], "age",
				"the ages of '%s' begin at %d: a life table needs them from 0",
				STPFIN_CHECK_NAME(check, "footprint", footprint[row]), (int)age[youngest[row]]);
		}
		if (deaths[oldest[row]] == 0) {
			STPFIN_CHECK_ERROR(check, "mortality", oldest[row], "deaths",
				"nobody dies at %d and over, so that life would not end: join the band with the "
				"one before",
				(int)age[oldest[row]]);
		}
	}
	stpfin_index__free(&series);
	free(youngest);
	free(oldest);
	return status;
}

/* A footprint's measures by deprivation are told apart by the sex that their names say. */
static stpfin_status check_measures(struct stpfin_check *check)
{
	const struct stpfin_column *measure =
		stpfin_table__named(stpfin_check__table(check, "deprivation")->table, "measure");
	const int32_t *footprint = stpfin_check__whole(check, "deprivation", "footprint");
	size_t n_rows = stpfin_check__rows(check, "deprivation");
	int32_t *sex = calloc(n_rows + 1, sizeof *sex);
	const int32_t *const measures[] = {footprint, measure->whole};
	const int32_t *const keys[] = {footprint, sex};
	struct stpfin_index told = {0};
	struct stpfin_index index = {0};
	stpfin_status status = stpfin_index__new(&told, measures, 2, n_rows);

	if (status == STPFIN_OK) {
		status = stpfin_index__new(&index, keys, 2, n_rows);
	}
	if (sex == NULL) {
		status = stpfin_error__memory();
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		size_t first;

		if (stpfin_index__add(&told, row) != row) {
			continue;
		}
		sex[row] = stpfin_sex__of(stpfin_column__text(measure, row));
		first = stpfin_index__add(&index, row);
		if (first != row) {
			STPFIN_CHECK_ERROR(check, "deprivation", row, "measure",
				"'%s' and '%s' of row %zu are both of %s: results have room for one",
				STPFIN_EXCERPT(stpfin_column__text(measure, row)),
				STPFIN_EXCERPT(stpfin_column__text(measure, first)),
				stpfin_intake__where(stpfin_check__table(check, "deprivation"), first, NULL).row,
				sex[row] < 0    ? "persons"
				: sex[row] == 0 ? "women"
								: "men");
		}
	}
	stpfin_index__free(&told);
	stpfin_index__free(&index);
	free(sex);
	return status;
}

stpfin_status stpfin_check__health(struct stpfin_check *check)
{
	stpfin_status status = STPFIN_OK;

	check_deaths(check);
	if (stpfin_check__is_sure(check, "mortality")) {
		status = check_ages(check);
	}
	if (status == STPFIN_OK && stpfin_check__is_sure(check, "deprivation")) {
		status = check_measures(check);
	}
	return status;
}

/* What is known of risks, by their codes. */
struct risks {
	size_t n;
	bool *is_harmful;  /* it has a relative risk */
	bool *is_told;     /* by footprint and risk: there is a prevalence */
	bool *has_exposed; /* the same: one that is of somebody */
};

static void free_risks(struct risks *self)
{
	free(self->is_harmful);
	free(self->is_told);
	free(self->has_exposed);
}

/* Marks whom the prevalences are of, among the n of some footprints, sexes and ages. */
static void mark_exposed(struct risks *self, const struct stpfin_ages *prevalences,
	const int32_t *footprint, const int32_t *sex, const int32_t *age, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t risk = 0; risk < self->n; risk++) {
			bool *has_exposed = &self->has_exposed[(size_t)footprint[i] * self->n + risk];

			*has_exposed = *has_exposed || stpfin_ages__find(prevalences, footprint[i],
											   (int32_t)risk, sex[i], age[i]) != SIZE_MAX;
		}
	}
}

static stpfin_status find_risks(struct risks *self, const struct stpfin_check *check)
{
	static const char *const people[] = {"population", "mortality"};
	const int32_t *footprint = stpfin_check__whole(check, "prevalence", "footprint");
	const int32_t *risk = stpfin_check__whole(check, "prevalence", "risk");
	const int32_t *harmful = stpfin_check__whole(check, "relative_risk", "risk");
	size_t n_footprints = stpfin_check__codes(check, "footprint");
	size_t n_rows = stpfin_check__rows(check, "prevalence");
	struct stpfin_ages prevalences = {NULL, 0};
	stpfin_status status = stpfin_ages__new(&prevalences, footprint, risk,
		stpfin_check__whole(check, "prevalence", "sex"),
		stpfin_check__whole(check, "prevalence", "age"), n_rows);

	self->n = stpfin_check__codes(check, "risk");
	self->is_harmful = calloc(self->n + 1, sizeof *self->is_harmful);
	self->is_told = calloc(n_footprints + 1, (self->n + 1) * sizeof *self->is_told);
	self->has_exposed = calloc(n_footprints + 1, (self->n + 1) * sizeof *self->has_exposed);
	if (self->is_harmful == NULL || self->is_told == NULL || self->has_exposed == NULL) {
		status = stpfin_error__memory();
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		self->is_told[(size_t)footprint[row] * self->n + (size_t)risk[row]] = true;
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "relative_risk");
		 row < rows && status == STPFIN_OK; row++) {
		self->is_harmful[harmful[row]] = true;
	}
	/* People of a footprint without population are of no known sex and age. */
	for (int32_t place = 0; (size_t)place < n_footprints && status == STPFIN_OK; place++) {
		mark_exposed(
			self, &prevalences, &place, &(int32_t){-1}, &(int32_t){STPFIN_MISSING_INT32}, 1);
	}
	for (size_t i = 0; i < sizeof people / sizeof *people && status == STPFIN_OK; i++) {
		mark_exposed(self, &prevalences, stpfin_check__whole(check, people[i], "footprint"),
			stpfin_check__whole(check, people[i], "sex"),
			stpfin_check__whole(check, people[i], "age"), stpfin_check__rows(check, people[i]));
	}
	stpfin_ages__free(&prevalences);
	return status;
}

/* Whether a mark by footprint and risk is set in a footprint (-1: in any). */
static bool is_marked(const bool *marks, const struct risks *risks, size_t n_footprints,
	int32_t footprint, int32_t risk)
{
	size_t place = footprint < 0 ? 0 : (size_t)footprint;
	size_t end = footprint < 0 ? n_footprints : place + 1;

	while (place < end && !marks[place * risks->n + (size_t)risk]) {
		place++;
	}
	return place < end;
}

/* Warns of prevention of risks that nobody there is exposed to, or that bring nothing. */
static stpfin_status check_prevention(struct stpfin_check *check)
{
	static const char table[] = "prevention_effect";
	const int32_t *footprint = stpfin_check__whole(check, table, "footprint");
	const int32_t *risk = stpfin_check__whole(check, table, "risk");
	size_t n_footprints = stpfin_check__codes(check, "footprint");
	struct risks risks = {.n = 0};
	stpfin_status status = find_risks(&risks, check);

	for (size_t row = 0, rows = stpfin_check__rows(check, table); row < rows && status == STPFIN_OK;
		 row++) {
		const char *what =
			!is_marked(risks.is_told, &risks, n_footprints, footprint[row], risk[row])
				? "no prevalence there:"
			: !risks.is_harmful[risk[row]] ? "no relative_risk:"
			: !is_marked(risks.has_exposed, &risks, n_footprints, footprint[row], risk[row])
				? "a prevalence there, but of nobody that population or mortality counts: look at "
				  "sexes and ages;"
				: NULL;

		if (what != NULL) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING,
				stpfin_intake__where(stpfin_check__table(check, table), row, "risk"),
				"'%s' has %s the effect does nothing", STPFIN_CHECK_NAME(check, "risk", risk[row]),
				what);
		}
	}
	free_risks(&risks);
	return status;
}

/* Says once where deaths are counted, but not in the year that is projected. */
static stpfin_status note_old_counts(struct stpfin_check *check)
{
	const int32_t *footprint = stpfin_check__whole(check, "mortality", "footprint");
	const int32_t *year = stpfin_check__whole(check, "mortality", "year");
	size_t n_rows = stpfin_check__rows(check, "mortality");
	size_t n = stpfin_check__codes(check, "footprint");
	int32_t latest = latest_year(check);
	bool *is_counted = calloc(n + 1, sizeof *is_counted);

	if (is_counted == NULL) {
		return stpfin_error__memory();
	}
	for (size_t row = 0; row < n_rows; row++) {
		is_counted[footprint[row]] = is_counted[footprint[row]] || year[row] == latest;
	}
	for (size_t row = 0; row < n_rows; row++) {
		if (!is_counted[footprint[row]]) {
			is_counted[footprint[row]] = true;
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING,
				stpfin_intake__where(stpfin_check__table(check, "mortality"), row, "year"),
				"'%s' has no deaths in %d, the latest year of the table, from which health is "
				"projected: it is left out",
				STPFIN_CHECK_NAME(check, "footprint", footprint[row]), (int)latest);
		}
	}
	free(is_counted);
	return STPFIN_OK;
}

/* The first ages of the bands of the European standard population are 0, 1, 5, 10 and so on to 95.
 * Those of the deaths have to be among them, and 75 too, or two measures cannot be told. */
static void note_unusual_ages(struct stpfin_check *check)
{
	enum { BAND = 5, OLDEST = 95 };
	const int32_t *age = stpfin_check__whole(check, "mortality", "age");

	for (size_t row = 0, rows = stpfin_check__rows(check, "mortality"); row < rows; row++) {
		if (age[row] != 1 && (age[row] % BAND != 0 || age[row] > OLDEST)) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING,
				stpfin_intake__where(stpfin_check__table(check, "mortality"), row, "age"),
				"no band of the European standard population begins at %d, but at 0, 1, 5 and so "
				"on to 95: there is no standardised rate",
				(int)age[row]);
			return;
		}
	}
}

stpfin_status stpfin_check__health_realism(struct stpfin_check *check)
{
	stpfin_status status = check_prevention(check);

	note_unusual_ages(check);
	return status == STPFIN_OK ? note_old_counts(check) : status;
}
