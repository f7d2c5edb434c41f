"""The bench of tests/bench.py as a fixture."""

from collections.abc import Iterator

import pytest
from bench import Bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    one = Bench()
    yield one
    one.connection.close()
