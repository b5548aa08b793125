#ifndef STPFIN_SIMULATE_H
#define STPFIN_SIMULATE_H

#include "stpfin/bridge.h"

STPFIN_BEGIN_C

/**
 * @file simulate.h
 * How a plan's results spread when its uncertain figures are drawn.
 *
 * The table uncertainty says which figures of the plan are uncertain and how; correlation, which of
 * them move together. A draw is a value for each, and what the plan comes to with those values: the
 * same numbers, to 1e-12, as those of a projection of the plan into which they were written.
 *
 * Draws are counted from 0. One depends on the seed, its number, the parameter's name and the year,
 * and on nothing else: another parameter, thread, machine or scenario changes no draw, scenarios
 * are compared on the same draws, and draws made apart join bit for bit. The random numbers are
 * those of Philox4x64-10 (Salmon and others, Parallel random numbers: as easy as 1, 2, 3, 2011),
 * its key the seed and the FNV-1a hash of the parameter's name, its counter the draw and the year
 * (0 for one draw for all years); the normal deviates are those of their quantiles (Wichura,
 * algorithm AS 241, 1988), correlated by the Cholesky factor of their correlations in the order of
 * the table.
 *
 * A parameter's draw serves every row it selects. Where several select one cell they act in turn,
 * in the order of the table. What comes out of the range of its column is clipped to it, as is an
 * effect's size out of its range after scale; a whole number is rounded. A path by year begins with
 * the first year selected; on a row with a blank year it gives each year its own value, and which
 * row holds for a year stays as it was.
 *
 * A measure is a column of a result, as `funding_gap.gap`, and may be narrowed by keys:
 * `funding_gap.gap[component=nhs;footprint=London;year=2020]`. Of the funding gap the component is
 * total unless said. Keys left open, other than place and year, each make a measure of their own.
 * `bridge.amount` is the bridge of stpfin_bridge() from do nothing to a scenario (or by driver).
 * Results of more than one place per row are of the first; those without place are England's,
 * those without year the end year's.
 */

/** A simulation; opaque, immutable, safe to read from any number of threads. */
typedef struct stpfin_simulation stpfin_simulation;

/** What to simulate. */
typedef struct stpfin_simulate_options {
	/** of this struct: 1 */
	int32_t version;
	/**
	 * the scenarios beside do nothing, by name, as in stpfin_project_options; `A-B`, where no
	 * scenario has that name, is the difference of two, draw by draw
	 */
	const char *const *scenarios;
	size_t n_scenarios;
	/** the measures; none for `funding_gap.gap` */
	const char *const *measures;
	size_t n_measures;
	/** how many draws the whole simulation has, 1 to 1e9 */
	size_t draws;
	/** the seed */
	uint64_t seed;
	/** the draws to make, of the whole: from `first` to before `end`, 0 for the last */
	size_t first;
	size_t end;
	/** how many threads, 0 for one a processor; the results do not depend on it */
	size_t threads;
	/** the prices of every £ */
	stpfin_prices prices;
	/** the steps of the measure `bridge.amount`, and how they are found */
	stpfin_bridge_by by;
	stpfin_bridge_method method;
	/** called while the work goes on, from the calling thread; may be NULL */
	stpfin_progress progress;
	void *user_data;
} stpfin_simulate_options;

/** The defaults: do nothing, its funding gap, 1,000 draws of seed 1, one thread, cash. */
#define STPFIN_SIMULATE_OPTIONS_INIT                                                               \
	{                                                                                              \
		1, NULL, 0, NULL, 0, 1000, 1, 0, 0, 1, STPFIN_PRICES_CASH, STPFIN_BRIDGE_BY_SCHEME,        \
			STPFIN_BRIDGE_SEQUENTIAL, NULL, NULL                                                   \
	}

/**
 * Simulates.
 *
 * @param plan            the plan; may be freed before the simulation
 * @param options         NULL for the defaults
 * @param out_simulation  the simulation, to be freed
 *
 * Its memory is 8 bytes for each draw of each figure (a measure in a place, year and scenario), and
 * some megabytes. ::STPFIN_ERROR_ARGUMENT for options out of range, a measure, scenario or key that
 * does not exist (naming the nearest), and a plan in which nothing is uncertain;
 * ::STPFIN_ERROR_DEFLATOR for real prices of a plan without deflator; ::STPFIN_ERROR_CANCELLED when
 * asked to stop; ::STPFIN_ERROR_OVERFLOW where a draw is beyond what a double holds.
 */
