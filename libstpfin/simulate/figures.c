#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/prices.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/simulate/keys.h"
#include "libstpfin/simulate/measure.h"
#include "libstpfin/simulate/parts.h"
#include "libstpfin/table/buffer.h"
#include "libstpfin/table/error.h"

static const char do_nothing[] = "do_nothing";
static const char england[] = "England";

/* A base that has been found, with what it is sorted by. */
struct candidate {
	struct stpfin_figure figure;
	size_t source;
	size_t rank; /* of its place in the order of its result */
	double central;
};

/* The search for figures. */
struct search {
	struct stpfin_trial *trial;
	struct stpfin_trial_parts *parts;
	const struct stpfin_request *request;
	struct stpfin_asked *asked;
	struct candidate *candidates;
	size_t n;
	size_t capacity;
	/* The two outcomes of each scenario of the trial; less is SIZE_MAX where it is no difference.
	 */
	size_t *outcome;
	size_t *less;
	/* Of the bases, by outcome. */
	struct stpfin_index *indices;
	int32_t *keys[3];
};

/* The outcome of that name, of so many bytes, added if it is not there; SIZE_MAX if the plan has no
 * such scenario. */
static size_t find_outcome(struct search *self, const char *name, size_t length)
{
	const stpfin_dictionary *names =
		stpfin_table__column(stpfin_plan__table(self->trial->plan, "scenario"), 0)->dictionary;
	struct stpfin_trial_parts *parts = self->parts;
	int32_t code = stpfin_dictionary__find(names, name, length);

	if (length == strlen(do_nothing) && memcmp(name, do_nothing, length) == 0) {
		return 0;
	}
	if (code < 0) {
		return SIZE_MAX;
	}
	for (size_t i = 1; i < parts->n_outcomes; i++) {
		if (strcmp(parts->outcomes[i], stpfin_dictionary__text(names, code)) == 0) {
			return i;
		}
	}
	parts->outcomes[parts->n_outcomes] = stpfin_dictionary__text(names, code);
	return parts->n_outcomes++;
}

static bool is_scenario(const struct search *self, const char *name, size_t length)
{
	const stpfin_dictionary *names =
		stpfin_table__column(stpfin_plan__table(self->trial->plan, "scenario"), 0)->dictionary;

	return (length == strlen(do_nothing) && memcmp(name, do_nothing, length) == 0) ||
		   stpfin_dictionary__find(names, name, length) >= 0;
}

/* Takes "A-B" apart, where A and B may have hyphens of their own. */
static stpfin_status find_difference(
	struct search *self, const char *name, size_t *out_outcome, size_t *out_less)
{
	const char *found = NULL;
	const char *after_left = NULL;
	int32_t code;

	for (const char *hyphen = strchr(name, '-'); hyphen != NULL; hyphen = strchr(hyphen + 1, '-')) {
		bool is_left = is_scenario(self, name, (size_t)(hyphen - name));
		bool is_right = is_scenario(self, hyphen + 1, strlen(hyphen + 1));

		if (is_left && is_right && found != NULL) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"'%s' is a difference of scenarios that can be read in two ways: give one of them "
				"another name",
				name);
		}
		found = is_left && is_right ? hyphen : found;
		after_left = is_left ? hyphen : after_left;
	}
	if (found == NULL) {
		return stpfin_plan__find(
			self->trial->plan, "scenario", after_left != NULL ? after_left + 1 : name, &code);
	}
	*out_outcome = find_outcome(self, name, (size_t)(found - name));
	*out_less = find_outcome(self, found + 1, strlen(found + 1));
	return STPFIN_OK;
}

/* Numbers the scenarios asked for, and the outcomes they are of. */
static stpfin_status find_scenarios(struct search *self)
{
	const struct stpfin_request *request = self->request;
	stpfin_dictionary *names = stpfin_dictionary__new();
	size_t n = request->n_scenarios + 1;

	self->trial->scenarios = names;
	self->parts->outcomes = stpfin_model__array(2 * n, sizeof *self->parts->outcomes);
	self->outcome = stpfin_model__array(n, sizeof *self->outcome);
	self->less = stpfin_model__array(n, sizeof *self->less);
	if (names == NULL || self->parts->outcomes == NULL || self->outcome == NULL ||
		self->less == NULL ||
		stpfin_dictionary__intern(names, do_nothing, strlen(do_nothing)) < 0) {
		return stpfin_error__memory();
	}
	self->parts->n_outcomes = 1;
	self->less[0] = SIZE_MAX;
	for (size_t i = 0; i < request->n_scenarios; i++) {
		const char *name = request->scenarios[i];
		size_t n_before = stpfin_dictionary__size(names);
		int32_t code;
		stpfin_status status = STPFIN_OK;

		if (name == NULL) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "scenario %zu is NULL: give a name", i);
		}
		code = stpfin_dictionary__intern(names, name, strlen(name));
		if (code < 0) {
			return stpfin_error__memory();
		}
		if ((size_t)code < n_before) {
			continue;
		}
		self->less[code] = SIZE_MAX;
		self->outcome[code] = find_outcome(self, name, strlen(name));
		if (self->outcome[code] == SIZE_MAX) {
			status = find_difference(self, name, &self->outcome[code], &self->less[code]);
		}
		if (status != STPFIN_OK) {
			return status;
		}
	}
	return STPFIN_OK;
}

