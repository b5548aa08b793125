#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "libstpfin/simulate/clones.h"
#include "libstpfin/simulate/lanes_compiled.h"

void stpfin_lanes_work__go_through(const struct stpfin_lanes *self, struct stpfin_lanes_work *work,
	const double *cells, bool all, double *sums, stpfin_handle_tile *handle, void *user_data)
{
	for (size_t i = 0; i < self->n_outcomes; i++) {
		work->next[i] = 0;
	}
	for (size_t first = 0; first < self->indices.n_classes; first += STPFIN_CHUNK) {
		size_t end = self->indices.n_classes - first < STPFIN_CHUNK ? self->indices.n_classes
																	: first + STPFIN_CHUNK;

		stpfin_lanes_indices__fill_classes(
			&self->indices, &work->index, &self->inputs, work->constants, cells, first, end);
		for (size_t i = 0; i < self->n_outcomes; i++) {
			const struct stpfin_lanes_outcome *outcome = &self->outcomes[i];
			const struct stpfin_lanes_state state = {&outcome->groups, &outcome->effects,
				&self->inputs, &work->index, work->constants, cells, all,
				all ? self->every_year : self->wanted, work->sizes, work->idle};
			const struct stpfin_lanes_summing with = {&self->matrix, &state, self->home, sums,
				work->curves, work->parts, work->values, work->members};

			while (work->next[i] < outcome->tiles.n &&
				   outcome->tiles.tiles[work->next[i]].chunk == first / STPFIN_CHUNK) {
				handle(user_data, i, &outcome->tiles.tiles[work->next[i]++], &with);
			}
		}
	}
}

void stpfin_lanes_work__free(struct stpfin_lanes_work *self)
{
	if (self == NULL) {
		return;
	}
	free(self->memory);
	free(self->members);
	free(self->next);
	free(self);
}

/* Gives an array of n doubles its place after those before it; without memory it only counts. */
static double *place(double *memory, size_t *used, size_t n)
{
	double *array = memory != NULL ? memory + *used : NULL;

	*used += n;
	return array;
}

/* Gives the arrays of the work their places, and returns how many doubles they take. Each is of
 * whole lanes, and those that outcomes use in turn are as large as the largest needs. */
static size_t place_arrays(
	const struct stpfin_lanes *self, struct stpfin_lanes_work *work, double *memory)
{
	const struct stpfin_lanes_indices *indices = &self->indices;
	size_t year = indices->n_years * STPFIN_LANES;
	size_t n_curves = 0;
	size_t n_parts = 0;
	size_t n_values = 0;
	size_t n_sizes = 0;
	size_t used = 0;

	for (size_t i = 0; i < self->n_outcomes; i++) {
		const struct stpfin_lanes_outcome *outcome = &self->outcomes[i];
		size_t values = outcome->has_bridge ? stpfin_lanes_bridge__workspace(&outcome->bridge) : 0;

		n_curves = outcome->tiles.most_curves > n_curves ? outcome->tiles.most_curves : n_curves;
		n_parts = outcome->tiles.most_parts > n_parts ? outcome->tiles.most_parts : n_parts;
		n_values = values > n_values ? values : n_values;
		n_sizes = outcome->groups.most_sizes > n_sizes ? outcome->groups.most_sizes : n_sizes;
	}
	work->constants = place(memory, &used, self->inputs.n * STPFIN_LANES);
	work->index.inflation = place(memory, &used, indices->n_services * year);
	work->index.price = place(memory, &used, indices->n_services * year);
	work->index.use = place(memory, &used, indices->n_moving_uses * year);
	work->index.index = place(memory, &used, STPFIN_CHUNK * year);
	work->sizes = place(memory, &used, n_sizes * year);
	work->idle = place(memory, &used, year);
	work->curves = place(memory, &used, n_curves * year);
	work->parts = place(memory, &used, n_parts * year);
	work->values = place(memory, &used, n_values);
	return used;
}

