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
    certain = england.replace(uncertainty=england["uncertainty"].head(0), correlation=england["correlation"].head(0))
    comparison = certain.compare(certain.replace(tariff=england["tariff"].head(0)))
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


@pytest.fixture(scope="module")
def simulation(uncertain):
    return uncertain.simulate(["both", "lean"], measures=["funding_gap.gap", "position.gap", "bridge.amount",
                                                          "health_gap.value[measure=life_expectancy;sex=persons]"],
                              draws=120)


def rows_of(simulation, **keys):
    rows = simulation.simulation
    for name, value in {"measure": "funding_gap.gap", "place": "England", "year": 2023, **keys}.items():
        rows = rows[rows[name] == value]
    return rows


def test_fan(simulation):
    ax = simulation.plot.fan()
    assert ax.get_title() == "Funding gap: England"
    assert ax.get_ylabel() == "£ in prices of each year; above 0 a shortfall"
    assert set(texts(ax)) == {"do nothing", "both", "lean"}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "as the plan stands", "mean", "50% of draws", "80% of draws", "90% of draws"]
    assert len(ax.collections) == 9
    last = rows_of(simulation, scenario="lean").iloc[0]
    assert ax.lines[2].get_ydata()[-1] == last["central"] and ax.lines[5].get_ydata()[-1] == last["mean"]
    # The widest band lies lowest.
    path = simulation.simulation.query("scenario == 'lean' and measure == 'funding_gap.gap' and place == 'England'")
    for band, (low, high) in zip(ax.collections[6:], (("p5", "p95"), ("p10", "p90"), ("p25", "p75"))):
        extent = band.get_paths()[0].get_extents()
        assert (extent.ymin, extent.ymax) == pytest.approx((path[low].min(), path[high].max()))
    life = simulation.plot.fan("F1", measure=simulation.measures[-1], scenarios="both")
    assert life.get_title() == "Health gap value, life expectancy, persons: Höhe" and len(life.collections) == 3
    assert life.get_ylabel() == "years of life expected at birth"


def test_s_curve(simulation):
    ax = simulation.plot.s_curve("F2", year="2022/23", scenarios=["lean", "do_nothing"])
    assert ax.get_title() == "Funding gap: Dale, 2022/23" and ax.get_ylim() == (0, 100)
    rows = rows_of(simulation, place="F2", year=2022)
    draws = simulation.array[rows.index[rows["scenario"] == "lean"][0]]
    assert numpy.array_equal(ax.lines[0].get_xdata(), numpy.sort(draws)) and ax.lines[0].get_ydata()[-1] == 100
    closed = (draws <= 0).mean() * 100
    assert [text.get_text() for text in ax.get_legend().get_texts()][0] == f"lean: at most 0 in {closed:.0f}%"
    assert ax.lines[2].get_xydata().tolist() == [[0, pytest.approx(closed)]]


def test_odds(simulation, england):
    ax = simulation.plot.odds("both", measure="position.gap")
    assert ax.get_title() == "Position gap closed, 2023/24: both"
    rows = rows_of(simulation, measure="position.gap", place="C1", scenario="both").iloc[0]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert set(names) >= {"CCG 1", "Trust 2"}
    shown = ax.lines[0].get_xydata()
    assert shown[names.index("CCG 1")].tolist() == [100 * rows["probability_closed"], names.index("CCG 1")]
    assert (numpy.diff(shown[:, 0]) >= 0).all()
    some = england.simulate(draws=4).plot.odds(most=10)
    assert some.get_title() == "Funding gap closed, 2020/21: do nothing, the 10 least likely of 45 places"
    assert len(some.get_yticks()) == 10


def test_the_bridge_of_a_simulation(simulation, uncertain):
    ax = simulation.plot.bridge()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["do nothing", "awards", "Lean", "lean"]
    rows = simulation.simulation.query("scenario == 'lean' and place == 'England' and year == 2023")
    rows = rows[rows["measure"].str.startswith("bridge.amount")]
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(rows["mean"].tolist())
    bars = ax.collections[1].get_segments()
    assert [bar[1][0] - bar[0][0] for bar in bars] == pytest.approx((rows["p90"] - rows["p10"]).tolist())
    assert ax.get_xlabel() == (
        "£ in prices of each year; above 0 a shortfall\nmean, and the interval of 80% of draws")
    assert ax.get_title() == "What moves the gap: England, 2023/24"
    drivers = uncertain.simulate(measures="bridge.amount", by="driver", draws=5).plot.bridge("F1", year=2022)
    labels = [label.get_text() for label in drivers.get_yticklabels()]
    assert labels[0] == "2020/21" and labels[-1] == "2022/23, do nothing" and "growth" in labels
    with pytest.raises(ValueError, match="simulate the measure 'bridge.amount'"):
        uncertain.simulate(draws=2).plot.bridge()


def test_tornado(uncertain):
    sensitivity = uncertain.sensitivity("both", measures=["funding_gap.gap", "resource.needed[resource=bed]"], draws=0)
    ax = sensitivity.plot()
    assert ax.get_title() == "Funding gap: England, 2023/24, both: what moves it most"
    rows = sensitivity.sensitivity.query(
        "scenario == 'both' and measure == 'funding_gap.gap' and place == 'England' and year == 2023")
    swing = (rows["high"] - rows["low"]).abs().set_axis(rows["parameter"]).sort_values(ascending=False)
    assert [label.get_text() for label in ax.get_yticklabels()] == list(swing.index)
    central = uncertain.simulate("both", draws=1).simulation.query(
        "scenario == 'both' and place == 'England' and year == 2023")["central"].iloc[0]
    assert ax.lines[0].get_xdata()[0] == central
    widths = numpy.array([bar.get_width() for bar in ax.patches]).reshape(2, -1)
    assert numpy.abs(widths[1] - widths[0]) == pytest.approx(swing.to_numpy())
    assert len(sensitivity.plot("P2", measure="resource.needed[resource=bed]", scenario="do_nothing", year=2021,
                                most=2).get_yticks()) == 2


def test_plots_of_what_is_not_simulated(simulation, uncertain):
    for plot, asked in ((simulation.plot.fan, {"place": "F9"}), (simulation.plot.fan, {"scenarios": "none"}),
                        (simulation.plot.fan, {"measure": "activity.activity"}),
                        (simulation.plot.s_curve, {"year": 2030}), (simulation.plot.odds, {"scenario": "none"}),
                        (simulation.plot.bridge, {"scenario": "do_nothing"}), (simulation.plot.bridge, {"place": "F9"}),
                        (uncertain.sensitivity(draws=0).plot, {"scenario": "lean"})):
        with pytest.raises(stpfin.ArgumentError, match="there is no"):
            plot(**asked)
