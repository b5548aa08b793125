#ifndef STPFIN_PLAN_AGES_H
#define STPFIN_PLAN_AGES_H

#include <stddef.h>
#include <stdint.h>

#include "stpfin/common.h"

/* A rate table by sex and age whose ages are bands: a row's age stands from its first year to just
 * before the next among the rows that differ from it in age alone, so that 16-64 and 65+ serve
 * people counted in narrower bands. Blank is all; the fitting row with most keys filled wins, of
 * sex and age the one with a sex. */

enum { STPFIN_AGE_KEYS = 4 };

struct stpfin_age_row;

struct stpfin_ages {
	struct stpfin_age_row *rows; /* in the order of their keys */
	size_t n;
};

/* From n rows by two keys that are never blank (NULL: the table has none), sex and age. */
stpfin_status stpfin_ages__new(struct stpfin_ages *self, const int32_t *first,
	const int32_t *second, const int32_t *sex, const int32_t *age, size_t n);
void stpfin_ages__free(struct stpfin_ages *self);

/* The row that fits people of a sex and age (-1 and STPFIN_MISSING_INT32: of all); SIZE_MAX if none
 * does. A key the table does not have is 0. */
size_t stpfin_ages__find(
	const struct stpfin_ages *self, int32_t first, int32_t second, int32_t sex, int32_t age);

#endif
