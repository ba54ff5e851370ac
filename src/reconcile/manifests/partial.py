"""Decides what of a spec can be relied on where some of it is wrong; checking the rest is left to others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import TypeAlias

from reconcile.errors import Unsure
from reconcile.fields.check import ValuePlace
from reconcile.fields.table import Table
from reconcile.model import Json, Origin, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import Kind
from reconcile.yaml_source import YamlDocument

Doubts: TypeAlias = Set[ValuePlace]
"""The places of the fields of which nothing is known: they are wrong, and somebody is told so."""

NONE: Doubts = frozenset()


class Partial(NamedTuple):
    """Describe a resource of which some fields are wrong: its spec has the others."""

    resource: Resource
    kind: Kind
    doubts: Doubts

    @property
    def is_identified(self) -> bool:
        """Tell whether it is known which live object the resource means."""
        return self.resource.id is not None or not {str(place[0]) for place in self.doubts} & {*self.kind.key}


class UnsureResource(dict[str, Json]):
    """Hold a mapping of which some fields are not known: to ask for one of them raises `Doubt`."""

    def __init__(self, known: Mapping[str, Json], unknown: Set[str]) -> None:
        super().__init__(known)
        self._unknown = unknown

    def __getitem__(self, name: str) -> Json:
        self._ask(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._ask(name)
        return super().__contains__(name)

    def get(self, name: str, default: Json = None) -> Json:
        """Return the value of a known field."""
        self._ask(name)
        return super().get(name, default)

    def _ask(self, name: object) -> None:
        if name in self._unknown:
            raise Unsure


def unsure_fields(table: Table, wrong: Iterable[ValuePlace]) -> Doubts:
    """Return the fields that the wrong places lie in; what is compared as a whole is wrong as a whole."""
    return frozenset(_field(table, place) for place in wrong if place)


def _field(table: Table, place: ValuePlace) -> ValuePlace:
    end = 0
    for index, step in enumerate(place):
        if isinstance(step, str):
            end, row = index + 1, table.rows.get(step)
            if row is None or row.table is None:
                break
            table = row.table
    return place[:end]


def unread_part(document: YamlDocument, spec: Json, origins: Set[Origin]) -> Doubts:
    """Return the fields of a document's spec that hold what could not be read, by where that stands."""
    found = (place for place in leaves(spec) if not origins.isdisjoint(_origins(document, place)))
    return frozenset(place[:1] for place in found)


def _origins(document: YamlDocument, place: ValuePlace) -> tuple[Origin, Origin]:
    whole = ("spec", *place)
    return document.locate(whole), document.locate(whole, value=True)


def leaves(value: Json, place: ValuePlace = ()) -> Iterator[ValuePlace]:
    """Yield the places inside `value` that hold neither a mapping nor a list."""
    inside: Iterable[tuple[str | int, Json]] = ()
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
    elif place:
        yield place
    for step, inner in inside:
        yield from leaves(inner, (*place, step))


def without(value: Json, doubts: Doubts) -> Json:
    """Return `value` less the fields in doubt."""
    return _lessened(value, doubts, lambda known, unknown: dict(known)) if doubts else value


def doubted(value: Json, doubts: Doubts) -> Json:
    """Return `value`, in which asking for a field in doubt raises `Doubt`."""
    return _lessened(value, doubts, UnsureResource) if doubts else value


def _lessened(
    value: Json, doubts: Doubts, make: Callable[[Mapping[str, Json], Set[str]], dict[str, Json]]
) -> Json:
    below: dict[str | int, set[ValuePlace]] = defaultdict(set)
    for place in doubts:
        below[place[0]].add(place[1:])
    if isinstance(value, list):
        return [_lessened(entry, below[at], make) if at in below else entry for at, entry in enumerate(value)]
    if not isinstance(value, dict):
        return value
    gone = {str(step) for step, places in below.items() if () in places}
    return make(
        {
            name: _lessened(inner, below[name], make) if name in below else inner
            for name, inner in value.items()
            if name not in gone
        },
        gone,
    )
