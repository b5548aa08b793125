"""The plans that come with the library."""

from __future__ import annotations

import os
import pathlib

from stpfin.errors import UnknownNameError


def data_folder() -> pathlib.Path:
    """Where the example plans are: what the environment variable STPFIN_DATA says, else inside the package."""
    return pathlib.Path(os.environ.get("STPFIN_DATA") or pathlib.Path(__file__).with_name("data"))


def examples() -> list[str]:
    """
    The names of the example plans: for `Plan.example`.

    They are in the folder that the environment variable STPFIN_DATA names, else in the package.

    Examples
    --------
    >>> import stpfin
    >>> stpfin.examples()
    ['england']
    """
    return sorted(file.parent.name for file in data_folder().glob("*/datapackage.json"))


def example_folder(name: str) -> pathlib.Path:
    """The folder of an example plan."""
    if name not in examples():
        raise UnknownNameError(f"there is no example {name!r}: there is {', '.join(examples()) or 'none'} in "
                               f"{data_folder()}")
    return data_folder() / name
