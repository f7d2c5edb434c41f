"""The stages as Dagster assets: one op per layer, every table its own asset, one check per table."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets import catalog, models
from assets.raw import places
from pipelines import knowledge, restating, steps
from pipelines.resources import Warehouse

CHECK = "catalog"  # the one check of a table; its metadata holds the outcome of every rule


def key(table: str) -> dg.AssetKey:
    return dg.AssetKey(table.split("."))


def build() -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Every asset, from landing files to the release."""
    entries = catalog.load()
    every = steps.every_model()
    folders = sorted({s.landing_folder for s in entries.sources.values()})
    landing = [
        dg.AssetSpec(["landing", f], group_name="landing", description=f"Files as sent: LANDING/{f}/") for f in folders
    ]
    layers = [_layer(layer, {t: m for t, m in every.items() if m.layer == layer}, entries) for layer in steps.LAYERS]
    return [*landing, _raw(entries), _reference(), *layers, _release(every)]


def _raw(entries: catalog.Catalog) -> dg.AssetsDefinition:
    specs = [
        dg.AssetSpec(
            key(f"raw.{s.source}"),
            deps=[dg.AssetKey(["landing", s.landing_folder])],
            group_name="raw",
            description=f"{s.title}. Publisher: {s.publisher}.",
            kinds={"parquet"},
        )
        for s in entries.sources.values()
    ]

    @dg.multi_asset(name="take_in", specs=specs, check_specs=_checks([s.key for s in specs]))
    def take_in(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult[Any]]:
        request = warehouse.request()
        with warehouse.open() as connection:
            new = steps.take_in(connection, request, context.log.info)
            found = steps.outcomes(connection)
        ledger = knowledge.receipts(request.layout)
        for source in entries.sources:
            files = [r for r in ledger.all.values() if r.table == source]
            counts = {c: sum(getattr(r, c) for r in files) for c in ("received", "accepted", "quarantined", "repeats")}
            metadata = {"dagster/row_count": counts["accepted"], **counts, "files": len(files)}
            metadata["files_taken_in_now"] = sum(r.table == source for r in new)
            receipts = {r.name: f"{r.status} {r.sha256[:12]} {r.message}".strip() for r in files[-20:]}
            yield _result(f"raw.{source}", {**metadata, "receipts": receipts}, found)

    return take_in


def _reference() -> dg.AssetsDefinition:
    specs = [
        dg.AssetSpec(
            key(f"reference.{t}"),
            deps=[key("raw.census_gazetteer")]
            if t in places.TABLES
            else [key(f"raw.{f}") for f in ("requests", "ledger", "eligibility")],
            group_name="reference",
            kinds={"duckdb"},
        )
        for t in models.REFERENCE
    ]

    @dg.multi_asset(name="set_clocks", specs=specs)
    def set_clocks(warehouse: Warehouse) -> Iterator[dg.MaterializeResult[Any]]:
        with warehouse.open() as connection:
            rows = steps.set_clocks(connection, warehouse.known())
        for table, count in rows.items():
            yield dg.MaterializeResult(asset_key=key(f"reference.{table}"), metadata={"dagster/row_count": count})

    return set_clocks


def _layer(layer: str, every: dict[str, models.Model], entries: catalog.Catalog) -> dg.AssetsDefinition:
    specs = [
        dg.AssetSpec(
            key(table),
            deps=[key(read) for read in sorted(model.reads)],
            group_name=layer,
            description=(entries.tables[table].grain + ". " if table in entries.tables else "") + model.description,
            kinds={"duckdb", "sql"},
        )
        for table, model in every.items()
    ]
    checks = _checks([key(t) for t in every if t in entries.tables])

    @dg.multi_asset(name=layer, specs=specs, check_specs=checks)
    def build_layer(warehouse: Warehouse) -> Iterator[dg.MaterializeResult[Any]]:
        with warehouse.open() as connection:
            made = steps.build(connection, layer)
            found = steps.outcomes(connection)
        for table, result in made.items():
            metadata = {"dagster/row_count": result.rows, "seconds": round(result.seconds, 3), "made_now": result.made}
            yield _result(table, metadata, found, checked=table in entries.tables)

    return build_layer


def _release(every: dict[str, models.Model]) -> dg.AssetsDefinition:
    @dg.asset(
        key="release",
        deps=[key(t) for t in every],
        group_name="release",
        description="An immutable, checked, numbered snapshot; CURRENT names one.",
        kinds={"parquet"},
    )
    def release(warehouse: Warehouse) -> dg.MaterializeResult[Any]:
        name = restating.publish_standing(warehouse.request())
        return dg.MaterializeResult(metadata={"release": name})

    return release


def _checks(keys: list[dg.AssetKey]) -> list[dg.AssetCheckSpec]:
    return [dg.AssetCheckSpec(CHECK, asset=k, blocking=True) for k in keys]


def _result(
    table: str, metadata: dict[str, Any], found: list[dict[str, Any]], checked: bool = True
) -> dg.MaterializeResult[Any]:
    """A materialization with the table's one check: a rule that must hold and does not is an error, another a warning."""
    if not checked:
        return dg.MaterializeResult(asset_key=key(table), metadata=metadata)
    rules = [o for o in found if o["table"] == table]
    failed = [o for o in rules if not o["passed"]]
    error = any(o["severity"] == "fail" for o in failed)
    told = {o["name"]: "passed" if o["passed"] else f"{o['severity']}: {o['detail']}" for o in rules}
    check = dg.AssetCheckResult(
        asset_key=key(table),
        check_name=CHECK,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if error else dg.AssetCheckSeverity.WARN,
        metadata={"rules": told},
    )
    return dg.MaterializeResult(asset_key=key(table), metadata=metadata, check_results=[check])
