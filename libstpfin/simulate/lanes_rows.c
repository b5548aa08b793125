#include "libstpfin/simulate/lanes_rows.h"

#include <string.h>

#include "libstpfin/explain/places.h"
#include "libstpfin/model/result.h"

enum { EVERY_KIND = (1 << (STPFIN_KIND_COUNCIL + 1)) - 1, KINDS = STPFIN_KIND_COUNCIL + 1 };
enum { NHS_KINDS = 1 << STPFIN_KIND_COMMISSIONER | 1 << STPFIN_KIND_PROVIDER };

size_t *stpfin_lanes_rows__places(const struct stpfin_model *model)
{
	size_t *shown = stpfin_model__array(stpfin_places__count(model), sizeof *shown);
	size_t n = 0;

	for (size_t place = 0; place < stpfin_places__count(model) && shown != NULL; place++) {
		if (stpfin_places__is_shown(model, place)) {
			shown[n++] = place;
		}
	}
	return shown;
}

/* Sets what the cost, income or gap of a row counts. Where payments for care are left out, income
 * is what comes from beyond the plan, and cost that and the gap. */
static bool set_column(struct stpfin_lanes_row *row, const char *column, bool without_payments)
{
	bool is_cost = strcmp(column, "cost") == 0;
	bool is_income = strcmp(column, "income") == 0;

	row->cost = is_income ? 0 : 1;
	row->received = is_cost && !without_payments ? 0 : -1;
	row->own = is_cost ? 0 : -1;
	if (is_income) {
		row->received = without_payments ? 0 : 1;
		row->own = 1;
	}
	return is_cost || is_income || strncmp(column, "gap", strlen("gap")) == 0;
}

static bool find_funding_gap(const struct stpfin_lanes_question *question,
	const struct stpfin_figure *figure, const char *column, struct stpfin_lanes_source *out)
{
	enum { NHS = KINDS, TOTAL, COMPONENTS };
	size_t row = figure->row / question->model->n_years;
	size_t component = row % COMPONENTS;

	out->row.place = question->shown[row / COMPONENTS];
	out->row.kinds = component == TOTAL ? (unsigned)EVERY_KIND
					 : component == NHS ? (unsigned)NHS_KINDS
										: 1u << component;
	out->per_head = strcmp(column, "gap_per_head") == 0;
	return set_column(&out->row, column, component >= NHS);
}

static bool find_position(const struct stpfin_lanes_question *question,
	const struct stpfin_figure *figure, const char *column, struct stpfin_lanes_source *out)
{
	const struct stpfin_model *model = question->model;

	out->row.place =
		question->shown[stpfin_result__count_places(model) + figure->row / model->n_years];
	out->row.kinds = EVERY_KIND;
	return set_column(&out->row, column, false);
}

static bool find_spending(const struct stpfin_lanes_question *question,
	const struct stpfin_figure *figure, struct stpfin_lanes_source *out)
{
	size_t row = figure->row / question->model->n_years;
	const struct stpfin_column_schema *settings =
		stpfin_schema__column(stpfin_schema__result("spending"), "setting");
	size_t n_settings = 0;

	while (settings->choices[n_settings] != NULL) {
		n_settings++;
	}
	out->row.sum = STPFIN_LANES_SPENDING;
	out->row.cost = 1;
	out->row.place = question->shown[row / n_settings];
	out->row.kinds = 1 << STPFIN_KIND_COMMISSIONER | 1 << STPFIN_KIND_COUNCIL;
	out->row.which = row % n_settings;
	return true;
}

/* The steps of a bridge: the start, awards, the groups and the end, of each year of each place. */
static bool find_bridge(const struct stpfin_lanes_question *question,
	const struct stpfin_figure *figure, struct stpfin_lanes_source *out)
{
	size_t n = question->n_steps[figure->outcome];
	size_t step;

	if (n == SIZE_MAX || question->request->prices != STPFIN_PRICES_CASH) {
		return false;
	}
	step = figure->row % (n + 3);
	out->t = figure->row / (n + 3) % question->model->n_years;
	out->row.place = question->shown[figure->row / (n + 3) / question->model->n_years];
	out->row.kinds = EVERY_KIND;
	out->row.cost = 1;
	out->row.received = -1;
	out->row.own = -1;
	out->row.outcome = step == 0 ? 0 : figure->outcome;
	out->row.sum = step == 0 || step == n + 2 ? STPFIN_LANES_MONEY
				   : step == 1                ? STPFIN_LANES_AWARDS
											  : STPFIN_LANES_STEP;
	out->row.which = out->row.sum == STPFIN_LANES_STEP ? step - 2 : 0;
	return true;
}

bool stpfin_lanes_rows__find(const struct stpfin_lanes_question *question,
	const struct stpfin_figure *figure, struct stpfin_lanes_source *out)
{
	size_t n_results;
	const char *const *results = stpfin_projection_results(&n_results);
	const char *result = figure->result < n_results ? results[figure->result] : "bridge";
	const char *column = stpfin_schema__result(result)->columns[figure->column].name;

	*out = (struct stpfin_lanes_source){
		.row = {.outcome = figure->outcome}, .t = figure->row % question->model->n_years};
	if (strcmp(result, "funding_gap") == 0) {
		return find_funding_gap(question, figure, column, out);
	}
	if (strcmp(result, "position") == 0) {
		return find_position(question, figure, column, out);
	}
	if (strcmp(result, "spending") == 0) {
		return find_spending(question, figure, out);
	}
	return strcmp(result, "bridge") == 0 && strcmp(column, "amount") == 0 &&
		   find_bridge(question, figure, out);
}
