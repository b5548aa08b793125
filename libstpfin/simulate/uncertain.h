#ifndef STPFIN_SIMULATE_UNCERTAIN_H
#define STPFIN_SIMULATE_UNCERTAIN_H

#include "libstpfin/plan/plan.h"

/* The table uncertainty compiled: which cells of a plan are drawn, and how. What is drawn goes
 * through three stages, each for a block of STPFIN_LANES draws side by side (the value of the i-th
 * in a lane is at [i * STPFIN_LANES + lane]); all lanes are filled, also where fewer are wanted:
 *
 *   normals      a correlated standard normal for each dimension. A parameter has one dimension, or
 *                one for each year of its path.
 *   quantities   what each dimension comes to: the quantile of its distribution, summed or
 *                multiplied up along a walk.
 *   cells        the values of the plan's cells, clipped and rounded.
 *
 * All arithmetic is our own or exactly rounded, so that every machine gets the same bits. */

/* How many draws lie side by side. */
enum { STPFIN_LANES = 32 };

/* Where a cell has one value for all years, and where every parameter acts. */
#define STPFIN_EVERY_YEAR SIZE_MAX
#define STPFIN_EVERY_PARAMETER SIZE_MAX

/* A cell of the plan that is drawn. Cells stand by table and column in the schema's order, then
 * row, then year. */
struct stpfin_drawn_cell {
	size_t table;  /* its place in the schema's order */
	size_t column; /* its place among those of the table's schema */
	size_t row;
	size_t year;    /* from the base year, of a row with a blank year that is drawn by year */
	bool is_whole;  /* of a column of int32, years among them */
	double central; /* what the plan has, or the default where that is blank */
};

struct stpfin_uncertain {
	size_t n_parameters; /* the rows of the table uncertainty, in its order */
	/* by parameter, and one more: those of the i-th are from [i] to before [i + 1] */
	size_t *first_dimension;
	size_t n_dimensions;
	bool is_correlated; /* whether any two are */
	size_t n_cells;
	struct stpfin_drawn_cell *cells;
	/* By cell: the first that has its value in every draw; and the first that its value is the same
	 * multiple of, by what the plan has, in every draw in which factors are less than a million.
	 * Mostly itself; NULL, of none that was compiled here: always. */
	size_t *same_as;
	size_t *multiple_of;
	struct stpfin_uncertain_parts *parts; /* of uncertain_parts.h */
};

/* Compiles; the plan must outlive it. Nothing uncertain is legal: no parameters. A checked plan has
 * no errors left but memory. */
stpfin_status stpfin_uncertain__new(const stpfin_plan *plan, struct stpfin_uncertain **out);
void stpfin_uncertain__free(struct stpfin_uncertain *self);

/* Takes a cell to the one that it is a multiple of, and returns by how many times. */
static inline double stpfin_uncertain__multiple(const struct stpfin_uncertain *self, size_t *cell)
{
	size_t like = self->multiple_of != NULL ? self->multiple_of[*cell] : *cell;
	double times = like != *cell ? self->cells[*cell].central / self->cells[like].central : 1;

	*cell = like;
	return times;
}

/* The cells as the plan has them, by cell and lane. To be freed; NULL, with the error set, without
 * memory. */
double *stpfin_uncertain__central(const struct stpfin_uncertain *self);

/* Fills the normals of the draws from `first` on. */
void stpfin_uncertain__normals(
	const struct stpfin_uncertain *self, uint64_t seed, uint64_t first, double *normals);

/* Fills the quantities from normals. */
void stpfin_uncertain__quantities(
	const struct stpfin_uncertain *self, const double *normals, double *quantities);

/* Fills the cells from quantities. Where one parameter acts alone the cells of the others are as
 * the plan has them. Adds to *clipped how many values of the first n lanes were. */
void stpfin_uncertain__cells(const struct stpfin_uncertain *self, const double *quantities,
	size_t parameter, size_t n, double *cells, uint64_t *clipped);

/* Finds how many cells each one is to count for, by cell: 0 for one that is not needed, where
 * another that it is a multiple of counts for it when values are clipped. */
void stpfin_uncertain__weigh(
	const struct stpfin_uncertain *self, const bool *needed, int64_t *weights);

/* All three stages, of n draws from `first` on; scratch is of two blocks a dimension. Cells of
 * weight 0 are left as they are; weights of NULL: every cell counts for itself. */
void stpfin_uncertain__draw(const struct stpfin_uncertain *self, uint64_t seed, uint64_t first,
	size_t n, const int64_t *weights, double *scratch, double *cells, uint64_t *clipped);

#endif
