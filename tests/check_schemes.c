#include <math.h>
#include <stdio.h>
#include <time.h>

#include "libstpfin/plan/schema.h"
#include "tests/plans.h"

/* Scenarios, on examples that can be followed on paper. */

#define FLOW "commissioner,provider,service,activity,income,cost,marginal_rate\n"
#define ONE_FLOW                                                                                   \
	{                                                                                              \
		"flow", FLOW "C,T,E,100,1000,,\n"                                                          \
	}
#define SCHEMES                                                                                    \
	{                                                                                              \
		"scheme", "scheme,name,workstream,aim,owner\nA,First,Care,funding,C\n"                     \
				  "B,Second,Estate,funding,C\nD,Third,Care,funding,T\n"                            \
	}
#define REDUCTION "scheme,service,reduction,start_year\n"
#define SHIFT "scheme,service,reduction,to_service,to_provider,substitution,unit_cost,start_year\n"
#define COSTS "scheme,organisation,year,kind,amount,asset_life\n"

/* The variable, semi-fixed and fixed shares of E's cost are 0.5, 0.3 and 0.2. */
#define STICKY_COST                                                                                \
	{                                                                                              \
		"service", "service,name,setting,unit,variable_share,semi_fixed_share,semi_fixed_lag\n"    \
				   "E,Emergency,acute,spell,0.5,0.3,1\n"                                           \
	}

/* Of 100 units at £10 the scenario uses 90, 80 and 80, so that 10, 20 and 20 are idle. The units
 * whose cost stays are what neither half of them nor the semi-fixed share of those that are idle
 * for longer than the lag takes away:
 *   E  10 − 5 = 5,   20 − 10 − 0.3 × 10 = 7,  20 − 10 − 0.3 × 20 = 4
 *   L  5,            20 − 10 = 10,            20 − 10 − 0.3 × 10 = 7   (two years later)
 *   S  10 − 7 = 3,   20 − 14 − 0.3 × 10 = 3,  20 − 14 − 0.3 × 20 = 0   (the rest is variable)
 *   V  nothing, X  all of them. */
/* Compares the gaps of a scenario. */
static stpfin_status compare_in(const stpfin_plan *a, const stpfin_plan *b, const char *scenario,
	stpfin_table **out_changes, stpfin_table **out_bridge)
{
	stpfin_compare_options options = STPFIN_COMPARE_OPTIONS_INIT;

	options.scenario = scenario;
	return stpfin_compare(a, b, &options, out_changes, out_bridge, NULL);
}

START_TEST(idle_capacity)
{
	static const struct {
		const char *service;
		double staying[4];
	} expected[] = {{"E", {0, 5, 7, 4}}, {"L", {0, 5, 10, 7}}, {"S", {0, 3, 3, 0}},
		{"V", {0, 0, 0, 0}}, {"X", {0, 10, 20, 20}}};
	static const double activity[] = {100, 90, 80, 80};
	stpfin_plan *plan = PLAN(2018, SCHEMES,
		{"service", "service,name,setting,unit,variable_share,semi_fixed_share,semi_fixed_lag\n"
					"E,A,acute,spell,0.5,0.3,1\nL,A,acute,spell,0.5,0.3,2\n"
					"S,A,acute,spell,,0.3,\nV,A,acute,spell,,,\nX,A,acute,spell,0,0,\n"},
		{"flow", FLOW "C,T,E,100,1000,,\nC,T,L,100,1000,,\nC,T,S,100,1000,,\n"
					  "C,T,V,100,1000,,\nC,T,X,100,1000,,\n"},
		{"activity_effect", "scheme,service,reduction,start_year,full_year\nA,E,0.2,2016,2017\n"
							"A,L,0.2,2016,2017\nA,S,0.2,2016,2017\nA,V,0.2,2016,2017\n"
							"A,X,0.2,2016,2017\n"},
		{"scenario", "scenario,scheme\nplan,A\n"});
	stpfin_table *impact = result_in(plan, "plan", "scheme_impact");
	stpfin_table *ledger = planned(plan, "ledger");
	double staying[4] = {0};

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		for (int t = 0; t < 4; t++) {
			char where[80];

			snprintf(where, sizeof where,
				"scenario=plan;organisation=T;line=care;service=%s;year=%d", expected[i].service,
				BASE_YEAR + t);
			EXPECT(value(ledger, where, "cost"), 10 * (activity[t] + expected[i].staying[t]));
			snprintf(where, sizeof where,
				"scenario=plan;organisation=T;line=contract;service=%s;year=%d",
				expected[i].service, BASE_YEAR + t);
			EXPECT(value(ledger, where, "income"), 10 * activity[t]);
			staying[t] += expected[i].staying[t];
		}
	}
	EXPECT_BY_YEAR(impact, "footprint=England", "activity_removed", 0, 50, 100, 100);
	EXPECT_BY_YEAR(impact, "footprint=England", "cost_at_average", 0, 500, 1000, 1000);
	EXPECT_BY_YEAR(impact, "footprint=England", "cost_stranded", 10 * staying[0], 10 * staying[1],
		10 * staying[2], 10 * staying[3]);
	EXPECT_BY_YEAR(impact, "footprint=F", "cost_released", 0, 500 - 230, 1000 - 400, 1000 - 310);
	EXPECT_BY_YEAR(impact, "footprint=F", "net_saving", 0, 500 - 230, 1000 - 400, 1000 - 310);
	stpfin_table_free(impact);
	stpfin_table_free(ledger);
}
END_TEST

/* 125 units would be needed and 100 still are: what was never built costs nothing. */
START_TEST(avoided_growth_strands_nothing)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES, STICKY_COST, ONE_FLOW,
		{"activity_growth", "rate\n0.25\n"}, {"activity_effect", REDUCTION "A,E,0.2,2016\n"},
		{"scenario", "scenario,scheme\nplan,A\n"});
	stpfin_table *position = result_in(plan, "plan", "position");
	stpfin_table *impact = planned(plan, "scheme_impact");

	EXPECT_BY_YEAR(position, "scenario=do_nothing;organisation=T", "cost", 1000, 1250);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=T", "cost", 1000, 1000);
	EXPECT_BY_YEAR(impact, "footprint=F", "cost_released", 0, 250);
	EXPECT_BY_YEAR(impact, "footprint=F", "cost_stranded", 0, 0);
	stpfin_table_free(position);
	stpfin_table_free(impact);
}
END_TEST

/* 120 units are used in 2016 and 90 from 2017 on: 30 are idle, of which the cost of 30 − 15 = 15
 * stays at first and of 30 − 15 − 9 = 6 later. */
START_TEST(growth_and_then_a_cut)
{
	stpfin_plan *plan =
		PLAN(2018, SCHEMES, STICKY_COST, ONE_FLOW, {"activity_growth", "year,rate\n2016,0.2\n"},
			{"activity_effect", REDUCTION "A,E,0.25,2017\n"},
			{"scenario", "scenario,scheme\nplan,A\n"});
	stpfin_table *position = result_in(plan, "plan", "position");
	stpfin_table *impact = planned(plan, "scheme_impact");

	EXPECT_BY_YEAR(position, "scenario=plan;organisation=T", "cost", 1000, 1200, 1050, 960);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=T", "income", 1000, 1200, 900, 900);
	EXPECT_BY_YEAR(impact, "footprint=F", "cost_stranded", 0, 0, 150, 60);
	EXPECT_BY_YEAR(impact, "footprint=F", "cost_released", 0, 0, 150, 240);
	stpfin_table_free(position);
	stpfin_table_free(impact);
}
END_TEST

/* Doing nothing would leave 80 of the 100 units in use and the scenario leaves 40: it is not what
 * idles the other 20. Of its 40 the cost of half stays. */
START_TEST(capacity_that_would_idle_anyway)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES, STICKY_COST, ONE_FLOW,
		{"activity_growth", "rate\n-0.2\n"}, {"activity_effect", REDUCTION "A,E,0.5,2016\n"},
		{"scenario", "scenario,scheme\nplan,A\n"});
	stpfin_table *position = planned(plan, "position");

	EXPECT_BY_YEAR(position, "scenario=do_nothing;organisation=T", "cost", 1000, 800);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=T", "cost", 1000, 600);
	stpfin_table_free(position);
}
END_TEST

/* A takes 10 of 100 units, B 18 of the 90 left, and D adds 18 to the 72 left. Of the 10 that are
 * idle the cost of 5 stays: A bears 5 × 10/28, B 5 × 18/28, D nothing. */
START_TEST(stranded_cost_is_borne_by_what_was_removed)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES, STICKY_COST, ONE_FLOW,
		{"activity_effect", REDUCTION "A,E,0.1,2016\nB,E,0.2,2016\nD,E,-0.25,2016\n"},
		{"scenario", "scenario,scheme\nplan,A\nplan,B\nplan,D\n"});
	stpfin_table *position = result_in(plan, "plan", "position");
	stpfin_table *impact = planned(plan, "scheme_impact");

	EXPECT_BY_YEAR(position, "scenario=plan;organisation=T", "cost", 1000, 950);
	EXPECT_BY_YEAR(impact, "scheme=A;footprint=F", "cost_stranded", 0, 500. / 28);
	EXPECT_BY_YEAR(impact, "scheme=A;footprint=F", "cost_released", 0, 100 - 500. / 28);
	EXPECT_BY_YEAR(impact, "scheme=B;footprint=F", "cost_stranded", 0, 900. / 28);
	EXPECT_BY_YEAR(impact, "scheme=B;footprint=F", "cost_released", 0, 180 - 900. / 28);
	EXPECT_BY_YEAR(impact, "scheme=D;footprint=F", "activity_removed", 0, -18);
	EXPECT_BY_YEAR(impact, "scheme=D;footprint=F", "cost_stranded", 0, 0);
	EXPECT_BY_YEAR(impact, "scheme=D;footprint=F", "cost_released", 0, -180);
	stpfin_table_free(position);
	stpfin_table_free(impact);
}
END_TEST

