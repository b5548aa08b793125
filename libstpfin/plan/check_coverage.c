#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/table/error.h"

/* What a note lists by name before it counts; guessing what was meant looks at every name. */
enum { MOST_NAMED = 8, MOST_GUESSES = 20 };

/* A list of names for a message. */
struct list {
	char text[MOST_NAMED * (STPFIN_EXCERPT_SIZE + 2)];
	size_t used;
	size_t n;
};

static void list_add(struct list *list, const char *name)
{
	if (list->n++ < MOST_NAMED && list->used < sizeof list->text) {
		int written = snprintf(list->text + list->used, sizeof list->text - list->used, "%s%s",
			list->n > 1 ? ", " : "", STPFIN_EXCERPT(name));

		list->used += written > 0 ? (size_t)written : 0;
	}
}

/* " and 12 more", or nothing. */
static const char *list_rest(const struct list *list, char buffer[32])
{
	buffer[0] = '\0';
	if (list->n > MOST_NAMED) {
		snprintf(buffer, 32, " and %zu more", list->n - MOST_NAMED);
	}
	return buffer;
}

/* Whether a table whose blanks mean all has a row for each service. */
static bool *find_services(const struct stpfin_check *check, const char *table)
{
	const int32_t *service = stpfin_check__whole(check, table, "service");
	size_t n = stpfin_check__codes(check, "service");
	bool *has = calloc(n + 1, sizeof *has);
	bool has_all = false;

	for (size_t row = 0; has != NULL && row < stpfin_check__rows(check, table); row++) {
		if (service[row] >= 0) {
			has[service[row]] = true;
		} else {
			has_all = true;
		}
	}
	for (size_t i = 0; has != NULL && i < n; i++) {
		has[i] = has[i] || has_all;
	}
	return has;
}

/* Says once which services that are bought have no row in a table, and what follows. */
static stpfin_status note_services(
	struct stpfin_check *check, const char *table, const char *consequence)
{
	const int32_t *bought = stpfin_check__whole(check, "flow", "service");
	size_t n = stpfin_check__codes(check, "service");
	bool *is_bought = calloc(n + 1, sizeof *is_bought);
	bool *has = find_services(check, table);
	struct list list = {.n = 0};
	char rest[32];
	stpfin_status status = STPFIN_OK;

	if (is_bought == NULL || has == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "flow"); row < rows; row++) {
		is_bought[bought[row]] = true;
	}
	for (size_t i = 0; i < n; i++) {
		if (is_bought[i] && !has[i]) {
			list_add(&list, stpfin_check__name(check, "service", (int32_t)i));
		}
	}
	if (list.n > 0) {
		STPFIN_CHECK_NOTE(
			check, table, "no row fits %s%s: %s", list.text, list_rest(&list, rest), consequence);
	}

out:
	free(is_bought);
	free(has);
	return status;
}

/* What is known of each footprint and organisation, a bit for each setting and kind. */
struct coverage {
	unsigned *settings_of_organisation;
	unsigned *settings;
	unsigned *kinds;
	bool *has_population;
	bool *has_children;
	double *share;
};

static void name_missing(struct list *list, unsigned found, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n && words[i] != NULL; i++) {
		if ((found >> i & 1) == 0) {
			list_add(list, words[i]);
		}
	}
}

static void note_footprints(struct stpfin_check *check, const struct coverage *coverage)
{
	const char *const *settings =
		stpfin_schema__column(stpfin_schema__table("service"), "setting")->choices;
	const char *const *kinds =
		stpfin_schema__column(stpfin_schema__table("organisation"), "kind")->choices;
	struct list empty = {.n = 0};
	char rest[32];

	for (size_t row = 0, rows = stpfin_check__rows(check, "footprint"); row < rows; row++) {
		struct list without_money = {.n = 0};
		struct list without_members = {.n = 0};
		char rest_of_settings[32];

		if (coverage->has_children[row]) {
			continue;
		}
		if (!coverage->has_population[row]) {
			list_add(&empty, stpfin_check__name(check, "footprint", (int32_t)row));
		}
		name_missing(&without_money, coverage->settings[row], settings, SIZE_MAX);
		name_missing(&without_members, coverage->kinds[row], kinds, STPFIN_KIND_COUNCIL + 1);
		if (without_money.n > 0) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_NOTE,
				stpfin_intake__where(stpfin_check__table(check, "footprint"), row, NULL),
				"%s has no money in the settings %s%s",
				STPFIN_CHECK_NAME(check, "footprint", (int32_t)row), without_money.text,
				list_rest(&without_money, rest_of_settings));
		}
		if (without_members.n > 0) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_NOTE,
				stpfin_intake__where(stpfin_check__table(check, "footprint"), row, NULL),
				"%s has no organisation of kind %s",
				STPFIN_CHECK_NAME(check, "footprint", (int32_t)row), without_members.text);
		}
	}
	if (empty.n > 0) {
		STPFIN_CHECK_NOTE(check, "population",
			"no row for %s%s: demand there does not change with population", empty.text,
			list_rest(&empty, rest));
	}
}

static void note_unassigned(struct stpfin_check *check, const struct coverage *coverage)
{
	const int32_t *kind = stpfin_check__whole(check, "organisation", "kind");
	struct list list = {.n = 0};
	char rest[32];

	for (size_t row = 0, rows = stpfin_check__rows(check, "organisation"); row < rows; row++) {
		if (stpfin_kind__has_position(kind[row]) &&
			coverage->share[row] < 1 - STPFIN_SHARE_TOLERANCE) {
			list_add(&list, stpfin_check__name(check, "organisation", (int32_t)row));
		}
	}
	if (list.n > 0) {
		STPFIN_CHECK_NOTE(check, "membership",
			"%s%s lie wholly or partly in no footprint: results show that part as unassigned",
			list.text, list_rest(&list, rest));
	}
}

