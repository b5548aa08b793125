#ifndef STPFIN_HEALTH_INTERVAL_H
#define STPFIN_HEALTH_INTERVAL_H

#include <stddef.h>

/* The intervals that other statistics are made with. */

struct stpfin_interval {
	double lower;
	double upper;
};

/* The standard normal's distance from 0 within which a confidence lies. */
double stpfin_interval__z(double confidence);

/* Byar's limits of a Poisson count. */
struct stpfin_interval stpfin_interval__byar(double count, double z);

/* Dobson's limits of Σ weight × count, from that sum, its variance Σ weight² × count, and Σ count.
 */
struct stpfin_interval stpfin_interval__dobson(
	double value, double variance, double count, double z);

#endif
