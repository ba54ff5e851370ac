"""Decides which characters an entry of a YAML collection takes with it, and where another one goes."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from reconcile.model import Json
from reconcile.yaml_source.nodes import Node
from reconcile.yaml_source.written import Place, entries, inline, item

_NO_NODE: Final = Node(0, 0, "")
_REST: Final = re.compile(r"[ \t]*(?:,[ \t]*)?(?:#[^\r\n]*)?(?=\r?\n|\Z)")
_COMMENT: Final = re.compile(r"(?:[ \t]+#[^\r\n]*|[ \t]*)")
_COMMA: Final = re.compile(r"(?:[ \t\r\n]|(?:(?<=\s)#[^\n]*))*,")
_COLON: Final = re.compile(r"\s*:")


class CannotEditError(Exception):
    """Say why a value cannot be changed where it stands."""


class Splice(NamedTuple):
    """Describe the characters from `start` to `end` as replaced by a text."""

    start: int
    end: int
    text: str


class Within(NamedTuple):
    """Hold a node, and the nodes in which it stands, outermost first."""

    node: Node
    parents: tuple[Node, ...]

    @property
    def is_in_block_mapping(self) -> bool:
        """Tell whether the node is a value of a mapping that is not in brackets."""
        return bool(self.parents) and self.parents[-1].style == "map"


def column(text: str, place: int) -> int:
    """Return how many characters stand before a place on its line."""
    return place - text.rfind("\n", 0, place) - 1


def below(text: str, target: Within) -> Place:
    """Return where a value below a node's key goes: two columns right of the key, or of the list's dash."""
    in_flow = any(parent.is_flow for parent in target.parents)
    parent = target.parents[-1] if target.parents else _NO_NODE
    key = (
        next((key for key, value in parent.pairs() if value is target.node), None)
        if parent.is_mapping
        else None
    )
    beside = key.start if key else parent.start if parent.is_list else target.node.start
    indent = column(text, beside) + 2
    if target.node.style in {"map", "list"} and key:
        indent = max(column(text, target.node.start), indent - 1)
    return Place(indent, in_flow)


def under_header(text: str, node: Node, place: Place) -> Place:
    """Return the place of a block scalar's lines: where the first one of them stands by now."""
    body = text[node.start : node.end].partition("\n")[2].lstrip("\r\n")
    margin = len(body) - len(body.lstrip(" "))
    return place._replace(indent=margin) if node.style in {"|", ">"} and margin else place


def after_colon(text: str, target: Within) -> int:
    """Return the place right after the colon of the node's key."""
    key = next(key for key, value in target.parents[-1].pairs() if value is target.node)
    found = _COLON.match(text, key.end)
    if found is None:
        raise CannotEditError("the key and its value are not on one line")
    return found.end()


def without_item(text: str, node: Node, index: int) -> list[Splice]:
    """Return what takes an item out of a list that keeps others."""
    if node.is_flow:
        return [_out_of_brackets(text, node.children, index, 1)]
    return [_out_of_lines(text, _dash(text, node, index), node.children[index].end)]


def without_entry(text: str, node: Node, key: str) -> list[Splice]:
    """Return what takes an entry out of a mapping that keeps others."""
    index = next(at for at, (name, _) in enumerate(node.pairs()) if name.value == key)
    if node.is_flow:
        return [_out_of_brackets(text, node.children, index * 2, 2)]
    start, end = node.children[index * 2].start, node.children[index * 2 + 1].end
    if text[text.rfind("\n", 0, start) + 1 : start].strip():
        return [Splice(start, node.children[index * 2 + 2].start, "")]
    return [_out_of_lines(text, start, end)]


def emptied(text: str, target: Within) -> list[Splice]:
    """Return what makes a list of one item an empty one."""
    node = target.node
    if node.is_flow:
        return [Splice(node.start, node.end, "[]")]
    if not target.is_in_block_mapping:
        raise CannotEditError("a list within a list is emptied by hand")
    after = after_colon(text, target)
    gone = _out_of_lines(text, _dash(text, node, 0), node.end)
    return [Splice(after, after, " []"), gone]


