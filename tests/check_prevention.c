#include <math.h>
#include <stdio.h>

#include "tests/plans.h"

/* Risks to health and what schemes that make them rarer do, on examples that can be followed on
 * paper. */

#define ONE_FLOW                                                                                   \
	{                                                                                              \
		"flow", "commissioner,provider,service,activity,income\nC,T,E,100,1000\n"                  \
	}
#define SCHEMES                                                                                    \
	{                                                                                              \
		"scheme", "scheme,name,workstream,aim,owner\nA,First,Care,health,C\n"                      \
				  "B,Second,Estate,health,C\n"                                                     \
	}
#define RISK                                                                                       \
	{                                                                                              \
		"risk", "risk,name\nsmoking,Smoking\n"                                                     \
	}
#define PREVALENCE(share)                                                                          \
	{                                                                                              \
		"prevalence", "footprint,risk,prevalence\nF,smoking," share "\n"                           \
	}
#define RELATIVE_RISK(ratio)                                                                       \
	{                                                                                              \
		"relative_risk", "risk,outcome,rr\nsmoking,E," ratio "\n"                                  \
	}
#define EFFECT "scheme,risk,reduction,start_year,full_year,last_year\n"
#define IN_PLAN                                                                                    \
	{                                                                                              \
		"scenario", "scenario,scheme\nplan,A\n"                                                    \
	}

/* A quarter is exposed, to a relative risk of 3: use is 1 + 0.25 × 2 = 1.5 times that of the
 * unexposed, and a third of it goes when the risk does. */
START_TEST(no_prevalence_leaves_all_but_the_attributable_fraction)
{
	stpfin_plan *plan = PLAN(2017, SCHEMES, ONE_FLOW, RISK, PREVALENCE("0.25"), RELATIVE_RISK("3"),
		{"prevention_effect", EFFECT "A,smoking,1,2016,2017,\n"}, IN_PLAN);
	stpfin_table *activity = result_in(plan, "plan", "activity");
	stpfin_table *impact = result_in(plan, "plan", "scheme_impact");
	stpfin_table *position = planned(plan, "position");

	EXPECT_BY_YEAR(activity, "scenario=do_nothing", "activity", 100, 100, 100);
	EXPECT_BY_YEAR(activity, "scenario=plan", "activity", 100, 100 * 1.25 / 1.5, 100 / 1.5);
	EXPECT_BY_YEAR(impact, "footprint=F", "activity_removed", 0, 100 * 0.25 / 1.5, 100.0 / 3);
	EXPECT_BY_YEAR(impact, "footprint=F", "cost_released", 0, 1000 * 0.25 / 1.5, 1000.0 / 3);
	EXPECT_BY_YEAR(impact, "footprint=England", "net_saving", 0, 1000 * 0.25 / 1.5, 1000.0 / 3);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=T", "cost", 1000, 1250 / 1.5, 1000 / 1.5);
	stpfin_table_free(activity);
	stpfin_table_free(impact);
	stpfin_table_free(position);
}
END_TEST

#define AWKWARD_PLAN(ratio, reduction)                                                             \
	PLAN(2019, SCHEMES, RISK,                                                                      \
		{"flow", "commissioner,provider,service,activity,income,marginal_rate\n"                   \
				 "C,T,E,1234.567,98765.4321,0.7\nC,O,E,3.3,7.7,\nC,T,E,,11.1,\n"},                 \
		{"activity_growth", "rate\n0.0371\n"},                                                     \
		{"population", "footprint,year,sex,age,persons\n"                                          \
					   "F,2015,female,0,1011\nF,2016,female,0,1021\nF,2017,female,0,1037\n"        \
					   "F,2018,female,0,1041\nF,2019,female,0,1067\n"                              \
					   "F,2015,male,65,307\nF,2016,male,65,311\nF,2017,male,65,331\n"              \
					   "F,2018,male,65,349\nF,2019,male,65,353\n"},                                \
		{"age_weight", "age,weight\n0,1.7\n65,3.1\n"},                                             \
		{"prevalence", "footprint,risk,sex,age,prevalence\nF,smoking,,,0.137\n"                    \
					   "F,smoking,male,16-64,0.3\nF,smoking,,65+,0.211\n"},                        \
		{"relative_risk", "risk,outcome,age,rr\nsmoking,E,," ratio "\n"},                          \
		{"prevention_effect",                                                                      \
			EFFECT "A,smoking," reduction ",2016,2018,\nB,smoking,0.3,2017,,\n"},                  \
		{"activity_effect", "scheme,service,reduction,start_year\nB,E,0.123,2018\n"},              \
		{"scenario", "scenario,scheme\nplan,A\nplan,B\n"})

