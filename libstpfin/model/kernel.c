#include "libstpfin/model/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/formulas.h"
#include "libstpfin/table/error.h"

/* The most effects on one flow. */
static size_t longest_list(const struct stpfin_effect_lists *lists, size_t n)
{
	size_t longest = 0;

	for (size_t i = 0; i < n; i++) {
		size_t length = lists->first[i + 1] - lists->first[i];

		longest = length > longest ? length : longest;
	}
	return longest;
}

stpfin_status stpfin_run__new(struct stpfin_run *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, unsigned keep)
{
	size_t n_years = model->n_years;
	size_t n_flows = keep & STPFIN_KEEP_FLOWS ? model->n_flows * n_years : 0;
	size_t n_positions = model->n_organisations * n_years;
	size_t n_added = scenario != NULL ? scenario->n_destinations * n_years : 0;
	size_t n_impact =
		scenario != NULL && (keep & STPFIN_KEEP_IMPACT)
			? stpfin_model__times(
				  stpfin_model__times(scenario->n_schemes, n_positions), STPFIN_N_MEASURES)
			: 0;
	struct {
		double **array;
		size_t n;
		bool wanted;
	} parts[] = {
		{&self->index, model->n_demands * n_years, true},
		{&self->activity, n_flows, (keep & STPFIN_KEEP_FLOWS) != 0},
		{&self->cost, n_flows, (keep & STPFIN_KEEP_FLOWS) != 0},
		{&self->income, n_flows, (keep & STPFIN_KEEP_FLOWS) != 0},
		{&self->added, n_added, true},
		{&self->added_cost, n_added, true},
		{&self->added_payment, n_added, true},
		{&self->added_care, n_added, true},
		{&self->position_cost, n_positions, true},
		{&self->position_income, n_positions, true},
		{&self->own_income, n_positions, true},
		{&self->impact, n_impact, n_impact > 0},
		{&self->removed,
			scenario != NULL ? longest_list(&scenario->of_demand, model->n_demands) +
								   longest_list(&scenario->of_flow, model->n_flows)
							 : 0,
			true},
		{&self->idle, n_years, true},
	};

	*self = (struct stpfin_run){.index = NULL};
	if (stpfin_prevented__new(&self->prevented, model, scenario) != STPFIN_OK ||
		stpfin_improved__new(&self->improved, model) != STPFIN_OK) {
		stpfin_run__free(self);
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].wanted) {
			*parts[i].array = stpfin_model__array(parts[i].n, sizeof(double));
			if (*parts[i].array == NULL) {
				stpfin_run__free(self);
				return STPFIN_ERROR_MEMORY;
			}
		}
	}
	return STPFIN_OK;
}

void stpfin_run__free(struct stpfin_run *self)
{
	free(self->index);
	stpfin_prevented__free(&self->prevented);
	stpfin_improved__free(&self->improved);
	free(self->activity);
	free(self->cost);
	free(self->income);
	free(self->added);
	free(self->added_cost);
	free(self->added_payment);
	free(self->added_care);
	free(self->position_cost);
	free(self->position_income);
	free(self->own_income);
	free(self->impact);
	free(self->removed);
	free(self->idle);
	*self = (struct stpfin_run){.index = NULL};
}

static bool is_on(unsigned drivers, enum stpfin_driver driver)
{
	return (drivers >> driver & 1) != 0;
}

static bool takes_part(const struct stpfin_case *which, const struct stpfin_effect *effect)
{
	return which->schemes == NULL || which->schemes[effect->scheme];
}

/* What a flow's provider is paid for an activity `ratio` times the base year's, at a price index.
 */
static double pay(const struct stpfin_model *model, size_t flow, double ratio, double price)
{
	return stpfin_formula__payment(model->income[flow], price, model->marginal_above[flow],
		model->marginal_below[flow], ratio);
}

/* A flow, and the indices that move it. */
struct flow {
	size_t number;
	const double *index;
	const double *inflation;
	const double *price;
	const size_t *preventions; /* of its demand, in order */
	size_t n_preventions;
	const size_t *effects; /* those that act on it then, in order */
	size_t n_effects;
};

/* Applies prevention and the effects on activity in a year: keeps what each removes, and adds what
 * is moved to where it goes. Returns what is left. */
