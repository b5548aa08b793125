#include "libstpfin/plan/intake.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/nearest.h"
#include "libstpfin/plan/schema_table.h"
#include "libstpfin/plan/settings.h"
#include "libstpfin/table/csv.h"
#include "libstpfin/table/number.h"
#include "libstpfin/table/text.h"

enum { OLDEST = 150 };

/* Far more cells than any table has columns: a row of more never ends, or this is no CSV. */
enum { MOST_CELLS = 1000 };

#define NO_COLUMN SIZE_MAX

/* A cell once read: the value, or that it is missing or was wrong. */
struct value {
	double real;
	int32_t whole;
	bool missing;
	bool wrong;
};

/* The work of taking in one table. */
struct work {
	struct stpfin_intake *intake;
	const stpfin_plan_settings *settings;
	struct stpfin_problems *problems;
	size_t *targets; /* the schema's column of each column given, NO_COLUMN if it has none */
	size_t n_given;
	size_t capacity;
	struct value *values; /* of the row at hand, by schema column */
	bool *present;        /* by schema column: whether it was given */
	bool any_cell;        /* whether the row at hand has one that is not blank */
	size_t rows_capacity;
	size_t n_ignored; /* rows of other years */
};

static struct stpfin_where where_in(const struct work *work, size_t row, const char *column)
{
	return (struct stpfin_where){work->intake->file, row, column};
}

#define COMPLAIN(work, row, column, ...)                                                           \
	stpfin_problems__add(                                                                          \
		(work)->problems, STPFIN_PROBLEM_ERROR, where_in(work, row, column), __VA_ARGS__)

static bool read_digits(const char **text, const char *end, int least, int most, int32_t *out)
{
	int32_t value = 0;
	int n = 0;

	while (*text < end && **text >= '0' && **text <= '9' && n < most) {
		value = 10 * value + (**text - '0');
		++*text;
		n++;
	}
	*out = value;
	return n >= least;
}

bool stpfin_intake__year(const char *text, size_t length, int32_t *out_year)
{
	const char *end = text + length;
	const char *rest = text;
	int32_t next;

	if (!read_digits(&rest, end, 4, 4, out_year) || *out_year < STPFIN_FIRST_YEAR ||
		*out_year > STPFIN_LAST_YEAR) {
		return false;
	}
	if (rest == end) {
		return true;
	}
	if (*rest != '/' && *rest != '-') {
		return false;
	}
	text = ++rest;
	if (!read_digits(&rest, end, 2, 4, &next) || rest != end) {
		return false;
	}
	return rest - text == 4 ? next == *out_year + 1
							: rest - text == 2 && next == (*out_year + 1) % 100;
}

bool stpfin_intake__age(const char *text, size_t length, int32_t *out_age)
{
	const char *end = text + length;
	int32_t last;

	if (!read_digits(&text, end, 1, 3, out_age) || *out_age > OLDEST) {
		return false;
	}
	if (text == end) {
		return true;
	}
	if (*text == '+') {
		return text + 1 == end;
	}
	if (*text != '-') {
		return false;
	}
	text++;
	return read_digits(&text, end, 1, 3, &last) && text == end && last >= *out_age;
}

static bool is_date(const char *text, size_t length)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const char *end = text + length;
	int32_t year;
	int32_t month;
	int32_t day;
	bool leap;

	if (stpfin_intake__year(text, length, &year)) {
		return true;
	}
	if (!read_digits(&text, end, 4, 4, &year) || text == end || *text++ != '-' ||
		!read_digits(&text, end, 2, 2, &month) || text == end || *text++ != '-' ||
		!read_digits(&text, end, 2, 2, &day) || text != end) {
		return false;
	}
	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month >= 1 && month <= 12 && day >= 1 &&
		   day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* What to do about a text that is no number. */
static const char *number_advice(const char *text)
{
	if (strchr(text, ',') != NULL) {
		return "write it without commas, with a point for decimals: 1234.5";
	}
	if (strstr(text, "£") != NULL || strchr(text, '$') != NULL) {
		return "write it without a currency sign: 1234.5";
	}
	if (strchr(text, '%') != NULL) {
		return "write it as a share: 0.05 for 5%";
	}
	if (*text == '(') {
		return "write a negative with a minus: -1234.5";
	}
	return "write a number such as 1234.5";
}

