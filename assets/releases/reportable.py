"""What a release says of the periods that can be reported on."""

import re
from collections.abc import Sequence
from datetime import date
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


def before(release: Path, report: str, period: str) -> list[str]:
    """The periods whose reports come before that of a period: by the calendar the last of each award that reports it, else the one
    before of the same kind; none for the first."""
    due = calendar(release, report)
    if period in (name for _, name, _, _ in due):
        starts = {award: start for award, name, start, _ in due if name == period}
        last = {award: name for award, name, _, end in due if award in starts and end < starts[award]}
        return sorted(set(last.values()))
    known = periods(release, report)
    (kind,) = {row[0] for row in known if row[1] == period}
    same = [row[1] for row in known if row[0] == kind]
    at = same.index(period)
    return same[at - 1 : at] if at else []


def calendar(release: Path, report: str) -> list[tuple[str, str, date, date]]:
    """(award, period, first day, last day) of each report of the calendar, by time; none where no award says when it reports."""
    path = release / "report_calendar.parquet"
    if not path.exists():
        return []
    sql = f"select award_id, period, period_start, period_end from read_parquet({file(path)}) where report = ? order by 4, 1"
    return [(award, name, start, end) for award, name, start, end in _rows(sql, [report])]


def quarters(release: Path, report: str, period: str) -> list[str]:
    """The federal quarters that the report of a period is of, by time: one, the two of a half of the year, those of a year, those
    since the last report of an award that ends. A month has none."""
    known = [(name, last) for kind, name, _, last in periods(release, report) if kind == "quarter"]
    if re.fullmatch(r"FY\d{4}", period):
        return [name for name, _ in known if name.startswith(period)]
    end = next((last for name, last in known if name == period), None)
    start = min((start for _, name, start, _ in calendar(release, report) if name == period), default=end)
    return [name for name, last in known if start and end and start <= last <= end]


def told_of(release: Path, report: str, period: str) -> list[str]:
    """The periods whose figures the report of a period tells, its own last: of a half of the year both quarters, but for the
    SF-425, whose lines are cumulative."""
    within = quarters(release, report, period) if report != "sf425" and "Q" in period else []
    return [*(name for name in within if name != period), period]


def _rows(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(sql, list(values)).fetchall()
