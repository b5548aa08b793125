"""Services: settings, units, behaviour of cost, and relative use by age and sex."""

from .activity import ADMITTED
from .population import AGES, SEXES, england
from .sources import read

# No published split of fixed, semi-fixed and variable cost was found: these are assumptions. Drugs, consumables and
# temporary staff vary at once; wards and permanent staff follow two years later; estate and overheads stay.
VARIABLE_SHARE = 0.30
SEMI_FIXED_SHARE = 0.45
SEMI_FIXED_LAG = 2

# As the model counts beds.
DAYS_A_YEAR = 365

# Occupancy above which acute wards stop running well: the usual planning limit.
TARGET_OCCUPANCY = 0.85

# service, name, setting, unit
IN_TRUSTS = [
    ("ae", "A&E attendance", "acute", "attendance"),
    ("non_elective", "Emergency admission", "acute", "admission"),
    ("other_non_elective", "Other non-elective admission: maternity, birth and transfer", "acute", "admission"),
    ("elective", "Overnight elective admission", "acute", "admission"),
    ("day_case", "Day case", "acute", "admission"),
    ("outpatient", "Outpatient attendance", "acute", "attendance"),
    ("mental_health", "Mental health and learning disability", "mental_health", "cost only"),
    ("community", "Community health services", "community", "cost only"),
    ("ambulance", "Ambulance services", "ambulance", "cost only"),
    ("specialised", "Specialised services", "specialised", "cost only"),
]
OUTSIDE_TRUSTS = [
    ("general_practice", "General practice", "primary", "cost only"),
    ("high_street", "Dental, pharmacy and eye care, and other direct commissioning", "primary", "cost only"),
    ("prescribing", "Prescribing in primary care", "prescribing", "cost only"),
    ("continuing_care", "Continuing healthcare", "continuing", "cost only"),
    ("other_nhs", "Other NHS care bought by CCGs, and running costs", "other", "cost only"),
    ("residential_care", "Residential and nursing care", "social", "cost only"),
    ("home_care", "Home care, direct payments and community-based care", "social", "cost only"),
    ("care_management", "Assessment, care management and other adult social care", "social", "cost only"),
    ("public_health", "Public health", "prevention", "cost only"),
]
# Care that scenarios put in the place of hospital care; nothing of it is counted in do nothing.
IN_PLACE_OF_HOSPITAL = [
    ("urgent_appointment", "Urgent appointment in primary care in place of A&E", "primary", "appointment"),
    ("community_clinic", "Community clinic appointment in place of hospital care", "community", "appointment"),
    ("home_episode", "Episode of intermediate care at home in place of admission", "community", "episode"),
]
OVERNIGHT = ("non_elective", "other_non_elective", "elective")

# Which column of spending per head stands for each service; the mean of all is the profile of those not named.
SPENDING_COLUMNS = {
    "inpatient_total_gbp": ADMITTED,
    "outpatient_total_gbp": ("outpatient",),
    "gp_pharma_total_gbp": ("general_practice", "prescribing"),
}

# No profile by age was found for these: use per head.
PER_HEAD = ("ae", "mental_health", "public_health")

# Within 65 and over, need for care rises about threefold with each ten years.
CARE_AFTER_65 = {65: 1, 75: 3, 85: 9}

# Seven of the ten years of the band 15 to 24 are adult.
ADULTS_OF_15_TO_24 = 0.7
CARE_AGES_UNDER_65 = {15: ADULTS_OF_15_TO_24, 25: 1, 35: 1, 45: 1, 55: 1}


def age_weights(persons, care_spending):
    """Weights by service (blank: every other), sex and age, in £ per head or persons."""
    table = read("costs/nhs_spend_per_head_by_age_sex_imd_2011_2014_asaria.csv")
    table = table[(table.financial_year == "2014/15") & table.sex.isin(["Female", "Male"])]
    table = table.dropna(subset=["population"])
    table["band"] = [max(age for age in AGES if age <= single) for single in table.age]
    bands = table.groupby(["sex", "band"]).sum(numeric_only=True)
    weights = {"": {}}
    for sex in SEXES:
        for age in AGES:
            band = bands.loc[sex.capitalize(), age]
            weights[""][sex, age] = round(band[list(SPENDING_COLUMNS)].sum() / band.population, 2)
            for column, services in SPENDING_COLUMNS.items():
                for service in services:
                    weights.setdefault(service, {})[sex, age] = round(band[column] / band.population, 2)
            for service in PER_HEAD:
                weights.setdefault(service, {})[sex, age] = 1
    for service in care_spending.by_age:
        weights[service] = care_weights(england(persons), *care_spending.by_age[service])
    weights["continuing_care"] = weights["residential_care"]
    return weights


def care_weights(population, under_65, over_65):
    """Spending per head by age, the same for both sexes, from council spending under and over 65 (£)."""
    def per_unit(spending, relative):
        return spending / sum(relative[age] * population[sex, age] for sex in SEXES for age in relative)

    younger = per_unit(under_65, CARE_AGES_UNDER_65)
    older = per_unit(over_65, CARE_AFTER_65)
    return {(sex, age): round(younger * CARE_AGES_UNDER_65.get(age, 0) + older * CARE_AFTER_65.get(age, 0), 2)
            for sex in SEXES for age in AGES}


def length_of_stay(providers, hospital):
    """Days at which overnight admissions to acute trusts fill the beds they had occupied.

    One stay for all of them: the bed count does not tell them apart.
    """
    acute = [code for code, trust in providers.items() if trust.acute]
    bed_days = DAYS_A_YEAR * sum(providers[code].occupied_beds for code in acute)
    return round(bed_days / sum(getattr(hospital[code], service) for code in acute for service in OVERNIGHT), 2)


def add_to(plan, weights, providers, hospital):
    stay = length_of_stay(providers, hospital)
    for service, name, setting, unit in IN_TRUSTS:
        bed = {"length_of_stay": stay, "target_occupancy": TARGET_OCCUPANCY} if service in OVERNIGHT else {}
        plan.add("service", service=service, name=name, setting=setting, unit=unit, **bed,
                 variable_share=VARIABLE_SHARE, semi_fixed_share=SEMI_FIXED_SHARE, semi_fixed_lag=SEMI_FIXED_LAG,
                 source="stay" if bed else "judgement", status="assumed" if bed else None)
    for service, name, setting, unit in OUTSIDE_TRUSTS + IN_PLACE_OF_HOSPITAL:
        plan.add("service", service=service, name=name, setting=setting, unit=unit, source="judgement")
    for service, bands in weights.items():
        for (sex, age), weight in bands.items():
            plan.add("age_weight", service=service, sex=sex, age=age, weight=weight, source=weight_source(service))


def weight_source(service):
    if service in PER_HEAD:
        return "judgement"
    if service in ("residential_care", "home_care", "care_management", "continuing_care"):
        return "care_per_head"
    return "spend_per_head"
