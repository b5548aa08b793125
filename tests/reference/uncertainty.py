"""Uncertain figures: what is drawn, and a plan with the values of a draw written into it, slowly and plainly.

A plan here is a `GeneratedPlan`, its tables as text.  `with_draw` makes another, which the rest of the reference, or
the command line, projects as it does any plan.

Where the description of the model is silent:
- Rows that count for nothing, being of years outside the plan's, are not selected.
- Several parameters that select one cell act in turn, in the order of their table, on the value reached; the result is
  clipped once, then rounded: to the nearest whole number, halves away from 0.
- A blank cell that has a number for a default starts from it; another blank cell is not selected.
- A range that leaves its end out is clipped to the number next to it.
- A walk begins in the first year of the rows selected, the year after the base year for a row without one, and goes
  through every year to the last; its first value is the first year's draw.
- A yearly draw or a walk on a row without a year leaves the base year as it is, and which row wins for a year is decided
  as if the row still had none: such a table is written anew with the row that wins for every key in it.
"""

import copy
import csv
import itertools
import json
import math
import pathlib
from typing import NamedTuple

from . import schemes
from .generate import GeneratedPlan
from .model import BLANK, OBSERVATIONS, Plan, most_filled_row, number, read_age, read_year
from .quantiles import DISTRIBUTIONS, normal_below, normal_quantile
from .statistics import philox

WORD = 2 ** 64
NO_YEAR = 0
YEARS = ("year", "start_year", "full_year", "last_year")

# The ranges of the figures, as the data dictionary puts them.
RANGES = {
    "membership": {"share": "above 0 and at most 1"},
    "service": {"length_of_stay": "0 or more", "target_occupancy": "above 0 and at most 1",
                "variable_share": "0 to 1", "semi_fixed_share": "0 to 1", "semi_fixed_lag": "1 or more"},
    "staffing": {"wte_per_1000": "0 or more"},
    "supply": {"amount": "0 or more"},
    "population": {"persons": "0 or more"},
    "age_weight": {"weight": "0 or more"},
    "flow": {"activity": "above 0", "income": "up to 1e15 either way", "cost": "up to 1e15 either way",
             "marginal_rate": "0 or more", "marginal_rate_below": "0 or more"},
    "activity_growth": {"rate": "above -1"},
    "inflation": {"rate": "above -1"},
    "cost_mix": {"share": "0 to 1"},
    "tariff": {"uplift": "above -1", "efficiency": "below 1"},
    "funding": {"amount": "up to 1e15 either way"},
    "transfer": {"amount": "0 or more"},
    "pressure": {"amount": "up to 1e15 either way"},
    "deflator": {"index": "above 0"},
    "activity_effect": {"reduction": "-1 to 1", "substitution": "0 or more", "unit_cost": "0 or more"},
    "efficiency_effect": {"saving": "-1 to 1", "stay_reduction": "0 to 1"},
    "prevention_effect": {"reduction": "-1 to 1"},
    "scheme_cost": {"amount": "up to 1e15 either way", "asset_life": "1 or more"},
    "scenario": {"scale": "0 or more", "delay": "0 or more"},
    "award": {"amount": "up to 1e15 either way"},
    "mortality": {"population": "above 0", "deaths": "0 or more", "good_health": "0 to 1",
                  "good_health_sample": "above 0"},
    "mortality_trend": {"rate": "above -1"},
    "deprivation": {"population": "above 0", "value": "up to 1e15 either way", "standard_error": "0 or more"},
    "risk": {"trend": "above -1"},
    "prevalence": {"prevalence": "0 to 1"},
    "relative_risk": {"rr": "above 0", "lag": "0 or more"},
    "indicator": {"multiplier": "above 0", "target": "up to 1e15 either way", "weight": "0 or more"},
    "indicator_value": {"numerator": "0 or more", "denominator": "above 0"},
    "indicator_trend": {"change": "up to 1e15 either way"},
    "indicator_effect": {"change": "up to 1e15 either way"},
    "indicator_cost": {"activity_per_unit": "0 or more"},
}
DEFAULTS = {("service", "target_occupancy"): 0.85, ("service", "semi_fixed_share"): 0, ("service", "semi_fixed_lag"): 1,
            ("flow", "marginal_rate"): 1, ("activity_effect", "substitution"): 1, ("efficiency_effect", "saving"): 0,
            ("efficiency_effect", "stay_reduction"): 0, ("scenario", "scale"): 1, ("scenario", "delay"): 0,
            ("risk", "trend"): 0, ("relative_risk", "lag"): 0, ("indicator", "multiplier"): 1,
            ("indicator", "weight"): 1}
