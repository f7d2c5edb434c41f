"""Polite requests: they say who asks, leave time between two to one host, try again what may pass, and hide keys.

A key is never part of an address that is shown, logged or stored: it travels apart from the address until it is sent.
"""

import logging
import math
import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
import tenacity

REDIRECTS = 5
PASSING = {408, 425, 429, 500, 502, 503, 504}
KEY_ERROR = "X-DataWebAPI-KeyError"
STARTS = {  # how the bytes of each kind begin; a text may begin with anything but markup
    "json": (b"[", b"{"),
    "xml": (b"<",),
    "zip": (b"PK",),
    "workbook": (b"PK", b"\xd0\xcf\x11\xe0"),
}
Answer = TypeVar("Answer")


class Refused(Exception):
    """It was not fetched. The message says what came, what was expected and what to do; it never holds a key."""


class Missing(Refused):
    """The publisher has no such file."""


class Unreachable(Refused):
    """Tried again and again in vain; asking for anything else of the same server would be in vain too."""


class Passing(Exception):
    """What may be better in a while. after: how many seconds the server asks to wait."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


@dataclass(frozen=True)
class Wanted:
    """One file of a publisher.

    url: without its key; secret: the query parameters that nobody is shown; folder: below landing; name: the file's;
    expects: text, json, xml, zip, workbook or page (HTML itself); advice: what to do where the publisher refuses;
    ranges: the publisher can send the rest of a file; member: ending of the one file of a ZIP that is kept in its place.
    """

    url: str
    folder: str = ""
    name: str = ""
    expects: str = "text"
    secret: dict[str, str] = field(default_factory=dict, repr=False)
    advice: str = ""
    ranges: bool = True
    member: str = ""

    def hide(self, text: str) -> str:
        for secret in self.secret.values():
            text = re.sub(re.escape(secret), "…", text, flags=re.IGNORECASE)
        return text


class Polite:
    """A client for one command. Times in seconds; limit: bytes that one file may have.

    delay: between two requests to one host; first_wait: before the second try, doubled for each further one, with jitter;
    patience: the longest wait that a server may ask for before we give up.
    """

    def __init__(
        self,
        contact: str = "",
        delay: float = 1.0,
        tries: int = 5,
        first_wait: float = 1.0,
        timeout: float = 60.0,
        patience: float = 300.0,
        limit: int = 4 << 30,
    ) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # at level info it writes whole addresses, keys and all
        self.contact, self.delay, self.tries, self.patience, self.limit = contact, delay, tries, patience, limit
        self._backoff = tenacity.wait_exponential(first_wait, max=60) + tenacity.wait_random(0, first_wait)
        self._asked: dict[str, float] = {}
        agent = "cities311/0.1" + (f" ({contact})" if contact else "")
        self.client = httpx.Client(headers={b"User-Agent": " ".join(agent.split()).encode()}, timeout=timeout)

    def again(self, wanted: Wanted, attempt: Callable[[], Answer]) -> Answer:
        """What `attempt` returns, tried again while it raises Passing. Raises Unreachable in the end."""
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Passing),
            stop=tenacity.stop_after_attempt(self.tries),
            wait=self._pause,
            reraise=True,
        )
        try:
            return retrying(attempt)
        except Passing as error:
            raise Unreachable(
                f"{shown(wanted.url)}: gave up after {self.tries} tries, the last: {error}; "
                "run the same command later, it goes on from what it has"
            ) from error

    def _pause(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.after if isinstance(error, Passing) else None
        return self._backoff(state) if asked is None else asked

    @contextmanager
    def ask(self, wanted: Wanted, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """One answer (200, 206, 304 or 416), its body still to be read. Raises Refused, Missing or Passing."""
        try:
            url = httpx.URL(wanted.url)
            url = url.copy_merge_params(wanted.secret) if wanted.secret else url
            for _ in range(REDIRECTS + 1):
                self._wait(url.host)
                with self.client.stream("GET", url, headers=headers) as response:
                    if response.has_redirect_location:
                        url = redirected(url, response, wanted)
                        continue
                    judge(response, wanted, self.patience)
                    yield response
                    return
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Refused(
                f"{shown(wanted.url)} is not an address that can be fetched; write it as https://…"
            ) from error
        except httpx.TimeoutException as error:
            raise Passing(f"no answer within {self.client.timeout.read:g} seconds") from error
        except httpx.TransportError as error:
            raise Passing(f"the connection failed ({type(error).__name__})") from error
        raise Refused(f"{shown(wanted.url)} redirects more than {REDIRECTS} times; look at it in a browser")

    def read(self, wanted: Wanted) -> bytes:
        """A small answer as bytes, unpacked. Raises Refused or Missing."""

        def attempt() -> bytes:
            with self.ask(wanted, {"Accept-Encoding": "gzip"}) as response:
                return b"".join(body(response, wanted, self.limit))

        return self.again(wanted, attempt)

    def _wait(self, host: str) -> None:
        rest = self._asked.get(host, -math.inf) + self.delay - time.monotonic()
        if rest > 0:
            time.sleep(rest)
        self._asked[host] = time.monotonic()


def body(response: httpx.Response, wanted: Wanted, limit: int) -> Iterator[bytes]:
    """The bytes of a file as they come, unpacked where they are sent packed; at most `limit`.

    Raises Refused where they are not what was wanted, Passing where they break off (the lengths that the headers tell
    are checked by the client).
    """
    if int(response.headers.get("Content-Length") or 0) > limit:
        raise Refused(too_large(wanted, limit))
    size, start, told = 0, b"", response.status_code == httpx.codes.PARTIAL_CONTENT  # a rest has no beginning
    for chunk in _unpacked(response, wanted):
        size += len(chunk)
        if size > limit:
            raise Refused(too_large(wanted, limit))
        if not told:  # a server may send its first bytes one by one
            start += chunk
            if told := len(start) > 500:
                expected(start, response, wanted)
        yield chunk
    if start and not told:
        expected(start, response, wanted)


def too_large(wanted: Wanted, limit: int) -> str:
    return f"{shown(wanted.url)} has more than {limit:,} bytes; allow more with --limit if that is right"


def _unpacked(response: httpx.Response, wanted: Wanted) -> Iterator[bytes]:
    packing = response.headers.get("Content-Encoding", "identity").lower()
    if packing == "identity":
        yield from response.iter_raw()
    elif packing in ("gzip", "x-gzip"):
        unpack = zlib.decompressobj(wbits=31)
        try:
            for chunk in response.iter_raw():
                while chunk:
                    if unpack.eof:  # it may be packed in several parts, one behind the other
                        unpack = zlib.decompressobj(wbits=31)
                    yield unpack.decompress(chunk)
                    chunk = unpack.unused_data
        except zlib.error as error:
            raise Passing("the packed answer is damaged") from error
        if not unpack.eof:
            raise Passing("the packed answer breaks off")
    else:
        raise Refused(f"{shown(wanted.url)} came packed as {packing[:20]!r}, which was not asked for; expected gzip")


def expected(start: bytes, response: httpx.Response, wanted: Wanted) -> None:
    """Raises Refused where the first bytes (or, of a text, the content type) are not those of what was wanted."""
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    kind, declared = wanted.expects, response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    markup = start[:200].lower().startswith((b"<!doctype html", b"<html", b"<head", b"<div"))
    if kind == "page":
        return
    good = start.startswith(STARTS[kind]) if kind in STARTS else not start.startswith(b"<") and declared != "text/html"
    if markup or not good:
        came = "a web page (HTML)" if markup or declared == "text/html" else f"something else ({declared or 'no type'})"
        advice = wanted.advice or "open the address in a browser and see what it says"
        raise Refused(f"{shown(wanted.url)} answered with {came}; expected {kind}; {advice}")


def redirected(url: httpx.URL, response: httpx.Response, wanted: Wanted) -> httpx.URL:
    """Where an answer points to. Raises Refused for a page about keys and for a way out of https."""
    keyless(response, wanted)
    target = url.join(response.headers["Location"])
    if "_key.html" in target.path:
        raise Refused(about_key(wanted))
    if target.scheme not in ("http", "https") or (url.scheme == "https" and target.scheme != "https"):
        raise Refused(f"{shown(wanted.url)} redirects from {url.scheme} to {target.scheme}; that is not followed")
    return target


def keyless(response: httpx.Response, wanted: Wanted) -> None:
    if KEY_ERROR in response.headers:
        raise Refused(about_key(wanted))


def about_key(wanted: Wanted) -> str:
    given = "the key given is not valid" if wanted.secret else "a key is needed"
    return f"{shown(wanted.url)}: the publisher says that {given}; {wanted.advice or 'ask the publisher for a key'}"


def judge(response: httpx.Response, wanted: Wanted, patience: float) -> None:
    """Raises Missing, Refused or Passing where the status is not that of an answer to work with."""
    keyless(response, wanted)
    status, told = response.status_code, f"{shown(wanted.url)}: {response.status_code} {response.reason_phrase}"
    if status in (200, 206, 304) or (status == 416 and "Range" in response.request.headers):
        return
    if status in PASSING:
        after = retry_after(response.headers.get("Retry-After", ""))
        if after is not None and after > patience:
            raise Unreachable(f"{told}; the server asks to wait {after:,.0f} seconds; run the same command then")
        raise Passing(f"{status} {response.reason_phrase}", after)
    if status in (404, 410):
        raise Missing(
            f"{told}; see under which name the publisher has it now: another --year, or --url for any address"
        )
    raise Refused("; ".join(filter(None, [told, words(response, wanted), wanted.advice])))


def words(response: httpx.Response, wanted: Wanted) -> str:
    """What a server says of an error, on one short line; nothing of a web page."""
    said = b""
    for chunk in _unpacked(response, wanted):
        said += chunk
        if len(said) > 4096:
            break
    text = " ".join(wanted.hide(said.decode("utf-8", "replace")).split())
    return "" if text.lower().startswith(("<!doctype", "<html")) else text[:300]


def retry_after(value: str) -> float | None:
    """Seconds that a server asks to wait: given as a number or as the day and time of HTTP."""
    if value.strip().isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def shown(url: str) -> str:
    """An address as it may be shown: without its query, and without a name or password."""
    try:
        return str(httpx.URL(url).copy_with(query=None, fragment=None, userinfo=b""))
    except httpx.InvalidURL:
        return "the address"