/* The range in words; of a number beyond all bounds, those bounds. */
static const char *range_words(enum stpfin_range range, double x)
{
	return stpfin_schema__range_words(
		stpfin_schema__in_range(STPFIN_RANGE_ANY, x) ? range : STPFIN_RANGE_ANY);
}

static void take_number(struct work *work, size_t row, const struct stpfin_column_schema *column,
	struct value *value, double x)
{
	work->any_cell = true;
	value->missing = false;
	value->wrong = true;
	if (!isfinite(x)) {
		COMPLAIN(work, row, column->name, "an infinite value: give a finite number");
	} else if (column->cell != STPFIN_CELL_NUMBER && x != floor(x)) {
		COMPLAIN(work, row, column->name, "%.15g is not a whole number", x);
	} else if (column->cell == STPFIN_CELL_YEAR &&
			   (x < STPFIN_FIRST_YEAR || x > STPFIN_LAST_YEAR)) {
		COMPLAIN(work, row, column->name, "%.15g is not a year from %d to %d", x, STPFIN_FIRST_YEAR,
			STPFIN_LAST_YEAR);
	} else if (column->cell == STPFIN_CELL_AGE && (x < 0 || x > OLDEST)) {
		COMPLAIN(work, row, column->name, "%.15g is not an age from 0 to %d", x, OLDEST);
	} else if (!stpfin_schema__in_range(column->range, x)) {
		COMPLAIN(work, row, column->name, "%.15g is out of range: it must be %s", x,
			range_words(column->range, x));
	} else if (column->cell == STPFIN_CELL_NUMBER) {
		value->real = x;
		value->wrong = false;
	} else if (fabs(x) > INT32_MAX) {
		COMPLAIN(work, row, column->name,
			"%.15g is out of range: it must be a whole number up to %d", x, (int)INT32_MAX);
	} else {
		value->whole = (int32_t)x;
		value->wrong = false;
	}
}

static void take_choice(struct work *work, size_t row, const struct stpfin_column_schema *column,
	const stpfin_dictionary *choices, struct value *value, const char *text, size_t length)
{
	value->whole = stpfin_dictionary__find(choices, text, length);
	if (value->whole < 0) {
		char words[512] = "";
		size_t used = 0;

		for (size_t i = 0; column->choices[i] != NULL; i++) {
			size_t size = strlen(column->choices[i]);

			if (used + size + 3 > sizeof words) {
				break;
			}
			if (i > 0) {
				memcpy(words + used, ", ", 2);
				used += 2;
			}
			memcpy(words + used, column->choices[i], size + 1);
			used += size;
		}
		COMPLAIN(work, row, column->name, "'%s' is not one of: %s", STPFIN_EXCERPT(text), words);
		value->wrong = true;
	}
}

/* Reads a cell's text, which is not empty, into the row at hand. */
static stpfin_status take_text(
	struct work *work, size_t row, size_t target, const char *text, size_t length)
{
	const struct stpfin_column_schema *column = &work->intake->schema->columns[target];
	struct value *value = &work->values[target];
	stpfin_dictionary *dictionary = stpfin_table__column(work->intake->table, target)->dictionary;
	double x;

