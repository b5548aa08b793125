#ifndef STPFIN_TABLE_DICTIONARY_H
#define STPFIN_TABLE_DICTIONARY_H

#include <stddef.h>
#include <stdint.h>

/* Distinct texts numbered from 0 in order of first appearance. Shared between
 * tables by counting references (atomically: tables cross threads), so it may only be added to by
 * whoever is still building it. */
typedef struct stpfin_dictionary stpfin_dictionary;

stpfin_dictionary *stpfin_dictionary__new(void);
stpfin_dictionary *stpfin_dictionary__share(const stpfin_dictionary *self);
void stpfin_dictionary__free(stpfin_dictionary *self);

/* The code of the text, added if new; -1 if there is no memory (or no code) left. */
int32_t stpfin_dictionary__intern(stpfin_dictionary *self, const char *text, size_t length);

/* The code of the text, -1 if it is not there. */
int32_t stpfin_dictionary__find(const stpfin_dictionary *self, const char *text, size_t length);

size_t stpfin_dictionary__size(const stpfin_dictionary *self);
const char *stpfin_dictionary__text(const stpfin_dictionary *self, int32_t code);
const char *const *stpfin_dictionary__texts(const stpfin_dictionary *self);

#endif
