"""The command `explain`: the passport of a figure, and the records behind it as a file."""

import json
import os
import shlex
import textwrap
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines import figures, released
from pipelines.options import Home, Json
from pipelines.released import Unknown

if TYPE_CHECKING:
    from assets.releases.explained import Passport

WIDTH, INDENT = 112, 18
OPTIONS = {"dimension": "--by", "dimension_value": "--value", "basis": "--basis", "period": "--period"}
SUFFIXES = (".csv", ".parquet")


class Basis(StrEnum):
    """By which list of eligible cities."""

    then = "then"
    now = "now"


def command(
    metric: Annotated[str, typer.Argument(help="Metric id, such as on_time_pct.")],
    city: Annotated[str | None, typer.Option(help="City GEOID.")] = None,
    topic: Annotated[str | None, typer.Option(help="Topic id.")] = None,
    engagement: Annotated[str | None, typer.Option(help="Engagement id.")] = None,
    by: Annotated[str | None, typer.Option(help="A breakdown: size_quartile, service, partner …")] = None,
    value: Annotated[str | None, typer.Option(help="The part of the breakdown.")] = None,
    basis: Annotated[Basis | None, typer.Option(help="Cities eligible in the period, or eligible now.")] = None,
    period: Annotated[str, typer.Option(help="2014-06, FY2014Q3, FY2014 or to_date.")] = "to_date",
    release: Annotated[str | None, typer.Option(help="Release id (default: the current one).")] = None,
    rows: Annotated[
        Path | None, typer.Option(help="Write the records that count to this .csv or .parquet file.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """How a figure is made: definition, counts, what is left out and why, its files, and whether its records give it again."""
    if rows and rows.suffix not in SUFFIXES:
        raise typer.BadParameter(f"{rows} ends neither in .csv nor in .parquet", param_hint="--rows")
    from pipelines.commands import layout_of, refuse

    releases = layout_of(home).releases
    try:
        release = released.named(releases, release)
        found = figures.find(
            figures.published(releases, release),
            release,
            metric,
            period,
            city,
            topic,
            engagement=engagement,
            by=by,
            value=value,
            basis=basis,
        )
        if len(found) > 1:
            raise Unknown(_choices(metric, found))
        told, line = _explained(releases, release, found[0], rows)
    except Unknown as error:
        raise refuse(str(error)) from error
    if as_json:
        typer.echo(json.dumps(whole(told, rows, line), ensure_ascii=False, default=str))
        return
    typer.echo("\n".join(released.label(releases, release) + text(told, rows, line)))


def _explained(releases: Path, release: str, row: Mapping[str, Any], rows: Path | None) -> tuple["Passport", str]:
    """The passport, and the line that works the file of records out again (empty without one). Raises Unknown."""
    from assets.releases import explained, passport, publish
    from pipelines.settings import Layout

    if rows and Layout(releases.parent).keeps(rows):
        raise Unknown(
            f"{rows} would lie among the program's own files, where nothing is ever added; choose another folder"
        )
    keys = {key: row[key] for key in passport.KEYS}
    line, why = "", ""
    with passport.connect(releases / release) as connection:
        told = explained.of(connection, publish.manifest(releases, release), keys)
        if rows and told.counted is None:
            why = f"{rows} was not written: {told.why}"
        elif rows:
            try:
                passport.export(connection, rows, told.synthetic)
                line = explained.command(connection, told, rows)
            except OSError as error:
                why = f"{rows} cannot be written: {os.strerror(error.errno) if error.errno else error}"
    if why:
        raise Unknown(why)
    return told, line


def _choices(metric: str, found: list[dict[str, Any]]) -> str:
    """Which figures fit, as the options that choose each."""
    used = [key for key in OPTIONS if len({row[key] for row in found}) > 1 or key == "dimension"]
    lines = [
        "  " + " ".join(f"{OPTIONS[key]} {shlex.quote(row[key])}" for key in used if row[key] is not None)
        for row in found
    ]
    return "\n".join([f"{len(found)} figures of {metric} fit; choose one:", *lines])


def whole(told: "Passport", rows: Path | None, line: str) -> dict[str, Any]:
    """The passport as one object."""
    figure, metric, facts = dict(told.figure), told.metric, told.facts
    return {
        "release": facts["release"],
        "synthetic": told.synthetic,
        "title": metric.get("title"),
        "definition": metric.get("definition"),
        "numerator_is": metric.get("numerator"),
        "denominator_is": metric.get("denominator"),
        "limits": metric.get("limits"),
        "interval_is": told.interval,
        "city": told.city,
        **figure,
        "records": told.counted,
        "left_out": told.left_out,
        "recomputed": told.again,
        "same": told.same,
        "why_not": told.why or None,
        **{key: facts[key] for key in ("as_of", "known_on", "created_at", "code_version", "catalog_version")},
        "sql": told.sql,
        "files": told.files,
        "feeds_without_a_file": told.absent,
        "rows": str(rows) if rows else None,
        "command": line or None,
    }


def text(told: "Passport", rows: Path | None, line: str) -> list[str]:
    """The passport as lines for people."""
    figure, metric, facts = told.figure, told.metric, told.facts
    version = f"version {figure['metric_version']}" if figure.get("metric_version") else "version not recorded"
    lines = [f"{metric.get('title') or figure['metric']} ({figure['metric']}, {version})", *_wrapped("", scope(told))]
    lines += ["", *_wrapped("What it is", metric.get("definition") or "not told by this release")]
    lines += ["", *_wrapped("Figure", _figure(told))]
    if figure["numerator"] is not None:
        lines += _wrapped("Numerator", f"{number(figure['numerator'])}: {metric.get('numerator') or 'not told'}")
    if figure["denominator"] is not None:
        lines += _wrapped("Denominator", f"{number(figure['denominator'])}: {metric.get('denominator') or 'not told'}")
    if told.interval:
        lines += _wrapped("Interval", told.interval)
    lines += ["", *_records(told)]
    if metric.get("limits"):
        lines += ["", *_wrapped("Limits", metric["limits"])]
    lines += ["", *_wrapped("Release", f"{facts['release']}, published {facts['created_at'] or 'at an unknown time'}")]
    lines += _wrapped("As of", f"{facts['as_of']}, known on {facts['known_on'] or 'not recorded'}")
    lines += _wrapped(
        "Versions", f"code {facts['code_version'] or 'unknown'}, catalog {facts['catalog_version'] or 'unknown'}"
    )
    lines += _wrapped("SQL", ", ".join(told.sql) or "not told by this release")
    lines += ["", *_files(told)]
    if rows:
        count = f"{told.counted:,} record{'' if told.counted == 1 else 's'}"
        again = " This line works the figure out again from that file alone:"
        lines += ["", f"Wrote {count} to {rows}.{again if line else ''}", *([line] if line else [])]
    return lines


def scope(told: "Passport") -> str:
    """Of whom and of when a figure is."""
    figure = told.figure
    parts = [f"city {figure['city_id']}" + (f" ({told.city})" if told.city else "")] if figure["city_id"] else []
    parts += [f"{key} {figure[f'{key}_id' if key == 'engagement' else key]}" for key in _keyed(figure)]
    if figure["dimension"]:
        parts.append(f"{figure['dimension']} {figure['dimension_value']}")
    if figure["basis"]:
        parts.append("cities eligible in the period" if figure["basis"] == "then" else "cities eligible now")
    if figure["grain"] == "network":
        parts.insert(0, "the whole network")
    return f"{', '.join(parts)}; {figure['period']} ({figure['period_start']} to {figure['period_end']})"


def _keyed(figure: Mapping[str, Any]) -> list[str]:
    return [key for key, column in (("topic", "topic"), ("engagement", "engagement_id")) if figure[column]]


def _figure(told: "Passport") -> str:
    """The value with its unit and interval, k of N, state, status and reason."""
    figure, decimals = told.figure, told.metric.get("decimals") or 0
    unit, k, n = str(figure["unit"] or ""), figure["numerator"], figure["denominator"]
    parts = []
    if figure["amount_usd"] is not None:
        parts.append(quantity(figure["amount_usd"], "usd", 2))
    elif figure["value"] is not None:
        parts.append(quantity(figure["value"], unit, decimals))
    if unit == "percent" and k is not None and n is not None and k % 1 == n % 1 == 0:
        parts.append(f"{number(k)} of {number(n)}")
    if figure["value"] is not None and (figure["ci_low"] is not None or figure["ci_high"] is not None):
        low, high = (
            quantity(figure[side], unit, decimals) if figure[side] is not None else "open"
            for side in ("ci_low", "ci_high")
        )
        parts.append(f"95% interval {low} to {high}")
    parts.append("" if figure["state"] == "value" else figure["state"].replace("_", " "))
    parts.append(str(figure["status"] or ""))
    said = ", ".join(part for part in parts if part)
    return f"{said}: {figure['reason']}" if figure["reason"] else said


def _records(told: "Passport") -> list[str]:
    """How many records count and how many do not, and whether they give the figure again."""
    if told.counted is None:
        return _wrapped("Records", f"{told.why}.")
    out = "; ".join(f"{reason}: {count:,}" for reason, count in told.left_out.items()) or "none of its scope"
    count = f"{told.counted:,} record{' counts' if told.counted == 1 else 's count'}"
    lines = [*_wrapped("Records", count), *_wrapped("Left out", out)]
    if told.again is None or told.same is None:
        return lines + _wrapped("Worked out again", f"not compared: {told.why}.")
    if told.same:
        return lines + _wrapped("Worked out again", "from these records: the same figure.")
    given = ", ".join(f"{name} {number(value)}" for name, value in told.again.items() if value is not None)
    return lines + _wrapped("Worked out again", f"from these records: NOT THE SAME. They give {given or 'nothing'}.")


def _files(told: "Passport") -> list[str]:
    """The files of the metric's feeds, with what became of their rows."""
    count = f"{len(told.files):,} file{'' if len(told.files) == 1 else 's'}"
    lines = [f"{count} behind it: SHA-256, rows received = accepted + set aside + repeats, name"]
    for each in told.files:
        aside, repeats = each["quarantined"], each["repeats"]
        lines.append(
            f"  {each['sha256']}  {each['received']:,} = {each['accepted']:,} + {aside:,} + {repeats:,}  {each['name']}"
        )
    return lines + [f"  nothing was received of {feed}" for feed in told.absent]


def quantity(value: Any, unit: str, decimals: int) -> str:
    """A value with its unit, to the published decimals."""
    if unit == "usd":
        return f"{'-' if value < 0 else ''}${abs(value):,.2f}"
    said = f"{value + 0:,.{decimals}f}"
    return (
        f"{said}%{unit.removeprefix('percent')}"
        if unit.startswith("percent") and "points" not in unit
        else f"{said} {unit}"
    )


def number(value: Any) -> str:
    """A count or a sum of weights or dollars, without the noise of floating point."""
    said = f"{value:,.6f}".rstrip("0").rstrip(".")
    return "0" if said == "-0" else said


def _wrapped(label: str, said: str) -> list[str]:
    """A label and its text, wrapped with a hanging indent."""
    if not label:
        return textwrap.wrap(said, WIDTH)
    return textwrap.wrap(
        said, WIDTH, initial_indent=f"{label:<{INDENT}}", subsequent_indent=" " * INDENT, break_long_words=False
    ) or [label]
