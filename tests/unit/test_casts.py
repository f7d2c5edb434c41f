"""Every type of cell, as the one SQL expression of casts.py reads it: what fits, what it becomes, what does not."""

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from assets.catalog import SourceColumn
from assets.raw.casts import cast

EASTERN = "America/New_York"
SET_ASIDE = object()


def read(spec: SourceColumn, text: str | None, dates: str | None = None, zone: str = EASTERN) -> object:
    """The typed value of one cell, or SET_ASIDE where it does not fit."""
    with duckdb.connect() as connection:
        connection.execute(f"set timezone = '{zone}'")
        cell = cast("x", spec, dates, zone)
        value, misfit = connection.execute(
            f"""with text_of as (select nullif(trim(?::varchar), '') as x),
            typed as (select t as s, {cell.value} as x from text_of as t)
            select x, coalesce({cell.misfit or "false"}, false) from typed""",
            [text],
        ).fetchall()[0]
    return SET_ASIDE if misfit else value


INTEGER, NUMBER, MONEY = SourceColumn(type="integer"), SourceColumn(type="number"), SourceColumn(type="money")
DAY, INSTANT, TRUTH = SourceColumn(type="date"), SourceColumn(type="instant"), SourceColumn(type="boolean")


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), (" 12 ", 12), ("+7", 7), ("-3", -3), ("007", 7), ("9223372036854775807", 2**63 - 1), ("", None)]
    + [(bad, SET_ASIDE) for bad in ("1e3", "12.0", "1,200", "0x10", "9223372036854775808", "twelve", "1 2", "-")],
)
def test_integer(text, value):
    assert read(INTEGER, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e3", 1000.0), ("1.5", 1.5), (".5", 0.5), (" -2.25 ", -2.25), ("", None)]
    + [(bad, SET_ASIDE) for bad in ("inf", "-Infinity", "NaN", "nan", "1e999", "1,5", "n/a")],
)
def test_number_is_finite_or_set_aside(text, value):
    assert read(NUMBER, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10.25", Decimal("10.25")),
        ("10.250", Decimal("10.25")),  # a third decimal that says nothing
        ("-0.01", Decimal("-0.01")),
        ("0.10", Decimal("0.10")),
        ("9999999999999999.99", Decimal("9999999999999999.99")),  # the largest of decimal(18,2)
        ("10.255", SET_ASIDE),  # half a cent is nobody's to round
        ("10.0000004", SET_ASIDE),
        ("99999999999999999.99", SET_ASIDE),
        ("$5", SET_ASIDE),
        ("1,234.50", SET_ASIDE),
        ("nan", SET_ASIDE),
    ],
)
def test_money_is_exact_to_the_cent(text, value):
    found = read(MONEY, text)
    assert found == value
    if value is not SET_ASIDE:
        assert isinstance(found, Decimal) and found.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("text", "value"),
    [("2014-05-22", date(2014, 5, 22)), ("2016-02-29", date(2016, 2, 29)), ("2014-05-22T09:30:00", date(2014, 5, 22))]
    # a calendar that has no such day, another order, two-digit years, and words that a database takes for a date
    + [
        (bad, SET_ASIDE)
        for bad in ("2014-13-01", "2014-02-29", "05/22/2014", "22.05.2014", "0014-05-22", "1899-12-31", "2101-01-01")
    ]
    + [(bad, SET_ASIDE) for bad in ("infinity", "today", "epoch", "2014-05-22 or so", "20140522")],
)
def test_date(text, value):
    assert read(DAY, text) == value