WHOLE_NUMBERS = {("service", "semi_fixed_lag"), ("scheme_cost", "asset_life"), ("scenario", "delay"),
                 ("relative_risk", "lag")}
LIMITS = {"0 or more": (0, math.inf), "1 or more": (1, math.inf), "above 0": (math.nextafter(0, 1), math.inf),
          "above -1": (math.nextafter(-1, 0), math.inf), "below 1": (-math.inf, math.nextafter(1, 0)),
          "0 to 1": (0, 1), "-1 to 1": (-1, 1), "above 0 and at most 1": (math.nextafter(0, 1), 1),
          "up to 1e15 either way": (-1e15, 1e15)}


def read_plan(folder):
    """The tables of the plan in a folder, as text."""
    folder = pathlib.Path(folder)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    tables = {}
    for resource in package["resources"]:
        with open(folder / resource["path"], newline="", encoding="utf-8") as file:
            tables[resource["name"]] = list(csv.DictReader(file))
    return GeneratedPlan(tables, package["stpfin"])


def reference_of(plan):
    """The plan as the rest of the reference reads it."""
    return schemes.PlanWithSchemes(plan.tables, **plan.settings)


# Parameters

class Parameter(NamedTuple):
    """A row of the uncertainty table."""

    name: str
    table: str
    column: str
    conditions: tuple
    mode: str
    distribution: str
    numbers: tuple
    path: str

    @property
    def by_year(self):
        return self.path != "constant"


def parameters(plan):
    found = []
    for row in plan.tables.get("uncertainty", []):
        select = row.get("select", BLANK)
        conditions = tuple(tuple(condition.split("=", 1)) for condition in select.split(";")) if select else ()
        numbers = tuple(float(row[p]) for p in ("p1", "p2", "p3") if row.get(p, BLANK) != BLANK)
        found.append(Parameter(row["parameter"], row["table"], row["column"], conditions, row["mode"],
                               row["distribution"], numbers, row.get("path") or "constant"))
    return found


def read_cell(column, text):
    if text == BLANK:
        return BLANK
    return read_year(text) if column in YEARS else read_age(text) if column == "age" else text


def counts(plan, table, row):
    """Whether the row is of a year that counts."""
    if row.get("year", BLANK) == BLANK:
        return True
    year, end_year = read_year(row["year"]), plan.settings["end_year"]
    if table in OBSERVATIONS or (table == "scheme_cost" and row["kind"] == "capital"):
        return year <= end_year
    return plan.settings["base_year"] <= year <= end_year


def value_before(parameter, row):
    """What a draw acts on; None if there is nothing."""
    default = DEFAULTS.get((parameter.table, parameter.column))
    return number(row.get(parameter.column, BLANK), if_blank=default)


def selected(plan, parameter):
    """The places in the table of the rows that a parameter selects."""
    def is_selected(row):
        return (counts(plan, parameter.table, row) and value_before(parameter, row) is not None
                and all(read_cell(column, row.get(column, BLANK)) == read_cell(column, wanted)
                        for column, wanted in parameter.conditions))

    return [place for place, row in enumerate(plan.tables[parameter.table]) if is_selected(row)]


def years_of(plan, parameter):
    """The years of which a parameter by year has draws, in order: a walk goes through every one."""
    after_base = range(plan.settings["base_year"] + 1, plan.settings["end_year"] + 1)
    years = set()
    for place in selected(plan, parameter):
        text = plan.tables[parameter.table][place]["year"]
        years |= set(after_base) if text == BLANK else {read_year(text)}
    return list(range(min(years), max(years) + 1)) if parameter.path == "walk" else sorted(years)


