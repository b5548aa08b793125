#include "libstpfin/plan/uncertainty.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libstpfin/plan/intake.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/table/number.h"

bool stpfin_uncertainty__may_draw(
	const struct stpfin_table_schema *table, const struct stpfin_column_schema *column)
{
	static const char *const others[] = {"source", "uncertainty", "correlation"};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (strcmp(table->name, others[i]) == 0) {
			return false;
		}
	}
	return !column->key &&
		   (column->cell == STPFIN_CELL_NUMBER || column->cell == STPFIN_CELL_WHOLE ||
			   column->cell == STPFIN_CELL_YEAR);
}

#define COMPLAIN(message, ...) (snprintf(message, STPFIN_SELECTION_MESSAGE, __VA_ARGS__), false)

/* Reads the value that a condition asks for. */
static bool read_value(struct stpfin_condition *self, const char *text, size_t length,
	char message[STPFIN_SELECTION_MESSAGE])
{
	bool right = true;

	self->whole = self->column->type == STPFIN_TEXT ? -1 : STPFIN_MISSING_INT32;
	self->real = (double)NAN;
	if (length == 0) {
		return true;
	}
	if (self->column->type == STPFIN_TEXT) {
		self->whole = stpfin_dictionary__find(self->column->dictionary, text, length);
		self->whole = self->whole < 0 ? -2 : self->whole;
	} else if (self->schema->cell == STPFIN_CELL_YEAR) {
		right = stpfin_intake__year(text, length, &self->whole);
	} else if (self->schema->cell == STPFIN_CELL_AGE) {
		right = stpfin_intake__age(text, length, &self->whole);
	} else {
		right = stpfin_number__read(text, length, &self->real);
		if (right && self->column->type == STPFIN_INT32) {
			/* What is no whole number is in no row. */
			self->whole = self->real == floor(self->real) && fabs(self->real) <= INT32_MAX
							  ? (int32_t)self->real
							  : INT32_MIN + 1;
		}
	}
	return right || COMPLAIN(message, "'%s' is not %s: write %s=%s", self->value,
						self->schema->cell == STPFIN_CELL_YEAR  ? "a financial year"
						: self->schema->cell == STPFIN_CELL_AGE ? "an age band"
																: "a number",
						self->schema->name,
						self->schema->cell == STPFIN_CELL_YEAR  ? "2018"
						: self->schema->cell == STPFIN_CELL_AGE ? "65"
																: "0.5");
}

/* Reads one condition, of length bytes. */
static bool read_condition(struct stpfin_selection *self, const char *text, size_t length,
	char message[STPFIN_SELECTION_MESSAGE])
{
	struct stpfin_condition *condition;
	const char *equals = memchr(text, '=', length);
	size_t size = equals != NULL ? (size_t)(equals - text) : length;
	size_t most = sizeof condition->value - 1;
	char name[64];

	while (size > 0 && *text == ' ') {
		text++;
		size--;
		length--;
	}
	snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1), text);
	if (equals == NULL) {
		return COMPLAIN(
			message, "'%s' is no condition: write COLUMN=VALUE, and ; between conditions", name);
	}
	for (size_t i = strlen(name); i > 0 && name[i - 1] == ' '; i--) {
		name[i - 1] = '\0';
	}
	if (self->n_conditions == STPFIN_MOST_CONDITIONS) {
		return COMPLAIN(message, "there are more than %d conditions: keep those needed",
			(int)STPFIN_MOST_CONDITIONS);
	}
	condition = &self->conditions[self->n_conditions];
	condition->schema = stpfin_schema__column(self->schema, name);
	if (condition->schema == NULL) {
		const char *nearest = stpfin_nearest__column(name, self->schema);

		return nearest != NULL
				   ? COMPLAIN(message, "%s has no column '%s': did you mean %s?",
						 self->schema->name, name, nearest)
				   : COMPLAIN(message,
						 "%s has no column '%s': `stpfin describe %s` lists those it has",
						 self->schema->name, name, self->schema->name);
	}
	length -= size + 1;
	snprintf(condition->value, sizeof condition->value, "%.*s",
		(int)(length < most ? length : most), equals + 1);
	condition->column = stpfin_table__named(self->table, condition->schema->name);
	self->n_conditions++;
	return read_value(condition, equals + 1, length, message);
}

bool stpfin_selection__read(struct stpfin_selection *self, const struct stpfin_table_schema *schema,
	const struct stpfin_column_schema *column, const stpfin_table *table, const char *select,
	char message[STPFIN_SELECTION_MESSAGE])
{
	bool right = true;

	self->schema = schema;
	self->column_schema = column;
	self->table = table;
	self->column = stpfin_table__named(table, column->name);
	self->fallback = stpfin_schema__default(schema->name, column->name);
	self->year = NULL;
	self->n_conditions = 0;
	for (size_t i = 0; i < schema->n_columns; i++) {
		if (schema->columns[i].key && schema->columns[i].cell == STPFIN_CELL_YEAR) {
			self->year = stpfin_table__column(table, i)->whole;
		}
	}
	while (select != NULL && right) {
		size_t length = strcspn(select, ";");

		right = read_condition(self, select, length, message);
		select = select[length] == ';' ? select + length + 1 : NULL;
	}
	return right;
}

bool stpfin_condition__holds(const struct stpfin_condition *self, size_t row)
{
	if (self->column->type == STPFIN_DOUBLE) {
		double x = self->column->real[row];

		return x == self->real || (isnan(x) && isnan(self->real));
	}
	return self->column->whole[row] == self->whole;
}

double stpfin_selection__number(const struct stpfin_selection *self, size_t row)
{
	double x;

	for (size_t i = 0; i < self->n_conditions; i++) {
		if (!stpfin_condition__holds(&self->conditions[i], row)) {
			return (double)NAN;
		}
	}
	x = stpfin_column__number(self->column, row);
	return isnan(x) ? self->fallback : x;
}
