"""Decides where lines of a YAML text and the comments on them begin and end; which go is left to `items`."""

from __future__ import annotations

import re
from typing import Final

from reconcile.named_tuple import NamedTuple
from reconcile.yaml_source.nodes import NO_NODE, Node
from reconcile.yaml_source.written import Place

_COMMENT: Final = re.compile(r"(?:[ \t]+#[^\r\n]*|[ \t]*)")
_REMARK: Final = re.compile(r"[ \t]+#[^\r\n]*")
_COMMENT_LINE: Final = re.compile(r"(?:[ \t]*\r?\n)*([ \t]*)#[^\n]*(?:\n|\Z)")
_BLANKS: Final = re.compile(r"\s*")
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
    parent = target.parents[-1] if target.parents else NO_NODE
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


def comment_at(text: str, place: int) -> str:
    """Return the comment that follows on the same line, with the blanks before it; empty for none."""
    found = _REMARK.match(text, place)
    return found[0] if found else ""


def comment_of(text: str, node: Node) -> str:
    """Return the comment behind the sign of a block scalar, with the blanks before it; empty for none."""
    head = text[node.start : node.end].partition("\n")[0] if node.style in {"|", ">"} else ""
    found = _REMARK.search(head)
    return found[0] if found else ""


def with_comment(written: str, comment: str) -> str:
    """Return a written value with a comment at the end of its first line."""
    first, line_end, rest = written.partition("\n")
    return f"{first}{comment}{line_end}{rest}"


def on_next_line(text: str, end: int, indent: int, written: str) -> Splice:
    """Return what puts a text on a line of its own below what ends there, and below its comments."""
    at = end_of_line(text, end)
    line = text.find("\n", at) + 1
    past = past_comments(text, line, indent) if line else 0
    at = len(text[:past].removesuffix("\n").removesuffix("\r")) if past > line else at
    return Splice(at, at, "\n" + " " * indent + written)


def past_comments(text: str, line: int, margin: int) -> int:
    """Return the beginning of the first line from `line` on that is no comment right of the margin."""
    while (found := _COMMENT_LINE.match(text, line)) and len(found[1]) > margin:
        line = found.end()
    return line


def past_blanks(text: str, place: int) -> int:
    """Return the place of the next sign that is neither a blank nor a line end."""
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def end_of_line(text: str, end: int) -> int:
    """Return the end of the line on which something ends, or `end` where more than a comment follows."""
    found = _COMMENT.match(text, end)
    return found.end() if found else end


def out_of_lines(text: str, start: int, end: int) -> Splice:
    """Return what takes the lines from `start` to `end` out, with the comments that belong to them.

    Those are the comments right above in their column, and right below those that are right of it.
    """
    begin = text.rfind("\n", 0, start) + 1
    if text[begin:start].strip():
        raise CannotEditError("its first line holds more than itself")
    margin = text[begin:start]
    stop = text.find("\n", end_of_line(text, end)) + 1
    stop = past_comments(text, stop, len(margin)) if stop else len(text)
    return Splice(first_comment(text, begin, margin), stop, "")


def first_comment(text: str, line: int, margin: str) -> int:
    """Return the beginning of the first of the comment lines with just this margin right above a line."""
    while line:
        above = text.rfind("\n", 0, line - 1) + 1
        if not text.startswith(margin + "#", above):
            break
        line = above
    return line
