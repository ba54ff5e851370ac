"""Puts differences together that are the same for several objects, so that one row can stand for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from reconcile.planfile.document_parts import (
    DocumentBlocked,
    DocumentChange,
    DocumentOperation,
    DocumentUnread,
)
from reconcile.planfile.json_form import to_json

Item = TypeVar("Item")
MANY = 3
"""Up to this many objects with one difference have rows of their own."""


def alike_operations(
    operations: Sequence[DocumentOperation], skipped: Mapping[str, str]
) -> Iterator[Sequence[DocumentOperation]]:
    """Yield the operations, those together that differ in the same way and will fare the same."""
    yield from _grouped(operations, [_key(operation, skipped) for operation in operations])


def alike_blocked(blocked: Sequence[DocumentBlocked]) -> Iterator[Sequence[DocumentBlocked]]:
    """Yield what is blocked, those together that differ in the same way for the same reason."""
    yield from _grouped(blocked, [_key_of_blocked(item) for item in blocked])


def alike_unread(unread: Sequence[DocumentUnread]) -> Iterator[Sequence[DocumentUnread]]:
    """Yield what was not read, that together which was not for the same reason, however few."""
    groups: dict[str, list[DocumentUnread]] = {}
    for item in unread:
        groups.setdefault(f"{item.system} {item.reason}", []).append(item)
    yield from groups.values()


def kind_of(address: str) -> str:
    """Return the system and the kind of an address."""
    return address.rpartition("/")[0]


def names_of(addresses: Iterable[str], most: int = MANY) -> str:
    """Return the names of the first objects, and how many more there are: `a, b, c and 9 more`."""
    names = [address.rpartition("/")[2] for address in addresses]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _grouped(items: Sequence[Item], keys: Sequence[str]) -> Iterator[Sequence[Item]]:
    groups: dict[str, list[Item]] = {}
    for item, key in zip(items, keys, strict=True):
        groups.setdefault(key, []).append(item)
    shown = set[str]()
    for item, key in zip(items, keys, strict=True):
        if not key or len(groups[key]) <= MANY:
            yield (item,)
        elif key not in shown:
            shown.add(key)
            yield groups[key]


def _key(operation: DocumentOperation, skipped: Mapping[str, str]) -> str:
    """Return what operations that are alike have in common; nothing where that cannot be told."""
    if not operation.changes or any(change.sensitive for change in operation.changes):
        return ""
    methods = [request.method for request in operation.requests]
    changes = [_told(change) for change in operation.changes]
    why = skipped.get(operation.address)
    return _spelled(
        [kind_of(operation.address), operation.action, methods, changes, why, operation.said_back]
    )


def _told(change: DocumentChange) -> object:
    values = [change.before, change.after, change.label, change.firings]
    return [change.path, *values, change.name, dict(change.named)]


def _key_of_blocked(item: DocumentBlocked) -> str:
    if item.id is not None:
        return ""
    told = [item.path, item.before, item.after, item.reason, item.label, item.live_written]
    return _spelled([kind_of(item.address), *told])


def _spelled(told: object) -> str:
    return json.dumps(to_json(told) if isinstance(told, tuple) else told, sort_keys=True, default=list)
