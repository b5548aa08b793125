#include <math.h>
#include <stdlib.h>

#include "tests/statistics.h"

enum { N = 1 << 14, MOST_INPUTS = 8 };

/* A model of inputs that are each even between 0 and 1. */
typedef double model(const double *inputs);

static const double pi = 3.14159265358979323846;

/* Ishigami and Homma, An importance quantification technique in uncertainty analysis, 1990. */
static double ishigami(const double *inputs)
{
	double x[3];

	for (size_t i = 0; i < 3; i++) {
		x[i] = pi * (2 * inputs[i] - 1);
	}
	return sin(x[0]) + 7 * sin(x[1]) * sin(x[1]) + 0.1 * pow(x[2], 4) * sin(x[0]);
}

static const double g_weights[] = {0, 1, 4.5, 9, 99, 99, 99, 99};

/* Saltelli and Sobol, About the use of rank transformation in sensitivity analysis, 1995. */
static double sobol_g(const double *inputs)
{
	double product = 1;

	for (size_t i = 0; i < 8; i++) {
		product *= (fabs(4 * inputs[i] - 2) + g_weights[i]) / (1 + g_weights[i]);
	}
	return product;
}

/* The next of a sequence of numbers that are even between 0 and 1: Weyl's, of a root for each
 * dimension, which fills the space evenly. */
static double even(size_t draw, size_t dimension)
{
	static const double primes[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53};
	double x = (double)(draw + 1) * sqrt(primes[dimension]);

	return x - floor(x);
}

/* Fills the values of the first sample, of the second, and of the first with one input of the
 * second. */
static void sample(model *of, size_t n_inputs, size_t input, double *a, double *b, double *mixed)
{
	for (size_t draw = 0; draw < N; draw++) {
		double first[MOST_INPUTS], second[MOST_INPUTS];

		for (size_t i = 0; i < n_inputs; i++) {
			first[i] = even(draw, i);
			second[i] = even(draw, n_inputs + i);
		}
		a[draw] = of(first);
		b[draw] = of(second);
		first[input] = second[input];
		mixed[draw] = of(first);
	}
}

static void expect_indices(
	model *of, size_t n_inputs, const double *first_order, const double *total)
{
	double *values = calloc(3 * N, sizeof *values);

	for (size_t input = 0; input < n_inputs; input++) {
		double indices[6];

		sample(of, n_inputs, input, values, values + N, values + 2 * N);
		EXPECT_OK(
			stpfin_sobol_indices(values, N, values + N, N, values + 2 * N, N, 200, 1, 6, indices));
		expect_within(indices[0], first_order[input], 0.02);
		expect_within(indices[3], total[input], 0.02);
		ck_assert_double_le(indices[1], indices[0]);
		ck_assert_double_ge(indices[2], indices[0]);
		ck_assert_double_le(indices[4], indices[3]);
		ck_assert_double_ge(indices[5], indices[3]);
		ck_assert_double_lt(indices[2] - indices[1], 0.12);
		ck_assert_double_lt(indices[5] - indices[4], 0.06);
	}
	free(values);
}

START_TEST(indices_of_the_ishigami_function)
{
	static const double first_order[] = {0.313905, 0.442411, 0};
	static const double total[] = {0.557589, 0.442411, 0.243684};

	expect_indices(ishigami, 3, first_order, total);
}
END_TEST

START_TEST(indices_of_the_g_function)
{
	double part[MOST_INPUTS], first_order[MOST_INPUTS], total[MOST_INPUTS];
	double variance = 1;

	for (size_t i = 0; i < MOST_INPUTS; i++) {
		part[i] = 1 / (3 * (1 + g_weights[i]) * (1 + g_weights[i]));
		variance *= 1 + part[i];
	}
	variance -= 1;
	for (size_t i = 0; i < MOST_INPUTS; i++) {
		first_order[i] = part[i] / variance;
		total[i] = part[i] * (1 + variance) / (1 + part[i]) / variance;
	}
	expect_indices(sobol_g, MOST_INPUTS, first_order, total);
}
END_TEST

