"""What is uncertain, by how much, and what moves together: intervals derived from series, or judged and marked so.

A parameter adds to, multiplies or replaces figures of the plan. Where no interval is published nor can be derived, the
row is assumed and its note says from what. Delivery falls short on average, because published delivery does.
"""

from itertools import combinations
from math import sqrt
from statistics import NormalDist, correlation, stdev

from .plan import BASE_YEAR, END_YEAR
from .population import resident_bands
from .sources import read

# From the mean of a normal to the end of its 80% interval, in standard deviations.
END_OF_80 = NormalDist().inv_cdf(0.9)

YEARS_AHEAD = END_YEAR - BASE_YEAR

# What NHS England planned for, one percentage point below the published growth, is the low end; the high end is half
# as far. The standard deviation, 0.59 points, is about that of five years' mean growth of admissions (0.55).
COMMON_GROWTH = (-0.010, 0.005)

# Months that every year from 2015/16 to 2019/20 has before the pandemic.
AE_MONTHS = ("06", "07", "08", "09", "10", "11", "12", "01", "02")
AE_YEARS = range(2015, 2020)

# Five-year means of the GDP deflator's growth since inflation was first targeted.
DEFLATOR_FROM = 1992

DELIVERY_TOGETHER = 0.5
# Urgent care has two parameters, for its two services, and one team.
DELIVERY_OF_ONE_WORKSTREAM = 0.7


def add_to(plan):
    for row in parameters():
        plan.add("uncertainty", **row)
    for a, b, rho, source, note in correlations():
        plan.add("correlation", a=a, b=b, rho=rho, source=source, note=note)


