"""Backlog: levels from state and flows from events, and the identity between them."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

MEMPHIS, WACO = "4748000", "4876000"
TABLES = (
    *("core.request_events", "core.request_spells", "core.period_days", "core.day_parts", "core.period_parts"),
    *("core.figure_keys", "metrics.backlog_levels"),
    *("metrics.backlog_cells", "metrics.backlog_flows", "metrics.backlog_identity", "metrics.backlog"),
)


def request(name, asked, **columns):
    return {"request_id": name, "city": MEMPHIS, "topic": "budget", "submitted_at": asked, **columns}


def run(bench, *requests, as_of="2014-09-30"):
    bench.reference(as_of=as_of)
    for table in ("core.eligibility", "core.engagement_cities"):
        bench.given(table)
    bench.desk(requests, *TABLES)


def figures(bench, period, grain="network"):
    rows = bench.connection.execute(
        """select metric, numerator, denominator from metrics.backlog
        where period = $period and grain = $grain and coalesce(city_id, $city) = $city
            and coalesce(topic, 'budget') = 'budget'""",
        {"period": period, "grain": grain, "city": MEMPHIS},
    ).fetchall()
    return {metric: n if d is None else (n, d) for metric, n, d in rows}


def test_a_quarter_by_hand(bench):
    run(
        bench,
        request("A", "2014-05-27 14:00"),  # open all along, never answered, overdue from 30 May
        request("B", "2014-05-28 14:00", status="closed", resolved_at="2014-06-10 14:00"),
        request("C", "2014-06-03 14:00", resolved_at="2014-06-05 14:00", reopened_at="2014-06-12 14:00"),
        request("D", "2014-06-04 14:00", withdrawn_at="2014-06-09 14:00"),
        request("E", "2014-06-05 14:00", merged_at="2014-07-08 14:00", duplicate_of="A"),
        request("F", "2014-06-27 14:00", disposition="no_answer", status="closed", resolved_at="2014-07-02 14:00"),
        request("G", "2014-06-30 14:00", first_response_at="2014-06-30 15:00"),
        request("T", "2014-06-03 14:00", is_test=True),
    )
    # June: A and B open at its start; created C D E F G; C reopened; resolved B and C; withdrawn D.
    # Open at its end: 2 + 5 + 1 - 2 - 1 = 5 (A C E F G), of which unanswered A C E F, of which past due A, C and E
    # (F, asked on Friday 27 June, is due on Wednesday 2 July)
    assert figures(bench, "2014-06") == {
        **{"created": 5, "reopened": 1, "resolved": 2, "withdrawn": 1, "merged": 0, "closed_unanswered": 0},
        **{"backlog_open": 5, "overdue_pct": (3, 4)},
    }
    # July: E merged and F closed without an answer: 5 - 2 = 3 (A C G)
    assert figures(bench, "2014-07") == {
        **{"created": 0, "reopened": 0, "resolved": 0, "withdrawn": 0, "merged": 1, "closed_unanswered": 1},
        **{"backlog_open": 3, "overdue_pct": (2, 2)},
    }
    # the fiscal year has them all: 7 + 1 - 2 - 1 - 1 - 1 = 3
    assert figures(bench, "FY2014")["created"] == 7 and figures(bench, "FY2014")["backlog_open"] == 3
    assert figures(bench, "FY2014", "city_topic") == figures(bench, "FY2014", "city") == figures(bench, "FY2014")
    assert bench.value("select sum(abs(difference)) from metrics.backlog_identity") == 0


def test_midnight_belongs_to_the_new_month(bench):
    # 1 July begins at 04:00 UTC
    run(
        bench,
        request("A", "2014-06-20 14:00", resolved_at="2014-07-01 03:59:59"),
        request("B", "2014-06-20 14:00", resolved_at="2014-07-01 04:00:00"),
        request("C", "2014-07-01 04:00:00"),
    )
    june, july = figures(bench, "2014-06"), figures(bench, "2014-07")
    assert (june["created"], june["resolved"], june["backlog_open"]) == (2, 1, 1)
    assert (july["created"], july["resolved"], july["backlog_open"]) == (1, 1, 1)


def test_the_period_of_as_of_closes_there(bench):
    run(
        bench,
        request("A", "2014-06-20 14:00", resolved_at="2014-06-26 14:00"),
        request("B", "2014-06-27 14:00"),
        as_of="2014-06-25",
    )
    assert figures(bench, "2014-06")["backlog_open"] == figures(bench, "to_date")["backlog_open"] == 1
    assert figures(bench, "2014-06")["created"] == 1 and figures(bench, "2014-06")["resolved"] == 0


def test_what_was_open_before_the_launch_is_the_opening(bench):
    # asked 2014-03-03; also two years before the launch, where even the calendar does not reach
    run(bench, request("A", "2014-03-03 15:00", resolved_at="2014-06-05 14:00"), request("B", "2012-03-05 15:00"))
    (row,) = bench.rows("select * from metrics.backlog_identity where grain = 'network' and period = 'to_date'")
    assert (row["opening"], row["created"], row["resolved"], row["closing"], row["difference"]) == (2, 0, 1, 1, 0)


def test_without_requests_nothing_is_reported_and_the_identity_still_stands(bench):
    run(bench)
    assert {row["state"] for row in bench.rows("select state from metrics.backlog")} == {"not_reported"}
    assert bench.value("select count(value) + count(numerator) from metrics.backlog") == 0
    assert bench.value("select max(abs(difference)) from metrics.backlog_identity") == 0


DAYS = st.one_of(st.none(), st.integers(0, 80))
REQUEST = st.fixed_dictionaries(
    {
        "city": st.sampled_from([MEMPHIS, WACO, None]),
        "topic": st.sampled_from(["budget", "housing"]),
        "asked": st.integers(0, 120),
        "first_response_at": DAYS,
        "resolved_at": DAYS,
        "reopened_at": DAYS,
        "withdrawn_at": DAYS,
        "merged_at": DAYS,
        "updated_at": DAYS,
        "status": st.sampled_from(["open", "closed", None]),
        "duplicate_of": st.sampled_from([None, None, "X"]),
        "disposition": st.sampled_from([None, "answered", "no_answer", "spam"]),
    }
)


KINDS = ["reply", "acknowledgement", "resolved", "reopened", "withdrawn", "merged", "closed_unanswered"]
EVENT = st.builds(
    lambda request, day, event: {
        **{"request_id": str(request), "event": event},
        "at": datetime(2014, 5, 10, 4) + timedelta(days=day),
    },
    *(st.integers(0, 12), st.integers(0, 160), st.sampled_from(KINDS)),
)
ALTERNATE = """
    select count(*) from (
        select event in ('created', 'reopened') as opens,
            lag(event in ('created', 'reopened')) over (partition by request_id order by nth) as before
        from core.request_events
    ) where opens = before
