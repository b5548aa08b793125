"""What a simulation says of the measures of a plan, and which figures they depend on, from its draws."""

import math
from typing import NamedTuple

from . import health, quality, scheme_tables, schemes
from .model import ENGLAND
from .uncertainty import course, parameters, quantity_at_chance, reference_of, with_quantities

KEYS = {"funding_gap": ("footprint", "component", "year"), "position": ("organisation", "year"),
        "spending": ("footprint", "setting", "year"), "activity": ("commissioner", "provider", "service", "year"),
        "resource": ("organisation", "resource", "year"), "capital": ("organisation", "year"),
        "scheme_impact": ("scheme", "footprint", "year"), "appraisal": ("scheme",),
        "health_gap": ("footprint", "measure", "sex", "year"), "quality_gap": ("footprint", "indicator", "year"),
        "quality_summary": ("footprint", "indicator")}
PLACES = ("footprint", "organisation", "commissioner")
WORST_PART = 20


# Measures

class Measure(NamedTuple):
    """A column of a result, in the rows that have the values wanted."""

    result: str
    column: str
    wanted: tuple = ()

    def __str__(self):
        return f"{self.result}.{self.column}{in_brackets(self.wanted)}"


def in_brackets(values):
    return f"[{';'.join(f'{column}={value}' for column, value in values)}]" if values else ""


def name_of_row(measure, row, end_year):
    """The measure's full name, the place and the year of a row of its result."""
    keys = KEYS[measure.result]
    place = next((key for key in PLACES if key in keys), None)
    rest = [(key, row[key]) for key in keys if key not in (place, "year")]
    if measure.result == "funding_gap" and row["component"] == "total":
        rest = []
    full = Measure(measure.result, measure.column, tuple(rest))
    return str(full), row[place] if place else ENGLAND, row.get("year", end_year)


def is_wanted(measure, row):
    wanted = dict(measure.wanted)
    if measure.result == "funding_gap":
        wanted = {"component": "total"} | wanted
    return all(row[column] == value for column, value in wanted.items())


def table_of(projection, result):
    """The rows of a result of a scenario's projection."""
    scenario = projection.scenario
    if result == "health_gap":
        return health.health_gap_table(scenario.plan, schemes.effects(scenario, "prevention_effect"))
    if result in ("quality_gap", "quality_summary"):
        table = {"quality_gap": quality.quality_gap_table, "quality_summary": quality.quality_summary_table}[result]
        return table(scenario.plan, schemes.effects(scenario, "indicator_effect"))
    return scheme_tables.TABLES[result](projection)


def values_of_tables(measures, tables, end_year):
    """(measure, place, year) → value, from result tables by name."""
    return {name_of_row(measure, row, end_year): row[measure.column]
            for measure in measures for row in tables[measure.result] if is_wanted(measure, row)}


def tables_of(plan, scenario, results):
    """The results asked for of a plan as the rest of the reference reads it."""
    projection = schemes.project(schemes.scenario_named(plan, scenario))
    return {result: table_of(projection, result) for result in results}


def values(plan, scenario, measures):
    """(measure, place, year) → value of a plan as text."""
    tables = tables_of(reference_of(plan), scenario, {measure.result for measure in measures})
    return values_of_tables(measures, tables, plan.settings["end_year"])


# Summary

def percentile(sorted_values, percent):
    """Hyndman and Fan's type 7."""
    place = percent / 100 * (len(sorted_values) - 1)
    below = math.floor(place)
    above = min(below + 1, len(sorted_values) - 1)
    return sorted_values[below] + (place - below) * (sorted_values[above] - sorted_values[below])


def summary(drawn):
    """The columns of the result `simulation`, the central value apart."""
    n, in_order = len(drawn), sorted(drawn)
    mean = math.fsum(drawn) / n
    closed = sum(value <= 0 for value in drawn) / n
    worst = in_order[-math.ceil(n / WORST_PART):]
    return {"mean": mean,
            "sd": math.sqrt(math.fsum((value - mean) ** 2 for value in drawn) / (n - 1)) if n > 1 else None,
            **{f"p{percent}": percentile(in_order, percent) for percent in (5, 10, 25, 50, 75, 90, 95)},
            "probability_closed": closed, "probability_error": math.sqrt(closed * (1 - closed) / n),
            "shortfall_mean": math.fsum(max(value, 0.0) for value in drawn) / n,
            "tail_mean": math.fsum(worst) / len(worst)}


# Sensitivity

def at_chance(plan, index, below):
    """The plan with one parameter moved to a quantile, in all its years together, and the others as they stand."""
    parameter = parameters(plan)[index]
    return with_quantities(plan, lambda place, year: quantity_at_chance(parameter, below), {index})


def at_quantity(plan, index, quantity):
    """The plan with one parameter acting with a quantity in every year, of a walk too."""
    return with_quantities(plan, lambda place, year: quantity, {index}, walks=False)


def quantity_for_ranks(plan, draws, index, draw):
    """What acts of a parameter; of one by year, the mean over its years."""
    parameter = draws.parameters[index]
    if not parameter.by_year:
        return draws.quantity(index, draw)
    acting = course(plan, parameter, lambda year: draws.quantity(index, draw, year)).values()
    return sum(acting) / len(acting)


def ranks(numbers):
    """From 1; the mean rank where numbers are the same."""
    return [(sum(other < one for other in numbers) + sum(other <= one for other in numbers) + 1) / 2
            for one in numbers]


def rank_correlation(one, other):
    """Spearman's; None where either does not vary."""
    a, b = ranks(one), ranks(other)
    mean = (len(a) + 1) / 2
    covariance = sum((x - mean) * (y - mean) for x, y in zip(a, b))
    variances = sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b)
    return covariance / math.sqrt(variances) if variances > 0 else None
