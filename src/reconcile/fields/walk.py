"""Walks over an object beside its field table: merging, sealing secrets, deferred values, live shapes;
comparing is left to `planning`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, compress

from reconcile.fields import forms
from reconcile.fields.table import Row, Table
from reconcile.model import Env, FieldPath, Json, Named, Part, Ref, Secret, Spec

_HOLDERS = frozenset({dict, list})
INSTRUCTIONS = frozenset({"env", "var", "ref", "named", "file"})
"""A mapping with one of these alone as its key stands for another value in a manifest."""


def overlay(table: Table, have: Spec, want: Spec) -> dict[str, Json]:
    """Return what a full replacement must say: `want` over `have`.

    What the table does not know is sent back as it was read, at every depth, but for what is the server's
    own. Of what the table knows a null that is live is left out, a null that is desired is kept; where null
    leaves the choice to the server, the live value that it chose is sent back. Entries of an exact list that
    are not desired are gone; where a part of it is desired the others stay, `gone` ones apart. Texts are
    sent back as they are, all else in its type: a server that spells ids as texts gets numbers.
    """
    merged: dict[str, Json] = {}
    for name, row in table.rows.items():
        if name in want and not (row.filled and want[name] is None):
            merged[name] = _overlaid(row, have.get(name), want[name])
        elif have.get(name) is not None:
            merged[name] = _overlaid(row, None, have[name])
    return {**merged, **unknown(table, have), **unknown(table, want)}


def unknown(table: Table, said: Spec) -> Spec:
    """Return the fields that the table does not know, and that a request can hold."""
    return {name: said[name] for name in said if name not in table.rows and name not in table.server_own}


def said_back(table: Table, have: Spec, body: Json) -> Iterator[FieldPath]:
    """Yield the places of what the table does not know and a request sends back as it was read."""
    if not isinstance(body, dict):
        return
    yield from (
        (name,) for name, value in unknown(table, have).items() if name in body and body[name] == value
    )
    for name in sorted(table.nests & body.keys() & have.keys()):
        row = table.rows[name]
        if row.shape == "object":
            yield from ((name, *path) for path in said_back(row.nested, have[name] or {}, body[name]))
            continue
        sent = keyed(row, body[name])
        for key, entry in keyed(row, have[name]).items():
            yield from ((name, key, *path) for path in said_back(row.nested, entry, sent.get(key)))


def known(table: Table, said: Spec) -> Spec:
    """Return `said` without what the table does not know, at every depth."""
    return {name: _known(row, said[name]) for name, row in table.rows.items() if name in said}


def _known(row: Row, value: Json) -> Json:
    if row.table is None or not value:
        return value
    return known(row.table, value) if row.shape == "object" else [known(row.table, it) for it in value]


def _overlaid(row: Row, have: Json, want: Json) -> Json:
    if want is None or row.table is None:
        return row.form(want) if want is not None and row.shape == "scalar" and not row.is_text else want
    if row.shape == "object":
        return overlay(row.table, have or {}, want)
    before = keyed(row, have)
    after = {key: overlay(row.table, before.get(key) or {}, entry) for key, entry in keyed(row, want).items()}
    gone = row.gone(want)
    if gone is None:
        return list(after.values())
    kept = {key: overlay(row.table, {}, entry) for key, entry in before.items() if key not in gone}
    return list((kept | after).values())


def withheld(table: Table, want: Spec, have: Spec, paths: Iterable[FieldPath]) -> Spec:
    """Return `want` with what stands at `paths` as it is live: fields left out, entries as they are."""
    for path in paths:
        want = _without(table, want, have, path)
    return want


def _without(table: Table, want: Spec, have: Spec, path: FieldPath) -> Spec:
    name, rest = str(path[0]), path[1:]
    if not rest or want.get(name) is None:
        return {other: value for other, value in want.items() if other != name}
    row = table.rows[name]
    if row.shape == "object":
        return {**want, name: _without(row.nested, want[name], have.get(name) or {}, rest)}
    return {**want, name: _entries_without(row, want[name], have.get(name), rest)}


def _entries_without(row: Row, want: Json, have: Json, path: FieldPath) -> list[Json]:
    key, inner = path[0], path[1:]
    if isinstance(key, str):
        raise TypeError(f"{row.name} holds entries, and {key} is no key")
    wanted, live = keyed(row, want), keyed(row, have).get(key)
    kept = [entry for other, entry in wanted.items() if other != key]
    if inner and key in wanted:
        kept.append(_without(row.nested, wanted[key], live or {}, inner))
    elif live is not None and row.gone(want) is None:
        kept.append(live)
    return Part(kept, want.gone - {key}) if isinstance(want, Part) else kept


def keyed(row: Row, entries: Json) -> dict[tuple[str, ...], Spec]:
    """Return the entries of a keyed list by their identity; the first of two alike."""
    found: dict[tuple[str, ...], Spec] = {}
    for entry in entries or ():
        found.setdefault(row.key_of(entry), entry)
    return found


def at(table: Table, spec: Spec, path: FieldPath) -> Json:
    """Return the value at `path`, None where there is none."""
    value: Json = spec
    row: Row | None = None
    for step in path:
        if value is None:
            return None
        if isinstance(step, tuple):
            value = keyed(row, value).get(step) if row else None
            table = row.table if row and row.table else table
        else:
            row, value = table.rows.get(step), value.get(step) if isinstance(value, Mapping) else None
            table = row.table if row and row.table and row.shape == "object" else table
    return value


def seal(table: Table, spec: Spec) -> Spec:
    """Return `spec` with every sensitive text or number as a `Secret`; `spec` itself where it holds none."""
    sealed: dict[str, Json] = {}
    for row in table.sensitive:
        value = spec.get(row.name)
        closed = _sealed(row, value, spec) if value else value
        if closed is not value:
            sealed[row.name] = closed
    return {**spec, **sealed} if sealed else spec


def _sealed(row: Row, value: Json, around: Spec) -> Json:
    if row.sensitive_if is not None:
        shown = isinstance(value, str | int | float) and row.sensitive_if(around)
        return Secret(str(forms.text(value))) if shown else value
    if row.shape == "object":
        return seal(row.nested, value)
    if not isinstance(value, list):
        return value
    entries = [seal(row.nested, entry) for entry in value]
    if all(new is old for new, old in zip(entries, value, strict=True)):
        return value
    return Part(entries, value.gone) if isinstance(value, Part) else entries


def plainly_shaped(table: Table, many: Sequence[Json], beneath: int | None = None) -> bool:
    """Tell whether the types of all values at once show that none of many live objects is `misshapen`.

    Each object holds at most so many levels of lists and mappings as are `beneath` it (None: not known).
    False says nothing: a field that the table does not know may hold any list or mapping.
    """
    if beneath == 0 and not table.nests:
        return True
    types = map(type, chain.from_iterable(map(dict.values, many)))
    if not table.nests:
        return _HOLDERS.isdisjoint(types)
    holders = sum(map(_HOLDERS.__contains__, types))
    for row in map(table.rows.__getitem__, table.nests):
        nested = [value for said in many if (value := said.get(row.name)) is not None]
        holders -= len(nested)
        if row.shape != "object":
            if not {list}.issuperset(map(type, nested)):
                return False
            nested = [*chain.from_iterable(nested)]
        deeper = None if beneath is None else max(0, beneath - (1 if row.shape == "object" else 2))
        if not {dict}.issuperset(map(type, nested)) or not plainly_shaped(row.nested, nested, deeper):
            return False
    return not holders


def misshapen(table: Table, said: Spec) -> str | None:
    """Return what of a live object is no list, mapping or single value as its table needs it, else None."""
    holders = [*compress(said, map(_HOLDERS.__contains__, map(type, said.values())))]
    for name in (*holders, *table.nests.difference(holders)):
        row, value = table.rows.get(name), said.get(name)
        wrong = None if row is None or value is None else _misshapen(row, value)
        if wrong:
            return wrong
    return None


def _misshapen(row: Row, value: Json) -> str | None:
    if row.shape == "scalar" and isinstance(value, dict | list):
        return f"`{row.name}` is no single value"
    if row.table is None:
        return None
    if row.shape == "object":
        return misshapen(row.table, value) if isinstance(value, dict) else f"`{row.name}` is no object"
    if type(value) is list and not row.table.nests and _are_flat(value):
        return None
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        return f"`{row.name}` is no list of objects"
    return next(filter(None, (misshapen(row.table, entry) for entry in value)), None)


def _are_flat(entries: Json) -> bool:
    """Tell whether a list of objects shows at once that nothing is wrong, as all their values are single."""
    try:
        return _HOLDERS.isdisjoint(map(type, chain.from_iterable(map(dict.values, entries))))
    except TypeError:
        return False


def deferred_values(
    value: Json, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Ref | Named | Env | Secret]]:
    """Yield every `Ref`, `Named`, `Env` and `Secret` inside `value`, with its place."""
    if isinstance(value, Ref | Named | Env | Secret):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from deferred_values(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from deferred_values(inner, (*path, index))


def replaced(value: Json, of: Callable[[Json], Json]) -> Json:
    """Return `value` with every leaf that is no mapping or list put through `of`."""
    if isinstance(value, dict):
        return {name: replaced(inner, of) for name, inner in value.items()}
    if isinstance(value, Part):
        return Part((replaced(inner, of) for inner in value), value.gone)
    if isinstance(value, list):
        return [replaced(inner, of) for inner in value]
    return of(value)


def is_instruction(value: Json) -> bool:
    """Tell whether a mapping anywhere in `value` would stand for another value if a manifest held it."""
    if isinstance(value, dict):
        return (len(value) == 1 and not INSTRUCTIONS.isdisjoint(value)) or any(
            map(is_instruction, value.values())
        )
    return isinstance(value, list) and any(map(is_instruction, value))
