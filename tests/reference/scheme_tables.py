"""The result tables of a scenario, made from its projection; see schemes.py and model.py."""

from typing import NamedTuple

from . import health, model, quality
from .model import BLANK, number, shares_of_areas
from .schemes import (COST_LINES, awards, book_value, books, books_of_care, capital_costs_of, charges,
                      effects, fraction_of_stay_left, key_of, project, running_costs_of, scenario_named)

IMPACT_MEASURES = ("activity_removed", "activity_added", "cost_at_average", "cost_released", "cost_stranded",
                   "cost_reprovided", "efficiency_saving", *COST_LINES)
LAST_YEAR_OF_THE_FIRST_DISCOUNT_RATE = 30


def ledger_table(projection):
    """Added care is entered as a flow is; awards, scheme costs and what quality costs have lines of their own."""
    entries = {}

    def enter(organisation, scheme, line, year, service=BLANK, income=0.0, cost=0.0):
        entry = entries.setdefault((organisation, service, scheme, line, year), [0.0, 0.0])
        entry[0] += income
        entry[1] += cost

    for row in awards(projection.scenario, "revenue"):
        enter(row["organisation"], BLANK, "award", row["year"], income=number(row["amount"]))
    for impact in projection.impacts:
        if impact.measure in COST_LINES:
            enter(impact.organisation, impact.scheme, impact.measure, impact.year, cost=impact.amount)
    for charge in charges(projection.scenario):
        enter(charge.organisation, BLANK, "quality", charge.year, charge.service, cost=charge.amount)
    return model.ledger_table(books_of_care(projection)) + [
        {"organisation": organisation, "counterparty": BLANK, "service": service, "scheme": scheme, "line": line,
         "year": year, "income": income, "cost": cost}
        for (organisation, service, scheme, line, year), (income, cost) in entries.items()]


def resource_table(projection):
    """As in do nothing, with added care counted like a flow's and shorter stays in beds."""
    scenario, plan, in_books = projection.scenario, projection.scenario.plan, books_of_care(projection)
    needed = {}
    for year in plan.years:
        for flow, care in model.flows_in_year(in_books, year):
            if care.activity is None:
                continue
            where = "commissioner" if plan.kind[flow["provider"]] == "outside" else "provider"
            for resource, per_unit in model.resources_per_unit(plan, flow["service"]).items():
                if resource == "bed":
                    per_unit *= fraction_of_stay_left(scenario, *key_of(flow), year)
                key = flow[where], resource, year
                needed[key] = needed.get(key, 0.0) + care.activity * per_unit
        for row in plan.rows("supply"):
            needed.setdefault((row["organisation"], row["resource"], year), 0.0)

    rows = []
    for (organisation, resource, year), units in needed.items():
        supplies = plan.rows("supply", organisation=organisation, resource=resource)
        fitting = model.most_filled_row(supplies, ("year",), year=year)
        supply = number(fitting["amount"]) if fitting else None
        rows.append({"organisation": organisation, "resource": resource, "year": year, "needed": units,
                     "supply": supply, "shortage": None if supply is None else units - supply})
    return rows


def capital_table(projection):
    """Capital spent and awarded, of the organisations that have any within the plan's years."""
    scenario, plan = projection.scenario, projection.scenario.plan
    costs = [(row, number(row["amount"]) * listed.scale) for listed in scenario.schemes
             for row in capital_costs_of(scenario, listed) if row["year"] in plan.years]
    awarded = [(row, number(row["amount"])) for row in awards(scenario, "capital")]

    rows = []
    for organisation in plan.kind:
        if not any(row["organisation"] == organisation for row, _ in costs + awarded):
            continue
        for year in plan.years:
            def in_year(amounts):
                return [amount for row, amount in amounts
                        if (row["organisation"], row["year"]) == (organisation, year)]

            spend = sum(amount for amount in in_year(costs) if amount > 0)
            disposal = -sum(amount for amount in in_year(costs) if amount < 0)
            award = sum(in_year(awarded))
            rows.append({"organisation": organisation, "year": year, "spend": spend, "award": award,
                         "disposal": disposal, "shortfall": spend - award - disposal})
    return rows


def scheme_impact_table(projection):
    plan = projection.scenario.plan
    rows = []
    for listed in projection.scenario.schemes:
        own = [impact for impact in projection.impacts if impact.scheme == listed.scheme]
        for area, shares in shares_of_areas(plan).items():
            for year in plan.years:
                sums = dict.fromkeys(IMPACT_MEASURES, 0.0)
                for impact in own:
                    if impact.year == year:
                        sums[impact.measure] += shares.get(impact.organisation, 0.0) * impact.amount
                net_saving = (sums["cost_released"] + sums["efficiency_saving"] - sums["cost_reprovided"]
                              - sums["recurrent"] - sums["transition"] - sums["capital_charge"])
                rows.append({"scheme": listed.scheme, "footprint": area, "year": year, **sums,
                             "net_saving": net_saving})
    return rows


# Appraisal

def deflator(plan, year):
    """The price level of a year over the base year's; 1 where the plan has no deflator."""
    index = {row["year"]: number(row["index"]) for row in plan.rows("deflator")}
    return index[year] / index[plan.base_year] if index else 1.0


