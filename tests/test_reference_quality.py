"""The reference model's quality gap: published figures, and numbers that can be worked out on paper."""

import math
import random

import pytest

from reference import generate, quality, quality_statistics, schemes
from reference.intervals import chance_of_as_few, chance_of_as_many, wilson
from reference.properties import by_key
from reference.quality_statistics import Count
from test_reference_schemes import england, flow, impact, listing, near, plan_of, positions_of, results

SEEDS = range(32)


# Published statistics

@pytest.mark.parametrize("numerator, denominator, within, limits", [
    (65, 100, 0.95, (0.5525444329688797, 0.7363575175690247)),
    (1045, 5000, 0.95, (0.19795549880013297, 0.22049130373189027)),
    (0.445, 1, 0.95, (0.04381744772058822, 0.9334621276979156)),
    (65, 100, 0.998, (0.4954946574070431, 0.7783540614089697)),
    (1045, 5000, 0.998, (0.19179381799015244, 0.22731562902525818)),
    (0.445, 1, 0.998, (0.019347006132900975, 0.9702259947019541))])
def test_wilsons_interval_is_the_published_one(numerator, denominator, within, limits):
    assert wilson(numerator, denominator, within) == pytest.approx(limits, rel=1e-9)


# UKHSA, PHEindicatormethods, its tests of funnels of proportions about 80.642448%.
@pytest.mark.parametrize("numerator, denominator, place", [
    (35078.4880, 41980, "much_higher"), (24803.6256, 31824, "much_lower"), (50050.7443, 61921, "as_expected"),
    (24648.7596, 30521, "as_expected"), (26789.2380, 33012, "higher"), (36850.0492, 45449, "higher"),
    (34502.0685, 42485, "higher"), (30277.5312, 37828, "lower"), (16924.1296, 20776, "higher"),
    (53405.3864, 67363, "much_lower"), (36378.5696, 45202, "as_expected"), (28537.4507, 35201, "higher")])
def test_places_in_a_funnel_of_proportions_are_the_published_ones(numerator, denominator, place):
    assert quality_statistics.place_in_funnel("proportion", Count(numerator, denominator), 0.80642448) == place


