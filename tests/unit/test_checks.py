"""Checks made from the catalog, each kind holding and failing on a table of a few rows."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from assets.catalog import Source, Table
from assets.checks import Outcome, check_source, check_table
from assets.raw.receipts import Receipt


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as one:
        one.execute("create schema core; create schema raw")
        one.execute("create table core.parents as select * from (values ('p1'), ('p2')) as t(id)")
        yield one


def outcomes(connection: duckdb.DuckDBPyConnection, values: str, /, **spec: Any) -> dict[str, Outcome]:
    """Outcomes by name on core.t (id, parent, n) of these rows."""
    connection.execute("create or replace table core.t (id varchar, parent varchar, n double)")
    if values:
        connection.execute(f"insert into core.t values {values}")
    table = Table.model_validate({"table": "core.t", "grain": "one row per id", "key": ["id"], **spec})
    return {o.name: o for o in check_table(connection, table)}


GOOD = "('a', 'p1', 1), ('b', null, null)"


@pytest.mark.parametrize(
    ("rule", "spec", "rows", "failed", "detail"),
    [
        (
            "key_unique",
            {},
            "('a', null, 1), ('a', null, 2), ('a', null, 3), ('b', null, 1), (null, null, 1), (null, null, 2)",
            2,  # two keys, a and null, come more than once
            "expected one row per id; rows id a; id None",
        ),
        (
            "parent_not_null",
            {"columns": {"parent": {"not_null": True}}},
            "('a', null, 1), ('b', 'p1', 1)",
            1,
            "expected a value; rows id a",
        ),
        (
            "parent_accepted",
            {"columns": {"parent": {"accepted": ["p1", "p'2"]}}},
            "('a', 'p3', 1), ('b', 'p1', 1), ('c', 'p''2', 1), ('d', null, 1)",
            1,
            "expected one of p1, p'2; rows id a",
        ),
        ("n_min", {"columns": {"n": {"min": 0}}}, "('a', null, -0.5), ('b', null, 0)", 1, "at least 0; rows id a"),
        ("n_max", {"columns": {"n": {"max": 100}}}, "('a', null, 100.5), ('b', null, 100)", 1, "at most 100; rows id a"),
        (
            "parent_references",
            {"columns": {"parent": {"references": "core.parents.id"}}},
            "('a', 'p9', 1), ('b', 'p2', 1), ('c', null, 1)",
            1,
            "expected a row of core.parents; rows id a",
        ),
        (
            "n_is_even",
            {"checks": [{"name": "n_is_even", "test": "n % 2 = 0", "description": "an even number"}]},
            "('a', null, 3), ('b', null, 4), ('c', null, null)",
            1,
            "expected an even number; rows id a",
        ),
        ("row_count", {"rows": {"min": 3}}, "('a', null, 1), ('b', null, 1)", 0, "expected at least 3 rows, found 2"),
        ("row_count", {"rows": {"min": 0, "max": 1}}, "('a', null, 1), ('b', null, 1)", 0, "expected 0 to 1 rows, found 2"),
    ],
)  # fmt: skip
def test_each_rule_fails_on_its_fault_and_on_nothing_else(connection, rule, spec, rows, failed, detail):
    outcome = outcomes(connection, rows, **spec)[rule]
    assert (outcome.passed, outcome.failed_rows) == (False, failed)
    assert detail in outcome.detail
    others = [o for o in outcomes(connection, rows, **spec).values() if o.name != rule]
    assert all(o.passed for o in others)


def test_every_rule_holds_on_a_good_table(connection):
    found = outcomes(
        connection,
        GOOD,
        rows={"min": 2, "max": 2},
        columns={
            "id": {"not_null": True, "accepted": ["a", "b"]},
            "parent": {"references": "core.parents.id", "accepted": ["p1"]},
            "n": {"min": 1, "max": 1},
        },
        checks=[{"name": "small", "test": "n < 2"}],
    )
    assert len(found) == 9 and all(o.passed and o.detail == "" and o.failed_rows == 0 for o in found.values())


def test_an_empty_table_holds_but_for_its_least_rows(connection):
    spec = {"columns": {"id": {"not_null": True}, "n": {"min": 0}}, "checks": [{"name": "never", "test": "false"}]}
    assert all(o.passed for o in outcomes(connection, "", **spec).values())
    assert not outcomes(connection, "", rows={"min": 1}, **spec)["row_count"].passed


def test_severity_is_the_catalogs(connection):
    spec = {
        "columns": {"n": {"min": 5, "severity": "warn"}, "parent": {"not_null": True}},
        "checks": [{"name": "none", "test": "false", "severity": "warn"}],
    }
    found = outcomes(connection, GOOD, **spec)
    severities = {
        name: found[name].severity for name in ("n_min", "parent_not_null", "none", "key_unique", "row_count")
    }
    assert severities == {
        "n_min": "warn",
        "parent_not_null": "fail",
        "none": "warn",
        "key_unique": "fail",  # a table has one key, always
        "row_count": "warn",
    }


def test_a_number_that_is_none_is_outside_every_range(connection):
    found = outcomes(connection, "('a', null, 'nan'), ('b', null, 'infinity')", columns={"n": {"min": 0, "max": 9}})
    assert found["n_max"].failed_rows == 2


def test_the_first_five_rows_are_named_in_order_of_key(connection):
    rows = ", ".join(f"('k{n}', null, {n})" for n in range(9, 0, -1))
    outcome = outcomes(connection, rows, columns={"n": {"max": 0}})["n_max"]
    assert outcome.failed_rows == 9
    assert outcome.detail.endswith("rows id k1; id k2; id k3; id k4; id k5")


SOURCE = Source.model_validate(
    {
        "source": "demo",
        "title": "",
        "publisher": "",
        "key": ["id"],
        "rows": {"min": 2},
        "columns": {"id": {"type": "text"}},
    }
)
RECEIPT = Receipt(
    "demo/a.csv", "demo", "demo", "abc", 1, 1, "f", "accepted", received=5, accepted=3, quarantined=1, repeats=1
)


def source(connection: duckdb.DuckDBPyConnection, receipts: list[Receipt], rows: int) -> dict[str, Outcome]:
    connection.execute(
        f"create or replace table raw.demo as select n as id, 'demo/a.csv' as _file, 'abc' as _sha256, 0 as _order"
        f" from range({rows}) as t(n)"
    )
    return {o.name: o for o in check_source(connection, SOURCE, receipts)}


def test_a_source_that_never_arrived_is_not_checked(connection):
    assert source(connection, [], 0) == {}


def test_nothing_lost(connection):
    found = source(connection, [RECEIPT], 3)
    assert found["nothing_lost"].passed and found["row_count"].passed


@pytest.mark.parametrize(
    ("change", "rows"),
    [({"quarantined": 0}, 3), ({"received": 4}, 3), ({}, 2), ({}, 4)],
    ids=["sum is short", "received less than counted", "a row went missing", "a row came from nowhere"],
)
def test_a_row_lost_or_gained_blocks(connection, change, rows):
    outcome = source(connection, [dataclasses.replace(RECEIPT, **change)], rows)["nothing_lost"]
    assert (outcome.passed, outcome.severity, outcome.table) == (False, "fail", "raw.demo")
    assert outcome.detail == "demo/a.csv"


def test_too_few_rows_of_a_source_warn(connection):
    few = dataclasses.replace(RECEIPT, received=1, accepted=1, quarantined=0, repeats=0)
    outcome = source(connection, [few], 1)["row_count"]
    assert (outcome.passed, outcome.severity) == (False, "warn")
    assert outcome.detail == "expected at least 2 rows, found 1"
