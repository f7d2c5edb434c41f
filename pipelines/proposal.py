"""`cities311 map`: a proposed mapping.yml for one file, and what would become of its rows with it."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets import catalog, program
from assets.catalog import Source
from assets.raw import mapping, propose
from assets.raw.drops import GAZETTEER
from assets.raw.ingest import ingest
from assets.raw.readers import PUBLISHERS
from assets.raw.reading import Unreadable
from assets.raw.receipts import Receipts

REASONS = 5


@dataclass(frozen=True)
class Proposal:
    """text: the YAML, which loads as a mapping; told: lines on how many rows would be accepted, and why others not."""

    text: str
    told: list[str]


def of(file: Path, source: str | None, landing: Path) -> Proposal:
    """A mapping for `file` as a file of `source` (default: the source whose folder it lies in, else requests).

    landing: where the gazetteer is that city names are looked up in. Raises Unreadable, naming what to do, where the file
    cannot be read or needs no mapping.
    """
    if not file.is_file():
        raise Unreadable(f"{file} is not a file; name one export")
    spec = _source(file, source)
    known = catalog.load()
    zone = program.load(landing).time_zone
    with duckdb.connect() as connection:
        try:
            text = propose.propose(file, spec, [t.topic for t in known.topics], zone, connection)
        except OSError as error:
            raise Unreadable(f"{file} cannot be opened: {error.strerror}; check its permissions") from error
        with tempfile.TemporaryDirectory(prefix="cities311-") as trial:
            return Proposal(text, _tried(file, spec, text, Path(trial), landing / GAZETTEER, zone, connection))


def write(file: Path, text: str) -> Path:
    """Puts the mapping beside the file. Raises Unreadable where there is one."""
    path = file.parent / mapping.NAME
    try:
        with path.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError as error:
        raise Unreadable(f"{path} is there; rename or remove it, or print the proposal without --write") from error
    return path


def _source(file: Path, named: str | None) -> Source:
    sources = {s.landing_folder: s for s in reversed(catalog.load().sources.values())}
    sources |= {s.source: s for s in catalog.load().sources.values() if s.source == s.landing_folder}
    folder = named or next((p.name for p in file.resolve().parents if p.name in sources), "requests")
    if folder not in sources:
        raise Unreadable(f"no source is called {folder!r}; there are: {', '.join(sorted(sources))}")
    if folder in PUBLISHERS:
        raise Unreadable(f"{folder} has a reader of its own for the publisher's format; it needs no mapping")
    return sources[folder]


def _tried(
    file: Path, spec: Source, text: str, trial: Path, gazetteer: Path, zone: str, connection: duckdb.DuckDBPyConnection
) -> list[str]:
    """Takes the file in, in a landing folder of its own, as the text of the mapping has it."""
    folder = trial / "landing" / spec.landing_folder
    folder.mkdir(parents=True)
    (folder / mapping.NAME).write_text(text, encoding="utf-8")
    mapping.load(folder, set(spec.columns))
    (folder / "file").symlink_to(file.resolve())
    if gazetteer.is_dir():
        (folder.parent / GAZETTEER).symlink_to(gazetteer.resolve(), target_is_directory=True)
    receipts = Receipts(trial / "raw", trial / "quarantine")
    taken = ingest(folder.parent, receipts, connection, catalog.load(), zone)
    (receipt,) = (r for r in taken if r.name == f"{spec.landing_folder}/file")
    if receipt.status != "accepted":
        return [f"with this mapping the file would be refused: {receipt.message}"]
    told = [f"with this mapping {receipt.accepted:,} of {receipt.received:,} rows would be accepted"]
    aside = receipts.aside(receipt)
    if aside.exists():  # columns and what was expected, never what was found
        told += [
            f"{rows:,} rows: {column or 'the row'}: expected {expected}"
            for column, expected, rows in connection.execute(
                'select "column", expected, count(*) from read_parquet(?) group by all order by 3 desc, 1, 2 limit ?',
                [str(aside), REASONS],
            ).fetchall()
        ]
    if not gazetteer.is_dir() and any(c.type == "city" for c in spec.columns.values()):
        told.append(f"no {GAZETTEER} is in landing, so that no city is known; land it, and ask again")
    return told
