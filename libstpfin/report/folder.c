#include <stdlib.h>

#include "libstpfin/plan/package_read.h"
#include "libstpfin/plan/package_write.h"
#include "libstpfin/plan/settings.h"
#include "libstpfin/report/json.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/files.h"

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

stpfin_status stpfin_results_write(
	const char *folder, const stpfin_table *const *tables, size_t n, const stpfin_stamp *stamp)
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
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		if (tables == NULL || tables[i] == NULL) {
			status = stpfin_error__set(
				STPFIN_ERROR_ARGUMENT, "table %zu of %zu is NULL: give a result", i + 1, n);
		} else {
			schemas[i] = stpfin_schema__result(stpfin_table_name(tables[i]));
		}
	}
	if (status == STPFIN_OK && stamp != NULL) {
		stpfin_json__stamp(&out, stamp, tables, n);
		status = stpfin_buffer__take(&out, &block);
	}
	if (status == STPFIN_OK) {
		status = stpfin_package__write(folder, stpfin_package__results, block, tables, schemas, n);
	}
	free(block);
	free(schemas);
	return status;
}
