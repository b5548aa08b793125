#ifndef STPFIN_MODEL_STAMP_H
#define STPFIN_MODEL_STAMP_H

#include "stpfin/projection.h"

/* STPFIN_ERROR_ARGUMENT unless the stamp to be filled has a known version; it may be NULL. */
stpfin_status stpfin_stamp__check(const stpfin_stamp *out_stamp);

/* What results of a plan in those prices need to be made again. */
stpfin_status stpfin_stamp__new(
	const stpfin_plan *plan, stpfin_prices prices, stpfin_stamp *out_stamp);

#endif
