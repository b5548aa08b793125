"""Sharing a transformation fund among those who claim it, by rules."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas

from stpfin import _frames, _stpfin
from stpfin._choice import choose
from stpfin._numbers import Columns, Numbers, to_number
from stpfin._results import Results
from stpfin._years import Year, read_year, show_year
from stpfin.errors import ArgumentError

if TYPE_CHECKING:
    from stpfin._plan import Plan
    from stpfin._plots import AllocationPlots
    from stpfin._results import Path

RULES: tuple[str, ...] = tuple(itertools.takewhile(bool, map(_stpfin.stpfin_rule_name, itertools.count())))
_WEIGHTS = ("claim", "population")


def fund_share(pot: float, claim: Numbers, *, rule: str, weight: Numbers | None = None, floor: Numbers | None = None,
               cap: Numbers | None = None, last: Numbers | None = None, pace: float | None = None) -> pandas.Series:
    """
    Share a pot that is smaller than the claims on it, by a rule.

    Parameters
    ----------
    pot : float
        What there is to share, 0 or more.
    claim : array_like
        What each claims, 0 or more.
    rule : {"proportional", "equal_awards", "equal_losses", "talmud"}
        Awards in proportion to claims; as equal as claims let them be; such that losses are; or by Talmud: equal awards
        on half the claims, up to half of them all, and equal losses on the other half beyond.
    weight : array_like, optional
        Of each, above 0: awards (or, by equal losses, losses) are in proportion to it. With population, equal losses
        level the gap per head that is left, from the highest down. Talmud has no weights.
    floor, cap : array_like, optional
        The least and the most that each may get, 0 or more; NaN where there is none. No award is above its claim.
    last : array_like, optional
        What each got last year; NaN for one that is not held to the pace.
    pace : float, optional
        The most an award may change on the last, as a share of it: 0.1 is 10%.

    Returns
    -------
    pandas.Series
        What each is awarded, on the index and with the name of the claims: together the pot, or the claims where these
        are less. Not rounded.

    Raises
    ------
    stpfin.InfeasibleError
        Floors exceed the pot, or caps or the pace leave some of it over; also a ValueError.

    Notes
    -----
    Thomson, Axiomatic and game-theoretic analysis of bankruptcy and taxation problems, 2003; Aumann and Maschler,
    Game theoretic analysis of a bankruptcy problem from the Talmud, 1985.

    Examples
    --------
    >>> import pandas, stpfin
    >>> claims = pandas.Series({"North": 100.0, "Mid": 200.0, "South": 300.0})
    >>> pandas.DataFrame({rule: stpfin.fund_share(300, claims, rule=rule)
    ...                   for rule in ("proportional", "equal_awards", "equal_losses", "talmud")}).round(6)
           proportional  equal_awards  equal_losses  talmud
    North          50.0         100.0           0.0    50.0
    Mid           100.0         100.0         100.0   100.0
    South         150.0         100.0         200.0   150.0
    >>> stpfin.fund_share(300, claims, rule="equal_awards", floor=[0, 0, 150]).round(6).tolist()
    [75.0, 75.0, 150.0]
    """
    given = {name: x for name, x in {"claim": claim, "weight": weight, "floor": floor, "cap": cap, "last": last}.items()
             if x is not None}
    columns = Columns(**given)
    if len(columns.shape) > 1:
        raise ValueError(f"claims are one row of numbers, not an array of shape {columns.shape}")
    found = dict(zip(given, columns.flat))
    awards = _stpfin.stpfin_fund_share(
        choose("rule", RULES, rule), to_number("pot", pot), found["claim"], found.get("weight"), found.get("floor"),
        found.get("cap"), found.get("last"), _read_pace(pace), columns.size)
    return pandas.Series(awards, index=columns.index, name=getattr(claim, "name", None))


class Allocation(Results):
    """
    A plan's fund shared among the claims on it: made by `Plan.allocate`.

    Its results are `allocation`, a row a claim, and `award`, the plan's own table with the new awards in it; its `plan`
    is the plan with these, to project.

    Examples
    --------
    >>> import stpfin
    >>> allocation = stpfin.Plan.example("england").allocate("transformation", "equal_losses", year="2020/21")
    >>> print(allocation)
    <stpfin.Allocation transformation, equal_losses, 2020/21, every scenario: allocation, award>
    >>> funded = allocation.plan.project("average_plan")
    """

    def __init__(self, plan: Plan, fund: str, rule: str, weight: str, year: Year | None, pace: float | None,
                 scenario: str | None) -> None:
        allocation, awards, stamp = _stpfin.stpfin_allocate(
            plan._handle, fund, choose("rule", RULES, rule), choose("weight", _WEIGHTS, weight),
            0 if year is None else read_year(year), _read_pace(pace), scenario)
        super().__init__(plan, [allocation, awards], stamp)
        self._asked: tuple[Any, ...] = (fund, rule, weight, year, pace, scenario)

    @functools.cached_property
    def plan(self) -> Plan:
        """The plan with its new awards."""
        return self._plan._make(*_stpfin.stpfin_plan_replace(self._plan._handle, self._made["award"]))

    @property
    def before(self) -> Plan:
        """The plan whose fund is shared."""
        return self._plan

    def by_rule(self, rule: str) -> Allocation:
        """The same claims shared by another rule, all else alike; by Talmud they have no population as weight."""
        fund, own, weight, *rest = self._asked
        weight = "claim" if rule == "talmud" else weight
        return self if rule == own else Allocation(self._plan, fund, rule, weight, *rest)

    def _choose(self, results: str | Iterable[str] | None) -> list[Any]:
        # The awards are the plan's: only who names them wants them.
        return super()._choose("allocation" if results is None else results)

    def write(self, folder: Path, results: str | Iterable[str] | None = None) -> None:
        """
        Write the plan with its new awards into a new folder, and the allocation beside it.

        Parameters
        ----------
        folder : str or path
            One that `Plan.load` reads. A folder that holds a plan or results is refused with a ValueError.
        results : str or iterable of str, optional
            Those to write beside the plan; the allocation without it.
        """
        _stpfin.stpfin_fund_write(self.plan._handle, self._choose(results), self._stamp, folder)

    def _summary(self) -> str:
        fund, rule, weight = self._asked[:3]
        years = sorted(set(_frames.arrays(self._made["allocation"])["year"]))
        return ", ".join([fund, rule + (" by population" if weight == "population" else ""),
                          show_year(years[0]) + (f" to {show_year(years[-1])}" if len(years) > 1 else ""),
                          f"{', '.join(self.scenarios)} scenario"]) + f": {', '.join(self._names)}"

    @property
    def plot(self) -> AllocationPlots:
        """Who gets what, under this rule and the others: `plot()`."""
        from stpfin._plots import AllocationPlots
        return AllocationPlots(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Allocation, (self._plan, *self._asked)


def _read_pace(pace: float | None) -> float:
    """The pace as C has it, to which a negative one is none."""
    if pace is None:
        return -1.0
    if not pace >= 0:
        raise ArgumentError(f"pace is a share, 0 or more, as 0.1 for 10%, not {pace!r}")
    return float(pace)
