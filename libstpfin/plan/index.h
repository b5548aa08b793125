#ifndef STPFIN_PLAN_INDEX_H
#define STPFIN_PLAN_INDEX_H

#include "libstpfin/plan/schema.h"
#include "libstpfin/table/table.h"

/* Rows found by their keys in constant time. */

enum { STPFIN_MOST_KEYS = 6 };

#define STPFIN_NO_ROW SIZE_MAX

/* An index of rows by columns of codes or whole numbers. */
struct stpfin_index {
	const int32_t *columns[STPFIN_MOST_KEYS];
	size_t n_columns;
	size_t *slots;  /* a row + 1, 0 where free */
	size_t n_slots; /* a power of two */
};

/* An empty index with room for n_rows; the columns are borrowed. */
stpfin_status stpfin_index__new(
	struct stpfin_index *self, const int32_t *const *columns, size_t n_columns, size_t n_rows);

/* Adds a row and returns it, or the row of the same key that was there before. */
size_t stpfin_index__add(struct stpfin_index *self, size_t row);

/* The row of that key; STPFIN_NO_ROW if there is none. */
size_t stpfin_index__find(const struct stpfin_index *self, const int32_t *key);

void stpfin_index__free(struct stpfin_index *self);

/* A rate table: blank keys mean all, the fitting row with most keys filled wins, and a tie goes to
 * the row whose earlier column is filled. */
struct stpfin_rates {
	struct stpfin_index index;
	int32_t blank[STPFIN_MOST_KEYS];        /* a blank of each key column */
	unsigned shapes[1 << STPFIN_MOST_KEYS]; /* sets of filled keys that occur, best first */
	size_t n_shapes;
};

/* Indexes a table by the key columns of its schema, in their order. The first n_fixed are matched
 * as they are: there a blank is a key of its own. */
stpfin_status stpfin_rates__new(struct stpfin_rates *self, const stpfin_table *table,
	const struct stpfin_table_schema *schema, size_t n_fixed);

/* The row that fits; STPFIN_NO_ROW if none does. */
size_t stpfin_rates__find(const struct stpfin_rates *self, const int32_t *key);

void stpfin_rates__free(struct stpfin_rates *self);

#endif
