#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "libstpfin/plan/index.h"
#include "libstpfin/plan/plan.h"
#include "libstpfin/simulate/elementary.h"
#include "libstpfin/simulate/lanes_inputs.h"
#include "libstpfin/simulate/normal.h"
#include "libstpfin/simulate/quantile.h"
#include "libstpfin/simulate/uncertain.h"
#include "libstpfin/table/random.h"
#include "tests/plans.h"

/* What is drawn of a plan, and with what numbers. */

#define PARAMETERS "parameter,table,column,select,mode,distribution,p1,p2,p3,path\n"
#define CORRELATIONS "a,b,rho\n"
#define GROWTH "activity_growth,rate,,add"

enum { SEED = 20161021 };

static const struct csv flows = {"flow", "commissioner,provider,service,activity,income,cost\n"
										 "C,T,E,100,1000,900\nC,O,E,50,500,\n"};
static const struct csv growth = {
	"activity_growth", "service,footprint,year,rate\n,,,0.01\nE,,2017,0.02\n,,2019,0.04\n"};

/* Blocks of what is drawn. */
struct drawn {
	struct stpfin_uncertain *uncertain;
	double *normals;
	double *quantities;
	double *cells;
	uint64_t clipped;
};

static void compile(struct drawn *self, const stpfin_plan *plan)
{
	ck_assert_int_eq(stpfin_uncertain__new(plan, &self->uncertain), STPFIN_OK);
	self->normals = calloc(self->uncertain->n_dimensions + 1, STPFIN_LANES * sizeof(double));
	self->quantities = calloc(self->uncertain->n_dimensions + 1, STPFIN_LANES * sizeof(double));
	self->cells = calloc(self->uncertain->n_cells + 1, STPFIN_LANES * sizeof(double));
	self->clipped = 0;
}

static void draw(struct drawn *self, uint64_t first)
{
	stpfin_uncertain__normals(self->uncertain, SEED, first, self->normals);
	stpfin_uncertain__quantities(self->uncertain, self->normals, self->quantities);
	stpfin_uncertain__cells(self->uncertain, self->quantities, STPFIN_EVERY_PARAMETER, STPFIN_LANES,
		self->cells, &self->clipped);
}

static void release(struct drawn *self)
{
	stpfin_uncertain__free(self->uncertain);
	free(self->normals);
	free(self->quantities);
	free(self->cells);
}

/* A plan in which something is uncertain, its draws from 0 on. */
static stpfin_plan *begin(struct drawn *self, const char *parameters, const char *correlations)
{
	stpfin_plan *plan = PLAN(2020, flows, growth, {"uncertainty", parameters},
		{"correlation", correlations != NULL ? correlations : CORRELATIONS});

	compile(self, plan);
	draw(self, 0);
	return plan;
}

static void finish(struct drawn *self, stpfin_plan *plan)
{
	release(self);
	stpfin_plan_free(plan);
}

/* The quantity of a parameter by the definition. */
static double normal_of(const char *name, uint64_t draw, uint64_t year)
{
	return gsl_cdf_ugaussian_Pinv(
		stpfin_random__uniform(SEED, stpfin_random__stream(name), draw, year));
}

static double at(const double *block, size_t i, size_t lane)
{
	return block[i * STPFIN_LANES + lane];
}

/* Random numbers */

START_TEST(philox_is_the_published_one)
{
	/* kat_vectors of Random123, philox4x64 10 rounds; the second word of the key is the stream. */
	ck_assert_uint_eq(stpfin_random__word(0, 0, 0, 0), 0x16554d9eca36314c);
	static const philox4x64_ctr_t counters[] = {{{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}},
		{{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89}}};
	static const philox4x64_key_t keys[] = {
		{{UINT64_MAX, UINT64_MAX}}, {{0x452821e638d01377, 0xbe5466cf34e90c6c}}};
	static const uint64_t expected[2][4] = {
		{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0},
		{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}};

	for (int i = 0; i < 2; i++) {
		philox4x64_ctr_t found = philox4x64(counters[i], keys[i]);

		for (int j = 0; j < 4; j++) {
			ck_assert_uint_eq(found.v[j], expected[i][j]);
		}
	}
}
END_TEST

START_TEST(streams_are_hashes_of_names)
{
	/* Test vectors of the FNV reference code. */
	ck_assert_uint_eq(stpfin_random__stream(""), 0xcbf29ce484222325);
	ck_assert_uint_eq(stpfin_random__stream("a"), 0xaf63dc4c8601ec8c);
	ck_assert_uint_eq(stpfin_random__stream("foobar"), 0x85944171f73967e8);
}
END_TEST

START_TEST(fractions_are_exact)
{
	static const uint64_t words[] = {0, 0xFFF, 0x1000, 0x123456789ABCDEF0, UINT64_MAX};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		double expected = ((double)(words[i] >> 12) + 0.5) / 4503599627370496.0;

		ck_assert_double_eq(stpfin_random__fraction(words[i]), expected);
		ck_assert_double_gt(expected, 0);
		ck_assert_double_lt(expected, 1);
	}
}
END_TEST

START_TEST(evenly_from_so_many)
{
	size_t counts[3] = {0};

	for (uint64_t i = 0; i < 3000; i++) {
		size_t drawn = stpfin_random__below(3, 5, 6, 7, i);

		ck_assert_uint_eq(drawn, (size_t)(3 * stpfin_random__uniform(5, 6, 7, i)));
		counts[drawn]++;
	}
	for (size_t i = 0; i < 3; i++) {
		ck_assert_uint_gt(counts[i], 900);
	}
	ck_assert_uint_eq(stpfin_random__below(1, 5, 6, 7, 8), 0);
}
END_TEST

