#include "libstpfin/simulate/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/intake.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/table/buffer.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/number.h"
#include "libstpfin/table/text.h"
#include "stpfin/projection.h"

static const char bridge[] = "bridge";
static const char of_all[] = "total";

enum { MOST_LIST = 512 };

/* The names that pass, with commas between them, for an error. */
static const char *list_names(const struct stpfin_table_schema *schema,
	bool (*passes)(const struct stpfin_column_schema *column), char list[MOST_LIST])
{
	size_t used = 0;

	*list = '\0';
	for (size_t i = 0; i < schema->n_columns; i++) {
		if (passes(&schema->columns[i]) && used < MOST_LIST) {
			int written = snprintf(list + used, MOST_LIST - used, "%s%s", used > 0 ? ", " : "",
				schema->columns[i].name);

			used += written > 0 ? (size_t)written : 0;
		}
	}
	return list;
}

/* Whether a column is a figure. */
static bool is_figure(const struct stpfin_column_schema *column)
{
	return !column->key &&
		   (column->cell == STPFIN_CELL_NUMBER || column->cell == STPFIN_CELL_WHOLE ||
			   column->cell == STPFIN_CELL_YEAR);
}

static bool is_scenario(const struct stpfin_column_schema *column)
{
	return strcmp(column->name, "scenario") == 0;
}

/* Whether a measure may be narrowed by a column. */
static bool is_key(const struct stpfin_column_schema *column)
{
	return column->key && !is_scenario(column);
}

static bool is_place(const struct stpfin_column_schema *column)
{
	return strcmp(column->name, "place") == 0 ||
		   (column->refers_to != NULL && (strcmp(column->refers_to, "footprint") == 0 ||
											 strcmp(column->refers_to, "organisation") == 0));
}

/* The column of that name, of so many bytes; n_columns if there is none. */
static size_t find_column(const struct stpfin_table_schema *schema, const char *name, size_t length)
{
	size_t i = 0;

	while (i < schema->n_columns && (strlen(schema->columns[i].name) != length ||
										memcmp(schema->columns[i].name, name, length) != 0)) {
		i++;
	}
	return i;
}

static stpfin_status find_result(struct stpfin_asked *self, const char *name)
{
	size_t n;
	const char *const *results = stpfin_projection_results(&n);
	struct stpfin_nearest nearest = {.word = name};
	size_t i = 0;

	for (; i < n && strcmp(results[i], name) != 0; i++) {
		stpfin_nearest__consider(&nearest, results[i]);
	}
	if (i == n && strcmp(name, bridge) != 0) {
		stpfin_nearest__consider(&nearest, bridge);
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the measure '%s' is of no result '%s'%s%s%s", self->text, name,
			nearest.name != NULL ? ": did you mean "
								 : ": give a column of a projection's result, as ",
			nearest.name != NULL ? nearest.name : "funding_gap.gap",
			nearest.name != NULL ? "?" : "");
	}
	self->result = i;
	self->schema = stpfin_schema__result(name);
	return STPFIN_OK;
}

static stpfin_status find_figure(struct stpfin_asked *self, const char *name)
{
	char list[MOST_LIST];
	const char *result = self->schema->name;
	const char *nearest;

	self->column = find_column(self->schema, name, strlen(name));
	if (self->column < self->schema->n_columns && is_figure(&self->schema->columns[self->column])) {
		return STPFIN_OK;
	}
	if (self->column < self->schema->n_columns) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the measure '%s' is no figure: those of %s are %s", self->text, result,
			list_names(self->schema, is_figure, list));
	}
	nearest = stpfin_nearest__column(name, self->schema);
	if (nearest != NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the measure '%s' is of no column '%s' of %s: did you mean %s?", self->text, name,
			result, nearest);
	}
	return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
		"the measure '%s' is of no column '%s' of %s: it has %s", self->text, name, result,
		list_names(self->schema, is_figure, list));
}

