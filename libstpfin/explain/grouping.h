#ifndef STPFIN_EXPLAIN_GROUPING_H
#define STPFIN_EXPLAIN_GROUPING_H

#include "libstpfin/model/scenario.h"
#include "stpfin/bridge.h"

/* Which group each scheme of a scenario is in. Groups stand in order of first appearance. */
struct stpfin_grouping {
	size_t n;
	const char **names; /* by group */
	size_t *of_scheme;  /* by scheme of the scenario */
};

/* Groups by scheme or workstream. */
stpfin_status stpfin_grouping__new(struct stpfin_grouping *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, stpfin_bridge_by by);

/* Groups by agreement in one place, numbered as in places.h. */
stpfin_status stpfin_grouping__by_agreement(struct stpfin_grouping *self,
	const struct stpfin_model *model, const struct stpfin_scenario *scenario, size_t place);

bool stpfin_grouping__equal(
	const struct stpfin_grouping *a, const struct stpfin_grouping *b, size_t n_schemes);
void stpfin_grouping__free(struct stpfin_grouping *self);

#endif
