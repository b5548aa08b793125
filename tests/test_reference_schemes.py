"""The reference model's schemes: numbers that can be worked out on paper, and the properties that must always hold."""

import random

import pytest

pytest.register_assert_rewrite("reference.scheme_properties")

from reference import generate, model, properties, scheme_bridge, scheme_properties, scheme_tables, schemes
from reference.properties import TOLERANCE, by_key

SEEDS = range(32)


# Numbers worked by hand

def plan_of(base_year=2015, end_year=2018, rates=(), **tables):
    """A commissioner that buys 100 bed days at £10 from a trust in the same footprint, and a care home to shift to."""
    smallest = {
        "footprint": [{"footprint": "vale"}],
        "organisation": [{"organisation": "ccg", "kind": "commissioner"}, {"organisation": "trust", "kind": "provider"},
                         {"organisation": "home", "kind": "outside"}],
        "membership": [{"organisation": "ccg", "footprint": "vale", "share": 1},
                       {"organisation": "trust", "footprint": "vale", "share": 1}],
        "service": [service("beds"), service("visits", setting="community")],
        "flow": [flow()],
    }
    return schemes.PlanWithSchemes(smallest | tables, base_year, end_year, **dict(rates))


def service(name, setting="acute", **columns):
    return {"service": name, "setting": setting, **columns}


def flow(commissioner="ccg", provider="trust", service="beds", activity=100, income=1000, **columns):
    return {"commissioner": commissioner, "provider": provider, "service": service, "activity": activity,
            "income": income, **columns}


def effect(scheme, reduction, service="beds", start_year=2016, **columns):
    return {"scheme": scheme, "service": service, "reduction": reduction, "start_year": start_year, **columns}


def efficiency(scheme, saving, start_year=2016, **columns):
    return {"scheme": scheme, "saving": saving, "start_year": start_year, **columns}


def cost(scheme, organisation, year, kind, amount, **columns):
    return {"scheme": scheme, "organisation": organisation, "year": year, "kind": kind, "amount": amount, **columns}


def listing(*names, **columns):
    """The scenario `plan`, which lists these schemes in this order."""
    return [{"scenario": "plan", "scheme": name, **columns} for name in names]


PRICES = {"cost_mix": [{"component": "all", "share": 1}], "inflation": [{"component": "all", "rate": 0.5}]}
HALF_VARIABLE = [service("beds", variable_share=0.5), service("visits", setting="community")]


def near(value):
    """The value, or each of a dict's, but for rounding."""
    return pytest.approx(value, rel=TOLERANCE, abs=1e-10)


def results(plan, name="plan"):
    return scheme_tables.results(plan, name)


def impact(plan, column, footprint="England", name="plan"):
    """A column of scheme_impact, by scheme, a value for each year."""
    found = {}
    for row in results(plan, name)["scheme_impact"]:
        if row["footprint"] == footprint:
            found.setdefault(row["scheme"], []).append(row[column])
    return found


def activity_of(plan, *key, name="plan"):
    return [row["activity"] for row in results(plan, name)["activity"]
            if (row["commissioner"], row["provider"], row["service"]) == key]


def positions_of(plan, organisation, column, name="plan"):
    return [row[column] for row in results(plan, name)["position"] if row["organisation"] == organisation]


def england(plan, column="gap", name="plan"):
    return [row[column] for row in results(plan, name)["funding_gap"]
            if (row["footprint"], row["component"]) == ("England", "total")]


# Timing

@pytest.mark.parametrize("columns, strengths", [
    ({}, [0, 0.1, 0.1, 0.1, 0.1, 0.1]),
    ({"full_year": "2019/20"}, [0, 0.025, 0.05, 0.075, 0.1, 0.1]),
    ({"full_year": 2019, "ramp": "linear"}, [0, 0.025, 0.05, 0.075, 0.1, 0.1]),
    # x = ¼, ½, ¾: 3/16 − 2/64 = 5/32, then a half, then 27/32
    ({"full_year": 2019, "ramp": "s_curve"}, [0, 0.1 * 5 / 32, 0.05, 0.1 * 27 / 32, 0.1, 0.1]),
    # a tenth of what is left every year to 2019, and then no more: 1 − 0.9, 1 − 0.81, 1 − 0.729, 1 − 0.6561
    ({"full_year": 2019, "ramp": "annual"}, [0, 0.1, 0.19, 0.271, 0.3439, 0.3439]),
    ({"full_year": 2017, "ramp": "annual", "last_year": 2018}, [0, 0.1, 0.19, 0.19, 0, 0]),
    ({"start_year": "2017-18", "last_year": "2017/2018"}, [0, 0, 0.1, 0, 0, 0]),
])
def test_an_effect_over_time(columns, strengths):
    plan = plan_of(end_year=2020, scenario=listing("one"), activity_effect=[effect("one", 0.1, **columns)])
    [found] = schemes.activity_effects(schemes.scenario_named(plan, "plan"))
    assert [found.strength("reduction", year) for year in plan.years] == near(strengths)


def test_scale_multiplies_the_size_and_delay_is_added_to_every_year():
    plan = plan_of(end_year=2020, scenario=listing("one", scale=0.5, delay=1),
                   activity_effect=[effect("one", 0.2, full_year=2017, last_year=2018, ramp="annual")])
    [found] = schemes.activity_effects(schemes.scenario_named(plan, "plan"))
    # a tenth from 2017, compounding in 2018, until 2019
    assert [found.strength("reduction", year) for year in plan.years] == near([0, 0, 0.1, 0.19, 0.19, 0])


# Stranded cost

def test_idle_capacity_strands_cost():
    plan = plan_of(scenario=listing("one"), activity_effect=[effect("one", 0.2, full_year=2017)],
                   service=[service("beds", variable_share=0.5, semi_fixed_share=0.3, semi_fixed_lag=1)])
    assert activity_of(plan, "ccg", "trust", "beds") == near([100, 90, 80, 80])
    # Idle 10, 20, 20: cost stays of 10 − 5 − 0 = 5, of 20 − 10 − 0.3 × 10 = 7, of 20 − 10 − 0.3 × 20 = 4 units.
    assert positions_of(plan, "trust", "cost") == near([1000, 950, 870, 840])
    assert positions_of(plan, "trust", "income") == near([1000, 900, 800, 800])
    assert impact(plan, "activity_removed") == {"one": near([0, 10, 20, 20])}
    assert impact(plan, "cost_at_average") == {"one": near([0, 100, 200, 200])}
    assert impact(plan, "cost_stranded") == {"one": near([0, 50, 70, 40])}
    assert impact(plan, "cost_released") == {"one": near([0, 50, 130, 160])}


