"""The command `ahead`: what comes due, who has how much of it, and how far applications have come, from a release."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines import released
from pipelines.released import Unknown

# table -> kind in JSON, heading, what is said where it is empty, order, columns with their headings
PARTS: dict[str, tuple[str, str, str, str, dict[str, str]]] = {
    "milestones_ahead": (
        "milestone",
        "Milestones due in the 30 days after the as-of date",
        "no milestone is due",
        "due, milestone_id",
        {
            "due": "Due",
            "baseline_due": "Baseline",
            "title": "Milestone",
            "lead_partner": "Lead partner",
            "city_names": "Cities",
            "engagement_title": "Engagement",
            "engagement_id": "Id",
            "milestone_id": "",
        },
    ),
    "partner_workload": (
        "partner",
        "Workload and lateness by partner",
        "no request and no engagement names a partner",
        "late_milestones desc nulls last, overdue_requests desc nulls last, partner",
        {
            "partner": "Partner",
            "open_engagements": "Engagements under way",
            "overdue_engagements": "Past their end",
            "late_milestones": "Late milestones",
            "milestones_ahead": "Due in 30 days",
            "open_requests": "Open requests",
            "overdue_requests": "Overdue requests",
            "on_time_requests": "Answered on time",
            "due_requests": "",
        },
    ),
    "application_funnel": (
        "applications",
        "Applications by quarter, and how far they have come",
        "no application is on record",
        "period_start nulls last, cohort",
        {
            "cohort": "Applied in",
            "applied": "Applied",
            "approved": "Approved",
            "started": "Started",
            "completed": "Completed",
            "withdrawn": "Withdrawn",
            "waiting": "Waiting",
            "stopped": "Stopped",
        },
    ),
}


def command(
    release: Annotated[str | None, typer.Option(help="Release id (default: the current one).")] = None,
    home: Annotated[Path | None, typer.Option(help="Where everything is kept (CITIES311_HOME; default data/).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every row as JSON, for a program to read.")] = False,
) -> None:
    """What is ahead: milestones due in the next 30 days, workload and lateness by partner, the application funnel."""
    from pipelines.commands import layout_of, refuse, show

    releases = layout_of(home).releases
    try:
        release = released.named(releases, release)
        found = read(releases, release)
    except Unknown as error:
        raise refuse(str(error)) from error
    if as_json:
        show([{"release": release, "kind": PARTS[name][0], **row} for name in PARTS for row in found[name]], True, "")
        return
    for line in released.label(releases, release):
        typer.echo(line)
    for place, (name, (_, heading, empty, _, columns)) in enumerate(PARTS.items()):
        typer.echo(("\n" if place else "") + heading)
        rows = [{head: _said(row, key) for key, head in columns.items() if head} for row in found[name]]
        show(rows, False, f"  {empty}")


def read(releases: Path, release: str) -> dict[str, list[dict[str, Any]]]:
    """Rows by table of PARTS; of milestones those not yet late. Raises Unknown where the release lacks a table."""
    found = {}
    for name, (_, _, _, order, columns) in PARTS.items():
        table = released.table(releases, release, name)
        if table is None:
            raise Unknown(f"release {release} was made before there was a table {name}; run `cities311 run`")
        only = "where standing = 'ahead'" if name == "milestones_ahead" else ""
        found[name] = released.rows(f"select {', '.join(columns)} from {table} {only} order by {order}")
    return found


def _said(row: dict[str, Any], key: str) -> Any:
    """A cell for people: an answer rate as k of N, what the release does not know in words."""
    value = row[key]
    if key == "on_time_requests" and value is not None:
        return f"{value:,} of {row['due_requests']:,}"
    return "not recorded" if value is None else value
