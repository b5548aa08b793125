#include "tests/statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "libstpfin/table/number.h"

stpfin_table *read_case(const char *name)
{
	char path[128];
	stpfin_table *table;

	snprintf(path, sizeof path, "data/validation/statistics/%s.csv", name);
	EXPECT_OK(stpfin_table_read_csv(source_path(path), name, &table));
	return table;
}

double number(const stpfin_table *table, size_t row, const char *column)
{
	const char *text = cell(table, row, column);
	double x = NAN;

	if (*text != '\0') {
		ck_assert_msg(stpfin_number__read(text, strlen(text), &x), "%s", text);
	}
	return x;
}

double *column(const stpfin_table *table, const char *name)
{
	size_t n = stpfin_table_rows(table);
	double *numbers = calloc(n, sizeof *numbers);

	ck_assert_ptr_nonnull(numbers);
	for (size_t row = 0; row < n; row++) {
		numbers[row] = number(table, row, name);
	}
	return numbers;
}

void expect_numbers_within(
	double actual, double expected, double tolerance, const char *what, const char *file, int line)
{
	ck_assert_msg((isnan(actual) && isnan(expected)) || fabs(actual - expected) <= tolerance,
		"%s:%d: %s is %.17g, not %.17g", file, line, what, actual, expected);
}
