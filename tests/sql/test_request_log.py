"""The log of events beside the columns of requests: one history, several reopenings included."""

from datetime import datetime, timedelta

import pytest

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
    ("columns", "log", "expected"),
    [
        # the log alone
        ({}, [(3, "resolved"), (5, "reopened"), (7, "withdrawn")],
         [(2, "created"), (3, "resolved"), (5, "reopened"), (7, "withdrawn")]),
        # the log and the columns tell the same: once
        ({"resolved_at": at(3)}, [(3, "resolved")], [(2, "created"), (3, "resolved")]),
        # the log knows better how it ended
        ({"resolved_at": at(3)}, [(3, "closed_unanswered")], [(2, "created"), (3, "closed_unanswered")]),
        # a referral is no answer, whatever the log calls it
        ({"disposition": "referred"}, [(3, "resolved")], [(2, "created"), (3, "closed_unanswered")]),
        # what was merged is merged, whatever else is said of that instant
        ({"resolved_at": at(3), "duplicate_of": "Q"}, [(3, "resolved")], [(2, "created"), (3, "merged")]),
        # several reopenings, of which one came while it was open
        (
            {"resolved_at": at(3)},
            [(4, "reopened"), (5, "reopened"), (6, "resolved"), (8, "reopened"), (9, "resolved")],
            [(2, "created"), (3, "resolved"), (4, "reopened"), (6, "resolved"), (8, "reopened"), (9, "resolved")],
        ),
        # closed by its status although the log ends with a reopening: when the record last changed
        (
            {"status": "closed", "updated_at": at(12)},
            [(3, "resolved"), (5, "reopened")],
            [(2, "created"), (3, "resolved"), (5, "reopened"), (12, "resolved")],
        ),
        # replies and acknowledgements change nothing, nor does what came before the request
        ({}, [(3, "reply"), (4, "acknowledgement"), (1, "resolved")], [(2, "created")]),
        # nobody sees July on 30 June
        ({}, [(3, "resolved"), (33, "reopened")], [(2, "created"), (3, "resolved")]),
    ],
)  # fmt: skip
def test_events_of_the_log(bench, columns, log, expected):
    events = [{"request_id": "R", "at": at(1) + timedelta(days=day - 1), "event": event} for day, event in log]
    assert states(bench, request(**columns), events=events) == expected


def test_first_instants_and_ends_come_from_the_log_too(bench):
    bench.reference()
    log = [
        (3, "acknowledgement"),
        (4, "reply"),
        (5, "reply"),
        (6, "closed_unanswered"),
        (8, "reopened"),
        (9, "reopened"),
    ]
    events = [{"request_id": "R", "at": at(day), "event": event} for day, event in log]
    bench.desk([request(), request(request_id="S", first_response_at=at(3), replies=7)], events=events)
    told = "first_response_at, resolved_at, reopened_at, closed_at, ended_at, reopenings, replies, status, disposition"
    rows = bench.connection.execute(f"select {told} from core.requests order by request_id").fetchall()
    # closed without an answer is no resolution
    assert rows[0] == (at(4), None, at(8), at(6), None, 1, 2, "open", None)
    assert rows[1] == (at(3), None, None, None, None, 0, 7, "open", None)


def test_resolved_is_the_first_answer_and_not_an_earlier_closing(bench):
    """Closed unanswered on 3 June, reopened on the 10th, resolved on 7 July: the resolution is that of July."""
    bench.reference(as_of="2014-09-30")
    log = [
        ("2014-06-03 14:00", "closed_unanswered"),
        ("2014-06-10 14:00", "reopened"),
        ("2014-07-07 14:00", "resolved"),
    ]
    bench.desk([request()], events=[{"request_id": "R", "at": at, "event": event} for at, event in log])
    assert bench.value("select resolved_at from core.requests") == datetime(2014, 7, 7, 14)
    assert bench.value("select closed_by from core.requests") == "closed_unanswered"


def test_replies_after_as_of_are_not_counted(bench):
    bench.reference(as_of="2014-06-30")
    log = [
        ("2014-06-03 14:00", "reply"),
        ("2014-07-01 04:00", "reply"),
    ]  # the second at the very end of 30 June, Eastern
    bench.desk([request()], events=[{"request_id": "R", "at": at, "event": event} for at, event in log])
    assert bench.value("select replies from core.requests") == 1
