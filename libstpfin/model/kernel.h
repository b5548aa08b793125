#ifndef STPFIN_MODEL_KERNEL_H
#define STPFIN_MODEL_KERNEL_H

#include "libstpfin/model/prevention.h"
#include "libstpfin/model/quality.h"

/* The arithmetic of a projection. Everything that needs a gap calls this. */

/* What moves a gap from the base year to a year; one that is off stands at its base-year value. */
enum stpfin_driver {
	STPFIN_DRIVER_POPULATION,
	STPFIN_DRIVER_GROWTH,
	STPFIN_DRIVER_INFLATION,
	STPFIN_DRIVER_PRICE,
	STPFIN_DRIVER_PRESSURES,
	STPFIN_DRIVER_FUNDING,
	STPFIN_N_DRIVERS
};

enum { STPFIN_EVERY_DRIVER = (1 << STPFIN_N_DRIVERS) - 1 };

/* What is projected. */
struct stpfin_case {
	unsigned drivers;                       /* a set of bits */
	const struct stpfin_scenario *scenario; /* NULL: do nothing */
	const bool *schemes;                    /* which of the scenario's take part; NULL: all */
	bool awards;                            /* whether the scenario's awards do */
};

/* What schemes do, apart from what is paid between members. */
enum stpfin_measure {
	STPFIN_MEASURE_REMOVED, /* units */
	STPFIN_MEASURE_ADDED,   /* units; the rest is in £ */
	STPFIN_MEASURE_AT_AVERAGE,
	STPFIN_MEASURE_RELEASED,
	STPFIN_MEASURE_STRANDED,
	STPFIN_MEASURE_REPROVIDED,
	STPFIN_MEASURE_SAVING,
	STPFIN_MEASURE_RECURRENT,
	STPFIN_MEASURE_TRANSITION,
	STPFIN_MEASURE_CAPITAL_CHARGE,
	STPFIN_N_MEASURES
};

/* What a run gives, and its workspace. */
struct stpfin_run {
	double *index; /* by demand and year: activity over that of the base year */
	struct stpfin_prevented prevented;
	struct stpfin_improved improved;
	/* By flow and year; NULL where only the positions are wanted. */
	double *activity;
	double *cost;   /* to the provider: K */
	double *income; /* to the provider, the commissioner's spend: R */
	/* By destination and year: the care that shifts add. */
	double *added;         /* units */
	double *added_cost;    /* before efficiency */
	double *added_payment; /* what its commissioner pays */
	double *added_care;    /* what it costs to give */
	/* By organisation and year. */
	double *position_cost;
	double *position_income;
	double *own_income; /* the income that is no payment for care */
	/* By scheme, organisation (whose shares place it), year and measure; NULL where not wanted. */
	double *impact;
	double *removed; /* of a flow in a year, by prevention and then effect on it */
	double *idle;    /* of a flow, by year */
};

/* What a run is to keep beside positions. */
enum { STPFIN_KEEP_FLOWS = 1, STPFIN_KEEP_IMPACT = 2 };

/* Allocates a run for a model and a scenario (NULL: do nothing). */
stpfin_status stpfin_run__new(struct stpfin_run *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, unsigned keep);
void stpfin_run__free(struct stpfin_run *self);

void stpfin_run__project(
	struct stpfin_run *self, const struct stpfin_model *model, const struct stpfin_case *which);

/* STPFIN_ERROR_OVERFLOW, naming the organisation and year, if a position is not finite. */
stpfin_status stpfin_run__check(const struct stpfin_run *self, const struct stpfin_model *model);

/* The measures of a scheme for an organisation in a year. */
static inline double *stpfin_run__impact(const struct stpfin_run *self,
	const struct stpfin_model *model, size_t scheme, size_t organisation, size_t t)
{
	return self->impact + ((scheme * model->n_organisations + organisation) * model->n_years + t) *
							  STPFIN_N_MEASURES;
}

#endif
