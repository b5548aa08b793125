#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "libstpfin/table/csv.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/number.h"
#include "libstpfin/table/table.h"

#define BYTES(literal) literal, sizeof(literal) - 1

static char folder[32];
static const char file[] = "a.csv";

/* Every test works in a folder of its own. */
static void set_up(void)
{
	strcpy(folder, "check_csv.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static void tear_down(void)
{
	remove(file);
	ck_assert_int_eq(chdir(".."), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}

static void put(const char *bytes, size_t length)
{
	FILE *stream = fopen(file, "wb");

	ck_assert_ptr_nonnull(stream);
	ck_assert_uint_eq(fwrite(bytes, 1, length, stream), length);
	ck_assert_int_eq(fclose(stream), 0);
}

static char *get(size_t *length)
{
	FILE *stream = fopen(file, "rb");
	char *bytes;

	ck_assert_ptr_nonnull(stream);
	fseek(stream, 0, SEEK_END);
	*length = (size_t)ftell(stream);
	rewind(stream);
	bytes = malloc(*length + 1);
	ck_assert_uint_eq(fread(bytes, 1, *length, stream), *length);
	bytes[*length] = '\0';
	fclose(stream);
	return bytes;
}

static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* What a reader was told, written down: cells as {text}, the end of a row as its number. */
struct transcript {
	char text[1 << 12];
	size_t length;
	size_t row;
	size_t cells;
	int fail_after; /* so many calls, never if negative */
	int calls_after_failure;
};

static stpfin_status note_call(struct transcript *self)
{
	if (self->fail_after < 0) {
		return STPFIN_OK;
	}
	if (self->fail_after == 0) {
		self->calls_after_failure++;
		return STPFIN_OK;
	}
	return --self->fail_after == 0 ? stpfin_error__set(STPFIN_ERROR_CANCELLED, "enough")
								   : STPFIN_OK;
}

static void note(struct transcript *self, const char *text, size_t length)
{
	if (self->length + length < sizeof(self->text)) {
		memcpy(self->text + self->length, text, length);
		self->length += length;
	}
}

static stpfin_status on_cell(
	void *user_data, size_t row, size_t column, const char *text, size_t length)
{
	struct transcript *self = user_data;

	ck_assert_uint_eq(strlen(text), length);
	ck_assert_uint_eq(column, self->cells);
	ck_assert_uint_ge(row, self->row);
	ck_assert(self->row > 0 || row == 1);
	self->row = row;
	self->cells++;
	note(self, "{", 1);
	note(self, text, length);
	note(self, "}", 1);
	return note_call(self);
}

static stpfin_status on_row_end(void *user_data, size_t row, size_t cells)
{
	struct transcript *self = user_data;
	char number[32];

	ck_assert_uint_gt(cells, 0);
	ck_assert_uint_eq(cells, self->cells);
	ck_assert_uint_eq(row, self->row);
	self->cells = 0;
	self->row++;
	note(self, number, (size_t)snprintf(number, sizeof(number), "%zu", row));
	return note_call(self);
}

/* Reads bytes from memory and from a file, which must come to the same. */
static stpfin_status read_both(
	const char *bytes, size_t length, struct transcript *transcript, size_t *out_row)
{
	struct transcript other = {.fail_after = -1};
	struct stpfin_csv_reader reader = {on_cell, on_row_end, transcript};
	char *exact = malloc(length > 0 ? length : 1);
	char message[1100];
	size_t row = 77;
	stpfin_status status;

	memcpy(exact, bytes, length);
	*transcript = other;
	status = stpfin_csv__read_bytes(exact, length, &reader, out_row);
	free(exact);
	snprintf(message, sizeof(message), "%s: %s", file, stpfin_last_error());
	reader.user_data = &other;
	put(bytes, length);
	ck_assert_int_eq(stpfin_csv__read_file(file, &reader, &row), status);
	ck_assert_uint_eq(row, *out_row);
	ck_assert_uint_eq(other.length, transcript->length);
	ck_assert_mem_eq(other.text, transcript->text, other.length);
	if (status != STPFIN_OK) {
		ck_assert_str_eq(stpfin_last_error(), message);
	}
	return status;
}

static const struct {
	const char *bytes;
	size_t length;
	const char *told;
} good[] = {
	{BYTES(""), ""},
	{BYTES("\xEF\xBB\xBF"), ""},
	{BYTES("a"), "{a}1"},
	{BYTES("a\n"), "{a}1"},
	{BYTES("\xEF\xBB\xBF"
		   "a,b\n1,2\n"),
		"{a}{b}1{1}{2}2"},
	{BYTES("a,b\r\n1,2\r\n"), "{a}{b}1{1}{2}2"},
	{BYTES("a,b\r1,2\r"), "{a}{b}1{1}{2}2"},
	{BYTES("a,b\n1,2\r\n3,4\r5,6"), "{a}{b}1{1}{2}2{3}{4}3{5}{6}4"},
	/* Blank lines are no rows but count, whatever ends them. */
	{BYTES("a\n\n\nb\n\n"), "{a}1{b}4"},
	{BYTES("a\r\n\r\n\r\nb\r\n\r\n"), "{a}1{b}4"},
	{BYTES("a\r\r\rb\r\r"), "{a}1{b}4"},
	{BYTES("a\n \t \n\r\nb"), "{a}1{b}4"},
	{BYTES("a\n\r\n\rb"), "{a}1{b}4"},
	/* Cells. */
	{BYTES("a,,b,\n,\n,,\n\"\"\n"), "{a}{}{b}{}1{}{}2{}{}{}3{}4"},
	{BYTES("  a b\t ,\t c\n \" d \" ,\"\te\"  \n"), "{a b}{c}1{ d }{\te}2"},
	{BYTES("\"a,b\",\"say \"\"aye\"\"\",\"\"\"\"\n"), "{a,b}{say \"aye\"}{\"}1"},
	{BYTES("\"one\ntwo\",x\n\"three\r\nfour\r\n\r\nfive\",y\nz"),
		"{one\ntwo}{x}1{three\r\nfour\r\n\r\nfive}{y}2{z}3"},
	{BYTES("\"last\""), "{last}1"},
	{BYTES("\"last\" "), "{last}1"},
	{BYTES("a;b|c\t'd'\n\xC2\xA0x\xC2\xA0"), "{a;b|c\t'd'}1{\xC2\xA0x\xC2\xA0}2"},
	/* A byte-order mark elsewhere is a character. */
	{BYTES("a\n\xEF\xBB\xBF"
		   "b"),
		"{a}1{\xEF\xBB\xBF"
		"b}2"},
	{BYTES("\"\xEF\xBB\xBF\"\n"), "{\xEF\xBB\xBF}1"},
	/* The first and last characters of each length, and about the surrogates. */
	{BYTES("\x01\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80"
		   "\x80\xF4\x8F\xBF\xBF"),
		"{\x01\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80"
		"\x80\xF4\x8F\xBF\xBF}1"},
};

START_TEST(reads_cells)
{
	struct transcript transcript;
	size_t row;

	ck_assert_int_eq(read_both(good[_i].bytes, good[_i].length, &transcript, &row), STPFIN_OK);
	ck_assert_uint_eq(row, 0);
	transcript.text[transcript.length] = '\0';
	ck_assert_str_eq(transcript.text, good[_i].told);
}
END_TEST

#define NOT_UTF8 "bytes that are not UTF-8"

static const struct {
	const char *bytes;
	size_t length;
	size_t row;
	const char *why;
} bad[] = {
	{BYTES("a,b\n1,\"2\n3,4\n5,6\n"), 2, "never closed"},
	{BYTES("\""), 1, "never closed"},
	{BYTES("a\n\n\"b\n\nc\n\n"), 3, "never closed"},
	{BYTES("a\n\"b\"\"\n"), 2, "never closed"},
	{BYTES("a\nb\n\"c\"d\n"), 3, "after a closing quote"},
	{BYTES("a\n\"b\" \"c\"\n"), 2, "after a closing quote"},
	{BYTES("a\n\"x\ny\",\"c\" d\n"), 2, "after a closing quote"},
	{BYTES("a\n\nb\"c\n"), 3, "a quote within a cell"},
	{BYTES("a,b\n5 \" pipe\n"), 2, "a quote within a cell"},
	{BYTES("\na,b\n"), 1, "blank line"},
	{BYTES("\r\na,b\n"), 1, "blank line"},
	{BYTES(" \n"), 1, "blank line"},
	{BYTES("\xEF\xBB\xBF\n"), 1, "blank line"},
	{BYTES("\0"), 1, "NUL"},
	{BYTES("a,b\n1,\0,3\n"), 2, "NUL"},
	{BYTES("a\nb\nabcdefghijk\0lmnopqrstuvwxyz"), 3, "NUL"},
	{BYTES("a\0,\0b\0\n\0"), 1, "UTF-16"},
	{BYTES("\xFF\xFE"
		   "a\0\n\0"),
		0, "UTF-16"},
	{BYTES("\xFE\xFF\0a\0\n"), 0, "UTF-16"},
	{BYTES("\xFF\xFE"), 0, "UTF-16"},
	{BYTES("a\ncaf\xE9\n"), 2, NOT_UTF8},
	{BYTES("a\ncaf\xE9, a long text after it\n"), 2, NOT_UTF8},
	{BYTES("\"a\n\n\xE9\"\n"), 1, NOT_UTF8},
	{BYTES("a\n\x80"), 2, NOT_UTF8},
	{BYTES("a\n\xBF----"), 2, NOT_UTF8},
	{BYTES("a\n\xC0\x80----"), 2, NOT_UTF8},
	{BYTES("a\n\xC1\xBF----"), 2, NOT_UTF8},
	{BYTES("a\n\xC2"), 2, NOT_UTF8},
	{BYTES("a\n\xC2-"), 2, NOT_UTF8},
	{BYTES("a\n\xC2\xC2\x80"), 2, NOT_UTF8},
	{BYTES("a\n\xE0\x80\x80----"), 2, NOT_UTF8},
	{BYTES("a\n\xE0\x9F\xBF----"), 2, NOT_UTF8},
	{BYTES("a\n\xE2\x82"), 2, NOT_UTF8},
	{BYTES("a\n\xE2\x82----"), 2, NOT_UTF8},
	{BYTES("a\n\xED\xA0\x80----"), 2, NOT_UTF8},
	{BYTES("a\n\xED\xBF\xBF----"), 2, NOT_UTF8},
	{BYTES("a\n\xF0\x80\x80\x80----"), 2, NOT_UTF8},
	{BYTES("a\n\xF0\x8F\xBF\xBF----"), 2, NOT_UTF8},
	{BYTES("a\n\xF0\x9F\x98"), 2, NOT_UTF8},
	{BYTES("a\n\xF0\x9F\x98----"), 2, NOT_UTF8},
	{BYTES("a\n\xF4\x90\x80\x80----"), 2, NOT_UTF8},
	{BYTES("a\n\xF5\x80\x80\x80----"), 2, NOT_UTF8},
	{BYTES("a\n\xF8\x88\x80\x80\x80----"), 2, NOT_UTF8},
	{BYTES("a\n\xFE\xFF----"), 2, NOT_UTF8},
	{BYTES("\xEF\xBB"), 1, NOT_UTF8},
};

START_TEST(refuses_what_is_not_csv)
{
	struct transcript transcript;
	char where[64];
	size_t row;

	ck_assert_int_eq(read_both(bad[_i].bytes, bad[_i].length, &transcript, &row), STPFIN_ERROR_CSV);
	ck_assert_uint_eq(row, bad[_i].row);
	ck_assert_msg(strstr(stpfin_last_error(), bad[_i].why) != NULL, "\"%s\" is not in \"%s\"",
		bad[_i].why, stpfin_last_error());
	if (row > 0) {
		snprintf(where, sizeof(where), "a.csv: row %zu: ", row);
		ck_assert_ptr_eq(strstr(stpfin_last_error(), where), stpfin_last_error());
	}
}
END_TEST

START_TEST(row_may_be_left_out)
{
	struct transcript transcript = {.fail_after = -1};
	struct stpfin_csv_reader reader = {on_cell, on_row_end, &transcript};

	ck_assert_int_eq(stpfin_csv__read_bytes("a\n\"", 3, &reader, NULL), STPFIN_ERROR_CSV);
	ck_assert_int_eq(stpfin_csv__read_file("missing", &reader, NULL), STPFIN_ERROR_FILE);
}
END_TEST

START_TEST(stops_at_a_callback_that_fails)
{
	const char *bytes = "a,b\n1,2\n3,4\n\"";
	static const size_t rows[] = {1, 1, 1, 2, 2, 2, 3, 3, 3};
	size_t row;

	for (int n = 1; n <= 9; n++) {
		struct transcript transcript = {.fail_after = n};
		struct stpfin_csv_reader reader = {on_cell, on_row_end, &transcript};

		ck_assert_int_eq(
			stpfin_csv__read_bytes(bytes, strlen(bytes), &reader, &row), STPFIN_ERROR_CANCELLED);
		ck_assert_uint_eq(row, rows[n - 1]);
		ck_assert_str_eq(stpfin_last_error(), "enough");
		ck_assert_int_eq(transcript.calls_after_failure, 0);
	}
}
END_TEST

START_TEST(files_that_cannot_be_read)
{
	struct transcript transcript = {.fail_after = -1};
	struct stpfin_csv_reader reader = {on_cell, on_row_end, &transcript};
	size_t row = 77;

	ck_assert_int_eq(stpfin_csv__read_file("no/such.csv", &reader, &row), STPFIN_ERROR_FILE);
	ck_assert_uint_eq(row, 0);
	ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "cannot read no/such.csv: No such file"));
	row = 77;
	ck_assert_int_eq(stpfin_csv__read_file(".", &reader, &row), STPFIN_ERROR_FILE);
	ck_assert_uint_eq(row, 0);
	ck_assert_str_eq(stpfin_last_error(), "cannot read .: Is a directory");
	ck_assert_uint_eq(transcript.length, 0);
}
END_TEST

/* Whatever stands where one chunk ends and the next begins, at every offset about it. */
START_TEST(chunks_do_not_show)
{
	enum { CHUNK = 1 << 16 };
	static const char *const seams[] = {"\r\nX\r\n", "\xF0\x9F\x98\x80\xE2\x82\xAC\xC3\xA9",
		",\"a \"\"b\"\" \r\n c\" ,", "\n\n\r\n\r", ", \t ,x \t ,", "\n\"\"\n\"\"\"\"\n"};
	char *bytes = malloc(3 * CHUNK);
	struct transcript *expected = malloc(sizeof(*expected)), *told = malloc(sizeof(*told));
	size_t row;

	for (size_t s = 0; s < sizeof(seams) / sizeof(*seams); s++) {
		size_t seam = strlen(seams[s]);
		size_t length = (size_t)sprintf(bytes, "a\nb%sc", seams[s]);

		ck_assert_int_eq(read_both(bytes, length, expected, &row), STPFIN_OK);
		for (size_t offset = CHUNK - seam - 4; offset <= CHUNK + 4; offset++) {
			/* Blanks before a cell are told to nobody. */
			memcpy(bytes, "a\n", 2);
			memset(bytes + 2, ' ', offset - 2);
			length = offset + (size_t)sprintf(bytes + offset, "b%sc", seams[s]);
			ck_assert_int_eq(read_both(bytes, length, told, &row), STPFIN_OK);
			ck_assert_uint_eq(told->length, expected->length);
			ck_assert_mem_eq(told->text, expected->text, told->length);
		}
	}
	free(bytes);
	free(expected);
	free(told);
}
END_TEST

START_TEST(cells_up_to_the_limit)
{
	const size_t limit = STPFIN_CSV_CELL_LIMIT;
	char *bytes = malloc(4 * limit);
	struct transcript transcript;
	size_t row;

	for (int quoted = 0; quoted <= 1; quoted++) {
		for (size_t length = limit - 2; length <= limit + 2; length++) {
			size_t n = (size_t)sprintf(bytes, "a\nb\n%s", quoted ? "\"" : "");

			memset(bytes + n, 'x', length);
			n += length;
			n += (size_t)sprintf(bytes + n, "%s \n", quoted ? "\"" : "");
			ck_assert_int_eq(read_both(bytes, n, &transcript, &row),
				length <= limit ? STPFIN_OK : STPFIN_ERROR_CSV);
			ck_assert_uint_eq(row, length <= limit ? 0 : 3);
			ck_assert(length <= limit || strstr(stpfin_last_error(), "1 MiB") != NULL);
		}
	}
	/* A quote never closed is found out long before the end. */
	memset(bytes, '\n', 4 * limit);
	memcpy(bytes, "a\nb\n\"", 5);
	ck_assert_int_eq(read_both(bytes, 4 * limit, &transcript, &row), STPFIN_ERROR_CSV);
	ck_assert_uint_eq(row, 3);
	ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "1 MiB: is a quote opened"));
	free(bytes);
}
END_TEST

