"""The command line's do-nothing results against the reference model, and the properties that must always hold.

Two ways of adding the same numbers up differ by rounding in proportion to the numbers added, not to what is left
of them: a gap of £1 between £1bn of cost and £1bn of income can only be right to £1bn × 1e-16 or so.  So values
in £ are compared to 1e-12 of the larger of the value and the largest £ of the same place in the same table (per
head, shared among its population; a bridge, of what passes through the place's books), and beds, staff and activity
to 1e-12 of the largest of the same organisation and resource, or flow.
"""

import random

import pytest

from reference import generate, model, properties
from reference.properties import TOLERANCE, by_key

SEEDS = range(60)
SEEDS_FOR_CHANGED_PLANS = range(60, 75)

# A table's keys, the values compared, and which of the keys name the place whose largest value sets the scale.
COMPARED = {
    "funding_gap": (("footprint", "component", "year"), ("cost", "income", "gap"), ("footprint",)),
    "position": (("organisation", "year"), ("cost", "income", "gap"), ("organisation",)),
    "ledger": (("organisation", "counterparty", "service", "scheme", "line", "year"), ("income", "cost"),
               ("organisation",)),
    "spending": (("footprint", "setting", "year"), ("amount",), ("footprint",)),
    "activity": (("commissioner", "provider", "service", "year"), ("activity",),
                 ("commissioner", "provider", "service")),
    "resource": (("organisation", "resource", "year"), ("needed", "supply", "shortage"), ("organisation", "resource")),
}
COLUMNS = {table: {*keys, *values} for table, (keys, values, _) in COMPARED.items()}
COLUMNS["funding_gap"].add("gap_per_head")


class Written:
    """A random plan written to a folder, and the reference's reading of it."""

    def __init__(self, generated, folder):
        self.generated = generated
        self.folder = generate.write_plan(generated, folder)
        self.plan = model.read_plan(folder)

    def project(self, stpfin, *options):
        """The tables of `project`, the ledger among them."""
        tables = stpfin.tables("project", self.folder, *options)
        return tables | stpfin.tables("project", self.folder, "--table", "ledger", *options)

    def bridge(self, stpfin, method):
        """The bridge by driver; sequential is what happens when no method is asked for."""
        asked = ["--method", method] if method != "sequential" else []
        return stpfin.tables("bridge", self.folder, "--by", "driver", *asked)["bridge"]


