#ifndef STPFIN_EXPLAIN_BRIDGE_H
#define STPFIN_EXPLAIN_BRIDGE_H

#include "libstpfin/model/scenario.h"
#include "libstpfin/table/poll.h"
#include "stpfin/bridge.h"

/* The words for stpfin_bridge_by and stpfin_bridge_method, in their order. */
extern const char *const stpfin_bridge__ways[STPFIN_BRIDGE_BY_AGREEMENT + 1];
extern const char *const stpfin_bridge__methods[STPFIN_BRIDGE_SHAPLEY + 1];

/* Makes the bridge of a compiled plan and scenario (NULL by driver), whatever scenario the options
 * name. *out_sampled says whether its steps depend on chance. */
stpfin_status stpfin_bridge__make(const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const stpfin_bridge_options *options,
	struct stpfin_poll *poll, bool *out_sampled, stpfin_table **out_bridge);

#endif
