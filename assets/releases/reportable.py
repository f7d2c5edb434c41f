"""What a release says of the periods that can be reported on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from assets.decisions import Refused
from assets.raw.casts import file


def blocking(release: Path, table: str, column: str, blocks: str, period: str) -> list[str]:
    """The texts of a column in the rows of a period that block its report; none where the release lacks the table."""
    path = release / f"{table}.parquet"
    if not path.exists():
        return []
    sql = f"select distinct {column} from read_parquet({file(path)}) where period = ? and {blocks} order by 1"
    return [str(text) for (text,) in _rows(sql, [period])]


def periods(release: Path, report: str) -> list[tuple[Any, ...]]:
    """(period_type, period, first day, last day) of each period that the release has figures of, by time; of the SF-425 also of the
    quarters of an award before the program began."""
    path = release / "metric_values.parquet"
    if not path.exists():
        raise Refused(f"release {release.name} is gone, or holds no figures; restore it from a copy")
    told = f"select distinct period_type, period, period_start, period_end from read_parquet({file(path)})"
    form = release / "sf425.parquet"
    if report == "sf425" and form.exists():
        first = "make_date(year(period_end), month(period_end) - 2, 1)"
        told += f" union select 'quarter', period, {first}, period_end from read_parquet({file(form)})"
    return _rows(f"from ({told}) order by 3, 4")


def before(release: Path, report: str, period: str) -> str | None:
    """The period of the same kind before; None for the first of the program."""
    known = periods(release, report)
    (kind,) = {row[0] for row in known if row[1] == period}
    same = [row[1] for row in known if row[0] == kind]
    calendar = release / "report_calendar.parquet"
    if calendar.exists():  # an award that reports by halves has no report of the quarters between
        due = {p for (p,) in _rows(f"select period from read_parquet({file(calendar)}) where report = ?", [report])}
        same = [p for p in same if p in due] if period in due else same
    at = same.index(period)
    return same[at - 1] if at else None


def told_of(release: Path, report: str, period: str) -> list[str]:
    """The periods whose figures the report of a period tells, its own last: of a half of the year both quarters, but for the
    SF-425, whose lines are cumulative."""
    calendar = release / "report_calendar.parquet"
    if report == "sf425" or "Q" not in period or not calendar.exists():
        return [period]
    sql = f"select min(period_start) from read_parquet({file(calendar)}) where report = ? and period = ?"
    ((start,),) = _rows(sql, [report, period])
    known = periods(release, report)
    end = next((last for _, name, _, last in known if name == period), None)
    within = [name for kind, name, _, last in known if kind == "quarter" and start and end and start <= last < end]
    return [*within, period]


def _rows(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(sql, list(values)).fetchall()
