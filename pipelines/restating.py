"""What changed between two releases and why: the figures worked out after each cause in turn, in a copy of the warehouse.

From the newer state back: what came later is taken out again, cause by cause, and only what that changes is made anew. A cause
of which there is nothing costs nothing. The old definitions are held by the old release itself: where code or catalog
moved, its inputs are worked out once by the code of today, and what that makes of them is definition_or_code.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from assets import catalog, clock, duplicates, models, pieces, program
from assets.catalog import Table
from assets.raw.casts import file
from assets.raw.receipts import Receipts
from assets.releases import bridge, publish, seal, versions
from pipelines import knowledge, steps, worlds, writing
from pipelines import versions as texts
from pipelines.knowledge import Known, Request
from pipelines.settings import Layout

FIGURES = "metrics.metric_values"
DEFINITION = len(versions.CAUSES)
# what they say is when records came, by which a figure is provisional or final; no value follows from it
ARRIVALS = {
    f"staging.{t}"
    for t in ("late_records", "month_changes", "register_versions", "vanished_records", "unmapped_topics")
}
VINTAGE, ELIGIBILITY = DEFINITION - 1, DEFINITION - 2


class Lacking(Exception):
    """What a release was made of is not there any more; the message says which files."""


@dataclass(frozen=True)
class Side:
    """One of the two: its id, what was known, its figures as SQL reads them, and whether the code of today made them."""

    release: str
    known: Known
    values: str
    is_ours: bool


def side(layout: Layout, landing: Path, ledger: Receipts, release: str) -> Side:
    """A published release, with what was known to it: the files that its manifest lists, as they were read then. Raises Lacking."""
    told = publish.manifest(layout.releases, release)
    known_on = datetime.fromisoformat(told["known_on"])
    listed = {(s["name"], s["sha256"]) for s in told["sources"]}
    rules = program.Program.model_validate(told["settings"]) if "settings" in told else program.load(landing)
    arrived = [r for r in ledger.known(known_on) if (r.name, r.sha256) in listed]
    there = {(r.name, r.sha256) for r in arrived}
    if gone := sorted(name for name, sha256 in listed if (name, sha256) not in there):
        told_of = ", ".join(gone[:3]) + (f" and {len(gone) - 3} more" if len(gone) > 3 else "")
        raise Lacking(
            f"release {release} was made of files that are no longer on record: {told_of}; restore raw/ from a copy"
        )
    known = knowledge.at(layout, rules, date.fromisoformat(told["as_of"]), known_on, arrived)
    values = f"read_parquet({file(layout.releases / release / 'metric_values.parquet')})"
    ours = (told["code_version"], told["catalog_version"]) == (texts.code(), texts.catalog())
    return Side(release, known, values, ours)


def publish_standing(request: Request) -> str:
    """Publishes what stands in the warehouse with what it changes of the release before it, unless that is what it was made of;
    returns the release's id. Raises publish.Refused, and writing.Busy where another run is at work."""
    with writing.alone(request.layout):
        with writing.warehouse(request.layout) as connection:
            if current := steps.standing(connection, request):
                return current
        restated = since_before(request)
        with writing.warehouse(request.layout) as connection:
            return steps.release(connection, request, restated)


def since_before(request: Request) -> dict[str, pa.Table]:
    """What the tables that stand in the warehouse change of the release before (publish.before); nothing where there is none to
    believe."""
    layout, ledger = request.layout, knowledge.receipts(request.layout)
    known = knowledge.of(request, ledger)
    old = publish.before(layout.releases, known.as_of, known.known_on)
    if old is None:
        return {}
    try:
        seal.verified(layout.releases / old)
        stood = side(layout, request.landing, ledger, old)
    except (seal.Altered, Lacking, OSError):  # what cannot be believed is not restated
        return {}
    new = Side(publish.next_id(layout.releases, known.as_of), known, FIGURES, True)
    return between(layout, ledger, stood, new)


def between(layout: Layout, ledger: Receipts, old: Side, new: Side) -> dict[str, pa.Table]:
    """restatements and restated_records, from the older to the newer of two."""
    with worlds.scratch(layout) as connection:
        worlds.stand(connection, ledger, new.known, [FIGURES])
        _Walk(connection, ledger, old, new).all()
        made = {t: connection.sql(f"from bridge.{t}").to_arrow_table() for t in bridge.tables()}
        return {t: made[t].select(schema.names).cast(schema) for t, schema in bridge.tables().items()}


