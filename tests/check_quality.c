#include <math.h>
#include <stdio.h>

#include "tests/plans.h"

/* The care and quality gap, on examples that can be followed on paper. */

#define FLOW                                                                                       \
	{                                                                                              \
		"flow", "commissioner,provider,service,activity,income\nC,T,E,100,1000\n"                  \
	}
#define SCHEMES                                                                                    \
	{                                                                                              \
		"scheme", "scheme,name,workstream,aim,owner\nA,First,Care,quality,C\n"                     \
				  "B,Second,Estate,quality,C\n"                                                    \
	}
#define IN_PLAN                                                                                    \
	{                                                                                              \
		"scenario", "scenario,scheme\nplan,A\n"                                                    \
	}
#define INDICATOR(rows)                                                                            \
	{                                                                                              \
		"indicator",                                                                               \
			"indicator,name,aim,unit,direction,kind,multiplier,target,weight,service\n" rows       \
	}
#define OBSERVED(rows)                                                                             \
	{                                                                                              \
		"indicator_value", "footprint,indicator,year,numerator,denominator\n" rows                 \
	}
#define TREND(rows)                                                                                \
	{                                                                                              \
		"indicator_trend", "indicator,footprint,change\n" rows                                     \
	}
#define EFFECT(rows)                                                                               \
	{                                                                                              \
		"indicator_effect",                                                                        \
			"scheme,indicator,footprint,change,start_year,full_year,last_year,ramp\n" rows         \
	}
#define COST(rows)                                                                                 \
	{                                                                                              \
		"indicator_cost", "indicator,service,activity_per_unit\n" rows                             \
	}
#define WAITS INDICATOR("waits,Waits,quality,%,higher,proportion,100,95,,\n")
#define DELAYS INDICATOR("delays,Delays,enabler,days,lower,rate,1000,30,,\n")

/* A unit costs 10, and each of those who no longer wait takes three. */
START_TEST(a_gap_is_closed_at_a_cost)
{
	stpfin_plan *plan = PLAN(2017, SCHEMES, FLOW, IN_PLAN, WAITS, OBSERVED("F,waits,2015,90,100\n"),
		TREND("waits,,-1\n"), EFFECT("A,waits,,2,2016,2017,,\n"), COST("waits,E,3\n"));
	stpfin_table *impact = result_in(plan, "plan", "scheme_impact");
	stpfin_table *appraisal = result_in(plan, "plan", "appraisal");
	stpfin_table *ledger = result_in(plan, "plan", "ledger");
	stpfin_table *position = result_in(plan, "plan", "position");
	stpfin_table *gaps = planned(plan, "quality_gap");
	const double numerator = 88, denominator = 100;
	double share, lower, upper;

	ck_assert_uint_eq(stpfin_table_rows(gaps), 12);
	EXPECT_BY_YEAR(gaps, "scenario=do_nothing;footprint=F", "value", 90, 89, 88);
	EXPECT_BY_YEAR(gaps, "scenario=do_nothing;footprint=F", "gap", 5, 6, 7);
	EXPECT_BY_YEAR(gaps, "scenario=do_nothing;footprint=F", "cost_to_close", 150, 180, 210);
	EXPECT_BY_YEAR(gaps, "scenario=plan;footprint=F", "value", 90, 90, 90);
	EXPECT_BY_YEAR(gaps, "scenario=plan;footprint=F", "target", 95, 95, 95);
	EXPECT_BY_YEAR(gaps, "scenario=plan;footprint=F", "people_affected", 5, 5, 5);
	EXPECT_BY_YEAR(gaps, "scenario=plan;footprint=England", "value", 90, 90, 90);
	EXPECT_BY_YEAR(gaps, "scenario=plan;footprint=England", "cost_to_close", 150, 150, 150);
	ck_assert_int_eq(stpfin_wilson_interval(
						 &numerator, 1, &denominator, 1, 0.95, 1, &share, 1, &lower, 1, &upper),
		STPFIN_OK);
	EXPECT(value(gaps, "scenario=do_nothing;footprint=F;year=2017", "lower"), 100 * lower);
	EXPECT(value(gaps, "scenario=do_nothing;footprint=F;year=2017", "upper"), 100 * upper);

	EXPECT_BY_YEAR(position, "scenario=do_nothing;organisation=C", "cost", 1000, 1000, 1000);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=C", "cost", 1000, 1030, 1060);
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=T", "cost", 1000, 1000, 1000);
	ck_assert_uint_eq(count_rows(ledger, "line=quality"), 2);
	EXPECT(
		value(ledger,
			"scenario=plan;organisation=C;counterparty=;service=E;scheme=;line=quality;year=2016",
			"cost"),
		30);
	EXPECT(sum(ledger, "scenario=plan;organisation=C;year=2017", "cost"), 1060);
	EXPECT_BY_YEAR(impact, "footprint=England", "net_saving", 0, 0, 0);
	EXPECT(value(appraisal, "scheme=total", "net_present_value"), 0);
	stpfin_table_free(impact);
	stpfin_table_free(appraisal);
	stpfin_table_free(ledger);
	stpfin_table_free(position);
	stpfin_table_free(gaps);
}
END_TEST

