#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/model.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/simulate/keys.h"
#include "libstpfin/simulate/uncertain_parts.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/random.h"

/* While compiling: what a parameter does to a cell, by the cell. */
struct entry {
	struct stpfin_drawn_cell cell;
	struct stpfin_uncertain_action action;
};

struct compiler {
	const stpfin_plan *plan;
	struct stpfin_uncertain *self;
	struct entry *entries;
	size_t n;
	size_t capacity;
	size_t n_years; /* room for dimensions */
	/* By table and column, NULL where there is none: whether a row is drawn by year though it has
	 * no year of its own. */
	bool ***by_year;
};

static int compare_numbers(size_t x, size_t y)
{
	return x < y ? -1 : x > y;
}

static int compare_cells(const struct stpfin_drawn_cell *x, const struct stpfin_drawn_cell *y)
{
	int order = compare_numbers(x->table, y->table);

	order = order != 0 ? order : compare_numbers(x->column, y->column);
	order = order != 0 ? order : compare_numbers(x->row, y->row);
	return order != 0 ? order : compare_numbers(x->year, y->year);
}

/* By cell, then in the order of the table; a parameter acts on a cell once. */
static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	int order = compare_cells(&x->cell, &y->cell);

	return order != 0 ? order : compare_numbers(x->action.parameter, y->action.parameter);
}

static stpfin_status read_parameters(struct compiler *compiler)
{
	const stpfin_plan *plan = compiler->plan;
	struct stpfin_uncertain *self = compiler->self;
	const stpfin_table *rows = stpfin_plan__table(plan, "uncertainty");
	const int32_t *mode = stpfin_plan__whole(plan, "uncertainty", "mode");
	const int32_t *distribution = stpfin_plan__whole(plan, "uncertainty", "distribution");
	const int32_t *path = stpfin_plan__whole(plan, "uncertainty", "path");
	const double *p1 = stpfin_plan__real(plan, "uncertainty", "p1");
	const double *p2 = stpfin_plan__real(plan, "uncertainty", "p2");
	const double *p3 = stpfin_plan__real(plan, "uncertainty", "p3");
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < self->n_parameters && status == STPFIN_OK; i++) {
		struct stpfin_uncertain_parameter *parameter = &self->parts->parameters[i];
		const char *name = stpfin_column__text(stpfin_table__named(rows, "parameter"), i);
		const char *table = stpfin_column__text(stpfin_table__named(rows, "table"), i);
		const char *column = stpfin_column__text(stpfin_table__named(rows, "column"), i);
		const char *select = stpfin_column__text(stpfin_table__named(rows, "select"), i);
		const struct stpfin_table_schema *schema = stpfin_schema__table(table);
		char message[STPFIN_SELECTION_MESSAGE];

		parameter->mode = mode[i];
		parameter->path = path[i];
		parameter->stream = stpfin_random__stream(name);
		if (!stpfin_selection__read(&parameter->selection, schema,
				stpfin_schema__column(schema, column), stpfin_plan__table(plan, table), select,
				message)) {
			return stpfin_error__set(STPFIN_ERROR_PLAN, "%s", message);
		}
		status = stpfin_quantile__new(
			&parameter->quantile, (enum stpfin_distribution)distribution[i], p1[i], p2[i], p3[i]);
	}
	return status;
}