/* Adds a narrowing "key=value" of so many bytes. */
static stpfin_status add_narrowing(struct stpfin_asked *self, const char *text, size_t length)
{
	const char *equals = memchr(text, '=', length);
	size_t n_name = equals != NULL ? (size_t)(equals - text) : length;
	struct stpfin_narrowing *narrowing = &self->narrowings[self->n_narrowings];
	size_t column = find_column(self->schema, text, n_name);
	char name[64];
	char list[MOST_LIST];

	snprintf(name, sizeof name, "%.*s", (int)(n_name < sizeof name ? n_name : sizeof name), text);
	if (equals == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the measure '%s' is narrowed by '%s': write key=value, as year=2020", self->text,
			name);
	}
	if (column < self->schema->n_columns && is_scenario(&self->schema->columns[column])) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the measure '%s' is narrowed to a scenario: ask for scenarios by themselves, since a "
			"measure is of each",
			self->text);
	}
	if (column == self->schema->n_columns || !is_key(&self->schema->columns[column])) {
		const char *nearest = stpfin_nearest__column(name, self->schema);

		list_names(self->schema, is_key, list);
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the measure '%s' is narrowed by '%s', which is no key of %s%s%s%s", self->text, name,
			self->schema->name,
			nearest != NULL && column == self->schema->n_columns ? ": did you mean "
																 : ": its keys are ",
			nearest != NULL && column == self->schema->n_columns ? nearest : list,
			nearest != NULL && column == self->schema->n_columns ? "?" : "");
	}
	for (size_t i = 0; i < self->n_narrowings; i++) {
		if (self->narrowings[i].column == column) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"the measure '%s' is narrowed by '%s' twice: give it once", self->text, name);
		}
	}
	narrowing->column = column;
	narrowing->value = malloc(length - n_name);
	if (narrowing->value == NULL) {
		return stpfin_error__memory();
	}
	memcpy(narrowing->value, equals + 1, length - n_name - 1);
	narrowing->value[length - n_name - 1] = '\0';
	self->n_narrowings++;
	return STPFIN_OK;
}

/* Of the funding gap a measure is the total of all components, unless it says otherwise. */
static stpfin_status add_component(struct stpfin_asked *self)
{
	static const char total[] = "component=total";
	size_t column = find_column(self->schema, total, strcspn(total, "="));

	if (strcmp(self->schema->name, "funding_gap") != 0) {
		return STPFIN_OK;
	}
	for (size_t i = 0; i < self->n_narrowings; i++) {
		if (self->narrowings[i].column == column) {
			return STPFIN_OK;
		}
	}
	return add_narrowing(self, total, strlen(total));
}

static stpfin_status add_narrowings(struct stpfin_asked *self, const char *text)
{
	stpfin_status status = STPFIN_OK;

	while (*text != ']' && status == STPFIN_OK) {
		size_t length = strcspn(text, ";]");

		status = add_narrowing(self, text, length);
		text += length + (text[length] == ';');
	}
	return status;
}

stpfin_status stpfin_asked__read(struct stpfin_asked *self, const char *text)
{
	size_t n_result = strcspn(text, ".[");
	size_t n_column = text[n_result] == '.' ? strcspn(text + n_result + 1, "[") : 0;
	const char *keys = text + n_result + (text[n_result] == '.') + n_column;
	size_t n_keys = strlen(keys);
	char *name = NULL;
	stpfin_status status;

	*self = (struct stpfin_asked){.text = text, .place = SIZE_MAX, .year = SIZE_MAX};
	if (n_result == 0 || n_column == 0 || memchr(text, ']', (size_t)(keys - text)) != NULL ||
		(n_keys > 0 && keys[n_keys - 1] != ']') ||
		(n_keys > 0 && strchr(keys, ']') != keys + n_keys - 1)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"'%s' is no measure: write RESULT.COLUMN or RESULT.COLUMN[key=value;key=value], as "
			"funding_gap.gap[year=2020]",
			text);
	}
	name = stpfin_text__copy(text);
	if (name == NULL) {
		return stpfin_error__memory();
	}
	name[n_result] = '\0';
	name[n_result + 1 + n_column] = '\0';
	status = find_result(self, name);
	if (status == STPFIN_OK) {
		status = find_figure(self, name + n_result + 1);
	}
	free(name);
	if (status == STPFIN_OK && n_keys > 0) {
		status = add_narrowings(self, keys + 1);
	}
	if (status == STPFIN_OK) {
		status = add_component(self);
	}
	for (size_t i = 0; i < (status == STPFIN_OK ? self->schema->n_columns : 0); i++) {
		const struct stpfin_column_schema *column = &self->schema->columns[i];

		if (column->key && column->cell == STPFIN_CELL_YEAR) {
			self->year = i;
		} else if (column->key && is_place(column) && self->place == SIZE_MAX) {
			self->place = i;
		}
	}
	return status;
}

