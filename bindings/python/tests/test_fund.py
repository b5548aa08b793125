"""A fund is shared as the command line shares it, and by rules on arrays as published."""

import decimal
import pickle

import numpy
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stpfin
from conftest import SOURCE, small_tables
from stpfin import _fund
from test_results import ENGLAND, assert_same

CASES = pandas.read_csv(SOURCE / "data" / "validation" / "claims-rules" / "claims_rules.csv")
NAMES = {"PRO": "proportional", "CEA": "equal_awards", "CEL": "equal_losses", "Talmud": "talmud"}


@pytest.mark.parametrize("case", CASES.to_dict("records"), ids=lambda case: f"{case['rule']}-{case['E']}")
def test_published_awards(case):
    claims, awards = ([float(x) for x in case[name].split(";")] for name in ("claims", "awards"))
    index = pandas.Index([f"claimant {i}" for i in range(len(claims))], name="claimant")
    result = stpfin.fund_share(case["E"], pandas.Series(claims, index, name="£m"), rule=NAMES[case["rule"]])
    pandas.testing.assert_series_equal(result, pandas.Series(awards, index, name="£m"))


claim_lists = st.lists(st.floats(0, 1e9), min_size=1, max_size=8)


@given(claim_lists, st.floats(0, 1.5), st.sampled_from(_fund.RULES))
def test_awards_sum_to_the_pot_within_claims(claims, share, rule):
    pot = share * sum(claims)
    awards = stpfin.fund_share(pot, claims, rule=rule)
    assert awards.sum() == pytest.approx(min(pot, sum(claims)), rel=1e-9, abs=1e-9)
    assert (awards >= 0).all() and (awards <= claims).all()


def test_bounds_weights_and_pace():
    claims = pandas.Series({"a": 100.0, "b": 200.0, "c": 300.0})

    def share(**bounds):
        return stpfin.fund_share(300, claims, rule="equal_awards", **bounds).round(9).tolist()

    assert share(weight=[1, 1, 2]) == [75, 75, 150]
    assert share(weight=3) == share() == [100, 100, 100]
    assert share(floor=[None, None, 150]) == [75, 75, 150]
    assert share(cap=pandas.Series([50, pandas.NA, pandas.NA], claims.index, dtype="Int64")) == [50, 125, 125]
    assert share(last=[50, numpy.nan, numpy.nan], pace=0.1) == [55, 122.5, 122.5]
    assert share(last=[50, 1, 1]) == [100, 100, 100]


def test_what_cannot_be_shared_is_refused():
    for call, said in (
            (lambda: stpfin.fund_share(10, [5, 15], rule="talmud", floor=[4, 7]), "floors"),
            (lambda: stpfin.fund_share(10, [5, 15], rule="talmud", cap=1), "cap"),
            (lambda: stpfin.fund_share(10, [5, 15], rule="proportional", last=1, pace=0.1), "pace")):
        with pytest.raises(stpfin.InfeasibleError, match=said) as caught:
            call()
        assert isinstance(caught.value, ValueError)
    for call, said in (
            (lambda: stpfin.fund_share(10, [5, 15], rule="fair"), "'equal_losses' or 'talmud', not 'fair'"),
            (lambda: stpfin.fund_share(-1, [5, 15], rule="talmud"), "pot"),
            (lambda: stpfin.fund_share(10, [5, -15], rule="talmud"), "claim 1"),
            (lambda: stpfin.fund_share(10, [5, None], rule="talmud"), "claim 1"),
            (lambda: stpfin.fund_share(10, [5, 15], rule="talmud", weight=[1, 2]), "weight"),
            (lambda: stpfin.fund_share(10, [5, 15], rule="proportional", weight=[1, 2, 3]), "not of the same shape"),
            (lambda: stpfin.fund_share(10, [5, 15], rule="proportional", pace=-0.1), "pace is a share"),
            (lambda: stpfin.fund_share(10, [5, 15], rule="proportional", pace=numpy.nan), "pace is a share")):
        with pytest.raises(ValueError, match=said) as caught:
            call()
        assert not isinstance(caught.value, stpfin.InfeasibleError)
    with pytest.raises(ValueError, match="claim and weight have not the same index"):
        stpfin.fund_share(1, pandas.Series([1, 2]), rule="proportional", weight=pandas.Series([1, 2], ["a", "b"]))
    with pytest.raises(ValueError, match="one row of numbers"):
        stpfin.fund_share(1, pandas.DataFrame({"amount": [1, 2]}), rule="proportional")
    with pytest.raises(ValueError, match="pot"):
        stpfin.fund_share(None, [1, 2], rule="proportional")
    for pot, claim, said in ((1, ["1"], "claim holds"), ("1", [1], "pot holds"), ([1], [1], "pot holds"),
                             (True, [1], "pot holds")):
        with pytest.raises(TypeError, match=said):
            stpfin.fund_share(pot, claim, rule="proportional")


def test_any_number_is_a_pot():
    for pot in (3, numpy.int64(3), numpy.float32(3), pandas.Series([1, 2]).sum(), decimal.Decimal(3)):
        assert stpfin.fund_share(pot, [2, 4], rule="proportional").tolist() == [1, 2]
    assert stpfin.fund_share(3, 4, rule="talmud").tolist() == [3]
    assert stpfin.fund_share(3, [], rule="talmud").tolist() == []


