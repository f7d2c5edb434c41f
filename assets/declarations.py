"""YAML that people write beside data: no aliases, no key twice, days as they are written."""

import re
from typing import Any

import yaml

UNQUOTED = re.compile(r"'[^']{2,}'")  # a word of the file that a parser quotes
DAY = "tag:yaml.org,2002:timestamp"
NOTHING = "tag:yaml.org,2002:null"


class Invalid(Exception):
    """Not YAML, or YAML that says something in a way that is not taken. The message says where."""


class _Plain(yaml.SafeLoader):
    """An alias may stand for a tree of any size, and the second of two equal keys would win without a word."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            at = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise Invalid(f"an alias (*name) in line {at.line + 1}; write the value out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise Invalid(f"a key stands twice (line {key.start_mark.line + 1}); keep one")
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


class _Words(_Plain):
    """Every value as it is written."""


_Plain.yaml_implicit_resolvers = {  # a day stays text, so that one that does not exist is told by its key
    first: [(tag, regexp) for tag, regexp in resolvers if tag != DAY]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Words.yaml_implicit_resolvers = {  # but for nothing
    first: [(tag, regexp) for tag, regexp in resolvers if tag == NOTHING]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str, *, words: bool = False) -> Any:
    """The content of a YAML text; {} where there is none. words: every value as text. Raises Invalid."""
    try:
        return yaml.load(text, Loader=_Words if words else _Plain) or {}
    except (Invalid, MemoryError):
        raise
    except RecursionError as error:
        raise Invalid("too many levels of nesting") from error
    except yaml.MarkedYAMLError as error:  # its own text would quote the line, which may be about people
        mark = error.problem_mark
        at = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise Invalid(f"{UNQUOTED.sub('…', error.problem or 'it cannot be read')}{at}") from error
    except Exception as error:  # whatever its constructors do: a number of thousands of digits, a key that is a list
        raise Invalid(f"a value that cannot be read ({type(error).__name__}); write it in quotes") from error
