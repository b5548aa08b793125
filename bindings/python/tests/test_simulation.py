"""Simulation, sensitivity and seeking: the command line's to the bit, joined, pickled, stopped, refused in words."""

import gc
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time

import numpy
import pandas
import pytest

import stpfin
from conftest import SOURCE, YEARS, small_tables
from test_results import assert_same

ENGLAND = SOURCE / "data" / "england"


@pytest.fixture(scope="module")
def folder(uncertain, tmp_path_factory):
    path = tmp_path_factory.mktemp("uncertain")
    uncertain.write(path)
    return path


@pytest.fixture(scope="module")
def simulation(uncertain):
    return uncertain.simulate(["both", "lean"], draws=300)


def options(asked):
    """The command line's words for arguments."""
    words = {"scenarios": "scenario", "measures": "measure", "low": "from", "high": "to"}
    return [text for name, value in asked.items() for one in (value if isinstance(value, list) else [value])
            for text in (f"--{words.get(name, name)}", one)]


@pytest.mark.parametrize("asked", [
    {}, {"scenarios": ["both", "lean", "both-lean"], "draws": 130, "seed": 12345, "prices": "real"},
    {"scenarios": ["both"], "draws": 70, "measures": ["bridge.amount", "position.gap"], "by": "workstream",
     "method": "shapley"},
    {"draws": 64, "measures": ["bridge.amount"], "by": "driver"},
    {"draws": 9, "threads": 2, "measures": ["funding_gap.cost[component=nhs;footprint=F1;year=2022]",
                                            "resource.needed[resource=bed]", "health_gap.value"]}])
def test_simulations_are_the_command_lines(uncertain, folder, command, asked):
    simulation = uncertain.simulate(**asked)
    for name in ("simulation", "draws"):
        text = command("simulate", folder, *options(asked), "--table", name, "--format", "csv")
        assert_same(simulation[name], text, name)
        assert simulation.to_csv(name) == text
    assert simulation.to_json() == command("simulate", folder, *options(asked), "--format", "json")
    said, text = command("simulate", folder, *options(asked)).split("\n\n", 1)
    assert simulation.to_text() == text
    assert said.startswith(f"{simulation.summary['draws']} draws of seed {simulation.summary['seed']} of 5 uncertain")


def test_england_is_the_command_lines(england, command, tmp_path):
    simulation = england.simulate("average_plan", draws=40, measures=["funding_gap.gap", "position.gap"])
    command("simulate", ENGLAND, "--scenario", "average_plan", "--draws", 40, "--measure", "funding_gap.gap",
            "--measure", "position.gap", "--out", tmp_path / "theirs")
    simulation.write(tmp_path / "ours")
    assert (tmp_path / "ours" / "simulation.csv").read_bytes() == (tmp_path / "theirs" / "simulation.csv").read_bytes()
    assert list(simulation) == ["simulation", "draws"] and simulation.measures == ["funding_gap.gap", "position.gap"]
    assert simulation.summary["parameters"] == len(england["uncertainty"])
    assert 0 < simulation.simulation["probability_closed"].mean() < 1


@pytest.mark.parametrize("asked", [
    {}, {"scenarios": ["both"], "draws": 50, "measures": ["position.gap"], "seed": 7, "prices": "real"},
    {"scenarios": ["both", "both-lean"], "draws": 0, "sobol": 40, "repetitions": 30, "threads": 2}])
def test_sensitivity_is_the_command_lines(uncertain, command, tmp_path, asked):
    plan = uncertain if "sobol" not in asked else uncertain.replace(correlation={"a": [], "b": [], "rho": []})
    plan.write(tmp_path)
    sensitivity = plan.sensitivity(**asked)
    text = command("sensitivity", tmp_path, *options(asked), "--format", "csv")
    assert_same(sensitivity.sensitivity, text, "sensitivity")
    assert sensitivity.to_json() == command("sensitivity", tmp_path, *options(asked), "--format", "json")
    assert list(sensitivity.sensitivity["parameter"].cat.categories) == ["growth", "costs", "saving", "reduction",
                                                                            "stay"]
    assert sensitivity.sensitivity["first_order"].isna().all() == ("sobol" not in asked)
    back = pickle.loads(pickle.dumps(sensitivity))
    assert back.to_json() == sensitivity.to_json() and back.plot().get_title() == sensitivity.plot().get_title()