/* The cost of a position, bit for bit. */
static void expect_same_positions(const stpfin_table *a, const stpfin_table *b)
{
	const double *costs[2];
	size_t column;

	ck_assert_int_eq(stpfin_table_find(a, "cost", &column), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_get_double(a, column, &costs[0]), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_get_double(b, column, &costs[1]), STPFIN_OK);
	ck_assert_uint_eq(stpfin_table_rows(a), stpfin_table_rows(b));
	ck_assert_mem_eq(costs[0], costs[1], stpfin_table_rows(a) * sizeof(double));
	ck_assert(stpfin_table_equal(a, b));
}

START_TEST(a_relative_risk_of_1_changes_nothing)
{
	static const char *const results[] = {"position", "activity", "scheme_impact", "appraisal"};
	stpfin_plan *plan = AWKWARD_PLAN("1", "0.4");
	stpfin_plan *without = with_table(plan, "prevention_effect", EFFECT);
	stpfin_plan *none = with_table(plan, "relative_risk", "risk,outcome,age,rr\n");

	for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
		stpfin_table *table = result_in(plan, "plan", results[i]);
		stpfin_table *expected = result_in(without, "plan", results[i]);
		stpfin_table *also = result_in(none, "plan", results[i]);

		if (i == 0) {
			expect_same_positions(table, expected);
		}
		ck_assert(stpfin_table_equal(table, expected));
		ck_assert(stpfin_table_equal(table, also));
		stpfin_table_free(table);
		stpfin_table_free(expected);
		stpfin_table_free(also);
	}
	stpfin_plan_free(plan);
	stpfin_plan_free(without);
	stpfin_plan_free(none);
}
END_TEST

/* 10% of 100 women and 40% of 50 men, who use three times as much, are exposed; a scheme of that
 * sex alone does not exist, so both fall by half. Women: (1 + 0.05 × 1)/(1 + 0.1) = 1.05/1.1; men:
 * (1 + 0.2)/(1 + 0.4) = 1.2/1.4, and the footprint has the mean by use, 100 to 150. */
START_TEST(a_footprint_has_the_mean_of_its_people_by_use)
{
	stpfin_table *activity = planned(
		PLAN(2016, SCHEMES, ONE_FLOW, RISK,
			{"population", "footprint,year,sex,persons\nF,2015,female,200\nF,2015,male,50\n"
						   "F,2016,female,100\nF,2016,male,50\n"},
			{"age_weight", "sex,weight\nfemale,1\nmale,3\n"},
			{"prevalence",
				"footprint,risk,sex,prevalence\nF,smoking,female,0.1\nF,smoking,male,0.4\n"},
			RELATIVE_RISK("2"), {"prevention_effect", EFFECT "A,smoking,0.5,2016,,\n"}, IN_PLAN),
		"activity");
	double demographic = 250.0 / 350;
	double factor = (100 * 1.05 / 1.1 + 150 * 1.2 / 1.4) / 250;

	EXPECT_BY_YEAR(activity, "scenario=do_nothing", "activity", 100, 100 * demographic);
	EXPECT_BY_YEAR(activity, "scenario=plan", "activity", 100, 100 * demographic * factor);
	stpfin_table_free(activity);
}
END_TEST

/* 16-64 and 65+ are of everybody from that age to the next, whatever bands people are counted in;
 * those under 16 have no prevalence. Only those of 64 and under have a relative risk. */
