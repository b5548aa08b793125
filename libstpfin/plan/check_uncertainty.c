#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/plan/copula.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/plan/uncertainty.h"

/* Guessing what was meant looks at every name, so not for more than a reader would read. */
enum { MOST_GUESSES = 20 };

static const char *const uncertainty = "uncertainty";

/* The numbers of a row. */
struct numbers {
	double p1, p2, p3;
};

/* What the distributions call their numbers. */
static const struct {
	const char *p2;
	const char *p3;
} terms[] = {
	[STPFIN_INTERVAL80] = {"90th percentile", NULL},
	[STPFIN_NORMAL] = {"standard deviation", NULL},
	[STPFIN_LOGNORMAL] = {"standard deviation", NULL},
	[STPFIN_GAMMA] = {"standard deviation", NULL},
	[STPFIN_BETA] = {"standard deviation", NULL},
	[STPFIN_UNIFORM] = {"high", NULL},
	[STPFIN_TRIANGULAR] = {"mode", "high"},
	[STPFIN_PERT] = {"mode", "high"},
};

/* The numbers that a distribution needs are there, and no other. */
static bool check_numbers_given(struct stpfin_check *check, size_t row,
	enum stpfin_distribution distribution, const struct numbers *numbers)
{
	const char *name = stpfin_column__text(
		stpfin_table__named(stpfin_check__table(check, uncertainty)->table, "distribution"), row);
	bool right = true;

	if (isnan(numbers->p2)) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "p2", "the cell is blank: %s needs its %s",
			name, terms[distribution].p2);
		right = false;
	}
	if (isnan(numbers->p3) && terms[distribution].p3 != NULL) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "p3", "the cell is blank: %s needs its %s",
			name, terms[distribution].p3);
		right = false;
	}
	if (!isnan(numbers->p3) && terms[distribution].p3 == NULL) {
		STPFIN_CHECK_ERROR(
			check, uncertainty, row, "p3", "%s has two numbers and no third: leave p3 blank", name);
		right = false;
	}
	return right && !isnan(numbers->p1);
}

static void check_order(struct stpfin_check *check, size_t row, const char *column, const char *low,
	double lower, const char *high, double higher)
{
	if (lower > higher) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, column,
			"the %s of %.15g is above the %s of %.15g: give the lower first", low, lower, high,
			higher);
	}
}

/* The numbers make a distribution; one without spread is legal. */
static void check_distribution(struct stpfin_check *check, size_t row,
	enum stpfin_distribution distribution, const struct numbers *numbers)
{
	double mean = numbers->p1;
	double sd = numbers->p2;

	if (distribution == STPFIN_INTERVAL80) {
		check_order(
			check, row, "p2", "10th percentile", numbers->p1, "90th percentile", numbers->p2);
		return;
	}
	if (distribution == STPFIN_UNIFORM) {
		check_order(check, row, "p2", "low", numbers->p1, "high", numbers->p2);
		return;
	}
	if (distribution == STPFIN_TRIANGULAR || distribution == STPFIN_PERT) {
		check_order(check, row, "p2", "low", numbers->p1, "mode", numbers->p2);
		check_order(check, row, "p3", "mode", numbers->p2, "high", numbers->p3);
		return;
	}
	if ((distribution == STPFIN_LOGNORMAL || distribution == STPFIN_GAMMA) && mean <= 0) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "p1",
			"the mean of a quantity that is always above 0 cannot be %.15g: give one above 0, or a "
			"normal distribution",
			mean);
	}
	if (sd < 0) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "p2",
			"a standard deviation of %.15g is negative: give 0 or more", sd);
	}
	if (distribution == STPFIN_BETA && (mean <= 0 || mean >= 1)) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "p1",
			"the mean of a quantity between 0 and 1 cannot be %.15g: give one between them", mean);
	} else if (distribution == STPFIN_BETA && sd >= 0 && sd * sd >= mean * (1 - mean)) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "p2",
			"a standard deviation of %.15g is more than a quantity between 0 and 1 with a mean of "
			"%.15g can have: give one below %.6g",
			sd, mean, sqrt(mean * (1 - mean)));
	}
}

