"""What fewer people at risk do to the use of services and to deaths: the model stated a second time, as in model.py.

`effects` are the prevention effects that act, each with its `row` and its `strength` in a year.

Where the description of the model is silent: an effect acts on an outcome as it stood the lag before, its last year
included; prevalence is kept within 0 and 1 once all effects have acted; and the rest as in model.py.
"""

import math

from . import model
from .model import BLANK, number


def factor_of_people(plan, footprint, outcome, sex, age, year, effects):
    """The use or deaths of people of a sex and age over those if nothing were done."""
    factor = 1.0
    for relative_risk in model.relative_risks(plan, outcome, sex, age):
        risk, lag = relative_risk["risk"], int(number(relative_risk["lag"], if_blank=0))
        prevalence = model.prevalence(plan, footprint, risk, sex, age, year)
        left = math.prod(1 - effect.strength("reduction", year - lag) for effect in effects
                         if effect.row["risk"] == risk and effect.row["footprint"] in (BLANK, footprint))
        factor *= (model.times_the_unexposed(relative_risk, prevalence * left)
                   / model.times_the_unexposed(relative_risk, prevalence))
    return factor


def factor(plan, commissioner, service, year, effects):
    """The activity that a commissioner buys of a service over that if nothing were done."""
    def of_footprint(footprint):
        return model.mean_over_people(
            plan, service, footprint, year,
            lambda sex, age: factor_of_people(plan, footprint, service, sex, age, year, effects))

    return model.mean_over_footprints(plan, commissioner, of_footprint)
