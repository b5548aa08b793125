#include "libstpfin/plan/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/schema_table.h"
#include "libstpfin/table/table.h"
#include "libstpfin/table/text.h"

/* Enough for anybody to read, of errors as of others; a plan of a million wrong rows must not fill
 * the memory. */
enum { MOST_LISTED = 10000 };

static void free_problem(struct stpfin_problem *problem)
{
	free(problem->file);
	free(problem->column);
	free(problem->message);
}

void stpfin_problems__clear(struct stpfin_problems *self)
{
	for (size_t i = 0; i < self->n; i++) {
		free_problem(&self->items[i]);
	}
	free(self->items);
	*self = (struct stpfin_problems){0};
}

const char *stpfin_problems__excerpt(const char *text, char buffer[STPFIN_EXCERPT_SIZE])
{
	static const char dots[] = "…";
	const size_t most = STPFIN_EXCERPT_SIZE - sizeof dots;
	size_t length = strlen(text);
	size_t kept = length;

	if (length >= STPFIN_EXCERPT_SIZE) {
		kept = most;
		while (kept > 0 && ((unsigned char)text[kept] & 0xC0) == 0x80) {
			kept--;
		}
	}
	memcpy(buffer, text, kept);
	buffer[kept] = '\0';
	if (kept < length) {
		memcpy(buffer + kept, dots, sizeof dots);
	}
	return buffer;
}

static bool make_room(struct stpfin_problems *self)
{
	size_t capacity = self->capacity > 0 ? 2 * self->capacity : 16;
	struct stpfin_problem *items;

	if (self->n < self->capacity) {
		return true;
	}
	items = realloc(self->items, capacity * sizeof *items);
	if (items == NULL) {
		return false;
	}
	self->items = items;
	self->capacity = capacity;
	return true;
}

bool stpfin_problems__full(const struct stpfin_problems *self)
{
	return self->n_errors > MOST_LISTED;
}

void stpfin_problems__add(struct stpfin_problems *self, enum stpfin_severity severity,
	struct stpfin_where where, const char *format, ...)
{
	char message[1024];
	struct stpfin_problem problem = {.severity = severity, .row = where.row};
	va_list arguments;

	if (severity == STPFIN_PROBLEM_ERROR ? ++self->n_errors > MOST_LISTED
										 : ++self->n_others > MOST_LISTED) {
		self->n_unlisted++;
		return;
	}
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	stpfin_text__make_harmless(message, strlen(message));

	problem.order = self->n;
	problem.file = stpfin_text__copy(where.file);
	problem.message = stpfin_text__copy(message);
	problem.column = where.column != NULL ? stpfin_text__copy(where.column) : NULL;
	if (problem.file == NULL || problem.message == NULL ||
		(where.column != NULL && problem.column == NULL) || !make_room(self)) {
		free_problem(&problem);
		self->status = stpfin_error__memory();
		return;
	}
	if (problem.column != NULL) {
		stpfin_text__make_harmless(problem.column, strlen(problem.column));
	}
	self->items[self->n++] = problem;
}

/* The position of the problem's file in the order wanted is kept in `order`'s stead while sorting:
 * a key that compares whole. */
struct sort_key {
	size_t file;
	size_t row;
	size_t order;
	size_t item;
};

static int compare_keys(const void *a, const void *b)
{
	const struct sort_key *x = a;
	const struct sort_key *y = b;

	if (x->file != y->file) {
		return x->file < y->file ? -1 : 1;
	}
	if (x->row != y->row) {
		return x->row < y->row ? -1 : 1;
	}
	return x->order < y->order ? -1 : 1;
}

static stpfin_status add_row(stpfin_table *table, const char *severity, const char *file,
	size_t row, const char *column, const char *message)
{
	size_t at = stpfin_table_rows(table);
	stpfin_status status = stpfin_table__add_row(table);

	if (status == STPFIN_OK) {
		status = stpfin_table__set_text(table, 0, at, severity);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table__set_text(table, 1, at, file);
	}
	if (status == STPFIN_OK && row > 0) {
		stpfin_table__column(table, 2)->whole[at] = row < INT32_MAX ? (int32_t)row : INT32_MAX;
	}
	if (status == STPFIN_OK && column != NULL) {
		status = stpfin_table__set_text(table, 3, at, column);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table__set_text(table, 4, at, message);
	}
	return status;
}

stpfin_status stpfin_problems__table(struct stpfin_problems *self, const char *const *files,
	size_t n_files, stpfin_table **out_table)
{
	static const char *const severities[] = {"error", "warning", "note"};
	stpfin_status status;
	stpfin_table *table = NULL;
	struct sort_key *keys = NULL;

	*out_table = NULL;
	status = stpfin_schema__new_table(stpfin_schema__result("problem"), NULL, &table);
	if (status != STPFIN_OK) {
		goto out;
	}
	keys = malloc((self->n + 1) * sizeof *keys);
	if (keys == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t i = 0; i < self->n; i++) {
		size_t file = 0;

		while (file < n_files && strcmp(files[file], self->items[i].file) != 0) {
			file++;
		}
		keys[i] = (struct sort_key){file, self->items[i].row, self->items[i].order, i};
	}
	qsort(keys, self->n, sizeof *keys, compare_keys);
	for (size_t i = 0; i < self->n && status == STPFIN_OK; i++) {
		const struct stpfin_problem *problem = &self->items[keys[i].item];

		/* Only now, because files are sorted by their names. */
		stpfin_text__make_harmless(problem->file, strlen(problem->file));
		status = add_row(table, severities[problem->severity], problem->file, problem->row,
			problem->column, problem->message);
	}
	if (status == STPFIN_OK && self->n_unlisted > 0) {
		char message[96];

		snprintf(message, sizeof message, "%zu or more others are not listed: mend these first",
			self->n_unlisted);
		status =
			add_row(table, severities[STPFIN_PROBLEM_NOTE], "datapackage.json", 0, NULL, message);
	}
	if (status == STPFIN_OK) {
		*out_table = table;
		table = NULL;
	}

out:
	free(keys);
	stpfin_table_free(table);
	return status;
}

stpfin_status stpfin_problems__verdict(const struct stpfin_problems *self)
{
	if (self->status != STPFIN_OK) {
		return self->status;
	}
	for (size_t i = 0; i < self->n; i++) {
		const struct stpfin_problem *problem = &self->items[i];

		if (problem->severity == STPFIN_PROBLEM_ERROR) {
			char row[32] = "";
			const char *column = problem->column != NULL ? problem->column : "";

			if (problem->row > 0) {
				snprintf(row, sizeof row, ":%zu", problem->row);
			}
			return stpfin_error__set(STPFIN_ERROR_PLAN, "%s%s%s%s: %s (problems in all: %zu)",
				problem->file, row, *column != '\0' ? ":" : "", column, problem->message,
				self->n_errors);
		}
	}
	return STPFIN_OK;
}
