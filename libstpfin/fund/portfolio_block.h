#ifndef STPFIN_FUND_PORTFOLIO_BLOCK_H
#define STPFIN_FUND_PORTFOLIO_BLOCK_H

#include "libstpfin/fund/portfolio_instance.h"

/* Bids fall into blocks: what ties them within a block, groups, bids that require others, and the
 * rows that are local to it, is kept exactly, and the rows that couple blocks only by their prices.
 * The sum of what the blocks can bring at those prices is then more than any legal set brings. */

enum { STPFIN_BLOCK_ARRAYS = 24 };

/* A row within a block: items at[i] with their amounts, bounds as the instance's. */
struct stpfin_block_row {
	size_t row; /* of the instance */
	size_t n;
	size_t *item;
	double *amount;
};

/* A decision that is still to be tried the other way. */
struct stpfin_block_step {
	size_t item;
	signed char other;
	size_t trail; /* before it */
	double bound;
};

struct stpfin_block {
	size_t n; /* items, which stand group by group */
	size_t *bid;
	double *profit; /* of an item at the prices of the coupling rows */
	size_t n_groups;
	size_t *first_of_group; /* n_groups + 1 */
	size_t *group;          /* of an item */
	size_t n_arcs;
	size_t *arc;  /* of the instance */
	size_t *from; /* items */
	size_t *to;
	size_t n_rows;
	struct stpfin_block_row *rows;
	size_t *first_amount; /* by item: amounts in rows, n + 1 */
	size_t *row_of_amount;
	double *amount;

	/* Multipliers, kept from one solution to the next: any give a bound. */
	double *row_price;
	double *arc_price;
	double *reduced; /* profit less multipliers, by item */

	bool *chosen; /* by item: the best set known */
	double value; /* its profit; -INFINITY if there is none */
	double bound; /* no set of the block brings more; -INFINITY if none is legal */
	double *loss; /* by item: what the bound loses, at least, if it is decided otherwise */

	/* Of the search: whether an item is decided, and how; the trail of decisions. */
	signed char *state;
	size_t *trail;
	size_t n_trail;
	struct stpfin_block_step *steps;
	double *used;    /* by row: by the set that is made */
	bool *filled;    /* the set that is made, by item */
	size_t *order;   /* items by their reduced profit */
	double *scratch; /* nothing, by item */
	double *kept_reduced;
	double *kept_row_price;
	double *kept_arc_price;
};

struct stpfin_blocks {
	const struct stpfin_instance *instance;
	size_t n;
	struct stpfin_block *blocks;
	bool *coupling; /* by row: whether it couples blocks */
	bool *local;    /* by row: whether it is a block's; a row that always holds is neither */
	void *memory[STPFIN_BLOCK_ARRAYS]; /* that the blocks point into */
};

stpfin_status stpfin_blocks__new(
	struct stpfin_blocks *self, const struct stpfin_instance *instance);
void stpfin_blocks__free(struct stpfin_blocks *self);

/* Sets the profits at prices of rows and, where given, the multipliers. */
void stpfin_block__price(struct stpfin_block *self, const struct stpfin_instance *instance,
	const double *benefit, const bool *coupling, const double *price);

/* Finds the best set, to within a tolerance in units of profit, looking at so many nodes at most.
 */
void stpfin_block__solve(struct stpfin_block *self, const struct stpfin_instance *instance,
	double tolerance, size_t nodes);

/* Fills `loss` for the set chosen. */
void stpfin_block__find_losses(struct stpfin_block *self, const struct stpfin_instance *instance);

#endif
