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
from stpfin._fund import RULES
from stpfin._results import Comparison
from stpfin._statistics import funnel_limits, funnel_position, funnel_variation, slope_index
from stpfin._years import Year, read_year, show_year
from stpfin.errors import ArgumentError, InfeasibleError

if TYPE_CHECKING:
    from stpfin._fund import Allocation
    from stpfin._plan import Plan
    from stpfin._portfolio import Portfolio
    from stpfin._results import Bridge, Projection

    Boundaries = Union[str, os.PathLike[str], Mapping[str, Any], None]

# Okabe and Ito, Color universal design, 2008: told apart by the colour-blind too.
_COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_RISE, _FALL, _TOTAL = "#D55E00", "#0072B2", "#555555"
_STYLES = ("-", "--", "-.", ":")
# Of `health_gap`; what is projected by its own unit says it itself.
_UNITS = {
    "life_expectancy": "years of life expected at birth",
    "healthy_life_expectancy": "years of good health expected at birth",
    "standardised_rate": "deaths a year per 100,000, age-standardised",
    "standardised_ratio": "deaths over those expected at England's rates",
    "years_of_life_lost": "years of life lost before 75, per 100,000 under 75",
    "slope_index": "slope index of inequality, in the unit of the measure",
    "relative_index": "relative index of inequality",
}
_DENOMINATORS = {"proportion": "number it is a share of", "rate": "number it is a rate of",
                 "ratio": "number expected"}
