"""The reference's uncertainty: published vectors, quantiles against their definitions, values worked by hand."""

import json
import math
import random
import statistics

import pytest

from reference import generate, model, quantiles, simulation, uncertainty
from reference.generate import GeneratedPlan
from reference.generate_uncertainty import with_uncertainty
from reference.simulation import Measure

SEEDS = range(40)
ONES = 2**64 - 1

# Random123's known-answer vectors of philox4x64, 10 rounds: counter, key, words.
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0),
     (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B)),
    ((ONES, ONES, ONES, ONES), (ONES, ONES),
     (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0)),
    ((0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
     (0x452821E638D01377, 0xBE5466CF34E90C6C),
     (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6)),
]


@pytest.mark.parametrize("counter, key, words", KNOWN_ANSWERS)
def test_philox_gives_the_known_answers(counter, key, words):
    assert uncertainty.philox(counter, key) == words


@pytest.mark.parametrize("text, value", [("", 0xCBF29CE484222325), ("a", 0xAF63DC4C8601EC8C),
                                         ("foobar", 0x85944171F73967E8)])
def test_names_are_hashed_as_published(text, value):
    assert uncertainty.hash_of_name(text) == value


# Quantiles

def chances():
    rng = random.Random(1)
    return [(below, 1 - below) for below in [2**-53, 1e-9, 0.1, 0.5, 0.9, 1 - 2**-52,
                                             *(rng.random() for _ in range(30))]]


def assert_tails(found, below, above, near=1e-11):
    """The smaller tail is met, so that one far out is too."""
    assert min(found) == pytest.approx(min(below, above), rel=near)
    assert (found[0] < found[1]) == (below < above) or abs(below - above) < near


@pytest.mark.parametrize("shape", [0.3, 1, 2.5, 40, 2500])
def test_gamma_quantiles_meet_their_tails(shape):
    for below, above in chances():
        assert_tails(quantiles.gamma_tails(shape, quantiles.gamma_quantile(shape, below, above)), below, above)


@pytest.mark.parametrize("a, b", [(0.5, 0.5), (1, 4), (2, 3), (5, 1), (60, 400)])
def test_beta_quantiles_meet_their_tails(a, b):
    """Near 1, where two neighbours are far apart, that of 1 − x is found instead."""
    for below, above in chances():
        x = quantiles.beta_quantile(a, b, below, above)
        if x < 1 - 1e-6:
            assert_tails(quantiles.beta_tails(a, b, x), below, above, 1e-8 if x > 0.99 else 1e-10)
        assert quantiles.beta_quantile(b, a, above, below) == pytest.approx(1 - x, rel=1e-8, abs=1e-15)


def test_tails_of_gamma_and_beta_are_those_that_can_be_told():
    """A gamma of shape 1 is exponential, of a whole shape a sum of Poisson chances; a beta of whole numbers a sum of
    binomial ones."""
    assert quantiles.gamma_tails(1, 0.7) == pytest.approx((1 - math.exp(-0.7), math.exp(-0.7)), rel=1e-14)
    for x in (0.5, 4.0, 11.0):
        above = math.exp(-x) * sum(x**k / math.factorial(k) for k in range(5))
        assert quantiles.gamma_tails(5, x) == pytest.approx((1 - above, above), rel=1e-12)
    for x in (0.1, 0.4, 0.9):
        below = sum(math.comb(9, k) * x**k * (1 - x) ** (9 - k) for k in range(3, 10))
        assert quantiles.beta_tails(3, 7, x) == pytest.approx((below, 1 - below), rel=1e-12)


def test_normal_quantiles_meet_their_tails():
    for below, above in chances():
        z = quantiles.normal_quantile(below, above)
        assert_tails((quantiles.normal_below(z), quantiles.normal_below(-z)), below, above)


# Each distribution's numbers with the mean and the standard deviation that it must have.
MOMENTS = [
    ("interval80", (3 - 2 * quantiles.Z_OF_A_TENTH, 3 + 2 * quantiles.Z_OF_A_TENTH), 3, 2),
    ("normal", (-4, 0.5), -4, 0.5),
    ("lognormal", (5, 2), 5, 2),
    ("gamma", (5, 2), 5, 2),
    ("gamma", (1, 1.5), 1, 1.5),
    ("beta", (0.3, 0.1), 0.3, 0.1),
    ("beta", (0.5, 0.4), 0.5, 0.4),
    ("uniform", (2, 8), 5, 6 / math.sqrt(12)),
    ("triangular", (1, 2, 6), 3, math.sqrt((1 + 4 + 36 - 2 - 6 - 12) / 18)),
    ("triangular", (1, 1, 4), 2, math.sqrt((1 + 1 + 16 - 1 - 4 - 4) / 18)),
    ("pert", (1, 2, 6), 2.5, math.sqrt(1.5 * 3.5 / 7)),
]


