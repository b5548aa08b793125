#ifndef STPFIN_SIMULATE_LANES_TILES_H
#define STPFIN_SIMULATE_LANES_TILES_H

#include "libstpfin/simulate/lanes_bridge.h"
#include "libstpfin/simulate/lanes_matrix.h"

/* An outcome in tiles: so many groups of flows at once that their curves, and what a bridge makes
 * of them, stay in a cache from when they are filled until they are summed. */

/* Entries of a row that are of one tile. */
struct stpfin_lanes_run {
	size_t row;
	size_t first;
	size_t end;
	bool is_drawn; /* of the drawn entries */
};

struct stpfin_lanes_tile {
	size_t first_group;
	size_t end_group;
	size_t first_run;
	size_t end_run;
};

struct stpfin_lanes_tiles {
	const struct stpfin_lanes_groups *groups;
	const struct stpfin_lanes_bridge *bridge; /* NULL: none */
	size_t n;
	struct stpfin_lanes_tile *tiles;
	struct stpfin_lanes_run *runs;
	size_t most_curves; /* of a tile */
	size_t most_parts;
};

/* Cuts the rows from the first to before the end, all those of an outcome, into tiles: the columns
 * of their entries then count doubles from the beginning of their tile's. */
stpfin_status stpfin_lanes_tiles__new(struct stpfin_lanes_tiles *self,
	struct stpfin_lanes_matrix *matrix, size_t first_row, size_t end_row,
	const struct stpfin_lanes_groups *groups, const struct stpfin_lanes_bridge *bridge);
void stpfin_lanes_tiles__free(struct stpfin_lanes_tiles *self);

/* What sums are filled with. */
struct stpfin_lanes_summing {
	const struct stpfin_lanes_matrix *matrix;
	const struct stpfin_lanes_state *state;
	const size_t *home; /* by row and year: where its sums are; SIZE_MAX where none is wanted */
	double *sums;       /* by home and lane */
	/* Workspace: */
	double *curves;
	double *parts;
	double *values;
	bool *members;
};

/* Fills what is wanted of the rows from the first to before the end. */
void stpfin_lanes_tiles__fill(const struct stpfin_lanes_tiles *self,
	const struct stpfin_lanes_summing *with, size_t first_row, size_t end_row);

#endif
