#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/plan/conditions.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/table/error.h"

/* The tables whose rows are of a fund in a year. */
static const char *const of_funds[] = {
	"award", "claim", "bid_amount", "portfolio_limit", "fund_condition"};

/* What is asked or given of a fund in a year needs a fund in that year. */
static stpfin_status check_funds(struct stpfin_check *check)
{
	const int32_t *const columns[] = {
		stpfin_check__whole(check, "fund", "fund"), stpfin_check__whole(check, "fund", "year")};
	size_t n_funds = stpfin_check__rows(check, "fund");
	struct stpfin_index index = {0};
	stpfin_status status = stpfin_index__new(&index, columns, 2, n_funds);

	for (size_t row = 0; row < n_funds && status == STPFIN_OK; row++) {
		stpfin_index__add(&index, row);
	}
	for (size_t i = 0; i < sizeof of_funds / sizeof *of_funds && status == STPFIN_OK; i++) {
		const int32_t *fund = stpfin_check__whole(check, of_funds[i], "fund");
		const int32_t *year = stpfin_check__whole(check, of_funds[i], "year");

		for (size_t row = 0, rows = stpfin_check__rows(check, of_funds[i]); row < rows; row++) {
			const int32_t key[] = {fund[row], year[row]};

			if (fund[row] >= 0 && year[row] != STPFIN_MISSING_INT32 &&
				stpfin_index__find(&index, key) == STPFIN_NO_ROW) {
				STPFIN_CHECK_ERROR(check, of_funds[i], row, "year",
					"the fund '%s' has no row for %d: add it to the table fund",
					STPFIN_CHECK_NAME(check, "fund", fund[row]), (int)year[row]);
			}
		}
	}
	stpfin_index__free(&index);
	return status;
}

/* No award is below its floor, nor above its claim or cap. */
static void check_claims(struct stpfin_check *check)
{
	const double *amount = stpfin_check__real(check, "claim", "amount");
	const double *floors = stpfin_check__real(check, "claim", "floor");
	const double *cap = stpfin_check__real(check, "claim", "cap");

	for (size_t row = 0, rows = stpfin_check__rows(check, "claim"); row < rows; row++) {
		const char *most = floors[row] > cap[row] ? "cap" : "claim";

		if (floors[row] > cap[row] || floors[row] > amount[row]) {
			STPFIN_CHECK_ERROR(check, "claim", row, "floor",
				"the floor of %.15g is above the %s of %.15g: lower the one or raise the other",
				floors[row], most, floors[row] > cap[row] ? cap[row] : amount[row]);
		}
	}
}

/* The shares of the conditions of a fund and year are parts of one award. */
static stpfin_status check_shares(struct stpfin_check *check)
{
	const int32_t *fund = stpfin_check__whole(check, "fund_condition", "fund");
	const int32_t *year = stpfin_check__whole(check, "fund_condition", "year");
	const double *share = stpfin_check__real(check, "fund_condition", "share");
	const int32_t *const columns[] = {fund, year};
	size_t n_rows = stpfin_check__rows(check, "fund_condition");
	struct stpfin_index index = {0};
	double *sums = calloc(n_rows + 1, sizeof *sums);
	stpfin_status status =
		sums != NULL ? stpfin_index__new(&index, columns, 2, n_rows) : stpfin_error__memory();

	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		double *sum = &sums[stpfin_index__add(&index, row)];
		double before = *sum;

		*sum += isnan(share[row]) ? 0 : share[row];
		if (before <= 1 + STPFIN_SHARE_TOLERANCE && *sum > 1 + STPFIN_SHARE_TOLERANCE &&
			fund[row] >= 0) {
			STPFIN_CHECK_ERROR(check, "fund_condition", row, "share",
				"with this condition the shares of '%s' in %d sum to %g: they may sum to 1 at most",
				STPFIN_CHECK_NAME(check, "fund", fund[row]), (int)year[row], *sum);
		}
	}
	stpfin_index__free(&index);
	free(sums);
	return status;
}

