"""Publication: numbered, verified from the files themselves, all or nothing, and swept after a kill."""

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from published_demo import CHECKS, FACTS, ROWS, SOURCES, connected, release

from assets.releases import publish
from assets.releases.publish import BUILDING, CURRENT, INTENT, Facts, Refused
from pipelines import health
from pipelines.settings import Layout


@pytest.fixture
def connection():
    with connected() as one:
        yield one


def everything(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_release_is_what_its_manifest_says(connection, tmp_path):
    assert release(connection, tmp_path) == "2014-09-30-r1"
    assert (tmp_path / CURRENT).read_text() == "2014-09-30-r1\n"
    told = publish.manifest(tmp_path, "2014-09-30-r1")
    assert {t["name"]: t["rows"] for t in told["tables"]} == {"demo": 4, "empty": 0, "sources": 1, "checks": 1}
    for table in told["tables"]:
        content = (tmp_path / "2014-09-30-r1" / f"{table['name']}.parquet").read_bytes()
        assert hashlib.sha256(content).hexdigest() == table["sha256"]
    assert (told["as_of"], told["known_on"], told["synthetic"]) == ("2014-09-30", "2014-10-06T12:00:00+00:00", True)
    assert told["sources"] == SOURCES
    assert told["checks"] == [{k: CHECKS[0][k] for k in ("name", "table", "severity", "passed")}]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["2014-09-30-r1", "CURRENT"]  # nothing left over


def test_rows_are_ordered_by_key_and_nulls_come_first(connection, tmp_path):
    release(connection, tmp_path)
    path = tmp_path / "2014-09-30-r1" / "demo.parquet"
    rows = connection.execute(
        f"select id, part from read_parquet('{path}', file_row_number = true) order by file_row_number"
    )
    assert rows.fetchall() == [(None, 1), ("a", 1), ("a", 2), ("b", 1)]


def test_equal_tables_make_equal_files(connection, tmp_path):
    release(connection, tmp_path)
    connection.execute("create or replace table published.demo as from published.demo order by value desc")
    release(connection, tmp_path)
    one, two = (publish.manifest(tmp_path, f"2014-09-30-r{n}")["tables"] for n in (1, 2))
    assert one == two


def test_numbers_go_up_within_a_day_and_listing_sorts_them_as_numbers(connection, tmp_path):
    assert [release(connection, tmp_path) for _ in range(11)][-1] == "2014-09-30-r11"
    earlier = Facts("Test", date(2014, 6, 30), FACTS.known_on, True, "code", "catalog")
    assert release(connection, tmp_path, earlier) == "2014-06-30-r1"
    assert publish.current(tmp_path) == "2014-06-30-r1"
    assert publish.listing(tmp_path) == ["2014-06-30-r1", *(f"2014-09-30-r{n}" for n in range(1, 12))]


def test_before_the_first_there_is_none(tmp_path):
    assert publish.current(tmp_path) is None and publish.listing(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("insert into published.demo values ('c', 1, 'nan')", "demo.parquet: 1 rows hold an infinite number or no number"),
        ("insert into published.demo values ('c', 1, '-inf'), ('d', 1, 'inf')", "demo.parquet: 2 rows hold an infinite"),
        ("alter table published.demo add column share float; update published.demo set share = 'nan'", "4 rows hold"),
        ("alter table published.demo add column contact_name varchar", "demo.parquet carries personal columns: contact_name"),
        ('alter table published.demo add column "Contact_Name" varchar', "demo.parquet carries personal columns"),
        ("insert into published.demo values ('a', 1, 9)", 'more than one row of "id", "part" = a, 1'),
        ("insert into published.demo values (null, 1, 9)", 'more than one row of "id", "part" = None, 1'),
    ],
)  # fmt: skip
def test_a_table_that_does_not_hold_is_refused_and_current_stays(connection, tmp_path, change, told):
    release(connection, tmp_path)
    before = everything(tmp_path / "2014-09-30-r1")
    connection.execute(change)
    with pytest.raises(Refused) as error:
        release(connection, tmp_path)
    assert told in str(error.value)
    assert publish.current(tmp_path) == "2014-09-30-r1" and publish.listing(tmp_path) == ["2014-09-30-r1"]
    connection.execute(f"create or replace table published.demo as select * from (values {ROWS}) as t(id, part, value)")
    assert release(connection, tmp_path) == "2014-09-30-r2"  # what was refused is not in the way
    assert everything(tmp_path / "2014-09-30-r1") == before
    assert not list(tmp_path.glob(".*"))


def test_a_refusal_names_the_rows_but_shows_no_row(connection, tmp_path):
    connection.execute("alter table published.demo add column contact_name varchar")
    connection.execute("update published.demo set contact_name = 'Ann Lee'")
    with pytest.raises(Refused) as error:
        release(connection, tmp_path)
    assert "Ann" not in str(error.value)


def test_leftovers_of_a_publication_killed_while_writing_are_swept(connection, tmp_path):
    release(connection, tmp_path)
    half = tmp_path / f"{BUILDING}2014-09-30-r2"
    half.mkdir()
    (half / "demo.parquet").write_bytes(b"PAR1")
    assert publish.listing(tmp_path) == ["2014-09-30-r1"]
    assert release(connection, tmp_path) == "2014-09-30-r2"
    assert not half.exists()


def test_a_release_that_current_never_came_to_name_is_swept(connection, tmp_path):
    """Killed after the folder got its name and before CURRENT did: nobody can have read it, so its number is free."""
    release(connection, tmp_path)
    release(connection, tmp_path)
    (tmp_path / CURRENT).write_text("2014-09-30-r1\n")
    (tmp_path / INTENT).write_text("2014-09-30-r2")
    assert release(connection, tmp_path) == "2014-09-30-r2"
    assert publish.current(tmp_path) == "2014-09-30-r2" and not (tmp_path / INTENT).exists()


def test_a_release_that_current_names_is_never_swept(connection, tmp_path):
    """Killed after CURRENT was swapped and before the note was taken away: it may have been read."""
    release(connection, tmp_path)
    before = everything(tmp_path / "2014-09-30-r1")
    (tmp_path / INTENT).write_text("2014-09-30-r1")
    assert release(connection, tmp_path) == "2014-09-30-r2"
    assert everything(tmp_path / "2014-09-30-r1") == before


@pytest.mark.parametrize("note", ["", "2014-09", "2014-09-30-r9"])
def test_a_note_that_was_cut_short_harms_nothing(connection, tmp_path, note):
    release(connection, tmp_path)
    (tmp_path / INTENT).write_text(note)
    assert release(connection, tmp_path) == "2014-09-30-r2"
    assert publish.listing(tmp_path) == ["2014-09-30-r1", "2014-09-30-r2"]


def test_doctor_sees_a_manifest_that_is_gone(connection, tmp_path):
    layout = Layout(tmp_path)
    release(connection, layout.releases)
    (layout.releases / "2014-09-30-r1" / "manifest.json").unlink()
    told = next(f for f in health.examine(layout, tmp_path) if f.name == "release")
    assert not told.good and "2014-09-30-r1" in told.found


def test_the_manifest_is_plain_json(connection, tmp_path):
    release(connection, tmp_path)
    text = (tmp_path / "2014-09-30-r1" / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=lambda c: pytest.fail(f"{c} is no JSON"))


def test_an_address_in_a_published_text_is_refused(connection, tmp_path):
    connection.execute("update published.demo set id = 'someone@example.org'")
    with pytest.raises(Refused, match="hold an e-mail address") as refused:
        release(connection, tmp_path)
    assert "someone" not in str(refused.value)
