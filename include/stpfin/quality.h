#ifndef STPFIN_QUALITY_H
#define STPFIN_QUALITY_H

#include "stpfin/common.h"

STPFIN_BEGIN_C

/**
 * @file quality.h
 * The statistics of places compared with each other, on plain arrays: funnels, and how much places
 * differ beyond chance. No plan is needed. The rules of arrays, missing values and errors are those
 * of health.h.
 *
 * Values, centres and limits are numerator over denominator; who wants them per 1,000 multiplies.
 *
 * A funnel with allowance for overdispersion is that of the tau_squared which
 * stpfin_funnel_variation() finds; one without has 0.
 */

/** What an indicator is. */
typedef enum stpfin_indicator_kind {
	/** some of a number: the numerator is at most the denominator */
	STPFIN_PROPORTION = 0,
	/** events by persons */
	STPFIN_RATE = 1,
	/** events by those expected */
	STPFIN_RATIO = 2
} stpfin_indicator_kind;

/** Where a place stands in a funnel. */
typedef enum stpfin_funnel {
	/** below the 99.8% limit */
	STPFIN_MUCH_LOWER = -2,
	/** below the 95% limit */
	STPFIN_LOWER = -1,
	STPFIN_AS_EXPECTED = 0,
	/** above the 95% limit */
	STPFIN_HIGHER = 1,
	/** above the 99.8% limit */
	STPFIN_MUCH_HIGHER = 2
} stpfin_funnel;

/**
 * The centre of a funnel and how much places differ beyond chance (Spiegelhalter, Handling
 * over-dispersion of performance indicators, Quality and Safety in Health Care 14:347–351, 2005).
 *
 * The centre is the sum of numerators over that of denominators. Each place's distance from it, on
 * the scale of the arcsine of the root (proportions) or of the root (rates and ratios), is divided
 * by its standard error there, 1 / (2 √denominator), to a z; the 10% at either end are drawn in to
 * the 10th and 90th percentile (type 7). phi is the mean of z². If their sum is above the number of
 * places less 1, tau_squared, the variance between places on that scale, is found by moments; else
 * it is 0.
 *
 * Places with a missing value or a denominator of 0 are left out; with none left all are missing.
 *
 * @param kind             what the indicator is
 * @param numerator        0 or more (a proportion's at most its denominator), by place
 * @param denominator      0 or more, by place
 * @param out_centre       England's value, if the places make up England
 * @param out_phi          1 where places differ as chance would have it
 * @param out_tau_squared  the variance between places
 */
STPFIN_EXPORT stpfin_status stpfin_funnel_variation(stpfin_indicator_kind kind,
	const double *numerator, size_t n_numerator, const double *denominator, size_t n_denominator,
	double *out_centre, double *out_phi, double *out_tau_squared);

/**
 * The limits of a funnel, within which 99.8% and 95% of places would be by chance alone.
 *
 * They are the values whose own interval just reaches the centre: Wilson's for proportions (as
 * UKHSA's PHEindicatormethods has it: centre ± z √(centre (1 − centre) / denominator), within 0 to
 * 1), the exact Poisson interval (Garwood, Fiducial limits for the Poisson distribution, Biometrika
 * 28:437–442, 1936; continued between whole numbers by the gamma function) for rates and ratios.
 *
 * With a tau_squared above 0 they are instead ± z √(1 / (4 denominator) + tau_squared) on the scale
 * of stpfin_funnel_variation(), taken back.
 *
 * Missing where the denominator is 0 or missing; all are where the centre or tau_squared is.
 *
 * @param kind            what the indicator is
 * @param denominator     0 or more, wherever limits are wanted
 * @param centre          the value to compare with, 0 or more (a proportion's at most 1)
 * @param tau_squared     the variance between places that is to be allowed for, 0 or more
 * @param out_lower_998   the limit below which a place is much lower
 * @param out_lower_95    the limit below which it is lower
 * @param out_upper_95    the limit above which it is higher
 * @param out_upper_998   the limit above which it is much higher
 */
STPFIN_EXPORT stpfin_status stpfin_funnel_limits(stpfin_indicator_kind kind,
	const double *denominator, size_t n_denominator, double centre, double tau_squared,
	size_t n_out_lower_998, double *out_lower_998, size_t n_out_lower_95, double *out_lower_95,
	size_t n_out_upper_95, double *out_upper_95, size_t n_out_upper_998, double *out_upper_998);

/**
 * Where each place stands between the limits of stpfin_funnel_limits(). A place on a limit is
 * within it.
 *
 * @param kind          what the indicator is
 * @param numerator     0 or more (a proportion's at most its denominator), by place
 * @param denominator   0 or more, by place
 * @param centre        as in stpfin_funnel_limits()
 * @param tau_squared   as in stpfin_funnel_limits()
 * @param out_position  a ::stpfin_funnel, by place; a NaN where the value is missing
 */
STPFIN_EXPORT stpfin_status stpfin_funnel_position(stpfin_indicator_kind kind,
	const double *numerator, size_t n_numerator, const double *denominator, size_t n_denominator,
	double centre, double tau_squared, size_t n_out_position, double *out_position);

STPFIN_END_C

#endif
