#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stpfin/stpfin.h"

/* Prints a hash of the bits of every draw of a plan's figures.
 *
 * Usage: instruction_sets PLAN SCENARIO DRAWS */

static uint64_t hash_of(const double *draws, size_t n)
{
	uint64_t hash = 0xCBF29CE484222325u;

	for (size_t i = 0; i < n; i++) {
		uint64_t bits;

		memcpy(&bits, &draws[i], sizeof bits);
		hash = (hash ^ bits) * 0x100000001B3u;
		hash ^= hash >> 29;
	}
	return hash;
}

int main(int argc, char **argv)
{
	static const char *const measures[] = {
		"funding_gap.gap", "funding_gap.cost", "position.gap", "spending.amount", "bridge.amount"};
	stpfin_simulate_options options = STPFIN_SIMULATE_OPTIONS_INIT;
	stpfin_plan *plan = NULL;
	stpfin_simulation *simulation = NULL;
	const double *draws;
	size_t n_figures;
	size_t n_draws;
	int end = EXIT_FAILURE;

	if (argc != 4) {
		fprintf(stderr, "Usage: %s PLAN SCENARIO DRAWS\n", argv[0]);
		return EXIT_FAILURE;
	}
	options.scenarios = (const char *const *)argv + 2;
	options.n_scenarios = 1;
	options.draws = strtoul(argv[3], NULL, 10);
	options.measures = measures;
	options.n_measures = sizeof measures / sizeof *measures;
	options.method = STPFIN_BRIDGE_SHAPLEY;
	if (stpfin_plan_read(argv[1], NULL, &plan) == STPFIN_OK &&
		stpfin_simulate(plan, &options, &simulation) == STPFIN_OK &&
		stpfin_simulation_get_draws(simulation, &draws, &n_figures, &n_draws) == STPFIN_OK) {
		printf("%zu figures, %zu draws: %016llx\n", n_figures, n_draws,
			(unsigned long long)hash_of(draws, n_figures * n_draws));
		end = EXIT_SUCCESS;
	} else {
		fprintf(stderr, "%s\n", stpfin_last_error());
	}
	stpfin_simulation_free(simulation);
	stpfin_plan_free(plan);
	return end;
}
