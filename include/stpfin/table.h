#ifndef STPFIN_TABLE_H
#define STPFIN_TABLE_H

#include "stpfin/common.h"

STPFIN_BEGIN_C

/**
 * @file table.h
 * The columnar table: all that goes into the library and all that comes out.
 *
 * A table has a name and columns of equal length, each of doubles, whole
 * numbers or text. Text is dictionary-coded: a code a row into a list of
 * distinct categories, in order of first appearance. Tables never change once
 * made; freeing one gives up the caller's share in it.
 */

/** A table; opaque and immutable. Safe to read from any number of threads. */
typedef struct stpfin_table stpfin_table;

/** Puts a table together, a column at a time; opaque. */
typedef struct stpfin_table_builder stpfin_table_builder;

/** What a column holds. */
typedef enum stpfin_type {
	/** double; a missing value is a NaN */
	STPFIN_DOUBLE = 0,
	/** int32_t; a missing value is ::STPFIN_MISSING_INT32 */
	STPFIN_INT32 = 1,
	/** int32_t codes of categories; a missing value is -1 */
	STPFIN_TEXT = 2
} stpfin_type;

/** The missing value of a column of whole numbers. */
#define STPFIN_MISSING_INT32 INT32_MIN

/** The bytes that hold a hash as text: 64 hexadecimal digits and a NUL. */
#define STPFIN_HASH_SIZE 65

/**
 * Begins a table.
 *
 * @param name         the table's name, as "flow"; copied
 * @param out_builder  the builder, to be freed by stpfin_table_builder_free()
 */
STPFIN_EXPORT stpfin_status stpfin_table_builder_new(
	const char *name, stpfin_table_builder **out_builder);

/**
 * Adds a column of doubles. A NaN is a missing value. The first column sets
 * the number of rows; another length, or a name that is empty or used before,
 * is ::STPFIN_ERROR_ARGUMENT. All values are copied. After a failure the
 * builder is as it was before.
 */
STPFIN_EXPORT stpfin_status stpfin_table_builder_add_double(
	stpfin_table_builder *self, const char *column, const double *x, size_t n);

/** Adds a column of whole numbers; as stpfin_table_builder_add_double(). */
STPFIN_EXPORT stpfin_status stpfin_table_builder_add_int32(
	stpfin_table_builder *self, const char *column, const int32_t *x, size_t n);

/**
 * Adds a column of text, UTF-8, NULL for a missing value. An empty text is
 * missing too, as it is in a CSV file. A text that is not UTF-8, or longer than
 * 1 MiB, is ::STPFIN_ERROR_ARGUMENT.
 */
STPFIN_EXPORT stpfin_status stpfin_table_builder_add_text(
	stpfin_table_builder *self, const char *column, const char *const *text, size_t n);

/**
 * Adds a column of text given as codes into a list of categories, -1 for a
 * missing value; a code outside the list is ::STPFIN_ERROR_ARGUMENT. The
 * table's own categories are those used, in order of first appearance.
 */
STPFIN_EXPORT stpfin_status stpfin_table_builder_add_codes(stpfin_table_builder *self,
	const char *column, const int32_t *codes, size_t n, const char *const *categories,
	size_t n_categories);

/**
 * Makes the table of the columns added so far; the builder is left empty, to
 * begin another table of the same name or be freed.
 */
STPFIN_EXPORT stpfin_status stpfin_table_builder_finish(
	stpfin_table_builder *self, stpfin_table **out_table);

/** Frees a builder and what was not finished; NULL is legal. */
STPFIN_EXPORT void stpfin_table_builder_free(stpfin_table_builder *self);

/**
 * Reads a CSV file: UTF-8 with or without a byte-order mark, any line ends,
 * quoted commas, quotes and newlines, a header of distinct names. Every column
 * is read as text, without the spaces around it unless they are quoted; an
 * empty cell is missing, and so are those a short row does not have. A blank
 * line is no row.
 *
 * Fails with ::STPFIN_ERROR_FILE if the file cannot be read and with
 * ::STPFIN_ERROR_CSV, naming the row, if it is not such a file. Row 1 is the
 * header and a quoted newline does not end a row, as in a spreadsheet. A cell
 * beyond 1 MiB, or a row of more cells than the header, is refused.
 *
 * @param path       the file
 * @param name       the table's name
 * @param out_table  the table
 */
STPFIN_EXPORT stpfin_status stpfin_table_read_csv(
	const char *path, const char *name, stpfin_table **out_table);

/**
 * Writes a table as CSV: comma, UTF-8, lines ended by a newline, quotes where
 * needed, a missing value as an empty cell, every double as the shortest text
 * of 15 to 17 digits that reads back to the same bits (minus nought as 0, an
 * infinity as inf or -inf). Written beside and renamed, so that the
 * file is whole or untouched.
 */
STPFIN_EXPORT stpfin_status stpfin_table_write_csv(const stpfin_table *self, const char *path);

/** Shares a table: the result is freed like any other. NULL gives NULL. */
STPFIN_EXPORT stpfin_table *stpfin_table_share(const stpfin_table *self);

/** Gives up a table; NULL is legal. */
STPFIN_EXPORT void stpfin_table_free(stpfin_table *self);

/** The table's name; borrowed. */
STPFIN_EXPORT const char *stpfin_table_name(const stpfin_table *self);

/** The number of rows. */
STPFIN_EXPORT size_t stpfin_table_rows(const stpfin_table *self);

/** The number of columns. */
STPFIN_EXPORT size_t stpfin_table_columns(const stpfin_table *self);

/** The name of a column, counted from 0; NULL beyond the last. Borrowed. */
STPFIN_EXPORT const char *stpfin_table_column_name(const stpfin_table *self, size_t column);

/** What a column holds; ::STPFIN_ERROR_COLUMN beyond the last. */
STPFIN_EXPORT stpfin_status stpfin_table_column_type(
	const stpfin_table *self, size_t column, stpfin_type *out_type);

/** The position of the column of that name; ::STPFIN_ERROR_COLUMN if there is none. */
STPFIN_EXPORT stpfin_status stpfin_table_find(
	const stpfin_table *self, const char *name, size_t *out_column);

/**
 * The values of a column of doubles, one a row, borrowed from the table;
 * ::STPFIN_ERROR_COLUMN if there is no such column or it holds another type.
 */
STPFIN_EXPORT stpfin_status stpfin_table_get_double(
	const stpfin_table *self, size_t column, const double **out_x);

/** The values of a column of whole numbers; as stpfin_table_get_double(). */
STPFIN_EXPORT stpfin_status stpfin_table_get_int32(
	const stpfin_table *self, size_t column, const int32_t **out_x);

/**
 * The codes of a column of text, one a row, and its categories, UTF-8, which a
 * code counts from 0; both borrowed. -1 is a missing value.
 */
STPFIN_EXPORT stpfin_status stpfin_table_get_text(const stpfin_table *self, size_t column,
	const int32_t **out_codes, const char *const **out_categories, size_t *out_n_categories);

/**
 * Whether two tables have the same name, columns, types and values; a missing
 * value equals a missing value, and text is compared as text, whatever its codes.
 */
STPFIN_EXPORT bool stpfin_table_equal(const stpfin_table *a, const stpfin_table *b);

/**
 * The SHA-256 of the table's name, a newline, and the table as
 * stpfin_table_write_csv() writes it.
 */
STPFIN_EXPORT stpfin_status stpfin_table_hash(
	const stpfin_table *self, char out_hash[STPFIN_HASH_SIZE]);

STPFIN_END_C

#endif
