#include "libstpfin/table/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/csv.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/number.h"
#include "libstpfin/table/text.h"

enum { LEAST_CAPACITY = 8 };

/* Every column has room for as many rows as the table, those beyond the last already missing. */
struct stpfin_table {
	atomic_size_t shares;
	char *name;
	struct stpfin_column *columns;
	size_t n_columns;
	size_t n_rows;
	size_t capacity;
};

struct stpfin_table_builder {
	stpfin_table *table;
};

static void free_column(struct stpfin_column *self)
{
	free(self->name);
	if (self->type == STPFIN_DOUBLE) {
		free(self->real);
	} else {
		free(self->whole);
	}
	stpfin_dictionary__free(self->dictionary);
}

static void clear_rows(struct stpfin_column *self, size_t from, size_t to)
{
	int32_t missing = self->type == STPFIN_TEXT ? -1 : STPFIN_MISSING_INT32;

	for (size_t row = from; row < to; row++) {
		if (self->type == STPFIN_DOUBLE) {
			self->real[row] = (double)NAN;
		} else {
			self->whole[row] = missing;
		}
	}
}

/* Room for rows up to capacity, missing from the row `from` on. */
static bool extend_column(struct stpfin_column *self, size_t from, size_t capacity)
{
	double *real;
	int32_t *whole;

	if (capacity > SIZE_MAX / sizeof(*real)) {
		return false;
	}
	if (self->type == STPFIN_DOUBLE) {
		real = realloc(self->real, capacity * sizeof(*real));
		if (real == NULL) {
			return false;
		}
		self->real = real;
	} else {
		whole = realloc(self->whole, capacity * sizeof(*whole));
		if (whole == NULL) {
			return false;
		}
		self->whole = whole;
	}
	clear_rows(self, from, capacity);
	return true;
}

stpfin_status stpfin_table__new(const char *name, stpfin_table **out_table)
{
	stpfin_table *self = calloc(1, sizeof(*self));

	*out_table = NULL;
	if (self == NULL) {
		return stpfin_error__memory();
	}
	atomic_init(&self->shares, 1);
	self->capacity = LEAST_CAPACITY;
	self->name = stpfin_text__copy(name);
	if (self->name == NULL) {
		stpfin_table_free(self);
		return stpfin_error__memory();
	}
	*out_table = self;
	return STPFIN_OK;
}

stpfin_status stpfin_table__add_column(
	stpfin_table *self, const char *name, stpfin_type type, const stpfin_dictionary *dictionary)
{
	struct stpfin_column column = {.type = type};
	struct stpfin_column *columns;
	size_t n = self->n_columns;

	/* Room doubles whenever the number of columns is a power of two. */
	if ((n & (n - 1)) == 0) {
		if (n > SIZE_MAX / 2 / sizeof(*columns)) {
			return stpfin_error__memory();
		}
		columns = realloc(self->columns, (n > 0 ? n * 2 : 1) * sizeof(*columns));
		if (columns == NULL) {
			return stpfin_error__memory();
		}
		self->columns = columns;
	}
	column.name = stpfin_text__copy(name);
	if (type == STPFIN_TEXT) {
		column.dictionary =
			dictionary != NULL ? stpfin_dictionary__share(dictionary) : stpfin_dictionary__new();
	}
	if (column.name == NULL || (type == STPFIN_TEXT && column.dictionary == NULL) ||
		!extend_column(&column, 0, self->capacity)) {
		free_column(&column);
		return stpfin_error__memory();
	}
	self->columns[self->n_columns++] = column;
	return STPFIN_OK;
}

stpfin_status stpfin_table__copy_column(stpfin_table *self, const struct stpfin_column *column)
{
	stpfin_status status =
		stpfin_table__add_column(self, column->name, column->type, column->dictionary);
	struct stpfin_column *copy;

	if (status != STPFIN_OK || self->n_rows == 0) {
		return status;
	}
	copy = &self->columns[self->n_columns - 1];
	if (column->type == STPFIN_DOUBLE) {
		memcpy(copy->real, column->real, self->n_rows * sizeof(*copy->real));
	} else {
		memcpy(copy->whole, column->whole, self->n_rows * sizeof(*copy->whole));
	}
	return STPFIN_OK;
}

