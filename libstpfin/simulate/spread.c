#include "libstpfin/simulate/spread.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_sort.h>

#include "libstpfin/simulate/clones.h"

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

/* The loops below take in LANES values at a time, and a rest: called with a constant they are
 * arithmetic on vectors. Each does one thing, which compilers make vectors of most readily. */

STPFIN_INLINED void add_values(double sums[LANES], const double *values, size_t n)
{
	for (size_t lane = 0; lane < n; lane++) {
		sums[lane] += values[lane];
	}
}

STPFIN_CLONES static double sum_of(const double *values, size_t n)
{
	double sums[LANES] = {0};
	size_t i = 0;

	for (; n - i >= LANES; i += LANES) {
		add_values(sums, values + i, LANES);
	}
	add_values(sums, values + i, n - i);
	return add_up(sums);
}

/* Counts those of 0 or less, and those that are numbers. */
STPFIN_INLINED void count(
	double closed[LANES], double numbers[LANES], const double *values, size_t n)
{
	for (size_t lane = 0; lane < n; lane++) {
		closed[lane] += values[lane] <= 0 ? 1 : 0;
	}
	for (size_t lane = 0; lane < n; lane++) {
		numbers[lane] += values[lane] == values[lane] ? 1 : 0;
	}
}

STPFIN_CLONES static void count_all(
	const double *values, size_t n, double *out_closed, double *out_numbers)
{
	double closed[LANES] = {0};
	double numbers[LANES] = {0};
	size_t i = 0;

	for (; n - i >= LANES; i += LANES) {
		count(closed, numbers, values + i, LANES);
	}
	count(closed, numbers, values + i, n - i);
	*out_closed = add_up(closed);
	*out_numbers = add_up(numbers);
}

STPFIN_INLINED void widen(double least[LANES], double most[LANES], const double *values, size_t n)
{
	for (size_t lane = 0; lane < n; lane++) {
		least[lane] = values[lane] < least[lane] ? values[lane] : least[lane];
	}
	for (size_t lane = 0; lane < n; lane++) {
		most[lane] = values[lane] > most[lane] ? values[lane] : most[lane];
	}
}

STPFIN_CLONES static void find_ends(
	const double *values, size_t n, double *out_least, double *out_most)
{
	double least[LANES];
	double most[LANES];
	size_t i = 0;

	for (size_t lane = 0; lane < LANES; lane++) {
		least[lane] = values[0];
		most[lane] = values[0];
	}
	for (; n - i >= LANES; i += LANES) {
		widen(least, most, values + i, LANES);
	}
	widen(least, most, values + i, n - i);
	*out_least = least[0];
	*out_most = most[0];
	for (size_t lane = 1; lane < LANES; lane++) {
		*out_least = least[lane] < *out_least ? least[lane] : *out_least;
		*out_most = most[lane] > *out_most ? most[lane] : *out_most;
	}
}

STPFIN_INLINED void add_squares(double sums[LANES], const double *values, size_t n, double mean)
{
	for (size_t lane = 0; lane < n; lane++) {
		double apart = values[lane] - mean;

		sums[lane] += apart * apart;
	}
}

STPFIN_CLONES static double squares_about(const double *values, size_t n, double mean)
{
	double sums[LANES] = {0};
	size_t i = 0;

	for (; n - i >= LANES; i += LANES) {
		add_squares(sums, values + i, LANES, mean);
	}
	add_squares(sums, values + i, n - i, mean);
	return add_up(sums);
}

STPFIN_INLINED void add_above(double sums[LANES], const double *values, size_t n, double bound)
{
	for (size_t lane = 0; lane < n; lane++) {
		sums[lane] += values[lane] > bound ? values[lane] - bound : 0;
	}
}

/* The sum of what values are above a bound. */
STPFIN_CLONES static double sum_above(const double *values, size_t n, double bound)
{
	double sums[LANES] = {0};
	size_t i = 0;

	for (; n - i >= LANES; i += LANES) {
		add_above(sums, values + i, LANES, bound);
	}
	add_above(sums, values + i, n - i, bound);
	return add_up(sums);
}

static size_t bin_of(double x, double least, double scale)
{
	/* Of 32 bits, which machines convert to at once. */
	int32_t bin = (int32_t)((x - least) * scale);

	return bin < BINS ? (size_t)bin : BINS - 1;
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
		gsl_sort(room, 1, n);
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
			gsl_sort(first, 1, counts[bin]);
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
	double closed;
	double numbers;
	double least;
	double most;

	count_all(values, n, &closed, &numbers);
	if (numbers < (double)n) {
		const double none = (double)NAN;

		*out = (struct stpfin_spread){
			none, none, {none, none, none, none, none, none, none}, none, none, none, none};
		return;
	}
	out->mean = sum_of(values, n) / (double)n;
	out->sd = n > 1 ? sqrt(squares_about(values, n, out->mean) / (double)(n - 1)) : (double)NAN;
	out->probability_closed = closed / (double)n;
	out->probability_error =
		sqrt(out->probability_closed * (1 - out->probability_closed) / (double)n);
	out->shortfall_mean = sum_above(values, n, 0) / (double)n;
	find_ends(values, n, &least, &most);
	find_ranks(values, n, least, most, room, out);
}
