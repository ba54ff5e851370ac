"""Checks a resource, with all that joined it, by the vendors' own rules; what resources say of each other is
left to `references`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reconcile.manifests.envelope import no_id
from reconcile.manifests.partial import NONE, Doubts, Unsure, doubted
from reconcile.manifests.slips import slips
from reconcile.model import EMPTY, Problem, Resource, Spec
from reconcile.provider.cases import Finding, Options
from reconcile.provider.kinds import Kind
from reconcile.provider.routes import is_id


def findings(
    resource: Resource, kind: Kind, doubts: Doubts = NONE, options: Options = EMPTY
) -> Iterator[Problem]:
    """Yield the problems that a resource's spec alone shows: ids, instants, slips, the rules of its kind.

    A rule that hangs on a field in doubt has nothing to say, nor has one that an option of the system lifts.
    """
    yield from _without_offset(kind, resource)
    yield from _no_ids(kind, resource)
    if resource.absent and resource.id is None and not kind.listed and kind.pick is None:
        words = f"a {kind.name} is found by its id alone: pin the tombstone by metadata.id"
        yield Problem("unpinned-tombstone", words, resource.origin)
    yield from slips(resource, kind)
    spec = doubted(resource.spec, doubts)
    for rule in () if resource.absent else kind.rules:
        for finding in _said(rule, spec) if doubts else rule(spec):
            if not options.get(finding.unless):
                yield Problem(finding.code, finding.message, resource.locate(finding.path), finding.severity)


def _said(rule: Callable[[Spec], Iterable[Finding]], spec: Spec) -> Iterator[Finding]:
    try:
        yield from rule(spec)
    except Unsure:
        return


def _without_offset(kind: Kind, resource: Resource) -> Iterator[Problem]:
    """Yield a problem for each date-time that does not say which instant it is."""
    for row in kind.table.instants:
        value = resource.spec.get(row.name)
        if isinstance(value, str) and (value or row.required) and not isinstance(row.form(value), int):
            words = (
                f"`{row.name}` takes a date-time with an offset, such as 2026-12-01T09:00:00Z; this is none"
            )
            yield Problem("no-offset", words, resource.locate((row.name,)))


def _no_ids(kind: Kind, resource: Resource) -> Iterator[Problem]:
    """Yield a problem for each value that would stand in the path of a request, and cannot."""
    for name in kind.in_paths:
        value = resource.spec.get(name)
        if isinstance(value, str | int) and not is_id(value):
            yield Problem("bad-id", no_id(name, value), resource.locate((name,)))
    if resource.id is None or kind.unlike_an_id is None or not is_id(resource.id):
        return
    words, around = kind.unlike_an_id(resource.id), resource.locate_around
    if words:
        yield Problem("bad-id", words, around(("metadata", "id")) if around else resource.origin)