@pytest.mark.parametrize("columns, staying", [
    ({}, [0, 0, 0]),                                              # all variable
    ({"semi_fixed_share": 0.3}, [3, 3, 0]),                       # the rest variable; idle a year before: 0, 10, 20
    ({"semi_fixed_share": 0.3, "semi_fixed_lag": 2}, [3, 6, 3]),  # two years before: 0, 0, 10
    ({"variable_share": 0.4}, [6, 12, 12]),                       # the rest fixed
    ({"variable_share": 0.4, "semi_fixed_share": 0.6, "semi_fixed_lag": 3}, [6, 12, 12]),
])
def test_units_whose_cost_stays(columns, staying):
    plan = plan_of(scenario=listing("one"), activity_effect=[effect("one", 0.2, full_year=2017)],
                   service=[service("beds", **columns)])
    assert impact(plan, "cost_stranded") == {"one": near([0, *(10 * units for units in staying)])}


def test_avoided_growth_strands_nothing():
    plan = plan_of(end_year=2017, activity_growth=[{"rate": 0.1}], service=HALF_VARIABLE,
                   scenario=listing("one"), activity_effect=[effect("one", 0.05)])
    # 100, 110, 121 become 100, 104.5, 114.95: more every year, so all the cost of the units avoided is saved.
    assert positions_of(plan, "trust", "cost") == near([1000, 1045, 1149.5])
    assert impact(plan, "cost_stranded") == {"one": near([0, 0, 0])}
    assert impact(plan, "cost_released") == {"one": near([0, 55, 60.5])}


def test_capacity_that_grew_and_is_cut_strands_cost():
    plan = plan_of(end_year=2017, activity_growth=[{"year": 2016, "rate": 0.2}], service=HALF_VARIABLE,
                   scenario=listing("one"), activity_effect=[effect("one", 0.25, start_year=2017)])
    # 100, 120, 90: 30 idle, of which half costs on.
    assert impact(plan, "cost_stranded") == {"one": near([0, 0, 150])}
    assert positions_of(plan, "trust", "cost") == near([1000, 1200, 900 + 150])


def test_only_capacity_that_existed_strands_cost():
    plan = plan_of(end_year=2017, activity_growth=[{"year": 2016, "rate": 0.2}], service=HALF_VARIABLE,
                   scenario=listing("one"), activity_effect=[effect("one", 0.25)])
    # 100, 90, 90 instead of 100, 120, 120: of the 30 removed 20 never were; half of 10 costs on.
    assert impact(plan, "cost_at_average") == {"one": near([0, 300, 300])}
    assert impact(plan, "cost_stranded") == {"one": near([0, 50, 50])}


def test_capacity_that_nobody_would_have_used_strands_nothing():
    plan = plan_of(end_year=2017, activity_growth=[{"year": 2016, "rate": -0.2}], service=HALF_VARIABLE,
                   scenario=listing("one"), activity_effect=[effect("one", 0.25)])
    # 100, 60, 60 instead of 100, 80, 80: 20 idle in both years, not 40, and half of their cost stays.
    assert impact(plan, "cost_stranded") == {"one": near([0, 100, 100])}


def test_capacity_used_again_strands_nothing():
    plan = plan_of(service=HALF_VARIABLE, scenario=listing("one", delay=1),
                   activity_effect=[effect("one", 0.1, last_year=2016)])
    assert activity_of(plan, "ccg", "trust", "beds") == near([100, 100, 90, 100])
    assert positions_of(plan, "trust", "cost") == near([1000, 1000, 950, 1000])


def test_those_who_remove_activity_bear_what_is_stranded():
    plan = plan_of(end_year=2016, service=HALF_VARIABLE, scenario=listing("cut", "found", "trim"),
                   activity_effect=[effect("trim", 0.1), effect("found", -0.125), effect("cut", 0.2)])
    # 100 less 20, more 10, less 9: 81 left, 19 idle and 9.5 units' cost stays, 20 : 9 with cut and trim.
    assert {scheme: units[1] for scheme, units in impact(plan, "activity_removed").items()} == near(
        {"cut": 20, "found": -10, "trim": 9})
    assert {scheme: pounds[1] for scheme, pounds in impact(plan, "cost_stranded").items()} == near(
        {"cut": 95 * 20 / 29, "found": 0, "trim": 95 * 9 / 29})
    assert {scheme: pounds[1] for scheme, pounds in impact(plan, "cost_released").items()} == near(
        {"cut": 200 - 95 * 20 / 29, "found": -100, "trim": 90 - 95 * 9 / 29})


def test_a_cost_only_flow_is_reduced_but_has_no_activity():
    plan = plan_of(end_year=2016, flow=[flow(activity="", cost=1200)], service=HALF_VARIABLE,
                   scenario=listing("one"), activity_effect=[effect("one", 0.1)])
    # A tenth of £1,200 less the half that stays; income follows activity.
    assert positions_of(plan, "trust", "cost") == near([1200, 1140])
    assert positions_of(plan, "trust", "income") == near([1000, 900])
    assert results(plan)["activity"] == []
    assert impact(plan, "activity_removed") == {"one": [0, 0]}
    assert impact(plan, "cost_at_average") == {"one": near([0, 120])}


# Order, shifts and efficiency

def several_schemes():
    """A cut, two shifts and efficiency on the trust's beds, in a scenario's order that is not the file's.

    The commissioner also buys 40 visits at £5 from the home.
    """
    return plan_of(
        end_year=2016,
        flow=[flow(), flow(provider="home", service="visits", activity=40, income=200)],
        scheme=[{"scheme": name, "workstream": stream} for name, stream in
                (("lean", "inside"), ("clinic", "outside"), ("home first", "outside"), ("advice", "inside"))],
        scenario=listing("home first", "lean", "advice", "clinic"),
        activity_effect=[effect("clinic", 0.25, to_service="visits", to_provider="trust"),
                         effect("home first", 0.5, to_service="visits", to_provider="home", substitution=1.5),
                         effect("advice", 0.2, commissioner="ccg", provider="trust")],
        efficiency_effect=[efficiency("lean", 0.1, service="beds"),
                           efficiency("lean", 0.2, provider="trust", service="visits")])


