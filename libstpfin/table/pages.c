#define _DEFAULT_SOURCE

#include "libstpfin/table/pages.h"

#if defined(__linux__)
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

void stpfin_pages__give(void *memory, size_t n_bytes)
{
#if defined(__linux__) && defined(MADV_POPULATE_WRITE)
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t first = ((uintptr_t)memory + page - 1) / page * page;
	uintptr_t end = ((uintptr_t)memory + n_bytes) / page * page;

	if (end > first) {
		/* An older system refuses: then they come one by one. */
		(void)madvise((void *)first, end - first, MADV_POPULATE_WRITE);
	}
#else
	(void)memory;
	(void)n_bytes;
#endif
}
