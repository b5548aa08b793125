#define _GNU_SOURCE

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "libstpfin/table/files.h"
#include "tests/plans.h"

/* The calls about funds as C has them; what they compute is compared with a statement in Python by
 * test_fund.py. */

#define CLAIMS "fund,organisation,year,amount,weight,floor,cap\n"

static const struct csv fund = {"fund",
	"fund,year,amount,kind\nR,2016,90,revenue\nR,2017,30,revenue\n"
	"K,2016,9,capital\n"};
static const struct csv scenario = {"scenario", "scenario,scheme\nplan,S\nother,S\n"};
static const struct csv scheme = {"scheme", "scheme,name,workstream,aim,owner\nS,s,w,funding,C\n"};
static const struct csv claim = {"claim",
	CLAIMS "R,C,2016,100,,,\nR,T,2016,50,,,\nR,C,2017,10,2,1,9\n"
		   "R,T,2017,40,4,,\n"};

#define FUNDED_PLAN(...) PLAN(2017, fund, scenario, scheme, claim, __VA_ARGS__)

static stpfin_status share(
	stpfin_rule rule, const double *claims, size_t n_claims, size_t n_award, double *award)
{
	return stpfin_fund_share(
		rule, 90, claims, n_claims, NULL, 0, NULL, 0, NULL, 0, NULL, 0, -1, n_award, award);
}

START_TEST(rules_have_names)
{
	static const char *const names[] = {"proportional", "equal_awards", "equal_losses", "talmud"};

	for (int rule = 0; rule < 4; rule++) {
		ck_assert_str_eq(stpfin_rule_name((stpfin_rule)rule), names[rule]);
	}
	ck_assert_ptr_null(stpfin_rule_name((stpfin_rule)4));
	ck_assert_ptr_null(stpfin_rule_name((stpfin_rule)-1));
}
END_TEST

START_TEST(pots_are_shared)
{
	static const double claims[] = {100, 50};
	static const double expected[4][2] = {{60, 30}, {45, 45}, {70, 20}, {65, 25}};
	double award[2];

	for (int rule = 0; rule < 4; rule++) {
		ck_assert_int_eq(share((stpfin_rule)rule, claims, 2, 2, award), STPFIN_OK);
		EXPECT(award[0], expected[rule][0]);
		EXPECT(award[1], expected[rule][1]);
	}
	ck_assert_int_eq(share(STPFIN_RULE_TALMUD, NULL, 0, 0, NULL), STPFIN_OK);
}
END_TEST

START_TEST(wrong_arrays)
{
	static const double claims[] = {100, 50};
	double award[2];

	expect_error(share((stpfin_rule)9, claims, 2, 2, award), STPFIN_ERROR_ARGUMENT, "9 is no rule");
	expect_error(share(STPFIN_RULE_TALMUD, NULL, 2, 2, award), STPFIN_ERROR_ARGUMENT,
		"claim is NULL: give 2 values");
	expect_error(share(STPFIN_RULE_TALMUD, claims, 2, 1, award), STPFIN_ERROR_ARGUMENT,
		"award has room for 1 and claim has length 2");
	expect_error(share(STPFIN_RULE_TALMUD, claims, 2, 2, NULL), STPFIN_ERROR_ARGUMENT,
		"award has room for 0 and claim has length 2");
	expect_error(stpfin_fund_share(STPFIN_RULE_TALMUD, 1, claims, 2, NULL, 0, claims, 0, NULL, 0,
					 NULL, 0, -1, 2, award),
		STPFIN_ERROR_ARGUMENT, "floor has length 0 and claim 2");
}
END_TEST

static stpfin_status allocate(const stpfin_plan *plan, const stpfin_allocate_options *options,
	stpfin_table **allocation, stpfin_table **awards)
{
	*allocation = *awards = (stpfin_table *)(uintptr_t)1;
	return stpfin_allocate(plan, options, allocation, awards, NULL);
}

