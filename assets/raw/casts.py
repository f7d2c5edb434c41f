"""From the text of a cell to a typed value, as SQL: one expression for the value, one for "this does not fit"."""

import re
from dataclasses import dataclass
from pathlib import Path

from assets.catalog import DUCKDB_TYPES, SourceColumn

ISO = "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?"
FIRST_DAY, LAST_DAY = "1900-01-01", "2100-12-31"  # a year of 0214 is a slip of the hand
DATE_FORMATS = {
    "mdy": ["%m/%d/%Y", "%m-%d-%Y"],
    "dmy": ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"],
    "ymd": ["%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y %b %d"],
}
TIME_FORMATS = ["", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S", " %H:%M", "T%H:%M:%S"]


@dataclass(frozen=True)
class Cast:
    """value: typed SQL expression; misfit: SQL boolean, true where the cell does not fit (null counts as fitting);
    expected: what would have fitted, in words a sender can act on."""

    value: str
    misfit: str
    expected: str


def quote(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def file(path: Path) -> str:
    """A SQL string literal that names one file, whatever characters its name has."""
    return quote(re.sub(r"([*?\[])", r"[\1]", str(path)))


def name(text: str) -> str:
    """A SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def cast(column: str, spec: SourceColumn, dates: str | None, zone: str) -> Cast:
    """How `column` is typed: value from the text row `t`, misfit from the typed columns and the text row kept as `s`.

    The connection's time zone must be `zone`.
    """
    text, sent = f"t.{name(column)}", f"s.{name(column)}"
    present = f"{sent} is not null"
    if spec.missing:
        markers = f"({', '.join(map(quote, spec.missing))})"
        present += f" and {sent} not in {markers}"
        text = f"case when {text} not in {markers} then {text} end"
    if spec.thousands:
        text = f"replace({text}, ',', '')"
    value, expected = _value(spec, text, dates, zone)
    published = spec.type == "text" and not spec.personal
    if published:
        expected = "text without an e-mail address, for this column is published"
    typed = name(column)
    misfits = [f"contains({sent}, '@')"] if published else []
    if value != text:
        misfits.append(f"{typed} is null and {present}")
    if spec.required:
        misfits.append(f"{sent} is null")
    if spec.min is not None:
        misfits.append(f"{typed} < {spec.min:g}")
        expected += f", at least {spec.min:g}"
    if spec.max is not None:
        misfits.append(f"{typed} > {spec.max:g}")
        expected += f", at most {spec.max:g}"
    return Cast(value, " or ".join(f"({m})" for m in misfits), expected)


def _value(spec: SourceColumn, text: str, dates: str | None, zone: str) -> tuple[str, str]:
    if spec.type in ("text", "city"):  # a city is resolved after the pass, once for each spelling
        lost_zeros = f"case when length({text}) < {spec.width} then lpad({text}, {spec.width}, '0') else {text} end"
        return (lost_zeros if spec.width else text), "text"
    if spec.type == "enum":
        values = spec.values or []
        allowed = ", ".join(map(quote, values))
        return f"case when lower({text}) in ({allowed}) then lower({text}) end", "one of " + ", ".join(values)
    if spec.type == "boolean":
        return (
            f"case when lower({text}) in ('true', 't', 'yes', 'y', '1') then true"
            f" when lower({text}) in ('false', 'f', 'no', 'n', '0') then false end",
            "true or false",
        )
    if spec.type == "integer":
        return (
            f"case when regexp_full_match({text}, '[+-]?[0-9]+') then try_cast({text} as bigint) end",
            "a whole number",
        )
    if spec.type == "number":
        number = f"try_cast({text} as double)"
        return f"case when isfinite({number}) then {number} end", "a number"
    if spec.type == "money":
        cents = DUCKDB_TYPES["money"]
        plain = f"regexp_full_match({text}, '[+-]?[0-9]*([.][0-9]{{0,2}}0*)?')"  # a cast alone would round the third decimal
        return (
            f"case when {plain} then try_cast({text} as {cents}) end",
            "dollars with at most two decimals, such as 1234.50",
        )
    if spec.type == "date":
        day = f"try_strptime({text}, {_formats(dates, [''])})::date" if dates else f"try_cast({text} as date)"
        if dates:  # a workbook's own dates arrive so, whatever the order of its text
            day = (
                f"coalesce({day}, case when {text} similar to {quote(ISO)} then try_cast(left({text}, 10) as date) end)"
            )
        plausible = f"{day} between date '{FIRST_DAY}' and date '{LAST_DAY}' and {_not_a_word(day, text)}"
        return f"case when {plausible} then {day} end", _expected(dates, "a date")
    if dates:
        instant = f"timezone({quote(zone)}, try_strptime({text}, {_formats(dates, TIME_FORMATS)}))"
        instant = (
            f"coalesce({instant}, case when {text} similar to {quote(ISO)} then try_cast({text} as timestamptz) end)"
        )
    else:
        instant = f"try_cast({text} as timestamptz)"
    utc = f"timezone('UTC', {instant})"
    plausible = f"{utc} between timestamp '{FIRST_DAY}' and timestamp '{LAST_DAY}' and {_not_a_word(utc, text)}"
    return f"case when {plausible} then {utc} end", _expected(dates, "a time")


def _not_a_word(value: str, text: str) -> str:
    """The cast takes 'epoch' for the first day of 1970."""
    return f"({value} <> timestamp '1970-01-01' or {text} not ilike '%epoch%')"


def _formats(dates: str, times: list[str]) -> str:
    return "[" + ", ".join(quote(day + time) for day in DATE_FORMATS[dates] for time in times) + "]"


def _expected(dates: str | None, what: str) -> str:
    if dates:
        return f"{what} in the order {dates} that mapping.yml declares"
    return f"{what} as ISO 8601 (2014-05-22, or 2014-05-22T09:30:00-04:00); other orders need `dates:` in mapping.yml"
