"""Reach, uptake, rate and concentration: which cities are in the denominator, what is a use, and what adds up."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from reached import TABLES, A, B, C, D, asked, eligible, figure, opened, run


def test_reach_by_hand(bench):
    run(
        bench,
        # B leaves on 30 June; C comes on 1 August; D was never eligible
        [eligible(A), eligible(B, until="2014-06-30"), eligible(C, since="2014-08-01")],
        [
            asked(A, "2014-06-10"),
            asked(A, "2014-06-12"),
            asked(B, "2014-06-20"),
            asked(C, "2014-06-20"),
            asked(D, "2014-06-20"),
            asked(C, "2014-08-20", is_test=True),
            asked(A, "2014-08-05", duplicate_of="X"),
        ],
        [("E1", "2014-07-10", "2014-08-15", [A, C]), ("E2", "2014-09-01", None, [C])],
    )
    # June: A and B eligible and both asked
    assert figure(bench, "reach_pct", "desk", "2014-06") == (2, 2, "value")
    # now, A and C are eligible: A and C asked in June
    assert figure(bench, "reach_pct", "desk", "2014-06", "now") == (2, 2, "value")
    # July: only A is eligible; nobody asked; E1 is under way in A
    assert figure(bench, "reach_pct", "desk", "2014-07") == (0, 1, "value")
    assert figure(bench, "reach_pct", "engagement", "2014-07") == (1, 1, "value")
    # August: A and C; a test and a duplicate are no use of the desk; E1 runs in both until the 15th
    assert figure(bench, "reach_pct", "desk", "2014-08") == (0, 2, "value")
    assert figure(bench, "reach_pct", "engagement", "2014-08") == (2, 2, "value")
    # September: E1 is over, E2 runs in C
    assert figure(bench, "reach_pct", "engagement", "2014-09") == (1, 2, "value")
    # the year: three cities were eligible at some time; all asked in it (C in June, before its own days)
    assert figure(bench, "reach_pct", "desk", "FY2014") == (3, 3, "value")
    assert figure(bench, "reach_pct", "any", "FY2014Q4") == (2, 2, "value")
    # eligible city-months of the year: A 5 (May to September), B 2, C 2; with a request while eligible: A 1, B 1
    assert figure(bench, "uptake_pct", "desk", "FY2014") == (2, 9, "value")
    # with an engagement: A July and August, C August and September
    assert figure(bench, "uptake_pct", "engagement", "FY2014") == (4, 9, "value")
    assert figure(bench, "uptake_pct", "any", "FY2014") == (6, 9, "value")
    # now: A and C over all five months; requests A June, C June
    assert figure(bench, "uptake_pct", "desk", "FY2014", "now") == (2, 10, "value")


def test_overlapping_intervals_count_a_city_once(bench):
    run(
        bench,
        [eligible(A), eligible(A, since="2014-06-15")],
        [asked(A, "2014-06-10")],
        [("E", "2014-06-01", None, [B])],
    )
    assert figure(bench, "reach_pct", "desk", "2014-06") == (1, 1, "value")


def test_future_eligibility_and_nobody_eligible(bench):
    run(bench, [eligible(A, since="2014-08-01")], [asked(A, "2014-06-10")], [("E", "2014-06-01", None, [A])])
    assert figure(bench, "reach_pct", "desk", "2014-06") == (0, 0, "not_computable")
    run(
        bench,
        [eligible(A), eligible(B, since="2014-12-01")],
        [asked(A, "2014-06-10")],
        [("E", "2014-06-01", None, [A])],
    )
    assert figure(bench, "reach_pct", "desk", "to_date", "now") == (1, 1, "value")
    assert figure(bench, "reach_pct", "desk", "to_date") == (1, 1, "value")


def test_a_feed_that_never_came_is_named(bench):
    run(bench, [eligible(A)], [asked(A, "2014-06-10")])
    assert figure(bench, "reach_pct", "desk", "2014-06") == (1, 1, "value")
    missing = bench.connection.execute(
        """select distinct dimension_value, reason from metrics.reach where state = 'not_reported' order by 1"""
    ).fetchall()
    assert missing == [
        ("any", "no engagement_cities received"),
        ("engagement", "no engagement_cities received"),
        ("library", "no library_use received"),
        ("peer", "no attendance received"),
    ]
    assert figure(bench, "use_rate", "peer", "2014-06") == (None, None, "not_reported")
    # with the two feeds there is a figure of any service, which says what it leaves out
    run(bench, [eligible(A)], [asked(A, "2014-06-10")], [("E", "2014-06-01", None, [B])])
    assert figure(bench, "reach_pct", "any", "2014-06") == (1, 1, "value")
    assert bench.rows(
        "select distinct reason from metrics.reach where dimension_value = 'any' and state = 'value'"
    ) == [{"reason": "without the peer exchange and the library, of which nothing was received"}]
    # attendance at an event that nobody told of has no day: it is no use
    run(bench, [eligible(A)], [asked(A, "2014-06-10")], [("E", "2014-06-01", None, [B])], library=[("2014-06-02", A)])
    bench.given("core.attendance", [{"event_id": "P", "city_id": A}])
    bench.run(*TABLES)
    assert figure(bench, "reach_pct", "any", "2014-06") == (1, 1, "value")
    assert bench.rows(
        "select distinct reason from metrics.reach where dimension_value in ('any', 'peer') and metric = 'reach_pct' order by 1"
    ) == [
        {"reason": "no peer_events received"},
        {"reason": "without the peer exchange, of which nothing was received"},
    ]
    run(bench, [], [asked(A, "2014-06-10")])
    assert {row["reason"] for row in bench.rows("select reason from metrics.reach")} == {"no eligibility received"}
    assert bench.value("select count(value) + count(numerator) + count(ci_low) from metrics.reach") == 0


def test_every_service_has_the_same_four(bench):
    run(
        bench,
        [eligible(A), eligible(B, until="2014-06-30")],
        [asked(A, "2014-06-10"), asked(A, "2014-06-30"), asked(B, "2014-06-20"), asked(B, "2014-07-01")],
        [("E1", "2014-06-25", "2014-07-05", [A, B])],
        [("P1", "2014-07-10", [A, B, D]), ("P2", "2014-07-20", [A])],
        [("2014-05-22", A), ("2014-09-30", A), ("2014-08-01", None), ("2014-07-31", B)],
    )
    # eligible city-months: A May to September 5, B May and June 2. B's request on 1 July is no use of an eligible month
    assert figure(bench, "use_rate", "desk", "to_date") == (3, 7, "value")
    assert figure(bench, "reach_pct", "desk", "FY2014Q4") == (0, 1, "value")
    # an engagement is one use in each city, in the month in which it starts; it is under way in July too
    assert figure(bench, "use_rate", "engagement", "to_date") == (2, 7, "value")
    assert figure(bench, "use_rate", "engagement", "2014-07") == (0, 1, "value")
    assert figure(bench, "uptake_pct", "engagement", "to_date") == (3, 7, "value")
    # B came to P1 after its days, D was never eligible; both events are A's in July
    assert figure(bench, "use_rate", "peer", "to_date") == (2, 7, "value")
    assert figure(bench, "uptake_pct", "peer", "to_date") == (1, 7, "value")
    assert figure(bench, "reach_pct", "peer", "to_date") == (2, 2, "value")
    # the library on its first and last day; nobody's use is no city's
    assert figure(bench, "use_rate", "library", "to_date") == (2, 7, "value")
    assert figure(bench, "uptake_pct", "any", "to_date") == (3 + 2, 7, "value")  # A: May June July Sept, B: June
    assert figure(bench, "use_rate", "any", "to_date") == (3 + 2 + 2 + 2, 7, "value")
    # now: A alone, over five months
    assert figure(bench, "use_rate", "any", "to_date", "now") == (2 + 1 + 2 + 2, 5, "value")
    # two uses of the peer exchange, both by the same city
    assert figure(bench, "concentration_pct", "peer", "to_date", None) == (2, 2, "value")
    assert figure(bench, "concentration_pct", "peer", "2014-08", None) == (0, 0, "not_computable")
    rates = bench.connection.execute(
        """select city_id, numerator, denominator from metrics.reach where metric = 'use_rate' and grain = 'city'
        and dimension_value = 'any' and period = 'to_date' order by 1"""
    ).fetchall()
    assert rates == [(A, 7, 5), (B, 2, 2)]


def test_the_month_of_the_launch_counts_as_a_whole(bench):
    # eligible since March and asking on 10 May, launched on 22 May: March and April are no exposure, May is
    run(bench, [eligible(A, since="2014-03-01")], [asked(A, "2014-05-10"), asked(A, "2014-06-10")])
    assert (
        figure(bench, "use_rate", "desk", "FY2014") == figure(bench, "use_rate", "desk", "to_date") == (2, 5, "value")
    )
    assert figure(bench, "use_rate", "desk", "2014-05") == (1, 1, "value")


def test_the_month_of_as_of_counts_and_the_rest_of_it_does_not(bench):
    run(
        bench,
        [eligible(A), eligible(B, since="2014-07-16")],
        [asked(A, "2014-07-15"), asked(A, "2014-07-16")],
        [("E", "2014-07-16", None, [A])],
        as_of="2014-07-15",
    )
    assert figure(bench, "use_rate", "desk", "2014-07") == (1, 1, "value")
    assert figure(bench, "reach_pct", "engagement", "2014-07") == (0, 1, "value")


def test_reach_by_topic(bench):
    run(
        bench,
        [eligible(A), eligible(B), eligible(C, until="2014-06-30")],
        [
            asked(A, "2014-06-10"),
            asked(B, "2014-06-11", topic="housing"),
            asked(C, "2014-06-12"),
            asked(A, "2014-07-01"),
        ],
    )
    rows = bench.connection.execute(
        """select topic, basis, numerator, denominator from metrics.reach where metric = 'reach_pct' and grain = 'topic'
        and period = 'to_date' and topic in ('budget', 'housing', 'education') order by 1, 2 desc"""
    ).fetchall()
    assert rows == [
        *(("budget", "then", 2, 3), ("budget", "now", 1, 2)),
        *(("education", "then", 0, 3), ("education", "now", 0, 2)),
        *(("housing", "then", 1, 3), ("housing", "now", 1, 2)),
    ]
    # of three metrics: budget, education, housing and ten more; five months, FY2014, two quarters and to date
    assert bench.value("select count(*) from metrics.reach where grain = 'topic'") == 3 * 13 * 2 * 9
    # eligible months, then: A and B May to September, C May and June: 12; now: A and B, 10. Of C's request June counts then
    found = bench.connection.execute(
        """select metric, topic, period, basis, numerator, denominator from metrics.reach where grain = 'topic'
        and metric <> 'reach_pct' and topic in ('budget', 'housing') and (period = 'to_date' or period = '2014-06')
        order by 1, 2, 3, 4 desc"""
    ).fetchall()
    for metric in ("uptake_pct", "use_rate"):
        assert [row[1:] for row in found if row[0] == metric] == [
            *(("budget", "2014-06", "then", 2, 3), ("budget", "2014-06", "now", 1, 2)),
            *(("budget", "to_date", "then", 3, 12), ("budget", "to_date", "now", 2, 10)),
            *(("housing", "2014-06", "then", 1, 3), ("housing", "2014-06", "now", 1, 2)),
            *(("housing", "to_date", "then", 1, 12), ("housing", "to_date", "now", 1, 10)),
        ]
    # of a city: A asked in two of its five months
    (mine,) = bench.connection.execute(
        """select numerator, denominator from metrics.reach where grain = 'city' and metric = 'uptake_pct'
        and city_id = $a and dimension_value = 'desk' and period = 'to_date'""",
        {"a": A},
    ).fetchall()
    assert mine == (2, 5)


USE = st.tuples(st.sampled_from([A, B, C, D, None]), st.integers(-30, 150), st.sampled_from(["budget", "housing"]))
SPAN = st.tuples(st.sampled_from([A, B, C]), st.integers(-20, 140), st.one_of(st.none(), st.integers(0, 100)))


@settings(max_examples=15, deadline=None)
@given(
    requests=st.lists(USE, max_size=8),
    library=st.lists(USE, max_size=5),
    attendance=st.lists(USE, max_size=4),
    spans=st.lists(SPAN, min_size=1, max_size=4),
)
def test_rates_add_up_and_shares_are_parts(one_bench, requests, library, attendance, spans):
    bench = one_bench

    def day(n):
        return np.datetime64("2014-05-22") + n

    spoken = [
        {"request_id": str(n), "city": c, "caller_type": None if c else "county", "topic": t,
         "submitted_at": f"{day(d)} 15:00"} for n, (c, d, t) in enumerate(requests)
    ]  # fmt: skip
    plans = [eligible(c, str(day(f)), None if n is None else str(day(f + n))) for c, f, n in spans]
    bench.given("core.eligibility", plans)
    for table in ("core.engagements", "core.engagement_cities"):
        bench.given(table)
    bench.given("core.peer_events", [{"event_id": "P", "held_on": "2014-06-01"}])
    came = {(f"P{n}", c, day(d)) for n, (c, d, _) in enumerate(attendance) if c and d <= 131}
    bench.given("core.attendance", [{"event_id": e, "city_id": c, "held_on": str(on)} for e, c, on in sorted(came)])
    uses = [opened(n, str(day(d)), c) for n, (c, d, _) in enumerate(library) if d <= 131]
    bench.given("core.library_use", uses)
    bench.desk(spoken, *TABLES)
    rows = bench.rows("select * from metrics.reach where numerator is not null")
    shares = [r for r in rows if r["metric"] != "use_rate"]
    assert all(r["numerator"] <= r["denominator"] for r in shares)
    rates = {
        (r["grain"], r["city_id"], r["dimension_value"], r["basis"], r["period_type"], r["period"]): r
        for r in rows
        if r["metric"] == "use_rate"
    }
    services = {key[2] for key in rates}
    for (grain, city, service, basis, kind, period), r in rates.items():
        of = [
            rates[key]
            for key in rates
            if key[0] == "city" and grain == "network" and key[2:] == (service, basis, kind, period)
        ]
        if (
            grain == "network" and basis == "then"
        ):  # the network is the sum of its cities, both above and below the line
            assert [sum(o[k] for o in of) for k in ("numerator", "denominator")] == [r["numerator"], r["denominator"]]
        if kind == "to_date":  # and to date is the sum of the months
            months = [rates[key] for key in rates if key[:5] == (grain, city, service, basis, "month")]
            assert sum(m["numerator"] for m in months) == r["numerator"]
            assert sum(m["denominator"] for m in months) == r["denominator"]
    # months eligible, day by day
    days = {
        (c, str(day(n))[:7])
        for c, f, length in spans
        for n in range(max(f, -21), 132)  # from the first day of the month of the launch
        if f <= n and (length is None or n <= f + length)
    }
    if "library" in services:
        assert rates["network", None, "library", "then", "to_date", "to_date"]["denominator"] == len(days)
        used = [u for u in uses if (u["city_id"], u["used_on"][:7]) in days and u["used_on"] >= "2014-05-01"]
        assert rates["network", None, "library", "then", "to_date", "to_date"]["numerator"] == len(used)
