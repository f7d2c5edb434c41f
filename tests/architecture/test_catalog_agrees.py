"""One dictionary: what it says of tables and metrics is what a run makes, and the other way round."""

import re
from pathlib import Path

import duckdb
import pytest

from assets import catalog

ROOT = Path(__file__).resolve().parents[2]
FAMILY = [
    *("metric", "grain", "city_id", "topic", "engagement_id", "dimension", "dimension_value", "basis"),
    *("period_type", "period", "value", "amount_usd", "numerator", "denominator", "ci_low", "ci_high"),
    *("state", "reason"),
]
TYPES = {"value": "DOUBLE", "amount_usd": "DECIMAL(18,2)", "numerator": "DOUBLE", "denominator": "DOUBLE"} | dict.fromkeys(
    ("ci_low", "ci_high"), "DOUBLE"
)  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(release_home):
    with duckdb.connect(str(release_home / "warehouse" / "cities311.duckdb"), read_only=True) as connection:
        yield connection


def described(warehouse, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in warehouse.execute(f"describe {table}").fetchall()}


@pytest.fixture(scope="module")
def families(warehouse) -> dict[str, set[str]]:
    """The metrics that each family of sql/metrics makes: tables of exactly the shape in docs/architecture.md."""
    tables = warehouse.execute(
        "select table_name from duckdb_tables() where schema_name = 'metrics' order by 1"
    ).fetchall()
    shaped = [t for (t,) in tables if list(described(warehouse, f"metrics.{t}")) == FAMILY and t != "figures"]
    return {t: {m for (m,) in warehouse.execute(f"select distinct metric from metrics.{t}").fetchall()} for t in shaped}


def test_every_metric_is_made_by_the_family_that_the_catalog_names(families):
    made = {metric: f"sql/metrics/{family}.sql" for family, metrics in families.items() for metric in metrics}
    assert sum(map(len, families.values())) == len(made), "a metric of two families"
    assert made == {m.metric: m.source for m in catalog.load().metrics.values()}


def test_families_have_the_types_of_the_contract(warehouse, families):
    assert len(families) >= 7
    for family in families:
        types = described(warehouse, f"metrics.{family}")
        assert types == {column: TYPES.get(column, "VARCHAR") for column in FAMILY}, family


def test_every_metric_reaches_the_release(warehouse):
    published = {m for (m,) in warehouse.execute("select distinct metric from published.metric_values").fetchall()}
    assert published == set(catalog.load().metrics)


def test_feeds_of_metrics_are_sources():
    entries = catalog.load()
    for metric in entries.metrics.values():
        assert metric.feeds and set(metric.feeds) <= set(entries.sources), metric.metric
        assert (ROOT / metric.source).exists()


@pytest.mark.parametrize("table", sorted(catalog.load().tables))
def test_columns_and_types_are_as_the_catalog_says(warehouse, table):
    told = {c: spec.type for c, spec in catalog.load().tables[table].columns.items()}
    made = described(warehouse, table)
    assert list(told) == list(made)
    for column, kind in told.items():
        if kind:
            assert described_type(kind) == made[column], column


def described_type(kind: str) -> str:
    return kind.upper().replace(" ", "")


@pytest.mark.parametrize("table", sorted(t for t in catalog.load().tables if t.startswith("published.")))
def test_published_columns_are_explained(table):
    entry = catalog.load().tables[table]
    assert entry.grain and entry.description
    for column, spec in entry.columns.items():
        assert spec.description and spec.type, f"{table}.{column}"


def test_units_stand_in_names():
    """Times end in _at, days in _on, _due, _from, _to, _start or _end, money in _usd (docs/architecture.md)."""
    for entry in catalog.load().tables.values():
        for column, spec in entry.columns.items():
            if spec.type == "timestamp":
                assert re.search(r"(_at|^at)$", column), f"{entry.table}.{column}"
            if spec.type == "date":
                assert re.search(r"(_on|_due|^due|_from|_to|start|end|^day|^as_of)$", column), f"{entry.table}.{column}"
            # line 11 of the SF-425 has the names that others rely on
            if spec.type.startswith("decimal") and column not in ("base", "amount_charged", "federal_share"):
                assert column.endswith("_usd"), f"{entry.table}.{column}"


def test_catalog_files_are_named_as_what_they_hold():
    for path in (ROOT / "assets/catalog/sources").glob("*.yml"):
        assert path.stem in catalog.load().sources, path.name
    for path in (ROOT / "assets/catalog/tables").glob("*.yml"):
        assert path.stem in catalog.load().tables, path.name


def test_topics_are_those_of_the_contract():
    assert [t.topic for t in catalog.load().topics] == [
        *("budget", "operations", "economic_development", "land_use", "transportation", "workforce"),
        *("community_development", "housing", "public_safety", "education", "infrastructure"),
        *("cross_cutting", "unclassified"),
    ]
