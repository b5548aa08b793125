"""A plan written as a workbook and read back is the same plan."""

import csv
import json
import os
import pathlib

import openpyxl

ENGLAND = pathlib.Path(__file__).parent.parent / "data" / "england"
RATES = {"discount_rate": 0.035, "long_discount_rate": 0.03, "capital_charge_rate": 0.035}

# Texts that a spreadsheet might take for something else, or a reader change.
AWKWARD = ["0012", "1e5", "=1+1", "+44 20", "@here", "TRUE", "2016-10-21", " spaced ", "two\nlines", 'a "quoted" name',
           "<b>&amp;", "_x41_", "Ysbyty'r Bryn ✚ 🏥", "a,b;c", "NA", "#N/A", "a\ttab", "a\x7fdelete"]


def rows_of(sheet):
    """The rows of a sheet below its header, as dictionaries."""
    rows = sheet.iter_rows(values_only=True)
    header = next(rows)
    return [dict(zip(header, row)) for row in rows]


def settings_of(book):
    return {row["setting"]: row["value"] for row in rows_of(book["settings"])}


def to_folder(book, tables, folder):
    """Writes the sheets with rows as the folder of a plan."""
    folder.mkdir()
    (folder / "datapackage.json").write_text(json.dumps({"stpfin": settings_of(book)}), encoding="utf-8")
    for name in tables:
        rows = list(book[name].iter_rows(values_only=True))
        if len(rows) > 1:
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
                csv.writer(stream).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return folder


def tables_of(stpfin):
    tables = json.loads(stpfin.run("describe", "--format", "json").stdout)["tables"]
    return [row["table"] for row in tables if row["kind"] == "plan"]


def hash_of(stpfin, plan):
    return json.loads(stpfin.run("project", plan, "--format", "json", "--table", "position").stdout)["stpfin"]["plan_hash"]


def expect_same_plan(stpfin, plan, folder):
    """Writes the plan as a workbook, that as a folder; gives the workbook."""
    file = folder / "plan.xlsx"
    stpfin.run("workbook", plan, file)
    book = openpyxl.load_workbook(file)
    again = to_folder(book, tables_of(stpfin), folder / "again")
    assert hash_of(stpfin, again) == hash_of(stpfin, plan)
    return book


def small_plan(folder, settings, **tables):
    usual = {
        "footprint": "footprint,name\nF,Fen\n",
        "organisation": "organisation,name,kind\nC,Commissioner,commissioner\nT,Trust,provider\n",
        "membership": "organisation,footprint,share\nC,F,1\nT,F,1\n",
        "service": "service,name,setting,unit\nE,Emergency,acute,spell\n",
        "flow": "commissioner,provider,service,activity,income\nC,T,E,10,100\n",
    }
    folder.mkdir()
    (folder / "datapackage.json").write_text(json.dumps({"stpfin": settings}), encoding="utf-8")
    for name, text in {**usual, **tables}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


def test_england_comes_back(stpfin, tmp_path):
    book = expect_same_plan(stpfin, ENGLAND, tmp_path)
    assert book.sheetnames == ["about", "dictionary", "settings", *tables_of(stpfin)]
    assert settings_of(book) == {"base_year": 2015, "end_year": 2020, **RATES}
    for name in tables_of(stpfin):
        file = ENGLAND / f"{name}.csv"
        with file.open(newline="", encoding="utf-8") if file.exists() else open(os.devnull) as stream:
            assert book[name].max_row - 1 == max(0, sum(1 for _ in csv.reader(stream)) - 1), name


def test_numbers_are_numbers_and_the_rest_is_text(stpfin, tmp_path):
    plan = small_plan(
        tmp_path / "plan", {"base_year": 2015, "end_year": 2015, "discount_rate": 0.0123},
        footprint="footprint,name\n0012,Fen\n", membership="organisation,footprint,share\nC,0012,0.5\nT,0012,1\n",
        population="footprint,year,sex,age,persons\n0012,2015/16,female,0-4,1013.25\n0012,2015/16,female,5+,9\n")
    book = expect_same_plan(stpfin, plan, tmp_path)
    assert settings_of(book) == {**RATES, "base_year": 2015, "end_year": 2015, "discount_rate": 0.0123}
    assert rows_of(book["population"])[0] == {"footprint": "0012", "year": 2015, "sex": "female", "age": 0,
                                              "persons": 1013.25,
                                              "source": None, "status": None, "note": None}
    assert rows_of(book["membership"])[0]["share"] == 0.5


def test_awkward_texts_come_back(stpfin, tmp_path):
    organisations = tmp_path / "organisation.csv"
    with organisations.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["organisation", "name", "kind"], ["C", "Commissioner", "commissioner"],
                                      ["T", "Trust", "provider"]])
        csv.writer(stream).writerows([f"O{i}", text, "outside"] for i, text in enumerate(AWKWARD))
    plan = small_plan(tmp_path / "plan", {"base_year": 2015, "end_year": 2016},
                      organisation=organisations.read_bytes().decode("utf-8"))
    book = expect_same_plan(stpfin, plan, tmp_path)
    written = {row["organisation"]: row for row in rows_of(book["organisation"])}
    for i, text in enumerate(AWKWARD):
        assert written[f"O{i}"]["name"].strip() == text.strip()
    assert all(cell.data_type == "s" for row in book["organisation"].iter_rows(min_row=2) for cell in row if cell.value)


def test_numbers_have_16_digits(stpfin, tmp_path):
    amounts = ["123456789.012345", "0.3333333333333333", "1e-300", "-0.1", "1e15"]
    plan = small_plan(tmp_path / "plan", {"base_year": 2015, "end_year": 2016},
                      pressure="organisation,name,year,amount\n" + "".join(
                          f"T,p{i},2016,{amount}\n" for i, amount in enumerate(amounts)))
    book = expect_same_plan(stpfin, plan, tmp_path)
    assert [row["amount"] for row in rows_of(book["pressure"])] == [float(amount) for amount in amounts]


def test_the_same_plan_is_the_same_bytes_and_replaces(stpfin, tmp_path):
    plan = small_plan(tmp_path / "plan", {"base_year": 2015, "end_year": 2016})
    (tmp_path / "a.xlsx").write_text("what was there")
    for file in ("a.xlsx", "b.xlsx"):
        stpfin.run("workbook", plan, tmp_path / file)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert not list(tmp_path.glob("*.new"))


def test_an_empty_workbook_has_blank_years(stpfin, tmp_path):
    stpfin.run("new", tmp_path / "empty", "--xlsx")
    book = openpyxl.load_workbook(tmp_path / "empty" / "plan.xlsx")
    assert settings_of(book) == {"base_year": None, "end_year": None, **RATES}
    assert all(book[name].max_row == 1 for name in tables_of(stpfin))
