#ifndef STPFIN_SIMULATE_QUANTILE_H
#define STPFIN_SIMULATE_QUANTILE_H

#include "libstpfin/plan/uncertainty.h"
#include "libstpfin/simulate/quantile_table.h"
#include "libstpfin/simulate/uncertain.h"

/* The distribution of a quantity as a function of a standard normal, the same bits on every
 * machine: what has the probability that the normal has. */

enum stpfin_curve {
	STPFIN_CURVE_LINE,        /* start + slope z */
	STPFIN_CURVE_EXPONENTIAL, /* exp(start + slope z) */
	STPFIN_CURVE_UNIFORM,     /* from start over slope */
	STPFIN_CURVE_TRIANGLE,    /* likewise, the mode at `mode` of the way */
	STPFIN_CURVE_TABLE        /* start + slope × that of the table */
};

struct stpfin_quantile {
	enum stpfin_curve curve;
	double start;
	double slope;
	double mode;
	struct stpfin_quantile_table table;
};

/* From the numbers of a row of uncertainty, which are checked. */
stpfin_status stpfin_quantile__new(struct stpfin_quantile *self,
	enum stpfin_distribution distribution, double p1, double p2, double p3);
void stpfin_quantile__free(struct stpfin_quantile *self);

void stpfin_quantile__fill(const struct stpfin_quantile *self, const double z[STPFIN_LANES],
	double quantities[STPFIN_LANES]);

#endif
