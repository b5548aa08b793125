#include "libstpfin/model/quality_places.h"

#include <math.h>
#include <stdlib.h>

#include "libstpfin/health/arrays.h"
#include "libstpfin/model/places.h"
#include "libstpfin/table/error.h"

void stpfin_quality_places__free(struct stpfin_quality_places *self)
{
	free(self->first);
	free(self->place);
	free(self->indicator);
	free(self->above);
	free(self->of_series);
	free(self->value);
	free(self->numerator);
	free(self->denominator);
	free(self->observed_numerator);
	free(self->observed_denominator);
	*self = (struct stpfin_quality_places){.n = 0};
}

/* Goes up from each series to England, by indicator, and stops where it has been before: the first
 * time cells are counted by place, the second they are placed. `next` is the next cell of a place,
 * `seen` the last indicator seen in it (and one, from 0 on), `cell` that one's cell. */
static void go_up(struct stpfin_quality_places *self, const struct stpfin_model *model,
	bool filling, size_t *next, size_t *seen, size_t *cell)
{
	const struct stpfin_quality *quality = model->quality;

	for (size_t series = 0; series < quality->n; series++) {
		size_t mark = (size_t)quality->indicator[series] + 1;
		size_t below = SIZE_MAX;
		size_t place = (size_t)quality->footprint[series];

		for (; place != SIZE_MAX && seen[place] != mark;
			 place = stpfin_counted_places__above(model, place)) {
			seen[place] = mark;
			if (!filling) {
				self->first[place + 1]++;
				continue;
			}
			cell[place] = next[place]++;
			self->place[cell[place]] = place;
			self->indicator[cell[place]] = quality->indicator[series];
			self->above[cell[place]] = SIZE_MAX;
			if (below != SIZE_MAX) {
				self->above[below] = cell[place];
			}
			below = cell[place];
		}
		if (filling) {
			if (place != SIZE_MAX && below != SIZE_MAX) {
				self->above[below] = cell[place];
			}
			self->of_series[series] = cell[quality->footprint[series]];
		}
	}
}

static stpfin_status find_cells(
	struct stpfin_quality_places *self, const struct stpfin_model *model)
{
	size_t n_places = stpfin_counted_places__number(model);
	size_t *next = stpfin_model__array(n_places, sizeof *next);
	size_t *seen = stpfin_model__array(n_places, sizeof *seen);
	size_t *cell = stpfin_model__array(n_places, sizeof *cell);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	self->first = stpfin_model__array(n_places + 1, sizeof *self->first);
	if (next == NULL || seen == NULL || cell == NULL || self->first == NULL) {
		goto out;
	}
	go_up(self, model, false, next, seen, cell);
	for (size_t place = 0; place < n_places; place++) {
		self->first[place + 1] += self->first[place];
		next[place] = self->first[place];
		seen[place] = 0;
	}
	self->n = self->first[n_places];
	self->place = stpfin_model__array(self->n, sizeof *self->place);
	self->indicator = stpfin_model__array(self->n, sizeof *self->indicator);
	self->above = stpfin_model__array(self->n, sizeof *self->above);
	self->of_series = stpfin_model__array(model->quality->n, sizeof *self->of_series);
	if (self->place == NULL || self->indicator == NULL || self->above == NULL ||
		self->of_series == NULL) {
		goto out;
	}
	go_up(self, model, true, next, seen, cell);
	status = STPFIN_OK;

out:
	free(next);
	free(seen);
	free(cell);
	return status;
}

/* Adds the counts of a series in a year to every cell above it. */
static void add_counts(const struct stpfin_quality_places *self, const struct stpfin_model *model,
	size_t series, size_t t, double numerator, double denominator, double *numerators,
	double *denominators)
{
	for (size_t cell = self->of_series[series]; cell != SIZE_MAX; cell = self->above[cell]) {
		numerators[cell * model->n_years + t] += numerator;
		denominators[cell * model->n_years + t] += denominator;
	}
}

