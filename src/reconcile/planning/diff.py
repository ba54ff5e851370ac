"""Compares what a resource wants with what is live, field by field; it decides nothing about requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.fields.table import Row, Table, row_at
from reconcile.fields.walk import at, deferred_values, keyed, known, overlay
from reconcile.model import EMPTY, Change, FieldPath, Json, Ref, Resource, Secret, Spec, spell


def changes(table: Table, resource: Resource, want: Spec, have: Spec | None) -> tuple[Change, ...]:
    """Return what differs between `want` (the resource's spec, its references resolved) and `have`.

    For None as `have`, that is every field that a new object gets. Equality by normal form comes first;
    only an object that differs is taken apart to name what.
    """
    if have is None:
        paths: Iterable[FieldPath] = _given(table, want)
    elif same(table, want, have):
        return ()
    else:
        paths = sorted(_differing(table, want, have), key=lambda path: _position(table, path))
    return tuple(_change(table, resource, path, want, have or {}) for path in paths)


def same(table: Table, want: Spec, have: Spec) -> bool:
    """Tell whether everything that `want` writes is so in `have`, by normal form."""
    rows = table.rows
    for name, value in want.items():
        live = have.get(name)
        if type(value) is type(live) and (
            value == live or (type(value) is list and _same_one_by_one(rows[name], value, live))
        ):
            continue
        if not _same(rows[name], value, live):
            return False
    return True


def _same(row: Row, want: Json, have: Json) -> bool:
    if (want is None and have is None) or row.asked:
        return True
    if row.table is None or isinstance(want, Ref | Secret):
        return row.equal(want, have)
    if row.shape == "object":
        return _blank(row.table, have) if want is None else same(row.table, want, have or {})
    before, after = keyed(row, have), keyed(row, want)
    if _leaving(row, want, before, after) or after.keys() - before.keys():
        return False
    return all(same(row.table, entry, before[key]) for key, entry in after.items())


def _same_one_by_one(row: Row, want: Json, have: Json) -> bool:
    """Tell whether two lists of entries show at once that they are the same: in one order, spelled alike."""
    key = row.key
    if row.table is None or len(want) != len(have):
        return False
    for entry, live in zip(want, have, strict=True):
        for name, value in entry.items():
            found = live.get(name)
            if value != found or type(value) is not type(found):
                return False
        for name in key:
            if name not in entry and live.get(name) is not None:
                return False
    return True


def _leaving(
    row: Row, want: Json, before: Iterable[tuple[str, ...]], after: Iterable[tuple[str, ...]]
) -> set[tuple[str, ...]]:
    left, gone = set(before) - set(after), row.gone(want)
    return left if gone is None else left & gone


def _blank(table: Table, have: Spec | None) -> bool:
    return have is None or same(table, dict.fromkeys(table.rows), have)


def _differing(table: Table, want: Spec, have: Spec) -> Iterator[FieldPath]:
    from reconcile.planning._deepdiff import DeepDiff  # which takes its time, where something differs alone

    before, after = _normal_pair(table, want, have)
    tree = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0)
    for levels in tree.values():
        for level in levels:
            yield tuple(level.path(output_format="list"))


def _normal_pair(table: Table, want: Spec, have: Spec) -> tuple[dict[str, Json], dict[str, Json]]:
    before: dict[str, Json] = {}
    after: dict[str, Json] = {}
    for name, value in want.items():
        live, row = have.get(name), table.rows[name]
        if not _same(row, value, live):
            before[name], after[name] = _normal(row, value, live)
    return before, after


def _normal(row: Row, want: Json, have: Json) -> tuple[Json, Json]:
    """Return plain values that differ just where the two do; a deferred value is a word, not its content."""
    if row.table is None or isinstance(want, Ref | Secret) or (row.shape == "object" and want is None):
        return "live", "wanted"
    if row.shape == "object":
        return _normal_pair(row.table, want, have or {})
    return _normal_entries(row, want, have)


def _normal_entries(row: Row, want: Json, have: Json) -> tuple[Json, Json]:
    live, wanted = keyed(row, have), keyed(row, want)
    before: dict[tuple[str, ...], Json] = dict.fromkeys(_leaving(row, want, live, wanted), True)
    after: dict[tuple[str, ...], Json] = dict.fromkeys(wanted.keys() - live.keys(), True)
    for key in wanted.keys() & live.keys():
        before[key], after[key] = _normal_pair(row.nested, wanted[key], live[key])
    return before, after


def _given(table: Table, want: Spec) -> Iterator[FieldPath]:
    for name, row in table.rows.items():
        value = want.get(name)
        if row.shape == "keyed" and not isinstance(value, Ref | Secret):
            yield from ((name, key) for key in keyed(row, value))
        elif value is not None and value != {} and value != []:
            yield (name,)


def _position(table: Table, path: FieldPath) -> tuple[tuple[int, str], ...]:
    """Return where the path stands in a report: fields in the vendor's order, entries by their key."""
    places: list[tuple[int, str]] = []
    for step in path:
        if isinstance(step, tuple):
            places.append((0, ",".join(part.rjust(20) if part.isdigit() else part for part in step)))
            continue
        places.append((list(table.rows).index(step), ""))
        table = table.rows[step].table or table
    return tuple(places)


def _change(table: Table, resource: Resource, path: FieldPath, want: Spec, have: Spec) -> Change:
    before, after = ours(table, path, at(table, have, path)), at(table, want, path)
    if isinstance(after, Secret) and before is not None and not isinstance(before, Secret):
        before = Secret(str(before))  # what a secret replaces was one
    own = _name_at(table, path, have)
    around = None if own else _within(table, path, have)
    secret = any(
        isinstance(value, Secret) for _, value in (*deferred_values(before), *deferred_values(after))
    )
    return Change(
        path=path,
        before=before,
        after=after,
        origin=resource.locate(path),
        sensitive=secret,
        entry=isinstance(path[-1], tuple),
        name=own or around,
        within=around is not None,
        named=_named(resource, path) if resource.named else EMPTY,
    )


def _named(resource: Resource, path: FieldPath) -> dict[str, str]:
    """Return the names that the manifest says for ids in what stands at `path`."""
    inside = (item for item in resource.named.items() if item[0][: len(path)] == path)
    return {spell(at[len(path) :]): text for at, text in inside}


def ours(table: Table, path: FieldPath, live: Json) -> Json:
    """Return what a manifest may hold of the live entry or object at `path`: the rest is the server's own."""
    if not isinstance(live, dict) or row_at(table, path).table is None:
        return live
    nested = row_at(table, path).nested
    ours = overlay(nested, {}, known(nested, live))
    return {name: value for name, value in ours.items() if value is not None}


def _within(table: Table, path: FieldPath, have: Spec) -> str | None:
    """Return what the live answer calls the innermost entry that the field stands in."""
    ends = (end for end in range(len(path) - 1, 0, -1) if isinstance(path[end - 1], tuple))
    return next(filter(None, (_name_at(table, path[:end], have) for end in ends)), None)


def _name_at(table: Table, path: FieldPath, have: Spec) -> str | None:
    """Return what the live answer calls the id that stands there, or the entry."""
    entry = isinstance(path[-1], tuple)
    around = at(table, have, path if entry else path[:-1])
    rows = _rows_at(table, path if entry else path[:-1])
    if not isinstance(around, dict):
        return None
    rows = rows if entry else {str(path[-1]): rows[str(path[-1])]}
    names = (around.get(row.named_by) for row in rows.values() if row.named_by)
    return next((name for name in names if isinstance(name, str) and name), None)


def _rows_at(table: Table, path: FieldPath) -> dict[str, Row]:
    for step in path:
        if isinstance(step, str):
            table = table.rows[step].table or table
    return dict(table.rows)


def managed(table: Table, want: Spec, have: Spec) -> dict[str, Json]:
    """Return what `have` says of the things that `want` writes, in normal form: the rest is not ours."""
    rows = ((table.rows[name], value) for name, value in want.items())
    return {row.name: _managed(row, value, have.get(row.name)) for row, value in rows if not row.asked}


def _managed(row: Row, want: Json, have: Json) -> Json:
    if row.table is None or isinstance(want, Ref | Secret):
        return want if isinstance(want, Secret) else row.form(have)
    if row.shape == "object":
        names = dict.fromkeys(row.table.rows) if want is None else want
        return None if have is None else managed(row.table, names, have)
    wanted, live = keyed(row, want), keyed(row, have)
    gone = row.gone(want)
    ours = live.keys() if gone is None else wanted.keys() | gone
    return {
        ",".join(key): managed(row.nested, wanted.get(key, {}), entry)
        for key, entry in live.items()
        if key in ours
    }
