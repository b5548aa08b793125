"""The reference model's prevention and health gap: published figures, and numbers that can be worked out on paper."""

import math
import random

import pytest

pytest.register_assert_rewrite("reference.scheme_properties")

from reference import (generate, health, health_statistics, intervals, model, properties, scheme_bridge,
                       scheme_properties, scheme_tables, schemes)
from reference.health_statistics import STANDARD_POPULATION, Band, Group
from reference.properties import by_key
from test_reference_schemes import activity_of, effect, england, flow, impact, listing, near, plan_of, service

SEEDS = range(24, 56)


# Published statistics

AGES = (0, 1, *range(5, 95, 5))

# UKHSA, PHEindicatormethods, its tests of phe_life_expectancy: people, deaths, expectancy and its limits.
LIFE_EXPECTANCY = (
    (7060, 17, 80.16960813, 79.88268548, 80.45653078), (35059, 9, 79.36245674, 79.0898816, 79.63503188),
    (46974, 4, 75.44193645, 75.17407307, 75.70979983), (48489, 8, 70.47299936, 70.20675732, 70.7392414),
    (43219, 20, 65.52909542, 65.26548673, 65.79270412), (38561, 15, 60.67510088, 60.41876577, 60.931436),
    (46009, 24, 55.78835987, 55.53801579, 56.03870395), (57208, 33, 50.92752727, 50.68279939, 51.17225516),
    (61435, 50, 46.06740425, 45.82666794, 46.30814055), (55601, 71, 41.24505636, 41.00842831, 41.48168441),
    (50209, 100, 36.49322717, 36.26223216, 36.72422219), (56416, 163, 31.83343842, 31.60996318, 32.05691365),
    (46411, 263, 27.26027992, 27.04337271, 27.47718713), (39820, 304, 22.9719144, 22.76653134, 23.17729746),
    (37978, 536, 18.76856852, 18.57570352, 18.96143352), (37039, 872, 14.95858336, 14.77985004, 15.13731667),
    (33288, 1390, 11.51684445, 11.34831778, 11.68537112), (23306, 1605, 8.618849241, 8.451134045, 8.786564437),
    (11936, 1936, 6.163942934, 5.978358351, 6.349527517), (11936, 1937, 6.16210635, 5.887683386, 6.436529314))

# D. Ellis, life-expectancy, example data: people, deaths, share in good health, expectancy, healthy expectancy.
HEALTHY_LIFE_EXPECTANCY = (
    (1204096, 5097, 0.942517183200, 79.16675008, 63.10993414), (4977412, 870, 0.941087514167, 78.50158542, 62.43427853),
    (5924907, 504, 0.940622133071, 74.55509086, 58.71227880), (5428148, 560, 0.944054699551, 69.58574407, 54.03314475),
    (5934244, 1847, 0.938761158203, 64.62035782, 49.33953260),
    (6569549, 3256, 0.913468303887, 59.71710616, 44.71891472),
    (6598118, 4101, 0.897851694666, 54.85907178, 40.25686244),
    (6491309, 5375, 0.887524389514, 50.02204152, 35.88591859),
    (5993478, 7207, 0.865577833657, 45.21919808, 31.58797270),
    (6521186, 11604, 0.833314370946, 40.47681610, 27.43752506),
    (6895826, 17689, 0.800279970192, 35.81621154, 23.49754178),
    (6603740, 24782, 0.763454782658, 31.24627909, 19.77363729),
    (5703149, 33998, 0.710063548782, 26.79077137, 16.29474995),
    (5167986, 49954, 0.665244788739, 22.52574378, 13.18375539),
    (5183699, 75707, 0.646846282126, 18.51756013, 10.42811512),
    (3748158, 91712, 0.609465415591, 14.73155358, 7.86168177),
    (2925977, 120003, 0.553007469221, 11.32549950, 5.64028888),
    (1994844, 145110, 0.501758618897, 8.34206217, 3.84812117),
    (1065940, 137456, 0.410156850761, 5.93920004, 2.49239016), (469452, 111465, 0.436284189652, 4.21165388, 1.83747800))

# UKHSA, PHEindicatormethods, its tests of calculate_dsr: the ages, people, and the events of a large and a small area.
AGES_OF_RATES = (0, *range(5, 95, 5))
PEOPLE = (636, 558, 609, 543, 384, 594, 669, 843, 660, 576, 606, 522, 426, 273, 300, 288, 153, 123, 207)
MANY = (127, 25, 18, 21, 12, 27, 48, 27, 29, 32, 32, 34, 45, 65, 38, 68, 74, 82, 91)
FEW = (12, 4, 3, 2, 3, 4, 8, 2, 2, 3, 4, 5, 6, 8, 5, 6, 5, 5, 4)

