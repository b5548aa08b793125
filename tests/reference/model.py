"""What doing nothing costs: the model stated a second time, slowly and plainly.

The library is tested by comparison with this file, so it shares no code with it and takes no short cuts: every
formula is a loop over the rows of a plan's CSV files, in the order and the words of the model's description.
It assumes that the plan is valid; finding out whether it is belongs to the library.

A plan is read by `read_plan`, projected by `do_nothing`, and the result tables are functions of a projection.
Whatever changes activity, cost or payments (a scheme) only has to make another `Projection`.
Result rows are dicts with the columns of the library's result tables, `scenario` apart; a blank number is None
and a blank text is "".

Where the description of the model is silent about prevalence: an age in prevalence, relative_risk or mortality_trend
names a band that ends where the next age begins among the rows that differ in age alone, so that 16-64 and 65+ serve
people by any bands; a row of a sex or age does not fit people of whom it is not known; people without a fitting
prevalence are not exposed, and those without a fitting relative risk bear none; a footprint without population is one
group of people of unknown sex and age; the trend acts without a lag, belongs to the driver growth, and is weighted with
the people of the base year where population is held.
"""

import csv
import functools
import itertools
import json
import math
import pathlib
import re
from typing import NamedTuple

BLANK = ""
ENGLAND = "England"
UNASSIGNED = "unassigned"
SETTINGS = ("prevention", "primary", "prescribing", "community", "mental_health", "social", "continuing", "acute",
            "specialised", "ambulance", "other")
COMPONENTS = {
    "commissioner": ("commissioner",),
    "provider": ("provider",),
    "council": ("council",),
    "nhs": ("commissioner", "provider"),
    "total": ("commissioner", "provider", "council"),
}
KINDS_WITH_A_POSITION = COMPONENTS["total"]
DRIVERS = ("population", "growth", "inflation", "price", "pressures", "funding")

DEFAULT_TARGET_OCCUPANCY = 0.85
DAYS_A_YEAR = 365
SHARES_TOLERANCE = 1e-9
OBSERVATIONS = ("mortality", "indicator_value")


# Reading

class Row(dict):
    """A row of a table in which a column that was left out reads as blank."""

    def __missing__(self, column):
        return BLANK


def read_year(text):
    """2015, 2015/16, 2015-16 and 2015/2016 are all the financial year that starts in 2015."""
    return int(text[:4])


def read_age(text):
    """15, 15-64 and 65+ are named by the first year of the band."""
    return int(re.match(r"\d+", text).group())


def number(text, if_blank=None):
    return if_blank if text == BLANK else float(text)


class Plan:
    """A plan's tables, with years and ages read and the rows of years outside the plan's left out.

    What was observed before the base year stays.
    """

    def __init__(self, tables, base_year, end_year):
        self.base_year = base_year
        self.end_year = end_year
        self.years = range(base_year, end_year + 1)
        self._tables = {name: [row for row in map(self._read_row, rows) if self._is_within(name, row)]
                        for name, rows in tables.items()}
        self.kind = {row["organisation"]: row["kind"] for row in self.rows("organisation")}
        self.service = {row["service"]: row for row in self.rows("service")}
        self.flows = self.rows("flow")

    @staticmethod
    def _read_row(cells):
        row = Row((column, str(value)) for column, value in cells.items())
        if row["year"] != BLANK:
            row["year"] = read_year(row["year"])
        if row["age"] != BLANK:
            row["age"] = read_age(row["age"])
        return row

    def _is_within(self, table, row):
        if table in OBSERVATIONS:
            return row["year"] <= self.end_year
        return row["year"] == BLANK or row["year"] in self.years

    def rows(self, table, **wanted):
        """The rows of a table whose named columns have the wanted values; none if the plan has no such table."""
        return [row for row in self._tables.get(table, [])
                if all(row[column] == value for column, value in wanted.items())]

    def footprints(self):
        return [row["footprint"] for row in self.rows("footprint")]

    def children(self, footprint):
        return [row["footprint"] for row in self.rows("footprint", parent=footprint)]

    def footprints_within(self, area):
        """The footprints without children that make up a footprint or England, in the order of the table."""
        if area == ENGLAND:
            return [footprint for footprint in self.footprints() if not self.children(footprint)]
        if not self.children(area):
            return [area]
        within = [leaf for child in self.children(area) for leaf in self.footprints_within(child)]
        return [footprint for footprint in self.footprints() if footprint in within]

    def organisations_with_a_position(self):
        return [organisation for organisation, kind in self.kind.items() if kind in KINDS_WITH_A_POSITION]


