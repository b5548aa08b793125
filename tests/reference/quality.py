"""The care and quality gap: the model stated a second time, slowly and plainly, as in model.py.

All comes from a numerator and a denominator, projected for every footprint without children and summed for the others.
`effects` are the indicator effects that act, each with its `row` and its `change` in a year.

Where the description of the model is silent:
- A footprint has rows of the plan's years that were observed and of all after the last observation, which may be before
  the base year.  Effects act on what was observed too.  Footprints with children have no observations of their own;
  sums are of the footprints that have a row in the year.
- An effect whose ramp is annual makes its change again each year, for a change in a unit cannot compound.
- Denominators grow from the last observation or, if that is later, from the base year.
- Intervals are those of counts of the year's size, also where these are projected.
- The best fifth is that of the same year and scenario.
- The funnel is of what was observed, about what was observed of England in the same year; of a sum, if all of it was.
- τ², of the last observations, stands in England's row.
- The composite is of the gaps in the end year; the standard deviation, of a sample, is that of the last observations of
  the footprints without children, and an indicator without a target or without a deviation is left out.
- A unit costs what the footprint's commissioners and councils pay on average, by their shares; a sum costs what its
  parts do, and a surplus in one saves nothing in another.
- A scenario pays for every unit by which an indicator is better than in do nothing, on either side of the target, and
  gets nothing back where one is worse; the commissioners pay by their shares of activity in the base year.
"""

import functools
import statistics
from typing import NamedTuple

from . import model
from .health import best_of
from .model import BLANK, ENGLAND, number
from .quality_statistics import (Count, interval, place_in_funnel, sum_of_counts, variation_beyond_chance)

BUYERS = ("commissioner", "council")
COMPOSITE = "composite"


# Observations

@functools.cache
def observations(plan, footprint, indicator):
    """Year → count."""
    return {row["year"]: Count(number(row["numerator"]), number(row["denominator"]))
            for row in plan.rows("indicator_value", footprint=footprint, indicator=indicator)}


def last_observations(plan, indicator):
    """Of the footprints without children that have any, by footprint."""
    found = {leaf: observations(plan, leaf, indicator) for leaf in plan.footprints_within(ENGLAND)}
    return {leaf: counts[max(counts)] for leaf, counts in found.items() if counts}


def multiplier(indicator):
    return number(indicator["multiplier"], if_blank=1.0)


def higher_is_better(indicator):
    return indicator["direction"] == "higher"


# Paths

def is_shown(plan, footprint, indicator, year):
    observed = observations(plan, footprint, indicator["indicator"])
    return bool(observed) and (year in observed or year > max(observed))


def value(plan, footprint, indicator, year, effects):
    """In a year that is shown."""
    name, observed = indicator["indicator"], observations(plan, footprint, indicator["indicator"])
    from_year = min(year, max(observed))
    trend = model.most_filled_row(plan.rows("indicator_trend", indicator=name), ("footprint",), footprint=footprint)
    found = observed[from_year].ratio * multiplier(indicator)
    if trend:
        found += number(trend["change"]) * (year - from_year)
    found += sum(effect.change("change", year) for effect in effects
                 if effect.row["indicator"] == name and effect.row["footprint"] in (BLANK, footprint))
    found = max(0.0, found)
    return min(multiplier(indicator), found) if indicator["kind"] == "proportion" else found


def growth_of_denominator(plan, footprint, service, from_year, year):
    if not plan.rows("population", footprint=footprint):
        return 1.0
    if service != BLANK:
        return (model.demographic_factor_of_footprint(plan, service, footprint, year)
                / model.demographic_factor_of_footprint(plan, service, footprint, from_year))
    return model.population(plan, footprint, year) / model.population(plan, footprint, from_year)


@functools.cache
def denominator(plan, footprint, name, service, year):
    observed = observations(plan, footprint, name)
    if year in observed:
        return observed[year].denominator
    last = max(observed)
    from_year = max(last, plan.base_year)
    return observed[last].denominator * growth_of_denominator(plan, footprint, service, from_year, year)


class Path(NamedTuple):
    """An indicator in a year, by footprint without children that has a row then."""

    plan: model.Plan
    indicator: model.Row
    year: int
    values: dict
    denominators: dict

    def count(self, leaf):
        return Count(self.values[leaf] * self.denominators[leaf] / multiplier(self.indicator), self.denominators[leaf])

    def parts(self, area):
        return [leaf for leaf in self.plan.footprints_within(area) if leaf in self.values]

    def observed(self, leaf):
        return observations(self.plan, leaf, self.indicator["indicator"]).get(self.year)

    def value(self, area):
        """A sum's is of its counts."""
        if area in self.values:
            return self.values[area]
        return sum_of_counts([self.count(leaf) for leaf in self.parts(area)]).ratio * multiplier(self.indicator)


def path(plan, indicator, year, effects):
    leaves = [leaf for leaf in plan.footprints_within(ENGLAND) if is_shown(plan, leaf, indicator, year)]
    return Path(plan, indicator, year,
                {leaf: value(plan, leaf, indicator, year, effects) for leaf in leaves},
                {leaf: denominator(plan, leaf, indicator["indicator"], indicator["service"], year) for leaf in leaves})


def short_of(indicator, value, goal):
    """How far a value is on the worse side of another."""
    return goal - value if higher_is_better(indicator) else value - goal


# What better quality costs

class Bought(NamedTuple):
    """What an organisation buys of a service for a footprint in the base year."""

    organisation: str
    activity: float
    cost: float


