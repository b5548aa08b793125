#include <math.h>
#include <string.h>

#include <xlsxwriter.h>

#include "libstpfin/plan/plan.h"
#include "libstpfin/plan/settings.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/files.h"
#include "libstpfin/table/table.h"
#include "stpfin/plan.h"
#include "stpfin/schema.h"

enum {
	LONGEST_LIST = 255,   /* characters of a drop-down list, Excel's limit */
	LONGEST_TEXT = 32767, /* UTF-16 units of a cell, likewise */
	CODE_WIDTH = 18,
	WORDS_WIDTH = 60
};

/* Any moment will do, so long as it is always the same: 1 April 2015. */
static const time_t CREATED = 1427846400;

/* A workbook being made; failed once anything could not be added. */
struct book {
	lxw_workbook *workbook;
	lxw_format *bold;
	bool failed;
};

static lxw_worksheet *add_sheet(struct book *book, const char *name)
{
	lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, name);

	book->failed = book->failed || sheet == NULL;
	return sheet;
}

static void write_cell(struct book *book, lxw_worksheet *sheet, size_t row, size_t column,
	const char *text, lxw_format *format)
{
	if (!book->failed && text != NULL) {
		book->failed = worksheet_write_string(
						   sheet, (lxw_row_t)row, (lxw_col_t)column, text, format) != LXW_NO_ERROR;
	}
}

static void write_number(
	struct book *book, lxw_worksheet *sheet, size_t row, size_t column, double number)
{
	if (!book->failed) {
		book->failed = worksheet_write_number(
						   sheet, (lxw_row_t)row, (lxw_col_t)column, number, NULL) != LXW_NO_ERROR;
	}
}

/* Writes a description's rows from a row of the sheet on, with its header above if it is the first.
 * Column 0 of the sheet holds the table's name. Returns the row after the last. */
static size_t write_description(
	struct book *book, lxw_worksheet *sheet, const stpfin_table *description, size_t at)
{
	bool first = at == 0;

	write_cell(book, sheet, 0, 0, first ? "table" : NULL, book->bold);
	for (size_t i = 0; first && i < stpfin_table_columns(description); i++) {
		write_cell(book, sheet, 0, i + 1, stpfin_table_column_name(description, i), book->bold);
	}
	at += first;
	for (size_t row = 0; row < stpfin_table_rows(description); row++, at++) {
		write_cell(book, sheet, at, 0, stpfin_table_name(description), NULL);
		for (size_t i = 0; i < stpfin_table_columns(description); i++) {
			write_cell(book, sheet, at, i + 1,
				stpfin_column__text(stpfin_table__column(description, i), row), NULL);
		}
	}
	return at;
}

static stpfin_status add_dictionary(struct book *book)
{
	size_t n_tables;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	lxw_worksheet *sheet = add_sheet(book, "dictionary");
	stpfin_status status = STPFIN_OK;
	size_t at = 0;

	for (size_t i = 0; i < n_tables && status == STPFIN_OK && !book->failed; i++) {
		stpfin_table *description = NULL;

		status = stpfin_describe(tables[i].name, &description);
		if (status == STPFIN_OK) {
			at = write_description(book, sheet, description, at);
		}
		stpfin_table_free(description);
	}
	if (!book->failed) {
		worksheet_freeze_panes(sheet, 1, 2);
		worksheet_set_column(sheet, 0, 7, CODE_WIDTH, NULL);
		worksheet_set_column(sheet, 8, 9, WORDS_WIDTH, NULL);
	}
	return status;
}

/* The years and rates; without a plan, blank years and the rates' defaults. */
static void add_settings(struct book *book, const stpfin_plan *plan)
{
	const stpfin_plan_settings defaults = STPFIN_PLAN_SETTINGS_INIT;
	size_t n;
	const struct stpfin_setting *list = stpfin_settings__list(&n);
	lxw_worksheet *sheet = add_sheet(book, "settings");

	write_cell(book, sheet, 0, 0, "setting", book->bold);
	write_cell(book, sheet, 0, 1, "value", book->bold);
	for (size_t i = 0; i < n; i++) {
		write_cell(book, sheet, i + 1, 0, list[i].name, NULL);
		if (plan != NULL || !list[i].is_year) {
			write_number(book, sheet, i + 1, 1,
				stpfin_settings__get(plan != NULL ? &plan->settings : &defaults, &list[i]));
		}
	}
	if (!book->failed) {
		worksheet_freeze_panes(sheet, 1, 0);
		worksheet_set_column(sheet, 0, 1, CODE_WIDTH, NULL);
	}
}