/* 50 a thousand: there cannot be fewer than none, and what is none is charged for. */
START_TEST(a_value_stays_where_its_kind_has_it)
{
	stpfin_plan *plan =
		PLAN(2018, SCHEMES, FLOW, IN_PLAN, DELAYS, OBSERVED("F,delays,2015,50,1000\n"),
			EFFECT("A,delays,,-60,2016,,2016,\nA,delays,,10,2017,,2017,\nA,delays,,-20,2018,,,\n"),
			COST("delays,E,1\n"));
	stpfin_table *position = result_in(plan, "plan", "position");
	stpfin_table *summary = result_in(plan, "plan", "quality_summary");
	stpfin_table *gaps = result_in(plan, "plan", "quality_gap");

	EXPECT_BY_YEAR(gaps, "scenario=plan;footprint=F", "value", 50, 0, 60, 30);
	EXPECT_BY_YEAR(gaps, "scenario=plan;footprint=F", "gap", 20, -30, 30, 0);
	EXPECT_BY_YEAR(gaps, "scenario=plan;footprint=F", "people_affected", 20, -30, 30, 0);
	EXPECT_BY_YEAR(gaps, "scenario=plan;footprint=F", "cost_to_close", 200, 0, 300, 0);
	EXPECT_BY_YEAR(gaps, "scenario=plan;footprint=F", "lower",
		value(gaps, "scenario=do_nothing;footprint=F;year=2018", "lower"), 0);
	/* Nothing is had back for what gets worse. */
	EXPECT_BY_YEAR(position, "scenario=plan;organisation=C", "cost", 1000, 1500, 1000, 1200);
	ck_assert_str_eq(
		cell(summary, find_row(summary, "scenario=plan;footprint=F;indicator=delays"), "year_met"),
		"2016");
	ck_assert_str_eq(
		cell(summary, find_row(summary, "scenario=do_nothing;footprint=F;indicator=delays"),
			"year_met"),
		"");
	stpfin_table_free(position);
	stpfin_table_free(summary);
	stpfin_table_free(gaps);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(changes_come_as_their_timing_has_it)
{
	stpfin_plan *plan = PLAN(2020, SCHEMES, FLOW,
		{"scenario", "scenario,scheme,scale,delay\nplan,A,2,1\nplan,B,,\n"},
		INDICATOR("a,A,quality,%,higher,ratio,,,,\nb,B,quality,%,higher,ratio,,,,\n"
				  "c,C,quality,%,higher,ratio,,,,\n"),
		OBSERVED("F,a,2015,10,1\nF,b,2015,10,1\nF,c,2015,10,1\n"),
		EFFECT("A,a,F,1,2016,2018,2018,annual\nB,b,,0.5,2016,2018,,annual\n"
			   "B,c,,9,2016,2018,,s_curve\nB,a,,-0.25,2020,,,\n"));
	stpfin_table *gaps = planned(plan, "quality_gap");

	EXPECT_BY_YEAR(
		gaps, "scenario=plan;footprint=F;indicator=a", "value", 10, 10, 12, 14, 16, 9.75);
	EXPECT_BY_YEAR(
		gaps, "scenario=plan;footprint=F;indicator=b", "value", 10, 10.5, 11, 11.5, 11.5, 11.5);
	EXPECT_BY_YEAR(gaps, "scenario=plan;footprint=F;indicator=c", "value", 10, 10 + 9 * 7.0 / 27,
		10 + 9 * 20.0 / 27, 19, 19);
	ck_assert_uint_eq(count_rows(gaps, "target="), stpfin_table_rows(gaps));
	ck_assert_uint_eq(
		count_rows(gaps, "gap=;people_affected=;cost_to_close="), stpfin_table_rows(gaps));
	stpfin_table_free(gaps);
}
END_TEST

#define PEOPLE                                                                                     \
	{                                                                                              \
		"population", "footprint,year,age,persons\nF,2015,0,100\nF,2016,0,110\nF,2017,0,132\n"     \
					  "F,2015,65,100\nF,2016,65,100\nF,2017,65,150\n"                              \
	}

/* Observed in 2014 and 2016, but not in 2015; in 2017 there are 282 people after 210, who weigh 582
 * after 410. */
START_TEST(what_is_not_observed_is_projected_from_the_last)
{
	stpfin_plan *plan = PLAN(2017, FLOW, PEOPLE,
		{"age_weight", "service,age,weight\nE,0,1\nE,65,3\n"},
		INDICATOR("all,All,health,x,higher,ratio,,,,\nweighted,Used,quality,x,higher,ratio,,,,E\n"
				  "old,Old,quality,x,higher,ratio,,,,\n"),
		OBSERVED("F,all,2016,20,41\nF,all,2014,10,40\nF,weighted,2016,20,41\n"
				 "F,weighted,2015,9,40\nF,old,2013,8,20\n"),
		TREND("all,F,0.5\nold,,0.125\nold,F,0.25\n"));
	stpfin_table *gaps = result_of(plan, "quality_gap", STPFIN_PRICES_CASH);

	ck_assert_uint_eq(count_rows(gaps, "footprint=F;indicator=all"), 2);
	EXPECT(value(gaps, "footprint=F;indicator=all;year=2016", "value"), 20.0 / 41);
	EXPECT(value(gaps, "footprint=F;indicator=all;year=2017", "value"), 20.0 / 41 + 0.5);
	EXPECT_BY_YEAR(gaps, "footprint=F;indicator=weighted", "value", 9.0 / 40, 20.0 / 41, 20.0 / 41);
	EXPECT_BY_YEAR(gaps, "footprint=F;indicator=old", "value", 0.9, 1.15, 1.4);
	/* Byar's interval tells the counts: its lower end is above 0 by the count alone. */
	for (int i = 0; i < 3; i++) {
		static const struct {
			const char *where;
			double value;
			double denominator;
		} cases[] = {
			{"footprint=F;indicator=all;year=2017", 20.0 / 41 + 0.5, 41.0 * 282 / 210},
			{"footprint=F;indicator=weighted;year=2017", 20.0 / 41, 41.0 * 582 / 410},
			{"footprint=F;indicator=old;year=2016", 1.15, 20.0 * 210 / 200},
		};
		double numerator = cases[i].value * cases[i].denominator;
		double ratio, lower, upper;

		ck_assert_int_eq(stpfin_byar_interval(&numerator, 1, &cases[i].denominator, 1, 0.95, 1,
							 &ratio, 1, &lower, 1, &upper),
			STPFIN_OK);
		EXPECT(value(gaps, cases[i].where, "lower"), lower);
		EXPECT(value(gaps, cases[i].where, "upper"), upper);
	}
	ck_assert_uint_eq(count_rows(gaps, "indicator=old;funnel="), 6);
	ck_assert_uint_eq(count_rows(gaps, "funnel=as_expected"), 6);
	stpfin_table_free(gaps);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(places_are_counted_together)
{
	stpfin_plan *plan =
		PLAN(2016, {"footprint", "footprint,name,parent\nR,Region,\nF,Fen,R\nG,Gorge,R\nH,Hill,\n"},
			{"membership", "organisation,footprint,share\nC,F,0.5\nC,G,0.5\nT,H,1\n"}, FLOW,
			INDICATOR("waits,Waits,quality,%,higher,proportion,100,80,,\n"
					  "deaths,Deaths,quality,x,lower,ratio,,1,,\n"),
			OBSERVED("F,waits,2015,900,1000\nG,waits,2015,100,200\nH,waits,2015,400,800\n"
					 "F,deaths,2015,50,20\nF,deaths,2016,50,20\nG,deaths,2015,10,20\n"));
	stpfin_table *gaps = result_of(plan, "quality_gap", STPFIN_PRICES_CASH);

	EXPECT(value(gaps, "footprint=R;indicator=waits;year=2015", "value"), 100 * 1000.0 / 1200);
	EXPECT(value(gaps, "footprint=England;indicator=waits;year=2016", "value"), 70);
	EXPECT(value(gaps, "footprint=England;indicator=waits;year=2016", "people_affected"), 200);
	EXPECT(value(gaps, "footprint=R;indicator=waits;year=2016", "people_affected"), -40);
	EXPECT(value(gaps, "footprint=F;indicator=waits;year=2016", "people_affected"), -100);
	/* The best fifth of three, and of two, is one. */
	EXPECT(value(gaps, "footprint=England;indicator=waits;year=2016", "gap_to_best"), 20);
	EXPECT(value(gaps, "footprint=F;indicator=waits;year=2016", "gap_to_best"), 0);
	EXPECT(value(gaps, "footprint=F;indicator=deaths;year=2015", "gap_to_best"), 2);
	/* H is not observed, so that England is R. */
	EXPECT(value(gaps, "footprint=England;indicator=deaths;year=2015", "value"), 1.5);
	EXPECT(value(gaps, "footprint=R;indicator=deaths;year=2015", "gap"), 0.5);
	ck_assert_uint_eq(count_rows(gaps, "footprint=H;indicator=deaths"), 0);
	ck_assert_str_eq(cell(gaps, find_row(gaps, "footprint=F;indicator=waits;year=2015"), "funnel"),
		"much_higher");
	ck_assert_str_eq(cell(gaps, find_row(gaps, "footprint=G;indicator=waits;year=2015"), "funnel"),
		"much_lower");
	ck_assert_uint_eq(count_rows(gaps, "footprint=England;funnel=as_expected;year=2015"), 2);
	/* 30 are expected in F in 2015; in 2016 it is observed alone, and what holds it only in part.
	 */
	ck_assert_str_eq(cell(gaps, find_row(gaps, "footprint=F;indicator=deaths;year=2015"), "funnel"),
		"much_higher");
	ck_assert_str_eq(cell(gaps, find_row(gaps, "footprint=F;indicator=deaths;year=2016"), "funnel"),
		"as_expected");
	ck_assert_uint_eq(count_rows(gaps, "footprint=R;indicator=deaths;year=2016;funnel="), 1);
	ck_assert_uint_eq(count_rows(gaps, "footprint=England;indicator=deaths;year=2016;funnel="), 1);
	stpfin_table_free(gaps);
	stpfin_plan_free(plan);
}
END_TEST

/* In F they buy 50 + 50 units for 500 + 2,000; in G, where the council has no part, 50 for 500.
 * What a trust buys and what has no activity is not looked at. */
START_TEST(those_who_buy_the_care_pay)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES, IN_PLAN,
		{"footprint", "footprint,name,parent\nR,Region,\nF,Fen,R\nG,Gorge,R\n"},
		{"organisation", "organisation,name,kind\nC,Commissioner,commissioner\nT,Trust,provider\n"
						 "L,Council,council\nO,Outside,outside\n"},
		{"membership", "organisation,footprint,share\nC,F,0.5\nC,G,0.5\nL,F,1\nT,F,1\n"},
		{"flow", "commissioner,provider,service,activity,income,cost\nC,T,E,60,700,900\n"
				 "C,O,E,40,100,\nL,O,E,50,2000,\nT,O,E,10,99999,\nC,T,E,,77777,\n"},
		{"inflation", "component,rate\npay,0.1\n"}, {"cost_mix", "component,share\npay,1\n"}, WAITS,
		OBSERVED("F,waits,2015,80,100\nG,waits,2015,99,100\n"),
		EFFECT("A,waits,,1,2016,,,\nA,waits,F,3,2016,,,\n"), COST("waits,E,2\n"));
	stpfin_table *ledger = result_in(plan, "plan", "ledger");
	stpfin_table *gaps = planned(plan, "quality_gap");

	/* F gains 4 people's care, at 25 a unit; G gains 1's, at 10. */
	EXPECT(value(ledger, "organisation=L;line=quality;year=2016", "cost"), 4 * 2 * 25 * 1.1 / 2);
	EXPECT(value(ledger, "organisation=C;line=quality;year=2016", "cost"),
		4 * 2 * 25 * 1.1 / 2 + 1 * 2 * 10 * 1.1);
	ck_assert_uint_eq(count_rows(ledger, "line=quality"), 2);
	EXPECT(value(gaps, "scenario=do_nothing;footprint=F;year=2015", "cost_to_close"), 15 * 2 * 25);
	EXPECT(value(gaps, "scenario=do_nothing;footprint=F;year=2016", "cost_to_close"),
		15 * 2 * 25 * 1.1);
	/* G's surplus pays for none of it. */
	EXPECT(value(gaps, "scenario=do_nothing;footprint=R;year=2015", "cost_to_close"), 15 * 2 * 25);
	EXPECT(value(gaps, "scenario=do_nothing;footprint=R;year=2015", "people_affected"), 15 - 4);
	stpfin_table_free(ledger);
	stpfin_table_free(gaps);
}
END_TEST

