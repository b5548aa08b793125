#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/command.h"

/* The results, which come first, and the plan's own tables as they would be. */
static const char *const tables[] = {
	"portfolio", "portfolio_price", "portfolio_missed", "scenario", "award"};

enum { N_RESULTS = 3, N_TABLES = sizeof tables / sizeof *tables };

/* The table asked for, N_TABLES if none of them. */
static size_t choose_table(const char *asked)
{
	size_t i = 0;

	while (i < N_TABLES && strcmp(tables[i], asked) != 0) {
		i++;
	}
	return i;
}

static bool check_usage(const struct arguments *arguments)
{
	const struct words *asked = &arguments->words[OPTION_TABLE];
	const char *format = arguments->values[OPTION_FORMAT];

	if (arguments->words[OPTION_SCENARIO].n > 1) {
		wrong_usage(arguments->command, "the chosen set is one scenario: give one name");
		return false;
	}
	if (asked->n > 1 || (asked->n == 1 && choose_table(asked->at[0]) == N_TABLES)) {
		wrong_usage(arguments->command,
			"--table is portfolio, portfolio_price, portfolio_missed, scenario or award, not '%s'",
			arguments->values[OPTION_TABLE]);
		return false;
	}
	if (arguments->values[OPTION_BENEFITS] != NULL &&
		(arguments->values[OPTION_FINANCE_WEIGHT] != NULL ||
			arguments->values[OPTION_HEALTH_WEIGHT] != NULL ||
			arguments->values[OPTION_QUALITY_WEIGHT] != NULL)) {
		wrong_usage(arguments->command,
			"--benefits are in place of what the weights value: give the one or the other");
		return false;
	}
	if (format != NULL && strcmp(format, "csv") == 0 && asked->n == 0 &&
		arguments->values[OPTION_OUT] == NULL) {
		wrong_usage(arguments->command, "CSV is printed of one table at a time: name a --table");
		return false;
	}
	return true;
}

/* Says what was chosen and how good it is: before text on standard output, else beside it. */
static void say_summary(const struct arguments *arguments, const stpfin_portfolio_summary *summary)
{
	static const char *const ends[] = {"", "; the search has looked as far as it goes",
		"; the time was up", "; stopped when asked to"};
	const char *format = arguments->values[OPTION_FORMAT];
	bool is_text =
		arguments->values[OPTION_OUT] == NULL && (format == NULL || strcmp(format, "text") == 0);
	FILE *stream = is_text ? stdout : stderr;

	fprintf(stream, "%s%zu of %zu bids chosen, which ask for £%.2fm. Benefit £%.2fm",
		is_text ? "" : "stpfin: ", summary->chosen, summary->bids, summary->spent / 1e6,
		summary->benefit / 1e6);
	if (summary->gap > 0) {
		fprintf(stream, ", and at most £%.2fm (%.3f%%) below the best",
			(summary->bound - summary->benefit) / 1e6, 100 * summary->gap);
	} else {
		fprintf(stream, ", the best there is");
	}
	fprintf(stream, "%s", ends[summary->end]);
	if (!isnan(summary->joint_benefit)) {
		fprintf(stream, ". Projected together, their schemes bring £%.2fm",
			summary->joint_benefit / 1e6);
	}
	fprintf(stream, ".%s", is_text ? "\n\n" : "\n");
}

/* The rows of the table portfolio of bids that are chosen, which people read. */
static stpfin_status keep_chosen(const stpfin_table *portfolio, stpfin_table **out_table)
{
	stpfin_table_builder *builder = NULL;
	size_t n = stpfin_table_rows(portfolio);
	int32_t *whole = malloc((n + 1) * sizeof *whole);
	double *real = malloc((n + 1) * sizeof *real);
	stpfin_status status = STPFIN_ERROR_MEMORY;
	const int32_t *chosen = NULL;
	const char *const *words = NULL;
	size_t n_words = 0;
	size_t column = 0;

	if (whole != NULL && real != NULL) {
		status = stpfin_table_builder_new("portfolio", &builder);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table_find(portfolio, "chosen", &column);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table_get_text(portfolio, column, &chosen, &words, &n_words);
	}
	for (size_t i = 0; i < stpfin_table_columns(portfolio) && status == STPFIN_OK; i++) {
		const char *name = stpfin_table_column_name(portfolio, i);
		const int32_t *codes = NULL;
		const double *numbers = NULL;
		const char *const *names = NULL;
		size_t n_names = 0;
		size_t kept = 0;
		stpfin_type type = STPFIN_TEXT;

		status = stpfin_table_column_type(portfolio, i, &type);
		if (status == STPFIN_OK && type == STPFIN_TEXT) {
			status = stpfin_table_get_text(portfolio, i, &codes, &names, &n_names);
		} else if (status == STPFIN_OK && type == STPFIN_INT32) {
			status = stpfin_table_get_int32(portfolio, i, &codes);
		} else if (status == STPFIN_OK) {
			status = stpfin_table_get_double(portfolio, i, &numbers);
		}
		for (size_t row = 0; row < n && status == STPFIN_OK; row++) {
			if (strcmp(words[chosen[row]], "yes") == 0) {
				whole[kept] = codes != NULL ? codes[row] : 0;
				real[kept++] = numbers != NULL ? numbers[row] : 0;
			}
		}
		if (status == STPFIN_OK && type == STPFIN_TEXT) {
			status = stpfin_table_builder_add_codes(builder, name, whole, kept, names, n_names);
		} else if (status == STPFIN_OK && type == STPFIN_INT32) {
			status = stpfin_table_builder_add_int32(builder, name, whole, kept);
		} else if (status == STPFIN_OK) {
			status = stpfin_table_builder_add_double(builder, name, real, kept);
		}
	}
	if (status == STPFIN_OK) {
		status = stpfin_table_builder_finish(builder, out_table);
	}
	stpfin_table_builder_free(builder);
	free(whole);
	free(real);
	return status;
}

