"""The one table that a publisher's zip archive holds beside its footnotes and definitions."""

import re
import zipfile
from pathlib import Path

from assets.raw import limits
from assets.raw.reading import Unreadable
from assets.raw.workbook import ZIP_MAGIC

MOST_BYTES = 2 << 30  # unpacked; the largest archive read here, a table of BEA, holds 0.1 GiB
MOST_RATIO = 200  # unpacked to packed; text of figures packs 5 to 30 times
SHOWN = 5  # members that a message names


def unpacked(path: Path, *wanted: str) -> Path:
    """The file itself, or the one member of a zip whose name fits the first pattern of `wanted` that any name fits,
    unpacked in a temporary folder.

    An Excel workbook, which is a zip too, is given back as it is. Raises Unreadable where no member or more than one
    fits, for an archive that needs a password or is damaged, and for one that would unpack to more than 2 GiB or to more
    than 200 times its size.
    """
    with path.open("rb") as file:
        if file.read(4) != ZIP_MAGIC:
            return path
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if any(name.startswith("xl/") for name in names):
                return path
            member = archive.getinfo(_one(names, wanted))
            _refuse_bomb(member)
            return _extract(archive, member)
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise Unreadable(
            "the zip archive needs a password, or breaks off or is damaged; expected the publisher's own; "
            "download it again, or unpack it and land the table"
        ) from error


def _one(names: list[str], wanted: tuple[str, ...]) -> str:
    found_by = ([name for name in names if re.search(pattern, name, re.IGNORECASE)] for pattern in wanted)
    fitting = next(filter(None, found_by), [])
    if len(fitting) == 1:
        return fitting[0]
    found = ", ".join((fitting or names)[:SHOWN]) or "nothing"
    raise Unreadable(
        f"the zip archive holds {len(fitting)} tables of the kind expected (found {found}); expected one; "
        "unpack it and land the one that is meant"
    )


def _refuse_bomb(member: zipfile.ZipInfo) -> None:
    if member.file_size > MOST_BYTES or member.file_size > MOST_RATIO * max(member.compress_size, 1 << 10):
        raise Unreadable(
            f"the zip archive would unpack to {member.file_size:,} bytes from {member.compress_size:,}; expected at most "
            f"{MOST_BYTES >> 30} GiB and {MOST_RATIO} times its size; check where it comes from"
        )


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Path:
    """Never reads past the size that the archive declares: zipfile stops there, and a longer stream fails its checksum."""
    out = limits.scratch() / "unpacked"
    with archive.open(member) as packed, out.open("wb") as file:
        while chunk := packed.read(1 << 20):
            file.write(chunk)
    return out
