"""The reference model itself: numbers that can be worked out on paper, and the properties that must always hold."""

import random
import re

import pytest

from reference import generate, model, properties
from reference.properties import TOLERANCE, by_key

SEEDS = range(60)


# Numbers worked by hand

def plan_of(base_year=2015, end_year=2017, **tables):
    """A plan of one commissioner, trust, care home and service in one footprint, with some tables given or replaced."""
    smallest = {
        "footprint": [{"footprint": "vale"}],
        "organisation": [{"organisation": "ccg", "kind": "commissioner"}, {"organisation": "trust", "kind": "provider"},
                         {"organisation": "home", "kind": "outside"}],
        "membership": [{"organisation": "ccg", "footprint": "vale", "share": 1},
                       {"organisation": "trust", "footprint": "vale", "share": 1}],
        "service": [{"service": "beds", "setting": "acute"}],
        "flow": [flow()],
    }
    return model.Plan(smallest | tables, base_year, end_year)


def flow(commissioner="ccg", provider="trust", service="beds", income=1000, **columns):
    return {"commissioner": commissioner, "provider": provider, "service": service, "activity": 50, "income": income,
            **columns}


@pytest.mark.parametrize("text", ["2015", "2015/16", "2015-16", "2015/2016"])
def test_a_year_is_read_in_every_form(text):
    assert model.read_year(text) == 2015


@pytest.mark.parametrize("text, age", [("15", 15), ("15-64", 15), ("65+", 65), ("0-4", 0)])
def test_an_age_is_read_in_every_form(text, age):
    assert model.read_age(text) == age


def people(footprint, numbers):
    """Population rows of a footprint, from (young, old) by year."""
    return [{"footprint": footprint, "year": year, "sex": "", "age": age, "persons": persons}
            for year, pair in numbers.items() for age, persons in zip(("0-64", "65+"), pair)]


def test_demographic_factor_is_weighted_by_age():
    plan = plan_of(population=people("vale", {2015: (100, 50), 2016: (110, 60), 2017: (90, 75)}),
                   age_weight=[{"age": "0", "weight": 1}, {"age": "65", "weight": 4}])
    # 100 + 4 × 50 = 300; then 110 + 4 × 60 = 350 and 90 + 4 × 75 = 390
    assert model.demographic_factor(plan, "ccg", "beds", 2016) == pytest.approx(350 / 300, rel=TOLERANCE)
    assert model.demographic_factor(plan, "ccg", "beds", 2017) == pytest.approx(1.3, rel=TOLERANCE)


def test_a_services_own_weights_replace_the_blank_ones_and_without_any_heads_count():
    population = people("vale", {2015: (100, 50), 2016: (100, 100), 2017: (100, 100)})
    own = plan_of(population=population, age_weight=[{"weight": 1}, {"service": "beds", "weight": 1, "age": "65"},
                                                     {"service": "beds", "weight": 0}])
    assert model.demographic_factor(own, "ccg", "beds", 2016) == 2  # only the old count: 50, then 100
    assert model.demographic_factor(plan_of(population=population), "ccg", "beds", 2016) == pytest.approx(200 / 150)


def test_a_tie_between_weights_goes_to_sex():
    plan = plan_of(age_weight=[{"age": "65", "weight": 7}, {"sex": "female", "weight": 3}, {"weight": 1}])
    assert [model.weight(plan, "beds", *who) for who in (("female", 65), ("male", 65), ("male", 0))] == [3, 7, 1]


def two_footprints(**tables):
    return plan_of(footprint=[{"footprint": "vale"}, {"footprint": "hill"}],
                   membership=[{"organisation": "ccg", "footprint": "vale", "share": 0.6},
                               {"organisation": "ccg", "footprint": "hill", "share": 0.2}], **tables)


def test_a_commissioner_takes_the_mean_of_its_footprints_and_one_without_population_has_factor_1():
    plan = two_footprints(population=people("vale", {2015: (60, 40), 2016: (80, 60), 2017: (80, 60)}))
    # vale 140 / 100; shares 0.6 and 0.2 are three quarters and a quarter: 0.75 × 1.4 + 0.25 × 1
    assert model.demographic_factor(plan, "ccg", "beds", 2016) == pytest.approx(1.3, rel=TOLERANCE)