START_TEST(generator_of_gsl)
{
	struct stpfin_random_state state = {5, 6, 7, 0};
	const gsl_rng generator = stpfin_random__generator(&state);

	for (uint64_t i = 0; i < 3; i++) {
		ck_assert_double_eq(gsl_rng_uniform(&generator), stpfin_random__uniform(5, 6, 7, i));
	}
	ck_assert_uint_eq(gsl_rng_get(&generator), stpfin_random__word(5, 6, 7, 3) >> 32);
	ck_assert_uint_lt(gsl_rng_uniform_int(&generator, 3), 3);
	gsl_rng_set(&generator, 5);
	ck_assert_double_eq(gsl_rng_uniform(&generator), stpfin_random__uniform(5, 0, 0, 0));
}
END_TEST

/* Functions */

static void expect_relative(double actual, double expected, double tolerance, double x)
{
	ck_assert_msg(fabs(actual - expected) <= tolerance * fabs(expected),
		"at %.17g: %.17g, not %.17g", x, actual, expected);
}

START_TEST(elementary_functions)
{
	for (double x = -700; x < 700; x += 0.37) {
		expect_relative(stpfin_elementary__exp(x), exp(x), 4e-16, x);
	}
	for (double x = 1e-300; x < 1e300; x *= 1.93) {
		expect_relative(stpfin_elementary__log(x), log(x), 4e-16, x);
	}
	for (double x = 1e-18; x < 100; x *= 1.37) {
		expect_relative(stpfin_elementary__log(1 + x), log(1 + x), 4e-16, x);
		expect_relative(stpfin_elementary__log1p(x), log1p(x), 4e-16, x);
		expect_relative(stpfin_elementary__log1p(-x / 101), log1p(-x / 101), 4e-16, x);
		expect_relative(stpfin_elementary__expm1(x), expm1(x), 4e-16, x);
		expect_relative(stpfin_elementary__expm1(-x), expm1(-x), 4e-16, -x);
	}
	/* 1/2 + 1/48 + 1/3840 + ... of e^x - 1 - x at 1/2, and x^2 / 2 where nothing else is left. */
	expect_relative(stpfin_elementary__expm2(0.5), 0.14872127070012814685, 1e-15, 0.5);
	expect_relative(stpfin_elementary__expm2(-1e-9), 5e-19, 1e-9, -1e-9);
	ck_assert_double_eq(stpfin_elementary__exp(1e9), stpfin_elementary__exp(708));
	ck_assert_double_eq(stpfin_elementary__exp(-1e9), stpfin_elementary__exp(-708));
	ck_assert_double_eq(stpfin_elementary__exp(0), 1);
	ck_assert_double_eq(stpfin_elementary__log(1), 0);
}
END_TEST

START_TEST(normal_quantiles)
{
	double z[STPFIN_LANES];

	for (double p = 0x1p-53; p < 0.5; p *= 1.0371) {
		expect_relative(stpfin_normal__quantile(p), gsl_cdf_ugaussian_Pinv(p), 1e-14, p);
		expect_relative(
			stpfin_normal__quantile(1 - p), gsl_cdf_ugaussian_Pinv(1 - p), 1e-14, 1 - p);
	}
	ck_assert_double_eq(stpfin_normal__quantile(0.5), 0);
	for (uint64_t draw = 0; draw < 3200; draw += STPFIN_LANES) {
		stpfin_normal__draw(SEED, 17, draw, 2018, z);
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			double p = stpfin_random__uniform(SEED, 17, draw + i, 2018);

			ck_assert_double_eq(z[i], stpfin_normal__quantile(p));
		}
	}
}
END_TEST

START_TEST(normal_probabilities)
{
	double z[STPFIN_LANES], tails[STPFIN_LANES];

	for (double first = -37; first < 37; first += 0.0173 * STPFIN_LANES) {
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			z[i] = first + 0.0173 * (double)i;
		}
		z[0] = first == -37 ? 0 : z[0];
		stpfin_normal__tails(z, tails);
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			expect_relative(tails[i], gsl_cdf_ugaussian_Q(fabs(z[i])), 2e-15, z[i]);
		}
	}
}
END_TEST

/* The quantiles of a distribution against those expected of z. */
static void expect_quantiles(enum stpfin_distribution distribution, double p1, double p2, double p3,
	double (*expected)(double z, double p1, double p2, double p3, double x), double sd)
{
	struct stpfin_quantile quantile;

	ck_assert_int_eq(stpfin_quantile__new(&quantile, distribution, p1, p2, p3), STPFIN_OK);
	for (double from = -6; from < 4.4; from += 0.0517 * STPFIN_LANES) {
		double z[STPFIN_LANES];
		double found[STPFIN_LANES];

		for (size_t i = 0; i < STPFIN_LANES; i++) {
			z[i] = from + 0.0517 * (double)i;
		}
		stpfin_quantile__fill(&quantile, z, found);
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			double right = expected(z[i], p1, p2, p3, found[i]);

			ck_assert_msg(fabs(found[i] - right) <= 1e-9 * sd,
				"distribution %d of %g, %g, %g at %g: %.17g, not %.17g", distribution, p1, p2, p3,
				z[i], found[i], right);
		}
	}
	stpfin_quantile__free(&quantile);
}

static double normal_quantile(double z, double mean, double sd, double unused, double x)
{
	(void)unused;
	(void)x;
	return mean + sd * z;
}

static double interval_quantile(double z, double low, double high, double unused, double x)
{
	(void)unused;
	(void)x;
	return (low + high) / 2 + (high - low) / (2 * gsl_cdf_ugaussian_Pinv(0.9)) * z;
}

static double lognormal_quantile(double z, double mean, double sd, double unused, double x)
{
	double variance = log(1 + sd * sd / mean / mean);

	(void)unused;
	(void)x;
	return exp(log(mean) - variance / 2 + sqrt(variance) * z);
}

static double uniform_quantile(double z, double low, double high, double unused, double x)
{
	(void)unused;
	(void)x;
	return low + (high - low) * gsl_cdf_ugaussian_P(z);
}

static double triangular_quantile(double z, double low, double mode, double high, double x)
{
	double p = gsl_cdf_ugaussian_P(z);

	(void)x;
	return p * (high - low) < mode - low
			   ? low + sqrt(p * (high - low) * (mode - low))
			   : high - sqrt(gsl_cdf_ugaussian_Q(z) * (high - low) * (high - mode));
}

