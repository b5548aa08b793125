#include "libstpfin/simulate/lanes_groups.h"

#include <math.h>
#include <stdlib.h>

#include "libstpfin/model/prevention.h"

enum { GROUPS, STEPS, SAVINGS, RATIOS, CURVES, TRADES };

void stpfin_lanes_groups__free(struct stpfin_lanes_groups *self)
{
	free(self->groups);
	free(self->steps);
	free(self->savings);
	free(self->ratios);
	free(self->variable);
	free(self->semi_fixed);
	free(self->lag);
	free(self->curve_moves);
	free(self->trades);
}

void stpfin_lanes_groups__forget_trades(struct stpfin_lanes_groups *self)
{
	free(self->trades);
	self->trades = NULL;
	self->n_trades = 0;
}

/* What groups are found by while they are made. */
struct making {
	struct stpfin_lanes_groups *self;
	const struct stpfin_lanes_sources *from;
	struct stpfin_keys keys;
	struct stpfin_prevented prevented;
	const double *given_cost; /* NaN where it is the income */
	const double *given_below;
	struct stpfin_drawn_column activity;
	struct stpfin_drawn_column income;
	struct stpfin_drawn_column cost;
	struct stpfin_drawn_column above;
	struct stpfin_drawn_column below;
	struct stpfin_drawn_column substitution;
	struct stpfin_drawn_column unit_cost;
	/* Flows by commissioner, for unit costs that are means of drawn ones; NULL where none is. */
	size_t *first_bought;
	size_t *bought;
	size_t *mean; /* by destination: an input, or one of the following */
};

enum { NO_MEAN = -1, MEAN_NOT_KNOWN = -2 };

static stpfin_status write_key(struct making *making, size_t word)
{
	return stpfin_keys__write(&making->keys, word);
}

/* The runs of effects that a flow meets: those on activity, then efficiencies. */
struct runs {
	const size_t *effects;
	size_t n_steps;
	size_t n;
};

static struct runs find_runs(
	const struct stpfin_scenario *scenario, const struct stpfin_effect_lists *lists, size_t number)
{
	struct runs runs = {
		lists->at + lists->first[number], 0, lists->first[number + 1] - lists->first[number]};

	while (runs.n_steps < runs.n &&
		   scenario->effects[runs.effects[runs.n_steps]].kind != STPFIN_EFFECT_EFFICIENCY) {
		runs.n_steps++;
	}
	return runs;
}

static struct stpfin_lanes_amount amount_of(size_t cell, double value)
{
	return (struct stpfin_lanes_amount){cell != STPFIN_NO_ROW ? 1 : value, cell};
}

/* What a flow's provider is paid, what it costs it and the units, in the base year. */
static struct stpfin_lanes_amount income_of(const struct making *making, size_t flow)
{
	return amount_of(stpfin_drawn_column__cell(&making->income, flow, STPFIN_EVERY_YEAR),
		making->from->model->income[flow]);
}

static struct stpfin_lanes_amount cost_of(const struct making *making, size_t flow)
{
	const struct stpfin_model *model = making->from->model;
	size_t cell = stpfin_drawn_column__cell(&making->cost, flow, STPFIN_EVERY_YEAR);

	return cell != STPFIN_NO_ROW || !isnan(making->given_cost[flow])
			   ? amount_of(cell, model->cost[flow])
			   : income_of(making, flow);
}

static struct stpfin_lanes_amount activity_of(const struct making *making, size_t flow)
{
	return amount_of(stpfin_drawn_column__cell(&making->activity, flow, STPFIN_EVERY_YEAR),
		making->from->model->activity[flow]);
}

/* Whether a flow is among those whose mean is the unit cost of a destination: those of its
 * provider, or of any. */
static bool counts_in_mean(const struct stpfin_model *model, const struct stpfin_destination *to,
	size_t flow, bool of_provider)
{
	return !model->cost_only[flow] && model->service[flow] == to->service &&
		   (!of_provider || model->provider[flow] == to->provider);
}

