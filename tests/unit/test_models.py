"""SQL files as tables: what they read, their order, what an error says, and when one is made again."""

from pathlib import Path

import duckdb
import pytest

from assets import models
from assets.models import ModelError


@pytest.fixture
def sql(tmp_path):
    """Writes a model and returns the folder."""

    def write(**files: str) -> Path:
        for name, text in files.items():
            path = tmp_path / (name.replace("__", "/") + ".sql")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def refused(folder: Path) -> str:
    with pytest.raises(ModelError) as error:
        models.load(["requests"], folder)
    return str(error.value)


def test_each_model_comes_after_what_it_reads(sql):
    folder = sql(
        published__a="select id from core.b",
        core__b="select id from core.z",
        core__z="-- one row per id\n-- second line\nselect id from staging.c join reference.params on true",
        staging__c="with requests as (select * from raw.requests) select id from requests",
    )
    found = models.load(["requests"], folder)
    assert list(found) == ["staging.c", "core.z", "core.b", "published.a"]
    assert found["core.z"].reads == {"staging.c", "reference.params"}
    assert found["staging.c"].reads == {"raw.requests"}  # a name of its own `with` is no table
    assert found["core.z"].description == "one row per id\nsecond line"


def test_reads_are_found_wherever_they_stand(sql):
    text = """
        select id, (select max(id) from core.b) as b from core.c
        where id in (select id from core.d) and exists (select 1 from core.e as e where e.id = c.id)
        union all select id, null from core.f
    """
    folder = sql(core__a=text, **{f"core__{x}": "select 1 as id" for x in "bcdef"})
    assert models.load([], folder)["core.a"].reads == {f"core.{x}" for x in "bcdef"}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"core__a": "select id from core.gone"}, "sql/core/a.sql: reads core.gone, which no file and no source makes"),
        ({"core__a": "select id from bare"}, "sql/core/a.sql: reads bare, which no file and no source makes"),
        ({"staging__a": "select id from raw.request"}, "sql/staging/a.sql: reads raw.request, which"),
        (
            {"metrics__a": "select id from staging.b", "staging__b": "select 1 as id"},
            "sql/metrics/a.sql: metrics reads staging.b; it may read only core, metrics, reference",
        ),
        ({"core__a": "select id from raw.requests"}, "sql/core/a.sql: core reads raw.requests; it may read only core"),
        (
            {"staging__a": "select id from core.b", "core__b": "select 1 as id"},
            "sql/staging/a.sql: staging reads core.b",
        ),
        ({"core__a": "select 1 as id; select 2 as id"}, "sql/core/a.sql: expected one select, found 2 statements"),
        ({"core__a": "drop table core.b"}, "sql/core/a.sql: expected one select"),
        ({"core__a": "-- nothing yet"}, "sql/core/a.sql: expected one select, found 0 statements"),
        ({"core__a": "select from where"}, "sql/core/a.sql: "),
        ({"core__a": "select id from core.a"}, "sql/core/a.sql: a cycle: core.a -> core.a"),
    ],
)
def test_an_error_begins_with_the_name_of_the_file(sql, files, told):
    assert refused(sql(**files)).startswith(told)


def test_a_cycle_names_its_members(sql):
    told = refused(
        sql(core__a="select id from core.b", core__b="select id from core.c", core__c="select id from core.a")
    )
    assert told.startswith("sql/core/") and ".sql: a cycle: " in told
    assert {"core.a", "core.b", "core.c"} <= set(told.partition("cycle: ")[2].split(" -> "))


def test_folders_that_are_no_layer_are_left_alone(sql):
    assert list(models.load([], sql(core__a="select 1 as id", drafts__b="select nonsense from nowhere"))) == ["core.a"]


def made(connection: duckdb.DuckDBPyConnection, folder: Path, **inputs: str) -> dict[str, bool]:
    prints = {name.replace("__", "."): fingerprint for name, fingerprint in inputs.items()}
    result = models.build(connection, models.load(["requests"], folder), prints)
    return {table: entry.made for table, entry in result.items()}


def test_only_what_changed_is_made_again(sql):
    with duckdb.connect() as connection:
        connection.execute("create schema raw; create table raw.requests as select 1 as id")
        folder = sql(
            staging__a="select id from raw.requests",
            core__b="select id from staging.a",
            core__other="select 7 as id",
        )
        all_three = {"staging.a": True, "core.b": True, "core.other": True}
        assert made(connection, folder, raw__requests="1") == all_three
        assert made(connection, folder, raw__requests="1") == dict.fromkeys(all_three, False)
        connection.execute("insert into raw.requests values (2)")
        assert made(connection, folder, raw__requests="2") == all_three | {"core.other": False}
        assert connection.execute("select * from core.b order by id").fetchall() == [(1,), (2,)]
        sql(core__b="select id + 10 as id from staging.a")  # a changed text makes its table and what reads it
        assert made(connection, folder, raw__requests="2") == {"staging.a": False, "core.b": True, "core.other": False}
        assert connection.execute("select * from core.b order by id").fetchall() == [(11,), (12,)]


def test_rows_are_told_whether_made_or_not(sql):
    with duckdb.connect() as connection:
        folder = sql(core__a="select * from (values (1), (2), (3), (4), (5)) as t(id)")
        for _ in range(2):
            (entry,) = models.build(connection, models.load([], folder), {}).values()
            assert entry.rows == 5


def test_a_table_that_fails_leaves_the_last_one_and_says_which_file(sql):
    with duckdb.connect() as connection:
        folder = sql(core__a="select 1 as id", core__b="select id from core.a")
        made(connection, folder)
        sql(core__b="select cast('x' || id as integer) as id from core.a")
        with pytest.raises(ModelError) as error:
            made(connection, folder)
        assert str(error.value).startswith("sql/core/b.sql: ") and "Conversion Error" in str(error.value)
        assert connection.execute("from core.b").fetchall() == [(1,)]
        sql(core__b="select id from core.a")
        assert made(connection, folder) == {"core.a": False, "core.b": False}  # the old text's table still stands


def test_a_run_killed_between_two_tables_goes_on_where_it_stopped(sql, tmp_path):
    warehouse = str(tmp_path / "w.duckdb")
    folder = sql(core__a="select 1 as id", core__b="select id from core.a")
    every = models.load([], folder)
    with duckdb.connect(warehouse) as connection:
        models.build(connection, {"core.a": every["core.a"]}, {})
        connection.execute("begin; create table core.b as select 99 as id")  # never committed
    with duckdb.connect(warehouse) as connection:
        assert made(connection, folder) == {"core.a": False, "core.b": True}
        assert connection.execute("from core.b").fetchall() == [(1,)]
