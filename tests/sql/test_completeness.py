"""Completeness (metrics.md §11): lag, revision, city-months and cells of each feed; and provisional or final by the lag."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assets import catalog
from assets.raw import arrivals
from assets.raw.receipts import Receipt

CITIES = ("4748000", "1801468", "0644000", "0613392")
TABLES = (
    *("staging.late_records", "core.feed_months", "core.feed_lags", "metrics.metric_lags"),
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


@pytest.mark.parametrize(("count", "told"), [(29, (29, 45.0, 45)), (30, (30, 10.0, 10))])
def test_45_days_until_thirty_are_observed(bench, count, told):
    make(bench, ledger=[entry("first", date(2014, 5, 22)), *late(count, 10)])
    row = lags(bench)
    assert (row["observations"], row["lag_days"], row["lag_days_p95"]) == told
    published = month(bench, "ledger", "2014-06")
    assert (published["lag_observations"], published["lag_days"], published["lag_days_p95"]) == told


def test_median_and_p95_by_hand(bench):
    # 20 after 2 days, 18 after 4, 2 after 90: the 20th and 21st are 2 and 4; 95 in 100 of 40 is the 38th, which took 4
    first = entry("first", date(2014, 5, 22))
    make(bench, ledger=[first, *late(20, 2), *late(18, 4), *late(2, 90)])
    assert (lags(bench)["lag_days"], lags(bench)["lag_days_p95"]) == (3.0, 4)
    # one more after 90: 95 in 100 of 41 is 38.95, and the 39th took 90
    make(bench, ledger=[first, *late(20, 2), *late(18, 4), *late(3, 90)])
    assert (lags(bench)["lag_days"], lags(bench)["lag_days_p95"]) == (4.0, 90)


def test_the_first_load_is_left_out_and_so_is_what_was_known_before(bench):
    years_old = [entry(f"old{n}", date(2013, 1, 2)) for n in range(50)]
    same_load = [entry(f"same{n}", date(2013, 1, 2), LAUNCH + timedelta(hours=3)) for n in range(50)]
    again = [entry(f"old{n}", date(2013, 1, 2), noon(date(2014, 8, 1)), amount_usd="11.00") for n in range(50)]
    planned = [entry(f"plan{n}", date(2014, 9, 1), noon(date(2014, 8, 1))) for n in range(50)]
    make(bench, ledger=[*years_old, *same_load, *again, *planned])
    assert (lags(bench)["observations"], lags(bench)["lag_days_p95"]) == (0, 45)
    # a record that comes again, changed, was known when it first came
    changed = [entry(f"late5-{n}", date(2014, 6, 2), noon(date(2014, 9, 1)), amount_usd="12.00") for n in range(1, 31)]
    make(bench, ledger=[entry("first", date(2014, 5, 22)), *late(30, 5), *changed])
    assert (lags(bench)["observations"], lags(bench)["lag_days"], lags(bench)["lag_days_p95"]) == (30, 5.0, 5)


def test_requests_are_known_when_they_say_that_they_were_updated(bench):
    # asked on 2 June at 23:00 in Washington (3 June UTC), updated the next morning there, sent in July
    asked = datetime(2014, 6, 3, 3)
    row = {"submitted_at": asked, "city": CITIES[0], "topic": "budget", "updated_at": asked + timedelta(hours=10)}
    requests = [row | {"request_id": f"R{n}", "_known_at": datetime(2014, 7, 1, 16)} for n in range(30)]
    make(bench, requests=[row | {"request_id": "first"}, *requests])
    assert (lags(bench, "requests")["observations"], lags(bench, "requests")["lag_days"]) == (30, 1.0)
    make(bench, requests=[row | {"request_id": "first"}, *(r | {"updated_at": None} for r in requests)])
    assert lags(bench, "requests")["lag_days"] == 29.0  # 2 June to 1 July


def test_a_milestone_lags_from_when_it_was_done_to_when_that_was_told(bench):
    plan = {"engagement_id": "E1", "baseline_due": date(2014, 12, 1)}
    known = [plan | {"milestone_id": f"M{n}"} for n in range(30)]
    done = [m | {"done_on": date(2014, 7, 1), "_known_at": noon(date(2014, 7, 8)), "_order": 2} for m in known]
    make(bench, milestones=[*known, *done])
    assert (lags(bench, "milestones")["observations"], lags(bench, "milestones")["lag_days_p95"]) == (30, 7)


def test_revision_is_of_the_count_at_the_first_delivery_after_the_month(bench):
    june, july = date(2014, 6, 10), date(2014, 7, 10)
    rows = [
        entry("first", date(2014, 5, 22)),
        *(entry(f"a{n}", june, noon(date(2014, 6, 15))) for n in range(6)),  # June is not over yet
        *(entry(f"b{n}", june, noon(date(2014, 7, 2))) for n in range(2)),  # 8 known when it first was
        *(entry(f"c{n}", july, noon(date(2014, 8, 2))) for n in range(4)),
        *(entry(f"d{n}", june, noon(date(2014, 8, 2))) for n in range(2)),  # 10 by now: 2 / 8 = 25 %
        entry("e", july, noon(date(2014, 9, 2))),  # 5 by now: 1 / 4 = 25 %
    ]
    make(bench, ledger=rows)
    # May was known on 15 June and did not move: the median of 0, 25 and 25
    assert (lags(bench)["revised_months"], lags(bench)["revision_pct"]) == (3, 25.0)
    assert month(bench, "ledger", "2014-06")["revision_pct"] == 25.0
    make(bench, ledger=rows[:1])
    assert (lags(bench)["revised_months"], lags(bench)["revision_pct"]) == (0, None)  # nothing came after May was over


def test_city_months_received_and_expected(bench):
    eligible = [
        {"city": CITIES[0], "eligible_from": date(2014, 5, 22)},
        {"city": CITIES[1], "eligible_from": date(2014, 5, 22), "eligible_to": date(2014, 6, 1)},  # June still
        {"city": CITIES[2], "eligible_from": date(2014, 6, 30)},  # June already
        {"city": CITIES[3], "eligible_from": date(2014, 7, 1)},
    ]
    asked = [(CITIES[0], 3), (CITIES[0], 4), (CITIES[3], 5), (None, 6)]  # the fourth city is not eligible yet
    requests = [
        {"request_id": f"R{day}", "city": city, "caller_type": "city" if city else "county", "topic": "budget",
         "submitted_at": datetime(2014, 6, day, 15)}
        for city, day in asked
    ]  # fmt: skip
    make(bench, eligibility=eligible, requests=requests)
    row = month(bench, "requests", "2014-06")
    assert (row["records"], row["received_cities"], row["expected_cities"], row["record_pct"]) == (4, 1, 3, 33.33)
    silent = month(bench, "requests", "2014-07")  # missing is not zero
    assert (silent["record_pct"], silent["received_cities"], silent["record_state"]) == (None, None, "not_reported")
    states = dict(
        bench.connection.execute(
            "select feed, record_state from published.completeness where period = '2014-06'"
        ).fetchall()
    )
    assert (states["ledger"], states["budget"], states["eligibility"]) == ("no_city", "no_date", "not_monthly")


def test_no_city_is_expected_before_any_is_eligible(bench):
    row = {"request_id": "R1", "city": CITIES[0], "topic": "budget", "submitted_at": datetime(2014, 6, 3, 15)}
    make(bench, requests=[row])
    found = month(bench, "requests", "2014-06")
    assert (found["record_pct"], found["record_state"]) == (None, "no_eligible_city")


def test_cells_filled_of_those_that_apply(bench):
    asked = {"submitted_at": datetime(2014, 6, 3, 15)}
    requests = [
        asked | {"request_id": "R1", "city": CITIES[0], "topic": "budget"},  # 4 of 4
        asked | {"request_id": "R2", "city": CITIES[0], "topic": "spells"},  # outside the taxonomy: 3 of 4
        asked | {"request_id": "R3", "caller_type": "county"},  # no city applies; no topic: 2 of 3
    ]
    surveys = [
        {"request_id": "R1", "delivered_at": datetime(2014, 6, 9, 15), "rating": 4},  # the day is missing: 3 of 4
        {"request_id": "R2", "delivered_at": datetime(2014, 6, 9, 15)},  # not answered: 2 of 2
    ]
    events = [{"event_id": "V1", "request_id": "R1", "at": datetime(2014, 6, 4, 15), "event": "reply"}]
    make(bench, requests=requests, surveys=surveys, request_events=events)
    assert month(bench, "requests", "2014-06")["field_pct"] == 81.82  # 9 of 11
    assert month(bench, "surveys", "2014-06")["field_pct"] == 83.33  # 5 of 6
    assert month(bench, "request_events", "2014-06")["field_pct"] == 100
    assert month(bench, "request_events", "2014-06")["records"] == 1
    assert month(bench, "requests", "2014-07")["field_pct"] is None


def figure(metric, period="2014-06", kind="month"):
    return {"metric": metric, "grain": "network", "period_type": kind, "period": period, "value": 1, "state": "value"}


@pytest.mark.parametrize(
    ("as_of", "status"),
    [("2014-08-14", "provisional"), ("2014-09-27", "provisional"), ("2014-09-28", "final")],  # 30 June and 90 days
)
def test_provisional_until_the_p95_of_its_feeds_has_passed(bench, as_of, status):
    make(bench, as_of=as_of, ledger=[entry("first", date(2014, 5, 22)), *late(28, 3), *late(2, 90)])
    assert lags(bench)["lag_days_p95"] == 90
    found = dict(bench.connection.execute("select metric, lag_days from metrics.metric_lags").fetchall())
    # spent needs the ledger and the award, which takes 45; created needs the requests alone
    assert (found["sf425_10e"], found["created"]) == (90, 45)
    bench.given("metrics.figures", [figure("sf425_10e"), figure("created"), figure("sf425_10e", "to_date", "to_date")])
    bench.run("metrics.rate_limits", "metrics.metric_values")
    rows = bench.rows("from metrics.metric_values")
    told = {(r["metric"], r["period"]): r["status"] for r in rows}
    assert told == {
        ("sf425_10e", "2014-06"): status, ("created", "2014-06"): "final", ("sf425_10e", "to_date"): "provisional"
    }  # fmt: skip


def test_a_feed_that_never_came_delays_nothing(bench):
    # backlog_open needs requests and request_events; of the events nothing ever came
    requests = [
        {"request_id": f"R{n}", "city": CITIES[0], "topic": "budget", "submitted_at": datetime(2014, 6, 2, 15),
         "_known_at": datetime(2014, 6, 5, 15) if n else LAUNCH}
        for n in range(31)
    ]  # fmt: skip
    event = {"event_id": "V1", "request_id": "R1", "at": datetime(2014, 6, 3, 15), "event": "reply"}
    lag = "select lag_days from metrics.metric_lags where metric = 'backlog_open'"
    make(bench, requests=requests)
    assert bench.value(lag) == 3
    make(bench, requests=requests, request_events=[event])
    assert bench.value(lag) == 45  # one event came, which is too few to tell how late they are
    make(bench)
    assert bench.value(lag) == 45


def test_a_short_lag_makes_figures_final_sooner(bench):
    make(bench, as_of="2014-07-03", requests=[
        {"request_id": f"R{n}", "city": CITIES[0], "topic": "budget", "submitted_at": datetime(2014, 6, 2, 15),
         "_known_at": datetime(2014, 6, 5, 15) if n else LAUNCH}
        for n in range(31)
    ])  # fmt: skip
    bench.given("metrics.figures", [figure("created")])
    bench.run("metrics.rate_limits", "metrics.metric_values")
    assert bench.value("select status from metrics.metric_values") == "final"


def test_valid_is_accepted_of_received_over_every_file_of_the_feed(bench):
    again = LAUNCH + timedelta(days=40)
    files = [
        file("ledger", again, received=8, accepted=5, quarantined=2, repeats=1),  # one row repeats an earlier one
        file("ledger", again, "refused", received=1, quarantined=1),
        file("ledger", again, "repeat", received=9, repeats=9),  # the same bytes came once
        file("budget", again),  # a file without a row
    ]
    make(bench, ledger=[entry("first", date(2014, 5, 22))], files=files)
    assert month(bench, "ledger", "2014-06")["valid_pct"] == 60.0  # 6 of 10
    assert month(bench, "budget", "2014-06")["valid_pct"] is None


def test_a_file_without_a_row_is_no_first_load(bench):
    history = [entry(f"h{n}", date(2014, 6, 2), noon(date(2014, 6, 20))) for n in range(40)]
    make(bench, ledger=history, files=[file("ledger", LAUNCH)])
    assert (lags(bench)["observations"], lags(bench)["lag_days_p95"]) == (0, 45)


def test_what_is_dated_after_as_of_tells_no_lag(bench):
    later = [entry(f"l{n}", date(2014, 12, 1), noon(date(2015, 6, 1))) for n in range(40)]
    make(bench, ledger=[entry("first", date(2014, 5, 22)), *later])
    assert (lags(bench)["observations"], lags(bench)["lag_days_p95"]) == (0, 45)


def test_a_repeat_that_came_after_known_on_is_not_told(bench):
    bench.reference()
    first = file("ledger", LAUNCH, received=1, accepted=1)
    again = replace(first, name="b", received_at="2014-09-01T12:00:00+00:00").as_repeat_of(first)
    known_on = datetime(2014, 7, 1, tzinfo=UTC)
    told = "select count(*) from reference.receipts"
    arrivals.build(bench.connection, [first, again], ZoneInfo("America/New_York"), known_on)
    assert bench.value(told) == 1
    arrivals.build(bench.connection, [first, again], ZoneInfo("America/New_York"), known_on.replace(month=10))
    assert bench.value(told) == 2
