"""The statistics on arrays: published values, Series and areas, and what is refused."""

import decimal

import numpy
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stpfin
from conftest import SOURCE

VALIDATION = SOURCE / "data" / "validation" / "statistics"


def read(name):
    return pandas.read_csv(VALIDATION / f"{name}.csv")


def test_published_life_expectancy():
    table = read("life_expectancy").set_index("age")
    result = stpfin.life_expectancy(table.index, table["population"], table["deaths"])
    pandas.testing.assert_index_equal(result.index, table.index)
    numpy.testing.assert_allclose(result["value"], table["value"], rtol=1e-8)
    numpy.testing.assert_allclose(result[["lower", "upper"]], table[["lower", "upper"]], rtol=1e-5)


def test_published_healthy_life_expectancy():
    table = read("healthy_life_expectancy")
    ages = table["age"]
    result = stpfin.healthy_life_expectancy(ages, table["population"], table["deaths"], table["good_health"])
    numpy.testing.assert_allclose(result["value"], table["healthy_life_expectancy"], rtol=1e-5)
    assert result["lower"].isna().all()
    sampled = stpfin.healthy_life_expectancy(ages, table["population"], table["deaths"], table["good_health"],
                                             pandas.Series(1000.0, table.index))
    assert (sampled["lower"] < result["value"]).all() and (sampled["upper"] > result["value"]).all()


def test_published_slope_index():
    table = read("slope_index")
    expected = read("slope_index_result").iloc[0]
    result = stpfin.slope_index(table["population"], table["value"], table["standard_error"])
    assert result.name == "value"
    for name in ("slope", "relative"):
        assert result[name] == pytest.approx(expected[name], rel=1e-9)
    for name in ("slope_lower", "slope_upper", "relative_lower", "relative_upper"):
        assert result[name] == pytest.approx(expected[name], rel=0.02)
    again = stpfin.slope_index(table["population"], table["value"], table["standard_error"])
    pandas.testing.assert_series_equal(result, again, check_exact=True)
    by_group = pandas.concat([table.assign(group=group) for group in "ab"]).groupby("group").apply(
        lambda part: stpfin.slope_index(part["population"], part["value"]))
    assert by_group.loc["b", "slope"] == result["slope"] and numpy.isnan(by_group.loc["a", "slope_lower"])


def test_published_standardised_rates():
    table = read("standardised_rate")
    counts = table.pivot(index="area", columns="age", values="count")
    population = table.pivot(index="area", columns="age", values="population")
    standard = table.drop_duplicates("age").set_index("age")["standard_population"]
    expected = read("standardised_rate_result").set_index("area")
    for confidence, level in ((0.95, "95"), (0.998, "998")):
        for area, row in expected.iterrows():
            result = stpfin.directly_standardised_rate(counts, population, standard.loc[counts.columns],
                                                       multiplier=row["multiplier"], confidence=confidence).loc[area]
            assert result["value"] == pytest.approx(row["value"], rel=1e-9, nan_ok=True)
            assert result["lower"] == pytest.approx(row[f"lower_{level}"], rel=1e-9, nan_ok=True)
            assert result["upper"] == pytest.approx(row[f"upper_{level}"], rel=1e-9, nan_ok=True)


def test_published_intervals():
    table = read("interval")
    for row in table.itertuples():
        function = {"byar": stpfin.byar_interval, "wilson": stpfin.wilson_interval}[row.method]
        denominator = None if numpy.isnan(row.denominator) else row.denominator
        result = function(row.numerator, denominator, confidence=row.confidence).iloc[0]
        for name in ("lower", "upper"):
            if not numpy.isnan(getattr(row, name)):
                assert result[name] == pytest.approx(getattr(row, name), rel=1e-9)


def test_published_funnel():
    places = read("funnel").set_index("area")
    position = stpfin.funnel_position(places["numerator"], places["denominator"], kind="proportion")
    assert position.astype(str).tolist() == places["position"].tolist()
    assert position.name == "numerator" and position.index.equals(places.index) and position.cat.ordered
    limits = read("funnel_limits")
    centre = stpfin.funnel_variation(places["numerator"], places["denominator"], kind="proportion")["centre"]
    assert 100 * centre == pytest.approx(limits["centre"].iloc[0], rel=1e-6)
    result = stpfin.funnel_limits(limits["denominator"], centre, kind="proportion")
    numpy.testing.assert_allclose(100 * result, limits[result.columns], atol=1e-4)


AGES = [0, 1, 5, 75]