static double reduce(struct stpfin_run *self, const struct stpfin_model *model,
	const struct stpfin_case *which, const double *all_inflation, const struct flow *flow, size_t t,
	double do_nothing)
{
	const struct stpfin_scenario *scenario = which->scenario;
	size_t n_years = model->n_years;
	double *removed_by_effect = self->removed + flow->n_preventions;
	double activity = do_nothing;

	for (size_t i = 0; i < flow->n_preventions; i++) {
		double left = do_nothing * self->prevented.ratio[flow->preventions[i] * n_years + t];

		self->removed[i] = activity - left;
		activity = left;
	}
	for (size_t i = 0; i < flow->n_effects; i++) {
		const struct stpfin_effect *effect = &scenario->effects[flow->effects[i]];
		double removed =
			takes_part(which, effect) && effect->kind != STPFIN_EFFECT_EFFICIENCY
				? stpfin_formula__taken(activity, scenario->size[flow->effects[i] * n_years + t])
				: 0;

		removed_by_effect[i] = removed;
		activity -= removed;
		if (effect->kind == STPFIN_EFFECT_SHIFT && removed != 0) {
			size_t entry = (size_t)(flow->effects - scenario->of_flow.at) + i;
			size_t at = scenario->destination[entry] * n_years + t;
			double units = stpfin_formula__added(removed, effect->substitution);
			double cost = stpfin_formula__added_cost(units, scenario->unit_cost[entry],
				all_inflation[(size_t)effect->to_service * n_years + t]);

			self->added[at] += units;
			self->added_cost[at] += cost;
			if (self->impact != NULL) {
				double *impact = stpfin_run__impact(
					self, model, effect->scheme, (size_t)model->commissioner[flow->number], t);

				impact[STPFIN_MEASURE_ADDED] += units;
				impact[STPFIN_MEASURE_REPROVIDED] += cost;
			}
		}
	}
	return activity;
}

/* Keeps what prevention and each effect on activity did to the cost of the flow, whose units cost
 * `unit` and of which `staying` units' cost stays. */
static void keep_reductions(struct stpfin_run *self, const struct stpfin_model *model,
	const struct stpfin_case *which, const struct flow *flow, size_t t, double unit, double staying)
{
	bool outside = model->outside[flow->number];
	size_t holder =
		(size_t)(outside ? model->commissioner[flow->number] : model->provider[flow->number]);
	double base = model->activity[flow->number];
	double activity = base * flow->index[t];
	size_t n = flow->n_preventions + flow->n_effects;
	double all_removed = 0;

	for (size_t i = 0; i < n; i++) {
		all_removed += self->removed[i] > 0 ? self->removed[i] : 0;
	}
	for (size_t i = 0; i < n; i++) {
		size_t scheme =
			i < flow->n_preventions
				? which->scenario->prevented[flow->preventions[i]].scheme
				: which->scenario->effects[flow->effects[i - flow->n_preventions]].scheme;
		double *impact = stpfin_run__impact(self, model, scheme, holder, t);
		double removed = self->removed[i];
		double part = removed > 0 ? staying * (removed / all_removed) : 0;
		double released = unit * (removed - part);
		double stranded = unit * part;

		if (removed == 0) {
			continue;
		}
		if (outside) {
			released = pay(model, flow->number, activity / base, flow->inflation[t]) -
					   pay(model, flow->number, (activity - removed) / base, flow->inflation[t]);
			stranded = 0;
		}
		impact[STPFIN_MEASURE_REMOVED] += model->cost_only[flow->number] ? 0 : removed;
		impact[STPFIN_MEASURE_RELEASED] += released;
		impact[STPFIN_MEASURE_STRANDED] += stranded;
		impact[STPFIN_MEASURE_AT_AVERAGE] += outside ? released : unit * removed;
		activity -= removed;
	}
}

/* Applies efficiencies to a cost in a year, keeping what each saves for the holder of the cost. */
static double economise(struct stpfin_run *self, const struct stpfin_model *model,
	const struct stpfin_case *which, const size_t *effects, size_t n, size_t t, size_t holder,
	double cost)
{
	for (size_t i = 0; i < n; i++) {
		const struct stpfin_effect *effect = &which->scenario->effects[effects[i]];
		double saved;

		if (effect->kind != STPFIN_EFFECT_EFFICIENCY || !takes_part(which, effect)) {
			continue;
		}
		saved = stpfin_formula__taken(cost, which->scenario->size[effects[i] * model->n_years + t]);
		cost -= saved;
		if (self->impact != NULL) {
			stpfin_run__impact(self, model, effect->scheme, holder, t)[STPFIN_MEASURE_SAVING] +=
				saved;
		}
	}
	return cost;
}

/* The units whose cost stays though they are idle. */
static double find_staying(struct stpfin_run *self, const struct stpfin_scenario *scenario,
	size_t service, size_t t, double peak, double do_nothing, double activity)
{
	size_t lag = scenario->semi_fixed_lag[service];

	self->idle[t] = t > 0 ? stpfin_formula__idle(peak, do_nothing, activity) : 0;
	return stpfin_formula__staying(self->idle[t], t >= lag ? self->idle[t - lag] : 0,
		scenario->variable_share[service], scenario->semi_fixed_share[service]);
}

