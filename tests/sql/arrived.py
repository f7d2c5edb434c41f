"""Records that came at instants of a test's choosing, and everything that completeness follows from."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from assets import catalog
from assets.raw import arrivals
from assets.raw.receipts import Receipt

CITIES = ("4748000", "1801468", "0644000", "0613392")
TABLES = (
    *(
        "staging.register_versions",
        "staging.late_records",
        "staging.month_changes",
        "core.feed_months",
        "core.feed_lags",
        "metrics.metric_lags",
    ),
    "published.completeness",
)
CORE = (
    *(
        "staging.requests",
        "staging.request_events",
        "staging.surveys",
        "staging.engagements",
        "staging.engagement_cities",
    ),
    *("staging.milestones", "staging.recommendations", "staging.peer_events", "staging.attendance"),
    *("staging.library_resources", "staging.library_use", "staging.eligibility", "staging.award", "staging.ledger"),
    *("staging.targets", "staging.indirect_rates", "staging.budget", "core.request_instants", "core.day_parts"),
    *("core.requests", "core.engagements", "core.engagement_cities", "core.milestones", "core.recommendations"),
    *("core.peer_events", "core.attendance", "core.library_resources", "core.library_use", "core.eligibility"),
    *("core.award", "core.ledger", "core.targets", "core.indirect_rates", "core.budget"),
)
LAUNCH = datetime(2014, 5, 23, 14)  # the first load


def make(bench, as_of="2014-09-30", files=(), **feeds):
    """Everything that completeness follows from, of raw rows given by feed; a row without _known_at is of the first load.

    Rows of a feed that came at one instant are of one file, wholly accepted; files: receipts beside these.
    """
    bench.reference(as_of=as_of)
    files = list(files)
    for source in catalog.load().sources:
        receipt = {"_known_at": LAUNCH, "_file": "a.csv", "_sha256": "a", "_order": 1}
        rows = [receipt | {"_row": n} | row for n, row in enumerate(feeds.get(source, ()), 2)]
        bench.given(f"raw.{source}", rows)
        came = Counter(row["_known_at"] for row in rows)
        files += [file(source, at, received=count, accepted=count) for at, count in came.items()]
    arrivals.build(bench.connection, files, ZoneInfo("America/New_York"))
    bench.run(*CORE, *TABLES)


def file(feed, at, status="accepted", **counts):
    """The receipt of a file that came at an instant (UTC)."""
    told = at.replace(tzinfo=UTC).isoformat()
    return Receipt(f"{feed}-{at}", feed, feed, "0", 1, 1, "", status, received_at=told, known_at=told, **counts)


def entry(number, posted_on, known_at=LAUNCH, **columns):
    money = {"award_id": "A", "kind": "expenditure", "amount_usd": "10.00"}
    return {"entry_id": f"L{number}", "posted_on": posted_on, "_known_at": known_at} | money | columns


def noon(day, after=0):
    return datetime.combine(day, datetime.min.time()) + timedelta(days=after, hours=16)


def late(count, lag, start=1):
    """Entries of 2 June that each came `lag` days later."""
    day = date(2014, 6, 2)
    return [entry(f"late{lag}-{n}", day, noon(day, lag)) for n in range(start, start + count)]


def lags(bench, feed="ledger"):
    (row,) = bench.rows(f"from core.feed_lags where feed = '{feed}'")
    return row


def month(bench, feed, period):
    (row,) = bench.rows(f"from published.completeness where feed = '{feed}' and period = '{period}'")
    return row
