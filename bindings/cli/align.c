#include <string.h>

#include "bindings/cli/command.h"

enum exit_status align_command(const struct arguments *arguments)
{
	const char *format = arguments->values[OPTION_FORMAT];
	stpfin_project_options how = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	struct progress progress = begin_progress(1);
	stpfin_plan *plan = NULL;
	stpfin_projection *projection = NULL;
	stpfin_table *tables[2] = {NULL, NULL};
	enum exit_status end;
	stpfin_status status;

	if (format != NULL && strcmp(format, "csv") == 0 && arguments->values[OPTION_OUT] == NULL) {
		return wrong_usage(
			arguments->command, "CSV is printed of one table and there are two: give --out");
	}
	how.scenarios = arguments->words[OPTION_SCENARIO].at;
	how.n_scenarios = arguments->words[OPTION_SCENARIO].n;
	how.progress = report_progress;
	how.user_data = &progress;
	end = read_plan(arguments->operands[0], &plan);
	if (end != EXIT_DONE) {
		goto out;
	}
	status = stpfin_project(plan, &how, &projection);
	clear_progress(&progress);
	if (status == STPFIN_OK) {
		status = stpfin_projection_get_stamp(projection, &stamp);
	}
	if (status == STPFIN_OK) {
		status = stpfin_align(projection, &tables[0], &tables[1]);
	}
	end = status == STPFIN_OK
			  ? show(arguments, (const stpfin_table *const *)tables, 2, &stamp, plan)
			  : failed(status);

out:
	stpfin_table_free(tables[0]);
	stpfin_table_free(tables[1]);
	stpfin_projection_free(projection);
	stpfin_plan_free(plan);
	return end;
}
