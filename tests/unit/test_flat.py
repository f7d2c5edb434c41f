"""The CSV of a report, its dictionary, and the zip that holds what was made of it."""

import csv
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from made_documents import AT, CASH, DOCUMENTS, HOSTILE, LEDGER, document

from assets.documents import bundle, dictionary, flat
from assets.documents.document import KINDS, Boxes, Column, Table, text

ROOT = Path(__file__).parents[2]
BOXES = Boxes("Head", "Boxes at the head", [("1", "Federal agency", "HUD"), ("13", "Signature", None)])
REPORT = document(BOXES, LEDGER)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def bare(cell: str) -> str:
    """A text as it was: without the apostrophe that keeps it from being run."""
    return cell.removeprefix("'")


def test_every_cell_is_a_row_with_its_value_and_how_paper_has_it() -> None:
    rows = read(flat.csv(REPORT))
    assert len(rows) == 2 * 3 + 5 * 6
    assert list(rows[0]) == [
        *("table", "row", "key", "column", "value", "type", "text", "unit", "kind", "release", "period", "synthetic"),
        "state",
    ]
    assert list(rows[6].values()) == [
        *("Federal cash", "1", "10a", "line", "10a", "text", "10a", "", "text", "2015-03-31-r1", "FY2015Q2", "true"),
        "Draft",
    ]
    told = {(r["key"], r["column"]): (r["value"], r["type"], r["text"], r["unit"]) for r in rows}
    assert told[("10a", "usd")] == ("1000.10", "number", "$1,000.10", "usd")
    assert told[("10a", "on")] == ("2015-03-31", "date", "March 31, 2015", "")
    assert told[("10a", "share")] == ("12.5", "number", "12.5%", "percent")
    assert told[("10b", "share")] == ("Not computable", "text", "Not computable", "")
    assert told[("10b", "figure")] == ("-5", "number", "−5 business hours", "hours")
    assert told[("10c", "n")] == ("1204", "number", "1,204", "")
    assert told[("10c", "on")] == ("", "none", "", "")
    assert told[("10e", "usd")] == ("-99.80", "number", "−$99.80", "usd")
    assert told[("13", "value")] == ("", "none", "", "")


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("cents", Decimal("1E+3"), "1000.00"),
        ("cents", 5, "5.00"),
        ("cents", Decimal("-0.10"), "-0.10"),
        ("cents", Decimal("123456789012345678.90"), "123456789012345678.90"),
        ("cents", Decimal("0.125"), "0.125"),  # never rounded in silence
        ("rate", 0.1, "0.1"),
        ("rate", 1 / 3, "0.3333333333333333"),
        ("count", 10**20, "100000000000000000000"),
    ],
)
def test_a_number_has_all_its_digits(kind: str, value: object, told: str) -> None:
    assert flat.plain(Column("x", "X", "", kind), value) == (told, "number")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("nan"), Decimal("-Infinity")])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="column usd"):
        flat.csv(document(replace(LEDGER, rows=[{"usd": value}], formulas={})))


def test_a_text_that_begins_like_a_formula_is_not_run_and_a_negative_number_stays_one() -> None:
    columns = (Column("=a", "@A", "-what"), Column("usd", "+1", "=x", kind="cents"))
    table = Table(
        "=1+1", "=1+1", columns, [{"=a": t, "usd": t} for t in HOSTILE] + [{"=a": "x", "usd": Decimal("-5.10")}]
    )
    content = flat.csv(document(table, release="=r", period="@p"))
    run = ("=", "+", "-", "@", "\t", "\r", "−")
    rows = read(content)
    for row in rows[:-1]:
        assert not [cell for cell in row.values() if cell.startswith(run)], row
    assert (rows[-1]["value"], rows[-1]["text"], rows[-1]["table"]) == ("-5.10", "−$5.10", "'=1+1")
    assert [bare(row["value"]) for row in rows[: 2 * len(HOSTILE) : 2]] == HOSTILE
    assert not [cell for row in read(flat.dictionary(document(table))) for cell in row.values() if cell.startswith(run)]


def test_tables_that_no_workbook_could_have_are_refused_here_too() -> None:
    with pytest.raises(ValueError, match="another sheet"):
        flat.csv(document(LEDGER, LEDGER))
    with pytest.raises(ValueError, match="no columns, or two"):
        flat.dictionary(document(replace(LEDGER, columns=(CASH[0], CASH[0]), formulas={})))


