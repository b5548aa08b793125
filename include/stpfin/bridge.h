#ifndef STPFIN_BRIDGE_H
#define STPFIN_BRIDGE_H

#include "stpfin/projection.h"

STPFIN_BEGIN_C

/**
 * @file bridge.h
 * The way from one gap to another in steps that add up.
 */

/** What the steps are. */
typedef enum stpfin_bridge_by {
	/** from the base year's gap to the year's if nothing is done, by what moves it */
	STPFIN_BRIDGE_BY_DRIVER = 0,
	/** from the gap if nothing is done to that of a scenario, by its schemes */
	STPFIN_BRIDGE_BY_SCHEME = 1,
	/** the same by the workstreams of its schemes */
	STPFIN_BRIDGE_BY_WORKSTREAM = 2,
	/** the same by how far each place's organisations have agreed to the schemes */
	STPFIN_BRIDGE_BY_AGREEMENT = 3
} stpfin_bridge_by;

/** How a step's amount is found when steps depend on each other. */
typedef enum stpfin_bridge_method {
	/** each step on top of those before it, in order */
	STPFIN_BRIDGE_SEQUENTIAL = 0,
	/**
	 * the mean over all orders (Shapley, A value for n-person games, 1953): exact up to 12 steps,
	 * and beyond over a sample of orders, with a standard error
	 */
	STPFIN_BRIDGE_SHAPLEY = 1
} stpfin_bridge_method;

/** What to bridge. */
typedef struct stpfin_bridge_options {
	/** of this struct: 1 */
	int32_t version;
	stpfin_bridge_by by;
	stpfin_bridge_method method;
	/** the scenario bridged to, by name; NULL by driver */
	const char *scenario;
	/** a footprint, an organisation, "England" or "unassigned"; NULL for all */
	const char *place;
	/** a year of the plan, by driver one after the base year; 0 for all */
	int32_t year;
	/** the orders sampled where there are more than 12 steps, at least 2 */
	size_t samples;
	/** the sample's seed: the same seed gives the same sample */
	uint64_t seed;
	/** called while the work goes on; may be NULL */
	stpfin_progress progress;
	void *user_data;
} stpfin_bridge_options;

/** The defaults: by driver, sequential, every place and year, 200 samples of seed 1. */
#define STPFIN_BRIDGE_OPTIONS_INIT                                                                 \
	{                                                                                              \
		1, STPFIN_BRIDGE_BY_DRIVER, STPFIN_BRIDGE_SEQUENTIAL, NULL, NULL, 0, 200, 1, NULL, NULL    \
	}

/**
 * Explains a gap: of every footprint, organisation and England, so that each step's gainers and
 * losers are seen. £ are cash; a negative amount closes gap.
 *
 * Step 0 is `start`, the gap it starts from, and the last `end`, the gap reached; those between sum
 * to the difference.
 *
 * By driver they are `population`, `growth`, `inflation`, `price`, `pressures` and `funding` (with
 * transfers): what moving each from its base-year value to the year's does to the gap. Otherwise
 * the first is `awards`, and then come the schemes or workstreams of the scenario, in their order.
 *
 * By agreement they are the schemes that the organisations with a share in the place have `agreed`
 * to, all of them (boards too; outside ones apart); `partly`, where one at least has agreed or
 * would on conditions; `not_agreed`, where one has said so; and `silent`. What an organisation says
 * of a scheme goes before what it says of the whole plan.
 *
 * @param plan        the plan
 * @param options     NULL for the defaults
 * @param out_bridge  columns as stpfin_describe("bridge") gives
 * @param out_stamp   what it takes to make it again; may be NULL
 *
 * An unknown place, year or scenario is ::STPFIN_ERROR_ARGUMENT, naming the nearest. Costs a
 * projection for each step, and by Shapley for each set of steps.
 */
STPFIN_EXPORT stpfin_status stpfin_bridge(const stpfin_plan *plan,
	const stpfin_bridge_options *options, stpfin_table **out_bridge, stpfin_stamp *out_stamp);

STPFIN_END_C

#endif
