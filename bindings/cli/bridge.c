#include <string.h>

#include "bindings/cli/command.h"

/* Whether the options fit together; if not it says so. */
static bool check_usage(const struct arguments *arguments, const stpfin_bridge_options *how)
{
	if (arguments->words[OPTION_SCENARIO].n > 1) {
		wrong_usage(arguments->command, "a bridge leads to one scenario: name one");
		return false;
	}
	if (how->by != STPFIN_BRIDGE_BY_DRIVER &&
		(how->scenario == NULL || strcmp(how->scenario, "do_nothing") == 0)) {
		wrong_usage(arguments->command, "--by %s needs a --scenario with schemes",
			arguments->values[OPTION_BY]);
		return false;
	}
	return true;
}

enum exit_status bridge_command(const struct arguments *arguments)
{
	const char *year = arguments->values[OPTION_YEAR];
	stpfin_bridge_options how = STPFIN_BRIDGE_OPTIONS_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	struct progress progress = begin_progress(1);
	stpfin_plan *plan = NULL;
	stpfin_table *bridge = NULL;
	enum exit_status end;
	stpfin_status status;

	how.scenario = arguments->words[OPTION_SCENARIO].at[0];
	how.by = steps_of(arguments);
	how.samples = number_of(arguments, OPTION_SAMPLES, how.samples);
	how.seed = number_of(arguments, OPTION_SEED, how.seed);
	if (!check_usage(arguments, &how)) {
		return EXIT_WRONG_USAGE;
	}
	end = read_plan(arguments->operands[0], &plan);
	if (end != EXIT_DONE) {
		goto out;
	}
	how.method = method_of(arguments);
	how.place = arguments->values[OPTION_PLACE];
	how.year = year != NULL ? read_year(year) : 0;
	how.progress = report_progress;
	how.user_data = &progress;
	status = stpfin_bridge(plan, &how, &bridge, &stamp);
	clear_progress(&progress);
	end = status == STPFIN_OK
			  ? show(arguments, (const stpfin_table *const[]){bridge}, 1, &stamp, plan)
			  : failed(status);

out:
	stpfin_table_free(bridge);
	stpfin_plan_free(plan);
	return end;
}
