"""Decides which characters an item of a YAML collection takes with it, and where another one goes."""

from __future__ import annotations

from reconcile.model import Json
from reconcile.yaml_source import brackets, lines
from reconcile.yaml_source.lines import CannotEditError, Splice, Within
from reconcile.yaml_source.nodes import NO_NODE, Node
from reconcile.yaml_source.written import Place, entries, inline, item


def without_item(text: str, node: Node, index: int) -> list[Splice]:
    """Return what takes an item out of a list that keeps others."""
    if node.is_flow:
        return brackets.out_of_brackets(text, node.children, index, 1)
    return [lines.out_of_lines(text, _dash(text, node, index), node.children[index].end)]


def without_entry(text: str, node: Node, key: str) -> list[Splice]:
    """Return what takes an entry out of a mapping that keeps others."""
    index = next(at for at, (name, _) in enumerate(node.pairs()) if name.value == key)
    if node.is_flow:
        return brackets.out_of_brackets(text, node.children, index * 2, 2)
    start, end = node.children[index * 2].start, node.children[index * 2 + 1].end
    before = text[text.rfind("\n", 0, start) + 1 : start]
    if not before.strip():
        return [lines.out_of_lines(text, start, end)]
    if before.strip(" -"):
        raise CannotEditError("its key does not begin its line")
    return [Splice(start, _next_sign(text, end, len(before)), "")]


def _next_sign(text: str, end: int, margin: int) -> int:
    """Return where the next entry, or the comments right above it, begin."""
    line = text.find("\n", lines.end_of_line(text, end)) + 1
    return lines.past_blanks(text, lines.past_comments(text, line, margin))


def emptied(text: str, target: Within, sign: str) -> list[Splice]:
    """Return what takes all out of a collection, so that `[]` or `{}` is left, and comments that stay."""
    node = target.node
    if node.is_flow:
        return [brackets.emptied_brackets(text, node, sign)]
    if not target.is_in_block_mapping:
        raise CannotEditError("a list within a list is emptied by hand")
    after = lines.after_colon(text, target)
    return [Splice(after, after, f" {sign}"), lines.out_of_lines(text, node.start, node.end)]


def with_item(text: str, target: Within, value: Json) -> Splice:
    """Return what adds an item at the end of a list, in the style of the one before it."""
    node, place = target.node, lines.below(text, target)
    last = node.children[-1] if node.children else NO_NODE
    if node.is_flow:
        return brackets.into_brackets(text, node, inline(value, place, last), place.indent)
    dash = _dash(text, node, len(node.children) - 1)
    sign = text[dash : last.start] if "\n" not in text[dash : last.start] and not last.anchor else "- "
    inside = Place(lines.column(text, dash), False)
    return lines.on_next_line(text, node.end, lines.column(text, dash), item(value, inside, last, sign))


def with_entry(text: str, target: Within, key: str, value: Json) -> Splice:
    """Return what adds an entry at the end of a mapping that has others."""
    node, place = target.node, lines.below(text, target)
    if node.is_flow:
        return brackets.into_brackets(text, node, inline({key: value}, place, NO_NODE)[1:-1], place.indent)
    indent = lines.column(text, node.children[0].start)
    written = next(entries({key: value}, Place(indent, False), NO_NODE))
    return lines.on_next_line(text, node.end, indent, written)


def _dash(text: str, node: Node, index: int) -> int:
    """Return the place of the dash before an item of a block list."""
    if index == 0:
        return node.start
    margin, start = lines.column(text, node.start), node.children[index].start
    before = node.children[index - 1].end
    found = text.rfind("\n" + " " * margin + "-", before, start)
    if found < 0:
        raise CannotEditError("the list's dashes do not stand below each other")
    return found + 1 + margin
