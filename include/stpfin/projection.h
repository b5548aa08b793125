#ifndef STPFIN_PROJECTION_H
#define STPFIN_PROJECTION_H

#include "stpfin/plan.h"

STPFIN_BEGIN_C

/**
 * @file projection.h
 * What happens, year by year to the end of the plan, if nothing is done and in scenarios.
 *
 * Activity grows with population and other growth, cost with activity and
 * inflation, income with activity, prices and the funding each organisation has
 * been promised; the gap is what is left over. The results are tables; all £
 * are of their year unless real prices are asked for, and a positive gap is a
 * shortfall.
 *
 * Prevention. People are exposed to a risk as the table prevalence says, and use
 * services or die more often as relative_risk says (RR). Where a prevalence p changes
 * to p', those of a sex and age use or die (1 + p' (RR - 1)) / (1 + p (RR - 1)) times
 * as much (the population attributable fraction of Levin, The occurrence of lung
 * cancer in man, Acta Unio Internationalis contra Cancrum 9:531-541, 1953); several
 * risks multiply. A prevalence is p (1 + trend)^t if nothing is done, which moves
 * activity as part of its growth; schemes multiply it by 1 - reduction, felt when the
 * lag has passed, and it stays within 0 and 1. A footprint's factor is the mean of its
 * people by age weight, a commissioner's that of its footprints by share; what is
 * prevented comes off activity first, a scheme's part being the step that it makes in
 * the scenario's order. Where a footprint has no population its people count as one,
 * of no known sex and age. The ages of prevalence, relative_risk and mortality_trend
 * are bands: each stands up to the next of the same other keys. Who is in no row is
 * not exposed. Those who live longer add no demand.
 */

/** A projected plan; opaque, immutable, safe to read from any number of threads. */
typedef struct stpfin_projection stpfin_projection;

/** The prices £ are given in. */
typedef enum stpfin_prices {
	/** £ of each year */
	STPFIN_PRICES_CASH = 0,
	/** £ of the base year: divided by deflator[year] / deflator[base year] */
	STPFIN_PRICES_REAL = 1
} stpfin_prices;

/** What health is compared with, of the same sex, year and scenario. */
typedef enum stpfin_comparator {
	/** all of England: its footprints' people and deaths counted together */
	STPFIN_COMPARATOR_ENGLAND = 0,
	/**
	 * the best fifth of the footprints without children, rounded up, counted together; of equal
	 * ones the first in the table
	 */
	STPFIN_COMPARATOR_BEST_FIFTH = 1,
	/** the targets given */
	STPFIN_COMPARATOR_TARGET = 2
} stpfin_comparator;

/** A value of a measure of health to be reached. */
typedef struct stpfin_health_target {
	/**
	 * a measure of the result `health_gap`: `life_expectancy`, `healthy_life_expectancy`,
	 * `standardised_rate`, `standardised_ratio` or `years_of_life_lost`
	 */
	const char *measure;
	/** `female`, `male` or `persons`; NULL for each that has no target of its own */
	const char *sex;
	/** the value, in the measure's unit */
	double value;
} stpfin_health_target;

/** How to project. */
typedef struct stpfin_project_options {
	/** of this struct: 1 */
	int32_t version;
	/** the prices of every £ in the results */
	stpfin_prices prices;
	/**
	 * the scenarios to project beside do nothing, by name; one named twice, or
	 * "do_nothing", counts once
	 */
	const char *const *scenarios;
	/** how many */
	size_t n_scenarios;
	/** what health is compared with */
	stpfin_comparator comparator;
	/** the targets, where those are the comparator; a measure without one is compared with none */
	const stpfin_health_target *targets;
	/** how many */
	size_t n_targets;
	/**
	 * whether the funnels of `quality_gap` are widened by how much footprints differ beyond chance,
	 * as stpfin_funnel_variation() finds it of those observed in the year
	 */
	bool overdispersed;
	/** called between scenarios; may be NULL */
	stpfin_progress progress;
	void *user_data;
} stpfin_project_options;

/** The defaults: do nothing, in cash, health beside England's, funnels as chance has it. */
#define STPFIN_PROJECT_OPTIONS_INIT                                                                \
	{                                                                                              \
		1, STPFIN_PRICES_CASH, NULL, 0, STPFIN_COMPARATOR_ENGLAND, NULL, 0, false, NULL, NULL      \
	}

