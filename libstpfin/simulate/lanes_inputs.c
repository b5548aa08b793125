#include "libstpfin/simulate/lanes_inputs.h"

#include <stdlib.h>

#include "libstpfin/simulate/clones.h"

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
	struct stpfin_drawn_column self = {uncertain->cells, uncertain->same_as, 0, uncertain->n_cells};
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
			return self->same_as != NULL ? self->same_as[low] : low;
		}
	}
	return STPFIN_NO_ROW;
}

void stpfin_inputs__free(struct stpfin_inputs *self)
{
	free(self->at);
	free(self->means);
	free(self->of_means);
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
		status = stpfin_keys__write_number(&self->keys, cell >= STPFIN_MEAN ? value : 0);
	}
	if (status == STPFIN_OK) {
		status = stpfin_keys__end(&self->keys, out_input);
	}
	if (status == STPFIN_OK && *out_input == self->n) {
		at[self->n++] = (struct stpfin_input){cell, value};
	}
	return status;
}

stpfin_status stpfin_inputs__begin_mean(struct stpfin_inputs *self, size_t *out_input)
{
	struct stpfin_mean *means =
		stpfin_keys__grown(self->means, &self->mean_capacity, self->n_means, sizeof *means);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (means == NULL) {
		return status;
	}
	self->means = means;
	/* Its number among the means makes it another than every other input. */
	status = stpfin_inputs__add(self, STPFIN_MEAN, (double)self->n_means, out_input);
	if (status == STPFIN_OK) {
		means[self->n_means++] = (struct stpfin_mean){*out_input, self->n_of_means, 0};
	}
	return status;
}

stpfin_status stpfin_inputs__add_to_mean(struct stpfin_inputs *self, size_t above, size_t below)
{
	size_t *of_means = stpfin_keys__grown(
		self->of_means, &self->of_mean_capacity, self->n_of_means + 1, sizeof *of_means);

	if (of_means == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->of_means = of_means;
	of_means[self->n_of_means++] = above;
	of_means[self->n_of_means++] = below;
	self->means[self->n_means - 1].n++;
	return STPFIN_OK;
}

STPFIN_CLONES static void fill_means(
	const struct stpfin_inputs *self, double *constants, const double *cells)
{
	for (size_t number = 0; number < self->n_means; number++) {
		const struct stpfin_mean *mean = &self->means[number];
		double above[STPFIN_LANES] = {0};
		double below[STPFIN_LANES] = {0};

		for (size_t j = mean->first; j < mean->first + 2 * mean->n; j += 2) {
			const double *x = stpfin_inputs__lanes(self, constants, cells, self->of_means[j]);
			const double *y = stpfin_inputs__lanes(self, constants, cells, self->of_means[j + 1]);

			for (size_t i = 0; i < STPFIN_LANES; i++) {
				above[i] += x[i];
				below[i] += y[i];
			}
		}
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			constants[mean->input * STPFIN_LANES + i] = above[i] / below[i];
		}
	}
}

void stpfin_inputs__fill_means(
	const struct stpfin_inputs *self, double *constants, const double *cells)
{
	fill_means(self, constants, cells);
}

void stpfin_inputs__fill(const struct stpfin_inputs *self, double *constants)
{
	for (size_t i = 0; i < self->n * STPFIN_LANES; i++) {
		constants[i] = self->at[i / STPFIN_LANES].value;
	}
}
