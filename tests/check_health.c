#include <math.h>
#include <stdio.h>

#include "tests/plans.h"

/* The result health_gap: the counts that it projects, adds up and compares. The statistics made of
 * counts have tests of their own. */

#define MORTALITY "footprint,year,sex,age,population,deaths\n"
#define DEPRIVATION "footprint,measure,quantile,population,value,standard_error\n"
#define TWO_PLACES                                                                                 \
	{                                                                                              \
		"footprint", "footprint,name,parent\nF,Fen,R\nG,Gorge,R\nR,Region,\n"                      \
	}
#define IN_TWO_PLACES                                                                              \
	{                                                                                              \
		"membership", "organisation,footprint,share\nC,F,1\nT,G,1\n"                               \
	}

/* Of life expectancy at birth and its interval. */
struct years {
	double value;
	double lower;
	double upper;
};

static struct years expectancy(
	size_t n, const double *ages, const double *population, const double *deaths)
{
	double value[8];
	double lower[8];
	double upper[8];

	ck_assert_int_eq(stpfin_life_expectancy(
						 ages, n, population, n, deaths, n, 0.95, n, value, n, lower, n, upper),
		STPFIN_OK);
	return (struct years){value[0], lower[0], upper[0]};
}

static stpfin_table *health_of(stpfin_plan *plan)
{
	stpfin_table *table = result_of(plan, "health_gap", STPFIN_PRICES_CASH);

	stpfin_plan_free(plan);
	return table;
}

/* Rates of 2013 fall by a tenth a year from then, and the number of people follows the population
 * from the base year on: women of all ages in one band, men in two. */
START_TEST(rates_follow_trends_and_numbers_the_population)
{
	static const double ages[] = {0, 75};
	static const double women[] = {1000 * 1.5, 100 * 1.5};
	static const double men[] = {900 * 1.25, 80 * 2.0};
	double trend = 0.9 * 0.9 * 0.9;
	const double deaths_of_women[] = {10 * 1.5 * trend, 20 * 1.5 * trend};
	const double deaths_of_men[] = {12 * 1.25 * trend, 25 * 2.0};
	struct years of_women = expectancy(2, ages, women, deaths_of_women);
	struct years of_men = expectancy(2, ages, men, deaths_of_men);
	double first_women[] = {10 * 0.81, 20 * 0.81};
	static const double before[] = {1000, 100};
	stpfin_table *health = health_of(PLAN(2016,
		{"mortality", MORTALITY "F,2012,female,0,5,5\nF,2013,female,75,100,20\n"
								"F,2013,female,0,1000,10\nF,2013,male,0,900,12\n"
								"F,2013,male,75,80,25\n"},
		{"mortality_trend", "sex,age,rate\n,,-0.1\nmale,60,0\n"},
		{"population", "footprint,year,sex,age,persons\nF,2015,female,,20\nF,2016,female,,30\n"
					   "F,2015,male,0,30\nF,2016,male,0,37.5\nF,2015,male,75,10\n"
					   "F,2016,male,75,20\n"}));

	EXPECT(value(health, "footprint=F;measure=life_expectancy;sex=female;year=2016", "value"),
		of_women.value);
	EXPECT(value(health, "footprint=F;measure=life_expectancy;sex=female;year=2016", "lower"),
		of_women.lower);
	EXPECT(value(health, "footprint=F;measure=life_expectancy;sex=male;year=2016", "value"),
		of_men.value);
	EXPECT(value(health, "footprint=F;measure=life_expectancy;sex=male;year=2016", "upper"),
		of_men.upper);
	EXPECT(value(health, "footprint=F;measure=life_expectancy;sex=female;year=2015", "value"),
		expectancy(2, ages, before, first_women).value);
	/* Ages of 0 and 75 alone cannot be standardised, but years of life can be lost. */
	ck_assert_uint_eq(count_rows(health, "measure=standardised_rate"), 2 * 3 * 2);
	EXPECT(value(health, "footprint=F;measure=years_of_life_lost;sex=male;year=2016", "value"),
		12 * trend / 900 * 37.5 * 100000);
	stpfin_table_free(health);
}
END_TEST

