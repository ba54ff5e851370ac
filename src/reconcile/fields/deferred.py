"""Says which other resources one refers to, and so comes after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.fields.walk import deferred_values
from reconcile.model import Address, Ref, Resource


def references(resource: Resource) -> Iterator[tuple[tuple[str | int, ...], Address]]:
    """Yield the references in a resource's spec, with their places."""
    for place, value in () if resource.is_literal else deferred_values(resource.spec):
        if isinstance(value, Ref):
            yield place, value.address


def needs(resource: Resource) -> tuple[Address, ...]:
    """Return all that a resource says it comes after, each once, in order."""
    if resource.is_literal and not resource.depends_on:
        return ()
    return tuple(sorted({address for _, address in references(resource)} | set(resource.depends_on)))


def reached(resources: Iterable[Resource], selected: Iterable[Address]) -> set[Address]:
    """Return the selected resources and those that they come after, however far."""
    every = {resource.address: resource for resource in resources}
    open_, found = list(selected), set[Address]()
    while open_:
        address = open_.pop()
        if address not in found and address in every:
            found.add(address)
            open_ += needs(every[address])
    return found
