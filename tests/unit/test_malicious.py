"""Files made to harm: each is refused or defused with a message, and the files beside it go on."""

import gzip
import io
import json
import re
import struct
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from landing_desk import HEADER, Desk

from assets.raw import limits
from assets.raw.copies import without_long_rows
from assets.raw.limits import LINE_BYTES
from assets.raw.receipts import Receipt

GOOD = HEADER + "R1,4748000,2014-06-02,open,,\n"
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


@pytest.fixture
def desk(desk) -> Desk:
    desk.take()
    return desk


def taken(desk: Desk, content: bytes | str, name: str = "requests/a.csv") -> Receipt:
    """The receipt of one file; a good one beside it is taken in all the same."""
    desk.drop(name, content)
    desk.drop("requests/good.csv", GOOD)
    got = desk.take()
    assert got["requests/good.csv"].accepted == 1
    receipt = got[name]
    assert receipt.received == receipt.accepted + receipt.quarantined + receipt.repeats
    return receipt


def aside(desk: Desk, receipt: Receipt) -> list[tuple[object, ...]]:
    query = f"select row, \"column\", found, expected from '{desk.receipts.aside(receipt)}' order by 1, 2"
    return desk.connection.execute(query).fetchall()


def book(*rows: list[object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


REQUEST = book(HEADER.strip().split(","), ["R9", "4748000", "2014-06-02", "open"])

# Workbooks


def test_a_workbook_that_declares_more_than_a_gibibyte(desk):
    zeros = bytes(limits.MIB)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("xl/a", "w") as part:
        for _ in range(20):
            part.write(zeros)
    content = bytearray(out.getvalue())
    at = content.rfind(b"PK\x01\x02")  # the central directory, which readers go by: 20 MiB become 3 GiB
    content[at + 24 : at + 28] = struct.pack("<I", 3 * limits.GIB)
    assert "unpack to 3.0 GiB" in taken(desk, bytes(content)).message


def test_a_workbook_whose_headers_lie_small(desk):
    """The part is longer than its header says, so that its reader must stop or see what it is."""
    content = bytearray(changed(REQUEST, SHEET, lambda part: part + b" " * (8 * limits.MIB)))
    at = content.find(SHEET.encode(), content.find(b"PK\x01\x02"))
    content[at - 46 + 24 : at - 46 + 28] = struct.pack("<I", 1000)
    receipt = taken(desk, bytes(content))
    assert receipt.accepted == 1 or "workbook" in receipt.message


def test_a_workbook_of_many_parts(desk):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for at in range(limits.ARCHIVE_PARTS + 1):
            archive.writestr(f"xl/{at}", b"")
    assert "10,001 parts; expected at most 10,000" in taken(desk, out.getvalue()).message


def test_a_workbook_in_a_workbook_is_not_opened(desk):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inner.xlsx", REQUEST)
    assert "zip archive without a workbook" in taken(desk, out.getvalue()).message


@pytest.mark.parametrize("far", ["XFD1048576", "A4294967295", "ZZZZZZZZZZ1"])
def test_two_cells_far_apart_do_not_take_all_the_memory(desk, far):
    """The parser keeps the rectangle between them: 17 billion cells, which the system would answer by ending the run."""
    content = changed(
        REQUEST, SHEET, lambda x: x.replace(b'<c r="A2"', b'<c r="%b"><v>7</v></c><c r="A2"' % far.encode())
    )
    receipt = taken(desk, content)
    assert receipt.status == "refused" and "workbook" in receipt.message


@pytest.mark.parametrize("part", [SHEET, STRINGS])
def test_entities_in_a_workbook_are_never_expanded(desk, part):
    """A thousand million times "lol", and a file of this machine."""
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{lines}<!ENTITY own SYSTEM "{"file:///etc/hostname"}">]>'.encode()
    content = changed(
        REQUEST,
        part,
        lambda x: x.replace(b"?>", b"?>" + bomb, 1).replace(b"R9", b"&l9;&own;").replace(b"<v>6<", b"<v>&l9;<"),
    )
    receipt = taken(desk, content)
    assert receipt.accepted == 0 and (receipt.quarantined or "workbook" in receipt.message)
    assert "lollol" not in str(aside(desk, receipt) if receipt.status == "accepted" else receipt)


def test_formulas_stay_text_and_downloads_are_defused(desk):
    from dashboards.tables import plain_text

    texts = ['=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(1)", "\t=1", "plain - text"]
    shown = {t.strip() for t in texts if not t.startswith("@")}  # a published text takes no @
    lines = "".join(f'"{t.replace(chr(34), chr(34) * 2)}",4748000,2014-06-02,open,,\n' for t in texts)
    for name, content in (
        ("requests/a.csv", HEADER + lines),
        ("requests/b.xlsx", book(HEADER.strip().split(","), *([t, "4748000", "2014-06-02", "open"] for t in texts))),
    ):
        receipt = taken(desk, content.encode() if isinstance(content, str) else content, name)
        assert (receipt.received, receipt.accepted, receipt.quarantined) == (6, 5, 1)
        got = desk.rows(f"select request_id from raw.requests where _file = '{name}'")
        assert {str(g).strip() for (g,) in got} == shown
    table = pa.table(
        {"id": [*texts, None, ""], "kind": pa.array(["-"] * 8).dictionary_encode(), "n": [-1.5, *range(7)]}
    )
    safe = plain_text(table).to_pylist()
    assert [row["id"] for row in safe] == [*(f"'{t}" for t in texts[:5]), "plain - text", None, ""]
    assert safe[0]["kind"] == "'-" and safe[0]["n"] == -1.5
    out = io.BytesIO()
    pyarrow.csv.write_csv(plain_text(table), out)
    assert not re.search(rb'^"[=+@\t-]', out.getvalue(), re.MULTILINE)


# Delimited text


def test_a_gzip_that_unpacks_to_a_thousand_times_its_size(desk):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb") as packed:
        packed.write(GOOD.encode())
        for _ in range(65):
            packed.write(bytes(limits.MIB))
    receipt = taken(desk, out.getvalue())
    assert receipt.status == "refused" and "64.8 KiB unpack to more than 65.0 MiB" in receipt.message


def test_a_gzip_in_a_gzip_is_refused(desk):
    assert taken(desk, gzip.compress(gzip.compress(GOOD.encode()))).status == "refused"


@pytest.mark.parametrize("megabytes", [3, 20, 40, 100])
def test_a_row_too_long_is_set_aside_and_the_others_go_on(desk, megabytes):
    """DuckDB takes lines of 2 MB, tells of those up to 16 times that, and passed over longer ones without a word."""
    cell = b"x" * (megabytes * 1_000_000)
    more = b"R3,4748000,2014-06-02,open,,\n\nR4,4748000,2014-13-02,open,,\n"
    receipt = taken(desk, GOOD.replace("R1", "R2").encode() + b"R," + cell + b",2014-06-02,open,,\n" + more)
    assert (receipt.received, receipt.accepted, receipt.quarantined) == (4, 2, 2)
    (long, wrong) = aside(desk, receipt)
    assert (long[0], long[3]) == (3, "at most 2,000,000 bytes a row")
    assert wrong[:2] == (6, "submitted_at")  # rows are counted as before: 3 is the long one, 5 is blank


def test_a_row_too_long_within_quotes_goes_as_a_whole(tmp_path):
    path = tmp_path / "a.csv"
    long = b'x,"first\n' + b"y" * 3_000_000 + b'\nlast"\n'
    path.write_bytes(b"id,n\na,1\n" + long + b"b,2\n")
    copy, faults = without_long_rows(path)
    assert copy.read_bytes() == b"id,n\na,1\n\nb,2\n"
    assert [(f.row, f.found) for f in faults] == [(3, "a row of 2.9 MiB")]
    path.write_bytes(b"id,n\na," + b"y" * (LINE_BYTES - 3) + b"\nb,2\n")  # as long as a row may be
    assert without_long_rows(path)[1] == []


def test_one_long_line_is_no_table(desk):
    assert "the first line has no end within 1.0 MiB" in taken(desk, b"x" * 30_000_000).message


@pytest.mark.parametrize("line", [",,,", '""'])
def test_a_header_that_names_nothing(desk, line):
    assert "names no column" in taken(desk, f"{line}\n1,2,3,4\n").message


def test_a_line_without_end_below_a_header(desk):
    receipt = taken(desk, GOOD.encode() + b"x" * 40_000_000)
    assert (receipt.received, receipt.accepted, receipt.quarantined) == (2, 1, 1)


def test_a_hundred_thousand_columns(desk):
    names = ",".join(f"c{at}" for at in range(100_000))
    assert "100,000 columns; expected at most 16,384" in taken(desk, f"{names}\n").message
    record = json.dumps({f"c{at}": 1 for at in range(20_000)})
    assert "20,000 columns" in taken(desk, f"[{record}]", "requests/a.json").message


def test_a_quote_never_closed_is_told_with_what_it_swallowed(desk):
    """Its row is one cell up to the end of the file: set aside alone, it would take a thousand good rows with it."""
    rows = "".join(f"R{at},4748000,2014-06-02,open,,\n" for at in range(2, 1002))
    receipt = taken(desk, GOOD + 'X,"4748000,2014-06-02,open,,\n' + rows)
    assert receipt.status == "refused"
    assert "row 3 opens a quote that is never closed, which makes the 1,000 lines after it one cell" in receipt.message
    last = taken(desk, GOOD + 'X,"4748000,2014-06-02,open,,\n', "requests/last.csv")
    assert (last.received, last.accepted, last.quarantined) == (2, 1, 1)  # where it ends the file, it costs its row


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("\r" + GOOD, (1, 1)),  # DuckDB took the return for the end of every line, and passed over the rows
        (GOOD.replace("\n", "\r\n") + GOOD.replace("R1", "R2").split("\n", 1)[1], (2, 2)),
        (GOOD + "R2,4748000,20\r14-06-02,open,,\n", (3, 1)),  # two broken rows, and not a file that is refused
        (GOOD + '"R\r2",4748000,2014-06-02,open,,\n', (2, 2)),  # within quotes it is text
    ],
)
def test_a_return_by_itself_ends_a_line(desk, text, counts):
    receipt = taken(desk, text)
    assert (receipt.received, receipt.accepted) == counts


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(desk, encoding):
    assert taken(desk, GOOD.encode(encoding)).accepted == 1


def test_half_a_character_of_utf_16(desk):
    assert "not utf-16 text throughout" in taken(desk, GOOD.encode("utf-16")[:-1]).message


def test_nul_bytes_do_not_end_a_cell(desk):
    receipt = taken(desk, GOOD.replace("2014-06-02", "2014-06-02\0").replace("R1", "R\0one"))
    assert (receipt.accepted, receipt.quarantined) == (0, 1)


# JSON, Parquet


def test_json_a_hundred_thousand_deep_and_numbers_beyond_all(desk):
    deep = "[" * 100_000 + "]" * 100_000
    record = '{"request_id": "R9", "city": "4748000", "submitted_at": "2014-06-02", "status": "open"'
    assert "nesting" in taken(desk, f'[{record}, "x": {deep}}}]', "requests/a.json").message
    receipt = taken(desk, f'{record}}}\n{record}, "x": {deep}}}\n{record}, "replies": 1e999999}}\n', "requests/b.json")
    assert (receipt.received, receipt.accepted, receipt.quarantined) == (3, 1, 2)


def test_parquet_of_nested_columns_is_text(desk):
    table = pa.table(
        {"request_id": ["R9"], "city": ["4748000"], "submitted_at": ["2014-06-02"], "topic": [[{"a": [1]}]]}
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    assert taken(desk, out.getvalue()).accepted == 1
    assert desk.rows("select topic from raw.requests where request_id = 'R9'") == [('[{"a":[1]}]',)]


def test_parquet_of_more_rows_than_there_can_be(desk):
    out = io.BytesIO()
    rows = pa.nulls(limits.TABLE_ROWS // 2 + 1, pa.int8())
    with pq.ParquetWriter(out, pa.schema({"request_id": pa.int8()})) as writer:
        for _ in range(2):
            writer.write_table(pa.table({"request_id": rows}))
    assert len(out.getvalue()) < limits.MIB
    assert "declares 50,000,002 rows" in taken(desk, out.getvalue()).message
