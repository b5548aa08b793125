#ifndef STPFIN_PORTFOLIO_H
#define STPFIN_PORTFOLIO_H

#include "stpfin/projection.h"

STPFIN_BEGIN_C

/**
 * @file portfolio.h
 * Choosing bids to transformation funds so that they bring the most together.
 *
 * A set of bids (the tables bid and bid_amount) is legal if what its bids ask of a fund in a year
 * is within what the fund has (revenue and capital apart, as the table fund has them), if every row
 * of portfolio_limit is kept, if it holds one bid at most of each `group`, and no bid without those
 * it requires (bid_requires). A row of portfolio_limit bounds what the bids that fit it ask of the
 * fund and year it names (blank: of all): its aim is that of a bid's scheme, and of a footprint
 * counts the share that the bid's organisation has in it. A bid that asks for nothing is free.
 *
 * Among the legal sets the one with the largest sum of benefits is sought: a mixed-integer program.
 * The search proves how far the set it finds can be from the best there is, and stops when that is
 * near enough. The bound is that of a decomposition (Dantzig and Wolfe, Decomposition principle for
 * linear programs, 1960) in which what each footprint chooses is found exactly, the search one of
 * large neighbourhoods (Shaw 1998) in which GLPK solves small programs.
 *
 * The search is limited by what it looks at and not by time: the same plan and options give the
 * same sets, as long as neither a time limit nor the caller ends it early.
 *
 * GLPK has an environment for each thread. One that a thread already has is used, and keeps its
 * objects; its hooks are taken away. Only where memory is short GLPK can but be brought to an end
 * with the environment, and the thread's own GLPK objects with it.
 */

/** A chosen portfolio; opaque, immutable, safe to read from any number of threads. */
typedef struct stpfin_portfolio stpfin_portfolio;

/** What to choose, and how long to look. */
typedef struct stpfin_portfolio_options {
	/** of this struct: 1 */
	int32_t version;
	/**
	 * the name under which the chosen set is given as a scenario; one the plan has is replaced. Not
	 * `do_nothing`
	 */
	const char *scenario;
	/**
	 * the search stops once the set is proved to be this near the best: (bound − benefit) ÷
	 * benefit; 0 to find the best itself
	 */
	double gap;
	/** seconds after which the search ends early with what it has; 0 for no limit */
	double time_limit;
	/** how many other sets nearly as good to look for */
	size_t alternatives;
	/** how much of the best set's benefit an alternative may lack, as a share of it: 0 to 1 */
	double tolerance;
	/** benefit for each £ of the present value of the gap closed */
	double finance_weight;
	/**
	 * £ for each year of life not lost before 75. Years are counted as the measure
	 * `years_of_life_lost` of `health_gap` counts them, of persons, in all years of it and all
	 * footprints without children, but are not divided by those who live there, and not
	 * discounted. Not 0 where no footprint counts deaths in bands of which one begins at 75:
	 * ::STPFIN_ERROR_ARGUMENT
	 */
	double health_weight;
	/**
	 * £ for each person in each year who is no longer short of the target of an indicator, times
	 * the indicator's weight: people_affected of `quality_gap`, of all indicators that have a
	 * target and all footprints without children. Only the way to the target counts: those beyond
	 * it are nobody's gap. Not 0 where no indicator with a target is observed:
	 * ::STPFIN_ERROR_ARGUMENT
	 */
	double quality_weight;
	/**
	 * benefits in place of those computed: a table with the columns `bid` (text) and `benefit`
	 * (numbers, or text that reads as such, in any unit), which names each bid of the plan once;
	 * NULL to compute them. The weights are not used then
	 */
	const stpfin_table *benefits;
	/**
	 * called while the work goes on; may be NULL. Asked to stop, the search ends with the best set
	 * it has; only where it has none the call fails with ::STPFIN_ERROR_CANCELLED
	 */
	stpfin_progress progress;
	void *user_data;
} stpfin_portfolio_options;

/**
 * The defaults: the scenario `portfolio`, to within 0.1% of the best, no time limit, two
 * alternatives within 1%, benefits from the plan.
 */
#define STPFIN_PORTFOLIO_OPTIONS_INIT                                                              \
	{                                                                                              \
		1, "portfolio", 0.001, 0, 2, 0.01, 1, 0, 0, NULL, NULL, NULL                               \
	}

/** Why the search ended. */
typedef enum stpfin_portfolio_end {
	/** the set is as near the best as was asked */
	STPFIN_PORTFOLIO_NEAR_ENOUGH = 0,
	/** the search has looked as far as it goes; the gap it reached is larger than was asked */
	STPFIN_PORTFOLIO_SEARCHED = 1,
	/** the time was up */
	STPFIN_PORTFOLIO_TIME_UP = 2,
	/** the caller asked to stop */
	STPFIN_PORTFOLIO_STOPPED = 3
} stpfin_portfolio_end;

