#include <math.h>
#include <stdlib.h>

#include "tests/statistics.h"

START_TEST(life_expectancy_as_published)
{
	stpfin_table *table = read_case("life_expectancy");
	const size_t n = stpfin_table_rows(table);
	double *ages = column(table, "age"), *population = column(table, "population");
	double *deaths = column(table, "deaths"), *expected = column(table, "value");
	double *lower = column(table, "lower"), *upper = column(table, "upper");
	double out[3][32];

	ck_assert_uint_eq(n, 20);
	EXPECT_OK(stpfin_life_expectancy(
		ages, n, population, n, deaths, n, 0.95, n, out[0], n, out[1], n, out[2]));
	for (size_t i = 0; i < n; i++) {
		expect_within(out[0][i], expected[i], 1e-8);
		expect_within(out[1][i], lower[i], 1e-5);
		expect_within(out[2][i], upper[i], 1e-5);
	}
	free(ages);
	free(population);
	free(deaths);
	free(expected);
	free(lower);
	free(upper);
	stpfin_table_free(table);
}
END_TEST

START_TEST(healthy_life_expectancy_as_published)
{
	static const double printed[] = {63.10993, 62.43428, 58.71228, 54.03314};
	stpfin_table *table = read_case("healthy_life_expectancy");
	const size_t n = stpfin_table_rows(table);
	double *ages = column(table, "age"), *population = column(table, "population");
	double *deaths = column(table, "deaths"), *good_health = column(table, "good_health");
	double *life = column(table, "life_expectancy");
	double *healthy = column(table, "healthy_life_expectancy");
	double out[3][32];

	ck_assert_uint_eq(n, 20);
	EXPECT_OK(stpfin_life_expectancy(
		ages, n, population, n, deaths, n, 0.95, n, out[0], n, out[1], n, out[2]));
	for (size_t i = 0; i < n; i++) {
		expect_within(out[0][i], life[i], 1e-5);
	}
	EXPECT_OK(stpfin_healthy_life_expectancy(ages, n, population, n, deaths, n, good_health, n,
		NULL, 0, 0.95, n, out[0], n, out[1], n, out[2]));
	for (size_t i = 0; i < n; i++) {
		expect_within(out[0][i], healthy[i], 1e-5);
		ck_assert(isnan(out[1][i]) && isnan(out[2][i]));
	}
	for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
		expect_within(out[0][i], printed[i], 1e-5);
	}
	free(ages);
	free(population);
	free(deaths);
	free(good_health);
	free(life);
	free(healthy);
	stpfin_table_free(table);
}
END_TEST

/* Areas of two bands and an open one; a test changes what it is about. */
struct life {
	double ages[3];
	size_t n_ages;
	double population[6];
	size_t n_population;
	double deaths[6];
	size_t n_deaths;
	double good_health[6];
	size_t n_good_health;
	double sample[6];
	size_t n_sample;
	double confidence;
	size_t n_value;
	size_t n_lower;
	size_t n_upper;
	double value[6];
	double lower[6];
	double upper[6];
};

static const struct life two_areas = {
	.ages = {0, 1, 65},
	.n_ages = 3,
	.population = {100, 5000, 900, 210, 8000, 1700},
	.n_population = 6,
	.deaths = {1, 10, 80, 2, 31, 140},
	.n_deaths = 6,
	.good_health = {0.9, 0.8, 0.5, 0.95, 0.85, 0.6},
	.n_good_health = 6,
	.sample = {50, 60, 70, 80, 90, 100},
	.n_sample = 6,
	.confidence = 0.95,
	.n_value = 6,
	.n_lower = 6,
	.n_upper = 6,
	.value = {-1, -1, -1, -1, -1, -1},
	.lower = {-1, -1, -1, -1, -1, -1},
	.upper = {-1, -1, -1, -1, -1, -1},
};

static stpfin_status expect_life(struct life *x)
{
	return stpfin_life_expectancy(x->ages, x->n_ages, x->population, x->n_population, x->deaths,
		x->n_deaths, x->confidence, x->n_value, x->value, x->n_lower, x->lower, x->n_upper,
		x->upper);
}

static stpfin_status expect_healthy_life(struct life *x)
{
	return stpfin_healthy_life_expectancy(x->ages, x->n_ages, x->population, x->n_population,
		x->deaths, x->n_deaths, x->good_health, x->n_good_health, x->sample, x->n_sample,
		x->confidence, x->n_value, x->value, x->n_lower, x->lower, x->n_upper, x->upper);
}

/* What both refuse: the words, and that no output was touched. */
static void refuse_life(struct life x, const char *words)
{
	expect_error(expect_life(&x), STPFIN_ERROR_ARGUMENT, words);
	expect_error(expect_healthy_life(&x), STPFIN_ERROR_ARGUMENT, words);
	for (size_t i = 0; i < 6; i++) {
		ck_assert(x.value[i] == -1 && x.lower[i] == -1 && x.upper[i] == -1);
	}
}

#define REFUSE_LIFE(change, words)                                                                 \
	do {                                                                                           \
		struct life x = two_areas;                                                                 \
		change;                                                                                    \
		refuse_life(x, words);                                                                     \
	} while (0)

