#include <string.h>

#include "bindings/cli/command.h"

/* What the steps are: as asked, else schemes if there is a scenario. */
static stpfin_bridge_by choose_steps(const struct arguments *arguments)
{
	static const struct {
		const char *word;
		stpfin_bridge_by by;
	} ways[] = {{"driver", STPFIN_BRIDGE_BY_DRIVER}, {"scheme", STPFIN_BRIDGE_BY_SCHEME},
		{"workstream", STPFIN_BRIDGE_BY_WORKSTREAM}, {"agreement", STPFIN_BRIDGE_BY_AGREEMENT}};
	const char *asked = arguments->values[OPTION_BY];

	for (size_t i = 0; asked != NULL && i < sizeof ways / sizeof *ways; i++) {
		if (strcmp(ways[i].word, asked) == 0) {
			return ways[i].by;
		}
	}
	asked = arguments->words[OPTION_SCENARIO].at[0];
	return asked != NULL && strcmp(asked, "do_nothing") != 0 ? STPFIN_BRIDGE_BY_SCHEME
															 : STPFIN_BRIDGE_BY_DRIVER;
}

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
	const char *method = arguments->values[OPTION_METHOD];
	stpfin_bridge_options how = STPFIN_BRIDGE_OPTIONS_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	struct progress progress = begin_progress(1);
	stpfin_plan *plan = NULL;
	stpfin_table *bridge = NULL;
	enum exit_status end;
	stpfin_status status;

	how.scenario = arguments->words[OPTION_SCENARIO].at[0];
	how.by = choose_steps(arguments);
	how.samples = number_of(arguments, OPTION_SAMPLES, how.samples);
	how.seed = number_of(arguments, OPTION_SEED, how.seed);
	if (!check_usage(arguments, &how)) {
		return EXIT_WRONG_USAGE;
	}
	end = read_plan(arguments->operands[0], &plan);
	if (end != EXIT_DONE) {
		goto out;
	}
	how.method = method != NULL && strcmp(method, "shapley") == 0 ? STPFIN_BRIDGE_SHAPLEY
																  : STPFIN_BRIDGE_SEQUENTIAL;
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
