"""The shipped plan of England: that it is what its script writes, and that it holds what its README says."""

import csv
import hashlib
import pathlib
import re
import subprocess
import sys

import pytest

DATA = pathlib.Path(__file__).resolve().parents[1] / "data"
ENGLAND = DATA / "england"
SOURCES = DATA / "sources"
YEARS = range(2015, 2021)
LARGEST_SIZE = 6_000_000
STATUSES = {"published", "derived", "assumed"}


def rows(table):
    with open(ENGLAND / f"{table}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def tables():
    return sorted(file.stem for file in ENGLAND.glob("*.csv"))


def total(table, column, **wanted):
    return sum(float(row[column]) for row in rows(table) if row[column] and wanted.items() <= row.items())


def kinds():
    return {row["organisation"]: row["kind"] for row in rows("organisation")}


def base_year_gaps():
    """Cost less income of every organisation in 2015/16, from the rows alone."""
    kind_of = kinds()
    gaps = dict.fromkeys(kind_of, 0)
    for row in rows("flow"):
        gaps[row["commissioner"]] += int(row["income"])
        if kind_of[row["provider"]] != "outside":
            gaps[row["provider"]] += int(row["cost"]) - int(row["income"])
    for table, sign in (("funding", -1), ("pressure", 1)):
        for row in rows(table):
            if row["year"] == "2015":
                gaps[row["organisation"]] += sign * int(row["amount"])
    for row in rows("transfer"):
        if row["year"] == "2015":
            gaps[row["from_organisation"]] += int(row["amount"])
            gaps[row["to_organisation"]] -= int(row["amount"])
    return gaps


def test_the_plan_is_what_its_script_writes(tmp_path):
    subprocess.run([sys.executable, ENGLAND / "make.py", tmp_path], check=True)
    written = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    kept = {file.name: file.read_bytes() for file in ENGLAND.iterdir() if file.suffix in (".csv", ".json")}
    assert kept.keys() == written.keys()
    assert [name for name in kept if kept[name] != written[name]] == []


def test_the_plan_is_small():
    assert sum(file.stat().st_size for file in ENGLAND.iterdir() if file.suffix in (".csv", ".json")) < LARGEST_SIZE


def test_the_sources_are_those_of_the_manifest():
    with open(SOURCES / "MANIFEST.csv", newline="", encoding="utf-8") as file:
        recorded = {row["file"]: row["sha256"] for row in csv.DictReader(file)}
    found = {name: hashlib.sha256((SOURCES / name).read_bytes()).hexdigest() for name in recorded}
    assert found == recorded


def test_every_row_has_a_source_with_a_status():
    status_of = {row["source"]: row["status"] for row in rows("source")}
    assert set(status_of.values()) <= STATUSES
    used = set()
    for table in tables():
        if table == "source":
            continue
        for row in rows(table):
            assert row["source"] in status_of, f"{table}: {row}"
            assert row.get("status") or status_of[row["source"]] in STATUSES
            used.add(row["source"])
    assert used == set(status_of)


def test_everything_in_england_is_there():
    kind_of = list(kinds().values())
    assert len(rows("footprint")) == 44
    assert kind_of.count("commissioner") == 209 + 1
    assert kind_of.count("provider") == 238
    assert kind_of.count("council") == 152


def test_memberships_sum_to_one():
    shares = {}
    for row in rows("membership"):
        shares[row["organisation"]] = shares.get(row["organisation"], 0) + float(row["share"])
    assert shares == pytest.approx(dict.fromkeys(shares, 1), abs=1e-9)
    assert shares.keys() == {code for code, kind in kinds().items() if kind != "outside"}


def test_trusts_lose_what_they_lost_and_the_others_break_even():
    kind_of, gaps = kinds(), base_year_gaps()
    deficit = sum(gap for code, gap in gaps.items() if kind_of[code] == "provider")
    assert round(deficit / 1e9, 2) == 2.44
    assert {gap for code, gap in gaps.items() if kind_of[code] in ("commissioner", "council")} == {0}


def test_each_trust_has_the_income_and_cost_of_its_accounts():
    gaps = base_year_gaps()
    accounts = {}
    for row in rows("organisation_plan"):
        accounts.setdefault(row["organisation"], {})[row["line"]] = int(row["amount"])
    earned = {code: 0 for code in accounts}
    for row in rows("flow"):
        if row["provider"] in earned:
            earned[row["provider"]] += int(row["income"])
    for row in rows("funding"):
        if row["organisation"] in earned and row["year"] == "2015":
            earned[row["organisation"]] += int(row["amount"])
    assert earned == {code: lines["income"] for code, lines in accounts.items()}
    assert {code: gaps[code] for code in accounts} == {code: lines["cost"] - lines["income"]
                                                       for code, lines in accounts.items()}


@pytest.mark.parametrize("heading, stream", [
    ("CCGs", "ccg_allocation"), ("Primary care", "primary_care"), ("Specialised", "specialised"),
    ("Other direct commissioning", "other_direct")])
def test_allocations_are_those_of_nhs_england(heading, stream):
    with open(SOURCES / "published" / "nhse_allocations_2015_2021.csv", newline="", encoding="utf-8") as file:
        [published] = [row for row in csv.DictReader(file) if row["£m"] == heading]
    for year in YEARS:
        in_millions = float(published[f"{year}/{(year + 1) % 100}"])
        assert total("funding", "amount", stream=stream, year=str(year)) == in_millions * 1e6


def test_councils_spend_what_they_spent():
    assert total("funding", "amount", stream="adult_social_care", year="2015") == pytest.approx(14.39e9, abs=5e6)
    assert total("flow", "income", service="public_health") == pytest.approx(3.15e9, abs=5e6)


def test_activity_is_that_of_the_returns():
    assert total("flow", "activity", service="ae") == pytest.approx(22.94e6, abs=5e3)
    admissions = sum(total("flow", "activity", service=service) for service in ("non_elective", "elective", "day_case"))
    assert admissions == pytest.approx(16.04e6, abs=5e3)


def test_population_lies_about_the_registered_count():
    persons = {year: total("population", "persons", year=str(year)) for year in YEARS}
    assert persons[2015] < 57_541_178 < persons[2016]
    assert len(rows("population")) == 44 * len(YEARS) * 2 * 10


def modelled(name):
    """The rows of a README table that a comment marks as modelled, as lists of cells."""
    readme = (ENGLAND / "README.md").read_text(encoding="utf-8")
    block = re.search(rf"<!-- modelled: {name} -->\n(.*?)<!-- end -->", readme, re.DOTALL).group(1)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()[2:]]


def test_the_readme_has_the_gaps_the_command_line_gives(stpfin):
    gaps = {(row["footprint"], row["component"], row["year"]): row["gap"]
            for row in stpfin.tables("project", ENGLAND, "--table", "funding_gap")["funding_gap"]}
    for component, *cells in modelled("England"):
        for year, cell in zip(YEARS, cells, strict=True):
            assert float(cell) == pytest.approx(gaps["England", component.lower(), year] / 1e9, abs=0.0051)
    for footprint, _, *cells in modelled("footprints"):
        for component, cell in zip(("commissioner", "provider", "council", "nhs", "total"), cells):
            assert float(cell) == pytest.approx(gaps[footprint, component, 2020] / 1e6, abs=0.51)