/** What a result needs to be made again. */
typedef struct stpfin_stamp {
	/** of this struct: 1; to be set by the caller */
	int32_t version;
	/** of the library; static */
	const char *library_version;
	/** stpfin_plan_hash() of the plan */
	char plan_hash[STPFIN_HASH_SIZE];
	/** of a comparison: the hash of the plan before; else empty */
	char compared_with[STPFIN_HASH_SIZE];
	/** the plan's settings */
	stpfin_plan_settings settings;
	/** the prices of £ */
	stpfin_prices prices;
	/** what health is compared with; targets stand in the result itself */
	stpfin_comparator comparator;
	/** whether funnels allow for overdispersion */
	bool overdispersed;
	/**
	 * The share (0 to 1) of the plan's £ that stand in rows whose status is published, derived and
	 * assumed: of the absolute amounts of flow (income and cost), funding, transfer, pressure,
	 * scheme_cost and award, in the plan's years. All 0 for a plan without money.
	 */
	double published;
	double derived;
	double assumed;
	/** the seed and number of samples of what depends on chance; 0 of what does not */
	uint64_t seed;
	uint64_t samples;
} stpfin_stamp;

/** The version, and nothing else. */
#define STPFIN_STAMP_INIT                                                                          \
	{                                                                                              \
		1, NULL, "", "", STPFIN_PLAN_SETTINGS_INIT, STPFIN_PRICES_CASH, STPFIN_COMPARATOR_ENGLAND, \
			false, 0, 0, 0, 0, 0                                                                   \
	}

/**
 * Projects a plan.
 *
 * @param plan            the plan; may be freed before the projection
 * @param options         NULL for the defaults
 * @param out_projection  the projection, to be freed
 *
 * ::STPFIN_ERROR_DEFLATOR if real prices are asked of a plan without deflator;
 * ::STPFIN_ERROR_OVERFLOW if a result is beyond what a double holds.
 */
STPFIN_EXPORT stpfin_status stpfin_project(const stpfin_plan *plan,
	const stpfin_project_options *options, stpfin_projection **out_projection);

/** Frees a projection; NULL is legal. */
STPFIN_EXPORT void stpfin_projection_free(stpfin_projection *self);

/**
 * A result as a table, to be freed: `funding_gap`, `position`, `ledger`, `spending`,
 * `activity`, `resource`, `capital`, `scheme_impact`, `appraisal`, `health_gap`, `quality_gap`,
 * `quality_summary` or `fund_earned`, with the columns stpfin_describe() gives, do nothing first
 * and then the scenarios in the order asked. Made when asked for; an appraisal costs a projection
 * for each scheme.
 *
 * `health_gap` is made of the people and deaths of the latest year in the table mortality, and has
 * the years from then on, with 95% intervals for counts of the year's size. In later years a band's
 * people grow as those of the population that overlap it do, and its death rate by mortality_trend;
 * prevention multiplies its deaths, while a risk's trend does not. Shares in good health stay.
 *
 * Its `persons` are those counted without a sex or, where there are none, women and men. Parents
 * and England are the sums of the footprints within that have counts, in the bands whose first ages
 * all of them have.
 *
 * Its measures are those of health.h: life expectancies at birth; deaths per 100,000, directly
 * standardised by the European Standard Population; ratios to England's rates of the same sex, year
 * and scenario; years lost before 75 per 100,000 under 75. What cannot be told has no row: healthy
 * life expectancy unless good_health is known in every band, a rate where bands cut those of the
 * standard population or fewer than 10 die, years lost unless a band begins at 75, anything where a
 * band is empty. More deaths than people, and counts beyond 1e15 or closer to 0 than 1e-15, are
 * ::STPFIN_ERROR_OVERFLOW, here and (the counts) in `quality_gap`.
 *
 * Its `slope_index` and `relative_index` are of the values of the table deprivation as they are, in
 * the base year and in every scenario alike, since nothing projects them, and compared with
 * nothing. Their sex is what the words of the measure's name say: women, men, or both. Their
 * intervals come from 2,000 repetitions of seed 1.
 *
 * Its gap is the comparator less the value for life expectancies, and the value less the comparator
 * for the others: positive is worse.
 *
 * `quality_gap` has, of an indicator observed in a footprint, the years observed and those after
 * the last. Its value is the one observed and, from the last on, that one with the trend of the
 * years since; schemes add their changes in every year (one whose ramp is annual, again each year).
 * A proportion stays within 0 and its multiplier, others at 0 or more. Denominators that are not
 * observed grow with the people, weighted as for the indicator's service if it has one. Parents and
 * England are the sums of the counts of the footprints within that have any that year. The 95%
 * interval is that of a year's counts, Wilson's for proportions and Byar's for others.
 *
 * Its best fifth are the best fifth of footprints without children, rounded up, counted together;
 * of equal ones the first in the table. Its funnel is that of quality.h about the sum of all
 * observed in the year; what is projected, even in part, has none. Its cost_to_close is of those
 * short of the target, footprint by footprint (a surplus in one pays for no other), at the mean
 * unit cost of the base year of what the footprint's commissioners and councils buy of each service
 * of indicator_cost, weighted by their shares, inflated.
 *
 * A scenario is charged the same for what it gains over do nothing, with a target or without, and
 * gets nothing back for what it loses. Those commissioners and councils pay, in proportion to the
 * activity they buy there: it is in every cost and gap, the line `quality` of the ledger, and in no
 * scheme_impact or appraisal.
 *
 * `quality_summary` has each indicator's first year without a gap (of 1e-12 of its values or less,
 * which rounding makes); in England's rows the variation
 * between footprints of stpfin_funnel_variation(), from what was last observed of two or more; and
 * in the rows `composite` the gaps of the end year together, by weight, each over the standard
 * deviation (of a sample) of the values last observed. Indicators without target, or alike wherever
 * they were observed, do not count in it.
 *
 * @param self       the projection
 * @param result     the name; any other is ::STPFIN_ERROR_ARGUMENT, naming the nearest
 * @param progress   called while the result is made; may be NULL
 * @param user_data  given to progress
 * @param out_table  the table
 */
