"""Reach over cities drawn again: the bootstrap limits against numpy, and where then and now would be read differently."""

import numpy as np
import pytest
from reached import A, asked, eligible, run


def test_interval_is_the_bootstrap_over_cities(bench):
    cities = [f"{n:07}" for n in range(1, 41)]
    used = cities[::4]
    run(bench, [eligible(c) for c in cities], [asked(c, "2014-06-10") for c in used], [("E", "2014-06-01", None, [A])])
    weights = bench.connection.execute("select replicate, slot, weight from reference.bootstrap_weights").fetchnumpy()
    table = np.zeros((400, 1200))
    table[weights["replicate"] - 1, weights["slot"] - 1] = weights["weight"]
    is_used = np.array([c in used for c in cities])
    shares = 100 * table[:, :40] @ is_used / table[:, :40].sum(axis=1)
    expected = [25.0, *np.quantile(shares, [0.025, 0.975])]
    (row,) = bench.connection.execute(
        """select value, ci_low, ci_high from metrics.reach where metric = 'reach_pct' and dimension_value = 'desk'
        and grain = 'network' and period = '2014-06' and basis = 'then'"""
    ).fetchall()
    assert list(row) == pytest.approx(expected, abs=1e-9)
    # near the normal interval 25 ± 1.96 · sqrt(25 · 75 / 40) = 25 ± 13.4
    assert row[1] == pytest.approx(11.6, abs=3) and row[2] == pytest.approx(38.4, abs=3)


def test_where_all_cities_are_alike_there_is_no_interval(bench):
    cities = [f"{n:07}" for n in range(1, 13)]
    run(
        bench, [eligible(c) for c in cities], [asked(c, "2014-06-10") for c in cities], [("E", "2014-06-01", None, [A])]
    )
    rows = bench.rows(
        "select value, ci_low, ci_high from metrics.reach where metric = 'reach_pct' and dimension_value = 'desk'"
        " and grain = 'network' and basis = 'then' and period in ('2014-06', '2014-07') order by period"
    )
    assert rows == [{"value": 100.0, "ci_low": None, "ci_high": None}, {"value": 0.0, "ci_low": None, "ci_high": None}]


def test_concentration_of_a_draw_takes_a_city_as_often_as_it_was_drawn(bench):
    # 12 cities with 12, 11, ... 1 requests: the five first have 12 + 11 + 10 + 9 + 8 = 50 of 78
    cities = [f"{n:07}" for n in range(1, 13)]
    uses = list(range(12, 0, -1))
    requests = [
        asked(c, f"2014-06-{day:02}") | {"request_id": f"{c} {day}"} for c, n in zip(cities, uses, strict=True)
        for day in range(1, n + 1)
    ]  # fmt: skip
    run(bench, [eligible(c) for c in cities], requests)
    weights = bench.connection.execute(
        "select weight from reference.bootstrap_weights where slot <= 12 order by replicate, slot"
    ).fetchnumpy()["weight"]
    shares = []
    for drawn in weights.reshape(400, 12):
        of = sorted(np.repeat(uses, drawn), reverse=True)  # the cities of the draw, one after the other
        shares.append(100 * sum(of[:5]) / sum(of))
    (row,) = bench.connection.execute(
        """select value, ci_low, ci_high from metrics.reach where metric = 'concentration_pct' and period = '2014-06'
        and dimension_value = 'desk'"""
    ).fetchall()
    assert list(row) == pytest.approx([100 * 50 / 78, *np.quantile(shares, [0.025, 0.975])], abs=1e-9)


def test_concentration_beyond_the_leading_cities(bench, monkeypatch):
    """Where five of a draw may lie among the later cities, all are looked at: the limits do not depend on the short cut."""
    from assets.metrics import reach_intervals

    cities = [f"{n:07}" for n in range(1, 21)]
    run(bench, [eligible(c) for c in cities], [asked(c, "2014-06-10") for c in cities[3:]] + [asked(A, "2014-06-11")])
    limits = "select * from metrics.reach_intervals where metric = 'concentration_pct' order by all"
    before = bench.rows(limits)
    assert before
    monkeypatch.setattr(reach_intervals, "LEADING", 3)
    bench.run("metrics.reach_intervals")
    assert bench.rows(limits) == before


