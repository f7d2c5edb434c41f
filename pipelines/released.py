"""What the commands read of a release: which one, that it is synthetic, rows of its tables."""

from pathlib import Path
from typing import Any

from assets.releases import seal

SYNTHETIC = (seal.SYNTHETIC, "")  # what people read first of measurements that are made up


class Unknown(Exception):
    """No such release, table, metric or key; the message says which there are."""


def named(releases: Path, release: str | None) -> str:
    """The release of that id, or the current one, every file of it as published. Raises Unknown."""
    from assets.releases import publish

    release = release or publish.current(releases)
    if release is None:
        raise Unknown("no release yet; run `cities311 run`")
    # a path to a release is not its id, which is what a report and a log say of it
    if release != Path(release).name or not (releases / release / seal.MANIFEST).exists():
        raise Unknown(f"no release {release}; there are: {', '.join(publish.listing(releases)) or 'none yet'}")
    try:
        seal.verified(releases / release)
    except seal.Altered as error:
        others = [r for r in publish.listing(releases) if r != release]
        raise Unknown(
            f"{error}; restore it from a copy, or read another: {', '.join(others) or 'there is none'}"
        ) from error
    return release


def label(releases: Path, release: str) -> list[str]:
    """The first lines of what people read of a release whose measurements are made up; none of another."""
    from assets.releases import publish

    return [*SYNTHETIC] if publish.manifest(releases, release).get("synthetic") else []


def table(releases: Path, release: str, name: str) -> str | None:
    """A table of the release as SQL reads it; None if the release lacks it."""
    from assets.raw import casts

    path = releases / release / f"{name}.parquet"
    return f"read_parquet({casts.file(path)})" if path.exists() else None


def rows(sql: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
    """What a query finds, as dicts."""
    import duckdb

    with duckdb.connect() as connection:
        found = connection.execute(sql, values or [])
        names = [d[0] for d in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
