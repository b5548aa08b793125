#ifndef STPFIN_HEALTH_H
#define STPFIN_HEALTH_H

#include "stpfin/common.h"

STPFIN_BEGIN_C

/**
 * @file health.h
 * The statistics of a population's health, on plain arrays: life expectancy, inequality,
 * standardised rates, and intervals. No plan is needed.
 *
 * Every array comes with its own length, and one of a wrong length is refused. Arrays "by area and
 * band" have a row of bands for each area, one row after the other; so many areas are one call, and
 * one area is one row. In messages areas and values are counted from 1.
 *
 * A missing value is a NaN, and what depends on it is a NaN. Numbers may have fractions; infinity
 * and numbers beyond 1e15 are refused. A confidence is a share: 0.95 for a 95% interval, two-sided.
 *
 * What is wrong with an argument is ::STPFIN_ERROR_ARGUMENT. After a failure no output is changed.
 */

/**
 * Life expectancy by age, from abridged period life tables.
 *
 * Those who die in a first band of one year live 0.1 of it, others half of their band; the chance
 * of dying in a band is at most 1. Expectancy at an age is that of those who reach it. The interval
 * is normal, with the variance of Silcocks, Jenner and Reza, Life expectancy as a summary of
 * mortality in a population, Journal of Epidemiology and Community Health 55:38–43, 2001; a band
 * without deaths adds nothing to it. The lower limit is not below 0.
 *
 * A missing population or number of deaths leaves that age and all before it missing.
 *
 * Refused are ages that do not ascend from 0, a population not above 0, deaths below 0 or above the
 * population, and an open band without deaths.
 *
 * @param ages        the first year of each band, ascending from 0; the last band is open
 * @param population  persons (or person-years), by area and band
 * @param deaths      deaths among them, by area and band
 * @param confidence  of the interval
 * @param out_value   years of life expected, by area and band; the first of a row is at birth
 * @param out_lower   its lower limit
 * @param out_upper   its upper limit
 */
STPFIN_EXPORT stpfin_status stpfin_life_expectancy(const double *ages, size_t n_ages,
	const double *population, size_t n_population, const double *deaths, size_t n_deaths,
	double confidence, size_t n_out_value, double *out_value, size_t n_out_lower, double *out_lower,
	size_t n_out_upper, double *out_upper);

/**
 * Healthy life expectancy by age: the years of the life table of stpfin_life_expectancy(), each
 * counted by the share in good health at its age (Sullivan, A single index of mortality and
 * morbidity, HSMHA Health Reports 86:347–354, 1971).
 *
 * The interval is normal. Its variance is that of the shares, p (1 − p) / sample (Jagger and
 * others, Health Expectancy Calculation by the Sullivan Method, EHEMU, 2007), and of mortality, as
 * in stpfin_life_expectancy(), with which it agrees where all are in good health. Without samples
 * it is missing.
 *
 * @param ages                as in stpfin_life_expectancy()
 * @param population          persons, by area and band
 * @param deaths              deaths among them, by area and band
 * @param good_health         the share in good health, 0 to 1, by area and band
 * @param good_health_sample  persons the share was observed on (of a survey with a design effect,
 *                            the effective number), above 0, by area and band; may be NULL with 0
 * @param confidence          of the interval
 * @param out_value           years in good health expected, by area and band
 * @param out_lower           its lower limit
 * @param out_upper           its upper limit
 */
STPFIN_EXPORT stpfin_status stpfin_healthy_life_expectancy(const double *ages, size_t n_ages,
	const double *population, size_t n_population, const double *deaths, size_t n_deaths,
	const double *good_health, size_t n_good_health, const double *good_health_sample,
	size_t n_good_health_sample, double confidence, size_t n_out_value, double *out_value,
	size_t n_out_lower, double *out_lower, size_t n_out_upper, double *out_upper);

