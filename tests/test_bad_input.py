"""Nothing a user writes crashes, hangs, leaks or gives a number in silence.

Whatever a folder holds, `stpfin check` ends with status 0 or 1, never by a signal, and `stpfin project` gives results
of a right plan only. Run on a command built with sanitizers, what they report is a failure.
"""

import json
import os
import random
import subprocess
import threading
import time
from typing import NamedTuple

import pytest

from test_rules import BASE, SETTINGS, read_problems, write_plan

SECONDS = 30
LARGEST = 2 * 10**9  # bytes of memory, sanitizers and all


class Done(NamedTuple):
    status: int
    stdout: bytes
    stderr: bytes
    seconds: float
    memory: int

    def errors(self):
        """The errors by where they are; the whole output is lines of problems, in UTF-8, that a terminal only shows."""
        text = self.stdout.decode("utf-8")
        assert all(c == "\n" or c.isprintable() or c in "\xa0\u3000\xad" or ord(c) > 0x9f for c in text), ascii(text)
        return [(where, message) for severity, where, message in read_problems(text) if severity == "error"]


@pytest.fixture(scope="session")
def run(stpfin):
    """Run the command to an end of its own."""
    def run_to_an_end(*arguments):
        begun = time.monotonic()
        with subprocess.Popen([stpfin.path, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            watch = threading.Timer(SECONDS, process.kill)
            watch.start()
            stdout, stderr = [], []
            readers = [threading.Thread(target=lambda to, stream: to.append(stream.read()), args=pair)
                       for pair in ((stdout, process.stdout), (stderr, process.stderr))]
            for reader in readers:
                reader.start()
            _, status, usage = os.wait4(process.pid, 0)
            watch.cancel()
            for reader in readers:
                reader.join()
            process.returncode = os.waitstatus_to_exitcode(status)
        done = Done(process.returncode, stdout[0], stderr[0], time.monotonic() - begun, usage.ru_maxrss * 1024)
        assert done.status in (0, 1), (done.status, done.seconds, done.stderr[-2000:])
        assert b"Sanitizer" not in done.stderr and b"runtime error" not in done.stderr, done.stderr[:4000]
        assert done.memory < LARGEST
        return done
    return run_to_an_end


@pytest.fixture
def plan(tmp_path):
    return write_plan(tmp_path / "plan")


@pytest.fixture(scope="session")
def check(run):
    """Check a plan; a broken one is not projected either, a right one is."""
    def check_folder(folder):
        done = run("check", folder)
        assert (done.status == 1) == bool(done.errors()) and done.stderr.startswith(b"stpfin: ")
        projected = run("project", folder, "--table", "funding_gap", "--format", "csv")
        assert projected.status == done.status, projected.stderr
        assert bool(projected.stdout) == (done.status == 0)
        assert b"nan" not in projected.stdout and b"inf" not in projected.stdout
        return done
    return check_folder


def assert_errors(done, *expected):
    """The errors are those expected, each by its place and a part of its message, and no others."""
    found = done.errors()
    assert [where for where, _ in found] == [where for where, _ in expected], found
    for (_, message), (_, said) in zip(found, expected):
        assert said in message


def shown(parameter):
    """A name for a test: parameters may be large, and the running test's name is in the environment."""
    return ascii(parameter)[:40]


# Folders


NEEDS = ("datapackage.json", "the file is missing: a plan is a folder with datapackage.json, which holds \"stpfin\": "
                             "{\"base_year\": 2015, \"end_year\": 2020}, and at least footprint.csv, organisation.csv, "
                             "membership.csv, service.csv, flow.csv (`stpfin new` writes an empty one)")


def test_an_empty_folder(check, tmp_path):
    assert_errors(check(tmp_path), NEEDS)


def test_no_folder(check, tmp_path):
    assert_errors(check(tmp_path / "plan"), ("datapackage.json", "No such file or directory: give the folder of a plan"))


def test_a_file_for_a_folder(check, tmp_path):
    (tmp_path / "plan.xlsx").write_bytes(b"PK\3\4")
    assert_errors(check(tmp_path / "plan.xlsx"), ("datapackage.json", "Not a directory: give the folder of a plan"))


def test_a_folder_without_datapackage(check, plan):
    (plan / "datapackage.json").unlink()
    assert_errors(check(plan), NEEDS)


def test_a_folder_of_other_files(check, tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n", encoding="utf-8")
    done = check(tmp_path)
    assert_errors(done, NEEDS)
    assert b"a.csv: note: not a table of a plan: it is not read" in done.stdout


def test_names_of_files_are_only_shown(check, plan):
    for name in (b"a\nb.csv", b"\x1b[31mred.csv", b"\xff\xfe.csv", b"c\xc2\x9bd.csv", b".csv", b"x" * 200 + b".csv"):
        with open(os.path.join(os.fsencode(plan), name), "wb"):
            pass
    done = check(plan)
    assert done.status == 0 and done.stdout.count(b"it is not read") == 5
    json.loads(subprocess.run([os.environ["STPFIN"], "check", plan, "--format", "json"], check=True,
                              capture_output=True).stdout)


# datapackage.json


def settings(text):
    return '{"stpfin": {"base_year": ' + text + ', "end_year": 2017}}'


NOT_A_YEAR = ("datapackage.json:base_year", "not a financial year: write 2015 or \"2015/16\"")


@pytest.mark.parametrize("text, expected", [
    (settings("2015"), None),
    (settings('"2015/16"'), None),
    (settings('"2015/2016"'), None),
    (settings("2015.0"), None),
    ("\ufeff" + settings("2015"), None),
    (settings("2015").replace(" ", "\r\n"), None),
    (settings("2015.5"), NOT_A_YEAR),
    (settings("null"), NOT_A_YEAR),
    (settings("true"), NOT_A_YEAR),
    (settings("[2015]"), NOT_A_YEAR),
    (settings("99999999999999999999999999"), NOT_A_YEAR),
    (settings("2147483648"), NOT_A_YEAR),
    (settings("-2147483649"), NOT_A_YEAR),
    (settings("1e308"), NOT_A_YEAR),
    (settings('"2015/17"'), NOT_A_YEAR),
    (settings('""'), NOT_A_YEAR),
    (settings('"15/16"'), NOT_A_YEAR),
    (settings("2147483647"), ("datapackage.json:base_year", "2147483647 is not a year from 1900 to 2200")),
    (settings("-2147483648"), NOT_A_YEAR),
    (settings("0"), ("datapackage.json:base_year", "0 is not a year from 1900 to 2200")),
    (settings("1e400"), ("datapackage.json:1", "not JSON: ")),
    (settings("2015, \"base_year\": 2016"), ("datapackage.json:1", "not JSON: duplicate object key")),
    ("", ("datapackage.json", "the file is empty: write {\"stpfin\": {\"base_year\": 2015, \"end_year\": 2020}}")),
    (" \n", ("datapackage.json:2", "not JSON: ")),
    ("base_year: 2015", ("datapackage.json:1", "not JSON: ")),
    ("{\n\"stpfin\": {\n\"base_year\": 2015,\n}}", ("datapackage.json:4", "not JSON: ")),
    ("[" * 100000, ("datapackage.json:1", "not JSON: maximum parsing depth")),
    ('{"a":' * 100000, ("datapackage.json:1", "not JSON: maximum parsing depth")),
    ('{"a": "\\u0000"}', ("datapackage.json:1", "not JSON: ")),
    ("[]", ("datapackage.json:stpfin", "the plan's years are missing: add \"stpfin\": {")),
    ("{}", ("datapackage.json:stpfin", "the plan's years are missing: add \"stpfin\": {")),
    ('{"stpfin": [2015, 2020]}', ("datapackage.json:stpfin", "the plan's years are missing")),
    ('{"stpfin": null}', ("datapackage.json:stpfin", "the plan's years are missing")),
    (settings("2015, \"discount_rate\": 1e300"), ("datapackage.json:discount_rate", "1e+300 is out of range")),
    (settings("2015, \"\x7f" + "x" * 5000 + "\": 1"), ("datapackage.json: ", "\"stpfin\" has no setting ' xxx")),
], ids=shown)
def test_datapackage(check, plan, text, expected):
    (plan / "datapackage.json").write_text(text, encoding="utf-8", newline="")
    done = check(plan)
    if expected is None:
        assert done.status == 0
    elif expected[0].endswith(" "):
        (error,) = done.errors()
        assert error[0].startswith(expected[0].rstrip()) and expected[1] in error[1]
    else:
        assert_errors(done, expected)


@pytest.mark.parametrize("content", [
    json.dumps({"stpfin": SETTINGS}).encode("utf-16"),
    json.dumps({"stpfin": SETTINGS}).encode("utf-16-le"),
    json.dumps({"stpfin": SETTINGS, "title": "Caf\xe9"}, ensure_ascii=False).encode("latin-1"),
    b'{"stpfin": {"base_year": 2015, "end_year": 2017}}\0',
    bytes(100),
    b"\xff" * 100,
], ids=shown)
def test_a_datapackage_that_is_not_utf8(check, plan, content):
    (plan / "datapackage.json").write_bytes(content)
    assert_errors(check(plan), ("datapackage.json", "not text in UTF-8: save the file as UTF-8"))


def test_a_folder_for_datapackage(check, plan):
    (plan / "datapackage.json").unlink()
    (plan / "datapackage.json").mkdir()
    assert_errors(check(plan), ("datapackage.json", "cannot be read: Is a directory"))


def test_a_datapackage_too_large(check, plan):
    with open(plan / "datapackage.json", "ab") as package:
        package.write(b" " * (1 << 24))
    assert_errors(check(plan), ("datapackage.json", "larger than 16 MiB: put data into CSV files"))


def with_resources(plan, *resources):
    package = {"stpfin": SETTINGS, "resources": list(resources)}
    (plan / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")


OUTSIDE = "does not lie in the plan's folder: give a path within it"


@pytest.mark.parametrize("path", ["../flow.csv", "/etc/passwd", "data/../../flow.csv", "..", "https://a.org/f.csv",
                                  "C:\\flow.csv", "..\\flow.csv", "", "\u001b[31m/../x", "x" * 5000 + "/.."], ids=shown)
def test_a_resource_outside_the_folder(check, plan, path):
    with_resources(plan, {"name": "flow", "path": path})
    ((where, message),) = check(plan).errors()
    assert where == "datapackage.json:resources" and OUTSIDE in message


@pytest.mark.parametrize("resource, where, said", [
    ({"name": "flow", "path": "flows of money.csv"}, "flows of money.csv", "No such file or directory"),
    ({"name": "flow", "path": "."}, ".", "Is a directory"),
    ({"name": "flow", "path": "flow.csv/x"}, "flow.csv/x", "Not a directory"),
    ({"name": "flow"}, "datapackage.json:resources", "a resource without a name or a path: give both as text"),
    ({"name": "flow", "path": ["flow.csv"]}, "datapackage.json:resources", "give both as text, the path of one CSV"),
    ({"name": "flow", "data": [[1]]}, "datapackage.json:resources", "a resource without a name or a path"),
    ({"name": 1, "path": "flow.csv"}, "datapackage.json:resources", "a resource without a name or a path"),
    ("flow.csv", "datapackage.json:resources", "a resource without a name or a path"),
    (None, "datapackage.json:resources", "a resource without a name or a path"),
    ({"name": "presure", "path": "x.csv"}, "datapackage.json:resources",
     "a plan has no table 'presure': did you mean pressure?"),
], ids=shown)
def test_a_wrong_resource(check, plan, resource, where, said):
    with_resources(plan, resource)
    assert (where, True) in [(place, said in message) for place, message in check(plan).errors()]


def test_a_resource_twice(check, plan):
    with_resources(plan, *[{"name": "flow", "path": "flow.csv"}] * 2)
    assert_errors(check(plan), ("datapackage.json:resources", "the table flow stands twice: keep one"))


def test_a_table_in_two_files(check, plan):
    (plan / "data").mkdir()
    (plan / "data" / "bought.csv").write_text(BASE["flow"], encoding="utf-8")
    with_resources(plan, {"name": "flow", "path": "data/bought.csv"}, {"name": "maps", "path": "maps.geojson"})
    assert_errors(check(plan), ("flow.csv", "datapackage.json says that the table flow is in data/bought.csv: "))
    (plan / "flow.csv").unlink()
    assert check(plan).status == 0
    (plan / "data" / "bought.csv").write_text(BASE["flow"].replace("20000000", "20m"), encoding="utf-8")
    assert_errors(check(plan), ("data/bought.csv:2:income", "'20m' is not a number"))


def test_resources_that_are_no_list(check, plan):
    (plan / "datapackage.json").write_text(json.dumps({"stpfin": SETTINGS, "resources": {"flow": "flow.csv"}}),
                                           encoding="utf-8")
    assert_errors(check(plan), ("datapackage.json:resources", "not a list: write [{\"name\": \"flow\", \"path\": "))


def test_wrong_years_leave_the_rest_to_be_checked(check, plan):
    (plan / "datapackage.json").write_text(settings("null"), encoding="utf-8")
    (plan / "pressure.csv").write_text(BASE["pressure"].replace("1000", "1,000"), encoding="utf-8")
    assert_errors(check(plan), NOT_A_YEAR, ("pressure.csv:2", "the row has 5 cells and the header 4"))


# CSV files


PRESSURE = BASE["pressure"]
HEADER = PRESSURE.splitlines()[0]


@pytest.mark.parametrize("content", [
    "\ufeff" + PRESSURE,
    PRESSURE.replace("\n", "\r\n"),
    PRESSURE.replace("\n", "\r"),
    PRESSURE.rstrip("\n"),
    PRESSURE + "\n\n\n",
    PRESSURE.replace("\n", "\n\n", 2),
    PRESSURE + ",,,\n,,,\n" * 1000,
    PRESSURE + ",,,,,,,,,\n" * 10,
    PRESSURE + ",\n",
    PRESSURE.replace("Seven-day services", "\"Seven-day\r\nservices, \"\"all\"\"\""),
    PRESSURE.replace("Seven-day services", "Gwasanaethau saith niwrnod â’r £ 日本 🏥"),
    PRESSURE.replace("Seven-day services", "x" * (1 << 20)),
    HEADER + "\n",
    HEADER,
    "\"organisation\",\"name\",\"year\",\"amount\"\r\n\"trust\",\"Seven-day services\",\"2016\",\"1000\"\r\n",
    "organisation , name,year,amount\n trust ,a , 2016 , 1000 \n",
], ids=shown)
def test_csv_as_people_write_it(check, plan, content):
    (plan / "pressure.csv").write_text(content, encoding="utf-8", newline="")
    assert check(plan).status == 0


@pytest.mark.parametrize("content, where, said", [
    (b"", "pressure.csv", "the file is empty: it needs at least its header"),
    (b"\n\n", "pressure.csv:1", "a blank line where the names of the columns should be"),
    (b"\xef\xbb\xbf", "pressure.csv", "the file is empty: it needs at least its header"),
    (PRESSURE.encode() + b"trust,a\0b,2016,1\n", "pressure.csv:3", "a NUL byte: this is no text"),
    (PRESSURE.encode() + "trust,caf\xe9,2016,1\n".encode("latin-1"), "pressure.csv:3", "bytes that are not UTF-8"),
    (PRESSURE.encode() + b"trust,\xed\xa0\x80,2016,1\n", "pressure.csv:3", "bytes that are not UTF-8"),
    (PRESSURE.encode() + b"trust,cut,2016,1\xc3", "pressure.csv:3", "bytes that are not UTF-8"),
    (PRESSURE.encode("utf-16"), "pressure.csv", "the text is in UTF-16: save it as CSV UTF-8"),
    (PRESSURE.encode("utf-16-le"), "pressure.csv:1", "a NUL byte: this is no text, or it is in UTF-16; save it as CSV"),
    (PRESSURE.replace(",", ";").encode(), "pressure.csv:1", "the columns are not separated by commas: save"),
    (PRESSURE.replace(",", "\t").encode(), "pressure.csv:1", "the columns are not separated by commas: save"),
    (PRESSURE.encode() + b"trust,a,2016,1,000\n", "pressure.csv:3",
     "the row has 5 cells and the header 4: put quotes around a cell with a comma"),
    (PRESSURE.encode() + b",,,,x\n", "pressure.csv:3", "the row has 5 cells and the header 4"),
    (PRESSURE.encode() + b"trust,a,2016\n", "pressure.csv:3:amount", "the cell is blank: added to"),
    (PRESSURE.encode() + b"trust\n", "pressure.csv:3:name", "the cell is blank: what it is"),
    (PRESSURE.encode() + b'trust,"a,2016,1\ntrust,b,2016,1\n', "pressure.csv:3",
     "a quote opened in this row is never closed"),
    (PRESSURE.encode() + b'trust,a 5" pipe,2016,1\n', "pressure.csv:3", "a quote within a cell: put the cell in"),
    (PRESSURE.encode() + b'trust,"a" b,2016,1\n', "pressure.csv:3", "text after a closing quote: double a quote"),
    (HEADER.encode() + b",amount\n", "pressure.csv:1:amount", "the column stands twice: keep one"),
    (HEADER.encode() + b",\n", "pressure.csv:1", "column 5 has no name: name it or take it out"),
    (b"Pressures of the trust\n" + PRESSURE.encode(), "pressure.csv:1",
     "the first row names no column of pressure: it is to hold the columns' names"),
    (b"trust,a,2016,1\n", "pressure.csv:1", "the first row names no column of pressure"),
    (PRESSURE.encode() + b"trust," + b"x" * ((1 << 20) + 1) + b",2016,1\n", "pressure.csv:3",
     "a cell is longer than 1 MiB"),
    (b"x" * (1 << 22), "pressure.csv:1", "a cell is longer than 1 MiB"),
    (b"x," * (1 << 22), "pressure.csv:1", "the row has more than 1000 cells: a table has a row a line and fewer"),
    (PRESSURE.encode() + b"," * (1 << 22), "pressure.csv:3", "the row has more than 1000 cells"),
    (b"\x89PNG\r\n\x1a\n" + bytes(100), "pressure.csv", "not UTF-8"),
    (b"PK\3\4\x14\0\6\0", "pressure.csv:1", "a NUL byte: this is no text"),
], ids=shown)
def test_csv_that_cannot_be_read(check, plan, content, where, said):
    (plan / "pressure.csv").write_bytes(content)
    done = check(plan)
    assert done.status == 1
    assert any(place.startswith(where) and said in message for place, message in done.errors()), done.errors()


@pytest.mark.parametrize("table", BASE)
def test_a_table_that_cannot_be_read_is_one_error(check, plan, table):
    """What other tables say of it is not wrong because of that."""
    (plan / f"{table}.csv").write_bytes(BASE[table].encode("utf-16"))
    assert_errors(check(plan), (f"{table}.csv", "the text is in UTF-16"))
    (plan / f"{table}.csv").write_text(BASE[table].replace(",", ";"), encoding="utf-8")
    assert_errors(check(plan), (f"{table}.csv:1", "not separated by commas"))


@pytest.mark.parametrize("changes, where, said", [
    ({"population": BASE["population"].replace("north,2015,,", "north,2015,woman,")},
     "population.csv:2:sex", "'woman' is not one of: female, male"),
    ({"cost_mix": BASE["cost_mix"].replace("nel,drugs", "nle,drugs")},
     "cost_mix.csv:3:service", "'nle' is not in the table service: did you mean 'nel'?"),
    ({"age_weight": "service,sex,age,weight\nnel,female,,1\nnel,males,,1\n"},
     "age_weight.csv:3:sex", "'males' is not one of: female, male"),
    ({"deflator": BASE["deflator"].replace("2016", "20l6")}, "deflator.csv:3:year", "'20l6' is not a financial year"),
    ({"funding": BASE["funding"].replace("2016", "20l6")}, "funding.csv:3:year", "'20l6' is not a financial year"),
    ({"membership": BASE["membership"].replace("ccg,", "cgg,")},
     "membership.csv:2:organisation", "'cgg' is not in the table organisation: did you mean 'ccg'?"),
    ({"fund": BASE["fund"].replace("2016", "2O16")}, "fund.csv:2:year", "'2O16' is not a financial year"),
    ({"inflation": BASE["inflation"].replace("drugs,2016,", "drugs,2016/7,")},
     "inflation.csv:3:year", "'2016/7' is not a financial year"),
], ids=shown)
def test_a_slip_is_one_error(check, plan, changes, where, said):
    """One wrong cell is told once, not by all that follows from it."""
    for table, text in changes.items():
        (plan / f"{table}.csv").write_text(text, encoding="utf-8")
    assert_errors(check(plan), (where, said))


LONG = "é" * 400000


def test_names_are_only_shown(check, plan):
    """Long names are cut, control characters left out, and what would be right is still said."""
    for name in (LONG, "a\u001b[31mb", "\"two\nlines\"", "\u0085\u009b"):
        (plan / "flow.csv").write_text(BASE["flow"] + f"{name},trust,nel,1,1,,,\n", encoding="utf-8", newline="")
        ((where, message),) = check(plan).errors()
        assert where == "flow.csv:4:commissioner" and "add it there, or correct it here" in message
        (plan / "organisation.csv").write_text(BASE["organisation"] + f"{name},X,outside,,,\n", encoding="utf-8",
                                               newline="")
        ((where, message), (_, of_membership)) = check(plan).errors()
        assert where == "flow.csv:4:commissioner" and "name a commissioner, provider or council" in message
        assert "say in which footprint it lies" in of_membership
        (plan / "organisation.csv").write_text(BASE["organisation"], encoding="utf-8")


def test_ten_thousand_errors_are_enough(run, plan):
    (plan / "pressure.csv").write_text(PRESSURE + "trust,a,2016,x\n" * 200000, encoding="utf-8")
    done = run("check", plan)
    assert done.status == 1
    assert len(done.errors()) == 10000 and b"or more others are not listed: mend these first" in done.stdout


# Size


def test_sixty_megabytes(run, plan):
    """A flow of every row: in bounded time and memory."""
    row = "ccg,trust,nel,1,20,21,0.7,1\n"
    with open(plan / "flow.csv", "w", encoding="utf-8") as flow:
        flow.write(BASE["flow"])
        for _ in range(60):
            flow.write(row * (10**6 // len(row)))
    done = run("check", plan)
    assert done.status == 0
    assert done.seconds < SECONDS / 2


def many(header, rows):
    return header + "\n" + "\n".join(rows) + "\n"


def test_a_million_rows_of_distinct_keys(run, plan):
    (plan / "pressure.csv").write_text(many(HEADER, (f"trust,{n},2016,1" for n in range(10**6))), encoding="utf-8")
    assert run("check", plan).status == 0


COUNT = 100000


@pytest.mark.parametrize("tables", [
    {"footprint": many("footprint,name,parent", ["0,X,", *(f"{n},X,{n - 1}" for n in range(1, COUNT)),
                                                  "north,North,", "south,South,", "region,Region,"])},
    {"footprint": many("footprint,name,parent", [*(f"{n},X,{(n + 1) % COUNT}" for n in range(COUNT)),
                                                  "north,North,", "south,South,", "region,Region,"])},
    {"supply": many("organisation,resource,year,amount", (f"trust,r{n},,1" for n in range(COUNT)))},
    {"supply": many("organisation,resource,year,amount", (f"trust,r{n},,1" for n in range(COUNT))),
     "staffing": many("service,staff_group,wte_per_1000", (f"nel,s{n},1" for n in range(COUNT)))},
    {"service": many("service,name,setting,unit", ["nel,X,acute,x", "gp,X,primary,x",
                                                    *(f"s{n},X,acute,x" for n in range(COUNT))]),
     "activity_growth": many("service,footprint,year,rate", (f"s{n},,,0" for n in range(COUNT)))},
    {"flow": BASE["flow"] + "".join(f"q{n},trust,nel,1,1,,,\n" for n in range(COUNT))},
    {"scheme": BASE["scheme"] + "".join(f"q{n},X,X,funding,ccg,\n" for n in range(COUNT)),
     "scenario": BASE["scenario"] + "".join(f"p{n},q{n}x,1,0\n" for n in range(COUNT))},
], ids=["chain of parents", "circle of parents", "unknown resources", "many staff groups", "many services",
        "unknown names", "nearly known names"])
def test_no_rule_takes_the_square_of_the_rows(run, plan, tables):
    for table, text in tables.items():
        (plan / f"{table}.csv").write_text(text, encoding="utf-8")
    assert run("check", plan).seconds < SECONDS / 3


def test_two_gigabytes_of_nothing(run, plan):
    with open(plan / "flow.csv", "wb") as flow:
        flow.truncate(2 * 10**9)
    done = run("check", plan)
    assert_errors(done, ("flow.csv:1", "a NUL byte"))
    assert done.seconds < SECONDS / 3


@pytest.mark.parametrize("endless", ["/dev/zero", "/dev/urandom", "/dev/full"])
@pytest.mark.parametrize("name", ["flow.csv", "datapackage.json"])
def test_a_file_without_end(run, plan, name, endless):
    (plan / name).unlink()
    (plan / name).symlink_to(endless)
    assert run("check", plan).errors()[0][0].startswith(name)


@pytest.mark.parametrize("content, said", [
    (b"x", "a cell is longer than 1 MiB"),
    (b"\"x", "text after a closing quote"),
    (b"x,", "the row has more than 1000 cells"),
    (b"x\n", "the first row names no column of flow"),
    (b"x,y\n", "the first row names no column of flow"),
    (b"\0", "a NUL byte"),
    (b"\n", "a blank line where the names"),
    (b"a;b\n", "the columns are not separated by commas"),
])
def test_a_pipe_without_end(run, plan, content, said):
    (plan / "flow.csv").unlink()
    os.mkfifo(plan / "flow.csv")

    def feed():
        try:
            with open(plan / "flow.csv", "wb", buffering=0) as pipe:
                while True:
                    pipe.write(content * 4096)
        except BrokenPipeError:
            pass
    feeder = threading.Thread(target=feed)
    feeder.start()
    done = run("check", plan)
    feeder.join(SECONDS)
    assert not feeder.is_alive()
    assert any(where.startswith("flow.csv:1") and said in message for where, message in done.errors())


# Noise


def test_noise_for_a_table(run, plan):
    for seed in range(60):
        rng = random.Random(seed)
        kind = rng.choice((bytes(range(256)), b",\"\n\r \t;0123456789", bytes(range(32, 127)) + b"\n,,,\"\""))
        noise = bytes(rng.choices(kind, k=rng.randrange(1, 3000)))
        header = BASE["flow"].partition("\n")[0].encode() + b"\n" if rng.random() < 0.5 else b""
        (plan / "flow.csv").write_bytes(header + noise)
        run("check", plan).errors()


def test_noise_for_a_datapackage(run, plan):
    for seed in range(60):
        rng = random.Random(seed)
        kind = rng.choice((bytes(range(256)), b"{}[]\",:0123456789eE+-.\\u \n", bytes(range(32, 127))))
        (plan / "datapackage.json").write_bytes(bytes(rng.choices(kind, k=rng.randrange(1, 3000))))
        assert run("check", plan).status == 1


def mutated(content, rng):
    """The bytes with a few edits: some changed, left out, doubled, moved or put in."""
    content = bytearray(content)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(content) + 1)
        to = min(len(content), at + rng.choice((1, 1, 1, 2, 5, 20)))
        kind = rng.randrange(5)
        if kind == 0:
            content[at:to] = bytes(rng.choices(b"0123456789.,-+eE\"\n\r; /%", k=to - at))
        elif kind == 1:
            content[at:to] = bytes(rng.randrange(256) for _ in range(to - at))
        elif kind == 2:
            del content[at:to]
        elif kind == 3:
            content[at:at] = content[at:to] * rng.choice((1, 1, 50))
        else:
            content[at:at] = rng.choice((b"nan", b"inf", b"1e308", b"-1", b"9999999999", b"2016/17", b"\"\"", b",,,",
                                         b"\xef\xbb\xbf", b"\0", b"\xc3\xa9", b"{", b"}", b"null", b"\\ud800"))
    return bytes(content)


@pytest.mark.parametrize("part", range(4))
def test_a_few_wrong_bytes(run, check, plan, part):
    """Of any file of a right plan; what is still right gives finite results, what is not gives none."""
    files = {file: file.read_bytes() for file in sorted(plan.iterdir())}
    for seed in range(part * 120, part * 120 + 120):
        rng = random.Random(seed)
        file = rng.choice(list(files))
        file.write_bytes(mutated(files[file], rng))
        check(plan)
        file.write_bytes(files[file])
    assert run("check", plan).status == 0