START_TEST(life_expectancy_refuses)
{
	struct life y = two_areas;

	REFUSE_LIFE(x.n_ages = 0, "ages is empty");
	REFUSE_LIFE(x.ages[0] = 1, "ages 1 is 1: it must be 0");
	REFUSE_LIFE(x.ages[0] = NAN, "ages 1 is missing: it must be 0");
	REFUSE_LIFE(x.ages[2] = 1, "ages 3 is 1: it must be above the one before it");
	REFUSE_LIFE(x.ages[1] = NAN, "ages 2 is missing");
	REFUSE_LIFE(x.ages[2] = INFINITY, "ages 3 is infinite");
	REFUSE_LIFE(x.n_population = 5,
		"population has a length of 5: it must have 3 for each area, as ages has");
	REFUSE_LIFE(x.n_deaths = 5, "deaths has a length of 5: it must have 6, as population has");
	REFUSE_LIFE(x.n_value = 3, "out_value has a length of 3: it must have 6, as population has");
	REFUSE_LIFE(x.n_lower = 7, "out_lower has a length of 7: it must have 6, as population has");
	REFUSE_LIFE(x.n_upper = 0, "out_upper has a length of 0: it must have 6, as population has");
	REFUSE_LIFE(x.confidence = 95, "confidence is 95: it must be above 0 and below 1, as 0.95");
	REFUSE_LIFE(x.confidence = 0, "confidence is 0:");
	REFUSE_LIFE(x.confidence = 1, "confidence is 1:");
	REFUSE_LIFE(x.confidence = NAN, "confidence is missing:");
	REFUSE_LIFE(x.population[4] = 0, "population 5 (area 2, band 2) is 0: it must be above 0");
	REFUSE_LIFE(x.population[0] = -3, "population 1 (area 1, band 1) is -3: it must be above 0");
	REFUSE_LIFE(x.population[0] = INFINITY, "population 1 (area 1, band 1) is infinite");
	REFUSE_LIFE(x.population[0] = 1.5e15, "population 1 (area 1, band 1) is 1.5e+15: it must be at "
										  "most 1e15 and, unless 0, at least 1e-15");
	REFUSE_LIFE(x.deaths[3] = -1, "deaths 4 (area 2, band 1) is -1: it must be 0 or more");
	REFUSE_LIFE(x.deaths[3] = 1e-16, "deaths 4 (area 2, band 1) is 1e-16: it must be at most 1e15");
	REFUSE_LIFE(x.deaths[1] = 5000.5,
		"deaths 2 (area 1, band 2) is 5000.5: it must be at most the population");
	REFUSE_LIFE(x.deaths[5] = 0, "deaths 6 (area 2, band 3) is 0: it must be above 0 in the open "
								 "band");

	expect_error(stpfin_life_expectancy(NULL, 1, y.population, 1, y.deaths, 1, 0.95, 1, y.value, 1,
					 y.lower, 1, y.upper),
		STPFIN_ERROR_ARGUMENT, "ages is empty");
	expect_error(stpfin_life_expectancy(
					 y.ages, 3, NULL, 3, y.deaths, 3, 0.95, 3, y.value, 3, y.lower, 3, y.upper),
		STPFIN_ERROR_ARGUMENT, "population is NULL: it must have 3 values");
	expect_error(stpfin_life_expectancy(
					 y.ages, 3, y.population, 3, NULL, 3, 0.95, 3, y.value, 3, y.lower, 3, y.upper),
		STPFIN_ERROR_ARGUMENT, "deaths is NULL");
	expect_error(stpfin_life_expectancy(y.ages, 3, y.population, 3, y.deaths, 3, 0.95, 3, NULL, 3,
					 y.lower, 3, y.upper),
		STPFIN_ERROR_ARGUMENT, "out_value is NULL");

	y.n_good_health = 5;
	expect_error(expect_healthy_life(&y), STPFIN_ERROR_ARGUMENT,
		"good_health has a length of 5: it must have 6, as population has");
	y = two_areas;
	y.n_sample = 5;
	expect_error(expect_healthy_life(&y), STPFIN_ERROR_ARGUMENT,
		"good_health_sample has a length of 5: it must have 6");
	y = two_areas;
	y.good_health[2] = 1.25;
	expect_error(expect_healthy_life(&y), STPFIN_ERROR_ARGUMENT,
		"good_health 3 (area 1, band 3) is 1.25: it must be a share from 0 to 1");
	y = two_areas;
	y.sample[2] = 0;
	expect_error(expect_healthy_life(&y), STPFIN_ERROR_ARGUMENT,
		"good_health_sample 3 (area 1, band 3) is 0: it must be above 0");
	y = two_areas;
	expect_error(stpfin_healthy_life_expectancy(y.ages, 3, y.population, 6, y.deaths, 6, NULL, 6,
					 NULL, 0, 0.95, 6, y.value, 6, y.lower, 6, y.upper),
		STPFIN_ERROR_ARGUMENT, "good_health is NULL");
	expect_error(stpfin_healthy_life_expectancy(y.ages, 3, y.population, 6, y.deaths, 6,
					 y.good_health, 6, NULL, 6, 0.95, 6, y.value, 6, y.lower, 6, y.upper),
		STPFIN_ERROR_ARGUMENT, "good_health_sample is NULL: its length must then be 0, not 6");
}
END_TEST

