"""Deaths, health and inequality by footprint: what the health and wellbeing gap is measured from.

No deaths by age were found for a footprint. The death rates of the United Kingdom by single year of age are multiplied,
for each footprint and sex, by the one factor at which the life table gives the published expectancy of life.
"""

import math

import numpy

from .population import SEXES
from .plan import BASE_YEAR
from .sources import read

# First years of the life table's bands; the last is open.
BANDS = (0, 1, *range(5, 95, 5))
OLDEST = BANDS[-1]
RESIDENT_BAND = {0: "0-4", 1: "0-4", **{age: f"{age}-{age + 4}" for age in range(5, OLDEST, 5)}, OLDEST: "90+"}

# Years of the first band lived by those who die in it, and of any other, as shares.
LIVED_FIRST, LIVED = 0.1, 0.5

# The rates that give the schedule its shape: the years of 2015 to 2017 that the source has.
SCHEDULE_YEARS = (2015, 2016)

# Ages at which the national projection weights single years within a band; it ends at 105.
LAST_AGE = 105
PROJECTION_YEAR = 2018
PROJECTION_SEXES = {"male": 1, "female": 2}

# Councils of 2017 that the published figures, on the councils of 2023, give under a successor; the
# smaller successor first, for it is the nearer.
SUCCESSORS = {
    "E07000244": ["E07000205", "E07000206"],
    "E07000245": ["E07000201", "E07000204"],
    "E07000246": ["E07000190", "E07000191"],
    "E06000058": ["E06000028", "E06000029", "E07000048"],
    "E06000059": [f"E070000{n}" for n in range(49, 54)],
    "E06000060": [f"E0700000{n}" for n in range(4, 8)],
    "E06000061": ["E07000150", "E07000152", "E07000153", "E07000156"],
    "E06000062": ["E07000151", "E07000154", "E07000155"],
    "E06000063": ["E07000026", "E07000028", "E07000029"],
    "E06000064": ["E07000027", "E07000030", "E07000031"],
    "E06000065": [f"E07000{n}" for n in range(163, 170)],
    "E06000066": [f"E07000{n}" for n in range(187, 192)],
}

# Too few people for a figure of their own: the neighbour they are published with elsewhere.
NEIGHBOURS = {"E06000053": "E06000052", "E09000001": "E09000012"}

# Below this share of residents whose council has a published healthy life expectancy, a footprint's is estimated.
MOSTLY_PUBLISHED = 0.9

# The tenths' counts are of three years.
YEARS_OF_TENTHS = 3
TENTH_SEXES = {1: "male", 2: "female"}


def add_to(plan):
    residents = residents_by_district()
    persons = residents_by_band()
    schedule = death_rates_by_band()
    expectancy = {sex: district_values("outcomes/life_expectancy.csv", sex) for sex in SEXES}
    good_health = GoodHealth(residents, expectancy)
    for footprint in sorted(residents):
        for sex in SEXES:
            target = footprint_mean(residents[footprint], expectancy[sex])
            factor = factor_for(target, schedule[sex])
            rates = [round_to_six(factor * rate) for rate in schedule[sex]]
            shares, published = good_health.shares(footprint, sex, rates)
            for age, rate, share in zip(BANDS, rates, shares):
                count = round(persons[footprint, sex, age])
                plan.add("mortality", footprint=footprint, year=BASE_YEAR, sex=sex, age=age, population=count,
                         deaths=count * rate, good_health=share,
                         source="mortality" if published else "mortality_health_estimated")
    for sex, rate in trend_by_sex().items():
        plan.add("mortality_trend", sex=sex, rate=rate, source="mortality_trend")
    add_deprivation(plan)


def residents_by_district():
    """Residents by footprint and council of 2017, mid-2017."""
    found = {}
    for row in read("population/lad17_by_stp17_population_mid2017_5yr_age.csv").itertuples():
        found.setdefault(row.STP17CD, {})[row.LAD17CD] = int(row.total)
    return found


