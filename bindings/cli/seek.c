#include "bindings/cli/command.h"

/* Whether what has to be given is; if not it says so. */
static bool check_usage(const struct arguments *arguments)
{
	static const enum option_name needed[] = {OPTION_PARAMETER, OPTION_SOUGHT};

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		if (arguments->values[needed[i]] == NULL) {
			wrong_usage(arguments->command, "--%s is missing: give its %s", options[needed[i]].name,
				options[needed[i]].argument);
			return false;
		}
	}
	if (arguments->words[OPTION_SCENARIO].n > 1 || arguments->words[OPTION_MEASURE].n > 1) {
		wrong_usage(arguments->command, "one figure is sought: name one --%s",
			arguments->words[OPTION_SCENARIO].n > 1 ? "scenario" : "measure");
		return false;
	}
	return true;
}

enum exit_status seek_command(const struct arguments *arguments)
{
	const char *measure = arguments->words[OPTION_MEASURE].at[0];
	const char *year = arguments->values[OPTION_YEAR];
	stpfin_seek_options how = STPFIN_SEEK_OPTIONS_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	struct progress progress = begin_progress(1);
	stpfin_plan *plan = NULL;
	stpfin_table *sought = NULL;
	enum exit_status end;
	stpfin_status status;

	if (!check_usage(arguments)) {
		return EXIT_WRONG_USAGE;
	}
	end = read_plan(arguments->operands[0], &plan);
	if (end != EXIT_DONE) {
		goto out;
	}
	how.parameter = arguments->values[OPTION_PARAMETER];
	how.measure = measure != NULL ? measure : how.measure;
	how.scenario = arguments->words[OPTION_SCENARIO].at[0];
	how.place = arguments->values[OPTION_PLACE];
	how.year = year != NULL ? read_year(year) : 0;
	how.target = real_of(arguments, OPTION_SOUGHT, 0);
	how.from = real_of(arguments, OPTION_FROM, how.from);
	how.to = real_of(arguments, OPTION_TO, how.to);
	how.prices = prices_of(arguments);
	how.progress = report_progress;
	how.user_data = &progress;
	status = stpfin_seek(plan, &how, &sought, &stamp);
	clear_progress(&progress);
	end = status == STPFIN_OK ? EXIT_DONE : failed(status);
	if (sought != NULL) {
		enum exit_status shown =
			show(arguments, (const stpfin_table *const[]){sought}, 1, &stamp, plan);

		end = shown == EXIT_DONE ? end : shown;
	}

out:
	stpfin_table_free(sought);
	stpfin_plan_free(plan);
	return end;
}
