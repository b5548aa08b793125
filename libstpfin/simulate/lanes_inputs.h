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
	size_t first;
	size_t end;
};

struct stpfin_drawn_column stpfin_drawn_column__of(
	const struct stpfin_uncertain *uncertain, const char *table, const char *column);

static inline bool stpfin_drawn_column__any(const struct stpfin_drawn_column *self)
{
	return self->first < self->end;
}

/* The cell drawn at a row in a year from the base; STPFIN_NO_ROW if it is not drawn. */
size_t stpfin_drawn_column__cell(const struct stpfin_drawn_column *self, size_t row, size_t t);

struct stpfin_input {
	size_t cell; /* STPFIN_NO_ROW: not drawn */
	double value;
};

struct stpfin_inputs {
	size_t n;
	size_t capacity;
	struct stpfin_input *at;
	struct stpfin_keys keys;
};

void stpfin_inputs__free(struct stpfin_inputs *self);

/* The number of an input: a cell, or a value where the cell is STPFIN_NO_ROW. */
stpfin_status stpfin_inputs__add(
	struct stpfin_inputs *self, size_t cell, double value, size_t *out_input);

static inline bool stpfin_inputs__moves(const struct stpfin_inputs *self, size_t input)
{
	return self->at[input].cell != STPFIN_NO_ROW;
}

/* Fills n runs of lanes with the constants. */
void stpfin_inputs__fill(const struct stpfin_inputs *self, double *constants);

/* An input in every lane. */
static inline const double *stpfin_inputs__lanes(
	const struct stpfin_inputs *self, const double *constants, const double *cells, size_t input)
{
	return self->at[input].cell != STPFIN_NO_ROW ? cells + self->at[input].cell * STPFIN_LANES
												 : constants + input * STPFIN_LANES;
}

#endif