def residents_by_band():
    """Residents by footprint, sex and band at 30 June of the base year.

    The estimate of mid-2017 moved back by its growth to 2019; the sexes, and the first year of life, as in the
    national projection.
    """
    projected = projection()
    table = read("population/stp17_population_mid2017_2019_2020_5yr_age.csv").set_index(["STP17CD", "year"])
    found = {}
    for footprint in sorted(set(table.index.get_level_values(0))):
        for age in BANDS:
            column = RESIDENT_BAND[age]
            first, later = (float(table.loc[(footprint, year), column]) for year in (2017, 2019))
            count = first * (first / later) ** ((2017 - BASE_YEAR) / 2)
            whole = sum(projected[sex, single] for sex in SEXES for single in ages_of_column(age))
            for sex in SEXES:
                part = sum(projected[sex, single] for single in ages_of(age))
                found[footprint, sex, age] = count * part / whole
    return found


def projection():
    """England's projected population by sex and single year of age."""
    table = read("population/england_npp2016_principal_by_age_sex_2018_2035.csv")
    table = table[table.year == PROJECTION_YEAR].set_index(["sex", "age"]).population
    return {(sex, age): float(table[code, age]) for sex, code in PROJECTION_SEXES.items()
            for age in range(LAST_AGE + 1)}


def ages_of(band):
    """Single years of age in a band."""
    later = [age for age in BANDS if age > band]
    return range(band, later[0] if later else LAST_AGE + 1)


def ages_of_column(band):
    """Single years of age in the column that holds a band: infants share theirs with ages 1 to 4."""
    return range(5) if band < 5 else ages_of(band)


def death_rates_by_age():
    """Death rates of the United Kingdom by year, sex and single year of age."""
    table = read("outcomes/uk_death_rates_by_age_sex_2011_2016.csv")
    table = table[table.Age != "110+"]
    return {(int(row.Year), sex, int(row.Age)): float(getattr(row, sex.capitalize()))
            for row in table.itertuples() for sex in SEXES}


def death_rates_by_band():
    """The schedule: rates by sex, band by band, single years weighted by England's projected population."""
    rates, weights = death_rates_by_age(), projection()
    return {sex: [sum(weights[sex, age] * rates[year, sex, age] for age in ages_of(band) for year in SCHEDULE_YEARS)
                  / len(SCHEDULE_YEARS) / sum(weights[sex, age] for age in ages_of(band)) for band in BANDS]
            for sex in SEXES}


def person_years(rates):
    """Years lived in each band by one newborn under these death rates: an abridged period life table."""
    alive, lived = 1.0, []
    for band, rate in zip(BANDS, rates):
        if band == OLDEST:
            lived.append(alive / rate)
            break
        width = BANDS[BANDS.index(band) + 1] - band
        share = LIVED_FIRST if band == 0 else LIVED
        dying = min(1.0, width * rate / (1 + width * rate * (1 - share)))
        lived.append(width * (alive * (1 - dying) + share * alive * dying))
        alive *= 1 - dying
    return lived


def life_expectancy(rates):
    return sum(person_years(rates))


def factor_for(target, rates):
    """The factor on death rates at which life expectancy at birth is the target."""
    low, high = 0.2, 5.0
    for _ in range(60):
        middle = (low + high) / 2
        if life_expectancy([middle * rate for rate in rates]) > target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def round_to_six(value):
    """Six figures: machines whose powers differ in the last bit give the same plan."""
    return float(f"{value:.6g}")


def published_values(file, sex):
    """Published values by council, of the councils of 2023; those without one left out."""
    table = read(file).dropna(subset=["value"])
    table = table[table.sex == sex.capitalize()]
    return dict(zip(table.area_code, table.value))


def district_values(file, sex):
    """The same by district of 2017, each district as its council of 2023 where that is the published one."""
    values = published_values(file, sex)
    for successor, districts in SUCCESSORS.items():
        if successor in values:
            values |= {district: values.get(district, values[successor]) for district in districts}
    return values | {place: values[neighbour] for place, neighbour in NEIGHBOURS.items()}


def footprint_mean(residents, values):
    """Mean over a footprint's residents of their districts' values."""
    return (sum(count * values[district] for district, count in residents.items())
            / sum(residents.values()))