START_TEST(gaps_are_told_together)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES, FLOW, IN_PLAN,
		{"footprint", "footprint,name\nF,Fen\nG,Gorge\n"},
		INDICATOR("waits,Waits,quality,%,higher,proportion,100,95,2,\n"
				  "delays,Delays,quality,x,lower,rate,1000,30,,\n"
				  "alike,Alike,quality,x,lower,ratio,,1,,\n"
				  "alone,Alone,quality,x,lower,ratio,,1,,\n"
				  "aimless,Aimless,quality,x,lower,ratio,,,,\n"),
		OBSERVED("F,waits,2015,90,100\nG,waits,2015,940,1000\nF,delays,2014,50,1000\n"
				 "G,delays,2014,20,1000\nF,alike,2014,3,2\nG,alike,2014,30,20\nF,alone,2014,7,1\n"
				 "F,aimless,2014,1,2\nG,aimless,2014,4,1\n"),
		EFFECT("A,waits,F,1,2016,,,\n"));
	stpfin_table *summary = planned(plan, "quality_summary");
	const double numerators[] = {90, 940}, denominators[] = {100, 1000};
	double centre, phi, tau_squared;

	EXPECT(value(summary, "scenario=do_nothing;footprint=F;indicator=composite", "composite"),
		2 * 5 / sqrt(8) + 20 / sqrt(450));
	EXPECT(value(summary, "scenario=plan;footprint=F;indicator=composite", "composite"),
		2 * 4 / sqrt(8) + 20 / sqrt(450));
	EXPECT(value(summary, "scenario=do_nothing;footprint=G;indicator=composite", "composite"),
		2 * 1 / sqrt(8) - 10 / sqrt(450));
	EXPECT(value(summary, "scenario=do_nothing;footprint=England;indicator=composite", "composite"),
		2 * (95 - 100 * 1030.0 / 1100) / sqrt(8) + 5 / sqrt(450));
	ck_assert_int_eq(stpfin_funnel_variation(STPFIN_PROPORTION, numerators, 2, denominators, 2,
						 &centre, &phi, &tau_squared),
		STPFIN_OK);
	EXPECT(value(summary, "scenario=plan;footprint=England;indicator=waits", "tau_squared"),
		tau_squared);
	ck_assert_uint_eq(count_rows(summary, "footprint=F;tau_squared="), 2 * 6);
	ck_assert_uint_eq(count_rows(summary, "indicator=alone;tau_squared="), 2 * 2);
	ck_assert_uint_eq(count_rows(summary, "indicator=composite;year_met=;tau_squared="), 2 * 3);
	ck_assert_uint_eq(count_rows(summary, "footprint=G;indicator=delays;year_met=2015"), 2);
	ck_assert_uint_eq(stpfin_table_rows(summary), 2 * (6 + 5 + 6));
	stpfin_table_free(summary);
}
END_TEST

