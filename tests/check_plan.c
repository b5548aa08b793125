#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libstpfin/plan/index.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/plan/package_read.h"
#include "libstpfin/plan/plan.h"
#include "libstpfin/plan/schema_table.h"
#include "libstpfin/plan/settings.h"
#include "libstpfin/plan/weights.h"
#include "libstpfin/table/files.h"
#include "tests/plans.h"

#define MISSING STPFIN_MISSING_INT32
#define FLOWS "commissioner,provider,service,activity,income\nC,T,E,10,100.5\n"

static char folder[32];

static void set_up(void)
{
	strcpy(folder, "check_plan.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

/* Takes away the plans a test may have written: folders a and b. */
static void tear_down(void)
{
	size_t n;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n);
	static const char *const plans[] = {"a", "b"};
	char path[128];

	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0; j < n; j++) {
			snprintf(path, sizeof path, "%s/%s.csv", plans[i], tables[j].name);
			remove(path);
		}
		snprintf(path, sizeof path, "%s/%s", plans[i], stpfin_settings__file);
		remove(path);
		remove(plans[i]);
	}
	ck_assert_int_eq(chdir(".."), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}

static void put(const char *path, const char *text)
{
	FILE *stream = fopen(path, "wb");

	ck_assert_ptr_nonnull(stream);
	ck_assert_int_ge(fputs(text, stream), 0);
	ck_assert_int_eq(fclose(stream), 0);
}

static stpfin_plan_settings settings_to(int32_t end_year)
{
	stpfin_plan_settings settings = STPFIN_PLAN_SETTINGS_INIT;

	settings.base_year = BASE_YEAR;
	settings.end_year = end_year;
	return settings;
}

/* The first problem of that severity as "file:row:column: message"; "" if there is none. */
static const char *problem_of(const stpfin_table *problems, const char *severity)
{
	static char line[1280];
	char place[256];

	for (size_t row = 0; row < stpfin_table_rows(problems); row++) {
		if (strcmp(cell(problems, row, "severity"), severity) == 0) {
			snprintf(place, sizeof place, "%s:%s", cell(problems, row, "file"),
				cell(problems, row, "row"));
			snprintf(line, sizeof line, "%s:%s: ", place, cell(problems, row, "column"));
			strncat(line, cell(problems, row, "message"), 1000);
			return line;
		}
	}
	return "";
}

/* Fails unless the plan is refused with that as its first error. */
static void expect_refused(const struct csv *tables, const char *problem)
{
	stpfin_plan_settings settings = settings_to(2017);
	stpfin_table *problems;
	stpfin_plan *plan = (stpfin_plan *)&settings;

	ck_assert_int_eq(try_plan(&settings, tables, &problems, &plan), STPFIN_ERROR_PLAN);
	ck_assert_ptr_null(plan);
	ck_assert_str_eq(problem_of(problems, "error"), problem);
	stpfin_table_free(problems);
}

#define EXPECT_REFUSED(problem, ...) expect_refused((const struct csv[]){__VA_ARGS__, {0}}, problem)

static void expect_hash(const stpfin_plan *plan, const char *expected, bool equal)
{
	char hash[STPFIN_HASH_SIZE];

	ck_assert_int_eq(stpfin_plan_hash(plan, hash), STPFIN_OK);
	ck_assert_uint_eq(strlen(hash), STPFIN_HASH_SIZE - 1);
	ck_assert_int_eq(strcmp(hash, expected) == 0, equal);
}

static void expect_same_hash(const stpfin_plan *a, const stpfin_plan *b, bool equal)
{
	char hash[STPFIN_HASH_SIZE];

	ck_assert_int_eq(stpfin_plan_hash(a, hash), STPFIN_OK);
	expect_hash(b, hash, equal);
}

static stpfin_table *get(const stpfin_plan *plan, const char *name)
{
	stpfin_table *table;

	ck_assert_int_eq(stpfin_plan_get_table(plan, name, &table), STPFIN_OK);
	return table;
}

/* Tables in memory */

START_TEST(takes_text)
{
	stpfin_plan *plan = PLAN(2017,
		{"flow", "income,service,provider,commissioner,activity\n 1e2 ,E,T,C,010.50\n,,,,\n"},
		{"pressure", "organisation,name,year,amount\nC,a,2016/17,-1\nT,b,2017-18,+2.\n"});
	stpfin_table *flow = get(plan, "flow");
	stpfin_table *pressure = get(plan, "pressure");
	const struct stpfin_table_schema *schema = stpfin_schema__table("flow");

	ck_assert_uint_eq(stpfin_table_columns(flow), schema->n_columns);
	for (size_t i = 0; i < schema->n_columns; i++) {
		stpfin_type type;

		ck_assert_str_eq(stpfin_table_column_name(flow, i), schema->columns[i].name);
		ck_assert_int_eq(stpfin_table_column_type(flow, i, &type), STPFIN_OK);
		ck_assert_int_eq(type, stpfin_schema__type(&schema->columns[i]));
	}
	ck_assert_uint_eq(stpfin_table_rows(flow), 1);
	EXPECT(value(flow, "commissioner=C;provider=T", "income"), 100);
	EXPECT(value(flow, "commissioner=C;provider=T", "activity"), 10.5);
	ck_assert(isnan(value(flow, "service=E", "cost")));
	ck_assert_uint_eq(count_rows(pressure, "name=a;year=2016;amount=-1"), 1);
	EXPECT(value(pressure, "name=b", "amount"), 2);
	stpfin_table_free(flow);
	stpfin_table_free(pressure);
	stpfin_plan_free(plan);
}
END_TEST

/* A pressure table of three numeric columns. */
static stpfin_table *pressures(
	const double *years, const int32_t *amounts, const double *names, size_t n)
{
	static const char *const organisations[] = {"C", "C", "C"};
	stpfin_table_builder *builder;
	stpfin_table *table;

	ck_assert_int_eq(stpfin_table_builder_new("pressure", &builder), STPFIN_OK);
	ck_assert_int_eq(
		stpfin_table_builder_add_text(builder, "organisation", organisations, n), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_add_double(builder, "name", names, n), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_add_double(builder, "year", years, n), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_add_int32(builder, "amount", amounts, n), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_finish(builder, &table), STPFIN_OK);
	stpfin_table_builder_free(builder);
	return table;
}

static void try_pressures(double year, int32_t amount, double name, const char *error)
{
	stpfin_plan *plan = PLAN(2017, {"flow", FLOWS});
	stpfin_table *table = pressures(&year, &amount, &name, 1);
	stpfin_table *problems;
	stpfin_plan *changed;
	stpfin_status status = stpfin_plan_replace(plan, table, &problems, &changed);

	ck_assert_str_eq(problem_of(problems, "error"), error);
	ck_assert_int_eq(status, *error == '\0' ? STPFIN_OK : STPFIN_ERROR_PLAN);
	ck_assert_int_eq(changed == NULL, *error != '\0');
	stpfin_table_free(problems);
	stpfin_table_free(table);
	stpfin_plan_free(changed);
	stpfin_plan_free(plan);
}

