"""The command `portfolio`, with the bids of the benchmark."""

import csv
import io
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "benchmarks"))
import bids  # noqa: E402
from reference import health, model  # noqa: E402

ENGLAND = pathlib.Path(__file__).resolve().parents[1] / "data" / "england"
ALONE = ("stop_smoking", "waiting_times", "home_sooner")
PLACE = "E54000005"
PART = f"prevention_{PLACE}"
RESULTS = ("portfolio", "portfolio_price", "portfolio_missed")


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bids") / "plan"
    bids.make(264, folder)
    return folder


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def read(folder, table):
    return rows((folder / f"{table}.csv").read_text(encoding="utf-8"))


def choose(stpfin, plan, *arguments, gap="0.02"):
    return stpfin.run("portfolio", plan, "--benefits", plan / "benefits.csv", "--gap", gap, *arguments)


def check_legal(plan, chosen):
    """A set of bids keeps every rule of the plan."""
    bid = {row["bid"]: row for row in read(plan, "bid")}
    aim = {row["scheme"]: row["aim"] for row in read(plan, "scheme")}
    groups = [bid[one]["group"] for one in chosen if bid[one]["group"]]
    assert len(groups) == len(set(groups))
    assert all(row["requires"] in chosen for row in read(plan, "bid_requires") if row["bid"] in chosen)
    asked = [row for row in read(plan, "bid_amount") if row["bid"] in chosen]
    for pot in read(plan, "fund"):
        spent = sum(float(row["amount"]) for row in asked if (row["fund"], row["year"]) == (pot["fund"], pot["year"]))
        assert spent <= float(pot["amount"]) * (1 + 1e-12)
    for limit in read(plan, "portfolio_limit"):
        spent = sum(float(row["amount"]) for row in asked
                    if (not limit["footprint"] or bid[row["bid"]]["organisation"] == "C" + limit["footprint"])
                    and (not limit["aim"] or aim[bid[row["bid"]]["scheme"]] == limit["aim"]))
        assert spent >= float(limit["minimum"] or 0) * (1 - 1e-12)
        assert spent <= float(limit["maximum"] or "inf") * (1 + 1e-12)


