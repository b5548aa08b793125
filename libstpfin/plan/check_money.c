#include <math.h>
#include <stdlib.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/table/error.h"

/* What is known of each organisation, by code. */
struct organisations {
	int32_t *kind; /* -1 where it was wrong */
	bool *is_member;
};

static const char *kind_name(int32_t kind)
{
	return stpfin_schema__column(stpfin_schema__table("organisation"), "kind")->choices[kind];
}

/* Refuses organisations of a kind without a position of its own in a column. */
static void check_has_position(struct stpfin_check *check,
	const struct organisations *organisations, const char *table, const char *column)
{
	const int32_t *organisation = stpfin_check__whole(check, table, column);

	for (size_t row = 0, rows = stpfin_check__rows(check, table); row < rows; row++) {
		int32_t code = organisation[row];
		int32_t kind = code >= 0 ? organisations->kind[code] : -1;

		if (kind >= 0 && !stpfin_kind__has_position(kind)) {
			STPFIN_CHECK_ERROR(check, table, row, column,
				"'%s' is of kind %s, which has no position of its own: name a commissioner, "
				"provider or council",
				STPFIN_CHECK_NAME(check, "organisation", code), kind_name(kind));
		}
	}
}

static void check_flows(struct stpfin_check *check, const struct organisations *organisations)
{
	const int32_t *commissioner = stpfin_check__whole(check, "flow", "commissioner");
	const int32_t *provider = stpfin_check__whole(check, "flow", "provider");
	const double *income = stpfin_check__real(check, "flow", "income");
	const double *cost = stpfin_check__real(check, "flow", "cost");

	check_has_position(check, organisations, "flow", "commissioner");
	for (size_t row = 0, rows = stpfin_check__rows(check, "flow"); row < rows; row++) {
		int32_t buyer = commissioner[row];
		int32_t seller_kind = provider[row] >= 0 ? organisations->kind[provider[row]] : -1;

		if (buyer >= 0 && !organisations->is_member[buyer] &&
			stpfin_check__is_sure(check, "membership")) {
			STPFIN_CHECK_ERROR(check, "flow", row, "commissioner",
				"'%s' buys care and has no membership: say in which footprint it lies",
				STPFIN_CHECK_NAME(check, "organisation", buyer));
		}
		if (seller_kind == STPFIN_KIND_BOARD) {
			STPFIN_CHECK_ERROR(check, "flow", row, "provider",
				"'%s' is a board, which provides no care: name who does",
				STPFIN_CHECK_NAME(check, "organisation", provider[row]));
		}
		if (seller_kind == STPFIN_KIND_OUTSIDE && !isnan(cost[row]) && cost[row] != income[row]) {
			STPFIN_CHECK_ERROR(check, "flow", row, "cost",
				"'%s' is outside the plan and is paid what it costs: leave the cost blank",
				STPFIN_CHECK_NAME(check, "organisation", provider[row]));
		}
	}
}

/* A stream of the base year goes on to the end: one that stops says 0. */
static stpfin_status check_funding(struct stpfin_check *check)
{
	const int32_t *organisation = stpfin_check__whole(check, "funding", "organisation");
	const struct stpfin_column *stream =
		stpfin_table__named(stpfin_check__table(check, "funding")->table, "stream");
	const int32_t *year = stpfin_check__whole(check, "funding", "year");
	const int32_t *const columns[] = {organisation, stream->whole, year};
	size_t n_rows = stpfin_check__rows(check, "funding");
	struct stpfin_index index = {0};
	stpfin_status status = stpfin_index__new(&index, columns, 3, n_rows);

	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		stpfin_index__add(&index, row);
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		if (year[row] != check->settings.base_year || organisation[row] < 0 ||
			stream->whole[row] < 0) {
			continue;
		}
		for (int32_t wanted = check->settings.base_year + 1; wanted <= check->settings.end_year;
			 wanted++) {
			const int32_t key[] = {organisation[row], stream->whole[row], wanted};

			if (stpfin_index__find(&index, key) == STPFIN_NO_ROW) {
				STPFIN_CHECK_ERROR(check, "funding", row, "year",
					"the stream '%s' of '%s' has no amount for %d: give every year to %d, 0 where "
					"it stops",
					STPFIN_EXCERPT(stpfin_column__text(stream, row)),
					STPFIN_CHECK_NAME(check, "organisation", organisation[row]), (int)wanted,
					(int)check->settings.end_year);
			}
		}
	}
	stpfin_index__free(&index);
	return status;
}

static void check_transfers(struct stpfin_check *check)
{
	const int32_t *from = stpfin_check__whole(check, "transfer", "from_organisation");
	const int32_t *to = stpfin_check__whole(check, "transfer", "to_organisation");

	for (size_t row = 0, rows = stpfin_check__rows(check, "transfer"); row < rows; row++) {
		if (from[row] >= 0 && from[row] == to[row]) {
			STPFIN_CHECK_ERROR(check, "transfer", row, "to_organisation",
				"'%s' pays itself: name another organisation",
				STPFIN_CHECK_NAME(check, "organisation", to[row]));
		}
	}
}

stpfin_status stpfin_check__money(struct stpfin_check *check)
{
	const int32_t *organisation = stpfin_check__whole(check, "organisation", "organisation");
	const int32_t *kind = stpfin_check__whole(check, "organisation", "kind");
	const int32_t *member = stpfin_check__whole(check, "membership", "organisation");
	size_t n = stpfin_check__codes(check, "organisation");
	struct organisations organisations = {malloc((n + 1) * sizeof *organisations.kind),
		calloc(n + 1, sizeof *organisations.is_member)};
	stpfin_status status = STPFIN_OK;

	if (organisations.kind == NULL || organisations.is_member == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		organisations.kind[i] = -1;
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "organisation"); row < rows; row++) {
		if (organisation[row] >= 0) {
			organisations.kind[organisation[row]] = kind[row];
		}
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "membership"); row < rows; row++) {
		if (member[row] >= 0) {
			organisations.is_member[member[row]] = true;
		}
	}
	check_flows(check, &organisations);
	check_has_position(check, &organisations, "funding", "organisation");
	check_has_position(check, &organisations, "pressure", "organisation");
	check_has_position(check, &organisations, "transfer", "from_organisation");
	check_has_position(check, &organisations, "transfer", "to_organisation");
	check_has_position(check, &organisations, "award", "organisation");
	check_has_position(check, &organisations, "claim", "organisation");
	check_has_position(check, &organisations, "bid", "organisation");
	check_has_position(check, &organisations, "scheme_cost", "organisation");
	check_transfers(check);
	if (stpfin_check__is_sure(check, "funding")) {
		status = check_funding(check);
	}

out:
	free(organisations.kind);
	free(organisations.is_member);
	return status;
}
