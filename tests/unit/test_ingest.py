"""Which files are new, who reads them, and what their receipts say; nothing lost, whatever arrives in which order."""

import csv
import gzip
import os
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets import catalog, models, reference
from assets.raw.ingest import ingest
from assets.raw.receipts import Receipt, Receipts
from assets.raw.views import make_views

EASTERN = "America/New_York"
LATER = datetime(2100, 1, 1, tzinfo=UTC)
GAZETTEER = "usps,geoid,name\nTN,4748000,Memphis city\nIN,1801468,Anderson city\nMA,2523000,Fall River city\n"
quick = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Desk:
    """A landing folder and a home."""

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.landing, self.home, self.connection = folder / "landing", folder / "home", connection
        self.drop("census_gazetteer/places.csv", GAZETTEER)

    def drop(self, name: str, content: str | bytes) -> Path:
        path = self.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    @property
    def receipts(self) -> Receipts:
        return Receipts(self.home / "raw", self.home / "quarantine")

    def take(self) -> dict[str, Receipt]:
        """What a run writes now, by name."""
        return {r.name: r for r in ingest(self.landing, self.receipts, self.connection, catalog.load(), EASTERN)}

    def rows(self, query: str, known_on: datetime = LATER) -> list[tuple[object, ...]]:
        make_views(self.connection, self.receipts, catalog.load().sources, known_on)
        return self.connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as one:
        yield one


@pytest.fixture
def desk(tmp_path, connection) -> Desk:
    return Desk(tmp_path, connection)


HEADER = "request_id,city,submitted_at,status,resolved_at,updated_at\n"
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


def test_the_same_bytes_under_two_names_count_once(desk):
    desk.drop("requests/a.csv", GOOD)
    desk.drop("requests/copy of a.csv", GOOD)
    got = desk.take()
    assert got["requests/copy of a.csv"].message == "the same bytes as requests/a.csv"
    statuses = sorted((r.status, r.received, r.accepted, r.repeats) for n, r in got.items() if "requests" in n)
    assert statuses == [("accepted", 1, 1, 0), ("repeat", 1, 0, 1)]
    assert len(desk.rows("from raw.requests")) == 1


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


# Properties: whatever arrives, every row is accepted, quarantined or a repeat.

CELLS = {
    "request_id": ["R1", "R2", "R3", "", "R4"],
    "city": ["4748000", '"Memphis, TN"', "48000", "", '"Nowhere, ZZ"', "1801468"],
    "submitted_at": ["2014-06-02T10:00:00", "2014-06-03", "2014-13-01", "", "06/02/2014"],
    "status": ["open", "closed", "pending", ""],
    "resolved_at": ["", "2014-06-05", "2013-01-01"],
    "updated_at": ["", "2014-06-06"],
}
row = st.tuples(*(st.sampled_from(values) for values in CELLS.values())).map(",".join)
fault = st.sampled_from(
    [
        "",
        "a,b",
        '"open',
        "1,2,3,4,5,6,7,8",
        ",,,,,",
        '"two\nlines",4748000,2014-06-02,open,,',
        "caf\xe9,4748000,2014-06-02,open,,",
    ]
)
lines = st.lists(st.one_of(row, row, row, fault), max_size=12)


def expected(line: str) -> bool:
    """By the contract, read independently: does this row of six cells fit?"""
    cells = next(csv.reader([line]))
    if len(cells) != 6:
        return False
    request, city, submitted, status, resolved, updated = cells
    return (
        bool(request)
        and city in ("4748000", "Memphis, TN", "1801468")
        and submitted in ("2014-06-02T10:00:00", "2014-06-03")
        and status in ("open", "closed", "")
        and resolved != "2013-01-01"
        and not (status == "closed" and not resolved and not updated)
    )


