#include "libstpfin/simulate/spread.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <gsl/gsl_sort.h>

#include "libstpfin/simulate/clones.h"

const double stpfin_spread__shares[STPFIN_N_PERCENTILES] = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95};

enum {
	LANES = 8, /* sums side by side, which are added up at the end */
	RUN = 512, /* values that one thing after another is done with while they are at hand */
	BINS = 2048,
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

STPFIN_INLINED void count_closed(double closed[LANES], const double *values, size_t n)
{
	for (size_t lane = 0; lane < n; lane++) {
		closed[lane] += values[lane] <= 0 ? 1 : 0;
	}
}

STPFIN_INLINED void find_least(double least[LANES], const double *values, size_t n)
{
	for (size_t lane = 0; lane < n; lane++) {
		least[lane] = values[lane] < least[lane] ? values[lane] : least[lane];
	}
}

STPFIN_INLINED void find_most(double most[LANES], const double *values, size_t n)
{
	for (size_t lane = 0; lane < n; lane++) {
		most[lane] = values[lane] > most[lane] ? values[lane] : most[lane];
	}
}

STPFIN_INLINED void add_above(double sums[LANES], const double *values, size_t n, double bound)
{
	for (size_t lane = 0; lane < n; lane++) {
		sums[lane] += values[lane] > bound ? values[lane] - bound : 0;
	}
}

STPFIN_INLINED void add_squares(double sums[LANES], const double *values, size_t n, double mean)
{
	for (size_t lane = 0; lane < n; lane++) {
		double apart = values[lane] - mean;

		sums[lane] += apart * apart;
	}
}

/* What one reading of values finds. */
struct reading {
	double sum; /* a NaN if any value is one */
	double closed;
	double least;
	double most;
	double shortfall;
};

STPFIN_CLONES static void read_values(const double *values, size_t n, struct reading *out)
{
	double sums[LANES] = {0};
	double closed[LANES] = {0};
	double shortfall[LANES] = {0};
	double least[LANES];
	double most[LANES];

	for (size_t lane = 0; lane < LANES; lane++) {
		least[lane] = values[0];
		most[lane] = values[0];
	}
	for (size_t first = 0; first < n; first += RUN) {
		const double *run = values + first;
		size_t length = n - first < RUN ? n - first : RUN;
		size_t whole = length / LANES * LANES;

		for (size_t i = 0; i < whole; i += LANES) {
			add_values(sums, run + i, LANES);
		}
		add_values(sums, run + whole, length - whole);
		for (size_t i = 0; i < whole; i += LANES) {
			count_closed(closed, run + i, LANES);
		}
		count_closed(closed, run + whole, length - whole);
		for (size_t i = 0; i < whole; i += LANES) {
			find_least(least, run + i, LANES);
		}
		find_least(least, run + whole, length - whole);
		for (size_t i = 0; i < whole; i += LANES) {
			find_most(most, run + i, LANES);
		}
		find_most(most, run + whole, length - whole);
		for (size_t i = 0; i < whole; i += LANES) {
			add_above(shortfall, run + i, LANES, 0);
		}
		add_above(shortfall, run + whole, length - whole, 0);
	}
	*out = (struct reading){add_up(sums), add_up(closed), least[0], most[0], add_up(shortfall)};
	for (size_t lane = 1; lane < LANES; lane++) {
		out->least = least[lane] < out->least ? least[lane] : out->least;
		out->most = most[lane] > out->most ? most[lane] : out->most;
	}
}

/* A sum is one too where it went beyond a number on both sides. */
static bool has_nan(const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (isnan(values[i])) {
			return true;
		}
	}
	return false;
}

STPFIN_CLONES static double squares_about(const double *values, size_t n, double mean)
{
	double sums[LANES] = {0};
	size_t whole = n / LANES * LANES;

	for (size_t i = 0; i < whole; i += LANES) {
		add_squares(sums, values + i, LANES, mean);
	}
	add_squares(sums, values + whole, n - whole, mean);
	return add_up(sums);
}

/* The sum of what values are above a bound. */
STPFIN_CLONES static double sum_above(const double *values, size_t n, double bound)
{
	double sums[LANES] = {0};
	size_t whole = n / LANES * LANES;

	for (size_t i = 0; i < whole; i += LANES) {
		add_above(sums, values + i, LANES, bound);
	}
	add_above(sums, values + whole, n - whole, bound);
	return add_up(sums);
}

#define NOT_WANTED UINT32_MAX

/* Bins of equal width between two ends. */
struct bins {
	double least;
	double scale;
};

/* The bin of each of a run of values; by way of 32 bits, which machines convert to at once. */
STPFIN_INLINED void find_bins(
	const struct bins *self, const double *values, size_t n, uint16_t *restrict bin)
{
	for (size_t i = 0; i < n; i++) {
		int32_t at = (int32_t)((values[i] - self->least) * self->scale);

		bin[i] = (uint16_t)(at < BINS ? at : BINS - 1);
	}
}

