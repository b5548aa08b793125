#ifndef STPFIN_SIMULATE_LANES_AMOUNTS_H
#define STPFIN_SIMULATE_LANES_AMOUNTS_H

#include "libstpfin/simulate/lanes_bridge.h"

/* What enters the positions of an outcome beside care: funding, transfers, awards, pressures, the
 * costs of schemes and charges for quality. */

enum stpfin_lanes_origin {
	STPFIN_LANES_DO_NOTHING,
	STPFIN_LANES_AWARD,
	STPFIN_LANES_SCHEME,
	STPFIN_LANES_CHARGE,
	STPFIN_LANES_CHARGE_STEP /* the part of a group of schemes in a charge */
};

/* A number times two cells and an index of inflation; STPFIN_NO_ROW for those it has not. */
struct stpfin_lanes_term {
	double factor;
	size_t first;
	size_t second;
	size_t inflation; /* by service and year */
};

struct stpfin_lanes_entry {
	struct stpfin_lanes_term term;
	size_t organisation;
	size_t t;
	enum stpfin_lanes_origin origin;
	size_t scheme; /* of its origin; of a step, the group of schemes */
	bool is_cost;  /* otherwise own income */
};

struct stpfin_lanes_amounts {
	size_t *first; /* by organisation, and one more */
	size_t n;
	size_t capacity;
	struct stpfin_lanes_entry *entries;
};

/* Compiles, with what is for the steps of a bridge (NULL: none). */
stpfin_status stpfin_lanes_amounts__new(struct stpfin_lanes_amounts *self,
	const struct stpfin_lanes_sources *from, const struct stpfin_lanes_bridge *bridge);
void stpfin_lanes_amounts__free(struct stpfin_lanes_amounts *self);

#endif
