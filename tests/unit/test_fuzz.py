"""Damaged files of every kind, through the whole intake: none is lost, none ends the run, and each is told of.

`CITIES311_FUZZ=1000` tries a thousand of each kind, at random; without it a few, always the same.
"""

import gzip
import io
import os
import re
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from landing_desk import EASTERN, HEADER

from assets import catalog
from assets.raw.ingest import ingest
from assets.raw.receipts import Receipt, Receipts

EXAMPLES = int(os.environ.get("CITIES311_FUZZ", "0"))
SECONDS = 30  # in which any of these small files is taken in or refused
REAL = Path(__file__).parents[3] / "shared" / "real"
OPEN311 = """<?xml version="1.0" encoding="utf-8"?>
<service_requests>
 <request><service_request_id>638344</service_request_id><status>closed</status><service_name>Sidewalk repair</service_name>
  <requested_datetime>2014-04-14T06:37:38-08:00</requested_datetime><updated_datetime>2014-04-14T06:37:39-08:00</updated_datetime>
 </request>
 <request><service_request_id>638349</service_request_id><status>open</status><service_code>006</service_code>
  <requested_datetime>2014-04-19T06:37:38-08:00</requested_datetime></request>
</service_requests>
"""
BEA = """"GeoFIPS","GeoName","Region","TableName","LineCode","IndustryClassification","Description","Unit","2013","2014"
 "00000", "United States", "",CAINC1,1,"...","Personal income","Thousands of dollars",100,200
 "01001", "Autauga, AL", "5",CAINC1,1,"...","Personal income","Thousands of dollars",10,(NA)
"Note: See the included footnote file."
"CAINC1: Personal income summary"
"""
Mutation = tuple[str, int, int, bytes]


def requests(number: int) -> list[str]:
    return [f"R{at},4748000,2014-06-{at:02d}T10:00:00,open,,\n" for at in range(1, number + 1)]


def cut(content: bytes) -> bytes:
    """The start and the end of a text, where its title, its header and its notes are."""
    lines = content.splitlines(keepends=True)
    return b"".join([*lines[:25], *lines[-4:]]) if len(lines) > 30 else content


@pytest.fixture(scope="module")
def seeds(sample_landing) -> dict[str, tuple[str, bytes]]:
    """By kind of file: the name that it lands under, and a good one."""
    found: dict[str, tuple[str, bytes]] = {}
    for path in sorted(p for p in sample_landing.rglob("*") if p.is_file() and p.parent != sample_landing):
        kind = re.sub(r"\d+", "", f"{path.parent.name}/{path.name}")
        if path.name != "mapping.yml" and kind not in found:
            content = path.read_bytes()
            is_text = path.suffix not in (".xlsx", ".parquet", ".gz", ".json")
            found[kind] = (path.relative_to(sample_landing).as_posix(), cut(content) if is_text else content[:200_000])
    text = HEADER + "".join(requests(8))
    found["requests/quoted.csv"] = ("requests/a.csv", text.replace("4748000", '"Memphis, TN"').encode())
    found["requests/utf-16.csv"] = ("requests/a.csv", text.encode("utf-16"))
    found["requests/gz"] = ("requests/a.csv.gz", gzip.compress(text.encode()))
    found["requests/xml"] = ("requests/a.xml", OPEN311.encode())
    found["bea_county/csv"] = ("bea_county/CAINC1__ALL_AREAS.csv", BEA.encode())
    for name, folder in (
        *(("census_saipe/est19all.xls", "census_saipe"), ("open311/open311status/service_requests.json", "requests")),
        *(
            ("open311/sf_xml/services.xml", "requests"),
            ("census_acs_county/ACS_12_5YR_B19083_with_ann.csv", "census_acs"),
        ),
        ("census_bps_place/we2024a.txt", "census_permits"),
    ):
        path = REAL / name
        if path.exists():  # the publisher's own, where they are beside the checkout
            content = path.read_bytes()
            found[name] = (f"{folder}/{path.name}", content if path.suffix == ".xls" else cut(content))
    return found


POSITIONS = st.integers(0, 1 << 20)
MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "drop", "swap", "repeat", "inside"]),
        POSITIONS,
        st.integers(1, 40),
        st.one_of(
            st.binary(min_size=1, max_size=12),
            st.sampled_from(
                [b'"', b"\n", b"\r", b"\0", b",", b"\t", b"\xff", b"1e999", b"'", b"\xef\xbb\xbf", b"&x;", b"]]"]
            ),
        ),
    ),
    min_size=1,
    max_size=4,
)


