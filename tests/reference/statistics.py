"""The field's statistics in plain Python, from their definitions. Nothing here is written from the C."""

import bisect
import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

NORMAL = NormalDist()
Triple = tuple[float, float, float]


def z_of(confidence: float) -> float:
    return NORMAL.inv_cdf(0.5 + confidence / 2)


def solve(rises, low: float, high: float) -> float:
    """Where a rising function crosses 0."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rises(middle) < 0 else (low, middle)
    return (low + high) / 2


def life_table(ages: Sequence[float], population: Sequence[float], deaths: Sequence[float], confidence: float,
               good_health: Sequence[float] | None = None, sample: Sequence[float] | None = None) -> list[Triple]:
    """Life expectancy and its interval from a cohort of 100,000, or Sullivan's with shares in good health.

    Silcocks's variance: the sum over the bands from x on of (l/l[x])² ((1 − a) n + e of the next)² q² (1 − q)/D, the
    open band's being (l/2)² 4/(D M²); with shares, every year lived counts by its share, and they add L² p (1 − p)/N.
    """
    bands = len(ages)
    healthy = [1.0] * bands if good_health is None else list(good_health)
    alive, cohort, lived, risk, share = 100_000.0, [], [], [], []
    for i in range(bands):
        rate = deaths[i] / population[i]
        cohort.append(alive)
        if i == bands - 1:
            lived.append(alive / rate)
            risk.append(1.0)
            share.append(0.0)
            continue
        years = ages[i + 1] - ages[i]
        a = 0.1 if (ages[i], years) == (0, 1) else 0.5
        q = min(1.0, years * rate / (1 + years * rate * (1 - a)))
        lived.append(years * (alive * (1 - q) + a * alive * q))
        risk.append(q)
        share.append((1 - a) * years)
        alive *= 1 - q
    expected = [sum(lived[j] * healthy[j] for j in range(i, bands)) / cohort[i] if cohort[i] > 0 else math.nan
                for i in range(bands)]
    results = []
    for x in range(bands):
        variance = 0.0
        for i in range(x, bands):
            if cohort[i] == 0:
                break
            if i == bands - 1:
                rate = deaths[i] / population[i]
                variance += (cohort[i] / 2) ** 2 * 4 / (deaths[i] * rate**2) * healthy[i] ** 2
            elif deaths[i] > 0 and risk[i] < 1:
                variance += (cohort[i] * (share[i] * healthy[i] + expected[i + 1])) ** 2 * \
                    risk[i] ** 2 * (1 - risk[i]) / deaths[i]
            if sample is not None:
                variance += lived[i] ** 2 * healthy[i] * (1 - healthy[i]) / sample[i]
        known = cohort[x] > 0 and (good_health is None or sample is not None)
        half = z_of(confidence) * math.sqrt(variance) / cohort[x] if known else math.nan
        results.append((expected[x], math.nan if math.isnan(half) else max(0.0, expected[x] - half),
                        expected[x] + half))
    return results


def philox(counter: Sequence[int], key: Sequence[int]) -> tuple[int, int, int, int]:
    """The four words of Philox4x64-10 (Salmon and others, Parallel random numbers: as easy as 1, 2, 3, 2011)."""
    word = 2**64
    (a, b, c, d), (k0, k1) = counter, key
    for _ in range(10):
        high0, low0 = divmod(a * 0xD2E7470EE14C6C93, word)
        high1, low1 = divmod(c * 0xCA5A826395121157, word)
        a, b, c, d = high1 ^ b ^ k0, low1, high0 ^ d ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) % word, (k1 + 0xBB67AE8584CAA73B) % word
    return a, b, c, d


def normal_of(repetition: int, quantile: int, seed: int) -> float:
    stream = int.from_bytes(b"slope", "big")
    return NORMAL.inv_cdf(((philox((repetition, quantile, 0, 0), (seed, stream))[0] >> 12) + 0.5) / 2**52)


TO_SCALE = {0: lambda x: x, 1: np.log, 2: lambda p: np.log(p / (1 - p))}
FROM_SCALE = {0: lambda y: y, 1: np.exp, 2: lambda y: 1 / (1 + np.exp(-y))}
DERIVATIVE = {0: lambda x: np.ones_like(x), 1: lambda x: 1 / x, 2: lambda p: 1 / (p * (1 - p))}


def slope_index(population: Sequence[float], value: Sequence[float], transform: int,
                y: np.ndarray | None = None) -> Triple:
    """Slope, relative index and intercept, from the normal equations; y replaces the transformed values."""
    persons = np.asarray(population, float)
    rank = (np.cumsum(persons) - persons / 2) / persons.sum()
    if y is None:
        y = TO_SCALE[transform](np.asarray(value, float))
    design = np.column_stack([np.ones_like(rank), rank])
    root = np.sqrt(persons)
    (intercept, slope), *_ = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)
    start, end = FROM_SCALE[transform](intercept), FROM_SCALE[transform](intercept + slope)
    return end - start, end / start, start


def slope_interval(population, value, error, transform: int, confidence: float, repetitions: int, seed: int):
    """Limits of the slope and of the relative index."""
    y = TO_SCALE[transform](np.asarray(value, float))
    spread = np.asarray(error) * DERIVATIVE[transform](np.asarray(value, float))
    draws = [slope_index(population, value, transform,
                         y + spread * [normal_of(repetition, i, seed) for i in range(len(y))])
             for repetition in range(repetitions)]
    tails = [50 * (1 - confidence), 50 * (1 + confidence)]
    return np.percentile([draw[0] for draw in draws], tails), np.percentile([draw[1] for draw in draws], tails)


EUROPEAN = {0: 1000, 1: 4000, 5: 5500, 10: 5500, 15: 5500, 20: 6000, 25: 6000, 30: 6500, 35: 7000, 40: 7000, 45: 7000,
            50: 7000, 55: 6500, 60: 6000, 65: 5500, 70: 5000, 75: 4000, 80: 2500, 85: 1500, 90: 800, 95: 200}


def european_standard_population(ages: Sequence[float]) -> list[float]:
    persons = [0.0] * len(ages)
    for age, number in EUROPEAN.items():
        persons[bisect.bisect(ages, age) - 1] += number
    return persons


def byar(count: float, confidence: float) -> tuple[float, float]:
    z = z_of(confidence)
    lower = 0.0 if count == 0 else count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
    more = count + 1
    return max(0.0, lower), more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3


def dobson(counts: Sequence[float], weights: Sequence[float], confidence: float) -> Triple:
    """Σ weight × count and its interval."""
    total = sum(counts)
    value = sum(w * count for w, count in zip(weights, counts))
    if total == 0:
        return value, math.nan, math.nan
    ratio = math.sqrt(sum(w * w * count for w, count in zip(weights, counts)) / total)
    lower, upper = byar(total, confidence)
    return value, value + ratio * (lower - total), value + ratio * (upper - total)


def directly_standardised_rate(count, population, standard, multiplier: float, confidence: float) -> Triple:
    if sum(count) < 10:
        return math.nan, math.nan, math.nan
    weights = [multiplier * s / p / sum(standard) for s, p in zip(standard, population)]
    return dobson(count, weights, confidence)


def years_of_life_lost(ages, population, deaths, multiplier: float, confidence: float) -> Triple:
    early = [i for i, age in enumerate(ages) if age < 75]
    persons = sum(population[i] for i in early)
    weights = [multiplier * (75 - (ages[i] + ages[i + 1]) / 2) / persons for i in early]
    return dobson([deaths[i] for i in early], weights, confidence)


def indirectly_standardised_ratio(count, population, reference_count, reference_population, confidence) -> Triple:
    expected = sum(p * c / q for p, c, q in zip(population, reference_count, reference_population))
    lower, upper = byar(count, confidence)
    return count / expected, lower / expected, upper / expected


def wilson(numerator: float, denominator: float, confidence: float) -> Triple:
    """The interval of those proportions from which the one observed is no further than z standard errors."""
    value, z = numerator / denominator, z_of(confidence)

    def distance(p: float) -> float:
        return abs(value - p) - z * math.sqrt(p * (1 - p) / denominator)

    lower = solve(lambda p: -distance(p), 0.0, value) if value > 0 else 0.0
    upper = solve(distance, value, 1.0) if value < 1 else 1.0
    return value, lower, upper


def gamma_below(shape: float, x: float) -> float:
    """The probability that a gamma variable (scale 1) lies below x: xᵃ e⁻ˣ Σ xᵏ / Γ(a + k + 1)."""
    terms = np.cumprod(x / (shape + np.arange(1, int(25 * math.sqrt(x)) + 100)))
    return math.exp(shape * math.log(x) - x - math.lgamma(shape + 1)) * (1 + terms.sum())


def poisson_limit(expected: float, tail: float, upper: bool) -> float:
    """The count at which Garwood's exact interval, its tails as given, begins to leave the expected number out."""
    reach = 10 * math.sqrt(expected) + 20
    near, far = max(1e-3, expected - reach), expected + reach
    if upper:
        return solve(lambda count: tail - gamma_below(count, expected), near, far)
    if math.exp(-expected) > tail:
        return 0.0
    return solve(lambda count: 1 - tail - gamma_below(count + 1, expected), near, far)


