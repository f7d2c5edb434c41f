"""BEA tables of counties in the publisher's layouts, with invented areas and figures, through the real intake."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets import catalog
from assets.raw import archive, bea_county
from assets.raw.ingest import ingest
from assets.raw.reading import Landed, NotNeeded, Parsed, Unreadable
from assets.raw.receipts import Receipt, Receipts
from assets.raw.views import make_views

HEADER = "GeoFIPS,GeoName,Region,TableName,LineCode,IndustryClassification,Description,Unit,2001,2002\r\n"
ROWS = (
    ' "00000","United States *", ,CAGDP2,1,"...","All industry total 1/","Thousands of dollars",900,950\r\n'
    ' "99000","Zeta", 8,CAGDP2,1,"...","All industry total 1/","Thousands of dollars",90,95\r\n'
    ' "99001","Ca\xf1ada, ZT", 8,CAGDP2,1,"...","  All industry total 1/","Thousands of dollars",50,(NA)\r\n'
    ' "99003","Birch + Oak, ZT*", 8,CAGDP2,1,"...","All industry total 1/","Thousands of dollars",(D),-45\r\n'
)
TRAILER = (
    '"Note: See the included footnote file."\r\n'
    '"CAGDP2: Gross domestic product (GDP) by county and metropolitan area "\r\n'
    '"Last updated: December 4, 2024-- new statistics for 2002; revised statistics for 2001."\r\n'
    '"U.S. Bureau of Economic Analysis"\r\n'
)
CSV = (HEADER + ROWS + TRAILER).encode("latin-1")


def read(tmp_path: Path, content: bytes, name: str = "CAGDP2.csv") -> Parsed:
    path = tmp_path / "landed"
    path.write_bytes(content)
    return bea_county.read(Landed(path, f"bea_county/{name}", "bea_county"), duckdb.connect())


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def take_in(tmp_path: Path, content: bytes) -> tuple[Receipt, Callable[[str], list[tuple[Any, ...]]]]:
    """The receipt of one file, and a way to ask the raw view."""
    folder = tmp_path / "landing" / "bea_county"
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(content)
    connection, entries = duckdb.connect(), catalog.load()
    receipts = Receipts(tmp_path / "raw", tmp_path / "quarantine")
    (receipt,) = ingest(tmp_path / "landing", receipts, connection, entries, "America/New_York")
    make_views(
        connection,
        receipts,
        {"bea_county": entries.sources["bea_county"]},
        receipts.known(datetime.max.replace(tzinfo=UTC)),
    )
    return receipt, lambda sql: connection.execute(sql).fetchall()


def test_rows_markers_and_vintage(tmp_path: Path) -> None:
    receipt, ask = take_in(tmp_path, CSV)
    assert (receipt.status, receipt.received, receipt.accepted, receipt.quarantined) == ("accepted", 4, 4, 0)
    assert receipt.facts == {"vintage": "2024-12-04", "notes": "4 lines: Note: See the included footnote file."}
    assert receipt.unused == []
    found = ask(
        "select geofips, geoname, region, line_code, description, y_2001, y_2001_missing, y_2002, y_2002_missing, y_2003,"
        " vintage, _row from raw.bea_county order by _row"
    )
    total = "All industry total 1/"
    reasons = "suppressed to avoid disclosure"
    assert found == [
        ("00000", "United States *", None, "1", total, 900.0, None, 950.0, None, None, "2024-12-04", 2),
        ("99000", "Zeta", "8", "1", total, 90.0, None, 95.0, None, None, "2024-12-04", 3),
        ("99001", "Cañada, ZT", "8", "1", total, 50.0, None, None, "not_available", None, "2024-12-04", 4),
        ("99003", "Birch + Oak, ZT*", "8", "1", total, None, reasons, -45.0, None, None, "2024-12-04", 5),
    ]


def test_gzipped_and_zipped_it_is_the_same_table(tmp_path: Path) -> None:
    plain = read(tmp_path, CSV)
    expected, facts = plain.rows.fetchall(), plain.facts
    assert len(expected) == 4
    for content in (gzip.compress(CSV), zipped(**{"CAGDP2__ALL_AREAS_2001_2002.csv": CSV})):
        parsed = read(tmp_path, content)
        assert (parsed.rows.fetchall(), parsed.facts) == (expected, facts)


def test_notes_are_no_rows_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    """Two tables pasted together, saved by a spreadsheet that filled the notes up with commas; one row cut short, and one
    with a word for a figure: both are set aside, and the others stay."""
    lines = (HEADER + ROWS).replace(",90,95", ",ninety,95").splitlines(keepends=True)
    notes = TRAILER.replace('"\r\n', '",,,,,,,,,\r\n')
    receipt, ask = take_in(
        tmp_path, ("".join(lines[:3]) + notes + "".join(lines[3:]) + ' "99005","Elm').encode("latin-1")
    )
    assert (receipt.received, receipt.accepted, receipt.quarantined) == (5, 3, 2)
    assert [row for (row,) in ask("select _row from raw.bea_county order by _row")] == [2, 8, 9]  # notes: 4 to 7
    assert receipt.facts["vintage"] == "2024-12-04"


def test_a_table_without_last_updated_has_no_vintage(tmp_path: Path) -> None:
    assert "vintage" not in read(tmp_path, (HEADER + ROWS).encode("latin-1")).facts
    assert "vintage" not in read(tmp_path, CSV.replace(b"December 4", b"December 44")).facts


@pytest.mark.parametrize("table", ["SAGDP2", "MAGDP2", "MARPP"])
def test_tables_of_other_areas_are_not_needed(tmp_path: Path, table: str) -> None:
    with pytest.raises(NotNeeded, match=f"{table} is not of counties"):
        read(tmp_path, CSV.replace(b"CAGDP2", table.encode()))


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"[]", b'{"a": 1}', b'{"BEAAPI": {"Results": []}}', b"PK\x03\x04"]
)
def test_anything_else_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(tmp_path, content)


def test_of_an_archive_only_the_file_of_all_areas_is_read(tmp_path: Path) -> None:
    members = {"CAGDP2__Footnotes.html": b"<p>", "CAGDP2__definition.xml": b"<a/>", "CAGDP2_ZT_2001_2002.csv": b"x"}
    parsed = read(tmp_path, zipped(**members, **{"CAGDP2__ALL_AREAS_2001_2002.csv": CSV}))
    assert len(parsed.rows) == 4
    with pytest.raises(Unreadable, match="0 tables of the kind expected"):
        read(tmp_path, zipped(**{"CAGDP2__Footnotes.html": b"<p>"}))
    with pytest.raises(Unreadable, match="2 tables of the kind expected"):
        read(tmp_path, zipped(**{"CAGDP2_ZT_2001_2002.csv": CSV, "CAGDP2_YT_2001_2002.csv": CSV}))


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    bomb = zipped(**{"CAGDP2__ALL_AREAS_2001_2002.csv": bytes(30_000_000)})  # about 1,000 times its packed size
    with pytest.raises(Unreadable, match="would unpack to 30,000,000 bytes"):
        read(tmp_path, bomb)
    path = tmp_path / "cut"
    path.write_bytes(zipped(**{"a.csv": CSV})[:-40])
    with pytest.raises(Unreadable, match="breaks off or is damaged"):
        archive.unpacked(path, r"\.csv$")


def answer(**results: Any) -> bytes:
    echo = {"RequestParam": [{"ParameterName": "USERID", "ParameterValue": "SECRET"}]}
    return json.dumps({"BEAAPI": {"Request": echo, "Results": results}}).encode()


def figure(fips: str, year: str, value: str, **more: str) -> dict[str, str]:
    item = {"Code": "CAINC1-3", "GeoFips": fips, "GeoName": "Alder, ZT", "TimePeriod": year, "CL_UNIT": "Dollars"}
    return item | {"UNIT_MULT": "0", "DataValue": value} | more


def test_answers_of_the_api(tmp_path: Path) -> None:
    data = [
        figure("99001", "2022", "51,234"),
        figure("99001", "2023", "(NA)", NoteRef="(NA)"),
        figure("99003", "2023", "7"),
    ]
    notes = [{"NoteRef": "CAINC1", "NoteText": "CAINC1 Personal income summary. Last updated: November 14, 2024."}]
    receipt, ask = take_in(tmp_path, answer(Statistic="x", Data=data, Notes=notes))
    assert (receipt.status, receipt.received, receipt.accepted) == ("accepted", 3, 3)
    assert receipt.facts["vintage"] == "2024-11-14"
    assert "SECRET" not in json.dumps(receipt.facts)
    assert ask("select table_name, line_code, unit_mult, y_2022, y_2023, y_2023_missing, _row from raw.bea_county") == [
        ("CAINC1", "3", 0, 51234.0, None, None, 1),
        ("CAINC1", "3", 0, None, None, "not_available", 2),
        ("CAINC1", "3", 0, None, 7.0, None, 3),
    ]
    assert len(read(tmp_path, answer(Data=data[0])).rows) == 1  # a single figure comes without its list


def test_an_error_of_the_api_is_told_by_its_code(tmp_path: Path) -> None:
    error = {"APIErrorCode": "40", "APIErrorDescription": "The dataset requires parameters that were missing"}
    with pytest.raises(Unreadable, match="error 40"):
        read(tmp_path, answer(Error=error))
    with pytest.raises(NotNeeded, match="SAINC1"):
        read(tmp_path, answer(Data=[figure("99000", "2022", "1", Code="SAINC1-3")]))
