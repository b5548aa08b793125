"""How plans and results show themselves in a notebook."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pandas

from stpfin._years import show_year

if TYPE_CHECKING:
    from stpfin._plan import Plan
    from stpfin._results import Results

_MOST_ROWS = 12


def plan(plan: Plan) -> str:
    """A plan: what it is, its tables, its scenarios."""
    tables = plan.tables
    problems = plan.problems["severity"].value_counts()
    found = ", ".join(f"{number} {severity}s" for severity, number in problems.items() if number) or "no problems"
    rows = pandas.Series(tables.rows, name="rows").to_frame().T
    return "".join([
        _head("Plan", plan._summary()),
        _table(_to_html(rows)),
        _foot(f"scenarios: {', '.join(plan.scenarios) or 'none'} · {found} · hash {plan.hash[:12]}…"),
    ])


def results(results: Results) -> str:
    """Results: what they are, the totals, and what they rest on."""
    stamp = results.stamp
    shares = ", ".join(f"{stamp[status]:.0%} {status}" for status in ("published", "derived", "assumed")
                       if status in stamp)
    return "".join([
        _head(type(results).__name__, results._summary()),
        _table(_totals(results)),
        _foot(f"stpfin {stamp['version']} · plan {stamp['plan_hash'][:12]}… · by £: {shares}"),
    ])


def _totals(results: Results) -> str:
    """What a reader looks for first: England's gap by year, the steps of a bridge, or the first rows."""
    if "funding_gap" in results:
        gap = results["funding_gap"]
        gap = gap[(gap["footprint"] == "England") & (gap["component"] == "total")]
        wide = gap.pivot(index="scenario", columns="year", values="gap").reindex(results.scenarios) / 1e9
        wide.columns = pandas.Index([show_year(year) for year in wide.columns], name="England's gap, £bn")
        return _to_html(wide.rename_axis(index=None))
    if "bridge" in results:
        steps = results["bridge"]
        place = "England" if "England" in steps["place"].cat.categories else steps["place"].iloc[0]
        steps = steps[(steps["place"] == place) & (steps["year"] == steps["year"].max())]
        wide = (steps.set_index("group")["amount"] / 1e6).to_frame().T
        wide.index = pandas.Index([f"{place} {show_year(steps['year'].iloc[0])}, £m"])
        wide.columns = pandas.Index(list(wide.columns))
        return _to_html(wide)
    if "allocation" in results:
        wide = results["allocation"].groupby("year")[["claim", "award", "residual"]].sum().T / 1e6
        wide.columns = pandas.Index([show_year(year) for year in wide.columns], name="£m")
        return _to_html(wide)
    if "portfolio_price" in results:
        wide = results["portfolio_price"].pivot(index="fund", columns="year", values="spent") / 1e6
        wide.columns = pandas.Index([show_year(year) for year in wide.columns], name="spent, £m")
        return _to_html(wide.rename_axis(index=None))
    if "simulation" in results:
        rows = _headline(results["simulation"])
        wide = rows.set_index("scenario")[["central", "mean", "p10", "p90", "probability_closed"]]
        wide["probability_closed"] = wide["probability_closed"].map("{:.0%}".format)
        return _to_html(wide.rename_axis(index=None, columns=_of(rows)), "{:,.4g}")
    if "sensitivity" in results:
        rows = _headline(results["sensitivity"])
        rows = rows[rows["scenario"] == rows["scenario"].iloc[-1]]
        order = (rows["high"] - rows["low"]).abs().sort_values(ascending=False, kind="stable").index
        wide = rows.loc[order].head(_MOST_ROWS).set_index("parameter")[["low", "high", "rank_correlation"]]
        return _to_html(wide.rename_axis(index=None, columns=_of(rows)), "{:,.4g}")
    return _to_html(results[next(iter(results))].head(_MOST_ROWS))


def _headline(rows: pandas.DataFrame) -> pandas.DataFrame:
    """Those of the first measure, for England or the first place, in the last year."""
    rows = rows[rows["measure"] == rows["measure"].iloc[0]]
    place = "England" if (rows["place"] == "England").any() else rows["place"].iloc[0]
    rows = rows[rows["place"] == place]
    return rows[rows["year"] == rows["year"].max()]


def _of(rows: pandas.DataFrame) -> str:
    row = rows.iloc[0]
    return f"{row['measure']}, {row['place']}, {show_year(row['year'])}"


def _to_html(frame: pandas.DataFrame, form: str = "{:,.1f}") -> str:
    return str(frame.to_html(border=0, float_format=form.format))


def _head(kind: str, summary: str) -> str:
    return f"<p><b>stpfin.{html.escape(kind)}</b> {html.escape(summary)}</p>"


def _table(text: str) -> str:
    return f'<div style="overflow-x: auto">{text}</div>'


def _foot(text: str) -> str:
    return f"<p><small>{html.escape(text)}</small></p>"
