#include <stdlib.h>
#include <string.h>

#include "libstpfin/report/view.h"
#include "libstpfin/table/error.h"

/* The rows of one scenario. Codes are those of the columns' dictionaries. */
struct summary {
	const struct stpfin_view *view;
	const struct stpfin_column *footprint;
	const struct stpfin_column *indicator;
	const struct stpfin_column *year_met;
	const struct stpfin_column *tau_squared;
	const struct stpfin_column *composite;
	size_t n_footprints;
	size_t n_indicators;
	int32_t england;      /* code; -1 if it is not there */
	int32_t all_together; /* code of the composite; -1 if it is not there */
	size_t *rows;         /* by footprint and indicator: the row + 1; 0 for none */
	bool *is_met;         /* by indicator: in any footprint */
};

/* The row of an indicator in a footprint; SIZE_MAX if there is none. */
static size_t row_of(const struct summary *self, size_t footprint, size_t indicator)
{
	return self->rows[footprint * self->n_indicators + indicator] - 1;
}

static stpfin_status gather(struct summary *self, struct stpfin_filter of_scenario)
{
	self->n_footprints = stpfin_dictionary__size(self->footprint->dictionary);
	self->n_indicators = stpfin_dictionary__size(self->indicator->dictionary);
	self->england =
		stpfin_dictionary__find(self->footprint->dictionary, "England", strlen("England"));
	self->all_together =
		stpfin_dictionary__find(self->indicator->dictionary, "composite", strlen("composite"));
	self->rows = calloc(self->n_footprints + 1, (self->n_indicators + 1) * sizeof *self->rows);
	self->is_met = calloc(self->n_indicators + 1, sizeof *self->is_met);
	if (self->rows == NULL || self->is_met == NULL) {
		return stpfin_error__memory();
	}
	for (size_t row = 0; row < stpfin_table_rows(self->view->table); row++) {
		int32_t footprint = self->footprint->whole[row];
		int32_t indicator = self->indicator->whole[row];

		if (footprint >= 0 && indicator >= 0 &&
			(of_scenario.column == NULL || of_scenario.column->whole[row] == of_scenario.code)) {
			self->rows[(size_t)footprint * self->n_indicators + (size_t)indicator] = row + 1;
			self->is_met[indicator] =
				self->is_met[indicator] || self->year_met->whole[row] != STPFIN_MISSING_INT32;
		}
	}
	return STPFIN_OK;
}

/* What is known of England's indicators: when each reaches its target, and how much footprints
 * differ. */
static stpfin_status write_england(const struct summary *self)
{
	const struct stpfin_view *view = self->view;
	struct stpfin_grid grid = {0};
	stpfin_status status = stpfin_grid__begin(&grid, 3);

	if (status != STPFIN_OK) {
		return status;
	}
	grid.right[2] = true;
	stpfin_grid__add(&grid, "indicator");
	stpfin_grid__add(&grid, "target met");
	stpfin_grid__add(&grid, "variation between footprints");
	for (size_t i = 0; i < self->n_indicators; i++) {
		size_t row = row_of(self, (size_t)self->england, i);
		char number[STPFIN_AMOUNT_SIZE];
		char buffer[32];

		if (row != SIZE_MAX && (int32_t)i != self->all_together) {
			stpfin_grid__add(&grid, stpfin_view__label(view, self->indicator, row, buffer));
			stpfin_grid__add(&grid, stpfin_view__label(view, self->year_met, row, buffer));
			stpfin_grid__add(&grid, stpfin_grid__amount(self->tau_squared->real[row], 6, number));
		}
	}
	stpfin_buffer__add_text(view->out, "England\n\n");
	stpfin_grid__write(&grid, 0, view->out);
	stpfin_buffer__add_text(view->out, "\n");
	stpfin_grid__clear(&grid);
	return STPFIN_OK;
}

/* Adds the line of a footprint, one of whose rows is the first. */
static void add_place(
	const struct summary *self, size_t footprint, size_t first, struct stpfin_grid *grid)
{
	size_t composite =
		self->all_together >= 0 ? row_of(self, footprint, (size_t)self->all_together) : SIZE_MAX;
	char number[STPFIN_AMOUNT_SIZE];
	char buffer[32];

	stpfin_grid__add(grid, stpfin_view__label(self->view, self->footprint, first, buffer));
	stpfin_grid__add(grid, composite != SIZE_MAX
							   ? stpfin_grid__amount(self->composite->real[composite], 2, number)
							   : "");
	for (size_t i = 0; i < self->n_indicators; i++) {
		size_t row = row_of(self, footprint, i);

		if (self->is_met[i]) {
			stpfin_grid__add(grid,
				row != SIZE_MAX ? stpfin_view__label(self->view, self->year_met, row, buffer) : "");
		}
	}
}

/* Footprints, and then England: the composite, and when they reach the targets that any does. */
static stpfin_status write_footprints(const struct summary *self)
{
	struct stpfin_grid grid = {0};
	size_t n_met = 0;
	stpfin_status status;

	for (size_t i = 0; i < self->n_indicators; i++) {
		n_met += self->is_met[i];
	}
	status = stpfin_grid__begin(&grid, 2 + n_met);
	if (status != STPFIN_OK) {
		return status;
	}
	grid.right[1] = true;
	stpfin_grid__add(&grid, "footprint");
	stpfin_grid__add(&grid, "composite");
	for (size_t i = 0; i < self->n_indicators; i++) {
		if (self->is_met[i]) {
			stpfin_grid__add(
				&grid, stpfin_dictionary__text(self->indicator->dictionary, (int32_t)i));
		}
	}
	for (size_t i = 0; i < self->n_footprints; i++) {
		size_t first = SIZE_MAX;

		for (size_t j = 0; j < self->n_indicators && first == SIZE_MAX; j++) {
			first = row_of(self, i, j);
		}
		if (first == SIZE_MAX) {
			continue;
		}
		if ((int32_t)i == self->england) {
			stpfin_grid__rule(&grid);
		}
		add_place(self, i, first, &grid);
	}
	stpfin_buffer__add_text(self->view->out,
		"All indicators together, and the first year in which a target is met\n\n");
	stpfin_grid__write(&grid, 0, self->view->out);
	stpfin_buffer__add_text(self->view->out, "\n");
	stpfin_grid__clear(&grid);
	return STPFIN_OK;
}

stpfin_status stpfin_layout__quality_summary(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario)
{
	struct summary summary = {
		.view = view,
		.footprint = stpfin_table__named(view->table, "footprint"),
		.indicator = stpfin_table__named(view->table, "indicator"),
		.year_met = stpfin_table__named(view->table, "year_met"),
		.tau_squared = stpfin_table__named(view->table, "tau_squared"),
		.composite = stpfin_table__named(view->table, "composite"),
	};
	stpfin_status status = gather(&summary, of_scenario);

	if (status == STPFIN_OK) {
		stpfin_view__heading(view, scenario, "a positive composite is worse", false);
	}
	if (status == STPFIN_OK && summary.england >= 0) {
		status = write_england(&summary);
	}
	if (status == STPFIN_OK) {
		status = write_footprints(&summary);
	}
	free(summary.rows);
	free(summary.is_met);
	return status;
}
