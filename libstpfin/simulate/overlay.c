#include "libstpfin/simulate/overlay.h"

#include <math.h>
#include <stdlib.h>

#include "libstpfin/plan/settings.h"
#include "libstpfin/table/error.h"

/* Where a cell is: one of the two pointers is NULL. */
struct stpfin_overlay_cell {
	double *real;
	int32_t *whole;
	double least; /* of a whole number */
	double most;
};

void stpfin_overlay__free(struct stpfin_overlay *self)
{
	stpfin_plan_free(self->plan);
	for (size_t i = 0; i < self->n_by_year; i++) {
		free(self->by_year[i].first);
		free(self->by_year[i].values);
	}
	free(self->by_year);
	free(self->cells);
	*self = (struct stpfin_overlay){.plan = NULL};
}

/* A table of the same columns and rows. */
static stpfin_status copy_table(const stpfin_table *table, stpfin_table **out_copy)
{
	stpfin_table *copy = NULL;
	stpfin_status status = stpfin_table__new(stpfin_table_name(table), &copy);

	if (status == STPFIN_OK) {
		status = stpfin_table__add_rows(copy, stpfin_table_rows(table));
	}
	for (size_t i = 0; i < stpfin_table_columns(table) && status == STPFIN_OK; i++) {
		status = stpfin_table__copy_column(copy, stpfin_table__column(table, i));
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(copy);
		return status;
	}
	*out_copy = copy;
	return STPFIN_OK;
}

/* Gives the plan tables of its own where cells are drawn, which stand by table. */
static stpfin_status own_tables(
	struct stpfin_overlay *self, const struct stpfin_uncertain *uncertain)
{
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < uncertain->n_cells && status == STPFIN_OK; i++) {
		size_t table = uncertain->cells[i].table;
		stpfin_table *shared = self->plan->tables[table];

		if (i == 0 || uncertain->cells[i - 1].table != table) {
			status = copy_table(shared, &self->plan->tables[table]);
			if (status == STPFIN_OK) {
				stpfin_table_free(shared);
			}
		}
	}
	return status;
}

static bool is_by_year(const struct stpfin_drawn_cell *cell)
{
	return cell->year != STPFIN_EVERY_YEAR;
}

static bool is_of(const struct stpfin_by_year *column, const struct stpfin_drawn_cell *cell)
{
	return column->table == cell->table && column->column == cell->column;
}

/* Makes room for the years of the rows of the column of a cell, each filled with what the row has.
 */
static stpfin_status add_column(struct stpfin_overlay *self,
	const struct stpfin_uncertain *uncertain, const struct stpfin_drawn_cell *cell)
{
	struct stpfin_by_year *column = &self->by_year[self->n_by_year];
	const stpfin_table *table = self->plan->tables[cell->table];
	const double *real = stpfin_table__column(table, cell->column)->real;
	size_t n_years = stpfin_plan__years(self->plan);
	size_t n_rows = stpfin_table_rows(table);
	size_t n = 0;

	*column = (struct stpfin_by_year){.table = cell->table, .column = cell->column};
	self->n_by_year++;
	column->first = calloc(n_rows + 1, sizeof *column->first);
	column->values = calloc(n_rows + 1, n_years * sizeof *column->values);
	if (column->first == NULL || column->values == NULL) {
		return stpfin_error__memory();
	}
	for (size_t row = 0; row < n_rows; row++) {
		column->first[row] = SIZE_MAX;
	}
	for (; cell < uncertain->cells + uncertain->n_cells && is_of(column, cell); cell++) {
		if (is_by_year(cell) && column->first[cell->row] == SIZE_MAX) {
			column->first[cell->row] = n;
			for (size_t t = 0; t < n_years; t++) {
				column->values[n++] = real[cell->row];
			}
		}
	}
	return STPFIN_OK;
}

static stpfin_status add_years(
	struct stpfin_overlay *self, const struct stpfin_uncertain *uncertain)
{
	size_t n = 0;
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < uncertain->n_cells; i++) {
		n += is_by_year(&uncertain->cells[i]);
	}
	self->by_year = calloc(n + 1, sizeof *self->by_year);
	if (self->by_year == NULL) {
		return stpfin_error__memory();
	}
	for (size_t i = 0; i < uncertain->n_cells && status == STPFIN_OK; i++) {
		const struct stpfin_drawn_cell *cell = &uncertain->cells[i];

		if (is_by_year(cell) &&
			(self->n_by_year == 0 || !is_of(&self->by_year[self->n_by_year - 1], cell))) {
			status = add_column(self, uncertain, cell);
		}
	}
	self->plan->by_year = self->by_year;
	self->plan->n_by_year = self->n_by_year;
	return status;
}

/* Finds where each cell is. */
static stpfin_status find_cells(
	struct stpfin_overlay *self, const struct stpfin_uncertain *uncertain)
{
	size_t n_tables;
	const struct stpfin_table_schema *schemas = stpfin_schema__tables(&n_tables);

	self->cells = calloc(uncertain->n_cells + 1, sizeof *self->cells);
	if (self->cells == NULL) {
		return stpfin_error__memory();
	}
	self->n_cells = uncertain->n_cells;
	for (size_t i = 0, at = 0; i < uncertain->n_cells; i++) {
		const struct stpfin_drawn_cell *cell = &uncertain->cells[i];
		struct stpfin_column *column =
			stpfin_table__column(self->plan->tables[cell->table], cell->column);
		bool is_year = schemas[cell->table].columns[cell->column].cell == STPFIN_CELL_YEAR;
		struct stpfin_overlay_cell *to = &self->cells[i];

		to->least = is_year ? STPFIN_FIRST_YEAR : -INT32_MAX;
		to->most = is_year ? STPFIN_LAST_YEAR : INT32_MAX;
		if (is_by_year(cell)) {
			while (!is_of(&self->by_year[at], cell)) {
				at++;
			}
			to->real = &self->by_year[at].values[self->by_year[at].first[cell->row] + cell->year];
		} else if (cell->is_whole) {
			to->whole = &column->whole[cell->row];
		} else {
			to->real = &column->real[cell->row];
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_overlay__new(
	struct stpfin_overlay *self, const stpfin_plan *plan, const struct stpfin_uncertain *uncertain)
{
	stpfin_status status;

	*self = (struct stpfin_overlay){.plan = stpfin_plan__share(plan)};
	if (self->plan == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	status = own_tables(self, uncertain);
	if (status == STPFIN_OK) {
		status = add_years(self, uncertain);
	}
	return status == STPFIN_OK ? find_cells(self, uncertain) : status;
}

void stpfin_overlay__write(struct stpfin_overlay *self, const double *values)
{
	for (size_t i = 0; i < self->n_cells; i++) {
		const struct stpfin_overlay_cell *cell = &self->cells[i];
		double x = values[i * STPFIN_LANES];

		if (cell->real != NULL) {
			*cell->real = x;
		} else {
			*cell->whole = (int32_t)fmin(fmax(x, cell->least), cell->most);
		}
	}
}
