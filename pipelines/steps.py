"""The steps of a run, in order: take in, clocks, build a layer, check, publish. Dagster and the benchmarks call the same.

No business rule and no SELECT of figures here: when and in which order, nothing else.
"""

import json
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from assets import catalog, checks, decisions, duplicates, locks, models, pieces, program, reference
from assets.raw import arrivals, casts, ingest, places
from assets.raw.receipts import Receipt, Receipts
from assets.raw.views import make_views
from assets.releases import bridge, publish
from pipelines import versions, writing
from pipelines.knowledge import Known, Request, digest, of, receipts
from pipelines.settings import ROOT

# Who started the run sees what it is at: the command line sets this, the Dagster UI has its own log.
progress: ContextVar["Report"] = ContextVar("progress", default=lambda line: None)
CLOCKS = "reference"  # what the tables of the clocks were made from, as one
LAYERS = ("staging", "core", "metrics", "published")
Report = Callable[[str], None]


def take_in(connection: duckdb.DuckDBPyConnection, request: Request, report: Report) -> list[Receipt]:
    """Reads what is new in landing and points the raw views at what is known. Returns the receipts written now."""
    writing.keep_to(request.layout, request.landing)
    ledger, zone = receipts(request.layout), program.load(request.landing).time_zone
    watch = progress.get()

    def tell(line: str) -> None:
        report(line)
        watch(f"Taking in {line}")

    decided = decisions.place_names(request.layout.decisions)
    new = ingest.ingest(request.landing, ledger, connection, catalog.load(), zone, tell, decided)
    known, sources = of(request, ledger), catalog.load().sources
    point(connection, ledger, known)
    found = [o for s in sources.values() for o in checks.check_source(connection, s, known.receipts)]
    found += checks.check_readings(request.landing, known.receipts)
    ever = ledger.known(datetime.max.replace(tzinfo=UTC))
    found += checks.check_corrections(request.landing, sources.values(), ever)
    # whatever known_on: a file that is dated back before a lock also sets the instant up to which decisions count before it
    _keep(connection, found)
    return new


def point(connection: duckdb.DuckDBPyConnection, ledger: Receipts, known: Known) -> None:
    """Points the raw views at what is known."""
    prints = make_views(connection, ledger, catalog.load().sources, known.receipts)
    places.build(connection, known.decided, prints["census_gazetteer"])
    models.prepare(connection)
    _remember(connection, {f"raw.{table}": fingerprint for table, fingerprint in prints.items()})


def set_clocks(connection: duckdb.DuckDBPyConnection, known: Known) -> dict[str, int]:
    """Makes schema `reference`: the two clocks, periods, business hours, dictionaries. Returns row counts."""
    told, entries = known.program, catalog.load()
    params = reference.Params(
        as_of=known.as_of,
        known_on=known.known_on.astimezone(UTC).replace(tzinfo=None),
        program=told.program,
        synthetic=told.synthetic,
        time_zone=told.time_zone,
        launched_on=told.launched_on,
        service_level_business_hours=told.service_level.business_hours,
        service_level_calendar_hours=told.service_level.calendar_hours,
        rules=None if told.eligibility is None else [c.model_dump() for c in told.eligibility],
    )
    metrics = [m.model_dump() for m in entries.metrics.values()]
    topics = [t.model_dump() for t in entries.topics]
    due = [d.model_dump() for d in entries.due]
    stood = models.prepare(connection)
    feeds = (
        [stood[f"raw.{t}"].version for t in ("requests", "ledger", "eligibility")] if told.launched_on is None else []
    )
    fingerprint = digest(repr(params), json.dumps([metrics, topics, due]), *feeds, _clocks_code())
    gazetteer = digest(stood["raw.census_gazetteer"].version, places.version(), decisions.text(known.decided))
    prints = dict.fromkeys((f"reference.{t}" for t in places.TABLES), gazetteer)
    prints |= {CLOCKS: fingerprint, "reference.decided_duplicates": digest(repr(known.duplicates))}
    prints["reference.locked_periods"] = digest(repr(known.locks))
    with writing.transaction(connection):  # a killed run leaves the old clocks or the new ones, never some of each
        if CLOCKS not in stood or stood[CLOCKS].fingerprint != fingerprint:
            made = reference.build(connection, params, topics=topics, metrics=metrics, due=due)
            # by what they say: a later receipt alone moves known_on and no table else
            prints |= {f"reference.{t}": pieces.content(connection, f"reference.{t}") for t in made}
        duplicates.build(connection, known.duplicates)
        locks.build(connection, known.locks)
        arrivals.build(connection, known.receipts, ZoneInfo(told.time_zone))
        prints["reference.receipts"] = pieces.content(connection, "reference.receipts")
        _remember(connection, prints)
    return {t: connection.execute(f"select count(*) from reference.{t}").fetchall()[0][0] for t in models.REFERENCE}


def build(connection: duckdb.DuckDBPyConnection, layer: str) -> dict[str, models.Made]:
    """Makes the tables of one layer whose text or inputs changed, and checks them."""
    entries = catalog.load()
    stood = models.prepare(connection)
    every = every_model()
    inputs = {table: one.version for table, one in stood.items()}
    watch = progress.get()
    of_layer = {t: m for t, m in every.items() if m.layer == layer}
    made = models.build(
        connection,
        of_layer,
        inputs,
        lambda made: watch(f"Made {made.table}: {made.rows:,} rows"),
        {t: spec.pieces for t, spec in entries.tables.items() if spec.pieces},
    )
    prints = {table: one.version for table, one in models.prepare(connection).items()}
    checked = dict(connection.execute("select name, fingerprint from meta.checked").fetchall())
    found: list[checks.Outcome] = []
    renewed: dict[str, str] = {}
    for table in made:
        spec = entries.tables.get(table)
        if spec is None:
            continue
        parents = [c.references.rpartition(".")[0] for c in spec.columns.values() if c.references]
        fingerprint = digest(prints[table], spec.model_dump_json(), *(prints.get(p, "") for p in parents))
        if checked.get(table) != fingerprint:
            found += checks.check_table(connection, spec)
            renewed[table] = fingerprint
    _keep(connection, found, renewed)
    return made


