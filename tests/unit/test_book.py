"""The workbook of a report: read back, and taken apart as the XML that a spreadsheet reads."""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from made_documents import CASH, DOCUMENTS, HOSTILE, LEDGER, ROWS, document
from python_calamine import CalamineWorkbook

from assets.documents import book, sheets
from assets.documents.document import Boxes, Column, Heading, Paragraph, Table, Term
from assets.releases.seal import SYNTHETIC

ROOT = Path(__file__).parents[2]
NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
BOXES = Boxes("Head", "Boxes at the head", [("1", "Federal agency", "HUD"), ("13", "Signature", None)])
REPORT = document(Heading("What it says"), Paragraph("=It says this."), BOXES, LEDGER)


def sheet_of(content: bytes, name: str) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python(skip_empty_area=False)


def part(content: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return ElementTree.fromstring(file.read(name))


def cells_of(content: bytes, number: int) -> dict[str, ElementTree.Element]:
    return {c.get("r", ""): c for c in part(content, f"xl/worksheets/sheet{number}.xml").iterfind(".//m:c", NS)}


def number_format(content: bytes, cell: ElementTree.Element) -> str:
    styles = part(content, "xl/styles.xml")
    style = styles.findall("m:cellXfs/m:xf", NS)[int(cell.get("s", "0"))]
    own = {f.get("numFmtId"): f.get("formatCode", "") for f in styles.iterfind("m:numFmts/m:numFmt", NS)}
    return own.get(style.get("numFmtId"), {"3": "#,##0", "0": "General"}.get(style.get("numFmtId", ""), ""))


def test_about_says_what_the_report_is_and_names_the_other_sheets() -> None:
    content = book.write(REPORT)
    lines = sheet_of(content, "About")
    assert [line[0] for line in lines[:3]] == ["Federal Financial Report", "January to March 2015", SYNTHETIC]
    told = {line[0]: line[1] for line in lines if line[0] and line[1]}
    assert told == {
        **{"Program": "Test Network", "Report": "SF-425", "Period": "FY2015Q2", "Release": "2015-03-31-r1"},
        **{"As of": date(2015, 3, 31), "State": "Draft", "Head": "Boxes at the head"},
        **{"Federal cash": "Federal cash on hand", "Dictionary": "what each column of each sheet is"},
    }
    assert [line for line in lines if line[0] == "What it says"] and lines[-1] == ["", "=It says this."]
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert names == ["About", "Head", "Federal cash", "Dictionary"]
    assert SYNTHETIC not in str(sheet_of(book.write(replace(REPORT, synthetic=False)), "About"))


def test_values_come_back_by_what_they_are() -> None:
    title, head, *rows = sheet_of(book.write(REPORT), "Federal cash")
    assert title[0] == "Federal cash on hand"
    assert head == ["Line", "Amount", "Day", "Share", "Draws", "Figure", "Recomputed", "Difference"]
    assert rows[0] == ["10a", 1000.10, date(2015, 3, 31), 12.5, 3, 2.25, "", ""]
    assert rows[1] == ["10b", 300.05, "", "Not computable", 0, -5, "", ""]
    assert rows[2] == ["10c", 700.05, "", "", 1204, "", 700.05, 0]
    assert rows[4] == ["10e", -99.80, "", "", "", "", book.NO_SUM, ""]  # of a part that was not reported
    assert rows[5:] == [[""] * 8, ["Cash basis.", *[""] * 7]]
    assert sheet_of(book.write(REPORT), "Head")[2:] == [["1", "Federal agency", "HUD"], ["13", "Signature", ""]]
    bare = book.write(document(Table("Bare", "Bare", CASH, [], empty="No draws.")))
    assert sheet_of(bare, "Bare")[2][0] == "No draws."


def test_numbers_and_days_have_the_format_of_their_kind_and_the_exact_cents() -> None:
    content = book.write(REPORT)
    cells = cells_of(content, 3)
    shown = {at: (cells[at].get("t", "n"), cells[at].findtext("m:v", "", NS), number_format(content, cells[at])) for at in (
        "B3", "B7", "C3", "D3", "E5", "F3",
    )}  # fmt: skip
    cents = '"$"#,##0.00;[Red]-"$"#,##0.00'
    assert shown == {
        "B3": ("n", "1000.10", cents),
        "B7": ("n", "-99.80", cents),
        "C3": ("n", "42094", "mmmm d, yyyy"),  # 42,094 days from the start of 1900 with a February 29 that was none
        "D3": ("n", "12.5", '0.0"%"'),
        "E5": ("n", "1204", "#,##0"),
        "F3": ("n", "2.25", "#,##0.00####"),
    }
    assert cells["B6"].get("t") == cells["D4"].get("t") == "inlineStr"


def test_an_identity_is_a_live_formula_beside_the_value() -> None:
    cells = cells_of(book.write(REPORT), 3)
    assert cells["B5"].find("m:f", NS) is None and cells["B5"].findtext("m:v", "", NS) == "700.05"
    assert (cells["G5"].findtext("m:f", "", NS), cells["G5"].findtext("m:v", "", NS)) == ("B3-B4", "700.05")
    assert (cells["H5"].findtext("m:f", "", NS), cells["H5"].findtext("m:v", "", NS)) == ("ROUND(B5-G5,2)", "0.00")
    assert sum(cell.find("m:f", NS) is not None for cell in cells.values()) == 2


def test_a_report_that_does_not_add_up_shows_by_how_much() -> None:
    rows = [*ROWS[:2], ROWS[2] | {"usd": Decimal("700.00"), "n": 5}]
    formulas = {(2, "usd"): LEDGER.formulas[(2, "usd")], (2, "n"): (Term(-1, 0, "n"), Term(1, 1, "n"))}
    content = book.write(document(replace(LEDGER, rows=rows, formulas=formulas)))
    _, head, *_, last, _, _ = sheet_of(content, "Federal cash")
    assert head[6:] == ["Recomputed: Amount", "Difference: Amount", "Recomputed: Draws", "Difference: Draws"]
    assert last[6:] == [700.05, -0.05, -3, 8]
    assert cells_of(content, 2)["I5"].findtext("m:f", "", NS) == "-E3+E4"


def test_a_sheet_stays_readable_on_the_screen_and_on_paper() -> None:
    content = book.write(REPORT)
    sheet = part(content, "xl/worksheets/sheet3.xml")
    pane = sheet.find(".//m:pane", NS)
    assert pane is not None and (pane.get("ySplit"), pane.get("state")) == ("2", "frozen")
    assert sheet.find("m:autoFilter", NS).get("ref") == "A2:H7"  # type: ignore[union-attr]
    setup = sheet.find("m:pageSetup", NS)
    assert setup is not None and (setup.get("paperSize"), setup.get("orientation")) == ("1", "landscape")
    assert part(content, "xl/worksheets/sheet4.xml").find("m:pageSetup", NS) is not None
    names = {
        (n.get("name"), n.get("localSheetId")): n.text
        for n in part(content, "xl/workbook.xml").iterfind(".//m:definedName", NS)
    }
    assert names[("_xlnm.Print_Area", "2")] == "'Federal cash'!$A$1:$H$9"
    assert names[("_xlnm.Print_Titles", "2")] == "'Federal cash'!$1:$2"
    foot = "&L&8Test Network · SF-425 · FY2015Q2 · 2015-03-31-r1\n" + SYNTHETIC + "&R&8Page &P of &N"
    assert [part(content, f"xl/worksheets/sheet{n}.xml").findtext(".//m:oddFooter", "", NS) for n in (1, 2, 3, 4)] == [
        foot
    ] * 4
    narrow = book.write(
        document(Table("Narrow", "A title that is longer than its column is wide", CASH[:1], ROWS), synthetic=False)
    )
    setup = part(narrow, "xl/worksheets/sheet2.xml").find("m:pageSetup", NS)
    assert setup is not None and setup.get("orientation") == "portrait"
    assert "Narrow!$A$1:$G$7" in ElementTree.tostring(part(narrow, "xl/workbook.xml"), "unicode")
    assert "SYNTHETIC" not in part(narrow, "xl/worksheets/sheet2.xml").findtext(".//m:oddFooter", "", NS)


def test_no_text_is_run_or_taken_for_a_command() -> None:
    rows = [{"a": text, "b": text} for text in HOSTILE]
    columns = (Column("a", "=HYPERLINK(1)", "@x"), Column("b", "+1", "-x", kind="cents"))
    table = Table("=1+1", "=cmd|' /C calc'!A0", columns, rows, note="-1+1")
    content = book.write(
        document(table, Paragraph("@here"), program="R&G &P", title="=T", release="&[Picture]" + "r" * 300)
    )
    for number in (1, 2, 3):
        cells = cells_of(content, number)
        assert not [cell for cell in cells.values() if cell.find("m:f", NS) is not None]
        assert {cell.get("t", "n") for cell in cells.values() if len(cell)} <= {"inlineStr", "n"}
    title, head, *read = sheet_of(content, "=1+1")
    assert (title[0], head) == ("=cmd|' /C calc'!A0", ["=HYPERLINK(1)", "+1"])
    assert read[: len(rows)] == [[t, t] for t in HOSTILE]
    styles = part(content, "xl/styles.xml").findall("m:cellXfs/m:xf", NS)
    kept = [styles[int(cells_of(content, 2)[at].get("s", "0"))].get("quotePrefix") for at in ("A3", "B3", "A17")]
    assert kept == ["1", "1", None]  # so that =1+1 is text still when somebody has edited it
    foot = part(content, "xl/worksheets/sheet2.xml").findtext(".//m:oddFooter", "", NS)
    assert foot.startswith("&L&8R&& G &&P · SF-425") and len(foot) <= 255
    assert sheets.foot("2015&1").startswith("&L&8 2015&&1&R")
    assert foot.endswith(f"…\n{SYNTHETIC}&R&8Page &P of &N")


def test_what_a_spreadsheet_cannot_keep_stays_whole_as_text() -> None:
    many, old = Decimal("12345678901234.56"), date(1900, 2, 28)  # 16 digits; a day on which calendars differ
    table = Table(
        "Edges", "Edges", CASH, [{"usd": many, "on": old}, {"line": 2015, "usd": Decimal("9999999999999.99")}]
    )
    rows = sheet_of(book.write(document(table)), "Edges")[2:]
    assert rows[0][1:3] == ["12345678901234.56", "1900-02-28"] and rows[1][:2] == ["2015", 9999999999999.99]
    with pytest.raises(ValueError, match="row 1, Amount"):
        book.write(document(Table("No", "No", CASH, [{"usd": Decimal("nan")}])))


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "ROWS", 2)
    long = replace(LEDGER, rows=[{"line": "x" * 40_000}, *ROWS[1:4]], formulas={(1, "usd"): (Term(1, 2, "usd"),)})
    content = book.write(document(long))
    left = [line[1] for line in sheet_of(content, "About") if line[0] == "Left out"]
    assert left == [
        "Federal cash has the first 2 of 4 rows. Federal cash has 1 texts cut at 32,767 characters, the most that a cell holds.",
        "Dictionary has the first 2 of 8 rows.",
    ]
    rows = sheet_of(content, "Federal cash")[2:]
    assert [len(rows[0][0]), rows[1][0], rows[1][6]] == [32_767, "10b", book.NO_SUM] and len(rows) == 4


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "a:b", "'a", "About", "DICTIONARY", "a\nb"])
def test_a_name_that_no_sheet_can_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="table "):
        book.write(document(replace(LEDGER, name=name)))


