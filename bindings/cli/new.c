#include <stdlib.h>
#include <string.h>

#include "bindings/cli/command.h"

static const int32_t BASE_YEAR = 2015;
static const int32_t YEARS_AHEAD = 5;

static enum exit_status write_workbook(const char *folder)
{
	static const char name[] = "/plan.xlsx";
	size_t size = strlen(folder) + sizeof name;
	char *path = malloc(size);
	stpfin_status status;

	if (path == NULL) {
		fprintf(stderr, "stpfin: there is not enough memory\n");
		return EXIT_SYSTEM;
	}
	snprintf(path, size, "%s%s", folder, name);
	status = stpfin_plan_write_workbook(NULL, path);
	free(path);
	return status == STPFIN_OK ? EXIT_DONE : failed(status);
}

enum exit_status new_command(const struct arguments *arguments)
{
	const char *folder = arguments->operands[0];
	const char *base_year = arguments->values[OPTION_BASE_YEAR];
	const char *end_year = arguments->values[OPTION_END_YEAR];
	bool with_workbook = arguments->values[OPTION_XLSX] != NULL;
	stpfin_plan_settings settings = STPFIN_PLAN_SETTINGS_INIT;
	enum exit_status end = EXIT_DONE;
	stpfin_status status;

	settings.base_year = base_year != NULL ? read_year(base_year) : BASE_YEAR;
	settings.end_year = end_year != NULL ? read_year(end_year) : settings.base_year + YEARS_AHEAD;
	status = stpfin_plan_write_empty(&settings, folder);
	if (status != STPFIN_OK) {
		return failed(status);
	}
	if (with_workbook) {
		end = write_workbook(folder);
	}
	if (end == EXIT_DONE) {
		fprintf(stderr,
			"stpfin: wrote an empty plan%s in %s; 'stpfin describe' says what goes in\n",
			with_workbook ? " and plan.xlsx" : "", folder);
	}
	return end;
}
