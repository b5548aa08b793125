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

/* Finds a smallest set of rows that cannot hold together among those marked, and unmarks the
 * others. */
stpfin_status stpfin_relaxation__filter(const struct stpfin_instance *instance, bool *rows);

/* Improves a set by changing only the bids marked free, looking at so many nodes of the search
 * tree. A set that falls short is better the less it does, and then by its benefit. `complete` is
 * whether there is proved to be none better. */
struct stpfin_core {
	const struct stpfin_instance *instance;
	const double *benefit;
	const bool *free;
	int nodes;
	struct stpfin_patience *patience;
	bool *chosen; /* in and out */
	bool complete;
};

stpfin_status stpfin_core__improve(struct stpfin_core *self);

#endif
