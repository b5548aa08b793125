#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/result.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/table/error.h"

/* The lines of a ledger, as the schema lists them; those of schemes come with scenarios. */
enum line { LINE_CONTRACT, LINE_CARE, LINE_FUNDING, LINE_AWARD, LINE_TRANSFER, LINE_PRESSURE };

/* The ledger while it is written: its columns, and an index of their keys. */
struct ledger {
	stpfin_table *table;
	int32_t *organisation;
	int32_t *counterparty;
	int32_t *service;
	int32_t *line;
	int32_t *year;
	double *income;
	double *cost;
	size_t n; /* rows written */
	struct stpfin_index index;
};

static stpfin_status begin(struct ledger *self, const struct stpfin_model *model, size_t most)
{
	const int32_t *keys[5];
	stpfin_status status = stpfin_result__new("ledger", model, most, &self->table);

	if (status != STPFIN_OK) {
		return status;
	}
	self->organisation = stpfin_table__named(self->table, "organisation")->whole;
	self->counterparty = stpfin_table__named(self->table, "counterparty")->whole;
	self->service = stpfin_table__named(self->table, "service")->whole;
	self->line = stpfin_table__named(self->table, "line")->whole;
	self->year = stpfin_table__named(self->table, "year")->whole;
	self->income = stpfin_table__named(self->table, "income")->real;
	self->cost = stpfin_table__named(self->table, "cost")->real;
	keys[0] = self->organisation;
	keys[1] = self->counterparty;
	keys[2] = self->service;
	keys[3] = self->line;
	keys[4] = self->year;
	return stpfin_index__new(&self->index, keys, 5, most);
}

/* Adds an amount to the row of its key, which may be new: two organisations may pay each other. */
static void add(struct ledger *self, int32_t organisation, int32_t counterparty, int32_t service,
	enum line line, int32_t year, double income, double cost)
{
	size_t next = self->n;
	size_t row;

	self->organisation[next] = organisation;
	self->counterparty[next] = counterparty;
	self->service[next] = service;
	self->line[next] = (int32_t)line;
	self->year[next] = year;
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
static void add_trade(struct ledger *self, const struct stpfin_model *model, size_t flow,
	int32_t year, double payment, double cost)
{
	int32_t buyer = model->commissioner[flow];
	int32_t seller = model->provider[flow];
	int32_t service = model->service[flow];

	add(self, buyer, seller, service, LINE_CONTRACT, year, 0, payment);
	add(self, seller, buyer, service, LINE_CONTRACT, year, payment, 0);
	add(self, seller, buyer, service, LINE_CARE, year, 0, cost);
}

static stpfin_status add_trades(struct ledger *self, const struct stpfin_projection *projection,
	const struct stpfin_trades *trades)
{
	const struct stpfin_model *model = projection->model;
	size_t n_years = model->n_years;
	double *payment = stpfin_model__array(trades->n * n_years, sizeof *payment);
	double *cost = stpfin_model__array(trades->n * n_years, sizeof *cost);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (payment == NULL || cost == NULL) {
		goto out;
	}
	for (size_t flow = 0; flow < model->n_flows; flow++) {
		for (size_t t = 0; t < n_years; t++) {
			size_t at = trades->of_flow[flow] * n_years + t;

			payment[at] += projection->run.income[flow * n_years + t];
			cost[at] += projection->run.cost[flow * n_years + t];
		}
	}
	for (size_t i = 0; i < trades->n; i++) {
		for (size_t t = 0; t < n_years; t++) {
			add_trade(self, model, trades->flow[i], model->plan->settings.base_year + (int32_t)t,
				payment[i * n_years + t], cost[i * n_years + t]);
		}
	}
	status = STPFIN_OK;

out:
	free(payment);
	free(cost);
	return status;
}

static void add_table(struct ledger *self, const stpfin_plan *plan, const char *table,
	enum line line, double income, double cost)
{
	const int32_t *organisation = stpfin_plan__whole(plan, table, "organisation");
	const int32_t *year = stpfin_plan__whole(plan, table, "year");
	const double *amount = stpfin_plan__real(plan, table, "amount");

	for (size_t row = 0; row < stpfin_plan__rows(plan, table); row++) {
		add(self, organisation[row], -1, -1, line, year[row], income * amount[row],
			cost * amount[row]);
	}
}

static void add_transfers(struct ledger *self, const stpfin_plan *plan)
{
	const int32_t *from = stpfin_plan__whole(plan, "transfer", "from_organisation");
	const int32_t *to = stpfin_plan__whole(plan, "transfer", "to_organisation");
	const int32_t *year = stpfin_plan__whole(plan, "transfer", "year");
	const double *amount = stpfin_plan__real(plan, "transfer", "amount");

	/* The giver's is income lost, as in a position, which nets transfers. */
	for (size_t row = 0; row < stpfin_plan__rows(plan, "transfer"); row++) {
		add(self, to[row], from[row], -1, LINE_TRANSFER, year[row], amount[row], 0);
		add(self, from[row], to[row], -1, LINE_TRANSFER, year[row], -amount[row], 0);
	}
}

stpfin_status stpfin_result__ledger(const struct stpfin_projection *self, stpfin_table **out_table)
{
	const struct stpfin_model *model = self->model;
	const stpfin_plan *plan = model->plan;
	size_t most = stpfin_plan__rows(plan, "funding") + stpfin_plan__rows(plan, "pressure") +
				  2 * stpfin_plan__rows(plan, "transfer");
	struct stpfin_trades trades = {.n = 0};
	struct ledger ledger = {.n = 0};
	stpfin_status status;

	*out_table = NULL;
	status = stpfin_trades__new(&trades, model);
	if (status == STPFIN_OK) {
		most += 3 * trades.n * model->n_years;
		status = begin(&ledger, model, most);
	}
	if (status == STPFIN_OK) {
		status = add_trades(&ledger, self, &trades);
	}
	if (status == STPFIN_OK) {
		add_table(&ledger, plan, "funding", LINE_FUNDING, 1, 0);
		add_transfers(&ledger, plan);
		add_table(&ledger, plan, "pressure", LINE_PRESSURE, 0, 1);
		stpfin_table__keep_rows(ledger.table, ledger.n);
		*out_table = ledger.table;
		ledger.table = NULL;
	}
	stpfin_trades__free(&trades);
	stpfin_index__free(&ledger.index);
	stpfin_table_free(ledger.table);
	return status;
}
