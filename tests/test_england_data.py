"""The shipped plan of England: that it is what its script writes, and that it holds what its README says."""

import csv
import hashlib
import itertools
import json
import pathlib
import re
import shutil
import subprocess
import sys

import numpy
import pytest

DATA = pathlib.Path(__file__).resolve().parents[1] / "data"
ENGLAND = DATA / "england"
SOURCES = DATA / "sources"
YEARS = range(2015, 2021)
LARGEST_SIZE = 4_000_000
LARGEST_BOUNDARIES_SIZE = 150_000
STATUSES = {"published", "derived", "assumed"}
ADMITTED = ("non_elective", "other_non_elective", "elective", "day_case")

# Reductions of activity planned by 2020/21 (Nuffield Trust, 2017): least, most and mean across plans.
PLANNED = {"outpatient": (0.07, 0.30, 0.155), "elective": (0.014, 0.16, 0.096), "ae": (0.06, 0.30, 0.17),
           "non_elective": (0.03, 0.30, 0.157)}
SCENARIOS = ("do_nothing", "cautious", "average_plan", "ambitious", "efficiency_only")


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


def test_the_plan_is_what_its_scripts_write(stpfin, tmp_path):
    subprocess.run([sys.executable, ENGLAND / "make.py", tmp_path], check=True)
    subprocess.run([sys.executable, ENGLAND / "claims.py", stpfin.path, tmp_path], check=True)
    written = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    kept = {file.name: file.read_bytes() for file in ENGLAND.iterdir()
            if file.suffix in (".csv", ".json", ".geojson")}
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
    admissions = sum(total("flow", "activity", service=service) for service in ADMITTED)
    assert admissions == pytest.approx(16.04e6, abs=5e3)


def test_population_lies_about_the_registered_count():
    persons = {year: total("population", "persons", year=str(year)) for year in YEARS}
    assert persons[2015] < 57_541_178 < persons[2016]
    assert len(rows("population")) == 44 * len(YEARS) * 2 * 10


def features(path):
    return json.loads(path.read_text(encoding="utf-8"))["features"]


@pytest.fixture(scope="module")
def boundaries():
    """Footprint → its polygons."""
    return {feature["properties"]["footprint"]: feature["geometry"]["coordinates"]
            for feature in features(ENGLAND / "boundaries.geojson")}