static stpfin_table *read_table(const char *name)
{
	stpfin_table *table;

	ck_assert_msg(
		stpfin_table_read_csv(file, name, &table) == STPFIN_OK, "%s", stpfin_last_error());
	return table;
}

START_TEST(reads_a_table)
{
	static const char *const towns[] = {"Hull", NULL, "Bath", NULL, "Hull"};
	static const char *const notes[] = {"a, b", "2", NULL, NULL, "c\nd"};
	static const char *const numbers[] = {"1.50", NULL, NULL, NULL, "007"};
	stpfin_table *table, *expected;
	stpfin_table_builder *builder;

	put(BYTES("\xEF\xBB\xBFtown, note ,number\r\nHull,\"a, b\",1.50\r\n\r\n,2\r\nBath\r\n,,\r\n"
			  "Hull,\"c\nd\",007"));
	table = read_table("place");
	stpfin_table_builder_new("place", &builder);
	stpfin_table_builder_add_text(builder, "town", towns, 5);
	stpfin_table_builder_add_text(builder, "note", notes, 5);
	stpfin_table_builder_add_text(builder, "number", numbers, 5);
	stpfin_table_builder_finish(builder, &expected);
	stpfin_table_builder_free(builder);
	ck_assert(stpfin_table_equal(table, expected));
	stpfin_table_free(table);
	stpfin_table_free(expected);
}
END_TEST

