"""Finds what must be compared beside what changed, as only live state shows; reading it is left to others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reconcile.desired import Wanted
from reconcile.fields.deferred import references
from reconcile.live.observation import Observation
from reconcile.manifests.changed_sides import Beyond
from reconcile.manifests.references import identity, spelled_claim, with_kinds
from reconcile.model import Address, Live, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import Kind
from reconcile.session.catalogue import CATALOGUE
from reconcile.session.session import Session


class Unloaded(Exception):
    """Say that a resource that was not loaded claims a live object of one that is compared."""


def entangled(session: Session, looked_at: Iterable[Wanted], seen: Observation) -> frozenset[Address]:
    """Return what is not compared, and what the operations on the selected resources are not whole without.

    That is what a selected resource refers to and is not there, so that it is to be made first, and what
    claims a live object that a selected resource, or one that only the base has, claims by another name.
    Unloaded where such a one was not even loaded.
    """
    items = [item for item in looked_at if item.left or item.resource.address in session.selected]
    missing = {need for item in items for need in _missing(item, seen)}
    return frozenset({*missing, *_claimants(session, items, seen)} - session.selected)


def _missing(item: Wanted, seen: Observation) -> Iterator[Address]:
    if not (item.left or item.resource.absent):
        for _, need in references(item.resource):
            if need not in seen.live and need not in seen.unread:
                yield need


class _Objects(NamedTuple):
    """Hold the live objects of a kind that are claimed, by what another resource may claim them by."""

    ids: set[str]
    keys: set[tuple[str, ...]]
    """The natural keys of those that were not found by their key, which no other resource may have then."""


def _claimants(session: Session, items: Iterable[Wanted], seen: Observation) -> Iterator[Address]:
    objects: dict[tuple[str, str], _Objects] = defaultdict(lambda: _Objects(set(), set()))
    for item in items:
        live = seen.live.get(item.resource.address)
        if live is not None:
            found = objects[item.resource.address.system, item.kind.name]
            found.ids.add(str(live.id))
            found.keys.update(_keys(item, live))
    if session.beyond is not None:
        _check_beyond(session.beyond, objects)
    others = (r for r in session.loaded.resources if objects and r.address not in session.selected)
    for resource, kind in with_kinds(others, CATALOGUE):
        if _claims(resource, kind, objects.get((resource.address.system, kind.name))):
            yield resource.address


def _check_beyond(beyond: Beyond, objects: Mapping[tuple[str, str], _Objects]) -> None:
    for (system, kind), found in objects.items():
        claims: tuple[str | tuple[str, ...], ...] = (*(f"id {id_}" for id_ in found.ids), *found.keys)
        if not beyond.claims.isdisjoint(spelled_claim(system, kind, each) for each in claims):
            raise Unloaded


def _keys(item: Wanted, live: Live) -> Iterator[tuple[str, ...]]:
    found = (*item.kind.key_of(live.fields), *item.kind.place(live.fields))
    if item.left or identity(item.kind, item.resource) != found:
        yield found


def _claims(resource: Resource, kind: Kind, objects: _Objects | None) -> bool:
    if objects is None:
        return False
    if resource.id is not None:
        return str(resource.id) in objects.ids
    return bool(objects.keys) and identity(kind, resource) in objects.keys
