"""The statistics on arrays, called in the shared library, beside plain Python on generated data."""

import ctypes
import math
import os
import pathlib

import numpy as np
import pytest

from reference import statistics

AGES = [0, 1, *range(5, 95, 5)]
CONFIDENCES = (0.8, 0.95, 0.998)


class Input:
    """An array going in: a pointer and its length."""

    def __init__(self, values):
        self.values = np.ascontiguousarray(values, float)

    def arguments(self):
        return [self.values.ctypes.data_as(ctypes.POINTER(ctypes.c_double)), ctypes.c_size_t(self.values.size)]


class Library:
    """Calls a function with arrays, numbers and ctypes values, then as many outputs as asked for."""

    def __init__(self, path):
        self.library = ctypes.CDLL(str(path))
        self.library.stpfin_last_error.restype = ctypes.c_char_p

    def _call(self, name, inputs, outputs):
        arguments = []
        for value in inputs:
            if value is None:
                arguments += [None, ctypes.c_size_t(0)]
            elif isinstance(value, (list, np.ndarray)):
                arguments += Input(value).arguments()
            elif isinstance(value, float):
                arguments.append(ctypes.c_double(value))
            else:
                arguments.append(value)
        # The arrays live as long as `arguments` refers to them.
        if getattr(self.library, name)(*arguments, *outputs) != 0:
            raise ValueError(self.library.stpfin_last_error().decode())

    def arrays(self, name, *inputs, outputs, size):
        """The outputs as the columns of an array."""
        results = [Input(np.full(size, -1.0)) for _ in range(outputs)]
        self._call(name, inputs, [argument for result in results for argument in reversed(result.arguments())])
        return np.column_stack([result.values for result in results])

    def numbers(self, name, *inputs, outputs):
        results = [ctypes.c_double(-1) for _ in range(outputs)]
        self._call(name, inputs, [ctypes.byref(result) for result in results])
        return [result.value for result in results]


@pytest.fixture(scope="module")
def library():
    return Library(pathlib.Path(os.environ["STPFIN_BUILD"]) / "libstpfin" / "libstpfin.so")


@pytest.fixture
def random():
    return np.random.default_rng(20161021)


def assert_near(actual, expected, tolerance=1e-10):
    actual, expected = np.asarray(actual, float), np.asarray(expected, float)
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected))
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


def life_tables(random, areas, bands):
    """Populations of all sizes, and deaths that rise with age, none in some bands."""
    population = np.exp(random.uniform(1, 14, (areas, bands))).round() + 1
    rate = np.exp(random.normal(0, 1, (areas, bands)) + np.linspace(-9, -1, bands))
    deaths = np.minimum(random.poisson(population * np.minimum(rate, 1)), population).astype(float)
    deaths[:, -1] = np.maximum(deaths[:, -1], 1)
    return population, deaths


@pytest.mark.parametrize("ages", [AGES, [0, 5, 20, 65], list(range(0, 100)), [0]], ids=len)
def test_life_expectancy(library, random, ages):
    population, deaths = life_tables(random, 1000 if ages == AGES else 100, len(ages))
    for confidence in CONFIDENCES:
        actual = library.arrays("stpfin_life_expectancy", ages, population, deaths, confidence, outputs=3,
                                size=population.size)
        expected = np.array([statistics.life_table(ages, *row, confidence) for row in zip(population, deaths)])
        # What the cohort does not live to see has no expectancy in the reference.
        seen = ~np.isnan(expected.reshape(-1, 3)[:, 0])
        assert seen.mean() > 0.8
        assert_near(actual[seen], expected.reshape(-1, 3)[seen])
        assert np.isfinite(actual).all()


def test_healthy_life_expectancy(library, random):
    population, deaths = life_tables(random, 1000, len(AGES))
    good = random.beta(8, 2, population.shape)
    good[0], good[1] = 1, 0
    sample = random.integers(1, 2000, population.shape).astype(float)
    actual = library.arrays("stpfin_healthy_life_expectancy", AGES, population, deaths, good, sample, 0.95, outputs=3,
                            size=population.size)
    rows = list(zip(population, deaths, good, sample))
    expected = np.array([statistics.life_table(AGES, p, d, 0.95, g, n) for p, d, g, n in rows]).reshape(-1, 3)
    seen = ~np.isnan(expected[:, 0])
    assert_near(actual[seen], expected[seen])
    blank = library.arrays("stpfin_healthy_life_expectancy", AGES, population, deaths, good, None, 0.95, outputs=3,
                           size=population.size)
    assert_near(blank[:, 0], actual[:, 0], 0)
    assert np.isnan(blank[:, 1:]).all()


def test_all_in_good_health_is_life_expectancy(library, random):
    population, deaths = life_tables(random, 50, len(AGES))
    life = library.arrays("stpfin_life_expectancy", AGES, population, deaths, 0.95, outputs=3, size=population.size)
    healthy = library.arrays("stpfin_healthy_life_expectancy", AGES, population, deaths, np.ones(population.shape),
                             np.full(population.shape, 10.0), 0.95, outputs=3, size=population.size)
    assert_near(healthy, life, 0)