# Draws

def hash_of_name(name):
    """FNV-1a, 64 bits (Fowler, Noll and Vo)."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = (value ^ byte) * 0x100000001B3 % WORD
    return value


def chances(seed, name, draw, year):
    """The chances below and above the draw, strictly between 0 and 1."""
    word = philox((draw, year, 0, 0), (seed, hash_of_name(name)))[0]
    below = ((word >> 12) + 0.5) / 2 ** 52
    return below, 1 - below


def cholesky(matrix):
    size = len(matrix)
    factor = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i][j] - sum(factor[i][k] * factor[j][k] for k in range(j))
            factor[i][j] = math.sqrt(rest) if i == j else rest / factor[j][j]
    return factor


def correlations(plan):
    """The correlation matrix of the plan's parameters in their order."""
    names = [parameter.name for parameter in parameters(plan)]
    matrix = [[float(one == other) for other in names] for one in names]
    for row in plan.tables.get("correlation", []):
        i, j = names.index(row["a"]), names.index(row["b"])
        matrix[i][j] = matrix[j][i] = float(row["rho"])
    return matrix


class Draws:
    """The quantities drawn of a plan's parameters."""

    def __init__(self, plan, seed):
        self.parameters = parameters(plan)
        self.seed = seed
        self.factor = cholesky(correlations(plan))

    def quantity(self, index, draw, year=NO_YEAR):
        """Of the parameter of this place in the table, in a draw, of a year unless it is constant."""
        parts = [(weight, parameter.name) for weight, parameter in zip(self.factor[index], self.parameters) if weight]
        if len(parts) == 1:
            below, above = chances(self.seed, self.parameters[index].name, draw, year)
            z = normal_quantile(below, above)
        else:
            z = sum(weight * normal_quantile(*chances(self.seed, name, draw, year)) for weight, name in parts)
            below, above = normal_below(z), normal_below(-z)
        return quantity_at(self.parameters[index], z, below, above)


def quantity_at(parameter, z, below, above):
    return DISTRIBUTIONS[parameter.distribution](parameter.numbers, z, below, above)


def quantity_at_chance(parameter, below):
    return quantity_at(parameter, normal_quantile(below, 1 - below), below, 1 - below)


# Values written into a plan

ACTIONS = {"value": lambda before, drawn: drawn, "factor": lambda before, drawn: before * drawn,
           "add": lambda before, drawn: before + drawn}
ALWAYS = None


def course(plan, parameter, quantity):
    """Year → what acts in that year, from `quantity` of a year."""
    years = years_of(plan, parameter)
    drawn = {year: quantity(year) for year in years}
    if parameter.path == "walk":
        for before, year in zip(years, years[1:]):
            drawn[year] = drawn[before] * drawn[year] if parameter.mode == "factor" else drawn[before] + drawn[year]
    return drawn


def within_range(table, column, value):
    low, high = LIMITS[RANGES[table][column]]
    value = min(high, max(low, value))
    return math.floor(abs(value) + 0.5) * (1 if value > 0 else -1) if (table, column) in WHOLE_NUMBERS else value


def with_quantities(plan, quantity, moved=None, walks=True):
    """A copy of the plan with values from `quantity` of a parameter's place and a year; `moved` are the places moved.

    The tables of what is uncertain are left out. Unless it `walks`, a walk acts with what is given of each year.
    """
    cells = {}
    for index, parameter in enumerate(parameters(plan)):
        if moved is not None and index not in moved:
            continue
        act = ACTIONS[parameter.mode]
        by_year = None
        if parameter.by_year:
            by_year = course(plan, parameter if walks else parameter._replace(path="yearly"),
                             lambda year: quantity(index, year))
        always = None if parameter.by_year else quantity(index, NO_YEAR)
        for place in selected(plan, parameter):
            row = plan.tables[parameter.table][place]
            cell = cells.setdefault((parameter.table, place, parameter.column),
                                    {ALWAYS: value_before(parameter, row)})
            if not parameter.by_year:
                for period in cell:
                    cell[period] = act(cell[period], always)
            elif row["year"] != BLANK:
                cell[ALWAYS] = act(cell[ALWAYS], by_year[read_year(row["year"])])
            else:
                for year in by_year:
                    if plan.settings["base_year"] < year:
                        cell[year] = act(cell.get(year, cell[ALWAYS]), by_year[year])
    return with_cells(plan, cells)


