"""The data dictionary, as the C library states it: which tables there are, and what their columns hold."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import pandas

from stpfin import _frames, _stpfin
from stpfin.errors import ArgumentError, UnknownNameError


class Column(NamedTuple):
    """What a column of a table holds."""

    type: str
    may_be_blank: bool
    is_code: bool


def describe(table: str | None = None) -> pandas.DataFrame:
    """
    The data dictionary: the tables of a plan and the results, or the columns of one of them.

    Parameters
    ----------
    table : str, optional
        The name of a table. Without it, all tables are listed.

    Returns
    -------
    pandas.DataFrame
        Indexed by `table`: `kind` ("plan" or "result"), `required`, `same_key` (what two rows of one key mean) and
        `meaning`. Of one table, indexed by `column`: `type`, `unit`, `range`, `blank`, `default`, `key`, `values`
        (the words allowed, or the table referred to) and `meaning`.

    Raises
    ------
    stpfin.UnknownNameError
        There is no such table; also a KeyError.

    Examples
    --------
    >>> import stpfin
    >>> stpfin.describe().loc["flow", "kind"]
    'plan'
    >>> stpfin.describe("funding_gap").loc["gap", "unit"]
    '£'
    """
    try:
        frame = _frames.to_frame(_stpfin.stpfin_describe(table), {})
    except ArgumentError as error:
        raise UnknownNameError(str(error)) from None
    return frame.set_index(frame.columns[0])


@functools.lru_cache(maxsize=None)
def _tables() -> pandas.DataFrame:
    return describe()


def plan_tables() -> list[str]:
    """The tables a plan may have, in order."""
    return list(_tables().index[_tables()["kind"] == "plan"])


def results() -> list[str]:
    """The results there are, in order; those of a projection are some of them."""
    return list(_tables().index[_tables()["kind"] == "result"])


@functools.lru_cache(maxsize=None)
def columns(table: str) -> dict[str, Column]:
    """The columns of a table by name; none of a table the dictionary does not have."""
    if table not in _tables().index:
        return {}
    # Of the lists of what is wrong and of what changed, most text is for reading.
    is_list = table in ("problem", "change")
    is_result = table in results()
    return {name: Column(row["type"], row["blank"] == "yes",
                         row["values"] is not None or not is_list and (is_result or row["key"] == "yes"))
            for name, row in describe(table).to_dict("index").items()}


def frame_of(table: Any) -> pandas.DataFrame:
    """A table of a plan, or a result, as a DataFrame with the types its name says."""
    return _frames.to_frame(table, columns(_stpfin.stpfin_table_name(table)))
