#ifndef STPFIN_SIMULATE_QUANTILE_TABLE_H
#define STPFIN_SIMULATE_QUANTILE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "libstpfin/simulate/uncertain.h"

/* The gamma and beta distributions as functions of a standard normal: Taylor series around points
 * close enough for 1e-11 of the standard deviation. GSL has their quantiles too, but at hundreds of
 * times the cost of a draw, from the machine's own logarithms, and not for every shape. */

/* The range of the normal is cut into panels, and those where need be into equal parts. */
enum { STPFIN_QUANTILE_PANELS = 34, STPFIN_QUANTILE_TERMS = 12 };

struct stpfin_quantile_table {
	bool is_beta;
	double mean;                            /* of the beta */
	double rest;                            /* 1 - mean */
	double parts[STPFIN_QUANTILE_PANELS];   /* how many a panel is cut into */
	int32_t first[STPFIN_QUANTILE_PANELS];  /* the first of its parts among all */
	double (*terms)[STPFIN_QUANTILE_TERMS]; /* by part, of what is -1/2 to 1/2 in it */
};

/* The gamma distribution of a shape, in units of its mean. */
stpfin_status stpfin_quantile_table__gamma(struct stpfin_quantile_table *self, double shape);

/* The beta distribution on 0 to 1. */
stpfin_status stpfin_quantile_table__beta(struct stpfin_quantile_table *self, double a, double b);

void stpfin_quantile_table__free(struct stpfin_quantile_table *self);

void stpfin_quantile_table__fill(const struct stpfin_quantile_table *self,
	const double z[STPFIN_LANES], double quantities[STPFIN_LANES]);

#endif
