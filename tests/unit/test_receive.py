"""Receiving rows: their numbers, what is set aside and why, exact repeats, and what may never be shown."""

import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from assets.catalog import Source, SourceColumn
from assets.raw import delimited
from assets.raw.mapping import Mapping
from assets.raw.reading import Landed
from assets.raw.receive import MissingColumns, Outcome, receive

SPEC = Source.model_validate(
    {
        "source": "demo",
        "title": "",
        "publisher": "",
        "key": ["id"],
        "columns": {
            "id": {"type": "text", "required": True},
            "opened": {"type": "date"},
            "closed": {"type": "date"},
            "n": {"type": "integer"},
            "note": {"type": "text", "personal": True},
            "pin": {"type": "integer", "personal": True},
        },
        "rules": [{"column": "closed", "test": "closed >= opened", "expected": "a day not before opened"}],
    }
)


@dataclass
class Taken:
    """rows: number in the file -> id, of accepted rows; aside: (row, state, column, found, expected)."""

    outcome: Outcome
    rows: dict[int, str]
    aside: list[tuple[object, ...]]


def take(folder: Path, content: str | bytes, how: Mapping | None = None) -> Taken:
    path, typed, aside = folder / "a.csv", folder / "t" / "a.parquet", folder / "q" / "a.parquet"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with duckdb.connect() as connection:
        connection.execute("create schema reference; create table reference.places (geoid varchar)")
        parsed = delimited.read(Landed(path, "demo/a.csv", "demo"), connection, "demo", trim=False)
        outcome = receive(connection, parsed, SPEC, how or Mapping(), "America/New_York", typed, aside)
    repeats, listed = set(), []
    if aside.exists():
        found = pq.read_table(aside).to_pylist()
        listed = [(r["row"], r["state"], r["column"], r["found"], r["expected"]) for r in found]
        repeats = {r["index"] for r in found if r["state"] == "repeat"}
    rows = {
        row.get("_row", at + outcome.first_row): row["id"]
        for at, row in enumerate(pq.read_table(typed).to_pylist())
        if row["_sent"] is None and at not in repeats
    }
    assert outcome.received == outcome.accepted + outcome.quarantined + outcome.repeats
    assert len(rows) == outcome.accepted
    return Taken(outcome, rows, listed)


def test_row_numbers_are_the_senders(tmp_path):
    """Row 2 spans two lines, row 3 cannot be split, row 4 holds a bad cell, rows 6 and 7 cannot be split either."""
    taken = take(
        tmp_path,
        'id,opened,closed,n,note,pin\na,,,1,"x\ny",\nb,,\nc,,,zz,,\nd,,,4,,\n1,2\n3,4,5\ne,2014-13-01,,,,\nf,,,6,,\n',
    )
    assert taken.rows == {2: "a", 5: "d", 9: "f"}
    assert [(row, column) for row, _, column, *_ in taken.aside if row in (4, 8)] == [(4, "n"), (8, "opened")]
    split = [(row, found, expected[:9]) for row, _, _, found, expected in taken.aside if row in (3, 6, 7)]
    assert split == [(3, "3 columns", "6 columns"), (6, "2 columns", "6 columns"), (7, "3 columns", "6 columns")]
    assert (taken.outcome.received, taken.outcome.quarantined) == (8, 5)


def test_a_blank_line_is_a_row_to_whoever_looks_it_up(tmp_path):
    """A spreadsheet shows it, and the number must lead the sender to the right row."""
    taken = take(tmp_path, "id,n\na,1\n\nb,zz\nc,3\n")
    assert [row for row, *_ in taken.aside] == [4]
    assert taken.rows == {2: "a", 5: "c"}


def test_exact_repeats_count_once_and_say_of_which_row(tmp_path):
    taken = take(tmp_path, "id,n\na,1\nb,2\na,1\na,2\na,1\n")
    assert taken.rows == {2: "a", 3: "b", 5: "a"}  # row 5 says something else of a: a version, not a repeat
    assert taken.aside == [
        (4, "repeat", None, None, "exact repeat of row 2"),
        (6, "repeat", None, None, "exact repeat of row 2"),
    ]


def test_rows_that_differ_only_in_what_is_personal_are_no_repeats(tmp_path):
    assert take(tmp_path, "id,note\na,call Ann\na,call Bob\n").outcome.repeats == 0


def test_empty_cells_are_equal_to_each_other(tmp_path):
    assert take(tmp_path, "id,n,note\na,,\na,,\n").outcome.repeats == 1


def test_a_row_that_does_not_fit_is_set_aside_each_time_it_comes(tmp_path):
    outcome = take(tmp_path, "id,n\na,x\na,x\n").outcome
    assert (outcome.quarantined, outcome.repeats) == (2, 0)


