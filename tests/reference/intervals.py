"""Intervals about counts, and where a count lies about what was expected, from their published formulas.

Wilson 1927; Byar, in Breslow and Day 1987; the exact limits of a Poisson count, Garwood 1936, by their chances, which
serve counts that are not whole: the chance of `count` or fewer is the regularised gamma function Q(count + 1, mean).
"""

import math
from statistics import NormalDist

WITHIN_95 = 0.95


def normal_quantile(within):
    """How many standard deviations on each side of the mean hold a share of a normal distribution."""
    return NormalDist().inv_cdf((1 + within) / 2)


def wilson(numerator, denominator, within=WITHIN_95):
    """The interval of a proportion."""
    z = normal_quantile(within)
    middle = 2 * numerator + z ** 2
    half = z * math.sqrt(z ** 2 + 4 * numerator * (1 - numerator / denominator))
    whole = 2 * (denominator + z ** 2)
    return (middle - half) / whole, (middle + half) / whole


def byar(count, within=WITHIN_95):
    """The interval of a count."""
    z = normal_quantile(within)

    def limit(number, side):
        return number * (1 - 1 / (9 * number) + side * z / (3 * math.sqrt(number))) ** 3

    return max(0.0, limit(count, -1)) if count > 0 else 0.0, limit(count + 1, 1)


def lower_gamma(shape, x):
    """The regularised lower incomplete gamma function, P: as a series below the shape, as a fraction above it."""
    if x <= 0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape + 1))
    if x < shape + 1:
        term = total = 1.0
        step = shape
        while abs(term) > 1e-17 * total:
            step += 1
            term *= x / step
            total += term
        return front * total
    terms = int(200 + 20 * math.sqrt(x))
    fraction = 0.0
    for n in range(terms, 0, -1):
        fraction = n * (n - shape) / (x + 2 * n + 1 - shape - fraction)
    return 1 - front * shape / (x + 1 - shape - fraction)


def chance_of_as_few(count, mean):
    return 1 - lower_gamma(count + 1, mean)


def chance_of_as_many(count, mean):
    return lower_gamma(count, mean) if count > 0 else 1.0
