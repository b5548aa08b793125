#include <math.h>
#include <stdio.h>

#include "tests/plans.h"

/* Doing nothing, on examples that can be followed on paper. */

#define FLOW                                                                                       \
	"commissioner,provider,service,activity,income,cost,marginal_rate,marginal_rate_below\n"
#define ONE_FLOW FLOW "C,T,E,10,100,,,\n"
#define PAY_10_PERCENT                                                                             \
	{"cost_mix", "service,component,share\n,pay,1\n"},                                             \
	{                                                                                              \
		"inflation", "component,rate\npay,0.1\n"                                                   \
	}

static stpfin_table *cash(stpfin_plan *plan, const char *result)
{
	stpfin_table *table = result_of(plan, result, STPFIN_PRICES_CASH);

	stpfin_plan_free(plan);
	return table;
}

/* Growth 20%, inflation 10%, half the price for what is above: paid 100 × 1.1 × (1 + 0.5 × 0.2) =
 * 121, which is what the care costs; the price cut of 50% is for others. */
START_TEST(outside_is_paid_its_cost_whatever_the_tariff)
{
	stpfin_plan *plan = PLAN(2016, {"flow", FLOW "C,O,E,10,100,,0.5,\n"}, PAY_10_PERCENT,
		{"activity_growth", "service,rate\n,0.2\n"},
		{"tariff", "service,uplift,efficiency\n,0,0.5\n"});
	stpfin_table *ledger = result_of(plan, "ledger", STPFIN_PRICES_CASH);
	stpfin_table *position = cash(plan, "position");

	EXPECT(value(position, "organisation=C;year=2015", "cost"), 100);
	EXPECT(value(position, "organisation=C;year=2016", "cost"), 121);
	EXPECT(value(position, "organisation=C;year=2016", "gap"), 121);
	EXPECT(value(position, "organisation=T;year=2016", "gap"), 0);
	ck_assert_uint_eq(count_rows(position, "organisation=O"), 0);
	EXPECT(value(ledger, "organisation=O;line=contract;year=2016", "income"), 121);
	EXPECT(value(ledger, "organisation=O;line=care;year=2016", "cost"), 121);
	EXPECT(value(ledger, "organisation=C;line=contract;year=2016", "cost"), 121);
	stpfin_table_free(ledger);
	stpfin_table_free(position);
}
END_TEST

/* Activity is 1.1 times that of the base in 2016 and 0.88 times in 2017. What is paid for it:
 *   rate 0      100                     100
 *   rate 0.7    100 (1 + 0.07) = 107    100 (1 − 0.084) = 91.6
 *   rate 1      110                     88
 *   0.7, 0.2    107                     100 (1 − 0.024) = 97.6
 * It costs 120 × 1.1 = 132 and 120 × 0.88 = 105.6 each time. */
START_TEST(marginal_rates)
{
	stpfin_plan *plan = PLAN(2017,
		{"service",
			"service,name,setting,unit\n"
			"block,A,acute,spell\nseventy,A,acute,spell\nfull,A,acute,spell\nboth,A,acute,spell\n"},
		{"flow", FLOW "C,T,block,10,100,120,0,\n"
					  "C,T,seventy,10,100,120,0.7,\n"
					  "C,T,full,10,100,120,,\n"
					  "C,T,both,10,100,120,0.7,0.2\n"},
		{"activity_growth", "year,rate\n2016,0.1\n2017,-0.2\n"});
	static const struct {
		const char *service;
		double growing;
		double shrinking;
	} expected[] = {
		{"block", 100, 100}, {"seventy", 107, 91.6}, {"full", 110, 88}, {"both", 107, 97.6}};
	stpfin_table *position = result_of(plan, "position", STPFIN_PRICES_CASH);
	stpfin_table *ledger = cash(plan, "ledger");

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		char where[80];

		snprintf(where, sizeof where, "organisation=T;line=contract;service=%s;year=2016",
			expected[i].service);
		EXPECT(value(ledger, where, "income"), expected[i].growing);
		where[strlen(where) - 1] = '7';
		EXPECT(value(ledger, where, "income"), expected[i].shrinking);
	}
	EXPECT(value(position, "organisation=T;year=2016", "cost"), 4 * 132);
	EXPECT(value(position, "organisation=T;year=2017", "cost"), 4 * 105.6);
	EXPECT(value(position, "organisation=T;year=2016", "income"), 100 + 107 + 110 + 107);
	EXPECT(value(position, "organisation=T;year=2017", "income"), 100 + 91.6 + 88 + 97.6);
	stpfin_table_free(position);
	stpfin_table_free(ledger);
}
END_TEST

/* C lies 0.6 in F, 0.3 in G and 0.1 nowhere. F's people grow by 20% and G's shrink by 10%: its
 * factor is (0.6 × 1.2 + 0.3 × 0.9) / 0.9 = 1.1. F grows by 3% besides and G by 6%: (0.6 × 0.03 +
 * 0.3 × 0.06) / 0.9 = 4%; R, in which both lie, has no part in it. So 1000 units become 1144, and
 * £100 £114.40. */
