"""`mapping.yml`: how an export's words become the contract's. Validated, with an error that names the key."""

import fnmatch
import hashlib
import json
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Literal, TypeVar
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assets import declarations
from assets.raw.reading import Unreadable

NAME = "mapping.yml"
DECLARATIONS = (NAME, "corrections.yml")
ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16", "latin-1": "latin-1", "latin1": "latin-1", "iso-8859-1": "latin-1"}
ENCODINGS |= {"windows-1252": "cp1252", "cp1252": "cp1252"}


class FileFacts(BaseModel):
    """What is declared about single files."""

    model_config = ConfigDict(extra="forbid")
    delivered_on: str | None = None
    vintage: str | None = None
    year: str | None = None
    product: str | None = None
    full: Literal["true", "false"] | None = None

    @field_validator("delivered_on")
    @classmethod
    def _a_day(cls, day: str | None) -> str | None:
        if day is not None and not 1990 <= datetime.fromisoformat(day).year <= 2100:
            raise ValueError(f"{day} is not between 1990 and 2100")
        return day

    @classmethod
    def parse(cls, facts: dict[str, Any]) -> "FileFacts":
        return cls.model_validate({k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in facts.items()})


class Mapping(BaseModel):
    """One `mapping.yml` (docs/mapping.md shows every key)."""

    model_config = ConfigDict(extra="forbid")
    columns: dict[str, str | list[str]] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str | dict[str, str] | None]] = {}
    zone: str | None = None
    dates: Literal["mdy", "dmy", "ymd"] | None = None
    encoding: str | None = None
    ignore: list[str] = []
    jurisdiction: str | None = Field(None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)
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

    @field_validator("files")
    @classmethod
    def _below(cls, files: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        for pattern, facts in files.items():
            within(pattern)
            FileFacts.parse(facts)
        return files

    def targets(self, column: str) -> list[str]:
        """Which contract columns a column of the file fills."""
        target = self.columns.get(column, column)
        return [target] if isinstance(target, str) else target

    def rule_of(self, keys: list[str]) -> str:
        """A digest of what it says of the key's columns: two readings of one record by other rules are two records."""
        told = {
            "columns": {theirs: ours for theirs in self.columns if set(ours := self.targets(theirs)) & set(keys)},
            "constants": {k: v for k, v in self.constants.items() if k in keys},
            "values": {k: v for k, v in self.values.items() if k in keys},
            "reading": [self.jurisdiction, self.dates, self.zone],
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

    def facts(self, name: str) -> FileFacts:
        """What is declared about the file of this name (relative to the source's folder)."""
        facts: dict[str, Any] = {}
        for pattern, declared in self.files.items():
            if fnmatch.fnmatch(name, pattern):
                facts |= declared
        return FileFacts.parse(facts)


def within(pattern: str) -> str:
    """The pattern, which must name files below the folder that its file lies in."""
    path = PurePosixPath(pattern)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in pattern or ":" in path.parts[0]:
        raise ValueError(f"{pattern!r} leaves the folder; expected a name below it, such as 2014/*.csv")
    return pattern


def folder_of(file: Path, source: Path) -> Path:
    """The nearest folder, from the file's own up to its source's, that declares anything; else the source's."""
    tells = (f for f in file.parents if f == source or any((f / told).is_file() for told in DECLARATIONS))
    return next(tells, source)


def text(folder: Path, name: str = NAME) -> str:
    """A folder's declaration as it stands, empty where there is none."""
    path = folder / name
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


Declared = TypeVar("Declared", bound=BaseModel)


def declared(folder: Path, name: str, model: type[Declared], words: bool = False) -> Declared:
    """What a YAML file beside the data declares, or the model's defaults. Raises Unreadable naming the key."""
    if "\ufffd" in text(folder, name):
        raise Unreadable(f"{name} is not valid YAML: it holds bytes that are not UTF-8; save it as UTF-8")
    try:
        return model.model_validate(declarations.read(text(folder, name), words=words))
    except declarations.Invalid as error:
        raise Unreadable(f"{name} is not valid YAML: {error}") from error
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise Unreadable(f"{name}: {lines}") from error


def load(folder: Path, columns: set[str]) -> Mapping:
    """The folder's mapping, or an empty one. `columns` are the contract's, for naming a wrong target.

    Raises Unreadable where the file is not a valid mapping.
    """
    mapping = declared(folder, NAME, Mapping)
    named = {t for c in mapping.columns for t in mapping.targets(c)} | set(mapping.constants) | set(mapping.values)
    named |= {c for by in mapping.values.values() for v in by.values() if isinstance(v, dict) for c in v}
    if unknown := sorted(named - columns):
        raise Unreadable(
            f"{NAME} names {', '.join(unknown)}; expected columns of the contract: {', '.join(sorted(columns))}"
        )
    return mapping
