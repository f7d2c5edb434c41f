"""Eastern time and the desk's opening hours, on whole arrays of instants (seconds since 1970, UTC)."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from assets.sample.world import Bools, Ints


@cache
def eastern() -> ZoneInfo:
    """The program's own zone."""
    return ZoneInfo("America/New_York")


FIRST, LAST = date(2013, 1, 1), date(2019, 12, 31)
OPENS, OPEN_SECONDS = 9, 8 * 3600


class Clock:
    """Mon-Fri 9-17 Eastern less federal holidays, 2013 to 2019."""

    def __init__(self) -> None:
        self._origin = int(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC).timestamp())
        hours = ((LAST - FIRST).days + 1) * 24
        stamps = (datetime.fromtimestamp(self._origin + 3600 * h, eastern()) for h in range(hours))
        ahead = (stamp.utcoffset() or timedelta() for stamp in stamps)
        self._offsets = np.array([int(delta.total_seconds()) for delta in ahead])
        changes = np.flatnonzero(np.diff(self._offsets)) + 1
        self._changes = self._origin + 3600 * changes
        closed = holidays.country_holidays("US", years=range(FIRST.year, LAST.year + 2))
        days = (FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1))
        self._opens = np.array([instant(day, OPENS) for day in days if day.weekday() < 5 and day not in closed])

    def offset(self, at: Ints) -> Ints:
        """Seconds that Eastern is ahead of UTC: -14400 or -18000."""
        found: Ints = self._offsets[(at - self._origin) // 3600]
        return found

    def near_change(self, at: Ints) -> Bools:
        """Within an hour of a change of clocks, where a local time without an offset could mean two instants."""
        gaps: Ints = np.abs(at[:, None] - self._changes[None, :]).min(axis=1)
        return gaps <= 3600

    def business_seconds(self, at: Ints) -> Ints:
        """Opening seconds from the calendar's start to `at`."""
        day = np.searchsorted(self._opens, at, side="right") - 1
        total: Ints = day * OPEN_SECONDS + np.clip(at - self._opens[day], 0, OPEN_SECONDS)
        return total

    def after(self, at: Ints, seconds: Ints) -> Ints:
        """The instant at which `seconds` (at least 1) of opening time have passed since `at`; far ones stop in 2019."""
        reading = self.business_seconds(at) + np.maximum(seconds, 1)
        day = np.minimum((reading - 1) // OPEN_SECONDS, len(self._opens) - 1)
        reached: Ints = self._opens[day] + (reading - OPEN_SECONDS * day).clip(1, OPEN_SECONDS)
        return reached


def instant(day: date, hour: int = 0) -> int:
    """Seconds since 1970 of an Eastern day at a full hour."""
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=eastern()).timestamp())