START_TEST(commissioner_in_two_footprints)
{
	stpfin_plan *plan = PLAN(2016,
		{"footprint", "footprint,name,parent\nF,Fen,R\nG,Gorge,R\nR,Region,\n"},
		{"membership", "organisation,footprint,share\nC,F,0.6\nC,G,0.3\nT,G,1\n"},
		{"population", "footprint,year,persons\nF,2015,100\nF,2016,120\nG,2015,100\nG,2016,90\n"},
		{"activity_growth", "footprint,rate\nF,0.03\nG,0.06\n"},
		{"flow", FLOW "C,T,E,1000,100,,,\n"});
	stpfin_table *gap = result_of(plan, "funding_gap", STPFIN_PRICES_CASH);
	stpfin_table *spending = result_of(plan, "spending", STPFIN_PRICES_CASH);
	stpfin_table *activity = cash(plan, "activity");

	EXPECT(value(activity, "year=2015", "activity"), 1000);
	EXPECT(value(activity, "year=2016", "activity"), 1144);
	EXPECT(value(gap, "footprint=F;component=commissioner;year=2016", "cost"), 0.6 * 114.4);
	EXPECT(value(gap, "footprint=G;component=commissioner;year=2016", "cost"), 0.3 * 114.4);
	EXPECT(value(gap, "footprint=unassigned;component=commissioner;year=2016", "cost"), 11.44);
	EXPECT(value(gap, "footprint=England;component=commissioner;year=2016", "cost"), 114.4);
	EXPECT(value(gap, "footprint=R;component=commissioner;year=2016", "cost"), 0.9 * 114.4);
	EXPECT(value(gap, "footprint=G;component=provider;year=2016", "income"), 114.4);
	EXPECT(value(gap, "footprint=F;component=provider;year=2016", "income"), 0);
	/* T breaks even, so a place's total is what its part of C pays. */
	EXPECT(value(gap, "footprint=F;component=total;year=2016", "gap"), 0.6 * 114.4);
	EXPECT(value(gap, "footprint=F;component=nhs;year=2016", "gap"), 0.6 * 114.4);
	EXPECT(value(gap, "footprint=F;component=total;year=2016", "income"), 0);
	EXPECT(value(gap, "footprint=F;component=council;year=2016", "gap"), 0);
	EXPECT(value(gap, "footprint=F;component=total;year=2016", "gap_per_head"), 0.6 * 114.4 / 120);
	EXPECT(value(gap, "footprint=England;component=total;year=2016", "gap_per_head"), 114.4 / 210);
	EXPECT(value(gap, "footprint=unassigned;component=total;year=2016", "gap_per_head"), NAN);
	EXPECT(value(spending, "footprint=unassigned;setting=acute;year=2016", "amount"), 11.44);
	EXPECT(value(spending, "footprint=England;setting=acute;year=2016", "amount"), 114.4);
	EXPECT(value(spending, "footprint=England;setting=social;year=2016", "amount"), 0);
	stpfin_table_free(gap);
	stpfin_table_free(spending);
	stpfin_table_free(activity);
}
END_TEST

/* A footprint without population stands at 1: (0.5 × 1.3 + 0.5 × 1) = 1.15. */
START_TEST(footprint_without_population)
{
	stpfin_plan *plan = PLAN(2016, {"footprint", "footprint,name\nF,Fen\nG,Gorge\n"},
		{"membership", "organisation,footprint,share\nC,F,0.5\nC,G,0.5\nT,F,1\n"},
		{"population", "footprint,year,persons\nF,2015,100\nF,2016,130\n"}, {"flow", ONE_FLOW});
	stpfin_table *activity = result_of(plan, "activity", STPFIN_PRICES_CASH);
	stpfin_table *gap = cash(plan, "funding_gap");

	EXPECT(value(activity, "year=2016", "activity"), 11.5);
	EXPECT(value(gap, "footprint=G;component=total;year=2016", "gap_per_head"), NAN);
	ck_assert_uint_eq(count_rows(gap, "footprint=unassigned"), 0);
	stpfin_table_free(activity);
	stpfin_table_free(gap);
}
END_TEST

/* Money without activity grows as activity does (20%) and is counted in no activity. */
START_TEST(cost_only_flow)
{
	stpfin_plan *plan = PLAN(2016, {"activity_growth", "rate\n0.2\n"},
		{"service", "service,name,setting,unit,length_of_stay,target_occupancy\n"
					"E,Emergency,acute,spell,3.65,1\n"},
		{"flow", FLOW "C,T,E,,50,70,,\nC,T,E,1000,100,,,\nC,O,E,,30,,0,\n"});
	stpfin_table *activity = result_of(plan, "activity", STPFIN_PRICES_CASH);
	stpfin_table *resource = result_of(plan, "resource", STPFIN_PRICES_CASH);
	stpfin_table *position = cash(plan, "position");

	ck_assert_uint_eq(stpfin_table_rows(activity), 2);
	EXPECT(value(activity, "provider=T;year=2016", "activity"), 1200);
	ck_assert_uint_eq(stpfin_table_rows(resource), 2);
	EXPECT(value(resource, "organisation=T;resource=bed;year=2016", "needed"), 12);
	EXPECT(value(position, "organisation=C;year=2016", "cost"), 60 + 120 + 30);
	EXPECT(value(position, "organisation=T;year=2016", "cost"), 84 + 120);
	stpfin_table_free(activity);
	stpfin_table_free(resource);
	stpfin_table_free(position);
}
END_TEST

/* The price: × 1.02 × 0.96 in 2016; in 2017 no row fits, so × 1.1, as cost; × 1.05 in 2018. */
START_TEST(year_without_tariff_follows_inflation)
{
	stpfin_plan *plan = PLAN(2018, {"flow", ONE_FLOW}, PAY_10_PERCENT,
		{"tariff", "service,year,uplift,efficiency\nE,2016,0.02,0.04\nE,2018,0.05,0\n"});
	stpfin_table *position = cash(plan, "position");

	EXPECT(value(position, "organisation=T;year=2016", "income"), 100 * 1.02 * 0.96);
	EXPECT(value(position, "organisation=T;year=2017", "income"), 100 * 1.02 * 0.96 * 1.1);
	EXPECT(value(position, "organisation=T;year=2018", "income"), 100 * 1.02 * 0.96 * 1.1 * 1.05);
	EXPECT(value(position, "organisation=T;year=2018", "cost"), 133.1);
	stpfin_table_free(position);
}
END_TEST

