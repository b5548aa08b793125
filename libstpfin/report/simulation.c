#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/report/view.h"
#include "libstpfin/table/error.h"

static const char england[] = "England";
static const char unassigned[] = "unassigned";

enum { N_SHOWN = 4, MOST_NAME = 128 };

/* The columns of numbers that are shown, and what they are called. */
static const char *const shown[N_SHOWN] = {"central", "mean", "p10", "p90"};
static const char *const titles[N_SHOWN] = {"central", "mean", "P10", "P90"};

/* Some rows of the result, on their way to text. */
struct part {
	const struct stpfin_view *view;
	struct stpfin_filter of_scenario;
	const struct stpfin_column *measure;
	const struct stpfin_column *place;
	char name[MOST_NAME]; /* of the measures shown, without their keys */
	bool is_money;
	int decimals;
	const char *closed; /* what the share of draws of 0 or less is called; NULL: not shown */
};

/* The length of a measure's name without its keys. */
static size_t base_length(const char *measure)
{
	return strcspn(measure, "[");
}

/* Whether a row is of the part's scenario and measures. */
static bool is_shown(const struct part *self, size_t row)
{
	const char *measure = stpfin_column__text(self->measure, row);

	return self->of_scenario.column->whole[row] == self->of_scenario.code &&
		   base_length(measure) == strlen(self->name) &&
		   memcmp(measure, self->name, strlen(self->name)) == 0;
}

const struct stpfin_column_schema *stpfin_view__measured(const char *name)
{
	char result[MOST_NAME];
	char column[MOST_NAME];
	size_t length = strcspn(name, ".");
	const struct stpfin_table_schema *schema;

	snprintf(result, sizeof result, "%.*s", (int)length, name);
	schema = stpfin_schema__result(result);
	if (schema == NULL || name[length] != '.') {
		return NULL;
	}
	name += length + 1;
	snprintf(column, sizeof column, "%.*s", (int)base_length(name), name);
	return stpfin_schema__column(schema, column);
}

bool stpfin_view__measures_money(const char *name)
{
	const struct stpfin_column_schema *schema = stpfin_view__measured(name);

	return schema != NULL && schema->unit != NULL && strcmp(schema->unit, "£") == 0;
}

static double number_in(const struct part *self, const char *column, size_t row)
{
	return stpfin_table__named(self->view->table, column)->real[row];
}

/* Begins the part of the measures that a row is one of. */
static struct part begin(
	const struct stpfin_view *view, struct stpfin_filter of_scenario, size_t row)
{
	struct part self = {view, of_scenario, stpfin_table__named(view->table, "measure"),
		stpfin_table__named(view->table, "place"), "", false, 0, NULL};
	const char *measure = stpfin_column__text(self.measure, row);
	const struct stpfin_column_schema *schema;
	double largest = 0;

	snprintf(self.name, sizeof self.name, "%.*s", (int)base_length(measure), measure);
	schema = stpfin_view__measured(self.name);
	self.is_money = stpfin_view__measures_money(self.name);
	for (size_t i = 0; i < stpfin_table_rows(view->table); i++) {
		for (size_t j = 0; is_shown(&self, i) && j < N_SHOWN; j++) {
			largest = fmax(largest, fabs(number_in(&self, shown[j], i)));
		}
	}
	self.decimals = self.is_money     ? 1
					: largest >= 1000 ? 0
					: largest >= 100  ? 1
					: largest >= 1    ? 2
									  : 4;
	if (schema != NULL && strcmp(schema->name, "gap") == 0) {
		/* Of a difference it is no closing. */
		self.closed = strchr(stpfin_column__text(of_scenario.column, row), '-') == NULL
						  ? "closed"
						  : "0 or less";
	}
	return self;
}

static const char *percent(double share, char buffer[32])
{
	double whole = round(100 * share);

	if (isnan(share)) {
		return "";
	}
	if (whole == 0 && share > 0) {
		return "<1%";
	}
	if (whole == 100 && share < 1) {
		return ">99%";
	}
	snprintf(buffer, 32, "%.0f%%", whole);
	return buffer;
}

