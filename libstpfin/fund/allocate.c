#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/fund/award_rows.h"
#include "libstpfin/model/stamp.h"
#include "libstpfin/table/error.h"
#include "stpfin/fund.h"

/* The claims of one year, side by side. */
struct claims {
	size_t n;
	bool weighted; /* whether their weights are to be used */
	int32_t *organisation;
	double *values; /* what the rest point into */
	double *amount;
	double *weight;
	double *floor;
	double *cap;
	double *last;
	double *award;
};

struct work {
	const stpfin_plan *plan;
	const stpfin_allocate_options *options;
	int32_t fund;
	int32_t scenario;   /* -1: every one */
	bool *shared;       /* by year */
	double *persons;    /* by footprint, of the year */
	double *population; /* by organisation, of the year */
	double *received;   /* by organisation, the year before */
	struct claims claims;
	stpfin_table *allocation;
	stpfin_table *awards;
};

static const char *organisation_name(const struct work *work, int32_t organisation)
{
	return stpfin_column__text(
		stpfin_table__column(stpfin_plan__table(work->plan, "organisation"), 0),
		(size_t)organisation);
}

static stpfin_status check_options(const stpfin_allocate_options *options)
{
	if (options->version != 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the options have no known version: begin with STPFIN_ALLOCATE_OPTIONS_INIT");
	}
	if (options->fund == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "no fund is named: give one of the plan's");
	}
	if (options->weight != STPFIN_CLAIM_WEIGHT_CLAIM &&
		options->weight != STPFIN_CLAIM_WEIGHT_POPULATION) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%d is no weight of claims: give their own or population", (int)options->weight);
	}
	if (options->rule == STPFIN_RULE_TALMUD && options->weight != STPFIN_CLAIM_WEIGHT_CLAIM) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"talmud has no weights: leave population out, or choose another rule");
	}
	if (options->scenario != NULL && strcmp(options->scenario, "do_nothing") == 0) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"do_nothing never has awards: name another scenario, or none for every one");
	}
	return STPFIN_OK;
}

/* Which years are shared: of those asked for, the ones with claims. */
static stpfin_status choose_years(struct work *work)
{
	const int32_t *fund = stpfin_plan__whole(work->plan, "claim", "fund");
	const int32_t *year = stpfin_plan__whole(work->plan, "claim", "year");
	int32_t asked = work->options->year;
	bool any_claims = false;
	bool any = false;

	for (size_t row = 0, rows = stpfin_plan__rows(work->plan, "claim"); row < rows; row++) {
		bool is_shared = fund[row] == work->fund && (asked == 0 || year[row] == asked);

		any_claims = any_claims || fund[row] == work->fund;
		any = any || is_shared;
		if (is_shared) {
			work->shared[year[row] - work->plan->settings.base_year] = true;
		}
	}
	if (any) {
		return STPFIN_OK;
	}
	return any_claims
			   ? stpfin_error__set(STPFIN_ERROR_ARGUMENT,
					 "nobody claims on '%s' in %d: give a year for which the table claim "
					 "has rows of the fund",
					 work->options->fund, (int)asked)
			   : stpfin_error__set(STPFIN_ERROR_ARGUMENT,
					 "nobody claims on '%s': add rows to the table claim", work->options->fund);
}

static stpfin_status begin(struct work *work)
{
	enum { VALUES = 6 };
	size_t n_claims = stpfin_plan__rows(work->plan, "claim");
	size_t n_organisations = stpfin_plan__rows(work->plan, "organisation");
	struct claims *claims = &work->claims;

	work->shared = calloc(stpfin_plan__years(work->plan), sizeof *work->shared);
	work->persons = calloc(stpfin_plan__rows(work->plan, "footprint") + 1, sizeof *work->persons);
	work->population = calloc(n_organisations + 1, sizeof *work->population);
	work->received = calloc(n_organisations + 1, sizeof *work->received);
	claims->organisation = calloc(n_claims + 1, sizeof *claims->organisation);
	claims->values = calloc(n_claims + 1, VALUES * sizeof *claims->values);
	if (work->shared == NULL || work->persons == NULL || work->population == NULL ||
		work->received == NULL || claims->organisation == NULL || claims->values == NULL) {
		return stpfin_error__memory();
	}
	claims->amount = claims->values;
	claims->weight = claims->values + n_claims;
	claims->floor = claims->values + 2 * n_claims;
	claims->cap = claims->values + 3 * n_claims;
	claims->last = claims->values + 4 * n_claims;
	claims->award = claims->values + 5 * n_claims;
	return STPFIN_OK;
}

