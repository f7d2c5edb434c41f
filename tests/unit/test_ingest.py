"""Which files are new, who reads them, and what their receipts say."""

import json
import os
from datetime import UTC, datetime

import pytest
from landing_desk import GAZETTEER, HEADER, Desk

GOOD = HEADER + 'R1,"Memphis, TN",2014-06-02T10:00:00,open,,2014-06-02T10:00:00\n'


def test_receipts_say_what_became_of_each_file(desk):
    desk.drop("requests/a.csv", GOOD + "R2,4748000,2014-13-01,open,,\n")
    got = desk.take()["requests/a.csv"]
    assert (got.status, got.received, got.accepted, got.quarantined, got.repeats) == ("accepted", 2, 1, 1, 0)
    assert desk.rows("select request_id, city, submitted_at, _row, _file from raw.requests") == [
        ("R1", "4748000", datetime(2014, 6, 2, 14), 2, "requests/a.csv")
    ]


def test_a_second_look_takes_nothing_and_opens_nothing(desk):
    path = desk.drop("requests/a.csv", GOOD)
    assert set(desk.take()) == {"census_gazetteer/places.csv", "requests/a.csv"}
    stat = path.stat()
    path.unlink()
    os.mkfifo(path)  # opening it would wait for ever
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert not path.is_file()
    path.unlink()
    path.write_bytes(b"x" * stat.st_size)  # other bytes under the same size and time: only opening could tell
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert desk.take() == {}


def test_a_touched_file_keeps_the_day_it_was_first_known(desk):
    path = desk.drop("requests/a.csv", GOOD)
    first = desk.take()["requests/a.csv"]
    os.utime(path, ns=(1, 1))
    again = desk.take()["requests/a.csv"]
    assert (again.known_at, again.received_at, again.accepted) == (first.known_at, first.received_at, 1)
    assert len(desk.rows("from raw.requests")) == 1


def test_a_touched_copy_keeps_the_day_it_came(desk):
    desk.drop("requests/a.csv", GOOD)
    path = desk.drop("requests/copy of a.csv", GOOD)
    desk.take()
    came = "2014-06-03T12:00:00+00:00"
    for receipt in desk.receipts.folder.glob("*.json"):  # as if it had all come then
        receipt.write_text(json.dumps(json.loads(receipt.read_text()) | {"received_at": came, "known_at": came}))
    os.utime(path, ns=(1, 1))
    again = desk.take()["requests/copy of a.csv"]
    assert (again.status, again.received_at, again.known_at) == ("repeat", came, came)


def test_the_same_bytes_under_two_names_count_once(desk):
    desk.drop("requests/a.csv", GOOD)
    desk.drop("requests/copy of a.csv", GOOD)
    got = desk.take()
    assert got["requests/copy of a.csv"].message == "the same bytes as requests/a.csv"
    statuses = sorted((r.status, r.received, r.accepted, r.repeats) for n, r in got.items() if "requests" in n)
    assert statuses == [("accepted", 1, 1, 0), ("repeat", 1, 0, 1)]
    assert len(desk.rows("from raw.requests")) == 1


def test_a_repeat_is_known_from_when_it_came(desk):
    desk.drop("requests/a.csv", GOOD)
    desk.drop("requests/copy of a.csv", GOOD)
    desk.take()
    came = {"a.csv": "2014-06-03T12:00:00+00:00", "copy of a.csv": "2014-09-01T12:00:00+00:00"}
    for receipt in desk.receipts.folder.glob("*.json"):
        told = json.loads(receipt.read_text())
        if told["source"] == "requests":
            told["received_at"], told["known_at"] = came[told["name"].removeprefix("requests/")], came["a.csv"]
            receipt.write_text(json.dumps(told))

    def known(*instant):
        found = desk.receipts.known(datetime(*instant, tzinfo=UTC))
        return sorted(r.name for r in found if r.source == "requests")

    assert known(2014, 6, 3, 11) == []
    assert known(2014, 9, 1, 11) == ["requests/a.csv"]
    assert known(2014, 9, 1, 12) == ["requests/a.csv", "requests/copy of a.csv"]


