#include "libstpfin/fund/portfolio_conflict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

stpfin_status stpfin_conflict__new(
	struct stpfin_conflict *self, const struct stpfin_instance *instance)
{
	self->shortfall = stpfin_model__array(instance->n_rows, sizeof *self->shortfall);
	self->rows = stpfin_model__array(instance->n_rows, sizeof *self->rows);
	return self->shortfall != NULL && self->rows != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;
}

void stpfin_conflict__free(struct stpfin_conflict *self)
{
	free(self->shortfall);
	free(self->rows);
}

/* What the linear program leaves short, and of the rows it pays for, which are to blame. */
static stpfin_status find_in_part(struct stpfin_conflict *self, const struct stpfin_search *search)
{
	const struct stpfin_relaxation *relaxation = &search->relaxation;

	for (size_t row = 0; row < search->instance->n_rows; row++) {
		self->shortfall[row] = relaxation->shortfall[row];
		self->rows[row] = relaxation->shortfall[row] > 0 || relaxation->price[row] != 0;
	}
	self->proved = true;
	return stpfin_relaxation__filter(search->instance, self->rows);
}

/* Whether a block has no legal set when only the rows marked bind. `instance` is a copy whose
 * bounds may be written to. */
static bool is_hopeless(struct stpfin_block *block, struct stpfin_instance *instance,
	const struct stpfin_instance *original, const bool *rows)
{
	for (size_t r = 0; r < block->n_rows; r++) {
		size_t row = block->rows[r].row;

		instance->lower[row] = rows[row] ? original->lower[row] : 0;
		instance->upper[row] = rows[row] ? original->upper[row] : (double)INFINITY;
		block->row_price[r] = 0;
	}
	memset(block->profit, 0, block->n * sizeof *block->profit);
	memset(block->reduced, 0, block->n * sizeof *block->reduced);
	memset(block->arc_price, 0, block->n_arcs * sizeof *block->arc_price);
	block->value = -(double)INFINITY;
	stpfin_block__solve(block, instance, 0, SIZE_MAX);
	return isinf(block->bound);
}

/* Drops the rows of a block that has no legal set one by one, and takes back those without which
 * it has one. */
static stpfin_status find_in_block(struct stpfin_conflict *self,
	const struct stpfin_instance *original, struct stpfin_block *block)
{
	struct stpfin_instance copy = *original;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	copy.lower = stpfin_model__array(original->n_rows, sizeof *copy.lower);
	copy.upper = stpfin_model__array(original->n_rows, sizeof *copy.upper);
	if (copy.lower != NULL && copy.upper != NULL) {
		status = STPFIN_OK;
		for (size_t r = 0; r < block->n_rows; r++) {
			self->rows[block->rows[r].row] = true;
		}
		for (size_t r = 0; r < block->n_rows; r++) {
			bool *row = &self->rows[block->rows[r].row];

			*row = false;
			*row = !is_hopeless(block, &copy, original, self->rows);
		}
	}
	free(copy.lower);
	free(copy.upper);
	return status;
}

stpfin_status stpfin_conflict__find(
	struct stpfin_conflict *self, const struct stpfin_search *search, bool feasible)
{
	const struct stpfin_instance *instance = search->instance;
	stpfin_status status = STPFIN_OK;

	if (!feasible) {
		return find_in_part(self, search);
	}
	self->proved = search->proved || isinf(search->bound.least);
	stpfin_instance__use(instance, search->best, search->use);
	for (size_t row = 0; row < instance->n_rows; row++) {
		double shortfall = instance->lower[row] - search->use[row];

		self->shortfall[row] = shortfall > instance->tolerance[row] ? shortfall : 0;
	}
	for (size_t b = 0; b < search->bound.blocks.n && status == STPFIN_OK; b++) {
		struct stpfin_block *block = &search->bound.blocks.blocks[b];

		if (isinf(block->bound)) {
			return find_in_block(self, instance, block);
		}
	}
	return status;
}