def outcomes(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every check outcome that stands, ordered."""
    found = connection.execute(
        'select name, "table", severity, passed, failed_rows, detail from meta.checks order by 2, 1'
    )
    names = [d[0] for d in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def blocked(found: list[dict[str, Any]]) -> str:
    """Which checks keep a release back, and on which rows; empty where none does."""
    failed = [o for o in found if not o["passed"] and o["severity"] == "fail"]
    lines = [f"{o['table']}: {o['name']} failed on {o['failed_rows']:,} rows: {o['detail']}" for o in failed]
    return "\n".join(["a blocking check failed; the last good release stays up", *lines]) if lines else ""


def standing(connection: duckdb.DuckDBPyConnection, request: Request) -> str | None:
    """The current release where what stands was made into it already. Raises publish.Refused where a blocking check failed."""
    if why := blocked(outcomes(connection)):
        raise publish.Refused(why)
    inputs = of(request, receipts(request.layout)).digest(versions.code(), versions.catalog())
    current = publish.current(request.layout.releases)
    # the same files, days, code and catalog make the same release
    return current if current and publish.stands(request.layout.releases, current, inputs) else None


def release(connection: duckdb.DuckDBPyConnection, request: Request, restated: dict[str, pa.Table]) -> str:
    """Publishes what stands; returns the release's id.

    restated: what changed since the release before (publish.before), by table.
    Raises publish.Refused where a blocking check failed.
    """
    found = outcomes(connection)
    if why := blocked(found):
        raise publish.Refused(why)
    ledger = receipts(request.layout)
    known = of(request, ledger)
    clocks = connection.execute(
        "select p.as_of, k.known_on from reference.params as p, reference.knowledge as k"
    ).fetchall()
    if clocks != [(known.as_of, known.known_on.astimezone(UTC).replace(tzinfo=None))]:
        raise publish.Refused("another run has moved the clocks since the tables were made; run again")
    inputs = known.digest(versions.code(), versions.catalog())
    facts = publish.Facts(
        program=known.program.program,
        as_of=known.as_of,
        known_on=known.known_on,
        synthetic=known.program.synthetic,
        code_version=versions.code(),
        catalog_version=versions.catalog(),
        inputs=inputs,
        settings=known.program.model_dump_json(),
        restates=publish.before(request.layout.releases, known.as_of, known.known_on) if restated else None,
    )
    published = [m.path.stem for m in every_model().values() if m.layer == "published"]
    sources = [
        {
            **asdict(r),
            "vintage": r.facts.get("vintage"),
            "unused": ", ".join(r.unused),
            **{at: datetime.fromisoformat(getattr(r, at)).replace(tzinfo=None) for at in ("received_at", "known_at")},
        }
        for r in known.receipts
    ]
    return publish.publish(
        connection,
        request.layout.releases,
        facts,
        catalog.load(),
        published,
        sources,
        found,
        _set_aside(connection, ledger, known.receipts),
        restated or bridge.nothing(),
    )


def _set_aside(connection: duckdb.DuckDBPyConnection, ledger: Receipts, known: list[Receipt]) -> list[dict[str, Any]]:
    """Rows set aside, by file, column and reason."""
    rows: list[dict[str, Any]] = []
    for r in known:
        told = {"source": r.source, "name": r.name}
        if r.status == "refused":
            rows.append({**told, "column": None, "reason": r.message, "rows": r.quarantined})
        elif r.status == "accepted" and r.quarantined:
            found = connection.execute(
                f"""
                select "column", expected, count(*) from read_parquet({casts.file(ledger.aside(r))})
                where state = 'quarantined' group by all order by all
                """
            ).fetchall()
            rows += [{**told, "column": column, "reason": reason, "rows": count} for column, reason, count in found]
    return rows


@cache
def _clocks_code() -> str:
    files = ("reference.py", "clock.py", "topics.py", "catalog/topic_mappings.yml")
    return "".join((ROOT / "assets" / name).read_text(encoding="utf-8") for name in files)


@cache
def every_model() -> dict[str, models.Model]:
    """The SQL files, parsed once."""
    return models.load(catalog.load().sources)


def _remember(connection: duckdb.DuckDBPyConnection, prints: dict[str, str]) -> None:
    connection.executemany(
        "insert or replace into meta.tables values (?, ?, 0, ?)", [[name, told, told] for name, told in prints.items()]
    )


def _keep(
    connection: duckdb.DuckDBPyConnection, found: list[checks.Outcome], renewed: dict[str, str] | None = None
) -> None:
    """Replaces the outcomes of the tables checked now (fingerprint by name; None: of all that is raw), all or none of them."""
    with writing.transaction(connection):
        if renewed is None:
            connection.execute("delete from meta.checks where starts_with(\"table\", 'raw.')")
        else:
            tables = list(renewed)
            connection.execute('delete from meta.checks where "table" in (select unnest(?))', [tables])
            connection.execute("delete from meta.checked where name in (select unnest(?))", [tables])
            connection.execute("insert into meta.checked select unnest(?), unnest(?)", [tables, list(renewed.values())])
        if found:
            columns = ", ".join(f'o."{column}"' for column in asdict(found[0]))
            rows = [asdict(one) for one in found]
            connection.execute(f"insert into meta.checks by name select {columns} from (select unnest(?) as o)", [rows])
