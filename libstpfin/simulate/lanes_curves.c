#include "libstpfin/simulate/lanes_curves.h"

#include <string.h>

#include "libstpfin/model/formulas.h"
#include "libstpfin/simulate/clones.h"

STPFIN_INLINED const double *lanes_of(const struct stpfin_lanes_state *from, size_t input)
{
	return stpfin_inputs__lanes(from->inputs, from->constants, from->cells, input);
}

/* Where a group's curves go, and who takes part in them. */
struct task {
	const struct stpfin_lanes_state *from;
	const struct stpfin_lanes_group *group;
	const struct stpfin_lanes_members *members; /* NULL: all schemes */
	double *curves;                             /* from that of payment on */
	size_t year;                                /* doubles from a year's to the next */
};

STPFIN_INLINED double *curve_of(const struct task *task, size_t curve, size_t t)
{
	return task->curves + t * task->year + (curve - task->group->payment) * STPFIN_LANES;
}

STPFIN_INLINED const double *size_of_step(const struct task *task, size_t step, size_t t)
{
	size_t number = step - task->group->first_step;

	return task->from->sizes + (number * task->from->groups->n_years + t) * STPFIN_LANES;
}

STPFIN_INLINED const double *size_of_saving(const struct task *task, size_t saving, size_t t)
{
	size_t number = task->group->n_steps + saving - task->group->first_of_steps;

	return task->from->sizes + (number * task->from->groups->n_years + t) * STPFIN_LANES;
}

STPFIN_INLINED const double *inflation_of(
	const struct stpfin_lanes_state *from, size_t service, size_t t)
{
	return from->index->inflation + (service * from->groups->n_years + t) * STPFIN_LANES;
}

STPFIN_INLINED bool takes_part(const struct task *task, size_t scheme)
{
	return task->members == NULL || task->members->takes_part[task->members->of_scheme[scheme]];
}

