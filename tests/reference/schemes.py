"""What a scenario's schemes do to the plan: the model stated a second time, slowly and plainly, as in model.py.

`project` takes do-nothing activity through the scenario's effects, flow by flow and year by year, and notes what every
scheme does on the way (its `Impact`s).  `books` turns the outcome into the kind of projection that model.py makes
tables of.  It assumes that the plan is valid.

Units removed are negative where an effect adds.  A cost-only flow counts as one unit in the base year.  Prevention is
the first to remove: of each scheme, the step that its effects make in the activity of do nothing (prevention.py).  What
better quality costs (quality.py) is no scheme's and enters positions alone.
"""

import copy
import csv
import functools
import json
import math
import pathlib
from typing import NamedTuple

from . import model, prevention, quality
from .model import BLANK, Care, Plan, Row, number, read_year

DO_NOTHING = "do_nothing"
DEFAULT_RATES = {"discount_rate": 0.035, "long_discount_rate": 0.03, "capital_charge_rate": 0.035}


class PlanWithSchemes(Plan):
    """A plan with its rates, and with the capital spent before its base year, which outlives the rule on years."""

    def __init__(self, tables, base_year, end_year, **rates):
        super().__init__(tables, base_year, end_year)
        self.rates = DEFAULT_RATES | rates
        self.capital_costs = [row for row in map(self._read_row, tables.get("scheme_cost", []))
                              if row["kind"] == "capital" and row["year"] <= end_year]

    def with_more(self, flows=(), **tables):
        """A copy with more flows and with more rows in some tables."""
        more = copy.copy(self)
        more.flows = [*self.flows, *flows]
        more._tables = self._tables | {name: [*self.rows(name), *rows] for name, rows in tables.items()}
        return more


def read_plan(folder):
    """Read the plan in a folder as model.read_plan does, and its rates with it."""
    folder = pathlib.Path(folder)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    tables = {}
    for resource in package["resources"]:
        with open(folder / resource["path"], newline="", encoding="utf-8") as file:
            tables[resource["name"]] = list(csv.DictReader(file))
    return PlanWithSchemes(tables, **package["stpfin"])


# Scenarios

class Listed(NamedTuple):
    """A scheme as its scenario lists it."""

    scheme: str
    scale: float
    delay: int


class Scenario(NamedTuple):
    """What is done: schemes in the scenario's order; awards are part of any scenario but do_nothing."""

    plan: PlanWithSchemes
    name: str
    schemes: tuple
    has_awards: bool


def scenario_named(plan, name):
    listed = tuple(Listed(row["scheme"], number(row["scale"], if_blank=1.0), int(number(row["delay"], if_blank=0)))
                   for row in plan.rows("scenario", scenario=name))
    return Scenario(plan, name, listed, has_awards=name != DO_NOTHING)


# Effects

SIZES = ("reduction", "saving", "stay_reduction")


def range_of_size(column, row):
    """Of the size of an effect after scale; a change in a unit of its own has none."""
    if column not in SIZES:
        return -math.inf, math.inf
    is_shift = row.get("to_service", BLANK) != BLANK
    return (0.0 if is_shift or column == "stay_reduction" else -1.0), 1.0


