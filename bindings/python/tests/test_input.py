"""Tables as people have them: each kind of column is taken, or refused with a reason."""

import datetime
import decimal

import numpy
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stpfin
from conftest import YEARS, small_tables
from stpfin import _dictionary, _frames

COLUMNS = _dictionary.columns


def through(values, column="amount", table="funding"):
    """A column of a table to C and back, as C has it."""
    data = values if isinstance(values, pandas.DataFrame) else pandas.DataFrame({column: values})
    return _frames.arrays(_frames.from_frame(table, data, COLUMNS(table)))[column]


def texts(column):
    codes, categories = column
    return [None if code < 0 else categories[code] for code in codes]


@pytest.mark.parametrize("values, expected", [
    (numpy.array([1, 2], dtype="int8"), [1, 2]),
    (numpy.array([1, 2**32 - 1], dtype="uint32"), [1, 2**32 - 1]),
    (numpy.array([1, 2], dtype=">i4"), [1, 2]),
    (numpy.array([1.5, 2.5], dtype=">f8"), [1.5, 2.5]),
    (numpy.array([1.5, 2.5], dtype="float32"), [1.5, 2.5]),
    (numpy.array([2**31 - 1, -2**31 + 1]), [2**31 - 1, -2**31 + 1]),
    (numpy.array([-2**31]), [-2.0**31]),
    (numpy.array([2**53]), [2.0**53]),
    (pandas.array([1, 2**40], dtype="Int64"), [1, 2**40]),
    ([1, 2.5], [1, 2.5]),
    (pandas.Series([1, 2.5], dtype=object), [1, 2.5]),
    (pandas.Series([decimal.Decimal("1.1"), decimal.Decimal("2")], dtype=object), [1.1, 2]),
    (pandas.Series([1, 0], dtype=pandas.SparseDtype("int64", 0)), [1, 0]),
    (pandas.Categorical([3, 1]), [3, 1]),
    (numpy.arange(6.0)[::2], [0, 2, 4]),
])
def test_numbers_are_taken(values, expected):
    assert through(values).tolist() == expected


@pytest.mark.parametrize("values", [
    numpy.ma.array([1.0, 99.0], mask=[False, True]),
    numpy.array([1.0, numpy.nan]),
    pandas.Series([1, None], dtype=object),
    pandas.Series([1, numpy.nan], dtype=object),
    pandas.Series([1, pandas.NA], dtype=object),
    pandas.Series([1, pandas.NaT], dtype=object),
    pandas.array([1, None], dtype="Int64"),
    pandas.array([1, None], dtype="Float64"),
    pandas.Categorical([1, None]),
])
def test_missing_numbers_are_blank(values):
    taken = through(values)
    assert taken[0] == 1
    assert numpy.isnan(taken[1]) if taken.dtype == float else taken[1] == -2**31


@pytest.mark.parametrize("values", [
    ["a", None, ""], ["a", numpy.nan, pandas.NA], pandas.array(["a", None, None], dtype="string"),
    pandas.Categorical(["a", None, None], categories=["z", "a"]), numpy.array(["a", "", ""]),
])
def test_text_is_taken(values):
    assert texts(through(values, "stream")) == ["a", None, None]


def test_a_column_without_values_is_blank():
    for values in ([None, None], [numpy.nan] * 2, [pandas.NaT] * 2, [pandas.NA] * 2, pandas.Categorical([None, None]),
                   pandas.array([None, None], dtype="boolean")):
        assert texts(through(values, "stream")) == [None, None]
    assert texts(through(pandas.Series([], dtype=float), "stream")) == []


def test_dates_are_taken_where_there_are_dates():
    days = [datetime.date(2016, 11, 30), None]
    for values in (days, pandas.to_datetime(days), pandas.Series(pandas.to_datetime(days)),
                   [datetime.datetime(2016, 11, 30), pandas.NaT]):
        assert texts(through(values, "date", "agreement")) == ["2016-11-30", None]
    with pytest.raises(ValueError, match="agreement.date holds times of day"):
        through([datetime.datetime(2016, 11, 30, 12)], "date", "agreement")
    with pytest.raises(TypeError, match="funding.year holds dates: give the year as a whole number"):
        through(pandas.to_datetime(["2016-04-01"]), "year")
    with pytest.raises(TypeError, match="funding.amount holds dates: give numbers"):
        through([datetime.date(2016, 4, 1)])


@pytest.mark.parametrize("values, said", [
    ([True, False], "holds True and False"),
    (pandas.array([True, None], dtype="boolean"), "holds True and False"),
    (pandas.Series([True, None], dtype=object), "holds True and False"),
    ([1, "2"], r"holds int \(row 0\) and str \(row 1\)"),
    (["a", 2.5, None], r"holds str \(row 0\) and float \(row 1\)"),
    ([b"a"], r"holds bytes \(row 0\)"),
    ([[1], [2]], r"holds list \(row 0\)"),
    ([1j], "holds complex128"),
    (pandas.to_timedelta([1], unit="D"), r"holds timedelta64\[ns\]"),
    (pandas.period_range("2016", periods=1, freq="A"), "holds period"),
    (pandas.interval_range(0, 1), "holds interval"),
    ([object()], "holds object"),
])
def test_what_no_table_holds_is_refused(values, said):
    with pytest.raises(TypeError, match=f"funding.amount {said}"):
        through(values)


