#ifndef STPFIN_FUND_PORTFOLIO_INSTANCE_H
#define STPFIN_FUND_PORTFOLIO_INSTANCE_H

#include "libstpfin/model/model.h"

/* What there is to choose among, as arrays: bids, and rows that bound what they ask for. The pots
 * are the first rows, in the order of the table fund; the limits follow, in that of
 * portfolio_limit.
 */

/* Runs of whole numbers: at[first[i]] to at[first[i + 1]] for the i-th. */
struct stpfin_lists {
	size_t *first;
	size_t *at;
};

struct stpfin_instance {
	size_t n_bids;
	size_t n_rows;
	size_t n_pots;

	/* By bid. */
	double *benefit;
	double *cost; /* in £, of all it asks for */
	size_t *group;
	bool *barred; /* whether no legal set has it, for what it or one it requires asks for */

	/* By row, in £. */
	double *lower;     /* 0 without a minimum */
	double *upper;     /* infinite without a maximum */
	bool *of_place;    /* whether it is about a footprint */
	double *tolerance; /* what sums may miss a bound by: what rounding leaves */

	/* The amounts by bid, and again by row. */
	struct stpfin_lists rows_of_bid;
	double *amount_of_bid;
	struct stpfin_lists bids_of_row;
	double *amount_of_row;

	size_t n_groups; /* a bid in no group has one of its own */
	struct stpfin_lists bids_of_group;
	size_t n_arcs; /* arc i: bid from[i] requires bid to[i] */
	size_t *from;
	size_t *to;
	struct stpfin_lists arcs_from; /* by bid: arcs, as in the next */
	struct stpfin_lists arcs_to;
};

/* The bids of a plan; their benefits are for the caller to fill. */
stpfin_status stpfin_instance__new(struct stpfin_instance *self, const struct stpfin_model *model);
void stpfin_instance__free(struct stpfin_instance *self);

/* Lists for each of n the positions i whose keys[i] is it. */
stpfin_status stpfin_lists__new(
	struct stpfin_lists *self, const size_t *keys, size_t n_keys, size_t n);
void stpfin_lists__free(struct stpfin_lists *self);

/* What a set asks of each row; the sum of its benefits; whether it is legal but for minima. */
void stpfin_instance__use(const struct stpfin_instance *self, const bool *chosen, double *use);
double stpfin_instance__benefit(const struct stpfin_instance *self, const bool *chosen);
bool stpfin_instance__is_within(
	const struct stpfin_instance *self, const bool *chosen, const double *use);

/* How far a set falls short of the minima, in £. */
double stpfin_instance__shortfall(const struct stpfin_instance *self, const double *use);

#endif
