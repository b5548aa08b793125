#ifndef STPFIN_MODEL_PLACES_H
#define STPFIN_MODEL_PLACES_H

#include "libstpfin/model/model.h"

/* Compiles footprints, memberships and population: who counts where. */
stpfin_status stpfin_model__places(struct stpfin_model *self);

/* The places that the results of health and quality show are the footprints, by row, and England,
 * whose number is that of the footprints: nothing is unassigned. */
size_t stpfin_counted_places__number(const struct stpfin_model *model);

/* Their codes in results. */
int32_t stpfin_counted_places__code(const struct stpfin_model *model, size_t place);

/* The one that holds another; SIZE_MAX for England. */
size_t stpfin_counted_places__above(const struct stpfin_model *model, size_t place);

#endif