def test_a_new_version_under_an_old_name_stays_beside_the_old(desk):
    desk.drop("requests/a.csv", GOOD)
    desk.take()
    desk.drop("requests/a.csv", GOOD.replace("Memphis, TN", "Anderson, IN"))
    assert desk.take()["requests/a.csv"].accepted == 1
    assert sorted(desk.rows("select city from raw.requests")) == [("1801468",), ("4748000",)]


def test_a_changed_mapping_reads_its_folder_again(desk):
    desk.drop("requests/a.csv", "ticket,city,submitted_at\nR1,4748000,2014-06-02\n")
    refused = desk.take()["requests/a.csv"]
    assert (
        refused.status == "refused" and "required column request_id is missing; found ticket, city" in refused.message
    )
    assert (refused.received, refused.quarantined) == (1, 1)
    desk.drop("requests/mapping.yml", "columns: {ticket: request_id}")
    got = desk.take()
    assert set(got) == {"requests/a.csv"} and got["requests/a.csv"].accepted == 1


def test_a_gazetteer_that_comes_later_reads_the_feeds_with_cities_again(tmp_path, connection):
    desk = Desk(tmp_path, connection)
    (desk.landing / "census_gazetteer/places.csv").unlink()
    desk.drop("requests/a.csv", GOOD)
    desk.drop("surveys/s.csv", "request_id,delivered_at\nR1,2014-06-09\n")
    first = desk.take()["requests/a.csv"]
    assert first.quarantined == 1
    desk.drop("census_gazetteer/places.csv", GAZETTEER)
    got = desk.take()
    assert got["requests/a.csv"].accepted == 1
    assert "surveys/s.csv" not in got  # it names no city


def test_a_folder_nobody_knows_is_named_with_the_nearest(desk):
    desk.drop("request/a.csv", GOOD)
    got = desk.take()["request/a.csv"]
    assert got.status == "refused" and "no source is called 'request'; nearest: requests" in got.message


@pytest.mark.parametrize(
    "mapping",
    ["zone: America/NewYork", "encoding: latin-99", 'files: {"*": {delivered_on: soon}}', "columns: {a: b}", "[", "dates: usa"],
)  # fmt: skip
def test_a_wrong_mapping_refuses_its_own_folder_and_no_other(desk, mapping):
    desk.drop("requests/a.csv", GOOD)
    desk.drop("requests/mapping.yml", mapping)
    desk.drop("surveys/s.csv", "request_id,delivered_at\nR1,2014-06-09\n")
    got = desk.take()
    assert got["requests/a.csv"].status == "refused" and "mapping.yml" in got["requests/a.csv"].message
    assert got["surveys/s.csv"].accepted == 1


def test_notes_and_hidden_files_are_not_data(desk):
    for name in ("requests/README.txt", "requests/.a.csv.swp", "requests/Thumbs.db", "requests/mapping.yml"):
        desk.drop(name, "")
    assert set(desk.take()) == {"census_gazetteer/places.csv"}


def test_delivered_on_is_when_it_was_known(desk):
    """5 January 2015 begins in the East at 05:00 UTC."""
    desk.drop("requests/a.csv", GOOD)
    desk.drop("requests/mapping.yml", 'files: {"a.csv": {delivered_on: 2015-01-05}}')
    assert desk.take()["requests/a.csv"].known_at == "2015-01-05T05:00:00+00:00"
    count = "select count(*) from raw.requests"
    assert desk.rows(count, datetime(2015, 1, 5, 4, 59, 59, tzinfo=UTC)) == [(0,)]
    assert desk.rows(count, datetime(2015, 1, 5, 5, tzinfo=UTC)) == [(1,)]


