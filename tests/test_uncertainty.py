"""The command line's simulations, sensitivities and sought values against the reference, on random plans.

Draw by draw the command has to be within a billionth of the reference, which projects the plan with the values of the
draw written into it; and as near to its own projection of that plan as two ways of adding up allow, or within a
billionth where a quantile has no formula.  £ are compared relative to what passes through the books of the place, other
measures to the largest of their kind.
"""

import csv
import io
import math
import random
import subprocess

import pytest

from reference import generate, properties, quantiles, schemes, simulation, uncertainty
from reference.generate import GeneratedPlan
from reference.generate_uncertainty import with_uncertainty
from reference.simulation import Measure
from test_health_quality import WrittenWithGaps
from test_schemes import tables_by_scenario

SEEDS = range(24)
SEEDS_FOR_CHANGED_PLANS = range(60, 68)
DRAWS = 5
DRAWS_PROJECTED = (0, DRAWS - 1)
MANY_DRAWS = 41
TOLERANCE = 1e-9
GAP = Measure("funding_gap", "gap")
OF_PLACES = ("funding_gap", "position", "spending")
OF_THE_WHOLE = ("scheme_impact", "capital", "appraisal")
EXACT = ("funding_gap", "position", "spending", "activity", "resource")
MEASURES = (
    Measure("funding_gap", "cost", (("component", "provider"),)), Measure("funding_gap", "income"),
    Measure("funding_gap", "gap", (("component", "nhs"),)), Measure("position", "gap"), Measure("position", "income"),
    Measure("spending", "amount"), Measure("spending", "amount", (("setting", "acute"),)),
    Measure("activity", "activity"), Measure("resource", "needed"),
    Measure("resource", "needed", (("resource", "bed"),)), Measure("capital", "shortfall"),
    Measure("scheme_impact", "net_saving"), Measure("scheme_impact", "cost_stranded"),
    Measure("appraisal", "net_present_value"), Measure("appraisal", "net_present_value", (("scheme", "total"),)),
    Measure("health_gap", "value", (("measure", "life_expectancy"), ("sex", "female"))),
    Measure("health_gap", "value", (("measure", "years_of_life_lost"),)),
    Measure("quality_gap", "value"), Measure("quality_summary", "composite", (("indicator", "composite"),)),
)


def asked(option, values):
    return [argument for value in values for argument in (option, str(value))]


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


class Uncertain:
    """A random plan with uncertainty, written to a folder."""

    def __init__(self, generated, folder, rng):
        self.folder = generate.write_plan(generated, folder)
        self.plan = uncertainty.read_plan(self.folder)
        self.seed = rng.choice((rng.randrange(1000), rng.randrange(2**63)))
        self.draws = uncertainty.Draws(self.plan, self.seed)
        self.scenarios = list(dict.fromkeys(row["scenario"] for row in self.plan.tables["scenario"]))
        self.measures = [GAP, *self.measures_that_move_first(rng)[:3]]

    def measures_that_move_first(self, rng):
        """Those that have values, the ones that a draw moves before the others."""
        def values_of(plan):
            tables = simulation.tables_of(uncertainty.reference_of(plan), self.scenarios[0],
                                          {measure.result for measure in MEASURES})
            return {measure: simulation.values_of_tables([measure], tables, plan.settings["end_year"])
                    for measure in MEASURES}

        before, after = values_of(self.plan), values_of(uncertainty.with_draw(self.plan, self.draws, 0))
        able = [measure for measure in rng.sample(MEASURES, len(MEASURES)) if before[measure]]
        return sorted(able, key=lambda measure: before[measure] == after[measure])

    def simulate(self, stpfin, draws, table, *options, measures=None, scenarios=None, seed=None):
        """The rows of a table of a simulation, as text."""
        done = stpfin.run("simulate", self.folder, *asked("--scenario", scenarios or self.scenarios),
                          "--draws", draws, "--seed", self.seed if seed is None else seed,
                          *asked("--measure", measures or self.measures), "--table", table, "--format", "csv", *options)
        return rows_of(done.stdout)

    @property
    def is_by_inversion(self):
        return any(parameter.distribution in quantiles.BY_INVERSION for parameter in self.draws.parameters)


def uncertain(seed, folder, **options):
    rng = random.Random(seed)
    plan = generate.random_plan(rng, schemes=True, health_and_quality=True, always=["deflator"], **options)
    return Uncertain(with_uncertainty(rng, plan), folder, rng)


