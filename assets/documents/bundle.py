"""Files as one zip with their hashes: the same files at the same instant are the same zip, to the byte."""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

SUMS = "SHA256SUMS"
FIRST = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier time
UNSAFE = re.compile(
    r"(^|/)\.{0,2}(/|$)|[\\:\x00-\x1f]"
)  # leads out of the folder, or is read otherwise by some unpacker
MODE = 0o100644  # a plain file that its owner writes and everyone reads
UNIX = 3


def pack(files: Mapping[str, bytes], at: datetime) -> bytes:
    """The zip of these files by name, dated `at` (UTC), and SHA256SUMS of them, which `sha256sum -c` checks.

    Raises ValueError for a name that is unsafe to unpack or is taken by SHA256SUMS.
    """
    for name in files:
        if UNSAFE.search(name) or name == SUMS:
            raise ValueError(f"{name!r}: no name of a file in a zip")
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    when = max(at.astimezone(UTC).timetuple()[:6], FIRST)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in sorted({**files, SUMS: sums.encode()}.items()):
            entry = zipfile.ZipInfo(name, when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = UNIX  # else what it says of the system is that of whoever packs
            entry.external_attr = MODE << 16
            packed.writestr(entry, content, compresslevel=9)
    return out.getvalue()
