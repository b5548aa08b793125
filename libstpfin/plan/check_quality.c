#include <math.h>
#include <stdlib.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/table/error.h"

/* The most that an indicator's value can be, by code: the multiplier of a proportion, infinity of
 * any other, NaN of one that is not sure. */
static double *find_ceilings(const struct stpfin_check *check)
{
	enum { PROPORTION = 0 };
	const int32_t *indicator = stpfin_check__whole(check, "indicator", "indicator");
	const int32_t *kind = stpfin_check__whole(check, "indicator", "kind");
	const double *multiplier = stpfin_check__real(check, "indicator", "multiplier");
	size_t n = stpfin_check__codes(check, "indicator");
	double *ceiling = malloc((n + 1) * sizeof *ceiling);

	for (size_t i = 0; ceiling != NULL && i < n; i++) {
		ceiling[i] = (double)NAN;
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "indicator");
		 ceiling != NULL && row < rows; row++) {
		if (indicator[row] >= 0 && !stpfin_check__is_flawed(check, "indicator", row)) {
			ceiling[indicator[row]] = kind[row] != PROPORTION  ? (double)INFINITY
									  : isnan(multiplier[row]) ? 1
															   : multiplier[row];
		}
	}
	if (ceiling == NULL) {
		stpfin_error__memory();
	}
	return ceiling;
}

/* Of what a proportion is out of there are as many or more. */
static void check_counts(struct stpfin_check *check, const double *ceiling)
{
	const int32_t *indicator = stpfin_check__whole(check, "indicator_value", "indicator");
	const double *numerator = stpfin_check__real(check, "indicator_value", "numerator");
	const double *denominator = stpfin_check__real(check, "indicator_value", "denominator");

	for (size_t row = 0, rows = stpfin_check__rows(check, "indicator_value"); row < rows; row++) {
		if (indicator[row] >= 0 && isfinite(ceiling[indicator[row]]) &&
			numerator[row] > denominator[row]) {
			STPFIN_CHECK_ERROR(check, "indicator_value", row, "numerator",
				"%.12g of %.12g is no proportion: give no more than the denominator, or call the "
				"indicator a rate",
				numerator[row], denominator[row]);
		}
	}
}

/* A change is in the indicator's unit: one larger than the whole range of a proportion is in
 * another. */
static void check_changes(struct stpfin_check *check, const char *table, const double *ceiling)
{
	const int32_t *indicator = stpfin_check__whole(check, table, "indicator");
	const double *change = stpfin_check__real(check, table, "change");

	for (size_t row = 0, rows = stpfin_check__rows(check, table); row < rows; row++) {
		if (indicator[row] >= 0 && fabs(change[row]) > ceiling[indicator[row]]) {
			STPFIN_CHECK_ERROR(check, table, row, "change",
				"'%s' goes from 0 to %.12g, so that it cannot change by %.12g: give the change in "
				"its unit",
				STPFIN_CHECK_NAME(check, "indicator", indicator[row]), ceiling[indicator[row]],
				change[row]);
		}
	}
}

/* Rows of a table by a code: the first is first[code] - 1, the one after row i next[i] - 1; 0 is
 * none. */
struct rows_of_code {
	size_t *first;
	size_t *next;
};

static void free_rows(struct rows_of_code *self)
{
	free(self->first);
	free(self->next);
}

/* Lists the rows of a table whose column is a code of another's, but of those with the same `keys`
 * as one before. */
static stpfin_status list_rows(struct rows_of_code *self, const struct stpfin_check *check,
	const char *table, const char *column, const int32_t *const keys[2])
{
	const int32_t *code = stpfin_check__whole(check, table, column);
	size_t n_rows = stpfin_check__rows(check, table);
	struct stpfin_index index = {0};
	stpfin_status status = stpfin_index__new(&index, keys, 2, n_rows);

	self->first = calloc(stpfin_check__codes(check, column) + 1, sizeof *self->first);
	self->next = calloc(n_rows + 1, sizeof *self->next);
	if (self->first == NULL || self->next == NULL) {
		status = stpfin_error__memory();
	}
	for (size_t row = n_rows; row-- > 0 && status == STPFIN_OK;) {
		if (stpfin_index__add(&index, row) == row) {
			self->next[row] = self->first[code[row]];
			self->first[code[row]] = row + 1;
		}
	}
	stpfin_index__free(&index);
	return status;
}

static stpfin_status list_observations(struct rows_of_code *self, const struct stpfin_check *check)
{
	const int32_t *const keys[] = {stpfin_check__whole(check, "indicator_value", "indicator"),
		stpfin_check__whole(check, "indicator_value", "footprint")};

	return list_rows(self, check, "indicator_value", "indicator", keys);
}

/* What commissioners and councils buy in footprints. */
struct bought {
	bool is_sure; /* all who buy have a footprint */
	int32_t *footprint;
	int32_t *service;
	struct stpfin_index index; /* by these two */
};

