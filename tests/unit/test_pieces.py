"""Tables made again piece by piece: what is left alone, what is made again, and that it comes to the same as making all."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets import models
from assets.catalog import Pieces, Through
from assets.models import ModelError

MONTHS = {"metrics.monthly": Pieces(by="part", of=["core.asked"])}
QUARTERS = MONTHS | {
    "metrics.quarterly": Pieces(
        by="period", through={"metrics.monthly": Through(table="core.spans", piece="period", by="part")}
    )
}
SQL = {
    "core/asked.sql": "select part, city from staging.asked",
    "core/spans.sql": "select part, period from staging.spans",
    "metrics/monthly.sql": "select part, city, count(*) as asked from core.asked group by part, city",
    "metrics/quarterly.sql": """select s.period, sum(m.asked) as asked
        from metrics.monthly as m inner join core.spans as s on s.part = m.part group by s.period""",
}


class Desk:
    """A warehouse with raw rows, and the models of SQL."""

    def __init__(self, folder: Path, pieces: dict[str, Pieces]) -> None:
        self.folder, self.pieces = folder, pieces
        self.connection = duckdb.connect()
        for name, text in SQL.items():
            self.write(name, text)
        self.write("staging/asked.sql", "select part, city from raw.asked")
        self.write("staging/spans.sql", "select part, period from raw.spans")
        self.connection.execute(
            """create schema raw; create table raw.asked (part varchar, city varchar);
            create table raw.spans (part varchar, period varchar);
            insert into raw.spans values ('04', 'Q2'), ('05', 'Q2'), ('06', 'Q2'), ('07', 'Q3');
            insert into raw.asked values ('05', 'a'), ('05', 'b'), ('06', 'a'), ('07', 'a')"""
        )

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def build(self, version: str) -> dict[str, bool]:
        """What became of each table when raw.asked is said to be of this version."""
        every = models.load(["asked", "spans"], self.folder)
        inputs = {"raw.asked": version, "raw.spans": "1"}
        made = models.build(self.connection, every, inputs, pieces=self.pieces)
        return {table: one.made for table, one in made.items()}

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(f"select * from {table} order by all").fetchall()

    def mark(self) -> None:
        """Leaves a trace in every row that stands: what is made again loses it."""
        self.connection.execute("update metrics.monthly set asked = asked + 100")
        if "metrics.quarterly" in self.pieces:
            self.connection.execute("update metrics.quarterly set asked = asked + 100")


@pytest.fixture
def desk(tmp_path):
    one = Desk(tmp_path, QUARTERS)
    yield one
    one.connection.close()


def test_only_the_months_that_changed_are_made_again(desk):
    desk.build("1")
    assert desk.rows("metrics.monthly") == [("05", "a", 1), ("05", "b", 1), ("06", "a", 1), ("07", "a", 1)]
    desk.mark()
    desk.connection.execute("insert into raw.asked values ('07', 'a')")
    assert desk.build("2") == dict.fromkeys(
        ("staging.asked", "core.asked", "metrics.monthly", "metrics.quarterly"), True
    ) | {"staging.spans": False, "core.spans": False}
    assert desk.rows("metrics.monthly") == [("05", "a", 101), ("05", "b", 101), ("06", "a", 101), ("07", "a", 2)]
    assert desk.rows("metrics.quarterly") == [("Q2", 103), ("Q3", 2)]


def test_a_month_that_appears_and_one_that_vanishes(desk):
    desk.build("1")
    desk.mark()
    desk.connection.execute("insert into raw.asked values ('04', 'c')")
    desk.connection.execute("delete from raw.asked where part = '07'")
    desk.build("2")
    assert desk.rows("metrics.monthly") == [("04", "c", 1), ("05", "a", 101), ("05", "b", 101), ("06", "a", 101)]
    # the quarter is made of its months as they stand; the trace of two of them is in it
    assert desk.rows("metrics.quarterly") == [("Q2", 304)]


def test_what_says_the_same_again_changes_nothing_further_on(desk):
    """A file that only repeats: its table is made again, and nothing that follows from it by pieces."""
    desk.build("1")
    desk.connection.execute("create or replace table raw.asked as select * from raw.asked order by city desc")
    made = desk.build("2")
    assert made["core.asked"] and not made["metrics.monthly"] and not made["metrics.quarterly"]
    assert desk.build("2") == dict.fromkeys(made, False)


def test_another_text_or_another_table_makes_the_whole_again(desk):
    desk.build("1")
    desk.mark()
    desk.write("metrics/monthly.sql", SQL["metrics/monthly.sql"].replace("count(*)", "count(*) + 0"))
    desk.build("1")
    assert [row[-1] for row in desk.rows("metrics.monthly")] == [1, 1, 1, 1]
    assert desk.rows("metrics.quarterly") == [("Q2", 3), ("Q3", 1)]


def test_without_rows_there_are_no_pieces_and_then_there_are(desk):
    desk.connection.execute("delete from raw.asked")
    desk.build("1")
    assert desk.rows("metrics.monthly") == []
    desk.connection.execute("insert into raw.asked values ('05', 'a'), (null, 'a')")
    desk.build("2")
    assert desk.rows("metrics.quarterly") == [("Q2", 1)]


def test_a_piece_that_fails_leaves_the_table_as_it_was(desk):
    desk.write("metrics/monthly.sql", "select part, city, cast(city as integer) as asked from core.asked")
    desk.connection.execute("update raw.asked set city = '1'")
    desk.build("1")
    desk.connection.execute("insert into raw.asked values ('07', 'seven')")
    with pytest.raises(ModelError, match="metrics/monthly"):
        desk.build("2")
    assert desk.rows("metrics.monthly") == [("05", "1", 1), ("05", "1", 1), ("06", "1", 1), ("07", "1", 1)]
    desk.connection.execute("update raw.asked set city = '7' where city = 'seven'")
    desk.build("3")
    assert desk.rows("metrics.monthly")[-1] == ("07", "7", 7)


def test_names_of_pieces_are_only_names(desk):
    desk.connection.execute("insert into raw.asked values ('it''s', 'a')")
    desk.build("1")
    desk.connection.execute("insert into raw.asked values ('it''s', 'a')")
    desk.build("2")
    assert ("it's", "a", 2) in desk.rows("metrics.monthly")
