"""A web server on this machine that answers as publishers do, and as servers do that fail."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from assets.fetch.files import Fetched, Notes, download
from assets.fetch.http import Polite, Wanted

TEXT = b"STATE|PLACE\n" + b"48|58016\n" * 60_000

Answer = Callable[["Handler", int], object]


@dataclass
class Asked:
    path: str
    query: dict[str, str]
    headers: dict[str, str]


class Publisher:
    """answers: by path, functions that write an answer; each takes the handler and how often the path was asked before."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.stop = threading.Event()
        self.http = Server(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.publisher = self
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.stop.set()
        self.http.shutdown()
        self.http.server_close()

    def paths(self) -> list[str]:
        return [a.path for a in self.asked]

    def file(self, path: str, content: bytes, **headers: str) -> None:
        """A file as a well-kept server has it: with its ETag, its parts, and 304 for who has it."""
        etag = f'"{hash(content)}"'

        def answer(handler: "Handler", _: int) -> None:
            start = 0
            if handler.headers.get("If-None-Match") == etag:
                return handler.send(304, b"", ETag=etag)
            asked = handler.headers.get("Range", "")
            if asked and handler.headers.get("If-Range") == etag:
                start = int(asked.removeprefix("bytes=").removesuffix("-"))
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            return handler.send(206 if start else 200, content[start:], ETag=etag, Accept_Ranges="bytes", **headers)

        self.answers[path] = answer


class Server(ThreadingHTTPServer):
    publisher: Publisher

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        publisher = self.server.publisher
        url = urlsplit(self.path)
        before = publisher.paths().count(url.path)
        query = {k: v[-1] for k, v in parse_qs(url.query).items()}
        publisher.asked.append(Asked(url.path, query, dict(self.headers)))
        answer = publisher.answers.get(url.path)
        if answer is None:
            self.send(404, b"not here")
        else:
            answer(self, before)

    def send(self, status: int, content: bytes = b"", length: int | None = None, **headers: str) -> None:
        """An answer; `length`: what Content-Length says, where that is not so. Fewer bytes than that end the connection."""
        self.send_response(status)
        told = {"Content-Type": "text/plain"} | {k.replace("_", "-"): v for k, v in headers.items()}
        for name, value in told.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)
        if length is not None and length > len(content):
            self.close_connection = True

    def send_packed(self, content: bytes, cut: int = 0) -> None:
        packed = gzip.compress(content)
        self.send(200, packed[: len(packed) - cut], Content_Encoding="gzip")

    def log_message(self, *_: object) -> None:
        """Nothing among the answers of the tests."""


@dataclass
class City:
    """An Open311 server. requests: id to time, as text; pages: how it numbers pages (0, 1), 'last' (the last again and
    again, from 1) or None; days: filters by whole days; fault: what it answers instead."""

    requests: dict[str, str]
    cap: int = 1000
    pages: int | str | None = None
    form: str = "json"
    days: bool = False
    zone: bool = True
    fault: bytes = b""
    single: bool = False
    spans: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, handler: Handler, query: dict[str, str]) -> None:
        start, end = query["start_date"], query["end_date"]
        if not self.zone and start.endswith("Z"):
            return handler.send(400, b'[{"code": 400, "description": "no time zones here"}]')
        if self.fault:
            return handler.send(400, self.fault, Content_Type="application/json")
        start, end = start.rstrip("Z"), end.rstrip("Z")
        self.spans.append((start, end))
        size = len("2014-03-01") if self.days else None
        found = sorted(i for i, at in self.requests.items() if start[:size] <= at[:size] <= end[:size])
        size = min(int(query.get("page_size", self.cap)), self.cap)
        page = int(query.get("page", 0 if self.pages == 0 else 1)) - (self.pages != 0)
        if self.pages == "last":
            page = min(page, max(0, (len(found) - 1) // size))
        if self.pages is None:
            page = 0
        return self.send(handler, found[page * size : (page + 1) * size])

    def send(self, handler: Handler, ids: list[str]) -> None:
        if self.form == "xml":
            items = "".join(f"<request><service_request_id>{i}</service_request_id></request>" for i in ids)
            return handler.send(200, f"<?xml version='1.0'?><service_requests>{items}</service_requests>".encode())
        items = ", ".join(f'{{"service_request_id": "{i}", "service_code": 001}}' for i in ids)
        return handler.send(200, (items if self.single and len(ids) == 1 else f"[{items}]").encode())


@pytest.fixture
def server():
    publisher = Publisher()
    yield publisher
    publisher.close()


@pytest.fixture
def polite():
    client = Polite("desk@example.org", delay=0, tries=3, first_wait=0.01, timeout=2)
    with client.client:
        yield client


@pytest.fixture
def get(server, polite, tmp_path):
    """Fetches /file.txt of the server into landing, once."""

    def fetch(**options) -> Fetched:
        wanted = Wanted(f"{server.url}/file.txt", **({"folder": "place_county", "name": "file.txt"} | options))
        return download(polite, wanted, tmp_path / "landing", Notes(tmp_path / "home" / "fetch"))

    return fetch


def landed(tmp_path: Path) -> dict[str, bytes]:
    """What a run would see: no hidden file."""
    files = (tmp_path / "landing").rglob("*")
    return {p.name: p.read_bytes() for p in files if p.is_file() and not p.name.startswith(".")}


def nothing_left(tmp_path: Path) -> bool:
    return not [p for p in (tmp_path / "landing").rglob("*") if p.is_file()]
