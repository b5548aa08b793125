#ifndef STPFIN_TABLE_ERROR_H
#define STPFIN_TABLE_ERROR_H

#include "stpfin/common.h"

#if defined(__GNUC__)
#define STPFIN_PRINTF(at, first) __attribute__((format(printf, at, first)))
#else
#define STPFIN_PRINTF(at, first)
#endif

/* Records this thread's last error in one line and returns the status. */
stpfin_status stpfin_error__set(stpfin_status status, const char *format, ...) STPFIN_PRINTF(2, 3);

stpfin_status stpfin_error__memory(void);

#endif
