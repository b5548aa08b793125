#include <math.h>
#include <stdlib.h>

#include "libstpfin/table/error.h"
#include "stpfin/fund.h"

/* What sums of bounds may miss the pot by and still meet it. */
static const double TOLERANCE = 1e-12;

static const char *const names[] = {"proportional", "equal_awards", "equal_losses", "talmud"};

const char *stpfin_rule_name(stpfin_rule rule)
{
	return (size_t)rule < sizeof names / sizeof *names ? names[rule] : NULL;
}

/* An argument: a value for each claim, or none. */
struct values {
	const char *name;
	const double *x;
	size_t n;
	bool may_miss;
	bool may_be_infinite;
};

/* What a pot is shared by. */
struct request {
	stpfin_rule rule;
	size_t n;
	struct values claim;
	struct values weight;
	struct values floor;
	struct values cap;
	struct values last;
	double pace;
};

/* A request made ready. */
struct division {
	const struct request *request;
	double pot;     /* at most the claims */
	double *weight; /* at most 1 */
	double *lower;
	double *upper;
	double *other; /* awards at another λ */
	double largest_claim;
};

/* A sum that keeps what rounding drops (Neumaier 1974). */
struct sum {
	double total;
	double dropped;
};

static void add(struct sum *self, double x)
{
	double total = self->total + x;

	self->dropped +=
		fabs(self->total) >= fabs(x) ? (self->total - total) + x : (x - total) + self->total;
	self->total = total;
}

static double sum_of(const double *x, size_t n)
{
	struct sum sum = {0, 0};

	for (size_t i = 0; i < n; i++) {
		add(&sum, x[i]);
	}
	return sum.total + sum.dropped;
}

static double value_at(const struct values *values, size_t i, double missing)
{
	return values->n > 0 && !isnan(values->x[i]) ? values->x[i] : missing;
}

static double floor_of(const struct request *request, size_t i)
{
	return value_at(&request->floor, i, 0);
}

/* The most an award may be, whatever the pace. */
static double cap_of(const struct request *request, size_t i)
{
	return fmin(value_at(&request->cap, i, (double)INFINITY), request->claim.x[i]);
}

static stpfin_status check_values(const struct values *values, size_t n_claims)
{
	if (values->n != n_claims && (values->n > 0 || values->x != NULL)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%s has length %zu and claim %zu: give one for each claim", values->name, values->n,
			n_claims);
	}
	if (values->x == NULL && values->n > 0) {
		return stpfin_error__set(
			STPFIN_ERROR_ARGUMENT, "%s is NULL: give %zu values", values->name, values->n);
	}
	for (size_t i = 0; i < values->n; i++) {
		double x = values->x[i];

		if (x < 0 || (isinf(x) && !values->may_be_infinite) || (isnan(x) && !values->may_miss)) {
			return stpfin_error__set(
				STPFIN_ERROR_ARGUMENT, "%s %zu is %g: give a number from 0 up", values->name, i, x);
		}
	}
	return STPFIN_OK;
}

static stpfin_status check_bounds(const struct request *self)
{
	for (size_t i = 0; i < self->n; i++) {
		double cap = cap_of(self, i);

		if (floor_of(self, i) > cap) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"floor %zu is %.15g, above its %s, %.15g: lower the one or raise the other", i,
				floor_of(self, i), cap < self->claim.x[i] ? "cap" : "claim", cap);
		}
	}
	return STPFIN_OK;
}

static stpfin_status check_request(const struct request *self)
{
	const struct values *const arguments[] = {
		&self->claim, &self->weight, &self->floor, &self->cap, &self->last};
	stpfin_status status = STPFIN_OK;

	if (stpfin_rule_name(self->rule) == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%d is no rule: give proportional, equal_awards, equal_losses or talmud",
			(int)self->rule);
	}
	for (size_t i = 0; i < sizeof arguments / sizeof *arguments && status == STPFIN_OK; i++) {
		status = check_values(arguments[i], self->n);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	if (self->rule == STPFIN_RULE_TALMUD && self->weight.n > 0) {
		return stpfin_error__set(
			STPFIN_ERROR_ARGUMENT, "talmud has no weights: leave them out, or choose another rule");
	}
	for (size_t i = 0; i < self->weight.n; i++) {
		if (self->weight.x[i] == 0) {
			return stpfin_error__set(
				STPFIN_ERROR_ARGUMENT, "weight %zu is 0: give a number above 0", i);
		}
	}
	if (isnan(self->pace)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the pace is not a number: give a share, as 0.1, or a negative one for no limit");
	}
	return check_bounds(self);
}

