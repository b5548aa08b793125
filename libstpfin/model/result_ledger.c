#include "libstpfin/model/result.h"
#include "libstpfin/plan/index.h"

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
	LINE_CAPITAL_CHARGE
};

/* The ledger while it is written: its columns, and an index of the keys of one scenario's rows. */
struct ledger {
	stpfin_table *table;
	int32_t *organisation;
	int32_t *counterparty;
	int32_t *service;
	int32_t *scheme;
	int32_t *line;
	int32_t *year;
	double *income;
	double *cost;
	size_t n; /* rows written */
	struct stpfin_index index;
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

/* Adds an amount to the row of its key, which may be new: two organisations may pay each other. */
static void add(struct ledger *self, struct key key, double income, double cost)
{
	size_t next = self->n;
	size_t row;

	self->organisation[next] = key.organisation;
	self->counterparty[next] = key.counterparty;
	self->service[next] = key.service;
	self->scheme[next] = key.scheme;
	self->line[next] = (int32_t)key.line;
	self->year[next] = key.year;
	row = stpfin_index__add(&self->index, next);
	if (row == next) {
		self->n++;
		self->income[row] = 0;
		self->cost[row] = 0;
	}
	self->income[row] += income;
	self->cost[row] += cost;
}

/* The rows of a trade's year: the payment at both ends, and what the care costs. */
static void add_trade(struct ledger *self, int32_t buyer, int32_t seller, int32_t service,
	int32_t year, double payment, double cost)
{
	add(self, (struct key){buyer, seller, service, -1, LINE_CONTRACT, year}, 0, payment);
	add(self, (struct key){seller, buyer, service, -1, LINE_CONTRACT, year}, payment, 0);
	add(self, (struct key){seller, buyer, service, -1, LINE_CARE, year}, 0, cost);
}

/* The care of one outcome: flows, and what shifts add. */
static void add_care(
	struct ledger *self, const struct stpfin_model *model, const struct stpfin_outcome *outcome)
{
	const struct stpfin_scenario *scenario = outcome->scenario;
	size_t n_years = model->n_years;

	for (size_t at = 0; at < model->n_flows * n_years; at++) {
		size_t flow = at / n_years;

		add_trade(self, model->commissioner[flow], model->provider[flow], model->service[flow],
			model->plan->settings.base_year + (int32_t)(at % n_years), outcome->run.income[at],
			outcome->run.cost[at]);
	}
	for (size_t at = 0; scenario != NULL && at < scenario->n_destinations * n_years; at++) {
		const struct stpfin_destination *to = &scenario->destinations[at / n_years];

		add_trade(self, to->commissioner, to->provider, to->service,
			model->plan->settings.base_year + (int32_t)(at % n_years),
			outcome->run.added_payment[at], outcome->run.added_care[at]);
	}
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

/* The most rows that an outcome may have. */
static size_t count_most(const struct stpfin_model *model, const struct stpfin_scenario *scenario)
{
	const stpfin_plan *plan = model->plan;
	size_t n_care = model->n_flows + (scenario != NULL ? scenario->n_destinations : 0);
	size_t n_money = scenario != NULL ? 3 * scenario->n_costs + model->n_organisations : 0;

	return (3 * n_care + n_money) * model->n_years + stpfin_plan__rows(plan, "funding") +
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
		&self->index, keys, sizeof keys / sizeof *keys, count_most(model, outcome->scenario));

	if (status == STPFIN_OK) {
		add_care(self, model, outcome);
		add_table(self, plan, "funding", LINE_FUNDING, 1, 0);
		add_transfers(self, plan);
		add_table(self, plan, "pressure", LINE_PRESSURE, 0, 1);
		if (outcome->scenario != NULL) {
			add_scheme_money(self, model, outcome->scenario);
		}
		stpfin_result__set_scenario(self->table, first, self->n, outcome->scenario);
	}
	stpfin_index__free(&self->index);
	return status;
}

stpfin_status stpfin_result__ledger(const struct stpfin_projection *self, stpfin_table **out_table)
{
	struct ledger ledger = {.n = 0};
	size_t most = 0;
	stpfin_status status;

	*out_table = NULL;
	for (size_t i = 0; i < self->n_outcomes; i++) {
		most += count_most(self->model, self->outcomes[i].scenario);
	}
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
