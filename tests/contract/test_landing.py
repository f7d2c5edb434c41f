"""Landing formats: the same requests in every format that people send, whatever the file is called."""

import gzip
import io
import json
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from assets import catalog
from assets.raw.ingest import ingest
from assets.raw.receipts import Receipt, Receipts
from assets.raw.views import make_views

ROWS = [
    {
        "request_id": "007",
        "city": "Memphis, TN",
        "submitted_at": "2014-06-02T10:00:00",
        "topic": 'Budget, "next" year',
        "replies": "2",
        "is_test": "false",
        "updated_at": "2014-06-03T09:30:00-04:00",
    },
    {
        "request_id": "008",
        "city": "4748000",
        "submitted_at": "2014-12-01T09:00:00",
        "topic": "línea\nnueva",
        "replies": None,
        "is_test": "true",
        "updated_at": None,
    },
]
NAMES = list(ROWS[0])
# by hand: Eastern is UTC-4 in June, UTC-5 in December; leading zeros stay
EXPECTED = [
    ("007", "4748000", "2014-06-02 14:00:00", 'Budget, "next" year', 2, False, "2014-06-03 13:30:00"),
    ("008", "4748000", "2014-12-01 14:00:00", "línea\nnueva", None, True, None),
]


def delimited(mark: str) -> bytes:
    def cell(value: str | None) -> str:
        return "" if value is None else '"' + value.replace('"', '""') + '"'

    return "\n".join([mark.join(NAMES), *(mark.join(cell(r[n]) for n in NAMES) for r in ROWS)]).encode()


def workbook() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for column, name in enumerate(NAMES):
        sheet.write_string(0, column, name)
        for line, row in enumerate(ROWS, 1):
            value = row[name]
            if value is not None:
                sheet.write_number(line, column, float(value)) if name == "replies" else sheet.write_string(
                    line, column, value
                )
    book.close()
    return out.getvalue()


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS, pa.schema([(n, pa.string()) for n in NAMES])), out)
    return out.getvalue()


def typed_parquet() -> bytes:
    """As another database would export it: instants, whole numbers and booleans are no text."""
    out = io.BytesIO()
    types = [("submitted_at", pa.timestamp("us")), ("replies", pa.int32()), ("is_test", pa.bool_())]
    table = pa.table({n: pa.array([r[n] for r in ROWS], pa.string()) for n in NAMES})
    for name, kind in types:
        table = table.set_column(NAMES.index(name), name, table[name].cast(kind))
    updated = pa.array([datetime(2014, 6, 3, 13, 30), None], pa.timestamp("us", "UTC"))
    table = table.set_column(NAMES.index("updated_at"), "updated_at", updated)
    pq.write_table(table, out)
    return out.getvalue()


FORMATS = {
    "requests.csv": delimited(","),
    "requests.tsv": delimited("\t"),
    "requests.txt": delimited("|"),
    "requests.json": json.dumps(ROWS).encode(),
    "requests.jsonl": "\n".join(map(json.dumps, ROWS)).encode(),
    "requests.xlsx": workbook(),
    "requests.parquet": parquet(),
    "typed.parquet": typed_parquet(),
    "requests.csv.gz": gzip.compress(delimited(",")),
    "requests.jsonl.gz": gzip.compress("\n".join(map(json.dumps, ROWS)).encode()),
    "named as something else.csv": workbook(),
    "no extension": delimited(";"),
    "with a mark.csv": b"\xef\xbb\xbf" + delimited(","),
    "utf-16.csv": delimited(",").decode().encode("utf-16"),
}


def take(folder: Path, files: dict[str, bytes], connection: duckdb.DuckDBPyConnection) -> dict[str, Receipt]:
    for name, content in files.items():
        path = folder / "landing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    receipts = Receipts(folder / "raw", folder / "quarantine")
    new = ingest(folder / "landing", receipts, connection, catalog.load(), "America/New_York")
    sources = catalog.load().sources
    make_views(connection, receipts, sources, receipts.known(max(datetime.fromisoformat(r.known_at) for r in new)))
    return {r.name: r for r in new}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_requests_in_every_format(tmp_path, name):
    gazetteer = b"usps,geoid,name\nTN,4748000,Memphis city\n"
    with duckdb.connect() as connection:
        got = take(tmp_path, {f"requests/{name}": FORMATS[name], "census_gazetteer/g.csv": gazetteer}, connection)
        receipt = got[f"requests/{name}"]
        assert (receipt.status, receipt.received, receipt.accepted) == ("accepted", 2, 2), receipt.message
        found = connection.execute(
            "select request_id, city, submitted_at::varchar, topic, replies, is_test, updated_at::varchar"
            " from raw.requests order by request_id"
        ).fetchall()
    assert found == EXPECTED


def test_every_feed_has_a_source_with_the_columns_of_the_contract():
    """contract.md, Landing: the program's feeds; * marks what is required."""
    contract = {
        "requests": "request_id* city caller_type submitted_at* topic status first_response_at resolved_at reopened_at"
        " withdrawn_at merged_at duplicate_of disposition replies channel priority is_test partner assigned_to subject"
        " question contact_name contact_email updated_at",
        "surveys": "request_id* delivered_at* answered_at rating comment",
        "engagements": "engagement_id* title topic* intensity status applied_on approved_on starts_on* ends_on"
        " completed_on lead_partner planned_cost_usd",
        "engagement_cities": "engagement_id* city* share",
        "milestones": "milestone_id* engagement_id* title baseline_due* due done_on",
        "eligibility": "city* eligible_from* eligible_to wave reason",
        "award": "award_id* agency number recipient ein uei start* end* regime* basis* frequency* match_required_usd"
        " program_income_alternative address account_number",
        "ledger": "entry_id* award_id posted_on* incurred_on kind* amount_usd* rate_id engagement_id service category"
        " partner memo reverses",
        "request_events": "event_id* request_id* at* event*",
        "recommendations": "recommendation_id* engagement_id* made_on* adopted_on",
        "peer_events": "event_id* title topic held_on*",
        "attendance": "event_id* city* attendees",
        "library_resources": "resource_id* title topic* published_on reviewed_on",
        "library_use": "use_id* used_at* city resource_id topic action* results query",
        "indirect_rates": "rate_id* award_id type rate from to",
        "budget": "award_id category* version* amount_usd*",
        "targets": "metric* period* target* city topic set_on* set_by reason_missed",
        "narratives": "report* period* section* text* award_id",
    }
    for feed, columns in contract.items():
        spec = catalog.load().sources[feed]
        assert [f"{c}{'*' * s.required}" for c, s in spec.columns.items()] == columns.split(), feed


def test_indicator_sources_have_a_folder():
    folders = {s.landing_folder for s in catalog.load().sources.values()}
    assert {"bls_laus", "census_population", "hud_allocations", "census_gazetteer"} <= folders