@pytest.mark.parametrize("asked", [
    {"parameter": "saving", "target": 1.1e6, "scenario": "lean", "low": 0.001, "high": 0.2},
    {"parameter": "costs", "target": 540000.5, "place": "F1", "year": 2022, "prices": "real"},
    {"parameter": "scenario.scale[scenario=both]", "target": -100000, "scenario": "both-lean", "low": 0, "high": 3,
     "measure": "funding_gap.gap"}])
def test_seeking_is_the_command_lines(uncertain, folder, command, asked):
    seek = uncertain.seek(**asked)
    assert_same(seek.seek, command("seek", folder, *options(asked), "--format", "csv"), "seek")
    assert seek.to_json() == command("seek", folder, *options(asked), "--format", "json")
    assert seek.reached == pytest.approx(asked["target"], rel=1e-9) and f"= {seek.value:,.6g}: " in repr(seek)
    assert pickle.loads(pickle.dumps(seek)).value == seek.value


def test_a_target_out_of_reach_comes_with_the_nearest(uncertain, folder):
    with pytest.raises(stpfin.InfeasibleError, match="the upper end") as caught:
        uncertain.seek("saving", -1e9, scenario="lean", low=0, high=0.5)
    error = pickle.loads(pickle.dumps(caught.value))
    for found in (caught.value, error):
        assert found.nearest.value == 0.5 and found.nearest.reached > -1e9 and found.conflict is None
        assert f"{found.nearest.value:g}, the upper end" in str(found)
    done = subprocess.run([os.environ["STPFIN"], "seek", folder, "--parameter", "saving", "--target=-1e9", "--scenario",
                           "lean", "--from", "0", "--to", "0.5", "--format", "csv"], capture_output=True,
                          encoding="utf-8")
    assert done.returncode == 3
    assert_same(error.nearest.seek, done.stdout, "seek")


def test_the_array_is_the_draws(uncertain, simulation):
    array = simulation.array
    rows = simulation.simulation
    assert array.shape == (len(rows), 300) and array.dtype == numpy.float64
    assert numpy.array_equal(array.reshape(-1), simulation.draws["value"])
    assert rows["mean"].to_numpy() == pytest.approx(array.mean(axis=1), rel=1e-12)
    assert rows["sd"].to_numpy() == pytest.approx(array.std(axis=1, ddof=1), rel=1e-9, abs=1e-6)
    assert rows["p10"].to_numpy() == pytest.approx(numpy.percentile(array, 10, axis=1), rel=1e-12)
    assert numpy.array_equal(rows["probability_closed"], (array <= 0).mean(axis=1))
    central = uncertain.project(["both", "lean"]).funding_gap.query("component == 'total'")
    assert rows["central"].to_numpy() == pytest.approx(central["gap"].to_numpy(), rel=1e-12)


def test_the_array_copies_nothing_and_outlives_the_simulation(uncertain):
    simulation = uncertain.simulate(draws=50)
    array, again = simulation.array, simulation.array
    assert not array.flags.writeable and not array.flags.owndata and array.flags.c_contiguous
    assert numpy.shares_memory(array, again) and type(array.base).__name__ == "PyCapsule"
    with pytest.raises(ValueError):
        array.flags.writeable = True
    expected = array.copy()
    del simulation, again
    for _ in range(20):
        uncertain.simulate(draws=50, seed=2)
    gc.collect()
    assert numpy.array_equal(array, expected)


def test_a_difference_is_of_the_same_draws(uncertain):
    simulation = uncertain.simulate(["both", "lean", "both-lean"], draws=40)
    scenario = simulation.simulation["scenario"]
    both, lean, less = (simulation.array[scenario == name] for name in ("both", "lean", "both-lean"))
    assert less == pytest.approx(both - lean, rel=1e-9, abs=1e-6)
    assert simulation.scenarios == ["do_nothing", "both", "lean", "both-lean"]


