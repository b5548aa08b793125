#ifndef STPFIN_SIMULATE_NORMAL_H
#define STPFIN_SIMULATE_NORMAL_H

#include "libstpfin/simulate/uncertain.h"

/* The standard normal distribution, the same bits on every machine. */

/* The 90th percentile. */
#define STPFIN_NORMAL_P90 1.2815515655446004

/* Fills the normals of draws from `first` on: the quantiles (Wichura, algorithm AS 241, PPND16,
 * Applied Statistics 37, 1988) of the stream's numbers at second place `year`. */
void stpfin_normal__draw(
	uint64_t seed, uint64_t stream, uint64_t first, uint64_t year, double z[STPFIN_LANES]);

/* The quantile of one probability, between 0 and 1. */
double stpfin_normal__quantile(double p);

/* The probabilities beyond z, on the side that it is of 0, to about 1e-15 of themselves (Cody,
 * Rational Chebyshev approximations for the error function, Mathematics of Computation 23, 1969).
 */
void stpfin_normal__tails(const double z[STPFIN_LANES], double tails[STPFIN_LANES]);

#endif
