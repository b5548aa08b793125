#ifndef STPFIN_PLAN_REACH_H
#define STPFIN_PLAN_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stpfin/common.h"

/* Which pieces of care (flows, or what shifts add) an effect acts on: those of its commissioner,
 * provider and service, where it names them. Found among the fewest that one of the names leaves,
 * so that many effects on single places take no longer than one on all. */

enum { STPFIN_REACH_KEYS = 3 };

struct stpfin_reach {
	const int32_t *keys[STPFIN_REACH_KEYS]; /* by piece of care: commissioner, provider, service */
	size_t n;
	size_t *first[STPFIN_REACH_KEYS]; /* by code: where its run of rows begins */
	size_t *rows[STPFIN_REACH_KEYS];
};

/* The arrays are borrowed; a code of -1 is of nothing. */
stpfin_status stpfin_reach__new(struct stpfin_reach *self, const int32_t *commissioner,
	const int32_t *provider, const int32_t *service, size_t n, size_t n_organisations,
	size_t n_services);
void stpfin_reach__free(struct stpfin_reach *self);

/* The first piece of care from the candidate *at on that an effect with these keys (-1: all) acts
 * on; *at is then one beyond its candidate. SIZE_MAX if there is no more. Begin with *at = 0. */
size_t stpfin_reach__next(
	const struct stpfin_reach *self, const int32_t key[STPFIN_REACH_KEYS], size_t *at);

#endif