static void add_explanation(struct book *book, const char *title)
{
	static const char *const lines[] = {
		"Fill in the sheets you need, a row for each thing, and leave the others empty.",
		"The sheet settings holds the first and the last year and the yearly rates.",
		"The sheet dictionary says what each column means, its unit and range, and whether it "
		"may be blank.",
		"Years are financial years: 2015, 2015/16 and 2015-16 are the same. Numbers have no "
		"thousands separators or currency signs.",
		"Save each sheet you filled in as CSV in UTF-8 under its own name, as flow.csv, in the "
		"folder of the plan, beside its datapackage.json, which holds the settings.",
		"Then run: stpfin check FOLDER",
	};
	const size_t n_lines = sizeof lines / sizeof *lines;
	size_t n_tables;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	lxw_worksheet *sheet = add_sheet(book, "about");
	size_t at = 0;

	write_cell(book, sheet, at++, 0, title, book->bold);
	for (size_t i = 0; i < n_lines; i++) {
		write_cell(book, sheet, at++, 0, lines[i], NULL);
	}
	at++;
	write_cell(book, sheet, at, 0, "sheet", book->bold);
	write_cell(book, sheet, at, 1, "needed", book->bold);
	write_cell(book, sheet, at++, 2, "what it holds", book->bold);
	for (size_t i = 0; i < n_tables; i++, at++) {
		write_cell(book, sheet, at, 0, tables[i].name, NULL);
		write_cell(book, sheet, at, 1, tables[i].required ? "yes" : NULL, NULL);
		write_cell(book, sheet, at, 2, tables[i].meaning, NULL);
	}
	if (!book->failed) {
		worksheet_set_column(sheet, 0, 0, CODE_WIDTH, NULL);
	}
}

static bool fits_a_list(const char *const *choices)
{
	size_t length = 0;

	for (; *choices != NULL; choices++) {
		length += strlen(*choices) + 1;
	}
	return length <= LONGEST_LIST;
}

static void add_choices(
	struct book *book, lxw_worksheet *sheet, lxw_col_t column, const char *const *choices)
{
	lxw_data_validation validation = {
		.validate = LXW_VALIDATION_TYPE_LIST, .value_list = (char **)choices};

	if (!book->failed && fits_a_list(choices)) {
		book->failed = worksheet_data_validation_range(
						   sheet, 1, column, LXW_ROW_MAX - 1, column, &validation) != LXW_NO_ERROR;
	}
}

/* The length of a text as Excel counts it: a character beyond the first 65,536 is two. */
static size_t length_of(const char *text)
{
	size_t length = 0;

	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		length += (byte & 0xC0) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1;
	}
	return length;
}

/* Whether every reader gives a text back as it is. Of what is not, workbooks hold _x000D_ for a
 * carriage return; not all readers undo that, and some do it to those letters themselves. */
static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		bool is_control = (unsigned char)*text < ' ' && *text != '\t' && *text != '\n';
		bool is_escape = strncmp(text, "_x", 2) == 0 &&
						 strspn(text + 2, "0123456789ABCDEFabcdef") == 4 && text[6] == '_';

		if (is_control || is_escape) {
			return false;
		}
	}
	return true;
}

static stpfin_status check_text(
	const char *text, const stpfin_table *table, const struct stpfin_column *column, size_t row)
{
	if (length_of(text) > LONGEST_TEXT) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"column %s of %s, row %zu, has %zu characters and a cell of a workbook holds %d: "
			"shorten it, or write the plan as a folder",
			column->name, stpfin_table_name(table), row + 2, length_of(text), LONGEST_TEXT);
	}
	if (!is_plain(text)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"column %s of %s, row %zu, has a control character, or the code of one (as _x000D_), "
			"that a workbook does not keep: remove it, or write the plan as a folder",
			column->name, stpfin_table_name(table), row + 2);
	}
	return STPFIN_OK;
}

/* Refuses what a sheet cannot hold. */
static stpfin_status check_fit(const stpfin_table *table)
{
	size_t n_rows = stpfin_table_rows(table);
	stpfin_status status = STPFIN_OK;

	if (n_rows > LXW_ROW_MAX - 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%s has %zu rows and a sheet of a workbook has room for %d: write the plan as a folder",
			stpfin_table_name(table), n_rows, LXW_ROW_MAX - 1);
	}
	for (size_t i = 0; i < stpfin_table_columns(table); i++) {
		const struct stpfin_column *column = stpfin_table__column(table, i);

		for (size_t row = 0; column->type == STPFIN_TEXT && row < n_rows && status == STPFIN_OK;
			 row++) {
			const char *text = stpfin_column__text(column, row);

			status = text != NULL ? check_text(text, table, column, row) : STPFIN_OK;
		}
	}
	return status;
}