static stpfin_status read_measures(struct search *self)
{
	static const char *const usual[] = {"funding_gap.gap"};
	const struct stpfin_request *request = self->request;
	const char *const *measures = request->n_measures > 0 ? request->measures : usual;
	size_t n = request->n_measures > 0 ? request->n_measures : 1;
	stpfin_status status = STPFIN_OK;

	self->asked = stpfin_model__array(n, sizeof *self->asked);
	if (self->asked == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		status = measures[i] != NULL ? stpfin_asked__read(&self->asked[i], measures[i])
									 : stpfin_error__set(STPFIN_ERROR_ARGUMENT,
										   "measure %zu is NULL: give a name", i);
	}
	return status;
}

static size_t count_asked(const struct search *self)
{
	return self->request->n_measures > 0 ? self->request->n_measures : 1;
}

/* Whether an outcome has a result at all: a bridge by driver is do nothing's, others lead to a
 * scenario. */
static bool has_result(const struct search *self, size_t outcome, size_t result)
{
	size_t n_results;

	stpfin_projection_results(&n_results);
	return result < n_results || (self->parts->by == STPFIN_BRIDGE_BY_DRIVER) == (outcome == 0);
}

/* The source of a result of an outcome, made if it is not there. */
static stpfin_status find_source(
	struct search *self, size_t outcome, size_t result, size_t *out_source)
{
	struct stpfin_trial_parts *parts = self->parts;
	struct stpfin_poll poll = {.progress = NULL};
	struct stpfin_source *source = parts->sources;
	size_t n_results;
	stpfin_status status;

	while (source < parts->sources + parts->n_sources &&
		   (source->outcome != outcome || source->result != result)) {
		source++;
	}
	*out_source = (size_t)(source - parts->sources);
	if (*out_source < parts->n_sources) {
		return STPFIN_OK;
	}
	stpfin_projection_results(&n_results);
	*source = (struct stpfin_source){.outcome = outcome,
		.result = result,
		.reads_intervals = true,
		.is_outline = result == n_results && parts->method == STPFIN_BRIDGE_SHAPLEY};
	status = stpfin_parts__make(parts, &parts->central, source, &poll, &source->central);
	if (status == STPFIN_OK) {
		parts->n_sources++;
		status = stpfin_result__check(source->central);
	}
	return status;
}

