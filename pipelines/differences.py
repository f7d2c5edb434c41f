"""`cities311 diff OLD NEW`: what changed between two releases, each change with the causes that add up to it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.options import Home, Json

SHOWN = 20
GRAINS = ("network", "topic", "city", "engagement", "city_topic")


def command(
    old: Annotated[str, typer.Argument(help="The release of before.")],
    new: Annotated[str | None, typer.Argument(help="The release of after (default: the current one).")] = None,
    metric: Annotated[str | None, typer.Option(help="Only this metric.")] = None,
    city: Annotated[str | None, typer.Option(help="Only this city (GEOID).")] = None,
    records: Annotated[
        bool, typer.Option("--records", help="The records that changed, in place of the figures.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Every change, not only the first material ones.")] = False,
    because: Annotated[str | None, typer.Option(help="Give the reason for this cause; needs --who and --why.")] = None,
    who: Annotated[str, typer.Option(help="Who gives it (declared: there is no sign-in).")] = "",
    why: Annotated[str, typer.Option(help="The reason.")] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What changed between two releases: each figure with its causes, which add up to the change."""
    from assets.decisions import Refused
    from assets.releases import changes
    from pipelines import released
    from pipelines.commands import layout_of, refuse, show

    layout = layout_of(home)
    if (who or why) and because is None:
        raise typer.BadParameter("--who and --why go with --because CAUSE")
    try:
        old, new = (released.named(layout.releases, release) for release in (old, new))
        if old == new:
            raise released.Unknown(f"{old} and {new} are one release; name two")
        bridge = worked_out(layout.home, old, new)
        label = released.label(layout.releases, new)
        if because is not None:
            show([changes.give(layout.decisions, old, new, because, who, why)], as_json, "")
            return
    except (released.Unknown, Refused) as error:
        raise refuse(str(error)) from error
    keys = {"metric": metric, "city_id": city}
    wanted = {key: value for key, value in keys.items() if value is not None and not (records and key == "metric")}
    found = changes.rows(bridge, "restated_records" if records else "restatements", **wanted)
    given = changes.reasons(layout.decisions, old, new)
    if not records:
        found = [row | {"reason": given[row["cause"]]["why"] if row["cause"] in given else None} for row in found]
    if as_json:
        for row in found:
            typer.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    for line in (*label, *digest(bridge, old, new, given)):
        typer.echo(line)
    told = every or records or bool(wanted)
    listed = found if told else [row for row in found if row["is_material"]]
    typer.echo("")
    if not records:  # the whole before its parts
        listed.sort(key=lambda row: GRAINS.index(row["grain"]))
    none = "Nothing changed there." if told else "No final figure was restated materially."
    show([_line(row) for row in listed[: None if every else SHOWN]], False, none)
    if len(listed) > SHOWN and not every:
        typer.echo(f"… and {len(listed) - SHOWN:,} more: --all, or --json for every change with its keys.")


def worked_out(home: Path, old: str, new: str) -> Path:
    """The bridge of two releases, worked out where nobody did before. Raises released.Unknown where that is not possible."""
    import os

    import pyarrow.parquet as pq

    from assets.program import ProgramError
    from assets.releases import changes
    from pipelines import knowledge, released, restating, settings, writing

    layout = settings.Layout(home)
    found = changes.folder(home, old, new)
    if found:
        return found
    try:
        ledger, landing = knowledge.receipts(layout), writing.landing_of(layout)
        sides = [restating.side(layout, landing, ledger, release) for release in (old, new)]
        tables = restating.between(layout, ledger, *sides)
    except (writing.Busy, ProgramError) as error:
        raise released.Unknown(str(error)) from error
    kept = layout.bridges / f"{old}..{new}"
    part = kept.with_name(f".{kept.name}.part")
    part.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        pq.write_table(rows, part / f"{table}.parquet")
    os.rename(part, kept)
    return kept


def digest(bridge: Path, old: str, new: str, given: dict[str, Any]) -> list[str]:
    """What changed, in a few lines."""
    from assets.releases import changes

    lines = [f"From {old} to {new}:"]
    for row in changes.summary(bridge):
        told = f"  {row['cause'].replace('_', ' ')}: {row['figures']:,} figures, {row['records']:,} records"
        if row["material"]:
            told += f"; {row['material']:,} final figures restated materially"
            told += f": {given[row['cause']]['why']}" if row["cause"] in given else " (no reason given yet)"
        lines.append(told)
    return lines if len(lines) > 1 else [f"From {old} to {new} no figure changed."]


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """A row as people read it: no key that does not apply, decimals without their zeros."""
    if "metric" not in row:
        return {k: "" if v is None else v for k, v in row.items() if not k.endswith("_release")}
    of = ", ".join(str(row[k]) for k in ("city_id", "topic", "engagement_id", "dimension_value", "basis") if row[k])
    told = {"metric": row["metric"], "of": of or row["grain"], "period": row["period"]}
    for side in ("old", "new"):
        value = row[f"{side}_value"]
        told[side] = row[f"{side}_state"].replace("_", " ") if value is None else _short(f"{value:f}")
    delta = "" if row["delta"] is None else _short(f"{row['delta']:+f}")
    return told | {"cause": row["cause"], "delta": delta, "records": row["records"], "reason": row["reason"] or ""}


def _short(decimal: str) -> str:
    return decimal.rstrip("0").rstrip(".")