/* Allocates the arrays of the work. */
static stpfin_status allocate(const struct stpfin_lanes *self, struct stpfin_lanes_work *work)
{
	enum { LINE = 64 };
	size_t n_players = 0;
	size_t n;

	for (size_t i = 0; i < self->n_outcomes; i++) {
		const struct stpfin_lanes_outcome *outcome = &self->outcomes[i];

		n_players = outcome->has_bridge && outcome->bridge.grouping.n > n_players
						? outcome->bridge.grouping.n
						: n_players;
	}
	work->members = stpfin_model__array(n_players, sizeof *work->members);
	work->next = stpfin_model__array(self->n_outcomes, sizeof *work->next);
	if (work->members == NULL || work->next == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	n = place_arrays(self, work, NULL);
	work->memory = stpfin_model__array(n + LINE / sizeof(double), sizeof *work->memory);
	if (work->memory == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	place_arrays(
		self, work, work->memory + (LINE - (uintptr_t)work->memory % LINE) % LINE / sizeof(double));
	return STPFIN_OK;
}

stpfin_status stpfin_lanes_work__new(
	const struct stpfin_lanes *self, struct stpfin_lanes_work **out)
{
	struct stpfin_lanes_work *work = stpfin_model__array(1, sizeof *work);
	double *cells = stpfin_uncertain__central(self->uncertain);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out = NULL;
	if (work != NULL && cells != NULL) {
		status = allocate(self, work);
	}
	if (status == STPFIN_OK) {
		/* What no draw moves is filled here once. */
		stpfin_inputs__fill(&self->inputs, work->constants);
		stpfin_inputs__fill_means(&self->inputs, work->constants, cells);
		stpfin_lanes_indices__fill(
			&self->indices, &work->index, &self->inputs, work->constants, cells, true);
		*out = work;
		work = NULL;
	}
	stpfin_lanes_work__free(work);
	free(cells);
	return status;
}

/* Takes a sum as a figure: what is beyond a double is an infinity, whatever came of it. */
STPFIN_INLINED void take(const double *sums, double *figure)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		figure[i] = fabs(sums[i]) <= DBL_MAX ? sums[i] : (double)INFINITY;
	}
}

/* Those that share a sum first, from the last to the first, where it is. */
STPFIN_CLONES static void take_sums(const struct stpfin_lanes *self, double *figures)
{
	for (size_t i = self->n_items; i-- > 0;) {
		const struct stpfin_lanes_item *item = &self->items[i];
		size_t home = self->home[item->row * self->indices.n_years + item->t];

		take(figures + home * STPFIN_LANES, figures + item->figure * STPFIN_LANES);
	}
}

/* Makes of a sum the figure that is asked for. */
static void finish(const struct stpfin_lanes *self, const struct stpfin_lanes_work *work,
	const double *cells, const struct stpfin_lanes_item *item, double *figure)
{
	if (item->place != SIZE_MAX) {
		stpfin_lanes_heads__divide(&self->heads, cells, item->place, item->t, figure);
	}
	if (self->deflator != NULL) {
		const double *level =
			stpfin_inputs__lanes(&self->inputs, work->constants, cells, self->deflator[item->t]);
		const double *base =
			stpfin_inputs__lanes(&self->inputs, work->constants, cells, self->deflator[0]);

		for (size_t i = 0; i < STPFIN_LANES; i++) {
			figure[i] /= level[i] / base[i];
		}
	}
}

/* A stpfin_handle_tile. */
static void sum_tile(void *user_data, size_t outcome, const struct stpfin_lanes_tile *tile,
	const struct stpfin_lanes_summing *with)
{
	const struct stpfin_lanes *self = *(const struct stpfin_lanes **)user_data;

	if (tile->first_run < tile->end_run) {
		stpfin_lanes_tiles__fill(&self->outcomes[outcome].tiles, tile, with);
		stpfin_lanes_tiles__add(&self->outcomes[outcome].tiles, tile, with);
	}
}

void stpfin_lanes__project(const struct stpfin_lanes *self, struct stpfin_lanes_work *work,
	const double *cells, size_t n, double *figures, uint64_t *clipped)
{
	stpfin_inputs__fill_means(&self->inputs, work->constants, cells);
	stpfin_lanes_indices__fill(
		&self->indices, &work->index, &self->inputs, work->constants, cells, false);
	for (size_t i = 0; clipped != NULL && i < self->n_outcomes; i++) {
		*clipped += stpfin_lanes_effects__count_clipped(
			&self->outcomes[i].effects, &self->inputs, work->constants, cells, n);
	}
	stpfin_lanes_tiles__begin_sums(
		&self->matrix, self->home, cells, work->index.inflation, figures);
	stpfin_lanes_work__go_through(self, work, cells, false, figures, sum_tile, &self);
	stpfin_lanes_places__add(&self->places, self->home, figures);
	take_sums(self, figures);
	for (size_t i = 0; i < self->n_items; i++) {
		finish(self, work, cells, &self->items[i], figures + self->items[i].figure * STPFIN_LANES);
	}
}
