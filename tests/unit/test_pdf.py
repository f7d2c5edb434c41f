"""What a report says reaches the PDF whole, in its structure as well as on its pages; the file is the same wherever it is made."""

import hashlib
import io
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pdfplumber
import pikepdf
import pytest

from assets.documents import pdf
from assets.documents.document import Boxes, Chart, Column, Document, Heading, Paragraph, Point, Table

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = [
    *("#eval(1)", "$x$", "*a*", "_b_", "[x]", "<b>", "@ref", "`r`", "\\n", "// no", "= H", "- l", "~", "---", '"q"'),
    *("Łódź", "Ωμέγα", "Дом", "→", "x" * 300, '#import "x"', "", "{}", "two\nlines"),
]
LINES = Table(
    "lines",
    "10. Transactions",
    [
        Column("line", "Line", "", width=6),
        Column("label", "What", "", width=40),
        Column("amount", "Amount", "", kind="cents"),
        Column("hidden", "Not on paper", "", paper=False),
    ],
    [
        {"line": "10a", "label": "Cash receipts", "amount": Decimal("1234567.89"), "hidden": "unseen"},
        {"line": "10b", "label": "Cash disbursements", "amount": Decimal("-12.5"), "hidden": "unseen"},
        {"line": "10c", "label": "Cash on hand", "amount": "Not yet due", "hidden": "unseen"},
    ],
    note="Amounts in dollars.",
    row_header="line",
)
WIDE = Table(
    "wide",
    "Engagements",
    [Column(f"c{n}", f"Column {n}", "") for n in range(8)] + [Column("day", "Posted on", "", kind="day")],
    [{f"c{n}": f"row{row}cell{n} of the table" for n in range(8)} | {"day": date(2015, 3, 31)} for row in range(60)],
)
CHART = Chart(
    "Detroit answered most on time",
    "Percent, FY2015 Q2",
    "Detroit 91%, Fresno 84% provisional, Cleveland withheld.",
    [
        Point("Detroit", 91.0, "91%", 86.0, 95.0),
        Point("Fresno", Decimal("84"), "84%", provisional=True),
        Point("Cleveland", None, "Withheld: fewer than 10"),
    ],
    "Source: requests of the desk.",
    80.0,
    "Target 80%",
)
FORM = Boxes("form", "Boxes 1 and 2", [("1", "Federal agency", "HUD"), ("2", "Signature", None)])


def report(*blocks: object, **changes: object) -> Document:
    answers = (Heading("Answers", 2), Paragraph("78% on time."), CHART)
    whole = (FORM, Heading("Money"), LINES, *answers, Heading("All"), WIDE)
    at = datetime(2015, 4, 30, 14, 5, 9, tzinfo=UTC)
    document = Document(
        *("Federal Financial Report", "FY2015 Q2", "sf425", "Funds spent stood at $2.5 million", "A subtitle"),
        *("National Resource Network", "2015Q2-01-3f9ac2", date(2015, 3, 31), at, True, "Draft", blocks or whole),
    )
    return replace(document, **changes)


class Read:
    """A PDF, the text of its pages, and that of every element of its structure."""

    def __init__(self, content: bytes) -> None:
        self.file = pikepdf.open(io.BytesIO(content))
        self.pages = pdfplumber.open(io.BytesIO(content)).pages
        self.texts = [page.extract_text() for page in self.pages]
        self.numbers = {page.objgen: n for n, page in enumerate(self.file.pages)}
        self.marked: dict[tuple[int, int], str] = {}
        for n, page in enumerate(self.pages):
            for char in page.chars:
                self.marked[n, char["mcid"]] = self.marked.get((n, char["mcid"]), "") + char["text"]
        self.elements: list[tuple[pikepdf.Object, str]] = []
        self._walk(self.file.Root.StructTreeRoot, None)

    def _walk(self, element: pikepdf.Object, page: pikepdf.Object) -> str:
        """Puts what is below `element` into self.elements, in reading order; its text."""
        page, kids, text = element.get("/Pg", page), element.get("/K", []), ""
        at = len(self.elements)
        for kid in kids if isinstance(kids, pikepdf.Array | list) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                text += self._walk(kid, page)
            else:
                on, number = (kid.get("/Pg", page), kid.MCID) if isinstance(kid, pikepdf.Dictionary) else (page, kid)
                text += self.marked.get((self.numbers[on.objgen], int(number)), "")
        if "/S" in element:
            self.elements.insert(at, (element, text))
        return text

    def of(self, *kinds: str) -> list[tuple[str, pikepdf.Object, str]]:
        """(kind, element, its text without white space) of all elements of those kinds."""
        return [(str(e.S)[1:], e, bare(text)) for e, text in self.elements if str(e.S)[1:] in kinds]

    def said(self, *kinds: str) -> list[str]:
        return [text for _, _, text in self.of(*kinds)]


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def read() -> Read:
    return Read(pdf.write(report()))


