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

/* What there is to know of values before they are ranked. */
struct extent {
	double sum;
	double least;
	double most;
	double n_closed; /* those of 0 or less */
	double n_blank;
};

/* The same of every LANES-th value. */
struct extents {
	double sum[LANES];
	double least[LANES];
	double most[LANES];
	double n_closed[LANES];
	double n_blank[LANES];
};

/* Takes in n values, at most LANES; called with a constant, it is arithmetic on vectors. So are
 * the two below. */
STPFIN_INLINED void take_in(struct extents *self, const double *values, size_t n)
{
	for (size_t lane = 0; lane < n; lane++) {
		double x = values[lane];

		self->sum[lane] += x;
		self->least[lane] = x < self->least[lane] ? x : self->least[lane];
		self->most[lane] = x > self->most[lane] ? x : self->most[lane];
		self->n_closed[lane] += x <= 0 ? 1 : 0;
		self->n_blank[lane] += x <= 0 || x > 0 ? 0 : 1;
	}
}

STPFIN_CLONES static struct extent extent_of(const double *values, size_t n)
{
	struct extents extents = {.sum = {0}};
	struct extent extent = {0, values[0], values[0], 0, 0};
	size_t i = 0;

	for (size_t lane = 0; lane < LANES; lane++) {
		extents.least[lane] = values[0];
		extents.most[lane] = values[0];
	}
	for (; n - i >= LANES; i += LANES) {
		take_in(&extents, values + i, LANES);
	}
	take_in(&extents, values + i, n - i);
	for (size_t lane = 0; lane < LANES; lane++) {
		extent.least = extents.least[lane] < extent.least ? extents.least[lane] : extent.least;
		extent.most = extents.most[lane] > extent.most ? extents.most[lane] : extent.most;
	}
	extent.sum = add_up(extents.sum);
	extent.n_closed = add_up(extents.n_closed);
	extent.n_blank = add_up(extents.n_blank);
	return extent;
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
	struct extent extent = extent_of(values, n);

	if (extent.n_blank > 0) {
		const double none = (double)NAN;

		*out = (struct stpfin_spread){
			none, none, {none, none, none, none, none, none, none}, none, none, none, none};
		return;
	}
	out->mean = extent.sum / (double)n;
	out->sd = n > 1 ? sqrt(squares_about(values, n, out->mean) / (double)(n - 1)) : (double)NAN;
	out->probability_closed = extent.n_closed / (double)n;
	out->probability_error =
		sqrt(out->probability_closed * (1 - out->probability_closed) / (double)n);
	out->shortfall_mean = sum_above(values, n, 0) / (double)n;
	find_ranks(values, n, extent.least, extent.most, room, out);
}
