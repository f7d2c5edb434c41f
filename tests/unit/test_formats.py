"""One feed in every format that people send, packed or not, under a name that says something else: the same release."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from landing_desk import Desk, clocks
from program_feeds import FORMATS

from assets.catalog import load

ROWS = [
    {"use_id": "007", "used_at": "2014-06-02T23:30:00", "city": "Memphis, TN", "resource_id": "", "topic": ""}
    | {"action": "search", "results": "0", "query": "línea, nueva"},
    {"use_id": "8", "used_at": "2014-06-02T23:30:00-07:00", "city": "1801468", "resource_id": "g|1", "topic": "Housing"}
    | {"action": "View", "results": "", "query": ""},
]
# By hand: 23:30 in the East is 03:30 UTC of the next day, in the West 06:30, which is 02:30 of the 3rd in the East.
EXPECTED = [
    ("007", datetime(2014, 6, 3, 3, 30), date(2014, 6, 2), "4748000", None, "unclassified", "search", 0),
    ("8", datetime(2014, 6, 3, 6, 30), date(2014, 6, 3), "1801468", "g|1", "housing", "view", None),
]
TABLES = ("staging.library_resources", "staging.library_use", "core.library_use", "published.library_use")


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as one:
        clocks(one)
        yield one


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_rows_in_every_format(tmp_path: Path, connection: duckdb.DuckDBPyConnection, format: str) -> None:
    assert set(ROWS[0]) == set(load().sources["library_use"].columns)
    desk = Desk(tmp_path, connection)
    name = "library_use/use.xlsx" if format.startswith(("csv", "json")) else "library_use/use.csv"
    desk.drop(name, FORMATS[format](ROWS))
    receipt = desk.take()[name]
    assert (receipt.received, receipt.quarantined) == (2, 0), receipt.message
    assert desk.made(*TABLES) == EXPECTED