def test_pieces_join_to_the_whole(uncertain, simulation):
    cuts = [0, 1, 33, 170, 300]
    pieces = [uncertain.simulate(["both", "lean"], draws=300, first=a, end=b) for a, b in zip(cuts, cuts[1:])]
    assert repr(pieces[2]).endswith("137 draws of seed 1 of 5 uncertain figures (from 33 to before 170 of 300): "
                                    "simulation, draws>")
    whole = stpfin.Simulation.join(pieces[::-1])
    assert numpy.array_equal(whole.array, simulation.array)
    assert whole.summary == simulation.summary and whole.clipped == simulation.clipped > 0
    assert whole.to_json() == simulation.to_json() and repr(whole) == repr(simulation)
    some = stpfin.Simulation.join(iter(pieces[1:3]))
    assert (some.summary["first"], some.summary["end"]) == (1, 170)
    assert numpy.array_equal(stpfin.Simulation.join([some, pieces[0], pieces[3]]).array, simulation.array)


def test_pieces_that_do_not_fit_are_refused(uncertain):
    def piece(first, end, plan=uncertain, **asked):
        return plan.simulate("both", **{"draws": 30, "first": first, "end": end, **asked})

    one = piece(0, 10)
    for other, said in ((piece(11, 20), "gap between"), (piece(9, 20), "overlap"), (piece(10, 20, seed=2), "the seed"),
                        (piece(10, 20, draws=31), "draws of the whole"), (piece(10, 20, prices="real"), "prices"),
                        (piece(10, 20, measures="position.gap"), "measures"), (one, "overlap"),
                        (piece(10, 20, uncertain.replace(discount_rate=0.01)), "the settings")):
        with pytest.raises(stpfin.ArgumentError, match=said):
            stpfin.Simulation.join([one, other])
    with pytest.raises(ValueError, match="no pieces"):
        stpfin.Simulation.join([])
    for wrong in ([one, None], [one.array], "piece"):
        with pytest.raises(TypeError, match="joined of simulations, not of"):
            stpfin.Simulation.join(wrong)


def simulate_piece(plan, bounds):
    return plan.simulate("both", draws=40, first=bounds[0], end=bounds[1])


def test_pieces_travel(uncertain):
    whole = uncertain.simulate("both", draws=40)
    for protocol in (2, 5):
        back = pickle.loads(pickle.dumps(whole, protocol))
        assert numpy.array_equal(back.array, whole.array) and back.plan == uncertain
        assert back.to_json() == whole.to_json() and back.summary == whole.summary and repr(back) == repr(whole)
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            pieces = pool.starmap_async(simulate_piece, [(uncertain, bounds) for bounds in ((0, 13), (13, 40))]).get(60)
        assert numpy.array_equal(stpfin.Simulation.join(pieces).array, whole.array)


def test_other_threads_run_meanwhile(uncertain):
    times = []
    done = threading.Event()

    def count():
        while not done.is_set():
            times.append(time.perf_counter())
            time.sleep(0.0005)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        for work in (lambda: uncertain.simulate("both", draws=100_000, measures="funding_gap.gap[footprint=F1]"),
                     lambda: uncertain.sensitivity("both", draws=100_000, measures="funding_gap.gap[footprint=F1]"),
                     lambda: stpfin.sobol_indices(*numpy.eye(3, 2000), repetitions=20_000)):
            begun = time.perf_counter()
            work()
            ended = time.perf_counter()
            assert sum(begun < at < ended for at in times) > 5
    finally:
        done.set()
        thread.join()


def test_threads_change_nothing(uncertain):
    one, three = (uncertain.simulate("both", draws=200, threads=threads) for threads in (1, 3))
    assert numpy.array_equal(one.array, three.array) and one.to_json() == three.to_json()


