#ifndef STPFIN_PLAN_COPULA_H
#define STPFIN_PLAN_COPULA_H

#include <stddef.h>
#include <stdint.h>

#include "stpfin/common.h"

/* The correlations of uncertain parameters, factored (Cholesky) in the parameters' order: what a
 * parameter becomes depends on those before it alone. Parameters that no chain of correlations
 * joins are apart; of a group only what lies between a parameter and its first correlated
 * predecessor is held. */
struct stpfin_copula {
	size_t n_groups;
	size_t *first;   /* by group, and one more: its members are from [i] to before [i + 1] */
	size_t *members; /* parameters, in order within each group */
	size_t *start;   /* by member: the first member that its row of the factor has */
	size_t *at;      /* by member: where in factor its row begins, which ends with itself */
	double *factor;
};

/* Where correlations cannot all hold. */
struct stpfin_copula_fault {
	size_t parameter; /* the first that cannot have those it has with the ones before it */
	size_t partner;   /* the first of those with which it cannot */
	size_t row;       /* the last row of it with one up to the partner */
};

/* Groups and factors n rows of correlations of two different parameters, no two of the same.
 * STPFIN_ERROR_PLAN, without a message but with the fault, if they are not positive definite. */
stpfin_status stpfin_copula__new(struct stpfin_copula *self, size_t n_parameters, const int32_t *a,
	const int32_t *b, const double *rho, size_t n, struct stpfin_copula_fault *out_fault);
void stpfin_copula__free(struct stpfin_copula *self);

#endif
