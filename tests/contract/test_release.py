"""What others rely on of a release: its layout, its tables' columns, keys and order, and what it never holds."""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets import catalog

SERIES = [
    *("metric", "grain", "city_id", "topic", "engagement_id", "dimension", "dimension_value", "basis"),
    *("period_type", "period"),
]
COLUMNS = {  # contract.md, the tables that this release has
    "metric_values": f"{' '.join(SERIES)} metric_version period_start period_end value amount_usd numerator denominator"
    " ci_low ci_high unit state status reason",
    "survival_curves": f"{' '.join(SERIES)} cause t at_risk events estimate ci_low ci_high",
    "metrics": "metric version title definition unit direction numerator denominator source",
    "cities": "city_id name state latitude longitude population wave",
    "eligibility": "city_id eligible_from eligible_to",
    "indicator_values": "geo_id geo_level city_id indicator period_start period_end value moe unit vintage source state",
    "requests": "request_id city_id caller_type topic status submitted_at first_response_at resolved_at reopened_at"
    " withdrawn_at merged_at duplicate_of disposition replies channel priority is_test partner",
    "engagements": "engagement_id title topic intensity status applied_on approved_on starts_on ends_on completed_on"
    " lead_partner planned_cost_usd",
    "engagement_cities": "engagement_id city_id share",
    "milestones": "milestone_id engagement_id title baseline_due due done_on",
    "ledger": "entry_id award_id posted_on incurred_on kind amount_usd rate_id engagement_id service category partner reverses",
    "attendance": "event_id city_id attendees",
    "library_use": "use_id used_at city_id resource_id topic action results",
    "targets": "metric period target city_id topic set_on set_by reason_missed",
    "target_results": "metric period target city_id topic set_on value met state reason_missed needs_reason blocks_report",
    "alerts": "kind severity city_id topic engagement_id sentence sort_order",
    "candidates": "city_id eligible index rank rank_low rank_high tier p_top_k",
    "sf425": "award_id period_end line amount_usd",
    "sf425_indirect": "award_id period_end type rate period_from period_to base amount_charged federal_share",
    "completeness": "",
    "checks": "name table severity passed",
    "sources": "source name sha256 received accepted quarantined repeats",
}
KEYS = {
    "metric_values": SERIES,
    "survival_curves": [*SERIES, "cause", "t"],
    "metrics": ["metric"],
    "cities": ["city_id"],
    "eligibility": ["city_id", "eligible_from"],
    "indicator_values": ["geo_id", "indicator", "period_start", "period_end", "vintage"],
    "requests": ["request_id"],
    "engagements": ["engagement_id"],
    "milestones": ["milestone_id"],
    "ledger": ["entry_id"],
    "attendance": ["event_id", "city_id"],
    "library_use": ["use_id"],
    "targets": ["metric", "period", "city_id", "topic"],
    "target_results": ["metric", "period", "city_id", "topic"],
    "alerts": ["kind", "about", "city_id", "topic"],
    "candidates": ["city_id"],
    "sf425": ["award_id", "period_end", "line"],
    "sf425_indirect": ["award_id", "period_end", "rate_id"],
    "checks": ["name", "table"],
    "sources": ["name", "sha256"],
}
STATES = {"value", "withheld", "suppressed", "not_reported", "not_computable", "not_reached", "not_due"}
LINES = [f"10{letter}" for letter in "abcdefghijklmno"]


@pytest.fixture(scope="module")
def folder(release_home: Path) -> Path:
    current = (release_home / "releases" / "CURRENT").read_text()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-r\d+\n?", current)
    return release_home / "releases" / current.strip()


