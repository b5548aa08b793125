#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/report/groups.h"
#include "libstpfin/table/error.h"

enum { MOST_VALUES = 16, MOST_LASTS = 3 };

static const char unassigned[] = "unassigned";

/* A part of a table shown with years across: a line for each of its keys, and value if there are
 * several. */
struct block {
	struct stpfin_selection rows;
	struct stpfin_measure values[MOST_VALUES];
	size_t n_values;
	const char *left_over;                   /* the key that stands last of those above the rule */
	struct stpfin_measure lasts[MOST_LASTS]; /* shown once: the last that is known */
	const char *last_names[MOST_LASTS];
	size_t n_lasts;
};

/* A block's values, gathered. */
struct body {
	struct stpfin_groups groups;
	double *values; /* [group][value][year] */
	size_t n_years;
};

/* Where a line stands: ordinary ones, what is left over, and then a rule and the whole. */
enum rank { ORDINARY, LEFT_OVER, WHOLE, N_SHOWN, NOUGHT = N_SHOWN, N_RANKS };

static struct stpfin_filter filter_by(const struct stpfin_column *column, const char *text)
{
	return (struct stpfin_filter){
		column, stpfin_dictionary__find(column->dictionary, text, strlen(text))};
}

static double *cell_of(
	const struct body *self, const struct block *block, size_t group, size_t value, size_t year)
{
	return &self->values[(group * block->n_values + value) * self->n_years + year];
}

/* Of several keys, as footprint and setting, many have nothing to show. */
static bool is_nought(const struct block *block, const struct body *body, size_t group)
{
	const double *values = cell_of(body, block, group, 0, 0);

	for (size_t i = 0; i < block->n_values * body->n_years; i++) {
		if (values[i] != 0) {
			return false;
		}
	}
	return block->rows.n_keys > 1;
}

static enum rank rank_of(const struct block *block, const struct body *body, size_t group)
{
	enum rank rank = ORDINARY;
	char buffer[32];

	if (is_nought(block, body, group)) {
		return NOUGHT;
	}
	for (size_t i = 0; i < block->rows.n_keys; i++) {
		const char *text =
			stpfin_column__format(block->rows.keys[i], body->groups.first_row[group], buffer);

		if (strcmp(text, "England") == 0 || strcmp(text, "total") == 0) {
			return WHOLE;
		}
		if (strcmp(text, block->left_over) == 0) {
			rank = LEFT_OVER;
		}
	}
	return rank;
}

static stpfin_status gather(
	struct body *self, const struct stpfin_view *view, const struct block *block)
{
	size_t n_rows = stpfin_table_rows(view->table);
	stpfin_status status = stpfin_groups__find(&self->groups, view->table, &block->rows);

	if (status != STPFIN_OK) {
		return status;
	}
	self->n_years = (size_t)(view->last_year - view->first_year) + 1;
	self->values =
		calloc(self->groups.n + 1, block->n_values * self->n_years * sizeof *self->values);
	if (self->values == NULL) {
		return stpfin_error__memory();
	}
	for (size_t i = 0; i < self->groups.n * block->n_values * self->n_years; i++) {
		self->values[i] = NAN;
	}
	for (size_t row = 0; row < n_rows; row++) {
		if (self->groups.of_row[row] < 0 || view->year->whole[row] == STPFIN_MISSING_INT32) {
			continue;
		}
		for (size_t value = 0; value < block->n_values; value++) {
			size_t year = (size_t)(view->year->whole[row] - view->first_year);

			*cell_of(self, block, (size_t)self->groups.of_row[row], value, year) =
				stpfin_column__number(block->values[value].column, row);
		}
	}
	return STPFIN_OK;
}

