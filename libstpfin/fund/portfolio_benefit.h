#ifndef STPFIN_FUND_PORTFOLIO_BENEFIT_H
#define STPFIN_FUND_PORTFOLIO_BENEFIT_H

#include "libstpfin/fund/portfolio_instance.h"
#include "libstpfin/fund/portfolio_patience.h"

/* What bids bring: each its scheme alone against do nothing, and a set's schemes together. */

/* Fills the benefits of an instance. What the options ask for is computed from the model, or read
 * from their table. */
stpfin_status stpfin_benefit__fill(struct stpfin_instance *instance,
	const struct stpfin_model *model, const stpfin_portfolio_options *options,
	struct stpfin_patience *patience);

/* The benefit of a set's schemes projected together; a NaN where benefits were given. */
stpfin_status stpfin_benefit__join(const struct stpfin_model *model,
	const stpfin_portfolio_options *options, const bool *chosen, double *out_benefit);

#endif
