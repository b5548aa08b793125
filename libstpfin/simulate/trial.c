#include "libstpfin/simulate/trial.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/index.h"
#include "libstpfin/simulate/clones.h"
#include "libstpfin/simulate/overlay.h"
#include "libstpfin/simulate/parts.h"
#include "libstpfin/table/error.h"

struct stpfin_trial_work {
	struct stpfin_overlay overlay; /* without plan where lanes give every base */
	struct stpfin_lanes_work *lanes;
	double *bases; /* by base and lane */
	bool is_beyond;
	struct stpfin_poll poll;
};

/* Finds what lanes can give, and which sources are still needed. */
static stpfin_status begin_lanes(struct stpfin_trial *self, const struct stpfin_request *request)
{
	struct stpfin_trial_parts *parts = self->parts;
	stpfin_status status = STPFIN_OK;

	parts->scenarios = stpfin_model__array(parts->n_outcomes, sizeof *parts->scenarios);
	if (parts->scenarios == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < parts->n_outcomes; i++) {
		parts->scenarios[i] = parts->central.outcomes[i].scenario;
	}
	status = stpfin_lanes__new(parts->central.model, parts->scenarios, parts->n_outcomes,
		self->uncertain, request, parts->bases, parts->n_bases, parts->is_handled, &parts->lanes);
	for (size_t i = 0; i < parts->n_sources && status == STPFIN_OK; i++) {
		struct stpfin_source *source = &parts->sources[i];

		for (size_t at = source->first; at < source[1].first; at++) {
			source->is_needed = source->is_needed || !parts->is_handled[parts->of_source[at]];
		}
		parts->keep |=
			source->is_needed ? stpfin_parts__keep(stpfin_table_name(source->central)) : 0;
	}
	return status;
}

/* Reads an outline's bases as the plan stands from its whole table. */
static stpfin_status complete(struct stpfin_trial_parts *parts, struct stpfin_source *source)
{
	struct stpfin_poll poll = {.progress = NULL};
	stpfin_status status;

	stpfin_table_free(source->central);
	source->central = NULL;
	source->is_outline = false;
	status = stpfin_parts__make(parts, &parts->central, source, &poll, &source->central);
	if (status == STPFIN_OK) {
		status = stpfin_result__check(source->central);
	}
	for (size_t at = source->first; at < source[1].first && status == STPFIN_OK; at++) {
		const struct stpfin_figure *base = &parts->bases[parts->of_source[at]];

		parts->central_bases[parts->of_source[at]] =
			stpfin_column__number(stpfin_table__column(source->central, base->column), base->row);
	}
	return status;
}

/* The same of an outline of which lanes give all, from them. */
static stpfin_status complete_in_lanes(
	const struct stpfin_trial *self, const struct stpfin_source *source)
{
	const struct stpfin_trial_parts *parts = self->parts;
	struct stpfin_lanes_work *work = NULL;
	double *cells = stpfin_uncertain__central(self->uncertain);
	double *lanes =
		stpfin_model__array(stpfin_model__times(parts->n_bases, STPFIN_LANES), sizeof *lanes);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (cells != NULL && lanes != NULL) {
		status = stpfin_lanes_work__new(parts->lanes, &work);
	}
	if (status == STPFIN_OK) {
		stpfin_lanes__project(parts->lanes, work, cells, 1, lanes, NULL);
	}
	for (size_t at = source->first; at < source[1].first && status == STPFIN_OK; at++) {
		size_t base = parts->of_source[at];

		parts->central_bases[base] = lanes[base * STPFIN_LANES];
	}
	stpfin_lanes_work__free(work);
	free(cells);
	free(lanes);
	return status;
}

/* Finds what figures are as the plan stands. */
static stpfin_status find_central(struct stpfin_trial *self)
{
	struct stpfin_trial_parts *parts = self->parts;
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < parts->n_sources && status == STPFIN_OK; i++) {
		struct stpfin_source *source = &parts->sources[i];

		/* Of one that has no row that is asked for, nothing is. */
		if (source->is_outline && source->first < source[1].first) {
			status = source->is_needed ? complete(parts, source) : complete_in_lanes(self, source);
		}
	}
	for (size_t i = 0; i < self->n_figures && status == STPFIN_OK; i++) {
		size_t less = parts->subtrahend[i];

		self->central[i] = parts->central_bases[parts->minuend[i]] -
						   (less != STPFIN_NO_ROW ? parts->central_bases[less] : 0);
	}
	return status;
}