def test_effects_act_by_kind_and_then_in_the_scenarios_order():
    plan = several_schemes()
    # Advice first: 100 less 20.  Then the shifts: half of 80 to the home, a quarter of 40 to the trust's clinic.
    assert impact(plan, "activity_removed") == {
        "home first": near([0, 40]), "lean": near([0, 0]), "advice": near([0, 20]), "clinic": near([0, 10])}
    assert activity_of(plan, "ccg", "trust", "beds") == near([100, 30])
    # 40 × 1.5 units join the home's 40; the clinic has a row of its own.
    assert activity_of(plan, "ccg", "home", "visits") == near([40, 100])
    assert activity_of(plan, "ccg", "trust", "visits") == near([0, 10])


def test_what_the_schemes_together_save():
    plan = several_schemes()
    # Both shifts pay £5 a visit, the home's, for the trust has no price.  Lean saves a tenth of the £300 of beds left
    # and a fifth of the £50 of visits added.
    assert {scheme: pounds[1] for scheme, pounds in impact(plan, "cost_reprovided").items()} == near(
        {"home first": 300, "lean": 0, "advice": 0, "clinic": 50})
    assert {scheme: pounds[1] for scheme, pounds in impact(plan, "efficiency_saving").items()} == near(
        {"home first": 0, "lean": 30 + 10, "advice": 0, "clinic": 0})
    assert {scheme: pounds[1] for scheme, pounds in impact(plan, "net_saving").items()} == near(
        {"home first": 400 - 300, "lean": 40, "advice": 200, "clinic": 100 - 50})
    # The commissioner pays £300 for beds, £500 at home and £50 for visits; the trust is paid before efficiency.
    assert positions_of(plan, "ccg", "cost") == near([1200, 850])
    assert positions_of(plan, "trust", "income") == near([1000, 350])
    assert positions_of(plan, "trust", "cost") == near([1000, 270 + 40])
    assert england(plan) == near([1200, 810])


def test_added_care_is_spending_of_its_setting_and_in_the_ledger_like_any_care():
    found = results(several_schemes())
    spent = {row["setting"]: row["amount"] for row in found["spending"]
             if (row["footprint"], row["year"]) == ("England", 2016)}
    assert (spent["acute"], spent["community"]) == near((300, 200 + 300 + 50))
    entries = {(row["organisation"], row["counterparty"], row["service"], row["line"]): (row["income"], row["cost"])
               for row in found["ledger"] if row["year"] == 2016}
    assert entries == {
        ("ccg", "trust", "beds", "contract"): near((0, 300)), ("trust", "ccg", "beds", "contract"): near((300, 0)),
        ("trust", "ccg", "beds", "care"): near((0, 270)),
        ("ccg", "home", "visits", "contract"): near((0, 500)), ("home", "ccg", "visits", "contract"): near((500, 0)),
        ("home", "ccg", "visits", "care"): near((0, 500)),
        ("ccg", "trust", "visits", "contract"): near((0, 50)), ("trust", "ccg", "visits", "contract"): near((50, 0)),
        ("trust", "ccg", "visits", "care"): near((0, 40))}


def test_a_provider_outside_is_paid_after_efficiency_one_in_the_plan_before():
    def shifted_to(provider):
        return plan_of(end_year=2016, scenario=listing("move", "lean"),
                       activity_effect=[effect("move", 0.5, to_service="visits", to_provider=provider, unit_cost=4)],
                       efficiency_effect=[efficiency("lean", 0.25, service="visits")])
    # 50 visits at £4, of which a quarter is saved.
    for provider, paid in (("trust", 200), ("home", 150)):
        plan = shifted_to(provider)
        assert positions_of(plan, "ccg", "cost") == near([1000, 500 + paid])
        assert impact(plan, "cost_reprovided") == {"move": near([0, 200]), "lean": [0, 0]}
        assert impact(plan, "efficiency_saving") == {"move": [0, 0], "lean": near([0, 50])}
        assert england(plan) == near([1000, 650])


@pytest.mark.parametrize("columns, cost", [
    ({"unit_cost": 7}, 7),
    ({"to_provider": "home"}, (300 + 500) / (40 + 60)),   # both its flows there, not the cost-only one
    ({"to_provider": "trust"}, 1200 / 100),               # what they cost the trust, not what it is paid
    ({"to_provider": "clinic"}, (300 + 500 + 1200) / (40 + 60 + 100)),
])
def test_the_unit_cost_of_added_care(columns, cost):
    plan = plan_of(
        end_year=2016, **PRICES,
        organisation=[{"organisation": name, "kind": kind} for name, kind in
                      (("ccg", "commissioner"), ("shire", "council"), ("trust", "provider"), ("clinic", "provider"),
                       ("home", "outside"))],
        membership=[{"organisation": name, "footprint": "vale", "share": 1} for name in ("ccg", "shire")],
        flow=[flow(), flow(provider="home", service="visits", activity=40, income=300),
              flow(provider="home", service="visits", activity=60, income=500),
              flow(provider="home", service="visits", activity="", income=9000),
              flow(provider="trust", service="visits", activity=100, income=1000, cost=1200),
              flow("shire", "clinic", "visits", 1, 700)],
        scenario=listing("move"),
        activity_effect=[effect("move", 0.1, **{"to_service": "visits", "to_provider": "home"} | columns)])
    # Ten visits in prices that have risen by half.
    assert impact(plan, "cost_reprovided") == {"move": near([0, 10 * cost * 1.5])}


def test_care_outside_is_paid_what_it_costs_and_strands_nothing():
    plan = plan_of(
        end_year=2016, service=HALF_VARIABLE, flow=[flow(provider="home", marginal_rate=0.5)],
        scenario=listing("first", "second"),
        activity_effect=[effect("second", 0.25), effect("first", 0.2)],
        efficiency_effect=[efficiency("first", 0.1), efficiency("second", 0.5, commissioner="ccg", provider="home")])
    # 100, 80, 60 units are paid as 100, 90, 80: £1,000, £900, £800.  Then a tenth less, then half of that.
    assert positions_of(plan, "ccg", "cost") == near([1000, 360])
    assert impact(plan, "activity_removed") == {"first": near([0, 20]), "second": near([0, 20])}
    for column in ("cost_at_average", "cost_released"):
        assert impact(plan, column) == {"first": near([0, 100]), "second": near([0, 100])}
    assert impact(plan, "cost_stranded") == {"first": [0, 0], "second": [0, 0]}
    assert impact(plan, "efficiency_saving") == {"first": near([0, 80]), "second": near([0, 360])}