def test_areas_are_rows():
    population = pandas.DataFrame([[1000, 4000, 60000, 9000], [900, 3900, 61000, 8000]],
                                  index=pandas.Index(["F1", "F2"], name="footprint"), columns=AGES)
    deaths = pandas.DataFrame([[4, 1, 90, 700], [3, 2, 95, 750]], index=population.index, columns=AGES)
    together = stpfin.life_expectancy(AGES, population, deaths)
    assert together.index.names == ["footprint", "age"]
    for area in population.index:
        alone = stpfin.life_expectancy(AGES, population.loc[area].to_numpy(), deaths.loc[area].to_numpy())
        pandas.testing.assert_frame_equal(together.loc[area], alone, check_exact=True)
    long = stpfin.life_expectancy(AGES, population.stack().rename("p"), deaths.stack())
    assert long.index.equals(population.stack().index)
    for flat in (long, stpfin.life_expectancy(AGES, population.to_numpy(), deaths.to_numpy()),
                 stpfin.life_expectancy(AGES, population.to_numpy().reshape(-1), deaths.to_numpy().reshape(-1))):
        assert numpy.array_equal(flat, together)
    lost = stpfin.years_of_life_lost(AGES, population, deaths)
    assert lost.index.equals(population.index)
    ratio = stpfin.indirectly_standardised_ratio(deaths.sum(axis=1), population, deaths.sum().to_numpy(),
                                                 population.sum().to_numpy())
    assert ratio.index.equals(population.index) and ratio["value"].between(0.9, 1.1).all()
    standard = stpfin.european_standard_population(AGES)
    assert standard.sum() == 100_000
    rate = stpfin.directly_standardised_rate(deaths, population, standard)
    assert rate.index.equals(population.index)


def test_series_keep_their_index():
    index = pandas.MultiIndex.from_tuples([("a", 2015), ("b", 2016)], names=["place", "year"])
    events = pandas.Series([65, 48], index, name="events")
    people = pandas.Series([100, 90], index)
    for result in (stpfin.wilson_interval(events, people), stpfin.byar_interval(events),
                   stpfin.byar_interval(events, 10), stpfin.byar_interval(events.to_numpy(), people),
                   stpfin.funnel_limits(people, 0.5, kind="rate")):
        pandas.testing.assert_index_equal(result.index, index)
    assert stpfin.funnel_position(events, people, kind="proportion").name == "events"
    assert stpfin.wilson_interval(65, 100).index.equals(pandas.RangeIndex(1))
    assert stpfin.wilson_interval([], []).shape == (0, 3)
    with pytest.raises(ValueError, match="numerator and denominator have not the same index"):
        stpfin.wilson_interval(events, people[::-1])
    with pytest.raises(ValueError, match="not of the same shape"):
        stpfin.wilson_interval([1, 2], [1, 2, 3])


@pytest.mark.parametrize("missing", [
    [None, 65], [numpy.nan, 65.0], numpy.array([numpy.nan, 65]), pandas.array([None, 65], dtype="Int64"),
    pandas.Series([None, 65], dtype="Float64"), pandas.Series([pandas.NA, 65], dtype=object),
    pandas.Series([pandas.NaT, 65], dtype=object), [None, decimal.Decimal(65)], [None, numpy.float32(65)]])
def test_what_is_missing_stays_missing(missing):
    result = stpfin.byar_interval(missing)
    assert result.iloc[0].isna().all()
    assert result.iloc[1]["value"] == 65
    assert stpfin.funnel_position(missing, [100, 100], kind="proportion", centre=0.5).isna().tolist() == [True, False]


@pytest.mark.parametrize("wrong", [
    "65", ["65"], [True], numpy.array([True]), pandas.Series([True]), pandas.array([True, None], dtype="boolean"),
    pandas.to_datetime(["2016-01-01"]), pandas.Series(pandas.to_datetime(["2016-01-01"])), [1j],
    pandas.Series([1j]), numpy.ma.array([1.0], mask=[True]), pandas.Categorical(["a"]), [[1], [2, 3]], [object()],
    pandas.Series(["a"], dtype="string"), b"65"])
def test_what_is_no_number_is_refused(wrong):
    with pytest.raises((TypeError, ValueError)) as caught:
        stpfin.byar_interval(wrong)
    assert "numerator" in str(caught.value) or "inhomogeneous" in str(caught.value)