START_TEST(life_expectancy_of_extremes)
{
	struct life x = two_areas, y = two_areas;

	/* Two areas in one call are each area alone. */
	EXPECT_OK(expect_life(&x));
	for (size_t area = 0; area < 2; area++) {
		EXPECT_OK(stpfin_life_expectancy(y.ages, 3, y.population + 3 * area, 3, y.deaths + 3 * area,
			3, 0.95, 3, y.value, 3, y.lower, 3, y.upper));
		ck_assert_mem_eq(y.value, x.value + 3 * area, 3 * sizeof *y.value);
		ck_assert_mem_eq(y.lower, x.lower + 3 * area, 3 * sizeof *y.value);
		ck_assert_mem_eq(y.upper, x.upper + 3 * area, 3 * sizeof *y.value);
	}

	/* No areas. */
	EXPECT_OK(stpfin_life_expectancy(x.ages, 3, NULL, 0, NULL, 0, 0.95, 0, NULL, 0, NULL, 0, NULL));

	/* Nobody dies before the open band: all have its years and those until it, and its variance. */
	x = two_areas;
	x.deaths[0] = x.deaths[1] = 0;
	EXPECT_OK(expect_life(&x));
	EXPECT(x.value[0], 65 + 900.0 / 80);
	EXPECT(x.value[2], 900.0 / 80);
	EXPECT(x.upper[0] - x.value[0], x.upper[2] - x.value[2]);
	expect_within(x.upper[2] - x.value[2], 1.959963984540054 * 900.0 / 80 / sqrt(80), 1e-12);

	/* All die in the second band: nobody reaches the last, which still has its own. */
	x = two_areas;
	x.deaths[1] = 5000;
	EXPECT_OK(expect_life(&x));
	EXPECT(x.value[1], 32);
	EXPECT(x.lower[1], 32);
	EXPECT(x.value[2], 900.0 / 80);

	/* A missing number blanks its age and those before it, in its area alone. */
	x = two_areas;
	x.deaths[1] = NAN;
	y = two_areas;
	EXPECT_OK(expect_life(&x));
	EXPECT_OK(expect_life(&y));
	for (size_t i = 0; i < 6; i++) {
		ck_assert_int_eq(isnan(x.value[i]) != 0, i < 2);
		ck_assert_int_eq(isnan(x.lower[i]) != 0, i < 2);
		ck_assert_int_eq(isnan(x.upper[i]) != 0, i < 2);
		ck_assert(i < 2 || x.value[i] == y.value[i]);
	}
	x = two_areas;
	x.population[5] = NAN;
	x.deaths[3] = 0;
	EXPECT_OK(expect_life(&x));
	for (size_t i = 3; i < 6; i++) {
		ck_assert(isnan(x.value[i]) && isnan(x.lower[i]) && isnan(x.upper[i]));
	}
	x = two_areas;
	x.sample[1] = NAN;
	EXPECT_OK(expect_healthy_life(&x));
	ck_assert(!isnan(x.value[0]) && isnan(x.lower[0]) && isnan(x.upper[1]) && !isnan(x.lower[2]));

	/* One band: everybody's. A limit is not below 0. */
	x = two_areas;
	x.deaths[0] = 1e-15;
	x.population[0] = 1e15;
	EXPECT_OK(stpfin_life_expectancy(
		x.ages, 1, x.population, 1, x.deaths, 1, 0.95, 1, x.value, 1, x.lower, 1, x.upper));
	EXPECT(x.value[0], 1e30);
	EXPECT(x.lower[0], 0);
	ck_assert(isfinite(x.upper[0]));

	/* Large counts. */
	x = two_areas;
	for (size_t i = 0; i < 6; i++) {
		x.population[i] *= 1e9;
		x.deaths[i] *= 1e9;
	}
	EXPECT_OK(expect_life(&x));
	for (size_t i = 0; i < 6; i++) {
		expect_within(x.value[i], y.value[i], 1e-12);
		expect_within(x.upper[i], y.value[i], 1e-3);
	}

	/* Nobody in good health has no healthy years. */
	x = two_areas;
	x.good_health[0] = x.good_health[1] = x.good_health[2] = 0;
	EXPECT_OK(expect_healthy_life(&x));
	EXPECT(x.value[0], 0);
	EXPECT(x.upper[0], 0);
}
END_TEST

struct slope {
	double population[12];
	size_t n_population;
	double value[12];
	size_t n_value;
	double error[12];
	size_t n_error;
	stpfin_transform transform;
	double confidence;
	size_t repetitions;
	uint64_t seed;
	double out[7];
};

enum { SLOPE, SLOPE_LOWER, SLOPE_UPPER, RELATIVE, RELATIVE_LOWER, RELATIVE_UPPER, INTERCEPT };

static const struct slope three_quantiles = {
	.population = {100, 200, 150},
	.n_population = 3,
	.value = {0.3, 0.25, 0.1},
	.n_value = 3,
	.error = {0.01, 0.02, 0.03},
	.n_error = 3,
	.transform = STPFIN_TRANSFORM_LOGIT,
	.confidence = 0.95,
	.repetitions = 1000,
	.seed = 7,
	.out = {-1, -1, -1, -1, -1, -1, -1},
};

static stpfin_status find_slope(struct slope *x)
{
	return stpfin_slope_index(x->population, x->n_population, x->value, x->n_value,
		x->n_error > 0 ? x->error : NULL, x->n_error, x->transform, x->confidence, x->repetitions,
		x->seed, &x->out[0], &x->out[1], &x->out[2], &x->out[3], &x->out[4], &x->out[5],
		&x->out[6]);
}

START_TEST(slope_index_as_published)
{
	stpfin_table *table = read_case("slope_index"), *result = read_case("slope_index_result");
	const size_t n = stpfin_table_rows(table);
	double *population = column(table, "population"), *value = column(table, "value");
	double *error = column(table, "standard_error");
	struct slope x = three_quantiles;
	/* Of two simulations of 100,000: the density of a normal at its 97.5th percentile is 0.0584
	 * over its standard deviation. */
	double unit, noise = 5 * sqrt(2 * 0.025 * 0.975 / 100000) / 0.0584;

	ck_assert_uint_eq(n, 10);
	x.n_population = x.n_value = x.n_error = n;
	memcpy(x.population, population, n * sizeof *population);
	memcpy(x.value, value, n * sizeof *value);
	memcpy(x.error, error, n * sizeof *error);
	x.transform = STPFIN_TRANSFORM_NONE;
	x.repetitions = 100000;
	EXPECT_OK(find_slope(&x));
	expect_within(x.out[SLOPE], number(result, 0, "slope"), 1e-9);
	expect_within(x.out[RELATIVE], number(result, 0, "relative"), 1e-9);
	expect_within(x.out[INTERCEPT] + x.out[SLOPE], x.out[INTERCEPT] * x.out[RELATIVE], 1e-9);
	unit = (number(result, 0, "slope_upper") - number(result, 0, "slope_lower")) / 2 / 1.96;
	expect_within(x.out[SLOPE_LOWER], number(result, 0, "slope_lower"), noise * unit);
	expect_within(x.out[SLOPE_UPPER], number(result, 0, "slope_upper"), noise * unit);
	unit = (number(result, 0, "relative_upper") - number(result, 0, "relative_lower")) / 2 / 1.96;
	expect_within(x.out[RELATIVE_LOWER], number(result, 0, "relative_lower"), noise * unit);
	expect_within(x.out[RELATIVE_UPPER], number(result, 0, "relative_upper"), noise * unit);
	free(population);
	free(value);
	free(error);
	stpfin_table_free(table);
	stpfin_table_free(result);
}
END_TEST