static stpfin_status begin_grid(
	const struct part *self, struct stpfin_grid *grid, const char *const *labels, size_t n_labels)
{
	stpfin_status status =
		stpfin_grid__begin(grid, n_labels + N_SHOWN + (self->closed != NULL ? 1 : 0));

	if (status != STPFIN_OK) {
		return status;
	}
	for (size_t i = 0; i < grid->n_columns; i++) {
		grid->right[i] = i >= n_labels;
	}
	for (size_t i = 0; i < n_labels; i++) {
		stpfin_grid__add(grid, labels[i]);
	}
	for (size_t i = 0; i < N_SHOWN; i++) {
		stpfin_grid__add(grid, titles[i]);
	}
	if (self->closed != NULL) {
		stpfin_grid__add(grid, self->closed);
	}
	return STPFIN_OK;
}

static void add_numbers(const struct part *self, size_t row, struct stpfin_grid *grid)
{
	char buffer[32];

	for (size_t i = 0; i < N_SHOWN; i++) {
		const struct stpfin_measure measure = {
			stpfin_table__named(self->view->table, shown[i]), self->is_money, self->decimals};

		stpfin_measure__add(&measure, stpfin_column__number(measure.column, row), grid);
	}
	if (self->closed != NULL) {
		stpfin_grid__add(grid, percent(number_in(self, "probability_closed", row), buffer));
	}
}

static void end_grid(const struct part *self, struct stpfin_grid *grid)
{
	stpfin_grid__write(grid, 0, self->view->out);
	stpfin_buffer__add_text(self->view->out, "\n");
}

static bool is_place(const struct part *self, size_t row, const char *place)
{
	return strcmp(stpfin_column__text(self->place, row), place) == 0;
}

/* The places in the last year, England last. */
static stpfin_status write_places(const struct part *self)
{
	char year[32];
	const char *const labels[] = {stpfin_view__year(self->view->last_year, year)};
	size_t n_rows = stpfin_table_rows(self->view->table);
	size_t n_above = 0;
	struct stpfin_grid grid = {0};
	stpfin_status status = begin_grid(self, &grid, labels, 1);

	/* Footprints, then what they leave out, then all of England. */
	for (int rank = 0; rank < 3 && status == STPFIN_OK; rank++) {
		for (size_t row = 0; row < n_rows; row++) {
			int own = is_place(self, row, england) ? 2 : is_place(self, row, unassigned) ? 1 : 0;
			char buffer[32];

			if (own != rank || !is_shown(self, row) ||
				self->view->year->whole[row] != self->view->last_year) {
				continue;
			}
			if (rank == 2 && n_above > 0) {
				stpfin_grid__rule(&grid);
			}
			n_above++;
			stpfin_grid__add(&grid, stpfin_view__label(self->view, self->place, row, buffer));
			add_numbers(self, row, &grid);
		}
	}
	if (status == STPFIN_OK && n_above > 0) {
		end_grid(self, &grid);
	}
	stpfin_grid__clear(&grid);
	return status;
}

/* One place year by year, unless it is of one year alone. */
static stpfin_status write_years(const struct part *self, const char *place)
{
	const char *const labels[] = {place};
	size_t n_rows = stpfin_table_rows(self->view->table);
	size_t n_years = 0;
	struct stpfin_grid grid = {0};
	stpfin_status status = begin_grid(self, &grid, labels, 1);

	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		char buffer[32];

		if (is_shown(self, row) && is_place(self, row, place)) {
			n_years++;
			stpfin_grid__add(&grid, stpfin_view__year(self->view->year->whole[row], buffer));
			add_numbers(self, row, &grid);
		}
	}
	if (status == STPFIN_OK && n_years > 1) {
		end_grid(self, &grid);
	}
	stpfin_grid__clear(&grid);
	return status;
}

/* The values of "[key=value;key=value]". */
static const char *key_values(const char *keys, char buffer[MOST_NAME])
{
	size_t used = 0;

	*buffer = '\0';
	while (*keys != '\0' && *keys != ']' && used < MOST_NAME) {
		size_t skipped = strcspn(keys, "=");
		size_t length = strcspn(keys + skipped, ";]");
		int written = snprintf(buffer + used, MOST_NAME - used, "%s%.*s", used > 0 ? ", " : "",
			length > 0 ? (int)length - 1 : 0, keys + skipped + (length > 0));

		used += written > 0 ? (size_t)written : 0;
		keys += skipped + length;
	}
	return buffer;
}

