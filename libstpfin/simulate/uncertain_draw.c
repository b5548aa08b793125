#include <math.h>

#include "libstpfin/simulate/clones.h"
#include "libstpfin/simulate/normal.h"
#include "libstpfin/simulate/uncertain_parts.h"

/* The normals of a parameter in a year before they are correlated. */
static void draw(const struct stpfin_uncertain *self, size_t parameter, int32_t year, uint64_t seed,
	uint64_t first, double *z)
{
	stpfin_normal__draw(seed, self->parts->parameters[parameter].stream, first, (uint64_t)year, z);
}

STPFIN_CLONES
static void multiply(double *z, double by)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		z[i] *= by;
	}
}

STPFIN_CLONES
static void add_product(double *z, const double *x, double by)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		z[i] += x[i] * by;
	}
}

/* Correlates the normals of a parameter with those before it in its group, which are not yet
 * correlated themselves. One that has no draw of its own in a year is drawn for this. */
static void correlate_member(const struct stpfin_uncertain *self, size_t member, uint64_t seed,
	uint64_t first, double *normals)
{
	const struct stpfin_copula *copula = &self->parts->copula;
	size_t parameter = copula->members[member];
	size_t start = copula->start[member];
	const double *row = copula->factor + copula->at[member];

	for (size_t i = self->first_dimension[parameter]; i < self->first_dimension[parameter + 1];
		 i++) {
		int32_t year = self->parts->years[i];
		double *z = normals + i * STPFIN_LANES;

		multiply(z, row[member - start]);
		for (size_t j = start; j < member; j++) {
			size_t other;
			double drawn[STPFIN_LANES];

			if (row[j - start] == 0) {
				continue;
			}
			other = stpfin_uncertain__dimension(self, copula->members[j], year);
			if (other == SIZE_MAX) {
				draw(self, copula->members[j], year, seed, first, drawn);
			}
			add_product(
				z, other == SIZE_MAX ? drawn : normals + other * STPFIN_LANES, row[j - start]);
		}
	}
}

void stpfin_uncertain__normals(
	const struct stpfin_uncertain *self, uint64_t seed, uint64_t first, double *normals)
{
	const struct stpfin_copula *copula = &self->parts->copula;

	for (size_t i = 0; i < self->n_parameters; i++) {
		for (size_t j = self->first_dimension[i]; j < self->first_dimension[i + 1]; j++) {
			draw(self, i, self->parts->years[j], seed, first, normals + j * STPFIN_LANES);
		}
	}
	for (size_t i = copula->n_groups > 0 ? copula->first[copula->n_groups] : 0; i-- > 0;) {
		correlate_member(self, i, seed, first, normals);
	}
}

/* Takes a walk's step: the year before's quantities and the year's draw make the year's. */
STPFIN_CLONES
static void step(int32_t mode, const double *before, double *quantities)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		quantities[i] =
			mode == STPFIN_MODE_FACTOR ? before[i] * quantities[i] : before[i] + quantities[i];
	}
}

void stpfin_uncertain__quantities(
	const struct stpfin_uncertain *self, const double *normals, double *quantities)
{
	for (size_t i = 0; i < self->n_parameters; i++) {
		const struct stpfin_uncertain_parameter *parameter = &self->parts->parameters[i];
		size_t first = self->first_dimension[i];

		for (size_t j = first; j < self->first_dimension[i + 1]; j++) {
			double *here = quantities + j * STPFIN_LANES;

			stpfin_quantile__fill(&parameter->quantile, normals + j * STPFIN_LANES, here);
			if (parameter->path == STPFIN_PATH_WALK && j > first) {
				step(parameter->mode, here - STPFIN_LANES, here);
			}
		}
	}
}

/* Lets an action change values. */
STPFIN_INLINED void act(int32_t mode, const double *quantities, double *restrict values)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		values[i] = mode == STPFIN_MODE_VALUE    ? quantities[i]
					: mode == STPFIN_MODE_FACTOR ? values[i] * quantities[i]
												 : values[i] + quantities[i];
	}
}

/* Clips, and counts what was, by weight: what is no number is clipped too. */
STPFIN_INLINED void clip(
	double low, double high, int64_t weight, double *restrict values, int64_t *restrict n_clipped)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double value = values[i];
		double above = value > low ? value : low;

		values[i] = above < high ? above : high;
		n_clipped[i] += values[i] == value ? 0 : weight;
	}
}

/* Rounds to whole numbers, halves away from 0. */
static void round_off(double *values)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double size = fabs(values[i]);
		double below = floor(size);
		double rounded = size - below >= 0.5 ? below + 1 : below;

		values[i] = values[i] < 0 ? -rounded : rounded;
	}
}

STPFIN_CLONES
static void fill_cells(const struct stpfin_uncertain *self, const double *quantities,
	size_t parameter, const int64_t *weights, double *cells, int64_t n_clipped[STPFIN_LANES])
{
	const struct stpfin_uncertain_parts *parts = self->parts;

	for (size_t i = 0; i < self->n_cells; i++) {
		double *values = cells + i * STPFIN_LANES;
		int64_t weight = weights != NULL ? weights[i] : 1;
		bool is_drawn = false;

		if (weight == 0) {
			continue;
		}
		for (size_t lane = 0; lane < STPFIN_LANES; lane++) {
			values[lane] = self->cells[i].central;
		}
		for (size_t j = parts->first_action[i]; j < parts->first_action[i + 1]; j++) {
			const struct stpfin_uncertain_action *action = &parts->actions[j];

			if (parameter == STPFIN_EVERY_PARAMETER || parameter == action->parameter) {
				act(action->mode, quantities + action->dimension * STPFIN_LANES, values);
				is_drawn = true;
			}
		}
		if (is_drawn) {
			clip(parts->low[i], parts->high[i], weight, values, n_clipped);
		}
		if (is_drawn && self->cells[i].is_whole) {
			round_off(values);
		}
	}
}

static void find_cells(const struct stpfin_uncertain *self, const double *quantities,
	size_t parameter, size_t n, const int64_t *weights, double *cells, uint64_t *clipped)
{
	int64_t n_clipped[STPFIN_LANES] = {0};

	fill_cells(self, quantities, parameter, weights, cells, n_clipped);
	for (size_t lane = 0; lane < n; lane++) {
		*clipped += (uint64_t)n_clipped[lane];
	}
}

void stpfin_uncertain__cells(const struct stpfin_uncertain *self, const double *quantities,
	size_t parameter, size_t n, double *cells, uint64_t *clipped)
{
	find_cells(self, quantities, parameter, n, NULL, cells, clipped);
}

void stpfin_uncertain__draw(const struct stpfin_uncertain *self, uint64_t seed, uint64_t first,
	size_t n, const int64_t *weights, double *scratch, double *cells, uint64_t *clipped)
{
	double *quantities = scratch + self->n_dimensions * STPFIN_LANES;

	stpfin_uncertain__normals(self, seed, first, scratch);
	stpfin_uncertain__quantities(self, scratch, quantities);
	find_cells(self, quantities, STPFIN_EVERY_PARAMETER, n, weights, cells, clipped);
}
