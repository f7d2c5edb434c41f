"""Takes in the rows of one file: types and rules from the catalog, quarantine, exact repeats, typed Parquet.

One pass over the file writes every row, typed, in file order; a row that does not fit keeps its text in `_sent`. The few
such rows are then explained cell by cell, and rows equal to an earlier one of the same file are found by their hash.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from assets.catalog import Source
from assets.raw import corrections, places, set_aside
from assets.raw.casts import Cast, cast, file, name, quote
from assets.raw.mapping import Mapping
from assets.raw.reading import Fault, Parsed, Unreadable
from assets.raw.receipts import places_of

HEADER = re.compile(r"[A-Za-z0-9][\w .,:;#%&/()'+-]{0,60}")
BLANKS = ("' '", "chr(9)", "chr(160)")
UNNAMED = "(a name that is not shown)"


class MissingColumns(Unreadable):
    """Required columns are not in the file, so that none of its rows fits.

    found: the names in the header line; none where no name is known, for then it may be somebody's data.
    """

    def __init__(self, missing: list[str], found: list[str], rows: int) -> None:
        told = ", ".join(found) or "no name that is known here; is the header line missing?"
        super().__init__(
            f"required column {', '.join(missing)} is missing; found {told}; "
            "rename it in mapping.yml (columns:) or ask the sender for it"
        )
        self.rows = rows


@dataclass(frozen=True)
class Outcome:
    """received = accepted + quarantined + repeats, for one file. explicit_rows: row numbers stand in the Parquet."""

    received: int
    accepted: int
    quarantined: int
    repeats: int
    first_row: int
    explicit_rows: bool
    unused: list[str]
    facts: dict[str, str]
    corrections: dict[str, list[int]]


def receive(
    connection: duckdb.DuckDBPyConnection,
    parsed: Parsed,
    spec: Source,
    mapping: Mapping,
    zone: str,
    target: Path,
    aside: Path,
    repairs: Sequence[corrections.Correction] = (),
) -> Outcome:
    """Writes `target` (typed rows) and `aside` (rows set aside, where there are any); both whole or not at all.

    Raises Unreadable where a required column is missing, with the columns that were found.
    """
    connection.execute(f"set timezone = {quote(mapping.zone or zone)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    aside.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    cells = {column: cast(column, s, mapping.dates, mapping.zone or zone) for column, s in spec.columns.items()}
    numbered = '"_row"' if "_row" in parsed.rows.columns else None
    try:
        texts, unused = _texts(parsed, spec, mapping)
        repairs = [c for c in repairs if c.columns() <= set(spec.columns)]
        tried = corrections.count(parsed.rows, texts, repairs)
        texts = _prefixed(corrections.apply(texts, repairs), spec, mapping)
        typed = parsed.rows.query("received", _select(spec, texts, cells, numbered))
        assert typed is not None  # a select always gives a relation
        typed.write_parquet(str(part))
    except duckdb.Error as error:
        raise Unreadable(f"the rows cannot be read: {_first_line(error)}; ask the sender to export again") from error
    rejects = [*parsed.rejects, *_rejects(connection, parsed.rejects_table)]
    rows = pq.read_metadata(part).num_rows
    between = {reject.row for reject in rejects}
    if parsed.blank_rows:
        between |= set(parsed.blank_rows(rows + len(rejects), len(rejects)))
    if between and numbered is None:
        _number_rows(connection, part, parsed.first_row, sorted(between))
        numbered = '"_row"'
    row = numbered or f"file_row_number + {parsed.first_row}"
    cities = [c for c, s in spec.columns.items() if s.type == "city"]
    if cities:
        places.resolve(connection, part, cities, places_of(target), spec.source)
    set_aside.begin(connection, rejects)
    set_aside.misfits(connection, part, spec, cells, row)
    if cities:
        set_aside.unknown_places(connection, part, places_of(target), cities, row)
    set_aside.repeats(connection, part, spec, row)
    quarantined, repeated = set_aside.end(connection, aside)
    os.replace(part, target)
    return Outcome(
        received=rows + len(rejects),
        accepted=rows + len(rejects) - quarantined - repeated,
        quarantined=quarantined,
        repeats=repeated,
        first_row=parsed.first_row,
        explicit_rows=numbered is not None,
        unused=unused,
        facts=parsed.facts,
        corrections=tried,
    )


def _fold(header: str) -> str:
    """Header names are matched without case, spaces or punctuation."""
    return "".join(c for c in header.lower() if c.isalnum())


def _texts(parsed: Parsed, spec: Source, mapping: Mapping) -> tuple[dict[str, str], list[str]]:
    """The SQL text of each catalog column, and the file's columns that nothing reads."""
    spelled = {_fold(a): column for column, s in spec.columns.items() for a in [column, *s.aliases]}
    texts: dict[str, str] = {}
    unused, mapped = [], set[str]()
    ignored = {_fold(column) for column in mapping.ignore}
    for header in parsed.rows.columns:
        targets = mapping.targets(header) if header in mapping.columns else [spelled.get(_fold(header), "")]
        for target in targets:
            if target in mapped and header in mapping.columns:
                raise Unreadable(f"mapping.yml fills {target} from two columns of the file; keep one of them")
            if target in spec.columns and (target not in texts or header in mapping.columns):
                mapped |= {target} if header in mapping.columns else set()
                texts[target] = name(header)
            elif target in texts:  # a second spelling of a column that the file already has
                unused.append(header)
        if not any(targets) and header != "_row" and _fold(header) not in ignored:
            unused.append(header)
    texts |= {column: quote(value) for column, value in mapping.constants.items()}
    texts |= {c: quote(v) for c, v in parsed.facts.items() if c in spec.columns and spec.columns[c].from_file}
    missing = [c for c, s in spec.columns.items() if s.required and c not in texts]
    headers = [h for h in parsed.rows.columns if h != "_row"]
    if missing and (headers or len(parsed.rows)):  # an empty JSON array has no rows, and so no names
        is_header = any(h in mapping.columns or spelled.get(_fold(h)) for h in headers)
        raise MissingColumns(missing, [_named(h) for h in headers] if is_header else [], len(parsed.rows))
    return _mapped(texts, mapping), [_named(header) for header in unused]


