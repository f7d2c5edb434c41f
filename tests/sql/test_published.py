"""What leaves the warehouse: named columns, nothing personal, in key order, and as the catalog says."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assets import catalog, checks, models
from assets.raw import arrivals, places
from assets.raw.receipts import Receipt

ROOT = Path(__file__).resolve().parents[2]
Row = dict[str, Any]
# what contract.md promises to readers, and no more than it: columns may be added
PROMISED = {
    "cities": "city_id name state latitude longitude population wave",
    "eligibility": "city_id eligible_from eligible_to",
    "indicator_values": "geo_id geo_level city_id indicator period_start period_end value moe unit vintage source state",
    "candidates": "city_id eligible index rank rank_low rank_high tier p_top_k",
    "sf425": "award_id period_end line amount_usd",
    "metrics": "metric version title definition unit direction numerator denominator source",
    "metric_values": "metric metric_version grain city_id topic engagement_id dimension dimension_value basis period_type"
    " period period_start period_end value amount_usd numerator denominator ci_low ci_high unit state status reason",
    "survival_curves": "metric cause t at_risk events estimate ci_low ci_high",
    "requests": "request_id city_id submitted_at topic",
    "engagements": "engagement_id topic starts_on completed_on",
    "engagement_cities": "engagement_id city_id",
    "milestones": "milestone_id engagement_id baseline_due done_on",
    "ledger": "entry_id posted_on kind amount_usd service engagement_id",
    "attendance": "event_id city_id attendees",
    "library_use": "use_id used_at city_id resource_id topic action results",
    "targets": "metric period target city_id topic set_on set_by reason_missed",
    "completeness": "feed period records state",
    "award": "award_id start end match_required_usd",
    "hud_allocations": "uogid state cdbg_usd home_usd total_usd fiscal_year vintage",
}


@pytest.fixture(scope="module")
def warehouse(one_bench: Any) -> Any:
    """Every table of sql/, made from three cities, an engagement, a ledger and requests."""
    known = catalog.load()
    for table in known.sources:
        one_bench.given(f"raw.{table}")
    receipt = {"_known_at": datetime(2014, 10, 1), "_file": "a.csv", "_sha256": "a", "_row": 2}
    for table, rows in _raw().items():
        one_bench.given(f"raw.{table}", [row | receipt | {"_row": n} for n, row in enumerate(rows, 2)])
    at = "2014-10-01T00:00:00+00:00"
    files = [
        Receipt(
            table,
            table,
            table,
            "a",
            1,
            1,
            "",
            "accepted",
            received_at=at,
            known_at=at,
            received=len(rows),
            accepted=len(rows),
        )
        for table, rows in _raw().items()
    ]
    arrivals.build(one_bench.connection, files, ZoneInfo("America/New_York"))
    places.build(one_bench.connection)
    one_bench.run(*models.load(known.sources))
    return one_bench


def _raw() -> dict[str, list[Row]]:
    # one city each in the list, among the callers and in an engagement: all three are cities of the program
    cities, names = ("0644000", "0613392", "0600296"), ("Alpha city", "Beta city", "Gamma town")
    return {
        "census_gazetteer": [
            {"geoid": c, "name": n, "usps": "CA", "intptlat": 34.0, "intptlong": -118.0}
            for c, n in zip(cities, names, strict=True)
        ],
        "eligibility": [{"city": cities[0], "eligible_from": date(2014, 5, 22), "wave": "1"}],
        "requests": [
            {"request_id": f"R{n}", "city": cities[1], "submitted_at": datetime(2014, 6, n, 15), "topic": "budget"}
            | {"first_response_at": datetime(2014, 6, n + 4, 15)}
            | {"contact_email": "person@example.org", "question": "How do we pay?", "subject": "Pay"}
            for n in range(12, 0, -1)
        ],
        "engagements": [
            {"engagement_id": "E1", "topic": "budget", "starts_on": date(2014, 6, 1), "planned_cost_usd": 5000}
        ],
        "engagement_cities": [{"engagement_id": "E1", "city": cities[2]}],
        "hud_allocations": [
            {"uogid": "060001", "name": "BETA", "type": "51", "stusab": "CA", "cdbg_amt": 10, "esg_amt": 0}
            | {"home_amt": 5, "hopwa_amt": 0, "tot_amt": 15, "year": 2014, "vintage": "2014"}
        ],
        "milestones": [{"milestone_id": "m1", "engagement_id": "E1", "baseline_due": date(2014, 7, 1)}],
        "peer_events": [{"event_id": "P1", "held_on": date(2014, 6, 3)}],
        "award": [
            {"award_id": "A1", "start": date(2013, 12, 1), "end": date(2016, 11, 30), "regime": "24cfr84"}
            | {"basis": "cash", "frequency": "quarterly"}
        ],
        "ledger": [
            {"entry_id": "e1", "posted_on": date(2014, 7, 1), "kind": "expenditure", "amount_usd": 12}
            | {"memo": "paid to J. Doe", "service": "desk", "engagement_id": "E1"},
            {"entry_id": "e0", "posted_on": date(2014, 6, 1), "kind": "authorized", "amount_usd": 100},
            *(
                {"entry_id": f"i{n}", "posted_on": date(2014, 7, 2), "kind": "indirect_charged", "amount_usd": n}
                | {"rate_id": f"IR{n}"}
                for n in (2, 1)
            ),
        ],
        "narratives": [
            {"report": "sf425", "period": p, "section": "remarks", "text": "None."} for p in ("FY2014Q4", "FY2014Q3")
        ],
        "attendance": [{"event_id": "P1", "city": c, "attendees": 2} for c in reversed(cities)],
        "library_use": [
            {"use_id": f"U{n}", "used_at": datetime(2014, 6, n, 15), "action": "search", "query": "pay of J. Doe"}
            for n in (2, 1)
        ],
        "targets": [
            {"metric": "on_time_pct", "period": p, "target": 75, "set_on": date(2014, 6, 1)}
            for p in ("FY2015", "FY2014")
        ],
        "surveys": [{"request_id": "R1", "delivered_at": datetime(2014, 7, 1, 2), "comment": "J. Doe was kind"}],
        "budget": [
            {"category": "travel", "version": "1", "amount_usd": 50} | {"_gone_at": datetime(2014, 11, 1)},
        ],
        "place_county": [{"place_id": cities[0], "county_id": "06037", "vintage": "2020"}],
        "bls_laus_county": [
            {
                "area_code": "CN0603700000000",
                "state_fips": "06",
                "county_fips": "037",
                "year": 2013,
                "unemployment_rate": 9.9,
            }
            | {"vintage": "2014-04-18"}
        ],
        "census_population": [
            {"sumlev": "162", "state": "06", "place": "44000", "name": "Alpha city", "popestimate_2013": 50000}
        ],
    }


def test_everything_promised_is_there(warehouse: Any) -> None:
    for table, columns in PROMISED.items():
        found = {d[0] for d in warehouse.connection.execute(f"from published.{table}").description}
        assert set(columns.split()) <= found, table


def test_nothing_personal_leaves(warehouse: Any) -> None:
    personal = {c for s in catalog.load().sources.values() for c, spec in s.columns.items() if spec.personal}
    assert {"contact_email", "question", "memo", "comment", "query"} <= personal
    secrets = ("example.org", "How do we pay", "J. Doe")
    for table in sorted(t for t in models.load(catalog.load().sources) if t.startswith("published.")):
        cursor = warehouse.connection.execute(f"from {table}")
        assert not personal & {d[0] for d in cursor.description}, table
        told = repr(cursor.fetchall())
        assert not [s for s in secrets if s in told], table


def test_the_catalog_describes_every_table_as_it_is(warehouse: Any) -> None:
    tables = catalog.load().tables
    mine = [t for t in models.load(catalog.load().sources) if t.startswith("published.") or t in tables]
    for table in mine:
        assert table in tables, f"{table} is not in the catalog"
        found = warehouse.rows(
            "select column_name as c, lower(data_type) as t from information_schema.columns"
            f" where table_schema || '.' || table_name = '{table}' order by ordinal_position"
        )
        assert [(r["c"], r["t"]) for r in found] == [(c, s.type) for c, s in tables[table].columns.items()], table
        assert all(s.description for s in tables[table].columns.values()), table


def test_every_check_of_every_published_table_holds_and_rows_come_in_key_order(warehouse: Any) -> None:
    empty = set[str]()
    for name, table in catalog.load().tables.items():
        if not name.startswith("published."):
            continue
        failed = [o for o in checks.check_table(warehouse.connection, table) if not o.passed and o.severity == "fail"]
        assert not failed, failed
        if not warehouse.value(f"select count(*) from {name}"):
            empty.add(name)
        keys = ", ".join(f'"{k}"' for k in table.key)
        if name in ("published.metric_values", "published.survival_curves"):
            continue  # ordered by key too, but for periods, which come in time
        stood = warehouse.connection.execute(f"select {keys} from {name}").fetchall()
        assert stood == warehouse.connection.execute(f"select {keys} from {name} order by all").fetchall(), name
    # one city has no quartiles to compare, and its topics are all known; nothing else goes untested
    assert empty == {"published.equity_tests", "published.recommendations", "published.unmapped_topics"}


def test_a_failing_identity_is_caught(warehouse: Any) -> None:
    spec = catalog.load().tables["published.sf425"]
    warehouse.connection.execute("begin")
    warehouse.connection.execute("update published.sf425 set amount_usd = amount_usd + 0.01 where line = '10g'")
    failed = {o.name for o in checks.check_table(warehouse.connection, spec) if not o.passed}
    warehouse.connection.execute("rollback")
    assert failed == {"line_10g_ties", "line_10h_ties"}  # g is no longer e + f, nor h d - g


def test_completeness_by_feed_and_month(warehouse: Any) -> None:
    rows = warehouse.rows("select feed, period, records, state from published.completeness")
    found = {(r["feed"], r["period"]): (r["records"], r["state"]) for r in rows}
    assert len(found) == 17 * 5  # every feed of the program, May to September 2014
    assert found[("requests", "2014-06")] == (12, "reported")
    assert found[("requests", "2014-07")] == (0, "not_reported")  # a stream that is silent did not report
    assert found[("ledger", "2014-07")] == (3, "reported")
    assert found[("ledger", "2014-08")] == (0, "not_reported")
    assert found[("engagements", "2014-07")] == (0, "reported")  # a register is sent whole
    # 1 July 02:00 UTC is 30 June in Washington
    assert found[("surveys", "2014-06")] == (1, "reported")
    assert found[("surveys", "2014-07")] == (0, "not_reported")


def test_completeness_of_a_register_never_received(bench: Any) -> None:
    bench.reference()
    for table in ("core.eligibility", "core.feed_months", "core.feed_lags"):
        bench.given(table)
    bench.run("published.completeness")
    assert {(r["records"], r["state"]) for r in bench.rows("from published.completeness")} == {(0, "not_reported")}


def test_cities_are_named_and_sized_by_the_census(warehouse: Any) -> None:
    rows = warehouse.connection.execute(
        "select city_id, name, state, population, wave from published.cities"
    ).fetchall()
    assert rows == [
        ("0600296", "Gamma town", "CA", None, None),
        ("0613392", "Beta city", "CA", None, None),
        ("0644000", "Alpha city", "CA", 50000, "1"),
    ]
