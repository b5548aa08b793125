#ifndef STPFIN_PLAN_NEAREST_H
#define STPFIN_PLAN_NEAREST_H

#include "libstpfin/plan/schema.h"

/* The name a user may have meant: the nearest by the letters to add, drop, change or swap with
 * their neighbour, whatever their case; of several, the first. A name more than a third of the
 * word away, or 1 in a short word, is not near. Long words are compared by their beginnings. */

/* A search, begun as {.word = word}; name is the nearest considered so far, NULL if none is near.
 */
struct stpfin_nearest {
	const char *word;
	const char *name;
	size_t distance;
};

void stpfin_nearest__consider(struct stpfin_nearest *self, const char *name);

/* The nearest of n names, NULL if none is near. */
const char *stpfin_nearest__among(const char *word, const char *const *names, size_t n);

/* The nearest column of a table, NULL if none is near. */
const char *stpfin_nearest__column(const char *word, const struct stpfin_table_schema *table);

#endif
