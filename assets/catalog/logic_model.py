"""The program's logic model: the measures, indicators and benchmarks that the performance report tells."""

from functools import cache
from pathlib import Path

from assets.catalog import Strict
from assets.catalog.reading import read

PATH = Path(__file__).with_name("logic_model.yml")


class Measure(Strict):
    """A row of SF-PPR-A. of: the service, for a metric that is told by service."""

    label: str
    objective: str
    metric: str
    of: str = "any"


class Indicator(Strict):
    """A row of SF-PPR-B."""

    label: str
    activity: str
    metric: str
    of: str = "any"


class Benchmark(Strict):
    """A row of SF-PPR-C; output and outcome are metrics, the outcome's of service `of`."""

    goal: str
    priority: str
    need: str
    service: str
    output: str
    outcome: str
    tools: str
    of: str = "any"


class LogicModel(Strict):
    measures: list[Measure]
    indicators: list[Indicator]
    benchmarks: list[Benchmark]


@cache
def load() -> LogicModel:
    """Raises CatalogError where the file does not hold to the schema."""
    return read(PATH, LogicModel)
