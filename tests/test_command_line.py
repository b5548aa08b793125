"""The command line end to end, on a plan small enough to work out by hand.

Emergency admissions cost the trust £21m and the commissioner pays £20m; both rise by 10% a year while the
commissioner is given £1m more each year, so that its gap is 0, 1.0 and 2.2 (£m) and the trust's 1.0, 1.1 and 1.21.
The council's gap is its pressures less £5m: −0.5, 0 and 1.0.
"""

import csv
import io
import json
import os
import re
import signal
import subprocess

import pytest

COMMANDS = ("check", "project", "bridge", "compare", "align", "allocate", "portfolio", "simulate", "sensitivity",
            "seek", "describe", "new", "workbook")
RESULTS = ("funding_gap", "position", "spending", "activity", "resource")
RESULTS_OF_SCENARIOS = ("capital", "scheme_impact", "appraisal")
RESULTS_OF_GAPS = ("health_gap", "quality_gap", "quality_summary", "fund_earned")
SCHEMES = {
    "scheme": "scheme,name,workstream,aim,owner\nshift,Care at home,urgent care,funding,RXX\n"
              "lean,Productivity,provider,funding,RXX\n",
    "activity_effect": "scheme,service,reduction,to_service,to_provider,unit_cost,start_year\n"
                       "shift,nel,0.1,nel,C1,1000,2016\n",
    "efficiency_effect": "scheme,saving,start_year,full_year,ramp\nlean,0.02,2016,2017,annual\n",
    "scheme_cost": "scheme,organisation,year,kind,amount,asset_life\nshift,RXX,2016,capital,100000,10\n",
    "scenario": "scenario,scheme\nbest,shift\nbest,lean\nlean_only,lean\n",
}
TABLES = {
    "footprint": "footprint,name\nE54000005,\"West, North and East Cumbria\"\nW06000001,Ynys Môn\n",
    "organisation": "organisation,name,kind\n01A,Example CCG,commissioner\nRXX,Example Trust,provider\n"
                    "C1,Example Council,council\n",
    "membership": "organisation,footprint,share\n01A,E54000005,1\nRXX,E54000005,0.6\nRXX,W06000001,0.4\n"
                  "C1,E54000005,0.5\n",
    "service": "service,name,setting,unit,length_of_stay\nnel,Emergency admission,acute,admission,5\n",
    "flow": "commissioner,provider,service,activity,income,cost\n01A,RXX,nel,10000,20000000,21000000\n",
    "cost_mix": "service,component,share\n,pay,1\n",
    "inflation": "component,year,rate\npay,,0.1\n",
    "population": "footprint,year,persons\n" + "".join(
        f"{footprint},{year},{persons}\n"
        for footprint, persons in (("E54000005", 100000), ("W06000001", 50000)) for year in (2015, 2016, 2017)),
    "funding": "organisation,stream,year,amount\n" + "".join(
        f"01A,allocation,{year},{20000000 + 1000000 * (year - 2015)}\nC1,grant,{year},5000000\n"
        for year in (2015, 2016, 2017)),
    "pressure": "organisation,name,year,amount\nC1,care,2015,4500000\nC1,care,2016,5000000\nC1,care,2017,6000000\n",
    "deflator": "year,index\n2015,100\n2016,102\n2017,104\n",
}

FUNDING_GAP = """\
scenario do_nothing · £m in prices of each year · a positive gap is a shortfall

England

component     2015/16  2016/17  2017/18
commissioner      0.0      1.0      2.2
provider          1.0      1.1      1.2
nhs               1.0      2.1      3.4
council          -0.5      0.0      1.0
---------------------------------------
total             0.5      2.1      4.4

Footprints, total of all components

footprint                     2015/16  2016/17  2017/18  £ per head 2017/18
West, North and East Cumbria      0.4      1.7      3.4                  34
Ynys Môn                          0.4      0.4      0.5                  10
unassigned                       -0.3      0.0      0.5
---------------------------------------------------------------------------
England                           0.5      2.1      4.4                  29
"""