#define REFUSE_SLOPE(change, words)                                                                \
	do {                                                                                           \
		struct slope x = three_quantiles;                                                          \
		change;                                                                                    \
		expect_error(find_slope(&x), STPFIN_ERROR_ARGUMENT, words);                                \
		for (size_t i = 0; i < 7; i++) {                                                           \
			ck_assert(x.out[i] == -1);                                                             \
		}                                                                                          \
	} while (0)

START_TEST(slope_index_refuses)
{
	const double two[] = {0.1, 0.2};
	double out;

	REFUSE_SLOPE(x.n_population = 0, "population has a length of 0: there must be 2 quantiles");
	REFUSE_SLOPE(x.n_population = 1, "population has a length of 1: there must be 2 quantiles");
	REFUSE_SLOPE(x.n_value = 2, "value has a length of 2: it must have 3, as population has");
	REFUSE_SLOPE(x.n_error = 2, "standard_error has a length of 2: it must have 3, as population");
	REFUSE_SLOPE(x.transform = (stpfin_transform)3, "transform is 3: it must be 0 (none), 1 (log)");
	REFUSE_SLOPE(x.transform = (stpfin_transform)-1, "transform is -1");
	REFUSE_SLOPE(x.population[1] = 0, "population 2 is 0: it must be above 0");
	REFUSE_SLOPE(x.value[0] = 0, "value 1 is 0: it must be above 0");
	REFUSE_SLOPE(x.value[2] = 1, "value 3 is 1: it must be below 1 to have a logit");
	REFUSE_SLOPE(
		(x.transform = STPFIN_TRANSFORM_LOG, x.value[2] = -1), "value 3 is -1: it must be above 0");
	REFUSE_SLOPE((x.transform = STPFIN_TRANSFORM_NONE, x.value[2] = -INFINITY),
		"value 3 is infinite: it must be at most 1e15");
	REFUSE_SLOPE(x.error[1] = -0.5, "standard_error 2 is -0.5: it must be 0 or more");
	REFUSE_SLOPE(x.confidence = 1.5, "confidence is 1.5");
	REFUSE_SLOPE(x.repetitions = 99, "repetitions is 99: it must be from 100 to 1000000");
	REFUSE_SLOPE(x.repetitions = SIZE_MAX, "it must be from 100 to 1000000");
	expect_error(stpfin_slope_index(two, 2, two, 2, NULL, 2, STPFIN_TRANSFORM_NONE, 0.95, 100, 1,
					 &out, &out, &out, &out, &out, &out, &out),
		STPFIN_ERROR_ARGUMENT, "standard_error is NULL");
	expect_error(stpfin_slope_index(two, 2, two, 2, NULL, 0, STPFIN_TRANSFORM_NONE, 0.95, 100, 1,
					 &out, &out, &out, &out, &out, NULL, &out),
		STPFIN_ERROR_ARGUMENT, "is NULL: all seven are needed");
}
END_TEST

START_TEST(slope_index_of_extremes)
{
	struct slope x = three_quantiles, y = three_quantiles;

	/* The same seed, the same bits; another, another interval of the same slope. */
	EXPECT_OK(find_slope(&x));
	EXPECT_OK(find_slope(&y));
	ck_assert_mem_eq(x.out, y.out, sizeof x.out);
	ck_assert(x.out[SLOPE_LOWER] < x.out[SLOPE] && x.out[SLOPE] < x.out[SLOPE_UPPER]);
	ck_assert(x.out[RELATIVE_LOWER] < x.out[RELATIVE] && x.out[RELATIVE] < x.out[RELATIVE_UPPER]);
	y.seed++;
	EXPECT_OK(find_slope(&y));
	ck_assert(x.out[SLOPE] == y.out[SLOPE] && x.out[SLOPE_LOWER] != y.out[SLOPE_LOWER]);

	/* Without standard errors no interval, whatever the repetitions. */
	x.n_error = 0;
	x.repetitions = 0;
	EXPECT_OK(find_slope(&x));
	ck_assert(x.out[SLOPE] == y.out[SLOPE] && isnan(x.out[SLOPE_LOWER]) &&
			  isnan(x.out[SLOPE_UPPER]) && isnan(x.out[RELATIVE_LOWER]) &&
			  isnan(x.out[RELATIVE_UPPER]));
	x = three_quantiles;
	x.error[2] = NAN;
	EXPECT_OK(find_slope(&x));
	ck_assert(x.out[RELATIVE] == y.out[RELATIVE] && isnan(x.out[SLOPE_LOWER]));

	/* Standard errors of 0: the interval is the value. */
	x = three_quantiles;
	x.error[0] = x.error[1] = x.error[2] = 0;
	EXPECT_OK(find_slope(&x));
	EXPECT(x.out[SLOPE_LOWER], x.out[SLOPE]);
	EXPECT(x.out[RELATIVE_UPPER], x.out[RELATIVE]);

	/* A missing value leaves nothing. */
	x = three_quantiles;
	x.value[1] = NAN;
	EXPECT_OK(find_slope(&x));
	for (size_t i = 0; i < 7; i++) {
		ck_assert(isnan(x.out[i]));
	}
	x = three_quantiles;
	x.population[1] = NAN;
	EXPECT_OK(find_slope(&x));
	ck_assert(isnan(x.out[SLOPE]) && isnan(x.out[RELATIVE]) && isnan(x.out[INTERCEPT]));

	/* Two quantiles of equal size: their middles are half the rank apart. */
	x = three_quantiles;
	x.transform = STPFIN_TRANSFORM_NONE;
	x.n_population = x.n_value = 2;
	x.n_error = 0;
	x.population[1] = 100;
	x.value[0] = 10;
	x.value[1] = 30;
	EXPECT_OK(find_slope(&x));
	EXPECT(x.out[SLOPE], 40);
	EXPECT(x.out[INTERCEPT], 0);
	ck_assert(isnan(x.out[RELATIVE]));

	/* Beyond what a double can hold. */
	x.transform = STPFIN_TRANSFORM_LOG;
	x.population[1] = 1e-15;
	x.value[0] = 1e-15;
	x.value[1] = 1e15;
	x.error[0] = x.error[1] = 1e15;
	x.n_error = 2;
	EXPECT_OK(find_slope(&x));
	ck_assert(isfinite(x.out[INTERCEPT]));
	ck_assert(isnan(x.out[SLOPE_LOWER]) && isnan(x.out[RELATIVE_UPPER]));
}
END_TEST

