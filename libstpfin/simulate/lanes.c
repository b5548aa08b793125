#include "libstpfin/simulate/lanes.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/simulate/clones.h"
#include "libstpfin/simulate/lanes_facts.h"
#include "libstpfin/simulate/lanes_heads.h"
#include "libstpfin/simulate/lanes_tiles.h"

/* An outcome compiled. */
struct outcome {
	const struct stpfin_scenario *scenario; /* NULL: do nothing */
	bool known;                             /* if not, only the effects are there, to be counted */
	struct stpfin_lanes_effects effects;
	struct stpfin_lanes_groups groups;
	struct stpfin_lanes_amounts amounts;
	bool has_bridge;
	struct stpfin_lanes_bridge bridge;
	size_t first_row; /* of its rows in the matrix */
	size_t end_row;
	struct stpfin_lanes_tiles tiles;
};

/* A figure: the year of a row, and what is made of it. */
struct item {
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
	struct outcome *outcomes;
	struct stpfin_lanes_matrix matrix;
	struct stpfin_lanes_places places;
	struct stpfin_lanes_heads heads;
	size_t n_items;
	struct item *items; /* by row and year */
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

void stpfin_lanes__free(struct stpfin_lanes *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->n_outcomes && self->outcomes != NULL; i++) {
		stpfin_lanes_effects__free(&self->outcomes[i].effects);
		stpfin_lanes_groups__free(&self->outcomes[i].groups);
		stpfin_lanes_amounts__free(&self->outcomes[i].amounts);
		stpfin_lanes_bridge__free(&self->outcomes[i].bridge);
		stpfin_lanes_tiles__free(&self->outcomes[i].tiles);
	}
	free(self->outcomes);
	stpfin_inputs__free(&self->inputs);
	stpfin_lanes_indices__free(&self->indices);
	stpfin_lanes_matrix__free(&self->matrix);
	stpfin_lanes_places__free(&self->places);
	stpfin_lanes_heads__free(&self->heads);
	free(self->items);
	free(self->home);
	free(self->wanted);
	free(self->every_year);
	free(self->deflator);
	free(self);
}

/* What compiling takes in. */
struct making {
	struct stpfin_lanes *self;
	const struct stpfin_model *model;
	const struct stpfin_uncertain *uncertain;
	const struct stpfin_request *request;
	const struct stpfin_figure *figures;
	size_t n_figures;
	size_t *n_steps;                    /* by outcome */
	size_t *shown;                      /* places */
	struct stpfin_lanes_source *source; /* by figure */
	size_t *row_of_figure;              /* SIZE_MAX: not handled */
};

static bool is_bridge(const struct stpfin_figure *figure)
{
	size_t n_results;

	stpfin_projection_results(&n_results);
	return figure->result >= n_results;
}

/* Compiles the care and the amounts of an outcome, and its bridge if a figure asks for one. */
static stpfin_status compile_outcome(struct making *making, size_t number)
{
	struct outcome *outcome = &making->self->outcomes[number];
	const struct stpfin_lanes_sources from = {making->model, outcome->scenario, making->uncertain,
		&making->self->indices, outcome->scenario != NULL ? &outcome->effects : NULL,
		&making->self->inputs};
	bool asked = false;
	stpfin_status status = STPFIN_OK;

	making->n_steps[number] = SIZE_MAX;
	outcome->known = stpfin_lanes_facts__know(making->model, outcome->scenario, making->uncertain);
	if (outcome->scenario != NULL) {
		status = stpfin_lanes_effects__new(&outcome->effects, making->model, outcome->scenario,
			making->uncertain, &making->self->inputs);
	}
	if (status != STPFIN_OK || !outcome->known) {
		return status;
	}
	status = stpfin_lanes_groups__new(&outcome->groups, &from);
	for (size_t i = 0; i < making->n_figures; i++) {
		asked = asked || (is_bridge(&making->figures[i]) && making->figures[i].outcome == number);
	}
	if (status == STPFIN_OK && asked && outcome->scenario != NULL) {
		status = stpfin_lanes_bridge__new(&outcome->bridge, &from, &outcome->groups,
			making->request->by, making->request->method, &outcome->has_bridge);
	}
	if (outcome->has_bridge) {
		making->n_steps[number] = outcome->bridge.grouping.n;
	}
	if (status == STPFIN_OK) {
		status = stpfin_lanes_amounts__new(
			&outcome->amounts, &from, outcome->has_bridge ? &outcome->bridge : NULL);
	}
	return status == STPFIN_OK ? stpfin_lanes_tiles__new(&outcome->tiles, &outcome->groups,
									 outcome->has_bridge ? &outcome->bridge : NULL)
							   : status;
}