def write_plan(folder, **changed):
    """Write the plan, with some tables changed, or left out where they are None."""
    folder.mkdir()
    settings = {"name": "example", "stpfin": {"base_year": 2015, "end_year": 2017}}
    (folder / "datapackage.json").write_text(json.dumps(settings), encoding="utf-8")
    for name, text in {**TABLES, **changed}.items():
        if text is not None:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def plan(tmp_path):
    return write_plan(tmp_path / "plan")


@pytest.fixture
def run(stpfin, tmp_path):
    """Run the command in an empty folder, to whatever end."""
    def run_to_an_end(*arguments, stdout=subprocess.PIPE):
        return subprocess.run([stpfin.path, *map(str, arguments)], stdout=stdout, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, encoding="utf-8", timeout=120, cwd=tmp_path, check=False)
    return run_to_an_end


def names_in(help_text):
    """The commands or options a help text lists: what stands two blanks in and begins with a letter or --."""
    return re.findall(r"^  ((?:--)?[a-z][a-z-]*)", help_text, re.MULTILINE)


def texts_of(value):
    """A value of a JSON result as CSV would hold it, numbers apart."""
    return "" if value is None else value


def same_rows(csv_text, json_rows):
    rows = list(csv.DictReader(io.StringIO(csv_text)))
    assert [list(row) for row in rows] == [list(row) for row in json_rows]
    for row, json_row in zip(rows, json_rows, strict=True):
        for column, value in json_row.items():
            text = row[column]
            assert (float(text) if isinstance(value, (int, float)) else text) == texts_of(value), (row, column)


# Help


def test_help_lists_every_command(run):
    done = run("--help")
    assert done.returncode == 0 and done.stderr == ""
    assert names_in(done.stdout)[:len(COMMANDS)] == list(COMMANDS)
    assert run("help").stdout == done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run, command):
    done = run(command, "--help")
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith(f"Usage: stpfin {command} ")
    assert "--help" in names_in(done.stdout)
    assert run("help", command).stdout == done.stdout


def test_help_fits_a_terminal(run):
    for arguments in ([], *([command] for command in COMMANDS)):
        assert all(len(line) <= 80 for line in run("help", *arguments).stdout.splitlines())


def test_the_manual_page_names_every_command_and_option(run):
    page = run("--man").stdout
    assert page.startswith(".TH STPFIN 1 ")
    for command in COMMANDS:
        assert f".SS stpfin {command} " in page
        for option in names_in(run("help", command).stdout):
            assert "\\fB" + option.replace("-", "\\-") + "\\fR" in page, (command, option)


def test_version(run):
    assert re.fullmatch(r"stpfin \d+\.\d+\.\d+\n", run("--version").stdout)


# Wrong usage


@pytest.mark.parametrize("arguments, message", [
    ([], "a command is missing"),
    (["projct", "plan"], "did you mean 'project'?"),
    (["help", "brige"], "did you mean 'bridge'?"),
    (["--verson"], "did you mean '--version'?"),
    (["project"], "PLAN is missing"),
    (["compare", "plan"], "PLAN_B is missing"),
    (["check", "plan", "other"], "'other' is one argument too many"),
    (["project", "plan", "--tabel", "position"], "did you mean '--table'?"),
    (["project", "plan", "--tabel=position"], "unknown option '--tabel': did you mean '--table'?"),
    (["project", "plan", "-x"], "unknown option '-x'"),
    (["project", "plan", "--table"], "--table needs its NAME"),
    (["project", "plan", "--table", "positoin"], "did you mean"),
    (["project", "plan", "--format", "yaml"], "--format is text|csv|json, not 'yaml'"),
    (["project", "plan", "--format", "csv"], "name one --table, or give --out"),
    (["project", "plan", "--scenario", "best"], "the plan has no scenario 'best'"),
    (["project", "plan", "--comparator", "best"], "--comparator is england|best_fifth|target, not 'best'"),
    (["project", "plan", "--comparator", "target"], "--comparator target needs a --target for each measure"),
    (["project", "plan", "--target", "life_expectancy=80"], "--target needs --comparator target"),
    (["project", "plan", "--comparator", "target", "--target", "80"], "--target is MEASURE=VALUE, as life_expectancy=83"),
    (["project", "plan", "--comparator", "target", "--target", "life_expectancy=old"], "--target is MEASURE=VALUE"),
    (["project", "plan", "--comparator", "target", "--target", "life_expectanc=80"], "did you mean life_expectancy?"),
    (["project", "plan", "--comparator", "target", "--target", "life_expectancy,mal=80"], "did you mean male?"),
    (["compare", "plan", "plan", "--format", "csv"], "give --out"),
    (["bridge", "plan", "--by", "scheme"], "--by scheme needs a --scenario with schemes"),
    (["bridge", "plan", "--year", "2015-17"], "--year is a year"),
    (["bridge", "plan", "--year", "2050"], "2050"),
    (["bridge", "plan", "--place", "E5400005"], "E54000005"),
    (["describe", "flwo"], "did you mean 'flow'?"),
    (["new", "empty", "--xlsx=yes"], "--xlsx takes no argument"),
    (["new", "empty", "--end-year", "2010"], "2010"),
])
def test_wrong_usage_is_status_2_and_says_what_would_be_right(run, plan, arguments, message):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("stpfin") and message in done.stderr


