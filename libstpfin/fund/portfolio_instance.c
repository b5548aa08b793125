#include "libstpfin/fund/portfolio_instance.h"

#include <math.h>
#include <stdlib.h>

#include "libstpfin/plan/index.h"

/* What sums of amounts may miss a bound by, as a share of what is summed. */
static const double rounding = 1e-12;

stpfin_status stpfin_lists__new(
	struct stpfin_lists *self, const size_t *keys, size_t n_keys, size_t n)
{
	self->first = stpfin_model__array(n + 1, sizeof *self->first);
	self->at = stpfin_model__array(n_keys, sizeof *self->at);
	if (self->first == NULL || self->at == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < n_keys; i++) {
		self->first[keys[i]]++;
	}
	for (size_t i = 0, end = 0; i <= n; i++) {
		end += self->first[i];
		self->first[i] = end;
	}
	for (size_t i = n_keys; i-- > 0;) {
		self->at[--self->first[keys[i]]] = i;
	}
	return STPFIN_OK;
}

void stpfin_lists__free(struct stpfin_lists *self)
{
	free(self->first);
	free(self->at);
	*self = (struct stpfin_lists){NULL, NULL};
}

/* An amount of a row and a bid. */
struct entry {
	size_t bid;
	size_t row;
	double amount;
};

struct entries {
	struct entry *at;
	size_t n;
	size_t capacity;
};

static stpfin_status add_entry(struct entries *self, struct entry entry)
{
	if (self->n == self->capacity) {
		size_t capacity = 2 * self->capacity + 64;
		struct entry *at = stpfin_model__array(capacity, sizeof *at);

		if (at == NULL) {
			return STPFIN_ERROR_MEMORY;
		}
		for (size_t i = 0; i < self->n; i++) {
			at[i] = self->at[i];
		}
		free(self->at);
		self->at = at;
		self->capacity = capacity;
	}
	self->at[self->n++] = entry;
	return STPFIN_OK;
}

/* The share that an organisation has in a footprint. */
static double share_of(const struct stpfin_model *model, int32_t organisation, int32_t footprint)
{
	for (size_t i = model->first_share[organisation]; i < model->first_share[organisation + 1];
		 i++) {
		if (model->share_place[i] == footprint) {
			return model->share[i];
		}
	}
	return 0;
}

/* The pots: each row of bid_amount in the row of its fund and year. */
static stpfin_status add_pots(
	struct stpfin_instance *self, const stpfin_plan *plan, struct entries *entries)
{
	const int32_t *const keys[] = {
		stpfin_plan__whole(plan, "fund", "fund"), stpfin_plan__whole(plan, "fund", "year")};
	const int32_t *bid = stpfin_plan__whole(plan, "bid_amount", "bid");
	const int32_t *fund = stpfin_plan__whole(plan, "bid_amount", "fund");
	const int32_t *year = stpfin_plan__whole(plan, "bid_amount", "year");
	const double *amount = stpfin_plan__real(plan, "bid_amount", "amount");
	struct stpfin_index index = {0};
	stpfin_status status = stpfin_index__new(&index, keys, 2, self->n_pots);

	for (size_t row = 0; row < self->n_pots && status == STPFIN_OK; row++) {
		stpfin_index__add(&index, row);
		self->upper[row] = stpfin_plan__real(plan, "fund", "amount")[row];
	}
	for (size_t i = 0, n = stpfin_plan__rows(plan, "bid_amount"); i < n && status == STPFIN_OK;
		 i++) {
		const int32_t key[] = {fund[i], year[i]};

		self->cost[bid[i]] += amount[i];
		if (amount[i] > 0) {
			status = add_entry(entries,
				(struct entry){(size_t)bid[i], stpfin_index__find(&index, key), amount[i]});
		}
	}
	stpfin_index__free(&index);
	return status;
}

/* One limit: of each bid that fits, what it asks of the fund and year, times its organisation's
 * share in the footprint. `asked` has the rows of bid_amount by bid. */