def read_plan(folder):
    """Read the plan in a folder: the tables that its datapackage.json lists."""
    folder = pathlib.Path(folder)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    tables = {}
    for resource in package["resources"]:
        with open(folder / resource["path"], newline="", encoding="utf-8") as file:
            tables[resource["name"]] = list(csv.DictReader(file))
    return Plan(tables, package["stpfin"]["base_year"], package["stpfin"]["end_year"])


def most_filled_row(rows, keys, **wanted):
    """The rate-table rule: of the rows that fit, a blank key fitting everything, the one with most keys filled wins.

    A tie goes to the row whose earlier column is filled, in the order of `keys`.  None if no row fits.
    """
    def fits(row):
        return all(row[key] in (BLANK, wanted[key]) for key in keys)

    def rank(row):
        filled = [row[key] != BLANK for key in keys]
        return sum(filled), filled

    return max(filter(fits, rows), key=rank, default=None)


def rows_of_the_service(plan, table, service):
    """cost_mix and age_weight are taken as whole sets: the service's own rows if it has any, else the blank ones."""
    return plan.rows(table, service=service) or plan.rows(table, service=BLANK)


# Growth

def mean_over_footprints(plan, organisation, value):
    """The mean of a footprint's value by the organisation's membership shares, normalised to 1."""
    memberships = plan.rows("membership", organisation=organisation)
    shares = sum(number(row["share"]) for row in memberships)
    return sum(number(row["share"]) / shares * value(row["footprint"]) for row in memberships)


def weight(plan, service, sex, age):
    weights = rows_of_the_service(plan, "age_weight", service)
    if not weights:
        return 1.0
    return number(most_filled_row(weights, ("sex", "age"), sex=sex, age=age)["weight"])


def weighted_persons(plan, service, footprint, year):
    return sum(weight(plan, service, row["sex"], row["age"]) * number(row["persons"])
               for row in plan.rows("population", footprint=footprint, year=year))


@functools.cache
def demographic_factor_of_footprint(plan, service, footprint, year):
    if not plan.rows("population", footprint=footprint):
        return 1.0
    return (weighted_persons(plan, service, footprint, year)
            / weighted_persons(plan, service, footprint, plan.base_year))


def demographic_factor(plan, commissioner, service, year):
    return mean_over_footprints(
        plan, commissioner, lambda footprint: demographic_factor_of_footprint(plan, service, footprint, year))


def growth_rate_of_footprint(plan, service, footprint, year):
    row = most_filled_row(plan.rows("activity_growth"), ("service", "footprint", "year"),
                          service=service, footprint=footprint, year=year)
    return number(row["rate"]) if row else 0.0


def years_after_the_base(plan, year):
    return range(plan.base_year + 1, year + 1)


@functools.cache
def growth_factor(plan, commissioner, service, year):
    """Each year's rate is averaged over the commissioner's footprints, and the averages are compounded."""
    factor = 1.0
    for step in years_after_the_base(plan, year):
        factor *= 1 + mean_over_footprints(
            plan, commissioner, lambda footprint: growth_rate_of_footprint(plan, service, footprint, step))
    return factor


# Prevalence

MORTALITY = "mortality"


def row_for_people(rows, sex, age):
    """The row that fits people of a sex and age, of rows that differ in sex and age alone: most keys filled, then sex.

    An age names a band that ends where the next one of the same sex begins.
    """
    def fits(row):
        if row["sex"] not in (BLANK, sex):
            return False
        if row["age"] == BLANK or age == BLANK:
            return row["age"] == BLANK
        begun = [other["age"] for other in rows
                 if other["sex"] == row["sex"] and other["age"] != BLANK and other["age"] <= age]
        return bool(begun) and row["age"] == max(begun)

    def rank(row):
        return (row["sex"] != BLANK) + (row["age"] != BLANK), row["sex"] != BLANK

    return max(filter(fits, rows), key=rank, default=None)


@functools.cache
def relative_risks(plan, outcome, sex, age):
    """The row of relative_risk of every risk that people of a sex and age bear."""
    fitting = [row_for_people(plan.rows("relative_risk", risk=risk["risk"], outcome=outcome), sex, age)
               for risk in plan.rows("risk")]
    return [row for row in fitting if row]