def test_efficiency_lowers_stranded_cost_too_and_no_pressure():
    plan = plan_of(end_year=2016, service=HALF_VARIABLE, scenario=listing("cut", "lean"),
                   activity_effect=[effect("cut", 0.2)], efficiency_effect=[efficiency("lean", 0.1)],
                   pressure=[{"organisation": "trust", "name": "seven days", "year": 2016, "amount": 40}])
    # 80 units and 10 whose cost stays: £900, of which a tenth is saved.
    assert positions_of(plan, "trust", "cost") == near([1000, 810 + 40])
    assert impact(plan, "cost_stranded")["cut"] == near([0, 100])
    assert impact(plan, "efficiency_saving")["lean"] == near([0, 90])


def test_shorter_stays_free_beds_and_no_money():
    plan = plan_of(end_year=2016, scenario=listing("home", "stay", scale=0.5),
                   service=[service("beds", length_of_stay=7.3), service("visits", length_of_stay=73)],
                   staffing=[{"service": "beds", "staff_group": "nurse", "wte_per_1000": 40}],
                   flow=[flow(activity=85)],
                   activity_effect=[effect("home", 0.4, to_service="visits", to_provider="home", unit_cost=0)],
                   efficiency_effect=[efficiency("stay", "", stay_reduction=0.5, provider="trust"),
                                      efficiency("stay", 0, stay_reduction=0.2, service="beds"),
                                      efficiency("stay", "", stay_reduction=0.8, provider="home")])
    needed = {(row["organisation"], row["resource"]): row["needed"] for row in results(plan)["resource"]
              if row["year"] == 2016}
    # A fifth of 85 moves.  Of the trust's 2 beds, 0.8 × 0.75 × 0.9 are needed, and nurses for 68.
    # The 17 at home count at the commissioner: 17 × 73 / (365 × 0.85) = 4, times 0.6.
    assert needed == near({("trust", "bed"): 2 * 0.8 * 0.75 * 0.9, ("trust", "nurse"): 2.72, ("ccg", "bed"): 4 * 0.6})
    assert england(plan) == near([1000, 800])


# Places

def test_places_share_what_schemes_do():
    plan = plan_of(
        end_year=2016,
        footprint=[{"footprint": "vale", "parent": "region"}, {"footprint": "hill", "parent": "region"},
                   {"footprint": "region"}],
        membership=[{"organisation": "ccg", "footprint": "vale", "share": 0.5},
                    {"organisation": "ccg", "footprint": "hill", "share": 0.4},
                    {"organisation": "trust", "footprint": "vale", "share": 1}],
        flow=[flow(), flow(provider="home")], scenario=listing("move"),
        activity_effect=[effect("move", 0.1, to_service="visits", to_provider="trust", unit_cost=5)],
        efficiency_effect=[efficiency("move", 0.2, service="visits")],
        scheme_cost=[cost("move", "trust", 2016, "transition", 6), cost("move", "ccg", 2016, "recurrent", -10)])
    found = {row["footprint"]: row for row in results(plan)["scheme_impact"] if row["year"] == 2016}
    assert list(found) == ["vale", "hill", "region", "unassigned", "England"]
    # The trust's 10 units and £100, its only place vale; the home's 10 and £100, at the commissioner; 20 visits and
    # £100 at the commissioner, half vale, 0.4 hill, 0.1 unassigned; the £20 saved on them are the trust's.
    assert {place: (row["activity_removed"], row["activity_added"], row["cost_released"], row["cost_reprovided"],
                    row["efficiency_saving"], row["recurrent"], row["transition"], row["net_saving"])
            for place, row in found.items()} == {
        "vale": near((15, 10, 150, 50, 20, -5, 6, 119)), "hill": near((4, 8, 40, 40, 0, -4, 0, 4)),
        "region": near((19, 18, 190, 90, 20, -9, 6, 123)), "unassigned": near((1, 2, 10, 10, 0, -1, 0, 1)),
        "England": near((20, 20, 200, 100, 20, -10, 6, 124))}


# Scheme costs and awards

def test_scheme_costs_are_costs_of_their_organisation():
    plan = plan_of(end_year=2017, scenario=listing("site", scale=0.5, delay=1),
                   scheme_cost=[cost("site", "trust", 2016, "recurrent", 40),
                                cost("site", "trust", 2016, "recurrent", 2),
                                cost("site", "trust", "2016/17", "transition", -10),
                                cost("site", "ccg", 2017, "recurrent", -30),
                                cost("site", "ccg", 2014, "recurrent", 99)])
    assert positions_of(plan, "trust", "cost") == near([1000, 1000 + 16, 1000])
    assert positions_of(plan, "ccg", "cost") == near([1000, 1000, 985])
    lines = [(row["organisation"], row["line"], row["year"], row["income"], row["cost"])
             for row in results(plan)["ledger"] if row["scheme"] == "site"]
    assert sorted(lines) == [("ccg", "recurrent", 2017, 0, -15), ("trust", "recurrent", 2016, 0, 21),
                             ("trust", "transition", 2016, 0, -5)]


def test_capital_charges_are_worth_the_outlay_where_they_are_discounted_at_the_rate_charged():
    plan = plan_of(end_year=2021, scenario=listing("site"),
                   rates={"discount_rate": 0.05, "capital_charge_rate": 0.05},
                   scheme_cost=[cost("site", "trust", 2015, "capital", 1000, asset_life=5)])
    # £200 a year and 5% of 1000, 800, 600, 400, 200
    [charges] = impact(plan, "capital_charge").values()
    assert charges == near([0, 250, 240, 230, 220, 210, 0])
    assert sum(charge / 1.05 ** years for years, charge in enumerate(charges)) == near(1000)


