#include "libstpfin/simulate/quantile_table.h"

#include <math.h>
#include <stdlib.h>

#include "libstpfin/simulate/clones.h"
#include "libstpfin/simulate/elementary.h"
#include "libstpfin/table/error.h"

/* A quantity x, its logarithm (gamma) or logit (beta) y above that of the mean, and U = x / mean -
 * 1 or x - mean. With h the density of y, of which d log h / dy = -size U, the quantile y(z) has
 *
 *   y' = exp(w),  w = log(normal density of z / h(y)),  w' = -z + size U y',
 *   U' = (c0 + c1 U + c2 U^2) y',
 *
 * from which the terms of its Taylor series follow one after the other. An error of y in the
 * solution is one of probability that stays what it was, so that solving from the ends of the
 * range, where probabilities vanish, to the middle leaves nothing of it. */

/* Where solving begins, the ends of the panels and their width. */
static const double begin = 12, end = 8.5, width = 0.25;

/* The terms that solving uses, how far cutting a panel goes, and the error of a series' end, in
 * standard deviations, that is small enough not to. */
enum { ORDER = 20, MOST_PARTS = 2048 };
static const double small_enough = 2e-12;

struct shape {
	bool is_beta;
	double size; /* of the gamma its shape; of the beta both its parameters together */
	double mean; /* of the beta; 1 of the gamma */
	double constant;
	double sd;
	double c0, c1, c2;
};

/* log Gamma(x) less Stirling's approximation of it. */
static double stirling_rest(double x)
{
	double rest = 0;
	double r, s;

	for (; x < 12; x++) {
		rest += (x + 0.5) * stpfin_elementary__log1p(1 / x) - 1;
	}
	r = 1 / x;
	s = r * r;
	return rest +
		   r * (1.0 / 12 -
				   s * (1.0 / 360 -
						   s * (1.0 / 1260 -
								   s * (1.0 / 1680 - s * (1.0 / 1188 - s * (691.0 / 360360))))));
}

static struct shape gamma_shape(double size)
{
	return (struct shape){.size = size,
		.mean = 1,
		.constant = stirling_rest(size) - 0.5 * stpfin_elementary__log(size),
		.sd = 1 / sqrt(size),
		.c0 = 1,
		.c1 = 1};
}

static struct shape beta_shape(double a, double b)
{
	double size = a + b;
	double mean = a / size;
	double variance = mean * (b / size);

	return (struct shape){.is_beta = true,
		.size = size,
		.mean = mean,
		.constant = stirling_rest(a) + stirling_rest(b) - stirling_rest(size) -
					0.5 * stpfin_elementary__log(variance * size),
		.sd = sqrt(variance / (size + 1)),
		.c0 = variance,
		.c1 = 1 - 2 * mean,
		.c2 = -1};
}

/* U at y; of a beta the mean away from the nearer end in such a way that large y do not overflow.
 */
static double excess(const struct shape *shape, double y)
{
	double m, nearer;

	if (!shape->is_beta) {
		return stpfin_elementary__expm1(y);
	}
	m = stpfin_elementary__expm1(-fabs(y));
	nearer = y > 0 ? 1 - shape->mean : shape->mean;
	return (y > 0 ? -1 : 1) * shape->c0 * m / (1 + nearer * m);
}

/* log of the normal density's ratio to h(y), but for -z^2 / 2. */
static double log_ratio(const struct shape *shape, double y)
{
	double m, nearer, l;

	if (!shape->is_beta) {
		return shape->constant + shape->size * stpfin_elementary__expm2(y);
	}
	m = stpfin_elementary__expm1(-fabs(y));
	nearer = y > 0 ? 1 - shape->mean : shape->mean;
	l = stpfin_elementary__log1p(nearer * m);
	return shape->constant + shape->size * (l + nearer * fabs(y));
}

/* How fast x moves with y, in standard deviations. */
static double steepness(const struct shape *shape, double y)
{
	double u = excess(shape, y);

	return (shape->c0 + u * (shape->c1 + u * shape->c2)) / shape->sd;
}

/* The terms of the series of y around z. */
static void expand(const struct shape *shape, double z, double y, double terms[ORDER + 1])
{
	double u[ORDER + 1] = {excess(shape, y)};
	double slope[ORDER + 1] = {stpfin_elementary__exp(log_ratio(shape, y) - 0.5 * z * z)};
	double v[ORDER], dw[ORDER];

	terms[0] = y;
	for (int n = 0; n < ORDER; n++) {
		double square = 0, drift = 0, du = 0, bend = 0;

		for (int i = 0; i <= n; i++) {
			square += u[i] * u[n - i];
			drift += u[i] * slope[n - i];
		}
		v[n] = (n == 0 ? shape->c0 : 0) + shape->c1 * u[n] + shape->c2 * square;
		dw[n] = shape->size * drift - (n == 0 ? z : n == 1 ? 1 : 0);
		for (int i = 0; i <= n; i++) {
			du += v[i] * slope[n - i];
			bend += dw[i] * slope[n - i];
		}
		terms[n + 1] = slope[n] / (n + 1);
		u[n + 1] = du / (n + 1);
		slope[n + 1] = bend / (n + 1);
	}
}

static double sum_up(const double terms[ORDER + 1], double x)
{
	double sum = 0;

	for (int n = ORDER; n >= 0; n--) {
		sum = sum * x + terms[n];
	}
	return sum;
}

/* How far log(probability beyond y), roughly, is above that of the normal beyond `begin`. */
static double compare_tails(const struct shape *shape, double y)
{
	return 0.5 * begin * begin + stpfin_elementary__log(begin) - log_ratio(shape, y) -
		   stpfin_elementary__log(shape->size * fabs(excess(shape, y)));
}