START_TEST(indices_by_hand)
{
	static const double a[] = {1, 2, 4}, b[] = {3, 1, 1}, mixed[] = {2, 2, 1};
	/* of 1, 2, 4, 3, 1, 1: mean 2, variance 8/5; b less 2: 1, -1, -1; steps 1, 0, -3 */
	double indices[6];

	EXPECT_OK(stpfin_sobol_indices(a, 3, b, 3, mixed, 3, 0, 1, 6, indices));
	expect_within(indices[0], (1 + 3) / 3.0 / 1.6, 1e-15);
	expect_within(indices[3], 10 / 6.0 / 1.6, 1e-15);
	ck_assert(isnan(indices[1]) && isnan(indices[2]) && isnan(indices[4]) && isnan(indices[5]));
}
END_TEST

START_TEST(what_does_not_vary_has_no_indices)
{
	static const double same[] = {2, 2, 2};
	double indices[6];

	EXPECT_OK(stpfin_sobol_indices(same, 3, same, 3, same, 3, 100, 1, 6, indices));
	for (size_t i = 0; i < 6; i++) {
		ck_assert(isnan(indices[i]));
	}
}
END_TEST

START_TEST(resamples_repeat_by_seed)
{
	static const double a[] = {1, 2, 4, 3}, b[] = {3, 1, 1, 5}, mixed[] = {2, 2, 1, 4};
	double once[6], again[6], other[6];

	EXPECT_OK(stpfin_sobol_indices(a, 4, b, 4, mixed, 4, 500, 7, 6, once));
	EXPECT_OK(stpfin_sobol_indices(a, 4, b, 4, mixed, 4, 500, 7, 6, again));
	EXPECT_OK(stpfin_sobol_indices(a, 4, b, 4, mixed, 4, 500, 8, 6, other));
	ck_assert_mem_eq(once, again, sizeof once);
	ck_assert_double_eq(once[0], other[0]);
	ck_assert(isnan(once[1]) || once[1] != other[1] || once[2] != other[2]);
}
END_TEST

START_TEST(rank_correlations)
{
	static const double x[] = {1, 5, 2, 2, 9}, up[] = {10, 40, 20, 20, 70};
	static const double y[] = {3, 1, 2, 7, 5}, same[] = {1, 1, 1, 1, 1};
	double found;

	EXPECT_OK(stpfin_rank_correlation(x, 5, up, 5, &found));
	expect_within(found, 1, 1e-15);
	/* ranks 1, 4, 2.5, 2.5, 5 and 3, 1, 2, 5, 4: products of what they are off 3 sum to -0.5 */
	EXPECT_OK(stpfin_rank_correlation(x, 5, y, 5, &found));
	expect_within(found, -0.5 / sqrt(9.5 * 10), 1e-15);
	EXPECT_OK(stpfin_rank_correlation(x, 5, same, 5, &found));
	ck_assert(isnan(found));
}
END_TEST

