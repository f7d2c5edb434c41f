"""How a number, a date or a period is written, on pages and in reports. The only module that formats; it never decides what a
figure is."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assets.words import SINGULAR as SINGULAR
from assets.words import STATE_WORDS as STATE_WORDS
from assets.words import city as city
from assets.words import words as words

Row = Mapping[str, Any]
MINUS = "\N{MINUS SIGN}"
NONE = "\N{EM DASH}"
MIDDLE_DOT = "\N{MIDDLE DOT}"
HOURS_PER_BUSINESS_DAY = 8
ZONE = "America/New_York"  # times are UTC inside, Eastern for people
BEFORE = {"month": "the month before", "quarter": "the quarter before", "fiscal_year": "the year before"}
NOUNS = ("percent", "hours", "days", "weeks")  # units that a change beside the value repeats


def number(value: float | Decimal | int | None, decimals: int = 0) -> str:
    """`value` with thousands separators and a true minus sign; a dash where it is missing."""
    if value is None:
        return NONE
    text = f"{abs(value):,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def percent(value: float | None, decimals: int = 0) -> str:
    """A percentage (0-100): without decimals in text, with one in tables."""
    return NONE if value is None else f"{number(value, decimals)}%"


def share(value: float | None) -> float | None:
    """A probability as a percentage, for a table."""
    return None if value is None else 100 * value


def money(value: Decimal | float | None) -> str:
    """Dollars for text: $1.2 million past a million, whole dollars below."""
    if value is None:
        return NONE
    sign = MINUS if value < 0 else ""
    size = abs(Decimal(value))
    if round(size) >= 1_000_000_000:
        return f"{sign}${size / 1_000_000_000:.1f} billion"
    if round(size) >= 1_000_000:
        return f"{sign}${size / 1_000_000:.1f} million"
    return f"{sign}${size:,.0f}"


def cents(value: Decimal | None) -> str:
    """Dollars to the cent, for ledgers and worksheets."""
    return NONE if value is None else f"{MINUS if value < 0 else ''}${abs(value):,.2f}"


def hours(value: float | None) -> str:
    """Business hours; past eight of them as business days."""
    if value is None:
        return NONE
    if abs(value) <= HOURS_PER_BUSINESS_DAY:
        return _plural(value, "hour", "business ")
    return _plural(value / HOURS_PER_BUSINESS_DAY, "day", "business ")


def _plural(value: float, noun: str, before: str = "") -> str:
    text = number(value, 1).removesuffix(".0")
    return f"{text} {before}{noun}{'' if text.lstrip(MINUS) == '1' else 's'}"


def quantity(value: float | Decimal | None, unit: str, decimals: int = 0) -> str:
    """`value` in words fit for a sentence or a figure: 78%, $1.2 million, 2 business days, 1,204 requests."""
    if value is None:
        return NONE
    match unit:
        case "percent":
            return percent(float(value))
        case "usd":
            return money(value)
        case "hours":
            return hours(float(value))
        case "days" | "weeks":
            return _plural(float(value), unit.removesuffix("s"))
        case "ratio":
            return number(value, 2)
        case "percentage points":
            return f"{signed(float(value))} points"
    if unit.startswith("percent of "):
        return f"{percent(float(value))} {unit.removeprefix('percent ')}"
    text = number(value, 1 if " per " in unit else decimals)
    return f"{text} {SINGULAR.get(unit, unit) if text == '1' else unit}".strip()


def exact(value: Decimal | None, unit: str, sign: bool = False) -> str:
    """`value` with every decimal as published, so that differences add up before the reader's eyes; sign: with +."""
    if value is None:
        return NONE
    _, _, cut = f"{abs(value):f}".partition(".")
    size = number(abs(value), len(cut.rstrip("0")))
    before = MINUS if value < 0 else "+" if sign and value else ""
    match unit:
        case "usd":
            return f"{before}{cents(abs(value))}"
        case "percent" if not sign:
            return f"{before}{size}%"
        case "ratio":
            return f"{before}{size}"
        case "hours":
            return f"{before}{size} business {'hour' if size == '1' else 'hours'}"
    if unit == "percentage points" or (sign and unit.startswith("percent")):
        return f"{before}{size} {'point' if size == '1' else 'points'}"
    return f"{before}{size} {SINGULAR.get(unit, unit) if size == '1' else unit}".strip()


def day(value: date | datetime | None) -> str:
    """March 31, 2015."""
    return NONE if value is None else f"{value:%B} {value.day}, {value.year}"


def period_short(period_type: str, period: str) -> str:
    """FY2015 Q2, FY2015, June 2014, Program to date."""
    match period_type:
        case "quarter":
            return f"{period[:6]} {period[6:]}"
        case "month":
            return f"{date.fromisoformat(period + '-01'):%B %Y}"
        case "to_date":
            return "Program to date"
    return period


def month_short(period: str) -> str:
    """Jun 2014 on two lines, for an axis."""
    return f"{date.fromisoformat(period + '-01'):%b<br>%Y}"


def period_long(row: Row) -> str:
    """The period of `row` (period_type, period, period_start, period_end) with its months beside it."""
    short, start, end = period_short(row["period_type"], row["period"]), row["period_start"], row["period_end"]
    match row["period_type"]:
        case "month":
            return short
        case "to_date":
            return f"{short} ({day(start)} to {day(end)})"
    first = f"{start:%B}" if start.year == end.year else f"{start:%B %Y}"
    return f"{short} ({first}\N{EN DASH}{end:%B %Y})"


