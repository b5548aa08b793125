"""From the do-nothing gap to a scenario's, step by step, by scheme, by workstream or by what has been agreed."""

import functools
import itertools
import math

from . import model
from .model import BLANK, shares_of_areas
from .schemes import DO_NOTHING, books, project, scenario_named

NO_POSITION = None
MAY_HAVE_A_SAY = ("commissioner", "provider", "council", "board")


# Agreement

def position_on_scheme(plan, organisation, scheme):
    """What the organisation says of the scheme itself; else of the whole plan; else nothing."""
    for wanted in (scheme, BLANK):
        for row in plan.rows("agreement", organisation=organisation, scheme=wanted):
            return row["position"]
    return NO_POSITION


def agreement_on_scheme(plan, organisations, scheme):
    """How far the organisations of a place agree; those outside the plan have no say."""
    said = [position_on_scheme(plan, organisation, scheme) for organisation in organisations
            if plan.kind[organisation] in MAY_HAVE_A_SAY]
    if said and all(position == "agreed" for position in said):
        return "agreed"
    if "agreed" in said or "conditional" in said:
        return "partly"
    return "not_agreed" if "not_agreed" in said else "silent"


# Groups

def groups_of_schemes(plan, scenario, by, organisations):
    """Group → its schemes, groups in order of first appearance in the scenario."""
    groups = {}
    for listed in scenario.schemes:
        if by == "scheme":
            group = listed.scheme
        elif by == "workstream":
            group = plan.rows("scheme", scheme=listed.scheme)[0]["workstream"]
        else:
            group = agreement_on_scheme(plan, organisations, listed.scheme)
        groups.setdefault(group, []).append(listed)
    return groups


def sequential_parts(groups, gap_with):
    """What each group adds when they are switched on one after another."""
    return [gap_with(groups[:place + 1]) - gap_with(groups[:place]) for place in range(len(groups))]


def shapley_parts(groups, gap_with):
    """What each group adds on average over every order in which they could be switched on."""
    parts = []
    for group in groups:
        others = [other for other in groups if other != group]
        part = 0.0
        for size in range(len(others) + 1):
            chance = math.factorial(size) * math.factorial(len(others) - size) / math.factorial(len(groups))
            for before in itertools.combinations(others, size):
                part += chance * (gap_with([*before, group]) - gap_with(before))
        parts.append(part)
    return parts


PARTS_OF = {"sequential": sequential_parts, "shapley": shapley_parts}


# Bridge

@functools.lru_cache(maxsize=512)
def gaps_of(scenario):
    return model.gaps_by_place(books(project(scenario)), shares_of_areas(scenario.plan))


def bridge_table(plan, name, by="scheme", method="sequential"):
    """The steps in every place and year, awards first, for they depend on no scheme."""
    scenario = scenario_named(plan, name)
    areas = shares_of_areas(plan)
    organisations_of = {area: list(shares) for area, shares in areas.items()}
    organisations_of |= {organisation: [organisation] for organisation in plan.organisations_with_a_position()}

    rows = []
    for place, organisations in organisations_of.items():
        schemes_of = groups_of_schemes(plan, scenario, by, organisations)
        for year in plan.years:
            def gap_with(groups):
                on = {listed for group in groups for listed in schemes_of[group]}
                schemes = tuple(listed for listed in scenario.schemes if listed in on)
                return gaps_of(scenario._replace(schemes=schemes))[place, year]

            start = gaps_of(scenario_named(plan, DO_NOTHING))[place, year]
            steps = [("start", start), ("awards", gap_with([]) - start),
                     *zip(schemes_of, PARTS_OF[method](list(schemes_of), gap_with)),
                     ("end", gap_with(list(schemes_of)))]
            rows += [{"place": place, "year": year, "step": step, "group": group, "amount": amount}
                     for step, (group, amount) in enumerate(steps)]
    return rows