static stpfin_status write_row(struct stpfin_keys *keys, const struct stpfin_lanes_row *row)
{
	const double numbers[] = {row->cost, row->received, row->own};
	const size_t words[] = {
		row->outcome, (size_t)row->sum, row->place, (size_t)row->kinds, row->which};
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == STPFIN_OK; i++) {
		status = stpfin_keys__write_number(keys, numbers[i]);
	}
	for (size_t i = 0; i < sizeof words / sizeof *words && status == STPFIN_OK; i++) {
		status = stpfin_keys__write(keys, words[i]);
	}
	return status;
}

/* Finds the rows of figures: each once, in the order in which they are first met. */
static stpfin_status find_rows(struct making *making, bool *handled)
{
	const struct stpfin_lanes_question question = {
		making->model, making->request, making->n_steps, making->shown};
	struct stpfin_lanes_matrix *matrix = &making->self->matrix;
	struct stpfin_keys keys = {.n = 0};
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < making->n_figures && status == STPFIN_OK; i++) {
		struct stpfin_lanes_source *source = &making->source[i];
		struct stpfin_lanes_row *rows;

		handled[i] = stpfin_lanes_rows__find(&question, &making->figures[i], source) &&
					 making->self->outcomes[source->row.outcome].known &&
					 making->self->outcomes[making->figures[i].outcome].known;
		if (!handled[i]) {
			continue;
		}
		rows =
			stpfin_keys__grown(matrix->rows, &matrix->row_capacity, matrix->n_rows, sizeof *rows);
		if (rows == NULL) {
			status = STPFIN_ERROR_MEMORY;
			break;
		}
		matrix->rows = rows;
		status = write_row(&keys, &source->row);
		if (status == STPFIN_OK) {
			status = stpfin_keys__end(&keys, &making->row_of_figure[i]);
		}
		if (status == STPFIN_OK && making->row_of_figure[i] == matrix->n_rows) {
			rows[matrix->n_rows++] = source->row;
		}
		making->self->n_items++;
	}
	stpfin_keys__free(&keys);
	return status;
}

/* A row and where it stood. */
struct placed_row {
	struct stpfin_lanes_row row;
	size_t place;
};

/* By outcome, then by what care they count, so that it is gathered once. */
static int compare_rows(const void *a, const void *b)
{
	const struct placed_row *x = a;
	const struct placed_row *y = b;

	if (x->row.outcome != y->row.outcome) {
		return x->row.outcome < y->row.outcome ? -1 : 1;
	}
	if (x->row.sum != y->row.sum) {
		return x->row.sum < y->row.sum ? -1 : 1;
	}
	if (x->row.place != y->row.place) {
		return x->row.place < y->row.place ? -1 : 1;
	}
	return x->place < y->place ? -1 : 1;
}

