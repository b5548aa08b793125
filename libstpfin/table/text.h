#ifndef STPFIN_TABLE_TEXT_H
#define STPFIN_TABLE_TEXT_H

#include <stddef.h>

/* A copy of a text, to be freed; NULL without memory. */
char *stpfin_text__copy(const char *text);

/* Makes a text one line of UTF-8 that a terminal only shows: messages quote cells and paths, which
 * may hold anything, and may have been cut within a character. */
void stpfin_text__make_harmless(char *text, size_t length);

#endif