@pytest.mark.parametrize("call, said", [
    (lambda plan: plan.simulate("bath"), "both"), (lambda plan: plan.simulate("both-lane"), "lean"),
    (lambda plan: plan.simulate(measures="funding_gap.gup"), "gap"),
    (lambda plan: plan.simulate(measures="funding_gap.gap[component=nhss]"), "nhs"),
    (lambda plan: plan.simulate(draws=0), "draws"), (lambda plan: plan.simulate(draws=-1), "draws is a whole number"),
    (lambda plan: plan.simulate(draws=2**70), "draws is a whole number"), (lambda plan: plan.simulate(seed=-3), "seed"),
    (lambda plan: plan.simulate(draws=10, first=10), "10 to before 10 are not within"),
    (lambda plan: plan.simulate(draws=10, end=11), "0 to before 11 are not within the 10"),
    (lambda plan: plan.simulate(end=0), "end is the draw after the last"),
    (lambda plan: plan.simulate(threads=-1), "threads"), (lambda plan: plan.simulate(prices="nominal"), "prices"),
    (lambda plan: plan.simulate(by="place"), "by is"), (lambda plan: plan.simulate(method="guess"), "method is"),
    (lambda plan: plan.sensitivity(draws=1), "2 or more"), (lambda plan: plan.sensitivity(sobol=100), "correlation"),
    (lambda plan: plan.sensitivity(repetitions=-1), "repetitions"), (lambda plan: plan.sensitivity("none"), "none"),
    (lambda plan: plan.seek("savings", 0), "saving"), (lambda plan: plan.seek("flow.costs", 0), "cost"),
    (lambda plan: plan.seek("saving", 0, scenario="none"), "none"),
    (lambda plan: plan.seek("saving", 0, place="F9"), "no place 'F9': did you mean F1"),
    (lambda plan: plan.seek("saving", 0, year=2050), "2050"), (lambda plan: plan.seek("saving", 0, year="soon"), "year"),
    (lambda plan: plan.seek("saving", float("nan")), "target"),
    (lambda plan: plan.seek("saving", 0, low=2, high=1), "nothing between 2 and 1"),
    (lambda plan: plan.seek("saving", 0, measure="bridge.amount"), "leads to a scenario"),
    (lambda plan: plan.seek("saving", 0, prices="nominal"), "prices")])
def test_what_cannot_be_is_refused(uncertain, call, said):
    with pytest.raises(ValueError, match=said) as caught:
        call(uncertain)
    assert not isinstance(caught.value, stpfin.InfeasibleError)


@pytest.mark.parametrize("call", [
    lambda plan: plan.simulate(draws=10.5), lambda plan: plan.simulate(draws=True),
    lambda plan: plan.simulate(seed="1"), lambda plan: plan.simulate(scenarios=3), lambda plan: plan.simulate([None, 3]),
    lambda plan: plan.simulate(measures=[3]), lambda plan: plan.simulate(progress="yes"),
    lambda plan: plan.sensitivity(sobol=None), lambda plan: plan.seek(3, 0), lambda plan: plan.seek("saving", "0"),
    lambda plan: plan.seek("saving", 0, low="0"), lambda plan: plan.seek("saving", 0, measure=None)])
def test_wrong_kinds_are_refused(uncertain, call):
    with pytest.raises(TypeError):
        call(uncertain)


def test_nothing_uncertain_is_refused(small):
    for call in (small.simulate, small.sensitivity):
        with pytest.raises(stpfin.ArgumentError, match="uncertain"):
            call()
    seek = small.seek("efficiency_effect.saving", 1.1e6, scenario="lean", low=0, high=0.3)
    changed = small.replace(efficiency_effect=small["efficiency_effect"].assign(saving=seek.value))
    gap = changed.project("lean").funding_gap.query("scenario == 'lean' and footprint == 'England' and year == 2023")
    assert gap.query("component == 'total'")["gap"].iloc[0] == pytest.approx(1.1e6, rel=1e-9)