/* GSL's own inverses do not converge everywhere: a step of Newton's method from x, in the nearer
 * tail. */
static double improve(double x, double z, double less, double more, double density)
{
	return z < 0 ? x - (less - gsl_cdf_ugaussian_P(z)) / density
				 : x + (more - gsl_cdf_ugaussian_Q(z)) / density;
}

static double gamma_quantile(double z, double mean, double sd, double unused, double x)
{
	double shape = mean * mean / sd / sd;
	double scale = mean / shape;

	(void)unused;
	return improve(x, z, gsl_cdf_gamma_P(x, shape, scale), gsl_cdf_gamma_Q(x, shape, scale),
		gsl_ran_gamma_pdf(x, shape, scale));
}

static double improve_beta(double x, double z, double a, double b)
{
	return improve(
		x, z, gsl_cdf_beta_P(x, a, b), gsl_cdf_beta_Q(x, a, b), gsl_ran_beta_pdf(x, a, b));
}

static double beta_quantile(double z, double mean, double sd, double unused, double x)
{
	double size = mean * (1 - mean) / sd / sd - 1;

	(void)unused;
	return improve_beta(x, z, mean * size, (1 - mean) * size);
}

static double pert_quantile(double z, double low, double mode, double high, double x)
{
	double a = 1 + 4 * (mode - low) / (high - low);
	double b = 1 + 4 * (high - mode) / (high - low);

	return low + (high - low) * improve_beta((x - low) / (high - low), z, a, b);
}

START_TEST(quantiles_of_distributions)
{
	expect_quantiles(STPFIN_NORMAL, 0.3, 0.7, NAN, normal_quantile, 0.7);
	expect_quantiles(STPFIN_INTERVAL80, -1.7, 2.9, NAN, interval_quantile, 1);
	expect_quantiles(STPFIN_LOGNORMAL, 3.1, 0.9, NAN, lognormal_quantile, 0.9);
	expect_quantiles(STPFIN_LOGNORMAL, 1e6, 3e5, NAN, lognormal_quantile, 3e5);
	expect_quantiles(STPFIN_UNIFORM, -2, 5.5, NAN, uniform_quantile, 1);
	expect_quantiles(STPFIN_TRIANGULAR, -2, 1.3, 5.5, triangular_quantile, 1);
	expect_quantiles(STPFIN_TRIANGULAR, 1, 1, 3, triangular_quantile, 1);
	expect_quantiles(STPFIN_TRIANGULAR, 1, 3, 3, triangular_quantile, 1);
	expect_quantiles(STPFIN_GAMMA, 2, 1, NAN, gamma_quantile, 1);
	expect_quantiles(STPFIN_GAMMA, 3e5, 2e4, NAN, gamma_quantile, 2e4);
	expect_quantiles(STPFIN_GAMMA, 0.7, 0.7, NAN, gamma_quantile, 0.7);
	expect_quantiles(STPFIN_GAMMA, 1, 1.5, NAN, gamma_quantile, 1.5);
	expect_quantiles(STPFIN_BETA, 0.3, 0.1, NAN, beta_quantile, 0.1);
	expect_quantiles(STPFIN_BETA, 0.05, 0.01, NAN, beta_quantile, 0.01);
	expect_quantiles(STPFIN_BETA, 0.9, 0.2, NAN, beta_quantile, 0.2);
	expect_quantiles(STPFIN_PERT, 1, 2, 5, pert_quantile, 0.7);
	expect_quantiles(STPFIN_PERT, -0.3, -0.3, 0.2, pert_quantile, 0.08);
	expect_quantiles(STPFIN_PERT, 10, 40, 40, pert_quantile, 5);
}
END_TEST

/* The mean and standard deviation of a quantity, by the trapezium rule over z, which for what is
 * smooth and vanishes at both ends is all but exact. */
static void expect_moments(
	enum stpfin_distribution distribution, double p1, double p2, double p3, double mean, double sd)
{
	struct stpfin_quantile quantile;
	double sum = 0, first = 0, second = 0;

	ck_assert_int_eq(stpfin_quantile__new(&quantile, distribution, p1, p2, p3), STPFIN_OK);
	for (int block = -8; block < 8; block++) {
		double z[STPFIN_LANES];
		double found[STPFIN_LANES];

		for (size_t i = 0; i < STPFIN_LANES; i++) {
			z[i] = block + ((double)i + 0.5) / STPFIN_LANES;
		}
		stpfin_quantile__fill(&quantile, z, found);
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			double weight = exp(-z[i] * z[i] / 2);

			sum += weight;
			first += weight * (found[i] - mean) / sd;
			second += weight * (found[i] - mean) / sd * (found[i] - mean) / sd;
		}
	}
	ck_assert_msg(fabs(first / sum) < 1e-9 && fabs(second / sum - 1) < 1e-9,
		"distribution %d of %g, %g, %g: mean off by %g sd, variance %.12g", distribution, p1, p2,
		p3, first / sum, second / sum);
	stpfin_quantile__free(&quantile);
}

START_TEST(moments_of_distributions)
{
	static const double relative[] = {1e-5, 1e-3, 0.03, 0.2, 0.7, 1};

	for (size_t i = 0; i < sizeof relative / sizeof *relative; i++) {
		double r = relative[i];

		expect_moments(STPFIN_NORMAL, -3, r, NAN, -3, r);
		expect_moments(STPFIN_LOGNORMAL, 1e6, 1e6 * r, NAN, 1e6, 1e6 * r);
		expect_moments(STPFIN_GAMMA, 1e6, 1e6 * r, NAN, 1e6, 1e6 * r);
		expect_moments(STPFIN_BETA, 0.5, r / 2.1, NAN, 0.5, r / 2.1);
		expect_moments(STPFIN_BETA, 0.02, 0.02 * r, NAN, 0.02, 0.02 * r);
		expect_moments(STPFIN_BETA, 0.97, 0.03 * r, NAN, 0.97, 0.03 * r);
	}
	expect_moments(STPFIN_PERT, 2, 3, 7, 3.5, sqrt(1.5 * 3.5 / 7));
	expect_moments(STPFIN_PERT, 2, 7, 7, 37. / 6, sqrt(25. / 6 * 5. / 6 / 7));
}
END_TEST

