"""The command `due`: which reports are late, which are due next, and how the others stand, from a release."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from assets import format as fmt
from assets.releases import due
from pipelines import released
from pipelines.options import Home, Json
from pipelines.settings import Layout

TABLE = "report_calendar"


def command(
    release: Annotated[str | None, typer.Option(help="Release id (default: the current one).")] = None,
    today: Annotated[
        str | None,
        typer.Option(help="Day to look from, YYYY-MM-DD (default: today, Eastern; of made-up data the as-of day)."),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """When reports are due: what is late, what is due next, then the rest, with how each stands in review."""
    from assets import decisions
    from pipelines.commands import layout_of, refuse, show

    try:
        day = date.fromisoformat(today) if today else None
    except ValueError as error:
        raise typer.BadParameter(f"{error}: write --today as 2015-04-21") from error
    layout = layout_of(home)
    try:
        release = released.named(layout.releases, release)
        day, found = read(layout, release, day)
    except (released.Unknown, decisions.Refused) as error:
        raise refuse(str(error)) from error
    if as_json:
        show([{"release": release, "today": day, **asdict(one)} for one in found], True, "")
        return
    for line in released.label(layout.releases, release):
        typer.echo(line)
    typer.echo(f"Looked at on {fmt.day(day)}")
    late = [one for one in found if one.state == due.LATE]
    ahead = [one for one in found if one.state in (due.DUE, due.SOON)]
    rest = [one for one in found if one not in late and one not in ahead]
    for heading, part, empty in (
        ("Late", late, "nothing is late"),
        ("Due next", ahead, "nothing waits to be submitted"),
        ("The rest", rest, "no other report" if found else "no award says which reports are due, and when"),
    ):
        typer.echo("\n" + heading)
        show([_told(one) for one in part], False, f"  {empty}")


def read(layout: Layout, release: str, today: date | None = None) -> tuple[date, list[due.Due]]:
    """The day looked at and the calendar of a release on that day (None: due.looked_at).

    Raises Unknown where the release has no calendar, decisions.Refused where the log of the review was changed.
    """
    from assets.releases import publish, reports

    table = released.table(layout.releases, release, TABLE)
    if table is None:
        raise released.Unknown(f"release {release} was made before there was a table {TABLE}; run `cities311 run`")
    day = today or due.looked_at(publish.manifest(layout.releases, release), datetime.now(UTC))
    rows = released.rows(f"select {', '.join(due.COLUMNS)} from {table}")
    return day, due.calendar(rows, reports.stands(layout.decisions), day)


def _told(one: due.Due) -> dict[str, Any]:
    """A row for people."""
    waits = one.submitted_on is None
    left = fmt.quantity(abs(one.days_left), "days")
    when = "" if not waits else f"{left} late" if one.days_left < 0 else "today" if not one.days_left else f"in {left}"
    return {
        "Due": fmt.day(one.due_on),
        "": when,
        "Report": fmt.words(due.TITLES[one.report]),
        "Period": due.period(one.period),
        "Period ends": fmt.day(one.period_end),
        "Kind": fmt.words(one.frequency),
        "Award": one.award_id,
        "State": one.state,
        "Submitted": fmt.day(one.submitted_on) if one.submitted_on else "",
    }
