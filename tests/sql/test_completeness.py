"""Completeness (metrics.md §11): revision, city-months, cells and rows accepted of each feed."""

from datetime import date, datetime, timedelta

from arrived import CITIES, LAUNCH, entry, file, lags, make, month, noon


def test_revision_is_of_the_count_at_the_first_delivery_after_the_month(bench):
    june, july = date(2014, 6, 10), date(2014, 7, 10)
    rows = [
        entry("first", date(2014, 5, 22)),
        *(entry(f"a{n}", june, noon(date(2014, 6, 15))) for n in range(6)),  # June is not over yet
        *(entry(f"b{n}", june, noon(date(2014, 7, 2))) for n in range(2)),  # 8 known when it first was
        *(entry(f"c{n}", july, noon(date(2014, 8, 2))) for n in range(4)),
        *(entry(f"d{n}", june, noon(date(2014, 8, 2))) for n in range(2)),  # 10 by now: 2 / 8 = 25 %
        entry("e", july, noon(date(2014, 9, 2))),  # 5 by now: 1 / 4 = 25 %
    ]
    make(bench, ledger=rows)
    # May was known on 15 June and did not move: the median of 0, 25 and 25
    assert (lags(bench)["revised_months"], lags(bench)["revision_pct"]) == (3, 25.0)
    assert month(bench, "ledger", "2014-06")["revision_pct"] == 25.0
    make(bench, ledger=rows[:1])
    assert (lags(bench)["revised_months"], lags(bench)["revision_pct"]) == (0, None)  # nothing came after May was over


def test_a_delivery_is_all_the_files_of_its_day_and_the_first_load_closes_no_month(bench):
    june = date(2014, 6, 10)
    second = timedelta(seconds=1)
    came = noon(date(2014, 7, 2))
    split = [entry(f"a{n}", june, came + (n % 2) * second) for n in range(60)]
    make(bench, ledger=[entry("first", date(2014, 5, 22)), *split])
    assert (lags(bench)["revised_months"], lags(bench)["revision_pct"]) == (2, 0.0)  # May and June
    load = [entry(f"h{n}", june, came + n % 4 * 60 * second) for n in range(60)]  # everything came on one day
    make(bench, ledger=load)
    assert (lags(bench)["revised_months"], lags(bench)["revision_pct"]) == (0, None)


def test_revision_sees_what_leaves_a_month(bench):
    june, july = date(2014, 6, 10), date(2014, 7, 10)
    known = [entry("first", date(2014, 5, 22)), *(entry(f"a{n}", june, noon(date(2014, 7, 2))) for n in range(10))]
    # three of June's ten turn out in August to be of July, of which two were known; one more is dated anew within June
    moved = [entry(f"a{n}", july, noon(date(2014, 8, 9)), _order=2) for n in range(3)]
    within = [entry("a9", date(2014, 6, 11), noon(date(2014, 8, 9)), _order=2)]
    later = [entry(f"b{n}", july, noon(date(2014, 8, 2))) for n in range(2)]
    make(bench, ledger=[*known, *later, *moved, *within])
    # May 1 and 1: 0 %; June 10 and 7: 30 %; July 2 and 5: 150 %
    assert (lags(bench, "ledger")["revised_months"], lags(bench, "ledger")["revision_pct"]) == (3, 30.0)
    changes = bench.rows("select month_start, records from staging.month_changes where month_start >= '2014-06-01'")
    assert sorted((str(r["month_start"]), r["records"]) for r in changes) == [
        ("2014-06-01", -3), ("2014-06-01", 10), ("2014-07-01", 2), ("2014-07-01", 3)
    ]  # fmt: skip


def test_a_request_is_dated_anew_only_by_a_later_update(bench):
    asked = {"city": CITIES[0], "topic": "budget"}
    july, june = datetime(2014, 7, 10, 15), datetime(2014, 6, 10, 15)
    row = asked | {"request_id": "R1", "submitted_at": july, "updated_at": datetime(2014, 7, 20, 15)}
    older = asked | {"request_id": "R1", "submitted_at": june, "updated_at": datetime(2014, 7, 1, 15)}
    newer = asked | {"request_id": "R1", "submitted_at": june, "updated_at": datetime(2014, 8, 1, 15)}
    came = {"_known_at": noon(date(2014, 8, 2)), "_order": 2}
    told = "select strftime(month_start, '%m') || ' ' || records from staging.month_changes order by known_at, 1"
    make(bench, requests=[row, older | came])
    assert [one for (one,) in bench.connection.execute(told).fetchall()] == ["07 1"]
    make(bench, requests=[row, newer | came])
    assert [one for (one,) in bench.connection.execute(told).fetchall()] == ["07 1", "06 1", "07 -1"]


