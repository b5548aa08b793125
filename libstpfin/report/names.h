#ifndef STPFIN_REPORT_NAMES_H
#define STPFIN_REPORT_NAMES_H

#include "stpfin/plan.h"

/* What people call the codes of a plan's footprints, organisations, services and schemes. */
typedef struct stpfin_names stpfin_names;

/* The names of a plan; none if it is NULL. */
stpfin_status stpfin_names__new(const stpfin_plan *plan, stpfin_names **out_names);
void stpfin_names__free(stpfin_names *self);

/* The name of a code of that table, or for "place" of a footprint or an organisation. Where there
 * is none, the code itself. Borrowed. */
const char *stpfin_names__of(const stpfin_names *self, const char *table, const char *code);

#endif
