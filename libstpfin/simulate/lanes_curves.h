#ifndef STPFIN_SIMULATE_LANES_CURVES_H
#define STPFIN_SIMULATE_LANES_CURVES_H

#include "libstpfin/simulate/lanes_groups.h"

/* The curves of groups of flows, over lanes. */

/* What curves are filled from. */
struct stpfin_lanes_state {
	const struct stpfin_lanes_groups *groups;
	const struct stpfin_lanes_effects *effects;
	const struct stpfin_inputs *inputs;
	const struct stpfin_lanes_index_work *index; /* the classes of the groups are at hand */
	const double *constants;
	const double *cells;
	bool all;           /* groups and curves that no draw moves too */
	const bool *wanted; /* by year: the others may be left as they are */
	/* Workspace: */
	double *sizes; /* of a group's steps and savings, by year and lane */
	double *idle;  /* by year and lane */
};

/* Fills the curves, by year, curve and lane, of the groups from the first to before the end, which
 * have n_curves. `curves` begins with the first of the first group. */
void stpfin_lanes_curves__fill(const struct stpfin_lanes_state *from, size_t first, size_t end,
	size_t n_curves, double *curves);

/* Which schemes take part: those of some groups of schemes. */
struct stpfin_lanes_members {
	const size_t *of_scheme;
	const bool *takes_part; /* by group of schemes */
	const double *ratios;   /* by year: what prevention leaves with them; NULL: all */
};

/* Fills the sizes of a group, and with these its curves when some schemes take part. */
void stpfin_lanes_curves__fill_sizes(
	const struct stpfin_lanes_state *from, const struct stpfin_lanes_group *group);
void stpfin_lanes_curves__fill_group(const struct stpfin_lanes_state *from,
	const struct stpfin_lanes_group *group, const struct stpfin_lanes_members *members,
	double *curves);

#endif