static void add_headings(
	const struct stpfin_view *view, const struct block *block, struct stpfin_grid *grid)
{
	char year_text[32];
	char buffer[64];

	for (size_t i = 0; i < block->rows.n_keys; i++) {
		stpfin_grid__add(grid, block->rows.keys[i]->name);
	}
	if (block->n_values > 1) {
		stpfin_grid__add(grid, "");
	}
	for (int32_t year = view->first_year; year <= view->last_year; year++) {
		stpfin_grid__add(grid, stpfin_view__year(year, year_text));
	}
	for (size_t i = 0; i < block->n_lasts; i++) {
		bool is_word = block->lasts[i].column->type == STPFIN_TEXT;

		snprintf(buffer, sizeof buffer, "%s%s%s", block->last_names[i], is_word ? "" : " ",
			is_word ? "" : stpfin_view__year(view->last_year, year_text));
		stpfin_grid__add(grid, buffer);
	}
}

/* Adds what is shown once of a group: a number of the last year, the last word there is. */
static void add_last(const struct stpfin_view *view, const struct stpfin_measure *last,
	const struct body *body, size_t group, struct stpfin_grid *grid)
{
	const char *word = "";
	double x = NAN;

	for (size_t row = body->groups.first_row[group]; row < stpfin_table_rows(view->table); row++) {
		if (body->groups.of_row[row] != (int32_t)group) {
			continue;
		}
		if (last->column->type == STPFIN_TEXT) {
			const char *text = stpfin_column__text(last->column, row);

			word = text != NULL ? text : word;
		} else if (view->year->whole[row] == view->last_year) {
			x = stpfin_column__number(last->column, row);
		}
	}
	if (last->column->type == STPFIN_TEXT) {
		stpfin_grid__add(grid, word);
	} else {
		stpfin_measure__add(last, x, grid);
	}
}

static void add_group(const struct stpfin_view *view, const struct block *block,
	const struct body *body, size_t group, struct stpfin_grid *grid)
{
	char buffer[32];

	for (size_t value = 0; value < block->n_values; value++) {
		for (size_t i = 0; i < block->rows.n_keys; i++) {
			stpfin_grid__add(grid, value == 0 ? stpfin_view__label(view, block->rows.keys[i],
													body->groups.first_row[group], buffer)
											  : "");
		}
		if (block->n_values > 1) {
			stpfin_grid__add(grid, block->values[value].column->name);
		}
		for (size_t year = 0; year < body->n_years; year++) {
			stpfin_measure__add(
				&block->values[value], *cell_of(body, block, group, value, year), grid);
		}
		for (size_t i = 0; i < block->n_lasts; i++) {
			add_last(view, &block->lasts[i], body, group, grid);
		}
	}
}

/* The sum of the lines under the rule if there are any, else of all. One line needs no sum, nor do
 * units of different things. */
static void add_sum(const struct block *block, const struct body *body, const enum rank *ranks,
	bool has_whole, struct stpfin_grid *grid)
{
	bool ruled = false;
	size_t n_summed = 0;

	for (size_t group = 0; group < body->groups.n; group++) {
		n_summed += !has_whole || ranks[group] == WHOLE;
	}
	for (size_t value = 0; value < block->n_values && n_summed > 1; value++) {
		if (!block->values[value].money) {
			continue;
		}
		if (!ruled) {
			stpfin_grid__rule(grid);
		}
		for (size_t i = 0; i < block->rows.n_keys; i++) {
			stpfin_grid__add(grid, i == 0 && !ruled ? "total" : "");
		}
		ruled = true;
		if (block->n_values > 1) {
			stpfin_grid__add(grid, block->values[value].column->name);
		}
		for (size_t year = 0; year < body->n_years; year++) {
			double sum = 0;

			for (size_t group = 0; group < body->groups.n; group++) {
				double x = *cell_of(body, block, group, value, year);

				if ((!has_whole || ranks[group] == WHOLE) && !isnan(x)) {
					sum += x;
				}
			}
			stpfin_measure__add(&block->values[value], sum, grid);
		}
		for (size_t i = 0; i < block->n_lasts; i++) {
			stpfin_grid__add(grid, "");
		}
	}
}

