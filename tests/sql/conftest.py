"""The bench of tests/bench.py as fixtures."""

from collections.abc import Iterator

import pytest
from bench import Bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    one = Bench()
    yield one
    one.connection.close()


@pytest.fixture(scope="module")
def one_bench() -> Iterator[Bench]:
    """One bench for a whole module, its reference made: for properties tried many times."""
    one = Bench()
    one.reference()
    yield one
    one.connection.close()