/* Writes the plan with the chosen set in it, and the results beside it. */
static enum exit_status write_plan(const char *folder, const stpfin_plan *plan,
	stpfin_table *const *made, const stpfin_stamp *stamp)
{
	stpfin_plan *with_scenario = NULL;
	stpfin_plan *funded = NULL;
	stpfin_status status = stpfin_plan_replace(plan, made[N_RESULTS], NULL, &with_scenario);

	if (status == STPFIN_OK) {
		status = stpfin_plan_replace(with_scenario, made[N_RESULTS + 1], NULL, &funded);
	}
	if (status == STPFIN_OK) {
		status =
			stpfin_fund_write(funded, (const stpfin_table *const *)made, N_RESULTS, stamp, folder);
	}
	stpfin_plan_free(with_scenario);
	stpfin_plan_free(funded);
	if (status != STPFIN_OK) {
		return failed(status);
	}
	fprintf(stderr,
		"stpfin: wrote the plan with the chosen set as a scenario in %s, and the results beside "
		"it\n",
		folder);
	return EXIT_DONE;
}

/* Shows a portfolio as asked. */
static enum exit_status show_portfolio(
	const struct arguments *arguments, const stpfin_plan *plan, const stpfin_portfolio *portfolio)
{
	const char *asked = arguments->words[OPTION_TABLE].at[0];
	const char *format = arguments->values[OPTION_FORMAT];
	stpfin_portfolio_summary summary = STPFIN_PORTFOLIO_SUMMARY_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	stpfin_table *made[N_TABLES] = {NULL};
	stpfin_table *chosen = NULL;
	enum exit_status end;
	stpfin_status status = stpfin_portfolio_get_summary(portfolio, &summary);

	if (status == STPFIN_OK) {
		status = stpfin_portfolio_get_stamp(portfolio, &stamp);
	}
	for (size_t i = 0; i < N_TABLES && status == STPFIN_OK; i++) {
		status = stpfin_portfolio_get_table(portfolio, tables[i], &made[i]);
	}
	if (status == STPFIN_OK && asked == NULL && (format == NULL || strcmp(format, "text") == 0)) {
		status = keep_chosen(made[0], &chosen);
	}
	if (status != STPFIN_OK) {
		end = failed(status);
	} else if (arguments->values[OPTION_OUT] != NULL) {
		say_summary(arguments, &summary);
		end = write_plan(arguments->values[OPTION_OUT], plan, made, &stamp);
	} else if (asked != NULL) {
		end = show(
			arguments, (const stpfin_table *const[]){made[choose_table(asked)]}, 1, &stamp, plan);
	} else {
		say_summary(arguments, &summary);
		end = show(arguments,
			(const stpfin_table *const[]){chosen != NULL ? chosen : made[0], made[1], made[2]},
			N_RESULTS, &stamp, plan);
	}
	for (size_t i = 0; i < N_TABLES; i++) {
		stpfin_table_free(made[i]);
	}
	stpfin_table_free(chosen);
	return end;
}

enum exit_status portfolio_command(const struct arguments *arguments)
{
	const char *scenario = arguments->words[OPTION_SCENARIO].at[0];
	const char *benefits = arguments->values[OPTION_BENEFITS];
	stpfin_portfolio_options how = STPFIN_PORTFOLIO_OPTIONS_INIT;
	struct progress progress = begin_progress(1);
	stpfin_plan *plan = NULL;
	stpfin_table *given = NULL;
	stpfin_table *conflict = NULL;
	stpfin_portfolio *portfolio = NULL;
	enum exit_status end;
	stpfin_status status = STPFIN_OK;

	if (!check_usage(arguments)) {
		return EXIT_WRONG_USAGE;
	}
	end = read_plan(arguments->operands[0], &plan);
	if (end != EXIT_DONE) {
		goto out;
	}
	if (benefits != NULL) {
		status = stpfin_table_read_csv(benefits, "benefits", &given);
	}
	how.scenario = scenario != NULL ? scenario : how.scenario;
	how.gap = real_of(arguments, OPTION_GAP, how.gap);
	how.time_limit = real_of(arguments, OPTION_TIME_LIMIT, how.time_limit);
	how.alternatives = number_of(arguments, OPTION_ALTERNATIVES, how.alternatives);
	how.tolerance = real_of(arguments, OPTION_TOLERANCE, how.tolerance);
	how.finance_weight = real_of(arguments, OPTION_FINANCE_WEIGHT, how.finance_weight);
	how.health_weight = real_of(arguments, OPTION_HEALTH_WEIGHT, how.health_weight);
	how.quality_weight = real_of(arguments, OPTION_QUALITY_WEIGHT, how.quality_weight);
	how.benefits = given;
	how.progress = report_progress;
	how.user_data = &progress;
	if (status == STPFIN_OK) {
		status = stpfin_portfolio_choose(plan, &how, &conflict, &portfolio);
	}
	clear_progress(&progress);
	if (status == STPFIN_OK) {
		forget_interrupt();
		end = show_portfolio(arguments, plan, portfolio);
	} else {
		end = failed(status);
	}
	if (conflict != NULL &&
		show(arguments, (const stpfin_table *const[]){conflict}, 1, NULL, plan) != EXIT_DONE) {
		end = EXIT_SYSTEM;
	}

out:
	stpfin_portfolio_free(portfolio);
	stpfin_table_free(conflict);
	stpfin_table_free(given);
	stpfin_plan_free(plan);
	return end;
}
