"""
The statistics of a population's health and of places compared with each other, on arrays and Series.

What depends on a missing value is NaN. What no statistic can be of is refused with a ValueError
(`stpfin.ArgumentError`).
"""

from __future__ import annotations

import numpy
import pandas

from stpfin import _stpfin
from stpfin._choice import choose
from stpfin._numbers import Columns, Numbers, NumbersByArea, age_index, to_count, to_vector

_INTERVAL = ("value", "lower", "upper")
_KINDS = ("proportion", "rate", "ratio")
_TRANSFORMS = ("none", "log", "logit")
_POSITIONS = ("much_lower", "lower", "as_expected", "higher", "much_higher")
_INDICES = ("first_order", "first_lower", "first_upper", "total", "total_lower", "total_upper")


def life_expectancy(ages: Numbers, population: NumbersByArea, deaths: NumbersByArea, *,
                    confidence: float = 0.95) -> pandas.DataFrame:
    """
    Life expectancy by age, from abridged period life tables.

    Parameters
    ----------
    ages : array_like
        The first year of each age band, ascending from 0; the last band is open.
    population : array_like
        Persons, or person-years, above 0: by band, or by area and band. Of many areas, a DataFrame or array with a row
        an area and a column a band; or a Series or array of the areas' bands, one area after the other.
    deaths : array_like
        Deaths among them, from 0 to the population, at least one in the open band.
    confidence : float
        Of the interval: 0.95 for 95%, two-sided.

    Returns
    -------
    pandas.DataFrame
        `value`, `lower` and `upper`: years expected by those who reach the age. On the index of the Series given; of
        rows of areas, on their index and the ages.

    Notes
    -----
    Those who die in their first year live 0.1 of it, others half of their band. The variance is that of Silcocks,
    Jenner and Reza, Life expectancy as a summary of mortality in a population, Journal of Epidemiology and Community
    Health 55:38-43, 2001.

    Examples
    --------
    >>> import stpfin
    >>> stpfin.life_expectancy([0, 1, 5, 65], [1000, 4000, 60000, 15000], [5, 1, 90, 600]).round(1)
         value  lower  upper
    age
    0     84.8   82.7   86.8
    1     84.2   82.1   86.2
    5     80.3   78.2   82.3
    65    25.0   23.0   27.0
    """
    bands = to_vector("ages", ages)
    columns = Columns(population=population, deaths=deaths)
    n = columns.size
    values = _stpfin.stpfin_life_expectancy(bands, *columns.flat, confidence, n, n, n)
    return pandas.DataFrame(dict(zip(_INTERVAL, values)), index=columns.index_by_band(bands))


def healthy_life_expectancy(ages: Numbers, population: NumbersByArea, deaths: NumbersByArea,
                            good_health: NumbersByArea, good_health_sample: NumbersByArea | None = None, *,
                            confidence: float = 0.95) -> pandas.DataFrame:
    """
    Healthy life expectancy by age: years of life, each counted by the share in good health at its age.

    Parameters
    ----------
    ages, population, deaths, confidence
        As in `life_expectancy`.
    good_health : array_like
        The share in good health, 0 to 1, by band or by area and band.
    good_health_sample : array_like, optional
        Persons the share was observed on, above 0. Without it the interval is missing.

    Returns
    -------
    pandas.DataFrame
        As that of `life_expectancy`: years expected in good health.

    Notes
    -----
    Sullivan, A single index of mortality and morbidity, HSMHA Health Reports 86:347-354, 1971; the variance of
    Jagger and others, Health Expectancy Calculation by the Sullivan Method, EHEMU, 2007, with that of mortality.

    Examples
    --------
    >>> import stpfin
    >>> stpfin.healthy_life_expectancy([0, 65], [65000, 15000], [96, 600], [0.9, 0.6])["value"].round(1).tolist()
    [69.4, 15.0]
    """
    bands = to_vector("ages", ages)
    given = {"population": population, "deaths": deaths, "good_health": good_health}
    if good_health_sample is not None:
        given["good_health_sample"] = good_health_sample
    columns = Columns(**given)
    n = columns.size
    sample = columns.flat[3] if good_health_sample is not None else None
    values = _stpfin.stpfin_healthy_life_expectancy(bands, *columns.flat[:3], sample, confidence, n, n, n)
    return pandas.DataFrame(dict(zip(_INTERVAL, values)), index=columns.index_by_band(bands))