/* 29% is at a target of 29, and 70% and ten more points at one of 80, whatever doubles make of it.
 */
START_TEST(rounding_keeps_nobody_from_a_target)
{
	stpfin_plan *plan = PLAN(2017, SCHEMES, FLOW, IN_PLAN,
		INDICATOR("waits,Waits,quality,%,higher,proportion,100,29,,\n"
				  "beds,Beds,quality,share,higher,proportion,,0.8,,\n"
				  "falls,Falls,quality,falls,lower,rate,,0,,\n"),
		OBSERVED("F,waits,2015,29,100\nF,beds,2015,7,10\nF,falls,2015,8,10\n"),
		EFFECT("A,beds,,0.1,2016,,,\nA,falls,,-0.2,2016,,,\nA,falls,,-0.5,2016,,,\n"
			   "A,falls,,-0.1,2016,,,\n"));
	stpfin_table *gaps = result_in(plan, "plan", "quality_gap");
	stpfin_table *summary = planned(plan, "quality_summary");

	ck_assert(value(gaps, "scenario=plan;footprint=F;indicator=waits;year=2015", "gap") == 0);
	ck_assert_uint_eq(count_rows(summary, "footprint=F;indicator=waits;year_met=2015"), 2);
	ck_assert_uint_eq(count_rows(summary, "footprint=F;indicator=beds;year_met="), 1);
	ck_assert_uint_eq(count_rows(summary, "footprint=F;indicator=beds;year_met=2016"), 1);
	ck_assert_uint_eq(count_rows(summary, "footprint=F;indicator=falls;year_met=2016"), 1);
	stpfin_table_free(gaps);
	stpfin_table_free(summary);
}
END_TEST