/* E: 0.75 × 4% + 0.25 × 8% = 5%. The service without a mix of its own takes the blank one, 4%. */
START_TEST(cost_mixes_are_whole_sets)
{
	stpfin_plan *plan = PLAN(2017,
		{"service",
			"service,name,setting,unit\nE,Emergency,acute,spell\nD,Drugs,prescribing,item\n"},
		{"cost_mix", "service,component,share\n,pay,1\nE,drugs,0.25\nE,pay,0.75\n"},
		{"inflation", "component,year,rate\npay,,0.04\ndrugs,2016,0.08\ndrugs,,0.04\n"},
		{"flow", FLOW "C,T,E,10,100,,,\nC,T,D,10,100,,,\n"});
	stpfin_table *ledger = cash(plan, "ledger");

	EXPECT(value(ledger, "line=care;service=E;year=2016", "cost"), 105);
	EXPECT(value(ledger, "line=care;service=E;year=2017", "cost"), 105 * 1.04);
	EXPECT(value(ledger, "line=care;service=D;year=2016", "cost"), 104);
	stpfin_table_free(ledger);
}
END_TEST

/* Ten young become ten, and ten old twenty. With weights 1 and 3: (10 + 60) / (10 + 30) = 1.75. The
 * set for all services, 1 and 1: 30 / 20 = 1.5. E's own set says nothing by sex; the set for all
 * does, and is not mixed in. */
START_TEST(age_weights)
{
	stpfin_plan *plan = PLAN(2016,
		{"service", "service,name,setting,unit\nE,Emergency,acute,spell\nV,Visit,primary,visit\n"},
		{"population", "footprint,year,sex,age,persons\n"
					   "F,2015,female,0-64,10\nF,2015,male,65+,10\n"
					   "F,2016/17,female,0-64,10\nF,2016/17,male,65+,20\n"},
		{"age_weight", "service,sex,age,weight\n"
					   "E,,0,1\nE,,65,3\n,female,0,1\n,male,65,1\n"},
		{"flow", FLOW "C,T,E,100,100,,,\nC,T,V,100,100,,,\n"});
	stpfin_table *activity = cash(plan, "activity");

	EXPECT(value(activity, "service=E;year=2016", "activity"), 175);
	EXPECT(value(activity, "service=V;year=2016", "activity"), 150);
	stpfin_table_free(activity);
}
END_TEST

/* The row with most keys filled wins; a tie goes to the row whose earlier column (service, then
 * footprint, then year) is filled. Every rate is its own, so that growth tells which row won. */
START_TEST(blank_rates_and_ties)
{
	static const struct {
		const char *where;
		double rate;
	} expected[] = {
		{"commissioner=C;service=E;year=2016",
			0.6}, /* service and footprint, before the other pairs */
		{"commissioner=C;service=X;year=2016", 0.4},  /* footprint and year */
		{"commissioner=C;service=Y;year=2016", 0.16}, /* all three */
		{"commissioner=D;service=E;year=2016", 0.5},  /* service and year */
		{"commissioner=D;service=X;year=2016", 0.2},  /* year alone */
		{"commissioner=D;service=Y;year=2016", 0.07}, /* service, before year */
	};
	stpfin_plan *plan = PLAN(2016, {"footprint", "footprint,name\nF,Fen\nG,Gorge\n"},
		{"organisation", "organisation,name,kind\n"
						 "C,One,commissioner\nD,Two,commissioner\nT,Trust,provider\n"},
		{"membership", "organisation,footprint,share\nC,F,1\nD,G,1\n"},
		{"service",
			"service,name,setting,unit\nE,A,acute,spell\nX,A,acute,spell\nY,A,acute,spell\n"},
		{"activity_growth", "service,footprint,year,rate\n"
							",,,0.01\n,,2016,0.2\n,F,,0.03\n,F,2016,0.4\nE,,2016,0.5\nE,F,,0.6\n"
							"E,,,0.05\nY,,,0.07\nY,F,2016,0.16\n"},
		{"flow", FLOW "C,T,E,1,1,,,\nC,T,X,1,1,,,\nC,T,Y,1,1,,,\n"
					  "D,T,E,1,1,,,\nD,T,X,1,1,,,\nD,T,Y,1,1,,,\n"});
	stpfin_table *activity = cash(plan, "activity");

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		EXPECT(value(activity, expected[i].where, "activity"), 1 + expected[i].rate);
	}
	stpfin_table_free(activity);
}
END_TEST

/* 1000 spells of 3.65 days need 10 beds when all are occupied, and 10 / 0.85 where nothing is said;
 * 5 nurses a thousand. Care outside is counted at who buys it. */
START_TEST(beds_and_staff)
{
	stpfin_plan *plan = PLAN(2016, {"activity_growth", "rate\n0.1\n"},
		{"service", "service,name,setting,unit,length_of_stay,target_occupancy\n"
					"E,Emergency,acute,spell,3.65,1\nS,Stay,community,spell,3.65,\nV,Visit,primary,"
					"visit,,\n"},
		{"staffing", "service,staff_group,wte_per_1000\nE,nurse,5\nV,GP,0\n"},
		{"supply", "organisation,resource,year,amount\n"
				   "T,nurse,,4\nT,nurse,2016,6\nT,bed,2016,15\nC,midwife,,3\n"},
		{"flow", FLOW "C,T,E,600,1,,,\nC,T,E,400,1,,,\nC,O,S,1000,1,,,\nC,T,V,70,1,,,\n"});
	stpfin_table *resource = cash(plan, "resource");

	EXPECT(value(resource, "organisation=T;resource=bed;year=2015", "needed"), 10);
	EXPECT(value(resource, "organisation=T;resource=bed;year=2015", "supply"), NAN);
	EXPECT(value(resource, "organisation=T;resource=bed;year=2015", "shortage"), NAN);
	EXPECT(value(resource, "organisation=T;resource=bed;year=2016", "needed"), 11);
	EXPECT(value(resource, "organisation=T;resource=bed;year=2016", "shortage"), -4);
	EXPECT(value(resource, "organisation=T;resource=nurse;year=2015", "shortage"), 1);
	EXPECT(value(resource, "organisation=T;resource=nurse;year=2016", "shortage"), -0.5);
	EXPECT(value(resource, "organisation=T;resource=GP;year=2016", "needed"), 0);
	EXPECT(value(resource, "organisation=C;resource=bed;year=2015", "needed"), 10 / 0.85);
	EXPECT(value(resource, "organisation=C;resource=midwife;year=2016", "needed"), 0);
	EXPECT(value(resource, "organisation=C;resource=midwife;year=2016", "shortage"), -3);
	ck_assert_uint_eq(count_rows(resource, "organisation=O"), 0);
	ck_assert_uint_eq(stpfin_table_rows(resource), 2 * 5);
	stpfin_table_free(resource);
}
END_TEST