/* Finds the bin of each value, and how many each bin has. */
STPFIN_CLONES static void count_bins(
	const struct bins *self, const double *values, size_t n, uint16_t *bin, uint32_t counts[BINS])
{
	for (size_t first = 0; first < n; first += RUN) {
		size_t length = n - first < RUN ? n - first : RUN;

		find_bins(self, values + first, length, bin + first);
		for (size_t i = first; i < first + length; i++) {
			counts[bin[i]]++;
		}
	}
}

/* Gathers the values of bins, each at its `begin`, which moves on past them; none of a bin that
 * begins at NOT_WANTED. */
STPFIN_CLONES static void gather_bins(const uint16_t *restrict bin, const double *restrict values,
	size_t n, uint32_t begin[BINS], double *restrict gathered)
{
	for (size_t i = 0; i < n; i++) {
		if (begin[bin[i]] != NOT_WANTED) {
			gathered[begin[bin[i]]++] = values[i];
		}
	}
}

/* Takes the ranks from one on that the n values of a bin hold, of which `before` are less, and
 * returns the first that they do not. */
static size_t take_ranks(double *values, size_t n, size_t before, const size_t ranks[RANKS],
	size_t rank, double found[RANKS])
{
	enum { FEW = 64 };
	double smallest[FEW];
	const double *sorted = values;
	size_t end = rank;

	while (end < RANKS && ranks[end] < before + n) {
		end++;
	}
	if (n <= FEW) {
		gsl_sort_smallest(smallest, ranks[end - 1] - before + 1, values, 1, n);
		sorted = smallest;
	} else {
		gsl_sort(values, 1, n);
	}
	for (; rank < end; rank++) {
		found[rank] = sorted[ranks[rank] - before];
	}
	return end;
}

/* Finds the values of ranks (from 0, ascending): counts the values by bins, sorts the bins that
 * hold a rank, and leaves the others as they are. */
static void select_ranks(const double *values, size_t n, double least, double most,
	const size_t ranks[RANKS], double *room, double found[RANKS])
{
	const struct bins bins = {least, BINS / (most - least)};
	uint32_t counts[BINS] = {0};
	uint32_t begin[BINS]; /* of the bin's values in the room; NOT_WANTED where none is */
	void *after = room + n;
	uint16_t *bin = after; /* by value */
	size_t before = 0;
	uint32_t used = 0;
	size_t rank = 0;

	if (least == most) {
		for (; rank < RANKS; rank++) {
			found[rank] = least;
		}
		return;
	}
	if (!isfinite(bins.scale) || !(bins.scale > 0)) {
		/* Next to nothing apart, or further than a number holds. */
		memcpy(room, values, n * sizeof *room);
		gsl_sort(room, 1, n);
		for (; rank < RANKS; rank++) {
			found[rank] = room[ranks[rank]];
		}
		return;
	}
	count_bins(&bins, values, n, bin, counts);
	for (size_t i = 0; i < BINS; i++) {
		bool is_wanted = rank < RANKS && ranks[rank] < before + counts[i];

		begin[i] = is_wanted ? used : NOT_WANTED;
		used += is_wanted ? counts[i] : 0;
		before += counts[i];
		while (rank < RANKS && ranks[rank] < before) {
			rank++;
		}
	}
	gather_bins(bin, values, n, begin, room);
	before = 0;
	rank = 0;
	for (size_t i = 0; i < BINS && rank < RANKS; i++) {
		if (begin[i] != NOT_WANTED) {
			rank = take_ranks(room + begin[i] - counts[i], counts[i], before, ranks, rank, found);
		}
		before += counts[i];
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

	for (size_t i = 0; i < STPFIN_N_PERCENTILES; i++) {
		size_t lower = (size_t)floor((double)(n - 1) * stpfin_spread__shares[i]);

		ranks[2 * i] = lower;
		ranks[2 * i + 1] = lower + 1 < n ? lower + 1 : lower;
	}
	ranks[RANKS - 1] = n - n_tail;
	/* All but the tail's are in order already, unless there are very few values. */
	for (size_t i = 1; i < RANKS; i++) {
		for (size_t j = i; j > 0 && ranks[j] < ranks[j - 1]; j--) {
			size_t other = ranks[j];

			ranks[j] = ranks[j - 1];
			ranks[j - 1] = other;
		}
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

size_t stpfin_spread__room(size_t n)
{
	return n + n / (sizeof(double) / sizeof(uint16_t)) + 1;
}

void stpfin_spread__find(const double *values, size_t n, double *room, struct stpfin_spread *out)
{
	struct reading read;

	read_values(values, n, &read);
	if (isnan(read.sum) && has_nan(values, n)) {
		const double none = (double)NAN;

		*out = (struct stpfin_spread){
			none, none, {none, none, none, none, none, none, none}, none, none, none, none};
		return;
	}
	out->mean = read.sum / (double)n;
	out->sd = n > 1 ? sqrt(squares_about(values, n, out->mean) / (double)(n - 1)) : (double)NAN;
	out->probability_closed = read.closed / (double)n;
	out->probability_error =
		sqrt(out->probability_closed * (1 - out->probability_closed) / (double)n);
	out->shortfall_mean = read.shortfall / (double)n;
	find_ranks(values, n, read.least, read.most, room, out);
}
