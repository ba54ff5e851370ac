"""Writes the rows of an operation: its head, and each field with what differs, its label and its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconcile.model import Json
from reconcile.planfile.document_parts import DocumentChange, DocumentOperation, Source
from reconcile.reports.common.escape import inert, named_part, named_value, value
from reconcile.reports.common.firing_lines import firing_lines
from reconcile.reports.common.keep_line import keep_it
from reconcile.reports.common.layout import Row
from reconcile.reports.common.two_sides import two_sides, whole_side

SYMBOLS = {"create": "+", "update": "~", "delete": "-", "run": ">"}
_NARROWEST_PATH, _WIDEST_PATH = 15, 26
_KEY = re.compile(r"\[[^\]]*\]")


def head(operation: DocumentOperation, instead: str = "") -> Row:
    """Return the head of an operation, with words `instead` of its address where it stands for several."""
    methods = " ".join(dict.fromkeys(inert(request.method) for request in operation.requests))
    known = ", ".join(inert(part) for part in (operation.name, operation.id) if part is not None)
    told = instead or f"{inert(operation.address)}  ({known})"
    return Row(f"{SYMBOLS[operation.action]} {told}  {methods}", "", place(operation.source))


def said_back(operation: DocumentOperation) -> Row:
    """Return the row that names the live fields which a replacing request repeats."""
    every = dict.fromkeys(_KEY.sub("[]", path) for path in operation.said_back)
    return Row(f"    said back as read: {inert(', '.join(every))}")


def change_rows(operation: DocumentOperation, *, drift: bool) -> Iterator[Row]:
    """Yield a row for each change, with all three values of a conflict and what keeps a live value."""
    fields = (_path(change) for change in operation.changes if not change.is_entry)
    width = max(min(max(map(len, fields), default=0), _WIDEST_PATH), _NARROWEST_PATH)
    for change in operation.changes:
        words = difference(change, operation.action, width, drift=drift)
        yield Row(words, change.label or "", place(change.source))
        yield from (Row(f"{'':<8}{line}") for line in firing_lines(change))
        if line := keep_it(operation.action, change):
            yield Row(f"    {'':<{width}} {line}", unbroken=True)


def difference(change: DocumentChange, action: str, width: int, *, drift: bool) -> str:
    """Return a change as words, its path in a column of a width."""
    path, before, after = _path(change), change.before, change.after
    named = f" ({inert(change.value_name)})" if change.value_name else ""
    if change.is_entry:
        mark, entry = ("+", after) if before is None else ("-", before)
        called = f"  {inert(change.name)}" if change.name else ""
        side = f"  {whole_side(coming=before is None)}" if drift else ""
        return f"  {mark} {path}{called}{_inside(entry, change)}{side}"
    if action == "create":
        return f"    {path:<{width}} {named_value(after, change.named)}"
    if action == "delete":
        return f"    {value(before)}"
    both = two_sides(value(before) + named, named_value(after, change.named), drift=drift)
    base = f", base {value(change.base)}" if change.label == "conflict" else ""
    return f"    {path:<{width}} {both}{base}"


def place(source: Source | None) -> str:
    """Return a place as `file:line`; nothing where there is none."""
    return f"{inert(source.file)}:{source.line}" if source else ""


def _path(change: DocumentChange) -> str:
    """Return the path, and what the entry that it leads into is called."""
    entry = change.entry_name
    return inert(f"{change.path} ({entry})" if entry else change.path)


def _inside(entry: Json, change: DocumentChange) -> str:
    if not isinstance(entry, dict) or change.after is None:
        return ""
    keys = set(change.path.split("[")[-1].rstrip("]").split(","))
    rest = {
        name: inner
        for name, inner in entry.items()
        if inner is not None and (str(inner) not in keys or name in change.named)
    }
    told = (f"{inert(name)}: {named_part(name, inner, change.named)}" for name, inner in rest.items())
    return "  " + ", ".join(told) if rest else ""
