#include "libstpfin/simulate/quantile.h"

#include <math.h>

#include "libstpfin/simulate/clones.h"
#include "libstpfin/simulate/elementary.h"
#include "libstpfin/simulate/normal.h"

/* What has no spread is a line without slope: its value to the last bit. */
static struct stpfin_quantile line(double start, double slope)
{
	return (struct stpfin_quantile){.curve = STPFIN_CURVE_LINE, .start = start, .slope = slope};
}

/* The normal's logarithm has the mean and standard deviation that give the quantity its own. */
static struct stpfin_quantile lognormal(double mean, double sd)
{
	/* Kept such that its square is a number. */
	double relative = fmin(sd / mean, 1e150);
	double variance = stpfin_elementary__log1p(relative * relative);

	return (struct stpfin_quantile){.curve = STPFIN_CURVE_EXPONENTIAL,
		.start = stpfin_elementary__log(mean) - 0.5 * variance,
		.slope = sqrt(variance)};
}

stpfin_status stpfin_quantile__new(struct stpfin_quantile *self,
	enum stpfin_distribution distribution, double p1, double p2, double p3)
{
	switch (distribution) {
	case STPFIN_INTERVAL80:
		*self = line(0.5 * (p1 + p2), (p2 - p1) / (2 * STPFIN_NORMAL_P90));
		return STPFIN_OK;
	case STPFIN_UNIFORM:
		*self =
			(struct stpfin_quantile){.curve = STPFIN_CURVE_UNIFORM, .start = p1, .slope = p2 - p1};
		return STPFIN_OK;
	case STPFIN_TRIANGULAR:
	case STPFIN_PERT:
		*self = line(p1, 0);
		if (p3 > p1) {
			self->slope = p3 - p1;
			self->mode = (p2 - p1) / (p3 - p1);
			self->curve = STPFIN_CURVE_TRIANGLE;
		}
		break;
	default:
		*self = line(p1, p2);
	}
	if (self->slope == 0) {
		return STPFIN_OK;
	}
	switch (distribution) {
	case STPFIN_LOGNORMAL:
		*self = lognormal(p1, p2);
		break;
	case STPFIN_GAMMA:
		self->start = 0;
		self->slope = p1;
		self->curve = STPFIN_CURVE_TABLE;
		return stpfin_quantile_table__gamma(&self->table, (p1 / p2) * (p1 / p2));
	case STPFIN_BETA: {
		double size = p1 / p2 * ((1 - p1) / p2) - 1;

		self->start = 0;
		self->slope = 1;
		self->curve = STPFIN_CURVE_TABLE;
		return stpfin_quantile_table__beta(&self->table, p1 * size, (1 - p1) * size);
	}
	case STPFIN_PERT:
		self->curve = STPFIN_CURVE_TABLE;
		return stpfin_quantile_table__beta(
			&self->table, 1 + 4 * self->mode, 1 + 4 * (1 - self->mode));
	default:
		break;
	}
	return STPFIN_OK;
}

void stpfin_quantile__free(struct stpfin_quantile *self)
{
	stpfin_quantile_table__free(&self->table);
}

STPFIN_CLONES
static void fill(const struct stpfin_quantile *self, const double z[STPFIN_LANES],
	double quantities[STPFIN_LANES])
{
	const double start = self->start;
	const double slope = self->slope;
	const double mode = self->mode;
	double tails[STPFIN_LANES];

	switch (self->curve) {
	case STPFIN_CURVE_LINE:
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			quantities[i] = start + slope * z[i];
		}
		break;
	case STPFIN_CURVE_EXPONENTIAL:
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			quantities[i] = stpfin_elementary__exp(start + slope * z[i]);
		}
		break;
	case STPFIN_CURVE_TABLE:
		stpfin_quantile_table__fill(&self->table, z, quantities);
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			quantities[i] = start + slope * quantities[i];
		}
		break;
	case STPFIN_CURVE_UNIFORM:
		stpfin_normal__tails(z, tails);
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			quantities[i] = start + slope * (z[i] < 0 ? tails[i] : 1 - tails[i]);
		}
		break;
	case STPFIN_CURVE_TRIANGLE:
		stpfin_normal__tails(z, tails);
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			double below = z[i] < 0 ? tails[i] : 1 - tails[i];
			double above = z[i] < 0 ? 1 - tails[i] : tails[i];
			double rising = sqrt(below * mode);
			double falling = 1 - sqrt(above * (1 - mode));

			quantities[i] = start + slope * (below < mode ? rising : falling);
		}
		break;
	}
}

void stpfin_quantile__fill(const struct stpfin_quantile *self, const double z[STPFIN_LANES],
	double quantities[STPFIN_LANES])
{
	fill(self, z, quantities);
}
