#include <stdlib.h>

#include "libstpfin/model/result.h"

/* The lines of a ledger, as the schema lists them. */
enum line {
	LINE_CONTRACT,
	LINE_CARE,
	LINE_FUNDING,
	LINE_AWARD,
	LINE_TRANSFER,
	LINE_PRESSURE,
	LINE_RECURRENT,
	LINE_TRANSITION,
	LINE_CAPITAL_CHARGE,
	LINE_QUALITY
};

/* The rows of a trade in a year: the payment at its two ends, and what the care costs. */
struct trade_rows {
	size_t buyer;
	size_t seller;
	size_t care;
};

/* The ledger while it is written. */
struct ledger {
	stpfin_table *table;
	int32_t *organisation; /* its columns */
	int32_t *counterparty;
	int32_t *service;
	int32_t *scheme;
	int32_t *line;
	int32_t *year;
	double *income;
	double *cost;
	size_t n; /* rows written */
	struct stpfin_poll *poll;
	size_t done; /* pieces of care, as the next */
	size_t of;
	struct stpfin_index index; /* of one outcome's rows that are no trade's, by key */
};

static void begin(struct ledger *self)
{
	self->organisation = stpfin_table__named(self->table, "organisation")->whole;
	self->counterparty = stpfin_table__named(self->table, "counterparty")->whole;
	self->service = stpfin_table__named(self->table, "service")->whole;
	self->scheme = stpfin_table__named(self->table, "scheme")->whole;
	self->line = stpfin_table__named(self->table, "line")->whole;
	self->year = stpfin_table__named(self->table, "year")->whole;
	self->income = stpfin_table__named(self->table, "income")->real;
	self->cost = stpfin_table__named(self->table, "cost")->real;
}

/* What a row of the ledger is of; -1 is none. */
struct key {
	int32_t organisation;
	int32_t counterparty;
	int32_t service;
	int32_t scheme;
	enum line line;
	int32_t year;
};

/* Appends a row without money. */
static size_t append(struct ledger *self, struct key key)
{
	size_t row = self->n++;

	self->organisation[row] = key.organisation;
	self->counterparty[row] = key.counterparty;
	self->service[row] = key.service;
	self->scheme[row] = key.scheme;
	self->line[row] = (int32_t)key.line;
	self->year[row] = key.year;
	self->income[row] = 0;
	self->cost[row] = 0;
	return row;
}

/* Adds an amount to the row of its key, which may be new. */
static void add(struct ledger *self, struct key key, double income, double cost)
{
	size_t next = append(self, key);
	size_t row = stpfin_index__add(&self->index, next);

	if (row != next) {
		self->n--;
	}
	self->income[row] += income;
	self->cost[row] += cost;
}

/* Appends the rows of a trade, or finds those of its payments where the two have traded the other
 * way round before: then each is paid and pays in one row. */
static void open_trade(struct ledger *self, const struct stpfin_model *model,
	const struct stpfin_trades *trades, size_t trade, struct trade_rows *rows)
{
	int32_t buyer = trades->commissioner[trade];
	int32_t seller = trades->provider[trade];
	int32_t service = trades->service[trade];
	size_t reverse = stpfin_index__find(&trades->index, (const int32_t[]){seller, buyer, service});

	for (size_t t = 0; t < model->n_years; t++) {
		int32_t year = model->plan->settings.base_year + (int32_t)t;
		struct trade_rows *at = &rows[trade * model->n_years + t];

		if (reverse < trade) {
			const struct trade_rows *back = &rows[reverse * model->n_years + t];

			at->buyer = back->seller;
			at->seller = back->buyer;
		} else {
			at->buyer = append(self, (struct key){buyer, seller, service, -1, LINE_CONTRACT, year});
			at->seller =
				reverse == trade
					? at->buyer
					: append(self, (struct key){seller, buyer, service, -1, LINE_CONTRACT, year});
		}
		at->care = append(self, (struct key){seller, buyer, service, -1, LINE_CARE, year});
	}
}

/* The pieces of care of an outcome. */
static size_t count_care(const struct stpfin_model *model, const struct stpfin_scenario *scenario)
{
	return model->n_flows + (scenario != NULL ? scenario->n_destinations : 0);
}

