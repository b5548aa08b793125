#include <string.h>

#include "bindings/cli/command.h"

enum exit_status compare_command(const struct arguments *arguments)
{
	const char *format = arguments->values[OPTION_FORMAT];
	stpfin_compare_options how = STPFIN_COMPARE_OPTIONS_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	struct progress progress = begin_progress(1);
	stpfin_plan *before = NULL;
	stpfin_plan *after = NULL;
	stpfin_table *tables[2] = {NULL, NULL};
	enum exit_status end;
	stpfin_status status;

	if (format != NULL && strcmp(format, "csv") == 0 && arguments->values[OPTION_OUT] == NULL) {
		return wrong_usage(
			arguments->command, "CSV is printed of one table and there are two: give --out");
	}
	if (arguments->words[OPTION_SCENARIO].n > 1) {
		return wrong_usage(arguments->command, "the gaps of one scenario are compared: name one");
	}
	end = read_plan(arguments->operands[0], &before);
	if (end == EXIT_DONE) {
		end = read_plan(arguments->operands[1], &after);
	}
	if (end != EXIT_DONE) {
		goto out;
	}
	how.scenario = arguments->words[OPTION_SCENARIO].at[0];
	how.progress = report_progress;
	how.user_data = &progress;
	status = stpfin_compare(before, after, &how, &tables[0], &tables[1], &stamp);
	clear_progress(&progress);
	end = status == STPFIN_OK
			  ? show(arguments, (const stpfin_table *const *)tables, 2, &stamp, after)
			  : failed(status);

out:
	stpfin_table_free(tables[0]);
	stpfin_table_free(tables[1]);
	stpfin_plan_free(before);
	stpfin_plan_free(after);
	return end;
}
