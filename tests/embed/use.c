#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <stpfin/stpfin.h>

/* Prints England's total gap in each year, as a program that is no part of stpfin would. */

static stpfin_status find_code(const stpfin_table *table, const char *column, const char *text,
	const int32_t **out_codes, int32_t *out_code)
{
	const char *const *categories;
	size_t i = 0;
	size_t n = 0;
	stpfin_status status = stpfin_table_find(table, column, &i);

	if (status == STPFIN_OK) {
		status = stpfin_table_get_text(table, i, out_codes, &categories, &n);
	}
	*out_code = -2;
	for (i = 0; status == STPFIN_OK && i < n; i++) {
		if (strcmp(categories[i], text) == 0) {
			*out_code = (int32_t)i;
		}
	}
	return status;
}

static stpfin_status print_gap(const stpfin_table *table)
{
	const int32_t *footprint;
	const int32_t *component;
	const int32_t *year;
	const double *gap;
	int32_t england;
	int32_t total;
	size_t column;
	stpfin_status status = find_code(table, "footprint", "England", &footprint, &england);

	if (status == STPFIN_OK) {
		status = find_code(table, "component", "total", &component, &total);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table_find(table, "year", &column);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table_get_int32(table, column, &year);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table_find(table, "gap", &column);
	}
	if (status == STPFIN_OK) {
		status = stpfin_table_get_double(table, column, &gap);
	}
	for (size_t row = 0; status == STPFIN_OK && row < stpfin_table_rows(table); row++) {
		if (footprint[row] == england && component[row] == total) {
			printf("%" PRId32 " %.2f\n", year[row], gap[row]);
		}
	}
	return status;
}

int main(int n_arguments, char **arguments)
{
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_plan *plan = NULL;
	stpfin_projection *projection = NULL;
	stpfin_table *table = NULL;
	stpfin_status status =
		stpfin_plan_read(n_arguments > 1 ? arguments[1] : "there is no plan here", NULL, &plan);

	if (status == STPFIN_OK) {
		status = stpfin_project(plan, &options, &projection);
	}
	if (status == STPFIN_OK) {
		status = stpfin_projection_get_table(projection, "funding_gap", NULL, NULL, &table);
	}
	if (status == STPFIN_OK) {
		status = print_gap(table);
	}
	if (status != STPFIN_OK) {
		printf("%s: %s\n", stpfin_strerror(status), stpfin_last_error());
	}
	stpfin_table_free(table);
	stpfin_projection_free(projection);
	stpfin_plan_free(plan);
	return status == STPFIN_OK ? 0 : 1;
}