@quick
@given(sent=st.lists(row, min_size=1, max_size=12))
def test_rows_fit_when_and_only_when_the_contract_says_so(connection, sent):
    """accepted: distinct fitting lines; repeats: further equal ones; quarantined: every line that does not fit."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), connection)
        desk.drop("requests/a.csv", HEADER + "\n".join(sent) + "\n")
        got = desk.take()["requests/a.csv"]
    fitting = [line for line in sent if expected(line)]
    assert got.received == len(sent)
    assert got.quarantined == len(sent) - len(fitting)
    assert (got.accepted, got.repeats) == (len(set(fitting)), len(fitting) - len(set(fitting)))


@quick
@given(sent=lines, pack=st.booleans(), latin=st.booleans())
def test_nothing_is_lost_whatever_is_broken(connection, sent, pack, latin):
    content = (HEADER + "\n".join(sent) + "\n").encode("latin-1" if latin else "utf-8")
    content = gzip.compress(content) if pack else content
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), connection)
        desk.drop("requests/a.csv", content)
        got = desk.take()["requests/a.csv"]
        assert got.received == got.accepted + got.quarantined + got.repeats
        assert desk.rows("select count(*) from raw.requests") == [(got.accepted,)]
        before = desk.rows("from raw.requests order by _row")
        assert desk.take() == {}  # again is nothing
        desk.drop("requests/again.csv", content)
        repeat = desk.take()["requests/again.csv"]
        if got.status == "accepted":
            assert (repeat.received, repeat.accepted, repeat.repeats) == (got.received, 0, got.received)
        after = desk.rows("from raw.requests order by _row")
    assert [r[:-1] for r in after] == [r[:-1] for r in before]  # but for the name that stands for the bytes


@pytest.fixture(scope="module")
def clocks(connection) -> duckdb.DuckDBPyConnection:
    make_views(connection, Receipts(Path("none"), Path("none")), catalog.load().sources, LATER)
    entries = catalog.load()
    params = reference.Params(
        as_of=date(2014, 9, 30), known_on=datetime(2014, 10, 6), program="Test", synthetic=True,
        time_zone=EASTERN, launched_on=date(2014, 5, 22),
    )  # fmt: skip
    reference.build(
        connection,
        params,
        topics=[t.model_dump() for t in entries.topics],
        metrics=[m.model_dump() for m in entries.metrics.values()],
    )
    return connection


@cache
def all_models() -> dict[str, models.Model]:
    return models.load(catalog.load().sources)


def version(request: int, change: int) -> str:
    """A version of a request: each change is a day later and says more."""
    resolved = f"2014-06-{change + 2:02d}T12:00:00" if change > 1 else ""
    return f"R{request},4748000,2014-06-02T10:00:00,{'closed' if resolved else 'open'},{resolved},2014-06-{change + 2:02d}T12:00:00"


def requests_of(
    folder: str, connection: duckdb.DuckDBPyConnection, drops: list[dict[str, str]]
) -> list[tuple[object, ...]]:
    """core.requests after these drops, but for when a row was known."""
    desk = Desk(Path(folder), connection)
    for drop in drops:
        for name, content in drop.items():
            desk.drop(f"requests/{name}", content)
        desk.take()
    desk.rows("select 1")
    every = all_models()
    for table in ("staging.requests", "core.requests"):
        connection.execute(f"create schema if not exists {table.split('.')[0]}")
        connection.execute(f"create or replace table {table} as {every[table].sql}")
    return connection.execute("select * exclude (known_at) from core.requests order by request_id").fetchall()


@settings(quick, max_examples=5)
@given(
    changes=st.lists(st.integers(1, 9), min_size=1, max_size=4).map(lambda n: sorted(set(n))),
    seed=st.integers(0, 2**32),
)
def test_the_order_of_arrival_does_not_matter_where_updated_at_decides(clocks, changes, seed):
    """The same versions: in one file, in files whose names say nothing, and in two drops, the newer one first."""
    files = [HEADER + version(1, c) + "\n" + version(2, c) + "\n" for c in changes]
    shuffled = files[:]
    random.Random(seed).shuffle(shuffled)
    ways = [
        [{f"{n}.csv": f for n, f in enumerate(files)}],
        [{f"{n}.csv": f for n, f in enumerate(shuffled)}],
        [{"z.csv": files[-1]}, {f"{n}.csv": f for n, f in enumerate(files[:-1])}],
    ]
    results = []
    for drops in ways:
        with tempfile.TemporaryDirectory() as folder:
            results.append(requests_of(folder, clocks, drops))
    assert results[0] == results[1] == results[2]
    last = max(changes)
    closed = [datetime(2014, 6, last + 2, 16)] if last > 1 else [None]  # noon in the East
    names = [d[0] for d in clocks.execute("select * exclude (known_at) from core.requests limit 0").description]
    assert [r[names.index("resolved_at")] for r in results[0]] == closed * 2
