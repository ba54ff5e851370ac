"""Decides which characters of a YAML file change when values in it do; which do is left to others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from yaml.error import YAMLError

from reconcile.model import Json
from reconcile.named_tuple import NamedTuple
from reconcile.yaml_source import items, lines
from reconcile.yaml_source.lines import CannotEditError, Splice, Within
from reconcile.yaml_source.nodes import DocumentSpan, Node, spans_of
from reconcile.yaml_source.written import block, inline, scalar

Path: TypeAlias = tuple[str | int, ...]


class Edit(NamedTuple):
    """Describe one change of a document: its value at `path` is replaced, taken out, or gets one more.

    `document` is the place in the text of the document's first node. `append` adds `value` to the list at
    `path`, `add` to the mapping at `path`, under `key`.
    """

    document: int
    path: Path
    action: Literal["replace", "remove", "append", "add"]
    value: Json = None
    key: str = ""


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with all edits made, one after another; `CannotEditError` for one that cannot be.

    `text` is what `read_text` gives, and was read without a problem. An index in a path counts the items
    that the list has when the edit's turn comes.
    """
    try:
        return _with_documents_edited(text, edits)
    except (YAMLError, ValueError) as error:
        raise CannotEditError("what stands around it is changed by hand") from error


def _with_documents_edited(text: str, edits: Iterable[Edit]) -> str:
    asked: dict[int, list[Edit]] = {}
    for edit in edits:
        asked.setdefault(edit.document, []).append(edit)
    pieces, end = [], 0
    line_end = "\r\n" if "\r\n" in text else "\n"
    for span in spans_of(text):
        if found := asked.pop(span.root.start, None):
            pieces += [text[end : span.start], _edited(text[span.start : span.end], found, line_end)]
            end = span.end
    if asked:
        raise CannotEditError("the document is no longer where it was read")
    return "".join((*pieces, text[end:]))


def _edited(text: str, edits: Sequence[Edit], line_end: str) -> str:
    waiting = list(reversed(edits))
    while waiting:
        edit = waiting.pop()
        (span,) = spans_of(text)
        target = _find(span, edit.path)
        if edit.action == "replace" and _is_same(target.node.json(), edit.value):
            continue
        if edit.action == "replace" and (parts := _part_by_part(target.node, edit)):
            waiting += reversed(parts)
            continue
        splices = _ACTIONS[edit.action](text, target, edit)
        for splice in sorted(splices, key=lambda splice: splice.start, reverse=True):
            written = splice.text.replace("\n", line_end)
            text = text[: splice.start] + written + text[splice.end :]
    return text


def _part_by_part(node: Node, edit: Edit) -> list[Edit]:
    """Return the edits of its parts that make a collection say another one; none for anything else."""
    match node.json(), edit.value:
        case dict() as old, dict() as new if new and (old or node.is_flow):
            return _entry_by_entry(old, new, edit)
        case list() as old, list() as new if new and (old or node.is_flow):
            return _item_by_item(old, new, edit)
    return []


def _entry_by_entry(old: Mapping[str, Json], new: Mapping[str, Json], edit: Edit) -> list[Edit]:
    gone = [edit._replace(path=(*edit.path, key), action="remove") for key in old if key not in new]
    kept = [edit._replace(path=(*edit.path, key), value=new[key]) for key in old if key in new]
    added = [edit._replace(action="add", key=key, value=new[key]) for key in new if key not in old]
    return [*kept, *added, *gone]


def _item_by_item(old: Sequence[Json], new: Sequence[Json], edit: Edit) -> list[Edit]:
    gone, left = [], list(new)
    for index, item in enumerate(old):
        if left and _is_same(item, left[0]):
            left.pop(0)
        else:
            gone.append(edit._replace(path=(*edit.path, index), action="remove"))
    if not left:
        return gone[::-1]
    kept = [edit._replace(path=(*edit.path, index), value=item) for index, item in enumerate(new[: len(old)])]
    gone = [edit._replace(path=(*edit.path, index), action="remove") for index in range(len(new), len(old))]
    return [*kept, *gone[::-1], *(edit._replace(action="append", value=item) for item in new[len(old) :])]


def _is_same(one: Json, other: Json) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _find(span: DocumentSpan, path: Path) -> Within:
    node = span.root
    parents: list[Node] = []
    for step in path:
        parents.append(node)
        found = node.child(step)
        if found is None:
            raise CannotEditError(f"there is no `{step}` there any more")
        node = found
    aliased = {one.value for one in span.root.walk() if one.style == "*"}
    if any(one.anchor in aliased or one.style == "*" for one in (*parents, *node.walk())):
        raise CannotEditError("an anchor shares this value with another place of the document")
    return Within(node, tuple(parents))


def _replace(text: str, target: Within, edit: Edit) -> list[Splice]:
    return _replaced(text, target, edit.value)


def _replaced(text: str, target: Within, value: Json) -> list[Splice]:
    node, place = target.node, lines.below(text, target)
    if not isinstance(value, dict | list) and (node.is_flow or not node.children):
        like = Node(node.start, node.start, "") if node.is_flow else node
        written = scalar(value, lines.under_header(text, like, place), like)
        return [Splice(node.start, node.end, lines.with_comment(written, lines.comment_of(text, like)))]
    if value in ([], {}) and node.children:
        return items.emptied(text, target, "{}" if isinstance(value, dict) else "[]")
    if place.in_flow or node.is_flow or not target.is_in_block_mapping:
        if node.is_flow or place.in_flow or not node.children:
            written = lines.with_comment(inline(value, place, node), lines.comment_of(text, node))
            return [Splice(node.start, node.end, written)]
        raise CannotEditError("a list of lists, or of another shape, is changed by hand")
    end = lines.end_of_line(text, node.end) if node.children else node.end
    after, comment = lines.after_colon(text, target), lines.comment_of(text, node)
    comment = comment or (lines.comment_at(text, after) if node.children else "")
    return [Splice(after, end, lines.with_comment(block(value, place, node), comment))]


def _remove(text: str, target: Within, edit: Edit) -> list[Splice]:
    step, around = edit.path[-1], Within(target.parents[-1], target.parents[:-1])
    if isinstance(step, str):
        if len(around.node.children) == 2:
            return items.emptied(text, around, "{}")
        return items.without_entry(text, around.node, step)
    if len(around.node.children) == 1:
        return items.emptied(text, around, "[]")
    return items.without_item(text, around.node, step)


def _append(text: str, target: Within, edit: Edit) -> list[Splice]:
    if not target.node.is_list:
        return _replaced(text, target, [edit.value])
    return [items.with_item(text, target, edit.value)]


def _add(text: str, target: Within, edit: Edit) -> list[Splice]:
    if not target.node.is_mapping:
        return _replaced(text, target, {edit.key: edit.value})
    return [items.with_entry(text, target, edit.key, edit.value)]


_Act: TypeAlias = Callable[[str, Within, Edit], list[Splice]]
_ACTIONS: Final[Mapping[str, _Act]] = {"replace": _replace, "remove": _remove, "append": _append, "add": _add}
