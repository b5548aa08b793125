"""Plots of results, by matplotlib: every one takes and returns an Axes."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Union

import numpy
import pandas

from stpfin._examples import data_folder
from stpfin._results import Comparison
from stpfin._years import Year, read_year, show_year
from stpfin.errors import ArgumentError

if TYPE_CHECKING:
    from stpfin._plan import Plan
    from stpfin._results import Bridge, Projection

    Boundaries = Union[str, os.PathLike[str], Mapping[str, Any], None]

# Okabe and Ito, Color universal design, 2008: told apart by the colour-blind too.
_COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_RISE, _FALL, _TOTAL = "#D55E00", "#0072B2", "#555555"


class ProjectionPlots:
    """Plots of a projection."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection

    def gap(self, place: str = "England", *, component: str = "total", scenarios: str | Iterable[str] | None = None,
            ax: Any = None) -> Any:
        """
        The funding gap by year, a line a scenario.

        Parameters
        ----------
        place : str
            A footprint, "England" or "unassigned".
        component : {"total", "nhs", "commissioner", "provider", "council"}
            Whose gap.
        scenarios : str or iterable of str, optional
            Those to show; all of the projection without it.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        gaps = self._projection.funding_gap
        _check("place", place, gaps["footprint"])
        _check("component", component, gaps["component"])
        gaps = gaps[(gaps["footprint"] == place) & (gaps["component"] == component)]
        lines = gaps.pivot(index="year", columns="scenario", values="gap")[self._scenarios(scenarios)]
        scale, unit = _money(lines.to_numpy())
        ax = _axes(ax)
        _draw_lines(ax, lines / scale)
        ax.axhline(0, color="black", linewidth=0.8)
        whose = "" if component == "total" else f", {component}"
        ax.set_title(f"Funding gap: {_names(self._projection.plan).get(place, place)}{whose}")
        ax.set_ylabel(f"{unit} {self._prices()}; above 0 a shortfall")
        return ax

    def activity(self, scenario: str | None = None, *, provider: str | None = None, year: Year | None = None,
                 ax: Any = None) -> Any:
        """
        Activity by service if nothing is done and in a scenario, against the base year.

        Parameters
        ----------
        scenario : str, optional
            The last of the projection without it.
        provider : str, optional
            Who gives the care; everyone without it.
        year : int or str, optional
            The last without it.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        scenario = self._scenario(scenario)
        years = self._projection.plan.years
        year = years[-1] if year is None else read_year(year)
        activity = self._projection.activity
        if provider is not None:
            _check("provider", provider, activity["provider"])
            activity = activity[activity["provider"] == provider]
        _check("year", year, activity["year"])
        sums = activity.groupby(["scenario", "service", "year"], observed=True)["activity"].sum()
        base = sums["do_nothing"].unstack()[years[0]]
        shares = pandas.DataFrame({name: sums[name].unstack()[year] / base - 1
                                   for name in dict.fromkeys(("do_nothing", scenario))}) * 100
        # Care that a scenario begins has no base year to be set against.
        shares = shares.replace([numpy.inf, -numpy.inf], numpy.nan).dropna(how="all").sort_values("do_nothing")
        names = _names(self._projection.plan)
        ax = _axes(ax, width=8, height=1.6 + 0.32 * len(shares))
        places = numpy.arange(len(shares))
        ax.hlines(places, shares.min(axis=1), shares.max(axis=1), color="#BBBBBB", linewidth=2, zorder=1)
        for colour, marker, name in zip(_COLOURS, "os", shares):
            ax.scatter(shares[name], places, color=colour, marker=marker, zorder=2, label=_words(name))
        ax.axvline(0, color="black", linewidth=0.8)
        ax.set_yticks(places, [names.get(service, service) for service in shares.index])
        ax.set_xlabel(f"% above or below {show_year(years[0])}")
        whose = "" if provider is None else f": {names.get(provider, provider)}"
        ax.set_title(f"Activity in {show_year(year)}{whose}", pad=24)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncol=2, frameon=False)
        _tidy(ax)
        return ax

    def resource(self, resource: str = "bed", *, organisation: str | None = None,
                 scenarios: str | Iterable[str] | None = None, ax: Any = None) -> Any:
        """
        Beds or staff needed by year, a line a scenario, beside those there are.

        Parameters
        ----------
        resource : str
            "bed" or a staff group.
        organisation : str, optional
            Whose; without it those of every organisation whose supply is known, or of all if none is.
        scenarios : str or iterable of str, optional
            Those to show; all of the projection without it.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        rows = self._projection.resource
        _check("resource", resource, rows["resource"])
        rows = rows[rows["resource"] == resource]
        title = f"{_words(resource).capitalize()}s" if resource == "bed" else _words(resource).capitalize()
        if organisation is not None:
            _check("organisation", organisation, rows["organisation"])
            rows = rows[rows["organisation"] == organisation]
            title += f": {_names(self._projection.plan).get(organisation, organisation)}"
        elif rows["supply"].notna().any():
            rows = rows[rows["supply"].notna()]
            title += f" of {rows['organisation'].nunique()} organisations whose supply is known"
        sums = rows.groupby(["scenario", "year"], observed=True)[["needed", "supply"]].sum(min_count=1)
        ax = _axes(ax)
        _draw_lines(ax, sums["needed"].unstack("scenario")[self._scenarios(scenarios)])
        supply = sums["supply"].loc["do_nothing"]
        if supply.notna().any():
            ax.plot(supply.index, supply, color="#888888", linestyle=":", linewidth=2)
            ax.annotate("there are", (supply.index[-1], supply.iloc[-1]), xytext=(6, 0), textcoords="offset points",
                        va="center", color="#666666")
        ax.yaxis.set_major_formatter("{x:,.0f}")
        ax.set_ylabel("beds needed" if resource == "bed" else "whole-time equivalents needed")
        ax.set_title(title)
        return ax

    def map(self, scenario: str | None = None, *, year: Year | None = None, component: str = "total",
            boundaries: Boundaries = None, ax: Any = None) -> Any:
        """
        The gap per head of every footprint on a map.

        Parameters
        ----------
        scenario : str, optional
            The last of the projection without it.
        year : int or str, optional
            The last without it.
        component : {"total", "nhs", "commissioner", "provider", "council"}
            Whose gap.
        boundaries : str, path or dict, optional
            GeoJSON whose features have the property `footprint`; those of England's 44 footprints without it.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from matplotlib.collections import PathCollection
        from matplotlib.colors import Normalize, TwoSlopeNorm

        scenario = self._scenario(scenario)
        year = self._projection.plan.years[-1] if year is None else read_year(year)
        gaps = self._projection.funding_gap
        _check("component", component, gaps["component"])
        _check("year", year, gaps["year"])
        gaps = gaps[(gaps["scenario"] == scenario) & (gaps["component"] == component) & (gaps["year"] == year)]
        per_head = gaps.set_index(gaps["footprint"].astype(str))["gap_per_head"]
        shapes = _read_boundaries(boundaries)
        values = per_head.reindex(list(shapes))
        if values.isna().all():
            raise ArgumentError("the boundaries have none of the plan's footprints")
        is_two_sided = values.min() < 0 < values.max()
        norm = TwoSlopeNorm(0, values.min(), values.max()) if is_two_sided else Normalize(values.min(), values.max())
        collection = PathCollection(list(shapes.values()), array=values.to_numpy(), norm=norm, edgecolor="white",
                                    linewidth=0.4, cmap="PuOr_r" if is_two_sided else "cividis_r")
        collection.set_cmap(collection.cmap.with_extremes(bad="#DDDDDD"))
        ax = _axes(ax, width=6, height=7)
        ax.add_collection(collection)
        ax.autoscale_view()
        low, high = ax.get_ylim()
        # Degrees of longitude are shorter than those of latitude; metres of a grid are not.
        ax.set_aspect(1 / numpy.cos(numpy.radians((low + high) / 2)) if abs(high) <= 90 else 1)
        ax.set_axis_off()
        ax.figure.colorbar(collection, ax=ax, shrink=0.6,
                           label=f"£ per head {self._prices()}; above 0 a shortfall")
        ax.set_title(f"Funding gap per head, {show_year(year)}: {_words(scenario)}")
        return ax

    def _scenarios(self, scenarios: str | Iterable[str] | None) -> list[str]:
        if scenarios is None:
            return self._projection.scenarios
        return [self._scenario(name) for name in ([scenarios] if isinstance(scenarios, str) else scenarios)]

    def _scenario(self, scenario: str | None) -> str:
        names = self._projection.scenarios
        if scenario is None:
            return names[-1]
        if scenario not in names:
            raise ArgumentError(f"scenario {scenario!r} is not projected: there is {', '.join(names)}")
        return scenario

    def _prices(self) -> str:
        return ("in prices of each year" if self._projection.prices == "cash" else
                f"in prices of {show_year(self._projection.plan.years[0])}")


