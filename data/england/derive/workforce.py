"""Staff that activity takes: no count by service was found, so staff follow from what care costs."""

from .prices import pay_share
from .schemes import shifts

# One cost of a whole-time equivalent of any kind, on-costs and temporary staff included, £ of the base year: the pay
# share of what trusts spend, £52bn, over the 1.04 million whole-time equivalents of NHS trusts in 2015.
COST_OF_STAFF = 50_000

STAFF_GROUP = "staff"

HOSPITAL_SERVICES = ("ae", "non_elective", "other_non_elective", "elective", "day_case", "outpatient")


def add_to(plan):
    """Staff of hospital services and of what takes their place; other services count no activity."""
    trusts = {row["organisation"] for row in plan.tables["organisation"] if row["kind"] == "provider"}
    unit_costs = {}
    for service in HOSPITAL_SERVICES:
        flows = [row for row in plan.tables["flow"] if row["service"] == service and row["provider"] in trusts]
        unit_costs[service] = sum(row["cost"] for row in flows) / sum(row["activity"] for row in flows)
    unit_costs |= {shift.to_service: shift.unit_cost for shift in shifts()}
    for service, unit_cost in unit_costs.items():
        plan.add("staffing", service=service, staff_group=STAFF_GROUP,
                 wte_per_1000=1000 * unit_cost * pay_share() / COST_OF_STAFF, source="workforce")