def ring_area(ring):
    """In square degrees, positive anticlockwise."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, ring[1:])) / 2


def area(polygons):
    return sum(abs(ring_area(outer)) - sum(abs(ring_area(hole)) for hole in holes) for outer, *holes in polygons)


def test_each_footprint_has_its_boundary():
    file = ENGLAND / "boundaries.geojson"
    assert file.stat().st_size < LARGEST_BOUNDARIES_SIZE
    assert [feature["properties"] for feature in features(file)] == [
        {"footprint": row["footprint"], "name": row["name"]} for row in rows("footprint")]
    assert {(feature["type"], feature["geometry"]["type"]) for feature in features(file)} == {
        ("Feature", "MultiPolygon")}


def test_boundaries_cover_the_areas_of_their_commissioners(boundaries):
    groups = features(SOURCES / "boundaries" / "ccg17_boundaries.geojson")
    placed = {(row["organisation"], row["footprint"]) for row in rows("membership")}
    organisations = {organisation for organisation, _ in placed}
    areas = {}
    for group in groups:
        code, footprint = group["properties"]["CCG17CDH"], group["properties"]["STP17CD"]
        assert (code, footprint) in placed or code not in organisations
        areas[footprint] = areas.get(footprint, 0) + area(group["geometry"]["coordinates"])
    covered = {footprint: area(polygons) for footprint, polygons in boundaries.items()}
    assert covered == pytest.approx(areas, rel=0.01)
    assert sum(covered.values()) == pytest.approx(sum(areas.values()), rel=1e-4)


def test_boundaries_are_right_handed_rings_that_do_not_overlap(boundaries):
    edges = []
    for polygons in boundaries.values():
        for polygon in polygons:
            for k, ring in enumerate(polygon):
                assert len(ring) >= 4 and ring[0] == ring[-1]
                assert len(set(map(tuple, ring))) == len(ring) - 1
                assert (ring_area(ring) > 0) == (k == 0)
                assert all(-7 < east < 2 and 49 < north < 56 for east, north in ring)
                edges += [(tuple(start), tuple(end)) for start, end in zip(ring, ring[1:])]
    assert all(round(number, 4) == number for edge in edges for point in edge for number in point)
    once = set(edges)
    assert len(once) == len(edges)
    assert sum((end, start) in once for start, end in once) > len(once) / 2


def modelled(name, folder=ENGLAND):
    """The rows of a README table that a comment marks as modelled, as lists of cells."""
    readme = (folder / "README.md").read_text(encoding="utf-8")
    block = re.search(rf"<!-- modelled: {name} -->\n(.*?)<!-- end -->", readme, re.DOTALL).group(1)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()[2:]]


def test_the_readme_has_the_gaps_the_command_line_gives(stpfin):
    gaps = {(row["footprint"], row["component"], row["year"]): row["gap"]
            for row in stpfin.tables("project", ENGLAND, "--table", "funding_gap")["funding_gap"]}
    for component, *cells in modelled("England"):
        for year, cell in zip(YEARS, cells, strict=True):
            assert float(cell) == pytest.approx(gaps["England", component.lower(), year] / 1e9, abs=0.0051)
    assert [cells[0] for cells in modelled("footprints")] == [row["footprint"] for row in rows("footprint")]
    for footprint, _, *cells in modelled("footprints"):
        for component, cell in zip(("commissioner", "provider", "council", "nhs", "total"), cells):
            assert float(cell) == pytest.approx(gaps[footprint, component, 2020] / 1e6, abs=0.51)


def scenario_tables(stpfin, folder, out, scenarios, *tables):
    """Result tables by name, rows as text, the column `scenario` kept."""
    chosen = [option for name in scenarios if name != "do_nothing" for option in ("--scenario", name)]
    asked = [option for name in tables for option in ("--table", name)]
    stpfin.run("project", folder, *chosen, *asked, "--out", out)
    return {name: read(out / f"{name}.csv") for name in tables}


def read(file):
    with open(file, newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def added(table, column, **wanted):
    return sum(float(row[column]) for row in table if wanted.items() <= row.items())


@pytest.fixture(scope="module")
def projected(stpfin, tmp_path_factory):
    return scenario_tables(stpfin, ENGLAND, tmp_path_factory.mktemp("scenarios"), SCENARIOS, "funding_gap",
                           "scheme_impact", "appraisal", "resource", "activity")


def gap(projected, scenario, footprint="England", component="total", year="2020"):
    [row] = [row for row in projected["funding_gap"]
             if (row["scenario"], row["footprint"], row["component"], row["year"]) ==
             (scenario, footprint, component, year)]
    return float(row["gap"])


def impact(projected, scenario, column):
    """What all schemes of a scenario do in England in 2020/21."""
    return added(projected["scheme_impact"], column, scenario=scenario, footprint="England", year="2020")


def needed(projected, scenario, resource):
    return added(projected["resource"], "needed", scenario=scenario, resource=resource, year="2020")


def appraised(projected, scenario, column):
    for row in projected["appraisal"]:
        if (row["scenario"], row["scheme"]) == (scenario, "total") and row[column]:
            return float(row[column])
    return None


def test_scenarios_have_the_published_reductions():
    bids = {row["scheme"] for row in rows("bid")}
    effects = {row["scheme"]: row for row in rows("activity_effect") if row["scheme"] not in bids}
    assert {row["service"]: float(row["reduction"]) for row in effects.values()} == {
        service: mean for service, (_, _, mean) in PLANNED.items()}
    assert {row["service"]: (float(row["low"]), float(row["high"])) for row in rows("evidence")} == {
        service: (least, most) for service, (least, most, _) in PLANNED.items()}
    sizes = {}
    for row in rows("scenario"):
        if row["scheme"] in effects:
            effect = effects[row["scheme"]]
            size = float(effect["reduction"]) * float(row["scale"] or 1)
            sizes.setdefault(row["scenario"], {})[effect["service"]] = size
    least, most, mean = ({service: values[k] for service, values in PLANNED.items()} for k in range(3))
    assert sizes == {"average_plan": mean, "cautious": pytest.approx(least, rel=1e-9),
                     "ambitious": pytest.approx(most, rel=1e-9)}


def test_every_trust_saves_two_per_cent_a_year_in_every_scenario():
    saving = {row["provider"]: (row["saving"], row["start_year"], row["full_year"], row["ramp"])
              for row in rows("efficiency_effect") if row["scheme"] == "provider_efficiency"}
    trusts = [code for code, kind in kinds().items() if kind == "provider"]
    assert saving == dict.fromkeys(trusts, ("0.02", "2016", "2020", "annual"))
    scales = {row["scenario"]: row["scale"] for row in rows("scenario") if row["scheme"] == "provider_efficiency"}
    assert scales == dict.fromkeys(SCENARIOS[1:], "")


def test_what_is_assumed_of_schemes_says_so():
    status_of = {row["source"]: row["status"] for row in rows("source")}
    for table in ("activity_effect", "scheme_cost", "staffing"):
        assert {row.get("status") or status_of[row["source"]] for row in rows(table)} == {"assumed"}
    for table in ("efficiency_effect", "evidence"):
        assert {row.get("status") or status_of[row["source"]] for row in rows(table)} == {"published"}
    hospital = [row for row in rows("service") if row["variable_share"]]
    assert {row.get("status") or status_of[row["source"]] for row in hospital} == {"assumed"}


def test_recurrent_costs_run_to_the_end():
    years = {}
    for row in rows("scheme_cost"):
        if row["kind"] == "recurrent":
            years.setdefault((row["scheme"], row["organisation"]), []).append(int(row["year"]))
    assert set(map(tuple, years.values())) == {tuple(range(2017, 2021))}


def test_the_check_finds_nothing(stpfin):
    assert "0 errors, 0 warnings" in stpfin.run("check", ENGLAND).stderr


def test_activity_falls_by_the_published_share(projected):
    for scenario, column in (("cautious", 0), ("ambitious", 1), ("average_plan", 2)):
        for service, sizes in PLANNED.items():
            left, otherwise = (added(projected["activity"], "activity", scenario=name, service=service, year="2020")
                               for name in (scenario, "do_nothing"))
            assert left == pytest.approx((1 - sizes[column]) * otherwise, rel=1e-9)


def scenario_block(projected):
    """The README's table of scenarios: label → the value of each scenario, with its unit and decimals."""
    billions = 1e9
    measures = {
        "gap, £bn": lambda s: gap(projected, s) / billions,
        "of it NHS, £bn": lambda s: gap(projected, s, component="nhs") / billions,
        "gap closed, £bn": lambda s: (gap(projected, "do_nothing") - gap(projected, s)) / billions,
        "cost of activity removed, at average, £bn": lambda s: impact(projected, s, "cost_at_average") / billions,
        "of it released, £bn": lambda s: impact(projected, s, "cost_released") / billions,
        "of it stranded, £bn": lambda s: impact(projected, s, "cost_stranded") / billions,
        "reprovided, £bn": lambda s: impact(projected, s, "cost_reprovided") / billions,
        "efficiency, £bn": lambda s: impact(projected, s, "efficiency_saving") / billions,
        "scheme costs, £bn": lambda s: sum(impact(projected, s, kind)
                                           for kind in ("recurrent", "transition", "capital_charge")) / billions,
        "beds needed, thousand": lambda s: needed(projected, s, "bed") / 1e3,
        "staff needed, thousand": lambda s: needed(projected, s, "staff") / 1e3,
        "net present value, £bn": lambda s: (appraised(projected, s, "net_present_value") or 0) / billions,
    }
    return {label: [measure(scenario) for scenario in SCENARIOS] for label, measure in measures.items()}


