"""Options that many commands share."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[Path | None, typer.Option("--home", help="Where everything is kept (CITIES311_HOME; default data/).")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for a program to read.")]


def dated(as_of: str | None, known_on: str | None) -> None:
    """Exits with code 2 where a day or an instant is not written as one."""
    try:
        if as_of and date.fromisoformat(as_of) > datetime.now(UTC).date():
            raise ValueError(f"{as_of} lies in the future")
        if known_on:
            utc(known_on)
    except (ValueError, OverflowError) as error:
        typer.echo(f"{error}: write --as-of as 2015-03-31 and --known-on as 2015-04-15T12:00:00Z", err=True)
        raise typer.Exit(2) from error


def utc(known_on: str | None) -> str:
    """An instant without an offset is taken as UTC."""
    if not known_on:
        return ""
    instant = datetime.fromisoformat(known_on)
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