/* Writes a block with years across; nothing if no row passes its filters. */
static stpfin_status write_block(const struct stpfin_view *view, const struct block *block)
{
	struct body body = {0};
	struct stpfin_grid grid = {0};
	enum rank *ranks = NULL;
	size_t n_of_rank[N_RANKS] = {0};
	size_t n_labels = block->rows.n_keys + (block->n_values > 1 ? 1 : 0);
	stpfin_status status = gather(&body, view, block);

	if (status != STPFIN_OK || body.groups.n == 0) {
		goto out;
	}
	ranks = malloc(body.groups.n * sizeof *ranks);
	if (ranks == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t group = 0; group < body.groups.n; group++) {
		ranks[group] = rank_of(block, &body, group);
		n_of_rank[ranks[group]]++;
	}
	status = stpfin_grid__begin(&grid, n_labels + body.n_years + block->n_lasts);
	if (status != STPFIN_OK) {
		goto out;
	}
	for (size_t i = n_labels; i < grid.n_columns; i++) {
		size_t last = i - n_labels - body.n_years;

		grid.right[i] =
			i < n_labels + body.n_years || block->lasts[last].column->type != STPFIN_TEXT;
	}
	add_headings(view, block, &grid);
	for (enum rank rank = ORDINARY; rank < N_SHOWN; rank++) {
		if (rank == WHOLE && n_of_rank[WHOLE] > 0 &&
			n_of_rank[ORDINARY] + n_of_rank[LEFT_OVER] > 0) {
			stpfin_grid__rule(&grid);
		}
		for (size_t group = 0; group < body.groups.n; group++) {
			if (ranks[group] == rank) {
				add_group(view, block, &body, group, &grid);
			}
		}
	}
	add_sum(block, &body, ranks, n_of_rank[WHOLE] > 0, &grid);
	stpfin_grid__write(&grid, 0, view->out);
	if (n_of_rank[NOUGHT] > 0) {
		stpfin_buffer__add_text(view->out, "\nLines that are 0 throughout are left out.\n");
	}
	stpfin_buffer__add_text(view->out, "\n");

out:
	stpfin_groups__clear(&body.groups);
	free(body.values);
	stpfin_grid__clear(&grid);
	free(ranks);
	return status;
}

/* England by component, the council after the nhs and what it is made of; then the total of each
 * footprint. */
stpfin_status stpfin_layout__funding_gap(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario)
{
	const struct stpfin_column *footprint = stpfin_table__named(view->table, "footprint");
	const struct stpfin_column *component = stpfin_table__named(view->table, "component");
	const struct stpfin_measure gap =
		stpfin_view__measure(view, stpfin_table__named(view->table, "gap"));
	const struct block england = {
		.rows = {{of_scenario, filter_by(footprint, "England")}, {component}, 1},
		.values = {gap},
		.n_values = 1,
		.left_over = "council",
	};
	const struct block footprints = {
		.rows = {{of_scenario, filter_by(component, "total")}, {footprint}, 1},
		.values = {gap},
		.n_values = 1,
		.left_over = unassigned,
		.lasts = {{stpfin_table__named(view->table, "gap_per_head"), false, 0}},
		.last_names = {"£ per head"},
		.n_lasts = 1,
	};
	stpfin_status status;

	stpfin_view__heading(view, scenario, "£", true);
	stpfin_buffer__add_text(view->out, "England\n\n");
	status = write_block(view, &england);
	if (status == STPFIN_OK) {
		stpfin_buffer__add_text(view->out, "Footprints, total of all components\n\n");
		status = write_block(view, &footprints);
	}
	return status;
}