# UKHSA, PHEindicatormethods, its tests of phe_sii: people and life expectancy by tenth, with standard errors.
TENTHS = (
    (7291, 75.9334590103081, 1.638472426358545), (7997, 78.3442382727843, 1.578192884542907),
    (6105, 83.8360631041654, 1.5134355059640296), (7666, 83.6375399664931, 1.7754906175801293),
    (5790, 80.4655031529559, 1.7013390591981388), (6934, 81.1156759857022, 1.56412107376755),
    (5918, 81.6930835718562, 1.3681148366878566), (5974, 84.1900062060987, 1.4001418005940802),
    (7147, 80.5955641081472, 2.4328463975781616), (7534, 86.2894349578624, 1.5665181695934678))


@pytest.mark.parametrize("place", range(len(AGES)))
def test_life_expectancy_is_the_published_one(place):
    bands = [Band(age, people, deaths) for age, (people, deaths, *_) in zip(AGES, LIFE_EXPECTANCY)]
    found, (*_, value, lower, upper) = health_statistics.life_expectancy(bands, place), LIFE_EXPECTANCY[place]
    assert found.value == pytest.approx(value, abs=1e-8)
    assert (found.lower, found.upper) == (pytest.approx(lower, abs=1e-5), pytest.approx(upper, abs=1e-5))


@pytest.mark.parametrize("place", range(len(AGES)))
def test_healthy_life_expectancy_is_the_published_one(place):
    bands = [Band(age, *counts[:3]) for age, counts in zip(AGES, HEALTHY_LIFE_EXPECTANCY)]
    *_, life, healthy_life = HEALTHY_LIFE_EXPECTANCY[place]
    found = health_statistics.healthy_life_expectancy(bands, place)
    assert health_statistics.life_expectancy(bands, place).value == pytest.approx(life, abs=1e-5)
    assert found == (pytest.approx(healthy_life, abs=1e-5), None, None)


def test_healthy_life_expectancy_of_those_who_are_all_healthy_is_life_expectancy():
    bands = [Band(age, people, deaths, 1, 100) for age, (people, deaths, *_) in zip(AGES, LIFE_EXPECTANCY)]
    assert health_statistics.healthy_life_expectancy(bands) == near(tuple(health_statistics.life_expectancy(bands)))


def test_an_unhealthy_band_and_its_sample():
    # Those who reach 50 live 10 years more, for a tenth of them die each year.
    bands = [Band(0, 300, 4, 0.8, 64), Band(50, 100, 10, 0.5, 25)]
    chance = 50 * 4 / 300 / (1 + 25 * 4 / 300)
    younger, older = 50 * (1 - chance / 2), 10 * (1 - chance)
    found = health_statistics.healthy_life_expectancy(bands)
    assert found.value == near(0.8 * younger + 0.5 * older)
    variance = younger ** 2 * 0.16 / 64 + older ** 2 * 0.25 / 25
    variance += (0.8 * 25 + 0.5 * 10) ** 2 * chance ** 2 * (1 - chance) / 4 + (0.5 * (1 - chance)) ** 2 / (10 * 0.01)
    assert found.upper - found.value == near(1.959963984540054 * math.sqrt(variance))


def test_nobody_lives_beyond_a_band_in_which_all_die():
    bands = [Band(0, 100, 10), Band(20, 10, 10), Band(60, 10, 5)]
    # Nobody reaches 60, for 40 × 1 ÷ (1 + 20) is above 1; who dies between 20 and 60 does so at 40.
    chance = 2 / (1 + 1)
    assert health_statistics.life_expectancy(bands).value == near(20 * (1 - chance / 2) + 40 * (1 - chance) / 2)
    assert health_statistics.life_expectancy(bands[1:]).value == near(20)


@pytest.mark.parametrize("events, rate", [(MANY, (10430.247991469423, 9717.709067985681, 11178.94091547925)),
                                          (FEW, (1103.212025300104, 877.455767536709, 1367.0882227211795))])
def test_standardised_rate_is_the_published_one(events, rate):
    bands = [Band(*counts) for counts in zip(AGES_OF_RATES, PEOPLE, events)]
    assert health_statistics.standardised_rate(bands) == pytest.approx(rate, rel=1e-9)


def test_a_standardised_rate_needs_deaths_and_bands_that_hold_whole_ones_of_the_standard_population():
    young = 1000 + 4000 + 3 * 5500 + 2 * 6000 + 6500 + 7000
    bands = [Band(0, 1000, 20), Band(40, 100, 10)]
    assert health_statistics.standardised_rate(bands).value == near(young * 0.02 + (100_000 - young) * 0.1)
    assert health_statistics.standardised_rate([Band(0, 1000, 3), Band(40, 100, 6)]) is None
    assert health_statistics.standardised_rate([Band(0, 1000, 20), Band(18, 100, 10)]) is None
    assert health_statistics.standardised_rate([Band(5, 1000, 20), Band(40, 100, 10)]) is None