static void free_bought(struct bought *self)
{
	free(self->footprint);
	free(self->service);
	stpfin_index__free(&self->index);
}

/* Whether a flow has a unit cost that may stand for what its commissioner buys. */
static bool has_unit_cost(const struct stpfin_check *check, size_t flow, const int32_t *kind)
{
	int32_t buyer = kind[stpfin_check__whole(check, "flow", "commissioner")[flow]];

	return (buyer == STPFIN_KIND_COMMISSIONER || buyer == STPFIN_KIND_COUNCIL) &&
		   !isnan(stpfin_check__real(check, "flow", "activity")[flow]);
}

/* kind is by code of the organisation. */
static stpfin_status find_bought(
	struct bought *self, const struct stpfin_check *check, const int32_t *kind)
{
	const int32_t *member = stpfin_check__whole(check, "membership", "organisation");
	const int32_t *place = stpfin_check__whole(check, "membership", "footprint");
	const int32_t *buyer = stpfin_check__whole(check, "flow", "commissioner");
	const int32_t *service = stpfin_check__whole(check, "flow", "service");
	const int32_t *const member_keys[] = {member, place};
	const int32_t *const flow_keys[] = {buyer, service};
	size_t n_flows = stpfin_check__rows(check, "flow");
	struct rows_of_code memberships = {NULL, NULL};
	struct stpfin_index told = {0};
	size_t n = 0;
	stpfin_status status =
		list_rows(&memberships, check, "membership", "organisation", member_keys);

	self->is_sure = true;
	for (int filling = 0; filling < 2 && status == STPFIN_OK; filling++) {
		status = stpfin_index__new(&told, flow_keys, 2, n_flows);
		if (status == STPFIN_OK && filling) {
			const int32_t *keys[2];

			keys[0] = self->footprint = calloc(n + 1, sizeof *self->footprint);
			keys[1] = self->service = calloc(n + 1, sizeof *self->service);
			status = keys[0] != NULL && keys[1] != NULL
						 ? stpfin_index__new(&self->index, keys, 2, n + 1)
						 : stpfin_error__memory();
			n = 0;
		}
		for (size_t flow = 0; flow < n_flows && status == STPFIN_OK; flow++) {
			if (!has_unit_cost(check, flow, kind) || stpfin_index__add(&told, flow) != flow) {
				continue;
			}
			self->is_sure = self->is_sure && memberships.first[buyer[flow]] > 0;
			for (size_t at = memberships.first[buyer[flow]]; at > 0;
				 at = memberships.next[at - 1]) {
				if (filling) {
					self->footprint[n] = place[at - 1];
					self->service[n] = service[flow];
					n += stpfin_index__add(&self->index, n) == n;
				} else {
					n++;
				}
			}
		}
		stpfin_index__free(&told);
	}
	free_rows(&memberships);
	return status;
}

/* Which footprints, by code, are parents; said to be wrong elsewhere where they are observed. */
static bool *find_parents(const struct stpfin_check *check)
{
	const int32_t *parent = stpfin_check__whole(check, "footprint", "parent");
	bool *is_parent = calloc(stpfin_check__codes(check, "footprint") + 1, sizeof *is_parent);

	for (size_t row = 0, rows = stpfin_check__rows(check, "footprint");
		 is_parent != NULL && row < rows; row++) {
		if (parent[row] >= 0) {
			is_parent[parent[row]] = true;
		}
	}
	return is_parent;
}

/* Wherever an indicator is observed, somebody buys the care that its improvement takes. */
static stpfin_status check_costs(struct stpfin_check *check)
{
	static const char *const needed[] = {
		"organisation", "membership", "flow", "indicator_value", "indicator_cost"};
	const int32_t *indicator = stpfin_check__whole(check, "indicator_cost", "indicator");
	const int32_t *service = stpfin_check__whole(check, "indicator_cost", "service");
	const int32_t *footprint = stpfin_check__whole(check, "indicator_value", "footprint");
	const int32_t *organisation = stpfin_check__whole(check, "organisation", "organisation");
	size_t n_rows = stpfin_check__rows(check, "indicator_cost");
	struct rows_of_code observations = {NULL, NULL};
	struct bought bought = {.footprint = NULL};
	int32_t *kind = NULL;
	bool *is_parent = NULL;
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		size_t rows = stpfin_check__rows(check, needed[i]);

		if (!stpfin_check__is_sure(check, needed[i])) {
			return STPFIN_OK;
		}
		for (size_t row = 0; row < rows; row++) {
			if (stpfin_check__is_flawed(check, needed[i], row)) {
				return STPFIN_OK;
			}
		}
	}
	if (n_rows == 0) {
		return STPFIN_OK;
	}
	kind = calloc(stpfin_check__codes(check, "organisation") + 1, sizeof *kind);
	is_parent = find_parents(check);
	if (kind == NULL || is_parent == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "organisation"); row < rows; row++) {
		kind[organisation[row]] = stpfin_check__whole(check, "organisation", "kind")[row];
	}
	status = list_observations(&observations, check);
	if (status == STPFIN_OK) {
		status = find_bought(&bought, check, kind);
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK && bought.is_sure; row++) {
		for (size_t at = observations.first[indicator[row]]; at > 0;
			 at = observations.next[at - 1]) {
			const int32_t key[] = {footprint[at - 1], service[row]};

			if (!is_parent[key[0]] && stpfin_index__find(&bought.index, key) == STPFIN_NO_ROW) {
				STPFIN_CHECK_ERROR(check, "indicator_cost", row, "service",
					"no commissioner or council of '%s' buys '%s' with activity, so that a unit "
					"has no cost: give them a flow, or name a service that they buy",
					STPFIN_CHECK_NAME(check, "footprint", key[0]),
					STPFIN_CHECK_NAME(check, "service", key[1]));
				break;
			}
		}
	}

