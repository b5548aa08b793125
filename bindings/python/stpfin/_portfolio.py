"""Bids to funds chosen so that they bring the most together."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Union

import pandas

from stpfin import _dictionary, _frames, _stpfin
from stpfin._numbers import to_number, to_numbers
from stpfin._progress import Progress, follow
from stpfin._results import Results, _rebuild
from stpfin.errors import ArgumentError, InfeasibleError

if TYPE_CHECKING:
    from stpfin._plan import Plan
    from stpfin._plots import PortfolioPlots
    from stpfin._results import Path

Benefits = Union[pandas.DataFrame, pandas.Series, Mapping[str, float], None]

_RESULTS = ("portfolio", "portfolio_price", "portfolio_missed")
# Tables of the plan.
_ANSWER = ("scenario", "award")
# stpfin_portfolio_end, in portfolio.h.
_ENDS = ("near_enough", "searched", "time_up", "stopped")


class Portfolio(Results):
    """
    Bids to a plan's funds chosen so that they bring the most together: made by `Plan.portfolio`.

    Its results are `portfolio`, every bid in the chosen set (alternative 0) and in others nearly as good;
    `portfolio_price`, what the set spends of each fund in each year and what one more £ there would bring; and
    `portfolio_missed`, the bids it would cost least to choose besides. `scenario` and `award` are the plan's own tables
    with the chosen set in them; its `plan` is the plan with these, to project.

    Examples
    --------
    >>> import stpfin
    >>> portfolio = stpfin.Plan.example("england").portfolio()
    >>> list(portfolio)
    ['portfolio', 'portfolio_price', 'portfolio_missed', 'scenario', 'award']
    >>> bids = portfolio.portfolio
    >>> chosen = bids[(bids["alternative"] == 0) & (bids["chosen"] == "yes")]
    >>> len(chosen) == portfolio.summary["chosen"]
    True
    >>> funded = portfolio.plan.project("portfolio")
    """

    def __init__(self, plan: Plan, tables: Iterable[Any], stamp: dict[str, Any], summary: dict[str, Any]) -> None:
        super().__init__(plan, tables, stamp)
        self._figures = summary

    @functools.cached_property
    def plan(self) -> Plan:
        """The plan with the chosen schemes as a scenario, and what their bids ask for as awards in it."""
        plan = self._plan
        for name in _ANSWER:
            plan = plan._make(*_stpfin.stpfin_plan_replace(plan._handle, self._made[name]))
        return plan

    @property
    def before(self) -> Plan:
        """The plan whose bids are chosen."""
        return self._plan

    @property
    def summary(self) -> dict[str, Any]:
        """
        The chosen set in figures.

        `end`, why the search ended: "near_enough" as asked, "searched" as far as it goes, "time_up" or "stopped";
        `benefit`, the sum of the benefits of the chosen bids, each alone; `bound`, which no set exceeds; `gap`, the
        bound less the benefit as a share of it; `joint_benefit`, that of the chosen schemes projected together, which
        overlap (NaN where benefits were given); `spent`, what the chosen bids ask for, in £; and the numbers of
        `bids`, of those `chosen` and of `alternatives` found.
        """
        return dict(self._figures)

    def _choose(self, results: str | Iterable[str] | None) -> list[Any]:
        # The scenario and the awards are the plan's: only who names them wants them.
        return super()._choose(_RESULTS if results is None else results)

    def to_text(self, results: str | Iterable[str] | None = None) -> str:
        """
        Results as text for people, as of all `Results`: of the bids those chosen, unless they are named.

        Parameters
        ----------
        results : str or iterable of str, optional
            Those to show; the portfolio, its prices and the bids just missed without it.
        """
        if results is not None:
            return super().to_text(results)
        columns = _frames.arrays(self._made["portfolio"])
        codes, words = columns["chosen"]
        chosen = codes == words.index("yes") if "yes" in words else codes < 0
        kept = {name: (values[0][chosen], values[1]) if isinstance(values, tuple) else values[chosen]
                for name, values in columns.items()}
        shown = Results(self._plan, [_frames.from_arrays("portfolio", kept),
                                     *(self._made[name] for name in _RESULTS[1:])], self._stamp)
        return shown.to_text(_RESULTS)

    def write(self, folder: Path, results: str | Iterable[str] | None = None) -> None:
        """
        Write the plan with the chosen set as a scenario into a new folder, and the results beside it.

        Parameters
        ----------
        folder : str or path
            One that `Plan.load` reads. A folder that holds a plan or results is refused with a ValueError.
        results : str or iterable of str, optional
            Those to write beside the plan; the portfolio, its prices and the bids just missed without it.
        """
        _stpfin.stpfin_fund_write(self.plan._handle, self._choose(results), self._stamp, folder)

    def _summary(self) -> str:
        found = self._figures
        benefit, below = found["benefit"], found["bound"] - found["benefit"]
        # Benefits that were given are in a unit of their own.
        worth = f"{benefit:,.6g}" if math.isnan(found["joint_benefit"]) else f"£{benefit / 1e6:,.1f}m"
        near = f"at most {found['gap']:.3%} below the best" if below > 0 else "the best there is"
        return (f"{found['chosen']:,} of {found['bids']:,} bids for £{found['spent'] / 1e6:,.1f}m, benefit {worth}, "
                f"{near}{''.join(f', {name} scenario' for name in self.scenarios)}: {', '.join(self._names)}")

    @property
    def plot(self) -> PortfolioPlots:
        """What is chosen, by footprint or workstream, `plot()`; and the price of a pound, `plot.price()`."""
        from stpfin._plots import PortfolioPlots
        return PortfolioPlots(self)

    def __reduce__(self) -> tuple[Any, ...]:
        kind, (_, *kept) = super().__reduce__()
        return kind, (Portfolio, *kept, self._figures)


def choose_bids(plan: Plan, scenario: str, gap: float, time_limit: float | None, alternatives: int, tolerance: float,
                weights: tuple[float, float, float], benefits: Benefits, progress: Progress) -> Portfolio:
    """The portfolio that `Plan.portfolio` gives."""
    if alternatives < 0:
        raise ArgumentError(f"alternatives are a whole number, 0 or more, not {alternatives!r}")
    with follow(progress, "portfolio") as tell:
        said, conflict, handle = _stpfin.stpfin_portfolio_choose(
            plan._handle, scenario, to_number("gap", gap), 0.0 if time_limit is None else time_limit, alternatives,
            to_number("tolerance", tolerance), *(to_number("a weight", weight) for weight in weights),
            _read_benefits(benefits), tell)
    if handle is None:
        raise InfeasibleError(said, _dictionary.frame_of(conflict))
    summary = _stpfin.stpfin_portfolio_get_summary(handle)
    return Portfolio(plan, [_stpfin.stpfin_portfolio_get_table(handle, name) for name in (*_RESULTS, *_ANSWER)],
                     _stpfin.stpfin_portfolio_get_stamp(handle), {**summary, "end": _ENDS[summary["end"]]})


def _read_benefits(benefits: Any) -> Any:
    """The benefits as a table of the library; None where they are to be computed."""
    if benefits is None:
        return None
    if isinstance(benefits, Mapping):
        benefits = pandas.Series(list(benefits.values()), index=list(benefits), dtype=object)
    if isinstance(benefits, pandas.Series):
        values = to_numbers("benefits", benefits)
        benefits = pandas.DataFrame({"bid": benefits.index, "benefit": values})
    elif not isinstance(benefits, pandas.DataFrame):
        raise TypeError(f"benefits are a DataFrame, or values by bid, not {type(benefits).__name__}")
    return _frames.from_frame("benefits", benefits, {})
