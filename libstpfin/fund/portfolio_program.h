#ifndef STPFIN_FUND_PORTFOLIO_PROGRAM_H
#define STPFIN_FUND_PORTFOLIO_PROGRAM_H

#include "libstpfin/fund/portfolio_instance.h"
#include "libstpfin/fund/portfolio_patience.h"

/* All that GLPK does. It ends the process where it fails; here it is brought to an end with its
 * environment instead, and no object of its own outlives a call. Prices are in units of benefit a
 * £, found from amounts and benefits brought to like sizes. */

/* GLPK's environment of this thread, while it is used. */
struct stpfin_session {
	bool was_there; /* the thread had one before */
	int was_loud;
};

stpfin_status stpfin_session__begin(struct stpfin_session *self);
void stpfin_session__end(const struct stpfin_session *self);

/* Does work that calls GLPK and allocates nothing else; STPFIN_ERROR_MEMORY where GLPK gives up. */
stpfin_status stpfin_session__do(void (*work)(void *user_data), void *user_data);

/* The linear program in which bids may be chosen in part. */
struct stpfin_relaxation {
	double *share;     /* by bid: how much of it is chosen */
	double *price;     /* by row: benefit of £1 more; below 0 where a minimum costs */
	double *arc_price; /* by arc: what is lost as a bid requires another */
	double *shortfall; /* by row: £ the minimum cannot be met by, at the least in all */
};

stpfin_status stpfin_relaxation__new(
	struct stpfin_relaxation *self, const struct stpfin_instance *instance);
void stpfin_relaxation__free(struct stpfin_relaxation *self);

/* Solves it for the instance's benefits, where the minima can be met; else leaves the shortfall.
 * *out_feasible is whether they can. */
stpfin_status stpfin_relaxation__solve(
	struct stpfin_relaxation *self, const struct stpfin_instance *instance, bool *out_feasible);

/* Rows that all legal sets keep and that the linear program does not: of each, the sum of amounts
 * (of either sign) is `upper` at most. With them go the prices of the program that has them. */
struct stpfin_cuts {
	size_t n;
	size_t capacity;
	size_t *first; /* by cut, and one more: its entries */
	double *upper;
	double *cut_price;
	size_t n_entries;
	size_t entry_capacity;
	size_t *bid;
	double *amount;
	double *price; /* by row */
	double *arc_price;
};

/* Finds cuts (Gomory's, of mixed-integer rounding, of covers, of cliques) by which the linear
 * program loses what it has found. */
stpfin_status stpfin_cuts__find(struct stpfin_cuts *self, const struct stpfin_instance *instance);
void stpfin_cuts__free(struct stpfin_cuts *self);

/* Finds a smallest set of rows that cannot hold together among those marked, and unmarks the
 * others. */
stpfin_status stpfin_relaxation__filter(const struct stpfin_instance *instance, bool *rows);

/* Improves a set by changing only the bids marked free, looking at so many nodes of the search
 * tree. A set that falls short is better the less it does, and then by its benefit. `complete` is
 * whether there is proved to be none better. With a gap the search has cuts and ends once the set
 * is proved to be near enough. */
struct stpfin_core {
	const struct stpfin_instance *instance;
	const double *benefit;
	const bool *free;
	int nodes;
	struct stpfin_patience *patience;
	double gap;   /* within which the set is near enough to the best; below 0: only improve */
	bool *chosen; /* in and out */
	bool complete;
	double bound; /* with a gap: what no set that differs in free bids alone has more than */
};

stpfin_status stpfin_core__improve(struct stpfin_core *self);

#endif
