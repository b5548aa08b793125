#include <stdlib.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/table/error.h"

/* Takes away bids that require none, and those that then require none: what is left leads to a
 * cycle. left[bid] counts what a bid still requires; rows are listed by the bid required, the first
 * first[bid] - 1 and the one after it next[row] - 1. */
static void take_away(const int32_t *bid, size_t n_bids, size_t *left, const size_t *first,
	const size_t *next, size_t *taken)
{
	size_t n_taken = 0;

	for (size_t i = 0; i < n_bids; i++) {
		if (left[i] == 0) {
			taken[n_taken++] = i;
		}
	}
	for (size_t i = 0; i < n_taken; i++) {
		for (size_t at = first[taken[i]]; at > 0; at = next[at - 1]) {
			size_t by = (size_t)bid[at - 1];

			if (--left[by] == 0) {
				taken[n_taken++] = by;
			}
		}
	}
}

/* No bid requires itself, by way of others or not: each cycle is told once. */
static stpfin_status check_cycles(struct stpfin_check *check)
{
	const int32_t *bid = stpfin_check__whole(check, "bid_requires", "bid");
	const int32_t *required = stpfin_check__whole(check, "bid_requires", "requires");
	size_t n_bids = stpfin_check__codes(check, "bid");
	size_t n_rows = stpfin_check__rows(check, "bid_requires");
	size_t *left = calloc(n_bids + 1, sizeof *left);
	size_t *first = calloc(n_bids + 1, sizeof *first);
	size_t *next = calloc(n_rows + 1, sizeof *next);
	size_t *work = calloc(n_bids + 1, sizeof *work);
	stpfin_status status = STPFIN_OK;

	if (left == NULL || first == NULL || next == NULL || work == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t row = n_rows; row-- > 0;) {
		if (bid[row] >= 0 && required[row] >= 0) {
			left[bid[row]]++;
			next[row] = first[required[row]];
			first[required[row]] = row + 1;
		}
	}
	take_away(bid, n_bids, left, first, next, work);
	/* From here on: of a bid left, the row of the last bid left that it requires, and 1; and by
	 * which walk it was reached. */
	for (size_t i = 0; i < n_bids; i++) {
		first[i] = 0;
		work[i] = 0;
	}
	for (size_t row = 0; row < n_rows; row++) {
		if (bid[row] >= 0 && required[row] >= 0 && left[bid[row]] > 0 && left[required[row]] > 0) {
			first[bid[row]] = row + 1;
		}
	}
	for (size_t i = 0; i < n_bids; i++) {
		size_t at = i;

		while (first[at] > 0 && work[at] == 0) {
			work[at] = i + 1;
			at = (size_t)required[first[at] - 1];
		}
		if (first[at] > 0 && work[at] == i + 1) {
			STPFIN_CHECK_ERROR(check, "bid_requires", first[at] - 1, "requires",
				"'%s' requires '%s', which in the end requires it: take one of the requirements "
				"between them away",
				STPFIN_CHECK_NAME(check, "bid", (int32_t)at),
				STPFIN_CHECK_NAME(check, "bid", required[first[at] - 1]));
			work[at] = SIZE_MAX;
		}
	}

out:
	free(left);
	free(first);
	free(next);
	free(work);
	return status;
}

static void check_limits(struct stpfin_check *check)
{
	const double *minimum = stpfin_check__real(check, "portfolio_limit", "minimum");
	const double *maximum = stpfin_check__real(check, "portfolio_limit", "maximum");

	for (size_t row = 0, rows = stpfin_check__rows(check, "portfolio_limit"); row < rows; row++) {
		if (minimum[row] > maximum[row]) {
			STPFIN_CHECK_ERROR(check, "portfolio_limit", row, "minimum",
				"the minimum of %.15g is above the maximum of %.15g: lower the one or raise the "
				"other",
				minimum[row], maximum[row]);
		}
	}
}

stpfin_status stpfin_check__bids(struct stpfin_check *check)
{
	check_limits(check);
	return check_cycles(check);
}
