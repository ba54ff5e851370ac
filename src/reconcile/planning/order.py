"""Orders resources by what each needs, and finds which operations an operation waits for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter

from reconcile.desired import Wanted
from reconcile.fields.deferred import needs
from reconcile.model import EMPTY, Address, Resource
from reconcile.planning.contents import Operation
from reconcile.planning.live_needs import LiveNeeds


def order(resources: Iterable[Resource], live: LiveNeeds = EMPTY) -> list[Resource]:
    """Return the resources, each after those that it needs; those to delete come last, in reverse.

    `live` says what tombstones need by what is live. The order is the same whatever the order of files.
    """
    known = {resource.address: resource for resource in resources}
    graph = {
        address: waits
        for address, resource in known.items()
        if not (resource.is_literal and not resource.depends_on and not live.get(address))
        and (waits := [need for need in {*needs(resource), *live.get(address, ())} if need in known])
    }
    ordered = [known[address] for address in sorted(known) if address not in graph]
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    while sorter.is_active():
        batch = sorted(sorter.get_ready())
        ordered += [known[address] for address in batch if address in graph]
        sorter.done(*batch)
    return [r for r in ordered if not r.absent] + [r for r in reversed(ordered) if r.absent]


def waits(known: Mapping[Address, Wanted], live: LiveNeeds = EMPTY) -> Mapping[Address, Sequence[Address]]:
    """Return what each resource comes after: what it needs; of tombstones, a needed one follows its user."""
    found: dict[Address, list[Address]] = defaultdict(list)
    for address, item in known.items():
        more = live.get(address, ())
        for need in sorted({*needs(item.resource), *more}) if more else needs(item.resource):
            if need in known and item.resource.absent and known[need].resource.absent:
                found[need].append(address)
            elif need in known:
                found[address].append(need)
    return found


def acting_needs(
    address: Address, waits: Mapping[Address, Sequence[Address]], acting: set[Address]
) -> tuple[Address, ...]:
    """Return the operations that an operation waits for.

    Those are on the resources that it needs. Where a needed resource has no operation, what that one needs is
    waited for instead, and so on.
    """
    found: set[Address] = set()
    seen: set[Address] = set()
    open_ = list(waits.get(address, ()))
    while open_:
        need = open_.pop()
        if need in seen:
            continue
        seen.add(need)
        if need in acting:
            found.add(need)
        else:
            open_ += waits.get(need, ())
    return tuple(sorted(found))


def waiting(operations: Iterable[Operation], stuck: Collection[Address]) -> Iterator[Address]:
    """Yield the operations that need one that is stuck, however far, in the order of the plan."""
    held = set(stuck)
    for operation in operations:
        if operation.address not in held and not held.isdisjoint(operation.needs):
            held.add(operation.address)
            yield operation.address