def test_every_bad_cell_of_a_row_is_told_once_and_the_row_counts_once(tmp_path):
    taken = take(tmp_path, "id,opened,closed,n\n,2014-05-22,2014-05-21,x\n")
    assert taken.outcome.quarantined == 1
    assert taken.aside == [
        (2, "quarantined", "closed", "2014-05-21", "a day not before opened"),
        (2, "quarantined", "id", "nothing", "a value; the column must not be empty"),
        (2, "quarantined", "n", "x", "a whole number"),
    ]


def test_a_cell_that_cannot_be_read_breaks_no_rule_on_top(tmp_path):
    taken = take(tmp_path, "id,opened,closed\na,2014-05-22,soon\n")
    assert [(column, found) for _, _, column, found, _ in taken.aside] == [("closed", "soon")]


def test_personal_cells_are_withheld(tmp_path):
    taken = take(tmp_path, "id,n,note,pin\na,1,Ann Lee,4711x\n")
    assert taken.aside == [(2, "quarantined", "pin", "(personal, not shown)", "a whole number")]


def test_an_address_in_a_wrong_column_is_withheld(tmp_path):
    taken = take(tmp_path, "id,n\na,ann.lee@city.example\n")
    assert taken.aside == [(2, "quarantined", "n", "(personal, not shown)", "a whole number")]


def test_personal_text_of_a_row_that_cannot_be_split_is_not_shown(tmp_path):
    taken = take(tmp_path, 'id,n,note,pin\na,1,Ann Lee,2,3,4\nb,1,"Ann Lee,2\n')
    assert taken.outcome.quarantined == 2
    assert "Ann" not in str(taken.aside)


def test_a_long_cell_is_cut_in_the_listing(tmp_path):
    (told,) = take(tmp_path, f"id,n\na,{'9' * 500}\n").aside
    assert told[3] == "9" * 80


def test_bytes_of_another_encoding_cost_only_their_row(tmp_path):
    taken = take(tmp_path, "id,note\na,caf\xe9\nb,tea\n".encode("latin-1"))
    assert taken.rows == {3: "b"}
    ((row, _, column, found, expected),) = taken.aside
    assert (row, column, found) == (2, "note", "bytes that are not UTF-8")
    assert "encoding: latin-1" in expected


def test_a_missing_required_column_names_what_was_found(tmp_path):
    with pytest.raises(MissingColumns) as error:
        take(tmp_path, "key,n\na,1\nb,2\n")
    assert str(error.value).startswith("required column id is missing; found key, n; rename it in mapping.yml")
    assert error.value.rows == 2  # so that these rows are counted, not lost


def test_a_missing_optional_column_is_null(tmp_path):
    taken = take(tmp_path, "id\na\n")
    assert taken.rows == {2: "a"}


def test_reading_again_replaces_what_was_set_aside(tmp_path):
    assert take(tmp_path, "id,n\na,x\n").outcome.quarantined == 1
    assert take(tmp_path, "id,n\na,1\n").aside == []
    assert not list(tmp_path.rglob("*.part"))


def test_words_in_a_cell_that_does_not_fit_are_not_quoted(tmp_path):
    """A name or a sentence may stand in any cell; a number, a date and a single word may be shown."""
    shown = ["2014-13-01", "06/02/2014 10:00 AM", "soon", "Jan 5, 2014"]
    withheld = ["Zelda Quux", "call me at 2 pm on Monday", "Łukasz-Żak", "901-555-0175", "a@b.example"]
    lines = "".join(f'{n},"{cell}"\n' for n, cell in enumerate([*shown, *withheld]))
    taken = take(tmp_path, "id,opened\n" + lines)
    assert [found for *_, found, _ in taken.aside] == [*shown, *["(personal, not shown)"] * len(withheld)]


def test_a_word_of_the_columns_list_is_quoted_with_what_follows(tmp_path, monkeypatch):
    columns = SPEC.columns | {"state": SourceColumn(type="enum", values=["open", "closed"])}
    monkeypatch.setattr(sys.modules[__name__], "SPEC", SPEC.model_copy(update={"columns": columns}))
    taken = take(tmp_path, "id,state\n1,Closed (Duplicate)\n2,The office is closed\n3,Pending\n")
    assert [found for *_, found, _ in taken.aside] == ["Closed (Duplicate)", "(personal, not shown)", "Pending"]


def test_a_column_named_by_a_telephone_number_is_not_named(tmp_path):
    """Neither as a column that nobody reads, nor as the one at which a line broke off."""
    taken = take(tmp_path, "id,opened,901-555-0175\n1,2014-06-02,x\n2,2014-06-03\n")
    assert taken.outcome.unused == ["(a name that is not shown)"]
    assert [(row, column) for row, _, column, *_ in taken.aside] == [(3, "(a name that is not shown)")]
