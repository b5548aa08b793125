#include "libstpfin/report/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double MILLION = 1e6;

static const struct stpfin_column_schema *column_schema(
	const struct stpfin_view *view, const char *name)
{
	return view->schema != NULL ? stpfin_schema__column(view->schema, name) : NULL;
}

const char *stpfin_view__unit(const struct stpfin_view *view, const struct stpfin_column *column)
{
	const struct stpfin_column_schema *schema = column_schema(view, column->name);

	return schema != NULL && schema->unit != NULL ? schema->unit : "";
}

const char *stpfin_view__year(int32_t year, char buffer[32])
{
	snprintf(buffer, 32, "%d/%02d", (int)year, (int)((year % 100 + 1) % 100));
	return buffer;
}

const char *stpfin_view__label(
	const struct stpfin_view *view, const struct stpfin_column *column, size_t row, char buffer[32])
{
	const struct stpfin_column_schema *schema = column_schema(view, column->name);
	const char *text = stpfin_column__format(column, row, buffer);

	if (schema != NULL && schema->cell == STPFIN_CELL_YEAR && *text != '\0') {
		return stpfin_view__year(column->whole[row], buffer);
	}
	if (schema != NULL && schema->refers_to != NULL) {
		return stpfin_names__of(view->names, schema->refers_to, text);
	}
	return strcmp(column->name, "place") == 0 ? stpfin_names__of(view->names, "place", text) : text;
}

/* Enough decimals for three figures of the largest value, and none for whole numbers. */
static int decimals_for(const struct stpfin_column *column, size_t n_rows)
{
	double largest = 0;
	bool whole = true;

	for (size_t row = 0; row < n_rows; row++) {
		double x = fabs(stpfin_column__number(column, row));

		if (isfinite(x)) {
			largest = fmax(largest, x);
			whole = whole && x == floor(x);
		}
	}
	return whole || largest >= 100 ? 0 : largest >= 10 ? 1 : largest >= 1 ? 2 : 3;
}

struct stpfin_measure stpfin_view__measure(
	const struct stpfin_view *view, const struct stpfin_column *column)
{
	bool money = strcmp(stpfin_view__unit(view, column), "£") == 0;

	return (struct stpfin_measure){
		column, money, money ? 1 : decimals_for(column, stpfin_table_rows(view->table))};
}

void stpfin_measure__add(const struct stpfin_measure *self, double x, struct stpfin_grid *grid)
{
	char buffer[STPFIN_AMOUNT_SIZE];

	stpfin_grid__add(
		grid, stpfin_grid__amount(self->money ? x / MILLION : x, self->decimals, buffer));
}

void stpfin_view__heading(
	const struct stpfin_view *view, const char *scenario, const char *unit, bool shows_gap)
{
	static const char between[] = " · ";
	char year[32];

	stpfin_buffer__add_text(view->out, stpfin_table_name(view->table));
	if (view->meaning != NULL) {
		stpfin_buffer__add_text(view->out, ": ");
		stpfin_buffer__add_text(view->out, view->meaning);
	}
	stpfin_buffer__add_text(view->out, "\n");
	if (scenario != NULL) {
		stpfin_buffer__add_text(view->out, "scenario ");
		stpfin_buffer__add_text(view->out, scenario);
	}
	if (*unit != '\0') {
		stpfin_buffer__add_text(view->out, scenario != NULL ? between : "");
		stpfin_buffer__add_text(view->out, strcmp(unit, "£") == 0 ? "£m" : unit);
	}
	if (strcmp(unit, "£") == 0 && view->stamp != NULL) {
		bool real = view->stamp->prices == STPFIN_PRICES_REAL;

		stpfin_buffer__add_text(view->out, real ? " in prices of " : " in prices of each year");
		if (real) {
			stpfin_buffer__add_text(
				view->out, stpfin_view__year(view->stamp->settings.base_year, year));
		}
	}
	if (shows_gap) {
		stpfin_buffer__add_text(view->out, between);
		stpfin_buffer__add_text(view->out, "a positive gap is a shortfall");
	}
	if (scenario != NULL || *unit != '\0' || shows_gap) {
		stpfin_buffer__add_text(view->out, "\n");
	}
	stpfin_buffer__add_text(view->out, "\n");
}
