"""JSON, Excel and Parquet as rows of text: every trap that senders' files have set."""

import datetime
import decimal
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.raw import tabular
from assets.raw.reading import Landed, Parsed, Unreadable

REAL = Path(__file__).parents[3] / "shared" / "real"


def read(tmp_path: Path, content: bytes, **options: Any) -> Parsed | None:
    path = tmp_path / "some.csv"  # the extension says nothing
    path.write_bytes(content)
    return tabular.read(Landed(path, "x/some.csv", "x", options), duckdb.connect(), "x")


def rows(parsed: Parsed | None) -> list[dict[str, Any]]:
    assert parsed is not None
    assert {str(t) for n, t in zip(parsed.rows.columns, parsed.rows.types, strict=True) if n != "_row"} <= {"VARCHAR"}
    return parsed.rows.to_arrow_table().to_pylist()


def book(write: Any, **options: Any) -> bytes:
    """A workbook whose first sheet is filled by `write(sheet, format_of)`."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, options) as made:
        write(made.add_worksheet(), lambda pattern: made.add_format({"num_format": pattern}))
    return out.getvalue()


# JSON


def test_json_numbers_keep_their_literal_text(tmp_path: Path) -> None:
    text = b'[{"id": "007", "usd": 0.10, "n": 12345678901234567890, "e": 1e3, "yes": true, "none": null, "blank": " "}]'
    assert rows(read(tmp_path, text)) == [
        {"id": "007", "usd": "0.10", "n": "12345678901234567890", "e": "1e3", "yes": "true", "none": None}
        | {"blank": None, "_row": 1}
    ]


def test_json_nested_values_are_json_text_with_numbers_untouched(tmp_path: Path) -> None:
    nested = rows(read(tmp_path, '[{"a": {"b": [1.50, "ü", null, false]}}]'.encode()))[0]["a"]
    assert nested == '{"b": [1.50, "ü", null, false]}'


def test_json_columns_are_the_union_of_keys_in_order_of_appearance(tmp_path: Path) -> None:
    parsed = read(tmp_path, b'[{"a": 1}, {"b": 2, "a": 3}]')
    assert rows(parsed) == [{"a": "1", "b": None, "_row": 1}, {"a": "3", "b": "2", "_row": 2}]


def test_json_array_of_arrays_has_its_header_first(tmp_path: Path) -> None:
    parsed = read(tmp_path, b'[["NAME", "state"], ["Springfield", "01"], ["short"]]')
    assert rows(parsed) == [{"NAME": "Springfield", "state": "01", "_row": 2}]
    assert parsed is not None
    assert [(r.row, r.expected) for r in parsed.rejects] == [(3, "an object with column names")]


def test_json_empty_array_is_zero_rows(tmp_path: Path) -> None:
    parsed = read(tmp_path, b" [ ] \n")
    assert rows(parsed) == []


def test_json_lines_set_a_broken_line_aside_and_go_on(tmp_path: Path) -> None:
    parsed = read(tmp_path, b'\xef\xbb\xbf{"id": 1}\n\n{"id": 2, "who": "a@b.example"\r\n{"id": 4}\r\n[5]\n')
    assert rows(parsed) == [{"id": "1", "_row": 1}, {"id": "4", "_row": 4}]
    assert parsed is not None
    assert [r.row for r in parsed.rejects] == [3, 5]
    assert "example" not in "".join(r.found + r.expected for r in parsed.rejects)  # content may be personal


def test_json_lines_in_another_encoding(tmp_path: Path) -> None:
    content = '{"city": "Española"}\n{"city": "Reno"}\n'.encode("latin-1")
    parsed = read(tmp_path, content)
    assert rows(parsed) == [{"city": "Reno", "_row": 2}]
    assert parsed is not None
    assert "utf-8" in parsed.rejects[0].expected
    assert rows(read(tmp_path, content, encoding="latin-1"))[0] == {"city": "Española", "_row": 1}


def test_json_lines_across_chunks_with_a_late_column(tmp_path: Path) -> None:
    count = 50_001  # one more than a chunk
    lines = [json.dumps({"id": i} | ({"late": "x"} if i == count else {})) for i in range(1, count + 1)]
    found = rows(read(tmp_path, "\n".join(lines).encode()))
    assert len(found) == count
    assert (found[0]["late"], found[-1]) == (None, {"id": str(count), "late": "x", "_row": count})


def test_json_half_a_surrogate_pair_costs_its_row_only(tmp_path: Path) -> None:
    parsed = read(tmp_path, b'[{"a": "\\ud800"}, {"a": "\\ud83d\\ude00"}]')
    assert rows(parsed) == [{"a": "\N{GRINNING FACE}", "_row": 2}]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (b'[{"a": 1}, {"a":', "breaks off"),
        (b'{"a":\n{"b":', "no line is a JSON object"),
        (b'[{"City": 1}, {"city": 2}]', "twice"),
        (b"[" * 100_000, "nesting"),
        (gzip.compress(b'{"a": 1}\n' * 100, mtime=0)[:-10], "gzip"),
        (b"PK\x03\x04half", "damaged"),
        (b"PAR1half", "Parquet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1half", "cannot be opened"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as refused:
        read(tmp_path, content)
    assert str(tmp_path) not in str(refused.value)


def test_delimited_text_is_left_to_its_own_reader(tmp_path: Path) -> None:
    assert read(tmp_path, b"a,b\n1,2\n") is None
    assert read(tmp_path, gzip.compress(b"a,b\n1,2\n")) is None


# Excel


def test_excel_cells_as_the_sheet_shows_them(tmp_path: Path) -> None:
    def write(sheet: Any, format_of: Any) -> None:
        sheet.write_row(2, 0, ["id", "day", "at", "usd", "ok", "took", "clock"])  # row 3, below two empty rows
        sheet.write_number(3, 0, 1234567)
        sheet.write_datetime(3, 1, datetime.datetime(2014, 5, 22), format_of("m/d/yyyy"))
        sheet.write_datetime(3, 2, datetime.datetime(2014, 5, 22, 10, 0), format_of("yyyy-mm-dd hh:mm"))
        sheet.write_number(3, 3, 1234.56)
        sheet.write_boolean(3, 4, True)
        sheet.write_number(3, 5, 1.5, format_of("[h]:mm:ss"))  # a day and a half = 36 hours
        sheet.write_number(3, 6, 0.75, format_of("h:mm"))  # three quarters of a day = 18:00
        sheet.write_row(5, 0, [" 0042 ", "", "", -0.1])  # row 6; row 5 is empty

    empty = dict.fromkeys(("day", "at", "ok", "took", "clock"))
    for epoch in (False, True):
        assert rows(read(tmp_path, book(write, date_1904=epoch))) == [
            {"id": "1234567", "day": "2014-05-22", "at": "2014-05-22T10:00:00", "usd": "1234.56", "ok": "true"}
            | {"took": "36:00:00", "clock": "18:00:00", "_row": 4},
            {"id": "0042", **empty, "usd": "-0.1", "_row": 6},
        ]


def test_excel_title_empty_columns_and_other_sheets(tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        made.add_worksheet("Cover").write(0, 0, "Read me")
        sheet = made.add_worksheet("Data")
        sheet.write(0, 1, "Requests of May")
        sheet.write_row(1, 1, ["id", "", "topic", ""])
        sheet.write_row(2, 1, ["1", "", "water", "aside"])
        made.add_worksheet("Lookups").write(0, 0, "x")
    parsed = read(tmp_path, gzip.compress(out.getvalue()))
    assert rows(parsed) == [{"id": "1", "topic": "water", "column 5": "aside", "_row": 3}]
    assert parsed is not None
    assert parsed.facts == {"sheet": "Data", "sheets_not_read": "Cover, Lookups"}


def test_excel_header_only_is_zero_rows_and_nothing_at_all_is_refused(tmp_path: Path) -> None:
    assert rows(read(tmp_path, book(lambda sheet, _: sheet.write_row(0, 0, ["id", "topic"])))) == []
    with pytest.raises(Unreadable, match="no filled cell"):
        read(tmp_path, book(lambda sheet, _: None))


def test_excel_repeated_header_and_archives_of_other_things(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="'ID' twice"):
        read(tmp_path, book(lambda sheet, _: sheet.write_row(0, 0, ["id", "ID"])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("requests.csv", "a,b\n1,2\n")
    with pytest.raises(Unreadable, match="unpack"):
        read(tmp_path, out.getvalue())


def test_excel_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = book(lambda sheet, _: sheet.write_row(0, 0, ["id", "topic"]))
    for share in (0.1, 0.5, 0.9):
        with pytest.raises(Unreadable):
            read(tmp_path, whole[: int(len(whole) * share)])


# Parquet


def test_parquet_types_as_text(tmp_path: Path) -> None:
    noon = datetime.datetime(2014, 5, 22, 12, 0, tzinfo=datetime.UTC)
    table = pa.table(
        {
            "id": pa.array([1.0, None]),  # what a data frame makes of whole numbers with a gap
            "usd": pa.array([decimal.Decimal("0.10"), None], pa.decimal128(18, 2)),
            "at": pa.array(
                [noon, noon + datetime.timedelta(microseconds=1500)], pa.timestamp("ns", "America/New_York")
            ),
            "local": pa.array([noon.replace(tzinfo=None), None], pa.timestamp("us")),
            "day": pa.array([datetime.date(2014, 5, 22), None]),
            "share": pa.array([float("nan"), 0.25]),
            "text": pa.array([" x ", ""]),
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "raw": pa.array([b"caf\xc3\xa9", b"\xff"]),
            "tags": pa.array([["a"], None], pa.list_(pa.string())),
            "ok": pa.array([True, None]),
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    for content in (out.getvalue(), gzip.compress(out.getvalue())):
        first, second = rows(read(tmp_path, content))
        assert list(first.values()) == [
            *(
                "1",
                "0.10",
                "2014-05-22T12:00:00Z",
                "2014-05-22T12:00:00",
                "2014-05-22",
                None,
                "x",
                "a",
                "café",
                '["a"]',
            ),
            *("true", 1),
        ]
        assert (second["at"], second["share"], second["_row"]) == ("2014-05-22T12:00:00.001500Z", "0.25", 2)
        assert second["id"] is second["text"] is second["tags"] is second["ok"] is None


# Anything


MAGIC = st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1", b"[", b"{", b"\x1f\x8b"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(magic=MAGIC, tail=st.binary(max_size=300), packed=st.booleans())
def test_any_bytes_are_rows_or_refused_or_not_ours(tmp_path: Path, magic: bytes, tail: bytes, packed: bool) -> None:
    content = gzip.compress(magic + tail) if packed else magic + tail
    try:
        parsed = read(tmp_path, content)
    except Unreadable as refused:
        assert len(str(refused)) > 20
        return
    if parsed is not None:
        assert len(rows(parsed)) == len({row["_row"] for row in rows(parsed)})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(JSON, min_size=1, max_size=5))
def test_json_values_come_back_from_their_text(tmp_path: Path, values: list[Any]) -> None:
    found = [row["a"] for row in rows(read(tmp_path, json.dumps([{"a": value} for value in values]).encode()))]
    for value, text in zip(values, found, strict=True):
        if isinstance(value, str):
            assert text == (value.strip() or None)
        elif value is None:
            assert text is None
        else:
            assert json.loads(text) == value


@pytest.mark.skipif(not REAL.exists(), reason="the publishers' real files are not beside the checkout")
def test_real_request_log_workbook_agrees_with_its_csv() -> None:
    """The same 10,000 records, exported twice: cells are equal, but for numbers that the CSV writes with more zeros."""
    folder, connection = REAL / "request_log_baltimore", duckdb.connect()
    path = folder / "311_sample.xlsx"
    found = rows(tabular.read(Landed(path, path.name, "requests"), connection, "requests"))
    assert [row["_row"] for row in found] == list(range(2, 10_002))
    sent = connection.read_csv(str(folder / "311_sample.csv"), all_varchar=True).to_arrow_table().to_pylist()
    for ours, theirs in zip(found, sent, strict=True):
        for column, text in theirs.items():
            same = ours[column] == ((text or "").strip() or None)
            assert same or float(ours[column]) == pytest.approx(float(text), rel=1e-14), column
