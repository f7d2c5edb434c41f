"""The desk's figures on a real log of requests, against the same figures counted in pandas and numpy."""

import holidays
import numpy as np
import pandas as pd
import pytest
from bench import DESK

ZONE = "America/New_York"
LAST_DAY = "2019-12-31"


@pytest.fixture(scope="module")
def log(real) -> pd.DataFrame:
    frame = pd.read_csv(real / "request_log_baltimore" / "311_sample.csv", dtype=str)
    times = {"asked": "CreatedDate", "answered": "CloseDate", "updated": "StatusDate"}
    local = {name: pd.to_datetime(frame[c], format="%m/%d/%Y %I:%M:%S %p") for name, c in times.items()}
    return pd.DataFrame({"id": frame["SRRecordID"], "status": frame["SRStatus"], **local})


def _utc(local: pd.Series) -> pd.Series:
    return (
        local.dt.tz_localize(ZONE, ambiguous=True, nonexistent="shift_forward")
        .dt.tz_convert("UTC")
        .dt.tz_localize(None)
    )


def _open_seconds(local: pd.Series) -> np.ndarray:
    """Business seconds from 2013 to each wall-clock time, with numpy's own business-day arithmetic."""
    closed = np.array(sorted(holidays.country_holidays("US", years=range(2013, 2022))), "datetime64[D]")
    day = local.to_numpy().astype("datetime64[D]")
    seconds = (local.to_numpy() - day).astype("timedelta64[s]").astype(float)
    today = np.where(np.is_busday(day, holidays=closed), np.clip(seconds - 9 * 3600, 0, 28800), 0)
    return np.busday_count("2013-01-01", day, holidays=closed) * 28800 + today


def test_on_time_on_a_real_log(bench, log):
    bench.reference(as_of=LAST_DAY, launched_on="2013-01-01")
    for table in ("core.eligibility", "core.engagement_cities", "raw.requests"):
        bench.given(table)
    duplicate = log.status.str.contains("Duplicate")
    rows = pd.DataFrame(
        {
            "request_id": log.id,
            "city": "2404000",
            "submitted_at": _utc(log.asked),
            "first_response_at": _utc(log.answered),
            "resolved_at": _utc(log.answered),
            "updated_at": _utc(log.updated),
            "status": np.where(log.status.str.startswith("Closed"), "closed", "open"),
            "duplicate_of": duplicate.map({True: "unknown", False: None}),
        }
    )
    bench.given("raw.request_events")
    bench.connection.register("frame", rows)
    bench.connection.execute("insert into raw.requests by name select * from frame")
    bench.given("metrics.equity_groups")
    bench.run(*DESK, "core.period_days", "core.day_parts", "core.period_parts", "core.figure_keys")
    bench.run("metrics.on_time_cells", "metrics.on_time")
    found = {
        metric: (numerator, denominator)
        for metric, numerator, denominator in bench.connection.execute(
            "select metric, numerator, denominator from metrics.on_time where grain = 'network' and period = 'to_date'"
        ).fetchall()
    }
    told = log[~duplicate]
    is_answered = told.answered.notna()
    calendar = (_utc(told.answered) - _utc(told.asked) <= pd.Timedelta(hours=72)).sum()
    waited = _open_seconds(told.answered[is_answered]) - _open_seconds(told.asked[is_answered])
    # a wait of exactly 24 hours in this log ended after closing time, past the due instant
    business = int((waited < 86400).sum())
    # every request was due by the last day: the youngest was asked weeks before it
    assert told.asked.max() < pd.Timestamp("2019-12-20")
    assert found == {
        "on_time_calendar_pct": (calendar, len(told)),
        "on_time_pct": (business, len(told)),
        "never_answered_pct": ((~is_answered).sum(), len(told)),
    }
