%apply (const double *x, size_t n) { (const double *claim, size_t n_claim) };
/* None, or a vector of no length, where the function lets it be left out. */
%apply (const double *OPTIONAL, size_t n) {
	(const double *OPTIONAL_weight, size_t n_weight),
	(const double *OPTIONAL_floor, size_t n_floor),
	(const double *OPTIONAL_cap, size_t n_cap),
	(const double *OPTIONAL_last, size_t n_last)
};
%apply (size_t n_y, double *y) { (size_t n_out_award, double *out_award) };

/* Words that C has as enums are whole numbers here. */
%rename(stpfin_rule_name) rule_name;
%rename(stpfin_fund_share) fund_share;
%rename(stpfin_allocate) allocate;
%inline %{
/* None where there is no such rule. */
static const char *rule_name(int32_t rule)
{
	return stpfin_rule_name((stpfin_rule)rule);
}

static stpfin_status fund_share(int32_t rule, double pot, const double *claim, size_t n_claim,
	const double *OPTIONAL_weight, size_t n_weight, const double *OPTIONAL_floor, size_t n_floor,
	const double *OPTIONAL_cap, size_t n_cap, const double *OPTIONAL_last, size_t n_last,
	double pace, size_t n_out_award, double *out_award)
{
	return stpfin_fund_share((stpfin_rule)rule, pot, claim, n_claim, OPTIONAL_weight, n_weight,
		OPTIONAL_floor, n_floor, OPTIONAL_cap, n_cap, OPTIONAL_last, n_last, pace, n_out_award,
		out_award);
}

static stpfin_status allocate(const stpfin_plan *plan, const char *fund, int32_t rule,
	int32_t weight, int32_t year, double pace, const char *OPTIONAL_scenario,
	stpfin_table **out_allocation, stpfin_table **out_awards, stpfin_stamp *out_stamp)
{
	stpfin_allocate_options options = STPFIN_ALLOCATE_OPTIONS_INIT;

	options.fund = fund;
	options.rule = (stpfin_rule)rule;
	options.weight = (stpfin_claim_weight)weight;
	options.year = year;
	options.pace = pace;
	options.scenario = OPTIONAL_scenario;
	return stpfin_allocate(plan, &options, out_allocation, out_awards, out_stamp);
}
%}

stpfin_status stpfin_fund_write(const stpfin_plan *plan, const stpfin_table *const *tables,
	size_t n, const stpfin_stamp *OPTIONAL_stamp, const char *folder);