/* General prices rise from 50 to 60: what is £121 in 2016 is £121 / 1.2 of 2015. */
START_TEST(real_prices)
{
	static const char *const with_money[] = {"funding_gap", "position", "ledger", "spending"};
	stpfin_plan *plan = PLAN(2016, {"flow", FLOW "C,O,E,10,100,,0.5,\n"}, PAY_10_PERCENT,
		{"activity_growth", "service,rate\n,0.2\n"},
		{"population", "footprint,year,persons\nF,2015,10\nF,2016,10\n"},
		{"deflator", "year,index\n2014,49\n2016/17,60\n2015/16,50\n"});
	stpfin_table *real;

	for (size_t i = 0; i < sizeof with_money / sizeof *with_money; i++) {
		const char *column = i == 3 ? "amount" : "cost";
		stpfin_table *then = result_of(plan, with_money[i], STPFIN_PRICES_CASH);

		real = result_of(plan, with_money[i], STPFIN_PRICES_REAL);
		EXPECT(sum(real, "year=2015", column), sum(then, "year=2015", column));
		EXPECT(sum(real, "year=2016", column), sum(then, "year=2016", column) / 1.2);
		stpfin_table_free(then);
		stpfin_table_free(real);
	}
	real = result_of(plan, "funding_gap", STPFIN_PRICES_REAL);
	EXPECT(value(real, "footprint=F;component=nhs;year=2016", "gap"), 121 / 1.2);
	EXPECT(value(real, "footprint=F;component=nhs;year=2016", "gap_per_head"), 12.1 / 1.2);
	stpfin_table_free(real);
	real = result_of(plan, "activity", STPFIN_PRICES_REAL);
	EXPECT(value(real, "year=2016", "activity"), 12);
	stpfin_table_free(real);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(real_prices_need_a_deflator)
{
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_plan *plan = PLAN(2016, {"flow", ONE_FLOW});
	stpfin_projection *projection = (stpfin_projection *)&options;

	options.prices = STPFIN_PRICES_REAL;
	expect_error(stpfin_project(plan, &options, &projection), STPFIN_ERROR_DEFLATOR, "deflator");
	ck_assert_ptr_null(projection);
	stpfin_plan_free(plan);
}
END_TEST

/* R holds P and Q, and P holds F and G. C's gap of 100 is 0.6 in F, 0.3 in G and 0.1 in Q. */
START_TEST(parents_are_sums_of_their_children)
{
	static const struct {
		const char *where;
		double gap;
		double per_head;
	} expected[] = {
		{"footprint=F;component=total;year=2015", 60, 6},
		{"footprint=G;component=total;year=2015", 30, 1},
		{"footprint=P;component=total;year=2015", 90, 90. / 40},
		{"footprint=Q;component=total;year=2015", 10, (double)NAN},
		{"footprint=R;component=total;year=2015", 100, 100. / 40},
		{"footprint=England;component=total;year=2015", 100, 100. / 40},
	};
	stpfin_plan *plan = PLAN(2015,
		{"footprint",
			"footprint,name,parent\nF,Fen,P\nG,Gorge,P\nP,Place,R\nQ,Quay,R\nR,Region,\n"},
		{"membership", "organisation,footprint,share\nC,F,0.6\nC,G,0.3\nC,Q,0.1\nT,F,1\n"},
		{"population", "footprint,year,persons\nF,2015,10\nG,2015,30\n"}, {"flow", ONE_FLOW});
	stpfin_table *spending = result_of(plan, "spending", STPFIN_PRICES_CASH);
	stpfin_table *gap = cash(plan, "funding_gap");

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		EXPECT(value(gap, expected[i].where, "gap"), expected[i].gap);
		EXPECT(value(gap, expected[i].where, "gap_per_head"), expected[i].per_head);
	}
	EXPECT(value(spending, "footprint=P;setting=acute", "amount"), 90);
	ck_assert_uint_eq(count_rows(gap, "footprint=unassigned"), 0);
	stpfin_table_free(spending);
	stpfin_table_free(gap);
}
END_TEST

