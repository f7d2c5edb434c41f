"""corrections.yml: a value is mended where it is as expected, and refused once its source is mended; files withdrawn."""

from datetime import UTC, datetime, timedelta

import pytest
from landing_desk import HEADER, LATER, Desk

from assets import catalog, checks

FAULTY = HEADER + "R1,4748000,2104-06-02T10:00:00,open,,\nR2,4748000,2014-06-03T10:00:00,open,,\n"
MENDED = FAULTY.replace("2104", "2014")
CORRECTION = """corrections:
  - where: {{request_id: R1}}
    column: submitted_at
    expect: "2104-06-02T10:00:00"
    value: "{value}"
    why: the year was mistyped; the desk confirmed it
    who: program desk
"""
SUBMITTED = "select request_id, submitted_at::date::varchar from raw.requests order by request_id, _order"


def declare(desk: Desk, text: str = CORRECTION.format(value="2014-06-02T10:00:00")) -> None:
    desk.drop("requests/corrections.yml", text)


def standing(desk: Desk) -> list[checks.Outcome]:
    return checks.check_corrections(desk.landing, catalog.load().sources.values(), desk.receipts.known(LATER))


def test_a_value_is_mended_where_it_is_as_expected(desk):
    desk.drop("requests/a.csv", FAULTY)
    assert desk.take()["requests/a.csv"].quarantined == 1  # the year 2104 is not plausible
    declare(desk)
    taken = desk.take()["requests/a.csv"]
    assert (taken.accepted, taken.quarantined) == (2, 0)
    assert desk.rows(SUBMITTED) == [("R1", "2014-06-02"), ("R2", "2014-06-03")]
    assert [o.passed for o in standing(desk)] == [True]


def test_a_mended_source_makes_it_fail(desk):
    desk.drop("requests/a.csv", FAULTY)
    declare(desk)
    desk.take()
    desk.drop("requests/a.csv", MENDED)
    desk.take()
    (outcome,) = standing(desk)
    assert (outcome.passed, outcome.severity, outcome.table) == (False, "fail", "raw.requests")
    assert "the source says so by now: submitted_at where request_id is R1" in outcome.detail
    assert "remove it from corrections.yml" in outcome.detail


def test_another_value_than_expected_makes_it_fail_and_stays(desk):
    desk.drop("requests/a.csv", FAULTY.replace("2104-06-02", "2014-07-09"))
    declare(desk)
    desk.take()
    (outcome,) = standing(desk)
    assert not outcome.passed and "something else than expected" in outcome.detail
    assert desk.rows(SUBMITTED)[0] == ("R1", "2014-07-09")


def test_a_row_that_never_came_makes_it_fail_but_an_absent_feed_does_not(desk):
    declare(desk)
    assert [o.passed for o in standing(desk)] == [True]
    desk.drop("requests/a.csv", FAULTY.replace("R1", "R9"))
    desk.take()
    (outcome,) = standing(desk)
    assert not outcome.passed and outcome.detail.startswith("no row: submitted_at where request_id is R1")


def test_a_later_export_without_the_row_leaves_it_standing(desk):
    """The correction still mends the last file that has the row."""
    desk.drop("requests/a.csv", FAULTY)
    declare(desk)
    desk.take()
    desk.drop("requests/b.csv", HEADER + "R3,4748000,2014-06-04T10:00:00,open,,\n")
    desk.take()
    assert [o.passed for o in standing(desk)] == [True]


def test_it_speaks_only_of_the_files_that_it_names(desk):
    declare(desk, CORRECTION.format(value="2014-06-02T10:00:00").replace("  - where", "  - file: 2014/*\n    where"))
    desk.drop("requests/2014/a.csv", FAULTY)
    desk.drop("requests/2015/a.csv", FAULTY.replace("R2", "R4"))
    taken = desk.take()
    assert taken["requests/2014/a.csv"].quarantined == 0
    assert taken["requests/2015/a.csv"].quarantined == 1


