"""on_time_pct, on_time_calendar_pct, never_answered_pct: numerators and denominators, word by word."""

from collections import Counter

import pytest
from bench import DESK
from hypothesis import given, settings
from hypothesis import strategies as st

MEMPHIS, WACO = "4748000", "4876000"
ASKED = "2014-06-02 14:00"  # Monday 10:00 Eastern, so due on Thursday 5 June at 14:00 UTC by either clock
DUE = "2014-06-05 14:00"
TABLES = (
    *("core.period_days", "core.day_parts", "core.period_parts", "core.figure_keys", "metrics.equity_groups"),
    *("metrics.on_time_cells", "metrics.on_time"),
)


def request(name, **columns):
    return {"request_id": name, "city": MEMPHIS, "topic": "budget", "submitted_at": ASKED, **columns}


def run(bench, *requests, as_of="2014-09-30"):
    bench.reference(as_of=as_of)
    for table in ("core.eligibility", "core.engagement_cities", "core.city_groups"):
        bench.given(table)
    bench.desk(requests, *TABLES)


def figure(bench, metric, period="2014-06", grain="network", **keys):
    where = " and ".join(f"{key} = '{value}'" for key, value in {"period": period, "grain": grain, **keys}.items())
    rows = bench.connection.execute(
        f"""select numerator, denominator, state from metrics.on_time
        where metric = '{metric}' and dimension is null and {where}"""
    ).fetchall()
    assert len(rows) <= 1
    return rows[0] if rows else None


@pytest.mark.parametrize(
    ("columns", "on_time", "never"),
    [
        ({"first_response_at": DUE}, (1, 1), (0, 1)),  # at the due instant is on time
        ({"first_response_at": "2014-06-05 14:00:01"}, (0, 1), (0, 1)),
        ({}, (0, 1), (1, 1)),
        ({"first_response_at": "2014-10-02 14:00"}, (0, 1), (1, 1)),  # after as_of: not seen
        ({"withdrawn_at": "2014-06-04 14:00"}, (0, 0), (0, 0)),  # withdrawn in time: nobody's miss
        ({"withdrawn_at": DUE}, (0, 0), (0, 0)),  # at the due instant, still in time
        ({"withdrawn_at": "2014-06-06 14:00"}, (0, 1), (1, 1)),  # after a missed due date: a miss
        # answered, then withdrawn: the answer came first
        ({"first_response_at": "2014-06-03 14:00", "withdrawn_at": "2014-06-04 14:00"}, (1, 1), (0, 1)),
        ({"resolved_at": "2014-06-03 14:00"}, (0, 1), (1, 1)),  # closed without a reply is not an answer
        ({"merged_at": "2014-06-03 14:00"}, (0, 0), (0, 0)),
        ({"is_test": True, "first_response_at": DUE}, (0, 0), (0, 0)),
        ({"disposition": "spam", "first_response_at": DUE}, (0, 0), (0, 0)),
    ],
)
def test_what_counts(bench, columns, on_time, never):
    run(bench, request("R", **columns))
    assert figure(bench, "on_time_pct")[:2] == on_time
    assert figure(bench, "never_answered_pct")[:2] == never


def test_business_and_calendar_days_differ_over_a_weekend(bench):
    # Friday 6 June 10:00 Eastern: 72 hours end on Monday the 9th 10:00, 24 business hours on Wednesday the 11th 10:00
    run(bench, request("R", submitted_at="2014-06-06 14:00", first_response_at="2014-06-10 14:00"))
    assert figure(bench, "on_time_pct") == (1, 1, None)
    assert figure(bench, "on_time_calendar_pct") == (0, 1, None)


def test_a_request_counts_where_it_fell_due(bench):
    # Friday 27 June 10:00 Eastern is due on Wednesday 2 July: the third federal quarter holds no due request
    run(bench, request("R", submitted_at="2014-06-27 14:00", first_response_at="2014-06-30 14:00"))
    assert figure(bench, "on_time_pct", "2014-06")[:2] == (0, 0)
    assert figure(bench, "on_time_pct", "2014-07")[:2] == (1, 1)
    assert figure(bench, "on_time_pct", "FY2014Q3")[:2] == (0, 0)
    assert figure(bench, "on_time_pct", "FY2014Q4")[:2] == (1, 1)
    assert figure(bench, "on_time_pct", "FY2014")[:2] == figure(bench, "on_time_pct", "to_date")[:2] == (1, 1)


