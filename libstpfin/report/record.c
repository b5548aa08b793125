#include "libstpfin/report/record.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "libstpfin/explain/bridge.h"
#include "libstpfin/plan/settings.h"
#include "libstpfin/report/folder.h"
#include "libstpfin/simulate/simulation.h"
#include "libstpfin/table/csv.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/files.h"
#include "libstpfin/table/hash.h"
#include "libstpfin/table/json.h"
#include "libstpfin/table/number.h"

static const char draws_table[] = "draws";
static const char draws_file[] = "draws.csv";
static const char hash_of_draws[] = "draws_hash";
static const char block[] = "simulation";

static void add_texts(struct stpfin_buffer *out, const char *key, char *const *texts, size_t n)
{
	stpfin_buffer__add_text(out, ", \"");
	stpfin_buffer__add_text(out, key);
	stpfin_buffer__add_text(out, "\": [");
	for (size_t i = 0; i < n; i++) {
		stpfin_buffer__add_text(out, i > 0 ? ", " : "");
		stpfin_json__text(out, texts[i]);
	}
	stpfin_buffer__add_text(out, "]");
}

static void hash_draws(const stpfin_simulation *self, char out_hash[STPFIN_HASH_SIZE])
{
	stpfin_hash__numbers(
		self->values, self->shown->n_figures * stpfin_simulation__made(self), out_hash);
}

/* What was asked for, and which draws these are; of draws that are written, also their hash. The
 * seed may be more than JSON's numbers hold. */
static void add_record(struct stpfin_buffer *out, const stpfin_simulation *self, bool has_draws)
{
	char text[256];
	char hash[STPFIN_HASH_SIZE];

	snprintf(text, sizeof text,
		", \"%s\": {\"draws\": %zu, \"first\": %zu, \"end\": %zu, \"seed\": \"%" PRIu64 "\"", block,
		self->summary.draws, self->summary.first, self->summary.end, self->summary.seed);
	stpfin_buffer__add_text(out, text);
	add_texts(out, "scenarios", self->scenarios, self->n_scenarios);
	add_texts(out, "measures", self->measures, self->n_measures);
	snprintf(text, sizeof text,
		", \"by\": \"%s\", \"method\": \"%s\", \"parameters\": %zu, \"cells\": %zu, \"clipped\": "
		"%" PRIu64,
		stpfin_bridge__ways[self->by], stpfin_bridge__methods[self->method],
		self->summary.parameters, self->summary.cells, self->summary.clipped);
	stpfin_buffer__add_text(out, text);
	if (has_draws) {
		hash_draws(self, hash);
		snprintf(text, sizeof text, ", \"%s\": \"%s\"", hash_of_draws, hash);
		stpfin_buffer__add_text(out, text);
	}
	stpfin_buffer__add_text(out, "}");
}

stpfin_status stpfin_simulation__write(
	const stpfin_simulation *self, const char *folder, const stpfin_table *const *tables, size_t n)
{
	struct stpfin_buffer out = {0};
	char *record = NULL;
	bool has_draws = false;
	stpfin_status status;

	for (size_t i = 0; i < n; i++) {
		has_draws = has_draws || strcmp(stpfin_table_name(tables[i]), draws_table) == 0;
	}
	add_record(&out, self, has_draws);
	status = stpfin_buffer__take(&out, &record);
	if (status == STPFIN_OK) {
		status = stpfin_results__write(folder, tables, n, &self->stamp, record);
	}
	free(record);
	return status;
}

/* A record read from a folder. */
struct record {
	const char *folder;
	json_t *stamp;
	const char **scenarios;
	const char **measures;
	stpfin_simulate_options options;
	uint64_t clipped;
	const char *hash;
};

static void free_record(struct record *self)
{
	json_decref(self->stamp);
	free(self->scenarios);
	free(self->measures);
}

static stpfin_status not_a_record(const struct record *self)
{
	return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
		"'%s' holds no draws of a simulation: give a folder that one was written to with the table "
		"draws",
		self->folder);
}

static bool read_whole(const json_t *object, const char *key, size_t *out)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0) {
		return false;
	}
	*out = (size_t)json_integer_value(value);
	return true;
}

/* The place of a member's word in a list; n if it is none of them. */
static size_t read_word(const json_t *object, const char *key, const char *const *words, size_t n)
{
	const char *word = json_string_value(json_object_get(object, key));
	size_t i = 0;

	while (i < n && (word == NULL || strcmp(words[i], word) != 0)) {
		i++;
	}
	return i;
}

