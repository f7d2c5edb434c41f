"""The SQL files: plain, portable, one per table, with nothing personal past staging."""

from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from assets import catalog, models
from assets.metrics import computed

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "sql").rglob("*.sql"))
IDS = [p.relative_to(ROOT / "sql").as_posix() for p in FILES]
ROUNDED = (exp.Round, exp.Ceil, exp.Floor, exp.Count)
TIME_ZONES = {"timezone", "now", "today", "get_current_timestamp", "current_localtimestamp"}
CHANCE = {"hash", "random", "uuid", "gen_random_uuid", "dayofweek", "isodow", "weekday"}


def banned(sql: str) -> list[str]:
    """Constructs of docs/architecture.md that another engine reads differently, or that make a run unlike the next."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    found = []
    for node in tree.walk():
        name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
        if isinstance(node, exp.Join) and (node.args.get("method") or "").upper() == "ASOF":
            found.append("asof join")
        if isinstance(node, (exp.Array, exp.ArrayAgg, exp.List, exp.Explode, exp.Unnest, exp.Bracket)):
            found.append("a list")
        if isinstance(node, exp.GroupConcat) and node.find(exp.Order):
            found.append("an ordered list")
        if name.startswith(("list", "array_")):
            found.append("a list function")
        if isinstance(node, exp.Log):
            found.append("log (write ln)")
        if isinstance(node, (exp.DateDiff, exp.TimestampDiff)) and node.text("unit").upper() not in (
            "DAY",
            "MONTH",
            "YEAR",
        ):
            found.append("date_diff of hours")
        if isinstance(node, exp.Substring) and node.args.get("start") == exp.Literal.number(0):
            found.append("substring from 0")
        if isinstance(node, exp.DateSub) or (isinstance(node, exp.Sub) and isinstance(node.expression, exp.Interval)):
            found.append("date minus interval")
        if isinstance(node, (exp.DayOfWeek, exp.Rand, exp.Uuid)) or name in CHANCE:
            found.append("dayofweek, hash or chance")
        if (
            isinstance(node, (exp.AtTimeZone, exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime))
            or name in TIME_ZONES
        ):
            found.append("a time zone or today's clock")
        if isinstance(node, exp.Cast) and node.to.this in exp.DataType.INTEGER_TYPES and _fraction(node.this):
            found.append("a fraction cast to a whole number (round first)")
    return found


def _fraction(value: exp.Expression) -> bool:
    """Whether something divided reaches a cast without being rounded."""
    value = value.unnest()
    if isinstance(value, ROUNDED):
        return False
    return isinstance(value, (exp.Div, exp.Avg)) or any(_fraction(v) for v in value.iter_expressions())


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 from core.a asof join core.b on a.t >= b.t",
        "select list(x) from core.a",
        "select [1, 2] as x",
        "select list_sum(x) from core.a",
        "select unnest(x) from core.a",
        "select log(x) from core.a",
        "select date_diff('hour', a, b) from core.a",
        "select date_diff('minute', a, b) from core.a",
        "select hash(x) from core.a",
        "select dayofweek(x) from core.a",
        "select substring(x, 0, 3) from core.a",
        "select x - interval 1 day from core.a",
        "select cast(x / 3 as bigint) from core.a",
        "select (x / 3)::integer from core.a",
        "select x at time zone 'UTC' from core.a",
        "select timezone('UTC', x) from core.a",
        "select current_date",
        "select now()",
        "select random()",
    ],
)
def test_the_lint_sees(sql):
    assert banned(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select ln(x), substring(x, 1, 3), date_diff('day', a, b) from core.a",
        "select cast(round(x / 3) as bigint), cast(count(*) as integer) from core.a",
        "select x + interval 1 day, epoch(b) - epoch(a) from core.a qualify row_number() over (order by x) = 1",
    ],
)
def test_the_lint_lets_pass(sql):
    assert banned(sql) == []


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_no_banned_construct(path):
    assert banned(path.read_text()) == []


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_explicit_columns_and_a_word_on_the_grain(path):
    sql = path.read_text()
    assert sql.startswith("-- "), "the first line says what a row is"
    first = sqlglot.parse_one(sql, read="duckdb")
    selects = [first] if isinstance(first, exp.Select) else list(first.find_all(exp.Select))
    for select in selects if path.parent.name != "staging" else []:
        if select is first or select.find_ancestor(exp.CTE) is None:
            assert not any(isinstance(e, exp.Star) or e.name == "*" for e in select.expressions), "explicit columns"
    assert "{{" not in sql and "{%" not in sql, "no templating"
    words = [
        t.text
        for t in sqlglot.tokenize(sql, read="duckdb")
        if t.token_type.name in ("SELECT", "FROM", "JOIN", "WHERE", "CASE")
    ]
    assert words == [w.lower() for w in words], "lower case"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_files_stay_small(path):
    assert len(path.read_text().splitlines()) < 150


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.parent.name != "staging"], ids=lambda p: p.parent.name + "/" + p.name
)
def test_nothing_personal_after_staging(path):
    personal = {c for s in catalog.load().sources.values() for c, spec in s.columns.items() if spec.personal}
    assert len(personal) >= 6
    tree = sqlglot.parse_one(path.read_text(), read="duckdb")
    used = {n.name.lower() for n in tree.find_all(exp.Column)} | {n.alias.lower() for n in tree.find_all(exp.Alias)}
    assert not personal & used


@pytest.mark.parametrize("path", [p for p in FILES if p.parent.name == "staging"], ids=lambda p: p.name)
def test_staging_gives_nothing_personal(path):
    personal = {c for s in catalog.load().sources.values() for c, spec in s.columns.items() if spec.personal}
    tree = sqlglot.parse_one(path.read_text(), read="duckdb").assert_is(exp.Query)
    assert not personal & {e.alias_or_name.lower() for e in tree.selects}


def test_every_file_is_a_model_and_every_catalog_table_has_its_file():
    tables = set(models.load(catalog.load().sources))
    made = {f"{p.parent.name}.{p.stem}" for p in FILES if p.parent.name != "rows"}
    assert made | {c.table for c in computed()} == tables
    assert {p.stem for p in FILES if p.parent.name == "rows"} == {
        m.rows for m in catalog.load().metrics.values() if m.rows
    }
    assert set(catalog.load().tables) <= tables


def test_every_model_has_a_catalog_entry_whose_key_it_gives():
    entries = catalog.load().tables
    for table, model in models.load(catalog.load().sources).items():
        assert table in entries, f"{table} is not in assets/catalog/tables"
        given = (
            None if model.make else set(sqlglot.parse_one(model.sql, read="duckdb").assert_is(exp.Query).named_selects)
        )
        # rows of the waits of a group may be alike: equal waits are equal
        assert entries[table].key or table == "metrics.response_steps", table
        assert given is None or set(entries[table].key) <= given, table
