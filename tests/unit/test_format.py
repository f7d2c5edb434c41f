"""How numbers are written, against expectations written by hand."""

from datetime import date
from decimal import Decimal

import pytest

from assets import format as fmt


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (1204, 0, "1,204"),
        (0, 0, "0"),
        (-8.64, 1, "−8.6"),
        (-0.04, 1, "0.0"),
        (None, 0, "—"),
        (1234567.891, 2, "1,234,567.89"),
    ],
)
def test_number(value, decimals, expected):
    assert fmt.number(value, decimals) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1234567.89"), "$1.2 million"),
        (Decimal("10000000.00"), "$10.0 million"),
        (Decimal("480670.00"), "$480,670"),
        (Decimal("999999.49"), "$999,999"),
        (Decimal("999999.50"), "$1.0 million"),  # rounds to a million dollars, so it is one
        (Decimal("2500000000"), "$2.5 billion"),
        (Decimal("-1500000"), "−$1.5 million"),
        (Decimal("0.00"), "$0"),
        (None, "—"),
    ],
)
def test_money_for_text(value, expected):
    assert fmt.money(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1234.5"), "$1,234.50"),
        (Decimal("-0.05"), "−$0.05"),
        (Decimal("9999999999.99"), "$9,999,999,999.99"),
        (None, "—"),
    ],
)
def test_money_to_the_cent(value, expected):
    assert fmt.cents(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, "1 business hour"),
        (5.5, "5.5 business hours"),
        (8.0, "8 business hours"),
        (16.0, "2 business days"),  # 16 / 8
        (13.5, "1.7 business days"),  # 13.5 / 8 = 1.6875
        (8.1, "1 business day"),  # 8.1 / 8 = 1.0125
        (None, "—"),
    ],
)
def test_hours_become_business_days_past_eight(value, expected):
    assert fmt.hours(value) == expected


def test_quantity_uses_one_city_and_two_cities():
    assert fmt.quantity(1, "cities") == "1 city"
    assert fmt.quantity(2, "cities") == "2 cities"
    assert fmt.quantity(0, "requests") == "0 requests"
    assert fmt.quantity(78.4, "percent") == "78%"


def test_days_and_periods():
    assert fmt.day(date(2015, 3, 31)) == "March 31, 2015"
    assert fmt.period_short("quarter", "FY2015Q2") == "FY2015 Q2"
    assert fmt.period_short("month", "2014-06") == "June 2014"
    row = {
        "period_type": "quarter",
        "period": "FY2015Q2",
        "period_start": date(2015, 1, 1),
        "period_end": date(2015, 3, 31),
    }
    assert fmt.period_long(row) == "FY2015 Q2 (January–March 2015)"
    year = {
        "period_type": "fiscal_year",
        "period": "FY2015",
        "period_start": date(2014, 10, 1),
        "period_end": date(2015, 9, 30),
    }
    assert fmt.period_long(year) == "FY2015 (October 2014–September 2015)"


def figure(**given):
    return {"unit": "percent", "state": "value", "value": None, "amount_usd": None, "reason": None} | given


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        ("withheld", "fewer than 10", "Withheld: fewer than 10"),
        ("not_reported", "surveys was not received", "Not reported"),
        ("not_reached", None, "Not reached"),
        ("not_computable", None, "Not computable"),
        ("not_due", None, "Not yet due"),
        ("value", None, ""),
    ],
)
def test_a_state_is_a_word_and_never_a_zero(state, reason, expected):
    row = figure(state=state, reason=reason)
    assert fmt.state(row) == expected
    assert "0" not in fmt.value(row) or state == "value"


def test_value_is_split_from_its_unit():
    assert fmt.parts(figure(value=16.0, unit="hours")) == ("2", "business days")
    assert fmt.parts(figure(value=68.1)) == ("68%", "")
    assert fmt.parts(figure(amount_usd=Decimal("1234567.89"), unit="usd")) == ("$1.2 million", "")
    assert fmt.parts(figure(state="not_reached")) == ("—", "")


def test_k_of_n_and_interval():
    assert fmt.k_of_n(figure(numerator=31.0, denominator=50.0)) == "31 of 50"
    assert fmt.k_of_n(figure(numerator=31.0, denominator=None)) == ""
    assert fmt.interval(figure(ci_low=48.2, ci_high=74.9)) == "95% interval 48 to 75%"
    # 12 / 8 = 1.5 and 20 / 8 = 2.5 business days
    assert fmt.interval(figure(ci_low=12.0, ci_high=20.0, unit="hours")) == "95% interval 1.5 to 2.5 business days"
    assert (
        fmt.interval(figure(ci_low=12.0, ci_high=None, unit="hours"))
        == "95% interval from 1.5 business days, no upper end yet"
    )
    assert fmt.interval(figure()) == ""


@pytest.mark.parametrize(
    ("change", "low", "high", "expected"),
    [
        (4.0, -2.0, 10.0, "No clear change"),
        (4.0, 0.0, 8.0, "No clear change"),  # an end at zero does not exclude zero
        (4.0, 1.0, 7.0, "Up 4 points"),
        (-1.0, -1.8, -0.2, "Down 1 point"),
        (0.3, 0.1, 0.5, "Up 0.3 points"),
        (0.0, None, None, "No change"),
        (None, None, None, ""),
    ],
)
def test_a_change_whose_interval_spans_zero_is_no_clear_change(change, low, high, expected):
    assert fmt.change(figure(change=change, change_low=low, change_high=high)) == expected


def test_beside_the_value_a_change_is_short():
    assert fmt.change(figure(unit="requests", change=46.0), short=True) == "Up 46"
    assert (
        fmt.change(figure(unit="hours", change=12.0, change_low=8.0, change_high=16.0), short=True) == "Up 1.5 days"
    )  # 12 / 8
    assert fmt.change(figure(change=4.0, change_low=1.0, change_high=7.0), short=True) == "Up 4 points"
    assert fmt.change(figure(change=4.0, change_low=-1.0, change_high=9.0), short=True) == "No clear change"


def test_ids_become_words():
    assert fmt.words("economic_development") == "Economic development"
    assert fmt.words("cdbg_usd") == "CDBG dollars"
    assert fmt.words("cross_cutting") == "Cross-cutting"
    assert fmt.words(None) == "—"


def test_a_count_changes_without_an_interval():
    assert fmt.change(figure(unit="requests", change=-3.0)) == "Down 3 requests"
    assert fmt.change_interval(figure(change=4.0, change_low=-2.0, change_high=10.0)) == "−2 to +10 points"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Memphis city", "Memphis, TN"),
        ("Kansas City city", "Kansas City, TN"),
        ("Carson City", "Carson City, TN"),  # City is part of the name
        (
            "Nashville-Davidson metropolitan government (balance)",
            "Nashville-Davidson metropolitan government (balance), TN",
        ),
    ],
)
def test_a_city_loses_its_legal_suffix_only(name, expected):
    assert fmt.city({"name": name, "state": "TN"}) == expected
