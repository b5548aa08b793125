#ifndef STPFIN_MODEL_GAINS_H
#define STPFIN_MODEL_GAINS_H

#include "libstpfin/model/kernel.h"
#include "libstpfin/model/mortality.h"

/* What schemes bring, of each of the three gaps: do nothing less a scenario without its awards. */

struct stpfin_gains {
	double gap_closed;    /* £ of England's gap, its present value in base-year prices */
	double years_of_life; /* not lost before 75 */
	double people;        /* no longer short of a target, each times the indicator's weight */
};

/* What is measured against. */
struct stpfin_do_nothing {
	const struct stpfin_model *model;
	double *gap;                       /* by organisation and year */
	struct stpfin_mortality mortality; /* none where years of life are not wanted */
	double *deaths;                    /* by band and year: workspace */
	struct stpfin_counts counts;
	double *years_of_life; /* lost, by footprint and year */
	bool counts_people;
};

/* Projects do nothing. Years of life and people are counted where they are wanted;
 * STPFIN_ERROR_ARGUMENT where the plan has nothing to count. */
stpfin_status stpfin_do_nothing__new(struct stpfin_do_nothing *self,
	const struct stpfin_model *model, bool wants_years_of_life, bool wants_people);
void stpfin_do_nothing__free(struct stpfin_do_nothing *self);

/* Finds what a scenario brings. */
stpfin_status stpfin_gains__find(const struct stpfin_do_nothing *do_nothing,
	const struct stpfin_scenario *scenario, struct stpfin_gains *out_gains);

#endif
