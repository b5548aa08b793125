#ifndef STPFIN_REPORT_RECORD_H
#define STPFIN_REPORT_RECORD_H

#include "stpfin/simulate.h"

/* Simulations in folders, so that pieces made apart can be joined. */

/* Writes results of a simulation as stpfin_results_write() does; datapackage.json also says what
 * was asked for and which draws these are. */
stpfin_status stpfin_simulation__write(
	const stpfin_simulation *self, const char *folder, const stpfin_table *const *tables, size_t n);

/* Reads a simulation from a folder that holds its draws. STPFIN_ERROR_ARGUMENT where the folder is
 * of none, or of another plan or version. */
stpfin_status stpfin_simulation__read(
	const stpfin_plan *plan, const char *folder, stpfin_simulation **out_simulation);

#endif
