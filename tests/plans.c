#include "tests/plans.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "libstpfin/table/csv.h"
#include "libstpfin/table/table.h"

static const struct csv ground[] = {
	{"footprint", "footprint,name\nF,Fen\n"},
	{"organisation", "organisation,name,kind\n"
					 "C,Commissioner,commissioner\n"
					 "T,Trust,provider\n"
					 "O,Outside,outside\n"},
	{"membership", "organisation,footprint,share\nC,F,1\nT,F,1\n"},
	{"service", "service,name,setting,unit\nE,Emergency,acute,spell\n"},
	{"flow", "commissioner,provider,service,activity,income\n"},
};

enum { GROUND = sizeof ground / sizeof *ground, MOST_TABLES = 64 };

static stpfin_status take_cell(
	void *user_data, size_t row, size_t column, const char *text, size_t length)
{
	stpfin_table *table = user_data;
	stpfin_status status = STPFIN_OK;

	(void)length;
	if (row == 1) {
		return stpfin_table__add_column(table, text, STPFIN_TEXT, NULL);
	}
	if (column == 0) {
		status = stpfin_table__add_row(table);
	}
	return status == STPFIN_OK
			   ? stpfin_table__set_text(table, column, stpfin_table_rows(table) - 1, text)
			   : status;
}

static stpfin_status end_row(void *user_data, size_t row, size_t cells)
{
	(void)row;
	ck_assert_uint_eq(cells, stpfin_table_columns(user_data));
	return STPFIN_OK;
}

stpfin_table *table_of(const char *name, const char *text)
{
	struct stpfin_csv_reader reader = {take_cell, end_row, NULL};
	stpfin_table *table;

	ck_assert_int_eq(stpfin_table__new(name, &table), STPFIN_OK);
	reader.user_data = table;
	ck_assert_int_eq(stpfin_csv__read_bytes(text, strlen(text), &reader, NULL), STPFIN_OK);
	return table;
}

static bool is_given(const struct csv *tables, const char *name)
{
	while (tables->table != NULL && strcmp(tables->table, name) != 0) {
		tables++;
	}
	return tables->table != NULL;
}

stpfin_status try_plan(const stpfin_plan_settings *settings, const struct csv *tables,
	stpfin_table **out_problems, stpfin_plan **out_plan)
{
	stpfin_table *made[MOST_TABLES];
	size_t n = 0;
	stpfin_status status;

	for (size_t i = 0; i < GROUND; i++) {
		if (!is_given(tables, ground[i].table)) {
			made[n++] = table_of(ground[i].table, ground[i].text);
		}
	}
	for (; tables->table != NULL; tables++) {
		made[n++] = table_of(tables->table, tables->text);
	}
	status =
		stpfin_plan_new(settings, (const stpfin_table *const *)made, n, out_problems, out_plan);
	while (n > 0) {
		stpfin_table_free(made[--n]);
	}
	return status;
}

stpfin_plan *plan_of(int32_t base_year, int32_t end_year, const struct csv *tables)
{
	stpfin_plan_settings settings = STPFIN_PLAN_SETTINGS_INIT;
	stpfin_plan *plan;

	settings.base_year = base_year;
	settings.end_year = end_year;
	ck_assert_msg(try_plan(&settings, tables, NULL, &plan) == STPFIN_OK, "%s", stpfin_last_error());
	return plan;
}

stpfin_plan *with_table(const stpfin_plan *plan, const char *table, const char *text)
{
	stpfin_table *made = table_of(table, text);
	stpfin_plan *changed;

	ck_assert_msg(
		stpfin_plan_replace(plan, made, NULL, &changed) == STPFIN_OK, "%s", stpfin_last_error());
	stpfin_table_free(made);
	return changed;
}

static stpfin_table *result_with(
	const stpfin_plan *plan, const stpfin_project_options *options, const char *result)
{
	stpfin_projection *projection;
	stpfin_table *table;

	ck_assert_msg(
		stpfin_project(plan, options, &projection) == STPFIN_OK, "%s", stpfin_last_error());
	ck_assert_msg(stpfin_projection_get_table(projection, result, NULL, NULL, &table) == STPFIN_OK,
		"%s", stpfin_last_error());
	stpfin_projection_free(projection);
	return table;
}

stpfin_table *result_of(const stpfin_plan *plan, const char *result, stpfin_prices prices)
{
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;

	options.prices = prices;
	return result_with(plan, &options, result);
}