START_TEST(standard_population)
{
	static const double all[] = {
		0, 1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95};
	double persons[21], total = 0;
	const double two[] = {0, 65}, wrong[] = {0, 16, 65};

	EXPECT_OK(stpfin_european_standard_population(all, 21, 21, persons));
	for (size_t i = 0; i < 21; i++) {
		total += persons[i];
	}
	EXPECT(total, 100000);
	EXPECT(persons[0], 1000);
	EXPECT(persons[20], 200);
	EXPECT_OK(stpfin_european_standard_population(two, 2, 2, persons));
	EXPECT(persons[0], 80500);
	EXPECT(persons[1], 19500);
	EXPECT_OK(stpfin_european_standard_population(two, 1, 1, persons));
	EXPECT(persons[0], 100000);

	persons[0] = -1;
	expect_error(stpfin_european_standard_population(wrong, 3, 3, persons), STPFIN_ERROR_ARGUMENT,
		"ages 2 is 16: it must be the first year of a band of the standard population");
	expect_error(stpfin_european_standard_population(two, 2, 3, persons), STPFIN_ERROR_ARGUMENT,
		"out_standard_population has a length of 3: it must have 2, as ages has");
	expect_error(stpfin_european_standard_population(two, 2, 2, NULL), STPFIN_ERROR_ARGUMENT,
		"out_standard_population is NULL");
	expect_error(stpfin_european_standard_population(NULL, 0, 0, NULL), STPFIN_ERROR_ARGUMENT,
		"ages is empty");
	ck_assert(persons[0] == -1);
}
END_TEST

START_TEST(standardised_rate_as_published)
{
	enum { AREAS = 3, BANDS = 19 };
	stpfin_table *table = read_case("standardised_rate");
	stpfin_table *result = read_case("standardised_rate_result");
	double *ages = column(table, "age"), *count = column(table, "count");
	double *population = column(table, "population");
	double *published = column(table, "standard_population");
	double standard[BANDS], out[3][AREAS];

	ck_assert_uint_eq(stpfin_table_rows(table), AREAS * BANDS);
	EXPECT_OK(stpfin_european_standard_population(ages, BANDS, BANDS, standard));
	for (size_t i = 0; i < AREAS * BANDS; i++) {
		EXPECT(standard[i % BANDS], published[i]);
	}
	for (size_t row = 0; row < stpfin_table_rows(result); row++) {
		size_t area = strcmp(cell(result, row, "area"), "big") == 0     ? 0
					  : strcmp(cell(result, row, "area"), "small") == 0 ? 1
																		: 2;

		for (size_t i = 0; i < 2; i++) {
			EXPECT_OK(stpfin_directly_standardised_rate(count, AREAS * BANDS, population,
				AREAS * BANDS, standard, BANDS, number(result, row, "multiplier"),
				i == 0 ? 0.95 : 0.998, AREAS, out[0], AREAS, out[1], AREAS, out[2]));
			expect_within(out[0][area], number(result, row, "value"), 1e-9);
			expect_within(
				out[1][area], number(result, row, i == 0 ? "lower_95" : "lower_998"), 1e-9);
			expect_within(
				out[2][area], number(result, row, i == 0 ? "upper_95" : "upper_998"), 1e-9);
		}
	}
	ck_assert_uint_eq(stpfin_table_rows(result), 5);
	free(ages);
	free(count);
	free(population);
	free(published);
	stpfin_table_free(table);
	stpfin_table_free(result);
}
END_TEST

/* Two areas of three bands for the rates and ratios. */
struct rates {
	double ages[3];
	size_t n_ages;
	double count[6];
	size_t n_count;
	double population[6];
	size_t n_population;
	double standard[3];
	size_t n_standard;
	double reference[3];
	size_t n_reference;
	double multiplier;
	double confidence;
	size_t n_value;
	size_t n_lower;
	size_t n_upper;
	double value[2];
	double lower[2];
	double upper[2];
};

static const struct rates rates = {
	.ages = {0, 25, 75},
	.n_ages = 3,
	.count = {5, 50, 100, 7, 90, 110},
	.n_count = 6,
	.population = {1000, 2000, 500, 1500, 1700, 900},
	.n_population = 6,
	.standard = {30, 50, 20},
	.n_standard = 3,
	.reference = {1, 2, 4},
	.n_reference = 3,
	.multiplier = 1e5,
	.confidence = 0.95,
	.n_value = 2,
	.n_lower = 2,
	.n_upper = 2,
	.value = {-1, -1},
	.lower = {-1, -1},
	.upper = {-1, -1},
};

