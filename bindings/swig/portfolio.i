/* Limits that cannot all be kept are no failure here: they come back in the place of a portfolio, with
 * the last error, which says so. */
%rename(stpfin_portfolio_choose) portfolio_choose;
%inline %{
static stpfin_status portfolio_choose(const stpfin_plan *plan, const char *scenario, double gap,
	double time_limit, size_t alternatives, double tolerance, double finance_weight,
	double health_weight, double quality_weight, const stpfin_table *OPTIONAL_benefits,
	stpfin_progress end_early, void *user_data, const char **out_said,
	stpfin_table **out_conflict, stpfin_portfolio **out_portfolio)
{
	stpfin_portfolio_options options = STPFIN_PORTFOLIO_OPTIONS_INIT;
	stpfin_status status;

	options.scenario = scenario;
	options.gap = gap;
	options.time_limit = time_limit;
	options.alternatives = alternatives;
	options.tolerance = tolerance;
	options.finance_weight = finance_weight;
	options.health_weight = health_weight;
	options.quality_weight = quality_weight;
	options.benefits = OPTIONAL_benefits;
	options.progress = end_early;
	options.user_data = user_data;
	status = stpfin_portfolio_choose(plan, &options, out_conflict, out_portfolio);
	if (status == STPFIN_ERROR_INFEASIBLE) {
		*out_said = stpfin_last_error();
		status = STPFIN_OK;
	}
	return status;
}
%}

stpfin_status stpfin_portfolio_get_table(
	const stpfin_portfolio *self, const char *name, stpfin_table **out_table);
stpfin_status stpfin_portfolio_get_summary(
	const stpfin_portfolio *self, stpfin_portfolio_summary *out_summary);
stpfin_status stpfin_portfolio_get_stamp(const stpfin_portfolio *self, stpfin_stamp *out_stamp);
