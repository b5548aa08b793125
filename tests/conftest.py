"""What the Python tests share: how to run the command line, whose path the environment variable STPFIN gives."""

import csv
import os
import pathlib
import subprocess
import tempfile

import pytest

pytest.register_assert_rewrite("reference.properties")


WHOLE_NUMBERS = {"year", "step"}
VALUES = {"cost", "income", "gap", "gap_per_head", "amount", "activity", "needed", "supply", "shortage"}


def read_table(file):
    """The rows of a result table: whole numbers for years and steps, floats for values, None for blank values."""
    def read(column, text):
        if column in WHOLE_NUMBERS:
            return int(text)
        if column in VALUES:
            return None if text == "" else float(text)
        return text

    with open(file, newline="", encoding="utf-8") as lines:
        return [{column: read(column, text) for column, text in row.items()} for row in csv.DictReader(lines)]


class CommandLine:
    """The stpfin command, run to success, with its result tables read back."""

    def __init__(self, path):
        self.path = path

    def run(self, *arguments):
        command = [self.path, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
        if done.returncode != 0:
            pytest.fail(f"{' '.join(command)}\nended with status {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def tables(self, *arguments):
        """Run with the results written to a folder; its result tables by name, without the column scenario."""
        with tempfile.TemporaryDirectory() as folder:
            self.run(*arguments, "--out", folder)
            tables = {file.stem: read_table(file) for file in sorted(pathlib.Path(folder).glob("*.csv"))}
        for name, rows in tables.items():
            scenarios = {row.pop("scenario") for row in rows}
            assert scenarios <= {"do_nothing"}, f"{name} has scenarios that nobody asked for: {scenarios}"
        return tables


@pytest.fixture(scope="session")
def stpfin():
    path = os.environ.get("STPFIN")
    if not path:
        pytest.fail("set the environment variable STPFIN to the complete path of the stpfin command")
    if not os.access(path, os.X_OK):
        pytest.fail(f"STPFIN is {path}, which is not an executable file")
    return CommandLine(path)
