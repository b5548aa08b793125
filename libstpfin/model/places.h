#ifndef STPFIN_MODEL_PLACES_H
#define STPFIN_MODEL_PLACES_H

#include "libstpfin/model/model.h"

/* Compiles footprints, memberships and population: who counts where. */
stpfin_status stpfin_model__places(struct stpfin_model *self);

#endif