/* Warns where a draw that replaces a figure is mostly out of the figure's range. */
static void compare_with_range(struct stpfin_check *check, size_t row,
	const struct stpfin_column_schema *column, enum stpfin_distribution distribution,
	const struct numbers *numbers)
{
	bool has_ends = distribution == STPFIN_INTERVAL80 || distribution == STPFIN_UNIFORM;
	double centre = has_ends                         ? 0.5 * (numbers->p1 + numbers->p2)
					: terms[distribution].p3 != NULL ? numbers->p2
													 : numbers->p1;
	double low, high;

	stpfin_schema__bounds(column, &low, &high);
	if (centre < low || centre > high) {
		stpfin_problems__add(check->problems, STPFIN_PROBLEM_WARNING,
			stpfin_intake__where(stpfin_check__table(check, uncertainty), row, "p1"),
			"the draws lie about %.6g, and %s is %s: most are clipped", centre, column->name,
			column->cell == STPFIN_CELL_YEAR ? "a year"
											 : stpfin_schema__range_words(column->range));
	}
}

/* The table that a row draws of; NULL, and an error, if there is none. */
static const struct stpfin_table_schema *find_table(
	struct stpfin_check *check, size_t row, const char *name)
{
	const struct stpfin_table_schema *schema = stpfin_schema__table(name);
	const char *nearest = schema == NULL ? stpfin_plan__nearest_table(name) : NULL;

	if (nearest != NULL) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "table",
			"a plan has no table '%s': did you mean %s?", STPFIN_EXCERPT(name), nearest);
	} else if (schema == NULL) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "table",
			"a plan has no table '%s': `stpfin describe` lists those it may have",
			STPFIN_EXCERPT(name));
	}
	return schema;
}

/* The columns of a table that may be drawn, in words. */
static const char *list_columns(const struct stpfin_table_schema *schema, char words[256])
{
	size_t used = 0;

	words[0] = '\0';
	for (size_t i = 0; i < schema->n_columns; i++) {
		const char *name = schema->columns[i].name;

		if (stpfin_uncertainty__may_draw(schema, &schema->columns[i]) &&
			used + strlen(name) + 3 < 256) {
			used += (size_t)snprintf(words + used, 256 - used, "%s%s", used > 0 ? ", " : "", name);
		}
	}
	return words;
}

/* The column that a row draws; NULL, and an error, if it cannot. */
static const struct stpfin_column_schema *find_column(struct stpfin_check *check, size_t row,
	const struct stpfin_table_schema *schema, const char *name)
{
	const struct stpfin_column_schema *column = stpfin_schema__column(schema, name);
	const char *nearest = column == NULL ? stpfin_nearest__column(name, schema) : NULL;
	char words[256];

	if (column != NULL && stpfin_uncertainty__may_draw(schema, column)) {
		return column;
	}
	if (*list_columns(schema, words) == '\0') {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "table",
			"%s has no figures that could be drawn", schema->name);
	} else if (nearest != NULL) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "column",
			"%s has no column '%s': did you mean %s?", schema->name, STPFIN_EXCERPT(name), nearest);
	} else if (column == NULL) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "column",
			"%s has no column '%s': what can be drawn of it is %s", schema->name,
			STPFIN_EXCERPT(name), words);
	} else {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "column",
			"%s of %s is no figure that could be drawn: of it that is %s", column->name,
			schema->name, words);
	}
	return NULL;
}

/* The nearest that a column has to the value of a condition. */
static const char *nearest_value(const struct stpfin_selection *selection,
	const struct stpfin_condition *condition, char buffer[32])
{
	size_t n_rows = stpfin_table_rows(selection->table);
	size_t best = n_rows;
	double least = INFINITY;

	if (condition->column->type == STPFIN_TEXT) {
		struct stpfin_nearest nearest = {.word = condition->value};

		for (size_t row = 0; row < n_rows; row++) {
			const char *text = stpfin_column__text(condition->column, row);

			if (text != NULL) {
				stpfin_nearest__consider(&nearest, text);
			}
		}
		return nearest.name;
	}
	for (size_t row = 0; row < n_rows; row++) {
		bool is_real = condition->column->type == STPFIN_DOUBLE;
		double distance = is_real ? fabs(condition->column->real[row] - condition->real)
								  : fabs((double)condition->column->whole[row] - condition->whole);

		if (distance < least &&
			(is_real || condition->column->whole[row] != STPFIN_MISSING_INT32)) {
			least = distance;
			best = row;
		}
	}
	return best < n_rows ? stpfin_column__format(condition->column, best, buffer) : NULL;
}

/* Whether any row meets one condition. */
static bool is_met(
	const struct stpfin_selection *selection, const struct stpfin_condition *condition)
{
	size_t n_rows = stpfin_table_rows(selection->table);
	size_t row = 0;

	while (row < n_rows && !stpfin_condition__holds(condition, row)) {
		row++;
	}
	return row < n_rows;
}

