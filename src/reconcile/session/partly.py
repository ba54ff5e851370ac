"""Says which resources were not read where the rest is planned without them, and what rests on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconcile.desired import Wanted
from reconcile.fields.deferred import references
from reconcile.model import Address, Problem
from reconcile.planning.order import order

Unknown = Mapping[Address, Problem]
"""Why it is not known whether a resource differs."""


def without_systems(items: Iterable[Wanted], problems: Mapping[str, Sequence[Problem]]) -> Unknown:
    """Return the first problem of its system for each resource of a system that has one."""
    addresses = (item.resource.address for item in items)
    return {address: problems[address.system][0] for address in addresses if address.system in problems}


def with_users(items: Sequence[Wanted], unknown: Unknown) -> Unknown:
    """Return the same with each resource that refers to an unknown one: the id in it is not known either."""
    found = dict(unknown)
    for resource in order(item.resource for item in items) if unknown else ():
        needs = (need for _, need in references(resource) if need in found)
        need = None if resource.address in found else next(needs, None)
        if need is not None:
            words = f"{resource.address} refers to {need}, which was not read"
            found[resource.address] = Problem("unreadable-live", words, resource.origin)
    return found


def with_gone(gone: Iterable[Wanted], unknown: Unknown) -> Unknown:
    """Return the same with what only the base has in a system of which something is unknown.

    Its object may be managed under another address, by a resource that was not read.
    """
    found, systems = dict(unknown), {address.system for address in unknown}
    for item in gone:
        address = item.resource.address
        if address.system in systems and address not in found:
            words = f"{address} is only in the base, and it is not known whether another manifest has it"
            found[address] = Problem("unreadable-live", words, item.resource.origin)
    return found