out:
	free_rows(&observations);
	free_bought(&bought);
	free(kind);
	free(is_parent);
	return status;
}

stpfin_status stpfin_check__quality(struct stpfin_check *check)
{
	double *ceiling = find_ceilings(check);

	if (ceiling == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	check_counts(check, ceiling);
	check_changes(check, "indicator_trend", ceiling);
	check_changes(check, "indicator_effect", ceiling);
	free(ceiling);
	return check_costs(check);
}

/* Warns of targets that are no value the indicator can have. */
static stpfin_status check_targets(struct stpfin_check *check)
{
	const double *target = stpfin_check__real(check, "indicator", "target");
	double *ceiling = find_ceilings(check);

	for (size_t i = 0, n = stpfin_check__rows(check, "indicator"); ceiling != NULL && i < n; i++) {
		if (target[i] < 0 || target[i] > ceiling[i]) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING,
				stpfin_intake__where(stpfin_check__table(check, "indicator"), i, "target"),
				"%.12g cannot be reached: '%s' is never %s %.12g", target[i],
				STPFIN_CHECK_NAME(check, "indicator", (int32_t)i),
				target[i] < 0 ? "below" : "above", target[i] < 0 ? 0 : ceiling[i]);
		}
	}
	if (ceiling == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	free(ceiling);
	return STPFIN_OK;
}

/* Warns of effects on what is not observed, and says which indicators are in no result, or are
 * improved for nothing. */
stpfin_status stpfin_check__quality_realism(struct stpfin_check *check)
{
	const int32_t *observed = stpfin_check__whole(check, "indicator_value", "indicator");
	const int32_t *place = stpfin_check__whole(check, "indicator_value", "footprint");
	const int32_t *indicator = stpfin_check__whole(check, "indicator_effect", "indicator");
	const int32_t *footprint = stpfin_check__whole(check, "indicator_effect", "footprint");
	const int32_t *paid = stpfin_check__whole(check, "indicator_cost", "indicator");
	const int32_t *const keys[] = {observed, place};
	size_t n = stpfin_check__rows(check, "indicator");
	size_t n_observed = stpfin_check__rows(check, "indicator_value");
	bool *is_observed = calloc(n + 1, sizeof *is_observed);
	bool *is_paid = calloc(n + 1, sizeof *is_paid);
	bool *is_changed = calloc(n + 1, sizeof *is_changed);
	struct stpfin_index index = {0};
	stpfin_status status = stpfin_index__new(&index, keys, 2, n_observed);

	if (is_observed == NULL || is_paid == NULL || is_changed == NULL) {
		status = stpfin_error__memory();
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	for (size_t row = 0; row < n_observed; row++) {
		is_observed[observed[row]] = true;
		stpfin_index__add(&index, row);
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "indicator_cost"); row < rows; row++) {
		is_paid[paid[row]] = true;
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "indicator_effect"); row < rows; row++) {
		const int32_t key[] = {indicator[row], footprint[row]};
		bool fits = footprint[row] < 0 ? is_observed[key[0]]
									   : stpfin_index__find(&index, key) != STPFIN_NO_ROW;

		is_changed[key[0]] = is_changed[key[0]] || fits;
		if (!fits) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING,
				stpfin_intake__where(stpfin_check__table(check, "indicator_effect"), row, NULL),
				"'%s' is not observed there: the effect does nothing, so look at its indicator and "
				"footprint, or add to indicator_value",
				STPFIN_CHECK_NAME(check, "indicator", key[0]));
		}
	}
	for (size_t i = 0; i < n; i++) {
		const char *what = !is_observed[i] ? "is not observed: no result shows it"
						   : is_changed[i] && !is_paid[i]
							   ? "has no indicator_cost: schemes improve it for nothing"
							   : NULL;

		if (what != NULL) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_NOTE,
				stpfin_intake__where(stpfin_check__table(check, "indicator"), i, NULL), "'%s' %s",
				STPFIN_CHECK_NAME(check, "indicator", (int32_t)i), what);
		}
	}

out:
	stpfin_index__free(&index);
	free(is_observed);
	free(is_paid);
	free(is_changed);
	return status == STPFIN_OK ? check_targets(check) : status;
}