static stpfin_status check_footprints(struct stpfin_check *check)
{
	size_t n_footprints = stpfin_check__rows(check, "footprint");
	size_t n_organisations = stpfin_check__rows(check, "organisation");
	const int32_t *parent = stpfin_check__whole(check, "footprint", "parent");
	const int32_t *populated = stpfin_check__whole(check, "population", "footprint");
	const int32_t *kind = stpfin_check__whole(check, "organisation", "kind");
	const int32_t *setting = stpfin_check__whole(check, "service", "setting");
	const int32_t *commissioner = stpfin_check__whole(check, "flow", "commissioner");
	const int32_t *service = stpfin_check__whole(check, "flow", "service");
	const double *income = stpfin_check__real(check, "flow", "income");
	const int32_t *member = stpfin_check__whole(check, "membership", "organisation");
	const int32_t *place = stpfin_check__whole(check, "membership", "footprint");
	const double *share = stpfin_check__real(check, "membership", "share");
	struct coverage coverage = {
		calloc(n_organisations + 1, sizeof(unsigned)),
		calloc(n_footprints + 1, sizeof(unsigned)),
		calloc(n_footprints + 1, sizeof(unsigned)),
		calloc(n_footprints + 1, sizeof(bool)),
		calloc(n_footprints + 1, sizeof(bool)),
		calloc(n_organisations + 1, sizeof(double)),
	};
	stpfin_status status = STPFIN_OK;

	if (coverage.settings_of_organisation == NULL || coverage.settings == NULL ||
		coverage.kinds == NULL || coverage.has_population == NULL ||
		coverage.has_children == NULL || coverage.share == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t row = 0; row < n_footprints; row++) {
		if (parent[row] >= 0) {
			coverage.has_children[parent[row]] = true;
		}
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "population"); row < rows; row++) {
		coverage.has_population[populated[row]] = true;
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "flow"); row < rows; row++) {
		if (income[row] != 0 && kind[commissioner[row]] != STPFIN_KIND_PROVIDER) {
			coverage.settings_of_organisation[commissioner[row]] |= 1u << setting[service[row]];
		}
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "membership"); row < rows; row++) {
		coverage.settings[place[row]] |= coverage.settings_of_organisation[member[row]];
		coverage.kinds[place[row]] |= 1u << kind[member[row]];
		coverage.share[member[row]] += share[row];
	}
	note_footprints(check, &coverage);
	note_unassigned(check, &coverage);

out:
	free(coverage.settings_of_organisation);
	free(coverage.settings);
	free(coverage.kinds);
	free(coverage.has_population);
	free(coverage.has_children);
	free(coverage.share);
	return status;
}

/* A supply of what nothing needs is likely a slip of the pen. */
static stpfin_status check_supply(struct stpfin_check *check)
{
	const struct stpfin_column *resource =
		stpfin_table__named(stpfin_check__table(check, "supply")->table, "resource");
	const stpfin_dictionary *groups =
		stpfin_table__named(stpfin_check__table(check, "staffing")->table, "staff_group")
			->dictionary;
	bool *told = calloc(stpfin_dictionary__size(resource->dictionary) + 1, sizeof *told);
	int guesses = 0;

	if (told == NULL) {
		return stpfin_error__memory();
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "supply"); row < rows; row++) {
		const char *text = stpfin_column__text(resource, row);
		struct stpfin_nearest nearest = {.word = text};

		if (told[resource->whole[row]] || strcmp(text, "bed") == 0 ||
			stpfin_dictionary__find(groups, text, strlen(text)) >= 0) {
			continue;
		}
		told[resource->whole[row]] = true;
		stpfin_nearest__consider(&nearest, "bed");
		for (size_t i = 0; guesses < MOST_GUESSES && i < stpfin_dictionary__size(groups); i++) {
			stpfin_nearest__consider(&nearest, stpfin_dictionary__text(groups, (int32_t)i));
		}
		guesses++;
		stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING,
			stpfin_intake__where(stpfin_check__table(check, "supply"), row, "resource"),
			"'%s' is neither bed nor a staff_group of the table staffing%s%s%s",
			STPFIN_EXCERPT(text), nearest.name != NULL ? ": did you mean '" : "",
			nearest.name != NULL ? STPFIN_EXCERPT(nearest.name) : "",
			nearest.name != NULL ? "'?" : "");
	}
	free(told);
	return STPFIN_OK;
}

stpfin_status stpfin_check__coverage(struct stpfin_check *check)
{
	stpfin_status status;

	if (stpfin_check__rows(check, "scheme") > 0 && stpfin_check__rows(check, "deflator") == 0) {
		STPFIN_CHECK_NOTE(
			check, "deflator", "there is none: appraisals take the £ of every year as they are");
	}

	if (stpfin_check__rows(check, "funding") == 0) {
		stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING,
			(struct stpfin_where){stpfin_check__table(check, "funding")->file, 0, NULL},
			"nobody is funded: the whole cost of care is the gap");
	}
	status = check_supply(check);
	if (status == STPFIN_OK) {
		status = note_services(check, "activity_growth", "they grow with population only");
	}
	if (status == STPFIN_OK) {
		status = note_services(check, "cost_mix", "their cost does not inflate");
	}
	if (status == STPFIN_OK) {
		status = note_services(check, "tariff", "their price follows the inflation of their cost");
	}
	return status == STPFIN_OK ? check_footprints(check) : status;
}