/* Effects that start in 2016, are full in 2018 and end in 2019: a third, two thirds and all of 0.3;
 * 7/27, 20/27 and all of 0.27, as 3/9 − 2/27 and 12/9 − 16/27 come to; and 0.1 compounding. */
START_TEST(ramps)
{
	static const struct {
		const char *scenario;
		double linear[6];
		double s_curve[6];
		double annual[6];
	} expected[] = {
		{"now", {0, 0.1, 0.2, 0.3, 0.3, 0}, {0, 0.07, 0.2, 0.27, 0.27, 0},
			{0, 0.1, 0.19, 0.271, 0.271, 0}},
		{"later", {0, 0, 0.1, 0.2, 0.3, 0.3}, {0, 0, 0.07, 0.2, 0.27, 0.27},
			{0, 0, 0.1, 0.19, 0.271, 0.271}},
		{"half", {0, 0.05, 0.1, 0.15, 0.15, 0}, {0, 0.035, 0.1, 0.135, 0.135, 0},
			{0, 0.05, 0.0975, 0.142625, 0.142625, 0}},
	};
	stpfin_plan *plan = PLAN(2020, SCHEMES,
		{"service", "service,name,setting,unit\nlinear,A,acute,spell\ns_curve,A,acute,spell\n"
					"annual,A,acute,spell\n"},
		{"flow", FLOW "C,T,linear,1,1,,\nC,T,s_curve,1,1,,\nC,T,annual,1,1,,\n"},
		{"activity_effect", "scheme,service,reduction,start_year,full_year,last_year,ramp\n"
							"A,linear,0.3,2016,2018,2019,\nA,s_curve,0.27,2016,2018,2019,s_curve\n"
							"A,annual,0.1,2016,2018,2019,annual\n"},
		{"scenario", "scenario,scheme,scale,delay\nnow,A,,\nlater,A,1,1\nhalf,A,0.5,0\n"});

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		stpfin_table *activity = result_in(plan, expected[i].scenario, "activity");

		for (int t = 0; t < 6; t++) {
			const double sizes[] = {
				expected[i].linear[t], expected[i].s_curve[t], expected[i].annual[t]};
			static const char *const services[] = {"linear", "s_curve", "annual"};

			for (size_t j = 0; j < 3; j++) {
				char where[80];

				snprintf(where, sizeof where, "scenario=%s;service=%s;year=%d",
					expected[i].scenario, services[j], BASE_YEAR + t);
				EXPECT(value(activity, where, "activity"), 1 - sizes[j]);
			}
		}
		stpfin_table_free(activity);
	}
	stpfin_plan_free(plan);
}
END_TEST

/* A delay beyond all years is no effect at all. */
START_TEST(longest_delay)
{
	stpfin_table *activity = planned(
		PLAN(2017, SCHEMES, ONE_FLOW,
			{"activity_effect", "scheme,service,reduction,start_year,full_year,last_year,ramp\n"
								"A,E,0.1,2016,2017,2017,\nB,E,0.1,2016,2017,,annual\n"},
			{"scenario", "scenario,scheme,delay\nplan,A,2147483647\nplan,B,2147483647\n"}),
		"activity");

	EXPECT_BY_YEAR(activity, "scenario=plan;service=E", "activity", 100, 100, 100);
	stpfin_table_free(activity);
}
END_TEST

#define TWO_SERVICES                                                                               \
	{"service", "service,name,setting,unit\nE,Emergency,acute,spell\nH,Home,community,visit\n"},   \
	{                                                                                              \
		"organisation", "organisation,name,kind\nC,Commissioner,commissioner\nT,Trust,provider\n"  \
						"U,Unit,provider\nO,Outside,outside\nV,Void,provider\n"                    \
	}

/* 10 spells become 12 visits, at 440 / 200 = £2.20 inflated by a fifth: £31.68, which C pays U and
 * U spends. B makes all that U does a quarter cheaper, and C none the less pays what it did. D
 * halves the visits of the base year, not those that are added. */
#define INSIDE                                                                                     \
	SCHEMES, TWO_SERVICES, {"membership", "organisation,footprint,share\nC,F,1\nT,F,1\nU,F,1\n"},  \
		{"flow", FLOW "C,T,E,100,1000,,\nC,U,H,200,400,440,\n"},                                   \
		{"inflation", "component,rate\npay,0.2\n"},                                                \
		{"cost_mix", "service,component,share\nH,pay,1\n"},                                        \
		{"activity_effect", SHIFT "A,E,0.1,H,U,1.2,,2016\nD,H,0.5,,,,,2016\n"},                    \
		{"efficiency_effect", "scheme,provider,saving,start_year\nB,U,0.25,2016\n"},               \
	{                                                                                              \
		"scenario", "scenario,scheme\nplan,A\ncheap,B\ncheap,A\nless,D\nless,A\n"                  \
	}

START_TEST(shift_inside_the_plan)
{
	stpfin_plan *plan = PLAN(2016, INSIDE);
	stpfin_table *activity = result_in(plan, "plan", "activity");
	stpfin_table *spending = result_in(plan, "plan", "spending");
	stpfin_table *position = result_in(plan, "plan", "position");
	stpfin_table *impact = result_in(plan, "plan", "scheme_impact");

	EXPECT_BY_YEAR(activity, "scenario=plan;service=E", "activity", 100, 90);
	EXPECT_BY_YEAR(activity, "scenario=plan;service=H", "activity", 200, 212);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=C", "cost", 1400, 900 + 480 + 31.68);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=T", "gap", 0, 0);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=U", "income", 400, 480 + 31.68);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=U", "cost", 440, 528 + 31.68);
	EXPECT_BY_YEAR(
		spending, "scenario=plan;footprint=F;setting=community", "amount", 400, 480 + 31.68);
	EXPECT_BY_YEAR(impact, "footprint=F", "activity_removed", 0, 10);
	EXPECT_BY_YEAR(impact, "footprint=F", "activity_added", 0, 12);
	EXPECT_BY_YEAR(impact, "footprint=F", "cost_released", 0, 100);
	EXPECT_BY_YEAR(impact, "footprint=F", "cost_reprovided", 0, 31.68);
	EXPECT_BY_YEAR(impact, "footprint=F", "net_saving", 0, 100 - 31.68);
	stpfin_table_free(activity);
	stpfin_table_free(spending);
	stpfin_table_free(position);
	stpfin_table_free(impact);

	activity = result_in(plan, "less", "activity");
	EXPECT_BY_YEAR(activity, "scenario=less;service=H", "activity", 200, 112);
	stpfin_table_free(activity);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(efficiency_of_added_care_inside_the_plan)
{
	stpfin_plan *plan = PLAN(2016, INSIDE);
	stpfin_table *position = result_in(plan, "cheap", "position");
	stpfin_table *impact = result_in(plan, "cheap", "scheme_impact");

	EXPECT_BY_YEAR(position, "scenario=cheap;organisation=C", "cost", 1400, 900 + 480 + 31.68);
	EXPECT_BY_YEAR(position, "scenario=cheap;organisation=U", "income", 400, 480 + 31.68);
	EXPECT_BY_YEAR(position, "scenario=cheap;organisation=U", "cost", 440, 0.75 * (528 + 31.68));
	EXPECT_BY_YEAR(impact, "scheme=B;footprint=F", "efficiency_saving", 0, 0.25 * (528 + 31.68));
	EXPECT_BY_YEAR(impact, "scheme=A;footprint=F", "cost_reprovided", 0, 31.68);
	stpfin_table_free(position);
	stpfin_table_free(impact);
	stpfin_plan_free(plan);
}
END_TEST

/* 10 visits at £3 by who is paid what it costs, first £30 and with half saved £15. Its own flow of
 * £50 becomes £25. What it saves is C's, which lies 0.6 in F. */
START_TEST(shift_and_efficiency_outside_the_plan)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES, TWO_SERVICES,
		{"membership", "organisation,footprint,share\nC,F,0.6\nT,F,1\n"},
		{"flow", FLOW "C,T,E,100,1000,,\nC,O,E,5,50,,0\n"},
		{"activity_effect",
			"scheme,provider,service,reduction,to_service,to_provider,unit_cost,start_year\n"
			"A,T,E,0.1,H,O,3,2016\n"},
		{"efficiency_effect", "scheme,provider,saving,start_year\nB,O,0.5,2016\n"},
		{"scenario", "scenario,scheme\nplan,A\nboth,A\nboth,B\n"});
	stpfin_table *position = result_in(plan, "plan", "position");
	stpfin_table *ledger = result_in(plan, "both", "ledger");
	stpfin_table *impact;

	EXPECT_BY_YEAR(position, "scenario=plan;organisation=C", "cost", 1050, 900 + 50 + 30);
	ck_assert_uint_eq(count_rows(position, "organisation=O"), 0);
	stpfin_table_free(position);
	position = result_in(plan, "both", "position");
	impact = planned(plan, "scheme_impact");
	EXPECT_BY_YEAR(position, "scenario=both;organisation=C", "cost", 1050, 900 + 25 + 15);
	EXPECT(value(ledger,
			   "scenario=both;organisation=O;counterparty=C;service=H;line=contract;year=2016",
			   "income"),
		15);
	EXPECT(value(ledger, "scenario=both;organisation=O;service=H;line=care;year=2016", "cost"), 15);
	EXPECT(value(impact, "footprint=F;year=2016", "cost_released"), 100);
	EXPECT(value(impact, "footprint=F;year=2016", "cost_reprovided"), 0.6 * 30);
	EXPECT(value(impact, "footprint=unassigned;year=2016", "cost_reprovided"), 0.4 * 30);
	EXPECT(value(impact, "footprint=England;year=2016", "cost_reprovided"), 30);
	stpfin_table_free(position);
	stpfin_table_free(ledger);
	stpfin_table_free(impact);
}
END_TEST

/* V gives no visits yet: C pays (440 + 100) / 300 = £1.80 for one on average, wherever. Money
 * without activity does not count. */