class Effect(NamedTuple):
    """A row of an effect table, acting for a scheme as the scenario lists it."""

    listed: Listed
    row: Row

    @property
    def scheme(self):
        return self.listed.scheme

    @property
    def is_shift(self):
        return self.row["to_service"] != BLANK

    def fits(self, commissioner, provider, service):
        return (self.row["commissioner"] in (BLANK, commissioner) and self.row["provider"] in (BLANK, provider)
                and self.row["service"] in (BLANK, service))

    def size(self, column):
        """After scale, which may take one that is drawn no further than its range."""
        low, high = range_of_size(column, self.row)
        return min(high, max(low, number(self.row[column], if_blank=0.0) * self.listed.scale))

    def strength(self, column, year):
        """The fraction of what is left that the effect takes in a year, from a column that holds its full size."""
        if self.row["ramp"] == "annual":
            return 1 - (1 - self.size(column)) ** self.steps(year)
        return self.size(column) * self.progress(year)

    def change(self, column, year):
        """What the effect adds in a year to a value in a unit of its own, where a year's change cannot compound."""
        times = self.steps(year) if self.row["ramp"] == "annual" else self.progress(year)
        return self.size(column) * times

    def steps(self, year):
        """The years from the start to the year or to the full effect."""
        start, full, is_over = self.timing(year)
        return 0 if is_over else max(0, min(year, full) - start + 1)

    def progress(self, year):
        start, full, is_over = self.timing(year)
        x = 0.0 if is_over else min(1.0, max(0.0, (year - start + 1) / (full - start + 1)))
        return 3 * x ** 2 - 2 * x ** 3 if self.row["ramp"] == "s_curve" else x

    def timing(self, year):
        """The start, the first year of the full effect, and whether it is over by the year."""
        delay = self.listed.delay
        return (read_year(self.row["start_year"]) + delay,
                read_year(self.row["full_year"] or self.row["start_year"]) + delay,
                self.row["last_year"] != BLANK and year > read_year(self.row["last_year"]) + delay)


def effects(scenario, table):
    """The effects of a table in the order in which they act: the scenario's order of schemes, then row order."""
    return [Effect(listed, row) for listed in scenario.schemes
            for row in scenario.plan.rows(table, scheme=listed.scheme)]


def activity_effects(scenario):
    """Every effect without a destination acts before every shift."""
    in_order = effects(scenario, "activity_effect")
    return ([effect for effect in in_order if not effect.is_shift]
            + [effect for effect in in_order if effect.is_shift])


def efficiency_steps(scenario, commissioner, provider, service, year):
    """What each efficiency effect saves in turn, as a fraction of cost before efficiency, and the fraction left."""
    steps, left = [], 1.0
    for effect in effects(scenario, "efficiency_effect"):
        if effect.fits(commissioner, provider, service):
            saving = effect.strength("saving", year)
            steps.append((effect.scheme, left * saving))
            left *= 1 - saving
    return steps, left


def fraction_of_stay_left(scenario, commissioner, provider, service, year):
    left = 1.0
    for effect in effects(scenario, "efficiency_effect"):
        if effect.fits(commissioner, provider, service):
            left *= 1 - effect.strength("stay_reduction", year)
    return left


@functools.cache
def factor_of_prevention(scenario, commissioner, service, year):
    return prevention.factor(scenario.plan, commissioner, service, year, effects(scenario, "prevention_effect"))


def steps_of_prevention(scenario, commissioner, service, year):
    """The schemes that prevent, as effects, with the factor of activity before and after each is added in order."""
    steps, preventing, before = [], (), 1.0
    for listed in scenario.schemes:
        if scenario.plan.rows("prevention_effect", scheme=listed.scheme):
            preventing = (*preventing, listed)
            after = factor_of_prevention(scenario._replace(schemes=preventing), commissioner, service, year)
            steps.append((Effect(listed, Row()), before, after))
            before = after
    return steps


# Activity

class Removal(NamedTuple):
    """What one effect removes from one flow in one year: the activity it finds, what it leaves and what it takes.

    A scheme's prevention is one removal, whose effect has no row.
    """

    effect: Effect
    before: float
    after: float
    units: float


class Course(NamedTuple):
    """A flow's activity by year: if nothing were done, what effects remove in turn, and what is left."""

    flow: Row
    do_nothing: dict
    removals: dict
    activity: dict


def key_of(flow):
    return flow["commissioner"], flow["provider"], flow["service"]


def base_activity(flow):
    return number(flow["activity"], if_blank=1.0)


@functools.cache
def relative_activity(plan, index, year):
    return model.relative_activity(plan, plan.flows[index], year, model.DRIVERS)


