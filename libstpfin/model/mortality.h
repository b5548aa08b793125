#ifndef STPFIN_MODEL_MORTALITY_H
#define STPFIN_MODEL_MORTALITY_H

#include "libstpfin/model/model.h"

/* Deaths and those at risk compiled, projected from the latest year of the table. */

/* The sexes, as results list them. */
enum stpfin_sex { STPFIN_FEMALE, STPFIN_MALE, STPFIN_PERSONS, STPFIN_N_SEXES };

struct stpfin_mortality {
	/* Bands are people of a sex and age in a footprint, in that order; those of a footprint and sex
	 * are first[footprint * STPFIN_N_SEXES + sex] to the next. */
	size_t n;
	size_t *first;
	int32_t *age;
	size_t first_year;   /* from the base year: the first that is not before the counts */
	double *population;  /* by band and year */
	double *deaths;      /* by band and year, if nothing is done */
	double *good_health; /* by band: a share; NaN where it is not known */
	double *sample;      /* by band: of how many */
	double *prevalence;  /* by band and risk; NULL where no risk is known */
	struct stpfin_harm *harm;
};

/* One without bands if the plan counts no deaths. */
stpfin_status stpfin_mortality__new(
	struct stpfin_mortality *self, const struct stpfin_model *model);
void stpfin_mortality__free(struct stpfin_mortality *self);

/* Fills the deaths, by band and year, that prevention leaves; left, by footprint, risk and year, is
 * what it leaves of prevalences (NULL: all). */
void stpfin_mortality__project(const struct stpfin_mortality *self,
	const struct stpfin_model *model, const double *left, double *out_deaths);

/* The counts of some places together in a year, in the bands whose first ages all of them have; a
 * share in good health is the mean of those whose it is, and known where it is of all. */
struct stpfin_counts {
	size_t n; /* bands; 0 where none of the places has the sex */
	double *age;
	double *population;
	double *deaths;
	double *good_health;
	double *sample;
};

/* Room for the counts of any places. */
stpfin_status stpfin_counts__new(
	struct stpfin_counts *self, const struct stpfin_mortality *mortality);
void stpfin_counts__free(struct stpfin_counts *self);

/* Counts footprints without children together, deaths being by band and year. Persons are those
 * counted without a sex or, where there are none, women and men. */
void stpfin_counts__find(struct stpfin_counts *self, const struct stpfin_mortality *mortality,
	const struct stpfin_model *model, const double *deaths, const size_t *footprints,
	size_t n_footprints, enum stpfin_sex sex, size_t t);

#endif