def test_growth_is_averaged_over_footprints_and_then_compounded():
    plan = two_footprints(activity_growth=[{"footprint": "vale", "year": "2016/17", "rate": 0.04},
                                           {"footprint": "hill", "rate": -0.08},
                                           {"service": "beds", "year": "2017", "rate": 0.1},
                                           {"year": "2018", "rate": 9}])
    # 2016: 0.75 × 0.04 − 0.25 × 0.08 = 0.01. 2017: service and year beat the footprint alone: 0.1 in both.
    assert model.growth_factor(plan, "ccg", "beds", 2016) == pytest.approx(1.01, rel=TOLERANCE)
    assert model.growth_factor(plan, "ccg", "beds", 2017) == pytest.approx(1.01 * 1.1, rel=TOLERANCE)


@pytest.mark.parametrize("rows, rate", [
    ([("", "", "", 1), ("", "", "2016", 2), ("", "vale", "", 3), ("beds", "", "", 4)], 4),
    ([("", "", "", 1), ("", "", "2016", 2), ("", "vale", "", 3)], 3),
    ([("beds", "", "", 1), ("", "vale", "2016-17", 2)], 2),
    ([("beds", "", "2016", 1), ("", "vale", "2016", 2), ("beds", "vale", "", 3)], 3),
    ([("", "vale", "2016", 2), ("beds", "", "2016", 1)], 1),
    ([("other", "vale", "2016", 1)], 0),
])
def test_the_rate_with_most_keys_filled_wins_and_a_tie_goes_to_the_earlier_column(rows, rate):
    columns = ("service", "footprint", "year", "rate")
    plan = plan_of(activity_growth=[dict(zip(columns, row)) for row in rows])
    assert model.growth_rate_of_footprint(plan, "beds", "vale", 2016) == rate


PRICES = {
    "cost_mix": [{"component": "pay", "share": 0.7}, {"component": "drugs", "share": 0.3}],
    "inflation": [{"component": "pay", "rate": 0.01}, {"component": "pay", "year": "2017", "rate": 0.03},
                  {"component": "drugs", "rate": 0.05}],
}


def test_inflation_is_the_mix_of_its_components():
    plan = plan_of(**PRICES)
    # 0.7 × 1% + 0.3 × 5% = 2.2%, then 0.7 × 3% + 0.3 × 5% = 3.6%
    assert model.inflation_index(plan, "beds", 2015) == 1
    assert model.inflation_index(plan, "beds", 2017) == pytest.approx(1.022 * 1.036, rel=TOLERANCE)


def test_a_services_own_cost_mix_replaces_the_blank_one_and_without_any_there_is_no_inflation():
    own = plan_of(**PRICES | {"cost_mix": [*PRICES["cost_mix"], {"service": "beds", "component": "drugs", "share": 1}]})
    others = plan_of(**PRICES | {"cost_mix": [{"service": "visits", "component": "drugs", "share": 1}]})
    assert model.inflation_index(own, "beds", 2016) == pytest.approx(1.05, rel=TOLERANCE)
    assert model.inflation_index(others, "beds", 2017) == 1


def test_price_follows_the_tariff_and_inflation_where_there_is_none():
    plan = plan_of(**PRICES, tariff=[{"service": "beds", "year": "2016", "uplift": 0.03, "efficiency": 0.02},
                                     {"year": "2016", "uplift": 9, "efficiency": 0}])
    assert model.price_index(plan, "beds", 2016) == pytest.approx(1.03 * 0.98, rel=TOLERANCE)
    assert model.price_index(plan, "beds", 2017) == pytest.approx(1.03 * 0.98 * 1.036, rel=TOLERANCE)


