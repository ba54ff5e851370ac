"""Says which other resources one refers to, and so comes after."""

from __future__ import annotations

from collections.abc import Iterator

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