static void project_flow(struct stpfin_run *self, const struct stpfin_model *model,
	const struct stpfin_case *which, const double *all_inflation, const struct flow *flow)
{
	size_t n_years = model->n_years;
	size_t number = flow->number;
	size_t service = (size_t)model->service[number];
	bool outside = model->outside[number];
	double base = model->activity[number];
	double *paid = self->position_cost + (size_t)model->commissioner[number] * n_years;
	double *spent = self->position_cost + (size_t)model->provider[number] * n_years;
	double *received = self->position_income + (size_t)model->provider[number] * n_years;
	size_t holder = (size_t)(outside ? model->commissioner[number] : model->provider[number]);
	bool acted_on = flow->n_preventions + flow->n_effects > 0;
	double peak = 0;

	for (size_t t = 0; t < n_years; t++) {
		double do_nothing = base * flow->index[t];
		double activity = do_nothing;
		double ratio = flow->index[t];
		double staying = 0;
		double income;
		double cost;

		if (acted_on) {
			activity = reduce(self, model, which, all_inflation, flow, t, do_nothing);
			ratio = activity / base;
			staying = outside ? 0
							  : find_staying(
									self, which->scenario, service, t, peak, do_nothing, activity);
			peak = stpfin_formula__greater(peak, activity);
		}
		income = pay(model, number, ratio, outside ? flow->inflation[t] : flow->price[t]);
		cost = outside ? income
					   : stpfin_formula__cost(
							 model->cost[number], flow->inflation[t], ratio, staying / base);
		if (acted_on) {
			if (self->impact != NULL) {
				keep_reductions(self, model, which, flow, t,
					model->cost[number] / base * flow->inflation[t], staying);
			}
			cost = economise(self, model, which, flow->effects, flow->n_effects, t, holder, cost);
			income = outside ? cost : income;
		}
		paid[t] += income;
		if (!outside) {
			received[t] += income;
			spent[t] += cost;
		}
		if (self->activity != NULL) {
			self->activity[number * n_years + t] = activity;
			self->cost[number * n_years + t] = cost;
			self->income[number * n_years + t] = income;
		}
	}
}

/* Pays for the care that shifts added: a provider in the plan before efficiency, which is its own
 * gain; one outside after it. */
static void project_destination(struct stpfin_run *self, const struct stpfin_model *model,
	const struct stpfin_case *which, size_t number)
{
	const struct stpfin_scenario *scenario = which->scenario;
	const struct stpfin_destination *to = &scenario->destinations[number];
	const size_t *effects = scenario->of_destination.at + scenario->of_destination.first[number];
	size_t n_effects =
		scenario->of_destination.first[number + 1] - scenario->of_destination.first[number];

	for (size_t t = 0; t < model->n_years; t++) {
		size_t at = number * model->n_years + t;
		size_t buyer = (size_t)to->commissioner * model->n_years + t;
		size_t seller = (size_t)to->provider * model->n_years + t;
		size_t holder = (size_t)(to->outside ? to->commissioner : to->provider);
		double cost =
			economise(self, model, which, effects, n_effects, t, holder, self->added_cost[at]);
		double payment = to->outside ? cost : self->added_cost[at];

		self->added_payment[at] = payment;
		self->added_care[at] = cost;
		self->position_cost[buyer] += payment;
		if (!to->outside) {
			self->position_income[seller] += payment;
			self->position_cost[seller] += cost;
		}
	}
}

static void project_scheme_cost(struct stpfin_run *self, const struct stpfin_model *model,
	const struct stpfin_scheme_cost *cost)
{
	for (size_t t = 0; t < model->n_years; t++) {
		self->position_cost[(size_t)cost->organisation * model->n_years + t] +=
			cost->recurrent[t] + cost->transition[t] + cost->capital_charge[t];
		if (self->impact != NULL) {
			double *impact =
				stpfin_run__impact(self, model, cost->scheme, (size_t)cost->organisation, t);

			impact[STPFIN_MEASURE_RECURRENT] += cost->recurrent[t];
			impact[STPFIN_MEASURE_TRANSITION] += cost->transition[t];
			impact[STPFIN_MEASURE_CAPITAL_CHARGE] += cost->capital_charge[t];
		}
	}
}

/* Charges those who buy the care that it takes to improve indicators. */
static void charge_improvement(struct stpfin_run *self, const struct stpfin_model *model)
{
	const struct stpfin_quality *quality = model->quality;

	for (size_t i = 0; i < quality->n_remedies; i++) {
		for (size_t j = quality->remedies[i].first_payer; j < quality->remedies[i + 1].first_payer;
			 j++) {
			const struct stpfin_payer *payer = &quality->payers[j];

			for (size_t t = 0; t < model->n_years; t++) {
				self->position_cost[(size_t)payer->organisation * model->n_years + t] +=
					payer->part * self->improved.charge[i * model->n_years + t];
			}
		}
	}
}

