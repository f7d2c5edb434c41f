"""YAML that people write beside data: no aliases, no key twice, days as they are written."""

from typing import Any

import yaml

DAY = "tag:yaml.org,2002:timestamp"


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
            if key.value in seen:
                raise Invalid(f"the key {key.value!r} stands twice (line {key.start_mark.line + 1}); keep one")
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


class _Words(_Plain):
    """Every value as it is written."""


_Plain.yaml_implicit_resolvers = {  # a day stays text, so that one that does not exist is told by its key
    first: [(tag, regexp) for tag, regexp in resolvers if tag != DAY]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Words.yaml_implicit_resolvers = {}


def read(text: str, *, words: bool = False) -> Any:
    """The content of a YAML text; {} where there is none. words: every value as text. Raises Invalid."""
    try:
        return yaml.load(text, Loader=_Words if words else _Plain) or {}
    except RecursionError as error:
        raise Invalid("too many levels of nesting") from error
    except (yaml.YAMLError, ValueError) as error:  # an integer of thousands of digits is a ValueError
        raise Invalid(str(error)) from error
