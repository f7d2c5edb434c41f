"""How late a feed is, and which figures are final by that (metrics.md §11)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from arrived import CITIES, LAUNCH, entry, file, lags, late, make, month, noon

from assets import catalog, clock


@pytest.mark.parametrize(("count", "told"), [(29, (29, 45.0, 45)), (30, (30, 10.0, 10))])
def test_45_days_until_thirty_are_observed(bench, count, told):
    make(bench, ledger=[entry("first", date(2014, 5, 22)), *late(count, 10)])
    row = lags(bench)
    assert (row["observations"], row["lag_days"], row["lag_days_p95"]) == told
    published = month(bench, "ledger", "2014-06")
    assert (published["lag_observations"], published["lag_days"], published["lag_days_p95"]) == told


def test_median_and_p95_by_hand(bench):
    # 20 after 2 days, 18 after 4, 2 after 90: the 20th and 21st are 2 and 4; 95 in 100 of 40 is the 38th, which took 4
    first = entry("first", date(2014, 5, 22))
    make(bench, ledger=[first, *late(20, 2), *late(18, 4), *late(2, 90)])
    assert (lags(bench)["lag_days"], lags(bench)["lag_days_p95"]) == (3.0, 4)
    # one more after 90: 95 in 100 of 41 is 38.95, and the 39th took 90
    make(bench, ledger=[first, *late(20, 2), *late(18, 4), *late(3, 90)])
    assert (lags(bench)["lag_days"], lags(bench)["lag_days_p95"]) == (4.0, 90)


def test_the_first_load_is_left_out_and_so_is_what_was_known_before(bench):
    years_old = [entry(f"old{n}", date(2013, 1, 2)) for n in range(50)]
    same_load = [entry(f"same{n}", date(2013, 1, 2), LAUNCH + timedelta(hours=3)) for n in range(50)]
    again = [entry(f"old{n}", date(2013, 1, 2), noon(date(2014, 8, 1)), amount_usd="11.00") for n in range(50)]
    planned = [entry(f"plan{n}", date(2014, 9, 1), noon(date(2014, 8, 1))) for n in range(50)]
    make(bench, ledger=[*years_old, *same_load, *again, *planned])
    assert (lags(bench)["observations"], lags(bench)["lag_days_p95"]) == (0, 45)
    # a record that comes again, changed, was known when it first came
    changed = [entry(f"late5-{n}", date(2014, 6, 2), noon(date(2014, 9, 1)), amount_usd="12.00") for n in range(1, 31)]
    make(bench, ledger=[entry("first", date(2014, 5, 22)), *late(30, 5), *changed])
    assert (lags(bench)["observations"], lags(bench)["lag_days"], lags(bench)["lag_days_p95"]) == (30, 5.0, 5)


def test_a_day_that_was_corrected_lags_from_the_right_one(bench):
    wrong = [entry(f"e{n}", date(2014, 6, 2), noon(date(2014, 9, 12))) for n in range(40)]
    right = [entry(f"e{n}", date(2014, 9, 8), noon(date(2014, 9, 20)), _order=2) for n in range(40)]
    make(bench, ledger=[entry("first", date(2014, 5, 22)), *wrong, *right])
    assert (lags(bench)["observations"], lags(bench)["lag_days_p95"]) == (40, 4)  # 8 to 12 September


def test_requests_are_known_when_they_say_that_they_were_updated(bench):
    # asked on 2 June at 23:00 in Washington (3 June UTC), updated the next morning there, sent in July
    asked = datetime(2014, 6, 3, 3)
    row = {"submitted_at": asked, "city": CITIES[0], "topic": "budget", "updated_at": asked + timedelta(hours=10)}
    requests = [row | {"request_id": f"R{n}", "_known_at": datetime(2014, 7, 1, 16)} for n in range(30)]
    make(bench, requests=[row | {"request_id": "first"}, *requests])
    assert (lags(bench, "requests")["observations"], lags(bench, "requests")["lag_days"]) == (30, 1.0)
    make(bench, requests=[row | {"request_id": "first"}, *(r | {"updated_at": None} for r in requests)])
    assert lags(bench, "requests")["lag_days"] == 29.0  # 2 June to 1 July


def test_a_milestone_lags_from_when_it_was_done_to_when_that_was_told(bench):
    plan = {"engagement_id": "E1", "baseline_due": date(2014, 12, 1)}
    known = [plan | {"milestone_id": f"M{n}"} for n in range(30)]
    done = [m | {"done_on": date(2014, 7, 1), "_known_at": noon(date(2014, 7, 8)), "_order": 2} for m in known]
    make(bench, milestones=[*known, *done])
    assert (lags(bench, "milestones")["observations"], lags(bench, "milestones")["lag_days_p95"]) == (30, 7)


def test_the_first_load_may_come_on_several_days(bench):
    # a year of history in four files of four days; what is dated later is late by its own days
    history = [entry(f"h{n}", date(2013, 8, 1), LAUNCH + timedelta(days=n % 4)) for n in range(60)]
    make(bench, ledger=[*history, *late(30, 6)])
    assert (lags(bench)["observations"], lags(bench)["lag_days"], lags(bench)["lag_days_p95"]) == (30, 6.0, 6)


def test_an_update_later_than_its_file_is_not_believed(bench):
    asked = datetime(2014, 6, 2, 15)
    row = {"submitted_at": asked, "city": CITIES[0], "topic": "budget", "updated_at": asked + timedelta(days=80)}
    requests = [row | {"request_id": f"R{n}", "_known_at": asked + timedelta(days=4)} for n in range(30)]
    make(bench, requests=[row | {"request_id": "first", "submitted_at": LAUNCH}, *requests])
    assert lags(bench, "requests")["lag_days_p95"] == 4


def figure(metric, period="2014-06", kind="month"):
    return {"metric": metric, "grain": "network", "period_type": kind, "period": period, "value": 1, "state": "value"}


@pytest.mark.parametrize(
    ("as_of", "status"),
    [("2014-08-14", "provisional"), ("2014-09-27", "provisional"), ("2014-09-28", "final")],  # 30 June and 90 days
)
def test_provisional_until_the_p95_of_its_feeds_has_passed(bench, as_of, status):
    make(bench, as_of=as_of, ledger=[entry("first", date(2014, 5, 22)), *late(28, 3), *late(2, 90)])
    assert lags(bench)["lag_days_p95"] == 90
    found = dict(bench.connection.execute("select metric, lag_days from metrics.metric_lags").fetchall())
    # spent needs the ledger and the award, which takes 45; created needs the requests alone
    assert (found["sf425_10e"], found["created"]) == (90, 45)
    bench.given("metrics.figures", [figure("sf425_10e"), figure("created"), figure("sf425_10e", "to_date", "to_date")])
    bench.run("metrics.rate_limits", "metrics.metric_values")
    rows = bench.rows("from metrics.metric_values")
    told = {(r["metric"], r["period"]): r["status"] for r in rows}
    assert told == {
        ("sf425_10e", "2014-06"): status, ("created", "2014-06"): "final", ("sf425_10e", "to_date"): "provisional"
    }  # fmt: skip


def test_what_is_not_due_or_still_followed_is_provisional(bench):
    # lag 45: 15 August is 46 days after June; reopened_pct follows each resolution for 30 days more, to 13 September
    told = "select status from metrics.metric_values"
    for as_of, metric, state, status in [
        ("2014-08-15", "on_time_pct", "value", "final"),
        ("2014-08-15", "on_time_pct", "not_due", "provisional"),
        ("2014-08-15", "reopened_pct", "value", "provisional"),
        ("2014-09-12", "reopened_pct", "value", "provisional"),
        ("2014-09-13", "reopened_pct", "value", "final"),
    ]:
        make(bench, as_of=as_of)
        bench.given("metrics.figures", [figure(metric) | {"state": state, "denominator": 20, "numerator": 10}])
        bench.run("metrics.rate_limits", "metrics.metric_values")
        assert bench.value(told) == status, (as_of, metric, state)


def test_resolved_within_is_followed_until_its_last_business_day(bench):
    # brute force over sixty years of holidays: the day of the nth business day after each day
    found = dict.fromkeys((5, 10, 20), 0)
    days = clock.business_days(date(2000, 1, 1), date(2060, 12, 31), ZoneInfo("America/New_York"))[
        "day"
    ].dt.date.tolist()
    for at in range(len(days) - 20):
        last = days[at] - timedelta(days=1)  # asked on the eve, or after the desk closed on a business day before it
        first = days[at - 1] if at else last
        for n in found:
            found[n] = max(found[n], (days[at + n - 1] - first).days, (days[at + n - 1] - last).days)
    windows = {m: entry.window_days for m, entry in catalog.load().metrics.items() if m.startswith("resolved_within")}
    assert windows == {f"resolved_within_{n}d_pct": most for n, most in found.items()}


def test_a_feed_that_never_came_delays_nothing(bench):
    # backlog_open needs requests and request_events; of the events nothing ever came
    requests = [
        {"request_id": f"R{n}", "city": CITIES[0], "topic": "budget", "submitted_at": datetime(2014, 6, 2, 15),
         "_known_at": datetime(2014, 6, 5, 15) if n else LAUNCH}
        for n in range(31)
    ]  # fmt: skip
    event = {"event_id": "V1", "request_id": "R1", "at": datetime(2014, 6, 3, 15), "event": "reply"}
    lag = "select lag_days from metrics.metric_lags where metric = 'backlog_open'"
    make(bench, requests=requests)
    assert bench.value(lag) == 3
    make(bench, requests=requests, request_events=[event])
    assert bench.value(lag) == 45  # one event came, which is too few to tell how late they are
    make(bench)
    assert bench.value(lag) == 45


def test_a_short_lag_makes_figures_final_sooner(bench):
    make(bench, as_of="2014-07-03", requests=[
        {"request_id": f"R{n}", "city": CITIES[0], "topic": "budget", "submitted_at": datetime(2014, 6, 2, 15),
         "_known_at": datetime(2014, 6, 5, 15) if n else LAUNCH}
        for n in range(31)
    ])  # fmt: skip
    bench.given("metrics.figures", [figure("created")])
    bench.run("metrics.rate_limits", "metrics.metric_values")
    assert bench.value("select status from metrics.metric_values") == "final"


def test_a_file_without_a_row_is_no_first_load(bench):
    history = [entry(f"h{n}", date(2014, 6, 2), noon(date(2014, 6, 20))) for n in range(40)]
    make(bench, ledger=history, files=[file("ledger", LAUNCH)])
    assert (lags(bench)["observations"], lags(bench)["lag_days_p95"]) == (0, 45)


def test_what_is_dated_after_as_of_tells_no_lag(bench):
    later = [entry(f"l{n}", date(2014, 12, 1), noon(date(2015, 6, 1))) for n in range(40)]
    make(bench, ledger=[entry("first", date(2014, 5, 22)), *later])
    assert (lags(bench)["observations"], lags(bench)["lag_days_p95"]) == (0, 45)
