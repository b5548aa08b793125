#include <math.h>
#include <stdlib.h>

#include "tests/statistics.h"

enum { N_LIMITS = 4 };

static const char *const limit_names[N_LIMITS] = {"lower_998", "lower_95", "upper_95", "upper_998"};

START_TEST(funnel_as_published)
{
	static const char *const positions[] = {
		"much_lower", "lower", "as_expected", "higher", "much_higher"};
	stpfin_table *places = read_case("funnel"), *limits = read_case("funnel_limits");
	const size_t n = stpfin_table_rows(places), n_limits = stpfin_table_rows(limits);
	double *numerator = column(places, "numerator"), *denominator = column(places, "denominator");
	double *persons = column(limits, "denominator");
	size_t outside = 0;
	double centre, phi, tau_squared, position[512], out[N_LIMITS][128];

	ck_assert_uint_eq(n, 303);
	ck_assert_uint_eq(n_limits, 100);
	EXPECT_OK(stpfin_funnel_variation(
		STPFIN_PROPORTION, numerator, n, denominator, n, &centre, &phi, &tau_squared));
	expect_within(100 * centre, number(limits, 0, "centre"), 1e-6);
	EXPECT_OK(stpfin_funnel_limits(STPFIN_PROPORTION, persons, n_limits, centre, 0, n_limits,
		out[0], n_limits, out[1], n_limits, out[2], n_limits, out[3]));
	for (size_t row = 0; row < n_limits; row++) {
		for (size_t i = 0; i < N_LIMITS; i++) {
			expect_within(100 * out[i][row], number(limits, row, limit_names[i]), 1e-6);
		}
	}
	EXPECT_OK(stpfin_funnel_position(
		STPFIN_PROPORTION, numerator, n, denominator, n, centre, 0, n, position));
	for (size_t row = 0; row < n; row++) {
		ck_assert_str_eq(positions[(int)position[row] + 2], cell(places, row, "position"));
	}

	/* These places differ by far more than chance; allowing for it leaves few outside. */
	ck_assert(phi > 10 && tau_squared > 0);
	EXPECT_OK(stpfin_funnel_position(
		STPFIN_PROPORTION, numerator, n, denominator, n, centre, tau_squared, n, position));
	for (size_t row = 0; row < n; row++) {
		outside += position[row] != STPFIN_AS_EXPECTED;
	}
	ck_assert_uint_lt(outside, n / 5);
	free(numerator);
	free(denominator);
	free(persons);
	stpfin_table_free(places);
	stpfin_table_free(limits);
}
END_TEST