def test_standardised_ratio():
    of_england = [Band(0, 1000, 10), Band(65, 500, 50)]
    found = health_statistics.standardised_ratio([Band(0, 100, 1), Band(40, 50, 2), Band(65, 30, 6)], of_england)
    # 150 × 0.01 + 30 × 0.1 = 4.5 expected, 9 found
    assert found == near((2, intervals.byar(9)[0] / 4.5, intervals.byar(9)[1] / 4.5))
    assert health_statistics.standardised_ratio(of_england, of_england).value == near(1)


def test_years_of_life_lost():
    # 4 × (75 − 2.5) and 2 × 35 of 400 people under 75
    bands = [Band(0, 300, 4), Band(5, 100, 2), Band(75, 50, 9)]
    found = health_statistics.years_of_life_lost(bands)
    assert found.value == near(100_000 * (290 + 70) / 400)
    deviation = math.sqrt((4 * 72.5 ** 2 + 2 * 35 ** 2) / 6)
    assert found.upper == near(100_000 * (360 + deviation * (intervals.byar(6)[1] - 6)) / 400)
    assert health_statistics.years_of_life_lost([Band(0, 300, 0), Band(75, 50, 9)]) == (0, None, None)
    assert health_statistics.years_of_life_lost([Band(0, 300, 4), Band(65, 50, 9)]) is None


@pytest.mark.parametrize("count, within, limits", [
    (65, 0.95, (50.163187710459454, 82.84913854593984)), (1045, 0.95, (982.5932018073325, 1110.33121298565)),
    (1, 0.95, (0.01307213290150435, 5.5637555824752605)), (65, 0.998, (42.8802614714802, 94.00029084431802)),
    (1045, 0.998, (947.9407035610374, 1148.806160988033)), (10, 0.998, (2.916318374695686, 24.193724927880535)),
    (1, 0.998, (0, 9.362180217908362)), (0, 0.95, (0, (1 - 1 / 9 + 1.959963984540054 / 3) ** 3))])
def test_byars_interval_is_the_published_one(count, within, limits):
    assert intervals.byar(count, within) == pytest.approx(limits, rel=1e-9)


def test_slope_index_is_the_published_one():
    groups = [Group(*counts) for counts in TENTHS]
    slope, relative = health_statistics.slope_index(groups), health_statistics.relative_index(groups)
    assert slope.value == pytest.approx(6.934616473668819, rel=1e-9)
    assert relative.value == pytest.approx(1.0888180804446217, rel=1e-9)
    # Published limits are of 100,000 repetitions.
    assert (slope.lower, slope.upper) == pytest.approx((3.127594617650817, 10.7586873680794), abs=0.05)
    assert (relative.lower, relative.upper) == pytest.approx((1.0383690591642838, 1.1412993360251238), abs=0.0006)


def test_slope_index_of_two_halves():
    # The middles of the halves are half the range apart: the slope is twice the difference, from 74 to 86.
    groups = [Group(10, 77), Group(10, 83)]
    assert health_statistics.slope_index(groups) == (near(12), None, None)
    assert health_statistics.relative_index(groups) == (near(86 / 74), None, None)
    assert health_statistics.slope_index([Group(10, 83, 1), Group(10, 77, 1)]).value == near(-12)


# People at risk

def risks(*trends):
    return [{"risk": f"risk {number}", "trend": trend} for number, trend in enumerate(trends)]


def exposed(share, risk="risk 0", footprint="vale", **people):
    return {"footprint": footprint, "risk": risk, "prevalence": share, **people}


def bears(rr, outcome="beds", risk="risk 0", **columns):
    return {"risk": risk, "outcome": outcome, "rr": rr, **columns}


def prevents(scheme, reduction, risk="risk 0", start_year=2016, **columns):
    return {"scheme": scheme, "risk": risk, "reduction": reduction, "start_year": start_year, **columns}


def at_risk(end_year=2018, **tables):
    """A quarter of people exposed, whose use of beds is three times that of others: half as much again as of others."""
    return plan_of(end_year=end_year, **{"risk": risks(""), "prevalence": [exposed(0.25)], "relative_risk": [bears(3)],
                                         "scenario": listing("quit"), **tables})


def test_prevalence_to_nought_removes_the_attributable_fraction():
    plan = at_risk(prevention_effect=[prevents("quit", 1, start_year=2017)])
    assert activity_of(plan, "ccg", "trust", "beds") == near([100, 100, 100 / 1.5, 100 / 1.5])
    assert impact(plan, "activity_removed") == {"quit": near([0, 0, 100 - 100 / 1.5, 100 - 100 / 1.5])}
    # All of the cost is variable
    assert impact(plan, "net_saving") == {"quit": near([0, 0, 1000 / 3, 1000 / 3])}
    assert england(plan) == near([1000, 1000, 2000 / 3, 2000 / 3])


def test_a_relative_risk_of_1_changes_nothing():
    plan = at_risk(relative_risk=[bears(1)], risk=risks(0.2), prevention_effect=[prevents("quit", 1)])
    assert activity_of(plan, "ccg", "trust", "beds") == near([100] * 4)


