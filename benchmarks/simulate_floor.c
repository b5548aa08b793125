/* The least that a multiply–add can cost: y = y × a + b on doubles that stay in the first-level
 * cache, with the flags of the library; and what it costs to be given memory and write to it once.
 * Prints the nanoseconds of a multiply–add and the seconds of writing BYTES, best of REPEATS.
 *
 * Usage: simulate_floor REPEATS BYTES
 */

#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Three arrays of 4 KiB: a sixth or more of any first-level cache of today is left. */
enum { LENGTH = 512, PASSES = 40000 };

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
	!defined(__SANITIZE_ADDRESS__)
#define WIDE __attribute__((target_clones("default", "arch=x86-64-v2", "arch=x86-64-v3")))
#else
#define WIDE
#endif

/* Two roundings for each multiply–add, as in the library, where nothing may be fused. */
WIDE static void multiply_add(
	double *restrict y, const double *restrict a, const double *restrict b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		y[i] = y[i] * a[i] + b[i];
	}
}

static double processor_seconds(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Nanoseconds of a multiply–add; negative if the loop did not do its work. */
static double time_multiply_add(void)
{
	static _Alignas(64) double y[LENGTH], a[LENGTH], b[LENGTH];
	double begun, took, sum = 0;

	for (size_t i = 0; i < LENGTH; i++) {
		y[i] = 1;
		a[i] = 0.999 + 1e-6 * (double)i;
		b[i] = 1 - a[i];
	}
	begun = processor_seconds();
	for (int pass = 0; pass < PASSES; pass++) {
		multiply_add(y, a, b, LENGTH);
	}
	took = processor_seconds() - begun;
	/* y stays near 1: the sum is known, and the loop cannot be left out. */
	for (size_t i = 0; i < LENGTH; i++) {
		sum += y[i];
	}
	return sum > 0.99 * LENGTH && sum < 1.01 * LENGTH ? 1e9 * took / LENGTH / PASSES : -1;
}

/* Seconds; negative if there is not as much memory. */
static double time_memory(size_t bytes)
{
	double begun = processor_seconds(), took;
	char *memory = malloc(bytes);
	volatile char *written = memory;

	if (memory == NULL) {
		return -1;
	}
	memset(memory, 1, bytes);
	took = written[bytes - 1] == 1 ? processor_seconds() - begun : -1;
	free(memory);
	return took;
}

int main(int argc, char **argv)
{
	int repeats = argc == 3 ? atoi(argv[1]) : 0;
	size_t bytes = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	double least[2] = {0};

	if (repeats < 1 || bytes < 1) {
		fprintf(stderr, "Usage: %s REPEATS BYTES\n", argv[0]);
		return EXIT_FAILURE;
	}
	for (int repeat = 0; repeat < repeats; repeat++) {
		double took[2] = {time_multiply_add(), time_memory(bytes)};

		for (int i = 0; i < 2; i++) {
			if (took[i] < 0) {
				fprintf(stderr, "%s: it could not be measured\n", argv[0]);
				return EXIT_FAILURE;
			}
			if (repeat == 0 || took[i] < least[i]) {
				least[i] = took[i];
			}
		}
	}
	printf("%.5f %.5f\n", least[0], least[1]);
	return EXIT_SUCCESS;
}
