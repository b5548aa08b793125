"""Plans: the checked tables of what a place knows and means to do."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Union

import pandas

from stpfin import (
    _dictionary, _examples, _excel, _frames, _fund, _html, _portfolio, _results, _simulation, _stpfin)
from stpfin._choice import choose
from stpfin._numbers import to_vector
from stpfin._progress import Progress, follow
from stpfin._years import Year, read_year, show_year
from stpfin.errors import ArgumentError, MissingFileError, PlanError, UnknownNameError

Path = Union[str, "os.PathLike[str]"]
Tables = Mapping[str, Any]

_YEARS = ("base_year", "end_year")
_RATES = ("discount_rate", "long_discount_rate", "capital_charge_rate")


class Plan:
    """
    A plan: the checked tables of what a place knows and means to do.

    A plan never changes. `replace` makes a new one, and the DataFrames that `table` gives are copies.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables by name, as `stpfin.describe` lists them; a dictionary of columns or a list of records will do.
    base_year : int or str
        The first financial year, that of the flows: 2015 or "2015/16".
    end_year : int or str
        The last, at most 40 years later.
    discount_rate : float, optional
        Yearly, above -1, for the first 30 years of an appraisal (HM Treasury, Green Book); 0.035 without it.
    long_discount_rate : float, optional
        Yearly, above -1, after them; 0.03 without it.
    capital_charge_rate : float, optional
        Yearly, on opening net book value, 0 or more; 0.035 without it.

    Raises
    ------
    stpfin.PlanError
        The tables break a rule; its `problems` say all that is wrong.
    TypeError, ValueError
        A column holds what no table can, as below.

    Notes
    -----
    A column holds one kind of thing: numbers; text, which is read as in a CSV file; dates, where the table has dates;
    or categories of these. None, NaN, NA, NaT and what a masked array hides are blank. Levels of an index that have
    names are columns too; any other index is left aside.

    A TypeError names the column that holds True and False, dates where no dates are, bytes, lists, complex numbers,
    time spans, or numbers and text together, and a column whose own name is no text. A ValueError names two columns of
    one name, whole numbers beyond 2**53, times of day, and text with a NUL. What the data dictionary does not allow, as
    an infinite amount or an unknown column, is among the problems of a PlanError.

    See Also
    --------
    Plan.load : a plan from a folder of CSV files
    Plan.from_excel : a plan from a workbook
    Plan.example : a plan that comes with the library

    Examples
    --------
    >>> import stpfin
    >>> plan = stpfin.Plan({
    ...     "footprint": {"footprint": ["F1"], "name": ["Our place"]},
    ...     "organisation": {"organisation": ["CCG", "TRUST"], "name": ["Our CCG", "Our trust"],
    ...                      "kind": ["commissioner", "provider"]},
    ...     "membership": {"organisation": ["CCG", "TRUST"], "footprint": ["F1", "F1"], "share": [1, 1]},
    ...     "service": {"service": ["ae"], "name": ["A&E"], "setting": ["acute"], "unit": ["attendance"]},
    ...     "flow": {"commissioner": ["CCG"], "provider": ["TRUST"], "service": ["ae"], "activity": [1000],
    ...              "income": [150e3], "cost": [160e3]},
    ...     "activity_growth": {"rate": [0.02]},
    ...     "funding": {"organisation": ["CCG"] * 3, "stream": ["allocation"] * 3, "year": [2024, 2025, 2026],
    ...                 "amount": [150e3, 152e3, 154e3]},
    ... }, base_year=2024, end_year=2026)
    >>> gap = plan.project().funding_gap
    >>> gap[(gap["footprint"] == "England") & (gap["component"] == "total")][["year", "gap"]].round(0)
        year      gap
    27  2024  10000.0
    28  2025  11200.0
    29  2026  12464.0
    """

    _handle: Any
    _problems: pandas.DataFrame

    def __init__(self, tables: Tables, *, base_year: Year, end_year: Year, discount_rate: float | None = None,
                 long_discount_rate: float | None = None, capital_charge_rate: float | None = None) -> None:
        settings = _make_settings(base_year, end_year, discount_rate, long_discount_rate, capital_charge_rate)
        self._take(*_stpfin.stpfin_plan_new(settings, _make_tables(tables)))

    def _take(self, problems: Any, handle: Any) -> None:
        """Become the plan of a handle; without one, raise what is wrong."""
        self._problems = _dictionary.frame_of(problems)
        if handle is None:
            raise PlanError(_say(self._problems), self._problems)
        self._handle = handle

    @classmethod
    def _make(cls, problems: Any, handle: Any) -> Plan:
        plan = cls.__new__(cls)
        plan._take(problems, handle)
        return plan

    @classmethod
    def load(cls, folder: Path) -> Plan:
        """
        Read a plan from a folder: a datapackage.json and a CSV file a table.

        Raises
        ------
        stpfin.PlanError
            The plan breaks a rule; its `problems` say all that is wrong.
        stpfin.MissingFileError
            There is no such folder; also a FileNotFoundError.
        """
        try:
            os.stat(folder)
        except FileNotFoundError as error:
            raise MissingFileError(error.errno, "there is no such folder", os.fspath(folder)) from None
        return cls._make(*_stpfin.stpfin_plan_read(folder))

    @classmethod
    def example(cls, name: str = "england") -> Plan:
        """
        A plan that comes with the library: `stpfin.examples` lists them.

        Examples
        --------
        >>> import stpfin
        >>> "average_plan" in stpfin.Plan.example("england").scenarios
        True
        """
        return cls.load(_examples.example_folder(name))

    @classmethod
    def from_excel(cls, path: Path, **settings: Any) -> Plan:
        """
        Read a plan from a workbook, as `to_excel` and `stpfin.new` write it.

        A sheet named for a table holds its rows under a row of column names. The sheet `settings` has the columns
        `setting` and `value`: base_year, end_year and, if they differ from the defaults, the rates.

        Parameters
        ----------
        path : str or path
            The workbook (.xlsx). openpyxl reads it.
        **settings
            Settings that go before those of the workbook.
        """
        tables, found = _excel.read_workbook(path)
        given = {**found, **settings}
        unknown = sorted(given.keys() - {*_YEARS, *_RATES})
        missing = [name for name in _YEARS if name not in given]
        if unknown or missing:
            raise ValueError(f"{os.fspath(path)}: the sheet 'settings' gives {' and '.join(_YEARS)}, and may give "
                             f"{', '.join(_RATES)}: " + (f"there is no setting {unknown[0]!r}" if unknown else
                                                         f"{missing[0]} is missing"))
        return cls(tables, **given)

    def replace(self, **changes: Any) -> Plan:
        """
        A plan with other tables or settings; this one stays as it is.

        Parameters
        ----------
        **changes
            Tables by name, as `Plan` takes them (one without rows is removed), and settings.

        Examples
        --------
        >>> import stpfin
        >>> england = stpfin.Plan.example("england")
        >>> growth = england["activity_growth"]
        >>> growth["rate"] *= 1.5
        >>> faster = england.replace(activity_growth=growth)
        >>> england.compare(faster).bridge["group"].unique().tolist()
        ['start', 'activity_growth', 'end']
        """
        settings = self.settings
        tables = {name: table for name, table in changes.items() if name not in settings}
        for name in settings.keys() & changes.keys():
            settings[name] = read_year(changes[name]) if name in _YEARS else float(changes[name])
        if len(tables) == 1 and len(changes) == 1:
            return self._make(*_stpfin.stpfin_plan_replace(self._handle, _make_tables(tables)[0]))
        kept = [self._table(name) for name in self.tables if name not in tables]
        return self._make(*_stpfin.stpfin_plan_new(settings, kept + _make_tables(tables)))

    # What it holds

    def _table(self, name: str) -> Any:
        try:
            return _stpfin.stpfin_plan_get_table(self._handle, name)
        except ArgumentError as error:
            raise UnknownNameError(str(error)) from None

    def table(self, name: str) -> pandas.DataFrame:
        """
        A table of the plan, as `plan[name]` does: every column of its description, also those that are blank.

        Codes and words are categoricals; years and ages whole numbers; dates datetime64. A table the plan does not
        have is empty.

        Raises
        ------
        stpfin.UnknownNameError
            There is no such table; also a KeyError.
        """
        return _dictionary.frame_of(self._table(name))

    __getitem__ = table

    @property
    def tables(self) -> PlanTables:
        """The tables that have rows, by name, each made when it is looked up."""
        return PlanTables(self)

    @property
    def settings(self) -> dict[str, Any]:
        """The years and rates, as `Plan` takes them."""
        settings: dict[str, Any] = _stpfin.stpfin_plan_get_settings(self._handle)
        return settings

    @property
    def years(self) -> range:
        """The financial years, by their first calendar year."""
        settings = self.settings
        return range(settings["base_year"], settings["end_year"] + 1)

    @property
    def scenarios(self) -> list[str]:
        """The names of the scenarios that can be projected beside do_nothing."""
        return list(self.table("scenario")["scenario"].cat.categories)

    @property
    def problems(self) -> pandas.DataFrame:
        """Warnings and notes about the plan, as `stpfin.check` gives them."""
        return self._problems.copy()

    @property
    def hash(self) -> str:
        """The SHA-256 of the tables: equal for plans of equal tables, however they were written down."""
        digest: str = _stpfin.stpfin_plan_hash(self._handle)
        return digest

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        return self._handle is other._handle or (self.settings == other.settings and self.hash == other.hash)

    def __hash__(self) -> int:
        return hash(self.hash)

    # Writing it

    def write(self, folder: Path) -> None:
        """Write the plan as a folder that `Plan.load` reads, made if need be; other files in it stay."""
        _stpfin.stpfin_plan_write(self._handle, folder)

    def to_excel(self, path: Path) -> None:
        """Write the plan as a workbook (.xlsx), with choices as drop-down lists, that `Plan.from_excel` reads."""
        _stpfin.stpfin_plan_write_workbook(self._handle, path)

    # What it comes to

    def project(self, scenarios: str | Iterable[str] = (), *, prices: str = "cash", comparator: str = "england",
                targets: Mapping[Any, float] | None = None, overdispersion: bool = False,
                progress: Progress = None) -> _results.Projection:
        """
        Project the plan year by year if nothing is done, and in scenarios.

        Parameters
        ----------
        scenarios : str or iterable of str, optional
            The scenarios to project beside do_nothing: `plan.scenarios` for all.
        prices : {"cash", "real"}
            £ of each year, or of the base year by the plan's deflator.
        comparator : {"england", "best_fifth", "target"}
            What health is compared with in `health_gap`: all of England, its best fifth of footprints counted
            together, or the targets given.
        targets : mapping, optional
            The value to be reached by measure of `health_gap`, or by measure and sex:
            ``{"life_expectancy": 83, ("life_expectancy", "female"): 85}``. Given where they are the comparator.
        overdispersion : bool
            Whether the funnels of `quality_gap` are widened by how much footprints differ beyond chance.
        progress : bool or function, optional
            True for a bar; or a function that is called with the share done, 0 to 1. An exception it raises, or
            Ctrl-C, stops the work.

        Raises
        ------
        stpfin.ArgumentError
            A scenario or a measure does not exist, or there is no deflator for real prices; also a ValueError.

        Examples
        --------
        >>> import stpfin
        >>> projection = stpfin.Plan.example("england").project("average_plan")
        >>> gap = projection.funding_gap
        >>> england = gap[(gap["footprint"] == "England") & (gap["component"] == "total") & (gap["year"] == 2020)]
        >>> (england.set_index("scenario")["gap"] / 1e9).round(1).to_dict()
        {'do_nothing': 18.3, 'average_plan': 8.1}

        >>> health = stpfin.Plan.example("england").project(comparator="best_fifth").health_gap
        >>> health = health.set_index(["footprint", "measure", "sex", "year"])[["value", "comparator", "gap"]]
        >>> health.loc[("England", "life_expectancy", "persons", 2020)].round(1).tolist()
        [81.4, 82.8, 1.4]
        """
        names = [scenarios] if isinstance(scenarios, str) else list(scenarios)
        return _results.Projection(self, names, choose("prices", _results.PRICES, prices),
                                   choose("comparator", _results.COMPARATORS, comparator), _read_targets(targets),
                                   bool(overdispersion), progress)

    def bridge(self, scenario: str | None = None, *, by: str | None = None, place: str | None = None,
               year: Year | None = None, method: str = "sequential", samples: int = 200, seed: int = 1,
               progress: Progress = None) -> _results.Bridge:
        """
        Explain a gap, in steps that add up.

        Parameters
        ----------
        scenario : str, optional
            Where the bridge leads to from doing nothing. Without one, it leads from the base year's gap to those of
            the years after if nothing is done.
        by : {"driver", "scheme", "workstream", "agreement"}, optional
            What the steps are: the scenario's schemes, their workstreams, or how far organisations have agreed to
            them; without a scenario "driver". Schemes unless said.
        place : str, optional
            A footprint, an organisation, "England" or "unassigned"; all without it.
        year : int or str, optional
            All without it.
        method : {"sequential", "shapley"}
            Each step on top of those before it, or the mean over all orders (Shapley, A value for n-person games,
            1953): exact up to 12 steps, then over a sample, with a standard error.
        samples, seed : int
            Of the sample of orders.
        progress : bool or function, optional
            As in `project`.

        Examples
        --------
        >>> import stpfin
        >>> bridge = stpfin.Plan.example("england").bridge(place="England", year="2020/21")
        >>> steps = bridge.bridge.set_index("group")["amount"] / 1e9
        >>> steps[["start", "population", "funding", "end"]].round(1).to_dict()
        {'start': 2.4, 'population': 5.4, 'funding': -20.4, 'end': 18.3}
        """
        if by is None:
            by = "driver" if scenario is None else "scheme"
        by_number, method_number = choose("by", _simulation.BY, by), choose("method", _simulation.METHODS, method)
        with follow(progress, "bridge") as tell:
            table, stamp = _stpfin.stpfin_bridge(
                self._handle, by_number, method_number, scenario, place, 0 if year is None else read_year(year),
                samples, seed, tell)
        return _results.Bridge(self, [table], stamp)

    def compare(self, other: Plan, scenario: str | None = None, *, progress: Progress = None) -> _results.Comparison:
        """
        What differs in another plan, and what that does to the gap.

        Parameters
        ----------
        other : Plan
            The plan after; this one is the plan before. Both have the same base year.
        scenario : str, optional
            A scenario of both, whose gaps are compared; doing nothing without it.
        progress : bool or function, optional
            As in `project`.

        Returns
        -------
        Comparison
            Its `change` has a row a cell that differs, its `bridge` a step a table.
        """
        if not isinstance(other, Plan):
            raise TypeError(f"a plan is compared with a plan, not with {type(other).__name__}")
        with follow(progress, "compare") as tell:
            changes, bridge, stamp = _stpfin.stpfin_compare(self._handle, other._handle, scenario, tell)
        return _results.Comparison(other, [changes, bridge], stamp)

    def align(self, scenarios: str | Iterable[str] = ()) -> _results.Alignment:
        """
        Set organisations' own plans, and both ends of contracts, beside the projection.

        Returns
        -------
        Alignment
            Its `alignment` has a row for each row of the plan's organisation_plan and each scenario, its
            `contract_mismatch` one for each row of contract_view.
        """
        return self.project(scenarios).align()

    def allocate(self, fund: str, rule: str, *, weight: str = "claim", year: Year | None = None,
                 pace: float | None = None, scenario: str | None = None) -> _fund.Allocation:
        """
        Share a fund among those who claim it (the table `claim`), by a rule.

        Parameters
        ----------
        fund : str
            One of the table `fund`.
        rule : {"proportional", "equal_awards", "equal_losses", "talmud"}
            As in `stpfin.fund_share`.
        weight : {"claim", "population"}
            What weighs the claims: the weights they have, or the people each claimant serves.
        year : int or str, optional
            All that the fund has claims for without it.
        pace : float, optional
            The most an award may change on that of the year before, as a share of it: 0.1 is 10%.
        scenario : str, optional
            The scenario in which the awards are received; every one without it.

        Returns
        -------
        Allocation
            Its `allocation` has a row a claim, in whole pence; its `plan` the new awards in place of those it had.

        Raises
        ------
        stpfin.InfeasibleError
            Floors, caps and pace cannot meet the fund; also a ValueError.
        stpfin.ArgumentError
            There is no such fund or scenario, or no claim on it; also a ValueError.

        Examples
        --------
        >>> import stpfin
        >>> plan = stpfin.Plan.example("england")
        >>> shared = plan.allocate("transformation", "equal_losses", weight="population", year="2020/21")
        >>> (shared.allocation[["claim", "award", "residual"]].sum() / 1e9).round(2).tolist()
        [8.06, 3.4, 4.65]
        >>> gap = shared.plan.project("average_plan").funding_gap
        >>> england = gap[(gap["footprint"] == "England") & (gap["component"] == "total") & (gap["year"] == 2020)]
        >>> (england.set_index("scenario")["gap"] / 1e9).round(1).to_dict()
        {'do_nothing': 18.3, 'average_plan': 4.7}
        """
        return _fund.Allocation(self, fund, rule, weight, year, pace, scenario)

    def portfolio(self, *, scenario: str = "portfolio", gap: float = 0.001, time_limit: float | None = None,
                  alternatives: int = 2, tolerance: float = 0.01, finance_weight: float = 1.0,
                  health_weight: float = 0.0, quality_weight: float = 0.0, benefits: _portfolio.Benefits = None,
                  progress: Progress = None) -> _portfolio.Portfolio:
        """
        Choose the bids to funds (the tables `bid` and `bid_amount`) that bring the most together.

        The set chosen keeps within what each fund has in each year, keeps every `portfolio_limit`, holds one bid at
        most of each group, and none without those it requires. Among such sets the one with the largest sum of benefits
        is sought, and how far it can be from the best is proved.

        Parameters
        ----------
        scenario : str
            What the scenario of the chosen schemes is called; one the plan has is replaced.
        gap : float
            The search ends once the set is this near the best, as a share of its benefit; 0 to find the best itself.
        time_limit : float, optional
            Seconds after which it ends with what it has.
        alternatives : int
            How many other sets nearly as good to look for, as different as can be.
        tolerance : float
            How much of the benefit an alternative may lack, as a share of it: 0 to 1.
        finance_weight : float
            Benefit for each £ of present value of the gap in money that a bid's scheme closes, alone against do
            nothing.
        health_weight : float
            £ for each year of life before 75 that the scheme saves.
        quality_weight : float
            £ for each of those affected by a gap in quality whom the scheme spares it, times the indicator's weight.
        benefits : DataFrame, Series or mapping, optional
            The benefit of each bid, in any unit, in place of those computed: columns `bid` and `benefit`, or values by
            bid.
        progress : bool or function, optional
            As in `project`. Ctrl-C ends the search with the best set it has, which the summary then says.

        Returns
        -------
        Portfolio
            Its `portfolio` has a row a bid; its `plan` the chosen schemes as a scenario and what their bids ask for as
            awards.

        Raises
        ------
        stpfin.InfeasibleError
            No set keeps all limits; its `conflict` says which cannot hold together. Also a ValueError.
        stpfin.ArgumentError
            The benefits miss a bid, or a parameter is out of range; also a ValueError.
        KeyboardInterrupt
            Ctrl-C before there is any set.

        Notes
        -----
        Where neither a time limit nor Ctrl-C ends the search, the same plan and parameters give the same sets. The
        bound is that of Dantzig and Wolfe, Decomposition principle for linear programs, 1960; the search one of large
        neighbourhoods (Shaw, Using constraint programming and local search methods to solve vehicle routing problems,
        1998).

        Examples
        --------
        >>> import stpfin
        >>> plan = stpfin.Plan.example("england")
        >>> chosen = plan.portfolio(alternatives=0)
        >>> chosen.summary["bids"], chosen.summary["end"]
        (176, 'near_enough')
        >>> funded = chosen.plan.project("portfolio")

        The most bids that keep all limits, whatever they bring:

        >>> most = plan.portfolio(benefits=dict.fromkeys(plan["bid"]["bid"], 1.0), alternatives=0)
        >>> most.summary["chosen"] == most.summary["benefit"]
        True
        """
        return _portfolio.choose_bids(
            self, scenario, gap, time_limit, alternatives, tolerance, (finance_weight, health_weight, quality_weight),
            benefits, progress)

    def simulate(self, scenarios: str | Iterable[str] = (), *, measures: str | Iterable[str] | None = None,
                 draws: int = 1000, seed: int = 1, first: int = 0, end: int | None = None, threads: int | None = None,
                 prices: str = "cash", by: str | None = None, method: str = "sequential",
                 progress: Progress = None) -> _simulation.Simulation:
        """
        Draw what is uncertain (the tables `uncertainty` and `correlation`), and see how results spread.

        In each draw the plan is projected with the figures drawn, if nothing is done and in the scenarios.

        Parameters
        ----------
        scenarios : str or iterable of str, optional
            The scenarios beside do_nothing. "A-B", where no scenario has that name, is the difference of two, draw by
            draw.
        measures : str or iterable of str, optional
            Columns of results, as "position.gap", which keys may narrow, as
            "funding_gap.gap[component=nhs;footprint=London;year=2020]"; "funding_gap.gap" without it. Keys left open,
            other than place and year, each make a measure of their own. "bridge.amount" is the bridge from do_nothing
            to a scenario.
        draws : int
            How many draws the whole simulation has, 1 to 1e9.
        seed : int
            0 to 2**64 - 1. A draw depends on the seed, its number, the parameter and the year, and on nothing else.
        first, end : int, optional
            The draws to make of the whole, from `first` to before `end`; all without them. Pieces made apart are put
            together by `Simulation.join`.
        threads : int, optional
            As many as the machine has without it. No result depends on it.
        prices : {"cash", "real"}
            £ of each year, or of the base year by the plan's deflator.
        by : {"driver", "scheme", "workstream", "agreement"}, optional
            The steps of "bridge.amount", as in `bridge`.
        method : {"sequential", "shapley"}
            How they are found, as in `bridge`.
        progress : bool or function, optional
            As in `project`. Ctrl-C stops the work.

        Raises
        ------
        stpfin.ArgumentError
            A measure, scenario or key does not exist, nothing is uncertain, or there are no draws from `first` to
            `end`; also a ValueError.
        stpfin.TooLargeError
            A draw is beyond what a double can hold.

        See Also
        --------
        stpfin.distributed.simulate : the same on many machines

        Examples
        --------
        How likely is it that a plan closes the gap, in England and where it is least likely?

        >>> import stpfin
        >>> simulation = stpfin.Plan.example("england").simulate("average_plan", draws=200)
        >>> last = simulation.simulation.query("scenario == 'average_plan' and year == 2020").set_index("place")
        >>> bool(last.loc["England", "p10"] < last.loc["England", "central"] < last.loc["England", "p90"])
        True
        >>> bool(0 <= last["probability_closed"].min() < last["probability_closed"].max() <= 1)
        True
        """
        asked = _simulation.read(scenarios, measures, draws, seed, first, end, prices, by, method)
        return _simulation.run(self, asked, threads, progress)

    def sensitivity(self, scenarios: str | Iterable[str] = (), *, measures: str | Iterable[str] | None = None,
                    draws: int = 1000, sobol: int = 0, repetitions: int = 1000, seed: int = 1,
                    threads: int | None = None, prices: str = "cash", by: str | None = None,
                    method: str = "sequential", progress: Progress = None) -> _simulation.Sensitivity:
        """
        Find which uncertain figures results depend on.

        Parameters
        ----------
        scenarios, measures, seed, threads, prices, by, method, progress
            As in `simulate`.
        draws : int
            Of the rank correlation, 2 or more; 0 to leave it out.
        sobol : int
            Of each of the two samples of Sobol's indices, 2 or more, which take as many projections times the number of
            parameters and two; 0 to leave them out.
        repetitions : int
            How often those are drawn again for their intervals.

        Raises
        ------
        stpfin.ArgumentError
            As of `simulate`; and Sobol's indices are asked for where parameters are correlated. Also a ValueError.

        Notes
        -----
        The 10th and 90th percentile is that of each year of a parameter that is drawn by year. Sobol's indices are
        estimated as in `stpfin.sobol_indices`.

        Examples
        --------
        >>> import stpfin
        >>> sensitivity = stpfin.Plan.example("england").sensitivity("average_plan", draws=0)
        >>> rows = sensitivity.sensitivity.query("scenario == 'average_plan' and place == 'England' and year == 2020")
        >>> swing = (rows["high"] - rows["low"]).abs().set_axis(rows["parameter"]).sort_values(ascending=False)
        >>> bool((swing.head(3) > 1e9).all())
        True
        """
        asked = _simulation.read(scenarios, measures, draws, seed, 0, None, prices, by, method)
        return _simulation.find_sensitivity(self, asked, sobol, repetitions, threads, progress)

    def seek(self, parameter: str, target: float, *, measure: str = "funding_gap.gap", scenario: str | None = None,
             place: str | None = None, year: Year | None = None, low: float | None = None, high: float | None = None,
             prices: str = "cash", progress: Progress = None) -> _simulation.Seek:
        """
        Seek the value of a figure that brings a measure to a target.

        Parameters
        ----------
        parameter : str
            A parameter of the table `uncertainty`, whose value acts as its mode says in every year; or cells of the
            plan, which all take the value: "scenario.scale[scenario=average_plan]".
        target : float
            The value of the measure that is sought.
        measure : str
            As in `simulate`; one figure in the place and year.
        scenario : str, optional
            The scenario it is of, or a difference "A-B"; do_nothing without it.
        place : str, optional
            A footprint or an organisation; England without it.
        year : int or str, optional
            The last without it.
        low, high : float, optional
            The values to seek between. Without them a parameter's 0.1th and 99.9th percentile; of cells, the range of
            their column where it has two ends, else from 0 (or its lower end) to twice their largest value and at
            least 1.
        prices : {"cash", "real"}
            As in `simulate`.
        progress : bool or function, optional
            As in `project`.

        Raises
        ------
        stpfin.InfeasibleError
            No value reaches the target; its `nearest` is the `Seek` of the value that comes nearest. Also a ValueError.
        stpfin.ArgumentError
            There is no such parameter, cell, measure, scenario or place; also a ValueError.

        Notes
        -----
        The first crossing among 32 equal parts of the range, narrowed by Brent's method (Algorithms for minimization
        without derivatives, 1973) to 1e-12 of the range.

        Examples
        --------
        How much of a plan does it take to halve the gap of £18.3bn?

        >>> import stpfin
        >>> plan = stpfin.Plan.example("england")
        >>> seek = plan.seek("scenario.scale[scenario=average_plan]", 9e9, scenario="average_plan")
        >>> 0.5 < seek.value < 1.5
        True
        """
        return _simulation.seek(self, parameter, target, measure, scenario, place, year, low, high, prices, progress)

    # In Python

    def __repr__(self) -> str:
        return f"<stpfin.Plan {self._summary()}>"

    def _summary(self) -> str:
        counts = {name: _stpfin.stpfin_table_rows(self._table(name)) for name in ("footprint", "organisation", "flow")}
        counts["scenario"] = len(self.scenarios)
        years = self.years
        return f"{show_year(years[0])} to {show_year(years[-1])}: " + ", ".join(
            f"{number:,} {what}{'' if number == 1 else 's'}" for what, number in counts.items())

    def _repr_html_(self) -> str:
        return _html.plan(self)

    def __copy__(self) -> Plan:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Plan:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        columns = {name: _frames.arrays(self._table(name)) for name in self.tables}
        return _rebuild, (self.settings, columns)


def _rebuild(settings: dict[str, Any], tables: dict[str, dict[str, Any]]) -> Plan:
    """A plan from what `Plan.__reduce__` kept of it."""
    return Plan._make(*_stpfin.stpfin_plan_new(settings, [_frames.from_arrays(name, columns)
                                                          for name, columns in tables.items()]))


class PlanTables(Mapping[str, pandas.DataFrame]):
    """
    A plan's tables by name, each made when it is looked up.

    Attributes
    ----------
    rows : dict
        The number of rows of each.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        counts = {name: _stpfin.stpfin_table_rows(plan._table(name)) for name in _dictionary.plan_tables()}
        self.rows: dict[str, int] = {name: count for name, count in counts.items() if count > 0}

    def __getitem__(self, name: str) -> pandas.DataFrame:
        return self._plan.table(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, name: object) -> bool:
        return name in self.rows

    # Tables have no one answer to whether they are equal.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{name}: {count:,} rows" for name, count in self.rows.items()) + "}"


