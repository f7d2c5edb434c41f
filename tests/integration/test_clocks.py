"""Two clocks: as-of, the last day figures look at, and known-on, the instant up to which receipts count."""

from datetime import datetime

from network import late


def test_known_on_hides_what_came_later_and_as_of_what_happened_later(ran):
    first = ran.tables()
    # delivered on 20 October 2014: two new requests, and a correction of R000 (another topic, changed later)
    ran.drop(
        "requests/late.csv",
        late(30, 31) + late(0, topic="workforce", updated_at="2014-08-01T10:00:00").split("\n", 1)[1],
    )
    ran.run()
    assert ran.current == "2014-08-31-r2"
    assert ran.table("requests", "select count(*), max(known_at) from t") == [(32, datetime(2014, 10, 20, 4))]
    assert ran.table("requests", "select topic from t where request_id = 'R000'") == [("workforce",)]

    # what was known at the end of September, asked for in October, with the program's own day spelled out: row for row
    # what was published then
    ran.run("--as-of", "2014-08-31", "--known-on", "2014-09-30T12:00:00Z")
    assert ran.current == "2014-08-31-r3"
    assert ran.tables() == first

    # what had happened by 13 June, of all that is known now
    ran.run("--as-of=2014-06-13")
    assert ran.current == "2014-06-13-r1"
    end = datetime(2014, 6, 14, 4)  # 13 June ends in the East at 04:00 UTC
    # two weeks of five requests each, from Monday 2 June at 14:00 UTC; the last, of Friday 13 June, is not yet answered
    assert ran.table("requests", "select count(*), max(submitted_at) from t") == [(10, datetime(2014, 6, 13, 14))]
    assert ran.table("requests", "select request_id from t where status = 'open'") == [("R009",)]
    instants = "greatest(submitted_at, first_response_at, resolved_at, closed_at)"
    ((last,),) = ran.table("requests", f"select max({instants}) from t")
    assert last < end
    ((period,),) = ran.table("metric_values", "select max(period) from t where period_type = 'month'")
    assert period == "2014-06"

    assert ran.table("requests", "select count(*) from t", "2014-08-31-r1") == [(30,)]  # no release ever changes
