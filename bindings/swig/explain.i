%rename(stpfin_bridge) bridge;
%rename(stpfin_compare) compare;
%inline %{
static stpfin_status bridge(const stpfin_plan *plan, int32_t by, int32_t method,
	const char *OPTIONAL_scenario, const char *OPTIONAL_place, int32_t year, size_t samples,
	uint64_t seed, stpfin_progress progress, void *user_data, stpfin_table **out_bridge,
	stpfin_stamp *out_stamp)
{
	stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;

	options.by = (stpfin_bridge_by)by;
	options.method = (stpfin_bridge_method)method;
	options.scenario = OPTIONAL_scenario;
	options.place = OPTIONAL_place;
	options.year = year;
	options.samples = samples;
	options.seed = seed;
	options.progress = progress;
	options.user_data = user_data;
	return stpfin_bridge(plan, &options, out_bridge, out_stamp);
}

static stpfin_status compare(const stpfin_plan *a, const stpfin_plan *b,
	const char *OPTIONAL_scenario, stpfin_progress progress, void *user_data,
	stpfin_table **out_changes, stpfin_table **out_bridge, stpfin_stamp *out_stamp)
{
	stpfin_compare_options options = STPFIN_COMPARE_OPTIONS_INIT;

	options.scenario = OPTIONAL_scenario;
	options.progress = progress;
	options.user_data = user_data;
	return stpfin_compare(a, b, &options, out_changes, out_bridge, out_stamp);
}
%}

stpfin_status stpfin_align(const stpfin_projection *projection, stpfin_table **out_alignment,
	stpfin_table **out_mismatch);