def test_a_register_says_nothing_of_the_months_after_its_last_file(bench):
    plan = {"engagement_id": "E1", "baseline_due": date(2014, 6, 20), "milestone_id": "M1"}
    make(bench, milestones=[plan])  # came on 23 May
    states = "select period || ' ' || state from published.completeness where feed = 'milestones' order by period"
    expected = [
        "2014-05 reported",
        "2014-06 reported",
        "2014-07 not_reported",
        "2014-08 not_reported",
        "2014-09 not_reported",
    ]
    assert [one for (one,) in bench.connection.execute(states).fetchall()] == expected  # June has a milestone
    make(bench, milestones=[plan], files=[file("milestones", noon(date(2014, 8, 3)), "repeat")])
    expected[2:4] = ["2014-07 reported", "2014-08 reported"]
    assert [one for (one,) in bench.connection.execute(states).fetchall()] == expected


def test_known_is_when_the_first_record_of_the_month_was_first_known(bench):
    came = noon(date(2014, 6, 15))
    again = entry("a", date(2014, 6, 10), noon(date(2014, 7, 9)), amount_usd="12.00", _order=2)
    make(bench, ledger=[entry("first", date(2014, 5, 22)), entry("a", date(2014, 6, 10), came), again])
    assert month(bench, "ledger", "2014-06")["first_known_at"] == came
    assert month(bench, "ledger", "2014-07")["first_known_at"] is None


def test_city_months_received_and_expected(bench):
    eligible = [
        {"city": CITIES[0], "eligible_from": date(2014, 5, 22)},
        {"city": CITIES[1], "eligible_from": date(2014, 5, 22), "eligible_to": date(2014, 6, 1)},  # June still
        {"city": CITIES[2], "eligible_from": date(2014, 6, 30)},  # June already
        {"city": CITIES[3], "eligible_from": date(2014, 7, 1)},
    ]
    asked = [(CITIES[0], 3), (CITIES[0], 4), (CITIES[3], 5), (None, 6)]  # the fourth city is not eligible yet
    requests = [
        {"request_id": f"R{day}", "city": city, "caller_type": "city" if city else "county", "topic": "budget",
         "submitted_at": datetime(2014, 6, day, 15)}
        for city, day in asked
    ]  # fmt: skip
    make(bench, eligibility=eligible, requests=requests)
    row = month(bench, "requests", "2014-06")
    assert (row["records"], row["received_cities"], row["expected_cities"], row["record_pct"]) == (4, 1, 3, 33.33)
    silent = month(bench, "requests", "2014-07")  # missing is not zero
    assert (silent["record_pct"], silent["received_cities"], silent["record_state"]) == (None, None, "not_reported")
    states = dict(
        bench.connection.execute(
            "select feed, record_state from published.completeness where period = '2014-06'"
        ).fetchall()
    )
    assert (states["ledger"], states["budget"], states["eligibility"]) == ("no_city", "no_date", "not_monthly")


def test_no_city_is_expected_before_any_is_eligible(bench):
    row = {"request_id": "R1", "city": CITIES[0], "topic": "budget", "submitted_at": datetime(2014, 6, 3, 15)}
    make(bench, requests=[row])
    found = month(bench, "requests", "2014-06")
    assert (found["record_pct"], found["record_state"]) == (None, "no_eligible_city")


def test_cells_filled_of_those_that_apply(bench):
    asked = {"submitted_at": datetime(2014, 6, 3, 15)}
    requests = [
        asked | {"request_id": "R1", "city": CITIES[0], "topic": "budget"},  # 4 of 4
        asked | {"request_id": "R2", "city": CITIES[0], "topic": "spells"},  # outside the taxonomy: 3 of 4
        asked | {"request_id": "R3", "caller_type": "county"},  # no city applies; no topic: 2 of 3
    ]
    surveys = [
        {"request_id": "R1", "delivered_at": datetime(2014, 6, 9, 15), "rating": 4},  # the day is missing: 3 of 4
        {"request_id": "R2", "delivered_at": datetime(2014, 6, 9, 15)},  # not answered: 2 of 2
    ]
    events = [{"event_id": "V1", "request_id": "R1", "at": datetime(2014, 6, 4, 15), "event": "reply"}]
    make(bench, requests=requests, surveys=surveys, request_events=events)
    assert month(bench, "requests", "2014-06")["field_pct"] == 81.82  # 9 of 11
    assert month(bench, "surveys", "2014-06")["field_pct"] == 83.33  # 5 of 6
    assert month(bench, "request_events", "2014-06")["field_pct"] == 100
    assert month(bench, "request_events", "2014-06")["records"] == 1
    assert month(bench, "requests", "2014-07")["field_pct"] is None


def test_valid_is_accepted_of_received_over_every_file_of_the_feed(bench):
    again = LAUNCH + timedelta(days=40)
    files = [
        file("ledger", again, received=8, accepted=5, quarantined=2, repeats=1),  # one row repeats an earlier one
        file("ledger", again, "refused", received=1, quarantined=1),
        file("ledger", again, "repeat", received=9, repeats=9),  # the same bytes came once
        file("budget", again),  # a file without a row
    ]
    make(bench, ledger=[entry("first", date(2014, 5, 22))], files=files)
    assert month(bench, "ledger", "2014-06")["valid_pct"] == 60.0  # 6 of 10
    assert month(bench, "budget", "2014-06")["valid_pct"] is None