@functools.cache
def prevalence(plan, footprint, risk, sex, age, year):
    """The share of people exposed if nothing is done, which a trend may take beyond 1."""
    row = row_for_people(plan.rows("prevalence", footprint=footprint, risk=risk), sex, age)
    [trend] = [number(row["trend"], if_blank=0.0) for row in plan.rows("risk", risk=risk)]
    return number(row["prevalence"]) * (1 + trend) ** (year - plan.base_year) if row else 0.0


def times_the_unexposed(relative_risk, prevalence):
    """The use or deaths of people of whom some are exposed, as a multiple of those of people of whom none are."""
    return 1 + min(1.0, max(0.0, prevalence)) * (number(relative_risk["rr"]) - 1)


@functools.cache
def people(plan, footprint, year):
    """Sex, age and persons of the groups of people of a footprint; None where the plan has no population there."""
    if not plan.rows("population", footprint=footprint):
        return None
    return [(row["sex"], row["age"], number(row["persons"]))
            for row in plan.rows("population", footprint=footprint, year=year)]


def mean_over_people(plan, service, footprint, year, value):
    """The mean of a value of people of a sex and age, by how much of the service they use; 1 where nobody does."""
    groups = people(plan, footprint, year)
    if groups is None:
        return value(BLANK, BLANK)
    used = [(weight(plan, service, sex, age) * persons, value(sex, age)) for sex, age, persons in groups]
    total = sum(use for use, _ in used)
    return sum(use * of_people for use, of_people in used) / total if total > 0 else 1.0


@functools.cache
def trend_factor(plan, commissioner, service, year, year_of_people):
    """What trends in prevalence do to the use of a service, if nothing is done, since the base year."""
    def of_footprint(footprint):
        def of_people(sex, age):
            factor = 1.0
            for relative_risk in relative_risks(plan, service, sex, age):
                who = footprint, relative_risk["risk"], sex, age
                factor *= (times_the_unexposed(relative_risk, prevalence(plan, *who, year))
                           / times_the_unexposed(relative_risk, prevalence(plan, *who, plan.base_year)))
            return factor

        return mean_over_people(plan, service, footprint, year_of_people, of_people)

    return mean_over_footprints(plan, commissioner, of_footprint)


# Prices

@functools.cache
def inflation_step(plan, service, year):
    """1 + the year's inflation of the service's cost, from its mix of components; 1 if it has no cost mix."""
    step = 1.0
    for component in rows_of_the_service(plan, "cost_mix", service):
        row = most_filled_row(plan.rows("inflation", component=component["component"]), ("year",), year=year)
        step += number(component["share"]) * number(row["rate"])
    return step


@functools.cache
def inflation_index(plan, service, year):
    return math.prod(inflation_step(plan, service, step) for step in years_after_the_base(plan, year))


@functools.cache
def price_step(plan, service, year):
    row = most_filled_row(plan.rows("tariff"), ("service", "year"), service=service, year=year)
    if row is None:
        return inflation_step(plan, service, year)
    return (1 + number(row["uplift"])) * (1 - number(row["efficiency"]))


@functools.cache
def price_index(plan, service, year):
    return math.prod(price_step(plan, service, step) for step in years_after_the_base(plan, year))


# Flows

class Care(NamedTuple):
    """One flow in one year: its activity (None where it is cost only), what it costs the provider, what is paid."""

    activity: float | None
    cost: float
    payment: float


class Projection(NamedTuple):
    """A plan's care, by flow (its place in the flow table) and year, with the drivers that were let move."""

    plan: Plan
    drivers: tuple
    care: dict


def relative_activity(plan, flow, year, drivers):
    """Activity in the year over activity in the base year."""
    relative = 1.0
    if "population" in drivers:
        relative *= demographic_factor(plan, flow["commissioner"], flow["service"], year)
    if "growth" in drivers:
        relative *= growth_factor(plan, flow["commissioner"], flow["service"], year)
        year_of_people = year if "population" in drivers else plan.base_year
        relative *= trend_factor(plan, flow["commissioner"], flow["service"], year, year_of_people)
    return relative


def marginal_rate(flow, relative):
    above = number(flow["marginal_rate"], if_blank=1.0)
    below = number(flow["marginal_rate_below"], if_blank=above)
    return above if relative > 1 else below


