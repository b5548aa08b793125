#ifndef STPFIN_FUND_H
#define STPFIN_FUND_H

#include "stpfin/projection.h"

STPFIN_BEGIN_C

/**
 * @file fund.h
 * Sharing a transformation fund among those who claim it, by rules.
 */

/**
 * How a pot that is smaller than the claims on it is shared (Thomson, Axiomatic and game-theoretic
 * analysis of bankruptcy and taxation problems, 2003). d is a claim, w its weight, λ one number for
 * all that makes the awards sum to the pot.
 */
typedef enum stpfin_rule {
	/** λ w d */
	STPFIN_RULE_PROPORTIONAL = 0,
	/** min(d, λ w): awards in proportion to weight, as far as claims go */
	STPFIN_RULE_EQUAL_AWARDS = 1,
	/**
	 * max(0, d − λ w): losses in proportion to weight; with population as the weight, the gap per
	 * head that is left is levelled from the highest down
	 */
	STPFIN_RULE_EQUAL_LOSSES = 2,
	/**
	 * equal awards on half the claims, up to half of them all; beyond, half the claims and equal
	 * losses on the other half (Aumann and Maschler 1985). It has no weights.
	 */
	STPFIN_RULE_TALMUD = 3
} stpfin_rule;

/**
 * The word for a rule: `proportional`, `equal_awards`, `equal_losses` or `talmud`; NULL where there
 * is no such rule. Static.
 */
STPFIN_EXPORT const char *stpfin_rule_name(stpfin_rule rule);

/**
 * Shares a pot: award = clip(rule, floor, min(cap, claim, last × (1 ± pace))), with one λ for all,
 * so that the awards sum to the pot, or to the claims where these are less. In £; not rounded.
 *
 * An award is never above its claim or cap nor below its floor: where these leave no room for the
 * pace, they go before it.
 *
 * @param rule     the rule
 * @param pot      what there is to share, 0 or more
 * @param claim    n_claim claims, each 0 or more
 * @param weight   a weight above 0 for each; NULL and 0 where all weigh alike, and by Talmud
 * @param floor    the least each may get, 0 or more, a NaN for 0; NULL and 0 for none
 * @param cap      the most each may get, 0 or more, a NaN for its claim; NULL and 0 for none
 * @param last     what each got last year, 0 or more, a NaN for one that is not held to the pace;
 *                 NULL and 0 for none
 * @param pace     the most an award may change on the last, as a share of it: 0.1 is 10%; without a
 *                 last award it has no effect; negative for no limit
 * @param n_award  n_claim
 * @param award    the awards, which sum to 1e-12 of it to what they should
 *
 * ::STPFIN_ERROR_ARGUMENT names what is wrong and which (from 0): lengths that differ, a value out
 * of its range, a floor above its claim or cap. ::STPFIN_ERROR_INFEASIBLE says which bounds cannot
 * meet the pot: floors that exceed it, caps that cannot absorb it, or a pace. Costs some 100 sums
 * over the claims.
 */
STPFIN_EXPORT stpfin_status stpfin_fund_share(stpfin_rule rule, double pot, const double *claim,
	size_t n_claim, const double *weight, size_t n_weight, const double *floor, size_t n_floor,
	const double *cap, size_t n_cap, const double *last, size_t n_last, double pace, size_t n_award,
	double *award);

/** What weighs the claims of a plan. */
typedef enum stpfin_claim_weight {
	/** the column `weight` of the table claim */
	STPFIN_CLAIM_WEIGHT_CLAIM = 0,
	/**
	 * the people of the year in the footprints that the organisation is a member of, by its shares;
	 * in place of the column
	 */
	STPFIN_CLAIM_WEIGHT_POPULATION = 1
} stpfin_claim_weight;

/** What to allocate, and how. */
typedef struct stpfin_allocate_options {
	/** of this struct: 1 */
	int32_t version;
	/** the fund, by name; to be given */
	const char *fund;
	stpfin_rule rule;
	stpfin_claim_weight weight;
	/** the year; 0 for all that the fund has money and claims for */
	int32_t year;
	/** as of stpfin_fund_share(); negative for no limit */
	double pace;
	/** the scenario in which the awards are received, by name; NULL for every one */
	const char *scenario;
} stpfin_allocate_options;

/** The defaults: proportional to claims and their own weights, all years, no limit on change. */
#define STPFIN_ALLOCATE_OPTIONS_INIT                                                               \
	{                                                                                              \
		1, NULL, STPFIN_RULE_PROPORTIONAL, STPFIN_CLAIM_WEIGHT_CLAIM, 0, -1, NULL                  \
	}

/**
 * Shares a plan's fund among the claims on it (the table claim), year by year in order.
 *
 * Awards are whole pence. The pence left by rounding down go to the largest claim as far as its
 * claim and cap let them (then to the next, and of two alike to the first), so that a year's awards
 * sum to the fund's amount or to the claims, to the penny.
 *
 * The pace is counted on the year before: on the awards just shared, or, of a year that is not
 * shared, on those the plan has for the scenario. One that had none is not held to it.
 *
 * The new awards replace those the plan has from the fund, in the years shared, in the scenario;
 * all other rows stay. A row for every scenario, where awards of one are replaced, becomes a row
 * for each of the others.
 *
 * @param plan            the plan
 * @param options         how; the fund is to be named
 * @param out_allocation  columns as stpfin_describe("allocation") gives, in the order of years,
 * then of claims; the scenario is `every` where none was named
 * @param out_awards      the plan's table award with the new awards in it, for
 *                        stpfin_plan_replace(); a claim that gets nothing has no row
 * @param out_stamp       what it takes to make it again; may be NULL
 *
 * ::STPFIN_ERROR_ARGUMENT for an unknown fund or scenario, naming the nearest, a year without
 * claims, a weight of 0, by Talmud any but 1, or an organisation without population where that
 * weighs. ::STPFIN_ERROR_INFEASIBLE, naming the year, as stpfin_fund_share().
 */
STPFIN_EXPORT stpfin_status stpfin_allocate(const stpfin_plan *plan,
	const stpfin_allocate_options *options, stpfin_table **out_allocation,
	stpfin_table **out_awards, stpfin_stamp *out_stamp);

/**
 * Writes a plan and the results that led to it into one new folder: the plan as stpfin_plan_write()
 * writes it, and a CSV file for each result, which its datapackage.json lists with the stamp and
 * which reading the plan passes over. datapackage.json is last: without it the folder is no plan.
 *
 * @param plan     the plan with its new awards
 * @param results  n results, each of its own name
 * @param n        how many
 * @param stamp    of the results; NULL where there is none
 * @param folder   the folder; one that holds any file of a plan, or results, is
 *                 ::STPFIN_ERROR_ARGUMENT
 */
STPFIN_EXPORT stpfin_status stpfin_fund_write(const stpfin_plan *plan,
	const stpfin_table *const *results, size_t n, const stpfin_stamp *stamp, const char *folder);

STPFIN_END_C

#endif