/* Persons are women and men in the bands that both have, unless they are counted themselves; a
 * region and England are the sums of the footprints within. */
START_TEST(counts_add_up)
{
	static const double ages[] = {0, 65};
	static const double in_f[] = {500 + 600, 100 + 200 + 150};
	static const double deaths_in_f[] = {5 + 7, 30 + 60 + 40};
	static const double in_all[] = {500 + 600 + 1000, 100 + 200 + 150 + 300 + 1};
	static const double deaths_in_all[] = {5 + 7 + 11, 30 + 60 + 40 + 99 + 1};
	stpfin_table *health = health_of(PLAN(2015, TWO_PLACES, IN_TWO_PLACES,
		{"mortality", MORTALITY "F,2015,female,0,500,5\nF,2015,female,65,100,30\n"
								"F,2015,female,75,200,60\nF,2015,male,0,600,7\n"
								"F,2015,male,65,150,40\nG,2015,,0,1000,11\nG,2015,,65,300,99\n"
								"G,2015,,90,1,1\nG,2015,female,0,9,1\nG,2015,male,0,8,1\n"}));
	struct years of_f = expectancy(2, ages, in_f, deaths_in_f);
	struct years of_all = expectancy(2, ages, in_all, deaths_in_all);

	EXPECT(value(health, "footprint=F;measure=life_expectancy;sex=persons", "value"), of_f.value);
	EXPECT(value(health, "footprint=R;measure=life_expectancy;sex=persons", "value"), of_all.value);
	EXPECT(value(health, "footprint=England;measure=life_expectancy;sex=persons", "value"),
		of_all.value);
	EXPECT(value(health, "footprint=F;measure=life_expectancy;sex=persons", "comparator"),
		of_all.value);
	EXPECT(value(health, "footprint=F;measure=life_expectancy;sex=persons", "gap"),
		of_all.value - of_f.value);
	EXPECT(value(health, "footprint=England;measure=life_expectancy;sex=persons", "gap"), 0);
	EXPECT(value(health, "footprint=England;measure=standardised_ratio;sex=persons", "value"), 1);
	EXPECT(value(health, "footprint=F;measure=standardised_ratio;sex=persons", "value"),
		142 / (1100.0 * 23 / 2100 + 450.0 * 230 / 751));
	EXPECT(value(health, "footprint=F;measure=standardised_ratio;sex=persons", "gap"),
		142 / (1100.0 * 23 / 2100 + 450.0 * 230 / 751) - 1);
	ck_assert_uint_eq(count_rows(health, "footprint=unassigned"), 0);
	stpfin_table_free(health);
}
END_TEST

/* The share in good health is the mean of the people of the parts, and not known where one is not;
 * its interval needs every sample. */
