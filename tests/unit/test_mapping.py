"""mapping.yml: renames, constants, values, facts about files, and what an error in it says."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from assets.catalog import Source
from assets.raw import mapping
from assets.raw.mapping import Mapping
from assets.raw.reading import Parsed, Unreadable
from assets.raw.receive import receive

SPEC = Source.model_validate(
    {
        "source": "demo",
        "title": "",
        "publisher": "",
        "key": ["id"],
        "columns": {
            "id": {"type": "text", "required": True},
            "status": {"type": "enum", "values": ["open", "closed"]},
            "duplicate_of": {"type": "text"},
            "opened": {"type": "date"},
            "first_seen": {"type": "date"},
            "city": {"type": "text"},
        },
    }
)
COLUMNS = set(SPEC.columns)


def declared(folder: Path, text: str) -> Mapping:
    (folder / mapping.NAME).write_text(text, encoding="utf-8")
    return mapping.load(folder, COLUMNS)


def taken(folder: Path, how: Mapping, rows: list[dict[str, str | None]]) -> tuple[list[dict[str, object]], list[str]]:
    """The typed rows, in order, and the columns nobody read."""
    with duckdb.connect() as connection:
        connection.execute("create schema reference; create table reference.places (geoid varchar)")
        table = pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in rows[0]]))
        parsed = Parsed("demo", connection.from_arrow(table))
        out = receive(connection, parsed, SPEC, how, "America/New_York", folder / "t.parquet", folder / "q.parquet")
        names = ", ".join(SPEC.columns)
        found = connection.execute(f"select {names} from '{folder}/t.parquet' where _sent is null").fetchall()
    return [dict(zip(SPEC.columns, row, strict=True)) for row in found], out.unused


def test_no_file_is_an_empty_mapping(tmp_path):
    assert mapping.load(tmp_path, COLUMNS) == Mapping()
    assert declared(tmp_path, "") == Mapping()


def test_one_column_fills_several(tmp_path):
    how = declared(tmp_path, "columns: {Key: id, Opened: [opened, first_seen]}")
    (row,), unused = taken(tmp_path, how, [{"Key": "a", "Opened": "2014-05-22"}])
    assert str(row["opened"]) == str(row["first_seen"]) == "2014-05-22"
    assert unused == []


def test_a_renamed_column_wins_over_one_of_the_same_name(tmp_path):
    how = declared(tmp_path, "columns: {Ticket: id}")
    (row,), _ = taken(tmp_path, how, [{"id": "internal", "Ticket": "T-1"}])
    assert row["id"] == "T-1"


def test_headers_match_without_case_and_punctuation(tmp_path):
    (row,), _ = taken(tmp_path, Mapping(), [{"ID": "a", "Duplicate Of": "b", "FIRST-SEEN": "2014-05-22"}])
    assert (row["id"], row["duplicate_of"], str(row["first_seen"])) == ("a", "b", "2014-05-22")


def test_exact_values_go_before_patterns_whatever_their_order(tmp_path):
    how = declared(tmp_path, 'values: {status: {"*": open, "Done*": closed, "Done soon": open}}')
    sent = [{"id": str(n), "status": s} for n, s in enumerate(["Done soon", "Done", "Anything"])]
    rows, _ = taken(tmp_path, how, sent)
    # the exact "Done soon" beats every pattern; of patterns the first that fits holds, and "*" stands first
    assert [r["status"] for r in rows] == ["open", "open", "open"]
    how = declared(tmp_path, 'values: {status: {"Done*": closed, "*": open, "Done soon": open}}')
    rows, _ = taken(tmp_path, how, sent)
    assert [r["status"] for r in rows] == ["open", "closed", "open"]


def test_a_value_may_fill_several_columns_and_null_empties(tmp_path):
    how = declared(
        tmp_path,
        'values: {status: {"Closed (Duplicate)": {status: closed, duplicate_of: unknown}, "-": null}}',
    )
    sent = [
        {"id": "a", "status": "Closed (Duplicate)", "duplicate_of": None},
        {"id": "b", "status": "-", "duplicate_of": "a"},
        {"id": "c", "status": "closed", "duplicate_of": None},  # a word of the contract passes unmapped
    ]
    rows, _ = taken(tmp_path, how, sent)
    assert [(r["status"], r["duplicate_of"]) for r in rows] == [("closed", "unknown"), (None, "a"), ("closed", None)]


def test_constants_and_ignored_columns(tmp_path):
    how = declared(tmp_path, 'constants: {city: "0107000"}\nignore: [Address]')
    (row,), unused = taken(tmp_path, how, [{"id": "a", "Address": "1 Main St", "Ward": "4"}])
    assert row["city"] == "0107000"
    assert unused == ["Ward"]  # known and not wanted is silent; what nobody knows is named


def test_an_apostrophe_is_text(tmp_path):
    how = declared(tmp_path, """constants: {city: "O'Fallon"}\nvalues: {duplicate_of: {"it's": "that's"}}""")
    (row,), _ = taken(tmp_path, how, [{"id": "a", "duplicate_of": "it's"}])
    assert (row["city"], row["duplicate_of"]) == ("O'Fallon", "that's")


def test_facts_of_files_add_up_and_later_patterns_win(tmp_path):
    how = declared(
        tmp_path,
        'files: {"*": {delivered_on: 2015-01-05}, "older/*": {vintage: 2013}, "older/b*": {delivered_on: 2014-02-01}}',
    )
    assert how.facts("new.csv") == mapping.FileFacts(delivered_on="2015-01-05")
    assert how.facts("older/a.csv") == mapping.FileFacts(delivered_on="2015-01-05", vintage="2013")
    assert how.facts("older/b.csv") == mapping.FileFacts(delivered_on="2014-02-01", vintage="2013")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("columns: {Key: id", ["not valid YAML"]),
        ("- id", ["mapping.yml"]),
        ("colums: {Key: id}", ["colums", "Extra inputs"]),
        ("dates: american", ["dates", "'mdy', 'dmy' or 'ymd'"]),
        ("constants: {city: 107000}", ["constants.city", "string"]),
        ('files: {"*.csv": {delivered: 2015-01-05}}', ["delivered", "Extra inputs"]),
        ('files: {"*.csv": {delivered_on: "5 January"}}', ["delivered_on", "5 January"]),
        ("columns: {Key: identifier}", ["identifier", "expected columns of the contract: city, duplicate_of, first_seen"]),
        ("columns: {Key: [id, second]}", ["second", "expected columns"]),
        ("constants: {town: x}", ["town", "expected columns"]),
        ("values: {state: {a: b}}", ["state", "expected columns"]),
        ("values: {status: {a: {stat: open}}}", ["stat", "expected columns"]),
        ("zone: America/NewYork", ["zone", "America/NewYork"]),
        ("encoding: latin-99", ["encoding", "latin-99"]),
    ],
)  # fmt: skip
def test_an_error_names_the_key_and_what_would_do(tmp_path, text, told):
    with pytest.raises(Unreadable) as error:
        declared(tmp_path, text)
    assert str(error.value).startswith("mapping.yml")
    for words in told:
        assert words in str(error.value)


def test_bytes_that_are_no_text_are_an_error_of_the_mapping(tmp_path):
    (tmp_path / mapping.NAME).write_bytes(b"columns: {Stra\xdfe: id}")
    with pytest.raises(Unreadable, match=r"mapping\.yml"):
        mapping.load(tmp_path, COLUMNS)


def test_windows_quotes_are_read_as_windows_wrote_them(tmp_path):
    from assets.raw import delimited
    from assets.raw.reading import Landed

    (tmp_path / "a.csv").write_bytes("id,status\n\u201ca\u201d,open\n".encode("cp1252"))
    assert declared(tmp_path, "encoding: windows-1252").encoding == "cp1252"
    with duckdb.connect() as connection:
        landed = Landed(tmp_path / "a.csv", "demo/a.csv", "demo", {"encoding": "cp1252"})
        assert delimited.read(landed, connection, "demo").rows.fetchall() == [("\u201ca\u201d", "open")]
