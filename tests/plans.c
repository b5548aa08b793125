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

const struct csv everything[] = {
	{"source", "source,title,status\nP,Accounts,published\n"},
	{"footprint", "footprint,name,parent\nF,Fen,R\nG,Gorge,R\nR,Region,\n"},
	{"organisation", "organisation,name,kind\nC,Commissioner,commissioner\nT,Trust,provider\n"
					 "L,Council,council\nO,Outside,outside\n"},
	{"membership", "organisation,footprint,share\nC,F,0.6\nC,G,0.3\nT,G,1\nL,F,1\n"},
	{"service", "service,name,setting,unit,length_of_stay,semi_fixed_share\n"
				"E,Emergency,acute,spell,3,0.3\nH,Home care,social,week,,\n"},
	{"staffing", "service,staff_group,wte_per_1000\nE,nurse,5\n"},
	{"supply", "organisation,resource,year,amount\nT,nurse,,4\nT,bed,2016,15\n"},
	{"population", "footprint,year,sex,age,persons\nF,2015,female,0,10\nF,2016,female,0,11\n"
				   "G,2015,female,0,20\nG,2016,female,0,19\n"},
	{"age_weight", "service,age,weight\n,0,2\n"},
	{"flow", "commissioner,provider,service,activity,income,cost,marginal_rate,source\n"
			 "C,T,E,1000,100,110,0.7,P\nC,O,E,10,20,,,\nL,O,H,70,30,,,\nT,C,E,,5,,,\n"},
	{"activity_growth", "service,year,rate\n,,0.01\nE,2016,0.02\n"},
	{"inflation", "component,rate\npay,0.02\n"},
	{"cost_mix", "service,component,share\n,pay,1\n"},
	{"funding", "organisation,stream,year,amount\nC,allocation,2015,120\nC,allocation,2016,125\n"},
	{"transfer", "from_organisation,to_organisation,name,year,amount\nC,L,fund,2016,5\n"},
	{"deflator", "year,index\n2015,100\n2016,102\n"},
	/* More than are looked at in every order. */
	{"scheme", "scheme,name,workstream,aim,owner\nS1,a,Care,funding,C\nS2,b,Care,health,C\n"
			   "S3,c,Estate,funding,T\nS4,d,Care,funding,C\nS5,e,Care,funding,C\n"
			   "S6,f,Care,funding,C\nS7,g,Care,funding,C\nS8,h,Care,funding,C\n"
			   "S9,i,Care,funding,C\nS10,j,Care,funding,C\nS11,k,Care,funding,C\n"
			   "S12,l,Care,funding,C\nS13,m,Care,funding,C\n"},
	{"activity_effect",
		"scheme,provider,service,reduction,to_service,to_provider,unit_cost,start_year,ramp\n"
		"S1,,E,0.1,,,,2016,annual\nS2,T,E,0.1,H,O,7,2016,\nS2,T,E,0.2,E,O,,2016,s_curve\n"
		"S4,,E,-0.1,,,,2016,\n"},
	{"efficiency_effect", "scheme,service,saving,stay_reduction,start_year\nS1,,0.1,,2016\n"
						  "S2,E,,0.1,2016\n"},
	{"mortality", "footprint,year,sex,age,population,deaths,good_health,good_health_sample\n"
				  "F,2014,female,0,900,9,0.9,20\nF,2014,female,75,90,30,0.5,20\n"
				  "F,2014,male,0,900,9,,\nF,2014,male,75,90,30,,\n"
				  "G,2014,female,0,900,5,0.9,20\nG,2014,male,0,900,5,,\n"},
	{"mortality_trend", "sex,rate\nfemale,-0.01\n"},
	{"deprivation", "footprint,measure,quantile,population,value,standard_error\n"
					"F,years,1,10,70,1\nF,years,2,10,80,1\n"},
	{"risk", "risk,name,trend\nsmoking,Smoking,-0.1\n"},
	{"prevalence", "footprint,risk,age,prevalence\nF,smoking,,0.2\nG,smoking,16,0.3\n"},
	{"relative_risk", "risk,outcome,rr\nsmoking,E,2\nsmoking,mortality,3\n"},
	{"prevention_effect", "scheme,risk,reduction,start_year\nS13,smoking,0.1,2016\n"},
	{"indicator", "indicator,name,aim,unit,direction,kind,multiplier,target,service\n"
				  "waits,Waits,quality,%,higher,proportion,100,95,E\n"
				  "delays,Delays,enabler,days,lower,rate,,1,\n"},
	{"indicator_value", "footprint,indicator,year,numerator,denominator\nF,waits,2015,90,100\n"
						"G,waits,2014,70,100\nF,delays,2015,3,2\n"},
	{"indicator_trend", "indicator,change\nwaits,1\n"},
	{"indicator_effect", "scheme,indicator,footprint,change,start_year\nS12,waits,,9,2016\n"
						 "S11,delays,F,-1,2016\n"},
	{"indicator_cost", "indicator,service,activity_per_unit\nwaits,E,2\n"},
	{"scheme_cost", "scheme,organisation,year,kind,amount,asset_life\nS1,C,2016,recurrent,3,\n"
					"S3,T,2016,capital,30,5\nS3,T,2012,capital,20,5\nS3,L,2016,transition,4,\n"},
	{"scenario", "scenario,scheme,scale,delay\nplan,S13,,\nplan,S1,0.5,\nplan,S2,,\nplan,S3,,\n"
				 "plan,S4,,\nplan,S5,,\nplan,S6,,1\nplan,S7,,\nplan,S8,,\nplan,S9,,\n"
				 "plan,S10,,\nplan,S11,,\nplan,S12,,\nsome,S2,,\n"},
	{"fund", "fund,year,amount,kind\nR,2016,9,revenue\nK,2016,9,capital\n"},
	{"award", "fund,organisation,year,amount,scenario\nR,C,2016,5,plan\nK,T,2016,6,\n"
			  "R,T,2016,1,\n"},
	{"claim", "fund,organisation,year,amount,weight,floor,cap\nR,C,2016,9,2,1,8\n"
			  "R,T,2016,7,,,\n"},
	{"fund_condition", "fund,year,condition,gate,share,first_quarter\nR,2016,finance,yes,0.7,\n"
					   "R,2016,waits,no,0.3,2\n"},
	{"fund_result", "fund,organisation,year,quarter,condition,met\nR,C,2016,1,finance,standard\n"
					"R,C,2016,2,finance,trajectory\nR,C,2016,2,waits,no\n"
					"R,C,2016,3,finance,no\n"},
	{"bid", "bid,name,organisation,scheme,group\nA,a,C,S1,g\nB,b,T,S12,g\nD,d,T,S3,\nE,e,L,S13,\n"},
	{"bid_amount", "bid,fund,year,amount\nA,R,2016,4\nB,R,2016,5\nD,K,2016,8\nE,R,2016,3\n"},
	{"bid_requires", "bid,requires\nE,D\n"},
	{"portfolio_limit", "footprint,maximum,minimum\nF,9,\n,,1\n"},
	{"evidence", "service,effect,low,high\nE,activity,0.3,0.4\n"},
	{"agreement", "scheme,organisation,position\n,C,agreed\nS1,T,conditional\nS2,C,not_agreed\n"},
	{"engagement", "scheme,group,stage,end\n,public,consulted,2016-07-01\n"},
	{"organisation_plan", "organisation,version,year,line,service,amount\nC,plan,2016,cost,,130\n"
						  "T,outturn,2015,activity,E,990\nL,plan,2016,staff,E,1\n"},
	{"contract_view", "commissioner,provider,year,commissioner_value,provider_value\n"
					  "C,T,2016,100,103\n"},
	{NULL, NULL},
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
