"""Where places lie in a funnel, and how much they differ beyond chance, from their published formulas.

Spiegelhalter 2005.  A `Count` is a numerator and a denominator; nothing is multiplied.

Where the description of the model is silent: a place lies outside the limits about England's ratio where its own
interval, Wilson's or the exact Poisson one, does not reach it, which is what PHEindicatormethods draws.  Wilson's
reaches those ratios about which the place's own lies within the normal limits.  Of a rate or ratio, root and variance
are those of numerator over denominator.  Percentiles are of type 7.
"""

import math
import statistics
from typing import NamedTuple

from .intervals import byar, chance_of_as_few, chance_of_as_many, normal_quantile, wilson

LIMITS = (("much_", 0.998), ("", 0.95))
WINSORISED = 0.1


class Count(NamedTuple):
    numerator: float
    denominator: float

    @property
    def ratio(self):
        return self.numerator / self.denominator


def sum_of_counts(counts):
    return Count(sum(count.numerator for count in counts), sum(count.denominator for count in counts))


def interval(kind, count):
    """Of the ratio, 95%."""
    if kind == "proportion":
        return wilson(*count)
    return tuple(limit / count.denominator for limit in byar(count.numerator))


def place_in_funnel(kind, count, centre):
    """Of a count about England's ratio."""
    for much, within in LIMITS:
        if kind == "proportion":
            reach = normal_quantile(within) * math.sqrt(centre * (1 - centre) / count.denominator)
            is_below, is_above = count.ratio < centre - reach, count.ratio > centre + reach
        else:
            expected, tail = centre * count.denominator, (1 - within) / 2
            is_below = chance_of_as_few(count.numerator, expected) < tail
            is_above = chance_of_as_many(count.numerator, expected) < tail
        if is_below or is_above:
            return much + ("lower" if is_below else "higher")
    return "as_expected"


def percentile(values, share):
    """Type 7: between the two nearest in order."""
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (place - below) * (ranked[above] - ranked[below])


def scaled(kind, ratio):
    """On the scale on which the variance of a ratio is 1 / (4 × denominator)."""
    return math.asin(math.sqrt(ratio)) if kind == "proportion" else math.sqrt(ratio)


def variation_beyond_chance(kind, counts):
    """τ² of the places, on that scale; None of fewer than two."""
    if len(counts) < 2:
        return None
    centre = scaled(kind, sum_of_counts(counts).ratio)
    distances = [(scaled(kind, count.ratio) - centre) * math.sqrt(4 * count.denominator) for count in counts]
    low, high = percentile(distances, WINSORISED), percentile(distances, 1 - WINSORISED)
    dispersion = statistics.fmean(min(high, max(low, distance)) ** 2 for distance in distances)

    places, weights = len(counts), [4 * count.denominator for count in counts]
    if places * dispersion <= places - 1:
        return 0.0
    return ((places * dispersion - (places - 1))
            / (sum(weights) - sum(weight ** 2 for weight in weights) / sum(weights)))