stpfin_status stpfin_table__add_rows(stpfin_table *self, size_t n)
{
	size_t capacity = self->capacity;

	while (capacity - self->n_rows < n) {
		if (capacity > SIZE_MAX / 2) {
			return stpfin_error__memory();
		}
		capacity *= 2;
	}
	if (capacity > self->capacity) {
		for (size_t i = 0; i < self->n_columns; i++) {
			if (!extend_column(&self->columns[i], self->n_rows, capacity)) {
				return stpfin_error__memory();
			}
		}
		self->capacity = capacity;
	}
	self->n_rows += n;
	return STPFIN_OK;
}

stpfin_status stpfin_table__add_row(stpfin_table *self)
{
	return stpfin_table__add_rows(self, 1);
}

void stpfin_table__keep_rows(stpfin_table *self, size_t n)
{
	for (size_t i = 0; i < self->n_columns; i++) {
		clear_rows(&self->columns[i], n, self->n_rows);
	}
	self->n_rows = n;
}

struct stpfin_column *stpfin_table__column(const stpfin_table *self, size_t column)
{
	return column < self->n_columns ? &self->columns[column] : NULL;
}

struct stpfin_column *stpfin_table__named(const stpfin_table *self, const char *name)
{
	for (size_t i = 0; i < self->n_columns; i++) {
		if (strcmp(self->columns[i].name, name) == 0) {
			return &self->columns[i];
		}
	}
	return NULL;
}

stpfin_status stpfin_table__set_text(
	stpfin_table *self, size_t column, size_t row, const char *text)
{
	struct stpfin_column *filled = &self->columns[column];

	filled->whole[row] = -1;
	if (text != NULL && *text != '\0') {
		filled->whole[row] = stpfin_dictionary__intern(filled->dictionary, text, strlen(text));
		if (filled->whole[row] < 0) {
			return stpfin_error__memory();
		}
	}
	return STPFIN_OK;
}

const char *stpfin_column__text(const struct stpfin_column *self, size_t row)
{
	return stpfin_dictionary__text(self->dictionary, self->whole[row]);
}

double stpfin_column__number(const struct stpfin_column *self, size_t row)
{
	if (self->type == STPFIN_DOUBLE) {
		return self->real[row];
	}
	return self->whole[row] != STPFIN_MISSING_INT32 ? self->whole[row] : (double)NAN;
}

const char *stpfin_column__format(const struct stpfin_column *self, size_t row, char buffer[32])
{
	const char *text;

	switch (self->type) {
	case STPFIN_DOUBLE:
		if (isnan(self->real[row])) {
			return "";
		}
		if (isinf(self->real[row])) {
			return self->real[row] > 0 ? "inf" : "-inf";
		}
		stpfin_number__write(self->real[row], buffer);
		return buffer;
	case STPFIN_INT32:
		if (self->whole[row] == STPFIN_MISSING_INT32) {
			return "";
		}
		stpfin_number__write_whole(self->whole[row], buffer);
		return buffer;
	case STPFIN_TEXT:
		break;
	}
	text = stpfin_column__text(self, row);
	return text != NULL ? text : "";
}

/* Refuses what could not be read back from a file. */
static stpfin_status check_text(const char *text, const char *what, const char *where)
{
	size_t length = strlen(text);

	if (length > STPFIN_CSV_CELL_LIMIT) {
		return stpfin_error__set(
			STPFIN_ERROR_ARGUMENT, "%s %s is longer than 1 MiB: shorten it", what, where);
	}
	if (stpfin_csv__utf8(text, length) < length) {
		return stpfin_error__set(
			STPFIN_ERROR_ARGUMENT, "%s %s is not UTF-8: \"%s\"", what, where, text);
	}
	return STPFIN_OK;
}

static stpfin_status null_argument(const char *function)
{
	return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", function);
}

