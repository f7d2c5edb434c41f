"""Satisfaction: what is delivered, answered and satisfied, by period, kind and caller; the bounds."""

from collections import defaultdict
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from surveyed import ASKED, DELIVERED, MEMPHIS, SETUP, TABLES, WACO, figure, fill, run, survey

from assets.metrics import answering


@pytest.mark.parametrize(
    ("one", "response", "satisfied"),
    [
        (survey(), (0, 1), (0, 0)),
        (survey(1), (1, 1), (0, 1)),
        (survey(3), (1, 1), (0, 1)),
        (survey(4), (1, 1), (1, 1)),
        (survey(5), (1, 1), (1, 1)),
        (survey(0, answered_at=DELIVERED), (0, 1), (0, 0)),  # not a rating
        (survey(6), (0, 1), (0, 0)),
        (survey(5, is_test=True), (0, 0), (0, 0)),
        (survey(5, is_spam=True), (0, 0), (0, 0)),
        (survey(5, is_canonical=False, merged_at=ASKED), (1, 1), (1, 1)),  # a duplicate is a request of the desk
        (survey(5, resolved_at=None, withdrawn_at=ASKED), (1, 1), (1, 1)),
        (survey(5, reopened_at="2014-06-20 14:00"), (1, 1), (1, 1)),
    ],
)
def test_what_counts(bench, one, response, satisfied):
    run(bench, one)
    assert figure(bench, "survey_response_pct") == response
    assert figure(bench, "satisfied_pct") == satisfied


def test_a_survey_belongs_to_the_local_day_of_its_delivery(bench):
    # 04:00 UTC on 1 July is midnight in the East; the answer in August does not matter, nor that it was asked in June
    run(
        bench,
        survey(5, delivered_at="2014-07-01 03:59:59", answered_at="2014-08-05 12:00"),
        survey(5, delivered_at="2014-07-01 04:00"),
        survey(2, delivered_at="2014-07-01 04:00"),
    )
    assert figure(bench, "satisfied_pct", "2014-06") == (1, 1)
    assert figure(bench, "satisfied_pct", "2014-07") == (1, 2)
    assert figure(bench, "satisfied_pct", "FY2014Q3") == (1, 1)
    assert figure(bench, "satisfied_pct", "FY2014Q4") == (1, 2)
    assert figure(bench, "satisfied_pct", "FY2014") == figure(bench, "satisfied_pct", "to_date") == (2, 3)


@pytest.mark.parametrize(
    ("columns", "waited", "resolved"),
    [
        ({}, 0, 1),  # at once: ln 1
        ({"first_response_at": "2014-06-03 14:00", "response_hours": 8}, 9, 1),  # 4 ln 9 = 8.79
        ({"first_response_at": DELIVERED, "response_hours": 48, "resolved_at": DELIVERED}, 16, 1),  # 4 ln 49 = 15.57
        # no reply by the delivery: Monday 2 June 10:00 to Tuesday 10 June 10:00 Eastern is six days of 8 hours
        ({"first_response_at": None, "response_hours": None, "resolved_at": None}, 16, 0),
        (
            {"first_response_at": "2014-06-10 14:00:01", "response_hours": 48, "resolved_at": "2014-06-10 14:00:01"},
            16,
            0,
        ),
    ],
)
def test_what_was_known_when_the_survey_was_delivered(bench, columns, waited, resolved):
    run(bench, survey(**columns))
    assert bench.rows("select waited, resolved from metrics.answering") == [{"waited": waited, "resolved": resolved}]


@pytest.mark.parametrize(
    ("people", "size"),
    [(49_999, "under_50k"), (50_000, "50k_100k"), (99_999, "50k_100k"), (100_000, "100k_250k"), (249_999, "100k_250k"),
     (250_000, "250k_up"), (None, "unknown")],
)  # fmt: skip
def test_sizes_of_cities(bench, people, size):
    run(bench, survey(), survey(city=None), cities=[(MEMPHIS, people)])
    found = bench.rows("select city_size, channel, delivered from metrics.answering order by city_size = 'no_city'")
    assert found == [
        {"city_size": size, "channel": "web", "delivered": 1},
        {"city_size": "no_city", "channel": "web", "delivered": 1},
    ]


def test_kinds_are_named_as_they_were(bench):
    """The numbers of profiles lead back to topics, channels and cities; a channel not recorded is unknown."""
    told = [
        ("education", "phone", WACO),
        ("education", None, MEMPHIS),
        ("unclassified", "web", None),
        ("budget", "a", WACO),
    ]
    run(bench, *[survey(5, topic=topic, channel=channel, city=city) for topic, channel, city in told])
    kinds = bench.connection.execute("select topic, channel from metrics.answering order by all").fetchall()
    assert kinds == [("budget", "a"), ("education", "phone"), ("education", "unknown"), ("unclassified", "web")]
    cells = bench.connection.execute("select topic, city_id from metrics.satisfaction_cells order by all").fetchall()
    assert cells == [("budget", WACO), ("education", MEMPHIS), ("education", WACO), ("unclassified", None)]


def test_without_surveys_or_requests_nothing_is_reported(bench):
    run(bench)
    states = bench.rows("select distinct state, reason, numerator from metrics.satisfaction")
    assert states == [{"state": "not_reported", "reason": "no surveys received", "numerator": None}]
    found = bench.rows("select distinct level, delivered, low_pct from metrics.satisfaction_statement")
    assert found == [{"level": "not_reported", "delivered": None, "low_pct": None}]
    bench.given("core.surveys", [{"request_id": "gone", "delivered_at": DELIVERED}])
    bench.run(*TABLES)
    assert bench.rows("select distinct reason from metrics.satisfaction") == [{"reason": "no requests received"}]


