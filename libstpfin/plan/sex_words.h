#ifndef STPFIN_PLAN_SEX_WORDS_H
#define STPFIN_PLAN_SEX_WORDS_H

#include <stdint.h>

/* The sex that the words of a name say, as the schema numbers them: 0 female, 1 male, -1 if it says
 * neither or both. */
int32_t stpfin_sex__of(const char *name);

#endif
