"""Money is decimal in the catalog, in every table as made, and in the files that are published; nothing else holds dollars."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlglot
from bench import Bench
from sqlglot import exp

from assets import catalog, models
from assets.raw import arrivals, places

ROOT = Path(__file__).resolve().parents[2]
# dollars that are not named so: line 11 of the form
LINE_11 = {"base", "amount_charged", "federal_share"}
OF_LINE_11 = {"metrics.sf425_indirect", "published.sf425_indirect"}
# Where money becomes a binary number on purpose, and what comes of it: never a sum that has to tie.
ESTIMATES = {
    "metrics/award_outlook.sql": "a pace and where it leads",
    "metrics/budget_status.sql": "a percentage",
    "metrics/cost.sql": "a cost per outcome, with its interval",
    "metrics/match.sql": "ratios",
    "metrics/target_results.sql": "compared with a target",
    "staging/census_permits.sql": "published estimates, of which an indicator is made",
    "staging/census_saipe.sql": "published estimates, of which an indicator is made",
}


def is_money(table: str, column: str) -> bool:
    named = column.endswith("_usd") or "_usd_" in column
    # raw.….…_missing is the publisher's mark where an amount is not there
    return (named and not column.endswith("_missing")) or (table in OF_LINE_11 and column in LINE_11)


@cache
def declared() -> dict[tuple[str, str], str]:
    """Type in the catalog of each column that holds money."""
    tables = catalog.load().tables
    return {(t, c): spec.type for t, table in tables.items() for c, spec in table.columns.items() if is_money(t, c)}


@pytest.fixture(scope="module")
def made() -> Iterator[Bench]:
    """Every table of sql/, of feeds that never came: types do not depend on rows."""
    one = Bench()
    one.reference()
    sources = catalog.load().sources
    for source in sources:
        one.given(f"raw.{source}")
    arrivals.build(one.connection, [], ZoneInfo("America/New_York"))
    places.build(one.connection)
    one.run(*models.load(sources))
    yield one
    one.connection.close()


def types(bench: Bench) -> dict[tuple[str, str], str]:
    """Type of every column of every table as it is made."""
    rows = bench.rows(
        "select table_schema || '.' || table_name as t, column_name as c, data_type from information_schema.columns"
    )
    return {(r["t"], r["c"]): r["data_type"].lower() for r in rows}


def cents(kind: str) -> bool:
    return kind.startswith("decimal(") and kind.endswith(",2)")


def test_in_the_catalog() -> None:
    assert len(declared()) > 100 and {t.split(".")[0] for t, _ in declared()} == {
        "staging",
        "core",
        "metrics",
        "published",
    }
    assert {k: v for k, v in declared().items() if not cents(v)} == {}
    assert {(t, c) for t, c in declared() if t in OF_LINE_11} >= {(t, c) for t in OF_LINE_11 for c in LINE_11}


def test_no_other_column_of_the_catalog_is_of_dollars() -> None:
    """One that says it is of dollars has a name that says so."""
    tables = catalog.load().tables
    said = {
        f"{t}.{c}"
        for t, table in tables.items()
        for c, spec in table.columns.items()
        if spec.type == "double" and "dollar" in (spec.description or "").lower()
    }
    assert said == set()


def test_as_received() -> None:
    sources = catalog.load().sources
    money = {s: [c for c, spec in source.columns.items() if spec.type == "money"] for s, source in sources.items()}
    assert money["ledger"] == money["budget"] == ["amount_usd"]
    for source, columns in money.items():
        kinds = sources[source].raw_columns()
        assert all(kinds[c] == "decimal(18,2)" for c in columns), source
        named = {c for c in sources[source].columns if c.endswith("_usd") or "_usd_" in c}
        assert named <= set(columns), source


def test_in_every_table_as_made(made: Bench) -> None:
    found = types(made)
    money = {key: kind for key, kind in found.items() if is_money(*key)}
    assert {key: kind for key, kind in money.items() if not cents(kind)} == {}
    assert {key: found[key] for key in declared()} == declared(), "the catalog says of each what it is"
    # tables that the catalog does not have count too, and a raw one is a table
    assert {t.split(".")[0] for t, _ in money} == {"raw", "staging", "core", "metrics", "published"}


def test_in_the_files_that_are_published(made: Bench, tmp_path: Path) -> None:
    tables = sorted({t for t, _ in declared() if t.startswith("published.")})
    assert "published.sf425" in tables and "published.sf425_indirect" in tables and "published.metric_values" in tables
    for table in tables:
        file = tmp_path / f"{table}.parquet"
        made.connection.execute(f"copy (from {table}) to '{file}' (format parquet)")
        kinds: dict[str, Any] = {
            r["column_name"]: r["column_type"].lower() for r in made.rows(f"describe from '{file}'")
        }
        for column, kind in kinds.items():
            assert not is_money(table, column) or cents(kind), (table, column, kind)


def binary(sql: str) -> bool:
    """Whether money is cast to a binary number somewhere."""
    for node in sqlglot.parse_one(sql, read="duckdb").find_all(exp.Cast):
        if node.to.this in (exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT):
            names = {column.name for column in node.find_all(exp.Column)}
            if any(n.endswith("_usd") or "_usd_" in n or n in {"base", "charged", "amount_charged"} for n in names):
                return True
    return False


def test_money_becomes_a_binary_number_for_estimates_only() -> None:
    assert binary("select cast(round(cast(spent_usd as double) * rate, 2) as decimal(18, 2)) from core.a")
    assert not binary("select cast(days as double), cast(base as decimal(38, 2)) from core.a")
    found = {p.relative_to(ROOT / "sql").as_posix() for p in (ROOT / "sql").rglob("*.sql") if binary(p.read_text())}
    assert found == set(ESTIMATES)


def test_what_a_sum_that_ties_is_made_of(made: Bench) -> None:
    """The tables from which the form is made hold no binary number but a rate and a percentage."""
    form = ("core.ledger", "core.award_quarters", "metrics.sf425", "metrics.sf425_indirect", "metrics.sf425_checks")
    form += ("metrics.allocations", "metrics.cost_identity", "metrics.cost_services", "metrics.budget_status")
    found = {f"{t}.{c}" for (t, c), kind in types(made).items() if t in form and kind in ("double", "float")}
    assert found == {"metrics.sf425_indirect.rate", "metrics.budget_status.spent_pct"}
