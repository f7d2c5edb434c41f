"""The command `report`: HUD's reports, the city's and the public's, as PDF, workbook and data. The Dagster job `reports` and the
page Reports make the same bytes."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.options import Home, Json

if TYPE_CHECKING:
    from pipelines.settings import Layout


def command(
    report: Annotated[
        str,
        typer.Argument(
            help="sf425, performance, budget, city, program, expansion, or bundle: what is submitted, as one zip."
        ),
    ],
    period: Annotated[str, typer.Option(help="FY2015Q2, FY2015 or 2015-03.")],
    out: Annotated[Path, typer.Option(help="The folder to write to.")],
    release: Annotated[
        str | None, typer.Option(help="The release that it stands on (default: the current one).")
    ] = None,
    city: Annotated[
        list[str] | None,
        typer.Option(help="GEOID, for report city; may be given again (default: every city that used a service)."),
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Also what is not complete, marked as a draft that says what it lacks.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write the report of a period: PDF, workbook, data and their dictionary."""
    from xlsxwriter.exceptions import XlsxFileError

    from assets.decisions import Refused
    from assets.documents import packs
    from assets.documents.facts import Incomplete
    from pipelines import released, writing
    from pipelines.commands import layout_of, refuse

    layout = layout_of(home)
    written: list[Path] = []
    try:
        name = released.named(layout.releases, release)
        # a report in the landing folder would be taken in by the next run as a file that somebody sent
        landing = writing.landing_of(layout).resolve()
        if layout.keeps(out / "any") or out.resolve().is_relative_to(landing):
            raise released.Unknown(f"{out} lies among what the program keeps; name another folder")
        worked_out(layout, report, period, name)
        for path in packs.write(out, packs.make(layout.home, name, report, period, city, draft)):
            written.append(path)
            if not as_json:
                typer.echo(f"Wrote {path}")
    except Incomplete as error:
        lines = "\n".join(f"  - {text}" for text in error.missing)
        raise refuse(
            f"{report} {period} is not complete, and nothing was written:\n{lines}\nWith --draft it is written as a draft."
        ) from error
    except (released.Unknown, Refused) as error:
        raise refuse(str(error)) from error
    except (OSError, XlsxFileError) as error:
        raise refuse(f"{out} cannot be written: {error}") from error
    if as_json:
        typer.echo(
            json.dumps({"release": name, "report": report, "period": period, "files": [str(path) for path in written]})
        )
    elif not written:
        typer.echo(f"No city used a service in {period}: nothing to write.")
    else:
        typer.echo(
            "\n".join([*released.label(layout.releases, name)[:1], f"{len(written)} files, from release {name}."])
        )


def worked_out(layout: "Layout", report: str, period: str, release: str) -> None:
    """Works out what a report to HUD restates of the last one of its kind, where nobody has; where that cannot be done the report
    itself says so."""
    from assets.documents import packs
    from assets.releases import changes, publish, reports
    from pipelines import differences, released

    for kind in packs.TO_HUD[:2] if report == packs.BUNDLE else [report]:
        if kind not in reports.REPORTS:
            continue
        since = reports.before(layout.decisions, kind, period, release)
        if not since or publish.later(since, release) or changes.folder(layout.home, since, release):
            continue
        try:
            differences.worked_out(layout.home, since, release)
        except released.Unknown:
            continue