START_TEST(unit_cost_of_who_is_new)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES, TWO_SERVICES,
		{"membership", "organisation,footprint,share\nC,F,1\nT,F,1\nU,F,1\n"},
		{"flow", FLOW "C,T,E,100,1000,,\nC,U,H,200,400,440,\nC,O,H,100,100,,\nC,V,H,,70,,\n"
					  "T,U,H,1,999,,\n"},
		{"activity_effect", SHIFT "A,E,0.1,H,V,,,2016\n"},
		{"scenario", "scenario,scheme\nplan,A\n"});
	stpfin_table *impact = planned(plan, "scheme_impact");

	EXPECT_BY_YEAR(impact, "footprint=England", "cost_reprovided", 0, 18);
	stpfin_table_free(impact);
}
END_TEST

/* 10 beds less a tenth, and of the 9 a fifth. Money is left as it was. */
START_TEST(shorter_stays_free_beds)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES,
		{"service", "service,name,setting,unit,length_of_stay,target_occupancy\n"
					"E,Emergency,acute,spell,3.65,1\n"},
		{"flow", FLOW "C,T,E,1000,500,,\n"},
		{"efficiency_effect", "scheme,stay_reduction,start_year\nA,0.1,2016\nB,0.2,2016\n"},
		{"scenario", "scenario,scheme\nplan,A\nplan,B\n"});
	stpfin_table *resource = result_in(plan, "plan", "resource");
	stpfin_table *position = planned(plan, "position");

	EXPECT_BY_YEAR(resource, "scenario=do_nothing;resource=bed", "needed", 10, 10);
	EXPECT_BY_YEAR(resource, "scenario=plan;resource=bed", "needed", 10, 7.2);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=T", "cost", 500, 500);
	stpfin_table_free(resource);
	stpfin_table_free(position);
}
END_TEST

/* At 3.5% of opening value:
 *   A  £1000 over 4 years from 2016: 250 and 35, 26.25, 17.5 and 8.75 from 2017 on
 *   B  a disposal of £600 over 3 from 2017: 200 and 21, 14 and 7 less from 2018 on
 *   D  £800 over 4 from 2013: 200 and 21, 14 and 7 are left from 2015 on, and the capital is gone
 */
#define CAPITAL                                                                                    \
	SCHEMES,                                                                                       \
		{"scheme_cost",                                                                            \
			COSTS "A,T,2016,capital,1000,4\nB,T,2017,capital,-600,3\nD,T,2013,capital,800,4\n"},   \
	{                                                                                              \
		"scenario", "scenario,scheme,scale\nplan,A,\nplan,B,\nplan,D,\ntwice,A,2\n"                \
	}

START_TEST(capital_charges)
{
	stpfin_plan *plan = PLAN(2021, CAPITAL);
	stpfin_table *impact = result_in(plan, "plan", "scheme_impact");
	stpfin_table *position = result_in(plan, "plan", "position");
	stpfin_table *twice = result_in(plan, "twice", "scheme_impact");
	stpfin_table *capital = planned(plan, "capital");

	EXPECT_BY_YEAR(
		impact, "scheme=A;footprint=F", "capital_charge", 0, 0, 285, 276.25, 267.5, 258.75, 0);
	EXPECT_BY_YEAR(impact, "scheme=B;footprint=F", "capital_charge", 0, 0, 0, -221, -214, -207, 0);
	EXPECT_BY_YEAR(impact, "scheme=D;footprint=F", "capital_charge", 221, 214, 207, 0, 0, 0, 0);
	EXPECT_BY_YEAR(
		position, "scenario=plan;organisation=T", "gap", 221, 214, 492, 55.25, 53.5, 51.75, 0);
	EXPECT_BY_YEAR(position, "scenario=do_nothing;organisation=T", "gap", 0, 0, 0, 0, 0, 0, 0);
	EXPECT_BY_YEAR(twice, "footprint=F", "capital_charge", 0, 0, 570, 552.5, 535, 517.5, 0);
	EXPECT_BY_YEAR(capital, "organisation=T", "spend", 0, 1000, 0, 0, 0, 0, 0);
	EXPECT_BY_YEAR(capital, "organisation=T", "disposal", 0, 0, 600, 0, 0, 0, 0);
	EXPECT_BY_YEAR(capital, "organisation=T", "shortfall", 0, 1000, -600, 0, 0, 0, 0);
	ck_assert_uint_eq(count_rows(capital, "organisation=C"), 0);
	stpfin_table_free(impact);
	stpfin_table_free(position);
	stpfin_table_free(twice);
	stpfin_table_free(capital);
}
END_TEST

START_TEST(awards_by_scenario)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES,
		{"fund", "fund,year,amount,kind\nR,2016,100,revenue\nK,2016,100,capital\n"},
		{"award", "fund,organisation,year,amount,scenario\nR,C,2016,30,plan\nR,C,2016,5,\n"
				  "R,C,2016,7,other\nK,T,2016,40,plan\n"},
		{"scenario", "scenario,scheme\nplan,A\nother,A\n"});
	stpfin_table *capital = result_in(plan, "plan", "capital");
	stpfin_table *gap = result_in(plan, "plan", "funding_gap");
	stpfin_table *other = result_in(plan, "other", "position");
	stpfin_table *position = result_in(plan, "plan", "position");

	EXPECT_BY_YEAR(position, "scenario=do_nothing;organisation=C", "income", 0, 0);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=C", "income", 0, 35);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=T", "income", 0, 0);
	EXPECT_BY_YEAR(other, "scenario=other;organisation=C", "income", 0, 12);
	EXPECT_BY_YEAR(gap, "scenario=plan;footprint=England;component=total", "gap", 0, -35);
	EXPECT_BY_YEAR(capital, "organisation=T", "award", 0, 40);
	EXPECT_BY_YEAR(capital, "organisation=T", "shortfall", 0, -40);
	stpfin_table_free(capital);
	capital = planned(with_table(plan, "award",
						  "fund,organisation,year,amount,scenario\n"
						  "K,T,2016,40,other\n"),
		"capital");
	ck_assert_uint_eq(stpfin_table_rows(capital), 0);
	stpfin_table_free(capital);
	stpfin_table_free(gap);
	stpfin_table_free(other);
	stpfin_table_free(position);
	stpfin_plan_free(plan);
}
END_TEST

/* Every kind of effect and cost, with numbers that are nobody's choice. */
#define EVERYTHING                                                                                 \
	SCHEMES,                                                                                       \
		{"organisation", "organisation,name,kind\nC,Commissioner,commissioner\nT,Trust,provider\n" \
						 "L,Council,council\nO,Outside,outside\n"},                                \
		{"footprint", "footprint,name,parent\nF,Fen,R\nG,Gorge,R\nR,Region,\n"},                   \
		{"membership", "organisation,footprint,share\nC,F,0.61\nC,G,0.28\nT,G,0.97\nL,F,1\n"},     \
		{"service", "service,name,setting,unit,variable_share,semi_fixed_share,semi_fixed_lag,"    \
					"length_of_stay\nE,Emergency,acute,spell,0.41,0.33,2,4.1\n"                    \
					"H,Home,community,visit,0.83,,,\n"},                                           \
		{"flow",                                                                                   \
			FLOW "C,T,E,1009,9973.3,10111.7,0.7\nC,O,E,331,2011.9,,0.3\nL,T,H,7,311.3,299.9,1\n"   \
				 "C,T,H,,53.1,57.3,0\nL,O,H,41,83.9,,\n"},                                         \
		{"activity_growth", "year,rate\n2016,0.0313\n2017,-0.0217\n2018,0.0191\n"},                \
		{"cost_mix", "service,component,share\n,pay,1\n"},                                         \
		{"inflation", "component,year,rate\npay,2016,0.021\npay,,0.017\n"},                        \
		{"tariff", "service,uplift,efficiency\nE,0.0277,0.02\n"},                                  \
		{"activity_effect",                                                                        \
			"scheme,provider,service,reduction,to_service,to_provider,substitution,unit_cost,"     \
			"start_year,full_year,ramp\nA,,E,0.13,,,,,2016,2018,linear\n"                          \
			"A,T,E,0.07,H,T,1.19,31.7,2016,2017,s_curve\nB,,E,0.21,H,O,,17.1,2017,,annual\n"       \
			"D,T,E,-0.031,,,,,2016,,linear\nD,T,H,0.017,,,,,2016,,\n"},                            \
		{"efficiency_effect", "scheme,provider,service,saving,stay_reduction,start_year\n"         \
							  "B,,,0.023,0.11,2016\nD,O,,0.037,,2017\nA,T,H,-0.011,,2016\n"},      \
		{"scheme_cost", COSTS "A,T,2016,recurrent,71.3,\nA,T,2017,recurrent,72.9,\n"               \
							  "A,T,2018,recurrent,73.1,\nB,C,2016,transition,113.9,\n"             \
							  "B,L,2016,capital,517.3,7\nD,T,2013,capital,211.7,5\n"},             \
		{"fund", "fund,year,amount,kind\nR,2017,100,revenue\n"},                                   \
		{"award", "fund,organisation,year,amount\nR,T,2017,91.3\n"},                               \
		{"agreement", "scheme,organisation,position\n,C,agreed\nA,T,conditional\n"                 \
					  "B,T,not_agreed\nA,L,agreed\n"},                                             \
	{                                                                                              \
		"scenario", "scenario,scheme,scale,delay\nplan,B,,\nplan,D,0.9,\nplan,A,1.1,1\n"           \
	}

static double gap_of(const stpfin_table *gap, const char *scenario, const char *place, int year)
{
	char where[96];

	snprintf(where, sizeof where, "scenario=%s;footprint=%s;component=total;year=%d", scenario,
		place, year);
	return value(gap, where, "gap");
}