def slope_index(population: Numbers, value: Numbers, standard_error: Numbers | None = None, *,
                transform: str = "none", confidence: float = 0.95, repetitions: int = 100_000,
                seed: int = 1) -> pandas.Series:
    """
    The slope and the relative index of inequality.

    A line is fitted by least squares, weighted by population, to the values against each quantile's rank. The slope
    index is its value at the least deprived end less that at the most deprived, the relative index the first over the
    second.

    Parameters
    ----------
    population : array_like
        Of each quantile, the most deprived first; above 0, two quantiles or more.
    value : array_like
        Of each quantile.
    standard_error : array_like, optional
        Of each value, in its unit, 0 or more. Without it the intervals are missing.
    transform : {"none", "log", "logit"}
        The scale of the regression: values as they are, the logarithm of rates, the logit of proportions.
    confidence : float
        Of the intervals.
    repetitions : int
        Of the simulation that the intervals come from, 100 to 10 million.
    seed : int
        Of the simulation: the same seed gives the same intervals.

    Returns
    -------
    pandas.Series
        `slope`, `slope_lower`, `slope_upper`, `relative`, `relative_lower`, `relative_upper` and `intercept`, named as
        the values are: so that `groupby().apply()` gives a row a group.

    Notes
    -----
    Mackenbach and Kunst, Measuring the magnitude of socio-economic inequalities in health, Social Science & Medicine
    44:757-771, 1997.

    Examples
    --------
    >>> import stpfin
    >>> stpfin.slope_index([100, 100, 100, 100], [74.0, 76.0, 78.0, 80.0])["slope"].round(6)
    8.0
    """
    scale = choose("transform", _TRANSFORMS, transform)
    given = {"population": population, "value": value}
    if standard_error is not None:
        given["standard_error"] = standard_error
    columns = Columns(**given)
    error = columns.flat[2] if standard_error is not None else None
    results = _stpfin.stpfin_slope_index(*columns.flat[:2], error, scale, confidence, repetitions, seed)
    names = ("slope", "slope_lower", "slope_upper", "relative", "relative_lower", "relative_upper", "intercept")
    return pandas.Series(results, index=names, name=getattr(value, "name", None))


def european_standard_population(ages: Numbers) -> pandas.Series:
    """
    The European Standard Population of 2013, which sums to 100,000, in bands of one's own.

    Parameters
    ----------
    ages : array_like
        The first year of each band, ascending from 0; the last band is open. They can begin at 0, 1, 5, 10 and so on
        to 95.

    Returns
    -------
    pandas.Series
        `standard_population`, indexed by `age`.

    Notes
    -----
    Eurostat, Revision of the European Standard Population, 2013.

    Examples
    --------
    >>> import stpfin
    >>> stpfin.european_standard_population([0, 15, 65])
    age
    0     16000.0
    15    64500.0
    65    19500.0
    Name: standard_population, dtype: float64
    """
    bands = to_vector("ages", ages)
    return pandas.Series(_stpfin.stpfin_european_standard_population(bands, len(bands)), index=age_index(bands),
                         name="standard_population")


def directly_standardised_rate(count: NumbersByArea, population: NumbersByArea, standard_population: Numbers, *,
                               multiplier: float = 100_000, confidence: float = 0.95) -> pandas.DataFrame:
    """
    Directly standardised rates: the rate each area would have with the standard population's ages.

    Parameters
    ----------
    count : array_like
        Events, 0 or more, by area and band: as in `life_expectancy`.
    population : array_like
        Persons, above 0, by area and band.
    standard_population : array_like
        Persons, by band: see `european_standard_population`.
    multiplier : float
        The persons the rate is for.
    confidence : float
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        `value`, `lower` and `upper`, a row an area, on its index. Missing for areas of fewer than 10 events, whose rate
        would mislead.

    Notes
    -----
    The interval is that of Dobson, Kuulasmaa, Eberle and Scherer, Confidence intervals for weighted sums of Poisson
    parameters, Statistics in Medicine 10:457-462, 1991.

    Examples
    --------
    >>> import stpfin
    >>> standard = stpfin.european_standard_population([0, 65])
    >>> stpfin.directly_standardised_rate([[30, 400]], [[50000, 9000]], standard).round(1)
       value  lower   upper
    0  915.0  830.3  1005.9
    """
    columns = Columns(count=count, population=population)
    standard = to_vector("standard_population", standard_population)
    n = columns.areas(len(standard), "standard_population")
    values = _stpfin.stpfin_directly_standardised_rate(*columns.flat, standard, multiplier, confidence, n, n, n)
    return pandas.DataFrame(dict(zip(_INTERVAL, values)), index=columns.index_by_area(n))