/* Begins the positions with what is no care: funding, transfers, pressures, awards. */
static void begin_positions(
	struct stpfin_run *self, const struct stpfin_model *model, const struct stpfin_case *which)
{
	size_t n_years = model->n_years;
	bool funded = is_on(which->drivers, STPFIN_DRIVER_FUNDING);
	bool pressed = is_on(which->drivers, STPFIN_DRIVER_PRESSURES);

	for (size_t i = 0; i < model->n_organisations; i++) {
		for (size_t t = 0; t < n_years; t++) {
			size_t at = i * n_years + t;
			size_t base = i * n_years;

			self->own_income[at] =
				model->funding[funded ? at : base] + model->transfers[funded ? at : base] +
				(which->scenario != NULL && which->awards ? which->scenario->awards[at] : 0);
			self->position_income[at] = self->own_income[at];
			self->position_cost[at] = model->pressures[pressed ? at : base];
		}
	}
}

static void clear(double *array, size_t n)
{
	if (array != NULL) {
		memset(array, 0, n * sizeof *array);
	}
}

void stpfin_run__project(
	struct stpfin_run *self, const struct stpfin_model *model, const struct stpfin_case *which)
{
	const struct stpfin_scenario *scenario = which->scenario;
	size_t n_years = model->n_years;
	bool populated = is_on(which->drivers, STPFIN_DRIVER_POPULATION);
	const double *population = populated ? model->population : model->unchanged;
	const double *growth = !is_on(which->drivers, STPFIN_DRIVER_GROWTH) ? model->unchanged
						   : !populated && model->growth_of_base_people != NULL
							   ? model->growth_of_base_people
							   : model->growth;
	const double *inflation =
		is_on(which->drivers, STPFIN_DRIVER_INFLATION) ? model->inflation : model->unchanged;
	const double *price =
		is_on(which->drivers, STPFIN_DRIVER_PRICE) ? model->price : model->unchanged;

	for (size_t i = 0; i < model->n_demands * n_years; i++) {
		self->index[i] = population[i] * growth[i];
	}
	begin_positions(self, model, which);
	if (scenario != NULL) {
		clear(self->added, scenario->n_destinations * n_years);
		clear(self->added_cost, scenario->n_destinations * n_years);
		clear(self->impact,
			scenario->n_schemes * model->n_organisations * n_years * STPFIN_N_MEASURES);
		stpfin_prevented__find(
			&self->prevented, model, scenario, which->schemes, self->impact != NULL);
	}
	for (size_t number = 0; number < model->n_flows; number++) {
		size_t service = (size_t)model->service[number] * n_years;
		size_t demand = model->demand[number];
		struct flow flow = {number, self->index + demand * n_years, inflation + service,
			price + service, NULL, 0, NULL, 0};

		if (scenario != NULL) {
			flow.preventions = scenario->of_demand.at + scenario->of_demand.first[demand];
			flow.n_preventions =
				scenario->of_demand.first[demand + 1] - scenario->of_demand.first[demand];
			if (self->impact == NULL && flow.n_preventions > 1) {
				/* The last leaves what all do. */
				flow.preventions += flow.n_preventions - 1;
				flow.n_preventions = 1;
			}
			flow.effects = scenario->of_flow.at + scenario->of_flow.first[number];
			flow.n_effects = scenario->of_flow.first[number + 1] - scenario->of_flow.first[number];
		}
		project_flow(self, model, which, inflation, &flow);
	}
	for (size_t i = 0; scenario != NULL && i < scenario->n_destinations; i++) {
		project_destination(self, model, which, i);
	}
	for (size_t i = 0; scenario != NULL && i < scenario->n_costs; i++) {
		if (which->schemes == NULL || which->schemes[scenario->costs[i].scheme]) {
			project_scheme_cost(self, model, &scenario->costs[i]);
		}
	}
	stpfin_improved__find(&self->improved, model, scenario, which->schemes, inflation);
	if (scenario != NULL && model->quality != NULL) {
		charge_improvement(self, model);
	}
}

stpfin_status stpfin_run__check(const struct stpfin_run *self, const struct stpfin_model *model)
{
	for (size_t i = 0; i < model->n_organisations; i++) {
		for (size_t t = 0; t < model->n_years; t++) {
			size_t at = i * model->n_years + t;

			if (!isfinite(self->position_cost[at] - self->position_income[at])) {
				return stpfin_error__set(STPFIN_ERROR_OVERFLOW,
					"the position of '%s' in %d is beyond what a number can hold: look for growth "
					"or inflation that is out of proportion",
					stpfin_model__name(model, "organisation", (int32_t)i),
					(int)(model->plan->settings.base_year + (int32_t)t));
			}
		}
	}
	return STPFIN_OK;
}