def course_of_flow(scenario, index):
    plan = scenario.plan
    flow = plan.flows[index]
    acting = [effect for effect in activity_effects(scenario) if effect.fits(*key_of(flow))]
    course = Course(flow, {}, {}, {})
    for year in plan.years:
        activity = course.do_nothing[year] = base_activity(flow) * relative_activity(plan, index, year)
        course.removals[year] = []
        for effect, before, after in steps_of_prevention(scenario, flow["commissioner"], flow["service"], year):
            found, activity = activity, course.do_nothing[year] * after
            course.removals[year].append(Removal(effect, found, activity, course.do_nothing[year] * (before - after)))
        for effect in acting:
            reduction = effect.strength("reduction", year)
            left = activity * (1 - reduction)
            course.removals[year].append(Removal(effect, activity, left, activity * reduction))
            activity = left
        course.activity[year] = activity
    return course


# Cost and payment of a flow

def is_outside(plan, provider):
    return plan.kind[provider] == "outside"


def base_cost(flow):
    return number(flow["cost"], if_blank=number(flow["income"]))


def unit_cost(flow):
    return base_cost(flow) / base_activity(flow)


def idle_units(course, year):
    """Capacity that was used once, would be used had nothing been done, and is not used."""
    earlier = [course.activity[before] for before in course.activity if before < year]
    if not earlier:
        return 0.0
    return max(0.0, min(max(earlier), course.do_nothing[year]) - course.activity[year])


def units_whose_cost_stays(plan, course, year):
    if is_outside(plan, course.flow["provider"]):
        return 0.0
    service = plan.service[course.flow["service"]]
    semi_fixed = number(service["semi_fixed_share"], if_blank=0.0)
    variable = number(service["variable_share"], if_blank=1 - semi_fixed)
    lag = int(number(service["semi_fixed_lag"], if_blank=1))

    idle = idle_units(course, year)
    idle_before = idle_units(course, year - lag)
    return idle - variable * idle - semi_fixed * min(idle, idle_before)


def volume_paid_for(flow, activity):
    relative = activity / base_activity(flow)
    return 1 + model.marginal_rate(flow, relative) * (relative - 1)


def paid_outside(plan, flow, activity, year):
    """What a provider outside the plan costs and is paid, before efficiency."""
    return number(flow["income"]) * model.inflation_index(plan, flow["service"], year) * volume_paid_for(flow, activity)


def cost_before_efficiency(plan, course, year):
    flow, activity = course.flow, course.activity[year]
    if is_outside(plan, flow["provider"]):
        return paid_outside(plan, flow, activity, year)
    units = activity + units_whose_cost_stays(plan, course, year)
    return model.inflation_index(plan, flow["service"], year) * unit_cost(flow) * units


def care_of_flow(scenario, course, year):
    plan, flow, activity = scenario.plan, course.flow, course.activity[year]
    _, fraction_left = efficiency_steps(scenario, *key_of(flow), year)
    cost = fraction_left * cost_before_efficiency(plan, course, year)
    if is_outside(plan, flow["provider"]):
        payment = cost
    else:
        payment = (number(flow["income"]) * model.price_index(plan, flow["service"], year)
                   * volume_paid_for(flow, activity))
    return Care(None if flow["activity"] == BLANK else activity, cost, payment)


# What each scheme does

class Impact(NamedTuple):
    """A part of what a scheme does in a year, which places have by their shares in an organisation."""

    scheme: str
    organisation: str
    year: int
    measure: str
    amount: float


def who_bears(plan, flow):
    """Places have what happens to a flow by their shares in its provider, or in its commissioner if it is outside."""
    return flow["commissioner"] if is_outside(plan, flow["provider"]) else flow["provider"]