static stpfin_status add_limit(struct stpfin_instance *self, const struct stpfin_model *model,
	const struct stpfin_lists *asked, size_t limit, struct entries *entries)
{
	const stpfin_plan *plan = model->plan;
	int32_t fund = stpfin_plan__whole(plan, "portfolio_limit", "fund")[limit];
	int32_t year = stpfin_plan__whole(plan, "portfolio_limit", "year")[limit];
	int32_t footprint = stpfin_plan__whole(plan, "portfolio_limit", "footprint")[limit];
	int32_t aim = stpfin_plan__whole(plan, "portfolio_limit", "aim")[limit];
	double minimum = stpfin_plan__real(plan, "portfolio_limit", "minimum")[limit];
	double maximum = stpfin_plan__real(plan, "portfolio_limit", "maximum")[limit];
	const int32_t *scheme = stpfin_plan__whole(plan, "bid", "scheme");
	const int32_t *organisation = stpfin_plan__whole(plan, "bid", "organisation");
	const int32_t *aims = stpfin_plan__whole(plan, "scheme", "aim");
	const int32_t *funds = stpfin_plan__whole(plan, "bid_amount", "fund");
	const int32_t *years = stpfin_plan__whole(plan, "bid_amount", "year");
	const double *amounts = stpfin_plan__real(plan, "bid_amount", "amount");
	stpfin_status status = STPFIN_OK;

	self->of_place[self->n_pots + limit] = footprint >= 0;
	self->lower[self->n_pots + limit] = isnan(minimum) ? 0 : minimum;
	self->upper[self->n_pots + limit] = isnan(maximum) ? (double)INFINITY : maximum;
	for (size_t bid = 0; bid < self->n_bids && status == STPFIN_OK; bid++) {
		struct entry entry = {bid, self->n_pots + limit, 0};

		if (aim >= 0 && (scheme[bid] < 0 || aims[scheme[bid]] != aim)) {
			continue;
		}
		for (size_t i = asked->first[bid]; i < asked->first[bid + 1]; i++) {
			size_t row = asked->at[i];

			if ((fund < 0 || funds[row] == fund) &&
				(year == STPFIN_MISSING_INT32 || years[row] == year)) {
				entry.amount += amounts[row];
			}
		}
		entry.amount *= footprint >= 0 ? share_of(model, organisation[bid], footprint) : 1;
		if (entry.amount > 0) {
			status = add_entry(entries, entry);
		}
	}
	return status;
}

/* Sorts the amounts by bid, and by row. */
static stpfin_status sort_entries(struct stpfin_instance *self, const struct entries *entries)
{
	size_t *keys = stpfin_model__array(entries->n, sizeof *keys);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	self->amount_of_bid = stpfin_model__array(entries->n, sizeof *self->amount_of_bid);
	self->amount_of_row = stpfin_model__array(entries->n, sizeof *self->amount_of_row);
	if (keys == NULL || self->amount_of_bid == NULL || self->amount_of_row == NULL) {
		goto out;
	}
	for (size_t i = 0; i < entries->n; i++) {
		keys[i] = entries->at[i].bid;
	}
	status = stpfin_lists__new(&self->rows_of_bid, keys, entries->n, self->n_bids);
	if (status != STPFIN_OK) {
		goto out;
	}
	for (size_t i = 0; i < entries->n; i++) {
		keys[i] = entries->at[i].row;
	}
	status = stpfin_lists__new(&self->bids_of_row, keys, entries->n, self->n_rows);
	if (status != STPFIN_OK) {
		goto out;
	}
	for (size_t i = 0; i < entries->n; i++) {
		const struct entry *of_bid = &entries->at[self->rows_of_bid.at[i]];
		const struct entry *of_row = &entries->at[self->bids_of_row.at[i]];

		self->rows_of_bid.at[i] = of_bid->row;
		self->amount_of_bid[i] = of_bid->amount;
		self->bids_of_row.at[i] = of_row->bid;
		self->amount_of_row[i] = of_row->amount;
	}

out:
	free(keys);
	return status;
}