static void end(struct work *work)
{
	free(work->shared);
	free(work->persons);
	free(work->population);
	free(work->received);
	free(work->claims.organisation);
	free(work->claims.values);
	stpfin_table_free(work->allocation);
	stpfin_table_free(work->awards);
}

/* The people of every organisation in a year. */
static void count_people(struct work *work, int32_t in_year)
{
	const stpfin_plan *plan = work->plan;
	const int32_t *footprint = stpfin_plan__whole(plan, "population", "footprint");
	const int32_t *year = stpfin_plan__whole(plan, "population", "year");
	const double *persons = stpfin_plan__real(plan, "population", "persons");
	const int32_t *member = stpfin_plan__whole(plan, "membership", "organisation");
	const int32_t *of = stpfin_plan__whole(plan, "membership", "footprint");
	const double *share = stpfin_plan__real(plan, "membership", "share");

	memset(work->persons, 0, stpfin_plan__rows(plan, "footprint") * sizeof *work->persons);
	memset(work->population, 0, stpfin_plan__rows(plan, "organisation") * sizeof *work->population);
	for (size_t row = 0, rows = stpfin_plan__rows(plan, "population"); row < rows; row++) {
		if (year[row] == in_year) {
			work->persons[footprint[row]] += persons[row];
		}
	}
	for (size_t row = 0, rows = stpfin_plan__rows(plan, "membership"); row < rows; row++) {
		work->population[member[row]] += share[row] * work->persons[of[row]];
	}
}

/* What everybody has of the year before by the plan's own awards. */
static void look_back(struct work *work, int32_t before)
{
	const stpfin_plan *plan = work->plan;
	const int32_t *fund = stpfin_plan__whole(plan, "award", "fund");
	const int32_t *organisation = stpfin_plan__whole(plan, "award", "organisation");
	const int32_t *year = stpfin_plan__whole(plan, "award", "year");
	const int32_t *scenario = stpfin_plan__whole(plan, "award", "scenario");
	const double *amount = stpfin_plan__real(plan, "award", "amount");

	memset(work->received, 0, stpfin_plan__rows(plan, "organisation") * sizeof *work->received);
	for (size_t row = 0, rows = stpfin_plan__rows(plan, "award"); row < rows; row++) {
		if (fund[row] == work->fund && year[row] == before &&
			(scenario[row] < 0 || scenario[row] == work->scenario)) {
			work->received[organisation[row]] += amount[row];
		}
	}
}

/* Lists the year's claims, and refuses weights that no rule can use. */
static stpfin_status list_claims(struct work *work, int32_t in_year)
{
	const stpfin_plan *plan = work->plan;
	const int32_t *fund = stpfin_plan__whole(plan, "claim", "fund");
	const int32_t *organisation = stpfin_plan__whole(plan, "claim", "organisation");
	const int32_t *year = stpfin_plan__whole(plan, "claim", "year");
	const double *weight = stpfin_plan__real(plan, "claim", "weight");
	bool by_people = work->options->weight == STPFIN_CLAIM_WEIGHT_POPULATION;
	struct claims *claims = &work->claims;

	claims->n = 0;
	claims->weighted = false;
	if (by_people) {
		count_people(work, in_year);
	}
	for (size_t row = 0, rows = stpfin_plan__rows(plan, "claim"); row < rows; row++) {
		int32_t who = organisation[row];
		size_t i = claims->n;

		if (fund[row] != work->fund || year[row] != in_year) {
			continue;
		}
		claims->n++;
		claims->organisation[i] = who;
		claims->amount[i] = stpfin_plan__real(plan, "claim", "amount")[row];
		claims->floor[i] = stpfin_plan__real(plan, "claim", "floor")[row];
		claims->cap[i] = stpfin_plan__real(plan, "claim", "cap")[row];
		claims->last[i] = work->received[who] > 0 ? work->received[who] : (double)NAN;
		claims->weight[i] = by_people            ? work->population[who]
							: isnan(weight[row]) ? 1
												 : weight[row];
		claims->weighted = claims->weighted || claims->weight[i] != 1;
		if (by_people && !(claims->weight[i] > 0)) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"'%s' has nobody to weigh its claim by in %d: give its footprints a population, or "
				"leave claims their own weights",
				organisation_name(work, who), (int)in_year);
		}
		if (!(claims->weight[i] > 0)) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"the claim of '%s' in %d has a weight of 0: give it one above 0",
				organisation_name(work, who), (int)in_year);
		}
	}
	return STPFIN_OK;
}

