#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/plan/reach.h"
#include "libstpfin/plan/unit_cost.h"
#include "libstpfin/table/error.h"

/* The sizes of effects, and the column of the table evidence that they are compared by. */
static const struct size {
	const char *table;
	const char *column;
	const char *evidence; /* NULL: none is collected */
	bool never_negative;
} sizes[] = {
	{"activity_effect", "reduction", "activity", false},
	{"efficiency_effect", "saving", "saving", false},
	{"efficiency_effect", "stay_reduction", "stay", true},
	{"prevention_effect", "reduction", NULL, false},
};

static const char *const effect_tables[] = {
	"activity_effect", "efficiency_effect", "prevention_effect", "indicator_effect"};

/* An effect starts after the base year, is full no earlier, and ends no earlier than that. */
static void check_timing(struct stpfin_check *check, const char *table)
{
	const int32_t *start = stpfin_check__whole(check, table, "start_year");
	const int32_t *full = stpfin_check__whole(check, table, "full_year");
	const int32_t *last = stpfin_check__whole(check, table, "last_year");
	size_t n_rows = stpfin_check__rows(check, table);

	for (size_t row = 0; row < n_rows; row++) {
		bool has_full = full[row] != STPFIN_MISSING_INT32;
		int32_t reached = has_full ? full[row] : start[row];

		if (start[row] == STPFIN_MISSING_INT32) {
			continue;
		}
		if (start[row] <= check->settings.base_year) {
			STPFIN_CHECK_ERROR(check, table, row, "start_year",
				"%d is not after the base year %d, which is as it was: give a later year",
				(int)start[row], (int)check->settings.base_year);
		}
		if (has_full && full[row] < start[row]) {
			STPFIN_CHECK_ERROR(check, table, row, "full_year",
				"%d is before the start in %d: give that year or a later one", (int)full[row],
				(int)start[row]);
		} else if (last[row] != STPFIN_MISSING_INT32 && last[row] < reached) {
			STPFIN_CHECK_ERROR(check, table, row, "last_year",
				"%d is before %d, when the effect is full: give that year or a later one",
				(int)last[row], (int)reached);
		}
	}
}

/* Whether a row of the effects on activity moves it. */
static bool is_shift(const struct stpfin_check *check, size_t row)
{
	return stpfin_check__whole(check, "activity_effect", "to_service")[row] >= 0;
}

/* The least and the most an effect of this kind may be. */
static double least(const struct stpfin_check *check, const struct size *size, size_t row)
{
	return size->never_negative ||
				   (strcmp(size->table, "activity_effect") == 0 && is_shift(check, row))
			   ? 0
			   : -1;
}

/* The rows of an effect table by scheme: the first is first[scheme] - 1, the one after row i
 * next[i] - 1; 0 is none. */
struct rows_of_scheme {
	size_t *first;
	size_t *next;
};

static void free_rows(struct rows_of_scheme *self)
{
	free(self->first);
	free(self->next);
}

static stpfin_status find_rows(
	struct rows_of_scheme *self, const struct stpfin_check *check, const char *table)
{
	const int32_t *scheme = stpfin_check__whole(check, table, "scheme");
	size_t n_rows = stpfin_check__rows(check, table);

	self->first = calloc(stpfin_check__codes(check, "scheme") + 1, sizeof *self->first);
	self->next = calloc(n_rows + 1, sizeof *self->next);
	if (self->first == NULL || self->next == NULL) {
		return stpfin_error__memory();
	}
	for (size_t row = n_rows; row-- > 0;) {
		if (scheme[row] >= 0) {
			self->next[row] = self->first[scheme[row]];
			self->first[scheme[row]] = row + 1;
		}
	}
	return STPFIN_OK;
}

