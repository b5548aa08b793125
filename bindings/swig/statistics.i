%apply (const double *x, size_t n) {
	(const double *ages, size_t n_ages),
	(const double *count, size_t n_count),
	(const double *deaths, size_t n_deaths),
	(const double *denominator, size_t n_denominator),
	(const double *good_health, size_t n_good_health),
	(const double *numerator, size_t n_numerator),
	(const double *population, size_t n_population),
	(const double *reference_count, size_t n_reference_count),
	(const double *reference_population, size_t n_reference_population),
	(const double *standard_population, size_t n_standard_population),
	(const double *value, size_t n_value)
};
/* None, or a vector of no length, where the function lets it be left out. */
%apply (const double *OPTIONAL, size_t n) {
	(const double *OPTIONAL_denominator, size_t n_denominator),
	(const double *OPTIONAL_good_health_sample, size_t n_good_health_sample),
	(const double *OPTIONAL_standard_error, size_t n_standard_error)
};
%apply (size_t n_y, double *y) {
	(size_t n_out_lower, double *out_lower),
	(size_t n_out_lower_95, double *out_lower_95),
	(size_t n_out_lower_998, double *out_lower_998),
	(size_t n_out_position, double *out_position),
	(size_t n_out_standard_population, double *out_standard_population),
	(size_t n_out_upper, double *out_upper),
	(size_t n_out_upper_95, double *out_upper_95),
	(size_t n_out_upper_998, double *out_upper_998),
	(size_t n_out_value, double *out_value)
};
%apply double *out_value {
	double *out_centre, double *out_intercept, double *out_phi, double *out_relative,
	double *out_relative_lower, double *out_relative_upper, double *out_slope,
	double *out_slope_lower, double *out_slope_upper, double *out_tau_squared
};

stpfin_status stpfin_life_expectancy(const double *ages, size_t n_ages, const double *population,
	size_t n_population, const double *deaths, size_t n_deaths, double confidence,
	size_t n_out_value, double *out_value, size_t n_out_lower, double *out_lower,
	size_t n_out_upper, double *out_upper);
stpfin_status stpfin_healthy_life_expectancy(const double *ages, size_t n_ages,
	const double *population, size_t n_population, const double *deaths, size_t n_deaths,
	const double *good_health, size_t n_good_health, const double *OPTIONAL_good_health_sample,
	size_t n_good_health_sample, double confidence, size_t n_out_value, double *out_value,
	size_t n_out_lower, double *out_lower, size_t n_out_upper, double *out_upper);
stpfin_status stpfin_european_standard_population(const double *ages, size_t n_ages,
	size_t n_out_standard_population, double *out_standard_population);
stpfin_status stpfin_directly_standardised_rate(const double *count, size_t n_count,
	const double *population, size_t n_population, const double *standard_population,
	size_t n_standard_population, double multiplier, double confidence, size_t n_out_value,
	double *out_value, size_t n_out_lower, double *out_lower, size_t n_out_upper,
	double *out_upper);
stpfin_status stpfin_indirectly_standardised_ratio(const double *count, size_t n_count,
	const double *population, size_t n_population, const double *reference_count,
	size_t n_reference_count, const double *reference_population, size_t n_reference_population,
	double confidence, size_t n_out_value, double *out_value, size_t n_out_lower, double *out_lower,
	size_t n_out_upper, double *out_upper);
stpfin_status stpfin_years_of_life_lost(const double *ages, size_t n_ages, const double *population,
	size_t n_population, const double *deaths, size_t n_deaths, double multiplier,
	double confidence, size_t n_out_value, double *out_value, size_t n_out_lower, double *out_lower,
	size_t n_out_upper, double *out_upper);
stpfin_status stpfin_wilson_interval(const double *numerator, size_t n_numerator,
	const double *denominator, size_t n_denominator, double confidence, size_t n_out_value,
	double *out_value, size_t n_out_lower, double *out_lower, size_t n_out_upper,
	double *out_upper);
stpfin_status stpfin_byar_interval(const double *numerator, size_t n_numerator,
	const double *OPTIONAL_denominator, size_t n_denominator, double confidence, size_t n_out_value,
	double *out_value, size_t n_out_lower, double *out_lower, size_t n_out_upper,
	double *out_upper);

/* Words that C has as enums are whole numbers here. */
%rename(stpfin_slope_index) slope_index;
%rename(stpfin_funnel_variation) funnel_variation;
%rename(stpfin_funnel_limits) funnel_limits;
%rename(stpfin_funnel_position) funnel_position;
%inline %{
static stpfin_status slope_index(const double *population, size_t n_population, const double *value,
	size_t n_value, const double *OPTIONAL_standard_error, size_t n_standard_error,
	int32_t transform, double confidence, size_t repetitions, uint64_t seed, double *out_slope,
	double *out_slope_lower, double *out_slope_upper, double *out_relative,
	double *out_relative_lower, double *out_relative_upper, double *out_intercept)
{
	return stpfin_slope_index(population, n_population, value, n_value, OPTIONAL_standard_error,
		n_standard_error, (stpfin_transform)transform, confidence, repetitions, seed, out_slope,
		out_slope_lower, out_slope_upper, out_relative, out_relative_lower, out_relative_upper,
		out_intercept);
}

static stpfin_status funnel_variation(int32_t kind, const double *numerator, size_t n_numerator,
	const double *denominator, size_t n_denominator, double *out_centre, double *out_phi,
	double *out_tau_squared)
{
	return stpfin_funnel_variation((stpfin_indicator_kind)kind, numerator, n_numerator, denominator,
		n_denominator, out_centre, out_phi, out_tau_squared);
}

static stpfin_status funnel_limits(int32_t kind, const double *denominator, size_t n_denominator,
	double centre, double tau_squared, size_t n_out_lower_998, double *out_lower_998,
	size_t n_out_lower_95, double *out_lower_95, size_t n_out_upper_95, double *out_upper_95,
	size_t n_out_upper_998, double *out_upper_998)
{
	return stpfin_funnel_limits((stpfin_indicator_kind)kind, denominator, n_denominator, centre,
		tau_squared, n_out_lower_998, out_lower_998, n_out_lower_95, out_lower_95, n_out_upper_95,
		out_upper_95, n_out_upper_998, out_upper_998);
}

static stpfin_status funnel_position(int32_t kind, const double *numerator, size_t n_numerator,
	const double *denominator, size_t n_denominator, double centre, double tau_squared,
	size_t n_out_position, double *out_position)
{
	return stpfin_funnel_position((stpfin_indicator_kind)kind, numerator, n_numerator, denominator,
		n_denominator, centre, tau_squared, n_out_position, out_position);
}
%}
