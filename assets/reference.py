"""Schema `reference`: the clocks and dictionaries that models join. Nothing here comes from a program's records."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2

from assets import clock, duplicates, locks
from assets import topics as vocabulary
from assets.raw import arrivals

FIRST_DAY = date(1990, 1, 1)  # anything dated before is a slip of the pen, not the start of the program
LAG_DAYS = 45  # a feed's delay until thirty have been observed
MIN_DENOMINATOR = 10
REPLICATES, SLOTS, SEED = 400, 1200, 20140522
POISSON_EVENTS = 5000  # above it the limits are by Wilson and Hilferty, to nine digits the same

# Published wording differs between > and >=, so operators and thresholds are data that program.yml may replace.
RULE_KEYS = ("criterion", "indicator", "operator", "threshold", "period", "title")
RULES: list[dict[str, Any]] = [
    dict(zip(RULE_KEYS, rule, strict=True))
    for rule in (
        ("population", "population", ">", 40000, "2013", "More than 40,000 people"),
        ("unemployment", "unemployment_rate", ">=", 9, "2013", "Unemployment of 9 percent or more in 2013"),
        (
            "poverty",
            "noncollege_poverty_pct",
            ">=",
            20,
            "2012",
            "Poverty outside college of 20 percent or more in 2012",
        ),
        ("population_loss", "population_change_2000_2010_pct", "<=", -5, None, "5 percent or more lost, 2000 to 2010"),
    )
]

COLUMNS = {
    "params": """program varchar, synthetic boolean, as_of date, as_of_at timestamp,
        time_zone varchar, launched_on date, service_level_business_seconds bigint,
        service_level_calendar_seconds bigint, lag_days integer, min_denominator integer, calendar varchar""",
    "knowledge": "known_on timestamp",
    "periods": """period_type varchar, period varchar, period_start date, period_end date, starts_at timestamp,
        ends_at timestamp, closes_at timestamp, ordinal bigint""",
    "hours": "hour_at timestamp, local_date date, open_before_seconds bigint, is_open integer",
    "business_days": "ordinal bigint, day date, opens_at timestamp, closes_at timestamp",
    "topics": "topic varchar, title varchar, ordinal bigint",
    "topic_words": "taxonomy varchar, word varchar, topic varchar, version bigint",
    "metrics": """metric varchar, version varchar, title varchar, definition varchar, unit varchar, direction varchar,
        numerator varchar, denominator varchar, "interval" varchar, per double, decimals integer, feeds varchar,
        window_days integer, source varchar, limits varchar""",
    "bootstrap_weights": "replicate integer, slot integer, weight integer",
    "poisson_limits": "events bigint, low double, high double",
    "rules": """criterion varchar, indicator varchar, operator varchar, threshold double, period varchar,
        title varchar""",
    "due_days": "regime varchar, report varchar, frequency varchar, days integer, source varchar",
}
DUE_KEYS = ("regime", "report", "frequency", "days", "source")
METRIC_KEYS = (
    *("metric", "version", "title", "definition", "unit", "direction", "numerator", "denominator"),
    *("interval", "per", "decimals", "feeds", "window_days", "source", "limits"),
)


@dataclass(frozen=True)
class Params:
    """What a run is asked: the two clocks, the program and its service level.

    as_of: last day the figures look at, local. known_on: instant up to which receipts count, UTC. launched_on: first
    day of the program; None takes the earliest dated record. rules: criteria as in RULES; None takes RULES.
    """

    as_of: date
    known_on: datetime
    program: str
    synthetic: bool
    time_zone: str
    launched_on: date | None
    service_level_business_hours: int = 24
    service_level_calendar_hours: int = 72
    rules: list[dict[str, Any]] | None = None


def build(
    connection: duckdb.DuckDBPyConnection,
    params: Params,
    *,
    topics: list[dict[str, Any]],
    metrics: list[dict[str, Any]],
    due: list[dict[str, Any]],
) -> dict[str, int]:
    """(Re)create the tables of schema `reference` but `places`; gives their row counts by name.

    topics, metrics and due are the catalog's entries. Reads raw.requests, raw.ledger and raw.eligibility, and only where
    params.launched_on is None. Raises ValueError when as_of is before the launch, or the zone is off by part of an
    hour.
    """
    zone = ZoneInfo(params.time_zone)
    launched_on = params.launched_on or _first_record(connection, params.as_of, zone)
    if params.as_of < launched_on:
        raise ValueError(f"as-of {params.as_of} is before the launch on {launched_on}: there is nothing to report yet")
    # a year either side: what was open at the launch, and what falls due after the last day
    start, end = launched_on - timedelta(days=366), params.as_of + timedelta(days=366)
    rules = RULES if params.rules is None else params.rules
    tables = {
        "params": _params(params, launched_on, zone),
        "knowledge": pd.DataFrame({"known_on": [params.known_on]}),
        "periods": clock.periods(launched_on, params.as_of, zone),
        "hours": clock.hours(start, end, zone),
        "business_days": clock.business_days(start, end, zone),
        "topics": pd.DataFrame(
            [{"topic": t["topic"], "title": t["title"], "ordinal": n} for n, t in enumerate(topics, 1)]
        ),
        "topic_words": pd.DataFrame(vocabulary.words(topics)),
        "metrics": pd.DataFrame([_metric(entry) for entry in metrics], columns=list(METRIC_KEYS)),
        "bootstrap_weights": _bootstrap_weights(),
        "poisson_limits": _poisson_limits(),
        "rules": pd.DataFrame([{key: rule.get(key) for key in RULE_KEYS} for rule in rules], columns=list(RULE_KEYS)),
        "due_days": pd.DataFrame(due, columns=list(DUE_KEYS)),
    }
    connection.execute("create schema if not exists reference")
    for name, frame in tables.items():
        connection.register("reference_frame", frame)
        connection.execute(f"create or replace table reference.{name} ({COLUMNS[name]})")
        connection.execute(f"insert into reference.{name} by name from reference_frame")
        connection.unregister("reference_frame")
    duplicates.build(connection, [])  # until what people decided is told
    locks.build(connection, [])
    arrivals.build(connection, [], zone)  # and what came
    return {name: len(frame) for name, frame in tables.items()}


def _first_record(connection: duckdb.DuckDBPyConnection, as_of: date, zone: ZoneInfo) -> date:
    """The earliest day a program feed speaks of that as_of can see, else the first day of as_of's fiscal year."""
    row = connection.execute(
        """select (select min(submitted_at) from raw.requests where submitted_at >= $at),
            (select min(posted_on) from raw.ledger where posted_on >= $day),
            (select min(eligible_from) from raw.eligibility where eligible_from >= $day)""",
        {"at": clock.utc(FIRST_DAY, clock.MIDNIGHT, zone), "day": FIRST_DAY},
    ).fetchone()
    first_at, *days = row or (None,)
    if first_at:
        days.append(first_at.replace(tzinfo=UTC).astimezone(zone).date())
    fiscal_start = date(clock.fiscal_year(as_of) - 1, 10, 1)
    return min((day for day in days if day and day <= as_of), default=fiscal_start)


