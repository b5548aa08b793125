#include "libstpfin/model/stamp.h"

#include <math.h>
#include <string.h>

#include "libstpfin/plan/plan.h"
#include "libstpfin/plan/schema.h"
#include "libstpfin/table/error.h"

/* The statuses, as the schema lists them. */
enum { PUBLISHED, DERIVED, ASSUMED, STATUSES };

/* The status of a row: its own, else its source's, else assumed. */
static int32_t find_status(
	const int32_t *own, const int32_t *source, const int32_t *status_of_source, size_t row)
{
	if (own[row] >= 0) {
		return own[row];
	}
	return source[row] >= 0 ? status_of_source[source[row]] : ASSUMED;
}

static void add_table(
	const stpfin_plan *plan, const struct stpfin_table_schema *schema, double *sums)
{
	const int32_t *own = stpfin_plan__whole(plan, schema->name, "status");
	const int32_t *source = stpfin_plan__whole(plan, schema->name, "source");
	const int32_t *status_of_source = stpfin_plan__whole(plan, "source", "status");
	const struct stpfin_column *year =
		stpfin_table__named(stpfin_plan__table(plan, schema->name), "year");

	for (size_t i = 0; i < schema->n_columns; i++) {
		const double *amount;

		if (schema->columns[i].unit == NULL || strcmp(schema->columns[i].unit, "£") != 0) {
			continue;
		}
		amount = stpfin_plan__real(plan, schema->name, schema->columns[i].name);
		for (size_t row = 0, rows = stpfin_plan__rows(plan, schema->name); row < rows; row++) {
			/* Capital may have been spent before. */
			bool of_the_plan = year == NULL || year->whole[row] >= plan->settings.base_year;

			if (of_the_plan && !isnan(amount[row])) {
				sums[find_status(own, source, status_of_source, row)] += fabs(amount[row]);
			}
		}
	}
}

stpfin_status stpfin_stamp__check(const stpfin_stamp *out_stamp)
{
	if (out_stamp != NULL && out_stamp->version != 1) {
		return stpfin_error__set(
			STPFIN_ERROR_ARGUMENT, "the stamp has no known version: begin with STPFIN_STAMP_INIT");
	}
	return STPFIN_OK;
}

stpfin_status stpfin_stamp__give(
	const stpfin_stamp *stamp, stpfin_stamp *out_stamp, const char *function)
{
	stpfin_status status;

	if (stamp == NULL || out_stamp == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", function);
	}
	status = stpfin_stamp__check(out_stamp);
	if (status == STPFIN_OK) {
		*out_stamp = *stamp;
	}
	return status;
}

stpfin_status stpfin_stamp__new(
	const stpfin_plan *plan, stpfin_prices prices, stpfin_stamp *out_stamp)
{
	size_t n;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n);
	double sums[STATUSES] = {0};
	double total;

	*out_stamp = (stpfin_stamp)STPFIN_STAMP_INIT;
	out_stamp->library_version = stpfin_version();
	out_stamp->settings = plan->settings;
	out_stamp->prices = prices;
	for (size_t i = 0; i < n; i++) {
		if (tables[i].in_position) {
			add_table(plan, &tables[i], sums);
		}
	}
	total = sums[PUBLISHED] + sums[DERIVED] + sums[ASSUMED];
	if (total > 0) {
		out_stamp->published = sums[PUBLISHED] / total;
		out_stamp->derived = sums[DERIVED] / total;
		out_stamp->assumed = sums[ASSUMED] / total;
	}
	return stpfin_plan_hash(plan, out_stamp->plan_hash);
}