stpfin_table *result_in(const stpfin_plan *plan, const char *scenario, const char *result)
{
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;

	options.scenarios = &scenario;
	options.n_scenarios = 1;
	return result_with(plan, &options, result);
}

stpfin_table *planned(stpfin_plan *plan, const char *result)
{
	stpfin_table *table = result_in(plan, "plan", result);

	stpfin_plan_free(plan);
	return table;
}

const char *cell(const stpfin_table *table, size_t row, const char *column)
{
	static char buffer[32];

	ck_assert_uint_lt(row, stpfin_table_rows(table));
	ck_assert_msg(stpfin_table__named(table, column) != NULL, "%s has no column %s",
		stpfin_table_name(table), column);
	return stpfin_column__format(stpfin_table__named(table, column), row, buffer);
}

static bool fits(const stpfin_table *table, size_t row, const char *where)
{
	while (*where != '\0') {
		size_t name = strcspn(where, "=");
		size_t length = strcspn(where + name + 1, ";");
		char column[64];
		const char *found;

		snprintf(column, sizeof column, "%.*s", (int)name, where);
		found = cell(table, row, column);
		where += name + 1;
		if (strlen(found) != length || strncmp(found, where, length) != 0) {
			return false;
		}
		where += length;
		where += *where == ';';
	}
	return true;
}

size_t count_rows(const stpfin_table *table, const char *where)
{
	size_t n = 0;

	for (size_t row = 0; row < stpfin_table_rows(table); row++) {
		n += fits(table, row, where);
	}
	return n;
}

size_t find_row(const stpfin_table *table, const char *where)
{
	size_t row = 0;

	ck_assert_msg(count_rows(table, where) == 1, "%zu rows of %s fit %s", count_rows(table, where),
		stpfin_table_name(table), where);
	while (!fits(table, row, where)) {
		row++;
	}
	return row;
}

double value(const stpfin_table *table, const char *where, const char *column)
{
	return stpfin_table__named(table, column)->real[find_row(table, where)];
}

double sum(const stpfin_table *table, const char *where, const char *column)
{
	double total = 0;

	for (size_t row = 0; row < stpfin_table_rows(table); row++) {
		if (fits(table, row, where)) {
			total += stpfin_table__named(table, column)->real[row];
		}
	}
	return total;
}

void expect_near(double actual, double expected, const char *what, const char *file, int line)
{
	double size = fmax(1, fmax(fabs(actual), fabs(expected)));

	if (isnan(expected) ? !isnan(actual) : !(fabs(actual - expected) <= 1e-12 * size)) {
		ck_abort_msg("%s:%d: %s is %.17g, not %.17g", file, line, what, actual, expected);
	}
}

void expect_by_year(const stpfin_table *table, const char *where, const char *column,
	const double *expected, size_t n, const char *file, int line)
{
	for (size_t t = 0; t < n; t++) {
		char row[160];
		char what[256];

		snprintf(row, sizeof row, "%s;year=%d", where, BASE_YEAR + (int)t);
		snprintf(what, sizeof what, "%s of %s", column, row);
		expect_near(value(table, row, column), expected[t], what, file, line);
	}
}

void expect_error(stpfin_status status, stpfin_status expected, const char *words)
{
	ck_assert_int_eq(status, expected);
	ck_assert_msg(strstr(stpfin_last_error(), words) != NULL, "\"%s\" is not in \"%s\"", words,
		stpfin_last_error());
}

const char *source_path(const char *path)
{
	static char joined[1024];
	const char *source = getenv("STPFIN_SOURCE");

	ck_assert_msg(source != NULL, "STPFIN_SOURCE is to name the source folder");
	snprintf(joined, sizeof joined, "%s/%s", source, path);
	return joined;
}

int run_tests(const char *name, const TTest *const *tests)
{
	Suite *suite = suite_create(name);
	TCase *tests_of_suite = tcase_create(name);
	SRunner *runner;
	int failed;

	for (; *tests != NULL; tests++) {
		tcase_add_test(tests_of_suite, *tests);
	}
	tcase_set_timeout(tests_of_suite, 120);
	suite_add_tcase(suite, tests_of_suite);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int64_t milliseconds_since(const struct timespec *moment)
{
	struct timespec now;

	timespec_get(&now, TIME_UTC);
	return 1000 * (int64_t)(now.tv_sec - moment->tv_sec) +
		   (now.tv_nsec - moment->tv_nsec) / 1000000;
}