#define EVERYTHING                                                                                 \
	{"organisation", "organisation,name,kind\nC,Commissioner,commissioner\nT,Trust,provider\n"     \
					 "U,Unit,provider\nL,Council,council\nO,Outside,outside\nB,Board,board\n"},    \
		{"membership", "organisation,footprint,share\nC,F,0.9\nT,F,1\nL,F,1\nU,F,1\n"},            \
		{"service", "service,name,setting,unit\nE,Emergency,acute,spell\nH,Home,social,week\n"},   \
		{"flow", FLOW "C,T,E,10,100,120,0.7,\nC,T,E,5,50,40,,\nT,U,E,3,30,33,0,\n"                 \
					  "U,T,E,2,20,,,\nL,O,H,7,70,,,\nL,T,H,1,11,13,,\nT,O,E,4,17,,,\n"},           \
		{"activity_growth", "service,rate\nE,0.03\nH,-0.02\n"}, PAY_10_PERCENT,                    \
		{"funding", "organisation,stream,year,amount\nC,allocation,2015,160\nC,allocation,2016,"   \
					"165\nL,grant,2015,80\nL,grant,2016,78\nL,precept,2016,9\n"},                  \
		{"transfer", "from_organisation,to_organisation,name,year,amount\nC,L,Better Care "        \
					 "Fund,2016,12\nL,C,Return,2016,5\nC,L,Other,2016,1\n"},                       \
	{                                                                                              \
		"pressure", "organisation,name,year,amount\nT,seven days,2016,8\nT,deficit,2016,2\n"       \
					"C,left over,2015,3\n"                                                         \
	}

/* In 2016, before transfers, C pays 110 (1 + 0.7 × 0.03) + 55 × 1.03 and has 165. */
START_TEST(ledger_rows_sum_to_positions)
{
	static const char *const organisations[] = {"C", "T", "U", "L"};
	static const char *const years[] = {"2015", "2016"};
	stpfin_plan *plan = PLAN(2016, EVERYTHING);
	stpfin_table *ledger = result_of(plan, "ledger", STPFIN_PRICES_CASH);
	stpfin_table *gap = result_of(plan, "funding_gap", STPFIN_PRICES_CASH);
	stpfin_table *position = cash(plan, "position");
	double total = 0;

	for (size_t i = 0; i < 4; i++) {
		for (size_t j = 0; j < 2; j++) {
			char where[64];

			snprintf(where, sizeof where, "organisation=%s;year=%s", organisations[i], years[j]);
			EXPECT(sum(ledger, where, "cost"), value(position, where, "cost"));
			EXPECT(sum(ledger, where, "income"), value(position, where, "income"));
			EXPECT(value(position, where, "gap"),
				value(position, where, "cost") - value(position, where, "income"));
			total += j == 1 ? value(position, where, "gap") : 0;
		}
	}
	EXPECT(value(position, "organisation=C;year=2016", "cost"), 110 * 1.021 + 55 * 1.03);
	EXPECT(value(position, "organisation=C;year=2016", "income"), 165 - 12 + 5 - 1);
	EXPECT(value(position, "organisation=L;year=2016", "income"), 78 + 9 + 12 - 5 + 1);
	EXPECT(value(gap, "footprint=England;component=total;year=2016", "gap"), total);
	EXPECT(value(gap, "footprint=England;component=total;year=2016", "income"), 165 + 78 + 9);
	EXPECT(value(gap, "footprint=England;component=nhs;year=2016", "income"), 165 - 8);
	EXPECT(sum(gap, "footprint=F;component=total;year=2016", "gap") +
			   sum(gap, "footprint=unassigned;component=total;year=2016", "gap"),
		total);
	/* Every payment is once an income and once a cost. */
	EXPECT(sum(ledger, "line=contract", "income"), sum(ledger, "line=contract", "cost"));
	EXPECT(sum(ledger, "line=transfer", "income"), 0);
	/* The two flows of one commissioner, provider and service are one row. */
	EXPECT(value(ledger, "organisation=T;counterparty=C;line=contract;year=2015", "income"), 150);
	/* Two who buy from each other have a row that pays and is paid. */
	EXPECT(value(ledger, "organisation=T;counterparty=U;line=contract;year=2015", "cost"), 30);
	EXPECT(value(ledger, "organisation=T;counterparty=U;line=contract;year=2015", "income"), 20);
	/* Transfers of two names between the same two are one row. */
	EXPECT(value(ledger, "organisation=L;counterparty=C;line=transfer;year=2016", "income"), 8);
	ck_assert_uint_eq(count_rows(ledger, "organisation=B"), 0);
	ck_assert_uint_eq(count_rows(ledger, "counterparty=;service=;line=pressure;cost=10"), 1);
	stpfin_table_free(ledger);
	stpfin_table_free(gap);
	stpfin_table_free(position);
}
END_TEST

/* What trusts buy from one another is nobody's spending twice. */
START_TEST(spending_is_of_commissioners_and_councils)
{
	stpfin_table *spending = cash(PLAN(2016, EVERYTHING), "spending");

	EXPECT(value(spending, "footprint=England;setting=acute;year=2015", "amount"), 150);
	EXPECT(value(spending, "footprint=F;setting=acute;year=2015", "amount"), 135);
	EXPECT(value(spending, "footprint=England;setting=social;year=2015", "amount"), 81);
	stpfin_table_free(spending);
}
END_TEST

/* Prices and transfers move the gap between organisations, and England's total not at all. */
START_TEST(prices_and_transfers_leave_england_as_it_was)
{
	static const char *const changes[][2] = {
		{"tariff", "service,uplift,efficiency\n,0.04,0.11\n"},
		{"transfer", "from_organisation,to_organisation,name,year,amount\nT,C,Sweep,2016,37\n"},
	};
	static const char england[] = "footprint=England;component=total;year=2016";
	stpfin_plan *plan = PLAN(2016, EVERYTHING);
	stpfin_table *before = result_of(plan, "funding_gap", STPFIN_PRICES_CASH);

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		stpfin_table *after = cash(with_table(plan, changes[i][0], changes[i][1]), "funding_gap");

		EXPECT(value(after, england, "gap"), value(before, england, "gap"));
		ck_assert_double_ne(
			value(after, "footprint=England;component=commissioner;year=2016", "gap"),
			value(before, "footprint=England;component=commissioner;year=2016", "gap"));
		stpfin_table_free(after);
	}
	stpfin_table_free(before);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(plan_of_one_year)
{
	stpfin_plan *plan = PLAN(2015, {"flow", FLOW "C,T,E,10,100,120,,\n"});
	stpfin_table *gap = cash(plan, "funding_gap");

	ck_assert_uint_eq(stpfin_table_rows(gap), 2 * 5);
	EXPECT(value(gap, "footprint=F;component=provider", "gap"), 20);
	EXPECT(value(gap, "footprint=F;component=total", "gap"), 120);
	stpfin_table_free(gap);
}
END_TEST