def test_uptake_interval_of_topics_and_services_against_numpy(bench):
    cities = [f"{n:07}" for n in range(1, 31)]
    late = [eligible(c, since="2014-07-01") for c in cities[20:]]
    spoken = [asked(c, f"2014-0{6 + n % 3}-10", topic="housing") for n, c in enumerate(cities) if n % 4]
    run(bench, [eligible(c) for c in cities[:20]] + late, spoken, library=[("2014-08-03", c) for c in cities[5:9]])
    weights = bench.connection.execute(
        "select weight from reference.bootstrap_weights where slot <= 30 order by replicate, slot"
    ).fetchnumpy()["weight"].reshape(400, 30)  # fmt: skip
    months = np.array([5] * 20 + [3] * 10)

    def limits(of, over):
        return list(np.quantile(100 * (weights @ of) / (weights @ over), [0.025, 0.975]))

    def found(where):
        rows = bench.connection.execute(
            f"select ci_low, ci_high from metrics.reach where period = 'to_date' and {where}"
        )
        ((low, high),) = rows.fetchall()
        return [low, high]

    # of the ten who came on 1 July, those that asked in June did so before their months
    asked_in = np.array([n % 4 != 0 for n in range(30)])
    used = asked_in & ~np.array([n >= 20 and n % 3 == 0 for n in range(30)])
    where = "metric = 'uptake_pct' and grain = 'network' and dimension_value = 'desk' and basis = 'then'"
    assert found(where) == pytest.approx(limits(used, months), abs=1e-9)
    # they all asked about housing, so that the topic's figure is the desk's
    where = "metric = 'uptake_pct' and topic = 'housing' and basis = 'then'"
    assert found(where) == pytest.approx(limits(used, months), abs=1e-9)
    where = "metric = 'uptake_pct' and grain = 'network' and dimension_value = 'library' and basis = 'then'"
    assert found(where) == pytest.approx(limits(np.isin(np.arange(30), range(5, 9)), months), abs=1e-9)
    where = "metric = 'reach_pct' and grain = 'topic' and topic = 'housing' and basis = 'now'"
    assert found(where) == pytest.approx(limits(asked_in, np.ones(30)), abs=1e-9)


def test_then_and_now_are_flagged_where_they_would_be_read_differently(bench):
    # 20 cities from the launch, 18 of which asked in June; 180 more since September, none of which has
    first, later = [f"{n:07}" for n in range(1, 21)], [f"{n:07}" for n in range(21, 201)]
    came = [eligible(c, since="2014-09-01") for c in later]
    run(bench, [eligible(c) for c in first] + came, [asked(c, "2014-06-10") for c in first[2:]])
    bench.connection.execute("create or replace table metrics.figures as select * from metrics.reach")
    bench.run("metrics.rate_limits", "metrics.metric_values", "metrics.reach_bases")
    rows = bench.rows(
        """select value_then, value_now, cities_then, cities_now, differs, why from metrics.reach_bases
        where metric = 'reach_pct' and service = 'desk' and period in ('2014-06', '2014-09') order by period"""
    )
    assert rows == [
        {
            **{"value_then": 90.0, "value_now": 9.0, "cities_then": 20, "cities_now": 200, "differs": True},
            "why": "of 200 cities eligible now 180 were not then; of 20 eligible then 0 are not now",
        },
        {
            **{"value_then": 0.0, "value_now": 0.0, "cities_then": 200, "cities_now": 200},
            **{"differs": False, "why": None},
        },
    ]
    # 18 uses in 20 city-months (90 in 100) beside 18 in 200 (9), intervals apart; services that nobody reported are alike
    assert bench.rows("select distinct differs from metrics.reach_bases where service = 'peer'") == [{"differs": False}]
    (rate,) = bench.rows(
        "select * from metrics.reach_bases where metric = 'use_rate' and service = 'desk' and period = '2014-06'"
    )
    assert (rate["value_then"], rate["value_now"], rate["differs"]) == (90.0, 9.0, True)


def test_an_interval_that_holds_the_other_figure_is_no_difference(bench):
    # one of 40 cities left: the figures differ by less than their intervals
    cities = [f"{n:07}" for n in range(1, 41)]
    plans = [eligible(c) for c in cities[:39]] + [eligible(cities[39], until="2014-07-31")]
    run(bench, plans, [asked(c, "2014-06-10") for c in cities[::3]])
    bench.connection.execute("create or replace table metrics.figures as select * from metrics.reach")
    bench.run("metrics.rate_limits", "metrics.metric_values", "metrics.reach_bases")
    (row,) = bench.rows(
        "select * from metrics.reach_bases where metric = 'reach_pct' and service = 'desk' and period = '2014-06'"
    )
    assert (row["value_then"], row["value_now"], row["differs"]) == (35.0, 33.3, False)


def test_a_city_beyond_the_last_slot_shares_one(bench):
    cities = [f"{n:07}" for n in range(1, 13)]
    run(bench, [eligible(c) for c in cities], [asked(c, "2014-06-10") for c in cities[:6]])
    bench.connection.execute("delete from reference.bootstrap_weights where slot > 9")
    bench.run("metrics.reach_intervals")
    weights = bench.connection.execute(
        "select weight from reference.bootstrap_weights order by replicate, slot"
    ).fetchnumpy()["weight"].reshape(400, 9)[:, [*range(9), 0, 1, 2]]  # fmt: skip
    shares = 100 * weights[:, :6].sum(axis=1) / np.where(weights.sum(axis=1) > 0, weights.sum(axis=1), np.nan)
    found = bench.connection.execute(
        """select ci_low, ci_high from metrics.reach_intervals where metric = 'reach_pct' and service = 'desk'
        and period = '2014-06' and basis = 'then' and topic is null"""
    ).fetchall()
    assert list(found[0]) == pytest.approx(list(np.nanquantile(shares, [0.025, 0.975])), abs=1e-9)