/* The whole pence in an amount of £, of which a whole number may have become slightly less. */
static double pence_in(double amount)
{
	double pence = amount * 100;
	double nearest = round(pence);

	return nearest - pence <= 1e-6 + 4 * DBL_EPSILON * nearest ? nearest : nearest - 1;
}

/* The claim that the pence left go to: the largest with room; n if none has any. */
static size_t find_largest(const struct claims *claims)
{
	size_t largest = claims->n;

	for (size_t i = 0; i < claims->n; i++) {
		if (claims->award[i] < pence_in(fmin(claims->amount[i], claims->cap[i])) &&
			(largest == claims->n || claims->amount[i] > claims->amount[largest])) {
			largest = i;
		}
	}
	return largest;
}

/* Makes awards whole pence that sum to the pot's. */
static void round_awards(struct claims *claims, double pot)
{
	double claimed = 0;
	double left;
	size_t to;

	for (size_t i = 0; i < claims->n; i++) {
		claimed += claims->amount[i];
	}
	left = pence_in(fmin(pot, claimed));
	for (size_t i = 0; i < claims->n; i++) {
		claims->award[i] = pence_in(claims->award[i]);
		left -= claims->award[i];
	}
	while (left > 0 && (to = find_largest(claims)) < claims->n) {
		double room = pence_in(fmin(claims->amount[to], claims->cap[to])) - claims->award[to];

		claims->award[to] += fmin(left, room);
		left -= fmin(left, room);
	}
	for (size_t i = 0; i < claims->n; i++) {
		claims->award[i] /= 100;
	}
}

static stpfin_status share(struct work *work, int32_t year, double pot)
{
	struct claims *claims = &work->claims;
	size_t n = claims->n;
	bool weighted = claims->weighted;
	stpfin_status status;

	status = stpfin_fund_share(work->options->rule, pot, claims->amount, n,
		weighted ? claims->weight : NULL, weighted ? n : 0, claims->floor, n, claims->cap, n,
		claims->last, n, work->options->pace, n, claims->award);
	if (status == STPFIN_ERROR_INFEASIBLE || status == STPFIN_ERROR_ARGUMENT) {
		return stpfin_error__set(
			status, "%s in %d: %s", work->options->fund, (int)year, stpfin_last_error());
	}
	if (status == STPFIN_OK) {
		round_awards(claims, pot);
	}
	return status;
}

static stpfin_status write_year(struct work *work, int32_t year)
{
	const struct claims *claims = &work->claims;
	const char *scenario = work->options->scenario != NULL ? work->options->scenario : "every";
	stpfin_table *table = work->allocation;
	size_t scenario_column = 0;
	stpfin_status status = stpfin_table_find(table, "scenario", &scenario_column);

	memset(
		work->received, 0, stpfin_plan__rows(work->plan, "organisation") * sizeof *work->received);
	for (size_t i = 0; i < claims->n && status == STPFIN_OK; i++) {
		size_t row = stpfin_table_rows(table);

		work->received[claims->organisation[i]] = claims->award[i];
		status = stpfin_table__add_row(table);
		if (status == STPFIN_OK) {
			stpfin_table__named(table, "fund")->whole[row] = work->fund;
			stpfin_table__named(table, "organisation")->whole[row] = claims->organisation[i];
			stpfin_table__named(table, "year")->whole[row] = year;
			stpfin_table__named(table, "claim")->real[row] = claims->amount[i];
			stpfin_table__named(table, "award")->real[row] = claims->award[i];
			stpfin_table__named(table, "residual")->real[row] =
				claims->amount[i] - claims->award[i];
			status = stpfin_table__set_text(table, scenario_column, row, scenario);
		}
		if (status == STPFIN_OK && claims->award[i] > 0) {
			status = stpfin_award_rows__add(work->awards, work->fund, claims->organisation[i], year,
				claims->award[i], work->scenario);
		}
	}
	return status;
}