def impacts_of_removals(plan, course, year):
    """Units removed and the cost they release; what stays is borne in proportion to activity removed, not added."""
    flow, removals = course.flow, course.removals[year]
    who = who_bears(plan, flow)
    inflation = model.inflation_index(plan, flow["service"], year)
    staying = units_whose_cost_stays(plan, course, year)
    all_removed = sum(max(removal.units, 0.0) for removal in removals)

    impacts = []
    for effect, before, after, units in removals:
        if is_outside(plan, flow["provider"]):
            average = paid_outside(plan, flow, before, year) - paid_outside(plan, flow, after, year)
            stranded = 0.0
        else:
            part_of_staying = staying * max(units, 0.0) / all_removed if all_removed > 0 else 0.0
            average = inflation * unit_cost(flow) * units
            stranded = inflation * unit_cost(flow) * part_of_staying
        if flow["activity"] != BLANK:
            impacts.append(Impact(effect.scheme, who, year, "activity_removed", units))
        impacts += [Impact(effect.scheme, who, year, "cost_at_average", average),
                    Impact(effect.scheme, who, year, "cost_released", average - stranded),
                    Impact(effect.scheme, who, year, "cost_stranded", stranded)]
    return impacts


def impacts_of_efficiency(scenario, who, commissioner, provider, service, year, cost):
    steps, _ = efficiency_steps(scenario, commissioner, provider, service, year)
    return [Impact(scheme, who, year, "efficiency_saving", fraction * cost) for scheme, fraction in steps]


# Shifts

class AddedCare(NamedTuple):
    """Care that a shift buys elsewhere for the same commissioner; every year has it, if only 0 units."""

    scheme: str
    commissioner: str
    provider: str
    service: str
    year: int
    units: float
    cost_before_efficiency: float


def unit_cost_of_destination(plan, effect, commissioner):
    """The effect's own; else that of what the commissioner buys there; else of what it buys of the service anywhere."""
    if effect.row["unit_cost"] != BLANK:
        return number(effect.row["unit_cost"])
    anywhere = [flow for flow in plan.flows if flow["commissioner"] == commissioner
                and flow["service"] == effect.row["to_service"] and flow["activity"] != BLANK]
    there = [flow for flow in anywhere if flow["provider"] == effect.row["to_provider"]]
    bought = there or anywhere
    return sum(map(base_cost, bought)) / sum(map(base_activity, bought))


def care_added(plan, course, year):
    commissioner = course.flow["commissioner"]
    added = []
    for effect, _, _, units_removed in course.removals[year]:
        if effect.is_shift:
            service, provider = effect.row["to_service"], effect.row["to_provider"]
            units = units_removed * number(effect.row["substitution"], if_blank=1.0)
            cost = (units * unit_cost_of_destination(plan, effect, commissioner)
                    * model.inflation_index(plan, service, year))
            added.append(AddedCare(effect.scheme, commissioner, provider, service, year, units, cost))
    return added


def care_of_added(scenario, added):
    """A provider in the plan is paid the cost before efficiency and keeps the saving; one outside, the cost after."""
    _, fraction_left = efficiency_steps(scenario, added.commissioner, added.provider, added.service, added.year)
    cost = fraction_left * added.cost_before_efficiency
    payment = cost if is_outside(scenario.plan, added.provider) else added.cost_before_efficiency
    return Care(added.units, cost, payment)


def impacts_of_added(scenario, added):
    """Reprovision is its commissioner's; the saving on it is the provider's own, or, outside, its commissioner's."""
    who = added.commissioner
    saver = who if is_outside(scenario.plan, added.provider) else added.provider
    return [Impact(added.scheme, who, added.year, "activity_added", added.units),
            Impact(added.scheme, who, added.year, "cost_reprovided", added.cost_before_efficiency),
            *impacts_of_efficiency(scenario, saver, added.commissioner, added.provider, added.service, added.year,
                                   added.cost_before_efficiency)]


# Scheme costs and awards

def book_value(row, years_held):
    """What is left of a capital amount after so many years, straight line."""
    return number(row["amount"]) * max(0.0, 1 - years_held / number(row["asset_life"]))


def capital_charges(plan, row):
    """Depreciation and a charge on opening book value in each year of the asset's life, which starts the year after."""
    life = int(number(row["asset_life"]))
    return {row["year"] + held + 1: (number(row["amount"]) / life
                                     + plan.rates["capital_charge_rate"] * book_value(row, held))
            for held in range(life)}


