"""Finds what a keyed list says twice: two entries for one place, of which only one could be meant; other
flaws are left to `resources`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from reconcile.errors import Unsure
from reconcile.fields.check import ValuePlace
from reconcile.fields.table import Row, Table
from reconcile.model import FieldPath, Json, Origin, Problem, Spec, spell
from reconcile.named_tuple import NamedTuple


class _Here(NamedTuple):
    """Hold where a value stands: in its document, and as reports spell it."""

    place: ValuePlace = ()
    path: FieldPath = ()


LocateKey: TypeAlias = Callable[[ValuePlace], Origin]


def twice(
    table: Table, spec: dict[str, Json], locate: LocateKey, here: _Here | None = None
) -> Iterator[Problem]:
    """Yield a problem for each entry whose place an earlier one has: the lines of both, and their dispute."""
    for row in table.lists:
        value = dict.get(spec, row.name)  # not `spec.get`, which raises `Doubt` for a field in doubt
        if not value:
            continue
        place, path = here or _Here()
        inside = _Here((*place, row.name), (*path, row.name))
        if isinstance(value, dict):
            yield from twice(row.nested, value, locate, inside)
        elif isinstance(value, list):
            yield from _in_list(row, value, locate, inside)


def _in_list(
    row: Row, entries: Sequence[dict[str, Json]], locate: LocateKey, here: _Here
) -> Iterator[Problem]:
    apart = not row.key or _are_apart(row, entries)
    if apart and not row.nested.lists:
        return
    keys = [_key(row, entry) for entry in entries] if row.key else []
    if len(set(keys)) < len(keys):
        yield from _rivals(row, entries, keys, locate, here)
    for index, (entry, key) in enumerate(zip(entries, keys, strict=True)) if row.nested.lists else ():
        inside = _Here((*here.place, index), (*here.path, key or ("?",)))
        yield from twice(row.nested, entry, locate, inside)


def _are_apart(row: Row, entries: Sequence[dict[str, Json]]) -> bool:
    """Tell whether it shows at once that no two entries are of one place: each has another whole number."""
    if {*map(type, entries)} != {dict}:
        return False
    numbers = [entry.get(row.key[0]) for entry in entries]
    return {*map(type, numbers)} == {int} and len({*numbers}) == len(numbers)


def _key(row: Row, entry: Spec) -> tuple[str, ...] | None:
    """Return the identity of an entry; None where a field in doubt belongs to that identity."""
    try:
        return row.key_of(entry)
    except Unsure:
        return None


def _rivals(
    row: Row,
    entries: Sequence[dict[str, Json]],
    keys: Sequence[tuple[str, ...] | None],
    locate: LocateKey,
    here: _Here,
) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    for index, (entry, key) in enumerate(zip(entries, keys, strict=True)):
        at = index if key is None else first.setdefault(key, index)
        if key is None or at == index:
            continue
        origins = locate((*here.place, at)), locate((*here.place, index))
        disputed = ", ".join(_disputed(row, entries[at], entry))
        yield _problem(spell((*here.path, key)), disputed, *origins)


def _disputed(row: Row, one: Spec, other: Spec) -> Iterator[str]:
    """Yield the fields of which two entries say different things."""
    both = one.keys() & other.keys()
    for name in one:
        if name in both and _differ(row.nested.rows[name], one[name], other[name]):
            yield name


def _differ(row: Row, one: Json, other: Json) -> bool:
    return bool(one != other) and bool(row.form(one) != row.form(other))


def _problem(place: str, disputed: str, first: Origin, second: Origin) -> Problem:
    where = "both stand in this value" if first == second else f"the first stands at {first}"
    if disputed:
        words = f"{place} is written twice, and the two disagree on {disputed}: {where}; keep one"
        return Problem("claims-disagree", words, second)
    return Problem("claimed-twice", f"{place} is written twice: {where}; remove one", second)
