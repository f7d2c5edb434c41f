"""`mapping.yml`: how an export's words become the contract's. Validated, with an error that names the key."""

import fnmatch
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from assets.raw.reading import Unreadable

NAME = "mapping.yml"
ENCODINGS = {"utf-8": "utf-8", "latin-1": "latin-1", "latin1": "latin-1", "iso-8859-1": "latin-1", "utf-16": "utf-16"}


class Words(yaml.SafeLoader):
    """Days stay as they are written, so that one that does not exist is told by its key."""


Words.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class FileFacts(BaseModel):
    """What is declared about single files."""

    model_config = ConfigDict(extra="forbid")
    delivered_on: str | None = None
    vintage: str | None = None

    @field_validator("delivered_on")
    @classmethod
    def _a_day(cls, day: str | None) -> str | None:
        if day is not None:
            datetime.fromisoformat(day)
        return day

    @classmethod
    def parse(cls, facts: dict[str, Any]) -> "FileFacts":
        return cls.model_validate({key: str(value) for key, value in facts.items()})


class Mapping(BaseModel):
    """One `mapping.yml` (docs/architecture.md shows every key)."""

    model_config = ConfigDict(extra="forbid")
    columns: dict[str, str | list[str]] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str | dict[str, str] | None]] = {}
    zone: str | None = None
    dates: Literal["mdy", "dmy", "ymd"] | None = None
    encoding: str | None = None
    ignore: list[str] = []
    files: dict[str, dict[str, Any]] = {}

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            raise ValueError(f"no time zone is called {zone}; write it as America/New_York")
        return zone

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str | None) -> str | None:
        if encoding is None:
            return None
        if encoding.lower() not in ENCODINGS:
            raise ValueError(f"{encoding} cannot be read; expected one of {', '.join(ENCODINGS)}")
        return ENCODINGS[encoding.lower()]

    def targets(self, column: str) -> list[str]:
        """Which contract columns a column of the file fills."""
        target = self.columns.get(column, column)
        return [target] if isinstance(target, str) else target

    def facts(self, name: str) -> FileFacts:
        """What is declared about the file of this name (relative to the source's folder)."""
        facts: dict[str, Any] = {}
        for pattern, declared in self.files.items():
            if fnmatch.fnmatch(name, pattern):
                facts |= declared
        return FileFacts.parse(facts)


def text(folder: Path) -> str:
    """The folder's mapping as it stands, empty where there is none."""
    path = folder / NAME
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def load(folder: Path, columns: set[str]) -> Mapping:
    """The folder's mapping, or an empty one. `columns` are the contract's, for naming a wrong target.

    Raises Unreadable where the file is not a valid mapping.
    """
    if "\ufffd" in text(folder):
        raise Unreadable(f"{NAME} is not valid YAML: it holds bytes that are not UTF-8; save it as UTF-8")
    try:
        mapping = Mapping.model_validate(yaml.load(text(folder), Loader=Words) or {})
        for facts in mapping.files.values():
            FileFacts.parse(facts)
    except yaml.YAMLError as error:
        raise Unreadable(f"{NAME} is not valid YAML: {error}") from error
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise Unreadable(f"{NAME}: {lines}") from error
    named = {t for c in mapping.columns for t in mapping.targets(c)} | set(mapping.constants) | set(mapping.values)
    named |= {c for by in mapping.values.values() for v in by.values() if isinstance(v, dict) for c in v}
    if unknown := sorted(named - columns):
        raise Unreadable(
            f"{NAME} names {', '.join(unknown)}; expected columns of the contract: {', '.join(sorted(columns))}"
        )
    return mapping
