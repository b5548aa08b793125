#include "libstpfin/plan/weights.h"

#include <stdlib.h>

#include "libstpfin/table/error.h"

stpfin_status stpfin_weights__new(
	struct stpfin_weights *self, const stpfin_table *age_weight, size_t n_services)
{
	const int32_t *service = stpfin_table__named(age_weight, "service")->whole;
	stpfin_status status;

	*self = (struct stpfin_weights){.weight = stpfin_table__named(age_weight, "weight")->real};
	status = stpfin_rates__new(&self->rates, age_weight, stpfin_schema__table("age_weight"), 1);
	if (status != STPFIN_OK) {
		return status;
	}
	self->number = calloc(n_services + 1, sizeof *self->number);
	self->service = calloc(n_services + 1, sizeof *self->service);
	if (self->number == NULL || self->service == NULL) {
		return stpfin_error__memory();
	}
	self->service[self->n_sets++] = -1;
	for (size_t row = 0; row < stpfin_table_rows(age_weight); row++) {
		if (service[row] < 0) {
			self->has_blank = true;
		} else if (self->number[service[row]] == 0) {
			self->service[self->n_sets] = service[row];
			self->number[service[row]] = self->n_sets++;
		}
	}
	return STPFIN_OK;
}

void stpfin_weights__free(struct stpfin_weights *self)
{
	stpfin_rates__free(&self->rates);
	free(self->number);
	free(self->service);
	*self = (struct stpfin_weights){.has_blank = false};
}

size_t stpfin_weights__row(const struct stpfin_weights *self, int32_t set, int32_t sex, int32_t age)
{
	const int32_t key[] = {set, sex, age};

	return stpfin_rates__find(&self->rates, key);
}

double stpfin_weights__weight(
	const struct stpfin_weights *self, int32_t set, int32_t sex, int32_t age)
{
	size_t row;

	if (set < 0 && !self->has_blank) {
		return 1;
	}
	row = stpfin_weights__row(self, set, sex, age);
	return row != STPFIN_NO_ROW ? self->weight[row] : 0;
}
