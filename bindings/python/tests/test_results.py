"""Results are the command line's to the bit, and DataFrames as pandas has them."""

import io
import json
import os
import re
import subprocess

import numpy
import pandas
import pytest

import stpfin
from conftest import SOURCE, YEARS, small_tables
from stpfin import _dictionary

ENGLAND = SOURCE / "data" / "england"
SCENARIOS = ["average_plan", "ambitious"]


def read_csv(text, name):
    """A result's CSV in the types that Python has, bit for bit."""
    kinds = stpfin.describe(name)["type"]
    columns = {column: "float64" if kind == "number" else "Int64" if kind in ("whole", "year", "age") else "object"
               for column, kind in kinds.items()}
    return pandas.read_csv(io.StringIO(text), dtype=columns, keep_default_na=False,
                           na_values=[""], float_precision="round_trip")


def assert_same(frame, text, name):
    """A DataFrame is what a CSV text holds: minus nought is written as 0."""
    expected = read_csv(text, name)
    assert list(frame.columns) == list(expected.columns)
    assert len(frame) == len(expected)
    for column in frame.columns:
        ours, theirs = frame[column], expected[column]
        if ours.dtype == "float64":
            assert numpy.array_equal((ours.to_numpy() + 0.0).view("int64")[ours.notna()],
                                     theirs.to_numpy().view("int64")[theirs.notna()]), column
            assert (ours.isna() == theirs.isna()).all(), column
        else:
            assert (ours.isna() == theirs.isna()).all(), column
            assert ours.dropna().astype(str).tolist() == theirs.dropna().astype(str).tolist(), column


RESULTS = list(stpfin.Plan.example("england").project())


# The two that are long are given once, the ledger in real prices and activity, which has none.
@pytest.mark.parametrize("name, prices", [(name, prices) for name in RESULTS for prices in ("cash", "real")
                                          if (name, prices) not in (("ledger", "cash"), ("activity", "real"))])
def test_england_is_the_command_lines(england, command, name, prices):
    scenarios = SCENARIOS[:1] if name == "ledger" else SCENARIOS
    options = [option for scenario in scenarios for option in ("--scenario", scenario)]
    text = command("project", ENGLAND, "--table", name, "--format", "csv", "--prices", prices, *options)
    projection = england.project(scenarios, prices=prices)
    assert_same(projection[name], text, name)
    assert projection.to_csv(name) == text


@pytest.mark.parametrize("asked, options", [
    ({"comparator": "best_fifth", "overdispersion": True}, ["--comparator", "best_fifth", "--overdispersion"]),
    ({"comparator": "target", "targets": {"life_expectancy": 83, ("life_expectancy", "female"): 85.1,
                                          "years_of_life_lost": 4000}},
     ["--comparator", "target", "--target", "life_expectancy=83", "--target", "life_expectancy,female=85.1",
      "--target", "years_of_life_lost=4000"])])
def test_comparators_are_the_command_lines(england, command, tmp_path, asked, options):
    results = ["health_gap", "quality_gap"]
    projection = england.project("prevention_and_quality", **asked)
    tables = [option for result in results for option in ("--table", result)]
    text = command("project", ENGLAND, "--scenario", "prevention_and_quality", *tables, *options, "--format", "json")
    assert projection.to_json(results) == text
    assert projection.stamp == json.loads(text)["stpfin"]
    gap = projection.health_gap
    assert gap.loc[gap["measure"] == "life_expectancy", "comparator"].nunique() > 1


def test_what_a_fund_earned_is_the_command_lines(small, command, tmp_path):
    conditions = {"fund": "change", "year": 2021, "condition": ["balance", "waits"], "gate": ["yes", "no"],
                  "share": [0.7, 0.3]}
    results = pandas.DataFrame([("change", "P2", 2021, quarter, condition, met)
                                for quarter in (1, 2) for condition, met in (("balance", "standard"), ("waits", "no"))],
                               columns=["fund", "organisation", "year", "quarter", "condition", "met"])
    plan = small.allocate("change", "proportional").plan.replace(fund_condition=conditions, fund_result=results)
    plan.write(tmp_path / "plan")
    earned = plan.project("both").fund_earned
    assert_same(earned, command("project", tmp_path / "plan", "--scenario", "both", "--table", "fund_earned",
                                "--format", "csv"), "fund_earned")
    assert (earned["earned"] / earned["award"]).round(9).tolist() == [0.175, 0.175]