	work->any_cell = true;
	value->missing = false;
	switch (column->cell) {
	case STPFIN_CELL_CHOICE:
		take_choice(work, row, column, dictionary, value, text, length);
		return STPFIN_OK;
	case STPFIN_CELL_DATE:
		if (!is_date(text, length)) {
			COMPLAIN(work, row, column->name,
				"'%s' is not a date: write 2016-10-21, or a financial year such as 2016/17",
				STPFIN_EXCERPT(text));
			value->wrong = true;
		}
		break;
	case STPFIN_CELL_TEXT:
	case STPFIN_CELL_CODE:
		break;
	case STPFIN_CELL_YEAR:
		if (stpfin_intake__year(text, length, &value->whole)) {
			return STPFIN_OK;
		}
		if (stpfin_number__read(text, length, &x)) {
			take_number(work, row, column, value, x);
			return STPFIN_OK;
		}
		COMPLAIN(work, row, column->name, "'%s' is not a financial year: write 2015 or 2015/16",
			STPFIN_EXCERPT(text));
		value->wrong = true;
		return STPFIN_OK;
	case STPFIN_CELL_AGE:
		if (stpfin_intake__age(text, length, &value->whole)) {
			return STPFIN_OK;
		}
		if (stpfin_number__read(text, length, &x)) {
			take_number(work, row, column, value, x);
			return STPFIN_OK;
		}
		COMPLAIN(work, row, column->name, "'%s' is not an age band: write 15, 15-64 or 65+",
			STPFIN_EXCERPT(text));
		value->wrong = true;
		return STPFIN_OK;
	case STPFIN_CELL_WHOLE:
	case STPFIN_CELL_NUMBER:
		if (stpfin_number__read(text, length, &x)) {
			take_number(work, row, column, value, x);
			return STPFIN_OK;
		}
		COMPLAIN(work, row, column->name, "'%s' is not a number: %s", STPFIN_EXCERPT(text),
			number_advice(text));
		value->wrong = true;
		return STPFIN_OK;
	}
	value->whole = stpfin_dictionary__intern(dictionary, text, length);
	return value->whole >= 0 ? STPFIN_OK : stpfin_error__memory();
}

static stpfin_status begin(struct work *work)
{
	const struct stpfin_table_schema *schema = work->intake->schema;
	stpfin_status status = stpfin_schema__new_table(schema, NULL, &work->intake->table);

	if (status != STPFIN_OK) {
		return status;
	}
	work->values = calloc(schema->n_columns, sizeof *work->values);
	work->present = calloc(schema->n_columns, sizeof *work->present);
	return work->values != NULL && work->present != NULL ? STPFIN_OK : stpfin_error__memory();
}

static void end(struct work *work)
{
	free(work->targets);
	free(work->values);
	free(work->present);
}

/* Where it is no use to go on, the status that ends reading; the problems say why. */
static stpfin_status enough(struct work *work)
{
	work->intake->broken = true;
	return STPFIN_ERROR_PLAN;
}

/* Learns of the next column given. */
static stpfin_status take_header(struct work *work, const char *name, size_t length)
{
	const struct stpfin_table_schema *schema = work->intake->schema;
	size_t target = 0;

	if (work->n_given == work->capacity) {
		size_t capacity = work->capacity > 0 ? 2 * work->capacity : 16;
		size_t *targets = realloc(work->targets, capacity * sizeof *targets);

		if (targets == NULL) {
			return stpfin_error__memory();
		}
		work->targets = targets;
		work->capacity = capacity;
	}
	while (target < schema->n_columns &&
		   (strlen(schema->columns[target].name) != length ||
			   memcmp(schema->columns[target].name, name, length) != 0)) {
		target++;
	}
	if (length == 0) {
		COMPLAIN(
			work, 1, NULL, "column %zu has no name: name it or take it out", work->n_given + 1);
		target = NO_COLUMN;
	} else if (target == schema->n_columns) {
		const char *nearest = stpfin_nearest__column(name, schema);
		const char *excerpt = STPFIN_EXCERPT(name);

		if (strpbrk(name, ";\t") != NULL) {
			COMPLAIN(work, 1, NULL,
				"the columns are not separated by commas: save the file as CSV with commas");
			return enough(work);
		}
		if (nearest != NULL) {
			COMPLAIN(work, 1, excerpt, "%s has no column '%s': did you mean %s?", schema->name,
				excerpt, nearest);
		} else {
			COMPLAIN(work, 1, excerpt,
				"%s has no column '%s': `stpfin describe %s` lists those it has", schema->name,
				excerpt, schema->name);
		}
		target = NO_COLUMN;
	} else if (work->present[target]) {
		COMPLAIN(work, 1, name, "the column stands twice: keep one");
		target = NO_COLUMN;
	} else {
		work->present[target] = true;
	}
	work->targets[work->n_given++] = target;
	return STPFIN_OK;
}

