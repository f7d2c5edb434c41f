"""Unmet need, answers, and what the library has on what is asked: windows, boundaries, and sums."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MEMPHIS, WACO = "4748000", "4876000"
TABLES = (
    *(
        "core.period_days",
        "core.day_parts",
        "core.period_parts",
        "core.figure_keys",
        "core.uses",
        "core.request_events",
    ),
    *(
        "metrics.reach_desk",
        "metrics.reach_cells",
        "metrics.backlog_cells",
        "metrics.backlog_flows",
        "metrics.library_topics",
        "metrics.library_needs",
        "metrics.library",
    ),
)


def run(bench, requests=(), searches=(), resources=(), as_of="2014-09-30", reference=True, eligible=(MEMPHIS,)):
    """searches: (day, city, topic, results); resources: (topic, published, reviewed)."""
    if reference:
        bench.reference(as_of=as_of)
    bench.given("core.eligibility", [{"city_id": c, "eligible_from": "2014-05-22"} for c in eligible])
    for table in ("core.engagements", "core.engagement_cities", "core.attendance"):
        bench.given(table)
    uses = [
        {"use_id": f"U{n}", "used_at": f"{on} 15:00", "used_on": on, "city_id": c, "topic": t, "action": "search",
         "results": r} for n, (on, c, t, r) in enumerate(searches)
    ]  # fmt: skip
    bench.given("core.library_use", uses)
    shelf = [
        {"resource_id": f"G{n}", "topic": t, "published_on": p, "reviewed_on": r}
        for n, (t, p, r) in enumerate(resources)
    ]
    bench.given("core.library_resources", shelf)
    bench.desk(requests, *TABLES)


def asked(number, on="2014-06-10", topic="budget", city=MEMPHIS, end=None, **columns):
    """A request; `end` is its disposition, and it was then closed the day after."""
    closed = {"resolved_at": f"{on} 20:00", "status": "closed", "disposition": end} if end else {}
    caller = {} if city else {"caller_type": "county"}
    return {
        "request_id": str(number),
        "city": city,
        "topic": topic,
        "submitted_at": f"{on} 15:00",
        **caller,
        **closed,
        **columns,
    }


def figure(bench, metric, period="to_date", grain="network", **keys):
    where = " and ".join(f"{key} = '{value}'" for key, value in {"period": period, "grain": grain, **keys}.items())
    rows = bench.connection.execute(
        f"select numerator, denominator, value, state from metrics.library where metric = '{metric}' and {where}"
    ).fetchall()
    assert len(rows) <= 1
    return rows[0] if rows else None


@pytest.mark.parametrize(
    ("request_", "unmet", "answered"),
    [
        (asked(1), (0, 1), (0, 0)),  # open
        (asked(1, end="answered"), (0, 1), (1, 1)),
        (asked(1, end="no_answer"), (1, 1), (0, 1)),
        (asked(1, end="referred"), (1, 1), (0, 1)),
        (asked(1, end="out_of_scope"), (1, 1), (0, 1)),
        (asked(1, end="spam"), (0, 0), (0, 0)),
        (asked(1, end="no_answer", is_test=True), (0, 0), (0, 0)),
        # withdrawn, whatever the desk wrote beside: nobody's failure, and no closing of the desk
        (asked(1, withdrawn_at="2014-06-11 15:00", status="closed", disposition="no_answer"), (0, 1), (0, 0)),
        (asked(1, merged_at="2014-06-11 15:00", duplicate_of="9", status="closed"), (0, 0), (0, 0)),
        # closed in vain, reopened and still open: closed once, and not yet in vain
        (asked(1, end="no_answer", reopened_at="2014-06-20 15:00") | {"status": "open"}, (0, 1), (0, 1)),
    ],
)
def test_what_a_request_counts_for(bench, request_, unmet, answered):
    run(bench, [request_, asked("county", "2014-05-23", city=None)], [("2014-09-01", None, "housing", 3)])
    assert figure(bench, "unmet_pct", "2014-06")[:2] == unmet
    assert figure(bench, "answered_pct", "2014-06")[:2] == answered
    assert figure(bench, "unmet_pct", grain="city", city_id=MEMPHIS)[:2] == unmet
    # the county and the search count above: one request and one search more
    assert figure(bench, "unmet_pct")[:2] == (unmet[0], unmet[1] + 2)


@pytest.mark.parametrize(("results", "expected"), [(0, (1, 2)), (1, (0, 2)), (None, (0, 1))])
def test_a_search_that_does_not_say_what_it_found_counts_on_neither_side(bench, results, expected):
    run(bench, [asked(1)], [("2014-06-11", MEMPHIS, "budget", results)])
    assert figure(bench, "unmet_pct", "2014-06")[:2] == expected
    assert figure(bench, "unmet_pct", grain="city_topic", city_id=MEMPHIS, topic="budget")[:2] == expected


def test_views_are_no_questions(bench):
    run(bench, [asked(1)], [("2014-06-11", MEMPHIS, "budget", 0)])
    bench.connection.execute("update core.library_use set action = 'view'")
    bench.run(*TABLES)
    assert figure(bench, "unmet_pct")[:2] == (0, 1)


def test_unmet_counts_where_it_was_asked_and_answered_where_it_was_closed(bench):
    run(
        bench,
        [asked(1, "2014-06-30", end="no_answer") | {"resolved_at": "2014-07-01 15:00"}],
        [("2014-07-31", None, "budget", 0)],
    )
    assert figure(bench, "unmet_pct", "2014-06")[:2] == (1, 1)
    assert figure(bench, "answered_pct", "2014-06")[:2] == (0, 0)
    assert figure(bench, "unmet_pct", "2014-07")[:2] == (1, 1)
    assert figure(bench, "answered_pct", "2014-07")[:2] == (0, 1)


def test_city_by_topic_where_something_is_and_dense_above(bench):
    run(bench, [asked(1, end="answered")], [("2014-06-11", WACO, "housing", 0)], eligible=(MEMPHIS,))
    found = bench.connection.execute(
        """select metric, grain, count(*), count(distinct period_type) from metrics.library
        where metric in ('unmet_pct', 'answered_pct') group by 1, 2 order by 1, 2"""
    ).fetchall()
    # city × topic: the month, quarter, year and to date of each; nine periods above. Waco is not eligible and asked the library
    # alone: it is dense there too
    assert found == [
        *(("answered_pct", "city", 18, 4), ("answered_pct", "city_topic", 4, 4), ("answered_pct", "network", 9, 4)),
        *(("answered_pct", "topic", 117, 4), ("unmet_pct", "city", 18, 4), ("unmet_pct", "city_topic", 8, 4)),
        *(("unmet_pct", "network", 9, 4), ("unmet_pct", "topic", 117, 4)),
    ]
    of = {"grain": "city_topic", "city_id": WACO, "topic": "housing"}
    for period in ("2014-06", "FY2014Q3", "FY2014", "to_date"):
        assert figure(bench, "unmet_pct", period, **of)[:2] == (1, 1)
    assert figure(bench, "unmet_pct", "2014-07", **of) is None
    assert figure(bench, "answered_pct", "2014-06", "city_topic", city_id=MEMPHIS, topic="budget")[:2] == (1, 1)


@pytest.mark.parametrize(
    ("reviewed", "published", "covered"),
    [
        ("2014-06-30", "2010-01-01", 1),  # on the last day
        ("2012-07-01", "2010-01-01", 1),  # the first of the 24 months up to 30 June 2014
        ("2012-06-30", "2010-01-01", 0),
        ("2014-07-01", "2010-01-01", 0),  # reviewed after the close
        (None, "2014-06-29", 0),  # never reviewed
        ("2014-06-01", None, 1),  # always there
        ("2014-06-01", "2014-07-01", 0),  # not yet there
    ],
)
def test_coverage_looks_24_months_back(bench, reviewed, published, covered):
    run(bench, [asked(1, "2014-06-10")], resources=[("budget", published, reviewed)], as_of="2014-09-30")
    assert figure(bench, "library_coverage_pct", "2014-06") == (covered, 1, 100.0 * covered, "value")


@pytest.mark.parametrize(
    ("on", "as_of", "period", "wanted"),
    [
        ("2013-10-01", "2014-09-30", "FY2014", 1),  # the first of the 12 months up to 30 September 2014
        ("2013-09-30", "2014-09-30", "FY2014", 0),
        ("2014-09-30", "2014-09-30", "to_date", 1),
        ("2014-07-01", "2014-09-30", "2014-06", 0),  # after the close
        # a close in the middle of a month: 13 months, less the part before
        ("2013-09-16", "2014-09-15", "to_date", 1),
        ("2013-09-15", "2014-09-15", "to_date", 0),
        # 29 February is a day of the 12 months up to 28 February of the year after only on paper: 1 March is the first
        ("2016-03-01", "2017-02-28", "to_date", 1),
        ("2016-02-29", "2017-02-28", "to_date", 0),
    ],
)
def test_coverage_asks_12_months_back(bench, on, as_of, period, wanted):
    run(bench, [asked(1, on), asked(2, "2012-01-10", "housing")], resources=[("budget", None, as_of)], as_of=as_of)
    assert figure(bench, "library_coverage_pct", period)[:2] == ((1, 1) if wanted and period != "2014-06" else (0, 0))


def test_coverage_is_of_topics_and_unclassified_is_none(bench):
    requests = [asked(n, topic=t) for n, t in enumerate(("budget", "budget", "housing", "unclassified"))]
    resources = [("budget", None, "2014-06-01"), ("education", None, "2014-06-01"), ("housing", None, "2011-06-01")]
    run(bench, requests, resources=resources)
    # asked about: budget and housing; education is not asked about, and housing's guide is old
    assert figure(bench, "library_coverage_pct") == (1, 2, 50.0, "value")
    assert figure(bench, "library_coverage_pct", "2014-05") == (0, 0, None, "not_computable")


def test_gap_is_a_difference_of_shares(bench):
    # 6 of 10 requests on budget, 3 on housing, 1 unclassified; of 4 resources 1 is on budget, 2 on housing, 1 on land use
    topics = ["budget"] * 6 + ["housing"] * 3 + ["unclassified"]
    resources = [("budget", None, None), ("housing", "2014-06-30", None), ("housing", "2014-07-01", None)]
    run(bench, [asked(n, topic=t) for n, t in enumerate(topics)], resources=[*resources, ("land_use", None, None)])
    gaps = {
        r["topic"]: r["value"]
        for r in bench.rows(
            "select topic, value from metrics.library where metric = 'library_gap_pp' and period = 'to_date' and value <> 0"
        )
    }
    assert gaps == pytest.approx({"budget": 35.0, "housing": -20.0, "unclassified": 10.0, "land_use": -25.0})
    # at the end of June there are three resources: 60 less 33.3
    assert figure(bench, "library_gap_pp", "2014-06", "topic", topic="budget") == (
        6,
        10,
        pytest.approx(80 / 3),
        "value",
    )
    # nobody asked in May; nine requests are too few for a share
    assert figure(bench, "library_gap_pp", "2014-05", "topic", topic="budget") == (0, 0, None, "not_computable")
    run(bench, [asked(n, topic=t) for n, t in enumerate(topics[1:])], resources=resources)
    assert figure(bench, "library_gap_pp", "2014-06", "topic", topic="budget") == (5, 9, None, "withheld")
    assert bench.value(
        "select max(reason) from metrics.library where metric = 'library_gap_pp' and period = '2014-06'"
    ) == ("fewer than 10 requests")


def test_an_empty_library_is_no_share(bench):
    requests = [asked(n) for n in range(10)]
    run(bench, requests, resources=[("budget", "2014-07-01", None)])
    assert figure(bench, "library_gap_pp", "2014-06", "topic", topic="budget") == (10, 10, None, "not_computable")
    assert figure(bench, "library_gap_pp", "2014-06", "topic", topic="housing")[2] is None


def test_feeds_that_never_came(bench):
    def reasons():
        return dict(
            bench.connection.execute(
                "select metric, max(reason) from metrics.library where state = 'not_reported' group by 1"
            ).fetchall()
        )

    run(bench, [asked(1)])
    assert reasons() == {
        "unmet_pct": "no library_use received",
        "library_coverage_pct": "no library_resources received",
        "library_gap_pp": "no library_resources received",
    }
    run(bench, [], [("2014-06-11", MEMPHIS, "budget", 0)], [("budget", None, None)])
    assert set(reasons().values()) == {"no requests received"} and len(reasons()) == 4
    assert bench.value("select count(numerator) + count(value) + count(denominator) from metrics.library") == 0


TOPICS = st.sampled_from(["budget", "housing", "unclassified"])
WHERE = st.sampled_from([MEMPHIS, WACO, None])
REQUEST = st.tuples(WHERE, TOPICS, st.integers(0, 131), st.sampled_from([None, "answered", "no_answer", "referred"]))
SEARCH = st.tuples(WHERE, TOPICS, st.integers(0, 131), st.sampled_from([0, 1, None]))


@settings(max_examples=15, deadline=None)
@given(requests=st.lists(REQUEST, min_size=1, max_size=10), searches=st.lists(SEARCH, min_size=1, max_size=8))
def test_counts_add_up(one_bench, requests, searches):
    def day(n):
        return str(date.fromordinal(date(2014, 5, 22).toordinal() + n))

    spoken = [asked(n, day(on), t, c, end) for n, (c, t, on, end) in enumerate(requests)]
    looked = [(day(on), c, t, found) for c, t, on, found in searches]
    shelf = [("budget", None, "2014-06-01"), ("housing", "2014-06-15", None)]
    run(one_bench, spoken, looked, shelf, reference=False)
    assert one_bench.value("select count(*) from metrics.library where numerator > denominator") == 0
    unmet = sum(end in ("no_answer", "referred") for *_, end in requests) + sum(found == 0 for *_, found in searches)
    whole = len(requests) + sum(found is not None for *_, found in searches)
    assert figure(one_bench, "unmet_pct")[:2] == (unmet, whole)
    sums = """select metric, period_type, period from metrics.library where metric in ('unmet_pct', 'answered_pct')
        and grain in ('network', 'topic') group by all having sum(case grain when 'network' then {0} else -{0} end) <> 0"""
    for column in ("numerator", "denominator"):
        assert one_bench.rows(sums.format(column)) == []
    # to date is the sum of the months
    months = """select metric, grain, city_id, topic from metrics.library where metric in ('unmet_pct', 'answered_pct')
        and grain <> 'city_topic' and period_type in ('month', 'to_date') group by all
        having sum(case period_type when 'month' then {0} else -{0} end) <> 0"""
    for column in ("numerator", "denominator"):
        assert one_bench.rows(months.format(column)) == []
    # the network is its cities and the callers without one
    none = sum(c is None for c, *_ in requests) + sum(c is None and found is not None for c, *_, found in searches)
    cities = one_bench.value(
        "select sum(denominator) from metrics.library where metric = 'unmet_pct' and grain = 'city' and period = 'to_date'"
    )
    assert (cities or 0) + none == whole
    gaps = one_bench.rows(
        """select period_type, period, sum(value) as gap from metrics.library where metric = 'library_gap_pp'
        group by all having count(value) > 0"""
    )
    assert all(abs(row["gap"]) < 1e-9 for row in gaps)