# Wrong plans


def test_check_lists_problems_by_file_row_and_column(run, tmp_path):
    write_plan(tmp_path / "plan", flow=TABLES["flow"] + "01A,RYY,nel,1,£2,3\n")
    done = run("check", "plan")
    assert done.returncode == 1
    assert re.search(r"^flow\.csv:3:provider: error: ", done.stdout, re.MULTILINE)
    assert re.search(r"^flow\.csv:3:income: error: ", done.stdout, re.MULTILINE)
    assert done.stderr.startswith("stpfin: 2 errors, ")


def test_check_of_a_right_plan(run, plan):
    done = run("check", "plan")
    assert done.returncode == 0
    assert " error: " not in done.stdout and done.stderr.startswith("stpfin: 0 errors, ")


def test_check_says_the_same_in_every_format(run, tmp_path):
    write_plan(tmp_path / "plan", flow=TABLES["flow"] + "01A,RYY,nel,1,2,3\n")
    as_csv, as_json = (run("check", "plan", "--format", form) for form in ("csv", "json"))
    assert as_csv.returncode == as_json.returncode == 1
    problems = json.loads(as_json.stdout)["problem"]
    same_rows(as_csv.stdout, problems)
    lines = [":".join(str(problem[part]) for part in ("file", "row", "column") if problem[part] is not None)
             + f": {problem['severity']}: {problem['message']}" for problem in problems]
    assert run("check", "plan").stdout.splitlines() == lines


@pytest.mark.parametrize("command", [["project", "bad"], ["bridge", "bad"], ["compare", "plan", "bad"]])
def test_a_wrong_plan_is_status_1_and_its_errors_are_said(run, plan, tmp_path, command):
    write_plan(tmp_path / "bad", membership="organisation,footprint,share\n01A,E54,1\n")
    done = run(*command)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(r"^membership\.csv:2:footprint: error: ", done.stderr, re.MULTILINE)
    assert "note: " not in done.stderr


def test_a_missing_plan_is_status_1(run):
    for command in ("check", "project"):
        done = run(command, "nowhere")
        assert done.returncode == 1 and "nowhere" in done.stdout + done.stderr


def test_real_prices_need_a_deflator(run, tmp_path):
    write_plan(tmp_path / "plan", deflator=None)
    done = run("project", "plan", "--prices", "real")
    assert done.returncode == 1 and "deflator" in done.stderr


# Results


def test_the_funding_gap_as_text(run, plan):
    done = run("project", "plan", "--table", "funding_gap")
    assert (done.returncode, done.stderr) == (0, "")
    heading, rest = done.stdout.split("\n", 1)
    assert heading.startswith("funding_gap: ")
    assert rest == FUNDING_GAP


def test_organisations_are_shown_by_name_and_code_with_a_total(run, plan):
    text = run("project", "plan", "--table", "position").stdout
    assert re.search(r"^Example Trust \(RXX\) +1\.0 +1\.1 +1\.2$", text, re.MULTILINE)
    assert re.search(r"^-+\ntotal +0\.5 +2\.1 +4\.4$", text, re.MULTILINE)


def test_spending_leaves_out_what_is_nought(run, plan):
    text = run("project", "plan", "--table", "spending").stdout
    assert re.search(r"^England +acute +20\.0 +22\.0 +24\.2$", text, re.MULTILINE)
    assert " social " not in text and "Lines that are 0 throughout are left out." in text


