#include "libstpfin/report/folder.h"

#include <stdlib.h>

#include "libstpfin/plan/package_read.h"
#include "libstpfin/plan/package_write.h"
#include "libstpfin/plan/plan.h"
#include "libstpfin/plan/settings.h"
#include "libstpfin/report/json.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/files.h"
#include "stpfin/fund.h"

/* Refuses a folder whose datapackage.json is of something else, a plan above all: it would be lost.
 */
static stpfin_status refuse_other(const char *folder)
{
	char *path = stpfin_files__join(folder, stpfin_settings__file);
	bool is_other;

	if (path == NULL) {
		return stpfin_error__memory();
	}
	is_other = stpfin_files__exists(path) && !stpfin_package__is_results(path);
	free(path);
	return is_other ? stpfin_error__set(STPFIN_ERROR_ARGUMENT,
						  "'%s' holds a %s that is not of results: give another folder", folder,
						  stpfin_settings__file)
					: STPFIN_OK;
}

static stpfin_status check_tables(const stpfin_table *const *tables, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (tables == NULL || tables[i] == NULL) {
			return stpfin_error__set(
				STPFIN_ERROR_ARGUMENT, "table %zu of %zu is NULL: give a result", i + 1, n);
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_results_write(
	const char *folder, const stpfin_table *const *tables, size_t n, const stpfin_stamp *stamp)
{
	return stpfin_results__write(folder, tables, n, stamp, "");
}

stpfin_status stpfin_results__write(const char *folder, const stpfin_table *const *tables, size_t n,
	const stpfin_stamp *stamp, const char *members)
{
	const struct stpfin_table_schema **schemas = NULL;
	struct stpfin_buffer out = {0};
	char *block = NULL;
	stpfin_status status = STPFIN_OK;

	if (folder == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "the folder is NULL: give a path");
	}
	schemas = calloc(n + 1, sizeof *schemas);
	if (schemas == NULL) {
		return stpfin_error__memory();
	}
	status = refuse_other(folder);
	if (status == STPFIN_OK) {
		status = check_tables(tables, n);
	}
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		schemas[i] = stpfin_schema__result(stpfin_table_name(tables[i]));
	}
	if (status == STPFIN_OK && stamp != NULL) {
		stpfin_json__stamp(&out, stamp, tables, n, members);
		status = stpfin_buffer__take(&out, &block);
	}
	if (status == STPFIN_OK) {
		status = stpfin_package__write(folder, stpfin_package__results, block, tables, schemas, n);
	}
	free(block);
	free(schemas);
	return status;
}

stpfin_status stpfin_fund_write(const stpfin_plan *plan, const stpfin_table *const *results,
	size_t n, const stpfin_stamp *stamp, const char *folder)
{
	struct stpfin_buffer out = {0};
	char *members = NULL;
	stpfin_status status;

	if (plan == NULL || folder == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	status = check_tables(results, n);
	if (status == STPFIN_OK) {
		status = stpfin_plan__refuse_existing(folder);
	}
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		if (stpfin_schema__table(stpfin_table_name(results[i])) != NULL) {
			status = stpfin_error__set(STPFIN_ERROR_ARGUMENT,
				"%s is a table of the plan: give results", stpfin_table_name(results[i]));
		}
	}
	if (status == STPFIN_OK) {
		if (stamp != NULL) {
			stpfin_buffer__add_text(&out, ",\n  \"stpfin_results\": ");
			stpfin_json__stamp(&out, stamp, results, n, "");
		}
		status = stpfin_buffer__take(&out, &members);
	}
	if (status == STPFIN_OK) {
		status = stpfin_plan__write(plan, folder, members, results, n);
	}
	free(members);
	return status;
}
