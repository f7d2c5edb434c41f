"""Whatever the order in which files arrive, and however often: the same tables, over several feeds."""

import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from landing_desk import Desk, clocks
from program_feeds import FORMATS, Row

# What each record says in three deliveries. Figures change, a record appears, one is corrected back to what it was first.
VERSIONS: dict[str, list[list[Row]]] = {
    "award": [[{"award_id": "A1", "start": "2013-12-01", "end": "2016-11-30", "regime": "24cfr84", "basis": "cash"}]] * 3,
    "ledger": [
        [{"entry_id": "L1", "posted_on": "2014-07-01", "kind": "expenditure", "amount_usd": "0.10", "reverses": ""}],
        [{"entry_id": "L1", "posted_on": "2014-07-01", "kind": "expenditure", "amount_usd": "0.20", "reverses": ""}],
        [{"entry_id": "L2", "posted_on": "2014-08-01", "kind": "expenditure", "amount_usd": "-0.20", "reverses": "L1"}],
    ],
    "budget": [
        [{"category": "travel", "version": "1", "amount_usd": amount, "award_id": award}]
        for amount, award in (("10", "A1"), ("20", ""), ("15", "A1"))
    ],
    "recommendations": [
        [{"recommendation_id": "C1", "engagement_id": "E1", "made_on": "2014-06-01", "adopted_on": day}]
        for day in ("", "2014-07-01", "")
    ],
    "peer_events": [[{"event_id": "P1", "topic": t, "held_on": "2014-06-10"}] for t in ("budget", "Housing", "budget")],
    "attendance": [[{"event_id": "P1", "city": "4748000", "attendees": n}] for n in ("2", "3", "")],
    "library_use": [
        [{"use_id": f"U{n}", "used_at": "2014-06-10T10:00:00", "action": action}, {"use_id": "U0", "used_at": "2014-06-11"}]
        for n, action in ((1, "view"), (1, "download"), (2, "search"))
    ],
    "targets": [
        [{"metric": "on_time_pct", "period": "FY2014", "target": t, "set_on": "2014-06-01", "topic": topic, "city": ""}]
        for t, topic in (("70", "budget"), ("75", "Budget and finance"), ("60", ""))
    ],
    "indirect_rates": [[{"rate_id": "R1", "rate": rate}] for rate in ("0.2", "0.25", "0.3")],
}  # fmt: skip
for told in VERSIONS["award"]:
    told[0]["frequency"] = "quarterly"
for told in VERSIONS["library_use"]:
    told[1]["action"] = "search"
# By hand: the third delivery is the last word on what it says, the second on L1 and U1.
EXPECTED = {
    "core.ledger": [("L1", "0.20"), ("L2", "-0.20")],
    "core.budget": [("travel", "15.00")],
    "core.recommendations": [("C1", None)],
    "core.attendance": [("P1", None)],
    "core.library_use": [("U0", "search"), ("U1", "download"), ("U2", "search")],
    "core.targets": [("budget", "75.0"), (None, "60.0")],
    "core.indirect_rates": [("R1", "0.3")],
}
SHOWN = {
    "core.ledger": "entry_id, amount_usd",
    "core.budget": "category, amount_usd",
    "core.recommendations": "recommendation_id, adopted_on",
    "core.attendance": "event_id, attendees",
    "core.library_use": "use_id, action",
    "core.targets": "topic, target",
    "core.indirect_rates": "rate_id, rate",
}
STAGING = [f"staging.{feed}" for feed in (*VERSIONS, "library_resources")]
Tables = dict[str, list[tuple[object, ...]]]
File = tuple[str, int]  # feed, and which delivery


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as one:
        clocks(one)
        yield one


def tables(desk: Desk) -> Tables:
    """Every core table, whole, with when its rows were known."""
    for table in STAGING:
        desk.made(table)
    found = {}
    for table in EXPECTED:
        desk.made(table)
        found[table] = desk.connection.execute(f"from {table} order by all").fetchall()
        shown = desk.connection.execute(f"select {SHOWN[table]} from {table} order by all nulls last").fetchall()
        assert [tuple(v if v is None else str(v) for v in row) for row in shown] == EXPECTED[table], table
    return found


def deliver(
    folder: Path, connection: duckdb.DuckDBPyConnection, drops: list[list[File]], seed: int
) -> tuple[Desk, Tables]:
    """Files of every format, named at random, that mapping.yml says were delivered on the 1st, 2nd and 3rd of July."""
    desk, draw = Desk(folder, connection), random.Random(seed)
    names = {(feed, n): f"{draw.randrange(10**6):06d}" for feed in VERSIONS for n in range(3)}
    for feed in VERSIONS:
        days = [f"  '*{names[feed, n]}': {{delivered_on: 2014-07-0{n + 1}}}\n" for n in range(3)]
        desk.drop(f"{feed}/mapping.yml", "files:\n" + "".join(days))
    for drop in drops:
        for feed, n in drop:
            desk.drop(f"{feed}/{names[feed, n]}", FORMATS[draw.choice(list(FORMATS))](VERSIONS[feed][n]))
        desk.take()
    return desk, tables(desk)


FILES = [(feed, n) for feed in VERSIONS for n in range(3)]


@pytest.fixture(scope="module")
def at_once(tmp_path_factory, connection) -> tuple[Desk, Tables]:
    """All files in one drop."""
    return deliver(tmp_path_factory.mktemp("once"), connection, [FILES], 1)


@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(FILES), seed=st.integers(2, 2**32))
def test_the_order_of_arrival_does_not_change_the_result(tmp_path_factory, connection, at_once, order, seed):
    """In two drops of any files, the newest perhaps first: the declared day of delivery decides."""
    _, in_turn = deliver(tmp_path_factory.mktemp("turn"), connection, [order[0::2], order[1::2]], seed)
    assert in_turn == at_once[1]


def test_twice_is_once(at_once):
    """Run again, sent again under the same name, sent again under another name: nothing is added."""
    desk, once = at_once
    assert desk.take() == {}
    files = [p for p in desk.landing.rglob("*") if p.is_file() and p.name != "mapping.yml"]
    for path in files:
        path.write_bytes(path.read_bytes())
        (path.parent / f"again {path.name}").write_bytes(path.read_bytes())
    again = desk.take()
    copies = {name: receipt for name, receipt in again.items() if "/again " in name}
    assert len(copies) == len(files)
    assert all(r.status == "repeat" and r.accepted == 0 and r.received == r.repeats for r in copies.values())
    assert tables(desk) == once
