"""The command `simulate` end to end, on a plan small enough to work out by hand.

The commissioner pays the trust £20m for care that costs the trust £21m; both rise with pay, which is uncertain, and
the commissioner's funding is a draw of its own each year. So with a rise r of pay, the commissioner's gap in 2016 is
20(1 + r) − f and the trust's 21(1 + r) − 20(1 + r).
"""

import csv
import io
import json
import re
import resource
import signal
import statistics
import subprocess
import time

import pytest

TABLES = {
    "footprint": "footprint,name\nN,\"North, all of it\"\nS,South\n",
    "organisation": "organisation,name,kind\nC,Commissioner,commissioner\nT,Trust,provider\n",
    "membership": "organisation,footprint,share\nC,N,1\nT,N,0.6\nT,S,0.4\n",
    "service": "service,name,setting,unit\nnel,Emergency admission,acute,admission\n",
    "flow": "commissioner,provider,service,activity,income,cost\nC,T,nel,10000,20000000,21000000\n",
    "cost_mix": "service,component,share\n,pay,1\n",
    "inflation": "component,year,rate\npay,,0.1\n",
    "funding": "organisation,stream,year,amount\nC,allocation,2015,20000000\nC,allocation,2016,22000000\n"
               "C,allocation,2017,24000000\n",
    "deflator": "year,index\n2015,100\n2016,102\n2017,104\n",
    "scheme": "scheme,name,workstream,aim,owner\nlean,Productivity,provider,funding,T\nless,Less,urgent,funding,C\n",
    "efficiency_effect": "scheme,saving,start_year\nlean,0.02,2016\n",
    "activity_effect": "scheme,service,reduction,start_year\nless,nel,0.1,2016\n",
    "scenario": "scenario,scheme\nbest,less\nbest,lean\nlean_only,lean\n",
    "uncertainty": "parameter,table,column,select,mode,distribution,p1,p2,p3,path\n"
                   "pay,inflation,rate,component=pay,value,triangular,0.05,0.1,0.2,yearly\n"
                   "allocation,funding,amount,year=2016,add,normal,0,500000,,\n"
                   "allocation_2017,funding,amount,year=2017,factor,uniform,0.9,1.1,,\n"
                   "saving,efficiency_effect,saving,,factor,lognormal,1,0.3,,\n",
}


def write_plan(folder, **changed):
    folder.mkdir()
    settings = {"name": "example", "stpfin": {"base_year": 2015, "end_year": 2017}}
    (folder / "datapackage.json").write_text(json.dumps(settings), encoding="utf-8")
    for name, text in {**TABLES, **changed}.items():
        if text is not None:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return write_plan(tmp_path_factory.mktemp("simulate") / "plan")


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def draws_of(stpfin, plan, *arguments):
    """Draws by scenario, measure, place, year and number."""
    found = rows(stpfin.run("simulate", plan, "--table", "draws", "--format", "csv", *arguments).stdout)
    return {(row["scenario"], row["measure"], row["place"], int(row["year"]), int(row["draw"])): float(row["value"])
            for row in found}


def end_wrongly(stpfin, *arguments):
    done = subprocess.run([stpfin.path, "simulate", *map(str, arguments)], capture_output=True, encoding="utf-8",
                          timeout=120, check=False)
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_each_draw_is_a_projection_of_what_was_drawn(stpfin, plan, tmp_path):
    """What was drawn follows from the trust's gap and the commissioner's; a plan of it projects to the same."""
    measures = ("--measure", "funding_gap.gap", "--measure", "position.gap", "--measure", "position.cost")
    draws = draws_of(stpfin, plan, "--draws", 5, "--seed", 99, "--scenario", "best", *measures)
    for draw in range(5):
        of = {key[:4]: value for key, value in draws.items() if key[4] == draw}
        rise, funding, saving = {}, {}, {}
        index = 1
        for year in (2016, 2017):
            paid = of["do_nothing", "position.cost", "C", year]
            rise[year] = paid / 20e6 / index - 1
            index = paid / 20e6
            funding[year] = paid - of["do_nothing", "position.gap", "C", year]
            saving[year] = 1 - of["best", "position.cost", "T", year] / (21e6 * index * 0.9)
        assert saving[2016] == pytest.approx(saving[2017], rel=1e-9)
        drawn = write_plan(
            tmp_path / f"plan{draw}", uncertainty=None,
            inflation="component,year,rate\n" + "".join(f"pay,{year},{rate!r}\n" for year, rate in rise.items()),
            funding="organisation,stream,year,amount\nC,allocation,2015,20000000\n" +
                    "".join(f"C,allocation,{year},{amount!r}\n" for year, amount in funding.items()),
            efficiency_effect=f"scheme,saving,start_year\nlean,{saving[2016]!r},2016\n")
        projected = rows(stpfin.run("project", drawn, "--scenario", "best", "--table", "funding_gap", "--format",
                                    "csv").stdout)
        for row in projected:
            if row["component"] == "total":
                key = row["scenario"], "funding_gap.gap", row["footprint"], int(row["year"])
                assert of[key] == pytest.approx(float(row["gap"]), rel=1e-9, abs=1)


