#ifndef STPFIN_SIMULATE_LANES_TILES_H
#define STPFIN_SIMULATE_LANES_TILES_H

#include "libstpfin/simulate/lanes_bridge.h"
#include "libstpfin/simulate/lanes_matrix.h"

/* An outcome in tiles: so many groups of flows at once that their curves stay in a cache from when
 * they are filled until they are summed. The classes of a tile
 * are all of one chunk, so that outcomes can take their tiles chunk by chunk. */

/* How many classes a chunk has. */
enum { STPFIN_CHUNK = 32 };

/* Entries of a row that are of one tile. */
struct stpfin_lanes_run {
	size_t row;
	size_t first;
	size_t end;
	bool is_drawn; /* of the drawn entries */
	bool is_step;  /* its columns are parts, not curves */
};

struct stpfin_lanes_tile {
	size_t chunk;
	size_t first_group;
	size_t end_group;
	size_t n_curves;
	size_t n_parts;
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

/* Cuts an outcome into tiles, in order of chunks. */
stpfin_status stpfin_lanes_tiles__new(struct stpfin_lanes_tiles *self,
	const struct stpfin_lanes_groups *groups, const struct stpfin_lanes_bridge *bridge);
void stpfin_lanes_tiles__free(struct stpfin_lanes_tiles *self);

/* Finds the runs of the rows from the first to before the end, all those of the outcome: the
 * columns of their entries then count doubles from the first of their tile's in a year. */
stpfin_status stpfin_lanes_tiles__find_runs(struct stpfin_lanes_tiles *self,
	struct stpfin_lanes_matrix *matrix, size_t first_row, size_t end_row);

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

/* Begins the sums that are wanted, with the amounts of their rows; inflation is by service, year
 * and lane. */
void stpfin_lanes_tiles__begin_sums(const struct stpfin_lanes_matrix *matrix, const size_t *home,
	const double *cells, const double *inflation, double *sums);

/* Fills the curves and parts of a tile, and adds its runs to their rows. */
void stpfin_lanes_tiles__fill(const struct stpfin_lanes_tiles *self,
	const struct stpfin_lanes_tile *tile, const struct stpfin_lanes_summing *with);
void stpfin_lanes_tiles__add(const struct stpfin_lanes_tiles *self,
	const struct stpfin_lanes_tile *tile, const struct stpfin_lanes_summing *with);

#endif
