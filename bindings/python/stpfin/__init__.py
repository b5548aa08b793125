"""
Does a local health and care plan add up?

A plan is a set of tables (`Plan`). Projecting it gives results (`Projection`), which are DataFrames; a bridge explains
a gap (`Bridge`), a comparison two plans (`Comparison`), an allocation shares a fund (`Allocation`), a portfolio chooses
the bids to funds that bring the most together (`Portfolio`). Where figures are uncertain, a simulation says how likely
results are (`Simulation`), and what they depend on (`Sensitivity`).

>>> import stpfin
>>> plan = stpfin.Plan.example("england")
>>> projection = plan.project("average_plan")
>>> projection.funding_gap.columns.tolist()
['scenario', 'footprint', 'component', 'year', 'cost', 'income', 'gap', 'gap_per_head']
"""

from stpfin import _stpfin, distributed, errors
from stpfin._dictionary import describe
from stpfin._examples import examples
from stpfin._fund import Allocation, fund_share
from stpfin._plan import Plan, check, new
from stpfin._portfolio import Portfolio
from stpfin._results import Alignment, Bridge, Comparison, Projection, Results
from stpfin._simulation import Seek, Sensitivity, Simulation
from stpfin._statistics import (
    byar_interval, directly_standardised_rate, european_standard_population, funnel_limits, funnel_position,
    funnel_variation, healthy_life_expectancy, indirectly_standardised_ratio, life_expectancy, rank_correlation,
    slope_index, sobol_indices, wilson_interval, years_of_life_lost)
from stpfin.errors import (
    ArgumentError, CancelledError, Error, FileError, FormatError, InfeasibleError, MissingFileError, OutOfMemoryError,
    PlanError, TooLargeError, UnknownNameError)

__version__: str = _stpfin.stpfin_version()

__all__ = [
    "Alignment", "Allocation", "ArgumentError", "Bridge", "CancelledError", "Comparison", "Error", "FileError",
    "FormatError", "InfeasibleError", "MissingFileError", "OutOfMemoryError", "Plan", "PlanError", "Portfolio",
    "Projection", "Results", "Seek", "Sensitivity", "Simulation", "TooLargeError", "UnknownNameError", "byar_interval",
    "check", "describe", "directly_standardised_rate", "distributed", "errors", "european_standard_population",
    "examples", "fund_share", "funnel_limits", "funnel_position", "funnel_variation", "healthy_life_expectancy",
    "indirectly_standardised_ratio", "life_expectancy", "new", "rank_correlation", "slope_index", "sobol_indices",
    "wilson_interval", "years_of_life_lost",
]
