#include "libstpfin/simulate/lanes_tiles.h"

#include <stdlib.h>

#include "libstpfin/simulate/clones.h"

/* What the curves of a tile may take in a year, in bytes: part of what a core has closest to it.
 * What a bridge makes of them does not count. */
enum { TILE = 20 * 1024 };

void stpfin_lanes_tiles__free(struct stpfin_lanes_tiles *self)
{
	free(self->tiles);
	free(self->runs);
}

/* How many parts a bridge has of the curves of a group. */
static size_t parts_of(const struct stpfin_lanes_tiles *self, size_t group)
{
	return self->bridge != NULL
			   ? self->bridge->games[group].n_players * self->groups->groups[group].n_curves
			   : 0;
}

stpfin_status stpfin_lanes_tiles__new(struct stpfin_lanes_tiles *self,
	const struct stpfin_lanes_groups *groups, const struct stpfin_lanes_bridge *bridge)
{
	const size_t most = TILE / (STPFIN_LANES * sizeof(double));
	struct stpfin_lanes_tile *tile = NULL;

	*self = (struct stpfin_lanes_tiles){.groups = groups, .bridge = bridge};
	self->tiles = stpfin_model__array(groups->n, sizeof *self->tiles);
	if (self->tiles == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t group = 0; group < groups->n; group++) {
		const struct stpfin_lanes_group *of = &groups->groups[group];
		size_t chunk = of->class / STPFIN_CHUNK;

		if (tile == NULL || tile->chunk != chunk || tile->n_curves + of->n_curves > most) {
			tile = &self->tiles[self->n++];
			*tile = (struct stpfin_lanes_tile){.chunk = chunk, .first_group = group};
		}
		tile->end_group = group + 1;
		tile->n_curves += of->n_curves;
		tile->n_parts += parts_of(self, group);
		self->most_curves = tile->n_curves > self->most_curves ? tile->n_curves : self->most_curves;
		self->most_parts = tile->n_parts > self->most_parts ? tile->n_parts : self->most_parts;
	}
	return STPFIN_OK;
}

/* What runs are found with. */
struct cutting {
	struct stpfin_lanes_tiles *self;
	struct stpfin_lanes_matrix *matrix;
	size_t *tile_of[2]; /* of curves and of parts */
	size_t n_runs;
	size_t capacity[2];
	struct stpfin_lanes_run *runs;
	size_t *tile; /* by run */
};

/* Says in which tile each curve and part is. */
static void find_tiles(struct cutting *cutting)
{
	const struct stpfin_lanes_tiles *self = cutting->self;
	size_t curve = 0;
	size_t part = 0;

	for (size_t tile = 0; tile < self->n; tile++) {
		for (size_t i = 0; i < self->tiles[tile].n_curves; i++) {
			cutting->tile_of[0][curve++] = tile;
		}
		for (size_t i = 0; i < self->tiles[tile].n_parts; i++) {
			cutting->tile_of[1][part++] = tile;
		}
	}
}

/* The column of an entry. */
static size_t column_of(const struct stpfin_lanes_matrix *matrix, size_t entry, bool is_drawn)
{
	return is_drawn ? matrix->drawn[entry].column : matrix->column[entry];
}

static void set_column(
	struct stpfin_lanes_matrix *matrix, size_t entry, bool is_drawn, size_t column)
{
	if (is_drawn) {
		matrix->drawn[entry].column = column;
	} else {
		matrix->column[entry] = (uint32_t)column;
	}
}

static stpfin_status add_run(
	struct cutting *cutting, const struct stpfin_lanes_run *run, size_t tile)
{
	struct stpfin_lanes_run *runs =
		stpfin_keys__grown(cutting->runs, &cutting->capacity[0], cutting->n_runs, sizeof *runs);
	size_t *tiles;