static stpfin_status read_texts(const struct record *self, const json_t *object, const char *key,
	const char ***out_texts, size_t *out_n)
{
	const json_t *array = json_object_get(object, key);

	if (!json_is_array(array)) {
		return not_a_record(self);
	}
	*out_n = json_array_size(array);
	*out_texts = calloc(*out_n + 1, sizeof **out_texts);
	if (*out_texts == NULL) {
		return stpfin_error__memory();
	}
	for (size_t i = 0; i < *out_n; i++) {
		(*out_texts)[i] = json_string_value(json_array_get(array, i));
		if ((*out_texts)[i] == NULL) {
			return not_a_record(self);
		}
	}
	return STPFIN_OK;
}

/* Reads what was asked for. */
static stpfin_status read_request(struct record *self)
{
	const json_t *object = json_object_get(self->stamp, block);
	const char *seed = json_string_value(json_object_get(object, "seed"));
	const char *prices = json_string_value(json_object_get(self->stamp, "prices"));
	stpfin_simulate_options *options = &self->options;
	size_t by = read_word(object, "by", stpfin_bridge__ways, STPFIN_BRIDGE_BY_AGREEMENT + 1);
	size_t method = read_word(object, "method", stpfin_bridge__methods, STPFIN_BRIDGE_SHAPLEY + 1);
	size_t clipped;
	stpfin_status status;

	*options = (stpfin_simulate_options)STPFIN_SIMULATE_OPTIONS_INIT;
	if (seed == NULL || prices == NULL || strspn(seed, "0123456789") != strlen(seed) ||
		by > STPFIN_BRIDGE_BY_AGREEMENT || method > STPFIN_BRIDGE_SHAPLEY ||
		!read_whole(object, "draws", &options->draws) ||
		!read_whole(object, "first", &options->first) ||
		!read_whole(object, "end", &options->end) || !read_whole(object, "clipped", &clipped)) {
		return not_a_record(self);
	}
	self->hash = json_string_value(json_object_get(object, hash_of_draws));
	if (self->hash == NULL) {
		return not_a_record(self);
	}
	self->clipped = clipped;
	options->seed = strtoumax(seed, NULL, 10);
	options->prices = strcmp(prices, "real") == 0 ? STPFIN_PRICES_REAL : STPFIN_PRICES_CASH;
	options->by = (stpfin_bridge_by)by;
	options->method = (stpfin_bridge_method)method;
	status = read_texts(self, object, "scenarios", &self->scenarios, &options->n_scenarios);
	if (status == STPFIN_OK) {
		status = read_texts(self, object, "measures", &self->measures, &options->n_measures);
	}
	options->scenarios = self->scenarios;
	options->measures = self->measures;
	return status;
}

/* Refuses draws of another plan or version, whose figures may be others. */
static stpfin_status check_plan(const struct record *self, const stpfin_plan *plan)
{
	const char *hash = json_string_value(json_object_get(self->stamp, "plan_hash"));
	const char *version = json_string_value(json_object_get(self->stamp, "version"));
	stpfin_plan_settings settings = STPFIN_PLAN_SETTINGS_INIT;
	size_t n;
	const struct stpfin_setting *list = stpfin_settings__list(&n);
	char own[STPFIN_HASH_SIZE];
	bool is_same;
	stpfin_status status = stpfin_plan_hash(plan, own);

	if (status == STPFIN_OK) {
		status = stpfin_plan_get_settings(plan, &settings);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	if (hash == NULL || version == NULL) {
		return not_a_record(self);
	}
	is_same = strcmp(hash, own) == 0;
	for (size_t i = 0; i < n; i++) {
		double value = json_number_value(json_object_get(self->stamp, list[i].name));

		is_same = is_same && value == stpfin_settings__get(&settings, &list[i]);
	}
	if (!is_same) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the draws in '%s' are of another plan: its tables or years were others", self->folder);
	}
	if (strcmp(version, stpfin_version()) != 0) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the draws in '%s' were made by version %s and this is %s: make them again",
			self->folder, version, stpfin_version());
	}
	return STPFIN_OK;
}

/* Goes on to the stamp, as stpfin_package__write() writes it; the end of the file where there is
 * none. */
static void find_stamp(FILE *stream)
{
	static const char before[] = "\n  \"stpfin\": ";
	size_t n = 0;
	int c;

	while (before[n] != '\0' && (c = getc(stream)) != EOF) {
		n = c == before[n] ? n + 1 : c == before[0] ? 1 : 0;
	}
}

/* Reads the record of a folder, for a plan. Only the stamp is parsed: without memory, jansson trips
 * over the texts that stand before it. */
static stpfin_status read_record(struct record *self, const stpfin_plan *plan)
{
	char *path = stpfin_files__join(self->folder, stpfin_settings__file);
	FILE *stream = NULL;
	json_error_t error;
	stpfin_status status;

	if (path == NULL) {
		return stpfin_error__memory();
	}
	stream = fopen(path, "rb");
	free(path);
	if (stream == NULL) {
		return errno == ENOMEM ? stpfin_error__memory() : not_a_record(self);
	}
	find_stamp(stream);
	self->stamp = json_loadf(stream, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);
	fclose(stream);
	if (self->stamp == NULL) {
		return json_error_code(&error) == json_error_out_of_memory ? stpfin_error__memory()
																   : not_a_record(self);
	}
	if (!json_is_object(json_object_get(self->stamp, block))) {
		return not_a_record(self);
	}
	status = check_plan(self, plan);
	return status == STPFIN_OK ? read_request(self) : status;
}

