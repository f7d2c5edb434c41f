"""A landing folder and a home for each test, and one warehouse in memory for the tests of a module."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from landing_desk import Desk


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as one:
        yield one


@pytest.fixture
def desk(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> Desk:
    return Desk(tmp_path, connection)
