"""Quarters whose SF-425 is locked: what is first known of the ledger after that counts in the quarter that is open then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from assets import clock, decisions

LOG, REPORT = "review", "sf425"
TABLE = "period varchar, period_end date, opens_on date, locked_at timestamp"


@dataclass(frozen=True)
class Lock:
    """The SF-425 of a period was locked. at: the instant, UTC; end: the last day of the period."""

    period: str
    end: date
    at: datetime


def locked(folder: Path) -> list[Lock]:
    """The periods of which the SF-425 is locked, in order of their end; folder: the logs of decisions, of which the review is one.

    Whatever was known when: a lock bears only on files that came after it.
    """
    lines = decisions.history(folder, LOG)
    steps = [line for line in lines if line.get("step") == "lock" and line.get("report") == REPORT]
    found = [Lock(n["period"], clock.last_day(n["period"]), datetime.fromisoformat(n["at"])) for n in steps]
    return sorted(found, key=lambda one: (one.end, one.at))


def build(connection: duckdb.DuckDBPyConnection, known: Iterable[Lock]) -> None:
    """(Re)makes reference.locked_periods. opens_on: the first day after the period."""
    rows = [(one.period, one.end, one.end + clock.DAY, one.at.replace(tzinfo=None)) for one in known]
    connection.execute("create schema if not exists reference")
    connection.execute(f"create or replace table reference.locked_periods ({TABLE})")
    if rows:
        connection.executemany("insert into reference.locked_periods values (?, ?, ?, ?)", rows)