static stpfin_status add_candidate(struct search *self, const struct candidate *candidate)
{
	struct candidate *candidates =
		stpfin_keys__grown(self->candidates, &self->capacity, self->n, sizeof *candidates);

	if (candidates == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->candidates = candidates;
	self->candidates[self->n++] = *candidate;
	return STPFIN_OK;
}

/* The code of a text in one of the trial's own dictionaries. */
static stpfin_status intern(stpfin_dictionary *names, const char *text, int32_t *out_code)
{
	*out_code = stpfin_dictionary__intern(names, text, strlen(text));
	return *out_code >= 0 ? STPFIN_OK : stpfin_error__memory();
}

/* Adds the row of a source as a candidate of a measure. */
static stpfin_status add_row(struct search *self, const struct stpfin_asked *asked, size_t source,
	size_t row, const size_t *ranks, struct stpfin_buffer *name)
{
	const struct stpfin_source *from = &self->parts->sources[source];
	const stpfin_table *table = from->central;
	struct candidate candidate = {
		.figure = {.result = from->result,
			.column = asked->column,
			.outcome = from->outcome,
			.row = row,
			.year = self->trial->plan->settings.end_year},
		.source = source,
		.central = stpfin_column__number(stpfin_table__column(table, asked->column), row),
	};
	const char *place = england;
	int32_t measure = 0;
	stpfin_status status;

	if (asked->place != SIZE_MAX) {
		const struct stpfin_column *column = stpfin_table__column(table, asked->place);

		place = stpfin_column__text(column, row);
		candidate.rank = ranks[column->whole[row]];
	}
	if (asked->year != SIZE_MAX) {
		candidate.figure.year = stpfin_table__column(table, asked->year)->whole[row];
	}
	name->length = 0;
	stpfin_asked__name(asked, table, row, name);
	stpfin_buffer__fill(name, '\0', 1);
	if (name->failed) {
		return stpfin_error__memory();
	}
	status = intern(self->trial->measures, name->bytes, &measure);
	candidate.figure.measure = (size_t)measure;
	if (status == STPFIN_OK) {
		status = intern(self->trial->places, place, &candidate.figure.place);
	}
	return status == STPFIN_OK ? add_candidate(self, &candidate) : status;
}

/* Adds the rows of a source that fit a measure; *out_n is how many. */
static stpfin_status add_rows(
	struct search *self, const struct stpfin_asked *asked, size_t source, size_t *out_n)
{
	const stpfin_table *table = self->parts->sources[source].central;
	const struct stpfin_column *place =
		asked->place != SIZE_MAX ? stpfin_table__column(table, asked->place) : NULL;
	size_t n_rows = stpfin_table_rows(table);
	size_t n_places = place != NULL ? stpfin_dictionary__size(place->dictionary) : 0;
	bool *fits = stpfin_model__array(n_rows, sizeof *fits);
	size_t *ranks = stpfin_model__array(n_places, sizeof *ranks);
	struct stpfin_buffer name = {0};
	stpfin_status status = fits != NULL && ranks != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;

	*out_n = 0;
	if (status == STPFIN_OK) {
		stpfin_asked__select(asked, table, fits);
	}
	for (size_t row = n_rows; row-- > 0 && status == STPFIN_OK && place != NULL;) {
		ranks[place->whole[row]] = row;
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		if (fits[row]) {
			status = add_row(self, asked, source, row, ranks, &name);
			++*out_n;
		}
	}
	stpfin_buffer__clear(&name);
	free(fits);
	free(ranks);
	return status;
}

/* Says why no row fits a measure: what it is narrowed to, or that there are none. */
static stpfin_status say_nothing_fits(const struct search *self, const struct stpfin_asked *asked)
{
	const struct stpfin_trial_parts *parts = self->parts;
	const char *result = asked->schema->name;
	size_t n_rows = 0;

	for (size_t i = 0; i < parts->n_sources; i++) {
		n_rows += parts->sources[i].result == asked->result
					  ? stpfin_table_rows(parts->sources[i].central)
					  : 0;
	}
	if (n_rows == 0) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			strcmp(result, "bridge") == 0
				? "the measure '%s' leads to a scenario: name one with schemes, or ask for its "
				  "steps by driver"
				: "the measure '%s' has no rows in the scenarios asked for",
			asked->text);
	}
	for (size_t i = 0; i < asked->n_narrowings; i++) {
		const struct stpfin_narrowing *narrowing = &asked->narrowings[i];
		struct stpfin_nearest nearest = {.word = narrowing->value};
		bool any = false;

		for (size_t j = 0; j < parts->n_sources; j++) {
			const stpfin_table *table = parts->sources[j].central;
			char buffer[32];

			for (size_t row = 0;
				 parts->sources[j].result == asked->result && row < stpfin_table_rows(table);
				 row++) {
				any = any || stpfin_asked__fits(asked, table, i, row);
				stpfin_nearest__consider(
					&nearest, stpfin_column__format(
								  stpfin_table__column(table, narrowing->column), row, buffer));
			}
		}
		if (!any) {
			const char *key = asked->schema->columns[narrowing->column].name;
			bool is_near = nearest.name != NULL &&
						   asked->schema->columns[narrowing->column].cell == STPFIN_CELL_CODE;

			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"the measure '%s' is narrowed to the %s '%s', of which %s has no row%s%s%s",
				asked->text, key, narrowing->value, result, is_near ? ": did you mean " : "",
				is_near ? nearest.name : "", is_near ? "?" : "");
		}
	}
	return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
		"the measure '%s' is narrowed to what no row of %s is: leave a key out", asked->text,
		result);
}