static stpfin_status standardise(struct rates *x)
{
	return stpfin_directly_standardised_rate(x->count, x->n_count, x->population, x->n_population,
		x->standard, x->n_standard, x->multiplier, x->confidence, x->n_value, x->value, x->n_lower,
		x->lower, x->n_upper, x->upper);
}

static stpfin_status lose_years(struct rates *x)
{
	return stpfin_years_of_life_lost(x->ages, x->n_ages, x->population, x->n_population, x->count,
		x->n_count, x->multiplier, x->confidence, x->n_value, x->value, x->n_lower, x->lower,
		x->n_upper, x->upper);
}

/* The first counts are those of the areas; the reference is the rates over the standard's people.
 */
static stpfin_status compare(struct rates *x)
{
	return stpfin_indirectly_standardised_ratio(x->count, x->n_count, x->population,
		x->n_population, x->reference, x->n_reference, x->standard, x->n_standard, x->confidence,
		x->n_value, x->value, x->n_lower, x->lower, x->n_upper, x->upper);
}

#define REFUSE_RATES(call, change, words)                                                          \
	do {                                                                                           \
		struct rates x = rates;                                                                    \
		change;                                                                                    \
		expect_error(call(&x), STPFIN_ERROR_ARGUMENT, words);                                      \
		for (size_t i = 0; i < 2; i++) {                                                           \
			ck_assert(x.value[i] == -1 && x.lower[i] == -1 && x.upper[i] == -1);                   \
		}                                                                                          \
	} while (0)

START_TEST(rates_refuse)
{
	REFUSE_RATES(standardise, x.n_standard = 0, "standard_population is empty");
	REFUSE_RATES(standardise, x.n_count = 5,
		"count has a length of 5: it must have 3 for each area, as standard_population has");
	REFUSE_RATES(standardise, x.n_population = 3,
		"population has a length of 3: it must have 6, as count has");
	REFUSE_RATES(standardise, x.n_value = 6,
		"out_value has a length of 6: it must have 2, one for each row of count");
	REFUSE_RATES(standardise, x.n_lower = 1, "out_lower has a length of 1: it must have 2");
	REFUSE_RATES(standardise, x.n_upper = 3, "out_upper has a length of 3: it must have 2");
	REFUSE_RATES(
		standardise, x.count[4] = -1, "count 5 (area 2, band 2) is -1: it must be 0 or more");
	REFUSE_RATES(
		standardise, x.population[2] = 0, "population 3 (area 1, band 3) is 0: it must be above 0");
	REFUSE_RATES(
		standardise, x.standard[1] = -1, "standard_population 2 is -1: it must be 0 or more");
	REFUSE_RATES(standardise, x.standard[0] = x.standard[1] = x.standard[2] = 0,
		"standard_population sums to 0");
	REFUSE_RATES(standardise, x.multiplier = 0, "multiplier is 0: it must be above 0");
	REFUSE_RATES(standardise, x.multiplier = NAN, "multiplier is missing: it must be a number");
	REFUSE_RATES(standardise, x.confidence = -0.5, "confidence is -0.5");
	REFUSE_RATES(standardise, (x.standard[1] = INFINITY), "standard_population 2 is infinite");

	REFUSE_RATES(lose_years, x.ages[2] = 70, "ages has no band that begins at 75");
	REFUSE_RATES(lose_years, x.ages[2] = 80, "ages has no band that begins at 75");
	REFUSE_RATES(lose_years, x.ages[1] = 0, "ages 2 is 0: it must be above the one before it");
	REFUSE_RATES(lose_years, x.n_count = 4,
		"deaths has a length of 4: it must have 3 for each area, as ages has");
	REFUSE_RATES(
		lose_years, x.n_population = 5, "population has a length of 5: it must have 6, as deaths");
	REFUSE_RATES(lose_years, x.n_value = 1, "out_value has a length of 1: it must have 2");
	REFUSE_RATES(lose_years, x.count[0] = -2, "deaths 1 (area 1, band 1) is -2");
	REFUSE_RATES(lose_years, x.population[5] = -2, "population 6 (area 2, band 3) is -2");
	REFUSE_RATES(lose_years, x.multiplier = -5, "multiplier is -5");
	REFUSE_RATES(lose_years, x.confidence = 2, "confidence is 2");

	REFUSE_RATES(compare, x.n_reference = 0, "reference_count is empty");
	REFUSE_RATES(compare, (x.n_count = 2, x.n_population = 5),
		"population has a length of 5: it must have 3 for each area, as reference_count has");
	REFUSE_RATES(compare, x.n_count = 6,
		"count has a length of 6: it must have 2, one for each row of population");
	REFUSE_RATES(compare, (x.n_count = 2, x.n_standard = 2),
		"reference_population has a length of 2: it must have 3, as reference_count has");
	REFUSE_RATES(compare, (x.n_count = 2, x.n_upper = 1), "out_upper has a length of 1");
	REFUSE_RATES(compare, (x.n_count = 2, x.count[1] = -1), "count 2 is -1: it must be 0 or more");
	REFUSE_RATES(
		compare, (x.n_count = 2, x.population[3] = -1), "population 4 (area 2, band 1) is -1");
	REFUSE_RATES(compare, (x.n_count = 2, x.reference[0] = -1), "reference_count 1 is -1");
	REFUSE_RATES(compare, (x.n_count = 2, x.standard[0] = 0), "reference_population 1 is 0");
	REFUSE_RATES(compare, (x.n_count = 2, x.confidence = 0), "confidence is 0");
}
END_TEST