/* Whether draws are projected one by one. */
static bool is_long(const struct stpfin_trial_parts *parts)
{
	for (size_t i = 0; i < parts->n_sources; i++) {
		if (parts->sources[i].is_needed) {
			return true;
		}
	}
	return false;
}

/* Finds which cells are needed where no draw is projected one by one. */
static stpfin_status weigh_cells(struct stpfin_trial *self)
{
	const struct stpfin_uncertain *uncertain = self->uncertain;
	bool *needed;

	if (self->parts->lanes == NULL || is_long(self->parts)) {
		return STPFIN_OK;
	}
	needed = stpfin_model__array(uncertain->n_cells, sizeof *needed);
	self->weights = stpfin_model__array(uncertain->n_cells, sizeof *self->weights);
	if (needed == NULL || self->weights == NULL) {
		free(needed);
		return STPFIN_ERROR_MEMORY;
	}
	stpfin_lanes__need(self->parts->lanes, needed);
	stpfin_uncertain__weigh(uncertain, needed, self->weights);
	free(needed);
	return STPFIN_OK;
}

static stpfin_status check_request(const struct stpfin_request *request)
{
	if (request->prices != STPFIN_PRICES_CASH && request->prices != STPFIN_PRICES_REAL) {
		return stpfin_error__set(
			STPFIN_ERROR_ARGUMENT, "%d are no prices: give cash or real", (int)request->prices);
	}
	if (request->by < STPFIN_BRIDGE_BY_DRIVER || request->by > STPFIN_BRIDGE_BY_AGREEMENT ||
		request->method < STPFIN_BRIDGE_SEQUENTIAL || request->method > STPFIN_BRIDGE_SHAPLEY) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the steps of a bridge are %d by method %d: give those of stpfin_bridge_by and "
			"stpfin_bridge_method",
			(int)request->by, (int)request->method);
	}
	if ((request->scenarios == NULL && request->n_scenarios > 0) ||
		(request->measures == NULL && request->n_measures > 0)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the scenarios or measures are NULL: give as many names as you say");
	}
	return STPFIN_OK;
}

stpfin_status stpfin_trial__new(
	const stpfin_plan *plan, const struct stpfin_request *request, struct stpfin_trial **out)
{
	struct stpfin_trial *self = NULL;
	stpfin_status status = check_request(request);

	*out = NULL;
	if (status != STPFIN_OK) {
		return status;
	}
	status = STPFIN_ERROR_MEMORY;
	self = stpfin_model__array(1, sizeof *self);
	if (self == NULL) {
		return status;
	}
	self->plan = stpfin_plan__share(plan);
	self->parts = stpfin_model__array(1, sizeof *self->parts);
	if (self->plan == NULL || self->parts == NULL) {
		goto out;
	}
	self->parts->prices = request->prices;
	self->parts->by = request->by;
	self->parts->method = request->method;
	status = stpfin_uncertain__new(self->plan, &self->uncertain);
	if (status == STPFIN_OK) {
		status = stpfin_parts__find(self, request);
	}
	if (status == STPFIN_OK) {
		status = begin_lanes(self, request);
	}
	if (status == STPFIN_OK) {
		status = find_central(self);
	}
	if (status == STPFIN_OK) {
		status = weigh_cells(self);
	}
	if (status == STPFIN_OK) {
		*out = self;
		self = NULL;
	}

out:
	stpfin_trial__free(self);
	return status;
}

static void free_parts(struct stpfin_trial_parts *self)
{
	if (self == NULL) {
		return;
	}
	stpfin_lanes__free(self->lanes);
	for (size_t i = 0; i < self->n_sources; i++) {
		stpfin_table_free(self->sources[i].central);
	}
	free(self->sources);
	free(self->of_source);
	free(self->scenarios);
	stpfin_projected__free(&self->central);
	free(self->outcomes);
	free(self->bases);
	free(self->central_bases);
	free(self->is_handled);
	free(self->minuend);
	free(self->subtrahend);
	free(self);
}