stpfin_status stpfin_table_builder_new(const char *name, stpfin_table_builder **out_builder)
{
	stpfin_table_builder *self = NULL;
	stpfin_status status;

	if (out_builder == NULL) {
		return null_argument(__func__);
	}
	*out_builder = NULL;
	if (name == NULL) {
		return null_argument(__func__);
	}
	status = check_text(name, "the name of", "the table");
	if (status != STPFIN_OK) {
		return status;
	}
	self = calloc(1, sizeof(*self));
	if (self == NULL) {
		return stpfin_error__memory();
	}
	status = stpfin_table__new(name, &self->table);
	if (status != STPFIN_OK) {
		stpfin_table_builder_free(self);
		return status;
	}
	*out_builder = self;
	return STPFIN_OK;
}

/* Checks what all columns must hold to and appends one of n missing values. */
static stpfin_status begin_column(stpfin_table_builder *self, const char *column, stpfin_type type,
	const void *values, size_t n, struct stpfin_column **out_column)
{
	stpfin_table *table;
	stpfin_status status;

	if (self == NULL || column == NULL || (values == NULL && n > 0)) {
		return null_argument("stpfin_table_builder_add");
	}
	table = self->table;
	if (*column == '\0') {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"column %zu of table %s has no name: give it one", table->n_columns + 1, table->name);
	}
	status = check_text(column, "the name of a column of table", table->name);
	if (status != STPFIN_OK) {
		return status;
	}
	if (stpfin_table__named(table, column) != NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"table %s has a column %s already: names must differ", table->name, column);
	}
	if (table->n_columns > 0 && n != table->n_rows) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"column %s of table %s has %zu values: it must have %zu, as the first column has",
			column, table->name, n, table->n_rows);
	}
	if (table->n_columns == 0) {
		table->capacity = n > LEAST_CAPACITY ? n : LEAST_CAPACITY;
	}
	status = stpfin_table__add_column(table, column, type, NULL);
	if (status == STPFIN_OK) {
		table->n_rows = n;
		*out_column = &table->columns[table->n_columns - 1];
	}
	return status;
}

/* Takes back the last column if it could not be filled. */
static stpfin_status end_column(stpfin_table_builder *self, stpfin_status status)
{
	stpfin_table *table = self->table;

	if (status != STPFIN_OK) {
		free_column(&table->columns[--table->n_columns]);
		if (table->n_columns == 0) {
			table->n_rows = 0;
		}
	}
	return status;
}

stpfin_status stpfin_table_builder_add_double(
	stpfin_table_builder *self, const char *column, const double *x, size_t n)
{
	struct stpfin_column *added = NULL;
	stpfin_status status = begin_column(self, column, STPFIN_DOUBLE, x, n, &added);

	if (status == STPFIN_OK && n > 0) {
		memcpy(added->real, x, n * sizeof(*x));
	}
	return status;
}

stpfin_status stpfin_table_builder_add_int32(
	stpfin_table_builder *self, const char *column, const int32_t *x, size_t n)
{
	struct stpfin_column *added = NULL;
	stpfin_status status = begin_column(self, column, STPFIN_INT32, x, n, &added);

	if (status == STPFIN_OK && n > 0) {
		memcpy(added->whole, x, n * sizeof(*x));
	}
	return status;
}

/* Sets a text cell to what a caller gave, checking a text when it is new to the column. */
static stpfin_status set_given(struct stpfin_column *self, size_t row, const char *text)
{
	size_t length = text != NULL ? strlen(text) : 0;
	stpfin_status status;

	if (length == 0) {
		return STPFIN_OK;
	}
	self->whole[row] = stpfin_dictionary__find(self->dictionary, text, length);
	if (self->whole[row] < 0) {
		status = check_text(text, "a text in column", self->name);
		if (status != STPFIN_OK) {
			return status;
		}
		self->whole[row] = stpfin_dictionary__intern(self->dictionary, text, length);
	}
	return self->whole[row] < 0 ? stpfin_error__memory() : STPFIN_OK;
}

stpfin_status stpfin_table_builder_add_text(
	stpfin_table_builder *self, const char *column, const char *const *text, size_t n)
{
	struct stpfin_column *added = NULL;
	stpfin_status status = begin_column(self, column, STPFIN_TEXT, text, n, &added);

	if (status != STPFIN_OK) {
		return status;
	}
	for (size_t row = 0; row < n && status == STPFIN_OK; row++) {
		status = set_given(added, row, text[row]);
	}
	return end_column(self, status);
}

