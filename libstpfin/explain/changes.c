#include "libstpfin/explain/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/model.h"
#include "libstpfin/plan/settings.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/number.h"

/* The columns of the table of changes. */
enum { TABLE, KEY, COLUMN, BEFORE, AFTER };

static stpfin_status add_change(stpfin_table *changes, const char *table, const char *key,
	const char *column, const char *before, const char *after)
{
	const char *const cells[] = {
		[TABLE] = table, [KEY] = key, [COLUMN] = column, [BEFORE] = before, [AFTER] = after};
	size_t row = stpfin_table_rows(changes);
	stpfin_status status = stpfin_table__add_row(changes);

	for (size_t i = 0; i < sizeof cells / sizeof *cells && status == STPFIN_OK; i++) {
		if (cells[i] != NULL && *cells[i] != '\0') {
			status = stpfin_table__set_text(changes, i, row, cells[i]);
		}
	}
	return status;
}

/* A row's key as "organisation=RXX;year=2016", to be freed; NULL without memory. */
static char *write_key(
	const stpfin_table *table, const struct stpfin_table_schema *schema, size_t row)
{
	char buffer[STPFIN_NUMBER_SIZE];
	char *key = NULL;
	size_t length = 0;

	for (int writing = 0; writing < 2; writing++) {
		size_t at = 0;

		for (size_t i = 0; i < schema->n_columns; i++) {
			const char *parts[] = {at > 0 ? ";" : "", schema->columns[i].name, "=",
				stpfin_column__format(stpfin_table__column(table, i), row, buffer)};

			for (size_t j = 0; j < sizeof parts / sizeof *parts && schema->columns[i].key; j++) {
				size_t size = strlen(parts[j]);

				if (writing) {
					memcpy(key + at, parts[j], size);
				}
				at += size;
			}
		}
		if (!writing) {
			length = at;
			key = malloc(length + 1);
			if (key == NULL) {
				stpfin_error__memory();
				return NULL;
			}
		}
	}
	key[length] = '\0';
	return key;
}

/* The rows of a table in chains of equal keys, in their order. */
struct chains {
	stpfin_dictionary *keys;
	size_t *next;  /* by row: the next of its key + 1, 0 for none */
	size_t *first; /* by key: its first row + 1 */
	size_t *last;  /* by key: its last row + 1 */
};

static void free_chains(struct chains *self)
{
	stpfin_dictionary__free(self->keys);
	free(self->next);
	free(self->first);
	free(self->last);
}

static stpfin_status make_chains(
	struct chains *self, const stpfin_table *table, const struct stpfin_table_schema *schema)
{
	size_t n_rows = stpfin_table_rows(table);

	self->keys = stpfin_dictionary__new();
	self->next = stpfin_model__array(n_rows, sizeof *self->next);
	self->first = stpfin_model__array(n_rows, sizeof *self->first);
	self->last = stpfin_model__array(n_rows, sizeof *self->last);
	if (self->keys == NULL || self->next == NULL || self->first == NULL || self->last == NULL) {
		return stpfin_error__memory();
	}
	for (size_t row = 0; row < n_rows; row++) {
		char *key = write_key(table, schema, row);
		int32_t code;

		if (key == NULL) {
			return STPFIN_ERROR_MEMORY;
		}
		code = stpfin_dictionary__intern(self->keys, key, strlen(key));
		free(key);
		if (code < 0) {
			return stpfin_error__memory();
		}
		if (self->first[code] == 0) {
			self->first[code] = row + 1;
		} else {
			self->next[self->last[code] - 1] = row + 1;
		}
		self->last[code] = row + 1;
	}
	return STPFIN_OK;
}

/* Adds what differs between a row of a and a row of b; SIZE_MAX is no row. */
static stpfin_status add_row(stpfin_table *changes, const struct stpfin_table_schema *schema,
	const char *key, const stpfin_table *a, size_t row_a, const stpfin_table *b, size_t row_b)
{
	const char *last_key = NULL;
	bool both = row_a != SIZE_MAX && row_b != SIZE_MAX;
	size_t n_before = stpfin_table_rows(changes);
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < schema->n_columns && status == STPFIN_OK; i++) {
		char buffers[2][STPFIN_NUMBER_SIZE];
		const char *before =
			row_a != SIZE_MAX ? stpfin_column__format(stpfin_table__column(a, i), row_a, buffers[0])
							  : "";
		const char *after =
			row_b != SIZE_MAX ? stpfin_column__format(stpfin_table__column(b, i), row_b, buffers[1])
							  : "";

		if (schema->columns[i].key) {
			last_key = schema->columns[i].name;
		} else if (strcmp(before, after) != 0) {
			status = add_change(changes, schema->name, key, schema->columns[i].name, before, after);
		}
	}
	/* A row that is all key is told by its last key. */
	if (status == STPFIN_OK && !both && stpfin_table_rows(changes) == n_before) {
		char buffer[STPFIN_NUMBER_SIZE];
		const stpfin_table *table = row_a != SIZE_MAX ? a : b;
		const char *cell = stpfin_column__format(
			stpfin_table__named(table, last_key), row_a != SIZE_MAX ? row_a : row_b, buffer);

		status = add_change(changes, schema->name, key, last_key, row_a != SIZE_MAX ? cell : "",
			row_b != SIZE_MAX ? cell : "");
	}
	return status;
}

stpfin_status stpfin_changes__add(
	stpfin_table *changes, const stpfin_table *a, const stpfin_table *b)
{
	const struct stpfin_table_schema *schema = stpfin_schema__table(stpfin_table_name(a));
	size_t n_a = stpfin_table_rows(a);
	size_t n_b = stpfin_table_rows(b);
	struct chains chains = {.keys = NULL};
	bool *matched = stpfin_model__array(n_b, sizeof *matched);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (matched != NULL) {
		status = make_chains(&chains, b, schema);
	}
	for (size_t row = 0; row < n_a && status == STPFIN_OK; row++) {
		char *key = write_key(a, schema, row);
		int32_t code;
		size_t other = SIZE_MAX;

		if (key == NULL) {
			status = STPFIN_ERROR_MEMORY;
			break;
		}
		code = stpfin_dictionary__find(chains.keys, key, strlen(key));
		if (code >= 0 && chains.first[code] > 0) {
			other = chains.first[code] - 1;
			chains.first[code] = chains.next[other];
			matched[other] = true;
		}
		status = add_row(changes, schema, key, a, row, b, other);
		free(key);
	}
	for (size_t row = 0; row < n_b && status == STPFIN_OK; row++) {
		char *key;

		if (matched[row]) {
			continue;
		}
		key = write_key(b, schema, row);
		status =
			key != NULL ? add_row(changes, schema, key, a, SIZE_MAX, b, row) : STPFIN_ERROR_MEMORY;
		free(key);
	}
	free_chains(&chains);
	free(matched);
	return status;
}

stpfin_status stpfin_changes__add_settings(
	stpfin_table *changes, const stpfin_plan_settings *a, const stpfin_plan_settings *b)
{
	size_t n;
	const struct stpfin_setting *list = stpfin_settings__list(&n);
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		char before[STPFIN_NUMBER_SIZE];
		char after[STPFIN_NUMBER_SIZE];
		char key[64];
		double x = stpfin_settings__get(a, &list[i]);
		double y = stpfin_settings__get(b, &list[i]);

		if (x != y) {
			stpfin_number__write(x, before);
			stpfin_number__write(y, after);
			snprintf(key, sizeof key, "setting=%s", list[i].name);
			status = add_change(changes, "datapackage", key, "value", before, after);
		}
	}
	return status;
}
