"""Checks a resource, with all that joined it, by the vendors' own rules; what resources say of each other is
left to `references`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reconcile.errors import Unsure
from reconcile.manifests.envelope import no_id
from reconcile.manifests.partial import NONE, Doubts, doubted
from reconcile.manifests.slips import slips
from reconcile.model import EMPTY, Json, Problem, Resource, Spec
from reconcile.provider.cases import Finding, Options, PackageFault
from reconcile.provider.kinds import Kind
from reconcile.provider.routes import is_id


def findings(
    resource: Resource, kind: Kind, doubts: Doubts = NONE, options: Options = EMPTY
) -> Iterator[Problem]:
    """Yield the problems that a resource's spec alone shows: ids, instants, slips, the rules of its kind.

    A rule that hangs on a field in doubt has nothing to say, nor has one that an option of the system lifts.
    """
    for finding in _shapes(kind, resource.spec):
        yield Problem(finding.code, finding.message, resource.locate(finding.path))
    words = None if resource.id is None or not is_id(resource.id) else pin_flaw(kind, resource.id)
    if words:
        around = resource.locate_around
        yield Problem("bad-id", words, around(("metadata", "id")) if around else resource.origin)
    if resource.absent and resource.id is None and not (kind.listed or kind.found_by_key):
        words = f"a {kind.name} is found by its id alone: pin the tombstone by metadata.id"
        yield Problem("unpinned-tombstone", words, resource.origin)
    yield from pinned_elsewhere(kind, resource)
    yield from slips(resource, kind)
    spec = doubted(resource.spec, doubts)
    for rule in () if resource.absent else kind.rules:
        try:
            said = [*(_said(rule, spec) if doubts else rule(spec))]
        except PackageFault as fault:
            yield Problem("package-fault", str(fault), resource.origin)
            continue
        for finding in said:
            if not options.get(finding.unless):
                yield Problem(finding.code, finding.message, resource.locate(finding.path), finding.severity)


def spec_findings(kind: Kind, spec: Spec) -> Iterator[Finding]:
    """Yield what is wrong with a spec whose types are right, wherever it stands."""
    yield from _shapes(kind, spec)
    for rule in kind.rules:
        yield from rule(spec)


def pin_flaw(kind: Kind, id_: Json) -> str | None:
    """Return why no object of the kind can be pinned by this id; None where one can."""
    if not is_id(id_):
        return no_id("id", id_)
    return kind.unlike_an_id(id_) if kind.unlike_an_id else None


def _said(rule: Callable[[Spec], Iterable[Finding]], spec: Spec) -> Iterator[Finding]:
    try:
        yield from rule(spec)
    except Unsure:
        return


def pinned_elsewhere(kind: Kind, resource: Resource) -> Iterator[Problem]:
    """Yield a problem where the field that holds the object's own id means another object than the pin."""
    name = kind.id_field
    value = resource.spec.get(name) if name in kind.key and resource.id is not None else None
    if isinstance(value, str | int) and kind.table.rows[name].form(resource.id) != value:
        text = resource.named.get((name,))
        here = f"{value} (named `{text}`)" if text else f"{value}"
        words = f"`{name}` is {here}, and metadata.id is {resource.id}: both are the object's id, so keep one"
        yield Problem("claims-disagree", words, resource.locate((name,)))


def _shapes(kind: Kind, spec: Spec) -> Iterator[Finding]:
    """Yield each date-time that does not say which instant it is, and each id that can stand in no path."""
    for row in kind.table.instants:
        value = spec.get(row.name)
        if isinstance(value, str) and (value or row.required) and not isinstance(row.form(value), int):
            words = (
                f"`{row.name}` takes a date-time with an offset, such as 2026-12-01T09:00:00Z; this is none"
            )
            yield Finding((row.name,), "no-offset", words)
    for name in kind.in_paths:
        value = spec.get(name)
        if isinstance(value, str | int) and not is_id(value):
            yield Finding((name,), "bad-id", no_id(name, value))
