"""Conditions and risks by footprint, what smoking does to admissions and deaths, and a scheme against it."""

from .health import BANDS
from .places import NHS_ENGLAND
from .plan import BASE_YEAR, END_YEAR, apportion
from .population import AGES, residents_adult
from .prices import deflator_index, published_deflator
from .schemes import PREVENTION_AND_QUALITY, START_YEAR, YEARS_OF_CHANGE
from .sources import read

# Registers of the Quality and Outcomes Framework.
CONDITIONS = {
    "AF": ("atrial_fibrillation", "Atrial fibrillation"),
    "AST": ("asthma", "Asthma"),
    "CAN": ("cancer", "Cancer, diagnosed from April 2003"),
    "CHD": ("coronary_heart_disease", "Coronary heart disease"),
    "CKD": ("chronic_kidney_disease", "Chronic kidney disease, 18 and over"),
    "COPD": ("chronic_obstructive_pulmonary_disease", "Chronic obstructive pulmonary disease"),
    "CVD-PP": ("cardiovascular_risk", "High cardiovascular risk with new hypertension, 30 to 74"),
    "DEM": ("dementia", "Dementia"),
    "DEP": ("depression", "Depression, 18 and over"),
    "DM": ("diabetes", "Diabetes, 17 and over"),
    "EP": ("epilepsy", "Epilepsy, 18 and over"),
    "HF": ("heart_failure", "Heart failure"),
    "HYP": ("hypertension", "Hypertension"),
    "LD": ("learning_disability", "Learning disability"),
    "MH": ("severe_mental_illness", "Schizophrenia, bipolar disorder and other psychoses"),
    "OB": ("obesity", "Obesity, 18 and over"),
    "OST": ("osteoporosis", "Osteoporosis with a fragility fracture, 50 and over"),
    "PAD": ("peripheral_arterial_disease", "Peripheral arterial disease"),
    "PC": ("palliative_care", "Palliative care"),
    "RA": ("rheumatoid_arthritis", "Rheumatoid arthritis, 16 and over"),
    "STIA": ("stroke", "Stroke or transient ischaemic attack"),
}

# A register whose list holds all ages: every prevalence is of everybody registered, so that they compare.
WHOLE_LIST = "AF"

SMOKING = "smoking"

# Adults who smoke, England, 2015.
SMOKERS = 0.169

# Shares of deaths (2015) and admissions (2015/16) at 35 and over due to smoking, England.
DUE_TO_SMOKING = {"mortality": 0.16, "admission": 0.04}
FIRST_AGE_HARMED = 35

# They count the harm to those who have stopped too; of the whole about half falls on current smokers, whose relative
# risks are about twice those of former ones, who are about twice as many.
ON_CURRENT_SMOKERS = 0.5

# Published shares are of all admissions; maternity and transfers are left as they are.
ADMISSIONS_DUE = ("non_elective", "elective", "day_case")

# Years until one who stops is as likely to be admitted or to die as one who does not smoke. Heart and chest admissions
# fall within the year, cancers take ten and more: one year is kind to the scheme.
LAG = 1

STOP_SMOKING = "stop_smoking"

# People who had stopped at four weeks with a stop smoking service: the scheme brings back the difference.
FOUR_WEEK_QUITTERS = {2010: 383_548, 2015: 195_170}

# Of those, the share that still does not smoke after a year (relapse between four weeks and a year: 75%).
LASTING = 0.25

# Spending of services on each four-week quitter, £ (April to December 2019).
COST_OF_QUITTER = 451
COST_OF_QUITTER_YEAR = 2019


def add_to(plan, footprints, groups, councils):
    lists, registers = registers_by_footprint(groups)
    for _, (risk, name) in CONDITIONS.items():
        plan.add("risk", risk=risk, name=name, source="qof")
    plan.add("risk", risk=SMOKING, name="Smoking", source="smoking")
    for footprint in footprints:
        for code, (risk, _) in CONDITIONS.items():
            plan.add("prevalence", footprint=footprint, risk=risk,
                     prevalence=registers[footprint, code] / lists[footprint], source="qof")
        plan.add("prevalence", footprint=footprint, risk=SMOKING, prevalence=SMOKERS, source="smoking",
                 status="assumed")
    for outcome, ages, due in [("mortality", BANDS, "mortality"),
                               *((service, AGES, "admission") for service in ADMISSIONS_DUE)]:
        for age in ages:
            if age >= FIRST_AGE_HARMED:
                plan.add("relative_risk", risk=SMOKING, outcome=outcome, age=age,
                         rr=relative_risk(DUE_TO_SMOKING[due]), lag=LAG, source="smoking_risk")
    add_scheme(plan, councils)


def registers_by_footprint(groups):
    """List size, and people on each register by footprint and condition."""
    table = read("outcomes/qof_prevalence_ccg_2014_15_2015_16.csv")
    lists, registers = {}, {}
    for row in table.itertuples():
        for footprint, share in groups[row.CCG_ODS].footprints.items():
            if row.domain == WHOLE_LIST:
                lists[footprint] = lists.get(footprint, 0.0) + share * row.list_size
            key = footprint, row.domain
            registers[key] = registers.get(key, 0.0) + share * row.register
    return lists, registers


def relative_risk(due):
    """Risk of current smokers over that of others, from the share of the outcome due to smoking."""
    return 1 + ON_CURRENT_SMOKERS * due / (1 - due) / SMOKERS


def more_quitters():
    return FOUR_WEEK_QUITTERS[2010] - FOUR_WEEK_QUITTERS[2015]


def add_scheme(plan, councils):
    """Stop smoking services as large as in 2010/11: each year as many more stop, and councils pay for them."""
    smokers = SMOKERS * sum(residents_adult().values())
    plan.add("scheme", scheme=STOP_SMOKING, name="Stop smoking services as large as in 2010/11",
             workstream="prevention", aim="health", owner=NHS_ENGLAND, source="stop_smoking")
    plan.add("prevention_effect", scheme=STOP_SMOKING, risk=SMOKING,
             reduction=YEARS_OF_CHANGE * more_quitters() * LASTING / smokers, start_year=START_YEAR,
             full_year=END_YEAR, ramp="linear", source="stop_smoking")
    deflator = deflator_index()
    unit_cost = COST_OF_QUITTER * published_deflator(BASE_YEAR) / published_deflator(COST_OF_QUITTER_YEAR)
    for year in range(START_YEAR, END_YEAR + 1):
        amount = round(more_quitters() * unit_cost * deflator[year] / deflator[BASE_YEAR])
        residents = [council.residents for council in councils.values()]
        for code, part in zip(councils, apportion(amount, residents)):
            plan.add("scheme_cost", scheme=STOP_SMOKING, organisation=code, year=year, kind="recurrent", amount=part,
                     source="stop_smoking")
    plan.add("scenario", scenario=PREVENTION_AND_QUALITY, scheme=STOP_SMOKING, source="stop_smoking")