_COMPARED = {"england": "England", "best_fifth": "best fifth", "target": "target"}
_POSITIONS = {"much_lower": "below 99.8% limit", "lower": "below 95% limit", "as_expected": "within the limits",
              "higher": "above 95% limit", "much_higher": "above 99.8% limit"}


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

    def health(self, measure: str = "life_expectancy", scenario: str | None = None, *, sex: str = "persons",
               year: Year | None = None, ax: Any = None) -> Any:
        """
        The health of every footprint beside what it is compared with, if nothing is done and in a scenario.

        Parameters
        ----------
        measure : str
            One of `health_gap`.
        scenario : str, optional
            The last of the projection without it.
        sex : {"persons", "female", "male"}
            Whose health.
        year : int or str, optional
            The last the measure has without it.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        scenario = self._scenario(scenario)
        rows = self._projection.health_gap
        _check("measure", measure, rows["measure"])
        rows = rows[(rows["measure"] == measure) & ~rows["footprint"].isin(["England", "unassigned"])]
        _check("sex", sex, rows["sex"].cat.remove_unused_categories())
        rows = rows[rows["sex"] == sex]
        year = rows["year"].max() if year is None else read_year(year)
        _check("year", year, rows["year"])
        rows = rows[rows["year"] == year]
        names = _names(self._projection.plan)
        rows = rows.set_index(rows["footprint"].astype(str))
        lines = {name: rows[rows["scenario"] == name]
                 for name in dict.fromkeys(("do_nothing", scenario))}
        order = lines["do_nothing"]["value"].sort_values().index
        places = numpy.arange(len(order))
        ax = _axes(ax, width=8, height=1.6 + 0.21 * len(order))
        for name, colour, marker, fill in zip(lines, _COLOURS, "os", ("full", "none")):
            line = lines[name].loc[order].reset_index(drop=True)
            known = line[line["lower"].notna()]
            ax.hlines(known.index, known["lower"], known["upper"], color=colour, linewidth=0.8)
            ax.plot(line["value"], places, marker, fillstyle=fill, color=colour, markersize=5 if fill == "full" else 8,
                    label=_words(name))
        compared = lines["do_nothing"].loc[order, "comparator"]
        if compared.notna().any():
            ax.hlines(places, lines["do_nothing"].loc[order, "value"], compared, color="#DDDDDD", linewidth=2, zorder=0)
            ax.axvline(compared.max(), color="#555555", linestyle="--", linewidth=1,
                       label=f"{_COMPARED[self._projection.comparator]} {_figure(compared.max())}")
        ax.set_yticks(places, [_short(names.get(place, place)) for place in order], fontsize="small")
        ax.set_ylim(-1, len(order))
        ax.set_xlabel(_UNITS[measure])
        ax.set_title(f"{_words(measure).capitalize()}, {sex}, {show_year(year)}")
        ax.legend(loc="lower right")
        _tidy(ax)
        return ax

    def inequality(self, place: str, measure: str | None = None, *, ax: Any = None) -> Any:
        """
        A measure of health by deprivation, with the line whose fall is the slope index of inequality.

        Parameters
        ----------
        place : str
            A footprint of the plan's table deprivation.
        measure : str, optional
            One of that table; the first of the place without it.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        plan = self._projection.plan
        rows = plan["deprivation"]
        _check("place", place, rows["footprint"])
        rows = rows[rows["footprint"] == place]
        measure = str(rows["measure"].iloc[0]) if measure is None else measure
        _check("measure", measure, rows["measure"])
        rows = rows[rows["measure"] == measure].sort_values("quantile")
        errors = rows["standard_error"] if rows["standard_error"].notna().all() else None
        index = slope_index(rows["population"], rows["value"], errors, repetitions=2000)
        ends = rows["population"].cumsum() / rows["population"].sum() * 100
        starts = ends.shift(fill_value=0)
        ax = _axes(ax)
        ax.hlines(rows["value"], starts, ends, color=_COLOURS[1], linewidth=3)
        if errors is not None:
            ax.errorbar((starts + ends) / 2, rows["value"], yerr=1.96 * errors, fmt="none", ecolor=_COLOURS[1])
        ax.plot([0, 100], [index["intercept"], index["intercept"] + index["slope"]], color=_COLOURS[0], linestyle="--")
        limits = "" if errors is None else f" ({index['slope_lower']:.1f} to {index['slope_upper']:.1f})"
        ax.set_title(f"{_words(measure).capitalize()}: {_names(plan).get(place, place)}\n"
                     f"slope index of inequality {index['slope']:.1f}{limits}")
        ax.set_xlabel("% of people, from the most to the least deprived")
        ax.set_ylabel(_words(measure))
        ax.set_xlim(0, 100)
        _tidy(ax)
        return ax

    def funnel(self, indicator: str, *, year: Year | None = None, ax: Any = None) -> Any:
        """
        An indicator of every footprint by how many it is of, with the limits of chance about England.

        Parameters
        ----------
        indicator : str
            One of the plan's table indicator.
        year : int or str, optional
            One it was observed in; the last of these without it.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        what = self._indicator(indicator)
        names = _names(self._projection.plan)
        rows = self._projection.plan["indicator_value"]
        rows = rows[rows["indicator"] == indicator]
        year = rows["year"].max() if year is None else read_year(year)
        _check("year", year, rows["year"])
        rows = rows[(rows["year"] == year) & (rows["denominator"] > 0)]
        counts = rows["numerator"], rows["denominator"]
        variation = funnel_variation(*counts, kind=what["kind"])
        beyond = variation["tau_squared"] if self._projection.overdispersion else 0.0
        positions = funnel_position(*counts, kind=what["kind"], centre=variation["centre"], tau_squared=beyond)
        most = rows["denominator"].max()
        across = numpy.linspace(most / 200, most * 1.25, 500)
        limits = funnel_limits(across, variation["centre"], kind=what["kind"], tau_squared=beyond) * what["multiplier"]
        values = rows["numerator"] / rows["denominator"] * what["multiplier"]
        centre = variation["centre"] * what["multiplier"]
        ax = _axes(ax, width=8, height=5)
        for style, label, pair in (("--", "95% limits", ["lower_95", "upper_95"]),
                                   ("-", "99.8% limits", ["lower_998", "upper_998"])):
            ax.plot(across, limits[pair[0]], color="#888888", linestyle=style, linewidth=1, label=label)
            ax.plot(across, limits[pair[1]], color="#888888", linestyle=style, linewidth=1)
        ax.axhline(centre, color="black", linewidth=1)
        for position, label in _POSITIONS.items():
            those = positions == position
            is_better = position.endswith("higher") == (what["direction"] == "higher")
            colour = "#888888" if position == "as_expected" else _FALL if is_better else _RISE
            marker = "o" if position == "as_expected" else "^" if position.endswith("higher") else "v"
            face = colour if position.startswith("much") or position == "as_expected" else "white"
            if those.any():
                ax.scatter(rows["denominator"][those], values[those], marker=marker, color=colour, facecolor=face,
                           zorder=3, label=f"{label} ({those.sum()})")
        spread = 1.15 * max(values.max() - centre, centre - values.min(), limits["upper_95"].iloc[-1] - centre) or 1
        ax.set_ylim(max(centre - spread, 0), centre + spread)
        ax.set_xlim(0, most * 1.25)
        outliers = values[positions.isin(["much_lower", "much_higher"])]
        furthest = (outliers - centre).abs().sort_values(ascending=False).index
        _name_points(ax, rows["denominator"], values, rows["footprint"].astype(str).map(names)[furthest])
        ax.annotate(f"England {_figure(centre)}", (1, centre), xycoords=("axes fraction", "data"), xytext=(-2, 3),
                    textcoords="offset points", ha="right", fontsize="small")
        ax.xaxis.set_major_formatter("{x:,.0f}")
        ax.set_xlabel(_DENOMINATORS[what["kind"]])
        ax.set_ylabel(what["unit"])
        ax.set_title(f"{what['name']}, {show_year(year)}")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncol=3, frameon=False, fontsize="small")
        _tidy(ax)
        return ax

    def quality(self, indicator: str, place: str = "England", *, scenarios: str | Iterable[str] | None = None,
                ax: Any = None) -> Any:
        """
        The path of an indicator: what was observed, what follows in each scenario, and the target.

        Parameters
        ----------
        indicator : str
            One of the plan's table indicator.
        place : str
            A footprint or "England".
        scenarios : str or iterable of str, optional
            Those to show; all of the projection without it.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        what = self._indicator(indicator)
        rows = self._projection.quality_gap
        rows = rows[rows["indicator"] == indicator]
        _check("place", place, rows["footprint"].cat.remove_unused_categories())
        rows = rows[rows["footprint"] == place]
        paths = rows.pivot(index="year", columns="scenario", values=["value", "lower", "upper"])
        shown = self._scenarios(scenarios)
        last = self._last_observed(indicator, place)
        ax = _axes(ax)
        for i, name in enumerate(shown):
            ax.fill_between(paths.index, paths["lower"][name], paths["upper"][name], alpha=0.15, linewidth=0,
                            color=_COLOURS[i % len(_COLOURS)])
        _draw_lines(ax, paths["value"][shown])
        observed = paths["value"]["do_nothing"].loc[:last]
        ax.plot(observed.index, observed, color="black", marker="o", markersize=8, markerfacecolor="white", linewidth=2)
        ax.annotate("observed", (observed.index[0], observed.iloc[0]), xytext=(4, 8), textcoords="offset points")
        target = rows["target"].iloc[0]
        if not pandas.isna(target):
            ax.axhline(target, color=_TOTAL, linestyle=":", linewidth=1.5)
            ax.annotate(f"target {_figure(target)}", (1, target), xycoords=("axes fraction", "data"), xytext=(0, 3),
                        textcoords="offset points", ha="right", color=_TOTAL)
        ax.set_ylabel(f"{what['unit']}; {what['direction']} is better")
        ax.set_title(f"{what['name']}:\n{_names(self._projection.plan).get(place, place)}")
        return ax

    def _last_observed(self, indicator: str, place: str) -> int:
        """The last year that was observed in a place; of many together, in all of them."""
        rows = self._projection.plan["indicator_value"]
        last = rows[rows["indicator"] == indicator].groupby("footprint", observed=True)["year"].max()
        return int(last[place] if place in last.index else last.min())

    def _indicator(self, indicator: str) -> dict[str, Any]:
        """What the plan says of an indicator."""
        rows = self._projection.plan["indicator"]
        _check("indicator", indicator, rows["indicator"])
        what: dict[str, Any] = rows[rows["indicator"] == indicator].iloc[0].to_dict()
        what["multiplier"] = 1.0 if pandas.isna(what["multiplier"]) else what["multiplier"]
        return what

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
        names = _names(self._bridge.plan)
        before, after = self._ends(rows["scenario"].iloc[0], year)
        labels = [before, *(names.get(group, _words(group)) for group in rows["group"][1:-1]), after]
        errors = 1.96 * rows["standard_error"].fillna(0).to_numpy() if rows["standard_error"].notna().any() else None
        ax, unit = _draw_waterfall(ax, rows["amount"].to_numpy(), labels, errors)
        ax.set_xlabel(f"{unit} in prices of each year; above 0 a shortfall")
        ax.set_title(f"What moves the gap: {names.get(place, place)}, {show_year(year)}")
        return ax

    def _ends(self, scenario: str, year: int) -> tuple[str, str]:
        """What the first and the last gap are of."""
        if isinstance(self._bridge, Comparison):
            return "plan before", "plan after"
        if scenario == "do_nothing":
            return show_year(self._bridge.plan.years[0]), f"{show_year(year)}, do nothing"
        return "do nothing", _words(scenario)


