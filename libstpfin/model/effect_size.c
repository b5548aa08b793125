#include "libstpfin/model/effect_size.h"

#include "libstpfin/model/formulas.h"
#include "stpfin/table.h"

/* The ramps, as the schema lists them. */
enum { LINEAR, S_CURVE, ANNUAL };

struct stpfin_reached stpfin_timing__reached(const struct stpfin_timing *timing, int32_t year)
{
	int64_t start = (int64_t)timing->start_year + timing->delay;
	int64_t full = timing->full_year != STPFIN_MISSING_INT32
					   ? (int64_t)timing->full_year + timing->delay
					   : start;
	double x;

	if (year < start || (timing->last_year != STPFIN_MISSING_INT32 &&
							year > (int64_t)timing->last_year + timing->delay)) {
		return (struct stpfin_reached){0, 0};
	}
	if (timing->ramp == ANNUAL) {
		return (struct stpfin_reached){0, (year < full ? year : full) - start + 1};
	}
	x = year >= full ? 1 : (double)(year - start + 1) / (double)(full - start + 1);
	return (struct stpfin_reached){timing->ramp == S_CURVE ? x * x * (3 - 2 * x) : x, 0};
}

double stpfin_timing__effect(const struct stpfin_timing *timing, double size, int32_t year)
{
	struct stpfin_reached reached = stpfin_timing__reached(timing, year);
	double left = 1;

	if (reached.times == 0) {
		return size * reached.share;
	}
	for (int64_t i = 0; i < reached.times; i++) {
		left = stpfin_formula__left(left, size);
	}
	return 1 - left;
}

double stpfin_timing__change(const struct stpfin_timing *timing, double change, int32_t year)
{
	struct stpfin_reached reached = stpfin_timing__reached(timing, year);

	return change * (reached.times > 0 ? (double)reached.times : reached.share);
}
