"""All that the C library and the command line can do is reachable from Python."""

import inspect
import re

import pytest

import stpfin
from conftest import SOURCE
from stpfin import _dictionary, _fund, _portfolio, _simulation, _stpfin

# Public functions of C that Python does not call, and what it has instead.
NOT_BOUND = {
    "stpfin_last_error": "is the message of every exception",
    "stpfin_strerror": "exceptions have kinds and messages of their own",
    "stpfin_plan_free": "capsules free what they hold",
    "stpfin_portfolio_free": "capsules free what they hold",
    "stpfin_projection_free": "capsules free what they hold",
    "stpfin_simulation_free": "capsules free what they hold",
    "stpfin_table_free": "capsules free what they hold",
    "stpfin_table_builder_free": "capsules free what they hold",
    "stpfin_text_free": "texts are copied and freed as they come out",
    "stpfin_table_share": "capsules are shared by counting references",
}
# Bound for the other language, or for tests; the package has its own way.
NOT_CALLED = {
    "stpfin_table_equal": "plans compare by hash",
    "stpfin_table_find": "columns are walked in order",
    "stpfin_table_hash": "plans have a hash",
    "stpfin_table_read_csv": "pandas.read_csv, or a plan's folder",
    "stpfin_table_write_csv": "Results.write",
}


def public_functions():
    found = set()
    for header in (SOURCE / "include" / "stpfin").glob("*.h"):
        code = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.S)
        found |= set(re.findall(r"STPFIN_EXPORT[^;]*?\b(stpfin_\w+)\(", code))
    assert "stpfin_project" in found
    return sorted(found)


@pytest.mark.parametrize("name", public_functions())
def test_every_c_function_is_bound_or_excused(name):
    is_bound = callable(getattr(_stpfin, name, None))
    assert is_bound != (name in NOT_BOUND), "bind it in bindings/swig, or say here why not"


def test_every_bound_function_is_called():
    package = "".join(file.read_text(encoding="utf-8") for file in (SOURCE / "bindings/python/stpfin").glob("*.py"))
    bound = {name for name in dir(_stpfin) if name.startswith("stpfin_")}
    called = set(re.findall(r"_stpfin\.(stpfin_\w+)", package))
    assert called | NOT_CALLED.keys() == bound
    assert not called & NOT_CALLED.keys()


def test_a_handle_is_nothing_but_a_capsule():
    for name in ("stpfin_plan_hash", "stpfin_table_name", "stpfin_projection_get_stamp",
                 "stpfin_simulation_get_draws"):
        with pytest.raises(ValueError, match="PyCapsule"):
            getattr(_stpfin, name)(object())


COMMANDS = {
    "check": stpfin.check,
    "project": stpfin.Plan.project,
    "bridge": stpfin.Plan.bridge,
    "compare": stpfin.Plan.compare,
    "align": stpfin.Plan.align,
    "allocate": stpfin.Plan.allocate,
    "portfolio": stpfin.Plan.portfolio,
    "simulate": stpfin.Plan.simulate,
    "sensitivity": stpfin.Plan.sensitivity,
    "seek": stpfin.Plan.seek,
    "describe": stpfin.describe,
    "new": stpfin.new,
    "workbook": stpfin.Plan.to_excel,
}


def test_every_command_has_a_function(command):
    listed = re.findall(r"^  (\w+)(?: .*)?$", command("help").split("Options:")[0], re.M)
    assert set(listed) == COMMANDS.keys()


# Options of the command line that have another form in Python: a range is from first to before end, pieces are joined
# by Simulation.join, and from is a word of the language's own.
ELSEWHERE = {"help", "out", "format", "table", "all", "range", "join", "from", "to"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_an_argument(name, command):
    options = set(re.findall(r"^  --([\w-]+)", command("help", name), re.M)) - ELSEWHERE
    arguments = set(inspect.signature(COMMANDS[name]).parameters)
    wanted = {option.replace("-", "_") for option in options}
    assert {option for option in wanted if option not in arguments and option + "s" not in arguments} == set()


def test_results_are_those_of_the_library(small):
    projection = small.project()
    assert set(projection) <= set(_dictionary.results())
    for name in projection:
        assert list(projection[name].columns) == list(stpfin.describe(name).index)


def test_steps_and_methods_are_those_of_c():
    header = (SOURCE / "include" / "stpfin" / "bridge.h").read_text(encoding="utf-8")
    for words, prefix in ((_simulation.BY, "BY_"), (_simulation.METHODS, "(?!BY_)")):
        found = re.findall(rf"STPFIN_BRIDGE_{prefix}(\w+) = (\d),?$", header, re.M)
        assert [(name.lower(), int(number)) for name, number in found] == [
            (name, number) for number, name in enumerate(words)]


def test_rules_are_those_of_the_command_line(command):
    words = re.search(r"--rule ([\w|]+)", command("help", "allocate"))[1]
    assert tuple(words.split("|")) == _fund.RULES


def test_ends_of_a_search_are_those_of_c():
    header = (SOURCE / "include" / "stpfin" / "portfolio.h").read_text(encoding="utf-8")
    ends = re.findall(r"STPFIN_PORTFOLIO_(\w+) = (\d),?$", header, re.M)
    assert [(name.lower(), int(number)) for name, number in ends] == [
        (name, number) for number, name in enumerate(_portfolio._ENDS)]


def test_every_status_has_a_kind():
    header = (SOURCE / "include" / "stpfin" / "common.h").read_text(encoding="utf-8")
    statuses = {int(number) for number in re.findall(r"STPFIN_ERROR_\w+ = (-\d+)", header)}
    assert statuses == stpfin.errors._KINDS.keys()


def test_every_kind_is_public():
    kinds = {kind for kind in vars(stpfin.errors).values()
             if isinstance(kind, type) and issubclass(kind, stpfin.errors.Error)}
    assert {kind.__name__ for kind in kinds} <= set(stpfin.__all__)
    assert all(hasattr(stpfin, name) for name in stpfin.__all__)