def test_what_a_killed_run_left_is_made_again(desk):
    desk.drop("requests/a.csv", GOOD)
    receipt = desk.take()["requests/a.csv"]
    typed = desk.receipts.typed(receipt)
    typed.write_bytes(b"PAR1 and then the power went")  # written, and its receipt was not
    (receipts,) = [p for p in desk.receipts.folder.glob("*.json") if '"requests/a.csv"' in p.read_text()]
    receipts.rename(receipts.with_suffix(".part"))
    assert desk.take()["requests/a.csv"].accepted == 1
    assert desk.rows("select request_id from raw.requests") == [("R1",)]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        # a row without any rule broken, then one for each rule of the contract
        ("4748000,city,2014-06-02T10:00,open,2014-06-02T11:00,,,,,", None),
        (",county,2014-06-02T10:00,open,,,,,,", None),
        (",,2014-06-02T10:00,open,,,,,,", "city"),  # nobody said that it was no city
        (",city,2014-06-02T10:00,open,,,,,,", "city"),
        ("4748000,city,2014-06-02T10:00,open,2014-06-02T09:59,,,,,", "first_response_at"),
        ("4748000,city,2014-06-02T10:00,closed,,2014-06-01T10:00,,,,", "resolved_at"),
        ("4748000,city,2014-06-02T10:00,closed,,,,2014-06-01T10:00,,", "withdrawn_at"),
        ("4748000,city,2014-06-02T10:00,closed,,,,,2014-06-01T10:00,", "merged_at"),
        ("4748000,city,2014-06-02T10:00,open,,2014-06-04T10:00,2014-06-03T10:00,,,", "reopened_at"),
        ("4748000,city,2014-06-02T10:00,open,,,2014-06-03T10:00,,,", "reopened_at"),
        ("4748000,city,2014-06-02T10:00,closed,,,,,,", "status"),  # closed, and nothing says when
        ("4748000,mayor,2014-06-02T10:00,open,,,,,,", "caller_type"),
    ],
)
def test_instants_out_of_order_and_callers_without_a_city_are_set_aside(desk, cells, column):
    names = "city,caller_type,submitted_at,status,first_response_at,resolved_at,reopened_at,withdrawn_at,merged_at"
    desk.drop("requests/a.csv", f"request_id,{names},updated_at\nR1,{cells}\n")
    got = desk.take()["requests/a.csv"]
    assert (got.accepted, got.quarantined) == ((1, 0) if column is None else (0, 1))
    if column:
        aside = desk.receipts.aside(got)
        found = desk.connection.execute(f"select row, \"column\" from '{aside}'").fetchall()
        assert (2, column) in found


def test_line_ends_of_another_system_far_down_a_large_file_are_met(desk):
    """The reader begins before the whole file has been looked through; here it began with the wrong idea."""
    rows = [f"R{n},4748000,2014-06-02T10:00:00,open,,2014-06-02T10:00:00" for n in range(40_000)]
    desk.drop("requests/a.csv", HEADER + "\n".join(rows[:30_000]) + "\n" + "\r\n".join(rows[30_000:]) + "\r\n")
    desk.drop("requests/b.csv", HEADER + "\n".join(rows[:30_000]) + "\n" + "\r".join(rows[30_000:]).replace("R", "S"))
    got = desk.take()
    for name in ("requests/a.csv", "requests/b.csv"):
        assert (got[name].received, got[name].accepted, got[name].quarantined) == (40_000, 40_000, 0), got[name]
    ends = "select _row, _file, request_id from raw.requests where _row in (2, 30002, 40001) order by all"
    assert desk.rows(ends) == [
        (2, "requests/a.csv", "R0"), (2, "requests/b.csv", "R0"),
        (30_002, "requests/a.csv", "R30000"), (30_002, "requests/b.csv", "S30000"),
        (40_001, "requests/a.csv", "R39999"), (40_001, "requests/b.csv", "S39999"),
    ]  # fmt: skip


def test_one_record_written_in_two_ways_is_a_repeat(desk):
    utc = "R1,4748000,2014-06-02T14:00:00Z,Open,,2014-06-02T14:00:00Z\n"
    assert desk.drop("requests/a.csv", GOOD.replace('"Memphis, TN"', "4748000") + utc)
    assert desk.take()["requests/a.csv"].repeats == 1