static stpfin_status set_weights(struct division *self)
{
	const struct request *request = self->request;
	double heaviest = 0;

	for (size_t i = 0; i < request->n; i++) {
		heaviest = fmax(heaviest, value_at(&request->weight, i, 1));
	}
	for (size_t i = 0; i < request->n; i++) {
		self->weight[i] = value_at(&request->weight, i, 1) / heaviest;
		/* Twice the largest λ that may be tried. */
		if (isinf(2 * fmax(request->claim.x[i], 1) / self->weight[i])) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"weight %zu is %g, out of all proportion to its claim or to the largest, %g: give "
				"weights that can be compared",
				i, value_at(&request->weight, i, 1), heaviest);
		}
	}
	return STPFIN_OK;
}

static void set_bounds(struct division *self)
{
	const struct request *request = self->request;

	for (size_t i = 0; i < request->n; i++) {
		double least = floor_of(request, i);
		double most = cap_of(request, i);
		double last = value_at(&request->last, i, -1);
		bool paced = last >= 0 && request->pace >= 0;

		self->lower[i] = paced ? fmax(least, fmin(last * (1 - request->pace), most)) : least;
		self->upper[i] = paced ? fmax(least, fmin(last * (1 + request->pace), most)) : most;
		self->largest_claim = fmax(self->largest_claim, request->claim.x[i]);
	}
}

/* STPFIN_ERROR_INFEASIBLE, naming them, if the bounds cannot meet the pot. */
static stpfin_status meet_pot(const struct division *self, double lower, double upper)
{
	const struct request *request = self->request;
	struct sum floors = {0, 0};
	struct sum caps = {0, 0};
	double pot = self->pot;

	for (size_t i = 0; i < request->n; i++) {
		add(&floors, floor_of(request, i));
		add(&caps, cap_of(request, i));
	}
	if (floors.total + floors.dropped > pot * (1 + TOLERANCE)) {
		return stpfin_error__set(STPFIN_ERROR_INFEASIBLE,
			"the floors sum to %.15g and there is %.15g to share: lower them",
			floors.total + floors.dropped, pot);
	}
	if (caps.total + caps.dropped < pot * (1 - TOLERANCE)) {
		return stpfin_error__set(STPFIN_ERROR_INFEASIBLE,
			"the caps take %.15g and there is %.15g to share: raise them",
			caps.total + caps.dropped, pot);
	}
	if (lower > pot * (1 + TOLERANCE)) {
		return stpfin_error__set(STPFIN_ERROR_INFEASIBLE,
			"at a pace of %g the awards cannot fall below %.15g and there is %.15g to share: allow "
			"a larger pace",
			request->pace, lower, pot);
	}
	if (upper < pot * (1 - TOLERANCE)) {
		return stpfin_error__set(STPFIN_ERROR_INFEASIBLE,
			"at a pace of %g the awards cannot rise above %.15g and there is %.15g to share: allow "
			"a larger pace",
			request->pace, upper, pot);
	}
	return STPFIN_OK;
}

/* What the rule gives at a λ; grows with λ but for equal losses. */
static double apply_rule(const struct division *self, size_t i, double lambda)
{
	double claim = self->request->claim.x[i];

	switch (self->request->rule) {
	case STPFIN_RULE_PROPORTIONAL:
		return lambda * (self->weight[i] * claim);
	case STPFIN_RULE_EQUAL_AWARDS:
		return lambda * self->weight[i];
	case STPFIN_RULE_EQUAL_LOSSES:
		return claim - lambda * self->weight[i];
	case STPFIN_RULE_TALMUD:
		break;
	}
	/* λ is an award up to half the largest claim; beyond, what is left of that claim is a loss. */
	return fmin(claim / 2, lambda) + fmax(0, claim / 2 - fmax(0, self->largest_claim - lambda));
}