def test_excel_and_pandas_read_the_accents_and_the_lines() -> None:
    table = Table("Cities", "Cities", CASH[:1], [{"line": "Mayagüez, PR"}, {"line": 'Two\nlines, "quoted"'}])
    content = flat.csv(document(table))
    assert content.startswith(b"\xef\xbb\xbftable,") and content.count(b"\r\n") == 3
    frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert list(frame["value"]) == ["Mayagüez, PR", 'Two\nlines, "quoted"'] and frame.columns[0] == "table"


def test_the_dictionary_explains_every_column_of_the_tables_and_of_the_csv() -> None:
    rows = read(flat.dictionary(REPORT))
    own = [row["column"] for row in rows if not row["table"]]
    assert own == [*read(flat.csv(REPORT))[0], ""]
    assert {(r["table"], r["column"]) for r in rows if r["table"]} == {
        (t.name, c.name) for t in REPORT.tables() for c in t.columns
    }
    told = next(row for row in rows if row["column"] == "usd")
    assert told == {
        **{"table": "Federal cash", "column": "usd", "heading": "Amount", "meaning": "dollars"},
        **{"kind": "dollars to the cent", "unit": "usd"},
    }
    assert all(row["meaning"] for row in rows) and set(dictionary.SAYS) == set(KINDS)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOCUMENTS)
def test_every_cell_of_any_report_comes_back_from_its_csv(made) -> None:
    rows = iter(read(flat.csv(made)))
    for table in made.tables():
        for number, row in enumerate(table.rows, start=1):
            for column in table.columns:
                told, value = next(rows), row[column.name]
                assert (told["table"], told["row"], told["column"]) == (table.name, str(number), column.name)
                assert bare(told["text"]) == text(column, row)
                match told["type"]:
                    case "none":
                        assert value is None and told["value"] == ""
                    case "text":
                        assert bare(told["value"]) == value
                    case "date":
                        assert date.fromisoformat(told["value"]) == value
                    case "number":
                        assert Decimal(told["value"]) == Decimal(str(value))
    assert next(rows, None) is None


FILES = {"report.xlsx": b"workbook" * 999, "data/report.csv": b"a\r\n", "empty": b""}


def test_a_zip_has_its_files_in_order_at_the_instant_of_the_release_with_their_hashes() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.pack(FILES, AT))) as packed:
        entries = packed.infolist()
        assert packed.testzip() is None and {name: packed.read(name) for name in FILES} == FILES
        sums = packed.read("SHA256SUMS").decode()
    assert [entry.filename for entry in entries] == ["SHA256SUMS", "data/report.csv", "empty", "report.xlsx"]
    assert {entry.date_time for entry in entries} == {(2015, 4, 2, 12, 30, 0)}
    assert {(e.external_attr >> 16, e.create_system, e.compress_type) for e in entries} == {
        (0o100644, 3, zipfile.ZIP_DEFLATED)
    }
    assert sums == "".join(f"{hashlib.sha256(FILES[name]).hexdigest()}  {name}\n" for name in sorted(FILES))


def test_sha256sum_checks_what_was_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.pack(FILES, AT))) as packed:
        packed.extractall(tmp_path)
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "empty").write_text("no more")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode == 1


def test_the_same_instant_is_the_same_zip_and_none_is_before_1980() -> None:
    eastern = AT.astimezone(timezone(timedelta(hours=-4)))
    assert bundle.pack(dict(reversed(FILES.items())), eastern) == bundle.pack(FILES, AT)
    with zipfile.ZipFile(io.BytesIO(bundle.pack(FILES, datetime(1970, 1, 1, tzinfo=UTC)))) as packed:
        assert packed.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


@pytest.mark.parametrize(
    "name", ["", "/etc/x", "../x", "a/../x", "a//b", "a/", ".", "a\\b", "c:x", "a\nb", "SHA256SUMS"]
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a file"):
        bundle.pack({name: b""}, AT)


def test_another_process_writes_the_same_csv_dictionary_and_zip(tmp_path: Path) -> None:
    script = """import hashlib, test_flat as t
made = {"a": t.flat.csv(t.REPORT), "b": t.flat.dictionary(t.REPORT)}
print(hashlib.sha256(t.bundle.pack(made, t.AT)).hexdigest())"""
    made = {"b": flat.dictionary(REPORT), "a": flat.csv(REPORT)}
    folders = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "unit")))
    told = os.environ | {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "7", "PYTHONPATH": folders}
    done = subprocess.run(
        [sys.executable, "-c", script], env=told, capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout.strip() == hashlib.sha256(bundle.pack(made, AT)).hexdigest()
