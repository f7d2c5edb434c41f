"""The commands of contract.md. Each imports what it needs when it is called, so that --help is quick."""

import json
import os
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines import (
    ahead,
    alerts,
    differences,
    due,
    duplicates,
    explain,
    fetching,
    options,
    releases,
    reporting,
    review,
    settings,
    showing,
    sources,
    unchanged,
)
from pipelines.options import Home, Json

app = typer.Typer(
    name="cities311",
    help="Impact reporting for the National Resource Network, “311 for Cities”.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Landing = Annotated[Path | None, typer.Option("--landing", help="Where files arrive (default HOME/landing).")]


def refuse(message: str) -> typer.Exit:
    """Says on stderr why not; the caller raises what this returns (exit code 1)."""
    typer.echo(message, err=True)
    return typer.Exit(1)


def layout_of(home: Path | None) -> settings.Layout:
    return settings.Layout(home.resolve() if home else settings.home())


@app.command()
def sample(
    directory: Annotated[Path, typer.Argument(help="Folder to write; it becomes a landing folder.")],
    scale: Annotated[float, typer.Option(min=0.01, help="1 is about 300 cities and 20,000 requests.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed writes the same bytes.")] = 311,
    as_json: Json = False,
) -> None:
    """Write a synthetic network as landing files, in the publishers' own formats."""
    from assets import sample as synthetic

    console = Console(stderr=True)
    with console.status("Writing a synthetic network …", spinner="line"):
        wrote = synthetic.write(directory, scale, seed, progress=console.log if console.is_terminal else None)
    typer.echo(json.dumps(wrote, default=str) if as_json else f"Wrote a synthetic network to {directory}.")


@app.command()
def run(
    landing: Landing = None,
    home: Home = None,
    as_of: Annotated[str | None, typer.Option(help="Last day the figures look at (YYYY-MM-DD).")] = None,
    known_on: Annotated[str | None, typer.Option(help="Instant up to which receipts count (ISO 8601).")] = None,
    as_json: Json = False,
) -> None:
    """Take in what is new, recompute what that changes, check, and publish a release."""
    where_home, where_landing = unchanged.where(str(home or ""), str(landing or ""))
    options.dated(as_of, known_on)
    if not Path(where_landing).is_dir():
        raise refuse(
            f"{where_landing} is not a folder; name the landing folder with --landing, or make one with `cities311 sample`"
        )
    from pipelines import execute

    seen = unchanged.look(where_landing, where_home)
    today = datetime.now(UTC)
    console = Console(stderr=True)
    report = partial(console.print, style="dim", highlight=False) if console.is_terminal else _silent
    try:
        release, new = execute.run(where_landing, where_home, as_of or "", options.utc(known_on), report)
    except execute.Failed as error:
        raise refuse(str(error)) from error
    zone = execute.floating(where_landing, as_of or "")
    # make names a home that whoever goes on in a shell does not
    of = "" if where_home == os.path.realpath(os.path.join(unchanged.ROOT, "data")) else f" --home {where_home}"
    unchanged.remember(where_home, seen, as_of or "", known_on or "", zone, release, today)
    typer.echo(json.dumps({"release": release, **new}) if as_json else _told(release, new, of))


@app.command()
def status(home: Home = None, as_json: Json = False) -> None:
    """What is current: release, clocks, files, checks that did not pass."""
    from assets.releases import publish
    from pipelines import released

    layout = layout_of(home)
    try:
        release = released.named(layout.releases, None)
    except released.Unknown as error:
        raise refuse(str(error)) from error
    told = publish.manifest(layout.releases, release)
    if as_json:
        typer.echo(json.dumps({k: v for k, v in told.items() if k not in ("tables", "sources", "checks")}))
        return
    failing = [c for c in told["checks"] if not c["passed"]]
    lines = [
        f"Release    {release}{'   SYNTHETIC DATA' if told['synthetic'] else ''}",
        f"Program    {told['program']}",
        f"As of      {told['as_of']}    known on {told['known_on']}",
        f"Published  {told['created_at']}    code {told['code_version']}    catalog {told['catalog_version']}",
        f"Files      {len(told['sources'])}: "
        + ", ".join(f"{sum(s[c] for s in told['sources']):,} {c}" for c in COUNTS),
        f"Checks     {len(told['checks'])}, of which {len(failing)} warn: "
        + ", ".join(f"{c['table']} {c['name']}" for c in failing),
    ]
    typer.echo("\n".join(lines))


COUNTS = ("received", "accepted", "quarantined", "repeats")


app.add_typer(sources.app, name="sources")
app.add_typer(releases.app, name="releases")
app.add_typer(review.app, name="review")


@app.command()
def quarantine(
    source: Annotated[str | None, typer.Argument(help="Only this source.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What was set aside and why: file, row, column, what was found, what was expected."""
    import pyarrow.parquet as pq

    from assets import catalog
    from pipelines import knowledge

    ledger, rows = knowledge.receipts(layout_of(home)), []
    known = {n for s in catalog.load().sources.values() for n in (s.source, s.landing_folder)}
    known |= {r.source for r in ledger.all.values()}
    if source and source not in known:
        raise refuse(f"no source is called {source!r}; there are: {', '.join(sorted(known))}")
    for receipt in ledger.standing():
        if source and source not in (receipt.source, receipt.table):
            continue
        if receipt.status == "refused":
            rows.append({"file": receipt.name, "row": "all", "column": "", "found": "", "expected": receipt.message})
        elif receipt.status == "accepted" and ledger.aside(receipt).exists():
            aside = pq.read_table(ledger.aside(receipt)).to_pylist()
            rows += [
                {
                    "file": receipt.name,
                    **{k: a[k] if a[k] is not None else "" for k in ("row", "column", "found", "expected")},
                }
                for a in aside
                if a["state"] == "quarantined"
            ]
    show(rows, as_json, "nothing is in quarantine")


@app.command("map")
def map_file(
    file: Annotated[Path, typer.Argument(help="An export that uses other words.")],
    source: Annotated[str | None, typer.Option(help="What it is (default: by its folder, else requests).")] = None,
    write: Annotated[bool, typer.Option("--write", help="Put it beside the file as mapping.yml.")] = False,
    landing: Landing = None,
) -> None:
    """Propose a mapping.yml for a file, and say how many of its rows would be accepted with it."""
    from assets.raw.reading import Unreadable
    from pipelines import proposal

    try:
        proposed = proposal.of(file, source, landing or settings.landing())
        typer.echo(f"Wrote {proposal.write(file, proposed.text)}." if write else proposed.text.rstrip("\n"))
    except Unreadable as error:
        raise refuse(str(error)) from error
    typer.echo("\n".join(proposed.told), err=True)


app.command("show")(showing.command)
app.command("diff")(differences.command)
app.command("explain")(explain.command)
app.command("fetch")(fetching.command)
app.command("report")(reporting.command)
app.command("due")(due.command)
app.command("alerts")(alerts.command)
app.command("ahead")(ahead.command)
app.command("duplicates")(duplicates.command)


@app.command()
def dashboard(port: Annotated[int, typer.Option(help="Port of the pages.")] = 8501, home: Home = None) -> None:
    """Serve the pages at http://localhost:PORT."""
    os.environ["CITIES311_HOME"] = str(layout_of(home).home)
    os.chdir(settings.ROOT)  # Streamlit reads .streamlit/config.toml from the working folder
    os.execv(sys.executable, [sys.executable, "-m", "dashboards.serve", "--server.port", str(port)])


@app.command()
def doctor(home: Home = None, landing: Landing = None, as_json: Json = False) -> None:
    """Say what is wrong with the set-up and how to mend it."""
    from pipelines import health

    where_home, where_landing = unchanged.where(str(home or ""), str(landing or ""))
    found = health.examine(settings.Layout(Path(where_home)), Path(where_landing))
    show(
        [{"check": f.name, "state": f.state, "found": f.found, "do": f.remedy} for f in found],
        as_json,
        "",
    )
    if not all(f.good for f in found):
        raise typer.Exit(1)


def show(rows: list[dict[str, Any]], as_json: bool, empty: str) -> None:
    """Rows as a table for people, or as JSON lines for a program."""
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    if not rows:
        typer.echo(empty)
        return
    console = Console()
    if not console.is_terminal:
        console.width = 240
    table = Table(*rows[0].keys(), box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(f"{v:,}" if isinstance(v, int) else str(v)) for v in row.values()))  # [x] is no markup
    console.print(table)


def _silent(line: str) -> None:
    """Where no terminal watches."""


def _told(release: str, new: dict[str, Any], of: str) -> str:
    lines = [f"Release {release}: {new['files']:,} new files, {new['tables']:,} tables recomputed."]
    if not new["new"]:
        lines = [f"Nothing new: release {release} is current."]
    if new["quarantined"]:
        are = "row is" if new["quarantined"] == 1 else "rows are"
        lines.append(f"{new['quarantined']:,} {are} set aside, each with its reason: `cities311 quarantine{of}`.")
    lines += [f"refused   {line}" for line in new["refused"]]
    lines += [f"kept      {line}" for line in new["kept"]]
    lines += [f"repeat    {line}" for line in new["repeated"]]
    lines += [f"warning   {line}" for line in new["warnings"]]
    return "\n".join(lines)