static stpfin_status add_dimension(struct compiler *compiler, int32_t year)
{
	struct stpfin_uncertain *self = compiler->self;
	int32_t *years = stpfin_keys__grown(
		self->parts->years, &compiler->n_years, self->n_dimensions, sizeof *years);

	if (years == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->parts->years = years;
	self->parts->years[self->n_dimensions++] = year;
	return STPFIN_OK;
}

/* The first and the last year that the rows of a selection have or stand for; and, unless seen is
 * NULL, which, from the first. */
static void find_years(const struct compiler *compiler, const struct stpfin_selection *selection,
	int32_t *first, int32_t *last, bool *seen)
{
	const stpfin_plan_settings *settings = &compiler->plan->settings;
	size_t n_rows = stpfin_table_rows(selection->table);

	if (seen == NULL) {
		*first = INT32_MAX;
		*last = INT32_MIN;
	}
	for (size_t row = 0; row < n_rows; row++) {
		int32_t year = selection->year[row];
		bool is_blank = year == STPFIN_MISSING_INT32;
		int32_t from = is_blank ? settings->base_year + 1 : year;
		int32_t to = is_blank ? settings->end_year : year;

		if (isnan(stpfin_selection__number(selection, row))) {
			continue;
		}
		if (seen == NULL) {
			*first = from < *first ? from : *first;
			*last = to > *last ? to : *last;
		}
		for (int32_t i = from; seen != NULL && i <= to; i++) {
			seen[i - *first] = true;
		}
	}
}

/* Gives a parameter its dimensions: one, or one for each year of its rows (of a walk, also those
 * between). */
static stpfin_status add_dimensions(
	struct compiler *compiler, const struct stpfin_uncertain_parameter *parameter)
{
	int32_t first, last;
	bool *seen = NULL;
	stpfin_status status = STPFIN_OK;

	if (!stpfin_path__is_by_year(parameter->path)) {
		return add_dimension(compiler, 0);
	}
	find_years(compiler, &parameter->selection, &first, &last, NULL);
	if (first > last) {
		return STPFIN_OK;
	}
	seen = calloc((size_t)(last - first) + 1, sizeof *seen);
	if (seen == NULL) {
		return stpfin_error__memory();
	}
	find_years(compiler, &parameter->selection, &first, &last, seen);
	for (int32_t year = first; year <= last && status == STPFIN_OK; year++) {
		if (seen[year - first] || parameter->path == STPFIN_PATH_WALK) {
			status = add_dimension(compiler, year);
		}
	}
	free(seen);
	return status;
}

static stpfin_status add_entry(struct compiler *compiler, const struct stpfin_drawn_cell *cell,
	size_t parameter, size_t dimension)
{
	struct entry *entries =
		stpfin_keys__grown(compiler->entries, &compiler->capacity, compiler->n, sizeof *entries);

	if (entries == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	compiler->entries = entries;
	compiler->entries[compiler->n++] = (struct entry){
		*cell, {parameter, dimension, compiler->self->parts->parameters[parameter].mode}};
	return STPFIN_OK;
}

/* Adds what a parameter does to the cells of one row. */
static stpfin_status add_entries(
	struct compiler *compiler, size_t i, struct stpfin_drawn_cell *cell, bool is_by_year)
{
	const struct stpfin_uncertain *self = compiler->self;
	const struct stpfin_uncertain_parameter *parameter = &self->parts->parameters[i];
	const int32_t *year = parameter->selection.year;
	size_t dimension = self->first_dimension[i];
	size_t n_years = stpfin_plan__years(compiler->plan);
	bool has_path = stpfin_path__is_by_year(parameter->path);
	stpfin_status status = STPFIN_OK;

	if (!is_by_year) {
		cell->year = STPFIN_EVERY_YEAR;
		return add_entry(compiler, cell, i,
			has_path ? stpfin_uncertain__dimension(self, i, year[cell->row]) : dimension);
	}
	for (size_t t = has_path ? 1 : 0; t < n_years && status == STPFIN_OK; t++) {
		cell->year = t;
		status = add_entry(compiler, cell, i,
			has_path ? stpfin_uncertain__dimension(
						   self, i, compiler->plan->settings.base_year + (int32_t)t)
					 : dimension);
	}
	return status;
}

/* Where the rows drawn by year of a parameter's column are kept. */
static bool **find_by_year(const struct compiler *compiler,
	const struct stpfin_selection *selection, size_t *out_table, size_t *out_column)
{
	*out_table = stpfin_plan__table_place(selection->schema->name);
	*out_column = (size_t)(selection->column_schema - selection->schema->columns);
	return &compiler->by_year[*out_table][*out_column];
}

static stpfin_status mark_by_year(
	struct compiler *compiler, const struct stpfin_uncertain_parameter *parameter)
{
	const struct stpfin_selection *selection = &parameter->selection;
	size_t n_rows = stpfin_table_rows(selection->table);
	size_t table, column;
	bool **by_year = find_by_year(compiler, selection, &table, &column);

	if (!stpfin_path__is_by_year(parameter->path)) {
		return STPFIN_OK;
	}
	if (*by_year == NULL) {
		*by_year = calloc(n_rows + 1, sizeof **by_year);
	}
	if (*by_year == NULL) {
		return stpfin_error__memory();
	}
	for (size_t row = 0; row < n_rows; row++) {
		(*by_year)[row] |= selection->year[row] == STPFIN_MISSING_INT32 &&
						   !isnan(stpfin_selection__number(selection, row));
	}
	return STPFIN_OK;
}

static stpfin_status add_all_entries(struct compiler *compiler)
{
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < compiler->self->n_parameters && status == STPFIN_OK; i++) {
		const struct stpfin_selection *selection = &compiler->self->parts->parameters[i].selection;
		size_t n_rows = stpfin_table_rows(selection->table);
		struct stpfin_drawn_cell cell;
		const bool *by_year = *find_by_year(compiler, selection, &cell.table, &cell.column);

		cell.is_whole = selection->column->type == STPFIN_INT32;
		for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
			cell.row = row;
			cell.central = stpfin_selection__number(selection, row);
			if (!isnan(cell.central)) {
				status = add_entries(compiler, i, &cell, by_year != NULL && by_year[row]);
			}
		}
	}
	return status;
}