START_TEST(rates_of_extremes)
{
	struct rates x = rates;

	/* By hand. */
	EXPECT_OK(standardise(&x));
	EXPECT(x.value[0], 1e5 * (30 * 5 / 1000.0 + 50 * 50 / 2000.0 + 20 * 100 / 500.0) / 100);
	ck_assert(x.lower[0] < x.value[0] && x.value[0] < x.upper[0]);
	EXPECT_OK(lose_years(&x));
	EXPECT(x.value[0], 1e5 * (5 * 62.5 + 50 * 25) / 3000);
	x.n_count = 2;
	EXPECT_OK(compare(&x));
	EXPECT(x.value[1], 50 / (1500 / 30.0 + 1700 * 2 / 50.0 + 900 * 4 / 20.0));

	/* Fewer than ten events are withheld, ten are not. */
	x = rates;
	x.count[0] = 0;
	x.count[1] = 0;
	x.count[2] = 10;
	x.count[3] = 0;
	x.count[4] = 9;
	x.count[5] = 0.5;
	EXPECT_OK(standardise(&x));
	ck_assert(isfinite(x.value[0]) && isfinite(x.lower[0]) && isfinite(x.upper[0]));
	ck_assert(isnan(x.value[1]) && isnan(x.lower[1]) && isnan(x.upper[1]));

	/* Nobody dies early. */
	EXPECT_OK(lose_years(&x));
	EXPECT(x.value[0], 0);
	ck_assert(isnan(x.lower[0]) && isnan(x.upper[0]));

	/* Missing, in its own area alone. */
	x = rates;
	x.count[1] = NAN;
	EXPECT_OK(standardise(&x));
	ck_assert(isnan(x.value[0]) && isnan(x.lower[0]) && isnan(x.upper[0]) && isfinite(x.value[1]));
	EXPECT_OK(lose_years(&x));
	ck_assert(isnan(x.value[0]) && isnan(x.lower[0]) && isnan(x.upper[0]) && isfinite(x.upper[1]));
	x.n_count = 2;
	EXPECT_OK(compare(&x));
	ck_assert(isnan(x.value[1]) && isnan(x.lower[1]) && isnan(x.upper[1]) && isfinite(x.upper[0]));
	x = rates;
	x.population[0] = NAN;
	EXPECT_OK(standardise(&x));
	ck_assert(isnan(x.value[0]) && isnan(x.lower[0]) && isnan(x.upper[0]) && isfinite(x.value[1]));
	x.n_count = 2;
	EXPECT_OK(compare(&x));
	ck_assert(isnan(x.value[0]) && isnan(x.lower[0]) && isnan(x.upper[0]) && isfinite(x.upper[1]));
	x = rates;
	x.standard[2] = NAN;
	EXPECT_OK(standardise(&x));
	ck_assert(isnan(x.value[0]) && isnan(x.value[1]));

	/* Nothing expected has no ratio. */
	x = rates;
	x.n_count = 2;
	x.population[0] = x.population[1] = x.population[2] = 0;
	EXPECT_OK(compare(&x));
	ck_assert(isnan(x.value[0]) && isnan(x.lower[0]) && isnan(x.upper[0]) && isfinite(x.value[1]));

	/* As large, and over as little, as may be. */
	for (size_t i = 0; i < 6; i++) {
		x.count[i] = 1e15;
		x.population[i] = 1e-15;
		x.standard[i % 3] = 1e15;
		x.reference[i % 3] = 1e15;
	}
	x.multiplier = 1e15;
	EXPECT_OK(compare(&x));
	ck_assert(isfinite(x.value[0]) && isfinite(x.lower[0]) && isfinite(x.upper[0]));
	x.n_count = 6;
	EXPECT_OK(standardise(&x));
	ck_assert(isfinite(x.value[0]) && isfinite(x.lower[0]) && isfinite(x.upper[0]));
	EXPECT_OK(lose_years(&x));
	ck_assert(isfinite(x.value[0]) && isfinite(x.lower[0]) && isfinite(x.upper[0]));

	/* No areas. */
	EXPECT_OK(stpfin_directly_standardised_rate(
		NULL, 0, NULL, 0, x.standard, 3, 1, 0.95, 0, NULL, 0, NULL, 0, NULL));
}
END_TEST

START_TEST(intervals_as_published)
{
	stpfin_table *table = read_case("interval");
	const size_t n = stpfin_table_rows(table);

	ck_assert_uint_eq(n, 13);
	for (size_t row = 0; row < n; row++) {
		double numerator = number(table, row, "numerator");
		double denominator = number(table, row, "denominator");
		double confidence = number(table, row, "confidence");
		double expected = number(table, row, "lower"), value, lower, upper;

		if (strcmp(cell(table, row, "method"), "wilson") == 0) {
			EXPECT_OK(stpfin_wilson_interval(
				&numerator, 1, &denominator, 1, confidence, 1, &value, 1, &lower, 1, &upper));
		} else {
			EXPECT_OK(stpfin_byar_interval(
				&numerator, 1, NULL, 0, confidence, 1, &value, 1, &lower, 1, &upper));
		}
		expect_within(upper, number(table, row, "upper"), 1e-9);
		/* Not given where Byar's limit of 1 event would be below 0. */
		expect_within(lower, isnan(expected) ? 0 : expected, 1e-9);
	}
	stpfin_table_free(table);
}
END_TEST

