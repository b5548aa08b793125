#!/usr/bin/python3
"""Makes the plan for England, 2015/16 to 2020/21, from data/sources.

    /usr/bin/python3 data/england/make.py [OUTPUT_FOLDER]

Claims on the fund are left for claims.py to fill in, from what the command makes of these tables. Without a folder the plan is written beside this script. The same sources give the same bytes on any machine.
"""

import sys
from pathlib import Path

# The plan folder holds only the plan.
sys.dont_write_bytecode = True

from derive import (
    activity, boundaries, commissioning, control, fund, health, places, population, prevention, prices, quality, schemes,
    services, social_care, sources, trusts, uncertainty, workforce,
)
from derive.plan import Plan


def make_plan():
    """The plan's tables, topic by topic; a later topic reads what an earlier one returns."""
    plan = Plan()
    sources.add_to(plan)
    footprints = places.footprints()
    groups = places.clinical_commissioning_groups()
    councils = places.councils()
    providers = trusts.trusts(groups)
    places.add_to(plan, footprints, groups, councils)
    trusts.add_to(plan, providers)

    persons = population.add_to(plan, footprints)
    care_spending = social_care.spending(councils)
    weights = services.age_weights(persons, care_spending)
    growth = prices.add_to(plan, persons, weights)

    hospital = activity.by_trust(providers)
    transfers = social_care.better_care_fund(councils, groups, care_spending)
    commissioning.add_to(plan, groups, providers, hospital, transfers)
    social_care.add_to(plan, councils, care_spending, transfers)
    services.add_to(plan, weights, providers, hospital)
    workforce.add_to(plan)
    schemes.add_to(plan)
    health.add_to(plan)
    prevention.add_to(plan, footprints, groups, councils)
    quality.add_to(plan, footprints, providers, hospital, councils)
    fund.add_to(plan, footprints, groups, providers, councils)
    uncertainty.add_to(plan)
    control.check(plan, growth)
    return plan


def main(arguments):
    if len(arguments) > 1:
        sys.exit("usage: make.py [OUTPUT_FOLDER]")
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        make_plan().write(folder)
        boundaries.write(folder, places.footprints())
    except control.ControlError as problem:
        sys.exit(f"make.py: {problem}")


if __name__ == "__main__":
    main(sys.argv[1:])
