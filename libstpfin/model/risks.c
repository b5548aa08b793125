#include "libstpfin/model/risks.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/people.h"
#include "libstpfin/plan/ages.h"

void stpfin_risks__free(struct stpfin_risks *self)
{
	if (self == NULL) {
		return;
	}
	free(self->trend);
	free(self->prevalence);
	free(self->outcome);
	free(self->service);
	free(self->harm);
	free(self->moves);
	free(self);
}

/* What a prevalence comes to; no more than everybody is exposed. */
static double clip(double prevalence)
{
	return prevalence < 1 ? prevalence : 1;
}

/* How much more of an outcome there is when a prevalence changes. */
static double relative(double excess, double from, double to)
{
	return (1 + to * excess) / (1 + from * excess);
}

static bool is_exposed(const double *prevalence, const struct stpfin_harm *harm, size_t risk)
{
	return prevalence[risk] != 0 && harm[risk].excess != 0;
}

double stpfin_risks__factor(const struct stpfin_risks *self, size_t n_years,
	const double *prevalence, const struct stpfin_harm *harm, const double *left, size_t t)
{
	double factor = 1;

	for (size_t risk = 0; risk < self->n; risk++) {
		double part = t >= harm[risk].lag ? left[risk * n_years + t - harm[risk].lag] : 1;

		/* Most is left as it is, which is quickly told. */
		if (part != 1 && is_exposed(prevalence, harm, risk)) {
			double p = prevalence[risk] * self->trend[risk * n_years + t];

			factor *= relative(harm[risk].excess, clip(p), clip(p * part));
		}
	}
	return factor;
}

/* What trends make of an outcome in a band in a year, over the base year. */
static double trend_factor(const struct stpfin_risks *self, size_t n_years,
	const double *prevalence, const struct stpfin_harm *harm, size_t t)
{
	double factor = 1;

	for (size_t risk = 0; risk < self->n; risk++) {
		if (is_exposed(prevalence, harm, risk)) {
			factor *= relative(harm[risk].excess, prevalence[risk],
				clip(prevalence[risk] * self->trend[risk * n_years + t]));
		}
	}
	return factor;
}

/* The mean factor of the bands of a footprint by the use that the people of a year make; left is
 * NULL for that of the trends. */
static double mean_factor(const struct stpfin_model *model, size_t footprint, size_t outcome,
	const double *left, size_t t, size_t year_of_people)
{
	const struct stpfin_risks *self = model->risks;
	const struct stpfin_people *people = model->people;
	const double *weight = people->weight + people->set[self->service[outcome]] * people->n_kinds;
	size_t n_years = model->n_years;
	double sum = 0;
	double all = 0;

	for (size_t i = people->first[footprint]; i < people->first[footprint + 1]; i++) {
		size_t kind = people->kind[i];
		double use = weight[kind] * people->persons[i * n_years + year_of_people];
		const double *prevalence = self->prevalence + i * self->n;
		const struct stpfin_harm *harm = self->harm + (outcome * people->n_kinds + kind) * self->n;

		sum += use * (left != NULL ? stpfin_risks__factor(self, n_years, prevalence, harm, left, t)
								   : trend_factor(self, n_years, prevalence, harm, t));
		all += use;
	}
	return all > 0 ? sum / all : 1;
}

double stpfin_risks__footprint_factor(const struct stpfin_model *model, size_t footprint,
	size_t outcome, const double *left, size_t t)
{
	return mean_factor(model, footprint, outcome, left, t, t);
}

double stpfin_risks__mean(
	const struct stpfin_model *model, size_t commissioner, const double *value, size_t stride)
{
	double sum = 0;
	double shares = 0;

	for (size_t i = model->first_share[commissioner]; i < model->first_share[commissioner + 1];
		 i++) {
		if (stpfin_model__is_leaf(model, i)) {
			sum += model->share[i] * value[(size_t)model->share_place[i] * stride];
			shares += model->share[i];
		}
	}
	return sum / shares;
}

stpfin_status stpfin_risks__prevalences(const struct stpfin_model *model, const int32_t *footprint,
	const int32_t *sex, const int32_t *age, size_t n, double **out_prevalences)
{
	size_t n_risks = stpfin_plan__rows(model->plan, "risk");
	const stpfin_plan *plan = model->plan;
	struct stpfin_ages rows = {NULL, 0};
	double *found = stpfin_model__array(stpfin_model__times(n, n_risks), sizeof *found);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_prevalences = NULL;
	if (found != NULL) {
		status = stpfin_ages__new(&rows, stpfin_plan__whole(plan, "prevalence", "footprint"),
			stpfin_plan__whole(plan, "prevalence", "risk"),
			stpfin_plan__whole(plan, "prevalence", "sex"),
			stpfin_plan__whole(plan, "prevalence", "age"), stpfin_plan__rows(plan, "prevalence"));
	}
	for (size_t at = 0; at < n * n_risks && status == STPFIN_OK; at++) {
		size_t band = at / n_risks;
		size_t row = stpfin_ages__find(
			&rows, footprint[band], (int32_t)(at % n_risks), sex[band], age[band]);

		found[at] = row != SIZE_MAX ? stpfin_plan__real(plan, "prevalence", "prevalence")[row] : 0;
	}
	stpfin_ages__free(&rows);
	if (status != STPFIN_OK) {
		free(found);
		return status;
	}
	*out_prevalences = found;
	return STPFIN_OK;
}