static void write_rows(struct book *book, lxw_worksheet *sheet, const stpfin_table *table)
{
	for (size_t row = 0; row < stpfin_table_rows(table); row++) {
		for (size_t i = 0; i < stpfin_table_columns(table); i++) {
			const struct stpfin_column *column = stpfin_table__column(table, i);

			if (column->type == STPFIN_TEXT) {
				write_cell(book, sheet, row + 1, i, stpfin_column__text(column, row), NULL);
			} else if (column->type == STPFIN_DOUBLE && !isnan(column->real[row])) {
				write_number(book, sheet, row + 1, i, column->real[row]);
			} else if (column->type == STPFIN_INT32 && column->whole[row] != STPFIN_MISSING_INT32) {
				write_number(book, sheet, row + 1, i, column->whole[row]);
			}
		}
	}
}

/* rows is NULL for a table to fill in. */
static void add_table(
	struct book *book, const struct stpfin_table_schema *table, const stpfin_table *rows)
{
	lxw_worksheet *sheet = add_sheet(book, table->name);

	for (size_t i = 0; i < table->n_columns; i++) {
		const struct stpfin_column_schema *column = &table->columns[i];

		write_cell(book, sheet, 0, i, column->name, book->bold);
		if (column->cell == STPFIN_CELL_CHOICE) {
			add_choices(book, sheet, (lxw_col_t)i, column->choices);
		}
	}
	if (rows != NULL) {
		write_rows(book, sheet, rows);
	}
	if (!book->failed) {
		worksheet_freeze_panes(sheet, 1, 0);
		worksheet_set_column(sheet, 0, (lxw_col_t)(table->n_columns - 1), CODE_WIDTH, NULL);
	}
}

static stpfin_status fill(struct book *book, const stpfin_plan *plan)
{
	lxw_doc_properties properties = {
		.title = plan != NULL ? "A plan" : "A plan to fill in", .created = CREATED};
	size_t n_tables;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	stpfin_status status;

	book->bold = workbook_add_format(book->workbook);
	if (book->bold == NULL ||
		workbook_set_properties(book->workbook, &properties) != LXW_NO_ERROR) {
		return stpfin_error__memory();
	}
	format_set_bold(book->bold);
	add_explanation(book, properties.title);
	status = add_dictionary(book);
	add_settings(book, plan);
	for (size_t i = 0; i < n_tables; i++) {
		add_table(book, &tables[i], plan != NULL ? plan->tables[i] : NULL);
	}
	if (status == STPFIN_OK && book->failed) {
		status = stpfin_error__memory();
	}
	return status;
}

stpfin_status stpfin_plan_write_workbook(const stpfin_plan *self, const char *path)
{
	size_t n_tables;
	struct stpfin_new_file file = {0};
	struct stpfin_locale plain = {0};
	struct book book = {0};
	lxw_error error;
	stpfin_status status = STPFIN_OK;

	if (path == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	stpfin_schema__tables(&n_tables);
	for (size_t i = 0; self != NULL && i < n_tables && status == STPFIN_OK; i++) {
		status = check_fit(self->tables[i]);
	}
	/* libxlsxwriter opens the file by its name; the stream stays empty. */
	if (status == STPFIN_OK) {
		status = stpfin_files__begin(&file, path);
	}
	if (status == STPFIN_OK) {
		status = stpfin_files__plain_locale(&plain);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	book.workbook = workbook_new(file.path_beside);
	status = book.workbook != NULL ? fill(&book, self) : stpfin_error__memory();
	if (status != STPFIN_OK) {
		goto out;
	}
	error = workbook_close(book.workbook);
	book.workbook = NULL;
	status = error == LXW_NO_ERROR ? stpfin_files__commit(&file)
								   : stpfin_error__set(STPFIN_ERROR_FILE, "cannot write %s: %s",
										 path, lxw_strerror(error));

out:
	if (book.workbook != NULL) {
		lxw_workbook_free(book.workbook);
	}
	stpfin_files__own_locale(&plain);
	stpfin_files__drop(&file);
	return status;
}