def test_numbers_too_large_are_refused():
    for values in (numpy.array([2**53 + 1]), numpy.array([2**63], dtype="uint64"), [10**30], [-2**53 - 1]):
        with pytest.raises((ValueError, OverflowError), match="more than a double holds exactly"):
            through(values)


def test_text_that_is_none_is_refused():
    for values in (["a\0b"], ["\ud800"]):
        with pytest.raises(ValueError):
            through(values, "stream")
    with pytest.raises(ValueError):
        through(pandas.Categorical(["a\0b"]), "stream")


def test_names_of_columns():
    with pytest.raises(TypeError, match="column names are text, not 0"):
        through(pandas.DataFrame([[1]]))
    with pytest.raises(ValueError, match="funding has two columns 'a'"):
        through(pandas.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(TypeError, match="column names are text, not"):
        through(pandas.DataFrame([[1]], columns=pandas.MultiIndex.from_tuples([("a", "b")])))
    with pytest.raises(ValueError, match="the index and a column have the same name: year"):
        through(pandas.DataFrame({"year": [1]}, index=pandas.Index([2], name="year")))


def test_what_is_no_table_is_refused(small):
    for wrong in (None, 3, "flow.csv", pandas.Series([1], name="a"), {1, 2}):
        with pytest.raises(TypeError, match="flow: a DataFrame is wanted"):
            stpfin.Plan({"flow": wrong}, **YEARS)
    for wrong in (None, [], "folder", small["flow"]):
        with pytest.raises(TypeError, match="tables are a dictionary"):
            stpfin.Plan(wrong, **YEARS)
    with pytest.raises(TypeError, match="the name of a table is text"):
        stpfin.Plan({1: small["flow"]}, **YEARS)
    with pytest.raises(ValueError):
        stpfin.Plan({"flow": {"a": [1, 2], "b": [1]}}, **YEARS)
    with pytest.raises(ValueError):
        stpfin.Plan({"nothing": small["flow"]}, **YEARS)
    assert set(stpfin.check({}, **YEARS)["severity"]) == {"error"}


def test_infinity_is_refused_by_the_plan(tables):
    tables["flow"].loc[0, "income"] = numpy.inf
    with pytest.raises(stpfin.PlanError, match="flow.csv:2:income"):
        stpfin.Plan(tables, **YEARS)


def test_codes_may_be_whole_numbers(tables):
    tables["footprint"]["footprint"] = [1, 2]
    codes = {"F1": "1", "F2": "2"}
    assert stpfin.Plan({name: table.replace(codes) for name, table in tables.items()}, **YEARS)["footprint"][
        "footprint"].tolist() == ["1", "2"]


ANY_VALUE = st.one_of(
    st.none(), st.booleans(), st.integers(-2**70, 2**70), st.floats(), st.text(max_size=5), st.binary(max_size=3),
    st.dates(), st.datetimes(), st.decimals(), st.just(pandas.NA), st.just(pandas.NaT), st.complex_numbers(),
    st.lists(st.integers(), max_size=2))


@given(st.lists(ANY_VALUE, max_size=4), st.sampled_from(["amount", "year", "organisation", "stream", "x"]))
def test_any_column_is_taken_or_refused(values, column):
    try:
        frame = pandas.DataFrame({column: pandas.Series(values, dtype=object)})
    except (ValueError, TypeError, OverflowError):
        return
    try:
        problems = stpfin.check({**small_tables(), "funding": frame}, **YEARS)
    except (TypeError, ValueError, OverflowError) as error:
        assert str(error)
    else:
        assert (problems["severity"] == "error").any() or not frame.notna().any().any() or not len(frame)


@given(st.lists(st.one_of(st.none(), st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"),
                                             max_size=8)), max_size=6))
def test_text_comes_back(values):
    series = pandas.Series(values, dtype=object)
    for given_ in (series, series.astype("string"), series.astype("category")):
        assert texts(through(given_, "stream")) == [value or None for value in values]


@given(st.lists(st.floats(), min_size=1))
def test_doubles_come_back_to_the_bit(values):
    if not all(numpy.isnan(values)):
        taken = through(numpy.array(values))
        assert numpy.array_equal(taken, values, equal_nan=True)
        assert numpy.array_equal(numpy.signbit(taken[~numpy.isnan(taken)]),
                                 numpy.signbit([x for x in values if not numpy.isnan(x)]))


@given(st.lists(st.integers(-2**60, 2**60), min_size=1))
def test_whole_numbers_come_back_or_are_refused(values):
    if max(map(abs, values)) > 2**53:
        with pytest.raises(ValueError):
            through(numpy.array(values))
    else:
        assert through(numpy.array(values)).tolist() == values