/* Fills the harms of an outcome, by its code in the table of relative risks (-1: none). */
static void find_harms(const struct stpfin_plan *plan, const struct stpfin_ages *rows,
	int32_t outcome, const int32_t *sex, const int32_t *age, size_t n, struct stpfin_harm *harms)
{
	const double *ratio = stpfin_plan__real(plan, "relative_risk", "rr");
	const int32_t *lag = stpfin_plan__whole(plan, "relative_risk", "lag");
	size_t n_risks = stpfin_plan__rows(plan, "risk");

	for (size_t at = 0; outcome >= 0 && at < n * n_risks; at++) {
		size_t band = at / n_risks;
		size_t row =
			stpfin_ages__find(rows, (int32_t)(at % n_risks), outcome, sex[band], age[band]);

		if (row != SIZE_MAX) {
			harms[at].excess = ratio[row] - 1;
			harms[at].lag = lag[row] != STPFIN_MISSING_INT32 ? (size_t)lag[row] : 0;
		}
	}
}

static stpfin_status new_relative_risks(struct stpfin_ages *self, const struct stpfin_plan *plan)
{
	static const char table[] = "relative_risk";

	return stpfin_ages__new(self, stpfin_plan__whole(plan, table, "risk"),
		stpfin_plan__whole(plan, table, "outcome"), stpfin_plan__whole(plan, table, "sex"),
		stpfin_plan__whole(plan, table, "age"), stpfin_plan__rows(plan, table));
}

/* The code of an outcome in the table of relative risks; -1 if it has no row. */
static int32_t find_outcome(const struct stpfin_plan *plan, const char *outcome)
{
	const stpfin_dictionary *outcomes =
		stpfin_table__named(stpfin_plan__table(plan, "relative_risk"), "outcome")->dictionary;

	return stpfin_dictionary__find(outcomes, outcome, strlen(outcome));
}

stpfin_status stpfin_risks__harms(const struct stpfin_model *model, const char *outcome,
	const int32_t *sex, const int32_t *age, size_t n, struct stpfin_harm **out_harms)
{
	size_t n_risks = stpfin_plan__rows(model->plan, "risk");
	struct stpfin_ages rows = {NULL, 0};
	struct stpfin_harm *harms = stpfin_model__array(stpfin_model__times(n, n_risks), sizeof *harms);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*out_harms = NULL;
	if (harms != NULL) {
		status = new_relative_risks(&rows, model->plan);
	}
	if (status != STPFIN_OK) {
		free(harms);
		return status;
	}
	find_harms(model->plan, &rows, find_outcome(model->plan, outcome), sex, age, n, harms);
	stpfin_ages__free(&rows);
	*out_harms = harms;
	return STPFIN_OK;
}

static stpfin_status compile_trends(struct stpfin_risks *self, const struct stpfin_model *model)
{
	const double *rate = stpfin_plan__real(model->plan, "risk", "trend");

	self->trend =
		stpfin_model__array(stpfin_model__times(self->n, model->n_years), sizeof *self->trend);
	if (self->trend == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t risk = 0; risk < self->n; risk++) {
		double *trend = self->trend + risk * model->n_years;

		trend[0] = 1;
		for (size_t t = 1; t < model->n_years; t++) {
			/* Finite, since what is left of a prevalence may be nothing. */
			trend[t] = fmin(trend[t - 1] * (1 + (isnan(rate[risk]) ? 0 : rate[risk])), DBL_MAX);
		}
	}
	return STPFIN_OK;
}

static stpfin_status compile_prevalences(
	struct stpfin_risks *self, const struct stpfin_model *model)
{
	const struct stpfin_people *people = model->people;
	int32_t *sex = stpfin_model__array(people->n_bands, sizeof *sex);
	int32_t *age = stpfin_model__array(people->n_bands, sizeof *age);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (sex != NULL && age != NULL) {
		for (size_t band = 0; band < people->n_bands; band++) {
			sex[band] = people->sex[people->kind[band]];
			age[band] = people->age[people->kind[band]];
		}
		status = stpfin_risks__prevalences(
			model, people->footprint, sex, age, people->n_bands, &self->prevalence);
	}
	free(sex);
	free(age);
	return status;
}

