#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/package_read.h"
#include "libstpfin/plan/schema.h"
#include "libstpfin/plan/settings.h"
#include "libstpfin/table/csv.h"
#include "libstpfin/table/table.h"

/* Whatever the bytes of a datapackage.json, reading them neither crashes nor leaks; what is not
 * said to be wrong is right; what is said are lines of UTF-8; and the same bytes are read the same.
 */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void require(bool held, const char *what)
{
	if (!held) {
		fprintf(stderr, "%s: %s\n", what, stpfin_last_error());
		abort();
	}
}

/* Within the folder, and never out of it on the way. */
static void require_within(const char *path)
{
	require(*path != '\0' && *path != '/' && *path != '\\', "a path is relative");
	require(strchr(path, ':') == NULL, "a path is on no drive");
	for (const char *part = path; part != NULL; part = strchr(part, '/')) {
		part += *part == '/';
		require(strncmp(part, "..", 2) != 0 || (part[2] != '\0' && part[2] != '/'),
			"a path does not go up");
	}
}

static void require_lines(struct stpfin_problems *problems)
{
	stpfin_table *table;

	require(stpfin_problems__table(problems, NULL, 0, &table) == STPFIN_OK, "problems are a table");
	for (size_t row = 0; row < stpfin_table_rows(table); row++) {
		const char *text = stpfin_column__text(stpfin_table__named(table, "message"), row);

		require(text != NULL && stpfin_csv__utf8(text, strlen(text)) == strlen(text),
			"a message is UTF-8");
		require(strpbrk(text, "\n\r\t\x1b\x7f") == NULL, "a message is one line");
	}
	stpfin_table_free(table);
}

struct package {
	stpfin_plan_settings settings;
	struct stpfin_problems problems;
	char **files; /* one a table */
	size_t n_files;
	bool years_known;
};

static void read_package(struct package *self, const uint8_t *bytes, size_t length)
{
	*self = (struct package){.settings = STPFIN_PLAN_SETTINGS_INIT};
	stpfin_schema__tables(&self->n_files);
	self->files = calloc(self->n_files, sizeof *self->files);
	require(self->files != NULL, "there is memory");
	require(stpfin_package__read((const char *)bytes, length, &self->settings, &self->years_known,
				self->files, &self->problems) == STPFIN_OK,
		"what is wrong is a problem");
}

static void free_package(struct package *self)
{
	for (size_t i = 0; i < self->n_files; i++) {
		free(self->files[i]);
	}
	free(self->files);
	stpfin_problems__clear(&self->problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct package package, again;
	struct stpfin_problems none = {.n = 0};
	size_t n_settings;
	const struct stpfin_setting *settings = stpfin_settings__list(&n_settings);

	read_package(&package, bytes, length);
	read_package(&again, bytes, length);
	require(package.years_known || package.problems.n_errors > 0, "years are known or a problem");
	if (package.years_known) {
		require(package.settings.base_year >= 1900 && package.settings.end_year <= 2200 &&
					package.settings.base_year <= package.settings.end_year &&
					package.settings.end_year - package.settings.base_year <= 40,
			"years are years");
	}
	if (package.problems.n_errors == 0) {
		stpfin_settings__check(&package.settings, &none);
		require(none.n == 0, "settings are right");
	}
	require(again.problems.n == package.problems.n, "the same problems");
	for (size_t i = 0; i < n_settings; i++) {
		require(stpfin_settings__get(&again.settings, &settings[i]) ==
					stpfin_settings__get(&package.settings, &settings[i]),
			"the same settings");
	}
	for (size_t i = 0; i < package.n_files; i++) {
		require((package.files[i] == NULL) == (again.files[i] == NULL), "the same files");
		if (package.files[i] != NULL) {
			require(strcmp(package.files[i], again.files[i]) == 0, "the same files");
			require_within(package.files[i]);
		}
	}
	require_lines(&package.problems);
	free_package(&package);
	free_package(&again);
	return 0;
}
