/* What stpfin_simulate() costs, apart from reading and checking the plan.
 *
 * Usage: simulate_plan PLAN SCENARIO DRAWS THREADS [MEASURE]...
 *
 * Prints the processor seconds of simulating and summarising, the seconds that passed, the page
 * faults, the most memory there was beyond what the plan holds, and the bytes of the draws asked
 * for. Bridges are Shapley's, by workstream.
 */

#define _XOPEN_SOURCE 700

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "stpfin/stpfin.h"

struct cost {
	double processor; /* seconds */
	double elapsed;   /* seconds */
	double faults;
	double memory; /* bytes: now, or the most since it was last asked */
};

static double seconds(clockid_t clock)
{
	struct timespec now = {0};

	clock_gettime(clock, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A line of /proc/self/status that is in kilobytes, in bytes. */
static double status(const char *name)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	double kilobytes = 0;

	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		if (strncmp(line, name, strlen(name)) == 0) {
			kilobytes = strtod(line + strlen(name), NULL);
		}
	}
	if (file != NULL) {
		fclose(file);
	}
	return kilobytes * 1024;
}

/* From now on the peak is that of what follows, where the system lets it be set back. */
static void forget_peak(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "w");

	if (file != NULL) {
		fputs("5", file);
		fclose(file);
	}
}

static struct cost measure(const char *memory)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (struct cost){.processor = seconds(CLOCK_PROCESS_CPUTIME_ID),
		.elapsed = seconds(CLOCK_MONOTONIC),
		.faults = (double)usage.ru_minflt + (double)usage.ru_majflt,
		.memory = status(memory)};
}

int main(int argc, char **argv)
{
	stpfin_simulate_options options = STPFIN_SIMULATE_OPTIONS_INIT;
	stpfin_plan *plan = NULL;
	stpfin_simulation *simulation = NULL;
	stpfin_table *table = NULL;
	const double *draws;
	size_t n_figures, n_draws;
	struct cost before, after;
	int end = EXIT_FAILURE;

	if (argc < 5) {
		fprintf(stderr, "Usage: %s PLAN SCENARIO DRAWS THREADS [MEASURE]...\n", argv[0]);
		return EXIT_FAILURE;
	}
	options.scenarios = (const char *const *)argv + 2;
	options.n_scenarios = 1;
	options.draws = strtoul(argv[3], NULL, 10);
	options.threads = strtoul(argv[4], NULL, 10);
	options.measures = (const char *const *)argv + 5;
	options.n_measures = (size_t)argc - 5;
	options.by = STPFIN_BRIDGE_BY_WORKSTREAM;
	options.method = STPFIN_BRIDGE_SHAPLEY;
	if (stpfin_plan_read(argv[1], NULL, &plan) != STPFIN_OK) {
		fprintf(stderr, "%s\n", stpfin_last_error());
		goto out;
	}
	forget_peak();
	before = measure("VmRSS:");
	if (stpfin_simulate(plan, &options, &simulation) != STPFIN_OK ||
		stpfin_simulation_get_table(simulation, "simulation", &table) != STPFIN_OK ||
		stpfin_simulation_get_draws(simulation, &draws, &n_figures, &n_draws) != STPFIN_OK) {
		fprintf(stderr, "%s\n", stpfin_last_error());
		goto out;
	}
	after = measure("VmHWM:");
	printf("%.4f %.4f %.0f %.0f %.0f\n", after.processor - before.processor,
		after.elapsed - before.elapsed, after.faults - before.faults, after.memory - before.memory,
		(double)n_figures * (double)n_draws * sizeof *draws);
	end = EXIT_SUCCESS;

out:
	stpfin_table_free(table);
	stpfin_simulation_free(simulation);
	stpfin_plan_free(plan);
	return end;
}
