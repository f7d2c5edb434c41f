"""Whole files or nothing: a download is hidden until every byte is there, and goes on where it broke off."""

import fcntl
import filecmp
import hashlib
import json
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

from assets.fetch.http import Passing, Polite, Refused, Wanted, body, shown, too_large

Progress = Callable[[str, int, int | None], None]  # name, bytes so far, bytes in all where that is known
ENDS = {"json": (b"]", b"}"), "xml": (b">",)}
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._ ,()+-]{0,120}")


@dataclass
class Note:
    """What is kept about one file between two calls, HOME/fetch/<digest>.json."""

    url: str
    file: str
    asked: str  # which address, its query too: what another one has cannot be gone on with
    etag: str = ""
    last_modified: str = ""
    size: int = 0
    mtime_ns: int = 0
    part_etag: str = ""  # of the file that the hidden part is the beginning of; empty where it cannot be gone on with


@dataclass(frozen=True)
class Fetched:
    """What became of one file. state: new, changed or unchanged."""

    file: str
    state: str
    size: int


class Notes:
    """The notes below HOME/fetch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, target: Path) -> Path:
        return self.folder / f"{_digest(os.path.abspath(target))}.json"

    def of(self, wanted: Wanted, target: Path) -> Note:
        blank = Note(shown(wanted.url), f"{wanted.folder}/{wanted.name}", _digest(wanted.url))
        try:
            note = Note(**json.loads(self._path(target).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):  # none yet, or damaged: then the file is fetched anew
            return blank
        return note if note.asked == blank.asked else blank

    def keep(self, target: Path, note: Note) -> None:
        path = self._path(target)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(asdict(note), indent=1).encode())


def download(
    polite: Polite, wanted: Wanted, landing: Path, notes: Notes, progress: Progress = lambda *_: None
) -> Fetched:
    """Puts one file into LANDING/<folder>/<name>, or leaves there what was. Raises Refused or Missing."""
    if not NAME.fullmatch(wanted.name):
        raise Refused(f"{shown(wanted.url)} does not end in the name of a file; give an address that does")
    target = landing / wanted.folder / wanted.name
    try:
        with locked(hidden(target)) as part:
            note = notes.of(wanted, target)
            return polite.again(wanted, lambda: _attempt(polite, wanted, target, part, note, notes, progress))
    except OSError as error:
        raise Refused(f"{wanted.folder}/{wanted.name} cannot be written: {error.strerror}") from error


def _attempt(
    polite: Polite, wanted: Wanted, target: Path, part: BinaryIO, note: Note, notes: Notes, progress: Progress
) -> Fetched:
    have = part.seek(0, os.SEEK_END) if note.part_etag else 0
    headers = {"Accept-Encoding": "identity" if wanted.ranges else "gzip"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": note.part_etag}
    elif _as_left(target, note):
        headers |= {"If-None-Match": note.etag} if note.etag else {}
        headers |= {"If-Modified-Since": note.last_modified} if note.last_modified else {}
    with polite.ask(wanted, headers) as response:
        if response.status_code == 304:
            return Fetched(note.file, "unchanged", note.size)
        etag = response.headers.get("ETag", "")
        fits = response.headers.get("Content-Range", "").startswith(f"bytes {have}-") and etag == note.part_etag
        if response.status_code != 200 and not (have and fits):
            part.truncate(0)
            raise Passing("the rest that was sent does not fit what is here", after=0)
        if response.status_code == 200:
            have = part.truncate(0)
            strong = etag.startswith('"') and "Content-Encoding" not in response.headers
            note.part_etag = etag if strong and response.headers.get("Accept-Ranges") == "bytes" else ""
            notes.keep(target, note)
        try:
            have = _receive(response, wanted, part, have, polite.limit, progress)
            _check_whole(part, response.headers.get("Content-Range", ""), have, wanted)
            note.etag, note.last_modified = etag, response.headers.get("Last-Modified", "")
            return _publish(wanted, target, part, note, notes, polite.limit)
        except BaseException as error:
            if isinstance(error, Refused) or not note.part_etag:  # nothing that could be gone on with
                part.truncate(0)
            raise


def _receive(
    response: httpx.Response, wanted: Wanted, part: BinaryIO, have: int, limit: int, progress: Progress
) -> int:
    """Appends what comes to what is here; returns how many bytes that makes."""
    length = None if "Content-Encoding" in response.headers else response.headers.get("Content-Length")
    total = have + int(length) if length else None
    for chunk in body(response, wanted, limit - have):
        part.write(chunk)
        have += len(chunk)
        progress(wanted.name, have, total)
    part.flush()
    return have


def _publish(wanted: Wanted, target: Path, part: BinaryIO, note: Note, notes: Notes, limit: int) -> Fetched:
    """Gives the hidden file its name, unless the very same bytes have it already."""
    whole = hidden(target)
    _blot_out(part, wanted)
    if wanted.member:
        whole = whole.with_suffix(".unpacked")
        _unpack(part, whole, wanted, limit)
    os.fsync(part.fileno())
    state = "changed" if target.exists() else "new"
    if state == "changed" and filecmp.cmp(whole, target, shallow=False):
        state = "unchanged"
        part.truncate(0)
    else:
        os.replace(whole, target)
        _sync_folder(target.parent)
    if wanted.member:
        part.truncate(0)
        whole.unlink(missing_ok=True)
    stat = target.stat()
    note.size, note.mtime_ns, note.part_etag = stat.st_size, stat.st_mtime_ns, ""
    notes.keep(target, note)
    return Fetched(note.file, state, stat.st_size)


def _as_left(target: Path, note: Note) -> bool:
    """Whether the file lies as it was fetched; one that somebody changed or took away is fetched anew."""
    try:
        stat = target.stat()
    except FileNotFoundError:
        return False
    return (stat.st_size, stat.st_mtime_ns) == (note.size, note.mtime_ns)


def _check_whole(part: BinaryIO, content_range: str, have: int, wanted: Wanted) -> None:
    """Raises Passing where the file breaks off; not every server tells its length, so its end is looked at too."""
    told = content_range.rpartition("/")[2]
    if not have:
        raise Passing("an empty answer came")
    if told.isdigit() and int(told) != have:
        raise Passing(f"{have:,} bytes came of {int(told):,}")
    part.seek(max(0, have - 64))
    if wanted.expects in ENDS and not part.read().rstrip().endswith(ENDS[wanted.expects]):
        raise Passing("the answer breaks off before its end")
    part.seek(0)
    if wanted.expects in ("zip", "workbook") and part.read(2) == b"PK" and not zipfile.is_zipfile(part):
        raise Passing("the ZIP or workbook breaks off before its end")


def _blot_out(part: BinaryIO, wanted: Wanted) -> None:
    """BEA repeats the key in its answers, which has no business in landing; and it tells its errors with status 200."""
    if not wanted.secret:
        return
    part.seek(0)
    sent = part.read()
    if error := re.search(rb'"APIErrorDescription"\s*:\s*"([^"]{0,300})', sent):
        said = wanted.hide(error[1].decode("utf-8", "replace"))
        raise Refused(f"{shown(wanted.url)} answered with an error: {said}; {wanted.advice}")
    kept = sent
    for secret in wanted.secret.values():
        kept = re.sub(re.escape(secret.encode()), b"(key)", kept, flags=re.IGNORECASE)
    if kept != sent:
        part.truncate(0)
        part.write(kept)
        part.flush()


def _unpack(part: BinaryIO, into: Path, wanted: Wanted, limit: int) -> None:
    """The one member whose name ends so; a ZIP that would unpack to more than `limit` is refused."""
    try:
        with zipfile.ZipFile(part) as archive:
            found = [m for m in archive.infolist() if m.filename.lower().endswith(wanted.member.lower())]
            if len(found) != 1:
                raise Refused(f"{shown(wanted.url)} holds {len(found)} files that end in {wanted.member}; expected one")
            if found[0].file_size > limit:
                raise Refused(too_large(wanted, limit))
            with archive.open(found[0]) as member, into.open("wb") as out:
                shutil.copyfileobj(member, out)
                os.fsync(out.fileno())
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:  # damaged, or packed in a way of its own
        into.unlink(missing_ok=True)
        raise Passing("the ZIP cannot be unpacked") from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def hidden(target: Path) -> Path:
    """Landing passes over names that begin with a dot."""
    return target.with_name(f".{target.name}.part")


@contextmanager
def locked(part: Path) -> Iterator[BinaryIO]:
    """The hidden file, for one process at a time; the others wait. An empty one is taken away in the end."""
    part.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with part.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not _is(part, file):  # its holder gave it its name while we waited
                continue
            try:
                yield file
            finally:
                if _is(part, file) and part.stat().st_size == 0:
                    part.unlink()
            return


def _is(path: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def write_whole(target: Path, content: bytes) -> None:
    """A small file, whole or not at all."""
    with locked(hidden(target)) as part:
        part.truncate(0)
        part.write(content)
        part.flush()
        os.fsync(part.fileno())
        os.replace(hidden(target), target)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
