"""Plans: made, read, written, replaced, copied; round trips lose nothing."""

import copy
import pickle
import random

import numpy
import openpyxl
import pandas
import pytest

import stpfin
from conftest import YEARS, small_tables


def test_a_plan_of_frames_is_that_of_files(small, tmp_path):
    small.write(tmp_path / "plan")
    read = stpfin.Plan.load(tmp_path / "plan")
    assert read.hash == small.hash and read == small and hash(read) == hash(small)
    assert read.settings == small.settings == {**YEARS, "discount_rate": 0.035, "long_discount_rate": 0.03,
                                               "capital_charge_rate": 0.035}
    assert list(read.years) == [2020, 2021, 2022, 2023]
    assert read.scenarios == ["both", "lean"]


def test_tables_come_back_as_they_went_in(small):
    for name, table in small_tables().items():
        back = small[name][list(table.columns)]
        for column in table.columns:
            theirs, ours = table[column], back[column]
            assert ours.isna().tolist() == theirs.isna().tolist(), (name, column)
            assert ours.dropna().tolist() == theirs.dropna().tolist(), (name, column)
    assert small["prevalence"].empty and list(small["prevalence"].columns)[0] == "footprint"
    assert list(small.tables) == [name for name in stpfin.describe().index if name in small_tables()]
    assert "prevalence" not in small.tables and "flow" in small.tables and len(small.tables) == len(small_tables())
    with pytest.raises(KeyError, match="has no table 'flows'"):
        small["flows"]


def test_any_way_of_giving_the_same_tables_makes_the_same_plan(small, tables):
    ways = {
        "strings": {name: table.astype("string") for name, table in tables.items()},
        "nullable": {name: table.convert_dtypes() for name, table in tables.items()},
        "categories": {name: table.astype({column: "category" for column in table.select_dtypes("object")})
                       for name, table in tables.items()},
        "objects": {name: table.astype(object) for name, table in tables.items()},
        "lists": {name: table.astype(object).where(table.notna(), None).to_dict("list")
                  for name, table in tables.items()},
        "records": {name: table.to_dict("records") for name, table in tables.items()},
        "indexed": {name: table.set_index(list(table.columns[:2])) for name, table in tables.items()},
        "shuffled index": {name: table.set_axis(random.Random(1).sample(range(len(table)), len(table)))
                           for name, table in tables.items()},
        "fortran": {name: pandas.DataFrame(numpy.asfortranarray(table.to_numpy()), columns=table.columns)
                    for name, table in tables.items()},
    }
    for way, given in ways.items():
        assert stpfin.Plan(given, **YEARS).hash == small.hash, way


def test_years_are_read_as_people_write_them(tables, small):
    for base, end in (("2020", "2023"), ("2020/21", "2023-24"), ("2020/2021", numpy.int64(2023))):
        assert stpfin.Plan(tables, base_year=base, end_year=end) == small
    for wrong, kind in (("2020/22", ValueError), ("20", ValueError), (2020.0, TypeError), (True, TypeError),
                        (None, TypeError)):
        with pytest.raises(kind, match="year"):
            stpfin.Plan(tables, base_year=wrong, end_year=2023)


def test_rates_are_settings(tables):
    plan = stpfin.Plan(tables, **YEARS, discount_rate=0.05, long_discount_rate=0.04, capital_charge_rate=0)
    assert plan.settings == {**YEARS, "discount_rate": 0.05, "long_discount_rate": 0.04, "capital_charge_rate": 0}
    slow, fast = (stpfin.Plan(tables, **YEARS, discount_rate=rate).project("both").appraisal for rate in (0, 0.1))
    assert (slow["net_present_value"] > fast["net_present_value"]).all()


def test_replacing_makes_another_plan(small, tables):
    before = small.hash
    growth = small["activity_growth"]
    growth["rate"] = 0.0
    other = small.replace(activity_growth=growth)
    assert small.hash == before != other.hash
    assert other["activity_growth"]["rate"].tolist() == [0, 0]
    assert small.replace(activity_growth=tables["activity_growth"]) == small
    assert "supply" not in small.replace(supply=small["supply"].head(0)).tables
    assert small.replace(end_year="2022/23").years == range(2020, 2023)
    # Two tables that only make a valid plan together, and a rate.
    both = small.replace(footprint={"footprint": ["F1", "F2", "F3"], "name": ["a", "b", "c"]},
                         membership=small["membership"].replace({"footprint": {"F2": "F3"}}), discount_rate=0.01,
                         population=small["population"].replace({"footprint": {"F2": "F3"}}))
    assert both["membership"]["footprint"].unique().tolist() == ["F1", "F3"]
    assert both.settings["discount_rate"] == 0.01
    with pytest.raises(ValueError, match="'flows'"):
        small.replace(flows=growth)
    with pytest.raises(stpfin.PlanError, match="activity_growth.csv:1:rat"):
        small.replace(activity_growth=growth.rename(columns={"rate": "rat"}))