def key_of(row):
    return row["measure"], row["place"], int(row["year"])


def values_drawn(rows):
    """Scenario → draw → (measure, place, year) → value; two rows of the same are a fault."""
    found = {}
    for row in rows:
        of_draw = found.setdefault(row["scenario"], {}).setdefault(int(row["draw"]), {})
        assert key_of(row) not in of_draw
        of_draw[key_of(row)] = float(row["value"])
    return found


class Expected:
    """A plan's values of measures in a scenario, with what they are compared relative to."""

    def __init__(self, tables, measures, end_year):
        self.values = simulation.values_of_tables(measures, tables, end_year)
        self.turnover = properties.turnover(tables)
        self.years = len({row["year"] for row in tables["position"]})
        self.largest = {}
        for (measure, _, _), value in self.values.items():
            name = measure.split("[")[0]
            self.largest[name] = max(self.largest.get(name, 0.0), abs(value))

    def size(self, measure, place):
        name = measure.split("[")[0]
        result = name.split(".")[0]
        if result in OF_PLACES:
            return self.turnover[place]
        return self.turnover["England"] * self.years if result in OF_THE_WHOLE else self.largest[name]


@pytest.fixture(scope="module", params=SEEDS)
def plan(request, tmp_path_factory):
    return uncertain(request.param, tmp_path_factory.mktemp("plan"))


RESULTS_OF_TURNOVER = {"funding_gap", "position"}


def expected_of(plan, changed, scenario, measures=None):
    measures = measures or plan.measures
    results = RESULTS_OF_TURNOVER | {measure.result for measure in measures}
    tables = simulation.tables_of(uncertainty.reference_of(changed), scenario, results)
    return Expected(tables, measures, plan.plan.settings["end_year"])


@pytest.fixture(scope="module")
def changed(plan):
    """The plans with each draw's values written into them."""
    return [uncertainty.with_draw(plan.plan, plan.draws, draw) for draw in range(DRAWS)]


@pytest.fixture(scope="module")
def expected(plan, changed):
    """Scenario → what is expected of each draw."""
    return {name: [expected_of(plan, one, name) for one in changed]
            for name in (schemes.DO_NOTHING, *plan.scenarios)}


@pytest.fixture(scope="module")
def central(plan):
    return {name: expected_of(plan, plan.plan, name) for name in (schemes.DO_NOTHING, *plan.scenarios)}


@pytest.fixture(scope="module")
def drawn(plan, stpfin):
    return values_drawn(plan.simulate(stpfin, DRAWS, "draws"))


def assert_near(found, wanted, size, tolerance, where):
    assert found == pytest.approx(wanted, rel=tolerance, abs=tolerance * size), where


def assert_same_values(found, expected, tolerance=TOLERANCE):
    assert found.keys() == expected.values.keys()
    for key, wanted in expected.values.items():
        assert_near(found[key], wanted, expected.size(*key[:2]), tolerance, key)


# Draws

def test_draws_are_the_references(plan, drawn, expected):
    assert set(plan.scenarios) <= set(drawn)
    for name, by_draw in drawn.items():
        assert list(by_draw) == list(range(DRAWS))
        for draw, found in by_draw.items():
            assert_same_values(found, expected[name][draw])


def test_a_draw_is_a_projection(plan, drawn, changed, expected, stpfin, tmp_path):
    for draw in DRAWS_PROJECTED:
        for name in plan.scenarios:
            alone = uncertainty.for_one_scenario(changed[draw], name)
            folder = generate.write_plan(alone, tmp_path / f"{draw} {plan.scenarios.index(name)}")
            tables = tables_by_scenario(stpfin, WrittenWithGaps.tables, "project", folder, "--scenario", name)[name]
            projected = simulation.values_of_tables(plan.measures, tables, plan.plan.settings["end_year"])
            found = drawn[name][draw]
            assert found.keys() == projected.keys()
            for key, value in projected.items():
                exact = key[0].split(".")[0] in EXACT and not plan.is_by_inversion
                assert_near(found[key], value, expected[name][draw].size(*key[:2]),
                            properties.TOLERANCE if exact else TOLERANCE, key)