def test_capital_spent_before_the_base_year_and_lives_beyond_the_end():
    plan = plan_of(end_year=2017, scenario=listing("site", scale=2), rates={"capital_charge_rate": 0.1},
                   scheme_cost=[cost("site", "trust", 2013, "capital", 400, asset_life=4),
                                cost("site", "trust", 2016, "capital", -50, asset_life=10),
                                cost("site", "trust", 2018, "capital", 1000, asset_life=1)])
    # 2013's second to fourth year, 100 and a tenth of 300, 200, 100; and in 2017 −5 − 5; all twice.
    assert impact(plan, "capital_charge") == {"site": near([260, 240, 2 * (110 - 10)])}
    assert england(plan) == near([1260, 1240, 1200])
    assert [row["spend"] for row in results(plan)["capital"]] == [0, 0, 0]


def plan_with_awards():
    return plan_of(
        end_year=2016, scenario=[*listing("site", scale=0.5), {"scenario": "other", "scheme": "site"}],
        scheme_cost=[cost("site", "trust", 2016, "capital", 1000, asset_life=5),
                     cost("site", "trust", 2016, "capital", -300, asset_life=5)],
        fund=[{"fund": name, "year": year, "amount": 1000, "kind": kind}
              for name, kind in (("transformation", "revenue"), ("estate", "capital")) for year in (2015, 2016)],
        award=[{"fund": "transformation", "organisation": "ccg", "year": 2015, "amount": 7},
               {"fund": "transformation", "organisation": "trust", "year": 2016, "amount": 20},
               {"fund": "transformation", "organisation": "trust", "year": 2016, "amount": 20},
               {"fund": "transformation", "organisation": "trust", "year": 2016, "amount": 5, "scenario": "plan"},
               {"fund": "transformation", "organisation": "trust", "year": 2016, "amount": 800, "scenario": "other"},
               {"fund": "estate", "organisation": "ccg", "year": 2015, "amount": 30, "scenario": "plan"},
               {"fund": "estate", "organisation": "trust", "year": 2016, "amount": 100}])


def test_revenue_awards_are_income_of_every_scenario_or_of_the_one_named():
    plan = plan_with_awards()
    for name, england_income in (("plan", [7, 45]), ("other", [7, 840]), ("do_nothing", [0, 0])):
        assert england(plan, "income", name) == near(england_income)
    assert positions_of(plan, "trust", "income") == near([1000, 1045])
    assert [(row["organisation"], row["counterparty"], row["year"], row["income"], row["cost"])
            for row in results(plan)["ledger"] if row["line"] == "award"] == [
        ("ccg", "", 2015, 7, 0), ("trust", "", 2016, 45, 0)]


def test_capital_awards_meet_capital():
    plan = plan_with_awards()
    rows = {(row["organisation"], row["year"]): (row["spend"], row["award"], row["disposal"], row["shortfall"])
            for row in results(plan)["capital"]}
    assert rows == {("ccg", 2015): (0, 30, 0, -30), ("ccg", 2016): (0, 0, 0, 0), ("trust", 2015): (0, 0, 0, 0),
                    ("trust", 2016): (500, 100, 150, 250)}
    assert results(plan, "do_nothing")["capital"] == []


def test_nothing_is_done_in_do_nothing():
    plan = several_schemes()
    found = results(plan, "do_nothing")
    assert found["scheme_impact"] == found["appraisal"] == found["capital"] == []
    assert {table: found[table] for table in model.TABLES} == model.results(plan)


# Appraisal

def test_appraisal():
    plan = plan_of(
        end_year=2017, rates={"discount_rate": 0.25}, scenario=listing("site"),
        deflator=[{"year": 2015, "index": 80}, {"year": 2016, "index": 100}, {"year": 2017, "index": 100}],
        activity_effect=[effect("site", 0.5)],
        scheme_cost=[cost("site", "trust", 2014, "capital", 9000, asset_life=20),
                     cost("site", "trust", 2015, "capital", 600, asset_life=4),
                     cost("site", "ccg", 2016, "recurrent", 100), cost("site", "ccg", 2017, "recurrent", 100),
                     cost("site", "trust", 2017, "recurrent", -50)])
    # In 2015 prices, ÷ 1.25: £500 released is 400, £100 is 80, the fixed saving of £50 is 40.  Half of the £600 is
    # left at the end: 300 ÷ 1.25 = 240.  What was spent before the base year is sunk.
    # Benefits 0, 400, 440 + 240; costs 600, 80, 80; discounted by 1, 0.8, 0.64.
    benefits, costs = 400 * 0.8 + 680 * 0.64, 600 + 80 * 0.8 + 80 * 0.64
    found = by_key(results(plan)["appraisal"], "scheme")
    assert list(found) == [("site",), ("total",)]
    for row in found.values():
        assert row["net_present_value"] == near(benefits - costs)
        assert row["benefit_cost_ratio"] == near(benefits / costs)
        assert row["payback_year"] == 2017  # −600, −280, +80


def test_a_scheme_is_worth_what_the_scenario_is_worth_less_without_it():
    plan = plan_of(end_year=2016, rates={"discount_rate": 0.25}, scenario=listing("one", "two"),
                   activity_effect=[effect("one", 0.5), effect("two", 0.5)])
    # 100, 50, 25 units: without either 50 are left, so that each is worth £250, and both £750.
    worth = {row["scheme"]: (row["net_present_value"], row["benefit_cost_ratio"], row["payback_year"])
             for row in results(plan)["appraisal"]}
    assert worth == {"one": (near(200), None, 2015), "two": (near(200), None, 2015), "total": (near(600), None, 2015)}


def test_reprovision_is_a_cost_and_efficiency_a_benefit():
    plan = plan_of(end_year=2016, rates={"discount_rate": 0.25}, scenario=listing("move", "lean"),
                   activity_effect=[effect("move", 0.5, to_service="visits", to_provider="home", unit_cost=12)],
                   efficiency_effect=[efficiency("lean", 0.1)])
    # Move releases £500, costs £600, and lean saves a tenth of £500 and £600 with it, of £1,000 without.
    worth = {row["scheme"]: (row["net_present_value"], row["benefit_cost_ratio"], row["payback_year"])
             for row in results(plan)["appraisal"]}
    assert worth == {"move": (near(0.8 * (500 + 110 - 100 - 600)), near(510 / 600), None),
                     "lean": (near(0.8 * 110), None, 2015),
                     "total": (near(0.8 * 10), near(610 / 600), 2015)}