stpfin_status stpfin_quality_places__new(
	struct stpfin_quality_places *self, const struct stpfin_model *model)
{
	const struct stpfin_quality *quality = model->quality;
	double **arrays[] = {&self->value, &self->numerator, &self->denominator,
		&self->observed_numerator, &self->observed_denominator};
	stpfin_status status;

	*self = (struct stpfin_quality_places){.n = 0};
	status = find_cells(self, model);
	for (size_t i = 0; i < sizeof arrays / sizeof *arrays && status == STPFIN_OK; i++) {
		*arrays[i] =
			stpfin_model__array(stpfin_model__times(self->n, model->n_years), sizeof **arrays[i]);
		status = *arrays[i] != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;
	}
	for (size_t at = 0; at < quality->n * model->n_years && status == STPFIN_OK; at++) {
		if (!isnan(quality->path[at])) {
			/* What is not observed makes NaNs of the sums. */
			add_counts(self, model, at / model->n_years, at % model->n_years,
				quality->numerator[at], quality->denominator[at] + 0 * quality->numerator[at],
				self->observed_numerator, self->observed_denominator);
		}
	}
	return status;
}

/* Refuses counts, of a cell in a year, that the statistics cannot take. */
static stpfin_status check_counts(const struct stpfin_quality_places *self,
	const struct stpfin_model *model, size_t at, double numerator, double denominator)
{
	if (stpfin_arrays__can_take(numerator) && stpfin_arrays__can_take(denominator) &&
		stpfin_arrays__can_take(numerator / denominator)) {
		return STPFIN_OK;
	}
	return stpfin_error__set(STPFIN_ERROR_OVERFLOW,
		"the counts of '%s' in %d, %g of %g, are beyond 1e15 or closer to 0 than 1e-15: look for "
		"values or changes that are out of proportion",
		stpfin_model__name(model, "indicator", self->indicator[at / model->n_years]),
		(int)(model->plan->settings.base_year + (int32_t)(at % model->n_years)), numerator,
		denominator);
}

/* Gives cells their values: of one series, its own; else that of the counts. */
static stpfin_status find_values(
	struct stpfin_quality_places *self, const struct stpfin_model *model)
{
	for (size_t at = 0; at < self->n * model->n_years; at++) {
		size_t cell = at / model->n_years;
		const struct stpfin_indicator *indicator =
			&model->quality->indicators[self->indicator[cell]];

		stpfin_status status =
			check_counts(self, model, at, self->numerator[at], self->denominator[at]);

		if (status == STPFIN_OK) {
			status = check_counts(
				self, model, at, self->observed_numerator[at], self->observed_denominator[at]);
		}
		if (status != STPFIN_OK) {
			return status;
		}
		if (isnan(self->value[at]) && self->denominator[at] > 0) {
			self->value[at] =
				stpfin_indicator__value(indicator, self->numerator[at], self->denominator[at]);
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_quality_places__sum(
	struct stpfin_quality_places *self, const struct stpfin_model *model, const double *value)
{
	const struct stpfin_quality *quality = model->quality;

	for (size_t at = 0; at < self->n * model->n_years; at++) {
		self->value[at] = (double)NAN;
		self->numerator[at] = self->denominator[at] = 0;
	}
	for (size_t at = 0; at < quality->n * model->n_years; at++) {
		size_t series = at / model->n_years;
		size_t t = at % model->n_years;
		const struct stpfin_indicator *indicator = &quality->indicators[quality->indicator[series]];
		double denominator = quality->denominator[at];
		double numerator = value[at] * denominator / indicator->multiplier;

		if (isnan(value[at])) {
			continue;
		}
		if (indicator->kind == STPFIN_PROPORTION && numerator > denominator) {
			numerator = denominator; /* by what rounding adds */
		}
		self->value[self->of_series[series] * model->n_years + t] = value[at];
		add_counts(
			self, model, series, t, numerator, denominator, self->numerator, self->denominator);
	}
	return find_values(self, model);
}
