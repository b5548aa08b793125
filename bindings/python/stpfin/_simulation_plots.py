"""Plots of simulations and of what they depend on, by matplotlib: every one takes and returns an Axes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy
import pandas

from stpfin import _dictionary
from stpfin._plots import (
    _COLOURS, _FALL, _RISE, _UNITS, _axes, _check, _draw_lines, _draw_waterfall, _figure, _money, _names, _short, _tidy,
    _words)
from stpfin._results import Results
from stpfin._years import Year, read_year, show_year
from stpfin.errors import ArgumentError

if TYPE_CHECKING:
    from stpfin._simulation import Sensitivity, Simulation

# From the widest, which lies under the others.
_BANDS = (("p5", "p95", "90%", 0.12), ("p10", "p90", "80%", 0.14), ("p25", "p75", "50%", 0.2))


class SimulationPlots:
    """Plots of a simulation."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def fan(self, place: str | None = None, *, measure: str | None = None, scenarios: str | Iterable[str] | None = None,
            ax: Any = None) -> Any:
        """
        A measure by year: the plan as it stands, the mean of draws, and the bands that hold half, 80 and 90% of them.

        Parameters
        ----------
        place : str, optional
            One of the simulation; England, or the first, without it.
        measure : str, optional
            One of `simulation.measures`; the first without it.
        scenarios : str or iterable of str, optional
            Those to show; all of the simulation without it.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        rows = self._rows(measure, place, scenarios)
        key = _key(rows)
        shown = list(dict.fromkeys(rows["scenario"]))
        paths = rows.pivot(index="year", columns="scenario", values=["p5", "p10", "p25", "p75", "p90", "p95", "central",
                                                                     "mean"])
        scale, unit = _unit(self._simulation, key.measure, paths.to_numpy())
        paths /= scale
        ax = _axes(ax, height=4.6)
        for i, name in enumerate(shown):
            colour = _COLOURS[i % len(_COLOURS)]
            for low, high, _, alpha in _BANDS:
                ax.fill_between(paths.index, paths[low][name], paths[high][name], color=colour, alpha=alpha,
                                linewidth=0)
        _draw_lines(ax, paths["central"][shown])
        for i, name in enumerate(shown):
            ax.plot(paths.index, paths["mean"][name], color=_COLOURS[i % len(_COLOURS)], linestyle="none", marker="_",
                    markersize=12, markeredgewidth=2)
        if unit.startswith("£"):
            ax.axhline(0, color="black", linewidth=0.8)
        ax.set_title(_title(self._simulation, key.measure, key.place), pad=24)
        ax.set_ylabel(unit)
        _explain_fan(ax)
        return ax

    def s_curve(self, place: str | None = None, *, measure: str | None = None, year: Year | None = None,
                scenarios: str | Iterable[str] | None = None, ax: Any = None) -> Any:
        """
        The share of draws in which a measure is at most so much, with the share in which it is 0 or less marked.

        Parameters
        ----------
        place, measure, scenarios
            As in `fan`.
        year : int or str, optional
            One of the simulation; the last without it.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        rows = _in_year(self._rows(measure, place, scenarios), year)
        key = _key(rows)
        draws = numpy.sort(self._simulation.array[rows.index], axis=1)
        scale, unit = _unit(self._simulation, key.measure, draws)
        shares = numpy.arange(1, draws.shape[1] + 1) / draws.shape[1] * 100
        ax = _axes(ax)
        for colour, line, row in zip(itertools.cycle(_COLOURS), draws, rows.to_dict("records")):
            closed = row["probability_closed"] * 100
            ax.step(line / scale, shares, where="post", color=colour,
                    label=f"{_words(row['scenario'])}: at most 0 in {closed:.0f}%")
            below = numpy.searchsorted(line, row["central"]) / len(line) * 100
            ax.plot(row["central"] / scale, below, "D", color=colour, markerfacecolor="white")
            ax.plot(0, closed, "o", color=colour, clip_on=False, zorder=3)
        ax.axvline(0, color="black", linewidth=0.8)
        ax.set_ylim(0, 100)
        ax.set_ylabel("% of draws with at most as much")
        ax.set_xlabel(f"{unit}; ◇ the plan as it stands")
        ax.set_title(f"{_title(self._simulation, key.measure, key.place)}, {show_year(key.year)}")
        ax.legend(loc="best")
        _tidy(ax)
        return ax

    def odds(self, scenario: str | None = None, *, measure: str | None = None, year: Year | None = None, most: int = 50,
             ax: Any = None) -> Any:
        """
        The share of draws in which the measure of each place is 0 or less, with its 95% interval.

        Parameters
        ----------
        scenario : str, optional
            The last of the simulation without it.
        measure : str, optional
            As in `fan`.
        year : int or str, optional
            As in `s_curve`.
        most : int
            How many places to show, the least likely.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        rows = _where(self._simulation["simulation"], "measure", measure)
        rows = _in_year(_where(rows, "scenario", scenario, last=True), year)
        key = _key(rows)
        shown = rows.sort_values("probability_closed", kind="stable").head(most)
        share, error = 100 * shown["probability_closed"].to_numpy(), 196 * shown["probability_error"].to_numpy()
        places = numpy.arange(len(shown))
        ax = _axes(ax, width=8, height=1.6 + 0.21 * len(shown))
        ax.errorbar(share, places, xerr=(numpy.minimum(error, share), numpy.minimum(error, 100 - share)), fmt="o",
                    color=_COLOURS[1], markersize=4, elinewidth=0.8, capsize=2)
        names = _names(self._simulation.plan)
        ax.set_yticks(places, [_short(names.get(place, place)) for place in shown["place"]], fontsize="small")
        ax.set_ylim(len(shown), -1)
        ax.set_xlim(-2, 102)
        ax.set_xlabel("% of draws in which it is 0 or less, with 95% intervals")
        some = f", the {len(shown)} least likely of {len(rows)} places" if len(shown) < len(rows) else ""
        ax.set_title(f"{_title(self._simulation, key.measure)} closed, {show_year(key.year)}: "
                     f"{_words(key.scenario)}{some}")
        ax.grid(axis="x", color="#EEEEEE")
        ax.set_axisbelow(True)
        _tidy(ax)
        return ax

    def bridge(self, place: str | None = None, *, scenario: str | None = None, year: Year | None = None,
               ax: Any = None) -> Any:
        """
        The steps from one gap to another: their means as a waterfall, and the interval that holds 80% of the draws.

        Parameters
        ----------
        place : str, optional
            As in `fan`.
        scenario : str, optional
            The last that has a bridge without it: "bridge.amount" is among the measures of the simulation.
        year : int or str, optional
            As in `s_curve`.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        rows = self._simulation["simulation"]
        keys = rows["measure"].astype(str).str.extract(r"^bridge\.amount\[step=(\d+);group=(.*)\]$")
        rows = rows.assign(step=keys[0].astype(float), group=keys[1]).dropna(subset=["step"])
        if rows.empty:
            raise ArgumentError("there is no bridge here: simulate the measure 'bridge.amount'")
        rows = _in_year(_where(_where(rows, "scenario", scenario, last=True), "place", place), year).sort_values("step")
        key = _key(rows)
        names = _names(self._simulation.plan)
        ends = ["do nothing", _words(key.scenario)] if key.scenario != "do_nothing" else [
            show_year(self._simulation.plan.years[0]), f"{show_year(key.year)}, do nothing"]
        labels = [ends[0], *(names.get(group, _words(group)) for group in rows["group"].iloc[1:-1]), ends[1]]
        # The mean of skewed draws may lie beyond a percentile.
        spread = numpy.stack([rows["mean"] - rows["p10"], rows["p90"] - rows["mean"]]).clip(min=0)
        ax, unit = _draw_waterfall(ax, rows["mean"].to_numpy(), labels, spread)
        ax.set_xlabel(f"{unit} {_prices(self._simulation)}; above 0 a shortfall\n"
                      "mean, and the interval of 80% of draws")
        ax.set_title(f"What moves the gap: {names.get(key.place, key.place)}, {show_year(key.year)}")
        return ax

    def _rows(self, measure: str | None, place: str | None, scenarios: str | Iterable[str] | None) -> pandas.DataFrame:
        """The rows of one measure and place, scenario by scenario."""
        rows = _where(_where(self._simulation["simulation"], "measure", measure), "place", place)
        if scenarios is None:
            return rows
        names = [scenarios] if isinstance(scenarios, str) else list(scenarios)
        return pandas.concat([_where(rows, "scenario", name) for name in names])