def assert_block(name, computed):
    """Every number of a README block is the computed one as printed; a dash stands for none."""
    shown = {label: cells for label, *cells in modelled(name)}
    assert list(shown) == list(computed)
    for label, values in computed.items():
        for cell, value in zip(shown[label], values, strict=True):
            if cell == "–":
                assert value is None
            else:
                decimals = len(cell.partition(".")[2])
                assert float(cell.replace(",", "")) == pytest.approx(value, abs=0.51 * 10 ** -decimals), label


def test_the_readme_has_the_scenarios_the_command_line_gives(projected):
    assert_block("scenarios", scenario_block(projected))
    readme = (ENGLAND / "README.md").read_text(encoding="utf-8")
    for resource, text in (("bed", r"Beds needed are ([\d.]+) thousand"), ("staff", r"staff ([\d.]+) thousand")):
        base = added(projected["resource"], "needed", scenario="do_nothing", resource=resource, year="2015")
        assert float(re.search(text, readme).group(1)) == pytest.approx(base / 1e3, abs=0.051)


def scheme_block(projected):
    """Each scheme's appraisal in three scenarios: net present value in £bn and year of payback."""
    found = {(row["scenario"], row["scheme"]): row for row in projected["appraisal"]}
    block = {}
    for scheme in [row["scheme"] for row in rows("scenario") if row["scenario"] == "average_plan"]:
        block[scheme] = []
        for scenario in ("cautious", "average_plan", "ambitious"):
            row = found[scenario, scheme]
            block[scheme] += [float(row["net_present_value"]) / 1e9,
                              int(row["payback_year"]) if row["payback_year"] else None]
    return block


def test_the_readme_has_the_appraisals_the_command_line_gives(projected):
    assert_block("schemes", scheme_block(projected))


def bridge_block(stpfin, folder):
    """average_plan's bridge by workstream in £bn, sequential and Shapley."""
    columns = []
    for method in ("sequential", "shapley"):
        out = folder / method
        stpfin.run("bridge", ENGLAND, "--scenario", "average_plan", "--by", "workstream", "--method", method,
                   "--place", "England", "--out", out)
        columns.append({row["group"]: float(row["amount"]) / 1e9 for row in read(out / "bridge.csv")
                        if row["group"] != "awards"})
    return {group: [column[group] for column in columns] for group in columns[0]}


def test_the_readme_has_the_bridge_the_command_line_gives(stpfin, tmp_path):
    assert_block("bridge", bridge_block(stpfin, tmp_path))


def growth_block(projected):
    """Millions of 2015/16 and of 2020/21, and the part of average_plan's reduction that only avoids growth (%)."""
    block = {}
    for service in PLANNED:
        base, otherwise, planned = (
            added(projected["activity"], "activity", scenario=scenario, service=service, year=year) / 1e6
            for scenario, year in (("do_nothing", "2015"), ("do_nothing", "2020"), ("average_plan", "2020")))
        avoided = min(otherwise - planned, otherwise - base)
        block[service] = [base, otherwise, planned, 100 * avoided / (otherwise - planned)]
    return block


def test_the_readme_has_the_growth_avoided(projected):
    assert_block("growth", growth_block(projected))


