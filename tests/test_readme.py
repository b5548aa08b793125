"""What the README shows is what happens: its commands, their output, and its programs."""

import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parent.parent
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)


def blocks(language):
    found = [text for kind, text in BLOCKS if kind == language]
    assert found, f"the README has no block of {language}"
    return found


@pytest.fixture
def workplace(tmp_path, stpfin):
    """A folder with the data beside it, and an environment with the command on its path."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    path = os.pathsep.join([os.path.dirname(stpfin.path), os.environ["PATH"]])
    return {"cwd": tmp_path, "env": os.environ | {"PATH": path}, "timeout": 120, "encoding": "utf-8",
            "capture_output": True}


def split_sessions(text):
    """The commands of a console block, each with the lines it is shown to print."""
    sessions = []
    for line in text.splitlines():
        if line.startswith("$ "):
            sessions.append((line[2:], []))
        else:
            sessions[-1][1].append(line)
    return sessions


@pytest.mark.parametrize("text", blocks("console"))
def test_commands_print_what_is_shown(text, workplace):
    for command, shown in split_sessions(text):
        done = subprocess.run(command, shell=True, **workplace)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        parts = [re.escape(part) for part in re.split(r"^…\n", "".join(f"{line}\n" for line in shown), flags=re.MULTILINE)]
        assert re.fullmatch("(?:.*\n)*?".join(parts), done.stdout), command


def test_the_c_program_runs(workplace, tmp_path):
    build = pathlib.Path(os.environ["STPFIN_BUILD"])
    (tmp_path / "gap.c").write_text(blocks("c")[0], encoding="utf-8")
    subprocess.run(["cc", "-Wall", "-Wextra", "-Werror", "-I", ROOT / "include", "-I", build / "include",
                    "gap.c", "-o", "gap", "-L", build / "libstpfin", "-lstpfin",
                    f"-Wl,-rpath,{build / 'libstpfin'}"], check=True, cwd=tmp_path, timeout=120)
    assert subprocess.run([tmp_path / "gap"], check=True, **workplace).stdout == "£18.3bn\n"


def test_the_python_program_runs(workplace):
    package = pathlib.Path(os.environ["STPFIN_BUILD"], "bindings", "python")
    workplace["env"] |= {"PYTHONPATH": str(package), "MPLBACKEND": "Agg"}
    done = subprocess.run(["/usr/bin/python3", "-c", blocks("python")[0]], **workplace)
    assert done.returncode == 0, done.stderr
    assert re.search(r"2020 +18\.3 +8\.1", done.stdout)
    assert (workplace["cwd"] / "bridge.png").exists()


def test_dev_has_the_commands_that_are_named(stpfin):
    help_text = subprocess.run([ROOT / "dev", "help"], check=True, capture_output=True, encoding="utf-8").stdout
    for text in blocks("sh"):
        for command in re.findall(r"^\./dev (\w+)", text, re.M):
            assert re.search(rf"^  {command} ", help_text, re.M)
