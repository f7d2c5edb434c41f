"""When reports are due and how that stands: the calendar of a release joined with the review of its reports.

A calendar is looked at on a day, `today`, which the caller names: a release of 2017 looked at in 2026 would call everything
late. `looked_at` gives the day that callers take where nobody names one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from assets import format as fmt

if TYPE_CHECKING:  # else whoever asks for the words of a state loads an engine
    from assets.releases.reports import Standing

SOON_DAYS = 14
NOT_OVER, DUE, SOON, LATE = "not over yet", "due", "due soon", "late"
TITLES = {"sf425": "SF-425", "performance": "performance report"}
COLUMNS = ("award_id", "report", "frequency", "period", "period_start", "period_end", "days", "due_on", "is_final")


@dataclass(frozen=True)
class Due:
    """One report of the calendar, and how it stands on the day looked at.

    state: NOT_OVER, DUE, SOON, LATE, or "submitted on time" and the like. days_left: from that day, or from the one on
    which the report was first submitted, to due_on; negative when late. submitted_on: that day, Eastern; None before.
    """

    award_id: str
    report: str
    frequency: str
    period: str
    period_start: date
    period_end: date
    days: int
    due_on: date
    is_final: bool
    state: str
    days_left: int
    submitted_on: date | None = None


def looked_at(manifest: Mapping[str, Any], now: datetime) -> date:
    """The day that callers take for today: the as-of day of a synthetic release, else the Eastern day of `now`."""
    return date.fromisoformat(manifest["as_of"]) if manifest.get("synthetic") else _eastern(now)


def calendar(rows: Sequence[Mapping[str, Any]], stands: Mapping[tuple[str, str], "Standing"], today: date) -> list[Due]:
    """The rows of `report_calendar` with how each report stands on `today`, by due day, report and award.

    stands: by report and period (reports.stands). It knows no award: of two awards that report the same period, both
    are submitted at once.
    """
    found = [_judged(row, stands.get((row["report"], row["period"])), today) for row in rows]
    return sorted(found, key=lambda one: (one.due_on, one.report, one.period, one.award_id))


def warnings(found: Sequence[Due]) -> list[str]:
    """A sentence for each report that nobody submitted and that is late or due within SOON_DAYS, by due day."""
    several = len({one.award_id for one in found}) > 1
    return [_sentence(one, several) for one in found if one.state in (LATE, SOON)]


def _judged(row: Mapping[str, Any], now: "Standing | None", today: date) -> Due:
    facts = {key: row[key] for key in COLUMNS}
    submitted_on = _first_submission(now)
    # a submission that comes after the day looked at is told, but not judged: by the clock of that day it is not yet
    days_left = (row["due_on"] - min(submitted_on or today, today)).days
    if now and submitted_on:
        state = _submitted(now.state, days_left if submitted_on <= today else None)
    elif row["period_end"] > today:
        state = NOT_OVER
    else:
        state = LATE if days_left < 0 else SOON if days_left <= SOON_DAYS else DUE
    return Due(**facts, state=state, days_left=days_left, submitted_on=submitted_on)


def _first_submission(now: "Standing | None") -> date | None:
    """The Eastern day of the first submission: what was returned and sent again was on time if it first was."""
    first = next((step["at"] for step in now.steps if step["step"] == "submit"), None) if now else None
    return _eastern(datetime.fromisoformat(first)) if first else None


def _submitted(state: str, days_left: int | None) -> str:
    """submitted 3 days late; approved, submitted on time; where it is not judged, the state of the review alone."""
    if days_left is None:
        return state
    judged = "submitted on time" if days_left >= 0 else f"submitted {fmt.quantity(-days_left, 'days')} late"
    return judged if state == "submitted" else f"{state}, {judged}"


def _sentence(one: Due, several: bool) -> str:
    title = f"The {'final ' if one.is_final else ''}{TITLES[one.report]} of {period(one.period)}"
    title += f" of award {one.award_id}" if several else ""
    verb, when = "is", "today" if one.days_left == 0 else f"in {fmt.quantity(one.days_left, 'days')}"
    if one.state == LATE:
        verb, when = "was", f"it is {fmt.quantity(-one.days_left, 'days')} late"
    return f"{title} {verb} due on {fmt.day(one.due_on)}: {when}, and nobody has submitted it."


def period(name: str) -> str:
    """FY2015 Q2 (of a half, its last quarter), FY2015."""
    return fmt.period_short("quarter" if "Q" in name else "fiscal_year", name)


def _eastern(instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(fmt.ZONE)).date()
