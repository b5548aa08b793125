#ifndef STPFIN_TABLE_TABLE_PRIVATE_H
#define STPFIN_TABLE_TABLE_PRIVATE_H

#include "libstpfin/table/dictionary.h"
#include "stpfin/table.h"

/* The inside of a table, for the stages that make tables row by row. A table is
 * only changed by the code that made it, before anybody else sees it. */

struct stpfin_column {
	char *name;
	stpfin_type type;
	union {
		double *real;
		int32_t *whole; /* whole numbers, or codes of the dictionary */
	};
	stpfin_dictionary *dictionary; /* of a text column, else NULL */
};

/* An empty table. */
stpfin_status stpfin_table__new(const char *name, stpfin_table **out_table);

/* Appends a column, filled with missing values if there are rows already. A text column takes a
 * share in the dictionary, or a new one of its own if that is NULL. */
stpfin_status stpfin_table__add_column(
	stpfin_table *self, const char *name, stpfin_type type, const stpfin_dictionary *dictionary);

/* Appends a column with the name, type, values and, shared, the dictionary of another, of a table
 * of as many rows. */
stpfin_status stpfin_table__copy_column(stpfin_table *self, const struct stpfin_column *column);

/* Appends rows of missing values; amortised constant time each. */
stpfin_status stpfin_table__add_rows(stpfin_table *self, size_t n);
stpfin_status stpfin_table__add_row(stpfin_table *self);

/* Drops the rows from the n-th on. */
void stpfin_table__keep_rows(stpfin_table *self, size_t n);

/* A column, to read or, by the table's maker, to fill; valid until a row or column is added. */
struct stpfin_column *stpfin_table__column(const stpfin_table *self, size_t column);

/* The column of that name, NULL if there is none; sets no error. */
struct stpfin_column *stpfin_table__named(const stpfin_table *self, const char *name);

/* Sets a text cell, adding the text to the column's own dictionary. */
stpfin_status stpfin_table__set_text(
	stpfin_table *self, size_t column, size_t row, const char *text);

/* The text of a cell, NULL where it is missing. */
const char *stpfin_column__text(const struct stpfin_column *self, size_t row);

/* The value of a column of numbers; a NaN where it is missing. */
double stpfin_column__number(const struct stpfin_column *self, size_t row);

/* Any cell as CSV would hold it, without quotes: "" where missing. The result is the cell's own
 * text or the buffer. */
const char *stpfin_column__format(const struct stpfin_column *self, size_t row, char buffer[32]);

/* Whether no row of a column has a value. */
bool stpfin_column__is_blank(const struct stpfin_column *self, size_t n_rows);

#endif
