"""Checks what resources say of each other: names taken twice, references that lead nowhere, rings; one
resource by itself is left to `resources`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from reconcile.fields.deferred import needs, references
from reconcile.fields.table import Row, Table
from reconcile.fields.walk import deferred_values
from reconcile.manifests.envelope import LeftOut
from reconcile.manifests.partial import Partial
from reconcile.model import Address, Json, Origin, Problem, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.provider.cases import PackageFault
from reconcile.provider.kinds import Catalogue, Kind
from reconcile.suggest import suggestion

RING_AT_MOST = 20


def problems(
    resources: Sequence[Resource],
    broken: Sequence[Partial],
    left_out: Sequence[LeftOut],
    catalogue: Catalogue,
) -> list[Problem]:
    """Return every problem between resources, each reported at the later of two places.

    What is `broken` is declared, and has problems of its own: what refers to it has none by that. What is
    `left_out` is declared for other environments.
    """
    every = sorted([*resources, *(item.resource for item in broken)], key=_begin) if broken else resources
    by_address = {resource.address: resource for resource in reversed(every)}
    vague = {id(item.resource) for item in broken if not item.is_identified}
    found = [
        *_twice(every, by_address),
        *rivals(with_kinds((resource for resource in every if id(resource) not in vague), catalogue)),
    ]
    declared = Addresses(by_address, {item.address: item for item in left_out}, catalogue)
    for resource in every:
        if not resource.is_literal or resource.depends_on:
            found += _dangling(resource, declared)
    return [*found, *_rings(by_address)]


class Addresses(NamedTuple):
    """Hold what can be referred to, and what could be in another environment."""

    here: Mapping[Address, Resource]
    elsewhere: Mapping[Address, LeftOut]
    catalogue: Catalogue


def _begin(resource: Resource) -> Origin:
    return resource.origin


def _twice(resources: Sequence[Resource], first: Mapping[Address, Resource]) -> Iterator[Problem]:
    if len(first) == len(resources):
        return
    for resource in resources:
        other = first[resource.address]
        if other is not resource:
            words = f"is declared twice: the first stands at {other.origin}; rename or remove one"
            message = f"{resource.address} {words}"
            yield Problem("declared-twice", message, resource.origin)


def rivals(resources: Iterable[tuple[Resource, Kind]]) -> Iterator[Problem]:
    """Yield a problem for two manifests that claim the same live object."""
    first: dict[tuple[str, str, Json], Resource] = {}
    for resource, kind in resources:
        try:
            found = identity(kind, resource)
        except PackageFault as fault:
            yield Problem("package-fault", str(fault), resource.origin)
            continue
        if found is None:
            continue
        other = first.setdefault((resource.address.system, kind.name, found), resource)
        if other is not resource and other.address != resource.address:
            both = f"{resource.address} and {other.address} ({other.origin})"
            message = f"{both} claim the same live object; keep one"
            yield Problem("claimed-twice", message, resource.origin)


def identity(kind: Kind, resource: Resource) -> str | tuple[str, ...] | None:
    """Return by what the live object is found, its id, else its natural key; None if not known beforehand."""
    if kind.compose is not None:
        return None
    if resource.id is not None:
        return f"id {resource.id}"
    if not resource.is_literal and any(deferred_values({name: resource.spec.get(name) for name in kind.key})):
        return None
    return (*kind.key_of(resource.spec), *kind.place(resource.spec))


def claim_of(kind: Kind, resource: Resource) -> str:
    """Return by what the live object of a resource is found, as text; empty where that is not known."""
    found = identity(kind, resource)
    return "" if found is None else spelled_claim(resource.address.system, kind.name, found)


def spelled_claim(system: str, kind: str, found: str | tuple[str, ...]) -> str:
    """Return a claim as text: an id as `identity` says it, or a natural key."""
    return f"{system} {kind} {found!r}"


def with_kinds(resources: Iterable[Resource], catalogue: Catalogue) -> Iterator[tuple[Resource, Kind]]:
    """Yield each resource with its kind, which is looked up once for all of a kind."""
    known: dict[tuple[str, str], Kind] = {}
    for resource in resources:
        named = resource.api_version, resource.managed_as or resource.address.kind
        if named not in known:
            known[named] = kind_of(resource, catalogue)
        yield resource, known[named]


def kind_of(resource: Resource, catalogue: Catalogue) -> Kind:
    """Return the kind that a loaded resource is of; ValueError for one that was never loaded."""
    kind = catalogue[resource.api_version.split("/")[0]].kind(resource.managed_as or resource.address.kind)
    if kind is None:
        raise ValueError(f"no kind for {resource.address}")
    return kind


def _dangling(resource: Resource, known: Addresses) -> Iterator[Problem]:
    table = kind_of(resource, known.catalogue).table
    for place, address in references(resource):
        origin = resource.locate(tuple(str(step) for step in place[:1]))
        row = _row_at(table, place)
        if row is not None and row.refers_to not in {None, address.kind}:
            yield Problem(
                "wrong-reference",
                f"`{row.name}` refers to a {row.refers_to}, not to a {address.kind}",
                origin,
            )
        elif row is not None and row.refers_to and address.system != resource.address.system:
            yield Problem(
                "wrong-reference",
                f"`{row.name}` refers to a {row.refers_to} of {resource.address.system}, not to {address}",
                origin,
            )
        elif row is not None and row.refers_abroad and not _is_of(address, row.refers_abroad, known):
            meant = "/".join(row.refers_abroad)
            words = f"`{row.name}` refers to a {meant}, not to {address}"
            yield Problem("wrong-reference", words, origin)
        else:
            blank = Problem("unknown-reference", "", origin)
            yield from _unknown(resource, (address, row), known, blank)
    for index, address in enumerate(resource.depends_on):
        here = resource.locate_around
        origin = here(_waits_at(index)) if here else resource.origin
        blank = Problem("unknown-reference", "dependsOn: ", origin)
        yield from _unknown(resource, (address, None), known, blank)


def _is_of(address: Address, abroad: tuple[str, str], known: Addresses) -> bool:
    """Tell whether an address may be of a kind of another type; what is not declared is told as that."""
    target = known.here.get(address)
    return address.kind == abroad[1] and (target is None or target.api_version.split("/")[0] == abroad[0])


def _waits_at(index: int) -> tuple[str | int, ...]:
    return "metadata", "dependsOn", index


def _unknown(
    resource: Resource, named: tuple[Address, Row | None], known: Addresses, blank: Problem
) -> Iterator[Problem]:
    """Yield what is wrong with naming an address, in a field or not.

    The address is not declared, or not here, or it goes while the resource that names it stays.
    """
    address, row = named
    target, elsewhere = known.here.get(address), known.elsewhere.get(address)
    if target is None and elsewhere is not None:
        where = f"{address} is declared at {elsewhere.origin}, and left out in environment"
        todo = "add that to its metadata.environments, or leave this out there too"
        words = f"{where} `{elsewhere.environment}`: {todo}"
        yield Problem(blank.code, f"{blank.message}{words}", blank.origin)
    elif target is None:
        near = _near(resource.address, address, _meant(row, address, known.catalogue), known.here)
        words = f"nothing is declared as {address}{near or '; declare it, or name what is'}"
        yield Problem(blank.code, f"{blank.message}{words}", blank.origin)
    elif target.absent and not resource.absent:
        message = f"{blank.message}{address} is a tombstone ({target.origin}): take the reference away"
        yield Problem("reference-to-tombstone", message, blank.origin)


def _meant(row: Row | None, address: Address, catalogue: Catalogue) -> str | None:
    """Return the kind that a field takes, or that an address names; None where the address names none."""
    if row is not None and (row.refers_to or row.refers_abroad):
        return row.refers_to or (row.refers_abroad and row.refers_abroad[1])
    named = any(system.kind(address.kind) for system in catalogue.values())
    return address.kind if named else None


def _near(asking: Address, address: Address, kind: str | None, known: Iterable[Address]) -> str:
    """Return a hint at what may be meant: never what asks, and of the kind that is meant, if known."""
    others = (other for other in known if other != asking and kind in {None, other.kind})
    return suggestion(str(address), map(str, others))


def _row_at(table: Table, place: Iterable[str | int]) -> Row | None:
    row: Row | None = None
    for step in place:
        if isinstance(step, str):
            row = table.rows.get(step)
            table = row.table if row and row.table else table
    return row


def _rings(known: Mapping[Address, Resource]) -> Iterator[Problem]:
    graph = {address: waits for address, resource in known.items() if (waits := needs(resource))}
    while ring := _first_ring(graph):
        start = ring.index(min(ring))
        turned = [*ring[start:-1], *ring[:start], ring[start]] if start else ring
        yield Problem("ring", f"these wait for each other: {_ring(turned)}", known[turned[0]].origin)
        for address in ring:
            graph.pop(address, None)


def _first_ring(graph: Mapping[Address, Iterable[Address]]) -> list[Address]:
    """Return some addresses that wait for each other, the first again at the end; nothing where none do."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[Address] = error.args[1][::-1]
        return found
    return []


def _ring(turned: Sequence[Address]) -> str:
    """Return the addresses of a ring as text; of a long one the first, and how many more there are."""
    left = len(turned) - 1 - RING_AT_MOST
    shown = turned if left <= 0 else turned[:RING_AT_MOST]
    more = "" if left <= 0 else f" -> {left:,} more -> {turned[-1]}"
    return " -> ".join(map(str, shown)) + more + "; take one dependsOn or reference away"
