#include "libstpfin/simulate/lanes_amounts.h"

#include <stdlib.h>

#include "libstpfin/model/formulas.h"
#include "libstpfin/model/quality.h"

void stpfin_lanes_amounts__free(struct stpfin_lanes_amounts *self)
{
	free(self->first);
	free(self->entries);
}

static stpfin_status add_entry(
	struct stpfin_lanes_amounts *self, const struct stpfin_lanes_entry *entry)
{
	struct stpfin_lanes_entry *entries =
		stpfin_keys__grown(self->entries, &self->capacity, self->n, sizeof *entries);

	if (entries == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->entries = entries;
	entries[self->n++] = *entry;
	return STPFIN_OK;
}

/* Multiplies by a number of the plan, or the cell that draws it. */
static void multiply(struct stpfin_lanes_term *term, const struct stpfin_uncertain *uncertain,
	size_t cell, double value)
{
	if (cell == STPFIN_NO_ROW) {
		term->factor *= value;
		return;
	}
	term->factor *= stpfin_uncertain__multiple(uncertain, &cell);
	if (term->first == STPFIN_NO_ROW) {
		term->first = cell;
	} else {
		term->second = cell;
	}
}

static const struct stpfin_lanes_term one = {1, STPFIN_NO_ROW, STPFIN_NO_ROW, STPFIN_NO_ROW};

/* Adds the amounts of a table as cost or income of do nothing. */
static stpfin_status add_table(struct stpfin_lanes_amounts *self,
	const struct stpfin_lanes_sources *from, const char *table, const char *column, double sign,
	bool is_cost)
{
	const stpfin_plan *plan = from->model->plan;
	const int32_t *organisation = stpfin_plan__whole(plan, table, column);
	const int32_t *year = stpfin_plan__whole(plan, table, "year");
	const double *amount = stpfin_plan__real(plan, table, "amount");
	struct stpfin_drawn_column drawn = stpfin_drawn_column__of(from->uncertain, table, "amount");
	stpfin_status status = STPFIN_OK;

	for (size_t row = 0, rows = stpfin_plan__rows(plan, table); row < rows && status == STPFIN_OK;
		 row++) {
		struct stpfin_lanes_entry entry = {one, (size_t)organisation[row],
			(size_t)(year[row] - plan->settings.base_year), STPFIN_LANES_DO_NOTHING, 0, is_cost};

		entry.term.factor = sign;
		multiply(&entry.term, from->uncertain,
			stpfin_drawn_column__cell(&drawn, row, STPFIN_EVERY_YEAR), amount[row]);
		status = add_entry(self, &entry);
	}
	return status;
}

/* Awards of revenue. */
static stpfin_status add_awards(
	struct stpfin_lanes_amounts *self, const struct stpfin_lanes_sources *from)
{
	enum { REVENUE_FUND };
	const stpfin_plan *plan = from->model->plan;
	const int32_t *fund = stpfin_plan__whole(plan, "award", "fund");
	const int32_t *year = stpfin_plan__whole(plan, "award", "year");
	const int32_t *organisation = stpfin_plan__whole(plan, "award", "organisation");
	const int32_t *scenario = stpfin_plan__whole(plan, "award", "scenario");
	const double *amount = stpfin_plan__real(plan, "award", "amount");
	const int32_t *kind = stpfin_plan__whole(plan, "fund", "kind");
	const int32_t *const keys[] = {
		stpfin_plan__whole(plan, "fund", "fund"), stpfin_plan__whole(plan, "fund", "year")};
	struct stpfin_drawn_column drawn = stpfin_drawn_column__of(from->uncertain, "award", "amount");
	size_t n_funds = stpfin_plan__rows(plan, "fund");
	struct stpfin_index funds = {0};
	stpfin_status status = stpfin_index__new(&funds, keys, 2, n_funds);

