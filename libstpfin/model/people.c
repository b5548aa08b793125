#include "libstpfin/model/people.h"

#include <stdlib.h>

#include "libstpfin/plan/index.h"
#include "libstpfin/plan/weights.h"

void stpfin_people__free(struct stpfin_people *self)
{
	if (self == NULL) {
		return;
	}
	free(self->first);
	free(self->footprint);
	free(self->kind);
	free(self->persons);
	free(self->sex);
	free(self->age);
	free(self->set);
	free(self->weight);
	free(self);
}

/* Numbers the kinds, and counts the bands of each footprint. kind_of and band_of are by row of the
 * population; band_of is the first row of its band. */
static stpfin_status count_bands(
	struct stpfin_people *self, const struct stpfin_model *model, size_t *kind_of, size_t *band_of)
{
	const int32_t *footprint = stpfin_plan__whole(model->plan, "population", "footprint");
	const int32_t *sex = stpfin_plan__whole(model->plan, "population", "sex");
	const int32_t *age = stpfin_plan__whole(model->plan, "population", "age");
	const int32_t *const keys[] = {sex, age, footprint};
	size_t n_rows = stpfin_plan__rows(model->plan, "population");
	struct stpfin_index bands = {0};
	struct stpfin_index kinds = {0};
	stpfin_status status = stpfin_index__new(&bands, keys, 3, n_rows);

	if (status == STPFIN_OK) {
		status = stpfin_index__new(&kinds, keys, 2, n_rows);
	}
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		size_t alike = stpfin_index__add(&kinds, row);

		if (alike == row) {
			self->sex[self->n_kinds] = sex[row];
			self->age[self->n_kinds++] = age[row];
		}
		kind_of[row] = alike == row ? self->n_kinds - 1 : kind_of[alike];
		band_of[row] = stpfin_index__add(&bands, row);
		self->first[footprint[row] + 1] += band_of[row] == row;
	}
	self->sex[self->n_kinds] = -1;
	self->age[self->n_kinds++] = STPFIN_MISSING_INT32;
	stpfin_index__free(&bands);
	stpfin_index__free(&kinds);
	return status;
}

/* Gives the bands their places, footprint by footprint, in the order of their rows. */
static stpfin_status place_bands(struct stpfin_people *self, const struct stpfin_model *model,
	const size_t *kind_of, const size_t *band_of)
{
	const int32_t *footprint = stpfin_plan__whole(model->plan, "population", "footprint");
	const int32_t *year = stpfin_plan__whole(model->plan, "population", "year");
	const double *persons = stpfin_plan__real(model->plan, "population", "persons");
	size_t n_rows = stpfin_plan__rows(model->plan, "population");
	size_t n_years = model->n_years;
	size_t *next = stpfin_model__array(model->n_footprints, sizeof *next);
	size_t *place_of = stpfin_model__array(n_rows, sizeof *place_of);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	for (size_t i = 0; i < model->n_footprints; i++) {
		size_t n = self->first[i + 1] > 0 ? self->first[i + 1] : 1;

		self->first[i + 1] = self->first[i] + n;
	}
	self->n_bands = self->first[model->n_footprints];
	self->footprint = stpfin_model__array(self->n_bands, sizeof *self->footprint);
	self->kind = stpfin_model__array(self->n_bands, sizeof *self->kind);
	self->persons =
		stpfin_model__array(stpfin_model__times(self->n_bands, n_years), sizeof *self->persons);
	if (next == NULL || place_of == NULL || self->footprint == NULL || self->kind == NULL ||
		self->persons == NULL) {
		goto out;
	}
	for (size_t i = 0; i < model->n_footprints; i++) {
		next[i] = self->first[i];
	}
	for (size_t row = 0; row < n_rows; row++) {
		size_t place = band_of[row] == row ? next[footprint[row]]++ : place_of[band_of[row]];
		size_t t = (size_t)(year[row] - model->plan->settings.base_year);

		place_of[row] = place;
		self->kind[place] = kind_of[row];
		self->footprint[place] = footprint[row];
		self->persons[place * n_years + t] = persons[row];
	}
	for (size_t i = 0; i < model->n_footprints; i++) {
		size_t place = self->first[i];

		if (next[i] > place) {
			continue;
		}
		self->kind[place] = self->n_kinds - 1;
		self->footprint[place] = (int32_t)i;
		for (size_t t = 0; t < n_years; t++) {
			self->persons[place * n_years + t] = 1;
		}
	}
	status = STPFIN_OK;

out:
	free(next);
	free(place_of);
	return status;
}

static stpfin_status compile_bands(struct stpfin_people *self, const struct stpfin_model *model)
{
	size_t n_rows = stpfin_plan__rows(model->plan, "population");
	size_t *kind_of = stpfin_model__array(n_rows, sizeof *kind_of);
	size_t *band_of = stpfin_model__array(n_rows, sizeof *band_of);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	self->first = stpfin_model__array(model->n_footprints + 1, sizeof *self->first);
	self->sex = stpfin_model__array(n_rows + 1, sizeof *self->sex);
	self->age = stpfin_model__array(n_rows + 1, sizeof *self->age);
	if (kind_of != NULL && band_of != NULL && self->first != NULL && self->sex != NULL &&
		self->age != NULL) {
		status = count_bands(self, model, kind_of, band_of);
	}
	if (status == STPFIN_OK) {
		status = place_bands(self, model, kind_of, band_of);
	}
	free(kind_of);
	free(band_of);
	return status;
}

static stpfin_status compile_weights(struct stpfin_people *self, const struct stpfin_model *model)
{
	struct stpfin_weights weights = {.has_blank = false};
	stpfin_status status = stpfin_weights__new(
		&weights, stpfin_plan__table(model->plan, "age_weight"), model->n_services);

	if (status != STPFIN_OK) {
		goto out;
	}
	self->n_sets = weights.n_sets;
	self->set = stpfin_model__array(model->n_services, sizeof *self->set);
	self->weight =
		stpfin_model__array(stpfin_model__times(self->n_sets, self->n_kinds), sizeof *self->weight);
	if (self->set == NULL || self->weight == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	for (size_t i = 0; i < model->n_services; i++) {
		self->set[i] = weights.number[i];
	}
	for (size_t set = 0; set < self->n_sets; set++) {
		double *weight = self->weight + set * self->n_kinds;

		for (size_t kind = 0; kind + 1 < self->n_kinds; kind++) {
			weight[kind] = stpfin_weights__weight(
				&weights, weights.service[set], self->sex[kind], self->age[kind]);
		}
		weight[self->n_kinds - 1] = 1;
	}

out:
	stpfin_weights__free(&weights);
	return status;
}

stpfin_status stpfin_model__people(struct stpfin_model *model)
{
	stpfin_status status;

	model->people = stpfin_model__array(1, sizeof *model->people);
	if (model->people == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	status = compile_bands(model->people, model);
	return status == STPFIN_OK ? compile_weights(model->people, model) : status;
}
