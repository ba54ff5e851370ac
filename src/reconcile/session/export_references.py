"""Puts references in the place of ids into exported manifests, where what is meant is exported beside."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from reconcile.fields.table import Table
from reconcile.live_manifests import Called, Manifest, unnamed
from reconcile.model import Address, Json, Ref, Spec


def with_references(found: Sequence[Manifest], only: Collection[str]) -> list[Manifest]:
    """Return the manifests, in which fields that hold the id of one among them refer to that.

    `only` names the systems that are the project's only ones of their type: whose id of another type is meant
    is known of those alone. What would go round in a ring stays an id: a ring is refused.
    """
    declared = [each for each in found if each.is_declared]
    abroad = {_by_type(each): _address(each) for each in declared if each.system in only}
    meant = _Meant({_place(each): _address(each) for each in declared}, abroad)
    meant = meant.without_rings(found)
    return [_referring(each, meant) if each.is_declared else each for each in found]


def _by_type(manifest: Manifest) -> tuple[str, str, str]:
    type_ = manifest.kind.api_version.partition("/")[0]
    return type_, manifest.kind.name, str(manifest.live.id)


def _place(manifest: Manifest) -> tuple[str, str, str]:
    return manifest.system, manifest.kind.name, str(manifest.live.id)


def _address(manifest: Manifest) -> Address:
    return Address(manifest.system, manifest.kind.name, manifest.name)


@dataclass(frozen=True, slots=True)
class _Meant:
    """Hold the addresses of exported objects by their places, and what must not refer to what."""

    addresses: Mapping[tuple[str, str, str], Address]
    abroad: Mapping[tuple[str, str, str], Address]
    """The same by types, of those types that one system of the project alone has."""
    ring: Collection[Address] = frozenset()
    """Resources that refer to no other one of these."""

    def by(self, owner: Manifest, kind: str, id_: Json) -> Address | None:
        """Return the address that a field of a manifest may refer to; None where it is no such one."""
        type_, abroad, name = kind.partition("/")
        known = self.abroad.get((type_, name, str(id_))) if abroad else None
        found = known or self.addresses.get((owner.system, kind, str(id_)))
        own = _address(owner)
        return None if found == own or (own in self.ring and found in self.ring) else found

    def without_rings(self, found: Sequence[Manifest]) -> _Meant:
        """Return the same, in which nothing refers to itself through others."""
        ring: set[Address] = set()
        while True:
            meant = _Meant(self.addresses, self.abroad, frozenset(ring))
            graph = {_address(each): {*_references(each, meant)} for each in found if each.is_declared}
            try:
                TopologicalSorter(graph).prepare()
            except CycleError as error:
                ring.update(error.args[1])
            else:
                return meant


def _references(manifest: Manifest, meant: _Meant) -> Iterator[Address]:
    for value in _leaves(_referring(manifest, meant).spec):
        if isinstance(value, Ref):
            yield value.address


def _leaves(value: Json) -> Iterator[Json]:
    match value:
        case Called(inner):
            yield from _leaves(inner)
        case dict():
            for inner in value.values():
                yield from _leaves(inner)
        case list():
            for inner in value:
                yield from _leaves(inner)
        case _:
            yield value


def _referring(manifest: Manifest, meant: _Meant) -> Manifest:
    spec = _object(manifest, manifest.kind.table, (), meant, manifest.spec)
    return manifest._replace(spec=spec)


def _object(owner: Manifest, table: Table, key: Collection[str], meant: _Meant, spec: Spec) -> Spec:
    """Return an object with its references; what tells an entry apart stays as it is."""
    found = dict(spec)
    for name, given in spec.items():
        row, value = table.rows[name], unnamed(given)
        refers = row.refers_to or (row.refers_abroad and "/".join(row.refers_abroad))
        if refers and name not in key and isinstance(value, str | int):
            address = meant.by(owner, refers, value)
            found[name] = given if address is None else Called(Ref(address), _called(given))
        elif row.shape == "object" and isinstance(given, dict):
            found[name] = _object(owner, row.nested, (), meant, given)
        elif row.shape == "keyed" and isinstance(given, list):
            found[name] = [_object(owner, row.nested, row.key, meant, entry) for entry in given]
    return found


def _called(given: Json) -> str:
    """Return what stands as a comment beside a reference: the id, and its name where the answer has one."""
    return f"{given.value}, {given.name}" if isinstance(given, Called) else str(given)