def test_the_table_says_how_draws_spread(stpfin, plan):
    draws = draws_of(stpfin, plan, "--draws", 41)
    found = rows(stpfin.run("simulate", plan, "--draws", 41, "--format", "csv").stdout)
    assert [(row["scenario"], row["measure"], row["place"], row["year"]) for row in found] == [
        ("do_nothing", "funding_gap.gap", place, str(year)) for place in ("N", "S", "England")
        for year in (2015, 2016, 2017)]
    central = rows(stpfin.run("project", plan, "--table", "funding_gap", "--format", "csv").stdout)
    for row in found:
        values = sorted(value for key, value in draws.items() if key[2:4] == (row["place"], int(row["year"])))
        assert len(values) == 41
        assert float(row["mean"]) == pytest.approx(statistics.fmean(values), rel=1e-12, abs=1e-6)
        assert float(row["sd"]) == pytest.approx(statistics.stdev(values), rel=1e-9, abs=1e-6)
        assert float(row["p50"]) == values[20] and float(row["p10"]) == values[4] and float(row["p95"]) == values[38]
        assert float(row["tail_mean"]) == pytest.approx(statistics.fmean(values[-3:]), rel=1e-12)
        closed = sum(value <= 0 for value in values) / 41
        assert float(row["probability_closed"]) == pytest.approx(closed)
        assert float(row["probability_error"]) == pytest.approx((closed * (1 - closed) / 41) ** 0.5)
        assert float(row["shortfall_mean"]) == pytest.approx(statistics.fmean(max(value, 0) for value in values))
        assert [row["central"]] == [other["gap"] for other in central
                                    if (other["footprint"], other["component"], other["year"]) ==
                                    (row["place"], "total", row["year"])]


def test_seed_threads_and_other_scenarios(stpfin, plan):
    draws = draws_of(stpfin, plan, "--draws", 70)
    assert draws_of(stpfin, plan, "--draws", 70, "--threads", 1) == draws
    assert draws_of(stpfin, plan, "--draws", 70, "--threads", 5) == draws
    assert draws_of(stpfin, plan, "--draws", 100, "--range", "0:70") == draws
    assert draws_of(stpfin, plan, "--draws", 70, "--seed", 2) != draws
    more = draws_of(stpfin, plan, "--draws", 70, "--scenario", "best", "--scenario", "best-lean_only")
    assert {key: more[key] for key in draws} == draws
    assert len(more) == 3 * len(draws)
    lean = draws_of(stpfin, plan, "--draws", 70, "--scenario", "lean_only")
    for (scenario, *key), value in more.items():
        if scenario == "best-lean_only":
            assert value == more["best", *key] - lean["lean_only", *key]


def test_a_bridge_in_each_draw(stpfin, plan):
    draws = draws_of(stpfin, plan, "--draws", 3, "--scenario", "best", "--measure", "bridge.amount[place=England]",
                     "--measure", "funding_gap.gap[footprint=England]", "--method", "shapley")
    for year in (2015, 2016, 2017):
        for draw in range(3):
            step = {measure: value for (scenario, measure, _, *when), value in draws.items()
                    if scenario == "best" and when == [year, draw] and measure.startswith("bridge")}
            names = [f"bridge.amount[step={i};group={group}]"
                     for i, group in enumerate(("start", "awards", "less", "lean", "end"))]
            assert list(step) == names
            assert step[names[0]] == draws["do_nothing", "funding_gap.gap", "England", year, draw]
            assert sum(step[name] for name in names[:4]) == pytest.approx(step[names[4]], rel=1e-12, abs=1e-6)
    driver = draws_of(stpfin, plan, "--draws", 1, "--measure", "bridge.amount")
    assert {key[1].split("group=")[1] for key in driver} == {
        "start]", "population]", "growth]", "inflation]", "price]", "pressures]", "funding]", "end]"}


