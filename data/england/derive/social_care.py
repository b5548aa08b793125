"""Councils: adult social care, public health, and the Better Care Fund that CCGs pay into."""

import re
from dataclasses import dataclass

from .commissioning import national_allocations
from .places import NORTH_YORKSHIRE
from .plan import BASE_YEAR, LATER_YEARS, YEARS, apportion
from .sources import read

# Services by the headings of the social care expenditure return.
HEADINGS = {
    "residential_care": ["Residential and Nursing care"],
    "home_care": ["Home care services", "Direct Payments", "Community-based services"],
    "care_management": ["Assessment and Care management", "Other Expenditure"],
}
PROVIDERS = {"residential_care": "care_home", "home_care": "home_care_agency", "care_management": "care_support"}

# England, £m (data/sources/published/figures.md). After 2019/20 nothing further had been announced: what recurs is
# held, what was for three years stops.
PRECEPT = {2016: 392.8, 2017: 820.9, 2018: 1289.8, 2019: 1804.0, 2020: 1804.0}
PRECEPT_THREE_PER_CENT = {2016: 0, 2017: 208, 2018: 444, 2019: 0, 2020: 0}
IMPROVED_BETTER_CARE = {2016: 0, 2017: 105, 2018: 825, 2019: 1500, 2020: 1500}
# The Budget gave £2,000m over three years, £1,000m of it in the first; the rest is taken to fall by half each year.
SPRING_BUDGET = {2016: 0, 2017: 1000, 2018: 667, 2019: 333, 2020: 0}
STREAMS = {
    "social_care_precept": PRECEPT,
    "precept_three_per_cent_option": PRECEPT_THREE_PER_CENT,
    "improved_better_care_fund": IMPROVED_BETTER_CARE,
    "spring_budget_2017": SPRING_BUDGET,
}

# The last year of council outturn in the source.
LAST_OUTTURN = 2017

# The expenditure return's names that differ from the outturn's.
RETURN_NAMES = {"Bedford Borough": "Bedford", "Medway": "Medway Towns"}
NAME_NOISE = {"ua", "city", "of", "the", "county", "upon", "council"}


@dataclass
class Spending:
    """Council spending of 2015/16 in whole £; by_age is (under 65, 65 and over) for each care service in England."""

    net_care: dict
    better_care: dict
    service_weights: dict
    by_age: dict
    public_health: dict
    public_health_england: dict


def spending(councils):
    outturn = read("socialcare/la_revenue_outturn_social_care_2015_16_to_2017_18.csv")
    outturn["code"] = outturn.ONS_code.replace(NORTH_YORKSHIRE)
    base = outturn[outturn["return"] == "RO_2015-16_revised"].set_index("code")
    returns = read("socialcare/pssex1_2015_16_additional_data_by_council.csv")
    codes = {plain(name): code for name, code in zip(base.local_authority, base.index)}
    returns["code"] = [codes[plain(RETURN_NAMES.get(name, name))] for name in returns["Council Name"]]
    returns["heading"] = returns["Comparative totals"]
    spent = returns[(returns["Finance Type"] == "Expenditure") & (returns["Data Source"] == "Bridging Year")]

    net_care = {code: round(1000 * base.adult_social_care_net_current_gbp000[code]) for code in councils}
    public_health = {code: round(1000 * base.public_health_gbp000[code]) for code in councils}
    by_year = {2015: "RO_2015-16_revised", 2016: "RO_2016-17", 2017: "RO_2017-18"}
    return Spending(
        net_care, better_care_income(returns, net_care), weights_by_council(spent, councils), by_age(spent),
        public_health,
        {year: outturn[outturn["return"] == name].public_health_gbp000.sum() for year, name in by_year.items()})


def plain(name):
    """A council's name stripped of what the two returns write differently."""
    words = re.findall(r"[a-z]+", name.lower().replace("&", " and ").replace(".", ""))
    return " ".join(sorted(word for word in words if word not in NAME_NOISE)) or name