START_TEST(ages_are_bands)
{
	stpfin_table *activity =
		planned(PLAN(2016, SCHEMES, ONE_FLOW, RISK,
					{"population", "footprint,year,age,persons\nF,2015,0,1\nF,2016,0,1\n"
								   "F,2015,16,1\nF,2016,16,1\nF,2015,20,1\nF,2016,20,1\n"
								   "F,2015,64,1\nF,2016,64,1\nF,2015,65,1\nF,2016,65,1\n"
								   "F,2015,90,1\nF,2016,90,1\n"},
					{"prevalence", "footprint,risk,age,prevalence\nF,smoking,65+,0.5\n"
								   "F,smoking,16-64,0.25\n"},
					{"relative_risk", "risk,outcome,age,rr\nsmoking,E,0,5\nsmoking,E,65,1\n"},
					{"prevention_effect", EFFECT "A,smoking,1,2016,,\n"}, IN_PLAN),
			"activity");

	EXPECT_BY_YEAR(activity, "scenario=plan", "activity", 100, 100 * (1 + 3 * 0.5 + 2) / 6);
	stpfin_table_free(activity);
}
END_TEST

/* Of the rows that fit, that with most keys filled is taken, and of one key that with a sex. */
START_TEST(the_row_with_most_keys_filled_is_taken)
{
	static const struct {
		const char *prevalence;
		double expected;
	} cases[] = {
		{"footprint,risk,sex,age,prevalence\nF,smoking,,,0.5\nF,smoking,,40,0.25\n", 0.25},
		{"footprint,risk,sex,age,prevalence\nF,smoking,male,,0.5\nF,smoking,,40,0.25\n", 0.5},
		{"footprint,risk,sex,age,prevalence\nF,smoking,male,,0.5\nF,smoking,male,40,0.25\n", 0.25},
		{"footprint,risk,sex,age,prevalence\nF,smoking,female,40,0.5\nF,smoking,,,0.25\n", 0.25},
		{"footprint,risk,sex,age,prevalence\nF,smoking,male,41,0.5\nF,smoking,,,0.25\n", 0.25},
		{"footprint,risk,sex,age,prevalence\nF,smoking,female,,0.5\n", 0},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		stpfin_table *activity =
			planned(PLAN(2016, SCHEMES, ONE_FLOW, RISK,
						{"population",
							"footprint,year,sex,age,persons\nF,2015,male,40,1\nF,2016,male,40,1\n"},
						{"prevalence", cases[i].prevalence}, RELATIVE_RISK("3"),
						{"prevention_effect", EFFECT "A,smoking,1,2016,,\n"}, IN_PLAN),
				"activity");

		EXPECT_BY_YEAR(
			activity, "scenario=plan", "activity", 100, 100 / (1 + 2 * cases[i].expected));
		stpfin_table_free(activity);
	}
}
END_TEST

/* A lag moves the whole of what an effect does by whole years, its end too. */
START_TEST(a_lag_shifts_whole_years)
{
	double found[2][7];

	for (int lag = 0; lag < 2; lag++) {
		char relative_risk[80];
		stpfin_table *activity;

		snprintf(relative_risk, sizeof relative_risk, "risk,outcome,rr,lag\nsmoking,E,2.7,%d\n",
			2 * lag);
		activity =
			planned(PLAN(2021, SCHEMES, ONE_FLOW, RISK, PREVALENCE("0.31"),
						{"relative_risk", relative_risk},
						{"prevention_effect", EFFECT "A,smoking,0.37,2016,2018,2019\n"}, IN_PLAN),
				"activity");
		for (int t = 0; t < 7; t++) {
			char where[40];

			snprintf(where, sizeof where, "scenario=plan;year=%d", BASE_YEAR + t);
			found[lag][t] = value(activity, where, "activity");
		}
		stpfin_table_free(activity);
	}
	ck_assert(found[1][0] == 100 && found[1][1] == 100);
	ck_assert(found[0][1] < 100 && found[0][3] < found[0][2] && found[0][5] == 100);
	for (int t = 0; t < 5; t++) {
		ck_assert(found[1][t + 2] == found[0][t]);
	}
}
END_TEST

