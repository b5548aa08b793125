#include <math.h>
#include <stdlib.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/table/error.h"

static void check_services(struct stpfin_check *check)
{
	const double *variable = stpfin_check__real(check, "service", "variable_share");
	const double *semi_fixed = stpfin_check__real(check, "service", "semi_fixed_share");

	for (size_t row = 0, rows = stpfin_check__rows(check, "service"); row < rows; row++) {
		if (variable[row] + semi_fixed[row] > 1 + STPFIN_SHARE_TOLERANCE) {
			STPFIN_CHECK_ERROR(check, "service", row, "semi_fixed_share",
				"variable and semi-fixed shares sum to %.12g: they may sum to 1 at most",
				variable[row] + semi_fixed[row]);
		}
	}
}

/* A component has a rate for every year after the base. */
static stpfin_status check_inflation(struct stpfin_check *check)
{
	const struct stpfin_intake *inflation = stpfin_check__table(check, "inflation");
	const int32_t *component = stpfin_check__whole(check, "inflation", "component");
	size_t n_rows = stpfin_check__rows(check, "inflation");
	size_t n = stpfin_check__codes(check, "inflation");
	size_t *first_row = calloc(n + 1, sizeof *first_row);
	struct stpfin_rates rates = {.n_shapes = 0};
	stpfin_status status;

	if (first_row == NULL) {
		return stpfin_error__memory();
	}
	status = stpfin_rates__new(&rates, inflation->table, inflation->schema, 0);
	for (size_t row = n_rows; row-- > 0;) {
		if (component[row] >= 0) {
			first_row[component[row]] = row;
		}
	}
	for (size_t code = 0; code < n && status == STPFIN_OK; code++) {
		for (int32_t year = check->settings.base_year + 1; year <= check->settings.end_year;
			 year++) {
			const int32_t key[] = {(int32_t)code, year};
			struct stpfin_where where = {inflation->file, 0, "year"};

			if (stpfin_rates__find(&rates, key) != STPFIN_NO_ROW) {
				continue;
			}
			/* A component may have been named only for years outside the plan's. */
			if (first_row[code] < n_rows) {
				where = stpfin_intake__where(inflation, first_row[code], "year");
			}
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_ERROR, where,
				"'%s' has no rate for %d: give every year from %d to %d, or a row with a blank "
				"year for all",
				STPFIN_CHECK_NAME(check, "inflation", (int32_t)code), (int)year,
				(int)check->settings.base_year + 1, (int)check->settings.end_year);
		}
	}
	free(first_row);
	stpfin_rates__free(&rates);
	return status;
}

/* The shares of a set sum to 1. */
static stpfin_status check_cost_mix(struct stpfin_check *check)
{
	const int32_t *service = stpfin_check__whole(check, "cost_mix", "service");
	const double *share = stpfin_check__real(check, "cost_mix", "share");
	size_t n_rows = stpfin_check__rows(check, "cost_mix");
	size_t n_services = stpfin_check__codes(check, "service");
	/* The set without a service comes after those of the services. */
	double *sum = calloc(n_services + 1, sizeof *sum);
	bool *told = calloc(n_services + 1, sizeof *told);
	stpfin_status status = STPFIN_OK;

	if (sum == NULL || told == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t row = 0; row < n_rows; row++) {
		sum[service[row] >= 0 ? (size_t)service[row] : n_services] += share[row];
	}
	for (size_t row = 0; row < n_rows; row++) {
		size_t set = service[row] >= 0 ? (size_t)service[row] : n_services;

		if (!told[set] && fabs(sum[set] - 1) > STPFIN_SHARE_TOLERANCE) {
			STPFIN_CHECK_ERROR(check, "cost_mix", row, "share",
				"the shares of %s sum to %.12g: a set sums to 1",
				set < n_services ? STPFIN_CHECK_NAME(check, "service", service[row])
								 : "all services",
				sum[set]);
		}
		told[set] = true;
	}

out:
	free(sum);
	free(told);
	return status;
}

static stpfin_status check_deflator(struct stpfin_check *check)
{
	const int32_t *year = stpfin_check__whole(check, "deflator", "year");
	size_t n_rows = stpfin_check__rows(check, "deflator");
	struct stpfin_index index = {0};
	stpfin_status status = stpfin_index__new(&index, &year, 1, n_rows);

	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		stpfin_index__add(&index, row);
	}
	for (int32_t wanted = check->settings.base_year;
		 n_rows > 0 && status == STPFIN_OK && wanted <= check->settings.end_year; wanted++) {
		if (stpfin_index__find(&index, &wanted) == STPFIN_NO_ROW) {
			STPFIN_CHECK_ERROR(check, "deflator", 0, "year",
				"there is no index for %d: give every year from %d to %d", (int)wanted,
				(int)check->settings.base_year, (int)check->settings.end_year);
		}
	}
	stpfin_index__free(&index);
	return status;
}

stpfin_status stpfin_check__prices(struct stpfin_check *check)
{
	stpfin_status status = STPFIN_OK;

	check_services(check);
	if (stpfin_check__is_sure(check, "inflation")) {
		status = check_inflation(check);
	}
	if (status == STPFIN_OK && stpfin_check__is_sure(check, "cost_mix")) {
		status = check_cost_mix(check);
	}
	if (status == STPFIN_OK && stpfin_check__is_sure(check, "deflator")) {
		status = check_deflator(check);
	}
	return status;
}