def test_two_tables_of_a_name_and_formulas_that_lead_nowhere_are_refused() -> None:
    with pytest.raises(ValueError, match="another sheet"):
        book.write(document(LEDGER, replace(LEDGER, name="FEDERAL CASH")))
    for terms in ((), (Term(1, 9, "usd"),), (Term(1, 0, "none"),), (Term(2, 0, "usd"),)):
        with pytest.raises(ValueError, match="leads to no cell"):
            book.write(document(replace(LEDGER, formulas={(2, "usd"): terms})))


def test_the_file_says_who_made_it_and_when_by_the_release() -> None:
    with zipfile.ZipFile(io.BytesIO(book.write(REPORT))) as file:
        core = file.read("docProps/core.xml").decode()
    assert re.findall(r"<(?:dc|cp|dcterms):(\w+)[^>]*>([^<]+)<", core) == [
        ("title", "Federal Financial Report"), ("subject", "SF-425, FY2015Q2"), ("creator", "Test Network"),
        ("description", f"Release 2015-03-31-r1, as of 2015-03-31. {SYNTHETIC}"), ("lastModifiedBy", "Test Network"),
        ("created", "2015-04-02T12:30:00Z"), ("modified", "2015-04-02T12:30:00Z"), ("contentStatus", "Draft"),
    ]  # fmt: skip


