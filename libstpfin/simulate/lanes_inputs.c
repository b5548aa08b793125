#include "libstpfin/simulate/lanes_inputs.h"

#include <stdlib.h>
#include <string.h>

/* Where a column of a table stands beside a cell's: before (negative), at or after it. */
static int compare_columns(const struct stpfin_drawn_cell *cell, size_t table, size_t column)
{
	if (cell->table != table) {
		return cell->table < table ? -1 : 1;
	}
	return cell->column != column ? (cell->column < column ? -1 : 1) : 0;
}

struct stpfin_drawn_column stpfin_drawn_column__of(
	const struct stpfin_uncertain *uncertain, const char *table, const char *column)
{
	const struct stpfin_table_schema *schema = stpfin_schema__table(table);
	size_t place = stpfin_plan__table_place(table);
	size_t number = (size_t)(stpfin_schema__column(schema, column) - schema->columns);
	struct stpfin_drawn_column self = {uncertain->cells, 0, uncertain->n_cells};
	size_t last = uncertain->n_cells;

	while (self.first < last) {
		size_t middle = self.first + (last - self.first) / 2;

		if (compare_columns(&self.cells[middle], place, number) < 0) {
			self.first = middle + 1;
		} else {
			last = middle;
		}
	}
	self.end = self.first;
	while (self.end < uncertain->n_cells &&
		   compare_columns(&self.cells[self.end], place, number) == 0) {
		self.end++;
	}
	return self;
}

size_t stpfin_drawn_column__cell(const struct stpfin_drawn_column *self, size_t row, size_t t)
{
	size_t low = self->first;
	size_t high = self->end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (self->cells[middle].row < row) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	for (; low < self->end && self->cells[low].row == row; low++) {
		if (self->cells[low].year == t || self->cells[low].year == STPFIN_EVERY_YEAR) {
			return low;
		}
	}
	return STPFIN_NO_ROW;
}

void stpfin_inputs__free(struct stpfin_inputs *self)
{
	free(self->at);
	stpfin_keys__free(&self->keys);
	*self = (struct stpfin_inputs){.n = 0};
}

stpfin_status stpfin_inputs__add(
	struct stpfin_inputs *self, size_t cell, double value, size_t *out_input)
{
	struct stpfin_input *at =
		stpfin_keys__grown(self->at, &self->capacity, self->n, sizeof *self->at);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (at == NULL) {
		return status;
	}
	self->at = at;
	status = stpfin_keys__write(&self->keys, cell);
	if (status == STPFIN_OK) {
		status = stpfin_keys__write_number(&self->keys, cell == STPFIN_NO_ROW ? value : 0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_keys__end(&self->keys, out_input);
	}
	if (status == STPFIN_OK && *out_input == self->n) {
		at[self->n++] = (struct stpfin_input){cell, value};
	}
	return status;
}

void stpfin_inputs__fill(const struct stpfin_inputs *self, double *constants)
{
	for (size_t i = 0; i < self->n * STPFIN_LANES; i++) {
		constants[i] = self->at[i / STPFIN_LANES].value;
	}
}