def care_of_flow(plan, flow, year, drivers):
    relative = relative_activity(plan, flow, year, drivers)
    inflation = inflation_index(plan, flow["service"], year) if "inflation" in drivers else 1.0
    price = price_index(plan, flow["service"], year) if "price" in drivers else 1.0

    income = number(flow["income"])
    volume_paid_for = 1 + marginal_rate(flow, relative) * (relative - 1)
    if plan.kind[flow["provider"]] == "outside":
        payment = cost = income * inflation * volume_paid_for
    else:
        cost = number(flow["cost"], if_blank=income) * relative * inflation
        payment = income * price * volume_paid_for

    activity = None if flow["activity"] == BLANK else number(flow["activity"]) * relative
    return Care(activity, cost, payment)


def do_nothing(plan, drivers=DRIVERS):
    """Project the plan with nothing done; a driver that is not named is held at its base-year value."""
    care = {(index, year): care_of_flow(plan, flow, year, drivers)
            for index, flow in enumerate(plan.flows) for year in plan.years}
    return Projection(plan, tuple(drivers), care)


def flows_in_year(projection, year):
    return [(flow, projection.care[index, year]) for index, flow in enumerate(projection.plan.flows)]


# Positions

class Position(NamedTuple):
    """An organisation's income and cost, and the part of its income that is not paid through flows."""

    income: float
    cost: float
    income_beside_flows: float


def amounts(plan, table, year, **wanted):
    return sum(number(row["amount"]) for row in plan.rows(table, year=year, **wanted))


def position(projection, organisation, year):
    plan = projection.plan
    funding_year = year if "funding" in projection.drivers else plan.base_year
    pressure_year = year if "pressures" in projection.drivers else plan.base_year

    received = paid = care_provided = 0.0
    for flow, care in flows_in_year(projection, year):
        if flow["provider"] == organisation:
            received += care.payment
            care_provided += care.cost
        if flow["commissioner"] == organisation:
            paid += care.payment

    income_beside_flows = (amounts(plan, "funding", funding_year, organisation=organisation)
                           + amounts(plan, "transfer", funding_year, to_organisation=organisation)
                           - amounts(plan, "transfer", funding_year, from_organisation=organisation))
    return Position(income=received + income_beside_flows,
                    cost=paid + care_provided + amounts(plan, "pressure", pressure_year, organisation=organisation),
                    income_beside_flows=income_beside_flows)


def positions(projection, year):
    return {organisation: position(projection, organisation, year)
            for organisation in projection.plan.organisations_with_a_position()}


# Places

def unassigned_shares(plan):
    """What the memberships of the organisations that have a position leave out."""
    left_out = {}
    for organisation in plan.organisations_with_a_position():
        share = 1 - sum(number(row["share"]) for row in plan.rows("membership", organisation=organisation))
        if share > SHARES_TOLERANCE:
            left_out[organisation] = share
    return left_out


def shares_of_footprint(plan, footprint):
    """Each organisation's share in a footprint; a footprint with children has the sum of theirs."""
    shares = {row["organisation"]: number(row["share"]) for row in plan.rows("membership", footprint=footprint)}
    for child in plan.children(footprint):
        for organisation, share in shares_of_footprint(plan, child).items():
            shares[organisation] = shares.get(organisation, 0.0) + share
    return shares


def shares_of_areas(plan):
    """Each organisation's share in every footprint, in `unassigned` if there is anything in it, and in England."""
    areas = {footprint: shares_of_footprint(plan, footprint) for footprint in plan.footprints()}
    unassigned = unassigned_shares(plan)
    if unassigned:
        areas[UNASSIGNED] = unassigned
    areas[ENGLAND] = {organisation: 1.0 for organisation in plan.kind}
    return areas


def population(plan, area, year):
    """The persons living in a footprint or in England; None where the plan has no population there."""
    if area == ENGLAND:
        rows = plan.rows("population", year=year)
    else:
        rows = plan.rows("population", footprint=area, year=year)
        for child in plan.children(area):
            persons = population(plan, child, year)
            if persons is not None:
                rows.append({"persons": persons})
    return sum(number(row["persons"]) for row in rows) if rows else None