	for (size_t row = 0; row < n_funds && status == STPFIN_OK; row++) {
		stpfin_index__add(&funds, row);
	}
	for (size_t row = 0, rows = stpfin_plan__rows(plan, "award"); row < rows && status == STPFIN_OK;
		 row++) {
		const int32_t key[] = {fund[row], year[row]};
		struct stpfin_lanes_entry entry = {one, (size_t)organisation[row],
			(size_t)(year[row] - plan->settings.base_year), STPFIN_LANES_AWARD, 0, false};

		if ((scenario[row] >= 0 && scenario[row] != from->scenario->name) ||
			kind[stpfin_index__find(&funds, key)] != REVENUE_FUND) {
			continue;
		}
		multiply(&entry.term, from->uncertain,
			stpfin_drawn_column__cell(&drawn, row, STPFIN_EVERY_YEAR), amount[row]);
		status = add_entry(self, &entry);
	}
	stpfin_index__free(&funds);
	return status;
}

/* Adds what a row of costs of a scheme comes to in each year. */
static stpfin_status add_cost(struct stpfin_lanes_amounts *self,
	const struct stpfin_lanes_sources *from, const struct stpfin_drawn_column *drawn, size_t row,
	size_t scheme)
{
	enum { CAPITAL = 2 };
	const stpfin_plan *plan = from->model->plan;
	const stpfin_plan_settings *settings = &plan->settings;
	const struct stpfin_input *scale = &from->inputs->at[from->effects->scale[scheme]];
	bool is_capital = stpfin_plan__whole(plan, "scheme_cost", "kind")[row] == CAPITAL;
	int32_t life = stpfin_plan__whole(plan, "scheme_cost", "asset_life")[row];
	int32_t year = stpfin_plan__whole(plan, "scheme_cost", "year")[row];
	struct stpfin_lanes_entry entry = {one,
		(size_t)stpfin_plan__whole(plan, "scheme_cost", "organisation")[row], 0,
		STPFIN_LANES_SCHEME, scheme, true};
	stpfin_status status = STPFIN_OK;

	multiply(&entry.term, from->uncertain, stpfin_drawn_column__cell(drawn, row, STPFIN_EVERY_YEAR),
		stpfin_plan__real(plan, "scheme_cost", "amount")[row]);
	multiply(&entry.term, from->uncertain, scale->cell, scale->value);
	if (!is_capital) {
		entry.t = (size_t)(year - settings->base_year);
		return year >= settings->base_year ? add_entry(self, &entry) : STPFIN_OK;
	}
	for (int32_t i = 1; i <= life && year + i <= settings->end_year && status == STPFIN_OK; i++) {
		struct stpfin_lanes_entry charge = entry;

		if (year + i < settings->base_year) {
			continue;
		}
		charge.t = (size_t)(year + i - settings->base_year);
		charge.term.factor *=
			stpfin_formula__capital_charge(1, life, i, settings->capital_charge_rate);
		status = add_entry(self, &charge);
	}
	return status;
}

static stpfin_status add_costs(
	struct stpfin_lanes_amounts *self, const struct stpfin_lanes_sources *from)
{
	const struct stpfin_scenario *scenario = from->scenario;
	const int32_t *scheme = stpfin_plan__whole(from->model->plan, "scheme_cost", "scheme");
	size_t n_rows = stpfin_plan__rows(from->model->plan, "scheme_cost");
	struct stpfin_drawn_column drawn =
		stpfin_drawn_column__of(from->uncertain, "scheme_cost", "amount");
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < scenario->n_schemes && status == STPFIN_OK; i++) {
		for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
			if (scheme[row] == scenario->scheme[i]) {
				status = add_cost(self, from, &drawn, row, i);
			}
		}
	}
	return status;
}

/* Adds what those who buy a remedy are charged for it. */
static stpfin_status add_charge(struct stpfin_lanes_amounts *self,
	const struct stpfin_lanes_sources *from, enum stpfin_lanes_origin origin, size_t group,
	size_t remedy, size_t t, double charge)
{
	const struct stpfin_remedy *remedies = from->model->quality->remedies;
	size_t service = (size_t)remedies[remedy].service;
	stpfin_status status = STPFIN_OK;

	for (size_t i = remedies[remedy].first_payer;
		 charge != 0 && i < remedies[remedy + 1].first_payer && status == STPFIN_OK; i++) {
		const struct stpfin_payer *payer = &from->model->quality->payers[i];
		struct stpfin_lanes_entry entry = {
			one, (size_t)payer->organisation, t, origin, group, true};

		entry.term.factor = payer->part * charge;
		entry.term.inflation = service * from->model->n_years + t;
		status = add_entry(self, &entry);
	}
	return status;
}