static stpfin_status find_groups(struct stpfin_instance *self, const stpfin_plan *plan)
{
	const int32_t *group = stpfin_plan__whole(plan, "bid", "group");

	self->n_groups = stpfin_dictionary__size(
		stpfin_table__named(stpfin_plan__table(plan, "bid"), "group")->dictionary);
	for (size_t bid = 0; bid < self->n_bids; bid++) {
		self->group[bid] = group[bid] >= 0 ? (size_t)group[bid] : self->n_groups++;
	}
	return stpfin_lists__new(&self->bids_of_group, self->group, self->n_bids, self->n_groups);
}

static stpfin_status find_arcs(struct stpfin_instance *self, const stpfin_plan *plan)
{
	stpfin_status status;

	self->n_arcs = stpfin_plan__rows(plan, "bid_requires");
	self->from = stpfin_model__array(self->n_arcs, sizeof *self->from);
	self->to = stpfin_model__array(self->n_arcs, sizeof *self->to);
	if (self->from == NULL || self->to == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < self->n_arcs; i++) {
		self->from[i] = (size_t)stpfin_plan__whole(plan, "bid_requires", "bid")[i];
		self->to[i] = (size_t)stpfin_plan__whole(plan, "bid_requires", "requires")[i];
	}
	status = stpfin_lists__new(&self->arcs_from, self->from, self->n_arcs, self->n_bids);
	return status == STPFIN_OK
			   ? stpfin_lists__new(&self->arcs_to, self->to, self->n_arcs, self->n_bids)
			   : status;
}

/* Bars bids that ask a row for more than it has, and those that require them or another of their
 * own group. */
static void bar_bids(struct stpfin_instance *self)
{
	bool more = true;

	for (size_t row = 0; row < self->n_rows; row++) {
		size_t first = self->bids_of_row.first[row];
		size_t end = self->bids_of_row.first[row + 1];
		double sum = self->lower[row] + (isinf(self->upper[row]) ? 0 : self->upper[row]);

		for (size_t i = first; i < end; i++) {
			sum += self->amount_of_row[i];
		}
		self->tolerance[row] = rounding * sum;
		for (size_t i = first; i < end; i++) {
			if (self->amount_of_row[i] > self->upper[row] + self->tolerance[row]) {
				self->barred[self->bids_of_row.at[i]] = true;
			}
		}
	}
	while (more) {
		more = false;
		for (size_t i = 0; i < self->n_arcs; i++) {
			size_t from = self->from[i];
			size_t to = self->to[i];

			if (!self->barred[from] && (self->barred[to] || self->group[from] == self->group[to])) {
				self->barred[from] = true;
				more = true;
			}
		}
	}
}