/* Sizes after scale. */
static stpfin_status check_sizes(struct stpfin_check *check, const struct size *size)
{
	const double *full_size = stpfin_check__real(check, size->table, size->column);
	const int32_t *chosen = stpfin_check__whole(check, "scenario", "scheme");
	const double *scale = stpfin_check__real(check, "scenario", "scale");
	size_t n_effects = stpfin_check__rows(check, size->table);
	size_t n_chosen = stpfin_check__rows(check, "scenario");
	struct rows_of_scheme rows = {NULL, NULL};
	stpfin_status status = find_rows(&rows, check, size->table);

	for (size_t row = 0; row < n_effects && status == STPFIN_OK; row++) {
		if (full_size[row] < least(check, size, row)) {
			STPFIN_CHECK_ERROR(check, size->table, row, size->column,
				"%.12g is negative: activity cannot be moved back, so give 0 to 1", full_size[row]);
		}
	}
	for (size_t row = 0; row < n_chosen && status == STPFIN_OK; row++) {
		size_t at = chosen[row] >= 0 ? rows.first[chosen[row]] : 0;

		for (; at > 0; at = rows.next[at - 1]) {
			double scaled = full_size[at - 1] * scale[row];

			if (scaled > 1 || scaled < -1) {
				STPFIN_CHECK_ERROR(check, "scenario", row, "scale",
					"times %.12g, the %s of '%s' in row %zu of %s is %.12g: it must stay within "
					"-1 and 1",
					scale[row], size->column, STPFIN_CHECK_NAME(check, "scheme", chosen[row]),
					stpfin_intake__where(stpfin_check__table(check, size->table), at - 1, NULL).row,
					size->table, scaled);
			}
		}
	}
	free_rows(&rows);
	return status;
}

/* The keys of an effect that say which flows it acts on. */
static void read_keys(
	const struct stpfin_check *check, const char *table, size_t row, int32_t key[STPFIN_REACH_KEYS])
{
	key[0] = stpfin_check__whole(check, table, "commissioner")[row];
	key[1] = stpfin_check__whole(check, table, "provider")[row];
	key[2] = stpfin_check__whole(check, table, "service")[row];
}

static stpfin_status find_flows(struct stpfin_reach *self, const struct stpfin_check *check)
{
	return stpfin_reach__new(self, stpfin_check__whole(check, "flow", "commissioner"),
		stpfin_check__whole(check, "flow", "provider"),
		stpfin_check__whole(check, "flow", "service"), stpfin_check__rows(check, "flow"),
		stpfin_check__codes(check, "organisation"), stpfin_check__codes(check, "service"));
}

/* A shift takes from flows whose units are counted, and has a unit cost for every commissioner it
 * acts for. */
static void check_shift(struct stpfin_check *check, size_t row, const struct stpfin_reach *flows,
	const struct stpfin_unit_costs *costs)
{
	const char *table = "activity_effect";
	const double *activity = stpfin_check__real(check, "flow", "activity");
	const int32_t *commissioner = stpfin_check__whole(check, "flow", "commissioner");
	int32_t to_service = stpfin_check__whole(check, table, "to_service")[row];
	int32_t to_provider = stpfin_check__whole(check, table, "to_provider")[row];
	double given = stpfin_check__real(check, table, "unit_cost")[row];
	int32_t key[STPFIN_REACH_KEYS];
	size_t at = 0;

	read_keys(check, table, row, key);
	for (size_t flow; (flow = stpfin_reach__next(flows, key, &at)) != SIZE_MAX;) {
		if (stpfin_check__is_flawed(check, "flow", flow) || commissioner[flow] < 0) {
			continue;
		}
		if (isnan(activity[flow])) {
			STPFIN_CHECK_ERROR(check, table, row, "service",
				"the flow in row %zu is cost only: what has no activity cannot be moved, so give "
				"it activity or reduce it without a destination",
				stpfin_intake__where(stpfin_check__table(check, "flow"), flow, NULL).row);
			return;
		}
		if (isnan(given) &&
			isnan(stpfin_unit_costs__find(costs, commissioner[flow], to_provider, to_service))) {
			STPFIN_CHECK_ERROR(check, table, row, "unit_cost",
				"'%s' buys no '%s' whose unit cost could be taken: give one",
				STPFIN_CHECK_NAME(check, "organisation", commissioner[flow]),
				STPFIN_CHECK_NAME(check, "service", to_service));
			return;
		}
	}
}

