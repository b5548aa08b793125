#ifndef STPFIN_TABLE_TEXT_H
#define STPFIN_TABLE_TEXT_H

/* A copy of a text, to be freed; NULL without memory. */
char *stpfin_text__copy(const char *text);

#endif
