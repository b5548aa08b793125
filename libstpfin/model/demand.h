#ifndef STPFIN_MODEL_DEMAND_H
#define STPFIN_MODEL_DEMAND_H

#include "libstpfin/model/model.h"

/* Compiles how the demand of each commissioner for each service grows. */
stpfin_status stpfin_model__demand(struct stpfin_model *self);

#endif
