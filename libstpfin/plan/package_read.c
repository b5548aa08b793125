#include "libstpfin/plan/package_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "libstpfin/plan/nearest.h"
#include "libstpfin/plan/plan.h"
#include "libstpfin/plan/settings.h"
#include "libstpfin/table/csv.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/text.h"

#define COMPLAIN(problems, column, ...)                                                            \
	stpfin_problems__add(problems, STPFIN_PROBLEM_ERROR,                                           \
		(struct stpfin_where){stpfin_settings__file, 0, column}, __VA_ARGS__)

/* Whether a resource's path stays within the folder. */
static bool is_within(const char *path)
{
	return *path != '\0' && *path != '/' && strchr(path, '\\') == NULL &&
		   strchr(path, ':') == NULL && strncmp(path, "../", 3) != 0 && strcmp(path, "..") != 0 &&
		   strstr(path, "/..") == NULL;
}

static stpfin_status take_resource(
	struct stpfin_problems *problems, char **files, const json_t *resource)
{
	const char *name = json_string_value(json_object_get(resource, "name"));
	const char *path = json_string_value(json_object_get(resource, "path"));
	char **file;

	if (name == NULL || path == NULL) {
		COMPLAIN(problems, "resources",
			"a resource without a name or a path: give both as text, the path of one CSV file");
		return STPFIN_OK;
	}
	if (stpfin_schema__table(name) == NULL) {
		const char *nearest =
			stpfin_schema__result(name) == NULL ? stpfin_plan__nearest_table(name) : NULL;

		/* A package may hold what is no table of a plan, as results. */
		if (nearest != NULL) {
			COMPLAIN(problems, "resources", "a plan has no table '%s': did you mean %s?",
				STPFIN_EXCERPT(name), nearest);
		}
		return STPFIN_OK;
	}
	if (!is_within(path)) {
		COMPLAIN(problems, "resources",
			"'%s' does not lie in the plan's folder: give a path within it", STPFIN_EXCERPT(path));
		return STPFIN_OK;
	}
	file = &files[stpfin_plan__table_place(name)];
	if (*file != NULL) {
		COMPLAIN(problems, "resources", "the table %s stands twice: keep one", name);
		return STPFIN_OK;
	}
	*file = stpfin_text__copy(path);
	return *file != NULL ? STPFIN_OK : stpfin_error__memory();
}

static void take_setting(struct stpfin_problems *problems, const struct stpfin_setting *setting,
	const json_t *value, stpfin_plan_settings *settings)
{
	char *at = (char *)settings + setting->offset;

	if (setting->is_year) {
		const char *text = json_string_value(value);
		int32_t year = 0;
		double number = json_number_value(value);

		if (text != NULL
				? !stpfin_intake__year(text, strlen(text), &year)
				: !json_is_number(value) || number != floor(number) || fabs(number) > INT32_MAX) {
			COMPLAIN(problems, setting->name, "not a financial year: write 2015 or \"2015/16\"");
			return;
		}
		if (text == NULL) {
			year = (int32_t)number;
		}
		memcpy(at, &year, sizeof year);
	} else if (json_is_number(value)) {
		double rate = json_number_value(value);

		memcpy(at, &rate, sizeof rate);
	} else {
		COMPLAIN(problems, setting->name, "not a number: write a rate such as 0.035");
	}
}

static bool take_settings(
	struct stpfin_problems *problems, const json_t *package, stpfin_plan_settings *settings)
{
	json_t *block = json_object_get(package, "stpfin");
	size_t n;
	const struct stpfin_setting *list = stpfin_settings__list(&n);
	size_t n_errors = problems->n_errors;
	const char *key;
	json_t *value;

	if (!json_is_object(block)) {
		COMPLAIN(problems, "stpfin",
			"the plan's years are missing: add \"stpfin\": {\"base_year\": 2015, \"end_year\": "
			"2020}");
		return false;
	}
	json_object_foreach(block, key, value)
	{
		struct stpfin_nearest nearest = {.word = key};
		const char *excerpt = STPFIN_EXCERPT(key);
		size_t i = 0;

		while (i < n && strcmp(list[i].name, key) != 0) {
			stpfin_nearest__consider(&nearest, list[i++].name);
		}
		if (i < n) {
			take_setting(problems, &list[i], value, settings);
		} else if (nearest.name != NULL) {
			COMPLAIN(problems, excerpt, "\"stpfin\" has no setting '%s': did you mean %s?", excerpt,
				nearest.name);
		} else {
			COMPLAIN(problems, excerpt,
				"\"stpfin\" has no setting '%s': it has base_year, end_year, discount_rate, "
				"long_discount_rate and capital_charge_rate",
				excerpt);
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (list[i].required && json_object_get(block, list[i].name) == NULL) {
			COMPLAIN(problems, list[i].name,
				"\"stpfin\" has no %s: give the financial year, as 2015", list[i].name);
		}
	}
	return problems->n_errors == n_errors && stpfin_settings__check(settings, problems);
}

stpfin_status stpfin_package__read(const char *bytes, size_t length, stpfin_plan_settings *settings,
	bool *out_years_known, char **files, struct stpfin_problems *problems)
{
	static const char mark[] = "\xEF\xBB\xBF";
	json_error_t error;
	json_t *package;
	json_t *resources;
	json_t *resource;
	size_t i;
	stpfin_status status = STPFIN_OK;

	*out_years_known = false;
	if (length >= 3 && memcmp(bytes, mark, 3) == 0) {
		bytes += 3;
		length -= 3;
	}
	if (length == 0) {
		COMPLAIN(problems, NULL,
			"the file is empty: write {\"stpfin\": {\"base_year\": 2015, \"end_year\": 2020}}");
		return STPFIN_OK;
	}
	if (stpfin_csv__utf8(bytes, length) < length) {
		COMPLAIN(problems, NULL, "not text in UTF-8: save the file as UTF-8");
		return STPFIN_OK;
	}
	/* A whole number may be too large for a year, but not for being looked at. */
	package = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
	if (package == NULL) {
		if (json_error_code(&error) == json_error_out_of_memory) {
			return stpfin_error__memory();
		}
		stpfin_problems__add(problems, STPFIN_PROBLEM_ERROR,
			(struct stpfin_where){
				stpfin_settings__file, error.line > 0 ? (size_t)error.line : 0, NULL},
			"not JSON: %s", error.text);
		return STPFIN_OK;
	}
	*out_years_known = take_settings(problems, package, settings);
	resources = json_object_get(package, "resources");
	if (resources != NULL && !json_is_array(resources)) {
		COMPLAIN(problems, "resources",
			"not a list: write [{\"name\": \"flow\", \"path\": \"flow.csv\"}, …]");
	}
	json_array_foreach(resources, i, resource)
	{
		status = take_resource(problems, files, resource);
		if (status != STPFIN_OK) {
			break;
		}
	}
	json_decref(package);
	return status;
}

const char stpfin_package__results[] = "stpfin-results";

bool stpfin_package__is_results(const char *path)
{
	/* As stpfin_package__write() begins it. */
	char wanted[64];
	char found[64];
	FILE *stream = fopen(path, "rb");
	size_t length;

	if (stream == NULL) {
		return false;
	}
	length =
		(size_t)snprintf(wanted, sizeof wanted, "{\n  \"name\": \"%s\"", stpfin_package__results);
	length = fread(found, 1, length, stream) == length ? length : 0;
	fclose(stream);
	return length > 0 && memcmp(found, wanted, length) == 0;
}
