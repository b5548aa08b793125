#ifndef STPFIN_TABLE_PAGES_H
#define STPFIN_TABLE_PAGES_H

#include <stddef.h>

/* Has the system give memory its pages at once, where it can, and not one by one as each is first
 * written to, which takes longer and gets in the way of what is computed meanwhile. Changes nothing
 * of what is in it. */
void stpfin_pages__give(void *memory, size_t n_bytes);

#endif
