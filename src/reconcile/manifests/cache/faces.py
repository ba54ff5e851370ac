"""Says of a kept file what the resources of other files rest on, so that it need not be read for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from reconcile.fields.deferred import needs
from reconcile.manifests.references import claim_of, with_kinds
from reconcile.model import Resource
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import Catalogue


class Face(NamedTuple):
    """Hold what a file declares, as far as it concerns others."""

    addresses: Sequence[str]
    claims: Sequence[str]
    """By what the live objects of its resources are found, each of which nothing else may be found by."""

    systems: Sequence[str]
    needs: Mapping[str, Sequence[str]]
    """What a resource refers to or waits for, of those that do."""

    absent: Sequence[str]
    """The tombstones among them."""

    joins: bool
    """Whether one of them is a part of another resource, which nobody knows without reading both."""

    until: float | None
    """The latest moment until which a difference is to be known."""


def face_of(resources: Iterable[Resource], catalogue: Catalogue) -> Face:
    """Return the face of a file that declares these resources."""
    every = [*with_kinds(resources, catalogue)]
    ends = [entry.until.ends for resource, _ in every for entry in resource.known]
    return Face(
        [str(resource.address) for resource, _ in every],
        [claim for resource, kind in every if (claim := claim_of(kind, resource))],
        sorted({resource.address.system for resource, _ in every}),
        {str(resource.address): [*map(str, waits)] for resource, _ in every if (waits := needs(resource))},
        [str(resource.address) for resource, _ in every if resource.absent],
        any(kind.compose is not None for _, kind in every),
        max(ends, default=None),
    )


class Common:
    """Hold what the files say together that two sides have alike."""

    def __init__(self, faces: Iterable[Face]) -> None:
        every = [*faces]
        self.addresses = {address for face in every for address in face.addresses}
        self.claims = {claim for face in every for claim in face.claims}
        self.systems = {system for face in every for system in face.systems}
        self.needs = {address: found for face in every for address, found in face.needs.items()}
        self._absent = {address for face in every for address in face.absent}
        self._are_apart = len(self.addresses) == sum(len(face.addresses) for face in every) and (
            len(self.claims) == sum(len(face.claims) for face in every)
        )

    def agrees(self, face: Face) -> bool:
        """Tell whether these files and one of that face are in order together, each by itself being so.

        No address and no live object is claimed twice, and every need leads to what is there, in no ring.
        """
        apart = self._are_apart and _is_apart(face.addresses, self.addresses)
        if not (apart and _is_apart(face.claims, self.claims)):
            return False
        waits, absent = {**self.needs, **face.needs}, {*self._absent, *face.absent}
        return not waits or _lead_somewhere(waits, self.addresses.union(face.addresses), absent)


def _is_apart(some: Sequence[str], others: set[str]) -> bool:
    return others.isdisjoint(some) and len({*some}) == len(some)


def _lead_somewhere(waits: Mapping[str, Sequence[str]], known: set[str], absent: set[str]) -> bool:
    for address, found in waits.items():
        if not known.issuperset(found) or (address not in absent and not absent.isdisjoint(found)):
            return False
    try:
        TopologicalSorter(waits).prepare()
    except CycleError:
        return False
    return True


def led_to(roots: Iterable[str], waits: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield the roots and what they lead to, however far, each once."""
    open_, met = [*roots], set[str]()
    while open_:
        address = open_.pop()
        if address not in met:
            met.add(address)
            yield address
            open_ += waits.get(address, ())
