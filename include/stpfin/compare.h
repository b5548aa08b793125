#ifndef STPFIN_COMPARE_H
#define STPFIN_COMPARE_H

#include "stpfin/projection.h"

STPFIN_BEGIN_C

/**
 * @file compare.h
 * What changed between two plans, and what each change did to the gap.
 */

/** How to compare. */
typedef struct stpfin_compare_options {
	/** of this struct: 1 */
	int32_t version;
	/**
	 * a scenario that both plans have, whose gaps are bridged; NULL for those if nothing is done
	 */
	const char *scenario;
	/** called while the work goes on; may be NULL */
	stpfin_progress progress;
	void *user_data;
} stpfin_compare_options;

/** The defaults: the gaps if nothing is done. */
#define STPFIN_COMPARE_OPTIONS_INIT                                                                \
	{                                                                                              \
		1, NULL, NULL, NULL                                                                        \
	}

/**
 * Compares two plans.
 *
 * The changes are a row a cell: `table`, `key` ("organisation=RXX;year=2016"),
 * `column`, `before` and `after`, as text, missing where the row is only in
 * the other plan. Rows of one key are matched in their order.
 *
 * The bridge goes from a's gap to b's, a step a table that differs, in the order
 * of the schema: what replacing a's table by b's does on top of those before
 * it. Tables that only make a valid plan together are one step, their names
 * joined by "+"; the last, if the rates of the settings differ, is "datapackage". Its columns are
 * those of stpfin_describe("bridge").
 *
 * Plans with different base years have no common ground:
 * ::STPFIN_ERROR_COMPARE. Where the end years differ, the bridge runs to the
 * earlier. Costs reading and projecting a plan for each step.
 *
 * @param a            the plan before
 * @param b            the plan after
 * @param options      NULL for the defaults
 * @param out_changes  what changed
 * @param out_bridge   what it did
 * @param out_stamp    what it takes to make it again; may be NULL
 */
STPFIN_EXPORT stpfin_status stpfin_compare(const stpfin_plan *a, const stpfin_plan *b,
	const stpfin_compare_options *options, stpfin_table **out_changes, stpfin_table **out_bridge,
	stpfin_stamp *out_stamp);

STPFIN_END_C

#endif