/* How a measure of health is shown. */
static const struct {
	const char *name;
	const char *title;
	int decimals;
	bool of_base_year; /* and compared with nothing */
} health_measures[] = {
	{"life_expectancy", "Life expectancy at birth, years", 1, false},
	{"healthy_life_expectancy", "Healthy life expectancy at birth, years", 1, false},
	{"slope_index", "Slope index of inequality, from the most to the least deprived", 2, true},
	{"relative_index", "Relative index of inequality, least over most deprived", 3, true},
	{"standardised_rate", "Deaths per 100,000, directly standardised for age", 0, false},
	{"standardised_ratio", "Deaths over those expected at England's rates", 2, false},
	{"years_of_life_lost", "Years of life lost before 75, per 100,000", 0, false},
};

static bool passes(const struct stpfin_filter *filters, size_t n, size_t row)
{
	size_t i = 0;

	while (
		i < n && (filters[i].column == NULL || filters[i].column->whole[row] == filters[i].code)) {
		i++;
	}
	return i == n;
}

/* Whether any row passes the filters. */
static bool is_any(const struct stpfin_view *view, const struct stpfin_filter *filters, size_t n)
{
	for (size_t row = 0; row < stpfin_table_rows(view->table); row++) {
		if (passes(filters, n, row)) {
			return true;
		}
	}
	return false;
}

/* A part for each measure: all sexes of England and, of persons if they are there, the footprints
 * with their last gap. */
stpfin_status stpfin_layout__health_gap(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario)
{
	static const char *const sexes[] = {"persons", "female", "male"};
	const struct stpfin_column *footprint = stpfin_table__named(view->table, "footprint");
	const struct stpfin_column *measure = stpfin_table__named(view->table, "measure");
	const struct stpfin_column *sex = stpfin_table__named(view->table, "sex");
	stpfin_status status = STPFIN_OK;

	stpfin_view__heading(view, scenario, "a positive gap is worse", false);
	for (size_t i = 0; i < sizeof health_measures / sizeof *health_measures; i++) {
		const int decimals = health_measures[i].decimals;
		struct stpfin_view years = *view;
		const struct stpfin_filter of_measure = filter_by(measure, health_measures[i].name);
		struct block block = {
			.rows = {{of_scenario, of_measure, filter_by(footprint, "England")}, {sex}, 1},
			.values = {{stpfin_table__named(view->table, "value"), false, decimals}},
			.n_values = 1,
			.left_over = "persons",
		};

		if (!is_any(view, block.rows.filters, 2)) {
			continue;
		}
		stpfin_buffer__add_text(view->out, health_measures[i].title);
		stpfin_buffer__add_text(view->out, "\n\n");
		if (is_any(view, block.rows.filters, 3)) {
			stpfin_buffer__add_text(view->out, "England\n\n");
			status = write_block(&years, &block);
		}
		block.rows.keys[0] = footprint;
		if (health_measures[i].of_base_year) {
			years.last_year = years.first_year;
		} else {
			block.lasts[0] =
				(struct stpfin_measure){stpfin_table__named(view->table, "gap"), false, decimals};
			block.last_names[0] = "gap";
			block.n_lasts = 1;
		}
		for (size_t j = 0; j < sizeof sexes / sizeof *sexes && status == STPFIN_OK; j++) {
			block.rows.filters[2] = filter_by(sex, sexes[j]);
			if (!is_any(view, block.rows.filters, 3)) {
				continue;
			}
			stpfin_buffer__add_text(view->out, "Footprints, ");
			stpfin_buffer__add_text(view->out, sexes[j]);
			stpfin_buffer__add_text(view->out, "\n\n");
			status = write_block(&years, &block);
			if (j == 0) {
				break;
			}
		}
		if (status != STPFIN_OK) {
			break;
		}
	}
	return status;
}

/* The decimals that tell three figures or more of the largest value that passes the filters; -1 if
 * there is none. */
static int decimals_of(const struct stpfin_view *view, const struct stpfin_filter *filters,
	const struct stpfin_column *column)
{
	double largest = -1;

	for (size_t row = 0; row < stpfin_table_rows(view->table); row++) {
		if (passes(filters, 2, row)) {
			largest = fmax(largest, fabs(stpfin_column__number(column, row)));
		}
	}
	return largest < 0 ? -1 : largest >= 1000 ? 0 : largest >= 10 ? 1 : largest >= 1 ? 2 : 3;
}

