#ifndef STPFIN_REPORT_VIEW_H
#define STPFIN_REPORT_VIEW_H

#include "libstpfin/plan/schema.h"
#include "libstpfin/report/grid.h"
#include "libstpfin/report/names.h"
#include "libstpfin/table/table.h"
#include "stpfin/projection.h"

/* A table on its way to text, and what its several layouts share. */

struct stpfin_view {
	const stpfin_table *table;
	const struct stpfin_table_schema *schema; /* NULL unless the table is as it says */
	const char *meaning;
	const stpfin_stamp *stamp;
	const stpfin_names *names;
	const struct stpfin_column *year; /* NULL if there is none */
	int32_t first_year;
	int32_t last_year;
	struct stpfin_buffer *out;
};

/* Rows with that code in that column; all rows if the column is NULL. */
struct stpfin_filter {
	const struct stpfin_column *column;
	int32_t code;
};

/* A layout of the rows of one scenario, whose name is NULL if the table has none. Every part it
 * writes ends with a blank line. */
typedef stpfin_status (*stpfin_layout)(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario);

stpfin_status stpfin_layout__years(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario);
stpfin_status stpfin_layout__funding_gap(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario);
stpfin_status stpfin_layout__health_gap(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario);
stpfin_status stpfin_layout__quality_gap(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario);
stpfin_status stpfin_layout__quality_summary(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario);
stpfin_status stpfin_layout__sensitivity(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario);
stpfin_status stpfin_layout__seek(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario);
stpfin_status stpfin_layout__simulation(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario);
stpfin_status stpfin_layout__waterfall(
	const struct stpfin_view *view, const char *scenario, struct stpfin_filter of_scenario);

/* "funding_gap: what it is", then the scenario, the unit and prices, and which way is which. */
void stpfin_view__heading(
	const struct stpfin_view *view, const char *scenario, const char *unit, bool shows_gap);

/* "2015/16". */
const char *stpfin_view__year(int32_t year, char buffer[32]);

/* A cell as people read it: codes by name, years as financial years. */
const char *stpfin_view__label(const struct stpfin_view *view, const struct stpfin_column *column,
	size_t row, char buffer[32]);

/* The unit of a column; "" if it has none. */
const char *stpfin_view__unit(const struct stpfin_view *view, const struct stpfin_column *column);

/* The column of a result that a measure (RESULT.COLUMN, keys or none) is; NULL if there is none. */
const struct stpfin_column_schema *stpfin_view__measured(const char *name);

/* Whether such a measure is in £. */
bool stpfin_view__measures_money(const char *name);

/* A column of numbers and how it is shown. */
struct stpfin_measure {
	const struct stpfin_column *column;
	bool money; /* in millions */
	int decimals;
};

struct stpfin_measure stpfin_view__measure(
	const struct stpfin_view *view, const struct stpfin_column *column);

/* Adds x as a cell. */
void stpfin_measure__add(const struct stpfin_measure *self, double x, struct stpfin_grid *grid);

#endif