def capital_costs_of(scenario, listed):
    return [row for row in scenario.plan.capital_costs if row["scheme"] == listed.scheme]


def running_costs_of(scenario, listed):
    return [row for row in scenario.plan.rows("scheme_cost", scheme=listed.scheme) if row["kind"] != "capital"]


def impacts_of_costs(scenario, listed):
    impacts = [Impact(listed.scheme, row["organisation"], row["year"], row["kind"],
                      number(row["amount"]) * listed.scale)
               for row in running_costs_of(scenario, listed)]
    for row in capital_costs_of(scenario, listed):
        impacts += [Impact(listed.scheme, row["organisation"], year, "capital_charge", charge * listed.scale)
                    for year, charge in capital_charges(scenario.plan, row).items() if year in scenario.plan.years]
    return impacts


def awards(scenario, kind):
    """The scenario's awards of revenue or of capital, which is what their fund's kind is in their year."""
    plan = scenario.plan
    if not scenario.has_awards:
        return []
    return [row for row in plan.rows("award") if row["scenario"] in (BLANK, scenario.name)
            and plan.rows("fund", fund=row["fund"], year=row["year"])[0]["kind"] == kind]


def charges(scenario):
    """What the units of quality gained cost those who buy the care that they take."""
    return quality.charges(scenario.plan, effects(scenario, "indicator_effect"))


# The whole

COST_LINES = ("recurrent", "transition", "capital_charge")


class Projection(NamedTuple):
    """A scenario's care by flow (its place in the flow table) and year, the care added, and what each scheme does."""

    scenario: Scenario
    care: dict
    added: list
    impacts: list

    def total(self, measure, year):
        return sum(impact.amount for impact in self.impacts if (impact.measure, impact.year) == (measure, year))


def project(scenario):
    plan = scenario.plan
    care, added, impacts = {}, [], []
    for index, flow in enumerate(plan.flows):
        course = course_of_flow(scenario, index)
        who = who_bears(plan, flow)
        for year in plan.years:
            care[index, year] = care_of_flow(scenario, course, year)
            added += care_added(plan, course, year)
            impacts += impacts_of_removals(plan, course, year)
            impacts += impacts_of_efficiency(scenario, who, *key_of(flow), year,
                                             cost_before_efficiency(plan, course, year))
    for one in added:
        impacts += impacts_of_added(scenario, one)
    for listed in scenario.schemes:
        impacts += impacts_of_costs(scenario, listed)
    return Projection(scenario, care, added, impacts)


def books_of_care(projection):
    """The do-nothing kind of projection in which added care is one more flow for each destination and commissioner."""
    plan = projection.scenario.plan
    keys = list(dict.fromkeys((one.commissioner, one.provider, one.service) for one in projection.added))
    care = dict(projection.care)
    for index, key in enumerate(keys, start=len(plan.flows)):
        for year in plan.years:
            parts = [care_of_added(projection.scenario, one) for one in projection.added
                     if (one.commissioner, one.provider, one.service, one.year) == (*key, year)]
            care[index, year] = Care(*map(sum, zip(*parts)))
    flows = [Row(commissioner=commissioner, provider=provider, service=service)
             for commissioner, provider, service in keys]
    return model.Projection(plan.with_more(flows), model.DRIVERS, care)


def books(projection):
    """The same with the scenario's other money: in a position, an award is as funding, other costs as pressures."""
    funding = [Row(organisation=row["organisation"], year=row["year"], amount=row["amount"])
               for row in awards(projection.scenario, "revenue")]
    pressures = [Row(organisation=impact.organisation, year=impact.year, amount=impact.amount)
                 for impact in projection.impacts if impact.measure in COST_LINES]
    pressures += [Row(organisation=charge.organisation, year=charge.year, amount=charge.amount)
                  for charge in charges(projection.scenario)]
    books = books_of_care(projection)
    return books._replace(plan=books.plan.with_more(funding=funding, pressure=pressures))