def test_targets_are_of_measures():
    plan = stpfin.Plan(small_tables(), **YEARS)
    targets = {"life_expectancy": 83, ("life_expectancy", "female"): 85}
    expected = plan.project(comparator="target", targets=targets).to_json("health_gap")
    series = pandas.Series([83.0, 85], pandas.Index(["life_expectancy", ("life_expectancy", "female")], dtype=object))
    assert plan.project(comparator="target", targets=series).to_json("health_gap") == expected
    for wrong in ("life_expectancy", [83], {83: 83}, {("life_expectancy", "female", 2020): 83}, {("a", 3): 83},
                  {"life_expectancy": "83"}, {"life_expectancy": True}):
        with pytest.raises(TypeError, match="target"):
            plan.project(comparator="target", targets=wrong)


@pytest.mark.parametrize("asked", [
    {}, {"scenario": "average_plan"}, {"scenario": "average_plan", "by": "workstream", "method": "shapley"},
    {"scenario": "ambitious", "by": "agreement", "place": "E54000005", "year": 2019}])
def test_bridges_are_the_command_lines(england, command, asked):
    options = [text for name, value in asked.items() for text in (f"--{name}", value)]
    bridge = england.bridge(**asked)
    assert_same(bridge.bridge, command("bridge", ENGLAND, *options, "--format", "csv"), "bridge")
    assert bridge.to_json() == command("bridge", ENGLAND, *options, "--format", "json")


def test_comparisons_and_alignments_are_the_command_lines(england, command, tmp_path):
    growth = england["activity_growth"]
    growth["rate"] *= 1.25
    england.replace(activity_growth=growth).write(tmp_path / "faster")
    comparison = england.compare(stpfin.Plan.load(tmp_path / "faster"), "average_plan")
    command("compare", ENGLAND, tmp_path / "faster", "--scenario", "average_plan", "--out", tmp_path / "theirs")
    comparison.write(tmp_path / "ours")
    alignment = england.align("average_plan")
    command("align", ENGLAND, "--scenario", "average_plan", "--out", tmp_path / "theirs2")
    alignment.write(tmp_path / "ours2")
    for ours, theirs in (("ours", "theirs"), ("ours2", "theirs2")):
        files = {file.name: file.read_bytes() for file in (tmp_path / theirs).iterdir()}
        assert files == {file.name: file.read_bytes() for file in (tmp_path / ours).iterdir()}
    assert_same(comparison.change, (tmp_path / "ours" / "change.csv").read_text(), "change")
    assert_same(alignment.alignment, (tmp_path / "ours2" / "alignment.csv").read_text(), "alignment")


def test_what_is_written_is_the_command_lines(projection, command, tmp_path):
    projection.write(tmp_path / "ours")
    command("project", ENGLAND, "--scenario", "average_plan", "--scenario", "ambitious", "--out", tmp_path / "theirs")
    theirs = {file.name: file.read_bytes() for file in (tmp_path / "theirs").iterdir()}
    assert theirs == {file.name: file.read_bytes() for file in (tmp_path / "ours").iterdir()}
    asked = ["--scenario", "average_plan", "--scenario", "ambitious"]
    assert projection.to_json() == command("project", ENGLAND, *asked, "--format", "json")
    assert projection.to_text() == command("project", ENGLAND, *asked)
    stamp = json.loads((tmp_path / "theirs" / "datapackage.json").read_text())["stpfin"]
    assert projection.stamp == stamp


