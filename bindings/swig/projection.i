%apply (const char *const *text, size_t n) {
	(const char *const *measures, size_t n_measures),
	(const char *const *sexes, size_t n_sexes)
};
%apply (const double *x, size_t n) { (const double *targets, size_t n_targets) };

/* Targets come as measures, sexes (or none) and values; the library refuses them where these do not
 * go together. */
%rename(stpfin_project) project;
%inline %{
static stpfin_status project(const stpfin_plan *plan, int32_t prices,
	const char *const *scenarios, size_t n_scenarios, int32_t comparator,
	const char *const *measures, size_t n_measures, const char *const *sexes, size_t n_sexes,
	const double *targets, size_t n_targets, bool overdispersed, stpfin_progress progress,
	void *user_data, stpfin_projection **out_projection)
{
	/* Of 5 measures, in 3 sexes or in each. */
	enum { MOST_TARGETS = 20 };
	stpfin_health_target given[MOST_TARGETS];
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;

	options.prices = (stpfin_prices)prices;
	options.scenarios = scenarios;
	options.n_scenarios = n_scenarios;
	options.comparator = (stpfin_comparator)comparator;
	options.n_targets = n_targets;
	options.overdispersed = overdispersed;
	if (n_targets <= MOST_TARGETS && n_measures == n_targets && n_sexes == n_targets) {
		for (size_t i = 0; i < n_targets; i++) {
			given[i] = (stpfin_health_target){measures[i], sexes[i], targets[i]};
		}
		options.targets = given;
	}
	options.progress = progress;
	options.user_data = user_data;
	return stpfin_project(plan, &options, out_projection);
}
%}

stpfin_status stpfin_projection_get_table(const stpfin_projection *self, const char *name,
	stpfin_progress progress, void *user_data, stpfin_table **out_table);
stpfin_status stpfin_projection_get_stamp(
	const stpfin_projection *self, stpfin_stamp *out_stamp);
const char *const *stpfin_projection_results(size_t *out_n);

stpfin_status stpfin_results_write(const char *folder, const stpfin_table *const *tables, size_t n,
	const stpfin_stamp *OPTIONAL_stamp);
stpfin_status stpfin_results_json(const stpfin_table *const *tables, size_t n,
	const stpfin_stamp *OPTIONAL_stamp, char **out_text);
stpfin_status stpfin_result_text(const stpfin_table *table, const stpfin_stamp *OPTIONAL_stamp,
	const stpfin_plan *OPTIONAL_names, char **out_text);