/* The awards at a λ, and their sum. */
static double share_at(const struct division *self, double lambda, double *award)
{
	for (size_t i = 0; i < self->request->n; i++) {
		award[i] = fmin(fmax(apply_rule(self, i, lambda), self->lower[i]), self->upper[i]);
	}
	return sum_of(award, self->request->n);
}

/* A λ, rounding apart, at which every award is its most. */
static double largest_lambda(const struct division *self)
{
	double lambda = 0;

	for (size_t i = 0; i < self->request->n; i++) {
		double claim =
			self->request->rule == STPFIN_RULE_PROPORTIONAL ? 1 : self->request->claim.x[i];

		lambda = fmax(lambda, 2 * claim / self->weight[i]);
	}
	return lambda;
}

/* Bisects to two neighbouring λ, below and above the pot. Between them awards are straight lines:
 * the pot is met by going as far along them as it lies between the two sums. */
static void bisect(const struct division *self, double *award)
{
	bool falls = self->request->rule == STPFIN_RULE_EQUAL_LOSSES;
	double low = falls ? largest_lambda(self) : 0;
	double high = falls ? 0 : largest_lambda(self);
	double low_sum, high_sum, part;

	for (;;) {
		double middle = low + (high - low) / 2;

		if (middle == low || middle == high) {
			break;
		}
		if (share_at(self, middle, award) < self->pot) {
			low = middle;
		} else {
			high = middle;
		}
	}
	low_sum = share_at(self, low, award);
	high_sum = share_at(self, high, self->other);
	part = high_sum > low_sum ? (self->pot - low_sum) / (high_sum - low_sum) : 0;
	for (size_t i = 0; i < self->request->n; i++) {
		award[i] += part * (self->other[i] - award[i]);
	}
}

static stpfin_status divide(struct division *self, double pot, double *award)
{
	size_t n = self->request->n;
	double claims = sum_of(self->request->claim.x, n);
	const double *only = NULL;
	double lower, upper;
	stpfin_status status;

	if (!isfinite(claims)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the claims sum to more than a number can hold: give smaller ones");
	}
	self->pot = fmin(pot, claims);
	status = set_weights(self);
	if (status != STPFIN_OK) {
		return status;
	}
	set_bounds(self);
	lower = sum_of(self->lower, n);
	upper = sum_of(self->upper, n);
	status = meet_pot(self, lower, upper);
	if (status != STPFIN_OK) {
		return status;
	}
	if (upper <= self->pot) {
		only = self->upper;
	} else if (lower >= self->pot) {
		only = self->lower;
	}
	for (size_t i = 0; only != NULL && i < n; i++) {
		award[i] = only[i];
	}
	if (only == NULL) {
		bisect(self, award);
	}
	return STPFIN_OK;
}

stpfin_status stpfin_fund_share(stpfin_rule rule, double pot, const double *claim, size_t n_claim,
	const double *weight, size_t n_weight, const double *floor, size_t n_floor, const double *cap,
	size_t n_cap, const double *last, size_t n_last, double pace, size_t n_award, double *award)
{
	const struct request request = {.rule = rule,
		.n = n_claim,
		.claim = {"claim", claim, n_claim, false, false},
		.weight = {"weight", weight, n_weight, false, false},
		.floor = {"floor", floor, n_floor, true, false},
		.cap = {"cap", cap, n_cap, true, true},
		.last = {"last", last, n_last, true, false},
		.pace = pace};
	struct division division = {.request = &request};
	double *room = NULL;
	stpfin_status status = check_request(&request);

	if (status != STPFIN_OK) {
		return status;
	}
	if (!(pot >= 0)) {
		return stpfin_error__set(
			STPFIN_ERROR_ARGUMENT, "the pot is %g: give a number from 0 up", pot);
	}
	if (n_award != n_claim || (award == NULL && n_award > 0)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"award has room for %zu and claim has length %zu: give room for one each",
			award != NULL ? n_award : 0, n_claim);
	}
	room = calloc(n_claim + 1, 4 * sizeof *room);
	if (room == NULL) {
		return stpfin_error__memory();
	}
	division.weight = room;
	division.lower = room + n_claim;
	division.upper = room + 2 * n_claim;
	division.other = room + 3 * n_claim;
	status = divide(&division, pot, award);
	free(room);
	return status;
}
