#include "libstpfin/table/csv.h"

#include <csv.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/dictionary.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/files.h"
#include "libstpfin/table/number.h"
#include "libstpfin/table/table.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* Bytes handed to libcsv at a time, and the step by which its cell grows. */
enum { CHUNK = 1 << 16, CELL_STEP = 1 << 14 };

struct feed {
	struct csv_parser parser;
	const struct stpfin_csv_reader *reader;
	const char *path; /* NULL for bytes in memory */
	bool begun;
	size_t row;
	size_t cells;
	int line_end; /* of the row before */
	stpfin_status status;
};

/* How long the character is that begins here, 0 if it is none; Unicode's table 3-7. */
static size_t character_length(const unsigned char *c, size_t left)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t length;

	if (c[0] < 0x80) {
		return c[0] != 0;
	} else if (c[0] >= 0xC2 && c[0] <= 0xDF) {
		length = 2;
	} else if (c[0] >= 0xE0 && c[0] <= 0xEF) {
		length = 3;
		low = c[0] == 0xE0 ? 0xA0 : 0x80;
		high = c[0] == 0xED ? 0x9F : 0xBF;
	} else if (c[0] >= 0xF0 && c[0] <= 0xF4) {
		length = 4;
		low = c[0] == 0xF0 ? 0x90 : 0x80;
		high = c[0] == 0xF4 ? 0x8F : 0xBF;
	} else {
		return 0;
	}
	if (left < length || c[1] < low || c[1] > high) {
		return 0;
	}
	for (size_t i = 2; i < length; i++) {
		if (c[i] < 0x80 || c[i] > 0xBF) {
			return 0;
		}
	}
	return length;
}

size_t stpfin_csv__utf8(const char *bytes, size_t length)
{
	const uint64_t ones = 0x0101010101010101u;
	uint64_t word;
	size_t i = 0, step;

	while (i < length) {
		/* Eight bytes at a time while all are ASCII and none is NUL, which borrows. */
		for (; length - i >= sizeof(word); i += sizeof(word)) {
			memcpy(&word, bytes + i, sizeof(word));
			if (((word | (word - ones)) & (ones << 7)) != 0) {
				break;
			}
		}
		if (i == length) {
			break;
		}
		step = character_length((const unsigned char *)bytes + i, length - i);
		if (step == 0) {
			break;
		}
		i += step;
	}
	return i;
}

static void refuse(struct feed *self, const char *why)
{
	const char *path = self->path != NULL ? self->path : "";
	const char *colon = self->path != NULL ? ": " : "";

	self->status = self->row > 0 ? stpfin_error__set(STPFIN_ERROR_CSV, "%s%srow %zu: %s", path,
									   colon, self->row, why)
								 : stpfin_error__set(STPFIN_ERROR_CSV, "%s%s%s", path, colon, why);
}

static void on_cell(void *text, size_t length, void *user_data)
{
	struct feed *self = user_data;

	if (self->status != STPFIN_OK) {
		return;
	}
	if (length > STPFIN_CSV_CELL_LIMIT) {
		refuse(self, "a cell is longer than 1 MiB");
		return;
	}
	self->status =
		self->reader->cell(self->reader->user_data, self->row, self->cells, text, length);
	self->cells++;
}

/* libcsv ends a line at each carriage return and newline, a pair of them included. */
static void on_line_end(int c, void *user_data)
{
	struct feed *self = user_data;
	int before = self->line_end;

	if (self->status != STPFIN_OK) {
		return;
	}
	self->line_end = c;
	if (self->cells == 0 && c == '\n' && before == '\r') {
		return;
	}
	if (self->cells > 0) {
		self->status = self->reader->row_end(self->reader->user_data, self->row, self->cells);
	} else if (self->row == 1) {
		refuse(self, "a blank line where the names of the columns should be");
	}
	if (self->status == STPFIN_OK) {
		self->cells = 0;
		self->row++;
	}
}

static void begin_feed(struct feed *self, const struct stpfin_csv_reader *reader, const char *path)
{
	*self = (struct feed){.reader = reader, .path = path, .row = 1};
	/* Fails for a NULL parser only. */
	csv_init(&self->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL | CSV_APPEND_NULL);
	csv_set_blk_size(&self->parser, CELL_STEP);
}

/* Takes the whole characters of a chunk and returns how many bytes they were: up to three more
 * may be the beginning of a character that the next chunk ends. */
