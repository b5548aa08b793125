#include <stdlib.h>

#include "libstpfin/simulate/lanes_compiled.h"
#include "libstpfin/simulate/lanes_facts.h"

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

/* Whether a figure asks for a bridge to an outcome that lanes may know. */
static bool asks_for_bridge(const struct making *making, size_t number)
{
	bool asked = false;

	for (size_t i = 0; i < making->n_figures; i++) {
		asked = asked || (is_bridge(&making->figures[i]) && making->figures[i].outcome == number);
	}
	return asked && making->self->outcomes[number].scenario != NULL &&
		   (making->request->by == STPFIN_BRIDGE_BY_SCHEME ||
			   making->request->by == STPFIN_BRIDGE_BY_WORKSTREAM);
}

/* Compiles the care and the amounts of an outcome, and its bridge if that is asked for. */
static stpfin_status compile_care(
	struct making *making, struct stpfin_lanes_outcome *outcome, struct stpfin_lanes_sources *from)
{
	bool asked = asks_for_bridge(making, (size_t)(outcome - making->self->outcomes));
	struct stpfin_grouping grouping = {.n = 0};
	stpfin_status status = STPFIN_OK;

	if (asked) {
		status =
			stpfin_grouping__new(&grouping, making->model, outcome->scenario, making->request->by);
		from->of_scheme = grouping.of_scheme;
	}
	if (status == STPFIN_OK) {
		status = stpfin_lanes_groups__new(&outcome->groups, from);
	}
	if (status == STPFIN_OK && asked) {
		status = stpfin_lanes_bridge__new(&outcome->bridge, from, &outcome->groups,
			making->request->by, making->request->method, &outcome->has_bridge);
	}
	from->of_scheme = NULL;
	stpfin_grouping__free(&grouping);
	if (status == STPFIN_OK) {
		status = stpfin_lanes_amounts__new(
			&outcome->amounts, from, outcome->has_bridge ? &outcome->bridge : NULL);
	}
	return status == STPFIN_OK ? stpfin_lanes_tiles__new(&outcome->tiles, &outcome->groups,
									 outcome->has_bridge ? &outcome->bridge : NULL)
							   : status;
}

static stpfin_status compile_outcome(struct making *making, size_t number)
{
	struct stpfin_lanes_outcome *outcome = &making->self->outcomes[number];
	struct stpfin_lanes_sources from = {making->model, outcome->scenario, making->uncertain,
		&making->self->indices, outcome->scenario != NULL ? &outcome->effects : NULL,
		&making->self->inputs, NULL};
	stpfin_status status = STPFIN_OK;

	making->n_steps[number] = SIZE_MAX;
	outcome->known = stpfin_lanes_facts__know(making->model, outcome->scenario, making->uncertain);
	if (outcome->scenario != NULL) {
		status = stpfin_lanes_effects__new(&outcome->effects, making->model, outcome->scenario,
			making->uncertain, &making->self->inputs);
	}
	if (status == STPFIN_OK && outcome->known) {
		status = compile_care(making, outcome, &from);
	}
	if (outcome->has_bridge) {
		making->n_steps[number] = outcome->bridge.grouping.n;
	}
	return status;
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
	const struct stpfin_lanes_item *x = a;
	const struct stpfin_lanes_item *y = b;

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
			self->items[n++] = (struct stpfin_lanes_item){making->row_of_figure[i], source->t, i,
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

/* A stpfin_handle_tile. */
static void keep_as_planned(void *user_data, size_t outcome, const struct stpfin_lanes_tile *tile,
	const struct stpfin_lanes_summing *with)
{
	const struct planned *planned = user_data;
	const struct stpfin_lanes_outcome *of = &planned->self->outcomes[outcome];
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
		const struct stpfin_lanes_outcome *outcome = &self->outcomes[i];

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
	stpfin_lanes_work__go_through(self, work, cells, true, NULL, keep_as_planned, planned);
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
		struct stpfin_lanes_outcome *outcome = &self->outcomes[i];
		size_t first = row;

		while (row < self->matrix.n_rows && self->matrix.rows[row].outcome == i) {
			row++;
		}
		if (outcome->known) {
			status = stpfin_lanes_tiles__find_runs(&outcome->tiles, &self->matrix, first, row);
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

static void need(size_t cell, bool *needed)
{
	if (cell < STPFIN_MEAN) {
		needed[cell] = true;
	}
}

void stpfin_lanes__need(const struct stpfin_lanes *self, bool *needed)
{
	bool any_per_head = false;

	for (size_t i = 0; i < self->inputs.n; i++) {
		need(self->inputs.at[i].cell, needed);
	}
	for (size_t i = 0; i < self->matrix.n_drawn; i++) {
		need(self->matrix.drawn[i].cell, needed);
	}
	for (size_t i = 0; i < self->matrix.n_terms; i++) {
		need(self->matrix.terms[i].first, needed);
		need(self->matrix.terms[i].second, needed);
	}
	for (size_t i = 0; i < self->n_items; i++) {
		any_per_head = any_per_head || self->items[i].place != SIZE_MAX;
	}
	for (size_t i = 0; any_per_head && i < self->heads.first[self->heads.n]; i++) {
		need(self->heads.cells[i], needed);
	}
}