@pytest.mark.parametrize("mean", [0.3, 4, 17.5, 60, 480])
@pytest.mark.parametrize("count", [0, 1, 5, 20, 66, 500])
def test_chances_of_counts_are_poissons(count, mean):
    def chances(numbers):
        return math.fsum(math.exp(number * math.log(mean) - mean - math.lgamma(number + 1)) for number in numbers)

    assert chance_of_as_few(count, mean) == pytest.approx(chances(range(count + 1)), rel=1e-9, abs=1e-12)
    assert chance_of_as_many(count, mean) == pytest.approx(chances(range(count, 2000)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("count, place", [(0, "much_lower"), (1, "much_lower"), (2, "lower"), (3, "lower"),
                                          (4, "as_expected"), (17, "as_expected"), (18, "higher"), (21, "higher"),
                                          (22, "much_higher")])
def test_places_in_a_funnel_of_counts(count, place):
    # Of 10 expected: 3 or fewer 1.0%, 4 or fewer 2.9%, 1 or fewer 0.05%, 2 or fewer 0.28%;
    # 17 or more 2.7%, 18 or more 1.4%, 21 or more 0.16%, 22 or more 0.07%
    for kind in ("rate", "ratio"):
        assert quality_statistics.place_in_funnel(kind, Count(count, 50), 0.2) == place


def test_variation_beyond_chance():
    # Roots 2 and 4 of 100 each, about √10: z of 2 × (2 − √10) and 2 × (4 − √10), the ends drawn in by a tenth
    low, high = 2 * (2 - math.sqrt(10)), 2 * (4 - math.sqrt(10))
    low, high = low + 0.1 * (high - low), high - 0.1 * (high - low)
    weights = 400 + 400 - (400 ** 2 + 400 ** 2) / 800
    assert quality_statistics.variation_beyond_chance("rate", [Count(4, 100), Count(16, 100)]) == near(
        (low ** 2 + high ** 2 - 1) / weights)
    assert quality_statistics.variation_beyond_chance("rate", [Count(10, 100), Count(11, 100)]) == 0
    assert quality_statistics.variation_beyond_chance("rate", [Count(10, 100)]) is None


def test_variation_of_proportions_beyond_chance():
    # sin² of 30° and 60° about that of 45°, 3 × 100: ∓π/12 and variances of 1/400; with a middle, no end is at a tenth
    counts = [Count(25, 100), Count(50, 100), Count(75, 100)]
    distance = 0.8 * math.pi / 12 * 20
    assert quality_statistics.variation_beyond_chance("proportion", counts) == near((2 * distance ** 2 - 2) / 800)


# The quality gap

def indicator(name="waits", kind="proportion", direction="higher", **columns):
    return {"indicator": name, "kind": kind, "direction": direction, "aim": "quality", **columns}


def observed(numerator, denominator, footprint="vale", name="waits", year=2015):
    return {"footprint": footprint, "indicator": name, "year": year, "numerator": numerator, "denominator": denominator}


def improves(scheme, change, name="waits", start_year=2016, **columns):
    return {"scheme": scheme, "indicator": name, "change": change, "start_year": start_year, **columns}


def waits(end_year=2018, scenario=listing("clinic"), **tables):
    """80 of 100 are seen in time, and 95 should be."""
    return plan_of(end_year=end_year, **{"scenario": scenario, "indicator": [indicator(multiplier=100, target=95)],
                                         "indicator_value": [observed(80, 100)], **tables})


def gaps(plan, column="value", footprint="vale", name="waits", scenario="plan"):
    effects = schemes.effects(schemes.scenario_named(plan, scenario), "indicator_effect")
    found = by_key(quality.quality_gap_table(plan, effects), "footprint", "indicator", "year")
    return {year: row[column] for (where, what, year), row in found.items() if (where, what) == (footprint, name)}


def summary(plan, column, footprint="vale", name="waits", scenario="plan"):
    effects = schemes.effects(schemes.scenario_named(plan, scenario), "indicator_effect")
    [row] = [row for row in quality.quality_summary_table(plan, effects)
             if (row["footprint"], row["indicator"]) == (footprint, name)]
    return row[column]


def test_a_path_is_the_last_observation_with_trend_and_effects():
    plan = waits(scenario=listing("clinic", "ward", scale=0.5), indicator_trend=[{"indicator": "waits", "change": -2}],
                 indicator_effect=[improves("clinic", 12, full_year=2017), improves("ward", 4, start_year=2018)])
    assert gaps(plan, scenario="do_nothing") == near({2015: 80, 2016: 78, 2017: 76, 2018: 74})
    assert gaps(plan) == near({2015: 80, 2016: 81, 2017: 82, 2018: 82})
    assert gaps(plan, "gap") == near({2015: 15, 2016: 14, 2017: 13, 2018: 13})
    assert gaps(plan, "people_affected") == near({2015: 15, 2016: 14, 2017: 13, 2018: 13})
    assert gaps(plan, "lower")[2018] == near(100 * wilson(82, 100)[0])
    assert set(gaps(plan, "target").values()) == {95}


def test_a_footprints_own_trend_and_effects():
    places = ("vale", "hill")
    plan = waits(footprint=[{"footprint": place} for place in places],
                 indicator_value=[observed(80, 100, place) for place in places],
                 indicator_trend=[{"indicator": "waits", "change": -2},
                                  {"indicator": "waits", "footprint": "hill", "change": 1}],
                 indicator_effect=[improves("clinic", 5, footprint="vale"), improves("clinic", 1)])
    assert gaps(plan)[2017] == near(80 - 4 + 6)
    assert gaps(plan, footprint="hill")[2017] == near(80 + 2 + 1)


@pytest.mark.parametrize("ramp, changes", [("linear", (2, 4, 6, 6)), ("annual", (6, 12, 18, 18)),
                                           ("s_curve", (6 * 7 / 27, 6 * 20 / 27, 6, 6))])
def test_an_annual_change_happens_again_each_year(ramp, changes):
    plan = waits(end_year=2019, indicator=[indicator(kind="rate")], indicator_value=[observed(800, 10)],
                 indicator_effect=[improves("clinic", 6, full_year=2018, ramp=ramp)])
    assert gaps(plan) == near({2015: 80, **{2016 + place: 80 + change for place, change in enumerate(changes)}})


def test_values_stay_within_what_their_kind_allows():
    plan = waits(indicator=[indicator(multiplier=100), indicator("falls", "rate", "lower", multiplier=10)],
                 indicator_value=[observed(80, 100), observed(3, 60, name="falls")],
                 indicator_effect=[improves("clinic", 30), improves("clinic", -1, "falls")])
    assert gaps(plan)[2016] == 100
    assert gaps(plan, name="falls") == near({2015: 0.5, 2016: 0, 2017: 0, 2018: 0})
    assert set(gaps(plan, "gap").values()) == set(gaps(plan, "people_affected").values()) == {None}


def test_lower_may_be_better():
    plan = waits(indicator=[indicator(kind="rate", direction="lower", multiplier=1000, target=2)],
                 indicator_value=[observed(30, 10000)], indicator_trend=[{"indicator": "waits", "change": -0.6}])
    assert gaps(plan, "gap") == near({2015: 1, 2016: 0.4, 2017: -0.2, 2018: -0.8})
    assert gaps(plan, "people_affected")[2017] == near(-2)
    assert summary(plan, "year_met") == 2017


def test_observed_years_are_shown_as_observed_and_the_path_begins_at_the_last():
    plan = waits(indicator_value=[observed(80, 100, year=2013), observed(82, 100), observed(70, 200, year=2017),
                                  observed(1, 100, year=2019)],
                 indicator_trend=[{"indicator": "waits", "change": 3}])
    assert gaps(plan) == near({2015: 82, 2017: 35, 2018: 38})
    assert gaps(plan, "funnel") == {2015: "as_expected", 2017: "as_expected", 2018: None}


def test_a_path_may_begin_before_the_base_year():
    plan = waits(end_year=2016, indicator_value=[observed(80, 100, year=2013)],
                 indicator_trend=[{"indicator": "waits", "change": 3}],
                 population=[{"footprint": "vale", "year": 2015, "persons": 10},
                             {"footprint": "vale", "year": 2016, "persons": 12}])
    assert gaps(plan) == near({2015: 86, 2016: 89})
    assert gaps(plan, "people_affected") == near({2015: 9, 2016: 6 * 1.2})
    assert gaps(plan, "funnel") == {2015: None, 2016: None}


def test_denominators_grow_with_the_people_or_with_those_who_use_the_service():
    people = [{"footprint": "vale", "year": year, "age": age, "persons": persons}
              for year, pair in {2015: (60, 40), 2016: (60, 90)}.items() for age, persons in zip((0, 65), pair)]
    weights = [{"service": "beds", "age": 0, "weight": 1}, {"service": "beds", "age": 65, "weight": 4},
               {"weight": 1, "age": 0}, {"weight": 9, "age": 65}]
    for service, factor in (("", 1.5), ("beds", 420 / 220)):
        plan = waits(end_year=2016, population=people, age_weight=weights,
                     indicator=[indicator(multiplier=100, target=95, service=service)])
        assert gaps(plan, "people_affected") == near({2015: 15, 2016: 15 * factor})


def county(**tables):
    return waits(**{"end_year": 2016, "footprint": [
        {"footprint": "county"}, {"footprint": "vale", "parent": "county"}, {"footprint": "hill", "parent": "county"},
        {"footprint": "moor"}, {"footprint": "heath"}], "indicator_value": [
            observed(80, 100), observed(360, 400, "hill"), observed(99, 100, "moor", year=2016)], **tables})


def test_sums_are_of_counts():
    plan = county()
    assert gaps(plan, footprint="county") == near({2015: 88, 2016: 88})
    assert gaps(plan, "people_affected", "county") == near({2015: 35, 2016: 35})
    assert gaps(plan, footprint="England") == near({2015: 88, 2016: 100 * 539 / 600})
    assert gaps(plan, footprint="moor") == near({2016: 99})
    assert gaps(plan, footprint="heath") == {}
    assert gaps(plan, "lower", "county")[2016] == near(100 * wilson(440, 500)[0])


def test_the_best_fifth():
    places = [f"place {number}" for number in range(6)]
    plan = waits(footprint=[{"footprint": place} for place in places],
                 indicator_value=[observed(80 + number, 100 + number, place) for number, place in enumerate(places)])
    best = 100 * (85 + 84) / (105 + 104)
    assert gaps(plan, "gap_to_best", "place 0")[2015] == near(best - 80)
    assert gaps(plan, "gap_to_best", "England")[2016] == near(best - 100 * 495 / 615)


def test_the_funnel_is_of_what_was_observed():
    plan = county(indicator_effect=[improves("clinic", 9)])
    assert gaps(plan, "funnel") == {2015: "lower", 2016: None}
    assert gaps(plan, "funnel", "hill") == {2015: "as_expected", 2016: None}
    assert gaps(plan, "funnel", "moor") == {2016: "as_expected"}
    assert gaps(plan, "funnel", "England") == {2015: "as_expected", 2016: None}


def test_the_summary():
    plan = county(indicator=[indicator(multiplier=100, target=95, weight=2), indicator("falls", "rate", "lower"),
                             indicator("beds", "ratio", "lower", target=1)],
                  indicator_value=[observed(80, 100), observed(360, 400, "hill"), observed(1, 2, name="falls"),
                                   observed(1, 2, "hill", "falls"), observed(3, 2, name="beds"),
                                   observed(1, 2, "hill", "beds")],
                  indicator_effect=[improves("clinic", 15, footprint="vale")])
    deviations = 10 / math.sqrt(2), 1 / math.sqrt(2)
    assert summary(plan, "composite", name="composite") == near(2 * 0 / deviations[0] + 0.5 / deviations[1])
    assert summary(plan, "composite", "hill", "composite") == near(2 * 5 / deviations[0] - 0.5 / deviations[1])
    assert summary(plan, "composite", "vale", "composite", "do_nothing") == near(
        2 * 15 / deviations[0] + 0.5 / deviations[1])
    assert summary(plan, "composite", "England", "composite") == near(2 * 4 / deviations[0] + 0)
    assert (summary(plan, "year_met"), summary(plan, "year_met", "hill"), summary(plan, "year_met", name="falls"),
            summary(plan, "year_met", "hill", "beds")) == (2016, None, None, 2015)
    expected = quality_statistics.variation_beyond_chance("proportion", [Count(80, 100), Count(360, 400)])
    assert summary(plan, "tau_squared", "England") == near(expected) and expected > 0
    assert summary(plan, "tau_squared") is summary(plan, "tau_squared", name="composite") is None


# What better quality costs

def clinics(**tables):
    """Vale's commissioners have 300 of 400 beds at £10 or £18 and so pay £12; one unit of quality takes half a bed."""
    return waits(**{"end_year": 2016,
                    "footprint": [{"footprint": "vale"}, {"footprint": "hill"}],
                    "organisation": [{"organisation": name, "kind": kind} for name, kind in (
                        ("ccg", "commissioner"), ("shire", "council"), ("trust", "provider"))],
                    "membership": [{"organisation": "ccg", "footprint": "vale", "share": 0.5},
                                   {"organisation": "ccg", "footprint": "hill", "share": 0.5},
                                   {"organisation": "shire", "footprint": "vale", "share": 0.25},
                                   {"organisation": "trust", "footprint": "vale", "share": 1}],
                    "flow": [flow(activity=300, income=1, cost=3000), flow("shire", activity=200, income=3600),
                             flow(activity="", income=77), flow("trust", activity=10, income=9999)],
                    "indicator_cost": [{"indicator": "waits", "service": "beds", "activity_per_unit": 0.5}],
                    "cost_mix": [{"component": "all", "share": 1}], "inflation": [{"component": "all", "rate": 0.5}],
                    **tables})


def test_cost_to_close():
    # Shares: 150 beds at £1,500 and 50 at £900 are £12 each
    plan = clinics(indicator_value=[observed(80, 100), observed(99, 100, "hill")])
    assert gaps(plan, "cost_to_close") == near({2015: 15 * 0.5 * 12, 2016: 15 * 0.5 * 12 * 1.5})
    assert gaps(plan, "cost_to_close", "hill") == near({2015: 0, 2016: 0})
    assert gaps(plan, "cost_to_close", "England") == near({2015: 90, 2016: 135})
    assert set(gaps(clinics(indicator_cost=[]), "cost_to_close").values()) == {None}
    assert set(gaps(clinics(indicator=[indicator(multiplier=100)]), "cost_to_close").values()) == {None}


def test_a_scenario_pays_for_the_units_it_gains():
    plan = clinics(scenario=listing("clinic", "ward"), indicator_effect=[improves("clinic", 12), improves("ward", -2)])
    # 10 units take 5 beds at £12 × 1.5, of which the ccg has 150 of 200
    lines = {(row["organisation"], row["service"], row["scheme"], row["counterparty"], row["year"]): row["cost"]
             for row in results(plan)["ledger"] if row["line"] == "quality" and row["cost"] != 0}
    assert lines == {("ccg", "beds", "", "", 2016): near(67.5), ("shire", "beds", "", "", 2016): near(22.5)}
    before, after = (positions_of(plan, "ccg", "cost", name=name)[1] for name in ("do_nothing", "plan"))
    assert after - before == near(67.5)
    assert england(plan)[1] - england(plan, name="do_nothing")[1] == near(90)
    assert impact(plan, "net_saving") == {"clinic": [0, 0], "ward": [0, 0]}


def test_units_beyond_the_target_cost_as_much_and_a_worsening_pays_nothing_back():
    plan = clinics(indicator=[indicator(multiplier=100, target=81)], indicator_effect=[improves("clinic", 10)])
    assert england(plan)[1] - england(plan, name="do_nothing")[1] == near(90)
    plan = clinics(indicator_effect=[improves("clinic", -10)])
    assert england(plan) == near(england(plan, name="do_nothing"))


def test_falling_is_better_where_lower_is():
    plan = clinics(indicator=[indicator(direction="lower", multiplier=100, target=50)],
                   indicator_effect=[improves("clinic", -10)])
    assert england(plan)[1] - england(plan, name="do_nothing")[1] == near(90)


def test_quality_without_a_cost_charges_nothing():
    plan = clinics(indicator_cost=[], indicator_effect=[improves("clinic", 10)])
    assert not [row for row in results(plan)["ledger"] if row["line"] == "quality"]


# Random plans

@pytest.fixture(params=SEEDS, scope="module")
def reference(request):
    plan = generate.random_plan(random.Random(request.param), schemes=True, health_and_quality=True)
    return schemes.PlanWithSchemes(plan.tables, **plan.settings)


def scenarios(plan):
    return [schemes.scenario_named(plan, name)
            for name in dict.fromkeys(row["scenario"] for row in plan.rows("scenario"))]


def effects_of(scenario):
    return schemes.effects(scenario, "indicator_effect")


def test_gaps_are_what_they_say(reference):
    direction = {row["indicator"]: 1 if row["direction"] == "lower" else -1 for row in reference.rows("indicator")}
    for scenario in scenarios(reference):
        for row in quality.quality_gap_table(reference, effects_of(scenario)):
            assert row["lower"] - 1e-9 <= row["value"] <= row["upper"] + 1e-9, row
            if row["gap"] is not None:
                assert row["gap"] == near(direction[row["indicator"]] * (row["value"] - row["target"]))
                assert math.copysign(1, row["people_affected"]) == math.copysign(1, row["gap"])


def test_footprints_sum_to_england(reference):
    for scenario in scenarios(reference):
        rows = by_key(quality.quality_gap_table(reference, effects_of(scenario)), "footprint", "indicator", "year")
        for (area, name, year), row in rows.items():
            parts = [rows[leaf, name, year] for leaf in reference.footprints_within(area) if (leaf, name, year) in rows]
            for column in ("people_affected", "cost_to_close") if len(parts) > 1 else ():
                if row[column] is not None:
                    size = max(abs(part[column]) for part in parts)
                    assert row[column] == pytest.approx(sum(part[column] for part in parts), abs=1e-9 * size)


def charged(plan):
    return [charge for scenario in scenarios(plan) for charge in schemes.charges(scenario) if charge.amount > 0]


def gap_rows(plan):
    return [row for scenario in scenarios(plan) for row in quality.quality_gap_table(plan, effects_of(scenario))]


def summary_rows(plan):
    return [row for scenario in scenarios(plan) for row in quality.quality_summary_table(plan, effects_of(scenario))]


def last_years(plan):
    last = [max(row["year"] for row in plan.rows("indicator_value", indicator=row["indicator"]))
            for row in plan.rows("indicator") if plan.rows("indicator_value", indicator=row["indicator"])]
    return {(year > plan.base_year) - (year < plan.base_year) for year in last}


def clipped(plan):
    whole = {row["indicator"]: quality.multiplier(row) for row in plan.rows("indicator", kind="proportion")}
    return [row for row in gap_rows(plan) if row["value"] in (0, whole.get(row["indicator"]))]


EXERCISED = {
    "charges": charged,
    "charges of several buyers": lambda plan: len({charge.organisation for charge in charged(plan)}) > 1,
    "costs to close": lambda plan: any(row["cost_to_close"] for row in gap_rows(plan)),
    "surpluses": lambda plan: any((row["gap"] or 0) < 0 for row in gap_rows(plan)),
    "clipped values": clipped,
    "every funnel": lambda plan: {row["funnel"] for row in gap_rows(plan)},
    "every kind and direction": lambda plan: {(row["kind"], row["direction"]) for row in plan.rows("indicator")},
    "every last year": last_years,
    "targets met later": lambda plan: any((row["year_met"] or 0) > plan.base_year for row in summary_rows(plan)),
    "variation beyond chance": lambda plan: any(row["tau_squared"] for row in summary_rows(plan)),
    "no variation beyond chance": lambda plan: any(row["tau_squared"] == 0 for row in summary_rows(plan)),
    "composites": lambda plan: any(row["composite"] for row in summary_rows(plan)),
    "yearly changes": lambda plan: plan.rows("indicator_effect", ramp="annual"),
    "services of denominators": lambda plan: [row for row in plan.rows("indicator") if row["service"] != ""],
}
IN_FULL = {
    "every funnel": {None, "much_lower", "lower", "as_expected", "higher", "much_higher"},
    "every kind and direction": {(kind, direction) for kind in ("proportion", "rate", "ratio")
                                 for direction in ("higher", "lower")},
    "every last year": {-1, 0, 1},
}


@pytest.fixture(scope="module")
def random_plans():
    plans = [generate.random_plan(random.Random(seed), schemes=True, health_and_quality=True) for seed in SEEDS]
    return [schemes.PlanWithSchemes(plan.tables, **plan.settings) for plan in plans]


@pytest.mark.parametrize("what", EXERCISED)
def test_the_random_plans_exercise(what, random_plans):
    found = [EXERCISED[what](plan) for plan in random_plans]
    found = [set(values) if what in IN_FULL else bool(values) for values in found]
    if what in IN_FULL:
        assert set().union(*found) == IN_FULL[what]
    assert sum(map(bool, found)) >= 3
