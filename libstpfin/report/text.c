#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/schema_table.h"
#include "libstpfin/report/view.h"
#include "libstpfin/table/error.h"

enum { MOST_YEARS = 100, PAGE_WIDTH = 120 };

/* Any table as it is; of a description, the columns that have a value. */
static stpfin_status write_plain(const struct stpfin_view *view)
{
	size_t n_rows = stpfin_table_rows(view->table);
	size_t n_columns = stpfin_table_columns(view->table);
	const struct stpfin_column **shown = calloc(n_columns + 1, sizeof *shown);
	struct stpfin_measure *measures = calloc(n_columns + 1, sizeof *measures);
	struct stpfin_grid grid = {0};
	size_t n_shown = 0;
	stpfin_status status;
	char buffer[64];

	if (shown == NULL || measures == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t i = 0; i < n_columns; i++) {
		const struct stpfin_column *column = stpfin_table__column(view->table, i);

		if (view->schema != NULL || !stpfin_column__is_blank(column, n_rows)) {
			shown[n_shown++] = column;
		}
	}
	status = stpfin_grid__begin(&grid, n_shown);
	if (status != STPFIN_OK) {
		goto out;
	}
	for (size_t i = 0; i < n_shown; i++) {
		grid.right[i] = shown[i]->type != STPFIN_TEXT;
		if (shown[i]->type == STPFIN_DOUBLE) {
			measures[i] = stpfin_view__measure(view, shown[i]);
		}
		snprintf(buffer, sizeof buffer, "%s%s", shown[i]->name, measures[i].money ? " £m" : "");
		stpfin_grid__add(&grid, buffer);
	}
	stpfin_grid__rule(&grid);
	for (size_t row = 0; row < n_rows; row++) {
		for (size_t i = 0; i < n_shown; i++) {
			if (shown[i]->type == STPFIN_DOUBLE && view->schema != NULL) {
				stpfin_measure__add(&measures[i], stpfin_column__number(shown[i], row), &grid);
			} else {
				stpfin_grid__add(&grid, stpfin_view__label(view, shown[i], row, buffer));
			}
		}
	}
	stpfin_view__heading(view, NULL, "", false);
	stpfin_grid__write(&grid, PAGE_WIDTH, view->out);
	stpfin_buffer__add_text(view->out, "\n");

out:
	free(shown);
	free(measures);
	stpfin_grid__clear(&grid);
	return status;
}

/* Whether the table has years to put across, and a schema that says what of it to show. */
static bool find_years(struct stpfin_view *view)
{
	size_t n_rows = stpfin_table_rows(view->table);
	bool any = false;

	view->year = stpfin_table__named(view->table, "year");
	if (view->schema == NULL || view->year == NULL || view->year->type != STPFIN_INT32) {
		return false;
	}
	for (size_t row = 0; row < n_rows; row++) {
		int32_t year = view->year->whole[row];

		if (year != STPFIN_MISSING_INT32) {
			view->first_year = !any || year < view->first_year ? year : view->first_year;
			view->last_year = !any || year > view->last_year ? year : view->last_year;
			any = true;
		}
	}
	return any && (int64_t)view->last_year - view->first_year < MOST_YEARS;
}

static stpfin_status write_scenarios(const struct stpfin_view *view, stpfin_layout write)
{
	const struct stpfin_column *column = stpfin_table__named(view->table, "scenario");
	size_t n_rows = stpfin_table_rows(view->table);
	stpfin_status status = STPFIN_OK;

	if (column == NULL || column->type != STPFIN_TEXT) {
		return write(view, NULL, (struct stpfin_filter){0});
	}
	for (size_t code = 0; code < stpfin_dictionary__size(column->dictionary); code++) {
		for (size_t row = 0; row < n_rows; row++) {
			if (column->whole[row] == (int32_t)code) {
				status = write(view, stpfin_column__text(column, row),
					(struct stpfin_filter){column, (int32_t)code});
				break;
			}
		}
		if (status != STPFIN_OK) {
			break;
		}
	}
	return status;
}

/* The schema of a result, if the table has its columns. */
static const struct stpfin_table_schema *schema_of(const stpfin_table *table)
{
	const struct stpfin_table_schema *schema = stpfin_schema__result(stpfin_table_name(table));

	for (size_t i = 0; schema != NULL && i < schema->n_columns; i++) {
		const struct stpfin_column *column = stpfin_table__named(table, schema->columns[i].name);

		if (column == NULL || column->type != stpfin_schema__type(&schema->columns[i])) {
			return NULL;
		}
	}
	return schema;
}

/* What the table of that name is, also of a description, which bears the name of what it
 * describes; NULL if the library has no such table. */
static const char *meaning_of(const char *name)
{
	const struct stpfin_table_schema *schema = stpfin_schema__result(name);

	if (schema == NULL) {
		schema = stpfin_schema__table(name);
	}
	return schema != NULL ? schema->meaning : NULL;
}

static stpfin_status write_view(struct stpfin_view *view)
{
	const char *name = stpfin_table_name(view->table);

	if (stpfin_table_rows(view->table) == 0) {
		stpfin_view__heading(view, NULL, "", false);
		stpfin_buffer__add_text(view->out, "(no rows)\n\n");
		return STPFIN_OK;
	}
	if (view->schema != NULL && strcmp(name, "quality_summary") == 0) {
		return write_scenarios(view, stpfin_layout__quality_summary);
	}
	if (!find_years(view)) {
		return write_plain(view);
	}
	if (strcmp(name, "funding_gap") == 0) {
		return write_scenarios(view, stpfin_layout__funding_gap);
	}
	if (strcmp(name, "health_gap") == 0) {
		return write_scenarios(view, stpfin_layout__health_gap);
	}
	if (strcmp(name, "quality_gap") == 0) {
		return write_scenarios(view, stpfin_layout__quality_gap);
	}
	if (strcmp(name, "bridge") == 0) {
		return write_scenarios(view, stpfin_layout__waterfall);
	}
	if (strcmp(name, "sensitivity") == 0) {
		return write_scenarios(view, stpfin_layout__sensitivity);
	}
	if (strcmp(name, "seek") == 0) {
		return write_scenarios(view, stpfin_layout__seek);
	}
	if (strcmp(name, "simulation") == 0) {
		return write_scenarios(view, stpfin_layout__simulation);
	}
	return write_scenarios(view, stpfin_layout__years);
}

stpfin_status stpfin_result_text(
	const stpfin_table *table, const stpfin_stamp *stamp, const stpfin_plan *names, char **out_text)
{
	struct stpfin_buffer out = {0};
	stpfin_names *labels = NULL;
	stpfin_status status;

	if (out_text == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	*out_text = NULL;
	if (table == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	status = stpfin_names__new(names, &labels);
	if (status == STPFIN_OK) {
		struct stpfin_view view = {.table = table,
			.schema = schema_of(table),
			.meaning = meaning_of(stpfin_table_name(table)),
			.stamp = stamp,
			.names = labels,
			.out = &out};

		status = write_view(&view);
	}
	if (status == STPFIN_OK) {
		/* Every part ends with a blank line, the last needs none. */
		out.length -= out.length > 0;
		status = stpfin_buffer__take(&out, out_text);
	}
	stpfin_buffer__clear(&out);
	stpfin_names__free(labels);
	return status;
}