def test_not_yet_due_is_not_zero(bench):
    # asked on Monday 2 June, as of Wednesday the 4th: due on the 5th
    run(bench, request("R", first_response_at="2014-06-03 14:00"), as_of="2014-06-04")
    assert figure(bench, "on_time_pct") == (0, 0, "not_due")
    # another is due (asked on 28 May, due on 2 June), so that there is something to say
    run(bench, request("R"), request("S", submitted_at="2014-05-28 14:00"), as_of="2014-06-04")
    assert figure(bench, "on_time_pct") == (0, 1, None)


def test_callers_without_a_city_count_for_network_and_topic_only(bench):
    county = request("B", city=None, caller_type="county", first_response_at=DUE)
    run(bench, request("A"), county)
    assert figure(bench, "on_time_pct")[:2] == (1, 2)
    assert figure(bench, "on_time_pct", grain="topic", topic="budget")[:2] == (1, 2)
    assert figure(bench, "on_time_pct", grain="city", city_id=MEMPHIS)[:2] == (0, 1)
    cities = bench.rows("select distinct grain, city_id from metrics.on_time where city_id is not null order by 1")
    assert cities == [{"grain": "city", "city_id": MEMPHIS}, {"grain": "city_topic", "city_id": MEMPHIS}]


def test_dense_for_network_topic_and_city_sparse_for_city_by_topic(bench):
    run(bench, request("A"))
    bench.given("core.eligibility", [{"city_id": WACO, "eligible_from": "2014-05-22"}])
    bench.run("core.figure_keys", "metrics.on_time")
    whole = "select grain from metrics.on_time where metric = 'on_time_pct' and dimension is null"
    counts = Counter(row["grain"] for row in bench.rows(whole))
    # May to September 2014: 5 months, 2 quarters, 1 year, to date = 9 periods; 13 topics; 2 cities
    assert counts == {"network": 9, "topic": 13 * 9, "city": 2 * 9, "city_topic": 4}
    assert figure(bench, "on_time_pct", grain="city", city_id=WACO) == (0, 0, None)  # zero, and said


def test_without_requests_nothing_is_reported(bench):
    run(bench)
    assert {row["state"] for row in bench.rows("select state from metrics.on_time")} == {"not_reported"}
    assert (
        bench.value("select count(*) from metrics.on_time where numerator is not null or denominator is not null") == 0
    )


def broken_down(bench, dimension, metric, period="2014-06"):
    rows = bench.connection.execute(
        f"""select dimension_value, numerator, denominator, state, grain, city_id, topic from metrics.on_time
        where dimension = '{dimension}' and metric = '{metric}' and period = '{period}' order by 1"""
    ).fetchall()
    assert {row[4:] for row in rows} <= {("network", None, None)}
    return {row[0]: row[1:3] if row[3] is None else row[3] for row in rows}


def test_by_channel_and_by_partner(bench):
    late = {"first_response_at": "2014-06-06 14:00"}
    run(
        bench,
        request("A", channel="web", partner="north", first_response_at=DUE),
        request("B", channel="web", partner="south", **late),
        request("C", channel="phone", partner="north"),
        request("D", city=None, caller_type="county", first_response_at=DUE),  # the desk's own, and no word for either
        request("E", channel="fax", partner="north", withdrawn_at="2014-06-04 14:00"),  # nobody's miss
        request("F", channel="web", partner="north", is_test=True),
        request("G", channel="mail", partner="south", submitted_at="2014-09-29 14:00"),  # not due by 30 September
    )
    assert broken_down(bench, "channel", "on_time_pct") == {"web": (1, 2), "phone": (0, 1), "not_known": (1, 1)}
    assert broken_down(bench, "partner", "on_time_pct") == {"north": (1, 2), "south": (0, 1), "not_known": (1, 1)}
    assert broken_down(bench, "channel", "never_answered_pct") == {"web": (0, 2), "phone": (1, 1), "not_known": (0, 1)}
    for period in ("FY2014Q3", "FY2014"):
        assert broken_down(bench, "channel", "on_time_pct", period).items() >= {"web": (1, 2), "phone": (0, 1)}.items()
    # due in October: said to be pending where October is told, and left out of the months before
    run(bench, request("G", channel="mail", submitted_at="2014-09-29 14:00"), as_of="2014-10-01")
    assert broken_down(bench, "channel", "on_time_pct", "2014-10") == {"mail": "not_due"}
    assert broken_down(bench, "channel", "on_time_pct", "2014-09") == {}