def test_a_draw_that_is_too_large_is_refused():
    tables = {name: small_tables()[name] for name in ("footprint", "organisation", "membership", "service", "flow",
                                                      "activity_growth")}
    plan = stpfin.Plan({**tables, "uncertainty": {
        "parameter": ["x"], "table": ["activity_growth"], "column": ["rate"], "mode": ["value"],
        "distribution": ["uniform"], "p1": [1e14], "p2": [1e15]}}, base_year=2020, end_year=2059)
    with pytest.raises(stpfin.TooLargeError, match="draw 0 makes"):
        plan.simulate(draws=10)


def test_missing_draws_are_nan(uncertain):
    tables = {name: table for name, table in uncertain.tables.items() if name != "population"}
    plan = stpfin.Plan(tables, **YEARS)
    simulation = plan.simulate(draws=5, measures="funding_gap.gap_per_head")
    assert numpy.isnan(simulation.array).all() and simulation.simulation["mean"].isna().all()
    assert numpy.isnan(pickle.loads(pickle.dumps(simulation)).array).all()


def test_results_are_a_mapping(simulation):
    assert "draws" in simulation and "draws" in dir(simulation) and len(simulation) == 2
    with pytest.raises(KeyError, match="there is no result 'draw' here: there is simulation, draws"):
        simulation["draw"]
    columns = simulation.arrays("draws")
    assert numpy.array_equal(columns["value"], simulation.array.reshape(-1))
    for name in simulation:
        assert list(simulation[name].columns) == list(stpfin.describe(name).index)
    assert simulation.stamp["scenarios"] == ["do_nothing", "both", "lean"] and simulation.stamp["seed"] == 1
    summary = simulation.summary
    summary["seed"] = 9
    assert simulation.summary["seed"] == 1


def test_they_show_what_they_are(uncertain, simulation):
    assert repr(simulation) == ("<stpfin.Simulation 2020/21 to 2023/24, do_nothing, both, lean, cash, 300 draws of "
                                "seed 1 of 5 uncertain figures: simulation, draws>")
    assert "<th>probability_closed</th>" in simulation._repr_html_() and "England, 2023/24" in simulation._repr_html_()
    assert "<th>growth</th>" in uncertain.sensitivity(draws=0)._repr_html_()
    assert "saving" in uncertain.seek("saving", 1.1e6, scenario="lean", low=0, high=1)._repr_html_()


def test_progress_is_told_and_may_stop(uncertain):
    class Enough(Exception):
        pass

    def stop(done):
        raise Enough(str(done))

    for work in (lambda tell: uncertain.simulate("both", draws=3000, progress=tell),
                 lambda tell: uncertain.sensitivity("both", draws=3000, progress=tell),
                 lambda tell: uncertain.seek("saving", 1.1e6, scenario="lean", low=0, high=1, progress=tell)):
        told = []
        work(told.append)
        assert told and all(0 <= done <= 1 for done in told)
        with pytest.raises(Enough):
            work(stop)


# Of one figure, for memory that is asked for is filled under test.
@pytest.mark.parametrize("work", ["simulate('average_plan', draws=10**7, measures=FIGURE)",
                                  "sensitivity('average_plan', draws=10**6, measures=FIGURE)",
                                  "sensitivity(draws=0, sobol=10**5, measures=FIGURE)"])
def test_ctrl_c_stops_at_once(work):
    program = ("import stpfin, time; plan = stpfin.Plan.example()\n"
               "plan = plan.replace(correlation=plan['correlation'].iloc[:0])\n"
               "FIGURE = 'funding_gap.gap[footprint=England;year=2020]'\n"
               f"print('begun', flush=True)\ntry:\n    plan.{work}\n"
               "except KeyboardInterrupt:\n    print(time.time())")
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"begun\n"
    time.sleep(2)
    sent = time.time()
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    assert float(out) - sent < 5, "some hundred times what it takes on a machine of its own"


def test_draws_are_not_kept_twice(uncertain):
    simulation = uncertain.simulate(draws=10)
    simulation.draws, simulation.simulation
    assert list(simulation._made) == ["simulation"]
