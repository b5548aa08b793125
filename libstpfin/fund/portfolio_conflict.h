#ifndef STPFIN_FUND_PORTFOLIO_CONFLICT_H
#define STPFIN_FUND_PORTFOLIO_CONFLICT_H

#include "libstpfin/fund/portfolio_search.h"

/* Why there is no legal set. */

struct stpfin_conflict {
	double *shortfall; /* by row: what the nearest set lacks of its minimum */
	bool *rows;        /* of a smallest set of rows that cannot hold together */
	bool proved;       /* whether there is no legal set, or none was found */
};

stpfin_status stpfin_conflict__new(
	struct stpfin_conflict *self, const struct stpfin_instance *instance);
void stpfin_conflict__free(struct stpfin_conflict *self);

/* Looks for it, after a search that found no legal set; `feasible` is whether bids chosen in part
 * could meet all limits. */
stpfin_status stpfin_conflict__find(
	struct stpfin_conflict *self, const struct stpfin_search *search, bool feasible);

#endif
