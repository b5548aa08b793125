#include "libstpfin/model/prices.h"

#include <stdlib.h>

#include "libstpfin/model/formulas.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/table/error.h"

/* The yearly rise of each service's cost, into `step` by service and year; 0 without a cost mix. */
static stpfin_status compile_steps(const struct stpfin_model *self, double *step)
{
	const stpfin_plan *plan = self->plan;
	const int32_t *service = stpfin_plan__whole(plan, "cost_mix", "service");
	const int32_t *component = stpfin_plan__whole(plan, "cost_mix", "component");
	const double *share = stpfin_plan__real(plan, "cost_mix", "share");
	const struct stpfin_rate_column rate = stpfin_plan__rates(plan, "inflation", "rate");
	size_t n_years = self->n_years;
	/* The mix of services without one of their own comes after the services. */
	double *mix = stpfin_model__array((self->n_services + 1) * n_years, sizeof *mix);
	bool *has_own = stpfin_model__array(self->n_services, sizeof *has_own);
	struct stpfin_rates rates = {.n_shapes = 0};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (mix == NULL || has_own == NULL) {
		goto out;
	}
	status = stpfin_rates__new(
		&rates, stpfin_plan__table(plan, "inflation"), stpfin_schema__table("inflation"), 0);
	if (status != STPFIN_OK) {
		goto out;
	}
	for (size_t row = 0, rows = stpfin_plan__rows(plan, "cost_mix"); row < rows; row++) {
		size_t set = service[row] >= 0 ? (size_t)service[row] : self->n_services;

		if (service[row] >= 0) {
			has_own[service[row]] = true;
		}
		for (size_t t = 1; t < n_years; t++) {
			const int32_t key[] = {component[row], plan->settings.base_year + (int32_t)t};

			mix[set * n_years + t] +=
				share[row] * stpfin_rate_column__in(&rate, stpfin_rates__find(&rates, key), t);
		}
	}
	for (size_t i = 0; i < self->n_services; i++) {
		size_t set = has_own[i] ? i : self->n_services;

		for (size_t t = 1; t < n_years; t++) {
			step[i * n_years + t] = mix[set * n_years + t];
		}
	}

out:
	stpfin_rates__free(&rates);
	free(mix);
	free(has_own);
	return status;
}

static stpfin_status compile_indices(struct stpfin_model *self, const double *step)
{
	const stpfin_plan *plan = self->plan;
	const struct stpfin_rate_column uplift = stpfin_plan__rates(plan, "tariff", "uplift");
	const struct stpfin_rate_column efficiency = stpfin_plan__rates(plan, "tariff", "efficiency");
	size_t n_years = self->n_years;
	struct stpfin_rates rates = {.n_shapes = 0};
	stpfin_status status = stpfin_rates__new(
		&rates, stpfin_plan__table(plan, "tariff"), stpfin_schema__table("tariff"), 0);

	for (size_t service = 0; service < self->n_services && status == STPFIN_OK; service++) {
		double *inflation = self->inflation + service * n_years;
		double *price = self->price + service * n_years;

		inflation[0] = 1;
		price[0] = 1;
		for (size_t t = 1; t < n_years; t++) {
			const int32_t key[] = {(int32_t)service, plan->settings.base_year + (int32_t)t};
			size_t row = stpfin_rates__find(&rates, key);
			double rate = step[service * n_years + t];

			inflation[t] = stpfin_formula__risen(inflation[t - 1], rate);
			price[t] = row != STPFIN_NO_ROW ? stpfin_formula__repriced(price[t - 1],
												  stpfin_rate_column__in(&uplift, row, t),
												  stpfin_rate_column__in(&efficiency, row, t))
											: stpfin_formula__risen(price[t - 1], rate);
		}
	}
	stpfin_rates__free(&rates);
	return status;
}

static stpfin_status compile_deflator(struct stpfin_model *self)
{
	const int32_t *year = stpfin_plan__whole(self->plan, "deflator", "year");
	const double *index = stpfin_plan__real(self->plan, "deflator", "index");
	size_t n_rows = stpfin_plan__rows(self->plan, "deflator");
	double base;

	if (n_rows == 0) {
		return STPFIN_OK;
	}
	self->deflator = stpfin_model__array(self->n_years, sizeof *self->deflator);
	if (self->deflator == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t row = 0; row < n_rows; row++) {
		self->deflator[year[row] - self->plan->settings.base_year] = index[row];
	}
	base = self->deflator[0];
	for (size_t t = 0; t < self->n_years; t++) {
		self->deflator[t] /= base;
	}
	return STPFIN_OK;
}

stpfin_status stpfin_model__prices(struct stpfin_model *self)
{
	size_t n = self->n_services * self->n_years;
	double *step = stpfin_model__array(n, sizeof *step);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	self->inflation = stpfin_model__array(n, sizeof *self->inflation);
	self->price = stpfin_model__array(n, sizeof *self->price);
	if (step != NULL && self->inflation != NULL && self->price != NULL) {
		status = compile_steps(self, step);
	}
	if (status == STPFIN_OK) {
		status = compile_indices(self, step);
	}
	free(step);
	return status == STPFIN_OK ? compile_deflator(self) : status;
}

stpfin_status stpfin_model__check_deflator(const struct stpfin_model *self, stpfin_prices prices)
{
	if (prices == STPFIN_PRICES_REAL && self->deflator == NULL) {
		return stpfin_error__set(STPFIN_ERROR_DEFLATOR,
			"the plan has no deflator: real prices need the table deflator, an index for every "
			"year");
	}
	return STPFIN_OK;
}

double stpfin_model__present_value(const struct stpfin_model *self, size_t t)
{
	enum { LONG = 30 };
	const stpfin_plan_settings *settings = &self->plan->settings;
	double factor = 1;

	for (size_t year = 1; year <= t; year++) {
		factor /= 1 + (year <= LONG ? settings->discount_rate : settings->long_discount_rate);
	}
	return factor / (self->deflator != NULL ? self->deflator[t] : 1);
}
