#ifndef STPFIN_MODEL_PRICES_H
#define STPFIN_MODEL_PRICES_H

#include "libstpfin/model/model.h"

/* Compiles inflation, prices and the deflator. */
stpfin_status stpfin_model__prices(struct stpfin_model *self);

/* What £1 of a year, t years from the base, is worth in the base year, in its prices (in cash
 * without a deflator). */
double stpfin_model__present_value(const struct stpfin_model *self, size_t t);

#endif