/* Without a spread a quantity is its value to the last bit. */
START_TEST(distributions_without_spread)
{
	static const struct {
		enum stpfin_distribution distribution;
		double p1, p2, p3;
	} cases[] = {{STPFIN_INTERVAL80, 0.1, 0.1, NAN}, {STPFIN_NORMAL, 0.1, 0, NAN},
		{STPFIN_LOGNORMAL, 0.1, 0, NAN}, {STPFIN_GAMMA, 0.1, 0, NAN}, {STPFIN_BETA, 0.1, 0, NAN},
		{STPFIN_UNIFORM, 0.1, 0.1, NAN}, {STPFIN_TRIANGULAR, 0.1, 0.1, 0.1},
		{STPFIN_PERT, 0.1, 0.1, 0.1}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stpfin_quantile quantile;
		double z[STPFIN_LANES] = {-8, 8, 0.3};
		double found[STPFIN_LANES];

		ck_assert_int_eq(stpfin_quantile__new(&quantile, cases[i].distribution, cases[i].p1,
							 cases[i].p2, cases[i].p3),
			STPFIN_OK);
		stpfin_quantile__fill(&quantile, z, found);
		for (size_t lane = 0; lane < STPFIN_LANES; lane++) {
			ck_assert_double_eq(found[lane], 0.1);
		}
		stpfin_quantile__free(&quantile);
	}
}
END_TEST

/* Whatever the shape, quantities rise with z, stay in their range and are numbers. */
START_TEST(any_shape)
{
	static const double spreads[] = {
		1e-300, 1e-30, 1e-9, 1e-3, 0.3, 0.9, 0.999, 0.9999999, 5, 1e6, 1e15};
	static const double means[] = {1e-300, 1e-9, 1e-3, 0.1, 0.5, 0.9, 0.999999, 1, 1e15};

	for (size_t i = 0; i < sizeof spreads / sizeof *spreads; i++) {
		for (size_t j = 0; j < sizeof means / sizeof *means; j++) {
			for (int is_beta = 0; is_beta < 2; is_beta++) {
				double mean = means[j];
				double sd = spreads[i] * (is_beta ? sqrt(mean * (1 - mean)) : mean);
				double before = 0;
				struct stpfin_quantile quantile;

				if ((is_beta && (mean >= 1 || spreads[i] >= 1)) || sd > 1e15) {
					continue;
				}
				ck_assert_int_eq(stpfin_quantile__new(&quantile,
									 is_beta ? STPFIN_BETA : STPFIN_GAMMA, mean, sd, NAN),
					STPFIN_OK);
				for (int block = -9; block < 9; block++) {
					double z[STPFIN_LANES];
					double found[STPFIN_LANES];

					for (size_t lane = 0; lane < STPFIN_LANES; lane++) {
						z[lane] = block + (double)lane / STPFIN_LANES;
					}
					stpfin_quantile__fill(&quantile, z, found);
					for (size_t lane = 0; lane < STPFIN_LANES; lane++) {
						ck_assert_msg(found[lane] >= before * (1 - 1e-12) - 1e-30 &&
										  found[lane] <= (is_beta ? 1 : 1e60),
							"mean %g, sd %g at %g: %.17g after %.17g", mean, sd, z[lane],
							found[lane], before);
						before = found[lane];
					}
				}
				stpfin_quantile__free(&quantile);
			}
		}
	}
}
END_TEST

/* What is drawn */

/* The place of a drawn cell, which is there. */
static size_t find(
	const struct drawn *self, const char *table, const char *column, size_t row, size_t year)
{
	struct stpfin_drawn_column drawn = stpfin_drawn_column__of(self->uncertain, table, column);
	size_t found = stpfin_drawn_column__cell(&drawn, row, year);

	ck_assert_uint_lt(found, self->uncertain->n_cells);
	return found;
}

#define EXPECT_CELL(self, table, column, row, year, lane, expected)                                \
	EXPECT(at((self)->cells, find(self, table, column, row, year), lane), expected)

static bool is_drawn(
	const struct drawn *self, const char *table, const char *column, size_t row, size_t year)
{
	struct stpfin_drawn_column drawn = stpfin_drawn_column__of(self->uncertain, table, column);

	return stpfin_drawn_column__cell(&drawn, row, year) != STPFIN_NO_ROW;
}

START_TEST(nothing_uncertain)
{
	struct drawn drawn;
	stpfin_plan *plan = begin(&drawn, PARAMETERS, NULL);

	ck_assert_uint_eq(drawn.uncertain->n_parameters, 0);
	ck_assert_uint_eq(drawn.uncertain->n_dimensions, 0);
	ck_assert_uint_eq(drawn.uncertain->n_cells, 0);
	ck_assert(!is_drawn(&drawn, "flow", "cost", 0, STPFIN_EVERY_YEAR));
	finish(&drawn, plan);
	stpfin_uncertain__free(NULL);
}
END_TEST

