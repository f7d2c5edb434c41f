"""The command `fetch`: public indicator files, and the requests of Open311 servers, into landing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines import settings, unchanged

if TYPE_CHECKING:
    from assets.fetch.files import Notes, Progress
    from assets.fetch.http import Polite
    from assets.fetch.publishers import Choice

OPEN311 = "open311"


def command(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE...", help="Which sources; `open311` with --url for a city's server.")
    ],
    landing: Annotated[Path | None, typer.Option(help="Where files go (default HOME/landing).")] = None,
    home: Annotated[Path | None, typer.Option(help="Where notes on downloads are kept (CITIES311_HOME).")] = None,
    year: Annotated[int | None, typer.Option(min=1990, max=2100, help="Default: the newest that is out.")] = None,
    state: Annotated[str | None, typer.Option(help="Two letters; default: all states.")] = None,
    url: Annotated[str | None, typer.Option(help="This address instead; for open311 the server's.")] = None,
    base_url: Annotated[str, typer.Option(help="A mirror that keeps the publisher's paths.")] = "",
    jurisdiction: Annotated[str, typer.Option(help="open311: jurisdiction_id, where the server has several.")] = "",
    since: Annotated[str | None, typer.Option(help="open311: first day (default: about 90 days ago).")] = None,
    until: Annotated[str | None, typer.Option(help="open311: the day after the last (default: now).")] = None,
    page_size: Annotated[int | None, typer.Option(min=1, help="open311: requests to ask for at once.")] = None,
    again: Annotated[bool, typer.Option("--again", help="open311: also months that were fetched before.")] = False,
    limit: Annotated[float, typer.Option(min=0, help="Largest file, in GiB.")] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON, for a program to read.")] = False,
) -> None:
    """Download public files into landing: whole or not at all; what broke off goes on, what is unchanged is left."""
    from assets.fetch.files import Notes
    from assets.fetch.http import Polite, Refused
    from assets.fetch.publishers import SOURCES, Choice
    from assets.fetch.states import STATES
    from pipelines.commands import refuse, show

    _known("SOURCE", sources, [*SOURCES, OPEN311])
    _known("--state", [state.upper()] if state else [], list(STATES))
    if (url or OPEN311 in sources) and len(sources) > 1:
        raise typer.BadParameter("--url and open311 go with one source at a time")
    if sources == [OPEN311] and not url:
        raise typer.BadParameter("open311 needs the server's address: --url https://city/open311/v2")
    where_home, where_landing = (Path(p) for p in unchanged.where(str(home or ""), str(landing or "")))
    notes, now = Notes(where_home / "fetch"), datetime.now(UTC)
    polite = Polite(settings.contact(), limit=int(limit * 2**30))
    choice = Choice(
        now.date(), year, state.upper() if state else None, settings.contact(),
        settings.census_key(), settings.bea_key(), base_url,
    )  # fmt: skip
    rows: list[dict[str, Any]] = []
    failed: list[str] = []
    with polite.client, _progress() as (progress, report):
        for source in sources:
            try:
                if source == OPEN311:
                    from assets.fetch.open311 import Desk

                    first = _day("--since", since) or (now.date() - timedelta(days=90)).replace(day=1)
                    end = _day("--until", until)
                    if end and end <= first:
                        raise typer.BadParameter(f"--until {end} is not after {first}, the first day")
                    desk = Desk(polite, url or "", jurisdiction, where_landing, notes, page_size)
                    try:
                        desk.fetch(first, end, now, again, report)
                    finally:
                        rows += map(asdict, desk.wrote)
                else:
                    _source(source, url, choice, polite, where_landing, notes, progress, rows, failed)
            except Refused as error:
                failed.append(str(error))
            except OSError as error:
                failed.append(f"{where_landing} or {where_home} cannot be written: {error.strerror}")
    show(rows, as_json, "nothing was fetched")
    if failed:
        raise refuse("\n".join(failed))


def _source(
    source: str, url: str | None, choice: "Choice", polite: "Polite", landing: Path, notes: "Notes",
    progress: "Progress", rows: list[dict[str, Any]], failed: list[str],
) -> None:  # fmt: skip
    """The files of one source. One that the publisher has not is told and passed over; anything else ends the source."""
    from assets.fetch.files import download
    from assets.fetch.http import Missing
    from assets.fetch.publishers import SOURCES, given, mirrored

    for wanted in given(url) if url else SOURCES[source].files(choice, polite):
        there = replace(mirrored(wanted, choice.mirror), folder=SOURCES[source].folder)
        try:
            rows.append(asdict(download(polite, there, landing, notes, progress)))
        except Missing as error:
            failed.append(str(error))


def _known(what: str, given: list[str], known: list[str]) -> None:
    for word in given:
        if word not in known:
            raise typer.BadParameter(f"{what} {word!r} is not known; there are: {', '.join(known)}")


def _day(what: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"{what} {text!r} is not a day; write it as 2014-03-31") from error


@contextmanager
def _progress() -> Iterator[tuple["Progress", Callable[[str], None]]]:
    """Bars on a terminal, nothing elsewhere: how many bytes of which file have come, and which months are done."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def progress(name: str, have: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=have, total=total)

        def report(line: str) -> None:
            if console.is_terminal:
                bars.console.print(line, style="dim", highlight=False)

        yield progress, report