/* Refuses destinations that are boards. */
static stpfin_status check_destinations(struct stpfin_check *check)
{
	const int32_t *to_provider = stpfin_check__whole(check, "activity_effect", "to_provider");
	const int32_t *organisation = stpfin_check__whole(check, "organisation", "organisation");
	const int32_t *kind = stpfin_check__whole(check, "organisation", "kind");
	size_t n_organisations = stpfin_check__rows(check, "organisation");
	size_t n_rows = stpfin_check__rows(check, "activity_effect");
	bool *is_board = calloc(stpfin_check__codes(check, "organisation") + 1, sizeof *is_board);

	if (is_board == NULL) {
		return stpfin_error__memory();
	}
	for (size_t row = 0; row < n_organisations; row++) {
		if (organisation[row] >= 0) {
			is_board[organisation[row]] = kind[row] == STPFIN_KIND_BOARD;
		}
	}
	for (size_t row = 0; row < n_rows; row++) {
		if (to_provider[row] >= 0 && is_board[to_provider[row]]) {
			STPFIN_CHECK_ERROR(check, "activity_effect", row, "to_provider",
				"'%s' is a board, which provides no care: name who does",
				STPFIN_CHECK_NAME(check, "organisation", to_provider[row]));
		}
	}
	free(is_board);
	return STPFIN_OK;
}

static stpfin_status check_shifts(struct stpfin_check *check)
{
	const int32_t *to_service = stpfin_check__whole(check, "activity_effect", "to_service");
	const int32_t *to_provider = stpfin_check__whole(check, "activity_effect", "to_provider");
	size_t n_rows = stpfin_check__rows(check, "activity_effect");
	struct stpfin_reach flows = {.n = 0};
	struct stpfin_unit_costs costs = {.cost = NULL};
	stpfin_status status = STPFIN_OK;

	if (n_rows == 0 || !stpfin_check__is_sure(check, "activity_effect")) {
		return STPFIN_OK; /* a blank destination may be one that could not be read */
	}
	status = stpfin_unit_costs__new(&costs, stpfin_check__table(check, "flow")->table);
	if (status == STPFIN_OK) {
		status = find_flows(&flows, check);
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		if ((to_service[row] >= 0) != (to_provider[row] >= 0)) {
			STPFIN_CHECK_ERROR(check, "activity_effect", row,
				to_service[row] >= 0 ? "to_provider" : "to_service",
				"a shift needs both to_service and to_provider: fill it in, or leave both blank");
		} else if (to_service[row] >= 0) {
			check_shift(check, row, &flows, &costs);
		}
	}
	stpfin_reach__free(&flows);
	stpfin_unit_costs__free(&costs);
	return status == STPFIN_OK ? check_destinations(check) : status;
}

/* Warns of effects that act on nothing. */
static stpfin_status check_reach(struct stpfin_check *check, const char *table)
{
	size_t n_rows = stpfin_check__rows(check, table);
	struct stpfin_reach flows = {.n = 0};
	stpfin_status status = n_rows > 0 ? find_flows(&flows, check) : STPFIN_OK;

	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		int32_t key[STPFIN_REACH_KEYS];
		size_t at = 0;

		read_keys(check, table, row, key);
		if (stpfin_reach__next(&flows, key, &at) == SIZE_MAX) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING,
				stpfin_intake__where(stpfin_check__table(check, table), row, NULL),
				"no flow fits: the effect does nothing, so look at its commissioner, provider and "
				"service");
		}
	}
	stpfin_reach__free(&flows);
	return status;
}