@pytest.mark.parametrize(
    ("order", "text", "value"),
    [
        ("mdy", "05/06/2014", date(2014, 5, 6)),
        ("mdy", "5/6/2014", date(2014, 5, 6)),
        ("mdy", "05-06-2014", date(2014, 5, 6)),
        ("dmy", "05/06/2014", date(2014, 6, 5)),
        ("dmy", "05.06.2014", date(2014, 6, 5)),
        ("ymd", "20140506", date(2014, 5, 6)),
        ("ymd", "2014/05/06", date(2014, 5, 6)),
        ("mdy", "22/05/2014", SET_ASIDE),  # there is no month 22, and the order is not guessed
        (
            "mdy",
            "2014-05-22",
            date(2014, 5, 22),
        ),  # ISO 8601 can be read in one way only: a workbook's own dates are such
        ("mdy", "02/29/2014", SET_ASIDE),
    ],
)
def test_date_in_a_declared_order(order, text, value):
    assert read(DAY, text, order) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # Eastern summer is UTC-4, winter UTC-5
        ("2014-05-22T09:30:00", datetime(2014, 5, 22, 13, 30)),
        ("2014-12-01T09:00:00", datetime(2014, 12, 1, 14)),
        ("2014-05-22", datetime(2014, 5, 22, 4)),
        ("2014-05-22 09:30", datetime(2014, 5, 22, 13, 30)),
        # an offset that is written wins over the zone
        ("2014-05-22T09:30:00Z", datetime(2014, 5, 22, 9, 30)),
        ("2014-05-22T09:30:00-07:00", datetime(2014, 5, 22, 16, 30)),
        ("2014-05-22T09:30:00+05:30", datetime(2014, 5, 22, 4)),
        # the last second of summer time on 9 March 2014 is 01:59:59 EST; the next is 03:00:00 EDT
        ("2014-03-09T01:59:59", datetime(2014, 3, 9, 6, 59, 59)),
        ("2014-03-09T03:00:00", datetime(2014, 3, 9, 7)),
        # 01:30 comes twice on 2 November 2014; its offset says which
        ("2014-11-02T01:30:00-04:00", datetime(2014, 11, 2, 5, 30)),
        ("2014-11-02T01:30:00-05:00", datetime(2014, 11, 2, 6, 30)),
        ("2014-11-02T00:59:59", datetime(2014, 11, 2, 4, 59, 59)),
        ("2014-11-02T02:00:00", datetime(2014, 11, 2, 7)),
    ]
    + [
        (bad, SET_ASIDE) for bad in ("2014-13-01", "2014-05-22T25:00:00", "05/22/2014 09:30", "infinity", "now", "soon")
    ],
)
def test_instant_becomes_utc(text, value):
    assert read(INSTANT, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("05/22/2014 09:30:00 AM", datetime(2014, 5, 22, 13, 30)),
        ("5/22/2014 9:30 PM", datetime(2014, 5, 23, 1, 30)),
        ("05/22/2014 12:00:00 AM", datetime(2014, 5, 22, 4)),
        ("05/22/2014", datetime(2014, 5, 22, 4)),
        ("12/31/2014 23:30:00", datetime(2015, 1, 1, 4, 30)),
        ("22/05/2014 09:30", SET_ASIDE),
        ("2014-05-22T09:30:00", datetime(2014, 5, 22, 13, 30)),
    ],
)
def test_instant_in_a_declared_order(text, value):
    assert read(INSTANT, text, "mdy") == value


def test_instant_in_the_zone_of_the_feed():
    # Los Angeles in May is UTC-7
    assert read(INSTANT, "2014-05-22T09:30:00", zone="America/Los_Angeles") == datetime(2014, 5, 22, 16, 30)
    assert read(INSTANT, "05/22/2014 09:30", "mdy", "America/Los_Angeles") == datetime(2014, 5, 22, 16, 30)


@pytest.mark.parametrize(
    ("text", "value"),
    [("True", True), ("Y", True), ("1", True), ("no", False), ("F", False), ("0", False), ("", None)]
    + [(bad, SET_ASIDE) for bad in ("2", "maybe")],
)
def test_boolean(text, value):
    assert read(TRUTH, text) == value


def test_enum_is_matched_without_case_and_never_widened():
    spec = SourceColumn(type="enum", values=["open", "closed"])
    assert [read(spec, t) for t in ("Open", "CLOSED ", "pending", "")] == ["open", "closed", SET_ASIDE, None]


def test_width_restores_zeros_that_a_spreadsheet_dropped_and_cuts_nothing():
    spec = SourceColumn(type="text", width=7)
    assert [read(spec, t) for t in ("107000", "4748000", "12345678")] == ["0107000", "4748000", "12345678"]
    assert read(SourceColumn(type="text"), "0042") == "0042"


def test_markers_and_thousands():
    spec = SourceColumn(type="integer", thousands=True, missing={"N.A.": "suppressed"})
    assert [read(spec, t) for t in ("1,234", "N.A.", "n/a")] == [1234, None, SET_ASIDE]


def test_limits_are_inclusive_and_said():
    spec = SourceColumn(type="integer", min=1, max=5)
    assert [read(spec, t) for t in ("0", "1", "5", "6")] == [SET_ASIDE, 1, 5, SET_ASIDE]
    assert cast("x", spec, None, EASTERN).expected == "a whole number, at least 1, at most 5"


def test_required_cell_may_not_be_blank():
    spec = SourceColumn(type="text", required=True)
    assert [read(spec, t) for t in (None, "   ", "x")] == [SET_ASIDE, SET_ASIDE, "x"]


def test_a_quote_in_a_name_is_only_a_name():
    with duckdb.connect() as connection:
        column = "odd \"name' -- "
        cell = cast(column, SourceColumn(type="integer", values=None), None, EASTERN)
        quoted = column.replace('"', '""')
        (value,) = connection.execute(f"select {cell.value} from (select '4' as \"{quoted}\") as t").fetchall()[0]
    assert value == 4
