#ifndef STPFIN_SIMULATE_LANES_EFFECTS_H
#define STPFIN_SIMULATE_LANES_EFFECTS_H

#include "libstpfin/model/effect_size.h"
#include "libstpfin/model/scenario.h"
#include "libstpfin/simulate/lanes_inputs.h"

/* The sizes of the effects of a scenario over lanes. Many rows have the same: each is kept once. */

struct stpfin_lanes_size {
	size_t size;  /* an input, as is the scale */
	size_t scale; /* SIZE_MAX where neither is drawn */
	double least;
	size_t effect; /* the first that has it */
};

/* A size that the scale may bring out of its range, and how many rows have it. */
struct stpfin_lanes_clip {
	size_t size;
	size_t scale;
	double least;
	int64_t n;
};

struct stpfin_lanes_effects {
	size_t n_years;
	size_t n_sizes;
	struct stpfin_lanes_size *sizes;
	size_t *size_of;                /* by effect of the scenario */
	struct stpfin_reached *reached; /* by effect and year */
	const double *as_planned;       /* the scenario's sizes, by effect and year */
	size_t n_clips;
	size_t clip_capacity;
	struct stpfin_lanes_clip *clips;
	size_t *scale; /* by scheme: an input */
};

stpfin_status stpfin_lanes_effects__new(struct stpfin_lanes_effects *self,
	const struct stpfin_model *model, const struct stpfin_scenario *scenario,
	const struct stpfin_uncertain *uncertain, struct stpfin_inputs *inputs);
void stpfin_lanes_effects__free(struct stpfin_lanes_effects *self);

/* Whether a size does. */
static inline bool stpfin_lanes_effects__moves(const struct stpfin_lanes_effects *self, size_t size)
{
	return self->sizes[size].scale != SIZE_MAX;
}

/* Fills a size by year and lane. */
void stpfin_lanes_effects__fill(const struct stpfin_lanes_effects *self, size_t size,
	const struct stpfin_inputs *inputs, const double *constants, const double *cells,
	double *sizes);

/* How many sizes of the first n lanes are out of their range. */
uint64_t stpfin_lanes_effects__count_clipped(const struct stpfin_lanes_effects *self,
	const struct stpfin_inputs *inputs, const double *constants, const double *cells, size_t n);

#endif
