"""Prices, tariff, the deflator and growth in activity."""

from .plan import BASE_YEAR, END_YEAR, LATER_YEARS, YEARS
from .population import england
from .sources import read

COMPONENTS = {
    "pay": "Pay and pensions", "drugs": "Drugs", "capital": "Capital costs",
    "other": "Other operating costs (CNST 1.46 within share)",
}

# Home-care and care-home prices: about two thirds pay, rising with the National Living Wage by more than 4% a year,
# the rest with prices in general.
CARE_PRICE_GROWTH = 0.035

# The published deflator for 2020/21 (5.45%) is an artefact of measuring output in the pandemic.
DEFLATOR_2020 = 0.02

# Services whose costs are not those of the trusts' published mix. Prescribed medicines follow general prices: the
# published drugs series is of hospital drugs.
SINGLE_COMPONENT = {
    "prescribing": "general", "public_health": "general", "continuing_care": "care", "residential_care": "care",
    "home_care": "care", "care_management": "care",
}

# Growth of activity a year, demographic and other together (Nuffield Trust, Feeling the crunch, 2016).
NHS_GROWTH = 0.031
SECONDARY_GROWTH = 0.029
SECONDARY_CARE = ("ae", "non_elective", "other_non_elective", "elective", "day_case", "outpatient", "specialised")
NHS_CARE = ("mental_health", "community", "ambulance", "general_practice", "high_street", "prescribing",
            "continuing_care", "other_nhs")

# Councils provide for those eligible within a budget: no growth beyond demography.
COUNCIL_CARE = ("residential_care", "home_care", "care_management", "public_health")


def add_to(plan, persons, weights):
    """Adds price and growth tables; returns England's yearly demographic growth by service."""
    table = read("published/nhsi_economic_assumptions.csv").set_index("element")
    for component, element in COMPONENTS.items():
        for year in LATER_YEARS:
            plan.add("inflation", component=component, year=year, rate=table.loc[element, label(year)] / 100,
                     source="prices")
    deflator = deflator_index()
    for year in LATER_YEARS:
        plan.add("inflation", component="general", year=year, rate=deflator[year] / deflator[year - 1] - 1,
                 **deflator_source(year))
    plan.add("inflation", component="care", rate=CARE_PRICE_GROWTH, source="care_prices")
    for component, element in COMPONENTS.items():
        plan.add("cost_mix", component=component, share=table.loc[element, "2016/17 share of cost base %"] / 100,
                 source="prices")
    for service, component in SINGLE_COMPONENT.items():
        plan.add("cost_mix", service=service, component=component, share=1.0, source="judgement")
    for year in LATER_YEARS:
        plan.add("tariff", year=year, uplift=table.loc["Overall (printed)", label(year)] / 100,
                 efficiency=table.loc["Efficiency factor", label(year)] / 100, source="prices")
    for year in YEARS:
        plan.add("deflator", year=year, index=deflator[year], **deflator_source(year))
    return add_growth(plan, persons, weights)


def add_growth(plan, persons, weights):
    demographic = {}
    for service in (*SECONDARY_CARE, *NHS_CARE):
        total = SECONDARY_GROWTH if service in SECONDARY_CARE else NHS_GROWTH
        demographic[service] = demographic_growth(persons, weights.get(service) or weights[""])
        plan.add("activity_growth", service=service, rate=(1 + total) / (1 + demographic[service]) - 1,
                 source="growth")
    for service in COUNCIL_CARE:
        demographic[service] = demographic_growth(persons, weights[service])
        plan.add("activity_growth", service=service, rate=0, source="judgement")
    return demographic


def demographic_growth(persons, weight):
    """Yearly growth of England's weighted population over the plan's years."""
    first, last = england(persons), england(persons, END_YEAR)
    factor = sum(weight[band] * last[band] for band in weight) / sum(weight[band] * first[band] for band in weight)
    return factor ** (1 / (END_YEAR - BASE_YEAR)) - 1


def label(year):
    """A financial year as the published tables print it."""
    return f"{year}/{(year + 1) % 100:02}"


def pay_share():
    """The part of trusts' cost that is pay."""
    table = read("published/nhsi_economic_assumptions.csv").set_index("element")
    return table.loc[COMPONENTS["pay"], "2016/17 share of cost base %"] / 100


def published_deflator(year):
    table = read("finance/gdp_deflator_hmt_dec2023.csv").set_index("financial_year").index_2022_23_100
    return float(table[label(year)])


def deflator_index():
    index = {year: published_deflator(year) for year in range(BASE_YEAR, END_YEAR)}
    index[END_YEAR] = round(index[END_YEAR - 1] * (1 + DEFLATOR_2020), 3)
    return index


def deflator_source(year):
    if year < END_YEAR:
        return {"source": "deflator"}
    return {"source": "deflator", "status": "assumed", "note": "2%, not the pandemic's 5.45%"}
