"""Tables of the metrics layer that SQL cannot state: a pure function of what stands in the warehouse, one module each."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import duckdb
import pyarrow as pa

from assets.metrics import answering, city_leagues, equity_tests, reach_intervals, silent


@dataclass(frozen=True)
class Computed:
    """A table made in Python. reads: the tables `make` reads; source: the text that makes it; description: what a row is."""

    table: str
    reads: frozenset[str]
    make: Callable[[duckdb.DuckDBPyConnection], pa.Table]
    source: str
    description: str


def of(module: ModuleType) -> Computed:
    """A module with TABLE, READS and make(connection)."""
    return Computed(module.TABLE, frozenset(module.READS), module.make, inspect.getsource(module), module.__doc__ or "")


def computed() -> list[Computed]:
    """Every such table."""
    modules: list[ModuleType] = [answering, city_leagues, equity_tests, reach_intervals, silent]
    return [of(module) for module in modules]
