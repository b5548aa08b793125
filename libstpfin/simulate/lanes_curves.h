#ifndef STPFIN_SIMULATE_LANES_CURVES_H
#define STPFIN_SIMULATE_LANES_CURVES_H

#include "libstpfin/simulate/lanes_groups.h"

/* The curves of groups of flows, over lanes. */

/* What curves are filled from. */
struct stpfin_lanes_state {
	const struct stpfin_lanes_groups *groups;
	const struct stpfin_inputs *inputs;
	const struct stpfin_lanes_index_work *index;
	const double *sizes; /* of effects, by year and lane */
	const double *constants;
	const double *cells;
	double *idle; /* by year and lane: workspace */
};

/* Fills the curves, by curve, year and lane, of the groups from the first to before the end: of all
 * of them, or only of those that draws move. `curves` begins with the first of the first group. */
void stpfin_lanes_curves__fill(
	const struct stpfin_lanes_state *from, size_t first, size_t end, double *curves, bool all);

/* Which schemes take part: those of some groups of schemes. */
struct stpfin_lanes_members {
	const size_t *of_scheme;
	const bool *takes_part; /* by group of schemes */
	const double *ratios;   /* by year: what prevention leaves with them; NULL: all */
};

/* Fills the curves of one group of flows when some schemes take part. */
void stpfin_lanes_curves__fill_group(const struct stpfin_lanes_state *from, size_t group,
	const struct stpfin_lanes_members *members, double *curves);

#endif
