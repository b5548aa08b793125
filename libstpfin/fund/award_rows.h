#ifndef STPFIN_FUND_AWARD_ROWS_H
#define STPFIN_FUND_AWARD_ROWS_H

#include "libstpfin/plan/plan.h"

/* The table award of a plan to come: the rows that stay, then new ones. */

/* An empty table of that schema, of a plan or a result: its codes are those of the plan's tables;
 * those of its scenarios, where given, of other names. */
stpfin_status stpfin_award_rows__new_table(const stpfin_plan *plan,
	const struct stpfin_table_schema *schema, const stpfin_dictionary *scenarios,
	stpfin_table **out_table);

/* Appends the plan's rows, but for those in the scenario (-1: in any) of the funds and years
 * replaced: [fund * n_years + years from the base]. A row for every scenario that is replaced in
 * one becomes a row for each of the others. */
stpfin_status stpfin_award_rows__keep(
	stpfin_table *table, const stpfin_plan *plan, const bool *replaced, int32_t scenario);

/* Appends a new row; the scenario is -1 for every one. */
stpfin_status stpfin_award_rows__add(stpfin_table *table, int32_t fund, int32_t organisation,
	int32_t year, double amount, int32_t scenario);

#endif
