"""Which release somebody saw last on this computer: `diff` without a release tells what changed since.

It is kept with the person's own settings, not in HOME: a visit is nobody else's business.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import typer

from assets.whole import whole

FILE = "visits.json"


def last(home: Path) -> str | None:
    """The release that was current when this person last asked; None at the first time."""
    return _read().get(str(home.resolve()))


def note(home: Path, release: str) -> None:
    """Remembers the release that was seen; where that cannot be kept it says so and goes on."""
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as part:
            part.write_text(json.dumps(_read() | {str(home.resolve()): release}, indent=1))
    except OSError as error:
        typer.echo(
            f"This visit is not remembered: {path} cannot be written ({os.strerror(error.errno or 0)})", err=True
        )


def nothing(seen: str | None, release: str, known: Sequence[str]) -> str:
    """What is said where there is nothing to tell apart."""
    if seen is None:
        return f"This is your first visit; the next `cities311 diff` tells what changed since {release}."
    if seen not in known:
        return f"Release {seen}, current at your last visit, is no longer there; name one of: {', '.join(known)}"
    if seen != release:
        return (
            f"Release {release} comes before {seen}, which was current at your last visit: it corrects nothing of it."
        )
    return f"Nothing was published since your last visit: release {release} is still the current one."


def _path() -> Path:
    return Path(typer.get_app_dir("cities311")) / FILE


def _read() -> dict[str, str]:
    try:
        told = json.loads(_path().read_text())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