STPFIN_EXPORT stpfin_status stpfin_projection_get_table(const stpfin_projection *self,
	const char *result, stpfin_progress progress, void *user_data, stpfin_table **out_table);

/** The names of the results, in order; borrowed. */
STPFIN_EXPORT const char *const *stpfin_projection_results(size_t *out_n);

/** What the projection needs to be made again; out_stamp->version is to be set. */
STPFIN_EXPORT stpfin_status stpfin_projection_get_stamp(
	const stpfin_projection *self, stpfin_stamp *out_stamp);

/**
 * Writes results into a folder: a CSV file each, and a datapackage.json (a Frictionless Tabular
 * Data Package) that describes their columns and carries the stamp. The folder is made if need be;
 * each file is written beside and renamed, datapackage.json last. The same results give the same
 * bytes.
 *
 * @param folder  the folder
 * @param tables  n results, each of its own name
 * @param n       how many
 * @param stamp   as from stpfin_projection_get_stamp(); NULL where there is none
 */
STPFIN_EXPORT stpfin_status stpfin_results_write(
	const char *folder, const stpfin_table *const *tables, size_t n, const stpfin_stamp *stamp);

/**
 * Results and their stamp as one JSON text, to be freed by stpfin_text_free():
 * {"stpfin": {…}, "funding_gap": [{"scenario": "do_nothing", …}, …], …}; a
 * missing value is null, every double the shortest text that reads back to the same bits.
 * Otherwise as stpfin_results_write().
 */
STPFIN_EXPORT stpfin_status stpfin_results_json(
	const stpfin_table *const *tables, size_t n, const stpfin_stamp *stamp, char **out_text);

/**
 * A table as stpfin_table_write_csv() writes it, to be freed by stpfin_text_free().
 */
STPFIN_EXPORT stpfin_status stpfin_result_csv(const stpfin_table *table, char **out_text);

/**
 * A result as text for people, to be freed by stpfin_text_free(): aligned columns, £ in
 * millions, years across, a line of totals. Of the funding gap, England by component and then the
 * total of each footprint; of a bridge, each place's steps to its last year. Any other table as
 * aligned columns, long text wrapped. Lines that are 0 throughout, and places whose gap a bridge
 * does not move, are left out, which the text then says.
 *
 * @param table     a result of the library
 * @param stamp     says the prices and years; NULL where there are none
 * @param names     the plan whose names stand for codes: a footprint, service or scheme is shown as
 *                  its name, an organisation as "name (code)"; NULL, or a code the plan does not
 *                  have, shows the code
 * @param out_text  UTF-8, lines ended by a newline
 */
STPFIN_EXPORT stpfin_status stpfin_result_text(const stpfin_table *table, const stpfin_stamp *stamp,
	const stpfin_plan *names, char **out_text);

/** Frees a text the library made; NULL is legal. */
STPFIN_EXPORT void stpfin_text_free(char *text);

STPFIN_END_C

#endif
