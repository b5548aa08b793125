"""Plans of published cases: that they are what their scripts write, and that they give the published figures."""

import csv
import pathlib
import re
import subprocess
import sys

import pytest

from reference import model, scheme_tables, schemes
from reference.properties import TOLERANCE, by_key

DATA = pathlib.Path(__file__).resolve().parents[1] / "data"
FEELING_THE_CRUNCH = DATA / "validation" / "feeling-the-crunch"
LEICESTER_BEDS = DATA / "validation" / "leicester-beds"
YEARS = range(2016, 2021)

# The 2% path is matched by a cost that is itself read from the series, to its nine digits.
PATH_TOLERANCE = 1e-9


def published(series):
    """A published series of Feeling the crunch, in £ by year."""
    with open(DATA / "sources" / "published" / "feeling_the_crunch.csv", newline="", encoding="utf-8") as file:
        [row] = [row for row in csv.DictReader(file) if row.pop("series") == series]
    return {model.read_year(year): float(billions) * 1e9 for year, billions in row.items()}


@pytest.fixture(params=["reference", "command line"])
def results(request):
    if request.param == "reference":
        return model.results(model.read_plan(FEELING_THE_CRUNCH))
    stpfin = request.getfixturevalue("stpfin")
    return stpfin.tables("project", FEELING_THE_CRUNCH, "--table", "position", "--table", "funding_gap")


def of_scenario(request, folder, scenario, table, out):
    """A table's rows in do nothing and in a scenario, by the way of the test."""
    if request.param == "reference":
        plan = schemes.read_plan(folder)
        return {name: scheme_tables.results(plan, name)[table] for name in (schemes.DO_NOTHING, scenario)}
    stpfin = request.getfixturevalue("stpfin")
    stpfin.run("project", folder, "--scenario", scenario, "--table", table, "--out", out)
    rows = {}
    with open(out / f"{table}.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row.pop("scenario"), []).append(row)
    return rows


@pytest.fixture(params=["reference", "command line"])
def two_per_cent(request, tmp_path):
    return of_scenario(request, FEELING_THE_CRUNCH, "two_per_cent", "position", tmp_path)


@pytest.fixture(params=["reference", "command line"])
def beds(request, tmp_path):
    """(scenario, organisation, year) → beds needed and the shortage against those there are, in whole beds."""
    found = of_scenario(request, LEICESTER_BEDS, "beds_as_planned", "resource", tmp_path)
    return {(scenario, row["organisation"], int(row["year"])): (round(float(row["needed"])),
                                                               round(float(row["shortage"])))
            for scenario, rows in found.items() for row in rows if row["resource"] == "bed"}


@pytest.mark.parametrize("folder", [FEELING_THE_CRUNCH, LEICESTER_BEDS], ids=lambda folder: folder.name)
def test_the_plan_is_what_its_script_writes(folder, tmp_path):
    subprocess.run([sys.executable, folder / "make.py", tmp_path], check=True)
    written = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    kept = {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix in (".csv", ".json")}
    assert kept == written


@pytest.mark.parametrize("folder", [FEELING_THE_CRUNCH, LEICESTER_BEDS], ids=lambda folder: folder.name)
def test_the_check_finds_neither_errors_nor_warnings(folder, stpfin):
    assert "0 errors, 0 warnings" in stpfin.run("check", folder).stderr


def test_providers_cost_what_was_published(results):
    rows, cost = by_key(results["position"], "organisation", "year"), published("provider_cost_do_nothing_2.9pct")
    for year in YEARS:
        assert rows["providers", year]["cost"] == pytest.approx(cost[year], rel=TOLERANCE)


def test_englands_gap_is_the_published_cost_less_the_core_budget(results):
    rows = by_key(results["funding_gap"], "footprint", "component", "year")
    cost, budget = published("provider_cost_do_nothing_2.9pct"), published("core_budget_no_stf")
    for year in YEARS:
        for place in ("England", "all_footprints"):
            row = rows[place, "total", year]
            assert row["income"] == pytest.approx(budget[year], rel=TOLERANCE)
            assert row["cost"] == pytest.approx(cost[year], rel=TOLERANCE)
            assert row["gap"] == pytest.approx(cost[year] - budget[year], abs=TOLERANCE * cost[year])


def test_two_per_cent_a_year_costs_what_was_published(two_per_cent):
    cost = {(scenario, int(row["year"])): float(row["cost"]) for scenario, rows in two_per_cent.items()
            for row in rows if row["organisation"] == "providers"}
    path, otherwise = published("provider_cost_2pct_eff"), published("provider_cost_do_nothing_2.9pct")
    for year in YEARS:
        assert cost["do_nothing", year] == pytest.approx(otherwise[year], rel=TOLERANCE)
    for year in YEARS[1:]:
        assert cost["two_per_cent", year] == pytest.approx(path[year], rel=PATH_TOLERANCE)
    assert cost["two_per_cent", YEARS[0]] == cost["do_nothing", YEARS[0]]


def test_the_beds_of_leicester_go_from_and_to_those_published(beds):
    now = {"university_hospitals": 1940, "partnership_trust": 233}
    then = {"university_hospitals": 1697, "partnership_trust": 195}
    for organisation in now:
        for scenario in ("do_nothing", "beds_as_planned"):
            assert beds[scenario, organisation, 2016] == (now[organisation], 0)
        assert beds["beds_as_planned", organisation, 2020] == (then[organisation],
                                                               then[organisation] - now[organisation])
    assert sum(beds["beds_as_planned", organisation, 2016][0] for organisation in now) == 2173
    assert sum(beds["beds_as_planned", organisation, 2020][0] for organisation in now) == 1892


def test_the_readme_has_the_beds_of_leicester(beds):
    readme = (LEICESTER_BEDS / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- modelled: beds -->\n(.*?)<!-- end -->", readme, re.DOTALL).group(1)
    shown = {label: [int(cell.replace(",", "")) for cell in cells] for label, *cells in
             ([cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()[2:])}
    columns = (("do_nothing", 2016), ("do_nothing", 2020), ("beds_as_planned", 2020))
    acute, community = ([beds[scenario, organisation, year][0] for scenario, year in columns]
                        for organisation in ("university_hospitals", "partnership_trust"))
    assert shown == {"acute": acute, "community": community,
                     "total": [one + other for one, other in zip(acute, community)]}
