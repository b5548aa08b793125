#include "stpfin/schema.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/nearest.h"
#include "libstpfin/plan/schema.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/table.h"

/* A table of columns of text without rows. */
static stpfin_status new_table(
	const char *name, const char *const *columns, size_t n_columns, stpfin_table **out_table)
{
	stpfin_status status = stpfin_table__new(name, out_table);

	for (size_t i = 0; i < n_columns && status == STPFIN_OK; i++) {
		status = stpfin_table__add_column(*out_table, columns[i], STPFIN_TEXT, NULL);
	}
	return status;
}

static stpfin_status add_row(stpfin_table *table, const char *const *cells, size_t n_cells)
{
	stpfin_status status = stpfin_table__add_row(table);

	for (size_t i = 0; i < n_cells && status == STPFIN_OK; i++) {
		status = stpfin_table__set_text(table, i, stpfin_table_rows(table) - 1, cells[i]);
	}
	return status;
}

static const char *yes_or_no(bool yes)
{
	return yes ? "yes" : "no";
}

static const char *same_key_words(enum stpfin_rows rows)
{
	switch (rows) {
	case STPFIN_ROWS_UNIQUE:
		return "error";
	case STPFIN_ROWS_ADD_UP:
		return "add up";
	case STPFIN_ROWS_IN_TURN:
		return "in turn";
	}
	return NULL;
}

static stpfin_status list_tables(
	stpfin_table *list, const char *kind, const struct stpfin_table_schema *tables, size_t n_tables)
{
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < n_tables && status == STPFIN_OK; i++) {
		const char *cells[] = {tables[i].name, kind, yes_or_no(tables[i].required),
			same_key_words(tables[i].rows), tables[i].meaning};

		status = add_row(list, cells, sizeof(cells) / sizeof(*cells));
	}
	return status;
}

static stpfin_status describe_all(stpfin_table **out_table)
{
	static const char *const columns[] = {"table", "kind", "required", "same_key", "meaning"};
	size_t n_tables, n_results;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	const struct stpfin_table_schema *results = stpfin_schema__results(&n_results);
	stpfin_status status =
		new_table("tables", columns, sizeof(columns) / sizeof(*columns), out_table);

	if (status == STPFIN_OK) {
		status = list_tables(*out_table, "plan", tables, n_tables);
	}
	if (status == STPFIN_OK) {
		status = list_tables(*out_table, "result", results, n_results);
	}
	return status;
}

static const char *type_words(enum stpfin_cell cell)
{
	switch (cell) {
	case STPFIN_CELL_TEXT:
	case STPFIN_CELL_CHOICE:
	case STPFIN_CELL_CODE:
		return "text";
	case STPFIN_CELL_DATE:
		return "date";
	case STPFIN_CELL_YEAR:
		return "year";
	case STPFIN_CELL_AGE:
		return "age";
	case STPFIN_CELL_WHOLE:
		return "whole";
	case STPFIN_CELL_NUMBER:
		return "number";
	}
	return NULL;
}

static bool has_range(enum stpfin_cell cell)
{
	return cell == STPFIN_CELL_WHOLE || cell == STPFIN_CELL_NUMBER;
}

/* "organisation", "a, b, c" or "service, or mortality", to be freed; empty where any value may
 * stand. NULL without memory. */
static char *values_words(const struct stpfin_column_schema *column)
{
	const char *table = column->refers_to != NULL ? column->refers_to : "";
	size_t size = strlen(table) + sizeof(", or ");
	char *words;

	for (size_t i = 0; column->choices != NULL && column->choices[i] != NULL; i++) {
		size += strlen(column->choices[i]) + strlen(", ");
	}
	words = malloc(size);
	if (words == NULL) {
		return NULL;
	}
	strcpy(words, table);
	for (size_t i = 0; column->choices != NULL && column->choices[i] != NULL; i++) {
		if (*words != '\0') {
			strcat(words, i == 0 ? ", or " : ", ");
		}
		strcat(words, column->choices[i]);
	}
	return words;
}

static stpfin_status describe_column(
	stpfin_table *list, const struct stpfin_column_schema *column, bool is_result)
{
	char *values = values_words(column);
	const char *cells[] = {column->name, type_words(column->cell), column->unit,
		!is_result && has_range(column->cell) ? stpfin_schema__range_words(column->range) : NULL,
		yes_or_no(column->blank), column->fallback, yes_or_no(column->key), values,
		column->meaning};
	stpfin_status status = values != NULL ? add_row(list, cells, sizeof(cells) / sizeof(*cells))
										  : stpfin_error__memory();

	free(values);
	return status;
}

static stpfin_status describe_one(
	const struct stpfin_table_schema *table, bool is_result, stpfin_table **out_table)
{
	static const char *const columns[] = {
		"column", "type", "unit", "range", "blank", "default", "key", "values", "meaning"};
	stpfin_status status =
		new_table(table->name, columns, sizeof(columns) / sizeof(*columns), out_table);

	for (size_t i = 0; i < table->n_columns && status == STPFIN_OK; i++) {
		status = describe_column(*out_table, &table->columns[i], is_result);
	}
	return status;
}

static void consider_tables(
	struct stpfin_nearest *nearest, const struct stpfin_table_schema *tables, size_t n_tables)
{
	for (size_t i = 0; i < n_tables; i++) {
		stpfin_nearest__consider(nearest, tables[i].name);
	}
}

static stpfin_status unknown_table(const char *name)
{
	struct stpfin_nearest nearest = {.word = name};
	size_t n_tables, n_results;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	const struct stpfin_table_schema *results = stpfin_schema__results(&n_results);

	consider_tables(&nearest, tables, n_tables);
	consider_tables(&nearest, results, n_results);
	if (nearest.name != NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"no table is called '%s': did you mean '%s'?", name, nearest.name);
	}
	return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
		"no table is called '%s': without a name, all tables are listed", name);
}

stpfin_status stpfin_describe(const char *table, stpfin_table **out_table)
{
	const struct stpfin_table_schema *found;
	bool is_result;
	stpfin_table *description = NULL;
	stpfin_status status;

	if (out_table == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "stpfin_describe was given NULL");
	}
	*out_table = NULL;
	if (table == NULL) {
		status = describe_all(&description);
	} else {
		found = stpfin_schema__table(table);
		is_result = found == NULL;
		if (is_result) {
			found = stpfin_schema__result(table);
		}
		status =
			found != NULL ? describe_one(found, is_result, &description) : unknown_table(table);
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(description);
		return status;
	}
	*out_table = description;
	return STPFIN_OK;
}