def indirectly_standardised_ratio(count: Numbers, population: NumbersByArea, reference_count: Numbers,
                                  reference_population: Numbers, *, confidence: float = 0.95) -> pandas.DataFrame:
    """
    Indirectly standardised ratios: the events of each area over those expected at the reference's rates.

    Parameters
    ----------
    count : array_like
        Events of all ages, 0 or more, by area.
    population : array_like
        Persons, 0 or more, by area and band: as in `life_expectancy`.
    reference_count, reference_population : array_like
        Events, and persons above 0, of the reference, by band.
    confidence : float
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        `value` (1 is as the reference), `lower` and `upper`, a row an area, on the index of `count`. Missing where no
        events are expected.

    Notes
    -----
    The interval has Byar's limits of the events: see `byar_interval`.

    Examples
    --------
    >>> import stpfin
    >>> stpfin.indirectly_standardised_ratio(25, [[1000, 500]], [100, 400], [10000, 10000])["value"].round(3).tolist()
    [0.833]
    """
    events = Columns(count=count)
    people = Columns(population=population)
    reference = [to_vector("reference_count", reference_count), to_vector("reference_population", reference_population)]
    n = events.size
    values = _stpfin.stpfin_indirectly_standardised_ratio(events.flat[0], people.flat[0], *reference, confidence,
                                                          n, n, n)
    index = events.index if isinstance(count, pandas.Series) else people.index_by_area(n)
    return pandas.DataFrame(dict(zip(_INTERVAL, values)), index=index)


def years_of_life_lost(ages: Numbers, population: NumbersByArea, deaths: NumbersByArea, *, multiplier: float = 100_000,
                       confidence: float = 0.95) -> pandas.DataFrame:
    """
    Years of life lost before 75, over the population under 75.

    Parameters
    ----------
    ages : array_like
        The first year of each band, ascending from 0; one begins at 75, and the last is open.
    population : array_like
        Persons, above 0, by area and band: as in `life_expectancy`.
    deaths : array_like
        Deaths among them, by area and band; each counts the years from the middle of its band to 75.
    multiplier : float
        The persons the rate is for.
    confidence : float
        Of the interval, as in `directly_standardised_rate`.

    Returns
    -------
    pandas.DataFrame
        `value`, `lower` and `upper`, a row an area, on its index.

    Examples
    --------
    >>> import stpfin
    >>> stpfin.years_of_life_lost([0, 15, 75], [1000, 5000, 500], [1, 10, 40])["value"].round(0).tolist()
    [6125.0]
    """
    bands = to_vector("ages", ages)
    columns = Columns(population=population, deaths=deaths)
    n = columns.areas(len(bands), "ages")
    values = _stpfin.stpfin_years_of_life_lost(bands, *columns.flat, multiplier, confidence, n, n, n)
    return pandas.DataFrame(dict(zip(_INTERVAL, values)), index=columns.index_by_area(n))


def wilson_interval(numerator: Numbers, denominator: Numbers, *, confidence: float = 0.95) -> pandas.DataFrame:
    """
    Proportions with Wilson's interval.

    Parameters
    ----------
    numerator : array_like
        How many have it, from 0 to the denominator.
    denominator : array_like
        Of how many, 0 or more; one number serves all.
    confidence : float
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        `value`, `lower` and `upper`, on the index of the Series given. Missing where the denominator is 0.

    Notes
    -----
    Wilson, Probable inference, the law of succession, and statistical inference, Journal of the American Statistical
    Association 22:209-212, 1927.

    Examples
    --------
    >>> import pandas, stpfin
    >>> stpfin.wilson_interval(pandas.Series([65, 48], ["a", "b"]), 100).round(3)
       value  lower  upper
    a   0.65  0.553  0.736
    b   0.48  0.385  0.577
    """
    columns = Columns(numerator=numerator, denominator=denominator)
    n = columns.size
    values = _stpfin.stpfin_wilson_interval(*columns.flat, confidence, n, n, n)
    return pandas.DataFrame(dict(zip(_INTERVAL, values)), index=columns.index)


