"""Repeat use: cities that come back (Kaplan-Meier against numpy) and contacts repeated within 14 days (against a plain search)."""

import math
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MEMPHIS, WACO, BOISE = "4748000", "4876000", "1608830"
ASKED = datetime(2014, 6, 2, 14)  # Monday 10:00 Eastern
SOLVED = datetime(2014, 6, 4, 14)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
TABLES = (
    *("core.period_days", "core.day_parts", "core.period_parts", "core.figure_keys"),
    *("metrics.repeat_contacts", "metrics.repeat_spells", "metrics.repeat_steps", "metrics.repeat_use"),
)
Z = 1.959963984540054


def request(name, submitted_at=ASKED, **columns):
    solved = {"status": "closed", "disposition": "answered"} if "resolved_at" in columns else {}
    return {"request_id": name, "city": MEMPHIS, "topic": "budget", "submitted_at": submitted_at, **solved, **columns}


def run(bench, requests, as_of="2015-06-30"):
    bench.reference(as_of=as_of)
    for table in ("core.eligibility", "core.engagement_cities"):
        bench.given(table)
    bench.desk(requests, *TABLES)


def figure(bench, metric, period="to_date", grain="network", **keys):
    where = " and ".join(f"{key} = '{value}'" for key, value in {"grain": grain, "period": period, **keys}.items())
    rows = bench.rows(
        f"""select value, numerator, denominator, ci_low, ci_high, state from metrics.repeat_use
        where metric = '{metric}' and {where}"""
    )
    assert len(rows) <= 1
    return rows[0] if rows else None


def counts(bench, metric, **keys):
    found = figure(bench, metric, **keys)
    return found["numerator"], found["denominator"], found["state"]


@pytest.mark.parametrize(
    ("next_one", "repeated"),
    [
        ({"submitted_at": SOLVED + SECOND}, 1),
        ({"submitted_at": SOLVED}, 0),  # at the instant of the resolution: not after it
        ({"submitted_at": SOLVED - SECOND}, 0),
        ({"submitted_at": SOLVED + 14 * DAY}, 1),
        ({"submitted_at": SOLVED + 14 * DAY + SECOND}, 0),
        ({"submitted_at": SOLVED + DAY, "topic": "housing"}, 0),
        ({"submitted_at": SOLVED + DAY, "city": WACO}, 0),
        ({"submitted_at": SOLVED + DAY, "city": None, "caller_type": "county"}, 0),
        ({"submitted_at": SOLVED + DAY, "is_test": True}, 0),
        ({"submitted_at": SOLVED + DAY, "disposition": "spam"}, 0),
        # found to be a duplicate later: the city did ask again
        ({"submitted_at": SOLVED + DAY, "merged_at": SOLVED + 2 * DAY}, 1),
        ({"submitted_at": SOLVED + DAY, "withdrawn_at": SOLVED + 2 * DAY}, 1),
    ],
)
def test_a_contact_repeated_within_14_days(bench, next_one, repeated):
    run(bench, [request("A", resolved_at=SOLVED), request("B", **next_one)])
    assert counts(bench, "repeat_contact_pct") == (repeated, 1, None)
    assert counts(bench, "repeat_contact_pct", period="2014-06")[:2] == (repeated, 1)
    assert counts(bench, "repeat_contact_pct", period="2014-07") == (0, 0, None)


def test_a_resolution_does_not_follow_itself(bench):
    run(bench, [request("A", ASKED, resolved_at=ASKED)])
    assert counts(bench, "repeat_contact_pct") == (0, 1, None)


def test_the_14_days_must_have_passed(bench):
    # as_of 18 June ends at 04:00 UTC on the 19th: 14 days after 5 June 04:00
    edge = datetime(2014, 6, 5, 4)
    run(bench, [request("A", resolved_at=edge)], as_of="2014-06-18")
    assert counts(bench, "repeat_contact_pct") == (0, 1, None)
    run(bench, [request("A", resolved_at=edge + SECOND)], as_of="2014-06-18")
    assert counts(bench, "repeat_contact_pct") == (0, 0, "not_due")


def test_whose_contacts_count(bench):
    run(
        bench,
        [
            request("A", resolved_at=SOLVED),
            request("B", resolved_at=SOLVED, city=None, caller_type="county"),
            request("C", resolved_at=SOLVED, merged_at=SOLVED + DAY),
            request("D", resolved_at=SOLVED, city=WACO),
            request("E", SOLVED + DAY, city=WACO),
        ],
    )
    assert counts(bench, "repeat_contact_pct")[:2] == (1, 2)
    assert counts(bench, "repeat_contact_pct", grain="city", city_id=WACO)[:2] == (1, 1)
    assert counts(bench, "repeat_contact_pct", grain="topic", topic="budget")[:2] == (1, 2)
    assert counts(bench, "repeat_contact_pct", grain="city_topic", city_id=MEMPHIS, topic="budget")[:2] == (0, 1)


