#ifndef STPFIN_FUND_PORTFOLIO_SEARCH_H
#define STPFIN_FUND_PORTFOLIO_SEARCH_H

#include "libstpfin/fund/portfolio_bound.h"
#include "libstpfin/fund/portfolio_program.h"

/* The search for the best legal set: small programs of the bids of which it is least certain
 * whether they belong to it, then of others around the best set so far. */

struct stpfin_search {
	const struct stpfin_instance *instance;
	struct stpfin_patience *patience;
	struct stpfin_relaxation relaxation;
	struct stpfin_bound bound;
	struct stpfin_cuts cuts;
	const bool *start; /* a legal set to begin with; NULL: none */
	bool *best;
	double benefit;   /* of the best set */
	double shortfall; /* of its minima, in £; 0 of a legal set */
	double ceiling;   /* what is proved of the benefit of all legal sets beside the bound */
	bool proved;      /* that no set is better, or that none falls less short */
	/* Workspace. */
	bool *free;
	bool *trial;
	double *use;
	double *nothing; /* by bid */
	struct stpfin_rank *ranks;
};

/* How far to look. */
struct stpfin_effort {
	double gap;     /* that is near enough */
	size_t rounds;  /* of large neighbourhoods, at most */
	size_t patient; /* of these without a better set, before each is looked at more closely */
	size_t proof;   /* bids left open, at most, to try to prove a set the best at last */
};

stpfin_status stpfin_search__new(struct stpfin_search *self, const struct stpfin_instance *instance,
	struct stpfin_patience *patience);
void stpfin_search__free(struct stpfin_search *self);

/* Solves the linear program; *out_feasible is whether bids chosen in part could meet all limits. */
stpfin_status stpfin_search__begin(struct stpfin_search *self, bool *out_feasible);

/* Looks for the best set, which may fall short if no legal one is found. */
stpfin_status stpfin_search__run(struct stpfin_search *self, const struct stpfin_effort *effort);

/* What no legal set has more than. */
double stpfin_search__bound(const struct stpfin_search *self);

/* (bound − benefit) ÷ benefit; 0 where both are the same, infinite where the benefit is not above
 * 0.
 */
double stpfin_search__gap(const struct stpfin_search *self);

#endif
