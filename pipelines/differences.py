"""`cities311 diff OLD NEW`: what changed between two releases, each change with the causes that add up to it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.options import Home, Json

if TYPE_CHECKING:
    from pipelines.settings import Layout

SHOWN = 20


def command(
    old: Annotated[
        str | None, typer.Argument(help="The release of before (default: the one current at your last `diff`).")
    ] = None,
    new: Annotated[str | None, typer.Argument(help="The release of after (default: the current one).")] = None,
    metric: Annotated[str | None, typer.Option(help="Only this metric.")] = None,
    city: Annotated[str | None, typer.Option(help="Only this city (GEOID).")] = None,
    records: Annotated[
        bool, typer.Option("--records", help="The records that changed, in place of the figures.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Every change, not only the first material ones.")] = False,
    workbook: Annotated[
        Path | None,
        typer.Option(help="Write the corrections to this workbook (.xlsx), as HUD's next report takes them."),
    ] = None,
    because: Annotated[str | None, typer.Option(help="Give the reason for this cause; needs --who and --why.")] = None,
    who: Annotated[str, typer.Option(help="Who gives it (declared: there is no sign-in).")] = "",
    why: Annotated[str, typer.Option(help="The reason.")] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What changed between two releases: each figure with its causes, which add up to the change."""
    from assets.decisions import Refused
    from assets.releases import changes, publish
    from assets.releases.versions import CAUSES
    from pipelines import released, visits
    from pipelines.commands import layout_of, refuse, show

    layout = layout_of(home)
    if (who or why) and because is None:
        raise typer.BadParameter("--who and --why go with --because CAUSE")
    if because is not None and workbook is not None:
        raise typer.BadParameter("give the reason with --because first, then write the --workbook")
    if old is None and (because is not None or workbook is not None):
        raise typer.BadParameter("--because and --workbook need OLD: say between which releases")
    visited = old is None
    try:
        new = released.named(layout.releases, new)
        if old is None:
            old, known = visits.last(layout.home), publish.listing(layout.releases)
            if old in (None, new) or old not in known or publish.later(old, new):
                visits.note(layout.home, new)
                typer.echo(visits.nothing(old, new, known), err=as_json)
                return
        old = released.named(layout.releases, old)
        if old == new:
            raise released.Unknown(f"{old} and {new} are one release; name two")
        if publish.later(old, new):
            raise released.Unknown(
                f"{old} comes after {new}: name the older one first, as in `cities311 diff {new} {old}`"
            )
        bridge = worked_out(layout.home, old, new)
        label = released.label(layout.releases, new)
        if because is not None:
            present = [row["cause"] for row in changes.summary(bridge)]
            if because in CAUSES and because not in present:
                raise Refused(
                    f"nothing changed by {because!r} between them; what did: {', '.join(present) or 'nothing'}"
                )
            show([changes.give(layout.decisions, old, new, because, who, why)], as_json, "")
            return
        if workbook is not None:
            typer.echo(_written(layout, bridge, old, new, workbook))
            return
        given = changes.reasons(layout.decisions, old, new)
        _there(layout, new, metric, city)
    except (released.Unknown, Refused) as error:
        raise refuse(str(error)) from error
    keys = {"metric": metric, "city_id": city}
    wanted = {key: value for key, value in keys.items() if value is not None and not (records and key == "metric")}
    found = changes.rows(bridge, "restated_records" if records else "restatements", **wanted)
    if not records:
        found = [row | {"reason": given[row["cause"]]["why"] if row["cause"] in given else None} for row in found]
    if visited and not wanted:
        visits.note(layout.home, new)
    if as_json:
        for row in found:
            typer.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    told = every or records or bool(wanted)
    lines = changes.summarized(bridge, old, new, given) if told else changes.digest(bridge, old, new, given)
    typer.echo("\n".join((*label, *lines)))
    if told:
        typer.echo("")
        if not records:  # the whole before its parts
            found.sort(key=changes.place)
        show([_line(row) for row in found[: None if every else SHOWN]], False, "Nothing changed there.")
        if len(found) > SHOWN and not every:
            typer.echo(f"… and {len(found) - SHOWN:,} more: --all, or --json for every change with its keys.")


def _there(layout: "Layout", new: str, metric: str | None, city: str | None) -> None:
    """Raises released.Unknown where a release knows no such metric or city, so that nothing could have changed of it."""
    from pipelines import released

    for table, key, value in (("metrics", "metric", metric), ("cities", "city_id", city)):
        source = released.table(layout.releases, new, table)
        if source and value is not None and not released.rows(f"select 1 as x from {source} where {key} = ?", [value]):
            raise released.Unknown(f"release {new} knows no {key} {value!r}")


def _written(layout: "Layout", bridge: Path, old: str, new: str, workbook: Path) -> str:
    """Writes the corrections between two releases to a workbook; returns a line that says so. Raises released.Unknown."""
    from xlsxwriter.exceptions import XlsxFileError

    from assets.releases import changes, correction_book
    from assets.whole import whole
    from pipelines.released import Unknown

    if workbook.suffix != ".xlsx" or layout.keeps(workbook):
        raise Unknown(
            f"{workbook} cannot be written: name a file that ends in .xlsx and lies outside of what the program keeps"
        )
    given = changes.reasons(layout.decisions, old, new)
    try:
        with whole(workbook) as part:
            part.write_bytes(correction_book.write(layout.releases, bridge, old, new, given))
    except (OSError, XlsxFileError) as error:
        raise Unknown(f"{workbook} cannot be written: {error}") from error
    return f"Wrote the corrections from {old} to {new} to {workbook}."


def worked_out(home: Path, old: str, new: str) -> Path:
    """The bridge of two releases, worked out where nobody did before. Raises released.Unknown where that is not possible."""
    import os
    import shutil

    import duckdb
    import pyarrow.parquet as pq

    from assets.models import ModelError
    from assets.program import ProgramError
    from assets.releases import changes
    from pipelines import knowledge, released, restating, settings, writing

    layout = settings.Layout(home)
    found = changes.folder(home, old, new)
    if found:
        return found
    kept = layout.bridges / f"{old}..{new}"
    part = kept.with_name(f".{kept.name}.part")
    try:
        ledger, landing = knowledge.receipts(layout), writing.landing_of(layout)
        sides = [restating.side(layout, landing, ledger, release) for release in (old, new)]
        tables = restating.between(layout, ledger, *sides)
        part.mkdir(parents=True, exist_ok=True)
        for table, rows in tables.items():
            pq.write_table(rows, part / f"{table}.parquet")
        shutil.rmtree(kept, ignore_errors=True)  # one that is not whole, else it had been found
        os.rename(part, kept)
    except (writing.Busy, ProgramError, ModelError, restating.Lacking) as error:
        raise released.Unknown(str(error)) from error
    except (OSError, duckdb.Error) as error:
        what = str(error).splitlines()[0]
        raise released.Unknown(f"what changed from {old} to {new} cannot be worked out: {what}") from error
    return kept


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """A row as people read it: no key that does not apply, decimals without their zeros."""
    from assets.releases import changes

    if "metric" not in row:
        return {k: "" if v is None else v for k, v in row.items() if not k.endswith("_release")}
    told = {"metric": row["metric"], "of": changes.scope(row), "period": row["period"]}
    told |= {side: changes.side(row, side) for side in ("old", "new")}
    told |= {"cause": row["cause"], "delta": changes.delta(row)}
    return told | {"records": row["records"], "reason": row["reason"] or ""}
