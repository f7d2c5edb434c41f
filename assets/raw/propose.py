"""A first `mapping.yml` for an export that uses other words, from its header and its values; a person finishes it.

Nothing personal is shown: names of columns, and the values of columns that have few.
"""

import codecs
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import yaml
from rapidfuzz import fuzz

from assets.catalog import Source, SourceColumn
from assets.raw import delimited, open311, synonyms, tabular, workbook
from assets.raw.casts import name
from assets.raw.reading import Landed, NotNeeded, Parsed, Unreadable
from assets.raw.receive import HEADER

LIKE = 88  # of 100: how alike two names must be for a guess
KINDS_SHOWN = 60
DAY = r"^\s*(\d{1,4})([-/.])(\d{1,2})[-/.](\d{1,4})"
NAMED_MONTH = r"^\s*\d{4} [A-Za-z]{3} \d{1,2}\b"  # 2025 Mar 15 01:02:03 PM, as portals export since about 2020
CHUNK = 1 << 20


@dataclass
class Found:
    """What the header tells: by contract column the file's; which of these are guesses; the columns left over."""

    own: dict[str, str] = field(default_factory=dict)  # spelled as the contract has it: read without a mapping
    renamed: dict[str, str] = field(default_factory=dict)
    guesses: set[str] = field(default_factory=set)
    rest: list[str] = field(default_factory=list)

    def header(self, column: str) -> str | None:
        return self.renamed.get(column) or self.own.get(column)


def propose(path: Path, spec: Source, topics: list[str], zone: str, connection: duckdb.DuckDBPyConnection) -> str:
    """The text of a mapping for one file of the source `spec`; topics: ids of the taxonomy; zone: the program's.

    Raises Unreadable where the file is none, needs no mapping, or has no column that is known.
    """
    parsed, encoding = _read(path, spec, connection)
    rows = "proposed_from"
    connection.execute(f"drop table if exists {rows}")
    try:
        parsed.rows.create(rows)
    except duckdb.Error as error:  # its text may quote the file
        raise Unreadable("its rows cannot be told apart; is it a table? ask the sender to export again") from error
    headers = [h for h in parsed.rows.columns if h != "_row"]
    found = _columns(headers, spec, rows, connection)
    if not found.own and not found.renamed:  # without a header line, these are somebody's data: not shown
        raise Unreadable("none of its columns is known here; is the header line missing? write mapping.yml by hand")
    blocks = [
        [f"# Proposed for a file of {spec.source}; check each line, and fill in what begins with #.", *_own(found)],
        _renames(found),
        _constants(found, spec),
        [f"# zone: {zone}  # of times without an offset; this is the default, the file does not say"],
        _dates(found, spec, rows, connection),
        [f"encoding: {encoding}"] if encoding else [],
        _values(found, spec, rows, topics, connection),
        _ignored(found.rest),
    ]
    return "\n".join("\n".join(block) for block in blocks if block) + "\n"


def _read(path: Path, spec: Source, connection: duckdb.DuckDBPyConnection) -> tuple[Parsed, str | None]:
    """The rows as the intake reads them, and the encoding that it must be told."""
    landed = Landed(path, path.name, spec.landing_folder)
    try:
        answer = open311.read(landed, connection) if spec.source == "requests" else None
    except NotNeeded as reason:
        raise Unreadable(str(reason)) from reason
    if answer:
        raise Unreadable(
            "it is an Open311 answer, which needs no mapping of columns; name at most its `jurisdiction:`, and `dates:` where "
            "its times are not ISO 8601"
        )
    start = tabular.head(path)
    binary = start.startswith((workbook.ZIP_MAGIC, workbook.OLE_MAGIC, b"PAR1"))
    encoding = None if binary or _is_utf_8(delimited.plain(path)) else "latin-1"
    if encoding:
        landed.options["encoding"] = encoding
    return tabular.read(landed, connection, spec.source) or delimited.read(
        landed, connection, spec.source, encodings=tuple(spec.encodings), trim=False
    ), encoding


