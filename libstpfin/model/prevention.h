#ifndef STPFIN_MODEL_PREVENTION_H
#define STPFIN_MODEL_PREVENTION_H

#include "libstpfin/model/scenario.h"

/* Compiles the effects of a scenario on risks, and which demands they reach. */
stpfin_status stpfin_scenario__prevention(
	struct stpfin_scenario *self, const struct stpfin_model *model);

/* What prevention comes to in a run, and its workspace. */
struct stpfin_prevented {
	double *left;  /* by footprint, risk and year: what is left of prevalence */
	double *ratio; /* by entry of the scenario's `prevented` and year: what the demand comes to,
					* over do nothing's, once the scheme has acted */
	double *use;   /* by footprint, outcome and year: what use comes to, over do nothing's */
	bool *changed; /* by footprint and outcome */
};

stpfin_status stpfin_prevented__new(struct stpfin_prevented *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario);
void stpfin_prevented__free(struct stpfin_prevented *self);

/* Fills the ratios, and at last what all schemes leave of prevalences; schemes are those that take
 * part (NULL: all). Where it is not wanted by scheme, every entry of a demand has its last ratio.
 */
void stpfin_prevented__find(struct stpfin_prevented *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const bool *schemes, bool by_scheme);

#endif