START_TEST(modes)
{
	struct drawn drawn;
	stpfin_plan *plan = begin(&drawn,
		PARAMETERS "a,flow,income,provider=T,value,normal,1100,50,,\n"
				   "b,flow,income,provider=O,factor,normal,1,0.1,,constant\n"
				   "c,flow,activity,,add,normal,2,1,,\n",
		NULL);

	ck_assert_uint_eq(drawn.uncertain->n_parameters, 3);
	ck_assert_uint_eq(drawn.uncertain->n_dimensions, 3);
	ck_assert_uint_eq(drawn.uncertain->n_cells, 4);
	ck_assert(!drawn.uncertain->is_correlated);
	ck_assert(is_drawn(&drawn, "flow", "income", 0, STPFIN_EVERY_YEAR));
	ck_assert(!is_drawn(&drawn, "flow", "cost", 0, STPFIN_EVERY_YEAR));
	ck_assert(!is_drawn(&drawn, "funding", "amount", 0, STPFIN_EVERY_YEAR));
	for (uint64_t first = 0; first < 128; first += 64) {
		draw(&drawn, first);
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			double c = 2 + normal_of("c", first + i, 0);

			EXPECT_CELL(&drawn, "flow", "income", 0, STPFIN_EVERY_YEAR, i,
				1100 + 50 * normal_of("a", first + i, 0));
			EXPECT_CELL(&drawn, "flow", "income", 1, STPFIN_EVERY_YEAR, i,
				500 * (1 + 0.1 * normal_of("b", first + i, 0)));
			EXPECT_CELL(&drawn, "flow", "activity", 0, STPFIN_EVERY_YEAR, i, 100 + c);
			EXPECT_CELL(&drawn, "flow", "activity", 1, 3, i, 50 + c);
		}
	}
	finish(&drawn, plan);
}
END_TEST

/* What moves a cell moves it in the order of the table, whatever cells stand in between. */
START_TEST(several_parameters_on_a_cell)
{
	struct drawn drawn;
	stpfin_plan *plan = begin(&drawn,
		PARAMETERS "a,flow,income,,add,normal,10,1,,\n"
				   "b,flow,income,provider=T,factor,uniform,1,2,,\n"
				   "c,flow,income,,add,normal,5,3,,\n",
		NULL);

	ck_assert_uint_eq(drawn.uncertain->n_cells, 2);
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double a = 10 + normal_of("a", i, 0);
		double b = 1 + stpfin_random__uniform(SEED, stpfin_random__stream("b"), i, 0);
		double c = 5 + 3 * normal_of("c", i, 0);

		EXPECT_CELL(&drawn, "flow", "income", 0, STPFIN_EVERY_YEAR, i, (1000 + a) * b + c);
		EXPECT_CELL(&drawn, "flow", "income", 1, STPFIN_EVERY_YEAR, i, 500 + a + c);
	}
	stpfin_uncertain__cells(
		drawn.uncertain, drawn.quantities, 2, STPFIN_LANES, drawn.cells, &drawn.clipped);
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		EXPECT_CELL(&drawn, "flow", "income", 0, STPFIN_EVERY_YEAR, i,
			1000 + (5 + 3 * normal_of("c", i, 0)));
	}
	finish(&drawn, plan);
}
END_TEST

/* What does not act leaves a cell as it is to the last bit, even out of a range that is clipped to.
 */
START_TEST(parameters_that_do_not_act)
{
	struct drawn drawn;
	stpfin_plan *plan = begin(&drawn,
		PARAMETERS "a,flow,income,,factor,normal,1,1,,\nb,flow,activity,,factor,normal,1,1,,\n",
		NULL);
	uint64_t clipped = 0;

	stpfin_uncertain__cells(
		drawn.uncertain, drawn.quantities, 1, STPFIN_LANES, drawn.cells, &clipped);
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		ck_assert_double_eq(
			at(drawn.cells, find(&drawn, "flow", "income", 0, STPFIN_EVERY_YEAR), i), 1000);
	}
	ck_assert_double_ne(
		at(drawn.cells, find(&drawn, "flow", "activity", 0, STPFIN_EVERY_YEAR), 0), 100);
	finish(&drawn, plan);
}
END_TEST

START_TEST(blank_cells)
{
	struct drawn drawn;
	stpfin_plan *plan = begin(&drawn,
		PARAMETERS
		"a,flow,cost,,factor,normal,1,0.1,,\nb,flow,marginal_rate,,factor,normal,1,0.01,,\n",
		NULL);

	/* A blank cost is no number of the plan; a blank marginal rate is 1. */
	ck_assert(is_drawn(&drawn, "flow", "cost", 0, STPFIN_EVERY_YEAR));
	ck_assert(!is_drawn(&drawn, "flow", "cost", 1, STPFIN_EVERY_YEAR));
	EXPECT_CELL(
		&drawn, "flow", "marginal_rate", 1, STPFIN_EVERY_YEAR, 5, 1 + 0.01 * normal_of("b", 5, 0));
	ck_assert_double_eq(
		drawn.uncertain->cells[find(&drawn, "flow", "marginal_rate", 1, STPFIN_EVERY_YEAR)].central,
		1);
	finish(&drawn, plan);
}
END_TEST

START_TEST(yearly)
{
	struct drawn drawn;
	stpfin_plan *plan = begin(&drawn,
		PARAMETERS "a," GROWTH ",normal,0,0.01,,yearly\n"
				   "b,activity_growth,rate,service=E;year=2017/18,add,normal,0,0.1,,yearly\n",
		NULL);

	/* Those of 2016 to 2020, and 2017 alone. */
	ck_assert_uint_eq(drawn.uncertain->first_dimension[1], 5);
	ck_assert_uint_eq(drawn.uncertain->n_dimensions, 6);
	ck_assert_uint_eq(drawn.uncertain->n_cells, 5 + 2);
	ck_assert(!is_drawn(&drawn, "activity_growth", "rate", 0, 0));
	ck_assert(!is_drawn(&drawn, "activity_growth", "rate", 0, STPFIN_EVERY_YEAR));
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		for (size_t t = 1; t <= 5; t++) {
			EXPECT_CELL(&drawn, "activity_growth", "rate", 0, t, i,
				0.01 + 0.01 * normal_of("a", i, BASE_YEAR + t));
		}
		EXPECT_CELL(&drawn, "activity_growth", "rate", 1, STPFIN_EVERY_YEAR, i,
			0.02 + 0.01 * normal_of("a", i, 2017) + 0.1 * normal_of("b", i, 2017));
		EXPECT_CELL(
			&drawn, "activity_growth", "rate", 2, 4, i, 0.04 + 0.01 * normal_of("a", i, 2019));
	}
	finish(&drawn, plan);
}
END_TEST

