#ifndef STPFIN_MODEL_STAMP_H
#define STPFIN_MODEL_STAMP_H

#include "stpfin/projection.h"

/* STPFIN_ERROR_ARGUMENT unless the stamp to be filled has a known version; it may be NULL. */
stpfin_status stpfin_stamp__check(const stpfin_stamp *out_stamp);

/* Gives a stamp to the caller of a public function; a NULL stamp is of what the caller gave as
 * NULL. */
stpfin_status stpfin_stamp__give(
	const stpfin_stamp *stamp, stpfin_stamp *out_stamp, const char *function);

/* What results of a plan in those prices need to be made again. */
stpfin_status stpfin_stamp__new(
	const stpfin_plan *plan, stpfin_prices prices, stpfin_stamp *out_stamp);

#endif