static stpfin_status end_header(struct work *work)
{
	const struct stpfin_table_schema *schema = work->intake->schema;
	bool any = false;

	for (size_t i = 0; i < schema->n_columns; i++) {
		any = any || work->present[i];
	}
	if (!any) {
		COMPLAIN(work, 1, NULL,
			"the first row names no column of %s: it is to hold the columns' names, as `stpfin "
			"describe %s` lists them",
			schema->name, schema->name);
		return enough(work);
	}
	for (size_t i = 0; i < schema->n_columns; i++) {
		const struct stpfin_column_schema *column = &schema->columns[i];

		if (!column->blank && !work->present[i]) {
			COMPLAIN(work, 1, column->name, "the column is missing: %s", column->meaning);
			work->intake->broken = work->intake->broken || column->key;
		}
	}
	return STPFIN_OK;
}

static void begin_row(struct work *work)
{
	for (size_t i = 0; i < work->intake->schema->n_columns; i++) {
		work->values[i] = (struct value){.missing = true};
	}
	work->any_cell = false;
}

/* Whether the row means something in a year before the base year: of costs, only capital does. */
static bool is_lasting(const struct work *work)
{
	const struct stpfin_table_schema *schema = work->intake->schema;
	const struct stpfin_column_schema *kind = stpfin_schema__column(schema, "kind");
	const struct value *value;

	if (!schema->any_year || kind == NULL) {
		return schema->any_year;
	}
	value = &work->values[kind - schema->columns];
	return value->missing || value->wrong || strcmp(kind->choices[value->whole], "capital") == 0;
}

/* Whether the row is of a year that means nothing to the plan. */
static bool is_ignored(const struct work *work)
{
	const struct stpfin_table_schema *schema = work->intake->schema;

	for (size_t i = 0; i < schema->n_columns; i++) {
		const struct value *value = &work->values[i];

		if (schema->columns[i].cell == STPFIN_CELL_YEAR && schema->columns[i].key &&
			!value->missing && !value->wrong) {
			return value->whole > work->settings->end_year ||
				   (value->whole < work->settings->base_year && !is_lasting(work));
		}
	}
	return false;
}

/* Whether a cell of the row's key is not what it should be. */
static bool is_wrong(const struct work *work)
{
	const struct stpfin_table_schema *schema = work->intake->schema;

	for (size_t i = 0; i < schema->n_columns; i++) {
		const struct stpfin_column_schema *column = &schema->columns[i];
		const struct value *value = &work->values[i];

		if (column->key && (value->wrong || (value->missing && !column->blank))) {
			return true;
		}
	}
	return false;
}

/* Whether any cell of the row is not what it should be, or stands in a column not known. */
static bool is_flawed(const struct work *work)
{
	bool flawed = false;

	for (size_t i = 0; i < work->n_given; i++) {
		flawed = flawed || work->targets[i] == NO_COLUMN;
	}
	for (size_t i = 0; i < work->intake->schema->n_columns; i++) {
		flawed = flawed || work->values[i].wrong;
	}
	return flawed;
}

static stpfin_status end_row(struct work *work, size_t row)
{
	struct stpfin_intake *intake = work->intake;
	const struct stpfin_table_schema *schema = intake->schema;
	size_t at = stpfin_table_rows(intake->table);
	stpfin_status status;

	if (!work->any_cell) {
		return STPFIN_OK; /* spreadsheets leave rows of commas at the end */
	}
	for (size_t i = 0; i < schema->n_columns; i++) {
		if (work->values[i].missing && work->present[i] && !schema->columns[i].blank) {
			COMPLAIN(work, row, schema->columns[i].name, "the cell is blank: %s",
				schema->columns[i].meaning);
		}
	}
	if (is_ignored(work)) {
		work->n_ignored++;
		return STPFIN_OK;
	}
	if (at == work->rows_capacity) {
		size_t capacity = at > 0 ? 2 * at : 64;
		struct stpfin_file_row *rows = realloc(intake->rows, capacity * sizeof *rows);

		if (rows == NULL) {
			return stpfin_error__memory();
		}
		intake->rows = rows;
		work->rows_capacity = capacity;
	}
	intake->rows[at] = (struct stpfin_file_row){row, is_wrong(work), is_flawed(work)};
	intake->doubtful = intake->doubtful || intake->rows[at].wrong;
	status = stpfin_table__add_row(intake->table);
	if (status != STPFIN_OK) {
		return status;
	}
	for (size_t i = 0; i < schema->n_columns; i++) {
		const struct value *value = &work->values[i];
		struct stpfin_column *column = stpfin_table__column(intake->table, i);

		if (value->missing || value->wrong) {
			continue;
		}
		if (column->type == STPFIN_DOUBLE) {
			column->real[at] = value->real;
		} else {
			column->whole[at] = value->whole;
		}
	}
	return STPFIN_OK;
}