void stpfin_asked__free(struct stpfin_asked *self)
{
	for (size_t i = 0; i < self->n_narrowings; i++) {
		free(self->narrowings[i].value);
	}
	*self = (struct stpfin_asked){.n_narrowings = 0};
}

/* The code or number that a narrowing asks of its column; false if none can be it. */
static bool find_wanted(
	const struct stpfin_asked *self, const stpfin_table *table, size_t i, int32_t *out_wanted)
{
	const struct stpfin_column *column = stpfin_table__column(table, self->narrowings[i].column);
	const char *value = self->narrowings[i].value;
	double number;

	if (column->type == STPFIN_TEXT) {
		*out_wanted = stpfin_dictionary__find(column->dictionary, value, strlen(value));
		return *out_wanted >= 0 || *value == '\0';
	}
	if (self->narrowings[i].column == self->year) {
		return stpfin_intake__year(value, strlen(value), out_wanted);
	}
	if (!stpfin_number__read(value, strlen(value), &number) || number < -INT32_MAX ||
		number > INT32_MAX || number != (int32_t)number) {
		return false;
	}
	*out_wanted = (int32_t)number;
	return true;
}

bool stpfin_asked__fits(
	const struct stpfin_asked *self, const stpfin_table *table, size_t narrowing, size_t row)
{
	int32_t wanted;

	return find_wanted(self, table, narrowing, &wanted) &&
		   stpfin_table__column(table, self->narrowings[narrowing].column)->whole[row] == wanted;
}

void stpfin_asked__select(const struct stpfin_asked *self, const stpfin_table *table, bool *fits)
{
	size_t n_rows = stpfin_table_rows(table);

	for (size_t row = 0; row < n_rows; row++) {
		fits[row] = true;
	}
	for (size_t i = 0; i < self->n_narrowings; i++) {
		const int32_t *whole = stpfin_table__column(table, self->narrowings[i].column)->whole;
		int32_t wanted = 0;
		bool can_be = find_wanted(self, table, i, &wanted);

		for (size_t row = 0; row < n_rows; row++) {
			fits[row] = fits[row] && can_be && whole[row] == wanted;
		}
	}
}

void stpfin_asked__name(const struct stpfin_asked *self, const stpfin_table *table, size_t row,
	struct stpfin_buffer *out)
{
	bool any = false;
	char buffer[32];

	stpfin_buffer__add_text(out, self->schema->name);
	stpfin_buffer__add_text(out, ".");
	stpfin_buffer__add_text(out, self->schema->columns[self->column].name);
	for (size_t i = 0; i < self->schema->n_columns; i++) {
		const char *value;

		if (!is_key(&self->schema->columns[i]) || i == self->place || i == self->year) {
			continue;
		}
		value = stpfin_column__format(stpfin_table__column(table, i), row, buffer);
		if (strcmp(self->schema->columns[i].name, "component") == 0 && strcmp(value, of_all) == 0) {
			continue;
		}
		stpfin_buffer__add_text(out, any ? ";" : "[");
		stpfin_buffer__add_text(out, self->schema->columns[i].name);
		stpfin_buffer__add_text(out, "=");
		stpfin_buffer__add_text(out, value);
		any = true;
	}
	stpfin_buffer__add_text(out, any ? "]" : "");
}