/* Says why a selection has no cell. */
static void explain_nothing(
	struct stpfin_check *check, size_t row, const struct stpfin_selection *selection, int *guesses)
{
	size_t n_rows = stpfin_table_rows(selection->table);
	const char *table = selection->schema->name;
	size_t n_fitting = 0;

	if (n_rows == 0) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "table",
			"the plan's table %s has no rows of which anything could be drawn", table);
		return;
	}
	for (size_t i = 0; i < selection->n_conditions; i++) {
		const struct stpfin_condition *condition = &selection->conditions[i];
		char buffer[32];
		const char *nearest;

		if (is_met(selection, condition)) {
			continue;
		}
		nearest = *condition->value != '\0' && (*guesses)++ < MOST_GUESSES
					  ? nearest_value(selection, condition, buffer)
					  : NULL;
		STPFIN_CHECK_ERROR(check, uncertainty, row, "select", "no row of %s has %s=%s%s%s%s", table,
			condition->schema->name, condition->value, nearest != NULL ? ": did you mean '" : "",
			nearest != NULL ? STPFIN_EXCERPT(nearest) : "", nearest != NULL ? "'?" : "");
		return;
	}
	for (size_t at = 0; at < n_rows; at++) {
		bool fits = true;

		for (size_t i = 0; i < selection->n_conditions; i++) {
			fits = fits && stpfin_condition__holds(&selection->conditions[i], at);
		}
		n_fitting += fits;
	}
	if (n_fitting == 0) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "select",
			"no row of %s meets all the conditions together: take one out", table);
	} else {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "column",
			"%s is blank in every row selected: fill it in, or draw another column",
			selection->column_schema->name);
	}
}

static bool selects_any(const struct stpfin_selection *selection)
{
	size_t n_rows = stpfin_table_rows(selection->table);
	size_t row = 0;

	while (row < n_rows && isnan(stpfin_selection__number(selection, row))) {
		row++;
	}
	return row < n_rows;
}

/* What a row draws is there to be drawn. Returns the column, or NULL. */
static const struct stpfin_column_schema *check_target(
	struct stpfin_check *check, size_t row, int *guesses)
{
	const stpfin_table *rows = stpfin_check__table(check, uncertainty)->table;
	const char *table = stpfin_column__text(stpfin_table__named(rows, "table"), row);
	const char *column_name = stpfin_column__text(stpfin_table__named(rows, "column"), row);
	const char *select = stpfin_column__text(stpfin_table__named(rows, "select"), row);
	int32_t path = stpfin_check__whole(check, uncertainty, "path")[row];
	const struct stpfin_table_schema *schema = table != NULL ? find_table(check, row, table) : NULL;
	const struct stpfin_column_schema *column =
		schema != NULL && column_name != NULL ? find_column(check, row, schema, column_name) : NULL;
	struct stpfin_selection selection;
	char message[STPFIN_SELECTION_MESSAGE];

	if (column == NULL) {
		return NULL;
	}
	if (!stpfin_selection__read(&selection, schema, column,
			stpfin_check__table(check, table)->table, select, message)) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "select", "%s", message);
	} else if (stpfin_check__is_sure(check, table) && !selects_any(&selection)) {
		explain_nothing(check, row, &selection, guesses);
	}
	if (stpfin_path__is_by_year(path) && selection.year == NULL) {
		STPFIN_CHECK_ERROR(check, uncertainty, row, "path",
			"%s has no year of its own, so what is drawn of it is drawn once: leave path blank",
			schema->name);
	}
	return column;
}

static void check_parameters(struct stpfin_check *check)
{
	const int32_t *mode = stpfin_check__whole(check, uncertainty, "mode");
	const int32_t *distributions = stpfin_check__whole(check, uncertainty, "distribution");
	const double *p1 = stpfin_check__real(check, uncertainty, "p1");
	const double *p2 = stpfin_check__real(check, uncertainty, "p2");
	const double *p3 = stpfin_check__real(check, uncertainty, "p3");
	int guesses = 0;

	for (size_t row = 0, n = stpfin_check__rows(check, uncertainty); row < n; row++) {
		const struct numbers numbers = {p1[row], p2[row], p3[row]};
		enum stpfin_distribution distribution = (enum stpfin_distribution)distributions[row];
		size_t errors = check->problems->n_errors;
		const struct stpfin_column_schema *column = check_target(check, row, &guesses);

		if (distributions[row] < 0 || stpfin_check__is_flawed(check, uncertainty, row)) {
			continue;
		}
		if (check_numbers_given(check, row, distribution, &numbers)) {
			check_distribution(check, row, distribution, &numbers);
		}
		if (mode[row] == STPFIN_MODE_VALUE && column != NULL &&
			check->problems->n_errors == errors) {
			compare_with_range(check, row, column, distribution, &numbers);
		}
	}
}