def care(growth, **columns):
    """The care in 2016 of a flow of £1,000 whose activity grows so, costs inflating by 5% and prices by 2%."""
    plan = plan_of(flow=[flow(**columns)], activity_growth=[{"rate": growth}],
                   cost_mix=[{"component": "all", "share": 1}], inflation=[{"component": "all", "rate": 0.05}],
                   tariff=[{"uplift": 0.02, "efficiency": 0}])
    return model.do_nothing(plan).care[0, 2016]


@pytest.mark.parametrize("growth, columns, activity, cost, payment", [
    (0.1, {}, 55, 1000 * 1.1 * 1.05, 1000 * 1.02 * 1.1),
    (0.1, {"cost": 1200}, 55, 1200 * 1.1 * 1.05, 1000 * 1.02 * 1.1),
    (0.1, {"marginal_rate": 0}, 55, 1000 * 1.1 * 1.05, 1000 * 1.02),
    (0.1, {"marginal_rate": 0.7}, 55, 1000 * 1.1 * 1.05, 1000 * 1.02 * 1.07),
    (-0.1, {"marginal_rate": 0.7}, 45, 1000 * 0.9 * 1.05, 1000 * 1.02 * 0.93),
    (-0.1, {"marginal_rate": 0.7, "marginal_rate_below": 1}, 45, 1000 * 0.9 * 1.05, 1000 * 1.02 * 0.9),
    (-0.1, {"marginal_rate_below": 0}, 45, 1000 * 0.9 * 1.05, 1000 * 1.02),
    (0.1, {"activity": ""}, None, 1000 * 1.1 * 1.05, 1000 * 1.02 * 1.1),
    (0.1, {"provider": "home"}, 55, 1000 * 1.05 * 1.1, 1000 * 1.05 * 1.1),
    (0.1, {"provider": "home", "marginal_rate": 0.5}, 55, 1000 * 1.05 * 1.05, 1000 * 1.05 * 1.05),
])
def test_care_of_a_flow(growth, columns, activity, cost, payment):
    found = care(growth, **columns)
    assert found.activity == pytest.approx(activity, rel=TOLERANCE) if activity else found.activity is None
    assert found.cost == pytest.approx(cost, rel=TOLERANCE)
    assert found.payment == pytest.approx(payment, rel=TOLERANCE)


def small_system():
    """A region of vale and hill.

    The commissioner buys £1,000 from the trust, whose cost is £1,100, and the trust buys £200 from the home.
    A council with a quarter of itself in vale and nowhere else buys £80 from the trust, as cost only, and passes
    £30 to the commissioner.
    """
    return plan_of(
        end_year=2016,
        footprint=[{"footprint": "vale", "parent": "region"}, {"footprint": "hill", "parent": "region"},
                   {"footprint": "region"}],
        organisation=[{"organisation": name, "kind": kind} for name, kind in
                      (("ccg", "commissioner"), ("trust", "provider"), ("home", "outside"), ("shire", "council"))],
        membership=[{"organisation": "ccg", "footprint": "vale", "share": 0.5},
                    {"organisation": "ccg", "footprint": "hill", "share": 0.5},
                    {"organisation": "trust", "footprint": "vale", "share": 1},
                    {"organisation": "shire", "footprint": "vale", "share": 0.25}],
        service=[{"service": "beds", "setting": "acute", "length_of_stay": 7.3},
                 {"service": "care", "setting": "social", "target_occupancy": 0.5, "length_of_stay": 73}],
        staffing=[{"service": "beds", "staff_group": "nurse", "wte_per_1000": 40}],
        supply=[{"organisation": "trust", "resource": "nurse", "year": "2016", "amount": 1.5},
                {"organisation": "shire", "resource": "bed", "amount": 3}],
        flow=[flow(cost=1100, activity=85), flow("trust", "home", "care", 200, activity=5),
              flow("shire", "trust", "care", 80, activity="")],
        population=[{"footprint": "vale", "year": 2015, "persons": 10},
                    {"footprint": "vale", "year": 2016, "persons": 20}],
        funding=[{"organisation": "ccg", "stream": "allocation", "year": "2015/16", "amount": 900},
                 {"organisation": "ccg", "stream": "allocation", "year": "2016/17", "amount": 950},
                 {"organisation": "shire", "stream": "grant", "year": "2015", "amount": 100},
                 {"organisation": "shire", "stream": "grant", "year": "2016", "amount": 0}],
        transfer=[{"from_organisation": "shire", "to_organisation": "ccg", "name": "pool", "year": "2015",
                   "amount": 30}],
        pressure=[{"organisation": "trust", "name": "seven days", "year": "2015", "amount": 5}])


