"""Indicators of care and quality by footprint, and two schemes that move them.

Trusts' figures come to footprints by the trust's membership, councils' by where their residents live.
"""

from dataclasses import dataclass

from .health import district_values, footprint_mean, residents_by_district
from .places import NHS_ENGLAND
from .plan import BASE_YEAR, END_YEAR, LATER_YEARS, apportion
from .population import residents_adult, residents_where
from .prices import deflator_index
from .schemes import PREVENTION_AND_QUALITY, START_YEAR
from .sources import read
from .trusts import trust_code

# Trends are the yearly change between these years, trusts weighted as in the base year.
TREND_FROM = 2012

# Deaths within 30 days of discharge that SHMI expects in a year, England. Published for December 2018 to November
# 2019; emergency admissions share them among trusts.
EXPECTED_DEATHS = 290_000

# People who answered the Adult Social Care Survey of 2015/16; residents share them among councils.
SURVEYED = 69_230

# Area is counted in thousands of square metres: an interval then claims less than one of square metres would.
SQUARE_METRES = 1000

# One more patient treated within 18 weeks has one outpatient attendance, and one in four is admitted for treatment.
ATTENDANCES_PER_PATIENT = 1.0
ADMITTED_SHARE = 0.25

# The delays have Dorset under its code of 2019.
DORSET = {"E06000059": "E10000009"}

# Care in the community for a day of delay avoided, £: 180m a year for 2.7m bed days.
COST_OF_DAY = 180e6 / 2.7e6


@dataclass(frozen=True)
class Indicator:
    code: str
    name: str
    aim: str
    unit: str
    direction: str
    kind: str
    multiplier: float
    target: float
    service: str
    source: str


INDICATORS = [
    Indicator("rtt_18_weeks", "Waiting for treatment no longer than 18 weeks from referral, 31 March", "quality", "%",
              "higher", "proportion", 100, 92, "", "rtt"),
    Indicator("ae_four_hours", "A&E attendances settled within four hours", "quality", "%", "higher", "proportion",
              100, 95, "ae", "ae_four_hours"),
    Indicator("delayed_transfers", "Days of delay in leaving hospital", "quality",
              "days a year per 100,000 adults", "lower", "rate", 100_000, None, "", "delays"),
    Indicator("hospital_mortality", "Deaths in hospital and 30 days after against those expected (SHMI)", "quality",
              "ratio", "lower", "ratio", 1, None, "", "shmi"),
    Indicator("preventable_mortality", "Deaths under 75 from causes considered preventable, age-standardised",
              "health", "per 100,000", "lower", "rate", 100_000, None, "", "preventable"),
    Indicator("care_information", "Users of social care who find information about services easy to find", "quality",
              "%", "higher", "proportion", 100, None, "", "care_survey"),
    Indicator("unused_space", "Trusts' floor area empty or under-used", "enabler", "%", "lower", "proportion", 100,
              2.5, "", "estate"),
]


def add_to(plan, footprints, providers, hospital, councils):
    waiting = waiting_lists(providers)
    emergency = four_hours(providers, hospital)
    days = delayed_days(councils)
    values = {
        "rtt_18_weeks": by_trust(waiting[BASE_YEAR], providers),
        "ae_four_hours": by_trust(emergency[BASE_YEAR], providers),
        "delayed_transfers": per_adult(days[BASE_YEAR], councils),
        "hospital_mortality": by_trust(hospital_mortality(providers, hospital), providers),
        "preventable_mortality": preventable_mortality(),
        "care_information": by_council(care_survey(councils), councils),
        "unused_space": by_trust(unused_space(providers), providers),
    }
    for indicator in INDICATORS:
        plan.add("indicator", indicator=indicator.code, name=indicator.name, aim=indicator.aim, unit=indicator.unit,
                 direction=indicator.direction, kind=indicator.kind, multiplier=indicator.multiplier,
                 target=indicator.target, service=indicator.service, source=indicator.source,
                 status="published" if indicator.target is not None else None)
        for footprint in footprints:
            numerator, denominator = values[indicator.code][footprint]
            plan.add("indicator_value", footprint=footprint, indicator=indicator.code, year=BASE_YEAR,
                     numerator=numerator, denominator=denominator, source=indicator.source)
    trends = {"rtt_18_weeks": trend(waiting), "ae_four_hours": trend(emergency)}
    for code, change in trends.items():
        source = next(indicator.source for indicator in INDICATORS if indicator.code == code)
        plan.add("indicator_trend", indicator=code, change=change, source=source, status="derived")
    add_waiting_times(plan, trends["rtt_18_weeks"])
    add_discharge(plan, days, councils)