def discount_factor(plan, year):
    years = year - plan.base_year
    first = min(years, LAST_YEAR_OF_THE_FIRST_DISCOUNT_RATE)
    return (1 + plan.rates["discount_rate"]) ** -first * (1 + plan.rates["long_discount_rate"]) ** -(years - first)


class Appraisal(NamedTuple):
    """Benefits and costs by year, and the book value left at the end, undiscounted in base-year prices."""

    plan: model.Plan
    benefits: dict
    costs: dict
    closing_book_value: float

    def present_value(self, amounts):
        return sum(amount * discount_factor(self.plan, year) for year, amount in amounts.items())

    @property
    def present_benefits(self):
        return (self.present_value(self.benefits)
                + self.closing_book_value * discount_factor(self.plan, self.plan.end_year))

    @property
    def present_costs(self):
        return self.present_value(self.costs)

    @property
    def net_present_value(self):
        return self.present_benefits - self.present_costs

    @property
    def benefit_cost_ratio(self):
        return self.present_benefits / self.present_costs if self.present_costs > 0 else None

    def cumulative_net_benefits(self):
        cumulative, so_far = {}, 0.0
        for year in self.plan.years:
            so_far += self.benefits[year] - self.costs[year]
            cumulative[year] = so_far
        return cumulative

    @property
    def payback_year(self):
        cumulative = self.cumulative_net_benefits()
        for year in self.plan.years:
            if all(amount >= 0 for later, amount in cumulative.items() if later >= year):
                return year
        return None


def appraise(projection, without):
    """The projection against one without some of its schemes."""
    scenario, plan = projection.scenario, projection.scenario.plan
    benefits, costs, closing_book_value = {}, {}, 0.0
    for year in plan.years:
        def change(measure):
            return projection.total(measure, year) - without.total(measure, year)

        benefits[year] = (change("cost_released") + change("efficiency_saving")) / deflator(plan, year)
        costs[year] = change("cost_reprovided") / deflator(plan, year)

    for listed in scenario.schemes:
        if listed in without.scenario.schemes:
            continue
        for row in running_costs_of(scenario, listed):
            amount = number(row["amount"]) * listed.scale / deflator(plan, row["year"])
            if amount < 0:
                benefits[row["year"]] -= amount
            else:
                costs[row["year"]] += amount
        for row in capital_costs_of(scenario, listed):
            if row["year"] >= plan.base_year:
                costs[row["year"]] += number(row["amount"]) * listed.scale / deflator(plan, row["year"])
                closing_book_value += (book_value(row, plan.end_year - row["year"]) * listed.scale
                                       / deflator(plan, plan.end_year))
    return Appraisal(plan, benefits, costs, closing_book_value)


def appraisals(projection):
    """Every scheme's, against the scenario without it, and the total's, against doing nothing."""
    scenario = projection.scenario
    if not scenario.schemes:
        return {}
    found = {}
    for listed in scenario.schemes:
        others = tuple(other for other in scenario.schemes if other != listed)
        found[listed.scheme] = appraise(projection, project(scenario._replace(schemes=others)))
    found["total"] = appraise(projection, project(scenario._replace(schemes=())))
    return found


def appraisal_table(projection):
    return [{"scheme": scheme, "net_present_value": appraisal.net_present_value,
             "benefit_cost_ratio": appraisal.benefit_cost_ratio, "payback_year": appraisal.payback_year}
            for scheme, appraisal in appraisals(projection).items()]


# All tables

def of_books(table):
    return lambda projection: table(books(projection))


TABLES = {"funding_gap": of_books(model.funding_gap_table), "position": of_books(model.position_table),
          "ledger": ledger_table, "spending": of_books(model.spending_table),
          "activity": of_books(model.activity_table), "resource": resource_table, "capital": capital_table,
          "scheme_impact": scheme_impact_table, "appraisal": appraisal_table}
MONEY_COLUMNS = {"cost", "income", "gap", "gap_per_head", "amount", "spend", "award", "disposal", "shortfall",
                 "net_saving", *IMPACT_MEASURES} - {"activity_removed", "activity_added"}


def in_real_prices(plan, rows):
    """Every £ of a year in base-year prices, which is what an appraisal is in already."""
    return [{column: value / deflator(plan, row["year"]) if column in MONEY_COLUMNS and value is not None else value
             for column, value in row.items()} for row in rows]


def results(plan, name, prices="cash"):
    """Every result table of a scenario, by name."""
    projection = project(scenario_named(plan, name))
    tables = {table: make_table(projection) for table, make_table in TABLES.items()}
    if prices == "real":
        tables = {table: rows if table in ("activity", "resource", "appraisal") else in_real_prices(plan, rows)
                  for table, rows in tables.items()}
    return tables


# The other gaps

def gap_results(plan, name, prices="cash"):
    """The tables of the health gap and of the quality gap of a scenario, by name."""
    scenario = scenario_named(plan, name)
    indicator_effects = effects(scenario, "indicator_effect")
    quality_gap = quality.quality_gap_table(plan, indicator_effects)
    if prices == "real":
        quality_gap = [row if row["cost_to_close"] is None
                       else row | {"cost_to_close": row["cost_to_close"] / deflator(plan, row["year"])}
                       for row in quality_gap]
    return {"health_gap": health.health_gap_table(plan, effects(scenario, "prevention_effect")),
            "quality_gap": quality_gap, "quality_summary": quality.quality_summary_table(plan, indicator_effects)}
