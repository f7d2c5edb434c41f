"""Releases: an immutable, numbered folder of Parquet files and a manifest; CURRENT names one, swapped in one rename.

The gate reads back the very files it is about to publish: their hashes, rows, keys, numbers and columns.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from assets.catalog import Catalog
from assets.raw.casts import file, name, quote
from assets.releases import seal
from assets.releases.seal import MANIFEST

CURRENT = "CURRENT"
PRUNED = "PRUNED"  # the ids of releases that are gone, one a line
SUBMITTED = "SUBMITTED"  # the ids of releases on which a report was submitted, one a line; locked while that changes
BUILDING = ".building-"
NAME = re.compile(r"\d{4}-\d\d-\d\d-r[1-9]\d*")  # of a release; whatever else lies there, such as a copy, is none
ADDRESS = "[^@[:space:]]+@[^@[:space:]]+[.][A-Za-z]{2,}"
INTENT = ".publishing"  # the release about to be named: a killed run leaves it


class Refused(Exception):
    """The release was not published. The message names the file or table and what is wrong with it."""


@dataclass(frozen=True)
class Facts:
    """What a manifest says of a release besides its tables."""

    program: str
    as_of: date
    known_on: datetime
    synthetic: bool
    code_version: str
    catalog_version: str
    inputs: str = ""  # a fingerprint of all that it was made of
    settings: str = "{}"  # the program's rules, as JSON
    restates: str | None = None  # the release before, against which it says what changed


def current(releases: Path) -> str | None:
    """The id of the current release, or None before the first."""
    pointer = releases / CURRENT
    return pointer.read_text(encoding="utf-8").strip() if pointer.exists() else None


def manifest(releases: Path, release: str) -> dict[str, Any]:
    """A release's manifest. Raises seal.Altered where it is not as published."""
    return seal.manifest(releases / release)


def stands(releases: Path, release: str, inputs: str) -> bool:
    """Whether a release was made of these inputs (Facts.inputs) and lies as it was published."""
    try:
        folder = releases / release
        return seal.manifest(folder).get("inputs") == inputs and bool(seal.verified(folder))
    except (seal.Altered, OSError):
        return False


def listing(releases: Path) -> list[str]:
    """Ids of all releases, oldest first."""
    found = [p.parent.name for p in releases.glob(f"*/{MANIFEST}") if NAME.fullmatch(p.parent.name)]
    return sorted(found, key=_order)


def later(one: str, other: str) -> bool:
    """Whether a release comes after another: by the day that it looks at, then by its number."""
    return _order(one) > _order(other)


def _order(release: str) -> tuple[str, int]:
    as_of, _, number = release.rpartition("-r")
    return as_of, int(number)


def before(releases: Path, as_of: date, known_on: datetime) -> str | None:
    """The release that one of that day and instant restates: the newest that looks at no later day and knew no more."""
    known = known_on.astimezone(UTC)
    for release in reversed(listing(releases)):
        try:
            told = seal.manifest(releases / release)
        except seal.Altered:  # what cannot be believed is not restated
            continue
        if told["as_of"] <= as_of.isoformat() and datetime.fromisoformat(told["known_on"]).astimezone(UTC) <= known:
            return release
    return None


def pruned(releases: Path) -> list[str]:
    """The ids of the releases that were removed, in the order in which they went."""
    note = releases / PRUNED
    return note.read_text(encoding="utf-8").split() if note.exists() else []


def next_id(releases: Path, as_of: date) -> str:
    """The id of the next release of that day; no number is ever given twice."""
    ever = [*listing(releases), *pruned(releases)]
    number = 1 + max((int(r.rpartition("-r")[2]) for r in ever if r.startswith(f"{as_of}-r")), default=0)
    return f"{as_of}-r{number}"


@contextmanager
def submissions(releases: Path) -> Iterator[set[str]]:
    """The releases on which a report was submitted; nobody submits or prunes while one holds it. What is added is kept."""
    with (releases / SUBMITTED).open("a+", encoding="utf-8") as note:
        fcntl.flock(note, fcntl.LOCK_EX)
        note.seek(0)
        stood = set(note.read().split())
        named = set(stood)
        yield named
        note.write("".join(f"{release}\n" for release in sorted(named - stood)))
        note.flush()
        os.fsync(note.fileno())