static stpfin_status on_cell(
	void *user_data, size_t row, size_t column, const char *text, size_t length)
{
	struct work *work = user_data;

	if (column >= MOST_CELLS) {
		return stpfin_error__set(STPFIN_ERROR_CSV,
			"the row has more than %d cells: a table has a row a line and fewer columns",
			MOST_CELLS);
	}
	if (row == 1) {
		return take_header(work, text, length);
	}
	if (column == 0) {
		begin_row(work);
	}
	if (column >= work->n_given) {
		work->any_cell = work->any_cell || length > 0;
		return STPFIN_OK;
	}
	if (work->targets[column] == NO_COLUMN || length == 0) {
		return STPFIN_OK;
	}
	return take_text(work, row, work->targets[column], text, length);
}

static stpfin_status on_row_end(void *user_data, size_t row, size_t cells)
{
	struct work *work = user_data;

	if (row == 1) {
		return end_header(work);
	}
	if (stpfin_problems__full(work->problems)) {
		return enough(work);
	}
	if (cells > work->n_given && work->any_cell) {
		COMPLAIN(work, row, NULL,
			"the row has %zu cells and the header %zu: put quotes around a cell with a comma",
			cells, work->n_given);
	}
	return end_row(work, row);
}

static void tell_ignored(struct work *work)
{
	if (work->n_ignored > 0) {
		stpfin_problems__add(work->problems, STPFIN_PROBLEM_NOTE, where_in(work, 0, NULL),
			"%zu row%s of years outside the plan's %d to %d %s ignored", work->n_ignored,
			work->n_ignored == 1 ? "" : "s", (int)work->settings->base_year,
			(int)work->settings->end_year, work->n_ignored == 1 ? "is" : "are");
	}
}

/* What is wrong in a message that says the file and row too, which problems name themselves. */
static const char *without_place(const char *message, const char *path, size_t row)
{
	size_t length = strlen(path);
	const char *rest;

	if (strncmp(message, path, length) != 0 || strncmp(message + length, ": ", 2) != 0) {
		return message;
	}
	message += length + 2;
	rest = row > 0 ? strstr(message, ": ") : NULL;
	return rest != NULL ? rest + 2 : message;
}

/* Ends the work; what stopped it is a problem told, but for want of memory. */
static stpfin_status end_reading(struct work *work, stpfin_status status)
{
	work->intake->doubtful = work->intake->doubtful || work->intake->broken;
	tell_ignored(work);
	end(work);
	return status == STPFIN_ERROR_PLAN ? STPFIN_OK : status;
}

stpfin_status stpfin_intake__read(struct stpfin_intake *self,
	const struct stpfin_table_schema *schema, const char *path, const char *file,
	const stpfin_plan_settings *settings, struct stpfin_problems *problems)
{
	struct work work = {.intake = self, .settings = settings, .problems = problems};
	struct stpfin_csv_reader reader = {on_cell, on_row_end, &work};
	size_t row = 0;
	stpfin_status status;

	*self = (struct stpfin_intake){.schema = schema, .given = true};
	self->file = stpfin_text__copy(file);
	if (self->file == NULL) {
		return stpfin_error__memory();
	}
	status = begin(&work);
	if (status == STPFIN_OK) {
		status = stpfin_csv__read_file(path, &reader, &row);
	}
	if (status == STPFIN_ERROR_CSV || status == STPFIN_ERROR_FILE) {
		COMPLAIN(&work, row, NULL, "%s", without_place(stpfin_last_error(), path, row));
		status = enough(&work);
	} else if (status == STPFIN_OK && work.n_given == 0) {
		COMPLAIN(&work, 0, NULL, "the file is empty: it needs at least its header");
		status = enough(&work);
	}
	return end_reading(&work, status);
}

static stpfin_status take_cell(
	struct work *work, size_t row, size_t target, const struct stpfin_column *column, size_t at)
{
	const struct stpfin_column_schema *wanted = &work->intake->schema->columns[target];
	double x;

