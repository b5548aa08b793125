#ifndef STPFIN_SIMULATE_UNCERTAIN_PARTS_H
#define STPFIN_SIMULATE_UNCERTAIN_PARTS_H

#include "libstpfin/plan/copula.h"
#include "libstpfin/plan/uncertainty.h"
#include "libstpfin/simulate/quantile.h"
#include "libstpfin/simulate/uncertain.h"

/* The inside of what is uncertain. */

struct stpfin_uncertain_parameter {
	struct stpfin_selection selection;
	int32_t mode;
	int32_t path;
	uint64_t stream;
	struct stpfin_quantile quantile;
};

/* What a parameter does to a cell. */
struct stpfin_uncertain_action {
	size_t parameter;
	size_t dimension;
	int32_t mode;
};

struct stpfin_uncertain_parts {
	struct stpfin_uncertain_parameter *parameters;
	int32_t *years; /* by dimension: 0 of one for all years */
	struct stpfin_copula copula;
	size_t *first_action; /* by cell, and one more */
	struct stpfin_uncertain_action *actions;
	double *low; /* by cell, the ends of its range */
	double *high;
};

/* The dimension of a parameter in a year, SIZE_MAX if it has none. */
static inline size_t stpfin_uncertain__dimension(
	const struct stpfin_uncertain *self, size_t parameter, int32_t year)
{
	for (size_t i = self->first_dimension[parameter]; i < self->first_dimension[parameter + 1];
		 i++) {
		if (self->parts->years[i] == year) {
			return i;
		}
	}
	return SIZE_MAX;
}

#endif