def test_a_risk_without_a_relative_risk_or_people_exposed_changes_nothing():
    others = {"prevalence": [exposed(0.25, footprint="hill")], "relative_risk": [bears(3, "visits")]}
    for table, rows in others.items():
        plan = at_risk(**{table: rows}, risk=risks(0.2), prevention_effect=[prevents("quit", 1)])
        assert activity_of(plan, "ccg", "trust", "beds") == near([100] * 4)


@pytest.mark.parametrize("lag", [0, 1, 2])
def test_a_lag_shifts_by_whole_years(lag):
    # A quarter less in 2016, half less in 2017, nothing less from 2018
    plan = at_risk(end_year=2020, relative_risk=[bears(3, lag=lag)],
                   prevention_effect=[prevents("quit", 0.5, full_year=2017, last_year=2017)])
    shares = [0.25, 0.25 * 0.75, 0.125, 0.25]
    course = [100 * (1 + 2 * share) / 1.5 for share in [*[0.25] * lag, *shares, *[0.25] * 2][:6]]
    assert activity_of(plan, "ccg", "trust", "beds") == near(course)


def test_a_trend_moves_do_nothing():
    # A quarter, then 0.2, 0.16 …: 1.5, 1.4, 1.32; a tenth of growth a year besides
    plan = at_risk(end_year=2017, risk=risks(-0.2), activity_growth=[{"rate": 0.1}])
    expected = near([100, 110 * 1.4 / 1.5, 121 * 1.32 / 1.5])
    assert activity_of(plan, "ccg", "trust", "beds", name="do_nothing") == expected
    assert activity_of(plan, "ccg", "trust", "beds") == expected
    steps = {row["group"]: row["amount"] for row in model.bridge_table(plan)
             if (row["place"], row["year"]) == ("England", 2017)}
    assert steps == {"start": near(1000), "population": near(0), "growth": near(1210 * 1.32 / 1.5 - 1000),
                     "inflation": near(0), "price": near(0), "pressures": near(0), "funding": near(0),
                     "end": near(1210 * 1.32 / 1.5)}


def test_prevention_acts_on_what_the_trend_leaves():
    plan = at_risk(end_year=2017, risk=risks(-0.2), prevention_effect=[prevents("quit", 0.5)])
    assert activity_of(plan, "ccg", "trust", "beds") == near([100, 100 * 1.2 / 1.5, 100 * 1.16 / 1.5])


def test_prevalence_stays_within_nought_and_1():
    # 0.8, 1.6, 3.2 in do nothing; a half of 1.6 is 0.8, of 3.2 is 1.6 and so nothing is gained
    plan = at_risk(end_year=2017, risk=risks(1), prevalence=[exposed(0.8)], prevention_effect=[prevents("quit", 0.5)])
    assert activity_of(plan, "ccg", "trust", "beds", name="do_nothing") == near([100, 300 / 2.6, 300 / 2.6])
    assert activity_of(plan, "ccg", "trust", "beds") == near([100, 100, 300 / 2.6])


def test_risks_multiply():
    plan = at_risk(risk=risks("", ""), prevalence=[exposed(0.25), exposed(0.5, "risk 1")],
                   relative_risk=[bears(3), bears(0.5, risk="risk 1")],
                   prevention_effect=[prevents("quit", 1), prevents("quit", 1, "risk 1")])
    assert activity_of(plan, "ccg", "trust", "beds")[1] == near(100 / 1.5 / 0.75)


def test_a_schemes_part_is_its_step_in_the_scenarios_order():
    # Half of a quarter, then half of that: 1.25 and 1.125 of 1.5; then a fifth of the rest, less than a fifth of all
    plan = at_risk(end_year=2016, scenario=listing("tax", "clinic", "ward"),
                   prevention_effect=[prevents("clinic", 0.5), prevents("tax", 0.5)],
                   activity_effect=[effect("ward", 0.2), effect("tax", 0.5)])
    left = 100 * 1.125 / 1.5
    assert impact(plan, "activity_removed") == {
        "tax": near([0, 100 * 0.25 / 1.5 + left * 0.5]), "clinic": near([0, 100 * 0.125 / 1.5]),
        "ward": near([0, left * 0.5 * 0.2])}
    assert activity_of(plan, "ccg", "trust", "beds") == near([100, left * 0.4])
    assert [(row["group"], row["amount"]) for row in scheme_bridge.bridge_table(plan, "plan")
            if (row["place"], row["year"]) == ("England", 2016)][2:-1] == [
        ("tax", near(1000 * 1.25 / 1.5 * 0.5 - 1000)), ("clinic", near(-1000 * 0.125 / 1.5 * 0.5)),
        ("ward", near(-10 * left * 0.5 * 0.2))]


