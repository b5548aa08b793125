#ifndef STPFIN_TABLE_THREADS_H
#define STPFIN_TABLE_THREADS_H

#include "libstpfin/table/poll.h"

/* Threads made for one call; beside table/files.c the one place that goes beyond C17. Without POSIX
 * threads there is the calling one alone. */

/* How many processors there are; 1 where that is not known. */
size_t stpfin_threads__processors(void);

/* Work that any number of threads do together. */
struct stpfin_crew {
	/* Called once in each thread; the calling thread is number 0. */
	stpfin_status (*work)(void *user_data, size_t number);
	/* Asked by the calling thread, some tens of times a second, while it waits for the others. What
	 * it answers does not end them: it has to tell them itself. */
	void (*wait)(void *user_data);
	void *user_data;
};

/* Does the work in n threads, or in fewer where they cannot be had, and waits for all of them. The
 * failure is that of the thread of the lowest number which fails, with its last error. */
stpfin_status stpfin_threads__run(const struct stpfin_crew *crew, size_t n);

#endif