/* Makes the mean that is the unit cost of a destination an input, if any of it is drawn. */
static stpfin_status make_mean(struct making *making, size_t destination)
{
	const struct stpfin_model *model = making->from->model;
	const struct stpfin_destination *to = &making->from->scenario->destinations[destination];
	struct stpfin_inputs *inputs = making->from->inputs;
	size_t first = making->first_bought[to->commissioner];
	size_t end = making->first_bought[to->commissioner + 1];
	bool of_provider = false;
	bool is_drawn = false;
	stpfin_status status = STPFIN_OK;

	making->mean[destination] = (size_t)NO_MEAN;
	for (size_t i = first; i < end; i++) {
		of_provider = of_provider || counts_in_mean(model, to, making->bought[i], true);
	}
	for (size_t i = first; i < end; i++) {
		size_t flow = making->bought[i];

		is_drawn = is_drawn || (counts_in_mean(model, to, flow, of_provider) &&
								   (cost_of(making, flow).cell != STPFIN_NO_ROW ||
									   activity_of(making, flow).cell != STPFIN_NO_ROW));
	}
	if (is_drawn) {
		status = stpfin_inputs__begin_mean(inputs, &making->mean[destination]);
	}
	for (size_t i = first; i < end && is_drawn && status == STPFIN_OK; i++) {
		struct stpfin_lanes_amount cost = cost_of(making, making->bought[i]);
		struct stpfin_lanes_amount activity = activity_of(making, making->bought[i]);
		size_t above;
		size_t below;

		if (!counts_in_mean(model, to, making->bought[i], of_provider)) {
			continue;
		}
		status = stpfin_inputs__add(inputs, cost.cell, cost.factor, &above);
		if (status == STPFIN_OK) {
			status = stpfin_inputs__add(inputs, activity.cell, activity.factor, &below);
		}
		if (status == STPFIN_OK) {
			status = stpfin_inputs__add_to_mean(inputs, above, below);
		}
	}
	return status;
}

/* The unit cost of a shift, by its entry among the effects on flows, where it is no constant:
 * SIZE_MAX where it is. */
static stpfin_status find_unit_cost(
	struct making *making, const struct stpfin_effect *effect, size_t entry, size_t *out_input)
{
	const stpfin_plan *plan = making->from->model->plan;
	size_t cell = stpfin_drawn_column__cell(&making->unit_cost, effect->row, STPFIN_EVERY_YEAR);
	size_t destination = making->from->scenario->destination[entry];
	stpfin_status status = STPFIN_OK;

	*out_input = SIZE_MAX;
	if (cell != STPFIN_NO_ROW) {
		return stpfin_inputs__add(making->from->inputs, cell, 0, out_input);
	}
	if (making->mean == NULL ||
		!isnan(stpfin_plan__real(plan, "activity_effect", "unit_cost")[effect->row])) {
		return STPFIN_OK;
	}
	if (making->mean[destination] == (size_t)MEAN_NOT_KNOWN) {
		status = make_mean(making, destination);
	}
	*out_input = making->mean[destination];
	return status;
}

/* The inputs of a shift beside its size. */
static stpfin_status find_shift(struct making *making, const struct stpfin_effect *effect,
	size_t entry, size_t *out_substitution, size_t *out_unit_cost)
{
	stpfin_status status = stpfin_inputs__add(making->from->inputs,
		stpfin_drawn_column__cell(&making->substitution, effect->row, STPFIN_EVERY_YEAR),
		effect->substitution, out_substitution);

	return status == STPFIN_OK ? find_unit_cost(making, effect, entry, out_unit_cost) : status;
}

/* Writes what tells one effect from another: not its row, but all it does, and whose it is where
 * that counts. */
