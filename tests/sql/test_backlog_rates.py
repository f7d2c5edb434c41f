"""clearance_ratio, weeks_of_work, open_age_days_p50 and _p90: by hand, against numpy, and as sums that must agree."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MEMPHIS, WACO = "4748000", "4876000"
TABLES = (
    *("core.request_events", "core.request_spells", "core.day_parts", "core.figure_keys", "metrics.backlog_cells"),
    *("metrics.backlog_levels", "metrics.backlog_ages", "metrics.backlog_rates"),
)
DENSE = ("network", "topic", "city")


def request(name, asked, **columns):
    return {"request_id": name, "city": MEMPHIS, "topic": "budget", "submitted_at": asked, **columns}


def run(bench, *requests, as_of="2014-09-30", events=(), launched_on="2014-05-22"):
    bench.reference(as_of=as_of, launched_on=launched_on)
    for table in ("core.eligibility", "core.engagement_cities"):
        bench.given(table)
    bench.desk(requests, *TABLES, events=events)


def figures(bench, period, grain="network"):
    """(value, numerator, denominator) by metric; a figure without a value by its reason."""
    rows = bench.connection.execute(
        """select metric, value, numerator, denominator, state, reason from metrics.backlog_rates
        where period = $period and grain = $grain and coalesce(city_id, $city) = $city
            and coalesce(topic, 'budget') = 'budget'""",
        {"period": period, "grain": grain, "city": MEMPHIS},
    ).fetchall()
    assert len({row[0] for row in rows}) == len(rows)
    return {metric: tuple(told[:3]) if told[3] == "value" else told[4] for metric, *told in rows}


def test_all_open(bench):
    # Asked at local midnight of 3, 13 and 23 June: 28, 18 and 8 days old when June closes. The median is in the middle;
    # nine in ten: 0.9 × 2 = 1.8 steps up, 18 + 0.8 × 10 = 26.
    run(bench, *(request(str(day), f"2014-06-{day:02} 04:00") for day in (3, 13, 23)))
    june = figures(bench, "2014-06")
    assert june["clearance_ratio"] == (0, 0, 3)
    assert june["weeks_of_work"] == "nothing was closed in the eight weeks before"
    assert june["open_age_days_p50"] == (18, 3, None)
    assert june["open_age_days_p90"][0] == pytest.approx(26, abs=1e-12)
    assert figures(bench, "2014-06", "city") == june
    assert figures(bench, "2014-06", "city_topic") == june
    year = figures(bench, "FY2014")
    assert figures(bench, "FY2014", "city_topic") == figures(bench, "to_date", "city_topic") == year
    assert year["open_age_days_p50"] == (18 + 92, 3, None)  # 31 + 31 + 30 days later
    assert figures(bench, "2014-07")["clearance_ratio"] == "nothing was opened"


def test_ties_are_one_age(bench):
    run(bench, *(request(str(n), "2014-06-21 04:00") for n in range(4)))
    assert figures(bench, "2014-06")["open_age_days_p50"][0] == figures(bench, "2014-06")["open_age_days_p90"][0] == 10


def test_an_hour_is_a_part_of_a_day(bench):
    # asked at noon of 30 June, Eastern: twelve hours before June closes
    run(bench, request("A", "2014-06-30 16:00"))
    assert figures(bench, "2014-06")["open_age_days_p50"] == (0.5, 1, None)


def test_what_closes_as_the_period_does_is_still_open_and_counts_in_the_next(bench):
    # June closes on 1 July at 04:00 UTC
    run(
        bench,
        request("A", "2014-06-20 14:00", resolved_at="2014-07-01 03:59:59"),
        request("B", "2014-06-20 14:00", resolved_at="2014-07-01 04:00:00"),
        request("C", "2014-07-01 04:00:00", withdrawn_at="2014-07-01 04:00:00"),
    )
    june, july = figures(bench, "2014-06"), figures(bench, "2014-07")
    assert june["clearance_ratio"] == (0.5, 1, 2) and june["weeks_of_work"] == (8, 1, 0.125)
    assert june["open_age_days_p50"] == (pytest.approx(10 + 14 / 24), 1, None)  # B
    assert july["clearance_ratio"] == (2, 2, 1) and july["weeks_of_work"] == (0, 0, 0.375)
    assert july["open_age_days_p50"] == "nothing was open"


def test_the_eight_weeks_are_56_days_and_end_with_the_period(bench):
    # up to 31 August they begin on 7 July (25 days of July and 31 of August), local
    run(
        bench,
        request("A", "2014-06-20 14:00", resolved_at="2014-07-07 03:59:59"),
        request("B", "2014-06-20 14:00", resolved_at="2014-07-07 04:00:00"),
        request("C", "2014-06-20 14:00", resolved_at="2014-09-01 03:59:59"),
        request("D", "2014-06-20 14:00", resolved_at="2014-09-01 04:00:00"),
    )
    # open at the end of August: D; closed: B and C
    assert figures(bench, "2014-08")["weeks_of_work"] == (4, 1, 0.25)


def test_the_eight_weeks_may_reach_back_before_the_launch(bench):
    # to the end of May they begin on 6 April; what was closed in May before the launch counts there and in the month
    run(
        bench,
        request("A", "2014-03-03 15:00", resolved_at="2014-04-07 14:00"),
        request("B", "2014-03-03 15:00", resolved_at="2014-05-05 14:00"),
        request("C", "2014-05-26 14:00"),
    )
    assert figures(bench, "2014-05")["weeks_of_work"] == (4, 1, 0.25)
    assert figures(bench, "2014-05")["clearance_ratio"] == (1, 1, 1)
    assert figures(bench, "to_date")["clearance_ratio"] == (1, 1, 1)  # it begins with the month of the launch


def test_nothing_after_as_of_is_seen(bench):
    # resolved and asked after as_of, whose day closes at 04:00 UTC of the next
    run(
        bench,
        request("A", "2014-06-15 04:00", status="closed", resolved_at="2014-06-26 04:00"),
        request("B", "2014-06-26 04:00"),
        as_of="2014-06-25",
    )
    for period in ("2014-06", "FY2014Q3", "FY2014", "to_date"):
        assert figures(bench, period)["clearance_ratio"] == (0, 0, 1)
        assert figures(bench, period)["open_age_days_p50"] == (11, 1, None)


def test_each_reopening_opens_and_the_age_goes_back_to_the_asking(bench):
    # asked on 1 June; resolved on the 4th, 8th and 12th, reopened on the 6th, 10th and 14th: 1 + 3 opened, 3 closed
    days = {"resolved": (4, 8, 12), "reopened": (6, 10, 14)}
    log = [
        {"request_id": "A", "event": event, "at": f"2014-06-{day:02} 04:00"} for event in days for day in days[event]
    ]
    run(bench, request("A", "2014-06-01 04:00"), events=log)
    june = figures(bench, "2014-06")
    assert june["clearance_ratio"] == (0.75, 3, 4)
    assert june["weeks_of_work"] == (pytest.approx(8 / 3), 1, 0.375)
    assert june["open_age_days_p50"] == (30, 1, None)


def test_every_way_of_closing_counts_and_tests_do_not(bench):
    run(
        bench,
        request("A", "2014-06-03 14:00", resolved_at="2014-06-04 14:00"),
        request("B", "2014-06-03 14:00", resolved_at="2014-06-04 14:00", status="closed", disposition="referred"),
        request("C", "2014-06-03 14:00", withdrawn_at="2014-06-04 14:00"),
        request("D", "2014-06-03 14:00", merged_at="2014-06-04 14:00", duplicate_of="A"),
        request("T", "2014-06-03 14:00", is_test=True),
        request("S", "2014-06-03 14:00", disposition="spam"),
        request("E", "2014-06-03 14:00"),
    )
    assert figures(bench, "2014-06")["clearance_ratio"] == (0.8, 4, 5)
    assert figures(bench, "2014-06")["weeks_of_work"] == (2, 1, 0.5)


def test_callers_without_a_city_count_for_network_and_topic_only(bench):
    run(bench, request("A", "2014-06-21 04:00"), request("B", "2014-06-11 04:00", city=None, caller_type="county"))
    assert figures(bench, "2014-06")["open_age_days_p50"] == (15, 2, None)
    assert figures(bench, "2014-06", "topic") == figures(bench, "2014-06")
    assert figures(bench, "2014-06", "city")["open_age_days_p50"] == (10, 1, None)
    wrong = "grain in ('city', 'city_topic') and city_id is null"
    assert bench.value(f"select count(*) from metrics.backlog_rates where {wrong}") == 0


def test_dense_for_network_topic_and_city_sparse_for_city_by_topic(bench):
    run(bench, request("A", "2014-06-03 14:00", resolved_at="2014-06-04 14:00"))
    rows = bench.rows("select metric, grain, count(*) as n from metrics.backlog_rates group by all")
    # May to September 2014: 9 periods; 13 topics; one city
    dense = {"network": 9, "topic": 13 * 9, "city": 9}
    assert {(r["metric"], r["grain"]): r["n"] for r in rows if r["grain"] in DENSE} == {
        (metric, grain): n
        for metric in ("clearance_ratio", "weeks_of_work", "open_age_days_p50", "open_age_days_p90")
        for grain, n in dense.items()
    }
    # never open when a period closed; opened in June, its quarter, its year, and to date
    assert [r for r in rows if r["grain"] == "city_topic"] == [
        {"metric": "clearance_ratio", "grain": "city_topic", "n": 4}
    ]


def test_without_requests_nothing_is_reported(bench):
    run(bench)
    states = bench.rows("select distinct state, reason from metrics.backlog_rates")
    assert states == [{"state": "not_reported", "reason": "no requests received"}]
    told = "count(value) + count(numerator) + count(denominator)"
    assert bench.value(f"select {told} from metrics.backlog_rates") == 0


DAYS = st.one_of(st.none(), st.integers(0, 60))
REQUEST = st.tuples(
    *(st.sampled_from([MEMPHIS, WACO, None]), st.sampled_from(["budget", "housing"])),
    *(st.integers(0, 110), DAYS, DAYS, st.booleans()),
)
CLOSES = {  # local midnight after the last day, as UTC, of the months that the requests below live in
    "2014-06": datetime(2014, 7, 1, 4),
    "2014-07": datetime(2014, 8, 1, 4),
    "2014-08": datetime(2014, 9, 1, 4),
    "2014-09": datetime(2014, 10, 1, 4),
}


def independent(drawn, starts_at, closes_at):
    """The four figures of these requests by plain Python and numpy."""
    opened, closed, ages, recent = 0, 0, [], 0
    for _, _, asked, resolved, again, _ in drawn:
        asked_at = datetime(2014, 6, 1, 16) + timedelta(days=asked)
        opens, ends = [asked_at], []
        if resolved is not None:
            ends.append(asked_at + timedelta(days=resolved, hours=1))
            if again is not None:
                opens.append(ends[0] + timedelta(days=again, hours=1))
        opened += sum(starts_at <= t < closes_at for t in opens)
        closed += sum(starts_at <= t < closes_at for t in ends)
        recent += sum(closes_at - timedelta(days=56) <= t < closes_at for t in ends)
        if sum(t < closes_at for t in opens) > sum(t < closes_at for t in ends):
            ages.append((closes_at - asked_at).total_seconds() / 86400)
    return {
        "clearance_ratio": closed / opened if opened else None,
        "weeks_of_work": len(ages) / (recent / 8) if recent else None,
        "open_age_days_p50": float(np.quantile(ages, 0.5)) if ages else None,
        "open_age_days_p90": float(np.quantile(ages, 0.9)) if ages else None,
    }


@settings(max_examples=25, deadline=None)
@given(drawn=st.lists(REQUEST, max_size=14))
def test_as_an_independent_count_says_and_as_sums_of_each_other(one_bench, drawn):
    for table in ("core.eligibility", "core.engagement_cities"):
        one_bench.given(table)
    records = []
    for n, (city, topic, asked, resolved, again, gone) in enumerate(drawn):
        asked_at = datetime(2014, 6, 1, 16) + timedelta(days=asked)
        record = {"request_id": str(n), "city": city, "topic": topic, "submitted_at": asked_at}
        record |= {} if city else {"caller_type": "county"}
        if resolved is not None:
            ended_at = asked_at + timedelta(days=resolved, hours=1)
            # closed by its answer or, where it was not reopened, by the caller
            record["withdrawn_at" if gone and again is None else "resolved_at"] = ended_at
            if again is not None:
                record["reopened_at"] = ended_at + timedelta(days=again, hours=1)
        records.append(record)
    one_bench.desk(records, *TABLES)
    starts_at = datetime(2014, 6, 1, 4)
    for period, closes_at in CLOSES.items():
        for grain, wanted in (("network", drawn), ("city", [d for d in drawn if d[0] == MEMPHIS])):
            rows = one_bench.connection.execute(
                "select metric, value from metrics.backlog_rates where period = $p and grain = $g"
                " and coalesce(city_id, $c) = $c and state <> 'not_reported'",
                {"p": period, "g": grain, "c": MEMPHIS},
            ).fetchall()
            if rows:
                assert dict(rows) == pytest.approx(independent(wanted, starts_at, closes_at), abs=1e-9)
        starts_at = closes_at
    # the requests of which ages are told are those that metrics.backlog_levels counts, which looks at each in another way
    unlike = one_bench.value(
        """select count(*) from metrics.backlog_ages as a
        full join (select * from metrics.backlog_levels where boundary_at in (select closes_at from reference.periods)) as v
            on v.grain = a.grain and v.boundary_at = a.closes_at and v.city_id is not distinct from a.city_id
            and v.topic is not distinct from a.topic
        where a.open_count is distinct from v.open_count and coalesce(a.grain, v.grain) <> 'city_topic'"""
    )
    assert unlike == 0
    # the network is the sum of its topics, and of its cities and the callers without one
    homeless = any(city is None for city, *_ in drawn)
    for count in ("numerator", "denominator"):
        rows = one_bench.connection.execute(
            f"""select sum({count}) filter (where grain = 'network'), sum({count}) filter (where grain = 'topic'),
                sum({count}) filter (where grain = 'city')
            from metrics.backlog_rates where {count} is not null group by metric, period"""
        ).fetchall()
        for network, topics, cities in rows:
            assert network == topics
            assert (cities or 0) <= network if homeless else cities == network
    # nothing was asked before the launch: months add up to the year and to date
    assert (
        one_bench.rows(
            """select metric from metrics.backlog_rates where grain = 'network' and metric = 'clearance_ratio'
            group by metric having sum(case when period_type = 'month' then numerator end)
                <> max(case when period = 'to_date' then numerator end)
            or sum(case when period_type = 'month' then denominator end)
                <> max(case when period = 'FY2014' then denominator end)"""
        )
        == []
    )
