#include "libstpfin/simulate/quantile_table.h"

#include <math.h>
#include <stdlib.h>

#include "libstpfin/simulate/clones.h"
#include "libstpfin/simulate/elementary.h"
#include "libstpfin/table/error.h"

/* Of a quantity take y, its logarithm (gamma) or logit (beta) above that of the mean; X, the
 * quantity (in means of the gamma); and C, 1 (gamma) or 1 - X (beta). With h the density of y, of
 * which d log h / dy = -size (X - mean), the quantile y(z) has
 *
 *   y' = exp(w),  w = log(normal density at z / h(y)),  w' = -z + size (X - mean) y',  X' = X C y',
 *
 * from which the terms of its Taylor series follow one after the other. An error of y in the
 * solution is one of probability that stays what it was, so that solving from the ends of the
 * range, where probabilities vanish, to the middle leaves nothing of it. */

/* Where solving begins, the ends of the panels and their width. */
static const double begin = 12, end = 8.5, width = 0.5;

/* The terms that solving uses, how far cutting a panel goes, and the error of a series' end, in
 * standard deviations, that is small enough not to. */
enum { ORDER = 20, MOST_PARTS = 4096 };
static const double small_enough = 2e-12;
/* What is left of y by rounding. */
static const double rounding = 1e-14;

struct shape {
	bool is_beta;
	double size; /* of the gamma its shape; of the beta both its parameters together */
	double mean; /* 1 of the gamma */
	double rest; /* 1 - mean of the beta */
	double constant;
	double sd;
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
		.sd = 1 / sqrt(size)};
}

static struct shape beta_shape(double a, double b)
{
	double size = a + b;
	double mean = a / size;
	double rest = b / size;

	return (struct shape){.is_beta = true,
		.size = size,
		.mean = mean,
		.rest = rest,
		.constant = stirling_rest(a) + stirling_rest(b) - stirling_rest(size) -
					0.5 * stpfin_elementary__log(mean * rest * size),
		.sd = sqrt(mean * rest / (size + 1))};
}

/* X and C at y, each to the last bits of itself. */
static void find_quantity(const struct shape *shape, double y, double *out_x, double *out_c)
{
	/* Nothing is left of what is further away. */
	double e = fabs(y) > 700 ? 0 : stpfin_elementary__exp(-fabs(y));

	if (!shape->is_beta) {
		*out_x = y > 0 ? 1 / e : e;
		*out_c = 1;
	} else if (y > 0) {
		*out_x = shape->mean / (shape->mean + shape->rest * e);
		*out_c = shape->rest * e / (shape->mean + shape->rest * e);
	} else {
		*out_x = shape->mean * e / (shape->mean * e + shape->rest);
		*out_c = shape->rest / (shape->mean * e + shape->rest);
	}
}

/* Of a beta: the side of its mean that y is on. There the quantity's distance from the end is
 * nearer × other ÷ left times e^-|y| or 1. */
struct side {
	double sign;
	double nearer; /* the mean's distance from the other end */
	double m;      /* e^-|y| - 1 */
	double left;   /* 1 + nearer m */
};

static struct side find_side(const struct shape *shape, double y)
{
	struct side side = {.sign = y > 0 ? 1 : -1, .nearer = y > 0 ? shape->rest : shape->mean};

	side.m = stpfin_elementary__expm1(-fabs(y));
	side.left =
		(y > 0 ? shape->mean : shape->rest) + side.nearer * stpfin_elementary__exp(-fabs(y));
	return side;
}

/* X - mean at y. */
static double excess(const struct shape *shape, double y)
{
	struct side side;

	if (!shape->is_beta) {
		return stpfin_elementary__expm1(y);
	}
	side = find_side(shape, y);
	return -side.sign * shape->mean * shape->rest * side.m / side.left;
}

/* log(1 + x) - x, from both x and 1 + x. */
static double log_rest(double x, double above)
{
	enum { TERMS = 24 };
	double sum = 0;

	if (fabs(x) > 0.2) {
		return stpfin_elementary__log(above) - x;
	}
	for (int i = TERMS; i >= 2; i--) {
		sum = 1.0 / i - x * sum;
	}
	return -x * x * sum;
}

/* log of the normal density's ratio to h(y), but for -z^2 / 2. */
static double log_ratio(const struct shape *shape, double y)
{
	struct side side;
	double other, growth, bend;

	if (!shape->is_beta) {
		return shape->constant + shape->size * stpfin_elementary__expm2(y);
	}
	/* log(left) + nearer |y|, of which all of the first order is left out; seen from the other side
	 * where that has less to cancel. */
	side = find_side(shape, y);
	other = y > 0 ? shape->mean : shape->rest;
	growth = other * stpfin_elementary__expm1(fabs(y));
	if (other < side.nearer && growth < 0.2) {
		bend = log_rest(growth, 1 + growth) + other * stpfin_elementary__expm2(fabs(y));
	} else {
		bend = log_rest(side.nearer * side.m, side.left) +
			   side.nearer * stpfin_elementary__expm2(-fabs(y));
	}
	return shape->constant + shape->size * bend;
}

/* How fast the quantity moves with y, in standard deviations. */
static double steepness(const struct shape *shape, double y)
{
	double x, c;

	find_quantity(shape, y, &x, &c);
	return x * c / shape->sd;
}