START_TEST(refuses_what_is_no_table)
{
	static const struct {
		const char *bytes;
		const char *why;
	} cases[] = {
		{"", "a.csv is empty"},
		{"\xEF\xBB\xBF", "a.csv is empty"},
		{"\n", "a.csv: row 1: a blank line"},
		{"a,,c\n", "a.csv: row 1: column 2 has no name"},
		{",", "a.csv: row 1: column 1 has no name"},
		{"a,b,\n1,2,\n", "a.csv: row 1: column 3 has no name"},
		{"a,b,c,b\n", "a.csv: row 1: columns 2 and 4 are both named b"},
		{"a,b\n1,2\n\n1,2,3\n", "a.csv: row 4: 3 cells, though the header names 2"},
		{"a,b\n1,2,\n", "a.csv: row 2: 3 cells, though the header names 2"},
		{"a,b\n1,\"2\n", "a.csv: row 2: a quote opened"},
	};
	stpfin_table *table = (stpfin_table *)&table;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put(cases[i].bytes, strlen(cases[i].bytes));
		ck_assert_int_eq(stpfin_table_read_csv(file, "x", &table), STPFIN_ERROR_CSV);
		ck_assert_ptr_null(table);
		ck_assert_msg(strncmp(stpfin_last_error(), cases[i].why, strlen(cases[i].why)) == 0,
			"\"%s\" does not begin \"%s\"", stpfin_last_error(), cases[i].why);
	}
	ck_assert_int_eq(stpfin_table_read_csv("no.csv", "x", &table), STPFIN_ERROR_FILE);
	ck_assert_int_eq(stpfin_table_read_csv(NULL, "x", &table), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(stpfin_table_read_csv(file, NULL, &table), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(stpfin_table_read_csv(file, "x", NULL), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(stpfin_table_write_csv(NULL, file), STPFIN_ERROR_ARGUMENT);
}
END_TEST

/* A table of texts that would not survive without quotes. */
static stpfin_table *random_table(uint64_t *state, size_t n_columns, size_t n_rows)
{
	static const char *const pieces[] = {",", "\"", "\r", "\n", "\r\n", " ", "\t", "x", "\xC3\xA9",
		"\xE6\xBC\xA2", "\xF0\x9F\x98\x80", "\xEF\xBB\xBF", "\"\"", "'", "1.5", ";"};
	const char **texts = malloc(n_rows * sizeof(*texts));
	char(*store)[64] = malloc(n_rows * sizeof(*store));
	char column[32];
	stpfin_table_builder *builder;
	stpfin_table *table;

	stpfin_table_builder_new("nasty", &builder);
	for (size_t c = 0; c < n_columns; c++) {
		for (size_t row = 0; row < n_rows; row++) {
			store[row][0] = '\0';
			for (uint64_t n = next(state) % 6; n > 0; n--) {
				strcat(store[row], pieces[next(state) % (sizeof(pieces) / sizeof(*pieces))]);
			}
			texts[row] = next(state) % 4 == 0 ? NULL : store[row];
		}
		snprintf(column, sizeof(column), "%s %zu%s",
			pieces[next(state) % (sizeof(pieces) / sizeof(*pieces))], c,
			pieces[next(state) % (sizeof(pieces) / sizeof(*pieces))]);
		ck_assert_int_eq(stpfin_table_builder_add_text(builder, column, texts, n_rows), STPFIN_OK);
	}
	ck_assert_int_eq(stpfin_table_builder_finish(builder, &table), STPFIN_OK);
	stpfin_table_builder_free(builder);
	free(texts);
	free(store);
	return table;
}

START_TEST(what_is_written_reads_back)
{
	uint64_t state = 2718;
	char hash[STPFIN_HASH_SIZE], hash_again[STPFIN_HASH_SIZE];

	for (int round = 0; round < 500; round++) {
		stpfin_table *table = random_table(&state, 1 + next(&state) % 5, next(&state) % 40);
		stpfin_table *again;

		ck_assert_int_eq(stpfin_table_write_csv(table, file), STPFIN_OK);
		again = read_table("nasty");
		ck_assert(stpfin_table_equal(table, again));
		ck_assert_int_eq(stpfin_table_hash(table, hash), STPFIN_OK);
		ck_assert_int_eq(stpfin_table_hash(again, hash_again), STPFIN_OK);
		ck_assert_str_eq(hash, hash_again);
		stpfin_table_free(table);
		stpfin_table_free(again);
	}
}
END_TEST

START_TEST(doubles_read_back_bit_for_bit)
{
	enum { N = 100000 };
	double *x = malloc(N * sizeof(*x)), back;
	uint64_t state = 31415, bits;
	stpfin_table_builder *builder;
	stpfin_table *table, *again;
	const char *text;

	for (int i = 0; i < N;) {
		bits = next(&state);
		memcpy(&x[i], &bits, sizeof(bits));
		i += !isinf(x[i]);
	}
	stpfin_table_builder_new("bits", &builder);
	stpfin_table_builder_add_double(builder, "x", x, N);
	stpfin_table_builder_finish(builder, &table);
	stpfin_table_builder_free(builder);
	ck_assert_int_eq(stpfin_table_write_csv(table, file), STPFIN_OK);
	again = read_table("bits");
	ck_assert_uint_eq(stpfin_table_rows(again), N);
	for (size_t row = 0; row < N; row++) {
		text = stpfin_column__text(stpfin_table__column(again, 0), row);
		if (isnan(x[row])) {
			ck_assert_ptr_null(text);
		} else {
			ck_assert(stpfin_number__read(text, strlen(text), &back));
			ck_assert(memcmp(&back, &x[row], sizeof(back)) == 0);
		}
	}
	stpfin_table_free(table);
	stpfin_table_free(again);
	free(x);
}
END_TEST

START_TEST(written_form)
{
	static const char *const texts[] = {"plain", " a", "b ", "a,b", "say \"aye\"", "\t", "1\n2",
		"1\r2", NULL, "a b", "\xEF\xBB\xBF", "caf\xC3\xA9"};
	static const int32_t whole[] = {
		0, 1, -1, INT32_MAX, INT32_MIN + 1, STPFIN_MISSING_INT32, 7, 8, 9, 10, 11, 12};
	static const double real[] = {0, -0.0, 0.1, 1e300, 1e-300, (double)NAN, (double)INFINITY,
		-(double)INFINITY, 100, 12345678.9, 1.0 / 3, -2.5};
	static const char expected[] = "\"\"\"q\"\"\",whole,real\n"
								   "plain,0,0\n"
								   "\" a\",1,0\n"
								   "\"b \",-1,0.1\n"
								   "\"a,b\",2147483647,1e+300\n"
								   "\"say \"\"aye\"\"\",-2147483647,1e-300\n"
								   "\"\t\",,\n"
								   "\"1\n2\",7,inf\n"
								   "\"1\r2\",8,-inf\n"
								   ",9,100\n"
								   "a b,10,12345678.9\n"
								   "\"\xEF\xBB\xBF\",11,0.3333333333333333\n"
								   "caf\xC3\xA9,12,-2.5\n";
	stpfin_table_builder *builder;
	stpfin_table *table;
	size_t length;
	char *bytes;

	stpfin_table_builder_new("form", &builder);
	stpfin_table_builder_add_text(builder, "\"q\"", texts, 12);
	stpfin_table_builder_add_int32(builder, "whole", whole, 12);
	stpfin_table_builder_add_double(builder, "real", real, 12);
	stpfin_table_builder_finish(builder, &table);
	ck_assert_int_eq(stpfin_table_write_csv(table, file), STPFIN_OK);
	bytes = get(&length);
	ck_assert_str_eq(bytes, expected);
	free(bytes);
	stpfin_table_free(table);

	/* A missing value alone in its row is no blank line. */
	stpfin_table_builder_add_int32(builder, "x", whole + 4, 3);
	stpfin_table_builder_finish(builder, &table);
	ck_assert_int_eq(stpfin_table_write_csv(table, file), STPFIN_OK);
	bytes = get(&length);
	ck_assert_str_eq(bytes, "x\n-2147483647\n\"\"\n7\n");
	free(bytes);
	stpfin_table_free(table);
	stpfin_table_builder_free(builder);
}
END_TEST

struct failing_sink {
	int calls_left;
	int calls_after_failure;
};

static bool fail_in_time(void *user_data, const char *bytes, size_t length)
{
	struct failing_sink *self = user_data;

	(void)bytes;
	(void)length;
	if (self->calls_left == 0) {
		self->calls_after_failure++;
	}
	return --self->calls_left > 0;
}

START_TEST(a_sink_that_fails_ends_the_writing)
{
	uint64_t state = 1618;
	stpfin_table *table = random_table(&state, 3, 2000);
	struct failing_sink sink = {1 << 20, 0};
	int calls;

	ck_assert(stpfin_csv__write(table, fail_in_time, &sink));
	calls = (1 << 20) - sink.calls_left;
	ck_assert_int_gt(calls, 4);
	for (int n = 1; n <= calls; n++) {
		sink = (struct failing_sink){n, 0};
		ck_assert(!stpfin_csv__write(table, fail_in_time, &sink));
		ck_assert_int_eq(sink.calls_after_failure, 0);
		ck_assert_int_eq(sink.calls_left, 0);
	}
	stpfin_table_free(table);
}
END_TEST

/* A disk that is full, at the end of the file and in its midst. */
START_TEST(a_file_is_whole_or_untouched)
{
	static const size_t n_rows[] = {100, 100000};
	uint64_t state = 577;
	struct rlimit before, small = {1000, 1000};
	stpfin_status status;
	size_t length;
	char *bytes;

	put(BYTES("a\nold\n"));
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	for (int i = 0; i < 2; i++) {
		stpfin_table *table = random_table(&state, 3, n_rows[i]);

		/* Nothing is asserted meanwhile: Check keeps its own notes in a file. */
		setrlimit(RLIMIT_FSIZE, &small);
		status = stpfin_table_write_csv(table, file);
		setrlimit(RLIMIT_FSIZE, &before);
		ck_assert_int_eq(status, STPFIN_ERROR_FILE);
		ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "cannot write a.csv"));
		ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "too large"));
		ck_assert_int_ne(access("a.csv.new", F_OK), 0);
		bytes = get(&length);
		ck_assert_str_eq(bytes, "a\nold\n");
		free(bytes);
		ck_assert_int_eq(stpfin_table_write_csv(table, "no/such.csv"), STPFIN_ERROR_FILE);
		ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "cannot write no/such.csv"));
		stpfin_table_free(table);
	}
}
END_TEST