#define MANY "F,d,2015,100,1000\nG,d,2015,150,1000\nH,d,2015,60,1000\nI,d,2015,240,1000\n"

/* Places that differ far beyond chance are beyond the limits of chance, and within those that allow
 * for it. */
START_TEST(a_funnel_may_allow_for_overdispersion)
{
	stpfin_plan *plan =
		PLAN(2015, FLOW, {"footprint", "footprint,name\nF,Fen\nG,Gorge\nH,Hill\nI,Isle\n"},
			INDICATOR("d,Delays,quality,x,lower,rate,,,,\n"), OBSERVED(MANY));
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;

	for (int overdispersed = 0; overdispersed < 2; overdispersed++) {
		stpfin_stamp stamp = STPFIN_STAMP_INIT;
		stpfin_projection *projection;
		stpfin_table *gaps;
		char *text;

		options.overdispersed = overdispersed != 0;
		ck_assert_int_eq(stpfin_project(plan, &options, &projection), STPFIN_OK);
		ck_assert_int_eq(stpfin_projection_get_stamp(projection, &stamp), STPFIN_OK);
		ck_assert_int_eq(
			stpfin_projection_get_table(projection, "quality_gap", NULL, NULL, &gaps), STPFIN_OK);
		ck_assert_uint_eq(
			count_rows(gaps, "funnel=as_expected"), overdispersed ? 5 : 2); /* England, G */
		ck_assert(stamp.overdispersed == (overdispersed != 0));
		ck_assert_int_eq(
			stpfin_results_json((const stpfin_table *const *)&gaps, 1, &stamp, &text), STPFIN_OK);
		ck_assert_ptr_nonnull(
			strstr(text, overdispersed ? "\"overdispersion\": true" : "\"overdispersion\": false"));
		stpfin_text_free(text);
		stpfin_table_free(gaps);
		stpfin_projection_free(projection);
	}
	stpfin_plan_free(plan);
}
END_TEST

