"""Bids are chosen as the command line chooses them, and a search can be ended."""

import concurrent.futures
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
from conftest import SOURCE
from test_results import ENGLAND, assert_same

sys.path.append(str(SOURCE / "benchmarks"))
import bids  # noqa: E402

RESULTS = ["portfolio", "portfolio_price", "portfolio_missed"]


@pytest.fixture(scope="module")
def chosen(england):
    return england.portfolio()


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A plan whose best set takes minutes to find, and the benefits of its bids."""
    folder = tmp_path_factory.mktemp("bids") / "plan"
    bids.make(880, folder)
    return stpfin.Plan.load(folder), pandas.read_csv(folder / "benefits.csv")


@pytest.mark.parametrize("asked", [
    {}, {"scenario": "best", "gap": 0.01, "alternatives": 0, "time-limit": 60}, {"benefits": "benefits.csv"}])
def test_portfolios_are_the_command_lines(england, command, tmp_path, asked):
    if "benefits" in asked:
        values = pandas.DataFrame({"bid": england["bid"]["bid"], "benefit": numpy.arange(176) % 7 + 0.5})
        values.to_csv(tmp_path / "benefits.csv", index=False)
        options = ["--benefits", tmp_path / "benefits.csv"]
        asked = {"benefits": values}
    else:
        options = [text for name, value in asked.items() for text in (f"--{name}", value)]
    portfolio = england.portfolio(**{name.replace("-", "_"): value for name, value in asked.items()})
    assert list(portfolio) == [*RESULTS, "scenario", "award"]
    for name in portfolio:
        text = command("portfolio", ENGLAND, *options, "--table", name, "--format", "csv")
        assert portfolio.to_csv(name) == text
        assert_same(portfolio[name], text, name)
    assert portfolio.to_json() == command("portfolio", ENGLAND, *options, "--format", "json")
    summary, _, text = command("portfolio", ENGLAND, *options).partition("\n\n")
    assert portfolio.to_text() == text
    found = portfolio.summary
    assert summary.startswith(f"{found['chosen']} of {found['bids']} bids chosen, which ask for "
                              f"£{found['spent'] / 1e6:.2f}m. Benefit £{found['benefit'] / 1e6:.2f}m, ")
    command("portfolio", ENGLAND, *options, "--out", tmp_path / "theirs")
    portfolio.write(tmp_path / "ours")
    theirs = {file.name: file.read_bytes() for file in (tmp_path / "theirs").iterdir()}
    assert theirs == {file.name: file.read_bytes() for file in (tmp_path / "ours").iterdir()}
    assert stpfin.Plan.load(tmp_path / "ours") == portfolio.plan
    with pytest.raises(ValueError):
        portfolio.write(tmp_path / "ours")


def test_the_summary_is_that_of_the_tables(england, chosen):
    found = chosen.summary
    rows = chosen.portfolio
    best = rows[(rows["alternative"] == 0) & (rows["chosen"] == "yes")]
    assert found["end"] == "near_enough" and 0 <= found["gap"] <= 0.001
    assert found["bids"] == len(england["bid"]) and found["chosen"] == len(best)
    assert found["alternatives"] == rows["alternative"].max() == 2
    assert found["benefit"] == pytest.approx(best["benefit"].sum())
    assert found["bound"] - found["benefit"] == pytest.approx(found["gap"] * found["benefit"])
    assert found["spent"] == pytest.approx(chosen.portfolio_price["spent"].sum())
    # Schemes overlap.
    assert 0.9 < found["joint_benefit"] / found["benefit"] < 1
    found["end"] = "changed"
    assert chosen.summary["end"] == "near_enough"


def test_the_chosen_set_is_a_scenario_of_its_plan(england, chosen):
    assert chosen.before is england and chosen.plan is chosen.plan
    assert chosen.plan.scenarios == [*england.scenarios, "portfolio"]
    assert repr(chosen).startswith(f"<stpfin.Portfolio {chosen.summary['chosen']} of 176 bids for £")
    assert repr(chosen).endswith("below the best, portfolio scenario: " + ", ".join(chosen) + ">")
    assert "<th>2020/21</th>" in chosen._repr_html_()
    rows = chosen.portfolio
    best = set(rows[(rows["alternative"] == 0) & (rows["chosen"] == "yes")]["bid"])
    schemes = england["bid"].set_index("bid")["scheme"]
    after = chosen.plan["scenario"]
    assert set(after[after["scenario"] == "portfolio"]["scheme"]) == set(schemes[list(best)])
    awards = chosen.plan["award"]
    assert awards["amount"].sum() == pytest.approx(chosen.summary["spent"])
    gap = chosen.plan.project("portfolio").funding_gap
    gap = gap[(gap["footprint"] == "England") & (gap["component"] == "total") & (gap["year"] == 2020)]
    assert gap.set_index("scenario")["gap"].diff()["portfolio"] < -5e9


def test_pickles_keep_what_was_found(chosen):
    back = pickle.loads(pickle.dumps(chosen))
    assert isinstance(back, stpfin.Portfolio) and repr(back) == repr(chosen)
    assert back.summary == chosen.summary and back.stamp == chosen.stamp
    assert back.plan == chosen.plan and back.before == chosen.before
    assert back.to_json([*chosen]) == chosen.to_json([*chosen])


def test_benefits_are_given_in_many_ways(small):
    given = pandas.DataFrame({"bid": ["B1", "B2"], "benefit": [5, 4]})
    expected = small.portfolio(benefits=given)
    assert expected.portfolio.query("alternative == 0")["chosen"].tolist() == ["yes", "no"]
    assert numpy.isnan(expected.summary["joint_benefit"]) and expected.summary["benefit"] == 5
    assert "benefit 5, the best there is" in repr(expected)
    for same in (given.set_index("bid"), given.set_index("bid")["benefit"], {"B1": 5, "B2": 4},
                 {"B2": numpy.float32(4), "B1": 5.0}, given.assign(benefit=["5", "4"]),
                 given.astype({"bid": "category"}), pandas.Series([5, 4], ["B1", "B2"], dtype="Int64")):
        assert small.portfolio(benefits=same).to_json() == expected.to_json()
    for wrong, said in (({"B1": 1}, "'B2'"), ({"B1": 1, "B2": 2, "B3": 3}, "'B3'"), ({"B1": 1, "B2": None}, "'B2'"),
                        ({1: 1, 2: 2}, "codes of bids"), (given.rename(columns={"benefit": "worth"}), "benefit")):
        with pytest.raises((ValueError, KeyError), match=said):
            small.portfolio(benefits=wrong)
    for wrong in ([5, 4], 5, "benefits.csv", {"B1": "5", "B2": 4}, {"B1": True, "B2": 4}):
        with pytest.raises(TypeError, match="benefits"):
            small.portfolio(benefits=wrong)


def test_a_plan_without_bids(small):
    empty = small.replace(bid=small["bid"].head(0), bid_amount=small["bid_amount"].head(0))
    none = empty.portfolio()
    assert none.summary["bids"] == 0 and none.plan == empty and none.portfolio.empty
    assert repr(none).startswith("<stpfin.Portfolio 0 of 0 bids for £0.0m, benefit £0.0m, the best there is: portfolio")
    assert "(no rows)" in none.to_text() and none.plot.price() is not None
    with pytest.raises(stpfin.ArgumentError, match="no bids"):
        none.plot()


def test_weights_scale_benefits(small):
    once, twice = (small.portfolio(finance_weight=weight).portfolio["benefit"] for weight in (1, 2))
    assert (once != 0).any() and (2 * once).tolist() == twice.tolist()


def test_portfolios_that_cannot_be(england, small):
    for asked, said in (({"scenario": "do_nothing"}, "do_nothing"), ({"gap": -1}, "gap"), ({"gap": None}, "gap"),
                        ({"time_limit": -1}, "time limit"), ({"tolerance": 2}, "tolerance"),
                        ({"alternatives": -1}, "alternatives"), ({"alternatives": 1000}, "alternatives"),
                        ({"finance_weight": numpy.inf}, "finance weight")):
        with pytest.raises(stpfin.ArgumentError, match=said):
            small.portfolio(**asked)
    for asked in ({"scenario": None}, {"gap": "1"}, {"time_limit": "1"}, {"alternatives": 1.5}, {"progress": 3}):
        with pytest.raises(TypeError):
            small.portfolio(**asked)
    short = small.replace(portfolio_limit=pandas.DataFrame({"fund": ["change", None], "minimum": [1001.0, None],
                                                            "maximum": [None, 700.0]}))
    with pytest.raises(stpfin.InfeasibleError, match="cannot hold together") as caught:
        short.portfolio()
    for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):
        assert isinstance(error, ValueError) and "cannot hold together" in str(error)
        assert list(error.conflict.columns) == list(stpfin.describe("portfolio_conflict").index)
        assert (error.conflict["conflicting"] == "yes").any()
    with pytest.raises(stpfin.InfeasibleError) as caught:
        stpfin.fund_share(10, [5, 15], rule="talmud", cap=1)
    assert caught.value.conflict is None


def test_conflicts_are_the_command_lines(england, command, tmp_path):
    # More than the fund has in that year.
    more = pandas.DataFrame({"fund": ["transformation"], "year": [2016], "minimum": [400e6]})
    broken = england.replace(portfolio_limit=pandas.concat([england["portfolio_limit"], more]))
    broken.write(tmp_path / "broken")
    done = subprocess.run([os.environ["STPFIN"], "portfolio", tmp_path / "broken", "--table", "portfolio", "--format",
                           "csv"], capture_output=True, encoding="utf-8")
    assert done.returncode == 3
    with pytest.raises(stpfin.InfeasibleError) as caught:
        broken.portfolio()
    assert f"stpfin: {caught.value}\n" in done.stderr
    assert_same(caught.value.conflict, done.stdout, "portfolio_conflict")


def interrupt_once_begun(done):
    if done > 0:
        os.kill(os.getpid(), signal.SIGINT)


def test_a_search_ends_with_what_it_has(large):
    plan, benefits = large

    def search(**asked):
        return plan.portfolio(benefits=benefits, gap=0, alternatives=0, **asked)

    assert search(time_limit=0.5).summary["end"] == "time_up"
    found = search(progress=interrupt_once_begun)
    assert found.summary["end"] == "stopped" and found.summary["chosen"] > 0 and found.summary["gap"] > 0
    assert pickle.loads(pickle.dumps(found)).summary["end"] == "stopped"
    # While no Python runs but the search.
    timer = threading.Timer(3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    begun = time.monotonic()
    assert search(time_limit=60).summary["end"] == "stopped" and time.monotonic() - begun < 30
    timer.join()


def test_a_search_is_stopped(england, large):
    plan, benefits = large

    class Enough(Exception):
        pass

    def stop(done):
        if done > 0:
            raise Enough

    with pytest.raises(Enough):
        plan.portfolio(benefits=benefits, gap=0, progress=stop)

    def interrupt(done):
        raise KeyboardInterrupt

    # There is no set yet.
    with pytest.raises(KeyboardInterrupt):
        england.portfolio(progress=interrupt)
    assert england.portfolio(alternatives=0).summary["end"] == "near_enough"


def test_progress_is_told(large):
    plan, benefits = large
    told = []
    plan.portfolio(benefits=benefits, gap=0.01, progress=told.append)
    assert told and all(0 <= done <= 1 for done in told)


def test_threads_choose_alike(england, chosen):
    expected = chosen.to_json()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: england.portfolio().to_json(), range(4))) == {expected}


def test_plots(england, chosen):
    from matplotlib import pyplot
    amounts = england["bid_amount"].groupby("bid")["amount"].sum()
    for by, rows, scale, unit in (("footprint", 44, 1e6, "£m"), ("workstream", 4, 1e6, "£m"), ("aim", 2, 1e9, "£bn")):
        ax = chosen.plot(by)
        assert ax.get_title() == f"Bids chosen, by {by}" and ax.get_xlabel() == f"{unit} in prices of each year"
        widths = [bar.get_width() for bar in ax.patches]
        assert len(widths) == 2 * rows
        assert sum(widths[:rows]) == pytest.approx(amounts.sum() / scale)
        assert sum(widths[rows:]) == pytest.approx(chosen.summary["spent"] / scale)
    assert chosen.plot(alternative=1).get_title() == "Alternative 1, by footprint"
    ax = chosen.plot.price()
    prices = chosen.portfolio_price
    assert [label.get_text() for label in ax.get_yticklabels()][0] == "transformation 2020/21"
    assert len(ax.patches) == 2 * len(prices) == 2 * len(england["fund"])
    assert sum(bar.get_width() for bar in ax.patches[len(prices):]) == pytest.approx(prices["spent"].sum() / 1e9)
    assert float(ax.texts[-2].get_text()) == pytest.approx(prices["price"][1], rel=0.01)
    for wrong in ({"by": "year"}, {"alternative": 9}):
        with pytest.raises(stpfin.ArgumentError):
            chosen.plot(**wrong)
    shared = england.replace(membership=england["membership"].assign(share=lambda rows: rows["share"] / 2),
                             portfolio_limit=england["portfolio_limit"].head(0))
    halves = shared.portfolio(benefits=dict.fromkeys(amounts.index, 1.0), alternatives=0).plot(ax=pyplot.subplots()[1])
    assert "unassigned" in [label.get_text() for label in halves.get_yticklabels()]
    assert sum(bar.get_width() for bar in halves.patches[:45]) == pytest.approx(amounts.sum() / 1e6)
    pyplot.close("all")
