"""The R package, as installed in the build folder, beside the command line and the headers."""

import json
import math
import os
import pathlib
import re
import subprocess

import numpy
import pandas
import pytest

ROOT = pathlib.Path(__file__).parent.parent
LIBRARY = pathlib.Path(os.environ["STPFIN_BUILD"]) / "bindings" / "r" / "library"
ENGLAND = ROOT / "data" / "england"
SCENARIOS = ["average_plan", "prevention_and_quality"]

# What is not bound, and why.
EXCUSED = {
    "stpfin_last_error": "R conditions carry it",
    "stpfin_strerror": "the class of a condition says it",
    "stpfin_plan_free": "the garbage collector's",
    "stpfin_portfolio_free": "the garbage collector's",
    "stpfin_projection_free": "the garbage collector's",
    "stpfin_simulation_free": "the garbage collector's",
    "stpfin_table_builder_free": "the garbage collector's",
    "stpfin_table_free": "the garbage collector's",
    "stpfin_text_free": "the garbage collector's",
    "stpfin_table_share": "R shares data frames by itself",
}
# What is bound and no function of the package calls, and why.
UNCALLED = {
    "stpfin_rule_name": "the rules are words in R, which a test compares",
    "stpfin_table_equal": "identical() compares data frames",
    "stpfin_table_find": "data frames are indexed by name",
}