START_TEST(funnel_refuses)
{
	const double numerator[] = {1, 2, 3}, denominator[] = {4, 2, 5}, small[] = {4, 1, 5};
	const double zero[] = {4, 0, 5}, wrong[] = {1, -2, 3};
	double out[3] = {-1, -1, -1};

#define VARIATION(kind, x, n_x, y, n_y)                                                            \
	stpfin_funnel_variation((stpfin_indicator_kind)(kind), x, n_x, y, n_y, out, out + 1, out + 2)
	expect_error(VARIATION(3, numerator, 3, denominator, 3), STPFIN_ERROR_ARGUMENT,
		"kind is 3: it must be 0 (proportion), 1 (rate) or 2 (ratio)");
	expect_error(VARIATION(-1, numerator, 3, denominator, 3), STPFIN_ERROR_ARGUMENT, "kind is -1");
	expect_error(VARIATION(1, numerator, 3, denominator, 2), STPFIN_ERROR_ARGUMENT,
		"denominator has a length of 2: it must have 3, as numerator has");
	expect_error(VARIATION(1, NULL, 3, denominator, 3), STPFIN_ERROR_ARGUMENT, "numerator is NULL");
	expect_error(VARIATION(0, numerator, 3, small, 3), STPFIN_ERROR_ARGUMENT,
		"numerator 2 is 2: it must be at most its denominator");
	expect_error(VARIATION(1, numerator, 3, zero, 3), STPFIN_ERROR_ARGUMENT,
		"numerator 2 is 2: it must be 0 where its denominator is");
	expect_error(
		VARIATION(1, wrong, 3, denominator, 3), STPFIN_ERROR_ARGUMENT, "numerator 2 is -2");
	expect_error(
		VARIATION(1, numerator, 3, wrong, 3), STPFIN_ERROR_ARGUMENT, "denominator 2 is -2");
	expect_error(
		stpfin_funnel_variation(STPFIN_RATE, numerator, 3, denominator, 3, out, NULL, out + 2),
		STPFIN_ERROR_ARGUMENT, "an output is NULL");
#undef VARIATION

#define LIMITS(kind, y, n_y, centre, tau_squared, n_out)                                           \
	stpfin_funnel_limits((stpfin_indicator_kind)(kind), y, n_y, centre, tau_squared, 3, out, 3,    \
		out, n_out, out, 3, out)
	expect_error(LIMITS(3, denominator, 3, 0.5, 0, 3), STPFIN_ERROR_ARGUMENT, "kind is 3");
	expect_error(LIMITS(0, denominator, 3, 1.5, 0, 3), STPFIN_ERROR_ARGUMENT,
		"centre is 1.5: it must be a share from 0 to 1");
	expect_error(LIMITS(1, denominator, 3, -1, 0, 3), STPFIN_ERROR_ARGUMENT,
		"centre is -1: it must be 0 or more");
	expect_error(
		LIMITS(1, denominator, 3, INFINITY, 0, 3), STPFIN_ERROR_ARGUMENT, "centre is infinite");
	expect_error(LIMITS(1, denominator, 3, 1, -0.5, 3), STPFIN_ERROR_ARGUMENT,
		"tau_squared is -0.5: it must be 0 or more");
	expect_error(LIMITS(1, denominator, 3, 1, 0, 2), STPFIN_ERROR_ARGUMENT,
		"out_upper_95 has a length of 2: it must have 3, as denominator has");
	expect_error(LIMITS(1, NULL, 3, 1, 0, 3), STPFIN_ERROR_ARGUMENT, "denominator is NULL");
	expect_error(LIMITS(1, wrong, 3, 1, 0, 3), STPFIN_ERROR_ARGUMENT, "denominator 2 is -2");
#undef LIMITS

#define POSITION(kind, x, n_x, y, n_y, centre, tau_squared, n_out)                                 \
	stpfin_funnel_position(                                                                        \
		(stpfin_indicator_kind)(kind), x, n_x, y, n_y, centre, tau_squared, n_out, out)
	expect_error(
		POSITION(3, numerator, 3, denominator, 3, 0.5, 0, 3), STPFIN_ERROR_ARGUMENT, "kind is 3");
	expect_error(
		POSITION(0, numerator, 3, denominator, 3, 2, 0, 3), STPFIN_ERROR_ARGUMENT, "centre is 2");
	expect_error(POSITION(0, numerator, 3, denominator, 3, 0.5, -1, 3), STPFIN_ERROR_ARGUMENT,
		"tau_squared is -1");
	expect_error(POSITION(0, numerator, 3, denominator, 2, 0.5, 0, 3), STPFIN_ERROR_ARGUMENT,
		"denominator has a length of 2");
	expect_error(POSITION(0, numerator, 3, small, 3, 0.5, 0, 3), STPFIN_ERROR_ARGUMENT,
		"numerator 2 is 2: it must be at most");
	expect_error(POSITION(0, numerator, 3, denominator, 3, 0.5, 0, 4), STPFIN_ERROR_ARGUMENT,
		"out_position has a length of 4: it must have 3, as numerator has");
#undef POSITION
	ck_assert(out[0] == -1 && out[1] == -1 && out[2] == -1);
}
END_TEST

START_TEST(variation_of_extremes)
{
	const double numerator[] = {30, NAN, 0, 12, 5}, denominator[] = {100, 50, 0, NAN, 80};
	const double plain_numerator[] = {30, 5}, plain_denominator[] = {100, 80};
	const double large[] = {5.01e8, 4.99e8, 5e8}, of[] = {1e9, 1e9, 1e9};
	double a[3], b[3];

	/* What is missing or has no denominator is as if it were not there. */
	for (int kind = 0; kind < 3; kind++) {
		EXPECT_OK(stpfin_funnel_variation(
			(stpfin_indicator_kind)kind, numerator, 5, denominator, 5, a, a + 1, a + 2));
		EXPECT_OK(stpfin_funnel_variation((stpfin_indicator_kind)kind, plain_numerator, 2,
			plain_denominator, 2, b, b + 1, b + 2));
		ck_assert_mem_eq(a, b, sizeof a);
		EXPECT(a[0], 35 / 180.0);
		ck_assert(a[1] > 1 && a[2] > 0);

		/* One place has nothing to differ from. */
		EXPECT_OK(stpfin_funnel_variation(
			(stpfin_indicator_kind)kind, numerator, 1, denominator, 1, a, a + 1, a + 2));
		ck_assert(a[0] == 0.3 && a[1] == 0 && a[2] == 0);

		/* None. */
		EXPECT_OK(stpfin_funnel_variation(
			(stpfin_indicator_kind)kind, numerator + 1, 2, denominator + 1, 2, a, a + 1, a + 2));
		ck_assert(isnan(a[0]) && isnan(a[1]) && isnan(a[2]));
		EXPECT_OK(stpfin_funnel_variation(
			(stpfin_indicator_kind)kind, NULL, 0, NULL, 0, a, a + 1, a + 2));
		ck_assert(isnan(a[0]) && isnan(a[1]) && isnan(a[2]));

		/* Large counts; and all or none that have it. */
		EXPECT_OK(
			stpfin_funnel_variation((stpfin_indicator_kind)kind, large, 3, of, 3, a, a + 1, a + 2));
		ck_assert(a[0] == 0.5 && a[1] > 100 && a[2] > 0 && a[2] < 1e-4);
		EXPECT_OK(
			stpfin_funnel_variation((stpfin_indicator_kind)kind, of, 3, of, 3, a, a + 1, a + 2));
		ck_assert(a[0] == 1 && a[1] == 0 && a[2] == 0);
	}
}
END_TEST

