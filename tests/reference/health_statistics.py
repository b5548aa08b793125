"""Life tables, standardised rates and inequality, from their published formulas.

Life expectancy: Chiang's abridged period life table with the variance of Silcocks and others; healthy life expectancy:
Sullivan, with the variance of prevalence of Jagger's manual beside that of mortality; standardised rates: Dobson's
interval about Byar's limits; inequality: least squares on the rank of the middle of each group.  A `Band` holds counts
of people of one age band, to the start of the next band of its table, of which the last is open.

Where the description of the model is silent: a = 0.1 only in a band of the first year alone; nobody's expectancy is 0
where nobody is left; a band without deaths adds no variance; limits of expectancies are not below 0.  There is no
standardised rate in bands that cut those of the standard population, nor of fewer than 10 deaths, which are withheld as
England's public health statistics do, and no years of life lost without a band that begins at 75.  These are a rate of
those under 75, with Dobson's interval, blank where none died.  The standardised ratio is 1, not 100, for England.
"""

import math
from statistics import NormalDist
from typing import NamedTuple

from .intervals import WITHIN_95, byar, normal_quantile

# European Standard Population 2013: the first age of each band and its people.
STANDARD_POPULATION = {0: 1000, 1: 4000, 5: 5500, 10: 5500, 15: 5500, 20: 6000, 25: 6000, 30: 6500, 35: 7000, 40: 7000,
                       45: 7000, 50: 7000, 55: 6500, 60: 6000, 65: 5500, 70: 5000, 75: 4000, 80: 2500, 85: 1500,
                       90: 800, 95: 200}
FEWEST_DEATHS = 10
PREMATURE_BEFORE = 75
PER = 100_000


class Band(NamedTuple):
    """People of an age band, their deaths, and the share in good health by a sample of them (None where not given)."""

    age: int
    population: float
    deaths: float
    good_health: float | None = None
    sample: float | None = None

    @property
    def rate(self):
        return self.deaths / self.population


class Estimate(NamedTuple):
    value: float
    lower: float | None = None
    upper: float | None = None


def normal_estimate(value, variance):
    reach = normal_quantile(WITHIN_95) * math.sqrt(variance)
    return Estimate(value, value - reach, value + reach)


def estimate_of_years(years, variance):
    found = normal_estimate(years, variance)
    return found._replace(lower=max(0.0, found.lower))


def widths(bands):
    """The years of each band, None for the open one."""
    return [*(later.age - band.age for band, later in zip(bands, bands[1:])), None]


# Life expectancy

class LifeTable(NamedTuple):
    """By band: the chance of dying in it, those alive at its start of one born, and the years they live in it."""

    dying: list
    alive: list
    lived: list


def years_lived_by_the_dying(band, width):
    """The part of the band that those who die in it live on average."""
    return 0.1 if (band.age, width) == (0, 1) else 0.5


def life_table(bands):
    dying, alive, lived = [], [], []
    left = 1.0
    for band, width in zip(bands, widths(bands)):
        alive.append(left)
        if width is None:
            dying.append(1.0)
            lived.append(left / band.rate)
        else:
            part = years_lived_by_the_dying(band, width)
            chance = min(1.0, width * band.rate / (1 + width * band.rate * (1 - part)))
            dying.append(chance)
            lived.append(width * left * (1 - chance + part * chance))
            left *= 1 - chance
    return LifeTable(dying, alive, lived)


def expectancy_at(table, place, counted):
    """Years lived from the start of a band by those alive then, each counted by the share of its band that counts."""
    lived = sum(years * share for years, share in list(zip(table.lived, counted))[place:])
    return lived / table.alive[place] if table.alive[place] > 0 else 0.0


def variance_of_mortality(bands, table, place, counted):
    variance = 0.0
    for number, (band, width) in list(enumerate(zip(bands, widths(bands))))[place:]:
        alive, share = table.alive[number], counted[number]
        if width is None:
            variance += (share * alive / 2) ** 2 * 4 / (band.deaths * band.rate ** 2)
        elif band.deaths > 0:
            chance = table.dying[number]
            years = ((1 - years_lived_by_the_dying(band, width)) * width * share
                     + expectancy_at(table, number + 1, counted))
            variance += alive ** 2 * years ** 2 * chance ** 2 * (1 - chance) / band.deaths
    return variance / table.alive[place] ** 2


def life_expectancy(bands, place=0):
    """At the start of a band, of which somebody is."""
    table, every_year = life_table(bands), [1.0] * len(bands)
    return estimate_of_years(expectancy_at(table, place, every_year),
                             variance_of_mortality(bands, table, place, every_year))


def healthy_life_expectancy(bands, place=0):
    """None unless the share in good health is known of every band."""
    if any(band.good_health is None for band in bands):
        return None
    table, shares = life_table(bands), [band.good_health for band in bands]
    value = expectancy_at(table, place, shares)
    if any(band.sample is None for band in bands):
        return Estimate(value)
    variance_of_prevalence = sum(years ** 2 * band.good_health * (1 - band.good_health) / band.sample
                                 for years, band in list(zip(table.lived, bands))[place:]) / table.alive[place] ** 2
    return estimate_of_years(value, variance_of_prevalence + variance_of_mortality(bands, table, place, shares))


# Rates

