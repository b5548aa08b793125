#include "libstpfin/fund/portfolio_alternatives.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The £ of the bids in which a set differs from others, each counted once for each of them; 0 of a
 * set that is there already. */
static double distance_of(
	const struct stpfin_instance *instance, const bool *set, const bool *others, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double distance = 0;

		for (size_t bid = 0; bid < instance->n_bids; bid++) {
			if (set[bid] != others[i * instance->n_bids + bid]) {
				distance += instance->cost[bid];
			}
		}
		if (distance <= 0) {
			return 0;
		}
		sum += distance;
	}
	return sum;
}

/* Makes a bid's benefit its own, and what choosing it puts between a set and the others at a price
 * a £. */
static void weigh(const struct stpfin_instance *instance, const bool *others, size_t n,
	double price, double *benefit)
{
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		double apart = 0;

		for (size_t i = 0; i < n; i++) {
			apart +=
				others[i * instance->n_bids + bid] ? -instance->cost[bid] : instance->cost[bid];
		}
		benefit[bid] = instance->benefit[bid] + price * apart;
	}
}

stpfin_status stpfin_alternatives__find(const struct stpfin_instance *instance, double floor,
	bool *sets, size_t n, struct stpfin_patience *patience, bool *out_found)
{
	enum { TRIES = 8 };
	const struct stpfin_effort effort = {1e-3, 6, 3, 60};
	struct stpfin_instance weighed = *instance;
	bool *found = sets + n * instance->n_bids;
	double spent = 0;
	double low;
	double high;
	double farthest = 0;
	stpfin_status status = STPFIN_OK;

	*out_found = false;
	weighed.benefit = stpfin_model__array(instance->n_bids, sizeof *weighed.benefit);
	if (weighed.benefit == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		spent += sets[bid] ? instance->cost[bid] : 0;
	}
	/* The price of a £ apart: from where it hardly counts to where the benefit hardly does. */
	high = spent > 0 ? 2 * fabs(stpfin_instance__benefit(instance, sets)) / spent : 0;
	low = high / 4096;
	for (int i = 0;
		 i < TRIES && high > 0 && status == STPFIN_OK && !stpfin_patience__has_ended(patience);
		 i++) {
		double price = i == 0 ? low : sqrt(low * high);
		struct stpfin_search search;
		bool feasible = false;
		bool good = false;

		weigh(instance, sets, n, price, weighed.benefit);
		status = stpfin_search__new(&search, &weighed, patience);
		search.start = sets;
		if (status == STPFIN_OK) {
			status = stpfin_search__begin(&search, &feasible);
		}
		if (status == STPFIN_OK && feasible) {
			status = stpfin_search__run(&search, &effort);
			good = status == STPFIN_OK && search.shortfall <= 0 &&
				   stpfin_instance__benefit(instance, search.best) >= floor;
		}
		if (good && distance_of(instance, search.best, sets, n) > farthest) {
			farthest = distance_of(instance, search.best, sets, n);
			memcpy(found, search.best, instance->n_bids * sizeof *found);
			*out_found = true;
		}
		if (good) {
			low = price;
		} else if (i == 0) {
			/* Even a set that is chosen for its benefit is not found again. */
			high = low;
			low /= 4096;
		} else {
			high = price;
		}
		stpfin_search__free(&search);
	}
	free(weighed.benefit);
	return status;
}