class BridgePlots:
    """The plot of a bridge."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def __call__(self, place: str | None = None, *, year: Year | None = None, ax: Any = None) -> Any:
        """
        The steps from one gap to the other, as a waterfall.

        Parameters
        ----------
        place : str, optional
            A place of the bridge; England, or the first, without it.
        year : int or str, optional
            A year of the bridge; the last without it.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        rows = self._bridge["bridge"]
        if place is None:
            place = "England" if "England" in rows["place"].cat.categories else rows["place"].iloc[0]
        year = rows["year"].max() if year is None else read_year(year)
        _check("place", place, rows["place"])
        _check("year", year, rows["year"])
        rows = rows[(rows["place"] == place) & (rows["year"] == year)].sort_values("step")
        scale, unit = _money(rows["amount"].to_numpy())
        amounts = rows["amount"].to_numpy() / scale
        ends = numpy.cumsum(amounts)
        ends[-1] = amounts[-1]
        starts = numpy.concatenate([[0], ends[:-2], [0]])
        colours = numpy.where(amounts > 0, _RISE, _FALL)
        colours[[0, -1]] = _TOTAL
        names = _names(self._bridge.plan)
        places = numpy.arange(len(rows))
        ax = _axes(ax, height=1.4 + 0.42 * len(rows))
        ax.barh(places, ends - starts, left=starts, color=colours, height=0.65)
        ax.vlines(ends[:-1], places[:-1] - 0.325, places[1:] + 0.325, color="#888888", linewidth=0.8)
        for at, amount, start, end in zip(places, amounts, starts, ends):
            sign = "+" if amount > 0 and 0 < at < len(rows) - 1 else ""
            ax.annotate(f"{sign}{amount:,.1f}", (max(start, end), at), xytext=(4, 0), textcoords="offset points",
                        va="center")
        if self._bridge["bridge"]["standard_error"].notna().any():
            errors = rows["standard_error"].fillna(0).to_numpy() / scale
            ax.errorbar(ends, places, xerr=1.96 * errors, fmt="none", ecolor="black", capsize=2)
        ax.axvline(0, color="black", linewidth=0.8)
        before, after = self._ends(rows["scenario"].iloc[0], year)
        ax.set_yticks(places, [before, *(names.get(group, _words(group)) for group in rows["group"][1:-1]), after])
        ax.invert_yaxis()
        ax.margins(x=0.12)
        ax.set_xlabel(f"{unit} in prices of each year; above 0 a shortfall")
        ax.set_title(f"What moves the gap: {names.get(place, place)}, {show_year(year)}")
        _tidy(ax)
        return ax

    def _ends(self, scenario: str, year: int) -> tuple[str, str]:
        """What the first and the last gap are of."""
        if isinstance(self._bridge, Comparison):
            return "plan before", "plan after"
        if scenario == "do_nothing":
            return show_year(self._bridge.plan.years[0]), f"{show_year(year)}, do nothing"
        return "do nothing", _words(scenario)


