"""Releases that nobody needs any more go; the number of one that is gone is never given to another."""

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from assets.releases import publish

GOING = ".pruned-"


def prunable(releases: Path, needed: Collection[str], keep: int) -> list[str]:
    """Oldest first: all but the current one, the newest `keep`, and those on which a report was submitted (needed)."""
    every = publish.listing(releases)
    kept = {publish.current(releases), *every[max(0, len(every) - keep) :], *needed}
    return [release for release in every if release not in kept]


def prune(releases: Path, going: Collection[str]) -> None:
    """Removes releases, each wholly or not at all for whoever looks; what a killed prune left goes too."""
    for release in going:
        with (releases / publish.PRUNED).open("a", encoding="utf-8") as note:
            note.write(release + "\n")
            note.flush()
            os.fsync(note.fileno())
        os.rename(releases / release, releases / f"{GOING}{release}")
    for left in releases.glob(f"{GOING}*"):
        shutil.rmtree(left)