def parameters():
    """Rows of the table, by topic."""
    deflator = interval(deflator_spread())
    population, oldest = population_errors()
    waiting_ends = interval(spread_of_mean(waiting()))
    four_hours_ends = interval(spread_of_mean(four_hours()))
    common = (COMMON_GROWTH[1] - COMMON_GROWTH[0]) / (2 * END_OF_80)
    beyond = interval(sqrt(spread_of_mean(attendances()) ** 2 - common ** 2))

    yield from (growth("", COMMON_GROWTH, "judged", "common to all services: from NHS England's planning, one point "
                       "below the published growth, to half a point above it"),
                growth("ae", beyond, "growth_spread", "June to February, 2015/16 to 2019/20: the spread of a five-year "
                       "mean beyond the common part"),
                growth("non_elective", (-0.010, 0.010), "judged", "admissions through A&E rose 4.7 and 6.8% in 2017/18 "
                       "and 2018/19, all admissions 0.5 and 3.0%", name="growth_emergency"),
                growth("elective", (-0.010, 0.010), "judged", "follows what is paid for as much as need"),
                growth("day_case", (-0.010, 0.010), "judged", "as elective, and takes over from it"),
                growth("outpatient", (-0.010, 0.010), "judged", "follows referrals"),
                growth("specialised", (-0.010, 0.020), "judged", "new drugs and treatments rather than activity: more "
                       "likely above than below"),
                growth("mental_health", (-0.010, 0.010), "judged", "no count of activity was found"),
                growth("prescribing", (-0.015, 0.010), "judged", "no count of items was found"),
                growth("residential_care", (-0.010, 0.010), "judged", "budgets were taken to hold it to demography"),
                growth("home_care", (-0.010, 0.010), "judged", "budgets were taken to hold it to demography"))

    for component, ends, source, note in (
            ("pay", (-0.005, 0.010), "judged", "the assumptions hold the pay cap: it is likelier to give than to "
             "tighten"),
            ("drugs", (-0.015, 0.015), "judged", "the published series itself moves by one point from year to year"),
            ("capital", (-0.010, 0.010), "judged", "no range was found"),
            ("other", (-0.010, 0.010), "judged", "clinical negligence within it moves more than prices"),
            ("general", deflator, "deflator_spread", "five-year means of the GDP deflator's growth since 1992/93"),
            ("care", (-0.015, 0.010), "judged", "3.5% is assumed: from prices in general (2%) to the National Living "
             "Wage (4.5%)")):
        yield uncertain(f"inflation_{component}", "inflation", "rate", f"component={component}", "add", ends, source,
                        note)

    yield uncertain("tariff_uplift", "tariff", "uplift", "", "add", (-0.005, 0.008), "judged",
                    "set on expected prices; moves gap between buyers and trusts, not England's")
    yield uncertain("tariff_efficiency", "tariff", "efficiency", "", "value", (0.015, 0.02, 0.03), "judged",
                    "2% is set; the Five Year Forward View counts on 2 to 3%; moves gap between buyers and trusts",
                    distribution="triangular", path="yearly")
    yield uncertain("population", "population", "persons", "", "factor", around_one(population), "population_error",
                    "a year's step on top of the last: the projection made in 2016 against the estimate of mid-2020",
                    path="walk")
    yield uncertain("population_oldest", "population", "persons", "age=85", "factor", around_one(oldest),
                    "population_error", "as population, for 85 and over, on top of it", path="walk")

    yield from delivery()
    yield uncertain("replacement_amount", "activity_effect", "substitution", "", "factor", (0.75, 1, 1.5), "judged",
                    "care put in the place of hospital care may find need that was not met: more likely more than less",
                    distribution="triangular")
    yield uncertain("unit_cost_urgent_appointment", "activity_effect", "unit_cost", "to_service=urgent_appointment",
                    "factor", (0.6, 1, 1.5), "judged", "a general practice appointment to most of an A&E attendance",
                    distribution="triangular")
    yield uncertain("unit_cost_home_episode", "activity_effect", "unit_cost", "to_service=home_episode", "factor",
                    (1, 0.2), "judged", "services in the national audit differ widely; the mean is published",
                    distribution="lognormal")
    yield uncertain("unit_cost_community_clinic", "activity_effect", "unit_cost", "to_service=community_clinic",
                    "factor", (0.6, 1, 1.2), "judged", "the hospital's cost stands here, for no lower was found",
                    distribution="triangular")
    for kind, note in (("recurrent", "operating costs of public building projects came out 41% above estimates"),
                       ("transition", "double running lasts as long as care takes to build up")):
        yield uncertain(f"scheme_cost_{kind}", "scheme_cost", "amount", f"kind={kind}", "factor", (0.8, 1, 1.8),
                        "judged", note, distribution="triangular")

    # The highest values of the two shares sum to one.
    for name, column, ends, note in (
            ("released_at_once", "variable_share", (0.15, 0.30, 0.45), "no published split of cost was found"),
            ("released_later", "semi_fixed_share", (0.30, 0.45, 0.55), "no published split of cost was found")):
        yield uncertain(name, "service", column, "setting=acute", "value", ends, "judged", note,
                        distribution="triangular")

    for year, ends in ((2019, (0.99, 1.02)), (2020, (0.985, 1.03))):
        yield uncertain(f"funding_ccg_{year}", "funding", "amount", f"stream=ccg_allocation;year={year}", "factor",
                        ends, "judged", "allocations after 2018/19 are indicative; health spending of 2019/20 came out "
                        "3% above the plan of 2015, in part because plans had fallen short")
    yield uncertain("funding_council_2020", "funding", "amount", "stream=adult_social_care;year=2020", "factor",
                    (0.94, 1.06), "judged", "1.2% a year either side of flat cash")
    yield uncertain("funding_better_care_2020", "funding", "amount", "stream=improved_better_care_fund;year=2020",
                    "factor", (0.5, 1, 1.5), "judged", "held after its last published year: it may end or grow",
                    distribution="triangular")

    yield uncertain("trend_waiting", "indicator_trend", "change", "indicator=rtt_18_weeks", "add", waiting_ends,
                    "indicator_spread", "the spread of a five-year mean, from the yearly changes since 2012/13")
    yield uncertain("trend_four_hours", "indicator_trend", "change", "indicator=ae_four_hours", "add", four_hours_ends,
                    "indicator_spread", "the spread of a five-year mean, from the yearly changes since 2012/13")
    yield uncertain("trend_mortality", "mortality_trend", "rate", "", "add", (-0.015, 0.005), "judged",
                    "from the fall of the ten years before, over 2% a year, to none")


