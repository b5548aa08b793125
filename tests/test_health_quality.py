"""The command line's health gap and quality gap, and what prevention and quality do to the rest, against the reference.

Values are near enough within a billionth of the largest of their place.  Where the command simulates an interval, it
has to be near the limits that simulation tends to.
"""

import random

import pytest

pytest.register_assert_rewrite("reference.scheme_properties")

from reference import generate, model, properties, scheme_bridge, scheme_properties, scheme_tables, schemes
from reference.properties import by_key
from test_schemes import (COMPARED, Written, largest_by_place, tables_by_scenario, without_noughts,
                          years_that_may_be_paid_back)

SEEDS = range(32)
SEEDS_FOR_CHANGED_PLANS = range(60, 66)
TOLERANCE = 1e-9
SIMULATED = ("slope_index", "relative_index")
# Of half the width of an interval: five standard errors of a 2.5th percentile of 2,000 repetitions.
NEAR_A_SIMULATED_LIMIT = 0.16
GAPS = ("health_gap", "quality_gap", "quality_summary")
KEYS = {"health_gap": ("footprint", "measure", "sex", "year"), "quality_gap": ("footprint", "indicator", "year"),
        "quality_summary": ("footprint", "indicator")}


class WrittenWithGaps(Written):
    """A random plan with health and quality."""

    tables = (*Written.tables, *GAPS)

    def expected(self, prices="cash"):
        return {name: tables | scheme_tables.gap_results(self.plan, name, prices)
                for name, tables in super().expected(prices).items()}


def random_plan(seed, **options):
    return generate.random_plan(random.Random(seed), schemes=True, health_and_quality=True, **options)


