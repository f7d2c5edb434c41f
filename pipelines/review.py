"""The command `review`: where the reports stand, and the steps with them. Who is declared: there is no sign-in."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from pipelines.options import Home, Json

if TYPE_CHECKING:
    from assets.releases.reports import Standing

app = typer.Typer(invoke_without_command=True)
ZONE = "America/New_York"
Report = Annotated[str, typer.Argument(help="sf425, performance, city or expansion.")]
Period = Annotated[str, typer.Argument(help="2014-06, FY2014Q3 or FY2014.")]
Who = Annotated[str, typer.Option(help="Who takes the step (declared: there is no sign-in).")]
Why = Annotated[str, typer.Option(help="The reason, or the comments.")]


@app.callback()
def listed(
    context: typer.Context,
    log: Annotated[bool, typer.Option("--log", help="Every step, with who, when and why.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Where each report that was ever submitted stands, and on which release."""
    if context.invoked_subcommand:
        return
    from assets import decisions
    from assets.releases import reports
    from pipelines.commands import layout_of, refuse, show

    try:
        layout = layout_of(home)
        found = reports.stands(layout.decisions)
    except decisions.Refused as error:
        raise refuse(str(error)) from error
    rows = [row for key in sorted(found) for row in (_steps(found[key]) if log else [_told(found[key])])]
    _label(layout.releases, (each.release for each in found.values()), as_json)
    show(rows, as_json, "no report was submitted yet")


@app.command()
def submit(
    report: Report,
    period: Period,
    who: Who,
    why: Why,
    release: Annotated[str | None, typer.Option(help="Release that it stands on (default: the current one).")] = None,
    embargo_until: Annotated[
        str | None, typer.Option(help="Not to be shown before this instant (ISO 8601; without an offset: Eastern).")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Submit the report of a period that is over; it stands on one release for ever."""
    until = None
    if embargo_until:
        try:
            until = datetime.fromisoformat(embargo_until)
        except ValueError as error:
            raise typer.BadParameter(f"{error}: write --embargo-until as 2015-05-15T10:00") from error
        until = until if until.tzinfo else until.replace(tzinfo=ZoneInfo(ZONE))
    _work_out(report, period, release, home)
    _take("submit", report, period, who, why, home, as_json, release=release, embargo_until=until)


@app.command()
def restated(
    report: Report,
    period: Period,
    release: Annotated[str | None, typer.Option(help="Release that it stands on (default: the current one).")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What such a report restates of the last one submitted: by cause, with the reasons given and those still missing."""
    from assets import decisions
    from assets.releases import reports
    from pipelines.commands import layout_of, refuse, show

    layout = layout_of(home)
    if report not in reports.REPORTS:
        raise refuse(f"no report is called {report!r}; there are: {', '.join(reports.REPORTS)}")
    since, release = _work_out(report, period, release, home)
    try:
        found = reports.restated(layout.decisions, layout.home, report, since, release, period) if since else []
    except decisions.Refused as error:
        raise refuse(str(error)) from error
    if found is None:
        raise refuse(
            f"the last such report stands on release {since}, which comes after {release}: name it or a later one"
        )
    none = (
        f"no final figure of {since} is restated materially by {release}" if since else "nothing that was told before"
    )
    _label(layout.releases, [release], as_json)
    show([{"since": since, "release": release} | row for row in found], as_json, none)


@app.command("return")
def give_back(report: Report, period: Period, who: Who, why: Why, home: Home = None, as_json: Json = False) -> None:
    """Return a submitted report with comments; it may be submitted again."""
    _take("return", report, period, who, why, home, as_json)


@app.command()
def approve(report: Report, period: Period, who: Who, why: Why, home: Home = None, as_json: Json = False) -> None:
    """Approve a submitted report, after that of the period before it."""
    _take("approve", report, period, who, why, home, as_json)


@app.command()
def lock(report: Report, period: Period, who: Who, why: Why, home: Home = None, as_json: Json = False) -> None:
    """Lock an approved report: no step is taken with it any more."""
    _take("lock", report, period, who, why, home, as_json)


def _work_out(report: str, period: str, release: str | None, home: Path | None) -> tuple[str, str]:
    """Works out what a report changes of the last one, where nobody has: the release of that one (empty: none), and its own."""
    from assets import decisions
    from assets.releases import publish, reports
    from pipelines import differences, released
    from pipelines.commands import layout_of, refuse

    layout = layout_of(home)
    try:
        release = released.named(layout.releases, release)
        since = reports.before(layout.decisions, report, period, release)
        if since and not publish.later(since, release):  # else the submission is refused
            differences.worked_out(layout.home, released.named(layout.releases, since), release)
    except (released.Unknown, decisions.Refused) as error:
        raise refuse(str(error)) from error
    return since, release


def _take(
    step: str, report: str, period: str, who: str, why: str, home: Path | None, as_json: bool, **facts: Any
) -> None:
    from assets import decisions
    from assets.releases import reports
    from pipelines.commands import layout_of, refuse, show

    layout = layout_of(home)
    try:
        now = reports.take(layout.decisions, layout.releases, step, report, period, who, why, **facts)
    except decisions.Refused as error:
        raise refuse(str(error)) from error
    _label(layout.releases, [now.release], as_json)
    show([_told(now)], as_json, "")


def _told(now: "Standing") -> dict[str, Any]:
    last = now.steps[-1]
    return {
        "report": now.report, "period": now.period, "state": now.state, "release": now.release,
        "since": last["at"], "who": last["who"], "why": last["why"],
        "embargo": f"until {_eastern(now.embargo_until)}" if now.embargoed(datetime.now(UTC)) else "",
    }  # fmt: skip


def _steps(now: "Standing") -> list[dict[str, Any]]:
    keys = ("at", "step", "who", "who_is", "why")
    return [
        {
            "report": now.report,
            "period": now.period,
            **{key: step[key] for key in keys},
            "release": step.get("release", ""),
        }
        for step in now.steps
    ]


def _eastern(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M} Eastern"


def _label(releases: Path, used: Iterable[str], as_json: bool) -> None:
    """Says above the answer when a release that a report stands on is made up; a program reads that of the release."""
    from pipelines import released

    if not as_json:
        for line in max((released.label(releases, release) for release in set(used)), default=[]):
            typer.echo(line)
