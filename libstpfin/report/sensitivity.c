#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/report/view.h"
#include "libstpfin/table/error.h"

enum { MOST_SHOWN = 5 };

/* The columns that are shown, where they have values, and what they are called. */
static const char *const shown[MOST_SHOWN] = {
	"low", "high", "rank_correlation", "first_order", "total"};
static const char *const titles[MOST_SHOWN] = {"at P10", "at P90", "rank corr.", "alone", "in all"};

/* How a figure of the measure in a row is shown. */
static struct stpfin_measure figure_of(
	const struct stpfin_view *view, const char *column, size_t row, bool *out_is_money)
{
	bool is_money = stpfin_view__measures_money(
		stpfin_column__text(stpfin_table__named(view->table, "measure"), row));

	*out_is_money = is_money;
	return (struct stpfin_measure){
		stpfin_table__named(view->table, column), is_money, is_money ? 1 : 3};
}

/* Whether two rows are of one scenario, measure, place and year. */
static bool is_alike(const struct stpfin_view *view, size_t a, size_t b)
{
	static const char *const keys[] = {"scenario", "measure", "place", "year"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const int32_t *codes = stpfin_table__named(view->table, keys[i])->whole;

		if (codes[a] != codes[b]) {
			return false;
		}
	}
	return true;
}

/* How far a row's parameter moves its measure; nowhere, where that is not known. */
static double swing(const struct stpfin_view *view, size_t row)
{
	double moved = fabs(stpfin_table__named(view->table, "high")->real[row] -
						stpfin_table__named(view->table, "low")->real[row]);

	return isnan(moved) ? 0 : moved;
}

/* Writes the rows of one figure, which begin at the first; the parameter that moves it most comes
 * first. `rows` is workspace for as many as the table has. */
static stpfin_status write_figure(const struct stpfin_view *view, size_t first, size_t *rows)
{
	const stpfin_table *table = view->table;
	const struct stpfin_column *parameter = stpfin_table__named(table, "parameter");
	struct stpfin_measure measures[MOST_SHOWN];
	char year[32];
	char place[32];
	size_t n_rows = 0;
	size_t n_shown = 0;
	bool is_money = false;
	struct stpfin_grid grid = {0};
	stpfin_status status;

	for (size_t row = first; row < stpfin_table_rows(table); row++) {
		size_t at = n_rows;

		if (!is_alike(view, first, row)) {
			continue;
		}
		for (; at > 0 && swing(view, rows[at - 1]) < swing(view, row); at--) {
			rows[at] = rows[at - 1];
		}
		rows[at] = row;
		n_rows++;
	}
	status = stpfin_grid__begin(&grid, 1 + MOST_SHOWN);
	if (status != STPFIN_OK) {
		return status;
	}
	stpfin_grid__add(&grid, "");
	for (size_t i = 0; i < MOST_SHOWN; i++) {
		bool is_known = false;

		measures[n_shown] = figure_of(view, shown[i], first, &is_money);
		if (i >= 2) {
			measures[n_shown].money = false;
			measures[n_shown].decimals = 2;
		}
		for (size_t j = 0; j < n_rows; j++) {
			is_known = is_known || !isnan(measures[n_shown].column->real[rows[j]]);
		}
		if (is_known) {
			stpfin_grid__add(&grid, titles[i]);
			n_shown++;
		}
	}
	grid.n_columns = 1 + n_shown;
	for (size_t i = 1; i < grid.n_columns; i++) {
		grid.right[i] = true;
	}
	for (size_t j = 0; j < n_rows; j++) {
		char buffer[32];

		stpfin_grid__add(&grid, stpfin_view__label(view, parameter, rows[j], buffer));
		for (size_t i = 0; i < n_shown; i++) {
			stpfin_measure__add(&measures[i], measures[i].column->real[rows[j]], &grid);
		}
	}
	stpfin_buffer__add_text(
		view->out, stpfin_column__text(stpfin_table__named(table, "measure"), first));
	stpfin_buffer__add_text(view->out, is_money ? ", £m, " : ", ");
	stpfin_buffer__add_text(
		view->out, stpfin_view__label(view, stpfin_table__named(table, "place"), first, place));
	stpfin_buffer__add_text(view->out, ", ");
	stpfin_buffer__add_text(view->out, stpfin_view__year(view->year->whole[first], year));
	stpfin_buffer__add_text(view->out, "\n\n");
	stpfin_grid__write(&grid, 0, view->out);
	stpfin_buffer__add_text(view->out, "\n");
	stpfin_grid__clear(&grid);
	return STPFIN_OK;
}