def test_differences_are_of_the_same_draws(plan, expected, stpfin):
    one, other = plan.scenarios[-1], schemes.DO_NOTHING if len(plan.scenarios) == 1 else plan.scenarios[0]
    name = f"{one}-{other}"
    found = values_drawn(plan.simulate(stpfin, DRAWS, "draws", measures=[GAP, Measure("position", "gap")],
                                       scenarios=[name]))[name]
    assert list(found) == list(range(DRAWS))
    apart = values_drawn(plan.simulate(stpfin, DRAWS, "draws", measures=[GAP, Measure("position", "gap")]))
    for draw, values in found.items():
        for key, value in values.items():
            wanted = apart[one][draw][key] - apart[other][draw][key]
            size = max(expected[scenario][draw].turnover[key[1]] for scenario in (one, other))
            assert_near(value, wanted, size, properties.TOLERANCE, key)


# Summaries

def assert_summary(row, values, wanted):
    near = properties.TOLERANCE * max(map(abs, values))
    for column, value in wanted.items():
        if value is None:
            assert row[column] == "", column
        else:
            assert float(row[column]) == pytest.approx(value, rel=properties.TOLERANCE, abs=near), (key_of(row), column)


@pytest.mark.parametrize("draws", [1, MANY_DRAWS])
def test_summaries_are_the_references_of_the_same_draws(draws, plan, central, stpfin):
    by_draw = values_drawn(plan.simulate(stpfin, draws, "draws"))
    rows = plan.simulate(stpfin, draws, "simulation")
    assert {(row["scenario"], key_of(row)) for row in rows} == {
        (name, key) for name, of_draws in by_draw.items() for key in of_draws[0]}
    assert len(rows) == sum(len(of_draws[0]) for of_draws in by_draw.values())
    for row in rows:
        of_draws = by_draw[row["scenario"]]
        values = [of_draws[draw][key_of(row)] for draw in range(draws)]
        assert_summary(row, values, simulation.summary(values))
        wanted = central[row["scenario"]]
        assert_near(float(row["central"]), wanted.values[key_of(row)], wanted.size(*key_of(row)[:2]), TOLERANCE, row)


# What changes no draw

def texts(rows):
    """(scenario, measure, place, year, draw) → the value as it is written."""
    return {(row["scenario"], *key_of(row), int(row["draw"])): row["value"] for row in rows}


