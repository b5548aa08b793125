#ifndef TESTS_STATISTICS_H
#define TESTS_STATISTICS_H

#include "tests/plans.h"

/* Published figures, and how statistics are compared with them. */

/* A table of data/validation/statistics. */
stpfin_table *read_case(const char *name);

/* A cell as a number; a NaN where it is blank. */
double number(const stpfin_table *table, size_t row, const char *column);

/* A column as numbers, to be freed. */
double *column(const stpfin_table *table, const char *name);

#define EXPECT_OK(call) ck_assert_msg((call) == STPFIN_OK, "%s", stpfin_last_error())

/* Fails unless two numbers agree to a tolerance, or both are missing. */
#define expect_within(actual, expected, tolerance)                                                 \
	expect_numbers_within(actual, expected, tolerance, #actual, __FILE__, __LINE__)
void expect_numbers_within(
	double actual, double expected, double tolerance, const char *what, const char *file, int line);

#endif