@pytest.fixture(scope="module", params=SEEDS)
def written(request, tmp_path_factory):
    plan = generate.random_plan(random.Random(request.param), always=["deflator"])
    return Written(plan, tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module")
def projected(written, stpfin):
    return written.project(stpfin)


@pytest.fixture(scope="module")
def expected(written):
    return model.results(written.plan)


def largest_by_place(rows, place, values):
    largest = {}
    for row in rows:
        key = tuple(row[column] for column in place)
        largest[key] = max(largest.get(key, 0.0), *(abs(row[value] or 0.0) for value in values))
    return largest


def assert_near(found, wanted, near, where):
    """Both blank, or both a number and within `near`, or within the tolerance of the value itself."""
    assert (found is None) == (wanted is None), where
    if wanted is not None:
        assert found == pytest.approx(wanted, rel=TOLERANCE, abs=near), where


def assert_same_table(table, actual, expected):
    """The same keys exactly, and for each the same values."""
    keys, values, place = COMPARED[table]
    assert set(actual[0] if actual else COLUMNS[table]) == COLUMNS[table]
    found, wanted = by_key(actual, *keys), by_key(expected, *keys)
    assert found.keys() == wanted.keys()
    scale = largest_by_place(expected, place, values)
    for key, row in wanted.items():
        near = TOLERANCE * scale[tuple(row[column] for column in place)]
        for value in values:
            assert_near(found[key][value], row[value], near, (key, value))


def assert_same_gaps_per_head(plan, actual, expected):
    keys, values, place = COMPARED["funding_gap"]
    found, scale = by_key(actual, *keys), largest_by_place(expected, place, values)
    for key, row in by_key(expected, *keys).items():
        persons = model.population(plan, row["footprint"], row["year"]) or 1
        near = TOLERANCE * scale[row["footprint"],] / persons
        assert_near(found[key]["gap_per_head"], row["gap_per_head"], near, key)


@pytest.mark.parametrize("table", COMPARED)
def test_results_are_the_references(table, projected, expected):
    assert_same_table(table, projected[table], expected[table])


def test_gaps_per_head_are_the_references(written, projected, expected):
    assert_same_gaps_per_head(written.plan, projected["funding_gap"], expected["funding_gap"])


def test_real_prices_are_the_references(written, stpfin):
    actual, expected = written.project(stpfin, "--prices", "real"), model.results(written.plan, prices="real")
    for table in COMPARED:
        assert_same_table(table, actual[table], expected[table])
    assert_same_gaps_per_head(written.plan, actual["funding_gap"], expected["funding_gap"])


@pytest.mark.parametrize("method", ["sequential", "shapley"])
def test_bridge_is_the_references(method, written, expected, stpfin):
    keys = ("place", "year", "step", "group")
    found = by_key(written.bridge(stpfin, method), *keys)
    wanted = by_key(model.bridge_table(written.plan, method), *keys)
    assert found.keys() == wanted.keys()
    size = properties.turnover(expected)
    for key, row in wanted.items():
        assert_near(found[key]["amount"], row["amount"], TOLERANCE * size[row["place"]], key)


@pytest.mark.parametrize("method", ["sequential", "shapley"])
def test_bridge_parts_sum(method, written, projected, stpfin):
    properties.assert_bridge_sums(written.bridge(stpfin, method), projected, written.plan.base_year, model.DRIVERS)


def test_ledger_rows_sum_to_positions(projected):
    properties.assert_ledger_sums_to_positions(projected)


def test_every_payment_has_two_ends(projected):
    properties.assert_every_payment_has_two_ends(projected)


def test_footprints_sum_to_england_and_children_to_parents(written, projected):
    parents = {row["footprint"]: row["parent"] for row in written.plan.rows("footprint")}
    properties.assert_areas_sum(projected, parents)


def test_activity_is_never_below_nought(projected):
    properties.assert_activity_is_never_below_nought(projected)


# Changed plans

@pytest.fixture(scope="module", params=SEEDS_FOR_CHANGED_PLANS)
def unchanged(request, tmp_path_factory):
    """A plan that has a tariff to change."""
    plan = generate.random_plan(random.Random(request.param), always=["tariff"])
    return Written(plan, tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module")
def before(unchanged, stpfin):
    return unchanged.project(stpfin)


@pytest.fixture
def project_changed(stpfin, tmp_path_factory):
    return lambda plan: Written(plan, tmp_path_factory.mktemp("changed")).project(stpfin)


def test_the_same_plan_gives_the_same_bytes(unchanged, stpfin, tmp_path):
    commands = {"all": ["project", unchanged.folder],
                "ledger": ["project", unchanged.folder, "--table", "ledger"],
                "bridge": ["bridge", unchanged.folder, "--by", "driver", "--method", "shapley"]}
    for name, command in commands.items():
        contents = []
        for turn in ("first", "second"):
            folder = tmp_path / f"{name}-{turn}"
            stpfin.run(*command, "--out", folder)
            contents.append({file.name: file.read_bytes() for file in folder.iterdir()})
        assert contents[0] == contents[1]
        assert "datapackage.json" in contents[0]


def test_a_tariff_change_leaves_englands_gap_unchanged(unchanged, before, project_changed):
    after = project_changed(generate.without_tariff(unchanged.generated))
    properties.assert_same_england_gap(after, before)


def test_a_transfer_moves_the_gap_and_leaves_englands_unchanged(unchanged, before, project_changed):
    transfer = *generate.two_with_a_position(unchanged.generated), unchanged.plan.end_year, 12345678.9
    after = project_changed(generate.with_transfer(unchanged.generated, *transfer))
    properties.assert_same_england_gap(after, before)
    properties.assert_transfer_moves_the_gap(after, before, *transfer)


def test_money_scales(unchanged, before, project_changed):
    after = project_changed(generate.scale_money(unchanged.generated, 3.7))
    properties.assert_same_gaps(after, before, factor=3.7)


def test_splitting_a_flow_changes_nothing(unchanged, before, project_changed):
    for index in range(len(unchanged.plan.flows)):
        after = project_changed(generate.split_flow(unchanged.generated, index))
        properties.assert_same_gaps(after, before)
        properties.assert_same_activity(after, before)