	if (runs == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	cutting->runs = runs;
	tiles =
		stpfin_keys__grown(cutting->tile, &cutting->capacity[1], cutting->n_runs, sizeof *tiles);
	if (tiles == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	cutting->tile = tiles;
	tiles[cutting->n_runs] = tile;
	runs[cutting->n_runs++] = *run;
	return STPFIN_OK;
}

/* Finds the runs of a row among its entries, or its drawn entries. */
static stpfin_status find_runs(struct cutting *cutting, size_t row, bool is_drawn)
{
	const struct stpfin_lanes_tiles *self = cutting->self;
	struct stpfin_lanes_matrix *matrix = cutting->matrix;
	bool is_step = matrix->rows[row].sum == STPFIN_LANES_STEP;
	const size_t *first = is_drawn ? matrix->first_drawn : matrix->first;
	size_t at = first[row];
	stpfin_status status = STPFIN_OK;

	while (at < first[row + 1] && status == STPFIN_OK) {
		size_t tile = cutting->tile_of[is_step][column_of(matrix, at, is_drawn)];
		size_t group = self->tiles[tile].first_group;
		size_t begin =
			is_step ? self->bridge->games[group].first_part : self->groups->groups[group].payment;
		struct stpfin_lanes_run run = {row, at, at, is_drawn, is_step};

		for (; run.end < first[row + 1]; run.end++) {
			size_t column = column_of(matrix, run.end, is_drawn);

			if (cutting->tile_of[is_step][column] != tile) {
				break;
			}
			set_column(matrix, run.end, is_drawn, (column - begin) * STPFIN_LANES);
		}
		at = run.end;
		status = add_run(cutting, &run, tile);
	}
	return status;
}

/* Sorts the runs by tile, leaving those of one in their order. */
static stpfin_status sort_runs(struct cutting *cutting)
{
	struct stpfin_lanes_tiles *self = cutting->self;
	size_t n = 0;

	self->runs = stpfin_model__array(cutting->n_runs, sizeof *self->runs);
	if (self->runs == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < cutting->n_runs; i++) {
		self->tiles[cutting->tile[i]].end_run++;
	}
	for (size_t tile = 0; tile < self->n; tile++) {
		size_t length = self->tiles[tile].end_run;

		self->tiles[tile].first_run = self->tiles[tile].end_run = n;
		n += length;
	}
	for (size_t i = 0; i < cutting->n_runs; i++) {
		self->runs[self->tiles[cutting->tile[i]].end_run++] = cutting->runs[i];
	}
	return STPFIN_OK;
}

stpfin_status stpfin_lanes_tiles__find_runs(struct stpfin_lanes_tiles *self,
	struct stpfin_lanes_matrix *matrix, size_t first_row, size_t end_row)
{
	struct cutting cutting = {.self = self, .matrix = matrix};
	size_t n_parts = self->bridge != NULL ? self->bridge->n_parts : 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	cutting.tile_of[0] = stpfin_model__array(self->groups->n_curves, sizeof(size_t));
	cutting.tile_of[1] = stpfin_model__array(n_parts, sizeof(size_t));
	if (cutting.tile_of[0] != NULL && cutting.tile_of[1] != NULL) {
		find_tiles(&cutting);
		status = STPFIN_OK;
	}
	for (size_t row = first_row; row < end_row && status == STPFIN_OK; row++) {
		status = find_runs(&cutting, row, false);
		if (status == STPFIN_OK) {
			status = find_runs(&cutting, row, true);
		}
	}
	if (status == STPFIN_OK) {
		status = sort_runs(&cutting);
	}
	free(cutting.tile_of[0]);
	free(cutting.tile_of[1]);
	free(cutting.runs);
	free(cutting.tile);
	return status;
}

/* Adds one, two or four entries at once, so that the sums stay in registers. */
STPFIN_INLINED void add_one(
	const uint32_t *column, const double *coefficient, const double *columns, double *restrict sums)
{
	const double *x = columns + column[0];

	for (size_t i = 0; i < STPFIN_LANES; i++) {
		sums[i] += coefficient[0] * x[i];
	}
}

STPFIN_INLINED void add_two(
	const uint32_t *column, const double *coefficient, const double *columns, double *restrict sums)
{
	const double *x0 = columns + column[0];
	const double *x1 = columns + column[1];

	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double sum = sums[i] + coefficient[0] * x0[i];

		sums[i] = sum + coefficient[1] * x1[i];
	}
}

STPFIN_INLINED void add_four(
	const uint32_t *column, const double *coefficient, const double *columns, double *restrict sums)
{
	const double *x0 = columns + column[0];
	const double *x1 = columns + column[1];
	const double *x2 = columns + column[2];
	const double *x3 = columns + column[3];

	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double sum = sums[i] + coefficient[0] * x0[i];

		sum += coefficient[1] * x1[i];
		sum += coefficient[2] * x2[i];
		sums[i] = sum + coefficient[3] * x3[i];
	}
}

STPFIN_INLINED void add_entries(const struct stpfin_lanes_matrix *matrix, const double *columns,
	size_t first, size_t end, double *restrict sums)
{
	const uint32_t *column = matrix->column;
	const double *coefficient = matrix->coefficient;
	size_t at = first;

	for (; at + 4 <= end; at += 4) {
		add_four(column + at, coefficient + at, columns, sums);
	}
	if (at + 2 <= end) {
		add_two(column + at, coefficient + at, columns, sums);
		at += 2;
	}
	if (at < end) {
		add_one(column + at, coefficient + at, columns, sums);
	}
}

