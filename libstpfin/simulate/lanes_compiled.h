#ifndef STPFIN_SIMULATE_LANES_COMPILED_H
#define STPFIN_SIMULATE_LANES_COMPILED_H

#include "libstpfin/simulate/lanes.h"
#include "libstpfin/simulate/lanes_heads.h"
#include "libstpfin/simulate/lanes_tiles.h"

/* The inside of lanes. */

/* An outcome compiled. */
struct stpfin_lanes_outcome {
	const struct stpfin_scenario *scenario; /* NULL: do nothing */
	bool known;                             /* if not, only the effects are there, to be counted */
	struct stpfin_lanes_effects effects;
	struct stpfin_lanes_groups groups;
	struct stpfin_lanes_amounts amounts;
	bool has_bridge;
	struct stpfin_lanes_bridge bridge;
	struct stpfin_lanes_tiles tiles;
};

/* A figure: the year of a row, and what is made of it. */
struct stpfin_lanes_item {
	size_t row;
	size_t t;
	size_t figure;
	size_t place; /* whose people it is divided among; SIZE_MAX: nobody's */
};

struct stpfin_lanes {
	const struct stpfin_uncertain *uncertain;
	struct stpfin_inputs inputs;
	struct stpfin_lanes_indices indices;
	size_t n_outcomes;
	struct stpfin_lanes_outcome *outcomes;
	struct stpfin_lanes_matrix matrix;
	struct stpfin_lanes_places places;
	struct stpfin_lanes_heads heads;
	size_t n_items;
	struct stpfin_lanes_item *items; /* by row and year */
	size_t *home;     /* by row and year: the first figure, where they are summed; SIZE_MAX: none */
	bool *wanted;     /* by year: whether any figure is of it, and draws may move it */
	bool *every_year; /* wanted */
	size_t *deflator; /* by year, inputs; NULL for cash */
};

struct stpfin_lanes_work {
	double *memory; /* all of the following, on boundaries of lines of a cache */
	double *constants;
	struct stpfin_lanes_index_work index;
	double *sizes;
	double *idle;
	double *curves;
	double *parts;
	double *values;
	bool *members;
	size_t *next; /* by outcome: the tile that comes next */
};

/* What is done with the tile of an outcome. */
typedef void stpfin_handle_tile(void *user_data, size_t outcome,
	const struct stpfin_lanes_tile *tile, const struct stpfin_lanes_summing *with);

/* Goes through the tiles of all outcomes, chunk by chunk. `all` is as the plan stands: what no draw
 * moves too, in every year. */
void stpfin_lanes_work__go_through(const struct stpfin_lanes *self, struct stpfin_lanes_work *work,
	const double *cells, bool all, double *sums, stpfin_handle_tile *handle, void *user_data);

#endif
