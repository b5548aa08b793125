#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/package_write.h"
#include "libstpfin/plan/plan.h"
#include "libstpfin/plan/schema_table.h"
#include "libstpfin/plan/settings.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/files.h"
#include "libstpfin/table/json.h"
#include "libstpfin/table/text.h"

/* The settings as the "stpfin" object of datapackage.json, and members that follow it, to be freed.
 */
static stpfin_status write_settings(
	const stpfin_plan_settings *settings, const char *members, char **out_block)
{
	size_t n;
	const struct stpfin_setting *list = stpfin_settings__list(&n);
	struct stpfin_buffer out = {0};

	stpfin_buffer__add_text(&out, "{");
	for (size_t i = 0; i < n; i++) {
		stpfin_buffer__add_text(&out, i > 0 ? ", " : "");
		stpfin_json__text(&out, list[i].name);
		stpfin_buffer__add_text(&out, ": ");
		stpfin_json__number(&out, stpfin_settings__get(settings, &list[i]));
	}
	stpfin_buffer__add_text(&out, "}");
	stpfin_buffer__add_text(&out, members);
	return stpfin_buffer__take(&out, out_block);
}

/* The table without the columns that may be blank and are. */
static stpfin_status without_blanks(
	const stpfin_table *table, const struct stpfin_table_schema *schema, stpfin_table **out_table)
{
	size_t n_rows = stpfin_table_rows(table);
	stpfin_table *copy = NULL;
	stpfin_status status = stpfin_table__new(schema->name, &copy);

	if (status == STPFIN_OK) {
		status = stpfin_table__add_rows(copy, n_rows);
	}
	for (size_t i = 0; i < schema->n_columns && status == STPFIN_OK; i++) {
		const struct stpfin_column *column = stpfin_table__column(table, i);

		if (!schema->columns[i].blank || !stpfin_column__is_blank(column, n_rows)) {
			status = stpfin_table__copy_column(copy, column);
		}
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(copy);
		return status;
	}
	*out_table = copy;
	return STPFIN_OK;
}

/* Writes the n tables (and frees what the array holds) with the settings and what goes with them in
 * datapackage.json. */
static stpfin_status write_folder(const char *folder, const stpfin_plan_settings *settings,
	const char *members, stpfin_table **tables, const struct stpfin_table_schema *const *schemas,
	size_t n, stpfin_status status)
{
	char *block = NULL;

	if (status == STPFIN_OK) {
		status = write_settings(settings, members, &block);
	}
	if (status == STPFIN_OK) {
		status = stpfin_package__write(
			folder, "stpfin-plan", block, (const stpfin_table *const *)tables, schemas, n);
	}
	free(block);
	for (size_t i = 0; i < n; i++) {
		stpfin_table_free(tables[i]);
	}
	return status;
}

stpfin_status stpfin_plan__write(const stpfin_plan *self, const char *folder, const char *members,
	const stpfin_table *const *results, size_t n_results)
{
	size_t n_tables;
	const struct stpfin_table_schema *all = stpfin_schema__tables(&n_tables);
	stpfin_table **tables = calloc(n_tables + n_results, sizeof *tables);
	const struct stpfin_table_schema **schemas = calloc(n_tables + n_results, sizeof *schemas);
	size_t n = 0;
	stpfin_status status = STPFIN_OK;

	if (tables == NULL || schemas == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t i = 0; i < n_tables && status == STPFIN_OK; i++) {
		if (stpfin_table_rows(self->tables[i]) > 0 || all[i].required) {
			status = without_blanks(self->tables[i], &all[i], &tables[n]);
			schemas[n] = &all[i];
			n += status == STPFIN_OK;
		}
	}
	for (size_t i = 0; i < n_results && status == STPFIN_OK; i++) {
		tables[n] = stpfin_table_share(results[i]);
		schemas[n++] = stpfin_schema__result(stpfin_table_name(results[i]));
	}
	status = write_folder(folder, &self->settings, members, tables, schemas, n, status);

out:
	free(tables);
	free(schemas);
	return status;
}

stpfin_status stpfin_plan_write(const stpfin_plan *self, const char *folder)
{
	if (self == NULL || folder == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	return stpfin_plan__write(self, folder, "", NULL, 0);
}

static stpfin_status refuse_file(void *user_data, const char *name)
{
	const char *folder = user_data;
	const char *suffix = strrchr(name, '.');
	char table[64];

	if (suffix != NULL && strcmp(suffix, ".csv") == 0 && (size_t)(suffix - name) < sizeof table) {
		memcpy(table, name, (size_t)(suffix - name));
		table[suffix - name] = '\0';
		if (stpfin_schema__table(table) == NULL) {
			return STPFIN_OK;
		}
	} else if (strcmp(name, stpfin_settings__file) != 0) {
		return STPFIN_OK;
	}
	return stpfin_error__set(
		STPFIN_ERROR_ARGUMENT, "'%s' holds a plan already (%s): give a new folder", folder, name);
}

stpfin_status stpfin_plan__refuse_existing(const char *folder)
{
	char *copy = stpfin_text__copy(folder);
	stpfin_status status = STPFIN_OK;

	if (copy == NULL) {
		return stpfin_error__memory();
	}
	if (stpfin_files__exists(folder)) {
		status = stpfin_files__list(folder, refuse_file, copy);
	}
	free(copy);
	return status;
}

stpfin_status stpfin_plan_write_empty(const stpfin_plan_settings *settings, const char *folder)
{
	size_t n_tables;
	const struct stpfin_table_schema *all = stpfin_schema__tables(&n_tables);
	stpfin_table **tables = NULL;
	const struct stpfin_table_schema **schemas = NULL;
	struct stpfin_problems problems = {.n = 0};
	size_t n = 0;
	stpfin_status status = STPFIN_OK;

	if (settings == NULL || settings->version != 1 || folder == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"no folder, or settings of no known version: begin with STPFIN_PLAN_SETTINGS_INIT");
	}
	stpfin_settings__check(settings, &problems);
	status = stpfin_problems__verdict(&problems);
	if (status == STPFIN_ERROR_PLAN) {
		status = STPFIN_ERROR_ARGUMENT;
	}
	if (status == STPFIN_OK) {
		status = stpfin_plan__refuse_existing(folder);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	tables = calloc(n_tables, sizeof *tables);
	schemas = calloc(n_tables, sizeof *schemas);
	if (tables == NULL || schemas == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t i = 0; i < n_tables && status == STPFIN_OK; i++) {
		status = stpfin_schema__new_table(&all[i], NULL, &tables[n]);
		schemas[n] = &all[i];
		n += status == STPFIN_OK;
	}
	status = write_folder(folder, settings, "", tables, schemas, n, status);

out:
	free(tables);
	free(schemas);
	stpfin_problems__clear(&problems);
	return status;
}
