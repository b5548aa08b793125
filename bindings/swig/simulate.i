%apply (const double *x, size_t n) {
	(const double *a, size_t n_a),
	(const double *b, size_t n_b),
	(const double *mixed, size_t n_mixed),
	(const double *x, size_t n_x),
	(const double *y, size_t n_y)
};
%apply (size_t n_y, double *y) { (size_t n_indices, double *indices) };
%apply double *out_value { double *out_correlation };

%rename(stpfin_simulate) simulate;
%rename(stpfin_simulation_restore) simulation_restore;
%rename(stpfin_sensitivity) sensitivity;
%rename(stpfin_seek) seek;
%inline %{
static stpfin_status simulate(const stpfin_plan *plan, const char *const *scenarios,
	size_t n_scenarios, const char *const *measures, size_t n_measures, size_t draws, uint64_t seed,
	size_t first, size_t end, int32_t prices, int32_t by, int32_t method, size_t threads,
	stpfin_progress progress, void *user_data, stpfin_simulation **out_simulation)
{
	stpfin_simulate_options options = STPFIN_SIMULATE_OPTIONS_INIT;

	options.scenarios = scenarios;
	options.n_scenarios = n_scenarios;
	options.measures = measures;
	options.n_measures = n_measures;
	options.draws = draws;
	options.seed = seed;
	options.first = first;
	options.end = end;
	options.threads = threads;
	options.prices = (stpfin_prices)prices;
	options.by = (stpfin_bridge_by)by;
	options.method = (stpfin_bridge_method)method;
	options.progress = progress;
	options.user_data = user_data;
	return stpfin_simulate(plan, &options, out_simulation);
}

/* x: the draws of the first figure, then of the next. */
static stpfin_status simulation_restore(const stpfin_plan *plan, const char *const *scenarios,
	size_t n_scenarios, const char *const *measures, size_t n_measures, size_t draws, uint64_t seed,
	size_t first, size_t end, int32_t prices, int32_t by, int32_t method, const double *x, size_t n,
	uint64_t clipped, stpfin_simulation **out_simulation)
{
	stpfin_simulate_options options = STPFIN_SIMULATE_OPTIONS_INIT;

	options.scenarios = scenarios;
	options.n_scenarios = n_scenarios;
	options.measures = measures;
	options.n_measures = n_measures;
	options.draws = draws;
	options.seed = seed;
	options.first = first;
	options.end = end;
	options.prices = (stpfin_prices)prices;
	options.by = (stpfin_bridge_by)by;
	options.method = (stpfin_bridge_method)method;
	return stpfin_simulation_restore(plan, &options, x, n, clipped, out_simulation);
}

static stpfin_status sensitivity(const stpfin_plan *plan, const char *const *scenarios,
	size_t n_scenarios, const char *const *measures, size_t n_measures, size_t draws, size_t sobol,
	size_t repetitions, uint64_t seed, int32_t prices, int32_t by, int32_t method, size_t threads,
	stpfin_progress progress, void *user_data, stpfin_table **out_table, stpfin_stamp *out_stamp)
{
	stpfin_sensitivity_options options = STPFIN_SENSITIVITY_OPTIONS_INIT;

	options.scenarios = scenarios;
	options.n_scenarios = n_scenarios;
	options.measures = measures;
	options.n_measures = n_measures;
	options.draws = draws;
	options.sobol = sobol;
	options.repetitions = repetitions;
	options.seed = seed;
	options.threads = threads;
	options.prices = (stpfin_prices)prices;
	options.by = (stpfin_bridge_by)by;
	options.method = (stpfin_bridge_method)method;
	options.progress = progress;
	options.user_data = user_data;
	return stpfin_sensitivity(plan, &options, out_table, out_stamp);
}

/* A target out of reach is no failure here: the value that comes nearest is in the table, and what
 * the last error says of it beside it, which is empty where the target is reached. */
static stpfin_status seek(const stpfin_plan *plan, const char *parameter, const char *measure,
	const char *OPTIONAL_scenario, const char *OPTIONAL_place, int32_t year, double target,
	double from, double to, int32_t prices, stpfin_progress progress, void *user_data,
	const char **out_said, stpfin_table **out_table, stpfin_stamp *out_stamp)
{
	stpfin_seek_options options = STPFIN_SEEK_OPTIONS_INIT;
	stpfin_status status;

	options.parameter = parameter;
	options.measure = measure;
	options.scenario = OPTIONAL_scenario;
	options.place = OPTIONAL_place;
	options.year = year;
	options.target = target;
	options.from = from;
	options.to = to;
	options.prices = (stpfin_prices)prices;
	options.progress = progress;
	options.user_data = user_data;
	status = stpfin_seek(plan, &options, out_table, out_stamp);
	if (status == STPFIN_ERROR_INFEASIBLE) {
		*out_said = stpfin_last_error();
		status = STPFIN_OK;
	}
	return status;
}
%}

stpfin_status stpfin_simulation_join(
	const stpfin_simulation *const *pieces, size_t n, stpfin_simulation **out_simulation);
stpfin_status stpfin_simulation_get_table(
	const stpfin_simulation *self, const char *name, stpfin_table **out_table);
stpfin_status stpfin_simulation_get_draws(const stpfin_simulation *self, const double **out_draws,
	size_t *out_n_figures, size_t *out_n_draws);
stpfin_status stpfin_simulation_get_summary(
	const stpfin_simulation *self, stpfin_simulation_summary *out_summary);
stpfin_status stpfin_simulation_get_stamp(const stpfin_simulation *self, stpfin_stamp *out_stamp);

stpfin_status stpfin_sobol_indices(const double *a, size_t n_a, const double *b, size_t n_b,
	const double *mixed, size_t n_mixed, size_t repetitions, uint64_t seed, size_t n_indices,
	double *indices);
stpfin_status stpfin_rank_correlation(
	const double *x, size_t n_x, const double *y, size_t n_y, double *out_correlation);