def test_positions():
    rows = by_key(model.results(small_system())["position"], "organisation", "year")
    # ccg: 900 + 30 in, 1000 out.  trust: 1000 + 80 in; care 1100 + 80, 200 to the home and a pressure of 5.
    # shire: 100 − 30 in, 80 out.
    assert {name: (row["income"], row["cost"], row["gap"]) for (name, year), row in rows.items() if year == 2015} == {
        "ccg": (930, 1000, 70), "trust": (1080, 1385, 305), "shire": (70, 80, 10)}
    # In 2016 vale doubles: factor 2 for the trust and the council, 0.5 × 2 + 0.5 × 1 = 1.5 for the commissioner.
    # trust: 1500 + 160 in; care 1650 + 160, 400 to the home.  shire: nothing in, 160 out.
    assert {name: row["gap"] for (name, year), row in rows.items() if year == 2016} == {
        "ccg": 550, "trust": 550, "shire": 160}


def test_places():
    rows = by_key(model.results(small_system())["funding_gap"], "footprint", "component", "year")
    found = {key: row["gap"] for key, row in rows.items()}
    assert {place: found[place, "total", 2015] for place in ("vale", "hill", "region", "unassigned", "England")} == {
        "vale": 35 + 305 + 2.5, "hill": 35, "region": 70 + 305 + 2.5, "unassigned": 7.5, "England": 385}
    assert {component: found["region", component, 2015] for component in model.COMPONENTS} == {
        "commissioner": 70, "provider": 305, "council": 2.5, "nhs": 375, "total": 377.5}


def test_payments_within_a_place_are_left_out_of_its_income_and_cost():
    rows = by_key(model.results(small_system())["funding_gap"], "footprint", "component", "year")
    # England: income 900 + 100 (the transfer nets out); cost 1100 + 80 of care, 200 paid outside, 5 of pressure.
    assert (rows["England", "total", 2015]["income"], rows["England", "total", 2015]["cost"]) == (1000, 1385)
    # nhs: income 900 + 30 from the council; of the cost, 80 is met by the council's payment.
    assert (rows["England", "nhs", 2015]["income"], rows["England", "nhs", 2015]["cost"]) == (930, 1305)
    assert (rows["vale", "commissioner", 2015]["income"], rows["vale", "commissioner", 2015]["cost"]) == (465, 500)


def test_gap_per_head():
    rows = by_key(model.results(small_system())["funding_gap"], "footprint", "component", "year")
    assert {place: rows[place, "council", 2015]["gap_per_head"]
            for place in ("vale", "hill", "region", "unassigned", "England")} == {
        "vale": 0.25, "hill": None, "region": 0.25, "unassigned": None, "England": 1}
    assert rows["vale", "council", 2016]["gap_per_head"] == 2  # a quarter of 160, over 20


def test_ledger():
    rows = model.results(small_system())["ledger"]
    entries = {(row["organisation"], row["counterparty"], row["service"], row["line"]): (row["income"], row["cost"])
               for row in rows if row["year"] == 2015}
    assert entries == {
        ("ccg", "trust", "beds", "contract"): (0, 1000), ("trust", "ccg", "beds", "contract"): (1000, 0),
        ("trust", "ccg", "beds", "care"): (0, 1100),
        ("trust", "home", "care", "contract"): (0, 200), ("home", "trust", "care", "contract"): (200, 0),
        ("home", "trust", "care", "care"): (0, 200),
        ("shire", "trust", "care", "contract"): (0, 80), ("trust", "shire", "care", "contract"): (80, 0),
        ("trust", "shire", "care", "care"): (0, 80),
        ("ccg", "", "", "funding"): (900, 0), ("shire", "", "", "funding"): (100, 0),
        ("ccg", "shire", "", "transfer"): (30, 0), ("shire", "ccg", "", "transfer"): (-30, 0),
        ("trust", "", "", "pressure"): (0, 5)}
    assert {row["scheme"] for row in rows} == {""}