class GoodHealth:
    """Shares in good health by age: one profile, moved on the log-odds scale to the published expectancy."""

    def __init__(self, residents, expectancy):
        profile = read("outcomes/good_health_by_age_uk.csv")
        self.log_odds = [math.log(share / (1 - share)) for share in profile.good_health]
        self.residents = residents
        self.expectancy = expectancy
        self.published = {sex: district_values("outcomes/healthy_life_expectancy.csv", sex) for sex in SEXES}
        self.line = {sex: self.fit(sex) for sex in SEXES}

    def fit(self, sex):
        """Healthy life expectancy on life expectancy across the councils with both: intercept and slope."""
        healthy = published_values("outcomes/healthy_life_expectancy.csv", sex)
        whole = published_values("outcomes/life_expectancy.csv", sex)
        both = sorted(code for code in healthy if code in whole and not code.startswith("E92"))
        slope, intercept = numpy.polyfit([whole[code] for code in both], [healthy[code] for code in both], 1)
        return float(intercept), float(slope)

    def shares(self, footprint, sex, rates):
        """The shares by band, and whether they rest mostly on published figures.

        County councils have no published figure here: theirs is that of councils with the same life expectancy.
        """
        people = self.residents[footprint]
        intercept, slope = self.line[sex]
        values = {district: self.published[sex].get(district, intercept + slope * self.expectancy[sex][district])
                  for district in people}
        covered = sum(count for district, count in people.items() if district in self.published[sex])
        target = footprint_mean(people, values)
        lived = person_years(rates)
        low, high = -3.0, 3.0
        for _ in range(60):
            middle = (low + high) / 2
            healthy = sum(years * share for years, share in zip(lived, self.moved(middle)))
            if healthy < target:
                low = middle
            else:
                high = middle
        return self.moved((low + high) / 2), covered / sum(people.values()) >= MOSTLY_PUBLISHED

    def moved(self, distance):
        return [1 / (1 + math.exp(-odds - distance)) for odds in self.log_odds]


def trend_by_sex():
    """Yearly change of death rates at fixed ages: the line through the logs of six years, people as projected."""
    rates, weights = death_rates_by_age(), projection()
    years = sorted({year for year, _, _ in rates})
    trend = {}
    for sex in SEXES:
        level = [sum(weights[sex, age] * rates[year, sex, age] for age in range(LAST_AGE + 1)) for year in years]
        slope, _ = numpy.polyfit(years, [math.log(value) for value in level], 1)
        trend[sex] = math.expm1(float(slope))
    return trend


def council_shares(plan):
    """Shares of councils over footprints, as the plan has them."""
    councils = {row["organisation"] for row in plan.tables["organisation"] if row["kind"] == "council"}
    shares = {}
    for row in plan.tables["membership"]:
        if row["organisation"] in councils:
            shares.setdefault(row["organisation"], {})[row["footprint"]] = row["share"]
    return shares


def add_deprivation(plan):
    """Life expectancy by deprivation tenth: a footprint's tenth is that tenth of each of its councils, pooled."""
    table = read("outcomes/life_expectancy_by_area_decile_sex_phe.csv").set_index("area_code")
    pooled = {}
    for council, shares in council_shares(plan).items():
        if council not in table.index:
            continue
        for row in table.loc[council].itertuples():
            for footprint, share in shares.items():
                people = row.population / YEARS_OF_TENTHS * share
                key = footprint, TENTH_SEXES[row.sex_1_male], int(row.decile_1_most_deprived)
                count, total, variance = pooled.get(key, (0.0, 0.0, 0.0))
                pooled[key] = (count + people, total + people * row.life_expectancy,
                               variance + (people * row.standard_error) ** 2)
    for (footprint, sex, tenth), (count, total, variance) in sorted(pooled.items()):
        plan.add("deprivation", footprint=footprint, measure=f"life_expectancy_{sex}", quantile=tenth,
                 population=count, value=total / count, standard_error=math.sqrt(variance) / count,
                 source="deprivation")
