#ifndef STPFIN_SIMULATE_LANES_INPUTS_H
#define STPFIN_SIMULATE_LANES_INPUTS_H

#include "libstpfin/plan/index.h"
#include "libstpfin/simulate/keys.h"
#include "libstpfin/simulate/uncertain.h"

/* The numbers of a plan that formulas over lanes take in: each as the plan has it, or as the cell
 * that draws it has it. Equal ones are one. */

/* The drawn cells of a column, which are found by row and year. */
struct stpfin_drawn_column {
	const struct stpfin_drawn_cell *cells;
	const size_t *same_as;
	size_t first;
	size_t end;
};

struct stpfin_drawn_column stpfin_drawn_column__of(
	const struct stpfin_uncertain *uncertain, const char *table, const char *column);

static inline bool stpfin_drawn_column__any(const struct stpfin_drawn_column *self)
{
	return self->first < self->end;
}

/* The cell drawn at a row in a year from the base, or the first that is always the same;
 * STPFIN_NO_ROW if it is not drawn. */
size_t stpfin_drawn_column__cell(const struct stpfin_drawn_column *self, size_t row, size_t t);

struct stpfin_input {
	size_t cell; /* STPFIN_NO_ROW: not drawn; STPFIN_MEAN: a mean of others */
	double value;
};

#define STPFIN_MEAN (STPFIN_NO_ROW - 1)

/* A sum of inputs over a sum of others, as many. */
struct stpfin_mean {
	size_t input;
	size_t first; /* of its inputs: those above, each followed by that below */
	size_t n;
};

struct stpfin_inputs {
	size_t n;
	size_t capacity;
	struct stpfin_input *at;
	struct stpfin_keys keys;
	size_t n_means;
	size_t mean_capacity;
	struct stpfin_mean *means;
	size_t n_of_means;
	size_t of_mean_capacity;
	size_t *of_means;
};

void stpfin_inputs__free(struct stpfin_inputs *self);

/* The number of an input: a cell, or a value where the cell is STPFIN_NO_ROW. */
stpfin_status stpfin_inputs__add(
	struct stpfin_inputs *self, size_t cell, double value, size_t *out_input);

/* Begins a mean, to which pairs of inputs are then added. */
stpfin_status stpfin_inputs__begin_mean(struct stpfin_inputs *self, size_t *out_input);
stpfin_status stpfin_inputs__add_to_mean(struct stpfin_inputs *self, size_t above, size_t below);

static inline bool stpfin_inputs__moves(const struct stpfin_inputs *self, size_t input)
{
	return self->at[input].cell != STPFIN_NO_ROW;
}

/* Fills n runs of lanes with the constants; then, for each block of cells, with the means. */
void stpfin_inputs__fill(const struct stpfin_inputs *self, double *constants);
void stpfin_inputs__fill_means(
	const struct stpfin_inputs *self, double *constants, const double *cells);

/* An input in every lane. */
static inline const double *stpfin_inputs__lanes(
	const struct stpfin_inputs *self, const double *constants, const double *cells, size_t input)
{
	return self->at[input].cell < STPFIN_MEAN ? cells + self->at[input].cell * STPFIN_LANES
											  : constants + input * STPFIN_LANES;
}

#endif