START_TEST(scheme_impact_sums_to_the_change)
{
	stpfin_plan *plan = PLAN(2018, EVERYTHING);
	stpfin_table *gap = result_in(plan, "plan", "funding_gap");
	stpfin_table *impact = planned(plan, "scheme_impact");

	ck_assert_uint_eq(stpfin_table_rows(impact), 3 * 5 * 4);
	for (int year = BASE_YEAR; year <= 2018; year++) {
		static const char *const schemes[] = {"A", "B", "D"};
		double awarded = year == 2017 ? 91.3 : 0;
		double all = 0;
		char where[80];

		for (size_t i = 0; i < 3; i++) {
			double parts = 0;
			static const char *const places[] = {"F", "G", "unassigned"};

			for (size_t j = 0; j < 3; j++) {
				snprintf(where, sizeof where, "scheme=%s;footprint=%s;year=%d", schemes[i],
					places[j], year);
				parts += value(impact, where, "net_saving");
			}
			snprintf(where, sizeof where, "scheme=%s;footprint=England;year=%d", schemes[i], year);
			EXPECT(value(impact, where, "net_saving"), parts);
			EXPECT(value(impact, where, "cost_at_average"),
				value(impact, where, "cost_released") + value(impact, where, "cost_stranded"));
			all += parts;
		}
		/* Of numbers of 10,000. */
		EXPECT(all / 1e4, (gap_of(gap, "do_nothing", "England", year) -
							  gap_of(gap, "plan", "England", year) - awarded) /
							  1e4);
	}
	stpfin_table_free(gap);
	stpfin_table_free(impact);
}
END_TEST

/* A releases £100 a year from 2016 on, costs £50 once and takes £200 of capital over 4 years, of
 * which £50 are left in 2019: −150, −50, +50 and +150 in all. B saves £100, costs £150 the year
 * after, and saves £100 again: it is ahead, behind, and ahead for good. D saves and costs nothing.
 * Prices are 1.25 times as high from 2018 on where there is a deflator. */
#define APPRAISED                                                                                  \
	SCHEMES, ONE_FLOW, {"activity_effect", REDUCTION "A,E,0.1,2016\n"},                            \
		{"scheme_cost", COSTS "A,T,2016,transition,50,\nA,T,2016,capital,200,4\n"                  \
							  "B,T,2016,transition,-100,\nB,T,2017,transition,150,\n"              \
							  "B,T,2018,transition,-100,\nD,C,2017,transition,-10,\n"              \
							  "D,C,2012,capital,1000,8\n"},                                        \
	{                                                                                              \
		"scenario", "scenario,scheme\nplan,A\nplan,B\nplan,D\n"                                    \
	}

START_TEST(appraisal_by_scheme)
{
	static const double v = 1 / 1.035;
	double benefits = 100 * (v + v * v + v * v * v + v * v * v * v) + 50 * v * v * v * v;
	double costs = 250 * v;
	double saved = 100 * v + 100 * v * v * v;
	double cost = 150 * v * v;
	stpfin_table *table = planned(PLAN(2019, APPRAISED), "appraisal");

	ck_assert_uint_eq(stpfin_table_rows(table), 4);
	EXPECT(value(table, "scheme=A", "net_present_value"), benefits - costs);
	EXPECT(value(table, "scheme=A", "benefit_cost_ratio"), benefits / costs);
	ck_assert_str_eq(cell(table, 0, "payback_year"), "2018");
	EXPECT(value(table, "scheme=B", "net_present_value"), saved - cost);
	EXPECT(value(table, "scheme=B", "benefit_cost_ratio"), saved / cost);
	ck_assert_str_eq(cell(table, 1, "payback_year"), "2018");
	EXPECT(value(table, "scheme=D", "net_present_value"), 10 * v * v);
	EXPECT(value(table, "scheme=D", "benefit_cost_ratio"), NAN);
	ck_assert_str_eq(cell(table, 2, "payback_year"), "2015");
	EXPECT(value(table, "scheme=total", "net_present_value"),
		benefits - costs + saved - cost + 10 * v * v);
	EXPECT(value(table, "scheme=total", "benefit_cost_ratio"),
		(benefits + saved + 10 * v * v) / (costs + cost));
	stpfin_table_free(table);
}
END_TEST

START_TEST(appraisal_in_prices_of_the_base_year)
{
	static const double v = 1 / 1.035;
	stpfin_plan *plan = PLAN(2019, APPRAISED,
		{"deflator", "year,index\n2015,80\n2016,80\n2017,80\n2018,100\n2019,100\n"});
	double benefits = 100 * (v + v * v) + 80 * v * v * v + (80 + 40) * v * v * v * v;
	const char *scenario = "plan";
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_projection *projection;
	stpfin_table *impact;
	stpfin_table *real;
	stpfin_table *table;

	options.prices = STPFIN_PRICES_REAL;
	options.scenarios = &scenario;
	options.n_scenarios = 1;
	ck_assert_int_eq(stpfin_project(plan, &options, &projection), STPFIN_OK);
	ck_assert_int_eq(
		stpfin_projection_get_table(projection, "appraisal", NULL, NULL, &real), STPFIN_OK);
	ck_assert_int_eq(
		stpfin_projection_get_table(projection, "scheme_impact", NULL, NULL, &impact), STPFIN_OK);
	table = planned(plan, "appraisal");
	EXPECT(value(table, "scheme=A", "net_present_value"), benefits - 250 * v);
	EXPECT(value(table, "scheme=A", "benefit_cost_ratio"), benefits / 250 / v);
	EXPECT(value(table, "scheme=B", "net_present_value"), 100 * v - 150 * v * v + 80 * v * v * v);
	/* An appraisal is in these prices anyway. */
	ck_assert(stpfin_table_equal(table, real));
	EXPECT_BY_YEAR(impact, "scheme=A;footprint=F", "cost_released", 0, 100, 100, 80, 80);
	stpfin_table_free(impact);
	stpfin_table_free(real);
	stpfin_table_free(table);
	stpfin_projection_free(projection);
}
END_TEST

/* Book value is not paid back: −250, −150, −50 by the end. */
START_TEST(what_never_pays_back)
{
	stpfin_table *table =
		planned(PLAN(2018, SCHEMES, ONE_FLOW, {"activity_effect", REDUCTION "A,E,0.1,2017\n"},
					{"scheme_cost", COSTS "A,T,2016,capital,250,50\n"},
					{"scenario", "scenario,scheme\nplan,A\n"}),
			"appraisal");

	ck_assert_double_gt(value(table, "scheme=A", "net_present_value"), 0);
	ck_assert_str_eq(cell(table, 0, "payback_year"), "");
	stpfin_table_free(table);
}
END_TEST

/* Alone A would release £100 and B £200, together they release £280: each is what the other leaves
 * of it. */
START_TEST(appraisal_of_schemes_that_overlap)
{
	stpfin_table *table = planned(
		PLAN(2016, SCHEMES, ONE_FLOW, {"activity_effect", REDUCTION "A,E,0.1,2016\nB,E,0.2,2016\n"},
			{"scenario", "scenario,scheme\nplan,A\nplan,B\n"}),
		"appraisal");

	EXPECT(value(table, "scheme=A", "net_present_value"), 80 / 1.035);
	EXPECT(value(table, "scheme=B", "net_present_value"), 180 / 1.035);
	EXPECT(value(table, "scheme=total", "net_present_value"), 280 / 1.035);
	stpfin_table_free(table);
}
END_TEST

/* B is first: it takes 20 of 100 units, and A 8 of 80. */
START_TEST(schemes_act_in_the_order_of_the_scenario)
{
	stpfin_table *impact = planned(
		PLAN(2016, SCHEMES, ONE_FLOW, {"activity_effect", REDUCTION "A,E,0.1,2016\nB,E,0.2,2016\n"},
			{"scenario", "scenario,scheme\nplan,B\nother,A\nplan,A\n"}),
		"scheme_impact");

	EXPECT_BY_YEAR(impact, "scheme=B;footprint=F", "activity_removed", 0, 20);
	EXPECT_BY_YEAR(impact, "scheme=A;footprint=F", "activity_removed", 0, 8);
	ck_assert_str_eq(cell(impact, 0, "scheme"), "B");
	stpfin_table_free(impact);
}
END_TEST

/* What two each save of 1e308 can be held, and their sum cannot. */
START_TEST(impact_that_overflows)
{
	static const struct {
		const char *result;
		const char *words;
	} cases[] = {{"scheme_impact", "of scheme_impact in 2036"},
		{"appraisal", "net_present_value of appraisal"}};
	stpfin_plan *plan = PLAN(2036, SCHEMES,
		{"organisation", "organisation,name,kind\nC,One,commissioner\nD,Two,council\n"
						 "T,Trust,provider\nO,Out,outside\n"},
		{"membership", "organisation,footprint,share\nC,F,1\nD,F,1\n"},
		{"flow", FLOW "C,O,E,1,1e14,,\nD,O,E,1,1e14,,\n"},
		{"activity_growth", "rate\n99999999999999\n"},
		{"activity_effect", REDUCTION "A,E,1,2016\n"}, {"scenario", "scenario,scheme\nplan,A\n"});
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_bridge_options bridge_options = STPFIN_BRIDGE_OPTIONS_INIT;
	const char *scenario = "plan";
	stpfin_projection *projection;
	stpfin_table *table;

	options.scenarios = &scenario;
	options.n_scenarios = 1;
	ck_assert_int_eq(stpfin_project(plan, &options, &projection), STPFIN_OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		table = (stpfin_table *)&options;
		expect_error(stpfin_projection_get_table(projection, cases[i].result, NULL, NULL, &table),
			STPFIN_ERROR_OVERFLOW, cases[i].words);
		ck_assert_ptr_null(table);
	}
	bridge_options.by = STPFIN_BRIDGE_BY_SCHEME;
	bridge_options.scenario = scenario;
	table = (stpfin_table *)&options;
	expect_error(stpfin_bridge(plan, &bridge_options, &table, NULL), STPFIN_ERROR_OVERFLOW,
		"bridge in 2036");
	ck_assert_ptr_null(table);
	stpfin_projection_free(projection);
	stpfin_plan_free(plan);
}
END_TEST

