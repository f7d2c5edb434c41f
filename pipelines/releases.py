"""The command `releases`: which there are and what each is for; and `releases prune`."""

from typing import Annotated

import typer

from pipelines.options import Home, Json

app = typer.Typer(invoke_without_command=True)


@app.callback()
def listed(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """The releases, oldest first, and what each is for: current, or the reports submitted on it."""
    if context.invoked_subcommand:
        return
    from assets import decisions
    from assets.releases import publish, reports, seal
    from pipelines.commands import layout_of, refuse, show

    layout = layout_of(home)
    try:
        needed = reports.needed(layout.decisions)
    except decisions.Refused as error:
        raise refuse(str(error)) from error
    current, rows = publish.current(layout.releases), []
    for name in publish.listing(layout.releases):
        row = {"release": name, "current": "current" if name == current else "", "for": ", ".join(needed.get(name, []))}
        try:
            told = publish.manifest(layout.releases, name)
        except seal.Altered as error:
            told = dict.fromkeys(("as_of", "known_on", "created_at", "code_version"), "")
            told |= {"synthetic": False, "damaged": "; ".join(error.files)}
        row |= {
            "as_of": told["as_of"], "known_on": told["known_on"], "created_at": told["created_at"],
            "code": told["code_version"], "synthetic": "synthetic" if told["synthetic"] else "",
        }  # fmt: skip
        rows.append(row | ({"damaged": told["damaged"]} if "damaged" in told else {}))
    used = {key: "" for row in rows for key in row}
    show([used | row for row in rows], as_json, "no release yet; run `cities311 run`")


@app.command()
def prune(
    keep: Annotated[
        int, typer.Option(min=1, help="How many of the newest to keep, beside those that are needed.")
    ] = 12,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it they are only listed.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Remove old releases, but never the current one nor one that a report was ever submitted on."""
    from assets import decisions
    from assets.releases import prune as pruning
    from assets.releases import publish, reports
    from pipelines import writing
    from pipelines.commands import layout_of, refuse, show

    layout = layout_of(home)
    layout.releases.mkdir(parents=True, exist_ok=True)
    try:
        with writing.alone(layout), publish.submissions(layout.releases) as submitted:
            going = pruning.prunable(layout.releases, submitted | reports.needed(layout.decisions).keys(), keep)
            if yes:
                pruning.prune(layout.releases, going)
    except (decisions.Refused, writing.Busy) as error:
        raise refuse(str(error)) from error
    rows = [{"release": release, "state": "removed" if yes else "would be removed"} for release in going]
    show(rows, as_json, "every release is current, among the newest, or needed by a report")
    if going and not yes:
        typer.echo("Nothing was removed; add --yes.", err=True)