def check(plan: Plan | Path | Tables, **settings: Any) -> pandas.DataFrame:
    """
    Everything that is wrong with a plan, not the first thing.

    Parameters
    ----------
    plan : str, path, mapping or Plan
        The folder of a plan, or its tables as `Plan` takes them.
    **settings
        Of tables: the years and rates, as `Plan` takes them.

    Returns
    -------
    pandas.DataFrame
        `severity` ("error", "warning" or "note"), `file`, `row` (1 is the header; NA when it is about no row),
        `column` and `message`: what is wrong and what would be right. Without rows if all is well.

    Examples
    --------
    >>> import stpfin
    >>> problems = stpfin.check({"footprint": {"footprint": ["F1"], "nam": ["Our place"]}}, base_year=2024,
    ...                         end_year=2026)
    >>> problems.loc[0, ["file", "column", "message"]].tolist()
    ['footprint.csv', 'nam', "footprint has no column 'nam': did you mean name?"]
    """
    if isinstance(plan, Plan):
        return plan.problems
    try:
        if isinstance(plan, Mapping):
            return Plan(plan, **settings).problems
        if settings:
            raise TypeError("the settings of a folder are those of its datapackage.json")
        return Plan.load(plan).problems
    except PlanError as error:
        if error.problems is None:
            raise
        return error.problems