def _is_utf_8(path: Path) -> bool:
    """Whether the bytes are UTF-8, or UTF-16 that is recognized."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return True
        file.seek(0)
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _columns(headers: list[str], spec: Source, rows: str, connection: duckdb.DuckDBPyConnection) -> Found:
    """By the contract's own spelling, by the words of other cities, then by likeness; dates must look like dates."""
    found, left = Found(), dict.fromkeys(headers)
    spelled = {_fold(a): column for column, s in spec.columns.items() for a in [column, *s.aliases]}
    for header in headers:
        if (column := spelled.get(_fold(header))) and column not in found.own:
            found.own[column] = header
            del left[header]
    for column, words in synonyms.COLUMNS.items():
        wanted = column in spec.columns and column not in found.own
        known = [h for word in words for h in left if _fold(h) == word] if wanted else []
        if fitting := next((h for h in known if _fits(h, spec.columns[column], rows, connection)), None):
            found.renamed[column] = fitting
            del left[fitting]
    for column, s in spec.columns.items():
        if found.header(column) or s.personal:
            continue
        names = [_fold(column), *synonyms.COLUMNS.get(column, ())]
        alike = {h: max(fuzz.ratio(_fold(h), n) for n in names) for h in left if not synonyms.PERSONAL.search(h)}
        best = max(alike, key=lambda h: alike[h], default=None)
        if best and alike[best] >= LIKE and _fits(best, s, rows, connection):
            found.renamed[column] = best
            found.guesses.add(column)
            del left[best]
    found.rest = list(left)
    return found


def _fold(header: str) -> str:
    return "".join(c for c in header.lower() if c.isalnum())


def _fits(header: str, column: SourceColumn, rows: str, connection: duckdb.DuckDBPyConnection) -> bool:
    """A column of times must have days in it, an id must be there in every row."""
    test = f"not regexp_matches(x, '{DAY}|{NAMED_MONTH}')" if column.type in ("instant", "date") else "false"
    (misfits,) = connection.execute(
        f"select count(*) filter ({test}) + {int(column.required)} * count(*) filter (x is null)"
        f" from (select nullif(trim({name(header)}), '') as x from {rows})"
    ).fetchall()[0]
    return not misfits


def _own(found: Found) -> list[str]:
    return [f"# read by their own names: {', '.join(_word(h) for h in found.own.values())}"] if found.own else []


def _renames(found: Found) -> list[str]:
    if not found.renamed:
        return []
    lines = ["columns:"]
    for column, header in found.renamed.items():
        notes = ["guess, check"] if column in found.guesses else []
        if column == "resolved_at" and not found.header("first_response_at"):
            notes.append("where the closing is the first answer that can be seen: [resolved_at, first_response_at]")
        lines.append(f"  {_word(header)}: {column}" + (f"  # {'; '.join(notes)}" if notes else ""))
    return lines


def _constants(found: Found, spec: Source) -> list[str]:
    """Always left to a person: what every row has in common stands nowhere in the file."""
    lines = []
    for column, s in spec.columns.items():
        header = found.header(column)
        if s.type == "city" and header:
            lines.append(
                f'#   {column}: "2404000"  # the GEOID, if all rows are of one place; it then goes before {_word(header)}'
            )
        elif s.type == "city":
            lines.append(f'#   {column}: "2404000"  # fill in: the 7-digit GEOID of the place that all rows are of')
        elif s.required and not s.from_file and not header:
            lines.append(f'#   {column}: ""  # fill in, or name its column above: {s.description or "required"}')
    return ["# constants:", *lines] if lines else []