START_TEST(schemes_are_scaled_and_delayed)
{
	stpfin_table *activity =
		planned(PLAN(2018, SCHEMES, ONE_FLOW, RISK, PREVALENCE("0.25"), RELATIVE_RISK("3"),
					{"prevention_effect", EFFECT "A,smoking,0.4,2016,2017,\n"},
					{"scenario", "scenario,scheme,scale,delay\nplan,A,2,1\n"}),
			"activity");

	EXPECT_BY_YEAR(activity, "scenario=plan", "activity", 100, 100, 100 * (1 + 0.5 * 0.6) / 1.5,
		100 * (1 + 0.5 * 0.2) / 1.5);
	stpfin_table_free(activity);
}
END_TEST

/* A and B each halve the risk, in the scenario's order; an activity effect takes a tenth of what
 * they leave. 1.5 → 1.25 → 1.125 times the use of the unexposed. */
START_TEST(a_scheme_has_the_step_it_makes)
{
	static const char *const orders[] = {
		"scenario,scheme\nplan,A\nplan,B\n", "scenario,scheme\nplan,B\nplan,A\n"};
	static const char *const first[] = {"scheme=A;footprint=F", "scheme=B;footprint=F"};

	for (size_t i = 0; i < 2; i++) {
		stpfin_plan *plan =
			PLAN(2016, SCHEMES, ONE_FLOW, RISK, PREVALENCE("0.25"), RELATIVE_RISK("3"),
				{"prevention_effect", EFFECT "A,smoking,0.5,2016,,\nB,smoking,0.5,2016,,\n"},
				{"activity_effect", "scheme,service,reduction,start_year\nB,E,0.1,2016\n"},
				{"scenario", orders[i]});
		stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;
		double left = 100 * 1.125 / 1.5;
		double second = 100 * 0.125 / 1.5;
		stpfin_table *impact = result_in(plan, "plan", "scheme_impact");
		stpfin_table *activity = result_in(plan, "plan", "activity");
		stpfin_table *bridge;

		EXPECT_BY_YEAR(activity, "scenario=plan", "activity", 100, 0.9 * left);
		EXPECT_BY_YEAR(
			impact, first[i], "activity_removed", 0, 100 * 0.25 / 1.5 + (i == 1 ? 0.1 * left : 0));
		EXPECT_BY_YEAR(
			impact, first[1 - i], "activity_removed", 0, second + (i == 0 ? 0.1 * left : 0));
		options.by = STPFIN_BRIDGE_BY_SCHEME;
		options.scenario = "plan";
		options.place = "England";
		ck_assert_int_eq(stpfin_bridge(plan, &options, &bridge, NULL), STPFIN_OK);
		EXPECT(value(bridge, i == 0 ? "group=A;year=2016" : "group=B;year=2016", "amount"),
			-10 * (100 * 0.25 / 1.5 + (i == 1 ? 0.1 * 100 * 1.25 / 1.5 : 0)));
		EXPECT(
			sum(bridge, "group=A;year=2016", "amount") + sum(bridge, "group=B;year=2016", "amount"),
			-10 * (100 - 0.9 * left));
		stpfin_table_free(impact);
		stpfin_table_free(activity);
		stpfin_table_free(bridge);
		stpfin_plan_free(plan);
	}
}
END_TEST

/* A raises prevalence by half, which adds use, and B takes all of it away. */
START_TEST(prevalence_stays_within_nothing_and_everybody)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES, ONE_FLOW, RISK, PREVALENCE("0.8"), RELATIVE_RISK("2"),
		{"prevention_effect", EFFECT "A,smoking,-0.5,2016,,\nB,smoking,1,2016,,\n"},
		{"scenario", "scenario,scheme\nplan,A\nboth,A\nboth,B\n"});
	stpfin_table *impact = result_in(plan, "plan", "scheme_impact");
	stpfin_table *both = result_in(plan, "both", "scheme_impact");

	EXPECT_BY_YEAR(impact, "footprint=F", "activity_removed", 0, 100 - 100 * 2 / 1.8);
	EXPECT_BY_YEAR(both, "scheme=A;footprint=F", "activity_removed", 0, 100 - 100 * 2 / 1.8);
	EXPECT_BY_YEAR(both, "scheme=B;footprint=F", "activity_removed", 0, 100 / 1.8);
	stpfin_table_free(impact);
	stpfin_table_free(both);
	stpfin_plan_free(plan);
}
END_TEST