@pytest.fixture(scope="module", params=SEEDS_FOR_CHANGED_PLANS)
def unchanged(request, tmp_path_factory):
    return uncertain(request.param, tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module")
def whole(unchanged, stpfin):
    return texts(unchanged.simulate(stpfin, MANY_DRAWS, "draws"))


def test_pieces_make_the_whole(unchanged, whole, stpfin):
    joined = {}
    for piece in ("0:7", "7:8", f"8:{MANY_DRAWS}"):
        first, after = map(int, piece.split(":"))
        found = texts(unchanged.simulate(stpfin, MANY_DRAWS, "draws", "--range", piece))
        assert {draw for *_, draw in found} == set(range(first, after))
        joined |= found
    assert joined == whole


def test_threads_change_no_byte(unchanged, stpfin, tmp_path):
    contents = []
    for threads in (1, 2, 5):
        folder = tmp_path / f"{threads}"
        stpfin.run("simulate", unchanged.folder, *asked("--scenario", unchanged.scenarios), "--draws", MANY_DRAWS,
                   "--seed", unchanged.seed, *asked("--measure", unchanged.measures), "--threads", threads,
                   "--table", "simulation", "--table", "draws", "--out", folder)
        contents.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert contents[0] == contents[1] == contents[2]
    assert {"simulation.csv", "draws.csv", "datapackage.json"} <= contents[0].keys()


def test_another_scenario_changes_no_draw(unchanged, whole, stpfin):
    name = unchanged.scenarios[-1]
    alone = texts(unchanged.simulate(stpfin, MANY_DRAWS, "draws", scenarios=[name]))
    assert any(key[0] == name for key in alone)
    assert alone.items() <= whole.items()


def test_more_draws_change_none_before(unchanged, whole, stpfin):
    fewer = texts(unchanged.simulate(stpfin, 5, "draws"))
    assert fewer and fewer.items() <= whole.items()


def test_a_parameter_at_the_end_changes_no_other_draws(unchanged, stpfin, tmp_path):
    """A deflator moves appraisals alone, however it is correlated with what was there."""
    tables = dict(unchanged.plan.tables)
    correlated = tables.get("correlation", [])
    beside = correlated[0]["a"] if correlated else tables["uncertainty"][0]["parameter"]
    by_year = {parameter.name: parameter.by_year for parameter in unchanged.draws.parameters}[beside]
    tables["uncertainty"] = [*tables["uncertainty"], {
        "parameter": "one more", "table": "deflator", "column": "index", "mode": "factor", "distribution": "uniform",
        "p1": 0.5, "p2": 2, "path": "yearly" if by_year else "constant"}]
    tables["correlation"] = [*correlated, {"a": "one more", "b": beside, "rho": 0.05}]
    folder = generate.write_plan(GeneratedPlan(tables, unchanged.plan.settings), tmp_path / "more")
    measures = [measure for measure in unchanged.measures if measure.result != "appraisal"]
    before = unchanged.simulate(stpfin, DRAWS, "draws", measures=measures)
    after = rows_of(stpfin.run(
        "simulate", folder, *asked("--scenario", unchanged.scenarios), "--draws", DRAWS, "--seed", unchanged.seed,
        *asked("--measure", measures), "--table", "draws", "--format", "csv").stdout)
    assert texts(after) == texts(before)


# Marginals, of figures that are themselves what is measured

ORGANISATIONS = {"interval80": (90, 120), "normal": (100, 8), "lognormal": (100, 30), "gamma": (100, 80),
                 "beta": (0.3, 0.1), "uniform": (90, 120), "triangular": (90, 95, 130), "pert": (90, 95, 130)}
MOMENTS = {"interval80": (105, 15 / quantiles.Z_OF_A_TENTH), "normal": (100, 8), "lognormal": (100, 30),
           "gamma": (100, 80), "beta": (0.3, 0.1), "uniform": (105, 30 / math.sqrt(12)),
           "triangular": (105, math.sqrt((90**2 + 95**2 + 130**2 - 90 * 95 - 90 * 130 - 95 * 130) / 18)),
           "pert": (100, math.sqrt(10 * 30 / 7))}
FIXED_SEED = 20160630
MARGINAL_DRAWS = 4000


def plan_of_pressures(parameters, correlation=(), end_year=2018):
    """Organisations whose gap is their pressure, of £10 a year; the uncertainty is of these pressures."""
    names = sorted({name for name, _ in parameters})
    organisations = [{"organisation": "buyer", "name": "buyer", "kind": "commissioner"},
                     {"organisation": "seller", "name": "seller", "kind": "provider"},
                     *({"organisation": name, "name": name, "kind": "provider"} for name in names)]
    tables = {
        "footprint": [{"footprint": "vale", "name": "vale"}], "organisation": organisations,
        "membership": [{"organisation": row["organisation"], "footprint": "vale", "share": 1} for row in organisations],
        "service": [{"service": "beds", "name": "beds", "setting": "acute", "unit": "day"}],
        "flow": [{"commissioner": "buyer", "provider": "seller", "service": "beds", "activity": 100, "income": 1000}],
        "pressure": [{"organisation": name, "name": "n", "year": year, "amount": 10}
                     for name in names for year in range(2015, end_year + 1)],
        "uncertainty": [{"parameter": f"p {name}", "table": "pressure", "column": "amount",
                         "select": f"organisation={name}", "mode": "value", **row} for name, row in parameters],
        "correlation": list(correlation)}
    return GeneratedPlan({name: rows for name, rows in tables.items() if rows},
                         {"base_year": 2015, "end_year": end_year})


def distribution(name, **columns):
    return {"distribution": name, **dict(zip(("p1", "p2", "p3"), ORGANISATIONS[name])), **columns}


def positions_drawn(stpfin, plan, folder, draws, seed=FIXED_SEED):
    """(organisation, year) → the values drawn."""
    generate.write_plan(plan, folder)
    rows = rows_of(stpfin.run("simulate", folder, "--draws", draws, "--seed", seed, "--measure", "position.gap",
                              "--table", "draws", "--format", "csv").stdout)
    found = {}
    for row in rows:
        found.setdefault((row["place"], int(row["year"])), {})[int(row["draw"])] = float(row["value"])
    return {key: [values[draw] for draw in range(draws)] for key, values in found.items()}


@pytest.fixture(scope="module")
def marginals(stpfin, tmp_path_factory):
    plan = plan_of_pressures([(name, distribution(name)) for name in ORGANISATIONS])
    drawn = positions_drawn(stpfin, plan, tmp_path_factory.mktemp("marginals"), MARGINAL_DRAWS)
    return {name: drawn[name, 2017] for name in ORGANISATIONS}


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_a_quantity_is_the_quantile_of_its_chance(name, marginals):
    """Each draw by itself: to the last digits where the quantile has a formula."""
    parameter = uncertainty.Parameter(f"p {name}", "", "", (), "value", name, ORGANISATIONS[name], "constant")
    near = 1e-11 if name in quantiles.BY_INVERSION else 1e-13
    for draw in range(0, MARGINAL_DRAWS, 7):
        below, above = uncertainty.chances(FIXED_SEED, parameter.name, draw, uncertainty.NO_YEAR)
        wanted = uncertainty.quantity_at(parameter, quantiles.normal_quantile(below, above), below, above)
        assert marginals[name][draw] == pytest.approx(wanted, rel=near), draw


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_marginals_have_their_moments_and_percentiles(name, marginals):
    """Within four and a half standard errors."""
    values, (mean, sd) = marginals[name], MOMENTS[name]
    assert sum(values) / len(values) == pytest.approx(mean, abs=4.5 * sd / math.sqrt(len(values)))
    second, fourth = (sum((value - mean) ** power for value in values) / len(values) for power in (2, 4))
    assert second == pytest.approx(sd**2, abs=4.5 * math.sqrt((fourth - second**2) / len(values)))
    parameter = uncertainty.Parameter("", "", "", (), "value", name, ORGANISATIONS[name], "constant")
    for chance in (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99):
        limit = uncertainty.quantity_at_chance(parameter, chance)
        share = sum(value < limit for value in values) / len(values)
        assert share == pytest.approx(chance, abs=4.5 * math.sqrt(chance * (1 - chance) / len(values))), chance


def test_chances_are_even_and_names_independent(marginals):
    """Parameters of other names are not correlated by chance."""
    names = list(ORGANISATIONS)
    few = {name: marginals[name][:600] for name in names}
    for place, one in enumerate(names):
        for other in names[:place]:
            assert abs(simulation.rank_correlation(few[one], few[other])) < 4.5 / math.sqrt(600), (one, other)


def test_another_seed_changes_every_draw(stpfin, tmp_path):
    plan = plan_of_pressures([("x", distribution("normal"))])
    one, other, largest = (positions_drawn(stpfin, plan, tmp_path, 50, seed)["x", 2017]
                           for seed in (0, 1, 2**63 - 1))
    assert len({*one, *other, *largest}) == 150


def test_yearly_draws_are_apart_and_walks_add_up(stpfin, tmp_path):
    plan = plan_of_pressures([("steps", distribution("normal", path="yearly")),
                              ("walk", distribution("normal", path="walk"))],
                             [{"a": "p steps", "b": "p walk", "rho": 0.8}])
    drawn = positions_drawn(stpfin, plan, tmp_path, 1500)
    steps = {year: drawn["steps", year] for year in range(2015, 2019)}
    walk = {year: drawn["walk", year] for year in range(2015, 2019)}
    near_nought, near_rho = 4.5 / math.sqrt(1500), 4.5 * (1 - 0.8**2) / math.sqrt(1500)
    assert abs(simulation.rank_correlation(steps[2016], steps[2017])) < near_nought
    for year in (2016, 2017, 2018):
        step = [after - before for before, after in zip(walk[year - 1], walk[year])]
        assert sum(step) / len(step) == pytest.approx(100, abs=4.5 * 8 / math.sqrt(1500))
        assert simulation.rank_correlation(steps[year], step) == pytest.approx(0.786, abs=1.3 * near_rho)
        assert abs(simulation.rank_correlation(steps[year - 1], step)) < near_nought


# Clipping after scale

def test_sizes_are_clipped_after_the_scale_of_each_scenario(stpfin, tmp_path):
    plan = plan_of_pressures([("x", distribution("normal"))])
    plan.tables |= {
        "scheme": [{"scheme": "a", "name": "a", "workstream": "w", "aim": "funding", "owner": "seller"}],
        "activity_effect": [{"scheme": "a", "service": "beds", "reduction": 0.3, "start_year": 2016}],
        "scenario": [{"scenario": "half", "scheme": "a", "scale": 0.5},
                     {"scenario": "twice", "scheme": "a", "scale": 2}],
        "uncertainty": [{"parameter": "p", "table": "activity_effect", "column": "reduction", "mode": "value",
                         "distribution": "uniform", "p1": 0.6, "p2": 0.9}]}
    generate.write_plan(plan, tmp_path)
    rows = rows_of(stpfin.run("simulate", tmp_path, "--scenario", "half", "--scenario", "twice", "--draws", 20,
                              "--seed", 1, "--measure", "activity.activity", "--table", "draws", "--format",
                              "csv").stdout)
    parameter = uncertainty.Draws(uncertainty.read_plan(tmp_path), 1)
    for row in rows:
        if row["scenario"] == "half" and row["year"] == "2018":
            quantity = parameter.quantity(0, int(row["draw"]))
            assert float(row["value"]) == pytest.approx(100 * (1 - quantity / 2), rel=1e-13)
        elif row["scenario"] == "twice" and row["year"] == "2018":
            assert float(row["value"]) == 0


# What is refused

def refused(stpfin, plan, folder, *names):
    generate.write_plan(plan, folder)
    done = subprocess.run([stpfin.path, "simulate", folder, "--draws", "3", "--seed", "1"], capture_output=True,
                          encoding="utf-8", timeout=60)
    assert done.returncode == 1, (done.stdout, done.stderr)
    for name in names:
        assert name in done.stdout + done.stderr


@pytest.mark.parametrize("columns", [
    {"select": "organisation=nobody"}, {"select": "nowhere=x"}, {"column": "nowhere"}, {"table": "nowhere"},
    {"column": "name"}, {"table": "flow", "column": "income", "select": "", "path": "yearly"},
    {"table": "flow", "column": "income", "select": "", "path": "walk"},
    {"table": "service", "column": "length_of_stay", "select": ""}, {"p2": ""}, {"p2": -1},
    {"distribution": "beta", "p1": 2, "p2": 0.1}, {"distribution": "triangular", "p1": 3, "p2": 2, "p3": 4},
    {"distribution": "lognormal", "p1": -1, "p2": 0.1}])
def test_what_cannot_be_drawn_is_refused_by_name(columns, stpfin, tmp_path):
    plan = plan_of_pressures([("x", distribution("normal"))])
    plan.tables["uncertainty"][0] |= columns
    refused(stpfin, plan, tmp_path, "uncertainty")


def test_a_matrix_that_is_not_positive_definite_is_refused_by_the_pair(stpfin, tmp_path):
    rows = [(name, distribution("normal")) for name in ("x", "y", "z")]
    rhos = [("x", "y", 0.9), ("x", "z", 0.9), ("y", "z", -0.9)]
    plan = plan_of_pressures(rows, [{"a": f"p {a}", "b": f"p {b}", "rho": rho} for a, b, rho in rhos])
    refused(stpfin, plan, tmp_path, "p z")


def test_a_constant_and_a_yearly_parameter_cannot_be_correlated(stpfin, tmp_path):
    plan = plan_of_pressures([("x", distribution("normal")), ("y", distribution("normal", path="walk"))],
                             [{"a": "p x", "b": "p y", "rho": 0.5}])
    refused(stpfin, plan, tmp_path, "p x", "p y")


# Sensitivity

def test_tornado_is_the_references(plan, stpfin):
    """But those of health, which take the reference long."""
    name, measures = plan.scenarios[0], [measure for measure in plan.measures if measure.result != "health_gap"]
    rows = rows_of(stpfin.run("sensitivity", plan.folder, "--scenario", name, *asked("--measure", measures),
                              "--format", "csv").stdout)
    found = {(row["parameter"], *key_of(row)): row for row in rows if row["scenario"] == name}
    wanted = set()
    for index, parameter in enumerate(plan.draws.parameters):
        for column, chance in (("low", 0.1), ("high", 0.9)):
            expected = expected_of(plan, simulation.at_chance(plan.plan, index, chance), name, measures)
            for key, value in expected.values.items():
                wanted.add((parameter.name, *key))
                assert_near(float(found[parameter.name, *key][column]), value, expected.size(*key[:2]), TOLERANCE,
                            (parameter.name, key, column))
    assert found.keys() == wanted


def test_rank_correlations_are_of_the_same_draws(plan, stpfin):
    name, draws = plan.scenarios[0], 30
    options = ("--scenario", name, *asked("--measure", plan.measures))
    rows = rows_of(stpfin.run("sensitivity", plan.folder, *options, "--draws", draws, "--seed", plan.seed,
                              "--format", "csv").stdout)
    by_draw = values_drawn(plan.simulate(stpfin, draws, "draws", scenarios=[name]))[name]
    moved = {parameter.name: [simulation.quantity_for_ranks(plan.plan, plan.draws, index, draw)
                              for draw in range(draws)]
             for index, parameter in enumerate(plan.draws.parameters)}
    compared = 0
    for row in rows:
        if row["scenario"] == name:
            wanted = simulation.rank_correlation(moved[row["parameter"]],
                                                 [by_draw[draw][key_of(row)] for draw in range(draws)])
            assert (row["rank_correlation"] == "") == (wanted is None), row
            if wanted is not None:
                assert float(row["rank_correlation"]) == pytest.approx(wanted, abs=TOLERANCE), row
                compared += 1
    assert compared >= len(plan.draws.parameters)


# Seek

def seek(stpfin, plan, parameter, target, low, high):
    """The row found and the exit status, of England's gap in the last year."""
    command = [stpfin.path, "seek", plan.folder, "--scenario", plan.scenarios[0], "--parameter", parameter.name,
               "--measure", str(GAP), "--place", "England", "--year", plan.plan.settings["end_year"],
               "--target", repr(target), "--from", repr(low), "--to", repr(high), "--format", "csv"]
    done = subprocess.run([*map(str, command)], capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode in (0, 3), done.stderr
    [row] = [row for row in rows_of(done.stdout) if row["scenario"] == plan.scenarios[0]]
    assert row["parameter"] == parameter.name and key_of(row) == (str(GAP), "England",
                                                                  plan.plan.settings["end_year"])
    return row, done.returncode


def gap_at(plan, index, quantity):
    """England's gap in the last year and what it is compared relative to."""
    expected = expected_of(plan, simulation.at_quantity(plan.plan, index, quantity), plan.scenarios[0], [GAP])
    return expected.values[str(GAP), "England", plan.plan.settings["end_year"]], expected.turnover["England"]


def sought(plan):
    """A parameter that moves the gap one way, its quantities from low to high and the gaps that these bring; or none."""
    for index, parameter in enumerate(plan.draws.parameters):
        if (parameter.table, parameter.column) in uncertainty.WHOLE_NUMBERS:
            continue
        quantities = [uncertainty.quantity_at_chance(parameter, chance) for chance in (0.05, 0.2, 0.4, 0.6, 0.8, 0.95)]
        gaps = [gap_at(plan, index, quantity)[0] for quantity in quantities]
        steps = [after - before for before, after in zip(gaps, gaps[1:])]
        size = gap_at(plan, index, quantities[0])[1]
        if min(map(abs, steps)) > 1e-6 * size and (min(steps) > 0 or max(steps) < 0):
            return index, parameter, quantities, gaps
    return None


def test_what_is_sought_is_found_or_said_to_be_out_of_reach(tmp_path_factory, stpfin):
    tried = 0
    for seed in SEEDS_FOR_CHANGED_PLANS:
        plan = uncertain(seed, tmp_path_factory.mktemp("plan"))
        found = sought(plan)
        if found is None:
            continue
        tried += 1
        index, parameter, quantities, gaps = found
        low, high = quantities[0], quantities[-1]
        size = gap_at(plan, index, low)[1]
        target = gaps[2]
        row, status = seek(stpfin, plan, parameter, target, low, high)
        assert status == 0
        assert float(row["target"]) == target
        assert_near(float(row["reached"]), target, size, TOLERANCE, row)
        assert_near(float(row["reached"]), gap_at(plan, index, float(row["value"]))[0], size, TOLERANCE, row)
        assert float(row["value"]) == pytest.approx(quantities[2], abs=1e-3 * (high - low))

        beyond = max(gaps) + 10 * (max(gaps) - min(gaps))
        row, status = seek(stpfin, plan, parameter, beyond, low, high)
        assert status == 3
        end = low if gaps[0] > gaps[-1] else high
        assert float(row["value"]) == pytest.approx(end, rel=1e-12, abs=1e-12 * (high - low))
        assert_near(float(row["reached"]), max(gaps), size, TOLERANCE, row)
    assert tried >= 3
