#ifndef STPFIN_MODEL_PRICES_H
#define STPFIN_MODEL_PRICES_H

#include "libstpfin/model/model.h"
#include "stpfin/projection.h"

/* Compiles inflation, prices and the deflator. */
stpfin_status stpfin_model__prices(struct stpfin_model *self);

/* STPFIN_ERROR_DEFLATOR for real prices of a plan without deflator. */
stpfin_status stpfin_model__check_deflator(const struct stpfin_model *self, stpfin_prices prices);

/* What £1 of a year, t years from the base, is worth in the base year, in its prices (in cash
 * without a deflator). */
double stpfin_model__present_value(const struct stpfin_model *self, size_t t);

#endif
