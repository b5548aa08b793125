#ifndef STPFIN_ALIGN_H
#define STPFIN_ALIGN_H

#include "stpfin/projection.h"

STPFIN_BEGIN_C

/**
 * @file align.h
 * Whether what organisations plan for themselves agrees with the whole.
 */

/**
 * Sets organisations' own plans and outturns (the table organisation_plan) beside a projection, and
 * the two ends of each contract (contract_view) beside each other.
 *
 * The alignment has a row for each row of organisation_plan and each scenario projected. What is
 * projected for `income` and `cost` is the organisation's position, or of one service what is paid
 * for it and what it costs; for `control_total` the position as finance reports give it, income
 * less cost, so that a surplus is positive; for `activity` the units a provider gives, or any other
 * organisation buys, cost-only care left out; for `staff` the whole-time equivalents of all groups
 * that the activity takes. `difference` is plan less projection.
 *
 * A contract mismatch has a row for each row of contract_view: the commissioner's value less the
 * provider's.
 *
 * @param projection      a projection in cash; real prices are ::STPFIN_ERROR_ARGUMENT, because
 *                        organisations plan in cash
 * @param out_alignment   columns as stpfin_describe("alignment") gives
 * @param out_mismatch    columns as stpfin_describe("contract_mismatch") gives
 */
STPFIN_EXPORT stpfin_status stpfin_align(
	const stpfin_projection *projection, stpfin_table **out_alignment, stpfin_table **out_mismatch);

STPFIN_END_C

#endif