/* Capital has a life; scheme costs fall on somebody who has a position. */
static void check_scheme_costs(struct stpfin_check *check)
{
	enum { CAPITAL = 2 };
	const int32_t *kind = stpfin_check__whole(check, "scheme_cost", "kind");
	const int32_t *life = stpfin_check__whole(check, "scheme_cost", "asset_life");
	size_t n_rows = stpfin_check__rows(check, "scheme_cost");

	for (size_t row = 0; row < n_rows; row++) {
		if (kind[row] == CAPITAL && life[row] == STPFIN_MISSING_INT32 &&
			!stpfin_check__is_flawed(check, "scheme_cost", row)) {
			STPFIN_CHECK_ERROR(check, "scheme_cost", row, "asset_life",
				"the cell is blank: capital needs the whole years of its life, to be written off "
				"over");
		}
	}
}

/* Warns of recurrent costs that stop before the plan does. */
static stpfin_status check_recurrent(struct stpfin_check *check)
{
	enum { RECURRENT = 0 };
	const int32_t *scheme = stpfin_check__whole(check, "scheme_cost", "scheme");
	const int32_t *organisation = stpfin_check__whole(check, "scheme_cost", "organisation");
	const int32_t *year = stpfin_check__whole(check, "scheme_cost", "year");
	const int32_t *kind = stpfin_check__whole(check, "scheme_cost", "kind");
	const int32_t *const keys[] = {scheme, organisation};
	size_t n_rows = stpfin_check__rows(check, "scheme_cost");
	size_t *latest = calloc(n_rows + 1, sizeof *latest);
	struct stpfin_index index = {0};
	stpfin_status status = STPFIN_OK;

	if (latest == NULL) {
		return stpfin_error__memory();
	}
	status = stpfin_index__new(&index, keys, 2, n_rows);
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		if (kind[row] == RECURRENT) {
			size_t first = stpfin_index__add(&index, row);

			if (first == row || year[row] > year[latest[first]]) {
				latest[first] = row;
			}
		}
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		const int32_t key[] = {scheme[row], organisation[row]};

		if (kind[row] == RECURRENT && stpfin_index__find(&index, key) == row &&
			year[latest[row]] < check->settings.end_year) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING,
				stpfin_intake__where(
					stpfin_check__table(check, "scheme_cost"), latest[row], "year"),
				"the recurrent cost of '%s' to '%s' stops in %d: give every year to %d, 0 if it "
				"does stop",
				STPFIN_CHECK_NAME(check, "scheme", scheme[row]),
				STPFIN_CHECK_NAME(check, "organisation", organisation[row]), (int)year[latest[row]],
				(int)check->settings.end_year);
		}
	}
	stpfin_index__free(&index);
	free(latest);
	return status;
}

/* What scaling may leave of the ends of a published range when it is written down. */
static const double range_tolerance = 1e-9;

/* Warns of a size of an effect that is outside the range published for its service. `where` is
 * the cell that makes it what it is. */
static void compare_with_evidence(struct stpfin_check *check, const struct size *size, size_t row,
	double found, struct stpfin_where where)
{
	const struct stpfin_column *effect =
		stpfin_table__named(stpfin_check__table(check, "evidence")->table, "effect");
	const int32_t *studied = stpfin_check__whole(check, "evidence", "service");
	const double *low = stpfin_check__real(check, "evidence", "low");
	const double *high = stpfin_check__real(check, "evidence", "high");
	int32_t service = stpfin_check__whole(check, size->table, "service")[row];
	size_t n_evidence = stpfin_check__rows(check, "evidence");

	for (size_t i = 0; i < n_evidence; i++) {
		if (strcmp(stpfin_column__text(effect, i), size->evidence) == 0 &&
			(service < 0 || service == studied[i]) &&
			(found < low[i] - range_tolerance || found > high[i] + range_tolerance)) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING, where,
				"the %s of row %zu of %s comes to %.12g, outside the published %.12g to %.12g for "
				"'%s' (row %zu of evidence)",
				size->column,
				stpfin_intake__where(stpfin_check__table(check, size->table), row, NULL).row,
				size->table, found, low[i], high[i],
				STPFIN_CHECK_NAME(check, "service", studied[i]),
				stpfin_intake__where(stpfin_check__table(check, "evidence"), i, NULL).row);
		}
	}
}

