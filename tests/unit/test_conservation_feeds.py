"""For every program feed, whatever its format: a row is taken when, and only when, the contract says that it fits."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from landing_desk import Desk
from program_feeds import FEEDS, FORMATS, Feed, Row

from assets.catalog import load
from assets.raw.receipts import Receipt


def rows(feed: Feed) -> st.SearchStrategy[list[Row]]:
    """Rows of cells that fit, one in four of them with a cell that does not."""

    def row(draw: st.DrawFn) -> Row:
        made = {column: draw(st.sampled_from(good)) for column, (good, _) in feed.cells.items()}
        if draw(st.integers(0, 3)) == 0:
            column = draw(st.sampled_from([c for c, (_, bad) in feed.cells.items() if bad]))
            made[column] = draw(st.sampled_from(feed.cells[column][1]))
        return made

    return st.lists(st.composite(row)(), min_size=1, max_size=20)


quick = settings(
    max_examples=2, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@quick
@given(sent=st.fixed_dictionaries({name: rows(feed) for name, feed in FEEDS.items()}), data=st.data())
def test_nothing_is_lost_and_only_what_fits_is_taken(tmp_path_factory, connection, sent, data):
    """accepted: distinct rows that fit; repeats: further equal ones; quarantined: every row that does not fit."""
    desk = Desk(tmp_path_factory.mktemp("feeds"), connection)
    formats = data.draw(st.lists(st.sampled_from(list(FORMATS)), min_size=len(FEEDS), max_size=len(FEEDS)))
    for (name, told), form in zip(sent.items(), formats, strict=True):
        desk.drop(f"{name}/file", FORMATS[form](told))
    receipts = desk.take()
    desk.rows("select 1")
    for name, told in sent.items():
        got = receipts[f"{name}/file"]
        fitting = [tuple(row.values()) for row in told if FEEDS[name].takes(row)]
        once = len(set(fitting))
        found = (got.received, got.quarantined, got.accepted, got.repeats)
        assert found == (len(told), len(told) - len(fitting), once, len(fitting) - once), (name, got.message)
        assert connection.execute(f"select count(*) from raw.{name}").fetchall() == [(once,)], name


WRONG = {
    name: [(column, cell) for column, (_, bad) in feed.cells.items() for cell in bad] for name, feed in FEEDS.items()
}


@pytest.fixture(scope="module")
def wrong(tmp_path_factory, connection) -> tuple[Desk, dict[str, Receipt]]:
    """Of each feed a good row, then for each wrong cell the same row with it."""
    desk = Desk(tmp_path_factory.mktemp("wrong"), connection)
    for name, feed in FEEDS.items():
        good = {column: cells[0] for column, (cells, _) in feed.cells.items()}
        assert feed.takes(good)
        told = [good, *(good | {column: cell} for column, cell in WRONG[name])]
        desk.drop(f"{name}/a.tsv", FORMATS["tsv"](told))
    return desk, desk.take()


@pytest.mark.parametrize("name", FEEDS)
def test_each_cell_that_does_not_fit_is_named(wrong, name):
    desk, receipts = wrong
    got = receipts[f"{name}/a.tsv"]
    assert (got.accepted, got.quarantined) == (1, len(WRONG[name]))
    listed = desk.connection.execute(
        f"""select "row", "column", found, expected from read_parquet('{desk.receipts.aside(got)}') order by 1"""
    ).fetchall()
    assert [(row, column) for row, column, _, _ in listed] == [(n, c) for n, (c, _) in enumerate(WRONG[name], start=3)]
    for (_, cell), (_, _, found, expected) in zip(WRONG[name], listed, strict=True):
        assert found == ("(personal, not shown)" if "@" in cell else cell or "nothing") and expected


def test_every_feed_is_tried_but_requests_which_has_tests_of_its_own():
    program = {name for name, source in load().sources.items() if source.publisher == "the program"}
    assert set(FEEDS) == program - {"requests"}
    for name, feed in FEEDS.items():
        columns = load().sources[name].columns
        assert set(feed.cells) <= set(columns)
        assert {c for c, s in columns.items() if s.required or s.personal} <= set(feed.cells)
