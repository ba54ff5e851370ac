"""Says what is wanted of a live object whose values of before are to come back: nothing else of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconcile.desired import Wanted
from reconcile.fields.table import Row
from reconcile.fields.walk import deferred_values
from reconcile.model import EMPTY, FieldPath, Json, Live, Origin, Part, Spec
from reconcile.named_tuple import NamedTuple
from reconcile.planning.diff import ours


class Former(NamedTuple):
    """Hold the value that stood at a path before, and the line of the manifest that changed it."""

    path: FieldPath
    value: Json
    origin: Origin


def as_before(wanted: Wanted, live: Live, key: Spec, formers: Sequence[Former]) -> Wanted:
    """Return what is wanted of an object: the values of before, and silence on all else.

    What a request cannot do without is wanted as it is live; `key` is what the object is found by.
    """
    table, resource = wanted.kind.table, wanted.resource
    lines = {former.path: former.origin for former in formers}
    spec: dict[str, Json] = {}
    for path, value, _ in formers:
        row = table.rows[str(path[0])]
        spec[row.name] = _placed(row, spec.get(row.name), path[1:], (value, live.fields.get(row.name)))
    whole = {**key, **_needed(wanted, live), **spec}
    found = resource._replace(
        spec=whole,
        absent=False,
        is_literal=not any(True for _ in deferred_values(whole)),
        locate=lambda path, *, value=False: lines.get(tuple(path), resource.origin),
    )
    return wanted._replace(resource=found)


def _needed(wanted: Wanted, live: Live) -> dict[str, Json]:
    kind = wanted.kind
    rows = (row for row in kind.table.rows.values() if row.shape != "keyed" and not row.asked)
    names = (row.name for row in rows if row.required or row.name in kind.key)
    values = {name: ours(kind.table, (name,), live.fields.get(name)) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _placed(row: Row, spec: Json, path: FieldPath, sides: tuple[Json, Json]) -> Json:
    """Return what is wanted of a field, with a value of before put at a path inside it.

    `sides` are that value, and what is live there.
    """
    value, live = sides
    if not path:
        return value
    if isinstance(path[0], tuple):
        return _with_entry(row, spec if isinstance(spec, Part) else Part(), path, sides)
    name, around = path[0], dict(spec) if spec else {}
    have = live.get(name) if isinstance(live, Mapping) else None
    return {**around, name: _placed(row.nested.rows[name], around.get(name), path[1:], (value, have))}


def _with_entry(row: Row, part: Part, path: FieldPath, sides: tuple[Json, Json]) -> Part:
    (key, *rest), (value, live) = path, sides
    others = [entry for entry in part if row.key_of(entry) != key]
    if not rest and value is None:
        return Part(others, {*part.gone, key if isinstance(key, tuple) else (key,)})
    if not rest:
        return Part([*others, value], part.gone)
    have = next((entry for entry in live or () if row.key_of(entry) == key), EMPTY)
    named = {name: have[name] for name in row.key if have.get(name) is not None}
    mine = next((entry for entry in part if row.key_of(entry) == key), named)
    name = str(rest[0])
    inner = _placed(row.nested.rows[name], mine.get(name), tuple(rest[1:]), (value, have.get(name)))
    return Part([*others, {**mine, name: inner}], part.gone)