/* An effect is not felt before the year after the base year; else the range is the column's. */
static void find_range(const struct compiler *compiler, const struct stpfin_drawn_cell *cell,
	double *out_low, double *out_high)
{
	size_t n;
	const struct stpfin_column_schema *column =
		&stpfin_schema__tables(&n)[cell->table].columns[cell->column];

	stpfin_schema__bounds(column, out_low, out_high);
	if (strcmp(column->name, "start_year") == 0) {
		*out_low = compiler->plan->settings.base_year + 1;
	}
}

/* Puts the cells in order, each with what acts on it. */
static stpfin_status make_cells(struct compiler *compiler)
{
	struct stpfin_uncertain *self = compiler->self;
	struct stpfin_uncertain_parts *parts = self->parts;
	size_t n = compiler->n;

	if (n > 0) {
		qsort(compiler->entries, n, sizeof *compiler->entries, compare_entries);
	}
	self->cells = calloc(n + 1, sizeof *self->cells);
	parts->first_action = calloc(n + 1, sizeof *parts->first_action);
	parts->actions = calloc(n + 1, sizeof *parts->actions);
	parts->low = calloc(n + 1, sizeof *parts->low);
	parts->high = calloc(n + 1, sizeof *parts->high);
	if (self->cells == NULL || parts->first_action == NULL || parts->actions == NULL ||
		parts->low == NULL || parts->high == NULL) {
		return stpfin_error__memory();
	}
	for (size_t i = 0; i < n; i++) {
		const struct stpfin_drawn_cell *cell = &compiler->entries[i].cell;

		if (i == 0 || compare_cells(cell, &compiler->entries[i - 1].cell) != 0) {
			size_t at = self->n_cells++;

			self->cells[at] = *cell;
			parts->first_action[at] = i;
			find_range(compiler, cell, &parts->low[at], &parts->high[at]);
		}
		parts->actions[i] = compiler->entries[i].action;
	}
	parts->first_action[self->n_cells] = n;
	return STPFIN_OK;
}

/* Whether a cell is the product of what the plan has and factors, or nought where that is below it.
 * One that is neither huge nor tiny is so up to factors of a million, beyond which it is clipped.
 */