class SensitivityPlots:
    """The plot of what results depend on."""

    def __init__(self, sensitivity: Sensitivity) -> None:
        self._sensitivity = sensitivity

    def __call__(self, place: str | None = None, *, measure: str | None = None, scenario: str | None = None,
                 year: Year | None = None, most: int = 15, ax: Any = None) -> Any:
        """
        A tornado: the measure with each figure at its 10th and 90th percentile, those that move it most first.

        Parameters
        ----------
        place : str, optional
            England, or the first, without it.
        measure : str, optional
            The first without it.
        scenario : str, optional
            The last without it.
        year : int or str, optional
            The last without it.
        most : int
            How many figures to show.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        rows = _where(_where(self._sensitivity["sensitivity"], "measure", measure), "place", place)
        rows = _in_year(_where(rows, "scenario", scenario, last=True), year)
        key = _key(rows)
        central = self._sensitivity._central
        for name, value in key._asdict().items():
            central = central[central[name] == value]
        middle = central["central"].iloc[0]
        swing = (rows["high"] - rows["low"]).abs().sort_values(ascending=False, kind="stable")
        rows = rows.loc[swing.index].head(most)
        scale, unit = _unit(self._sensitivity, key.measure, rows[["low", "high"]].to_numpy())
        places = numpy.arange(len(rows))
        ax = _axes(ax, width=8, height=1.8 + 0.32 * len(rows))
        for end, colour, label in (("low", _FALL, "at its 10th percentile"), ("high", _RISE, "at its 90th percentile")):
            ax.barh(places, (rows[end] - middle) / scale, left=middle / scale, color=colour, height=0.65, label=label)
        ax.axvline(middle / scale, color="black", linewidth=0.8)
        ax.annotate(f"as the plan stands: {_figure(middle / scale)}", (middle / scale, 0), xytext=(4, 4),
                    xycoords=("data", "axes fraction"), textcoords="offset points", fontsize="small")
        ax.set_yticks(places, [_words(parameter) for parameter in rows["parameter"]])
        ax.set_ylim(len(rows) + 0.2, -0.8)
        ax.set_xlabel(unit)
        ax.set_title(f"{_title(self._sensitivity, key.measure, key.place)}, {show_year(key.year)}, "
                     f"{_words(key.scenario)}: what moves it most", pad=24)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncol=2, frameon=False)
        _tidy(ax)
        return ax


def _explain_fan(ax: Any) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    # Each band is seen through those above it.
    shades = numpy.cumsum([alpha for *_, alpha in _BANDS])
    bands = [Patch(color="black", alpha=shade, linewidth=0, label=f"{share} of draws")
             for (*_, share, _), shade in zip(_BANDS, shades)]
    ax.legend(handles=[Line2D([], [], color="black", marker="o", markersize=3, label="as the plan stands"),
                       Line2D([], [], color="black", linestyle="none", marker="_", markersize=12, markeredgewidth=2,
                              label="mean"), *bands[::-1]],
              loc="lower center", bbox_to_anchor=(0.5, 1), ncol=5, frameon=False, fontsize="small", columnspacing=1.2,
              handlelength=1.4)


def _where(rows: pandas.DataFrame, column: str, value: str | None, *, last: bool = False) -> pandas.DataFrame:
    """The rows of a value; without one of England, or the first or last there is."""
    known = rows[column].cat.remove_unused_categories()
    if value is None:
        value = "England" if column == "place" and "England" in known.cat.categories else known.iloc[-1 if last else 0]
    _check(column, value, known)
    return rows[rows[column] == value]


def _in_year(rows: pandas.DataFrame, year: Year | None) -> pandas.DataFrame:
    number = rows["year"].max() if year is None else read_year(year)
    _check("year", number, rows["year"])
    return rows[rows["year"] == number]


class _Key(NamedTuple):
    """What rows are of."""

    scenario: str
    measure: str
    place: str
    year: int


def _key(rows: pandas.DataFrame) -> _Key:
    """What the first row is of."""
    return _Key(*rows[list(_Key._fields)].iloc[0])


def _unit(results: Results, measure: str, values: Any) -> tuple[float, str]:
    """What to divide a measure's values by, and the unit that gives."""
    result, column, keys = _parts(measure)
    unit = str(_dictionary.describe(result).loc[column, "unit"])
    if unit != "£":
        return 1.0, next((_UNITS[key] for key in keys if key in _UNITS), unit)
    scale, unit = _money(values)
    return scale, f"{unit} {_prices(results)}; above 0 a shortfall"


def _title(results: Results, measure: str, place: str | None = None) -> str:
    result, column, keys = _parts(measure)
    name = _words(result if result.endswith(column) else f"{result} {column}").capitalize()
    where = "" if place is None else f": {_names(results.plan).get(place, place)}"
    return ", ".join([name, *map(_words, keys)]) + where


def _parts(measure: str) -> tuple[str, str, list[str]]:
    """The result, the column and the values of the keys in a measure's complete name."""
    name, _, keys = measure.partition("[")
    result, _, column = name.partition(".")
    return result, column, re.findall(r"=([^;\]]*)", keys)


def _prices(results: Results) -> str:
    return ("in prices of each year" if results.prices == "cash" else
            f"in prices of {show_year(results.plan.years[0])}")