START_TEST(good_health)
{
	static const double ages[] = {0, 65};
	static const double population[] = {300, 40};
	static const double deaths[] = {3, 9};
	static const double shares[] = {(100 * 0.9 + 200 * 0.6) / 300, (10 * 0.5 + 30 * 0.4) / 40};
	static const double samples[] = {50 + 60, 20 + 10};
	double expected[2];
	double lower[2];
	double upper[2];
	stpfin_plan *plan = PLAN(2015,
		{"mortality", "footprint,year,sex,age,population,deaths,good_health,good_health_sample\n"
					  "F,2015,female,0,100,1,0.9,50\nF,2015,female,65,10,2,0.5,20\n"
					  "F,2015,male,0,200,2,0.6,60\nF,2015,male,65,30,7,0.4,10\n"});
	stpfin_plan *unsure = with_table(plan, "mortality",
		"footprint,year,sex,age,population,deaths,good_health,good_health_sample\n"
		"F,2015,female,0,100,1,0.9,50\nF,2015,female,65,10,2,0.5,\n"
		"F,2015,male,0,200,2,,60\nF,2015,male,65,30,7,0.4,10\n");
	stpfin_table *health = health_of(plan);
	stpfin_table *less = health_of(unsure);

	ck_assert_int_eq(stpfin_healthy_life_expectancy(ages, 2, population, 2, deaths, 2, shares, 2,
						 samples, 2, 0.95, 2, expected, 2, lower, 2, upper),
		STPFIN_OK);
	EXPECT(value(health, "footprint=England;measure=healthy_life_expectancy;sex=persons", "value"),
		expected[0]);
	EXPECT(value(health, "footprint=F;measure=healthy_life_expectancy;sex=persons", "upper"),
		upper[0]);
	ck_assert_uint_eq(count_rows(less, "measure=healthy_life_expectancy;sex=persons"), 0);
	ck_assert_uint_eq(count_rows(less, "measure=healthy_life_expectancy;sex=male"), 0);
	EXPECT(value(less, "footprint=F;measure=healthy_life_expectancy;sex=female", "lower"), NAN);
	ck_assert(value(less, "footprint=F;measure=healthy_life_expectancy;sex=female", "value") > 0);
	stpfin_table_free(health);
	stpfin_table_free(less);
}
END_TEST

#define SMOKING                                                                                    \
	{"scheme", "scheme,name,workstream,aim,owner\nA,First,Care,health,C\n"},                       \
		{"risk", "risk,name,trend\nsmoking,Smoking,-0.5\n"},                                       \
		{"prevalence", "footprint,risk,age,prevalence\nF,smoking,16,0.25\n"},                      \
		{"relative_risk", "risk,outcome,rr,lag\nsmoking,mortality,3,1\n"},                         \
		{"prevention_effect", "scheme,risk,reduction,start_year\nA,smoking,1,2016\n"},             \
	{                                                                                              \
		"scenario", "scenario,scheme,scale\nplan,A,\nhalf,A,0.5\n"                                 \
	}
#define DEATHS                                                                                     \
	{                                                                                              \
		"mortality", MORTALITY "F,2015,,0,1000,5\nF,2015,,20,800,4\nF,2015,,75,300,90\n"           \
	}

/* Nothing changes in do nothing, whatever the risk's trend. A year after it has begun, prevention
 * takes from the deaths of those of 20 and over what the risk brings: prevalence is a quarter of a
 * quarter by then. */
START_TEST(prevention_takes_from_deaths_band_by_band)
{
	static const double ages[] = {0, 20, 75};
	static const double population[] = {1000, 800, 300};
	static const double deaths[] = {5, 4, 90};
	double factor = 1 / (1 + 2 * 0.25 * 0.25);
	double half = (1 + 2 * 0.25 * 0.25 * 0.5) * factor;
	const double left[] = {5, 4 * factor, 90 * factor};
	const double half_left[] = {5, 4 * half, 90 * half};
	stpfin_plan *plan = PLAN(2017, SMOKING, DEATHS);
	stpfin_table *health = result_in(plan, "plan", "health_gap");
	stpfin_table *other = result_in(plan, "half", "health_gap");
	double now = expectancy(3, ages, population, deaths).value;

	EXPECT(
		value(health, "scenario=do_nothing;footprint=F;measure=life_expectancy;year=2017", "value"),
		now);
	EXPECT(
		value(health, "scenario=plan;footprint=F;measure=life_expectancy;year=2016", "value"), now);
	EXPECT(value(health, "scenario=plan;footprint=F;measure=life_expectancy;year=2017", "value"),
		expectancy(3, ages, population, left).value);
	EXPECT(value(other, "scenario=half;footprint=F;measure=life_expectancy;year=2017", "value"),
		expectancy(3, ages, population, half_left).value);
	ck_assert(value(health, "scenario=plan;footprint=F;measure=life_expectancy;year=2017",
				  "comparator") > now);
	stpfin_table_free(health);
	stpfin_table_free(other);
	stpfin_plan_free(plan);
}
END_TEST