"""


def _raw(n, drawn):
    """A record the ingest would accept: a reopening follows a resolution, a closed one has an instant."""
    asked = datetime(2014, 5, 10, 4) + timedelta(days=drawn["asked"])
    instants = {
        key: asked + timedelta(days=drawn[key])
        for key in ("first_response_at", "resolved_at", "reopened_at", "withdrawn_at", "merged_at", "updated_at")
        if drawn[key] is not None
    }
    if "resolved_at" not in instants or instants.get("reopened_at", asked) < instants["resolved_at"]:
        instants.pop("reopened_at", None)
    rest = {key: drawn[key] for key in ("city", "topic", "status", "duplicate_of", "disposition")}
    caller = {} if drawn["city"] else {"caller_type": "county"}
    return {"request_id": str(n), "submitted_at": asked, **rest, **caller, **instants}


@settings(max_examples=40, deadline=None)
@given(drawn=st.lists(REQUEST, max_size=12), logged=st.lists(EVENT, max_size=20))
def test_identity_holds_whatever_the_records_say(one_bench, drawn, logged):
    for table in ("core.eligibility", "core.engagement_cities"):
        one_bench.given(table)
    one_bench.desk([_raw(n, one) for n, one in enumerate(drawn)], *TABLES, events=logged)
    assert one_bench.rows("select * from metrics.backlog_identity where difference <> 0") == []
    assert one_bench.value("select count(*) from metrics.backlog where numerator > denominator or numerator < 0") == 0
    # every second change opens, and a request is open at the end where the last one did
    assert one_bench.value(ALTERNATE) == 0
    # the network is the sum of its topics, for every count and every period
    split = "sum(case when grain = 'network' then numerator else -numerator end)"
    assert (
        one_bench.rows(
            f"""select metric, period from metrics.backlog where grain in ('network', 'topic')
        group by metric, period having {split} <> 0"""
        )
        == []
    )
    # and cities plus callers without a city make the network: never more than it
    over = "sum(case when grain = 'network' then numerator else -numerator end) < 0"
    assert (
        one_bench.rows(
            f"select metric, period from metrics.backlog where grain in ('network', 'city') group by all having {over}"
        )
        == []
    )


def test_a_request_reopened_twice_is_open_three_times(bench):
    bench.reference(as_of="2014-09-30")
    for table in ("core.eligibility", "core.engagement_cities"):
        bench.given(table)
    asked = request(
        "A", "2014-06-02 14:00", resolved_at="2014-06-05 14:00", reopened_at="2014-06-12 14:00", status="closed"
    )
    log = [("2014-06-05 14:00", "resolved"), ("2014-06-12 14:00", "reopened"), ("2014-06-20 14:00", "resolved"),
           ("2014-07-01 14:00", "reopened"), ("2014-07-08 14:00", "closed_unanswered")]  # fmt: skip
    bench.desk([asked], *TABLES, events=[{"request_id": "A", "at": when, "event": event} for when, event in log])
    june, july = figures(bench, "2014-06"), figures(bench, "2014-07")
    assert (june["created"], june["resolved"], june["reopened"], june["backlog_open"]) == (1, 2, 1, 0)
    assert (july["reopened"], july["closed_unanswered"], july["backlog_open"]) == (1, 1, 0)
    spells = bench.rows("select opened_at, until_at from core.request_spells order by 1")
    assert [(s["opened_at"].day, s["until_at"].day) for s in spells] == [(2, 5), (12, 20), (1, 8)]


def test_a_lost_event_breaks_the_identity(bench):
    """Levels and flows come by different ways: the check can fail."""
    run(bench, request("A", "2014-06-02 14:00", resolved_at="2014-06-05 14:00"))
    bench.connection.execute("delete from core.request_events where event = 'resolved'")
    bench.run("metrics.backlog_cells", "metrics.backlog_flows", "metrics.backlog_identity")
    assert bench.value("select count(*) from metrics.backlog_identity where difference <> 0") > 0
