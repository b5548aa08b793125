"""The fund for sustainability and transformation: its money, bids made of the average plan, limits and conditions.

Claims are made of the gaps that the average plan leaves, which only the command can tell: see claims.py.
"""

from .commissioning import MILLION
from .plan import LATER_YEARS, apportion
from .prevention import STOP_SMOKING
from .schemes import AVERAGE_PLAN
from .sources import read

SUSTAINABILITY = "sustainability"
TRANSFORMATION = "transformation"

# The lines of NHS England's allocations. From the second year on they are published as one, under transformation.
LINES = {SUSTAINABILITY: "Sustainability", TRANSFORMATION: "Transformation"}
ONE_LINE_FROM = 2017

BRIEFING = "the briefing of September 2016 on the plans says £2.3bn for this year, both lines together"
ONE_LINE = "published in one line with the money for sustainability"

# Nobody published what footprints bid. A footprint's bid for a workstream is its part of the average plan's schemes.
WORKSTREAMS = ("urgent care", "planned care", "provider productivity", "prevention")

# Nor any limits. Each footprint is held between these multiples of its share, by population, of all that is bid for:
# wide enough for bids to compete, narrow enough that none is left out.
LEAST_OF_SHARE = 0.5
MOST_OF_SHARE = 1.25

# Bids that close next to no gap in money within five years would lose to all others: this part of all that is bid for
# is kept for those whose aim is health.
LEAST_FOR_PREVENTION = 0.1

# How an award of 2016/17 was earned quarter by quarter: condition, gate, share, first quarter. In the first quarter
# the trajectories to the standards had only to be agreed.
CONDITIONS_YEAR = 2016
CONDITIONS = [
    ("control_total", "yes", 0.7, 1, "year to date, without the fund"),
    ("ae_four_hours", "no", 0.125, 2, "standard or agreed trajectory"),
    ("rtt_18_weeks", "no", 0.125, 2, "standard or agreed trajectory"),
    ("cancer_62_days", "no", 0.05, 2, "standard or agreed trajectory"),
]


def add_to(plan, footprints, groups, providers, councils):
    add_funds(plan)
    add_bids(plan, footprints, groups, providers, councils)
    add_limits(plan, footprints)
    for condition, gate, share, first_quarter, note in CONDITIONS:
        plan.add("fund_condition", fund=SUSTAINABILITY, year=CONDITIONS_YEAR, condition=condition, gate=gate,
                 share=share, first_quarter=first_quarter, source="fund_rule", note=note)


def add_funds(plan):
    table = read("published/nhse_allocations_2015_2021.csv").set_index("£m")
    for fund, line in LINES.items():
        for year in LATER_YEARS:
            millions = table.loc[line, f"{year}/{(year + 1) % 100:02}"]
            if millions > 0:
                plan.add("fund", fund=fund, year=year, amount=round(float(millions) * MILLION), kind="revenue",
                         source="allocations", note=ONE_LINE if year >= ONE_LINE_FROM else BRIEFING)


def leads(footprints, groups, providers):
    """Who claims and bids for each footprint: its largest CCG by people registered.

    The lead lies wholly in its footprint, so that money and people are counted there alone. West, North and East
    Cumbria has no such CCG and is led by its largest trust by income.
    """
    registered = read("population/ccg16_registered_pop_by_age_sex_2016q1.csv").set_index("CCG16CDH").total
    return {footprint: largest_within(footprint, groups, registered.get) or
            largest_within(footprint, providers, lambda code: providers[code].income) for footprint in footprints}


def largest_within(footprint, organisations, size):
    within = [code for code, organisation in organisations.items() if list(organisation.footprints) == [footprint]]
    return max(within, key=size, default=None)