@pytest.fixture(scope="module")
def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def db(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for path in folder.glob("*.parquet"):
            connection.execute(f"create view \"{path.stem}\" as from read_parquet('{path}')")
        yield connection


def described(db: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in db.execute(f'describe "{table}"').fetchall()}


def test_the_manifest_says_what_it_must(folder, manifest):
    assert manifest["release"] == folder.name and folder.name.startswith(f"{manifest['as_of']}-r")
    assert manifest["synthetic"] is True
    for key in ("known_on", "created_at"):
        assert datetime.fromisoformat(manifest[key]).utcoffset().total_seconds() == 0
    assert re.fullmatch("[0-9a-f]{12}", manifest["code_version"]) and manifest["catalog_version"]
    for key, columns in (
        ("tables", {"name", "rows", "sha256"}),
        ("sources", {"source", "name", "sha256", "received", "accepted", "quarantined", "repeats"}),
        ("checks", {"name", "table", "severity", "passed"}),
    ):
        assert manifest[key] and all(entry.keys() == columns for entry in manifest[key])


def test_every_file_is_named_and_hashed(folder, manifest, db):
    assert {t["name"] for t in manifest["tables"]} == {p.stem for p in folder.glob("*.parquet")}
    assert {p.suffix for p in folder.iterdir()} == {".parquet", ".json"}
    for table in manifest["tables"]:
        content = (folder / f"{table['name']}.parquet").read_bytes()
        assert hashlib.sha256(content).hexdigest() == table["sha256"]
        assert db.execute(f'select count(*) from "{table["name"]}"').fetchall() == [(table["rows"],)]


@pytest.mark.parametrize("table", COLUMNS)
def test_columns_of_the_contract(db, table):
    assert set(COLUMNS[table].split()) <= set(described(db, table))


@pytest.mark.parametrize("table", KEYS)
def test_one_row_per_key(db, table):
    keys = ", ".join(f'"{k}"' for k in KEYS[table])
    assert db.execute(f'select {keys} from "{table}" group by all having count(*) > 1').fetchall() == []
    assert db.execute(f'select count(*) > 0 from "{table}"').fetchall() == [(True,)]


@pytest.mark.parametrize("table", [t for t in KEYS if t not in ("checks", "sources")])
def test_rows_are_ordered_by_the_key_of_the_catalog(db, table):
    """In Python's order of the values, nulls first, read in the file's order."""
    names = catalog.load().tables[f"published.{table}"].key
    assert set(names) <= set(KEYS[table])
    keys = ", ".join(f'"{k}"' for k in names)
    rows = db.execute(f'select {keys} from "{table}"').fetchall()
    assert rows == sorted(rows, key=lambda row: [(value is not None, value) for value in row])


def test_types_others_rely_on(db):
    for (table,) in db.execute("select view_name from duckdb_views() where not internal").fetchall():
        for column, kind in described(db, table).items():
            where = f"{table}.{column}"
            if column.endswith("_id") or column in ("geo_id", "metric", "period", "line"):
                assert kind == "VARCHAR", where
            if column.endswith("_usd"):
                assert kind == "DECIMAL(18,2)", where
            if column.endswith("_at") and table not in ("sources",):
                assert kind == "TIMESTAMP", where
            assert "TIME ZONE" not in kind and "[]" not in kind and "STRUCT" not in kind, where


def test_no_number_is_infinite_or_none(db):
    for (table,) in db.execute("select view_name from duckdb_views() where not internal").fetchall():
        for column, kind in described(db, table).items():
            if kind in ("DOUBLE", "FLOAT"):
                bad = f'select count(*) from "{table}" where not isfinite("{column}")'
                assert db.execute(bad).fetchall() == [(0,)], f"{table}.{column}"


def test_nothing_personal(db, sample_landing):
    """No personal column, and no word of one: the sample's addresses and questions stand in its files."""
    personal = {c for s in catalog.load().sources.values() for c, spec in s.columns.items() if spec.personal}
    file = sample_landing / "requests" / "requests.csv"
    questions = db.execute(
        f"select distinct question from read_csv('{file}', ignore_errors = true) limit 50"
    ).fetchall()
    told = [q for (q,) in questions if q]
    assert len(told) > 5 and "@" in file.read_text()
    for (table,) in db.execute("select view_name from duckdb_views() where not internal").fetchall():
        assert not personal & set(described(db, table)), table
        for column, kind in described(db, table).items():
            if kind == "VARCHAR":
                found = (
                    f'select count(*) from "{table}" where contains("{column}", \'@\') or list_contains(?, "{column}")'
                )
                assert db.execute(found, [told]).fetchall() == [(0,)], f"{table}.{column}"


def test_nothing_is_lost(db, manifest):
    """Every file: received = accepted + quarantined + repeats; and the manifest says the same as the table."""
    lost = "select name from sources where received <> accepted + quarantined + repeats"
    assert db.execute(lost).fetchall() == []
    columns = ("source", "name", "sha256", "received", "accepted", "quarantined", "repeats")
    rows = [
        dict(zip(columns, row, strict=True))
        for row in db.execute(f"select {', '.join(columns)} from sources").fetchall()
    ]
    assert sorted(rows, key=lambda r: (r["name"], r["sha256"])) == sorted(
        manifest["sources"], key=lambda r: (r["name"], r["sha256"])
    )


def test_figures_hold_together(db):
    states = {s for (s,) in db.execute("select distinct state from metric_values").fetchall()}
    assert "value" in states and states <= STATES
    for rule in (
        "state = 'value' and value is null and amount_usd is null",
        "state <> 'value' and (value is not null or amount_usd is not null)",
        "state <> 'value' and reason is null",
        "value < ci_low or value > ci_high",
        "unit = 'percent' and (value < 0 or value > 100)",
        "unit = 'percent' and denominator < 10 and state = 'value'",
        "numerator > denominator and unit = 'percent'",
        "status not in ('provisional', 'final') or status is null",
        "period_end < period_start",
        "grain not in ('network', 'city', 'topic', 'city_topic', 'engagement')",
        "(grain in ('city', 'city_topic')) <> (city_id is not null)",
        "(grain in ('topic', 'city_topic')) <> (topic is not null)",
    ):
        ((count,),) = db.execute(f"select count(*) from metric_values where {rule}").fetchall()
        assert count == 0, rule


def test_a_percentage_is_its_numerator_over_its_denominator(db):
    """Recomputed in exact arithmetic, to the decimals of the catalog."""
    decimals = {m.metric: m.decimals for m in catalog.load().metrics.values() if m.interval == "wilson"}
    rows = db.execute(
        "select metric, value, numerator, denominator from metric_values where state = 'value'"
    ).fetchall()
    shares = [row for row in rows if row[0] in decimals]
    assert len(shares) > 500
    for metric, value, numerator, denominator in shares:
        exact = Fraction(100 * int(numerator), int(denominator))
        assert abs(Fraction(value) - exact) <= Fraction(1, 2 * 10 ** decimals[metric]) + Fraction(1, 10**9), metric


def test_every_metric_is_explained(db):
    assert db.execute("select distinct metric from metric_values except select metric from metrics").fetchall() == []


def test_every_quarter_has_every_line(db):
    rows = db.execute("select award_id, period_end, list(line order by line) from sf425 group by all").fetchall()
    assert rows and all(lines == LINES for _, _, lines in rows)


def test_lines_that_are_sums_are_sums(db):
    """c = a - b, g = e + f, h = d - g, k = i - j on the form, to the cent."""
    wide = "pivot (select award_id, period_end, line, amount_usd from sf425) on line using first(amount_usd)"
    sums = '"10c" <> "10a" - "10b" or "10g" <> "10e" + "10f" or "10h" <> "10d" - "10g" or "10k" <> "10i" - "10j"'
    assert db.execute(f"select count(*) from ({wide}) where {sums}").fetchall() == [(0,)]
    assert db.execute(f'select count(*) > 0 from ({wide}) where "10e" > 0').fetchall() == [(True,)]


def test_checks_that_passed_the_gate(manifest):
    assert not [c for c in manifest["checks"] if c["severity"] == "fail" and not c["passed"]]
    assert len(manifest["checks"]) > 100
