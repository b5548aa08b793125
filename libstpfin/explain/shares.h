#ifndef STPFIN_EXPLAIN_SHARES_H
#define STPFIN_EXPLAIN_SHARES_H

#include <stddef.h>

#include "stpfin/common.h"

/* How a total that depends on which of n groups take part is divided among them. A set of groups is
 * an unsigned of n bits; its value is n_values numbers (a gap for each place and year). */

/* The most groups whose sets are all looked at. */
enum { STPFIN_MOST_GROUPS = 12 };

/* Writes the values of a set. */
typedef stpfin_status (*stpfin_value_of_set)(void *user_data, unsigned set, double *values);

/* The progress of the work, or NULL. */
struct stpfin_watch {
	stpfin_progress progress;
	void *user_data;
};

/* Each group's part is what it adds to those before it. parts is by group, then value; first and
 * last are the values of the empty and of the whole set. */
stpfin_status stpfin_shares__sequential(size_t n_groups, size_t n_values, stpfin_value_of_set value,
	void *user_data, struct stpfin_watch watch, double *first, double *parts, double *last);

/* Each group's part is the mean, over all orders, of what it adds to those before it. */
stpfin_status stpfin_shares__shapley(size_t n_groups, size_t n_values, stpfin_value_of_set value,
	void *user_data, struct stpfin_watch watch, double *first, double *parts, double *last);

#endif
