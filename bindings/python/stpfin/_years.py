"""Financial years, as people write them."""

from __future__ import annotations

import operator
import re
from typing import SupportsIndex, Union

Year = Union[int, str, SupportsIndex]


def read_year(year: Year) -> int:
    """The first calendar year of a financial year: of 2015, "2015", "2015/16", "2015-16" or "2015/2016"."""
    if isinstance(year, str):
        parts = re.fullmatch(r"(\d{4})(?:[/-](\d{2}|\d{4}))?", year.strip())
        if parts is None or parts[2] not in (None, f"{int(parts[1]) + 1}", f"{(int(parts[1]) + 1) % 100:02}"):
            raise ValueError(f"{year!r} is no year: write 2015 or '2015/16'")
        return int(parts[1])
    if isinstance(year, bool):
        raise TypeError("a year is a whole number, not True or False")
    try:
        return operator.index(year)
    except TypeError:
        raise TypeError(f"a year is a whole number or text as '2015/16', not {type(year).__name__}") from None


def show_year(year: int) -> str:
    """A year as reports write it: 2015/16."""
    return f"{year}/{(year + 1) % 100:02}"