def byar_interval(numerator: Numbers, denominator: Numbers | None = None, *,
                  confidence: float = 0.95) -> pandas.DataFrame:
    """
    Counts, rates or ratios with Byar's interval of a Poisson count.

    Parameters
    ----------
    numerator : array_like
        Events, 0 or more.
    denominator : array_like, optional
        Persons or expected events, 0 or more; one number serves all. Without it, counts are given.
    confidence : float
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        `value`, `lower` and `upper`, on the index of the Series given. Missing where the denominator is 0.

    Notes
    -----
    Breslow and Day, Statistical Methods in Cancer Research, volume II, IARC, 1987, page 69.

    Examples
    --------
    >>> import stpfin
    >>> stpfin.byar_interval([65]).round(2).values.tolist()
    [[65.0, 50.16, 82.85]]
    """
    columns = Columns(numerator=numerator) if denominator is None else Columns(numerator=numerator,
                                                                                 denominator=denominator)
    n = columns.size
    values = _stpfin.stpfin_byar_interval(columns.flat[0], columns.flat[1] if denominator is not None else None,
                                          confidence, n, n, n)
    return pandas.DataFrame(dict(zip(_INTERVAL, values)), index=columns.index)


def funnel_variation(numerator: Numbers, denominator: Numbers, *, kind: str) -> pandas.Series:
    """
    The centre of a funnel, and how much places differ beyond chance.

    Parameters
    ----------
    numerator : array_like
        By place, 0 or more; a proportion's at most its denominator.
    denominator : array_like
        By place, 0 or more.
    kind : {"proportion", "rate", "ratio"}
        What the indicator is.

    Returns
    -------
    pandas.Series
        `centre`, the sum of numerators over that of denominators; `phi`, 1 where places differ as chance would have
        it; `tau_squared`, the variance between places on the scale of the arcsine of the root (proportions) or the
        root, to be allowed for in `funnel_limits`.

    Notes
    -----
    Spiegelhalter, Handling over-dispersion of performance indicators, Quality and Safety in Health Care 14:347-351,
    2005.

    Examples
    --------
    >>> import stpfin
    >>> stpfin.funnel_variation([60, 48, 70], [100, 100, 100], kind="proportion")["centre"].round(3)
    0.593
    """
    columns = Columns(numerator=numerator, denominator=denominator)
    results = _stpfin.stpfin_funnel_variation(choose("kind", _KINDS, kind), *columns.flat)
    return pandas.Series(results, index=["centre", "phi", "tau_squared"], name=getattr(numerator, "name", None))


def funnel_limits(denominator: Numbers, centre: float, *, kind: str, tau_squared: float = 0) -> pandas.DataFrame:
    """
    The limits of a funnel, within which 95% and 99.8% of places would be by chance alone.

    Parameters
    ----------
    denominator : array_like
        Wherever limits are wanted, 0 or more.
    centre : float
        The value to compare with: that of `funnel_variation`.
    kind : {"proportion", "rate", "ratio"}
        What the indicator is.
    tau_squared : float
        The variance between places to be allowed for.

    Returns
    -------
    pandas.DataFrame
        `lower_998`, `lower_95`, `upper_95` and `upper_998`, on the index of the Series given. Missing where the
        denominator is 0.

    Notes
    -----
    Proportions as UKHSA's PHEindicatormethods has them; rates and ratios from the exact Poisson interval (Garwood,
    Fiducial limits for the Poisson distribution, Biometrika 28:437-442, 1936).

    Examples
    --------
    >>> import stpfin
    >>> stpfin.funnel_limits([100, 1000], 0.5, kind="proportion").round(3)
       lower_998  lower_95  upper_95  upper_998
    0      0.345     0.402     0.598      0.655
    1      0.451     0.469     0.531      0.549
    """
    columns = Columns(denominator=denominator)
    n = columns.size
    values = _stpfin.stpfin_funnel_limits(choose("kind", _KINDS, kind), columns.flat[0], centre, tau_squared,
                                          n, n, n, n)
    names = ("lower_998", "lower_95", "upper_95", "upper_998")
    return pandas.DataFrame(dict(zip(names, values)), index=columns.index)


