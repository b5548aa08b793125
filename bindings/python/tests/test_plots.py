"""Plots say what they show: labels, units, names, and the numbers they are of."""

import numpy
import pytest
from matplotlib import pyplot

import stpfin
from stpfin import _plots


@pytest.fixture(autouse=True)
def figures():
    yield
    pyplot.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_gap(projection):
    ax = projection.plot.gap()
    assert ax.get_title() == "Funding gap: England"
    assert ax.get_ylabel() == "£bn in prices of each year; above 0 a shortfall"
    assert set(texts(ax)) == {"ambitious", "average plan", "do nothing"}
    gap = projection.funding_gap
    gap = gap[(gap["footprint"] == "England") & (gap["component"] == "total") & (gap["scenario"] == "do_nothing")]
    assert numpy.array_equal(ax.lines[0].get_ydata(), gap["gap"] / 1e9)
    assert [label.get_text() for label in ax.get_xticklabels()][0] == "2015/16"
    assert projection.plot.gap("E54000005", component="provider", scenarios="ambitious").get_title() == (
        "Funding gap: West Yorkshire, provider")


def test_they_draw_where_they_are_told(projection, england):
    figure, axes = pyplot.subplots(2, 3)
    bridge = england.bridge(place="England")
    for ax, plot in zip(axes.flat, (projection.plot.gap, projection.plot.activity, projection.plot.resource,
                                    projection.plot.map, bridge.plot)):
        assert plot(ax=ax) is ax
    assert len(pyplot.get_fignums()) == 1
    figure.canvas.draw()


def test_activity(projection):
    ax = projection.plot.activity("average_plan", year="2019/20")
    assert ax.get_title() == "Activity in 2019/20" and ax.get_xlabel() == "% above or below 2015/16"
    assert "A&E attendance" in [label.get_text() for label in ax.get_yticklabels()]
    activity = projection.activity.query("scenario == 'average_plan' and service == 'ae'")
    sums = activity.groupby("year")["activity"].sum()
    shown = ax.collections[2].get_offsets()[:, 0]
    assert any(numpy.isclose(shown, 100 * (sums[2019] / sums[2015] - 1)))
    provider = projection.activity["provider"].iloc[0]
    assert ": " in projection.plot.activity(provider=provider).get_title()


def test_resource(projection):
    ax = projection.plot.resource()
    assert ax.get_title() == "Beds of 154 organisations whose supply is known"
    assert ax.get_ylabel() == "beds needed" and "there are" in texts(ax)
    assert projection.plot.resource("staff").get_ylabel() == "whole-time equivalents needed"
    assert "Airedale" in projection.plot.resource(organisation="RCF").get_title()


def test_map(projection, tmp_path):
    ax = projection.plot.map("do_nothing", year=2018)
    assert ax.get_title() == "Funding gap per head, 2018/19: do nothing"
    shown = ax.collections[0].get_array()
    gap = projection.funding_gap.query("scenario == 'do_nothing' and year == 2018 and component == 'total'")
    assert len(shown) == 44 and numpy.isin(shown, gap["gap_per_head"]).all()
    assert ax.figure.axes[1].get_ylabel() == "£ per head in prices of each year; above 0 a shortfall"
    square = {"type": "Polygon", "coordinates": [[[0, 50], [1, 50], [1, 51], [0, 51], [0, 50]]]}
    shapes = {"features": [{"properties": {"footprint": name}, "geometry": square} for name in ("E54000005", "X")]}
    ax = projection.plot.map(boundaries=shapes)
    assert ax.collections[0].get_array().mask.tolist() == [False, True]
    ax.figure.canvas.draw()
    shapes["features"].pop(0)
    with pytest.raises(ValueError, match="none of the plan's footprints"):
        projection.plot.map(boundaries=shapes)


def test_waterfalls(england):
    bridge = england.bridge("average_plan", year=2020)
    ax = bridge.plot()
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0] == "do nothing" and labels[-1] == "average plan" and "Urgent appointments instead of A&E" in labels
    amounts = bridge.bridge.query("place == 'England'")["amount"] / 1e9
    assert texts(ax)[0] == "18.3" and texts(ax)[-1] == "8.1"
    widths = [bar.get_width() for bar in ax.patches]
    assert numpy.allclose(widths, amounts)
    assert ax.patches[-2].get_x() == pytest.approx(amounts.iloc[:-2].sum())
    assert england.bridge().plot("E54000005", year=2018).get_yticklabels()[0].get_text() == "2015/16"
    comparison = england.compare(england.replace(tariff=england["tariff"].head(0)))
    assert comparison.plot().get_yticklabels()[0].get_text() == "plan before"


def test_names_that_do_not_exist(projection, england):
    for plot in (lambda: projection.plot.gap("Wales"), lambda: projection.plot.gap(component="nhs england"),
                 lambda: projection.plot.gap(scenarios="cautious"), lambda: projection.plot.activity("cautious"),
                 lambda: projection.plot.activity(provider="none"), lambda: projection.plot.resource("doctor"),
                 lambda: projection.plot.resource(organisation="none"), lambda: projection.plot.map(year=2040),
                 lambda: projection.plot.activity(year=2040), lambda: england.bridge().plot("Wales"),
                 lambda: england.bridge().plot(year=2040)):
        with pytest.raises(stpfin.ArgumentError, match="there is"):
            plot()
    with pytest.raises(FileNotFoundError):
        projection.plot.map(boundaries="none.geojson")


def test_small_amounts_have_small_units(small):
    assert small.project().plot.gap().get_ylabel().startswith("£ in")
    assert _plots._money(numpy.array([-3e6, 1.0])) == (1e6, "£m")
    assert _plots._money(numpy.array([numpy.nan, 2e9])) == (1e9, "£bn")
    assert "2020/21" in small.project(prices="real").plot.gap().get_ylabel()


def test_long_plans(small):
    years = range(2020, 2050)
    plan = small.replace(end_year=2049, deflator=small["deflator"].head(0),
                         population=small["population"].head(0))
    ax = plan.project(["both", "lean"]).plot.gap()
    assert len(ax.get_xticks()) == len(years)
    ax.figure.canvas.draw()