void stpfin_trial__free(struct stpfin_trial *self)
{
	if (self == NULL) {
		return;
	}
	free_parts(self->parts);
	stpfin_uncertain__free(self->uncertain);
	free(self->weights);
	free(self->figures);
	free(self->central);
	stpfin_dictionary__free(self->measures);
	stpfin_dictionary__free(self->scenarios);
	stpfin_dictionary__free(self->places);
	stpfin_plan_free(self->plan);
	free(self);
}

stpfin_status stpfin_trial_work__new(
	const struct stpfin_trial *trial, struct stpfin_trial_work **out)
{
	struct stpfin_trial_work *self = stpfin_model__array(1, sizeof *self);
	stpfin_status status = STPFIN_OK;

	*out = NULL;
	if (self == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->bases = stpfin_model__array(
		stpfin_model__times(trial->parts->n_bases, STPFIN_LANES), sizeof *self->bases);
	if (self->bases == NULL) {
		status = STPFIN_ERROR_MEMORY;
	}
	if (status == STPFIN_OK && is_long(trial->parts)) {
		status = stpfin_overlay__new(&self->overlay, trial->plan, trial->uncertain);
	}
	if (status == STPFIN_OK && trial->parts->lanes != NULL) {
		status = stpfin_lanes_work__new(trial->parts->lanes, &self->lanes);
	}
	if (status != STPFIN_OK) {
		stpfin_trial_work__free(self);
		return status;
	}
	*out = self;
	return STPFIN_OK;
}

void stpfin_trial_work__free(struct stpfin_trial_work *self)
{
	if (self == NULL) {
		return;
	}
	stpfin_overlay__free(&self->overlay);
	stpfin_lanes_work__free(self->lanes);
	free(self->bases);
	free(self);
}

void stpfin_trial_work__watch(
	struct stpfin_trial_work *self, stpfin_progress progress, void *user_data)
{
	self->poll.progress = progress;
	self->poll.user_data = user_data;
}

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Whether the codes of two text columns mean the same. */
static bool has_same_words(const struct stpfin_column *a, const struct stpfin_column *b)
{
	size_t n;

	if (a->type != STPFIN_TEXT || a->dictionary == b->dictionary) {
		return true;
	}
	n = stpfin_dictionary__size(a->dictionary);
	if (stpfin_dictionary__size(b->dictionary) != n) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!is_same_text(stpfin_dictionary__text(a->dictionary, (int32_t)i),
				stpfin_dictionary__text(b->dictionary, (int32_t)i))) {
			return false;
		}
	}
	return true;
}

static const struct stpfin_table_schema *schema_of(const struct stpfin_source *source)
{
	return stpfin_schema__result(stpfin_table_name(source->central));
}

/* The scenario is the same throughout. */
static bool tells_rows(const struct stpfin_column_schema *column)
{
	return column->key && strcmp(column->name, "scenario") != 0;
}

/* Whether a table has the rows that it has as the plan stands. */
static bool has_same_rows(const struct stpfin_source *source, const stpfin_table *table)
{
	const struct stpfin_table_schema *schema = schema_of(source);
	size_t n_rows = stpfin_table_rows(source->central);

	if (stpfin_table_rows(table) != n_rows) {
		return false;
	}
	for (size_t i = 0; i < schema->n_columns; i++) {
		const struct stpfin_column *before = stpfin_table__column(source->central, i);
		const struct stpfin_column *now = stpfin_table__column(table, i);

		if (tells_rows(&schema->columns[i]) &&
			(!has_same_words(before, now) ||
				memcmp(before->whole, now->whole, n_rows * sizeof *now->whole) != 0)) {
			return false;
		}
	}
	return true;
}

/* A key column of a table in the codes of another; -2 for a word which that does not have. To be
 * freed; NULL without memory. */