/* Several measures, by their keys, in the last year: of one place if there is such, else of all. */
static stpfin_status write_keys(const struct part *self, const char *place)
{
	char year[32];
	char heading[MOST_NAME];
	const char *const labels[] = {heading, "place"};
	struct stpfin_grid grid = {0};
	stpfin_status status;

	snprintf(heading, sizeof heading, "%s%s%s", place != NULL ? place : "",
		place != NULL ? ", " : "", stpfin_view__year(self->view->last_year, year));
	status = begin_grid(self, &grid, labels, place != NULL ? 1 : 2);

	for (size_t row = 0; row < stpfin_table_rows(self->view->table) && status == STPFIN_OK; row++) {
		char buffer[32];
		char keys[MOST_NAME];
		const char *measure = stpfin_column__text(self->measure, row);
		size_t base = base_length(measure);

		if (!is_shown(self, row) || self->view->year->whole[row] != self->view->last_year ||
			(place != NULL && !is_place(self, row, place))) {
			continue;
		}
		stpfin_grid__add(&grid, key_values(measure + base, keys));
		if (place == NULL) {
			stpfin_grid__add(&grid, stpfin_view__label(self->view, self->place, row, buffer));
		}
		add_numbers(self, row, &grid);
	}
	if (status == STPFIN_OK) {
		end_grid(self, &grid);
	}
	stpfin_grid__clear(&grid);
	return status;
}

/* Writes the part: what it is, then its rows. */
static stpfin_status write_part(const struct part *self)
{
	const struct stpfin_column_schema *schema = stpfin_view__measured(self->name);
	const char *only_place = NULL;
	const char *only_measure = NULL;
	bool has_england = false;
	bool is_one_place = true;
	bool is_one_measure = true;
	stpfin_status status;

	for (size_t row = 0; row < stpfin_table_rows(self->view->table); row++) {
		const char *place = stpfin_column__text(self->place, row);
		const char *measure = stpfin_column__text(self->measure, row);

		if (!is_shown(self, row)) {
			continue;
		}
		is_one_place = is_one_place && (only_place == NULL || strcmp(place, only_place) == 0);
		is_one_measure =
			is_one_measure && (only_measure == NULL || strcmp(measure, only_measure) == 0);
		has_england = has_england || strcmp(place, england) == 0;
		only_place = place;
		only_measure = measure;
	}
	stpfin_buffer__add_text(self->view->out, is_one_measure ? only_measure : self->name);
	if (schema != NULL && schema->unit != NULL && strncmp(schema->unit, "of the", 6) != 0) {
		stpfin_buffer__add_text(self->view->out, ", ");
		stpfin_buffer__add_text(self->view->out, self->is_money ? "£m" : schema->unit);
	}
	stpfin_buffer__add_text(self->view->out, "\n\n");
	if (!is_one_measure) {
		return write_keys(self, has_england ? england : is_one_place ? only_place : NULL);
	}
	status = write_places(self);
	if (status == STPFIN_OK && (has_england || is_one_place)) {
		status = write_years(self, has_england ? england : only_place);
	}
	return status;
}

/* A part for each measure, those that differ in keys alone together. */
stpfin_status stpfin_layout__simulation(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario)
{
	const struct stpfin_column *measure = stpfin_table__named(view->table, "measure");
	size_t n_rows = stpfin_table_rows(view->table);
	size_t n_measures = stpfin_dictionary__size(measure->dictionary);
	bool *is_done = calloc(n_measures + 1, sizeof *is_done);
	bool any_money = false;
	stpfin_status status = STPFIN_OK;

	if (is_done == NULL) {
		return stpfin_error__memory();
	}
	for (size_t i = 0; i < n_measures; i++) {
		any_money = any_money || stpfin_view__measures_money(
									 stpfin_dictionary__text(measure->dictionary, (int32_t)i));
	}
	stpfin_view__heading(view, scenario, any_money ? "£" : "", true);
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		struct part part;

		if (of_scenario.column->whole[row] != of_scenario.code || is_done[measure->whole[row]]) {
			continue;
		}
		part = begin(view, of_scenario, row);
		for (size_t i = 0; i < n_rows; i++) {
			if (is_shown(&part, i)) {
				is_done[measure->whole[i]] = true;
			}
		}
		status = write_part(&part);
	}
	free(is_done);
	return status;
}