/* Shares what the fund has in each year, in order. */
static stpfin_status share_years(struct work *work)
{
	const int32_t *fund = stpfin_plan__whole(work->plan, "fund", "fund");
	const int32_t *year = stpfin_plan__whole(work->plan, "fund", "year");
	const double *amount = stpfin_plan__real(work->plan, "fund", "amount");
	size_t n_years = stpfin_plan__years(work->plan);
	stpfin_status status = STPFIN_OK;

	for (size_t t = 0; t < n_years && status == STPFIN_OK; t++) {
		int32_t now = work->plan->settings.base_year + (int32_t)t;
		double pot = 0;

		if (!work->shared[t]) {
			continue;
		}
		for (size_t row = 0, rows = stpfin_plan__rows(work->plan, "fund"); row < rows; row++) {
			if (fund[row] == work->fund && year[row] == now) {
				pot = amount[row];
			}
		}
		if (t == 0 || !work->shared[t - 1]) {
			look_back(work, now - 1);
		}
		status = list_claims(work, now);
		if (status == STPFIN_OK) {
			status = share(work, now, pot);
		}
		if (status == STPFIN_OK) {
			status = write_year(work, now);
		}
	}
	return status;
}

/* Begins the two tables: the allocation, and the awards with those of the plan that stay. */
static stpfin_status begin_tables(struct work *work)
{
	const stpfin_plan *plan = work->plan;
	size_t n_years = stpfin_plan__years(plan);
	size_t n_funds = stpfin_dictionary__size(
		stpfin_table__named(stpfin_plan__table(plan, "fund"), "fund")->dictionary);
	bool *replaced = calloc(n_funds * n_years, sizeof *replaced);
	stpfin_status status;

	if (replaced == NULL) {
		return stpfin_error__memory();
	}
	memcpy(replaced + (size_t)work->fund * n_years, work->shared, n_years * sizeof *replaced);
	status = stpfin_award_rows__new_table(
		plan, stpfin_schema__result("allocation"), NULL, &work->allocation);
	if (status == STPFIN_OK) {
		status =
			stpfin_award_rows__new_table(plan, stpfin_schema__table("award"), NULL, &work->awards);
	}
	if (status == STPFIN_OK) {
		status = stpfin_award_rows__keep(work->awards, plan, replaced, work->scenario);
	}
	free(replaced);
	return status;
}

stpfin_status stpfin_allocate(const stpfin_plan *plan, const stpfin_allocate_options *options,
	stpfin_table **out_allocation, stpfin_table **out_awards, stpfin_stamp *out_stamp)
{
	struct work work = {.plan = plan, .options = options, .scenario = -1};
	stpfin_status status;

	if (out_allocation != NULL) {
		*out_allocation = NULL;
	}
	if (out_awards != NULL) {
		*out_awards = NULL;
	}
	if (plan == NULL || options == NULL || out_allocation == NULL || out_awards == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	status = check_options(options);
	if (status == STPFIN_OK) {
		status = stpfin_stamp__check(out_stamp);
	}
	if (status == STPFIN_OK) {
		status = stpfin_plan__find(plan, "fund", options->fund, &work.fund);
	}
	if (status == STPFIN_OK && options->scenario != NULL) {
		status = stpfin_plan__find(plan, "scenario", options->scenario, &work.scenario);
	}
	if (status == STPFIN_OK) {
		status = begin(&work);
	}
	if (status == STPFIN_OK) {
		status = choose_years(&work);
	}
	if (status == STPFIN_OK) {
		status = begin_tables(&work);
	}
	if (status == STPFIN_OK) {
		status = share_years(&work);
	}
	if (status == STPFIN_OK && out_stamp != NULL) {
		status = stpfin_stamp__new(plan, STPFIN_PRICES_CASH, out_stamp);
	}
	if (status == STPFIN_OK) {
		*out_allocation = work.allocation;
		*out_awards = work.awards;
		work.allocation = NULL;
		work.awards = NULL;
	}
	end(&work);
	return status;
}