@pytest.mark.parametrize("distribution, numbers, mean, sd", MOMENTS)
def test_a_distribution_has_its_mean_and_standard_deviation(distribution, numbers, mean, sd):
    """The integral of the quantile over chances, by the midpoints of equal steps, finer towards both ends."""
    parameter = uncertainty.Parameter("", "", "", (), "", distribution, numbers, "")
    n = 4000
    edges = [(1 - math.cos(math.pi * i / n)) / 2 for i in range(n + 1)]
    steps = [(high - low, uncertainty.quantity_at_chance(parameter, (low + high) / 2))
             for low, high in zip(edges, edges[1:])]
    found = sum(weight * x for weight, x in steps)
    assert found == pytest.approx(mean, abs=1e-4 * sd)
    assert math.sqrt(sum(weight * (x - mean) ** 2 for weight, x in steps)) == pytest.approx(sd, rel=1e-3)


def test_interval80_has_its_ends_at_its_percentiles():
    parameter = uncertainty.Parameter("", "", "", (), "", "interval80", (0.02, 0.05), "")
    assert uncertainty.quantity_at_chance(parameter, 0.1) == pytest.approx(0.02, rel=1e-14)
    assert uncertainty.quantity_at_chance(parameter, 0.9) == pytest.approx(0.05, rel=1e-14)


# Draws

def plan_of(uncertain, correlation=(), base_year=2015, end_year=2018, **tables):
    rows = {table: [{column: str(value) for column, value in row.items()} for row in rows]
            for table, rows in {"uncertainty": uncertain, "correlation": correlation, **tables}.items()}
    return GeneratedPlan(rows, {"base_year": base_year, "end_year": end_year})


def uncertain(parameter, table, column, numbers=(0, 1), distribution="uniform", mode="value", **columns):
    return {"parameter": parameter, "table": table, "column": column, "mode": mode, "distribution": distribution,
            **dict(zip(("p1", "p2", "p3"), numbers)), **columns}


def test_correlated_draws_are_correlated_and_the_first_is_as_if_alone():
    rows = [uncertain(name, "pressure", "amount", (0, 1), "normal") for name in ("a", "b", "c")]
    rhos = {("a", "b"): 0.7, ("a", "c"): -0.4, ("b", "c"): 0.1}
    together = uncertainty.Draws(plan_of(rows, [{"a": b, "b": a, "rho": rho} for (a, b), rho in rhos.items()]), 5)
    alone = uncertainty.Draws(plan_of(rows), 5)
    drawn = [[together.quantity(index, draw) for draw in range(3000)] for index in range(3)]
    assert drawn[0][:20] == [alone.quantity(0, draw) for draw in range(20)]
    for (one, other), rho in rhos.items():
        found = statistics.correlation(drawn["abc".index(one)], drawn["abc".index(other)])
        assert found == pytest.approx(rho, abs=4 * (1 - rho**2) / math.sqrt(3000))
    assert [statistics.mean(of) for of in drawn] == pytest.approx([0, 0, 0], abs=4 / math.sqrt(3000))
    assert [statistics.stdev(of) for of in drawn] == pytest.approx([1, 1, 1], rel=0.06)


# Values written into a plan, from quantities given

def written(plan, *by_parameter):
    """The tables when each parameter's quantity is this number or this one of a year."""
    def quantity(index, year):
        given = by_parameter[index]
        return given[year] if isinstance(given, dict) else given

    return uncertainty.with_quantities(plan, quantity).tables


PRESSURES = [{"organisation": name, "name": "n", "year": year, "amount": amount}
             for name, year, amount in (("x", "2016", 10), ("x", "2018/19", 20), ("y", "2017", 30), ("y", "2014", 40))]


def amounts(plan, *quantities):
    return [float(row["amount"]) for row in written(plan, *quantities)["pressure"]]


@pytest.mark.parametrize("mode, expected", [("value", [2, 2, 2, 40]), ("factor", [20, 40, 60, 40]),
                                            ("add", [12, 22, 32, 40])])