def better_care_income(returns, net_care):
    """Better Care Fund income by council: as reported by the 96 that gave an amount (the item was voluntary).

    For the rest, blank or nought, the reporters' share of net spending.
    """
    rows = returns[(returns.heading == "Income from Better Care Fund") & (returns.Value > 0)]
    reported = {code: round(1000 * value) for code, value in zip(rows.code, rows.Value)}
    share = sum(reported.values()) / sum(net_care[code] for code in reported)
    return {code: reported.get(code, round(share * net)) for code, net in net_care.items()}


def weights_by_council(spent, councils):
    """Gross expenditure by care service, to split each council's total."""
    by_heading = spent.groupby(["code", "heading"]).Value.sum()
    return {code: [sum(by_heading[code].get(heading, 0) for heading in headings) for headings in HEADINGS.values()]
            for code in councils}


def by_age(spent):
    """England's expenditure on each care service, £, under 65 and over; what has no age is left out."""
    totals = spent.groupby(["heading", "Age Band"]).Value.sum()
    return {service: tuple(1000 * sum(float(totals[heading, band]) for heading in headings)
                           for band in ("Age 18 to 64", "Age 65 and over"))
            for service, headings in HEADINGS.items()}


def better_care_fund(councils, groups, care_spending):
    """What each CCG pays each council in 2015/16, whole £: income shared by where the council's residents live."""
    forerunners = {}
    for group in groups.values():
        forerunners.setdefault(group.code_2017, []).append(group)
    payments = {}
    for code, council in councils.items():
        weights = {}
        for code_2017, share in council.groups.items():
            same = forerunners[code_2017]
            whole = sum(group.allocation_2017 for group in same)
            for group in same:
                weights[group.code] = weights.get(group.code, 0) + share * group.allocation_2017 / whole
        payers = sorted(weights)
        for group, amount in zip(payers, apportion(care_spending.better_care[code], [weights[g] for g in payers])):
            if amount:
                payments[group, code] = amount
    return payments


def add_to(plan, councils, care_spending, transfers):
    order = list(councils)
    nets = [care_spending.net_care[code] for code in order]
    for code in order:
        for service, amount in zip(HEADINGS, apportion(care_spending.net_care[code] + care_spending.better_care[code],
                                                       care_spending.service_weights[code])):
            if amount:
                plan.add("flow", commissioner=code, provider=PROVIDERS[service], service=service, income=amount,
                         source="gross_care")
        plan.add("flow", commissioner=code, provider="public_health_provider", service="public_health",
                 income=care_spending.public_health[code], source="outturn")
        for year in YEARS:
            plan.add("funding", organisation=code, stream="adult_social_care", year=year,
                     amount=care_spending.net_care[code], source="outturn" if year == BASE_YEAR else "flat_council")
    for stream, series in STREAMS.items():
        for year in LATER_YEARS:
            for code, amount in zip(order, apportion(round(1_000_000 * series[year]), nets)):
                plan.add("funding", organisation=code, stream=stream, year=year, amount=amount, source="care_funding")
    add_public_health(plan, order, care_spending)
    add_transfers(plan, transfers)


def add_public_health(plan, order, care_spending):
    """Funding follows England's outturn to 2017/18 and is then held.

    Services for children under five moved to councils in October 2015: the step to a full year is new cost as much as
    new funding, so it is a pressure too.
    """
    outturn = care_spending.public_health_england
    for code in order:
        base = care_spending.public_health[code]
        for year in YEARS:
            ratio = outturn[min(year, LAST_OUTTURN)] / outturn[BASE_YEAR]
            plan.add("funding", organisation=code, stream="public_health", year=year, amount=round(base * ratio),
                     source="outturn" if year <= LAST_OUTTURN else "flat_council",
                     status="derived" if BASE_YEAR < year <= LAST_OUTTURN else None)
        step = round(base * (outturn[2016] / outturn[BASE_YEAR] - 1))
        for year in LATER_YEARS:
            plan.add("pressure", organisation=code, name="children_under_five_full_year", year=year, amount=step,
                     source="outturn", status="derived")


def add_transfers(plan, transfers):
    """The Better Care Fund rises with the national CCG allocation."""
    allocation = national_allocations()["CCGs"]
    for (group, council), amount in sorted(transfers.items()):
        for year in YEARS:
            plan.add("transfer", from_organisation=group, to_organisation=council, name="better_care_fund", year=year,
                     amount=round(amount * allocation[year] / allocation[BASE_YEAR]), source="better_care")
