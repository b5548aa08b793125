#ifndef STPFIN_SIMULATE_SPREAD_TABLE_H
#define STPFIN_SIMULATE_SPREAD_TABLE_H

#include "libstpfin/simulate/simulation.h"

/* Makes the table of how the draws of each figure are spread, with as many threads as the
 * simulation was made with. */
stpfin_status stpfin_spread_table__make(const stpfin_simulation *self, stpfin_table **out_table);

#endif
