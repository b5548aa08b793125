#ifndef STPFIN_SIMULATE_LANES_INDICES_H
#define STPFIN_SIMULATE_LANES_INDICES_H

#include "libstpfin/model/model.h"
#include "libstpfin/simulate/lanes_inputs.h"

/* The indices that move all care, over lanes: of inflation and price by service, of activity by
 * class of demand. Demands whose activity moves alike are of one class. */

/* A product of two inputs, or an input times a part. */
struct stpfin_lanes_product {
	size_t first;
	size_t second;
};
struct stpfin_lanes_part {
	double share;
	size_t of; /* an input, or a use */
};

/* The use of services in a footprint by one set of weights. */
struct stpfin_lanes_use {
	size_t moving; /* its number among those that draws move; SIZE_MAX: they do not */
	size_t first;  /* if not, of its ratios */
};

/* Part of a use that draws move: a factor, times a weight and persons where those are drawn. */
struct stpfin_lanes_use_term {
	double factor;
	size_t weight; /* inputs; SIZE_MAX: in the factor */
	size_t persons;
};

struct stpfin_lanes_class {
	size_t first_use;  /* of its parts that are uses */
	size_t first_rate; /* of its parts that are rates of growth: n for each year after the base */
	size_t n;
	size_t trend; /* of its trends, by year; SIZE_MAX: none */
	bool moves;
};

struct stpfin_lanes_indices {
	size_t n_years;
	size_t n_services;

	size_t *mix;       /* by service */
	size_t n_mixes;    /* those of services, then that of all others */
	size_t *first_mix; /* by mix and year, and one more: of its products */
	struct stpfin_lanes_product *mix_products;
	bool *inflation_moves; /* by service */

	/* By service and year; the first is SIZE_MAX where no tariff fits. */
	struct stpfin_lanes_product *tariff;
	bool *price_moves; /* by service */

	size_t n_uses;
	size_t n_moving_uses;
	struct stpfin_lanes_use *uses;
	double *use_ratios; /* over the base year's use, by year */
	size_t n_use_ratios;
	size_t *first_use_term; /* by moving use and year, and one more */
	size_t n_first_use_term;
	struct stpfin_lanes_use_term *use_terms;
	size_t n_use_terms;

	size_t n_classes;
	struct stpfin_lanes_class *classes;
	struct stpfin_lanes_part *parts;
	size_t n_parts;
	double *trends;
	size_t n_trends;
	size_t *class; /* by demand */

	size_t capacities[7]; /* of the arrays that grow while they are made */
};

/* Compiles; what the plan has of use alone moves no lane where risks take part in it. */
stpfin_status stpfin_lanes_indices__new(struct stpfin_lanes_indices *self,
	const struct stpfin_model *model, const struct stpfin_uncertain *uncertain,
	struct stpfin_inputs *inputs);
void stpfin_lanes_indices__free(struct stpfin_lanes_indices *self);

/* What they come to, by service, moving use or class, then year and lane. */
struct stpfin_lanes_index_work {
	double *inflation;
	double *price;
	double *use;   /* over the base year's */
	double *index; /* of the classes at hand */
	size_t first_class;
};

/* Fills all but the classes: all, or only what draws move. */
void stpfin_lanes_indices__fill(const struct stpfin_lanes_indices *self,
	struct stpfin_lanes_index_work *work, const struct stpfin_inputs *inputs,
	const double *constants, const double *cells, bool all);

/* Fills the classes from the first to before the end, which are those at hand then. */
void stpfin_lanes_indices__fill_classes(const struct stpfin_lanes_indices *self,
	struct stpfin_lanes_index_work *work, const struct stpfin_inputs *inputs,
	const double *constants, const double *cells, size_t first, size_t end);

/* The index of a class at hand in a year. */
static inline const double *stpfin_lanes_index_work__of(
	const struct stpfin_lanes_index_work *self, size_t class, size_t n_years, size_t t)
{
	return self->index + ((class - self->first_class) * n_years + t) * STPFIN_LANES;
}

#endif
