#ifndef STPFIN_MODEL_PRICES_H
#define STPFIN_MODEL_PRICES_H

#include "libstpfin/model/model.h"

/* Compiles inflation, prices and the deflator. */
stpfin_status stpfin_model__prices(struct stpfin_model *self);

#endif