def new(folder: Path, *, base_year: Year = 2015, end_year: Year | None = None, xlsx: bool = False) -> None:
    """
    Write an empty plan to fill in: every table's CSV file with its header, and a datapackage.json.

    Parameters
    ----------
    folder : str or path
        Made if need be. One that holds any file of a plan is refused with a ValueError.
    base_year, end_year : int or str
        The first and the last financial year; without the last, 5 years after the first.
    xlsx : bool
        Whether to write plan.xlsx there too, a workbook to fill in instead, for `Plan.from_excel`.
    """
    first = read_year(base_year)
    settings = _make_settings(first, first + 5 if end_year is None else end_year)
    _stpfin.stpfin_plan_write_empty(settings, folder)
    if xlsx:
        _stpfin.stpfin_plan_write_workbook(None, os.path.join(folder, "plan.xlsx"))


def _read_targets(targets: Any) -> tuple[list[str], list[str | None], Any]:
    """Measures, sexes and values of targets, side by side."""
    if targets is None:
        targets = {}
    if not isinstance(targets, (Mapping, pandas.Series)):
        raise TypeError(f"targets are a dictionary of values by measure, not {type(targets).__name__}")
    targets = dict(targets)
    keys = [key if isinstance(key, tuple) else (key, None) for key in targets]
    for key in keys:
        if len(key) != 2 or not isinstance(key[0], str) or not isinstance(key[1], (str, type(None))):
            raise TypeError(f"a target is of a measure, or of a measure and a sex, not of {key!r}")
    values = to_vector("targets", list(targets.values()))
    return [measure for measure, _ in keys], [sex for _, sex in keys], values