#define AWKWARD_PLAN(scales)                                                                       \
	PLAN(2018, SCHEMES,                                                                            \
		{"scenario", "scenario,scheme,scale\nplan,A," scales "\nplan,B," scales "\n"},             \
		{"footprint", "footprint,name,parent\nR,Region,\nF,Fen,R\nG,Gorge,R\n"},                   \
		{"organisation", "organisation,name,kind\nC,Commissioner,commissioner\nT,Trust,provider\n" \
						 "L,Council,council\nO,Outside,outside\n"},                                \
		{"membership", "organisation,footprint,share\nC,F,0.37\nC,G,0.41\nL,F,1\nT,F,1\n"},        \
		{"flow", "commissioner,provider,service,activity,income,cost\nC,T,E,61.7,701.3,911.9\n"    \
				 "C,O,E,41.3,103.7,\nL,O,E,53.1,2003.9,\n"},                                       \
		{"inflation", "component,rate\npay,0.037\n"}, {"cost_mix", "component,share\npay,1\n"},    \
		INDICATOR("waits,Waits,quality,%,higher,proportion,100,95,,\n"                             \
				  "delays,Delays,quality,days,lower,rate,1000,30,,E\n"),                           \
		OBSERVED("F,waits,2015,91.3,103.1\nG,waits,2014,401.1,507.7\nG,waits,2016,411.3,523.3\n"   \
				 "F,delays,2015,70.7,1013.9\n"),                                                   \
		TREND("waits,G,-1.7\n"),                                                                   \
		EFFECT("A,waits,,3.3,2016,2018,,s_curve\nB,waits,F,9.1,2017,,,\n"                          \
			   "B,delays,,-7.7,2016,2018,,annual\nA,delays,F,1.1,2018,,,\n"),                      \
		COST("waits,E,1.9\ndelays,E,0.7\n"))