def _named(header: str) -> str:
    """A name of a column as a message may quote it: an address, a telephone number or a sentence is no name."""
    return header if HEADER.fullmatch(header) and not re.search(set_aside.TELEPHONE, header) else UNNAMED


def _mapped(texts: dict[str, str], mapping: Mapping) -> dict[str, str]:
    """Value mapping as SQL: first match wins, an exact value before a pattern; one value may fill several columns."""
    out = dict(texts)
    for column, values in mapping.values.items():
        source = f"trim({texts[column]})" if column in texts else "null"
        arms: dict[str, list[str]] = {}
        exact_first = sorted(values, key=lambda theirs: any(c in theirs for c in "*?["))
        for theirs in exact_first:
            ours = values[theirs]
            test = (
                f"{source} glob {quote(theirs)}" if any(c in theirs for c in "*?[") else f"{source} = {quote(theirs)}"
            )
            for into, value in (ours if isinstance(ours, dict) else {column: ours}).items():
                arms.setdefault(into, []).append(f"when {test} then {'null' if value is None else quote(value)}")
        for into, cases in arms.items():
            out[into] = f"case {' '.join(cases)} else {texts.get(into, 'null')} end"
    return out


def _prefixed(texts: dict[str, str], spec: Source, mapping: Mapping) -> dict[str, str]:
    """Ids that are unique only within a jurisdiction, with its name before them."""
    if mapping.jurisdiction is None:
        return texts
    before = quote(f"{mapping.jurisdiction}:")
    local = {c: f"{before} || nullif(trim({texts[c]}), '')" for c, s in spec.columns.items() if s.local and c in texts}
    return texts | local


def _select(spec: Source, texts: dict[str, str], cells: dict[str, Cast], numbered: str | None) -> str:
    """The single pass: text, then typed values, then whether the row fits."""
    columns = list(spec.columns)
    text = ", ".join(f"{_text(c, spec, texts)} as {name(c)}" for c in columns)
    present = ", ".join(name(c) for c in columns if c in texts) or "null"
    values = [f"{cells[c].value if c in texts else 'null'} as {name(c)}" for c in columns]
    misfits = [f"coalesce({cells[c].misfit}, false)" for c in columns if cells[c].misfit and c in texts]
    misfits += [f"coalesce(not ({rule.test}), false)" for rule in spec.rules]
    sent = "json_object(" + ", ".join(f"{quote(c)}, s.{name(c)}" for c in columns if c in texts) + ")"
    number = f", {numbered}" if numbered else ""
    typed_columns = ", ".join(f"{name(c)}::{t} as {name(c)}" for c, t in _typed(spec))
    return f"""
        with text_of as (select {text}{number} from received),
        typed as (select t as s{number}, {", ".join(values)}{_markers(spec, texts)} from text_of as t),
        judged as (select *, hash({present}) as _hash, {" or ".join(misfits) or "false"} as _misfit from typed)
        select {typed_columns}{number}, _hash, case when _misfit then {sent} end::varchar as _sent from judged
    """