@pytest.mark.parametrize("asked", [
    {"fund": "transformation", "rule": "proportional"},
    {"fund": "transformation", "rule": "equal_losses", "weight": "population", "scenario": "average_plan"},
    {"fund": "transformation", "rule": "equal_awards", "pace": 0.35, "year": 2018},
    {"fund": "sustainability", "rule": "talmud", "year": 2016}])
def test_allocations_are_the_command_lines(england, command, tmp_path, asked):
    options = [text for name, value in asked.items() for text in (f"--{name}", value)]
    allocation = england.allocate(**asked)
    for name in allocation:
        text = command("allocate", ENGLAND, *options, "--table", name, "--format", "csv")
        assert allocation.to_csv(name) == text
        assert_same(allocation[name], text, name)
    assert allocation.to_json() == command("allocate", ENGLAND, *options, "--format", "json")
    assert allocation.to_text() == command("allocate", ENGLAND, *options)
    command("allocate", ENGLAND, *options, "--out", tmp_path / "theirs")
    allocation.write(tmp_path / "ours")
    theirs = {file.name: file.read_bytes() for file in (tmp_path / "theirs").iterdir()}
    assert theirs == {file.name: file.read_bytes() for file in (tmp_path / "ours").iterdir()}
    assert stpfin.Plan.load(tmp_path / "ours") == allocation.plan
    with pytest.raises(ValueError):
        allocation.write(tmp_path / "ours")
    back = pickle.loads(pickle.dumps(allocation))
    assert back.plan == allocation.plan and back.before == england and back.stamp == allocation.stamp


def test_awards_close_the_gap(england):
    shared = england.allocate("transformation", "equal_losses", year="2020/21", scenario="average_plan")
    assert repr(shared) == ("<stpfin.Allocation transformation, equal_losses, 2020/21, average_plan scenario: "
                            "allocation, award>")
    assert shared.before is england and shared.plan is shared.plan
    assert shared.plan["award"]["amount"].sum() == pytest.approx(3405e6)
    assert "<td>3,405.0</td>" in shared._repr_html_()

    def gap(plan):
        gaps = plan.project("average_plan").funding_gap.set_index(["scenario", "footprint", "component", "year"])["gap"]
        return gaps["average_plan", "England", "total", 2020]

    assert gap(england) - gap(shared.plan) == pytest.approx(3405e6)


def test_the_same_claims_by_another_rule(england):
    shared = england.allocate("transformation", "equal_losses", weight="population", year=2020)
    assert shared.by_rule("equal_losses") is shared
    for rule in ("proportional", "talmud"):
        other = shared.by_rule(rule)
        expected = england.allocate("transformation", rule, year=2020,
                                    weight="claim" if rule == "talmud" else "population")
        assert other.to_csv("allocation") == expected.to_csv("allocation")


def test_allocations_that_cannot_be(small):
    for call, said in (
            (lambda: small.allocate("none", "talmud"), "no fund 'none'"),
            (lambda: small.allocate("change", "fair"), "'talmud', not 'fair'"),
            (lambda: small.allocate("change", "talmud", weight="people"), "'claim' or 'population', not 'people'"),
            (lambda: small.allocate("change", "talmud", weight="population"), "talmud has no weights"),
            (lambda: small.allocate("change", "talmud", year=2020), "nobody claims"),
            (lambda: small.allocate("change", "talmud", scenario="none"), "none"),
            (lambda: small.allocate("change", "talmud", pace=-1), "pace is a share")):
        with pytest.raises(ValueError, match=said) as caught:
            call()
        assert not isinstance(caught.value, stpfin.InfeasibleError)
    with pytest.raises(stpfin.InfeasibleError, match="2022"):
        small.allocate("change", "proportional", pace=0.01)
    with pytest.raises(TypeError):
        small.allocate(None, "talmud")


def test_a_year_is_held_to_the_pace(small):
    shared = small.allocate("change", "proportional", pace=0.3)
    awards = shared.allocation.pivot(index="organisation", columns="year", values="award")
    assert awards.sum().round(2).tolist() == small_tables()["fund"]["amount"].tolist()
    assert (awards[2022] / awards[2021]).between(0.7, 1.3 + 1e-6).all()


def test_plots(england, small):
    from matplotlib import pyplot
    ax = england.allocate("transformation", "equal_losses").plot()
    assert ax.get_title() == "Transformation fund, 2020/21" and ax.get_xlabel() == "£m in prices of the year"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "proportional", "equal awards", "equal losses", "talmud", "claim"]
    widths = [bar.get_width() for bar in ax.patches]
    assert len(widths) == 44 and sum(widths) == pytest.approx(8055.5, abs=0.1)
    for points in ax.collections:
        assert points.get_offsets()[:, 0].sum() == pytest.approx(3405)
    own = england.allocate("sustainability", "proportional").plot(2016, rules="proportional", most=25)
    assert own.get_title() == "Sustainability fund, 2016/17, the 25 largest of 171 claims"
    assert len(own.collections) == 1 and len(own.get_yticks()) == 25
    # Claims have no population to weigh them here, and no other rule that would not.
    weighted = small.replace(claim=small["claim"].assign(weight=[1, 2, 3] * 3))
    shown = weighted.allocate("change", "proportional").plot(ax=pyplot.subplots()[1])
    assert [text.get_text() for text in shown.get_legend().get_texts()] == [
        "proportional", "equal awards", "equal losses", "claim"]
    with pytest.raises(ValueError, match="there is no year 2020"):
        small.allocate("change", "talmud").plot(2020)
    pyplot.close("all")