static int32_t *translate(
	const struct stpfin_column *column, size_t n_rows, const struct stpfin_column *into)
{
	int32_t *codes = stpfin_model__array(n_rows, sizeof *codes);

	for (size_t row = 0; row < n_rows && codes != NULL; row++) {
		codes[row] = column->whole[row];
		if (column->type == STPFIN_TEXT && codes[row] >= 0) {
			const char *text = stpfin_column__text(column, row);
			int32_t code = stpfin_dictionary__find(into->dictionary, text, strlen(text));

			codes[row] = code >= 0 ? code : -2;
		}
	}
	return codes;
}

/* Fills rows, by entry of the source, with the row of a table that has the base's keys;
 * STPFIN_NO_ROW where it is gone. */
static stpfin_status match_rows(const struct stpfin_trial_parts *parts,
	const struct stpfin_source *source, const stpfin_table *table, size_t *rows)
{
	const struct stpfin_table_schema *schema = schema_of(source);
	size_t n_rows = stpfin_table_rows(table);
	const struct stpfin_column *before[STPFIN_MOST_KEYS];
	int32_t *keys[STPFIN_MOST_KEYS] = {NULL};
	size_t n_keys = 0;
	struct stpfin_index index = {0};
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < schema->n_columns && status == STPFIN_OK; i++) {
		if (tells_rows(&schema->columns[i])) {
			before[n_keys] = stpfin_table__column(source->central, i);
			keys[n_keys] = translate(stpfin_table__column(table, i), n_rows, before[n_keys]);
			status = keys[n_keys] != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;
			n_keys++;
		}
	}
	if (status == STPFIN_OK) {
		status = stpfin_index__new(&index, (const int32_t *const *)keys, n_keys, n_rows);
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		stpfin_index__add(&index, row);
	}
	for (size_t at = source->first; at < source[1].first && status == STPFIN_OK; at++) {
		int32_t key[STPFIN_MOST_KEYS];

		for (size_t i = 0; i < n_keys; i++) {
			key[i] = before[i]->whole[parts->bases[parts->of_source[at]].row];
		}
		rows[at - source->first] = stpfin_index__find(&index, key);
	}
	stpfin_index__free(&index);
	for (size_t i = 0; i < n_keys; i++) {
		free(keys[i]);
	}
	return status;
}

/* Reads the bases of a source from its table in a draw into a lane. A table that could not be made
 * (NULL) has no values; where it is_beyond what numbers hold, infinite ones. So has a value which
 * is no number where there always is one. */
static stpfin_status read_bases(const struct stpfin_trial_parts *parts,
	const struct stpfin_source *source, const stpfin_table *table, bool is_beyond, double *values)
{
	const struct stpfin_table_schema *schema = schema_of(source);
	bool is_same = table != NULL && has_same_rows(source, table);
	size_t n = source[1].first - source->first;
	size_t *rows = NULL;
	stpfin_status status = STPFIN_OK;

	if (table != NULL && !is_same) {
		rows = stpfin_model__array(n, sizeof *rows);
		status = rows != NULL ? match_rows(parts, source, table, rows) : STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		size_t base = parts->of_source[source->first + i];
		size_t row = is_same ? parts->bases[base].row : rows != NULL ? rows[i] : STPFIN_NO_ROW;
		double *value = &values[base * STPFIN_LANES];
		const struct stpfin_column *column;

		if (parts->is_handled[base]) {
			continue;
		}
		*value = is_beyond && table == NULL ? (double)INFINITY : (double)NAN;
		if (row != STPFIN_NO_ROW) {
			column = stpfin_table__column(table, parts->bases[base].column);
			*value = stpfin_column__number(column, row);
			if (column->type == STPFIN_DOUBLE && isnan(*value) &&
				!schema->columns[parts->bases[base].column].blank) {
				*value = (double)INFINITY;
			}
		}
	}
	free(rows);
	return status;
}

/* Projects the plan with one lane's values of its cells. A result that its makers refuse, since
 * such values make no sense to them, has no figures. Lanes count what is clipped, where they are.
 */
