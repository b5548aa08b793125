#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/cli/command.h"
#include "libstpfin/report/record.h"

static const char *const tables[] = {"simulation", "draws"};

enum { SPREAD, DRAWS, N_TABLES };

/* The table asked for, N_TABLES if none of them. */
static size_t choose_table(const char *asked)
{
	size_t i = 0;

	while (i < N_TABLES && strcmp(tables[i], asked) != 0) {
		i++;
	}
	return i;
}

static bool is_text(const struct arguments *arguments)
{
	const char *format = arguments->values[OPTION_FORMAT];

	return arguments->values[OPTION_OUT] == NULL && (format == NULL || strcmp(format, "text") == 0);
}

/* Whether nothing is asked for that the pieces to be joined say themselves; if it is, it says so.
 */
static bool check_join(const struct arguments *arguments)
{
	static const enum option_name said[] = {OPTION_SCENARIO, OPTION_MEASURE, OPTION_DRAWS,
		OPTION_SEED, OPTION_RANGE, OPTION_BY, OPTION_METHOD, OPTION_PRICES};

	for (size_t i = 0; arguments->words[OPTION_JOIN].n > 0 && i < sizeof said / sizeof *said; i++) {
		if (arguments->values[said[i]] != NULL) {
			wrong_usage(arguments->command,
				"--join takes what was asked for from what it joins: leave --%s out",
				options[said[i]].name);
			return false;
		}
	}
	return true;
}

/* Reads --range A:B. */
static bool read_range(const struct arguments *arguments, stpfin_simulate_options *how)
{
	const char *range = arguments->values[OPTION_RANGE];
	char *end = NULL;

	if (range == NULL) {
		return true;
	}
	if (isdigit((unsigned char)*range)) {
		how->first = strtoull(range, &end, 10);
	}
	if (end != NULL && *end == ':' && isdigit((unsigned char)end[1])) {
		how->end = strtoull(end + 1, &end, 10);
		if (*end == '\0' && how->first < how->end && how->end <= how->draws) {
			return true;
		}
	}
	wrong_usage(arguments->command,
		"--range is A:B, the first draw and the one after the last of the %zu from 0 on, as "
		"0:%zu, not '%s'",
		how->draws, how->draws, range);
	return false;
}

static bool check_usage(const struct arguments *arguments)
{
	const struct words *asked = &arguments->words[OPTION_TABLE];
	const char *format = arguments->values[OPTION_FORMAT];

	for (size_t i = 0; i < asked->n; i++) {
		if (choose_table(asked->at[i]) == N_TABLES) {
			wrong_usage(
				arguments->command, "--table is simulation or draws, not '%s'", asked->at[i]);
			return false;
		}
	}
	if (format != NULL && strcmp(format, "csv") == 0 && asked->n > 1 &&
		arguments->values[OPTION_OUT] == NULL) {
		wrong_usage(arguments->command, "CSV is printed of one table: name one --table");
		return false;
	}
	return check_join(arguments);
}

/* Says what was drawn: before text on standard output, else beside it. */
static void say_summary(const struct arguments *arguments, const stpfin_simulation_summary *summary)
{
	FILE *stream = is_text(arguments) ? stdout : stderr;

	fprintf(stream, "%s%zu draw%s of seed %" PRIu64 " of %zu uncertain figure%s",
		stream == stdout ? "" : "stpfin: ", summary->end - summary->first,
		summary->end - summary->first == 1 ? "" : "s", summary->seed, summary->parameters,
		summary->parameters == 1 ? "" : "s");
	if (summary->end - summary->first < summary->draws) {
		fprintf(stream, ", from %zu to before %zu of %zu", summary->first, summary->end,
			summary->draws);
	}
	fprintf(stream, " (%zu cell%s of the plan)", summary->cells, summary->cells == 1 ? "" : "s");
	if (summary->clipped > 0) {
		fprintf(stream, "; %" PRIu64 " value%s out of range %s clipped", summary->clipped,
			summary->clipped == 1 ? "" : "s", summary->clipped == 1 ? "was" : "were");
	}
	fprintf(stream, ".%s", stream == stdout ? "\n\n" : "\n");
}

