#include <string.h>

#include "bindings/cli/command.h"
#include "libstpfin/table/number.h"

enum { MOST_TARGET = 64 };

/* The results to show: those named, or all but the ledger, which is long. */
static size_t choose_results(const struct arguments *arguments, const char *names[MOST_WORDS])
{
	const struct words *asked = &arguments->words[OPTION_TABLE];
	size_t n_results, n = 0;
	const char *const *results = stpfin_projection_results(&n_results);

	for (size_t i = 0; i < asked->n; i++) {
		names[n++] = asked->at[i];
	}
	for (size_t i = 0; asked->n == 0 && i < n_results; i++) {
		if (strcmp(results[i], "ledger") != 0) {
			names[n++] = results[i];
		}
	}
	return n;
}

/* Drops tables without rows: a person who named none need not read of those that hold nothing. */
static size_t drop_empty(stpfin_table **tables, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		stpfin_table *table = tables[i];

		tables[i] = NULL;
		if (stpfin_table_rows(table) > 0) {
			tables[kept++] = table;
		} else {
			stpfin_table_free(table);
		}
	}
	return kept;
}

/* The targets of health given, as "MEASURE=VALUE" or "MEASURE,SEX=VALUE". The words are kept in
 * `words`; false, having said so, if one is not so. */
static bool read_targets(const struct arguments *arguments, char words[MOST_WORDS][MOST_TARGET],
	stpfin_health_target targets[MOST_WORDS])
{
	const struct words *given = &arguments->words[OPTION_TARGET];

	for (size_t i = 0; i < given->n; i++) {
		const char *text = given->at[i];
		size_t length = strcspn(text, "=");
		char *comma;

		if (length < MOST_TARGET && text[length] == '=') {
			memcpy(words[i], text, length);
			words[i][length] = '\0';
			comma = strchr(words[i], ',');
			targets[i] = (stpfin_health_target){words[i], comma != NULL ? comma + 1 : NULL, 0};
			if (comma != NULL) {
				*comma = '\0';
			}
			if (stpfin_number__read(
					text + length + 1, strlen(text + length + 1), &targets[i].value)) {
				continue;
			}
		}
		wrong_usage(
			arguments->command, "--target is MEASURE=VALUE, as life_expectancy=83, not '%s'", text);
		return false;
	}
	return true;
}

static stpfin_comparator comparator_of(const struct arguments *arguments)
{
	const char *value = arguments->values[OPTION_COMPARATOR];

	if (value == NULL || strcmp(value, "england") == 0) {
		return STPFIN_COMPARATOR_ENGLAND;
	}
	return strcmp(value, "target") == 0 ? STPFIN_COMPARATOR_TARGET : STPFIN_COMPARATOR_BEST_FIFTH;
}

enum exit_status project_command(const struct arguments *arguments)
{
	const char *format = arguments->values[OPTION_FORMAT];
	stpfin_project_options how = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	stpfin_plan *plan = NULL;
	stpfin_projection *projection = NULL;
	char words[MOST_WORDS][MOST_TARGET];
	stpfin_health_target targets[MOST_WORDS];
	const char *names[MOST_WORDS];
	stpfin_table *tables[MOST_WORDS] = {NULL};
	size_t n = choose_results(arguments, names);
	struct progress progress = begin_progress(n + 1);
	stpfin_status status;
	enum exit_status end;

	if (n != 1 && format != NULL && strcmp(format, "csv") == 0 &&
		arguments->values[OPTION_OUT] == NULL) {
		return wrong_usage(
			arguments->command, "CSV is printed of one table: name one --table, or give --out");
	}
	how.comparator = comparator_of(arguments);
	how.targets = targets;
	how.n_targets = arguments->words[OPTION_TARGET].n;
	if (!read_targets(arguments, words, targets)) {
		return EXIT_WRONG_USAGE;
	}
	if ((how.comparator == STPFIN_COMPARATOR_TARGET) != (how.n_targets > 0)) {
		return wrong_usage(arguments->command,
			how.n_targets > 0 ? "--target needs --comparator target"
							  : "--comparator target needs a --target for each measure compared");
	}
	how.overdispersed = arguments->values[OPTION_OVERDISPERSION] != NULL;
	how.prices = prices_of(arguments);
	how.scenarios = arguments->words[OPTION_SCENARIO].at;
	how.n_scenarios = arguments->words[OPTION_SCENARIO].n;
	how.progress = report_progress;
	how.user_data = &progress;
	end = read_plan(arguments->operands[0], &plan);
	if (end != EXIT_DONE) {
		goto out;
	}
	status = stpfin_project(plan, &how, &projection);
	if (status == STPFIN_OK) {
		status = stpfin_projection_get_stamp(projection, &stamp);
	}
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		progress.part++;
		status = stpfin_projection_get_table(
			projection, names[i], report_progress, &progress, &tables[i]);
	}
	clear_progress(&progress);
	if (status == STPFIN_OK && arguments->words[OPTION_TABLE].n == 0 &&
		arguments->values[OPTION_OUT] == NULL && (format == NULL || strcmp(format, "text") == 0)) {
		n = drop_empty(tables, n);
	}
	end = status == STPFIN_OK
			  ? show(arguments, (const stpfin_table *const *)tables, n, &stamp, plan)
			  : failed(status);

out:
	for (size_t i = 0; i < n; i++) {
		stpfin_table_free(tables[i]);
	}
	stpfin_projection_free(projection);
	stpfin_plan_free(plan);
	return end;
}
