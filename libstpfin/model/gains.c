#include "libstpfin/model/gains.h"

#include <math.h>
#include <stdlib.h>

#include "libstpfin/health/years_lost.h"
#include "libstpfin/model/prices.h"
#include "libstpfin/table/error.h"

/* The years of life that deaths lose in a footprint in a year; 0 where its bands do not tell those
 * before 75 from those after. */
static double years_lost(const struct stpfin_do_nothing *self, size_t footprint, size_t t)
{
	struct stpfin_counts counts = self->counts;
	double sum = 0;
	size_t band = 0;

	stpfin_counts__find(
		&counts, &self->mortality, self->model, self->deaths, &footprint, 1, STPFIN_PERSONS, t);
	while (band + 1 < counts.n && counts.age[band] < STPFIN_EARLY) {
		sum += counts.deaths[band] * stpfin_years_lost__each(counts.age, band);
		band++;
	}
	return counts.n > 0 && counts.age[band] == STPFIN_EARLY ? sum : 0;
}

static bool loses_years(const struct stpfin_do_nothing *self)
{
	size_t n = self->model->n_footprints * self->model->n_years;

	for (size_t at = 0; at < n; at++) {
		if (self->years_of_life[at] > 0) {
			return true;
		}
	}
	return false;
}

static stpfin_status count_years_of_life(struct stpfin_do_nothing *self)
{
	const struct stpfin_model *model = self->model;
	stpfin_status status = stpfin_mortality__new(&self->mortality, model);

	if (status == STPFIN_OK) {
		status = stpfin_counts__new(&self->counts, &self->mortality);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	self->deaths = stpfin_model__array(
		stpfin_model__times(self->mortality.n, model->n_years), sizeof *self->deaths);
	self->years_of_life =
		stpfin_model__array(model->n_footprints * model->n_years, sizeof *self->years_of_life);
	if (self->deaths == NULL || self->years_of_life == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	stpfin_mortality__project(&self->mortality, model, NULL, self->deaths);
	for (size_t i = 0; i < model->n_footprints && self->mortality.n > 0; i++) {
		for (size_t t = self->mortality.first_year; t < model->n_years; t++) {
			self->years_of_life[i * model->n_years + t] = years_lost(self, i, t);
		}
	}
	return loses_years(self)
			   ? STPFIN_OK
			   : stpfin_error__set(STPFIN_ERROR_ARGUMENT,
					 "the plan counts no years of life lost, which the health weight values: it "
					 "needs the table mortality with a band that begins at 75");
}

static bool has_target(const struct stpfin_model *model)
{
	const struct stpfin_quality *quality = model->quality;

	for (size_t series = 0; quality != NULL && series < quality->n; series++) {
		if (!isnan(quality->indicators[quality->indicator[series]].target)) {
			return true;
		}
	}
	return false;
}

stpfin_status stpfin_do_nothing__new(struct stpfin_do_nothing *self,
	const struct stpfin_model *model, bool wants_years_of_life, bool wants_people)
{
	const struct stpfin_case which = {.drivers = STPFIN_EVERY_DRIVER};
	size_t n = model->n_organisations * model->n_years;
	struct stpfin_run run = {.index = NULL};
	stpfin_status status;

	*self = (struct stpfin_do_nothing){.model = model, .counts_people = wants_people};
	if (wants_people && !has_target(model)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the plan counts nobody short of a target, which the quality weight values: it needs "
			"an indicator with a target and the table indicator_value");
	}
	self->gap = stpfin_model__array(n, sizeof *self->gap);
	status = self->gap != NULL ? stpfin_run__new(&run, model, NULL, 0) : STPFIN_ERROR_MEMORY;
	if (status == STPFIN_OK) {
		stpfin_run__project(&run, model, &which);
		status = stpfin_run__check(&run, model);
	}
	for (size_t at = 0; at < n && status == STPFIN_OK; at++) {
		self->gap[at] = run.position_cost[at] - run.position_income[at];
	}
	if (status == STPFIN_OK && wants_years_of_life) {
		status = count_years_of_life(self);
	}
	stpfin_run__free(&run);
	return status;
}

void stpfin_do_nothing__free(struct stpfin_do_nothing *self)
{
	free(self->gap);
	stpfin_mortality__free(&self->mortality);
	free(self->deaths);
	stpfin_counts__free(&self->counts);
	free(self->years_of_life);
}

static double find_gap_closed(const struct stpfin_do_nothing *self, const struct stpfin_run *run)
{
	const struct stpfin_model *model = self->model;
	double sum = 0;

	for (size_t t = 0; t < model->n_years; t++) {
		double closed = 0;

		for (size_t i = 0; i < model->n_organisations; i++) {
			size_t at = i * model->n_years + t;

			if (stpfin_kind__has_position(model->kind[i])) {
				closed += self->gap[at] - (run->position_cost[at] - run->position_income[at]);
			}
		}
		sum += closed * stpfin_model__present_value(model, t);
	}
	return sum;
}

static double find_years_of_life(const struct stpfin_do_nothing *self, const struct stpfin_run *run)
{
	const struct stpfin_model *model = self->model;
	double sum = 0;

	stpfin_mortality__project(&self->mortality, model, run->prevented.left, self->deaths);
	for (size_t i = 0; i < model->n_footprints; i++) {
		for (size_t t = self->mortality.first_year; t < model->n_years; t++) {
			sum += self->years_of_life[i * model->n_years + t] - years_lost(self, i, t);
		}
	}
	return sum;
}

/* Those beyond a target are nobody's gap. */
static double find_people(const struct stpfin_model *model, const struct stpfin_run *run)
{
	const struct stpfin_quality *quality = model->quality;
	double sum = 0;

	for (size_t at = 0; at < quality->n * model->n_years; at++) {
		const struct stpfin_indicator *of =
			&quality->indicators[quality->indicator[at / model->n_years]];
		double before = stpfin_indicator__people_short(
			of, stpfin_indicator__clip(of, quality->path[at]), quality->denominator[at]);
		double after =
			stpfin_indicator__people_short(of, run->improved.value[at], quality->denominator[at]);

		if (!isnan(before)) {
			sum += of->weight * (fmax(0, before) - fmax(0, after));
		}
	}
	return sum;
}

stpfin_status stpfin_gains__find(const struct stpfin_do_nothing *do_nothing,
	const struct stpfin_scenario *scenario, struct stpfin_gains *out_gains)
{
	const struct stpfin_model *model = do_nothing->model;
	const struct stpfin_case which = {.drivers = STPFIN_EVERY_DRIVER, .scenario = scenario};
	struct stpfin_run run = {.index = NULL};
	stpfin_status status = stpfin_run__new(&run, model, scenario, 0);

	*out_gains = (struct stpfin_gains){0, 0, 0};
	if (status == STPFIN_OK) {
		stpfin_run__project(&run, model, &which);
		status = stpfin_run__check(&run, model);
	}
	if (status == STPFIN_OK) {
		out_gains->gap_closed = find_gap_closed(do_nothing, &run);
		if (do_nothing->years_of_life != NULL && scenario->n_preventions > 0) {
			out_gains->years_of_life = find_years_of_life(do_nothing, &run);
		}
		if (do_nothing->counts_people) {
			out_gains->people = find_people(model, &run);
		}
	}
	stpfin_run__free(&run);
	return status;
}