/* A walk goes through the years between those of its rows. */
START_TEST(walks)
{
	struct drawn drawn;
	stpfin_plan *plan = PLAN(2020, flows, growth,
		{"funding", "organisation,stream,year,amount\nC,x,2017,10\nC,x,2020,20\n"},
		{"uncertainty", PARAMETERS "c,activity_growth,rate,service=,add,normal,0.001,0.01,,walk\n"
								   "d,funding,amount,,factor,normal,1,0.1,,walk\n"});
	compile(&drawn, plan);
	draw(&drawn, 96);
	ck_assert_uint_eq(drawn.uncertain->n_dimensions, 5 + 4);
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double c = 0, d = 1;

		for (size_t t = 1; t <= 5; t++) {
			c += 0.001 + 0.01 * normal_of("c", 96 + i, BASE_YEAR + t);
			EXPECT_CELL(&drawn, "activity_growth", "rate", 0, t, i, 0.01 + c);
			if (t == 4) {
				EXPECT_CELL(&drawn, "activity_growth", "rate", 2, t, i, 0.04 + c);
			}
		}
		for (uint64_t year = 2017; year <= 2020; year++) {
			d *= 1 + 0.1 * normal_of("d", 96 + i, year);
			if (year == 2017) {
				EXPECT_CELL(&drawn, "funding", "amount", 0, STPFIN_EVERY_YEAR, i, 10 * d);
			}
		}
		EXPECT_CELL(&drawn, "funding", "amount", 1, STPFIN_EVERY_YEAR, i, 20 * d);
	}
	finish(&drawn, plan);
}
END_TEST

/* A row without a year that one parameter draws once and another by year. */
START_TEST(once_and_by_year)
{
	struct drawn drawn;
	stpfin_plan *plan = PLAN(2017, flows,
		{"staffing", "service,staff_group,wte_per_1000\nE,nurse,5\n"},
		{"supply", "organisation,resource,year,amount\nT,nurse,,100\nT,bed,,10\n"},
		{"uncertainty", PARAMETERS "a,supply,amount,,factor,normal,1,0.01,,\n"
								   "b,supply,amount,resource=nurse,factor,normal,1,0.1,,yearly\n"
								   "c,supply,amount,resource=nurse,add,normal,0,1,,\n"});

	compile(&drawn, plan);
	draw(&drawn, 0);
	ck_assert_uint_eq(drawn.uncertain->n_cells, 3 + 1);
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double a = 100 * (1 + 0.01 * normal_of("a", i, 0));
		double c = normal_of("c", i, 0);

		EXPECT_CELL(&drawn, "supply", "amount", 0, 0, i, a + c);
		EXPECT_CELL(
			&drawn, "supply", "amount", 0, 1, i, a * (1 + 0.1 * normal_of("b", i, 2016)) + c);
		EXPECT_CELL(
			&drawn, "supply", "amount", 0, 2, i, a * (1 + 0.1 * normal_of("b", i, 2017)) + c);
		EXPECT_CELL(&drawn, "supply", "amount", 1, 2, i, a / 10);
	}
	finish(&drawn, plan);
}
END_TEST

START_TEST(cells_are_in_order)
{
	struct drawn drawn;
	stpfin_plan *plan = begin(&drawn,
		PARAMETERS "a," GROWTH ",normal,0,0.01,,yearly\n"
				   "b,flow,cost,,add,normal,0,1,,\nc,flow,activity,,add,normal,0,1,,\n"
				   "d,service,target_occupancy,,value,beta,0.8,0.05,,\n",
		NULL);
	const struct stpfin_drawn_cell *cells = drawn.uncertain->cells;

	for (size_t i = 1; i < drawn.uncertain->n_cells; i++) {
		bool before = cells[i - 1].table < cells[i].table;

		if (cells[i - 1].table == cells[i].table) {
			before = cells[i - 1].column < cells[i].column;
			if (cells[i - 1].column == cells[i].column) {
				before = cells[i - 1].row < cells[i].row ||
						 (cells[i - 1].row == cells[i].row && cells[i - 1].year < cells[i].year);
			}
		}
		ck_assert(before);
	}
	finish(&drawn, plan);
}
END_TEST

/* Draws do not depend on which block they are in, nor on what else is uncertain. */
START_TEST(draws_are_their_own)
{
	struct drawn one, other;
	stpfin_plan *plan = begin(&one, PARAMETERS "a,flow,income,,add,normal,0,1,,\n", NULL);
	stpfin_plan *more = begin(&other,
		PARAMETERS "z,flow,income,,add,gamma,1,2,,\nb,flow,cost,,add,normal,0,1,,\n"
				   "a,flow,income,,add,normal,0,1,,\n",
		CORRELATIONS "b,z,0.3\n");

	draw(&one, 7);
	for (uint64_t first = 0; first < 40; first += 5) {
		draw(&other, first);
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			if (first + i >= 7 && first + i < 7 + STPFIN_LANES) {
				ck_assert_double_eq(
					at(other.normals, 2, i), at(one.normals, 0, (size_t)(first + i - 7)));
			}
		}
	}
	finish(&one, plan);
	finish(&other, more);
}
END_TEST

