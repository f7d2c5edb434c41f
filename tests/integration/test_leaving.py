"""Records that leave their source, and files that are withdrawn: flagged from then on, and not before."""

from typing import Any

from network import DELIVERED, Network, late

THEN = ("--as-of", "2014-08-31", "--known-on", "2014-09-30T12:00:00Z")


def figures(ran: Network) -> dict[str, list[tuple[Any, ...]]]:
    """Every table but the files and the checks, which tell how each file was read and what was declared."""
    return {name: rows for name, rows in ran.tables().items() if name not in ("sources", "checks")}


def test_a_record_that_vanishes_is_flagged_and_kept(ran):
    first = figures(ran)
    ran.drop("requests/mapping.yml", DELIVERED + "  'late-whole*': {full: true}\n")
    ran.drop("requests/late-whole.csv", late(*range(1, 30)))  # delivered on October 20, without R000
    done = ran.run()
    assert "warning" in done.stdout and "nothing_vanished" in done.stdout
    assert ran.table("requests", "select request_id, vanished_at::varchar from t where vanished_at is not null") == [
        ("R000", "2014-10-20 04:00:00")
    ]
    assert ran.table("requests", "select count(*) from t") == [(30,)]
    told = ran.table("vanished_records", "select feed, record_id, last_known_at::varchar from t")
    assert told == [("requests", "R000", "2014-09-05 04:00:00")]
    ran.run(*THEN)
    assert figures(ran) == first


def test_a_withdrawn_file_leaves_the_figures_but_not_the_past(ran):
    first = figures(ran)
    ran.drop("requests/late.csv", late(30, 31))
    ran.run()
    assert ran.table("requests", "select count(*) from t") == [(32,)]
    ran.drop("requests/corrections.yml", "withdrawn:\n  - {file: late.csv, why: a draft, who: program desk}\n")
    ran.run()
    assert ran.table("requests", "select count(*) from t") == [(30,)]
    told = ran.table("sources", "select status, received, message from t where name = 'requests/late.csv'")
    assert told == [("withdrawn", 0, "withdrawn by program desk: a draft")]
    assert "withdrawn" in ran.tell("sources").stdout
    ran.run(*THEN)
    assert figures(ran) == first


def test_a_correction_outlived_by_its_fault_keeps_the_release_back(ran):
    ran.drop("requests/late.csv", late(30).replace("2014-07-14", "2104-07-14", 1))
    ran.drop(
        "requests/corrections.yml",
        "corrections:\n  - {where: {request_id: R030}, column: submitted_at, expect: '2104-07-14T10:00:00',"
        " value: '2014-07-14T10:00:00', why: mistyped, who: desk}\n",
    )
    ran.run()
    assert ran.table("requests", "select submitted_on::varchar from t where request_id = 'R030'") == [("2014-07-14",)]
    stood = ran.current
    ran.drop("requests/late.csv", late(30))
    done = ran.run(code=1)
    assert "corrections_of_requests failed" in done.stderr
    assert "the source says so by now: submitted_at where request_id is R030 (desk: mistyped)" in done.stderr
    assert ran.current == stood
    (ran.landing / "requests" / "corrections.yml").unlink()
    ran.run()
    assert ran.current != stood