def test_an_empty_cell_is_filled_and_a_cell_is_emptied(desk):
    desk.drop("requests/a.csv", HEADER + "R1,,2014-06-02,open,,\nR2,4748000,2014-06-03,open,2014-06-09,\n")
    declare(
        desk,
        """corrections:
  - {where: {request_id: R1}, column: city, expect: null, value: "4748000", why: left out, who: desk}
  - {where: {request_id: R2}, column: resolved_at, expect: "2014-06-09", value: null, why: not resolved, who: desk}
""",
    )
    assert desk.take()["requests/a.csv"].accepted == 2
    assert desk.rows("select city, resolved_at from raw.requests order by request_id") == [("4748000", None)] * 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("corrections:\n  - {where: {}, column: city, expect: a, value: b, why: w, who: x}", "names no row"),
        (
            "corrections:\n  - {where: {request_id: R1}, column: town, expect: a, value: b, why: w, who: x}",
            "correction 1 names request_id, town; expected columns of: assigned_to",
        ),
        (
            "corrections:\n  - {where: {contact_name: A}, column: city, expect: a, value: b, why: w, who: x}",
            "finds its row by a personal column; expected an id",
        ),
        (
            "corrections:\n  - {where: {request_id: R1}, column: city, expect: a, value: a, why: w, who: x}",
            "expected two different values",
        ),
        (
            "corrections:\n  - {where: {request_id: R1}, column: city, expect: a, value: b, why: w}",
            "who: Field required",
        ),
        (
            "corrections:\n  - {where: {request_id: R1}, column: city, expect: a, value: b, why: ' ', who: x}",
            "not be empty",
        ),
        ("withdrawn:\n  - {file: ../a.csv, why: w, who: x}", "'../a.csv' leaves the folder"),
        ("withdrawn: [", "not valid YAML"),
        ("corections: []", "corections: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(desk, text, words):
    desk.drop("requests/a.csv", FAULTY)
    declare(desk, text)
    taken = desk.take()["requests/a.csv"]
    assert taken.status == "refused"
    assert words in taken.message


def test_a_withdrawn_file_does_not_count_since_then(desk):
    desk.drop("requests/a.csv", HEADER + "R1,4748000,2014-06-02,open,,\n")
    desk.drop("requests/b.csv", HEADER + "R2,4748000,2014-06-02,open,,\n")
    desk.take()
    before = datetime.now(UTC)
    declare(desk, "withdrawn:\n  - {file: b.csv, why: a draft, who: program desk}\n")
    desk.take()
    assert desk.rows("select request_id from raw.requests") == [("R1",)]
    earlier = before - timedelta(seconds=2)
    known = {r.name: r for r in desk.receipts.known(LATER)}
    assert known["requests/b.csv"].status == "withdrawn"
    assert known["requests/b.csv"].message == "withdrawn by program desk: a draft"
    assert known["requests/b.csv"].received == 0
    assert all(r.status != "withdrawn" for r in desk.receipts.known(earlier))
    declare(desk, "withdrawn: []")
    desk.take()
    assert desk.rows("select request_id from raw.requests order by 1") == [("R1",), ("R2",)]


def test_only_the_bytes_that_are_named_are_withdrawn(desk):
    desk.drop("requests/a.csv", HEADER + "R1,4748000,2014-06-02,open,,\n")
    bad = desk.take()["requests/a.csv"].sha256
    declare(desk, f"withdrawn:\n  - {{file: a.csv, sha256: '{bad[:12]}', why: a draft, who: program desk}}\n")
    desk.drop("requests/a.csv", HEADER + "R2,4748000,2014-06-02,open,,\n")
    desk.take()
    assert desk.rows("select request_id from raw.requests") == [("R2",)]


def test_a_folder_has_its_own_declarations_and_jurisdictions_keep_ids_apart(desk):
    desk.drop("requests/mapping.yml", "columns: {number: request_id}")
    desk.drop("requests/desk.csv", HEADER.replace("request_id", "number") + "1,4748000,2014-06-02,open,,\n")
    log = "key,opened,dup\n1,06/02/2014,\n2,06/03/2014,1\n"
    for city, geoid in (("memphis", "4748000"), ("anderson", "1801468")):
        desk.drop(f"requests/{city}/log.csv", log if city == "memphis" else log + "3,06/04/2014,\n")
        desk.drop(
            f"requests/{city}/mapping.yml",
            f"jurisdiction: {city}\ndates: mdy\nconstants: {{city: '{geoid}'}}\n"
            "columns: {key: request_id, opened: submitted_at, dup: duplicate_of}",
        )
    assert all(r.quarantined == 0 for r in desk.take().values())
    assert desk.rows("select request_id, city, duplicate_of from raw.requests order by 1") == [
        ("1", "4748000", None),
        ("anderson:1", "1801468", None),
        ("anderson:2", "1801468", "anderson:1"),
        ("anderson:3", "1801468", None),
        ("memphis:1", "4748000", None),
        ("memphis:2", "4748000", "memphis:1"),
    ]


def test_a_jurisdiction_where_no_id_is_local_is_refused(desk):
    desk.drop("bls_laus/mapping.yml", "jurisdiction: chicago")
    desk.drop("bls_laus/la.data", "series_id\tyear\tperiod\tvalue\nLAUCT474800000000003\t2013\tM13\t9.1\n")
    assert "no id of bls_laus is local to one" in desk.take()["bls_laus/la.data"].message


@pytest.mark.parametrize("pattern", ["../x/*.csv", "/etc/*", "a\\b.csv", "C:/x"])
def test_a_mapping_names_only_files_below_its_folder(desk, pattern):
    desk.drop("requests/mapping.yml", f"files:\n  '{pattern}': {{vintage: '2014'}}")
    desk.drop("requests/a.csv", FAULTY)
    assert "leaves the folder; expected a name below it" in desk.take()["requests/a.csv"].message


GONE = """
    select request_id, _gone_at is not null from raw.requests as r
    where _order = (select max(_order) from raw.requests as l where l.request_id = r.request_id) order by 1
"""


def test_a_record_that_a_later_whole_no_longer_has_is_gone(desk):
    line = "{},4748000,2014-06-02,open,,\n".format
    desk.drop("requests/a.csv", HEADER + line("R1") + line("R2"))
    desk.take()
    desk.drop("requests/part.csv", HEADER + line("R3"))  # says nothing of the others
    desk.take()
    assert desk.rows(GONE) == [("R1", False), ("R2", False), ("R3", False)]
    desk.drop("requests/a.csv", HEADER + line("R2"))  # the same export, sent again
    desk.take()
    assert desk.rows(GONE) == [("R1", True), ("R2", False), ("R3", False)]
    desk.drop("requests/whole.csv", HEADER + line("R1"))
    desk.drop("requests/mapping.yml", "files: {'whole*': {full: true}}")
    desk.take()
    assert desk.rows(GONE) == [("R1", False), ("R2", True), ("R3", True)]


def test_full_is_true_or_false(desk):
    desk.drop("requests/mapping.yml", "files: {'*': {full: perhaps}}")
    desk.drop("requests/a.csv", FAULTY)
    assert "full: Input should be 'true' or 'false'" in desk.take()["requests/a.csv"].message
