"""How results spread when uncertain figures are drawn, what they depend on, and what it takes to reach a target."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, Union

import pandas

from stpfin import _stpfin
from stpfin._choice import choose
from stpfin._numbers import to_count, to_number
from stpfin._progress import Progress, follow
from stpfin._results import PRICES, Results
from stpfin._years import Year, read_year, show_year
from stpfin.errors import ArgumentError, InfeasibleError

if TYPE_CHECKING:
    from stpfin._plan import Plan
    from stpfin._simulation_plots import SensitivityPlots, SimulationPlots

Names = Union[str, Iterable[str]]

BY = ("driver", "scheme", "workstream", "agreement")
METHODS = ("sequential", "shapley")
_RESULTS = ("simulation", "draws")


class Asked(NamedTuple):
    """What draws are made of, as C takes it; every piece of a simulation has its own `first` and `end`."""

    scenarios: list[str]
    measures: list[str]
    draws: int
    seed: int
    first: int
    end: int
    prices: int
    by: int
    method: int


class Simulation(Results):
    """
    A plan's results in many draws of what is uncertain: made by `Plan.simulate`.

    Its results are `simulation`, which has a row for each figure (a measure in a scenario, place and year): the plan as
    it stands (`central`), and over the draws their `mean`, standard deviation, percentiles, the share in which the
    measure is 0 or less (`probability_closed`, with its standard error), the mean of what is above 0, and the mean of
    the largest twentieth; and `draws`, every draw of every figure, made at each look-up. `array` has the draws without
    copying them.

    A simulation, or a piece of one, can be pickled and sent to another machine.

    Examples
    --------
    >>> import stpfin
    >>> simulation = stpfin.Plan.example("england").simulate("average_plan", draws=200)
    >>> print(simulation)  # doctest: +ELLIPSIS
    <stpfin.Simulation 2015/16 to 2020/21, do_nothing, average_plan, cash, 200 draws of seed 1 ...: simulation, draws>
    >>> odds = simulation.simulation
    >>> odds = odds[(odds["place"] == "England") & (odds["year"] == 2020)].set_index("scenario")
    >>> bool(odds.loc["average_plan", "probability_closed"] > odds.loc["do_nothing", "probability_closed"])
    True
    """

    def __init__(self, plan: Plan, asked: Asked, handle: Any) -> None:
        super().__init__(plan, [], _stpfin.stpfin_simulation_get_stamp(handle))
        self._handle = handle
        self._figures: dict[str, int] = _stpfin.stpfin_simulation_get_summary(handle)
        self._asked = asked._replace(first=self._figures["first"], end=self._figures["end"])
        self._names = _RESULTS

    def _table(self, name: str, progress: Progress = None) -> Any:
        if name not in self._names:
            return super()._table(name)
        if name == "draws":
            return _stpfin.stpfin_simulation_get_table(self._handle, name)
        if name not in self._made:
            self._made[name] = _stpfin.stpfin_simulation_get_table(self._handle, name)
        return self._made[name]

    def _choose(self, results: Names | None) -> list[Any]:
        # The draws are long: only who names them wants them.
        return super()._choose("simulation" if results is None else results)

    @property
    def array(self) -> Any:
        """
        The draws as the library holds them: a read-only NumPy view of float64 that copies nothing.

        A row for each row of the result `simulation`, a column for each draw made. NaN where a draw has no value. It
        stays valid when the simulation is gone.
        """
        return _stpfin.stpfin_simulation_get_draws(self._handle)

    @property
    def summary(self) -> dict[str, int]:
        """
        The simulation in figures.

        `draws`, how many the whole has; `first` and `end`, those made; `seed`; how many `parameters` are uncertain, and
        how many `cells` of the plan they move; and `clipped`, how often a drawn value was clipped to its range.
        """
        return dict(self._figures)

    @property
    def clipped(self) -> int:
        """How often a drawn value was clipped to the range of its column, or an effect's after scale to its own."""
        return self._figures["clipped"]

    @property
    def measures(self) -> list[str]:
        """The measures simulated, by their complete names."""
        return list(self.simulation["measure"].cat.categories)

    @classmethod
    def join(cls, pieces: Iterable[Simulation]) -> Simulation:
        """
        The whole of pieces of one simulation, which were made apart with `first` and `end`.

        Parameters
        ----------
        pieces : iterable of Simulation
            In any order, each draw once, without a gap between them. Of the same plan, and made alike.

        Returns
        -------
        Simulation
            Bit for bit what would have been made in one.

        Examples
        --------
        >>> import stpfin
        >>> plan = stpfin.Plan.example("england")
        >>> pieces = [plan.simulate(draws=60, first=first, end=first + 20) for first in (40, 0, 20)]
        >>> bool((stpfin.Simulation.join(pieces).array == plan.simulate(draws=60).array).all())
        True
        """
        pieces = list(pieces)
        for piece in pieces:
            if not isinstance(piece, Simulation):
                raise TypeError(f"a simulation is joined of simulations, not of {type(piece).__name__}")
        if not pieces:
            raise ArgumentError("there are no pieces to join")
        return cls(pieces[0]._plan, pieces[0]._asked,
                   _stpfin.stpfin_simulation_join([piece._handle for piece in pieces]))

    def _summary(self) -> str:
        made = self._asked.end - self._asked.first
        parts = (f"{made:,} draw{'' if made == 1 else 's'} of seed {self._asked.seed} of "
                 f"{self._figures['parameters']:,} uncertain figure{'' if self._figures['parameters'] == 1 else 's'}")
        if made < self._asked.draws:
            parts += f" (from {self._asked.first:,} to before {self._asked.end:,} of {self._asked.draws:,})"
        before, _, after = super()._summary().rpartition(": ")
        return f"{before}, {parts}: {after}"

    @property
    def plot(self) -> SimulationPlots:
        """Plots of the simulation, by name: `plot.fan()`, `plot.s_curve()`, `plot.odds()` and `plot.bridge()`."""
        from stpfin._simulation_plots import SimulationPlots
        return SimulationPlots(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return restore, (self._plan, self._asked, self.array, self.clipped)


def restore(plan: Plan, asked: Asked, draws: Any, clipped: int) -> Simulation:
    """A simulation from its draws."""
    return Simulation(plan, asked, _stpfin.stpfin_simulation_restore(
        plan._handle, *asked, draws.reshape(-1), clipped))


class Sensitivity(Results):
    """
    What a plan's results depend on: made by `Plan.sensitivity`. Its result is `sensitivity`.

    It has a row for each uncertain figure and each measure in a scenario, place and year: the measure with the figure
    at its 10th and 90th percentile and all others as the plan has them (`low` and `high`), Spearman's rank correlation
    of the two over draws of all, and, where they were asked for, Sobol's indices with 95% intervals.

    Examples
    --------
    >>> import stpfin
    >>> sensitivity = stpfin.Plan.example("england").sensitivity("average_plan", draws=0)
    >>> rows = sensitivity.sensitivity.query("scenario == 'average_plan' and place == 'England' and year == 2020")
    >>> len(rows) == len(sensitivity.plan["uncertainty"])
    True
    """

    def __init__(self, plan: Plan, tables: Iterable[Any], stamp: dict[str, Any], asked: Asked) -> None:
        super().__init__(plan, tables, stamp)
        self._asked = asked

    @functools.cached_property
    def _central(self) -> pandas.DataFrame:
        """The measures as the plan stands."""
        asked = self._asked._replace(draws=1, first=0, end=1)
        return run(self._plan, asked, 1, None).simulation.drop(columns=["mean", "sd"])

    @property
    def plot(self) -> SensitivityPlots:
        """A tornado: `plot()`."""
        from stpfin._simulation_plots import SensitivityPlots
        return SensitivityPlots(self)

    def __reduce__(self) -> tuple[Any, ...]:
        kind, (_, *kept) = super().__reduce__()
        return kind, (Sensitivity, *kept, self._asked)


class Seek(Results):
    """
    The value of a figure that brings a measure to a target: made by `Plan.seek`. Its result is `seek`, one row.

    Examples
    --------
    >>> import stpfin
    >>> seek = stpfin.Plan.example("england").seek("activity_growth.rate[service=non_elective]", 17e9)
    >>> round(seek.reached)
    17000000000
    """

    @property
    def value(self) -> float:
        """The value that reaches the target, or comes nearest."""
        return float(self.seek["value"].iloc[0])

    @property
    def reached(self) -> float:
        """The measure at that value."""
        return float(self.seek["reached"].iloc[0])

    def _summary(self) -> str:
        row = self.seek.iloc[0]
        return (f"{row['parameter']} = {row['value']:,.6g}: {row['measure']} {row['reached']:,.6g}, {row['scenario']}, "
                f"{row['place']}, {show_year(row['year'])}, {self.prices}")


def read(scenarios: Names, measures: Names | None, draws: int, seed: int, first: int, end: int | None, prices: str,
         by: str | None, method: str) -> Asked:
    """What is asked for, in the words of C."""
    names = [scenarios] if isinstance(scenarios, str) else list(scenarios)
    if by is None:
        by = "scheme" if names else "driver"
    return Asked(names, [measures] if isinstance(measures, str) else list(measures or ()), to_count("draws", draws),
                 to_count("seed", seed), to_count("first", first), 0 if end is None else to_end(end),
                 choose("prices", PRICES, prices), choose("by", BY, by), choose("method", METHODS, method))


def to_end(end: Any) -> int:
    """The draw to end before; C has 0 for the last, which here is None."""
    if to_count("end", end) == 0:
        raise ArgumentError("end is the draw after the last, 1 or more, or None for all")
    return to_count("end", end)


def run(plan: Plan, asked: Asked, threads: int | None, progress: Progress) -> Simulation:
    """The simulation that `Plan.simulate` gives."""
    number = 0 if threads is None else to_count("threads", threads)
    with follow(progress, "simulate") as tell:
        return Simulation(plan, asked, _stpfin.stpfin_simulate(plan._handle, *asked, number, tell))


def find_sensitivity(plan: Plan, asked: Asked, sobol: int, repetitions: int, threads: int | None,
                     progress: Progress) -> Sensitivity:
    """What `Plan.sensitivity` gives."""
    number = 0 if threads is None else to_count("threads", threads)
    counts = to_count("sobol", sobol), to_count("repetitions", repetitions)
    with follow(progress, "sensitivity") as tell:
        table, stamp = _stpfin.stpfin_sensitivity(plan._handle, asked.scenarios, asked.measures, asked.draws, *counts,
                                                  asked.seed, asked.prices, asked.by, asked.method, number, tell)
    return Sensitivity(plan, [table], stamp, asked)


def seek(plan: Plan, parameter: str, target: float, measure: str, scenario: str | None, place: str | None,
         year: Year | None, low: float | None, high: float | None, prices: str, progress: Progress) -> Seek:
    """What `Plan.seek` gives."""
    ends = [math.nan if end is None else to_number(name, end) for name, end in (("low", low), ("high", high))]
    with follow(progress, "seek") as tell:
        said, table, stamp = _stpfin.stpfin_seek(
            plan._handle, parameter, measure, scenario, place, 0 if year is None else read_year(year),
            to_number("target", target), *ends, choose("prices", PRICES, prices), tell)
    found = Seek(plan, [table], stamp)
    if said:
        raise InfeasibleError(said, nearest=found)
    return found
