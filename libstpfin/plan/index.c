#include "libstpfin/plan/index.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/error.h"

static size_t hash_key(const int32_t *key, size_t n)
{
	uint64_t hash = 0x9E3779B97F4A7C15u;

	for (size_t i = 0; i < n; i++) {
		hash = (hash ^ (uint32_t)key[i]) * 0xFF51AFD7ED558CCDu;
		hash ^= hash >> 32;
	}
	return (size_t)hash;
}

stpfin_status stpfin_index__new(
	struct stpfin_index *self, const int32_t *const *columns, size_t n_columns, size_t n_rows)
{
	*self = (struct stpfin_index){.n_columns = n_columns, .n_slots = 16};
	memcpy(self->columns, columns, n_columns * sizeof *columns);
	while (self->n_slots < SIZE_MAX / 4 && self->n_slots / 2 < n_rows) {
		self->n_slots *= 2;
	}
	self->slots = calloc(self->n_slots, sizeof *self->slots);
	return self->slots != NULL ? STPFIN_OK : stpfin_error__memory();
}

void stpfin_index__free(struct stpfin_index *self)
{
	free(self->slots);
	*self = (struct stpfin_index){0};
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t *find_slot(const struct stpfin_index *self, const int32_t *key)
{
	size_t at = hash_key(key, self->n_columns) & (self->n_slots - 1);

	for (;; at = (at + 1) & (self->n_slots - 1)) {
		size_t *slot = &self->slots[at];
		size_t i = 0;

		if (*slot == 0) {
			return slot;
		}
		while (i < self->n_columns && self->columns[i][*slot - 1] == key[i]) {
			i++;
		}
		if (i == self->n_columns) {
			return slot;
		}
	}
}

size_t stpfin_index__add(struct stpfin_index *self, size_t row)
{
	int32_t key[STPFIN_MOST_KEYS];
	size_t *slot;

	for (size_t i = 0; i < self->n_columns; i++) {
		key[i] = self->columns[i][row];
	}
	slot = find_slot(self, key);
	if (*slot == 0) {
		*slot = row + 1;
	}
	return *slot - 1;
}

size_t stpfin_index__find(const struct stpfin_index *self, const int32_t *key)
{
	/* STPFIN_NO_ROW is what an empty slot less one comes to. */
	return *find_slot(self, key) - 1;
}

static unsigned count_bits(unsigned bits)
{
	unsigned n = 0;

	for (; bits != 0; bits &= bits - 1) {
		n++;
	}
	return n;
}

/* More keys first; then those whose earlier column, the higher bit, is filled. */
static int compare_shapes(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a;
	unsigned y = *(const unsigned *)b;

	if (count_bits(x) != count_bits(y)) {
		return count_bits(x) > count_bits(y) ? -1 : 1;
	}
	return x > y ? -1 : x < y;
}

stpfin_status stpfin_rates__new(struct stpfin_rates *self, const stpfin_table *table,
	const struct stpfin_table_schema *schema, size_t n_fixed)
{
	const int32_t *columns[STPFIN_MOST_KEYS] = {NULL};
	size_t n_keys = 0;
	size_t n_rows = stpfin_table_rows(table);
	bool seen[1 << STPFIN_MOST_KEYS] = {false};
	stpfin_status status;

	*self = (struct stpfin_rates){.n_shapes = 0};
	for (size_t i = 0; i < schema->n_columns; i++) {
		if (schema->columns[i].key) {
			const struct stpfin_column *column = stpfin_table__column(table, i);

			columns[n_keys] = column->whole;
			self->blank[n_keys++] = column->type == STPFIN_TEXT ? -1 : STPFIN_MISSING_INT32;
		}
	}
	status = stpfin_index__new(&self->index, columns, n_keys, n_rows);
	if (status != STPFIN_OK) {
		return status;
	}
	for (size_t row = 0; row < n_rows; row++) {
		unsigned shape = 0;

		for (size_t i = 0; i < n_keys; i++) {
			shape = 2 * shape + (i < n_fixed || columns[i][row] != self->blank[i]);
		}
		if (!seen[shape]) {
			seen[shape] = true;
			self->shapes[self->n_shapes++] = shape;
		}
		stpfin_index__add(&self->index, row);
	}
	qsort(self->shapes, self->n_shapes, sizeof *self->shapes, compare_shapes);
	return STPFIN_OK;
}

void stpfin_rates__free(struct stpfin_rates *self)
{
	stpfin_index__free(&self->index);
}

size_t stpfin_rates__find(const struct stpfin_rates *self, const int32_t *key)
{
	size_t n = self->index.n_columns;

	for (size_t s = 0; s < self->n_shapes; s++) {
		int32_t masked[STPFIN_MOST_KEYS];
		size_t row;

		for (size_t i = 0; i < n; i++) {
			masked[i] = self->shapes[s] >> (n - 1 - i) & 1 ? key[i] : self->blank[i];
		}
		row = stpfin_index__find(&self->index, masked);
		if (row != STPFIN_NO_ROW) {
			return row;
		}
	}
	return STPFIN_NO_ROW;
}
