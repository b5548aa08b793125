#ifndef STPFIN_MODEL_SCHEME_MONEY_H
#define STPFIN_MODEL_SCHEME_MONEY_H

#include "libstpfin/model/scenario.h"

/* Compiles what schemes cost and what funds award. */
stpfin_status stpfin_scenario__money(
	struct stpfin_scenario *self, const struct stpfin_model *model);

#endif