def _text(column: str, spec: Source, texts: dict[str, str]) -> str:
    """The text of a column without its padding; free text stays as it is. Few cells are padded, and looking is cheap."""
    if column not in texts:
        return "null::varchar"
    text = texts[column]
    if spec.columns[column].personal:
        return text
    if column in spec.key and spec.columns[column].type == "text":  # 31 and 31 with a tab behind it are one record
        ends = " or ".join(f"ends_with({text}, {blank})" for blank in BLANKS)
        return f"case when {text} < '!' or {ends} then nullif(trim({text}, {' || '.join(BLANKS)}), '') else {text} end"
    padded = f"{text} < '!' or ends_with({text}, ' ')"  # what begins with a space, or is empty, sorts before "!"
    return f"case when {padded} then nullif(trim({text}), '') else {text} end"


def _typed(spec: Source) -> list[tuple[str, str]]:
    return list(spec.raw_columns().items())


def _markers(spec: Source, texts: dict[str, str]) -> str:
    """For columns with markers of missing values: the reason, beside a null value."""
    out = ""
    for column, s in spec.columns.items():
        if s.missing:
            arms = " ".join(f"when {quote(marker)} then {quote(reason)}" for marker, reason in s.missing.items())
            value = f"case t.{name(column)} {arms} end" if column in texts else "null"
            out += f", {value} as {name(column + '_missing')}"
    return out


def _rejects(connection: duckdb.DuckDBPyConnection, table: str | None) -> list[Fault]:
    """Rows that DuckDB could not split into columns (its `line` counts records, the header as 1)."""
    if table is None:
        return []
    try:
        found = connection.execute(
            f"select line, min(column_name), min(error_type::varchar), min(error_message) from {table} group by line order by line"
        ).fetchall()
    except duckdb.CatalogException:  # no row was rejected, so the table was never made
        return []
    words = {
        "INVALID ENCODING": (
            "bytes that are not UTF-8",
            "UTF-8; send it as UTF-8, or declare `encoding: latin-1` in mapping.yml",
        ),
        "UNQUOTED VALUE": ("a quote that is not closed", "a closing quote; quotes inside a cell are doubled"),
    }
    return [
        Fault(line, column and _named(column), *words.get(kind, _columns_found(message)))
        for line, column, kind, message in found
    ]


def _columns_found(message: str) -> tuple[str, str]:
    """DuckDB's message without the content of the line, which may be personal."""
    head = message.splitlines()[0]
    expected, _, found = head.removeprefix("Expected Number of Columns:").partition("Found:")
    if found:
        return (
            f"{found.strip()} columns",
            f"{expected.strip()} columns, as in the header; quote cells that hold the delimiter",
        )
    return "a row that cannot be split into columns", "a row as the header describes"


def _number_rows(connection: duckdb.DuckDBPyConnection, part: Path, first_row: int, lines: list[int]) -> None:
    """Rewrites the file with `_row`, counting the rows in between that are not in it (`lines`, ascending)."""
    before = pa.table(
        {"good": [line - first_row - rank for rank, line in enumerate(lines)], "shift": range(1, len(lines) + 1)}
    )
    connection.register("rejected_before", before)
    again = part.with_suffix(".again")
    connection.execute(f"""
        copy (
            select p.* exclude (file_row_number), p.file_row_number + {first_row} + coalesce(r.shift, 0) as _row
            from read_parquet({file(part)}, file_row_number = true) as p
            asof left join (select good, max(shift) as shift from rejected_before group by good) as r
                on p.file_row_number >= r.good
            order by p.file_row_number
        ) to {quote(str(again))} (format parquet)
    """)
    connection.unregister("rejected_before")
    os.replace(again, part)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200]
