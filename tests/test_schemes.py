"""The command line's scenarios against the reference model, and the properties that must always hold.

Values are compared as in test_projection.py: relative to the largest of the same place, for two ways of adding the
same numbers up differ by rounding in proportion to what was added.  A scheme's £ are the difference of large sums and
are compared relative to what passes through the books of the place, its units to everybody's activity.
"""

import csv
import pathlib
import random
import tempfile

import pytest

pytest.register_assert_rewrite("reference.scheme_properties")

from reference import generate, model, properties, scheme_bridge, scheme_properties, scheme_tables, schemes
from reference.properties import TOLERANCE, by_key

SEEDS = range(32)
SEEDS_FOR_CHANGED_PLANS = range(60, 66)
BRIDGES = [(by, method) for by in ("scheme", "workstream", "agreement") for method in ("sequential", "shapley")]

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
    "capital": (("organisation", "year"), ("spend", "award", "disposal", "shortfall"), ("organisation",)),
}
COLUMNS = {table: {"scenario", *keys, *values} for table, (keys, values, _) in COMPARED.items()}
COLUMNS["funding_gap"].add("gap_per_head")
COLUMNS["scheme_impact"] = {"scenario", "scheme", "footprint", "year", *scheme_properties.SUMS_OF_IMPACT}
COLUMNS["appraisal"] = {"scenario", "scheme", "net_present_value", "benefit_cost_ratio", "payback_year"}
COLUMNS["health_gap"] = {"scenario", "footprint", "measure", "sex", "year", "value", "lower", "upper", "comparator",
                         "gap"}
COLUMNS["quality_gap"] = {"scenario", "footprint", "indicator", "year", "value", "lower", "upper", "target", "gap",
                          "gap_to_best", "people_affected", "funnel", "cost_to_close"}
COLUMNS["quality_summary"] = {"scenario", "footprint", "indicator", "year_met", "tau_squared", "composite"}
COLUMNS["bridge"] = {"scenario", "place", "year", "step", "group", "amount", "standard_error"}
WHOLE_NUMBERS = {"year", "step", "payback_year", "year_met"}
TEXTS = {"scenario", "footprint", "component", "organisation", "counterparty", "service", "scheme", "line", "setting",
         "commissioner", "provider", "resource", "place", "group", "measure", "sex", "indicator", "funnel"}


def read_value(column, text):
    """Whole numbers, floats, and None for a blank value."""
    if column in TEXTS:
        return text
    if text == "":
        return None
    return int(text) if column in WHOLE_NUMBERS else float(text)