/* Of several risks the factors multiply; a rare one that protects (below 1) adds use as it goes. */
START_TEST(risks_multiply)
{
	stpfin_table *activity =
		planned(PLAN(2016, SCHEMES, ONE_FLOW, {"risk", "risk,name\na,A\nb,B\n"},
					{"prevalence", "footprint,risk,prevalence\nF,a,0.5\nF,b,0.2\n"},
					{"relative_risk", "risk,outcome,rr\na,E,3\nb,E,0.5\n"},
					{"prevention_effect", EFFECT "A,a,0.5,2016,,\nA,b,1,2016,,\n"}, IN_PLAN),
			"activity");

	EXPECT_BY_YEAR(activity, "scenario=plan", "activity", 100, 100 * (1.5 / 2) / (1 - 0.1));
	stpfin_table_free(activity);
}
END_TEST

/* C is three parts in F, where the risk is, and one in G: its factor is their mean. An effect in
 * one footprint leaves the other alone. */
START_TEST(a_commissioner_has_the_mean_of_its_footprints)
{
	stpfin_table *activity = planned(
		PLAN(2016, SCHEMES, ONE_FLOW, RISK, {"footprint", "footprint,name\nF,Fen\nG,Gorge\n"},
			{"membership", "organisation,footprint,share\nC,F,0.6\nC,G,0.2\nT,F,1\n"},
			{"population", "footprint,year,persons\nG,2015,10\nG,2016,10\n"},
			{"prevalence", "footprint,risk,prevalence\nF,smoking,0.25\nG,smoking,0.25\n"},
			RELATIVE_RISK("3"),
			{"prevention_effect",
				"scheme,footprint,risk,reduction,start_year\nA,G,smoking,1,2016\n"},
			IN_PLAN),
		"activity");

	EXPECT_BY_YEAR(activity, "scenario=plan", "activity", 100, 100 * (0.75 + 0.25 / 1.5));
	stpfin_table_free(activity);
}
END_TEST

/* Half are exposed, and a tenth fewer each year: growth without a driver of its own. By driver it
 * is growth, by what the people of the base year would have done where population is held. */
START_TEST(trends_are_growth)
{
	stpfin_plan *plan = PLAN(2017, SCHEMES, ONE_FLOW, {"risk", "risk,name,trend\na,A,-0.1\n"},
		{"population", "footprint,year,sex,persons\nF,2015,female,1\nF,2015,male,1\n"
					   "F,2016,female,1\nF,2016,male,1\nF,2017,female,1\nF,2017,male,3\n"},
		{"prevalence", "footprint,risk,sex,prevalence\nF,a,male,0.5\n"},
		{"relative_risk", "risk,outcome,rr\na,E,3\n"},
		{"prevention_effect", EFFECT "A,a,1,2017,,\n"}, IN_PLAN);
	stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;
	double men = (1 + 2 * 0.405) / 2;
	double growth = (1 + 3 * men) / 4;
	stpfin_table *activity = result_in(plan, "plan", "activity");
	stpfin_table *bridge;

	EXPECT_BY_YEAR(
		activity, "scenario=do_nothing", "activity", 100, 100 * (1 + 1.9 / 2) / 2, 200 * growth);
	EXPECT_BY_YEAR(activity, "scenario=plan", "activity", 100, 100 * (1 + 1.9 / 2) / 2,
		200 * growth * (1 + 3 / (1 + 2 * 0.405)) / 4);
	options.place = "England";
	options.year = 2017;
	ck_assert_int_eq(stpfin_bridge(plan, &options, &bridge, NULL), STPFIN_OK);
	EXPECT(value(bridge, "group=population", "amount"), 1000);
	EXPECT(value(bridge, "group=growth", "amount"), 2000 * growth - 2000);
	stpfin_table_free(bridge);
	options.method = STPFIN_BRIDGE_SHAPLEY;
	ck_assert_int_eq(stpfin_bridge(plan, &options, &bridge, NULL), STPFIN_OK);
	EXPECT(value(bridge, "group=growth", "amount"),
		(2000 * growth - 2000 + 1000 * (1 + men) / 2 - 1000) / 2);
	stpfin_table_free(bridge);
	stpfin_table_free(activity);
	stpfin_plan_free(plan);
}
END_TEST