def test_modes(mode, expected):
    assert amounts(plan_of([uncertain("p", "pressure", "amount", mode=mode)], pressure=PRESSURES), 2) == expected


@pytest.mark.parametrize("select, expected", [("organisation=x", [2, 2, 30, 40]), ("year=2018-19", [10, 2, 30, 40]),
                                              ("organisation=x;year=2016", [2, 20, 30, 40]), ("name=n", [2, 2, 2, 40])])
def test_select(select, expected):
    plan = plan_of([uncertain("p", "pressure", "amount", select=select)], pressure=PRESSURES)
    assert amounts(plan, 2) == expected


def test_parameters_act_in_turn_and_the_result_is_clipped_once():
    rows = [uncertain("a", "transfer", "amount", mode="add"), uncertain("b", "transfer", "amount", mode="factor")]
    transfers = [{"from_organisation": "x", "to_organisation": "y", "name": "n", "year": "2016", "amount": 10}]
    plan = plan_of(rows, transfer=transfers)
    assert written(plan, -30, -2)["transfer"][0]["amount"] == 40
    assert written(plan, -30, 2)["transfer"][0]["amount"] == 0


@pytest.mark.parametrize("path, mode, expected", [
    ("yearly", "add", [11, 24, 32, 40]), ("walk", "add", [11, 27, 33, 40]),
    ("walk", "factor", [10, 160, 60, 40]), ("walk", "value", [1, 7, 3, 40])])
def test_paths(path, mode, expected):
    """A walk goes through 2017 where x has no row; the row of 2014 is of no year of the plan."""
    plan = plan_of([uncertain("p", "pressure", "amount", mode=mode, path=path)], pressure=PRESSURES)
    assert amounts(plan, {2016: 1, 2017: 2, 2018: 4}) == expected


def test_blank_cells_start_from_a_default_or_are_left():
    services = [{"service": "s", "setting": "acute", "target_occupancy": "", "length_of_stay": ""},
                {"service": "t", "setting": "acute", "target_occupancy": 0.5, "length_of_stay": 2}]
    plan = plan_of([uncertain("a", "service", "target_occupancy", mode="factor"),
                    uncertain("b", "service", "length_of_stay", mode="add")], service=services)
    rows = written(plan, 0.5, 1)["service"]
    assert [row["target_occupancy"] for row in rows] == [0.425, 0.25]
    assert [row["length_of_stay"] for row in rows] == ["", 3]


@pytest.mark.parametrize("quantity, delay", [(0.49, 0), (0.5, 1), (1.5, 2), (2.4999, 2), (-3, 0)])
def test_whole_numbers_are_rounded(quantity, delay):
    plan = plan_of([uncertain("p", "scenario", "delay")], scenario=[{"scenario": "s", "scheme": "a", "delay": ""}])
    assert written(plan, quantity)["scenario"][0]["delay"] == delay


RATES_BY = {"service": [{"service": "s"}, {"service": "t"}], "footprint": [{"footprint": "f"}, {"footprint": "g"}]}


def test_a_row_without_a_year_has_a_value_for_each_and_wins_as_before():
    """The row of footprint f and 2017 has more keys filled than that of service s, whatever is drawn of that."""
    growth = [{"service": "s", "footprint": "", "year": "", "rate": 0.01},
              {"service": "", "footprint": "f", "year": "2017", "rate": 0.5}]
    plan = plan_of([uncertain("p", "activity_growth", "rate", path="yearly", select="service=s")],
                   activity_growth=growth, **RATES_BY)
    rows = written(plan, {2016: 0.1, 2017: 0.2, 2018: 0.3})["activity_growth"]
    rates = {(row["service"], row["footprint"], row["year"]): float(row["rate"]) for row in rows}
    assert rates == {("s", "f", 2016): 0.1, ("s", "f", 2017): 0.5, ("s", "f", 2018): 0.3, ("s", "g", 2016): 0.1,
                     ("s", "g", 2017): 0.2, ("s", "g", 2018): 0.3, ("t", "f", 2017): 0.5}


def test_a_supply_without_a_year_keeps_that_of_the_base_year():
    supply = [{"organisation": "x", "resource": "bed", "year": "", "amount": 5},
              {"organisation": "x", "resource": "bed", "year": "2017", "amount": 9}]
    plan = plan_of([uncertain("p", "supply", "amount", path="walk", mode="factor", select="year=")], supply=supply)
    rows = written(plan, {2016: 2, 2017: 2, 2018: 2})["supply"]
    assert {row["year"]: float(row["amount"]) for row in rows} == {2015: 5, 2016: 10, 2017: 9, 2018: 40}