def test_payback_must_last():
    plan = plan_of(end_year=2018, scenario=listing("site"), activity_effect=[effect("site", 0.5)],
                   scheme_cost=[cost("site", "trust", 2015, "transition", 400),
                                cost("site", "trust", 2017, "transition", 700)])
    # Cumulative: −400, +100, −100, +400
    assert {row["payback_year"] for row in results(plan)["appraisal"]} == {2018}


def test_discounting_after_thirty_years():
    plan = plan_of(end_year=2050, rates={"long_discount_rate": 0.02})
    assert scheme_tables.discount_factor(plan, 2045) == near(1.035 ** -30)
    assert scheme_tables.discount_factor(plan, 2050) == near(1.035 ** -30 * 1.02 ** -5)


# Bridge

def steps(plan, place="England", year=2016, **how):
    return [(row["group"], row["amount"]) for row in scheme_bridge.bridge_table(plan, "plan", **how)
            if (row["place"], row["year"]) == (place, year)]


def test_bridge_by_scheme():
    plan = plan_of(end_year=2016, scenario=listing("two", "one"),
                   activity_effect=[effect("one", 0.4), effect("two", 0.5)],
                   fund=[{"fund": "all", "year": 2016, "amount": 60, "kind": "revenue"}],
                   award=[{"fund": "all", "organisation": "trust", "year": 2016, "amount": 60}])
    # £1,000 halved, then less two fifths; two alone takes 500, after one 300; one alone 400, after two 200.
    assert steps(plan, method="sequential") == near_steps(
        [("start", 1000), ("awards", -60), ("two", -500), ("one", -200), ("end", 240)])
    assert steps(plan, method="shapley") == near_steps(
        [("start", 1000), ("awards", -60), ("two", -400), ("one", -300), ("end", 240)])
    # The commissioner gains what the trust is paid less, and the trust nothing but the award.
    assert steps(plan, "trust") == near_steps([("start", 0), ("awards", -60), ("two", 0), ("one", 0), ("end", -60)])
    assert steps(plan, "vale", 2015) == near_steps(
        [("start", 1000), ("awards", 0), ("two", 0), ("one", 0), ("end", 1000)])


def near_steps(wanted):
    return [(group, near(amount)) for group, amount in wanted]


def test_bridge_by_workstream():
    plan = several_schemes()
    # Outside alone: 50 units and then 12.5 go, £625; 75 visits and 12.5 cost £437.50.  Inside then takes advice's and
    # lean's, to the gap of £810.
    assert steps(plan, by="workstream") == near_steps(
        [("start", 1200), ("awards", 0), ("outside", -187.5), ("inside", 810 - 1012.5), ("end", 810)])


def test_a_scheme_of_before_the_base_year_moves_the_base_years_gap():
    plan = plan_of(end_year=2016, scenario=listing("site"), rates={"capital_charge_rate": 0},
                   scheme_cost=[cost("site", "trust", 2014, "capital", 40, asset_life=4)])
    assert steps(plan, year=2015) == near_steps([("start", 1000), ("awards", 0), ("site", 10), ("end", 1010)])


def plan_with_agreements():
    """Vale has the commissioner, the trust and a board; hill a council and a home, which has no say."""
    def says(organisation, position, scheme=""):
        return {"scheme": scheme, "organisation": organisation, "position": position}

    return plan_of(
        end_year=2016,
        footprint=[{"footprint": name} for name in ("vale", "hill", "moor")],
        organisation=[{"organisation": name, "kind": kind} for name, kind in
                      (("ccg", "commissioner"), ("trust", "provider"), ("shire", "council"), ("home", "outside"),
                       ("board", "board"))],
        membership=[{"organisation": name, "footprint": place, "share": share} for name, place, share in
                    (("ccg", "vale", 1), ("trust", "vale", 1), ("board", "vale", 0.5), ("shire", "hill", 1),
                     ("home", "hill", 1))],
        scenario=listing("a", "b", "c", "d"),
        activity_effect=[effect(name, 0.1) for name in "abcd"],
        agreement=[says("ccg", "agreed"), says("trust", "agreed"), says("board", "not_agreed"),
                   says("board", "agreed", "a"), says("home", "agreed"),
                   says("ccg", "not_agreed", "c"), says("trust", "not_agreed", "c"),
                   says("board", "conditional", "d"), says("shire", "not_agreed", "d")])


def test_agreement_is_of_all_who_have_a_share_in_the_place():
    plan = plan_with_agreements()
    groups = {place: [group for group, _ in steps(plan, place, by="agreement")][2:-1]
              for place in ("vale", "hill", "moor", "England", "ccg", "trust", "shire")}
    assert groups == {
        "vale": ["agreed", "partly", "not_agreed"],       # a; b and d; c
        "hill": ["silent", "not_agreed"],                 # the council alone, which speaks of d only
        "moor": ["silent"],                               # nobody
        "England": ["partly", "not_agreed"],              # the council has not agreed to a
        "ccg": ["agreed", "not_agreed"], "trust": ["agreed", "not_agreed"], "shire": ["silent", "not_agreed"]}


def test_bridge_by_agreement():
    # The commissioner pays £1,000, and each scheme takes a tenth of what is left: a; b and d; c.
    assert steps(plan_with_agreements(), "vale", by="agreement") == near_steps(
        [("start", 1000), ("awards", 0), ("agreed", -100), ("partly", -171), ("not_agreed", -72.9), ("end", 656.1)])


# Random plans

def model_of(plan):
    return schemes.PlanWithSchemes(plan.tables, **plan.settings)


def scenarios(plan):
    return list(dict.fromkeys(row["scenario"] for row in plan.tables["scenario"]))


def results_of_all(plan):
    """The results of do_nothing and of every scenario, by name."""
    reference = model_of(plan)
    return {name: scheme_tables.results(reference, name) for name in (schemes.DO_NOTHING, *scenarios(plan))}


@pytest.fixture(params=SEEDS, scope="module")
def random_plan(request):
    return generate.random_plan(random.Random(request.param), schemes=True)


@pytest.fixture(scope="module")
def reference(random_plan):
    return model_of(random_plan)


@pytest.fixture(scope="module")
def all_results(random_plan):
    return results_of_all(random_plan)