stpfin_status stpfin_table_builder_add_codes(stpfin_table_builder *self, const char *column,
	const int32_t *codes, size_t n, const char *const *categories, size_t n_categories)
{
	enum { UNSEEN = -2 };
	struct stpfin_column *added = NULL;
	int32_t *own = NULL;
	stpfin_status status;

	if (categories == NULL && n_categories > 0) {
		return null_argument(__func__);
	}
	status = begin_column(self, column, STPFIN_TEXT, codes, n, &added);
	if (status != STPFIN_OK) {
		return status;
	}
	own = n_categories < SIZE_MAX / sizeof(*own) ? malloc((n_categories + 1) * sizeof(*own)) : NULL;
	if (own == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t i = 0; i < n_categories; i++) {
		own[i] = UNSEEN;
	}
	for (size_t row = 0; row < n; row++) {
		int32_t code = codes[row];

		if (code == -1) {
			continue;
		}
		if (code < 0 || (size_t)code >= n_categories) {
			status = stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"code %" PRId32 " in column %s is outside its %zu categories, counted from 0", code,
				column, n_categories);
			goto out;
		}
		if (own[code] == UNSEEN) {
			status = set_given(added, row, categories[code]);
			if (status != STPFIN_OK) {
				goto out;
			}
			own[code] = added->whole[row];
		}
		added->whole[row] = own[code];
	}
out:
	free(own);
	return end_column(self, status);
}

stpfin_status stpfin_table_builder_finish(stpfin_table_builder *self, stpfin_table **out_table)
{
	stpfin_table *next = NULL;
	stpfin_status status;

	if (out_table != NULL) {
		*out_table = NULL;
	}
	if (self == NULL || out_table == NULL) {
		return null_argument(__func__);
	}
	status = stpfin_table__new(self->table->name, &next);
	if (status == STPFIN_OK) {
		*out_table = self->table;
		self->table = next;
	}
	return status;
}

void stpfin_table_builder_free(stpfin_table_builder *self)
{
	if (self != NULL) {
		stpfin_table_free(self->table);
		free(self);
	}
}

stpfin_table *stpfin_table_share(const stpfin_table *self)
{
	stpfin_table *shared = (stpfin_table *)self;

	if (shared != NULL) {
		atomic_fetch_add_explicit(&shared->shares, 1, memory_order_relaxed);
	}
	return shared;
}

void stpfin_table_free(stpfin_table *self)
{
	if (self == NULL || atomic_fetch_sub_explicit(&self->shares, 1, memory_order_acq_rel) > 1) {
		return;
	}
	for (size_t i = 0; i < self->n_columns; i++) {
		free_column(&self->columns[i]);
	}
	free(self->columns);
	free(self->name);
	free(self);
}

const char *stpfin_table_name(const stpfin_table *self)
{
	return self->name;
}

size_t stpfin_table_rows(const stpfin_table *self)
{
	return self->n_rows;
}

size_t stpfin_table_columns(const stpfin_table *self)
{
	return self->n_columns;
}

const char *stpfin_table_column_name(const stpfin_table *self, size_t column)
{
	return column < self->n_columns ? self->columns[column].name : NULL;
}

static stpfin_status no_such_column(const stpfin_table *self, size_t column)
{
	return stpfin_error__set(STPFIN_ERROR_COLUMN,
		"table %s has no column %zu: it has %zu, counted from 0", self->name, column,
		self->n_columns);
}

stpfin_status stpfin_table_column_type(
	const stpfin_table *self, size_t column, stpfin_type *out_type)
{
	if (self == NULL || out_type == NULL) {
		return null_argument(__func__);
	}
	if (column >= self->n_columns) {
		return no_such_column(self, column);
	}
	*out_type = self->columns[column].type;
	return STPFIN_OK;
}

stpfin_status stpfin_table_find(const stpfin_table *self, const char *name, size_t *out_column)
{
	const struct stpfin_column *found;

	if (self == NULL || name == NULL || out_column == NULL) {
		return null_argument(__func__);
	}
	found = stpfin_table__named(self, name);
	if (found == NULL) {
		return stpfin_error__set(
			STPFIN_ERROR_COLUMN, "table %s has no column named \"%s\"", self->name, name);
	}
	*out_column = (size_t)(found - self->columns);
	return STPFIN_OK;
}