/* The services that have a relative risk, and what the risks do to them. */
static stpfin_status compile_outcomes(struct stpfin_risks *self, const struct stpfin_model *model)
{
	const struct stpfin_people *people = model->people;
	struct stpfin_ages rows = {NULL, 0};
	size_t n_cells;
	stpfin_status status = new_relative_risks(&rows, model->plan);

	if (status != STPFIN_OK) {
		return status;
	}
	self->outcome = stpfin_model__array(model->n_services, sizeof *self->outcome);
	self->service = stpfin_model__array(model->n_services, sizeof *self->service);
	if (self->outcome == NULL || self->service == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	for (size_t i = 0; i < model->n_services; i++) {
		const char *name = stpfin_model__name(model, "service", (int32_t)i);

		self->outcome[i] = SIZE_MAX;
		if (find_outcome(model->plan, name) >= 0) {
			self->service[self->n_outcomes] = i;
			self->outcome[i] = self->n_outcomes++;
		}
	}
	n_cells = stpfin_model__times(self->n_outcomes, people->n_kinds);
	self->harm = stpfin_model__array(stpfin_model__times(n_cells, self->n), sizeof *self->harm);
	if (self->harm == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	for (size_t i = 0; i < self->n_outcomes; i++) {
		const char *name = stpfin_model__name(model, "service", (int32_t)self->service[i]);

		find_harms(model->plan, &rows, find_outcome(model->plan, name), people->sex, people->age,
			people->n_kinds, self->harm + i * people->n_kinds * self->n);
	}

out:
	stpfin_ages__free(&rows);
	return status;
}

static stpfin_status compile_moves(struct stpfin_risks *self, const struct stpfin_model *model)
{
	const struct stpfin_people *people = model->people;

	self->moves = stpfin_model__array(
		stpfin_model__times(stpfin_model__times(model->n_footprints, self->n_outcomes), self->n),
		sizeof *self->moves);
	if (self->moves == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t band = 0; band < people->n_bands; band++) {
		const double *prevalence = self->prevalence + band * self->n;

		for (size_t outcome = 0; outcome < self->n_outcomes; outcome++) {
			size_t place = (size_t)people->footprint[band] * self->n_outcomes + outcome;
			const struct stpfin_harm *harm =
				self->harm + (outcome * people->n_kinds + people->kind[band]) * self->n;

			for (size_t risk = 0; risk < self->n; risk++) {
				if (is_exposed(prevalence, harm, risk)) {
					self->moves[place * self->n + risk] = true;
				}
			}
		}
	}
	return STPFIN_OK;
}

/* Multiplies the growth of demands by what trends of prevalence make of them, the factor of each
 * footprint being the mean of its people of the year, or of the base year. */
static stpfin_status follow_trends(
	const struct stpfin_model *model, bool people_of_year, double *growth)
{
	const struct stpfin_risks *risks = model->risks;
	size_t n_years = model->n_years;
	size_t stride = risks->n_outcomes * n_years;
	double *factor =
		stpfin_model__array(stpfin_model__times(model->n_footprints, stride), sizeof *factor);

	if (factor == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t at = 0; at < model->n_footprints * stride; at++) {
		size_t t = at % n_years;

		factor[at] =
			mean_factor(model, at / stride, at % stride / n_years, NULL, t, people_of_year ? t : 0);
	}
	for (size_t demand = 0; demand < model->n_demands; demand++) {
		size_t flow = model->flow_of_demand[demand];
		size_t outcome = risks->outcome[model->service[flow]];

		for (size_t t = 0; outcome != SIZE_MAX && t < n_years; t++) {
			growth[demand * n_years + t] *= stpfin_risks__mean(
				model, (size_t)model->commissioner[flow], factor + outcome * n_years + t, stride);
		}
	}
	free(factor);
	return STPFIN_OK;
}

static stpfin_status add_trends(struct stpfin_model *model)
{
	const struct stpfin_risks *risks = model->risks;
	size_t n = model->n_demands * model->n_years;
	bool any = false;
	stpfin_status status;

	for (size_t at = 0; at < risks->n * model->n_years; at++) {
		any = any || risks->trend[at] != 1;
	}
	if (!any) {
		return STPFIN_OK;
	}
	model->growth_of_base_people = stpfin_model__array(n, sizeof *model->growth_of_base_people);
	if (model->growth_of_base_people == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	memcpy(model->growth_of_base_people, model->growth, n * sizeof *model->growth);
	status = follow_trends(model, false, model->growth_of_base_people);
	return status == STPFIN_OK ? follow_trends(model, true, model->growth) : status;
}

stpfin_status stpfin_model__risks(struct stpfin_model *model)
{
	struct stpfin_risks *self;
	stpfin_status status;

	if (stpfin_plan__rows(model->plan, "prevalence") == 0 ||
		stpfin_plan__rows(model->plan, "relative_risk") == 0) {
		return STPFIN_OK;
	}
	self = stpfin_model__array(1, sizeof *self);
	if (self == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	model->risks = self;
	self->n = stpfin_plan__rows(model->plan, "risk");
	status = compile_trends(self, model);
	if (status == STPFIN_OK) {
		status = compile_prevalences(self, model);
	}
	if (status == STPFIN_OK) {
		status = compile_outcomes(self, model);
	}
	if (status == STPFIN_OK) {
		status = compile_moves(self, model);
	}
	return status == STPFIN_OK ? add_trends(model) : status;
}
