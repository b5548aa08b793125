#ifndef STPFIN_EXPLAIN_CHANGES_H
#define STPFIN_EXPLAIN_CHANGES_H

#include "libstpfin/plan/plan.h"

/* Adds to a table of changes the cells in which b's version of a table of a plan differs from a's.
 */
stpfin_status stpfin_changes__add(
	stpfin_table *changes, const stpfin_table *a, const stpfin_table *b);

/* Adds the settings in which b differs from a. */
stpfin_status stpfin_changes__add_settings(
	stpfin_table *changes, const stpfin_plan_settings *a, const stpfin_plan_settings *b);

#endif
