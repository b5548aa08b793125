#ifndef STPFIN_MODEL_STAMP_H
#define STPFIN_MODEL_STAMP_H

#include "stpfin/projection.h"

/* What results of a plan in those prices need to be made again. */
stpfin_status stpfin_stamp__new(
	const stpfin_plan *plan, stpfin_prices prices, stpfin_stamp *out_stamp);

#endif
