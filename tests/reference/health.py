"""The health and wellbeing gap: the model stated a second time, slowly and plainly, as in model.py.

All comes from people and deaths by age band, projected for every footprint without children and summed for the others.
`effects` are the prevention effects that act.

Where the description of the model is silent:
- The base is the latest year in the whole table, which may be before the plan's base year; rows begin with it.
  Footprints with children have no counts of their own.  Sums are of the footprints that have counts, in the bands whose
  starts all of them have; the share in good health of a sum is that of its people, known if it is known of all of them.
- People of a band grow as the persons of the population bands that overlap it, of the same sex where both are known.
- A trend in a risk moves no deaths in do nothing, for mortality_trend does; shares in good health stay.
- Persons are the rows without a sex; without such rows, women and men together.
- Intervals are those of counts of the year's size, also where these are projected.
- What a value is compared with is of the same measure, sex, year and scenario; England's own gap is 0.
- Deprivation is shown in the base year, in footprints that have it, whatever is done, and compared with nothing; its
  sex is told by the words of its measure.
"""

import math
import re

from . import model, prevention
from .health_statistics import (Band, Group, healthy_life_expectancy, life_expectancy, relative_index, slope_index,
                                standardised_rate, standardised_ratio, sum_of_bands, years_of_life_lost)
from .model import BLANK, ENGLAND, MORTALITY, number

SEXES = {"female": "female", "male": "male", "persons": BLANK}
HIGHER_IS_BETTER = ("life_expectancy", "healthy_life_expectancy")
WORDS_OF_SEX = {"female": {"female", "females", "women", "girls"}, "male": {"male", "males", "men", "boys"}}
BEST_PART = 1 / 5


# Counts

def base_year_of_mortality(plan):
    return max((row["year"] for row in plan.rows("mortality")), default=None)


def persons_of_band(plan, footprint, year, sex, start, end):
    """The persons of the population rows whose band, and whose sex where it is known, overlap those asked for."""
    rows = plan.rows("population", footprint=footprint, year=year)

    def overlaps(row):
        if BLANK not in (sex, row["sex"]) and sex != row["sex"]:
            return False
        if row["age"] == BLANK:
            return True
        after = min((other["age"] for other in rows if other["sex"] == row["sex"] and other["age"] != BLANK
                     and other["age"] > row["age"]), default=math.inf)
        return row["age"] < end and start < after

    return sum(number(row["persons"]) for row in rows if overlaps(row))


def growth_of_people(plan, footprint, year, sex, start, end):
    """Since the base of mortality, or since the plan's if that is later."""
    first = max(plan.base_year, base_year_of_mortality(plan))
    before = persons_of_band(plan, footprint, first, sex, start, end)
    return persons_of_band(plan, footprint, year, sex, start, end) / before if before > 0 else 1.0


def trend(plan, sex, age, years):
    row = model.row_for_people(plan.rows("mortality_trend"), sex, age)
    return (1 + number(row["rate"])) ** years if row else 1.0


def bands_of_sex(plan, footprint, sex, year, effects):
    """Projected from the rows of one sex, or of none."""
    base = base_year_of_mortality(plan)
    rows = sorted(plan.rows("mortality", footprint=footprint, sex=sex, year=base), key=lambda row: row["age"])
    bands = []
    for row, later in zip(rows, [*rows[1:], {"age": math.inf}]):
        age = row["age"]
        growth = growth_of_people(plan, footprint, year, sex, age, later["age"])
        factor = prevention.factor_of_people(plan, footprint, MORTALITY, sex, age, year, effects)
        bands.append(Band(age, number(row["population"]) * growth,
                          number(row["deaths"]) * growth * trend(plan, sex, age, year - base) * factor,
                          number(row["good_health"]), number(row["good_health_sample"])))
    return bands


