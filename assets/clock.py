"""The program's clocks as tables: local days, business hours and reporting periods.

Pure functions of days and a zone; `assets/reference.py` puts what they give into the warehouse, so that SQL needs no
time-zone function and every engine reads the same hours.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import version
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pandas as pd

OPENS, OPEN_HOURS = time(9), 8
MIDNIGHT = time(0)
DAY = timedelta(days=1)
PERIOD = re.compile(r"FY[12][0-9]{3}(Q[1-4])?|[12][0-9]{3}-(0[1-9]|1[0-2])")


def calendar_version() -> str:
    """The business calendar in force. A change of days, hours or holidays is a new version."""
    return f"Monday to Friday 9:00-17:00 less US federal holidays (holidays {version('holidays')})"


def utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A local time of day as a naive UTC instant. Raises ValueError where the zone is off by part of an hour."""
    instant = datetime.combine(day, at, zone).astimezone(UTC).replace(tzinfo=None)
    if instant.minute or instant.second:
        raise ValueError(f"time zone {zone.key} is not a whole number of hours from UTC on {day}")
    return instant


def fiscal_year(day: date) -> int:
    """The federal fiscal year, which starts on 1 October of the year before."""
    return day.year + (day.month >= 10)


def last_day(period: str) -> date:
    """The last day of a month (2014-06), a federal quarter (FY2014Q3) or a fiscal year (FY2014). Raises ValueError."""
    if not PERIOD.fullmatch(period):  # a slip such as FY2014Q5 is no other period's name
        raise ValueError(f"{period!r} is no period")
    if not period.startswith("FY"):
        first = date.fromisoformat(f"{period}-01")
    else:
        year, _, quarter = period[2:].partition("Q")
        first = date(int(year) - (quarter == "1"), {"1": 12, "2": 3, "3": 6}.get(quarter, 9), 1)
    return (first + 31 * DAY).replace(day=1) - DAY


def periods(launched_on: date, as_of: date, zone: ZoneInfo) -> pd.DataFrame:
    """Every month, federal quarter and fiscal year from launched_on's to as_of's, and `to_date`: one row each.

    To date is its months together, up to as_of: it starts with the first day of launched_on's month.
    """
    spans: dict[tuple[str, str], tuple[date, date]] = {}  # (type, period): first day, day after the last
    month = launched_on.replace(day=1)
    while month <= as_of:
        year, quarter = fiscal_year(month), (month.month + 2) % 12 // 3 + 1
        following = (month + 31 * DAY).replace(day=1)
        quarter_start = month.replace(month=(month.month - 1) // 3 * 3 + 1)
        spans["month", f"{month:%Y-%m}"] = (month, following)
        spans["quarter", f"FY{year}Q{quarter}"] = (quarter_start, (quarter_start + 93 * DAY).replace(day=1))
        spans["fiscal_year", f"FY{year}"] = (date(year - 1, 10, 1), date(year, 10, 1))
        month = following
    spans["to_date", "to_date"] = (launched_on.replace(day=1), as_of + DAY)

    rows = [
        (kind, period, first, after - DAY, utc(first, MIDNIGHT, zone), utc(after, MIDNIGHT, zone))
        for (kind, period), (first, after) in spans.items()
    ]
    frame = pd.DataFrame(rows, columns=["period_type", "period", "period_start", "period_end", "starts_at", "ends_at"])
    as_of_at = utc(as_of + DAY, MIDNIGHT, zone)
    frame["closes_at"] = frame["ends_at"].where(frame["ends_at"] <= as_of_at, as_of_at)
    frame["ordinal"] = frame.groupby("period_type").cumcount() + 1
    return frame


def business_days(start: date, end: date, zone: ZoneInfo) -> pd.DataFrame:
    """One row per day from start to end (inclusive) on which the desk opens; instants in UTC."""
    closed = holidays.country_holidays("US", years=range(start.year, end.year + 2))
    days = [start + n * DAY for n in range((end - start).days + 1)]
    working = [day for day in days if day.weekday() < 5 and day not in closed]
    opens_at = np.array([utc(day, OPENS, zone) for day in working], "datetime64[us]")
    return pd.DataFrame(
        {
            "ordinal": np.arange(len(working)),
            "day": np.array(working, "datetime64[s]"),
            "opens_at": opens_at,
            "closes_at": opens_at + np.timedelta64(OPEN_HOURS, "h"),
        }
    )


def hours(start: date, end: date, zone: ZoneInfo) -> pd.DataFrame:
    """One row per UTC hour of the local days from start to end (inclusive), with the open seconds before it."""
    days = [start + n * DAY for n in range((end - start).days + 2)]
    midnights = np.array([utc(day, MIDNIGHT, zone) for day in days], "datetime64[h]")
    hour_at = np.arange(midnights[0], midnights[-1])
    is_open = np.zeros(len(hour_at), np.int64)
    opens_at = business_days(start, end, zone)["opens_at"].to_numpy().astype("datetime64[h]")
    first_open = (opens_at - midnights[0]).astype(np.int64)
    for hour in range(OPEN_HOURS):  # the desk opens and closes on the hour, never across a change of clocks
        is_open[first_open + hour] = 1
    return pd.DataFrame(
        {
            "hour_at": hour_at.astype("datetime64[us]"),
            "local_date": np.array(days, "datetime64[s]")[np.searchsorted(midnights, hour_at, side="right") - 1],
            "open_before_seconds": (np.cumsum(is_open) - is_open) * 3600,
            "is_open": is_open,
        }
    )