START_TEST(utf8_in_words_and_out_of_them)
{
	char bytes[64];

	for (size_t length = 0; length < sizeof(bytes); length++) {
		memset(bytes, 'a', sizeof(bytes));
		ck_assert_uint_eq(stpfin_csv__utf8(bytes, length), length);
		for (size_t at = 0; at < length; at++) {
			static const char wrong[] = {'\0', '\x80', '\xC1', '\xF5', '\xFF'};

			for (size_t i = 0; i < sizeof(wrong); i++) {
				memset(bytes, i % 2 == 0 ? 'a' : '\x01', sizeof(bytes));
				bytes[at] = wrong[i];
				ck_assert_uint_eq(stpfin_csv__utf8(bytes, length), at);
			}
			memset(bytes, '\x7F', sizeof(bytes));
			memcpy(bytes + at, "\xC3\xA9", at + 1 < length ? 2 : 1);
			ck_assert_uint_eq(stpfin_csv__utf8(bytes, length), at + 1 < length ? length : at);
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("csv");
	TCase *cases = tcase_create("csv");
	SRunner *runner;
	int failed;

	tcase_set_timeout(cases, 120);
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, reads_cells, 0, sizeof(good) / sizeof(*good));
	tcase_add_loop_test(cases, refuses_what_is_not_csv, 0, sizeof(bad) / sizeof(*bad));
	tcase_add_test(cases, row_may_be_left_out);
	tcase_add_test(cases, stops_at_a_callback_that_fails);
	tcase_add_test(cases, files_that_cannot_be_read);
	tcase_add_test(cases, chunks_do_not_show);
	tcase_add_test(cases, cells_up_to_the_limit);
	tcase_add_test(cases, reads_a_table);
	tcase_add_test(cases, refuses_what_is_no_table);
	tcase_add_test(cases, what_is_written_reads_back);
	tcase_add_test(cases, doubles_read_back_bit_for_bit);
	tcase_add_test(cases, written_form);
	tcase_add_test(cases, a_sink_that_fails_ends_the_writing);
	tcase_add_test(cases, a_file_is_whole_or_untouched);
	tcase_add_test(cases, utf8_in_words_and_out_of_them);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
