#include "libstpfin/plan/schema.h"

#include <math.h>
#include <string.h>

#include "libstpfin/plan/settings.h"
#include "libstpfin/table/number.h"

/* The words leave the largest number out where there is more to say. */
static const struct {
	double low;
	bool low_itself;
	double high;
	bool high_itself;
	const char *words;
} ranges[] = {
	[STPFIN_RANGE_ANY] = {-STPFIN_LARGEST, true, STPFIN_LARGEST, true, "up to 1e15 either way"},
	[STPFIN_RANGE_NOT_NEGATIVE] = {0.0, true, STPFIN_LARGEST, true, "0 or more"},
	[STPFIN_RANGE_POSITIVE] = {0.0, false, STPFIN_LARGEST, true, "above 0"},
	[STPFIN_RANGE_RATE] = {-1.0, false, STPFIN_LARGEST, true, "above -1"},
	[STPFIN_RANGE_BELOW_ONE] = {-STPFIN_LARGEST, true, 1.0, false, "below 1"},
	[STPFIN_RANGE_SHARE] = {0.0, true, 1.0, true, "0 to 1"},
	[STPFIN_RANGE_SIZE] = {-1.0, true, 1.0, true, "-1 to 1"},
	[STPFIN_RANGE_AT_LEAST_ONE] = {1.0, true, STPFIN_LARGEST, true, "1 or more"},
	[STPFIN_RANGE_POSITIVE_SHARE] = {0.0, false, 1.0, true, "above 0 and at most 1"},
	[STPFIN_RANGE_QUARTER] = {1.0, true, 4.0, true, "1 to 4"},
};

static const struct stpfin_table_schema *find(
	const struct stpfin_table_schema *tables, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(tables[i].name, name) == 0) {
			return &tables[i];
		}
	}
	return NULL;
}

const struct stpfin_table_schema *stpfin_schema__table(const char *name)
{
	size_t n;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n);

	return find(tables, n, name);
}

const struct stpfin_table_schema *stpfin_schema__result(const char *name)
{
	size_t n;
	const struct stpfin_table_schema *results = stpfin_schema__results(&n);

	return find(results, n, name);
}

const struct stpfin_column_schema *stpfin_schema__column(
	const struct stpfin_table_schema *table, const char *name)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		if (strcmp(table->columns[i].name, name) == 0) {
			return &table->columns[i];
		}
	}
	return NULL;
}

bool stpfin_schema__in_range(enum stpfin_range range, double x)
{
	bool above = ranges[range].low_itself ? x >= ranges[range].low : x > ranges[range].low;
	bool below = ranges[range].high_itself ? x <= ranges[range].high : x < ranges[range].high;

	return above && below;
}

const char *stpfin_schema__range_words(enum stpfin_range range)
{
	return ranges[range].words;
}

void stpfin_schema__bounds(
	const struct stpfin_column_schema *column, double *out_low, double *out_high)
{
	double low = ranges[column->range].low;
	double high = ranges[column->range].high;

	*out_low = ranges[column->range].low_itself ? low : low + 1 / STPFIN_LARGEST;
	*out_high = ranges[column->range].high_itself ? high : high - 1 / STPFIN_LARGEST;
	if (column->cell == STPFIN_CELL_YEAR) {
		*out_low = STPFIN_FIRST_YEAR;
		*out_high = STPFIN_LAST_YEAR;
	} else if (column->cell == STPFIN_CELL_WHOLE) {
		*out_low = fmax(*out_low, -INT32_MAX);
		*out_high = fmin(*out_high, INT32_MAX);
	}
}

double stpfin_schema__default(const char *table, const char *column)
{
	const struct stpfin_table_schema *in = stpfin_schema__table(table);
	const struct stpfin_column_schema *of = in ? stpfin_schema__column(in, column) : NULL;
	double x;

	if (of == NULL || of->fallback == NULL ||
		!stpfin_number__read(of->fallback, strlen(of->fallback), &x)) {
		return (double)NAN;
	}
	return x;
}