#define FIVE_PLACES                                                                                \
	{"footprint", "footprint,name\nF,a\nG,b\nH,c\nI,d\nJ,e\nK,f\n"},                               \
		{"membership", "organisation,footprint,share\nC,F,1\nT,G,1\n"},                            \
	{                                                                                              \
		"mortality", MORTALITY "F,2015,,0,1000,50\nG,2015,,0,1000,40\nH,2015,,0,1000,20\n"         \
							   "I,2015,,0,3000,60\nJ,2015,,0,2000,120\nK,2015,,0,1000,20\n"        \
	}

static stpfin_table *compared(const stpfin_plan *plan, stpfin_comparator comparator,
	const stpfin_health_target *targets, size_t n)
{
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	stpfin_projection *projection;
	stpfin_table *table;

	options.comparator = comparator;
	options.targets = targets;
	options.n_targets = n;
	ck_assert_msg(
		stpfin_project(plan, &options, &projection) == STPFIN_OK, "%s", stpfin_last_error());
	ck_assert_int_eq(
		stpfin_projection_get_table(projection, "health_gap", NULL, NULL, &table), STPFIN_OK);
	ck_assert_int_eq(stpfin_projection_get_stamp(projection, &stamp), STPFIN_OK);
	ck_assert_int_eq(stamp.comparator, comparator);
	stpfin_projection_free(projection);
	return table;
}

/* Where a constant share dies, life lasts its inverse. Two of six are the best fifth: of H, I and
 * K, alike, the first two; their people are counted together. */
