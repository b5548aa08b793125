"""Nothing leaks, and views outlive what they were taken from."""

import ctypes
import gc
import pickle
import resource
import sys

import numpy
import pytest

import stpfin
from conftest import YEARS, small_tables
from stpfin import _stpfin


def resident():
    """What the process holds, less what it has freed and the C library keeps for later."""
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def use_everything(tables, small, folder):
    """Every call once, those that fail too."""
    plan = stpfin.Plan(tables, **YEARS)
    projection = plan.project(["both", "lean"], prices="real")
    for name in projection:
        projection.arrays(name)
        projection.table(name)
    projection.to_json(), projection.to_text(), projection.to_csv("position"), projection.stamp
    plan.bridge("both", method="shapley").to_json()
    plan.compare(small, "both", progress=lambda done: None).to_text()
    plan.align("both").to_text()
    plan.project(comparator="target", targets={"life_expectancy": 83, ("life_expectancy", "male"): 82}).health_gap
    plan.allocate("change", "equal_losses", pace=0.5).plan.hash
    plan.allocate("change", "talmud").to_json()
    portfolio = plan.portfolio(progress=lambda done: None)
    portfolio.plan.hash, portfolio.to_text(), portfolio.to_json(), portfolio.summary
    plan.portfolio(benefits={"B1": 1, "B2": 2})
    stpfin.fund_share(10, [5, 15], rule="equal_awards", weight=[1, 2], floor=[0, None], cap=5, last=3, pace=1)
    uncertain = plan.replace(uncertainty=UNCERTAINTY)
    simulation = uncertain.simulate(["both", "both-lean"], draws=9, progress=lambda done: None)
    simulation.array, simulation.to_json(), simulation.draws, simulation.stamp
    pickle.loads(pickle.dumps(simulation))
    stpfin.Simulation.join([uncertain.simulate(draws=9, first=4), uncertain.simulate(draws=9, end=4)]).array
    uncertain.sensitivity("both", draws=5, sobol=4, repetitions=9).to_text()
    uncertain.seek("growth", 1.2e6).to_json()
    stpfin.sobol_indices([1, 2, 3], [2, 3, 1], [3, 2, 1], repetitions=9), stpfin.rank_correlation([1, 2], [2, 1])
    plan.replace(activity_growth=tables["activity_growth"])
    plan.tables["flow"], plan.hash, plan.settings, plan.problems
    stpfin.describe("flow")
    plan.write(folder)
    stpfin.Plan.load(folder)
    for fail in (lambda: plan.project("none"), lambda: plan["none"], lambda: plan.bridge(place="none"),
                 lambda: stpfin.Plan({**tables, "flow": {"commissioner": ["\0"]}}, **YEARS),
                 lambda: stpfin.Plan({**tables, "flow": {"commissioner": ["C1"]}}, **YEARS),
                 lambda: plan.compare(small, progress=stop), lambda: plan.project([None]),
                 lambda: plan.project(targets={"life_expectancy": 83}), lambda: plan.allocate("none", "talmud"),
                 lambda: plan.allocate("change", "talmud", weight="population"),
                 lambda: stpfin.fund_share(10, [5, 15], rule="talmud", floor=[5, 15]),
                 lambda: plan.simulate("both"), lambda: uncertain.simulate(draws=9, measures="none"),
                 lambda: uncertain.simulate("both", draws=9, progress=stop), lambda: uncertain.seek("growth", 1e99),
                 lambda: uncertain.sensitivity("none"), lambda: stpfin.Simulation.join([simulation, simulation]),
                 lambda: stpfin.rank_correlation([1, 2], [1]), lambda: stpfin.sobol_indices([1], [2], [3]),
                 lambda: plan.portfolio(progress=stop), lambda: plan.portfolio(benefits={"B1": 1}),
                 lambda: plan.replace(portfolio_limit={"minimum": [1e9]}).portfolio(),
                 lambda: _stpfin.stpfin_results_json([projection], None),
                 lambda: _stpfin.stpfin_results_json([], {"plan_hash": "x" * 100})):
        with pytest.raises((ValueError, KeyError, TypeError, ZeroDivisionError)):
            fail()


UNCERTAINTY = {"parameter": ["growth"], "table": ["activity_growth"], "column": ["rate"], "mode": ["add"],
               "distribution": ["normal"], "p1": [0.0], "p2": [0.02], "path": ["yearly"]}


def stop(done):
    raise ZeroDivisionError


def test_thousands_of_calls_take_no_memory(small, tmp_path):
    tables = small_tables()
    use_everything(tables, small, tmp_path)
    counts = []
    sizes = []
    for _ in range(4):
        for _ in range(5):
            use_everything(tables, small, tmp_path)
        gc.collect()
        counts.append(sys.gettotalrefcount() if hasattr(sys, "gettotalrefcount") else len(gc.get_objects()))
        sizes.append(resident())
    assert counts[-1] - counts[1] < 50
    # A round is some 1,800 calls of C.
    assert sizes[-1] - sizes[1] < 500_000, sizes