def test_all_that_is_wrong_is_told(tables):
    tables["flow"].loc[1, "service"] = "aee"
    tables["membership"].loc[0, "share"] = 2.0
    with pytest.raises(stpfin.PlanError) as caught:
        stpfin.Plan(tables, **YEARS)
    problems = caught.value.problems
    assert str(caught.value).splitlines()[0] == "the plan has 2 errors"
    errors = problems[problems["severity"] == "error"].set_index("file")
    assert errors.loc["flow.csv", ["row", "column"]].tolist() == [3, "service"]
    assert errors.loc["membership.csv", ["row", "column"]].tolist() == [2, "share"]
    assert "flow.csv:3:service: " in str(caught.value)
    pandas.testing.assert_frame_equal(stpfin.check(tables, **YEARS), problems)
    assert isinstance(caught.value, ValueError) and isinstance(caught.value, stpfin.Error)
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    pandas.testing.assert_frame_equal(again.problems, problems)


def test_notes_are_kept(tables, tmp_path):
    tables["deflator"] = pandas.concat([tables["deflator"], pandas.DataFrame({"year": [2030], "index": [120]})])
    plan = stpfin.Plan(tables, **YEARS)
    assert "note" in set(plan.problems["severity"])
    pandas.testing.assert_frame_equal(stpfin.check(plan), plan.problems)
    plan.problems.drop(plan.problems.index, inplace=True)
    assert len(plan.problems) > 0
    plan.write(tmp_path)
    assert set(stpfin.check(tmp_path)["severity"]) <= {"note", "warning"}


def test_workbooks_come_back_as_they_went(small, england, tmp_path):
    for plan in (small, england):
        plan.to_excel(tmp_path / "plan.xlsx")
        back = stpfin.Plan.from_excel(tmp_path / "plan.xlsx")
        assert back.settings == plan.settings
        comparison = plan.compare(back)
        # A sheet holds 16 digits of a number.
        for row in comparison.change.itertuples():
            assert float(row.after) == pytest.approx(float(row.before), rel=1e-15)
    small.to_excel(tmp_path / "small.xlsx")
    assert stpfin.Plan.from_excel(tmp_path / "small.xlsx").hash == small.hash


def write_sheets(path, sheets):
    with pandas.ExcelWriter(path) as writer:
        for name, sheet in sheets.items():
            sheet.to_excel(writer, sheet_name=name, index=False)


def test_a_workbook_by_hand(small, tables, tmp_path):
    path = tmp_path / "mine.xlsx"
    settings = pandas.DataFrame({"setting": ["base_year", "end_year"], "value": [2020, 2023]})
    write_sheets(path, {**tables, "settings": settings})
    assert stpfin.Plan.from_excel(path) == small
    assert stpfin.Plan.from_excel(str(path), end_year=2022).years == range(2020, 2023)
    write_sheets(path, {**tables, "Popluation": tables["deflator"], "settings": settings})
    with pytest.warns(UserWarning, match="'Popluation' is left out.*'population'"):
        stpfin.Plan.from_excel(path)
    write_sheets(path, tables)
    with pytest.raises(ValueError, match="base_year is missing"):
        stpfin.Plan.from_excel(path)
    assert stpfin.Plan.from_excel(path, **YEARS) == small
    with pytest.raises(ValueError, match="no setting 'years'"):
        stpfin.Plan.from_excel(path, years=3, **YEARS)
    with pytest.raises(FileNotFoundError):
        stpfin.Plan.from_excel(tmp_path / "none.xlsx")


def test_cells_are_read_as_they_are_meant(tables, tmp_path):
    """Codes of digits stay text, a code NA is no missing value, a wrong cell is named by its row."""
    path = tmp_path / "codes.xlsx"
    codes = {"C1": "101", "C2": "NA"}
    sheets = {name: table.replace(codes) for name, table in tables.items()}
    write_sheets(path, sheets)
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == "101":
                    cell.value = 101
    book.save(path)
    plan = stpfin.Plan.from_excel(path, **YEARS)
    assert plan["organisation"]["organisation"].tolist()[:2] == ["101", "NA"]
    assert plan.hash == stpfin.Plan(sheets, **YEARS).hash
    book["flow"]["E3"].value = "12,5"
    book.save(path)
    with pytest.raises(stpfin.PlanError, match="flow.csv:3:income: '12,5' is not a number"):
        stpfin.Plan.from_excel(path, **YEARS)


def test_an_empty_plan_to_fill_in(tmp_path):
    stpfin.new(tmp_path / "plan", base_year="2025/26", xlsx=True)
    assert (tmp_path / "plan" / "flow.csv").read_text().startswith("commissioner,")
    assert stpfin.Plan.load(tmp_path / "plan").years == range(2025, 2031)
    assert "flow" in openpyxl.load_workbook(tmp_path / "plan" / "plan.xlsx").sheetnames
    with pytest.raises(ValueError, match="already"):
        stpfin.new(tmp_path / "plan")
    with pytest.raises(ValueError):
        stpfin.new(tmp_path / "other", base_year=2025, end_year=2070)