def add_bids(plan, footprints, groups, providers, councils):
    homes = {code: max(found.footprints, key=found.footprints.get) for code, found in (groups | providers).items()}
    lead_of = leads(footprints, groups, providers)
    for workstream in WORKSTREAMS:
        schemes = schemes_of(plan, workstream)
        costs = costs_by_footprint(plan, schemes, homes, councils)
        for footprint, name in footprints.items():
            code = f"{workstream.replace(' ', '_')}_{footprint}"
            title = f"{workstream.capitalize()} in {name}"
            plan.add("scheme", scheme=code, name=title, workstream=workstream, aim=schemes[0]["aim"],
                     owner=lead_of[footprint], source="bids")
            plan.add("bid", bid=code, name=title, organisation=lead_of[footprint], scheme=code, source="bids")
            add_effects(plan, [scheme["scheme"] for scheme in schemes], code, footprint, groups, homes)
            add_costs(plan, code, lead_of[footprint], costs[footprint])


def schemes_of(plan, workstream):
    """The schemes whose parts are bid for."""
    wanted = {row["scheme"] for row in plan.tables["scenario"] if row["scenario"] == AVERAGE_PLAN} | {STOP_SMOKING}
    return [row for row in plan.tables["scheme"] if row["scheme"] in wanted and row["workstream"] == workstream]


def add_effects(plan, schemes, code, footprint, groups, homes):
    """The schemes' effects on the footprint: on what its CCGs buy, in its trusts, on its people.

    A CCG or trust in several footprints is whole in the one with most of it, so that all bids together are the
    average plan.
    """
    for table, places in (("activity_effect", [{"commissioner": group} for group in groups
                                               if homes[group] == footprint]),
                          ("prevention_effect", [{"footprint": footprint}])):
        for row in [row for row in plan.tables[table] if row["scheme"] in schemes]:
            for place in places:
                plan.add(table, **(row | place | {"scheme": code, "note": ""}))
    for row in [row for row in plan.tables["efficiency_effect"] if row["scheme"] in schemes]:
        if homes[row["provider"]] == footprint:
            plan.add("efficiency_effect", **(row | {"scheme": code}))


def costs_by_footprint(plan, schemes, homes, councils):
    """What the schemes cost by footprint as {(year, kind, source): £}: of CCGs and trusts where they are whole, of
    councils by where their residents live."""
    costs = {}
    of_councils = {}
    names = [scheme["scheme"] for scheme in schemes]
    for row in plan.tables["scheme_cost"]:
        if row["scheme"] in names:
            key = row["year"], row["kind"], row["source"]
            found = of_councils if row["organisation"] in councils else costs.setdefault(homes[row["organisation"]], {})
            found[key] = found.get(key, 0) + row["amount"]
    residents = {}
    for council in councils.values():
        for footprint, share in council.footprints.items():
            residents[footprint] = residents.get(footprint, 0.0) + share * council.residents
    for key, amount in of_councils.items():
        for footprint, part in zip(residents, apportion(amount, list(residents.values()))):
            costs.setdefault(footprint, {})[key] = part
    return costs


def add_costs(plan, code, lead, costs):
    """The lead, which would have the award, meets the costs; all of them are revenue, and bid for."""
    asked = {}
    for (year, kind, source), amount in sorted(costs.items()):
        plan.add("scheme_cost", scheme=code, organisation=lead, year=year, kind=kind, amount=amount, source=source)
        asked[year, source] = asked.get((year, source), 0) + amount
    for (year, source), amount in asked.items():
        plan.add("bid_amount", bid=code, fund=TRANSFORMATION, year=year, amount=amount, source=source)


def add_limits(plan, footprints):
    persons = dict.fromkeys(footprints, 0)
    for row in plan.tables["population"]:
        if row["year"] == LATER_YEARS[0]:
            persons[row["footprint"]] += row["persons"]
    asked = sum(row["amount"] for row in plan.tables["bid_amount"])
    for footprint, share in zip(persons, apportion(asked, list(persons.values()))):
        plan.add("portfolio_limit", fund=TRANSFORMATION, footprint=footprint, minimum=round(LEAST_OF_SHARE * share),
                 maximum=round(MOST_OF_SHARE * share), source="judgement")
    plan.add("portfolio_limit", fund=TRANSFORMATION, aim="health", minimum=round(LEAST_FOR_PREVENTION * asked),
             source="judgement")