STPFIN_INLINED void add_drawn(const struct stpfin_lanes_matrix *matrix, const double *columns,
	const double *cells, size_t first, size_t end, double *restrict sums)
{
	for (size_t at = first; at < end; at++) {
		const struct stpfin_lanes_drawn_entry *entry = &matrix->drawn[at];
		const double *x = columns + entry->column;
		const double *y = cells + entry->cell * STPFIN_LANES;

		for (size_t i = 0; i < STPFIN_LANES; i++) {
			sums[i] += entry->coefficient * x[i] * y[i];
		}
	}
}

/* Adds the runs of a tile to their rows, year by year: all its curves of one are closest then. */
STPFIN_CLONES static void add_runs(const struct stpfin_lanes_tiles *self,
	const struct stpfin_lanes_tile *tile, const struct stpfin_lanes_summing *with)
{
	const struct stpfin_lanes_matrix *matrix = with->matrix;

	for (size_t t = 1; t < matrix->n_years; t++) {
		const double *curves = with->curves + t * tile->n_curves * STPFIN_LANES;
		const double *parts = with->parts + t * tile->n_parts * STPFIN_LANES;

		for (size_t i = tile->first_run; i < tile->end_run && with->state->wanted[t]; i++) {
			const struct stpfin_lanes_run *run = &self->runs[i];
			const double *columns = run->is_step ? parts : curves;
			size_t home = with->home[run->row * matrix->n_years + t];
			double *sums;

			if (home == SIZE_MAX) {
				continue;
			}
			sums = with->sums + home * STPFIN_LANES;
			if (run->is_drawn) {
				add_drawn(matrix, columns, with->state->cells, run->first, run->end, sums);
			} else {
				add_entries(matrix, columns, run->first, run->end, sums);
			}
		}
	}
}

/* The amounts of a row in a year: where its sum begins. */
STPFIN_INLINED void begin_sum(const struct stpfin_lanes_matrix *matrix, size_t at,
	const double *cells, const double *inflation, double *restrict sums)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		sums[i] = matrix->constant[at];
	}
	for (size_t j = matrix->first_term[at]; j < matrix->first_term[at + 1]; j++) {
		const struct stpfin_lanes_term *term = &matrix->terms[j];
		double product[STPFIN_LANES];

		for (size_t i = 0; i < STPFIN_LANES; i++) {
			product[i] = term->factor;
		}
		for (size_t k = 0; k < 3; k++) {
			size_t of = ((const size_t[]){term->first, term->second, term->inflation})[k];

			if (of != STPFIN_NO_ROW) {
				const double *x = (k < 2 ? cells : inflation) + of * STPFIN_LANES;

				for (size_t i = 0; i < STPFIN_LANES; i++) {
					product[i] *= x[i];
				}
			}
		}
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			sums[i] += product[i];
		}
	}
}

STPFIN_CLONES static void begin_sums(const struct stpfin_lanes_matrix *matrix, const size_t *home,
	const double *cells, const double *inflation, double *sums)
{
	for (size_t at = 0; at < matrix->n_rows * matrix->n_years; at++) {
		if (home[at] != SIZE_MAX) {
			begin_sum(matrix, at, cells, inflation, sums + home[at] * STPFIN_LANES);
		}
	}
}

void stpfin_lanes_tiles__begin_sums(const struct stpfin_lanes_matrix *matrix, const size_t *home,
	const double *cells, const double *inflation, double *sums)
{
	begin_sums(matrix, home, cells, inflation, sums);
}

void stpfin_lanes_tiles__fill(const struct stpfin_lanes_tiles *self,
	const struct stpfin_lanes_tile *tile, const struct stpfin_lanes_summing *with)
{
	stpfin_lanes_curves__fill(
		with->state, tile->first_group, tile->end_group, tile->n_curves, with->curves);
	if (self->bridge != NULL) {
		stpfin_lanes_bridge__fill(self->bridge, with->state, tile->first_group, tile->end_group,
			tile->n_parts, with->parts, with->values, with->members);
	}
}

void stpfin_lanes_tiles__add(const struct stpfin_lanes_tiles *self,
	const struct stpfin_lanes_tile *tile, const struct stpfin_lanes_summing *with)
{
	add_runs(self, tile, with);
}