def test_sizes_are_clipped_after_scale():
    row = {"scheme": "a", "commissioner": "", "provider": "", "service": "s", "reduction": "0.8"}
    plan = plan_of([], activity_effect=[row], scenario=[{"scenario": "half", "scheme": "a", "scale": "0.5"},
                                                        {"scenario": "double", "scheme": "a", "scale": "2.1"}])
    half = uncertainty.for_one_scenario(plan, "half").tables["activity_effect"]
    assert half[0]["reduction"] == 0.8
    double = uncertainty.for_one_scenario(plan, "double").tables["activity_effect"]
    assert double[0]["reduction"] * 2.1 <= 1 and double[0]["reduction"] * 2.1 == pytest.approx(1, rel=1e-15)


# Random plans

def uncertain_plan(seed):
    rng = random.Random(seed)
    return with_uncertainty(rng, generate.random_plan(rng, schemes=True, health_and_quality=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_random_plans_draw_something_and_only_what_is_uncertain(seed, tmp_path):
    plan = uncertainty.read_plan(generate.write_plan(uncertain_plan(seed), tmp_path))
    changed = uncertainty.with_draw(plan, uncertainty.Draws(plan, seed), 3)
    figures = {(parameter.table, parameter.column) for parameter in uncertainty.parameters(plan)}
    for table in set(plan.tables) - {"uncertainty", "correlation"}:
        columns = {column for of_table, column in figures if of_table == table}
        if not columns:
            assert changed.tables[table] == plan.tables[table]
        elif len(changed.tables[table]) == len(plan.tables[table]) and "year" not in plan.tables[table][0]:
            for row, before in zip(changed.tables[table], plan.tables[table]):
                assert {column for column in row if row[column] != before.get(column, "")} <= columns
    assert any(changed.tables[table] != plan.tables[table] for table, _ in figures)


def test_the_reference_knows_every_range_and_default_of_the_data_dictionary(stpfin):
    """Those of the figures it can draw."""
    for table, ranges in uncertainty.RANGES.items():
        described = json.loads(stpfin.run("describe", table, "--format", "json").stdout)[table]
        columns = {row["column"]: row for row in described}
        for column, text in ranges.items():
            assert columns[column]["range"] == text, (table, column)
            default = uncertainty.DEFAULTS.get((table, column))
            told = columns[column]["default"]
            try:
                assert default == float(told), (table, column)
            except (TypeError, ValueError):
                assert default is None, (table, column)
            assert (columns[column]["type"] == "whole") == ((table, column) in uncertainty.WHOLE_NUMBERS)


# Summaries

def test_a_summary_by_hand():
    found = simulation.summary([3, -1, 0, 2])
    assert found["mean"] == 1 and found["sd"] == pytest.approx(math.sqrt((4 + 4 + 1 + 1) / 3))
    assert [found[f"p{percent}"] for percent in (25, 50, 75)] == [-0.25, 1, 2.25]
    assert found["probability_closed"] == 0.5 and found["probability_error"] == 0.25
    assert found["shortfall_mean"] == 1.25 and found["tail_mean"] == 3
    assert simulation.summary(list(range(21)))["tail_mean"] == 19.5


def test_rank_correlation_by_hand():
    assert simulation.rank_correlation([1, 2, 3, 4], [10, 20, 40, 30]) == pytest.approx(0.8)
    assert simulation.ranks([5, 1, 5, 7]) == [2.5, 1, 2.5, 4]
    assert simulation.rank_correlation([1, 2], [3, 3]) is None


def test_measures_are_named_by_what_is_left_open():
    row = {"footprint": "f", "component": "total", "year": 2016}
    assert simulation.name_of_row(Measure("funding_gap", "gap"), row, 2018) == ("funding_gap.gap", "f", 2016)
    row["component"] = "nhs"
    assert simulation.name_of_row(Measure("funding_gap", "gap"), row, 2018)[0] == "funding_gap.gap[component=nhs]"
    row = {"commissioner": "c", "provider": "p", "service": "s", "year": 2016}
    assert simulation.name_of_row(Measure("activity", "activity"), row, 2018) == (
        "activity.activity[provider=p;service=s]", "c", 2016)
    assert simulation.name_of_row(Measure("appraisal", "net_present_value"), {"scheme": "total"}, 2018) == (
        "appraisal.net_present_value[scheme=total]", model.ENGLAND, 2018)