def test_descriptions_and_problems_are_the_command_lines(command, tmp_path):
    def same(frame, text):
        expected = pandas.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
        pandas.testing.assert_frame_equal(frame.reset_index().fillna("").astype(str), expected)

    same(stpfin.describe(), command("describe", "--format", "csv"))
    for name in stpfin.describe().index:
        same(stpfin.describe(name), command("describe", name, "--format", "csv"))
    stpfin.new(tmp_path / "new", base_year="2020/21")
    assert stpfin.check(tmp_path / "new")["severity"].tolist() == ["warning"]
    for name, text in (("footprint", "footprint,name\nF1,\n"), ("flow", "commissioner\n")):
        (tmp_path / "new" / f"{name}.csv").write_text(text)
    done = subprocess.run([os.environ["STPFIN"], "check", tmp_path / "new", "--format", "csv"], capture_output=True,
                          encoding="utf-8")
    assert done.returncode == 1
    assert_same(stpfin.check(tmp_path / "new"), done.stdout, "problem")


def test_types_are_those_of_the_dictionary(projection, england):
    def expect(name, column):
        kind, blank = stpfin.describe(name).loc[column, ["type", "blank"]]
        if kind in ("whole", "year", "age"):
            return "Int64" if blank == "yes" else "int64"
        if kind == "number":
            return "float64"
        if kind == "date":
            return "datetime64[ns]"
        return "category" if _dictionary.columns(name)[column].is_code else "object"

    for name, frame in [*projection.items(), *((name, england.table(name)) for name in _dictionary.plan_tables())]:
        assert isinstance(frame.index, pandas.RangeIndex)
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == {
            column: expect(name, column) for column in frame.columns}, name


def test_categories_are_those_there_are(projection):
    for name in ("funding_gap", "activity", "appraisal"):
        for column, values in projection[name].select_dtypes("category").items():
            assert set(values.cat.categories) == set(values.dropna())
    assert projection.scenarios == ["do_nothing", "average_plan", "ambitious"]


def test_missing_whole_numbers_are_na(small):
    appraisal = small.project(["both"]).appraisal
    assert str(appraisal["payback_year"].dtype) == "Int64"
    row = small["service"].set_index("service").loc["bed"]
    assert row["semi_fixed_lag"] is pandas.NA
    assert small["agreement"]["date"].tolist() == [pandas.Timestamp("2020-11-30")]


def test_frames_are_the_callers(projection):
    frame = projection.funding_gap
    frame.loc[0, "gap"] = 1e9
    frame["gap"] *= 2
    assert projection.funding_gap.loc[0, "gap"] != frame.loc[0, "gap"]


def test_results_are_a_mapping_and_attributes(projection):
    assert list(projection)[0] == "funding_gap"
    assert "funding_gap" in projection and "flow" not in projection
    assert "appraisal" in dir(projection)
    pandas.testing.assert_frame_equal(projection.position, projection["position"])
    with pytest.raises(KeyError, match="there is no result 'gaps' here: there is funding_gap"):
        projection["gaps"]
    with pytest.raises(AttributeError, match="'gaps'"):
        projection.gaps
    assert not hasattr(projection, "_nothing")


def test_it_says_what_it_is(projection, england, small):
    assert re.fullmatch("<stpfin.Plan 2015/16 to 2020/21: 44 footprints, 612 organisations, 17,702 flows, "
                        r"\d scenarios>", repr(england))
    assert repr(projection).startswith(
        "<stpfin.Projection 2015/16 to 2020/21, do_nothing, average_plan, ambitious, cash: funding_gap, ")
    for thing in (england, small, projection, small.bridge(), small.bridge("both"), small.compare(small),
                  small.align(), small.allocate("change", "talmud"), small.portfolio()):
        shown = thing._repr_html_()
        assert shown.startswith("<p><b>stpfin.") and shown.endswith("</small></p>")
    assert projection.stamp["plan_hash"][:12] in projection._repr_html_()
    assert "<th>2020/21</th>" in projection._repr_html_() and "<td>18.3</td>" in projection._repr_html_()


def test_names_are_escaped(tables):
    tables["scenario"] = tables["scenario"].replace("both", "<b>&")
    shown = stpfin.Plan(tables, **YEARS).project("<b>&")._repr_html_()
    assert "<b>&" not in shown and "&lt;b&gt;&amp;" in shown