def test_csv_of_a_table(stpfin, plan):
    benefit = {row["bid"]: float(row["benefit"]) for row in read(plan, "benefits")}
    found = rows(choose(stpfin, plan, "--table", "portfolio", "--format", "csv", "--tolerance", "0.02").stdout)
    assert {row["scenario"] for row in found} == {"portfolio"}
    assert [int(row["alternative"]) for row in found] == [i for i in range(3) for _ in benefit]
    assert [row["bid"] for row in found] == 3 * list(benefit)
    assert [float(row["benefit"]) for row in found] == 3 * list(benefit.values())
    sets = [{row["bid"] for row in found if int(row["alternative"]) == i and row["chosen"] == "yes"} for i in range(3)]
    values = [sum(benefit[bid] for bid in chosen) for chosen in sets]
    for chosen, value in zip(sets, values):
        check_legal(plan, chosen)
        assert value >= 0.98 * values[0]
    assert len(set(map(frozenset, sets))) == 3


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The England plan with bids for some of its schemes as a whole, each also a scenario of its own."""
    folder = tmp_path_factory.mktemp("alone") / "plan"
    shutil.copytree(ENGLAND, folder)
    with open(folder / "bid.csv", "a", encoding="utf-8") as file:
        file.writelines(f"{scheme},All,03C,{scheme},bids\n" for scheme in ALONE)
    scenario = read(folder, "scenario")[0]
    with open(folder / "scenario.csv", "a", encoding="utf-8") as file:
        file.writelines(",".join({"scenario": f"alone_{scheme}", "scheme": scheme, "source": scenario["source"]}
                                 .get(column, "") for column in scenario) + "\n" for scheme in (*ALONE, PART))
    return folder


def benefits(stpfin, plan, *weights):
    text = stpfin.run("portfolio", plan, "--table", "portfolio", "--alternatives", "0", "--format", "csv", *weights)
    return {row["bid"]: float(row["benefit"]) for row in rows(text.stdout)}


def result(stpfin, plan, table):
    scenarios = [word for scheme in (*ALONE, PART) for word in ("--scenario", f"alone_{scheme}")]
    return rows(stpfin.run("project", plan, *scenarios, "--table", table, "--format", "csv").stdout)


def test_benefits_are_gaps_closed(stpfin, alone):
    deflator = {int(row["year"]): float(row["index"]) for row in read(alone, "deflator")}
    gap = {(row["scenario"], int(row["year"])): float(row["gap"]) for row in result(stpfin, alone, "funding_gap")
           if row["footprint"] == "England" and row["component"] == "total"}
    found = benefits(stpfin, alone)
    assert found == benefits(stpfin, alone, "--finance-weight", "1")
    for scheme in (*ALONE, PART):
        closed = sum((gap["do_nothing", year] - gap[f"alone_{scheme}", year])
                     / (deflator[year] / deflator[2015] * 1.035 ** (year - 2015)) for year in range(2015, 2021))
        assert found[scheme] == pytest.approx(closed, rel=1e-9, abs=0.01)
    assert found["stop_smoking"] == pytest.approx(
        sum(benefit for bid, benefit in found.items() if bid.startswith("prevention_")), rel=1e-6)


def test_years_of_life_have_a_weight(stpfin, alone):
    plan = model.read_plan(alone)
    lost = {(row["scenario"], int(row["year"])): float(row["value"]) for row in result(stpfin, alone, "health_gap")
            if (row["footprint"], row["measure"], row["sex"]) == (PLACE, "years_of_life_lost", "persons")}
    years = 0
    for year in range(2015, 2021):
        early = sum(band.population for band in health.bands_of_footprint(plan, PLACE, "persons", year, ())
                    if band.age < 75)
        years += (lost["do_nothing", year] - lost[f"alone_{PART}", year]) * early / 100000
    found = benefits(stpfin, alone, "--finance-weight", "0", "--health-weight", "60000")
    assert found[PART] == pytest.approx(60000 * years, rel=1e-9) and years > 1
    assert found["stop_smoking"] == pytest.approx(
        sum(benefit for bid, benefit in found.items() if bid.startswith("prevention_")), rel=1e-9)
    assert found["waiting_times"] == found["home_sooner"] == 0


def test_people_short_of_targets_have_a_weight(stpfin, alone):
    short = {}
    for row in result(stpfin, alone, "quality_gap"):
        if row["footprint"] != "England" and row["people_affected"]:
            short[row["scenario"]] = short.get(row["scenario"], 0) + max(0, float(row["people_affected"]))
    found = benefits(stpfin, alone, "--finance-weight", "0", "--quality-weight", "7")
    for scheme in ("waiting_times", "home_sooner"):
        assert found[scheme] == pytest.approx(7 * (short["do_nothing"] - short[f"alone_{scheme}"]), rel=1e-9)
    assert found["waiting_times"] > 0 and found["stop_smoking"] == 0


def test_json_and_its_stamp(stpfin, plan):
    text = json.loads(choose(stpfin, plan, "--format", "json", "--alternatives", "0").stdout)
    assert set(text) == {"stpfin", *RESULTS}
    assert len(text["portfolio_price"]) == 10
    assert all(row["price"] >= 0 for row in text["portfolio_price"])
    assert 0 < len(text["portfolio_missed"]) <= 20
    losses = [row["loss"] for row in text["portfolio_missed"]]
    assert losses == sorted(losses)


def test_text_is_of_chosen_bids(stpfin, plan):
    done = choose(stpfin, plan, "--alternatives", "0")
    assert done.stderr == ""
    summary, _, tables = done.stdout.partition("\n\n")
    assert " of 264 bids chosen, which ask for £" in summary and summary.endswith("below the best.")
    assert " no " not in tables and " yes " in tables


def test_out_is_a_plan_with_the_set_as_a_scenario(stpfin, plan, tmp_path):
    out = tmp_path / "out"
    done = choose(stpfin, plan, "--out", out, "--scenario", "best", "--alternatives", "0")
    assert done.stdout == "" and "bids chosen" in done.stderr
    chosen = [row["bid"] for row in read(out, "portfolio") if row["chosen"] == "yes"]
    check_legal(plan, set(chosen))
    assert [row["scheme"] for row in read(out, "scenario")] == ["S" + bid[1:] for bid in chosen]
    awards = read(out, "award")
    assert {row["scenario"] for row in awards} == {"best"}
    for price in read(out, "portfolio_price"):
        awarded = sum(float(row["amount"]) for row in awards
                      if (row["fund"], row["year"]) == (price["fund"], price["year"]))
        assert awarded == pytest.approx(float(price["spent"]), rel=1e-12)
    assert "0 errors" in stpfin.run("check", out).stderr
    capital = rows(stpfin.run("project", out, "--scenario", "best", "--table", "capital", "--format", "csv").stdout)
    assert sum(float(row["award"]) for row in capital if row["scenario"] == "best") == pytest.approx(
        sum(float(row["amount"]) for row in awards if row["fund"] == "estates"), rel=1e-12)
    again = subprocess.run([stpfin.path, "portfolio", plan, "--out", out], capture_output=True, encoding="utf-8")
    assert again.returncode == 2 and "already" in again.stderr


def test_limits_are_kept_where_nothing_brings_anything(stpfin, plan):
    text = stpfin.run("portfolio", plan, "--table", "portfolio", "--alternatives", "0", "--format", "csv").stdout
    check_legal(plan, {row["bid"] for row in rows(text) if row["chosen"] == "yes"})
    assert {row["benefit"] for row in rows(text)} == {"0"}


def test_two_runs_are_the_same(stpfin, plan):
    first, second = (choose(stpfin, plan, "--format", "json", "--alternatives", "1").stdout for _ in range(2))
    assert first == second


def test_limits_that_cannot_hold(stpfin, plan, tmp_path):
    broken = tmp_path / "broken"
    bids.make(264, broken)
    limits = (broken / "portfolio_limit.csv").read_text()
    pots = sum(float(row["amount"]) for row in read(plan, "fund") if row["fund"] == "estates")
    (broken / "portfolio_limit.csv").write_text(
        "fund," + limits.replace("\n", "\n,").rstrip(",") + f"estates,,,{pots + 1e6},\n")
    command = [stpfin.path, "portfolio", broken, "--benefits", broken / "benefits.csv"]
    done = subprocess.run([*command, "--format", "csv", "--table", "portfolio"], capture_output=True, encoding="utf-8")
    assert done.returncode == 3
    assert "no set of bids keeps all limits; the nearest is short by £1.00m" in done.stderr
    found = rows(done.stdout)
    assert sorted({row["limit"] for row in found}) == ["minimum", "pot"]
    assert [row["fund"] for row in found if row["conflicting"] == "yes"] == 6 * ["estates"]
    assert sum(float(row["shortfall"]) for row in found) == pytest.approx(1e6, abs=1)
    done = subprocess.run([*command, "--out", tmp_path / "why"], capture_output=True, encoding="utf-8")
    assert done.returncode == 3
    assert read(tmp_path / "why", "portfolio_conflict") == found


def test_time_limit_and_interrupt(stpfin, plan, tmp_path):
    large = tmp_path / "large"
    bids.make(880, large)
    command = [stpfin.path, "portfolio", large, "--benefits", large / "benefits.csv", "--gap", "0"]
    done = subprocess.run([*command, "--time-limit", "1"], capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0
    assert "; the time was up." in done.stdout
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    time.sleep(1.5)
    started.send_signal(signal.SIGINT)
    text, _ = started.communicate(timeout=60)
    assert started.returncode == 0
    assert "; stopped when asked to." in text


@pytest.mark.parametrize("arguments, words", [
    (("--table", "weather"), "--table is portfolio"),
    (("--format", "csv"), "name a --table"),
    (("--gap", "much"), "--gap is a share"),
    (("--time-limit", "-1"), "--time-limit is a number of seconds"),
    (("--alternatives", "x"), "--alternatives is a whole number"),
    (("--scenario", "a", "--scenario", "b"), "one scenario"),
    (("--scenario", "do_nothing"), "other than do_nothing"),
    (("--health-weight", "-1"), "--health-weight is an amount in £"),
    (("--quality-weight", "1"), "needs an indicator with a target"),
    (("--finance-weight", "1", "--benefits", "benefits.csv"), "the one or the other"),
    (("--tolerance", "2"), "a tolerance of 2"),
])
def test_wrong_usage(stpfin, plan, arguments, words):
    done = subprocess.run([stpfin.path, "portfolio", plan, *arguments], capture_output=True, encoding="utf-8")
    assert done.returncode == 2 and words in done.stderr and done.stdout == ""