def _dates(found: Found, spec: Source, rows: str, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The order of day, month and year, where a part above 12 proves it; ISO 8601 needs none."""
    used = [h for c, s in spec.columns.items() if s.type in ("instant", "date") and (h := found.header(c))]
    if not used:
        return []
    texts = " union all ".join(f"select {name(h)} as x from {rows}" for h in used)
    first, second, year_first, iso, other = connection.execute(f"""
        with days as (
            select regexp_extract(x, '{DAY}', 1) as a, regexp_extract(x, '{DAY}', 2) as mark, regexp_extract(x, '{DAY}', 3) as b
            from ({texts}) where regexp_matches(x, '{DAY}')
            union all
            select '2000', ' ', '1' from ({texts}) where regexp_matches(x, '{NAMED_MONTH}')
        )
        select max(cast(a as integer)) filter (length(a) <= 2), max(cast(b as integer)) filter (length(a) <= 2),
            count(*) filter (length(a) = 4 and mark <> '-'), count(*) filter (length(a) = 4 and mark = '-'),
            count(*) filter (length(a) <= 2)
        from days
    """).fetchall()[0]
    if sum(map(bool, (year_first, iso, other))) > 1:
        return ["# dates: the file writes its days in several ways; ask the sender for one"]
    if year_first:
        return ["dates: ymd"]
    if not other:
        return []
    if first > 12 and second > 12:
        return ["# dates: in some rows the first part is above 12, in others the second; ask the sender for one order"]
    if first > 12 or second > 12:
        return [
            f"dates: {'dmy' if first > 12 else 'mdy'}  # proven: a {'first' if first > 12 else 'second'} part above 12"
        ]
    return ["# dates: mdy  # or dmy: no part is above 12, so the file does not tell; fill in"]


def _values(
    found: Found, spec: Source, rows: str, topics: list[str], connection: duckdb.DuckDBPyConnection
) -> list[str]:
    out: list[str] = []
    for column, s in spec.columns.items():
        header = found.header(column)
        if not header or s.personal or not (s.values or column == "topic"):
            continue
        counted = connection.execute(
            f"select trim({name(header)}) as theirs, count(*) from {rows}"
            f" where trim({name(header)}) <> '' and not contains({name(header)}, '@')"
            f" group by theirs order by count(*) desc, theirs limit {KINDS_SHOWN + 1}"
        ).fetchall()
        allowed = s.values or topics
        if len(counted) > KINDS_SHOWN:
            hint = f'write patterns, such as "Street*": {allowed[0]}; each one of {", ".join(allowed)}'
            out.append(f"  # {column}: more than {KINDS_SHOWN} kinds; {hint}")
            continue
        lines = [_value(column, theirs, count, allowed, spec) for theirs, count in counted]
        active = any(not line.lstrip().startswith("#") for line in lines)
        out += [f"  {'' if active else '# '}{column}:", *lines] if lines else []
    active = any(not line.lstrip().startswith("#") for line in out)
    return [*(["values:"] if active else ["# values:"] if out else []), *out]


def _value(column: str, theirs: str, count: int, allowed: list[str], spec: Source) -> str:
    """One value of the file: mapped where it is certain, else a line to fill in."""
    ours = {column: theirs.lower()} if theirs.lower() in allowed else None
    ours = ours or (synonyms.status(theirs) if column == "status" else None)
    if not ours or not set(ours) <= set(spec.columns):
        return f"    # {_word(theirs)}:   # {count:,} rows; fill in: one of {', '.join(allowed)}"
    told = ours[column] if len(ours) == 1 else "{" + ", ".join(f"{c}: {v}" for c, v in ours.items()) + "}"
    return f"    {_word(theirs)}: {told}  # {count:,} rows"


def _ignored(rest: list[str]) -> list[str]:
    named = [h for h in rest if HEADER.fullmatch(h)]
    lines = [f"  - {_word(h)}{'  # may be personal' if synonyms.PERSONAL.search(h) else ''}" for h in named]
    return ["ignore:", *lines] if lines else []


def _word(text: str) -> str:
    """A text as YAML, in quotes wherever it could be taken for anything else."""
    flow: str = yaml.safe_dump([text], default_flow_style=True, width=10_000, allow_unicode=True)
    return flow.strip()[1:-1]