/* Compares effects with evidence as they stand, and as scenarios scale them. */
static stpfin_status check_evidence(struct stpfin_check *check, const struct size *size)
{
	const double *full_size = stpfin_check__real(check, size->table, size->column);
	const int32_t *chosen = stpfin_check__whole(check, "scenario", "scheme");
	const double *scale = stpfin_check__real(check, "scenario", "scale");
	size_t n_effects = stpfin_check__rows(check, size->table);
	size_t n_chosen = stpfin_check__rows(check, "scenario");
	struct rows_of_scheme rows = {NULL, NULL};
	stpfin_status status = find_rows(&rows, check, size->table);

	for (size_t row = 0; row < n_effects && status == STPFIN_OK; row++) {
		compare_with_evidence(check, size, row, full_size[row],
			stpfin_intake__where(stpfin_check__table(check, size->table), row, size->column));
	}
	for (size_t row = 0; row < n_chosen && status == STPFIN_OK; row++) {
		size_t at = isnan(scale[row]) || scale[row] == 1 ? 0 : rows.first[chosen[row]];

		for (; at > 0; at = rows.next[at - 1]) {
			compare_with_evidence(check, size, at - 1, full_size[at - 1] * scale[row],
				stpfin_intake__where(stpfin_check__table(check, "scenario"), row, "scale"));
		}
	}
	free_rows(&rows);
	return status;
}

/* Whether a consultation that ends on that date (or in that financial year) is still going on when
 * a financial year begins. */
static bool ends_after_start(const char *end, int32_t year)
{
	int32_t end_year;
	char first_day[16];

	if (stpfin_intake__year(end, strlen(end), &end_year)) {
		return end_year >= year;
	}
	snprintf(first_day, sizeof first_day, "%04d-04-01", (int)year);
	return strcmp(end, first_day) >= 0;
}

/* Warns of effects that start before those who are asked have answered. */
static void check_engagement(struct stpfin_check *check, const char *table)
{
	const struct stpfin_column *end =
		stpfin_table__named(stpfin_check__table(check, "engagement")->table, "end");
	const int32_t *asked = stpfin_check__whole(check, "engagement", "scheme");
	const int32_t *scheme = stpfin_check__whole(check, table, "scheme");
	const int32_t *start = stpfin_check__whole(check, table, "start_year");
	size_t n_engagements = stpfin_check__rows(check, "engagement");
	size_t n_rows = stpfin_check__rows(check, table);

	for (size_t row = 0; row < n_rows; row++) {
		for (size_t i = 0; i < n_engagements; i++) {
			const char *date = stpfin_column__text(end, i);

			if ((asked[i] >= 0 && asked[i] != scheme[row]) || date == NULL ||
				!ends_after_start(date, start[row])) {
				continue;
			}
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING,
				stpfin_intake__where(stpfin_check__table(check, table), row, "start_year"),
				"the effect starts in %d, before its consultation ends (%s, row %zu of "
				"engagement)",
				(int)start[row], date,
				stpfin_intake__where(stpfin_check__table(check, "engagement"), i, NULL).row);
			break;
		}
	}
}

stpfin_status stpfin_check__schemes(struct stpfin_check *check)
{
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < sizeof effect_tables / sizeof *effect_tables; i++) {
		check_timing(check, effect_tables[i]);
	}
	check_scheme_costs(check);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes && status == STPFIN_OK; i++) {
		status = check_sizes(check, &sizes[i]);
	}
	return status == STPFIN_OK ? check_shifts(check) : status;
}

stpfin_status stpfin_check__realism(struct stpfin_check *check)
{
	stpfin_status status = check_recurrent(check);

	if (status == STPFIN_OK) {
		status = check_reach(check, "activity_effect");
	}
	if (status == STPFIN_OK) {
		status = check_reach(check, "efficiency_effect");
	}
	for (size_t i = 0; i < sizeof effect_tables / sizeof *effect_tables; i++) {
		check_engagement(check, effect_tables[i]);
	}
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes && status == STPFIN_OK; i++) {
		if (sizes[i].evidence != NULL) {
			status = check_evidence(check, &sizes[i]);
		}
	}
	return status;
}