static stpfin_status get(const stpfin_table *self, size_t column, stpfin_type type,
	const struct stpfin_column **out_column)
{
	static const char *const holds[] = {"doubles", "whole numbers", "text"};
	const struct stpfin_column *found;

	if (column >= self->n_columns) {
		return no_such_column(self, column);
	}
	found = &self->columns[column];
	if (found->type != type) {
		return stpfin_error__set(STPFIN_ERROR_COLUMN, "column %s of table %s holds %s, not %s",
			found->name, self->name, holds[found->type], holds[type]);
	}
	*out_column = found;
	return STPFIN_OK;
}

stpfin_status stpfin_table_get_double(const stpfin_table *self, size_t column, const double **out_x)
{
	const struct stpfin_column *found = NULL;
	stpfin_status status;

	if (self == NULL || out_x == NULL) {
		return null_argument(__func__);
	}
	*out_x = NULL;
	status = get(self, column, STPFIN_DOUBLE, &found);
	if (status == STPFIN_OK) {
		*out_x = found->real;
	}
	return status;
}

stpfin_status stpfin_table_get_int32(const stpfin_table *self, size_t column, const int32_t **out_x)
{
	const struct stpfin_column *found = NULL;
	stpfin_status status;

	if (self == NULL || out_x == NULL) {
		return null_argument(__func__);
	}
	*out_x = NULL;
	status = get(self, column, STPFIN_INT32, &found);
	if (status == STPFIN_OK) {
		*out_x = found->whole;
	}
	return status;
}

stpfin_status stpfin_table_get_text(const stpfin_table *self, size_t column,
	const int32_t **out_codes, const char *const **out_categories, size_t *out_n_categories)
{
	const struct stpfin_column *found = NULL;
	stpfin_status status;

	if (self == NULL || out_codes == NULL || out_categories == NULL || out_n_categories == NULL) {
		return null_argument(__func__);
	}
	*out_codes = NULL;
	*out_categories = NULL;
	*out_n_categories = 0;
	status = get(self, column, STPFIN_TEXT, &found);
	if (status == STPFIN_OK) {
		*out_codes = found->whole;
		*out_categories = stpfin_dictionary__texts(found->dictionary);
		*out_n_categories = stpfin_dictionary__size(found->dictionary);
	}
	return status;
}

static bool equal_cell(const struct stpfin_column *a, const struct stpfin_column *b, size_t row)
{
	const char *text_a, *text_b;

	switch (a->type) {
	case STPFIN_DOUBLE:
		return a->real[row] == b->real[row] || (isnan(a->real[row]) && isnan(b->real[row]));
	case STPFIN_INT32:
		return a->whole[row] == b->whole[row];
	case STPFIN_TEXT:
		break;
	}
	if (a->dictionary == b->dictionary) {
		return a->whole[row] == b->whole[row];
	}
	text_a = stpfin_column__text(a, row);
	text_b = stpfin_column__text(b, row);
	return text_a == NULL || text_b == NULL ? text_a == text_b : strcmp(text_a, text_b) == 0;
}

bool stpfin_table_equal(const stpfin_table *a, const stpfin_table *b)
{
	if (a == b) {
		return true;
	}
	if (a == NULL || b == NULL || strcmp(a->name, b->name) != 0 || a->n_rows != b->n_rows ||
		a->n_columns != b->n_columns) {
		return false;
	}
	for (size_t i = 0; i < a->n_columns; i++) {
		if (a->columns[i].type != b->columns[i].type ||
			strcmp(a->columns[i].name, b->columns[i].name) != 0) {
			return false;
		}
		for (size_t row = 0; row < a->n_rows; row++) {
			if (!equal_cell(&a->columns[i], &b->columns[i], row)) {
				return false;
			}
		}
	}
	return true;
}

bool stpfin_column__is_blank(const struct stpfin_column *self, size_t n_rows)
{
	char buffer[32];

	for (size_t row = 0; row < n_rows; row++) {
		if (*stpfin_column__format(self, row, buffer) != '\0') {
			return false;
		}
	}
	return true;
}