START_TEST(schemes_at_scale_0_do_nothing)
{
	static const char *const results[] = {
		"position", "funding_gap", "quality_gap", "quality_summary"};
	stpfin_plan *plan = AWKWARD_PLAN("0");

	for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
		stpfin_table *table = result_in(plan, "plan", results[i]);
		size_t n = stpfin_table_rows(table) / 2;

		ck_assert_uint_gt(n, 0);
		for (size_t column = 1; column < stpfin_table_columns(table); column++) {
			for (size_t row = 0; row < n; row++) {
				char nothing[64];

				snprintf(nothing, sizeof nothing, "%s",
					cell(table, row, stpfin_table_column_name(table, column)));
				ck_assert_str_eq(
					nothing, cell(table, row + n, stpfin_table_column_name(table, column)));
			}
		}
		stpfin_table_free(table);
	}
	stpfin_plan_free(plan);
}
END_TEST

/* Every position is the sum of its ledger rows, and every bridge by scheme that of its steps. */
START_TEST(what_is_charged_adds_up)
{
	stpfin_plan *plan = AWKWARD_PLAN("0.9");
	stpfin_table *ledger = result_in(plan, "plan", "ledger");
	stpfin_table *position = result_in(plan, "plan", "position");
	stpfin_table *gaps = result_in(plan, "plan", "funding_gap");
	static const char *const payers[] = {"C", "L"};

	for (size_t i = 0; i < 2; i++) {
		for (int year = BASE_YEAR; year <= 2018; year++) {
			char where[80];

			snprintf(where, sizeof where, "scenario=plan;organisation=%s;year=%d", payers[i], year);
			EXPECT(sum(ledger, where, "cost"), value(position, where, "cost"));
		}
	}
	ck_assert(sum(ledger, "line=quality;year=2018", "cost") > 100);
	EXPECT(
		value(gaps, "scenario=plan;footprint=England;component=total;year=2018", "gap") -
			value(gaps, "scenario=do_nothing;footprint=England;component=total;year=2018", "gap"),
		sum(ledger, "line=quality;year=2018", "cost"));
	for (int method = STPFIN_BRIDGE_SEQUENTIAL; method <= STPFIN_BRIDGE_SHAPLEY; method++) {
		stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;
		stpfin_table *bridge;

		options.by = STPFIN_BRIDGE_BY_SCHEME;
		options.method = (stpfin_bridge_method)method;
		options.scenario = "plan";
		options.place = "England";
		options.year = 2018;
		ck_assert_msg(
			stpfin_bridge(plan, &options, &bridge, NULL) == STPFIN_OK, "%s", stpfin_last_error());
		EXPECT(value(bridge, "group=A", "amount") + value(bridge, "group=B", "amount"),
			sum(ledger, "line=quality;year=2018", "cost"));
		ck_assert(value(bridge, "group=A", "amount") != 0);
		ck_assert(value(bridge, "group=B", "amount") > 0);
		stpfin_table_free(bridge);
	}
	stpfin_table_free(ledger);
	stpfin_table_free(position);
	stpfin_table_free(gaps);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(counts_beyond_all_measure_are_refused)
{
	static const char *const results[] = {"quality_gap", "quality_summary"};
	stpfin_plan *plans[] = {
		PLAN(2016, FLOW, DELAYS, OBSERVED("F,delays,2015,50,1e6\n"), TREND("delays,,1e15\n")),
		PLAN(2016, {"footprint", "footprint,name\nF,Fen\nG,Gorge\n"}, FLOW, DELAYS,
			OBSERVED("F,delays,2014,50,9e14\nG,delays,2014,50,9e14\n")),
		PLAN(2016, FLOW, DELAYS, OBSERVED("F,delays,2015,50,1e-20\n")),
		PLAN(2016, FLOW, DELAYS, OBSERVED("F,delays,2015,1e14,1e-3\n")),
		PLAN(2016, FLOW, DELAYS, OBSERVED("F,delays,2015,1e-20,50\n")),
	};
	enum { PLANS = sizeof plans / sizeof *plans };

	for (size_t i = 0; i < 2 * PLANS; i++) {
		stpfin_projection *projection;
		stpfin_table *table;

		ck_assert_int_eq(stpfin_project(plans[i / 2], NULL, &projection), STPFIN_OK);
		expect_error(stpfin_projection_get_table(projection, results[i % 2], NULL, NULL, &table),
			STPFIN_ERROR_OVERFLOW, "the counts of 'delays' in 201");
		ck_assert_ptr_null(table);
		stpfin_projection_free(projection);
	}
	for (size_t i = 0; i < PLANS; i++) {
		stpfin_plan_free(plans[i]);
	}
}
END_TEST

START_TEST(a_plan_without_indicators_has_no_gap)
{
	stpfin_plan *plan = PLAN(2016, SCHEMES, FLOW, IN_PLAN, WAITS);
	stpfin_table *gaps = result_in(plan, "plan", "quality_gap");
	stpfin_table *summary = planned(plan, "quality_summary");

	ck_assert_uint_eq(stpfin_table_rows(gaps), 0);
	ck_assert_uint_eq(stpfin_table_rows(summary), 0);
	stpfin_table_free(gaps);
	stpfin_table_free(summary);
}
END_TEST

START_TEST(gaps_can_be_read)
{
	static const char *const words[2][6] = {
		{"Waits (%)", "footprint  2015/16", "gap 2018/19  £m to close it 2018/19", "Fen",
			"funnel when observed", "Delays (days)"},
		{"England\n\nindicator", "target met", "variation between footprints", "Waits (%)",
			"footprint  composite", "Fen"},
	};
	static const char *const results[] = {"quality_gap", "quality_summary"};
	stpfin_plan *plan = AWKWARD_PLAN("1");

	for (size_t i = 0; i < 2; i++) {
		stpfin_table *table = result_in(plan, "plan", results[i]);
		char *text;

		ck_assert_int_eq(stpfin_result_text(table, NULL, plan, &text), STPFIN_OK);
		for (size_t j = 0; j < sizeof words[i] / sizeof *words[i]; j++) {
			ck_assert_msg(strstr(text, words[i][j]) != NULL, "no '%s' in\n%s", words[i][j], text);
		}
		stpfin_text_free(text);
		stpfin_table_free(table);
	}
	stpfin_plan_free(plan);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_gap_is_closed_at_a_cost,
		a_value_stays_where_its_kind_has_it,
		changes_come_as_their_timing_has_it,
		what_is_not_observed_is_projected_from_the_last,
		places_are_counted_together,
		those_who_buy_the_care_pay,
		gaps_are_told_together,
		rounding_keeps_nobody_from_a_target,
		a_funnel_may_allow_for_overdispersion,
		schemes_at_scale_0_do_nothing,
		what_is_charged_adds_up,
		counts_beyond_all_measure_are_refused,
		a_plan_without_indicators_has_no_gap,
		gaps_can_be_read,
		NULL,
	};

	return run_tests("quality", tests);
}
