"""What needs a person now: each kind at its edges, the order and the words."""

from datetime import date, datetime

import pytest
from alert_desk import CITY, ELIGIBLE, MEMPHIS, WACO, asked, of, posted, request, run


@pytest.mark.parametrize(
    ("columns", "as_of", "days"),
    [
        ({}, "2014-06-04", None),  # not yet due
        ({}, "2014-06-05", 0),  # due at 10:00 of the last day
        ({"due_at": "2014-06-06 04:00"}, "2014-06-05", None),  # due at the instant at which as_of ends
        ({}, "2014-06-06", 1),
        ({"first_response_at": "2014-06-10 14:00"}, "2014-06-12", None),  # late, but answered
        ({"status": "closed"}, "2014-06-12", None),
        ({"is_test": True}, "2014-06-12", None),
        ({"is_spam": True}, "2014-06-12", None),
        ({"due_at": None, "due_on": None}, "2014-06-12", None),  # before the calendar nothing is due
        ({"city_id": None, "caller_type": "county"}, "2014-06-12", 7),
    ],
)
def test_an_overdue_request(bench, columns, as_of, days):
    rows = of(run(bench, as_of, cities=[CITY], requests=[request("R1", **columns)]), "overdue_request")
    assert [row["measure"] for row in rows] == ([] if days is None else [days])


def test_a_request_a_week_late_is_urgent_and_told_in_words(bench):
    requests = [
        request("R1"),
        request("R2", city_id=None, due_on="2014-06-06", due_at="2014-06-06 14:00"),
        request("R3", city_id="9999999"),
    ]
    rows = of(run(bench, "2014-06-12", cities=[CITY], requests=requests), "overdue_request")
    assert [(r["about"], r["severity"], r["since_on"]) for r in rows] == [
        ("R1", "high", date(2014, 6, 5)),
        ("R3", "high", date(2014, 6, 5)),
        ("R2", "medium", date(2014, 6, 6)),
    ]
    title = bench.value("select title from reference.topics where topic = 'budget'")
    told = f"Request R1 from Memphis, TN ({title}) was due on June 5, 2014 and has had no reply"
    assert rows[0]["sentence"] == told
    assert "from 9999999 (" in rows[1]["sentence"] and "from a caller that is no city (" in rows[2]["sentence"]


@pytest.mark.parametrize(
    ("columns", "late"),
    [
        ({"baseline_due": "2014-09-30"}, (0, "medium")),  # due on the last day, which is over
        ({"baseline_due": "2014-10-01"}, None),
        ({"baseline_due": "2014-09-29"}, (1, "medium")),
        ({"baseline_due": "2014-09-01"}, (29, "medium")),
        ({"baseline_due": "2014-08-31"}, (30, "high")),
        ({"baseline_due": "2014-09-01", "done_on": "2014-09-20"}, None),  # late, but done
        ({"baseline_due": "2014-09-01", "due": "2014-12-01"}, (29, "medium")),  # a later plan moves no baseline
    ],
)
def test_a_late_milestone(bench, columns, late):
    milestone = {"milestone_id": "M1", "engagement_id": "E1", **columns}
    engagement = {"engagement_id": "E1", "topic": "housing", "starts_on": "2014-06-01"}
    rows = of(run(bench, milestones=[milestone], engagements=[engagement]), "late_milestone")
    assert [(row["measure"], row["severity"]) for row in rows] == ([] if late is None else [late])


def test_what_is_not_done_in_a_completed_engagement_waits_for_nobody(bench):
    milestone = {"milestone_id": "M1", "engagement_id": "E1", "baseline_due": "2014-08-31"}
    engagement = {"engagement_id": "E1", "topic": "housing", "starts_on": "2014-06-01", "completed_on": "2014-09-20"}
    assert of(run(bench, milestones=[milestone], engagements=[engagement]), "late_milestone") == []


@pytest.mark.parametrize(
    ("told", "late"),
    [
        ({"status": "Declined"}, False),
        ({"status": "applied"}, False),
        ({"status": "canceled", "approved_on": "2014-05-25"}, False),
        ({"status": "active"}, True),  # the day of approval was not sent
        ({"status": "applied", "approved_on": "2014-05-25"}, True),  # the day says more than an old status
        ({"approved_on": "2014-05-25", "starts_on": "2014-10-15"}, True),  # approved, and put off since
    ],
)
def test_a_milestone_of_work_that_was_never_to_be_done_waits_for_nobody(bench, told, late):
    milestone = {"milestone_id": "M1", "engagement_id": "E1", "baseline_due": "2014-08-31"}
    engagement = {"engagement_id": "E1", "topic": "housing", "starts_on": "2014-06-01", **told}
    assert bool(of(run(bench, milestones=[milestone], engagements=[engagement]), "late_milestone")) == late


