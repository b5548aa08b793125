#ifndef STPFIN_HEALTH_ARRAYS_H
#define STPFIN_HEALTH_ARRAYS_H

#include "libstpfin/table/error.h"

/* The checks of arrays that callers hand in. Names are those of the parameters; a NaN is a missing
 * value and passes. */

/* Refuses an array that is NULL though it has a length. */
stpfin_status stpfin_arrays__check_given(const char *name, const double *x, size_t n);

/* The same, and refuses one that has not the length it must have; `why` says where that comes
 * from, as "as population has". */
stpfin_status stpfin_arrays__check_length(
	const char *name, const double *x, size_t n, size_t expected, const char *why);

/* Refuses an array by area and band that is no whole number of rows; gives their number. */
stpfin_status stpfin_arrays__check_rows(const char *name, const double *x, size_t n, size_t n_bands,
	const char *bands, size_t *out_n_areas);

/* Where a result and its interval go. */
struct stpfin_outputs {
	size_t n_value;
	double *value;
	size_t n_lower;
	double *lower;
	size_t n_upper;
	double *upper;
};

stpfin_status stpfin_arrays__check_outputs(
	const struct stpfin_outputs *out, size_t expected, const char *why);

/* Whether a number is of a size that the statistics can reckon with; NaN is. */
bool stpfin_arrays__can_take(double x);

/* What the numbers of an array may be. */
enum stpfin_bound { STPFIN_ANY_NUMBER, STPFIN_NOT_BELOW_0, STPFIN_ABOVE_0, STPFIN_SHARE };

/* Refuses numbers out of bounds, and those whose products might not fit a double. n_bands is the
 * length of a row, or 0 for an array that has none. */
stpfin_status stpfin_arrays__check_values(
	const char *name, const double *x, size_t n, size_t n_bands, enum stpfin_bound bound);

/* The same of one number that may not be missing. */
stpfin_status stpfin_arrays__check_number(const char *name, double x, enum stpfin_bound bound);

/* Refuses value i; the rest says what it must be. */
stpfin_status stpfin_arrays__refuse(const char *name, const double *x, size_t i, size_t n_bands,
	const char *right, ...) STPFIN_PRINTF(5, 6);

/* Refuses first years of bands that do not ascend from 0. */
stpfin_status stpfin_arrays__check_ages(const double *ages, size_t n_ages);

stpfin_status stpfin_arrays__check_confidence(double confidence);

/* Refuses numerators and denominators that make no proportions, or no rates. */
stpfin_status stpfin_arrays__check_fractions(const double *numerator, size_t n_numerator,
	const double *denominator, size_t n_denominator, bool proportion);

#endif