static stpfin_status sort_rows(struct making *making, const bool *handled)
{
	struct stpfin_lanes_matrix *matrix = &making->self->matrix;
	struct placed_row *sorted = stpfin_model__array(matrix->n_rows, sizeof *sorted);
	size_t *place = stpfin_model__array(matrix->n_rows, sizeof *place);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (sorted == NULL || place == NULL) {
		goto out;
	}
	for (size_t row = 0; row < matrix->n_rows; row++) {
		sorted[row] = (struct placed_row){matrix->rows[row], row};
	}
	qsort(sorted, matrix->n_rows, sizeof *sorted, compare_rows);
	for (size_t row = 0; row < matrix->n_rows; row++) {
		matrix->rows[row] = sorted[row].row;
		place[sorted[row].place] = row;
	}
	for (size_t i = 0; i < making->n_figures; i++) {
		making->row_of_figure[i] = handled[i] ? place[making->row_of_figure[i]] : SIZE_MAX;
	}
	status = STPFIN_OK;

out:
	free(sorted);
	free(place);
	return status;
}

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a;
	const struct item *y = b;

	if (x->row != y->row) {
		return x->row < y->row ? -1 : 1;
	}
	if (x->t != y->t) {
		return x->t < y->t ? -1 : 1;
	}
	return x->figure < y->figure ? -1 : x->figure > y->figure;
}

static stpfin_status make_items(struct making *making, const bool *handled)
{
	struct stpfin_lanes *self = making->self;
	size_t n_cells = self->matrix.n_rows * making->model->n_years;
	size_t n = 0;

	self->items = stpfin_model__array(self->n_items, sizeof *self->items);
	self->home = stpfin_model__array(n_cells, sizeof *self->home);
	self->wanted = stpfin_model__array(making->model->n_years, sizeof *self->wanted);
	self->every_year = stpfin_model__array(making->model->n_years, sizeof *self->every_year);
	if (self->items == NULL || self->home == NULL || self->wanted == NULL ||
		self->every_year == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < making->n_figures; i++) {
		const struct stpfin_lanes_source *source = &making->source[i];

		if (handled[i]) {
			self->items[n++] = (struct item){making->row_of_figure[i], source->t, i,
				source->per_head ? source->row.place : SIZE_MAX};
		}
	}
	qsort(self->items, n, sizeof *self->items, compare_items);
	for (size_t at = 0; at < n_cells; at++) {
		self->home[at] = SIZE_MAX;
	}
	for (size_t t = 0; t < making->model->n_years; t++) {
		self->every_year[t] = true;
	}
	while (n-- > 0) {
		self->wanted[self->items[n].t] = self->items[n].t > 0;
		self->home[self->items[n].row * making->model->n_years + self->items[n].t] =
			self->items[n].figure;
	}
	return STPFIN_OK;
}

static stpfin_status compile_deflator(struct making *making)
{
	const stpfin_plan *plan = making->model->plan;
	const int32_t *year = stpfin_plan__whole(plan, "deflator", "year");
	const double *index = stpfin_plan__real(plan, "deflator", "index");
	struct stpfin_drawn_column drawn =
		stpfin_drawn_column__of(making->uncertain, "deflator", "index");
	stpfin_status status = STPFIN_OK;

	if (making->request->prices != STPFIN_PRICES_REAL) {
		return STPFIN_OK;
	}
	making->self->deflator =
		stpfin_model__array(making->model->n_years, sizeof *making->self->deflator);
	if (making->self->deflator == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t row = 0, rows = stpfin_plan__rows(plan, "deflator");
		 row < rows && status == STPFIN_OK; row++) {
		status = stpfin_inputs__add(&making->self->inputs,
			stpfin_drawn_column__cell(&drawn, row, STPFIN_EVERY_YEAR), index[row],
			&making->self->deflator[year[row] - plan->settings.base_year]);
	}
	return status;
}

/* What is done with the tile of an outcome. */
typedef void handle_tile(void *user_data, size_t outcome, const struct stpfin_lanes_tile *tile,
	const struct stpfin_lanes_summing *with);

/* Goes through the tiles of all outcomes, chunk by chunk. `all` is as the plan stands: what no draw
 * moves too, in every year. */
static void go_through(const struct stpfin_lanes *self, struct stpfin_lanes_work *work,
	const double *cells, bool all, double *sums, handle_tile *handle, void *user_data)
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
			const struct outcome *outcome = &self->outcomes[i];
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

/* The curves and parts of the outcomes as the plan stands, by curve and year. */
struct planned {
	const struct stpfin_lanes *self;
	double **curves;
	double **parts;
};