def edit(folder, table, change):
    """Rewrites a table of a copied plan row by row."""
    edited = read(folder / f"{table}.csv")
    with open(folder / f"{table}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, edited[0].keys(), lineterminator="\n")
        writer.writeheader()
        for row in edited:
            change(row)
            writer.writerow(row)


def split(variable, semi_fixed, lag):
    def change(row):
        if row["variable_share"]:
            row.update(variable_share=variable, semi_fixed_share=semi_fixed, semi_fixed_lag=lag)
    return "service", change


def times(table, column, factor):
    def change(row):
        row[column] = repr(float(row[column]) * factor)
    return table, change


def one_point_less_growth(row):
    if float(row["rate"]):
        row["rate"] = repr(float(row["rate"]) - 0.01)


VARIANTS = {
    "as shipped: 30% at once, 45% after two years, 25% never": None,
    "all at once": split(1, 0, 1),
    "50% at once, 35% after two years, 15% never": split(0.5, 0.35, 2),
    "30% at once, 45% after one year, 25% never": split(0.3, 0.45, 1),
    "30% at once, 45% after four years, 25% never": split(0.3, 0.45, 4),
    "20% at once, 30% after two years, 50% never": split(0.2, 0.3, 2),
    "none at all": split(0, 0, 1),
    "as shipped, replacement care a quarter more": times("activity_effect", "substitution", 1.25),
    "as shipped, growth one percentage point less": ("activity_growth", one_point_less_growth),
    "as shipped, half the efficiency (1% a year)": times("efficiency_effect", "saving", 0.5),
}


def variant_block(stpfin, folder):
    """Per variant: gap closed and cost stranded of average_plan, the same of ambitious, £bn in 2020/21."""
    block = {}
    for number, (label, variant) in enumerate(VARIANTS.items()):
        plan = folder / f"plan{number}"
        plan.mkdir()
        for file in ENGLAND.iterdir():
            if file.suffix in (".csv", ".json"):
                shutil.copy(file, plan)
        if variant:
            edit(plan, *variant)
        projected = scenario_tables(stpfin, plan, folder / f"results{number}", ("average_plan", "ambitious"),
                                    "funding_gap", "scheme_impact")
        block[label] = [value / 1e9 for scenario in ("average_plan", "ambitious")
                        for value in (gap(projected, "do_nothing") - gap(projected, scenario),
                                      impact(projected, scenario, "cost_stranded"))]
    return block


def test_the_readme_has_the_answer_under_other_cost_splits(stpfin, tmp_path):
    assert_block("cost split", variant_block(stpfin, tmp_path))


def places_block(projected):
    """By footprint: gap in do nothing and in average_plan, and what moving care does to buyers and to trusts (£m)."""
    table = {(row["scenario"], row["footprint"], row["component"]): float(row["gap"]) / 1e6
             for row in projected["funding_gap"] if row["year"] == "2020"}
    return {footprint: [table["do_nothing", footprint, "total"], table["average_plan", footprint, "total"],
                        *(table[scenario, footprint, component] - table["efficiency_only", footprint, component]
                          for scenario in ("average_plan", "ambitious") for component in ("commissioner", "provider"))]
            for footprint in ["England", *(row["footprint"] for row in rows("footprint"))]}


def test_the_readme_has_the_footprints_the_command_line_gives(projected):
    computed = places_block(projected)
    for footprint, _, *cells in modelled("places"):
        for cell, value in zip(cells, computed[footprint], strict=True):
            assert float(cell.replace(",", "")) == pytest.approx(value, abs=0.51)


BANDS = [0, 1, *range(5, 95, 5)]
SEXES = {"male": "men", "female": "women"}
PUBLISHED_LIFE = {"male": (79.5, 63.3), "female": (83.1, 64.0)}


def source_rows(name):
    with open(SOURCES / name, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def life_table(counts):
    """Life expectancy at birth, whole and in good health, from [(population, deaths, share in good health)] by band."""
    alive, years, healthy = 1.0, 0.0, 0.0
    for k, (population, deaths, good) in enumerate(counts):
        rate = deaths / population
        if k + 1 == len(BANDS):
            lived = alive / rate
        else:
            width = BANDS[k + 1] - BANDS[k]
            lived_by_the_dying = 0.1 if k == 0 else 0.5
            dying = alive * width * rate / (1 + width * rate * (1 - lived_by_the_dying))
            lived = width * (alive - (1 - lived_by_the_dying) * dying)
            alive -= dying
        years += lived
        healthy += good * lived
    return years, healthy


def life_counts(sex, footprints=None):
    """Population, deaths and share in good health by band of one sex in some footprints, all of them by default."""
    sums = {age: [0.0, 0.0, 0.0] for age in BANDS}
    for row in rows("mortality"):
        if row["sex"] == sex and (footprints is None or row["footprint"] in footprints):
            population = float(row["population"])
            for k, value in enumerate((population, float(row["deaths"]), population * float(row["good_health"]))):
                sums[int(row["age"])][k] += value
    return [(population, deaths, good / population) for population, deaths, good in sums.values()]


@pytest.mark.parametrize("sex", SEXES)
def test_england_has_the_published_life_expectancy(sex):
    years, healthy = life_table(life_counts(sex))
    assert years == pytest.approx(PUBLISHED_LIFE[sex][0], abs=0.2)
    assert healthy == pytest.approx(PUBLISHED_LIFE[sex][1], abs=0.6)


@pytest.mark.parametrize("footprint, council", [("E54000036", "E06000052"), ("E54000038", "E06000066")])
@pytest.mark.parametrize("sex", SEXES)
def test_footprints_that_are_one_council_have_its_life_expectancy(footprint, council, sex):
    """Cornwall, and Somerset, which is derived from its districts."""
    for name, found in zip(("life_expectancy", "healthy_life_expectancy"), life_table(life_counts(sex, [footprint]))):
        [published] = [float(row["value"]) for row in source_rows(f"outcomes/{name}.csv")
                       if row["area_code"] == council and row["sex"] == sex.capitalize()]
        assert found == pytest.approx(published, abs=0.1)


def test_deaths_by_age_are_englands_part_of_those_of_england_and_wales():
    registered = {}
    for row in source_rows("outcomes/england_wales_registered_deaths_by_age_sex_2010_2016.csv"):
        if row["year"] == "2015" and row["sex"] != "Persons":
            first = 0 if row["age"] == "Under 1 year" else int(row["age"][:2])
            registered.setdefault(row["sex"][:-1].lower(), {})[first] = int(row["deaths"])
    for sex, by_age in registered.items():
        deaths = dict(zip(BANDS, (deaths for _, deaths, _ in life_counts(sex))))
        starts = [*sorted(by_age), 200]
        for first, end in zip(starts, starts[1:]):
            found = sum(count for age, count in deaths.items() if first <= age < end)
            assert 0.86 < found / by_age[first] < 1.0, (sex, first)


def test_mortality_has_every_band_of_every_footprint_once():
    keys = [(row["footprint"], row["sex"], int(row["age"])) for row in rows("mortality")]
    assert sorted(keys) == sorted(itertools.product((row["footprint"] for row in rows("footprint")), SEXES, BANDS))
    assert {row["year"] for row in rows("mortality")} == {"2015"}


def slope(points):
    """Least squares over midpoint ranks, weighted by people, of [(people, value)] from most to least deprived."""
    whole = sum(people for people, _ in points)
    below, xs = 0.0, []
    for people, _ in points:
        xs.append((below + people / 2) / whole)
        below += people
    mean_x = sum(people * x for (people, _), x in zip(points, xs)) / whole
    mean_y = sum(people * value for people, value in points) / whole
    return (sum(people * (x - mean_x) * (value - mean_y) for (people, value), x in zip(points, xs))
            / sum(people * (x - mean_x) ** 2 for (people, _), x in zip(points, xs)))


def tenths(sex):
    """The plan's tenths of England: each tenth of every footprint pooled."""
    pooled = [[0.0, 0.0] for _ in range(10)]
    for row in rows("deprivation"):
        if row["measure"] == f"life_expectancy_{sex}":
            people = float(row["population"])
            pooled[int(row["quantile"]) - 1][0] += people
            pooled[int(row["quantile"]) - 1][1] += people * float(row["value"])
    return [(people, total / people) for people, total in pooled]


def published_tenths(sex, area="England"):
    code = {"male": "1", "female": "2"}[sex]
    found = sorted((int(row["decile_1_most_deprived"]), float(row["population"]), float(row["life_expectancy"]))
                   for row in source_rows("outcomes/life_expectancy_by_area_decile_sex_phe.csv")
                   if row["area_code"] == area and row["sex_1_male"] == code)
    return [(people, value) for _, people, value in found]


def test_deprivation_keeps_everybody_in_the_councils_counted():
    for sex, code in (("male", "1"), ("female", "2")):
        counted = sum(int(row["population"]) for row in
                      source_rows("outcomes/life_expectancy_by_area_decile_sex_phe.csv")
                      if row["sex_1_male"] == code and row["area_code"] != "England")
        assert sum(people for people, _ in tenths(sex)) == pytest.approx(counted / 3, abs=250)
    assert len(rows("deprivation")) == 44 * 10 * 2


def test_prevalence_is_registers_over_lists_by_membership():
    names = {"AF": "atrial_fibrillation", "DM": "diabetes", "OB": "obesity", "STIA": "stroke"}
    lists, registers = {}, {}
    returns = source_rows("outcomes/qof_prevalence_ccg_2014_15_2015_16.csv")
    for member in rows("membership"):
        for row in returns:
            if row["CCG_ODS"] == member["organisation"] and row["domain"] in names:
                key = member["footprint"], row["domain"]
                registers[key] = registers.get(key, 0) + float(member["share"]) * int(float(row["register"]))
                if row["domain"] == "AF":
                    lists[key[0]] = lists.get(key[0], 0) + float(member["share"]) * int(float(row["list_size"]))
    found = {(row["footprint"], row["risk"]): float(row["prevalence"]) for row in rows("prevalence")}
    assert len(registers) == 44 * len(names)
    for (footprint, domain), count in registers.items():
        assert found[footprint, names[domain]] == pytest.approx(count / lists[footprint], abs=1e-6)
    assert len(found) == 44 * 22


def indicator(code, column):
    return total("indicator_value", column, indicator=code)


def test_indicators_keep_the_totals_of_trusts_and_councils():
    waiting = [row for row in source_rows("providers/RTT.csv") if row["YEAR"] == "2015"]
    assert indicator("rtt_18_weeks", "numerator") == pytest.approx(sum(int(r["N_18_WEEKS"]) for r in waiting), abs=5)
    assert indicator("rtt_18_weeks", "denominator") == pytest.approx(sum(int(r["N_TOTAL"]) for r in waiting), abs=5)
    days = [row for row in source_rows("activity/dtoc_delayed_days_by_la_month_2014_04_to_2019_12.csv")
            if row["month"] >= "2015-04"]
    assert sum(int(row["Total Delayed Transfers of Care"]) for row in days if row["Name"] == "England") == 1_809_587
    assert indicator("delayed_transfers", "numerator") == pytest.approx(
        sum(int(row["Total Delayed Transfers of Care"]) for row in days if row["Name"] != "England"), abs=5)
    in_trusts = sum(float(row["activity"]) for row in rows("flow")
                    if row["service"] == "ae" and row["provider"] != "urgent_care_centre")
    assert in_trusts * 0.98 < indicator("ae_four_hours", "denominator") <= in_trusts + 5
    assert len(rows("indicator_value")) == 44 * len(rows("indicator"))


def test_targets_are_the_national_standards():
    assert {row["indicator"]: float(row["target"]) for row in rows("indicator") if row["target"]} == {
        "rtt_18_weeks": 92, "ae_four_hours": 95, "unused_space": 2.5}


def health_block():
    """England's health: the plan's figure and the published one."""
    whole, healthy, slopes = {}, {}, {}
    for sex, people in SEXES.items():
        years, good_years = life_table(life_counts(sex))
        whole[f"life expectancy at birth, {people}"] = [years, PUBLISHED_LIFE[sex][0]]
        healthy[f"healthy life expectancy at birth, {people}"] = [good_years, PUBLISHED_LIFE[sex][1]]
        slopes[f"years between the most and the least deprived, {people}"] = [
            slope(tenths(sex)), slope(published_tenths(sex))]
    registered = sum(int(row["deaths"]) for row in
                     source_rows("outcomes/england_wales_registered_deaths_by_age_sex_2010_2016.csv")
                     if row["year"] == "2015" and row["sex"] == "Persons")
    return whole | healthy | {"deaths, thousand (published: England and Wales)": [
        total("mortality", "deaths") / 1e3, registered / 1e3]} | slopes


def test_the_readme_has_the_health_of_the_tables():
    assert_block("health", health_block())


def test_the_years_between_most_and_least_deprived_are_the_published_ones():
    """The source's own tenths of England give the slope index Public Health England printed, 9.6 and 7.4 years."""
    assert slope(published_tenths("male")) == pytest.approx(9.6, abs=0.5)
    assert slope(published_tenths("female")) == pytest.approx(7.4, abs=0.5)


def quality_block():
    """England's indicators: plan, published, lowest and highest footprint, target."""
    published = {"rtt_18_weeks": 91.5, "ae_four_hours": 91.9, "preventable_mortality": 146.8}
    block = {}
    for row in rows("indicator"):
        code, multiplier = row["indicator"], float(row["multiplier"])
        values = [multiplier * float(value["numerator"]) / float(value["denominator"])
                  for value in rows("indicator_value") if value["indicator"] == code]
        england = multiplier * indicator(code, "numerator") / indicator(code, "denominator")
        block[code] = [england, published.get(code), min(values), max(values),
                       float(row["target"]) if row["target"] else None]
    return block


def test_the_readme_has_the_indicators_of_the_tables():
    assert_block("quality", quality_block())


def test_prevention_is_the_published_services_at_the_size_of_2010():
    [effect] = [row for row in rows("prevention_effect") if row["scheme"] == "stop_smoking"]
    adults = indicator("delayed_transfers", "denominator")
    lasting = 4 * (383_548 - 195_170) * 0.25
    assert float(effect["reduction"]) == pytest.approx(lasting / (0.169 * adults), rel=1e-4)
    risks = {row["outcome"]: float(row["rr"]) for row in rows("relative_risk")}
    for outcome, due in (("mortality", 0.16), ("non_elective", 0.04)):
        excess = 0.169 * (risks[outcome] - 1)
        assert excess / (due / (1 - due)) == pytest.approx(0.5, abs=2e-3)
    assert {row["risk"] for row in rows("relative_risk")} == {"smoking"}


def test_the_schemes_of_health_and_quality_stand_in_a_scenario_of_their_own():
    schemes = {row["scheme"] for table in ("prevention_effect", "indicator_effect") for row in rows(table)}
    schemes -= {row["scheme"] for row in rows("bid")}
    assert {row["scenario"] for row in rows("scenario") if row["scheme"] in schemes} == {"prevention_and_quality"}
    assert {row["scheme"] for row in rows("scenario") if row["scenario"] == "prevention_and_quality"} == schemes
    status_of = {row["source"]: row["status"] for row in rows("source")}
    for table in ("prevention_effect", "indicator_effect", "indicator_cost"):
        assert {row.get("status") or status_of[row["source"]] for row in rows(table)} == {"assumed"}


def test_waits_are_held_against_their_trend():
    [change] = [float(row["change"]) for row in rows("indicator_trend") if row["indicator"] == "rtt_18_weeks"]
    [effect] = [row for row in rows("indicator_effect") if row["indicator"] == "rtt_18_weeks"]
    assert (effect["start_year"], effect["full_year"], effect["ramp"]) == ("2016", "2020", "linear")
    assert float(effect["change"]) == pytest.approx(-5 * change, abs=0.003)


WORKSTREAMS = ("urgent_care", "planned_care", "provider_productivity", "prevention")
FUND_YEARS = [str(year) for year in YEARS[1:]]
RULES = {
    "proportional": ("proportional",),
    "equal awards": ("equal_awards",),
    "equal losses": ("equal_losses",),
    "Talmud": ("talmud",),
    "equal losses a head": ("equal_losses", "--weight", "population"),
}


def published_fund(line):
    """A line of NHS England's allocations by year, £m; None where it is blank."""
    [row] = [row for row in source_rows("published/nhse_allocations_2015_2021.csv") if row["£m"] == line]
    cells = {year: row[f"{year}/{(int(year) + 1) % 100}"] for year in FUND_YEARS}
    return {year: float(cell) if cell else None for year, cell in cells.items()}


def leads():
    """Footprint → the organisation that bids for it."""
    return {row["bid"].removeprefix("urgent_care_"): row["organisation"] for row in rows("bid")
            if row["bid"].startswith("urgent_care_")}


def people(footprint, year):
    return total("population", "persons", footprint=footprint, year=year)


def test_the_fund_is_the_published_one():
    for year, millions in published_fund("Total S&T").items():
        assert total("fund", "amount", year=year) == millions * 1e6
    found = {(row["fund"], row["year"]): float(row["amount"]) / 1e6 for row in rows("fund")}
    assert found == {(line.lower(), year): millions for line in ("Sustainability", "Transformation")
                     for year, millions in published_fund(line).items() if millions is not None}
    assert {row["kind"] for row in rows("fund")} == {"revenue"}


def test_a_footprint_is_led_by_its_largest_ccg():
    registered = {row["CCG16CDH"]: int(row["total"])
                  for row in source_rows("population/ccg16_registered_pop_by_age_sex_2016q1.csv")}
    whole = {(row["organisation"], row["footprint"]) for row in rows("membership") if float(row["share"]) == 1}
    assert len(leads()) == 44
    for footprint, lead in leads().items():
        assert (lead, footprint) in whole
        size = max((count for code, count in registered.items() if (code, footprint) in whole), default=None)
        assert registered.get(lead) == size
    assert [lead for lead in leads().values() if lead not in registered] == ["RNL"]


def test_claims_are_what_the_average_plan_leaves(stpfin, tmp_path):
    projected = scenario_tables(stpfin, ENGLAND, tmp_path, ["average_plan"], "funding_gap", "position")
    left = {(row["organisation"], row["year"]): float(row["gap"]) for row in projected["position"]
            if row["scenario"] == "average_plan"}
    kind_of = kinds()
    expected = {("sustainability", code, "2016"): left[code, "2016"] for code in kind_of
                if kind_of[code] == "provider" and left[code, "2016"] >= 1000}
    for footprint, lead in leads().items():
        for year in FUND_YEARS:
            components = ("commissioner", "council") if year == "2016" else ("total",)
            expected["transformation", lead, year] = sum(
                gap(projected, "average_plan", footprint, component, year) for component in components)
    claims = {(row["fund"], row["organisation"], row["year"]): float(row["amount"]) for row in rows("claim")}
    assert claims == pytest.approx(expected, rel=0, abs=501)
    for row in rows("fund"):
        assert total("claim", "amount", fund=row["fund"], year=row["year"]) > float(row["amount"])


def test_each_footprint_bids_for_each_workstream():
    codes = [f"{workstream}_{row['footprint']}" for workstream in WORKSTREAMS for row in rows("footprint")]
    bids = rows("bid")
    assert [row["bid"] for row in bids] == codes
    assert [row["scheme"] for row in bids] == codes
    assert not {row["scheme"] for row in rows("scenario")} & set(codes)
    owner = {row["scheme"]: row["owner"] for row in rows("scheme")}
    for row in bids:
        assert row["organisation"] == owner[row["scheme"]] == leads()[row["bid"][-9:]]


def test_bids_ask_for_what_their_schemes_cost():
    costs = {}
    for row in rows("scheme_cost"):
        assert row["kind"] in ("recurrent", "transition")
        costs[row["scheme"], row["year"]] = costs.get((row["scheme"], row["year"]), 0) + int(row["amount"])
    bids = {row["bid"] for row in rows("bid")}
    asked = {(row["bid"], row["year"]): int(row["amount"]) for row in rows("bid_amount")}
    assert asked == {key: amount for key, amount in costs.items() if key[0] in bids}
    assert {row["fund"] for row in rows("bid_amount")} == {"transformation"}


def copy_plan(folder):
    folder.mkdir()
    for file in ENGLAND.iterdir():
        if file.suffix in (".csv", ".json"):
            shutil.copy(file, folder)
    return folder


def test_all_bids_together_are_the_average_plan_and_the_stop_smoking_services(stpfin, tmp_path):
    plan = copy_plan(tmp_path / "plan")
    national = [row["scheme"] for row in rows("scenario") if row["scenario"] == "average_plan"] + ["stop_smoking"]
    with open(plan / "scenario.csv", "a", encoding="utf-8") as file:
        for name, schemes in (("national", national), ("bids", [row["scheme"] for row in rows("bid")])):
            for scheme in schemes:
                file.write(f"{name},{scheme},,judgement,\n")
    projected = scenario_tables(stpfin, plan, tmp_path / "out", ("national", "bids"), "funding_gap", "scheme_impact")
    for year in map(str, YEARS):
        assert gap(projected, "bids", year=year) == pytest.approx(gap(projected, "national", year=year), rel=1e-11)
    for column in ("cost_released", "cost_stranded", "cost_reprovided", "efficiency_saving", "recurrent"):
        assert impact(projected, "bids", column) == pytest.approx(impact(projected, "national", column), rel=1e-9)
        assert impact(projected, "bids", column) > 0


def test_limits_leave_room():
    asked, of_health = {}, 0
    for row in rows("bid_amount"):
        footprint = row["bid"][-9:]
        asked[footprint] = asked.get(footprint, 0) + int(row["amount"])
        of_health += int(row["amount"]) if row["bid"].startswith("prevention") else 0
    whole, persons = sum(asked.values()), sum(people(footprint, "2016") for footprint in asked)
    *places, health = rows("portfolio_limit")
    assert [row["footprint"] for row in places] == list(leads())
    for row in places:
        share = whole * people(row["footprint"], "2016") / persons
        assert int(row["minimum"]) == pytest.approx(0.5 * share, abs=2)
        assert int(row["maximum"]) == pytest.approx(1.25 * share, abs=2)
        assert int(row["minimum"]) < asked[row["footprint"]]
    assert (health["footprint"], health["aim"], health["maximum"]) == ("", "health", "")
    assert int(health["minimum"]) == pytest.approx(0.1 * whole, abs=1) and int(health["minimum"]) < of_health


def test_the_sustainability_fund_is_earned_as_published():
    assert [(row["condition"], row["gate"], float(row["share"]), row["first_quarter"])
            for row in rows("fund_condition")] == [
        ("control_total", "yes", 0.7, "1"), ("ae_four_hours", "no", 0.125, "2"), ("rtt_18_weeks", "no", 0.125, "2"),
        ("cancer_62_days", "no", 0.05, "2")]
    assert {(row["fund"], row["year"]) for row in rows("fund_condition")} == {("sustainability", "2016")}


def fund_block():
    """The fund, claims on it and bids to it by year, £m."""
    def by_year(table, **wanted):
        return [total(table, "amount", year=year, **wanted) / 1e6 or None for year in FUND_YEARS]

    block = {"sustainability": by_year("fund", fund="sustainability"),
             "transformation": by_year("fund", fund="transformation"),
             "both": by_year("fund"), "published total": list(published_fund("Total S&T").values()),
             "claims on sustainability": by_year("claim", fund="sustainability"),
             "claims on transformation": by_year("claim", fund="transformation")}
    for workstream in WORKSTREAMS:
        amounts = [sum(float(row["amount"]) for row in rows("bid_amount")
                       if row["year"] == year and row["bid"].startswith(workstream)) for year in FUND_YEARS]
        block[f"bids: {workstream.replace('_', ' ')}"] = [amount / 1e6 or None for amount in amounts]
    return block | {"all bids": by_year("bid_amount")}


def test_the_readme_has_the_fund_of_the_tables():
    assert_block("fund", fund_block())


def allocated(stpfin, options, *more):
    """Awards of transformation in 2020/21 by a rule, and claims, by organisation."""
    table = stpfin.run("allocate", ENGLAND, "--fund", "transformation", "--year", "2020", "--rule", *options,
                       "--format", "csv", *more).stdout
    found = list(csv.DictReader(table.splitlines()))
    return ({row["organisation"]: float(row["award"]) for row in found},
            {row["organisation"]: float(row["claim"]) for row in found})


def shares_block(stpfin):
    """By footprint, £m: claim on 2020/21 and award by each rule; last, for England, and what is left a head."""
    awards = {rule: allocated(stpfin, options)[0] for rule, options in RULES.items()}
    _, claims = allocated(stpfin, RULES["proportional"])
    block = {footprint: [claims[lead] / 1e6, *(award[lead] / 1e6 for award in awards.values())]
             for footprint, lead in leads().items()}
    left = [[(claims[lead] - (award[lead] if award else 0)) / people(footprint, "2020")
             for footprint, lead in leads().items()] for award in (None, *awards.values())]
    return ({"England": [sum(column) for column in zip(*block.values())]} | block
            | {f"{name} left a head, £": [take(of) for of in left] for name, take in (("least", min), ("most", max))}
            | {"footprints without an award": [sum(not (award and award[lead]) for lead in leads().values())
                                               for award in (None, *awards.values())]})


def test_the_readme_has_the_fund_shared_by_five_rules(stpfin):
    computed = shares_block(stpfin)
    names = {row["footprint"]: row["name"] for row in rows("footprint")}
    shown = modelled("fund shared", DATA.parent)
    assert [label for label, *_ in shown] == [names.get(label, label) for label in computed]
    for (_, *cells), values in zip(shown, computed.values()):
        for cell, value in zip(cells, values, strict=True):
            assert float(cell.replace(",", "")) == pytest.approx(value, abs=0.51)


def test_what_is_left_of_a_claim_is_the_gap_with_the_award(stpfin, tmp_path):
    awards, claims = allocated(stpfin, RULES["Talmud"])
    stpfin.run("allocate", ENGLAND, "--fund", "transformation", "--year", "2020", "--rule", "talmud",
               "--scenario", "average_plan", "--out", tmp_path / "plan")
    projected = scenario_tables(stpfin, tmp_path / "plan", tmp_path / "out", ["average_plan"], "funding_gap")
    for footprint, lead in leads().items():
        assert gap(projected, "average_plan", footprint) == pytest.approx(claims[lead] - awards[lead], abs=501)


def numbers(row):
    return [float(row[name]) for name in ("p1", "p2", "p3") if row[name]]


def selected(parameter):
    """The rows of the plan that a row of the table uncertainty moves."""
    wanted = dict(pair.split("=") for pair in parameter["select"].split(";")) if parameter["select"] else {}
    return [row for row in rows(parameter["table"]) if wanted.items() <= row.items()]


def test_the_readme_has_what_is_uncertain():
    status_of = {row["source"]: row["status"] for row in rows("source")}
    listed = []
    for row in rows("uncertainty"):
        select = f" where {row['select'].replace(';', ', ')}" if row["select"] else ""
        written = [row[name] for name in ("p1", "p2", "p3") if row[name]]
        listed.append([row["parameter"], f"{row['table']}.{row['column']}{select}",
                       f"{row['mode']} {row['distribution']} {', '.join(written)}", row["path"],
                       status_of[row["source"]], row["note"]])
    assert modelled("uncertainty") == listed
    assert {status_of[row["source"]] for row in rows("uncertainty")} == {"derived", "assumed"}
    assert all(row["note"] for table in ("uncertainty", "correlation") for row in rows(table))


def test_every_uncertain_figure_is_in_the_plan():
    for parameter in rows("uncertainty"):
        moved = selected(parameter)
        assert moved, parameter["parameter"]
        assert all(row[parameter["column"]] for row in moved), parameter["parameter"]
        assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", parameter["parameter"])


def test_every_scheme_of_a_scenario_may_fall_short():
    moved = {row["scheme"] for parameter in rows("uncertainty") if parameter["parameter"].startswith("delivery_")
             for row in selected(parameter)}
    assert {row["scheme"] for row in rows("scenario")} <= moved


def test_intervals_lie_about_what_the_plan_has():
    for parameter in rows("uncertainty"):
        low, *_, high = numbers(parameter)
        name = parameter["parameter"]
        if parameter["distribution"] in ("interval80", "triangular") and parameter["mode"] == "add":
            assert low < 0 < high, name
        elif parameter["distribution"] in ("interval80", "triangular") and parameter["mode"] == "factor":
            assert low < 1 <= high, name
        elif parameter["mode"] == "value":
            assert {low <= float(row[parameter["column"]]) <= high for row in selected(parameter)} == {True}, name


def test_shares_of_cost_never_exceed_the_whole():
    highest = {row["column"]: numbers(row)[-1] for row in rows("uncertainty") if row["table"] == "service"}
    assert highest["variable_share"] + highest["semi_fixed_share"] == 1


def test_correlations_can_all_hold():
    paths = {row["parameter"]: row["path"] for row in rows("uncertainty")}
    order = list(paths)
    matrix = numpy.eye(len(order))
    for row in rows("correlation"):
        assert paths[row["a"]] == paths[row["b"]] == "constant"
        one, other = order.index(row["a"]), order.index(row["b"])
        assert one != other and matrix[one, other] == 0
        matrix[one, other] = matrix[other, one] = float(row["rho"])
    assert numpy.linalg.eigvalsh(matrix).min() > 0.01
