#ifndef STPFIN_EXPLAIN_SHARES_H
#define STPFIN_EXPLAIN_SHARES_H

#include "libstpfin/table/poll.h"

/* How a total that depends on which of n groups take part is divided among them. Its value is
 * n_values numbers (a gap for each place and year). */

/* The most groups whose sets are all looked at. */
enum { STPFIN_MOST_GROUPS = 12 };

/* What is to be divided. */
struct stpfin_game {
	size_t n_groups;
	size_t n_values;
	/* Writes the values when the groups with members[group] take part. */
	stpfin_status (*value)(void *user_data, const bool *members, double *values);
	void *user_data;
	struct stpfin_poll *poll; /* asked between values */
};

/* What it is divided into. */
struct stpfin_division {
	double *first;  /* without any group */
	double *parts;  /* by group, then value */
	double *last;   /* with all */
	double *errors; /* standard errors of the parts; NULL where they are exact */
};

/* The share of orders of n groups in which exactly a given set of k stands before a given group:
 * k! (n - 1 - k)! / n! */
double stpfin_shares__weight(size_t n, size_t k);

/* Each group's part is what it adds to those before it. */
stpfin_status stpfin_shares__sequential(
	const struct stpfin_game *game, const struct stpfin_division *out);

/* Each group's part is the mean, over all orders, of what it adds to those before it. At most
 * STPFIN_MOST_GROUPS groups. */
stpfin_status stpfin_shares__shapley(
	const struct stpfin_game *game, const struct stpfin_division *out);

/* The same over a sample of at least 2 orders, drawn by a seed; fills out->errors. */
stpfin_status stpfin_shares__sample(const struct stpfin_game *game, size_t n_samples, uint64_t seed,
	const struct stpfin_division *out);

#endif
