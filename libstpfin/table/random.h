#ifndef STPFIN_TABLE_RANDOM_H
#define STPFIN_TABLE_RANDOM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <Random123/philox.h>
#include <gsl/gsl_rng.h>

/* Random numbers by Philox4x64-10 (Salmon and others, Parallel random numbers: as easy as 1, 2, 3,
 * 2011). One depends on the seed, the stream of its use and its two places in that, and on nothing
 * else: numbers can be drawn in any order. */

/* 64 random bits. */
static inline uint64_t stpfin_random__word(
	uint64_t seed, uint64_t stream, uint64_t place, uint64_t second)
{
	const philox4x64_ctr_t counter = {{place, second, 0, 0}};
	const philox4x64_key_t key = {{seed, stream}};

	return philox4x64(counter, key).v[0];
}

/* The number between 0 and 1, neither of them reached, that random bits stand for: (k + 1/2) / 2^52
 * of the highest 52, k. Exact. */
static inline double stpfin_random__fraction(uint64_t word)
{
	uint64_t bits = UINT64_C(0x3FF0000000000000) | word >> 12;
	double x;

	memcpy(&x, &bits, sizeof x);
	return x - (1 - 0x1p-53);
}

static inline double stpfin_random__uniform(
	uint64_t seed, uint64_t stream, uint64_t place, uint64_t second)
{
	return stpfin_random__fraction(stpfin_random__word(seed, stream, place, second));
}

/* A number drawn evenly from 0 to below n. */
static inline size_t stpfin_random__below(
	size_t n, uint64_t seed, uint64_t stream, uint64_t place, uint64_t second)
{
	size_t drawn = (size_t)(stpfin_random__uniform(seed, stream, place, second) * (double)n);

	return drawn < n ? drawn : n - 1;
}

/* The same numbers as a generator of GSL's, from a place on: those of second places 0, 1, 2 … It
 * holds the state, and nothing that has to be freed. */
struct stpfin_random_state {
	uint64_t seed;
	uint64_t stream;
	uint64_t place;
	uint64_t second;
};
gsl_rng stpfin_random__generator(struct stpfin_random_state *state);

/* The stream of a name: its FNV-1a hash of 64 bits. */
uint64_t stpfin_random__stream(const char *name);

#endif
