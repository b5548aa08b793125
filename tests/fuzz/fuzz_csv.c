#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/csv.h"
#include "libstpfin/table/table.h"

/* Whatever the bytes, reading them neither crashes nor leaks; and what is accepted, once it is a
 * table, is written so that it reads back as the same table. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void require(bool held, const char *what)
{
	if (!held) {
		fprintf(stderr, "%s: %s\n", what, stpfin_last_error());
		abort();
	}
}

/* Columns have numbers for names, as the header may repeat one: every row is a row of the table.
 * Cells that make the table too large for its bytes are left out. */
static stpfin_status add_cell(
	void *user_data, size_t row, size_t column, const char *text, size_t length)
{
	stpfin_table *table = user_data;
	char name[32];
	stpfin_status status = STPFIN_OK;

	require(row > 0 && strlen(text) == length, "a cell is as it should be");
	require(stpfin_csv__utf8(text, length) == length, "a cell is UTF-8");
	if (column >= 64) {
		return STPFIN_OK;
	}
	if (column == stpfin_table_columns(table)) {
		snprintf(name, sizeof(name), "%zu", column);
		status = stpfin_table__add_column(table, name, STPFIN_TEXT, NULL);
	}
	if (status == STPFIN_OK && column == 0) {
		status = stpfin_table__add_row(table);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table__set_text(table, column, stpfin_table_rows(table) - 1, text);
	}
	return status;
}

static stpfin_status end_row(void *user_data, size_t row, size_t cells)
{
	(void)user_data;
	require(row > 0 && cells > 0, "a row has a cell");
	return STPFIN_OK;
}

struct buffer {
	char *bytes;
	size_t length, capacity;
};

static bool append(void *user_data, const char *bytes, size_t length)
{
	struct buffer *self = user_data;

	if (self->capacity - self->length < length) {
		self->capacity = (self->capacity + length) * 2;
		self->bytes = realloc(self->bytes, self->capacity);
		require(self->bytes != NULL, "there is memory");
	}
	memcpy(self->bytes + self->length, bytes, length);
	self->length += length;
	return true;
}

/* The rows below the header, which is the names of the columns. */
static stpfin_status add_cell_below(
	void *user_data, size_t row, size_t column, const char *text, size_t length)
{
	return row == 1 ? STPFIN_OK : add_cell(user_data, row, column, text, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	stpfin_table *table, *again = NULL;
	struct stpfin_csv_reader reader = {add_cell, end_row, NULL};
	struct buffer written = {0};
	size_t row;
	stpfin_status status;

	require(stpfin_table__new("fuzz", &table) == STPFIN_OK, "a table");
	require(stpfin_table__new("fuzz", &again) == STPFIN_OK, "a table");
	reader.user_data = table;
	status = stpfin_csv__read_bytes((const char *)bytes, length, &reader, &row);
	require(status == STPFIN_OK || status == STPFIN_ERROR_CSV, "a status");
	if (status == STPFIN_OK && stpfin_table_columns(table) > 0) {
		require(stpfin_csv__write(table, append, &written), "it is written");
		for (size_t i = 0; i < stpfin_table_columns(table); i++) {
			require(stpfin_table__add_column(
						again, stpfin_table_column_name(table, i), STPFIN_TEXT, NULL) == STPFIN_OK,
				"a column");
		}
		reader.cell = add_cell_below;
		reader.user_data = again;
		require(stpfin_csv__read_bytes(written.bytes, written.length, &reader, &row) == STPFIN_OK,
			"what was written is read");
		require(stpfin_table_equal(table, again), "what was written reads back");
	}
	free(written.bytes);
	stpfin_table_free(table);
	stpfin_table_free(again);
	return 0;
}
