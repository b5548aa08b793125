#ifndef STPFIN_TABLE_POLL_H
#define STPFIN_TABLE_POLL_H

#include <time.h>

#include "stpfin/common.h"

/* The caller of long work, told of its progress. */
struct stpfin_poll {
	stpfin_progress progress; /* may be NULL */
	void *user_data;
	struct timespec last; /* when the caller was last told */
};

/* Tells the caller that `done` of `of` parts are done, but not more often than a person could
 * follow; to be called as often as suits the work. STPFIN_ERROR_CANCELLED if the caller says to
 * stop. */
stpfin_status stpfin_poll__ask(struct stpfin_poll *self, size_t done, size_t of);

#endif
