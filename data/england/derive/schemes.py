"""What the plans of 2016 set out to do: hospital care moved out, efficiency, what these cost, and four scenarios.

The published reductions are of the scenario's last year against what would happen otherwise, so they act on do-nothing
activity. Every unit taken away is moved, and `substitution` says how much takes its place: less than one where part of
the care is not replaced, more where it takes several contacts. One scheme to a service lets a scenario scale each to
the least or the most any plan set out to do.
"""

from dataclasses import dataclass

from .commissioning import OTHER_AE_RELATIVE_COST, TO_BASE_PRICES, UNIT_COST
from .places import NHS_ENGLAND
from .plan import BASE_YEAR, END_YEAR, LATER_YEARS
from .prices import deflator_index, published_deflator

# Plans were written in 2016 and their first changes felt in 2017/18; the published reductions are of 2020/21.
START_YEAR = 2017
YEARS_OF_CHANGE = END_YEAR - START_YEAR + 1

# An episode of intermediate care at home, £ (National Audit of Intermediate Care 2014, costs of 2013/14).
HOME_EPISODE = 1045
HOME_EPISODE_YEAR = 2013


@dataclass(frozen=True)
class Shift:
    """One service moved out of hospital; reductions as published: mean, least and most across plans."""

    scheme: str
    name: str
    workstream: str
    service: str
    mean: float
    least: float
    most: float
    to_service: str
    to_provider: str
    substitution: float
    unit_cost: float
    note: str


def shifts():
    """The schemes that move activity.

    Substitution is assumed throughout. A&E: three attendances in four become an urgent appointment, which costs what a
    minor injury unit does. Emergency admissions: four in five need an episode of intermediate care at home, the fifth
    is settled the same day. Outpatients: half are follow-ups that need not happen, half move to a clinic in the
    community at the hospital's published cost, for no lower one is published. Overnight electives: each is treated
    otherwise in six appointments at such a clinic, as a course of physiotherapy is.
    """
    home_episode = HOME_EPISODE * published_deflator(BASE_YEAR) / published_deflator(HOME_EPISODE_YEAR)
    appointment = UNIT_COST["ae"] * OTHER_AE_RELATIVE_COST * TO_BASE_PRICES
    clinic = UNIT_COST["outpatient"] * TO_BASE_PRICES
    return [
        Shift("urgent_care_access", "Urgent appointments instead of A&E", "urgent care", "ae", 0.17, 0.06, 0.30,
              "urgent_appointment", "general_practice", 0.75, round(appointment, 2),
              "reduction published; unit cost 45% of the published A&E attendance; substitution assumed"),
        Shift("admission_avoidance", "Care at home instead of emergency admission", "urgent care", "non_elective",
              0.157, 0.03, 0.30, "home_episode", "community_provider", 0.8, round(home_episode, 2),
              "reduction published; unit cost published (intermediate care at home); substitution assumed"),
        Shift("outpatient_redesign", "Outpatients moved or ended", "planned care", "outpatient", 0.155, 0.07, 0.30,
              "community_clinic", "community_provider", 0.5, round(clinic, 2),
              "reduction published; unit cost of the published outpatient attendance; substitution assumed"),
        Shift("elective_alternatives", "Treatment other than overnight surgery", "planned care", "elective", 0.096,
              0.014, 0.16, "community_clinic", "community_provider", 6.0, round(clinic, 2),
              "reduction published; unit cost of the published outpatient attendance; substitution assumed"),
    ]


# The scenario of what plans set out to do on average, and that of the schemes that are not about money.
AVERAGE_PLAN = "average_plan"
PREVENTION_AND_QUALITY = "prevention_and_quality"

EFFICIENCY = "provider_efficiency"
SAVING = 0.02

# Finding the patients, triage and shared records come on top of replacement care, in proportion to it, every year.
RUNNING_SHARE = 0.10

# Each year's step of replacement care runs for half a year before hospital care falls.
DOUBLE_RUNNING_YEARS = 0.5

# A savings programme costs a tenth of each year's new saving, once.
PROGRAMME_SHARE = 0.10


