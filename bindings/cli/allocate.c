#include <string.h>

#include "bindings/cli/command.h"

static const char *const tables[] = {"allocation", "award"};

enum { N_TABLES = sizeof tables / sizeof *tables };

/* The table that is to be printed, of those above; N_TABLES for none of them. */
static size_t choose_table(const struct arguments *arguments)
{
	const char *asked = arguments->words[OPTION_TABLE].at[0];
	size_t i = 0;

	while (asked != NULL && i < N_TABLES && strcmp(tables[i], asked) != 0) {
		i++;
	}
	return i;
}

/* Whether what has to be given is; if not it says so. */
static bool check_usage(const struct arguments *arguments)
{
	static const enum option_name needed[] = {OPTION_FUND, OPTION_RULE};

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		if (arguments->values[needed[i]] == NULL) {
			wrong_usage(arguments->command, "--%s is missing: give its %s", options[needed[i]].name,
				options[needed[i]].argument);
			return false;
		}
	}
	if (arguments->words[OPTION_SCENARIO].n > 1) {
		wrong_usage(
			arguments->command, "awards are received in one scenario or in every one: name one");
		return false;
	}
	if (arguments->words[OPTION_TABLE].n > 1 || choose_table(arguments) == N_TABLES) {
		wrong_usage(arguments->command, "--table is allocation or award, not '%s'",
			arguments->values[OPTION_TABLE]);
		return false;
	}
	return true;
}

static stpfin_rule find_rule(const char *word)
{
	stpfin_rule rule = STPFIN_RULE_PROPORTIONAL;

	while (strcmp(stpfin_rule_name(rule), word) != 0) {
		rule++;
	}
	return rule;
}

/* Writes the plan with its new awards, and the allocation beside it. */
static enum exit_status write_plan(const char *folder, const stpfin_plan *plan,
	const stpfin_table *awards, const stpfin_table *allocation, const stpfin_stamp *stamp)
{
	stpfin_plan *funded = NULL;
	stpfin_status status = stpfin_plan_replace(plan, awards, NULL, &funded);

	if (status == STPFIN_OK && is_interrupted()) {
		status = STPFIN_ERROR_CANCELLED;
	}
	if (status == STPFIN_OK) {
		status =
			stpfin_fund_write(funded, (const stpfin_table *const[]){allocation}, 1, stamp, folder);
	}
	stpfin_plan_free(funded);
	if (status != STPFIN_OK) {
		return failed(status);
	}
	fprintf(stderr,
		"stpfin: wrote the plan with its new awards in %s, and allocation.csv beside them: 'stpfin "
		"project %s' shows what they do\n",
		folder, folder);
	return EXIT_DONE;
}

enum exit_status allocate_command(const struct arguments *arguments)
{
	const char *weight = arguments->values[OPTION_WEIGHT];
	const char *year = arguments->values[OPTION_YEAR];
	const char *folder = arguments->values[OPTION_OUT];
	stpfin_allocate_options how = STPFIN_ALLOCATE_OPTIONS_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	stpfin_plan *plan = NULL;
	stpfin_table *allocation = NULL;
	stpfin_table *awards = NULL;
	enum exit_status end;
	stpfin_status status;

	if (!check_usage(arguments)) {
		return EXIT_WRONG_USAGE;
	}
	end = read_plan(arguments->operands[0], &plan);
	if (end != EXIT_DONE) {
		goto out;
	}
	how.fund = arguments->values[OPTION_FUND];
	how.rule = find_rule(arguments->values[OPTION_RULE]);
	how.weight = weight != NULL && strcmp(weight, "population") == 0
					 ? STPFIN_CLAIM_WEIGHT_POPULATION
					 : STPFIN_CLAIM_WEIGHT_CLAIM;
	how.year = year != NULL ? read_year(year) : 0;
	how.pace = real_of(arguments, OPTION_PACE, how.pace);
	how.scenario = arguments->words[OPTION_SCENARIO].at[0];
	status = stpfin_allocate(plan, &how, &allocation, &awards, &stamp);
	if (status != STPFIN_OK) {
		end = failed(status);
	} else if (folder != NULL) {
		end = write_plan(folder, plan, awards, allocation, &stamp);
	} else {
		const stpfin_table *const made[N_TABLES] = {allocation, awards};

		end = show(arguments, &made[choose_table(arguments)], 1, &stamp, plan);
	}

out:
	stpfin_table_free(allocation);
	stpfin_table_free(awards);
	stpfin_plan_free(plan);
	return end;
}
