"""Whether a release lies as it was published: each file's hash in the manifest, and the manifest's own, its seal.

The one reading of a release's manifest, for the pipeline, the commands and the pages alike.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
SEAL = "seal"
BLANK = "0" * 64
SYNTHETIC = "SYNTHETIC DATA: city names are real, every measurement was made up."
LAST_HASH = re.compile(r'"[0-9a-f]{64}"\s*\}\s*$')  # a seal under whatever name


class Altered(Exception):
    """A release whose files are not as they were published; the message names each and what is wrong with it."""

    def __init__(self, release: str, files: list[str]) -> None:
        super().__init__(f"release {release} is not as it was published: {'; '.join(files)}")
        self.files = files


def sealed(content: dict[str, Any]) -> str:
    """The text of a manifest: its content, and last the SHA-256 of that text with zeros in place of the seal."""
    text = json.dumps(content | {SEAL: BLANK}, indent=1, ensure_ascii=False)
    return text.replace(BLANK, hashlib.sha256(text.encode()).hexdigest())


def manifest(release: Path) -> dict[str, Any]:
    """The manifest of the release in that folder. Raises Altered where it does not hold to its seal, OSError without one.

    One without a seal, of a release made before there were seals, is taken as it stands.
    """
    content = (release / MANIFEST).read_bytes()
    try:
        text = content.decode("utf-8")
        told: dict[str, Any] = json.loads(text)
        listed = [(table["name"], table["sha256"]) for table in told.get("tables", [])]
        seal = told.get(SEAL)
        holds = not LAST_HASH.search(text) if seal is None else _holds(text, str(seal))
        holds = holds and len(dict(listed)) == len(listed)
    except (ValueError, AttributeError, KeyError, TypeError):
        holds = False
    if not holds:
        raise Altered(release.name, [f"{MANIFEST} does not hold to its seal"])
    return told


def verified(release: Path) -> dict[str, Any]:
    """The manifest of a release, every file of which was hashed and found as published. Raises Altered, else OSError."""
    told = manifest(release)
    listed = {f"{table['name']}.parquet": table for table in told.get("tables", [])}
    wrong = [_wrong(release / name, table["sha256"]) for name, table in sorted(listed.items())]
    if SEAL in told:
        added = {path.name for path in release.iterdir()} - listed.keys() - {MANIFEST}
        wrong += [f"{name} was not published with it" for name in sorted(added)]
    if found := [what for what in wrong if what]:
        raise Altered(release.name, found)
    return told


def _holds(text: str, seal: str) -> bool:
    return hashlib.sha256(text.replace(seal, BLANK).encode()).hexdigest() == seal


def _wrong(path: Path, sha256: str) -> str:
    """What is wrong with a file of the release; empty where it is as published."""
    try:
        with path.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        return f"{path.name} is missing"
    return "" if found == sha256 else f"{path.name} has SHA-256 {found}, and was published with {sha256}"
