"""The command `sources`: what was received; and `sources review`: names of places that wait for a person to decide."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines import settings
from pipelines.options import Home, Json

if TYPE_CHECKING:
    import duckdb


app = typer.Typer(invoke_without_command=True)


@app.callback()
def received(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """What was received and when: every file, with received = accepted + quarantined + repeats."""
    if context.invoked_subcommand:
        return
    from pipelines import knowledge
    from pipelines.commands import COUNTS, layout_of, show

    rows = [
        {"file": r.name, "status": r.status, **{c: getattr(r, c) for c in COUNTS}, "known_at": r.known_at,
         "vintage": r.facts.get("vintage", ""), "unused_columns": ", ".join(r.unused), "message": r.message}
        for r in knowledge.receipts(layout_of(home)).standing()
    ]  # fmt: skip
    show(rows, as_json, "nothing has been received; run `cities311 run`")


@app.command()
def review(
    source: Annotated[str | None, typer.Option(help="Only this source; a decision then holds for it alone.")] = None,
    resolve: Annotated[str | None, typer.Option(help="Decide on this name, as it is listed: 'ST LOUIS, MO'.")] = None,
    geoid: Annotated[str | None, typer.Option("--as", help="It is the place with this GEOID.")] = None,
    not_a_place: Annotated[bool, typer.Option("--not-a-place", help="It is no place.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="What was decided before no longer holds.")] = False,
    who: Annotated[str, typer.Option(help="Who decides (declared: there is no sign-in).")] = "",
    why: Annotated[str, typer.Option(help="The reason.")] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Names that no exact rule makes a place, with the nearest ones; or decide on one, from the next run on."""
    from dataclasses import asdict

    import duckdb

    from assets import catalog, decisions
    from assets import review as names
    from pipelines import knowledge
    from pipelines.commands import layout_of, refuse, show

    chosen = [bool(geoid), not_a_place, undo]
    if resolve is None and (any(chosen) or who or why):
        raise typer.BadParameter("--as, --not-a-place, --undo, --who and --why go with --resolve NAME")
    if resolve is not None and sum(chosen) != 1:
        raise typer.BadParameter("--resolve needs one of --as GEOID, --not-a-place and --undo")
    layout, sources = layout_of(home), catalog.load().sources
    try:
        with _opened(layout) as connection:
            if resolve is not None:
                if source and source not in names.tables(sources.values()):
                    raise decisions.Refused(
                        f"no names of places come from {source!r}; there are: {', '.join(names.tables(sources.values()))}"
                    )
                if geoid:
                    _known(connection, geoid)
                decided = decisions.PLACE if geoid else decisions.NOT_A_PLACE if not_a_place else decisions.UNDO
                line = decisions.name_place(layout.decisions, resolve, decided, geoid, source or "", who, why)
                show([line], as_json, "")
                typer.echo("It takes effect at the next `cities311 run`.", err=True)
                return
            known = {n for s in sources.values() for n in (s.source, s.landing_folder)}
            if source and source not in known:
                raise decisions.Refused(f"no source is called {source!r}; there are: {', '.join(sorted(known))}")
            found = names.waiting(connection, knowledge.receipts(layout), sources.values(), source or "")
    except (decisions.Refused, duckdb.Error) as error:
        raise refuse(str(error).splitlines()[0]) from error
    rows: list[dict[str, Any]] = [asdict(name) for name in found]
    show(rows if as_json else [r | {"nearest": " or ".join(r["nearest"])} for r in rows], as_json, "no name waits")


def _opened(layout: settings.Layout) -> "duckdb.DuckDBPyConnection":
    """The warehouse, for reading. Raises Refused where no run has filled it, or a run is writing it."""
    import duckdb

    from assets import decisions

    if not layout.warehouse.exists():
        raise decisions.Refused(f"nothing has been received in {layout.home}; run `cities311 run`")
    try:
        return duckdb.connect(str(layout.warehouse), read_only=True)
    except duckdb.IOException as error:
        raise decisions.Refused("a run is writing the warehouse; ask again when it has ended") from error


def _known(connection: "duckdb.DuckDBPyConnection", geoid: str) -> None:
    """Raises Refused for a GEOID that is no place of the gazetteer, naming the one that it is an alias of."""
    from assets import decisions

    if connection.execute("select 1 from reference.places where geoid = ?", [geoid]).fetchone():
        return
    alias = connection.execute(
        "select p.name || ', ' || p.state || ' = ' || p.geoid from reference.place_aliases as a"
        " join reference.places as p on p.geoid = a.geoid where a.alias = ?",
        [geoid],
    ).fetchone()
    meant = (
        f"it is another code of {alias[0]}; write that GEOID" if alias else "land a newer census_gazetteer, or mend it"
    )
    raise decisions.Refused(f"no gazetteer that was received knows the GEOID {geoid!r}; {meant}")