def publish(
    connection: duckdb.DuckDBPyConnection,
    releases: Path,
    facts: Facts,
    catalog: Catalog,
    published: list[str],
    sources: list[dict[str, Any]],
    checks: list[dict[str, Any]],
    quarantine: list[dict[str, Any]] | None = None,
    restated: dict[str, pa.Table] | None = None,
) -> str:
    """Writes, verifies and publishes the tables named of schema `published`; returns the release's id.

    sources: one row per file received; quarantine: rows set aside by file, column and reason; checks: one per rule;
    restated: what changed since the release before (assets/releases/bridge.py), by table.

    Raises Refused, with CURRENT where it was, if a file that was written does not hold.
    """
    releases.mkdir(parents=True, exist_ok=True)
    _sweep(releases)
    release = next_id(releases, facts.as_of)
    building = releases / f"{BUILDING}{release}"
    building.mkdir()
    for table in published:
        keys = catalog.tables[f"published.{table}"].key
        order = ", ".join(f"{name(k)} nulls first" for k in keys)
        target = quote(str(building / f"{table}.parquet"))
        connection.execute(f"copy (select * from published.{table} order by {order}) to {target} (format parquet)")
    beside = {"sources": (sources, SOURCES), "checks": (checks, CHECKS)}
    if quarantine is not None:
        beside["quarantine"] = (quarantine, QUARANTINE)
    for table, (rows, schema) in beside.items():
        pq.write_table(pa.Table.from_pylist(rows, schema), building / f"{table}.parquet")
    for table, told in (restated or {}).items():
        pq.write_table(told, building / f"{table}.parquet")
    tables = [_verified(connection, building, path.stem, catalog) for path in sorted(building.glob("*.parquet"))]
    content = {
        "release": release,
        "program": facts.program,
        "as_of": facts.as_of.isoformat(),
        "known_on": facts.known_on.astimezone(UTC).isoformat(),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "code_version": facts.code_version,
        "catalog_version": facts.catalog_version,
        "inputs": facts.inputs,
        "synthetic": facts.synthetic,
        "settings": json.loads(facts.settings),
        "restates": facts.restates,
        "tables": tables,
        "sources": [
            {k: s[k] for k in ("source", "name", "sha256", "received", "accepted", "quarantined", "repeats")}
            for s in sources
        ],
        "checks": [{k: c[k] for k in ("name", "table", "severity", "passed")} for c in checks],
    }
    (building / MANIFEST).write_text(seal.sealed(content), encoding="utf-8")
    _settle(building)
    intent = releases / INTENT
    intent.write_text(release, encoding="utf-8")
    _settle(intent)
    os.rename(building, releases / release)
    pointer = releases / f".{CURRENT}.part"
    pointer.write_text(release + "\n", encoding="utf-8")
    _settle(pointer)
    os.replace(pointer, releases / CURRENT)
    intent.unlink()
    _settle(releases)
    return release


def _sweep(releases: Path) -> None:
    """Removes what a killed run left: half-built folders, and a whole one that CURRENT never came to name."""
    for stale in releases.glob(f"{BUILDING}*"):
        shutil.rmtree(stale)
    intent = releases / INTENT
    if intent.exists():
        release = intent.read_text(encoding="utf-8")
        if release and release != current(releases) and (releases / release).is_dir():
            shutil.rmtree(releases / release)
        intent.unlink()


def _verified(connection: duckdb.DuckDBPyConnection, building: Path, table: str, catalog: Catalog) -> dict[str, Any]:
    """One table of the manifest, from the file as it lies on disk."""
    path = building / f"{table}.parquet"
    rows_of = f"read_parquet({file(path)})"
    columns = dict(
        connection.execute(f"select column_name, column_type from (describe select * from {rows_of})").fetchall()
    )
    personal = {c for s in catalog.sources.values() for c, spec in s.columns.items() if spec.personal}
    if carried := sorted(c for c in columns if c.lower() in personal):
        raise Refused(f"{path.name} carries personal columns: {', '.join(carried)}")
    (rows,) = connection.execute(f"select count(*) from {rows_of}").fetchall()[0]
    spec = catalog.tables.get(f"published.{table}")
    if spec:
        (made,) = connection.execute(f"select count(*) from published.{table}").fetchall()[0]
        if rows != made:
            raise Refused(f"{path.name} has {rows:,} rows; the warehouse has {made:,}")
        texts = [c for c, t in columns.items() if t == "VARCHAR"]
        mailed = (
            " or ".join(f"(contains({name(c)}, '@') and regexp_matches({name(c)}, '{ADDRESS}'))" for c in texts)
            or "false"
        )
        (addressed,) = connection.execute(f"select count(*) from {rows_of} where {mailed}").fetchall()[0]
        if addressed:
            raise Refused(f"{path.name}: {addressed:,} rows hold an e-mail address")
        keys = ", ".join(name(k) for k in spec.key)
        twice = connection.execute(
            f"select {keys} from {rows_of} group by {keys} having count(*) > 1 limit 1"
        ).fetchall()
        if twice:
            raise Refused(f"{path.name}: more than one row of {keys} = {', '.join(map(str, twice[0]))}")
    numbers = [c for c, t in columns.items() if re.fullmatch("DOUBLE|FLOAT", t)]
    bad = " or ".join(f"isnan({name(c)}) or isinf({name(c)})" for c in numbers) or "false"
    (unfinite,) = connection.execute(f"select count(*) from {rows_of} where {bad}").fetchall()[0]
    if unfinite:
        raise Refused(f"{path.name}: {unfinite:,} rows hold an infinite number or no number")
    with path.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    _settle(path)
    return {"name": table, "rows": rows, "sha256": sha256}


def _settle(path: Path) -> None:
    """On disk, not only in memory, before the next step."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


TEXT, COUNT = pa.string(), pa.int64()
SOURCES = pa.schema(
    {
        **dict.fromkeys(("source", "name", "table", "sha256", "status"), TEXT),
        **dict.fromkeys(("received", "accepted", "quarantined", "repeats"), COUNT),
        **dict.fromkeys(("message", "vintage", "unused"), TEXT),
        **dict.fromkeys(("received_at", "known_at"), pa.timestamp("us")),
    }
)
QUARANTINE = pa.schema({"source": TEXT, "name": TEXT, "column": TEXT, "reason": TEXT, "rows": COUNT})
CHECKS = pa.schema(
    {"name": TEXT, "table": TEXT, "severity": TEXT, "passed": pa.bool_(), "failed_rows": COUNT, "detail": TEXT}
)