def bands_of_footprint(plan, footprint, sex, year, effects):
    """None where there are none."""
    bands = bands_of_sex(plan, footprint, SEXES[sex], year, effects)
    if sex == "persons" and not bands:
        both = [bands_of_sex(plan, footprint, one, year, effects) for one in ("female", "male")]
        bands = sum_of_bands(both) if all(both) else []
    return bands


# Measures

def estimates(bands, of_england):
    """Measure → its estimate, of those that can be told."""
    found = {"life_expectancy": life_expectancy(bands), "healthy_life_expectancy": healthy_life_expectancy(bands),
             "standardised_rate": standardised_rate(bands),
             "standardised_ratio": standardised_ratio(bands, of_england),
             "years_of_life_lost": years_of_life_lost(bands)}
    return {measure: estimate for measure, estimate in found.items() if estimate}


def best_of(values, higher_is_better):
    """The places of the best fifth of values, the earlier first where they are the same."""
    ranked = sorted(values, key=lambda place: -values[place] if higher_is_better else values[place])
    return ranked[:math.ceil(len(values) * BEST_PART)]


def comparator_of(measure, by_place, of_england, comparator):
    """England's value, or that of the pooled best fifth of the footprints without children; None without one."""
    if comparator == "england":
        pooled = of_england
    else:
        values = {place: found[measure].value for place, bands in by_place.items()
                  if measure in (found := estimates(bands, of_england))}
        pooled = sum_of_bands([by_place[place] for place in best_of(values, measure in HIGHER_IS_BETTER)])
    estimate = estimates(pooled, of_england).get(measure)
    return estimate.value if estimate else None


def health_gap_table(plan, effects=(), comparator="england"):
    base = base_year_of_mortality(plan)
    rows = []
    for year in plan.years if base is not None else ():
        for sex in SEXES if year >= base else ():
            bands = {leaf: bands_of_footprint(plan, leaf, sex, year, effects)
                     for leaf in plan.footprints_within(ENGLAND)}
            by_place = {leaf: of_leaf for leaf, of_leaf in bands.items() if of_leaf}
            of_england = sum_of_bands(list(by_place.values())) if by_place else []
            if of_england:
                rows += rows_of_year(plan, sex, year, by_place, of_england, comparator)
    return rows + rows_of_deprivation(plan)


def rows_of_year(plan, sex, year, by_place, of_england, comparator):
    rows, comparators = [], {}
    for area in [*plan.footprints(), ENGLAND]:
        parts = [by_place[leaf] for leaf in plan.footprints_within(area) if leaf in by_place]
        for measure, estimate in estimates(sum_of_bands(parts), of_england).items() if parts else ():
            if measure not in comparators:
                comparators[measure] = comparator_of(measure, by_place, of_england, comparator)
            better = comparators[measure]
            gap = None if better is None else better - estimate.value
            if gap is not None and measure not in HIGHER_IS_BETTER:
                gap = -gap
            rows.append({"footprint": area, "measure": measure, "sex": sex, "year": year, **estimate._asdict(),
                         "comparator": better, "gap": gap})
    return rows


# Deprivation

def sex_of_measure(measure):
    words = set(re.findall(r"[a-z]+", measure.lower()))
    found = [sex for sex, names in WORDS_OF_SEX.items() if words & names]
    return found[0] if len(found) == 1 else "persons"


def rows_of_deprivation(plan):
    rows = []
    for footprint in plan.footprints():
        own = plan.rows("deprivation", footprint=footprint)
        for measure in dict.fromkeys(row["measure"] for row in own):
            quantiles = sorted((row for row in own if row["measure"] == measure), key=lambda row: int(row["quantile"]))
            groups = [Group(number(row["population"]), number(row["value"]), number(row["standard_error"]))
                      for row in quantiles]
            found = {"slope_index": slope_index(groups), "relative_index": relative_index(groups)} \
                if len(groups) > 1 else {}
            rows += [{"footprint": footprint, "measure": name, "sex": sex_of_measure(measure), "year": plan.base_year,
                      **estimate._asdict(), "comparator": None, "gap": None}
                     for name, estimate in found.items() if estimate]
    return rows
