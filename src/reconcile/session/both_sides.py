"""Finds what a run wants, each with what the base wanted of it; what only the base has is left to others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.desired import Wanted, with_secrets
from reconcile.errors import ProblemsFound
from reconcile.fields.deferred import needs, reached
from reconcile.manifests.references import with_kinds
from reconcile.model import Address, Problem, Resource
from reconcile.named_tuple import tuple_of
from reconcile.provider.kinds import Kind
from reconcile.session.baseline import BaseResources, formers
from reconcile.session.catalogue import CATALOGUE
from reconcile.session.session import Session


def needed(session: Session) -> tuple[Wanted, ...]:
    """Return the selected resources and those that they refer to, or referred to at the base, however far.

    Those selected have their secrets from the operator's environment; ProblemsFound where one cannot be read.
    """
    found: list[Wanted] = []
    problems: list[Problem] = []
    base = session.base and formers(session.base, session.loaded.resources, CATALOGUE)
    options = {name: config.options for name, config in session.project.systems.items()}
    for resource, kind in with_kinds(_reached(session, base), CATALOGUE):
        if not resource.is_literal and resource.address in session.selected:
            resource, more = with_secrets(resource, session.around.environ, kind.table)
            problems += more
        former = _former(base.of(resource, CATALOGUE), session, kind) if base else None
        unsure = session.base is not None and session.base.partial and _may_lack(resource, former)
        at = options[resource.address.system]
        found.append(tuple_of(Wanted, (resource, kind, at, former, base is not None, False, unsure, ())))
    if problems:
        raise ProblemsFound(tuple(problems))
    return tuple(found)


def _reached(session: Session, base: BaseResources | None) -> Sequence[Resource]:
    every = session.loaded.resources
    if len(session.selected) == len(every):
        return every
    kept = reached(every, (*session.selected, *_former_needs(session, base)))
    return [resource for resource in every if resource.address in kept]


def _former_needs(session: Session, base: BaseResources | None) -> Iterator[Address]:
    """Yield what the base says the selected resources refer to: whose a difference is, is told by its id."""
    chosen = (r for r in session.loaded.resources if r.address in session.selected) if base else ()
    for resource in chosen:
        former = base.of(resource, CATALOGUE) if base else None
        yield from needs(former) if former is not None and former is not resource else ()


def _may_lack(resource: Resource, former: Resource | None) -> bool:
    """Tell whether files that were not read can have held something of a resource.

    A resource stands in one file alone, so that it is whole where the base has it; one that is joined of
    several manifests stands in several files.
    """
    return former is None or bool(resource.carries or former.carries)


def _former(former: Resource | None, session: Session, kind: Kind) -> Resource | None:
    """Return the resource as the base has it; a secret that is not set any more differs from any."""
    return None if former is None else with_secrets(former, session.around.environ, kind.table)[0]