def test_what_prevention_strands_is_shared_by_activity_removed():
    # Nothing of the cost is variable; a third of the units is prevented and half of the rest goes: as much again.
    plan = at_risk(end_year=2016, scenario=listing("quit", "ward"), prevention_effect=[prevents("quit", 1)],
                   activity_effect=[effect("ward", 0.5)],
                   service=[service("beds", variable_share=0), service("visits", setting="community")])
    assert impact(plan, "cost_stranded") == {"quit": near([0, 1000 / 3]), "ward": near([0, 1000 / 3])}
    assert impact(plan, "net_saving") == {"quit": near([0, 0]), "ward": near([0, 0])}


def test_prevention_outside_releases_all_it_takes():
    plan = at_risk(end_year=2016, flow=[flow(provider="home", marginal_rate=0.5)],
                   prevention_effect=[prevents("quit", 1)])
    assert impact(plan, "cost_released") == {"quit": near([0, 0.5 * 1000 / 3])}


def test_a_risk_that_grows_adds_activity():
    plan = at_risk(end_year=2016, prevention_effect=[prevents("quit", -1)])
    assert impact(plan, "activity_removed") == {"quit": near([0, -100 / 3])}


def test_prevention_is_the_mean_over_a_commissioners_footprints():
    # Shares of 0.6 and 0.2; a quarter and all exposed: 1.5 and 3; effects in hill alone: 3 to 2.
    plan = at_risk(end_year=2016, footprint=[{"footprint": "vale"}, {"footprint": "hill"}],
                   membership=[{"organisation": "ccg", "footprint": "vale", "share": 0.6},
                               {"organisation": "ccg", "footprint": "hill", "share": 0.2}],
                   prevalence=[exposed(0.25), exposed(1, footprint="hill")],
                   prevention_effect=[prevents("quit", 0.5, footprint="hill")])
    assert activity_of(plan, "ccg", "trust", "beds") == near([100, 100 * (0.75 + 0.25 * 2 / 3)])


def people(*groups, years=(2015, 2016), footprint="vale"):
    return [{"footprint": footprint, "year": year, "sex": sex, "age": age, "persons": persons}
            for year in years for sex, age, persons in groups]


def test_prevention_is_the_mean_over_people_by_how_much_they_use():
    # The old count 4 times: 60 young, of whom none is exposed, and 40 old, all exposed, of whom the half is spared.
    plan = at_risk(end_year=2016, population=people(("", "0-64", 60), ("", "65+", 40)),
                   age_weight=[{"age": "0", "weight": 1}, {"age": "65", "weight": 4}],
                   prevalence=[exposed(1, age="65")], prevention_effect=[prevents("quit", 0.5)])
    assert activity_of(plan, "ccg", "trust", "beds") == near([100, 100 * (60 + 160 * 2 / 3) / 220])


def test_the_trend_is_weighted_with_the_people_of_the_year_but_where_population_is_held():
    # Only the old are exposed, by a half of a half: 3/4 of a half.  40 of 100, then 90 of 150 are old.
    plan = at_risk(end_year=2016, risk=risks(-0.5), prevalence=[exposed(1, age="65")],
                   population=[*people(("", "0-64", 60), ("", "65+", 40), years=[2015]),
                               *people(("", "0-64", 60), ("", "65+", 90), years=[2016])])
    assert activity_of(plan, "ccg", "trust", "beds") == near([100, 150 * (0.4 + 0.6 * 2 / 3)])
    assert model.relative_activity(plan, plan.flows[0], 2016, ("growth",)) == near(0.6 + 0.4 * 2 / 3)


@pytest.mark.parametrize("who, row", [
    (("female", 15), 1), (("female", 20), 1), (("female", 64), 1), (("female", 65), 2), (("female", 90), 2),
    (("male", 20), 3), (("male", 50), 4), (("female", 10), 5), (("male", 10), 5), (("", 70), 4), (("", ""), 5),
    (("female", ""), 5)])
def test_ages_of_risks_are_bands(who, row):
    rows = [{"sex": "female", "age": 15}, {"sex": "female", "age": 65}, {"sex": "", "age": 18}, {"sex": "", "age": 40},
            {"sex": "", "age": ""}]
    assert rows.index(model.row_for_people(rows, *who)) + 1 == row


def test_a_row_of_a_sex_wins_over_one_of_an_age():
    rows = [{"sex": "", "age": 15}, {"sex": "male", "age": ""}]
    assert [model.row_for_people(rows, *who) for who in (("male", 20), ("female", 20), ("female", 3))] == [
        rows[1], rows[0], None]


# The health gap

def dies(footprint="vale", year=2015, sex="", ages=(0, 75), people=(1000, 100), deaths=(10, 20), **columns):
    return [{"footprint": footprint, "year": year, "sex": sex, "age": age, "population": persons, "deaths": died,
             **columns} for age, persons, died in zip(ages, people, deaths)]


def gaps(plan, measure="life_expectancy", footprint="vale", sex="persons", column="value", name="plan", **options):
    scenario = schemes.scenario_named(plan, name)
    rows = health.health_gap_table(plan, schemes.effects(scenario, "prevention_effect"), **options)
    found = by_key(rows, "footprint", "measure", "sex", "year")
    return {year: row[column] for (where, what, who, year), row in found.items()
            if (where, what, who) == (footprint, measure, sex)}