/* Writes results, or prints them. A piece of a whole is written with its draws, to be joined. */
static enum exit_status show_simulation(
	const struct arguments *arguments, const stpfin_plan *plan, const stpfin_simulation *simulation)
{
	const struct words *asked = &arguments->words[OPTION_TABLE];
	const char *folder = arguments->values[OPTION_OUT];
	stpfin_simulation_summary summary = STPFIN_SIMULATION_SUMMARY_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	bool is_wanted[N_TABLES] = {asked->n == 0};
	stpfin_table *made[N_TABLES] = {NULL};
	size_t n = 0;
	enum exit_status end;
	stpfin_status status = stpfin_simulation_get_summary(simulation, &summary);

	if (status == STPFIN_OK) {
		status = stpfin_simulation_get_stamp(simulation, &stamp);
	}
	for (size_t i = 0; i < asked->n; i++) {
		is_wanted[choose_table(asked->at[i])] = true;
	}
	is_wanted[DRAWS] =
		is_wanted[DRAWS] || (folder != NULL && summary.end - summary.first < summary.draws);
	for (size_t i = 0; i < N_TABLES && status == STPFIN_OK; i++) {
		if (is_wanted[i]) {
			status = stpfin_simulation_get_table(simulation, tables[i], &made[n++]);
		}
	}
	if (status == STPFIN_OK && is_interrupted()) {
		status = STPFIN_ERROR_CANCELLED;
	}
	if (status != STPFIN_OK) {
		end = failed(status);
	} else if (folder != NULL) {
		status = stpfin_simulation__write(simulation, folder, (const stpfin_table *const *)made, n);
		if (status == STPFIN_OK) {
			say_summary(arguments, &summary);
		}
		end = say_written(status, folder, (const stpfin_table *const *)made, n);
	} else {
		say_summary(arguments, &summary);
		end = show(arguments, (const stpfin_table *const *)made, n, &stamp, plan);
	}
	for (size_t i = 0; i < N_TABLES; i++) {
		stpfin_table_free(made[i]);
	}
	return end;
}

/* Joins the pieces in folders. */
static stpfin_status join(
	const struct words *folders, const stpfin_plan *plan, stpfin_simulation **out_simulation)
{
	stpfin_simulation *pieces[MOST_WORDS] = {NULL};
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < folders->n && status == STPFIN_OK; i++) {
		status = is_interrupted() ? STPFIN_ERROR_CANCELLED
								  : stpfin_simulation__read(plan, folders->at[i], &pieces[i]);
	}
	if (status == STPFIN_OK) {
		status = stpfin_simulation_join(
			(const stpfin_simulation *const *)pieces, folders->n, out_simulation);
	}
	for (size_t i = 0; i < folders->n; i++) {
		stpfin_simulation_free(pieces[i]);
	}
	return status;
}

enum exit_status simulate_command(const struct arguments *arguments)
{
	stpfin_simulate_options how = STPFIN_SIMULATE_OPTIONS_INIT;
	struct progress progress = begin_progress(1);
	stpfin_plan *plan = NULL;
	stpfin_simulation *simulation = NULL;
	enum exit_status end;
	stpfin_status status;

	how.draws = number_of(arguments, OPTION_DRAWS, how.draws);
	if (!check_usage(arguments) || !read_range(arguments, &how)) {
		return EXIT_WRONG_USAGE;
	}
	how.scenarios = arguments->words[OPTION_SCENARIO].at;
	how.n_scenarios = arguments->words[OPTION_SCENARIO].n;
	how.measures = arguments->words[OPTION_MEASURE].at;
	how.n_measures = arguments->words[OPTION_MEASURE].n;
	how.seed = number_of(arguments, OPTION_SEED, how.seed);
	how.threads = number_of(arguments, OPTION_THREADS, 0);
	how.prices = prices_of(arguments);
	how.by = steps_of(arguments);
	how.method = method_of(arguments);
	how.progress = report_progress;
	how.user_data = &progress;
	end = read_plan(arguments->operands[0], &plan);
	if (end != EXIT_DONE) {
		goto out;
	}
	status = arguments->words[OPTION_JOIN].n > 0
				 ? join(&arguments->words[OPTION_JOIN], plan, &simulation)
				 : stpfin_simulate(plan, &how, &simulation);
	clear_progress(&progress);
	end = status == STPFIN_OK ? show_simulation(arguments, plan, simulation) : failed(status);

out:
	stpfin_simulation_free(simulation);
	stpfin_plan_free(plan);
	return end;
}
