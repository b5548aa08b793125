#ifndef STPFIN_SIMULATE_LANES_FACTS_H
#define STPFIN_SIMULATE_LANES_FACTS_H

#include "libstpfin/model/scenario.h"
#include "libstpfin/simulate/uncertain.h"

/* Whether all that is drawn and moves the money of an outcome (a scenario of NULL: do nothing) is
 * what lanes know of. Where in doubt it is not. */
bool stpfin_lanes_facts__know(const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const struct stpfin_uncertain *uncertain);

#endif