@pytest.mark.parametrize("prices", ["cash", "real"])
def test_a_step_that_one_scenario_lacks(stpfin, plan, prices):
    draws = draws_of(stpfin, plan, "--draws", 3, "--scenario", "best", "--scenario", "lean_only", "--method", "shapley",
                     "--prices", prices, "--measure", "bridge.amount[group=less;year=2017]")
    assert {key[0] for key in draws} == {"best"} and len(draws) % 3 == 0
    assert all(value < 0 for key, value in draws.items() if key[2] in ("England", "N", "C"))


def test_real_prices(stpfin, plan):
    cash = draws_of(stpfin, plan, "--draws", 4, "--scenario", "best", "--measure", "funding_gap.gap", "--measure",
                    "bridge.amount", "--measure", "activity.activity")
    real = draws_of(stpfin, plan, "--draws", 4, "--scenario", "best", "--measure", "funding_gap.gap", "--measure",
                    "bridge.amount", "--measure", "activity.activity", "--prices", "real")
    index = {2015: 1, 2016: 1.02, 2017: 1.04}
    assert cash.keys() == real.keys()
    for key, value in cash.items():
        assert real[key] == pytest.approx(value / (1 if key[1].startswith("activity") else index[key[3]]), rel=1e-12)


@pytest.fixture(scope="module")
def pieces(stpfin, plan, tmp_path_factory):
    """A simulation in one and in three pieces."""
    folder = tmp_path_factory.mktemp("pieces")
    asked = ("--draws", 90, "--seed", 2 ** 53 + 1, "--scenario", "best-do_nothing", "--measure",
             "funding_gap.gap[year=2017]", "--measure", "resource.needed", "--prices", "real")
    asked = (*asked[:-4], "--measure", "appraisal.net_present_value", *asked[-2:])
    asked = (*asked, "--scenario", "best")
    stpfin.run("simulate", plan, *asked, "--out", folder / "whole")
    for i, part in enumerate(("0:32", "32:33", "33:90")):
        done = stpfin.run("simulate", plan, *asked, "--range", part, "--out", folder / str(i))
        assert "draws.csv" in done.stderr
    return folder


def test_pieces_join_to_the_same_bytes(stpfin, plan, pieces, tmp_path):
    stpfin.run("simulate", plan, "--join", pieces / "2", "--join", pieces / "0", "--join", pieces / "1",
               "--out", tmp_path / "joined")
    whole = {file.name: file.read_bytes() for file in (pieces / "whole").iterdir()}
    assert set(whole) == {"simulation.csv", "datapackage.json"}
    assert {file.name: file.read_bytes() for file in (tmp_path / "joined").iterdir()} == whole
    # Some of them are a larger piece.
    stpfin.run("simulate", plan, "--join", pieces / "1", "--join", pieces / "0", "--out", tmp_path / "larger")
    stpfin.run("simulate", plan, "--join", pieces / "2", "--join", tmp_path / "larger", "--table", "simulation",
               "--out", tmp_path / "again")
    assert (tmp_path / "again" / "simulation.csv").read_bytes() == whole["simulation.csv"]


def test_what_does_not_join_is_refused(stpfin, plan, pieces, tmp_path):
    assert end_wrongly(stpfin, plan, "--join", pieces / "0", "--join", pieces / "2") == (
        2, "stpfin: there is a gap between draws 0 to before 32 and 33 to before 90: give those between too\n")
    status, error = end_wrongly(stpfin, plan, "--join", pieces / "whole")
    assert status == 2 and "holds no draws of a simulation" in error
    status, error = end_wrongly(stpfin, plan, "--join", tmp_path)
    assert status == 2 and "holds no draws of a simulation" in error
    other = write_plan(tmp_path / "other", pressure="organisation,name,year,amount\nC,care,2017,1\n")
    status, error = end_wrongly(stpfin, other, "--join", pieces / "0")
    assert status == 2 and "are of another plan" in error
    stpfin.run("simulate", plan, "--draws", 90, "--range", "32:90", "--out", tmp_path / "unlike")
    status, error = end_wrongly(stpfin, plan, "--join", pieces / "0", "--join", tmp_path / "unlike")
    assert status == 2 and "are not of one simulation: the seed differs" in error
    for option, value in (("--seed", 1), ("--scenario", "best"), ("--draws", 9), ("--measure", "position.gap"),
                          ("--range", "0:1"), ("--by", "scheme"), ("--method", "shapley"), ("--prices", "real")):
        status, error = end_wrongly(stpfin, plan, "--join", pieces / "0", option, value)
        assert status == 2 and (f"leave {option} out" in error), error