def _params(params: Params, launched_on: date, zone: ZoneInfo) -> pd.DataFrame:
    row = {key: getattr(params, key) for key in ("program", "synthetic", "as_of", "time_zone")} | {
        "as_of_at": clock.utc(params.as_of + clock.DAY, clock.MIDNIGHT, zone),
        "launched_on": launched_on,
        "service_level_business_seconds": params.service_level_business_hours * 3600,
        "service_level_calendar_seconds": params.service_level_calendar_hours * 3600,
        "lag_days": LAG_DAYS,
        "min_denominator": MIN_DENOMINATOR,
        "calendar": clock.calendar_version(),
    }
    return pd.DataFrame([row])


def _metric(entry: dict[str, Any]) -> dict[str, Any]:
    texts = {key: None if entry.get(key) is None else str(entry[key]) for key in METRIC_KEYS}
    return texts | {
        "feeds": ", ".join(entry.get("feeds") or []),
        "decimals": entry.get("decimals", 0),
        "per": entry.get("per", 1),
        "window_days": entry.get("window_days", 0),
    }


@cache
def _poisson_limits() -> pd.DataFrame:
    """The exact 95% limits of the mean of a Poisson count (Garwood 1936), for each count up to POISSON_EVENTS."""
    events = np.arange(POISSON_EVENTS + 1)
    low = np.concatenate([[0.0], chi2.ppf(0.025, 2 * events[1:]) / 2])
    return pd.DataFrame({"events": events, "low": low, "high": chi2.ppf(0.975, 2 * events + 2) / 2})


@cache
def _bootstrap_weights() -> pd.DataFrame:
    """Poisson(1) draws, one per replicate and slot, by inversion of PCG64's own bits (a stream that numpy keeps)."""
    bits: npt.NDArray[np.uint64] = np.random.PCG64(SEED).random_raw(REPLICATES * SLOTS)
    uniform = (bits >> np.uint64(11)).astype(np.float64) / 2.0**53
    mass = np.exp(-1.0) / np.cumprod([1.0, *range(1, 19)])
    weight = np.searchsorted(np.cumsum(mass), uniform, side="right")
    replicate, slot = np.divmod(np.arange(len(weight)), SLOTS)
    return pd.DataFrame({"replicate": replicate + 1, "slot": slot + 1, "weight": weight})
