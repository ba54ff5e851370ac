"""Decides which characters of a text each YAML node takes; how they change is left to `edits`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from reconcile.model import Json
from reconcile.yaml_source.parser import Events, parser_of
from reconcile.yaml_source.scalars import ScalarError, resolve

_PROPERTIES: Final = re.compile(r"(?:&\S+\s+)+")
_BLANK_LINES: Final = re.compile(r"(?:\r?\n[ \t]*)+\Z")
_CLOSING: Final = (MappingEndEvent, SequenceEndEvent, DocumentEndEvent)


@dataclass(slots=True)
class Node:
    """Hold one node: its characters from `start` to `end`, and how it is written.

    `style` is a scalar's quote or block sign, "" where it is plain, `{` or `[` for a flow collection, `map`
    or `list` for a block collection, and `*` for an alias. The children of a mapping are its keys and values
    in turn.
    """

    start: int
    end: int
    style: str
    value: str = ""
    anchor: str = ""
    children: list[Node] = field(default_factory=list)

    @property
    def is_mapping(self) -> bool:
        """Tell whether the node is a mapping."""
        return self.style in {"{", "map"}

    @property
    def is_list(self) -> bool:
        """Tell whether the node is a list."""
        return self.style in {"[", "list"}

    @property
    def is_flow(self) -> bool:
        """Tell whether the node is a collection in brackets."""
        return self.style in {"{", "["}

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """Return the keys of a mapping, each with its value."""
        return zip(self.children[::2], self.children[1::2], strict=True)

    def child(self, step: str | int) -> Node | None:
        """Return the value of the key, or the item of the index, `step`."""
        if isinstance(step, int):
            return self.children[step] if self.is_list and 0 <= step < len(self.children) else None
        return (
            next((value for key, value in self.pairs() if key.value == step), None)
            if self.is_mapping
            else None
        )

    def json(self) -> Json:
        """Return the value that the node spells: an alias as its name, a number out of range as its text."""
        if self.is_mapping:
            return {key.value: value.json() for key, value in self.pairs()}
        if self.is_list:
            return [child.json() for child in self.children]
        if self.style or not self.value:
            return self.value
        try:
            return resolve(self.value)
        except ScalarError:
            return self.value

    def walk(self) -> Iterator[Node]:
        """Return the node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


NO_NODE: Final = Node(0, 0, "")
"""Stands where there is no node, as a plain text would."""


@dataclass(frozen=True, slots=True)
class DocumentSpan:
    """Hold one document's characters, from its beginning to the next one's, and its first node."""

    start: int
    end: int
    root: Node


def spans_of(text: str) -> tuple[DocumentSpan, ...]:
    """Return the documents of a text that was read without a problem, those without content left out."""
    parser = parser_of(text)
    starts: list[int] = []
    roots: list[Node] = []
    event: Any = parser.get_event()
    while type(event) is not StreamEndEvent:
        if type(event) is DocumentStartEvent:
            starts.append(_start(event))
            roots.append(_node(parser, text))
        event = parser.get_event()
    ends = [*starts[1:], len(text)]
    return tuple(
        DocumentSpan(*ends) for ends in zip(starts, ends, roots, strict=True) if ends[2].end > ends[2].start
    )


def _node(parser: Events, text: str) -> Node:
    root = Node(0, 0, "list")
    stack = [root]
    while True:
        event: Any = parser.get_event()
        if isinstance(event, _CLOSING):
            _close(stack.pop(), event, text)
            if not stack:
                return root.children[0]
            continue
        node = _opened(event, text)
        stack[-1].children.append(node)
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            stack.append(node)


def _start(event: Any) -> int:
    place: int = event.start_mark.index
    return place


def _opened(event: Any, text: str) -> Node:
    start, end = _start(event), event.end_mark.index
    anchor: str = event.anchor or ""
    if isinstance(event, AliasEvent):
        return Node(start, end, "*", anchor)
    if anchor and (properties := _PROPERTIES.match(text, start)):
        start = properties.end()
    if isinstance(event, ScalarEvent):
        style: str = event.style or ""
        end = _block_end(text, start, end) if style in {"|", ">"} else end
        return Node(start, end, style, event.value, anchor)
    styles = ("map", "{") if isinstance(event, MappingStartEvent) else ("list", "[")
    style = styles[bool(event.flow_style)]
    return Node(start, end, style, anchor=anchor)


def _block_end(text: str, start: int, end: int) -> int:
    """Return the end of a block scalar's last line, blank lines left out that are not part of it."""
    head = text[start : text.find("\n", start)] if "\n" in text[start:end] else text[start:end]
    written = text[start:end]
    if "+" in head.partition("#")[0]:
        return start + len(written.removesuffix("\n").removesuffix("\r"))
    return start + len(_BLANK_LINES.sub("", written))


def _close(node: Node, event: Any, text: str) -> None:
    if node.is_flow:
        node.end = event.end_mark.index
    elif node.children:
        node.end = node.children[-1].end