#define TWO_SCENARIOS                                                                              \
	SCHEMES, ONE_FLOW, {"activity_effect", REDUCTION "A,E,0.1,2016\nB,E,0.2,2016\n"},              \
	{                                                                                              \
		"scenario", "scenario,scheme\nplan,A\nplan,B\nother,B\n"                                   \
	}

/* Do nothing is always there and first, the others once each in the order asked. */
START_TEST(scenarios_named_twice)
{
	static const char *const asked[] = {"other", "do_nothing", "plan", "other", "do_nothing"};
	static const char *const expected[] = {"do_nothing", "other", "plan"};
	stpfin_plan *plan = PLAN(2016, TWO_SCENARIOS);
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_projection *projection;
	stpfin_table *position;

	options.scenarios = asked;
	options.n_scenarios = sizeof asked / sizeof *asked;
	ck_assert_int_eq(stpfin_project(plan, &options, &projection), STPFIN_OK);
	ck_assert_int_eq(
		stpfin_projection_get_table(projection, "position", NULL, NULL, &position), STPFIN_OK);
	ck_assert_uint_eq(stpfin_table_rows(position), 3 * 2 * 2);
	for (size_t row = 0; row < 3 * 2 * 2; row++) {
		ck_assert_str_eq(cell(position, row, "scenario"), expected[row / 4]);
	}
	EXPECT(value(position, "scenario=do_nothing;organisation=T;year=2016", "cost"), 1000);
	EXPECT(value(position, "scenario=other;organisation=T;year=2016", "cost"), 800);
	EXPECT(value(position, "scenario=plan;organisation=T;year=2016", "cost"), 720);
	stpfin_table_free(position);
	stpfin_projection_free(projection);
	stpfin_plan_free(plan);
}
END_TEST

/* Results that only scenarios have are empty where nothing is done. */
START_TEST(do_nothing_alone)
{
	static const char *const results[] = {"capital", "scheme_impact", "appraisal"};
	stpfin_plan *plan = PLAN(2016, TWO_SCENARIOS);

	for (size_t i = 0; i < 3; i++) {
		stpfin_table *table = result_in(plan, "do_nothing", results[i]);

		ck_assert_uint_eq(stpfin_table_rows(table), 0);
		stpfin_table_free(table);
	}
	stpfin_plan_free(plan);
}
END_TEST

static stpfin_table *bridge_by(
	const stpfin_plan *plan, stpfin_bridge_by by, stpfin_bridge_method method, const char *scenario)
{
	stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;
	stpfin_table *bridge;

	options.by = by;
	options.method = method;
	options.scenario = scenario;
	ck_assert_msg(
		stpfin_bridge(plan, &options, &bridge, NULL) == STPFIN_OK, "%s", stpfin_last_error());
	return bridge;
}

START_TEST(unknown_scenario_names_the_nearest)
{
	static const struct {
		const char *name;
		const char *words;
	} cases[] = {{"plam", "'plam': did you mean plan?"}, {"Other", "did you mean other?"},
		{"", "''"}, {"weather in May", "'weather in May'"}};
	stpfin_plan *plan = PLAN(2016, TWO_SCENARIOS);
	stpfin_plan *without = PLAN(2016, ONE_FLOW);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
		stpfin_bridge_options bridge_options = STPFIN_BRIDGE_OPTIONS_INIT;
		stpfin_projection *projection = (stpfin_projection *)&options;
		stpfin_table *bridge = (stpfin_table *)&options;
		stpfin_table *changes = (stpfin_table *)&options;
		const char *const names[] = {"plan", cases[i].name};

		options.scenarios = names;
		options.n_scenarios = 2;
		expect_error(
			stpfin_project(plan, &options, &projection), STPFIN_ERROR_ARGUMENT, cases[i].words);
		ck_assert_ptr_null(projection);
		bridge_options.by = STPFIN_BRIDGE_BY_WORKSTREAM;
		bridge_options.scenario = cases[i].name;
		expect_error(stpfin_bridge(plan, &bridge_options, &bridge, NULL), STPFIN_ERROR_ARGUMENT,
			cases[i].words);
		ck_assert_ptr_null(bridge);
		expect_error(compare_in(plan, plan, cases[i].name, &changes, &bridge),
			STPFIN_ERROR_ARGUMENT, cases[i].words);
		ck_assert_ptr_null(changes);
		ck_assert_ptr_null(bridge);
		/* One that only one of two plans has. */
		expect_error(compare_in(plan, without, "plan", &changes, &bridge), STPFIN_ERROR_ARGUMENT,
			"no scenario 'plan'");
		expect_error(compare_in(without, plan, "plan", &changes, &bridge), STPFIN_ERROR_ARGUMENT,
			"no scenario 'plan'");
		ck_assert_ptr_null(changes);
		ck_assert_ptr_null(bridge);
	}
	stpfin_plan_free(plan);
	stpfin_plan_free(without);
}
END_TEST

/* C is awarded 30. T's cost is 1000, 900 and 720; at half the price for what is below, C pays it
 * 1000, 950 and 860. So A takes 50 from either gap and B 90 from C's and 180 − 90 from T's. By
 * themselves B takes 100 from either: A's part is the mean of 100 and 80 in England, B's of 200 and
 * 180. */
START_TEST(bridge_by_scheme)
{
	static const struct {
		const char *place;
		double start;
		double awards;
		double sequential[2];
		double shapley[2];
		double end;
	} expected[] = {
		{"C", 1000, -30, {-50, -90}, {-45, -95}, 830},
		{"T", 0, 0, {-50, -90}, {-45, -95}, -140},
		{"England", 1000, -30, {-100, -180}, {-90, -190}, 690},
		{"F", 1000, -30, {-100, -180}, {-90, -190}, 690},
	};
	stpfin_plan *plan = PLAN(2016, SCHEMES, {"flow", FLOW "C,T,E,100,1000,,0.5\n"},
		{"activity_effect", REDUCTION "A,E,0.1,2016\nB,E,0.2,2016\n"},
		{"fund", "fund,year,amount,kind\nR,2016,100,revenue\n"},
		{"award", "fund,organisation,year,amount\nR,C,2016,30\n"},
		{"scenario", "scenario,scheme\nplan,A\nplan,B\n"});

	for (int method = 0; method < 2; method++) {
		stpfin_table *bridge =
			bridge_by(plan, STPFIN_BRIDGE_BY_SCHEME, (stpfin_bridge_method)method, "plan");

		ck_assert_uint_eq(stpfin_table_rows(bridge), 4 * 2 * 5);
		ck_assert_uint_eq(count_rows(bridge, "scenario=plan"), 4 * 2 * 5);
		for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
			const double *parts = method == 0 ? expected[i].sequential : expected[i].shapley;
			const double amounts[] = {
				expected[i].start, expected[i].awards, parts[0], parts[1], expected[i].end};
			static const char *const groups[] = {"start", "awards", "A", "B", "end"};

			for (size_t step = 0; step < 5; step++) {
				char where[80];

				snprintf(where, sizeof where, "place=%s;year=2016;step=%zu;group=%s",
					expected[i].place, step, groups[step]);
				EXPECT(value(bridge, where, "amount"), amounts[step]);
				EXPECT(value(bridge, where, "standard_error"), NAN);
			}
		}
		stpfin_table_free(bridge);
	}
	stpfin_plan_free(plan);
}
END_TEST

/* D and A, both of Care, take 280 of 1000, and B, half of what is left, 360. Care comes first since
 * D does. */
START_TEST(bridge_by_workstream)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES, ONE_FLOW,
		{"activity_effect", REDUCTION "A,E,0.1,2016\nB,E,0.5,2016\nD,E,0.2,2016\n"},
		{"scenario", "scenario,scheme\nplan,D\nplan,B\nplan,A\n"});
	stpfin_table *bridge =
		bridge_by(plan, STPFIN_BRIDGE_BY_WORKSTREAM, STPFIN_BRIDGE_SEQUENTIAL, "plan");

	EXPECT(value(bridge, "place=England;year=2016;step=0;group=start", "amount"), 1000);
	EXPECT(value(bridge, "place=England;year=2016;step=1;group=awards", "amount"), 0);
	EXPECT(value(bridge, "place=England;year=2016;step=2;group=Care", "amount"), -280);
	EXPECT(value(bridge, "place=England;year=2016;step=3;group=Estate", "amount"), -360);
	EXPECT(value(bridge, "place=England;year=2016;step=4;group=end", "amount"), 360);
	stpfin_table_free(bridge);
	stpfin_plan_free(plan);
}
END_TEST

/* What T is charged for: A 1, B 2, D 4, G 8. C agrees to all but D, the board W to A; T agrees to
 * A, not to B, to G on conditions. In the Fen (C, T, W; O, outside, has no say) all agree to A, one
 * at least to B and G, none to D. In the Region and in England U, which says nothing, is asked too,
 * so that not all agree to A. In the Hill, U's alone, nobody says anything. */