@pytest.fixture(scope="module")
def do_nothing(all_results):
    return all_results[schemes.DO_NOTHING]


@pytest.fixture(scope="module")
def of_scenarios(random_plan, all_results):
    return [all_results[name] for name in scenarios(random_plan)]


@pytest.fixture(scope="module")
def parents(random_plan):
    return {row["footprint"]: row["parent"] for row in random_plan.tables["footprint"]}


def test_a_seed_names_a_plan_with_schemes_or_without(random_plan, request):
    seed = request.node.callspec.params["random_plan"]
    assert generate.random_plan(random.Random(seed), schemes=True) == random_plan
    without = generate.random_plan(random.Random(seed))
    assert without.settings == random_plan.settings
    assert without.tables == {name: random_plan.tables[name] for name in without.tables}


def test_a_written_plan_reads_back_the_same(random_plan, all_results, tmp_path):
    read = schemes.read_plan(generate.write_plan(random_plan, tmp_path))
    for name, expected in all_results.items():
        assert scheme_tables.results(read, name) == expected


def test_do_nothing_is_what_it_is_without_schemes(random_plan, do_nothing):
    expected = model.results(model_of(random_plan))
    properties.assert_same_gaps(do_nothing, expected)
    properties.assert_same_activity(do_nothing, expected)


def test_footprints_sum_to_england_and_children_to_parents(of_scenarios, do_nothing, parents):
    for results in of_scenarios:
        properties.assert_areas_sum(results, parents)
        scheme_properties.assert_impacts_sum_over_areas(results, do_nothing, parents)


def test_ledger_rows_sum_to_positions_and_scheme_costs(of_scenarios, do_nothing):
    for results in of_scenarios:
        properties.assert_ledger_sums_to_positions(results)
        properties.assert_every_payment_has_two_ends(results)
        scheme_properties.assert_impacts_sum_to_scheme_costs_in_the_ledger(results, do_nothing)


def test_impacts_sum_to_the_gap_closed(of_scenarios, do_nothing):
    for results in of_scenarios:
        scheme_properties.assert_impacts_sum_to_the_gap_closed(results, do_nothing)
        scheme_properties.assert_impacts_add_up(results, do_nothing)


def test_activity_is_never_below_nought(of_scenarios):
    for results in of_scenarios:
        properties.assert_activity_is_never_below_nought(results)


def test_schemes_at_scale_nought_do_nothing(random_plan, do_nothing):
    changed = results_of_all(generate.without_awards(generate.at_scale_nought(random_plan)))
    for name in scenarios(random_plan):
        scheme_properties.assert_nothing_is_done(changed[name], do_nothing)


def test_schemes_at_scale_nought_are_awards_alone(random_plan, do_nothing):
    changed = results_of_all(generate.at_scale_nought(random_plan))
    for name in scenarios(random_plan):
        scheme_properties.assert_impacts_sum_to_the_gap_closed(changed[name], do_nothing)
        assert all(row["net_saving"] == 0 for row in changed[name]["scheme_impact"])


def test_money_scales(random_plan, all_results):
    changed = results_of_all(generate.scale_money(random_plan, 3.7))
    for name in all_results:
        properties.assert_same_gaps(changed[name], all_results[name], factor=3.7)
        properties.assert_same_activity(changed[name], all_results[name])
        scheme_properties.assert_same_impacts(changed[name], all_results[name], factor=3.7)