def with_item(text: str, target: Within, value: Json) -> Splice:
    """Return what adds an item at the end of a list, in the style of the one before it."""
    node, place = target.node, below(text, target)
    last = node.children[-1] if node.children else _NO_NODE
    if node.is_flow:
        return _into_brackets(text, node, inline(value, place, last))
    dash = _dash(text, node, len(node.children) - 1)
    sign = text[dash : last.start] if "\n" not in text[dash : last.start] and not last.anchor else "- "
    inside = Place(column(text, dash), False)
    return _on_next_line(text, node.end, column(text, dash), item(value, inside, last, sign))


def with_entry(text: str, target: Within, key: str, value: Json) -> Splice:
    """Return what adds an entry at the end of a mapping that has others."""
    node, place = target.node, below(text, target)
    if node.is_flow:
        return _into_brackets(text, node, inline({key: value}, place, _NO_NODE)[1:-1])
    indent = column(text, node.children[0].start)
    written = next(entries({key: value}, Place(indent, False), _NO_NODE))
    return _on_next_line(text, node.end, indent, written)


def _on_next_line(text: str, end: int, indent: int, written: str) -> Splice:
    """Return what puts a text on a line of its own below the line on which something ends."""
    at = end_of_line(text, end)
    return Splice(at, at, "\n" + " " * indent + written)


def end_of_line(text: str, end: int) -> int:
    """Return the end of the line on which something ends, or `end` where more than a comment follows."""
    found = _COMMENT.match(text, end)
    return found.end() if found else end


def _dash(text: str, node: Node, index: int) -> int:
    """Return the place of the dash before an item of a block list."""
    if index == 0:
        return node.start
    margin, start = column(text, node.start), node.children[index].start
    before = node.children[index - 1].end
    found = text.rfind("\n" + " " * margin + "-", before, start)
    if found < 0:
        raise CannotEditError("the list's dashes do not stand below each other")
    return found + 1 + margin


def _out_of_lines(text: str, start: int, end: int) -> Splice:
    """Return what takes the lines from `start` to `end` out, with comments right above in their column."""
    begin = text.rfind("\n", 0, start) + 1
    if text[begin:start].strip():
        raise CannotEditError("its first line holds more than itself")
    margin = text[begin:start]
    stop = text.find("\n", end_of_line(text, end)) + 1 or len(text)
    while begin:
        above = text.rfind("\n", 0, begin - 1) + 1
        if not text.startswith(margin + "#", above):
            break
        begin = above
    return Splice(begin, stop, "")


def _out_of_brackets(text: str, children: list[Node], index: int, count: int) -> Splice:
    first, last = children[index], children[index + count - 1]
    begin = text.rfind("\n", 0, first.start) + 1
    rest = _REST.match(text, last.end)
    if rest and begin and not text[begin : first.start].strip():
        return _out_of_lines(text, first.start, rest.end())
    if index:
        return Splice(children[index - 1].end, last.end, "")
    return Splice(first.start, children[count].start, "")


def _into_brackets(text: str, node: Node, written: str) -> Splice:
    if not node.children:
        return Splice(node.start + 1, node.end - 1, written)
    last = node.children[-1]
    begin = text.rfind("\n", 0, last.start) + 1
    found = _COMMA.match(text, last.end, node.end)
    after = found.end() if found else last.end
    comma = "" if found else ","
    own_line = begin > node.start and not text[begin : last.start].strip()
    if not own_line:
        return Splice(after, after, f"{comma} {written}")
    line = "\n" + text[begin : last.start]
    if found:
        end = end_of_line(text, after)
        return Splice(end, end, f"{line}{written},")
    end = end_of_line(text, last.end)
    return Splice(last.end, end, f",{text[last.end : end]}{line}{written}")