/* Whether a blank path may have been meant to be another. */
static bool is_path_flawed(const struct stpfin_check *check, int32_t parameter)
{
	return stpfin_check__is_flawed(check, uncertainty, (size_t)parameter);
}

/* Correlations are of two parameters that are drawn alike, once for each two. */
static stpfin_status check_pairs(struct stpfin_check *check)
{
	const char *table = "correlation";
	const int32_t *a = stpfin_check__whole(check, table, "a");
	const int32_t *b = stpfin_check__whole(check, table, "b");
	const int32_t *path = stpfin_check__whole(check, uncertainty, "path");
	const int32_t *const columns[] = {a, b};
	size_t n_rows = stpfin_check__rows(check, table);
	struct stpfin_index index = {0};
	stpfin_status status = stpfin_index__new(&index, columns, 2, n_rows);

	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		const int32_t reversed[] = {b[row], a[row]};
		size_t other = stpfin_index__find(&index, reversed);
		const char *name = stpfin_check__name(check, uncertainty, a[row]);
		const char *with = stpfin_check__name(check, uncertainty, b[row]);

		if (a[row] < 0 || b[row] < 0) {
			continue;
		}
		if (a[row] == b[row]) {
			STPFIN_CHECK_ERROR(check, table, row, "b", "'%s' goes with itself: name two quantities",
				STPFIN_EXCERPT(name));
		} else if (other != STPFIN_NO_ROW) {
			STPFIN_CHECK_ERROR(check, table, row, "b",
				"'%s' and '%s' stand in row %zu already: keep one row", STPFIN_EXCERPT(name),
				STPFIN_EXCERPT(with),
				stpfin_intake__where(stpfin_check__table(check, table), other, NULL).row);
		} else if (!is_path_flawed(check, a[row]) && !is_path_flawed(check, b[row]) &&
				   stpfin_path__is_by_year(path[a[row]]) != stpfin_path__is_by_year(path[b[row]])) {
			bool is_first = stpfin_path__is_by_year(path[a[row]]);

			STPFIN_CHECK_ERROR(check, table, row, "b",
				"'%s' is drawn for each year and '%s' once: what goes together is drawn alike",
				STPFIN_EXCERPT(is_first ? name : with), STPFIN_EXCERPT(is_first ? with : name));
		}
		stpfin_index__add(&index, row);
	}
	stpfin_index__free(&index);
	return status;
}

/* All correlations can hold together. */
static stpfin_status check_together(struct stpfin_check *check)
{
	const char *table = "correlation";
	struct stpfin_copula copula;
	struct stpfin_copula_fault fault = {0};
	stpfin_status status = stpfin_copula__new(&copula, stpfin_check__rows(check, uncertainty),
		stpfin_check__whole(check, table, "a"), stpfin_check__whole(check, table, "b"),
		stpfin_check__real(check, table, "rho"), stpfin_check__rows(check, table), &fault);

	if (status == STPFIN_ERROR_PLAN) {
		STPFIN_CHECK_ERROR(check, table, fault.row, "rho",
			"the correlation of '%s' and '%s' cannot hold with those before it, as no quantities "
			"have them all (they are not positive definite): bring them nearer 0",
			STPFIN_CHECK_NAME(check, uncertainty, (int32_t)fault.partner),
			STPFIN_CHECK_NAME(check, uncertainty, (int32_t)fault.parameter));
		return STPFIN_OK;
	}
	stpfin_copula__free(&copula);
	return status;
}

stpfin_status stpfin_check__uncertainty(struct stpfin_check *check)
{
	size_t errors;
	stpfin_status status;

	check_parameters(check);
	if (!stpfin_check__is_sure(check, uncertainty) ||
		!stpfin_check__is_sure(check, "correlation")) {
		return STPFIN_OK;
	}
	errors = check->problems->n_errors;
	status = check_pairs(check);
	return status == STPFIN_OK && check->problems->n_errors == errors ? check_together(check)
																	  : status;
}