def finances_of_component(plan, by_organisation, shares, component):
    """Income, cost and gap of one component of an area: the sum of share × position over its organisations.

    Every payment between two members of the NHS, or of the whole, would be there twice.  So for nhs and total the
    flow payments are left out: income is funding and net transfers, and cost is income and the gap.
    """
    members = [(by_organisation[organisation], share) for organisation, share in shares.items()
               if plan.kind[organisation] in COMPONENTS[component]]
    gap = sum(share * (position.cost - position.income) for position, share in members)
    if component in ("nhs", "total"):
        income = sum(share * position.income_beside_flows for position, share in members)
        cost = income + gap
    else:
        income = sum(share * position.income for position, share in members)
        cost = sum(share * position.cost for position, share in members)
    return income, cost, gap


# Result tables

def funding_gap_table(projection):
    plan = projection.plan
    rows = []
    for year in plan.years:
        by_organisation = positions(projection, year)
        for area, shares in shares_of_areas(plan).items():
            persons = None if area == UNASSIGNED else population(plan, area, year)
            for component in COMPONENTS:
                income, cost, gap = finances_of_component(plan, by_organisation, shares, component)
                rows.append({"footprint": area, "component": component, "year": year, "cost": cost, "income": income,
                             "gap": gap, "gap_per_head": None if persons is None else gap / persons})
    return rows


def position_table(projection):
    return [{"organisation": organisation, "year": year, "cost": position.cost, "income": position.income,
             "gap": position.cost - position.income}
            for year in projection.plan.years
            for organisation, position in positions(projection, year).items()]


def ledger_table(projection):
    """Every payment as an income of one organisation and a cost of another; organisations outside are shown too."""
    plan = projection.plan
    entries = {}

    def enter(organisation, line, year, counterparty=BLANK, service=BLANK, income=0.0, cost=0.0):
        entry = entries.setdefault((organisation, counterparty, service, BLANK, line, year), [0.0, 0.0])
        entry[0] += income
        entry[1] += cost

    for year in plan.years:
        for flow, care in flows_in_year(projection, year):
            commissioner, provider, service = flow["commissioner"], flow["provider"], flow["service"]
            enter(commissioner, "contract", year, provider, service, cost=care.payment)
            enter(provider, "contract", year, commissioner, service, income=care.payment)
            enter(provider, "care", year, commissioner, service, cost=care.cost)
        for row in plan.rows("funding", year=year):
            enter(row["organisation"], "funding", year, income=number(row["amount"]))
        for row in plan.rows("transfer", year=year):
            giver, receiver, amount = row["from_organisation"], row["to_organisation"], number(row["amount"])
            enter(receiver, "transfer", year, giver, income=amount)
            enter(giver, "transfer", year, receiver, income=-amount)
        for row in plan.rows("pressure", year=year):
            enter(row["organisation"], "pressure", year, cost=number(row["amount"]))

    return [{"organisation": organisation, "counterparty": counterparty, "service": service, "scheme": scheme,
             "line": line, "year": year, "income": income, "cost": cost}
            for (organisation, counterparty, service, scheme, line, year), (income, cost) in entries.items()]


def spending_table(projection):
    """What commissioners and councils buy, by the setting of the service and the buyer's membership shares."""
    plan = projection.plan
    rows = []
    for area, shares in shares_of_areas(plan).items():
        for year in plan.years:
            spent = dict.fromkeys(SETTINGS, 0.0)
            for flow, care in flows_in_year(projection, year):
                if plan.kind[flow["commissioner"]] in ("commissioner", "council"):
                    setting = plan.service[flow["service"]]["setting"]
                    spent[setting] += shares.get(flow["commissioner"], 0.0) * care.payment
            rows += [{"footprint": area, "setting": setting, "year": year, "amount": amount}
                     for setting, amount in spent.items()]
    return rows


def activity_table(projection):
    activity = {}
    for year in projection.plan.years:
        for flow, care in flows_in_year(projection, year):
            if care.activity is not None:
                key = flow["commissioner"], flow["provider"], flow["service"], year
                activity[key] = activity.get(key, 0.0) + care.activity
    return [{"commissioner": commissioner, "provider": provider, "service": service, "year": year, "activity": units}
            for (commissioner, provider, service, year), units in activity.items()]


def resources_per_unit(plan, service):
    """The beds and staff that one unit of a service's activity needs."""
    per_unit = {}
    length_of_stay = number(plan.service[service]["length_of_stay"])
    if length_of_stay is not None:
        occupancy = number(plan.service[service]["target_occupancy"], if_blank=DEFAULT_TARGET_OCCUPANCY)
        per_unit["bed"] = length_of_stay / (DAYS_A_YEAR * occupancy)
    for row in plan.rows("staffing", service=service):
        per_unit[row["staff_group"]] = number(row["wte_per_1000"]) / 1000
    return per_unit