@pytest.mark.parametrize("spoil", [
    lambda text: text[:len(text) // 2],
    lambda text: text.replace("do_nothing", "nothing", 1),
    lambda text: text.replace(",2017,", ",2016,", 1),
    lambda text: text + text.splitlines()[-1] + "\n",
    lambda text: text.replace("value", "values", 1),
    lambda text: "\n".join(line.rpartition(",")[0] for line in text.splitlines()) + "\n",
    lambda text: text.rstrip() + "x\n",
    lambda text: re.sub(r"(\d)\n$", lambda last: str((int(last[1]) + 1) % 10) + "\n", text),
    lambda text: "",
])
def test_spoilt_draws_are_refused(stpfin, plan, pieces, tmp_path, spoil):
    piece = tmp_path / "piece"
    piece.mkdir()
    (piece / "datapackage.json").write_bytes((pieces / "0" / "datapackage.json").read_bytes())
    (piece / "draws.csv").write_text(spoil((pieces / "0" / "draws.csv").read_text()))
    status, error = end_wrongly(stpfin, plan, "--join", piece)
    assert status in (1, 2) and "draws.csv" in error


def test_draws_left_by_another_simulation_are_not_joined(stpfin, plan, tmp_path):
    """The folder is written to again without draws; those that lie there are of the seed before."""
    both = ("--table", "simulation", "--table", "draws")
    stpfin.run("simulate", plan, "--draws", 20, *both, "--out", tmp_path / "folder")
    stpfin.run("simulate", plan, "--join", tmp_path / "folder")
    stpfin.run("simulate", plan, "--draws", 20, "--seed", 2, "--out", tmp_path / "folder")
    status, error = end_wrongly(stpfin, plan, "--join", tmp_path / "folder")
    assert status == 2 and "holds no draws of a simulation" in error
    stpfin.run("simulate", plan, "--draws", 20, *both, "--out", tmp_path / "other")
    stpfin.run("simulate", plan, "--draws", 20, "--seed", 2, *both, "--out", tmp_path / "folder")
    (tmp_path / "other" / "draws.csv").rename(tmp_path / "folder" / "draws.csv")
    status, error = end_wrongly(stpfin, plan, "--join", tmp_path / "folder")
    assert status == 2 and "draws.csv in" in error and "is not as it was written" in error


@pytest.mark.parametrize(("old", "new"), [
    ('"seed": "9007199254740993"', '"seed": "x"'), ('"end": 32', '"end": 91'), ('"by": "', '"by": "x'),
    ('"simulation": {', '"simulations": {'), ('"measures": [', '"measures": [7, '), ('"version": "', '"version": "x'),
    ('"draws": 90', '"draws": -90'), ("{", "["), ('"method": "', '"methods": "'),
])
def test_spoilt_records_are_refused(stpfin, plan, pieces, tmp_path, old, new):
    piece = tmp_path / "piece"
    piece.mkdir()
    text = (pieces / "0" / "datapackage.json").read_text()
    stamp = text.index('"stpfin": ')
    assert old in text[stamp:]
    (piece / "datapackage.json").write_text(text[:stamp] + text[stamp:].replace(old, new, 1))
    (piece / "draws.csv").write_bytes((pieces / "0" / "draws.csv").read_bytes())
    status, error = end_wrongly(stpfin, plan, "--join", piece)
    assert status == 2 and error.startswith("stpfin: "), error


TEXT = """\
simulation: how measures spread when uncertain figures are drawn
scenario do_nothing · £m in prices of each year · a positive gap is a shortfall

funding_gap.gap, £m

2017/18           central"""


def test_text_is_for_people(stpfin, plan):
    text = stpfin.run("simulate", plan, "--scenario", "best", "--draws", 200).stdout
    assert text.startswith("200 draws of seed 1 of 4 uncertain figures (")
    assert text.count(TEXT) == 1
    lines = [line.split() for line in text.splitlines()]
    assert ["North,", "all", "of", "it", "0.9"] in [line[:5] for line in lines]
    assert ["England", "central", "mean", "P10", "P90", "closed"] in lines
    assert [line[0] for line in lines if line and line[0].startswith("201")][:4] == [
        "2017/18", "2015/16", "2016/17", "2017/18"]
    keys = stpfin.run("simulate", plan, "--scenario", "best", "--draws", 9, "--measure", "bridge.amount").stdout
    assert "England, 2017/18" in keys and "\n2, less " in keys
    units = stpfin.run("simulate", plan, "--draws", 9, "--measure", "activity.activity").stdout
    assert "activity.activity[provider=T;service=nel], units" in units and "10,000" in units


def test_the_stamp_says_what_it_takes_to_make_it_again(stpfin, plan, tmp_path):
    stpfin.run("simulate", plan, "--draws", 7, "--seed", 5, "--scenario", "best", "--out", tmp_path / "out")
    stamp = json.loads((tmp_path / "out" / "datapackage.json").read_text())["stpfin"]
    assert (stamp["seed"], stamp["samples"]) == (5, 7)
    assert stamp["scenarios"] == ["do_nothing", "best"]
    assert stamp["simulation"]["measures"] == [] and stamp["simulation"]["by"] == "scheme"
    result = json.loads(stpfin.run("simulate", plan, "--draws", 7, "--format", "json").stdout)
    assert result["stpfin"]["samples"] == 7 and list(result) == ["stpfin", "simulation"]


@pytest.mark.parametrize(("arguments", "words"), [
    (["--draws", "0"], "give 1 to 1000000000"),
    (["--draws", "x"], "--draws is a whole number"),
    (["--draws", "10", "--range", "5:11"], "--range is A:B"),
    (["--range", "5:5"], "--range is A:B"),
    (["--range", "-1:5"], "--range is A:B"),
    (["--range", "1:"], "--range is A:B"),
    (["--range", "a:b"], "--range is A:B"),
    (["--measure", "funding_gap.gpa"], "did you mean gap?"),
    (["--scenario", "bset"], "did you mean best?"),
    (["--scenario", "best-lean"], "no scenario 'lean'"),
    (["--measure", "bridge.amount", "--by", "scheme"], "leads to a scenario"),
    (["--table", "position"], "--table is simulation or draws"),
    (["--table", "draws", "--table", "simulation", "--format", "csv"], "name one --table"),
])
def test_wrong_usage_is_status_2(stpfin, plan, arguments, words):
    status, error = end_wrongly(stpfin, plan, *arguments)
    assert status == 2 and words in error, error


def test_a_plan_that_is_certain_is_told_what_to_add(stpfin, tmp_path):
    status, error = end_wrongly(stpfin, write_plan(tmp_path / "plan", uncertainty=None))
    assert status == 2 and "add to the table uncertainty" in error


def test_real_prices_need_a_deflator(stpfin, tmp_path):
    status, error = end_wrongly(stpfin, write_plan(tmp_path / "plan", deflator=None), "--prices", "real")
    assert status == 1 and "deflator" in error


def test_a_draw_beyond_a_number_is_named(stpfin, tmp_path):
    folder = write_plan(tmp_path / "plan", uncertainty=TABLES["uncertainty"].split("\n")[0] +
                        "\npay,inflation,rate,,value,uniform,1e14,1e15,,\n")
    (folder / "datapackage.json").write_text('{"stpfin": {"base_year": 2015, "end_year": 2050}}')
    lines = [f"C,allocation,{year},1" for year in range(2015, 2051)]
    (folder / "funding.csv").write_text("organisation,stream,year,amount\n" + "\n".join(lines) + "\n")
    (folder / "deflator.csv").unlink()
    status, error = end_wrongly(stpfin, folder)
    assert status == 1 and "draw 0 makes funding_gap.gap of 'N' in 20" in error


def test_interrupted_it_ends_without_results(stpfin, plan, tmp_path):
    # Results that are made anew for each draw, which takes longer than the test waits.
    command = [stpfin.path, "simulate", plan, "--draws", "10000000", "--measure", "appraisal.net_present_value",
               "--scenario", "best", "--out", tmp_path / "out"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT and (output, errors) == (b"", b"")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_hold_the_results_stays_as_it_was(stpfin, plan, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    stpfin.run("simulate", plan, "--draws", "10", "--out", tmp_path / "out")
    before = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    done = subprocess.run([stpfin.path, "simulate", plan, "--draws", "5000", "--table", "simulation", "--table",
                           "draws", "--out", tmp_path / "out"],
                          capture_output=True, encoding="utf-8", check=False, preexec_fn=limit)
    assert done.returncode == 4
    assert re.fullmatch(r"stpfin: cannot write .*draws\.csv.*: File too large\n", done.stderr), done.stderr
    assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()} == before


def test_what_cannot_be_written_is_status_4(stpfin, plan, tmp_path):
    (tmp_path / "file").write_text("")
    done = subprocess.run([stpfin.path, "simulate", plan, "--draws", "3", "--out", tmp_path / "file"],
                          capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 4 and (tmp_path / "file").read_text() == ""

