"""The peer exchange: who met whom, which cities never met one, and the figures of both."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

A, B, C, D, E = "0100001", "0100002", "0100003", "0100004", "0100005"
TABLES = (
    *(
        "core.period_days",
        "core.day_parts",
        "core.period_parts",
        "core.figure_keys",
        "core.uses",
        "metrics.reach_desk",
        "metrics.reach_cells",
    ),
    *("metrics.reach_months", "metrics.reach_cities", "metrics.peer_meetings", "metrics.peer_links", "metrics.peers"),
    *("metrics.peer_cities", "published.peer_links", "published.peer_cities"),
)


def run(bench, eligible, events, as_of="2014-09-30", reference=True):
    """eligible: city to its last day, or None; events: (id, held_on, cities)."""
    if reference:
        bench.reference(as_of=as_of)
    spans = [{"city_id": c, "eligible_from": "2014-05-22", "eligible_to": until} for c, until in eligible.items()]
    bench.given("core.eligibility", spans)
    for table in ("core.engagements", "core.engagement_cities", "core.library_use"):
        bench.given(table)
    bench.given("core.peer_events", [{"event_id": e, "held_on": on} for e, on, _ in events])
    came = [{"event_id": e, "city_id": c, "held_on": on} for e, on, cities in events for c in cities]
    bench.given("core.attendance", came)
    bench.desk([], *TABLES)


def figure(bench, metric, period="to_date", basis=None, city=None):
    (row,) = bench.connection.execute(
        """select numerator, denominator, value, state from metrics.peers where metric = ? and period = ?
        and basis is not distinct from ? and city_id is not distinct from ?""",
        [metric, period, basis, city],
    ).fetchall()
    return row


EVENTS = [
    ("P1", "2014-06-10", [A, B, C]),
    ("P2", "2014-07-01", [A, B]),
    ("P3", "2014-07-31", [D]),  # alone
    ("P4", "2014-09-30", [B, E]),  # on the last day; E is not eligible
    ("P5", "2014-04-30", [A, D]),  # the day before the month of the launch
]


def test_by_hand(bench):
    run(bench, {A: None, B: None, C: "2014-06-30", D: None}, EVENTS)
    links = bench.connection.execute(
        "select city_a, city_b, events, cast(first_on as varchar), cast(last_on as varchar) from published.peer_links"
    ).fetchall()
    assert links == [
        (A, B, 2, "2014-06-10", "2014-07-01"),
        (A, C, 1, "2014-06-10", "2014-06-10"),
        (B, C, 1, "2014-06-10", "2014-06-10"),
        (B, E, 1, "2014-09-30", "2014-09-30"),
    ]
    cities = bench.connection.execute(
        "select city_id, is_eligible_now, events, cities_met, never_connected from published.peer_cities"
    ).fetchall()
    assert cities == [
        (A, True, 2, 2, False),  # B twice and C
        (B, True, 3, 3, False),
        (C, False, 1, 2, False),
        (D, True, 1, 0, True),  # it came and met nobody
    ]
    # pairs: June AB AC BC; July AB; the third quarter has June; to date AB counts once
    pairs = [
        figure(bench, "peer_pairs", p)[2] for p in ("2014-06", "2014-07", "2014-08", "2014-09", "FY2014Q3", "to_date")
    ]
    # the quarter of the launch holds the day before its month, and A met D on it
    assert pairs == [3, 1, 0, 1, 4, 4]
    assert figure(bench, "peer_pairs", "FY2014")[2] == 5
    # connected, then: in June A B C of four; in July A and B of three; to date A B C of four, and of three now A and B
    assert figure(bench, "peer_connected_pct", "2014-06", "then")[:2] == (3, 4)
    assert figure(bench, "peer_connected_pct", "2014-07", "then")[:2] == (2, 3)
    assert figure(bench, "peer_connected_pct", "to_date", "then")[:2] == (3, 4)
    assert figure(bench, "peer_connected_pct", "to_date", "now")[:2] == (2, 3)
    # of a city: those it met, dense over the periods
    assert [figure(bench, "peer_pairs", "to_date", city=c)[2] for c in (A, B, C, D, E)] == [2, 3, 2, 0, 1]
    assert figure(bench, "peer_pairs", "2014-08", city=A) == (0, None, 0, "value")


def test_an_event_that_nobody_told_of_has_no_day_and_makes_no_link(bench):
    run(bench, {A: None, B: None}, EVENTS[:1])
    bench.connection.execute("update core.attendance set held_on = null")
    bench.run(*TABLES)
    assert bench.rows("select * from published.peer_links") == []
    assert figure(bench, "peer_connected_pct", "to_date", "then")[:2] == (0, 2)


def test_feeds_that_never_came(bench):
    run(bench, {A: None}, [])
    assert {(r["state"], r["reason"]) for r in bench.rows("select state, reason from metrics.peers")} == {
        ("not_reported", "no attendance received")
    }
    # not known is not never
    assert bench.rows("select events, cities_met, never_connected from published.peer_cities") == [
        {"events": None, "cities_met": None, "never_connected": None}
    ]
    run(bench, {A: None}, EVENTS)
    bench.given("core.peer_events")
    bench.run(*TABLES)
    assert {r["reason"] for r in bench.rows("select reason from metrics.peers")} == {"no peer_events received"}
    run(bench, {}, EVENTS)
    assert figure(bench, "peer_pairs")[2:] == (4, "value")
    assert figure(bench, "peer_connected_pct", "to_date", "then") == (None, None, None, "not_reported")


def test_an_event_of_300_cities(bench):
    cities = [f"{n:07}" for n in range(1, 301)]
    run(bench, dict.fromkeys(cities), [("P1", "2014-06-10", cities), ("P2", "2014-06-20", cities[:2])])
    assert figure(bench, "peer_pairs") == (300 * 299 / 2, None, 300 * 299 / 2, "value")
    assert bench.value("select max(events) from published.peer_links") == 2
    assert figure(bench, "peer_connected_pct", "2014-06", "then")[:2] == (300, 300)


MEETING = st.tuples(st.integers(0, 131), st.sets(st.sampled_from([A, B, C, D, E]), max_size=4))


@settings(max_examples=15, deadline=None)
@given(meetings=st.lists(MEETING, min_size=1, max_size=6), until=st.one_of(st.none(), st.just("2014-07-31")))
def test_against_sets_of_pairs(one_bench, meetings, until):
    from datetime import date, timedelta

    days = [date(2014, 5, 22) + timedelta(days=n) for n, _ in meetings]
    events = [
        (f"P{n}", str(day), sorted(cities)) for n, (day, (_, cities)) in enumerate(zip(days, meetings, strict=True))
    ]
    run(one_bench, {A: None, B: until, C: None}, [*events, ("P", "2014-06-01", [A])], reference=False)
    pairs = {pair for _, _, cities in events for pair in combinations(cities, 2)}
    assert {(r["city_a"], r["city_b"]) for r in one_bench.rows("select * from published.peer_links")} == pairs
    july = {pair for _, on, cities in events if on[:7] == "2014-07" for pair in combinations(cities, 2)}
    assert figure(one_bench, "peer_pairs", "2014-07")[0] == len(july)
    met = set().union(*pairs) if pairs else set()
    assert figure(one_bench, "peer_connected_pct", "to_date", "then")[:2] == (len(met & {A, B, C}), 3)
    # of cities it is twice the network, in every period
    assert (
        one_bench.rows(
            """select period_type, period from metrics.peers where metric = 'peer_pairs' group by all
        having sum(case grain when 'city' then value else -2 * value end) <> 0"""
        )
        == []
    )
    assert one_bench.value("select count(*) from metrics.peers where numerator > denominator") == 0