def slopes(random, cases, transform):
    for _ in range(cases):
        quantiles = random.integers(2, 12)
        population = random.uniform(1, 1e6, quantiles).round()
        value = {0: random.normal(75, 10, quantiles), 1: random.lognormal(5, 1, quantiles),
                 2: random.beta(3, 3, quantiles)}[transform]
        yield population, value, value * random.uniform(0, 0.1, quantiles)


@pytest.mark.parametrize("transform", [0, 1, 2])
def test_slope_index(library, random, transform):
    for population, value, error in slopes(random, 1000, transform):
        slope, slope_lower, slope_upper, relative, relative_lower, relative_upper, intercept = library.numbers(
            "stpfin_slope_index", population, value, None, transform, 0.95, ctypes.c_size_t(0), ctypes.c_uint64(0),
            outputs=7)
        assert_near([slope, relative, intercept], statistics.slope_index(population, value, transform), 1e-9)
        assert np.isnan([slope_lower, slope_upper, relative_lower, relative_upper]).all()


@pytest.mark.parametrize("transform", [0, 1, 2])
def test_slope_interval(library, random, transform):
    """The same draws in Python: so the very limits."""
    for case, (population, value, error) in enumerate(slopes(random, 5, transform)):
        confidence, seed = CONFIDENCES[case % 3], [0, 1, 2**63 + 12345][case % 3]
        _, *slope, _, relative_lower, relative_upper, _ = library.numbers(
            "stpfin_slope_index", population, value, error, transform, confidence, ctypes.c_size_t(150),
            ctypes.c_uint64(seed), outputs=7)
        expected = statistics.slope_interval(population, value, error, transform, confidence, 150, seed)
        assert_near(slope, expected[0], 1e-9)
        assert_near([relative_lower, relative_upper], expected[1], 1e-9)


def test_simulated_limits_are_those_of_the_normal(library, random):
    """Without transform the slope is a weighted sum of normals, whose limits are known."""
    repetitions = 200_000
    for case, (population, value, error) in enumerate(slopes(random, 5, 0)):
        _, lower, upper, *_ = library.numbers(
            "stpfin_slope_index", population, value, error, 0, 0.95, ctypes.c_size_t(repetitions),
            ctypes.c_uint64(case), outputs=7)
        unit = np.eye(len(value))
        weights = [statistics.slope_index(population, value, 0, y)[0] for y in unit]
        sd = math.sqrt(sum((w * e) ** 2 for w, e in zip(weights, error)))
        slope = statistics.slope_index(population, value, 0)[0]
        z = statistics.z_of(0.95)
        noise = 5 * sd * math.sqrt(0.025 * 0.975 / repetitions) / statistics.NORMAL.pdf(z)
        assert lower == pytest.approx(slope - z * sd, abs=noise)
        assert upper == pytest.approx(slope + z * sd, abs=noise)


def test_european_standard_population(library, random):
    starts = list(statistics.EUROPEAN)
    assert sum(statistics.EUROPEAN.values()) == 100_000
    for _ in range(200):
        kept = sorted(random.choice(starts[1:], random.integers(0, 21), replace=False))
        ages = [0.0, *map(float, kept)]
        actual = library.arrays("stpfin_european_standard_population", ages, outputs=1, size=len(ages))
        assert_near(actual[:, 0], statistics.european_standard_population(ages), 0)
    with pytest.raises(ValueError, match="ages 2 is 2: it must be the first year of a band"):
        library.arrays("stpfin_european_standard_population", [0, 2], outputs=1, size=2)


def test_directly_standardised_rate(library, random):
    standard = statistics.european_standard_population(AGES)
    population, deaths = life_tables(random, 1000, len(AGES))
    deaths[:200] = random.poisson(0.3, (200, len(AGES)))
    for confidence in CONFIDENCES:
        actual = library.arrays("stpfin_directly_standardised_rate", deaths, population, standard, 1e5, confidence,
                                outputs=3, size=1000)
        expected = [statistics.directly_standardised_rate(d, p, standard, 1e5, confidence)
                    for d, p in zip(deaths, population)]
        assert 50 < np.isnan(expected)[:, 0].sum() < 500
        assert_near(actual, expected)


def test_indirectly_standardised_ratio(library, random):
    population, deaths = life_tables(random, 1000, len(AGES))
    reference_population, reference_deaths = population.sum(axis=0), deaths.sum(axis=0)
    count = random.poisson(np.exp(random.uniform(-2, 8, 1000))).astype(float)
    for confidence in CONFIDENCES:
        actual = library.arrays("stpfin_indirectly_standardised_ratio", count, population, reference_deaths,
                                reference_population, confidence, outputs=3, size=1000)
        expected = [statistics.indirectly_standardised_ratio(c, p, reference_deaths, reference_population, confidence)
                    for c, p in zip(count, population)]
        assert_near(actual, expected)


