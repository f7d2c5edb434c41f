"""Properties of taking in: nothing is lost, twice is once, and the order of arrival does not matter."""

import csv
import gzip
import random
import tempfile
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from bench import DESK
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from landing_desk import HEADER, Desk, clocks

quick = settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


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
@example(sent=["R1,,2014-06-02T10:00:00,open,,", "R2,4748000,2014-06-03,closed,,2014-06-06"])
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
def models_of(connection) -> duckdb.DuckDBPyConnection:
    clocks(connection)
    return connection


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
    return desk.made(*DESK)


@settings(quick, max_examples=5)
@given(
    changes=st.lists(st.integers(1, 9), min_size=1, max_size=4).map(lambda n: sorted(set(n))),
    seed=st.integers(0, 2**32),
)
def test_the_order_of_arrival_does_not_matter_where_updated_at_decides(models_of, changes, seed):
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
            results.append(requests_of(folder, models_of, drops))
    assert results[0] == results[1] == results[2]
    last = max(changes)
    closed = [datetime(2014, 6, last + 2, 16)] if last > 1 else [None]  # noon in the East
    names = [d[0] for d in models_of.execute("select * exclude (known_at) from core.requests limit 0").description]
    assert [r[names.index("resolved_at")] for r in results[0]] == closed * 2