def test_what_makes_no_sense_is_refused():
    for call, said in (
            (lambda: stpfin.wilson_interval(5, 4), "numerator"),
            (lambda: stpfin.wilson_interval(-1, 4), "numerator"),
            (lambda: stpfin.wilson_interval(1, 4, confidence=95), "confidence"),
            (lambda: stpfin.life_expectancy([0, 5], [10, 10], [1, 0]), "death"),
            (lambda: stpfin.life_expectancy([0, 5], [10, 0], [1, 0]), "population"),
            (lambda: stpfin.life_expectancy([5, 0], [10, 10], [1, 1]), "age"),
            (lambda: stpfin.life_expectancy([], [10], [1]), "ages is empty"),
            (lambda: stpfin.life_expectancy([[0, 5]], [10, 10], [1, 1]), "one row of numbers"),
            (lambda: stpfin.life_expectancy([0, 5], [10, 10, 10], [1, 1, 1]), "population"),
            (lambda: stpfin.slope_index([1, 2], [3, 4], transform="square"), "'none', 'log' or 'logit'"),
            (lambda: stpfin.slope_index([1], [3]), "2"),
            (lambda: stpfin.slope_index([1, 2], [3, 4], [0.1, 0.1], repetitions=3), "100"),
            (lambda: stpfin.funnel_limits([1], 0.5, kind="share"), "'proportion', 'rate' or 'ratio'"),
            (lambda: stpfin.european_standard_population([0, 3]), "3"),
            (lambda: stpfin.byar_interval(numpy.inf), "inf"),
            (lambda: stpfin.byar_interval([[1, 2]], 0.5, confidence=0), "confidence")):
        with pytest.raises(ValueError, match=said):
            call()


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=6),
       st.floats(0.01, 0.999))
def test_intervals_hold_their_value(pairs, confidence):
    numerator = [min(pair) for pair in pairs]
    denominator = [max(pair) for pair in pairs]
    for result in (stpfin.wilson_interval(numerator, denominator, confidence=confidence),
                   stpfin.byar_interval([n if d else 0 for n, d in zip(numerator, denominator)], denominator,
                                        confidence=confidence)):
        known = result.dropna()
        assert (known["lower"] <= known["value"] * (1 + 1e-12)).all()
        assert (known["upper"] >= known["value"] * (1 - 1e-12)).all()
        assert result["value"].isna().tolist() == [d == 0 for d in denominator]


def test_rank_correlation_is_that_of_pandas():
    rows = pandas.DataFrame(numpy.random.default_rng(3).integers(0, 12, (200, 2)), columns=["x", "y"])
    rows["y"] += rows["x"]
    expected = rows.corr(method="spearman").loc["x", "y"]
    assert stpfin.rank_correlation(rows["x"], rows["y"]) == pytest.approx(expected, rel=1e-12)
    assert stpfin.rank_correlation(rows["x"].tolist(), -rows["x"].to_numpy()) == pytest.approx(-1)
    assert numpy.isnan(stpfin.rank_correlation([1, 2, 3], [4, 4, 4]))


def test_sobol_indices_are_their_definition():
    samples = numpy.random.default_rng(5).normal(size=(2, 4000, 3))

    def model(x):
        return x[:, 0] + 2 * x[:, 1] + x[:, 1] * x[:, 2]

    mixed = samples[0].copy()
    mixed[:, 1] = samples[1][:, 1]
    a, b, m = model(samples[0]), model(samples[1]), model(mixed)
    found = stpfin.sobol_indices(a, b, pandas.Series(m), seed=4)
    variance = numpy.concatenate([a, b]).var()
    assert found["first_order"] == pytest.approx(((b - numpy.concatenate([a, b]).mean()) * (m - a)).mean() / variance,
                                                 rel=1e-3)
    assert found["total"] == pytest.approx(((a - m) ** 2).mean() / 2 / variance, rel=1e-3)
    assert found["first_lower"] < 4 / 6 < found["first_upper"] and found["total_lower"] < 5 / 6 < found["total_upper"]
    assert list(found.index) == ["first_order", "first_lower", "first_upper", "total", "total_lower", "total_upper"]
    without = stpfin.sobol_indices(a, b, m, repetitions=0)
    assert without["total"] == found["total"] and without[["first_lower", "total_upper"]].isna().all()
    assert stpfin.sobol_indices([1, 1], [1, 1], [1, 1]).isna().all()


def test_what_has_no_ranks_or_indices():
    for call in (lambda: stpfin.rank_correlation([1], [1]), lambda: stpfin.rank_correlation([1, numpy.nan], [1, 2]),
                 lambda: stpfin.rank_correlation([1, 2, 3], [1, 2]),
                 lambda: stpfin.rank_correlation(pandas.Series([1, 2]), pandas.Series([1, 2], index=[1, 2])),
                 lambda: stpfin.sobol_indices([1, 2], [1, numpy.inf], [1, 2]),
                 lambda: stpfin.sobol_indices([1, 2], [1, 2], [1, 2], repetitions=-1)):
        with pytest.raises(ValueError):
            call()
    with pytest.raises(TypeError):
        stpfin.rank_correlation(["1", "2"], [1, 2])
