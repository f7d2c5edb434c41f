"""The command `alerts`: what needs a person now, from a release."""

from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines import released
from pipelines.released import Unknown


class Kind(StrEnum):
    """The kinds of alert that a release has."""

    overdue_request = "overdue_request"
    on_time_drop = "on_time_drop"
    feed_missing = "feed_missing"
    late_milestone = "late_milestone"
    city_silent = "city_silent"


TITLES = {  # of one, of several
    Kind.overdue_request: ("overdue request", "overdue requests"),
    Kind.on_time_drop: ("fall of the on-time rate", "falls of the on-time rate"),
    Kind.feed_missing: ("feed that did not arrive", "feeds that did not arrive"),
    Kind.late_milestone: ("late milestone", "late milestones"),
    Kind.city_silent: ("city gone silent", "cities gone silent"),
}


def command(
    kind: Annotated[Kind | None, typer.Option(help="Only these.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many of each group; 0 for all.")] = 10,
    release: Annotated[str | None, typer.Option(help="Release id (default: the current one).")] = None,
    home: Annotated[Path | None, typer.Option(help="Where everything is kept (CITIES311_HOME; default data/).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every alert as JSON, for a program to read.")] = False,
) -> None:
    """What needs a person now, the most urgent first: overdue, late, silent, missing, or worse than before."""
    from pipelines.commands import layout_of, refuse, show

    releases = layout_of(home).releases
    try:
        release = released.named(releases, release)
        rows = read(releases, kind, release)
    except Unknown as error:
        raise refuse(str(error)) from error
    if as_json:
        show(rows, True, "")
    else:
        typer.echo("\n".join(released.label(releases, release) + told(rows, limit)))


def read(releases: Path, kind: str | None = None, release: str | None = None) -> list[dict[str, Any]]:
    """Alerts of a release, the most urgent first. Raises Unknown."""
    release = released.named(releases, release)
    table = released.table(releases, release, "alerts")
    if table is None:
        raise Unknown(f"release {release} was made before there were alerts; run `cities311 run`")
    found = released.rows(
        "select kind, severity, city_id, topic, engagement_id, about, since_on, measure, sentence"
        f" from {table} where coalesce(kind = ?, true) order by sort_order",
        [kind],
    )
    return [{"release": release, **row} for row in found]


def told(rows: list[dict[str, Any]], limit: int) -> list[str]:
    """Lines for people: each group of one urgency and kind with its count, then its first `limit` sentences."""
    if not rows:
        return ["nothing needs a person now"]
    lines = []
    for (severity, kind), group in groupby(rows, key=lambda row: (row["severity"], row["kind"])):
        each = [row["sentence"] for row in group]
        one, several = TITLES[Kind(kind)]
        lines.append(f"{severity.upper()}  {len(each):,} {one if len(each) == 1 else several}")
        shown = each[:limit] if limit else each
        lines += [f"  {sentence}." for sentence in shown]
        if len(each) > len(shown):
            lines.append(f"  … and {len(each) - len(shown):,} more (--limit 0 for all)")
        lines.append("")
    return lines[:-1]