def delivery():
    """The share of what is planned that comes about; the plan's sizes are those of full delivery."""
    # Against 2.9% growth a year, the vanguards' half to two thirds of it comes to 43 to 28% of the mean planned
    # reduction of emergency admissions after five years.
    for name, service, mean, note in (
            ("urgent_access", "ae", 0.45, "vanguards forecast growth of 4% in four years, a third of England's: 45% of "
             "the planned reduction"),
            ("admission_avoidance", "non_elective", 0.40, "vanguards' admissions grew at half to two thirds of the "
             "rate elsewhere; the Better Care Fund's planned cut of 106,000 became a rise of 87,000")):
        yield uncertain(f"delivery_{name}", "activity_effect", "reduction", f"service={service}", "factor", (mean, 0.2),
                        "delivery_evidence", note, distribution="beta")
    yield uncertain("delivery_planned_care", "activity_effect", "reduction", "to_service=community_clinic", "factor",
                    (0.4, 0.2), "delivery_evidence", "vanguards forecast growth of a quarter in outpatients and "
                    "electives; planned reductions are as large as those of emergencies", distribution="beta")
    yield uncertain("delivery_productivity", "efficiency_effect", "saving", "", "factor", (0.25, 1),
                    "delivery_evidence", "0.5 to 2% a year: the NHS made 1.2% from 2009/10 to 2015/16 and no more than "
                    "1.6% over any government, acute hospitals 0.1%")
    yield uncertain("delivery_prevention", "prevention_effect", "reduction", "", "factor", (0.5, 1.2),
                    "delivery_evidence", "the services have been as large before; those who come now may stop less "
                    "readily")
    yield uncertain("delivery_waiting_times", "indicator_effect", "change", "indicator=rtt_18_weeks", "factor",
                    (0.4, 0.25), "delivery_evidence", "the standard stood, and waits within it fell by five points in "
                    "three years", distribution="beta")
    yield uncertain("delivery_home_sooner", "indicator_effect", "change", "indicator=delayed_transfers", "factor",
                    (0.4, 0.25), "delivery_evidence", "the Better Care Fund's planned cut of 293,000 days became a "
                    "rise of 185,000", distribution="beta")


DELIVERY_BY_THE_NHS = ("delivery_urgent_access", "delivery_admission_avoidance", "delivery_planned_care",
                       "delivery_productivity", "delivery_waiting_times", "delivery_home_sooner")

# Wages and prices in general stand behind all the components; the tariff is uplifted for them.
PRICES_TOGETHER = [
    ("inflation_pay", "inflation_general", 0.5), ("inflation_pay", "inflation_care", 0.5),
    ("inflation_pay", "inflation_other", 0.3), ("inflation_pay", "tariff_uplift", 0.7),
    ("inflation_general", "inflation_other", 0.6), ("inflation_general", "inflation_care", 0.4),
    ("inflation_general", "inflation_capital", 0.3), ("inflation_general", "inflation_drugs", 0.2),
    ("inflation_general", "tariff_uplift", 0.5), ("inflation_other", "tariff_uplift", 0.4),
]


def correlations():
    """(a, b, rho, source, note)."""
    yield ("growth_ae", "growth_emergency", attendances_with_admissions(), "growth_together",
           "monthly attendances and admissions through A&E against the year before, England, 2017/18 and 2018/19")
    for a, b in combinations(("growth_elective", "growth_day_case", "growth_outpatient"), 2):
        yield a, b, 0.5, "judged", "both follow referrals"
    yield "growth_residential_care", "growth_home_care", 0.5, "judged", "both follow need for care"
    for a, b, rho in PRICES_TOGETHER:
        yield a, b, rho, "judged", "wages and prices in general"
    yield "inflation_pay", "funding_ccg_2019", 0.4, "judged", "settlements in pay were funded in part"
    yield "inflation_pay", "funding_ccg_2020", 0.4, "judged", "settlements in pay were funded in part"
    yield "funding_ccg_2019", "funding_ccg_2020", 0.9, "judged", "one settlement"
    for a, b in combinations(DELIVERY_BY_THE_NHS, 2):
        one_workstream = (a, b) == DELIVERY_BY_THE_NHS[:2]
        yield (a, b, DELIVERY_OF_ONE_WORKSTREAM if one_workstream else DELIVERY_TOGETHER, "judged",
               "one workstream" if one_workstream else "the same management capacity")
    yield "scheme_cost_recurrent", "scheme_cost_transition", 0.5, "judged", "the same estimates"
    for a, b in combinations(("unit_cost_urgent_appointment", "unit_cost_home_episode", "unit_cost_community_clinic"),
                             2):
        yield a, b, 0.5, "judged", "the same staff outside hospital"


