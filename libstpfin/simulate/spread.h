#ifndef STPFIN_SIMULATE_SPREAD_H
#define STPFIN_SIMULATE_SPREAD_H

#include "stpfin/common.h"

/* How the draws of a figure spread. Sums are in a fixed order: any machine gets the same bits. */

enum { STPFIN_N_PERCENTILES = 7 };

/* 5, 10, 25, 50, 75, 90, 95. */
extern const double stpfin_spread__shares[STPFIN_N_PERCENTILES];

struct stpfin_spread {
	double mean;
	double sd;
	double percentiles[STPFIN_N_PERCENTILES];
	double probability_closed;
	double probability_error;
	double shortfall_mean;
	double tail_mean;
};

/* How many doubles of room finding the spread of n values takes. */
size_t stpfin_spread__room(size_t n);

/* Finds the spread of n values, at least one; all NaNs where one of them is. */
void stpfin_spread__find(const double *values, size_t n, double *room, struct stpfin_spread *out);

#endif