START_TEST(plan_without_flows)
{
	size_t n;
	const char *const *results = stpfin_projection_results(&n);
	stpfin_plan *plan = PLAN(2016, {"pressure", "organisation,name,year,amount\nC,rent,2016,7\n"});

	for (size_t i = 0; i < n; i++) {
		stpfin_table *table = result_of(plan, results[i], STPFIN_PRICES_CASH);

		ck_assert_str_eq(stpfin_table_name(table), results[i]);
		if (strcmp(results[i], "ledger") == 0) {
			ck_assert_uint_eq(stpfin_table_rows(table), 1);
		}
		stpfin_table_free(table);
	}
	stpfin_plan_free(plan);
}
END_TEST

static void expect_overflow(stpfin_plan *plan, const char *words)
{
	stpfin_projection *projection = (stpfin_projection *)&projection;

	expect_error(stpfin_project(plan, NULL, &projection), STPFIN_ERROR_OVERFLOW, words);
	ck_assert_ptr_null(projection);
	stpfin_plan_free(plan);
}

/* Cells go up to 1e15, so overflow takes years. */
START_TEST(positions_that_overflow)
{
	expect_overflow(
		PLAN(2055, {"flow", ONE_FLOW}, {"activity_growth", "rate\n1e15\n"}), "'C' in 2036");
	expect_overflow(PLAN(2055, {"flow", ONE_FLOW}, {"inflation", "component,rate\npay,1e15\n"},
						{"cost_mix", "service,component,share\n,pay,1\n"}),
		"'C' in 2036");
	/* Nothing is paid and nothing costs, yet 0 times what cannot be held is no number. */
	expect_overflow(
		PLAN(2055, {"flow", FLOW "C,T,E,1,0,,0,\n"}, {"activity_growth", "rate\n1e15\n"}), "2036");
}
END_TEST

/* Two organisations whose positions of 1e14 become 1e308 in 2036. */
#define LARGEST                                                                                    \
	{"organisation",                                                                               \
		"organisation,name,kind\nC,One,commissioner\nD,Two,council\nO,Out,outside\n"},             \
		{"membership", "organisation,footprint,share\nC,F,1\nD,F,1\n"},                            \
		{"flow", FLOW "C,O,E,1,1e14,,,\nD,O,E,1,1e14,,,\n"},                                       \
	{                                                                                              \
		"activity_growth", "rate\n99999999999999\n"                                                \
	}

/* Positions that can be held do not make every result one that can. */
START_TEST(results_that_overflow)
{
	const struct {
		const char *result;
		stpfin_prices prices;
		const char *where;
		stpfin_plan *plan;
	} cases[] = {
		{"activity", STPFIN_PRICES_CASH, "activity of activity in 2036",
			PLAN(2036, {"flow", FLOW "C,T,E,1e15,1,,,\n"}, {"activity_growth", "rate\n1e14\n"})},
		{"resource", STPFIN_PRICES_CASH, "needed of resource in 2034",
			PLAN(2035,
				{"service", "service,name,setting,unit,length_of_stay,target_occupancy\n"
							"E,Emergency,acute,spell,1e15,1e-15\n"},
				{"flow", FLOW "C,T,E,1e15,1,,,\n"}, {"activity_growth", "rate\n1e14\n"})},
		{"funding_gap", STPFIN_PRICES_CASH, "of funding_gap in 2036", PLAN(2036, LARGEST)},
		{"spending", STPFIN_PRICES_CASH, "amount of spending in 2036", PLAN(2036, LARGEST)},
		{"funding_gap", STPFIN_PRICES_CASH, "gap_per_head of funding_gap in 2015",
			PLAN(2015, {"flow", ONE_FLOW},
				{"population", "footprint,year,persons\nF,2015,1e-307\n"})},
		{"position", STPFIN_PRICES_REAL, "cost of position in 2016",
			PLAN(2016, {"flow", ONE_FLOW}, {"deflator", "year,index\n2015,1e15\n2016,1e-300\n"})},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
		stpfin_projection *projection;
		stpfin_table *table = (stpfin_table *)&options;

		options.prices = cases[i].prices;
		ck_assert_int_eq(stpfin_project(cases[i].plan, &options, &projection), STPFIN_OK);
		expect_error(stpfin_projection_get_table(projection, cases[i].result, NULL, NULL, &table),
			STPFIN_ERROR_OVERFLOW, cases[i].where);
		ck_assert_ptr_null(table);
		stpfin_projection_free(projection);
		stpfin_plan_free(cases[i].plan);
	}
}
END_TEST