static stpfin_status write_effect(struct making *making, size_t number, size_t entry)
{
	const struct stpfin_effect *effect = &making->from->scenario->effects[number];
	const size_t *of_scheme = making->from->of_scheme;
	size_t words[] = {(size_t)effect->kind, of_scheme != NULL ? of_scheme[effect->scheme] : 0,
		making->from->effects->size_of[number], 0, 0, 0};
	stpfin_status status = STPFIN_OK;

	if (effect->kind == STPFIN_EFFECT_SHIFT) {
		words[3] = (size_t)effect->to_service;
		status = find_shift(making, effect, entry, &words[4], &words[5]);
	}
	for (size_t i = 0; i < sizeof words / sizeof *words && status == STPFIN_OK; i++) {
		status = write_key(making, words[i]);
	}
	return status;
}

static stpfin_status write_effects(struct making *making, size_t flow)
{
	const struct stpfin_scenario *scenario = making->from->scenario;
	struct runs runs = find_runs(scenario, &scenario->of_flow, flow);
	stpfin_status status = write_key(making, runs.n);

	for (size_t i = 0; i < runs.n && status == STPFIN_OK; i++) {
		size_t entry = scenario->of_flow.first[flow] + i;

		status = write_effect(making, runs.effects[i], entry);
		if (status == STPFIN_OK && scenario->effects[runs.effects[i]].kind == STPFIN_EFFECT_SHIFT) {
			struct runs after =
				find_runs(scenario, &scenario->of_destination, scenario->destination[entry]);

			status = write_key(making, after.n);
			for (size_t j = 0; j < after.n && status == STPFIN_OK; j++) {
				status = write_effect(making, after.effects[j], entry);
			}
		}
	}
	return status;
}

/* The ratios, by year, by which prevention changes a demand; NULL where it does not. */
static const double *find_ratios(const struct making *making, size_t demand)
{
	const struct stpfin_scenario *scenario = making->from->scenario;
	const size_t *first = scenario != NULL ? scenario->of_demand.first + demand : NULL;

	return first != NULL && first[1] > first[0]
			   ? making->prevented.ratio +
					 scenario->of_demand.at[first[1] - 1] * making->self->n_years
			   : NULL;
}