/* The care of one outcome: flows, and what shifts add. Its rows are found by trade, not by key:
 * there are too many for an index of them to be quick. */
static stpfin_status add_care(
	struct ledger *self, const struct stpfin_model *model, const struct stpfin_outcome *outcome)
{
	const struct stpfin_run *run = &outcome->run;
	size_t n_years = model->n_years;
	size_t n_opened = 0;
	struct stpfin_trades trades;
	struct trade_rows *rows = NULL;
	stpfin_status status = stpfin_trades__new(&trades, model, outcome->scenario);

	if (status != STPFIN_OK) {
		goto out;
	}
	rows = stpfin_model__array(stpfin_model__times(trades.n, n_years), sizeof *rows);
	if (rows == NULL) {
		status = STPFIN_ERROR_MEMORY;
		goto out;
	}
	for (size_t i = 0; i < count_care(model, outcome->scenario); i++) {
		bool is_flow = i < model->n_flows;
		size_t at = is_flow ? i : i - model->n_flows;
		size_t trade = is_flow ? trades.of_flow[at] : trades.of_destination[at];
		const double *payment = (is_flow ? run->income : run->added_payment) + at * n_years;
		const double *cost = (is_flow ? run->cost : run->added_care) + at * n_years;

		status = stpfin_poll__ask(self->poll, self->done++, self->of);
		if (status != STPFIN_OK) {
			break;
		}
		if (trade == n_opened) {
			open_trade(self, model, &trades, n_opened++, rows);
		}
		for (size_t t = 0; t < n_years; t++) {
			const struct trade_rows *row = &rows[trade * n_years + t];

			self->cost[row->buyer] += payment[t];
			self->income[row->seller] += payment[t];
			self->cost[row->care] += cost[t];
		}
	}

out:
	free(rows);
	stpfin_trades__free(&trades);
	return status;
}

/* What schemes cost and funds award. */
static void add_scheme_money(
	struct ledger *self, const struct stpfin_model *model, const struct stpfin_scenario *scenario)
{
	size_t n_years = model->n_years;

	for (size_t at = 0; at < scenario->n_costs * n_years; at++) {
		const struct stpfin_scheme_cost *cost = &scenario->costs[at / n_years];
		size_t t = at % n_years;
		const struct {
			enum line line;
			double amount;
		} lines[] = {{LINE_RECURRENT, cost->recurrent[t]}, {LINE_TRANSITION, cost->transition[t]},
			{LINE_CAPITAL_CHARGE, cost->capital_charge[t]}};

		for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
			if (lines[i].amount != 0) {
				add(self,
					(struct key){cost->organisation, -1, -1, scenario->scheme[cost->scheme],
						lines[i].line, model->plan->settings.base_year + (int32_t)t},
					0, lines[i].amount);
			}
		}
	}
	for (size_t at = 0; at < model->n_organisations * n_years; at++) {
		if (scenario->awards[at] != 0) {
			add(self,
				(struct key){(int32_t)(at / n_years), -1, -1, -1, LINE_AWARD,
					model->plan->settings.base_year + (int32_t)(at % n_years)},
				scenario->awards[at], 0);
		}
	}
}

/* What improving indicators costs. */
static void add_improvement(
	struct ledger *self, const struct stpfin_model *model, const struct stpfin_improved *improved)
{
	const struct stpfin_quality *quality = model->quality;

	for (size_t i = 0; quality != NULL && i < quality->n_remedies; i++) {
		const struct stpfin_remedy *remedy = &quality->remedies[i];

		for (size_t j = remedy->first_payer; j < (remedy + 1)->first_payer; j++) {
			const struct stpfin_payer *payer = &quality->payers[j];

			for (size_t t = 0; t < model->n_years; t++) {
				double charge = improved->charge[i * model->n_years + t];

				if (charge != 0) {
					add(self,
						(struct key){payer->organisation, -1, remedy->service, -1, LINE_QUALITY,
							model->plan->settings.base_year + (int32_t)t},
						0, payer->part * charge);
				}
			}
		}
	}
}