START_TEST(takes_numbers)
{
	static const double years[] = {2015, 2016, 2017};
	static const double names[] = {1, 0.1, -2e100};
	static const int32_t amounts[] = {0, -7, 2147483647};
	stpfin_plan *plan = PLAN(2017, {"flow", FLOWS});
	stpfin_table *table = pressures(years, amounts, names, 3);
	stpfin_plan *changed;

	ck_assert_int_eq(stpfin_plan_replace(plan, table, NULL, &changed), STPFIN_OK);
	stpfin_table_free(table);
	table = get(changed, "pressure");
	EXPECT(value(table, "name=1;year=2015", "amount"), 0);
	EXPECT(value(table, "name=0.1;year=2016", "amount"), -7);
	EXPECT(value(table, "name=-2e+100;year=2017", "amount"), 2147483647);
	stpfin_table_free(table);
	stpfin_plan_free(changed);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(refuses_numbers)
{
	try_pressures(2016, 1, 1, "");
	try_pressures((double)NAN, 1, 1, "pressure.csv:2:year: the cell is blank: year it is borne");
	try_pressures(2016, MISSING, 1,
		"pressure.csv:2:amount: the cell is blank: added to the organisation's cost in the year");
	try_pressures(2016, 1, (double)NAN,
		"pressure.csv:2:name: the cell is blank: what it is, as seven-day services or a new "
		"commitment");
	try_pressures(
		(double)INFINITY, 1, 1, "pressure.csv:2:year: an infinite value: give a finite number");
	try_pressures(
		2016, 1, -(double)INFINITY, "pressure.csv:2:name: an infinite value: give a finite number");
	try_pressures(2016.5, 1, 1, "pressure.csv:2:year: 2016.5 is not a whole number");
	try_pressures(1e300, 1, 1, "pressure.csv:2:year: 1e+300 is not a year from 1900 to 2200");
	try_pressures(-2016, 1, 1, "pressure.csv:2:year: -2016 is not a year from 1900 to 2200");
}
END_TEST

START_TEST(takes_codes_that_are_numbers)
{
	static const int32_t codes[] = {7};
	static const char *const text[] = {"Seven"};
	stpfin_plan *plan = PLAN(2017, {"flow", FLOWS});
	stpfin_table_builder *builder;
	stpfin_table *table;
	stpfin_plan *with_risk, *with_effect;

	ck_assert_int_eq(stpfin_table_builder_new("risk", &builder), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_add_int32(builder, "risk", codes, 1), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_add_text(builder, "name", text, 1), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_finish(builder, &table), STPFIN_OK);
	stpfin_table_builder_free(builder);
	ck_assert_int_eq(stpfin_plan_replace(plan, table, NULL, &with_risk), STPFIN_OK);
	with_effect =
		with_table(with_risk, "prevalence", "footprint,risk,sex,age,prevalence\nF,7,,65+,0.1\n");
	stpfin_table_free(table);
	stpfin_plan_free(with_effect);
	stpfin_plan_free(with_risk);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(refuses_columns)
{
	EXPECT_REFUSED("flow.csv:1:activty: flow has no column 'activty': did you mean activity?",
		{"flow", "commissioner,provider,service,activty,income\n"});
	EXPECT_REFUSED("flow.csv:1:income: the column is missing: recurrent payment to the provider in "
				   "the base year",
		{"flow", "commissioner,provider,service\n"});
	EXPECT_REFUSED(
		"flow.csv:1:: the columns are not separated by commas: save the file as CSV with commas",
		{"flow", "commissioner;provider;service;income\n"});
	EXPECT_REFUSED(
		"flow.csv:1:zzz: flow has no column 'zzz': `stpfin describe flow` lists those it has",
		{"flow", "zzz\n"});
	EXPECT_REFUSED("flow.csv:1:commissioner: the column stands twice: keep one",
		{"flow", "commissioner,commissioner,provider,service,income\n"});
}
END_TEST

START_TEST(refuses_arguments)
{
	stpfin_plan_settings settings = settings_to(2017);
	stpfin_plan_settings unknown = settings;
	stpfin_plan *plan = (stpfin_plan *)&settings;
	stpfin_table *problems = (stpfin_table *)&settings;
	stpfin_table *flow = table_of("flow", FLOWS);
	stpfin_table *flows = table_of("flwo", FLOWS);
	stpfin_table *other = table_of("zzzzzz", FLOWS);

	unknown.version = 2;
	expect_error(
		stpfin_plan_new(NULL, NULL, 0, &problems, &plan), STPFIN_ERROR_ARGUMENT, "version");
	ck_assert_ptr_null(plan);
	ck_assert_ptr_null(problems);
	expect_error(stpfin_plan_new(&unknown, NULL, 0, NULL, &plan), STPFIN_ERROR_ARGUMENT, "version");
	expect_error(
		stpfin_plan_new(&settings, NULL, 1, NULL, &plan), STPFIN_ERROR_ARGUMENT, "no tables");
	expect_error(stpfin_plan_new(&settings, (const stpfin_table *const[]){NULL}, 1, NULL, &plan),
		STPFIN_ERROR_ARGUMENT, "table 0 of the plan is NULL");
	expect_error(
		stpfin_plan_new(&settings, (const stpfin_table *const[]){flow, flow}, 2, NULL, &plan),
		STPFIN_ERROR_ARGUMENT, "the table flow is given twice: give one");
	expect_error(
		stpfin_plan_new(&settings, (const stpfin_table *const[]){flow, flows}, 2, NULL, &plan),
		STPFIN_ERROR_ARGUMENT, "a plan has no table 'flwo': did you mean flow?");
	expect_error(stpfin_plan_new(&settings, (const stpfin_table *const[]){other}, 1, NULL, &plan),
		STPFIN_ERROR_ARGUMENT, "a plan has no table 'zzzzzz': `stpfin describe` lists");
	expect_error(
		stpfin_plan_new(&settings, (const stpfin_table *const[]){flow}, 1, &problems, NULL),
		STPFIN_ERROR_PLAN, "footprint.csv: the table footprint is missing");
	ck_assert_uint_eq(count_rows(problems, "severity=error"), 4);
	stpfin_table_free(problems);
	expect_error(
		stpfin_plan_new(&settings, NULL, 0, NULL, NULL), STPFIN_ERROR_PLAN, "problems in all: 5");
	stpfin_table_free(flow);
	stpfin_table_free(flows);
	stpfin_table_free(other);
}
END_TEST

START_TEST(refuses_settings)
{
	static const struct csv pressure[] = {
		{"flow", FLOWS}, {"pressure", "organisation,name,year,amount\nC,a,2030,£1\n"}, {0}};
	stpfin_plan_settings settings = settings_to(2014);
	stpfin_table *problems;

	expect_error(try_plan(&settings, pressure, &problems, NULL), STPFIN_ERROR_PLAN,
		"datapackage.json:end_year: 2014 comes before the base year 2015");
	ck_assert_uint_eq(count_rows(problems, "severity=error"), 2);
	ck_assert_uint_eq(count_rows(problems, "file=pressure.csv;row=2;column=amount"), 1);
	ck_assert_uint_eq(count_rows(problems, "severity=note"), 0);
	stpfin_table_free(problems);
	settings = settings_to(2056);
	expect_error(try_plan(&settings, pressure, NULL, NULL), STPFIN_ERROR_PLAN, "at most 40");
	settings = settings_to(INT32_MAX);
	expect_error(try_plan(&settings, pressure, NULL, NULL), STPFIN_ERROR_PLAN, "2147483647 is not");
	settings.base_year = INT32_MIN;
	expect_error(
		try_plan(&settings, pressure, NULL, NULL), STPFIN_ERROR_PLAN, "-2147483648 is not");
	settings = settings_to(2017);
	settings.discount_rate = (double)NAN;
	expect_error(try_plan(&settings, pressure, NULL, NULL), STPFIN_ERROR_PLAN,
		"datapackage.json:discount_rate: nan is out of range");
	settings.discount_rate = -0.5;
	settings.capital_charge_rate = (double)INFINITY;
	expect_error(try_plan(&settings, pressure, NULL, NULL), STPFIN_ERROR_PLAN,
		"datapackage.json:capital_charge_rate: inf is out of range");
}
END_TEST

START_TEST(problems_are_a_table)
{
	static const char *const columns[] = {"severity", "file", "row", "column", "message"};
	stpfin_plan_settings settings = settings_to(2017);
	const struct csv tables[] = {
		{"funding", "organisation,stream,year,amount\nC,a,2015,1\nQ,a,2015,x\nC,a,2030,1\n"},
		{"flow", FLOWS "C,T,Z,1,1\n"}, {"membership", "organisation,footprint,share\nC,F,2\n"},
		{0}};
	stpfin_table *problems;
	size_t last_row = 0;
	const char *last_file = "";

	expect_error(try_plan(&settings, tables, &problems, NULL), STPFIN_ERROR_PLAN,
		"membership.csv:2:share: 2 is out of range: it must be above 0 and at most 1 (problems in "
		"all: ");
	ck_assert_str_eq(stpfin_table_name(problems), "problem");
	ck_assert_uint_eq(stpfin_table_columns(problems), 5);
	for (size_t i = 0; i < 5; i++) {
		stpfin_type type;

		ck_assert_str_eq(stpfin_table_column_name(problems, i), columns[i]);
		ck_assert_int_eq(stpfin_table_column_type(problems, i, &type), STPFIN_OK);
		ck_assert_int_eq(type, i == 2 ? STPFIN_INT32 : STPFIN_TEXT);
	}
	ck_assert_uint_eq(count_rows(problems, "file=membership.csv"), 1);
	ck_assert_uint_eq(count_rows(problems, "file=flow.csv"), 1);
	ck_assert_uint_eq(count_rows(problems, "file=funding.csv;row=3"), 2);
	ck_assert_uint_eq(count_rows(problems, "file=funding.csv;row="), 1);
	/* In the order of the tables, then of rows. */
	for (size_t row = 0; row < stpfin_table_rows(problems); row++) {
		const struct stpfin_column *column = stpfin_table__named(problems, "file");
		const char *file = stpfin_column__text(column, row);
		int32_t at = stpfin_table__named(problems, "row")->whole[row];

		ck_assert(file != last_file || (size_t)(at > 0 ? at : 0) >= last_row);
		last_file = file;
		last_row = (size_t)(at > 0 ? at : 0);
	}
	stpfin_table_free(problems);
}
END_TEST

START_TEST(a_right_plan_has_notes_and_no_errors)
{
	stpfin_plan_settings settings = settings_to(2017);
	const struct csv tables[] = {{"flow", FLOWS}, {0}};
	stpfin_table *problems;
	stpfin_plan *plan;

	ck_assert_int_eq(try_plan(&settings, tables, &problems, &plan), STPFIN_OK);
	ck_assert_uint_eq(count_rows(problems, "severity=error"), 0);
	ck_assert_uint_eq(count_rows(problems, "severity=warning"), 1);
	ck_assert_uint_gt(count_rows(problems, "severity=note"), 0);
	stpfin_table_free(problems);
	stpfin_plan_free(plan);
	ck_assert_int_eq(try_plan(&settings, tables, NULL, NULL), STPFIN_OK);
}
END_TEST

/* Replacing */

START_TEST(replacing_shares_the_rest)
{
	stpfin_plan *plan = PLAN(2017, {"flow", FLOWS});
	stpfin_plan *changed =
		with_table(plan, "pressure", "organisation,name,year,amount\nC,a,2016,1\n");

	for (size_t i = 0; i < 2; i++) {
		const char *name = i == 0 ? "flow" : "organisation";
		stpfin_table *before = get(plan, name);
		stpfin_table *after = get(changed, name);

		ck_assert_ptr_eq(
			stpfin_table__column(before, 0)->whole, stpfin_table__column(after, 0)->whole);
		stpfin_table_free(before);
		stpfin_table_free(after);
	}
	ck_assert_uint_eq(stpfin_plan__rows(plan, "pressure"), 0);
	ck_assert_uint_eq(stpfin_plan__rows(changed, "pressure"), 1);
	/* What is shared outlives either plan. */
	stpfin_plan_free(plan);
	ck_assert_uint_eq(stpfin_plan__rows(changed, "flow"), 1);
	stpfin_plan_free(changed);
}
END_TEST

/* A code is the row of what it refers to, also when that table has been replaced. */
START_TEST(replacing_what_is_referred_to)
{
	stpfin_plan *plan = PLAN(2017, {"flow", FLOWS},
		{"funding", "organisation,stream,year,amount\nC,a,2016,5\nT,a,2016,7\n"});
	stpfin_plan *changed = with_table(plan, "organisation",
		"organisation,name,kind\nX,New,council\nO,Out,outside\nT,Trust,provider\nC,Com,"
		"commissioner\n");
	const stpfin_table *organisation = stpfin_plan__table(changed, "organisation");
	const int32_t *buyer = stpfin_plan__whole(changed, "flow", "commissioner");
	const int32_t *funded = stpfin_plan__whole(changed, "funding", "organisation");
	stpfin_table *before = get(plan, "flow");
	stpfin_table *after = get(changed, "flow");

	ck_assert_str_eq(cell(organisation, (size_t)buyer[0], "organisation"), "C");
	ck_assert_str_eq(cell(organisation, (size_t)funded[0], "organisation"), "C");
	ck_assert_str_eq(cell(organisation, (size_t)funded[1], "organisation"), "T");
	ck_assert_int_eq(buyer[0], 3);
	ck_assert_int_eq(stpfin_plan__whole(plan, "flow", "commissioner")[0], 0);
	ck_assert(stpfin_table_equal(before, after));
	stpfin_table_free(before);
	stpfin_table_free(after);
	stpfin_plan_free(plan);
	stpfin_plan_free(changed);
}
END_TEST

START_TEST(a_refused_replacement_leaves_the_plan)
{
	stpfin_plan *plan = PLAN(2017, {"flow", FLOWS});
	stpfin_table *organisation =
		table_of("organisation", "organisation,name,kind\nC,C,commissioner\n");
	stpfin_table *other = table_of("organisations", "organisation,name,kind\n");
	stpfin_table *position;
	stpfin_table *problems;
	stpfin_plan *changed = plan;
	char hash[STPFIN_HASH_SIZE];

	ck_assert_int_eq(stpfin_plan_hash(plan, hash), STPFIN_OK);
	expect_error(stpfin_plan_replace(plan, organisation, &problems, &changed), STPFIN_ERROR_PLAN,
		"membership.csv:3:organisation: 'T' is not in the table organisation");
	ck_assert_ptr_null(changed);
	ck_assert_uint_eq(count_rows(problems, "file=flow.csv;row=2;column=provider"), 1);
	stpfin_table_free(problems);
	expect_error(stpfin_plan_replace(plan, other, &problems, &changed), STPFIN_ERROR_ARGUMENT,
		"did you mean organisation?");
	ck_assert_ptr_null(problems);
	expect_error(
		stpfin_plan_replace(NULL, organisation, NULL, &changed), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_plan_replace(plan, NULL, NULL, &changed), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_hash(plan, hash, true);
	position = result_of(plan, "position", STPFIN_PRICES_CASH);
	EXPECT(value(position, "scenario=do_nothing;organisation=C;year=2017", "cost"), 100.5);
	stpfin_table_free(position);
	stpfin_table_free(organisation);
	stpfin_table_free(other);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(replacing_with_nothing_removes)
{
	stpfin_plan *plan = PLAN(2017, {"flow", FLOWS});
	stpfin_plan *with = with_table(plan, "deflator", "year,index\n2015,1\n2016,1\n2017,1\n");
	stpfin_plan *without = with_table(with, "deflator", "year,index\n");
	stpfin_table *nothing;
	stpfin_plan *again;

	ck_assert_int_eq(stpfin_table__new("deflator", &nothing), STPFIN_OK);
	ck_assert_int_eq(stpfin_plan_replace(with, nothing, NULL, &again), STPFIN_OK);
	ck_assert_uint_eq(stpfin_plan__rows(with, "deflator"), 3);
	ck_assert_uint_eq(stpfin_plan__rows(again, "deflator"), 0);
	expect_same_hash(plan, with, false);
	expect_same_hash(plan, without, true);
	expect_same_hash(plan, again, true);
	stpfin_table_free(nothing);
	stpfin_plan_free(plan);
	stpfin_plan_free(with);
	stpfin_plan_free(without);
	stpfin_plan_free(again);
}
END_TEST

START_TEST(replacing_is_checked_against_the_rest)
{
	stpfin_plan *plan = PLAN(2017, {"flow", FLOWS},
		{"inflation", "component,year,rate\npay,,0.1\ndrugs,2016,0\ndrugs,2017,0\npay,2030,1\n"},
		{"cost_mix", "service,component,share\n,drugs,1\n"});
	stpfin_table *inflation = table_of("inflation", "component,year,rate\npay,,0.1\n");
	stpfin_plan *changed;
	stpfin_table *problems;

	expect_error(stpfin_plan_replace(plan, inflation, &problems, &changed), STPFIN_ERROR_PLAN,
		"cost_mix.csv:2:component: 'drugs' is not in the table inflation");
	stpfin_table_free(problems);
	changed = with_table(plan, "cost_mix", "service,component,share\nE,pay,0.5\nE,drugs,0.5\n");
	ck_assert_uint_eq(stpfin_plan__rows(changed, "inflation"), 3);
	stpfin_table_free(inflation);
	stpfin_plan_free(changed);
	stpfin_plan_free(plan);
}
END_TEST

/* Looking at a plan */

START_TEST(gives_settings_and_tables)
{
	stpfin_plan *plan = PLAN(2020, {"flow", FLOWS});
	stpfin_plan_settings settings = STPFIN_PLAN_SETTINGS_INIT;
	stpfin_table *table = (stpfin_table *)&settings;
	char hash[STPFIN_HASH_SIZE];
	size_t n;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n);

	ck_assert_int_eq(stpfin_plan_get_settings(plan, &settings), STPFIN_OK);
	ck_assert_int_eq(settings.base_year, 2015);
	ck_assert_int_eq(settings.end_year, 2020);
	EXPECT(settings.discount_rate, 0.035);
	EXPECT(settings.long_discount_rate, 0.03);
	EXPECT(settings.capital_charge_rate, 0.035);
	settings.version = 0;
	expect_error(
		stpfin_plan_get_settings(plan, &settings), STPFIN_ERROR_ARGUMENT, "no known version");
	expect_error(stpfin_plan_get_settings(plan, NULL), STPFIN_ERROR_ARGUMENT, "version");
	settings.version = 1;
	expect_error(stpfin_plan_get_settings(NULL, &settings), STPFIN_ERROR_ARGUMENT, "NULL");
	for (size_t i = 0; i < n; i++) {
		table = get(plan, tables[i].name);
		ck_assert_str_eq(stpfin_table_name(table), tables[i].name);
		ck_assert_uint_eq(stpfin_table_columns(table), tables[i].n_columns);
		stpfin_table_free(table);
	}
	table = (stpfin_table *)&settings;
	expect_error(stpfin_plan_get_table(plan, "flows", &table), STPFIN_ERROR_ARGUMENT,
		"a plan has no table 'flows': did you mean flow?");
	ck_assert_ptr_null(table);
	expect_error(
		stpfin_plan_get_table(plan, "position", &table), STPFIN_ERROR_ARGUMENT, "'position'");
	expect_error(stpfin_plan_get_table(plan, NULL, &table), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_plan_get_table(NULL, "flow", &table), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_plan_get_table(plan, "flow", NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_plan_hash(NULL, hash), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_plan_hash(plan, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	stpfin_plan_free(plan);
	stpfin_plan_free(NULL);
}
END_TEST

START_TEST(hash_is_of_every_cell)
{
	stpfin_plan *plan = PLAN(2017, {"flow", FLOWS});
	static const char *const same[] = {
		"income,activity,service,provider,commissioner\n1.005e2,10.0,E,T,C\n",
		"commissioner,provider,service,activity,income,cost,note\nC,T,E,1e1,+100.50,,\n",
		"\"commissioner\",provider,service,activity,income\n\n C , T ,E,0010,0100.5\n,,,,\n",
	};
	static const char *const others[] = {
		"commissioner,provider,service,activity,income\nC,T,E,10,100.50000000000001\n",
		"commissioner,provider,service,activity,income\nC,T,E,,100.5\n",
		"commissioner,provider,service,activity,income\nC,O,E,10,100.5\n",
		"commissioner,provider,service,activity,income\nC,T,E,10,100.5\nC,T,E,10,100.5\n",
		"commissioner,provider,service,activity,income,cost\nC,T,E,10,100.5,100.5\n",
		"commissioner,provider,service,activity,income,note\nC,T,E,10,100.5,n\n",
		"commissioner,provider,service,activity,income\n",
	};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		stpfin_plan *again = with_table(plan, "flow", same[i]);

		expect_same_hash(plan, again, true);
		stpfin_plan_free(again);
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		stpfin_plan *other = with_table(plan, "flow", others[i]);

		expect_same_hash(plan, other, false);
		stpfin_plan_free(other);
	}
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(hash_is_not_of_settings_nor_of_how_years_are_written)
{
	stpfin_plan *a =
		PLAN(2017, {"flow", FLOWS}, {"pressure", "organisation,name,year,amount\nC,a,2016,1\n"});
	stpfin_plan *b = PLAN(2018, {"flow", FLOWS},
		{"pressure", "year,organisation,name,amount\n2016/17,C,a,1\n2014-15,C,a,1\n"});

	expect_same_hash(a, b, true);
	stpfin_plan_free(a);
	stpfin_plan_free(b);
}
END_TEST

/* Folders */

static const char files[][2][160] = {
	{"footprint.csv", "footprint,name\r\nF,Fen\r\n"},
	{"organisation.csv",
		"\xEF\xBB\xBFname,kind,organisation\nCommissioner,commissioner,C\nTrust,provider,T\n"
		"Outside,outside,O\n"},
	{"membership.csv", "organisation,share,footprint\rC,1,F\rT,1.0,F"},
	{"service.csv", "service,name,setting,unit\n\n\nE,Emergency,acute,spell\n"},
	{"flow.csv",
		"commissioner,provider,service,income,activity,cost\nC,T,E,1.005e+02,10.,\n,,,,,\n"},
	{"datapackage.json",
		"{\"stpfin\": {\"end_year\": \"2017/18\", \"base_year\": 2015, \"discount_rate\": 0.05}}"},
};

static void put_files(const char *in)
{
	ck_assert_int_eq(mkdir(in, 0777), 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char *path = stpfin_files__join(in, files[i][0]);

		put(path, files[i][1]);
		free(path);
	}
}

START_TEST(hash_is_the_same_however_written_down)
{
	stpfin_plan *plan = PLAN(2017, {"flow", FLOWS});
	stpfin_plan *read;

	put_files("a");
	ck_assert_msg(stpfin_plan_read("a", NULL, &read) == STPFIN_OK, "%s", stpfin_last_error());
	expect_same_hash(plan, read, true);
	stpfin_plan_free(read);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(what_is_written_is_read)
{
	stpfin_plan *plan, *read;
	stpfin_plan_settings settings = STPFIN_PLAN_SETTINGS_INIT;
	struct stat found;

	put_files("a");
	ck_assert_int_eq(stpfin_plan_read("a", NULL, &plan), STPFIN_OK);
	ck_assert_int_eq(stpfin_plan_write(plan, "b"), STPFIN_OK);
	ck_assert_int_eq(stat("b/funding.csv", &found), -1);
	ck_assert_int_eq(stpfin_plan_read("b", NULL, &read), STPFIN_OK);
	expect_same_hash(plan, read, true);
	ck_assert_int_eq(stpfin_plan_get_settings(read, &settings), STPFIN_OK);
	ck_assert_int_eq(settings.base_year, 2015);
	ck_assert_int_eq(settings.end_year, 2017);
	ck_assert_double_eq(settings.discount_rate, 0.05);
	ck_assert_double_eq(settings.long_discount_rate, 0.03);
	/* Again over itself. */
	ck_assert_int_eq(stpfin_plan_write(read, "b"), STPFIN_OK);
	stpfin_plan_free(read);
	ck_assert_int_eq(stpfin_plan_read("b", NULL, &read), STPFIN_OK);
	expect_same_hash(plan, read, true);
	stpfin_plan_free(read);
	stpfin_plan_free(plan);
}
END_TEST

/* Whatever a cell holds that CSV has a meaning for, and numbers that need every digit. */
START_TEST(awkward_cells_are_written_and_read)
{
	stpfin_plan *plan = PLAN(2017, {"flow", "commissioner,provider,service,activity,income,note\n"
											"C,T,E,0.1,-0.30000000000000004,\" a, \"\"b\"\"\nc\"\n"
											"C,O,E,1e-300,1e15,\"\xEF\xBB\xBFx\"\n"
											"C,T,E,,2.2250738585072014e-308,'\n"});
	stpfin_plan *read;

	ck_assert_int_eq(stpfin_plan_write(plan, "a"), STPFIN_OK);
	ck_assert_int_eq(stpfin_plan_read("a", NULL, &read), STPFIN_OK);
	expect_same_hash(plan, read, true);
	stpfin_plan_free(read);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(an_empty_plan_is_written_once)
{
	stpfin_plan_settings settings = settings_to(2020);
	size_t n;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n);
	stpfin_plan *plan;

	ck_assert_int_eq(stpfin_plan_write_empty(&settings, "a"), STPFIN_OK);
	ck_assert_int_eq(stpfin_plan_read("a", NULL, &plan), STPFIN_OK);
	for (size_t i = 0; i < n; i++) {
		char path[64];
		struct stat found;

		ck_assert_uint_eq(stpfin_plan__rows(plan, tables[i].name), 0);
		snprintf(path, sizeof path, "a/%s.csv", tables[i].name);
		ck_assert_int_eq(stat(path, &found), 0);
	}
	ck_assert_uint_eq(stpfin_plan__years(plan), 6);
	stpfin_plan_free(plan);
	expect_error(stpfin_plan_write_empty(&settings, "a"), STPFIN_ERROR_ARGUMENT,
		"'a' holds a plan already (activity_effect.csv): give a new folder");
	settings.end_year = 2014;
	expect_error(stpfin_plan_write_empty(&settings, "b"), STPFIN_ERROR_ARGUMENT,
		"2014 comes before the base year 2015");
	expect_error(stpfin_plan_write_empty(NULL, "b"), STPFIN_ERROR_ARGUMENT, "version");
	settings.version = 3;
	expect_error(stpfin_plan_write_empty(&settings, "b"), STPFIN_ERROR_ARGUMENT, "version");
	expect_error(stpfin_plan_write_empty(&settings, NULL), STPFIN_ERROR_ARGUMENT, "folder");
}
END_TEST

START_TEST(what_cannot_be_written_or_read)
{
	stpfin_plan *plan = PLAN(2017, {"flow", FLOWS});
	stpfin_plan_settings settings = settings_to(2017);
	stpfin_table *problems;
	stpfin_plan *read = plan;

	expect_error(stpfin_plan_write(plan, "none/a"), STPFIN_ERROR_FILE, "cannot make the folder");
	expect_error(
		stpfin_plan_write_empty(&settings, "none/a"), STPFIN_ERROR_FILE, "cannot make the folder");
	put("a", "a file");
	expect_error(stpfin_plan_write(plan, "a"), STPFIN_ERROR_FILE, "Not a directory");
	remove("a");
	ck_assert_int_eq(mkdir("a", 0777), 0);
	ck_assert_int_eq(mkdir("a/flow.csv", 0777), 0);
	expect_error(stpfin_plan_write(plan, "a"), STPFIN_ERROR_FILE, "flow.csv");
	ck_assert_int_eq(rmdir("a/flow.csv"), 0);
	expect_error(stpfin_plan_write(NULL, "a"), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_plan_write(plan, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_plan_read(NULL, &problems, &read), STPFIN_ERROR_ARGUMENT, "NULL");
	ck_assert_ptr_null(problems);
	ck_assert_ptr_null(read);
	expect_error(stpfin_plan_read("b", &problems, &read), STPFIN_ERROR_PLAN,
		"datapackage.json: cannot list the folder b");
	ck_assert_uint_eq(stpfin_table_rows(problems), 1);
	stpfin_table_free(problems);
	expect_error(stpfin_plan_read("b", NULL, NULL), STPFIN_ERROR_PLAN, "problems in all: 1");
	stpfin_plan_free(plan);
}
END_TEST

/* A plan whose commissioner's name is a text n times over. */
static stpfin_plan *plan_named(const char *text, size_t n)
{
	char *names = calloc(n * strlen(text) + 200, 1);
	char *end;
	stpfin_plan *plan;

	ck_assert_ptr_nonnull(names);
	end = names + sprintf(names, "organisation,kind,name\nT,provider,Trust\nO,outside,Outside\n"
								 "C,commissioner,\"");
	for (size_t i = 0; i < n; i++) {
		end = stpcpy(end, text);
	}
	strcpy(end, "\"\n");
	plan = PLAN(2016, {"organisation", names}, {"flow", FLOWS});
	free(names);
	return plan;
}

/* Excel counts a character beyond the first 65,536 twice. */
START_TEST(texts_a_workbook_cannot_hold)
{
	static const struct {
		const char *text;
		size_t n;
		const char *words;
	} cases[] = {
		{"a", 32767, NULL},
		{"\xC3\xA9", 32767, NULL},
		{"\xF0\x9F\x8F\xA5", 16383, NULL},
		{"a", 32768, "column name of organisation, row 4, has 32768 characters"},
		{"\xC3\xA9", 32768, "32768 characters"},
		{"\xF0\x9F\x8F\xA5", 16384, "32768 characters"},
		{"a\tb_x004_xx0041_", 1, NULL},
		{"a\rb", 1, "column name of organisation, row 4, has a control character"},
		{"\x1F", 1, "control character"},
		{"_x0041_", 1, "control character"},
		{"__x00ff_", 1, "control character"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		stpfin_plan *plan = plan_named(cases[i].text, cases[i].n);

		if (cases[i].words == NULL) {
			ck_assert_int_eq(stpfin_plan_write_workbook(plan, "a.xlsx"), STPFIN_OK);
			ck_assert_int_eq(remove("a.xlsx"), 0);
		} else {
			expect_error(
				stpfin_plan_write_workbook(plan, "a.xlsx"), STPFIN_ERROR_ARGUMENT, cases[i].words);
			ck_assert(!stpfin_files__exists("a.xlsx"));
			ck_assert(!stpfin_files__exists("a.xlsx.new"));
		}
		stpfin_plan_free(plan);
	}
}
END_TEST

START_TEST(tables_a_workbook_cannot_hold)
{
	enum { ROWS = 1048576, ROW = 24 };
	char *text = malloc((size_t)ROWS * ROW);
	char *end = text;
	stpfin_plan *plan;

	ck_assert_ptr_nonnull(text);
	end += sprintf(end, "organisation,name,year,amount\n");
	for (int i = 0; i < ROWS; i++) {
		end += sprintf(end, "C,%d,2016,1\n", i);
	}
	plan = PLAN(2016, {"pressure", text}, {"flow", FLOWS});
	free(text);
	expect_error(stpfin_plan_write_workbook(plan, "a.xlsx"), STPFIN_ERROR_ARGUMENT,
		"pressure has 1048576 rows and a sheet of a workbook has room for 1048575");
	ck_assert(!stpfin_files__exists("a.xlsx"));
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(workbooks_that_cannot_be_written)
{
	stpfin_plan *plan = PLAN(2016, {"flow", FLOWS});

	for (int i = 0; i < 2; i++) {
		const stpfin_plan *written = i == 0 ? NULL : plan;

		expect_error(stpfin_plan_write_workbook(written, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
		expect_error(
			stpfin_plan_write_workbook(written, "none/a.xlsx"), STPFIN_ERROR_FILE, "none/a.xlsx");
		ck_assert_int_eq(mkdir("a.xlsx", 0777), 0);
		expect_error(stpfin_plan_write_workbook(written, "a.xlsx"), STPFIN_ERROR_FILE, "a.xlsx");
		ck_assert(!stpfin_files__exists("a.xlsx.new"));
		ck_assert_int_eq(rmdir("a.xlsx"), 0);
	}
	stpfin_plan_free(plan);
}
END_TEST

/* Problems */

START_TEST(errors_are_listed_whatever_was_noted_before)
{
	struct stpfin_problems problems = {.n = 0};
	struct stpfin_where where = {"flow.csv", 0, NULL};
	stpfin_table *table;

	for (int i = 0; i < 20000; i++) {
		stpfin_problems__add(&problems, STPFIN_PROBLEM_NOTE, where, "a note");
	}
	ck_assert_int_eq(stpfin_problems__verdict(&problems), STPFIN_OK);
	ck_assert(!stpfin_problems__full(&problems));
	stpfin_problems__add(&problems, STPFIN_PROBLEM_ERROR, where, "an error");
	expect_error(
		stpfin_problems__verdict(&problems), STPFIN_ERROR_PLAN, "flow.csv: an error (problems in");
	ck_assert_int_eq(stpfin_problems__table(&problems, NULL, 0, &table), STPFIN_OK);
	ck_assert_uint_eq(stpfin_table_rows(table), 10002);
	ck_assert_uint_eq(count_rows(table, "severity=error"), 1);
	ck_assert_str_eq(
		cell(table, 10001, "message"), "10000 or more others are not listed: mend these first");
	stpfin_table_free(table);
	for (int i = 0; i < 10000; i++) {
		stpfin_problems__add(&problems, STPFIN_PROBLEM_ERROR, where, "an error");
	}
	ck_assert(stpfin_problems__full(&problems));
	stpfin_problems__clear(&problems);
}
END_TEST

START_TEST(problems_are_lines_that_are_only_shown)
{
	struct stpfin_problems problems = {.n = 0};
	const char *const order[] = {"second.csv", "first\nfile.csv"};
	stpfin_table *table;

	stpfin_problems__add(&problems, STPFIN_PROBLEM_NOTE,
		(struct stpfin_where){"first\nfile.csv", 3, "a\tb\xC2\x9Bz"}, "%s",
		"\x1b[31m\xC3\xA9\xC3 \xE2\x82\xAC \xE2\x82\x7F");
	stpfin_problems__add(
		&problems, STPFIN_PROBLEM_WARNING, (struct stpfin_where){"second.csv", 9, NULL}, "%s", "b");
	stpfin_problems__add(
		&problems, STPFIN_PROBLEM_WARNING, (struct stpfin_where){"second.csv", 2, NULL}, "%s", "a");
	ck_assert_int_eq(stpfin_problems__table(&problems, order, 2, &table), STPFIN_OK);
	ck_assert_str_eq(cell(table, 0, "message"), "a");
	ck_assert_str_eq(cell(table, 1, "message"), "b");
	ck_assert_str_eq(cell(table, 1, "row"), "9");
	ck_assert_str_eq(cell(table, 2, "file"), "first file.csv");
	ck_assert_str_eq(cell(table, 2, "column"), "a b  z");
	ck_assert_str_eq(cell(table, 2, "message"), " [31m\xC3\xA9? \xE2\x82\xAC ?? ");
	stpfin_table_free(table);
	stpfin_problems__clear(&problems);
}
END_TEST

START_TEST(excerpts_are_cut_between_characters)
{
	char text[400] = "";
	char buffer[STPFIN_EXCERPT_SIZE];

	ck_assert_str_eq(STPFIN_EXCERPT("short"), "short");
	for (int i = 0; i < 71; i++) {
		strcat(text, "x");
	}
	ck_assert_str_eq(stpfin_problems__excerpt(text, buffer), text);
	strcat(text, "y");
	ck_assert_uint_eq(strlen(stpfin_problems__excerpt(text, buffer)), 71);
	ck_assert_str_eq(buffer + 66, "xx\xE2\x80\xA6");
	*text = '\0';
	for (int i = 0; i < 60; i++) {
		strcat(text, "\xF0\x9F\x8F\xA5");
		stpfin_problems__excerpt(text, buffer);
		ck_assert_uint_le(strlen(buffer), STPFIN_EXCERPT_SIZE - 1);
		ck_assert_uint_eq(strlen(buffer) % 4, strlen(text) < STPFIN_EXCERPT_SIZE ? 0 : 3);
	}
}
END_TEST

/* Parts */

START_TEST(years)
{
	static const struct {
		const char *text;
		int32_t year; /* 0 where it is none */
	} cases[] = {{"2015", 2015}, {"2015/16", 2015}, {"2015-16", 2015}, {"2015/2016", 2015},
		{"2015-2016", 2015}, {"2099/00", 2099}, {"1999-2000", 1999}, {"1900", 1900}, {"2200", 2200},
		{"2015/15", 0}, {"2015/17", 0}, {"2015/2017", 0}, {"2015/", 0}, {"2015/6", 0},
		{"2015/016", 0}, {"2015/20166", 0}, {"2015/16 ", 0}, {" 2015", 0}, {"15/16", 0}, {"15", 0},
		{"", 0}, {"20155", 0}, {"2015.16", 0}, {"2015/16/17", 0}, {"1899", 0}, {"2201", 0},
		{"-2015", 0}, {"2015-1x", 0}};
	int32_t year;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool read = stpfin_intake__year(cases[i].text, strlen(cases[i].text), &year);

		ck_assert_msg(read == (cases[i].year != 0), "'%s'", cases[i].text);
		ck_assert(!read || year == cases[i].year);
	}
	/* No byte beyond the length is looked at. */
	ck_assert(stpfin_intake__year("2015/16", 4, &year));
	ck_assert(!stpfin_intake__year("2015/16", 6, &year));
}
END_TEST

START_TEST(packages)
{
	static const char text[] = "\xEF\xBB\xBF{\"resources\": [{\"name\": \"flow\", \"path\": "
							   "\"x/flow.csv\"}, {\"name\": \"map\", \"path\": \"m.png\"}], "
							   "\"stpfin\": {\"base_year\": 2015, \"end_year\": \"2020/21\", "
							   "\"capital_charge_rate\": 0}}";
	stpfin_plan_settings settings = STPFIN_PLAN_SETTINGS_INIT;
	struct stpfin_problems problems = {.n = 0};
	size_t n;
	char **paths;
	bool years_known = false;

	stpfin_schema__tables(&n);
	paths = calloc(n, sizeof *paths);
	ck_assert_ptr_nonnull(paths);
	ck_assert_int_eq(
		stpfin_package__read(text, sizeof text - 1, &settings, &years_known, paths, &problems),
		STPFIN_OK);
	ck_assert(years_known);
	ck_assert_uint_eq(problems.n, 0);
	ck_assert_int_eq(settings.end_year, 2020);
	ck_assert_double_eq(settings.capital_charge_rate, 0);
	ck_assert_str_eq(paths[stpfin_plan__table_place("flow")], "x/flow.csv");
	/* Every beginning of it is no package, and nothing is lost on the way. */
	for (size_t length = 0; length < sizeof text - 1; length++) {
		char *copy = malloc(length + 1);

		memcpy(copy, text, length);
		ck_assert_int_eq(
			stpfin_package__read(copy, length, &settings, &years_known, paths, &problems),
			STPFIN_OK);
		ck_assert(!years_known);
		free(copy);
	}
	ck_assert_uint_eq(problems.n_errors, sizeof text - 1);
	stpfin_problems__clear(&problems);
	free(paths[stpfin_plan__table_place("flow")]);
	free(paths);
}
END_TEST

START_TEST(an_index_finds_the_first_row_of_a_key)
{
	enum { ROWS = 5000 };
	int32_t a[ROWS], b[ROWS];
	const int32_t *const columns[] = {a, b};
	struct stpfin_index index;

	for (int32_t i = 0; i < ROWS; i++) {
		a[i] = i % 50 - 1;
		b[i] = i / 2 % 50 == 0 ? MISSING : i / 100;
	}
	ck_assert_int_eq(stpfin_index__new(&index, columns, 2, ROWS), STPFIN_OK);
	for (size_t row = 0; row < ROWS; row++) {
		size_t first = 0;

		while (a[first] != a[row] || b[first] != b[row]) {
			first++;
		}
		ck_assert_uint_eq(stpfin_index__add(&index, row), first);
		ck_assert_uint_eq(stpfin_index__find(&index, (int32_t[]){a[row], b[row]}), first);
	}
	ck_assert_uint_eq(stpfin_index__find(&index, (int32_t[]){50, 1}), STPFIN_NO_ROW);
	ck_assert_uint_eq(stpfin_index__find(&index, (int32_t[]){0, INT32_MAX}), STPFIN_NO_ROW);
	stpfin_index__free(&index);
	ck_assert_int_eq(stpfin_index__new(&index, columns, 1, 0), STPFIN_OK);
	ck_assert_uint_eq(stpfin_index__find(&index, (int32_t[]){0}), STPFIN_NO_ROW);
	stpfin_index__free(&index);
}
END_TEST

/* Every pattern of blank keys beside a search among all rows by the rule's own words. */
START_TEST(the_rate_with_most_keys_filled_wins)
{
	const struct stpfin_table_schema *schema = stpfin_schema__table("activity_growth");

	for (unsigned given = 0; given < 256; given++) {
		stpfin_plan *plan = PLAN(2017, {"flow", FLOWS});
		char text[512] = "service,footprint,year,rate\n";
		const stpfin_table *table;
		struct stpfin_rates rates;
		unsigned best = 8;
		size_t row = 0, best_row = STPFIN_NO_ROW, found;
		stpfin_plan *with;

		for (unsigned shape = 0; shape < 8; shape++) {
			char line[64];
			unsigned filled = (shape >> 2) + (shape >> 1 & 1) + (shape & 1);
			unsigned best_filled = (best >> 2 & 1) + (best >> 1 & 1) + (best & 1);

			if ((given >> shape & 1) == 0) {
				continue;
			}
			snprintf(line, sizeof line, "%s,%s,%s,0.%u\n", shape & 4 ? "E" : "",
				shape & 2 ? "F" : "", shape & 1 ? "2016" : "", shape);
			strcat(text, line);
			if (best == 8 || filled > best_filled || (filled == best_filled && shape > best)) {
				best = shape;
				best_row = row;
			}
			row++;
		}
		with = with_table(plan, "activity_growth", text);
		table = stpfin_plan__table(with, "activity_growth");
		ck_assert_int_eq(stpfin_rates__new(&rates, table, schema, 0), STPFIN_OK);
		found = stpfin_rates__find(&rates, (int32_t[]){0, 0, 2016});
		ck_assert_uint_eq(found, best_row);
		/* Of another year only rows for all years fit. */
		found = stpfin_rates__find(&rates, (int32_t[]){0, 0, 2017});
		ck_assert(found == STPFIN_NO_ROW ||
				  stpfin_plan__whole(with, "activity_growth", "year")[found] == MISSING);
		ck_assert_int_eq(found == STPFIN_NO_ROW, (given & 0x55) == 0);
		stpfin_rates__free(&rates);
		stpfin_plan_free(with);
		stpfin_plan_free(plan);
	}
}
END_TEST

START_TEST(weights_are_of_one_set)
{
	stpfin_plan *plan = PLAN(2017, {"flow", FLOWS},
		{"service", "service,name,setting,unit\nE,E,acute,x\nG,G,primary,x\n"});
	stpfin_plan *with = with_table(
		plan, "age_weight", "service,sex,age,weight\nE,female,,2\nE,,65+,3\n,,,5\n,male,0-4,7\n");
	struct stpfin_weights weights;

	ck_assert_int_eq(
		stpfin_weights__new(&weights, stpfin_plan__table(plan, "age_weight"), 2), STPFIN_OK);
	ck_assert_uint_eq(weights.number[0], 0);
	EXPECT(stpfin_weights__weight(&weights, -1, 1, 0), 1);
	stpfin_weights__free(&weights);
	ck_assert_int_eq(
		stpfin_weights__new(&weights, stpfin_plan__table(with, "age_weight"), 2), STPFIN_OK);
	ck_assert_int_eq(weights.service[weights.number[0]], 0);
	ck_assert_uint_eq(weights.number[1], 0);
	EXPECT(stpfin_weights__weight(&weights, 0, 0, 0), 2);
	EXPECT(stpfin_weights__weight(&weights, 0, 0, 65), 2); /* a tie: sex comes before age */
	EXPECT(stpfin_weights__weight(&weights, 0, 1, 65), 3);
	EXPECT(stpfin_weights__weight(&weights, 0, 1, 0), 0);
	ck_assert_uint_eq(stpfin_weights__row(&weights, 0, 1, 0), STPFIN_NO_ROW);
	EXPECT(stpfin_weights__weight(&weights, -1, 1, 0), 7);
	EXPECT(stpfin_weights__weight(&weights, -1, 0, 0), 5);
	EXPECT(stpfin_weights__weight(&weights, -1, -1, MISSING), 5);
	stpfin_weights__free(&weights);
	stpfin_plan_free(with);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(the_nearest_table)
{
	ck_assert_str_eq(stpfin_plan__nearest_table("Flow"), "flow");
	ck_assert_str_eq(stpfin_plan__nearest_table("age_wieght"), "age_weight");
	ck_assert_str_eq(stpfin_plan__nearest_table("age-weight"), "age_weight");
	ck_assert_ptr_null(stpfin_plan__nearest_table("README"));
	ck_assert_ptr_null(stpfin_plan__nearest_table(""));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan");
	TCase *memory = tcase_create("tables in memory");
	TCase *replace = tcase_create("replace");
	TCase *look = tcase_create("look");
	TCase *folders = tcase_create("folders");
	TCase *problems = tcase_create("problems");
	TCase *parts = tcase_create("parts");
	SRunner *runner;
	int failed;

	tcase_add_test(memory, takes_text);
	tcase_add_test(memory, takes_numbers);
	tcase_add_test(memory, refuses_numbers);
	tcase_add_test(memory, takes_codes_that_are_numbers);
	tcase_add_test(memory, refuses_columns);
	tcase_add_test(memory, refuses_arguments);
	tcase_add_test(memory, refuses_settings);
	tcase_add_test(memory, problems_are_a_table);
	tcase_add_test(memory, a_right_plan_has_notes_and_no_errors);
	suite_add_tcase(suite, memory);
	tcase_add_test(replace, replacing_shares_the_rest);
	tcase_add_test(replace, replacing_what_is_referred_to);
	tcase_add_test(replace, a_refused_replacement_leaves_the_plan);
	tcase_add_test(replace, replacing_with_nothing_removes);
	tcase_add_test(replace, replacing_is_checked_against_the_rest);
	suite_add_tcase(suite, replace);
	tcase_add_test(look, gives_settings_and_tables);
	tcase_add_test(look, hash_is_of_every_cell);
	tcase_add_test(look, hash_is_not_of_settings_nor_of_how_years_are_written);
	suite_add_tcase(suite, look);
	tcase_add_checked_fixture(folders, set_up, tear_down);
	tcase_add_test(folders, hash_is_the_same_however_written_down);
	tcase_add_test(folders, what_is_written_is_read);
	tcase_add_test(folders, awkward_cells_are_written_and_read);
	tcase_add_test(folders, an_empty_plan_is_written_once);
	tcase_add_test(folders, what_cannot_be_written_or_read);
	tcase_add_test(folders, texts_a_workbook_cannot_hold);
	tcase_add_test(folders, tables_a_workbook_cannot_hold);
	tcase_add_test(folders, workbooks_that_cannot_be_written);
	suite_add_tcase(suite, folders);
	tcase_add_test(problems, errors_are_listed_whatever_was_noted_before);
	tcase_add_test(problems, problems_are_lines_that_are_only_shown);
	tcase_add_test(problems, excerpts_are_cut_between_characters);
	suite_add_tcase(suite, problems);
	tcase_add_test(parts, years);
	tcase_add_test(parts, packages);
	tcase_add_test(parts, an_index_finds_the_first_row_of_a_key);
	tcase_add_test(parts, the_rate_with_most_keys_filled_wins);
	tcase_add_test(parts, weights_are_of_one_set);
	tcase_add_test(parts, the_nearest_table);
	suite_add_tcase(suite, parts);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