def test_splitting_a_flow_changes_nothing(random_plan, all_results):
    split = results_of_all(generate.split_flow(random_plan, len(random_plan.tables["flow"]) // 2))
    for name in all_results:
        properties.assert_same_gaps(split[name], all_results[name])
        properties.assert_same_activity(split[name], all_results[name])
        scheme_properties.assert_same_impacts(split[name], all_results[name])


@pytest.mark.parametrize("method", ["sequential", "shapley"])
@pytest.mark.parametrize("by", ["scheme", "workstream", "agreement"])
def test_bridge_parts_sum(random_plan, reference, all_results, do_nothing, by, method):
    for name in scenarios(random_plan):
        bridge = scheme_bridge.bridge_table(reference, name, by, method)
        scheme_properties.assert_bridge_leads_to_the_scenario(bridge, all_results[name], do_nothing)


# What the random plans are like

def named(plan, table):
    return plan.tables.get(table, [])


def filled(rows, column):
    return [row for row in rows if row.get(column, "") != ""]


def kinds(plan):
    return {row["organisation"]: row["kind"] for row in named(plan, "organisation")}


def shifts(plan):
    return filled(named(plan, "activity_effect"), "to_provider")


def shifts_without_price(plan):
    """Which flows give the unit cost of a shift's destination: those there, or those anywhere."""
    reference = model_of(plan)
    found = []
    for row in shifts(plan):
        effect = schemes.Effect(None, model.Row(row))
        for bought in reference.flows:
            if row.get("unit_cost", "") == "" and effect.fits(*schemes.key_of(bought)):
                there = (bought["commissioner"], row["to_provider"], row["to_service"])
                found.append(any(schemes.key_of(other) == there and other["activity"] != ""
                                 for other in reference.flows))
    return found


def impacts(plan, measure):
    """What the schemes of all scenarios do of one kind, noughts left out."""
    reference = model_of(plan)
    return [impact for name in scenarios(plan)
            for impact in schemes.project(schemes.scenario_named(reference, name)).impacts
            if impact.measure == measure and impact.amount != 0]


def ramps(plan):
    return {row.get("ramp", "") for table in ("activity_effect", "efficiency_effect") for row in named(plan, table)}


def saved_on_added_care(plan):
    reference = model_of(plan)
    for name in scenarios(plan):
        projection = schemes.project(schemes.scenario_named(reference, name))
        for one in projection.added:
            if schemes.care_of_added(projection.scenario, one).cost != one.cost_before_efficiency:
                yield kinds(plan)[one.provider] == "outside"


def removals(plan):
    """Of every flow, scenario and year: the flow, its course and what removes from it."""
    reference = model_of(plan)
    for name in scenarios(plan):
        scenario = schemes.scenario_named(reference, name)
        for index in range(len(reference.flows)):
            course = schemes.course_of_flow(scenario, index)
            for year in reference.years:
                yield course, [removal for removal in course.removals[year] if removal.units != 0]


def lags_that_matter(plan):
    return {row["semi_fixed_lag"] for row in filled(named(plan, "service"), "semi_fixed_share")
            if any(course.flow["service"] == row["service"] and taken for course, taken in removals(plan))}


def order_unlike_the_files(plan):
    order = [row["scheme"] for row in named(plan, "scheme")]
    for name in scenarios(plan):
        listed = [order.index(row["scheme"]) for row in named(plan, "scenario") if row["scenario"] == name]
        if listed != sorted(listed):
            return True
    return False


def costs(plan, kind):
    return [row for row in named(plan, "scheme_cost") if row["kind"] == kind]


def award_kinds(plan):
    kind_of = {row["fund"]: row["kind"] for row in named(plan, "fund")}
    return {(kind_of[row["fund"]], row["scenario"] != "") for row in named(plan, "award")}


def agreement_groups(plan):
    reference = model_of(plan)
    groups = set()
    for area, shares in model.shares_of_areas(reference).items():
        groups |= {scheme_bridge.agreement_on_scheme(reference, shares, row["scheme"]) for row in named(plan, "scheme")}
    return groups


def boards_with_a_share_and_a_say(plan):
    members = {row["organisation"] for row in named(plan, "membership")}
    return [row for row in named(plan, "agreement")
            if kinds(plan)[row["organisation"]] == "board" and row["organisation"] in members]


EXERCISED = {
    "several scenarios": lambda plan: len(scenarios(plan)) > 1,
    "schemes in an order unlike the file's": order_unlike_the_files,
    "several effects on one flow": lambda plan: any(len(taken) >= 3 for _, taken in removals(plan)),
    "a shift after a reduction": lambda plan: any(
        {removal.effect.is_shift for removal in taken} == {True, False} for _, taken in removals(plan)),
    "two shifts of one flow": lambda plan: any(
        sum(removal.effect.is_shift for removal in taken) >= 2 for _, taken in removals(plan)),
    "effects that add and take": lambda plan: any(
        {removal.units > 0 for removal in taken} == {True, False} for _, taken in removals(plan)),
    "a cost-only flow reduced": lambda plan: any(taken and course.flow["activity"] == ""
                                                 for course, taken in removals(plan)),
    "a flow reduced to nothing": lambda plan: any(removal.after == 0 for _, taken in removals(plan)
                                                  for removal in taken),
    "blank commissioner and provider": lambda plan: any(
        row.get("commissioner") == row.get("provider") == "" for row in named(plan, "activity_effect")),
    "negative reductions": lambda plan: any(row["reduction"] < 0 for row in named(plan, "activity_effect")),
    "negative savings": lambda plan: any(row["saving"] < 0
                                         for row in filled(named(plan, "efficiency_effect"), "saving")),
    "shifts outside": lambda plan: any(kinds(plan)[row["to_provider"]] == "outside" for row in shifts(plan)),
    "shifts inside": lambda plan: any(kinds(plan)[row["to_provider"]] != "outside" for row in shifts(plan)),
    "a unit cost given": lambda plan: filled(shifts(plan), "unit_cost"),
    "a unit cost of what is bought there": lambda plan: True in shifts_without_price(plan),
    "a unit cost of what is bought anywhere": lambda plan: False in shifts_without_price(plan),
    "substitution": lambda plan: any(row["substitution"] not in (0, 1) for row in filled(shifts(plan), "substitution")),
    "every ramp": ramps,
    "a last year": lambda plan: filled(named(plan, "activity_effect"), "last_year"),
    "a delay": lambda plan: any(row["delay"] > 0 for row in filled(named(plan, "scenario"), "delay")),
    "scale nought": lambda plan: any(row["scale"] == 0 for row in named(plan, "scenario")),
    "scale below 1": lambda plan: any(0 < row["scale"] < 1 for row in filled(named(plan, "scenario"), "scale")),
    "scale above 1": lambda plan: any(row["scale"] > 1 for row in filled(named(plan, "scenario"), "scale")),
    "shorter stays": lambda plan: filled(named(plan, "efficiency_effect"), "stay_reduction"),
    "efficiency on added care outside": lambda plan: True in saved_on_added_care(plan),
    "efficiency on added care inside": lambda plan: False in saved_on_added_care(plan),
    "stranded cost": lambda plan: impacts(plan, "cost_stranded"),
    "every lag": lags_that_matter,
    "recurrent costs": lambda plan: costs(plan, "recurrent"),
    "transition costs": lambda plan: costs(plan, "transition"),
    "a fixed saving": lambda plan: any(row["amount"] < 0 for row in costs(plan, "recurrent")),
    "a disposal": lambda plan: any(row["amount"] < 0 for row in costs(plan, "capital")),
    "capital before the base year": lambda plan: any(
        model.read_year(row["year"]) < plan.settings["base_year"] for row in costs(plan, "capital")),
    "capital in the base year": lambda plan: any(
        model.read_year(row["year"]) == plan.settings["base_year"] for row in costs(plan, "capital")),
    "a life beyond the end": lambda plan: any(
        model.read_year(row["year"]) + row["asset_life"] > plan.settings["end_year"] for row in costs(plan, "capital")),
    "every kind of award": award_kinds,
    "every degree of agreement": agreement_groups,
    "a board with a share and a say": boards_with_a_share_and_a_say,
    "capital charges in the base year": lambda plan: any(
        impact.year == plan.settings["base_year"] for impact in impacts(plan, "capital_charge")),
}
IN_FULL = {
    "every ramp": {"", "linear", "s_curve", "annual"},
    "every lag": {1, 2, 3},
    "every kind of award": {(kind, is_named) for kind in ("revenue", "capital") for is_named in (True, False)},
    "every degree of agreement": {"agreed", "partly", "not_agreed", "silent"},
}


@pytest.fixture(scope="module")
def random_plans():
    return [generate.random_plan(random.Random(seed), schemes=True) for seed in SEEDS]


@pytest.mark.parametrize("what", EXERCISED)
def test_the_random_plans_exercise(what, random_plans):
    found = [EXERCISED[what](plan) for plan in random_plans]
    found = [set(values) if what in IN_FULL else bool(values) for values in found]
    if what in IN_FULL:
        assert set().union(*found) == IN_FULL[what]
    assert sum(map(bool, found)) >= 3