static stpfin_status add_charges(
	struct stpfin_lanes_amounts *self, const struct stpfin_lanes_sources *from)
{
	const struct stpfin_model *model = from->model;
	size_t n_years = model->n_years;
	struct stpfin_improved improved;
	stpfin_status status;

	if (model->quality == NULL) {
		return STPFIN_OK;
	}
	status = stpfin_improved__new(&improved, model);
	if (status == STPFIN_OK) {
		stpfin_improved__find(&improved, model, from->scenario, NULL, model->unchanged);
	}
	for (size_t at = 0; status == STPFIN_OK && at < model->quality->n_remedies * n_years; at++) {
		status = add_charge(
			self, from, STPFIN_LANES_CHARGE, 0, at / n_years, at % n_years, improved.charge[at]);
	}
	stpfin_improved__free(&improved);
	return status;
}

/* The parts that groups of schemes have in the charges. */
static stpfin_status add_charge_steps(struct stpfin_lanes_amounts *self,
	const struct stpfin_lanes_sources *from, const struct stpfin_lanes_bridge *bridge)
{
	size_t n_years = from->model->n_years;
	size_t n;
	double *parts = NULL;
	stpfin_status status;

	if (from->model->quality == NULL || from->scenario->n_improvements == 0) {
		return STPFIN_OK;
	}
	n = from->model->quality->n_remedies * n_years;
	status = stpfin_lanes_bridge__charges(bridge, from, &parts);
	for (size_t at = 0; at < bridge->grouping.n * n && status == STPFIN_OK; at++) {
		status = add_charge(self, from, STPFIN_LANES_CHARGE_STEP, at / n, at % n / n_years,
			at % n_years, parts[at]);
	}
	free(parts);
	return status;
}

/* Sorts the entries by organisation, leaving those of one in their order. */
static stpfin_status sort_entries(
	struct stpfin_lanes_amounts *self, const struct stpfin_model *model)
{
	struct stpfin_lanes_entry *sorted = stpfin_model__array(self->n, sizeof *sorted);

	self->first = stpfin_model__array(model->n_organisations + 2, sizeof *self->first);
	if (sorted == NULL || self->first == NULL) {
		free(sorted);
		return STPFIN_ERROR_MEMORY;
	}
	/* Counted two places on, so that filling the runs leaves each beginning in its place. */
	for (size_t i = 0; i < self->n; i++) {
		self->first[self->entries[i].organisation + 2]++;
	}
	for (size_t i = 1; i <= model->n_organisations; i++) {
		self->first[i + 1] += self->first[i];
	}
	for (size_t i = 0; i < self->n; i++) {
		sorted[self->first[self->entries[i].organisation + 1]++] = self->entries[i];
	}
	free(self->entries);
	self->entries = sorted;
	return STPFIN_OK;
}

stpfin_status stpfin_lanes_amounts__new(struct stpfin_lanes_amounts *self,
	const struct stpfin_lanes_sources *from, const struct stpfin_lanes_bridge *bridge)
{
	static const struct {
		const char *table;
		const char *column;
		double sign;
		bool is_cost;
	} tables[] = {
		{"funding", "organisation", 1, false},
		{"transfer", "to_organisation", 1, false},
		{"transfer", "from_organisation", -1, false},
		{"pressure", "organisation", 1, true},
	};
	stpfin_status status = STPFIN_OK;

	*self = (struct stpfin_lanes_amounts){.n = 0};
	for (size_t i = 0; i < sizeof tables / sizeof *tables && status == STPFIN_OK; i++) {
		status = add_table(
			self, from, tables[i].table, tables[i].column, tables[i].sign, tables[i].is_cost);
	}
	if (status == STPFIN_OK && from->scenario != NULL) {
		status = add_awards(self, from);
		if (status == STPFIN_OK) {
			status = add_costs(self, from);
		}
		if (status == STPFIN_OK) {
			status = add_charges(self, from);
		}
		if (status == STPFIN_OK && bridge != NULL) {
			status = add_charge_steps(self, from, bridge);
		}
	}
	return status == STPFIN_OK ? sort_entries(self, from->model) : status;
}
