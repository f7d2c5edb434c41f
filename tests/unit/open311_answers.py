"""Open311 answers with invented requests, and how a test reads them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from assets.raw import open311
from assets.raw.reading import Landed, Parsed

ASKED = "2014-06-02T10:00:00-04:00"
Read = Callable[..., Parsed | None]


def reader_in(folder: Path) -> Read:
    """Reads content as a file landed in `requests`, with what its mapping.yml says as options."""
    connection = duckdb.connect()

    def reader(content: str | bytes, name: str = "requests/answer", **options: Any) -> Parsed | None:
        path = folder / "landed"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open311.read(Landed(path, name, "requests", options), connection)

    return reader


def rows(parsed: Parsed | None) -> list[dict[str, Any]]:
    assert parsed is not None
    return parsed.rows.to_arrow_table().to_pylist()


def one(parsed: Parsed | None) -> dict[str, Any]:
    (row,) = rows(parsed)
    return row


def xml(*requests: str, root: str = "service_requests", record: str = "request") -> str:
    inner = "".join(f"<{record}>{r}</{record}>" for r in requests)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>{inner}</{root}>'


def fields(**changes: str | None) -> str:
    """One request as XML elements: id 7, open, asked on June 2; None leaves a field out."""
    told = {"service_request_id": "007", "status": "open", "requested_datetime": ASKED} | changes
    return "".join(f"<{k}>{v}</{k}>" for k, v in told.items() if v is not None)


def record(**changes: Any) -> dict[str, Any]:
    return {"service_request_id": "007", "status": "open", "requested_datetime": ASKED} | changes
