"""XML answers of Open311 servers, one record at a time: a file of any length takes the memory of one record here."""

from collections import deque
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from assets.raw.reading import Unreadable

CHUNK_BYTES = 1 << 16
LEVELS = 32  # an answer with extensions has six
RECORDS = {"request", "service_request", "service"}
LISTS = {"service_requests", "requests", "services"}
Part = str | tuple[str, Any]  # of an element, in document order: text, or a child's name and value


class _Elements:
    """A parser target that keeps what stands right below the root until it is taken.

    An element with children is a dict of them (a list where a name comes again), one without is its text or None.
    """

    def __init__(self) -> None:
        self.root = ""
        self.found: deque[tuple[str, Any]] = deque()
        self._open: list[tuple[str, list[Part]]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._open) == LEVELS:
            raise Unreadable(f"the XML is nested more than {LEVELS} levels deep; expected an Open311 answer")
        name = tag.rpartition("}")[2].replace("-", "_")
        self.root = self.root or name
        self._open.append((name, []))

    def data(self, text: str) -> None:
        self._open[-1][1].append(text)

    def end(self, tag: str) -> None:
        name, parts = self._open.pop()
        value = _value(parts)
        if not self._open:
            if name not in LISTS:  # a lone record, an error
                self.found.append((name, value))
        elif len(self._open) == 1 and self.root in LISTS:
            self.found.append((name, value))
        else:
            self._open[-1][1].append((name, value))

    def close(self) -> None:
        pass

    def taken(self) -> Iterator[tuple[str, Any]]:
        while self.found:
            yield self.found.popleft()


def _value(parts: list[Part]) -> Any:
    text = "".join(_text(part) for part in parts).strip()
    if all(isinstance(part, str) for part in parts):
        return text or None
    if "".join(part for part in parts if isinstance(part, str)).strip():
        return text  # words with markup among them: the markup is no structure
    children: dict[str, Any] = {}
    for name, value in (part for part in parts if not isinstance(part, str)):
        if name not in children:
            children[name] = value
        elif isinstance(children[name], list):
            children[name].append(value)
        else:
            children[name] = [children[name], value]
    return children


def _text(part: Part) -> str:
    return part if isinstance(part, str) else part[1] if isinstance(part[1], str) else ""


def read(path: Path, encoding: str | None) -> tuple[str, Iterator[tuple[str, Any]]]:
    """The root's name, and what stands right below it (or the root itself where it is no list) as name and value.

    encoding: in place of the one that the XML declares. Raises Unreadable, at once or while it is iterated, where the XML
    is damaged or has a DOCTYPE: entities that grow without end, or that read other files, need one.
    """
    target = _Elements()
    parser = XMLParser(target=target, encoding=encoding, forbid_dtd=True)

    def elements() -> Iterator[tuple[str, Any]]:
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    parser.feed(chunk)
                    yield from target.taken()
            parser.close()
        except ParseError as error:
            line, column = error.position
            raise Unreadable(
                f"the XML breaks off or is damaged at line {line}, column {column + 1}; expected it whole, in UTF-8 or in "
                "the encoding that it declares; ask for the answer again"
            ) from error
        except (LookupError, UnicodeError) as error:
            raise Unreadable(
                "the XML declares an encoding that does not exist; expected UTF-8; ask for the answer again"
            ) from error
        except DefusedXmlException as error:
            raise Unreadable(
                "the XML has a DOCTYPE, which is not read, for it can hold entities that grow without end; expected an "
                "Open311 answer without one; if this is a web page, ask the server for XML or JSON"
            ) from error
        yield from target.taken()

    found = elements()
    first = next(found, None)  # the root is known by then
    return target.root, chain([first] if first else [], found)
