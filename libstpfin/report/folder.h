#ifndef STPFIN_REPORT_FOLDER_H
#define STPFIN_REPORT_FOLDER_H

#include "stpfin/projection.h"

/* Writes results as stpfin_results_write() does; members, JSON text that begins with a comma or is
 * empty, go into the stamp. */
stpfin_status stpfin_results__write(const char *folder, const stpfin_table *const *tables, size_t n,
	const stpfin_stamp *stamp, const char *members);

#endif
