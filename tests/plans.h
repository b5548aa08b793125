#ifndef TESTS_PLANS_H
#define TESTS_PLANS_H

#include <check.h>
#include <string.h>
#include <time.h>

#include "stpfin/stpfin.h"

/* Small plans for tests, and ways to look at results. */

/* A table as CSV. */
struct csv {
	const char *table;
	const char *text;
};

enum { BASE_YEAR = 2015 };

/* A plan from the base year to an end year: the tables given, and those of the ground they leave
 * out. The ground is a footprint F, the commissioner C and the provider T wholly in it, the outside
 * provider O, an acute service E, and no flows. */
#define PLAN(end_year, ...) plan_of(BASE_YEAR, end_year, (const struct csv[]){__VA_ARGS__, {0}})

/* The tables of a plan from 2015 to 2016 that has some of everything, ended by one without a name.
 */
extern const struct csv everything[];

/* The tables end with one without a name. */
stpfin_plan *plan_of(int32_t base_year, int32_t end_year, const struct csv *tables);
stpfin_status try_plan(const stpfin_plan_settings *settings, const struct csv *tables,
	stpfin_table **out_problems, stpfin_plan **out_plan);

/* The same plan with a table replaced. */
stpfin_plan *with_table(const stpfin_plan *plan, const char *table, const char *text);

/* A table of text columns. */
stpfin_table *table_of(const char *name, const char *text);

/* A result of a plan, to be freed. */
stpfin_table *result_of(const stpfin_plan *plan, const char *result, stpfin_prices prices);

/* A result of a scenario, beside do nothing, in cash. */
stpfin_table *result_in(const stpfin_plan *plan, const char *scenario, const char *result);

/* A result of the scenario "plan"; frees the plan. */
stpfin_table *planned(stpfin_plan *plan, const char *result);

/* A cell as CSV would hold it; lives as long as the table, a number's until the next call. */
const char *cell(const stpfin_table *table, size_t row, const char *column);

/* The rows whose cells are those of "organisation=C;year=2016". */
size_t count_rows(const stpfin_table *table, const char *where);
size_t find_row(const stpfin_table *table, const char *where);

/* The number in the one row that fits; a missing one is a NaN. */
double value(const stpfin_table *table, const char *where, const char *column);

/* The sum over all rows that fit. */
double sum(const stpfin_table *table, const char *where, const char *column);

/* Fails with both numbers unless they agree to 1e-12 of the larger (or of 1). */
#define EXPECT(actual, expected) expect_near(actual, expected, #actual, __FILE__, __LINE__)
void expect_near(double actual, double expected, const char *what, const char *file, int line);

/* Fails unless the numbers of a column are those given, a year each from the base year on. */
#define EXPECT_BY_YEAR(table, where, column, ...)                                                  \
	expect_by_year(table, where, column, (const double[]){__VA_ARGS__},                            \
		sizeof((const double[]){__VA_ARGS__}) / sizeof(double), __FILE__, __LINE__)
void expect_by_year(const stpfin_table *table, const char *where, const char *column,
	const double *expected, size_t n, const char *file, int line);

/* Fails unless the last error holds some words. */
void expect_error(stpfin_status status, stpfin_status expected, const char *words);

/* The path of a file of the source tree, until the next call. */
const char *source_path(const char *path);

/* Runs a suite of one case made of tests ended by NULL; what main returns. */
int run_tests(const char *name, const TTest *const *tests);

/* How long ago a moment was. */
int64_t milliseconds_since(const struct timespec *moment);

#endif
