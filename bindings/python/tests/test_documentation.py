"""What the documentation says is so: its examples run, its types are checked, and everything public has it."""

import doctest
import inspect
import os
import re
import subprocess
import sys

import pytest

import stpfin
from conftest import SOURCE
from stpfin import (
    _dictionary, _examples, _fund, _plan, _plots, _portfolio, _results, _simulation, _simulation_plots, _statistics,
    distributed)

MODULES = [stpfin, _dictionary, _examples, _fund, _plan, _plots, _portfolio, _results, _simulation, _simulation_plots,
           _statistics]


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module):
    failed, tried = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0
    assert tried > 0 or module in (_plots, _simulation_plots)


def public():
    for name in stpfin.__all__:
        thing = getattr(stpfin, name)
        if inspect.isclass(thing):
            yield name, thing
            for member, value in vars(thing).items():
                if not member.startswith("_") and (callable(value) or isinstance(value, (property, classmethod))):
                    yield f"{name}.{member}", getattr(thing, member)
        elif callable(thing):
            yield name, thing
    yield "distributed.simulate", distributed.simulate
    for kind in (_plots.ProjectionPlots, _plots.BridgePlots, _plots.AllocationPlots, _plots.PortfolioPlots,
                 _simulation_plots.SimulationPlots, _simulation_plots.SensitivityPlots):
        for member, value in vars(kind).items():
            if inspect.isfunction(value) and (member == "__call__" or not member.startswith("_")):
                yield f"{kind.__name__}.{member}", value


PUBLIC = dict(public())


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_public_is_documented(name):
    text = inspect.getdoc(PUBLIC[name])
    assert text, "has no docstring"
    assert text.splitlines()[0].endswith((".", ":", "?")) or "." in text.split("\n\n")[0]
    if inspect.isfunction(PUBLIC[name]) or inspect.ismethod(PUBLIC[name]):
        arguments = [p for p in inspect.signature(PUBLIC[name]).parameters if p not in ("self", "cls")]
        for argument in arguments if "Parameters\n---" in text else []:
            assert re.search(rf"^(\w+, )*\**{argument}(, \w+)*( :|$)", text, re.M), f"{argument} is not documented"
        assert "Parameters\n---" in text or len(arguments) <= 2, "its parameters are not documented"


def test_types_are_checked(tmp_path):
    done = subprocess.run([sys.executable, "-m", "mypy", "--config-file", SOURCE / "pyproject.toml", "--cache-dir",
                           tmp_path], cwd=SOURCE / "bindings" / "python", capture_output=True, encoding="utf-8",
                          env=os.environ | {"MYPYPATH": "."})
    assert done.returncode == 0, done.stdout + done.stderr


def notebooks():
    return sorted((SOURCE / "bindings" / "python" / "examples").glob("*.ipynb"))


@pytest.mark.parametrize("notebook", notebooks(), ids=[path.stem for path in notebooks()])
def test_notebooks_run_and_are_stored_without_outputs(notebook, tmp_path):
    import nbformat
    from nbconvert.preprocessors import ExecutePreprocessor
    content = nbformat.read(notebook, as_version=4)
    nbformat.validate(content)
    for cell in content.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
    ExecutePreprocessor(timeout=120, kernel_name="python3").preprocess(content, {"metadata": {"path": tmp_path}})
    assert any(output.get("data", {}).get("image/png") for cell in content.cells if cell.cell_type == "code"
               for output in cell.outputs), "shows no plot"


def test_there_are_notebooks():
    assert [path.stem for path in notebooks()] == ["england", "your_own_plan"]