START_TEST(the_best_fifth_are_the_comparator)
{
	stpfin_plan *plan = PLAN(2015, FIVE_PLACES);
	stpfin_table *health = compared(plan, STPFIN_COMPARATOR_BEST_FIFTH, NULL, 0);

	EXPECT(value(health, "footprint=G;measure=life_expectancy", "value"), 25);
	EXPECT(value(health, "footprint=G;measure=life_expectancy", "comparator"), 50);
	EXPECT(value(health, "footprint=G;measure=life_expectancy", "gap"), 25);
	EXPECT(value(health, "footprint=England;measure=life_expectancy", "gap"),
		50 - 9000.0 / (50 + 40 + 20 + 60 + 120 + 20));
	EXPECT(value(health, "footprint=J;measure=standardised_ratio", "gap"),
		(120 / 2000.0 - 20 / 1000.0) / (310 / 9000.0));
	stpfin_table_free(health);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(targets_are_the_comparator)
{
	static const stpfin_health_target targets[] = {{"life_expectancy", "persons", 30},
		{"life_expectancy", NULL, 20}, {"years_of_life_lost", NULL, 7}};
	stpfin_plan *plan =
		PLAN(2015, {"mortality", MORTALITY "F,2015,female,0,100,5\nF,2015,male,0,100,5\n"});
	stpfin_table *health = compared(plan, STPFIN_COMPARATOR_TARGET, targets, 3);

	EXPECT(value(health, "footprint=F;measure=life_expectancy;sex=persons", "gap"), 10);
	EXPECT(value(health, "footprint=F;measure=life_expectancy;sex=female", "gap"), 0);
	EXPECT(value(health, "footprint=F;measure=life_expectancy;sex=male", "comparator"), 20);
	EXPECT(value(health, "footprint=F;measure=standardised_ratio;sex=male", "comparator"), NAN);
	EXPECT(value(health, "footprint=F;measure=standardised_ratio;sex=male", "gap"), NAN);
	stpfin_table_free(health);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(wrong_targets_are_refused)
{
	static const struct {
		stpfin_comparator comparator;
		stpfin_health_target target;
		size_t n;
		const char *words;
	} cases[] = {
		{(stpfin_comparator)3, {NULL, NULL, 0}, 0, "3 is no comparator: give England"},
		{STPFIN_COMPARATOR_TARGET, {NULL, NULL, 0}, 0, "give both or neither"},
		{STPFIN_COMPARATOR_ENGLAND, {"life_expectancy", NULL, 1}, 1, "give both or neither"},
		{STPFIN_COMPARATOR_TARGET, {"life_expectncy", NULL, 1}, 1,
			"'life_expectncy' is no measure of health: did you mean life_expectancy?"},
		{STPFIN_COMPARATOR_TARGET, {NULL, NULL, 1}, 1, "'' is no measure of health"},
		{STPFIN_COMPARATOR_TARGET, {"life_expectancy", "mal", 1}, 1,
			"'mal' is no sex of health: did you mean male?"},
		{STPFIN_COMPARATOR_TARGET, {"slope_index", NULL, 1}, 1,
			"slope_index has no target: nothing projects it"},
		{STPFIN_COMPARATOR_TARGET, {"life_expectancy", NULL, NAN}, 1,
			"the target of life_expectancy is not a number"},
	};
	stpfin_plan *plan = PLAN(2015, FIVE_PLACES);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
		stpfin_projection *projection;

		options.comparator = cases[i].comparator;
		options.targets = &cases[i].target;
		options.n_targets = cases[i].n;
		expect_error(
			stpfin_project(plan, &options, &projection), STPFIN_ERROR_ARGUMENT, cases[i].words);
		ck_assert_ptr_null(projection);
	}
	stpfin_plan_free(plan);
}
END_TEST

/* What cannot be told has no row. */
START_TEST(counts_that_tell_nothing)
{
	stpfin_plan *plan = PLAN(2016, {"mortality", MORTALITY "F,2015,,0,100,5\n"},
		{"population", "footprint,year,persons\nF,2015,10\nF,2016,0\n"});
	stpfin_plan *later = PLAN(2016, {"mortality", MORTALITY "F,2016,,0,100,5\n"});
	stpfin_plan *none = PLAN(2016, {0});
	stpfin_table *health = health_of(plan);
	stpfin_table *health_later = health_of(later);
	stpfin_table *health_of_none = health_of(none);

	ck_assert(count_rows(health, "year=2015") > 0);
	ck_assert_uint_eq(count_rows(health, "year=2016"), 0);
	ck_assert_uint_eq(count_rows(health_later, "year=2015"), 0);
	ck_assert(count_rows(health_later, "year=2016") > 0);
	ck_assert_uint_eq(stpfin_table_rows(health_of_none), 0);
	stpfin_table_free(health);
	stpfin_table_free(health_later);
	stpfin_table_free(health_of_none);
}
END_TEST

/* Deaths that no table of life can be made of are said to be where they are. */
START_TEST(deaths_out_of_proportion)
{
	const struct {
		const char *mortality;
		const char *trend;
		const char *words;
	} cases[] = {
		{MORTALITY "F,2015,,0,100,90\n", "rate\n0.2\n",
			"in 'F' 108 of 100 die in 2016 at the age of 0, more than live"},
		{MORTALITY "F,2015,,0,100,1e-20\nF,2015,,1,100,90\n", "rate\n0\n",
			"in 'F' 1e-20 of 100 die in 2015 at the age of 0, beyond 1e15 or closer to 0 than "
			"1e-15"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		stpfin_plan *plan =
			PLAN(2016, {"mortality", cases[i].mortality}, {"mortality_trend", cases[i].trend});
		stpfin_projection *projection;
		stpfin_table *table;

		ck_assert_int_eq(stpfin_project(plan, NULL, &projection), STPFIN_OK);
		expect_error(stpfin_projection_get_table(projection, "health_gap", NULL, NULL, &table),
			STPFIN_ERROR_OVERFLOW, cases[i].words);
		ck_assert_ptr_null(table);
		stpfin_projection_free(projection);
		stpfin_plan_free(plan);
	}
}
END_TEST

/* The slope of values that lie on a line is exact: 10 a step of half the people. */
START_TEST(inequality_is_that_of_the_base_year)
{
	stpfin_plan *plan = PLAN(2016, SMOKING, TWO_PLACES, IN_TWO_PLACES,
		{"deprivation", DEPRIVATION "F,Life expectancy of WOMEN,2,5,80,\n"
									"F,Life expectancy of WOMEN,1,5,70,\n"
									"F,\"life expectancy, men\",1,5,70,0.5\n"
									"F,\"life expectancy, men\",2,5,75,0.5\n"
									"R,both men and women,1,1,2,\nR,both men and women,3,1,1,\n"
									"G,one,1,1,1,\n"});
	stpfin_table *health = result_in(plan, "plan", "health_gap");
	double half = value(health, "scenario=plan;footprint=F;measure=slope_index;sex=male", "upper") -
				  value(health, "scenario=plan;footprint=F;measure=slope_index;sex=male", "value");

	EXPECT(value(health, "scenario=plan;footprint=F;measure=slope_index;sex=female", "value"), 20);
	EXPECT(value(health, "scenario=do_nothing;footprint=F;measure=slope_index;sex=female;year=2015",
			   "lower"),
		NAN);
	EXPECT(value(health, "scenario=plan;footprint=F;measure=relative_index;sex=female", "value"),
		85.0 / 65);
	EXPECT(value(health, "scenario=plan;footprint=R;measure=slope_index;sex=persons", "value"), -2);
	EXPECT(value(health, "scenario=plan;footprint=F;measure=slope_index;sex=male", "gap"), NAN);
	/* 1.96 times the error of twice a difference, simulated. */
	ck_assert_double_eq_tol(half, 1.959964 * 2 * 0.5 * sqrt(2), 0.2);
	ck_assert_uint_eq(count_rows(health, "footprint=G"), 0);
	ck_assert_uint_eq(count_rows(health, "footprint=England"), 0);
	stpfin_table_free(health);
	stpfin_plan_free(plan);
}
END_TEST

/* People read years to a decimal and rates without, England by sex and the rest of persons. */
START_TEST(text_is_by_measure)
{
	stpfin_plan *plan =
		PLAN(2016, DEATHS, {"deprivation", DEPRIVATION "F,years,1,5,70,\nF,years,2,5,80,\n"});
	stpfin_table *health = result_of(plan, "health_gap", STPFIN_PRICES_CASH);
	char *text;

	ck_assert_int_eq(stpfin_result_text(health, NULL, plan, &text), STPFIN_OK);
	ck_assert_ptr_nonnull(strstr(text, "those whom prevention keeps alive add no demand"));
	ck_assert_ptr_nonnull(
		strstr(text, "Life expectancy at birth, years\n\nEngland\n\nsex      2015/16  2016/17\n"));
	ck_assert_ptr_nonnull(strstr(text, "Footprints, persons\n\nfootprint  2015/16  2016/17  gap "
									   "2016/17\nFen "));
	ck_assert_ptr_nonnull(strstr(text, "\n\nfootprint  2015/16\nFen          20.00\n"));
	ck_assert_ptr_null(strstr(text, "female"));
	stpfin_text_free(text);
	stpfin_table_free(health);
	stpfin_plan_free(plan);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {rates_follow_trends_and_numbers_the_population, counts_add_up,
		good_health, prevention_takes_from_deaths_band_by_band, the_best_fifth_are_the_comparator,
		targets_are_the_comparator, wrong_targets_are_refused, counts_that_tell_nothing,
		deaths_out_of_proportion, inequality_is_that_of_the_base_year, text_is_by_measure, NULL};

	return run_tests("health", tests);
}