def test_years_of_life_lost(library, random):
    population, deaths = life_tables(random, 1000, len(AGES))
    deaths[:100, :16] = 0
    actual = library.arrays("stpfin_years_of_life_lost", AGES, population, deaths, 1e5, 0.95, outputs=3, size=1000)
    expected = [statistics.years_of_life_lost(AGES, p, d, 1e5, 0.95) for p, d in zip(population, deaths)]
    assert np.isnan(expected)[:, 1].sum() >= 100
    assert_near(actual, expected)


def fractions(random, kind, places):
    """Values about one centre with some variation between places, of all sizes."""
    denominator = np.exp(random.uniform(0.1, 11, places)).round()
    centre = random.uniform(0.02, 0.95)
    true = np.clip(random.normal(centre, random.choice([0, 0.05, 0.2]) * centre, places), 0.001, 0.999)
    numerator = random.binomial(denominator.astype(int), true) if kind == 0 else random.poisson(denominator * true)
    return numerator.astype(float), denominator


def test_wilson_interval(library, random):
    numerator, denominator = fractions(random, 0, 1000)
    numerator[:3], denominator[:3] = [0, 7, 0.5], [5, 7, 1]
    for confidence in CONFIDENCES:
        actual = library.arrays("stpfin_wilson_interval", numerator, denominator, confidence, outputs=3, size=1000)
        assert_near(actual, [statistics.wilson(n, d, confidence) for n, d in zip(numerator, denominator)])


def test_byar_interval(library, random):
    numerator, denominator = fractions(random, 1, 1000)
    for confidence in CONFIDENCES:
        counts = library.arrays("stpfin_byar_interval", numerator, None, confidence, outputs=3, size=1000)
        expected = np.array([(n, *statistics.byar(n, confidence)) for n in numerator])
        assert_near(counts, expected)
        rates = library.arrays("stpfin_byar_interval", numerator, denominator, confidence, outputs=3, size=1000)
        assert_near(rates, expected / denominator[:, None])


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_funnel(library, random, kind):
    over, seen = 0, set()
    for _ in range(25):
        places = int(random.integers(1, 60))
        numerator, denominator = fractions(random, kind, places)
        centre, phi, tau_squared = library.numbers("stpfin_funnel_variation", kind, numerator, denominator, outputs=3)
        expected = statistics.funnel_variation(kind, numerator, denominator)
        assert_near([centre, phi], expected[:2], 1e-9)
        assert tau_squared == pytest.approx(expected[2], rel=1e-8, abs=1e-15)
        over += tau_squared > 0
        for allowed in {0.0, tau_squared}:
            limits = library.arrays("stpfin_funnel_limits", kind, denominator, centre, allowed, outputs=4, size=places)
            wanted = [statistics.funnel_limits(kind, d, centre, allowed) for d in denominator]
            assert_near(limits, wanted, 1e-9)
            actual = library.arrays("stpfin_funnel_position", kind, numerator, denominator, centre, allowed, outputs=1,
                                    size=places)[:, 0]
            wanted = [statistics.funnel_position(*place) for place in zip(numerator / denominator, wanted)]
            assert actual.tolist() == wanted
            seen |= set(wanted)
    assert 5 < over < 25
    assert seen == {-2, -1, 0, 1, 2}


def test_poisson_limits_are_those_of_exact_tests(library):
    """Of whole counts, those beyond a limit are those that a Poisson count reaches as rarely."""
    for expected in [0.01, 0.5, 3, 3.7, 6.9, 7, 12.3, 40, 300.5]:
        limits = library.arrays("stpfin_funnel_limits", 1, [expected], 1.0, 0.0, outputs=4, size=1)[0] * expected
        below, above = 0.0, 1.0
        for count in range(int(expected * 2) + 30):
            chance = math.exp(count * math.log(expected) - expected - math.lgamma(count + 1))
            below += chance
            assert (count < limits[1]) == (below < 0.025)
            assert (count < limits[0]) == (below < 0.001)
            # The tail above loses its digits once it is small.
            if above > 1e-9:
                assert (count > limits[2]) == (above < 0.025)
                assert (count > limits[3]) == (above < 0.001)
            above -= chance


def test_limits_of_large_counts(library):
    """On either side of where the library changes from the distribution to its expansion, and far beyond."""
    for expected in [9_000.0, 9_999.999, 10_000.0, 10_000.001, 11_000.0, 123_456.7, 1e6]:
        limits = library.arrays("stpfin_funnel_limits", 1, [expected], 1.0, 0.0, outputs=4, size=1)[0] * expected
        wanted = np.array(statistics.funnel_limits(1, expected, 1.0, 0.0)) * expected
        assert_near((limits - expected) / math.sqrt(expected), (wanted - expected) / math.sqrt(expected), 1e-7)
    limits = library.arrays("stpfin_funnel_limits", 1, [1e9], 1.0, 0.0, outputs=4, size=1)[0]
    z = [sign * statistics.z_of(confidence) for sign, confidence in statistics.LIMITS.values()]
    np.testing.assert_allclose((limits - 1) * math.sqrt(1e9), z, atol=1e-3)