/* Keeps one lane of n columns of a tile, from the first on. */
static void keep_lane(const double *columns, size_t n, size_t first, size_t n_years, double *kept)
{
	for (size_t t = 0; t < n_years; t++) {
		for (size_t i = 0; i < n; i++) {
			kept[(first + i) * n_years + t] = columns[(t * n + i) * STPFIN_LANES];
		}
	}
}

/* A handle_tile. */
static void keep_as_planned(void *user_data, size_t outcome, const struct stpfin_lanes_tile *tile,
	const struct stpfin_lanes_summing *with)
{
	const struct planned *planned = user_data;
	const struct outcome *of = &planned->self->outcomes[outcome];
	size_t n_years = planned->self->indices.n_years;

	stpfin_lanes_tiles__fill(&of->tiles, tile, with);
	keep_lane(with->curves, tile->n_curves, of->groups.groups[tile->first_group].payment, n_years,
		planned->curves[outcome]);
	if (of->has_bridge) {
		keep_lane(with->parts, tile->n_parts, of->bridge.games[tile->first_group].first_part,
			n_years, planned->parts[outcome]);
	}
}

/* Fills the curves and parts of the outcomes as the plan stands. */
static stpfin_status fill_as_planned(struct making *making, struct stpfin_lanes_work *work,
	const double *cells, struct stpfin_lanes_care *care, struct planned *planned)
{
	const struct stpfin_lanes *self = making->self;
	size_t n_years = self->indices.n_years;

	for (size_t i = 0; i < self->n_outcomes; i++) {
		const struct outcome *outcome = &self->outcomes[i];

		planned->curves[i] = stpfin_model__array(
			stpfin_model__times(outcome->groups.n_curves, n_years), sizeof(double));
		planned->parts[i] = stpfin_model__array(
			stpfin_model__times(outcome->has_bridge ? outcome->bridge.n_parts : 0, n_years),
			sizeof(double));
		if (planned->curves[i] == NULL || planned->parts[i] == NULL) {
			return STPFIN_ERROR_MEMORY;
		}
		care[i] = (struct stpfin_lanes_care){&outcome->groups, &outcome->amounts,
			planned->curves[i], work->index.inflation, self->indices.inflation_moves,
			outcome->has_bridge ? &outcome->bridge : NULL, planned->parts[i]};
	}
	go_through(self, work, cells, true, NULL, keep_as_planned, planned);
	return STPFIN_OK;
}

/* Makes the rows. */
static stpfin_status make_matrix(struct making *making)
{
	struct stpfin_lanes *self = making->self;
	struct stpfin_lanes_care *care = stpfin_model__array(self->n_outcomes, sizeof *care);
	struct planned planned = {self, stpfin_model__array(self->n_outcomes, sizeof(double *)),
		stpfin_model__array(self->n_outcomes, sizeof(double *))};
	double *cells = stpfin_uncertain__central(making->uncertain);
	struct stpfin_lanes_work *work = NULL;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (care != NULL && planned.curves != NULL && planned.parts != NULL && cells != NULL) {
		status = stpfin_lanes_work__new(self, &work);
	}
	if (status == STPFIN_OK) {
		status = fill_as_planned(making, work, cells, care, &planned);
	}
	if (status == STPFIN_OK) {
		status = stpfin_lanes_matrix__make(&self->matrix, making->model, care, &self->places);
	}
	stpfin_lanes_work__free(work);
	for (size_t i = 0; i < self->n_outcomes; i++) {
		stpfin_lanes_groups__forget_trades(&self->outcomes[i].groups);
		free(planned.curves != NULL ? planned.curves[i] : NULL);
		free(planned.parts != NULL ? planned.parts[i] : NULL);
	}
	free(planned.curves);
	free(planned.parts);
	free(care);
	free(cells);
	return status;
}