def run_r(code, *arguments, **options):
    """Run R code with the package loaded; what it prints."""
    done = subprocess.run(["Rscript", "-e", "library(stpfin)", "-e", code, *map(str, arguments)],
                          env=os.environ | {"R_LIBS": str(LIBRARY), "LC_ALL": "C.UTF-8"},
                          capture_output=True, encoding="utf-8", timeout=300, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


# A folder a data frame, a file a column: doubles as they are in memory, all else as lines of text.
DUMP = """
dump <- function(tables, folder) {
  for (name in names(tables)) {
    dir.create(file.path(folder, name), recursive = TRUE)
    for (column in names(tables[[name]])) {
      x <- tables[[name]][[column]]
      file <- file(file.path(folder, name, column), "wb")
      if (is.double(x)) {
        writeBin(x, file, endian = "little")
      } else {
        x <- as.character(x)
        x[is.na(x)] <- ""
        writeLines(x, file, useBytes = TRUE)
      }
      close(file)
    }
  }
}
arguments <- commandArgs(TRUE)
plan <- stp_read_plan(arguments[1])
folder <- arguments[2]
scenarios <- strsplit(arguments[3], ",")[[1]]
"""


@pytest.fixture(scope="module")
def numbers():
    """The columns of results that are numbers, by the data dictionary."""
    text = run_r("""
results <- subset(stp_describe(), kind == "result")$table
for (result in results) {
  columns <- subset(stp_describe(result), type == "number")$column
  if (length(columns) > 0) cat(paste(result, columns), sep = "\\n")
}""")
    return {tuple(line.split()) for line in text.splitlines()}


def assert_same(r_folder, cli_folder, numbers):
    """The same tables, numbers to the bit: R's doubles beside the command's decimals, read to the nearest double."""
    compared = 0
    assert sorted(path.name for path in r_folder.iterdir()) == sorted(path.stem for path in cli_folder.glob("*.csv"))
    for folder in r_folder.iterdir():
        rows = pandas.read_csv(cli_folder / f"{folder.name}.csv", dtype=str, keep_default_na=False)
        for column, cells in rows.items():
            found = (folder / column).read_bytes()
            if (folder.name, column) in numbers:
                expected = numpy.array([float(cell) if cell else math.nan for cell in cells])
                found = numpy.frombuffer(found)
                # A blank is a NaN, of whichever bits; there is no other.
                assert (numpy.isnan(found) == numpy.isnan(expected)).all(), (folder.name, column)
                assert (found[found == found] + 0.0).tobytes() == expected[expected == expected].tobytes(), (
                    folder.name, column)
                compared += len(cells)
            else:
                assert found.decode() == "".join(f"{cell}\n" for cell in cells), (folder.name, column)
    return compared


@pytest.fixture(scope="module")
def funded(tmp_path_factory):
    """England with a fund shared, of which trusts earn some."""
    folder = tmp_path_factory.mktemp("funded") / "plan"
    run_r("""
arguments <- commandArgs(TRUE)
plan <- stp_allocate(stp_read_plan(arguments[1]), "sustainability")$plan
results <- expand.grid(
  fund = "sustainability", organisation = unique(plan$award$organisation)[1:9], year = 2016, quarter = 1:4,
  condition = plan$fund_condition$condition)
results$met <- rep_len(c("standard", "no", "trajectory", "standard", "standard"), nrow(results))
plan$fund_result <- results
stp_write_plan(plan, arguments[2])""", ENGLAND, folder)
    return folder


@pytest.mark.parametrize(("asked", "options"), [
    ("", ()),
    ('prices = "real", comparator = "best_fifth", overdispersion = TRUE',
     ("--prices", "real", "--comparator", "best_fifth", "--overdispersion")),
])
def test_results_are_the_command_lines_to_the_bit(stpfin, tmp_path, numbers, funded, asked, options):
    run_r(DUMP + f'dump(as.list(stp_project(plan, scenarios, {asked})), folder)', funded, tmp_path / "r",
          ",".join(SCENARIOS))
    results = run_r("cat(stp_results())").split()
    assert len(results) > 8
    stpfin.run("project", funded, *options, "--out", tmp_path / "cli",
               *(part for name in SCENARIOS for part in ("--scenario", name)),
               *(part for name in results for part in ("--table", name)))
    assert assert_same(tmp_path / "r", tmp_path / "cli", numbers) > 500_000


def test_bridges_and_alignment_are_the_command_lines_to_the_bit(stpfin, tmp_path, numbers):
    other = tmp_path / "other"
    run_r("""
arguments <- commandArgs(TRUE)
plan <- stp_read_plan(arguments[1])
plan$pressure$amount <- plan$pressure$amount / 3
stp_write_plan(plan, arguments[2])""", ENGLAND, other)
    asked = {
        "driver": ("stp_bridge(plan)", ["bridge", ENGLAND]),
        "shapley": ('stp_bridge(plan, scenarios, method = "shapley", samples = 40, seed = 5)',
                    ["bridge", ENGLAND, "--scenario", "ambitious", "--method", "shapley", "--samples", "40",
                     "--seed", "5"]),
        "compare": ('stp_compare(plan, stp_read_plan(arguments[4]), scenarios)',
                    ["compare", ENGLAND, other, "--scenario", "ambitious"]),
        "align": ("stp_align(stp_project(plan, scenarios))", ["align", ENGLAND, "--scenario", "ambitious"]),
    }
    for name, (code, command) in asked.items():
        r_folder, cli_folder = tmp_path / f"r_{name}", tmp_path / f"cli_{name}"
        run_r(DUMP + f"""
made <- {code}
dump(switch(class(made)[1], stp_bridge = list(bridge = made),
  stp_comparison = list(change = made$changes, bridge = made$bridge),
  stp_alignment = list(alignment = made$alignment, contract_mismatch = made$mismatch)), folder)
stp_write_results(made, paste0(folder, "_written"))""", ENGLAND, r_folder, "ambitious", other)
        stpfin.run(*command, "--out", cli_folder)
        assert assert_same(r_folder, cli_folder, numbers) > 900, name
        # And what R writes is what the command writes, byte for byte.
        for path in cli_folder.iterdir():
            assert (tmp_path / f"r_{name}_written" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("sex", ["", "male"])
def test_targets_are_the_command_lines_to_the_bit(stpfin, tmp_path, numbers, sex):
    run_r(DUMP + f"""
targets <- data.frame(measure = "life_expectancy", sex = {f'"{sex}"' if sex else "NA"}, value = 83.25)
dump(stp_project(plan, scenarios, comparator = "target", targets = targets)["health_gap"], folder)""",
          ENGLAND, tmp_path / "r", "prevention_and_quality")
    stpfin.run("project", ENGLAND, "--scenario", "prevention_and_quality", "--comparator", "target", "--target",
               f"life_expectancy{',' if sex else ''}{sex}=83.25", "--table", "health_gap", "--out", tmp_path / "cli")
    assert assert_same(tmp_path / "r", tmp_path / "cli", numbers) > 10_000


@pytest.mark.parametrize(("asked", "options"), [
    ('"proportional"', ("--rule", "proportional")),
    ('"equal_losses", "population", 2018, scenario = "ambitious"',
     ("--rule", "equal_losses", "--weight", "population", "--year", "2018", "--scenario", "ambitious")),
    ('"equal_awards", pace = 10', ("--rule", "equal_awards", "--pace", "10")),
])
def test_allocations_are_the_command_lines_byte_for_byte(stpfin, tmp_path, numbers, asked, options):
    run_r(DUMP + f"""
allocation <- stp_allocate(plan, "transformation", {asked})
stp_write_results(allocation, paste0(folder, "_written"))
dump(allocation["allocation"], folder)""", ENGLAND, tmp_path / "r", "")
    stpfin.run("allocate", ENGLAND, "--fund", "transformation", *options, "--out", tmp_path / "cli")
    names = {path.name for path in (tmp_path / "cli").iterdir()}
    assert {"allocation.csv", "award.csv", "datapackage.json", "flow.csv"} <= names
    assert {path.name for path in (tmp_path / "r_written").iterdir()} == names
    for name in names:
        assert (tmp_path / "r_written" / name).read_bytes() == (tmp_path / "cli" / name).read_bytes(), name
    # And the data frame is what is written.
    (tmp_path / "alone").mkdir()
    (tmp_path / "cli" / "allocation.csv").rename(tmp_path / "alone" / "allocation.csv")
    assert assert_same(tmp_path / "r", tmp_path / "alone", numbers) >= 3 * 44


@pytest.mark.parametrize(("asked", "options"), [
    ("", ()),
    (', scenario = "best", gap = 0.01, alternatives = 0, benefits = data.frame(bid = plan$bid$bid, benefit = 1:176)',
     ("--scenario", "best", "--gap", "0.01", "--alternatives", "0", "--benefits", "benefits.csv")),
])
def test_portfolios_are_the_command_lines_byte_for_byte(stpfin, tmp_path, numbers, monkeypatch, asked, options):
    monkeypatch.chdir(tmp_path)
    bids = pandas.read_csv(ENGLAND / "bid.csv")["bid"]
    pandas.DataFrame({"bid": bids, "benefit": range(1, len(bids) + 1)}).to_csv("benefits.csv", index=False)
    results = ["portfolio", "portfolio_price", "portfolio_missed"]
    run_r(DUMP + f"""
portfolio <- stp_portfolio(plan{asked})
stp_write_results(portfolio, paste0(folder, "_written"))
cat(stp_text(portfolio), file = paste0(folder, ".txt"))
cat(stp_json(portfolio), file = paste0(folder, ".json"))
dump(portfolio[c("portfolio", "portfolio_price", "portfolio_missed")], folder)""", ENGLAND, tmp_path / "r", "")
    stpfin.run("portfolio", ENGLAND, *options, "--out", "cli")
    names = {path.name for path in (tmp_path / "cli").iterdir()}
    assert {path.name for path in (tmp_path / "r_written").iterdir()} == names
    for name in names:
        assert (tmp_path / "r_written" / name).read_bytes() == (tmp_path / "cli" / name).read_bytes(), name
    text = stpfin.run("portfolio", ENGLAND, *options).stdout
    assert (tmp_path / "r.txt").read_text(encoding="utf-8") == text.partition("\n\n")[2]
    text = stpfin.run("portfolio", ENGLAND, *options, "--format", "json").stdout
    assert (tmp_path / "r.json").read_text(encoding="utf-8") == text
    # And the data frames are what is written.
    (tmp_path / "alone").mkdir()
    for name in results:
        (tmp_path / "cli" / f"{name}.csv").rename(tmp_path / "alone" / f"{name}.csv")
    assert assert_same(tmp_path / "r", tmp_path / "alone", numbers) > 176


def test_ends_of_a_search_are_those_of_c():
    header = (ROOT / "include" / "stpfin" / "portfolio.h").read_text(encoding="utf-8")
    ends = [name.lower() for name in re.findall(r"STPFIN_PORTFOLIO_(\w+) = \d,?$", header, re.M)]
    assert len(ends) == 4
    assert run_r('cat(getFromNamespace("portfolio_ends", "stpfin"))').split() == ends


@pytest.mark.parametrize(("asked", "options"), [
    ('c("average_plan", "average_plan-do_nothing"), draws = 40', ("--scenario", "average_plan", "--scenario",
                                                                  "average_plan-do_nothing", "--draws", "40")),
    ('"ambitious", c("bridge.amount", "position.gap[year=2019]"), draws = 90, seed = 2^53, first = 30, end = 70, '
     'prices = "real", by = "workstream", threads = 3',
     ("--scenario", "ambitious", "--measure", "bridge.amount", "--measure", "position.gap[year=2019]", "--draws", "90",
      "--seed", str(2**53), "--range", "30:70", "--prices", "real", "--by", "workstream")),
])
def test_simulations_are_the_command_lines_to_the_bit(stpfin, tmp_path, numbers, asked, options):
    run_r(DUMP + f"""
simulation <- stp_simulate(plan, {asked})
dump(list(simulation = simulation$simulation, draws = as.data.frame(simulation, result = "draws")), folder)
stp_write_results(simulation, paste0(folder, "_written"), c("simulation", "draws"))
cat(stp_text(simulation), file = paste0(folder, ".txt"))""", ENGLAND, tmp_path / "r", "")
    stpfin.run("simulate", ENGLAND, *options, "--table", "simulation", "--table", "draws", "--out", tmp_path / "cli")
    assert assert_same(tmp_path / "r", tmp_path / "cli", numbers) > 10_000
    for name in ("simulation.csv", "draws.csv"):
        assert (tmp_path / "r_written" / name).read_bytes() == (tmp_path / "cli" / name).read_bytes()
    shown = stpfin.run("simulate", ENGLAND, *options, "--table", "simulation").stdout
    assert (tmp_path / "r.txt").read_text(encoding="utf-8") == shown.partition("\n\n")[2]


def test_what_results_depend_on_is_the_command_lines_to_the_bit(stpfin, tmp_path, numbers):
    plan = tmp_path / "plan"
    run_r("""
arguments <- commandArgs(TRUE)
plan <- stp_read_plan(arguments[1])
plan <- stp_replace(plan, correlation = NULL, uncertainty = head(plan$uncertainty, 3))
stp_write_plan(plan, arguments[2])""", ENGLAND, plan)
    asked = {
        "tornado": (ENGLAND, 'stp_sensitivity(plan, "average_plan", draws = 20, seed = 3)["sensitivity"]',
                    ["sensitivity", ENGLAND, "--scenario", "average_plan", "--draws", "20", "--seed", "3"]),
        "sobol": (plan, 'stp_sensitivity(plan, draws = 0, sobol = 10, repetitions = 20)["sensitivity"]',
                  ["sensitivity", plan, "--draws", "0", "--sobol", "10", "--repetitions", "20"]),
        "seek": (ENGLAND, 'list(seek = stp_seek(plan, "growth", 15e9, scenario = "cautious", year = "2019/20"))',
                 ["seek", ENGLAND, "--parameter", "growth", "--target", "15e9", "--scenario", "cautious", "--year",
                  "2019/20"]),
    }
    for name, (folder, code, command) in asked.items():
        run_r(DUMP + f"dump({code}, folder)", folder, tmp_path / f"r_{name}", "")
        stpfin.run(*command, "--out", tmp_path / f"cli_{name}")
        assert assert_same(tmp_path / f"r_{name}", tmp_path / f"cli_{name}", numbers) > 2, name


def test_folders_and_json_are_the_command_lines(stpfin, tmp_path):
    run_r("""
arguments <- commandArgs(TRUE)
projection <- stp_project(stp_read_plan(arguments[1]), "cautious")
stp_write_results(projection, file.path(arguments[2], "r"))
cat(stp_json(projection, "capital"), file = file.path(arguments[2], "r.json"))
cat(stp_text(projection, "funding_gap"), file = file.path(arguments[2], "r.txt"))
stp_write_excel(stp_read_plan(arguments[1]), file.path(arguments[2], "plan.xlsx"))
stp_write_plan(stp_read_excel(file.path(arguments[2], "plan.xlsx")), file.path(arguments[2], "plan"))""",
          ENGLAND, tmp_path)
    stpfin.run("project", ENGLAND, "--scenario", "cautious", "--out", tmp_path / "cli")
    for path in (tmp_path / "cli").iterdir():
        assert (tmp_path / "r" / path.name).read_bytes() == path.read_bytes()
    shown = stpfin.run("project", ENGLAND, "--scenario", "cautious", "--table", "capital", "--format", "json")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8")) == json.loads(shown.stdout)
    shown = stpfin.run("project", ENGLAND, "--scenario", "cautious", "--table", "funding_gap")
    assert (tmp_path / "r.txt").read_text(encoding="utf-8") == shown.stdout
    stpfin.run("check", tmp_path / "plan")


def declared_functions():
    text = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "include" / "stpfin").glob("*.h"))
    return set(re.findall(r"STPFIN_EXPORT [^(;]*?\b(stpfin_\w+)\(", text))


