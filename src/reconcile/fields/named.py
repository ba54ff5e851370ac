"""Finds the names that stand in a spec for ids, and puts the ids in their place; who has a name is looked up
elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reconcile.fields.annotations import Nameable
from reconcile.fields.table import Row, Table
from reconcile.model import FieldPath, Json, Named, Part, Spec
from reconcile.named_tuple import NamedTuple


class NameAt(NamedTuple):
    """Hold a name that stands for an id, and its place in the spec."""

    path: FieldPath
    row: Row
    text: str
    around: Spec
    """The object in which the name stands."""

    @property
    def mark(self) -> Nameable:
        """Return how the field's names are looked up; ValueError for a field that takes none."""
        if self.row.nameable is None:
            raise ValueError(f"{self.row.name} takes no name")
        return self.row.nameable


Id = Callable[[NameAt], Json]
"""Returns the id that a name stands for; None where it stands for none."""


def names_in(table: Table, spec: Spec, path: FieldPath = ()) -> Iterator[NameAt]:
    """Yield the names that stand in a spec, also in the keys of entries that must not be there."""
    for name, value in spec.items():
        row, here = table.rows.get(name), (*path, name)
        if row is None or value is None:
            continue
        if isinstance(value, Named):
            yield NameAt(here, row, value.text, spec)
        elif row.shape == "object" and isinstance(value, dict):
            yield from names_in(row.nested, value, here)
        elif row.shape == "keyed" and isinstance(value, list):
            for entry in value:
                yield from names_in(row.nested, entry, (*here, row.key_of(entry)))
            for key in sorted(value.gone) if isinstance(value, Part) else ():
                entry = _of_key(row, key)
                yield from names_in(row.nested, entry, (*here, key))


def _of_key(row: Row, key: tuple[str, ...]) -> dict[str, Json]:
    """Return the fields that a key says, its names as names."""
    found: dict[str, Json] = {}
    for name, part in zip(row.key, key, strict=False):
        meant = _spelled(part) if row.nested.rows[name].nameable else None
        found[name] = part if meant is None else meant
    return found


def _spelled(part: str) -> Named | None:
    """Return the name that is spelled in a part of a key; None where it is an id."""
    inside = part.removeprefix("{named: ")
    return Named(inside[:-1]) if inside != part and inside.endswith("}") else None


class Renamed(NamedTuple):
    """Hold a spec with ids in the place of names, and where each entry's place is by them."""

    spec: Spec
    keys: dict[FieldPath, FieldPath]
    """The place of each entry as it was written, by its place now, where these are two."""


def with_ids_of_names(table: Table, spec: Spec, id_of: Id) -> Renamed:
    """Return `spec` with the id in the place of each name that stands for one; other names stay."""
    keys: dict[FieldPath, FieldPath] = {}
    return Renamed(_object(table, spec, ((), ()), (id_of, keys)), keys)


_Places = tuple[FieldPath, FieldPath]
"""A place as it was written, and as it is now."""
_Known = tuple[Id, dict[FieldPath, FieldPath]]


def _object(table: Table, spec: Spec, places: _Places, known: _Known) -> dict[str, Json]:
    (old, new), (id_of, _) = places, known
    found = dict(spec)
    for name, value in spec.items():
        row = table.rows.get(name)
        if row is None or value is None:
            continue
        here = (*old, name), (*new, name)
        if isinstance(value, Named):
            id_ = id_of(NameAt(here[0], row, value.text, spec))
            found[name] = value if id_ is None else id_
        elif row.shape == "object" and isinstance(value, dict):
            found[name] = _object(row.nested, value, here, known)
        elif row.shape == "keyed" and isinstance(value, list):
            found[name] = _entries(row, value, here, known)
    return found


def _entries(row: Row, value: list[Json], places: _Places, known: _Known) -> list[Json]:
    (old, new), (id_of, keys) = places, known
    found = []
    for entry in value:
        before = row.key_of(entry)
        # the key is known only when its names are: they stand in no deeper list
        after = row.key_of(_object(row.nested, entry, ((*old, before), ()), (id_of, {})))
        inner = _object(row.nested, entry, ((*old, before), (*new, after)), known)
        if after != before or new != old:
            keys.setdefault((*new, after), (*old, before))
        found.append(inner)
    return Part(found, value.gone) if isinstance(value, Part) else found


def twice_by_name(
    table: Table, spec: Spec, renamed: Renamed
) -> Iterator[tuple[FieldPath, FieldPath, FieldPath]]:
    """Yield the places of two entries, as they were written, that the ids of their names make one; and where
    that one is.
    """
    for name, value in renamed.spec.items():
        row = table.rows.get(name)
        if row is None or row.shape != "keyed" or not isinstance(value, list):
            continue
        first: dict[tuple[str, ...], FieldPath] = {}
        for before, entry in zip(spec[name], value, strict=True):
            place: FieldPath = (name, row.key_of(before))
            other = first.setdefault(row.key_of(entry), place)
            if other is not place:
                yield other, place, (name, row.key_of(entry))
