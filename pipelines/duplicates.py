"""The command `duplicates`: requests that may say the same, for a person to confirm; their words are never shown."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import duckdb


def command(
    confirm: Annotated[
        tuple[str, str] | None, typer.Option(help="Decide that the first request is a duplicate of the second.")
    ] = None,
    distinct: Annotated[
        tuple[str, str] | None, typer.Option(help="Decide that the two are different; they are not listed again.")
    ] = None,
    undo: Annotated[
        tuple[str, str] | None, typer.Option(help="What was decided of the two before no longer holds.")
    ] = None,
    who: Annotated[str, typer.Option(help="Who decides (declared: there is no sign-in).")] = "",
    why: Annotated[str, typer.Option(help="The reason.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many pairs to list, the likest first.")] = 50,
    home: Annotated[
        Path | None, typer.Option("--home", help="Where everything is kept (CITIES311_HOME; default data/).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON, for a program to read.")] = False,
) -> None:
    """Pairs of open or recent requests of one city and topic that may be one; or decide on a pair, from the next run on."""
    from dataclasses import asdict

    import duckdb

    from assets import decisions, duplicates
    from pipelines import released, sources
    from pipelines.commands import layout_of, refuse, show

    asked = {duplicates.DUPLICATE: confirm, duplicates.DISTINCT: distinct, duplicates.UNDO: undo}
    chosen = [(decided, pair) for decided, pair in asked.items() if pair]
    if len(chosen) > 1:
        raise typer.BadParameter("one of --confirm, --distinct and --undo at a time")
    if not chosen and (who or why):
        raise typer.BadParameter("--who and --why go with --confirm, --distinct or --undo")
    layout = layout_of(home)
    try:
        with sources._opened(layout) as connection:
            if chosen:
                ((decided, (request_id, duplicate_of)),) = chosen
                _known(connection, request_id, duplicate_of)
                line = duplicates.decide(layout.decisions, request_id, duplicate_of, decided, who, why)
                show([line], as_json, "")
                typer.echo("It takes effect at the next `cities311 run`.", err=True)
                return
            found = duplicates.suggest(connection, layout.decisions, limit)
            told = connection.execute("select synthetic from reference.params").fetchone()
    except (decisions.Refused, duckdb.Error) as error:
        raise refuse(str(error).splitlines()[0]) from error
    if told and told[0] and not as_json:
        typer.echo("\n".join(released.SYNTHETIC))
    show([asdict(pair) for pair in found], as_json, "no two requests look alike")


def _known(connection: "duckdb.DuckDBPyConnection", *ids: str) -> None:
    """Raises Refused for an id that no request has."""
    from assets import decisions

    for request_id in ids:
        if not connection.execute("select 1 from core.requests where request_id = ?", [request_id]).fetchone():
            raise decisions.Refused(f"no request is called {request_id!r}")
