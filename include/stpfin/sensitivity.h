#ifndef STPFIN_SENSITIVITY_H
#define STPFIN_SENSITIVITY_H

#include <math.h>

#include "stpfin/simulate.h"

STPFIN_BEGIN_C

/**
 * @file sensitivity.h
 * What a plan's results depend on, and what it would take to reach a target.
 */

/** What to find. */
typedef struct stpfin_sensitivity_options {
	/** of this struct: 1 */
	int32_t version;
	/** as in stpfin_simulate_options */
	const char *const *scenarios;
	size_t n_scenarios;
	const char *const *measures;
	size_t n_measures;
	/** the draws of the rank correlation, 2 or more; 0 to leave it out */
	size_t draws;
	/**
	 * the draws of each of the two samples of Sobol's indices, 2 or more, which cost as many times
	 * the number of parameters and two; 0 to leave them out
	 */
	size_t sobol;
	/** how often those are drawn again for their intervals */
	size_t repetitions;
	uint64_t seed;
	size_t threads;
	stpfin_prices prices;
	/** of the measure `bridge.amount` */
	stpfin_bridge_by by;
	stpfin_bridge_method method;
	stpfin_progress progress;
	void *user_data;
} stpfin_sensitivity_options;

/** The defaults: the funding gap of do nothing, a tornado and rank correlations of 1,000 draws. */
#define STPFIN_SENSITIVITY_OPTIONS_INIT                                                            \
	{                                                                                              \
		1, NULL, 0, NULL, 0, 1000, 0, 1000, 1, 1, STPFIN_PRICES_CASH, STPFIN_BRIDGE_BY_SCHEME,     \
			STPFIN_BRIDGE_SEQUENTIAL, NULL, NULL                                                   \
	}

/**
 * Finds what each uncertain figure does to the measures.
 *
 * `low` and `high` are a tornado: the measure with the parameter at its 10th and 90th percentile
 * (that of each of its years) and all others as the plan has them. `rank_correlation` is Spearman's
 * between a parameter's draws (their mean over its years) and the measure's. `first_order` and
 * `total` are Sobol's indices as Saltelli and others (2010) and Jansen (1999) estimate them, with
 * 95% bootstrap intervals (percentiles of `repetitions` resamples).
 *
 * @param plan       the plan
 * @param options    NULL for the defaults
 * @param out_table  the table, as stpfin_describe("sensitivity") gives it: by scenario, parameter,
 *                   measure, place and year
 * @param out_stamp  what it takes to make it again; may be NULL
 *
 * Sobol's indices of correlated parameters are ::STPFIN_ERROR_ARGUMENT. Otherwise as
 * stpfin_simulate().
 */
STPFIN_EXPORT stpfin_status stpfin_sensitivity(const stpfin_plan *plan,
	const stpfin_sensitivity_options *options, stpfin_table **out_table, stpfin_stamp *out_stamp);

/**
 * Sobol's indices of one input from the values of a model, as stpfin_sensitivity() finds them: a,
 * where all inputs are of the first sample, b, where all are of the second, and mixed, where only
 * that input is of the second.
 *
 * first_order = mean(b (mixed − a)) ÷ variance (Saltelli and others, Variance based sensitivity
 * analysis of model output, 2010), total = mean((a − mixed)²) ÷ (2 variance) (Jansen 1999), with
 * the variance of a and b together, and b less the mean of all.
 *
 * @param a            n_a values, at least 2, finite
 * @param b            n_a values
 * @param mixed        n_a values
 * @param repetitions  resamples of the intervals; 0 for none, which are then a NaN
 * @param seed         of the resamples
 * @param n_indices    6
 * @param indices      first order, its lower and upper end, total, its lower and upper end; NaNs
 *                     where the values do not vary
 */
STPFIN_EXPORT stpfin_status stpfin_sobol_indices(const double *a, size_t n_a, const double *b,
	size_t n_b, const double *mixed, size_t n_mixed, size_t repetitions, uint64_t seed,
	size_t n_indices, double *indices);

/**
 * Spearman's rank correlation of x and y, ties having the mean of their ranks; a NaN where one does
 * not vary. n_x finite values, as many of y, at least 2.
 */
STPFIN_EXPORT stpfin_status stpfin_rank_correlation(
	const double *x, size_t n_x, const double *y, size_t n_y, double *out_correlation);

/** What to seek. */
typedef struct stpfin_seek_options {
	/** of this struct: 1 */
	int32_t version;
	/**
	 * the figure that is moved: a parameter of the table uncertainty, whose value acts as its mode
	 * says in every year; or cells of the plan, as `TABLE.COLUMN[key=value;…]`, which all take the
	 * value: `scenario.scale[scenario=average_plan]`
	 */
	const char *parameter;
	/** the measure, as in stpfin_simulate_options, that is one figure in the place and year */
	const char *measure;
	/** the scenario it is of, or a difference `A-B`; NULL for do nothing */
	const char *scenario;
	/** NULL for England */
	const char *place;
	/** 0 for the end year */
	int32_t year;
	/** the value of the measure that is sought, up to 1e15 either way */
	double target;
	/**
	 * the values to seek between, from < to and up to 1e15 either way; a NaN for, of a parameter,
	 * its 0.1th or 99.9th percentile; of cells, the end of their column's range or, where it has
	 * none, twice the largest of them, at least 1, and from 0 (where one is negative, from as far
	 * below 0); of years, the plan's first or last
	 */
	double from;
	double to;
	stpfin_prices prices;
	stpfin_progress progress;
	void *user_data;
} stpfin_seek_options;

/** The defaults: England's funding gap of do nothing in the end year, closed. */
#define STPFIN_SEEK_OPTIONS_INIT                                                                   \
	{                                                                                              \
		1, NULL, "funding_gap.gap", NULL, NULL, 0, 0, NAN, NAN, STPFIN_PRICES_CASH, NULL, NULL     \
	}

/**
 * Seeks the value of a figure that brings a measure to a target: the first crossing among 32 equal
 * parts of the range, narrowed by Brent's method (Algorithms for minimization without derivatives,
 * 1973) to 1e-12 of the range or, where that is less, of the value.
 *
 * @param plan       the plan
 * @param options    what to seek; parameter is required
 * @param out_table  the table, as stpfin_describe("seek") gives it: one row. Also where the target
 *                   is out of reach: then the value that comes nearest
 * @param out_stamp  what it takes to make it again; may be NULL
 *
 * ::STPFIN_ERROR_INFEASIBLE where no value within the range reaches the target; the last error says
 * how near it comes, at which value, and whether that is an end of the range. Where the measure has
 * no value anywhere in it there is no table. ::STPFIN_ERROR_ARGUMENT for a parameter, measure,
 * scenario, place or year that does not exist, and for a measure of more than one figure; otherwise
 * as stpfin_simulate().
 */
STPFIN_EXPORT stpfin_status stpfin_seek(const stpfin_plan *plan, const stpfin_seek_options *options,
	stpfin_table **out_table, stpfin_stamp *out_stamp);

STPFIN_END_C

#endif
