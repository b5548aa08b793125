"""Control totals: what the plan must reproduce of the published figures before it is written."""

from . import health
from .activity import ADMITTED
from .commissioning import DIRECT, national_allocations
from .plan import BASE_YEAR, YEARS
from .places import NHS_ENGLAND
from .sources import read

FOOTPRINTS = 44
CLINICAL_COMMISSIONING_GROUPS = 209
TRUSTS = 238
COUNCILS = 152

# £bn, to the two decimals published.
TRUST_DEFICIT = 2.44
NET_SOCIAL_CARE = 14.39
PUBLIC_HEALTH = 3.15

# Persons registered at the start of 2016.
REGISTERED = 57_541_178

# Published A&E attendances at the rate of the ten months counted, and admissions less those to trusts that are not
# acute (millions).
ATTENDANCES = 22.94
ADMISSIONS = 16.04

# Published life expectancy at birth, England 2015 to 2017, and how near the plan's must come, in years.
LIFE_EXPECTANCY = {"male": 79.5, "female": 83.1}
NEAR_LIFE_EXPECTANCY = 0.2

# Deaths in England over those registered in England and Wales, about 0.94.
SHARE_OF_DEATHS = (0.90, 0.96)

# Delayed days of councils in 2015/16; trusts' patients waiting for treatment at its end.
DELAYED_DAYS = 1_802_567
WAITING = 3_340_613

# Yearly demographic growth of any service lies in this range, or the population is wrong.
DEMOGRAPHIC_GROWTH = (0.004, 0.016)


class ControlError(Exception):
    """A control total that does not hold."""


def check(plan, growth):
    kinds = {row["organisation"]: row["kind"] for row in plan.tables["organisation"]}
    of_kind = {kind: [code for code in kinds if kinds[code] == kind] for kind in set(kinds.values())}
    require("footprints", len(plan.tables["footprint"]), FOOTPRINTS)
    require("CCGs", len(of_kind["commissioner"]) - 1, CLINICAL_COMMISSIONING_GROUPS)
    require("trusts", len(of_kind["provider"]), TRUSTS)
    require("councils", len(of_kind["council"]), COUNCILS)

    gaps = base_year_gaps(plan, kinds)
    require("trust deficit (£bn)", round(sum(gaps[code] for code in of_kind["provider"]) / 1e9, 2), TRUST_DEFICIT)
    for code in of_kind["commissioner"] + of_kind["council"]:
        require(f"base-year gap of {code} (£)", gaps[code], 0)

    check_allocations(plan)
    require("adult social care, net (£bn)", round(stream_total(plan, "adult_social_care", BASE_YEAR) / 1e9, 2),
            NET_SOCIAL_CARE)
    require("public health (£bn)", round(stream_total(plan, "public_health", BASE_YEAR) / 1e9, 2), PUBLIC_HEALTH)
    require("A&E attendances (m)", round(activity(plan, ["ae"]) / 1e6, 2), ATTENDANCES)
    require("admissions (m)", round(activity(plan, ADMITTED) / 1e6, 2), ADMISSIONS)

    persons = {year: sum(row["persons"] for row in plan.tables["population"] if row["year"] == year)
               for year in (BASE_YEAR, BASE_YEAR + 1)}
    if not persons[BASE_YEAR] < REGISTERED < persons[BASE_YEAR + 1]:
        raise ControlError(f"persons at 30 June {persons} do not enclose the {REGISTERED} registered between")
    for service, rate in growth.items():
        if not DEMOGRAPHIC_GROWTH[0] < rate < DEMOGRAPHIC_GROWTH[1]:
            raise ControlError(f"demographic growth of {service} is {rate:.4f} a year, outside {DEMOGRAPHIC_GROWTH}")
    check_memberships(plan)
    check_health(plan)
    require("delayed days", round(indicator_total(plan, "delayed_transfers", "numerator")), DELAYED_DAYS)
    require("patients waiting", round(indicator_total(plan, "rtt_18_weeks", "denominator")), WAITING)


def require(what, found, published):
    if found != published:
        raise ControlError(f"{what}: the plan gives {found}, the control total is {published}")


def base_year_gaps(plan, kinds):
    """Cost less income of every organisation in the base year."""
    gaps = dict.fromkeys(kinds, 0)
    for row in plan.tables["flow"]:
        gaps[row["commissioner"]] += row["income"]
        if kinds[row["provider"]] != "outside":
            gaps[row["provider"]] += row["cost"] - row["income"]
    for table, sign in (("funding", -1), ("pressure", 1)):
        for row in plan.tables[table]:
            if row["year"] == BASE_YEAR:
                gaps[row["organisation"]] += sign * row["amount"]
    for row in plan.tables["transfer"]:
        if row["year"] == BASE_YEAR:
            gaps[row["from_organisation"]] += row["amount"]
            gaps[row["to_organisation"]] -= row["amount"]
    return gaps


def check_allocations(plan):
    """NHS England's allocations, £m, by heading and year; the base year's specialised money is all spent."""
    streams = {"CCGs": "ccg_allocation"} | DIRECT
    for heading, by_year in national_allocations().items():
        for year in YEARS:
            require(f"allocation {heading} {year} (£m)", stream_total(plan, streams[heading], year) / 1e6,
                    by_year[year])
    spent = sum(row["income"] for row in plan.tables["flow"] if row["commissioner"] == NHS_ENGLAND)
    require("NHS England's own commissioning (£)", spent,
            sum(stream_total(plan, stream, BASE_YEAR) for stream in DIRECT.values()))


def check_memberships(plan):
    members = {}
    for row in plan.tables["membership"]:
        members[row["organisation"]] = members.get(row["organisation"], 0) + row["share"]
    for code, share in members.items():
        require(f"membership of {code}", round(share, 9), 1)


def check_health(plan):
    """England's life expectancy and deaths against the published."""
    counts = {}
    for row in plan.tables["mortality"]:
        people, deaths = counts.get((row["sex"], row["age"]), (0, 0))
        counts[row["sex"], row["age"]] = people + row["population"], deaths + row["deaths"]
    for sex, published in LIFE_EXPECTANCY.items():
        rates = [counts[sex, age][1] / counts[sex, age][0] for age in health.BANDS]
        found = health.life_expectancy(rates)
        if abs(found - published) > NEAR_LIFE_EXPECTANCY:
            raise ControlError(f"life expectancy of England, {sex}: the plan gives {found:.2f}, published {published}")
    registered = read("outcomes/england_wales_registered_deaths_by_age_sex_2010_2016.csv")
    registered = registered[(registered.year == BASE_YEAR) & (registered.sex == "Persons")].deaths.sum()
    share = sum(deaths for _, deaths in counts.values()) / registered
    if not SHARE_OF_DEATHS[0] < share < SHARE_OF_DEATHS[1]:
        raise ControlError(f"deaths are {share:.3f} of those of England and Wales, outside {SHARE_OF_DEATHS}")


def indicator_total(plan, indicator, column):
    return sum(row[column] for row in plan.tables["indicator_value"] if row["indicator"] == indicator)


def stream_total(plan, stream, year):
    return sum(row["amount"] for row in plan.tables["funding"] if row["stream"] == stream and row["year"] == year)


def activity(plan, services):
    return sum(row["activity"] or 0 for row in plan.tables["flow"] if row["service"] in services)
