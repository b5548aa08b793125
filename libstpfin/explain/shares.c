#include "libstpfin/explain/shares.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/error.h"

static stpfin_status report(struct stpfin_watch watch, size_t done, size_t of)
{
	if (watch.progress != NULL &&
		watch.progress((double)done / (double)of, watch.user_data) != STPFIN_OK) {
		return stpfin_error__set(STPFIN_ERROR_CANCELLED, "stopped when asked to");
	}
	return STPFIN_OK;
}

stpfin_status stpfin_shares__sequential(size_t n_groups, size_t n_values, stpfin_value_of_set value,
	void *user_data, struct stpfin_watch watch, double *first, double *parts, double *last)
{
	stpfin_status status = value(user_data, 0, first);

	memcpy(last, first, n_values * sizeof *last);
	for (size_t group = 0; group < n_groups && status == STPFIN_OK; group++) {
		double *part = parts + group * n_values;

		status = report(watch, group, n_groups);
		if (status == STPFIN_OK) {
			status = value(user_data, (1u << (group + 1)) - 1, part);
		}
		for (size_t i = 0; i < n_values && status == STPFIN_OK; i++) {
			double reached = part[i];

			part[i] = reached - last[i];
			last[i] = reached;
		}
	}
	return status;
}

static unsigned count_bits(unsigned bits)
{
	unsigned n = 0;

	for (; bits != 0; bits &= bits - 1) {
		n++;
	}
	return n;
}

/* The share of orders of n groups in which exactly a given set of k stands before a given group. */
static double weight(size_t n, unsigned k)
{
	double weight = 1.0 / (double)n;

	/* k! (n - 1 - k)! / n! = 1 / (n C(n - 1, k)) */
	for (unsigned i = 1; i <= k; i++) {
		weight *= (double)i / (double)(n - i);
	}
	return weight;
}

stpfin_status stpfin_shares__shapley(size_t n_groups, size_t n_values, stpfin_value_of_set value,
	void *user_data, struct stpfin_watch watch, double *first, double *parts, double *last)
{
	unsigned n_sets = 1u << n_groups;
	double *values = malloc((n_values + 1) * sizeof *values);
	stpfin_status status = values != NULL ? STPFIN_OK : stpfin_error__memory();

	memset(parts, 0, n_groups * n_values * sizeof *parts);
	for (unsigned set = 0; set < n_sets && status == STPFIN_OK; set++) {
		unsigned size = count_bits(set);

		status = report(watch, set, n_sets);
		if (status == STPFIN_OK) {
			status = value(user_data, set, values);
		}
		/* The set's value is what its members add to the others of it, and what the rest add to. */
		for (size_t group = 0; group < n_groups && status == STPFIN_OK; group++) {
			bool member = (set >> group & 1) != 0;
			double share = member ? weight(n_groups, size - 1) : -weight(n_groups, size);
			double *part = parts + group * n_values;

			for (size_t i = 0; i < n_values; i++) {
				part[i] += share * values[i];
			}
		}
		if (status == STPFIN_OK && set == 0) {
			memcpy(first, values, n_values * sizeof *first);
		}
		if (status == STPFIN_OK && set == n_sets - 1) {
			memcpy(last, values, n_values * sizeof *last);
		}
	}
	free(values);
	return status;
}