static stpfin_status add_saving(struct making *making, size_t effect)
{
	struct stpfin_lanes_groups *self = making->self;
	struct stpfin_lanes_saving *savings = stpfin_keys__grown(
		self->savings, &self->capacities[SAVINGS], self->n_savings, sizeof *savings);

	if (savings == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->savings = savings;
	savings[self->n_savings++] = (struct stpfin_lanes_saving){
		making->from->effects->size_of[effect], making->from->scenario->effects[effect].scheme};
	return STPFIN_OK;
}

static stpfin_status add_curve(struct stpfin_lanes_groups *self, bool moves, size_t *out_curve)
{
	bool *curve_moves = stpfin_keys__grown(
		self->curve_moves, &self->capacities[CURVES], self->n_curves, sizeof *curve_moves);

	if (curve_moves == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->curve_moves = curve_moves;
	curve_moves[self->n_curves] = moves;
	*out_curve = self->n_curves++;
	return STPFIN_OK;
}

static bool any_saving_moves(const struct making *making, size_t first, size_t n)
{
	bool any = false;

	for (size_t i = first; i < first + n; i++) {
		any = any ||
			  stpfin_lanes_effects__moves(making->from->effects, making->self->savings[i].size);
	}
	return any;
}

/* Adds an effect on activity; activity_moves is whether draws move what it finds. */
static stpfin_status add_step(
	struct making *making, size_t effect, size_t entry, bool activity_moves)
{
	const struct stpfin_lanes_sources *from = making->from;
	const struct stpfin_effect *of = &from->scenario->effects[effect];
	struct stpfin_lanes_groups *self = making->self;
	struct stpfin_lanes_step *steps =
		stpfin_keys__grown(self->steps, &self->capacities[STEPS], self->n_steps, sizeof *steps);
	struct stpfin_lanes_step *step;
	struct runs after;
	bool moves;
	stpfin_status status;

	if (steps == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->steps = steps;
	step = &steps[self->n_steps++];
	*step = (struct stpfin_lanes_step){.size = from->effects->size_of[effect],
		.scheme = of->scheme,
		.shifts = of->kind == STPFIN_EFFECT_SHIFT,
		.unit_cost = SIZE_MAX,
		.first_saving = self->n_savings};
	if (!step->shifts) {
		return STPFIN_OK;
	}
	step->to_service = (size_t)of->to_service;
	status = find_shift(making, of, entry, &step->substitution, &step->unit_cost);
	after = find_runs(
		from->scenario, &from->scenario->of_destination, from->scenario->destination[entry]);
	for (; step->n_savings < after.n && status == STPFIN_OK; step->n_savings++) {
		status = add_saving(making, after.effects[step->n_savings]);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	moves = activity_moves || from->indices->inflation_moves[step->to_service] ||
			stpfin_inputs__moves(from->inputs, step->substitution) || step->unit_cost != SIZE_MAX;
	status = add_curve(self, moves, &step->before);
	step->after = step->before;
	if (status == STPFIN_OK && step->n_savings > 0) {
		status = add_curve(self,
			moves || any_saving_moves(making, step->first_saving, step->n_savings), &step->after);
	}
	return status;
}

static stpfin_status add_ratios(struct stpfin_lanes_groups *self, const double *ratios)
{
	for (size_t t = 0; t < self->n_years; t++) {
		double *kept = stpfin_keys__grown(
			self->ratios, &self->capacities[RATIOS], self->n_ratios, sizeof *kept);

		if (kept == NULL) {
			return STPFIN_ERROR_MEMORY;
		}
		self->ratios = kept;
		kept[self->n_ratios++] = ratios[t];
	}
	return STPFIN_OK;
}

/* Makes the group of which a flow is the first. */
static stpfin_status make_group(
	struct making *making, size_t flow, struct stpfin_lanes_group *group)
{
	const struct stpfin_lanes_sources *from = making->from;
	struct stpfin_lanes_groups *self = making->self;
	const double *ratios = find_ratios(making, from->model->demand[flow]);
	struct runs runs = {NULL, 0, 0};
	bool activity_moves = from->indices->classes[group->class].moves;
	bool rates_move = stpfin_inputs__moves(from->inputs, group->above) ||
					  stpfin_inputs__moves(from->inputs, group->below);
	bool capacity_moves;
	bool savings_move;
	size_t payment = 0;
	size_t cost = 0;
	stpfin_status status = STPFIN_OK;

	/* The curves of payment and cost come first: what moves them is known last. */
	status = add_curve(self, false, &payment);
	if (status == STPFIN_OK && !group->outside) {
		status = add_curve(self, false, &cost);
	}
	group->payment = payment;
	group->cost = group->outside ? payment : cost;
	group->first_step = self->n_steps;
	group->first_of_steps = self->n_savings;
	if (ratios != NULL && status == STPFIN_OK) {
		group->prevention = self->n_ratios;
		status = add_ratios(self, ratios);
	}
	if (from->scenario != NULL) {
		runs = find_runs(from->scenario, &from->scenario->of_flow, flow);
	}
	for (size_t i = 0; i < runs.n_steps && status == STPFIN_OK; i++) {
		activity_moves = activity_moves || stpfin_lanes_effects__moves(from->effects,
											   from->effects->size_of[runs.effects[i]]);
		status = add_step(
			making, runs.effects[i], from->scenario->of_flow.first[flow] + i, activity_moves);
	}
	group->n_steps = self->n_steps - group->first_step;
	group->first_saving = self->n_savings;
	for (size_t i = runs.n_steps; i < runs.n && status == STPFIN_OK; i++) {
		status = add_saving(making, runs.effects[i]);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	group->n_savings = self->n_savings - group->first_saving;
	group->n_curves = self->n_curves - group->payment;
	self->most_sizes = stpfin_lanes_group__sizes(group) > self->most_sizes
						   ? stpfin_lanes_group__sizes(group)
						   : self->most_sizes;
	savings_move = any_saving_moves(making, group->first_saving, group->n_savings);
	capacity_moves = (group->n_steps > 0 || ratios != NULL) &&
					 (stpfin_inputs__moves(from->inputs, self->semi_fixed[group->service]) ||
						 (self->variable[group->service] != SIZE_MAX &&
							 stpfin_inputs__moves(from->inputs, self->variable[group->service])));
	self->curve_moves[group->payment] =
		activity_moves || rates_move ||
		(group->outside ? savings_move || from->indices->inflation_moves[group->service]
						: from->indices->price_moves[group->service]);
	if (!group->outside) {
		self->curve_moves[group->cost] = activity_moves || savings_move || capacity_moves ||
										 from->indices->inflation_moves[group->service];
	}
	for (size_t i = group->payment; i < self->n_curves; i++) {
		group->moves = group->moves || self->curve_moves[i];
	}
	return STPFIN_OK;
}

/* Finds or makes the group of a flow. */
static stpfin_status find_group(struct making *making, size_t flow, size_t *out_group)
{
	const struct stpfin_lanes_sources *from = making->from;
	const struct stpfin_model *model = from->model;
	struct stpfin_lanes_groups *self = making->self;
	size_t below_cell = stpfin_drawn_column__cell(&making->below, flow, STPFIN_EVERY_YEAR);
	struct stpfin_lanes_group made = {.class = from->indices->class[model->demand[flow]],
		.service = (size_t)model->service[flow],
		.demand = model->demand[flow],
		.outside = model->outside[flow],
		.prevention = SIZE_MAX};
	struct stpfin_lanes_group *groups;
	stpfin_status status = stpfin_inputs__add(from->inputs,
		stpfin_drawn_column__cell(&making->above, flow, STPFIN_EVERY_YEAR),
		model->marginal_above[flow], &made.above);

	made.below = made.above;
	if (status == STPFIN_OK && (below_cell != STPFIN_NO_ROW || !isnan(making->given_below[flow]))) {
		status =
			stpfin_inputs__add(from->inputs, below_cell, model->marginal_below[flow], &made.below);
	}
	for (size_t i = 0; i < 5 && status == STPFIN_OK; i++) {
		status = write_key(making,
			((const size_t[]){made.class, made.service, made.above, made.below, made.outside})[i]);
	}
	/* Where it acts, it follows from the places of the class and the service. */
	if (status == STPFIN_OK) {
		status = write_key(making, find_ratios(making, made.demand) != NULL);
	}
	if (status == STPFIN_OK && from->scenario != NULL) {
		status = write_effects(making, flow);
	}
	if (status == STPFIN_OK) {
		status = stpfin_keys__end(&making->keys, out_group);
	}
	if (status != STPFIN_OK || *out_group < self->n) {
		return status;
	}
	groups = stpfin_keys__grown(self->groups, &self->capacities[GROUPS], self->n, sizeof *groups);
	if (groups == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->groups = groups;
	status = make_group(making, flow, &made);
	groups[self->n++] = made;
	return status;
}

static stpfin_status add_trade(
	struct stpfin_lanes_groups *self, const struct stpfin_lanes_trade *trade)
{
	struct stpfin_lanes_trade *trades =
		stpfin_keys__grown(self->trades, &self->capacities[TRADES], self->n_trades, sizeof *trades);

	if (trades == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->trades = trades;
	trades[self->n_trades++] = *trade;
	return STPFIN_OK;
}

/* Adds what a flow's shifts make of it. */
static stpfin_status add_shifts(
	struct making *making, size_t flow, size_t group, struct stpfin_lanes_amount activity)
{
	const struct stpfin_scenario *scenario = making->from->scenario;
	struct stpfin_lanes_groups *self = making->self;
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < self->groups[group].n_steps && status == STPFIN_OK; i++) {
		const struct stpfin_lanes_step *step = &self->steps[self->groups[group].first_step + i];
		size_t entry = scenario != NULL ? scenario->of_flow.first[flow] + i : 0;
		const struct stpfin_destination *to;
		struct stpfin_lanes_amount amount = activity;

		if (!step->shifts) {
			continue;
		}
		to = &scenario->destinations[scenario->destination[entry]];
		amount.factor *= step->unit_cost == SIZE_MAX ? scenario->unit_cost[entry] : 1;
		status = add_trade(self,
			&(struct stpfin_lanes_trade){to->commissioner, to->provider, to->service, to->outside,
				to->outside ? step->after : step->before, step->after, amount, amount});
	}
	return status;
}

static stpfin_status add_flow(struct making *making, size_t flow)
{
	const struct stpfin_model *model = making->from->model;
	size_t group = 0;
	stpfin_status status = find_group(making, flow, &group);

	if (status == STPFIN_OK) {
		const struct stpfin_lanes_group *of = &making->self->groups[group];

		status = add_trade(making->self,
			&(struct stpfin_lanes_trade){model->commissioner[flow], model->provider[flow],
				model->service[flow], model->outside[flow], of->payment, of->cost,
				income_of(making, flow), cost_of(making, flow)});
	}
	return status == STPFIN_OK ? add_shifts(making, flow, group, activity_of(making, flow))
							   : status;
}

/* How each service's cost follows its activity. */
static stpfin_status compile_services(struct making *making)
{
	const struct stpfin_model *model = making->from->model;
	const struct stpfin_scenario *scenario = making->from->scenario;
	struct stpfin_lanes_groups *self = making->self;
	struct stpfin_drawn_column variable =
		stpfin_drawn_column__of(making->from->uncertain, "service", "variable_share");
	struct stpfin_drawn_column semi_fixed =
		stpfin_drawn_column__of(making->from->uncertain, "service", "semi_fixed_share");
	const double *given = stpfin_plan__real(model->plan, "service", "variable_share");
	stpfin_status status = STPFIN_OK;

	self->variable = stpfin_model__array(model->n_services, sizeof *self->variable);
	self->semi_fixed = stpfin_model__array(model->n_services, sizeof *self->semi_fixed);
	self->lag = stpfin_model__array(model->n_services, sizeof *self->lag);
	if (self->variable == NULL || self->semi_fixed == NULL || self->lag == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < model->n_services && scenario != NULL && status == STPFIN_OK; i++) {
		size_t cell = stpfin_drawn_column__cell(&variable, i, STPFIN_EVERY_YEAR);

		self->lag[i] = scenario->semi_fixed_lag[i];
		status = stpfin_inputs__add(making->from->inputs,
			stpfin_drawn_column__cell(&semi_fixed, i, STPFIN_EVERY_YEAR),
			scenario->semi_fixed_share[i], &self->semi_fixed[i]);
		self->variable[i] = SIZE_MAX;
		if (status == STPFIN_OK && (cell != STPFIN_NO_ROW || !isnan(given[i]))) {
			status = stpfin_inputs__add(
				making->from->inputs, cell, scenario->variable_share[i], &self->variable[i]);
		}
	}
	return status;
}

/* Sorts the flows by commissioner, if means of them may be drawn. */
static stpfin_status compile_means(struct making *making)
{
	const struct stpfin_model *model = making->from->model;
	size_t n = making->from->scenario != NULL ? making->from->scenario->n_destinations : 0;

	if (n == 0 || (!stpfin_drawn_column__any(&making->activity) &&
					  !stpfin_drawn_column__any(&making->income) &&
					  !stpfin_drawn_column__any(&making->cost))) {
		return STPFIN_OK;
	}
	making->first_bought =
		stpfin_model__array(model->n_organisations + 2, sizeof *making->first_bought);
	making->bought = stpfin_model__array(model->n_flows, sizeof *making->bought);
	making->mean = stpfin_model__array(n, sizeof *making->mean);
	if (making->first_bought == NULL || making->bought == NULL || making->mean == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < n; i++) {
		making->mean[i] = (size_t)MEAN_NOT_KNOWN;
	}
	/* Counted two places on, so that filling the runs leaves each beginning in its place. */
	for (size_t flow = 0; flow < model->n_flows; flow++) {
		making->first_bought[model->commissioner[flow] + 2]++;
	}
	for (size_t i = 1; i <= model->n_organisations; i++) {
		making->first_bought[i + 1] += making->first_bought[i];
	}
	for (size_t flow = 0; flow < model->n_flows; flow++) {
		making->bought[making->first_bought[model->commissioner[flow] + 1]++] = flow;
	}
	return STPFIN_OK;
}

/* Adds all flows in the order of their classes. */
static stpfin_status add_flows(struct making *making)
{
	const struct stpfin_model *model = making->from->model;
	const struct stpfin_lanes_indices *indices = making->from->indices;
	size_t *first = stpfin_model__array(indices->n_classes + 1, sizeof *first);
	size_t *flows = stpfin_model__array(model->n_flows, sizeof *flows);
	stpfin_status status = first != NULL && flows != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;

	for (size_t flow = 0; status == STPFIN_OK && flow < model->n_flows; flow++) {
		first[indices->class[model->demand[flow]] + 1]++;
	}
	for (size_t class = 0; status == STPFIN_OK && class < indices->n_classes; class ++) {
		first[class + 1] += first[class];
	}
	for (size_t flow = 0; status == STPFIN_OK && flow < model->n_flows; flow++) {
		flows[first[indices->class[model->demand[flow]]]++] = flow;
	}
	for (size_t i = 0; i < model->n_flows && status == STPFIN_OK; i++) {
		status = add_flow(making, flows[i]);
	}
	free(first);
	free(flows);
	return status;
}

stpfin_status stpfin_lanes_groups__new(
	struct stpfin_lanes_groups *self, const struct stpfin_lanes_sources *from)
{
	const struct stpfin_uncertain *uncertain = from->uncertain;
	struct making making = {
		.self = self,
		.from = from,
		.given_cost = stpfin_plan__real(from->model->plan, "flow", "cost"),
		.given_below = stpfin_plan__real(from->model->plan, "flow", "marginal_rate_below"),
		.activity = stpfin_drawn_column__of(uncertain, "flow", "activity"),
		.income = stpfin_drawn_column__of(uncertain, "flow", "income"),
		.cost = stpfin_drawn_column__of(uncertain, "flow", "cost"),
		.above = stpfin_drawn_column__of(uncertain, "flow", "marginal_rate"),
		.below = stpfin_drawn_column__of(uncertain, "flow", "marginal_rate_below"),
		.substitution = stpfin_drawn_column__of(uncertain, "activity_effect", "substitution"),
		.unit_cost = stpfin_drawn_column__of(uncertain, "activity_effect", "unit_cost"),
	};
	stpfin_status status;

	*self = (struct stpfin_lanes_groups){.n_years = from->model->n_years};
	status = stpfin_prevented__new(&making.prevented, from->model, from->scenario);
	if (status == STPFIN_OK && from->scenario != NULL) {
		stpfin_prevented__find(&making.prevented, from->model, from->scenario, NULL, false);
	}
	if (status == STPFIN_OK) {
		status = compile_services(&making);
	}
	if (status == STPFIN_OK) {
		status = compile_means(&making);
	}
	if (status == STPFIN_OK) {
		status = add_flows(&making);
	}
	stpfin_prevented__free(&making.prevented);
	stpfin_keys__free(&making.keys);
	free(making.first_bought);
	free(making.bought);
	free(making.mean);
	return status;
}
