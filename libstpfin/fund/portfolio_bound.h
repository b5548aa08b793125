#ifndef STPFIN_FUND_PORTFOLIO_BOUND_H
#define STPFIN_FUND_PORTFOLIO_BOUND_H

#include "libstpfin/fund/portfolio_block.h"
#include "libstpfin/fund/portfolio_patience.h"
#include "libstpfin/fund/portfolio_program.h"

/* What no legal set brings more than: prices of the rows that couple blocks, and what blocks bring
 * at them. */

struct stpfin_bound {
	const struct stpfin_instance *instance;
	struct stpfin_blocks blocks;
	double *price;                  /* by row: of the least bound found */
	double *trial;                  /* by row: looked at now */
	const struct stpfin_cuts *cuts; /* more rows that couple blocks; NULL: none */
	double *cut_price;
	double *cut_trial;
	size_t *cut_of_entry;
	struct stpfin_lists cuts_of_bid; /* entries */
	double *worth;                   /* by bid: its benefit less what cuts cost */
	size_t *place;                   /* by coupling row: among them */
	double least;                    /* the least bound found; -INFINITY if no set is legal */
	double *loss;   /* by bid: what the bound loses, at least, if the bid is decided otherwise */
	bool *proposal; /* by bid: what the blocks choose at these prices, which may not be legal */
	struct stpfin_columns *columns; /* sets of blocks seen so far */
};

/* Begins with the bound at the prices of the linear program (of arcs too), or of the cuts. */
stpfin_status stpfin_bound__new(struct stpfin_bound *self, const struct stpfin_instance *instance,
	const double *price, const double *arc_price, const struct stpfin_cuts *cuts);
void stpfin_bound__free(struct stpfin_bound *self);

/* Looks for prices of a lower bound, until it is within a tolerance of the least there is or has
 * reached the target. */
stpfin_status stpfin_bound__tighten(struct stpfin_bound *self, size_t rounds, double tolerance,
	double target, struct stpfin_patience *patience);

#endif