/* Finds the rows of the outcomes, and their runs. */
static stpfin_status find_runs(struct stpfin_lanes *self)
{
	size_t row = 0;
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		struct outcome *outcome = &self->outcomes[i];

		outcome->first_row = row;
		while (row < self->matrix.n_rows && self->matrix.rows[row].outcome == i) {
			row++;
		}
		outcome->end_row = row;
		if (outcome->known) {
			status = stpfin_lanes_tiles__find_runs(
				&outcome->tiles, &self->matrix, outcome->first_row, outcome->end_row);
		}
	}
	return status;
}

static stpfin_status compile(
	struct making *making, struct stpfin_scenario *const *scenarios, bool *handled)
{
	struct stpfin_lanes *self = making->self;
	stpfin_status status =
		stpfin_lanes_indices__new(&self->indices, making->model, making->uncertain, &self->inputs);

	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		self->outcomes[i].scenario = scenarios[i];
		status = compile_outcome(making, i);
	}
	if (status == STPFIN_OK) {
		status = find_rows(making, handled);
	}
	if (status == STPFIN_OK) {
		status = sort_rows(making, handled);
	}
	if (status == STPFIN_OK) {
		status = make_items(making, handled);
	}
	if (status == STPFIN_OK) {
		status = stpfin_lanes_places__new(
			&self->places, making->model, self->matrix.rows, self->matrix.n_rows, self->home);
	}
	if (status == STPFIN_OK) {
		status = compile_deflator(making);
	}
	if (status == STPFIN_OK) {
		status = stpfin_lanes_heads__new(&self->heads, making->model, making->uncertain);
	}
	if (status == STPFIN_OK && self->n_items > 0) {
		status = make_matrix(making);
	}
	return status == STPFIN_OK && self->n_items > 0 ? find_runs(self) : status;
}

stpfin_status stpfin_lanes__new(const struct stpfin_model *model,
	struct stpfin_scenario *const *scenarios, size_t n_outcomes,
	const struct stpfin_uncertain *uncertain, const struct stpfin_request *request,
	const struct stpfin_figure *figures, size_t n_figures, bool *handled, struct stpfin_lanes **out)
{
	struct making making = {NULL, model, uncertain, request, figures, n_figures,
		stpfin_model__array(n_outcomes, sizeof *making.n_steps), stpfin_lanes_rows__places(model),
		stpfin_model__array(n_figures, sizeof *making.source),
		stpfin_model__array(n_figures, sizeof *making.row_of_figure)};
	struct stpfin_lanes *self = stpfin_model__array(1, sizeof *self);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out = NULL;
	if (self == NULL || making.n_steps == NULL || making.shown == NULL || making.source == NULL ||
		making.row_of_figure == NULL) {
		goto out;
	}
	making.self = self;
	self->uncertain = uncertain;
	self->n_outcomes = n_outcomes;
	self->outcomes = stpfin_model__array(n_outcomes, sizeof *self->outcomes);
	if (self->outcomes != NULL) {
		status = compile(&making, scenarios, handled);
	}
	if (status == STPFIN_OK && self->n_items > 0) {
		*out = self;
		self = NULL;
	}

out:
	stpfin_lanes__free(self);
	free(making.n_steps);
	free(making.shown);
	free(making.source);
	free(making.row_of_figure);
	return status;
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
		const struct outcome *outcome = &self->outcomes[i];
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
		const struct outcome *outcome = &self->outcomes[i];

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
		const struct item *item = &self->items[i];
		size_t home = self->home[item->row * self->indices.n_years + item->t];

		take(figures + home * STPFIN_LANES, figures + item->figure * STPFIN_LANES);
	}
}

/* Makes of a sum the figure that is asked for. */
static void finish(const struct stpfin_lanes *self, const struct stpfin_lanes_work *work,
	const double *cells, const struct item *item, double *figure)
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

/* A handle_tile. */
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
	go_through(self, work, cells, false, figures, sum_tile, &self);
	stpfin_lanes_places__add(&self->places, self->home, figures);
	take_sums(self, figures);
	for (size_t i = 0; i < self->n_items; i++) {
		finish(self, work, cells, &self->items[i], figures + self->items[i].figure * STPFIN_LANES);
	}
}