def expectancy(*bands):
    return health_statistics.life_expectancy([Band(*band) for band in bands]).value


def test_deaths_follow_people_trend_and_prevention():
    # The young grow by a half, the old by a quarter; death rates fall by a tenth a year from 2015, the old's alone;
    # all the old are exposed, twice as likely to die, and half of them is spared: 3/4.
    plan = at_risk(
        end_year=2017, mortality=[*dies(), *dies(year=2014, deaths=(900, 90))],
        mortality_trend=[{"rate": 0.0}, {"age": "60+", "rate": -0.1}],
        population=[*people(("", "0-64", 200), ("", "65+", 40), years=[2015]),
                    *people(("", "0-64", 300), ("", "65+", 50), years=[2016, 2017])],
        prevalence=[exposed(1, age="70")], relative_risk=[bears(2, "mortality")],
        prevention_effect=[prevents("quit", 0.5, start_year=2017)])
    # Those under 75 grow as those of 0 to 64 and of 65 and over do together: 240 to 350.
    assert gaps(plan) == near({2015: expectancy((0, 1000, 10), (75, 100, 20)),
                               2016: expectancy((0, 1000 * 35 / 24, 10 * 35 / 24), (75, 125, 25 * 0.9)),
                               2017: expectancy((0, 1000 * 35 / 24, 10 * 35 / 24), (75, 125, 25 * 0.81 * 0.75))})
    assert gaps(plan, name="do_nothing")[2017] == near(
        expectancy((0, 1000 * 35 / 24, 10 * 35 / 24), (75, 125, 25 * 0.81)))


def test_a_risks_trend_moves_no_deaths_in_do_nothing():
    plan = at_risk(risk=risks(0.5), mortality=dies(), relative_risk=[bears(2, "mortality")])
    assert gaps(plan) == dict.fromkeys(plan.years, near(expectancy((0, 1000, 10), (75, 100, 20))))


@pytest.mark.parametrize("base", [2013, 2016])
def test_the_latest_year_in_the_table_is_the_base(base):
    plan = at_risk(end_year=2017, mortality=dies(year=base), mortality_trend=[{"rate": -0.5}])
    expected = {year: near(expectancy((0, 1000, 10 * 0.5 ** (year - base)), (75, 100, 20 * 0.5 ** (year - base))))
                for year in range(max(base, 2015), 2018)}
    assert gaps(plan) == expected


def test_a_place_without_deaths_in_the_base_has_no_rows_and_one_beyond_the_end_does_not_count():
    plan = two_places(mortality=[*dies("hill", 2014), *dies("vale", 2015), *dies("hill", 2030)])
    assert {row["footprint"] for row in health.health_gap_table(plan)} == {"vale", "county", "England"}


def two_places(end_year=2016, **tables):
    return plan_of(end_year=end_year, scenario=listing("quit"), risk=risks(""),
                   footprint=[{"footprint": "county"}, {"footprint": "vale", "parent": "county"},
                              {"footprint": "hill", "parent": "county"}, {"footprint": "moor"}], **tables)


def test_persons_are_women_and_men_where_they_are_not_given():
    plan = two_places(end_year=2015, mortality=[
        *dies("vale", sex="female"), *dies("vale", sex="male", ages=(0, 50, 75), people=(500, 300, 50),
                                            deaths=(1, 8, 20)),
        *dies("hill", sex="female"), *dies("hill", people=(9, 9), deaths=(1, 1)), *dies("moor", sex="female")])
    assert gaps(plan) == {2015: near(expectancy((0, 1800, 19), (75, 150, 40)))}
    assert gaps(plan, sex="male") == {2015: near(expectancy((0, 500, 1), (50, 300, 8), (75, 50, 20)))}
    assert gaps(plan, footprint="hill") == {2015: near(expectancy((0, 9, 1), (75, 9, 1)))}
    assert gaps(plan, footprint="moor") == {}
    assert gaps(plan, footprint="county") == {2015: near(expectancy((0, 1809, 20), (75, 159, 41)))}
    assert gaps(plan, footprint="England", sex="female") == {2015: near(expectancy((0, 3000, 30), (75, 300, 60)))}


def test_good_health_of_a_sum_is_that_of_its_people():
    well = {"good_health": 0.9, "good_health_sample": 50}
    plan = two_places(end_year=2015, mortality=[
        *dies("vale", **well), *dies("hill", people=(3000, 300), good_health=0.5, good_health_sample=70),
        *dies("moor")])
    expected = health_statistics.healthy_life_expectancy(
        [Band(0, 4000, 20, 0.6, 120), Band(75, 400, 40, 0.6, 120)])
    assert gaps(plan, "healthy_life_expectancy", "county") == {2015: near(expected.value)}
    assert gaps(plan, "healthy_life_expectancy", "county", column="upper") == {2015: near(expected.upper)}
    assert gaps(plan, "healthy_life_expectancy", "England") == {}
    assert gaps(plan, "healthy_life_expectancy", "vale", column="gap") == {2015: None}