stpfin_status stpfin_instance__new(struct stpfin_instance *self, const struct stpfin_model *model)
{
	const stpfin_plan *plan = model->plan;
	size_t n_limits = stpfin_plan__rows(plan, "portfolio_limit");
	size_t n_amounts = stpfin_plan__rows(plan, "bid_amount");
	struct entries entries = {.at = NULL};
	struct stpfin_lists asked = {NULL, NULL};
	size_t *bid_of_amount = stpfin_model__array(n_amounts, sizeof *bid_of_amount);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*self = (struct stpfin_instance){
		.n_bids = stpfin_plan__rows(plan, "bid"), .n_pots = stpfin_plan__rows(plan, "fund")};
	self->n_rows = self->n_pots + n_limits;
	self->benefit = stpfin_model__array(self->n_bids, sizeof *self->benefit);
	self->cost = stpfin_model__array(self->n_bids, sizeof *self->cost);
	self->group = stpfin_model__array(self->n_bids, sizeof *self->group);
	self->barred = stpfin_model__array(self->n_bids, sizeof *self->barred);
	self->lower = stpfin_model__array(self->n_rows, sizeof *self->lower);
	self->upper = stpfin_model__array(self->n_rows, sizeof *self->upper);
	self->of_place = stpfin_model__array(self->n_rows, sizeof *self->of_place);
	self->tolerance = stpfin_model__array(self->n_rows, sizeof *self->tolerance);
	if (bid_of_amount == NULL || self->benefit == NULL || self->cost == NULL ||
		self->group == NULL || self->barred == NULL || self->lower == NULL || self->upper == NULL ||
		self->of_place == NULL || self->tolerance == NULL) {
		goto out;
	}
	for (size_t i = 0; i < n_amounts; i++) {
		bid_of_amount[i] = (size_t)stpfin_plan__whole(plan, "bid_amount", "bid")[i];
	}
	status = stpfin_lists__new(&asked, bid_of_amount, n_amounts, self->n_bids);
	if (status == STPFIN_OK) {
		status = add_pots(self, plan, &entries);
	}
	for (size_t i = 0; i < n_limits && status == STPFIN_OK; i++) {
		status = add_limit(self, model, &asked, i, &entries);
	}
	if (status == STPFIN_OK) {
		status = sort_entries(self, &entries);
	}
	if (status == STPFIN_OK) {
		status = find_groups(self, plan);
	}
	if (status == STPFIN_OK) {
		status = find_arcs(self, plan);
	}
	if (status == STPFIN_OK) {
		bar_bids(self);
	}

out:
	stpfin_lists__free(&asked);
	free(entries.at);
	free(bid_of_amount);
	return status;
}

void stpfin_instance__free(struct stpfin_instance *self)
{
	free(self->benefit);
	free(self->cost);
	free(self->group);
	free(self->barred);
	free(self->lower);
	free(self->upper);
	free(self->of_place);
	free(self->tolerance);
	stpfin_lists__free(&self->rows_of_bid);
	free(self->amount_of_bid);
	stpfin_lists__free(&self->bids_of_row);
	free(self->amount_of_row);
	stpfin_lists__free(&self->bids_of_group);
	free(self->from);
	free(self->to);
	stpfin_lists__free(&self->arcs_from);
	stpfin_lists__free(&self->arcs_to);
}

void stpfin_instance__use(const struct stpfin_instance *self, const bool *chosen, double *use)
{
	for (size_t row = 0; row < self->n_rows; row++) {
		use[row] = 0;
		for (size_t i = self->bids_of_row.first[row]; i < self->bids_of_row.first[row + 1]; i++) {
			use[row] += chosen[self->bids_of_row.at[i]] ? self->amount_of_row[i] : 0;
		}
	}
}

double stpfin_instance__benefit(const struct stpfin_instance *self, const bool *chosen)
{
	double sum = 0;

	for (size_t bid = 0; bid < self->n_bids; bid++) {
		sum += chosen[bid] ? self->benefit[bid] : 0;
	}
	return sum;
}

double stpfin_instance__shortfall(const struct stpfin_instance *self, const double *use)
{
	double sum = 0;

	for (size_t row = 0; row < self->n_rows; row++) {
		double shortfall = self->lower[row] - use[row];

		sum += shortfall > self->tolerance[row] ? shortfall : 0;
	}
	return sum;
}

bool stpfin_instance__is_within(
	const struct stpfin_instance *self, const bool *chosen, const double *use)
{
	for (size_t row = 0; row < self->n_rows; row++) {
		if (use[row] > self->upper[row] + self->tolerance[row]) {
			return false;
		}
	}
	for (size_t i = 0; i < self->n_arcs; i++) {
		if (chosen[self->from[i]] && !chosen[self->to[i]]) {
			return false;
		}
	}
	for (size_t group = 0; group < self->n_groups; group++) {
		size_t n = 0;

		for (size_t i = self->bids_of_group.first[group]; i < self->bids_of_group.first[group + 1];
			 i++) {
			n += chosen[self->bids_of_group.at[i]];
		}
		if (n > 1) {
			return false;
		}
	}
	return true;
}
