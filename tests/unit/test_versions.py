"""Versions that come back, files moved aside, the same bytes twice: every arrival is its own, and nothing counts twice."""

import os
from datetime import UTC, datetime

import pytest
from landing_desk import HEADER, LATER, Desk

from assets import checks

ROW = "{},4748000,2014-06-02,open,,\n".format
LAST = """
    select request_id, topic, _gone_at is not null from raw.requests as r
    where _order = (select max(_order) from raw.requests as l where l.request_id = r.request_id) order by 1
"""


def topic(word: str, number: int = 1) -> str:
    return f"request_id,city,submitted_at,topic\n{number},4748000,2014-06-02,{word}\n"


def test_a_version_that_comes_back_is_the_latest_again_and_what_was_known_stays_known(desk):
    instants = []
    for word, day in (("budget", "2014-07-01"), ("housing", "2014-08-01"), ("budget", "2014-09-01")):
        desk.drop("requests/r.csv", topic(word))
        desk.drop("requests/mapping.yml", f"files: {{'*': {{delivered_on: {day}}}}}")
        desk.take()
        instants.append(datetime.fromisoformat(f"{day}T23:00:00").replace(tzinfo=UTC))
    told = [desk.rows(LAST, known_on)[0][1] for known_on in instants]
    assert told == ["budget", "housing", "budget"]
    assert desk.take() == {}  # nothing new, however often it is asked


def test_without_declared_days_the_order_of_arrival_decides(desk):
    for word in ("budget", "housing", "budget"):
        desk.drop("requests/r.csv", topic(word))
        desk.take()
    assert desk.rows(LAST) == [("1", "budget", False)]
    arrivals = sorted((r.arrival, r.order) for r in desk.receipts.all.values() if r.name == "requests/r.csv")
    assert [a for a, _ in arrivals] == [0, 0, 1]
    path = desk.landing / "requests" / "r.csv"
    for _ in range(2):
        os.utime(path)
        taken = desk.take()
        assert [r.arrival for r in taken.values()] == [1]  # touched, and no new arrival
    assert desk.take() == {}


def test_an_older_copy_put_back_with_its_time_is_seen(desk):
    first = desk.drop("requests/r.csv", topic("budget"))
    stat = first.stat()
    desk.take()
    desk.drop("requests/r.csv", topic("housing"))
    desk.take()
    desk.drop("requests/r.csv", topic("budget"))
    os.utime(first, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    desk.take()
    assert desk.rows(LAST) == [("1", "budget", False)]


def test_a_file_moved_aside_takes_no_record_with_it(desk):
    desk.drop("requests/current.csv", topic("budget", 1))
    desk.take()
    (desk.landing / "requests/current.csv").rename(desk.landing / "requests/2014-06.csv")
    desk.drop("requests/current.csv", topic("budget", 2))
    desk.take()
    assert desk.rows(LAST) == [("1", "budget", False), ("2", "budget", False)]


def test_two_files_of_one_delivery_are_one_export(desk):
    desk.drop("requests/mapping.yml", "files: {'full-*': {full: true, delivered_on: 2014-07-01}}")
    desk.drop("requests/full-1.csv", topic("budget", 1))
    desk.drop("requests/full-2.csv", topic("budget", 2))
    desk.take()
    assert [gone for _, _, gone in desk.rows(LAST)] == [False, False]


@pytest.mark.parametrize("withdrawn", ["a.csv", "b.csv"])
def test_of_two_files_with_the_same_bytes_the_one_that_is_not_withdrawn_counts(desk, withdrawn):
    for name in ("a.csv", "b.csv"):
        desk.drop(f"requests/{name}", topic("budget"))
    desk.drop("requests/corrections.yml", f"withdrawn: [{{file: {withdrawn}, why: a draft, who: desk}}]")
    desk.take()
    other = {"a.csv": "b.csv", "b.csv": "a.csv"}[withdrawn]
    assert desk.rows("select _file, request_id from raw.requests") == [(f"requests/{other}", "1")]
    assert {r.name: r.status for r in desk.receipts.known(LATER) if r.source == "requests"} == {
        f"requests/{withdrawn}": "withdrawn",
        f"requests/{other}": "accepted",
    }


def test_a_reason_reworded_or_taken_back_changes_nothing_of_the_past(desk):
    desk.drop("requests/a.csv", topic("budget"))
    desk.take()
    desk.drop("requests/corrections.yml", "withdrawn: [{file: a.csv, why: a draft, who: desk}]")
    desk.take()
    (before,) = (r.withdrawn_at for r in desk.receipts.all.values() if r.source == "requests")
    desk.drop("requests/corrections.yml", "withdrawn: [{file: a.csv, why: a first draft, who: desk}]")
    desk.take()
    (after,) = (r for r in desk.receipts.all.values() if r.source == "requests")
    assert (after.withdrawn_at, after.withdrawn) == (before, "withdrawn by desk: a first draft")
    desk.drop("requests/corrections.yml", "withdrawn: []")
    desk.take()
    (restored,) = (r for r in desk.receipts.all.values() if r.source == "requests")
    assert restored.withdrawn_at == before and restored.restored_at
    assert [r.status for r in desk.receipts.known(LATER) if r.source == "requests"] == ["accepted"]


def reading(desk: Desk) -> list[tuple[str, bool]]:
    found = checks.check_readings(desk.landing, desk.receipts.known(LATER))
    return [(o.table, o.passed) for o in found if o.table == "raw.requests"]


def test_keys_read_by_two_rules_are_told_and_withdrawing_mends_it(desk):
    desk.drop("requests/r.csv", HEADER + ROW("1"))
    desk.take()
    desk.drop("requests/r.csv", HEADER + ROW("1") + ROW("2"))
    desk.take()
    assert reading(desk) == [("raw.requests", True)]
    desk.drop("requests/mapping.yml", "jurisdiction: baltimore")
    desk.take()
    assert reading(desk) == [("raw.requests", False)]
    (old,) = (r for r in desk.receipts.all.values() if r.source == "requests" and r.received == 1)
    desk.drop(
        "requests/corrections.yml", f"withdrawn: [{{file: r.csv, sha256: {old.sha256[:12]}, why: replaced, who: desk}}]"
    )
    desk.take()
    assert reading(desk) == [("raw.requests", True)]
    assert desk.rows("select request_id from raw.requests order by 1") == [("baltimore:1",), ("baltimore:2",)]


def test_a_file_moved_into_a_jurisdiction_is_told(desk):
    path = desk.drop("requests/r.csv", HEADER + ROW("1"))
    desk.take()
    path.unlink()
    desk.drop("requests/b/r.csv", HEADER + ROW("1"))
    desk.drop("requests/b/mapping.yml", "jurisdiction: balt")
    desk.take()
    assert reading(desk) == [("raw.requests", False)]


def test_another_topic_is_no_other_rule_for_keys(desk):
    for text in (HEADER + ROW("1"), HEADER + ROW("2")):
        desk.drop("requests/r.csv", text)
        desk.take()
    desk.drop("requests/mapping.yml", "values: {topic: {x: budget}}")
    desk.take()
    assert reading(desk) == [("raw.requests", True)]
