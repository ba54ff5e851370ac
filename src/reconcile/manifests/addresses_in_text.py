"""Finds references that somebody wrote as a text: the address of a resource, where one is referred to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from reconcile.manifests.references import with_kinds
from reconcile.model import Problem, Resource
from reconcile.provider.kinds import Catalogue, Kind


def addresses_in_text(resources: Sequence[Resource], catalogue: Catalogue) -> Iterator[Problem]:
    """Yield a warning for each, at its line: the text is a name to the system, and no reference."""
    written = [*_written(resources, catalogue)]
    declared = {str(resource.address): resource.address.kind for resource in resources} if written else {}
    for resource, name, refers_to in written:
        value = resource.spec[name]
        if declared.get(value) == refers_to:
            words = f"`{name}` is the address of what is declared, as a text: write {{ref: {value}}}"
            yield Problem("reference-as-text", words, resource.locate((name,)), "warning")


def _written(resources: Sequence[Resource], catalogue: Catalogue) -> Iterator[tuple[Resource, str, str]]:
    """Yield each text that stands in a field which refers to a kind, with the field and the kind."""
    for resource, kind in with_kinds(resources, catalogue):
        for name, refers_to in _referring(kind):
            value = resource.spec.get(name)
            if isinstance(value, str) and value.count("/") >= 2:
                yield resource, name, refers_to


@cache
def _referring(kind: Kind) -> tuple[tuple[str, str], ...]:
    return tuple((row.name, row.refers_to) for row in kind.table.rows.values() if row.refers_to)
