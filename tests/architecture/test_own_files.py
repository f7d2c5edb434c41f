"""docs/own-files.md names every feed with its columns as the catalog has them."""

import re
from pathlib import Path

from assets import catalog

PAGE = Path(__file__).resolve().parents[2] / "docs" / "own-files.md"


def test_every_feed_is_told_with_its_columns_in_order():
    feeds = {n: s for n, s in catalog.load().sources.items() if s.publisher == "the program"}
    marked = {
        name: [f"{c}{'★' * spec.required}{'⚿' * spec.personal}" for c, spec in source.columns.items()]
        for name, source in feeds.items()
    }
    rows = re.findall(r"^\| `(\w+)/` \| (.+?) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {name: (title, columns.split(", ")) for name, title, columns in rows if name in feeds}
    assert {name: columns for name, (_, columns) in told.items()} == marked
    assert {name: title for name, (title, _) in told.items()} == {name: s.title for name, s in feeds.items()}


def test_every_folder_of_an_indicator_is_told():
    page = PAGE.read_text(encoding="utf-8")
    assert not [f for s in catalog.load().sources.values() if f"`{(f := s.landing_folder)}/`" not in page]
