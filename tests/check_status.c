#include <limits.h>
#include <stdio.h>

#include "tests/plans.h"

/* What a status is called, and which public call gives it. */

static const struct {
	stpfin_status status;
	const char *meaning;
} all[] = {
	{STPFIN_OK, "no error"},
	{STPFIN_ERROR_MEMORY, "not enough memory"},
	{STPFIN_ERROR_ARGUMENT, "wrong argument"},
	{STPFIN_ERROR_CANCELLED, "cancelled"},
	{STPFIN_ERROR_FILE, "file cannot be read or written"},
	{STPFIN_ERROR_CSV, "not comma-separated values in UTF-8"},
	{STPFIN_ERROR_COLUMN, "no such column, or it holds another type"},
	{STPFIN_ERROR_PLAN, "the plan breaks a rule"},
	{STPFIN_ERROR_DEFLATOR, "the plan has no deflator"},
	{STPFIN_ERROR_OVERFLOW, "result beyond what a double can hold"},
	{STPFIN_ERROR_COMPARE, "the plans have nothing to be compared on"},
	{STPFIN_ERROR_INFEASIBLE, "bounds or limits cannot hold together"},
};

enum { N_STATUSES = sizeof all / sizeof *all };

START_TEST(every_status_has_a_meaning)
{
	for (size_t i = 0; i < N_STATUSES; i++) {
		ck_assert_str_eq(stpfin_strerror((int)all[i].status), all[i].meaning);
		for (size_t j = 0; j < i; j++) {
			ck_assert_int_ne(all[i].status, all[j].status);
			ck_assert_str_ne(all[i].meaning, all[j].meaning);
		}
	}
}
END_TEST

/* A status added to common.h and not to the list above is found here. */
START_TEST(any_other_int_is_said_to_be_none)
{
	static const int others[] = {1, 77, INT_MAX, INT_MIN, INT_MIN + 1, -100000};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		ck_assert_str_eq(stpfin_strerror(others[i]), "unknown status");
	}
	for (int status = -2000; status <= 2000; status++) {
		size_t i = 0;

		while (i < N_STATUSES && (int)all[i].status != status) {
			i++;
		}
		ck_assert_str_eq(
			stpfin_strerror(status), i < N_STATUSES ? all[i].meaning : "unknown status");
	}
}
END_TEST

/* One public call for each status; every other way to one is in the test of its topic. */

static stpfin_status nothing_wrong(void)
{
	stpfin_table *table;
	stpfin_status status = stpfin_describe(NULL, &table);

	stpfin_table_free(table);
	return status;
}

/* More values than there can be memory for; none is looked at. */
static stpfin_status no_memory(void)
{
	const double x = 0;
	stpfin_table_builder *builder;
	stpfin_status status;

	ck_assert_int_eq(stpfin_table_builder_new("large", &builder), STPFIN_OK);
	status = stpfin_table_builder_add_double(builder, "x", &x, SIZE_MAX / 4);
	stpfin_table_builder_free(builder);
	return status;
}

static stpfin_status wrong_argument(void)
{
	stpfin_table *table;

	return stpfin_describe("flows", &table);
}

static stpfin_status stop(double done, void *user_data)
{
	(void)done;
	(void)user_data;
	return STPFIN_ERROR_CANCELLED;
}

static stpfin_status cancelled(void)
{
	stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;
	stpfin_plan *plan = PLAN(2016, {0});
	stpfin_table *bridge;
	stpfin_status status;

	options.progress = stop;
	status = stpfin_bridge(plan, &options, &bridge, NULL);
	stpfin_plan_free(plan);
	return status;
}

static stpfin_status no_file(void)
{
	stpfin_table *table;

	return stpfin_table_read_csv("there is no such file.csv", "flow", &table);
}

static stpfin_status no_csv(void)
{
	static const char path[] = "check_status.csv";
	FILE *stream = fopen(path, "wb");
	stpfin_table *table;
	stpfin_status status;

	ck_assert_ptr_nonnull(stream);
	fputs("a,b\n1,\"2", stream);
	fclose(stream);
	status = stpfin_table_read_csv(path, "flow", &table);
	remove(path);
	return status;
}

static stpfin_status no_column(void)
{
	stpfin_table *table;
	const double *x;
	stpfin_status status;

	ck_assert_int_eq(stpfin_describe("flow", &table), STPFIN_OK);
	status = stpfin_table_get_double(table, 0, &x);
	stpfin_table_free(table);
	return status;
}

static stpfin_status broken_plan(void)
{
	const struct csv tables[] = {{"membership", "organisation,footprint,share\nC,F,1.1\n"}, {0}};
	stpfin_plan_settings settings = STPFIN_PLAN_SETTINGS_INIT;
	stpfin_plan *plan;

	settings.base_year = 2015;
	settings.end_year = 2016;
	return try_plan(&settings, tables, NULL, &plan);
}

static stpfin_status no_deflator(void)
{
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_plan *plan = PLAN(2016, {0});
	stpfin_projection *projection;
	stpfin_status status;

	options.prices = STPFIN_PRICES_REAL;
	status = stpfin_project(plan, &options, &projection);
	stpfin_plan_free(plan);
	return status;
}

static stpfin_status overflow(void)
{
	stpfin_plan *plan = PLAN(2055, {"activity_growth", "rate\n1e15\n"},
		{"flow", "commissioner,provider,service,activity,income\nC,T,E,10,100\n"});
	stpfin_projection *projection;
	stpfin_status status = stpfin_project(plan, NULL, &projection);

	stpfin_plan_free(plan);
	return status;
}

static stpfin_status nothing_to_compare_on(void)
{
	const struct csv none[] = {{0}};
	stpfin_plan *a = plan_of(2015, 2016, none);
	stpfin_plan *b = plan_of(2016, 2016, none);
	stpfin_table *changes;
	stpfin_table *bridge;
	stpfin_status status = stpfin_compare(a, b, NULL, &changes, &bridge, NULL);

	stpfin_plan_free(a);
	stpfin_plan_free(b);
	return status;
}

static stpfin_status infeasible(void)
{
	const double claim = 2;
	double award;

	return stpfin_fund_share(
		STPFIN_RULE_TALMUD, 1, &claim, 1, NULL, 0, &claim, 1, NULL, 0, NULL, 0, -1, 1, &award);
}

START_TEST(every_status_is_some_call_s)
{
	static stpfin_status (*const calls[])(void) = {
		nothing_wrong,
		no_memory,
		wrong_argument,
		cancelled,
		no_file,
		no_csv,
		no_column,
		broken_plan,
		no_deflator,
		overflow,
		nothing_to_compare_on,
		infeasible,
	};

	ck_assert_uint_eq(sizeof calls / sizeof *calls, N_STATUSES);
	for (size_t i = 0; i < N_STATUSES; i++) {
		ck_assert_int_eq(calls[i](), all[i].status);
		ck_assert(i == 0 || *stpfin_last_error() != '\0');
		ck_assert_ptr_null(strchr(stpfin_last_error(), '\n'));
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		every_status_has_a_meaning,
		any_other_int_is_said_to_be_none,
		every_status_is_some_call_s,
		NULL,
	};

	return run_tests("status", tests);
}
