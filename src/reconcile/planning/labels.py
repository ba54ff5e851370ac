"""Labels each difference by a third side: the manifests as they were at the base."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from reconcile.fields.named import names_in
from reconcile.fields.table import Row, Table, row_at
from reconcile.fields.walk import at, keyed, seal
from reconcile.model import Change, FieldPath, Json, Label, Secret, Spec
from reconcile.planning.diff import same

Sides: TypeAlias = tuple[Spec | None, Spec, Spec]


def labelled(
    table: Table, changes: Sequence[Change], sides: Sides, new: Label = "change"
) -> Iterator[Change]:
    """Yield the changes with their labels.

    `sides` are the base (None: no such object there), the wanted and the live. `change`: the manifests differ
    from the base and live does not; `drift`: live differs from the base and the manifests do not; `conflict`:
    all three differ, or a name of the base stands for no one object, so that nobody knows what it meant.
    What the base does not have is `new`: a change, where all of the base could be read.
    """
    base = sides[0]
    unknown = [*names_in(table, base)] if base else []
    sealed = seal(table, base or {}) if changes else {}
    for change in changes:
        doubted = base and any(_may_say(table, base, at.path, change.path) for at in unknown)
        label = "conflict" if doubted else _label(table, change.path, sides) or new
        yield change._replace(label=label, base=_said(table, sealed, change))


def _said(table: Table, base: Spec, change: Change) -> Json:
    """Return what the base says of a changed field, which stays out of sight where the change does."""
    said = at(table, base, change.path)
    return Secret(str(said)) if change.sensitive and said is not None else said


def _may_say(table: Table, base: Spec, named: FieldPath, path: FieldPath) -> bool:
    """Tell whether a name of the base, of which nobody knows what it stands for, may say a field's value.

    It may where it stands in the value or around it, or in the key of an entry that may be the field's.
    """
    parts = (index for index, (one, other) in enumerate(zip(named, path, strict=False)) if one != other)
    index = next(parts, None)
    if index is None:
        return True
    step = path[index]
    if not (isinstance(named[index], tuple) and isinstance(step, tuple)):
        return False
    return named[index + 1] in row_at(table, path[:index]).key and _entry(table, base, path, step) is None


def _label(table: Table, path: FieldPath, sides: Sides) -> Label | None:
    base, want, live = sides
    if base is None or not _written(table, base, path):
        return None
    row = row_at(table, path)
    before, after, now = (at(table, side, path) for side in (base, want, live))
    if _equal(row, path, before, after):
        return "drift"
    return "change" if _stayed(row, path, before, now) else "conflict"


def _written(table: Table, base: Spec, path: FieldPath) -> bool:
    """Tell whether the base says anything of the field; a list that it writes says which entries it has."""
    around: Json = base
    for step in path:
        if isinstance(step, tuple):
            if _unsaid(table, base, path, step):
                return False
            around = _entry(table, base, path, step)
        elif not isinstance(around, dict) or step not in around:
            return False
        else:
            around = around[step]
            if around is None:
                return True
    return True


def _unsaid(table: Table, base: Spec, path: FieldPath, step: tuple[str, ...]) -> bool:
    """Tell whether the base wrote a part of the list alone, and nothing of this entry."""
    place = path[: path.index(step)]
    gone = row_at(table, place).gone(at(table, base, place))
    return gone is not None and step not in gone and _entry(table, base, path, step) is None


def _entry(table: Table, base: Spec, path: FieldPath, step: tuple[str, ...]) -> Json:
    return at(table, base, path[: path.index(step) + 1])


def _stayed(row: Row, path: FieldPath, base: Json, live: Json) -> bool:
    """Tell whether live is as the base wanted it.

    It is where its state is further along, or where the server was to choose the value.
    """
    if isinstance(path[-1], tuple) or row.table is not None:
        return _equal(row, path, base, live)
    return row.equal(base, live)


def _equal(row: Row, path: FieldPath, one: Json, other: Json) -> bool:
    if not isinstance(path[-1], tuple):
        return _same_value(row, one, other)
    if one is None or other is None:
        return one is other
    return same(row.nested, one, other)


def _same_value(row: Row, one: Json, other: Json) -> bool:
    if row.table is None or one is None or other is None:
        return bool(row.normal(one) == row.normal(other))
    if row.shape == "object":
        return same(row.nested, one, other)
    return keyed(row, one).keys() == keyed(row, other).keys()


def dropped(table: Table, base: Spec, want: Spec) -> Iterator[FieldPath]:
    """Yield the fields that the base wrote and the manifests no longer do, inside objects and entries too.

    An entry is among them where the manifests write but a part of the list: an exact list removes it.
    """
    for name, value in base.items():
        row = table.rows.get(name)
        if row is None or row.asked:
            continue
        if name not in want:
            yield (name,)
        elif row.shape == "object" and value and want[name]:
            yield from ((name, *path) for path in dropped(row.nested, value, want[name]))
        elif row.shape == "keyed":
            yield from _dropped_in_entries(row, value, want[name])


def _dropped_in_entries(row: Row, base: Json, want: Json) -> Iterator[FieldPath]:
    wanted, gone = keyed(row, want), row.gone(want)
    for key, entry in keyed(row, base).items():
        if key in wanted:
            yield from ((row.name, key, *path) for path in dropped(row.nested, entry, wanted[key]))
        elif gone is not None and key not in gone:
            yield row.name, key
