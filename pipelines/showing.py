"""`cities311 show`: figures of a release, or worked out anew as of another day or as known at another instant."""

from typing import Annotated

import typer

from pipelines.options import Home, Json, dated, utc


def command(
    metric: Annotated[str, typer.Argument(help="Metric id, such as on_time_pct.")],
    city: Annotated[str | None, typer.Option(help="City GEOID.")] = None,
    topic: Annotated[str | None, typer.Option(help="Topic id.")] = None,
    engagement: Annotated[str | None, typer.Option(help="Engagement id.")] = None,
    by: Annotated[
        str | None, typer.Option(help="A breakdown, a line for each of its values: size_quartile, service, partner …")
    ] = None,
    period: Annotated[str, typer.Option(help="2014-06, FY2014Q3, FY2014 or to_date.")] = "to_date",
    release: Annotated[str | None, typer.Option(help="Release id (default: the current one).")] = None,
    as_of: Annotated[str | None, typer.Option(help="As of this last day (YYYY-MM-DD), worked out anew.")] = None,
    known_on: Annotated[str | None, typer.Option(help="As known at this instant (ISO 8601), worked out anew.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """A figure, or with --by one for each value of a breakdown, with numerator, denominator, interval and state.

    With --as-of or --known-on: as it would have been published then, from the records that were known, by the code of today.
    """
    from pipelines import figures, released
    from pipelines.commands import layout_of, refuse, show

    layout = layout_of(home)
    dated(as_of, known_on)
    if release and (as_of or known_on):
        raise typer.BadParameter("--release names a release; --as-of and --known-on work figures out anew")
    try:
        if as_of or known_on:
            from pipelines import worlds

            known = worlds.known(layout, as_of, utc(known_on))
            label = [*released.SYNTHETIC] if known.program.synthetic else []
            with worlds.figures(layout, known) as values:
                told = f"as of {known.as_of}, known on {known.known_on.isoformat()}"
                found = figures.find(values, told, metric, period, city, topic, engagement=engagement, by=by)
                rows = figures.shown(found, told, metric)
        else:
            rows = figures.show(layout.releases, metric, city, topic, period, release, engagement=engagement, by=by)
            label = released.label(layout.releases, rows[0]["release"])
    except released.Unknown as error:
        raise refuse(str(error)) from error
    if not as_json:
        for line in label:
            typer.echo(line)
    show(rows, as_json, "")
