#ifndef STPFIN_PLAN_WEIGHTS_H
#define STPFIN_PLAN_WEIGHTS_H

#include "libstpfin/plan/index.h"

/* The relative use per head by sex and age. The weights of a service are taken as a whole: its own
 * rows if it has any, else those without a service, else 1 for everybody. */

struct stpfin_weights {
	struct stpfin_rates rates;
	const double *weight;
	size_t n_sets;  /* that of all other services, then those of services with rows of their own */
	size_t *number; /* by service: of its set; 0 is that of all others */
	int32_t *service; /* by set: whose it is; -1 for that of all others */
	bool has_blank;   /* whether there are rows without a service */
};

/* From a typed age_weight table and the number of services; borrows the table. */
stpfin_status stpfin_weights__new(
	struct stpfin_weights *self, const stpfin_table *age_weight, size_t n_services);

/* The row of a set, named by its service (-1: that of all others), for a sex and age; STPFIN_NO_ROW
 * if there is none. */
size_t stpfin_weights__row(
	const struct stpfin_weights *self, int32_t set, int32_t sex, int32_t age);

/* The weight of a set for a sex and age; 1 where the set is -1 and has no rows. */
double stpfin_weights__weight(
	const struct stpfin_weights *self, int32_t set, int32_t sex, int32_t age);

void stpfin_weights__free(struct stpfin_weights *self);

#endif