def test_spending_counts_buyers_but_not_providers():
    rows = by_key(model.results(small_system())["spending"], "footprint", "setting", "year")
    assert len(rows) == 5 * 11 * 2
    spent = {key[:2]: row["amount"] for key, row in rows.items() if key[2] == 2015 and row["amount"] != 0}
    assert spent == {("vale", "acute"): 500, ("hill", "acute"): 500, ("region", "acute"): 1000,
                     ("England", "acute"): 1000, ("vale", "social"): 20, ("region", "social"): 20,
                     ("unassigned", "social"): 60, ("England", "social"): 80}


def test_activity_leaves_cost_only_flows_out_and_adds_rows_up():
    plan = plan_of(end_year=2016, flow=[flow(), flow(activity=7), flow(provider="home", activity="")],
                   activity_growth=[{"rate": -0.5}])
    assert model.results(plan)["activity"] == [
        {"commissioner": "ccg", "provider": "trust", "service": "beds", "year": year, "activity": activity}
        for year, activity in ((2015, 57), (2016, 28.5))]


def test_beds_and_staff():
    rows = by_key(model.results(small_system())["resource"], "organisation", "resource", "year")
    # trust, beds: 85 stays of 7.3 days in beds 85% full: 85 × 7.3 / (365 × 0.85) = 2.  Nurses: 85 / 1000 × 40 = 3.4.
    # The home's care counts at the trust: 5 × 73 / (365 × 0.5) = 2.  The council's beds are needed by nobody.
    found = {key: (row["needed"], row["supply"], row["shortage"]) for key, row in rows.items()}
    assert found.keys() == {(organisation, resource, year) for year in (2015, 2016) for organisation, resource in
                            (("trust", "bed"), ("trust", "nurse"), ("shire", "bed"))}
    assert found["trust", "bed", 2015] == (pytest.approx(4, rel=TOLERANCE), None, None)
    assert found["trust", "nurse", 2015] == (pytest.approx(3.4, rel=TOLERANCE), None, None)
    assert found["trust", "nurse", 2016] == (pytest.approx(5.1, rel=TOLERANCE), 1.5, pytest.approx(3.6, rel=TOLERANCE))
    assert found["shire", "bed", 2016] == (0, 3, -3)


def test_real_prices():
    plan = plan_of(end_year=2016, deflator=[{"year": "2015", "index": 80}, {"year": "2016", "index": 100}])
    cash, real = model.results(plan), model.results(plan, prices="real")
    assert [row["cost"] for row in cash["position"] if row["organisation"] == "ccg"] == [1000, 1000]
    assert [row["cost"] for row in real["position"] if row["organisation"] == "ccg"] == [1000, 800]  # ÷ 1.25
    assert real["activity"] == cash["activity"]


def bridge_plan():
    """£1,000 of care, costs and prices rising by half, activity doubling through growth, a pressure that ends."""
    return plan_of(end_year=2016, activity_growth=[{"rate": 1}], cost_mix=[{"component": "all", "share": 1}],
                   inflation=[{"component": "all", "rate": 0.5}], tariff=[{"uplift": 0.25, "efficiency": 0}],
                   funding=[{"organisation": "ccg", "stream": "all", "year": 2015, "amount": 1000},
                            {"organisation": "ccg", "stream": "all", "year": 2016, "amount": 1100}],
                   pressure=[{"organisation": "trust", "name": "strike", "year": 2015, "amount": 10}])


def steps(method, place):
    return [(row["step"], row["group"], row["amount"]) for row in model.bridge_table(bridge_plan(), method)
            if row["place"] == place]