START_TEST(wrong_arrays_are_refused)
{
	static const double x[] = {1, 2, NAN}, y[] = {1, 2, 3};
	double found, indices[6];

	ck_assert_int_eq(stpfin_rank_correlation(x, 3, y, 3, &found), STPFIN_ERROR_ARGUMENT);
	ck_assert_str_eq(stpfin_last_error(), "x 3 is missing: it must be a finite number");
	ck_assert_int_eq(stpfin_rank_correlation(y, 3, y, 2, &found), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(stpfin_rank_correlation(y, 1, y, 1, &found), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(stpfin_rank_correlation(NULL, 3, y, 3, &found), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(stpfin_rank_correlation(y, 3, y, 3, NULL), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(
		stpfin_sobol_indices(y, 3, y, 3, x, 3, 0, 1, 6, indices), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(
		stpfin_sobol_indices(y, 3, y, 2, y, 3, 0, 1, 6, indices), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(
		stpfin_sobol_indices(y, 3, y, 3, y, 3, 0, 1, 5, indices), STPFIN_ERROR_ARGUMENT);
}
END_TEST

/* C's gap is 1,000 and two pressures of 100 each in 2016. */
static stpfin_plan *pressed(const char *uncertainty, const char *correlation)
{
	return PLAN(2016, {"flow", "commissioner,provider,service,activity,income\nC,T,E,10,1000\n"},
		{"pressure", "organisation,name,year,amount\nC,one,2016,100\nC,two,2016,100\n"},
		{"scheme", "scheme,name,workstream,aim,owner\nsite,Site,estates,funding,C\n"},
		{"scheme_cost", "scheme,organisation,year,kind,amount\nsite,C,2016,recurrent,-400\n"},
		{"scenario", "scenario,scheme,scale\nplan,site,0.5\n"}, {"uncertainty", uncertainty},
		{"correlation", correlation});
}

static const char two_pressures[] = "parameter,table,column,select,mode,distribution,p1,p2\n"
									"one,pressure,amount,name=one,value,normal,100,30\n"
									"two,pressure,amount,name=two,value,normal,100,40\n"
									"none,pressure,amount,name=two,add,normal,0,0\n";
static const char none[] = "a,b,rho\n";

START_TEST(sensitivity_of_a_sum)
{
	static const char *const measures[] = {"position.gap[organisation=C;year=2016]"};
	stpfin_sensitivity_options options = STPFIN_SENSITIVITY_OPTIONS_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	stpfin_plan *plan = pressed(two_pressures, none);
	stpfin_table *table;

	options.measures = measures;
	options.n_measures = 1;
	options.sobol = 4000;
	options.repetitions = 100;
	EXPECT_OK(stpfin_sensitivity(plan, &options, &table, &stamp));
	ck_assert_uint_eq(stpfin_table_rows(table), 3);
	ck_assert_uint_eq(stamp.samples, 1000);
	expect_within(value(table, "parameter=one", "low"), 1200 - 30 * 1.2815515655446004, 1e-10);
	expect_within(value(table, "parameter=one", "high"), 1200 + 30 * 1.2815515655446004, 1e-10);
	expect_within(value(table, "parameter=none", "low"), 1200, 1e-10);
	expect_within(value(table, "parameter=one", "first_order"), 0.36, 0.04);
	expect_within(value(table, "parameter=two", "first_order"), 0.64, 0.04);
	expect_within(value(table, "parameter=two", "total"), 0.64, 0.04);
	expect_within(value(table, "parameter=none", "total"), 0, 1e-10);
	/* Of normals correlated by 0.6. */
	expect_within(value(table, "parameter=one", "rank_correlation"), 0.58, 0.06);
	ck_assert(isnan(value(table, "parameter=none", "rank_correlation")));
	stpfin_table_free(table);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(sensitivity_refuses)
{
	stpfin_sensitivity_options options = STPFIN_SENSITIVITY_OPTIONS_INIT;
	stpfin_plan *plan = pressed(two_pressures, "a,b,rho\none,two,0.5\n");
	stpfin_table *table;

	options.sobol = 100;
	ck_assert_int_eq(stpfin_sensitivity(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "correlation"));
	options.sobol = 1;
	ck_assert_int_eq(stpfin_sensitivity(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options.sobol = 0;
	options.n_scenarios = 1;
	ck_assert_int_eq(stpfin_sensitivity(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options.n_scenarios = 0;
	options.n_measures = 1;
	ck_assert_int_eq(stpfin_sensitivity(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options.n_measures = 0;
	options.prices = (stpfin_prices)2;
	ck_assert_int_eq(stpfin_sensitivity(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options.prices = STPFIN_PRICES_CASH;
	options.by = (stpfin_bridge_by)4;
	ck_assert_int_eq(stpfin_sensitivity(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options.by = STPFIN_BRIDGE_BY_SCHEME;
	options.method = (stpfin_bridge_method)2;
	ck_assert_int_eq(stpfin_sensitivity(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options.method = STPFIN_BRIDGE_SEQUENTIAL;
	options.draws = 1;
	ck_assert_int_eq(stpfin_sensitivity(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options.draws = 10;
	options.n_measures = 1;
	ck_assert_int_eq(stpfin_sensitivity(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options.n_measures = 0;
	options.prices = (stpfin_prices)2;
	ck_assert_int_eq(stpfin_sensitivity(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options.prices = STPFIN_PRICES_CASH;
	options.by = (stpfin_bridge_by)-1;
	ck_assert_int_eq(stpfin_sensitivity(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options.by = STPFIN_BRIDGE_BY_SCHEME;
	options.version = 0;
	ck_assert_int_eq(stpfin_sensitivity(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(stpfin_sensitivity(NULL, NULL, &table, NULL), STPFIN_ERROR_ARGUMENT);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(a_value_beyond_a_number_is_refused)
{
	stpfin_plan *plan =
		PLAN(2055, {"flow", "commissioner,provider,service,activity,income\nC,T,E,10,100\n"},
			{"activity_growth", "service,rate\nE,0.01\n"},
			{"uncertainty", "parameter,table,column,select,mode,distribution,p1,p2\n"
							"growth,activity_growth,rate,,value,uniform,1e9,2e9\n"});
	stpfin_table *table;

	ck_assert_int_eq(stpfin_sensitivity(plan, NULL, &table, NULL), STPFIN_ERROR_OVERFLOW);
	ck_assert_ptr_null(table);
	stpfin_plan_free(plan);
}
END_TEST

static stpfin_seek_options seek_c(const char *parameter, double target)
{
	stpfin_seek_options options = STPFIN_SEEK_OPTIONS_INIT;

	options.parameter = parameter;
	options.measure = "position.gap";
	options.place = "C";
	options.target = target;
	return options;
}

START_TEST(seeking_a_parameter)
{
	stpfin_seek_options options = seek_c("one", 1230);
	stpfin_plan *plan = pressed(two_pressures, "a,b,rho\none,two,0.5\n");
	stpfin_table *table;

	EXPECT_OK(stpfin_seek(plan, &options, &table, NULL));
	ck_assert_uint_eq(stpfin_table_rows(table), 1);
	expect_within(value(table, "parameter=one", "value"), 130, 1e-7);
	expect_within(value(table, "place=C", "reached"), 1230, 1e-7);
	stpfin_table_free(table);
	options.target = 900;
	ck_assert_int_eq(stpfin_seek(plan, &options, &table, NULL), STPFIN_ERROR_INFEASIBLE);
	expect_within(value(table, "place=C", "value"), 100 - 30 * 3.090232306167813, 1e-10);
	expect_within(value(table, "place=C", "reached"), 1200 - 30 * 3.090232306167813, 1e-10);
	ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "the lower end"));
	stpfin_table_free(table);
	options.from = -1000;
	options.to = 1000;
	EXPECT_OK(stpfin_seek(plan, &options, &table, NULL));
	expect_within(value(table, "place=C", "value"), -200, 1e-7);
	stpfin_table_free(table);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(seeking_far_and_wide)
{
	stpfin_seek_options options = seek_c("one", 900);
	stpfin_plan *plan = pressed(two_pressures, none);
	stpfin_table *table;

	options.from = 0;
	options.to = 1e13;
	ck_assert_int_eq(stpfin_seek(plan, &options, &table, NULL), STPFIN_ERROR_INFEASIBLE);
	expect_within(value(table, "place=C", "value"), 0, 1e-10);
	expect_within(value(table, "place=C", "reached"), 1100, 1e-7);
	stpfin_table_free(table);
	stpfin_plan_free(plan);
	/* A rate of 0.1 among those up to 100,000,000%. */
	plan = PLAN(2020, {"flow", "commissioner,provider,service,activity,income\nC,T,E,10,1000\n"},
		{"cost_mix", "service,component,share\n,pay,1\n"},
		{"inflation", "component,year,rate\npay,,0.02\n"},
		{"uncertainty", "parameter,table,column,select,mode,distribution,p1,p2\n"
						"pay,inflation,rate,,value,normal,0.02,0.01\n"});
	options = seek_c("pay", 1610.51);
	options.from = 0;
	options.to = 1e6;
	EXPECT_OK(stpfin_seek(plan, &options, &table, NULL));
	expect_within(value(table, "place=C", "value"), 0.1, 1e-9);
	expect_within(value(table, "place=C", "reached"), 1610.51, 1e-6);
	stpfin_table_free(table);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(seeking_a_scale)
{
	stpfin_seek_options options = seek_c("scenario.scale[scenario=plan;scheme=site]", 1100);
	stpfin_plan *plan = pressed(two_pressures, none);
	stpfin_table *table;

	options.scenario = "plan";
	EXPECT_OK(stpfin_seek(plan, &options, &table, NULL));
	expect_within(value(table, "scenario=plan", "value"), 0.25, 1e-9);
	stpfin_table_free(table);
	options.parameter = "scenario.scale";
	EXPECT_OK(stpfin_seek(plan, &options, &table, NULL));
	expect_within(value(table, "scenario=plan", "value"), 0.25, 1e-9);
	stpfin_table_free(table);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(seeking_refuses)
{
	static const char *const wrong[] = {"three", "pressure.amount[name=three]", "pressure.name",
		"presure.amount", "pressure.amount[name=one"};
	stpfin_plan *plan = pressed(two_pressures, none);
	stpfin_seek_options options;
	stpfin_table *table;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		options = seek_c(wrong[i], 0);
		ck_assert_msg(stpfin_seek(plan, &options, &table, NULL) == STPFIN_ERROR_ARGUMENT, "%s: %s",
			wrong[i], stpfin_last_error());
		ck_assert_ptr_null(table);
	}
	options = seek_c("one", 0);
	options.place = "Fenn";
	ck_assert_int_eq(stpfin_seek(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options = seek_c("one", 0);
	options.year = 2020;
	ck_assert_int_eq(stpfin_seek(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options = seek_c("one", 0);
	options.prices = (stpfin_prices)2;
	ck_assert_int_eq(stpfin_seek(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options = seek_c("one", 0);
	options.from = 2;
	options.to = 1;
	ck_assert_int_eq(stpfin_seek(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options = seek_c("one", 0);
	options.from = -1.5e308;
	options.to = 1.5e308;
	ck_assert_int_eq(stpfin_seek(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "1e15"));
	options = seek_c("one", 1e308);
	ck_assert_int_eq(stpfin_seek(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "1e15"));
	options = seek_c("one", 0);
	options.prices = (stpfin_prices)2;
	ck_assert_int_eq(stpfin_seek(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options = seek_c("one", NAN);
	ck_assert_int_eq(stpfin_seek(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	options = seek_c(NULL, 0);
	ck_assert_int_eq(stpfin_seek(plan, &options, &table, NULL), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(stpfin_seek(plan, NULL, &table, NULL), STPFIN_ERROR_ARGUMENT);
	stpfin_plan_free(plan);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {indices_of_the_ishigami_function, indices_of_the_g_function,
		indices_by_hand, what_does_not_vary_has_no_indices, resamples_repeat_by_seed,
		rank_correlations, wrong_arrays_are_refused, sensitivity_of_a_sum, sensitivity_refuses,
		a_value_beyond_a_number_is_refused, seeking_a_parameter, seeking_far_and_wide,
		seeking_a_scale, seeking_refuses, NULL};

	return run_tests("sensitivity", tests);
}
