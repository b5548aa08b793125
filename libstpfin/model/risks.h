#ifndef STPFIN_MODEL_RISKS_H
#define STPFIN_MODEL_RISKS_H

#include "libstpfin/model/model.h"

/* Risks to health: how common they are among whom, and how much more care or death they bring. The
 * formulas of prevention are here and nowhere else. */

/* What a risk does to the use of a service, or to the deaths, of people of a sex and age. */
struct stpfin_harm {
	double excess; /* the relative risk less 1 */
	size_t lag;    /* years */
};

struct stpfin_risks {
	size_t n;
	double *trend; /* by risk and year: what a prevalence is multiplied by if nothing is done */

	double *prevalence; /* by band of the people and risk */

	/* An outcome is a service whose use a risk changes. */
	size_t n_outcomes;
	size_t *outcome;          /* by service; SIZE_MAX for one that is none */
	size_t *service;          /* by outcome */
	struct stpfin_harm *harm; /* by outcome, kind of people and risk */
	bool *moves; /* by footprint, outcome and risk: whether any of its people are exposed */
};

/* Compiles the risks of a plan that has any, and lets their trends move activity. */
stpfin_status stpfin_model__risks(struct stpfin_model *model);
void stpfin_risks__free(struct stpfin_risks *self);

/* The prevalences, by band and risk, among n bands of a footprint, sex and age each (-1 and
 * STPFIN_MISSING_INT32: all), and what the risks do, by band and risk, to an outcome (a service, or
 * "mortality") in bands of a sex and age. 0 where the plan says nothing. To be freed. */
stpfin_status stpfin_risks__prevalences(const struct stpfin_model *model, const int32_t *footprint,
	const int32_t *sex, const int32_t *age, size_t n, double **out_prevalences);
stpfin_status stpfin_risks__harms(const struct stpfin_model *model, const char *outcome,
	const int32_t *sex, const int32_t *age, size_t n, struct stpfin_harm **out_harms);

/* What prevention makes of an outcome in a band in a year, over what it is if nothing is done.
 * prevalence and harm are the band's, by risk; left, by risk and year, is what prevention leaves of
 * prevalences in its footprint. */
double stpfin_risks__factor(const struct stpfin_risks *self, size_t n_years,
	const double *prevalence, const struct stpfin_harm *harm, const double *left, size_t t);

/* The same of an outcome in a footprint: the mean of its bands by use, 1 where there is none. */
double stpfin_risks__footprint_factor(const struct stpfin_model *model, size_t footprint,
	size_t outcome, const double *left, size_t t);

/* A commissioner's mean, by share, of a value of each footprint: value[footprint * stride]. */
double stpfin_risks__mean(
	const struct stpfin_model *model, size_t commissioner, const double *value, size_t stride);

#endif
