#ifndef STPFIN_MODEL_KERNEL_H
#define STPFIN_MODEL_KERNEL_H

#include "libstpfin/model/model.h"

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

/* What a run gives, and its workspace. */
struct stpfin_run {
	double *index; /* by demand and year: activity over that of the base year */
	/* By flow and year; NULL where only the positions are wanted. */
	double *activity;
	double *cost;   /* to the provider: K */
	double *income; /* to the provider, the commissioner's spend: R */
	/* By organisation and year. */
	double *position_cost;
	double *position_income;
	double *own_income; /* the income that is no payment for care */
};

/* Allocates a run for a model, with or without what each flow comes to. */
stpfin_status stpfin_run__new(
	struct stpfin_run *self, const struct stpfin_model *model, bool with_flows);
void stpfin_run__free(struct stpfin_run *self);

/* Projects, with the drivers of that set of bits on. */
void stpfin_run__project(
	struct stpfin_run *self, const struct stpfin_model *model, unsigned drivers);

/* STPFIN_ERROR_OVERFLOW, naming the organisation and year, if a position is not finite. */
stpfin_status stpfin_run__check(const struct stpfin_run *self, const struct stpfin_model *model);

#endif
