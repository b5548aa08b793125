#include <xlsxwriter.h>

#include "libstpfin/plan/schema.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/files.h"
#include "libstpfin/table/table.h"
#include "stpfin/plan.h"
#include "stpfin/schema.h"

enum {
	LONGEST_LIST = 255, /* characters of a drop-down list, Excel's limit */
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

static void add_explanation(struct book *book)
{
	static const char *const lines[] = {
		"Fill in the sheets you need, a row for each thing, and leave the others empty.",
		"The sheet dictionary says what each column means, its unit and range, and whether it "
		"may be blank.",
		"Years are financial years: 2015, 2015/16 and 2015-16 are the same. Numbers have no "
		"thousands separators or currency signs.",
		"Save each sheet you filled in as CSV in UTF-8 under its own name, as flow.csv, in the "
		"folder of the plan, beside its datapackage.json.",
		"Then run: stpfin check FOLDER",
	};
	const size_t n_lines = sizeof lines / sizeof *lines;
	size_t n_tables;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	lxw_worksheet *sheet = add_sheet(book, "about");
	size_t at = 0;

	write_cell(book, sheet, at++, 0, "A plan to fill in", book->bold);
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

static void add_table(struct book *book, const struct stpfin_table_schema *table)
{
	lxw_worksheet *sheet = add_sheet(book, table->name);

	for (size_t i = 0; i < table->n_columns; i++) {
		const struct stpfin_column_schema *column = &table->columns[i];

		write_cell(book, sheet, 0, i, column->name, book->bold);
		if (column->cell == STPFIN_CELL_CHOICE) {
			add_choices(book, sheet, (lxw_col_t)i, column->choices);
		}
	}
	if (!book->failed) {
		worksheet_freeze_panes(sheet, 1, 0);
		worksheet_set_column(sheet, 0, (lxw_col_t)(table->n_columns - 1), CODE_WIDTH, NULL);
	}
}

static stpfin_status fill(struct book *book)
{
	lxw_doc_properties properties = {.title = "A plan to fill in", .created = CREATED};
	size_t n_tables;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	stpfin_status status;

	book->bold = workbook_add_format(book->workbook);
	if (book->bold == NULL ||
		workbook_set_properties(book->workbook, &properties) != LXW_NO_ERROR) {
		return stpfin_error__memory();
	}
	format_set_bold(book->bold);
	add_explanation(book);
	status = add_dictionary(book);
	for (size_t i = 0; i < n_tables; i++) {
		add_table(book, &tables[i]);
	}
	if (status == STPFIN_OK && book->failed) {
		status = stpfin_error__memory();
	}
	return status;
}

stpfin_status stpfin_plan_write_workbook(const char *path)
{
	struct stpfin_new_file file = {0};
	struct book book = {0};
	lxw_error error;
	stpfin_status status;

	if (path == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	/* libxlsxwriter opens the file by its name; the stream stays empty. */
	status = stpfin_files__begin(&file, path);
	if (status != STPFIN_OK) {
		return status;
	}
	book.workbook = workbook_new(file.path_beside);
	status = book.workbook != NULL ? fill(&book) : stpfin_error__memory();
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
	stpfin_files__drop(&file);
	return status;
}
