"""Requests: the latest version of each, as it stood at as_of, and the changes of state that follow from it."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

CITY = "4748000"
ASKED = "2014-06-02 14:00"  # Monday 10:00 Eastern


def at(day: int, hour: int = 14) -> datetime:
    return datetime(2014, 6, day, hour)


def request(**columns):
    return {"request_id": "R", "city": CITY, "submitted_at": ASKED, **columns}


def states(bench, *requests, events=()):
    """The events of each request, in time, as (day of June, event)."""
    bench.reference(as_of="2014-06-30")
    bench.desk(requests, "core.request_events", events=events)
    return bench.connection.execute(
        """select day(e.at), e.event from core.request_events as e order by e.at, e.nth"""
    ).fetchall()


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, [(2, "created")]),
        ({"status": "closed", "resolved_at": at(4)}, [(2, "created"), (4, "resolved")]),
        # the first of several closings is the one that closes
        ({"resolved_at": at(6), "withdrawn_at": at(5)}, [(2, "created"), (5, "withdrawn")]),
        ({"resolved_at": at(4), "merged_at": at(5)}, [(2, "created"), (4, "resolved")]),
        ({"resolved_at": at(4), "disposition": "referred"}, [(2, "created"), (4, "closed_unanswered")]),
        ({"withdrawn_at": at(4), "disposition": "no_answer"}, [(2, "created"), (4, "withdrawn")]),
        # closed without saying when: when the record last changed
        ({"status": "closed", "updated_at": at(9)}, [(2, "created"), (9, "resolved")]),
        (
            {"status": "closed", "updated_at": at(9), "disposition": "out_of_scope"},
            [(2, "created"), (9, "closed_unanswered")],
        ),
        # open, but touched since: updated_at closes nothing
        ({"status": "open", "updated_at": at(9)}, [(2, "created")]),
        # a duplicate without merged_at was merged when it was closed, or when it was last changed
        ({"resolved_at": at(4), "duplicate_of": "Q"}, [(2, "created"), (4, "merged")]),
        ({"updated_at": at(7), "duplicate_of": "Q"}, [(2, "created"), (7, "merged")]),
        ({"duplicate_of": "Q"}, [(2, "created"), (2, "merged")]),
        # reopened: open again until withdrawn, merged, or closed at the last change
        ({"resolved_at": at(4), "reopened_at": at(6)}, [(2, "created"), (4, "resolved"), (6, "reopened")]),
        (
            {"resolved_at": at(4), "reopened_at": at(6), "withdrawn_at": at(10)},
            [(2, "created"), (4, "resolved"), (6, "reopened"), (10, "withdrawn")],
        ),
        (
            {"status": "closed", "resolved_at": at(4), "reopened_at": at(6), "updated_at": at(12)},
            [(2, "created"), (4, "resolved"), (6, "reopened"), (12, "resolved")],
        ),
        # closed again, yet last changed no later than it was reopened: it was open for no time
        (
            {"status": "closed", "resolved_at": at(4), "reopened_at": at(6), "updated_at": at(6)},
            [(2, "created"), (4, "resolved")],
        ),
        # withdrawn while it was closed: no change of state
        (
            {"resolved_at": at(4), "withdrawn_at": at(5), "reopened_at": at(6)},
            [(2, "created"), (4, "resolved"), (6, "reopened")],
        ),
        # tests and spam are no business of the desk
        ({"is_test": True, "resolved_at": at(4)}, []),
        ({"disposition": "spam", "resolved_at": at(4)}, []),
    ],
)
def test_changes_of_state(bench, columns, expected):
    assert states(bench, request(**columns)) == expected


def test_what_comes_after_as_of_is_unseen(bench):
    # as_of 30 June ends at 04:00 UTC on 1 July: one second before is seen, the instant itself is not
    last, beyond = datetime(2014, 7, 1, 3, 59, 59), datetime(2014, 7, 1, 4)
    events = states(
        bench,
        request(request_id="A", first_response_at=last, resolved_at=beyond, disposition="answered", status="closed"),
        request(request_id="B", resolved_at=last, merged_at=beyond, duplicate_of="A", disposition="answered"),
        request(request_id="C", submitted_at=beyond),
        request(request_id="D", resolved_at=at(4), reopened_at=beyond),
        request(request_id="E", status="closed", updated_at=beyond),
    )
    assert len(events) == 4 + 2  # A, B, D, E created; B and D resolved
    rows = {row["request_id"]: row for row in bench.rows("select * from core.requests")}
    assert sorted(rows) == ["A", "B", "D", "E"]
    assert (rows["A"]["status"], rows["A"]["resolved_at"], rows["A"]["disposition"]) == ("open", None, None)
    assert rows["A"]["first_response_at"] == last
    assert rows["B"]["is_canonical"] and rows["B"]["duplicate_of"] is None and rows["B"]["status"] == "closed"
    assert rows["D"]["status"] == "closed" and rows["D"]["reopened_at"] is None
    assert rows["E"]["status"] == "open" and rows["E"]["closed_at"] is None


def test_canonical_leaves_out_tests_spam_and_duplicates(bench):
    bench.reference()
    bench.desk(
        [
            request(request_id="A"),
            request(request_id="B", is_test=True),
            request(request_id="C", disposition="spam"),
            request(request_id="D", merged_at=at(4)),
            request(request_id="E", duplicate_of="A"),
        ]
    )
    assert bench.rows("select request_id from core.requests where is_canonical") == [{"request_id": "A"}]


def test_what_a_person_found_to_be_a_duplicate_is_one(bench):
    bench.reference()
    bench.connection.execute("insert into reference.decided_duplicates (request_id, duplicate_of) values ('B', 'A')")
    bench.desk(
        [request(request_id="A"), request(request_id="B", resolved_at=at(4)), request(request_id="C")],
        "core.request_events",
    )
    canonical = bench.connection.execute(
        "select request_id from core.requests where is_canonical order by 1"
    ).fetchall()
    assert canonical == [("A",), ("C",)]
    assert bench.rows("select duplicate_of, merged_at, status from core.requests where request_id = 'B'") == [
        {"duplicate_of": "A", "merged_at": at(4), "status": "closed"}
    ]
    events = bench.connection.execute(
        "select event from core.request_events where request_id = 'B' order by nth"
    ).fetchall()
    assert events == [("created",), ("merged",)]


def test_response_hours_run_on_the_business_clock(bench):
    bench.reference()
    bench.desk(
        [
            # Monday 10:00 to Tuesday 10:30 Eastern: 7 + 1.5 hours
            request(request_id="A", first_response_at="2014-06-03 14:30"),
            # answered on Saturday: Monday 7 hours, then four whole days of 8
            request(request_id="B", first_response_at="2014-06-07 15:00"),
            # asked on Saturday, answered on Sunday
            request(request_id="C", submitted_at="2014-06-07 15:00", first_response_at="2014-06-08 15:00"),
            request(request_id="D"),
        ]
    )
    answered = bench.connection.execute("select request_id, response_hours from core.requests order by 1").fetchall()
    assert answered == [("A", 8.5), ("B", 39.0), ("C", 0.0), ("D", None)]


def test_latest_version_wins(bench):
    bench.reference()
    bench.desk(
        [
            request(topic="budget", updated_at=at(5), _known_at="2014-07-01"),
            # known later, but older by its own clock; and one that gives no clock
            request(topic="housing", updated_at=at(4), _known_at="2014-08-01"),
            request(topic="workforce", _known_at="2014-09-01"),
        ]
    )
    assert bench.rows("select topic, versions, is_conflicted from core.requests") == [
        {"topic": "budget", "versions": 3, "is_conflicted": False}
    ]


def test_conflict_is_two_contents_at_the_same_clocks(bench):
    bench.reference()
    twice = {"updated_at": at(5)}
    bench.desk(
        [
            request(request_id="A", replies=1, **twice),
            request(request_id="A", replies=2, **twice),  # later in the file, so it stands; but it is marked
            request(request_id="B", replies=1, **twice),
            request(request_id="B", replies=1, **twice),  # an exact repeat disagrees with nothing
            request(request_id="C", replies=1, updated_at=at(4)),
            request(request_id="C", replies=2, **twice),  # a later version is a correction
            request(request_id="D", question="one", **twice),
            request(request_id="D", question="other", **twice),  # columns that end here count too
        ]
    )
    rows = bench.connection.execute(
        "select request_id, replies, is_conflicted from core.requests order by 1"
    ).fetchall()
    assert rows == [("A", 2, True), ("B", 1, False), ("C", 2, False), ("D", None, True)]


def test_words_become_the_taxonomy(bench):
    bench.reference()
    words = ["Economic Development", "budget", "Budget and finance", " land-use ", "potholes", None]
    bench.desk([request(request_id=str(n), topic=word) for n, word in enumerate(words)])
    assert [row["topic"] for row in bench.rows("select topic from core.requests order by request_id")] == [
        *("economic_development", "budget", "budget", "land_use", "unclassified", "unclassified")
    ]


def test_only_a_city_caller_has_a_city(bench):
    bench.reference()
    bench.desk(
        [
            request(request_id="A"),
            request(request_id="B", caller_type="county"),
            request(request_id="C", caller_type="region", city=None),
            request(request_id="D", city=None),
        ]
    )
    rows = bench.connection.execute("select city_id, caller_type from core.requests order by request_id").fetchall()
    assert rows == [(CITY, "city"), (None, "county"), (None, "region"), (None, "other")]


def test_asked_before_the_calendar_has_no_due_date(bench):
    bench.reference(launched_on="2014-05-22")
    bench.desk([request(submitted_at="2012-01-05 15:00")])
    assert bench.rows("select due_at, due_on, submitted_on, is_canonical from core.requests") == [
        {"due_at": None, "due_on": None, "submitted_on": None, "is_canonical": True}
    ]


def test_no_requests_give_empty_tables(bench):
    bench.reference()
    bench.desk([], "core.request_events")
    assert bench.rows("select * from core.requests") == [] == bench.rows("select * from core.request_events")


def test_surveys_are_cut_at_as_of(bench):
    bench.reference(as_of="2014-06-30")
    bench.given(
        "raw.surveys",
        [
            {"request_id": "A", "delivered_at": at(5), "answered_at": at(6), "rating": 4, "_known_at": "2014-06-07"},
            {"request_id": "A", "delivered_at": at(5), "answered_at": at(6), "rating": 5, "_known_at": "2014-06-08"},
            {"request_id": "B", "delivered_at": at(5), "answered_at": "2014-07-02", "rating": 1},
            {"request_id": "C", "delivered_at": "2014-07-02"},
        ],
    )
    bench.run("staging.surveys", "core.surveys")
    rows = bench.connection.execute("select request_id, answered_at, rating from core.surveys order by 1").fetchall()
    assert rows == [("A", at(6), 5), ("B", None, None)]


INSTANT = st.one_of(st.none(), st.integers(0, 40).map(lambda half_days: datetime(2014, 6, 2 + half_days // 2)))
VERSION = st.fixed_dictionaries(
    {
        "request_id": st.sampled_from(["A", "B"]),
        "updated_at": INSTANT,
        "replies": st.integers(0, 2),
        "_known_at": st.sampled_from([datetime(2014, 7, 1), datetime(2014, 8, 1)]),
        "_file": st.sampled_from(["requests/a.csv", "requests/b.csv"]),
    }
)


@settings(max_examples=30, deadline=None)
@given(versions=st.lists(VERSION, max_size=8), order=st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(one_bench, versions, order):
    rows = [request(**version, _row=n) for n, version in enumerate(versions)]
    answers = []
    for _ in range(2):
        one_bench.desk(rows)
        answers.append(one_bench.rows("select * from core.requests order by request_id"))
        order.shuffle(rows)
    assert answers[0] == answers[1]
