#include "libstpfin/model/effect_size.h"

#include <stdbool.h>

#include "stpfin/table.h"

/* The ramps, as the schema lists them. */
enum { LINEAR, S_CURVE, ANNUAL };

/* When an effect is felt in a year: from its start on, fully from another year. */
static bool find_years(
	const struct stpfin_timing *timing, int32_t year, int64_t *out_start, int64_t *out_full)
{
	*out_start = (int64_t)timing->start_year + timing->delay;
	*out_full = timing->full_year != STPFIN_MISSING_INT32
					? (int64_t)timing->full_year + timing->delay
					: *out_start;
	return year >= *out_start && (timing->last_year == STPFIN_MISSING_INT32 ||
									 year <= (int64_t)timing->last_year + timing->delay);
}

/* What has been reached of a size that is approached once. */
static double share_reached(
	const struct stpfin_timing *timing, int32_t year, int64_t start, int64_t full)
{
	double x = year >= full ? 1 : (double)(year - start + 1) / (double)(full - start + 1);

	return timing->ramp == S_CURVE ? x * x * (3 - 2 * x) : x;
}

double stpfin_timing__effect(const struct stpfin_timing *timing, double size, int32_t year)
{
	int64_t start, full;

	if (!find_years(timing, year, &start, &full)) {
		return 0;
	}
	if (timing->ramp == ANNUAL) {
		double left = 1;

		for (int64_t i = start; i <= year && i <= full; i++) {
			left *= 1 - size;
		}
		return 1 - left;
	}
	return size * share_reached(timing, year, start, full);
}

double stpfin_timing__change(const struct stpfin_timing *timing, double change, int32_t year)
{
	int64_t start, full;

	if (!find_years(timing, year, &start, &full)) {
		return 0;
	}
	return change * (timing->ramp == ANNUAL ? (double)((year < full ? year : full) - start + 1)
											: share_reached(timing, year, start, full));
}