STPFIN_EXPORT stpfin_status stpfin_simulate(const stpfin_plan *plan,
	const stpfin_simulate_options *options, stpfin_simulation **out_simulation);

/**
 * Joins pieces of one simulation, made apart of the same plan with the same options but for the
 * draws: any order, each draw once, without a gap between them. The whole is bit for bit what it
 * would have been made in one. ::STPFIN_ERROR_ARGUMENT, saying which, where they do not fit.
 */
STPFIN_EXPORT stpfin_status stpfin_simulation_join(
	const stpfin_simulation *const *pieces, size_t n, stpfin_simulation **out_simulation);

/**
 * Makes a simulation again from its draws, as stpfin_simulation_get_draws() gave them (and perhaps
 * another machine): the figures follow from the plan and options.
 *
 * @param plan            the plan
 * @param options         the options it was made with; NULL for the defaults
 * @param draws           n_draws values: the draws of the first figure, then of the next
 * @param clipped         as stpfin_simulation_summary has it
 * @param out_simulation  the simulation, to be freed
 *
 * ::STPFIN_ERROR_ARGUMENT if there are not as many as there should be; otherwise as
 * stpfin_simulate().
 */
STPFIN_EXPORT stpfin_status stpfin_simulation_restore(const stpfin_plan *plan,
	const stpfin_simulate_options *options, const double *draws, size_t n_draws, uint64_t clipped,
	stpfin_simulation **out_simulation);

/** Frees a simulation; NULL is legal. */
STPFIN_EXPORT void stpfin_simulation_free(stpfin_simulation *self);

/**
 * A result as a table, to be freed, with the columns stpfin_describe() gives:
 *
 * - `simulation`: each figure's projection as the plan stands (`central`), and over the draws its
 *   mean, standard deviation (n − 1), percentiles (type 7 of Hyndman and Fan 1996), the share of
 *   draws of 0 or less with its standard error √(p (1 − p) ÷ n), the mean of what is above 0, and
 *   the mean of the largest twentieth (rounded up). Blank where a draw has no value.
 * - `draws`: every draw of every figure.
 *
 * Any other name is ::STPFIN_ERROR_ARGUMENT, naming the nearest.
 */
STPFIN_EXPORT stpfin_status stpfin_simulation_get_table(
	const stpfin_simulation *self, const char *name, stpfin_table **out_table);

/**
 * The draws, borrowed: out_draws[i * n_draws + j] is draw j (of those made) of the figure in row i
 * of the table `simulation`. A NaN where a draw has no value.
 */
STPFIN_EXPORT stpfin_status stpfin_simulation_get_draws(const stpfin_simulation *self,
	const double **out_draws, size_t *out_n_figures, size_t *out_n_draws);

/** A simulation in figures. */
typedef struct stpfin_simulation_summary {
	/** of this struct: 1; to be set by the caller */
	int32_t version;
	/** the draws made: from first to before end, of `draws` in the whole */
	size_t draws;
	size_t first;
	size_t end;
	uint64_t seed;
	/** how many parameters are uncertain, and how many cells of the plan they move */
	size_t parameters;
	size_t cells;
	/**
	 * how often a drawn value was clipped to its range, counted once a cell and draw, and once more
	 * for each scenario whose scale brings an effect out of its range
	 */
	uint64_t clipped;
} stpfin_simulation_summary;

/** The version, and nothing else. */
#define STPFIN_SIMULATION_SUMMARY_INIT                                                             \
	{                                                                                              \
		1, 0, 0, 0, 0, 0, 0, 0                                                                     \
	}

/** A simulation in figures; out_summary->version is to be set. */
STPFIN_EXPORT stpfin_status stpfin_simulation_get_summary(
	const stpfin_simulation *self, stpfin_simulation_summary *out_summary);

/** What it takes to make it again; out_stamp->version is to be set. */
STPFIN_EXPORT stpfin_status stpfin_simulation_get_stamp(
	const stpfin_simulation *self, stpfin_stamp *out_stamp);

STPFIN_END_C

#endif