LIMITS = {"lower_998": (-1, 0.998), "lower_95": (-1, 0.95), "upper_95": (1, 0.95), "upper_998": (1, 0.998)}
POSITIONS = {"much_lower": -2, "lower": -1, "as_expected": 0, "higher": 1, "much_higher": 2}


def funnel_limits(kind: int, denominator: float, centre: float, tau_squared: float) -> list[float]:
    limits = []
    for sign, confidence in LIMITS.values():
        z = sign * z_of(confidence)
        if tau_squared > 0:
            error = math.sqrt(1 / (4 * denominator) + tau_squared)
            if kind == 0:
                angle = math.asin(math.sqrt(centre)) + z * error
                limits.append(math.sin(min(max(angle, 0), math.pi / 2)) ** 2)
            else:
                limits.append(max(math.sqrt(centre) + z * error, 0) ** 2)
        elif kind == 0:
            limits.append(min(max(centre + z * math.sqrt(centre * (1 - centre) / denominator), 0), 1))
        else:
            limits.append(poisson_limit(centre * denominator, (1 - confidence) / 2, sign > 0) / denominator)
    return limits


def funnel_position(value: float, limits: Sequence[float]) -> int:
    much_lower, lower, upper, much_upper = limits
    if value < lower:
        return -2 if value < much_lower else -1
    if value > upper:
        return 2 if value > much_upper else 1
    return 0


def funnel_variation(kind: int, numerator: np.ndarray, denominator: np.ndarray) -> Triple:
    """Centre, φ and τ² (Spiegelhalter, 2005; τ² by DerSimonian and Laird's moments)."""
    def scale(p):
        return np.arcsin(np.sqrt(p)) if kind == 0 else np.sqrt(p)

    centre = numerator.sum() / denominator.sum()
    error = 1 / (2 * np.sqrt(denominator))
    z = (scale(numerator / denominator) - scale(centre)) / error
    z = np.clip(z, np.percentile(z, 10), np.percentile(z, 90))
    places, phi = len(z), (z**2).mean()
    weight = 1 / error**2
    if places * phi <= places - 1:
        return centre, phi, 0.0
    return centre, phi, (places * phi - (places - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
