#ifndef STPFIN_STPFIN_H
#define STPFIN_STPFIN_H

/**
 * @file stpfin.h
 * Models whether a local health and care plan adds up.
 *
 * A plan (plan.h) is a set of checked tables (table.h). Projecting it
 * (projection.h) gives results, which are tables too; a bridge (bridge.h)
 * explains a gap, a comparison (compare.h) two plans, an
 * alignment (align.h) how organisations' own plans agree with the whole, and a
 * fund (fund.h) is shared by rules. A portfolio (portfolio.h) is chosen among bids. A simulation
 * (simulate.h) says how likely it all is, and sensitivity.h what it depends on.
 *
 * The field's own statistics (health.h, quality.h) work on plain arrays.
 */

#include "stpfin/align.h"
#include "stpfin/bridge.h"
#include "stpfin/common.h"
#include "stpfin/compare.h"
#include "stpfin/fund.h"
#include "stpfin/health.h"
#include "stpfin/plan.h"
#include "stpfin/portfolio.h"
#include "stpfin/projection.h"
#include "stpfin/quality.h"
#include "stpfin/schema.h"
#include "stpfin/sensitivity.h"
#include "stpfin/simulate.h"
#include "stpfin/table.h"
#include "stpfin/version.h"

#endif