/* The same bits from any compiler and any machine: their hash is what this program printed once. */
START_TEST(bits_are_the_same_everywhere)
{
	struct drawn drawn;
	uint64_t hash = 0;
	stpfin_plan *plan = begin(&drawn,
		PARAMETERS "a,flow,income,,factor,interval80,0.9,1.2,,\n"
				   "b,flow,income,,factor,lognormal,1,0.3,,\n"
				   "c,flow,income,,factor,gamma,1,0.3,,\nd,flow,cost,,factor,beta,0.3,0.1,,\n"
				   "e,flow,cost,,factor,uniform,0.3,0.7,,\n"
				   "f,flow,activity,,factor,triangular,0.7,1,1.2,\n"
				   "g,flow,activity,,factor,pert,0.7,1,1.2,\n"
				   "h,activity_growth,rate,,add,normal,0,0.01,,walk\n",
		CORRELATIONS "a,e,0.7\nf,b,-0.3\nf,g,0.2\n");

	for (uint64_t first = 0; first < 3200; first += STPFIN_LANES) {
		draw(&drawn, first);
		for (size_t i = 0; i < drawn.uncertain->n_cells * STPFIN_LANES; i++) {
			hash = (hash ^ stpfin_elementary__bits(drawn.cells[i])) * UINT64_C(0x100000001B3);
			hash ^= hash >> 29;
		}
	}
	ck_assert_uint_eq(hash, UINT64_C(12602998272875862660));
	finish(&drawn, plan);
}
END_TEST

START_TEST(clipped_values)
{
	struct drawn drawn;
	stpfin_plan *plan = begin(&drawn,
		PARAMETERS "a,activity_growth,rate,service=,value,uniform,-2,0,,\n"
				   "b,flow,activity,provider=T,value,normal,0,1,,\n"
				   "c,service,target_occupancy,,value,uniform,0.5,1.5,,\n"
				   "d,flow,income,provider=T,factor,normal,3e14,1,,\n",
		NULL);
	uint64_t expected = 0, few = 0, of_few = 0;
	size_t a = find(&drawn, "activity_growth", "rate", 0, STPFIN_EVERY_YEAR);
	size_t b = find(&drawn, "flow", "activity", 0, STPFIN_EVERY_YEAR);
	size_t c = find(&drawn, "service", "target_occupancy", 0, STPFIN_EVERY_YEAR);
	size_t d = find(&drawn, "flow", "income", 0, STPFIN_EVERY_YEAR);

	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double drawn_a = at(drawn.quantities, 0, i);
		double drawn_b = at(drawn.quantities, 1, i);
		double drawn_c = at(drawn.quantities, 2, i);
		uint64_t clipped =
			2 * (uint64_t)(drawn_a < -1) + (uint64_t)(drawn_b < 0) + (uint64_t)(drawn_c > 1) + 1;

		expected += clipped;
		of_few += i < 3 ? clipped : 0;
		ck_assert_double_eq(at(drawn.cells, a, i), drawn_a < -1 ? -1 + 1e-15 : drawn_a);
		ck_assert_double_eq(at(drawn.cells, b, i), drawn_b < 0 ? 1e-15 : drawn_b);
		ck_assert_double_eq(at(drawn.cells, c, i), drawn_c > 1 ? 1 : drawn_c);
		ck_assert_double_eq(at(drawn.cells, d, i), 1e15);
	}
	ck_assert_uint_eq(drawn.clipped, expected);
	ck_assert_uint_gt(expected, STPFIN_LANES + 10);
	stpfin_uncertain__cells(
		drawn.uncertain, drawn.quantities, STPFIN_EVERY_PARAMETER, 3, drawn.cells, &few);
	ck_assert_uint_eq(few, of_few);
	finish(&drawn, plan);
}
END_TEST

/* To the nearest, halves away from 0. */
START_TEST(whole_numbers)
{
	struct drawn drawn;
	stpfin_plan *plan =
		PLAN(2020, flows, {"scheme", "scheme,name,workstream,aim,owner\nS,s,w,funding,C\n"},
			{"efficiency_effect", "scheme,service,saving,start_year\nS,E,0.1,2017\n"},
			{"scenario", "scenario,scheme,delay\nplan,S,1\nother,S,\n"},
			{"uncertainty", PARAMETERS "a,scenario,delay,,add,uniform,-0.5,2.5,,\n"
									   "b,efficiency_effect,start_year,,add,normal,0,2,,\n"
									   "c,scenario,delay,scenario=plan,add,normal,0.5,0,,\n"});
	size_t planned, other, start;

	compile(&drawn, plan);
	draw(&drawn, 0);
	planned = find(&drawn, "scenario", "delay", 0, STPFIN_EVERY_YEAR);
	other = find(&drawn, "scenario", "delay", 1, STPFIN_EVERY_YEAR);
	start = find(&drawn, "efficiency_effect", "start_year", 0, STPFIN_EVERY_YEAR);
	ck_assert(drawn.uncertain->cells[planned].is_whole);
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double a = at(drawn.quantities, 0, i);

		ck_assert_double_eq(at(drawn.cells, planned, i), round(1.5 + a));
		ck_assert_double_eq(at(drawn.cells, other, i), round(a < 0 ? 0 : a));
		ck_assert_double_eq(
			at(drawn.cells, start, i), fmax(2016, round(2017 + at(drawn.quantities, 1, i))));
	}
	/* Quantities of which all is half. */
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		drawn.quantities[i] = (double)i - 0.5;
		drawn.quantities[2 * STPFIN_LANES + i] = 0;
	}
	stpfin_uncertain__cells(drawn.uncertain, drawn.quantities, STPFIN_EVERY_PARAMETER, STPFIN_LANES,
		drawn.cells, &drawn.clipped);
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		ck_assert_double_eq(at(drawn.cells, planned, i), (double)i + 1);
	}
	finish(&drawn, plan);
}
END_TEST

