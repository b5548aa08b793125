#include "libstpfin/explain/places.h"

#include <string.h>

#include "libstpfin/plan/nearest.h"
#include "libstpfin/table/error.h"

size_t stpfin_places__count(const struct stpfin_model *model)
{
	return model->n_places + model->n_organisations;
}

const char *stpfin_places__name(const struct stpfin_model *model, size_t place)
{
	const stpfin_table *organisations = stpfin_plan__table(model->plan, "organisation");

	return place < model->n_places ? stpfin_dictionary__text(model->place_names, (int32_t)place)
								   : stpfin_column__text(stpfin_table__column(organisations, 0),
										 place - model->n_places);
}

bool stpfin_places__is_shown(const struct stpfin_model *model, size_t place)
{
	if (place < model->n_places) {
		return place != stpfin_model__unassigned(model) || model->has_unassigned;
	}
	return stpfin_kind__has_position(model->kind[place - model->n_places]);
}

stpfin_status stpfin_places__find(
	const struct stpfin_model *model, const char *name, size_t *out_place)
{
	struct stpfin_nearest nearest = {.word = name};

	*out_place = SIZE_MAX;
	if (name == NULL) {
		return STPFIN_OK;
	}
	for (size_t place = 0; place < stpfin_places__count(model); place++) {
		if (!stpfin_places__is_shown(model, place)) {
			continue;
		}
		if (strcmp(stpfin_places__name(model, place), name) == 0) {
			*out_place = place;
			return STPFIN_OK;
		}
		stpfin_nearest__consider(&nearest, stpfin_places__name(model, place));
	}
	if (nearest.name != NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the plan has no place '%s': did you mean %s?", name, nearest.name);
	}
	return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
		"the plan has no place '%s': give a footprint, an organisation that has a position, or "
		"England",
		name);
}

void stpfin_places__gaps(
	const struct stpfin_model *model, const struct stpfin_run *run, double *gaps)
{
	size_t n_years = model->n_years;

	memset(gaps, 0, model->n_places * n_years * sizeof *gaps);
	for (size_t i = 0; i < model->n_organisations; i++) {
		double *own = gaps + (model->n_places + i) * n_years;

		for (size_t t = 0; t < n_years; t++) {
			own[t] = run->position_cost[i * n_years + t] - run->position_income[i * n_years + t];
		}
		for (size_t j = model->first_share[i]; j < model->first_share[i + 1]; j++) {
			double *sum = gaps + (size_t)model->share_place[j] * n_years;

			for (size_t t = 0; t < n_years; t++) {
				sum[t] += model->share[j] * own[t];
			}
		}
	}
}