def _axes(ax: Any, width: float = 7, height: float = 4) -> Any:
    if ax is not None:
        return ax
    from matplotlib import pyplot
    return pyplot.subplots(figsize=(width, height), layout="constrained")[1]


def _tidy(ax: Any) -> None:
    ax.spines[["top", "right"]].set_visible(False)


def _draw_lines(ax: Any, lines: pandas.DataFrame) -> None:
    """A line a column by year, each named at its end, names apart."""
    styles = ("-", "--", "-.", ":")
    for i, name in enumerate(lines):
        ax.plot(lines.index, lines[name], color=_COLOURS[i % len(_COLOURS)], linestyle=styles[i % len(styles)],
                marker="o", markersize=3, linewidth=1.8, label=_words(name))
    low, high = ax.get_ylim()
    apart = (high - low) / 18
    at = -numpy.inf
    for name, end in lines.iloc[-1].dropna().sort_values().items():
        at = max(at + apart, end)
        colour = _COLOURS[list(lines).index(name) % len(_COLOURS)]
        ax.annotate(_words(name), (lines.index[-1], at), xytext=(6, 0), textcoords="offset points", va="center",
                    color=colour, annotation_clip=False)
    ax.set_xticks(lines.index, [show_year(year) for year in lines.index])
    if len(lines) > 12:
        ax.tick_params(axis="x", rotation=90)
    _tidy(ax)


def _money(values: Any) -> tuple[float, str]:
    """What to divide £ by, and the unit that gives."""
    most = numpy.nanmax(numpy.abs(values), initial=0)
    return (1e9, "£bn") if most >= 2e9 else (1e6, "£m") if most >= 2e6 else (1.0, "£")


def _words(code: str) -> str:
    return str(code).replace("_", " ")


def _names(plan: Plan) -> dict[str, str]:
    """The names that stand for codes."""
    names: dict[str, str] = {}
    for table in ("organisation", "service", "scheme", "footprint"):
        rows = plan.table(table)
        names.update(zip(rows[table].astype(str), rows["name"]))
    return names


def _check(what: str, value: Any, column: pandas.Series) -> None:
    known = list(column.cat.categories) if hasattr(column, "cat") else sorted(column.unique())
    if value not in known:
        shown = ", ".join(map(str, known[:8])) + (", …" if len(known) > 8 else "")
        raise ArgumentError(f"there is no {what} {value!r} here: there is {shown}")


def _read_boundaries(boundaries: Boundaries) -> dict[str, Any]:
    """The outline of each footprint as a path, holes and all."""
    from matplotlib.path import Path

    if isinstance(boundaries, Mapping):
        collection = boundaries
    else:
        file = data_folder() / "england" / "boundaries.geojson" if boundaries is None else pathlib.Path(boundaries)
        collection = json.loads(file.read_text(encoding="utf-8"))
    outlines = {}
    for feature in collection["features"]:
        geometry = feature["geometry"]
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        rings = [Path(numpy.asarray(ring)[:, :2], closed=True) for polygon in polygons for ring in polygon]
        outlines[feature["properties"]["footprint"]] = Path.make_compound_path(*rings)
    return outlines