def test_another_process_in_another_place_makes_the_same_bytes(tmp_path: Path) -> None:
    script = (
        "import hashlib, os, test_book as t; os.umask(0o077); print(hashlib.sha256(t.book.write(t.REPORT)).hexdigest())"
    )
    folders = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "unit")))
    for zone, seed in (("Asia/Kathmandu", "1"), ("America/New_York", "2")):
        told = os.environ | {"TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": folders}
        done = subprocess.run(
            [sys.executable, "-c", script], env=told, capture_output=True, text=True, cwd=tmp_path, check=True
        )
        assert done.stdout.strip() == hashlib.sha256(book.write(REPORT)).hexdigest()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOCUMENTS)
def test_every_cell_of_any_report_comes_back(made) -> None:
    content = book.write(made)
    for table in made.tables():
        rows = sheet_of(content, table.name)[2:]
        for at, row in enumerate(table.rows):
            read = rows[at] if at < len(rows) else [""] * len(table.columns)  # rows of nothing at the end are not kept
            for place, column in enumerate(table.columns):
                assert came_back(column, row[column.name], read[place]), (column, row[column.name], read[place])


def came_back(column: Column, value: object, read: object) -> bool:
    if value is None or isinstance(value, str):
        return read == (value or "")
    if isinstance(value, date):
        return value == (read.date() if isinstance(read, datetime) else read)
    if column.kind in ("text", "long", "day", "period"):
        return read == sheets.spelled(value)
    return Decimal(str(read)) == Decimal(str(value))


RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice Calc (soffice) is not installed")
def test_a_program_that_recalculates_finds_what_is_beside_the_formulas(tmp_path: Path) -> None:
    """Every remembered result is made false first, so that what comes back was worked out."""
    hostile = Table("=1+1", "=1+1", CASH, [{"line": text} for text in HOSTILE])
    with zipfile.ZipFile(io.BytesIO(book.write(document(LEDGER, hostile)))) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(tmp_path / "report.xlsx", "w") as file:
        for name, content in parts.items():
            file.writestr(name, re.sub(rb"</f><v>[^<]*</v>", b"</f><v>999</v>", content))
    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(RECALCULATE)
    command = ["soffice", f"-env:UserInstallation={profile.parent.as_uri()}", "--headless", "--convert-to", "xlsx"]
    made = tmp_path / "made"
    subprocess.run(
        [*command, "--outdir", str(made), str(tmp_path / "report.xlsx")], check=True, capture_output=True, timeout=180
    )
    content = (made / "report.xlsx").read_bytes()
    rows = sheet_of(content, "Federal cash")[2:]
    assert [row[6:8] for row in rows[:3]] == [["", ""], ["", ""], [700.05, 0]]
    assert rows[4][1] == -99.80 and rows[0][2] == date(2015, 3, 31)
    for number in (1, 2, 3, 4):
        cells = cells_of(content, number)
        assert not [cell for cell in cells.values() if cell.get("t") == "e"]
        assert sum(cell.find("m:f", NS) is not None for cell in cells.values()) == (2 if number == 2 else 0)
