"""What must always hold of do-nothing results, whoever computed them; and how near is near enough.

Results are dicts of tables by name, each a list of row dicts.  A gap is the small difference of large sums, and
carries their rounding.  So everything in £ is compared relative to its place's `turnover`, the largest sum that
passes through its books, or to itself where that is larger.
"""

import math

import pytest

TOLERANCE = 1e-12


def by_key(rows, *keys):
    """Rows as a dict from their keys; two rows with the same key are a fault."""
    found = {tuple(row[key] for key in keys): row for row in rows}
    assert len(found) == len(rows), f"some rows have the same {', '.join(keys)}"
    return found


def turnover(results):
    """The largest income or cost, of any year and component, of every organisation, footprint and England."""
    largest = {}
    for table, column in (("position", "organisation"), ("funding_gap", "footprint")):
        for row in results[table]:
            place = row[column]
            largest[place] = max(largest.get(place, 0.0), abs(row["cost"]), abs(row["income"]))
    return largest


def total_gaps(results):
    """The gap of every place and year: the organisations' positions and the footprints' totals."""
    gaps = {(row["organisation"], row["year"]): row["gap"] for row in results["position"]}
    return gaps | {(row["footprint"], row["year"]): row["gap"] for row in results["funding_gap"]
                   if row["component"] == "total"}


def assert_same_gaps(results, expected, factor=1):
    """Every place and organisation has the gap expected times the factor."""
    size = turnover(expected)
    for table, keys in (("funding_gap", ("footprint", "component", "year")), ("position", ("organisation", "year"))):
        found, wanted = by_key(results[table], *keys), by_key(expected[table], *keys)
        assert found.keys() == wanted.keys()
        for key, row in wanted.items():
            near = TOLERANCE * abs(factor) * size[key[0]]
            assert found[key]["gap"] == pytest.approx(row["gap"] * factor, abs=near), key


def assert_same_activity(results, expected):
    keys = ("commissioner", "provider", "service", "year")
    found, wanted = by_key(results["activity"], *keys), by_key(expected["activity"], *keys)
    assert found.keys() == wanted.keys()
    for key, row in wanted.items():
        assert found[key]["activity"] == pytest.approx(row["activity"], rel=TOLERANCE), key


def assert_same_england_gap(results, expected):
    size = max(turnover(results)["England"], turnover(expected)["England"])
    found, wanted = total_gaps(results), total_gaps(expected)
    for key in wanted:
        if key[0] == "England":
            assert found[key] == pytest.approx(wanted[key], abs=TOLERANCE * size), key


def assert_transfer_moves_the_gap(results, before, giver, receiver, year, amount):
    """The giver's gap grows by the amount, the receiver's falls by it, and nobody else's changes."""
    moved = {giver: amount, receiver: -amount}
    size, gaps = turnover(results), {(row["organisation"], row["year"]): row["gap"] for row in before["position"]}
    for row in results["position"]:
        change = moved.get(row["organisation"], 0) if row["year"] == year else 0
        expected = gaps[row["organisation"], row["year"]] + change
        assert row["gap"] == pytest.approx(expected, abs=TOLERANCE * max(size[row["organisation"]], amount))


def assert_areas_sum(results, parent):
    """Footprints without children, and unassigned, sum to England, and children to parents, component by component.

    parent: each footprint's parent, "" where it has none.
    """
    size = turnover(results)["England"]
    leaves = [footprint for footprint in parent if footprint not in parent.values()]
    parts_of = {"England": [*leaves, "unassigned"]}
    for footprint in set(parent.values()) - {""}:
        parts_of[footprint] = [child for child in parent if parent[child] == footprint]

    for table, kind, value in (("funding_gap", "component", "gap"), ("funding_gap", "component", "income"),
                               ("funding_gap", "component", "cost"), ("spending", "setting", "amount")):
        rows = by_key(results[table], "footprint", kind, "year")
        for (area, name, year), row in rows.items():
            if area in parts_of:
                total = math.fsum(rows[part, name, year][value] for part in parts_of[area]
                                  if (part, name, year) in rows)
                assert row[value] == pytest.approx(total, abs=TOLERANCE * size), (area, name, year)


def assert_ledger_sums_to_positions(results):
    size = turnover(results)
    for row in results["position"]:
        entries = [entry for entry in results["ledger"]
                   if (entry["organisation"], entry["year"]) == (row["organisation"], row["year"])]
        for column in ("income", "cost"):
            total = math.fsum(entry[column] for entry in entries)
            assert total == pytest.approx(row[column], abs=TOLERANCE * size[row["organisation"]]), row


def assert_every_payment_has_two_ends(results):
    """A contract is an income and a cost of the same service; a transfer two incomes of opposite sign."""
    ends = {}
    for row in results["ledger"]:
        if row["line"] in ("contract", "transfer"):
            pair = frozenset((row["organisation"], row["counterparty"]))
            ends.setdefault((row["line"], pair, row["service"], row["year"]), []).append(row)
    for payment, rows in ends.items():
        net = math.fsum(row["income"] - row["cost"] for row in rows)
        assert abs(net) <= TOLERANCE * max(abs(row["income"]) + abs(row["cost"]) for row in rows), payment


def assert_activity_is_never_below_nought(results):
    assert all(row["activity"] >= 0 for row in results["activity"])


def assert_bridge_sums(bridge, results, base_year, drivers):
    """Every place has a bridge to every later year, from the base year's gap to that year's, of which the parts sum."""
    size, gaps, bridges = turnover(results), total_gaps(results), {}
    for row in bridge:
        bridges.setdefault((row["place"], row["year"]), []).append(row)
    assert bridges.keys() == {(place, year) for place, year in gaps if year > base_year}
    for (place, year), rows in bridges.items():
        assert [(row["step"], row["group"]) for row in rows] == list(enumerate(["start", *drivers, "end"]))
        start, *parts, end = [row["amount"] for row in rows]
        near = TOLERANCE * size[place]
        assert start == pytest.approx(gaps[place, base_year], abs=near)
        assert end == pytest.approx(gaps[place, year], abs=near)
        assert start + math.fsum(parts) == pytest.approx(end, abs=near), (place, year)