def _make_settings(base_year: Year, end_year: Year, discount_rate: float | None = None,
                   long_discount_rate: float | None = None,
                   capital_charge_rate: float | None = None) -> dict[str, Any]:
    rates = zip(_RATES, (discount_rate, long_discount_rate, capital_charge_rate))
    return {"base_year": read_year(base_year), "end_year": read_year(end_year),
            **{name: float(rate) for name, rate in rates if rate is not None}}


def _make_tables(tables: Tables) -> list[Any]:
    if not isinstance(tables, Mapping):
        raise TypeError(f"tables are a dictionary of DataFrames by name, not {type(tables).__name__}")
    made = []
    for name, data in tables.items():
        if not isinstance(name, str):
            raise TypeError(f"the name of a table is text, not {name!r}")
        made.append(_frames.from_frame(name, data, _dictionary.columns(name)))
    return made


def _say(problems: pandas.DataFrame, most: int = 5) -> str:
    """The first errors, a line each, as `stpfin check` has them."""
    errors = problems[problems["severity"] == "error"]
    lines = []
    for error in errors.head(most).to_dict("records"):
        place = [str(error[part]) for part in ("file", "row", "column") if not pandas.isna(error[part])]
        lines.append(": ".join(filter(None, [":".join(place), error["message"]])))
    if len(errors) > most:
        lines.append(f"and {len(errors) - most} more: see the exception's problems, or stpfin.check")
    return "\n".join([f"the plan has {len(errors)} error{'s' if len(errors) > 1 else ''}", *lines])