def test_sequential_bridge():
    # Care costs 1000, then 2000 with growth, 3000 with inflation as well.  Price moves money, not England's gap.
    assert steps("sequential", "England") == [
        (0, "start", 10), (1, "population", 0), (2, "growth", 1000), (3, "inflation", 1000), (4, "price", 0),
        (5, "pressures", -10), (6, "funding", -100), (7, "end", 1900)]
    # The trust is paid 1000, 2000 with growth, 2500 with the price as well.
    assert steps("sequential", "trust") == [
        (0, "start", 10), (1, "population", 0), (2, "growth", 0), (3, "inflation", 1000), (4, "price", -500),
        (5, "pressures", -10), (6, "funding", 0), (7, "end", 500)]


def test_shapley_bridge():
    # Growth alone adds 1000, after inflation 1500: 1250 on average.  Inflation adds 500 or 1000: 750.
    assert steps("shapley", "England") == [(step, group, pytest.approx(amount, abs=1e-9)) for step, group, amount in [
        (0, "start", 10), (1, "population", 0), (2, "growth", 1250), (3, "inflation", 750), (4, "price", 0),
        (5, "pressures", -10), (6, "funding", -100), (7, "end", 1900)]]
    # The trust's price: 250 of 1000, or 500 of 2000; growth is the sum of half the two interactions: 1250 − 1125.
    assert steps("shapley", "trust") == [(step, group, pytest.approx(amount, abs=1e-9)) for step, group, amount in [
        (0, "start", 10), (1, "population", 0), (2, "growth", 125), (3, "inflation", 750), (4, "price", -375),
        (5, "pressures", -10), (6, "funding", 0), (7, "end", 500)]]


# Random plans

def parents(plan):
    return {row["footprint"]: row["parent"] for row in plan.tables["footprint"]}


def model_of(plan):
    return model.Plan(plan.tables, plan.settings["base_year"], plan.settings["end_year"])


@pytest.fixture(params=SEEDS, scope="module")
def random_plan(request):
    return generate.random_plan(random.Random(request.param))


@pytest.fixture(scope="module")
def results(random_plan):
    return model.results(model_of(random_plan))


def test_a_written_plan_reads_back_the_same(random_plan, results, tmp_path):
    assert model.results(model.read_plan(generate.write_plan(random_plan, tmp_path))) == results


def test_a_seed_names_a_plan(random_plan, request):
    seed = request.node.callspec.params["random_plan"]
    assert generate.random_plan(random.Random(seed)) == random_plan


def test_footprints_sum_to_england_and_children_to_parents(random_plan, results):
    properties.assert_areas_sum(results, parents(random_plan))


def test_ledger_rows_sum_to_positions(results):
    properties.assert_ledger_sums_to_positions(results)


def test_every_payment_has_two_ends(results):
    properties.assert_every_payment_has_two_ends(results)


def test_activity_is_never_below_nought(results):
    properties.assert_activity_is_never_below_nought(results)


def test_a_tariff_change_leaves_englands_gap_unchanged(random_plan, results):
    properties.assert_same_england_gap(model.results(model_of(generate.without_tariff(random_plan))), results)


def test_a_transfer_moves_the_gap_and_leaves_englands_unchanged(random_plan, results):
    transfer = *generate.two_with_a_position(random_plan), random_plan.years[-1], 12345678.9
    after = model.results(model_of(generate.with_transfer(random_plan, *transfer)))
    properties.assert_same_england_gap(after, results)
    properties.assert_transfer_moves_the_gap(after, results, *transfer)


def test_money_scales(random_plan, results):
    properties.assert_same_gaps(model.results(model_of(generate.scale_money(random_plan, 3.7))), results, factor=3.7)