def test_coming_back_by_hand(bench):
    # as of 30 June 2015. Memphis comes back after 10 days, Waco on the same day only, Boise after 200 days
    run(
        bench,
        [
            request("1", ASKED),
            request("2", ASKED + 10 * DAY, topic="housing"),
            request("3", ASKED, city=WACO, topic="housing"),
            request("4", ASKED + timedelta(hours=5), city=WACO),
            request("5", ASKED, city=BOISE),
            request("6", ASKED + 200 * DAY, city=BOISE),
            request("7", ASKED, city=None, caller_type="county"),
            request("8", ASKED + 40 * DAY, city=None, caller_type="county"),
        ],
    )
    # at 10 days 3 cities, one back: 1 - 2/3; later ones lie beyond 180 days
    found = figure(bench, "return_180d_pct")
    assert found["value"] == pytest.approx(100 / 3, abs=1e-9)
    assert (found["numerator"], found["denominator"], found["state"]) == (1, 3, "value")
    # Greenwood: 1/(3·2), so log-log limits (2/3)^exp(± z sqrt(1/6) / ln(3/2))
    spread = math.exp(Z * math.sqrt(1 / 6) / math.log(1.5))
    assert found["ci_low"] == pytest.approx(100 * (1 - (2 / 3) ** (1 / spread)), abs=1e-9)
    assert found["ci_high"] == pytest.approx(100 * (1 - (2 / 3) ** spread), abs=1e-9)
    # by the topic of the first request
    assert counts(bench, "return_180d_pct", grain="topic", topic="housing") == (0, 1, "value")
    assert counts(bench, "return_180d_pct", grain="topic", topic="budget") == (1, 2, "value")
    assert figure(bench, "return_180d_pct", grain="city", city_id=MEMPHIS) is None
    assert counts(bench, "return_180d_pct", period="2014-07") == (0, 0, "not_computable")


@pytest.mark.parametrize(
    ("second", "back"),
    [
        ({"submitted_at": datetime(2014, 6, 3, 3, 59)}, False),  # still 2 June in the East
        ({"submitted_at": datetime(2014, 6, 3, 4)}, True),
        ({"submitted_at": ASKED + 180 * DAY}, True),
        ({"submitted_at": ASKED + 181 * DAY}, False),
        ({"submitted_at": ASKED + 9 * DAY, "merged_at": ASKED + 10 * DAY}, False),
        ({"submitted_at": ASKED + 9 * DAY, "is_test": True}, False),
        ({"submitted_at": ASKED + 9 * DAY, "disposition": "spam"}, False),
    ],
)
def test_another_question_on_another_day(bench, second, back):
    run(bench, [request("A"), request("B", **second)])
    assert counts(bench, "return_180d_pct") == (int(back), 1, "value")
    assert figure(bench, "return_180d_pct")["value"] == (100 if back else 0)


def test_not_due_until_a_city_has_been_followed_for_180_days(bench):
    run(bench, [request("A"), request("B", ASKED + DAY), request("C", city=WACO)], as_of="2014-11-28")
    assert counts(bench, "return_180d_pct") == (1, 2, "not_due")  # 2 June and 179 days
    run(bench, [request("A"), request("B", ASKED + DAY), request("C", city=WACO)], as_of="2014-11-29")
    assert counts(bench, "return_180d_pct") == (1, 2, "value")
    # all are back: nothing to wait for
    run(bench, [request("A"), request("B", ASKED + DAY)], as_of="2014-06-30")
    assert figure(bench, "return_180d_pct")["value"] == 100
    assert figure(bench, "return_180d_pct")["ci_low"] is None


def test_nothing_received(bench):
    run(bench, [])
    assert bench.rows("select distinct state, numerator from metrics.repeat_use") == [
        {"state": "not_reported", "numerator": None}
    ]


def test_dense_where_it_makes_sense(bench):
    run(bench, [request("A", resolved_at=SOLVED)], as_of="2014-06-30")
    rows = bench.rows("select metric, grain, count(*) as n from metrics.repeat_use group by all order by all")
    # May and June, a quarter, a year, to date; 13 topics, 1 city; city by topic only where there is something
    assert [(r["metric"], r["grain"], r["n"]) for r in rows] == [
        *(("repeat_contact_pct", "city", 5), ("repeat_contact_pct", "city_topic", 4)),
        *(("repeat_contact_pct", "network", 5), ("repeat_contact_pct", "topic", 65)),
        *(("return_180d_pct", "network", 5), ("return_180d_pct", "topic", 65)),
    ]