def test_examples(monkeypatch, tmp_path, small):
    assert stpfin.examples() == ["england"]
    with pytest.raises(KeyError, match="no example 'wales': there is england"):
        stpfin.Plan.example("wales")
    small.write(tmp_path / "mine")
    monkeypatch.setenv("STPFIN_DATA", str(tmp_path))
    assert stpfin.examples() == ["mine"]
    assert stpfin.Plan.example("mine") == small


def test_copies_are_the_plan(small):
    assert copy.copy(small) is small and copy.deepcopy(small) is small
    projection = small.project("both")
    assert copy.copy(projection) is projection and copy.deepcopy([projection])[0] is projection


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_are_the_same_to_the_bit(small, protocol):
    def through(thing):
        return pickle.loads(pickle.dumps(thing, protocol))

    assert through(small) == small and through(small).hash == small.hash
    pandas.testing.assert_frame_equal(through(small).problems, small.problems)
    everything = list(small.project())
    for results in (small.project(["both", "lean"], prices="real", comparator="target", overdispersion=True,
                                  targets={"life_expectancy": 80, ("life_expectancy", "male"): 78.5}),
                    small.bridge("both", by="agreement"), small.compare(small.replace(end_year=2022), "lean"),
                    small.align("both"), small.allocate("change", "equal_losses", year=2022, scenario="both")):
        back = through(results)
        assert type(back) is type(results) and list(back) == list(results)
        chosen = everything if isinstance(results, stpfin.Projection) else None
        assert back.to_json(chosen) == results.to_json(chosen)
        assert back.stamp == results.stamp and back.plan == results.plan
        assert back.to_text() == results.to_text()


def test_englands_pickle(england, projection):
    back = pickle.loads(pickle.dumps(projection))
    assert back.plan.hash == england.hash
    assert back.to_json() == projection.to_json()


def test_files_that_fail(small, tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        stpfin.Plan.load(tmp_path / "none")
    assert caught.value.filename == str(tmp_path / "none") and isinstance(caught.value, stpfin.Error)
    (tmp_path / "file").write_text("")
    for write in (small.write, small.project().write):
        with pytest.raises(OSError) as caught:
            write(tmp_path / "file" / "below")
        assert isinstance(caught.value, stpfin.FileError)
    with pytest.raises(OSError):
        small.to_excel(tmp_path / "nowhere" / "plan.xlsx")
    with pytest.raises(TypeError):
        small.write(3)
    with pytest.raises(ValueError, match="null"):
        stpfin.Plan.load("a\0b")
    strange = tmp_path / "Ünïcode \udcff"
    small.write(strange)
    assert stpfin.Plan.load(strange) == small


def test_names_that_do_not_exist(small):
    for call, said in (
            (lambda: small.project("bth"), "no scenario 'bth'"),
            (lambda: small.project(["both", "x"]), "no scenario 'x'"),
            (lambda: small.project(prices="gold"), "prices is 'cash' or 'real', not 'gold'"),
            (lambda: small.project(comparator="wales"), "'england', 'best_fifth' or 'target', not 'wales'"),
            (lambda: small.project(comparator="target"), "targets are given where they are the comparator"),
            (lambda: small.project(targets={"life_expectancy": 83}), "targets are given where they are the comparator"),
            (lambda: small.project(comparator="target", targets={"length_of_life": 83}), "length_of_life"),
            (lambda: small.project(comparator="target", targets={("life_expectancy", "all"): 83}), "'all' is no sex"),
            (lambda: small.project(comparator="target", targets={"slope_index": 1}), "slope_index has no target"),
            (lambda: small.bridge(by="size"), "'driver', 'scheme', 'workstream' or 'agreement', not 'size'"),
            (lambda: small.bridge("both", method="random"), "'sequential' or 'shapley'"),
            (lambda: small.bridge(place="F9"), "F9"),
            (lambda: small.bridge(year=2055), "2055"),
            (lambda: small.bridge("none"), "no scenario 'none'"),
            (lambda: small.replace(deflator=small["deflator"].head(0)).project(prices="real"), "deflator"),
            (lambda: small.compare(small.replace(base_year=2021)), "base year")):
        with pytest.raises(ValueError, match=said) as caught:
            call()
        if not any(words in said for words in ("'sequential'", "is 'cash'", "'driver'", "'england'")):
            assert isinstance(caught.value, stpfin.Error)
    with pytest.raises(KeyError, match="did you mean"):
        stpfin.describe("flaw")
    with pytest.raises(TypeError, match="not with dict"):
        small.compare({})
    with pytest.raises(TypeError):
        small.project([1])
    with pytest.raises(TypeError):
        small.bridge(place=3)
    for number in (-1, 2**64):
        with pytest.raises((OverflowError, TypeError, ValueError)):
            small.bridge(seed=number)
