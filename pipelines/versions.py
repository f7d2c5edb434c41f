"""Of the text that makes figures: code and catalog."""

from functools import cache

from pipelines.knowledge import digest
from pipelines.settings import ROOT


@cache
def code() -> str:
    files = [
        p
        for folder in ("assets", "sql", "pipelines")
        for p in sorted((ROOT / folder).rglob("*"))
        if p.suffix in (".py", ".sql")
    ]
    return digest(*(p.read_text(encoding="utf-8") for p in files))[:12]


@cache
def catalog() -> str:
    return digest(*(p.read_text(encoding="utf-8") for p in sorted((ROOT / "assets" / "catalog").rglob("*.yml"))))[:12]
