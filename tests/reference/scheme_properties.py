"""What must always hold of a scenario's results, whoever computed them, beside what properties.py says of any results.

`do_nothing` is the same plan's do-nothing results.  Near enough is relative to what passes through the books of the
place in either, as there.
"""

import math

import pytest

from .properties import TOLERANCE, by_key, total_gaps, turnover

SUMS_OF_IMPACT = ("activity_removed", "activity_added", "cost_at_average", "cost_released", "cost_stranded",
                  "cost_reprovided", "efficiency_saving", "recurrent", "transition", "capital_charge", "net_saving")


def largest_turnover(*results):
    """Each place's turnover, where it is largest."""
    sizes = [turnover(tables) for tables in results]
    return {place: max(size.get(place, 0.0) for size in sizes) for place in sizes[0]}


def largest_activity(*results):
    """The most activity that everybody together has in a year."""
    by_year = {}
    for number, tables in enumerate(results):
        for row in tables["activity"]:
            by_year.setdefault((number, row["year"]), []).append(row["activity"])
    return max(map(math.fsum, by_year.values()), default=0.0)


def near_of_impact(column, footprint, *results):
    """How near an impact must be: activity relative to everybody's, £ to the footprint's turnover."""
    if column in ("activity_removed", "activity_added"):
        return TOLERANCE * largest_activity(*results)
    return TOLERANCE * largest_turnover(*results)[footprint]


def assert_impacts_sum_to_the_gap_closed(results, do_nothing):
    """All schemes' net saving is the gap that England's do-nothing has and the scenario has not.

    Awards, and what quality costs, are no scheme's.
    """
    near = TOLERANCE * largest_turnover(results, do_nothing)["England"]
    gaps, gaps_of_nothing = total_gaps(results), total_gaps(do_nothing)
    for (place, year), gap in gaps.items():
        if place == "England":
            saved = math.fsum(row["net_saving"] for row in results["scheme_impact"]
                              if (row["footprint"], row["year"]) == (place, year))
            awarded = math.fsum(row["income"] for row in results["ledger"]
                                if (row["line"], row["year"]) == ("award", year))
            charged = math.fsum(row["cost"] for row in results["ledger"]
                                if (row["line"], row["year"]) == ("quality", year))
            assert saved + awarded - charged == pytest.approx(gaps_of_nothing[place, year] - gap, abs=near), year


def assert_impacts_sum_over_areas(results, do_nothing, parent):
    """Footprints without children, and unassigned, sum to England, and children to parents."""
    leaves = [footprint for footprint in parent if footprint not in parent.values()]
    parts_of = {"England": [*leaves, "unassigned"]}
    for footprint in set(parent.values()) - {""}:
        parts_of[footprint] = [child for child in parent if parent[child] == footprint]

    nears = {column: near_of_impact(column, "England", results, do_nothing) for column in SUMS_OF_IMPACT}
    rows = by_key(results["scheme_impact"], "scheme", "footprint", "year")
    for (scheme, area, year), row in rows.items():
        for column in SUMS_OF_IMPACT if area in parts_of else ():
            total = math.fsum(rows[scheme, part, year][column] for part in parts_of[area]
                              if (scheme, part, year) in rows)
            assert row[column] == pytest.approx(total, abs=nears[column]), (scheme, area, year, column)


def assert_impacts_add_up(results, do_nothing):
    """Cost at average is released or stranded, and net saving is what its parts say."""
    size = largest_turnover(results, do_nothing)
    for row in results["scheme_impact"]:
        near = TOLERANCE * size[row["footprint"]]
        assert row["cost_released"] + row["cost_stranded"] == pytest.approx(row["cost_at_average"], abs=near), row
        net_saving = (row["cost_released"] + row["efficiency_saving"] - row["cost_reprovided"] - row["recurrent"]
                      - row["transition"] - row["capital_charge"])
        assert row["net_saving"] == pytest.approx(net_saving, abs=near), row


def assert_impacts_sum_to_scheme_costs_in_the_ledger(results, do_nothing):
    """Scheme by scheme and line by line, England's impact and the ledger are the same money."""
    near = TOLERANCE * largest_turnover(results, do_nothing)["England"]
    for row in results["scheme_impact"]:
        for line in ("recurrent", "transition", "capital_charge") if row["footprint"] == "England" else ():
            entered = math.fsum(entry["cost"] for entry in results["ledger"]
                                if (entry["scheme"], entry["line"], entry["year"])
                                == (row["scheme"], line, row["year"]))
            assert row[line] == pytest.approx(entered, abs=near), (row["scheme"], line, row["year"])


def assert_same_impacts(results, expected, factor=1):
    """Every scheme's £ are those expected times the factor, and the activity is the same."""
    keys = ("scheme", "footprint", "year")
    found, wanted = by_key(results["scheme_impact"], *keys), by_key(expected["scheme_impact"], *keys)
    assert found.keys() == wanted.keys()
    sizes = {(column, footprint): near_of_impact(column, footprint, expected)
             for column in SUMS_OF_IMPACT for footprint in {row["footprint"] for row in expected["scheme_impact"]}}
    for key, row in wanted.items():
        for column in SUMS_OF_IMPACT:
            times = 1 if column in ("activity_removed", "activity_added") else factor
            assert found[key][column] == pytest.approx(row[column] * times,
                                                       abs=sizes[column, row["footprint"]] * abs(times)), (key, column)


def assert_nothing_is_done(results, do_nothing):
    """The gaps of do nothing, and its activity but for rows of nought."""
    size = largest_turnover(results, do_nothing)
    found, wanted = total_gaps(results), total_gaps(do_nothing)
    assert found.keys() == wanted.keys()
    for (place, year), gap in wanted.items():
        assert found[place, year] == pytest.approx(gap, abs=TOLERANCE * size[place]), (place, year)
    keys = ("commissioner", "provider", "service", "year")
    activity, wanted = by_key(results["activity"], *keys), by_key(do_nothing["activity"], *keys)
    for key, row in activity.items():
        before = wanted[key]["activity"] if key in wanted else 0.0
        assert row["activity"] == pytest.approx(before, rel=TOLERANCE), key


def assert_bridge_leads_to_the_scenario(bridge, results, do_nothing):
    """In every place and year: the do-nothing gap, awards, groups, and the scenario's gap, to which they sum."""
    size = largest_turnover(results, do_nothing)
    gaps, gaps_of_nothing, bridges = total_gaps(results), total_gaps(do_nothing), {}
    for row in bridge:
        bridges.setdefault((row["place"], row["year"]), []).append(row)
    assert bridges.keys() == gaps.keys()
    for (place, year), rows in bridges.items():
        assert [row["step"] for row in rows] == list(range(len(rows)))
        groups = [row["group"] for row in rows]
        assert (groups[0], groups[1], groups[-1]) == ("start", "awards", "end") and len(set(groups)) == len(groups)
        start, *parts, end = [row["amount"] for row in rows]
        near = TOLERANCE * size[place]
        assert start == pytest.approx(gaps_of_nothing[place, year], abs=near), (place, year)
        assert end == pytest.approx(gaps[place, year], abs=near), (place, year)
        assert start + math.fsum(parts) == pytest.approx(end, abs=near), (place, year)
