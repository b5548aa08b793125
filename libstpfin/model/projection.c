#include "stpfin/projection.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/result.h"
#include "libstpfin/model/stamp.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/table/error.h"

typedef stpfin_status make_result(const struct stpfin_projection *self, stpfin_table **out_table);

static const char *const names[] = {
	"funding_gap", "position", "ledger", "spending", "activity", "resource"};

static make_result *const makers[] = {
	stpfin_result__funding_gap,
	stpfin_result__position,
	stpfin_result__ledger,
	stpfin_result__spending,
	stpfin_result__activity,
	stpfin_result__resource,
};

enum { N_RESULTS = sizeof names / sizeof *names };

const char *const *stpfin_projection_results(size_t *out_n)
{
	*out_n = N_RESULTS;
	return names;
}

stpfin_status stpfin_project(const stpfin_plan *plan, const stpfin_project_options *options,
	stpfin_projection **out_projection)
{
	const stpfin_project_options defaults = STPFIN_PROJECT_OPTIONS_INIT;
	struct stpfin_projection *self = NULL;
	stpfin_status status;

	if (plan == NULL || out_projection == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	*out_projection = NULL;
	if (options == NULL) {
		options = &defaults;
	}
	if (options->version != 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the options have no known version: begin with STPFIN_PROJECT_OPTIONS_INIT");
	}
	if (options->prices != STPFIN_PRICES_CASH && options->prices != STPFIN_PRICES_REAL) {
		return stpfin_error__set(
			STPFIN_ERROR_ARGUMENT, "%d are no prices: give cash or real", (int)options->prices);
	}
	self = stpfin_model__array(1, sizeof *self);
	if (self == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	status = stpfin_model__new(plan, &self->model);
	if (status == STPFIN_OK && options->prices == STPFIN_PRICES_REAL &&
		self->model->deflator == NULL) {
		status = stpfin_error__set(STPFIN_ERROR_DEFLATOR,
			"the plan has no deflator: real prices need the table deflator, an index for every "
			"year");
	}
	if (status == STPFIN_OK) {
		status = stpfin_run__new(&self->run, self->model, true);
	}
	if (status == STPFIN_OK) {
		stpfin_run__project(&self->run, self->model, STPFIN_EVERY_DRIVER);
		status = stpfin_run__check(&self->run, self->model);
	}
	if (status == STPFIN_OK) {
		status = stpfin_stamp__new(plan, options->prices, &self->stamp);
	}
	if (status == STPFIN_OK) {
		*out_projection = self;
		self = NULL;
	}
	stpfin_projection_free(self);
	return status;
}

void stpfin_projection_free(stpfin_projection *self)
{
	if (self != NULL) {
		stpfin_run__free(&self->run);
		stpfin_model__free(self->model);
		free(self);
	}
}

stpfin_status stpfin_projection_get_table(
	const stpfin_projection *self, const char *result, stpfin_table **out_table)
{
	size_t i = 0;
	stpfin_table *table = NULL;
	stpfin_status status;

	if (self == NULL || result == NULL || out_table == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	*out_table = NULL;
	while (i < N_RESULTS && strcmp(names[i], result) != 0) {
		i++;
	}
	if (i == N_RESULTS) {
		const char *nearest = stpfin_nearest__among(result, names, N_RESULTS);

		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "there is no result '%s'%s%s%s", result,
			nearest != NULL ? ": did you mean " : "", nearest != NULL ? nearest : "",
			nearest != NULL ? "?" : "");
	}
	status = makers[i](self, &table);
	if (status == STPFIN_OK) {
		if (self->stamp.prices == STPFIN_PRICES_REAL) {
			stpfin_result__deflate(table, self->model);
		}
		status = stpfin_result__check(table);
	}
	if (status == STPFIN_OK) {
		*out_table = table;
		table = NULL;
	}
	stpfin_table_free(table);
	return status;
}

stpfin_status stpfin_projection_get_stamp(const stpfin_projection *self, stpfin_stamp *out_stamp)
{
	stpfin_status status;

	if (self == NULL || out_stamp == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	status = stpfin_stamp__check(out_stamp);
	if (status == STPFIN_OK) {
		*out_stamp = self->stamp;
	}
	return status;
}
