#ifndef STPFIN_MODEL_INEQUALITY_H
#define STPFIN_MODEL_INEQUALITY_H

#include "libstpfin/model/model.h"

/* The measures of health, as results list them. */
enum stpfin_health_measure {
	STPFIN_LIFE_EXPECTANCY,
	STPFIN_HEALTHY_LIFE_EXPECTANCY,
	STPFIN_SLOPE_INDEX,
	STPFIN_RELATIVE_INDEX,
	STPFIN_STANDARDISED_RATE,
	STPFIN_STANDARDISED_RATIO,
	STPFIN_YEARS_OF_LIFE_LOST,
	STPFIN_N_HEALTH_MEASURES
};

/* A measure; each is NaN where it cannot be told. */
struct stpfin_estimate {
	double value;
	double lower; /* of its 95% interval */
	double upper;
};

/* Estimates the slope and the relative index of inequality of the deprivation table, by footprint
 * and sex (as results list them) one after the other; their intervals, which are simulated, only if
 * wanted. */
stpfin_status stpfin_inequality__find(
	const struct stpfin_model *model, bool with_intervals, struct stpfin_estimate *out_estimates);

#endif
