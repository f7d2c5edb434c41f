"""The one dictionary: sources, tables, metrics, topics, due days. YAML files beside this module, validated when they are loaded.

Importing this does nothing; `load()` reads the files once.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from assets.catalog import due_days
from assets.catalog.reading import CatalogError as CatalogError
from assets.catalog.reading import checked, content, read

HERE = Path(__file__).parent
Severity = Literal["fail", "warn"]
ColumnType = Literal["text", "city", "instant", "date", "integer", "number", "money", "boolean", "enum"]
DUCKDB_TYPES: dict[str, str] = {
    "text": "varchar",
    "city": "varchar",
    "instant": "timestamp",
    "date": "date",
    "integer": "bigint",
    "number": "double",
    "money": "decimal(18,2)",
    "boolean": "boolean",
    "enum": "varchar",
}
assert set(DUCKDB_TYPES) == set(get_args(ColumnType))


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


T = TypeVar("T", bound=Strict)


class SourceColumn(Strict):
    """One column of a source: its type, its limits, and how files spell it."""

    type: ColumnType
    description: str = ""
    required: bool = False
    personal: bool = False
    from_file: bool = False
    local: bool = False  # an id that is unique only within its jurisdiction
    values: list[str] | None = None
    min: float | None = None
    max: float | None = None
    aliases: list[str] = []
    missing: dict[str, str] = {}
    width: int | None = None
    thousands: bool = False

    @model_validator(mode="after")
    def _enum_has_values(self) -> "SourceColumn":
        if (self.type == "enum") != (self.values is not None):
            raise ValueError("a column has `values` when, and only when, its type is enum")
        return self


class Rule(Strict):
    """A condition on the typed columns of one row; a row where it is false is set aside (null passes)."""

    column: str
    test: str
    expected: str


class RowBounds(Strict):
    """How many rows are plausible."""

    min: int = 0
    max: int | None = None
    severity: Severity = "warn"


class Source(Strict):
    """One raw table and the files that fill it."""

    source: str
    folder: str = ""
    title: str
    publisher: str
    license: str = ""
    citation: str = ""
    notes: str = ""
    key: list[str]
    rows: RowBounds = RowBounds()
    encodings: list[str] = ["utf-8"]
    columns: dict[str, SourceColumn]
    rules: list[Rule] = []

    @field_validator("columns", mode="before")
    @classmethod
    def _expand_spans(cls, columns: dict[str, Any]) -> dict[str, Any]:
        """`name_{2000..2003}` stands for four columns, and so in their aliases; `{001..029}` keeps its zeros."""
        out: dict[str, Any] = {}
        for name, spec in columns.items():
            span = re.search(r"\{(\d+)\.\.(\d+)\}", name)
            if not span:
                out[name] = spec
                continue
            for value in range(int(span[1]), int(span[2]) + 1):
                number = str(value).zfill(len(span[1]))
                aliases = [a.replace(span[0], number) for a in spec.get("aliases", [])]
                out[name.replace(span[0], number)] = {**spec, "aliases": aliases}
        return out

    @model_validator(mode="after")
    def _names_exist(self) -> "Source":
        for name in [*self.key, *(r.column for r in self.rules)]:
            if name not in self.columns:
                raise ValueError(f"{name!r} is not a column")
        return self

    @property
    def landing_folder(self) -> str:
        return self.folder or self.source

    def raw_columns(self) -> dict[str, str]:
        """Columns of the raw table and their DuckDB types, markers of missing values included."""
        out: dict[str, str] = {}
        for name, column in self.columns.items():
            out[name] = DUCKDB_TYPES[column.type]
            if column.missing:
                out[f"{name}_missing"] = "varchar"
        return out


class TableColumn(Strict):
    """One column of a warehouse table, and the checks on it."""

    type: str = ""
    description: str = ""
    not_null: bool = False
    accepted: list[str] | None = None
    min: float | None = None
    max: float | None = None
    references: str | None = None
    severity: Severity = "fail"


class TableCheck(Strict):
    """A condition that every row must meet; `shows` are columns that a message names beside the key."""

    name: str
    test: str
    shows: list[str] = []
    description: str = ""
    severity: Severity = "fail"


class Through(Strict):
    """Which pieces of an input a piece follows from: the rows of `table` name the piece, and the input's pieces in `by`."""

    table: str
    piece: str
    by: str