def test_city_by_topic_in_every_period_with_a_survey(bench):
    run(bench, survey(5), survey(2), survey(), survey(4, topic="housing"), survey(4, city=None))
    of = {"grain": "city_topic", "city_id": MEMPHIS, "topic": "budget"}
    for period in ("2014-06", "FY2014Q3", "FY2014", "to_date"):
        assert figure(bench, "satisfied_pct", period, **of) == (1, 2)
        assert figure(bench, "survey_response_pct", period, **of) == (2, 3)
        assert figure(bench, "satisfied_low_pct", period, **of) == (1, 3)
        assert figure(bench, "satisfied_high_pct", period, **of) == (2, 3)
        assert figure(bench, "satisfied_weighted_pct", period, **of) == (1, 2)
        assert figure(bench, "satisfied_pct", period, **of | {"topic": "housing"}) == (1, 1)
    assert figure(bench, "satisfied_pct", "2014-07", **of) is None
    assert bench.value("select count(*) from metrics.satisfaction where grain = 'city_topic'") == 2 * 4 * 5


def test_delivered_but_never_answered(bench):
    run(bench, *[survey()] * 12)
    columns = "numerator, denominator, state, reason"
    assert figure(bench, "satisfied_pct", columns=columns) == (0, 0, None, "no survey was answered")
    assert figure(bench, "satisfied_weighted_pct", columns=columns) == (
        0,
        0,
        "not_computable",
        "no survey was answered",
    )
    assert figure(bench, "satisfied_low_pct", columns=columns) == (0, 12, None, None)
    assert figure(bench, "satisfied_high_pct", columns=columns) == (12, 12, None, None)
    assert figure(bench, "satisfied_pct", "2014-05", columns=columns)[3] == "no survey was delivered"


ONE = st.tuples(
    st.sampled_from([MEMPHIS, WACO, None]),
    st.sampled_from(["budget", "housing"]),
    st.integers(0, 89),
    st.one_of(st.none(), st.integers(1, 5)),
    st.sampled_from([None, "web", "phone"]),
)


@settings(max_examples=15, deadline=None)
@given(surveys=st.lists(ONE, max_size=15))
def test_counts_add_up_and_bounds_hold(one_bench, surveys):
    fill(
        one_bench,
        [
            survey(
                rating,
                city=city,
                topic=topic,
                channel=channel,
                delivered_at=f"2014-0{6 + day // 30}-{1 + day % 30:02} 12:00",
            )
            for city, topic, day, rating, channel in surveys
        ],
    )
    one_bench.run(*SETUP, *TABLES)
    rows = one_bench.rows("from metrics.satisfaction")
    assert not [r for r in rows if r["numerator"] is not None and r["numerator"] > r["denominator"]]
    if not surveys:
        return
    counts = {
        (r["grain"], r["city_id"], r["topic"], r["period"]): r
        for r in one_bench.rows("from metrics.satisfaction_counts")
    }
    sums = defaultdict(int)
    months = defaultdict(int)
    for (grain, city, topic, period), r in counts.items():
        if grain in ("network", "topic"):
            sums[period] += r["delivered"] * (1 if grain == "network" else -1)
        if grain == "city_topic":
            assert (r["answered"], r["satisfied"]) <= (r["delivered"], r["answered"])
        if r["period_type"] in ("month", "to_date"):
            months[grain, city, topic] += r["delivered"] * (1 if r["period_type"] == "month" else -1)
    assert not any(sums.values()) and not any(months.values())
    answered = [r for _, _, _, r, _ in surveys if r]
    without = sum(city is None for city, *_ in surveys)
    cities = sum(r["delivered"] for k, r in counts.items() if k[0] == "city" and k[3] == "to_date")
    whole = counts["network", None, None, "to_date"]
    assert (whole["delivered"], whole["answered"]) == (cities + without, len(answered))
    assert whole["satisfied"] == sum(r >= 4 for r in answered)
    by = {r["metric"]: r for r in rows if r["grain"] == "network" and r["period"] == "to_date"}
    if answered:
        low, middle, high = (
            Fraction(int(by[f"satisfied{m}_pct"]["numerator"]), int(by[f"satisfied{m}_pct"]["denominator"]))
            for m in ("_low", "", "_high")
        )
        assert low <= middle <= high
        assert 1 <= whole["weight_answered"] / len(answered) <= 1 / answering.LOWEST


@pytest.mark.parametrize(
    ("answered_at", "seen"), [(None, (1, 1)), ("2014-06-12 14:00", (1, 1)), ("2014-10-02 14:00", (0, 1))]
)
def test_a_rating_without_its_date_counts_from_the_delivery(bench, answered_at, seen):
    """Nobody noted when it was given: it is not thrown away. One given after as_of has not been seen."""
    request, answer = survey(5)
    bench.reference(as_of="2014-09-30")
    fill(bench, [(request, answer)])
    bench.given(
        "staging.surveys", [{"request_id": "0", "delivered_at": DELIVERED, "rating": 5, "answered_at": answered_at}]
    )
    bench.run("core.surveys", *SETUP, *TABLES)
    assert figure(bench, "survey_response_pct") == seen
    assert figure(bench, "satisfied_pct") == (seen[0], seen[0])
