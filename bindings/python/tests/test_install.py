"""The package installs by the documented command into a fresh environment, whole, and works from there alone."""

import os

import re
import subprocess
import zipfile

import pytest

from conftest import SOURCE

PROGRAM = """
import pathlib, sys
import stpfin
assert pathlib.Path(stpfin.__file__).is_relative_to(sys.prefix), stpfin.__file__
plan = stpfin.Plan.example("england")
assert plan.project("average_plan").plot.map() is not None
assert stpfin.wilson_interval(65, 100).shape == (1, 3)
print(plan.hash)
"""


def clean_environment():
    return {name: value for name, value in os.environ.items()
            if name not in ("PYTHONPATH", "STPFIN_DATA", "LD_PRELOAD", "PYTHONMALLOC")}


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=clean_environment(), **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """What the README's command installs, from a copy of the sources as git has them."""
    folder = tmp_path_factory.mktemp("install")
    files = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=SOURCE,
                           check=True, capture_output=True).stdout.decode().split("\0")
    for name in filter(None, files):
        target = folder / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(SOURCE / name)
    run("/usr/bin/python3", "-m", "venv", "--system-site-packages", folder / "v")
    run(folder / "v/bin/pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", folder, ".",
        cwd=folder / "source")
    wheel, = folder.glob("stpfin-*.whl")
    run(folder / "v/bin/pip", "install", "--no-index", wheel)
    return folder / "v", wheel


def test_it_works_from_there_alone(installed, england, tmp_path):
    environment, _ = installed
    assert run(environment / "bin/python", "-c", "import matplotlib; matplotlib.use('Agg')" + PROGRAM,
               cwd=tmp_path).strip() == england.hash


def test_the_wheel_holds_the_package_and_nothing_else(installed):
    names = set(zipfile.ZipFile(installed[1]).namelist())
    package = {name for name in names if name.startswith("stpfin/")}
    assert {name for name in names - package if not re.match(r"stpfin-[\d.]+\.dist-info/", name)} == set()
    sources = {f"stpfin/{path.name}" for path in (SOURCE / "bindings/python/stpfin").iterdir()
               if path.name not in ("meson.build", "__pycache__")}
    data = {f"stpfin/data/england/{path.name}" for path in (SOURCE / "data/england").iterdir()
            if path.is_file() and path.suffix != ".py"}
    extension = {name for name in package if re.fullmatch(r"stpfin/_stpfin\..*\.so", name)}
    assert len(extension) == 1 and package == sources | data | extension


def test_the_extension_carries_the_library(installed):
    environment, _ = installed
    extension, = environment.glob("lib/python*/site-packages/stpfin/*.so")
    needed = run("ldd", extension)
    assert "libstpfin" not in needed and "not found" not in needed


def test_versions_agree(installed):
    import stpfin
    project = (SOURCE / "meson.build").read_text(encoding="utf-8")
    assert re.search(r"version: '([\d.]+)'", project)[1] == stpfin.__version__
    assert f'version = "{stpfin.__version__}"' in (SOURCE / "pyproject.toml").read_text(encoding="utf-8")
    assert f"stpfin-{stpfin.__version__}-" in installed[1].name
