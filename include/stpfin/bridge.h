#ifndef STPFIN_BRIDGE_H
#define STPFIN_BRIDGE_H

#include "stpfin/projection.h"

STPFIN_BEGIN_C

/**
 * @file bridge.h
 * The way from one gap to another in steps that add up.
 */

/** How a step's amount is found when steps depend on each other. */
typedef enum stpfin_bridge_method {
	/** each step on top of those before it, in order */
	STPFIN_BRIDGE_SEQUENTIAL = 0,
	/** the mean over all orders (Shapley, A value for n-person games, 1953), exact */
	STPFIN_BRIDGE_SHAPLEY = 1
} stpfin_bridge_method;

/** What to bridge. */
typedef struct stpfin_bridge_options {
	/** of this struct: 1 */
	int32_t version;
	stpfin_bridge_method method;
	/** a footprint, an organisation, "England" or "unassigned"; NULL for all */
	const char *place;
	/** a year after the base year; 0 for all */
	int32_t year;
	/** called while the work goes on; may be NULL */
	stpfin_progress progress;
	void *user_data;
} stpfin_bridge_options;

/** The defaults: sequential, every place and year. */
#define STPFIN_BRIDGE_OPTIONS_INIT                                                                 \
	{                                                                                              \
		1, STPFIN_BRIDGE_SEQUENTIAL, NULL, 0, NULL, NULL                                           \
	}

/**
 * The bridge by driver: from the gap of the base year to that of each year if
 * nothing is done.
 *
 * The steps are `start` (step 0, the base year's gap), `population`, `growth`,
 * `inflation`, `price`, `pressures`, `funding` (with transfers) and `end` (the
 * year's gap); start and the drivers sum to the end. A driver's amount is what
 * moving it from its base-year value to the year's does to the gap.
 * £ are cash.
 *
 * @param plan        the plan
 * @param options     NULL for the defaults
 * @param out_bridge  columns as stpfin_describe("bridge") gives
 * @param out_stamp   what it takes to make it again; may be NULL
 *
 * An unknown place or year is ::STPFIN_ERROR_ARGUMENT, naming the nearest.
 */
STPFIN_EXPORT stpfin_status stpfin_bridge_by_driver(const stpfin_plan *plan,
	const stpfin_bridge_options *options, stpfin_table **out_bridge, stpfin_stamp *out_stamp);

STPFIN_END_C

#endif