def test_units_are_shown_with_separators(run, plan):
    text = run("project", "plan", "--table", "activity").stdout
    assert re.search(r"^Example CCG \(01A\) +Example Trust \(RXX\) +Emergency admission( +10,000){3}$", text,
                     re.MULTILINE)


def test_real_prices(run, plan):
    done = run("project", "plan", "--prices", "real", "--table", "funding_gap")
    assert "£m in prices of 2015/16" in done.stdout
    gaps = json.loads(run("project", "plan", "--prices", "real", "--table", "position", "--format", "json").stdout)
    assert gaps["stpfin"]["prices"] == "real"
    gap = {(row["organisation"], row["year"]): row["gap"] for row in gaps["position"]}
    assert gap["01A", 2017] == pytest.approx(2.2e6 / 1.04, rel=1e-12)


def test_all_results_but_the_ledger_are_shown_without_a_table(run, plan):
    everything = ["stpfin", *RESULTS, *RESULTS_OF_SCENARIOS, *RESULTS_OF_GAPS]
    assert list(json.loads(run("project", "plan", "--format", "json").stdout)) == everything
    text = run("project", "plan").stdout
    assert re.findall(r"^(\w+): ", text, re.MULTILINE) == list(RESULTS)


@pytest.mark.parametrize("table", [*RESULTS, "ledger"])
def test_formats_agree(run, plan, tmp_path, table):
    as_csv = run("project", "plan", "--table", table, "--format", "csv").stdout
    as_json = json.loads(run("project", "plan", "--table", table, "--format", "json").stdout)
    run("project", "plan", "--table", table, "--out", "out")
    assert (tmp_path / "out" / f"{table}.csv").read_text(encoding="utf-8") == as_csv
    same_rows(as_csv, as_json[table])
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["stpfin"] == as_json["stpfin"]
    assert package["profile"] == "tabular-data-package"
    [resource] = package["resources"]
    assert (resource["name"], resource["path"]) == (table, f"{table}.csv")
    assert [field["name"] for field in resource["schema"]["fields"]] == list(as_json[table][0])


def test_the_stamp_says_what_was_projected(run, plan):
    stamp = json.loads(run("project", "plan", "--format", "json").stdout)["stpfin"]
    assert list(stamp) == ["version", "plan_hash", "scenarios", "base_year", "end_year", "discount_rate", "long_discount_rate",
                           "capital_charge_rate", "prices", "published", "derived", "assumed"]
    assert (stamp["base_year"], stamp["end_year"], stamp["discount_rate"]) == (2015, 2017, 0.035)
    assert re.fullmatch("[0-9a-f]{64}", stamp["plan_hash"])
    assert (stamp["published"], stamp["derived"], stamp["assumed"]) == (0, 0, 1)


def test_health_is_compared_with_what_is_asked_for(run, tmp_path):
    """Where 1 in 50 or 1 in 40 dies each year, life lasts 50 or 40 years."""
    write_plan(tmp_path / "plan", mortality="footprint,year,sex,age,population,deaths\nE54000005,2015,female,0,1000,20\n"
                                            "W06000001,2015,female,0,1000,25\n")

    def project(*asked):
        results = json.loads(run("project", "plan", "--table", "health_gap", "--format", "json", *asked).stdout)
        gaps = {row["footprint"]: row["gap"] for row in results["health_gap"]
                if (row["measure"], row["year"]) == ("life_expectancy", 2017)}
        return results["stpfin"]["comparator"], [gaps["E54000005"], gaps["W06000001"], gaps["England"]]

    england = 2000 / 45
    assert project() == ("england", pytest.approx([england - 50, england - 40, 0]))
    assert project("--comparator", "best_fifth") == ("best_fifth", pytest.approx([0, 10, 50 - england]))
    assert project("--comparator", "target", "--target", "life_expectancy=30", "--target", "life_expectancy,female=60") == (
        "target", pytest.approx([10, 20, 60 - england]))