def by_trust(parts, providers):
    """(numerator, denominator) by footprint of what trusts have, by membership."""
    return spread((providers[code].footprints, part) for code, part in parts.items())


def by_council(parts, councils):
    """The same of what councils have, by where their residents live."""
    return spread((councils[code].footprints, part) for code, part in parts.items())


def spread(parts):
    found = {}
    for shares, (numerator, denominator) in parts:
        for footprint, share in shares.items():
            above, below = found.get(footprint, (0.0, 0.0))
            found[footprint] = above + share * numerator, below + share * denominator
    return found


def england(parts):
    """England's ratio of (numerator, denominator) pairs."""
    return sum(above for above, _ in parts.values()) / sum(below for _, below in parts.values())


def trend(years):
    """Yearly change in percentage points."""
    return 100 * (england(years[BASE_YEAR]) - england(years[TREND_FROM])) / (BASE_YEAR - TREND_FROM)


def waiting_lists(providers):
    """Waiting within 18 weeks and in all on 31 March, by year and trust; independent providers left out."""
    years = {TREND_FROM: {}, BASE_YEAR: {}}
    for row in read("providers/RTT.csv").itertuples():
        code = trust_code(row.ORG_CODE)
        if row.YEAR in years and (code in providers or row.YEAR != BASE_YEAR):
            above, below = years[row.YEAR].get(code, (0, 0))
            years[row.YEAR][code] = above + int(row.N_18_WEEKS), below + int(row.N_TOTAL)
    return years


def four_hours(providers, hospital):
    """Attendances settled within four hours and in all, by year and trust, at the attendances of the base year."""
    years = {TREND_FROM: {}, BASE_YEAR: {}}
    for row in read("providers/AE.csv").itertuples():
        code = trust_code(row.ORG_CODE)
        if row.YEAR in years and code in providers and hospital[code].attendances:
            attendances = hospital[code].attendances
            years[row.YEAR][code] = row.AE_SCORE * attendances, attendances
    return years


def delayed_days(councils):
    """Days of delay by year and council."""
    table = read("activity/dtoc_delayed_days_by_la_month_2014_04_to_2019_12.csv")
    years = {}
    for row in table.rename(columns={"Total Delayed Transfers of Care": "days"}).itertuples():
        code = DORSET.get(row.Code, row.Code)
        if code in councils:
            of_year = years.setdefault(int(row.month[:4]) - (row.month[5:] < "04"), {})
            of_year[code] = of_year.get(code, 0) + int(row.days)
    return years


def per_adult(days, councils):
    of_footprint = by_council({code: (count, 0) for code, count in days.items()}, councils)
    return {footprint: (of_footprint[footprint][0], count) for footprint, count in residents_adult().items()}


def hospital_mortality(providers, hospital):
    """Deaths and expected deaths by trust: the published ratio times a share of England's expected deaths."""
    table = read("providers/shmi.csv")
    ratios = {trust_code(row.ORG_CODE): row.SHMI for row in table[table.YEAR == BASE_YEAR].itertuples()}
    ratios = {code: ratio for code, ratio in ratios.items() if code in providers}
    admissions = sum(hospital[code].non_elective for code in ratios)
    expected = {code: EXPECTED_DEATHS * hospital[code].non_elective / admissions for code in ratios}
    return {code: (ratio * expected[code], expected[code]) for code, ratio in ratios.items()}


