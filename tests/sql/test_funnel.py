"""The application funnel, milestones ahead, and what each partner has on its desk."""

from datetime import date, datetime, timedelta
from typing import Any

from engaged import engage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Row = dict[str, Any]
AS_OF = date(2014, 9, 30)


def engagement(name: str, applied_on: date | None = date(2014, 7, 1), **columns: Any) -> Row:
    return {
        **{"engagement_id": name, "topic": "budget", "starts_on": date(2014, 8, 1), "cities": 1},
        **{"applied_on": applied_on} | columns,
    }


def funnel(bench: Any, engagements: list[Row]) -> dict[str, tuple[int, ...]]:
    """(applied, approved, started, completed, withdrawn, waiting, stopped) by cohort."""
    engage(bench, engagements)
    bench.run("metrics.application_stages", "metrics.application_funnel")
    return {row[0]: row[3:] for row in bench.connection.execute("from metrics.application_funnel").fetchall()}


def test_each_application_at_its_stage(bench: Any) -> None:
    bench.reference(as_of=AS_OF.isoformat())
    approved = {"approved_on": date(2014, 7, 20)}
    found = funnel(
        bench,
        [
            engagement("waiting"),
            engagement("waiting, its planned start past", starts_on=date(2014, 7, 2)),
            engagement("declined", status="Declined"),
            engagement("approved", **approved, starts_on=date(2014, 10, 1)),
            engagement("starts on as_of", **approved, starts_on=AS_OF),
            engagement("started", **approved),
            engagement("stopped", **approved, status="Cancel" + "led"),
            engagement("completed", **approved, completed_on=date(2014, 9, 1)),
            engagement("completed, approval not sent", completed_on=date(2014, 9, 1)),
            engagement("completed, whatever the status", **approved, completed_on=date(2014, 9, 1), status="withdrawn"),
            engagement("last of the quarter before", date(2014, 6, 30)),
            engagement("first of the fiscal year", date(2013, 10, 1)),
            engagement("no day", None, completed_on=date(2014, 9, 1)),
            engagement("active, approval not sent", date(2014, 1, 7), status="active"),
            engagement("applied, its planned start past", date(2014, 1, 7), status="applied"),
            engagement("applied for after as_of, and so not seen", AS_OF + timedelta(days=1)),
        ],
    )
    #                          applied approved started completed withdrawn waiting stopped
    assert found["FY2014Q4"] == (10, 7, 5, 3, 1, 2, 1)
    assert found["FY2014Q3"] == (1, 0, 0, 0, 0, 1, 0)
    assert found["FY2014Q2"] == (2, 1, 1, 0, 0, 1, 0)
    assert found["FY2014Q1"] == (1, 0, 0, 0, 0, 1, 0)
    assert found["not stated"] == (1, 1, 1, 1, 0, 0, 0)
    assert funnel(bench, []) == {}


MAYBE_DAY = st.none() | st.dates(date(2014, 5, 22), AS_OF)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(MAYBE_DAY, MAYBE_DAY, MAYBE_DAY, st.sampled_from([None, "withdrawn", "active"])), max_size=8))
def test_every_application_is_in_one_cohort_and_stages_only_shrink(one_bench, drawn):
    rows = [
        engagement(f"E{n}", applied, approved_on=approved, completed_on=completed, status=status)
        for n, (applied, approved, completed, status) in enumerate(drawn)
    ]
    found = funnel(one_bench, rows)
    assert sum(row[0] for row in found.values()) == len(rows)
    for applied, approved, started, completed, withdrawn, waiting, stopped in found.values():
        assert applied >= approved >= started >= completed
        assert applied == approved + withdrawn + waiting and stopped <= approved - completed


def milestone(name: str, baseline_due: date, engagement_id: str = "E1", **columns: Any) -> Row:
    return {"milestone_id": name, "engagement_id": engagement_id, "baseline_due": baseline_due, **columns}


def ahead(bench: Any, milestones: list[Row], served: tuple[str, ...] = ("9900001",)) -> dict[str, Row]:
    bench.reference(as_of=AS_OF.isoformat())
    engagements = [
        engagement("E1", lead_partner="A", title="Plan", ends_on=date(2014, 9, 30)),
        engagement("E2", lead_partner="A", completed_on=date(2014, 9, 1)),
        engagement("E3", ends_on=date(2014, 10, 1)),
        engagement("E4", lead_partner="A", ends_on=date(2014, 9, 1), status="declined"),
        engagement("E5", lead_partner="A", ends_on=date(2014, 9, 1), status="applied"),
        engagement("E6", lead_partner="B", starts_on=date(2014, 10, 15), approved_on=date(2014, 9, 1)),
    ]
    engage(bench, engagements)
    bench.given("core.milestones", milestones)
    bench.given("core.engagement_cities", [{"engagement_id": "E1", "city_id": c} for c in served])
    bench.given("core.cities", [{"city_id": c, "name": f"City {c[-1]}", "state": "TN"} for c in served])
    bench.run("metrics.milestones_ahead")
    return {row["milestone_id"]: row for row in bench.rows("from metrics.milestones_ahead")}