static stpfin_status project_one(const struct stpfin_trial *self, struct stpfin_trial_work *work,
	const double *cells, double *values, uint64_t *clipped)
{
	const struct stpfin_trial_parts *parts = self->parts;
	struct stpfin_projected projected = {.model = NULL};
	stpfin_status status;

	stpfin_overlay__write(&work->overlay, cells);
	status = stpfin_parts__project(parts, work->overlay.plan, parts->keep, false, &projected);
	for (size_t i = 0; i < projected.n_outcomes && status == STPFIN_OK; i++) {
		const struct stpfin_scenario *scenario = projected.outcomes[i].scenario;

		*clipped += scenario != NULL && parts->lanes == NULL ? scenario->n_clipped : 0;
	}
	for (size_t i = 0; i < parts->n_sources && status == STPFIN_OK; i++) {
		const struct stpfin_source *source = &parts->sources[i];
		stpfin_table *table = NULL;

		if (!source->is_needed) {
			continue;
		}
		status = stpfin_parts__make(parts, &projected, source, &work->poll, &table);
		if (status != STPFIN_ERROR_MEMORY && status != STPFIN_ERROR_CANCELLED) {
			const struct stpfin_run *run = &projected.outcomes[source->outcome].run;

			status = read_bases(
				parts, source, table, stpfin_run__check(run, projected.model) != STPFIN_OK, values);
		}
		stpfin_table_free(table);
	}
	stpfin_projected__free(&projected);
	return status;
}

/* Writes n of a figure; returns whether any is infinite. Called with a constant it is arithmetic on
 * vectors. */
STPFIN_INLINED bool write_figure(const double *from, size_t n, double *restrict to)
{
	int64_t beyond = 0;

	for (size_t lane = 0; lane < n; lane++) {
		to[lane] = from[lane];
		beyond |= fabs(from[lane]) > DBL_MAX ? 1 : 0;
	}
	return beyond != 0;
}

/* Writes n of each figure from the bases, by base and lane; returns whether any is infinite. */
STPFIN_CLONES static bool write_figures(
	const struct stpfin_trial *self, const double *bases, size_t n, double *figures, size_t apart)
{
	const struct stpfin_trial_parts *parts = self->parts;
	bool any_beyond = false;

	for (size_t i = 0; i < self->n_figures; i++) {
		const double *from = bases + parts->minuend[i] * STPFIN_LANES;
		double difference[STPFIN_LANES];

		if (parts->subtrahend[i] != STPFIN_NO_ROW) {
			const double *less = bases + parts->subtrahend[i] * STPFIN_LANES;

			for (size_t lane = 0; lane < STPFIN_LANES; lane++) {
				difference[lane] = from[lane] - less[lane];
			}
			from = difference;
		}
		any_beyond |= n == STPFIN_LANES ? write_figure(from, STPFIN_LANES, figures + i * apart)
										: write_figure(from, n, figures + i * apart);
	}
	return any_beyond;
}

bool stpfin_trial_work__is_beyond(const struct stpfin_trial_work *self)
{
	return self->is_beyond;
}

stpfin_status stpfin_trial__project(const struct stpfin_trial *self, struct stpfin_trial_work *work,
	const double *cells, size_t n, double *figures, size_t apart, uint64_t *clipped)
{
	const struct stpfin_trial_parts *parts = self->parts;
	bool one_by_one = is_long(parts);
	stpfin_status status = STPFIN_OK;

	if (parts->lanes != NULL) {
		stpfin_lanes__project(parts->lanes, work->lanes, cells, n, work->bases, clipped);
	}
	for (size_t lane = 0; lane < n && one_by_one && status == STPFIN_OK; lane++) {
		status = stpfin_poll__ask(&work->poll, lane, n);
		if (status == STPFIN_OK) {
			status = project_one(self, work, cells + lane, work->bases + lane, clipped);
		}
	}
	if (status == STPFIN_OK && write_figures(self, work->bases, n, figures, apart)) {
		work->is_beyond = true;
	}
	return status;
}

stpfin_status stpfin_trial__check_uncertain(const struct stpfin_trial *self)
{
	if (self->uncertain->n_parameters > 0) {
		return STPFIN_OK;
	}
	return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
		"nothing in the plan is uncertain: add to the table uncertainty which figures are, and how "
		"(`stpfin describe uncertainty`)");
}