/* The terms of the series of y around z. */
static void expand(const struct shape *shape, double z, double y, double terms[ORDER + 1])
{
	double u[ORDER + 1] = {excess(shape, y)};
	double slope[ORDER + 1] = {stpfin_elementary__exp(log_ratio(shape, y) - 0.5 * z * z)};
	double x[ORDER + 1], c[ORDER + 1] = {0};
	double v[ORDER], dw[ORDER];

	find_quantity(shape, y, &x[0], &c[0]);
	terms[0] = y;
	for (int n = 0; n < ORDER; n++) {
		double product = 0, drift = 0, dx = 0, bend = 0;

		for (int i = 0; i <= n; i++) {
			product += x[i] * c[n - i];
			drift += u[i] * slope[n - i];
		}
		v[n] = product;
		dw[n] = shape->size * drift - (n == 0 ? z : n == 1 ? 1 : 0);
		for (int i = 0; i <= n; i++) {
			dx += v[i] * slope[n - i];
			bend += dw[i] * slope[n - i];
		}
		terms[n + 1] = slope[n] / (n + 1);
		x[n + 1] = u[n + 1] = dx / (n + 1);
		c[n + 1] = shape->is_beta ? -x[n + 1] : 0;
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
	double near = 0, far = shape->sd;

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

/* Solves over one panel from z and y, in equal parts, whose terms are kept in the order of z. False
 * where the parts are too long for their series to agree. */
static bool solve(const struct shape *shape, double z, double *y, double side, int parts,
	double (*terms)[STPFIN_QUANTILE_TERMS])
{
	bool fits = true;
	double half = -side * width / parts / 2;
	double edge[ORDER + 1];

	expand(shape, z, *y, edge);
	for (int part = 0; part < parts; part++) {
		double *out = terms[side < 0 ? part : parts - 1 - part];
		double middle = sum_up(edge, half);
		double series[ORDER + 1];
		double error, astray, steep, scale = 1;

		expand(shape, z + half, middle, series);
		astray = fabs(sum_up(series, -half) - *y);
		steep = fmax(steepness(shape, *y), steepness(shape, middle));
		*y = sum_up(series, half);
		z += 2 * half;
		expand(shape, z, *y, edge);
		steep = fmax(steep, steepness(shape, *y));
		error =
			fabs(series[STPFIN_QUANTILE_TERMS]) + fabs(series[STPFIN_QUANTILE_TERMS + 1] * half);
		for (int n = 0; n < STPFIN_QUANTILE_TERMS; n++, scale *= 2 * fabs(half)) {
			out[n] = series[n] * scale;
			error *= fabs(half);
		}
		error += astray + fabs(sum_up(edge, -half) - middle);
		fits = fits && (error * steep < small_enough || error < rounding * fmax(1, fabs(middle)));
		if (!fits && parts < MOST_PARTS) {
			return false;
		}
	}
	return fits;
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

	*self = (struct stpfin_quantile_table){
		.is_beta = shape->is_beta, .mean = shape->mean, .rest = shape->rest};
	status = solve_side(self, shape, -1, &n, &capacity);
	return status == STPFIN_OK ? solve_side(self, shape, 1, &n, &capacity) : status;
}

stpfin_status stpfin_quantile_table__gamma(struct stpfin_quantile_table *self, double shape)
{
	struct shape gamma = gamma_shape(fmin(fmax(shape, 1e-12), 1e30));

	return solve_both(self, &gamma);
}

stpfin_status stpfin_quantile_table__beta(struct stpfin_quantile_table *self, double a, double b)
{
	/* Doubles cannot tell shapes further out from these: all but 0 and 1 alone, all but one number,
	 * all but always the same end. */
	double size = a + b;
	double by = size < 1e-3 ? 1e-3 / size : size > 1e30 ? 1e30 / size : 1;
	double least = fmax(fmin(a, b) * by, 1e-12);
	double most = fmin(fmax(a, b) * by, least < 1e-3 ? 1e12 : 1e30);
	struct shape beta = beta_shape(a < b ? least : most, a < b ? most : least);

	return solve_both(self, &beta);
}

void stpfin_quantile_table__free(struct stpfin_quantile_table *self)
{
	free(self->terms);
	self->terms = NULL;
}

STPFIN_CLONES
static void fill(const struct stpfin_quantile_table *self, const double z[STPFIN_LANES],
	double quantities[STPFIN_LANES])
{
	const double *terms = self->terms[0];
	const double mean = self->mean;
	const double rest = self->rest;
	int32_t part[STPFIN_LANES];
	double x[STPFIN_LANES];
	double y[STPFIN_LANES];

	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double clipped = z[i] < -end ? -end : z[i] > end ? end : z[i];
		double at = (clipped + end) / width;
		int32_t panel =
			(int32_t)at < STPFIN_QUANTILE_PANELS - 1 ? (int32_t)at : STPFIN_QUANTILE_PANELS - 1;
		double parts = self->parts[panel];
		double within = (at - panel) * parts;
		int32_t most = (int32_t)parts - 1;
		int32_t here = (int32_t)within < most ? (int32_t)within : most;

		x[i] = within - here - 0.5;
		part[i] = (self->first[panel] + here) * STPFIN_QUANTILE_TERMS;
		y[i] = 0;
	}
	for (int n = STPFIN_QUANTILE_TERMS - 1; n >= 0; n--) {
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			y[i] = y[i] * x[i] + terms[part[i] + n];
		}
	}
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double e = stpfin_elementary__exp(self->is_beta ? -y[i] : y[i]);

		quantities[i] = self->is_beta ? mean / (mean + rest * e) : e;
	}
}

void stpfin_quantile_table__fill(const struct stpfin_quantile_table *self,
	const double z[STPFIN_LANES], double quantities[STPFIN_LANES])
{
	fill(self, z, quantities);
}