class Pieces(Strict):
    """A table that is made again piece by piece (assets/pieces.py). by: a column, or what is worked out from
    some, whose values are its pieces; of: the inputs with the same columns, whose rows of a piece make no other."""

    by: str
    of: list[str] = []
    through: dict[str, Through] = {}


class Changes(Strict):
    """How a later version of a record is read (assets/releases/versions.py). dated: the column by which it is early or late,
    or table.key.column where another record has it; events: instants that are filled when they happen; along: columns
    that change with these; leaves: those by which it stops to count; ends: a test of a row whose coming ends another."""

    dated: str = ""
    events: list[str] = []
    along: list[str] = []
    leaves: list[str] = []
    ends: str = ""


class Table(Strict):
    """One table of the warehouse: what a row is, its key, its columns and the checks on them."""

    table: str
    grain: str
    description: str = ""
    key: list[str]
    rows: RowBounds = RowBounds()
    columns: dict[str, TableColumn] = {}
    checks: list[TableCheck] = []
    pieces: Pieces | None = None
    changes: Changes | None = None

    @field_validator("columns", mode="before")
    @classmethod
    def _bare_columns(cls, columns: dict[str, Any]) -> dict[str, Any]:
        return {name: spec or {} for name, spec in columns.items()}


class Metric(Strict):
    """One reported number: what it means, over what, in which unit."""

    metric: str
    version: int
    title: str
    definition: str
    unit: str
    direction: Literal["up", "down", "none"]
    numerator: str
    denominator: str
    interval: Literal["wilson", "poisson", "given", "none"]
    per: float = 1  # a rate is this many times numerator / denominator
    decimals: int
    feeds: list[str]
    rows: str  # sql/rows/<rows>.sql gives the records behind a figure
    recompute: str  # how it follows from them: an entry of recompute.yml, with its argument
    window_days: int = 0  # after the end of a period, until all that it counts has been followed to its end
    source: str
    limits: str = ""


class Topic(Strict):
    topic: str
    title: str


class Catalog(Strict):
    sources: dict[str, Source]
    tables: dict[str, Table]
    metrics: dict[str, Metric]
    topics: list[Topic]
    recompute: dict[str, str]
    due: list[due_days.DueDays] = []


@cache
def load(folder: Path = HERE) -> Catalog:
    """The whole catalog. Raises CatalogError naming the file where one does not hold to the schema."""
    sources = [read(path, Source) for path in sorted((folder / "sources").glob("*.yml"))]
    tables = [read(path, Table) for path in sorted((folder / "tables").glob("*.yml"))]
    metrics = [
        checked(path.name, Metric, entry)
        for path in sorted((folder / "metrics").glob("*.yml"))
        for entry in content(path)
    ]
    methods = content(folder / "recompute.yml")
    for metric in metrics:
        if metric.recompute.partition("(")[0] not in methods:
            raise CatalogError(f"{metric.metric}: recompute.yml has no method {metric.recompute!r}")
    topics = [checked("topics.yml", Topic, entry) for entry in content(folder / "topics.yml")["topics"]]
    return Catalog(
        sources=_by_name((s.source, s) for s in sources),
        tables=_by_name((t.table, t) for t in tables),
        metrics=_by_name((m.metric, m) for m in metrics),
        topics=topics,
        recompute=methods,
        due=due_days.load(folder / "due.yml"),
    )


def _by_name(entries: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Raises CatalogError where a name stands twice: the second would replace the first without a word."""
    found: dict[str, T] = {}
    for name, entry in entries:
        if name in found:
            raise CatalogError(f"{name} is declared twice; keep one")
        found[name] = entry
    return found