/** The scale on which values are regressed on deprivation. */
typedef enum stpfin_transform {
	/** as they are: life expectancy */
	STPFIN_TRANSFORM_NONE = 0,
	/** their logarithm: rates, above 0 */
	STPFIN_TRANSFORM_LOG = 1,
	/** their logit: proportions, between 0 and 1 */
	STPFIN_TRANSFORM_LOGIT = 2
} stpfin_transform;

/**
 * The slope and the relative index of inequality (Mackenbach and Kunst, Measuring the magnitude of
 * socio-economic inequalities in health, Social Science & Medicine 44:757–771, 1997).
 *
 * A line is fitted by least squares, weighted by population, to the values (or what the transform
 * makes of them) against the rank of each quantile: the share of the population before its middle.
 * The slope index is the line's value at the least deprived end less that at the most deprived, the
 * relative index the first over the second; both are taken back to the scale of the values and keep
 * their sign. Where health is worse for the deprived, life expectancy has a slope above 0 and
 * mortality one below.
 *
 * The interval of both is simulated: each repetition draws every value, on the scale of the
 * regression, from a normal of its standard error, and the limits are percentiles (type 7) of the
 * repetitions. The same seed gives the same interval. It is missing without standard errors or if
 * one of them is. With a population or value missing all results are.
 *
 * @param population      of each quantile, the most deprived first; above 0; 2 or more
 * @param value           of each quantile
 * @param standard_error  of each value, in its own unit, 0 or more; may be NULL with 0
 * @param transform       the scale of the regression
 * @param confidence      of the intervals
 * @param repetitions     of the simulation, from 100 to 1 million; not looked at without standard
 *                        errors
 * @param seed            of the simulation
 * @param out_slope           the slope index, in the unit of the values
 * @param out_slope_lower     its lower limit
 * @param out_slope_upper     its upper limit
 * @param out_relative        the relative index; missing where the line begins at 0
 * @param out_relative_lower  its lower limit
 * @param out_relative_upper  its upper limit
 * @param out_intercept       the line's value at the most deprived end
 */
STPFIN_EXPORT stpfin_status stpfin_slope_index(const double *population, size_t n_population,
	const double *value, size_t n_value, const double *standard_error, size_t n_standard_error,
	stpfin_transform transform, double confidence, size_t repetitions, uint64_t seed,
	double *out_slope, double *out_slope_lower, double *out_slope_upper, double *out_relative,
	double *out_relative_lower, double *out_relative_upper, double *out_intercept);

/**
 * The European Standard Population of 2013 (Eurostat, Revision of the European Standard Population,
 * 2013), which sums to 100,000, in bands of one's own.
 *
 * Its bands begin at 0, 1, 5, 10 and so on every five years to 95, and cannot be split: other ages
 * are refused.
 *
 * @param ages  the first year of each band, ascending from 0; the last band is open
 * @param out_standard_population  persons, by band
 */
STPFIN_EXPORT stpfin_status stpfin_european_standard_population(const double *ages, size_t n_ages,
	size_t n_out_standard_population, double *out_standard_population);

/**
 * Directly standardised rates: the rate each area would have with the standard population's ages.
 *
 * The interval is that of Dobson, Kuulasmaa, Eberle and Scherer, Confidence intervals for weighted
 * sums of Poisson parameters, Statistics in Medicine 10:457–462, 1991, with Byar's limits of the
 * number of events. An area of fewer than 10 events is missing: its rate would mislead, and
 * England's public health statistics withhold it.
 *
 * @param count                events, 0 or more, by area and band
 * @param population           persons, above 0, by area and band
 * @param standard_population  persons, 0 or more and not all 0, by band
 * @param multiplier           the persons the rate is for: 100000
 * @param confidence           of the interval
 * @param out_value            the rate, by area
 * @param out_lower            its lower limit
 * @param out_upper            its upper limit
 */