/* y at -begin (side -1) or begin (side 1), to some hundredths of the probability beyond. */
static double find_begin(const struct shape *shape, double side)
{
	double near = 0, far = 1 / sqrt(shape->size * shape->c0);

	for (int i = 0; i < 1000 && compare_tails(shape, side * far) > 0; i++) {
		near = far;
		far *= 2;
	}
	for (int i = 0; i < 60; i++) {
		double between = 0.5 * (near + far);

		if (compare_tails(shape, side * between) > 0) {
			near = between;
		} else {
			far = between;
		}
	}
	return side * near;
}

/* Solves over one panel from z, y, in equal parts; the terms of each go to `terms`, those of the
 * one nearest the middle of the range last or first as the sign of the step says. False where the
 * parts are too long. */
static bool solve(const struct shape *shape, double z, double *y, double side, int parts,
	double (*terms)[STPFIN_QUANTILE_TERMS])
{
	double half = -side * width / parts / 2;
	double series[ORDER + 1];

	for (int part = 0; part < parts; part++) {
		double near, steep, rest, scale = 1;
		double *out = terms[side < 0 ? part : parts - 1 - part];

		expand(shape, z, *y, series);
		near = sum_up(series, half);
		z += half;
		expand(shape, z, near, series);
		steep = fmax(steepness(shape, *y), steepness(shape, near));
		*y = sum_up(series, half);
		z += half;
		steep = fmax(steep, steepness(shape, *y));
		for (int n = 0; n < STPFIN_QUANTILE_TERMS; n++, scale *= 2 * fabs(half)) {
			out[n] = series[n] * scale;
		}
		rest = fabs(series[STPFIN_QUANTILE_TERMS]) + fabs(series[STPFIN_QUANTILE_TERMS + 1] * half);
		for (int n = 0; n < STPFIN_QUANTILE_TERMS; n++) {
			rest *= fabs(half);
		}
		if (!(rest * steep < small_enough)) {
			return false;
		}
	}
	return true;
}

/* Solves one side of the range, from its end to the middle. */
static stpfin_status solve_side(struct stpfin_quantile_table *self, const struct shape *shape,
	double side, size_t *n, size_t *capacity)
{
	double y = find_begin(shape, side);
	int n_panels = (int)(begin / width);

	for (int i = 0; i < n_panels; i++) {
		double z = side * (begin - i * width);
		bool is_kept = fabs(z) <= end;
		int panel = (int)((z + end) / width) - (side > 0);
		double start = y;
		bool fits = false;

		for (int parts = 1; !fits; parts *= 2) {
			if (*capacity < *n + (size_t)parts) {
				size_t room = 2 * (*n + (size_t)parts);
				double(*terms)[STPFIN_QUANTILE_TERMS] = realloc(self->terms, room * sizeof *terms);

				if (terms == NULL) {
					return stpfin_error__memory();
				}
				self->terms = terms;
				*capacity = room;
			}
			y = start;
			fits = solve(shape, z, &y, side, parts, self->terms + *n) || parts == MOST_PARTS;
			if (fits && is_kept) {
				self->parts[panel] = parts;
				self->first[panel] = (int32_t)*n;
				*n += (size_t)parts;
			}
		}
	}
	return STPFIN_OK;
}

static stpfin_status solve_both(struct stpfin_quantile_table *self, const struct shape *shape)
{
	size_t n = 0, capacity = 0;
	stpfin_status status;

	*self = (struct stpfin_quantile_table){.is_beta = shape->is_beta, .mean = shape->mean};
	status = solve_side(self, shape, -1, &n, &capacity);
	return status == STPFIN_OK ? solve_side(self, shape, 1, &n, &capacity) : status;
}

stpfin_status stpfin_quantile_table__gamma(struct stpfin_quantile_table *self, double shape)
{
	struct shape gamma = gamma_shape(fmin(fmax(shape, 1e-12), 1e60));

	return solve_both(self, &gamma);
}

stpfin_status stpfin_quantile_table__beta(struct stpfin_quantile_table *self, double a, double b)
{
	struct shape beta = beta_shape(a, b);

	return solve_both(self, &beta);
}

void stpfin_quantile_table__free(struct stpfin_quantile_table *self)
{
	free(self->terms);
	self->terms = NULL;
}

STPFIN_CLONES
void stpfin_quantile_table__fill(const struct stpfin_quantile_table *self,
	const double z[STPFIN_LANES], double quantities[STPFIN_LANES])
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double clipped = z[i] < -end ? -end : z[i] > end ? end : z[i];
		double at = (clipped + end) / width;
		int32_t panel =
			(int32_t)at < STPFIN_QUANTILE_PANELS ? (int32_t)at : STPFIN_QUANTILE_PANELS - 1;
		double parts = self->parts[panel];
		double within = (at - panel) * parts;
		int32_t part = within < parts ? (int32_t)within : (int32_t)parts - 1;
		const double *terms = self->terms[self->first[panel] + part];
		double x = within - part - 0.5;
		double y = terms[STPFIN_QUANTILE_TERMS - 1];

		for (int n = STPFIN_QUANTILE_TERMS - 2; n >= 0; n--) {
			y = y * x + terms[n];
		}
		quantities[i] = y;
	}
	if (self->is_beta) {
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			double rest = (1 - self->mean) * stpfin_elementary__exp(-quantities[i]);

			quantities[i] = self->mean / (self->mean + rest);
		}
	} else {
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			quantities[i] = stpfin_elementary__exp(quantities[i]);
		}
	}
}
