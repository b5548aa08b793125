#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/package_read.h"
#include "libstpfin/plan/plan.h"
#include "libstpfin/plan/settings.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/files.h"
#include "libstpfin/table/text.h"

static const char suffix[] = ".csv";

/* The work of reading a folder. */
struct folder {
	const char *path;
	char **files; /* one a table of the schema: its path within the folder, NULL if it has none */
	struct stpfin_problems *problems;
};

#define COMPLAIN(problems, file, column, ...)                                                      \
	stpfin_problems__add(                                                                          \
		problems, STPFIN_PROBLEM_ERROR, (struct stpfin_where){file, 0, column}, __VA_ARGS__)

/* What a plan needs, for whoever pointed at something else. */
static void tell_needs(struct folder *folder)
{
	char tables[256] = "";
	size_t used = 0;
	size_t n;
	const struct stpfin_table_schema *schemas = stpfin_schema__tables(&n);

	for (size_t i = 0; i < n && used < sizeof tables; i++) {
		if (schemas[i].required) {
			int written = snprintf(tables + used, sizeof tables - used, "%s%s.csv",
				used > 0 ? ", " : "", schemas[i].name);

			used += written > 0 ? (size_t)written : 0;
		}
	}
	COMPLAIN(folder->problems, stpfin_settings__file, NULL,
		"the file is missing: a plan is a folder with datapackage.json, which holds \"stpfin\": "
		"{\"base_year\": 2015, \"end_year\": 2020}, and at least %s (`stpfin new` writes an empty "
		"one)",
		tables);
}

/* Whether a text is the suffix, in letters of either case. */
static bool is_suffix(const char *text)
{
	for (size_t i = 0; i < sizeof suffix; i++) {
		if (text[i] != suffix[i] && (suffix[i] < 'a' || text[i] != suffix[i] - 'a' + 'A')) {
			return false;
		}
	}
	return true;
}

/* Looks at an entry of the folder: a CSV file is a table, or worth a word. */
static stpfin_status take_entry(void *user_data, const char *name)
{
	struct folder *folder = user_data;
	size_t length = strlen(name);
	const char *nearest;
	char table[64];
	size_t n;
	size_t stem;

	stpfin_schema__tables(&n);
	if (length < sizeof suffix || !is_suffix(name + length - (sizeof suffix - 1))) {
		return STPFIN_OK;
	}
	stem = length - (sizeof suffix - 1);
	for (size_t i = 0; i < n; i++) {
		if (folder->files[i] != NULL && strcmp(folder->files[i], name) == 0) {
			return STPFIN_OK;
		}
	}
	stem = stem < sizeof table ? stem : sizeof table - 1;
	memcpy(table, name, stem);
	table[stem] = '\0';
	if (stpfin_schema__table(table) != NULL && strcmp(name + stem, suffix) != 0) {
		COMPLAIN(
			folder->problems, name, NULL, "a table's file ends in .csv: name it %s.csv", table);
		return STPFIN_OK;
	}
	if (stpfin_schema__table(table) != NULL) {
		char **file = &folder->files[stpfin_plan__table_place(table)];

		if (*file == NULL) {
			*file = stpfin_text__copy(name);
			return *file != NULL ? STPFIN_OK : stpfin_error__memory();
		}
		COMPLAIN(folder->problems, name, NULL,
			"datapackage.json says that the table %s is in %s: keep one of the two files", table,
			*file);
		return STPFIN_OK;
	}
	nearest = stpfin_schema__result(table) == NULL ? stpfin_plan__nearest_table(table) : NULL;
	if (nearest != NULL) {
		COMPLAIN(folder->problems, name, NULL, "a plan has no table %s: did you mean %s?", table,
			nearest);
	} else {
		stpfin_problems__add(folder->problems, STPFIN_PROBLEM_NOTE,
			(struct stpfin_where){name, 0, NULL}, "not a table of a plan: it is not read");
	}
	return STPFIN_OK;
}

/* The whole of datapackage.json; NULL bytes, without failing, where there is none, or where it
 * cannot be read, which is a problem told. */
static stpfin_status read_bytes(
	struct folder *folder, const char *path, char **out_bytes, size_t *out_length)
{
	enum { LARGEST = 1 << 24 };
	FILE *stream = fopen(path, "rb");
	char *bytes = NULL;
	size_t length = 0;
	stpfin_status status = STPFIN_OK;

	*out_bytes = NULL;
	if (stream == NULL) {
		if (errno != ENOENT && errno != ENOTDIR) {
			COMPLAIN(folder->problems, stpfin_settings__file, NULL, "cannot be read: %s",
				strerror(errno));
		}
		return STPFIN_OK;
	}
	for (size_t capacity = 1 << 14;; capacity *= 2) {
		char *larger = realloc(bytes, capacity);

		if (larger == NULL) {
			status = stpfin_error__memory();
			goto out;
		}
		bytes = larger;
		length += fread(bytes + length, 1, capacity - length, stream);
		if (length < capacity) {
			break;
		}
		if (capacity >= LARGEST) {
			COMPLAIN(folder->problems, stpfin_settings__file, NULL,
				"larger than 16 MiB: put data into CSV files");
			goto out;
		}
	}
	if (ferror(stream)) {
		COMPLAIN(
			folder->problems, stpfin_settings__file, NULL, "cannot be read: %s", strerror(errno));
		goto out;
	}
	*out_bytes = bytes;
	*out_length = length;
	bytes = NULL;

out:
	free(bytes);
	fclose(stream);
	return status;
}