/* What prevention takes away is idle capacity like any other: of 100 / 3 units half stay at first,
 * since only half of cost is variable. Outside the plan the price follows. */
START_TEST(prevented_care_strands_capacity)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES, RISK, PREVALENCE("0.25"), RELATIVE_RISK("3"),
		{"service", "service,name,setting,unit,variable_share\nE,Emergency,acute,spell,0.5\n"},
		{"flow", "commissioner,provider,service,activity,income\nC,T,E,100,1000\nC,O,E,10,50\n"},
		{"prevention_effect", EFFECT "A,smoking,1,2016,,\n"}, IN_PLAN);
	stpfin_table *impact = result_in(plan, "plan", "scheme_impact");
	stpfin_table *gap = result_in(plan, "plan", "funding_gap");
	stpfin_table *appraisal = planned(plan, "appraisal");

	EXPECT_BY_YEAR(impact, "footprint=F", "activity_removed", 0, 110.0 / 3);
	EXPECT_BY_YEAR(impact, "footprint=F", "cost_stranded", 0, 500.0 / 3);
	EXPECT_BY_YEAR(impact, "footprint=F", "cost_released", 0, 500.0 / 3 + 50.0 / 3);
	EXPECT(value(gap, "scenario=do_nothing;footprint=England;component=total;year=2016", "gap") -
			   value(gap, "scenario=plan;footprint=England;component=total;year=2016", "gap"),
		550.0 / 3);
	EXPECT(value(appraisal, "scheme=A", "net_present_value"), 550.0 / 3 / 1.035);
	stpfin_table_free(impact);
	stpfin_table_free(gap);
	stpfin_table_free(appraisal);
}
END_TEST

/* Activity never goes below nothing, however large the risks. */
START_TEST(activity_is_never_negative)
{
	stpfin_table *activity =
		planned(PLAN(2016, SCHEMES, ONE_FLOW, {"risk", "risk,name,trend\na,A,\nb,B,1e15\n"},
					{"prevalence", "footprint,risk,prevalence\nF,a,1\nF,b,1\n"},
					{"relative_risk", "risk,outcome,rr\na,E,1e15\nb,E,1e15\n"},
					{"prevention_effect", EFFECT "A,a,1,2016,,\nB,b,1,2016,,\n"},
					{"activity_effect", "scheme,service,reduction,start_year\nB,E,1,2016\n"},
					{"scenario", "scenario,scheme\nplan,A\nplan,B\n"}),
			"activity");

	ck_assert(value(activity, "scenario=plan;year=2016", "activity") >= 0);
	ck_assert(value(activity, "scenario=plan;year=2016", "activity") < 1e-9);
	stpfin_table_free(activity);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {no_prevalence_leaves_all_but_the_attributable_fraction,
		a_relative_risk_of_1_changes_nothing, a_footprint_has_the_mean_of_its_people_by_use,
		ages_are_bands, the_row_with_most_keys_filled_is_taken, a_lag_shifts_whole_years,
		schemes_are_scaled_and_delayed, a_scheme_has_the_step_it_makes,
		prevalence_stays_within_nothing_and_everybody, risks_multiply,
		a_commissioner_has_the_mean_of_its_footprints, trends_are_growth,
		prevented_care_strands_capacity, activity_is_never_negative, NULL};

	return run_tests("prevention", tests);
}