static size_t feed(struct feed *self, const char *bytes, size_t length)
{
	size_t start = 0, good;

	if (!self->begun) {
		self->begun = true;
		if (length >= 2 &&
			(memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
			self->row = 0;
			refuse(self, "the text is in UTF-16: save it as CSV UTF-8");
			return 0;
		}
		if (length >= 3 && memcmp(bytes, BYTE_ORDER_MARK, 3) == 0) {
			start = 3;
		}
	}
	good = start + stpfin_csv__utf8(bytes + start, length - start);
	if (csv_parse(&self->parser, bytes + start, good - start, on_cell, on_line_end, self) <
			good - start &&
		self->status == STPFIN_OK) {
		if (csv_error(&self->parser) != CSV_EPARSE) {
			self->status = stpfin_error__memory();
		} else if (self->parser.quoted) {
			refuse(self, "text after a closing quote: double a quote within a cell");
		} else {
			refuse(self, "a quote within a cell: put the cell in quotes and double the quote");
		}
	}
	/* A cell not yet ended, with blanks that may be left out when it is. */
	if (self->status == STPFIN_OK && self->parser.entry_pos > STPFIN_CSV_CELL_LIMIT + CHUNK) {
		refuse(self, "a cell is longer than 1 MiB: is a quote opened in it and never closed?");
	}
	if (self->status == STPFIN_OK && good < length && (bytes[good] == '\0' || length - good >= 4)) {
		refuse(self, bytes[good] == '\0'
						 ? "a NUL byte: this is no text, or it is in UTF-16; save it as CSV UTF-8"
						 : "bytes that are not UTF-8: save the file as CSV UTF-8");
	}
	return good;
}

/* Ends the text, of which some bytes may be left over that are no character. */
static stpfin_status end_feed(struct feed *self, size_t left_over, size_t *out_row)
{
	if (self->status == STPFIN_OK && left_over > 0) {
		refuse(self, "bytes that are not UTF-8: save the file as CSV UTF-8");
	}
	if (self->status == STPFIN_OK && csv_fini(&self->parser, on_cell, on_line_end, self) != 0) {
		refuse(self, "a quote opened in this row is never closed");
	}
	csv_free(&self->parser);
	if (out_row != NULL) {
		*out_row = self->status == STPFIN_OK ? 0 : self->row;
	}
	return self->status;
}

stpfin_status stpfin_csv__read_bytes(
	const char *bytes, size_t length, const struct stpfin_csv_reader *reader, size_t *out_row)
{
	struct feed self;
	size_t at = 0, taken = 1;

	begin_feed(&self, reader, NULL);
	while (self.status == STPFIN_OK && at < length && taken > 0) {
		taken = feed(&self, bytes + at, length - at < CHUNK ? length - at : CHUNK);
		at += taken;
	}
	return end_feed(&self, length - at, out_row);
}

static void fail_to_read(struct feed *self)
{
	self->row = 0;
	if (errno == ENOMEM) {
		self->status = stpfin_error__memory();
	} else {
		self->status =
			stpfin_error__set(STPFIN_ERROR_FILE, "cannot read %s: %s", self->path, strerror(errno));
	}
}

stpfin_status stpfin_csv__read_file(
	const char *path, const struct stpfin_csv_reader *reader, size_t *out_row)
{
	struct feed self;
	FILE *stream = NULL;
	char *chunk = NULL;
	size_t held = 0, got = 1, taken;

	begin_feed(&self, reader, path);
	chunk = malloc(CHUNK);
	if (chunk == NULL) {
		self.row = 0;
		self.status = stpfin_error__memory();
		goto out;
	}
	stream = fopen(path, "rb");
	if (stream == NULL) {
		fail_to_read(&self);
		goto out;
	}
	while (self.status == STPFIN_OK && got > 0) {
		got = fread(chunk + held, 1, CHUNK - held, stream);
		if (ferror(stream)) {
			fail_to_read(&self);
			goto out;
		}
		held += got;
		taken = feed(&self, chunk, held);
		held -= taken;
		memmove(chunk, chunk + taken, held);
	}
out:
	if (stream != NULL) {
		fclose(stream);
	}
	free(chunk);
	return end_feed(&self, held, out_row);
}

struct text_table {
	const char *path;
	stpfin_table *table;
	stpfin_dictionary *names;
};

static stpfin_status read_name(
	struct text_table *self, size_t column, const char *text, size_t length)
{
	int32_t code;

	if (length == 0) {
		return stpfin_error__set(STPFIN_ERROR_CSV, "%s: row 1: column %zu has no name: give it one",
			self->path, column + 1);
	}
	code = stpfin_dictionary__intern(self->names, text, length);
	if (code < 0) {
		return stpfin_error__memory();
	}
	if ((size_t)code < column) {
		return stpfin_error__set(STPFIN_ERROR_CSV,
			"%s: row 1: columns %" PRId32 " and %zu are both named %s: names must differ",
			self->path, code + 1, column + 1, text);
	}
	return stpfin_table__add_column(self->table, text, STPFIN_TEXT, NULL);
}

static stpfin_status read_cell(
	void *user_data, size_t row, size_t column, const char *text, size_t length)
{
	struct text_table *self = user_data;
	stpfin_status status = STPFIN_OK;

	if (row == 1) {
		return read_name(self, column, text, length);
	}
	if (column == 0) {
		status = stpfin_table__add_row(self->table);
	}
	if (status == STPFIN_OK && column < stpfin_table_columns(self->table)) {
		status =
			stpfin_table__set_text(self->table, column, stpfin_table_rows(self->table) - 1, text);
	}
	return status;
}

static stpfin_status read_row_end(void *user_data, size_t row, size_t cells)
{
	const struct text_table *self = user_data;

	if (cells > stpfin_table_columns(self->table)) {
		return stpfin_error__set(STPFIN_ERROR_CSV,
			"%s: row %zu: %zu cells, though the header names %zu columns: is there a comma "
			"outside quotes?",
			self->path, row, cells, stpfin_table_columns(self->table));
	}
	return STPFIN_OK;
}

stpfin_status stpfin_table_read_csv(const char *path, const char *name, stpfin_table **out_table)
{
	struct text_table text_table = {.path = path};
	struct stpfin_csv_reader reader = {read_cell, read_row_end, &text_table};
	stpfin_status status;

	if (out_table != NULL) {
		*out_table = NULL;
	}
	if (path == NULL || name == NULL || out_table == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	status = stpfin_table__new(name, &text_table.table);
	if (status != STPFIN_OK) {
		goto out;
	}
	text_table.names = stpfin_dictionary__new();
	if (text_table.names == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	status = stpfin_csv__read_file(path, &reader, NULL);
	if (status != STPFIN_OK) {
		goto out;
	}
	if (stpfin_table_columns(text_table.table) == 0) {
		status =
			stpfin_error__set(STPFIN_ERROR_CSV, "%s is empty: row 1 must name the columns", path);
		goto out;
	}
	*out_table = text_table.table;
	text_table.table = NULL;
out:
	stpfin_dictionary__free(text_table.names);
	stpfin_table_free(text_table.table);
	return status;
}

/* What would not read back as it is. An empty cell alone in its row would be a blank line, and a
 * byte-order mark would be skipped. */
static bool needs_quotes(const char *text, size_t length, bool alone)
{
	if (length == 0) {
		return alone;
	}
	return strpbrk(text, ",\"\r\n") != NULL || strchr(" \t", text[0]) != NULL ||
		   strchr(" \t", text[length - 1]) != NULL ||
		   strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0;
}

/* Bytes on their way to a sink, which is given many at once. */
struct outlet {
	stpfin_sink sink;
	void *user_data;
	bool failed;
	size_t used;
	char bytes[8192];
};

static void flush(struct outlet *self)
{
	if (self->used > 0) {
		self->failed = self->failed || !self->sink(self->user_data, self->bytes, self->used);
		self->used = 0;
	}
}

static void put(struct outlet *self, const char *bytes, size_t length)
{
	if (length > sizeof self->bytes - self->used) {
		flush(self);
	}
	if (length > sizeof self->bytes) {
		self->failed = self->failed || !self->sink(self->user_data, bytes, length);
		return;
	}
	memcpy(self->bytes + self->used, bytes, length);
	self->used += length;
}

static void put_text(struct outlet *self, const char *text, bool alone)
{
	size_t length = strlen(text), part;

	if (!needs_quotes(text, length, alone)) {
		put(self, text, length);
		return;
	}
	put(self, "\"", 1);
	for (part = strcspn(text, "\""); text[part] != '\0'; part = strcspn(text, "\"")) {
		put(self, text, part + 1);
		put(self, "\"", 1);
		text += part + 1;
	}
	put(self, text, part);
	put(self, "\"", 1);
}

bool stpfin_csv__write(const stpfin_table *table, stpfin_sink sink, void *user_data)
{
	size_t n_columns = stpfin_table_columns(table), n_rows = stpfin_table_rows(table);
	struct outlet outlet = {.sink = sink, .user_data = user_data};
	const struct stpfin_column *column;
	const char *text;
	char buffer[STPFIN_NUMBER_SIZE];

	/* Line 0 is the header. */
	for (size_t line = 0; line <= n_rows && !outlet.failed; line++) {
		for (size_t i = 0; i < n_columns && !outlet.failed; i++) {
			column = stpfin_table__column(table, i);
			text = line == 0 ? column->name : stpfin_column__format(column, line - 1, buffer);
			if (i > 0) {
				put(&outlet, ",", 1);
			}
			if (text == buffer) {
				put(&outlet, text, strlen(text)); /* a number */
			} else {
				put_text(&outlet, text, n_columns == 1);
			}
		}
		put(&outlet, "\n", 1);
	}
	flush(&outlet);
	return !outlet.failed;
}

static bool write_to_stream(void *user_data, const char *bytes, size_t length)
{
	return fwrite(bytes, 1, length, user_data) == length;
}

stpfin_status stpfin_csv__write_beside(
	const stpfin_table *table, const char *path, struct stpfin_new_file *file)
{
	stpfin_status status = stpfin_files__begin(file, path);

	if (status == STPFIN_OK) {
		status = stpfin_csv__write(table, write_to_stream, file->stream)
					 ? stpfin_files__finish(file)
					 : stpfin_error__set(
						   STPFIN_ERROR_FILE, "cannot write %s: %s", path, strerror(errno));
	}
	return status;
}

stpfin_status stpfin_table_write_csv(const stpfin_table *self, const char *path)
{
	struct stpfin_new_file file = {0};
	stpfin_status status;

	if (self == NULL || path == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	status = stpfin_csv__write_beside(self, path, &file);
	if (status == STPFIN_OK) {
		status = stpfin_files__commit(&file);
	}
	stpfin_files__drop(&file);
	return status;
}