MILESTONES = [
    milestone("due on as_of", AS_OF),
    milestone("due tomorrow", date(2014, 10, 1)),
    milestone("in thirty days", date(2014, 10, 30)),
    milestone("in thirty-one days", date(2014, 10, 31)),
    milestone("late, moved ahead", date(2014, 9, 1), due=date(2014, 12, 31)),
    milestone("brought forward", date(2014, 12, 31), due=date(2014, 10, 30)),
    milestone("done", date(2014, 9, 1), done_on=date(2014, 9, 30)),
    milestone("of a completed engagement", date(2014, 8, 1), "E2"),
    milestone("of another lead", AS_OF, "E3"),
    milestone("of nobody's engagement", AS_OF, "EX"),
    milestone("of a declined application", AS_OF, "E4"),
    milestone("of one that waits", date(2014, 10, 1), "E5"),
    milestone("of one to start", date(2014, 10, 30), "E6"),
]


def test_milestones_ahead_and_late(bench: Any) -> None:
    found = ahead(bench, MILESTONES)
    assert {name: (row["standing"], row["days_to_due"], row["days_late"]) for name, row in found.items()} == {
        "due on as_of": ("late", 0, 0),
        "due tomorrow": ("ahead", 1, None),
        "in thirty days": ("ahead", 30, None),
        "late, moved ahead": ("late", 92, 29),  # 31 + 30 + 31 days to the end of the year; 1 to 30 September
        "brought forward": ("ahead", 30, None),
        "of another lead": ("late", 0, 0),
        "of nobody's engagement": ("late", 0, 0),
        "of one to start": ("ahead", 30, None),
    }
    row = found["late, moved ahead"]
    assert (row["engagement_title"], row["lead_partner"], row["is_rebaselined"]) == ("Plan", "A", True)
    assert (row["cities"], row["city_names"]) == (1, "City 1, TN")


def test_many_cities_are_named_in_order_and_then_counted(bench: Any) -> None:
    row = ahead(bench, MILESTONES, tuple(f"990000{n}" for n in (7, 2, 5, 1, 3, 6, 4)))["due tomorrow"]
    assert row["cities"] == 7
    assert row["city_names"] == "City 1, TN; City 2, TN; City 3, TN; City 4, TN; City 5, TN and 2 more"


ASKED, IN_TIME, LATE = "2014-06-02 14:00", "2014-06-03 14:00", "2014-06-09 14:00"  # due on 5 June at 14:00


def test_workload_of_partners(bench: Any) -> None:
    ahead(bench, MILESTONES)

    def request(name: str, **columns: Any) -> Row:
        return {"request_id": name, "partner": "A", "topic": "budget", "submitted_at": ASKED, **columns}

    bench.desk(
        [
            request("1", first_response_at=IN_TIME, resolved_at=IN_TIME, status="closed"),
            request("2", first_response_at=LATE),  # open, answered late
            request("3"),  # open, unanswered, past due
            request("4", submitted_at="2014-09-30 14:00"),  # open, not yet due
            request("5", withdrawn_at=IN_TIME, status="closed"),  # withdrawn in time: not due
            request("6", is_test=True),
            request("7", partner="B", first_response_at=IN_TIME),
            request("8", partner=None),
            # due earlier in the month of the launch, as in on_time_pct; due in the month before
            request(
                "9",
                submitted_at="2014-05-05 14:00",
                first_response_at="2014-05-05 15:00",
                resolved_at="2014-05-05 15:00",
            ),
            request(
                "10",
                submitted_at="2014-04-07 14:00",
                first_response_at="2014-04-07 15:00",
                resolved_at="2014-04-07 15:00",
            ),
        ],
        "metrics.partner_workload",
    )
    names = (
        "requests, open_requests, overdue_requests, on_time_requests, due_requests, engagements, open_engagements,"
        " overdue_engagements, late_milestones, milestones_ahead"
    )
    rows = bench.connection.execute(f"select partner, {names} from metrics.partner_workload").fetchall()
    assert {row[0]: row[1:] for row in rows} == {
        # E1 open and past its last day (as_of itself); two milestones late, three ahead. E4 and E5 were never approved
        "A": (7, 3, 1, 2, 4, 4, 1, 1, 2, 3),
        "B": (1, 1, 0, 1, 1, 1, 0, 0, 0, 1),
        "none named": (1, 1, 1, 0, 1, 1, 1, 0, 2, 0),
    }


def test_workload_says_nothing_of_feeds_that_never_came(bench: Any) -> None:
    bench.reference(as_of=AS_OF.isoformat())
    for table in ("core.engagements", "core.milestones", "core.engagement_cities", "core.cities"):
        bench.given(table)
    bench.desk(
        [{"request_id": "1", "partner": "A", "submitted_at": datetime(2014, 6, 2, 14), "topic": "budget"}],
        "metrics.milestones_ahead",
        "metrics.partner_workload",
    )
    (row,) = bench.rows("from metrics.partner_workload")
    assert (row["open_requests"], row["open_engagements"], row["late_milestones"]) == (1, None, None)
