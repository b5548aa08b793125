#ifndef STPFIN_MODEL_EFFECT_SIZE_H
#define STPFIN_MODEL_EFFECT_SIZE_H

#include <stdint.h>

/* When an effect is felt. */
struct stpfin_timing {
	int32_t start_year;
	int32_t full_year; /* STPFIN_MISSING_INT32: start_year */
	int32_t last_year; /* STPFIN_MISSING_INT32: it stays */
	int32_t ramp;      /* a code of the schema's; -1: linear */
	int32_t delay;     /* years added to the three */
};

/* What has been reached of an effect in a year: a share of its size, or its size again and again.
 */
struct stpfin_reached {
	double share;
	int64_t times; /* 0 but for a yearly one */
};

struct stpfin_reached stpfin_timing__reached(const struct stpfin_timing *timing, int32_t year);

/* What an effect whose full size is `size` comes to in a year. */
double stpfin_timing__effect(const struct stpfin_timing *timing, double size, int32_t year);

/* The same of a change in a unit, which does not compound: a yearly one comes again every year. */
double stpfin_timing__change(const struct stpfin_timing *timing, double change, int32_t year);

#endif
