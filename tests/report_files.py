"""The files of real reports, read back without the code that wrote them: CSV, workbook and PDF, each by a reader of its own."""

import csv
import functools
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pdfplumber
import pikepdf
from python_calamine import CalamineWorkbook

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
CAMDEN, BIRMINGHAM = "3410000", "0107000"  # much asked and a team; a team alone
REPORTS = (  # report, period, city, whether it is incomplete and so a draft
    ("sf425", "FY2017Q4", None, False),
    ("sf425", "FY2016", None, False),
    ("sf425", "FY2014Q3", None, True),
    ("performance", "FY2017Q4", None, False),
    ("performance", "FY2017", None, False),
    ("performance", "FY2015", None, True),
    ("budget", "FY2017Q4", None, False),
    ("budget", "FY2016", None, False),
    ("program", "FY2017Q4", None, False),
    ("program", "FY2017", None, False),
    ("expansion", "FY2017Q4", None, False),
    ("city", "FY2017Q4", CAMDEN, False),
    ("city", "FY2017", CAMDEN, False),
    ("city", "FY2017Q4", BIRMINGHAM, False),
    ("city", "FY2014Q4", "none", False),
)


def release_of(home: Path) -> str:
    return (home / "releases" / "CURRENT").read_text().strip()


def city_of(home: Path, city: str | None) -> str | None:
    """The city; of "none" the first that never asked anything and has no team."""
    if city != "none":
        return city
    import duckdb

    folder = home / "releases" / release_of(home)
    with duckdb.connect() as connection:
        (found,) = connection.execute(
            f"select min(city_id) from '{folder}/cities.parquet' where city_id not in (select city_id from '{folder}/requests"
            f".parquet' where city_id is not null) and city_id not in (select city_id from '{folder}/engagement_cities.parquet')"
        ).fetchall()[0]
    return str(found)


class Files:
    """The files of one report: the cells of its CSV, the sheets of its workbook, the PDF."""

    def __init__(self, held: dict[str, bytes]) -> None:
        (self.pdf,) = (content for name, content in held.items() if name.endswith(".pdf"))
        (self.xlsx,) = (content for name, content in held.items() if name.endswith(".xlsx"))
        (told,) = (content for name, content in held.items() if name.endswith(".dictionary.csv"))
        (data,) = (content for name, content in held.items() if name.endswith(".csv") and "dictionary" not in name)
        self.cells = read_csv(data)
        self.columns: dict[str, dict[str, str]] = {}  # table -> column -> heading
        for row in read_csv(told):
            if row["table"]:
                self.columns.setdefault(bare(row["table"]), {})[bare(row["column"])] = bare(row["heading"])
        self.by_place = {(bare(c["table"]), int(c["row"]), bare(c["column"])): c for c in self.cells}
        assert len(self.by_place) == len(self.cells)

    def rows(self, table: str) -> int:
        return max((row for name, row, _ in self.by_place if name == table), default=0)

    def said(self, table: str, row: int, column: str) -> str:
        return bare(self.by_place[table, row, column]["value"])

    def sheet(self, name: str) -> list[list[Any]]:
        return (
            CalamineWorkbook.from_filelike(io.BytesIO(self.xlsx))
            .get_sheet_by_name(name)
            .to_python(skip_empty_area=False)
        )


@functools.cache
def made(home: Path) -> dict[tuple[str, str, str | None], Files]:
    """Every report of REPORTS, as the program makes it."""
    from assets.documents import packs

    found = {}
    for report, period, city, draft in REPORTS:
        cities = [place] if (place := city_of(home, city)) else None
        found[report, period, city] = Files(dict(packs.make(home, release_of(home), report, period, cities, draft)))
    return found


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def bare(cell: str) -> str:
    """A text as it was: without the apostrophe that keeps it from being run."""
    return cell.removeprefix("'")


def tight(text: str) -> str:
    return re.sub(r"\s", "", text)


def formulas(xlsx: bytes) -> Iterator[tuple[str, str, str, str, dict[str, str]]]:
    """(sheet, cell, formula, its remembered result, values of all cells of the sheet) of every live formula."""
    with zipfile.ZipFile(io.BytesIO(xlsx)) as file:
        book = ElementTree.fromstring(file.read("xl/workbook.xml"))
        for number, sheet in enumerate(book.iterfind("m:sheets/m:sheet", NS), start=1):
            cells = ElementTree.fromstring(file.read(f"xl/worksheets/sheet{number}.xml")).findall(".//m:c", NS)
            assert not [c.get("r") for c in cells if c.get("t") == "e"], "a cell with an error"
            values = {c.get("r", ""): c.findtext("m:v", "", NS) for c in cells}
            for c in cells:
                if (formula := c.findtext("m:f", None, NS)) is not None:
                    yield sheet.get("name", ""), c.get("r", ""), formula, values[c.get("r", "")], values


class Paper:
    """A PDF by its tags: (kind, text without white space, alternative text, attributes) of each element, in reading order."""

    def __init__(self, content: bytes) -> None:
        self.file = pikepdf.open(io.BytesIO(content))
        with pdfplumber.open(io.BytesIO(content)) as read:
            self.sizes = [(round(page.width), round(page.height)) for page in read.pages]
            self.texts = [page.extract_text() for page in read.pages]
            self.marked: dict[tuple[int, int | None], str] = {}
            for number, page in enumerate(read.pages):
                for char in page.chars:
                    key = number, char["mcid"]
                    self.marked[key] = self.marked.get(key, "") + char["text"]
        self.places = {page.objgen: number for number, page in enumerate(self.file.pages)}
        self.nodes: list[dict[str, Any]] = []
        self._walk(self.file.Root.StructTreeRoot, None, None)

    def _walk(self, element: pikepdf.Object, page: Any, above: Any) -> str:
        page, kids = element.get("/Pg", page), element.get("/K", [])
        node = {"element": element, "above": above, "text": ""}
        if "/S" in element:
            node["kind"] = str(element.S)[1:]
            self.nodes.append(node)
        for kid in kids if isinstance(kids, pikepdf.Array | list) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                node["text"] += self._walk(kid, page, node)
            else:
                on, number = (kid.get("/Pg", page), kid.MCID) if isinstance(kid, pikepdf.Dictionary) else (page, kid)
                node["text"] += self.marked.get((self.places[on.objgen], int(number)), "")
        return str(node["text"])

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        return [node | {"text": tight(node["text"])} for node in self.nodes if node["kind"] in kinds]

    def tables(self) -> list[tuple[str, list[str], list[list[str]]]]:
        """(caption, headings, rows of cells) of each table."""
        found = []
        for table in (node for node in self.nodes if node["kind"] == "Table"):
            mine = [node for node in self.nodes if _within(node, table)]
            lines = [
                [tight(cell["text"]) for cell in mine if cell["above"] is line and cell["kind"] in ("TH", "TD")]
                for line in mine
                if line["kind"] == "TR"
            ]
            at = self.nodes.index(table)
            inside = [node for node in mine if node["kind"] == "Caption"]
            # typst sometimes puts the caption before the table and both into a Div
            before = [node for node in self.nodes[:at] if node["kind"] == "Caption"][-1:]
            found.append((tight((inside or before)[0]["text"]), lines[0], lines[1:]))
        return found


def _within(node: Any, above: Any) -> bool:
    while node is not None:
        node = node["above"]
        if node is above:
            return True
    return False