/* A result is of a condition of its fund and year. */
static stpfin_status check_results(struct stpfin_check *check)
{
	const struct stpfin_column *tested =
		stpfin_table__named(stpfin_check__table(check, "fund_result")->table, "condition");
	const struct stpfin_column *condition =
		stpfin_table__named(stpfin_check__table(check, "fund_condition")->table, "condition");
	const int32_t *fund = stpfin_check__whole(check, "fund_result", "fund");
	const int32_t *year = stpfin_check__whole(check, "fund_result", "year");
	const int32_t *const columns[] = {stpfin_check__whole(check, "fund_condition", "fund"),
		stpfin_check__whole(check, "fund_condition", "year"), condition->whole};
	size_t n_conditions = stpfin_check__rows(check, "fund_condition");
	struct stpfin_index index = {0};
	stpfin_status status = stpfin_index__new(&index, columns, 3, n_conditions);

	for (size_t row = 0; row < n_conditions && status == STPFIN_OK; row++) {
		stpfin_index__add(&index, row);
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "fund_result");
		 row < rows && status == STPFIN_OK; row++) {
		const char *text = stpfin_column__text(tested, row);
		int32_t code =
			text != NULL ? stpfin_dictionary__find(condition->dictionary, text, strlen(text)) : -1;
		const int32_t key[] = {fund[row], year[row], code};
		const char *nearest;

		if (text == NULL || fund[row] < 0 || year[row] == STPFIN_MISSING_INT32 ||
			(code >= 0 && stpfin_index__find(&index, key) != STPFIN_NO_ROW)) {
			continue;
		}
		nearest = code < 0
					  ? stpfin_nearest__among(text, stpfin_dictionary__texts(condition->dictionary),
							stpfin_dictionary__size(condition->dictionary))
					  : NULL;
		STPFIN_CHECK_ERROR(check, "fund_result", row, "condition",
			"'%s' is no condition of the fund '%s' in %d: %s%s%s", STPFIN_EXCERPT(text),
			STPFIN_CHECK_NAME(check, "fund", fund[row]), (int)year[row],
			nearest != NULL ? "did you mean '" : "add it to the table fund_condition",
			nearest != NULL ? STPFIN_EXCERPT(nearest) : "", nearest != NULL ? "'?" : "");
	}
	stpfin_index__free(&index);
	return status;
}

/* Warns of quarters that have results of some conditions but not of all those tested. */
static stpfin_status check_quarters(struct stpfin_check *check)
{
	const stpfin_table *table = stpfin_check__table(check, "fund_condition")->table;
	const struct stpfin_column *condition = stpfin_table__named(table, "condition");
	const struct stpfin_column *tested =
		stpfin_table__named(stpfin_check__table(check, "fund_result")->table, "condition");
	const int32_t *fund = stpfin_check__whole(check, "fund_result", "fund");
	const int32_t *organisation = stpfin_check__whole(check, "fund_result", "organisation");
	const int32_t *year = stpfin_check__whole(check, "fund_result", "year");
	const int32_t *quarter = stpfin_check__whole(check, "fund_result", "quarter");
	const int32_t *const columns[] = {fund, organisation, year, quarter, tested->whole};
	size_t n_rows = stpfin_check__rows(check, "fund_result");
	struct stpfin_conditions conditions;
	struct stpfin_index results = {0};
	struct stpfin_index quarters = {0};
	stpfin_status status = stpfin_conditions__new(&conditions, table);

	if (status == STPFIN_OK) {
		status = stpfin_index__new(&results, columns, 5, n_rows);
	}
	if (status == STPFIN_OK) {
		status = stpfin_index__new(&quarters, columns, 4, n_rows);
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		stpfin_index__add(&results, row);
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		size_t of = stpfin_index__add(&quarters, row) == row
						? stpfin_conditions__first(&conditions, fund[row], year[row])
						: STPFIN_NO_ROW;

		for (; of != STPFIN_NO_ROW; of = conditions.next[of]) {
			const char *text = stpfin_column__text(condition, of);
			const int32_t key[] = {fund[row], organisation[row], year[row], quarter[row],
				stpfin_dictionary__find(tested->dictionary, text, strlen(text))};

			if (stpfin_conditions__is_tested(&conditions, of, quarter[row]) &&
				stpfin_index__find(&results, key) == STPFIN_NO_ROW) {
				stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING,
					stpfin_intake__where(
						stpfin_check__table(check, "fund_result"), row, "condition"),
					"'%s' has no result of '%s' in this quarter: until it has, what it earned is "
					"not shown",
					STPFIN_CHECK_NAME(check, "organisation", organisation[row]),
					STPFIN_EXCERPT(text));
			}
		}
	}
	stpfin_conditions__free(&conditions);
	stpfin_index__free(&results);
	stpfin_index__free(&quarters);
	return status;
}

stpfin_status stpfin_check__fund(struct stpfin_check *check)
{
	stpfin_status status = STPFIN_OK;

	if (stpfin_check__is_sure(check, "fund")) {
		status = check_funds(check);
	}
	check_claims(check);
	if (status == STPFIN_OK) {
		status = check_shares(check);
	}
	if (status == STPFIN_OK && stpfin_check__is_sure(check, "fund_condition")) {
		status = check_results(check);
	}
	if (status == STPFIN_OK && check->problems->n_errors == 0) {
		status = check_quarters(check);
	}
	return status;
}
