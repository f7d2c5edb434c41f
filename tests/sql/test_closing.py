"""How closings hold: reopened within 30 days, resolved at first contact, closed without an answer."""

from datetime import datetime, timedelta

import pytest

MEMPHIS, WACO = "4748000", "4876000"
MONDAY = datetime(2014, 6, 2, 13)  # 9:00 Eastern, the opening
TABLES = (
    *("core.period_days", "core.day_parts", "core.period_parts", "core.figure_keys", "core.request_events"),
    *("metrics.backlog_cells", "metrics.backlog_flows", "metrics.closing_cells", "metrics.closing"),
)


def after(hours: int) -> datetime:
    """The instant so many business hours after MONDAY, within its week."""
    days, left = divmod(hours, 8)
    return MONDAY + timedelta(days=days, hours=left)


def request(name="R", hours=None, end="resolved_at", **columns):
    ended = {} if hours is None else {end: after(hours), "status": "closed", "updated_at": after(hours)}
    return {"request_id": name, "city": MEMPHIS, "topic": "budget", "submitted_at": MONDAY, **ended, **columns}


def run(bench, requests, as_of="2014-06-30", events=()):
    bench.reference(as_of=as_of)
    for table in ("core.eligibility", "core.engagement_cities"):
        bench.given(table)
    bench.desk(requests, *TABLES, events=events)


def part_of(bench, metric, period="to_date", grain="network", **keys):
    where = " and ".join(f"{key} = '{value}'" for key, value in {"grain": grain, "period": period, **keys}.items())
    rows = bench.rows(
        f"select numerator, denominator, state from metrics.closing where metric = '{metric}' and {where}"
    )
    assert len(rows) == 1
    return tuple(rows[0].values())


DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
SOLVED = after(8)  # 3 June 13:00


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, (0, 1, None)),
        ({"reopened_at": SOLVED + 30 * DAY, "status": "open"}, (1, 1, None)),  # on the last instant of the 30 days
        ({"reopened_at": SOLVED + 30 * DAY + SECOND, "status": "open"}, (0, 1, None)),
        ({"reopened_at": SOLVED + 2 * DAY, "updated_at": SOLVED + 3 * DAY}, (1, 1, None)),  # closed again since
        ({"withdrawn_at": MONDAY + timedelta(hours=2), "reopened_at": SOLVED - timedelta(hours=2)}, (0, 1, None)),
        ({"merged_at": SOLVED + 40 * DAY}, (0, 0, None)),  # not canonical
        ({"is_test": True}, (0, 0, None)),
        ({"disposition": "spam"}, (0, 0, None)),
    ],
)
def test_reopened_within_30_days(bench, columns, expected):
    run(bench, [request(**{**request(hours=8), **columns})], as_of="2014-08-31")
    assert part_of(bench, "reopened_pct", period="2014-06") == expected


def test_the_30_days_must_have_passed(bench):
    # as_of 3 July ends at 04:00 UTC on the 4th: 30 days after 4 June 04:00
    on_the_edge = datetime(2014, 6, 4, 4)
    run(bench, [request(resolved_at=on_the_edge, status="closed", replies=1)], as_of="2014-07-03")
    assert part_of(bench, "reopened_pct") == (0, 1, None)
    run(bench, [request(resolved_at=on_the_edge + SECOND, status="closed", replies=1)], as_of="2014-07-03")
    assert part_of(bench, "reopened_pct") == part_of(bench, "first_contact_pct") == (0, 0, "not_due")


def test_several_reopenings_of_one_resolution_count_once(bench):
    events = [("resolved", 8), ("reopened", 16), ("resolved", 24), ("reopened", 32)]
    log = [{"request_id": "R", "at": after(hours), "event": event} for event, hours in events]
    run(bench, [request(status="open")], as_of="2014-08-31", events=log)
    assert part_of(bench, "reopened_pct")[:2] == (1, 1)


def test_first_contact_needs_one_reply_that_held(bench):
    run(
        bench,
        [
            request("one", 8, replies=1),
            request("two", 8, replies=2),
            request("none", 8, replies=0),
            request("unknown", 8),
            request("back", 8, replies=1, reopened_at=after(16), status="open"),
            request("elsewhere", 8, city=WACO),
        ],
        as_of="2014-08-31",
    )
    assert part_of(bench, "first_contact_pct") == (1, 4, None)
    # nobody counted the replies of the second city
    assert part_of(bench, "first_contact_pct", grain="city", city_id=WACO) == (None, None, "not_reported")
    assert part_of(bench, "reopened_pct", grain="city", city_id=WACO) == (0, 1, None)


def test_first_contact_is_not_reported_where_replies_are_not_recorded(bench):
    run(bench, [request("A", 8)], as_of="2014-08-31")
    states = bench.rows(
        "select distinct state, reason, numerator from metrics.closing where metric = 'first_contact_pct'"
    )
    assert states == [{"state": "not_reported", "reason": "replies are not recorded", "numerator": None}]


def test_closed_unanswered_is_of_closings_by_the_desk(bench):
    run(
        bench,
        [
            request("A", 8, disposition="answered"),
            request("B", 8, disposition="referred"),
            request("C", disposition="no_answer", status="closed", updated_at=after(8)),
            request("D", 8, disposition="out_of_scope", city=None, caller_type="county"),
            request("E", 8, "withdrawn_at"),
            request("F", 8, "merged_at"),
            request("G"),
        ],
    )
    assert part_of(bench, "closed_unanswered_pct") == (3, 4, None)
    assert part_of(bench, "closed_unanswered_pct", grain="city", city_id=MEMPHIS) == (2, 3, None)
    assert part_of(bench, "closed_unanswered_pct", period="2014-05") == (0, 0, None)


def test_each_closing_counts_once(bench):
    # closed without an answer on Tuesday, resolved on Thursday and again on Friday: three closings, one without an answer
    events = [("closed_unanswered", 8), ("reopened", 16), ("resolved", 24), ("reopened", 30), ("resolved", 36)]
    log = [{"request_id": "R", "at": after(hours), "event": event} for event, hours in events]
    run(bench, [request(status="closed", disposition="answered", updated_at=after(36))], events=log)
    assert part_of(bench, "closed_unanswered_pct") == (1, 3, None)


def test_nothing_received(bench):
    run(bench, [])
    assert bench.rows("select distinct state, numerator from metrics.closing") == [
        {"state": "not_reported", "numerator": None}
    ]


def test_dense_for_network_topic_and_city_and_adding_up(bench):
    county = request("C", 8, city=None, caller_type="county", disposition="referred")
    run(bench, [request("A", 8, replies=1), request("B", 8, city=WACO, topic="housing"), county], as_of="2014-08-31")
    # May to August, two quarters, a year, to date; network, 13 topics, 2 cities
    assert bench.value("select count(*) from metrics.closing where grain <> 'city_topic'") == 3 * 8 * 16
    assert part_of(bench, "closed_unanswered_pct") == (1, 3, None)
    assert part_of(bench, "reopened_pct", grain="topic", topic="budget") == (0, 2, None)
    for column in ("numerator", "denominator"):
        for parts, wanted in (
            ("grain in ('network', 'topic')", "grain = 'network'"),
            ("period_type in ('month', 'to_date')", "period_type = 'to_date'"),
        ):
            keys = "metric, period" if "grain" in wanted else "metric, grain, city_id, topic"
            uneven = bench.rows(
                f"""select {keys} from metrics.closing where {parts} group by all
                having sum(case when {wanted} then {column} else -{column} end) <> 0"""
            )
            assert uneven == []