def test_a_milestone_names_its_engagement_and_its_city_where_that_is_one(bench):
    milestones = [
        {"milestone_id": m, "engagement_id": e, "baseline_due": "2014-09-01", "title": title}
        for m, e, title in (("M1", "E1", "Kick-off"), ("M2", "E2", None), ("M3", "E3", None))
    ]
    rows = run(
        bench,
        cities=[CITY],
        milestones=milestones,
        engagements=[
            {"engagement_id": "E1", "topic": "housing", "starts_on": "2014-06-01", "title": "Vacant lots"},
            {"engagement_id": "E2", "topic": "budget", "starts_on": "2014-06-01"},
        ],
        engagement_cities=[
            {"engagement_id": e, "city_id": c} for e, c in (("E1", MEMPHIS), ("E2", MEMPHIS), ("E2", WACO))
        ],
    )
    late = of(rows, "late_milestone")
    assert [(row["about"], row["engagement_id"], row["city_id"], row["topic"]) for row in late] == [
        ("M1", "E1", MEMPHIS, "housing"),
        ("M2", "E2", None, "budget"),
        ("M3", "E3", None, None),
    ]
    assert [row["sentence"] for row in late] == [
        "Milestone M1 (Kick-off) of engagement E1 (Vacant lots) was due on September 1, 2014 and is not done",
        "Milestone M2 of engagement E2 was due on September 1, 2014 and is not done",
        "Milestone M3 of engagement E3 was due on September 1, 2014 and is not done",
    ]


def fell(low=-15.0, high=-1.0, period="FY2014Q4", **columns):
    return {
        **{"metric": "on_time_pct", "grain": "network", "period_type": "quarter", "period": period, "state": "value"},
        **{"value": 72.0, "previous_value": 80.0, "change": -8.0, "change_low": low, "change_high": high, **columns},
    }


@pytest.mark.parametrize(
    ("figure", "as_of", "severity"),
    [
        (fell(), "2014-09-30", "high"),
        (fell(grain="city", city_id=MEMPHIS), "2014-09-30", "medium"),
        (fell(grain="topic", topic="budget"), "2014-09-30", "medium"),
        (fell(grain="city_topic", city_id=MEMPHIS, topic="budget"), "2014-09-30", None),
        (fell(high=0.0), "2014-09-30", None),  # within what chance explains
        (fell(high=None), "2014-09-30", None),
        (fell(), "2014-09-29", None),  # the quarter has not ended
        (fell(period="FY2014Q3"), "2014-09-29", "high"),  # it is the last complete one
        (fell(period="FY2014Q3"), "2014-09-30", None),  # now another is
        (fell(period_type="month", period="2014-09"), "2014-09-30", None),
        (fell(metric="never_answered_pct"), "2014-09-30", None),
        (fell(dimension="channel", dimension_value="web"), "2014-09-30", None),
    ],
)
def test_a_fall_of_the_on_time_rate(bench, figure, as_of, severity):
    rows = of(run(bench, as_of, [figure], cities=[CITY]), "on_time_drop")
    assert [row["severity"] for row in rows] == ([] if severity is None else [severity])
    if severity:
        assert (rows[0]["about"], rows[0]["measure"]) == ("on_time_pct", -8)
        who = {"city": "Memphis, TN", "topic": None, "network": "the network"}[figure["grain"]]
        who = who or bench.value("select title from reference.topics where topic = 'budget'")
        when = figure["period"].replace("Q", " Q")
        assert rows[0]["sentence"] == (
            f"Answered on time fell from 80.0 to 72.0 percent in {when} for {who}, more than chance explains:"
            " the change lies between -15.0 and -1.0 points"
        )


def test_nothing_received_alarms_of_the_feeds_alone(bench):
    rows = run(bench)
    assert {row["kind"] for row in rows} == {"feed_missing"} and len(rows) == 13


def test_the_most_urgent_first_and_each_once(bench):
    rows = run(
        bench,
        figures=[fell(), fell(grain="city", city_id=MEMPHIS)],
        cities=[CITY],
        eligibility=[ELIGIBLE],
        ledger=posted("2014-06-01"),
        requests=[
            *asked("2014-03-31", "2014-04-01", "2014-04-03"),
            request("old", submitted_on="2014-03-31"),
            request("older", submitted_on="2014-03-31", due_on="2014-06-04"),
            request("new", submitted_on="2014-03-31", due_on="2014-09-29"),
        ],
        milestones=[{"milestone_id": "M1", "engagement_id": "E1", "baseline_due": "2014-09-29"}],
    )
    assert [row["sort_order"] for row in rows] == list(range(1, len(rows) + 1))
    named = [(row["severity"], row["kind"], row["about"]) for row in rows if row["severity"] != "low"]
    assert named == [
        ("high", "overdue_request", "older"),
        ("high", "overdue_request", "old"),
        ("high", "on_time_drop", "on_time_pct"),
        ("high", "feed_missing", "requests"),  # silent since 3 April, the ledger since June
        ("high", "feed_missing", "ledger"),
        ("medium", "overdue_request", "new"),
        ("medium", "on_time_drop", "on_time_pct"),
        ("medium", "late_milestone", "M1"),
        ("medium", "city_silent", MEMPHIS),
    ]


def test_an_instant_is_not_a_day(bench):
    """since_on of a request is the local day on which it was due: 01:00 UTC is the evening before."""
    late = request("R1", due_at=datetime(2014, 6, 6, 1), due_on="2014-06-05")
    (row,) = of(run(bench, "2014-06-05", cities=[CITY], requests=[late]), "overdue_request")
    assert row["since_on"] == date(2014, 6, 5)