def test_one_file_is_archivable_and_accessible(read):
    meta = read.file.open_metadata()
    assert (meta["pdfuaid:part"], meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("1", "2", "A")
    assert meta["dc:title"] == "Funds spent stood at $2.5 million"
    assert meta["dc:creator"] == ["National Resource Network"]
    root = read.file.Root
    assert str(root.Lang) == "en-US" and root.MarkInfo.Marked and root.ViewerPreferences.DisplayDocTitle
    info = read.file.docinfo
    assert str(info.Title) == "Funds spent stood at $2.5 million" and str(info.Author) == "National Resource Network"
    assert {"FY2015 Q2", "2015Q2-01-3f9ac2", "synthetic data"} <= set(str(info.Keywords).split(", "))
    assert str(info.CreationDate) == str(info.ModDate) == "D:20150430140509Z"


def test_tables_are_tables(read):
    # LINES: a row of 3 headings, 3 rows of 3; WIDE: a row of 9 headings, 60 rows of 9. What repeats on a page is not said twice.
    assert [len(read.of(kind)) for kind in ("Table", "TR", "TH", "TD")] == [2, 4 + 61, 3 + 9, 9 + 540]
    for _, cell, _ in read.of("TH"):
        assert [str(a.Scope) for a in cell.A if "/Scope" in a] == ["/Column"]
    assert read.said("Caption") == ["10.Transactions", "Engagements"]


def test_every_cell_says_what_the_document_says(read):
    lines = [
        "10a",
        "Cash receipts",
        "$1,234,567.89",
        "10b",
        "Cash disbursements",
        "−$12.50",
        "10c",
        "Cash on hand",
        "Not yet due",
    ]
    wide = [c for row in range(60) for c in [*(f"row{row}cell{n} of the table" for n in range(8)), "March 31, 2015"]]
    assert read.said("TD") == [bare(cell) for cell in lines + wide]
    assert read.said("TH") == ["Line", "What", "Amount", *(f"Column{n}" for n in range(8)), "Postedon"]
    assert "unseen" not in "".join(read.texts)


def test_headings_are_in_order_and_in_the_outline(read):
    assert [kind for kind, _, _ in read.of("H1", "H2", "H3")] == ["H1", "H2", "H1"]
    assert read.said("H1", "H2") == ["Money", "Answers", "All"] and read.said("Title") == [
        "Fundsspentstoodat$2.5million"
    ]
    with read.file.open_outline() as outline:
        assert [(e.title, [c.title for c in e.children]) for e in outline.root] == [("Money", ["Answers"]), ("All", [])]


def test_a_level_is_never_skipped():
    read = Read(pdf.write(report(Heading("First", 2), Heading("Second", 2), Heading("Third"))))
    assert [kind for kind, _, _ in read.of("H1", "H2")] == ["H1", "H2", "H1"]


def test_charts_and_lines_to_write_on_have_words(read):
    blank, chart = read.of("Figure")
    assert str(chart[1].Alt) == CHART.alt and str(blank[1].Alt) == "2 Signature: empty, to be filled in by hand"
    for text in ("91%", "84%", "Withheld:fewerthan10", "Target80%", "Cleveland"):
        assert text in chart[2]
    said = read.said("P")
    assert said.index("1Federalagency") + 1 == said.index("HUD") and "2Signature" in said
    for text in (CHART.title, CHART.subtitle, CHART.source, "Amounts in dollars.", "78% on time."):
        assert bare(text) in said


def test_bars_are_as_long_as_their_values():
    points = [Point("a", 100, "100"), Point("b", 25, "25"), Point("c", -50, "−50"), Point("d", 0, "0")]
    read = Read(pdf.write(report(replace(CHART, points=points, target=None))))
    bars = [r for r in read.pages[0].rects if 10 < r["height"] < 12]
    long, quarter, below = (float(r["width"]) for r in bars if r["width"] > 0.1)
    assert quarter / long == pytest.approx(0.25, abs=0.001) and below / long == pytest.approx(0.5, abs=0.001)
    assert bars[2]["x1"] == pytest.approx(bars[0]["x0"], abs=0.01)


def test_every_page_says_what_it_is_of(read):
    sizes = [(round(page.width), round(page.height)) for page in read.pages]
    assert sizes[0] == (612, 792) and sizes[-1] == (792, 612) and set(sizes) == {(612, 792), (792, 612)}
    for n, text in enumerate(read.texts, 1):
        assert f"Page {n} of {len(read.texts)}" in text
        assert "National Resource Network · Federal Financial Report · FY2015 Q2 · Release 2015Q2-01-3f9ac2" in text
        assert "Draft · Synthetic data: made up for demonstration" in text
    assert read.texts[0].split("\n")[1:3] == ["Funds spent stood at $2.5 million", "Draft"]
    assert all(text.startswith("Funds spent stood at $2.5 million Draft\n") for text in read.texts[1:])
    assert "SYNTHETIC DATA: city names are real, every measurement was made up." in read.texts[0]
    wide = [text for text, (width, _) in zip(read.texts, sizes, strict=True) if width == 792]
    assert len(wide) > 1 and all("Column 7" in text for text in wide), "the header is on every page of a table"


def test_what_is_final_and_real_says_neither():
    text = "".join(Read(pdf.write(report(Paragraph("x"), synthetic=False, state="Approved"))).texts)
    assert "Approved" in text and "Draft" not in text and "ynthetic" not in text and "SYNTHETIC" not in text


def test_nothing_runs_off_the_page():
    long = replace(WIDE, rows=[{f"c{n}": "x" * 300 for n in range(8)} | {"day": date(2015, 9, 30)}])
    for content in (report(), report(long, release="r" * 120, title="T" * 200), report(Paragraph("x" * 300), FORM)):
        for page in Read(pdf.write(content)).pages:
            assert min(c["x0"] for c in page.chars) > 50 and max(c["x1"] for c in page.chars) < page.width - 50
            assert max(c["bottom"] for c in page.chars) < page.height - 20
            assert min(c["size"] for c in page.chars) > 7.99


def test_hostile_text_is_only_text():
    rows = [{"line": text, "label": f"{text} {text}", "amount": text} for text in HOSTILE]
    blocks = [Heading("#h *x*"), Paragraph("#p $y$ עיר"), replace(LINES, rows=rows), replace(CHART, alt="#a $b$")]
    read = Read(pdf.write(report(*blocks, title="#panic() *x*", program="<p> #x", release="[r]")))
    assert read.said("TD") == [bare(cell) for text in HOSTILE for cell in (text, f"{text} {text}", text)]
    assert read.said("H1") == ["#h*x*"] and str(read.file.docinfo.Title) == "#panic() *x*"
    assert [str(figure.Alt) for _, figure, _ in read.of("Figure")] == ["#a $b$"]
    # Hebrew runs from right to left, which extraction does not turn round
    assert all(text in read.texts[0] for text in ("<p> #x", "[r]", "#p $y$", "ריע"))


def test_letters_that_no_font_has_are_marked():
    rows = [
        {"line": "日本 Łódź", "label": "a\x00b\ud800c\ue000", "amount": "😀"},
        {"line": "א\u0331ก", "label": "a\tb"},
    ]
    read = Read(pdf.write(report(replace(LINES, rows=rows))))
    said = read.said("TD")
    assert said[:3] == ["\ufffd\ufffdŁódź", "a\ufffdb\ufffdc\ufffd", "\ufffd"] and len(said) == 6
    assert "a b" in read.texts[0], "a tab is a space"


def test_many_rows_and_none():
    rows = [{"line": f"n{n}", "label": f"label {n}", "amount": Decimal(n)} for n in range(2000)]
    read = Read(pdf.write(report(replace(LINES, rows=rows))))
    assert read.said("TD") == [t for n in range(2000) for t in (f"n{n}", f"label{n}", f"${n:,}.00")]
    read = Read(pdf.write(report(replace(LINES, rows=[], empty="No correction."))))
    assert read.said("TD") == ["Nocorrection."] and len(read.of("TH")) == 3


def test_numbers_stand_to_the_right(read):
    ends = [w["x1"] for w in read.pages[0].extract_words() if w["text"] in ("$1,234,567.89", "−$12.50")]
    assert len(ends) == 2 and ends[0] == pytest.approx(ends[1], abs=0.3)


def test_fonts_are_inside_and_are_ours(read):
    fonts = [o for o in read.file.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
    assert fonts and all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
    assert {str(font.FontName).partition("+")[2].partition("-")[0] for font in fonts} == {"SourceSansPro"}


def test_the_same_bytes_in_another_process_and_place(tmp_path):
    here = pdf.write(report())
    made = "import test_pdf, hashlib; print(hashlib.sha256(test_pdf.pdf.write(test_pdf.report())).hexdigest())"
    paths = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
    elsewhere = {"PYTHONPATH": paths, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "HOME": str(tmp_path)}
    start = {"cwd": tmp_path, "env": os.environ | elsewhere, "check": True}
    out = subprocess.run([sys.executable, "-c", made], capture_output=True, text=True, **start)
    assert out.stdout.strip() == hashlib.sha256(here).hexdigest() and not list(tmp_path.glob("*.typ"))
    streams = [o.read_bytes() for o in pikepdf.open(io.BytesIO(here)).objects if isinstance(o, pikepdf.Stream)]
    for content in (here, *streams):
        assert str(ROOT).encode() not in content and b"site-packages" not in content and b"/tmp/" not in content


def test_threads_wait_for_one_another():
    alone = [pdf.write(report(Paragraph(f"page {n}"))) for n in range(4)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda n: pdf.write(report(Paragraph(f"page {n}"))), range(4))) == alone


def test_importing_opens_no_file():
    code = """
import sys, typst, assets.documents.layout
opened = []
sys.addaudithook(lambda event, args: event == "open" and opened.append(str(args[0])))
import assets.documents.pdf
assert len(opened) < 20 and all(name.endswith((".py", ".pyc")) for name in opened), opened
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
