"""Builds plain documents from libyaml's nodes, faster than CSafeLoader, with the same result for plain YAML.

CSafeLoader spends its time not in libyaml but in Python: resolving each scalar's tag anew, constructing by
generators. Here a tag is remembered by the scalar's text, and one recursive function builds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

_TEXT = "tag:yaml.org,2002:str"
_TABLE = "tag:yaml.org,2002:map"
_LIST = "tag:yaml.org,2002:seq"


class _Loader(yaml.CSafeLoader):
    """Parse by libyaml, with a memory for tags."""

    _tags: dict[str, str] = {}  # noqa: RUF012 - shared by all files on purpose

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """Return the tag of a node without one."""
        if kind is not yaml.ScalarNode:
            return _TABLE if kind is yaml.MappingNode else _LIST
        if not implicit[0]:
            return _TEXT
        known = self._tags.get(value)
        if known is None:
            known = self._tags[value] = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]
        return known

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Do nothing: there are no paths to resolve by."""

    def ascend_resolver(self) -> None:
        """Do nothing: there are no paths to resolve by."""


def documents(text: bytes) -> Iterator[Any]:
    """Yield each document of `text`."""
    loader = _Loader(text)
    values: dict[tuple[str, str], Any] = {}

    def build(node: Any) -> Any:
        tag = node.tag
        if tag == _TEXT:
            return node.value
        if tag == _TABLE:
            return {build(key): build(value) for key, value in node.value}
        if tag == _LIST:
            return [build(value) for value in node.value]
        if (tag, node.value) not in values:
            values[tag, node.value] = loader.construct_object(node, True)
        return values[tag, node.value]

    try:
        while loader.check_node():
            yield build(loader.get_node())
    finally:
        loader.dispose()