START_TEST(intervals_refuse)
{
	const double numerator[] = {1, 2, 3}, denominator[] = {4, 2, 5}, small[] = {4, 1, 5};
	const double zero[] = {4, 0, 5}, negative[] = {1, -2, 3};
	double out[3] = {-1, -1, -1};

#define WILSON(x, n_x, y, n_y, confidence, n_out)                                                  \
	stpfin_wilson_interval(x, n_x, y, n_y, confidence, n_out, out, n_out, out, n_out, out)
#define BYAR(x, n_x, y, n_y, confidence, n_out)                                                    \
	stpfin_byar_interval(x, n_x, y, n_y, confidence, n_out, out, n_out, out, n_out, out)
	expect_error(WILSON(numerator, 3, denominator, 2, 0.95, 3), STPFIN_ERROR_ARGUMENT,
		"denominator has a length of 2: it must have 3, as numerator has");
	expect_error(WILSON(NULL, 3, denominator, 3, 0.95, 3), STPFIN_ERROR_ARGUMENT,
		"numerator is NULL: it must have 3 values");
	expect_error(
		WILSON(numerator, 3, NULL, 3, 0.95, 3), STPFIN_ERROR_ARGUMENT, "denominator is NULL");
	expect_error(WILSON(numerator, 3, NULL, 0, 0.95, 3), STPFIN_ERROR_ARGUMENT,
		"denominator has a length of 0");
	expect_error(WILSON(numerator, 3, small, 3, 0.95, 3), STPFIN_ERROR_ARGUMENT,
		"numerator 2 is 2: it must be at most its denominator");
	expect_error(WILSON(negative, 3, denominator, 3, 0.95, 3), STPFIN_ERROR_ARGUMENT,
		"numerator 2 is -2: it must be 0 or more");
	expect_error(WILSON(numerator, 3, negative, 3, 0.95, 3), STPFIN_ERROR_ARGUMENT,
		"denominator 2 is -2: it must be 0 or more");
	expect_error(
		WILSON(numerator, 3, denominator, 3, 1, 3), STPFIN_ERROR_ARGUMENT, "confidence is 1");
	expect_error(WILSON(numerator, 3, denominator, 3, 0.95, 2), STPFIN_ERROR_ARGUMENT,
		"out_value has a length of 2: it must have 3, as numerator has");

	expect_error(BYAR(numerator, 3, denominator, 2, 0.95, 3), STPFIN_ERROR_ARGUMENT,
		"denominator has a length of 2: it must have 3, as numerator has");
	expect_error(BYAR(numerator, 3, zero, 3, 0.95, 3), STPFIN_ERROR_ARGUMENT,
		"numerator 2 is 2: it must be 0 where its denominator is");
	expect_error(BYAR(negative, 3, NULL, 0, 0.95, 3), STPFIN_ERROR_ARGUMENT, "numerator 2 is -2");
	expect_error(BYAR(NULL, 3, NULL, 0, 0.95, 3), STPFIN_ERROR_ARGUMENT, "numerator is NULL");
	expect_error(
		BYAR(numerator, 3, NULL, 3, 0.95, 3), STPFIN_ERROR_ARGUMENT, "denominator is NULL");
	expect_error(
		BYAR(numerator, 3, NULL, 0, NAN, 3), STPFIN_ERROR_ARGUMENT, "confidence is missing");
	expect_error(
		BYAR(numerator, 3, NULL, 0, 0.95, 4), STPFIN_ERROR_ARGUMENT, "out_value has a length of 4");
	ck_assert(out[0] == -1 && out[1] == -1 && out[2] == -1);
#undef WILSON
#undef BYAR
}
END_TEST

START_TEST(intervals_of_extremes)
{
	enum { N = 7 };
	const double numerator[N] = {0, 5, 0, NAN, 3, 1e9, 1e-15};
	const double denominator[N] = {10, 5, 0, 4, NAN, 4e9, 1e15};
	double value[N], lower[N], upper[N];

	EXPECT_OK(
		stpfin_wilson_interval(numerator, N, denominator, N, 0.95, N, value, N, lower, N, upper));
	ck_assert(value[0] == 0 && lower[0] == 0 && upper[0] > 0.2 && upper[0] < 0.4);
	ck_assert(value[1] == 1 && upper[1] == 1 && lower[1] > 0.5 && lower[1] < 0.6);
	expect_within(upper[5] - 0.25, 1.959963984540054 * sqrt(0.25 * 0.75 / 4e9), 1e-9);
	ck_assert(lower[6] >= 0 && lower[6] <= value[6] && isfinite(upper[6]));
	for (size_t i = 2; i < 5; i++) {
		ck_assert(isnan(value[i]) && isnan(lower[i]) && isnan(upper[i]));
	}
	EXPECT_OK(
		stpfin_byar_interval(numerator, N, denominator, N, 0.95, N, value, N, lower, N, upper));
	ck_assert(value[0] == 0 && lower[0] == 0 && upper[0] > 0.3 && upper[0] < 0.4);
	expect_within(upper[5] - 0.25, 1.959963984540054 * sqrt(1e9) / 4e9, 1e-8);
	ck_assert(lower[6] >= 0 && lower[6] <= value[6] && isfinite(upper[6]));
	for (size_t i = 2; i < 5; i++) {
		ck_assert(isnan(value[i]) && isnan(lower[i]) && isnan(upper[i]));
	}
	EXPECT_OK(stpfin_byar_interval(numerator, N, NULL, 0, 0.95, N, value, N, lower, N, upper));
	ck_assert(value[2] == 0 && isnan(value[3]) && isnan(upper[3]) && value[5] == 1e9);
	EXPECT_OK(stpfin_byar_interval(NULL, 0, NULL, 0, 0.95, 0, NULL, 0, NULL, 0, NULL));
	EXPECT_OK(stpfin_wilson_interval(NULL, 0, NULL, 0, 0.95, 0, NULL, 0, NULL, 0, NULL));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {life_expectancy_as_published,
		healthy_life_expectancy_as_published, life_expectancy_refuses, life_expectancy_of_extremes,
		slope_index_as_published, slope_index_refuses, slope_index_of_extremes, standard_population,
		standardised_rate_as_published, rates_refuse, rates_of_extremes, intervals_as_published,
		intervals_refuse, intervals_of_extremes, NULL};

	return run_tests("health statistics", tests);
}
