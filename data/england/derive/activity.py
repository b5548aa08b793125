"""Hospital activity of 2015/16 by trust: A&E attendances and admissions."""

from dataclasses import dataclass

from .plan import BASE_YEAR, apportion
from .sources import read
from .trusts import trust_code

# A&E returns by month start in June 2015: ten months, 305 of the year's 366 days.
AE_FIRST_MONTH = "2015-06"
AE_MONTHS_END = "2016-04"
AE_DAYS_IN_YEAR = 366
AE_DAYS_COUNTED = 305

# Of 16.4m admissions in the year to February 2017, 5.9m were emergencies and 7.0m day cases (NHS Digital, provisional
# monthly HES, PUB23832). The rest are taken as half overnight electives, half maternity, births and transfers.
ADMISSIONS = 16.4
EMERGENCIES = 5.9
DAY_CASES = 7.0
OVERNIGHT_ELECTIVE_SHARE_OF_REST = 0.5

# Emergencies are kept apart from maternity, births and transfers, which plans do not set out to reduce.
ADMITTED = ("non_elective", "other_non_elective", "elective", "day_case")


@dataclass
class Hospital:
    """One trust's, or all independent hospitals', activity; A&E split by the price it earns."""

    major_attendances: int = 0
    other_attendances: int = 0
    non_elective: int = 0
    other_non_elective: int = 0
    elective: int = 0
    day_case: int = 0

    @property
    def attendances(self):
        return self.major_attendances + self.other_attendances


def by_trust(providers):
    """Activity by trust code, with "outside" for independent hospitals and A&E elsewhere.

    Admissions go to acute trusts only: those of mental health and community trusts are other kinds of care.
    """
    attendances = accident_and_emergency()
    admissions = admissions_by_code()
    emergencies = emergencies_by_code(admissions)
    hospital = {code: Hospital() for code in [*providers, "outside"]}
    for code, (major, other) in attendances.items():
        place = hospital[code if code in providers else "outside"]
        place.major_attendances += major
        place.other_attendances += other
    for code, total in admissions.items():
        if code in providers and not providers[code].acute:
            continue
        place = hospital[code if code in providers else "outside"]
        emergency = min(total, emergencies.get(code, 0)) if code in providers else 0
        day_case, elective, maternity = apportion(total - emergency, planned_mix())
        if code not in providers:
            # Independent hospitals admit no maternity or transfers: all is elective.
            elective, maternity = elective + maternity, 0
        place.non_elective += emergency
        place.other_non_elective += maternity
        place.elective += elective
        place.day_case += day_case
    return hospital


def planned_mix():
    """Day cases, overnight electives, and maternity with transfers, among admissions that are not emergencies."""
    rest = ADMISSIONS - EMERGENCIES - DAY_CASES
    return [DAY_CASES, rest * OVERNIGHT_ELECTIVE_SHARE_OF_REST, rest * (1 - OVERNIGHT_ELECTIVE_SHARE_OF_REST)]


def accident_and_emergency():
    """A&E attendances in the year by organisation: at major departments (type 1) and elsewhere."""
    table = read("activity/ae_attendances_by_provider_month_2015_2021.csv")
    table = table[(table.date >= AE_FIRST_MONTH) & (table.date < AE_MONTHS_END)]
    counted = {}
    for row in table.itertuples():
        major, other = counted.get(trust_code(row.ods_code), (0, 0))
        counted[trust_code(row.ods_code)] = (major + row.type1, other + row.type2 + row.other)
    whole_year = AE_DAYS_IN_YEAR / AE_DAYS_COUNTED
    return {code: (round(major * whole_year), round(other * whole_year)) for code, (major, other) in counted.items()}


def admissions_by_code():
    table = read("providers/inpatient_data.csv")
    totals = {}
    for row in table[table.YEAR == BASE_YEAR].itertuples():
        code = trust_code(row.ORG_CODE)
        totals[code] = totals.get(code, 0) + int(row.ADMISSIONS)
    return totals


def emergencies_by_code(admissions):
    """Emergency admissions: those through A&E in 2016/17, raised to the national share of all admissions."""
    table = read("activity/ae_attendances_nhsrdatasets_2016_2019.csv")
    table = table[(table.period >= "2016-04") & (table.period < "2017-04")]
    through_ae = {}
    for code, admitted in zip(table.org_code, table.admissions):
        through_ae[trust_code(code)] = through_ae.get(trust_code(code), 0) + int(admitted)
    through_ae = {code: count for code, count in through_ae.items() if code in admissions}
    raised = sum(admissions.values()) * EMERGENCIES / ADMISSIONS / sum(through_ae.values())
    return {code: round(count * raised) for code, count in through_ae.items()}