def with_cells(plan, cells):
    """A copy with these cells' values, by year where a row without a year has several."""
    changed = copy.deepcopy(plan)
    changed.tables.pop("uncertainty", None)
    changed.tables.pop("correlation", None)
    later = {}
    for (table, place, column), values in cells.items():
        values = {period: within_range(table, column, value) for period, value in values.items()}
        changed.tables[table][place][column] = values.pop(ALWAYS)
        for year, value in values.items():
            later.setdefault(table, {}).setdefault((place, year), {})[column] = value
    for table, values in later.items():
        changed.tables[table] = written_by_year(changed, table, values)
    return changed


KEYS_BUT_YEAR = {"activity_growth": ("service", "footprint"), "inflation": ("component",), "tariff": ("service",),
                 "supply": ("organisation", "resource")}


def keys_of(plan, table):
    """Every key, its year apart, that a row of the table may be looked up by."""
    columns = KEYS_BUT_YEAR[table]
    if table in ("inflation", "supply"):
        keys = list(dict.fromkeys(tuple(row[column] for column in columns) for row in plan.tables[table]))
    else:
        parents = {row.get("parent", BLANK) for row in plan.tables["footprint"]}
        names = {"service": [row["service"] for row in plan.tables["service"]],
                 "footprint": [row["footprint"] for row in plan.tables["footprint"] if row["footprint"] not in parents]}
        keys = itertools.product(*(names[column] for column in columns))
    return [dict(zip(columns, key)) for key in keys]


def written_by_year(plan, table, values):
    """The rows of a table with a year in each: for every key in it the row that wins, with the year's values of it."""
    base_year, end_year = plan.settings["base_year"], plan.settings["end_year"]
    first_year = base_year if table == "supply" else base_year + 1
    own = plan.tables[table]
    read = [Plan._read_row(row) | {"place": place} for place, row in enumerate(own)]
    rows = []
    for key in keys_of(plan, table):
        for year in range(first_year, end_year + 1):
            wins = most_filled_row(read, (*key, "year"), **key, year=year)
            if wins:
                rows.append(own[wins["place"]] | key | {"year": year} | values.get((wins["place"], year), {}))
    return rows


def with_draw(plan, draws, draw):
    return with_quantities(plan, lambda index, year: draws.quantity(index, draw, year))


# Plans that are valid after all

def for_one_scenario(plan, name):
    """A copy with one scenario alone, in which the sizes of effects are such that its scale does not take them out of
    their range: the plan as the scenario's projection has it."""
    changed = copy.deepcopy(plan)
    changed.tables["scenario"] = [row for row in plan.tables["scenario"] if row["scenario"] == name]
    changed.tables["award"] = [row for row in plan.tables.get("award", [])
                               if row.get("scenario", BLANK) in (BLANK, name)]
    scales = {row["scheme"]: number(str(row.get("scale", BLANK)), if_blank=1.0) for row in changed.tables["scenario"]}
    for table in ("activity_effect", "efficiency_effect", "prevention_effect"):
        for row in changed.tables.get(table, []):
            for column in schemes.SIZES:
                if row.get(column, BLANK) != BLANK:
                    low, high = schemes.range_of_size(column, row)
                    row[column] = size_within(float(row[column]), scales.get(row["scheme"], 1.0), low, high)
    changed.tables = {table: rows for table, rows in changed.tables.items() if rows}
    return changed


def size_within(size, scale, low, high):
    """The size, or the nearest of which the scale makes no more than the range holds."""
    if low <= size * scale <= high:
        return size
    size = min(high, max(low, size * scale)) / scale
    while not low <= size * scale <= high:
        size = math.nextafter(size, 0)
    return size