class _Walk:
    """The way back from what is known now to what was known then."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, ledger: Receipts, old: Side, new: Side) -> None:
        self.connection, self.ledger, self.old, self.new = connection, ledger, old, new
        self.every = worlds.ancestors([FIGURES], ("core", "metrics"))
        self.staging = worlds.ancestors([FIGURES], ("staging",))
        self.tables = {t: s for t, s in catalog.load().tables.items() if t in self.staging}
        self.types = {t: self.described(t) for t in self.tables}
        self.at = "new"

    def all(self) -> None:
        connection, old, new = self.connection, self.old, self.new
        bridge.prepare(connection)
        bridge.snap(connection, "old", old.values)
        bridge.snap(connection, "new", new.values)
        if not new.is_ours:
            self.built("w7", DEFINITION, 80)
        records, whole = self.compare()
        bridge.place(connection, old.values, new.values)
        present = set().union(*(versions.causes(connection, self.tables[t], self.types[t]) for t in records), set())
        present |= {ELIGIBILITY} if "staging.eligibility" in whole else set()
        present |= {VINTAGE} if whole - {"staging.eligibility"} else set()
        present |= {versions.REMOVED} if old.known.duplicates != new.known.duplicates else set()
        present |= {versions.FOLLOW_UP} if old.known.as_of != new.known.as_of else set()
        if old.known.program != new.known.program:
            steps.set_clocks(connection, replace(new.known, program=old.known.program))
            self.down(DEFINITION, present, 70)
        if VINTAGE in present:
            self.put_back(whole - {"staging.eligibility"})
            self.down(VINTAGE, present)
        if ELIGIBILITY in present:
            self.put_back({"staging.eligibility"})
            self.down(ELIGIBILITY, present)
        for cause in (versions.REMOVED, versions.CORRECTED, versions.LATE):
            if cause in present:
                self.rewind(records, cause - 1)
                self.down(cause, present)
        if versions.FOLLOW_UP in present and not old.is_ours:
            self.rewind(records, 0)
            steps.set_clocks(connection, old.known)
            self.down(versions.FOLLOW_UP, {versions.FOLLOW_UP})
        if self.at != "old":
            cause, turn = (versions.FOLLOW_UP, 10) if old.is_ours and versions.FOLLOW_UP in present else (DEFINITION, 0)
            bridge.step(connection, cause, turn, "old", self.at)
        bridge.settle(connection, old.release, new.release, old.known.as_of)

    def compare(self) -> tuple[list[str], set[str]]:
        """Which tables of staging differ: those whose records are told apart, and those that change as a whole."""
        connection, old, new = self.connection, self.old, self.new
        stood = {t: s.version for t, s in models.prepare(connection).items()}
        steps.point(connection, self.ledger, old.known)
        raw = {t: s.version for t, s in models.prepare(connection).items() if t.startswith("raw.")}
        moved = {t for t, version in raw.items() if version != stood[t]}
        for table, model in self.staging.items():
            if model.reads & moved:
                sql = re.sub(r"\bstaging\.(\w+)", lambda m: f"before.{m[1]}" if m[0] in moved else m[0], model.sql)
                connection.execute(f"create table before.{table.partition('.')[2]} as\n{sql}")
                moved.add(table)
        steps.point(connection, self.ledger, new.known)
        at = clock.utc(old.known.as_of + timedelta(days=1), clock.MIDNIGHT, ZoneInfo(old.known.program.time_zone))
        cut = versions.Cut(old.known.as_of, at)
        records, whole = list[str](), set[str]()
        for table in sorted(moved & self.tables.keys() - ARRIVALS):
            spec, name = self.tables[table], table.partition(".")[2]
            if spec.changes is None:
                if pieces.content(connection, table) != pieces.content(connection, f"before.{name}"):
                    whole.add(table)
                    bridge.gather(connection, _rows(spec, name, self.types[table]))
            elif versions.compare(connection, spec, self.types[table], cut):
                records.append(table)
                bridge.gather(connection, versions.changed(spec, self.types[table], new.known.as_of))
        for table, spec in self.tables.items():
            if spec.changes and old.known.as_of < new.known.as_of:
                days = (old.known.as_of, new.known.as_of)
                bridge.gather(connection, versions.seen(spec, self.types[table], *days, apart=table in records))
        return records, whole

    def described(self, table: str) -> dict[str, str]:
        """The columns of a table with their types."""
        rows = self.connection.execute(f"describe {table}").fetchall()
        return {row[0]: row[1].lower() for row in rows}

    def down(self, cause: int, present: set[int], turn: int | None = None) -> None:
        """One step: the figures without this cause, which are the old release's own where nothing is left to take out."""
        left = {c for c in present if c < cause}
        self.built("old" if not left and self.old.is_ours else f"w{cause - 1}", cause, turn or 10 * cause)

    def built(self, name: str, cause: int, turn: int) -> None:
        if name != "old":
            worlds.make(self.connection, self.every)
            bridge.snap(self.connection, name, FIGURES)
        bridge.step(self.connection, cause, turn, name, self.at)
        self.at = name

    def rewind(self, records: list[str], causes: int) -> None:
        for table in records:
            versions.rewind(self.connection, self.tables[table], self.types[table], causes)
            self.moved(table, f"after cause {causes}")
        if causes < versions.REMOVED:
            duplicates.build(self.connection, self.old.known.duplicates)
            self.moved("reference.decided_duplicates", f"of {self.old.release}")

    def put_back(self, tables: set[str]) -> None:
        for table in tables:
            self.connection.execute(f"create or replace table {table} as from before.{table.partition('.')[2]}")
            self.moved(table, f"of {self.old.release}")

    def moved(self, table: str, why: str) -> None:
        told = knowledge.digest(table, why, pieces.content(self.connection, table))
        self.connection.execute("insert or replace into meta.tables values (?, ?, 0, ?)", [table, told, told])


def _rows(spec: Table, name: str, types: Mapping[str, Any]) -> str:
    """How many rows of a table that changes as a whole are in one of the two states only."""
    cause = ELIGIBILITY if name == "eligibility" else VINTAGE
    columns = ", ".join(f'"{c}"' for c in types if c in spec.key or c not in versions.KEPT)
    city = "city_id" if "city_id" in types else "null::varchar"
    return f"""
        select {cause} as cause, '{name}' as feed, concat_ws(' · ', {", ".join(spec.key)}) as record_id, 'changed' as what,
            {city} as city_id, 1 as records
        from (
            (select {columns} from before.{name} except select {columns} from staging.{name})
            union (select {columns} from staging.{name} except select {columns} from before.{name})
        ) group by all
    """