START_TEST(bridge_by_agreement)
{
	static const struct {
		const char *where;
		double amount;
	} expected[] = {
		{"place=F;year=2016;step=2;group=agreed", 1},
		{"place=F;year=2016;step=3;group=partly", 10},
		{"place=F;year=2016;step=4;group=not_agreed", 4},
		{"place=F;year=2016;step=5;group=end", 15},
		{"place=H;year=2016;step=2;group=silent", 0},
		{"place=H;year=2016;step=3;group=end", 0},
		{"place=R;year=2016;step=2;group=partly", 11},
		{"place=R;year=2016;step=3;group=not_agreed", 4},
		{"place=England;year=2016;step=2;group=partly", 11},
		{"place=England;year=2016;step=3;group=not_agreed", 4},
		{"place=England;year=2016;step=4;group=end", 15},
		{"place=C;year=2016;step=2;group=agreed", 0},
		{"place=C;year=2016;step=3;group=not_agreed", 0},
		{"place=C;year=2016;step=4;group=end", 0},
		{"place=T;year=2016;step=1;group=awards", 0},
		{"place=T;year=2016;step=2;group=agreed", 1},
		{"place=T;year=2016;step=3;group=not_agreed", 2},
		{"place=T;year=2016;step=4;group=silent", 4},
		{"place=T;year=2016;step=5;group=partly", 8},
		{"place=T;year=2016;step=6;group=end", 15},
		{"place=U;year=2016;step=2;group=silent", 0},
	};
	stpfin_plan *plan = PLAN(2016,
		{"footprint", "footprint,name,parent\nF,Fen,R\nH,Hill,R\n"
					  "R,Region,\n"},
		{"organisation", "organisation,name,kind\nC,Commissioner,commissioner\nT,Trust,provider\n"
						 "U,Unit,provider\nO,Outside,outside\nW,Board,board\n"},
		{"membership", "organisation,footprint,share\nC,F,1\nT,F,1\nU,H,1\nO,F,1\nW,F,1\n"},
		{"scheme", "scheme,name,workstream,aim,owner\nA,First,Care,funding,C\n"
				   "B,Second,Care,funding,C\nD,Third,Care,funding,C\nG,Fourth,Care,funding,C\n"},
		{"scheme_cost", COSTS "A,T,2016,transition,1,\nB,T,2016,transition,2,\n"
							  "D,T,2016,transition,4,\nG,T,2016,transition,8,\n"},
		{"agreement", "scheme,organisation,position\n,C,agreed\nD,C,not_agreed\nA,T,agreed\n"
					  "B,T,not_agreed\nG,T,conditional\nA,W,agreed\nA,O,not_agreed\n"},
		{"scenario", "scenario,scheme\nplan,A\nplan,B\nplan,D\nplan,G\n"});

	for (int method = 0; method < 2; method++) {
		stpfin_table *bridge =
			bridge_by(plan, STPFIN_BRIDGE_BY_AGREEMENT, (stpfin_bridge_method)method, "plan");

		for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
			EXPECT(value(bridge, expected[i].where, "amount"), expected[i].amount);
		}
		ck_assert_uint_eq(count_rows(bridge, "place=W") + count_rows(bridge, "place=O"), 0);
		stpfin_table_free(bridge);
	}
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(bridges_sum_to_the_gap_they_reach)
{
	static const char *const places[] = {"F", "G", "R", "unassigned", "England"};
	stpfin_plan *plan = PLAN(2018, EVERYTHING);
	stpfin_table *gap = result_in(plan, "plan", "funding_gap");

	for (int by = STPFIN_BRIDGE_BY_SCHEME; by <= STPFIN_BRIDGE_BY_AGREEMENT; by++) {
		for (int method = 0; method < 2; method++) {
			stpfin_table *bridge =
				bridge_by(plan, (stpfin_bridge_by)by, (stpfin_bridge_method)method, "plan");

			for (size_t i = 0; i < 5 * 4; i++) {
				const char *place = places[i / 4];
				int year = BASE_YEAR + (int)(i % 4);
				char where[80];
				char end[96];

				snprintf(where, sizeof where, "place=%s;year=%d", place, year);
				snprintf(end, sizeof end, "%s;step=0", where);
				EXPECT(value(bridge, end, "amount"), gap_of(gap, "do_nothing", place, year));
				snprintf(end, sizeof end, "%s;group=end", where);
				EXPECT(value(bridge, end, "amount"), gap_of(gap, "plan", place, year));
				EXPECT(sum(bridge, where, "amount") / 1e4, 2 * value(bridge, end, "amount") / 1e4);
			}
			stpfin_table_free(bridge);
		}
	}
	stpfin_table_free(gap);
	stpfin_plan_free(plan);
}
END_TEST

/* The charges of capital spent before make the base year's gap differ. */
START_TEST(bridge_of_the_base_year)
{
	stpfin_plan *plan = PLAN(2021, CAPITAL);
	stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;
	stpfin_table *bridge;

	options.by = STPFIN_BRIDGE_BY_SCHEME;
	options.scenario = "plan";
	options.place = "T";
	options.year = BASE_YEAR;
	ck_assert_int_eq(stpfin_bridge(plan, &options, &bridge, NULL), STPFIN_OK);
	ck_assert_uint_eq(stpfin_table_rows(bridge), 6);
	EXPECT(value(bridge, "place=T;year=2015;group=B", "amount"), 0);
	EXPECT(value(bridge, "place=T;year=2015;group=D", "amount"), 221);
	EXPECT(value(bridge, "place=T;year=2015;group=end", "amount"), 221);
	stpfin_table_free(bridge);
	options.year = 2022;
	expect_error(
		stpfin_bridge(plan, &options, &bridge, NULL), STPFIN_ERROR_ARGUMENT, "from 2015 to 2021");
	stpfin_plan_free(plan);
}
END_TEST

/* Thirteen schemes that each take a tenth of what is left, and cost C £1, £2, £4 and so on. Being
 * otherwise alike, each takes a thirteenth of 1000 (1 − 0.9^13) on average. */
static stpfin_plan *thirteen_schemes(void)
{
	char scheme[1024] = "scheme,name,workstream,aim,owner\n";
	char effect[1024] = REDUCTION;
	char cost[1024] = COSTS;
	char scenario[1024] = "scenario,scheme\n";

	for (int i = 0; i < 13; i++) {
		size_t at = strlen(scheme);

		snprintf(scheme + at, sizeof scheme - at, "S%d,Alike,Care,funding,C\n", i);
		at = strlen(effect);
		snprintf(effect + at, sizeof effect - at, "S%d,E,0.1,2016\n", i);
		at = strlen(cost);
		snprintf(cost + at, sizeof cost - at, "S%d,C,2016,transition,%d,\n", i, 1 << i);
		at = strlen(scenario);
		snprintf(scenario + at, sizeof scenario - at, "plan,S%d\n", i);
	}
	return PLAN(2016, ONE_FLOW, {"scheme", scheme}, {"activity_effect", effect},
		{"scheme_cost", cost}, {"scenario", scenario});
}

START_TEST(sampled_bridge)
{
	stpfin_plan *plan = thirteen_schemes();
	stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;
	stpfin_table *bridges[3];
	double total = -1000 * (1 - pow(0.9, 13));

	options.by = STPFIN_BRIDGE_BY_SCHEME;
	options.method = STPFIN_BRIDGE_SHAPLEY;
	options.scenario = "plan";
	for (size_t i = 0; i < 3; i++) {
		options.seed = i == 2 ? 4 : 3;
		ck_assert_int_eq(stpfin_bridge(plan, &options, &bridges[i], NULL), STPFIN_OK);
	}
	ck_assert(stpfin_table_equal(bridges[0], bridges[1]));
	ck_assert(!stpfin_table_equal(bridges[0], bridges[2]));
	EXPECT(value(bridges[0], "place=England;year=2016;step=0", "standard_error"), NAN);
	EXPECT(value(bridges[0], "place=England;year=2016;step=1", "standard_error"), NAN);
	EXPECT(value(bridges[0], "place=England;year=2016;group=end", "standard_error"), NAN);
	EXPECT(value(bridges[0], "place=England;year=2016;group=end", "amount"), 1000 + total + 8191);
	EXPECT(sum(bridges[0], "place=England;year=2016", "amount") / 1e4,
		2 * (1000 + total + 8191) / 1e4);
	for (int i = 0; i < 13; i++) {
		char where[80];
		double error;

		snprintf(where, sizeof where, "place=England;year=2016;step=%d;group=S%d", i + 2, i);
		error = value(bridges[0], where, "standard_error");
		ck_assert_double_gt(error, 0.5);
		ck_assert_double_lt(error, 3);
		ck_assert_double_lt(
			fabs(value(bridges[0], where, "amount") - (1 << i) - total / 13), 4 * error);
	}
	/* What depends on no order is exact: T is paid what it costs. */
	EXPECT(value(bridges[0], "place=T;year=2016;group=S7", "amount"), 0);
	EXPECT(value(bridges[0], "place=T;year=2016;group=S7", "standard_error"), 0);
	for (size_t i = 0; i < 3; i++) {
		stpfin_table_free(bridges[i]);
	}
	stpfin_plan_free(plan);
}
END_TEST

static stpfin_status count_and_stop(double done, void *user_data)
{
	int *left = user_data;

	ck_assert(done >= 0 && done < 1);
	return (*left)-- == 0 ? STPFIN_ERROR_CANCELLED : STPFIN_OK;
}

/* Before each value: 4 by scheme and 3 by workstream, in order; 8 and 4 in every order; 200 orders
 * of 13, and nobody. By agreement each place's groups are a game of their own. */
START_TEST(cancelled_bridges_of_schemes)
{
	stpfin_plan *plan = PLAN(2018, EVERYTHING);
	stpfin_plan *alike = thirteen_schemes();
	const struct {
		const stpfin_plan *plan;
		stpfin_bridge_by by;
		stpfin_bridge_method method;
	} cases[] = {
		{plan, STPFIN_BRIDGE_BY_SCHEME, STPFIN_BRIDGE_SEQUENTIAL},
		{plan, STPFIN_BRIDGE_BY_SCHEME, STPFIN_BRIDGE_SHAPLEY},
		{plan, STPFIN_BRIDGE_BY_WORKSTREAM, STPFIN_BRIDGE_SEQUENTIAL},
		{plan, STPFIN_BRIDGE_BY_WORKSTREAM, STPFIN_BRIDGE_SHAPLEY},
		{plan, STPFIN_BRIDGE_BY_AGREEMENT, STPFIN_BRIDGE_SEQUENTIAL},
		{plan, STPFIN_BRIDGE_BY_AGREEMENT, STPFIN_BRIDGE_SHAPLEY},
		{alike, STPFIN_BRIDGE_BY_SCHEME, STPFIN_BRIDGE_SHAPLEY},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;
		stpfin_table *bridge = (stpfin_table *)&options;
		int left = 0; /* calls before the one that stops: later ones depend on the clock */

		options.by = cases[i].by;
		options.method = cases[i].method;
		options.scenario = "plan";
		options.progress = count_and_stop;
		options.user_data = &left;
		expect_error(stpfin_bridge(cases[i].plan, &options, &bridge, NULL), STPFIN_ERROR_CANCELLED,
			"stopped");
		ck_assert_ptr_null(bridge);
		ck_assert_int_eq(left, -1);
	}
	stpfin_plan_free(plan);
	stpfin_plan_free(alike);
}
END_TEST