/* The draws while they are read: rows stand as they were written, figure by figure. */
struct reading {
	const struct record *record;
	stpfin_simulation *simulation;
	size_t n; /* rows read */
};

static size_t count_wanted(const struct reading *self)
{
	return self->simulation->shown->n_figures * stpfin_simulation__made(self->simulation);
}

static stpfin_status wrong_row(const struct reading *self, size_t row)
{
	return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
		"row %zu of %s in '%s' is not as it was written: make the draws again", row, draws_file,
		self->record->folder);
}

/* The text that a key of a row has to have. */
static const char *key_of(const struct reading *self, size_t column, char buffer[32])
{
	const stpfin_simulation *simulation = self->simulation;
	const struct stpfin_trial *shown = simulation->shown;
	size_t n = stpfin_simulation__made(simulation);
	const struct stpfin_figure *figure = &shown->figures[self->n / n];

	switch (column) {
	case 0:
		return stpfin_dictionary__text(shown->scenarios, figure->scenario);
	case 1:
		return stpfin_dictionary__text(shown->measures, (int32_t)figure->measure);
	case 2:
		return stpfin_dictionary__text(shown->places, figure->place);
	case 3:
		snprintf(buffer, 32, "%d", (int)figure->year);
		return buffer;
	default:
		snprintf(buffer, 32, "%zu", simulation->summary.first + self->n % n);
		return buffer;
	}
}

static stpfin_status read_cell(
	void *user_data, size_t row, size_t column, const char *text, size_t length)
{
	struct reading *self = user_data;
	const struct stpfin_table_schema *schema = stpfin_schema__result(draws_table);
	size_t value = schema->n_columns - 1;
	char buffer[32];
	double *to;

	if (column > value || (row > 1 && self->n == count_wanted(self))) {
		return wrong_row(self, row);
	}
	if (row == 1) {
		return strcmp(text, schema->columns[column].name) == 0 ? STPFIN_OK : wrong_row(self, row);
	}
	if (column < value) {
		return strcmp(text, key_of(self, column, buffer)) == 0 ? STPFIN_OK : wrong_row(self, row);
	}
	to = &self->simulation->values[self->n];
	*to = (double)NAN;
	return length == 0 || stpfin_number__read(text, length, to) ? STPFIN_OK : wrong_row(self, row);
}

static stpfin_status end_row(void *user_data, size_t row, size_t cells)
{
	struct reading *self = user_data;

	if (cells != stpfin_schema__result(draws_table)->n_columns) {
		return wrong_row(self, row);
	}
	self->n += row > 1;
	return STPFIN_OK;
}

static stpfin_status read_draws(const struct record *record, stpfin_simulation *simulation)
{
	struct reading reading = {record, simulation, 0};
	const struct stpfin_csv_reader reader = {read_cell, end_row, &reading};
	char *path = stpfin_files__join(record->folder, draws_file);
	char hash[STPFIN_HASH_SIZE];
	stpfin_status status;

	if (path == NULL) {
		return stpfin_error__memory();
	}
	status = stpfin_files__exists(path) ? stpfin_csv__read_file(path, &reader, NULL)
										: not_a_record(record);
	free(path);
	if (status == STPFIN_OK && reading.n != count_wanted(&reading)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%s in '%s' has %zu rows of %zu: make the draws again", draws_file, record->folder,
			reading.n, count_wanted(&reading));
	}
	if (status == STPFIN_OK) {
		hash_draws(simulation, hash);
		if (strcmp(hash, record->hash) != 0) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"%s in '%s' is not as it was written: make the draws again", draws_file,
				record->folder);
		}
	}
	return status;
}

stpfin_status stpfin_simulation__read(
	const stpfin_plan *plan, const char *folder, stpfin_simulation **out_simulation)
{
	struct record record = {.folder = folder};
	stpfin_simulation *simulation = NULL;
	stpfin_status status = read_record(&record, plan);

	*out_simulation = NULL;
	if (status == STPFIN_OK) {
		status = stpfin_simulation__begin(plan, &record.options, &simulation);
	}
	if (status == STPFIN_OK) {
		simulation->summary.clipped = record.clipped;
		status = read_draws(&record, simulation);
	}
	free_record(&record);
	if (status != STPFIN_OK) {
		stpfin_simulation_free(simulation);
		return status;
	}
	*out_simulation = simulation;
	return STPFIN_OK;
}