static void limits_of(
	int kind, double denominator, double centre, double tau_squared, double out[N_LIMITS])
{
	EXPECT_OK(stpfin_funnel_limits((stpfin_indicator_kind)kind, &denominator, 1, centre,
		tau_squared, 1, &out[0], 1, &out[1], 1, &out[2], 1, &out[3]));
}

START_TEST(limits_of_extremes)
{
	static const double sizes[] = {1e-15, 1e-9, 1e-3, 0.5, 1, 20, 1e4, 1e6, 1e9, 1e15};
	enum { N_SIZES = sizeof sizes / sizeof *sizes };
	double out[N_LIMITS], zero = 0, position;

	/* Every size with every centre: finite, in order, about the centre; no error of GSL's. */
	for (int kind = 0; kind < 3; kind++) {
		for (size_t i = 0; i < N_SIZES; i++) {
			for (size_t j = 0; j < N_SIZES; j++) {
				for (size_t k = 0; k < N_SIZES; k++) {
					double centre = kind == STPFIN_PROPORTION ? fmin(sizes[j], 1) : sizes[j];

					limits_of(kind, sizes[i], centre, k == 0 ? 0 : sizes[k], out);
					ck_assert(isfinite(out[0]) && isfinite(out[3]) && out[0] >= 0);
					ck_assert(out[0] <= out[1] && out[1] <= centre * (1 + 1e-12));
					ck_assert(centre <= out[2] * (1 + 1e-12) && out[2] <= out[3]);
					ck_assert(kind != STPFIN_PROPORTION || out[3] <= 1);
				}
			}
		}
		/* None have it: whoever has one is above. */
		limits_of(kind, 10, 0, 0, out);
		ck_assert(out[0] == 0 && out[3] == 0);
		EXPECT_OK(stpfin_funnel_position(
			(stpfin_indicator_kind)kind, &zero, 1, (double[]){10}, 1, 0, 0, 1, &position));
		ck_assert(position == STPFIN_AS_EXPECTED);
		EXPECT_OK(stpfin_funnel_position(
			(stpfin_indicator_kind)kind, (double[]){1}, 1, (double[]){10}, 1, 0, 0, 1, &position));
		ck_assert(position == STPFIN_MUCH_HIGHER);

		/* Missing. */
		limits_of(kind, 0, 0.5, 0, out);
		ck_assert(isnan(out[0]) && isnan(out[1]) && isnan(out[2]) && isnan(out[3]));
		limits_of(kind, NAN, 0.5, 0, out);
		ck_assert(isnan(out[0]) && isnan(out[3]));
		limits_of(kind, 10, NAN, 0, out);
		ck_assert(isnan(out[0]) && isnan(out[3]));
		limits_of(kind, 10, 0.5, NAN, out);
		ck_assert(isnan(out[0]) && isnan(out[3]));
		for (int i = 0; i < 4; i++) {
			const double numerators[] = {NAN, 1, 0, 1}, denominators[] = {10, NAN, 0, 10};

			EXPECT_OK(stpfin_funnel_position((stpfin_indicator_kind)kind, &numerators[i], 1,
				&denominators[i], 1, i == 3 ? NAN : 0.5, 0, 1, &position));
			ck_assert(isnan(position));
		}
	}

	/* Garwood's interval of 10 events is 4.7954 to 18.3904: ten is just reached from there. */
	limits_of(STPFIN_RATIO, 4.795388696132434, 1, 0, out);
	expect_within(out[2] * 4.795388696132434, 10, 1e-9);
	limits_of(STPFIN_RATIO, 18.390356042017779, 1, 0, out);
	expect_within(out[1] * 18.390356042017779, 10, 1e-9);

	/* All have it. */
	limits_of(STPFIN_PROPORTION, 10, 1, 0, out);
	ck_assert(out[0] == 1 && out[3] == 1);
	limits_of(STPFIN_PROPORTION, 10, 1, 0.01, out);
	ck_assert(out[0] < 1 && out[3] == 1);

	EXPECT_OK(stpfin_funnel_limits(STPFIN_RATE, NULL, 0, 1, 0, 0, NULL, 0, NULL, 0, NULL, 0, NULL));
	EXPECT_OK(stpfin_funnel_position(STPFIN_RATE, NULL, 0, NULL, 0, 1, 0, 0, NULL));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		funnel_as_published, funnel_refuses, variation_of_extremes, limits_of_extremes, NULL};

	return run_tests("quality statistics", tests);
}