def bought_for(plan, footprint, service):
    """By each of the footprint's commissioners and councils, by its share, of flows with activity."""
    found = []
    for organisation, share in model.shares_of_footprint(plan, footprint).items():
        flows = [flow for flow in plan.flows if flow["commissioner"] == organisation and flow["service"] == service
                 and flow["activity"] != BLANK]
        if flows and plan.kind[organisation] in BUYERS:
            found.append(Bought(organisation, share * sum(number(flow["activity"]) for flow in flows),
                                share * sum(number(flow["cost"], if_blank=number(flow["income"])) for flow in flows)))
    return found


def cost_of_unit(plan, footprint, service, year):
    bought = bought_for(plan, footprint, service)
    return (sum(of_one.cost for of_one in bought) / sum(of_one.activity for of_one in bought)
            * model.inflation_index(plan, service, year))


def costs_of_care(plan, indicator, footprint, year, units):
    """Service → what the care costs that gains so many units."""
    return {row["service"]: units * number(row["activity_per_unit"]) * cost_of_unit(plan, footprint, row["service"],
                                                                                      year)
            for row in plan.rows("indicator_cost", indicator=indicator["indicator"])}


class Charge(NamedTuple):
    organisation: str
    service: str
    year: int
    amount: float


def charges(plan, effects):
    """What the units that effects gain cost each of those who buy the care."""
    found = []
    for indicator in plan.rows("indicator") if effects else ():
        for year in plan.years if plan.rows("indicator_cost", indicator=indicator["indicator"]) else ():
            doing_nothing, done = path(plan, indicator, year, ()), path(plan, indicator, year, effects)
            for leaf in done.values:
                gained = max(0.0, short_of(indicator, doing_nothing.values[leaf], done.values[leaf]))
                units = gained * done.denominators[leaf] / multiplier(indicator)
                for service, cost in costs_of_care(plan, indicator, leaf, year, units).items():
                    bought = bought_for(plan, leaf, service)
                    activity = sum(of_one.activity for of_one in bought)
                    found += [Charge(of_one.organisation, service, year, cost * of_one.activity / activity)
                              for of_one in bought]
    return found


# Result tables

def funnel_of(path, area):
    if not all(path.observed(leaf) for leaf in path.parts(area)):
        return None
    if area == ENGLAND:
        return "as_expected"
    of_england = sum_of_counts([path.observed(leaf) for leaf in path.parts(ENGLAND) if path.observed(leaf)])
    own = sum_of_counts([path.observed(leaf) for leaf in path.parts(area)])
    return place_in_funnel(path.indicator["kind"], own, of_england.ratio)


def cost_to_close(path, area):
    plan, indicator, target = path.plan, path.indicator, number(path.indicator["target"])
    if target is None or not plan.rows("indicator_cost", indicator=indicator["indicator"]):
        return None
    total = 0.0
    for leaf in path.parts(area):
        units = (max(0.0, short_of(indicator, path.values[leaf], target)) * path.denominators[leaf]
                 / multiplier(indicator))
        total += sum(costs_of_care(plan, indicator, leaf, path.year, units).values())
    return total


def quality_gap_row(path, area, best):
    indicator, target = path.indicator, number(path.indicator["target"])
    found, count = path.value(area), sum_of_counts([path.count(leaf) for leaf in path.parts(area)])
    lower, upper = (limit * multiplier(indicator) for limit in interval(indicator["kind"], count))
    gap = None if target is None else short_of(indicator, found, target)
    return {"footprint": area, "indicator": indicator["indicator"], "year": path.year, "value": found, "lower": lower,
            "upper": upper, "target": target, "gap": gap, "gap_to_best": short_of(indicator, found, best),
            "people_affected": None if gap is None else gap * count.denominator / multiplier(indicator),
            "funnel": funnel_of(path, area), "cost_to_close": cost_to_close(path, area)}


def quality_gap_table(plan, effects=()):
    rows = []
    for indicator in plan.rows("indicator"):
        for year in plan.years:
            of_year = path(plan, indicator, year, effects)
            if of_year.values:
                best = best_of(of_year.values, higher_is_better(indicator))
                pooled = sum_of_counts([of_year.count(leaf) for leaf in best]).ratio * multiplier(indicator)
                rows += [quality_gap_row(of_year, area, pooled) for area in [*plan.footprints(), ENGLAND]
                         if of_year.parts(area)]
    return rows


def deviation(plan, indicator):
    """The standard deviation across footprints of the value last observed, which is that of the gap to one target."""
    values = [count.ratio * multiplier(indicator)
              for count in last_observations(plan, indicator["indicator"]).values()]
    return statistics.stdev(values) if len(values) > 1 else 0.0


def quality_summary_table(plan, effects=()):
    gaps = quality_gap_table(plan, effects)
    deviations = {indicator["indicator"]: deviation(plan, indicator) for indicator in plan.rows("indicator")}
    rows = []
    for area in [*plan.footprints(), ENGLAND]:
        parts = []
        for indicator in plan.rows("indicator"):
            name = indicator["indicator"]
            own = [row for row in gaps if (row["footprint"], row["indicator"]) == (area, name)]
            met = [row["year"] for row in own if row["gap"] is not None and row["gap"] <= 0]
            counts = list(last_observations(plan, name).values())
            if own:
                rows.append({"footprint": area, "indicator": name, "year_met": min(met, default=None),
                             "tau_squared": (variation_beyond_chance(indicator["kind"], counts)
                                             if area == ENGLAND else None), "composite": None})
            parts += [number(indicator["weight"], if_blank=1.0) * row["gap"] / deviations[name] for row in own
                      if row["year"] == plan.end_year and row["gap"] is not None and deviations[name] > 0]
        if parts:
            rows.append({"footprint": area, "indicator": COMPOSITE, "year_met": None, "tau_squared": None,
                         "composite": sum(parts)})
    return rows