def test_large_tables_are_freed(england):
    england.project().arrays("ledger")
    gc.collect()
    before = resident()
    for _ in range(15):
        england.project().arrays("ledger")
        england.project().ledger
    gc.collect()
    assert resident() - before < 20_000_000, "a ledger is some 10 MB"


def test_references_are_counted(small):
    table = small.project()._table("ledger")
    before = sys.getrefcount(table)
    views = [_stpfin.stpfin_table_get_double(table, 7) for _ in range(3)]
    assert sys.getrefcount(table) == before + 3
    assert all(view.base is table for view in views)
    del views
    assert sys.getrefcount(table) == before
    for value in ("text", 1000.5, ["F1"], {"base_year": 2020, "end_year": 2023}):
        before = sys.getrefcount(value)
        for _ in range(10):
            for call in (lambda: _stpfin.stpfin_describe(value), lambda: _stpfin.stpfin_plan_new(value, value),
                         lambda: _stpfin.stpfin_results_json(value, value),
                         lambda: _stpfin.stpfin_project(small._handle, 0, value, 0, value, value, value, False, value),
                         lambda: _stpfin.stpfin_project(small._handle, 0, [value], 2, [value], [value], [1.0], False,
                                                        None),
                         lambda: _stpfin.stpfin_project(small._handle, 0, [], 2, [value], [], [], True, None),
                         lambda: _stpfin.stpfin_fund_share(0, 10.0, [1.0], value, value, value, value, -1.0, 1),
                         lambda: _stpfin.stpfin_allocate(small._handle, value, 0, 0, 0, -1.0, value),
                         lambda: _stpfin.stpfin_simulate(small._handle, value, value, value, value, 0, 0, 0, 0, 0, 1,
                                                         value),
                         lambda: _stpfin.stpfin_simulate(small._handle, [value], [value], 5, 1, 0, 0, 0, 0, 0, 1, None),
                         lambda: _stpfin.stpfin_simulation_restore(small._handle, [], [], 5, 1, 0, 0, 0, 0, 0, value,
                                                                   0),
                         lambda: _stpfin.stpfin_simulation_join([value]),
                         lambda: _stpfin.stpfin_simulation_join(value),
                         lambda: _stpfin.stpfin_seek(small._handle, value, value, value, None, 0, 0.0, 0.0, 1.0, 0,
                                                     value),
                         lambda: _stpfin.stpfin_sobol_indices(value, value, value, 0, 1, 6),
                         lambda: _stpfin.stpfin_table_get_double(table, value)):
                try:
                    call()
                except (TypeError, ValueError, KeyError):
                    pass
        assert sys.getrefcount(value) == before


def test_views_outlive_their_table(small):
    def ledger():
        return small.project("both").arrays("ledger")

    view = ledger()
    expected = {name: column[0].copy() if isinstance(column, tuple) else column.copy() for name, column in view.items()}
    for _ in range(50):
        ledger()
    gc.collect()
    for name, column in view.items():
        values = column[0] if isinstance(column, tuple) else column
        assert numpy.array_equal(values, expected[name], equal_nan=values.dtype == float)
        assert not values.flags.writeable and not values.flags.owndata
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1
        with pytest.raises(ValueError):
            values.flags.writeable = True


def test_empty_columns_are_views_too(small):
    capital = small.project().arrays("capital")
    assert all(len(column[0] if isinstance(column, tuple) else column) == 0 for column in capital.values())


def test_a_plan_outlives_what_made_it(tables):
    projection = stpfin.Plan(tables, **YEARS).project("both")
    del tables
    gc.collect()
    assert projection.plan["flow"]["income"].sum() == 1161000.25
    assert len(projection.to_text()) > 100


@pytest.mark.parametrize("wrong", [None, 3, "plan", object(), [], _stpfin.stpfin_describe(None)])
def test_wrong_objects_are_refused(wrong):
    for call in (_stpfin.stpfin_plan_hash, _stpfin.stpfin_projection_get_stamp, _stpfin.stpfin_align,
                 lambda x: _stpfin.stpfin_project(x, 0, [], 0, [], [], [], False, None),
                 lambda x: _stpfin.stpfin_allocate(x, "change", 0, 0, 0, -1.0, None),
                 lambda x: _stpfin.stpfin_table_get_double(x, 99),
                 lambda x: _stpfin.stpfin_plan_new({}, [x]), lambda x: _stpfin.stpfin_plan_new(x, []),
                 lambda x: _stpfin.stpfin_table_builder_finish(x),
                 lambda x: _stpfin.stpfin_simulate(x, [], [], 5, 1, 0, 0, 0, 0, 0, 1, None),
                 lambda x: _stpfin.stpfin_simulation_restore(x, [], [], 5, 1, 0, 0, 0, 0, 0, [1.0], 0),
                 lambda x: _stpfin.stpfin_simulation_join([x]), _stpfin.stpfin_simulation_get_draws,
                 _stpfin.stpfin_simulation_get_stamp, lambda x: _stpfin.stpfin_simulation_get_table(x, "draws")):
        try:
            call(wrong)
        except (ValueError, TypeError, KeyError):
            continue
        # A table that is one, in a place where one is wanted, is no plan: its problems say so.
        assert wrong is not None and type(wrong).__name__ == "PyCapsule"
