#include "bindings/cli/command.h"

enum exit_status sensitivity_command(const struct arguments *arguments)
{
	const struct words *scenarios = &arguments->words[OPTION_SCENARIO];
	const struct words *measures = &arguments->words[OPTION_MEASURE];
	stpfin_sensitivity_options how = STPFIN_SENSITIVITY_OPTIONS_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	struct progress progress = begin_progress(1);
	stpfin_plan *plan = NULL;
	stpfin_table *sensitivity = NULL;
	enum exit_status end = read_plan(arguments->operands[0], &plan);
	stpfin_status status;

	if (end != EXIT_DONE) {
		goto out;
	}
	how.scenarios = scenarios->at;
	how.n_scenarios = scenarios->n;
	how.measures = measures->at;
	how.n_measures = measures->n;
	how.draws = number_of(arguments, OPTION_DRAWS, how.draws);
	how.sobol = number_of(arguments, OPTION_SOBOL, how.sobol);
	how.repetitions = number_of(arguments, OPTION_REPETITIONS, how.repetitions);
	how.seed = number_of(arguments, OPTION_SEED, how.seed);
	how.threads = number_of(arguments, OPTION_THREADS, 0);
	how.prices = prices_of(arguments);
	how.by = steps_of(arguments);
	how.method = method_of(arguments);
	how.progress = report_progress;
	how.user_data = &progress;
	status = stpfin_sensitivity(plan, &how, &sensitivity, &stamp);
	clear_progress(&progress);
	end = status == STPFIN_OK
			  ? show(arguments, (const stpfin_table *const[]){sensitivity}, 1, &stamp, plan)
			  : failed(status);

out:
	stpfin_table_free(sensitivity);
	stpfin_plan_free(plan);
	return end;
}