START_TEST(unknown_result_names_the_nearest)
{
	stpfin_plan *plan = PLAN(2016, {"flow", ONE_FLOW});
	stpfin_projection *projection;
	stpfin_table *table = (stpfin_table *)&projection;

	ck_assert_int_eq(stpfin_project(plan, NULL, &projection), STPFIN_OK);
	expect_error(stpfin_projection_get_table(projection, "founding_gap", NULL, NULL, &table),
		STPFIN_ERROR_ARGUMENT, "'founding_gap': did you mean funding_gap?");
	ck_assert_ptr_null(table);
	expect_error(stpfin_projection_get_table(projection, "weather", NULL, NULL, &table),
		STPFIN_ERROR_ARGUMENT, "'weather'");
	ck_assert_ptr_null(strstr(stpfin_last_error(), "did you mean"));
	/* A plan's table is no result, nor is one that another call makes. */
	expect_error(stpfin_projection_get_table(projection, "flow", NULL, NULL, &table),
		STPFIN_ERROR_ARGUMENT, "'flow'");
	stpfin_projection_free(projection);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(wrong_versions_and_arguments)
{
	stpfin_plan *plan = PLAN(2016, {"flow", ONE_FLOW});
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_bridge_options bridge_options = STPFIN_BRIDGE_OPTIONS_INIT;
	stpfin_compare_options compare_options = STPFIN_COMPARE_OPTIONS_INIT;
	stpfin_plan_settings settings = STPFIN_PLAN_SETTINGS_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	const struct csv none[] = {{0}};
	const char *no_name = NULL;
	stpfin_plan *made = (stpfin_plan *)&stamp;
	stpfin_projection *projection = (stpfin_projection *)&stamp;
	stpfin_table *table = (stpfin_table *)&stamp;
	stpfin_table *changes = (stpfin_table *)&stamp;

	options.version = 0;
	expect_error(stpfin_project(plan, &options, &projection), STPFIN_ERROR_ARGUMENT, "version");
	ck_assert_ptr_null(projection);
	options.version = 2;
	expect_error(stpfin_project(plan, &options, &projection), STPFIN_ERROR_ARGUMENT, "version");
	options.version = 1;
	options.prices = (stpfin_prices)7;
	expect_error(stpfin_project(plan, &options, &projection), STPFIN_ERROR_ARGUMENT, "7");
	options.prices = STPFIN_PRICES_CASH;
	options.n_scenarios = 1;
	expect_error(stpfin_project(plan, &options, &projection), STPFIN_ERROR_ARGUMENT, "NULL");
	options.scenarios = &no_name;
	expect_error(
		stpfin_project(plan, &options, &projection), STPFIN_ERROR_ARGUMENT, "scenario 0 is NULL");
	expect_error(stpfin_project(NULL, NULL, &projection), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_project(plan, NULL, NULL), STPFIN_ERROR_ARGUMENT, "NULL");

	ck_assert_int_eq(stpfin_project(plan, NULL, &projection), STPFIN_OK);
	expect_error(stpfin_projection_get_table(NULL, "flow", NULL, NULL, &table),
		STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_projection_get_table(projection, NULL, NULL, NULL, &table),
		STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_projection_get_table(projection, "flow", NULL, NULL, NULL),
		STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_projection_get_stamp(NULL, &stamp), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_projection_get_stamp(projection, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	stamp.version = 2;
	expect_error(stpfin_projection_get_stamp(projection, &stamp), STPFIN_ERROR_ARGUMENT, "version");
	expect_error(stpfin_align(NULL, &changes, &table), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_align(projection, NULL, &table), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_align(projection, &changes, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	stpfin_projection_free(projection);
	stpfin_projection_free(NULL);

	bridge_options.version = 2;
	expect_error(
		stpfin_bridge(plan, &bridge_options, &table, NULL), STPFIN_ERROR_ARGUMENT, "version");
	ck_assert_ptr_null(table);
	bridge_options.version = 1;
	bridge_options.method = (stpfin_bridge_method)2;
	expect_error(
		stpfin_bridge(plan, &bridge_options, &table, NULL), STPFIN_ERROR_ARGUMENT, "method");
	bridge_options.method = STPFIN_BRIDGE_SHAPLEY;
	bridge_options.by = (stpfin_bridge_by)4;
	expect_error(
		stpfin_bridge(plan, &bridge_options, &table, NULL), STPFIN_ERROR_ARGUMENT, "steps");
	bridge_options.by = STPFIN_BRIDGE_BY_AGREEMENT;
	expect_error(
		stpfin_bridge(plan, &bridge_options, &table, NULL), STPFIN_ERROR_ARGUMENT, "name one");
	bridge_options.by = STPFIN_BRIDGE_BY_DRIVER;
	bridge_options.samples = 1;
	expect_error(
		stpfin_bridge(plan, &bridge_options, &table, NULL), STPFIN_ERROR_ARGUMENT, "2 or more");
	expect_error(stpfin_bridge(NULL, NULL, &table, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(stpfin_bridge(plan, NULL, NULL, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	/* A stamp without a version might be shorter than what is written to it. */
	expect_error(stpfin_bridge(plan, NULL, &table, &stamp), STPFIN_ERROR_ARGUMENT, "version");
	ck_assert_ptr_null(table);
	expect_error(stpfin_compare(plan, plan, NULL, &changes, &table, &stamp), STPFIN_ERROR_ARGUMENT,
		"version");
	ck_assert_ptr_null(changes);
	expect_error(
		stpfin_compare(plan, NULL, NULL, &changes, &table, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	expect_error(
		stpfin_compare(plan, plan, NULL, NULL, &table, NULL), STPFIN_ERROR_ARGUMENT, "NULL");

	compare_options.version = 2;
	expect_error(stpfin_compare(plan, plan, &compare_options, &changes, &table, NULL),
		STPFIN_ERROR_ARGUMENT, "STPFIN_COMPARE_OPTIONS_INIT");
	ck_assert_ptr_null(changes);
	ck_assert_ptr_null(table);

	settings.version = 0;
	expect_error(try_plan(&settings, none, NULL, &made), STPFIN_ERROR_ARGUMENT, "version");
	ck_assert_ptr_null(made);
	expect_error(stpfin_plan_get_settings(plan, &settings), STPFIN_ERROR_ARGUMENT, "version");
	expect_error(stpfin_plan_write_empty(&settings, "nowhere"), STPFIN_ERROR_ARGUMENT, "version");
	stpfin_plan_free(plan);
}
END_TEST

static stpfin_stamp stamp_of(stpfin_plan *plan)
{
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	stpfin_projection *projection;

	ck_assert_int_eq(stpfin_project(plan, NULL, &projection), STPFIN_OK);
	ck_assert_int_eq(stpfin_projection_get_stamp(projection, &stamp), STPFIN_OK);
	stpfin_projection_free(projection);
	stpfin_plan_free(plan);
	return stamp;
}

#define SOURCES                                                                                    \
	{                                                                                              \
		"source", "source,title,status\nP,Accounts,published\nD,Sums,derived\nA,Guess,assumed\n"   \
	}

/* A row's own status stands before its source's; with neither it is assumed. A flow's income and,
 * if it has one, cost count, the amounts of others without their sign:
 *   published  flow 100 + 120, pressure 30      250
 *   derived    funding 2 × 80 by its own word   160
 *   assumed    flow 50, transfer 40              90 */
START_TEST(stamp_tells_how_far_money_can_be_relied_on)
{
	stpfin_plan *plan = PLAN(2016, SOURCES,
		{"flow", "commissioner,provider,service,activity,income,cost,source,status\n"
				 "C,T,E,10,100,120,P,\nC,T,E,10,50,,,\n"},
		{"pressure", "organisation,name,year,amount,source,status\nT,a,2016,-30,A,published\n"
					 "T,b,2031,1000,P,\n"},
		{"funding", "organisation,stream,year,amount,source,status\n"
					"C,a,2015,80,A,derived\nC,a,2016,80,A,derived\n"},
		{"transfer", "from_organisation,to_organisation,name,year,amount,source,status\n"
					 "C,T,x,2016,40,A,\n"});
	char hash[STPFIN_HASH_SIZE];
	stpfin_stamp stamp;

	ck_assert_int_eq(stpfin_plan_hash(plan, hash), STPFIN_OK);
	stamp = stamp_of(plan);
	EXPECT(stamp.published, 250. / 500);
	EXPECT(stamp.derived, 160. / 500);
	EXPECT(stamp.assumed, 90. / 500);
	ck_assert_str_eq(stamp.plan_hash, hash);
	ck_assert_str_eq(stamp.compared_with, "");
	ck_assert_str_eq(stamp.library_version, stpfin_version());
	ck_assert_int_eq(stamp.settings.base_year, 2015);
	ck_assert_int_eq(stamp.settings.end_year, 2016);
	ck_assert_int_eq(stamp.prices, STPFIN_PRICES_CASH);
}
END_TEST

/* Capital spent before the base year is part of the plan, but not of its years. */
START_TEST(stamp_leaves_out_other_years)
{
	stpfin_stamp stamp = stamp_of(PLAN(2016, SOURCES,
		{"flow", "commissioner,provider,service,activity,income,source\nC,T,E,10,100,P\n"},
		{"scheme", "scheme,name,workstream,aim,owner\nS,Site,Estate,funding,T\n"},
		{"scheme_cost", "scheme,organisation,year,kind,amount,asset_life,source\n"
						"S,T,2012,capital,900,10,A\nS,T,2016,capital,300,10,D\n"}));

	EXPECT(stamp.published, 0.25);
	EXPECT(stamp.derived, 0.75);
	EXPECT(stamp.assumed, 0);
}
END_TEST

START_TEST(stamp_of_a_plan_without_money)
{
	stpfin_stamp stamp = stamp_of(PLAN(2016, {0}));

	EXPECT(stamp.published, 0);
	EXPECT(stamp.derived, 0);
	EXPECT(stamp.assumed, 0);
}
END_TEST

START_TEST(projection_outlives_its_plan_and_repeats_itself)
{
	size_t n;
	const char *const *results = stpfin_projection_results(&n);
	stpfin_plan *plan = PLAN(2016, EVERYTHING);
	stpfin_projection *first;
	stpfin_projection *second;

	ck_assert_int_eq(stpfin_project(plan, NULL, &first), STPFIN_OK);
	ck_assert_int_eq(stpfin_project(plan, NULL, &second), STPFIN_OK);
	stpfin_plan_free(plan);
	ck_assert_uint_gt(n, 0);
	for (size_t i = 0; i < n; i++) {
		stpfin_table *a;
		stpfin_table *b;

		ck_assert_int_eq(stpfin_projection_get_table(first, results[i], NULL, NULL, &a), STPFIN_OK);
		ck_assert_int_eq(
			stpfin_projection_get_table(second, results[i], NULL, NULL, &b), STPFIN_OK);
		ck_assert(stpfin_table_equal(a, b));
		ck_assert_uint_eq(count_rows(a, "scenario=do_nothing"), stpfin_table_rows(a));
		stpfin_table_free(a);
		stpfin_table_free(b);
	}
	stpfin_projection_free(first);
	stpfin_projection_free(second);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		outside_is_paid_its_cost_whatever_the_tariff,
		marginal_rates,
		commissioner_in_two_footprints,
		footprint_without_population,
		cost_only_flow,
		year_without_tariff_follows_inflation,
		cost_mixes_are_whole_sets,
		age_weights,
		blank_rates_and_ties,
		beds_and_staff,
		real_prices,
		real_prices_need_a_deflator,
		parents_are_sums_of_their_children,
		ledger_rows_sum_to_positions,
		spending_is_of_commissioners_and_councils,
		prices_and_transfers_leave_england_as_it_was,
		plan_of_one_year,
		plan_without_flows,
		positions_that_overflow,
		results_that_overflow,
		unknown_result_names_the_nearest,
		wrong_versions_and_arguments,
		stamp_tells_how_far_money_can_be_relied_on,
		stamp_leaves_out_other_years,
		stamp_of_a_plan_without_money,
		projection_outlives_its_plan_and_repeats_itself,
		NULL,
	};

	return run_tests("model", tests);
}