def test_a_gap_is_positive_where_a_place_is_worse_than_england():
    plan = two_places(end_year=2015, mortality=[*dies("vale"), *dies("hill", deaths=(5, 10))])
    for measure in ("life_expectancy", "standardised_rate", "standardised_ratio", "years_of_life_lost"):
        assert gaps(plan, measure, "vale", column="gap")[2015] > 0 > gaps(plan, measure, "hill", column="gap")[2015]
        assert gaps(plan, measure, "England", column="gap") == {2015: 0}
        of_england = gaps(plan, measure, "England")
        assert gaps(plan, measure, "hill", column="comparator") == of_england
        difference = gaps(plan, measure)[2015] - of_england[2015]
        assert gaps(plan, measure, column="gap")[2015] == near(-difference if "expectancy" in measure else difference)
    # Expected in each: 1000 × 15/2000 + 100 × 30/200 = 22.5
    assert gaps(plan, "standardised_ratio") == {2015: near(30 / 22.5)}


def test_the_best_fifth_is_rounded_up_and_pooled():
    places = [f"place {number}" for number in range(6)]
    plan = plan_of(end_year=2015, footprint=[{"footprint": place} for place in places], scenario=listing("quit"),
                   mortality=[row for number, place in enumerate(places)
                              for row in dies(place, people=(1000 + number, 100), deaths=(10 - number, 20))])
    assert gaps(plan, footprint="place 0", column="comparator", comparator="best_fifth") == {
        2015: near(expectancy((0, 2009, 11), (75, 200, 40)))}
    rate = gaps(plan, "standardised_rate", "place 5")[2015]
    assert gaps(plan, "standardised_rate", "place 0", column="comparator", comparator="best_fifth")[2015] > rate


def test_deprivation_is_shown_in_the_base_year():
    def quantiles(footprint, measure, *values):
        return [{"footprint": footprint, "measure": measure, "quantile": len(values) - number, "population": 10,
                 "value": value} for number, value in enumerate(values)]

    plan = two_places(deprivation=[*quantiles("vale", "life expectancy at birth of women", 83, 77),
                                   *quantiles("vale", "index", 1, 2), *quantiles("county", "Males: expectancy", 2, 1),
                                   *quantiles("hill", "index", 5), *quantiles("moor", "men and women", 3, -3)])
    rows = health.health_gap_table(plan)
    assert {(row["footprint"], row["sex"]): row["value"] for row in rows if row["measure"] == "slope_index"} == {
        ("vale", "female"): near(12), ("vale", "persons"): near(-2), ("county", "male"): near(2),
        ("moor", "persons"): near(12)}
    assert {row["year"] for row in rows} == {2015}
    assert all(row[column] is None for row in rows for column in ("lower", "upper", "comparator", "gap"))


# Random plans

@pytest.fixture(params=SEEDS, scope="module")
def random_plan(request):
    return generate.random_plan(random.Random(request.param), schemes=True, health_and_quality=True)


def model_of(plan):
    return schemes.PlanWithSchemes(plan.tables, **plan.settings)


def scenarios(plan):
    return [schemes.scenario_named(plan, name)
            for name in dict.fromkeys(row["scenario"] for row in plan.rows("scenario"))]


def health_gap(scenario):
    return health.health_gap_table(scenario.plan, schemes.effects(scenario, "prevention_effect"))


@pytest.fixture(scope="module")
def reference(random_plan):
    return model_of(random_plan)


@pytest.fixture(scope="module")
def do_nothing(reference):
    return scheme_tables.results(reference, schemes.DO_NOTHING)


def test_a_seed_names_a_plan_with_health_and_quality_or_without(random_plan, request):
    seed = request.node.callspec.params["random_plan"]
    without = generate.random_plan(random.Random(seed), schemes=True)
    assert without.settings == random_plan.settings
    assert without.tables == {name: random_plan.tables[name] for name in without.tables}


def test_impacts_sum_to_the_gap_closed_and_the_ledger_to_positions(reference, do_nothing):
    for scenario in scenarios(reference):
        results = scheme_tables.results(reference, scenario.name)
        scheme_properties.assert_impacts_sum_to_the_gap_closed(results, do_nothing)
        scheme_properties.assert_impacts_add_up(results, do_nothing)
        properties.assert_ledger_sums_to_positions(results)
        properties.assert_activity_is_never_below_nought(results)


def test_schemes_at_scale_nought_do_nothing(random_plan, do_nothing):
    changed = model_of(generate.without_awards(generate.at_scale_nought(random_plan)))
    expected = health.health_gap_table(changed)
    for scenario in scenarios(changed):
        scheme_properties.assert_nothing_is_done(scheme_tables.results(changed, scenario.name), do_nothing)
        assert health_gap(scenario) == expected