/* Takes its time, so that the next time the work asks it is called again. */
struct slow_watcher {
	size_t left; /* calls before the one that stops */
	double last;
};

static stpfin_status watch_slowly(double done, void *user_data)
{
	struct slow_watcher *self = user_data;
	struct timespec begun;

	ck_assert(done >= self->last && done < 1);
	self->last = done;
	if (self->left-- == 0) {
		return STPFIN_ERROR_FILE;
	}
	timespec_get(&begun, TIME_UTC);
	while (milliseconds_since(&begun) <= 30) {
	}
	return STPFIN_OK;
}

/* Before each outcome, piece of care or scheme: there are 2 outcomes, 5 flows and 2 destinations,
 * and 3 schemes and their total. */
START_TEST(cancelled_results)
{
	static const struct {
		const char *result;
		size_t asks;
	} cases[] = {{"funding_gap", 2}, {"position", 2}, {"ledger", 12}, {"spending", 2},
		{"activity", 2}, {"resource", 2}, {"capital", 2}, {"scheme_impact", 3}, {"appraisal", 4},
		{"health_gap", 2}, {"quality_gap", 2}, {"quality_summary", 2}, {"fund_earned", 2}};
	static const char *const scenarios[] = {"plan"};
	stpfin_plan *plan = PLAN(2018, EVERYTHING);
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_projection *projection;
	struct slow_watcher watcher;
	size_t n;

	stpfin_projection_results(&n);
	ck_assert_uint_eq(sizeof cases / sizeof *cases, n);
	options.scenarios = scenarios;
	options.n_scenarios = 1;
	options.progress = watch_slowly;
	options.user_data = &watcher;
	watcher = (struct slow_watcher){.left = 0};
	expect_error(
		stpfin_project(plan, &options, &projection), STPFIN_ERROR_CANCELLED, "stopped when asked");
	ck_assert_ptr_null(projection);
	watcher = (struct slow_watcher){.left = 1};
	ck_assert_int_eq(stpfin_project(plan, &options, &projection), STPFIN_OK);
	ck_assert_uint_eq(watcher.left, 0);
	for (size_t i = 0; i < n; i++) {
		stpfin_table *table;
		stpfin_table *undisturbed;

		for (size_t left = 0; left < cases[i].asks; left += 1 + left / 2) {
			watcher = (struct slow_watcher){.left = left};
			table = (stpfin_table *)&watcher;
			expect_error(stpfin_projection_get_table(
							 projection, cases[i].result, watch_slowly, &watcher, &table),
				STPFIN_ERROR_CANCELLED, "stopped when asked");
			ck_assert_ptr_null(table);
		}
		watcher = (struct slow_watcher){.left = cases[i].asks};
		ck_assert_int_eq(stpfin_projection_get_table(
							 projection, cases[i].result, watch_slowly, &watcher, &table),
			STPFIN_OK);
		ck_assert_uint_eq(watcher.left, 0);
		ck_assert_int_eq(
			stpfin_projection_get_table(projection, cases[i].result, NULL, NULL, &undisturbed),
			STPFIN_OK);
		ck_assert(stpfin_table_equal(table, undisturbed));
		stpfin_table_free(table);
		stpfin_table_free(undisturbed);
	}
	stpfin_projection_free(projection);
	stpfin_plan_free(plan);
}
END_TEST

/* Before each table, on the way and then for its changes. */
START_TEST(cancelled_comparisons)
{
	stpfin_plan *a = PLAN(2018, EVERYTHING);
	stpfin_plan *b = with_table(a, "pressure", "organisation,name,year,amount\nT,rent,2016,3\n");
	stpfin_compare_options options = STPFIN_COMPARE_OPTIONS_INIT;
	struct slow_watcher watcher;
	size_t n_tables;

	stpfin_schema__tables(&n_tables);
	options.scenario = "plan";
	options.progress = watch_slowly;
	options.user_data = &watcher;
	for (size_t left = 0; left < 2 * n_tables; left += n_tables) {
		stpfin_table *changes = (stpfin_table *)&options;
		stpfin_table *bridge = (stpfin_table *)&options;

		watcher = (struct slow_watcher){.left = left};
		expect_error(stpfin_compare(a, b, &options, &changes, &bridge, NULL),
			STPFIN_ERROR_CANCELLED, "stopped when asked");
		EXPECT(watcher.last, (double)left / (double)(2 * n_tables));
		ck_assert_ptr_null(changes);
		ck_assert_ptr_null(bridge);
	}
	stpfin_plan_free(a);
	stpfin_plan_free(b);
}
END_TEST

/* In 2016 C has 200 and pays 100 + 30 + 20 and 7 more; T is paid 120 by C and 40 by the council
 * and spends 110 + 20 + 44. A unit of E takes 0.007 of staff, one of H 0.003. Care of outside is
 * staffed at who buys it. */
#define ALIGNED                                                                                    \
	SCHEMES,                                                                                       \
		{"organisation", "organisation,name,kind\nC,Commissioner,commissioner\nT,Trust,provider\n" \
						 "L,Council,council\nO,Outside,outside\n"},                                \
		{"membership", "organisation,footprint,share\nC,F,1\nT,F,1\nL,F,1\n"},                     \
		{"service", "service,name,setting,unit\nE,Emergency,acute,spell\nH,Home,community,visit\n" \
					"N,Nothing,other,unit\n"},                                                     \
		{"staffing", "service,staff_group,wte_per_1000\nE,nurse,5\nE,doctor,2\nH,nurse,3\n"},      \
		{"flow", FLOW "C,T,E,1000,100,110,\nC,O,E,50,30,,\nC,T,H,,20,,\nL,T,H,10,40,44,\n"},       \
		{"funding", "organisation,stream,year,amount\nC,main,2015,200\nC,main,2016,200\n"},        \
		{"pressure", "organisation,name,year,amount\nC,rent,2016,7\n"},                            \
		{"activity_effect", "scheme,provider,service,reduction,to_service,to_provider,"            \
							"substitution,unit_cost,start_year\nA,T,E,0.1,H,O,2,0.25,2016\n"},     \
	{                                                                                              \
		"scenario", "scenario,scheme\nplan,A\n"                                                    \
	}

/* The scenario moves 100 spells from T to 200 visits outside: C pays 10 less and 50 more. */
START_TEST(alignment_with_organisations)
{
	static const struct {
		const char *row; /* organisation, line and service */
		double do_nothing;
		double plan;
	} expected[] = {
		{"organisation=C;line=income;service=total", 200, 200},
		{"organisation=C;line=cost;service=total", 157, 197},
		{"organisation=C;line=control_total;service=total", 43, 3},
		{"organisation=C;line=activity;service=total", 1050, 1150},
		{"organisation=C;line=staff;service=total", 0.35, 0.35 + 0.6},
		{"organisation=C;line=income;service=E", 0, 0},
		{"organisation=C;line=cost;service=E", 130, 120},
		{"organisation=C;line=control_total;service=E", -130, -120},
		{"organisation=C;line=activity;service=E", 1050, 950},
		{"organisation=C;line=activity;service=H", 0, 200},
		{"organisation=C;line=cost;service=H", 20, 70},
		{"organisation=C;line=staff;service=H", 0, 0.6},
		{"organisation=T;line=income;service=total", 160, 150},
		{"organisation=T;line=cost;service=total", 174, 163},
		{"organisation=T;line=control_total;service=total", -14, -13},
		{"organisation=T;line=activity;service=total", 1010, 910},
		{"organisation=T;line=staff;service=total", 7.03, 6.33},
		{"organisation=T;line=income;service=E", 100, 90},
		{"organisation=T;line=cost;service=E", 110, 99},
		{"organisation=T;line=control_total;service=E", -10, -9},
		{"organisation=T;line=activity;service=E", 1000, 900},
		{"organisation=T;line=activity;service=H", 10, 10},
		{"organisation=T;line=income;service=H", 60, 60},
		{"organisation=T;line=staff;service=E", 7, 6.3},
		{"organisation=T;line=cost;service=N", 0, 0},
		{"organisation=L;line=activity;service=H", 10, 10},
		{"organisation=L;line=cost;service=total", 40, 40},
		{"organisation=L;line=staff;service=total", 0, 0},
	};
	enum { N = sizeof expected / sizeof *expected };
	char text[4096] = "organisation,version,year,line,service,amount\n";
	stpfin_plan *without = PLAN(2016, ALIGNED);
	stpfin_plan *plan;
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	const char *scenario = "plan";
	stpfin_projection *projection;
	stpfin_table *table;
	stpfin_table *mismatch;

	for (size_t i = 0; i < N; i++) {
		char organisation[8];
		char line[16];
		char service[8];
		size_t at = strlen(text);

		ck_assert_int_eq(sscanf(expected[i].row, "organisation=%7[^;];line=%15[^;];service=%7s",
							 organisation, line, service),
			3);
		snprintf(text + at, sizeof text - at, "%s,plan,2016,%s,%s,1000\n", organisation, line,
			strcmp(service, "total") == 0 ? "" : service);
	}
	strcat(text, "T,outturn,2015,cost,,170\nT,outturn,2014,cost,,160\n");
	plan = with_table(without, "organisation_plan", text);
	options.scenarios = &scenario;
	options.n_scenarios = 1;
	ck_assert_int_eq(stpfin_project(plan, &options, &projection), STPFIN_OK);
	ck_assert_msg(
		stpfin_align(projection, &table, &mismatch) == STPFIN_OK, "%s", stpfin_last_error());
	ck_assert_uint_eq(stpfin_table_rows(table), 2 * (N + 1));
	ck_assert_uint_eq(stpfin_table_rows(mismatch), 0);
	for (size_t i = 0; i < N; i++) {
		for (int in_scenario = 0; in_scenario < 2; in_scenario++) {
			double projected = in_scenario ? expected[i].plan : expected[i].do_nothing;
			char where[160];

			snprintf(where, sizeof where, "scenario=%s;version=plan;year=2016;%s",
				in_scenario ? "plan" : "do_nothing", expected[i].row);
			EXPECT(value(table, where, "plan"), 1000);
			EXPECT(value(table, where, "projection"), projected);
			EXPECT(value(table, where, "difference"), 1000 - projected);
		}
	}
	EXPECT(value(table, "scenario=do_nothing;version=outturn;year=2015", "projection"), 174);
	EXPECT(value(table, "scenario=plan;version=outturn;year=2015", "difference"), -4);
	stpfin_table_free(table);
	stpfin_table_free(mismatch);
	stpfin_projection_free(projection);
	stpfin_plan_free(without);
	stpfin_plan_free(plan);
}
END_TEST

