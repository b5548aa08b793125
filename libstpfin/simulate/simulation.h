#ifndef STPFIN_SIMULATE_SIMULATION_H
#define STPFIN_SIMULATE_SIMULATION_H

#include "libstpfin/simulate/trial.h"

/* The inside of a simulation. */

struct stpfin_simulation {
	struct stpfin_trial *shown; /* figures, central and names; nothing else */
	/* What was asked for. */
	char **scenarios;
	size_t n_scenarios;
	char **measures;
	size_t n_measures;
	stpfin_bridge_by by;
	stpfin_bridge_method method;
	size_t threads;     /* 0: as many as the machine has */
	stpfin_stamp stamp; /* with the seed, and the draws of the whole */
	stpfin_simulation_summary summary;
	double *values; /* by figure and draw */
};

/* Begins a simulation with all but its draws, for which it has room. */
stpfin_status stpfin_simulation__begin(const stpfin_plan *plan,
	const stpfin_simulate_options *options, stpfin_simulation **out_simulation);

/* How many draws were made. */
static inline size_t stpfin_simulation__made(const struct stpfin_simulation *self)
{
	return self->summary.end - self->summary.first;
}

#endif