def weighted_count(counts, weights, divided_by=1.0):
    """Σ weight × count with Dobson's interval."""
    value = sum(weight * count for count, weight in zip(counts, weights))
    variance = sum(weight ** 2 * count for count, weight in zip(counts, weights))
    total = sum(counts)
    if total == 0:
        return Estimate(value / divided_by)
    lower, upper = (value + math.sqrt(variance / total) * (limit - total) for limit in byar(total))
    return Estimate(value / divided_by, lower / divided_by, upper / divided_by)


def standardised_rate(bands):
    """None in bands that do not hold whole ones of the standard population, or of too few deaths."""
    ages = {band.age for band in bands}
    if 0 not in ages or not ages <= STANDARD_POPULATION.keys() or sum(band.deaths for band in bands) < FEWEST_DEATHS:
        return None
    standard = [sum(people for age, people in STANDARD_POPULATION.items()
                    if band.age <= age and (width is None or age < band.age + width))
                for band, width in zip(bands, widths(bands))]
    return weighted_count([band.deaths for band in bands],
                          [people / band.population for people, band in zip(standard, bands)], sum(standard) / PER)


def standardised_ratio(bands, reference):
    """Deaths over those expected at the rates of reference bands, in which the bands fit."""
    expected = sum(band.population * other.rate for band, other in zip(in_bands_of(bands, reference), reference))
    deaths = sum(band.deaths for band in in_bands_of(bands, reference))
    lower, upper = byar(deaths)
    return Estimate(deaths / expected, lower / expected, upper / expected)


def years_of_life_lost(bands):
    """None where those who died in time cannot be told from others."""
    if PREMATURE_BEFORE not in [band.age for band in bands]:
        return None
    premature = [(band, width) for band, width in zip(bands, widths(bands)) if band.age < PREMATURE_BEFORE]
    return weighted_count([band.deaths for band, _ in premature],
                          [PREMATURE_BEFORE - (band.age + width / 2) for band, width in premature],
                          sum(band.population for band, _ in premature) / PER)


# Sums

def in_bands_of(bands, wider):
    """The sums of bands within those of a table that has no start that they have not; younger people are left out."""
    return sum_of_bands([bands], [band.age for band in wider])


def sum_of_bands(parts, starts=None):
    """The sum of several tables in the bands whose starts all of them have; younger people are left out."""
    if starts is None:
        starts = sorted(set.intersection(*({band.age for band in bands} for bands in parts)))
    summed = []
    for start, end in zip(starts, [*starts[1:], math.inf]):
        within = [band for bands in parts for band in bands if start <= band.age < end]
        population = sum(band.population for band in within)
        good_health = sample = None
        if all(band.good_health is not None for band in within):
            good_health = sum(band.population * band.good_health for band in within) / population
        if all(band.sample is not None for band in within):
            sample = sum(band.sample for band in within)
        summed.append(Band(start, population, sum(band.deaths for band in within), good_health, sample))
    return summed


# Inequality

class Group(NamedTuple):
    """People of a degree of deprivation and the value of a measure of them."""

    population: float
    value: float
    standard_error: float | None = None


def line_by_rank(groups):
    """What each group's value is multiplied by in the slope and in the intercept, groups from the most deprived."""
    total = sum(group.population for group in groups)
    shares = [group.population / total for group in groups]
    ranks = [sum(shares[:place]) + share / 2 for place, share in enumerate(shares)]
    mean = sum(share * rank for share, rank in zip(shares, ranks))
    spread = sum(share * (rank - mean) ** 2 for share, rank in zip(shares, ranks))
    slope = [share * (rank - mean) / spread for share, rank in zip(shares, ranks)]
    intercept = [share - mean * part for share, part in zip(shares, slope)]
    return slope, intercept


def weighted_sum(weights, groups):
    return sum(weight * group.value for weight, group in zip(weights, groups))


def slope_index(groups):
    """With the limits that simulation from the standard errors tends to: those of a normal distribution."""
    slope, _ = line_by_rank(groups)
    value = weighted_sum(slope, groups)
    if any(group.standard_error is None for group in groups):
        return Estimate(value)
    return normal_estimate(value, sum((weight * group.standard_error) ** 2 for weight, group in zip(slope, groups)))


def relative_index(groups):
    """As above; those of the quotient of two normals, of which the divisor, the intercept, is surely positive."""
    slope, intercept = line_by_rank(groups)
    bottom = weighted_sum(intercept, groups)
    if bottom == 0:
        return None
    value = (bottom + weighted_sum(slope, groups)) / bottom
    if any(group.standard_error is None for group in groups):
        return Estimate(value)

    def chance_below(limit):
        """Of intercept + slope ≤ limit × intercept."""
        weights = [change + (1 - limit) * start for change, start in zip(slope, intercept)]
        spread = math.sqrt(sum((weight * group.standard_error) ** 2 for weight, group in zip(weights, groups)))
        return NormalDist().cdf(-weighted_sum(weights, groups) / spread)

    def limit_with_chance(chance):
        low, high = value - 1, value + 1
        while chance_below(low) > chance:
            low -= value - low
        while chance_below(high) < chance:
            high += high - value
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if chance_below(middle) < chance else (low, middle)
        return low

    return Estimate(value, limit_with_chance((1 - WITHIN_95) / 2), limit_with_chance((1 + WITHIN_95) / 2))