/* Whether a row's figure is one to read: England's, or any where England has none of the measure,
 * in the last year. */
static bool is_headline(
	const struct stpfin_view *view, struct stpfin_filter of_scenario, size_t row)
{
	const struct stpfin_column *measure = stpfin_table__named(view->table, "measure");
	const struct stpfin_column *place = stpfin_table__named(view->table, "place");
	int32_t england = stpfin_dictionary__find(place->dictionary, "England", strlen("England"));
	bool has_england = false;

	if (of_scenario.column->whole[row] != of_scenario.code ||
		view->year->whole[row] != view->last_year) {
		return false;
	}
	for (size_t i = 0; i < stpfin_table_rows(view->table) && england >= 0; i++) {
		has_england =
			has_england || (measure->whole[i] == measure->whole[row] && place->whole[i] == england);
	}
	return !has_england || place->whole[row] == england;
}

stpfin_status stpfin_layout__sensitivity(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario)
{
	size_t n_rows = stpfin_table_rows(view->table);
	const int32_t *parameter = stpfin_table__named(view->table, "parameter")->whole;
	size_t *rows = malloc((n_rows + 1) * sizeof *rows);
	stpfin_status status = STPFIN_OK;

	if (rows == NULL) {
		return stpfin_error__memory();
	}
	stpfin_view__heading(view, scenario, "", true);
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		/* The first parameter's rows name each figure once. */
		if (parameter[row] == parameter[0] && is_headline(view, of_scenario, row)) {
			status = write_figure(view, row, rows);
		}
	}
	free(rows);
	return status;
}

stpfin_status stpfin_layout__seek(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario)
{
	static const char *const words[] = {"parameter", "measure", "place", "year"};
	static const char *const numbers[] = {"target", "reached"};
	const stpfin_table *table = view->table;
	const struct stpfin_measure value = {stpfin_table__named(table, "value"), false, 6};
	struct stpfin_grid grid = {0};
	stpfin_status status = stpfin_grid__begin(&grid, 2);

	stpfin_view__heading(view, scenario, "", true);
	for (size_t row = 0; row < stpfin_table_rows(table) && status == STPFIN_OK; row++) {
		char buffer[32];

		if (of_scenario.column->whole[row] != of_scenario.code) {
			continue;
		}
		for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
			stpfin_grid__add(&grid, words[i]);
			stpfin_grid__add(
				&grid, stpfin_view__label(view, stpfin_table__named(table, words[i]), row, buffer));
		}
		stpfin_grid__add(&grid, "value");
		stpfin_measure__add(&value, value.column->real[row], &grid);
		for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
			bool is_money;
			struct stpfin_measure measure = figure_of(view, numbers[i], row, &is_money);
			char label[32];

			snprintf(label, sizeof label, "%s%s", numbers[i], is_money ? ", £m" : "");
			stpfin_grid__add(&grid, label);
			stpfin_measure__add(&measure, measure.column->real[row], &grid);
		}
	}
	if (status == STPFIN_OK) {
		stpfin_grid__write(&grid, 0, view->out);
		stpfin_buffer__add_text(view->out, "\n");
	}
	stpfin_grid__clear(&grid);
	return status;
}
