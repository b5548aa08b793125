"""Tables of the C library to and from pandas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy
import pandas
from pandas.api import types

from stpfin import _stpfin

if TYPE_CHECKING:
    from stpfin._dictionary import Column

_DOUBLE, _WHOLE, _TEXT = range(3)
_MISSING = -2**31
_MOST = 2**31 - 1
# Beyond this a double does not hold every whole number.
_MOST_EXACT = 2**53


def arrays(table: Any) -> dict[str, Any]:
    """A table's columns as they are in memory: see `Results.arrays`."""
    found: dict[str, Any] = {}
    for i in range(_stpfin.stpfin_table_columns(table)):
        kind = _stpfin.stpfin_table_column_type(table, i)
        get = (_stpfin.stpfin_table_get_double, _stpfin.stpfin_table_get_int32, _stpfin.stpfin_table_get_text)[kind]
        column = get(table, i)
        found[_stpfin.stpfin_table_column_name(table, i)] = tuple(column) if kind == _TEXT else column
    return found


def to_frame(table: Any, columns: Mapping[str, Column]) -> pandas.DataFrame:
    """A table as a DataFrame that owns its values."""
    frame = {name: _to_series(values, columns.get(name)) for name, values in arrays(table).items()}
    return pandas.DataFrame(frame, index=pandas.RangeIndex(_stpfin.stpfin_table_rows(table)), copy=False)


def _to_series(values: Any, column: Column | None) -> Any:
    if isinstance(values, tuple):
        codes, categories = values
        if column is not None and column.type == "date":
            return _take_text(codes, categories).astype("datetime64[ns]")
        if column is not None and column.is_code:
            return _to_categorical(codes, categories)
        return _take_text(codes, categories)
    if values.dtype == numpy.int32:
        if column is not None and not column.may_be_blank:
            return values.astype(numpy.int64)
        missing = values == _MISSING
        return pandas.arrays.IntegerArray(numpy.where(missing, 0, values).astype(numpy.int64), missing)
    return values.copy()


def _to_categorical(codes: Any, categories: list[str]) -> pandas.Categorical:
    """A categorical of the categories there are: the library's may be those of a whole plan."""
    used = numpy.bincount(codes[codes >= 0], minlength=len(categories)) > 0
    if not used.all():
        # The last place, where a missing value's code of -1 points, stays -1.
        codes = numpy.append(numpy.cumsum(used) - 1, -1)[codes]
    return pandas.Categorical.from_codes(codes, [name for name, is_used in zip(categories, used) if is_used])


def _take_text(codes: Any, categories: list[str]) -> Any:
    # The last place, where a missing value's code of -1 points, holds None.
    return numpy.array([*categories, None], dtype=object)[codes]


def from_frame(name: str, data: Any, columns: Mapping[str, Column]) -> Any:
    """A table of the C library from a DataFrame, or what makes one."""
    frame = data if isinstance(data, pandas.DataFrame) else _make_frame(name, data)
    named = [level for level in frame.index.names if level is not None]
    if named:
        try:
            frame = frame.reset_index(level=named)
        except ValueError:
            raise ValueError(f"{name}: the index and a column have the same name: {', '.join(map(str, named))}"
                             ) from None
    for column in frame.columns:
        if not isinstance(column, str):
            raise TypeError(f"{name}: column names are text, not {column!r}")
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(f"{name} has two columns {twice!r}")
    builder = _stpfin.stpfin_table_builder_new(name)
    for column in frame.columns:
        _add(builder, f"{name}.{column}", column, frame[column], columns.get(column))
    return _stpfin.stpfin_table_builder_finish(builder)


def _make_frame(name: str, data: Any) -> pandas.DataFrame:
    if isinstance(data, (str, bytes)) or not isinstance(data, (Mapping, list, tuple, numpy.ndarray)):
        raise TypeError(f"{name}: a DataFrame is wanted, or a dictionary of columns, not {type(data).__name__}")
    return pandas.DataFrame(data)