def state(row: Row) -> str:
    """The state of a figure in words; empty where it has a value."""
    if row["state"] == "value":
        return ""
    if row["state"] == "withheld" and row.get("reason"):
        return f"Withheld: {row['reason']}"
    return STATE_WORDS.get(row["state"], str(row["state"]))


def value(row: Row) -> str:
    """The figure of a metric row (value or amount_usd, unit, state): its quantity, or its state in words."""
    if row["state"] != "value":
        return STATE_WORDS.get(row["state"], str(row["state"]))
    if row.get("amount_usd") is not None:
        return money(row["amount_usd"])
    return quantity(row["value"], row["unit"], 0)


def parts(row: Row) -> tuple[str, str]:
    """`value` as the number and, apart from it, its unit: ('2', 'business days'), ('68%', ''), ('$1.2 million', '')."""
    text = value(row)
    if row["state"] != "value":
        return NONE, ""
    if row.get("amount_usd") is not None or row["unit"] == "usd":
        return text, ""
    figure, _, unit = text.partition(" ")
    return figure, "" if row["unit"].startswith("percent of ") else unit


def k_of_n(row: Row) -> str:
    """31 of 50; empty where the figure is not a share of something."""
    if row.get("unit") not in (None, "percent"):
        return ""
    k, n = row.get("numerator"), row.get("denominator")
    return "" if k is None or n is None else f"{number(k)} of {number(n)}"


def withheld(row: Row) -> str:
    """What is shown in place of a figure made of too few: 3 of 7, or $400.00 for 4; empty where it has no parts."""
    k, n = row.get("numerator"), row.get("denominator")
    if row.get("unit") == "usd" and k is not None and n is not None:
        return f"{money(Decimal(str(k)))} for {number(n)}"
    return k_of_n(row)


def counted(row: Row) -> str:
    """k of N beside a value: only where the value is that share of records, not an estimate or a sum of weights."""
    k, n, value = row.get("numerator"), row.get("denominator"), row.get("value")
    if not n or k is None or k % 1 or n % 1 or (value is not None and abs(100 * k / n - value) > 0.6):
        return ""
    return k_of_n(row)


def made_of(row: Row) -> str:
    """What a value is made of, for a table: 31 of 50, $9,500 for 7, 82 over 933; empty where it has no such parts."""
    k, n, unit = row.get("numerator"), row.get("denominator"), str(row.get("unit") or "")
    if unit == "usd":
        return withheld(row)
    if unit == "ratio" or " per " in unit:
        return "" if k is None or not n or k % 1 or n % 1 else f"{number(k)} over {number(n)}"
    return counted(row)


def interval(row: Row) -> str:
    """95% interval of a metric row in its own unit; empty where it has none."""
    low, high = row.get("ci_low"), row.get("ci_high")
    if low is None and high is None:
        return ""
    if high is None:
        return f"95% interval from {quantity(low, row['unit'])}, no upper end yet"
    if low is None:
        return f"95% interval up to {quantity(high, row['unit'])}"
    return f"95% interval {_span(low, high, row['unit'])}"


def _span(low: float, high: float, unit: str) -> str:
    if unit == "percent":
        return f"{number(low)} to {number(high)}%"
    if unit == "hours":
        in_days = max(abs(low), abs(high)) > HOURS_PER_BUSINESS_DAY
        scale, noun = (HOURS_PER_BUSINESS_DAY, "days") if in_days else (1, "hours")
        return f"{number(low / scale, 1)} to {number(high / scale, 1)} business {noun}"
    if unit in ("days", "weeks", "ratio") or " per " in unit:
        return f"{number(low, 1)} to {number(high, 1)} {unit if unit in NOUNS else ''}".strip()
    return f"{number(low)} to {number(high)}"


def change(row: Row, short: bool = False) -> str:
    """The change since the previous period: 'No clear change' when its interval spans zero, empty if there is none.

    `short` leaves out what stands beside the value already: Up 46 for Up 46 requests.
    """
    delta, low, high = row.get("change"), row.get("change_low"), row.get("change_high")
    if delta is None:
        return ""
    if delta == 0:
        return "No change"
    if low is not None and high is not None and low <= 0 <= high:
        return "No clear change"
    size = _size(abs(delta), row["unit"])
    if short:
        amount, _, noun = size.partition(" ")
        size = f"{amount} {noun.removeprefix('business ')}" if row["unit"] in NOUNS else amount
    return f"{'Up' if delta > 0 else 'Down'} {size}"


def change_interval(row: Row) -> str:
    """The 95% interval of the change, in points for a percentage; empty where it has none."""
    low, high = row.get("change_low"), row.get("change_high")
    if row.get("change") is None or low is None or high is None:
        return ""
    unit = row["unit"]
    if unit == "percent":
        return f"{signed(low, 0)} to {signed(high, 0)} points"
    return _span(low, high, unit)


def signed(value: float, decimals: int = 0) -> str:
    """A difference with its sign: +4, −2, 0."""
    text = number(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def _size(delta: float, unit: str) -> str:
    if unit == "percent":
        text = number(delta) if round(delta) else number(delta, 1)
        return f"{text} point{'' if text == '1' else 's'}"
    return quantity(delta, unit)
