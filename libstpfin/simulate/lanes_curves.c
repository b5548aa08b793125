#include "libstpfin/simulate/lanes_curves.h"

#include <string.h>

#include "libstpfin/model/formulas.h"
#include "libstpfin/simulate/clones.h"

STPFIN_INLINED const double *lanes_of(const struct stpfin_lanes_state *from, size_t input)
{
	return stpfin_inputs__lanes(from->inputs, from->constants, from->cells, input);
}

STPFIN_INLINED const double *size_of(const struct stpfin_lanes_state *from, size_t size, size_t t)
{
	return from->sizes + (size * from->groups->n_years + t) * STPFIN_LANES;
}

STPFIN_INLINED const double *inflation_of(
	const struct stpfin_lanes_state *from, size_t service, size_t t)
{
	return from->index->inflation + (service * from->groups->n_years + t) * STPFIN_LANES;
}

/* Members of NULL: all schemes take part. */
STPFIN_INLINED bool takes_part(const struct stpfin_lanes_members *members, size_t scheme)
{
	return members == NULL || members->takes_part[members->of_scheme[scheme]];
}

/* Takes the efficiencies of a run from a cost. */
STPFIN_INLINED void economise(const struct stpfin_lanes_state *from,
	const struct stpfin_lanes_members *members, size_t first, size_t n, size_t t,
	double *restrict cost)
{
	for (size_t at = first; at < first + n; at++) {
		const struct stpfin_lanes_saving *saving = &from->groups->savings[at];
		const double *size = size_of(from, saving->size, t);

		if (takes_part(members, saving->scheme)) {
			for (size_t i = 0; i < STPFIN_LANES; i++) {
				cost[i] -= stpfin_formula__taken(cost[i], size[i]);
			}
		}
	}
}

/* The cost of the care a shift adds in the place of what it removes, before efficiencies. */
STPFIN_INLINED void add_care(const double *removed, const double *substitution,
	const double *unit_cost, const double *inflation, double *restrict cost)
{
	if (unit_cost == NULL) {
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			cost[i] = stpfin_formula__added_cost(
				stpfin_formula__added(removed[i], substitution[i]), 1, inflation[i]);
		}
		return;
	}
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		cost[i] = stpfin_formula__added_cost(
			stpfin_formula__added(removed[i], substitution[i]), unit_cost[i], inflation[i]);
	}
}

/* What a shift adds, before and after the efficiencies of the care it is to. */
STPFIN_INLINED void shift(const struct stpfin_lanes_state *from,
	const struct stpfin_lanes_members *members, const struct stpfin_lanes_step *step, size_t t,
	const double *removed, double *before, double *after)
{
	add_care(removed, lanes_of(from, step->substitution),
		step->unit_cost != SIZE_MAX ? lanes_of(from, step->unit_cost) : NULL,
		inflation_of(from, step->to_service, t), before);
	if (step->n_savings > 0) {
		memcpy(after, before, STPFIN_LANES * sizeof *after);
		economise(from, members, step->first_saving, step->n_savings, t, after);
	}
}

/* Applies the effects on activity of a year, and keeps what shifts make of them. */
STPFIN_INLINED void reduce(const struct stpfin_lanes_state *from,
	const struct stpfin_lanes_group *group, const struct stpfin_lanes_members *members, size_t t,
	double *curves, double *restrict activity)
{
	const struct stpfin_lanes_groups *groups = from->groups;

	for (size_t at = group->first_step; at < group->first_step + group->n_steps; at++) {
		const struct stpfin_lanes_step *step = &groups->steps[at];
		const double *size = size_of(from, step->size, t);
		double removed[STPFIN_LANES];

		if (takes_part(members, step->scheme)) {
			for (size_t i = 0; i < STPFIN_LANES; i++) {
				removed[i] = stpfin_formula__taken(activity[i], size[i]);
				activity[i] -= removed[i];
			}
		} else if (step->shifts) {
			memset(removed, 0, sizeof removed);
		}
		if (step->shifts) {
			double *before =
				curves + ((step->before - group->payment) * groups->n_years + t) * STPFIN_LANES;
			double *after =
				curves + ((step->after - group->payment) * groups->n_years + t) * STPFIN_LANES;

			shift(from, members, step, t, removed, before, after);
		}
	}
}