START_TEST(selections)
{
	static const struct {
		const char *select;
		const char *rows;
	} cases[] = {{"\"\"", "111111"}, {"sex=female", "110000"}, {"sex=", "000011"},
		{"sex=male;age=0", "001000"}, {"age=65+", "010101"}, {" age =65-84;sex=", "000001"},
		{"prevalence=0.3", "001100"}, {"status=derived", "000010"}, {"note=a=b", "000001"},
		{"age=00;prevalence=3e-1", "001000"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[256];
		struct drawn drawn;
		stpfin_plan *plan;

		snprintf(text, sizeof text, PARAMETERS "a,prevalence,prevalence,%s,factor,normal,1,0,,\n",
			cases[i].select);
		plan = PLAN(2016, flows, {"risk", "risk,name\nR,r\n"},
			{"prevalence", "footprint,risk,sex,age,prevalence,status,note\n"
						   "F,R,female,0,0.1,,\nF,R,female,65,0.2,,\nF,R,male,0,0.3,,\n"
						   "F,R,male,65+,0.3,,\nF,R,,0,0.5,derived,\nF,R,,65,0.6,,a=b\n"},
			{"uncertainty", text});
		compile(&drawn, plan);
		for (size_t row = 0; row < 6; row++) {
			ck_assert_msg(is_drawn(&drawn, "prevalence", "prevalence", row, STPFIN_EVERY_YEAR) ==
							  (cases[i].rows[row] == '1'),
				"%s, row %zu", cases[i].select, row);
		}
		finish(&drawn, plan);
	}
}
END_TEST

/* The factor of these three by hand: 1; 0.5, sqrt(0.75); 0.2, 0.2 / sqrt(0.75) ... */
START_TEST(correlated)
{
	struct drawn drawn;
	stpfin_plan *plan = begin(&drawn,
		PARAMETERS "a,flow,income,,add,normal,0,1,,\nlone,flow,income,,add,normal,0,1,,\n"
				   "b,flow,cost,,add,normal,0,1,,\nc,flow,activity,,add,uniform,0,1,,\n",
		CORRELATIONS "b,a,0.5\na,c,0.2\nc,b,0.3\n");
	double cb = (0.3 - 0.2 * 0.5) / sqrt(0.75);

	ck_assert(drawn.uncertain->is_correlated);
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double a = normal_of("a", i, 0);
		double b = normal_of("b", i, 0);
		double c = 0.2 * a + cb * b + sqrt(1 - 0.04 - cb * cb) * normal_of("c", i, 0);

		EXPECT(at(drawn.normals, 0, i), a);
		EXPECT(at(drawn.normals, 1, i), normal_of("lone", i, 0));
		EXPECT(at(drawn.normals, 2, i), 0.5 * a + sqrt(0.75) * b);
		EXPECT(at(drawn.normals, 3, i), c);
		EXPECT(at(drawn.quantities, 3, i), gsl_cdf_ugaussian_P(c));
	}
	finish(&drawn, plan);
}
END_TEST

/* A chain of groups that a later pair joins, whose factor begins late, against the factor of all.
 */
START_TEST(correlated_in_a_chain)
{
	enum { N = 6 };
	static const double rho[N][N] = {{0}, {0.5, 0}, {0}, {0, 0.3, -0.4, 0}, {0}, {0, 0, 0, 0.6, 0}};
	double factor[N][N] = {{0}};
	struct drawn drawn;
	stpfin_plan *plan = begin(&drawn,
		PARAMETERS "p0,flow,income,,add,normal,0,1,,\np1,flow,income,,add,normal,0,1,,\n"
				   "p2,flow,income,,add,normal,0,1,,\np3,flow,income,,add,normal,0,1,,\n"
				   "p4,flow,income,,add,normal,0,1,,\np5,flow,income,,add,normal,0,1,,\n",
		CORRELATIONS "p5,p3,0.6\np2,p3,-0.4\np0,p1,0.5\np1,p3,0.3\n");

	for (size_t i = 0; i < N; i++) {
		for (size_t j = 0; j <= i; j++) {
			double rest = i == j ? 1 : rho[i][j];

			for (size_t k = 0; k < j; k++) {
				rest -= factor[i][k] * factor[j][k];
			}
			factor[i][j] = i == j ? sqrt(rest) : rest / factor[j][j];
		}
	}
	for (size_t lane = 0; lane < STPFIN_LANES; lane++) {
		for (size_t i = 0; i < N; i++) {
			double expected = 0;

			for (size_t j = 0; j <= i; j++) {
				const char name[] = {'p', (char)('0' + j), '\0'};

				expected += factor[i][j] * normal_of(name, lane, 0);
			}
			EXPECT(at(drawn.normals, i, lane), expected);
		}
	}
	finish(&drawn, plan);
}
END_TEST

/* Two groups by year, of which one's members have different years. */
START_TEST(correlated_by_year)
{
	struct drawn drawn;
	stpfin_plan *plan = begin(&drawn,
		PARAMETERS "a,activity_growth,rate,year=2019,add,normal,0,0.1,,yearly\n"
				   "b,activity_growth,rate,service=;year=,add,normal,0,0.1,,walk\n"
				   "x,flow,income,,add,normal,0,1,,\ny,flow,income,,add,normal,0,1,,\n",
		CORRELATIONS "a,b,-0.6\ny,x,0.8\n");

	ck_assert_uint_eq(drawn.uncertain->n_dimensions, 1 + 5 + 2);
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		EXPECT(at(drawn.normals, 0, i), normal_of("a", i, 2019));
		for (size_t t = 1; t <= 5; t++) {
			EXPECT(at(drawn.normals, t, i),
				-0.6 * normal_of("a", i, BASE_YEAR + t) + 0.8 * normal_of("b", i, BASE_YEAR + t));
		}
		EXPECT(at(drawn.normals, 6, i), normal_of("x", i, 0));
		EXPECT(at(drawn.normals, 7, i), 0.8 * normal_of("x", i, 0) + 0.6 * normal_of("y", i, 0));
	}
	finish(&drawn, plan);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {philox_is_the_published_one, streams_are_hashes_of_names,
		fractions_are_exact, evenly_from_so_many, generator_of_gsl, elementary_functions,
		normal_quantiles, normal_probabilities, quantiles_of_distributions,
		moments_of_distributions, distributions_without_spread, any_shape, nothing_uncertain, modes,
		several_parameters_on_a_cell, parameters_that_do_not_act, blank_cells, yearly, walks,
		once_and_by_year, cells_are_in_order, draws_are_their_own, bits_are_the_same_everywhere,
		clipped_values, whole_numbers, selections, correlated, correlated_in_a_chain,
		correlated_by_year, NULL};

	return run_tests("uncertain", tests);
}
