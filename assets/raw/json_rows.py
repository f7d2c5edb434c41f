"""JSON arrays, objects and lines as Arrow tables of text, numbers as they are written (0.10 stays 0.10, 007 stays 007)."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.raw.reading import Fault, Unreadable

CHUNK_ROWS = 50_000
EXPECTED = "an array of objects, or one object a line"
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|[-+]?\.?[0-9][-+.0-9eE]*')  # a string, or what is meant as a number
Record = dict[str, str | None]


class Number(str):
    """A number's literal text, told apart from a string so that nested JSON can be written back."""


def read(path: Path, encoding: str) -> tuple[pa.Table, list[Fault]]:
    """All keys found, as string columns in order of appearance, with `_row`; and the rows that could not be read.

    Raises Unreadable when no row can be told apart: a damaged document, lines of which none is an object, a wrong encoding.
    """
    rejects: list[Fault] = []
    rows = table(records(items(path, encoding, rejects), rejects))
    if not rows.num_rows and rejects and not _starts_as_array(path):
        raise Unreadable(f"no line is a JSON object by itself ({rejects[0].expected}); expected {EXPECTED}")
    return rows, rejects


def items(path: Path, encoding: str, rejects: list[Fault]) -> Iterator[tuple[int, Any]]:
    """Elements of an array, lines, or a lone object, numbered from 1 (numbers as `Number`); lines that are none go to rejects.

    An object that holds an array of objects and nothing else is an envelope: the array's elements are the rows.
    Raises Unreadable where an array is damaged.
    """
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise Unreadable(f"mapping.yml names the encoding {encoding!r}; expected one that exists") from error
    document = _document(path, encoding) if _starts_as_array(path) else _lone(path, encoding)
    if document is None:
        yield from _lines(path, encoding, rejects)
    else:
        yield from enumerate(document if isinstance(document, list) else _unwrapped(document), start=1)


def _starts_as_array(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(1 << 16).removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"[")


def _lone(path: Path, encoding: str) -> Any:
    """The only object of a file, on one line or over several; None where each line is one, or none can be read."""
    with path.open("rb") as file:
        lines = (line for line in file if line.strip())
        first, second = next(lines, b""), next(lines, None)
    try:
        if second is not None and _parse(first.removeprefix(codecs.BOM_UTF8).decode(encoding)) is not None:
            return None
    except (ValueError, RecursionError):
        pass
    try:
        return _document(path, encoding)
    except Unreadable:
        return None


def _unwrapped(document: Any) -> list[Any]:
    held = next(iter(document.values())) if isinstance(document, dict) and len(document) == 1 else None
    return held if isinstance(held, list) and all(isinstance(item, dict) for item in held) else [document]


def _lines(path: Path, encoding: str, rejects: list[Fault]) -> Iterator[tuple[int, Any]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if not line.strip():
                continue
            try:
                yield number, _parse(line.decode(encoding))
            except json.JSONDecodeError as error:
                rejects.append(Fault(number, None, "a broken line", f"a JSON object: {error.msg} at {error.pos + 1}"))
            except (ValueError, RecursionError) as error:
                rejects.append(Fault(number, None, "an unreadable line", _reason(error, encoding)))


def _document(path: Path, encoding: str) -> Any:
    try:
        return _parse(path.read_bytes().removeprefix(codecs.BOM_UTF8).decode(encoding))
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"the JSON breaks off or is damaged at line {error.lineno}, column {error.colno} ({error.msg}); "
            f"expected {EXPECTED}; ask the sender to export again"
        ) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the JSON cannot be read; expected {_reason(error, encoding)}") from error


def _parse(text: str) -> Any:
    """A JSON value. A number that JSON does not know (007, +1, .5) is taken as its text, where only such are in the way."""
    try:
        return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=_object)
    except json.JSONDecodeError:
        quoted = LITERAL.sub(_as_text, text)
        if quoted == text:
            raise
        try:
            return json.loads(
                quoted, parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=_object
            )
        except json.JSONDecodeError:
            pass
        raise


class Repeated(dict[str, Any]):
    """An object with a key twice, whose second value has replaced the first."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Repeated(found)


def _as_text(literal: re.Match[str]) -> str:
    found = literal[0]
    return found if found.startswith('"') or NUMBER.fullmatch(found) else f'"{found}"'


def records(found: Iterable[tuple[int, Any]], rejects: list[Fault]) -> Iterator[tuple[int, Record]]:
    """Objects as rows of text, what is no object as a reject. Arrays with their names first are the Census API's."""
    header: list[Any] | None = None
    for number, item in found:
        if number == 1 and isinstance(item, list):
            header = item
            continue
        try:
            if header is not None and isinstance(item, list) and len(item) == len(header):
                item = dict(zip(map(str, header), item, strict=True))
            yield number, _record(item)
        except (TypeError, ValueError, RecursionError) as error:
            rejects.append(Fault(number, None, "an element of another kind", _reason(error, "")))


def _record(item: Any) -> Record:
    if not isinstance(item, dict):
        raise TypeError("an object with column names")
    record = {key.strip() or "column": text(value) for key, value in item.items()}
    if len(record) < len(item) or isinstance(item, Repeated):
        raise ValueError("each column once")
    if "_row" in record:
        raise ValueError("no column called _row")
    "".join([*record, *filter(None, record.values())]).encode()  # half a surrogate pair raises here, with its row
    return record


def text(value: Any) -> str | None:
    """A value as the text of a cell: nested ones as JSON, blank ones as nothing."""
    if isinstance(value, str):
        return value.strip() or None
    return None if value is None else _written(value)


def _written(value: Any) -> str:
    """A value as JSON text again, numbers untouched."""
    match value:
        case Number():
            return str(value)
        case dict():
            return "{" + ", ".join(f"{_written(str(k))}: {_written(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _reason(error: Exception, encoding: str) -> str:
    """What was expected, without showing the content."""
    if isinstance(error, UnicodeDecodeError):
        return f"{encoding} text; save it so, or name its encoding in mapping.yml"
    if isinstance(error, UnicodeEncodeError):
        return "whole Unicode characters (found half of a surrogate pair)"
    return "fewer levels of nesting" if isinstance(error, RecursionError) else str(error)


def table(found: Iterator[tuple[int, Record]]) -> pa.Table:
    """Numbered rows of text as string columns, all names found in order of appearance, and `_row`."""
    chunks = []
    while chunk := list(islice(found, CHUNK_ROWS)):
        chunks.append(_chunk(chunk))
    return pa.concat_tables(chunks or [_chunk([])], promote_options="default")


def _chunk(chunk: list[tuple[int, Record]]) -> pa.Table:
    names = dict.fromkeys(name for _, record in chunk for name in record)
    columns = {name: pa.array([record.get(name) for _, record in chunk], pa.string()) for name in names}
    return pa.table(columns | {"_row": pa.array([number for number, _ in chunk], pa.int64())})