STPFIN_EXPORT stpfin_status stpfin_directly_standardised_rate(const double *count, size_t n_count,
	const double *population, size_t n_population, const double *standard_population,
	size_t n_standard_population, double multiplier, double confidence, size_t n_out_value,
	double *out_value, size_t n_out_lower, double *out_lower, size_t n_out_upper,
	double *out_upper);

/**
 * Indirectly standardised ratios: the events of each area over those expected if every band had the
 * reference's rate. 1 is as the reference. The interval has Byar's limits of the events, over those
 * expected. Missing where no events are expected.
 *
 * @param count                 events of all ages, 0 or more, by area
 * @param population            persons, 0 or more, by area and band
 * @param reference_count       events of the reference, 0 or more, by band
 * @param reference_population  persons of the reference, above 0, by band
 * @param confidence            of the interval
 * @param out_value             the ratio, by area
 * @param out_lower             its lower limit
 * @param out_upper             its upper limit
 */
STPFIN_EXPORT stpfin_status stpfin_indirectly_standardised_ratio(const double *count,
	size_t n_count, const double *population, size_t n_population, const double *reference_count,
	size_t n_reference_count, const double *reference_population, size_t n_reference_population,
	double confidence, size_t n_out_value, double *out_value, size_t n_out_lower, double *out_lower,
	size_t n_out_upper, double *out_upper);

/**
 * Years of life lost before 75: each death counts the years from the middle of its band to 75; over
 * the population under 75. The interval is Dobson's, as in stpfin_directly_standardised_rate(),
 * with the years as weights; missing where nobody died under 75.
 *
 * @param ages        the first year of each band, ascending from 0; one band begins at 75, and the
 *                    last is open
 * @param population  persons, above 0, by area and band
 * @param deaths      deaths among them, 0 or more, by area and band
 * @param multiplier  the persons the rate is for: 100000
 * @param confidence  of the interval
 * @param out_value   years lost, by area
 * @param out_lower   its lower limit
 * @param out_upper   its upper limit
 */
STPFIN_EXPORT stpfin_status stpfin_years_of_life_lost(const double *ages, size_t n_ages,
	const double *population, size_t n_population, const double *deaths, size_t n_deaths,
	double multiplier, double confidence, size_t n_out_value, double *out_value, size_t n_out_lower,
	double *out_lower, size_t n_out_upper, double *out_upper);

/**
 * Proportions with Wilson's interval (Probable inference, the law of succession, and statistical
 * inference, Journal of the American Statistical Association 22:209–212, 1927). Missing where
 * the denominator is 0.
 *
 * @param numerator    how many have it, from 0 to the denominator, by area
 * @param denominator  of how many, 0 or more, by area
 * @param confidence   of the interval
 * @param out_value    numerator over denominator
 * @param out_lower    its lower limit
 * @param out_upper    its upper limit
 */
STPFIN_EXPORT stpfin_status stpfin_wilson_interval(const double *numerator, size_t n_numerator,
	const double *denominator, size_t n_denominator, double confidence, size_t n_out_value,
	double *out_value, size_t n_out_lower, double *out_lower, size_t n_out_upper,
	double *out_upper);

/**
 * Counts, rates or ratios with Byar's interval of a Poisson count (Breslow and Day, Statistical
 * Methods in Cancer Research, volume II, IARC, 1987, page 69). A lower limit is not below 0.
 * Missing where the denominator is 0, where there may be no events.
 *
 * @param numerator    events, 0 or more, by area
 * @param denominator  persons or expected events, 0 or more, by area; may be NULL with 0: then the
 *                     counts themselves are given
 * @param confidence   of the interval
 * @param out_value    numerator over denominator
 * @param out_lower    its lower limit
 * @param out_upper    its upper limit
 */
STPFIN_EXPORT stpfin_status stpfin_byar_interval(const double *numerator, size_t n_numerator,
	const double *denominator, size_t n_denominator, double confidence, size_t n_out_value,
	double *out_value, size_t n_out_lower, double *out_lower, size_t n_out_upper,
	double *out_upper);

STPFIN_END_C

#endif
