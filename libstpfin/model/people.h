#ifndef STPFIN_MODEL_PEOPLE_H
#define STPFIN_MODEL_PEOPLE_H

#include "libstpfin/model/model.h"

/* The population compiled. Those of a sex and age in a footprint are a band; those of all
 * footprints who are alike in sex and age are of a kind. Where there is no population, one band of
 * one person of the last kind stands for those who live there. */

struct stpfin_people {
	size_t n_bands;
	size_t *first;      /* by footprint: its first band */
	int32_t *footprint; /* by band */
	size_t *kind;       /* by band */
	double *persons;    /* by band and year */

	size_t n_kinds;
	int32_t *sex; /* by kind; -1 for all */
	int32_t *age; /* by kind; STPFIN_MISSING_INT32 for all */

	size_t n_sets;
	size_t *set;    /* by service: of its weights */
	double *weight; /* by set and kind: relative use per head */
};

stpfin_status stpfin_model__people(struct stpfin_model *model);
void stpfin_people__free(struct stpfin_people *self);

#endif