	if (column->type == STPFIN_TEXT) {
		const char *text = stpfin_column__text(column, at);

		return text != NULL ? take_text(work, row, target, text, strlen(text)) : STPFIN_OK;
	}
	if (column->type == STPFIN_INT32) {
		if (column->whole[at] == STPFIN_MISSING_INT32) {
			return STPFIN_OK;
		}
		x = column->whole[at];
	} else {
		if (isnan(column->real[at])) {
			return STPFIN_OK;
		}
		x = column->real[at];
	}
	if (stpfin_schema__type(wanted) == STPFIN_TEXT) {
		char text[STPFIN_NUMBER_SIZE];

		if (!isfinite(x)) {
			take_number(work, row, wanted, &work->values[target], x);
			return STPFIN_OK;
		}
		return take_text(work, row, target, text, stpfin_number__write(x, text));
	}
	take_number(work, row, wanted, &work->values[target], x);
	return STPFIN_OK;
}

/* In memory a table has the file that it would be written to. */
static stpfin_status name_file(struct stpfin_intake *intake)
{
	static const char suffix[] = ".csv";
	size_t length = strlen(intake->schema->name);

	intake->file = malloc(length + sizeof suffix);
	if (intake->file == NULL) {
		return stpfin_error__memory();
	}
	memcpy(intake->file, intake->schema->name, length);
	memcpy(intake->file + length, suffix, sizeof suffix);
	return STPFIN_OK;
}

stpfin_status stpfin_intake__take(struct stpfin_intake *self,
	const struct stpfin_table_schema *schema, const stpfin_table *raw,
	const stpfin_plan_settings *settings, struct stpfin_problems *problems)
{
	struct work work = {.intake = self, .settings = settings, .problems = problems};
	size_t n_rows = stpfin_table_rows(raw);
	size_t n_columns = stpfin_table_columns(raw);
	stpfin_status status;

	*self = (struct stpfin_intake){.schema = schema, .given = true};
	status = name_file(self);
	if (status == STPFIN_OK) {
		status = begin(&work);
	}
	for (size_t i = 0; i < n_columns && status == STPFIN_OK; i++) {
		const char *name = stpfin_table_column_name(raw, i);

		status = take_header(&work, name, strlen(name));
	}
	if (status == STPFIN_OK && n_columns > 0) {
		status = end_header(&work);
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		begin_row(&work);
		for (size_t i = 0; i < n_columns && status == STPFIN_OK; i++) {
			if (work.targets[i] != NO_COLUMN) {
				status =
					take_cell(&work, row + 2, work.targets[i], stpfin_table__column(raw, i), row);
			}
		}
		if (status == STPFIN_OK) {
			status = end_row(&work, row + 2);
		}
		if (status == STPFIN_OK && stpfin_problems__full(problems)) {
			status = enough(&work);
		}
	}
	return end_reading(&work, status);
}

stpfin_status stpfin_intake__absent(struct stpfin_intake *self,
	const struct stpfin_table_schema *schema, struct stpfin_problems *problems)
{
	stpfin_status status;

	*self = (struct stpfin_intake){.schema = schema};
	status = name_file(self);
	if (status == STPFIN_OK) {
		status = stpfin_schema__new_table(schema, NULL, &self->table);
	}
	if (status == STPFIN_OK && schema->required) {
		stpfin_problems__add(problems, STPFIN_PROBLEM_ERROR,
			(struct stpfin_where){self->file, 0, NULL},
			"the table %s is missing (%s): add %s, if only with its header", schema->name,
			schema->meaning, self->file);
		self->broken = self->doubtful = true;
	}
	return status;
}

stpfin_status stpfin_intake__again(
	struct stpfin_intake *self, const struct stpfin_table_schema *schema, const stpfin_table *table)
{
	*self = (struct stpfin_intake){.schema = schema, .table = stpfin_table_share(table)};
	self->given = stpfin_table_rows(table) > 0;
	return name_file(self);
}

void stpfin_intake__free(struct stpfin_intake *self)
{
	free(self->file);
	free(self->rows);
	stpfin_table_free(self->table);
	*self = (struct stpfin_intake){0};
}

struct stpfin_where stpfin_intake__where(
	const struct stpfin_intake *self, size_t row, const char *column)
{
	return (struct stpfin_where){
		self->file, self->rows != NULL ? self->rows[row].row : row + 2, column};
}