def _add(builder: Any, where: str, name: str, series: pandas.Series, column: Column | None) -> None:
    """Add a column in the type that holds it, or say why none does."""
    dtype = series.dtype
    if types.is_sparse(dtype):
        series = series.sparse.to_dense()
        dtype = series.dtype
    if series.isna().all():
        _stpfin.stpfin_table_builder_add_text(builder, name, [None] * len(series))
    elif types.is_categorical_dtype(dtype):
        _add_categorical(builder, where, name, series, column)
    elif types.is_bool_dtype(dtype):
        raise TypeError(f"{where} holds True and False: give numbers or the words its meaning has, as 'yes' and 'no'")
    elif types.is_integer_dtype(dtype):
        _add_whole(builder, where, name, series)
    elif types.is_float_dtype(dtype):
        _stpfin.stpfin_table_builder_add_double(builder, name, series.to_numpy(numpy.float64, na_value=numpy.nan))
    elif types.is_datetime64_any_dtype(dtype):
        _add_dates(builder, where, name, series, column)
    elif types.is_string_dtype(dtype) and not types.is_object_dtype(dtype):
        _add_text(builder, name, series)
    elif types.is_object_dtype(dtype):
        _add_objects(builder, where, name, series, column)
    else:
        raise TypeError(f"{where} holds {dtype}: give numbers or text")


def _add_text(builder: Any, name: str, series: pandas.Series) -> None:
    _stpfin.stpfin_table_builder_add_text(builder, name, series.astype(object).where(series.notna(), None).tolist())


def _add_whole(builder: Any, where: str, name: str, series: pandas.Series) -> None:
    present = series.dropna()
    least, most = int(present.min()), int(present.max())
    if _MISSING < least and most <= _MOST:
        values = series.fillna(_MISSING).to_numpy(numpy.int32) if len(present) < len(series) else \
            series.to_numpy(numpy.int32)
        _stpfin.stpfin_table_builder_add_int32(builder, name, values)
        return
    if least < -_MOST_EXACT or most > _MOST_EXACT:
        beyond = least if least < -_MOST_EXACT else most
        raise ValueError(f"{where} holds {beyond}, more than a double holds exactly: the most is 2**53")
    values = series.astype(object).where(series.notna(), numpy.nan).to_numpy(numpy.float64)
    _stpfin.stpfin_table_builder_add_double(builder, name, values)


def _add_dates(builder: Any, where: str, name: str, series: pandas.Series, column: Column | None) -> None:
    if column is not None and column.type != "date":
        raise TypeError(f"{where} holds dates: give {'the year as a whole number' if column.type == 'year' else 'text'}"
                        if column.type in ("year", "text") else f"{where} holds dates: give numbers")
    present = series.dropna()
    if (present != present.dt.normalize()).any():
        raise ValueError(f"{where} holds times of day: give dates, as by .dt.normalize()")
    _add_text(builder, name, series.dt.strftime("%Y-%m-%d"))


def _add_categorical(builder: Any, where: str, name: str, series: pandas.Series, column: Column | None) -> None:
    categories = series.cat.categories
    if all(isinstance(category, str) for category in categories):
        _stpfin.stpfin_table_builder_add_codes(
            builder, name, series.cat.codes.to_numpy(numpy.int32), categories.tolist())
    else:
        _add(builder, where, name, series.astype(categories.dtype if series.notna().all() else object), column)


def _add_objects(builder: Any, where: str, name: str, series: pandas.Series, column: Column | None) -> None:
    """Add a column of Python objects, which are all of one kind, or missing."""
    kind = types.infer_dtype(series.dropna())
    if kind == "string":
        _add_text(builder, name, series)
    elif kind == "integer":
        _add_whole(builder, where, name, series)
    elif kind in ("floating", "mixed-integer-float", "decimal"):
        values = [numpy.nan if missing else float(x) for x, missing in zip(series, series.isna())]
        _stpfin.stpfin_table_builder_add_double(builder, name, numpy.array(values, dtype=numpy.float64))
    elif kind in ("date", "datetime", "datetime64"):
        _add_dates(builder, where, name, pandas.to_datetime(series), column)
    elif kind == "boolean":
        _add(builder, where, name, series.astype("boolean"), column)
    else:
        raise TypeError(f"{where} holds {_kinds(series)}: give numbers or text, one kind in a column")


def _kinds(series: pandas.Series) -> str:
    """What kinds of values a column mixes, with the first row of each."""
    first: dict[str, int] = {}
    for row, value in enumerate(series):
        if not (types.is_scalar(value) and pandas.isna(value)):
            first.setdefault(type(value).__name__, row)
    return " and ".join(f"{kind} (row {row})" for kind, row in first.items())


def from_arrays(name: str, columns: Mapping[str, Any]) -> Any:
    """The table that `arrays` took apart."""
    builder = _stpfin.stpfin_table_builder_new(name)
    for column, values in columns.items():
        if isinstance(values, tuple):
            _stpfin.stpfin_table_builder_add_codes(builder, column, *values)
        elif values.dtype == numpy.int32:
            _stpfin.stpfin_table_builder_add_int32(builder, column, values)
        else:
            _stpfin.stpfin_table_builder_add_double(builder, column, values)
    return _stpfin.stpfin_table_builder_finish(builder)
