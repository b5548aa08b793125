"""Results: tables made on demand, and what it takes to make them again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Union

import pandas

from stpfin import _dictionary, _frames, _html, _stpfin
from stpfin._progress import Progress, follow
from stpfin._years import show_year
from stpfin.errors import UnknownNameError

if TYPE_CHECKING:
    from stpfin._plan import Plan
    from stpfin._plots import BridgePlots, ProjectionPlots

    Path = Union[str, os.PathLike[str]]

PRICES = ("cash", "real")
COMPARATORS = ("england", "best_fifth", "target")


class Results(Mapping[str, pandas.DataFrame]):
    """
    Results by name: `results.funding_gap` or `results["funding_gap"]`.

    Every result is a DataFrame of tidy columns on a plain index, as `stpfin.describe` says: the first is `scenario`,
    codes and words are categoricals, numbers float64 (a missing one is NaN), whole numbers int64 (Int64 and NA where
    one may be missing). It is made anew at each look-up, and yours to change. Group with `observed=True`: categoricals
    otherwise give rows for every combination.
    """

    _plan: Plan
    _stamp: dict[str, Any]
    _made: dict[str, Any]
    _names: tuple[str, ...]

    def __init__(self, plan: Plan, tables: Iterable[Any], stamp: dict[str, Any]) -> None:
        self._plan = plan
        self._stamp = stamp
        self._made = {_stpfin.stpfin_table_name(table): table for table in tables}
        self._names = tuple(self._made)

    def _table(self, name: str, progress: Progress = None) -> Any:
        if name not in self._made:
            raise UnknownNameError(f"there is no result {name!r} here: there is {', '.join(self._names)}")
        return self._made[name]

    def table(self, name: str, *, progress: Progress = None) -> pandas.DataFrame:
        """
        A result, as `results[name]` and `results.name` do.

        Parameters
        ----------
        name : str
            One of those that `list(results)` has.
        progress : bool or function, optional
            As in `Plan.project`, for a result that is long in the making.

        Raises
        ------
        stpfin.UnknownNameError
            There is no such result; also a KeyError.
        """
        return _dictionary.frame_of(self._table(name, progress))

    def arrays(self, name: str) -> dict[str, Any]:
        """
        The columns of a result as the library holds them: read-only NumPy views that copy nothing, for large results.

        Returns
        -------
        dict
            By column: an array of float64 (a missing value is NaN) or of int32 (the least is missing); of text, a
            tuple of an array of int32 codes (-1 is missing) and the list of what they count into. They stay valid
            when the results are gone.

        Examples
        --------
        >>> import stpfin
        >>> ledger = stpfin.Plan.example("england").project().arrays("ledger")
        >>> ledger["cost"].flags.writeable
        False
        """
        return _frames.arrays(self._table(name))

    def __getitem__(self, name: str) -> pandas.DataFrame:
        return self.table(name)

    def __getattr__(self, name: str) -> pandas.DataFrame:
        if name.startswith("_") or name not in self._names:
            raise AttributeError(f"{type(self).__name__} has no attribute or result {name!r}")
        return self.table(name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._names]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    # Tables have no one answer to whether they are equal.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def plan(self) -> Plan:
        """The plan they are of; of a comparison, the plan after."""
        return self._plan

    @property
    def stamp(self) -> dict[str, Any]:
        """
        What it takes to make the results again, and what they rest on.

        The library's version, the hash of the plan, its years and rates, the scenarios, the prices, and the shares of
        the plan's £ that are published, derived and assumed.
        """
        text = _stpfin.stpfin_results_json([], self._stamp)
        return {**json.loads(text)["stpfin"], "scenarios": self.scenarios}

    @property
    def scenarios(self) -> list[str]:
        """The scenarios the results are of, do_nothing among them if it is."""
        name = next(name for name in self._names if "scenario" in _dictionary.columns(name))
        return list(self.table(name)["scenario"].cat.categories)

    @property
    def prices(self) -> str:
        """The prices of every £: "cash", of each year, or "real", of the base year."""
        return PRICES[self._stamp["prices"]]

    def _choose(self, results: str | Iterable[str] | None) -> list[Any]:
        if results is None:
            # The ledger is long: only who names it wants it.
            return [self._table(name) for name in self._names if name != "ledger"]
        return [self._table(name) for name in ([results] if isinstance(results, str) else results)]

    def write(self, folder: Path, results: str | Iterable[str] | None = None) -> None:
        """
        Write results into a folder: a CSV file each in full precision, and a datapackage.json with the stamp.

        Parameters
        ----------
        folder : str or path
            Made if need be. The same results give the same bytes.
        results : str or iterable of str, optional
            Those to write; without it all but the ledger.
        """
        _stpfin.stpfin_results_write(folder, self._choose(results), self._stamp)

    def to_json(self, results: str | Iterable[str] | None = None) -> str:
        """Results and their stamp as one JSON text in full precision; those named, or all but the ledger."""
        text: str = _stpfin.stpfin_results_json(self._choose(results), self._stamp)
        return text

    def to_csv(self, result: str) -> str:
        """A result as the text of a CSV file in full precision."""
        text: str = _stpfin.stpfin_result_csv(self._table(result))
        return text

    def to_text(self, results: str | Iterable[str] | None = None) -> str:
        """
        Results as text for people: £m, years across, names for codes.

        Parameters
        ----------
        results : str or iterable of str, optional
            Those to show; without it all but the ledger and those without rows.

        Examples
        --------
        >>> import stpfin
        >>> bridge = stpfin.Plan.example("england").bridge(place="England", year=2020)
        >>> print(bridge.to_text())  # doctest: +ELLIPSIS
        bridge: what leads from one gap to another, step by step
        scenario do_nothing · £m in prices of each year · a positive gap is a shortfall
        ...
        """
        tables = self._choose(results)
        if results is None:
            tables = [table for table in tables if _stpfin.stpfin_table_rows(table) > 0]
        return "\n".join(_stpfin.stpfin_result_text(table, self._stamp, self._plan._handle) for table in tables)

    def __repr__(self) -> str:
        return f"<stpfin.{type(self).__name__} {self._summary()}>"

    def _summary(self) -> str:
        settings = self._stamp["settings"]
        return (f"{show_year(settings['base_year'])} to {show_year(settings['end_year'])}, "
                f"{', '.join(self.scenarios)}, {self.prices}: {', '.join(self._names)}")

    def _repr_html_(self) -> str:
        return _html.results(self)

    def __copy__(self) -> Results:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Results:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._plan, {name: _frames.arrays(table) for name, table in self._made.items()},
                          self._stamp)


def _rebuild(kind: type[Results], plan: Plan, tables: dict[str, dict[str, Any]], *more: Any) -> Results:
    """Results from what `Results.__reduce__` kept of them."""
    return kind(plan, [_frames.from_arrays(name, columns) for name, columns in tables.items()], *more)


class Projection(Results):
    """
    A plan projected year by year, if nothing is done and in scenarios: made by `Plan.project`.

    Its results are attributes: `funding_gap`, `position`, `ledger`, `spending`, `activity`, `resource`, `capital`,
    `scheme_impact`, `appraisal`, `health_gap`, `quality_gap`, `quality_summary`, and whatever else `list(projection)`
    has.

    Examples
    --------
    >>> import stpfin
    >>> projection = stpfin.Plan.example("england").project("average_plan")
    >>> impact = projection.scheme_impact
    >>> england = impact[(impact["footprint"] == "England") & (impact["year"] == 2020)]
    >>> int(england["net_saving"].sum() / 1e6)
    10209
    """

    def __init__(self, plan: Plan, scenarios: list[str], prices: int, comparator: int,
                 targets: tuple[list[str], list[str | None], Any], overdispersion: bool,
                 progress: Progress = None) -> None:
        with follow(progress, "project") as tell:
            self._handle = _stpfin.stpfin_project(plan._handle, prices, scenarios, comparator, *targets,
                                                  overdispersion, tell)
        super().__init__(plan, [], _stpfin.stpfin_projection_get_stamp(self._handle))
        self._asked = (scenarios, prices, comparator, targets, overdispersion)
        self._names = tuple(_stpfin.stpfin_projection_results())

    def _table(self, name: str, progress: Progress = None) -> Any:
        if name not in self._names:
            return super()._table(name)
        if name not in self._made:
            with follow(progress, name) as tell:
                self._made[name] = _stpfin.stpfin_projection_get_table(self._handle, name, tell)
        return self._made[name]

    @property
    def comparator(self) -> str:
        """What health is compared with: "england", "best_fifth" or "target"."""
        return COMPARATORS[self._stamp["comparator"]]

    @property
    def overdispersion(self) -> bool:
        """Whether funnels of quality are widened by how much footprints differ beyond chance."""
        return bool(self._stamp["overdispersed"])

    @property
    def stamp(self) -> dict[str, Any]:
        """As of all `Results`, with what health is compared with and whether funnels are widened."""
        return {**super().stamp, "comparator": self.comparator, "overdispersion": self.overdispersion}

    def align(self) -> Alignment:
        """Set organisations' own plans, and both ends of contracts, beside the projection: see `Plan.align`."""
        return Alignment(self._plan, _stpfin.stpfin_align(self._handle), self._stamp)

    @property
    def plot(self) -> ProjectionPlots:
        """Plots of the projection, by name: `plot.gap()`, `plot.health()` and others."""
        from stpfin._plots import ProjectionPlots
        return ProjectionPlots(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Projection, (self._plan, *self._asked)


class Bridge(Results):
    """The way from one gap to another, in steps that add up: made by `Plan.bridge`. Its result is `bridge`."""

    @property
    def plot(self) -> BridgePlots:
        """A waterfall of the steps: `plot()`."""
        from stpfin._plots import BridgePlots
        return BridgePlots(self)


class Comparison(Bridge):
    """What differs between two plans, and what that does to the gap: made by `Plan.compare`.

    Its results are `change`, a row a cell that differs, and `bridge`, a step a table.
    """


class Alignment(Results):
    """Organisations' own plans and contracts beside a projection: made by `Plan.align`.

    Its results are `alignment` and `contract_mismatch`.
    """
