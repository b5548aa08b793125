#include "libstpfin/model/effect_size.h"

#include "stpfin/table.h"

/* The ramps, as the schema lists them. */
enum { LINEAR, S_CURVE, ANNUAL };

double stpfin_timing__effect(const struct stpfin_timing *timing, double size, int32_t year)
{
	int64_t start = (int64_t)timing->start_year + timing->delay;
	int64_t full = timing->full_year != STPFIN_MISSING_INT32
					   ? (int64_t)timing->full_year + timing->delay
					   : start;
	double x;

	if (year < start || (timing->last_year != STPFIN_MISSING_INT32 &&
							year > (int64_t)timing->last_year + timing->delay)) {
		return 0;
	}
	if (timing->ramp == ANNUAL) {
		double left = 1;

		for (int64_t i = start; i <= year && i <= full; i++) {
			left *= 1 - size;
		}
		return 1 - left;
	}
	x = year >= full ? 1 : (double)(year - start + 1) / (double)(full - start + 1);
	return size * (timing->ramp == S_CURVE ? x * x * (3 - 2 * x) : x);
}