def test_splitting_a_flow_changes_nothing(random_plan, results):
    split = model.results(model_of(generate.split_flow(random_plan, len(random_plan.tables["flow"]) // 2)))
    properties.assert_same_gaps(split, results)
    properties.assert_same_activity(split, results)


@pytest.mark.parametrize("method", ["sequential", "shapley"])
def test_bridge_parts_sum(random_plan, results, method):
    bridge = model.bridge_table(model_of(random_plan), method)
    properties.assert_bridge_sums(bridge, results, random_plan.settings["base_year"], model.DRIVERS)


# What the random plans are like

def named(plan, table):
    return plan.tables.get(table, [])


def filled(rows, column):
    return [row for row in rows if row.get(column, "") != ""]


def kinds(plan):
    return {row["organisation"]: row["kind"] for row in named(plan, "organisation")}


def shares(plan):
    """Each organisation's membership shares, an empty list where it has none."""
    return {organisation: [row["share"] for row in named(plan, "membership") if row["organisation"] == organisation]
            for organisation in kinds(plan)}


def flow_keys(plan):
    return [(row["commissioner"], row["provider"], row["service"]) for row in named(plan, "flow")]


def growth_of_flows(plan):
    reference = model_of(plan)
    return [model.relative_activity(reference, flow, reference.end_year, model.DRIVERS) for flow in reference.flows]


def services_by_mix(plan, table):
    """Which services have their own rows, the blank ones, or none, in a table taken as whole sets."""
    own = {row["service"] for row in named(plan, table)}
    return {"own" if row["service"] in own else "blank" if "" in own else "none" for row in named(plan, "service")
            if table in plan.tables}


def patterns(plan, table, *keys):
    """The sets of keys that are filled in some row of a rate table."""
    return {tuple(row.get(key, "") != "" for key in keys) for row in named(plan, table)}


def forms(plan, column):
    """The forms in which a year or an age is written, digits as 0: 0000/00, 00+."""
    return {re.sub(r"\d", "0", str(row[column])) for rows in plan.tables.values() for row in rows if column in row}


def late_streams(plan):
    base, first = plan.settings["base_year"], {}
    for row in named(plan, "funding"):
        key, year = (row["organisation"], row["stream"]), model.read_year(row["year"])
        first[key] = min(first.get(key, year), year)
    return [key for key, year in first.items() if year > base]


def every_text(plan):
    return [str(value) for rows in plan.tables.values() for row in rows for value in row.values()]


EXERCISED = {
    "one year": lambda plan: len(plan.years) == 2,
    "eight years": lambda plan: len(plan.years) == 9,
    "two levels of parents": lambda plan: any(parents(plan).get(parent, "") for parent in parents(plan).values()),
    "a footprint without population": lambda plan: "population" in plan.tables and (
        set(parents(plan)) - set(parents(plan).values()) - {row["footprint"] for row in named(plan, "population")}),
    "memberships in two footprints": lambda plan: any(len(parts) == 2 for parts in shares(plan).values()),
    "unassigned": lambda plan: any(sum(parts) < 0.99 for parts in shares(plan).values() if parts),
    "an organisation in no footprint": lambda plan: any(not parts for parts in shares(plan).values()),
    "a board": lambda plan: "board" in kinds(plan).values(),
    "care outside": lambda plan: any(kinds(plan)[provider] == "outside" for _, provider, _ in flow_keys(plan)),
    "subcontracting": lambda plan: any(kinds(plan)[buyer] == kinds(plan)[seller] == "provider" and buyer != seller
                                       for buyer, seller, _ in flow_keys(plan)),
    "buying from itself": lambda plan: any(buyer == seller for buyer, seller, _ in flow_keys(plan)),
    "a council buying": lambda plan: any(kinds(plan)[buyer] == "council" for buyer, _, _ in flow_keys(plan)),
    "flows with the same key": lambda plan: len(set(flow_keys(plan))) < len(flow_keys(plan)),
    "a cost-only flow": lambda plan: len(filled(named(plan, "flow"), "activity")) < len(named(plan, "flow")),
    "a blank cost in the plan": lambda plan: any(row.get("cost", "") == "" and kinds(plan)[row["provider"]] != "outside"
                                                 for row in named(plan, "flow")),
    "a block contract": lambda plan: any(row.get("marginal_rate") == 0 for row in named(plan, "flow")),
    "a marginal rate of 0.7": lambda plan: any(row.get("marginal_rate") == 0.7 for row in named(plan, "flow")),
    "a marginal rate above 1": lambda plan: any(row["marginal_rate"] > 1
                                                for row in filled(named(plan, "flow"), "marginal_rate")),
    "a different marginal rate, activity falling": lambda plan: any(
        growth < 1 and row.get("marginal_rate_below", "") not in ("", row.get("marginal_rate", 1))
        for row, growth in zip(named(plan, "flow"), growth_of_flows(plan))),
    "activity rising": lambda plan: any(growth > 1.01 for growth in growth_of_flows(plan)),
    "activity falling": lambda plan: any(growth < 0.99 for growth in growth_of_flows(plan)),
    "a tariff row for care outside": lambda plan: {row["service"] for row in named(plan, "tariff")} & {
        service for _, provider, service in flow_keys(plan) if kinds(plan)[provider] == "outside"},
    "own, blank and no cost mix": lambda plan: services_by_mix(plan, "cost_mix"),
    "own, blank and no weights": lambda plan: services_by_mix(plan, "age_weight"),
    "every pattern of growth keys": lambda plan: patterns(plan, "activity_growth", "service", "footprint", "year"),
    "every pattern of tariff keys": lambda plan: patterns(plan, "tariff", "service", "year"),
    "every pattern of weight keys": lambda plan: patterns(plan, "age_weight", "service", "sex", "age"),
    "inflation with and without a year": lambda plan: patterns(plan, "inflation", "year"),
    "supply with and without a year": lambda plan: patterns(plan, "supply", "year"),
    "every form of a year": lambda plan: forms(plan, "year"),
    "every form of an age": lambda plan: forms(plan, "age"),
    "a stream that starts late": late_streams,
    "a negative pressure": lambda plan: any(row["amount"] < 0 for row in named(plan, "pressure")),
    "negative funding": lambda plan: any(row["amount"] < 0 for row in named(plan, "funding")),
    "transfers": lambda plan: named(plan, "transfer"),
    "a deflator": lambda plan: named(plan, "deflator"),
    "no tariff": lambda plan: "tariff" not in plan.tables,
    "lengths of stay": lambda plan: filled(named(plan, "service"), "length_of_stay"),
    "target occupancy": lambda plan: filled(named(plan, "service"), "target_occupancy"),
    "staffing": lambda plan: named(plan, "staffing"),
    "sources": lambda plan: named(plan, "source"),
    "a quoted newline": lambda plan: any("\n" in text for text in every_text(plan)),
    "a quote in a code": lambda plan: any('"' in organisation for organisation in kinds(plan)),
    "a comma in a code": lambda plan: any("," in organisation for organisation in kinds(plan)),
    "letters beyond ASCII": lambda plan: not all(text.isascii() for text in every_text(plan)),
}
IN_FULL = {
    "own, blank and no cost mix": {"own", "blank", "none"},
    "own, blank and no weights": {"own", "blank", "none"},
    "every pattern of growth keys": {(a, b, c) for a in (True, False) for b in (True, False) for c in (True, False)},
    "every pattern of tariff keys": {(a, b) for a in (True, False) for b in (True, False)},
    "every pattern of weight keys": {(a, b, c) for a in (True, False) for b in (True, False) for c in (True, False)},
    "every form of a year": {"0000", "0000/00", "0000-00", "0000/0000", ""},
    "every form of an age": {"", "0", "0-0", "0-00", "00", "00-00", "00+", "0+"},
    "inflation with and without a year": {(True,), (False,)},
    "supply with and without a year": {(True,), (False,)},
}


@pytest.mark.parametrize("what", EXERCISED)
def test_the_random_plans_exercise(what):
    found = [EXERCISED[what](generate.random_plan(random.Random(seed))) for seed in SEEDS]
    if what in IN_FULL:
        assert set().union(*found) == IN_FULL[what]
    assert sum(map(bool, found)) >= 3


def test_optional_tables_can_be_asked_for():
    for seed in SEEDS:
        plan = generate.random_plan(random.Random(seed), without=["tariff", "population"], always=["deflator"])
        assert "deflator" in plan.tables and not {"tariff", "population"} & set(plan.tables)
