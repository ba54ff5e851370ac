"""Says why a record is none that an apply of this tool kept: anybody may have written it, and what an undo
reads of it is checked before it is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from reconcile.cleaning import SENSITIVE
from reconcile.fields.table import Row, Table
from reconcile.fields.walk import misshapen
from reconcile.model import Address, Json
from reconcile.planfile.document_parts import DocumentChange, DocumentOperation
from reconcile.planfile.record_parts import Kept, KeptField
from reconcile.provider.kinds import Kind, System
from reconcile.provider.routes import is_id

_UNKNOWN = "unknown"
_LOOKED_INTO = frozenset({"create", "update"})
"""The actions whose changes are looked at one by one."""


def record_flaws(written: Iterable[DocumentOperation], systems: Mapping[str, System]) -> Iterator[str]:
    """Yield what is wrong with the operations of a record that may have written."""
    every = [*written]
    for address, times in Counter(operation.address for operation in every).items():
        if times > 1:
            yield f"{address} stands there {times} times"
    for operation in every:
        words = next(_of_operation(operation, systems), None)
        if words is not None:
            yield f"{operation.address}: {words}"


def _of_operation(operation: DocumentOperation, systems: Mapping[str, System]) -> Iterator[str]:
    address, kept = Address.parse(operation.address), operation.kept
    if address is None or kept is None:
        yield "that is no address"
        return
    system = systems[address.system]
    kind = system.kind(kept.kind)
    if kind is None or kind.compose is not None or kept.api_version.partition("/")[0] != system.type:
        yield f"it is of a kind that this version does not know, {kept.api_version:.40} {kept.kind:.40}"
        return
    if not _is_file(operation.source.file):
        yield "`source.file` names no file"
    yield from _of_kept(kept, kind)
    if operation.action not in _LOOKED_INTO:
        return
    if len(kept.fields) != len(operation.changes):
        yield f"`kept.fields` are {len(kept.fields)} for {len(operation.changes)} changes"
    for field, change in zip(kept.fields, operation.changes, strict=False):
        yield from _of_field(field, change, kind.table)


def _is_file(name: str) -> bool:
    return bool(name) and name.isprintable()


def _of_kept(kept: Kept, kind: Kind) -> Iterator[str]:
    if kept.id is not None and (not is_id(kept.id) or (kind.unlike_an_id and kind.unlike_an_id(kept.id))):
        yield f"`kept.id` is no id of a {kind.name}"
    known = {*kind.key, *kind.in_paths, *(row.name for row in kind.table.rows.values() if row.asked)}
    for name in kept.key.keys() - known:
        yield f"`kept.key` has {name:.40}, by which no {kind.name} is found"
    if wrong := misshapen(kind.table, kept.key):
        yield f"`kept.key`: {wrong}"
    for name in kind.in_paths:
        if kept.key.get(name) is not None and not is_id(kept.key[name]):
            yield f"`kept.key`: {name} is no id"


def _of_field(field: KeptField, change: DocumentChange, table: Table) -> Iterator[str]:
    if not _is_file(change.source.file):
        yield "`source.file` of a change names no file"
    place = _place(table, field.path)
    if place is None:
        yield f"`kept.fields` has a path that no {table.model.__name__} has"
        return
    for name, value in (("before", change.before), ("after", change.after)):
        if wrong := _misfit(*place, value, is_entry=isinstance(field.path[-1], list)):
            yield f"`{name}` of {change.path:.80}: {wrong}"


def _place(table: Table, path: Iterable[Json]) -> tuple[Table, Row] | None:
    """Return the row of the field at a path, or of the list of the entry there, with its table; else None."""
    found: tuple[Table, Row] | None = None
    inner: Table | None = table
    for step in path:
        if isinstance(step, str) and inner is not None and step in inner.rows:
            row = inner.rows[step]
            found, inner = (inner, row), row.table if row.shape == "object" else None
        elif found is not None and inner is None and found[1].shape == "keyed" and _is_key(step):
            inner = found[1].nested
        else:
            return None
    return found


def _is_key(step: Json) -> bool:
    return isinstance(step, list) and bool(step) and all(isinstance(part, str) for part in step)


def _misfit(table: Table, row: Row, value: Json, *, is_entry: bool) -> str | None:
    """Return what of a value is no list, mapping or single value as its place needs it, else None."""
    try:
        plain = _without_stands(value)
    except ValueError as error:
        return str(error)
    if not is_entry or plain is None:
        return misshapen(table, {row.name: None if is_entry else plain})
    return misshapen(row.nested, plain) if isinstance(plain, dict) else "it is no object"


def _without_stands(value: Json) -> Json:
    """Return a value with null for what stands for another one; ValueError where it stands for nothing."""
    if isinstance(value, dict):
        if value == SENSITIVE:
            return None
        if value.keys() == {_UNKNOWN}:
            if not isinstance(value[_UNKNOWN], str):
                raise ValueError("`unknown` names no address")
            return None
        return {name: _without_stands(inner) for name, inner in value.items()}
    return [*map(_without_stands, value)] if isinstance(value, list) else value