def test_out_is_the_same_twice_and_leaves_nothing_else(run, plan, tmp_path):
    for folder in ("first", "second", "second"):
        done = run("project", "plan", "--out", folder)
        assert (done.returncode, done.stdout) == (0, "")
        assert folder in done.stderr
    first, second = ({path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
                     for folder in ("first", "second"))
    assert first == second
    assert sorted(first) == sorted(["datapackage.json", *(
        f"{name}.csv" for name in RESULTS + RESULTS_OF_SCENARIOS + RESULTS_OF_GAPS)])


def test_the_bridge_leads_from_the_first_gap_to_the_last(run, plan):
    rows = json.loads(run("bridge", "plan", "--place", "England", "--year", "2017/18", "--format", "json").stdout)
    steps = {row["group"]: row["amount"] for row in rows["bridge"]}
    assert steps.pop("start") == pytest.approx(0.5e6)
    end = steps.pop("end")
    assert end == pytest.approx(4.41e6) and 0.5e6 + sum(steps.values()) == pytest.approx(end)
    text = run("bridge", "plan", "--place", "England").stdout
    assert "England, 2017/18" in text and " \n" not in text
    assert re.search(r"^start +0\.5 +0\.5 +=+$", text, re.MULTILINE)
    assert re.search(r"^funding +-2\.0 +\S+ +-+$", text, re.MULTILINE)
    assert re.search(r"^end +4\.4 +4\.4 +=+$", text, re.MULTILINE)


def test_scenarios_stand_beside_do_nothing(run, tmp_path):
    write_plan(tmp_path / "schemes", **SCHEMES)
    arguments = ("project", "schemes", "--scenario", "best", "--scenario", "lean_only", "--scenario", "best")
    results = json.loads(run(*arguments, "--format", "json").stdout)
    for table in RESULTS:
        assert list(dict.fromkeys(row["scenario"] for row in results[table])) == ["do_nothing", "best", "lean_only"]
    gaps = {row["scenario"]: row["gap"] for row in results["funding_gap"]
            if (row["footprint"], row["component"], row["year"]) == ("England", "total", 2017)}
    for scenario in ("best", "lean_only"):
        saved = sum(row["net_saving"] for row in results["scheme_impact"]
                    if (row["scenario"], row["footprint"], row["year"]) == (scenario, "England", 2017))
        assert gaps["do_nothing"] - gaps[scenario] == pytest.approx(saved)
    assert [row["scheme"] for row in results["appraisal"]] == ["shift", "lean", "total", "lean", "total"]
    text = run(*arguments).stdout
    assert list(dict.fromkeys(re.findall(r"^(\w+): ", text, re.MULTILINE)))[-3:] == list(RESULTS_OF_SCENARIOS)


@pytest.mark.parametrize("by, groups", [
    ("scheme", ["shift", "lean"]), ("workstream", ["urgent care", "provider"]), ("agreement", ["silent"]),
])
@pytest.mark.parametrize("method", ["sequential", "shapley"])
def test_the_bridge_leads_to_a_scenario(run, tmp_path, by, groups, method):
    write_plan(tmp_path / "schemes", **SCHEMES)
    done = run("bridge", "schemes", "--scenario", "best", "--by", by, "--method", method, "--place", "England",
               "--year", "2017", "--format", "json")
    rows = json.loads(done.stdout)["bridge"]
    assert [row["group"] for row in rows] == ["start", "awards", *groups, "end"]
    assert sum(row["amount"] for row in rows[:-1]) == pytest.approx(rows[-1]["amount"])
    assert {row["scenario"] for row in rows} == {"best"}


def test_a_bridge_with_a_scenario_is_by_scheme(run, tmp_path):
    write_plan(tmp_path / "schemes", **SCHEMES)
    assert "shift" in run("bridge", "schemes", "--scenario", "best").stdout
    assert "population" in run("bridge", "schemes", "--scenario", "do_nothing").stdout
    assert run("bridge", "schemes", "--scenario", "best", "--scenario", "lean_only").returncode == 2
    assert "did you mean best?" in run("bridge", "schemes", "--scenario", "bst").stderr
    assert "is a whole number" in run("bridge", "schemes", "--scenario", "best", "--seed", "x").stderr


def test_align_sets_plans_beside_the_projection(run, tmp_path):
    write_plan(tmp_path / "plans", organisation_plan="organisation,version,year,line,amount\nRXX,plan,2016,cost,25000000\n",
               contract_view="commissioner,provider,year,commissioner_value,provider_value\n01A,RXX,2016,20,21\n")
    results = json.loads(run("align", "plans", "--format", "json").stdout)
    [row] = results["alignment"]
    assert (row["service"], row["plan"], row["projection"]) == ("total", 25e6, pytest.approx(23.1e6))
    assert row["difference"] == pytest.approx(1.9e6)
    assert [row["difference"] for row in results["contract_mismatch"]] == [-1]


def test_compare_in_a_scenario(run, tmp_path):
    write_plan(tmp_path / "june", **SCHEMES)
    bolder = SCHEMES["activity_effect"].replace("0.1", "0.2")
    write_plan(tmp_path / "october", **{**SCHEMES, "activity_effect": bolder})
    results = json.loads(run("compare", "june", "october", "--scenario", "best", "--format", "json").stdout)
    assert [(row["table"], row["before"], row["after"]) for row in results["change"]] == [
        ("activity_effect", "0.1", "0.2")]
    assert {row["group"] for row in results["bridge"]} == {"start", "activity_effect", "end"}
    assert {row["scenario"] for row in results["bridge"]} == {"best"}


def test_both_methods_of_the_bridge_reach_the_same_end(run, plan):
    for method in ("sequential", "shapley"):
        done = run("bridge", "plan", "--by", "driver", "--method", method, "--place", "RXX", "--format", "json")
        end = [row["amount"] for row in json.loads(done.stdout)["bridge"] if row["group"] == "end"]
        assert end == pytest.approx([1.1e6, 1.21e6])


def test_compare_shows_what_changed_and_what_it_did(run, plan, tmp_path):
    write_plan(tmp_path / "other", pressure=TABLES["pressure"].replace("6000000", "6500000"))
    results = json.loads(run("compare", "plan", "other", "--format", "json").stdout)
    assert list(results) == ["stpfin", "change", "bridge"]
    [change] = results["change"]
    assert (change["table"], change["column"], change["before"], change["after"]) == (
        "pressure", "amount", "6000000", "6500000")
    moved = [row["amount"] for row in results["bridge"]
             if (row["place"], row["year"], row["group"]) == ("England", 2017, "pressure")]
    assert moved == pytest.approx([0.5e6])
    assert run("compare", "plan", "other", "--out", "out").returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["bridge.csv", "change.csv", "datapackage.json"]


def test_compare_of_equal_plans(run, plan):
    done = run("compare", "plan", "plan")
    assert done.returncode == 0 and "(no rows)" in done.stdout
    assert done.stdout.endswith("\n\nPlaces whose gap does not move are left out.\n")


def test_describe(run):
    tables = json.loads(run("describe", "--format", "json").stdout)["tables"]
    assert {"flow", "funding_gap"} <= {row["table"] for row in tables}
    as_csv = run("describe", "flow", "--format", "csv").stdout
    same_rows(as_csv, json.loads(run("describe", "flow", "--format", "json").stdout)["flow"])
    text = run("describe", "flow").stdout
    assert all(row["column"] in text for row in csv.DictReader(io.StringIO(as_csv)))


# New plans


def test_a_new_plan_has_every_table_and_the_years(run, tmp_path):
    done = run("new", "empty", "--base-year", "2016/17", "--end-year", "2020-21")
    assert done.returncode == 0 and "empty" in done.stderr
    settings = json.loads((tmp_path / "empty" / "datapackage.json").read_text(encoding="utf-8"))["stpfin"]
    assert (settings["base_year"], settings["end_year"]) == (2016, 2020)
    tables = json.loads(run("describe", "--format", "json").stdout)["tables"]
    for row in tables:
        assert (tmp_path / "empty" / f"{row['table']}.csv").exists() == (row["kind"] == "plan")
    assert not (tmp_path / "empty" / "plan.xlsx").exists()


def test_a_new_plan_never_replaces_one(run, plan):
    before = (plan / "flow.csv").read_bytes()
    assert run("new", "plan").returncode == 2
    (plan / "datapackage.json").unlink()
    assert run("new", "plan").returncode == 2
    assert (plan / "flow.csv").read_bytes() == before


def test_results_never_replace_a_plan(run, plan):
    before = (plan / "datapackage.json").read_bytes()
    done = run("project", "plan", "--out", "plan")
    assert done.returncode == 2 and "give another folder" in done.stderr
    assert (plan / "datapackage.json").read_bytes() == before
    assert not (plan / "position.csv").exists()


def test_results_are_no_plan(run, plan):
    run("project", "plan", "--out", "results")
    done = run("project", "results")
    assert done.returncode == 1 and done.stderr.count("error:") == 1
    assert "holds results of stpfin and no plan" in done.stderr


def test_the_workbook_has_a_sheet_a_table_with_choices(run, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    assert run("new", "empty", "--xlsx").returncode == 0
    book = openpyxl.load_workbook(tmp_path / "empty" / "plan.xlsx")
    tables = json.loads(run("describe", "--format", "json").stdout)["tables"]
    assert book.sheetnames == ["about", "dictionary", "settings", *(row["table"] for row in tables if row["kind"] == "plan")]
    for name in ("flow", "organisation"):
        header = (tmp_path / "empty" / f"{name}.csv").read_text(encoding="utf-8").strip().split(",")
        assert [cell.value for cell in book[name][1]] == header
        assert book[name]["A1"].font.b and book[name].freeze_panes == "A2"
    kinds = [rule.formula1 for rule in book["organisation"].data_validations.dataValidation if "C2" in rule.sqref]
    assert kinds == ['"commissioner,provider,council,outside,board"']
    assert run("new", "again", "--xlsx").returncode == 0
    assert (tmp_path / "again" / "plan.xlsx").read_bytes() == (tmp_path / "empty" / "plan.xlsx").read_bytes()


def test_a_plan_becomes_a_workbook_that_replaces_one(run, plan, tmp_path):
    done = run("workbook", "plan", "plan.xlsx")
    assert done.returncode == 0 and done.stdout == "" and "wrote the plan in plan.xlsx" in done.stderr
    before = (tmp_path / "plan.xlsx").read_bytes()
    assert run("workbook", "plan", "none/plan.xlsx").returncode == 4
    (plan / "flow.csv").unlink()
    assert run("workbook", "plan", "plan.xlsx").returncode == 1
    assert run("workbook", "plan").returncode == 2
    assert (tmp_path / "plan.xlsx").read_bytes() == before


# When the user stops it


@pytest.mark.parametrize("arguments", [
    ["project", "plan"], ["project", "plan", "--table", "ledger", "--format", "csv"], ["bridge", "plan"],
    ["compare", "plan", "other"], ["align", "plan"]])
def test_interrupted_while_it_reads_it_ends_without_results(stpfin, plan, tmp_path, arguments):
    write_plan(tmp_path / "other")
    flows = (plan / "flow.csv").read_bytes()
    (plan / "flow.csv").unlink()
    os.mkfifo(plan / "flow.csv")
    with subprocess.Popen([stpfin.path, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          cwd=tmp_path) as command:
        with open(plan / "flow.csv", "wb") as stream:
            command.send_signal(signal.SIGINT)
            stream.write(flows)
        output, errors = command.communicate(timeout=60)
    assert command.returncode == -signal.SIGINT
    assert (output, errors) == (b"", b"")


# When the system fails


@pytest.mark.parametrize("arguments", [["project", "plan"], ["check", "plan"], ["describe"], ["--help"], ["--man"]])
def test_a_full_disk_is_status_4(run, plan, arguments):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = run(*arguments, stdout=full)
    assert done.returncode == 4 and "cannot write the standard output" in done.stderr


def test_a_folder_that_cannot_be_made_is_status_4(run, plan, tmp_path):
    (tmp_path / "file").write_text("")
    for folder in ("file", "file/out", "none/out"):
        done = run("project", "plan", "--out", folder)
        assert done.returncode == 4 and "cannot" in done.stderr
    assert (tmp_path / "file").read_text() == ""


def test_a_result_that_cannot_be_written_leaves_no_part_of_it(run, plan, tmp_path):
    (tmp_path / "out" / "position.csv").mkdir(parents=True)
    assert run("project", "plan", "--out", "out").returncode == 4
    assert not list((tmp_path / "out").glob("*.new"))
    assert not (tmp_path / "out" / "datapackage.json").exists()
