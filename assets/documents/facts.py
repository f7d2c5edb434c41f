"""What the reports are made of: one release, every file of it as published, and where the reports on it stand."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from assets import clock
from assets import format as fmt
from assets.decisions import Refused
from assets.raw.casts import file
from assets.releases import seal

Row = dict[str, Any]


class Incomplete(Refused):
    """A report that cannot be made as it should be; missing: a sentence for each thing, with what to do."""

    def __init__(self, report: str, period: str, missing: list[str]) -> None:
        super().__init__(f"{report} {period} is not complete: {' '.join(missing)}")
        self.missing = missing


@dataclass(frozen=True, eq=False)
class Facts:
    """A release, open to read. home: where decisions and bridges are kept beside it."""

    home: Path
    release: str
    told: Mapping[str, Any]
    connection: duckdb.DuckDBPyConnection

    @property
    def folder(self) -> Path:
        return self.home / "releases" / self.release

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.told["as_of"])

    @property
    def at(self) -> datetime:
        """The instant that dates inside of files take: until when receipts counted (UTC)."""
        return datetime.fromisoformat(self.told["known_on"]).astimezone(UTC)

    @property
    def synthetic(self) -> bool:
        return bool(self.told.get("synthetic"))

    @property
    def program(self) -> str:
        return str(self.told.get("program") or "National Resource Network")

    def has(self, table: str) -> bool:
        return (self.folder / f"{table}.parquet").exists()

    def rows(self, table: str, order: str = "", where: str = "", **keys: Any) -> list[Row]:
        """The rows of a table whose columns have these values (None: null); none where the release lacks the table."""
        if not self.has(table):
            return []
        tests = [f"{key} is not distinct from ?" for key in keys] + ([where] if where else [])
        sql = f"from {self.table(table)}"
        sql += f" where {' and '.join(tests)}" if tests else ""
        return self.query(sql + (f" order by {order}" if order else ""), list(keys.values()))

    def query(self, sql: str, values: list[Any] | None = None) -> list[Row]:
        found = self.connection.execute(sql, values or [])
        names = [d[0] for d in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def table(self, name: str) -> str:
        """A table of the release, as SQL reads it."""
        return f"read_parquet({file(self.folder / f'{name}.parquet')})"

    @cached_property
    def metrics(self) -> dict[str, Row]:
        return {row["metric"]: row for row in self.rows("metrics")}

    @cached_property
    def periods(self) -> dict[str, Row]:
        """Every period that the release has figures of, by its name, in order of time."""
        found = self.rows("periods", "period_start, period_end")
        if not found and self.has("metric_values"):  # of a release from before there was that table
            told = f"select distinct period_type, period, period_start, period_end from {self.table('metric_values')} order by 3, 4"
            found = self.query(told)
        return {row["period"]: row for row in found}

    def figures(
        self, period: str, metrics: Iterable[str], city_id: str | None = None, of: str = "any"
    ) -> dict[str, Row]:
        """The figures of a period by metric, of the network or of a city, every topic: of a metric that is told by service that of
        service `of`, and of the cities that were eligible then."""
        held = self._network if city_id is None else self._of_cities(period).get(city_id, {})
        keys = {metric: ((period, metric, None), (period, metric, of)) for metric in metrics}
        return {metric: row for metric, told in keys.items() for key in told if (row := held.get(key))}

    @cached_property
    def _network(self) -> dict[Any, Row]:
        return {_key(row): row for row in self._figures("city_id is null")}

    @cached_property
    def _cities(self) -> dict[str, dict[str, dict[Any, Row]]]:
        """What was read of cities so far, by period and city; it goes when the release is closed."""
        return {}

    def _of_cities(self, period: str) -> dict[str, dict[Any, Row]]:
        """Of a period, by city."""
        if period not in self._cities:
            found = self._cities[period] = {}
            for row in self._figures("city_id is not null", period=period):
                found.setdefault(row["city_id"], {})[_key(row)] = row
        return self._cities[period]

    def _figures(self, where: str, **keys: Any) -> list[Row]:
        told = "coalesce(dimension, 'service') = 'service' and coalesce(basis, 'then') = 'then'"
        return self.rows("metric_values", "", f"{where} and {told}", topic=None, engagement_id=None, **keys)

    def until(self, span: Row) -> list[str]:
        """The periods of the same kind up to this one, in order of time; this one is the last."""
        kind, end = span["period_type"], span["period_end"]
        return [p for p, row in self.periods.items() if row["period_type"] == kind and row["period_end"] <= end]

    def before(self, span: Row) -> str:
        """The period of the same kind before this one; empty for the first."""
        return ["", *self.until(span)][-2]

    def period(self, name: str) -> Row:
        """A period that is over by the as-of day. Raises Refused."""
        if name not in self.periods:
            told = [p for p, row in self.periods.items() if row["period_type"] in ("quarter", "fiscal_year")][-6:]
            raise Refused(f"release {self.release} knows no period {name!r}; the last are: {', '.join(told) or 'none'}")
        found = self.periods[name]
        if found["period_type"] == "to_date" or found["period_end"] > self.as_of:
            raise Refused(f"{name} is not over by {fmt.day(self.as_of)}, the as-of day of release {self.release}")
        return found


def _key(row: Row) -> tuple[str, str, str | None]:
    return row["period"], row["metric"], row["dimension_value"]


@contextmanager
def opened(home: Path, release: str) -> Iterator[Facts]:
    """A release to make reports of. Raises Refused where it is not as it was published, or is none."""
    folder = home / "releases" / release
    try:
        told = seal.verified(folder)
    except seal.Altered as error:
        raise Refused(f"{error}; restore it from a copy") from error
    except OSError as error:
        raise Refused(f"there is no release {release}") from error
    with duckdb.connect() as connection:
        yield Facts(home, release, told, connection)


def ends(period: str) -> date:
    """The last day of a period by its name. Raises Refused where it is no name of one."""
    try:
        return clock.last_day(period)
    except ValueError as error:
        raise Refused(f"{period!r} is no period: write 2014-06, FY2014Q3 or FY2014") from error