def test_values_lie_within_their_limits(reference):
    for scenario in scenarios(reference):
        for row in health_gap(scenario):
            if row["lower"] is not None:
                assert row["lower"] <= row["value"] <= row["upper"], row


# What the random plans are like

def named(plan, table):
    return plan.tables.get(table, [])


def health_rows(plan):
    return [row for scenario in scenarios(model_of(plan)) for row in health_gap(scenario)]


def measures(plan):
    return {(row["measure"], row["sex"]) for row in health_rows(plan)}


def prevented(plan):
    reference = model_of(plan)
    for scenario in scenarios(reference):
        for index in range(len(reference.flows)):
            course = schemes.course_of_flow(scenario, index)
            for year in reference.years:
                yield course, [removal for removal in course.removals[year]
                               if not removal.effect.row and removal.units != 0]


def base_years(plan):
    reference = model_of(plan)
    base = health.base_year_of_mortality(reference)
    return set() if base is None else {(base > reference.base_year) - (base < reference.base_year)}


def saved_lives(plan):
    reference = model_of(plan)
    before = by_key(health.health_gap_table(reference), "footprint", "measure", "sex", "year")
    return any(before[row["footprint"], row["measure"], row["sex"], row["year"]]["value"] != row["value"]
               for row in health_rows(plan))


def trends_that_matter(plan):
    reference = model_of(plan)
    return [flow for flow in reference.flows
            if abs(model.trend_factor(reference, flow["commissioner"], flow["service"], reference.end_year,
                                      reference.end_year) - 1) > 1e-6]


def lags(plan):
    return {row["lag"] for row in named(plan, "relative_risk")}


def ages_unlike_the_peoples(plan):
    ages = {model.read_age(row["age"]) for row in named(plan, "population") if row.get("age", "") != ""}
    return ages and any(model.read_age(row["age"]) not in ages
                        for row in named(plan, "prevalence") if row["age"] != "")


def withheld_rates(plan):
    """Life expectancies beside which no standardised rate stands, though the bands are those of one."""
    rows = health.health_gap_table(model_of(plan))
    rated = {(row["footprint"], row["sex"], row["year"]) for row in rows if row["measure"] == "standardised_rate"}
    ages = {model.read_age(row["age"]) for row in named(plan, "mortality")}
    return [row for row in rows if row["measure"] == "life_expectancy" and ages <= STANDARD_POPULATION.keys()
            and (row["footprint"], row["sex"], row["year"]) not in rated]


EXERCISED = {
    "every measure of every sex": measures,
    "every base year": base_years,
    "deaths prevented": saved_lives,
    "activity prevented": lambda plan: any(taken for _, taken in prevented(plan)),
    "two schemes that prevent in one flow": lambda plan: any(len(taken) >= 2 for _, taken in prevented(plan)),
    "prevention before another effect": lambda plan: any(
        taken and len([removal for removal in course.removals[model_of(plan).end_year] if removal.effect.row])
        for course, taken in prevented(plan)),
    "activity added by a risk that grows": lambda plan: any(removal.units < 0 for _, taken in prevented(plan)
                                                            for removal in taken),
    "prevention of cost-only care": lambda plan: any(taken and course.flow["activity"] == ""
                                                     for course, taken in prevented(plan)),
    "trends in prevalence": trends_that_matter,
    "every lag": lags,
    "ages of risks unlike those of people": ages_unlike_the_peoples,
    "footprints with other bands": lambda plan: len({tuple(sorted(row["age"] for row in named(plan, "mortality")
                                                                  if row["footprint"] == footprint))
                                                     for footprint in {row["footprint"]
                                                                       for row in named(plan, "mortality")}}) > 1,
    "places of few deaths": withheld_rates,
    "intervals": lambda plan: any(row["lower"] is not None for row in health_rows(plan)
                                  if row["measure"] == "healthy_life_expectancy"),
    "intervals of inequality": lambda plan: any(row["lower"] is not None for row in health_rows(plan)
                                                if row["measure"] == "slope_index"),
}
IN_FULL = {
    "every measure of every sex": {(measure, sex) for sex in health.SEXES for measure in (
        "life_expectancy", "healthy_life_expectancy", "standardised_rate", "standardised_ratio", "years_of_life_lost",
        "slope_index", "relative_index")},
    "every base year": {-1, 0, 1},
    "every lag": {"", 0, 1, 2, 5},
}


@pytest.fixture(scope="module")
def random_plans():
    return [generate.random_plan(random.Random(seed), schemes=True, health_and_quality=True) for seed in SEEDS]


@pytest.mark.parametrize("what", EXERCISED)
def test_the_random_plans_exercise(what, random_plans):
    found = [EXERCISED[what](plan) for plan in random_plans]
    found = [set(values) if what in IN_FULL else bool(values) for values in found]
    if what in IN_FULL:
        assert set().union(*found) == IN_FULL[what]
    assert sum(map(bool, found)) >= 3
