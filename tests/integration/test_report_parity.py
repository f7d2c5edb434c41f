"""The PDF, the workbook and the CSV of every real report hold the same cells, and no figure is on paper that is not in the data."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from report_files import REPORTS, Files, Paper, formulas, made, tight

IDS = ["-".join(filter(None, (report, period, city))) for report, period, city, _ in REPORTS]
NOT_ON_PAPER = {  # what is many records, or has its figures in a chart
    *("Allocations", "Ledger", "Quarters", "Candidates", "Questions", "By period"),
}
HIDDEN = {  # columns for machines
    *("unit", "ci_low", "ci_high", "metric", "before_usd", "moved_usd", "period_from", "period_to", "difference_usd"),
    *("starts_on", "completed_on"),
}
NUMBER = re.compile(r"−?\$?\d[\d,]*(?:\.\d+)?%?")
MARK = "Synthetic data: made up for demonstration"


@pytest.fixture(scope="module", params=REPORTS, ids=IDS)
def case(request, release_home) -> tuple[str, str, bool, Files]:
    report, period, city, draft = request.param
    return report, period, draft, made(release_home)[report, period, city]


@pytest.fixture(scope="module")
def paper(case) -> Paper:
    return Paper(case[3].pdf)


def test_every_cell_of_paper_is_that_of_the_data_in_its_row_and_column(case, paper) -> None:
    _, _, _, files = case
    by_caption = {tight(str(files.sheet(name)[0][0])): name for name in files.columns}
    assert len(by_caption) == len(files.columns)
    printed, compared = {}, 0
    for caption, heads, lines in paper.tables():
        name = by_caption[caption]
        # columns of paper are those of the data in their order, less those for machines alone
        columns = [c for c in files.columns[name] if c not in HIDDEN and (name, c) != ("Engagements", "topic")]
        printed[name] = columns
        assert heads == [tight(files.columns[name][c]) for c in columns], name
        count = files.rows(name)
        if not count:
            assert len(lines) == 1 and len(lines[0]) == 1 and lines[0][0], f"{name} says that it is empty"
            continue
        assert len(lines) == count, name
        for number, line in enumerate(lines, start=1):
            told = [shown(files, name, number, column) for column in columns]
            assert line == told, (name, number)
            compared += len(line)
    forms = {name for name, columns in files.columns.items() if list(columns) == ["box", "label", "value"]}
    left = set(files.columns) - set(printed) - forms
    assert left <= NOT_ON_PAPER | ({"Cities"} if "Cities first" in printed else set())
    assert compared > 10
    said = [node["text"] for node in paper.of("P")]
    for name in forms:
        for number in range(1, files.rows(name) + 1):
            box, label, value = (files.said(name, number, column) for column in ("box", "label", "value"))
            at = said.index(tight(box + label))
            if value:
                assert said[at + 1] == tight(value)
            said = said[at + 1 :] if not value else said[at + 2 :]
        said = [node["text"] for node in paper.of("P")]


def shown(files: Files, table: str, row: int, column: str) -> str:
    text = files.by_place[table, row, column]["text"]
    return tight(text.removeprefix("'"))


def test_every_number_of_a_chart_is_in_the_data(case, paper) -> None:
    _, _, _, files = case
    known = {Decimal(n) for c in files.cells for n in numbers(c["text"])}
    known |= {Decimal(c["value"]).quantize(Decimal("0.1")) for c in files.cells if c["type"] == "number"}
    figures = [node for node in paper.of("Figure") if "filledinbyhand" not in tight(str(node["element"].Alt))]
    for node in figures:
        words = next(n["text"] for n in paper.nodes if n["element"] is node["element"])
        for text in (words, str(node["element"].Alt)):
            found = [Decimal(n) for n in numbers(re.sub(r"FY\d{4}(?: Q\d)?|\b[AB]-\d\d|\(100%\)", " ", text))]
            assert found and not [n for n in found if n not in known], text


def numbers(text: str) -> list[str]:
    """The numbers of a text as machines write them."""
    return [re.sub(r"[$,%]", "", n).replace("−", "-") for n in NUMBER.findall(text)]


def test_every_cell_of_the_workbook_is_that_of_the_data(case) -> None:
    _, _, _, files = case
    compared = 0
    for name, columns in files.columns.items():
        title, heads, *rows = files.sheet(name)
        assert title[0] and heads[: len(columns)] == list(columns.values()), name
        assert len(rows) >= files.rows(name)
        extra = [str(head).split(":")[0] for head in heads[len(columns) :] if head]
        assert set(extra) <= {"Recomputed", "Difference"} and len(extra) % 2 == 0
        for number in range(1, files.rows(name) + 1):
            row = rows[number - 1]
            for place, column in enumerate(columns):
                assert same(files.by_place[name, number, column], row[place]), (name, number, column, row[place])
                compared += 1
            for place, head in enumerate(extra, start=len(columns)):
                if head == "Difference":
                    assert row[place] in ("", 0), (name, number, "does not add up")
    assert compared == len(files.cells) > 50


def same(cell: dict[str, str], value: object) -> bool:
    text = cell["value"].removeprefix("'") if cell["type"] in ("text", "none") else cell["value"]
    match cell["type"]:
        case "number":
            exact, read = Decimal(text), Decimal(str(value))
            # a spreadsheet keeps 15 digits of a binary fraction; of dollars every cent
            digits = len(exact.as_tuple().digits)
            near = digits > 15 and cell["kind"] != "cents" and abs(read - exact) <= abs(exact) * Decimal("1e-15")
            return isinstance(value, int | float) and (read == exact or near)
        case "date":
            day = value.date() if isinstance(value, datetime) else value
            return isinstance(day, date) and day.isoformat() == text
    # a line break of a text stays in a cell; a number as text would be a fault
    return isinstance(value, str) and value == text


def test_live_formulas_remember_what_they_come_to(case) -> None:
    report, _, _, files = case
    found = list(formulas(files.xlsx))
    assert len(found) >= {"sf425": 30, "budget": 12}.get(report, 0)
    for sheet, cell, formula, remembered, values in found:
        rounded = re.fullmatch(r"ROUND\((.+),(\d)\)", formula)
        terms = re.findall(r"([+-]?)([A-Z]+\d+)", rounded[1] if rounded else formula)
        total = sum((Decimal(f"{sign}1") * Decimal(values[at]) for sign, at in terms), Decimal(0))
        assert Decimal(remembered) == (round(total, int(rounded[2])) if rounded else total), (sheet, cell)
        assert not rounded or Decimal(remembered) == 0, (sheet, cell, "a difference")


def test_the_pdf_is_archivable_accessible_and_says_what_it_is(case, paper, release_home) -> None:
    _, period, draft, _ = case
    meta, root = paper.file.open_metadata(), paper.file.Root
    assert (meta["pdfuaid:part"], meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("1", "2", "A")
    assert str(root.Lang) == "en-US" and root.MarkInfo.Marked and root.ViewerPreferences.DisplayDocTitle
    (title,) = paper.of("Title")
    assert tight(str(paper.file.docinfo.Title)) == tight(meta["dc:title"]) == title["text"] != ""
    tables = paper.of("Table")
    assert len(paper.of("THead")) == len(tables) == len(paper.of("Caption")) > 0
    for cell in paper.of("TH"):
        assert [str(a.Scope) for a in cell["element"].A if "/Scope" in a] == ["/Column"]
    assert all(str(node["element"].Alt) for node in paper.of("Figure"))
    levels = [int(node["kind"][1]) for node in paper.of("H1", "H2")]
    assert levels[0] == 1
    with paper.file.open_outline() as outline:
        marks = [tight(e.title) for top in outline.root for e in (top, *top.children)]
    assert marks == [node["text"] for node in paper.of("H1", "H2")]
    assert set(paper.sizes) <= {(612, 792), (792, 612)}
    for number, text in enumerate(paper.texts, start=1):
        assert f"Page {number} of {len(paper.texts)}" in text and MARK in text
        assert f"Release {(release_home / 'releases' / 'CURRENT').read_text().strip()}" in text
        assert ("Draft" in text) is draft
    told = f"{period[:6]} {period[6:]}".strip()
    assert told in paper.texts[0] and "SYNTHETIC DATA" in paper.texts[0]


def test_a_city_reads_two_pages(release_home) -> None:
    long = {key: len(Paper(f.pdf).sizes) for key, f in made(release_home).items() if key[0] == "city"}
    assert set(long.values()) <= {1, 2}, long


RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice Calc (soffice) is not installed")
def test_another_program_works_out_the_same(release_home, tmp_path) -> None:
    """Every remembered result is made false first, so that what comes back was worked out; the ledger too is read."""
    held, books = made(release_home), {}
    for key in (("sf425", "FY2017Q4", None), ("sf425", "FY2014Q3", None), ("budget", "FY2017Q4", None)):
        name = "-".join(key[:2]) + ".xlsx"
        books[name] = held[key].xlsx
        with zipfile.ZipFile(tmp_path / name, "w") as spoilt, zipfile.ZipFile(io.BytesIO(held[key].xlsx)) as file:
            for part in file.namelist():
                spoilt.writestr(part, re.sub(rb"</f><v>[^<]*</v>", b"</f><v>999</v>", file.read(part)))
    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(RECALCULATE)
    command = ["soffice", f"-env:UserInstallation={profile.parent.as_uri()}", "--headless", "--convert-to", "xlsx"]
    files = [str(tmp_path / name) for name in books]
    subprocess.run([*command, "--outdir", str(tmp_path / "made"), *files], check=True, capture_output=True, timeout=180)
    for name, before in books.items():
        was = {(sheet, cell): result for sheet, cell, _, result, _ in formulas(before)}
        now = {(sheet, cell): result for sheet, cell, _, result, _ in formulas((tmp_path / "made" / name).read_bytes())}
        assert now.keys() == was.keys() and len(was) >= 12
        for place, result in was.items():
            assert abs(Decimal(now[place]) - Decimal(result)) < Decimal("0.000001"), (name, place)
