#ifndef STPFIN_FUND_PORTFOLIO_ALTERNATIVES_H
#define STPFIN_FUND_PORTFOLIO_ALTERNATIVES_H

#include "libstpfin/fund/portfolio_search.h"

/* Sets nearly as good as the best, and as different as can be. */

/* Looks for one more: of a benefit of `floor` or more, as many £ of bids away as possible from the
 * n sets there are, which stand one after the other in `sets`, bid by bid. *out_found is whether
 * there is one; it is then written behind them. */
stpfin_status stpfin_alternatives__find(const struct stpfin_instance *instance, double floor,
	bool *sets, size_t n, struct stpfin_patience *patience, bool *out_found);

#endif
