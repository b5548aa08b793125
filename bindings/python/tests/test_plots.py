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


@pytest.fixture(scope="module")
def gaps(england):
    return england.project("prevention_and_quality")


def test_health(gaps, england):
    ax = gaps.plot.health()
    assert ax.get_title() == "Life expectancy, persons, 2020/21" and len(ax.get_yticks()) == 44
    assert ax.get_xlabel() == "years of life expected at birth"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "do nothing", "prevention and quality", "England 81.4"]
    rows = gaps.health_gap.query("measure == 'life_expectancy' and sex == 'persons' and year == 2020")
    rows = rows[rows["footprint"] != "England"]
    for line, scenario in zip(ax.lines, gaps.scenarios):
        assert set(line.get_xdata()) == set(rows.loc[rows["scenario"] == scenario, "value"])
    assert list(ax.lines[0].get_xdata()) == sorted(ax.lines[0].get_xdata())
    best = england.project(comparator="best_fifth").plot.health("years_of_life_lost", sex="male", year=2016)
    assert best.get_title() == "Years of life lost, male, 2016/17"
    assert best.get_legend().get_texts()[-1].get_text().startswith("best fifth ")
    assert len(best.get_legend().get_texts()) == 2
    gaps.plot.health("slope_index", sex="female").figure.canvas.draw()
    assert set(_plots._UNITS) == set(gaps.health_gap["measure"])


def test_inequality(gaps, small):
    ax = gaps.plot.inequality("E54000005", "life_expectancy_male")
    index = gaps.health_gap.query("footprint == 'E54000005' and measure == 'slope_index' and sex == 'male'").iloc[0]
    assert ax.get_title() == ("Life expectancy male: West Yorkshire\nslope index of inequality "
                              f"{index['value']:.1f} ({index['lower']:.1f} to {index['upper']:.1f})")
    start, end = ax.lines[-1].get_ydata()
    assert end - start == pytest.approx(index["value"])
    assert len(ax.collections[0].get_segments()) == 10
    unsampled = small.replace(deprivation=small["deprivation"].assign(standard_error=None)).project().plot
    assert "(" not in unsampled.inequality("F1").get_title()


@pytest.mark.parametrize("indicator, overdispersion", [("rtt_18_weeks", False), ("rtt_18_weeks", True),
                                                       ("delayed_transfers", True), ("hospital_mortality", False)])
def test_funnels_are_those_of_the_results(england, indicator, overdispersion):
    projection = england.project(overdispersion=overdispersion)
    ax = projection.plot.funnel(indicator)
    gap = projection.quality_gap.query(f"indicator == '{indicator}' and year == 2015 and footprint != 'England'")
    shown = {text.get_text().rsplit(" (")[0]: int(text.get_text().rsplit(" (")[1][:-1])
             for text in ax.get_legend().get_texts() if "(" in text.get_text()}
    counted = gap["funnel"].value_counts()
    assert shown == {_plots._POSITIONS[position]: count for position, count in counted.items() if count}
    points = numpy.concatenate([points.get_offsets()[:, 1] for points in ax.collections])
    assert numpy.allclose(numpy.sort(points), numpy.sort(gap["value"]), rtol=1e-12)
    england_value = projection.quality_gap.query(
        f"indicator == '{indicator}' and year == 2015 and footprint == 'England'")["value"].iloc[0]
    assert ax.lines[-1].get_ydata()[0] == pytest.approx(england_value, rel=1e-12)
    names = england["footprint"].set_index("footprint")["name"]
    outliers = gap.loc[gap["funnel"].isin(["much_lower", "much_higher"]), "footprint"].map(names)
    labels = [text.removesuffix("…") for text in texts(ax)[:-1]]
    assert len(labels) <= 12 and all(any(name.startswith(label) for name in outliers) for label in labels)
    assert bool(labels) == bool(len(outliers))
    assert texts(ax)[-1].startswith("England ")


def test_quality(gaps):
    ax = gaps.plot.quality("rtt_18_weeks")
    assert ax.get_title().endswith("31 March:\nEngland") and ax.get_ylabel() == "%; higher is better"
    assert set(texts(ax)) == {"do nothing", "prevention and quality", "observed", "target 92"}
    path = gaps.quality_gap.query("indicator == 'rtt_18_weeks' and footprint == 'England'").set_index("scenario")
    for line, scenario in zip(ax.lines, gaps.scenarios):
        assert numpy.array_equal(line.get_ydata(), path.loc[scenario, "value"])
    assert len(ax.collections) == 2
    assert len(ax.lines[2].get_xdata()) == 1
    other = gaps.plot.quality("delayed_transfers", "E54000005", scenarios="do_nothing")
    assert "West Yorkshire" in other.get_title() and set(texts(other)) == {"do nothing", "observed"}
    assert other.get_ylabel() == "days a year per 100,000 adults; lower is better"


def test_what_was_observed_is_shown(small):
    for place in ("F1", "England"):
        ax = small.project("both").plot.quality("waits", place)
        assert list(ax.lines[2].get_xdata()) == [2020, 2021]
    values = small["indicator_value"]
    late = values[(values["footprint"] == "F1") | (values["year"] == 2020)]
    plot = small.replace(indicator_value=late).project().plot
    assert [list(plot.quality("waits", place).lines[1].get_xdata()) for place in ("F1", "F2", "England")] == [
        [2020, 2021], [2020], [2020]]
    assert plot.funnel("harm").get_title() == "Harm, 2021/22"
    assert sum(len(points.get_offsets()) for points in plot.funnel("harm", year=2020).collections) == 2
    none = small.replace(indicator_value=values.assign(numerator=0.0)).project().plot.funnel("harm")
    assert none.get_ylim()[0] == 0 and none.get_ylim()[1] > 0


def test_names_that_do_not_exist(projection, england):
    for plot in (lambda: projection.plot.gap("Wales"), lambda: projection.plot.gap(component="nhs england"),
                 lambda: projection.plot.gap(scenarios="cautious"), lambda: projection.plot.activity("cautious"),
                 lambda: projection.plot.activity(provider="none"), lambda: projection.plot.resource("doctor"),
                 lambda: projection.plot.resource(organisation="none"), lambda: projection.plot.map(year=2040),
                 lambda: projection.plot.activity(year=2040), lambda: england.bridge().plot("Wales"),
                 lambda: england.bridge().plot(year=2040), lambda: projection.plot.health("wealth"),
                 lambda: projection.plot.health(sex="other"), lambda: projection.plot.health(year=2040),
                 lambda: projection.plot.health("slope_index", sex="persons"),
                 lambda: projection.plot.inequality("England"), lambda: projection.plot.inequality("E54000005", "x"),
                 lambda: projection.plot.funnel("smiles"), lambda: projection.plot.funnel("rtt_18_weeks", year=2019),
                 lambda: projection.plot.quality("smiles"), lambda: projection.plot.quality("rtt_18_weeks", "Wales")):
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