/* However many services an organisation plans for. */
START_TEST(alignment_of_what_nobody_buys)
{
	stpfin_plan *plan = PLAN(2016, ONE_FLOW,
		{"service", "service,name,setting,unit\nE,A,acute,spell\nV,A,acute,spell\n"
					"W,A,acute,spell\nX,A,acute,spell\nY,A,acute,spell\nZ,A,acute,spell\n"},
		{"organisation_plan", "organisation,version,year,line,service,amount\n"
							  "C,plan,2016,cost,V,1\nC,plan,2016,cost,W,2\nC,plan,2016,cost,X,3\n"
							  "C,plan,2016,cost,Y,4\nT,plan,2016,cost,Y,5\nT,plan,2016,staff,Z,6\n"
							  "C,plan,2016,cost,E,1100\n"});
	stpfin_projection *projection;
	stpfin_table *alignment;
	stpfin_table *mismatch;

	ck_assert_int_eq(stpfin_project(plan, NULL, &projection), STPFIN_OK);
	ck_assert_int_eq(stpfin_align(projection, &alignment, &mismatch), STPFIN_OK);
	EXPECT(sum(alignment, "", "projection"), 1000);
	EXPECT(sum(alignment, "", "difference"), 121);
	stpfin_table_free(alignment);
	stpfin_table_free(mismatch);
	stpfin_projection_free(projection);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(two_ends_of_a_contract)
{
	stpfin_plan *plan = PLAN(2016, ONE_FLOW,
		{"contract_view", "commissioner,provider,year,commissioner_value,provider_value\n"
						  "C,T,2016,100,120\nC,O,2015,-3,-4.5\n"},
		{"deflator", "year,index\n2015,1\n2016,2\n"});
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_projection *projection;
	stpfin_table *alignment;
	stpfin_table *mismatch;

	ck_assert_int_eq(stpfin_project(plan, &options, &projection), STPFIN_OK);
	ck_assert_int_eq(stpfin_align(projection, &alignment, &mismatch), STPFIN_OK);
	ck_assert_uint_eq(stpfin_table_rows(alignment), 0);
	ck_assert_uint_eq(stpfin_table_rows(mismatch), 2);
	EXPECT(value(mismatch, "commissioner=C;provider=T;year=2016", "difference"), -20);
	EXPECT(value(mismatch, "commissioner=C;provider=O;year=2015", "difference"), 1.5);
	stpfin_table_free(alignment);
	stpfin_table_free(mismatch);
	stpfin_projection_free(projection);

	options.prices = STPFIN_PRICES_REAL;
	ck_assert_int_eq(stpfin_project(plan, &options, &projection), STPFIN_OK);
	alignment = (stpfin_table *)&options;
	mismatch = (stpfin_table *)&options;
	expect_error(stpfin_align(projection, &alignment, &mismatch), STPFIN_ERROR_ARGUMENT, "cash");
	ck_assert_ptr_null(alignment);
	ck_assert_ptr_null(mismatch);
	stpfin_projection_free(projection);
	stpfin_plan_free(plan);
}
END_TEST

/* A takes a tenth and B a fifth: 1000 × 0.9 × 0.8 = 720. At a cost of 1100 that is 792, and without
 * what A does 1100 × 0.8 = 880. */
START_TEST(comparison_in_a_scenario)
{
	stpfin_plan *a = PLAN(2016, TWO_SCENARIOS);
	stpfin_plan *between = with_table(a, "flow", FLOW "C,T,E,100,1000,1100,\n");
	stpfin_plan *b = with_table(between, "activity_effect", REDUCTION "B,E,0.2,2016\n");
	stpfin_table *changes;
	stpfin_table *bridge;

	ck_assert_int_eq(compare_in(a, b, "plan", &changes, &bridge), STPFIN_OK);
	ck_assert_uint_eq(count_rows(bridge, "scenario=plan"), stpfin_table_rows(bridge));
	EXPECT(value(bridge, "place=England;year=2016;group=start", "amount"), 720);
	EXPECT(value(bridge, "place=England;year=2016;group=flow", "amount"), 72);
	EXPECT(value(bridge, "place=England;year=2016;group=activity_effect", "amount"), 88);
	EXPECT(value(bridge, "place=England;year=2016;group=end", "amount"), 880);
	EXPECT(value(bridge, "place=England;year=2015;group=end", "amount"), 1100);
	ck_assert_uint_gt(count_rows(changes, "table=activity_effect"), 0);
	stpfin_table_free(changes);
	stpfin_table_free(bridge);

	/* Effects do nothing where nothing is done. */
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(
			compare_in(a, b, i == 0 ? NULL : "do_nothing", &changes, &bridge), STPFIN_OK);
		ck_assert_uint_eq(count_rows(bridge, "scenario=do_nothing"), stpfin_table_rows(bridge));
		EXPECT(value(bridge, "place=England;year=2016;group=flow", "amount"), 100);
		EXPECT(value(bridge, "place=England;year=2016;group=activity_effect", "amount"), 0);
		stpfin_table_free(changes);
		stpfin_table_free(bridge);
	}
	stpfin_plan_free(a);
	stpfin_plan_free(between);
	stpfin_plan_free(b);
}
END_TEST

/* What schemes cost and are awarded after the earlier end is left out. */
START_TEST(comparison_to_the_earlier_end)
{
	static const struct csv tables[] = {EVERYTHING, {0}};
	stpfin_plan *longer = plan_of(2015, 2018, tables);
	stpfin_plan *shorter = plan_of(2015, 2016, tables);
	stpfin_table *gap = result_in(longer, "plan", "funding_gap");

	for (int back = 0; back < 2; back++) {
		stpfin_table *changes;
		stpfin_table *bridge;

		ck_assert_int_eq(
			compare_in(back ? longer : shorter, back ? shorter : longer, "plan", &changes, &bridge),
			STPFIN_OK);
		ck_assert_uint_eq(count_rows(bridge, "place=R;year=2016"), 2);
		ck_assert_uint_eq(count_rows(bridge, "place=R;year=2017"), 0);
		EXPECT(value(bridge, "place=R;year=2016;group=start", "amount"),
			gap_of(gap, "plan", "R", 2016));
		EXPECT(
			value(bridge, "place=R;year=2016;group=end", "amount"), gap_of(gap, "plan", "R", 2016));
		stpfin_table_free(changes);
		stpfin_table_free(bridge);
	}
	stpfin_table_free(gap);
	stpfin_plan_free(longer);
	stpfin_plan_free(shorter);
}
END_TEST

/* A's £1000 over 4 years are charged 250 + 35 in 2017, and 250 + 100 at another rate. */
START_TEST(comparison_of_capital_charges)
{
	static const struct csv tables[] = {CAPITAL, {0}};
	stpfin_plan_settings settings = STPFIN_PLAN_SETTINGS_INIT;
	stpfin_plan *a = plan_of(2015, 2017, tables);
	stpfin_plan *b;
	stpfin_table *changes;
	stpfin_table *bridge;

	settings.base_year = 2015;
	settings.end_year = 2017;
	settings.capital_charge_rate = 0.1;
	ck_assert_int_eq(try_plan(&settings, tables, NULL, &b), STPFIN_OK);
	ck_assert_int_eq(compare_in(a, b, "twice", &changes, &bridge), STPFIN_OK);
	EXPECT(value(bridge, "place=England;year=2017;group=start", "amount"), 570);
	EXPECT(value(bridge, "place=England;year=2017;group=end", "amount"), 700);
	EXPECT(sum(bridge, "place=England;year=2017", "amount"), 1400);
	stpfin_table_free(changes);
	stpfin_table_free(bridge);
	stpfin_plan_free(a);
	stpfin_plan_free(b);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		idle_capacity,
		avoided_growth_strands_nothing,
		growth_and_then_a_cut,
		capacity_that_would_idle_anyway,
		stranded_cost_is_borne_by_what_was_removed,
		ramps,
		longest_delay,
		shift_inside_the_plan,
		efficiency_of_added_care_inside_the_plan,
		shift_and_efficiency_outside_the_plan,
		unit_cost_of_who_is_new,
		shorter_stays_free_beds,
		capital_charges,
		awards_by_scenario,
		scheme_impact_sums_to_the_change,
		appraisal_by_scheme,
		appraisal_in_prices_of_the_base_year,
		what_never_pays_back,
		appraisal_of_schemes_that_overlap,
		schemes_act_in_the_order_of_the_scenario,
		impact_that_overflows,
		scenarios_named_twice,
		do_nothing_alone,
		unknown_scenario_names_the_nearest,
		bridge_by_scheme,
		bridge_by_workstream,
		bridge_by_agreement,
		bridges_sum_to_the_gap_they_reach,
		bridge_of_the_base_year,
		sampled_bridge,
		cancelled_bridges_of_schemes,
		cancelled_results,
		cancelled_comparisons,
		alignment_with_organisations,
		alignment_of_what_nobody_buys,
		two_ends_of_a_contract,
		comparison_in_a_scenario,
		comparison_to_the_earlier_end,
		comparison_of_capital_charges,
		NULL,
	};

	return run_tests("schemes", tests);
}
