#ifndef STPFIN_FUND_PORTFOLIO_PATIENCE_H
#define STPFIN_FUND_PORTFOLIO_PATIENCE_H

#include "libstpfin/table/poll.h"
#include "stpfin/portfolio.h"

/* Whether to go on: the caller may say stop, and time may be up. */
struct stpfin_patience {
	struct stpfin_poll poll;
	struct timespec begun;
	double time_limit; /* in seconds; 0: none */
	size_t done;       /* of 1000 parts */
	bool ended;
	stpfin_portfolio_end why;
};

void stpfin_patience__begin(struct stpfin_patience *self, const stpfin_portfolio_options *options);

/* Whether it has ended; asks. */
bool stpfin_patience__has_ended(struct stpfin_patience *self);

#endif