ONE = st.tuples(
    st.sampled_from([MEMPHIS, WACO, BOISE, None]),
    st.sampled_from(["budget", "housing"]),
    st.integers(0, 300 * 4).map(lambda quarter: quarter / 4),  # days after ASKED
    st.one_of(st.none(), st.integers(0, 80).map(lambda quarter: quarter / 4)),  # days to resolution
)


@settings(max_examples=25, deadline=None)
@given(asked=st.lists(ONE, min_size=1, max_size=25))
def test_agrees_with_a_plain_search(one_bench, asked):
    one_bench.reference(as_of="2015-03-31")
    ends = datetime(2015, 4, 1, 4)
    for table in ("core.eligibility", "core.engagement_cities"):
        one_bench.given(table)
    rows = [
        (city, topic, ASKED + days * DAY, ASKED + (days + solved) * DAY if solved is not None else None)
        for city, topic, days, solved in asked
    ]
    one_bench.desk(
        (
            request(
                str(n),
                at,
                city=city,
                topic=topic,
                **({"resolved_at": x} if x else {}),
                caller_type=None if city else "county",
            )
            for n, (city, topic, at, x) in enumerate(rows)
        ),
        *TABLES,
    )
    watched = [r for r in rows if r[0] and r[3] and r[3] <= ends - 14 * DAY]
    repeated = [r for r in watched if any(o[:2] == r[:2] and r[3] < o[2] <= r[3] + 14 * DAY for o in rows)]
    assert counts(one_bench, "repeat_contact_pct")[:2] == (len(repeated), len(watched))
    firsts = []
    for city in {r[0] for r in rows if r[0]}:
        days = sorted({local(r[2]) for r in rows if r[0] == city})
        firsts.append(((days[1] if len(days) > 1 else date(2015, 3, 31)) - days[0], len(days) > 1))
    spells = [(span.days, back) for span, back in firsts]
    found = figure(one_bench, "return_180d_pct")
    if not spells:
        assert found["state"] == "not_computable"
        return
    value, low, high = kaplan_meier(spells, 180)
    due = any(days >= 180 for days, _ in spells) or value == 100
    assert found["state"] == ("value" if due else "not_due")
    if due:
        assert found["value"] == pytest.approx(value, abs=1e-9)
        assert (found["ci_low"] is None) == (low is None)
        assert low is None or (found["ci_low"], found["ci_high"]) == pytest.approx((low, high), abs=1e-9)
    # topics and cities add up to the network, months to date
    whole = "sum(case when grain = 'network' then {0} else -{0} end)"
    for metric, parts in (
        ("return_180d_pct", "topic"),
        ("repeat_contact_pct", "topic"),
        ("repeat_contact_pct", "city"),
    ):
        uneven = " or ".join(f"{whole.format(column)} <> 0" for column in ("numerator", "denominator"))
        query = f"select period from metrics.repeat_use where metric = '{metric}' and grain in ('network', '{parts}')"
        assert one_bench.rows(f"{query} group by all having {uneven}") == []
    months = "sum(case when period_type = 'month' then {0} else -{0} end)"
    uneven = " or ".join(f"{months.format(column)} <> 0" for column in ("numerator", "denominator"))
    query = "select metric, grain, city_id, topic from metrics.repeat_use where period_type in ('month', 'to_date')"
    assert one_bench.rows(f"{query} group by all having {uneven}") == []


def local(at):
    """The Eastern day, in summer or winter time (2 November 2014 and 8 March 2015, at 06:00 and 07:00 UTC)."""
    winter = datetime(2014, 11, 2, 6) <= at < datetime(2015, 3, 8, 7)
    return (at - timedelta(hours=5 if winter else 4)).date()


def kaplan_meier(spells, upto):
    """100 (1 - S) at `upto` and its log-log limits, from [(days, has come back)]: written apart from the SQL."""
    days = np.array([d for d, _ in spells])
    back = np.array([b for _, b in spells], bool)
    still, variance = 1.0, 0.0
    for t in np.unique(days[back & (days <= upto)]):
        n, d = (days >= t).sum(), (back & (days == t)).sum()
        still *= 1 - d / n
        variance += d / (n * (n - d)) if n > d else 0
    if still in (0.0, 1.0):
        return 100 * (1 - still), None, None
    spread = math.exp(Z * math.sqrt(variance) / -math.log(still))
    return 100 * (1 - still), 100 * (1 - still ** (1 / spread)), 100 * (1 - still**spread)