def read_table(file):
    """The rows of a result table, which must have the columns of its kind."""
    with open(file, newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        assert set(reader.fieldnames) == COLUMNS[file.stem], file.stem
        return [{column: read_value(column, text) for column, text in row.items()} for row in reader]


def tables_by_scenario(stpfin, tables, *arguments):
    """Run with the results written to a folder; scenario → table → rows, of the tables wanted, which must be there."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        stpfin.run(*arguments, "--out", folder)
        for table in tables:
            for row in read_table(pathlib.Path(folder, f"{table}.csv")):
                of_scenario = found.setdefault(row.pop("scenario"), {table: [] for table in tables})
                of_scenario[table].append(row)
    return found


class Written:
    """A random plan with schemes written to a folder, and the reference's reading of it."""

    tables = tuple(table for table in scheme_tables.TABLES if table != "ledger")

    def __init__(self, generated, folder):
        self.generated = generated
        self.folder = generate.write_plan(generated, folder)
        self.plan = schemes.read_plan(folder)
        self.scenarios = list(dict.fromkeys(row["scenario"] for row in self.plan.rows("scenario")))
        self.parents = {row["footprint"]: row["parent"] for row in self.plan.rows("footprint")}

    def project(self, stpfin, *options):
        """Scenario → its tables, the ledger among them; do_nothing comes unasked."""
        asked = [argument for name in self.scenarios for argument in ("--scenario", name)]
        found = tables_by_scenario(stpfin, self.tables, "project", self.folder, *asked, *options)
        ledgers = tables_by_scenario(stpfin, ["ledger"], "project", self.folder, *asked, "--table", "ledger", *options)
        assert found.keys() == ledgers.keys() == {schemes.DO_NOTHING, *self.scenarios}
        return {name: found[name] | ledgers[name] for name in found}

    def bridge(self, stpfin, name, by, method):
        """A scenario's bridge; sequential is what happens when no method is asked for."""
        asked = ["--method", method] if method != "sequential" else []
        found = tables_by_scenario(stpfin, ["bridge"], "bridge", self.folder, "--scenario", name, "--by", by, *asked)
        assert list(found) == [name]
        return found[name]["bridge"]

    def expected(self, prices="cash"):
        return {name: scheme_tables.results(self.plan, name, prices) for name in (schemes.DO_NOTHING, *self.scenarios)}


def random_plan(seed, **options):
    return generate.random_plan(random.Random(seed), schemes=True, **options)


@pytest.fixture(scope="module", params=SEEDS)
def written(request, tmp_path_factory):
    return Written(random_plan(request.param, always=["deflator"]), tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module")
def projected(written, stpfin):
    return written.project(stpfin)


@pytest.fixture(scope="module")
def expected(written):
    return written.expected()


# The same values

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


def without_noughts(rows):
    """The ledger's rows that say something: one of 0 may be there or not, such as that of a shift yet to begin."""
    return [row for row in rows if (row["income"], row["cost"]) != (0, 0)]


def assert_same_table(table, actual, expected):
    """The same keys exactly, and for each the same values."""
    keys, values, place = COMPARED[table]
    if table == "ledger":
        actual, expected = without_noughts(actual), without_noughts(expected)
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


def assert_same_impacts(actual, expected, do_nothing):
    keys = ("scheme", "footprint", "year")
    found, wanted = by_key(actual["scheme_impact"], *keys), by_key(expected["scheme_impact"], *keys)
    assert found.keys() == wanted.keys()
    nears = {(column, footprint): scheme_properties.near_of_impact(column, footprint, expected, do_nothing)
             for column in scheme_properties.SUMS_OF_IMPACT for _, footprint, _ in wanted}
    for key, row in wanted.items():
        for column in scheme_properties.SUMS_OF_IMPACT:
            assert_near(found[key][column], row[column], nears[column, row["footprint"]], (key, column))


@pytest.mark.parametrize("table", COMPARED)
def test_results_are_the_references(table, projected, expected):
    for name in expected:
        assert_same_table(table, projected[name][table], expected[name][table])


def test_gaps_per_head_are_the_references(written, projected, expected):
    for name in expected:
        assert_same_gaps_per_head(written.plan, projected[name]["funding_gap"], expected[name]["funding_gap"])


def test_impacts_are_the_references(projected, expected):
    for name in expected:
        assert_same_impacts(projected[name], expected[name], expected[schemes.DO_NOTHING])


def test_real_prices_are_the_references(written, stpfin, projected):
    actual, expected = written.project(stpfin, "--prices", "real"), written.expected("real")
    for name in expected:
        for table in COMPARED:
            assert_same_table(table, actual[name][table], expected[name][table])
        assert_same_gaps_per_head(written.plan, actual[name]["funding_gap"], expected[name]["funding_gap"])
        assert_same_impacts(actual[name], expected[name], expected[schemes.DO_NOTHING])
        assert actual[name]["appraisal"] == projected[name]["appraisal"]


# Appraisal

def years_that_may_be_paid_back(appraisal, near):
    """The payback years that rounding can make of the cumulative net benefits, None for never."""
    cumulative = appraisal.cumulative_net_benefits()
    years = list(cumulative)
    possible = {year for year, before in zip(years, [None, *years])
                if all(cumulative[later] >= -near for later in years if later >= year)
                and (before is None or cumulative[before] < near)}
    return possible | ({None} if cumulative[years[-1]] < near else set())


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
            if abs(appraisal.present_costs) > near or appraisal.present_costs == 0:
                ratio = appraisal.benefit_cost_ratio
                near_ratio = 0 if ratio is None else near * (1 + abs(ratio)) / appraisal.present_costs
                assert_near(row["benefit_cost_ratio"], ratio, near_ratio, scheme)


# Bridge

@pytest.fixture(scope="module")
def bridges(written, stpfin):
    """(scenario, by, method) → rows."""
    return {(name, *how): written.bridge(stpfin, name, *how) for name in written.scenarios for how in BRIDGES}


@pytest.mark.parametrize("by, method", BRIDGES)
def test_bridge_is_the_references(by, method, written, expected, bridges):
    keys = ("place", "year", "step", "group")
    for name in written.scenarios:
        found = by_key(bridges[name, by, method], *keys)
        wanted = by_key(scheme_bridge.bridge_table(written.plan, name, by, method), *keys)
        assert found.keys() == wanted.keys()
        size = scheme_properties.largest_turnover(expected[name], expected[schemes.DO_NOTHING])
        for key, row in wanted.items():
            assert_near(found[key]["amount"], row["amount"], TOLERANCE * size[row["place"]], key)


@pytest.mark.parametrize("by, method", BRIDGES)
def test_bridge_parts_sum(by, method, written, projected, bridges):
    for name in written.scenarios:
        scheme_properties.assert_bridge_leads_to_the_scenario(bridges[name, by, method], projected[name],
                                                              projected[schemes.DO_NOTHING])


# Properties

def test_ledger_rows_sum_to_positions_and_scheme_costs(written, projected):
    for name in written.scenarios:
        properties.assert_ledger_sums_to_positions(projected[name])
        properties.assert_every_payment_has_two_ends(projected[name])
        scheme_properties.assert_impacts_sum_to_scheme_costs_in_the_ledger(projected[name],
                                                                           projected[schemes.DO_NOTHING])


def test_footprints_sum_to_england_and_children_to_parents(written, projected):
    for name in written.scenarios:
        properties.assert_areas_sum(projected[name], written.parents)
        scheme_properties.assert_impacts_sum_over_areas(projected[name], projected[schemes.DO_NOTHING],
                                                        written.parents)


def test_impacts_sum_to_the_gap_closed(written, projected):
    for name in written.scenarios:
        scheme_properties.assert_impacts_sum_to_the_gap_closed(projected[name], projected[schemes.DO_NOTHING])
        scheme_properties.assert_impacts_add_up(projected[name], projected[schemes.DO_NOTHING])


def test_activity_is_never_below_nought(projected):
    for results in projected.values():
        properties.assert_activity_is_never_below_nought(results)


def test_asking_for_scenarios_leaves_do_nothing_as_it_is(written, projected, stpfin):
    alone = tables_by_scenario(stpfin, written.tables, "project", written.folder)
    assert list(alone) == [schemes.DO_NOTHING]
    for table in written.tables:
        assert alone[schemes.DO_NOTHING][table] == projected[schemes.DO_NOTHING][table], table


def test_one_scenario_leaves_another_as_it_is(written, projected, stpfin):
    name = written.scenarios[-1]
    alone = tables_by_scenario(stpfin, written.tables, "project", written.folder, "--scenario", name)
    assert alone.keys() == {schemes.DO_NOTHING, name}
    for table in written.tables:
        assert alone[name][table] == projected[name][table], table


# Changed plans

@pytest.fixture(scope="module", params=SEEDS_FOR_CHANGED_PLANS)
def unchanged(request, tmp_path_factory):
    return Written(random_plan(request.param), tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module")
def before(unchanged, stpfin):
    return unchanged.project(stpfin)


@pytest.fixture
def project_changed(stpfin, tmp_path_factory):
    return lambda plan: Written(plan, tmp_path_factory.mktemp("changed")).project(stpfin)


def test_the_same_plan_gives_the_same_bytes(unchanged, stpfin, tmp_path):
    name = unchanged.scenarios[0]
    commands = {"all": ["project", unchanged.folder, "--scenario", name],
                "ledger": ["project", unchanged.folder, "--scenario", name, "--table", "ledger"],
                "bridge": ["bridge", unchanged.folder, "--scenario", name, "--by", "agreement", "--method", "shapley"]}
    for command, arguments in commands.items():
        contents = []
        for turn in ("first", "second"):
            folder = tmp_path / f"{command}-{turn}"
            stpfin.run(*arguments, "--out", folder)
            contents.append({file.name: file.read_bytes() for file in folder.iterdir()})
        assert contents[0] == contents[1]
        assert "datapackage.json" in contents[0]


def test_schemes_at_scale_nought_do_nothing(unchanged, before, project_changed):
    after = project_changed(generate.without_awards(generate.at_scale_nought(unchanged.generated)))
    for name in unchanged.scenarios:
        scheme_properties.assert_nothing_is_done(after[name], before[schemes.DO_NOTHING])


def test_money_scales(unchanged, before, project_changed):
    after = project_changed(generate.scale_money(unchanged.generated, 3.7))
    for name in before:
        properties.assert_same_gaps(after[name], before[name], factor=3.7)
        properties.assert_same_activity(after[name], before[name])
        scheme_properties.assert_same_impacts(after[name], before[name], factor=3.7)


def test_splitting_a_flow_changes_nothing(unchanged, before, project_changed):
    for index in range(len(unchanged.plan.flows)):
        after = project_changed(generate.split_flow(unchanged.generated, index))
        for name in before:
            properties.assert_same_gaps(after[name], before[name])
            properties.assert_same_activity(after[name], before[name])
            scheme_properties.assert_same_impacts(after[name], before[name])


def test_a_tariff_change_leaves_englands_gap_unchanged(unchanged, before, project_changed):
    after = project_changed(generate.without_tariff(unchanged.generated))
    for name in before:
        properties.assert_same_england_gap(after[name], before[name])