@pytest.fixture(scope="module", params=SEEDS)
def written(request, tmp_path_factory):
    return WrittenWithGaps(random_plan(request.param, always=["deflator"]), tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module")
def projected(written, stpfin):
    return written.project(stpfin)


@pytest.fixture(scope="module")
def expected(written):
    return written.expected()


# The same values

def assert_near(found, wanted, near, where):
    """Both blank, or both a number and near."""
    assert (found is None) == (wanted is None), where
    if wanted is not None:
        assert found == pytest.approx(wanted, rel=TOLERANCE, abs=near), where


def assert_same_columns(found, wanted, groups, place):
    """The values of every group of columns, which are alike in unit, relative to the largest of the place."""
    assert found.keys() == wanted.keys()
    for columns in groups:
        scale = largest_by_place(wanted.values(), place, columns)
        for key, row in wanted.items():
            near = TOLERANCE * scale[tuple(row[column] for column in place)]
            for column in columns:
                assert_near(found[key][column], row[column], near, (key, column))


def assert_same_table(table, actual, expected):
    keys, values, place = COMPARED[table]
    if table == "ledger":
        actual, expected = without_noughts(actual), without_noughts(expected)
    assert_same_columns(by_key(actual, *keys), by_key(expected, *keys), [values], place)


def assert_same_impacts(actual, expected, do_nothing):
    keys = ("scheme", "footprint", "year")
    found, wanted = by_key(actual["scheme_impact"], *keys), by_key(expected["scheme_impact"], *keys)
    assert found.keys() == wanted.keys()
    wider = TOLERANCE / properties.TOLERANCE
    nears = {(column, footprint): wider * scheme_properties.near_of_impact(column, footprint, expected, do_nothing)
             for column in scheme_properties.SUMS_OF_IMPACT for _, footprint, _ in wanted}
    for key, row in wanted.items():
        for column in scheme_properties.SUMS_OF_IMPACT:
            assert_near(found[key][column], row[column], nears[column, row["footprint"]], (key, column))


def assert_same_health_gaps(actual, expected):
    found, wanted = by_key(actual, *KEYS["health_gap"]), by_key(expected, *KEYS["health_gap"])
    assert found.keys() == wanted.keys()
    simulated = {key: row for key, row in wanted.items() if row["measure"] in SIMULATED and row["lower"] is not None}
    for key, row in simulated.items():
        near = NEAR_A_SIMULATED_LIMIT * (row["upper"] - row["lower"]) / 2
        for column in ("lower", "upper"):
            assert found[key][column] == pytest.approx(row[column], abs=near), (key, column)
    for groups, keys in (([("value", "comparator", "gap")], simulated),
                         ([("value", "lower", "upper", "comparator", "gap")], wanted.keys() - simulated.keys())):
        assert_same_columns({key: found[key] for key in keys}, {key: wanted[key] for key in keys}, groups,
                            ("footprint", "measure", "sex"))


def assert_same_quality_gaps(actual, expected):
    found, wanted = by_key(actual, *KEYS["quality_gap"]), by_key(expected, *KEYS["quality_gap"])
    assert_same_columns(found, wanted, [("value", "lower", "upper", "target", "gap", "gap_to_best"),
                                        ("people_affected",), ("cost_to_close",)], ("footprint", "indicator"))
    for key, row in wanted.items():
        assert found[key]["funnel"] == (row["funnel"] or ""), key


def years_in_which_it_may_be_met(gaps, near):
    """The years that rounding can make the first at the target, None for never."""
    possible = set()
    for row in sorted(gaps, key=lambda row: row["year"]):
        if row["gap"] is not None and row["gap"] <= near:
            possible.add(row["year"])
            if row["gap"] <= -near:
                return possible
    return possible | {None}


def assert_same_summaries(actual, expected, gaps):
    found, wanted = by_key(actual, *KEYS["quality_summary"]), by_key(expected, *KEYS["quality_summary"])
    assert_same_columns(found, wanted, [("tau_squared",), ("composite",)], ("indicator",))
    for (footprint, indicator), row in found.items():
        own = [gap for gap in gaps if (gap["footprint"], gap["indicator"]) == (footprint, indicator)]
        near = TOLERANCE * max((abs(gap["value"]) for gap in own), default=0.0)
        assert row["year_met"] in years_in_which_it_may_be_met(own, near), (footprint, indicator)


def assert_same_gaps_of_all_kinds(actual, expected):
    assert_same_health_gaps(actual["health_gap"], expected["health_gap"])
    assert_same_quality_gaps(actual["quality_gap"], expected["quality_gap"])
    assert_same_summaries(actual["quality_summary"], expected["quality_summary"], expected["quality_gap"])


def test_health_gaps_are_the_references(projected, expected):
    for name in expected:
        assert_same_health_gaps(projected[name]["health_gap"], expected[name]["health_gap"])


def test_quality_gaps_are_the_references(projected, expected):
    for name in expected:
        assert_same_quality_gaps(projected[name]["quality_gap"], expected[name]["quality_gap"])


def test_quality_summaries_are_the_references(projected, expected):
    for name in expected:
        assert_same_summaries(projected[name]["quality_summary"], expected[name]["quality_summary"],
                              expected[name]["quality_gap"])


@pytest.mark.parametrize("table", COMPARED)
def test_results_are_the_references(table, projected, expected):
    for name in expected:
        assert_same_table(table, projected[name][table], expected[name][table])


def test_impacts_are_the_references(projected, expected):
    for name in expected:
        assert_same_impacts(projected[name], expected[name], expected[schemes.DO_NOTHING])


def test_real_prices_are_the_references(written, stpfin):
    actual, expected = written.project(stpfin, "--prices", "real"), written.expected("real")
    for name in expected:
        for table in COMPARED:
            assert_same_table(table, actual[name][table], expected[name][table])
        assert_same_gaps_of_all_kinds(actual[name], expected[name])


def test_appraisals_are_the_references(written, projected, expected):
    for name in written.scenarios:
        wanted = scheme_tables.appraisals(schemes.project(schemes.scenario_named(written.plan, name)))
        found = by_key(projected[name]["appraisal"], "scheme")
        assert found.keys() == {(scheme,) for scheme in wanted}
        turnover = scheme_properties.largest_turnover(expected[name], expected[schemes.DO_NOTHING])["England"]
        for scheme, appraisal in wanted.items():
            row = found[scheme,]
            amounts = [*appraisal.benefits.values(), *appraisal.costs.values(), appraisal.closing_book_value]
            near = TOLERANCE * (len(written.plan.years) * turnover + sum(map(abs, amounts)))
            assert_near(row["net_present_value"], appraisal.net_present_value, near, scheme)
            assert row["payback_year"] in years_that_may_be_paid_back(appraisal, near), scheme


# Bridges

@pytest.mark.parametrize("method", ["sequential", "shapley"])
def test_bridge_by_driver_is_the_references(method, written, stpfin, expected):
    asked = ["--method", method] if method != "sequential" else []
    found = tables_by_scenario(stpfin, ["bridge"], "bridge", written.folder, *asked)[schemes.DO_NOTHING]["bridge"]
    assert_same_bridge(found, model.bridge_table(written.plan, method), expected[schemes.DO_NOTHING])


@pytest.mark.parametrize("method", ["sequential", "shapley"])
def test_bridge_by_scheme_is_the_references(method, written, stpfin, expected):
    for name in written.scenarios:
        found = written.bridge(stpfin, name, "scheme", method)
        wanted = scheme_bridge.bridge_table(written.plan, name, "scheme", method)
        assert_same_bridge(found, wanted, expected[name], expected[schemes.DO_NOTHING])


def assert_same_bridge(actual, wanted, *results):
    keys = ("place", "year", "step", "group")
    found, wanted = by_key(actual, *keys), by_key(wanted, *keys)
    assert found.keys() == wanted.keys()
    size = scheme_properties.largest_turnover(*results)
    for key, row in wanted.items():
        assert_near(found[key]["amount"], row["amount"], TOLERANCE * size[row["place"]], key)


# Properties

def test_ledger_rows_sum_to_positions_and_impacts_to_the_gap_closed(written, projected):
    for name in written.scenarios:
        properties.assert_ledger_sums_to_positions(projected[name])
        scheme_properties.assert_impacts_sum_to_the_gap_closed(projected[name], projected[schemes.DO_NOTHING])
        scheme_properties.assert_impacts_add_up(projected[name], projected[schemes.DO_NOTHING])
        properties.assert_activity_is_never_below_nought(projected[name])


def test_asking_for_scenarios_leaves_do_nothing_as_it_is(written, projected, stpfin):
    alone = tables_by_scenario(stpfin, written.tables, "project", written.folder)
    assert list(alone) == [schemes.DO_NOTHING]
    for table in GAPS:
        assert alone[schemes.DO_NOTHING][table] == projected[schemes.DO_NOTHING][table], table


# Changed plans

@pytest.fixture(scope="module", params=SEEDS_FOR_CHANGED_PLANS)
def unchanged(request, tmp_path_factory):
    return WrittenWithGaps(random_plan(request.param), tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module")
def before(unchanged, stpfin):
    return unchanged.project(stpfin)


@pytest.fixture
def project_changed(stpfin, tmp_path_factory):
    return lambda plan: WrittenWithGaps(plan, tmp_path_factory.mktemp("changed")).project(stpfin)


def test_schemes_at_scale_nought_do_nothing(unchanged, before, project_changed):
    after = project_changed(generate.without_awards(generate.at_scale_nought(unchanged.generated)))
    for name in unchanged.scenarios:
        scheme_properties.assert_nothing_is_done(after[name], before[schemes.DO_NOTHING])
        for table in GAPS:
            assert after[name][table] == before[schemes.DO_NOTHING][table], table


def test_money_scales_what_quality_costs_and_nothing_else_of_it(unchanged, before, project_changed):
    after = project_changed(generate.scale_money(unchanged.generated, 3.7))
    for name in before:
        properties.assert_same_gaps(after[name], before[name], factor=3.7)
        assert after[name]["health_gap"] == before[name]["health_gap"]
        costs = [[row.pop("cost_to_close") for row in rows]
                 for rows in (after[name]["quality_gap"], [dict(row) for row in before[name]["quality_gap"]])]
        assert [None if cost is None else pytest.approx(cost * 3.7, rel=TOLERANCE) for cost in costs[1]] == costs[0]
        assert after[name]["quality_summary"] == before[name]["quality_summary"]


def test_splitting_a_flow_changes_nothing(unchanged, before, project_changed):
    after = project_changed(generate.split_flow(unchanged.generated, 0))
    for name in before:
        properties.assert_same_gaps(after[name], before[name])
        properties.assert_same_activity(after[name], before[name])
        scheme_properties.assert_same_impacts(after[name], before[name])
        assert_same_gaps_of_all_kinds(after[name], before[name])


def test_the_same_plan_gives_the_same_bytes(unchanged, stpfin, tmp_path):
    contents = []
    for turn in ("first", "second"):
        folder = tmp_path / turn
        stpfin.run("project", unchanged.folder, "--scenario", unchanged.scenarios[0], "--out", folder)
        contents.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert contents[0] == contents[1]
    assert {f"{table}.csv" for table in GAPS} <= contents[0].keys()
