"""
Numbers that come as arrays, lists, Series, or where there is a row an area as a DataFrame.

None, NaN and NA are missing. Series keep their index, and those given together have the same one. Masked arrays,
booleans, dates and text are refused with a TypeError.
"""

from __future__ import annotations

import decimal
import numbers
import operator
from collections.abc import Sequence
from typing import Any, Union

import numpy
import pandas
from pandas.api import types

from stpfin.errors import ArgumentError

_MOST = 2**64 - 1

Numbers = Union[float, Sequence[float], numpy.ndarray, pandas.Series]
NumbersByArea = Union[Sequence[float], Sequence[Sequence[float]], numpy.ndarray, pandas.Series, pandas.DataFrame]


class Columns:
    """Numbers given together: of one shape, on one index."""

    def __init__(self, **given: Any) -> None:
        indexed = {name: x for name, x in given.items() if isinstance(x, (pandas.Series, pandas.DataFrame))}
        self._first = next(iter(indexed.values()), None)
        for name, x in indexed.items():
            if self._first is not None and not x.index.equals(self._first.index):
                raise ValueError(f"{next(iter(indexed))} and {name} have not the same index: align them first")
        arrays = {name: to_numbers(name, x) for name, x in given.items()}
        shapes = {array.shape for array in arrays.values() if array.ndim}
        if len(shapes) > 1:
            raise ValueError("not of the same shape: " + ", ".join(f"{name} {array.shape}"
                                                                   for name, array in arrays.items()))
        shape = shapes.pop() if shapes else (1,)
        self.shape = shape
        self.flat = [numpy.ascontiguousarray(numpy.broadcast_to(array, shape)).reshape(-1) for array in arrays.values()]
        self.size = len(self.flat[0])

    @property
    def index(self) -> pandas.Index:
        """Of a value each."""
        return pandas.RangeIndex(self.size) if self._first is None else self._first.index

    def areas(self, n_bands: int, bands: str) -> int:
        """How many areas they are of."""
        if n_bands == 0 or self.size % n_bands or (len(self.shape) == 2 and self.shape[1] != n_bands):
            raise ValueError(f"{self.shape} numbers are no rows of the {n_bands} bands of {bands}")
        return self.size // n_bands

    def index_by_area(self, n: int) -> pandas.Index:
        """Of a value an area: of rows of a DataFrame their index."""
        return self._first.index if isinstance(self._first, pandas.DataFrame) and len(self._first) == n else (
            pandas.RangeIndex(n))

    def index_by_band(self, bands: Any) -> pandas.Index:
        """Of a value an area and band."""
        n = self.areas(len(bands), "ages")
        if isinstance(self._first, pandas.Series):
            return self._first.index
        if len(self.shape) == 1 and n == 1:
            return age_index(bands)
        areas = self.index_by_area(n)
        return pandas.MultiIndex.from_product([areas, age_index(bands)], names=[areas.name or "area", "age"])


def age_index(bands: Any) -> pandas.Index:
    """The first years of age bands, whole if they are."""
    is_whole = bool((bands == numpy.floor(bands)).all())
    return pandas.Index(bands.astype(numpy.int64) if is_whole else bands, name="age")


def to_vector(name: str, x: Any) -> Any:
    """An array of one row of doubles."""
    array = numpy.atleast_1d(to_numbers(name, x))
    if array.ndim > 1:
        raise ValueError(f"{name} is one row of numbers, not an array of shape {array.shape}")
    return array


def to_numbers(name: str, x: Any) -> Any:
    """An array of doubles, missing values as NaN, or a TypeError that says why not."""
    if isinstance(x, numpy.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array: give NaN where it is masked, as by .filled(numpy.nan)")
    if isinstance(x, pandas.DataFrame):
        array = numpy.column_stack([to_numbers(f"{name}[{column!r}]", x.iloc[:, i])
                                    for i, column in enumerate(x.columns)])
    elif isinstance(x, (pandas.Series, pandas.Index, pandas.api.extensions.ExtensionArray)):
        is_number = types.is_numeric_dtype(x.dtype) and not types.is_bool_dtype(x.dtype) and not (
            types.is_complex_dtype(x.dtype))
        array = pandas.Series(x).to_numpy(numpy.float64, na_value=numpy.nan) if is_number else numpy.asarray(x, object)
    else:
        array = numpy.asarray(x)
    if array.dtype.kind in "iuf":
        return array.astype(numpy.float64)
    if array.dtype.kind == "O":
        items = [to_number(name, item) for item in array.reshape(-1)]
        return numpy.array(items, dtype=numpy.float64).reshape(array.shape)
    raise TypeError(f"{name} holds {array.dtype}: give numbers")


def to_number(name: str, x: Any) -> float:
    """A double, NaN where missing, or a TypeError that says why not."""
    if x is None or x is pandas.NA or x is pandas.NaT:
        return numpy.nan
    if isinstance(x, (numbers.Real, decimal.Decimal)) and not isinstance(x, bool):
        return float(x)
    raise TypeError(f"{name} holds {x!r}: give numbers")


def to_count(name: str, x: Any) -> int:
    """A whole number that C can count with."""
    if isinstance(x, bool):
        raise TypeError(f"{name} is a whole number, not True or False")
    try:
        number = operator.index(x)
    except TypeError:
        raise TypeError(f"{name} is a whole number, not {type(x).__name__}") from None
    if not 0 <= number <= _MOST:
        raise ArgumentError(f"{name} is a whole number from 0 to {_MOST}, not {number}")
    return number