static void add_table(struct ledger *self, const stpfin_plan *plan, const char *table,
	enum line line, double income, double cost)
{
	const int32_t *organisation = stpfin_plan__whole(plan, table, "organisation");
	const int32_t *year = stpfin_plan__whole(plan, table, "year");
	const double *amount = stpfin_plan__real(plan, table, "amount");

	for (size_t row = 0, rows = stpfin_plan__rows(plan, table); row < rows; row++) {
		add(self, (struct key){organisation[row], -1, -1, -1, line, year[row]},
			income * amount[row], cost * amount[row]);
	}
}

static void add_transfers(struct ledger *self, const stpfin_plan *plan)
{
	const int32_t *from = stpfin_plan__whole(plan, "transfer", "from_organisation");
	const int32_t *to = stpfin_plan__whole(plan, "transfer", "to_organisation");
	const int32_t *year = stpfin_plan__whole(plan, "transfer", "year");
	const double *amount = stpfin_plan__real(plan, "transfer", "amount");

	/* The giver's is income lost, as in a position, which nets transfers. */
	for (size_t row = 0, rows = stpfin_plan__rows(plan, "transfer"); row < rows; row++) {
		add(self, (struct key){to[row], from[row], -1, -1, LINE_TRANSFER, year[row]}, amount[row],
			0);
		add(self, (struct key){from[row], to[row], -1, -1, LINE_TRANSFER, year[row]}, -amount[row],
			0);
	}
}

/* The most rows that an outcome may have beside those of care. */
static size_t count_money(const struct stpfin_model *model, const struct stpfin_scenario *scenario)
{
	const stpfin_plan *plan = model->plan;
	size_t n = scenario != NULL ? 3 * scenario->n_costs + model->n_organisations : 0;

	if (scenario != NULL && model->quality != NULL) {
		n += model->quality->remedies[model->quality->n_remedies].first_payer;
	}
	return n * model->n_years + stpfin_plan__rows(plan, "funding") +
		   stpfin_plan__rows(plan, "pressure") + 2 * stpfin_plan__rows(plan, "transfer") + 1;
}

static stpfin_status write_outcome(
	struct ledger *self, const struct stpfin_model *model, const struct stpfin_outcome *outcome)
{
	const stpfin_plan *plan = model->plan;
	const int32_t *keys[] = {self->organisation, self->counterparty, self->service, self->scheme,
		self->line, self->year};
	size_t first = self->n;
	stpfin_status status = stpfin_index__new(
		&self->index, keys, sizeof keys / sizeof *keys, count_money(model, outcome->scenario));

	if (status == STPFIN_OK) {
		status = add_care(self, model, outcome);
	}
	if (status == STPFIN_OK) {
		add_table(self, plan, "funding", LINE_FUNDING, 1, 0);
		add_transfers(self, plan);
		add_table(self, plan, "pressure", LINE_PRESSURE, 0, 1);
		if (outcome->scenario != NULL) {
			add_scheme_money(self, model, outcome->scenario);
			add_improvement(self, model, &outcome->run.improved);
		}
		stpfin_result__set_scenario(self->table, first, self->n, outcome->scenario);
	}
	stpfin_index__free(&self->index);
	return status;
}

stpfin_status stpfin_result__ledger(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table)
{
	struct ledger ledger = {.poll = poll};
	size_t most = 0;
	stpfin_status status;

	*out_table = NULL;
	for (size_t i = 0; i < self->n_outcomes; i++) {
		const struct stpfin_scenario *scenario = self->outcomes[i].scenario;

		ledger.of += count_care(self->model, scenario);
		most += count_money(self->model, scenario);
	}
	most += 3 * ledger.of * self->model->n_years;
	status = stpfin_result__new("ledger", self->model, most, &ledger.table);
	if (status == STPFIN_OK) {
		begin(&ledger);
	}
	for (size_t i = 0; i < self->n_outcomes && status == STPFIN_OK; i++) {
		status = write_outcome(&ledger, self->model, &self->outcomes[i]);
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(ledger.table);
		return status;
	}
	stpfin_table__keep_rows(ledger.table, ledger.n);
	*out_table = ledger.table;
	return STPFIN_OK;
}