def test_by_channel_on_the_calendar_clock(bench):
    # asked on Friday 6 June: 72 hours end on Monday the 9th, 24 business hours on Wednesday the 11th
    asked = {"submitted_at": "2014-06-06 14:00", "first_response_at": "2014-06-10 14:00"}
    run(bench, request("A", channel="web", **asked), request("B", channel="web", first_response_at=DUE))
    assert broken_down(bench, "channel", "on_time_pct") == {"web": (2, 2)}
    assert broken_down(bench, "channel", "on_time_calendar_pct") == {"web": (1, 2)}


HOURS = st.one_of(st.none(), st.integers(0, 24 * 20))
REQUEST = st.tuples(
    st.sampled_from([MEMPHIS, WACO, None]),
    st.sampled_from(["budget", "housing"]),
    st.integers(0, 24 * 60),
    HOURS,
    HOURS,
)


@settings(max_examples=20, deadline=None)
@given(requests=st.lists(REQUEST, max_size=12))
def test_counts_add_up_and_numerators_are_part_of_denominators(one_bench, requests):
    for table in ("core.eligibility", "core.engagement_cities", "core.city_groups"):
        one_bench.given(table)
    one_bench.given("raw.requests")
    one_bench.given("raw.request_events")
    for n, (city, topic, asked, replied, withdrawn) in enumerate(requests):
        one_bench.connection.execute(
            """insert into raw.requests (request_id, city, caller_type, topic, submitted_at, first_response_at,
            withdrawn_at, channel, partner) select $id, $city, case when $city is null then 'county' end, $topic, s,
            s + to_hours($f), s + to_hours($w), $channel, $partner
            from (select timestamp '2014-06-01' + to_hours($asked) as s)""",
            {"id": str(n), "city": city, "topic": topic, "f": replied, "w": withdrawn, "asked": asked,
             "channel": (None, "web", "phone")[n % 3], "partner": ("north", None)[n % 2]},
        )  # fmt: skip
    one_bench.run(*DESK, *TABLES)
    assert one_bench.value("select count(*) from metrics.on_time where numerator > denominator") == 0
    uneven = one_bench.rows(
        """select metric, period from metrics.on_time where grain in ('network', 'topic') and dimension is null
        group by metric, period
        having sum(case when grain = 'network' then numerator else -numerator end) <> 0
            or sum(case when grain = 'network' then denominator else -denominator end) <> 0"""
    )
    assert uneven == []
    # every request has one channel and one partner, if only the one not known
    for dimension in ("channel", "partner"):
        split = one_bench.rows(
            f"""select metric, period from metrics.on_time
            where grain = 'network' and (dimension is null or dimension = '{dimension}') group by metric, period
            having sum(case when dimension is null then numerator else -numerator end) <> 0
                or sum(case when dimension is null then denominator else -denominator end) <> 0"""
        )
        assert split == []
    # months add up to the year, in which all of them lie
    whole = "sum(case when period_type = 'month' then denominator else -denominator end)"
    assert (
        one_bench.rows(
            f"""select metric, grain, city_id, topic, dimension, dimension_value from metrics.on_time
        where period_type in ('month', 'fiscal_year') and coalesce(dimension not like '%quartile', true)
        group by all having {whole} <> 0"""
        )
        == []
    )
