#include "libstpfin/model/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/error.h"

stpfin_status stpfin_run__new(
	struct stpfin_run *self, const struct stpfin_model *model, bool with_flows)
{
	size_t n_flows = with_flows ? model->n_flows * model->n_years : 0;
	size_t n_positions = model->n_organisations * model->n_years;

	*self = (struct stpfin_run){
		.index = stpfin_model__array(model->n_demands * model->n_years, sizeof(double)),
		.position_cost = stpfin_model__array(n_positions, sizeof(double)),
		.position_income = stpfin_model__array(n_positions, sizeof(double)),
		.own_income = stpfin_model__array(n_positions, sizeof(double)),
	};
	if (with_flows) {
		self->activity = stpfin_model__array(n_flows, sizeof(double));
		self->cost = stpfin_model__array(n_flows, sizeof(double));
		self->income = stpfin_model__array(n_flows, sizeof(double));
	}
	if (self->index == NULL || self->position_cost == NULL || self->position_income == NULL ||
		self->own_income == NULL ||
		(with_flows && (self->activity == NULL || self->cost == NULL || self->income == NULL))) {
		stpfin_run__free(self);
		return STPFIN_ERROR_MEMORY;
	}
	return STPFIN_OK;
}

void stpfin_run__free(struct stpfin_run *self)
{
	free(self->index);
	free(self->activity);
	free(self->cost);
	free(self->income);
	free(self->position_cost);
	free(self->position_income);
	free(self->own_income);
	*self = (struct stpfin_run){.index = NULL};
}

static bool is_on(unsigned drivers, enum stpfin_driver driver)
{
	return (drivers >> driver & 1) != 0;
}

static void project_flow(struct stpfin_run *self, const struct stpfin_model *model, size_t flow,
	const double *inflation, const double *price)
{
	size_t n_years = model->n_years;
	const double *index = self->index + model->demand[flow] * n_years;
	double *paid = self->position_cost + (size_t)model->commissioner[flow] * n_years;
	double *spent = self->position_cost + (size_t)model->provider[flow] * n_years;
	double *received = self->position_income + (size_t)model->provider[flow] * n_years;
	bool outside = model->outside[flow];

	for (size_t t = 0; t < n_years; t++) {
		double change = index[t] - 1;
		double marginal = change > 0 ? model->marginal_above[flow] : model->marginal_below[flow];
		double income =
			model->income[flow] * (outside ? inflation[t] : price[t]) * (1 + marginal * change);
		double cost = outside ? income : model->cost[flow] * index[t] * inflation[t];

		paid[t] += income;
		if (!outside) {
			received[t] += income;
			spent[t] += cost;
		}
		if (self->activity != NULL) {
			self->activity[flow * n_years + t] = model->activity[flow] * index[t];
			self->cost[flow * n_years + t] = cost;
			self->income[flow * n_years + t] = income;
		}
	}
}

void stpfin_run__project(
	struct stpfin_run *self, const struct stpfin_model *model, unsigned drivers)
{
	size_t n_years = model->n_years;
	const double *population =
		is_on(drivers, STPFIN_DRIVER_POPULATION) ? model->population : model->unchanged;
	const double *growth = is_on(drivers, STPFIN_DRIVER_GROWTH) ? model->growth : model->unchanged;
	const double *inflation =
		is_on(drivers, STPFIN_DRIVER_INFLATION) ? model->inflation : model->unchanged;
	const double *price = is_on(drivers, STPFIN_DRIVER_PRICE) ? model->price : model->unchanged;

	for (size_t i = 0; i < model->n_demands * n_years; i++) {
		self->index[i] = population[i] * growth[i];
	}
	for (size_t i = 0; i < model->n_organisations; i++) {
		for (size_t t = 0; t < n_years; t++) {
			size_t at = i * n_years + t;
			size_t funded = is_on(drivers, STPFIN_DRIVER_FUNDING) ? at : i * n_years;
			size_t pressed = is_on(drivers, STPFIN_DRIVER_PRESSURES) ? at : i * n_years;

			self->own_income[at] = model->funding[funded] + model->transfers[funded];
			self->position_income[at] = self->own_income[at];
			self->position_cost[at] = model->pressures[pressed];
		}
	}
	for (size_t flow = 0; flow < model->n_flows; flow++) {
		size_t service = (size_t)model->service[flow] * n_years;

		project_flow(self, model, flow, inflation + service, price + service);
	}
}

stpfin_status stpfin_run__check(const struct stpfin_run *self, const struct stpfin_model *model)
{
	for (size_t i = 0; i < model->n_organisations; i++) {
		for (size_t t = 0; t < model->n_years; t++) {
			size_t at = i * model->n_years + t;

			if (!isfinite(self->position_cost[at] - self->position_income[at])) {
				return stpfin_error__set(STPFIN_ERROR_OVERFLOW,
					"the position of '%s' in %d is beyond what a number can hold: look for growth "
					"or inflation that is out of proportion",
					stpfin_column__text(
						stpfin_table__named(
							stpfin_plan__table(model->plan, "organisation"), "organisation"),
						i),
					(int)(model->plan->settings.base_year + (int32_t)t));
			}
		}
	}
	return STPFIN_OK;
}
