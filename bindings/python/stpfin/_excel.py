"""Plans in workbooks: a sheet a table, and one of settings."""

from __future__ import annotations

import datetime
import difflib
import math
import os
import warnings
from typing import Any

import pandas

from stpfin import _dictionary

# What stpfin_plan_write_workbook() puts before the tables.
_FOR_READING = {"about", "dictionary"}


def read_workbook(path: str | os.PathLike[str]) -> tuple[dict[str, pandas.DataFrame], dict[str, Any]]:
    """The tables and settings in a workbook."""
    # Blank cells alone are missing: NA may be an organisation's code.
    sheets = pandas.read_excel(path, sheet_name=None, dtype=object, keep_default_na=False, na_values=[""])
    tables = {}
    settings: dict[str, Any] = {}
    for name, sheet in sheets.items():
        if name == "settings":
            settings = _read_settings(sheet)
        elif name in _dictionary.plan_tables():
            rows = sheet.dropna(how="all").reset_index(drop=True)
            if len(rows):
                tables[name] = rows.apply(_as_written, columns=_dictionary.columns(name), axis=0)
        elif name not in _FOR_READING:
            near = difflib.get_close_matches(name, _dictionary.plan_tables(), n=1)
            warnings.warn(f"sheet {name!r} is left out: it is named for no table of a plan"
                          + (f"; did you mean {near[0]!r}?" if near else ""), stacklevel=3)
    return tables, settings


def _read_settings(sheet: pandas.DataFrame) -> dict[str, Any]:
    if not {"setting", "value"} <= set(sheet.columns):
        raise ValueError("sheet 'settings' has the columns 'setting' and 'value'")
    given = sheet.dropna(subset=["setting", "value"])
    return {setting: int(value) if setting.endswith("_year") and isinstance(value, float) and value.is_integer()
            else value for setting, value in zip(given["setting"], given["value"])}


def _as_written(cells: pandas.Series, columns: dict[str, _dictionary.Column]) -> pandas.Series:
    """A column of a sheet as the text of a CSV file would have it, which the library then reads."""
    column = columns.get(cells.name)
    all_numbers = all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in cells.dropna())
    if column is not None and column.type in ("number", "whole", "year", "age") and all_numbers:
        return cells.astype("float64")
    return cells.map(_text_of, na_action="ignore")


def _text_of(value: Any) -> str:
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    return str(value)