class AllocationPlots:
    """The plot of an allocation."""

    def __init__(self, allocation: Allocation) -> None:
        self._allocation = allocation

    def __call__(self, year: Year | None = None, *, rules: str | Iterable[str] | None = None, most: int = 50,
                 ax: Any = None) -> Any:
        """
        Who claims what and who gets what, under this rule and others.

        Parameters
        ----------
        year : int or str, optional
            One of the allocation; its last without it.
        rules : str or iterable of str, optional
            The rules to show; all without it. Weights, pace and scenario are those of the allocation.
        most : int
            How many claims to show, the largest.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        rows = self._allocation["allocation"]
        year = rows["year"].max() if year is None else read_year(year)
        _check("year", year, rows["year"])
        awards = self._awards(rules)
        rows = rows[rows["year"] == year].set_index("organisation").sort_values("claim", ascending=False)
        order = rows.index[:most][::-1]
        scale, unit = _money(rows["claim"].to_numpy())
        places = numpy.arange(len(order))
        ax = _axes(ax, width=8, height=1.8 + 0.24 * len(order))
        ax.barh(places, rows.loc[order, "claim"] / scale, color="#E4E4E4", height=0.7, label="claim")
        for rule, shared in awards.items():
            award = shared[shared["year"] == year].set_index("organisation")["award"]
            look = RULES.index(rule)
            ax.scatter(award[order] / scale, places, color=_COLOURS[look], marker="osDX"[look], s=22,
                       label=_words(rule), zorder=3)
        known = _names(self._allocation.plan)
        ax.set_yticks(places, [_short(known.get(name, name)) for name in order], fontsize="small")
        ax.set_ylim(-1, len(order))
        ax.set_xlim(left=0)
        ax.set_xlabel(f"{unit} in prices of the year")
        some = f", the {len(order)} largest of {len(rows)} claims" if len(order) < len(rows) else ""
        ax.set_title(f"{_words(rows['fund'].iloc[0]).capitalize()} fund, {show_year(year)}{some}")
        ax.legend(loc="lower right")
        _tidy(ax)
        return ax

    def _awards(self, rules: str | Iterable[str] | None) -> dict[str, pandas.DataFrame]:
        """The allocation by each rule; where none are named, by those that can be."""
        if rules is not None:
            names = [rules] if isinstance(rules, str) else list(rules)
            return {rule: self._allocation.by_rule(rule)["allocation"] for rule in names}
        awards = {}
        for rule in RULES:
            try:
                awards[rule] = self._allocation.by_rule(rule)["allocation"]
            except (ArgumentError, InfeasibleError):
                pass
        return awards


class PortfolioPlots:
    """Plots of a portfolio of bids."""

    def __init__(self, portfolio: Portfolio) -> None:
        self._portfolio = portfolio

    def __call__(self, by: str = "footprint", *, alternative: int = 0, ax: Any = None) -> Any:
        """
        What all bids and those chosen ask for, by place or kind of change.

        Parameters
        ----------
        by : {"footprint", "workstream", "aim"}
            The footprints of the organisation that bids, by its shares in them; or what the bid's scheme says.
        alternative : int
            The set: 0 the one chosen, or one nearly as good.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        rows = self._portfolio["portfolio"]
        if rows.empty:
            raise ArgumentError("the plan has no bids to show")
        _check("alternative", alternative, rows["alternative"])
        rows = rows[(rows["alternative"] == alternative) & (rows["chosen"] == "yes")]
        asked = self._asked(by)
        shown = pandas.DataFrame({"asked": asked.groupby("by")["amount"].sum()})
        shown["chosen"] = asked[asked["bid"].isin(rows["bid"])].groupby("by")["amount"].sum()
        shown = shown.fillna(0).sort_values("asked")
        scale, unit = _money(shown["asked"].to_numpy())
        places = numpy.arange(len(shown))
        ax = _axes(ax, width=8, height=1.8 + 0.24 * len(shown))
        ax.barh(places, shown["asked"] / scale, color="#E4E4E4", height=0.7, label="asked for")
        ax.barh(places, shown["chosen"] / scale, color=_FALL, height=0.35, label="chosen")
        names = _names(self._portfolio.before)
        ax.set_yticks(places, [_short(names.get(name, _words(name))) for name in shown.index],
                      fontsize="small")
        ax.set_ylim(-1, len(shown))
        ax.set_xlabel(f"{unit} in prices of each year")
        which = f"alternative {alternative}" if alternative else "bids chosen"
        ax.set_title(f"{which.capitalize()}, by {by}")
        ax.legend(loc="lower right")
        _tidy(ax)
        return ax

    def price(self, *, ax: Any = None) -> Any:
        """
        What each fund has in each year, what chosen bids spend of it, and what one more £ there would bring.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        rows = self._portfolio["portfolio_price"].astype({"fund": str})
        pots = self._portfolio.before["fund"].astype({"fund": str})
        rows = rows.merge(pots[["fund", "year", "amount"]], how="left")[::-1].reset_index(drop=True)
        scale, unit = _money(rows["amount"].to_numpy())
        ax = _axes(ax, width=8, height=1.8 + 0.32 * len(rows))
        ax.barh(rows.index, rows["amount"] / scale, color="#E4E4E4", height=0.7, label="there is")
        ax.barh(rows.index, rows["spent"] / scale, color=_FALL, height=0.35, label="spent on chosen bids")
        for at, row in rows.iterrows():
            ax.annotate(_figure(row["price"]), (max(row["amount"], row["spent"]) / scale, at), xytext=(4, 0),
                        textcoords="offset points", va="center")
        labels = [f"{_words(fund)} {show_year(year)}" for fund, year in zip(rows["fund"], rows["year"])]
        ax.set_yticks(rows.index, labels)
        ax.margins(x=0.1)
        ax.set_xlabel(f"{unit} in prices of each year; the number is what one more £ would bring")
        ax.set_title("The price of a pound", pad=24)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncol=2, frameon=False)
        _tidy(ax)
        return ax

    def _asked(self, by: str) -> pandas.DataFrame:
        """What each bid asks for, of all funds and years, and in what it is counted: a row for each of these."""
        plan = self._portfolio.before
        bids = plan["bid"].astype({"bid": str, "organisation": str, "scheme": object})
        asked = plan["bid_amount"].astype({"bid": str}).groupby("bid")["amount"].sum()
        bids = bids.assign(amount=bids["bid"].map(asked).fillna(0.0))
        if by == "footprint":
            shares = plan["membership"].astype({"organisation": str, "footprint": str})
            rest = 1 - bids["organisation"].map(shares.groupby("organisation")["share"].sum()).fillna(0.0)
            bids = pandas.concat([bids.merge(shares[["organisation", "footprint", "share"]], on="organisation"),
                                  bids.assign(footprint="unassigned", share=rest)[rest > 1e-9]])
            bids = bids.assign(by=bids["footprint"], amount=bids["amount"] * bids["share"])
        elif by in ("workstream", "aim"):
            bids["by"] = bids["scheme"].map(plan["scheme"].set_index("scheme")[by].astype(str)).fillna("no scheme")
        else:
            raise ArgumentError(f"bids are shown by 'footprint', 'workstream' or 'aim', not {by!r}")
        return bids


def _axes(ax: Any, width: float = 7, height: float = 4) -> Any:
    if ax is not None:
        return ax
    from matplotlib import pyplot
    return pyplot.subplots(figsize=(width, height), layout="constrained")[1]


def _tidy(ax: Any) -> None:
    ax.spines[["top", "right"]].set_visible(False)


def _draw_lines(ax: Any, lines: pandas.DataFrame) -> None:
    """A line a column by year, each named at its end, names apart."""
    for i, name in enumerate(lines):
        ax.plot(lines.index, lines[name], color=_COLOURS[i % len(_COLOURS)], linestyle=_STYLES[i % len(_STYLES)],
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


def _draw_waterfall(ax: Any, amounts: Any, labels: list[str], errors: Any) -> tuple[Any, str]:
    """The first and the last amount as totals and the others as steps between them, with their unit."""
    scale, unit = _money(amounts)
    amounts = amounts / scale
    ends = numpy.cumsum(amounts)
    ends[-1] = amounts[-1]
    starts = numpy.concatenate([[0], ends[:-2], [0]])
    colours = numpy.where(amounts > 0, _RISE, _FALL)
    colours[[0, -1]] = _TOTAL
    places = numpy.arange(len(amounts))
    ax = _axes(ax, height=1.4 + 0.42 * len(amounts))
    ax.barh(places, ends - starts, left=starts, color=colours, height=0.65)
    ax.vlines(ends[:-1], places[:-1] - 0.325, places[1:] + 0.325, color="#888888", linewidth=0.8)
    furthest = numpy.maximum(starts, ends)
    if errors is not None:
        errors = numpy.broadcast_to(errors / scale, (2, len(amounts)))
        ax.errorbar(ends, places, xerr=errors, fmt="none", ecolor="black", capsize=2)
        furthest = numpy.maximum(furthest, ends + errors[1])
    for at, amount, end in zip(places, amounts, furthest):
        sign = "+" if amount > 0 and 0 < at < len(amounts) - 1 else ""
        # Adding 0 makes no number negative that shows as 0.
        ax.annotate(f"{sign}{round(amount, 1) + 0.0:,.1f}", (end, at), xytext=(4, 0), textcoords="offset points",
                    va="center")
    ax.axvline(0, color="black", linewidth=0.8)
    ax.set_yticks(places, labels)
    ax.invert_yaxis()
    ax.margins(x=0.12)
    _tidy(ax)
    return ax, unit


def _name_points(ax: Any, x: pandas.Series, y: pandas.Series, names: pandas.Series, most: int = 12) -> None:
    """Name points in the order given, on the side where there is room for a name, if there is."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    across, up = (x - left) / (right - left), (y - low) / (high - low)
    # What is taken: the points, then the names beside them, from left to right at a height.
    taken = list(zip(across, across, up))
    for row, name in names.items():
        width = 0.03 + 0.0105 * len(_short(name))
        own = across[row], across[row], up[row]
        for side, start in ((1, across[row]), (-1, across[row] - width)):
            is_free = 0 <= start <= 1 - width and all(
                end < start or begin > start + width or abs(height - up[row]) > 0.03
                for begin, end, height in taken if (begin, end, height) != own)
            if is_free and len(taken) < len(x) + most:
                ax.annotate(_short(name), (x[row], y[row]), xytext=(6 * side, 0), textcoords="offset points",
                            va="center", ha="left" if side == 1 else "right", fontsize="x-small")
                taken.append((start, start + width, up[row]))
                break


def _short(name: str, most: int = 40) -> str:
    return name if len(name) <= most else name[:most - 1].rstrip(", ") + "…"


def _figure(x: float) -> str:
    """A number with as many digits as are worth reading."""
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.3g}"


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
