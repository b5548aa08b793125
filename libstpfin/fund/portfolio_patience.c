#include "libstpfin/fund/portfolio_patience.h"

void stpfin_patience__begin(struct stpfin_patience *self, const stpfin_portfolio_options *options)
{
	*self = (struct stpfin_patience){
		.poll = {.progress = options->progress, .user_data = options->user_data},
		.time_limit = options->time_limit,
	};
	timespec_get(&self->begun, TIME_UTC);
}

bool stpfin_patience__has_ended(struct stpfin_patience *self)
{
	enum { PARTS = 1000 };
	struct timespec now;

	if (!self->ended && self->time_limit > 0) {
		timespec_get(&now, TIME_UTC);
		self->ended = difftime(now.tv_sec, self->begun.tv_sec) +
						  (double)(now.tv_nsec - self->begun.tv_nsec) / 1e9 >
					  self->time_limit;
		self->why = STPFIN_PORTFOLIO_TIME_UP;
	}
	if (!self->ended && stpfin_poll__ask(&self->poll, self->done, PARTS) != STPFIN_OK) {
		self->ended = true;
		self->why = STPFIN_PORTFOLIO_STOPPED;
	}
	return self->ended;
}
