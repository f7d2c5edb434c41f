"""How the files of a folder are read: the declarations nearest to them, and a fingerprint of all that decides it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assets import decisions
from assets.catalog import Source
from assets.decisions import PlaceName
from assets.raw import corrections, mapping, places, readers
from assets.raw.reading import Unreadable
from assets.raw.receipts import Receipts

GAZETTEER = "census_gazetteer"


@dataclass(frozen=True)
class Drop:
    """Files that are read alike: their folder, raw tables, mapping and corrections (or why they cannot be read), and a
    fingerprint of it all."""

    path: Path
    within: str  # the folder, below its source's
    tables: list[Source]
    mapping: mapping.Mapping
    corrections: corrections.Corrections
    broken: Unreadable | None
    fingerprint: str

    def declared(self, file: Path) -> dict[str, str]:
        """What the mapping declares of a file."""
        return self.mapping.facts(self.below(file)).model_dump(exclude_none=True)

    def below(self, file: Path) -> str:
        return file.relative_to(self.path).as_posix()


def load(
    folder: Path, source: Path, tables: list[Source], receipts: Receipts, zone: str, decided: Sequence[PlaceName]
) -> Drop:
    """The declarations of one folder below the source's. A mistake in them is told when a file is read."""
    within = "" if folder == source else folder.relative_to(source).as_posix()
    fingerprint = _fingerprint(folder, within, tables, receipts, zone, decided)
    try:
        declared = mapping.load(folder, {c for s in tables for c in s.columns})
        if declared.jurisdiction and not any(c.local for s in tables for c in s.columns.values()):
            raise Unreadable(f"{mapping.NAME}: jurisdiction: no id of {source.name} is local to one; remove it")
        return Drop(folder, within, tables, declared, corrections.load(folder, tables), None, fingerprint)
    except Unreadable as error:
        return Drop(folder, within, tables, mapping.Mapping(), corrections.Corrections(), error, fingerprint)


def _fingerprint(
    folder: Path, within: str, tables: list[Source], receipts: Receipts, zone: str, decided: Sequence[PlaceName]
) -> str:
    """Of all that decides how the files of this folder are read, apart from their bytes."""
    parts = [readers.code(), zone, within, *(t.model_dump_json() for t in tables)]
    parts += [mapping.text(folder), mapping.text(folder, corrections.NAME)]
    if any(c.type == "city" for t in tables for c in t.columns.values()):
        parts += sorted(r.sha256 for r in receipts.all.values() if r.table == GAZETTEER and r.status == "accepted")
        parts += [places.version(), decisions.text(decided, {t.source for t in tables})]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