/* Learns of the settings and of which files there are. False in *out_is_plan: nothing here is of a
 * plan, and one problem says so. */
static stpfin_status look(
	struct folder *folder, stpfin_plan_settings *settings, bool *out_years_known, bool *out_is_plan)
{
	size_t n_tables;
	char *path = stpfin_files__join(folder->path, stpfin_settings__file);
	char *bytes = NULL;
	size_t length = 0;
	bool is_missing;
	stpfin_status status = path != NULL ? STPFIN_OK : stpfin_error__memory();

	*out_is_plan = false;
	stpfin_schema__tables(&n_tables);
	if (status == STPFIN_OK) {
		status = read_bytes(folder, path, &bytes, &length);
	}
	is_missing = bytes == NULL && folder->problems->n_errors == 0;
	if (status == STPFIN_OK && bytes != NULL && stpfin_package__is_results(path)) {
		COMPLAIN(folder->problems, stpfin_settings__file, NULL,
			"the folder holds results of stpfin and no plan: give the folder of the plan");
		goto out;
	}
	*out_is_plan = bytes != NULL;
	if (status == STPFIN_OK && bytes != NULL) {
		status = stpfin_package__read(
			bytes, length, settings, out_years_known, folder->files, folder->problems);
	}
	if (status == STPFIN_OK) {
		status = stpfin_files__list(folder->path, take_entry, folder);
	}
	if (status == STPFIN_ERROR_FILE) {
		COMPLAIN(folder->problems, stpfin_settings__file, NULL,
			"%s: give the folder of a plan, with its datapackage.json and CSV files",
			stpfin_last_error());
		status = STPFIN_OK;
	} else if (status == STPFIN_OK && is_missing) {
		tell_needs(folder);
	}
	for (size_t i = 0; i < n_tables; i++) {
		*out_is_plan = *out_is_plan || folder->files[i] != NULL;
	}

out:
	free(path);
	free(bytes);
	return status;
}

static stpfin_status read_table(const struct folder *folder,
	const struct stpfin_table_schema *schema, const char *file,
	const stpfin_plan_settings *settings, struct stpfin_intake *intake)
{
	char *path;
	stpfin_status status;

	if (file == NULL) {
		return stpfin_intake__absent(intake, schema, folder->problems);
	}
	path = stpfin_files__join(folder->path, file);
	if (path == NULL) {
		return stpfin_error__memory();
	}
	status = stpfin_intake__read(intake, schema, path, file, settings, folder->problems);
	free(path);
	return status;
}

stpfin_status stpfin_plan_read(
	const char *path, stpfin_table **out_problems, stpfin_plan **out_plan)
{
	size_t n_tables;
	const struct stpfin_table_schema *schemas = stpfin_schema__tables(&n_tables);
	stpfin_plan_settings settings = STPFIN_PLAN_SETTINGS_INIT;
	stpfin_plan_settings any_years = STPFIN_ANY_YEARS;
	struct stpfin_problems problems = {.n = 0};
	struct folder folder = {path, NULL, &problems};
	struct stpfin_intake *intakes = calloc(n_tables, sizeof *intakes);
	stpfin_plan *plan = NULL;
	bool years_known = false;
	bool is_plan = false;
	stpfin_status status;

	stpfin_plan__clear(out_problems, out_plan);
	folder.files = calloc(n_tables, sizeof *folder.files);
	if (intakes == NULL || folder.files == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	if (path == NULL) {
		status = stpfin_error__set(STPFIN_ERROR_ARGUMENT, "the folder is NULL: give a path");
		goto out;
	}
	status = look(&folder, &settings, &years_known, &is_plan);
	for (size_t i = 0; i < n_tables && is_plan && status == STPFIN_OK; i++) {
		status = read_table(&folder, &schemas[i], folder.files[i],
			years_known ? &settings : &any_years, &intakes[i]);
	}
	if (status == STPFIN_OK && is_plan) {
		status = stpfin_plan__assemble(&settings, years_known, intakes, &problems, &plan);
	}
	if (status == STPFIN_OK) {
		status =
			stpfin_plan__deliver(&problems, is_plan ? intakes : NULL, plan, out_problems, out_plan);
		plan = NULL;
	}

out:
	for (size_t i = 0; i < n_tables; i++) {
		if (intakes != NULL) {
			stpfin_intake__free(&intakes[i]);
		}
		if (folder.files != NULL) {
			free(folder.files[i]);
		}
	}
	free(intakes);
	free(folder.files);
	stpfin_problems__clear(&problems);
	stpfin_plan_free(plan);
	return status;
}