/* Takes the efficiencies of a run from a cost. */
STPFIN_INLINED void economise(
	const struct task *task, size_t first, size_t n, size_t t, double *restrict cost)
{
	for (size_t at = first; at < first + n; at++) {
		const double *size = size_of_saving(task, at, t);

		if (takes_part(task, task->from->groups->savings[at].scheme)) {
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
STPFIN_INLINED void shift(
	const struct task *task, const struct stpfin_lanes_step *step, size_t t, const double *removed)
{
	const struct stpfin_lanes_state *from = task->from;
	double *before = curve_of(task, step->before, t);

	add_care(removed, lanes_of(from, step->substitution),
		step->unit_cost != SIZE_MAX ? lanes_of(from, step->unit_cost) : NULL,
		inflation_of(from, step->to_service, t), before);
	if (step->n_savings > 0) {
		double *after = curve_of(task, step->after, t);

		memcpy(after, before, STPFIN_LANES * sizeof *after);
		economise(task, step->first_saving, step->n_savings, t, after);
	}
}

/* Applies the effects on activity of a year, and keeps what shifts make of them. */
STPFIN_INLINED void reduce(const struct task *task, size_t t, double *restrict activity)
{
	const struct stpfin_lanes_group *group = task->group;

	for (size_t at = group->first_step; at < group->first_step + group->n_steps; at++) {
		const struct stpfin_lanes_step *step = &task->from->groups->steps[at];
		const double *size = size_of_step(task, at, t);
		double removed[STPFIN_LANES];

		if (takes_part(task, step->scheme)) {
			for (size_t i = 0; i < STPFIN_LANES; i++) {
				removed[i] = stpfin_formula__taken(activity[i], size[i]);
				activity[i] -= removed[i];
			}
		} else if (step->shifts) {
			memset(removed, 0, sizeof removed);
		}
		if (step->shifts && task->from->wanted[t]) {
			shift(task, step, t, removed);
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

/* Fills the years that are wanted: of the others only the capacity there was counts. */
STPFIN_INLINED void fill_group(const struct task *task)
{
	const struct stpfin_lanes_state *from = task->from;
	const struct stpfin_lanes_group *group = task->group;
	const struct stpfin_lanes_members *members = task->members;
	size_t n_years = from->groups->n_years;
	const double *ratios = group->prevention == SIZE_MAX ? NULL
						   : members != NULL && members->ratios != NULL
							   ? members->ratios
							   : from->groups->ratios + group->prevention;
	bool acted_on = group->n_steps > 0 || ratios != NULL;
	const double *above = lanes_of(from, group->above);
	const double *below = lanes_of(from, group->below);
	const double nothing[STPFIN_LANES] = {0};
	double peak[STPFIN_LANES] = {0};

	for (size_t t = 0; t < n_years; t++) {
		const double *do_nothing =
			stpfin_lanes_index_work__of(from->index, group->class, n_years, t);
		const double *inflation = inflation_of(from, group->service, t);
		const double *price =
			group->outside ? inflation
						   : from->index->price + (group->service * n_years + t) * STPFIN_LANES;
		double *payment = curve_of(task, group->payment, t);
		double *cost = payment + STPFIN_LANES;
		const double *activity = do_nothing;
		const double *staying = nothing;
		double changed[STPFIN_LANES];
		double idle[STPFIN_LANES];

		if (acted_on) {
			double ratio = ratios != NULL ? ratios[t] : 1;

			for (size_t i = 0; i < STPFIN_LANES; i++) {
				changed[i] = do_nothing[i] * ratio;
			}
			reduce(task, t, changed);
			activity = changed;
			if (!group->outside) {
				find_staying(from, group->service, t, peak, do_nothing, activity, idle);
				for (size_t i = 0; i < STPFIN_LANES; i++) {
					peak[i] = stpfin_formula__greater(peak[i], activity[i]);
				}
				staying = idle;
			}
		}
		if (!from->wanted[t]) {
			continue;
		}
		pay(price, above, below, activity, payment);
		if (!group->outside) {
			give(inflation, activity, staying, cost);
		}
		economise(task, group->first_saving, group->n_savings, t, group->outside ? payment : cost);
	}
}

void stpfin_lanes_curves__fill_sizes(
	const struct stpfin_lanes_state *from, const struct stpfin_lanes_group *group)
{
	size_t year = from->groups->n_years * STPFIN_LANES;
	size_t n_sizes = stpfin_lanes_group__sizes(group);

	for (size_t i = 0; i < n_sizes; i++) {
		size_t size = i < group->n_steps
						  ? from->groups->steps[group->first_step + i].size
						  : from->groups->savings[group->first_of_steps + i - group->n_steps].size;

		stpfin_lanes_effects__fill(from->effects, size, from->inputs, from->constants, from->cells,
			from->sizes + i * year);
	}
}

STPFIN_CLONES static void fill_groups(const struct stpfin_lanes_state *from, size_t first,
	size_t end, size_t n_curves, double *curves)
{
	const struct stpfin_lanes_group *groups = from->groups->groups;

	for (size_t i = first; i < end; i++) {
		const struct task task = {from, &groups[i], NULL,
			curves + (groups[i].payment - groups[first].payment) * STPFIN_LANES,
			n_curves * STPFIN_LANES};

		if (from->all || groups[i].moves) {
			stpfin_lanes_curves__fill_sizes(from, &groups[i]);
			fill_group(&task);
		}
	}
}

void stpfin_lanes_curves__fill(const struct stpfin_lanes_state *from, size_t first, size_t end,
	size_t n_curves, double *curves)
{
	fill_groups(from, first, end, n_curves, curves);
}

STPFIN_CLONES static void fill_with(const struct task *task)
{
	fill_group(task);
}

void stpfin_lanes_curves__fill_group(const struct stpfin_lanes_state *from,
	const struct stpfin_lanes_group *group, const struct stpfin_lanes_members *members,
	double *curves)
{
	const struct task task = {from, group, members, curves, group->n_curves * STPFIN_LANES};

	fill_with(&task);
}
