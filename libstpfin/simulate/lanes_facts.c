#include "libstpfin/simulate/lanes_facts.h"

#include <string.h>

#include "libstpfin/model/quality.h"
#include "libstpfin/model/risks.h"
#include "libstpfin/simulate/lanes_inputs.h"

/* What a drawn column does to positions. */
enum reach {
	NONE,      /* nothing */
	LINEAR,    /* what lanes follow */
	PEOPLE,    /* the same, where no risk and no charge depends on who there is */
	FLOWS,     /* the same, where no charge depends on what care costs */
	SCALE,     /* the same, but for schemes that prevent or improve */
	SCENARIOS, /* it moves scenarios in ways not followed */
	QUALITY,   /* the same, where improving is charged */
	PREVENTING /* the same, where prevention reaches any demand */
};

/* A column that is not here moves everything in ways not followed. */
static const struct fact {
	const char *table;
	const char *column; /* NULL: all */
	enum reach reach;
} facts[] = {
	{"service", "length_of_stay", NONE},
	{"service", "target_occupancy", NONE},
	{"service", "variable_share", LINEAR},
	{"service", "semi_fixed_share", LINEAR},
	{"service", "semi_fixed_lag", SCENARIOS},
	{"staffing", NULL, NONE},
	{"supply", NULL, NONE},
	{"population", "persons", PEOPLE},
	{"age_weight", "weight", PEOPLE},
	{"flow", "activity", FLOWS},
	{"flow", "income", FLOWS},
	{"flow", "cost", FLOWS},
	{"flow", "marginal_rate", LINEAR},
	{"flow", "marginal_rate_below", LINEAR},
	{"activity_growth", "rate", LINEAR},
	{"inflation", "rate", LINEAR},
	{"cost_mix", "share", LINEAR},
	{"tariff", "uplift", LINEAR},
	{"tariff", "efficiency", LINEAR},
	{"funding", "amount", LINEAR},
	{"transfer", "amount", LINEAR},
	{"pressure", "amount", LINEAR},
	{"deflator", "index", LINEAR},
	{"activity_effect", "reduction", LINEAR},
	{"activity_effect", "substitution", LINEAR},
	{"activity_effect", "unit_cost", LINEAR},
	{"activity_effect", NULL, SCENARIOS},
	{"efficiency_effect", "saving", LINEAR},
	{"efficiency_effect", "stay_reduction", NONE},
	{"efficiency_effect", NULL, SCENARIOS},
	{"prevention_effect", NULL, PREVENTING},
	{"scheme_cost", "amount", LINEAR},
	{"scheme_cost", NULL, SCENARIOS},
	{"scenario", "scale", SCALE},
	{"scenario", NULL, SCENARIOS},
	{"award", "amount", LINEAR},
	{"evidence", NULL, NONE},
	{"mortality", NULL, NONE},
	{"mortality_trend", NULL, NONE},
	{"deprivation", NULL, NONE},
	{"indicator", "target", NONE},
	{"indicator", "weight", NONE},
	{"indicator", NULL, QUALITY},
	{"indicator_value", NULL, QUALITY},
	{"indicator_trend", NULL, QUALITY},
	{"indicator_effect", NULL, QUALITY},
	{"indicator_cost", NULL, QUALITY},
	{"fund", NULL, NONE},
	{"claim", NULL, NONE},
	{"bid_amount", NULL, NONE},
	{"portfolio_limit", NULL, NONE},
	{"fund_condition", NULL, NONE},
	{"organisation_plan", NULL, NONE},
	{"contract_view", NULL, NONE},
};

/* The fact about a column; NULL where there is none. */
static const struct fact *find_fact(const char *table, const char *column)
{
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		if (strcmp(facts[i].table, table) == 0 &&
			(facts[i].column == NULL || strcmp(facts[i].column, column) == 0)) {
			return &facts[i];
		}
	}
	return NULL;
}

static bool is_charged(const struct stpfin_model *model, const struct stpfin_scenario *scenario)
{
	return scenario != NULL && model->quality != NULL && model->quality->n_remedies > 0 &&
		   scenario->n_improvements > 0;
}

/* Whether the scale of a scheme that prevents or improves is drawn. */
static bool scales_others(const struct stpfin_model *model, const struct stpfin_scenario *scenario,
	const struct stpfin_uncertain *uncertain)
{
	const int32_t *name = stpfin_plan__whole(model->plan, "scenario", "scenario");
	struct stpfin_drawn_column drawn = stpfin_drawn_column__of(uncertain, "scenario", "scale");
	bool any = false;
	size_t scheme = 0;

	for (size_t row = 0; scenario != NULL && scheme < scenario->n_schemes; row++) {
		if (name[row] != scenario->name) {
			continue;
		}
		if (stpfin_drawn_column__cell(&drawn, row, STPFIN_EVERY_YEAR) != STPFIN_NO_ROW) {
			for (size_t i = 0; i < scenario->n_prevented; i++) {
				any = any || scenario->prevented[i].scheme == scheme;
			}
			for (size_t i = 0; i < scenario->n_improvements && is_charged(model, scenario); i++) {
				any = any || scenario->improvements[i].scheme == scheme;
			}
		}
		scheme++;
	}
	return any;
}

static bool is_known(enum reach reach, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const struct stpfin_uncertain *uncertain)
{
	bool prevents = scenario != NULL && scenario->n_prevented > 0;

	switch (reach) {
	case NONE:
	case LINEAR:
		return true;
	case PEOPLE:
		return model->growth_of_base_people == NULL && !prevents && !is_charged(model, scenario);
	case FLOWS:
		return !is_charged(model, scenario);
	case SCALE:
		return !scales_others(model, scenario, uncertain);
	case QUALITY:
		return !is_charged(model, scenario);
	case PREVENTING:
		return !prevents;
	case SCENARIOS:
		break;
	}
	return scenario == NULL;
}

bool stpfin_lanes_facts__know(const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const struct stpfin_uncertain *uncertain)
{
	size_t n_tables;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	bool known = true;

	for (size_t i = 0; i < uncertain->n_cells && known; i++) {
		const struct stpfin_drawn_cell *cell = &uncertain->cells[i];
		const struct stpfin_table_schema *table = &tables[cell->table];
		const struct fact *fact;

		if (i > 0 && cell[-1].table == cell->table && cell[-1].column == cell->column) {
			continue;
		}
		fact = find_fact(table->name, table->columns[cell->column].name);
		known = fact != NULL && is_known(fact->reach, model, scenario, uncertain);
	}
	return known;
}