def mutated(content: bytes, mutations: list[Mutation]) -> bytes:
    for how, at, length, new in mutations:
        if how == "inside":
            content = inside(content, at, lambda part: mutated(part, [("insert", at // 7, length, new)]))  # noqa: B023
            continue
        place = at % (len(content) + 1)
        if how == "flip":
            content = (
                content[:place]
                + bytes(b ^ new[0] or b ^ 255 for b in content[place : place + 1])
                + content[place + 1 :]
            )
        elif how == "cut":
            content = content[:place]
        elif how == "insert":
            content = content[:place] + new + content[place:]
        elif how == "drop":
            content = content[:place] + content[place + length :]
        else:
            lines = content.split(b"\n")
            one, other = at % len(lines), length % len(lines)
            if how == "swap":
                lines[one], lines[other] = lines[other], lines[one]
            else:
                lines.insert(one, lines[other])
            content = b"\n".join(lines)
    return content


def inside(content: bytes, at: int, change: Callable[[bytes], bytes]) -> bytes:
    """A packed file whose packing is whole and whose content is not."""
    try:
        if content.startswith(b"\x1f\x8b"):
            return gzip.compress(change(gzip.decompress(content)))
        if content.startswith(b"PK"):
            out = io.BytesIO()
            with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
                for number, name in enumerate(names := old.namelist()):
                    part = old.read(name)
                    new.writestr(name, change(part) if number == at % len(names) else part)
            return out.getvalue()
    except Exception:  # an earlier mutation has damaged the packing
        return content
    return change(content)


def taken(folder: Path, connection: duckdb.DuckDBPyConnection, name: str, content: bytes) -> Receipt:
    """One file through the whole intake, in a landing of its own."""
    path = folder / "landing" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    started = time.monotonic()
    receipts = Receipts(folder / "raw", folder / "quarantine")
    (receipt,) = ingest(folder / "landing", receipts, connection, catalog.load(), EASTERN)
    assert time.monotonic() - started < SECONDS
    return receipt


def kept_whole(receipt: Receipt) -> None:
    assert receipt.received == receipt.accepted + receipt.quarantined + receipt.repeats
    assert receipt.accepted >= 0 and datetime.fromisoformat(receipt.received_at) <= datetime.now(UTC)
    if receipt.status != "accepted":
        assert receipt.status in ("refused", "not_needed") and len(receipt.message) > 20
        unforeseen = receipt.message.startswith("the file cannot be read: ")
        assert not unforeseen or "InvalidInputException" in receipt.message, (
            receipt.message
        )  # which is DuckDB's own word


KINDS = [
    *(
        "attendance/attendance.csv.gz",
        "award/award.csv",
        "bls_laus/la.area",
        "bls_laus/la.data..City",
        "bls_laus/la.series",
    ),
    *(
        "bls_laus/laucnty.txt",
        "budget/budget.xlsx",
        "census_acs/_acs_B_place.json",
        "census_gazetteer/_Gaz_place_national.txt",
    ),
    *(
        "place_county/national_place_by_county.txt",
        "census_permits/mwa.txt",
        "census_population/sub-est_all.csv",
        "hud_allocations/cpd_allocations_fy.csv",
    ),
    *("indirect_rates/indirect-rates.json", "request_events/request-events.parquet", "requests/community-desk.xlsx"),
    *("requests/requests-late.jsonl", "requests/requests.csv", "targets/targets.tsv"),
    *("requests/quoted.csv", "requests/utf-16.csv", "requests/gz", "requests/xml", "bea_county/csv"),
    *("census_saipe/est19all.xls", "open311/open311status/service_requests.json", "open311/sf_xml/services.xml"),
    *("census_acs_county/ACS_12_5YR_B19083_with_ann.csv", "census_bps_place/we2024a.txt"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_taken_in_or_told_of(kind, seeds, connection, tmp_path_factory):
    if kind not in seeds:
        pytest.skip("a publisher's own file, which is not here")
    name, good = seeds[kind]

    @settings(
        max_examples=EXAMPLES or 3,
        derandomize=not EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(MUTATIONS)
    @example([])
    def damaged(mutations: list[Mutation]) -> None:
        kept_whole(taken(tmp_path_factory.mktemp("fuzz"), connection, name, mutated(good, mutations)))

    damaged()


LINES = st.lists(st.tuples(st.integers(0, 400), st.sampled_from([*"xR,;| \t4-", "\n", "\n\n", ",,"])), max_size=6)


@settings(max_examples=EXAMPLES or 20, derandomize=not EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(LINES)
def test_every_line_of_a_damaged_log_is_a_row_received(connection, tmp_path_factory, inserted):
    """Without quotes a line is a row: what is received and what is blank are all the lines there are."""
    text = HEADER + "".join(requests(8))
    for at, new in inserted:
        place = len(HEADER) + at % (len(text) - len(HEADER) + 1)
        text = text[:place] + new + text[place:]
    receipt = taken(tmp_path_factory.mktemp("lines"), connection, "requests/a.csv", text.encode())
    kept_whole(receipt)
    lines = text.splitlines()
    assert receipt.received == sum(bool(line) for line in lines) - 1