def add_to(plan):
    moved = shifts()
    for shift in moved:
        plan.add("scheme", scheme=shift.scheme, name=shift.name, workstream=shift.workstream, aim="funding",
                 owner=NHS_ENGLAND, source="planned_reductions")
        plan.add("activity_effect", scheme=shift.scheme, service=shift.service, reduction=shift.mean,
                 to_service=shift.to_service, to_provider=shift.to_provider, substitution=shift.substitution,
                 unit_cost=shift.unit_cost, start_year=START_YEAR, full_year=END_YEAR, ramp="linear",
                 source="replacement", note=shift.note)
        plan.add("evidence", service=shift.service, effect="activity", low=shift.least, high=shift.most,
                 source="planned_reductions")
    plan.add("scheme", scheme=EFFICIENCY, name="Providers' efficiency of 2% a year", workstream="provider productivity",
             aim="funding", owner=NHS_ENGLAND, source="planned_efficiency")
    care = care_cost_of_trusts(plan)
    for trust in care:
        plan.add("efficiency_effect", scheme=EFFICIENCY, provider=trust, saving=SAVING, start_year=BASE_YEAR + 1,
                 full_year=END_YEAR, ramp="annual", source="planned_efficiency")
    for shift in moved:
        add_costs(plan, shift)
    add_programme_costs(plan, care)
    add_scenarios(plan, moved)


def add_scenarios(plan, moved):
    for shift in moved:
        plan.add("scenario", scenario=AVERAGE_PLAN, scheme=shift.scheme, source="planned_reductions")
    plan.add("scenario", scenario=AVERAGE_PLAN, scheme=EFFICIENCY, source="planned_efficiency")
    for scenario, size in (("cautious", "least"), ("ambitious", "most")):
        for shift in moved:
            plan.add("scenario", scenario=scenario, scheme=shift.scheme, scale=getattr(shift, size) / shift.mean,
                     source="scale", note=f"{getattr(shift, size):.1%} instead of {shift.mean:.1%}")
        plan.add("scenario", scenario=scenario, scheme=EFFICIENCY, source="planned_efficiency")
    plan.add("scenario", scenario="efficiency_only", scheme=EFFICIENCY, source="planned_efficiency")


def add_costs(plan, shift):
    """What each CCG pays on top of a scheme's replacement care, which is valued at the base year's activity."""
    deflator = deflator_index()
    for group, count in activity_by_commissioner(plan, shift.service).items():
        replacement = count * shift.mean * shift.substitution * shift.unit_cost
        for year in LATER_YEARS:
            reached = max(0, year - START_YEAR + 1) / YEARS_OF_CHANGE
            next_step = 1 / YEARS_OF_CHANGE if START_YEAR <= year + 1 <= END_YEAR else 0
            for kind, share in (("recurrent", RUNNING_SHARE * reached),
                                ("transition", DOUBLE_RUNNING_YEARS * next_step)):
                if share:
                    plan.add("scheme_cost", scheme=shift.scheme, organisation=group, year=year, kind=kind,
                             amount=round(replacement * share * deflator[year] / deflator[BASE_YEAR]),
                             source="scheme_costs")


def add_programme_costs(plan, care):
    deflator = deflator_index()
    for trust, cost in care.items():
        for year in LATER_YEARS:
            plan.add("scheme_cost", scheme=EFFICIENCY, organisation=trust, year=year, kind="transition",
                     amount=round(cost * SAVING * PROGRAMME_SHARE * deflator[year] / deflator[BASE_YEAR]),
                     source="scheme_costs")


def activity_by_commissioner(plan, service):
    counts = {}
    for row in plan.tables["flow"]:
        if row["service"] == service:
            counts[row["commissioner"]] = counts.get(row["commissioner"], 0) + row["activity"]
    return counts


def care_cost_of_trusts(plan):
    """What each trust's commissioned care costs in the base year."""
    costs = {row["organisation"]: 0 for row in plan.tables["organisation"] if row["kind"] == "provider"}
    for row in plan.tables["flow"]:
        if row["provider"] in costs:
            costs[row["provider"]] += row["cost"]
    return costs