static bool is_multiple(const struct stpfin_uncertain *self, size_t cell)
{
	const double huge = 1e9;
	const double tiny = 1e-9;
	const struct stpfin_uncertain_parts *parts = self->parts;
	double central = self->cells[cell].central;
	bool is = !self->cells[cell].is_whole && parts->high[cell] == STPFIN_LARGEST &&
			  fabs(central) <= huge && fabs(central) >= tiny &&
			  (parts->low[cell] == 0 ? central > 0 : parts->low[cell] == -STPFIN_LARGEST);

	for (size_t i = parts->first_action[cell]; i < parts->first_action[cell + 1]; i++) {
		is = is && parts->actions[i].mode == STPFIN_MODE_FACTOR;
	}
	return is;
}

/* Writes what a cell's value in a draw follows from: all of it, or all but what the plan has. */
static stpfin_status write_cell(
	const struct stpfin_uncertain *self, struct stpfin_keys *keys, size_t cell, bool all)
{
	const struct stpfin_uncertain_parts *parts = self->parts;
	stpfin_status status = stpfin_keys__write(keys, self->cells[cell].is_whole);

	for (size_t i = 0; i < 3 && status == STPFIN_OK; i++) {
		status =
			stpfin_keys__write_number(keys, ((const double[]){parts->low[cell], parts->high[cell],
												all ? self->cells[cell].central : 0})[i]);
	}
	for (size_t i = parts->first_action[cell];
		 i < parts->first_action[cell + 1] && status == STPFIN_OK; i++) {
		status = stpfin_keys__write(keys, parts->actions[i].dimension);
		if (status == STPFIN_OK) {
			status = stpfin_keys__write(keys, (uint64_t)parts->actions[i].mode);
		}
	}
	return status;
}

/* Fills, by cell, the first that is alike. */
static stpfin_status find_alike(const struct stpfin_uncertain *self, bool all, size_t *alike)
{
	struct stpfin_keys keys = {.n = 0};
	size_t *first = stpfin_model__array(self->n_cells, sizeof *first); /* by key */
	size_t n = 0;
	stpfin_status status = first != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;

	for (size_t i = 0; i < self->n_cells && status == STPFIN_OK; i++) {
		size_t key = 0;

		alike[i] = i;
		if (!all && !is_multiple(self, i)) {
			continue;
		}
		status = write_cell(self, &keys, i, all);
		if (status == STPFIN_OK) {
			status = stpfin_keys__end(&keys, &key);
		}
		if (status == STPFIN_OK && key == n) {
			first[n++] = i;
		}
		alike[i] = status == STPFIN_OK ? first[key] : i;
	}
	stpfin_keys__free(&keys);
	free(first);
	return status;
}

static stpfin_status compare(struct stpfin_uncertain *self)
{
	stpfin_status status;

	self->same_as = stpfin_model__array(self->n_cells, sizeof *self->same_as);
	self->multiple_of = stpfin_model__array(self->n_cells, sizeof *self->multiple_of);
	if (self->same_as == NULL || self->multiple_of == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	status = find_alike(self, true, self->same_as);
	return status == STPFIN_OK ? find_alike(self, false, self->multiple_of) : status;
}

void stpfin_uncertain__weigh(
	const struct stpfin_uncertain *self, const bool *needed, int64_t *weights)
{
	for (size_t i = 0; i < self->n_cells; i++) {
		weights[i] = 1;
	}
	/* Who counts for another stands before it, and may be counted for in turn. */
	for (size_t i = self->n_cells; i-- > 0;) {
		size_t by = self->same_as[i] != i ? self->same_as[i] : self->multiple_of[i];

		if (!needed[i] && by != i) {
			weights[by] += weights[i];
			weights[i] = 0;
		}
	}
}

static stpfin_status correlate(struct compiler *compiler)
{
	const stpfin_plan *plan = compiler->plan;
	struct stpfin_uncertain *self = compiler->self;
	struct stpfin_copula_fault fault;
	stpfin_status status = stpfin_copula__new(&self->parts->copula, self->n_parameters,
		stpfin_plan__whole(plan, "correlation", "a"), stpfin_plan__whole(plan, "correlation", "b"),
		stpfin_plan__real(plan, "correlation", "rho"), stpfin_plan__rows(plan, "correlation"),
		&fault);

	self->is_correlated = self->parts->copula.n_groups > 0;
	return status;
}

static stpfin_status compile(struct compiler *compiler)
{
	struct stpfin_uncertain *self = compiler->self;
	stpfin_status status = read_parameters(compiler);

	for (size_t i = 0; i < self->n_parameters && status == STPFIN_OK; i++) {
		self->first_dimension[i] = self->n_dimensions;
		status = add_dimensions(compiler, &self->parts->parameters[i]);
		if (status == STPFIN_OK) {
			status = mark_by_year(compiler, &self->parts->parameters[i]);
		}
	}
	self->first_dimension[self->n_parameters] = self->n_dimensions;
	if (status == STPFIN_OK) {
		status = add_all_entries(compiler);
	}
	if (status == STPFIN_OK) {
		status = make_cells(compiler);
	}
	if (status == STPFIN_OK) {
		status = compare(self);
	}
	return status == STPFIN_OK ? correlate(compiler) : status;
}

/* Room for the rows drawn by year of every column. */
static bool ***new_by_year(void)
{
	size_t n;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n);
	bool ***by_year = calloc(n, sizeof *by_year);

	for (size_t i = 0; by_year != NULL && i < n; i++) {
		by_year[i] = calloc(tables[i].n_columns, sizeof *by_year[i]);
		if (by_year[i] == NULL) {
			while (i > 0) {
				free(by_year[--i]);
			}
			free(by_year);
			return NULL;
		}
	}
	return by_year;
}