/* Finds the rows of every measure, in the order asked for, in every outcome. */
static stpfin_status find_candidates(struct search *self)
{
	struct stpfin_trial_parts *parts = self->parts;
	size_t n_asked = count_asked(self);
	stpfin_status status = STPFIN_OK;

	parts->sources = stpfin_model__array(parts->n_outcomes * n_asked + 1, sizeof *parts->sources);
	self->trial->measures = stpfin_dictionary__new();
	self->trial->places = stpfin_dictionary__new();
	if (parts->sources == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	if (self->trial->measures == NULL || self->trial->places == NULL) {
		return stpfin_error__memory();
	}
	for (size_t i = 0; i < n_asked && status == STPFIN_OK; i++) {
		const struct stpfin_asked *asked = &self->asked[i];
		size_t n_fit = 0;

		for (size_t outcome = 0; outcome < parts->n_outcomes && status == STPFIN_OK; outcome++) {
			size_t source;
			size_t n;

			if (!has_result(self, outcome, asked->result)) {
				continue;
			}
			status = find_source(self, outcome, asked->result, &source);
			if (status == STPFIN_OK) {
				status = add_rows(self, asked, source, &n);
				n_fit += n;
			}
		}
		if (status == STPFIN_OK && n_fit == 0) {
			status = say_nothing_fits(self, asked);
		}
	}
	return status;
}

static int compare_sizes(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;
	int order = compare_sizes(x->figure.outcome, y->figure.outcome);

	order = order != 0 ? order : compare_sizes(x->figure.measure, y->figure.measure);
	order = order != 0 ? order : compare_sizes(x->rank, y->rank);
	order = order != 0 ? order : x->figure.year - y->figure.year;
	return order != 0 ? order : compare_sizes(x->figure.row, y->figure.row);
}

/* Whether a column is an end of an interval. */
static bool is_end(const struct stpfin_source *source, size_t column)
{
	const char *name = stpfin_table__column(source->central, column)->name;

	return strcmp(name, "lower") == 0 || strcmp(name, "upper") == 0;
}

/* Keeps each candidate once, in order. */
static stpfin_status keep_bases(struct search *self)
{
	struct stpfin_trial_parts *parts = self->parts;

	qsort(self->candidates, self->n, sizeof *self->candidates, compare_candidates);
	parts->bases = stpfin_model__array(self->n, sizeof *parts->bases);
	parts->central_bases = stpfin_model__array(self->n, sizeof *parts->central_bases);
	parts->is_handled = stpfin_model__array(self->n, sizeof *parts->is_handled);
	parts->of_source = stpfin_model__array(self->n, sizeof *parts->of_source);
	if (parts->bases == NULL || parts->central_bases == NULL || parts->is_handled == NULL ||
		parts->of_source == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < self->n; i++) {
		if (i == 0 || compare_candidates(&self->candidates[i - 1], &self->candidates[i]) != 0) {
			self->candidates[parts->n_bases] = self->candidates[i];
			parts->bases[parts->n_bases] = self->candidates[i].figure;
			parts->central_bases[parts->n_bases++] = self->candidates[i].central;
		}
	}
	for (size_t at = 0, n = 0; at < parts->n_sources; at++) {
		struct stpfin_source *source = &parts->sources[at];

		source->first = n;
		source->reads_intervals = false;
		for (size_t i = 0; i < parts->n_bases; i++) {
			if (self->candidates[i].source == at) {
				parts->of_source[n++] = i;
				source->reads_intervals =
					source->reads_intervals || is_end(source, parts->bases[i].column);
			}
		}
		source[1].first = n;
	}
	return STPFIN_OK;
}

/* Indexes the bases of each outcome by measure, place and year. */
static stpfin_status index_bases(struct search *self)
{
	struct stpfin_trial_parts *parts = self->parts;
	stpfin_status status = STPFIN_OK;

	self->indices = stpfin_model__array(parts->n_outcomes, sizeof *self->indices);
	for (size_t i = 0; i < 3; i++) {
		self->keys[i] = stpfin_model__array(parts->n_bases, sizeof *self->keys[i]);
	}
	if (self->indices == NULL || self->keys[0] == NULL || self->keys[1] == NULL ||
		self->keys[2] == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < parts->n_bases; i++) {
		self->keys[0][i] = (int32_t)parts->bases[i].measure;
		self->keys[1][i] = parts->bases[i].place;
		self->keys[2][i] = parts->bases[i].year;
	}
	for (size_t outcome = 0; outcome < parts->n_outcomes && status == STPFIN_OK; outcome++) {
		size_t n = 0;

		for (size_t i = 0; i < parts->n_bases; i++) {
			n += parts->bases[i].outcome == outcome;
		}
		status =
			stpfin_index__new(&self->indices[outcome], (const int32_t *const *)self->keys, 3, n);
		for (size_t i = 0; i < parts->n_bases && status == STPFIN_OK; i++) {
			if (parts->bases[i].outcome == outcome) {
				stpfin_index__add(&self->indices[outcome], i);
			}
		}
	}
	return status;
}

/* Adds the figures of a scenario: the bases of its outcome, or what they and those of another
 * differ by. */
static stpfin_status add_figures(struct search *self, size_t scenario)
{
	struct stpfin_trial *trial = self->trial;
	struct stpfin_trial_parts *parts = self->parts;
	size_t less = self->less[scenario];
	size_t n_before = trial->n_figures;

	for (size_t base = 0; base < parts->n_bases; base++) {
		struct stpfin_figure *figure = &trial->figures[trial->n_figures];
		const int32_t key[] = {self->keys[0][base], self->keys[1][base], self->keys[2][base]};
		size_t other = STPFIN_NO_ROW;

		if (parts->bases[base].outcome != self->outcome[scenario]) {
			continue;
		}
		if (less != SIZE_MAX) {
			other = stpfin_index__find(&self->indices[less], key);
			if (other == STPFIN_NO_ROW) {
				continue;
			}
		}
		*figure = parts->bases[base];
		figure->scenario = (int32_t)scenario;
		parts->minuend[trial->n_figures] = base;
		parts->subtrahend[trial->n_figures++] = other;
	}
	if (less != SIZE_MAX && trial->n_figures == n_before) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the scenarios of '%s' have none of the measures in common: ask for another measure",
			stpfin_dictionary__text(trial->scenarios, (int32_t)scenario));
	}
	return STPFIN_OK;
}