def preventable_mortality():
    """Standardised deaths and people under 75 by footprint: the mean rate of the districts its residents live in."""
    rates = district_values("outcomes/mortality_rate.csv", "persons")
    people = residents_where(lambda age: float(age < 75))
    return {footprint: (footprint_mean(residents, rates) * people[footprint] / 100_000, people[footprint])
            for footprint, residents in residents_by_district().items()}


def care_survey(councils):
    table = read("socialcare/ascof_measures_by_council_2015_16_to_2022_23.csv").dropna(subset=["Value"])
    values = {code: value for code, value in zip(table["Local authority code"], table.Value) if code in councils}
    residents = sum(councils[code].residents for code in values)
    answers = {code: SURVEYED * councils[code].residents / residents for code in values}
    return {code: (value / 100 * answers[code], answers[code]) for code, value in values.items()}


def unused_space(providers):
    table = read("activity/eric_2015_16_by_trust.csv")
    found = {}
    for row in table.to_dict("records"):
        code = trust_code(row["Organisation Code"])
        if code in providers:
            area = row["Gross internal floor area (m²)"] / SQUARE_METRES
            unused = (row["Floor area - empty (%)"] + row["Floor area - under used (%)"]) / 100
            found[code] = unused * area, area
    return found


def add_waiting_times(plan, change):
    """Keeps the wait for treatment as it was: closes each year what the trend would open, at the cost of the care."""
    plan.add("scheme", scheme="waiting_times", name="Waits for treatment kept as they were in 2015/16",
             workstream="care and quality", aim="quality", owner=NHS_ENGLAND, source="quality_schemes")
    plan.add("indicator_effect", scheme="waiting_times", indicator="rtt_18_weeks",
             change=-change * len(LATER_YEARS), start_year=BASE_YEAR + 1, full_year=END_YEAR, ramp="linear",
             source="quality_schemes")
    counts = {service: sum(row["activity"] for row in plan.tables["flow"] if row["service"] == service)
              for service in ("day_case", "elective")}
    per_patient = {"outpatient": ATTENDANCES_PER_PATIENT,
                   **{service: ADMITTED_SHARE * count / sum(counts.values()) for service, count in counts.items()}}
    for service, units in per_patient.items():
        plan.add("indicator_cost", indicator="rtt_18_weeks", service=service, activity_per_unit=units,
                 source="quality_schemes")
    plan.add("scenario", scenario=PREVENTION_AND_QUALITY, scheme="waiting_times", source="quality_schemes")


def add_discharge(plan, days, councils):
    """Delays back to the year before: councils pay for a day of care in the community in place of each day."""
    avoided = sum(days[BASE_YEAR].values()) - sum(days[BASE_YEAR - 1].values())
    plan.add("scheme", scheme="home_sooner", name="Delays in leaving hospital back to those of 2014/15",
             workstream="care and quality", aim="quality", owner=NHS_ENGLAND, source="quality_schemes")
    plan.add("indicator_effect", scheme="home_sooner", indicator="delayed_transfers",
             change=-100_000 * avoided / sum(residents_adult().values()), start_year=START_YEAR,
             full_year=START_YEAR + 1, ramp="linear", source="quality_schemes")
    deflator = deflator_index()
    residents = [council.residents for council in councils.values()]
    for year in range(START_YEAR, END_YEAR + 1):
        reached = min(1.0, (year - START_YEAR + 1) / 2)
        amount = round(avoided * reached * COST_OF_DAY * deflator[year] / deflator[BASE_YEAR])
        for code, part in zip(councils, apportion(amount, residents)):
            plan.add("scheme_cost", scheme="home_sooner", organisation=code, year=year, kind="recurrent", amount=part,
                     source="quality_schemes")
    plan.add("scenario", scenario=PREVENTION_AND_QUALITY, scheme="home_sooner", source="quality_schemes")