def funnel_position(numerator: Numbers, denominator: Numbers, *, kind: str, centre: float | None = None,
                    tau_squared: float = 0) -> pandas.Series:
    """
    Where each place stands in a funnel.

    Parameters
    ----------
    numerator, denominator, kind
        As in `funnel_variation`.
    centre : float, optional
        The value to compare with; that of `funnel_variation` without it.
    tau_squared : float
        As in `funnel_limits`.

    Returns
    -------
    pandas.Series
        An ordered categorical on the index and with the name of the numerator: `much_lower` and `much_higher` are
        beyond the 99.8% limits, `lower` and `higher` beyond the 95% ones, `as_expected` is between. NaN where missing.

    Examples
    --------
    >>> import stpfin
    >>> stpfin.funnel_position([600, 48, 20], [1000, 100, 100], kind="proportion", centre=0.5).tolist()
    ['much_higher', 'as_expected', 'much_lower']
    """
    columns = Columns(numerator=numerator, denominator=denominator)
    number = choose("kind", _KINDS, kind)
    if centre is None:
        centre = _stpfin.stpfin_funnel_variation(number, *columns.flat)[0]
    positions = _stpfin.stpfin_funnel_position(number, *columns.flat, centre, tau_squared, columns.size)
    codes = numpy.where(numpy.isnan(positions), -1, positions + 2).astype(numpy.int8)
    return pandas.Series(pandas.Categorical.from_codes(codes, _POSITIONS, ordered=True), index=columns.index,
                         name=getattr(numerator, "name", None))


def sobol_indices(a: Numbers, b: Numbers, mixed: Numbers, *, repetitions: int = 1000, seed: int = 1) -> pandas.Series:
    """
    Sobol's indices of one input of a model: the shares of the result's variance that it explains.

    Parameters
    ----------
    a, b : array_like
        The results where all inputs are of a first sample, and where all are of a second; two or more, all finite.
    mixed : array_like
        The results where all inputs are of the first sample but this one, which is of the second.
    repetitions : int
        Resamples from which the intervals come; 0 for none, which are then missing.
    seed : int
        Of the resamples.

    Returns
    -------
    pandas.Series
        `first_order`, what the input explains by itself, and `total`, what it has a part in, with the ends of their 95%
        intervals. Missing where the results do not vary.

    Notes
    -----
    First order as Saltelli and others, Variance based sensitivity analysis of model output, Computer Physics
    Communications 181:259-270, 2010; total as Jansen, Analysis of variance designs for model output, Computer Physics
    Communications 117:35-43, 1999; the variance is that of both samples together.

    Examples
    --------
    >>> import numpy, stpfin
    >>> first, second = numpy.random.default_rng(1).normal(size=(2, 5000, 2))
    >>> model = lambda inputs: 0.8 * inputs[:, 0] + 0.6 * inputs[:, 1]
    >>> mixed = first.copy()
    >>> mixed[:, 0] = second[:, 0]
    >>> stpfin.sobol_indices(model(first), model(second), model(mixed))[["first_order", "total"]].round(1).tolist()
    [0.6, 0.6]
    """
    columns = Columns(a=a, b=b, mixed=mixed)
    values = _stpfin.stpfin_sobol_indices(*columns.flat, to_count("repetitions", repetitions), to_count("seed", seed),
                                          len(_INDICES))
    return pandas.Series(values, index=list(_INDICES))


def rank_correlation(x: Numbers, y: Numbers) -> float:
    """
    Spearman's rank correlation.

    Parameters
    ----------
    x, y : array_like
        Side by side: two or more, all finite. Ties have the mean of their ranks.

    Returns
    -------
    float
        From -1 to 1; NaN where one of them does not vary.

    Examples
    --------
    >>> import stpfin
    >>> round(stpfin.rank_correlation([1, 2, 3, 4], [1, 8, 27, 26]), 6)
    0.8
    """
    columns = Columns(x=x, y=y)
    return float(_stpfin.stpfin_rank_correlation(*columns.flat))