/* The idle units whose cost stays. */
STPFIN_INLINED void find_staying(const struct stpfin_lanes_state *from, size_t service, size_t t,
	const double *peak, const double *do_nothing, const double *activity, double *restrict staying)
{
	const struct stpfin_lanes_groups *groups = from->groups;
	const double *semi_fixed = lanes_of(from, groups->semi_fixed[service]);
	double *idle = from->idle + t * STPFIN_LANES;
	double nothing[STPFIN_LANES] = {0};
	const double *before =
		t >= groups->lag[service] ? idle - groups->lag[service] * STPFIN_LANES : nothing;

	for (size_t i = 0; i < STPFIN_LANES; i++) {
		idle[i] = t > 0 ? stpfin_formula__idle(peak[i], do_nothing[i], activity[i]) : 0;
	}
	if (groups->variable[service] != SIZE_MAX) {
		const double *variable = lanes_of(from, groups->variable[service]);

		for (size_t i = 0; i < STPFIN_LANES; i++) {
			staying[i] = stpfin_formula__staying(idle[i], before[i], variable[i], semi_fixed[i]);
		}
		return;
	}
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		staying[i] = stpfin_formula__staying(idle[i], before[i], 1 - semi_fixed[i], semi_fixed[i]);
	}
}

/* What is paid in a year, and what it costs before efficiencies. */
STPFIN_INLINED void pay(const double *price, const double *above, const double *below,
	const double *activity, double *restrict payment)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		payment[i] = stpfin_formula__payment(1, price[i], above[i], below[i], activity[i]);
	}
}

STPFIN_INLINED void give(
	const double *inflation, const double *activity, const double *staying, double *restrict cost)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		cost[i] = stpfin_formula__cost(1, inflation[i], activity[i], staying[i]);
	}
}

/* Fills the years from the first on. In the base year no draw moves a curve: only the capacity
 * there was then counts. */
STPFIN_INLINED void fill_group(const struct stpfin_lanes_state *from,
	const struct stpfin_lanes_group *group, const struct stpfin_lanes_members *members,
	size_t first_year, double *curves)
{
	const struct stpfin_lanes_groups *groups = from->groups;
	size_t n_years = groups->n_years;
	const double *ratios = group->prevention == SIZE_MAX ? NULL
						   : members != NULL && members->ratios != NULL
							   ? members->ratios
							   : groups->ratios + group->prevention;
	bool acted_on = group->n_steps > 0 || ratios != NULL;
	const double *above = lanes_of(from, group->above);
	const double *below = lanes_of(from, group->below);
	const double nothing[STPFIN_LANES] = {0};
	double peak[STPFIN_LANES] = {0};

	for (size_t t = acted_on ? 0 : first_year; t < n_years; t++) {
		const double *do_nothing = from->index->index + (group->class * n_years + t) * STPFIN_LANES;
		const double *inflation = inflation_of(from, group->service, t);
		const double *price =
			group->outside ? inflation
						   : from->index->price + (group->service * n_years + t) * STPFIN_LANES;
		double *payment = curves + t * STPFIN_LANES;
		double *cost = payment + n_years * STPFIN_LANES;
		const double *activity = do_nothing;
		const double *staying = nothing;
		double changed[STPFIN_LANES];
		double idle[STPFIN_LANES];

		if (acted_on) {
			double ratio = ratios != NULL ? ratios[t] : 1;

			for (size_t i = 0; i < STPFIN_LANES; i++) {
				changed[i] = do_nothing[i] * ratio;
			}
			reduce(from, group, members, t, curves, changed);
			activity = changed;
		}
		if (t >= first_year) {
			pay(price, above, below, activity, payment);
		}
		if (group->outside) {
			if (t >= first_year) {
				economise(from, members, group->first_saving, group->n_savings, t, payment);
			}
			continue;
		}
		if (acted_on) {
			find_staying(from, group->service, t, peak, do_nothing, activity, idle);
			for (size_t i = 0; i < STPFIN_LANES; i++) {
				peak[i] = stpfin_formula__greater(peak[i], activity[i]);
			}
			staying = idle;
		}
		if (t >= first_year) {
			give(inflation, activity, staying, cost);
			economise(from, members, group->first_saving, group->n_savings, t, cost);
		}
	}
}

STPFIN_CLONES static void fill_groups(
	const struct stpfin_lanes_state *from, size_t first, size_t end, double *curves, bool all)
{
	const struct stpfin_lanes_group *groups = from->groups->groups;

	for (size_t i = first; i < end; i++) {
		if (all || groups[i].moves) {
			fill_group(from, &groups[i], NULL, all ? 0 : 1,
				curves + (groups[i].payment - groups[first].payment) * from->groups->n_years *
							 STPFIN_LANES);
		}
	}
}

void stpfin_lanes_curves__fill(
	const struct stpfin_lanes_state *from, size_t first, size_t end, double *curves, bool all)
{
	fill_groups(from, first, end, curves, all);
}

STPFIN_CLONES static void fill_with(const struct stpfin_lanes_state *from, size_t group,
	const struct stpfin_lanes_members *members, double *curves)
{
	fill_group(from, &from->groups->groups[group], members, 0, curves);
}

void stpfin_lanes_curves__fill_group(const struct stpfin_lanes_state *from, size_t group,
	const struct stpfin_lanes_members *members, double *curves)
{
	fill_with(from, group, members, curves);
}