def test_every_c_function_is_bound_or_excused():
    bound = {name.removeprefix("R_swig_") for name in run_r(
        'cat(names(getDLLRegisteredRoutines("stpfin")$.Call), sep = "\\n")').split()}
    declared = declared_functions()
    assert len(declared) > 40
    assert declared - bound == EXCUSED.keys()
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bindings" / "r" / "R").glob("*.R"))
    called = set(re.findall(r"R_swig_(\w+)", code))
    assert called <= bound, "R calls what is not there"
    assert declared & bound - called == UNCALLED.keys()


def test_every_status_has_a_class_of_condition():
    text = (ROOT / "include" / "stpfin" / "common.h").read_text(encoding="utf-8")
    statuses = {number: name.lower() for name, number in re.findall(r"STPFIN_ERROR_(\w+) = (-\d+)", text)}
    kinds = run_r('kinds <- getFromNamespace("kinds", "stpfin"); cat(paste(names(kinds), kinds), sep = "\\n")')
    assert dict(line.split() for line in kinds.splitlines()) == statuses


def test_the_program_of_the_readme_runs(tmp_path):
    code = re.search(r"^```r\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)[1]
    printed = run_r(code, cwd=tmp_path)
    assert re.search(r"2020 +18\.3 +8\.1", printed)
    assert "activity_growth" in printed
    assert re.search(r"1 +0\.65 0\.55", printed)
    assert (tmp_path / "Rplots.pdf").stat().st_size > 1000


def test_loading_and_working_leaves_no_trace():
    assert run_r("""
before <- list(ls(globalenv(), all.names = TRUE), search(), options(), Sys.getlocale(), getwd())
projection <- stp_project(stp_example("leicester-beds"))
invisible(capture.output(print(projection)))
rm(projection)
cat(all.equal(list(setdiff(ls(globalenv(), all.names = TRUE), "before"), search(), options(), Sys.getlocale(),
  getwd()), before))""") == "TRUE"


def test_a_script_that_is_interrupted_ends():
    script = 'tools::pskill(Sys.getpid(), tools::SIGINT); plan <- stp_example("england"); ' \
             'repeat stp_bridge(plan, "ambitious", method = "shapley")'
    done = subprocess.run(["Rscript", "-e", "library(stpfin)", "-e", script], env=os.environ | {"R_LIBS": str(LIBRARY)},
                          capture_output=True, timeout=60)
    assert done.returncode != 0


def test_valgrind_finds_nothing(tmp_path):
    log = tmp_path / "valgrind.log"
    script = tmp_path / "run.R"
    script.write_text("""
library(stpfin)
plan <- stp_read_plan(commandArgs(TRUE)[1])
projection <- stp_project(plan)
gaps <- projection$funding_gap
again <- stp_plan(as.list(plan), base_year = 2016, end_year = 2020)
invisible(stp_json(projection, "position"))
invisible(stp_bridge(plan, year = 2018, progress = function(done) TRUE))
uncertain <- stp_replace(plan, uncertainty = data.frame(
  parameter = "growth", table = "activity_growth", column = "rate", mode = "factor", distribution = "normal", p1 = 1,
  p2 = 0.1))
pieces <- list(stp_simulate(uncertain, draws = 5, end = 2), stp_simulate(uncertain, draws = 5, first = 2, threads = 2))
invisible(as.data.frame(stp_join(pieces), result = "draws"))
invisible(stp_sensitivity(uncertain, draws = 3, sobol = 3, repetitions = 2))
try(stp_seek(uncertain, "growth", target = -1e15), silent = TRUE)
try(stp_replace(plan, flow = NULL), silent = TRUE)
try(plan$flwo, silent = TRUE)
rm(plan, projection, again)
invisible(gc())
""", encoding="utf-8")
    done = subprocess.run(
        ["R", "--vanilla", "--no-echo", "-d", f"valgrind --leak-check=full --num-callers=30 --log-file={log}",
         "-f", script, "--args", ROOT / "data" / "validation" / "leicester-beds"],
        env=os.environ | {"R_LIBS": str(LIBRARY)}, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    text = log.read_text(encoding="utf-8")
    assert "ERROR SUMMARY" in text
    records = re.split(r"\n==\d+== \n", text)
    ours = [record for record in records if "stpfin" in record and re.search(r"(?m)^==\d+==    (at|by) 0x", record)
            and "still reachable" not in record]
    assert not ours, "\n".join(ours)
