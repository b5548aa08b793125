#include "libstpfin/plan/package_write.h"

#include <stdlib.h>

#include "libstpfin/plan/settings.h"
#include "libstpfin/table/csv.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/files.h"
#include "libstpfin/table/json.h"
#include "libstpfin/table/table.h"

/* The type of a field as the Frictionless Table Schema calls it. */
static const char *field_type(
	const struct stpfin_column *column, const struct stpfin_column_schema *schema)
{
	if (schema != NULL && schema->cell == STPFIN_CELL_YEAR) {
		return "year";
	}
	switch (column->type) {
	case STPFIN_DOUBLE:
		return "number";
	case STPFIN_INT32:
		return "integer";
	case STPFIN_TEXT:
		break;
	}
	return "string";
}

static void add_field(struct stpfin_buffer *out, const struct stpfin_column *column,
	const struct stpfin_table_schema *table)
{
	const struct stpfin_column_schema *schema =
		table != NULL ? stpfin_schema__column(table, column->name) : NULL;

	stpfin_buffer__add_text(out, "{\"name\": ");
	stpfin_json__text(out, column->name);
	stpfin_buffer__add_text(out, ", \"type\": ");
	stpfin_json__text(out, field_type(column, schema));
	if (schema != NULL) {
		stpfin_buffer__add_text(out, ", \"description\": ");
		stpfin_json__text(out, schema->meaning);
	}
	stpfin_buffer__add_text(out, "}");
}

static void add_resource(
	struct stpfin_buffer *out, const stpfin_table *table, const struct stpfin_table_schema *schema)
{
	const char *name = stpfin_table_name(table);

	stpfin_buffer__add_text(out, "\n    {\n      \"name\": ");
	stpfin_json__text(out, name);
	stpfin_buffer__add_text(out, ",\n      \"path\": \"");
	stpfin_buffer__add_text(out, name);
	stpfin_buffer__add_text(out,
		".csv\",\n      \"profile\": \"tabular-data-resource\",\n      \"schema\": {\n        "
		"\"fields\": [");
	for (size_t i = 0; i < stpfin_table_columns(table); i++) {
		stpfin_buffer__add_text(out, i > 0 ? ",\n          " : "\n          ");
		add_field(out, stpfin_table__column(table, i), schema);
	}
	stpfin_buffer__add_text(out, "\n        ]\n      }\n    }");
}

/* The text of datapackage.json. */
static void add_package(struct stpfin_buffer *out, const char *name, const char *block,
	const stpfin_table *const *tables, const struct stpfin_table_schema *const *schemas, size_t n)
{
	stpfin_buffer__add_text(out, "{\n  \"name\": ");
	stpfin_json__text(out, name);
	stpfin_buffer__add_text(out, ",\n  \"profile\": \"tabular-data-package\",\n");
	if (block != NULL) {
		stpfin_buffer__add_text(out, "  \"stpfin\": ");
		stpfin_buffer__add_text(out, block);
		stpfin_buffer__add_text(out, ",\n");
	}
	stpfin_buffer__add_text(out, "  \"resources\": [");
	for (size_t i = 0; i < n; i++) {
		stpfin_buffer__add_text(out, i > 0 ? "," : "");
		add_resource(out, tables[i], schemas[i]);
	}
	stpfin_buffer__add_text(out, "\n  ]\n}\n");
}

static stpfin_status write_text(
	const char *folder, const char *name, const char *text, struct stpfin_new_file *file)
{
	char *path = stpfin_files__join(folder, name);
	stpfin_status status;

	if (path == NULL) {
		return stpfin_error__memory();
	}
	status = stpfin_files__begin(file, path);
	if (status == STPFIN_OK) {
		fputs(text, file->stream);
		status = stpfin_files__finish(file);
	}
	free(path);
	return status;
}

static stpfin_status write_table(
	const char *folder, const stpfin_table *table, struct stpfin_new_file *file)
{
	struct stpfin_buffer name = {0};
	char *text = NULL;
	char *path = NULL;
	stpfin_status status;

	stpfin_buffer__add_text(&name, stpfin_table_name(table));
	stpfin_buffer__add_text(&name, ".csv");
	status = stpfin_buffer__take(&name, &text);
	if (status != STPFIN_OK) {
		return status;
	}
	path = stpfin_files__join(folder, text);
	status = path != NULL ? stpfin_csv__write_beside(table, path, file) : stpfin_error__memory();
	free(text);
	free(path);
	return status;
}

stpfin_status stpfin_package__write(const char *folder, const char *name, const char *block,
	const stpfin_table *const *tables, const struct stpfin_table_schema *const *schemas, size_t n)
{
	struct stpfin_buffer out = {0};
	char *package = NULL;
	/* None is put in place before all are written, datapackage.json last. */
	struct stpfin_new_file *files = calloc(n + 1, sizeof *files);
	stpfin_status status;

	if (files == NULL) {
		return stpfin_error__memory();
	}
	add_package(&out, name, block, tables, schemas, n);
	status = stpfin_buffer__take(&out, &package);
	if (status == STPFIN_OK) {
		status = stpfin_files__make_folder(folder);
	}
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		status = write_table(folder, tables[i], &files[i]);
	}
	if (status == STPFIN_OK) {
		status = write_text(folder, stpfin_settings__file, package, &files[n]);
	}
	for (size_t i = 0; i <= n && status == STPFIN_OK; i++) {
		status = stpfin_files__commit(&files[i]);
	}
	for (size_t i = 0; i <= n; i++) {
		stpfin_files__drop(&files[i]);
	}
	free(files);
	free(package);
	return status;
}
