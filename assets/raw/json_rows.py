"""JSON arrays and JSON lines as Arrow tables of text, numbers as they are written (0.10 stays 0.10)."""

import codecs
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.raw.reading import Fault, Unreadable

CHUNK_ROWS = 50_000
EXPECTED = "an array of objects, or one object a line"
Record = dict[str, str | None]


class Number(str):
    """A number's literal text, told apart from a string so that nested JSON can be written back."""


def read(path: Path, encoding: str) -> tuple[pa.Table, list[Fault]]:
    """All keys found, as string columns in order of appearance, with `_row`; and the rows that could not be read.

    Raises Unreadable when no row can be told apart: a broken array, a lone object over several lines, a wrong encoding.
    """
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise Unreadable(f"mapping.yml names the encoding {encoding!r}; expected one that exists") from error
    rejects: list[Fault] = []
    with path.open("rb") as file:
        start = file.read(1 << 16).removeprefix(codecs.BOM_UTF8).lstrip()
    found = _array(path, encoding, rejects) if start.startswith(b"[") else _lines(path, encoding, rejects)
    tables = []
    while chunk := list(islice(found, CHUNK_ROWS)):
        tables.append(_table(chunk))
    if not tables and rejects and not start.startswith(b"["):
        raise Unreadable(f"no line is a JSON object by itself ({rejects[0].expected}); expected {EXPECTED}")
    return pa.concat_tables(tables or [_table([])], promote_options="default"), rejects


def _lines(path: Path, encoding: str, rejects: list[Fault]) -> Iterator[tuple[int, Record]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if not line.strip():
                continue
            try:
                yield number, _record(_parse(line.decode(encoding)))
            except json.JSONDecodeError as error:
                rejects.append(Fault(number, None, "a broken line", f"a JSON object: {error.msg} at {error.pos + 1}"))
            except (TypeError, ValueError, RecursionError) as error:
                rejects.append(Fault(number, None, "an unreadable line", _reason(error, encoding)))


def _array(path: Path, encoding: str, rejects: list[Fault]) -> Iterator[tuple[int, Record]]:
    try:
        items = _parse(path.read_bytes().removeprefix(codecs.BOM_UTF8).decode(encoding))
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"the JSON array breaks off or is damaged at line {error.lineno}, column {error.colno} ({error.msg}); "
            f"expected {EXPECTED}; ask the sender to export again"
        ) from error
    except (TypeError, ValueError, RecursionError) as error:
        raise Unreadable(f"the JSON cannot be read; expected {_reason(error, encoding)}") from error
    header = items[0] if items and isinstance(items[0], list) else None  # arrays with their names first: Census API
    for number, item in enumerate(items, start=1):
        if item is header:
            continue
        try:
            if header is not None and isinstance(item, list) and len(item) == len(header):
                item = dict(zip(map(str, header), item, strict=True))
            yield number, _record(item)
        except (TypeError, ValueError, RecursionError) as error:
            rejects.append(Fault(number, None, "an element of another kind", _reason(error, encoding)))


def _parse(text: str) -> Any:
    return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=Number)


def _record(item: Any) -> Record:
    if not isinstance(item, dict):
        raise TypeError("an object with column names")
    record = {key.strip() or "column": _text(value) for key, value in item.items()}
    if len(record) < len(item):
        raise ValueError("each column once")
    if "_row" in record:
        raise ValueError("no column called _row")
    "".join([*record, *filter(None, record.values())]).encode()  # half a surrogate pair raises here, with its row
    return record


def _text(value: Any) -> str | None:
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


def _table(chunk: list[tuple[int, Record]]) -> pa.Table:
    names = dict.fromkeys(name for _, record in chunk for name in record)
    columns = {name: pa.array([record.get(name) for _, record in chunk], pa.string()) for name in names}
    return pa.table(columns | {"_row": pa.array([number for number, _ in chunk], pa.int64())})
