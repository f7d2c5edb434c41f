"""What each column of a report is: for the last sheet of its workbook and for the file beside its CSV."""

from collections.abc import Iterable, Iterator

from assets.documents.document import UNITS, Column, Table

SAYS = {  # the kinds of columns (document.KINDS) in words
    "text": "text",
    "long": "text",
    "day": "date",
    "period": "federal quarter, month or year",
    "cents": "dollars to the cent",
    "count": "whole number",
    "percent": "percentage, 0 to 100",
    "rate": "fraction",
    "figure": "number",
}
HEAD = (
    Column("table", "Table", "name of the table: its sheet in the workbook, and in the CSV", width=26),
    Column("column", "Column", "name of the column in the CSV", width=26),
    Column("heading", "Heading", "its heading on paper and in the workbook", width=30),
    Column("meaning", "Meaning", "what it holds", kind="long", width=70),
    Column("kind", "Kind", "what its values are; a text in a column of numbers says why there is no number", width=30),
    Column("unit", "Unit", "unit of its numbers", width=24),
)


def entries(tables: Iterable[tuple[Table, Iterable[Column]]]) -> Iterator[tuple[str, ...]]:
    """A row of HEAD for each column of each table."""
    for table, columns in tables:
        for c in columns:
            yield table.name, c.name, c.title, c.meaning, SAYS[c.kind], UNITS.get(c.kind, "")
