"""Population by footprint, sex and ten age bands at 30 June of each year."""

from .plan import BASE_YEAR, YEARS
from .sources import read

SEXES = ("female", "male")
AGES = (0, 5, 15, 25, 35, 45, 55, 65, 75, 85)

# The registered count is of January to March 2016; its middle, in years.
REGISTERED_AT = 2016.125

REGISTERED_BANDS = {0: "0-4", 5: "5-14", 15: "15-24", 25: "25-34", 35: "35-44", 45: "45-54", 55: "55-64", 65: "65-74"}
OLDEST_REGISTERED = "75+"
RESIDENT_BANDS = {
    0: ["0-4"], 5: ["5-9", "10-14"], 15: ["15-19", "20-24"], 25: ["25-29", "30-34"], 35: ["35-39", "40-44"],
    45: ["45-49", "50-54"], 55: ["55-59", "60-64"], 65: ["65-69", "70-74"], 75: ["75-79", "80-84"],
    85: ["85-89", "90+"],
}

# Two of the five years of the band 15 to 19 are adult.
ADULTS_OF_15_TO_19 = 0.4


def add_to(plan, footprints):
    """Adds the population and returns it as persons[footprint, year, sex, age].

    The registered population gives the level and the split by sex, the resident population the growth of each band:
    the estimates of mid-2017, 2019 and 2020, with 2018 between its neighbours and the years before 2017 at the
    growth of 2017 to 2019.
    """
    registered = read("population/stp17_registered_pop_by_age_sex_2016q1.csv").set_index("STP17CD")
    resident = resident_bands()
    oldest_by_sex = oldest_shares_by_sex()
    persons = {}
    for footprint in footprints:
        for sex in SEXES:
            oldest = oldest_share(resident[footprint]) * oldest_by_sex[sex]
            for age in AGES:
                level = start_level(registered.loc[footprint], sex, age, oldest)
                for year in YEARS:
                    persons[footprint, year, sex, age] = round(level * growth(resident[footprint][age], year))
    for footprint in footprints:
        for year in YEARS:
            for sex in SEXES:
                for age in AGES:
                    plan.add("population", footprint=footprint, year=year, sex=sex, age=age,
                             persons=persons[footprint, year, sex, age], source="registered")
    return persons


def resident_bands():
    """Residents by footprint, band and estimate year."""
    table = read("population/stp17_population_mid2017_2019_2020_5yr_age.csv")
    bands = {}
    for row in table.to_dict("records"):
        for age, columns in RESIDENT_BANDS.items():
            band = bands.setdefault(row["STP17CD"], {}).setdefault(age, {})
            band[row["year"]] = sum(row[column] for column in columns)
    return bands


def residents_where(take):
    """Residents by footprint, mid-2017: the sum over five-year bands of the part that `take` gives of each."""
    table = read("population/stp17_population_mid2017_2019_2020_5yr_age.csv")
    table = table[table.year == 2017]
    bands = [column for column in table.columns if column[0].isdigit()]
    return {row["STP17CD"]: sum(take(int(band.rstrip("+").split("-")[0])) * row[band] for band in bands)
            for row in table.to_dict("records")}


def residents_adult():
    return residents_where(lambda age: ADULTS_OF_15_TO_19 if age == 15 else float(age >= 20))


def growth(residents, year):
    """Residents at 30 June of the year over those at the middle of the registered count."""
    yearly = (residents[2019] / residents[2017]) ** 0.5
    from_count_to_2017 = yearly ** (2017.5 - REGISTERED_AT)
    if year <= 2018:
        return from_count_to_2017 * yearly ** (year - 2017)
    return from_count_to_2017 * residents[year] / residents[2017]


def oldest_share(resident):
    """Those of 85 and over among residents of 75 and over, mid-2017."""
    return resident[85][2017] / (resident[75][2017] + resident[85][2017])


def oldest_shares_by_sex():
    """How much larger or smaller that share is for each sex in England (national projection, 2018)."""
    table = read("population/england_npp2016_principal_by_age_sex_2018_2035.csv")
    table = table[(table.year == 2018) & (table.age >= 75)]
    sexes = {"male": 1, "female": 2}
    both = table[table.age >= 85].population.sum() / table.population.sum()
    return {sex: table[(table.sex == code) & (table.age >= 85)].population.sum()
            / table[table.sex == code].population.sum() / both for sex, code in sexes.items()}


def start_level(registered, sex, age, oldest):
    if age in REGISTERED_BANDS:
        return registered[f"{sex}_{REGISTERED_BANDS[age]}"]
    return registered[f"{sex}_{OLDEST_REGISTERED}"] * (oldest if age == 85 else 1 - oldest)


def england(persons, year=BASE_YEAR):
    """England's persons by sex and age."""
    totals = {}
    for (_, row_year, sex, age), count in persons.items():
        if row_year == year:
            totals[sex, age] = totals.get((sex, age), 0) + count
    return totals
