"""Documents for tests: one to give tables to, and any that hypothesis can think of."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from assets.documents.document import KINDS, Block, Column, Document, Table, Term

AT = datetime(2015, 4, 2, 12, 30, tzinfo=UTC)
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "−1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "'=1",
    "<r>=1+1</r>",
    "&G&P",
    "a\r\nb",
    "_x0041_",
    '"',
    ",",
    " x ",
]
CASH = (
    Column("line", "Line", "line of the form"),
    Column("usd", "Amount", "dollars", kind="cents"),
    Column("on", "Day", "the day it was drawn", kind="day", width=18),
    Column("share", "Share", "percent of the award", kind="percent"),
    Column("n", "Draws", "how many", kind="count"),
    Column("figure", "Figure", "in the unit of the row", kind="figure"),
)
# 1,000.10 received less 300.05 spent are 700.05 on hand
ROWS = (
    {
        "line": "10a",
        "usd": Decimal("1000.10"),
        "on": date(2015, 3, 31),
        "share": 12.5,
        "n": 3,
        "figure": Decimal("2.25"),
    },
    {
        "line": "10b",
        "usd": Decimal("300.05"),
        "share": "Not computable",
        "n": 0,
        "figure": Decimal("-5"),
        "unit": "hours",
    },
    {"line": "10c", "usd": Decimal("700.05"), "n": 1204},
    {"line": "10d", "usd": "Not reported"},
    {"line": "10e", "usd": Decimal("-99.80")},
)
ON_HAND = {(2, "usd"): (Term(1, 0, "usd"), Term(-1, 1, "usd")), (4, "usd"): (Term(1, 3, "usd"),)}
LEDGER = Table(
    "Federal cash", "Federal cash on hand", CASH, ROWS, note="Cash basis.", formulas=ON_HAND, row_header="line"
)


def document(*blocks: Block, **told: object) -> Document:
    facts = {
        **{"report": "SF-425", "period": "FY2015Q2", "name": "sf425-FY2015Q2", "title": "Federal Financial Report"},
        **{"subtitle": "January to March 2015", "program": "Test Network", "release": "2015-03-31-r1"},
        **{"as_of": date(2015, 3, 31), "at": AT, "synthetic": True, "state": "Draft", "blocks": blocks},
    }
    return Document(**facts | told)  # type: ignore[arg-type]


WORDS = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=12
)
VALUES = (
    st.none()
    | WORDS
    | st.integers(-(10**14), 10**14)
    | st.decimals(-(10**11), 10**11, places=2)
    | st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: float(f"{value:.9g}"))
    | st.dates(date(1900, 3, 1), date(9999, 12, 31))
)


@st.composite
def tables(draw: st.DrawFn, name: str) -> Table:
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=4))
    columns = [Column(f"c{place}", draw(WORDS), draw(WORDS), kind) for place, kind in enumerate(kinds)]
    row = st.fixed_dictionaries({column.name: VALUES for column in columns})
    return Table(name, draw(WORDS), columns, draw(st.lists(row, max_size=5)), note=draw(WORDS))


DOCUMENTS = st.builds(document, tables("One"), tables("Two"), title=WORDS, program=WORDS, release=WORDS)