/* A part for each indicator: the footprints and England, with the last gap, what closing it costs,
 * and where they last stood in the funnel. */
stpfin_status stpfin_layout__quality_gap(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario)
{
	static const struct {
		const char *column;
		const char *name;
	} lasts[MOST_LASTS] = {
		{"gap", "gap"}, {"cost_to_close", "£m to close it"}, {"funnel", "funnel when observed"}};
	const struct stpfin_column *indicator = stpfin_table__named(view->table, "indicator");
	const struct stpfin_column *value = stpfin_table__named(view->table, "value");
	size_t n_indicators = stpfin_dictionary__size(indicator->dictionary);
	bool *is_shown = calloc(n_indicators + 1, sizeof *is_shown);
	stpfin_status status = STPFIN_OK;
	char buffer[32];

	if (is_shown == NULL) {
		return stpfin_error__memory();
	}
	stpfin_view__heading(view, scenario, "a positive gap is worse", false);
	for (size_t row = 0; row < stpfin_table_rows(view->table) && status == STPFIN_OK; row++) {
		struct block block = {
			.rows = {{of_scenario, {indicator, indicator->whole[row]}},
				{stpfin_table__named(view->table, "footprint")}, 1},
			.n_values = 1,
			.left_over = unassigned,
		};
		const struct stpfin_filter *filters = block.rows.filters;

		if (!passes(filters, 1, row) || is_shown[indicator->whole[row]]) {
			continue;
		}
		is_shown[indicator->whole[row]] = true;
		block.values[0] = (struct stpfin_measure){value, false, decimals_of(view, filters, value)};
		for (size_t i = 0; i < MOST_LASTS; i++) {
			const struct stpfin_column *column = stpfin_table__named(view->table, lasts[i].column);
			bool is_money = strcmp(lasts[i].column, "cost_to_close") == 0;

			if (column->type == STPFIN_TEXT || decimals_of(view, filters, column) >= 0) {
				block.last_names[block.n_lasts] = lasts[i].name;
				block.lasts[block.n_lasts++] = (struct stpfin_measure){
					column, is_money, is_money ? 1 : block.values[0].decimals};
			}
		}
		stpfin_buffer__add_text(view->out, stpfin_view__label(view, indicator, row, buffer));
		stpfin_buffer__add_text(view->out, "\n\n");
		status = write_block(view, &block);
	}
	free(is_shown);
	return status;
}

/* The keys and headlines of a result, years across. */
stpfin_status stpfin_layout__years(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario)
{
	size_t n_rows = stpfin_table_rows(view->table);
	struct block block = {.rows = {.filters = {of_scenario}}, .left_over = unassigned};
	const char *unit = "";
	bool shows_gap = false;

	for (size_t i = 0; i < view->schema->n_columns; i++) {
		const struct stpfin_column_schema *schema = &view->schema->columns[i];
		const struct stpfin_column *column = stpfin_table__named(view->table, schema->name);

		if (column == view->year || column == of_scenario.column ||
			stpfin_column__is_blank(column, n_rows)) {
			continue;
		}
		if (schema->key && block.rows.n_keys < STPFIN_MOST_KEYS) {
			block.rows.keys[block.rows.n_keys++] = column;
		}
		if (schema->headline && column->type != STPFIN_TEXT && block.n_values < MOST_VALUES) {
			block.values[block.n_values++] = stpfin_view__measure(view, column);
			unit = stpfin_view__unit(view, column);
			shows_gap = shows_gap || strcmp(schema->name, "gap") == 0;
		}
	}
	stpfin_view__heading(view, scenario, unit, shows_gap);
	if (block.n_values == 0) {
		stpfin_buffer__add_text(view->out, "(no values)\n\n");
		return STPFIN_OK;
	}
	return write_block(view, &block);
}
