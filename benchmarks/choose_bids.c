#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libstpfin/fund/portfolio_instance.h"
#include "stpfin/stpfin.h"

/* Usage: choose_bids PLAN BENEFITS GAP [FILE]
 *
 * Prints the processor seconds that choosing bids takes, to within GAP of the best, and then the
 * benefit, the gap reached and the peak memory in bytes. With FILE, writes the same problem there
 * instead for any solver, as a program in CPLEX LP format: the least of minus the benefit, in £m.
 */

static double processor_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* The most memory the process has had, in bytes. */
static double peak_memory(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	double kilobytes = 0;

	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		if (strncmp(line, "VmHWM:", 6) == 0) {
			kilobytes = strtod(line + 6, NULL);
		}
	}
	if (file != NULL) {
		fclose(file);
	}
	return kilobytes * 1024;
}

/* One side of a row, in £m. */
static void write_side(
	const struct stpfin_instance *instance, size_t row, const char *sign, double side, FILE *file)
{
	for (size_t i = instance->bids_of_row.first[row]; i < instance->bids_of_row.first[row + 1];
		 i++) {
		fprintf(
			file, " + %.17g B%zu\n", instance->amount_of_row[i] / 1e6, instance->bids_of_row.at[i]);
	}
	fprintf(file, " %s %.17g\n", sign, side / 1e6);
}

static void write_program(const struct stpfin_instance *instance, FILE *file)
{
	fprintf(file, "Minimize\n benefit:\n");
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		fprintf(file, " %+.17g B%zu\n", -instance->benefit[bid] / 1e6, bid);
	}
	fprintf(file, "Subject To\n");
	for (size_t row = 0; row < instance->n_rows; row++) {
		if (!isinf(instance->upper[row])) {
			write_side(instance, row, "<=", instance->upper[row], file);
		}
		if (instance->lower[row] > 0) {
			write_side(instance, row, ">=", instance->lower[row], file);
		}
	}
	for (size_t group = 0; group < instance->n_groups; group++) {
		size_t first = instance->bids_of_group.first[group];

		if (instance->bids_of_group.first[group + 1] > first + 1) {
			for (size_t i = first; i < instance->bids_of_group.first[group + 1]; i++) {
				fprintf(file, " + B%zu\n", instance->bids_of_group.at[i]);
			}
			fprintf(file, " <= 1\n");
		}
	}
	for (size_t i = 0; i < instance->n_arcs; i++) {
		fprintf(file, " B%zu - B%zu <= 0\n", instance->from[i], instance->to[i]);
	}
	fprintf(file, "Binaries\n");
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		fprintf(file, " B%zu\n", bid);
	}
	fprintf(file, "End\n");
}

/* Writes the problem; the benefits stand in the order of bids. */
static bool write_problem(const stpfin_plan *plan, const stpfin_table *benefits, const char *path)
{
	struct stpfin_model *model = NULL;
	struct stpfin_instance instance = {0};
	const int32_t *codes;
	const char *const *texts;
	size_t n;
	FILE *file = NULL;
	bool written = false;

	if (stpfin_model__new(plan, &model) == STPFIN_OK &&
		stpfin_instance__new(&instance, model) == STPFIN_OK &&
		stpfin_table_get_text(benefits, 1, &codes, &texts, &n) == STPFIN_OK &&
		stpfin_table_rows(benefits) == instance.n_bids) {
		for (size_t bid = 0; bid < instance.n_bids; bid++) {
			instance.benefit[bid] = strtod(texts[codes[bid]], NULL);
		}
		file = fopen(path, "w");
	}
	if (file != NULL) {
		write_program(&instance, file);
		written = fclose(file) == 0;
	}
	stpfin_instance__free(&instance);
	stpfin_model__free(model);
	return written;
}

int main(int argc, char **argv)
{
	stpfin_portfolio_options options = STPFIN_PORTFOLIO_OPTIONS_INIT;
	stpfin_portfolio_summary summary = STPFIN_PORTFOLIO_SUMMARY_INIT;
	stpfin_plan *plan = NULL;
	stpfin_table *benefits = NULL;
	stpfin_portfolio *portfolio = NULL;
	double begun;
	int end = EXIT_FAILURE;

	if (argc != 4 && argc != 5) {
		fprintf(stderr, "Usage: %s PLAN BENEFITS GAP [FILE]\n", argv[0]);
		return EXIT_FAILURE;
	}
	if (stpfin_plan_read(argv[1], NULL, &plan) != STPFIN_OK ||
		stpfin_table_read_csv(argv[2], "benefits", &benefits) != STPFIN_OK) {
		fprintf(stderr, "%s\n", stpfin_last_error());
		goto out;
	}
	if (argc == 5) {
		end = write_problem(plan, benefits, argv[4]) ? EXIT_SUCCESS : EXIT_FAILURE;
		goto out;
	}
	options.gap = strtod(argv[3], NULL);
	options.alternatives = 0;
	options.benefits = benefits;
	begun = processor_seconds();
	if (stpfin_portfolio_choose(plan, &options, NULL, &portfolio) != STPFIN_OK ||
		stpfin_portfolio_get_summary(portfolio, &summary) != STPFIN_OK) {
		fprintf(stderr, "%s\n", stpfin_last_error());
		goto out;
	}
	printf("%.3f %.17g %.17g %.0f\n", processor_seconds() - begun, summary.benefit, summary.gap,
		peak_memory());
	end = EXIT_SUCCESS;

out:
	stpfin_portfolio_free(portfolio);
	stpfin_table_free(benefits);
	stpfin_plan_free(plan);
	return end;
}