/** The chosen set in figures. */
typedef struct stpfin_portfolio_summary {
	/** of this struct: 1; to be set by the caller */
	int32_t version;
	stpfin_portfolio_end end;
	/** the sum of the benefits of the chosen bids, each alone against do nothing */
	double benefit;
	/** no legal set has more than this */
	double bound;
	/** (bound − benefit) ÷ benefit; 0 where both are 0, infinite where only the benefit is */
	double gap;
	/**
	 * the benefit of the chosen schemes projected together, which overlap, by the same weights; a
	 * NaN where the benefits were given
	 */
	double joint_benefit;
	/** what the chosen bids ask for, in £ of their years */
	double spent;
	/** how many bids there are, how many are chosen, and how many alternatives were found */
	size_t bids;
	size_t chosen;
	size_t alternatives;
} stpfin_portfolio_summary;

/** The version, and nothing else. */
#define STPFIN_PORTFOLIO_SUMMARY_INIT                                                              \
	{                                                                                              \
		1, STPFIN_PORTFOLIO_NEAR_ENOUGH, 0, 0, 0, 0, 0, 0, 0, 0                                    \
	}

/**
 * Chooses bids.
 *
 * The benefit of a bid is what its scheme alone, at scale 1, without delay or awards, brings
 * against do nothing: the present value of the gap closed times finance_weight, and the years of
 * life and people that health_weight and quality_weight value; 0 without a scheme. The gap closed
 * is that of England in `funding_gap`, do nothing's total less the scheme's, of every year of the
 * plan: what the scheme costs, capital by its charges, is in it, and the charge for quality. It is
 * in base-year prices (in cash without a deflator), discounted to the base year as in `appraisal`.
 * A benefit may be negative: such a bid is chosen only where a minimum or another bid needs it. Two
 * bids for one scheme both count.
 *
 * @param plan           the plan
 * @param options        NULL for the defaults
 * @param out_conflict   where no set is legal (::STPFIN_ERROR_INFEASIBLE), which limits cannot hold
 *                       together, as stpfin_describe("portfolio_conflict") gives it: those that the
 *                       nearest set falls short of, and by how much, and a smallest set of limits
 *                       of which each could be kept if any one other were dropped. NULL otherwise;
 *                       may be NULL
 * @param out_portfolio  the portfolio, to be freed
 *
 * ::STPFIN_ERROR_INFEASIBLE: the last error says by how much the nearest set falls short of which
 * limits, and which limits cannot hold together. Where the search has found no legal set but not
 * proved that there is none, it says so. ::STPFIN_ERROR_ARGUMENT for options out of range and
 * benefits that miss a bid. Costs a projection for each scheme that is bid for, and then the
 * search: some seconds for thousands of bids.
 */
STPFIN_EXPORT stpfin_status stpfin_portfolio_choose(const stpfin_plan *plan,
	const stpfin_portfolio_options *options, stpfin_table **out_conflict,
	stpfin_portfolio **out_portfolio);

/** Frees a portfolio; NULL is legal. */
STPFIN_EXPORT void stpfin_portfolio_free(stpfin_portfolio *self);

/**
 * A result as a table, to be freed, with the columns stpfin_describe() gives:
 *
 * - `portfolio`: every bid in the chosen set (alternative 0) and in each alternative, and its
 *   benefit. Alternatives lie within the tolerance of the chosen set's benefit and differ from it,
 *   and from those before them, by as many £ of bids as the search could bring about.
 * - `portfolio_price`: what the chosen set spends of each fund in each year, and what one more £
 *   there would bring: its dual value in the linear program, in which bids may be chosen in part.
 * - `portfolio_missed`: of the bids not chosen, the 20 whose choice would cost least: by how much,
 *   at least, the best sum of benefits would fall short of the bound if the bid had to be chosen.
 *
 * or as a table of the plan, for stpfin_plan_replace(), all other rows kept:
 *
 * - `scenario`: with the schemes of the chosen bids, in the order of bids, as the scenario named.
 * - `award`: with what the chosen bids ask for, awarded in that scenario. An award that every
 *   scenario had from the same fund in the same year becomes one in each of the others.
 *
 * Any other name is ::STPFIN_ERROR_ARGUMENT, naming the nearest.
 */
STPFIN_EXPORT stpfin_status stpfin_portfolio_get_table(
	const stpfin_portfolio *self, const char *name, stpfin_table **out_table);

/** The chosen set in figures; out_summary->version is to be set. */
STPFIN_EXPORT stpfin_status stpfin_portfolio_get_summary(
	const stpfin_portfolio *self, stpfin_portfolio_summary *out_summary);

/** What the portfolio needs to be made again; out_stamp->version is to be set. */
STPFIN_EXPORT stpfin_status stpfin_portfolio_get_stamp(
	const stpfin_portfolio *self, stpfin_stamp *out_stamp);

STPFIN_END_C

#endif
