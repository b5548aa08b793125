#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/report/groups.h"
#include "libstpfin/table/error.h"

enum { BAR_WIDTH = 40 };

static size_t bar_position(double x, double lowest, double highest)
{
	return (size_t)round((x - lowest) / (highest - lowest) * BAR_WIDTH);
}

/* A bar from one amount to another: "=" of a whole gap, "+" of a step that widens it, "-" of one
 * that narrows it. */
static void add_bar(
	struct stpfin_grid *grid, double from, double to, bool whole, double lowest, double highest)
{
	char bar[BAR_WIDTH + 1] = "";

	if (highest > lowest && isfinite(to - from) && isfinite(highest - lowest)) {
		size_t begin = bar_position(fmin(from, to), lowest, highest);
		size_t end = bar_position(fmax(from, to), lowest, highest);

		if (end > begin) {
			memset(bar, ' ', begin);
			memset(bar + begin, whole ? '=' : to > from ? '+' : '-', end - begin);
			bar[end] = '\0';
		}
	}
	stpfin_grid__add(grid, bar);
}

/* The steps of one place in one year, in n rows of those numbers; the last is the gap reached. */
static stpfin_status write_waterfall(const struct stpfin_view *view, const size_t *rows, size_t n)
{
	const struct stpfin_column *place = stpfin_table__named(view->table, "place");
	const struct stpfin_column *group = stpfin_table__named(view->table, "group");
	const struct stpfin_measure amount =
		stpfin_view__measure(view, stpfin_table__named(view->table, "amount"));
	struct stpfin_grid grid = {0};
	stpfin_status status = stpfin_grid__begin(&grid, 4);
	double *running = malloc((n + 1) * sizeof *running); /* the gap before each step */
	double lowest = 0;
	double highest = 0;
	char buffer[32];

	if (status != STPFIN_OK || running == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	running[0] = 0;
	for (size_t i = 0; i < n; i++) {
		double step = amount.column->real[rows[i]];

		running[i + 1] = i + 1 == n ? step : running[i] + step;
		lowest = fmin(lowest, running[i + 1]);
		highest = fmax(highest, running[i + 1]);
	}
	stpfin_buffer__add_text(view->out, stpfin_view__label(view, place, rows[0], buffer));
	stpfin_buffer__add_text(view->out, ", ");
	stpfin_buffer__add_text(view->out, stpfin_view__year(view->year->whole[rows[0]], buffer));
	stpfin_buffer__add_text(view->out, "\n\n");
	grid.right[1] = grid.right[2] = true;
	stpfin_grid__add(&grid, "step");
	stpfin_grid__add(&grid, "amount");
	stpfin_grid__add(&grid, "gap so far");
	stpfin_grid__add(&grid, "");
	for (size_t i = 0; i < n; i++) {
		bool whole = i == 0 || i + 1 == n;

		stpfin_grid__add(&grid, stpfin_view__label(view, group, rows[i], buffer));
		stpfin_measure__add(&amount, amount.column->real[rows[i]], &grid);
		stpfin_measure__add(&amount, running[i + 1], &grid);
		add_bar(&grid, whole ? 0 : running[i], running[i + 1], whole, lowest, highest);
	}
	stpfin_grid__write(&grid, 0, view->out);
	stpfin_buffer__add_text(view->out, "\n");

out:
	stpfin_grid__clear(&grid);
	free(running);
	return status;
}

/* Whether a step between the first and the last is other than nought. */
static bool moves(const struct stpfin_column *amount, const size_t *rows, size_t n)
{
	for (size_t i = 1; i + 1 < n; i++) {
		if (amount->real[rows[i]] != 0) {
			return true;
		}
	}
	return false;
}

/* Each place's steps to the last year; of several places, those whose gap moves. */
stpfin_status stpfin_layout__waterfall(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario)
{
	size_t n_rows = stpfin_table_rows(view->table);
	const struct stpfin_selection places = {
		{of_scenario}, {stpfin_table__named(view->table, "place")}, 1};
	const struct stpfin_column *amount = stpfin_table__named(view->table, "amount");
	struct stpfin_groups groups = {0};
	bool left_out = false;
	size_t *rows = malloc((n_rows + 1) * sizeof *rows);
	stpfin_status status = stpfin_groups__find(&groups, view->table, &places);

	if (rows == NULL) {
		status = stpfin_error__memory();
	}
	if (status == STPFIN_OK) {
		stpfin_view__heading(view, scenario, "£", true);
	}
	for (size_t group = 0; group < groups.n && status == STPFIN_OK; group++) {
		size_t n = 0;

		for (size_t row = groups.first_row[group]; row < n_rows; row++) {
			if (groups.of_row[row] == (int32_t)group && view->year->whole[row] == view->last_year) {
				rows[n++] = row;
			}
		}
		if (n > 0 && (groups.n == 1 || moves(amount, rows, n))) {
			status = write_waterfall(view, rows, n);
		} else {
			left_out = true;
		}
	}
	if (left_out) {
		stpfin_buffer__add_text(view->out, "Places whose gap does not move are left out.\n\n");
	}
	stpfin_groups__clear(&groups);
	free(rows);
	return status;
}
