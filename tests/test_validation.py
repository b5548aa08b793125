"""Plans of published cases: that they are what their scripts write, and that they give the published figures."""

import csv
import pathlib
import subprocess
import sys

import pytest

from reference import model
from reference.properties import TOLERANCE, by_key

DATA = pathlib.Path(__file__).resolve().parents[1] / "data"
FEELING_THE_CRUNCH = DATA / "validation" / "feeling-the-crunch"
YEARS = range(2016, 2021)


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


def test_the_plan_is_what_its_script_writes(tmp_path):
    subprocess.run([sys.executable, FEELING_THE_CRUNCH / "make.py", tmp_path], check=True)
    written = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    kept = {file.name: file.read_bytes() for file in FEELING_THE_CRUNCH.iterdir() if file.suffix in (".csv", ".json")}
    assert kept == written


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
