#include "libstpfin/table/poll.h"

#include "libstpfin/table/error.h"

stpfin_status stpfin_poll__ask(struct stpfin_poll *self, size_t done, size_t of)
{
	enum { NANOSECONDS_APART = 30000000, A_SECOND = 1000000000 };
	struct timespec now;
	int64_t passed;

	if (self->progress == NULL) {
		return STPFIN_OK;
	}
	timespec_get(&now, TIME_UTC);
	passed =
		(int64_t)(now.tv_sec - self->last.tv_sec) * A_SECOND + (now.tv_nsec - self->last.tv_nsec);
	if (passed >= 0 && passed < NANOSECONDS_APART) {
		return STPFIN_OK;
	}
	self->last = now;
	if (self->progress((double)done / (double)of, self->user_data) != STPFIN_OK) {
		return stpfin_error__set(STPFIN_ERROR_CANCELLED, "stopped when asked to");
	}
	return STPFIN_OK;
}
