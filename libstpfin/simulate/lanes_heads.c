#include "libstpfin/simulate/lanes_heads.h"

#include <math.h>
#include <stdlib.h>

void stpfin_lanes_heads__free(struct stpfin_lanes_heads *self)
{
	free(self->rest);
	free(self->first);
	free(self->cells);
}

/* The place that holds a place; SIZE_MAX for England. */
static size_t above(const struct stpfin_model *model, size_t place)
{
	int32_t parent;

	if (place == stpfin_model__england(model)) {
		return SIZE_MAX;
	}
	parent = stpfin_plan__whole(model->plan, "footprint", "parent")[place];
	return parent >= 0 ? (size_t)parent : stpfin_model__england(model);
}

stpfin_status stpfin_lanes_heads__new(struct stpfin_lanes_heads *self,
	const struct stpfin_model *model, const struct stpfin_uncertain *uncertain)
{
	const int32_t *footprint = stpfin_plan__whole(model->plan, "population", "footprint");
	const int32_t *year = stpfin_plan__whole(model->plan, "population", "year");
	const double *persons = stpfin_plan__real(model->plan, "population", "persons");
	struct stpfin_drawn_column drawn = stpfin_drawn_column__of(uncertain, "population", "persons");
	size_t n = model->n_places * model->n_years;

	*self = (struct stpfin_lanes_heads){.n_years = model->n_years, .n = n};
	self->rest = stpfin_model__array(n, sizeof *self->rest);
	self->first = stpfin_model__array(n + 2, sizeof *self->first);
	if (self->rest == NULL || self->first == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < n; i++) {
		self->rest[i] = isnan(model->persons[i]) ? (double)NAN : 0;
	}
	/* Counted two places on, so that filling the runs leaves each beginning in its place. */
	for (int filling = 0; filling < 2; filling++) {
		for (size_t row = 0; row < stpfin_plan__rows(model->plan, "population"); row++) {
			size_t cell = stpfin_drawn_column__cell(&drawn, row, STPFIN_EVERY_YEAR);
			size_t t = (size_t)(year[row] - model->plan->settings.base_year);

			for (size_t place = (size_t)footprint[row]; place != SIZE_MAX;
				 place = above(model, place)) {
				size_t at = place * model->n_years + t;

				if (cell == STPFIN_NO_ROW) {
					self->rest[at] += filling ? persons[row] : 0;
				} else if (filling) {
					self->cells[self->first[at + 1]++] = cell;
				} else {
					self->first[at + 2]++;
				}
			}
		}
		for (size_t at = 1; !filling && at <= n; at++) {
			self->first[at + 1] += self->first[at];
		}
		if (!filling) {
			self->cells = stpfin_model__array(self->first[n + 1], sizeof *self->cells);
			if (self->cells == NULL) {
				return STPFIN_ERROR_MEMORY;
			}
		}
	}
	return STPFIN_OK;
}

void stpfin_lanes_heads__divide(const struct stpfin_lanes_heads *self, const double *cells,
	size_t place, size_t t, double *amounts)
{
	size_t at = place * self->n_years + t;
	double persons[STPFIN_LANES];

	for (size_t i = 0; i < STPFIN_LANES; i++) {
		persons[i] = self->rest[at];
	}
	for (size_t j = self->first[at]; j < self->first[at + 1]; j++) {
		const double *drawn = cells + self->cells[j] * STPFIN_LANES;

		for (size_t i = 0; i < STPFIN_LANES; i++) {
			persons[i] += drawn[i];
		}
	}
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		amounts[i] = persons[i] > 0 ? amounts[i] / persons[i] : (double)NAN;
	}
}