static void free_by_year(bool ***by_year)
{
	size_t n;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n);

	for (size_t i = 0; by_year != NULL && i < n; i++) {
		for (size_t j = 0; j < tables[i].n_columns; j++) {
			free(by_year[i][j]);
		}
		free(by_year[i]);
	}
	free(by_year);
}

stpfin_status stpfin_uncertain__new(const stpfin_plan *plan, struct stpfin_uncertain **out)
{
	struct compiler compiler = {.plan = plan};
	struct stpfin_uncertain *self = calloc(1, sizeof *self);
	stpfin_status status;

	*out = NULL;
	if (self == NULL) {
		return stpfin_error__memory();
	}
	self->n_parameters = stpfin_plan__rows(plan, "uncertainty");
	self->first_dimension = calloc(self->n_parameters + 1, sizeof *self->first_dimension);
	self->parts = calloc(1, sizeof *self->parts);
	if (self->parts != NULL) {
		self->parts->parameters = calloc(self->n_parameters + 1, sizeof *self->parts->parameters);
	}
	compiler.self = self;
	compiler.by_year = new_by_year();
	status = self->first_dimension == NULL || self->parts == NULL ||
					 self->parts->parameters == NULL || compiler.by_year == NULL
				 ? stpfin_error__memory()
				 : compile(&compiler);
	free(compiler.entries);
	free_by_year(compiler.by_year);
	if (status != STPFIN_OK) {
		stpfin_uncertain__free(self);
		return status;
	}
	*out = self;
	return STPFIN_OK;
}

void stpfin_uncertain__free(struct stpfin_uncertain *self)
{
	struct stpfin_uncertain_parts *parts;

	if (self == NULL) {
		return;
	}
	parts = self->parts;
	if (parts != NULL) {
		for (size_t i = 0; parts->parameters != NULL && i < self->n_parameters; i++) {
			stpfin_quantile__free(&parts->parameters[i].quantile);
		}
		stpfin_copula__free(&parts->copula);
		free(parts->parameters);
		free(parts->years);
		free(parts->first_action);
		free(parts->actions);
		free(parts->low);
		free(parts->high);
	}
	free(parts);
	free(self->cells);
	free(self->same_as);
	free(self->multiple_of);
	free(self->first_dimension);
	free(self);
}

double *stpfin_uncertain__central(const struct stpfin_uncertain *self)
{
	double *cells =
		stpfin_model__array(stpfin_model__times(self->n_cells, STPFIN_LANES), sizeof *cells);

	for (size_t i = 0; cells != NULL && i < self->n_cells * STPFIN_LANES; i++) {
		cells[i] = self->cells[i / STPFIN_LANES].central;
	}
	return cells;
}
