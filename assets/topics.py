"""Words for topics: the project's own ids and titles, and those of other taxonomies (assets/catalog/topic_mappings.yml)."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

MAPPINGS = Path(__file__).parent / "catalog" / "topic_mappings.yml"
OWN = "cities311"


class MappingError(Exception):
    """A mapping that names no topic, or gives one word two meanings; the message says which."""


def spelled(word: str) -> str:
    """A word as staging compares it."""
    return re.sub(r"[^a-z0-9]+", "_", word.strip().lower())


def words(topics: Iterable[Mapping[str, Any]], path: Path = MAPPINGS) -> list[dict[str, Any]]:
    """Rows of reference.topic_words: taxonomy, word, topic, version; by taxonomy and word.

    topics: the catalog's. Raises MappingError where a mapping names an unknown topic or contradicts another.
    """
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = {t["topic"]: t["title"] for t in topics}
    said = [(OWN, word, topic) for topic, title in known.items() for word in (topic, title)]
    said += [(t["taxonomy"], word, topic) for t in told["taxonomies"] for word, topic in t["words"].items()]
    meanings: dict[str, str] = {}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for taxonomy, text, topic in said:
        word = spelled(text)
        if topic not in known:
            raise MappingError(f"{path.name}: {taxonomy}: {text!r} means {topic!r}, which is no topic of topics.yml")
        if meanings.setdefault(word, topic) != topic:
            raise MappingError(f"{path.name}: {taxonomy}: {text!r} means {topic} here and {meanings[word]} elsewhere")
        found[taxonomy, word] = {"taxonomy": taxonomy, "word": word, "topic": topic, "version": told["version"]}
    return [found[key] for key in sorted(found)]
