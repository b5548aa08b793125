#include "libstpfin/simulate/spread.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const double stpfin_spread__shares[STPFIN_N_PERCENTILES] = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95};

enum {
	LANES = 8, /* sums side by side, which are added up at the end */
	BINS = 1024,
	RANKS =
		2 * STPFIN_N_PERCENTILES + 1, /* the two that each percentile is between, and the tail */
	TAIL = 20                         /* one in so many */
};

static double add_up(const double sums[LANES])
{
	double sum = 0;

	for (size_t lane = 0; lane < LANES; lane++) {
		sum += sums[lane];
	}
	return sum;
}

static double sum_of(const double *values, size_t n)
{
	double sums[LANES] = {0};

	for (size_t i = 0; i < n; i++) {
		sums[i % LANES] += values[i];
	}
	return add_up(sums);
}

static double squares_about(const double *values, size_t n, double mean)
{
	double sums[LANES] = {0};

	for (size_t i = 0; i < n; i++) {
		double apart = values[i] - mean;

		sums[i % LANES] += apart * apart;
	}
	return add_up(sums);
}

/* The sum of what values are above a bound. */
static double sum_above(const double *values, size_t n, double bound)
{
	double sums[LANES] = {0};

	for (size_t i = 0; i < n; i++) {
		sums[i % LANES] += values[i] > bound ? values[i] - bound : 0;
	}
	return add_up(sums);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static size_t bin_of(double x, double least, double scale)
{
	size_t bin = (size_t)((x - least) * scale);

	return bin < BINS ? bin : BINS - 1;
}

/* Finds the values of ranks (from 0, ascending): counts the values by bins, sorts the bins that
 * hold a rank, and leaves the others as they are. */
static void select_ranks(const double *values, size_t n, double least, double most,
	const size_t ranks[RANKS], double *room, double found[RANKS])
{
	double scale = BINS / (most - least);
	size_t counts[BINS] = {0};
	size_t begin[BINS]; /* of the bin's values in the room; SIZE_MAX where none is wanted */
	size_t before = 0;
	size_t used = 0;
	size_t rank = 0;

	if (!isfinite(scale) || !(scale > 0)) {
		/* Next to nothing apart, or further than a number holds. */
		memcpy(room, values, n * sizeof *room);
		qsort(room, n, sizeof *room, compare);
		for (; rank < RANKS; rank++) {
			found[rank] = room[ranks[rank]];
		}
		return;
	}
	for (size_t i = 0; i < n; i++) {
		counts[bin_of(values[i], least, scale)]++;
	}
	for (size_t bin = 0; bin < BINS; bin++) {
		bool is_wanted = rank < RANKS && ranks[rank] < before + counts[bin];

		begin[bin] = is_wanted ? used : SIZE_MAX;
		used += is_wanted ? counts[bin] : 0;
		before += counts[bin];
		while (rank < RANKS && ranks[rank] < before) {
			rank++;
		}
	}
	for (size_t i = 0; i < n; i++) {
		size_t bin = bin_of(values[i], least, scale);

		if (begin[bin] != SIZE_MAX) {
			room[begin[bin]++] = values[i];
		}
	}
	before = 0;
	rank = 0;
	for (size_t bin = 0; bin < BINS; bin++) {
		double *first = room + (begin[bin] != SIZE_MAX ? begin[bin] - counts[bin] : 0);

		if (begin[bin] != SIZE_MAX) {
			qsort(first, counts[bin], sizeof *first, compare);
		}
		for (; rank < RANKS && ranks[rank] < before + counts[bin]; rank++) {
			found[rank] = first[ranks[rank] - before];
		}
		before += counts[bin];
	}
}

/* Fills the percentiles, type 7 of Hyndman and Fan, and the mean of the largest twentieth. */
static void find_ranks(const double *values, size_t n, double least, double most, double *room,
	struct stpfin_spread *out)
{
	size_t n_tail = n / TAIL + (n % TAIL > 0);
	size_t ranks[RANKS];
	double found[RANKS];
	double bound;

	/* The tail begins between the 90th and 95th percentile or above both: sorted last, the ranks
	 * stay in order once it is put where it belongs. */
	for (size_t i = 0; i < STPFIN_N_PERCENTILES; i++) {
		size_t lower = (size_t)floor((double)(n - 1) * stpfin_spread__shares[i]);

		ranks[2 * i] = lower;
		ranks[2 * i + 1] = lower + 1 < n ? lower + 1 : lower;
	}
	ranks[RANKS - 1] = n - n_tail;
	for (size_t i = RANKS - 1; i > 0 && ranks[i] < ranks[i - 1]; i--) {
		size_t other = ranks[i];

		ranks[i] = ranks[i - 1];
		ranks[i - 1] = other;
	}
	select_ranks(values, n, least, most, ranks, room, found);
	for (size_t i = 0; i < STPFIN_N_PERCENTILES; i++) {
		double at = (double)(n - 1) * stpfin_spread__shares[i];
		size_t lower = (size_t)floor(at);
		double low = 0;
		double high = 0;

		for (size_t j = 0; j < RANKS; j++) {
			low = ranks[j] == lower ? found[j] : low;
			high = ranks[j] == (lower + 1 < n ? lower + 1 : lower) ? found[j] : high;
		}
		out->percentiles[i] = low + (at - (double)lower) * (high - low);
	}
	bound = most;
	for (size_t j = 0; j < RANKS; j++) {
		bound = ranks[j] == n - n_tail ? found[j] : bound;
	}
	out->tail_mean = bound + sum_above(values, n, bound) / (double)n_tail;
}

void stpfin_spread__find(const double *values, size_t n, double *room, struct stpfin_spread *out)
{
	double least = values[0];
	double most = values[0];
	size_t n_closed = 0;
	bool is_whole = true;

	for (size_t i = 0; i < n; i++) {
		least = values[i] < least ? values[i] : least;
		most = values[i] > most ? values[i] : most;
		n_closed += values[i] <= 0;
		is_whole = is_whole && !isnan(values[i]);
	}
	if (!is_whole) {
		const double none = (double)NAN;

		*out = (struct stpfin_spread){
			none, none, {none, none, none, none, none, none, none}, none, none, none, none};
		return;
	}
	out->mean = sum_of(values, n) / (double)n;
	out->sd = n > 1 ? sqrt(squares_about(values, n, out->mean) / (double)(n - 1)) : (double)NAN;
	out->probability_closed = (double)n_closed / (double)n;
	out->probability_error =
		sqrt(out->probability_closed * (1 - out->probability_closed) / (double)n);
	out->shortfall_mean = sum_above(values, n, 0) / (double)n;
	find_ranks(values, n, least, most, room, out);
}