def resource_table(projection):
    """Beds and staff needed by each organisation's activity, against what it has.

    Care by a provider outside the plan is counted at its commissioner.
    """
    plan = projection.plan
    needed = {}
    for year in plan.years:
        for flow, care in flows_in_year(projection, year):
            if care.activity is None:
                continue
            where = "commissioner" if plan.kind[flow["provider"]] == "outside" else "provider"
            for resource, per_unit in resources_per_unit(plan, flow["service"]).items():
                key = flow[where], resource, year
                needed[key] = needed.get(key, 0.0) + care.activity * per_unit
        for row in plan.rows("supply"):
            needed.setdefault((row["organisation"], row["resource"], year), 0.0)

    rows = []
    for (organisation, resource, year), units in needed.items():
        supplies = plan.rows("supply", organisation=organisation, resource=resource)
        fitting = most_filled_row(supplies, ("year",), year=year)
        supply = number(fitting["amount"]) if fitting else None
        rows.append({"organisation": organisation, "resource": resource, "year": year, "needed": units,
                     "supply": supply, "shortage": None if supply is None else units - supply})
    return rows


TABLES = {"funding_gap": funding_gap_table, "position": position_table, "ledger": ledger_table,
          "spending": spending_table, "activity": activity_table, "resource": resource_table}
MONEY_COLUMNS = ("cost", "income", "gap", "gap_per_head", "amount")


def in_real_prices(plan, rows):
    """Every £ divided by the deflator of its year over the deflator of the base year."""
    index = {row["year"]: number(row["index"]) for row in plan.rows("deflator")}
    return [{column: value / (index[row["year"]] / index[plan.base_year])
             if column in MONEY_COLUMNS and value is not None else value for column, value in row.items()}
            for row in rows]


def results(plan, prices="cash"):
    """Every do-nothing result table of a plan, by name."""
    projection = do_nothing(plan)
    tables = {name: table(projection) for name, table in TABLES.items()}
    if prices == "real":
        tables = {name: in_real_prices(plan, rows) for name, rows in tables.items()}
    return tables


# Bridge

def gaps_by_place(projection, areas):
    """The gap in every place and year: the footprints', the organisations' and England's."""
    gaps = {}
    for year in projection.plan.years:
        by_organisation = positions(projection, year)
        for organisation, position in by_organisation.items():
            gaps[organisation, year] = position.cost - position.income
        for area, shares in areas.items():
            gaps[area, year] = finances_of_component(projection.plan, by_organisation, shares, "total")[2]
    return gaps


def sequential_parts(gap_with):
    """What each driver adds when they are let move one after another."""
    return [gap_with(DRIVERS[:place + 1]) - gap_with(DRIVERS[:place]) for place in range(len(DRIVERS))]


def shapley_parts(gap_with):
    """What each driver adds on average over every order in which they could be let move."""
    parts = []
    for driver in DRIVERS:
        others = [other for other in DRIVERS if other != driver]
        part = 0.0
        for size in range(len(others) + 1):
            chance = math.factorial(size) * math.factorial(len(others) - size) / math.factorial(len(DRIVERS))
            for before in itertools.combinations(others, size):
                part += chance * (gap_with((*before, driver)) - gap_with(before))
        parts.append(part)
    return parts


def bridge_table(plan, method="sequential"):
    """From the base year's gap to each later year's, by driver, for every place."""
    parts_of = {"sequential": sequential_parts, "shapley": shapley_parts}[method]
    areas = shares_of_areas(plan)

    @functools.cache
    def gaps(moving):
        return gaps_by_place(do_nothing(plan, moving), areas)

    rows = []
    for place in [*areas, *plan.organisations_with_a_position()]:
        for year in plan.years[1:]:
            def gap_with(moving):
                return gaps(tuple(driver for driver in DRIVERS if driver in moving))[place, year]

            steps = [("start", gaps(DRIVERS)[place, plan.base_year]),
                     *zip(DRIVERS, parts_of(gap_with)),
                     ("end", gap_with(DRIVERS))]
            rows += [{"place": place, "year": year, "step": step, "group": group, "amount": amount}
                     for step, (group, amount) in enumerate(steps)]
    return rows
