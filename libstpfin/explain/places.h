#ifndef STPFIN_EXPLAIN_PLACES_H
#define STPFIN_EXPLAIN_PLACES_H

#include "libstpfin/model/kernel.h"

/* The places of a bridge: footprints, what memberships leave out, England, and then the
 * organisations. Those without a position of their own, and an empty unassigned, are not shown. */

size_t stpfin_places__count(const struct stpfin_model *model);
const char *stpfin_places__name(const struct stpfin_model *model, size_t place);
bool stpfin_places__is_shown(const struct stpfin_model *model, size_t place);

/* The place of that name; STPFIN_ERROR_ARGUMENT, naming the nearest, if there is none. NULL is
 * every place: SIZE_MAX. */
stpfin_status stpfin_places__find(
	const struct stpfin_model *model, const char *name, size_t *out_place);

/* Writes the gap of each place and year. */
void stpfin_places__gaps(
	const struct stpfin_model *model, const struct stpfin_run *run, double *gaps);

#endif
