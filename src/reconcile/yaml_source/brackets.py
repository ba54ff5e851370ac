"""Decides which characters an item of a collection in brackets takes with it, and where another one goes."""

from __future__ import annotations

import re
from typing import Final

from reconcile.yaml_source import lines
from reconcile.yaml_source.lines import Splice
from reconcile.yaml_source.nodes import Node

_REST: Final = re.compile(r"[ \t]*(?:,[ \t]*)?(?:#[^\r\n]*)?(?=\r?\n|\Z)")
_COMMA: Final = re.compile(r"(?:[ \t\r\n]|(?:(?<=\s)#[^\n]*))*,")


def out_of_brackets(text: str, children: list[Node], index: int, count: int) -> list[Splice]:
    """Return what takes `count` of the children out, of which others are left, with their comments."""
    first, last = children[index], children[index + count - 1]
    line = text.rfind("\n", 0, first.start) + 1
    margin, rest = text[line : first.start], _REST.match(text, last.end)
    begins_line = line > 0 and not margin.strip()
    if begins_line and rest:
        return [lines.out_of_lines(text, first.start, rest.end())]
    if index and "#" not in text[children[index - 1].end : first.start]:
        return [Splice(children[index - 1].end, last.end, "")]
    above = [Splice(lines.first_comment(text, line, margin), line, "")] if begins_line else []
    return [*above, _up_to_next(text, first.start, last, children[index + count :])]


def _up_to_next(text: str, start: int, last: Node, others: list[Node]) -> Splice:
    """Return what takes the text from `start` to the next item in brackets, or to the comments above it."""
    rest, comma = _REST.match(text, last.end), _COMMA.match(text, last.end)
    if not others:
        return Splice(start, comma.end() if comma else last.end, "")
    stop = lines.past_blanks(text, rest.end()) if rest else others[0].start
    stop = others[0].start if text[stop] == "," else stop
    return Splice(start, stop, " " if text[stop] == "#" and not text[start - 1].isspace() else "")


def into_brackets(text: str, node: Node, written: str, indent: int) -> Splice:
    """Return what adds a written item at the end, at `indent` where it gets a line of its own."""
    if not node.children and "#" in text[node.start : node.end]:
        return lines.on_next_line(text, len(text[: node.end - 1].rstrip()), indent, written)
    if not node.children:
        return Splice(node.start + 1, node.end - 1, written)
    last, head = node.children[-1], node.children[-2 if node.is_mapping else -1]
    begin = text.rfind("\n", 0, head.start) + 1
    found = _COMMA.match(text, last.end, node.end)
    after = found.end() if found else last.end
    comma = "" if found else ","
    own_line = begin > node.start and not text[begin : head.start].strip()
    if not own_line:
        return Splice(after, after, f"{comma} {written}")
    line = "\n" + text[begin : head.start]
    if found:
        end = lines.end_of_line(text, after)
        return Splice(end, end, f"{line}{written},")
    end = lines.end_of_line(text, last.end)
    return Splice(last.end, end, f",{text[last.end : end]}{line}{written}")


def emptied_brackets(text: str, node: Node, sign: str) -> Splice:
    """Return what takes all out, so that `sign` is left, in which comments stay that belong to no item."""
    first, last = node.children[0], node.children[-1]
    rest = _REST.match(text, last.end)
    comma = _COMMA.match(text, last.end, node.end)
    begin = text.rfind("\n", 0, first.start) + 1
    if rest and begin > node.start and not text[begin : first.start].strip():
        gone = lines.out_of_lines(text, first.start, rest.end())
    else:
        gone = Splice(first.start, rest.end() if rest else comma.end() if comma else last.end, "")
    stays = "#" in text[node.start + 1 : gone.start] + text[gone.end : node.end - 1]
    return gone if stays and node.style == sign[0] else Splice(node.start, node.end, sign)