static stpfin_status keep_figures(struct search *self)
{
	struct stpfin_trial *trial = self->trial;
	struct stpfin_trial_parts *parts = self->parts;
	size_t n_scenarios = stpfin_dictionary__size(trial->scenarios);
	size_t most = stpfin_model__times(n_scenarios, parts->n_bases);
	stpfin_status status = index_bases(self);

	trial->figures = stpfin_model__array(most, sizeof *trial->figures);
	trial->central = stpfin_model__array(most, sizeof *trial->central);
	parts->minuend = stpfin_model__array(most, sizeof *parts->minuend);
	parts->subtrahend = stpfin_model__array(most, sizeof *parts->subtrahend);
	if (trial->figures == NULL || trial->central == NULL || parts->minuend == NULL ||
		parts->subtrahend == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t scenario = 0; scenario < n_scenarios && status == STPFIN_OK; scenario++) {
		status = add_figures(self, scenario);
	}
	return status;
}

static void free_search(struct search *self)
{
	for (size_t i = 0; self->asked != NULL && i < count_asked(self); i++) {
		stpfin_asked__free(&self->asked[i]);
	}
	for (size_t i = 0; self->indices != NULL && i < self->parts->n_outcomes; i++) {
		stpfin_index__free(&self->indices[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		free(self->keys[i]);
	}
	free(self->asked);
	free(self->indices);
	free(self->candidates);
	free(self->outcome);
	free(self->less);
}

stpfin_status stpfin_parts__find(struct stpfin_trial *trial, const struct stpfin_request *request)
{
	struct search search = {.trial = trial, .parts = trial->parts, .request = request};
	unsigned keep = 0;
	stpfin_status status = find_scenarios(&search);

	if (status == STPFIN_OK) {
		status = read_measures(&search);
	}
	for (size_t i = 0; status == STPFIN_OK && i < count_asked(&search); i++) {
		keep |= stpfin_parts__keep(search.asked[i].schema->name);
	}
	if (status == STPFIN_OK) {
		status =
			stpfin_parts__project(trial->parts, trial->plan, keep, true, &trial->parts->central);
	}
	if (status == STPFIN_OK) {
		status = stpfin_model__check_deflator(trial->parts->central.model, request->prices);
	}
	if (status == STPFIN_OK) {
		status = find_candidates(&search);
	}
	if (status == STPFIN_OK) {
		status = keep_bases(&search);
	}
	if (status == STPFIN_OK) {
		status = keep_figures(&search);
	}
	/* The results are made: what they were made of may be much. */
	for (size_t i = 0; i < trial->parts->central.n_outcomes; i++) {
		stpfin_run__free(&trial->parts->central.outcomes[i].run);
	}
	free_search(&search);
	return status;
}