def uncertain(name, table, column, select, mode, numbers, source, note, distribution="interval80", path="constant"):
    return {"parameter": name, "table": table, "column": column, "select": select, "mode": mode,
            "distribution": distribution, "path": path, "source": source, "note": note,
            **{f"p{k}": number for k, number in enumerate(numbers, 1)}}


def growth(service, ends, source, note, name=None):
    name = name or (f"growth_{service}" if service else "growth")
    select = f"service={service}" if service else ""
    return uncertain(name, "activity_growth", "rate", select, "add", ends, source, note)


def interval(deviation):
    return -END_OF_80 * deviation, END_OF_80 * deviation


def around_one(deviation):
    return tuple(1 + end for end in interval(deviation))


def spread_of_mean(changes):
    """Standard deviation of the mean of the years ahead about the mean of the yearly changes seen."""
    return stdev(changes) * sqrt(1 / YEARS_AHEAD + 1 / len(changes))


def attendances():
    """Yearly growth of all A&E attendances of England over the months that every year has."""
    table = read("activity/ae_attendances_by_provider_month_2015_2021.csv")
    counts = [sum(table.total[table.date.str[:7].isin(months(year))]) for year in AE_YEARS]
    return [after / before - 1 for before, after in zip(counts, counts[1:])]


def months(year):
    return [f"{year + (month < '04')}-{month}" for month in AE_MONTHS]


def attendances_with_admissions():
    """Correlation of growth on the same month a year before: attendances, and admissions through A&E."""
    table = read("activity/ae_attendances_nhsrdatasets_2016_2019.csv")
    by_month = table.groupby("period")[["attendances", "admissions"]].sum().sort_index()
    grown = by_month / by_month.shift(12)
    grown = grown.dropna()
    return round(correlation(list(grown.attendances), list(grown.admissions)), 2)


def waiting():
    """Yearly change of trusts' patients waiting no longer than 18 weeks, in percentage points."""
    table = read("providers/RTT.csv").groupby("YEAR")[["N_18_WEEKS", "N_TOTAL"]].sum().sort_index()
    return list((100 * table.N_18_WEEKS / table.N_TOTAL).diff().dropna())


def four_hours():
    """Yearly change of the mean trust's A&E performance, in percentage points."""
    return list((100 * read("providers/AE.csv").groupby("YEAR").AE_SCORE.mean().sort_index()).diff().dropna())


def deflator_spread():
    """Standard deviation of five-year means of the GDP deflator's growth, up to the base year."""
    table = read("finance/gdp_deflator_hmt_dec2023.csv").set_index("financial_year").index_2022_23_100.astype(float)
    index = {int(label[:4]): value for label, value in table.items() if value == value}
    return stdev((index[year] / index[year - YEARS_AHEAD]) ** (1 / YEARS_AHEAD)
                 for year in range(DEFLATOR_FROM + YEARS_AHEAD, BASE_YEAR + 1))


def population_errors():
    """Standard deviations of a year's step, for all ages and for 85 and over beyond all ages.

    The projection's error after four years, as if it were one standard deviation of four independent steps.
    """
    years = 4
    bands = resident_bands().values()
    ages = next(iter(bands)).keys()
    estimated = {age: sum(footprint[age][2016 + years] for footprint in bands) for age in ages}
    table = read("population/england_npp2016_principal_by_age_sex_2018_2035.csv")
    table = table[table.year == 2016 + years]
    projected_all = table.population.sum()
    projected_oldest = table.population[table.age.astype(str).str.extract(r"(\d+)")[0].astype(int) >= 85].sum()
    every_age = projected_all / sum(estimated.values()) - 1
    oldest = projected_oldest / estimated[85] - 1 - every_age
    return abs(every_age) / sqrt(years), abs(oldest) / sqrt(years)