START_TEST(allocation_becomes_awards)
{
	const struct csv award = {"award", "fund,organisation,year,amount,scenario,note\n"
									   "R,T,2016,7,,old\nK,T,2016,9,plan,kept\n"};
	stpfin_plan *plan = FUNDED_PLAN(award);
	stpfin_allocate_options options = STPFIN_ALLOCATE_OPTIONS_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	char hash[STPFIN_HASH_SIZE];
	stpfin_table *allocation;
	stpfin_table *awards;
	stpfin_table *gaps;
	stpfin_plan *funded;

	options.fund = "R";
	options.rule = STPFIN_RULE_EQUAL_LOSSES;
	ck_assert_int_eq(stpfin_allocate(plan, &options, &allocation, &awards, &stamp), STPFIN_OK);
	ck_assert_int_eq(stpfin_plan_hash(plan, hash), STPFIN_OK);
	ck_assert_str_eq(stamp.plan_hash, hash);
	ck_assert_uint_eq(stpfin_table_rows(allocation), 4);
	EXPECT(value(allocation, "scenario=every;organisation=C;year=2016", "award"), 70);
	EXPECT(value(allocation, "organisation=T;year=2016", "residual"), 30);
	/* 10 - 2 x and 40 - 4 x for 30 in all. */
	EXPECT(value(allocation, "organisation=C;year=2017", "award"), 3.33);
	EXPECT(value(allocation, "organisation=T;year=2017", "award"), 26.67);
	ck_assert_uint_eq(stpfin_table_rows(awards), 5);
	ck_assert_str_eq(cell(awards, 0, "note"), "kept");
	ck_assert_int_eq(stpfin_plan_replace(plan, awards, NULL, &funded), STPFIN_OK);
	gaps = result_in(funded, "other", "position");
	EXPECT(value(gaps, "scenario=other;organisation=C;year=2016", "income") -
			   value(gaps, "scenario=do_nothing;organisation=C;year=2016", "income"),
		70);
	stpfin_table_free(gaps);
	stpfin_table_free(allocation);
	stpfin_table_free(awards);
	stpfin_plan_free(funded);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(wrong_options)
{
	stpfin_plan *plan = FUNDED_PLAN({0});
	stpfin_allocate_options options = STPFIN_ALLOCATE_OPTIONS_INIT;
	stpfin_stamp stamp = {.version = 9};
	stpfin_table *allocation;
	stpfin_table *awards;

#define EXPECT_REFUSED(words)                                                                      \
	expect_error(allocate(plan, &options, &allocation, &awards), STPFIN_ERROR_ARGUMENT, words);    \
	ck_assert_ptr_null(allocation);                                                                \
	ck_assert_ptr_null(awards)

	EXPECT_REFUSED("no fund is named");
	options.fund = "Q";
	EXPECT_REFUSED("the plan has no fund 'Q': did you mean R?");
	options.fund = "fund";
	EXPECT_REFUSED("the plan has no fund 'fund': it has R, K");
	options.fund = "K";
	EXPECT_REFUSED("nobody claims on 'K'");
	options.fund = "R";
	options.year = 2015;
	EXPECT_REFUSED("nobody claims on 'R' in 2015");
	options.year = 2017;
	options.rule = (stpfin_rule)7;
	EXPECT_REFUSED("7 is no rule");
	options.rule = STPFIN_RULE_TALMUD;
	EXPECT_REFUSED("R in 2017: talmud has no weights");
	options.weight = (stpfin_claim_weight)2;
	EXPECT_REFUSED("2 is no weight of claims");
	options.weight = STPFIN_CLAIM_WEIGHT_CLAIM;
	options.rule = STPFIN_RULE_PROPORTIONAL;
	options.pace = (double)NAN;
	EXPECT_REFUSED("the pace is not a number");
	options.pace = -1;
	options.scenario = "do_nothing";
	EXPECT_REFUSED("do_nothing never has awards");
	options.scenario = "plans";
	EXPECT_REFUSED("the plan has no scenario 'plans': did you mean plan?");
	options.scenario = NULL;
	options.version = 2;
	EXPECT_REFUSED("no known version");
	options.version = 1;
	expect_error(stpfin_allocate(plan, &options, &allocation, &awards, &stamp),
		STPFIN_ERROR_ARGUMENT, "the stamp has no known version");
	expect_error(stpfin_allocate(plan, NULL, &allocation, &awards, NULL), STPFIN_ERROR_ARGUMENT,
		"was given NULL");
	expect_error(stpfin_allocate(NULL, &options, &allocation, &awards, NULL), STPFIN_ERROR_ARGUMENT,
		"was given NULL");
	expect_error(stpfin_allocate(plan, &options, NULL, &awards, NULL), STPFIN_ERROR_ARGUMENT,
		"was given NULL");
	expect_error(stpfin_allocate(plan, &options, &allocation, NULL, NULL), STPFIN_ERROR_ARGUMENT,
		"was given NULL");
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(infeasible_bounds)
{
	const struct csv claims = {"claim", CLAIMS "R,C,2016,100,,60,\nR,T,2016,50,,40,\n"};
	stpfin_plan *plan = PLAN(2017, fund, claims);
	stpfin_allocate_options options = STPFIN_ALLOCATE_OPTIONS_INIT;
	stpfin_table *allocation;
	stpfin_table *awards;

	options.fund = "R";
	expect_error(allocate(plan, &options, &allocation, &awards), STPFIN_ERROR_INFEASIBLE,
		"R in 2016: the floors sum to 100 and there is 90 to share: lower them");
	ck_assert_ptr_null(allocation);
	stpfin_plan_free(plan);
}
END_TEST

static stpfin_status remove_file(void *user_data, const char *name)
{
	char *path = stpfin_files__join(user_data, name);

	remove(path);
	free(path);
	return STPFIN_OK;
}

START_TEST(plans_are_written_with_results)
{
	static char folder[] = "check_fund.XXXXXX";
	stpfin_plan *plan = FUNDED_PLAN({0});
	stpfin_allocate_options options = STPFIN_ALLOCATE_OPTIONS_INIT;
	stpfin_table *tables[2];
	stpfin_plan *again;
	char path[64];
	char hashes[2][STPFIN_HASH_SIZE];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	options.fund = "R";
	ck_assert_int_eq(stpfin_allocate(plan, &options, &tables[0], &tables[1], NULL), STPFIN_OK);
	snprintf(path, sizeof path, "%s/plan", folder);
	expect_error(stpfin_fund_write(NULL, NULL, 0, NULL, path), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_fund_write(plan, NULL, 0, NULL, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_fund_write(plan, NULL, 1, NULL, path), STPFIN_ERROR_ARGUMENT,
		"table 1 of 1 is NULL: give a result");
	expect_error(stpfin_fund_write(plan, (const stpfin_table *const *)tables, 2, NULL, path),
		STPFIN_ERROR_ARGUMENT, "award is a table of the plan: give results");
	ck_assert(!stpfin_files__exists(path));
	ck_assert_int_eq(
		stpfin_fund_write(plan, (const stpfin_table *const *)tables, 1, NULL, path), STPFIN_OK);
	ck_assert_int_eq(stpfin_plan_read(path, NULL, &again), STPFIN_OK);
	ck_assert_int_eq(stpfin_plan_hash(plan, hashes[0]), STPFIN_OK);
	ck_assert_int_eq(stpfin_plan_hash(again, hashes[1]), STPFIN_OK);
	ck_assert_str_eq(hashes[0], hashes[1]);
	expect_error(stpfin_fund_write(plan, (const stpfin_table *const *)tables, 1, NULL, path),
		STPFIN_ERROR_ARGUMENT, "holds a plan already");
	ck_assert_int_eq(stpfin_files__list(path, remove_file, path), STPFIN_OK);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(rmdir(folder), 0);
	stpfin_table_free(tables[0]);
	stpfin_table_free(tables[1]);
	stpfin_plan_free(again);
	stpfin_plan_free(plan);
}
END_TEST

/* The rule of 2016/17: a quarter of £10m, the gate met and A&E missed. */
START_TEST(awards_are_earned)
{
	const struct csv award = {"award", "fund,organisation,year,amount,scenario\n"
									   "R,T,2016,6e6,\nR,T,2016,4e6,plan\nK,T,2016,1,\n"};
	const struct csv condition = {"fund_condition",
		"fund,year,condition,gate,share,first_quarter\nR,2016,finance,yes,0.7,\n"
		"R,2016,A&E,no,0.125,2\nR,2016,waits,no,0.125,2\nR,2016,cancer,no,0.05,3\n"};
	const struct csv met = {"fund_result",
		"fund,organisation,year,quarter,condition,met\nR,T,2016,1,finance,no\n"
		"R,T,2016,2,finance,standard\nR,T,2016,2,A&E,no\nR,T,2016,2,waits,trajectory\n"
		"R,T,2016,3,finance,standard\nR,T,2016,3,A&E,no\n"};
	stpfin_plan *plan = FUNDED_PLAN(award, condition, met);
	stpfin_table *earned = result_in(plan, "plan", "fund_earned");

	ck_assert_uint_eq(stpfin_table_rows(earned), 2);
	EXPECT(value(earned, "scenario=plan;fund=R;organisation=T;year=2016;quarter=1", "earned"), 0);
	EXPECT(value(earned, "scenario=plan;quarter=2", "award"), 1e7);
	EXPECT(value(earned, "scenario=plan;quarter=2", "earned"), 2187500);
	stpfin_table_free(earned);
	earned = result_in(plan, "other", "fund_earned");
	EXPECT(value(earned, "scenario=other;quarter=2", "earned"), 1312500);
	stpfin_table_free(earned);
	stpfin_plan_free(plan);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		rules_have_names,
		pots_are_shared,
		wrong_arrays,
		allocation_becomes_awards,
		wrong_options,
		infeasible_bounds,
		plans_are_written_with_results,
		awards_are_earned,
		NULL,
	};

	return run_tests("fund", tests);
}
